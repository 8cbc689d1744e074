//! What must be uploaded, by nature, certificate, province and approval, and what must be declared.

use ::time::Date;

use super::sponsor::{nature_of, province_of};
use super::{is_ticked, provincial};
use crate::address::Named;
use crate::certificate_number::CertificateNumber;
use crate::codes::{CertificateType, MaterialKind, Nature, Preapproval, Province};
use crate::draft::{Draft, material_field};
use crate::forms::{SiteForm, SponsorForm};
use crate::problem::{Fault, Problem, Rule, Section};

/// The materials without which a draft is not complete on this day; of a kind that is needed several times, several.
///
/// For the sponsor: its certificate (an individual's is the person's own), the certificate of its person in charge,
/// both faces of a card, a photograph taken at the check of the person, and what its province asks for beyond. For each
/// site: the verification sheet, the certificate of the domain name, an approval for each content that needs one (each
/// row of Nrlx has its own scans), and the same of a person of its own.
pub fn required(draft: &Draft, today: Date) -> Vec<(Section, MaterialKind)> {
    let mut required = Vec::new();
    if nature_of(&draft.sponsor).is_none_or(Nature::is_unit) {
        required.push((Section::Sponsor, MaterialKind::SponsorCertificate));
    }
    required.extend(of_person(Section::Sponsor, &draft.sponsor.person_certificate_type));
    if province_that_wants_permit(&draft.sponsor, today).is_some() {
        required.push((Section::Sponsor, MaterialKind::ResidencePermit));
    }
    if sites_that_want_plan(draft, today).is_some() {
        required.push((Section::Sponsor, MaterialKind::OtherSponsorMaterial));
    }
    for site in &draft.sites {
        let section = Section::Site(site.key);
        required.push((section, MaterialKind::VerificationSheet));
        required.push((section, MaterialKind::DomainCertificate));
        required.extend(approvals_of(&site.form).map(|_| (section, MaterialKind::ApprovalDocument)));
        if !is_ticked(&site.form.person_same_as_sponsor) {
            required.extend(of_person(section, &site.form.person_certificate_type));
        }
    }
    required
}

fn of_person(section: Section, certificate_type: &str) -> Vec<(Section, MaterialKind)> {
    let two_faces = CertificateType::choose(certificate_type).map_or(true, CertificateType::has_two_faces);
    let back = two_faces.then_some(MaterialKind::PersonCertificateBack);
    let kinds = [Some(MaterialKind::PersonCertificateFront), back, Some(MaterialKind::LivePhoto)];
    kinds.into_iter().flatten().map(|kind| (section, kind)).collect()
}

/// The kinds of content of a site that need an approval, each once.
fn approvals_of(form: &SiteForm) -> impl Iterator<Item = Preapproval> {
    let is_ticked = |kind: &Preapproval| form.preapprovals.iter().any(|text| Preapproval::choose(text) == Ok(*kind));
    Preapproval::ALL.iter().copied().filter(|kind| kind.needs_approval()).filter(is_ticked)
}

/// The province that asks this sponsor for a permit of residence: an individual with a citizen's card of another province.
///
/// The card's address says of which province it is (证件地址); the number, which stays what it was when somebody moves,
/// where the address names none.
fn province_that_wants_permit(form: &SponsorForm, today: Date) -> Option<Province> {
    let province = province_of(form).filter(|province| provincial::wants_residence_permit(*province, today))?;
    let kind = CertificateType::choose(&form.certificate_type).ok().filter(|kind| *kind == CertificateType::CitizenCard)?;
    let number = CertificateNumber::parse(kind, &form.certificate_number, today).ok()?;
    let of_number = number.division().and_then(Province::of_division);
    let of_card = Named::find(&form.certificate_address).province.or(of_number)?;
    (nature_of(form) == Some(Nature::Individual) && of_card != province).then_some(province)
}

/// From how many sites on the province asks this sponsor for a plan, where it has so many.
fn sites_that_want_plan(draft: &Draft, today: Date) -> Option<usize> {
    let from = provincial::sites_with_a_plan(province_of(&draft.sponsor)?, today)?;
    (nature_of(&draft.sponsor).is_some_and(Nature::is_unit) && draft.sites.len() >= from).then_some(from)
}

/// Materials that are missing.
pub(crate) fn check(draft: &Draft, today: Date) -> Vec<Problem> {
    let required = required(draft, today);
    let mut problems = Vec::new();
    for (at, (section, kind)) in required.iter().enumerate() {
        let is_same = |place: &&(Section, MaterialKind)| **place == (*section, *kind);
        let is_told = required.iter().take(at).any(|place| is_same(&place));
        let needed = required.iter().filter(is_same).count();
        let given = draft.materials.iter().filter(|m| m.section == *section && u32::from(m.kind) == kind.id()).count();
        if !is_told && given < needed {
            let fault = missing(draft, *kind, needed, today);
            problems.push(fault.at(Section::Materials, material_field(*section, *kind)));
        }
    }
    problems
}

/// Why a kind of material is needed, where its name does not say it.
fn missing(draft: &Draft, kind: MaterialKind, needed: usize, today: Date) -> Fault {
    let fault = match kind {
        MaterialKind::ResidencePermit => province_that_wants_permit(&draft.sponsor, today)
            .map(|province| Fault::with(Rule::ResidencePermitMissing, province.zh())),
        MaterialKind::OtherSponsorMaterial => {
            sites_that_want_plan(draft, today).map(|from| Fault::with(Rule::ConstructionPlanMissing, from.to_string()))
        }
        _ => (needed > 1).then(|| Fault::with(Rule::ApprovalDocumentEach, needed.to_string())),
    };
    fault.unwrap_or_else(|| Fault::with(Rule::MaterialMissing, kind.zh()))
}

pub(crate) fn check_consent(draft: &Draft) -> Vec<Problem> {
    let consent = &draft.consent;
    let duties = [
        ("truthful", &consent.truthful, Rule::ConsentTruthful),
        ("personal_data", &consent.personal_data, Rule::ConsentPersonalData),
    ];
    let missing = duties.into_iter().filter(|(_, answer, _)| !is_ticked(answer));
    missing.map(|(field, _, rule)| Problem::new(Section::Consent, field, rule)).collect()
}
