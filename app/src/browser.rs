//! What the browser adds to a page. Nothing of it is needed: every page and form works without.
//!
//! [`form`] is for every page with a program: it sends forms without a reload and judges them while they are filled in.
//! The rest is for the pages that the server alone draws ([`start`]): going from page to page, keeping what is typed, the
//! parts that follow from an answer, and live progress. It works on the document as the server drew it, by ids, names and
//! `data-` attributes, so that nothing that draws a page is sent to the browser.

mod dom;
mod fields;
pub mod form;
mod hints;
mod keeper;
mod section;
mod upload;
mod visit;

use std::{future::Future, pin::Pin, sync::Arc};

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlFormElement};

use form::Way;
use leptos::prelude::{document, window};

use crate::{
    pages::password_problems,
    texts::{Lang, fault_lines},
};

/// Brings a page to life that the server has drawn. Called once; the pages that are gone to come to life by themselves.
pub fn start() {
    visit::begin();
    let go = |form: HtmlFormElement, next: String| {
        keeper::sent(&form);
        Box::pin(async move {
            // Whoever went on meanwhile is not pulled back.
            if form.is_connected() && !visit::is_under_way() {
                visit::done(&next).await;
            }
        }) as Pin<Box<dyn Future<Output = ()>>>
    };
    form::begin(Way { go: Box::new(go), renew: Box::new(visit::anew), refused: keeper::refused });
    form::judge_by("password", Some(Arc::new(|values| password_problems(Lang::of_page(), values))), fault_lines);
    let document = document();
    dom::listen(&document, "click", |event| {
        let clicked = [keeper::clicked, fields::clicked, visit::clicked];
        clicked.into_iter().for_each(|clicked| clicked(event));
    });
    dom::listen(&document, "input", |event| {
        if let Some(form) = form_of(event) {
            keeper::typed(event);
            fields::follow(&form);
        }
    });
    dom::listen(&document, "change", |event| {
        if let Some(form) = form_of(event) {
            keeper::left(event);
            fields::follow(&form);
            upload::chosen(event);
        }
    });
    dom::listen(&document, "focusout", keeper::left);
    dom::listen(&document, "reset", upload::forget);
    dom::listen(&window(), "online", |_| {
        keeper::again();
        visit::online();
    });
    // Perhaps somebody signed in again beside this page.
    dom::listen(&window(), "focus", |_| keeper::again());
    dom::listen(&window(), "pagehide", |_| keeper::leave());
    dom::listen(&window(), "beforeunload", keeper::warn);
    dom::listen(&window(), "popstate", |_| visit::back());
    arrived();
    visit::follow_hash();
}

/// A page is there: what it has begins.
fn arrived() {
    keeper::begin();
    fields::begin();
    hints::begin();
}

/// The form in which something happened.
fn form_of(event: &Event) -> Option<HtmlFormElement> {
    dom::target(event)?.closest("form").ok().flatten()?.dyn_into().ok()
}
