//! The form of one section: kept on the server as typed, judged by the domain's rules while typing, never losing a word.
//!
//! The inputs belong to the browser: what is typed before the script has come stays. The server knows each page by a
//! client id and counts its saves, so that a late one cannot overwrite a newer one; a second window makes it answer
//! *stale*, and then both versions are shown.

use std::sync::Arc;

use domain::{
    checked::Depth,
    draft::Draft,
    id::FilingId,
    problem::{Problem, Section},
    tables::Tables,
    views::filings::DraftView,
};
use gloo_net::http::Request;
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use serde::de::DeserializeOwned;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlElement, HtmlFormElement, HtmlInputElement, UrlSearchParams};

use super::{
    answers::{label, version_of},
    is_checked, stale,
};
use crate::{
    doors::{self, filings::Kept},
    fault::Fault,
    flash::use_flash,
    paths,
    texts::{field_problems, t, use_lang},
    ui::{ButtonRow, Check, FormAction, FormValues, Notice, NoticeKind, PostForm, SubmitButton},
};

/// How long after the last key a save begins; leaving a field saves at once.
const PAUSE: Duration = Duration::from_millis(1200);
/// How long until another try when the server was not reached.
const RETRY: Duration = Duration::from_secs(3);

/// What one section's page is made of.
pub(super) struct Setup<F> {
    /// Which section.
    pub section: Section,
    /// Where it is saved.
    pub url: &'static str,
    /// The answers as the server has them.
    pub form: F,
    /// Reads the answers from the page.
    pub read: fn(&FormValues) -> F,
    /// Puts the answers into a draft, for the rules that compare sections.
    pub put: fn(&mut Draft, Section, F),
}

/// The answers as they stand on the page; follows the typing once the script is there.
pub(super) type Answers<F> = RwSignal<F>;

/// What a section's fields follow.
pub(super) struct Live<F: Send + Sync + 'static> {
    /// The answers.
    pub answers: Answers<F>,
    /// What the rules are checked with.
    pub tables: RwSignal<Tables>,
    /// Counts the saves.
    pub saves: RwSignal<u64>,
}

/// Draws the form around its fields.
pub(super) fn form<F>(view: &DraftView, setup: Setup<F>, fields: impl FnOnce(Live<F>) -> AnyView + Send + 'static) -> AnyView
where
    F: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    let l = use_lang();
    let Setup { section, url, form, read, put } = setup;
    let id = view.id;
    let tables = RwSignal::new(view.tables.clone());
    let came_back = flash_of(&section.to_string());
    let stale_at_server = came_back.as_ref().filter(|(_, fault)| *fault == Some(Fault::Stale)).map(|(values, _)| values.clone());
    let form = came_back.as_ref().map_or(form, |(values, _)| read(values));
    let answers = RwSignal::new(form.clone());
    let check: Check = {
        let draft = view.draft.clone();
        Arc::new(move |values| {
            let form = read(values);
            if answers.get_untracked() != form {
                answers.set(form.clone());
            }
            field_problems(l, &tables.with_untracked(|tables| problems_of(&draft, section, form, put, tables)))
        })
    };
    let shown = if is_checked() || !super::reasons::of_section(view, section).is_empty() {
        view.sections.iter().find(|state| state.section == section).map(|state| state.problems.clone()).unwrap_or_default()
    } else {
        Vec::new()
    };
    let keeper = Keeper::new(id, section, url, version_of(view, section));
    let place = NodeRef::<html::Div>::new();
    keeper.start(place, move |values| {
        let form = read(values);
        if answers.get_untracked() != form {
            answers.set(form);
        }
    });
    let live = Live { answers, tables, saves: keeper.saves };
    let (site, access) = match section {
        Section::Site(site) => (Some(site), None),
        Section::Access(site, access) => (Some(site), Some(access)),
        _ => (None, None),
    };
    let compared = stale_at_server.map(|typed| stale::compare(view, section, &typed, None));
    let compare_view = view.clone();
    let next = next_after(view, section);
    view! {
        {compared}
        {move || keeper.stale.try_get().flatten().map(|(typed, newer)| stale::compare(newer.as_ref().unwrap_or(&compare_view), section, &typed, Some(keeper)))}
        <PostForm
            id=section.to_string()
            action=FormAction::at(url)
            check=check
            problems=field_problems(l, &shown)
            back=paths::filing::section(id, section)
        >
            <input type="hidden" name="id" value=id.to_string()/>
            {site.map(|site| view! { <input type="hidden" name="site" value=site.to_string()/> })}
            {access.map(|access| view! { <input type="hidden" name="access" value=access.to_string()/> })}
            <input type="hidden" name="version" value=keeper.version.get_value().to_string()/>
            <input type="hidden" name="next" value=next/>
            <input type="hidden" name="client" value=""/>
            <input type="hidden" name="sequence" value="0"/>
            <div
                class="section-fields"
                node_ref=place
                on:input=move |_| keeper.typed()
                on:change=move |_| keeper.left()
                on:focusout=move |_| keeper.left()
                on:click=move |ev| keeper.clicked(&ev)
            >
                // The enter key presses the first button of a form: it must go on, not refresh.
                <button type="submit" class="visually-hidden" name="go" value="continue" tabindex="-1" aria-hidden="true"></button>
                {fields(live)}
                <div class="save-bar">
                    <ButtonRow>
                        <SubmitButton label=t::filing::form::save_continue(l) name="go" value="continue"/>
                        <SubmitButton label=t::filing::form::save_later(l) name="go" value="later" secondary=true/>
                    </ButtonRow>
                    {keeper.words()}
                </div>
            </div>
        </PostForm>
    }
    .into_any()
}

