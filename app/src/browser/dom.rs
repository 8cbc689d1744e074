//! The document, in few words.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, EventInit, EventTarget, FocusOptions, HtmlElement, NodeList, js_sys::Promise};

/// Calls back for as long as the document stands.
pub fn listen(target: &EventTarget, name: &str, run: impl Fn(&Event) + 'static) {
    let closure = Closure::<dyn Fn(Event)>::new(move |event: Event| run(&event));
    _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Says that an answer changed, as the browser does when a person changes it.
pub fn tell_changed(element: &Element) {
    let up = EventInit::new();
    up.set_bubbles(true);
    for name in ["input", "change"] {
        if let Ok(event) = Event::new_with_event_init_dict(name, &up) {
            _ = element.dispatch_event(&event);
        }
    }
}

/// Where something happened.
pub fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The element with this id.
pub fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// The first in the document.
pub fn first(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

/// The first within.
pub fn within(root: &Element, selector: &str) -> Option<Element> {
    root.query_selector(selector).ok().flatten()
}

/// All within.
pub fn all(root: &Element, selector: &str) -> Vec<Element> {
    root.query_selector_all(selector).map(|found| elements(&found)).unwrap_or_default()
}

fn elements(found: &NodeList) -> Vec<Element> {
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// The element of this type within.
pub fn typed<T: JsCast>(root: &Element, selector: &str) -> Option<T> {
    within(root, selector)?.dyn_into().ok()
}

/// A new element with its class, if any, and its words.
pub fn make(tag: &str, class: &str, words: &str) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    if !class.is_empty() {
        set(&element, "class", class);
    }
    if !words.is_empty() {
        element.set_text_content(Some(words));
    }
    Some(element)
}

/// The same with its children.
pub fn around(tag: &str, class: &str, children: impl IntoIterator<Item = Option<Element>>) -> Option<Element> {
    let element = make(tag, class, "")?;
    for child in children.into_iter().flatten() {
        _ = element.append_child(&child);
    }
    Some(element)
}

/// A link that loads anew.
pub fn link(href: &str, words: &str) -> Option<Element> {
    let link = make("a", "", words)?;
    set(&link, "href", href);
    set(&link, "rel", "external");
    Some(link)
}

/// A link that opens beside this page.
pub fn link_beside(href: &str, words: &str) -> Option<Element> {
    let link = link(href, words)?;
    set(&link, "target", "_blank");
    Some(link)
}

/// A box with something to know, as `ui::Notice` draws it.
pub fn notice(kind: &str, role: &str, children: impl IntoIterator<Item = Option<Element>>) -> Option<Element> {
    let class = if kind.is_empty() { "notice".to_owned() } else { format!("notice notice-{kind}") };
    let notice = around("div", &class, children)?;
    set(&notice, "role", role);
    Some(notice)
}

/// Sets an attribute.
pub fn set(element: &Element, name: &str, value: &str) {
    _ = element.set_attribute(name, value);
}

/// Sets an attribute, or takes it away.
pub fn set_or_not(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => set(element, name, value),
        None => _ = element.remove_attribute(name),
    }
}

/// An attribute; empty where there is none.
pub fn get(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

/// Shows or hides.
pub fn show(element: &Element, shown: bool) {
    set_or_not(element, "hidden", (!shown).then_some(""));
}

/// Puts children in the place of those that are there.
pub fn fill(place: &Element, children: impl IntoIterator<Item = Option<Element>>) {
    place.replace_children_with_node_0();
    for child in children.into_iter().flatten() {
        _ = place.append_child(&child);
    }
}

/// Where the keyboard was is gone: it goes on at the page's content, and nothing scrolls.
pub fn keep_focus() {
    let is_lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    if let Some(main) = by_id("main").filter(|_| is_lost).and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
        let stay = FocusOptions::new();
        stay.set_prevent_scroll(true);
        _ = main.focus_with_options(&stay);
    }
}

/// Resolves after so many milliseconds.
pub async fn pause(milliseconds: i32) {
    let waiting = Promise::new(&mut |resolve, _| {
        _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    });
    _ = JsFuture::from(waiting).await;
}

/// Gives the keyboard to an element.
pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        _ = element.focus();
    }
}
