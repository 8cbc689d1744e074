//! A3: the code tables.

use domain::codes::{Row, TABLES};
use leptos::prelude::*;

use super::{not_found, sign_in::queried};
use crate::{
    paths,
    texts::{Lang, in_lang, t, use_lang},
    ui::{Breadcrumb, Column, DataTable, Empty, PageHead, PrintCommand, Tag, Tone},
};

pub(super) fn code_tables_page() -> AnyView {
    let l = use_lang();
    let items = TABLES
        .iter()
        .map(|table| {
            view! {
                <li>
                    <a href=paths::code_table(table.id)>
                        <strong>{l.pick(table.zh, table.en)}</strong>
                        <span>{t::code_tables::rows(l, &table.rows.len().to_string())}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <PageHead title=t::code_tables::title(l) lead=t::code_tables::lead(l)/>
        <ul class="entries">{items}</ul>
    }
    .into_any()
}

fn fits(row: &Row, asked: &str) -> bool {
    asked.is_empty()
        || row.zh.contains(asked)
        || row.en.to_lowercase().contains(&asked.to_lowercase())
        || row.id.to_string() == asked
}

pub(super) fn code_table_page(id: &str) -> AnyView {
    let l = use_lang();
    let Some(table) = TABLES.iter().find(|table| table.id == id) else { return not_found() };
    let asked = queried("q").trim().to_owned();
    let rows: Vec<Vec<AnyView>> = table
        .rows
        .iter()
        .filter(|row| fits(row, &asked))
        .map(|row| {
            let (word, tone) =
                if row.current { (t::code_tables::valid(l), Tone::Green) } else { (t::code_tables::former(l), Tone::Grey) };
            vec![
                row.id.into_any(),
                in_lang(l, Lang::Zh, row.zh),
                in_lang(l, Lang::En, row.en),
                view! { <Tag text=word tone=tone/> }.into_any(),
            ]
        })
        .collect();
    let columns = vec![
        Column::number(t::code_tables::code(l)),
        Column::new(t::code_tables::name(l)),
        Column::new(t::code_tables::english(l)),
        Column::new(t::code_tables::state(l)),
    ];
    let found = if rows.is_empty() {
        view! { <Empty title=t::code_tables::none(l)/> }.into_any()
    } else {
        view! { <DataTable caption=l.pick(table.zh, table.en) columns=columns rows=rows/> }.into_any()
    };
    let trail = vec![(paths::home(), t::layout::home(l).to_owned()), (paths::code_tables(), t::code_tables::title(l).to_owned())];
    view! {
        <Breadcrumb trail=trail/>
        <PageHead title=l.pick(table.zh, table.en)/>
        <form role="search" method="get" action=paths::code_table(table.id)>
            <label for="q">{t::code_tables::search(l)}</label>
            <div class="search">
                <input class="input" type="search" id="q" name="q" value=asked maxlength="60" autocomplete="off"/>
                <button class="button" type="submit">{t::public::query::button(l)}</button>
            </div>
        </form>
        {found}
        <PrintCommand/>
    }
    .into_any()
}