/// The page after this one: the sections in the order of the task list, then the materials.
fn next_after(view: &DraftView, section: Section) -> String {
    let mut rest = view.sections.iter().map(|state| state.section).skip_while(|known| *known != section).skip(1);
    match rest.next() {
        Some(Section::Consent) | None => paths::filing::review(view.id),
        Some(next) => paths::filing::section(view.id, next),
    }
}

/// Sends the form to the server and comes back to it, for parts that depend on an answer; hidden where scripts do that.
pub(super) fn refresh() -> AnyView {
    let l = use_lang();
    view! {
        <div class="without-scripts">
            <SubmitButton label=t::filing::form::refresh(l) name="go" value="refresh" secondary=true/>
            <p class="hint">{t::filing::form::refresh_hint(l)}</p>
        </div>
    }
    .into_any()
}

/// The problems of one section, were `form` its answers.
fn problems_of<F>(draft: &Draft, section: Section, form: F, put: fn(&mut Draft, Section, F), tables: &Tables) -> Vec<Problem> {
    let mut draft = draft.clone();
    put(&mut draft, section, form);
    let found = draft.problems_to(Depth::Light, tables).into_iter().filter(|problem| problem.section == section).collect();
    doors::filings::asked_once(&draft.sponsor, found)
}

/// What was typed when this form was sent without scripts and came back.
fn flash_of(form_id: &str) -> Option<(FormValues, Option<Fault>)> {
    let flash = use_flash();
    let sent = flash.values.get("form_id").and_then(|ids| ids.first())?;
    if sent != form_id {
        return None;
    }
    let pairs = flash.values.into_iter().flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)));
    Some((FormValues(pairs.collect()), flash.fault))
}

/// How the keeping stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Untouched,
    Unsaved,
    Saving,
    Saved,
    Offline,
    Back,
    SignedOut,
    Locked,
    Invalid,
    Stale,
}

/// Keeps what is typed on the server.
#[derive(Clone, Copy)]
pub(super) struct Keeper {
    filing: FilingId,
    section: Section,
    url: &'static str,
    version: StoredValue<i32>,
    client: StoredValue<String>,
    sequence: StoredValue<i64>,
    edits: StoredValue<u64>,
    kept: StoredValue<u64>,
    saves: RwSignal<u64>,
    busy: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
    state: RwSignal<State>,
    /// What cannot even be kept, such as a text beyond its bounds.
    invalid: RwSignal<Vec<Problem>>,
    place: StoredValue<Option<NodeRef<html::Div>>>,
    /// What stands here and the filing as another window left it.
    #[allow(clippy::type_complexity)]
    pub(super) stale: RwSignal<Option<(FormValues, Option<DraftView>)>>,
}

