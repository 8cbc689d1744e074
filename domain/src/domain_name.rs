//! Domain names: the registrable domain that a site is filed under, by its A-labels.

mod suffixes;
#[cfg(feature = "full-names")]
mod whole;

use std::net::IpAddr;

use crate::checked::{Checked, Depth};
use crate::problem::{Fault, Rule};
use crate::text::{find_unprintable, fold, length, lower};

/// A registrable domain name under a suffix that may be filed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DomainName {
    ascii: String,
    unicode: String,
}

impl DomainName {
    /// Looks at a domain name; `permitted` are the suffixes that are accepted beside the approved ones.
    pub fn check(text: &str, permitted: &[String]) -> Checked<Self> {
        Self::check_to(Depth::Whole, text, permitted)
    }

    /// The same as far as `depth` goes.
    pub fn check_to(depth: Depth, text: &str, permitted: &[String]) -> Checked<Self> {
        let name = match prepare(text) {
            Ok(name) => name,
            Err(fault) => return Checked::Wrong(fault),
        };
        #[cfg(feature = "full-names")]
        if depth.is_whole() {
            return whole::check(&name, permitted).into();
        }
        let _ = depth;
        light(&name, permitted)
    }

    /// The A-label form: what makes a domain the same as another.
    pub fn as_ascii(&self) -> &str {
        &self.ascii
    }

    /// The form that people read.
    pub fn as_unicode(&self) -> &str {
        &self.unicode
    }

    /// Whether a host, by its A-labels, is this domain or below it.
    pub fn holds(&self, host: &str) -> bool {
        match host.strip_suffix(self.ascii.as_str()) {
            Some(head) => head.is_empty() || head.ends_with('.'),
            None => false,
        }
    }

    /// Whether the name ends in one of these suffixes, by A- or U-label.
    pub fn ends_in(&self, suffixes: &[&str]) -> bool {
        suffixes.iter().any(|suffix| below(&self.ascii, suffix) || below(&self.unicode, suffix))
    }
}

/// The A-labels of the registrable domain that a query names, be it typed with scheme, `www.` or a path.
#[cfg(feature = "full-names")]
pub fn find_registrable(text: &str) -> Option<String> {
    let text = lower(&fold(text)).replace(['。', '｡'], ".");
    let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let host = text.split(['/', '?', '#', '\\']).next()?.rsplit('@').next()?;
    let host = host.split(':').next()?.trim_end_matches('.');
    let name = prepare(host).ok()?;
    whole::registrable(&whole::to_ascii(&name).ok()?)
}

/// The A-labels of any host name, registrable or below.
pub(crate) fn host(depth: Depth, text: &str) -> Checked<String> {
    let Ok(name) = prepare(text) else {
        return Checked::Wrong(Rule::HomePageFormat.into());
    };
    #[cfg(feature = "full-names")]
    if depth.is_whole() {
        return whole::to_ascii(&name).into();
    }
    let _ = depth;
    if is_plain(&name) { Checked::Fine(name) } else { Checked::Undecided }
}

fn below(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|head| head.len() > 1 && head.ends_with('.'))
}

/// What is the same with small and large tables: one writing, and everything but the labels' meaning.
fn prepare(text: &str) -> Result<String, Fault> {
    if find_unprintable(text).is_some() {
        return Err(Rule::Unprintable.into());
    }
    let name = lower(&fold(text)).replace(['。', '｡'], ".");
    if name.is_empty() {
        return Err(Rule::Required.into());
    }
    if name.contains("://") || name.starts_with("//") || name.starts_with("http:") || name.starts_with("https:") {
        return Err(Rule::DomainScheme.into());
    }
    let name = name.strip_suffix('.').unwrap_or(&name);
    let numeric = name.contains('.') && name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if numeric || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Err(Rule::DomainIsAddress.into());
    }
    if name.contains(['/', '\\', '?', '#', '@', ':']) {
        return Err(Rule::DomainPath.into());
    }
    let foreign = |c: &char| c.is_whitespace() || (c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.'));
    if let Some(c) = name.chars().find(foreign) {
        return Err(Fault::with(Rule::DomainCharacter, c));
    }
    if !name.contains('.') {
        return Err(Rule::DomainSingleLabel.into());
    }
    if let Some(label) = name.split('.').find(|label| !is_label(label)) {
        return Err(Fault::with(Rule::DomainLabel, label));
    }
    if is_plain(name) {
        check_length(name)?;
    }
    Ok(name.to_owned())
}

fn is_label(label: &str) -> bool {
    let hyphens = label.starts_with('-') || label.ends_with('-');
    let reserved = label.is_ascii() && label.get(2..4) == Some("--") && !label.starts_with("xn--");
    (1..=63).contains(&length(label)) && !hyphens && !reserved
}

/// Only letters, digits and hyphens that stand for themselves.
fn is_plain(name: &str) -> bool {
    name.is_ascii() && !name.split('.').any(|label| label.starts_with("xn--"))
}

fn check_length(name: &str) -> Result<(), Fault> {
    if (4..=128).contains(&length(name)) { Ok(()) } else { Err(Rule::DomainLength.into()) }
}

/// The check of the browser: decides the suffixes that most names have.
fn light(name: &str, permitted: &[String]) -> Checked<DomainName> {
    if !is_plain(name) {
        return Checked::Undecided;
    }
    let top = name.rsplit('.').next().unwrap_or_default();
    let suffix = match permitted_suffix(name, name, permitted) {
        Some(suffix) => suffix,
        None if !suffixes::APPROVED.contains(&top) => {
            return Checked::Wrong(Fault::with(Rule::DomainSuffixNotApproved, format!(".{top}")));
        }
        None => match suffixes::find_plain(name) {
            Some(suffix) => suffix,
            None => return Checked::Undecided,
        },
    };
    match judge(name, suffix) {
        Ok(()) => Checked::Fine(DomainName { ascii: name.to_owned(), unicode: name.to_owned() }),
        Err(fault) => Checked::Wrong(fault),
    }
}

/// The part of `name` that is the longest permitted suffix, which may be written in either form.
fn permitted_suffix<'a>(name: &'a str, unicode: &str, permitted: &[String]) -> Option<&'a str> {
    let matching = permitted.iter().map(|suffix| suffix.trim().trim_start_matches('.')).filter(|suffix| {
        let is = |name: &str| name == *suffix || below(name, suffix);
        !suffix.is_empty() && (is(name) || is(unicode))
    });
    let labels = matching.map(|suffix| suffix.split('.').count()).max()?;
    last_labels(name, labels)
}

/// The last `count` labels.
fn last_labels(name: &str, count: usize) -> Option<&str> {
    let dot = name.char_indices().rev().filter(|(_, c)| *c == '.').nth(count.checked_sub(1)?);
    Some(dot.map_or(name, |(at, _)| name.get(at + 1..).unwrap_or_default()))
}

/// Whether a name is exactly one label below its suffix. Names below gov.cn are given out at any depth.
fn judge(name: &str, suffix: &str) -> Result<(), Fault> {
    if name == suffix {
        return Err(Rule::DomainIsSuffix.into());
    }
    let labels = suffix.split('.').count() + 1;
    let registrable = last_labels(name, labels).unwrap_or(name);
    if registrable == name {
        return Ok(());
    }
    if let Some(rest) = name.strip_prefix("www.") {
        return Err(Fault::with(Rule::DomainWww, rest));
    }
    if suffix == "gov.cn" {
        return Ok(());
    }
    Err(Fault::with(Rule::DomainNotRegistrable, registrable))
}

#[cfg(test)]
mod tests;
