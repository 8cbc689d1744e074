//! Parts of a form that follow from an answer: lists that depend on a choice, questions that are asked only then, the place
//! that follows from the addresses, and boxes that narrow a long list.

use std::cell::RefCell;

use gloo_net::http::Request;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement, HtmlSelectElement};

use super::{dom, section, visit};
use domain::text::lower;

use crate::{
    doors::filings::DIVISIONS,
    pages::filing::{LONG_TERM, Proposal, certificates, is_individual, read_access},
    texts::{Lang, t},
    ui::FormValues,
};

thread_local! {
    /// Every provider that can be chosen: code and words.
    static PROVIDERS: RefCell<Vec<(String, String)>> = RefCell::default();
}

/// A page is there: its parts follow from the answers as they stand, also from those that were given before the program came.
pub fn begin() {
    let provider = dom::first("[data-narrows]").and_then(|_| dom::first("select[name='form[provider_id]']"));
    if let Some(select) = provider {
        let options = dom::all(&select, "option").into_iter().map(|one| (dom::get(&one, "value"), words_of(&one)));
        PROVIDERS.set(options.filter(|(value, _)| !value.is_empty()).collect());
    }
    let form = dom::first("[data-follows]").and_then(|place| place.closest("form").ok().flatten());
    if let Some(form) = form.and_then(|form| form.dyn_into().ok()) {
        follow(&form);
    }
}

/// An answer changed.
pub fn follow(form: &HtmlFormElement) {
    if dom::within(form, "[data-follows]").is_none() {
        return;
    }
    let values = FormValues::of(form);
    let answer = |name: &str| values.get(name).unwrap_or_default().to_owned();
    nature(form, &answer("form[nature]"));
    place(form, &answer("form[province]"));
    if let Some(other) = dom::within(form, "[data-other-person]") {
        dom::show(&other, answer("form[person_same_as_sponsor]") != "yes");
    }
    if let Some(until) = dom::within(form, "input[name='form[person_certificate_until]']") {
        dom::set_or_not(&until, "disabled", (answer(LONG_TERM) == "yes").then_some(""));
    }
    narrow(form);
    proposal(form, &values);
}

/// Something was clicked: the button that takes the proposed places.
pub fn clicked(event: &Event) {
    let button = dom::target(event).and_then(|target| target.closest("[data-tick]").ok().flatten());
    let form = button.as_ref().and_then(|button| button.closest("form").ok().flatten());
    let (Some(button), Some(form)) = (button, form) else { return };
    for code in dom::get(&button, "data-tick").split(' ') {
        let input = dom::typed::<HtmlInputElement>(&form, &format!("input[name='form[locations][]'][value='{code}']"));
        if let Some(input) = input.filter(|input| !input.checked()) {
            input.click();
        }
    }
}

/// The section was kept: the server knows the newly chosen provider, and its ranges can be asked for.
pub async fn kept(form: &HtmlFormElement) {
    let provider = FormValues::of(form).get("form[provider_id]").unwrap_or_default().to_owned();
    let is_known = section::with_tables(|tables| tables.ranges.iter().any(|range| range.provider.to_string() == provider));
    if provider.is_empty() || is_known == Some(true) {
        return;
    }
    let page = visit::fetched().await;
    let place = page.and_then(|page| page.query_selector(".section-fields[data-section]").ok().flatten());
    if let Some(place) = place {
        section::take_tables(&place);
        follow(form);
    }
}

fn words_of(option: &Element) -> String {
    option.text_content().unwrap_or_default()
}

/// The list below another answer, filled anew when that changed; what is chosen stays where the new list has it.
fn list(form: &Element, name: &str, of: &str, choices: impl FnOnce() -> (Vec<(String, String)>, String)) {
    let Some(select) = dom::typed::<HtmlSelectElement>(form, &format!("select[name='{name}'][data-of]")) else { return };
    if dom::get(&select, "data-of") == of {
        return;
    }
    dom::set(&select, "data-of", of);
    let (choices, empty) = choices();
    fill(&select, &choices, &empty);
}

fn fill(select: &HtmlSelectElement, choices: &[(String, String)], empty: &str) {
    let chosen = select.value();
    let option = |value: &str, words: &str| {
        let option = dom::make("option", "", words)?;
        dom::set(&option, "value", value);
        Some(option)
    };
    let options = choices.iter().map(|(value, words)| option(value, words));
    dom::fill(select, std::iter::once(option("", empty)).chain(options));
    let stays = choices.iter().any(|(value, _)| *value == chosen);
    select.set_value(if stays { &chosen } else { "" });
    if !stays && !chosen.is_empty() {
        dom::tell_changed(select);
    }
}

