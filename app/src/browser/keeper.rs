//! Keeps what is typed on the server: saves when the typing pauses and when a field is left, says how that stands, tries
//! again when the server was not reached, and shows both answers when another window changed the section.
//!
//! The server knows each page by a client id and counts its saves, so that a late one cannot overwrite a newer one.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::{set_timeout, set_timeout_with_handle, window};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, FormData, HtmlFormElement, HtmlInputElement, UrlSearchParams};

use super::{dom, fields, form, section, vault, visit};
use crate::{
    doors::filings::Kept,
    fault::Told,
    paths,
    texts::{Lang, t},
    ui::FieldProblem,
};

/// How long after the last key a save begins; leaving a field saves at once.
const PAUSE: Duration = Duration::from_millis(1200);
/// How long until another try when the server was not reached.
const RETRY: Duration = Duration::from_secs(3);
/// How long a save may take before what it carries is kept here.
const SLOW: Duration = Duration::from_secs(2);

/// How the keeping stands.
#[derive(Clone, PartialEq, Debug)]
enum State {
    Untouched,
    Unsaved,
    Saving,
    Saved,
    Offline,
    /// Not reached, and what stands here is kept in this browser.
    Held,
    Back,
    SignedOut,
    Locked,
    /// What cannot even be kept, such as a text beyond its bounds.
    Invalid(Vec<FieldProblem>),
    Stale,
    /// What was handed over from this page's forerunner did not arrive.
    Missing,
}

/// What was handed over while a page went: the browser gives no answer to that, so the next page looks for it.
struct HandedOver {
    /// The page that it was handed over from.
    client: String,
    /// Its number there.
    number: i64,
    /// The highest version that the section has when only this and a save on its way came: beyond it others have written.
    most: i32,
}

struct Keeper {
    place: Element,
    form: HtmlFormElement,
    url: String,
    /// The name under which the browser remembers what was handed over from this page.
    handed_as: String,
    client: String,
    version: Cell<i32>,
    sequence: Cell<i64>,
    edits: Cell<u64>,
    kept: Cell<u64>,
    /// The edits that the form holds which is being sent.
    sending: Cell<u64>,
    /// The edits that were handed over while the page went.
    handed: Cell<u64>,
    /// The number of the form that was sent last; a save before it is overtaken.
    overtaken: Cell<i64>,
    /// The name of what is kept here in this browser, and the edits in it.
    held_as: String,
    held: Cell<u64>,
    holding: Cell<bool>,
    busy: Cell<bool>,
    timer: Cell<Option<TimeoutHandle>>,
    state: RefCell<State>,
}

thread_local! {
    static KEEPER: RefCell<Option<Rc<Keeper>>> = const { RefCell::new(None) };
}

fn keeper() -> Option<Rc<Keeper>> {
    KEEPER.with_borrow(Clone::clone)
}

/// A page is there: its section, if it has one, is kept from now on. What was typed before is looked at.
pub fn begin() {
    let here = section::begin();
    if let (Some(keeper), Some(here)) = (keeper(), &here)
        && keeper.form == here.form
    {
        return keeper.drawn_again();
    }
    if let Some(before) = keeper() {
        before.forget_timer();
    }
    let keeper = here.map(|here| {
        let client = window().crypto().map(|crypto| crypto.random_uuid()).unwrap_or_default();
        Rc::new(Keeper {
            url: dom::get(&here.form, "action"),
            handed_as: format!("handed {} {}", hidden(&here.form, "id"), here.section),
            held_as: format!("{} {} {client}", hidden(&here.form, "id"), here.section),
            client,
            overtaken: Cell::new(0),
            held: Cell::new(0),
            holding: Cell::new(false),
            version: Cell::new(version_of(&here.form)),
            place: here.place,
            form: here.form,
            sequence: Cell::new(0),
            edits: Cell::new(0),
            kept: Cell::new(0),
            sending: Cell::new(0),
            handed: Cell::new(0),
            busy: Cell::new(false),
            timer: Cell::new(None),
            state: RefCell::new(State::Untouched),
        })
    });
    KEEPER.set(keeper.clone());
    let Some(keeper) = keeper else { return };
    if vault::is_changed(&keeper.form) {
        keeper.typed();
    }
    if let Some(awaited) = HandedOver::find(&keeper.handed_as) {
        spawn_local(keeper.catch_up(awaited));
    }
}

