//! Forms that are sent without a reload, and judged while they are filled in. For every page with a program, whether the
//! browser or the server drew it: all of it works on the form as [`crate::ui::PostForm`] draws it.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use gloo_net::http::Request;
use leptos::prelude::{document, request_animation_frame, set_timeout, window};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, FormData, HtmlFormElement, HtmlInputElement, SubmitEvent, UrlSearchParams};

use super::dom;
use crate::{
    fault::{ACCOUNT, Done, Told},
    paths::is_local,
    texts::{Lang, t},
    ui::{Check, FaultLines, FieldProblem, FormValues, field_path, input_id, new_retry_key, summary_lines},
};

/// Where a form leads when it is done; ends when the page there stands.
pub type Go = Box<dyn Fn(HtmlFormElement, String) -> Pin<Box<dyn Future<Output = ()>>>>;

/// How the pages here are gone to and loaded anew: by the router where the browser draws, else by visits.
pub struct Way {
    /// Goes to a path.
    pub go: Go,
    /// Asks again for what the page shows.
    pub renew: Box<dyn Fn()>,
    /// What is asked for: faults in words, or as they are.
    pub accept: &'static str,
    /// Reads why the form with an id was not taken; nothing where that cannot be read.
    pub told: fn(&str, &[u8]) -> Option<Told>,
    /// Whether the page itself says why its form was not taken.
    pub refused: fn(&HtmlFormElement, &Told) -> bool,
}

thread_local! {
    static WAY: RefCell<Option<Way>> = const { RefCell::new(None) };
    static JUDGES: RefCell<Vec<(String, Check)>> = const { RefCell::new(Vec::new()) };
    /// A finger or a mouse button is down: a problem that appeared now would move its target away from under it.
    static PRESSED: Cell<bool> = const { Cell::new(false) };
    /// The fields that changed since the last look, by form.
    static CHANGED: RefCell<Vec<(HtmlFormElement, String)>> = RefCell::default();
}

/// Listens to the forms of the document. Called again, it only takes the other way.
pub fn begin(way: Way) {
    if WAY.with_borrow_mut(|known| known.replace(way)).is_some() {
        return;
    }
    let document = document();
    dom::listen(&document, "submit", |event| _ = submitted(event));
    dom::listen(&document, "change", |event| _ = changed(event));
    dom::listen(&document, "pointerdown", |event| {
        if dom::target(event).is_some_and(|target| target.closest("form").ok().flatten().is_some()) {
            PRESSED.set(true);
        }
    });
    dom::listen(&document, "pointerup", |_| released());
    dom::listen(&document, "pointercancel", |_| released());
    dom::listen(&document, "click", |event| {
        if dom::target(event).is_some_and(|target| target.closest("[data-renew]").ok().flatten().is_some()) {
            WAY.with_borrow(|way| way.iter().for_each(|way| (way.renew)()));
        }
    });
}

/// Says how the form with this id is judged while it is filled in, if it is.
pub fn judge_by(id: &str, check: Option<Check>) {
    JUDGES.with_borrow_mut(|judges| {
        judges.retain(|(of, _)| of != id);
        judges.extend(check.map(|check| (id.to_owned(), check)));
    });
}

/// The browser draws the form with this id anew, perhaps for something else: of the one that stood there the problems go.
pub fn drawn_anew(id: &str) {
    if document().body().is_some_and(|body| body.has_attribute("data-hydrated")) {
        let id = id.to_owned();
        request_animation_frame(move || {
            if let Some(form) = dom::by_id(&id) {
                for place in dom::all(&form, ".problem-place") {
                    _ = place.remove_attribute("data-visited");
                }
                tell_of(&form, &FaultLines::default());
            }
        });
    }
}

/// The form's own id. The attribute: a form with an input called `id` answers that input instead of text.
fn id_of(form: &Element) -> String {
    dom::get(form, "id")
}

