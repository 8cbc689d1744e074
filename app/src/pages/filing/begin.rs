//! Begin a filing: five questions find its kind (R4).

use domain::{
    codes::{Nature, Province},
    problem::Section,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    Found,
    answers::{label, options},
    sponsor::certificates,
};
use crate::{
    doors::filings::{Create, Kind as KindDoor},
    flash::use_flash,
    paths,
    texts::{t, use_lang},
    ui::{
        Breadcrumb, FormAction, LinkButton, Notice, NoticeKind, PageHead, PostForm, SelectField, SubmitButton, TextField, Width,
    },
};

fn trail() -> AnyView {
    let l = use_lang();
    view! { <Breadcrumb trail=vec![(paths::filings(), t::filing::area(l).to_owned())]/> }.into_any()
}

/// The questions.
pub(super) fn page() -> AnyView {
    let l = use_lang();
    let of = move |field: &str| label(l, Section::Sponsor, field);
    let flash = use_flash();
    let nature = flash.value("form[nature]").unwrap_or_default().to_owned();
    view! {
        {trail()}
        <PageHead title=t::filing::begin::title(l) lead=t::filing::begin::lead(l)/>
        <Notice kind=NoticeKind::Warning><p>{t::filing::begin::warning(l)}</p></Notice>
        <PostForm id="kind" action={FormAction::of::<KindDoor>()}>
            <div data-follows="">
                <SelectField name="form[province]" label=t::filing::begin::province(l) hint=t::filing::begin::province_hint(l)
                    choices=options(l, Province::ROWS) empty=t::filing::form::choose(l)/>
                <SelectField name="form[nature]" label=of("nature") hint=t::filing::hint::nature(l)
                    choices=options(l, Nature::ROWS) empty=t::filing::form::choose(l)/>
                <SelectField name="form[certificate_type]" label=of("certificate_type")
                    choices=certificates(l, &nature) empty=t::filing::form::choose(l) of=nature/>
                <TextField name="form[certificate_number]" label=of("certificate_number")
                    hint=t::filing::hint::certificate_number(l) why=t::filing::why::certificate_number(l) width=Width::Half/>
                <TextField name="form[domain]" label=label(l, Section::Site(1), "domain") hint=t::filing::hint::domain(l)
                    inputmode="url" width=Width::Half/>
                <SubmitButton label=t::filing::begin::find(l)/>
            </div>
        </PostForm>
        <div class="page-end">
            <PostForm id="create" action={FormAction::of::<Create>()} class="form-line">
                <SubmitButton label=t::filing::begin::skip(l) secondary=true/>
            </PostForm>
        </div>
    }
    .into_any()
}

/// What was found, why, and what to do.
pub(super) fn found(found: Found) -> AnyView {
    let l = use_lang();
    let (name, why) = match found {
        Found::NewSite => (t::filing::begin::found_new_site(l), t::filing::begin::new_site_why(l)),
        Found::NewAccess => (t::filing::begin::found_new_access(l), t::filing::begin::new_access_why(l)),
        Found::AlreadyFiled => (t::filing::begin::found_already_filed(l), t::filing::begin::already_filed_why(l)),
        Found::Conflict => (t::filing::begin::found_conflict(l), t::filing::begin::conflict_why(l)),
        Found::Underway => (t::filing::begin::found_underway(l), t::filing::begin::underway_why(l)),
    };
    let filing = use_location().query.read_untracked().get("filing").and_then(|id| id.parse().ok());
    let open = filing.map(|id| view! { <LinkButton href=paths::filing::tasks(id) label=t::filing::begin::to_filing(l)/> });
    let advice = (found == Found::Conflict).then(|| view! { <p>{t::filing::begin::conflict_do(l)}</p> });
    view! {
        {trail()}
        <PageHead title=t::filing::begin::found(l, name) lead=why/>
        {advice}
        <p class="hint">{t::filing::begin::warning(l)}</p>
        <div class="button-row">
            {open}
            <LinkButton href=paths::filing::begin() label=t::filing::begin::again(l) secondary={filing.is_some()}/>
            <LinkButton href=paths::query() label=t::filing::begin::query(l) secondary=true external=true/>
        </div>
    }
    .into_any()
}
