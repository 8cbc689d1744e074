//! The sponsor (主体信息).

use super::person::{self, Answers};
use super::{Reader, is_ticked};
use crate::address::{Place, check_street};
use crate::application::Sponsor;
use crate::certificate_number::CertificateNumber;
use crate::codes::{CertificateType, Nature, Province};
use crate::forms::SponsorForm;
use crate::person_name::PersonName;
use crate::problem::Rule;

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
        reader.add("name", crate::problem::Fault::with(Rule::TooShort, "2"));
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
