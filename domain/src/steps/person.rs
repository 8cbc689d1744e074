//! A person in charge: the same answers at the sponsor and at each site.

use ::time::Date;
use ::time::macros::date;

use super::Reader;
use crate::age;
use crate::application::Person;
use crate::certificate_number::CertificateNumber;
use crate::codes::{CertificateType, Province};
use crate::email::Email;
use crate::forms::{SiteForm, SponsorForm};
use crate::person_name::PersonName;
use crate::phone::{EmergencyPhone, Mobile, OfficePhone};
use crate::problem::{Fault, Rule};
use crate::tables::Tables;
use crate::time::{add_months, iso_date, parse_date};

/// The answers about one person.
#[derive(Clone, Copy)]
pub(super) struct Answers<'a> {
    pub name: &'a str,
    pub certificate_type: &'a str,
    pub certificate_number: &'a str,
    pub certificate_from: &'a str,
    pub certificate_until: &'a str,
    pub mobile: &'a str,
    pub office_phone: &'a str,
    pub emergency_phone: &'a str,
    pub email: &'a str,
}

macro_rules! answers_of {
    ($($form:ident),+) => {$(
        impl<'a> From<&'a $form> for Answers<'a> {
            fn from(form: &'a $form) -> Self {
                Self {
                    name: &form.person_name,
                    certificate_type: &form.person_certificate_type,
                    certificate_number: &form.person_certificate_number,
                    certificate_from: &form.person_certificate_from,
                    certificate_until: &form.person_certificate_until,
                    mobile: &form.person_mobile,
                    office_phone: &form.person_office_phone,
                    emergency_phone: &form.person_emergency_phone,
                    email: &form.person_email,
                }
            }
        }
    )+};
}
answers_of!(SponsorForm, SiteForm);

impl Answers<'_> {
    /// The certificate, where type and number are right by themselves.
    pub(super) fn certificate(&self, today: Date) -> Option<CertificateNumber> {
        let kind = CertificateType::choose(self.certificate_type).ok()?;
        CertificateNumber::parse(kind, self.certificate_number, today).ok()
    }
}

/// Reads a person in charge of a unit or of an individual's filing in this province.
pub(super) fn read(reader: &mut Reader<'_>, answers: Answers<'_>, unit: bool, province: Option<Province>) -> Option<Person> {
    let name = reader.take("person_name", PersonName::parse(answers.name));
    let certificate = read_certificate(reader, answers, province);
    let validity = read_validity(reader, answers);
    let (denied, permitted) = (&reader.tables.denied_prefixes, &reader.tables.permitted_prefixes);
    let mobile = match answers.mobile.trim() {
        "" => Err(Rule::Required.into()),
        text => Mobile::parse(text, denied, permitted),
    };
    // An emergency phone is compared with the mobile even where the mobile cannot receive confirmations.
    let own = Mobile::parse(answers.mobile, &[], permitted).ok();
    let emergency_phone = match answers.emergency_phone.trim() {
        "" => Err(Rule::Required.into()),
        text => EmergencyPhone::parse(text, own.as_ref(), permitted),
    };
    let mobile = reader.take("person_mobile", mobile);
    let emergency_phone = reader.take("person_emergency_phone", emergency_phone);
    let office_phone = match answers.office_phone.trim() {
        "" if unit => reader.take("person_office_phone", Err::<_, Fault>(Rule::Required.into())),
        "" => Some(None),
        text => reader.take("person_office_phone", OfficePhone::parse(text)).map(Some),
    };
    let email = match answers.email.trim() {
        "" => Err(Rule::Required.into()),
        text => Email::parse(text),
    };
    let email = reader.take("person_email", email);
    let (valid_from, valid_until) = validity?;
    Some(Person {
        name: name?,
        certificate: certificate?,
        valid_from,
        valid_until,
        mobile: mobile?,
        office_phone: office_phone?,
        emergency_phone: emergency_phone?,
        email: email?,
    })
}

fn read_certificate(reader: &mut Reader<'_>, answers: Answers<'_>, province: Option<Province>) -> Option<CertificateNumber> {
    let kind = reader.choose("person_certificate_type", answers.certificate_type, CertificateType::choose)?;
    if !kind.is_personal() {
        reader.add("person_certificate_type", Rule::CertificatePersonal);
        return None;
    }
    let number = read_number(reader, "person_certificate_number", kind, answers.certificate_number)?;
    let least = least_age(reader.tables, province);
    if let Some(birth) = number.birth_date()
        && age::on(birth, reader.tables.today) < least
    {
        reader.add("person_certificate_number", Fault::with(Rule::TooYoung, least.to_string()));
        return None;
    }
    Some(number)
}

/// A number of a certificate that a new filing may name: cards of 15 digits ended with 2012.
pub(super) fn read_number(
    reader: &mut Reader<'_>,
    field: &'static str,
    kind: CertificateType,
    text: &str,
) -> Option<CertificateNumber> {
    let today = reader.tables.today;
    let number = reader.take(field, CertificateNumber::parse(kind, text, today))?;
    match number.is_legacy() {
        Some(whole) if today >= date!(2013 - 01 - 01) => {
            reader.add(field, Fault::with(Rule::IdLegacy, whole));
            None
        }
        _ => Some(number),
    }
}

/// The province's own row comes before the one for all.
fn least_age(tables: &Tables, province: Option<Province>) -> u16 {
    let of = |code: u32| tables.minimum_ages.iter().find(|(row, _)| *row == code).map(|(_, age)| u16::from(*age));
    province.and_then(|province| of(province.id())).or_else(|| of(0)).unwrap_or(0)
}

/// First day, and last day unless 长期, with more than three months left.
fn read_validity(reader: &mut Reader<'_>, answers: Answers<'_>) -> Option<(Date, Option<Date>)> {
    let today = reader.tables.today;
    let from = match answers.certificate_from.trim() {
        "" => Err(Rule::Required),
        text => match parse_date(text) {
            None => Err(Rule::DateFormat),
            Some(from) if from > today => Err(Rule::CertificateNotYet),
            Some(from) => Ok(from),
        },
    };
    let least = add_months(today, 3).next_day().unwrap_or(Date::MAX);
    let until = match answers.certificate_until.trim() {
        "" => Err(Fault::from(Rule::Required)),
        "long_term" => Ok(None),
        text => match parse_date(text) {
            None => Err(Rule::DateFormat.into()),
            Some(until) if from.is_ok_and(|from| until <= from) => Err(Rule::CertificateOrder.into()),
            Some(until) if until < today => Err(Rule::CertificateExpired.into()),
            Some(until) if until < least => Err(Fault::with(Rule::CertificateEnding, iso_date(least))),
            Some(until) => Ok(Some(until)),
        },
    };
    let from = reader.take("person_certificate_from", from);
    let until = reader.take("person_certificate_until", until);
    Some((from?, until?))
}