fn submitted(event: &Event) -> Option<()> {
    let event = event.dyn_ref::<SubmitEvent>()?;
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    if dom::get(&form, "method") != "post" {
        return None;
    }
    event.prevent_default();
    if form.has_attribute("aria-busy") {
        return None;
    }
    let data = FormData::new_with_form(&form).ok()?;
    let mut url = dom::get(&form, "action");
    if let Some(button) = event.submitter() {
        if let Some(name) = button.get_attribute("name").filter(|name| !name.is_empty()) {
            data.append_with_str(&name, &dom::get(&button, "value")).ok()?;
        }
        if let Some(other) = button.get_attribute("formaction") {
            url = other;
        }
    }
    set_pending(&form, true);
    spawn_local(async move {
        let upload = form.has_attribute("enctype");
        let answer = send::<Done>(&url, &id_of(&form), &data, upload).await;
        match answer {
            Ok(done) => {
                tell_of(&form, &FaultLines::default());
                renew_retry_key(&form);
                if upload {
                    form.reset();
                }
                let going = WAY.with_borrow(|way| way.as_ref().map(|way| (way.go)(form.clone(), done.next)));
                if let Some(going) = going {
                    going.await;
                }
                // The page may go on with the place of a notice that was hidden.
                if let Some(done) = dom::first("main .notice-success[hidden]") {
                    _ = done.remove_attribute("hidden");
                }
                set_pending(&form, false);
            }
            Err(told) => {
                set_pending(&form, false);
                let refused = WAY.with_borrow(|way| way.as_ref().map(|way| way.refused));
                if refused.is_some_and(|refused| refused(&form, &told)) {
                    return tell_of(&form, &FaultLines::default());
                }
                tell_of(&form, &told.lines);
                // What a page before this said was done is not said beside what was not.
                if let Some(done) = dom::first("main .notice-success") {
                    dom::set(&done, "hidden", "");
                }
                request_animation_frame(move || {
                    if let Some(summary) = dom::within(&form, ".error-summary") {
                        dom::focus(&summary);
                    }
                });
            }
        }
    });
    Some(())
}

/// Sends what stands in the form with an id, and reads the answer.
pub(super) async fn send<T: DeserializeOwned>(url: &str, id: &str, data: &FormData, upload: bool) -> Result<T, Told> {
    let body =
        if upload { Ok(data.clone().into()) } else { UrlSearchParams::new_with_str_sequence_sequence(data).map(Into::into) };
    send_body(url, id, body.unwrap_or_default()).await
}

/// Sends the pairs of a form, and reads the answer.
pub(super) async fn send_pairs<T: DeserializeOwned>(url: &str, id: &str, pairs: &UrlSearchParams) -> Result<T, Told> {
    send_body(url, id, pairs.clone().into()).await
}

async fn send_body<T: DeserializeOwned>(url: &str, id: &str, body: JsValue) -> Result<T, Told> {
    let answered = answered(url, body).await;
    let read = match &answered {
        Some((true, body)) => serde_json::from_slice(body.as_bytes()).map_err(|_| None),
        Some((false, body)) => {
            Err(WAY.with_borrow(|way| way.as_ref().map(|way| way.told)).and_then(|told| told(id, body.as_bytes())))
        }
        None => Err(None),
    };
    read.map_err(|told| told.unwrap_or_else(|| Told::offline(Lang::of_page())))
}

/// What the server says to a form, and whether it took it.
async fn answered(url: &str, body: JsValue) -> Option<(bool, String)> {
    let accept = WAY.with_borrow(|way| way.as_ref().map(|way| way.accept))?;
    let mut request = Request::post(url).header("Accept", accept);
    // Where somebody else has signed in meanwhile, nothing of this page is done in their name.
    if let Some(place) = dom::first("[data-account]") {
        request = request.header(ACCOUNT, &dom::get(&place, "data-account"));
    }
    let response = request.body(body).ok()?.send().await.ok()?;
    Some((response.ok(), response.text().await.ok()?))
}

