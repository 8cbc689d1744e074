//! Keys of the desks. Single letters can be switched off (WCAG 2.1.4); the choice is kept in this browser.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement};

use crate::texts::{t, use_lang};

const OFF: &str = "desk-keys-off";

/// One key: the letter, what it does in words, and what to do.
#[derive(Clone)]
pub struct Key {
    /// As pressed, such as `j`.
    pub key: &'static str,
    /// What it does.
    pub label: String,
    /// None where the browser does it by itself, such as Enter on a link.
    pub run: Option<Callback<()>>,
}

impl Key {
    /// A key that does something.
    pub fn new(key: &'static str, label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { key, label: label.into(), run: Some(Callback::new(move |()| run())) }
    }

    /// A key that the browser acts on.
    pub fn native(key: &'static str, label: impl Into<String>) -> Self {
        Self { key, label: label.into(), run: None }
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn are_off() -> bool {
    storage().and_then(|storage| storage.get_item(OFF).ok().flatten()).is_some()
}

/// Whether the letter is meant for what has the focus.
fn is_typing(event: &ev::KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || target.has_attribute("contenteditable")
}

/// Listens for the keys while the page is there, and explains them.
#[component]
pub fn Keys(
    /// The keys of this page.
    keys: Vec<Key>,
) -> AnyView {
    let l = use_lang();
    let open = RwSignal::new(false);
    let on = RwSignal::new(true);
    let bound = StoredValue::new(keys.clone());
    Effect::new(move |_| {
        on.set(!are_off());
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
                return;
            }
            if event.key() == "Escape" && open.try_get_untracked() == Some(true) {
                open.set(false);
                return;
            }
            if is_typing(&event) || on.try_get_untracked() != Some(true) {
                return;
            }
            if event.key() == "?" {
                event.prevent_default();
                open.update(|open| *open = !*open);
                return;
            }
            let key = event.key();
            let run = bound.try_with_value(|keys| keys.iter().find(|bound| bound.key == key).and_then(|bound| bound.run));
            if let Some(Some(run)) = run {
                event.prevent_default();
                run.run(());
            }
        });
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |_| {
        if open.get() {
            request_animation_frame(|| focus("#keys-close"));
        }
    });
    let switch = move |ev: ev::Event| {
        let wanted = event_target_checked(&ev);
        on.set(wanted);
        if let Some(storage) = storage() {
            _ = if wanted { storage.remove_item(OFF) } else { storage.set_item(OFF, "1") };
        }
    };
    let rows = keys.into_iter().map(|key| view! { <div><dt><kbd>{key.key}</kbd></dt><dd>{key.label}</dd></div> }).collect_view();
    view! {
        <div class="keys needs-scripts">
            <button
                type="button"
                class="link-button"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls="keys-help"
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {t::desk::keys_button(l)}
                " "
                <kbd>"?"</kbd>
            </button>
            <div class="keys-help" id="keys-help" role="dialog" aria-labelledby="keys-title" hidden=move || !open.get()>
                <h2 id="keys-title">{t::desk::keys_title(l)}</h2>
                <dl>
                    {rows}
                    <div><dt><kbd>"?"</kbd></dt><dd>{t::desk::key_help(l)}</dd></div>
                </dl>
                <p>
                    <input type="checkbox" id="keys-on" prop:checked=move || on.get() on:change=switch/>
                    " "
                    <label for="keys-on">{t::desk::keys_on(l)}</label>
                </p>
                <button type="button" class="button button-secondary" id="keys-close" on:click=move |_| open.set(false)>
                    {t::desk::keys_close(l)}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Moves the focus to what a selector finds first.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        _ = element.focus();
    }
}

/// Moves the focus by `step` among what a selector finds; to the first when none of them has it.
pub fn focus_next(selector: &str, step: i32) {
    let Ok(found) = document().query_selector_all(selector) else { return };
    let count = i32::try_from(found.length()).unwrap_or_default();
    let active = document().active_element();
    let here = (0..count).find(|index| {
        let node = found.get(index.unsigned_abs());
        node.and_then(|node| node.dyn_into::<Element>().ok()) == active
    });
    let wanted = here.map_or(0, |here| (here + step).clamp(0, (count - 1).max(0)));
    let node = found.get(wanted.unsigned_abs());
    if let Some(element) = node.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        _ = element.focus();
    }
}

/// Opens a folded place and moves the focus to its first control.
pub fn open_and_focus(id: &str) {
    let Some(place) = document().get_element_by_id(id) else { return };
    _ = place.set_attribute("open", "");
    // With the verdicts around it, so that the head of their box is in sight.
    place.closest("section").ok().flatten().unwrap_or(place).scroll_into_view();
    // The line that folds it comes first in the document, and is not what is meant.
    focus(&format!("#{id} summary"));
    focus(&format!("#{id} :is(select, textarea, input:not([type=hidden]), button)"));
}

/// Sends a form as if its button was pressed.
pub fn send(id: &str) {
    let found = document().get_element_by_id(id);
    if let Some(form) = found.and_then(|element| element.dyn_into::<HtmlFormElement>().ok()) {
        _ = form.request_submit();
    }
}

/// Follows the first link that a selector finds.
pub fn follow(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}
