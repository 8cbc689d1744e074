//! The browser's side of live progress: one stream a browser, however many pages are open.
//!
//! The stream ([`STREAM`]) sends hints, never data: a page that hears one asks again through its own door, after a short
//! random pause so that a thousand pages do not ask at once, and not again before a rest. HTTP/1.1 allows six connections to
//! a site, so of all pages only the one that holds the lock `live` opens the stream; the others tell it their topics and hear
//! its hints over a [`BroadcastChannel`]. When that page is closed, the next one gets the lock.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use domain::id::FilingId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, EventSource, MessageEvent, js_sys};

/// Where the hints come from; several topics share one stream.
pub const STREAM: &str = "/live";
/// The most a page waits before it asks again.
const JITTER_MS: f64 = 400.0;
/// The least between two looks of a page: a list that moves several times a second cannot be read, and a desk where much happens
/// would ask without end.
const REST_MS: f64 = 2_000.0;
/// How often the pages say what they follow, so that a new holder of the stream knows.
const PULSE: Duration = Duration::from_secs(20);

/// How long the first connection may fail before that is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the connection stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line {
    /// It was not made yet.
    Connecting,
    /// Hints come.
    On,
    /// It was lost, or could not be made for a while: hints may have been missed.
    Off,
}

impl Line {
    /// What a word of the stream makes of it; `long` where the first connection has failed for a while already.
    fn after(self, online: bool, long: bool) -> Self {
        match (self, online) {
            (_, true) => Self::On,
            (Self::Connecting, false) if !long => Self::Connecting,
            (_, false) => Self::Off,
        }
    }
}

/// How long a page waits with a hint, in ms, when it looked `since` ms ago; `random` is at least 0 and below 1.
fn pause_ms(since: f64, random: f64) -> f64 {
    // A clock that was set back counts as no rest yet.
    REST_MS - since.clamp(0.0, REST_MS) + random * JITTER_MS
}

/// What a page listens to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Topic {
    /// One filing.
    Filing(FilingId),
    /// The desk of one's own house.
    Desk,
}

impl Topic {
    fn query(self) -> String {
        match self {
            Self::Filing(id) => format!("filing={id}"),
            Self::Desk => "desk=1".to_owned(),
        }
    }

    fn read(query: &str) -> Option<Self> {
        match query.split_once('=')? {
            ("filing", id) => id.parse().ok().map(Self::Filing),
            ("desk", _) => Some(Self::Desk),
            _ => None,
        }
    }

    /// A hint of another filing is not this page's; one without a filing says to look at everything.
    fn concerns(self, hint: Hint) -> bool {
        match self {
            Self::Filing(id) => hint.filing.is_none_or(|filing| filing == id),
            Self::Desk => true,
        }
    }
}

/// Something changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hint {
    /// Which filing; none when hints may have been missed and everything is to be looked at again.
    pub filing: Option<FilingId>,
    /// The number of its last event.
    pub seq: i32,
}

/// Look at everything again.
const EVERYTHING: Hint = Hint { filing: None, seq: 0 };

/// What pages tell each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Word {
    /// A page follows this.
    Want(Topic),
    /// The page with the stream asks who follows what.
    Who,
    /// Something changed.
    Hint(Hint),
    /// Whether the connection stands.
    Online(bool),
}

impl Word {
    fn write(self) -> String {
        match self {
            Self::Want(topic) => format!("want {}", topic.query()),
            Self::Who => "who ".to_owned(),
            Self::Hint(Hint { filing: None, .. }) => "hint ".to_owned(),
            Self::Hint(Hint { filing: Some(filing), seq }) => format!("hint {filing} {seq}"),
            Self::Online(online) => format!("online {online}"),
        }
    }

    fn read(text: &str) -> Option<Self> {
        Some(match text.split_once(' ')? {
            ("want", topic) => Self::Want(Topic::read(topic)?),
            ("who", _) => Self::Who,
            ("hint", "") => Self::Hint(EVERYTHING),
            ("hint", of) => {
                let (filing, seq) = of.split_once(' ')?;
                Self::Hint(Hint { filing: Some(filing.parse().ok()?), seq: seq.parse().ok()? })
            }
            ("online", online) => Self::Online(online == "true"),
            _ => return None,
        })
    }
}