/// On its way to the server: it says so, and cannot be sent twice.
fn set_pending(form: &Element, pending: bool) {
    dom::set_or_not(form, "aria-busy", pending.then_some("true"));
    for button in dom::all(form, "button[data-pending]") {
        dom::set_or_not(&button, "aria-disabled", pending.then_some("true"));
        // The text within the node, not the node: it may be another's, who changes it later.
        let Some(words) = button.first_child() else { continue };
        if pending {
            dom::set(&button, "data-words", &words.node_value().unwrap_or_default());
            words.set_node_value(Some(&dom::get(&button, "data-pending")));
        } else if let Some(before) = button.get_attribute("data-words") {
            _ = button.remove_attribute("data-words");
            words.set_node_value(Some(&before));
        }
    }
}

/// The next submission of the same form is another one.
fn renew_retry_key(form: &Element) {
    if let Some(input) = dom::typed::<HtmlInputElement>(form, "input[name=retry_key]") {
        input.set_value(&new_retry_key());
    }
}

/// Shows what the server said: in the summary and at each field. What was found while typing goes.
fn tell_of(form: &Element, lines: &FaultLines) {
    let id = id_of(form);
    for place in dom::all(form, ".problem-place") {
        let said = control_of(&place).and_then(|control| text_at(&id, &lines.fields, &control));
        dom::set_or_not(&place, "data-answer", said);
        _ = place.remove_attribute("data-checked");
        draw(&place);
    }
    let Some(place) = dom::within(form, ".summary-place") else { return };
    dom::fill(&place, [summary(&id, lines)]);
}

fn summary(id: &str, lines: &FaultLines) -> Option<Element> {
    if lines.is_empty() {
        return None;
    }
    let l = Lang::of_page();
    let items = summary_lines(l, id, lines, |field: &str| label_of(id, field));
    let items = items.iter().map(|(href, words)| dom::around("li", "", [dom::link(href, words)]));
    let title = if lines.fields.is_empty() { t::form::not_done(l) } else { t::form::problems(l) };
    // In a window of its own: what was typed stays here.
    let way_out = lines.way_out.as_ref().and_then(|(href, words)| dom::around("p", "", [dom::link_beside(href, words)]));
    let renew = lines.stale.then(|| {
        let button = dom::make("button", "button button-secondary", t::fault::stale_load(l))?;
        dom::set(&button, "type", "button");
        dom::set(&button, "data-renew", "");
        dom::around("p", "", [Some(button)])
    });
    let summary = dom::around(
        "div",
        "error-summary",
        [
            dom::make("h2", "", title),
            lines.general.as_ref().and_then(|text| dom::make("p", "", text)),
            (!lines.fields.is_empty()).then(|| dom::around("ul", "", items)).flatten(),
            way_out,
            renew.flatten(),
        ],
    )?;
    for (name, value) in [("id", format!("{id}-summary")), ("role", "alert".to_owned()), ("tabindex", "-1".to_owned())] {
        dom::set(&summary, name, &value);
    }
    Some(summary)
}

/// What a field of the form with an id is called.
pub(super) fn label_of(id: &str, field: &str) -> Option<String> {
    let frame = dom::by_id(&input_id(id, field))?.closest(".field").ok().flatten()?;
    let label = dom::within(&frame, ":scope > label, :scope > legend")?;
    Some(label.first_child()?.text_content()?.trim().to_owned())
}

/// What is answered at this place: an input, or a fieldset of several.
fn control_of(place: &Element) -> Option<Element> {
    let frame = place.closest(".field").ok().flatten()?;
    if frame.has_attribute("id") { Some(frame) } else { dom::within(&frame, "input, select, textarea") }
}

fn text_at<'a>(form_id: &str, problems: &'a [FieldProblem], control: &Element) -> Option<&'a str> {
    let id = id_of(control);
    problems.iter().find(|problem| input_id(form_id, &problem.field) == id).map(|problem| problem.text.as_str())
}

