//! Pages of the registrant's filings.

use domain::{
    id::{FilingId, MaterialId},
    problem::{Problem, Section},
};

/// Begin a filing: five questions find its kind (R4).
#[must_use]
pub fn begin() -> String {
    "/filings/new".to_owned()
}

/// What was found, when it is not a first filing.
#[must_use]
pub fn found(kind: &str) -> String {
    format!("/filings/new/{kind}")
}

/// The task list of a filing; of one that is handed in, its progress.
#[must_use]
pub fn tasks(id: FilingId) -> String {
    format!("/filings/{id}")
}

/// The page of one section.
#[must_use]
pub fn section(id: FilingId, section: Section) -> String {
    match section {
        Section::Sponsor | Section::Account => format!("/filings/{id}/sponsor"),
        Section::Site(site) => format!("/filings/{id}/sites/{site}"),
        Section::Access(site, access) => format!("/filings/{id}/sites/{site}/accesses/{access}"),
        Section::Materials => format!("/filings/{id}/materials"),
        Section::Consent => review(id),
    }
}

/// The page of one section with everything marked that is not right.
#[must_use]
pub fn checked(id: FilingId, at: Section) -> String {
    format!("{}?check=1", section(id, at))
}

/// The field of a problem, on its page.
#[must_use]
pub fn field(id: FilingId, at: Section, field: &str) -> String {
    format!("{}#{}", checked(id, at), anchor(at, field))
}

/// The field of a problem, on its page.
#[must_use]
pub fn problem(id: FilingId, problem: &Problem) -> String {
    field(id, problem.section, &problem.field)
}

/// The id of a field's input within its page.
#[must_use]
pub fn anchor(section: Section, field: &str) -> String {
    let name = field.replace("[]", "").replace(['[', '.'], "-").replace(']', "");
    format!("{section}-{name}")
}

/// Check every answer and submit.
#[must_use]
pub fn review(id: FilingId) -> String {
    format!("/filings/{id}/review")
}

/// What was handed in, to be read.
#[must_use]
pub fn answers(id: FilingId) -> String {
    format!("/filings/{id}/answers")
}

/// Submitted: what happens next.
#[must_use]
pub fn submitted(id: FilingId) -> String {
    format!("/filings/{id}/submitted")
}

/// Where a filing stands and what happened to it (R8).
#[must_use]
pub fn progress(id: FilingId) -> String {
    format!("/filings/{id}/progress")
}

/// Asks before withdrawing.
#[must_use]
pub fn withdraw(id: FilingId) -> String {
    format!("/filings/{id}/withdraw")
}

/// Asks before deleting.
#[must_use]
pub fn discard(id: FilingId) -> String {
    format!("/filings/{id}/discard")
}

/// Asks before removing a site.
#[must_use]
pub fn remove_site(id: FilingId, site: u8) -> String {
    format!("/filings/{id}/sites/{site}/remove")
}

/// Asks before removing an access.
#[must_use]
pub fn remove_access(id: FilingId, site: u8, access: u8) -> String {
    format!("/filings/{id}/sites/{site}/accesses/{access}/remove")
}

/// The picture of a material.
#[must_use]
pub fn material(id: MaterialId) -> String {
    format!("/materials/{id}")
}

/// The same picture as lists show it.
#[must_use]
pub fn thumbnail(id: MaterialId) -> String {
    format!("/materials/{id}/thumbnail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_leads_to_the_input_of_its_field() {
        let id = FilingId::from(uuid::Uuid::nil());
        assert_eq!(anchor(Section::Access(1, 2), "approval_numbers[3]"), "access-1-2-approval_numbers-3");
        assert!(field(id, Section::Site(1), "domain").ends_with("/sites/1?check=1#site-1-domain"));
    }
}
