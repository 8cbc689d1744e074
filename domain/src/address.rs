//! Postal addresses: a place of GB/T 2260 and the text down to the door.

mod named;

pub(crate) use named::Named;

use crate::checked::Depth;
use crate::codes::Province;
use crate::divisions::{city_of, find_city};
use crate::problem::{Fault, Rule};
use crate::text::{find_unprintable, fold, is_han};

/// A place: province, city, and county where the city has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The province, whose bureau files.
    pub province: Province,
    /// The city's code.
    pub city: u32,
    /// The county's code.
    pub county: Option<u32>,
}

impl Place {
    /// Reads the three codes; the fault comes with the field it belongs to. Whether a county of the right city exists
    /// only the whole table knows (feature `full-names`).
    pub fn parse(province: &str, city: &str, county: &str) -> Result<Self, (&'static str, Fault)> {
        Self::parse_to(Depth::Whole, province, city, county)
    }

    /// The same as far as `depth` goes.
    pub fn parse_to(depth: Depth, province: &str, city: &str, county: &str) -> Result<Self, (&'static str, Fault)> {
        let code = |text: &str| text.trim().parse::<u32>().ok();
        let fault = |field: &'static str, rule: Rule| (field, Fault::from(rule));
        if province.trim().is_empty() {
            return Err(fault("province", Rule::Required));
        }
        let province = code(province).and_then(Province::find).ok_or(fault("province", Rule::ProvinceUnknown))?;
        if city.trim().is_empty() {
            return Err(fault("city", Rule::Required));
        }
        let city = code(city)
            .and_then(find_city)
            .filter(|city| Province::of_division(city.code) == Some(province))
            .ok_or(fault("city", Rule::CityUnknown))?;
        let county = match county.trim() {
            "" if city.has_counties => return Err(fault("county", Rule::CountyMissing)),
            "" => None,
            text => match code(text) {
                Some(county) if is_county_of(depth, county, city.code) => Some(county),
                _ => return Err(fault("county", Rule::CountyUnknown)),
            },
        };
        Ok(Self { province, city: city.code, county })
    }

    /// The most precise code.
    pub fn code(self) -> u32 {
        self.county.unwrap_or(self.city)
    }
}

fn is_county_of(depth: Depth, county: u32, city: u32) -> bool {
    #[cfg(feature = "full-names")]
    if depth.is_whole() && crate::divisions::find(county).is_none() {
        return false;
    }
    let _ = depth;
    county != city && city_of(county) == city
}

/// The text of an address, which names the door unless it is said to be the most precise (已为最详细地址).
pub fn check_street(text: &str, most_precise: bool) -> Result<String, Fault> {
    if find_unprintable(text).is_some() {
        return Err(Rule::Unprintable.into());
    }
    let text = fold(text);
    if text.is_empty() {
        return Err(Rule::Required.into());
    }
    if !text.chars().any(is_han) {
        return Err(Rule::AddressFormat.into());
    }
    if !most_precise && !has_door_number(&text) {
        return Err(Rule::AddressDoorNumber.into());
    }
    Ok(text)
}

/// A number that a word for a door, house or floor follows, or that ends the address or a part of it.
fn has_door_number(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let names_door = |c: Option<&char>| c.is_some_and(|c| "号室栋幢楼层座弄组户房院铺单队门#".contains(*c));
    let ends_part = |c: Option<&char>| c.is_none_or(|c| "-—~,;()/ ".contains(*c));
    chars.iter().enumerate().any(|(at, c)| {
        let next = chars.get(at + 1);
        if c.is_ascii_digit() {
            // 1203A
            let lettered = next.is_some_and(char::is_ascii_alphabetic);
            let next = if lettered { chars.get(at + 2) } else { next };
            names_door(next) || ends_part(next)
        } else {
            "一二三四五六七八九十百零〇甲乙丙丁".contains(*c) && names_door(next)
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("中关村大街27号1101室")]
    #[case("科技园南区深南大道9996号松日鼎盛大厦A座1203")]
    #[case("复兴路甲一号院")]
    #[case("建设路３号")]
    #[case("某某村二组")]
    #[case("金融街 B12-3")]
    #[case("创业大厦1203A")]
    fn an_address_down_to_the_door_is_right(#[case] text: &str) {
        assert!(check_street(text, false).is_ok());
    }

    #[rstest]
    #[case("", Rule::Required)]
    #[case("   ", Rule::Required)]
    #[case("Nanjing Road 1", Rule::AddressFormat)]
    #[case("中关村大街", Rule::AddressDoorNumber)]
    #[case("十里堡", Rule::AddressDoorNumber)]
    #[case("5G产业园", Rule::AddressDoorNumber)]
    #[case("大街\u{0}1号", Rule::Unprintable)]
    fn what_is_missing_is_told(#[case] text: &str, #[case] rule: Rule) {
        assert_eq!(check_street(text, false).map_err(|fault| fault.rule), Err(rule));
    }

    #[test]
    fn the_remark_that_it_is_the_most_precise_stands_for_the_door() {
        assert_eq!(check_street("某某镇某某村", true), Ok("某某镇某某村".to_owned()));
    }

    #[rstest]
    #[case("110000", "110100", "110105", Ok(110_105))]
    #[case("440000", "441900", "", Ok(441_900))]
    #[case("", "", "", Err(("province", Rule::Required)))]
    #[case("810000", "", "", Err(("province", Rule::ProvinceUnknown)))]
    #[case("北京", "", "", Err(("province", Rule::ProvinceUnknown)))]
    #[case("110000", "", "", Err(("city", Rule::Required)))]
    #[case("110000", "440300", "", Err(("city", Rule::CityUnknown)))]
    #[case("110000", "110100", "", Err(("county", Rule::CountyMissing)))]
    #[case("110000", "110100", "440305", Err(("county", Rule::CountyUnknown)))]
    #[case("110000", "110100", "110100", Err(("county", Rule::CountyUnknown)))]
    fn a_county_lies_in_its_city_and_province(
        #[case] province: &str,
        #[case] city: &str,
        #[case] county: &str,
        #[case] code: Result<u32, (&str, Rule)>,
    ) {
        let parsed = Place::parse(province, city, county);
        assert_eq!(parsed.map(Place::code).map_err(|(field, fault)| (field, fault.rule)), code);
    }

    #[cfg(feature = "full-names")]
    #[test]
    fn the_whole_table_knows_which_counties_there_are() {
        let fault = Place::parse("110000", "110100", "110199").unwrap_err();
        assert_eq!((fault.0, fault.1.rule), ("county", Rule::CountyUnknown));
    }

    proptest! {
        #[test]
        fn no_text_makes_an_address_panic(text in "\\PC{0,60}", code in "\\PC{0,7}|[0-9]{0,8}") {
            let _ = check_street(&text, false);
            let _ = Place::parse(&code, &code, &code);
            let _ = Place::parse("110000", &code, &code);
            let _ = Place::parse("110000", "110100", &code);
        }
    }
}