/// Shows at a field what was found while typing, else what the server said, else nothing.
fn draw(place: &Element) -> Option<()> {
    let frame = place.closest(".field").ok().flatten()?;
    let control = control_of(place)?;
    let problem_id = format!("{}-problem", id_of(&control));
    let text = place.get_attribute("data-checked").or_else(|| place.get_attribute("data-answer"));
    let shown = place.first_element_child();
    if text.is_none() && shown.is_none() {
        return None;
    }
    dom::set_or_not(&frame, "class", Some(if text.is_some() { "field field-wrong" } else { "field" }));
    if control.tag_name() != "FIELDSET" {
        dom::set_or_not(&control, "aria-invalid", text.is_some().then_some("true"));
    }
    let described = dom::get(&control, "aria-describedby");
    let others = described.split(' ').filter(|id| !id.is_empty() && *id != problem_id);
    let described: Vec<&str> = others.chain(text.is_some().then_some(problem_id.as_str())).collect();
    dom::set_or_not(&control, "aria-describedby", (!described.is_empty()).then(|| described.join(" ")).as_deref());
    let Some(text) = text else {
        dom::fill(place, []);
        return None;
    };
    if shown.is_some_and(|shown| dom::get(&shown, "data-text") == text) {
        return None;
    }
    let problem = dom::around("p", "problem", [dom::make("span", "visually-hidden", t::form::problem(Lang::of_page()))])?;
    _ = problem.append_with_str_1(&text);
    dom::set(&problem, "id", &problem_id);
    dom::set(&problem, "data-text", &text);
    dom::fill(place, [Some(problem)]);
    Some(())
}

fn changed(event: &Event) -> Option<()> {
    let input = dom::target(event)?;
    let name = input.get_attribute("name")?;
    let form: HtmlFormElement = input.closest("form").ok().flatten()?.dyn_into().ok()?;
    let id = id_of(&form);
    let control = input_id(&id, &field_path(&name));
    if let Some(place) = place_of(&control) {
        dom::set(&place, "data-visited", "");
    }
    CHANGED.with_borrow_mut(|changed| changed.push((form.clone(), control)));
    if !PRESSED.get() {
        judge(&form);
    }
    Some(())
}

/// Where the problem of a control stands.
fn place_of(control: &str) -> Option<Element> {
    let frame = dom::by_id(control)?.closest(".field").ok().flatten()?;
    dom::within(&frame, ":scope > .problem-place")
}

/// The click that belongs to the release comes first.
fn released() {
    if PRESSED.replace(false) && CHANGED.with_borrow(|changed| !changed.is_empty()) {
        let judge_all = || {
            while let Some(form) = CHANGED.with_borrow(|changed| changed.last().map(|(form, _)| form.clone())) {
                judge(&form);
            }
        };
        set_timeout(judge_all, Duration::ZERO);
    }
}

/// Looks at the form as it stands, and shows what is wrong with the fields that were visited.
fn judge(form: &HtmlFormElement) {
    let id = id_of(form);
    let (changed, others) = CHANGED.take().into_iter().partition::<Vec<_>, _>(|(of, _)| of == form);
    CHANGED.set(others);
    // Where nobody judges it here, what the server said of another answer goes all the same.
    let check = JUDGES.with_borrow(|judges| judges.iter().find(|(of, _)| *of == id).map(|(_, check)| Arc::clone(check)));
    let found = check.map_or_else(Vec::new, |check| check(&FormValues::of(form)));
    for place in dom::all(form, ".problem-place") {
        let Some(control) = control_of(&place) else { continue };
        let control_id = id_of(&control);
        // What the server said was about another answer.
        if changed.iter().any(|(_, changed)| *changed == control_id) {
            _ = place.remove_attribute("data-answer");
            forget_line(form, &control_id);
        }
        let seen = place.has_attribute("data-visited");
        let text = seen.then(|| text_at(&id, &found, &control)).flatten();
        dom::set_or_not(&place, "data-checked", text);
        draw(&place);
    }
}

/// Takes a line out of the summary, and the summary with its last.
fn forget_line(form: &Element, control: &str) -> Option<()> {
    let place = dom::within(form, ".summary-place")?;
    let line = dom::within(&place, &format!("a[href='#{control}']"))?;
    line.closest("li").ok().flatten()?.remove();
    if dom::within(&place, "li, p").is_none() {
        dom::fill(&place, []);
    }
    Some(())
}

/// Leaves for another area, or for a page without a program: of this site alone, whatever an answer says.
pub fn leave_for(next: &str) {
    _ = window().location().set_href(if is_local(next) { next } else { "/" });
}
