//! Two windows changed one page: both answers side by side, and the choice which to keep.

use domain::{
    forms::{AccessForm, SiteForm, SponsorForm},
    problem::Section,
    views::filings::DraftView,
};
use leptos::prelude::*;

use super::{
    access::read as read_access,
    answers::{answer_text, label},
    section::Keeper,
    site::read as read_site,
    sponsor::read as read_sponsor,
};
use crate::{
    texts::{t, use_lang},
    ui::{Column, DataTable, FormValues, Notice, NoticeKind},
};

/// The answers that differ. Without a keeper (no scripts) the form below holds what was typed, and sending it keeps it.
pub(super) fn compare(newer: &DraftView, section: Section, typed: &FormValues, keeper: Option<Keeper>) -> AnyView {
    let l = use_lang();
    let here: Vec<(&'static str, String)> = match section {
        Section::Sponsor => SponsorForm::fields(&read_sponsor(typed)),
        Section::Site(_) => SiteForm::fields(&read_site(typed)),
        Section::Access(..) => AccessForm::fields(&read_access(typed)),
        _ => Vec::new(),
    };
    let there = newer.draft.answers(section);
    let words = |field: &str, answer: &str| {
        let words = answer_text(l, field, answer, &newer.providers);
        if words.is_empty() { t::filing::not_answered(l).to_owned() } else { words }
    };
    let rows: Vec<Vec<AnyView>> = here
        .iter()
        .filter_map(|(field, mine)| {
            let theirs = there.iter().find(|(name, _)| name == field).map(|(_, answer)| answer.clone()).unwrap_or_default();
            (*mine != theirs).then(|| {
                vec![label(l, section, field).into_any(), words(field, mine).into_any(), words(field, &theirs).into_any()]
            })
        })
        .collect();
    let columns = vec![
        Column::new(t::filing::form::stale_field(l)),
        Column::new(t::filing::form::stale_here(l)),
        Column::new(t::filing::form::stale_there(l)),
    ];
    let buttons = keeper.map(|keeper| {
        view! {
            <div class="button-row">
                <button type="button" class="button" on:click=move |_| keeper.keep_here()>{t::filing::form::keep_here(l)}</button>
                <button type="button" class="button button-secondary" on:click=move |_| keeper.take_there()>
                    {t::filing::form::take_there(l)}
                </button>
            </div>
        }
    });
    let table =
        (!rows.is_empty()).then(|| view! { <DataTable caption=t::filing::form::stale_title(l) columns=columns rows=rows/> });
    view! {
        <Notice kind=NoticeKind::Error title=t::filing::form::stale_title(l)>
            <p>{t::filing::form::stale_body(l)}</p>
            {table}
            {buttons}
        </Notice>
    }
    .into_any()
}
