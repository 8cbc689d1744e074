//! A site (网站信息).

use super::person::{self, Answers};
use super::sponsor::{nature_of, province_of};
use super::{Reader, is_ticked};
use crate::application::{Approval, Person, Site};
use crate::codes::{Language, Nature, Preapproval, ServiceContent};
use crate::domain_name::DomainName;
use crate::forms::{SiteForm, SponsorForm};
use crate::home_page::HomePage;
use crate::problem::{Fault, Rule};
use crate::site_name::{Bearer, SiteName};
use crate::text::length;

/// Most characters of a 审批号.
const APPROVAL_NUMBER: usize = 512;

/// Reads a site without its accesses. `sponsors_person` is the sponsor's person in charge, where it could be read:
/// what is wrong with it stands at the sponsor.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    key: u8,
    form: &SiteForm,
    sponsor: &SponsorForm,
    sponsors_person: Option<&Person>,
) -> Option<Site> {
    reader.bound(&form.texts(), SiteForm::FIELDS);
    let nature = nature_of(sponsor);
    let approvals = read_approvals(reader, form);
    let ticked: Vec<_> = form.preapprovals.iter().filter_map(|text| Preapproval::choose(text).ok()).collect();
    let bearer = Bearer { nature, sponsor: &sponsor.name, approvals: &ticked };
    let name = reader.take("name", SiteName::parse(&form.name, &bearer));
    let domain = read_domain(reader, form, nature);
    // Under a domain that is not yet right only the writing of the home page can be looked at.
    let known = DomainName::check_to(reader.depth, &form.domain, &reader.tables.permitted_suffixes).fine();
    let page = HomePage::check_to(reader.depth, &form.home_page, known.as_ref());
    let home_page = reader.take_checked("home_page", page);
    let services = read_services(reader, form, nature);
    let languages = reader.choose_many("languages", &form.languages, Language::choose);
    let unit = nature.is_none_or(Nature::is_unit);
    let person = if is_ticked(&form.person_same_as_sponsor) {
        sponsors_person.cloned()
    } else {
        person::read(reader, Answers::from(form), unit, province_of(sponsor))
    };
    let remark = reader.optional("remark", &form.remark);
    Some(Site {
        key,
        name: name?,
        domain: domain?,
        home_page: home_page?,
        services: services?,
        languages: languages?,
        approvals: approvals?,
        person: person?,
        accesses: Vec::new(),
        remark: remark?,
    })
}

fn read_domain(reader: &mut Reader<'_>, form: &SiteForm, nature: Option<Nature>) -> Option<DomainName> {
    let permitted = &reader.tables.permitted_suffixes;
    let checked = DomainName::check_to(reader.depth, &form.domain, permitted);
    let domain = reader.take_checked("domain", checked)?;
    // 党政机关 and 事业单位 (HW): names that only such bodies get. Suffixes permitted for trials stand for all.
    let wanted: &[&str] = match nature {
        Some(Nature::Government) => &["gov.cn", "政务"],
        Some(Nature::Institution) => &["cn", "公益", "政务"],
        _ => &[],
    };
    let trial: Vec<_> = reader.tables.permitted_suffixes.iter().map(String::as_str).collect();
    if !wanted.is_empty() && !domain.ends_in(wanted) && !domain.ends_in(&trial) {
        let named: Vec<_> = wanted.iter().map(|suffix| format!(".{suffix}")).collect();
        reader.add("domain", Fault::with(Rule::DomainNature, named.join(" ")));
        return None;
    }
    Some(domain)
}

fn read_services(reader: &mut Reader<'_>, form: &SiteForm, nature: Option<Nature>) -> Option<Vec<ServiceContent>> {
    let services = reader.choose_many("services", &form.services, ServiceContent::choose)?;
    let beyond = services.iter().find(|service| !service.is_for_individuals());
    match beyond {
        Some(service) if nature == Some(Nature::Individual) => {
            reader.add("services", Fault::with(Rule::IndividualService, service.zh()));
            None
        }
        _ => Some(services),
    }
}

/// Nothing is ticked beforehand: 以上都不涉及 is an answer of its own.
fn read_approvals(reader: &mut Reader<'_>, form: &SiteForm) -> Option<Vec<Approval>> {
    let none = form.preapprovals.iter().any(|text| text == "none");
    let ticked: Vec<_> = form.preapprovals.iter().filter(|text| *text != "none" && !text.trim().is_empty()).cloned().collect();
    if none && !ticked.is_empty() {
        reader.add("preapprovals", Rule::PreapprovalContradiction);
        return None;
    }
    if none {
        return Some(Vec::new());
    }
    if ticked.is_empty() {
        reader.add("preapprovals", Rule::PreapprovalUnanswered);
        return None;
    }
    let kinds = reader.choose_many("preapprovals", &ticked, Preapproval::choose)?;
    let mut approvals = Some(Vec::new());
    for kind in kinds {
        match read_approval(reader, form, kind) {
            Some(approval) => {
                approvals = approvals.map(|mut all| {
                    all.push(approval);
                    all
                })
            }
            None => approvals = None,
        }
    }
    approvals
}

fn read_approval(reader: &mut Reader<'_>, form: &SiteForm, kind: Preapproval) -> Option<Approval> {
    let field = format!("approval_numbers[{}]", kind.id());
    let text = form.approval_numbers.get(&kind.id().to_string()).map(|text| text.trim()).unwrap_or_default();
    let fault = if crate::text::find_unprintable(text).is_some() {
        Rule::Unprintable.into()
    } else if length(text) > APPROVAL_NUMBER {
        Fault::with(Rule::TooLong, APPROVAL_NUMBER.to_string())
    } else if text.is_empty() && kind.needs_approval() {
        Fault::with(Rule::ApprovalNumberMissing, kind.zh())
    } else {
        let number = (!text.is_empty()).then(|| text.to_owned());
        return Some(Approval { kind, number });
    };
    reader.add(field, fault);
    None
}