/// Calls `on_hint` a short random while after every hint while the page is there, several at once as one and rested from the one
/// before, and once after a connection that was lost is back. Answers how the connection stands. Does nothing without scripts.
pub fn listen(topic: Topic, on_hint: impl Fn(Hint) + 'static) -> Signal<Line> {
    let line = RwSignal::new(Line::Connecting);
    if cfg!(target_arch = "wasm32") {
        let on_hint = StoredValue::new_local(Some(Box::new(on_hint) as Box<dyn Fn(Hint)>));
        let listener = StoredValue::new_local(None::<Rc<Listener>>);
        Effect::new(move |_| {
            if let Some(on_hint) = on_hint.try_update_value(Option::take).flatten() {
                listener.set_value(Some(Listener::start(topic, move |is| _ = line.try_set(is), on_hint)));
            }
        });
        on_cleanup(move || {
            if let Some(Some(listener)) = listener.try_get_value() {
                listener.stop();
            }
        });
    }
    line.into()
}

/// What the browser calls back; kept while it may.
type Callback = Closure<dyn FnMut(JsValue)>;

/// One page's ear.
pub struct Listener {
    topic: Topic,
    line: Cell<Line>,
    on_line: Box<dyn Fn(Line)>,
    /// The first connection has failed and is waited for.
    patient: Cell<bool>,
    /// The server has refused the stream, and that was told.
    refused: Cell<bool>,
    on_hint: Box<dyn Fn(Hint)>,
    /// A hint that waits for its random while.
    waiting: RefCell<Option<Hint>>,
    /// When the page last looked, in ms of the browser's clock.
    looked: Cell<f64>,
    channel: Option<BroadcastChannel>,
    stream: RefCell<Option<EventSource>>,
    wanted: RefCell<Vec<Topic>>,
    /// Gives the lock back.
    release: RefCell<Option<js_sys::Function>>,
    stopped: RefCell<bool>,
    kept: RefCell<Vec<Callback>>,
}

impl Listener {
    /// Listens until it is stopped: to hints as [`listen`] does, and to how the connection stands.
    pub fn start(topic: Topic, on_line: impl Fn(Line) + 'static, on_hint: impl Fn(Hint) + 'static) -> Rc<Self> {
        let listener = Rc::new(Self {
            topic,
            line: Cell::new(Line::Connecting),
            on_line: Box::new(on_line),
            patient: Cell::new(false),
            refused: Cell::new(false),
            on_hint: Box::new(on_hint),
            waiting: RefCell::default(),
            looked: Cell::new(f64::NEG_INFINITY),
            channel: BroadcastChannel::new("live").ok(),
            stream: RefCell::default(),
            wanted: RefCell::new(vec![topic]),
            release: RefCell::default(),
            stopped: RefCell::default(),
            kept: RefCell::default(),
        });
        let Some(channel) = &listener.channel else {
            listener.open();
            return listener;
        };
        let this = Rc::downgrade(&listener);
        let hear = listener.keep(move |event| {
            if let (Some(this), Some(word)) = (this.upgrade(), word_of(&event)) {
                this.hear(word);
            }
        });
        channel.set_onmessage(Some(&hear));
        if listener.ask_for_lock().is_none() {
            listener.open();
        }
        listener.want();
        listener.pulse();
        listener
    }

    /// What it listens to.
    pub fn topic(&self) -> Topic {
        self.topic
    }

    /// Says again and again what this page follows, so that a new holder of the stream knows.
    fn pulse(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        set_timeout(
            move || {
                if let Some(this) = this.upgrade().filter(|this| !*this.stopped.borrow()) {
                    this.want();
                    this.pulse();
                }
            },
            PULSE,
        );
    }

    fn keep(&self, run: impl FnMut(JsValue) + 'static) -> js_sys::Function {
        let closure = Closure::<dyn FnMut(JsValue)>::new(run);
        let function = closure.as_ref().unchecked_ref::<js_sys::Function>().clone();
        self.kept.borrow_mut().push(closure);
        function
    }

