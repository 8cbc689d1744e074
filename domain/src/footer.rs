//! What a site shows at the bottom of its home page: its number, and below it a link to the ministry's system
//! (Order 33, Art. 13; missing: Art. 25).

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::codes::Province;
use crate::filing_number::FilingNumber;
use crate::steps::shows_sponsor_number;
use crate::text::{fold, lower};

/// Where the number links to: the ministry's filing system.
pub const MINISTRY: &str = "https://beian.miit.gov.cn/";

/// Names of a closed list, as stored, sent, and used as keys of texts.
macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident => $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $type { $($(#[$variant_doc])* $variant,)* }

        impl $type {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The one with this stable name.
            pub fn find(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }
    };
}

names! {
    /// Which filing number a home page shows.
    ShownNumber {
        /// The one it must show.
        Exact => "exact",
        /// One, but not that.
        Other => "other",
        /// None at all.
        None => "none",
    }
}

names! {
    /// Why a home page could not be looked at.
    NotReached {
        /// Its address is none that is fetched.
        Address => "address",
        /// The name has no address.
        Name => "name",
        /// It has an address that is not public.
        Inside => "inside",
        /// Nobody answers.
        Connection => "connection",
        /// No valid certificate.
        Certificate => "certificate",
        /// It took too long.
        Time => "time",
        /// Redirects that are not followed.
        Redirect => "redirect",
        /// An error instead of a page.
        Status => "status",
        /// An answer that cannot be read.
        Answer => "answer",
        /// Too large: what was missed may stand in the part that was not read.
        Size => "size",
    }
}

/// What a check found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The page was read.
    Page {
        /// The number on it.
        number: ShownNumber,
        /// It links to the ministry's system.
        link: bool,
    },
    /// It was not.
    NotReached(NotReached),
}

/// A check of one site's footer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FooterCheck {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What was found.
    pub found: Found,
}

/// An approved site, and what its footer is to show.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SiteFooter {
    /// The domain as it is written.
    pub domain: String,
    /// 网站备案号
    pub number: String,
    /// The number to show: the site's, in some provinces the sponsor's.
    pub shown: String,
    /// The last check, if there was one.
    pub check: Option<FooterCheck>,
}

/// The number that a site's footer shows: the site's own, but the sponsor's where the province wants that.
pub fn number_to_show(site: FilingNumber, today: Date) -> FilingNumber {
    if shows_sponsor_number(site.province(), today) { site.sponsor() } else { site }
}

