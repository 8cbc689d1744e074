//! What is wrong with an answer: where it stands, which rule it breaks and what was given.
//!
//! A [`Rule`] has a stable identifier, the text it comes from, and a sentence in both languages under
//! its identifier in `app/locales/problem.toml`, or in `finding.toml` where only the server can check it. Those sentences
//! know one placeholder, `{given}`.

mod rule;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use rule::{Rule, UnknownRule};

use crate::codes::find_english;

/// One answer that breaks one rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// The part of the filing that the answer belongs to.
    pub section: Section,
    /// The answer's name in its form; one entry of a map is `approval_numbers[3]`.
    pub field: Cow<'static, str>,
    /// The rule that is broken.
    pub rule: Rule,
    /// What fills `{given}` in the rule's sentence: the right value, the limit, the offending word.
    pub given: String,
}

impl Problem {
    /// A problem whose sentence needs nothing filled in.
    pub fn new(section: Section, field: impl Into<Cow<'static, str>>, rule: Rule) -> Self {
        Self::with(section, field, rule, "")
    }

    /// A problem whose sentence names `given`.
    pub fn with(section: Section, field: impl Into<Cow<'static, str>>, rule: Rule, given: impl Into<String>) -> Self {
        Self { section, field: field.into(), rule, given: given.into() }
    }
}

impl Problem {
    /// What fills `{given}` in an English sentence: names of code tables in English, everything else as it is.
    pub fn given_in_english(&self) -> String {
        let parts = self.given.split('、');
        let names: Vec<_> = parts.map(|part| find_english(part).unwrap_or(part)).collect();
        names.join(", ")
    }
}

/// A rule that a value breaks, with what fills `{given}`: a [`Problem`] before its place is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule that is broken.
    pub rule: Rule,
    /// What fills `{given}`.
    pub given: String,
}

impl Fault {
    /// A fault that names `given`.
    pub fn with(rule: Rule, given: impl Into<String>) -> Self {
        Self { rule, given: given.into() }
    }

    /// The problem at its place.
    pub fn at(self, section: Section, field: impl Into<Cow<'static, str>>) -> Problem {
        Problem::with(section, field, self.rule, self.given)
    }
}

impl From<Rule> for Fault {
    fn from(rule: Rule) -> Self {
        Self::with(rule, "")
    }
}

/// A part of a filing; written `sponsor`, `site-1`, `access-1-2`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// The sponsor and its person in charge.
    Sponsor,
    /// The site with this key.
    Site(u8),
    /// An access: key of the site, key of the access.
    Access(u8, u8),
    /// The photographs and scans.
    Materials,
    /// What is declared at submission.
    Consent,
    /// A user's account: registration, sign-in, contacts.
    Account,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sponsor => f.write_str("sponsor"),
            Self::Site(site) => write!(f, "site-{site}"),
            Self::Access(site, access) => write!(f, "access-{site}-{access}"),
            Self::Materials => f.write_str("materials"),
            Self::Consent => f.write_str("consent"),
            Self::Account => f.write_str("account"),
        }
    }
}

/// The text names no section of a filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownSection;

impl fmt::Display for UnknownSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such section")
    }
}

impl std::error::Error for UnknownSection {}

impl FromStr for Section {
    type Err = UnknownSection;

    fn from_str(text: &str) -> Result<Self, UnknownSection> {
        let mut parts = text.split('-');
        let head = parts.next().unwrap_or_default();
        let mut key = || -> Result<u8, UnknownSection> {
            let part = parts.next().ok_or(UnknownSection)?;
            part.parse().map_err(|_| UnknownSection)
        };
        let section = match head {
            "sponsor" => Self::Sponsor,
            "site" => Self::Site(key()?),
            "access" => Self::Access(key()?, key()?),
            "materials" => Self::Materials,
            "consent" => Self::Consent,
            "account" => Self::Account,
            _ => return Err(UnknownSection),
        };
        // One section has one name: `site-01` and `site-1-2` are none.
        if section.to_string() == text { Ok(section) } else { Err(UnknownSection) }
    }
}

impl Serialize for Section {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Section {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_reads_back_from_what_it_writes() {
        for section in
            [Section::Sponsor, Section::Site(1), Section::Access(1, 2), Section::Materials, Section::Consent, Section::Account]
        {
            assert_eq!(section.to_string().parse(), Ok(section));
        }
        for text in ["", "site", "site-", "site-256", "site-01", "site-1-2", "access-1", "sponsor-1"] {
            assert_eq!(text.parse::<Section>(), Err(UnknownSection), "{text}");
        }
    }

    #[test]
    fn every_rule_has_one_identifier_in_kebab_case() {
        let mut ids: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            assert!(rule.id().chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            assert!(!rule.source().is_empty());
            assert_eq!(rule.id().parse(), Ok(*rule));
        }
    }

    #[test]
    fn a_problem_travels_as_json() {
        let problem = Problem::with(Section::Access(1, 2), "addresses", Rule::RangeOrder, "b-a");
        let json = serde_json::to_string(&problem).unwrap();
        assert_eq!(json, r#"{"section":"access-1-2","field":"addresses","rule":"range-order","given":"b-a"}"#);
        assert_eq!(serde_json::from_str::<Problem>(&json).unwrap(), problem);
    }

    #[test]
    fn names_of_code_tables_have_an_english_form() {
        let english = |given: &str| Problem::with(Section::Materials, "5", Rule::MaterialMissing, given).given_in_english();
        assert_eq!(english("核验单"), "Verification sheet");
        assert_eq!(english("北京、上海"), "Beijing, Shanghai");
        assert_eq!(english("张伟"), "张伟");
    }

    #[test]
    fn every_rule_has_a_sentence_in_both_languages_that_names_what_it_is_given() {
        let texts = concat!(include_str!("../../app/locales/problem.toml"), include_str!("../../app/locales/finding.toml"));
        let lines: Vec<_> = texts.lines().filter_map(|line| line.split_once(" = {")).collect();
        let mut keys: Vec<_> = lines.iter().map(|(key, _)| *key).collect();
        let mut ids: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        keys.sort_unstable();
        ids.sort_unstable();
        assert_eq!(keys, ids);
        for (key, line) in lines {
            let (zh, en) = line.split_once("\", en = \"").unwrap();
            assert!(zh.trim().starts_with("zh = \"") && zh.chars().any(crate::text::is_han), "{key}");
            assert!(en.trim_end().ends_with("\" }"), "{key}");
            assert_eq!(zh.matches("{given}").count(), en.matches("{given}").count(), "{key}");
            assert_eq!(line.matches('{').count(), line.matches("{given}").count(), "{key}");
        }
    }
}
