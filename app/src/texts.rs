//! Every sentence a person reads, in Chinese and English, from `locales/*.toml`.
//!
//! `t::public::home_title(l)` is the entry `home_title` of `locales/public.toml`; `l` comes from [`use_lang`].
//! A missing language or placeholder fails the build (`build.rs`).

use domain::{
    filing::{Status, Verb},
    problem::{Problem, Rule, Section},
    refusal::Refusal,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    fault::Fault,
    paths,
    ui::{FaultLines, FieldProblem},
};

/// The languages of the pages. Chinese is the one of the law and the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Both, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The short code in the cookie and the URL: `zh`, `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.pick("zh", "en")
    }

    /// The value of `<html lang>`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.pick("zh-CN", "en")
    }

    /// What the language calls itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.pick("简体中文", "English")
    }

    /// The language of a code or tag: `zh`, `zh-CN`, `en`, `en-GB`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code.split('-').next() {
            Some("zh") => Some(Self::Zh),
            Some("en") => Some(Self::En),
            _ => None,
        }
    }

    /// The name of the cookie that says which language somebody chose.
    pub const COOKIE: &str = "__Host-lang";

    /// The language of the page that the browser shows.
    #[must_use]
    pub fn of_page() -> Self {
        let tag = document().document_element().and_then(|html| html.get_attribute("lang"));
        tag.and_then(|tag| Self::from_code(&tag)).unwrap_or_default()
    }

    /// The one of two values that belongs to this language.
    #[must_use]
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// The language of this page: from the context that the server set, in the browser from `<html lang>`.
#[must_use]
pub fn use_lang() -> Lang {
    if let Some(lang) = use_context::<Lang>() {
        return lang;
    }
    if cfg!(target_arch = "wasm32") {
        return Lang::of_page();
    }
    Lang::default()
}

/// Words of a language, marked where it is not the page's: they are read aloud as what they are.
#[must_use]
pub fn in_lang(page: Lang, own: Lang, words: impl IntoAny) -> AnyView {
    if page == own { words.into_any() } else { view! { <span lang=own.tag()>{words.into_any()}</span> }.into_any() }
}

/// A problem in words: the sentence of its rule, with what was given.
#[must_use]
pub fn problem_text(l: Lang, problem: &Problem) -> String {
    let id = problem.rule.id();
    light_text(l, problem)
        .or_else(|| t::finding::by_key(l, id).map(|text| filled_in(l, text, problem)))
        .unwrap_or_else(|| id.to_owned())
}

/// The same of a rule that the browser checks too. The others' sentences stand apart, so that its program does not carry them.
fn light_text(l: Lang, problem: &Problem) -> Option<String> {
    if problem.rule == Rule::Required
        && let Some(label) = field_label(l, problem.section, &problem.field)
    {
        return Some(t::filing::please_answer(l, label));
    }
    t::problem::by_key(l, problem.rule.id()).map(|text| filled_in(l, text, problem))
}

fn filled_in(l: Lang, text: &str, problem: &Problem) -> String {
    let english = problem.given_in_english();
    t::fill_in(text, &[("given", l.pick(problem.given.as_str(), english.as_str()))])
}

/// What an answer of a filing is called, where it has a name of its own.
#[must_use]
pub fn field_label(l: Lang, section: Section, field: &str) -> Option<&'static str> {
    match section {
        Section::Sponsor => t::filing::sponsor_field::by_key(l, field),
        Section::Site(_) => t::filing::site_field::by_key(l, field),
        Section::Access(..) => t::filing::access_field::by_key(l, field),
        Section::Materials | Section::Consent | Section::Account => None,
    }
}

/// Problems in words, each at its field.
#[must_use]
pub fn field_problems(l: Lang, problems: &[Problem]) -> Vec<FieldProblem> {
    problems.iter().map(|p| FieldProblem { field: p.field.to_string(), text: problem_text(l, p), href: None }).collect()
}

/// The same of what the browser found: a rule that only the server checks is left to it.
#[must_use]
pub fn light_problems(l: Lang, problems: &[Problem]) -> Vec<FieldProblem> {
    let found = problems.iter().filter_map(|p| Some((p, light_text(l, p)?)));
    found.map(|(p, text)| FieldProblem { field: p.field.to_string(), text, href: None }).collect()
}

/// What a verb is called on a button.
#[must_use]
pub fn verb_text(l: Lang, verb: Verb) -> &'static str {
    t::verb::by_key(l, verb.name()).unwrap_or_default()
}

