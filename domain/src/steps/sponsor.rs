//! The sponsor (主体信息).

use super::person::{self, Answers};
use super::{Reader, is_ticked, provincial};
use crate::address::{Named, Place, check_street};
use crate::application::Sponsor;
use crate::certificate_number::CertificateNumber;
use crate::codes::{CertificateType, Nature, Province};
use crate::forms::SponsorForm;
use crate::person_name::PersonName;
use crate::problem::{Fault, Rule};

/// The province that the answers name.
pub(super) fn province_of(form: &SponsorForm) -> Option<Province> {
    Province::choose(&form.province).ok()
}

/// The nature that the answers name.
pub(super) fn nature_of(form: &SponsorForm) -> Option<Nature> {
    Nature::choose(&form.nature).ok()
}

pub(crate) fn read(reader: &mut Reader<'_>, form: &SponsorForm) -> Option<Sponsor> {
    reader.bound(&form.texts(), SponsorForm::FIELDS);
    let nature = reader.choose("nature", &form.nature, Nature::choose);
    let name = read_name(reader, form, nature);
    let certificate = read_certificate(reader, form, nature);
    let certificate_address = reader.required("certificate_address", &form.certificate_address);
    let investor = reader.optional("investor", &form.investor);
    let place = match Place::parse_to(reader.depth, &form.province, &form.city, &form.county) {
        Ok(place) => Some(place),
        Err((field, fault)) => {
            reader.add(field, fault);
            None
        }
    };
    if nature.is_some_and(Nature::is_unit) {
        check_one_city(reader, form);
    }
    let street = check_street(&form.address, is_ticked(&form.address_most_precise));
    let address = reader.take("address", street);
    let unit = nature.is_none_or(Nature::is_unit);
    let person = person::read(reader, Answers::from(form), unit, province_of(form));
    if nature == Some(Nature::Individual) {
        check_individual(reader, form);
    }
    let remark = reader.optional("remark", &form.remark);
    let (name, investor) = (name?, investor?);
    Some(Sponsor {
        nature: nature?,
        investor: if unit || !investor.is_empty() { investor } else { name.clone() },
        name,
        certificate: certificate?,
        certificate_address: certificate_address?,
        place: place?,
        address: address?,
        person: person?,
        remark: remark?,
    })
}

fn read_name(reader: &mut Reader<'_>, form: &SponsorForm, nature: Option<Nature>) -> Option<String> {
    if nature == Some(Nature::Individual) {
        let name = reader.take("name", PersonName::parse(&form.name))?;
        return Some(name.as_str().to_owned());
    }
    let name = reader.required("name", &form.name)?;
    if name.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        reader.add("name", Fault::with(Rule::TooShort, "2"));
        return None;
    }
    Some(name)
}

fn read_certificate(reader: &mut Reader<'_>, form: &SponsorForm, nature: Option<Nature>) -> Option<CertificateNumber> {
    let kind = reader.choose("certificate_type", &form.certificate_type, CertificateType::choose)?;
    if nature.is_some_and(|nature| kind.nature() != nature) {
        reader.add("certificate_type", Rule::CertificateNature);
        return None;
    }
    person::read_number(reader, "certificate_number", kind, &form.certificate_number)
}

/// In some provinces a unit is written to in the city of its certificate. An address that names no city is left to the eye.
fn check_one_city(reader: &mut Reader<'_>, form: &SponsorForm) {
    let today = reader.tables.today;
    let Some(province) = province_of(form).filter(|province| provincial::wants_address_in_one_city(*province, today)) else {
        return;
    };
    let Ok(city) = form.city.trim().parse::<u32>() else { return };
    let named = Named::find(&form.certificate_address);
    let elsewhere = match (named.province, named.city) {
        (Some(other), _) if other != province => Some(other.zh()),
        (_, Some(other)) if other.code != city => Some(other.name),
        _ => None,
    };
    if let Some(place) = elsewhere {
        reader.add("city", Fault::with(Rule::AddressOtherCity, place));
    }
}

/// An individual is its own person in charge: sponsor's name = name on the certificate = person's name.
fn check_individual(reader: &mut Reader<'_>, form: &SponsorForm) {
    let name = |text: &str| PersonName::parse(text).ok();
    if let (Some(own), Some(person)) = (name(&form.name), name(&form.person_name))
        && own != person
    {
        reader.add("person_name", Rule::IndividualName);
    }
    let today = reader.tables.today;
    let own = CertificateType::choose(&form.certificate_type).ok();
    let own = own.and_then(|kind| CertificateNumber::parse(kind, &form.certificate_number, today).ok());
    if let (Some(own), Some(person)) = (own, Answers::from(form).certificate(today))
        && own.identity() != person.identity()
    {
        reader.add("person_certificate_number", Rule::IndividualCertificate);
    }
}
