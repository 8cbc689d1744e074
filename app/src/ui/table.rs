//! Dense tables, and the way through their pages.

use leptos::prelude::*;

use crate::texts::{t, use_lang};

/// A column's head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The head; on narrow screens it stands before every cell.
    pub head: String,
    /// Figures, aligned at the right.
    pub number: bool,
    /// A link that sorts by this column, and whether it does so now (`ascending`, `descending`).
    pub sort: Option<(String, Option<&'static str>)>,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn new(head: impl Into<String>) -> Self {
        Self { head: head.into(), ..Self::default() }
    }

    /// A column of figures.
    #[must_use]
    pub fn number(head: impl Into<String>) -> Self {
        Self { head: head.into(), number: true, sort: None }
    }
}

/// A table whose head stays in sight; a list of cards on narrow screens.
#[component]
pub fn DataTable(
    /// What the table shows, for those who hear it.
    #[prop(into)]
    caption: String,
    /// The caption is to be seen too.
    #[prop(optional)]
    caption_shown: bool,
    /// The heads.
    columns: Vec<Column>,
    /// The cells, row by row, as many as there are columns.
    rows: Vec<Vec<AnyView>>,
) -> AnyView {
    let heads = columns
        .iter()
        .map(|column| {
            let class = column.number.then_some("number");
            let (sorted, head) = match &column.sort {
                Some((href, sorted)) => (*sorted, view! { <a href=href.clone()>{column.head.clone()}</a> }.into_any()),
                None => (None, column.head.clone().into_any()),
            };
            view! { <th scope="col" class=class aria-sort=sorted>{head}</th> }
        })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|cells| {
            let cells = cells
                .into_iter()
                .zip(&columns)
                .map(|(cell, column)| {
                    let class = column.number.then_some("number");
                    view! { <td class=class data-head=column.head.clone()>{cell}</td> }
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    let caption_class = if caption_shown { "" } else { "visually-hidden" };
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class=caption_class>{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The way through the pages of a list.
#[component]
pub fn Pagination(
    /// This page, from 1.
    page: u32,
    /// All pages.
    pages: u32,
    /// The address of a page.
    href: fn(u32, &str) -> String,
    /// What `href` needs beside the page, such as the query.
    #[prop(optional, into)]
    query: String,
) -> Option<AnyView> {
    let l = use_lang();
    if pages < 2 {
        return None;
    }
    let near = page.saturating_sub(2).max(1)..=(page + 2).min(pages);
    let mut shown: Vec<u32> = near.collect();
    if shown.first() != Some(&1) {
        shown.insert(0, 1);
    }
    if shown.last() != Some(&pages) {
        shown.push(pages);
    }
    let mut last = 0;
    let numbers = shown
        .into_iter()
        .map(|number| {
            let gap = (number > last + 1).then(|| view! { <li class="gap" aria-hidden="true">"…"</li> });
            last = number;
            let current = (number == page).then_some("page");
            view! {
                {gap}
                <li>
                    <a href=href(number, &query) aria-current=current>
                        <span class="visually-hidden">{t::form::page(l)}</span>
                        {number}
                    </a>
                </li>
            }
        })
        .collect_view();
    let step =
        |to: u32, words: &'static str, rel: &'static str| view! { <a class="step" rel=rel href=href(to, &query)>{words}</a> };
    Some(
        view! {
            <nav class="pagination" aria-label=t::form::pages(l)>
                {(page > 1).then(|| step(page - 1, t::form::previous(l), "prev"))}
                <ul>{numbers}</ul>
                {(page < pages).then(|| step(page + 1, t::form::next(l), "next"))}
            </nav>
        }
        .into_any(),
    )
}