/// Whether what stands here is newer than a page that was fetched, or is just being saved: that page says nothing then.
pub fn is_ahead_of(page: &Element) -> bool {
    keeper().is_some_and(|keeper| {
        let same = dom::typed::<HtmlFormElement>(page, &format!("form[id='{}']", dom::get(&keeper.form, "id")));
        keeper.is_here() && same.is_some_and(|form| keeper.busy.get() || version_of(&form) < keeper.version.get())
    })
}

fn version_of(form: &HtmlFormElement) -> i32 {
    hidden(form, "version").parse().unwrap_or_default()
}

impl HandedOver {
    /// What was handed over from the forerunner of a page, if anything was.
    fn find(name: &str) -> Option<Self> {
        let storage = window().session_storage().ok()??;
        let known = storage.get_item(name).ok()??;
        let mut parts = known.split(' ');
        Some(Self { client: parts.next()?.to_owned(), number: parts.next()?.parse().ok()?, most: parts.next()?.parse().ok()? })
    }

    fn remember(&self, name: &str) {
        if let Ok(Some(storage)) = window().session_storage() {
            _ = storage.set_item(name, &format!("{} {} {}", self.client, self.number, self.most));
        }
    }

    fn forget(name: &str) {
        if let Ok(Some(storage)) = window().session_storage() {
            _ = storage.remove_item(name);
        }
    }
}

fn hidden(form: &HtmlFormElement, name: &str) -> String {
    dom::typed::<HtmlInputElement>(form, &format!("input[type=hidden][name={name}]"))
        .map(|input| input.value())
        .unwrap_or_default()
}

/// A key was pressed: save when the typing pauses.
pub fn typed(event: &Event) {
    if let Some(keeper) = keeper().filter(|keeper| keeper.holds(event)) {
        keeper.typed();
    }
}

/// A field was left: save at once.
pub fn left(event: &Event) {
    if let Some(keeper) = keeper().filter(|keeper| keeper.holds(event))
        && keeper.is_dirty()
        && *keeper.state.borrow() != State::Stale
    {
        keeper.save();
    }
}

/// A button is pressed: what is sent carries the next number, and of two answers one is chosen.
pub fn clicked(event: &Event) {
    let Some(keeper) = keeper() else { return };
    let on = |selector: &str| dom::target(event).and_then(|target| target.closest(selector).ok().flatten());
    if keeper.holds(event) && on("button[type=submit]").is_some() {
        keeper.overtaken.set(keeper.stamp());
        keeper.sending.set(keeper.edits.get());
    } else if let Some(button) = on("[data-keep-here]") {
        keeper.keep_here(dom::get(&button, "data-keep-here").parse().ok());
    } else if on("[data-take-there]").is_some() {
        keeper.kept.set(keeper.edits.get());
        spawn_local(async move {
            vault::decided().await;
            _ = window().location().reload();
        });
    }
}

/// The form was sent and taken.
pub fn sent(form: &HtmlFormElement) {
    if let Some(keeper) = keeper().filter(|keeper| keeper.form == *form) {
        keeper.came(keeper.sending.get());
    }
}

/// The form was sent and not taken. Answers whether the page says why: another window's answers stand beside these then.
pub fn refused(form: &HtmlFormElement, told: &Told) -> bool {
    let Some(keeper) = keeper().filter(|keeper| keeper.form == *form) else { return false };
    if told.fault == "stale" {
        spawn_local(async move { keeper.found_stale().await });
        return true;
    }
    if *keeper.state.borrow() == State::Saving {
        keeper.tell(State::Unsaved);
        keeper.later(PAUSE);
    }
    false
}

/// What kept the answers from the server may be over.
pub fn again() {
    if let Some(keeper) = keeper().filter(|keeper| keeper.is_offline() || *keeper.state.borrow() == State::SignedOut) {
        keeper.save();
    }
}

/// Ends when what was typed is with the server, or when that takes too long to wait for.
pub async fn settle() {
    let Some(keeper) = keeper().filter(|_| !is_stuck()) else { return };
    keeper.save();
    for _ in 0..40 {
        if !keeper.busy.get() {
            return;
        }
        dom::pause(50).await;
    }
}

