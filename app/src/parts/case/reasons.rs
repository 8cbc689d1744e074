//! Reasons picked at the answer they are about, and corrections likewise.
//!
//! Each stands beside its answer but belongs to the verdict's form (`form=` of the inputs), so it works without scripts.
//! What was typed is kept in a [`Notepad`] while the page is open, whatever is loaded anew.

use std::collections::{BTreeMap, BTreeSet};

use domain::{filing::Verb, id::FilingId, problem::Section, views::filings::ProgressView};
use leptos::{ev::Event, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::labels;
use crate::{
    flash::use_flash,
    texts::{Lang, t},
};

/// The id of the form that carries out a verb.
pub fn form_id(verb: Verb) -> String {
    format!("verdict-{}", verb.name())
}

/// How much can be done with a case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Nothing: it is at another desk, or decided.
    Elsewhere,
    /// Nothing now: a colleague has it.
    Waiting,
    /// Something.
    Open,
}

impl Reach {
    fn of(progress: &ProgressView) -> Self {
        match progress.offers.iter().any(|(_, refusal)| refusal.is_none()) {
            true => Self::Open,
            false if progress.offers.is_empty() => Self::Elsewhere,
            false => Self::Waiting,
        }
    }
}

/// What was typed into the verdicts of one case, by form and input.
#[derive(Clone, Copy)]
pub struct Notepad {
    /// The case, and the number of its last event.
    filing: StoredValue<Option<(FilingId, i32)>>,
    /// How much could be done with the case, and whether that became less while it was looked at.
    reach: StoredValue<Reach>,
    lost: StoredValue<bool>,
    typed: RwSignal<BTreeMap<(String, String), String>>,
}

impl Notepad {
    /// An empty one; kept by the area, so that it outlives the loading of a case.
    pub fn new() -> Self {
        Self {
            filing: StoredValue::new(None),
            reach: StoredValue::new(Reach::Elsewhere),
            lost: StoredValue::new(false),
            typed: RwSignal::new(BTreeMap::new()),
        }
    }

    /// Turns to a case: what was typed for another is forgotten, and so is what a verdict has carried out since; what a
    /// form without scripts sent back is taken.
    pub fn open(self, progress: &ProgressView) {
        let (filing, seq) = (progress.id, progress.seq);
        let before = self.filing.get_value();
        self.filing.set_value(Some((filing, seq)));
        let reach = Reach::of(progress);
        let same = before.is_some_and(|(before, _)| before == filing);
        self.lost.set_value(same && reach < self.reach.get_value());
        self.reach.set_value(reach);
        if let Some((_, seen)) = before.filter(|(before, _)| *before == filing) {
            let carried_out = progress.timeline.iter().filter(|entry| entry.seq > seen).map(|entry| form_id(entry.verb));
            let carried_out: BTreeSet<String> = carried_out.collect();
            self.typed.update(|typed| typed.retain(|(form, _), _| !carried_out.contains(form)));
            return;
        }
        let flash = use_flash();
        let form = flash.values.get("form_id").and_then(|ids| ids.first()).cloned().unwrap_or_default();
        let typed = flash.values.into_iter().filter_map(|(name, values)| {
            let value =
                values.into_iter().next().filter(|value| !value.is_empty() && (is_written(&name) || !is_reason(&name)))?;
            Some(((form.clone(), name), value))
        });
        self.typed.set(if form.is_empty() { BTreeMap::new() } else { typed.collect() });
    }

    /// Forgets everything: no case is open.
    pub fn close(self) {
        self.filing.set_value(None);
        self.typed.set(BTreeMap::new());
    }

    /// Whether less can be done with the case than when it was last shown: somebody else was there first.
    pub fn lost(self) -> bool {
        self.lost.get_value()
    }

    /// What was typed there; empty when nothing was.
    pub fn value(self, form: &str, name: &str) -> String {
        self.typed.with_untracked(|typed| typed.get(&(form.to_owned(), name.to_owned())).cloned().unwrap_or_default())
    }

    /// Whether anything was typed.
    pub fn is_empty(self) -> bool {
        self.typed.with_untracked(BTreeMap::is_empty)
    }

