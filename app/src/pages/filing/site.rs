//! 网站信息: one site, its content and its person in charge.

use domain::{
    codes::{Language, Preapproval, ServiceContent},
    forms::SiteForm,
    problem::Section,
    views::filings::DraftView,
};
use leptos::prelude::*;

use super::{
    answers::{choices, label, row_name},
    person::{self, Person, until_of},
    reasons, section, trail,
};
use crate::{
    fault::Fault,
    parts::load::fault_page,
    texts::{Lang, t, use_lang},
    ui::{Checkbox, CheckboxGroup, Choice, FormValues, PageHead, TextArea, TextField, Width},
};

/// The answers as they stand on the page.
pub(crate) fn read(values: &FormValues) -> SiteForm {
    let mut form: SiteForm = values.parse("form").unwrap_or_default();
    form.person_certificate_until = until_of(values, &form.person_certificate_until);
    form.approval_numbers.retain(|_, number| !number.is_empty());
    form
}

/// The services that a sponsor may offer, each with what it needs.
fn services(l: Lang) -> Vec<Choice> {
    ServiceContent::ALL
        .iter()
        .filter(|service| service.is_current() && !matches!(service, ServiceContent::App | ServiceContent::Wap))
        .map(|service| {
            let code = service.id().to_string();
            let needs = t::filing::service_needs::by_key(l, &code).unwrap_or_else(|| t::filing::service_needs::other(l));
            Choice::new(code, row_name(l, service.row())).hint(needs)
        })
        .collect()
}

/// The kinds of approval, each with what it needs and the place for its number.
fn preapprovals(l: Lang, form: &SiteForm) -> Vec<Choice> {
    let mut all: Vec<Choice> = Preapproval::ALL
        .iter()
        .filter(|kind| kind.is_current())
        .map(|kind| {
            let code = kind.id().to_string();
            let number = form.approval_numbers.get(&code).cloned().unwrap_or_default();
            let name = row_name(l, kind.row());
            let inside = view! {
                <TextField name=format!("form[approval_numbers][{code}]")
                    label=format!("{}({name})", t::filing::site::approval_number(l))
                    hint=t::filing::site::approval_hint(l) value=number optional=!kind.needs_approval()/>
            };
            Choice::new(code.clone(), name)
                .hint(t::filing::preapproval_needs::by_key(l, &code).unwrap_or_default())
                .inside(inside.into_any())
        })
        .collect();
    all.push(Choice::new("none", t::filing::site::none(l)));
    all
}

/// The page.
pub(super) fn page(view: DraftView, key: u8) -> AnyView {
    let l = use_lang();
    let here = Section::Site(key);
    let draft = section::shown(&view, here);
    let Some(form) = draft.sites.into_iter().find(|site| site.key == key).map(|site| site.form) else {
        return fault_page(&Fault::NotFound);
    };
    let said = reasons::of_section(&view, here);
    let same = form.person_same_as_sponsor == "yes";
    let fields = move || {
        let of = move |field: &str| label(l, here, field);
        let person = Person {
            name: &form.person_name,
            certificate_type: &form.person_certificate_type,
            certificate_number: &form.person_certificate_number,
            from: &form.person_certificate_from,
            until: &form.person_certificate_until,
            mobile: &form.person_mobile,
            office_phone: &form.person_office_phone,
            emergency_phone: &form.person_emergency_phone,
            email: &form.person_email,
        };
        view! {
            <fieldset class="group">
                <legend><h2>{t::filing::site::about(l)}</h2></legend>
                {reasons::at(&said, "name")}
                <TextField name="form[name]" label=of("name") hint=t::filing::hint::site_name(l) value=form.name.clone()/>
                {reasons::at(&said, "domain")}
                <TextField name="form[domain]" label=of("domain") hint=t::filing::hint::domain(l) why=t::filing::why::domain(l)
                    value=form.domain.clone() inputmode="url" width=Width::Half/>
                {reasons::at(&said, "home_page")}
                <TextField name="form[home_page]" label=of("home_page") hint=t::filing::hint::home_page(l)
                    value=form.home_page.clone() inputmode="url"/>
            </fieldset>
            <fieldset class="group">
                <legend><h2>{t::filing::site::content(l)}</h2></legend>
                {reasons::at(&said, "languages")}
                <CheckboxGroup name="form[languages][]" label=of("languages") hint=t::filing::hint::languages(l)
                    choices=choices(l, Language::ROWS) values=form.languages.clone() columns=true/>
                {reasons::at(&said, "services")}
                <CheckboxGroup name="form[services][]" label=of("services") hint=t::filing::hint::services(l)
                    choices=services(l) values=form.services.clone() columns=true/>
                {reasons::at(&said, "preapprovals")}
                {reasons::at(&said, "approval_numbers")}
                <CheckboxGroup name="form[preapprovals][]" label=of("preapprovals") hint=t::filing::hint::preapprovals(l)
                    why=t::filing::why::preapprovals(l) choices=preapprovals(l, &form) values=form.preapprovals.clone()/>
            </fieldset>
            <fieldset class="group">
                <legend><h2>{t::filing::site::person(l)}</h2></legend>
                {reasons::at(&said, "person_same_as_sponsor")}
                <Checkbox name="form[person_same_as_sponsor]" label=t::filing::site::same(l) hint=t::filing::site::same_off(l)
                    checked=same/>
                <div data-other-person="" hidden=same>
                    {person::identity(here, &person, &said)}
                    {person::validity(here, &person, &said)}
                    {person::contacts(here, &person, &said)}
                </div>
                {reasons::at(&said, "remark")}
                <TextArea name="form[remark]" label=of("remark") hint=t::filing::hint::remark(l) value=form.remark.clone()
                    rows=3 optional=true/>
            </fieldset>
        }
        .into_any()
    };
    view! {
        {trail(view.id)}
        <PageHead title=t::filing::site::title(l) caption=t::filing::site_n(l, &key.to_string()) lead=t::filing::site::lead(l)/>
        {section::form(&view, here, crate::doors::filings::SAVE_SITE, fields)}
    }
    .into_any()
}
