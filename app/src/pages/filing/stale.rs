//! Two windows changed one page: both answers side by side, and the choice which to keep.

use domain::{
    forms::{AccessForm, SiteForm, SponsorForm},
    problem::Section,
    views::filings::DraftView,
};
use leptos::prelude::*;

use super::{
    access::read as read_access,
    answers::{answer_text, label, version_of},
    review::division,
    site::read as read_site,
    sponsor::read as read_sponsor,
};
use crate::{
    texts::{t, use_lang},
    ui::{Column, DataTable, FormValues, Notice, NoticeKind},
};

/// The answers that differ. The form below holds what was typed: without scripts sending it keeps it, with them one of the
/// buttons chooses.
pub(super) fn compare(newer: &DraftView, section: Section, typed: &FormValues) -> AnyView {
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
        match field {
            _ if words.is_empty() => t::filing::not_answered(l).into_any(),
            "city" | "county" => division(words),
            _ => words.into_any(),
        }
    };
    let rows: Vec<Vec<AnyView>> = here
        .iter()
        .filter_map(|(field, mine)| {
            let theirs = there.iter().find(|(name, _)| name == field).map(|(_, answer)| answer.clone()).unwrap_or_default();
            (*mine != theirs).then(|| vec![label(l, section, field).into_any(), words(field, mine), words(field, &theirs)])
        })
        .collect();
    let columns = vec![
        Column::new(t::filing::form::stale_field(l)),
        Column::new(t::filing::form::stale_here(l)),
        Column::new(t::filing::form::stale_there(l)),
    ];
    let version = version_of(newer, section).to_string();
    let table =
        (!rows.is_empty()).then(|| view! { <DataTable caption=t::filing::form::stale_title(l) columns=columns rows=rows/> });
    view! {
        <div class="stale" id="stale" tabindex="-1">
            <Notice kind=NoticeKind::Error title=t::filing::form::stale_title(l)>
                <p>{t::filing::form::stale_body(l)}</p>
                {table}
                <div class="button-row with-scripts">
                    <button type="button" class="button" data-keep-here=version>{t::filing::form::keep_here(l)}</button>
                    <button type="button" class="button button-secondary" data-take-there="">
                        {t::filing::form::take_there(l)}
                    </button>
                </div>
            </Notice>
        </div>
    }
    .into_any()
}