/// The page goes away: hand over what is not saved yet.
pub fn leave() {
    if let Some(keeper) = keeper() {
        keeper.hand_over();
    }
}

/// The page is about to go: what can be handed over is, before the next one is asked for; else it is asked first.
pub fn warn(event: &Event) {
    if is_stuck() || !keeper().is_none_or(|keeper| keeper.hand_over()) {
        event.prevent_default();
    }
}

/// Whether something stands here that the server does not take now.
pub fn is_stuck() -> bool {
    keeper().is_some_and(|keeper| {
        let waits = matches!(*keeper.state.borrow(), State::SignedOut | State::Invalid(_) | State::Stale);
        keeper.is_dirty() && !keeper.is_held() && (waits || keeper.is_offline())
    })
}

/// Whether the page that stands here is the one that something was kept from.
pub fn is_at(held_as: &str) -> bool {
    keeper().is_some_and(|keeper| keeper.is_here() && keeper.held_as == held_as)
}

/// Whether something was typed here that nobody has yet.
pub fn is_busy() -> bool {
    keeper().is_some_and(|keeper| keeper.is_here() && (keeper.is_dirty() || keeper.busy.get()))
}

impl Keeper {
    fn holds(&self, event: &Event) -> bool {
        dom::target(event).is_some_and(|target| self.place.contains(Some(&target)) && !target.has_attribute("data-narrows"))
    }

    /// Whether the page still shows this section.
    fn is_here(&self) -> bool {
        self.form.is_connected()
    }

    fn is_dirty(&self) -> bool {
        self.edits.get() != self.kept.get()
    }

    fn is_offline(&self) -> bool {
        matches!(*self.state.borrow(), State::Offline | State::Held)
    }

    /// Whether this browser has all that stands here.
    fn is_held(&self) -> bool {
        self.held.get() == self.edits.get()
    }

    /// The server has the answers up to these edits.
    fn came(&self, edits: u64) {
        self.kept.set(edits);
        let held = (self.held.replace(0) > 0).then(|| self.held_as.clone());
        spawn_local(async move {
            if let Some(held) = held {
                vault::forget(&held).await;
            }
            if vault::decided().await {
                // What else is kept for this page has its turn.
                vault::send();
            }
        });
    }

    /// Keeps what stands here in this browser.
    fn hold(self: &Rc<Self>) {
        if !self.is_dirty() || self.is_held() || self.holding.replace(true) {
            return;
        }
        let this = Rc::clone(self);
        spawn_local(async move {
            while this.is_dirty() && !this.is_held() && this.is_here() {
                let edits = this.edits.get();
                this.stamp();
                let answers = params_of(&this.form);
                let done = match &answers {
                    Some(answers) => vault::keep(&this.held_as, &this.url, &this.form, answers).await,
                    None => false,
                };
                if !done {
                    break;
                }
                this.held.set(edits);
            }
            this.holding.set(false);
            if !this.is_dirty() {
                // Meanwhile the server has it.
                this.came(this.kept.get());
            } else if this.is_offline() && this.is_held() {
                this.tell(State::Held);
            }
        });
    }

    /// The server drew the page again, in place. What is known of the form stays known; another version than the one known
    /// is another window's, or what was handed over: where nothing was typed since, it is shown as it came.
    fn drawn_again(self: &Rc<Self>) {
        let version = version_of(&self.form);
        if version <= self.version.get() || self.busy.get() {
            return;
        }
        if self.is_dirty() {
            // The form's own version is the one known.
            self.stamp();
            let this = Rc::clone(self);
            spawn_local(async move { this.found_stale().await });
        } else {
            self.version.set(version);
            self.form.reset();
        }
    }

    /// What was handed over while this page's forerunner went may come to the server after the question for this page: it is
    /// looked at again until it shows. Where it does not, that is said.
    async fn catch_up(self: Rc<Self>, awaited: HandedOver) {
        for pause in [150, 400, 1000, 2500] {
            if self.shows(&awaited) {
                break;
            }
            dom::pause(pause).await;
            if !self.is_here() || *self.state.borrow() == State::Stale {
                return;
            }
            if !self.shows(&awaited) {
                visit::refresh().await;
            }
        }
        if !self.is_here() {
            return;
        }
        HandedOver::forget(&self.handed_as);
        if !self.shows(&awaited) && *self.state.borrow() != State::Stale {
            self.tell(State::Missing);
        }
    }

