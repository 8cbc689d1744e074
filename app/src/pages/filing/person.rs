//! The person in charge 负责人, of the sponsor or of a site: the same questions.

use domain::{
    codes::{CertificateType, Nature},
    problem::Section,
    views::filings::Reason,
};
use leptos::prelude::*;

use super::{
    answers::{label, options},
    reasons,
};
use crate::{
    texts::{Lang, t, use_lang},
    ui::{Checkbox, DateField, FormValues, SelectField, TextField, Width},
};

/// The box that stands for a certificate without end; beside the date, which is not asked for then.
pub(crate) const LONG_TERM: &str = "long_term";

/// What was answered, as text.
pub(super) struct Person<'a> {
    pub name: &'a str,
    pub certificate_type: &'a str,
    pub certificate_number: &'a str,
    pub from: &'a str,
    pub until: &'a str,
    pub mobile: &'a str,
    pub office_phone: &'a str,
    pub emergency_phone: &'a str,
    pub email: &'a str,
}

/// The certificates a person may show.
pub(super) fn certificates(l: Lang) -> Vec<(String, String)> {
    options(l, Nature::Individual.certificates().map(CertificateType::row))
}

/// The end of validity that the page says: the box stands before the date.
pub(super) fn until_of(values: &FormValues, typed: &str) -> String {
    if values.get(LONG_TERM) == Some("yes") { LONG_TERM.to_owned() } else { typed.to_owned() }
}

/// Name and certificate.
pub(super) fn identity(section: Section, person: &Person, said: &[Reason]) -> AnyView {
    let l = use_lang();
    let of = |field: &str| label(l, section, field);
    view! {
        {reasons::at(said, "person_name")}
        <TextField name="form[person_name]" label=of("person_name") hint=t::filing::hint::person_name(l)
            value=person.name autocomplete="name" width=Width::Half/>
        {reasons::at(said, "person_certificate_type")}
        <SelectField name="form[person_certificate_type]" label=of("person_certificate_type") choices=certificates(l)
            value=person.certificate_type empty=t::filing::form::choose(l)/>
        {reasons::at(said, "person_certificate_number")}
        <TextField name="form[person_certificate_number]" label=of("person_certificate_number")
            value=person.certificate_number width=Width::Half/>
    }
    .into_any()
}

/// How long the certificate is valid.
pub(super) fn validity(section: Section, person: &Person, said: &[Reason]) -> AnyView {
    let l = use_lang();
    let of = |field: &str| label(l, section, field);
    let until = if person.until == LONG_TERM { "" } else { person.until };
    view! {
        {reasons::at(said, "person_certificate_from")}
        <DateField name="form[person_certificate_from]" label=of("person_certificate_from") value=person.from/>
        {reasons::at(said, "person_certificate_until")}
        <DateField name="form[person_certificate_until]" label=of("person_certificate_until")
            hint=t::filing::hint::person_certificate_until(l) value=until/>
        <Checkbox name=LONG_TERM label=t::filing::hint::long_term(l) checked={person.until == LONG_TERM}/>
    }
    .into_any()
}

/// How the person is reached.
pub(super) fn contacts(section: Section, person: &Person, said: &[Reason]) -> AnyView {
    let l = use_lang();
    let of = |field: &str| label(l, section, field);
    view! {
        {reasons::at(said, "person_mobile")}
        <TextField name="form[person_mobile]" label=of("person_mobile") hint=t::filing::hint::person_mobile(l)
            why=t::filing::why::person_mobile(l) value=person.mobile kind="tel" autocomplete="tel-national" width=Width::Half/>
        {reasons::at(said, "person_office_phone")}
        <TextField name="form[person_office_phone]" label=of("person_office_phone")
            hint=t::filing::hint::person_office_phone(l) value=person.office_phone kind="tel" width=Width::Half/>
        {reasons::at(said, "person_emergency_phone")}
        <TextField name="form[person_emergency_phone]" label=of("person_emergency_phone")
            hint=t::filing::hint::person_emergency_phone(l) why=t::filing::why::person_emergency_phone(l)
            value=person.emergency_phone kind="tel" width=Width::Half/>
        {reasons::at(said, "person_email")}
        <TextField name="form[person_email]" label=of("person_email") value=person.email kind="email"
            autocomplete="email" width=Width::Half/>
    }
    .into_any()
}
