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
mod vault;
mod visit;

use std::{future::Future, pin::Pin, sync::Arc};

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlFormElement};

use form::Way;
use leptos::prelude::{document, window};

use crate::{
    fault::IN_WORDS,
    pages::password_problems,
    texts::{Lang, t},
};

/// Brings a page to life that the server has drawn. Called once; the pages that are gone to come to life by themselves.
pub fn start() {
    visit::begin();
    let go = |form: HtmlFormElement, next: String| {
        keeper::sent(&form);
        Box::pin(async move {
            if ends_session(&form) {
                vault::wipe().await;
            }
            // Whoever went on meanwhile is not pulled back.
            if form.is_connected() && !visit::is_under_way() {
                visit::done(&next).await;
            }
        }) as Pin<Box<dyn Future<Output = ()>>>
    };
    form::begin(Way {
        go: Box::new(go),
        renew: Box::new(visit::anew),
        accept: IN_WORDS,
        told: |_, body| serde_json::from_slice(body).ok(),
        refused: keeper::refused,
    });
    form::judge_by("password", Some(Arc::new(|values| password_problems(Lang::of_page(), values))));
    let document = document();
    dom::listen(&document, "click", |event| {
        let clicked = [keeper::clicked, fields::clicked, visit::clicked, vault::clicked, warn_of_signing_out];
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
        vault::send();
    });
    // Perhaps somebody signed in again beside this page.
    dom::listen(&window(), "focus", |_| {
        keeper::again();
        vault::again();
    });
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
    vault::begin();
}

/// Whether a form ends the session: that of every page's head, and that of the page for it.
fn ends_session(form: &Element) -> bool {
    matches!(dom::get(form, "id").as_str(), "sign-out" | "sign-out-to")
}

/// What only this browser has goes with the session: it is asked first.
fn warn_of_signing_out(event: &Event) {
    let button = dom::target(event).and_then(|target| target.closest("button[type=submit]").ok().flatten());
    let form = button.and_then(|button| button.closest("form").ok().flatten());
    if vault::has_unsent()
        && form.is_some_and(|form| ends_session(&form))
        && !window().confirm_with_message(t::filing::form::sign_out_unsent(Lang::of_page())).unwrap_or(true)
    {
        event.prevent_default();
    }
}

/// The form in which something happened.
fn form_of(event: &Event) -> Option<HtmlFormElement> {
    dom::target(event)?.closest("form").ok().flatten()?.dyn_into().ok()
}
