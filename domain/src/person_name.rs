//! Names of natural persons.

use crate::problem::{Fault, Rule};
use crate::text::{find_unprintable, fold, length};

/// A name in one writing: one kind of point, single spaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// Reads a name as it stands on the certificate.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if find_unprintable(text).is_some() {
            return Err(Rule::Unprintable.into());
        }
        let words: Vec<_> = text.split_whitespace().map(fold).collect();
        let name = words.join(" ").replace(['•', '・', '‧', '∙', '⋅', '．'], "·");
        if name.is_empty() {
            return Err(Rule::Required.into());
        }
        if length(&name) < 2 {
            return Err(Fault::with(Rule::TooShort, "2"));
        }
        // Rare characters of older fonts stand in the private use area until Unicode has them.
        let letter = |c: char| c.is_alphabetic() || matches!(c, '\u{e000}'..='\u{f8ff}');
        let fits = name.chars().all(|c| letter(c) || matches!(c, '·' | ' ' | '.' | '-' | '\''));
        if fits && name.starts_with(letter) { Ok(Self(name)) } else { Err(Rule::PersonNameFormat.into()) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `张**`: the family name only.
    pub fn masked(&self) -> String {
        let mut chars = self.0.chars();
        let first: String = chars.by_ref().take(1).collect();
        first + &"*".repeat(chars.count())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("张伟", "张伟")]
    #[case(" 买买提・吐尔逊 ", "买买提·吐尔逊")]
    #[case("𠮷野", "𠮷野")]
    #[case("JOHN  SMITH", "JOHN SMITH")]
    #[case("O'Neill-Wang", "O'Neill-Wang")]
    fn a_name_has_one_writing(#[case] text: &str, #[case] written: &str) {
        assert_eq!(PersonName::parse(text).map(|name| name.0), Ok(written.to_owned()));
    }

    #[rstest]
    #[case("", Rule::Required)]
    #[case("张", Rule::TooShort)]
    #[case("张伟2", Rule::PersonNameFormat)]
    #[case("<b>张伟</b>", Rule::PersonNameFormat)]
    #[case("·张伟", Rule::PersonNameFormat)]
    #[case("张\u{202e}伟", Rule::Unprintable)]
    fn what_is_no_name_is_told(#[case] text: &str, #[case] rule: Rule) {
        assert_eq!(PersonName::parse(text).map_err(|fault| fault.rule), Err(rule));
    }

    #[test]
    fn a_name_is_shown_by_the_family_name() {
        assert_eq!(PersonName::parse("欧阳娜娜").unwrap().masked(), "欧***");
    }
}
