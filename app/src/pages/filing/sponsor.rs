//! 主体信息: the sponsor, its address and its person in charge.

use domain::{
    codes::{CertificateType, Nature},
    forms::SponsorForm,
    problem::Section,
    views::filings::DraftView,
};
use leptos::prelude::*;

use super::{
    answers::{is_individual, label, options},
    person::{self, Person, until_of},
    place, reasons, section, trail,
};
use crate::{
    texts::{Lang, t, use_lang},
    ui::{Checkbox, FormValues, Notice, PageHead, SelectField, TextArea, TextField, Width},
};

const HERE: Section = Section::Sponsor;

/// The answers as they stand on the page. An individual is asked once: sponsor, certificate and person in charge are one.
pub(crate) fn read(values: &FormValues) -> SponsorForm {
    let mut form: SponsorForm = values.parse("form").unwrap_or_default();
    form.person_certificate_until = until_of(values, &form.person_certificate_until);
    crate::doors::filings::one_person(form)
}

/// The certificates of a nature; all, each under its nature, while none is chosen.
pub(crate) fn certificates(l: Lang, nature: &str) -> Vec<(String, String)> {
    match Nature::choose(nature) {
        Ok(nature) => options(l, nature.certificates().map(CertificateType::row)),
        Err(_) => CertificateType::ALL
            .iter()
            .filter(|kind| kind.is_current())
            .map(|kind| {
                let (nature, row) = (kind.nature().row(), kind.row());
                (row.id.to_string(), format!("{} · {}", l.pick(nature.zh, nature.en), l.pick(row.zh, row.en)))
            })
            .collect(),
    }
}

/// The page.
pub(super) fn page(view: DraftView) -> AnyView {
    let l = use_lang();
    let said = reasons::of_section(&view, HERE);
    let form = section::shown(&view, HERE).sponsor;
    let nature = form.nature.clone();
    let individual = is_individual(&nature);
    let fields = move || {
        let of = move |field: &str| label(l, HERE, field);
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
                <legend><h2>{t::filing::sponsor::basic(l)}</h2></legend>
                {reasons::at(&said, "nature")}
                <SelectField name="form[nature]" label=of("nature") hint=t::filing::hint::nature(l) why=t::filing::why::nature(l)
                    choices=options(l, Nature::ROWS) value=form.nature.clone() empty=t::filing::form::choose(l)/>
                {section::refresh()}
                <p class="hint" data-natures="none" hidden=individual.is_some()>{t::filing::sponsor::both(l)}</p>
                <div data-natures="none individual" hidden={individual == Some(false)}>
                    <Notice><p>{t::filing::sponsor::person_individual(l)}</p></Notice>
                </div>
                {reasons::at(&said, "name")}
                <TextField name="form[name]" label=of("name") hint=t::filing::hint::name(l) value=form.name.clone()
                    autocomplete="organization"/>
                {reasons::at(&said, "certificate_type")}
                <SelectField name="form[certificate_type]" label=of("certificate_type") choices=certificates(l, &nature)
                    value=form.certificate_type.clone() empty=t::filing::form::choose(l) of=nature/>
                {reasons::at(&said, "certificate_number")}
                <TextField name="form[certificate_number]" label=of("certificate_number")
                    hint=t::filing::hint::certificate_number(l) why=t::filing::why::certificate_number(l)
                    value=form.certificate_number.clone() width=Width::Half/>
                {reasons::at(&said, "certificate_address")}
                <TextField name="form[certificate_address]" label=of("certificate_address")
                    hint=t::filing::hint::certificate_address(l) value=form.certificate_address.clone()/>
                {reasons::at(&said, "investor")}
                <TextField name="form[investor]" label=of("investor") hint=t::filing::hint::investor(l)
                    value=form.investor.clone() optional=true/>
            </fieldset>
            <fieldset class="group">
                <legend><h2>{t::filing::sponsor::place(l)}</h2></legend>
                {place::fields(&form, &said)}
                {reasons::at(&said, "address")}
                <TextField name="form[address]" label=of("address") hint=t::filing::hint::address(l) why=t::filing::why::address(l)
                    value=form.address.clone() autocomplete="street-address"/>
                <Checkbox name="form[address_most_precise]" label=of("address_most_precise")
                    hint=t::filing::hint::address_most_precise(l) checked={form.address_most_precise == "yes"}/>
            </fieldset>
            <fieldset class="group">
                <legend><h2>{t::filing::sponsor::person(l)}</h2></legend>
                <div data-natures="none unit" hidden={individual == Some(true)}>
                    <p class="hint">{t::filing::sponsor::person_unit(l)}</p>
                    {person::identity(HERE, &person, &said)}
                </div>
                {person::validity(HERE, &person, &said)}
                {person::contacts(HERE, &person, &said)}
                {reasons::at(&said, "remark")}
                <TextArea name="form[remark]" label=of("remark") hint=t::filing::hint::remark(l) value=form.remark.clone()
                    rows=3 optional=true/>
            </fieldset>
        }
        .into_any()
    };
    view! {
        {trail(view.id)}
        <PageHead title=t::filing::sponsor::title(l) lead=t::filing::sponsor::lead(l)/>
        {section::form(&view, HERE, crate::doors::filings::SAVE_SPONSOR, fields)}
    }
    .into_any()
}