    /// Takes down what is typed into an input of a verdict.
    pub fn note(self, ev: &Event) {
        let Some(input) = ev.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let Some(name) = input.get_attribute("name").filter(|name| name.starts_with("form[")) else { return };
        let outside = input.get_attribute("form");
        // The attribute, not `form.id`: a form with an input called `id` answers that input instead of text.
        let around = || input.closest("form").ok().flatten().and_then(|form| form.get_attribute("id"));
        let form = outside.or_else(around).unwrap_or_default();
        let value = leptos::prelude::event_target_value(ev);
        _ = self.typed.try_update(|typed| {
            if value.is_empty() {
                typed.remove(&(form, name));
            } else {
                typed.insert((form, name), value);
            }
        });
    }

    /// How many characters a text has; reactive.
    pub fn length(self, form: &str, name: &str) -> usize {
        self.typed.with(|typed| typed.get(&(form.to_owned(), name.to_owned())).map_or(0, |text| text.chars().count()))
    }

    /// The numbers of the answers that have a reason, or a correction; reactive.
    pub fn reasons(self, form: &str) -> BTreeSet<usize> {
        self.typed.with(|typed| {
            let mine = typed.keys().filter(|(id, name)| id == form && is_written(name));
            mine.filter_map(|(_, name)| name.strip_prefix("form[reasons][")?.split(']').next()?.parse().ok()).collect()
        })
    }
}

impl Default for Notepad {
    fn default() -> Self {
        Self::new()
    }
}

fn is_reason(name: &str) -> bool {
    name.starts_with("form[reasons]")
}

/// Whether an input of a reason is one that people write, not one that says which answer it is about.
fn is_written(name: &str) -> bool {
    is_reason(name) && (name.ends_with("[words]") || name.ends_with("[suggestion]"))
}

/// One answer, as the reasons know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its number on the page.
    pub number: usize,
    /// Its section.
    pub section: Section,
    /// Its field, or the code of a kind of material.
    pub field: String,
}

impl Answer {
    /// The id of its place on the page.
    pub fn place_id(&self) -> String {
        place_id(self.section, &self.field)
    }

    /// Which answer it is, in words.
    pub fn label(&self, l: Lang) -> String {
        let section = labels::section_label(l, self.section);
        t::desk::found_changed(l, &section, &labels::field_label(l, self.section, &self.field))
    }

    fn name(&self, part: &str) -> String {
        format!("form[reasons][{}][{part}]", self.number)
    }

    fn which(&self, form: &str) -> AnyView {
        view! {
            <input type="hidden" form=form.to_owned() name=self.name("section") value=self.section.to_string()/>
            <input type="hidden" form=form.to_owned() name=self.name("field") value=self.field.clone()/>
        }
        .into_any()
    }
}

/// The id of an answer's place on the page.
pub fn place_id(section: Section, field: &str) -> String {
    format!("at-{section}-{}", field.replace(['[', ']', '.'], "-"))
}

/// The id of the list of what is often wrong.
pub const COMMON: &str = "common-problems";

/// What is often wrong, offered while a reason is typed.
pub fn common_problems(l: Lang) -> AnyView {
    use t::desk::common as c;
    let words = [
        c::unlike_certificate(l),
        c::incomplete(l),
        c::unreachable(l),
        c::not_permitted(l),
        c::not_precise(l),
        c::unclear(l),
        c::expired(l),
        c::wrong_kind(l),
        c::not_resolved(l),
        c::outside(l),
    ];
    let options = words.map(|words| view! { <option value=words></option> }).collect_view();
    view! { <datalist id=COMMON>{options}</datalist> }.into_any()
}