impl Keeper {
    fn new(filing: FilingId, section: Section, url: &'static str, version: i32) -> Self {
        Self {
            filing,
            section,
            url,
            version: StoredValue::new(version),
            client: StoredValue::new(String::new()),
            sequence: StoredValue::new(0),
            edits: StoredValue::new(0),
            kept: StoredValue::new(0),
            saves: RwSignal::new(0),
            busy: StoredValue::new(false),
            timer: StoredValue::new(None),
            state: RwSignal::new(State::Untouched),
            invalid: RwSignal::new(Vec::new()),
            place: StoredValue::new(None),
            stale: RwSignal::new(None),
        }
    }

    /// Once the page is alive: look at what was typed before, and listen for the end of it. Does nothing on the server.
    fn start(self, place: NodeRef<html::Div>, look: impl Fn(&FormValues) + Clone + 'static) {
        self.place.set_value(Some(place));
        follow_hash(move || place.get().is_some());
        Effect::new(move |_| {
            let Some(form) = place.get().and_then(|div| form_around(&div.into())) else { return };
            if self.client.with_value(String::is_empty) {
                self.client.set_value(window().crypto().map(|crypto| crypto.random_uuid()).unwrap_or_default());
                // Fields that were filled in before the script came differ from what the server sent.
                if is_changed(&form) {
                    look(&FormValues::of(&form));
                    self.typed();
                }
            }
        });
        let online = window_event_listener(leptos::ev::online, move |_| {
            if self.state.get_untracked() == State::Offline {
                self.save();
            }
        });
        let hiding = window_event_listener_untyped("pagehide", move |_| self.leave());
        let warning = window_event_listener(leptos::ev::beforeunload, move |ev| {
            if self.is_dirty()
                && matches!(self.state.get_untracked(), State::Offline | State::SignedOut | State::Invalid | State::Stale)
            {
                ev.prevent_default();
            }
        });
        on_cleanup(move || {
            online.remove();
            hiding.remove();
            warning.remove();
            if let Some(Some(timer)) = self.timer.try_get_value() {
                timer.clear();
            }
        });
    }

    fn is_dirty(self) -> bool {
        self.edits.try_get_value() != self.kept.try_get_value()
    }

    /// A key was pressed: save when the typing pauses.
    fn typed(self) {
        self.edits.update_value(|edits| *edits += 1);
        if !matches!(self.state.get_untracked(), State::Offline | State::SignedOut | State::Stale | State::Locked) {
            self.state.set(State::Unsaved);
        }
        self.later(PAUSE);
    }

    /// A field was left: save at once.
    fn left(self) {
        if self.is_dirty() && self.state.get_untracked() != State::Stale {
            self.save();
        }
    }

    /// A button of the form is pressed: what is sent carries the next number.
    fn clicked(self, ev: &leptos::ev::MouseEvent) {
        let target = ev.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let button = target.and_then(|target| target.closest("button[type=submit]").ok().flatten());
        if let Some(form) = button.and_then(|_| self.element()) {
            self.stamp(&form);
        }
    }

    fn later(self, after: Duration) {
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        let timer = set_timeout_with_handle(
            move || {
                if self.state.try_get_untracked().is_some_and(|state| state != State::Stale) {
                    self.save();
                }
            },
            after,
        );
        self.timer.set_value(timer.ok());
    }

    fn element(self) -> Option<HtmlFormElement> {
        let place = self.place.try_get_value()??;
        form_around(&place.get_untracked()?.into())
    }

