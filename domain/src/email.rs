//! E-mail addresses: the part of RFC 5321 that mail really uses.

use crate::problem::{Fault, Rule};
use crate::text::fold;

/// An address of 6 to 128 characters, its domain in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = fold(text);
        let wrong = || Fault::from(Rule::EmailFormat);
        let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
        if !(6..=128).contains(&text.len()) || !is_local(local) || !is_domain(domain) {
            return Err(wrong());
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two addresses share that reach the same mailbox: no server tells upper from lower case.
    pub fn identity(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// `z***@example.cn`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or_default();
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

fn is_local(local: &str) -> bool {
    let atom =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b));
    local.len() <= 64 && local.split('.').all(atom)
}

fn is_domain(domain: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(label) && top.len() >= 2 && top.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("zhang.wei@example.cn", "zhang.wei@example.cn")]
    #[case("  Zhang@Example.CN ", "Zhang@example.cn")]
    #[case("zhang＠example．cn", "zhang@example.cn")]
    #[case("a+b@xn--fiqs8s.cn", "a+b@xn--fiqs8s.cn")]
    fn an_address_has_one_writing(#[case] text: &str, #[case] written: &str) {
        assert_eq!(Email::parse(text).map(|email| email.0), Ok(written.to_owned()));
    }

    #[rstest]
    #[case("")]
    #[case("zhang")]
    #[case("a@b.c")]
    #[case("@example.cn")]
    #[case("zhang@localhost")]
    #[case("zhang@@example.cn")]
    #[case("zhang wei@example.cn")]
    #[case(".zhang@example.cn")]
    #[case("zhang..wei@example.cn")]
    #[case("zhang@-example.cn")]
    #[case("zhang@example..cn")]
    #[case("zhang@192.0.2.1")]
    #[case("张伟@example.cn")]
    #[case("zhang@example.cn\r\nBcc: x@example.cn")]
    #[case("a@example.cn;b@example.cn")]
    fn what_is_no_address_is_told(#[case] text: &str) {
        assert_eq!(Email::parse(text), Err(Rule::EmailFormat.into()));
    }

    #[test]
    fn an_address_is_shown_by_its_first_letter_and_domain() {
        assert_eq!(Email::parse("zhang@example.cn").unwrap().masked(), "z***@example.cn");
    }

    proptest! {
        #[test]
        fn no_text_makes_an_address_panic(text in "\\PC{0,40}|[a-z.@-]{0,20}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                email.masked();
            }
        }
    }
}
