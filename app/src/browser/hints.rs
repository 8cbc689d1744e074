//! Live progress on a page that the server draws: a hint makes it draw again, and what differs is taken over in place.

use std::{cell::RefCell, rc::Rc};

use super::{dom, visit};
use crate::live::{Line, Listener, Topic};

thread_local! {
    static LISTENER: RefCell<Option<Rc<Listener>>> = const { RefCell::new(None) };
    /// What the page last showed: of which filing, and its status.
    static SHOWN: RefCell<Option<(Topic, String)>> = const { RefCell::new(None) };
}

/// A page is there, or was drawn again: what it follows is listened to, and nothing else. Those who do not see its status
/// change hear that it did, whatever made the page draw again.
pub fn begin() {
    let place = dom::first("[data-live]");
    let topic = place.as_ref().and_then(|place| dom::get(place, "data-live").parse().ok()).map(Topic::Filing);
    let shown = topic.zip(place.as_ref().map(|place| dom::get(place, "data-status")));
    let before = SHOWN.replace(shown.clone());
    if let (Some((topic, status)), Some(before), Some(place), Some(said)) = (shown, before, place, dom::first("[data-said]"))
        && before.0 == topic
        && before.1 != status
    {
        said.set_text_content(Some(&dom::get(&place, "data-updated")));
    }
    let listened = LISTENER.with_borrow(|listener| listener.as_ref().map(|listener| listener.topic()));
    if listened == topic {
        return;
    }
    if let Some(listener) = LISTENER.take() {
        listener.stop();
    }
    LISTENER.set(topic.map(|topic| Listener::start(topic, told, |_| visit::told())));
}

/// Says when the connection is lost and nothing would appear by itself.
fn told(line: Line) {
    if let Some(notice) = dom::first("[data-offline]") {
        dom::show(&notice, line == Line::Off);
    }
    // Whoever is not signed in any more is led to the sign-in.
    if line == Line::Off {
        visit::told();
    }
}
