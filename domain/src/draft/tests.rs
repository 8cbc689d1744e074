mod across;
mod contradictions;
mod sites;
mod sponsor;

use ::time::macros::date;

use super::*;
use crate::codes::Nature;
use crate::id::ProviderId;
use crate::problem::Rule;
use crate::tables::ProviderRange;

fn provider(number: u128) -> ProviderId {
    ProviderId(uuid::Uuid::from_u128(number))
}

fn tables() -> Tables {
    let range = |number, third: u8, location| ProviderRange {
        provider: provider(number),
        start: [203, 0, 113, third].into(),
        end: [203, 0, 113, third + 63].into(),
        location,
    };
    Tables {
        today: date!(2026 - 11 - 22),
        providers: vec![provider(1), provider(2)],
        ranges: vec![range(1, 0, 2), range(1, 64, 26), range(2, 128, 2)],
        denied_prefixes: vec!["166".to_owned()],
        permitted_prefixes: Vec::new(),
        permitted_ranges: vec![([203, 0, 113, 0].into(), [203, 0, 113, 255].into())],
        permitted_suffixes: vec!["example".to_owned()],
        minimum_ages: vec![(0, 18), (410_000, 16)],
    }
}

fn text(value: &str) -> String {
    value.to_owned()
}

fn sponsor_form() -> SponsorForm {
    SponsorForm {
        nature: text("4"),
        name: text("北京示例科技有限公司"),
        certificate_type: text("1"),
        certificate_number: text("91110000600001760P"),
        certificate_address: text("北京市朝阳区建国路1号"),
        province: text("110000"),
        city: text("110100"),
        county: text("110105"),
        address: text("建国路1号院2号楼301室"),
        person_name: text("张伟"),
        person_certificate_type: text("2"),
        person_certificate_number: text("11010519491231002X"),
        person_certificate_from: text("2015-01-01"),
        person_certificate_until: text("long_term"),
        person_mobile: text("13800138000"),
        person_office_phone: text("086-010-62345678"),
        person_emergency_phone: text("13900139000"),
        person_email: text("zhang@example.cn"),
        ..SponsorForm::default()
    }
}

fn access_draft() -> AccessDraft {
    let form = AccessForm {
        provider_id: provider(1).to_string(),
        service_code: text("i-0001"),
        method: text("5"),
        locations: vec![text("2")],
        addresses: text("203.0.113.7\n203.0.113.9-203.0.113.12"),
        ..AccessForm::default()
    };
    AccessDraft { key: 1, form }
}

fn site_draft(key: u8, domain: &str) -> SiteDraft {
    let form = SiteForm {
        name: format!("示例科技官网{key}"),
        domain: text(domain),
        home_page: format!("www.{domain}"),
        services: vec![text("8")],
        languages: vec![text("1")],
        preapprovals: vec![text("none")],
        person_same_as_sponsor: text("yes"),
        ..SiteForm::default()
    };
    SiteDraft { key, form, accesses: vec![access_draft()] }
}

fn with_materials(mut draft: Draft) -> Draft {
    let required = draft.required_materials();
    draft.materials = required
        .into_iter()
        .map(|(section, kind)| MaterialFact {
            id: MaterialId(uuid::Uuid::nil()),
            kind: u16::try_from(kind.id()).unwrap(),
            section,
            name: text("照片.jpg"),
            size: 1,
        })
        .collect();
    draft
}

fn company() -> Draft {
    let consent = ConsentForm { truthful: text("yes"), personal_data: text("yes"), ..ConsentForm::default() };
    let sites = vec![site_draft(1, "example.cn")];
    with_materials(Draft { sponsor: sponsor_form(), sites, consent, ..Draft::default() })
}

fn individual() -> Draft {
    let mut draft = company();
    let sponsor = &mut draft.sponsor;
    sponsor.nature = text("5");
    sponsor.name = text("张伟");
    sponsor.certificate_type = text("2");
    sponsor.certificate_number = text("11010519491231002X");
    sponsor.person_office_phone = String::new();
    let site = &mut draft.sites[0].form;
    site.name = text("张伟的小站");
    site.services = vec![text("6")];
    with_materials(draft)
}

/// A site with a person in charge of its own.
fn of_another_person(site: &mut SiteForm) {
    site.person_same_as_sponsor = String::new();
    site.person_name = text("李娜");
    site.person_certificate_type = text("7");
    site.person_certificate_number = text("E12345678");
    site.person_certificate_from = text("2020-01-01");
    site.person_certificate_until = text("2030-01-01");
    site.person_mobile = text("13700137000");
    site.person_office_phone = text("010-62345679");
    site.person_emergency_phone = text("13600136000");
    site.person_email = text("li@example.cn");
}

/// What is wrong, without the materials and declarations.
fn found(draft: &Draft) -> Vec<(String, String, Rule)> {
    let problems = draft.problems_to(Depth::Light, &tables());
    let of_answers = problems.into_iter().filter(|problem| problem.section != Section::Materials);
    of_answers.map(|p| (p.section.to_string(), p.field.into_owned(), p.rule)).collect()
}

fn one(section: &str, field: &str, rule: Rule) -> Vec<(String, String, Rule)> {
    vec![(text(section), text(field), rule)]
}

#[test]
fn a_company_with_everything_right_is_complete() {
    let application = company().complete(&tables()).unwrap();
    assert_eq!(application.sponsor.nature, Nature::Company);
    assert_eq!(application.sponsor.place.code(), 110_105);
    assert_eq!(application.sites[0].person.name.as_str(), "张伟");
    assert_eq!(application.sites[0].domain.as_ascii(), "example.cn");
    assert_eq!(application.sites[0].accesses[0].ranges.len(), 2);
    assert_eq!(application.provider, provider(1));
}

#[test]
fn an_individual_with_everything_right_is_complete() {
    let application = individual().complete(&tables()).unwrap();
    assert_eq!(application.sponsor.investor, "张伟");
    assert_eq!(application.sponsor.person.office_phone, None);
}

#[test]
fn an_empty_draft_names_every_answer_that_is_missing() {
    let problems = Draft::default().problems(&tables());
    assert!(problems.iter().all(|problem| {
        matches!(
            problem.rule,
            Rule::Required | Rule::NoSite | Rule::MaterialMissing | Rule::ConsentTruthful | Rule::ConsentPersonalData
        )
    }));
    assert!(problems.len() > 15);
    assert!(Draft::default().complete(&tables()).is_err());
}
