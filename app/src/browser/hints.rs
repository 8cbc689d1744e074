//! Live progress on a page that the server draws: a hint makes it draw again, and what differs is taken over in place.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen_futures::spawn_local;

use super::{dom, visit};
use crate::live::{Listener, Topic};

thread_local! {
    static LISTENER: RefCell<Option<Rc<Listener>>> = const { RefCell::new(None) };
}

/// A page is there: what it follows is listened to, and nothing else.
pub fn begin() {
    let topic = dom::first("[data-live]").and_then(|place| dom::get(&place, "data-live").parse().ok()).map(Topic::Filing);
    let before = LISTENER.with_borrow(|listener| listener.as_ref().map(|listener| listener.topic()));
    if before == topic {
        return;
    }
    if let Some(listener) = LISTENER.take() {
        listener.stop();
    }
    LISTENER.set(topic.map(|topic| Listener::start(topic, online, |_| spawn_local(again()))));
}

/// Says when the connection is lost and nothing would appear by itself.
fn online(online: bool) {
    if let Some(notice) = dom::first("[data-offline]") {
        dom::show(&notice, !online);
    }
    // Whoever is not signed in any more is led to the sign-in.
    if !online {
        visit::anew();
    }
}

/// Draws the page again; those who do not see it change hear that it did.
async fn again() {
    let status = || dom::first("[data-live]").map(|place| dom::get(&place, "data-status"));
    let before = status();
    visit::refresh().await;
    let now = dom::first("[data-live]").filter(|place| before.is_some_and(|before| before != dom::get(place, "data-status")));
    if let (Some(place), Some(said)) = (now, dom::first("[data-said]")) {
        said.set_text_content(Some(&dom::get(&place, "data-updated")));
    }
}
