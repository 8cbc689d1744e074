//! The browser's entry point: makes a page that the server has drawn interactive. Two parts, of which a page fetches one:
//! what works on the document as it is, and what draws it again.

use app::shell::is_hydrated;
use leptos::{lazy, mount::hydrate_from_async, prelude::window, tachys::dom::body};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// Called by `start.js` once the module is there.
#[wasm_bindgen]
pub fn start() {
    console_error_panic_hook::set_once();
    spawn_local(async {
        let path = window().location().pathname().unwrap_or_default();
        if is_hydrated(&path) {
            hydrated().await;
        } else {
            drawn().await;
        }
    });
}

/// Tests and styles wait for this mark: from here on every control answers.
fn ready() {
    let _ = body().set_attribute("data-hydrated", "");
}

/// Pages that the browser draws again.
#[lazy]
fn hydrated() {
    spawn_local(async {
        let root = hydrate_from_async(body(), app::App).await;
        root.forget();
        ready();
    });
}

/// Pages that the server alone draws.
#[lazy]
fn drawn() {
    app::browser::start();
    ready();
}
