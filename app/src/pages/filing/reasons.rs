//! Why a filing came back: on top of the task list, and in the reviewer's words at each field (R10).

use domain::{
    filing::Status,
    problem::Section,
    views::filings::{DraftView, NoteView, Reason, SectionState},
};
use leptos::prelude::*;

use super::answers::{label, section_name};
use crate::{
    parts::{case::notes::preapproval, dates},
    paths,
    texts::{Lang, t, use_lang},
    ui::{LinkButton, Notice, NoticeKind},
};

/// The note that the filing came back with, while it has not been sent on.
pub(super) fn note_of(view: &DraftView) -> Option<&NoteView> {
    view.note.as_ref().filter(|_| view.status != Status::Draft)
}

/// The reasons that concern one section.
pub(super) fn of_section(view: &DraftView, section: Section) -> Vec<Reason> {
    let name = section.to_string();
    note_of(view).map(|note| note.reasons.iter().filter(|reason| reason.section == name).cloned().collect()).unwrap_or_default()
}

/// Whether something was said of a section, and not all that was meant is another answer now.
pub(super) fn is_uncorrected(view: &DraftView, state: &SectionState) -> bool {
    !state.corrected && !of_section(view, state.section).is_empty()
}

/// What was not corrected, said before it is sent on: it may come back for the same reasons.
pub(super) fn uncorrected(view: &DraftView) -> Option<AnyView> {
    let l = use_lang();
    let parts: Vec<_> = view.sections.iter().filter(|state| is_uncorrected(view, state)).map(|state| state.section).collect();
    (!parts.is_empty()).then(|| {
        let link = |section| view! { <li><a href=paths::filing::section(view.id, section)>{section_name(l, section)}</a></li> };
        let items = parts.into_iter().map(link).collect_view();
        view! {
            <Notice kind=NoticeKind::Warning title=t::filing::returned::uncorrected(l)>
                <ul>{items}</ul>
                <p>{t::filing::returned::uncorrected_why(l)}</p>
            </Notice>
        }
        .into_any()
    })
}

fn place(reason: &Reason) -> Option<(Section, String)> {
    let section: Section = reason.section.parse().ok()?;
    Some((section, reason.field.clone()))
}

fn link(l: Lang, view: &DraftView, reason: &Reason) -> AnyView {
    let words = reason.words.clone();
    let suggestion = (!reason.suggestion.is_empty())
        .then(|| view! { <p class="hint">{t::filing::returned::suggestion(l, &reason.suggestion)}</p> });
    let head = match place(reason) {
        Some((section, field)) => {
            let href = paths::filing::field(view.id, section, &field);
            let name = format!("{} · {}", section_name(l, section), label(l, section, &field));
            view! { <a href=href>{name}</a> }.into_any()
        }
        None => ().into_any(),
    };
    view! { <li>{head}<p class="reviewer-words">{words}</p>{suggestion}</li> }.into_any()
}

/// Everything that was said, each reason with a link to its field.
pub(super) fn summary(view: &DraftView) -> Option<AnyView> {
    let l = use_lang();
    let note = note_of(view);
    if note.is_none() && view.status != Status::SmsFailed {
        return None;
    }
    let sms = (view.status == Status::SmsFailed).then(|| view! { <p>{t::filing::returned::sms_failed(l)}</p> });
    let said = note.map(|note| {
        let by = t::filing::returned::by(l, &note.author, &dates::moment(l, note.at));
        let reasons = note.reasons.iter().map(|reason| link(l, view, reason)).collect_view();
        let first = note.reasons.iter().find_map(place).map(|(section, field)| {
            view! { <LinkButton href=paths::filing::field(view.id, section, &field) label=t::filing::returned::first(l)/> }
        });
        let words = (!note.words.is_empty()).then(|| view! { <p class="reviewer-words">{note.words.clone()}</p> });
        let preapproval = note.preapproval.as_ref().map(|said| preapproval(l, said));
        view! {
            {preapproval}
            {words}
            <ol class="reason-list">{reasons}</ol>
            <p class="hint">{by}</p>
            {first}
        }
    });
    Some(view! { <Notice kind=NoticeKind::Warning title=t::filing::returned::title(l)>{sms}{said}</Notice> }.into_any())
}

/// The reasons of one section that has no fields of its own.
pub(super) fn summary_of(view: &DraftView, section: Section) -> Option<AnyView> {
    let l = use_lang();
    let said = of_section(view, section);
    (!said.is_empty()).then(|| {
        let items = said.iter().map(|reason| link(l, view, reason)).collect_view();
        view! { <Notice kind=NoticeKind::Warning title=t::filing::returned::title(l)><ul class="reason-list">{items}</ul></Notice> }.into_any()
    })
}

/// Entries of a map belong to their field; a material of another section does not.
fn section_is_form(reason: &Reason) -> bool {
    reason.section != Section::Materials.to_string()
}

/// The reviewer's words above one field.
pub(super) fn at(reasons: &[Reason], field: &str) -> Option<AnyView> {
    let l = use_lang();
    let said: Vec<_> = reasons
        .iter()
        .filter(|reason| reason.field == field || (section_is_form(reason) && reason.field.starts_with(&format!("{field}["))))
        .map(|reason| {
            let suggestion = (!reason.suggestion.is_empty())
                .then(|| view! { <span class="hint">{t::filing::returned::suggestion(l, &reason.suggestion)}</span> });
            view! { <p>{t::filing::returned::at_field(l, &reason.words)} {suggestion}</p> }
        })
        .collect();
    (!said.is_empty()).then(|| view! { <div class="at-field">{said}</div> }.into_any())
}