    /// Writes client, number and version into the form.
    fn stamp(self, form: &HtmlFormElement) -> i64 {
        let number = self.sequence.get_value() + 1;
        self.sequence.set_value(number);
        set_hidden(form, "sequence", &number.to_string());
        set_hidden(form, "version", &self.version.get_value().to_string());
        self.client.with_value(|client| set_hidden(form, "client", client));
        number
    }

    /// Sends the form as it stands, one at a time.
    pub(super) fn save(self) {
        if self.busy.try_get_value() != Some(false) || !self.is_dirty() {
            return;
        }
        let Some(form) = self.element() else { return };
        let number = self.stamp(&form);
        let Some(params) = params_of(&form) else { return };
        let edits = self.edits.get_value();
        let was_offline = self.state.get_untracked() == State::Offline;
        self.busy.set_value(true);
        if !was_offline {
            self.state.set(State::Saving);
        }
        spawn_local(async move {
            let answer = post(self.url, &params).await;
            if self.busy.try_get_value().is_none() {
                return;
            }
            self.busy.set_value(false);
            match answer {
                Ok(kept) => {
                    self.version.set_value(kept.version);
                    self.kept.set_value(edits);
                    self.saves.update(|saves| *saves += 1);
                    self.state.set(if was_offline { State::Back } else { State::Saved });
                    if self.is_dirty() {
                        self.state.set(State::Unsaved);
                        self.later(PAUSE);
                    }
                }
                // A later save or the submission overtook this one.
                Err(Fault::Stale) if number < self.sequence.get_value() => self.kept.set_value(edits),
                Err(Fault::Stale) => self.found_stale().await,
                Err(Fault::SignedOut | Fault::Forbidden) => self.state.set(State::SignedOut),
                Err(Fault::Invalid(problems)) => {
                    self.invalid.set(problems);
                    self.state.set(State::Invalid);
                }
                Err(Fault::Refused(_) | Fault::NotFound | Fault::Malformed) => self.state.set(State::Locked),
                Err(Fault::Limited { retry_after_s }) => {
                    self.state.set(State::Unsaved);
                    self.later(Duration::from_secs(retry_after_s.clamp(1, 60)));
                }
                Err(Fault::Offline | Fault::Broken { .. }) => {
                    self.state.set(State::Offline);
                    self.later(RETRY);
                }
            }
        });
    }

    async fn found_stale(self) {
        let Some(form) = self.element() else { return };
        self.state.set(State::Stale);
        if let Ok(newer) = doors::filings::draft(self.filing).await
            && self.state.try_get_untracked().is_some()
        {
            self.stale.set(Some((FormValues::of(&form), Some(newer))));
        }
    }

    /// The person chose this page's answers over the other window's.
    pub(super) fn keep_here(self) {
        let newer = self.stale.with_untracked(|stale| {
            stale.as_ref().and_then(|(_, newer)| newer.as_ref().map(|view| version_of(view, self.section)))
        });
        if let Some(version) = newer {
            self.version.set_value(version);
        }
        self.stale.set(None);
        self.state.set(State::Unsaved);
        self.edits.update_value(|edits| *edits += 1);
        self.save();
    }

    /// The person chose the other window's answers.
    pub(super) fn take_there(self) {
        self.kept.set_value(self.edits.get_value());
        let _ = window().location().reload();
    }

    /// The page goes away: hand over what is not saved yet.
    fn leave(self) {
        if !self.is_dirty() {
            return;
        }
        // Also beside a save on its way: the higher number wins, whichever comes first.
        if let Some(form) = self.element() {
            self.stamp(&form);
            if let Some(params) = params_of(&form) {
                _ = window().navigator().send_beacon_with_opt_url_search_params(self.url, Some(&params));
            }
        }
    }