/// The lines to put at the bottom of the home page.
pub fn snippet(number: &str) -> String {
    format!(r#"<a href="{MINISTRY}" target="_blank" rel="noreferrer">{number}</a>"#)
}

/// Which number stands in a page's text. The site's own is right everywhere: it says more than the sponsor's.
pub fn find_number(text: &str, site: FilingNumber, today: Date) -> ShownNumber {
    let shown = number_to_show(site, today);
    let mut found = ShownNumber::None;
    for number in numbers(text) {
        if number == site || number == shown {
            return ShownNumber::Exact;
        }
        found = ShownNumber::Other;
    }
    found
}

/// The filing numbers in a text, in any width and letter case.
fn numbers(text: &str) -> impl Iterator<Item = FilingNumber> {
    let chars: Vec<char> = lower(&fold(text)).chars().collect();
    (0..chars.len()).filter_map(move |at| number_at(chars.get(at..)?))
}

/// The number that begins here. Spaces are passed over up to the digits, where people put them; a line that goes on behind
/// with a year is no part of it.
fn number_at(chars: &[char]) -> Option<FilingNumber> {
    Province::from_abbreviation(*chars.first()?)?;
    let mut rest = chars.get(1..)?;
    let mut number: String = chars.iter().take(1).collect();
    for expected in "icp备".chars() {
        rest = after_spaces(rest);
        rest = rest.split_first().filter(|(c, _)| **c == expected)?.1;
        number.push(expected);
    }
    rest = after_spaces(rest);
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    number.extend(rest.iter().take(digits));
    rest = rest.get(digits..)?;
    let behind = after_spaces(rest);
    if behind.first() == Some(&'号') {
        number.push('号');
        rest = behind.get(1..)?;
    }
    if rest.first().is_some_and(|c| "-–—−_".contains(*c)) {
        let service: String = rest.iter().skip(1).take_while(|c| c.is_ascii_alphanumeric()).collect();
        // What is glued to it, such as the next number's «ICP», is none of it.
        let short = service.trim_end_matches(|c: char| !c.is_ascii_digit());
        let with = |service: &str| FilingNumber::find(&format!("{number}-{service}"));
        return with(&service).or_else(|| with(short)).or_else(|| FilingNumber::find(&number));
    }
    FilingNumber::find(&number)
}

fn after_spaces(chars: &[char]) -> &[char] {
    let spaces = chars.iter().take_while(|c| c.is_whitespace()).count();
    chars.get(spaces..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 03 - 02);

    fn number(text: &str) -> FilingNumber {
        FilingNumber::find(text).unwrap()
    }

    #[rstest]
    #[case("版权所有 京ICP备2026000001号-1 京公网安备11010502000001号", ShownNumber::Exact)]
    #[case("京icp备2026000001号-1", ShownNumber::Exact)]
    #[case("京ＩＣＰ备２０２６０００００１号－１", ShownNumber::Exact)]
    #[case("备案号：京 ICP 备 2026000001 号-1", ShownNumber::Exact)]
    #[case("京ICP备2026000001-1", ShownNumber::Exact)]
    #[case("京ICP备2026000001号-1|沪ICP备2026000009号", ShownNumber::Exact)]
    #[case("沪ICP备2026000009号 京ICP备2026000001号-1", ShownNumber::Exact)]
    #[case("京ICP备2026000001号-1ICP证", ShownNumber::Exact)]
    #[case("京ICP备2026000001号-1 2020-2026", ShownNumber::Exact)]
    #[case("京ICP备2026000001号-12", ShownNumber::Other)]
    #[case("京ICP备2026000001号-2", ShownNumber::Other)]
    #[case("京ICP备2026000001号-1A", ShownNumber::Other)]
    #[case("京ICP备2026000001号", ShownNumber::Other)]
    #[case("京ICP备2026000001号 - 2026", ShownNumber::Other)]
    #[case("沪ICP备2026000001号-1", ShownNumber::Other)]
    #[case("京ICP备2026000002号-1", ShownNumber::Other)]
    #[case("京ICP备20260000011号-1", ShownNumber::None)]
    #[case("ICP备2026000001号-1", ShownNumber::None)]
    #[case("京ICP证030173号", ShownNumber::None)]
    #[case("京公网安备11010502000001号", ShownNumber::None)]
    #[case("", ShownNumber::None)]
    fn the_number_is_found_only_where_it_stands_whole(#[case] text: &str, #[case] found: ShownNumber) {
        assert_eq!(find_number(text, number("京ICP备2026000001号-1"), TODAY), found);
    }

    #[rstest]
    #[case("粤ICP备2026000001号", ShownNumber::Exact)]
    #[case("粤ICP备2026000001号-1", ShownNumber::Exact)]
    #[case("粤ICP备2026000001号-2", ShownNumber::Other)]
    #[case("粤ICP备2026000002号", ShownNumber::Other)]
    fn guangdong_shows_the_sponsors_number(#[case] text: &str, #[case] found: ShownNumber) {
        let site = number("粤ICP备2026000001号-1");
        assert_eq!(number_to_show(site, TODAY).to_string(), "粤ICP备2026000001号");
        assert_eq!(find_number(text, site, TODAY), found);
    }

    #[test]
    fn the_snippet_links_the_number_to_the_ministry() {
        let expected = "<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\" rel=\"noreferrer\">京ICP备2026000001号-1</a>";
        assert_eq!(snippet("京ICP备2026000001号-1"), expected);
    }

    proptest! {
        #[test]
        fn no_page_makes_it_panic(text in "\\PC{0,40}|([京川粤]| |ICP|备|[0-9]{0,11}|号|-|[0-9AXK]){0,12}") {
            find_number(&text, number("京ICP备2026000001号-1"), TODAY);
        }
    }
}
