//! Rules between sections: several persons, several sites, several accesses.

use super::person::Answers;
use super::provincial;
use super::sponsor::province_of;
use super::{Reader, is_ticked};
use crate::checked::Depth;
use crate::domain_name::DomainName;
use crate::draft::{Draft, SiteDraft};
use crate::email::Email;
use crate::ip_range::{self, IpRange};
use crate::person_name::PersonName;
use crate::phone::{EmergencyPhone, Mobile};
use crate::problem::{Fault, Problem, Rule, Section};
use crate::tables::Tables;
use crate::text::{fold, lower};

pub(crate) fn check(draft: &Draft, tables: &Tables, depth: Depth) -> Vec<Problem> {
    let mut problems = check_counts(draft, tables);
    problems.extend(check_persons(draft, tables));
    problems.extend(check_sites(&draft.sites, tables, depth));
    problems.extend(check_accesses(&draft.sites));
    problems
}

fn check_counts(draft: &Draft, tables: &Tables) -> Vec<Problem> {
    let mut problems = Vec::new();
    if draft.sites.is_empty() {
        problems.push(Problem::new(Section::Consent, "sites", Rule::NoSite));
    }
    for site in draft.sites.iter().filter(|site| site.accesses.is_empty()) {
        problems.push(Problem::new(Section::Site(site.key), "accesses", Rule::NoAccess));
    }
    let most = province_of(&draft.sponsor).and_then(|province| provincial::most_sites(province, tables.today));
    for site in draft.sites.iter().skip(most.unwrap_or(usize::MAX)) {
        let most = most.map(|most| most.to_string()).unwrap_or_default();
        problems.push(Problem::with(Section::Site(site.key), "name", Rule::TooManySites, most));
    }
    problems
}

/// What of a person can be compared.
struct Facts {
    section: Section,
    name: Option<PersonName>,
    certificate: Option<String>,
    mobile: Option<Mobile>,
    email: Option<String>,
    emergency: Option<EmergencyPhone>,
}

impl Facts {
    fn of(section: Section, answers: Answers<'_>, tables: &Tables) -> Self {
        let permitted = &tables.permitted_prefixes;
        Self {
            section,
            name: PersonName::parse(answers.name).ok(),
            certificate: answers.certificate(tables.today).map(|number| number.identity()),
            mobile: Mobile::parse(answers.mobile, &[], permitted).ok(),
            email: Email::parse(answers.email).ok().map(|email| email.identity()),
            emergency: EmergencyPhone::parse(answers.emergency_phone, None, permitted).ok(),
        }
    }

    fn shown(&self) -> &str {
        self.name.as_ref().map(PersonName::as_str).unwrap_or_default()
    }
}

/// One person is spelled one way; different persons have phones and addresses of their own.
fn check_persons(draft: &Draft, tables: &Tables) -> Vec<Problem> {
    let today = tables.today;
    let strict = province_of(&draft.sponsor).is_some_and(|province| provincial::wants_other_emergency_phone(province, today));
    let mut persons = vec![Facts::of(Section::Sponsor, Answers::from(&draft.sponsor), tables)];
    let mut problems = Vec::new();
    for site in draft.sites.iter().filter(|site| !is_ticked(&site.form.person_same_as_sponsor)) {
        let new = Facts::of(Section::Site(site.key), Answers::from(&site.form), tables);
        let mut reader = Reader::new(new.section, tables, Depth::Light);
        for old in &persons {
            compare(&mut reader, old, &new);
            if strict && old.section == Section::Sponsor && both_are(&old.emergency, &new.emergency) {
                reader.add("person_emergency_phone", Rule::EmergencyShared);
            }
        }
        problems.extend(reader.into_problems());
        persons.push(new);
    }
    problems
}

/// The mobiles of the persons in charge, each once, with the section that names it first. Prefixes differ by day and are
/// checked with the person: here one number is one number.
pub(crate) fn mobiles(draft: &Draft) -> Vec<(Mobile, Section)> {
    let of_sites = draft.sites.iter().filter(|site| !is_ticked(&site.form.person_same_as_sponsor));
    let of_sites = of_sites.map(|site| (Answers::from(&site.form).mobile, Section::Site(site.key)));
    let mut found: Vec<(Mobile, Section)> = Vec::new();
    for (text, section) in std::iter::once((draft.sponsor.person_mobile.as_str(), Section::Sponsor)).chain(of_sites) {
        if let Ok(mobile) = Mobile::parse(text, &[], &["1".to_owned()])
            && found.iter().all(|(known, _)| *known != mobile)
        {
            found.push((mobile, section));
        }
    }
    found
}

fn both_are<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
    one.is_some() && one == other
}

fn compare(reader: &mut Reader<'_>, old: &Facts, new: &Facts) {
    if old.certificate.is_none() || new.certificate.is_none() {
        return;
    }
    if old.certificate == new.certificate {
        if old.name.is_some() && new.name.is_some() && old.name != new.name {
            reader.add("person_name", Fault::with(Rule::PersonSpelling, old.shown()));
        }
        return;
    }
    if both_are(&old.mobile, &new.mobile) {
        reader.add("person_mobile", Fault::with(Rule::PhoneShared, old.shown()));
    }
    if both_are(&old.email, &new.email) {
        reader.add("person_email", Fault::with(Rule::EmailShared, old.shown()));
    }
}

/// One site has one domain and one name (工信管函〔2019〕633号).
fn check_sites(sites: &[SiteDraft], tables: &Tables, depth: Depth) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (mut names, mut domains) = (Vec::new(), Vec::new());
    for site in sites {
        let name = lower(&fold(&site.form.name));
        if !name.is_empty() && names.contains(&name) {
            problems.push(Problem::new(Section::Site(site.key), "name", Rule::SiteNameRepeated));
        }
        names.push(name);
        let domain = DomainName::check_to(depth, &site.form.domain, &tables.permitted_suffixes).fine();
        if domain.is_some() && domains.contains(&domain) {
            problems.push(Problem::new(Section::Site(site.key), "domain", Rule::DomainRepeated));
        }
        domains.push(domain);
    }
    problems
}

/// One provider verifies the filing, and a site has the same access once (1029).
fn check_accesses(sites: &[SiteDraft]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut first: Option<&str> = None;
    for site in sites {
        let mut seen: Vec<IpRange> = Vec::new();
        for access in &site.accesses {
            let section = Section::Access(site.key, access.key);
            let provider = access.form.provider_id.trim();
            if !provider.is_empty() && *first.get_or_insert(provider) != provider {
                problems.push(Problem::new(section, "provider_id", Rule::ProviderDiffers));
            }
            let lines = ip_range::lines(&access.form.addresses);
            let ranges: Vec<_> = lines.filter_map(|line| IpRange::parse(line).ok()).collect();
            if ranges.iter().any(|range| seen.iter().any(|other| range.overlaps(*other))) {
                problems.push(Problem::new(section, "addresses", Rule::AccessRepeated));
            }
            seen.extend(ranges);
        }
    }
    problems
}
