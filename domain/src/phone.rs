//! Mobile, office and emergency phones.

use crate::problem::{Fault, Rule};
use crate::text::fold;

/// One mobile serves at most so many filings, those on their way and the records they became (rules 1.5).
pub const MOST_FILINGS: usize = 3;

/// A mobile number of the mainland, 11 digits: the one that confirmations are sent to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mobile(String);

impl Mobile {
    /// Reads a number; `denied` are the prefixes that cannot receive the confirmation today, `permitted` those that
    /// are accepted beside 13 to 19.
    pub fn parse(text: &str, denied: &[String], permitted: &[String]) -> Result<Self, Fault> {
        let number = Self::read(text, permitted)?;
        match denied.iter().find(|prefix| !prefix.is_empty() && number.0.starts_with(prefix.as_str())) {
            Some(prefix) => Err(Fault::with(Rule::MobilePrefix, prefix.as_str())),
            None => Ok(number),
        }
    }

    fn read(text: &str, permitted: &[String]) -> Result<Self, Fault> {
        let digits = without_country(&fold(text))?;
        let listed = permitted.iter().any(|prefix| !prefix.is_empty() && digits.starts_with(prefix.as_str()));
        let usual = matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]);
        let fits = digits.len() == 11 && digits.bytes().all(|b| b.is_ascii_digit()) && (usual || listed);
        if fits { Ok(Self(digits)) } else { Err(Rule::MobileFormat.into()) }
    }

    /// The 11 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `138****8000`.
    pub fn masked(&self) -> String {
        let shown = |(at, c)| if (3..7).contains(&at) { '*' } else { c };
        self.0.chars().enumerate().map(shown).collect()
    }
}

/// Without the signs that group digits and without +86, 0086 or 86.
fn without_country(text: &str) -> Result<String, Fault> {
    let plus = text.starts_with('+');
    let body = text.trim_start_matches('+');
    if body.chars().any(|c| !c.is_ascii_digit() && !matches!(c, ' ' | '-')) {
        return Err(Rule::MobileFormat.into());
    }
    let digits: String = body.chars().filter(char::is_ascii_digit).collect();
    let rest = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
    match rest {
        Some(rest) if rest.len() == 11 => Ok(rest.to_owned()),
        _ if plus => Err(Rule::MobileFormat.into()),
        _ => Ok(digits),
    }
}

/// A fixed line as the ministry writes it: `086-010-12345678`, with an extension `-1234` where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OfficePhone(String);

impl OfficePhone {
    /// Reads a number with its area code; the country code may be left out or written +86.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let folded = fold(text);
        let parts: Vec<_> = folded.split('-').map(str::trim).collect();
        let parts = match parts.as_slice() {
            ["086" | "86" | "+86" | "0086", rest @ ..] => rest,
            all => all,
        };
        let (area, line, extension) = match parts {
            [area, line] => (*area, *line, None),
            [area, line, extension] => (*area, *line, Some(*extension)),
            _ => return Err(Rule::OfficePhoneFormat.into()),
        };
        let digits =
            |part: &str, from: usize, to: usize| (from..=to).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        // 010 and 02x have three digits, all other areas four.
        let area_fits = match area.as_bytes() {
            [b'0', b'1', b'0'] | [b'0', b'2', b'0'..=b'9'] => true,
            [b'0', b'3'..=b'9', b, c] => b.is_ascii_digit() && c.is_ascii_digit(),
            _ => false,
        };
        let line_fits = digits(line, 7, 8) && !line.starts_with('0');
        if !area_fits || !line_fits || extension.is_some_and(|e| !digits(e, 1, 6)) {
            return Err(Rule::OfficePhoneFormat.into());
        }
        let extension = extension.map(|e| format!("-{e}")).unwrap_or_default();
        Ok(Self(format!("086-{area}-{line}{extension}")))
    }

    /// `086-010-12345678`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 应急联系电话: who is reached when the person in charge is not. No confirmation goes there, so any prefix does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmergencyPhone(String);

impl EmergencyPhone {
    /// Reads a mobile or an office number that is not the person's own `mobile`.
    pub fn parse(text: &str, mobile: Option<&Mobile>, permitted: &[String]) -> Result<Self, Fault> {
        let number = match (Mobile::read(text, permitted), OfficePhone::parse(text)) {
            (Ok(mobile), _) => mobile.0,
            (_, Ok(office)) => office.0,
            _ => return Err(Rule::EmergencyPhoneFormat.into()),
        };
        if mobile.is_some_and(|own| own.0 == number) {
            return Err(Rule::EmergencyOwnMobile.into());
        }
        Ok(Self(number))
    }