/// A place for a reason, beside an answer.
pub fn flag(l: Lang, pad: Notepad, verb: Verb, answer: &Answer) -> AnyView {
    let form = form_id(verb);
    let (words, suggestion) = (answer.name("words"), answer.name("suggestion"));
    let id = format!("reason-{}", answer.number);
    let (words_id, suggestion_id) = (format!("{id}-words"), format!("{id}-suggestion"));
    let (typed, advice) = (pad.value(&form, &words), pad.value(&form, &suggestion));
    let open = !typed.is_empty() || !advice.is_empty();
    let (number, counted) = (answer.number, form.clone());
    let flagged = move || pad.reasons(&counted).contains(&number);
    view! {
        <details class="flag" class:flagged=flagged open=open>
            <summary>
                {t::desk::flag(l)}
                <span class="visually-hidden">{format!(" {}", answer.label(l))}</span>
            </summary>
            {answer.which(&form)}
            <div class="flag-fields">
                <label for=words_id.clone()>{t::desk::flag_words(l)}</label>
                <input class="input" type="text" id=words_id form=form.clone() name=words value=typed list=COMMON
                    maxlength="500" autocomplete="off"/>
                <label for=suggestion_id.clone()>{t::desk::flag_suggestion(l)}</label>
                <input class="input" type="text" id=suggestion_id form=form name=suggestion value=advice maxlength="500"
                    autocomplete="off"/>
            </div>
        </details>
    }
    .into_any()
}

/// A place for a correction, beside an answer: the right value and why.
pub fn correction(l: Lang, pad: Notepad, answer: &Answer) -> AnyView {
    let form = form_id(Verb::Correct);
    let name = answer.name("suggestion");
    let id = format!("correction-{}", answer.number);
    let typed = pad.value(&form, &name);
    let open = !typed.is_empty();
    let input = match labels::choices(l, answer.section, &answer.field) {
        Some(choices) => {
            let options = choices
                .into_iter()
                .map(|(value, words)| view! { <option value=value.clone() selected={value == typed}>{words}</option> })
                .collect_view();
            view! {
                <select class="input" id=id.clone() form=form.clone() name=name>
                    <option value=""></option>
                    {options}
                </select>
            }
            .into_any()
        }
        None => view! {
            <input class="input" type="text" id=id.clone() form=form.clone() name=name value=typed maxlength="1024"
                autocomplete="off"/>
        }
        .into_any(),
    };
    view! {
        <details class="flag correction" open=open>
            <summary>
                {t::desk::correct_field(l)}
                <span class="visually-hidden">{format!(" {}", answer.label(l))}</span>
            </summary>
            {answer.which(&form)}
            <div class="flag-fields">
                <label for=id>{t::desk::correct_to(l)}</label>
                {input}
            </div>
        </details>
    }
    .into_any()
}

/// How many answers have a reason or correction, each a link to its place.
pub fn chosen(l: Lang, pad: Notepad, verb: Verb, answers: StoredValue<Vec<Answer>>) -> AnyView {
    let form = form_id(verb);
    // Where the summary of a fault about the reasons leads.
    let id = format!("{form}-reasons");
    let correcting = verb == Verb::Correct;
    let shown = move || {
        let numbers = pad.reasons(&form);
        if numbers.is_empty() {
            let words = if correcting { t::desk::corrections_none(l) } else { t::desk::reasons_none(l) };
            return view! { <p class="hint">{words}</p> }.into_any();
        }
        let count = numbers.len().to_string();
        let title = if correcting { t::desk::corrections_chosen(l, &count) } else { t::desk::reasons_chosen(l, &count) };
        // A verdict that was carried out empties the pad while its case goes away.
        let items = answers.try_with_value(|answers| {
            let found = answers.iter().filter(|answer| numbers.contains(&answer.number));
            found
                .map(|answer| {
                    let href = format!("#{}", answer.place_id());
                    view! { <li><a href=href rel="external">{answer.label(l)}</a></li> }
                })
                .collect_view()
        });
        view! { <p>{title}</p><ul class="chosen">{items}</ul> }.into_any()
    };
    view! { <div id=id tabindex="-1" aria-live="polite">{shown}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_write_counts_as_a_reason() {
        assert!(is_written("form[reasons][3][words]"));
        assert!(is_written("form[reasons][3][suggestion]"));
        assert!(!is_written("form[reasons][3][section]"));
        assert!(!is_written("form[words]"));
    }
}
