//! Filing numbers and the numbers of licences, as bureaux have written them since 2005.
//!
//! `京ICP备05000001号` (a sponsor), `粤ICP备2023007649号-2` (its site; an app `-2A`), `京ICP证030173号` (licence),
//! `粤B2-20090059-5` (value-added licence and a site under it).

use std::fmt;

use crate::codes::Province;
use crate::text::fold;

/// A number that a bureau has issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilingNumber {
    province: Province,
    body: Body,
    service: Option<Service>,
}

/// What stands between the province and the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Body {
    /// ICP备: year and counter, in 8 digits (two of the year) until about 2020, in 10 since.
    Filing { sequence: u64, long: bool },
    /// ICP证 and six digits.
    Licence { digits: u32 },
    /// A1, A2, B1, B2 and eight digits.
    Telecom { class: [char; 2], digits: u32 },
}

/// The `-n` of one site or app of a sponsor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Service {
    number: u32,
    kind: ServiceKind,
}

/// What a service number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServiceKind {
    /// A website: no letter.
    Site,
    /// `A`.
    App,
    /// `X`.
    MiniProgram,
    /// `K`.
    QuickApp,
}

impl ServiceKind {
    fn letter(self) -> &'static str {
        match self {
            Self::Site => "",
            Self::App => "A",
            Self::MiniProgram => "X",
            Self::QuickApp => "K",
        }
    }
}

/// The counter of a province and year is used up, or the year is before the first numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchNumber;

impl fmt::Display for NoSuchNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no filing number can be made of this year and counter")
    }
}

impl std::error::Error for NoSuchNumber {}

impl FilingNumber {
    /// The number of a sponsor, as it is issued today: four digits of the year and six of the counter.
    pub fn issue(province: Province, year: i32, counter: u32) -> Result<Self, NoSuchNumber> {
        let year = u64::try_from(year).map_err(|_| NoSuchNumber)?;
        if !(2005..=2099).contains(&year) || !(1..=999_999).contains(&counter) {
            return Err(NoSuchNumber);
        }
        let sequence = year * 1_000_000 + u64::from(counter);
        Ok(Self { province, body: Body::Filing { sequence, long: true }, service: None })
    }

    /// The number of this sponsor's n-th site.
    pub fn site(self, number: u32) -> Result<Self, NoSuchNumber> {
        if !(1..=999_999).contains(&number) {
            return Err(NoSuchNumber);
        }
        Ok(Self { service: Some(Service { number, kind: ServiceKind::Site }), ..self })
    }

    /// The sponsor's own number.
    pub fn sponsor(self) -> Self {
        Self { service: None, ..self }
    }

    /// Whether the number stands for a site or app, not for the sponsor.
    pub fn is_service(self) -> bool {
        self.service.is_some()
    }

    /// The n of `-n`, and what it stands for.
    pub fn service(self) -> Option<(u32, ServiceKind)> {
        self.service.map(|service| (service.number, service.kind))
    }

    /// Whether this is a filing (备), not a licence (证, A1 to B2).
    pub fn is_filing(self) -> bool {
        matches!(self.body, Body::Filing { .. })
    }

    /// The province whose bureau issued it.
    pub fn province(self) -> Province {
        self.province
    }

    /// The year in a filing's number.
    pub fn year(self) -> Option<u16> {
        match self.body {
            Body::Filing { sequence, long: true } => u16::try_from(sequence / 1_000_000).ok(),
            Body::Filing { sequence, long: false } => u16::try_from(2_000 + sequence / 1_000_000).ok(),
            _ => None,
        }
    }

    /// Reads a number as people write it: full-width, in lower case, with spaces, without 号, with the province's other
    /// abbreviation. What is written back is the one form that is issued.
    pub fn find(text: &str) -> Option<Self> {
        let folded = fold(text).to_uppercase().replace(['–', '—', '−', '_'], "-");
        let text: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
        let province = Province::from_abbreviation(text.chars().next()?)?;
        let rest = text.get(text.chars().next()?.len_utf8()..)?;
        let (body, rest) = if let Some(rest) = rest.strip_prefix("ICP备") {
            let (digits, rest) = split_digits(rest);
            let sequence: u64 = digits.parse().ok()?;
            let long = digits.len() == 10;
            if (digits.len() != 8 && !long) || (long && !digits.starts_with("20")) {
                return None;
            }
            (Body::Filing { sequence, long }, rest.strip_prefix('号').unwrap_or(rest))
        } else if let Some(rest) = rest.strip_prefix("ICP证") {
            let (digits, rest) = split_digits(rest);
            let number = (digits.len() == 6).then(|| digits.parse().ok()).flatten()?;
            (Body::Licence { digits: number }, rest.strip_prefix('号').unwrap_or(rest))
        } else {
            let mut chars = rest.chars();
            let class = [chars.next()?, chars.next()?];
            let (digits, rest) = split_digits(chars.as_str().strip_prefix('-')?);
            let number = (digits.len() == 8).then(|| digits.parse().ok()).flatten()?;
            if !matches!(class, ['A' | 'B', '1' | '2']) {
                return None;
            }
            (Body::Telecom { class, digits: number }, rest)
        };
        let service = match rest {
            "" => None,
            rest => Some(read_service(rest.strip_prefix('-')?)?),
        };
        Some(Self { province, body, service })
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn read_service(text: &str) -> Option<Service> {
    let (digits, letter) = split_digits(text);
    let kinds = [ServiceKind::Site, ServiceKind::App, ServiceKind::MiniProgram, ServiceKind::QuickApp];
    let kind = kinds.into_iter().find(|kind| kind.letter() == letter)?;
    let plain = (1..=6).contains(&digits.len()) && !digits.starts_with('0');
    plain.then(|| digits.parse().ok()).flatten().map(|number| Service { number, kind })
}

impl fmt::Display for FilingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.province.abbreviation())?;
        match self.body {
            Body::Filing { sequence, long: true } => write!(f, "ICP备{sequence:010}号")?,
            Body::Filing { sequence, long: false } => write!(f, "ICP备{sequence:08}号")?,
            Body::Licence { digits } => write!(f, "ICP证{digits:06}号")?,
            Body::Telecom { class: [a, b], digits } => write!(f, "{a}{b}-{digits:08}")?,
        }
        match self.service {
            Some(Service { number, kind }) => write!(f, "-{number}{}", kind.letter()),
            None => Ok(()),
        }
    }
}

