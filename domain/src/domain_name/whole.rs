//! The server's check: IDNA and the ICANN part of the whole Public Suffix List.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use psl::Type;

use super::{DomainName, check_length, is_plain, judge, last_labels, permitted_suffix, suffixes};
use crate::problem::{Fault, Rule};
use crate::text::is_han;

pub(super) fn check(name: &str, permitted: &[String]) -> Result<DomainName, Fault> {
    let ascii = to_ascii(name)?;
    let unicode = if is_plain(&ascii) { ascii.clone() } else { to_unicode(&ascii)? };
    check_length(&ascii)?;
    let suffix = match permitted_suffix(&ascii, &unicode, permitted) {
        Some(suffix) => suffix,
        None => {
            let top = unicode.rsplit('.').next().unwrap_or_default();
            if !suffixes::APPROVED.contains(&top) {
                return Err(Fault::with(Rule::DomainSuffixNotApproved, format!(".{top}")));
            }
            icann_suffix(&ascii)
        }
    };
    judge(&ascii, suffix)?;
    Ok(DomainName { ascii, unicode })
}

/// The A-labels of a prepared name.
pub(super) fn to_ascii(name: &str) -> Result<String, Fault> {
    if is_plain(name) {
        return Ok(name.to_owned());
    }
    let deny = AsciiDenyList::STD3;
    let ascii = Uts46::new().to_ascii(name.as_bytes(), deny, Hyphens::Check, DnsLength::Verify);
    Ok(ascii.map_err(|_| Rule::DomainIdn)?.into_owned())
}

fn to_unicode(ascii: &str) -> Result<String, Fault> {
    let (unicode, result) = Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
    result.map_err(|_| Rule::DomainIdn)?;
    for label in unicode.split('.') {
        // UTS 46 still maps emoji and signs, which IDNA2008 and the registries refuse.
        if label.chars().any(is_symbol) {
            return Err(Rule::DomainIdn.into());
        }
        if mixes_scripts(label) {
            return Err(Fault::with(Rule::DomainLookalike, label));
        }
    }
    Ok(unicode.into_owned())
}

fn is_symbol(c: char) -> bool {
    match c {
        '\u{200c}' | '\u{200d}' | '\u{3005}'..='\u{3007}' => false,
        '\u{2000}'..='\u{2bff}' | '\u{2e00}'..='\u{2fdf}' | '\u{3000}'..='\u{3040}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{1f000}'..='\u{1faff}' => true,
        c => c.is_control() || c.is_whitespace(),
    }
}

/// Latin, Greek and Cyrillic letters look alike, so a label has but one of them; Chinese goes with Latin.
fn mixes_scripts(label: &str) -> bool {
    let has = |script: fn(char) -> bool| label.chars().any(script);
    let latin = has(|c| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'));
    let greek = has(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'));
    let cyrillic = has(|c| matches!(c, '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}'));
    let han = has(is_han);
    u8::from(latin) + u8::from(greek) + u8::from(cyrillic) > 1 || (han && (greek || cyrillic))
}

/// The longest suffix of the ICANN part: private suffixes such as github.io stand for customers of somebody.
fn icann_suffix(ascii: &str) -> &str {
    let mut rest = ascii;
    while let Some(suffix) = psl::suffix(rest.as_bytes()) {
        let length = suffix.as_bytes().len();
        let found = rest.get(rest.len() - length..).unwrap_or(rest);
        if suffix.typ() != Some(Type::Private) {
            return found;
        }
        match found.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => return found,
        }
    }
    ascii
}

/// The registrable domain of A-labels, by the list alone; none for a suffix.
pub(super) fn registrable(ascii: &str) -> Option<String> {
    let suffix = icann_suffix(ascii);
    if suffix == ascii {
        return None;
    }
    last_labels(ascii, suffix.split('.').count() + 1).map(str::to_owned)
}
