//! 系统公告.

use leptos::prelude::*;
use time::{Date, macros::date};

use super::not_found;
use crate::{
    parts::dates,
    paths,
    texts::{Lang, t, use_lang},
    ui::{Breadcrumb, PageHead, PrintCommand},
};

/// One announcement.
pub(super) struct News {
    pub key: &'static str,
    on: Date,
    pub title: fn(Lang) -> &'static str,
    text: fn(Lang) -> &'static str,
}

impl News {
    pub(super) fn date(&self, l: Lang) -> String {
        dates::date(l, self.on)
    }

    pub(super) fn machine_date(&self) -> String {
        let (year, month, day) = self.on.to_calendar_date();
        format!("{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

/// The newest first.
pub(super) const NEWS: &[News] = &[
    News { key: "services-and-approvals", on: date!(2026 - 03 - 02), title: t::public::news::n1, text: t::public::news::n1_text },
    News { key: "showing-the-number", on: date!(2024 - 01 - 18), title: t::public::news::n2, text: t::public::news::n2_text },
    News { key: "sms-confirmation", on: date!(2020 - 08 - 17), title: t::public::news::n3, text: t::public::news::n3_text },
    News { key: "filing-passwords", on: date!(2020 - 08 - 17), title: t::public::news::n4, text: t::public::news::n4_text },
    News { key: "one-site-one-domain", on: date!(2019 - 04 - 22), title: t::public::news::n5, text: t::public::news::n5_text },
];

pub(super) fn announcements_page() -> AnyView {
    let l = use_lang();
    let items = NEWS
        .iter()
        .map(|item| {
            view! {
                <li>
                    <a href=paths::announcement(item.key)>{(item.title)(l)}</a>
                    <time datetime=item.machine_date()>{item.date(l)}</time>
                </li>
            }
        })
        .collect_view();
    view! {
        <PageHead title=t::public::news::title(l) lead=t::public::news::lead(l)/>
        <ul class="dated-list prose">{items}</ul>
    }
    .into_any()
}

pub(super) fn announcement_page(key: &str) -> AnyView {
    let l = use_lang();
    let Some(item) = NEWS.iter().find(|item| item.key == key) else { return not_found() };
    let trail =
        vec![(paths::home(), t::layout::home(l).to_owned()), (paths::announcements(), t::layout::announcements(l).to_owned())];
    view! {
        <Breadcrumb trail=trail/>
        <article class="prose">
            <PageHead title=(item.title)(l)/>
            <p class="muted">
                {t::public::news::published(l)} " " <time datetime=item.machine_date()>{item.date(l)}</time>
            </p>
            <p>{(item.text)(l)}</p>
        </article>
        <PrintCommand/>
    }
    .into_any()
}
