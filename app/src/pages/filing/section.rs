//! The form of one section, as the server draws it. What keeps and judges it while it is filled in is `browser::keeper` and
//! `browser::section`.
//!
//! The inputs belong to the browser: what is typed before the program has come stays. The server knows each page by a
//! client id and counts its saves, so that a late one cannot overwrite a newer one; a second window makes it answer
//! *stale*, and then both versions are shown.

use domain::{draft::Draft, problem::Section, views::filings::DraftView};
use leptos::prelude::*;

use super::{access, answers::version_of, is_checked, site, sponsor, stale};
use crate::{
    fault::Fault,
    flash::use_flash,
    paths,
    texts::{field_problems, t, use_lang},
    ui::{ButtonRow, FormAction, FormValues, PostForm, SubmitButton},
};

/// Puts the answers that stand on a page into a draft.
pub(crate) fn put(draft: &mut Draft, section: Section, values: &FormValues) {
    match section {
        Section::Sponsor => draft.sponsor = sponsor::read(values),
        Section::Site(key) => {
            if let Some(site) = draft.sites.iter_mut().find(|site| site.key == key) {
                site.form = site::read(values);
            }
        }
        Section::Access(site, key) => {
            let site = draft.sites.iter_mut().find(|known| known.key == site);
            if let Some(access) = site.and_then(|site| site.accesses.iter_mut().find(|access| access.key == key)) {
                access.form = access::read(values);
            }
        }
        Section::Materials | Section::Consent | Section::Account => {}
    }
}

/// The draft as this page shows it: what was typed when its form was sent without scripts and came back stands before what
/// is stored.
pub(super) fn shown(view: &DraftView, section: Section) -> Draft {
    let mut draft = view.draft.clone();
    if let Some((values, _)) = flash_of(section) {
        put(&mut draft, section, &values);
    }
    draft
}

/// Draws the form around its fields.
pub(super) fn form(
    view: &DraftView,
    section: Section,
    url: &'static str,
    fields: impl FnOnce() -> AnyView + Send + 'static,
) -> AnyView {
    let l = use_lang();
    let (id, version) = (view.id, version_of(view, section));
    let problems = if is_checked() || !super::reasons::of_section(view, section).is_empty() {
        view.sections.iter().find(|state| state.section == section).map(|state| state.problems.clone()).unwrap_or_default()
    } else {
        Vec::new()
    };
    let (site, access) = match section {
        Section::Site(site) => (Some(site), None),
        Section::Access(site, access) => (Some(site), Some(access)),
        _ => (None, None),
    };
    let typed = flash_of(section).filter(|(_, fault)| *fault == Some(Fault::Stale));
    let compared = typed.map(|(values, _)| stale::compare(view, section, &values));
    let next = next_after(view, section);
    let last_save = view.sections.iter().find(|state| state.section == section).and_then(|state| state.last_save);
    let last_save = last_save.map(|(client, number)| format!("{client} {number}"));
    // What the browser judges by; kept out of the pages that have nothing to judge.
    let draft = serde_json::to_string(&view.draft).unwrap_or_default();
    let tables = serde_json::to_string(&view.tables).unwrap_or_default();
    view! {
        {compared}
        <PostForm
            id=section.to_string()
            action=FormAction::at(url)
            problems=field_problems(l, &problems)
            back=paths::filing::section(id, section)
        >
            <input type="hidden" name="id" value=id.to_string()/>
            {site.map(|site| view! { <input type="hidden" name="site" value=site.to_string()/> })}
            {access.map(|access| view! { <input type="hidden" name="access" value=access.to_string()/> })}
            <input type="hidden" name="version" value=version.to_string()/>
            <input type="hidden" name="next" value=next/>
            <input type="hidden" name="client" value=""/>
            <input type="hidden" name="sequence" value="0"/>
            <div
                class="section-fields"
                data-follows=""
                data-section=section.to_string()
                data-last-save=last_save
                data-draft=draft
                data-tables=tables
            >
                // The enter key presses the first button of a form: it must go on, not refresh.
                <button type="submit" class="visually-hidden" name="go" value="continue" tabindex="-1" aria-hidden="true"></button>
                {fields()}
                <div class="save-bar">
                    <ButtonRow>
                        <SubmitButton label=t::filing::form::save_continue(l) name="go" value="continue"/>
                        <SubmitButton label=t::filing::form::save_later(l) name="go" value="later" secondary=true/>
                    </ButtonRow>
                    <p class="save-state" role="status" data-kept=""></p>
                    <div class="save-notice" data-kept=""></div>
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

/// What was typed when this form was sent without scripts and came back.
fn flash_of(section: Section) -> Option<(FormValues, Option<Fault>)> {
    let flash = use_flash();
    let sent = flash.values.get("form_id").and_then(|ids| ids.first())?;
    if *sent != section.to_string() {
        return None;
    }
    let pairs = flash.values.into_iter().flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)));
    Some((FormValues(pairs.collect()), flash.fault))
}
