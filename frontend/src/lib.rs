//! The browser's entry point: makes a page that the server has drawn interactive.

use leptos::{mount::hydrate_from_async, tachys::dom::body};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// Called by `start.js` once the module is there.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    spawn_local(async {
        let root = hydrate_from_async(body(), app::App).await;
        root.forget();
        // Tests and styles wait for this mark: from here on every control answers.
        let _ = body().set_attribute("data-hydrated", "");
    });
}