    /// Whether the page shows what was handed over, or what others wrote after it.
    fn shows(&self, awaited: &HandedOver) -> bool {
        let last = dom::get(&self.place, "data-last-save");
        let came = last.split_once(' ').is_some_and(|(client, number)| {
            client == awaited.client && number.parse::<i64>().is_ok_and(|number| number >= awaited.number)
        });
        came || self.version.get() > awaited.most
    }

    /// Hands over what is not saved yet; answers whether nothing is left behind.
    fn hand_over(&self) -> bool {
        // What was typed and taken back again is nothing to hand over.
        let as_it_came = || self.kept.get() == 0 && !vault::is_changed(&self.form);
        if !self.is_dirty() || self.is_held() || self.handed.get() == self.edits.get() || as_it_came() {
            return true;
        }
        // Also beside a save on its way: the higher number wins, whichever comes first.
        let number = self.stamp();
        self.overtaken.set(number);
        let Some(params) = params_of(&self.form) else { return false };
        let taken = window().navigator().send_beacon_with_opt_url_search_params(&self.url, Some(&params));
        if !taken.unwrap_or_default() {
            return false;
        }
        self.handed.set(self.edits.get());
        let most = self.version.get() + 1 + i32::from(self.busy.get());
        HandedOver { client: self.client.clone(), number, most }.remember(&self.handed_as);
        true
    }

    fn typed(self: &Rc<Self>) {
        self.edits.set(self.edits.get() + 1);
        let settled = matches!(*self.state.borrow(), State::SignedOut | State::Stale | State::Locked);
        if self.is_offline() || !window().navigator().on_line() {
            self.hold();
        } else if !settled {
            self.tell(State::Unsaved);
        }
        self.later(PAUSE);
    }

    fn forget_timer(&self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
    }

    fn later(self: &Rc<Self>, after: Duration) {
        self.forget_timer();
        let this = Rc::clone(self);
        let run = move || {
            if *this.state.borrow() != State::Stale {
                this.save();
            }
        };
        self.timer.set(set_timeout_with_handle(run, after).ok());
    }

    /// Writes client, number and version into the form.
    fn stamp(&self) -> i64 {
        let number = self.sequence.get() + 1;
        self.sequence.set(number);
        let write = |name: &str, value: &str| {
            if let Some(input) = dom::typed::<HtmlInputElement>(&self.form, &format!("input[type=hidden][name={name}]")) {
                input.set_value(value);
            }
        };
        write("sequence", &number.to_string());
        write("version", &self.version.get().to_string());
        write("client", &self.client);
        number
    }

    /// Sends the form as it stands, one at a time.
    fn save(self: &Rc<Self>) {
        if self.busy.get() || !self.is_dirty() || !self.is_here() {
            return;
        }
        let number = self.stamp();
        let Ok(data) = FormData::new_with_form(&self.form) else { return };
        let edits = self.edits.get();
        let was_offline = self.is_offline();
        self.busy.set(true);
        if !was_offline {
            self.tell(State::Saving);
        }
        let this = Rc::clone(self);
        let slow = move || {
            if this.busy.get() && this.sequence.get() == number {
                this.hold();
            }
        };
        set_timeout(slow, SLOW);
        let this = Rc::clone(self);
        spawn_local(async move {
            let answer = form::send::<Kept>(&this.url, &dom::get(&this.form, "id"), &data, false).await;
            this.busy.set(false);
            if this.is_here() {
                this.answered(answer, edits, number, was_offline).await;
            }
        });
    }

