//! Every sentence a person reads, in Chinese and English, from `locales/*.toml`.
//!
//! `t::public::home_title(l)` is the entry `home_title` of `locales/public.toml`; `l` comes from [`use_lang`].
//! A missing language or placeholder fails the build (`build.rs`).

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

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

    /// The language asked for by a `Cookie` header: its `lang` cookie, else Chinese.
    #[must_use]
    pub fn from_cookies(header: &str) -> Self {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == "lang")
            .and_then(|(_, code)| Self::from_code(code))
            .unwrap_or_default()
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
    if leptos::leptos_dom::helpers::is_browser() {
        let tag = document().document_element().and_then(|html| html.get_attribute("lang"));
        return tag.and_then(|tag| Lang::from_code(&tag)).unwrap_or_default();
    }
    Lang::default()
}

/// The generated functions, one module a file, and the look-ups by a value of the domain.
pub mod t {
    pub use super::Lang;

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));

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
    use super::{Lang, t};

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        assert_eq!(t::fill_in("{a}和{b}", &[("a", "{b}"), ("b", "乙")]), "{b}和乙");
        assert_eq!(t::fill_in("{unknown}", &[("a", "甲")]), "{unknown}");
    }

    #[test]
    fn the_cookie_decides_the_language_and_chinese_is_the_default() {
        assert_eq!(Lang::from_cookies("a=b; lang=en"), Lang::En);
        assert_eq!(Lang::from_cookies("lang=tlh"), Lang::Zh);
        assert_eq!(Lang::from_cookies(""), Lang::Zh);
    }
}