    /// How the keeping stands, in words; the loud ones as notices.
    fn words(self) -> AnyView {
        let l = use_lang();
        view! {
            <p class="save-state" role="status">
                {move || match self.state.try_get().unwrap_or(State::Untouched) {
                    State::Unsaved => t::filing::form::unsaved(l),
                    State::Saving => t::filing::form::saving(l),
                    State::Saved => t::filing::form::saved(l),
                    State::Back => t::filing::form::online(l),
                    _ => "",
                }}
            </p>
            {move || {
                let words = match self.state.try_get().unwrap_or(State::Untouched) {
                    State::Offline => t::filing::form::offline(l),
                    State::SignedOut => t::filing::form::signed_out(l),
                    State::Locked => t::filing::form::locked(l),
                    State::Invalid => t::filing::form::not_kept(l),
                    _ => return None,
                };
                let invalid = (self.state.try_get() == Some(State::Invalid)).then(|| {
                    let problems = self.invalid.get();
                    let texts = field_problems(l, &problems).into_iter().zip(&problems);
                    let line = |text: &str, field: &str| t::filing::of_which(l, &label(l, self.section, field), text);
                    texts.map(|(found, problem)| view! { <p>{line(&found.text, &problem.field)}</p> }).collect_view()
                });
                let sign_in = (self.state.try_get() == Some(State::SignedOut)).then(|| {
                    view! { <p><a href=paths::sign_in() target="_blank" rel="external">{t::filing::form::sign_in(l)}</a></p> }
                });
                Some(view! { <div class="save-notice"><Notice kind=NoticeKind::Warning><p>{words}</p>{invalid}{sign_in}</Notice></div> })
            }}
        }
        .into_any()
    }
}

/// The form in which something happened.
pub(super) fn form_of(ev: &leptos::ev::Event) -> Option<HtmlFormElement> {
    form_around(&ev.target()?.dyn_into().ok()?)
}

fn form_around(element: &HtmlElement) -> Option<HtmlFormElement> {
    element.closest("form").ok().flatten()?.dyn_into().ok()
}

fn set_hidden(form: &HtmlFormElement, name: &str, value: &str) {
    let input = form.query_selector(&format!("input[type=hidden][name={name}]")).ok().flatten();
    if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
        input.set_value(value);
    }
}

fn params_of(form: &HtmlFormElement) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()
}

/// Whether any field holds something else than the server sent.
fn is_changed(form: &HtmlFormElement) -> bool {
    let elements = form.elements();
    (0..elements.length()).filter_map(|at| elements.item(at)).any(|element| {
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            return match input.type_().as_str() {
                "hidden" | "submit" | "button" => false,
                "checkbox" | "radio" => input.checked() != input.default_checked(),
                _ => input.value() != input.default_value(),
            };
        }
        if let Some(text) = element.dyn_ref::<web_sys::HtmlTextAreaElement>() {
            return text.default_value().is_ok_and(|sent| sent != text.value());
        }
        let Some(select) = element.dyn_ref::<web_sys::HtmlSelectElement>() else { return false };
        let sent = select.query_selector("option[selected]").ok().flatten().and_then(|option| option.get_attribute("value"));
        sent.unwrap_or_default() != select.value()
    })
}

/// Goes to the field that the address names, once the page is there. Does nothing on the server.
pub(super) fn follow_hash(is_there: impl Fn() -> bool + 'static) {
    // The router's, not the window's: within the area the address changes after the page has been drawn.
    let hash = use_location().hash;
    Effect::new(move |_| {
        if is_there() {
            let id = hash.get().trim_start_matches('#').to_owned();
            request_animation_frame(move || focus_field(&id));
        }
    });
}

/// A link leads to a field: give it the keyboard.
fn focus_field(id: &str) {
    if id.is_empty() {
        return;
    }
    if let Some(field) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        field.scroll_into_view();
        _ = field.focus();
    }
}

async fn post(url: &str, params: &UrlSearchParams) -> Result<Kept, Fault> {
    let request = Request::post(url).header("Accept", "application/json").body(params.clone()).map_err(|_| Fault::Offline)?;
    let response = request.send().await.map_err(|_| Fault::Offline)?;
    let body = response.text().await.map_err(|_| Fault::Offline)?;
    if response.ok() {
        serde_json::from_slice(body.as_bytes()).map_err(|_| Fault::Offline)
    } else {
        Err(serde_json::from_slice(body.as_bytes()).unwrap_or(Fault::Offline))
    }
}
