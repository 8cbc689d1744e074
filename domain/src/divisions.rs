//! Provinces, cities and counties of GB/T 2260.
//!
//! Cities are compiled in. Counties are many: the server has them (feature `full-names`), the browser fetches
//! [`counties_json`] as a file.

use crate::codes::Province;

/// A city: prefecture, league, autonomous prefecture, or the whole of a municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct City {
    /// The six digits.
    pub code: u32,
    /// The Chinese name.
    pub name: &'static str,
    /// Whether it is divided into counties: 东莞, 中山, 儋州 and 嘉峪关 are not.
    pub has_counties: bool,
}

/// The cities of a province, by code.
pub fn cities(province: Province) -> impl Iterator<Item = City> {
    all_cities().filter(move |city| Province::of_division(city.code) == Some(province))
}

/// The city with this code.
pub fn find_city(code: u32) -> Option<City> {
    all_cities().find(|city| city.code == code)
}

/// The cities of all provinces, by code.
pub(crate) fn all_cities() -> impl Iterator<Item = City> {
    let lines = include_str!("../data/cities.csv").lines();
    lines.filter_map(|line| {
        let (digits, name) = line.split_at_checked(4)?;
        Some(City {
            code: digits.parse::<u32>().ok()? * 100,
            name: name.trim_end_matches('-'),
            has_counties: !name.ends_with('-'),
        })
    })
}

/// The city in which a county of this code lies, whether or not there is one.
pub fn city_of(county: u32) -> u32 {
    county / 100 * 100
}

#[cfg(feature = "full-names")]
pub use counties::{Division, counties, counties_json, find, name_of};

#[cfg(feature = "full-names")]
mod counties {
    use super::{all_cities, city_of, find_city};
    use crate::codes::Province;

    /// A row of GB/T 2260.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Division {
        /// The six digits.
        pub code: u32,
        /// The Chinese name.
        pub name: &'static str,
    }

    fn all() -> impl Iterator<Item = Division> {
        let lines = include_str!("../data/divisions.csv").lines();
        lines.filter_map(|line| {
            let (code, name) = line.split_once(',')?;
            Some(Division { code: code.parse().ok()?, name })
        })
    }

    /// The province, city or county with this code.
    pub fn find(code: u32) -> Option<Division> {
        all().find(|division| division.code == code)
    }

    /// The counties of a city.
    pub fn counties(city: u32) -> impl Iterator<Item = Division> {
        all().filter(move |division| division.code != city && division.code % 100 != 0 && city_of(division.code) == city)
    }

    /// `{"110100":[["110101","东城区"],…],…}`: what the browser fetches for its county lists.
    pub fn counties_json() -> String {
        let mut json = String::from("{");
        for city in all_cities().filter(|city| city.has_counties) {
            let rows: Vec<_> = counties(city.code).map(|county| format!("[\"{}\",\"{}\"]", county.code, county.name)).collect();
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(&format!("\"{}\":[{}]", city.code, rows.join(",")));
        }
        json.push('}');
        json
    }

    /// Province, city and county of a code in one: `北京市朝阳区`, `广东省深圳市南山区`. Names that only repeat the
    /// province or stand for no place (市辖区, 县, 省直辖…) are left out.
    pub fn name_of(code: u32) -> Option<String> {
        let province = Province::of_division(code)?;
        let mut name = String::from(province.zh());
        if let Some(city) = find_city(city_of(code)) {
            let no_place = city.name == province.zh() || city.name == "县" || city.name.contains("直辖县级");
            if !no_place {
                name.push_str(city.name);
            }
        }
        if !code.is_multiple_of(100) {
            name.push_str(find(code)?.name);
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_has_cities() {
        assert!(Province::ALL.iter().all(|province| cities(*province).count() > 0));
        assert_eq!(cities(Province::Beijing).map(|city| city.code).collect::<Vec<_>>(), [110_100]);
    }

    #[test]
    fn a_city_is_found_by_its_code() {
        assert_eq!(find_city(440_300).map(|city| city.name), Some("深圳市"));
        assert_eq!(find_city(441_900).map(|city| city.has_counties), Some(false));
        assert_eq!(find_city(440_305), None);
    }

    #[cfg(feature = "full-names")]
    mod full {
        use super::*;

        #[test]
        fn the_cities_are_those_of_the_whole_table() {
            for city in all_cities() {
                assert_eq!(find(city.code).map(|found| found.name), Some(city.name));
                assert_eq!(counties(city.code).count() > 0, city.has_counties, "{}", city.name);
            }
            let rows = include_str!("../data/divisions.csv").lines().filter(|line| {
                let code = line.split(',').next().unwrap_or_default();
                code.ends_with("00") && !code.ends_with("0000")
            });
            assert_eq!(rows.count(), all_cities().count());
        }

        #[test]
        fn every_county_lies_in_a_city() {
            let rows = include_str!("../data/divisions.csv").lines();
            let codes = rows.filter_map(|line| line.split(',').next()?.parse::<u32>().ok());
            let lost: Vec<_> = codes.filter(|code| code % 100 != 0 && find_city(city_of(*code)).is_none()).collect();
            assert_eq!(lost, [0; 0]);
        }

        #[test]
        fn the_browsers_file_is_json_with_every_county() {
            let parsed: serde_json::Value = serde_json::from_str(&counties_json()).unwrap();
            assert_eq!(parsed["110100"][0][1], "东城区");
            let count: usize = parsed.as_object().unwrap().values().map(|rows| rows.as_array().unwrap().len()).sum();
            assert_eq!(count, 2_849);
        }

        #[test]
        fn a_place_is_named_without_what_only_repeats() {
            assert_eq!(name_of(110_105).as_deref(), Some("北京市朝阳区"));
            assert_eq!(name_of(440_305).as_deref(), Some("广东省深圳市南山区"));
            assert_eq!(name_of(429_004).as_deref(), Some("湖北省仙桃市"));
            assert_eq!(name_of(500_229).as_deref(), Some("重庆市城口县"));
            assert_eq!(name_of(441_900).as_deref(), Some("广东省东莞市"));
        }
    }
}
