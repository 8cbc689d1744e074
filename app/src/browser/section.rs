//! The section of a filing that stands on the page: what its form is judged with.

use std::{cell::RefCell, sync::Arc};

use domain::{checked::Depth, draft::Draft, problem::Section, tables::Tables};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement};

use super::{dom, form};
use crate::{
    doors::filings::asked_once,
    pages::filing::put,
    texts::{Lang, light_problems},
    ui::{Check, FormValues},
};

thread_local! {
    /// What the rules are checked with: those of a provider that is newly chosen come after the save.
    static TABLES: RefCell<Option<Tables>> = const { RefCell::new(None) };
}

/// The section whose form stands on the page.
pub struct Here {
    /// Which.
    pub section: Section,
    /// What is around its fields.
    pub place: Element,
    /// Its form.
    pub form: HtmlFormElement,
}

/// Finds the section's form, and has it judged by the domain's rules.
pub fn begin() -> Option<Here> {
    let place = dom::first(".section-fields[data-section]")?;
    let section: Section = dom::get(&place, "data-section").parse().ok()?;
    let form: HtmlFormElement = place.closest("form").ok().flatten()?.dyn_into().ok()?;
    let draft: Draft = read(&place, "data-draft")?;
    take_tables(&place);
    let check: Check = Arc::new(move |values: &FormValues| {
        let mut draft = draft.clone();
        put(&mut draft, section, values);
        let found = with_tables(|tables| draft.problems_to(Depth::Light, tables)).unwrap_or_default();
        let found = found.into_iter().filter(|problem| problem.section == section).collect();
        light_problems(Lang::of_page(), &asked_once(&draft.sponsor, found))
    });
    form::judge_by(&dom::get(&form, "id"), Some(check));
    Some(Here { section, place, form })
}

/// Takes the tables that a page was drawn with.
pub fn take_tables(place: &Element) {
    if let Some(tables) = read(place, "data-tables") {
        TABLES.set(Some(tables));
    }
}

/// Something of the tables, once they are there.
pub fn with_tables<T>(of: impl FnOnce(&Tables) -> T) -> Option<T> {
    TABLES.with_borrow(|tables| tables.as_ref().map(of))
}

fn read<T: DeserializeOwned>(place: &Element, name: &str) -> Option<T> {
    serde_json::from_slice(place.get_attribute(name)?.as_bytes()).ok()
}
