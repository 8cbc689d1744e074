//! Live hints in the browser: something changed, ask again. Without scripts nothing listens and pages stay as they are.

use domain::id::FilingId;
use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// What a page listens to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    /// One filing.
    Filing(FilingId),
    /// The desk of one's own house.
    Desk,
}

impl Topic {
    fn url(self) -> String {
        match self {
            Self::Filing(id) => format!("/live?filing={id}"),
            Self::Desk => "/live?desk=1".to_owned(),
        }
    }
}

/// Something changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct Hint {
    /// Which filing; none when hints may have been missed and everything is to be looked at again.
    pub filing: Option<FilingId>,
    /// The number of its last event.
    pub seq: i32,
}

/// Calls `on_hint` at every hint while the page is there, and once after a connection that was lost is back.
/// Answers whether the connection stands.
pub fn listen(topic: Topic, on_hint: impl Fn(Hint) + 'static) -> Signal<bool> {
    let online = RwSignal::new(true);
    let on_hint = StoredValue::new_local(on_hint);
    Effect::new(move |_| {
        let Ok(source) = EventSource::new(&topic.url()) else { return };
        let tell = move |hint: Hint| _ = on_hint.try_with_value(|on_hint| on_hint(hint));
        let message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let hint = event.data().as_string().and_then(|data| serde_json::from_str(&data).ok());
            if let Some(hint) = hint {
                tell(hint);
            }
        });
        let opened = Closure::<dyn Fn(Event)>::new(move |_| {
            if online.try_get_untracked() == Some(false) {
                _ = online.try_set(true);
                tell(Hint { filing: None, seq: 0 });
            }
        });
        let lost = Closure::<dyn Fn(Event)>::new(move |_| _ = online.try_set(false));
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        let kept = StoredValue::new_local((source, message, opened, lost));
        on_cleanup(move || _ = kept.try_with_value(|(source, ..)| source.close()));
    });
    online.into()
}
