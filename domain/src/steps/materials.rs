//! What must be uploaded, by nature, certificate and approval, and what must be declared.

use super::is_ticked;
use super::sponsor::nature_of;
use crate::codes::{CertificateType, MaterialKind, Nature, Preapproval};
use crate::draft::{Draft, material_field};
use crate::problem::{Problem, Rule, Section};

/// The materials without which a draft is not complete.
///
/// For the sponsor: its certificate (an individual's is the person's own), the certificate of its person in charge,
/// both faces of a card, and a photograph taken at the check of the person. For each site: the verification sheet,
/// the certificate of the domain name, the approval where its content needs one, and the same of a person of its own.
pub fn required(draft: &Draft) -> Vec<(Section, MaterialKind)> {
    let mut required = Vec::new();
    if nature_of(&draft.sponsor).is_none_or(Nature::is_unit) {
        required.push((Section::Sponsor, MaterialKind::SponsorCertificate));
    }
    required.extend(of_person(Section::Sponsor, &draft.sponsor.person_certificate_type));
    for site in &draft.sites {
        let section = Section::Site(site.key);
        required.push((section, MaterialKind::VerificationSheet));
        required.push((section, MaterialKind::DomainCertificate));
        let mut kinds = site.form.preapprovals.iter().filter_map(|text| Preapproval::choose(text).ok());
        if kinds.any(Preapproval::needs_approval) {
            required.push((section, MaterialKind::ApprovalDocument));
        }
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

/// Materials that are missing.
pub(crate) fn check(draft: &Draft) -> Vec<Problem> {
    let given = |section: Section, kind: MaterialKind| {
        let mut materials = draft.materials.iter();
        materials.any(|material| material.section == section && u32::from(material.kind) == kind.id())
    };
    let missing = required(draft).into_iter().filter(|(section, kind)| !given(*section, *kind));
    missing
        .map(|(section, kind)| {
            let field = material_field(section, kind);
            Problem::with(Section::Materials, field, Rule::MaterialMissing, kind.zh())
        })
        .collect()
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
