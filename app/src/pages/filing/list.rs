//! All filings of the account.

use domain::{filing::Status, views::filings::FilingRow};
use leptos::prelude::*;

use super::answers::status_tone;
use crate::{
    doors,
    parts::{dates, load::load_once},
    paths,
    texts::{Lang, status_text, t, use_lang},
    ui::{Column, DataTable, Empty, LinkButton, PageHead, Tag, Tone},
};

/// The list, or what to do when there is none.
pub(super) fn page() -> AnyView {
    let l = use_lang();
    let begin = move || view! { <LinkButton href=paths::filing::begin() label=t::filing::list::begin(l)/> }.into_any();
    view! {
        <PageHead title=t::filing::list::title(l) lead=t::filing::list::lead(l) actions=begin()/>
        {load_once(doors::filings::list_own(), move |rows: Vec<FilingRow>| {
            if rows.is_empty() {
                return view! {
                    <Empty title=t::filing::list::empty(l)>
                        <p>{t::filing::list::empty_body(l)}</p>
                        {begin()}
                    </Empty>
                }
                .into_any();
            }
            let columns = vec![
                Column::new(t::filing::list::what(l)),
                Column::new(t::filing::list::status(l)),
                Column::new(t::filing::list::touched(l)),
                Column::new(t::filing::list::actions(l)),
            ];
            let rows = rows.into_iter().map(|row| cells(l, row)).collect();
            view! { <DataTable caption=t::filing::list::caption(l) columns=columns rows=rows/> }.into_any()
        })}
    }
    .into_any()
}

fn cells(l: Lang, row: FilingRow) -> Vec<AnyView> {
    let title = if row.title.is_empty() { t::filing::untitled(l).to_owned() } else { row.title };
    let names = row.domains.join("、");
    let of = title.clone();
    let link = |to: String, words: &'static str, class: &'static str| {
        view! { <a class=class href=to>{words}<span class="visually-hidden">{of.clone()}</span></a> }
    };
    let (tasks, progress) = (paths::filing::tasks(row.id), paths::filing::progress(row.id));
    let on = (row.status == Status::Draft).then(|| link(tasks.clone(), t::filing::list::r#continue(l), ""));
    let correct = row.status.is_returned().then(|| link(tasks, t::filing::list::correct(l), ""));
    // What came back has a way that it went, and a day on which it expires.
    let see = (row.status != Status::Draft).then(|| link(progress, t::filing::list::open(l), ""));
    let delete =
        row.status.is_editable().then(|| link(paths::filing::discard(row.id), t::filing::list::delete(l), "link-danger"));
    let actions = view! { <div class="row-actions">{on}{correct}{see}{delete}</div> }.into_any();
    vec![
        view! {
            <div>
                <strong>{title}</strong>
                {(!names.is_empty()).then(|| view! { <p class="hint">{names}</p> })}
                {row.number.map(|number| view! { <p class="number-line">{number}</p> })}
            </div>
        }
        .into_any(),
        view! {
            <span>
                <Tag text=status_text(l, row.status) tone=status_tone(row.status)/>
                {row.held.then(|| view! { " "<Tag text=t::filing::progress::held(l) tone=Tone::Amber/> })}
            </span>
        }
        .into_any(),
        view! { <dates::Time at=row.touched_at/> }.into_any(),
        actions,
    ]
}
