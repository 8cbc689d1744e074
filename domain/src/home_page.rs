//! The address of a site's home page: a host under the site's domain, perhaps with a path, without `http://`.

use crate::checked::{Checked, Depth};
use crate::domain_name::{self, DomainName};
use crate::problem::{Fault, Rule};
use crate::text::{find_unprintable, fold, length, lower};

/// A home page's address in one writing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HomePage(String);

impl HomePage {
    /// Looks at an address; without a `domain` that is known to be right, whether it lies under it stays open.
    pub fn check(text: &str, domain: Option<&DomainName>) -> Checked<Self> {
        Self::check_to(Depth::Whole, text, domain)
    }

    /// The same as far as `depth` goes.
    pub fn check_to(depth: Depth, text: &str, domain: Option<&DomainName>) -> Checked<Self> {
        let (host, path) = match split(text) {
            Ok(parts) => parts,
            Err(fault) => return Checked::Wrong(fault),
        };
        let ascii = match domain_name::host(depth, &host) {
            Checked::Fine(ascii) => ascii,
            Checked::Wrong(fault) => return Checked::Wrong(fault),
            Checked::Undecided => return Checked::Undecided,
        };
        let Some(domain) = domain else {
            return Checked::Undecided;
        };
        if !domain.holds(&ascii) {
            return Checked::Wrong(Fault::with(Rule::HomePageDomain, domain.as_unicode()));
        }
        Checked::Fine(Self(format!("{host}{path}")))
    }

    /// The address, without scheme.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn split(text: &str) -> Result<(String, String), Fault> {
    if find_unprintable(text).is_some() {
        return Err(Rule::Unprintable.into());
    }
    let text = fold(text);
    if text.is_empty() {
        return Err(Rule::Required.into());
    }
    if text.contains("://") || text.starts_with("//") {
        return Err(Rule::HomePageScheme.into());
    }
    if length(&text) > 255 {
        return Err(Fault::with(Rule::TooLong, "255"));
    }
    let (host, path) = match text.find('/') {
        Some(at) => text.split_at(at),
        None => (text.as_str(), ""),
    };
    let foreign = |c: char| c.is_whitespace() || "\"'<>\\^`{|}@:".contains(c);
    if text.contains(foreign) || host.contains(['?', '#']) {
        return Err(Rule::HomePageFormat.into());
    }
    let path = if path == "/" { "" } else { path };
    Ok((lower(host).replace(['。', '｡'], "."), path.to_owned()))
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "full-names")]
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn domain() -> DomainName {
        DomainName::check_to(Depth::Light, "example.cn", &[]).fine().unwrap()
    }

    fn page(text: &str) -> Checked<HomePage> {
        HomePage::check_to(Depth::Light, text, Some(&domain()))
    }

    #[rstest]
    #[case("www.example.cn", "www.example.cn")]
    #[case(" WWW.Example.CN/ ", "www.example.cn")]
    #[case("example.cn/Index.html", "example.cn/Index.html")]
    #[case("a.b.example.cn", "a.b.example.cn")]
    fn a_page_under_the_domain_has_one_writing(#[case] text: &str, #[case] written: &str) {
        assert_eq!(page(text), Checked::Fine(HomePage(written.to_owned())));
    }

    #[rstest]
    #[case("", Rule::Required)]
    #[case("http://www.example.cn", Rule::HomePageScheme)]
    #[case("//www.example.cn", Rule::HomePageScheme)]
    #[case("www.example.com", Rule::HomePageDomain)]
    #[case("myexample.cn", Rule::HomePageDomain)]
    #[case("example.cn.evil.com", Rule::HomePageDomain)]
    #[case("www.example.cn:8080", Rule::HomePageFormat)]
    #[case("me@www.example.cn", Rule::HomePageFormat)]
    #[case("www.example.cn/<script>", Rule::HomePageFormat)]
    #[case("www..example.cn", Rule::HomePageFormat)]
    #[case("example", Rule::HomePageFormat)]
    #[case("192.0.2.1", Rule::HomePageFormat)]
    fn what_is_no_home_page_is_told(#[case] text: &str, #[case] rule: Rule) {
        assert_eq!(page(text).fault().map(|fault| fault.rule), Some(rule));
    }

    #[test]
    fn without_a_right_domain_it_stays_open() {
        assert_eq!(HomePage::check_to(Depth::Light, "www.example.cn", None), Checked::Undecided);
    }

    #[cfg(feature = "full-names")]
    #[test]
    fn a_chinese_host_is_compared_by_its_labels() {
        let domain = DomainName::check("中文.cn", &[]).fine().unwrap();
        assert!(HomePage::check("www.xn--fiq228c.cn", Some(&domain)).fine().is_some());
        assert_eq!(HomePage::check_to(Depth::Light, "www.中文.cn", Some(&domain)), Checked::Undecided);
    }

    #[cfg(feature = "full-names")]
    proptest! {
        #[test]
        fn the_browser_never_contradicts_the_server(
            text in "(www|[a-z-]{0,3}|中文|xn--[a-z]{0,4}|\\PC{0,3})[.]?(example|[a-z]{0,3})[.](cn|com)(/\\PC{0,5})?|\\PC{0,20}",
        ) {
            let light = page(&text);
            let whole = HomePage::check_to(Depth::Whole, &text, Some(&domain()));
            prop_assert!(whole != Checked::Undecided);
            prop_assert!(light == Checked::Undecided || light == whole, "{light:?} {whole:?}");
        }
    }
}