    /// The number in its one writing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn mobile(text: &str) -> Result<String, Rule> {
        Mobile::parse(text, &[], &[]).map(|number| number.0).map_err(|fault| fault.rule)
    }

    #[rstest]
    #[case("13800138000")]
    #[case("+86 138 0013 8000")]
    #[case("0086-138-0013-8000")]
    #[case("8613800138000")]
    #[case("１３８００１３８０００")]
    fn a_mobile_has_one_writing(#[case] text: &str) {
        assert_eq!(mobile(text), Ok("13800138000".to_owned()));
    }

    #[rstest]
    #[case("12800138000")]
    #[case("1380013800")]
    #[case("138001380000")]
    #[case("+13800138000")]
    #[case("010-12345678")]
    #[case("1,800138000")]
    #[case("١٣٨٠٠١٣٨٠٠٠")]
    #[case("")]
    fn what_is_no_mobile_is_told(#[case] text: &str) {
        assert_eq!(mobile(text), Err(Rule::MobileFormat));
    }

    #[rstest]
    #[case("16612345678")]
    #[case("19912345678")]
    #[case("19812345678")]
    #[case("14712345678")]
    fn a_prefix_is_refused_while_the_list_denies_it(#[case] text: &str) {
        let denied = ["166", "199", "198", "147"].map(str::to_owned);
        let fault = Mobile::parse(text, &denied, &[]).unwrap_err();
        assert_eq!((fault.rule, fault.given.as_str()), (Rule::MobilePrefix, &text[..3]));
        assert!(Mobile::parse(text, &[], &[]).is_ok());
        assert!(Mobile::parse(text, &[String::new()], &[]).is_ok());
    }

    #[test]
    fn a_prefix_beside_the_usual_ones_must_be_permitted() {
        let permitted = ["100".to_owned()];
        assert!(Mobile::parse("10012345678", &[], &permitted).is_ok());
        assert_eq!(mobile("10012345678"), Err(Rule::MobileFormat));
    }

    #[test]
    fn a_mobile_is_shown_without_its_middle() {
        assert_eq!(Mobile::parse("13800138000", &[], &[]).unwrap().masked(), "138****8000");
    }

    #[rstest]
    #[case("086-010-12345678", Some("086-010-12345678"))]
    #[case("010-62345678", Some("086-010-62345678"))]
    #[case("+86-0755-2345678", Some("086-0755-2345678"))]
    #[case("０８６－０１０－６２３４５６７８", Some("086-010-62345678"))]
    #[case("086-0551-62345678-1204", Some("086-0551-62345678-1204"))]
    #[case("01062345678", None)]
    #[case("086-755-62345678", None)]
    #[case("086-060-62345678", None)]
    #[case("086-010-623456", None)]
    #[case("086-010-02345678", None)]
    #[case("086-13800138000", None)]
    #[case("400-812-3456", None)]
    fn an_office_phone_has_area_and_line(#[case] text: &str, #[case] written: Option<&str>) {
        let parsed = OfficePhone::parse(text).map(|phone| phone.0).map_err(|fault| fault.rule);
        assert_eq!(parsed, written.map(str::to_owned).ok_or(Rule::OfficePhoneFormat));
    }

    #[test]
    fn an_emergency_phone_is_somebody_elses() {
        let own = Mobile::parse("13800138000", &[], &[]).unwrap();
        let read = |text: &str| EmergencyPhone::parse(text, Some(&own), &[]).map(|phone| phone.0).map_err(|fault| fault.rule);
        assert_eq!(read("13900139000"), Ok("13900139000".to_owned()));
        assert_eq!(read("010-62345678"), Ok("086-010-62345678".to_owned()));
        assert_eq!(read("+86 13800138000"), Err(Rule::EmergencyOwnMobile));
        assert_eq!(read("110"), Err(Rule::EmergencyPhoneFormat));
    }

    proptest! {
        #[test]
        fn no_text_makes_a_phone_panic(text in "\\PC{0,24}|[0-9+ -]{0,20}") {
            if let Ok(number) = Mobile::parse(&text, &[], &[]) {
                prop_assert_eq!(Mobile::parse(number.as_str(), &[], &[]), Ok(number.clone()));
                number.masked();
            }
            if let Ok(number) = OfficePhone::parse(&text) {
                prop_assert_eq!(OfficePhone::parse(number.as_str()), Ok(number.clone()));
            }
            let _ = EmergencyPhone::parse(&text, None, &[]);
        }
    }
}
