//! A2: the public query. The answer is filed, not filed, or cannot say; never an empty list.

use domain::views::register::{Answer, RecordView, RegisterView};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    doors::{clock, register},
    fault::Fault,
    parts::{
        dates,
        load::{fault_page, load_once},
        search_box::SearchBox,
    },
    paths,
    shell::set_fault,
    texts::{t, use_lang, wait_text},
    ui::{Column, DataTable, PageHead, PrintCommand},
};

pub(super) fn query_page() -> AnyView {
    let l = use_lang();
    let asked = use_location().query.with_untracked(|query| query.get("q")).unwrap_or_default().trim().to_owned();
    if asked.is_empty() {
        return view! {
            <PageHead title=t::public::query::title(l) lead=t::public::query::lead(l)/>
            <SearchBox value=""/>
        }
        .into_any();
    }
    let q = asked.clone();
    let data = async move {
        match register::find(q).await {
            // To have to wait is an answer too: cannot say, and why.
            Err(wait @ (Fault::Limited { .. } | Fault::Busy)) => Ok((Err(wait), clock::now().await?)),
            other => Ok((Ok(other?), clock::now().await?)),
        }
    };
    let q = asked.clone();
    view! {
        <PageHead title=t::public::query::result_title(l, &asked)/>
        <SearchBox value=asked/>
        {load_once(data, move |(found, now)| {
            view! {
                {match found {
                    Ok(found) => answer(&q, found),
                    Err(wait) => no_answer(&wait),
                }}
                <p class="muted">{t::public::query::as_of(l, &dates::moment(l, now.0))}</p>
                <p><a href=paths::api_register(&q)>{t::public::query::api(l)}</a></p>
            }
            .into_any()
        })}
        <PrintCommand/>
    }
    .into_any()
}

fn cannot_say(fault: &Fault, why: String) -> AnyView {
    let l = use_lang();
    set_fault(fault);
    view! {
        <section class="answer answer-cannot-say">
            <h2>{t::public::query::cannot_say(l)}</h2>
            <p>{why}</p>
        </section>
    }
    .into_any()
}

fn answer(q: &str, found: RegisterView) -> AnyView {
    let l = use_lang();
    let count = found.records.len().to_string();
    let (class, title, text) = match found.answer {
        Answer::Filed if found.more => {
            ("answer answer-filed", t::public::query::filed(l), t::public::query::filed_more(l, &count))
        }
        Answer::Filed => ("answer answer-filed", t::public::query::filed(l), t::public::query::filed_text(l, &count, q)),
        Answer::NotFiled => ("answer answer-not-filed", t::public::query::not_filed(l), t::public::query::not_filed_text(l, q)),
        Answer::CannotSay => {
            ("answer answer-cannot-say", t::public::query::cannot_say(l), t::public::query::cannot_say_text(l).to_owned())
        }
    };
    let table = (!found.records.is_empty()).then(|| records(found.records));
    view! {
        <section class=class>
            <h2>{title}</h2>
            <p>{text}</p>
        </section>
        {table}
    }
    .into_any()
}

fn records(records: Vec<RecordView>) -> AnyView {
    let l = use_lang();
    let columns = vec![
        Column::new(t::public::query::sponsor_name(l)),
        Column::new(t::public::query::site_number(l)),
        Column::new(t::public::query::site_name(l)),
        Column::new(t::public::query::domain(l)),
        Column::new(t::public::query::approved_on(l)),
        Column::new(t::public::query::action(l)),
    ];
    let rows = records
        .into_iter()
        .map(|record| {
            let href = paths::record(&record.site_number);
            let number = record.site_number.clone();
            vec![
                record.sponsor_name.into_any(),
                record.site_number.into_any(),
                record.site_name.into_any(),
                record.domain.into_any(),
                dates::date(l, record.approved_on).into_any(),
                view! { <a href=href>{t::public::query::detail(l)}<span class="visually-hidden">{number}</span></a> }.into_any(),
            ]
        })
        .collect();
    view! { <DataTable caption=t::public::query::record_title(l) columns=columns rows=rows/> }.into_any()
}

/// A fault that is no answer.
pub(super) fn no_answer(fault: &Fault) -> AnyView {
    let l = use_lang();
    match fault {
        Fault::Limited { retry_after_s } => {
            cannot_say(fault, t::public::query::cannot_say_limited(l, &wait_text(l, *retry_after_s)))
        }
        Fault::Busy => cannot_say(fault, t::public::query::cannot_say_busy(l).to_owned()),
        other => fault_page(other),
    }
}
