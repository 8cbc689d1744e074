//! What a form without scripts brings back: the answers typed and what was wrong with them.
//!
//! The contract of a form: it posts to its door's URL ([`leptos::server_fn::ServerFn::url`]); a hidden `back` names its own
//! page (else the Referer does). With scripts the same door is called and the page stays; without, the server answers
//! 303 to [`Done::next`](crate::fault::Done) or back to the form with a [`Flash`], and the page draws its fields from
//! [`use_flash`]. Secrets never come back.

use crate::{
    doors::{captchas, confirmations},
    fault::Fault,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The answers and the fault of the last form posted without scripts; empty on any other page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// By the input's name, as posted: `form[name]`, `form[services][]`.
    pub values: HashMap<String, Vec<String>>,
    /// Why the door did not do it.
    pub fault: Option<Fault>,
    /// The door that was posted to: a page with several forms shows the fault at the right one.
    pub door: String,
}

impl Flash {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.fault.is_none()
    }

    /// The first value typed into the input of this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.first().map(String::as_str)
    }

    /// Every value chosen in the inputs of this name.
    pub fn chosen(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Inputs whose values are never stored nor sent back. The code of a confirmation by SMS is none to who typed it: it is nothing
/// without mobile and certificate, which come back beside it, and a picture misread would have it looked up anew.
pub fn is_secret(door: &str, name: &str) -> bool {
    if name == "form[code]" && [confirmations::CONFIRM, captchas::ANOTHER].contains(&door) {
        return false;
    }
    let name = name.strip_prefix("form[").and_then(|name| name.split(']').next()).unwrap_or(name);
    name.starts_with("password") || name.ends_with("_password") || name == "code" || name == "credential"
}

/// Carries the flash from the server's drawing to the browser's. Called once, by the application.
pub fn provide_flash() {
    let flash = SharedValue::new(|| use_context::<Flash>().unwrap_or_default()).into_inner();
    provide_context(StoredValue::new(flash));
}

/// The flash of this page.
pub fn use_flash() -> Flash {
    use_context::<StoredValue<Flash>>().and_then(|flash| flash.try_get_value()).unwrap_or_default()
}

/// Forgets the flash: when the browser goes on to another page without a reload.
pub fn forget_flash() {
    if let Some(flash) = use_context::<StoredValue<Flash>>() {
        let _ = flash.try_set_value(Flash::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_codes_never_come_back() {
        for name in ["password", "password_again", "form[password]", "old_password", "code", "form[code]", "form[credential]"] {
            assert!(is_secret("/api/sessions/sign_in", name), "{name}");
        }
        for name in ["user_name", "form[name]", "postcode", "form[certificate_number]"] {
            assert!(!is_secret("/api/sessions/sign_in", name), "{name}");
        }
        for door in [confirmations::CONFIRM, captchas::ANOTHER] {
            assert!(
                !is_secret(door, "form[code]") && is_secret(door, "form[password]") && is_secret(door, "form[password_repeat]")
            );
        }
    }
}