/// 主办单位性质: which certificates there are, and whether sponsor and person in charge are one.
fn nature(form: &Element, nature: &str) {
    let l = Lang::of_page();
    list(form, "form[certificate_type]", nature, || (certificates(l, nature), t::filing::form::choose(l).to_owned()));
    let kind = match is_individual(nature) {
        None => "none",
        Some(true) => "individual",
        Some(false) => "unit",
    };
    for part in dom::all(form, "[data-natures]") {
        dom::show(&part, dom::get(&part, "data-natures").split(' ').any(|shown| shown == kind));
    }
}

/// The cities of a province, and the counties of a city: the server knows what they are called.
fn place(form: &HtmlFormElement, province: &str) {
    let l = Lang::of_page();
    divisions(form, "select[name='form[city]'][data-of]", province, t::filing::place::city_first(l));
    // A city of another province has just gone from its list.
    let city = dom::typed::<HtmlSelectElement>(form, "select[name='form[city]']").map(|city| city.value());
    divisions(form, "select[name='form[county]'][data-of]", &city.unwrap_or_default(), t::filing::place::county_first(l));
}

fn divisions(form: &HtmlFormElement, list: &str, of: &str, first: &'static str) {
    let Some(select) = dom::typed::<HtmlSelectElement>(form, list) else { return };
    if dom::get(&select, "data-of") == of {
        return;
    }
    let l = Lang::of_page();
    dom::set(&select, "data-of", of);
    fill(&select, &[], if of.is_empty() { first } else { t::filing::place::loading(l) });
    if of.is_empty() {
        return;
    }
    let of = of.to_owned();
    spawn_local(async move {
        let found = within(&of).await;
        // Another answer was given meanwhile.
        if dom::get(&select, "data-of") != of {
            return;
        }
        match found {
            Some(found) if found.is_empty() => fill(&select, &[], t::filing::place::no_counties(l)),
            Some(found) => fill(&select, &found, t::filing::form::choose(l)),
            // Asked again at the next answer.
            None => {
                dom::set(&select, "data-of", "?");
                fill(&select, &[], t::filing::place::not_loaded(l));
            }
        }
    });
}

async fn within(division: &str) -> Option<Vec<(String, String)>> {
    let answer = Request::get(DIVISIONS).query([("of", division)]).send().await.ok().filter(|answer| answer.ok())?;
    serde_json::from_slice(answer.text().await.ok()?.as_bytes()).ok()
}

/// The providers that fit what stands in the box above them.
fn narrow(form: &Element) {
    let Some(wanted) = dom::typed::<HtmlInputElement>(form, "[data-narrows]") else { return };
    let Some(select) = dom::typed::<HtmlSelectElement>(form, "select[name='form[provider_id]']") else { return };
    let wanted = lower(wanted.value().trim());
    if dom::get(&select, "data-narrowed") == wanted {
        return;
    }
    dom::set(&select, "data-narrowed", &wanted);
    let (l, chosen) = (Lang::of_page(), select.value());
    let fits = |(id, words): &(String, String)| wanted.is_empty() || *id == chosen || lower(words).contains(&wanted);
    let found: Vec<_> = PROVIDERS.with_borrow(|all| all.iter().filter(|one| fits(one)).cloned().collect());
    let empty = if found.is_empty() { t::filing::access::none_licensed(l) } else { t::filing::form::choose(l) };
    fill(&select, &found, empty);
    if let Some(count) = dom::within(form, "[data-narrowed-to]") {
        count.set_text_content(Some(&t::filing::access::filtered(l, &found.len().to_string())));
    }
}

/// 服务器放置地: what follows from the addresses.
fn proposal(form: &Element, values: &FormValues) {
    let Some(place) = dom::within(form, ".proposal") else { return };
    let answers = read_access(values);
    let Some(proposal) = section::with_tables(|tables| Proposal::of(&answers, tables)) else { return };
    if let Some(confirmed) = dom::within(form, "[data-differs]") {
        dom::show(&confirmed, matches!(proposal, Proposal::Mismatch(_)));
    }
    let (l, key) = (Lang::of_page(), proposal.key());
    if dom::get(&place, "data-key") == key {
        return;
    }
    dom::set(&place, "data-key", &key);
    let words = dom::make("p", "hint", &proposal.words(l));
    let drawn = match &proposal {
        Proposal::None => None,
        Proposal::Later | Proposal::Same(_) => words,
        Proposal::Mismatch(_) => dom::notice("warning", "note", [dom::make("p", "", &proposal.words(l))]),
        Proposal::Offer(_) => {
            let button = dom::make("button", "button button-secondary", t::filing::access::propose(l));
            if let Some(button) = &button {
                dom::set(button, "type", "button");
                dom::set(button, "data-tick", &proposal.codes());
            }
            dom::notice("", "note", [dom::make("p", "", &proposal.words(l)), button])
        }
    };
    dom::fill(&place, [drawn]);
}
