//! Provinces, cities and counties of GB/T 2260.
//!
//! Cities are compiled in by their Chinese names, by which addresses are judged. Counties are many, and so are the Latin names:
//! the server has them (feature `full-names`), the browser asks for the list that it shows.

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
pub use full::{Division, find, in_english, name_in_english, name_of, within};

#[cfg(feature = "full-names")]
mod full {
    use super::{cities, city_of, find_city};
    use crate::codes::Province;

    /// A row of GB/T 2260.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Division {
        /// The six digits.
        pub code: u32,
        /// The Chinese name.
        pub name: &'static str,
        /// The name in Latin letters, with its kind where that is not a city.
        pub latin: &'static str,
    }

    fn all() -> impl Iterator<Item = Division> {
        let lines = include_str!("../data/divisions.csv").lines();
        lines.filter_map(|line| {
            let (code, names) = line.split_once(',')?;
            let (name, latin) = names.split_once(',')?;
            Some(Division { code: code.parse().ok()?, name, latin })
        })
    }

    /// The province, city or county with this code.
    pub fn find(code: u32) -> Option<Division> {
        all().find(|division| division.code == code)
    }

    /// The cities of a province, or the counties of a city.
    pub fn within(code: u32) -> Vec<Division> {
        match Province::find(code) {
            Some(province) => cities(province).filter_map(|city| find(city.code)).collect(),
            None => all().filter(|one| one.code != code && one.code % 100 != 0 && city_of(one.code) == code).collect(),
        }
    }

    /// Both names: `Hangzhou 杭州市`. The Chinese one is what stands on people's certificates.
    pub fn in_english(division: Division) -> String {
        format!("{} {}", division.latin, division.name)
    }

    /// Province, city and county of a code in one: `北京市朝阳区`, `广东省深圳市南山区`. Names that only repeat the
    /// province or stand for no place (市辖区, 县, 省直辖…) are left out.
    pub fn name_of(code: u32) -> Option<String> {
        let province = Province::of_division(code)?;
        let mut name = String::from(province.zh());
        if let Some(city) = city_that_is_a_place(province, code) {
            name.push_str(city);
        }
        if !code.is_multiple_of(100) {
            name.push_str(find(code)?.name);
        }
        Some(name)
    }

    /// The same in Latin letters, the smallest first, and in Chinese: `Chaoyang District, Beijing 北京市朝阳区`.
    pub fn name_in_english(code: u32) -> Option<String> {
        let province = Province::of_division(code)?;
        let mut parts = vec![province.en()];
        if city_that_is_a_place(province, code).is_some() {
            parts.push(find(city_of(code))?.latin);
        }
        if !code.is_multiple_of(100) {
            parts.push(find(code)?.latin);
        }
        parts.reverse();
        Some(format!("{} {}", parts.join(", "), name_of(code)?))
    }

    /// The city in which a division lies, unless it only repeats the province or stands for no place.
    fn city_that_is_a_place(province: Province, code: u32) -> Option<&'static str> {
        let city = find_city(city_of(code))?.name;
        (city != province.zh() && city != "县" && !city.contains("直辖县级")).then_some(city)
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
                assert_eq!(!within(city.code).is_empty(), city.has_counties, "{}", city.name);
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
        fn a_place_is_named_without_what_only_repeats() {
            assert_eq!(name_of(110_105).as_deref(), Some("北京市朝阳区"));
            assert_eq!(name_of(440_305).as_deref(), Some("广东省深圳市南山区"));
            assert_eq!(name_of(429_004).as_deref(), Some("湖北省仙桃市"));
            assert_eq!(name_of(500_229).as_deref(), Some("重庆市城口县"));
            assert_eq!(name_of(441_900).as_deref(), Some("广东省东莞市"));
            let english = |code| name_in_english(code).unwrap();
            assert_eq!(english(110_105), "Chaoyang District, Beijing 北京市朝阳区");
            assert_eq!(english(440_305), "Nanshan District, Shenzhen, Guangdong 广东省深圳市南山区");
            assert_eq!(english(429_004), "Xiantao, Hubei 湖北省仙桃市");
            assert_eq!(english(441_900), "Dongguan, Guangdong 广东省东莞市");
        }

        #[test]
        fn names_in_latin_letters_are_those_that_the_places_have() {
            let latin = |name: &str| rows().find(|row| row.1 == name).map(|row| row.2);
            for (name, expected) in [
                ("陕西省", "Shaanxi"),
                ("山西省", "Shanxi"),
                ("重庆市", "Chongqing"),
                ("厦门市", "Xiamen"),
                ("蚌埠市", "Bengbu"),
                ("六安市", "Lu'an"),
                ("台州市", "Taizhou"),
                ("丽水市", "Lishui"),
                ("亳州市", "Bozhou"),
                ("漯河市", "Luohe"),
                ("乐清市", "Yueqing"),
                ("乐山市", "Leshan"),
                ("铅山县", "Yanshan County"),
                ("番禺区", "Panyu District"),
                ("闵行区", "Minhang District"),
                ("长子县", "Zhangzi County"),
                ("天长市", "Tianchang"),
                ("成都市", "Chengdu"),
                ("西安市", "Xi'an"),
                ("东阿县", "Dong'e County"),
                ("呼和浩特市", "Hohhot"),
                ("乌鲁木齐市", "Ürümqi"),
                ("拉萨市", "Lhasa"),
                ("哈尔滨市", "Harbin"),
                ("恩施土家族苗族自治州", "Enshi Prefecture"),
                ("浦东新区", "Pudong New District"),
            ] {
                assert_eq!(latin(name), Some(expected), "{name}");
            }
        }

        fn rows() -> impl Iterator<Item = (u32, &'static str, &'static str)> {
            include_str!("../data/divisions.csv").lines().filter_map(|line| {
                let mut parts = line.split(',');
                Some((parts.next()?.parse().ok()?, parts.next()?, parts.next()?))
            })
        }

        #[test]
        fn every_division_has_a_name_in_latin_letters_and_a_province_that_of_its_table() {
            let latin = |one: char| one.is_ascii_alphabetic() || " '()äâêèéöüÜ".contains(one);
            let mut count = 0;
            for (code, name, english) in rows() {
                assert!(english.starts_with(char::is_uppercase) && english.chars().all(latin), "{name}: {english}");
                if let Some(province) = Province::find(code) {
                    assert_eq!(province.en(), english);
                }
                count += 1;
            }
            let lines = include_str!("../data/divisions.csv").lines().filter(|line| !line.starts_with('#'));
            assert_eq!(count, lines.count());
        }
    }
}