/// What a status is called.
#[must_use]
pub fn status_text(l: Lang, status: Status) -> &'static str {
    t::status::by_key(l, status.name()).unwrap_or_default()
}

/// Why something is not allowed now, and the way out.
#[must_use]
pub fn refusal_text(l: Lang, refusal: &Refusal) -> String {
    let text = t::refusal::by_key(l, refusal.name()).unwrap_or_default();
    match refusal {
        Refusal::Status { status } => t::fill_in(text, &[("status", status_text(l, *status))]),
        _ => text.to_owned(),
    }
}

/// A fault in words, as a form shows it.
#[must_use]
pub fn fault_lines(l: Lang, fault: &Fault) -> FaultLines {
    let general = |text: String| FaultLines { general: Some(text), ..FaultLines::default() };
    match fault {
        Fault::Invalid(problems) => FaultLines { fields: field_problems(l, problems), ..FaultLines::default() },
        Fault::Refused(refusal) => general(refusal_text(l, refusal)),
        Fault::NotFound => general(t::fault::not_found(l).to_owned()),
        Fault::Stale => FaultLines { stale: true, ..general(t::fault::stale(l).to_owned()) },
        Fault::SignedOut => FaultLines {
            way_out: Some((paths::sign_in(), t::fault::sign_in(l).to_owned())),
            ..general(t::fault::signed_out(l).to_owned())
        },
        Fault::Forbidden => general(t::fault::forbidden(l).to_owned()),
        Fault::Limited { retry_after_s } => general(t::fault::limited(l, &wait_text(l, *retry_after_s))),
        Fault::Malformed => general(t::fault::malformed(l).to_owned()),
        Fault::TooLarge { most_mb } => general(t::fault::too_large(l, &most_mb.to_string())),
        Fault::Busy => general(t::fault::busy(l).to_owned()),
        Fault::Broken { incident } => general(t::fault::broken(l, incident)),
        Fault::Offline => general(t::fault::offline(l).to_owned()),
    }
}

/// How long to wait, rounded up: «40 秒», «3 分钟».
#[must_use]
pub fn wait_text(l: Lang, seconds: u64) -> String {
    match seconds {
        0..=90 => t::fault::seconds(l, &seconds.max(1).to_string()),
        91..=5400 => t::fault::minutes(l, &seconds.div_ceil(60).to_string()),
        _ => t::fault::hours(l, &seconds.div_ceil(3600).to_string()),
    }
}

/// The generated functions, one module a file, and the look-ups by a value of the domain.
pub mod t {
    pub use super::Lang;

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));

    pub use super::{problem_text, refusal_text, status_text, verb_text};

    /// Puts values in the place of their `{name}`, in one pass: a value that itself has braces stays as it is.
    #[must_use]
    pub fn fill_in(text: &str, values: &[(&str, &str)]) -> String {
        let mut filled = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            let (before, from) = rest.split_at(start);
            filled.push_str(before);
            let known = from
                .find('}')
                .and_then(|end| values.iter().find(|(name, _)| Some(*name) == from.get(1..end)).map(|(_, value)| (end, value)));
            match known {
                Some((end, value)) => {
                    filled.push_str(value);
                    rest = from.get(end + 1..).unwrap_or_default();
                }
                None => {
                    filled.push('{');
                    rest = from.get(1..).unwrap_or_default();
                }
            }
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use domain::filing::{Status, Verb};

    use super::{Lang, status_text, t, verb_text};

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        assert_eq!(t::fill_in("{a}和{b}", &[("a", "{b}"), ("b", "乙")]), "{b}和乙");
        assert_eq!(t::fill_in("{unknown}", &[("a", "甲")]), "{unknown}");
    }

    #[test]
    fn every_verb_status_and_refusal_has_a_text() {
        for l in Lang::ALL {
            for verb in Verb::ALL {
                assert!(!verb_text(l, verb).is_empty(), "verb {verb:?}");
            }
            for status in Status::ALL {
                assert!(!status_text(l, status).is_empty(), "status {status:?}");
            }
            for rule in domain::problem::Rule::ALL {
                let [light, found] = [t::problem::by_key(l, rule.id()), t::finding::by_key(l, rule.id())];
                assert!(light.is_some() != found.is_some(), "rule {}", rule.id());
            }
        }
    }

    #[test]
    fn chinese_has_full_width_punctuation_however_it_was_typed() {
        assert_eq!(t::form::problem(Lang::Zh), "错误\u{ff1a}");
        assert_eq!(t::form::optional(Lang::Zh), "\u{ff08}选填\u{ff09}");
        assert_eq!(t::form::optional(Lang::En), "(optional)");
    }
}