    async fn answered(self: &Rc<Self>, answer: Result<Kept, Told>, edits: u64, number: i64, was_offline: bool) {
        let told = match answer {
            Ok(kept) => {
                self.version.set(kept.version);
                self.came(edits);
                self.tell(if was_offline { State::Back } else { State::Saved });
                if self.is_dirty() {
                    self.tell(State::Unsaved);
                    self.later(PAUSE);
                }
                return fields::kept(&self.form).await;
            }
            Err(told) => told,
        };
        match told.fault.as_str() {
            // The form was sent meanwhile and overtook this one: what becomes of it is for its own answer to say.
            "stale" if number < self.overtaken.get() => {}
            "stale" => self.found_stale().await,
            "signed_out" | "forbidden" => self.tell(State::SignedOut),
            "invalid" => self.tell(State::Invalid(told.lines.fields)),
            "refused" | "not_found" | "malformed" | "too_large" => self.tell(State::Locked),
            "limited" => {
                self.tell(State::Unsaved);
                self.later(Duration::from_secs(told.retry_after_s.clamp(1, 60)));
            }
            _ => {
                self.hold();
                self.tell(if self.is_held() { State::Held } else { State::Offline });
                self.later(RETRY);
            }
        }
    }

    /// Another window changed the section: the server draws what stands here beside what stands there, as it does for a form
    /// without scripts.
    async fn found_stale(self: &Rc<Self>) {
        self.tell(State::Stale);
        let Some(params) = params_of(&self.form) else { return };
        let compared = visit::posted(&self.url, &params).await;
        let compared = compared.and_then(|page| page.query_selector(".stale").ok().flatten());
        if let Some(compared) = compared
            && self.is_here()
            && let Some(around) = self.form.parent_element()
        {
            dom::all(&around, ".stale").iter().for_each(Element::remove);
            _ = around.insert_before(&compared, Some(&self.form));
        }
    }

    /// The person chose this page's answers over the other window's.
    fn keep_here(self: &Rc<Self>, newer: Option<i32>) {
        if let Some(version) = newer {
            self.version.set(version);
        }
        if let Some(around) = self.form.parent_element() {
            dom::all(&around, ".stale").iter().for_each(Element::remove);
        }
        dom::keep_focus();
        self.tell(State::Unsaved);
        self.edits.set(self.edits.get() + 1);
        self.save();
    }

    /// Says how the keeping stands; what is loud as a notice.
    fn tell(&self, state: State) {
        let l = Lang::of_page();
        let words = match state {
            State::Unsaved => t::filing::form::unsaved(l),
            State::Saving => t::filing::form::saving(l),
            State::Saved => t::filing::form::saved(l),
            State::Back => t::filing::form::online(l),
            _ => "",
        };
        let loud = match state {
            State::Offline => t::filing::form::offline(l),
            State::Held => t::filing::form::held(l),
            State::SignedOut => t::filing::form::signed_out(l),
            State::Locked => t::filing::form::locked(l),
            State::Invalid(_) => t::filing::form::not_kept(l),
            State::Stale => t::filing::form::stale_below(l),
            State::Missing => t::filing::form::missing(l),
            _ => "",
        };
        if let Some(place) = dom::within(&self.place, ".save-state") {
            place.set_text_content(Some(words));
        }
        if let Some(place) = dom::within(&self.place, ".save-notice") {
            let notice = (!loud.is_empty() && *self.state.borrow() != state).then(|| self.notice(l, loud, &state));
            if let Some(notice) = notice {
                dom::fill(&place, [notice]);
            } else if loud.is_empty() {
                dom::fill(&place, []);
            }
        }
        self.state.replace(state);
    }

    fn notice(&self, l: Lang, words: &str, state: &State) -> Option<Element> {
        let mut lines = vec![dom::make("p", "", words)];
        if let State::Invalid(problems) = state {
            lines.extend(problems.iter().map(|FieldProblem { field, text, .. }| {
                let label = form::label_of(&dom::get(&self.form, "id"), field).unwrap_or_default();
                dom::make("p", "", &t::filing::of_which(l, &label, text))
            }));
        }
        if *state == State::SignedOut {
            lines.push(dom::around("p", "", [dom::link_beside(&paths::sign_in(), t::filing::form::sign_in(l))]));
        }
        if *state == State::Stale {
            lines.push(dom::around("p", "", [dom::link("#stale", t::filing::form::stale_title(l))]));
        }
        dom::notice("warning", "note", lines)
    }
}

fn params_of(form: &HtmlFormElement) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()
}