    fn say(&self, word: Word) {
        if let Some(channel) = &self.channel {
            _ = channel.post_message(&JsValue::from_str(&word.write()));
        }
    }

    fn want(&self) {
        self.say(Word::Want(self.topic));
    }

    fn hear(self: &Rc<Self>, word: Word) {
        if *self.stopped.borrow() {
            return;
        }
        match word {
            Word::Want(topic) if self.stream.borrow().is_some() => {
                let known = self.wanted.borrow().contains(&topic);
                if !known {
                    self.wanted.borrow_mut().push(topic);
                    self.open();
                } else if self.line.get() != Line::Connecting {
                    self.say(Word::Online(self.line.get() == Line::On));
                }
            }
            Word::Want(_) => {}
            Word::Who => self.want(),
            Word::Hint(hint) => self.take(hint),
            Word::Online(online) => self.found(online, false),
        }
    }

    /// The connection was lost, or is back: then whatever happened meanwhile was not heard. The first one is given a while
    /// before it counts as lost.
    fn found(self: &Rc<Self>, online: bool, long: bool) {
        let before = self.line.get();
        let line = before.after(online, long);
        let failed_first = self.patient.replace(line == Line::Connecting);
        if line == Line::Connecting && !failed_first {
            let this = Rc::downgrade(self);
            set_timeout(
                move || {
                    if let Some(this) = this.upgrade().filter(|this| this.patient.get() && !*this.stopped.borrow()) {
                        this.found(false, true);
                    }
                },
                PATIENCE,
            );
        }
        if self.line.replace(line) != line {
            (self.on_line)(line);
            if line == Line::On && (before == Line::Off || failed_first) {
                self.take(EVERYTHING);
            }
        }
    }

    fn take(self: &Rc<Self>, hint: Hint) {
        if !self.topic.concerns(hint) || *self.stopped.borrow() {
            return;
        }
        // Of several at once the last counts, or that everything is to be looked at.
        let mut waiting = self.waiting.borrow_mut();
        let first = waiting.is_none();
        *waiting = match *waiting {
            Some(before) if before.filing != hint.filing => Some(EVERYTHING),
            _ => Some(hint),
        };
        if !first {
            return;
        }
        let this = Rc::downgrade(self);
        let pause = pause_ms(js_sys::Date::now() - self.looked.get(), js_sys::Math::random());
        let pause = Duration::from_millis(pause as u64);
        set_timeout(
            move || {
                let Some(this) = this.upgrade().filter(|this| !*this.stopped.borrow()) else { return };
                let hint = this.waiting.borrow_mut().take();
                if let Some(hint) = hint {
                    this.looked.set(js_sys::Date::now());
                    (this.on_hint)(hint);
                }
            },
            pause,
        );
    }