impl serde::Serialize for FilingNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for FilingNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::find(&text).ok_or_else(|| serde::de::Error::custom("no filing number"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("京ICP备05000001号", "京ICP备05000001号")]
    #[case("京ICP备10046444号-9", "京ICP备10046444号-9")]
    #[case("粤ICP备2023007649号", "粤ICP备2023007649号")]
    #[case("桂ICP备2023016069号-2", "桂ICP备2023016069号-2")]
    #[case("沪icp备2026006107-2", "沪ICP备2026006107号-2")]
    #[case(" 京 ICP备 05000001 号 ", "京ICP备05000001号")]
    #[case("京ＩＣＰ备０５０００００１号－１", "京ICP备05000001号-1")]
    #[case("辽ICP备2023009191号-2A", "辽ICP备2023009191号-2A")]
    #[case("粤B2-20090059-1626X", "粤B2-20090059-1626X")]
    #[case("粤b2-20090059-5", "粤B2-20090059-5")]
    #[case("京ICP证030173号", "京ICP证030173号")]
    #[case("鄂ICP证010027", "鄂ICP证010027号")]
    #[case("川ICP备12345678号", "蜀ICP备12345678号")]
    #[case("甘ICP备2023000001号-1", "陇ICP备2023000001号-1")]
    #[case("贵ICP备12345678号", "黔ICP备12345678号")]
    #[case("云ICP备12345678号", "滇ICP备12345678号")]
    fn a_number_is_read_in_all_its_forms_and_written_in_one(#[case] text: &str, #[case] written: &str) {
        let number = FilingNumber::find(text).unwrap();
        assert_eq!(number.to_string(), written);
        assert_eq!(FilingNumber::find(written), Some(number));
    }

    #[rstest]
    #[case("")]
    #[case("京")]
    #[case("港ICP备05000001号")]
    #[case("京ICP备0500001号")]
    #[case("京ICP备050000012号")]
    #[case("京ICP备0520000001号")]
    #[case("京ICP备05000001号-")]
    #[case("京ICP备05000001号-0")]
    #[case("京ICP备05000001号-01")]
    #[case("京ICP备05000001号-1234567")]
    #[case("京ICP备05000001号-1B")]
    #[case("京ICP备05000001号2")]
    #[case("京ICP证03017号")]
    #[case("粤C2-20090059")]
    #[case("粤B220090059")]
    #[case("example.cn")]
    fn what_is_no_number_is_not_found(#[case] text: &str) {
        assert_eq!(FilingNumber::find(text), None);
    }

    #[test]
    fn a_number_is_issued_with_the_whole_year_and_the_issued_abbreviation() {
        let number = FilingNumber::issue(Province::Sichuan, 2026, 42).unwrap();
        assert_eq!(number.to_string(), "蜀ICP备2026000042号");
        assert_eq!(number.site(3).unwrap().to_string(), "蜀ICP备2026000042号-3");
        assert_eq!(number.site(3).unwrap().sponsor(), number);
        assert_eq!((number.year(), number.province()), (Some(2026), Province::Sichuan));
        assert_eq!(FilingNumber::find("京ICP备05000001号").and_then(FilingNumber::year), Some(2005));
    }

    #[test]
    fn no_number_is_made_beyond_the_counter() {
        for (year, counter) in [(2026, 0), (2026, 1_000_000), (1999, 1), (-1, 1), (2100, 1)] {
            assert_eq!(FilingNumber::issue(Province::Beijing, year, counter), Err(NoSuchNumber));
        }
        let number = FilingNumber::issue(Province::Beijing, 2026, 1).unwrap();
        assert_eq!((number.site(0), number.site(1_000_000)), (Err(NoSuchNumber), Err(NoSuchNumber)));
    }

    proptest! {
        #[test]
        fn every_number_that_is_issued_reads_back(
            province in proptest::sample::select(Province::ALL), year in 2005..2100, counter in 1_u32..1_000_000,
            site in 1_u32..1_000_000,
        ) {
            let number = FilingNumber::issue(province, year, counter).unwrap().site(site).unwrap();
            prop_assert_eq!(FilingNumber::find(&number.to_string()), Some(number));
        }

        #[test]
        fn no_text_makes_a_number_panic(text in "\\PC{0,30}|[京川粤](ICP备|ICP证|B2-)[0-9]{0,11}号?-?[0-9AXK]{0,8}") {
            if let Some(number) = FilingNumber::find(&text) {
                prop_assert_eq!(FilingNumber::find(&number.to_string()), Some(number));
            }
        }
    }
}
