//! Forms that are sent without a reload, and judged while they are filled in. For every page with a program, whether the
//! browser or the server drew it: all of it works on the form as [`crate::ui::PostForm`] draws it.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    time::Duration,
};

use gloo_net::http::Request;
use leptos::prelude::{document, request_animation_frame, set_timeout, window};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, FormData, HtmlFormElement, HtmlInputElement, SubmitEvent, UrlSearchParams};

use super::dom;
use crate::{
    fault::{Done, Fault},
    paths::is_local,
    texts::{Lang, fault_lines, t},
    ui::{Check, FaultLines, FieldProblem, FormValues, Tell, field_path, input_id, new_retry_key, summary_lines},
};

/// Where a form leads when it is done; ends when the page there stands.
pub type Go = Box<dyn Fn(HtmlFormElement, String) -> Pin<Box<dyn Future<Output = ()>>>>;

/// How the pages here are gone to and loaded anew: by the router where the browser draws, else by visits.
pub struct Way {
    /// Goes to a path.
    pub go: Go,
    /// Asks again for what the page shows.
    pub renew: Box<dyn Fn()>,
    /// Whether the page itself says why its form was not taken.
    pub refused: fn(&HtmlFormElement, &Fault) -> bool,
}

/// How a form is judged.
struct Judge {
    check: Option<Check>,
    tell: Tell,
}

thread_local! {
    static WAY: RefCell<Option<Way>> = const { RefCell::new(None) };
    static JUDGES: RefCell<BTreeMap<String, Judge>> = const { RefCell::new(BTreeMap::new()) };
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

/// Says how the form with this id is judged.
pub fn judge_by(id: &str, check: Option<Check>, tell: Tell) {
    JUDGES.with_borrow_mut(|judges| _ = judges.insert(id.to_owned(), Judge { check, tell }));
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
        let answer = send::<Done>(&url, &data, upload).await;
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
                set_pending(&form, false);
            }
            Err(fault) => {
                set_pending(&form, false);
                let refused = WAY.with_borrow(|way| way.as_ref().map(|way| way.refused));
                if refused.is_some_and(|refused| refused(&form, &fault)) {
                    return tell_of(&form, &FaultLines::default());
                }
                let told = JUDGES.with_borrow(|judges| judges.get(&id_of(&form)).map(|judge| judge.tell));
                tell_of(&form, &told.unwrap_or(fault_lines)(Lang::of_page(), &fault));
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

/// Sends what stands in a form, and reads the answer.
pub(super) async fn send<T: DeserializeOwned>(url: &str, data: &FormData, upload: bool) -> Result<T, Fault> {
    let request = Request::post(url).header("Accept", "application/json");
    let request = if upload {
        request.body(data.clone())
    } else {
        let pairs = UrlSearchParams::new_with_str_sequence_sequence(data).map_err(|_| Fault::Offline)?;
        request.body(pairs)
    };
    let response = request.map_err(|_| Fault::Offline)?.send().await.map_err(|_| Fault::Offline)?;
    let body = response.text().await.map_err(|_| Fault::Offline)?;
    if response.ok() {
        serde_json::from_slice(body.as_bytes()).map_err(|_| Fault::Offline)
    } else {
        Err(serde_json::from_slice(body.as_bytes()).unwrap_or(Fault::Offline))
    }
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
    let label = |field: &str| {
        let frame = dom::by_id(&input_id(id, field))?.closest(".field").ok().flatten()?;
        let label = dom::within(&frame, ":scope > label, :scope > legend")?;
        Some(label.first_child()?.text_content()?.trim().to_owned())
    };
    let items = summary_lines(l, id, lines, label);
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
    let place = place_of(&control);
    if !JUDGES.with_borrow(|judges| judges.get(&id).is_some_and(|judge| judge.check.is_some())) {
        // Nobody judges it here; what the server said was about another answer.
        let place = place.filter(|place| place.has_attribute("data-answer"))?;
        _ = place.remove_attribute("data-answer");
        forget_line(&form, &control);
        return draw(&place);
    }
    if let Some(place) = place {
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
    let check = JUDGES.with_borrow(|judges| judges.get(&id).and_then(|judge| judge.check.clone()));
    let Some(check) = check else { return };
    let found = check(&FormValues::of(form));
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
