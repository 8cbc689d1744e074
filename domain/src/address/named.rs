//! What an address in free text says of itself: the province and the city at its head.

use crate::codes::Province;
use crate::divisions::{City, all_cities, cities};
use crate::text::fold;

/// Province and city at the head of an address, as far as they stand there: older cards leave the province out, and
/// counties that are cities stand without theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    /// The province.
    pub province: Option<Province>,
    /// The city.
    pub city: Option<City>,
}

impl Named {
    /// What this address names.
    pub(crate) fn find(address: &str) -> Self {
        let text: String = fold(address).chars().filter(|c| !c.is_whitespace()).collect();
        let within = |(province, rest): (Province, &str)| Self { province: Some(province), city: find_city_in(province, rest) };
        // 吉林市 and 海南藏族自治州 are cities, though they begin like provinces.
        head(&text, Province::zh)
            .map(within)
            .or_else(|| {
                let city = all_cities().find(|city| is_place(*city) && text.starts_with(city.name))?;
                Some(Self { province: Province::of_division(city.code), city: Some(city) })
            })
            .or_else(|| head(&text, Province::short).map(within))
            .unwrap_or(Self { province: None, city: None })
    }
}

fn head(text: &str, name: fn(Province) -> &'static str) -> Option<(Province, &str)> {
    Province::ALL.iter().find_map(|province| Some((*province, text.strip_prefix(name(*province))?)))
}

/// A municipality is its own city.
fn find_city_in(province: Province, rest: &str) -> Option<City> {
    let own = |city: &City| city.name == province.zh();
    cities(province).find(|city| own(city) || (is_place(*city) && rest.starts_with(city.name)))
}

/// 县 and the like stand in the table for no place.
fn is_place(city: City) -> bool {
    city.name.chars().count() > 1
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("河南省郑州市金水区花园路1号", Some(Province::Henan), Some(410_100))]
    #[case(" 河南 郑州市金水区", Some(Province::Henan), Some(410_100))]
    #[case("郑州市南阳路5号", Some(Province::Henan), Some(410_100))]
    #[case("河南省济源市宣化大街", Some(Province::Henan), None)]
    #[case("广西桂林市七星区", Some(Province::Guangxi), Some(450_300))]
    #[case("广西壮族自治区桂林市", Some(Province::Guangxi), Some(450_300))]
    #[case("内蒙古呼和浩特市", Some(Province::InnerMongolia), Some(150_100))]
    #[case("北京市朝阳区建国路1号", Some(Province::Beijing), Some(110_100))]
    #[case("重庆市城口县", Some(Province::Chongqing), Some(500_100))]
    #[case("吉林市船营区", Some(Province::Jilin), Some(220_200))]
    #[case("海南藏族自治州共和县", Some(Province::Qinghai), Some(632_500))]
    #[case("巩义市紫荆路", None, None)]
    #[case("建国路1号", None, None)]
    #[case("", None, None)]
    fn an_address_names_the_places_at_its_head(
        #[case] address: &str,
        #[case] province: Option<Province>,
        #[case] city: Option<u32>,
    ) {
        let named = Named::find(address);
        assert_eq!((named.province, named.city.map(|city| city.code)), (province, city));
    }
}
