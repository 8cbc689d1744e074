//! P15: the services of a provider, which filings name to prove that their sites are its customers.

use domain::views::office::{ServiceListView, ServiceView};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use uuid::Uuid;

use super::{done, head};
use crate::{
    doors::offices,
    parts::load::load_page,
    paths,
    texts::{Lang, t, use_lang},
    ui::{
        Column, DataTable, DateField, Empty, FormAction, LinkButton, PostForm, SubmitButton, SummaryCard, SummaryRow, Tag,
        TextField, Tone, Width, page_data,
    },
};

pub(super) fn services_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    let (code, page) = use_location().query.with_untracked(|query| {
        (query.get("code").unwrap_or_default(), query.get("page").and_then(|page| page.parse::<u32>().ok()).unwrap_or(1))
    });
    let asked = code.clone();
    let data = page_data(move || (asked.clone(), page), |(code, page)| offices::list_services(code, page));
    load_page(data, move |list| {
        view! {
            {head(o::services(l), o::services_lead(l), &[])}
            {done(&[("added", o::done_service_added(l)), ("changed", o::done_service_changed(l))])}
            {search(l, &code)}
            {table(l, &code, &list)}
            {pages(l, &code, &list)}
            <section class="card">
                <h2>{o::service_new(l)}</h2>
                <PostForm id="service" action={FormAction::of::<offices::CreateService>()} once=true>
                    <TextField name="form[code]" label=o::code(l) hint=o::code_hint(l) maxlength=64 width=Width::Half/>
                    {fields(l, None)}
                    <SubmitButton label=o::add(l)/>
                </PostForm>
            </section>
        }
        .into_any()
    })
}

fn search(l: Lang, code: &str) -> AnyView {
    use t::office as o;
    let code = code.to_owned();
    view! {
        <form class="form" method="get" action=paths::office_services() role="search">
            <div class="field">
                <label for="find-code">{o::code_search(l)}</label>
                <div class="input-row">
                    <input
                        class="input input-half"
                        type="search"
                        id="find-code"
                        name="code"
                        value=code
                        maxlength="64"
                        autocomplete="off"
                    />
                    <button type="submit" class="button button-secondary">{o::search(l)}</button>
                </div>
            </div>
        </form>
    }
    .into_any()
}

fn table(l: Lang, code: &str, list: &ServiceListView) -> AnyView {
    use t::office as o;
    if list.services.is_empty() {
        if !code.is_empty() {
            return view! {
                <Empty title=o::no_such_service(l, code)>
                    <LinkButton href=paths::office_services() label=o::all_services(l)/>
                </Empty>
            }
            .into_any();
        }
        return view! { <Empty title=o::no_services(l)><p>{o::no_services_text(l)}</p></Empty> }.into_any();
    }
    let columns =
        vec![Column::new(o::code(l)), Column::new(o::description(l)), Column::number(o::used(l)), Column::new(o::valid_to(l))];
    let rows = list
        .services
        .iter()
        .map(|service| {
            vec![
                view! { <a href=paths::office_service(service.id)>{service.code.clone()}</a> }.into_any(),
                service.description.clone().into_any(),
                o::used_of(l, &service.used.to_string(), &service.capacity.to_string()).into_any(),
                last_day(l, service),
            ]
        })
        .collect();
    view! { <DataTable caption=o::services(l) columns=columns rows=rows/> }.into_any()
}

fn last_day(l: Lang, service: &ServiceView) -> AnyView {
    use t::office as o;
    match service.valid_to {
        None => o::no_end(l).into_any(),
        Some(day) if service.ended => view! { {day.to_string()} " " <Tag text=o::ended(l) tone=Tone::Red/> }.into_any(),
        Some(day) => day.to_string().into_any(),
    }
}

fn pages(l: Lang, code: &str, list: &ServiceListView) -> AnyView {
    if list.page == 1 && !list.more {
        return ().into_any();
    }
    let at = |page: u32| paths::with(&paths::with(&paths::office_services(), "code", code), "page", &page.to_string());
    let before = (list.page > 1).then(|| view! { <a class="step" rel="prev" href=at(list.page - 1)>{t::form::previous(l)}</a> });
    let after = list.more.then(|| view! { <a class="step" rel="next" href=at(list.page + 1)>{t::form::next(l)}</a> });
    view! { <nav class="pagination" aria-label=t::form::pages(l)>{before} {after}</nav> }.into_any()
}

pub(super) fn service_page(id: Uuid) -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(move || id, offices::get_service);
    load_page(data, move |service| {
        let rows = vec![
            SummaryRow::new(o::code(l), service.code.clone()),
            SummaryRow::new(o::used(l), o::used_of(l, &service.used.to_string(), &service.capacity.to_string())),
        ];
        view! {
            {head(&service.code, "", &[(paths::office_services(), o::services(l))])}
            <SummaryCard title=o::service(l) rows=rows/>
            <section class="card">
                <PostForm id="service" action={FormAction::of::<offices::ChangeService>()}>
                    <input type="hidden" name="id" value=service.id.to_string()/>
                    {fields(l, Some(&service))}
                    <SubmitButton label=t::account::save(l)/>
                </PostForm>
            </section>
        }
        .into_any()
    })
}

fn fields(l: Lang, service: Option<&ServiceView>) -> AnyView {
    use t::office as o;
    let description = service.map(|service| service.description.clone()).unwrap_or_default();
    let capacity = service.map_or(10, |service| service.capacity).to_string();
    let valid_to = service.and_then(|service| service.valid_to).map(|day| day.to_string()).unwrap_or_default();
    view! {
        <TextField name="form[description]" label=o::description(l) hint=o::description_hint(l) value=description maxlength=64/>
        <TextField
            name="form[capacity]"
            label=o::capacity(l)
            hint=o::capacity_hint(l)
            value=capacity
            inputmode="numeric"
            maxlength=5
            width=Width::Short
        />
        <DateField name="form[valid_to]" label=o::valid_to(l) hint=o::valid_to_hint(l) value=valid_to optional=true/>
    }
    .into_any()
}