    /// Waits for the lock; with it, this page opens the stream. None where the browser has no locks.
    fn ask_for_lock(self: &Rc<Self>) -> Option<()> {
        let locks =
            js_sys::Reflect::get(window().navigator().as_ref(), &"locks".into()).ok().filter(|locks| !locks.is_undefined())?;
        let request: js_sys::Function = js_sys::Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let this = Rc::downgrade(self);
        let held = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |_| {
            let Some(this) = this.upgrade().filter(|this| !*this.stopped.borrow()) else { return JsValue::UNDEFINED };
            this.open();
            this.say(Word::Who);
            js_sys::Promise::new(&mut |resolve, _| {
                this.release.replace(Some(resolve));
            })
            .into()
        });
        let asked = request.call2(&locks, &"live".into(), held.as_ref().unchecked_ref()).ok();
        held.forget();
        asked.map(|_| ())
    }

    /// Opens the stream for all topics that are wanted.
    fn open(self: &Rc<Self>) {
        if let Some(stream) = self.stream.borrow_mut().take() {
            stream.close();
        }
        let topics: Vec<String> = self.wanted.borrow().iter().map(|topic| topic.query()).collect();
        let Ok(stream) = EventSource::new(&format!("{STREAM}?{}", topics.join("&"))) else { return };
        let this = Rc::downgrade(self);
        let opened = self.keep(move |_| {
            if let Some(this) = this.upgrade() {
                this.refused.set(false);
                this.found(true, false);
                this.say(Word::Online(true));
            }
        });
        let this = Rc::downgrade(self);
        let failed = self.keep(move |_| {
            if let Some(this) = this.upgrade() {
                this.found(false, false);
                this.say(Word::Online(false));
                this.again_if_closed();
            }
        });
        let this = Rc::downgrade(self);
        let hinted = self.keep(move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            let hint = text.and_then(|text| serde_json::from_slice::<Hint>(text.as_bytes()).ok());
            if let (Some(this), Some(hint)) = (this.upgrade(), hint) {
                this.take(hint);
                this.say(Word::Hint(hint));
            }
        });
        stream.set_onopen(Some(&opened));
        stream.set_onerror(Some(&failed));
        stream.set_onmessage(Some(&hinted));
        self.stream.replace(Some(stream));
    }

    /// The browser tries again by itself unless the server answered with an error: then do it here, slowly. Why it did so no
    /// stream tells, but the pages' own doors do: they are asked once.
    fn again_if_closed(self: &Rc<Self>) {
        let closed = self.stream.borrow().as_ref().is_some_and(|stream| stream.ready_state() == EventSource::CLOSED);
        if !closed {
            return;
        }
        if !self.refused.replace(true) {
            self.take(EVERYTHING);
            self.say(Word::Hint(EVERYTHING));
        }
        let this = Rc::downgrade(self);
        let pause = Duration::from_millis(4_000 + (js_sys::Math::random() * 4_000.0) as u64);
        set_timeout(
            move || {
                if let Some(this) = this.upgrade().filter(|this| !*this.stopped.borrow()) {
                    this.open();
                }
            },
            pause,
        );
    }

    /// Stops listening; another page may take the stream.
    pub fn stop(&self) {
        self.stopped.replace(true);
        if let Some(stream) = self.stream.borrow_mut().take() {
            stream.close();
        }
        if let Some(channel) = &self.channel {
            channel.close();
        }
        if let Some(release) = self.release.borrow_mut().take() {
            _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

fn word_of(event: &JsValue) -> Option<Word> {
    Word::read(&event.dyn_ref::<MessageEvent>()?.data().as_string()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_counts_as_lost_once_it_was_made_or_has_failed_for_a_while() {
        use Line::{Connecting, Off, On};
        for (before, online, long, after) in [
            (Connecting, true, false, On),
            (Connecting, false, false, Connecting),
            (Connecting, false, true, Off),
            (On, false, false, Off),
            (Off, false, false, Off),
            (Off, true, false, On),
        ] {
            assert_eq!(before.after(online, long), after, "{before:?} {online} {long}");
        }
    }

    #[test]
    fn a_page_looks_a_moment_after_a_hint_and_again_only_after_a_rest() {
        for (since, random, pause) in [
            (f64::INFINITY, 0.0, 0.0),
            (2_000.0, 0.5, 200.0),
            (1_500.0, 0.0, 500.0),
            (0.0, 0.5, 2_200.0),
            (-60_000.0, 0.0, 2_000.0),
        ] {
            assert!((pause_ms(since, random) - pause).abs() < 1e-9, "{since} {random}");
        }
    }

    #[test]
    fn a_word_is_heard_as_it_was_said_and_nonsense_is_none() {
        let filing = FilingId::from(uuid::Uuid::from_u128(7));
        let hint = Word::Hint(Hint { filing: Some(filing), seq: 12 });
        let words = [Word::Want(Topic::Filing(filing)), Word::Want(Topic::Desk), Word::Who, hint, Word::Hint(EVERYTHING)];
        for word in words.into_iter().chain([Word::Online(true), Word::Online(false)]) {
            assert_eq!(Word::read(&word.write()), Some(word));
        }
        for nonsense in ["", "who", "want ", "want filing=x", "hint x 1", "hint 1", "shout "] {
            assert_eq!(Word::read(nonsense), None, "{nonsense}");
        }
    }
}
