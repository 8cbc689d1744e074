use ::time::macros::date;
use proptest::prelude::*;
use rstest::rstest;

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

fn sponsor() -> SponsorForm {
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

fn access() -> AccessDraft {
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

fn site(key: u8, domain: &str) -> SiteDraft {
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
    SiteDraft {
        key,
        form,
        accesses: vec![access()],
    }
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
    let consent = ConsentForm {
        truthful: text("yes"),
        personal_data: text("yes"),
        ..ConsentForm::default()
    };
    let sites = vec![site(1, "example.cn")];
    with_materials(Draft {
        sponsor: sponsor(),
        sites,
        consent,
        ..Draft::default()
    })
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
    let of_answers = problems
        .into_iter()
        .filter(|problem| problem.section != Section::Materials);
    of_answers
        .map(|p| (p.section.to_string(), p.field.into_owned(), p.rule))
        .collect()
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
            Rule::Required
                | Rule::NoSite
                | Rule::MaterialMissing
                | Rule::ConsentTruthful
                | Rule::ConsentPersonalData
        )
    }));
    assert!(problems.len() > 15);
    assert!(Draft::default().complete(&tables()).is_err());
}

#[rstest]
#[case("nature", "99", "nature", Rule::UnknownCode)]
#[case("name", "", "name", Rule::Required)]
#[case("name", "12", "name", Rule::TooShort)]
#[case("name", "示例\u{202e}公司", "name", Rule::Unprintable)]
#[case("certificate_type", "2", "certificate_type", Rule::CertificateNature)]
#[case(
    "certificate_number",
    "91110000600001760Q",
    "certificate_number",
    Rule::UsccCheckDigit
)]
#[case("certificate_address", " ", "certificate_address", Rule::Required)]
#[case("province", "440000", "city", Rule::CityUnknown)]
#[case("county", "", "county", Rule::CountyMissing)]
#[case("address", "建国路", "address", Rule::AddressDoorNumber)]
#[case("person_name", "张伟1", "person_name", Rule::PersonNameFormat)]
#[case(
    "person_certificate_type",
    "1",
    "person_certificate_type",
    Rule::CertificatePersonal
)]
#[case(
    "person_certificate_type",
    "8",
    "person_certificate_type",
    Rule::RetiredCode
)]
#[case(
    "person_certificate_number",
    "110105194912310021",
    "person_certificate_number",
    Rule::IdCheckDigit
)]
#[case(
    "person_certificate_number",
    "110105491231002",
    "person_certificate_number",
    Rule::IdLegacy
)]
#[case(
    "person_certificate_number",
    "110105201001010010",
    "person_certificate_number",
    Rule::TooYoung
)]
#[case(
    "person_certificate_from",
    "",
    "person_certificate_from",
    Rule::Required
)]
#[case(
    "person_certificate_from",
    "2026-11-23",
    "person_certificate_from",
    Rule::CertificateNotYet
)]
#[case(
    "person_certificate_until",
    "永久",
    "person_certificate_until",
    Rule::DateFormat
)]
#[case(
    "person_certificate_until",
    "2014-12-31",
    "person_certificate_until",
    Rule::CertificateOrder
)]
#[case(
    "person_certificate_until",
    "2026-11-21",
    "person_certificate_until",
    Rule::CertificateExpired
)]
#[case(
    "person_certificate_until",
    "2027-02-22",
    "person_certificate_until",
    Rule::CertificateEnding
)]
#[case("person_mobile", "", "person_mobile", Rule::Required)]
#[case("person_mobile", "16612345678", "person_mobile", Rule::MobilePrefix)]
#[case("person_office_phone", "", "person_office_phone", Rule::Required)]
#[case(
    "person_office_phone",
    "62345678",
    "person_office_phone",
    Rule::OfficePhoneFormat
)]
#[case(
    "person_emergency_phone",
    "13800138000",
    "person_emergency_phone",
    Rule::EmergencyOwnMobile
)]
#[case("person_email", "zhang", "person_email", Rule::EmailFormat)]
fn a_wrong_answer_of_the_sponsor_is_told_at_its_field(
    #[case] changed: &str,
    #[case] value: &str,
    #[case] field: &str,
    #[case] rule: Rule,
) {
    let mut draft = company();
    *draft.sponsor.text_mut(changed).unwrap() = text(value);
    assert_eq!(found(&draft), one("sponsor", field, rule));
    assert!(draft.complete(&tables()).is_err());
}

#[test]
fn a_certificate_that_ends_a_day_later_than_three_months_is_right() {
    let mut draft = company();
    draft.sponsor.person_certificate_until = text("2027-02-23");
    assert_eq!(found(&draft), []);
    draft.sponsor.person_certificate_until = text("2027-02-22");
    let problems = draft.problems(&tables());
    assert_eq!(problems[0].given, "2027-02-23");
}

#[test]
fn a_provinces_own_least_age_comes_before_the_one_for_all() {
    let mut draft = company();
    draft.sponsor.person_certificate_number = text("110105201001010010");
    draft.sponsor.province = text("410000");
    draft.sponsor.city = text("410100");
    draft.sponsor.county = text("410102");
    assert_eq!(found(&draft), []);
}

#[rstest]
#[case("person_name", "张炜", "person_name", Rule::IndividualName)]
#[case(
    "person_certificate_number",
    "440524188001010014",
    "person_certificate_number",
    Rule::IndividualCertificate
)]
#[case("name", "张伟工作室1号", "name", Rule::PersonNameFormat)]
fn an_individual_is_its_own_person_in_charge(
    #[case] changed: &str,
    #[case] value: &str,
    #[case] field: &str,
    #[case] rule: Rule,
) {
    let mut draft = individual();
    *draft.sponsor.text_mut(changed).unwrap() = text(value);
    assert_eq!(found(&draft), one("sponsor", field, rule));
}

#[rstest]
#[case("name", "Example", "name", Rule::SiteNameNoChinese)]
#[case("domain", "www.example.cn", "domain", Rule::DomainWww)]
#[case("domain", "http://example.cn", "domain", Rule::DomainScheme)]
#[case(
    "home_page",
    "http://www.example.cn",
    "home_page",
    Rule::HomePageScheme
)]
#[case("home_page", "www.example.com", "home_page", Rule::HomePageDomain)]
fn a_wrong_answer_of_a_site_is_told_at_its_field(
    #[case] changed: &str,
    #[case] value: &str,
    #[case] field: &str,
    #[case] rule: Rule,
) {
    let mut draft = company();
    *draft.sites[0].form.text_mut(changed).unwrap() = text(value);
    assert_eq!(found(&draft), one("site-1", field, rule));
}

#[rstest]
#[case(&[], Rule::PreapprovalUnanswered, "preapprovals")]
#[case(&["none", "1"], Rule::PreapprovalContradiction, "preapprovals")]
#[case(&["99"], Rule::UnknownCode, "preapprovals")]
#[case(&["7"], Rule::RetiredCode, "preapprovals")]
#[case(&["1"], Rule::ApprovalNumberMissing, "approval_numbers[1]")]
fn pre_approval_is_answered_and_shown(
    #[case] ticked: &[&str],
    #[case] rule: Rule,
    #[case] field: &str,
) {
    let mut draft = company();
    draft.sites[0].form.preapprovals = ticked.iter().map(|code| text(code)).collect();
    assert_eq!(found(&draft), one("site-1", field, rule));
}

#[test]
fn an_approval_with_its_number_asks_for_its_document() {
    let mut draft = company();
    draft.sites[0].form.preapprovals = vec![text("1")];
    draft.sites[0]
        .form
        .approval_numbers
        .insert(text("1"), text("国新网许可证1012006001号"));
    let problems = draft.problems(&tables());
    let fields: Vec<_> = problems
        .iter()
        .map(|p| (p.field.as_ref(), p.given.as_str()))
        .collect();
    assert_eq!(fields, [("9[site-1]", "前置审批文件")]);
    let application = with_materials(draft).complete(&tables()).unwrap();
    assert_eq!(
        application.sites[0].approvals[0].number.as_deref(),
        Some("国新网许可证1012006001号")
    );
}

#[test]
fn an_individual_offers_a_blog_or_something_else() {
    let mut draft = individual();
    draft.sites[0].form.services = vec![text("24"), text("9")];
    let problems = draft.problems(&tables());
    assert_eq!(
        (problems[0].rule, problems[0].given.as_str()),
        (Rule::IndividualService, "网络购物")
    );
}

#[test]
fn services_and_languages_must_be_chosen() {
    let mut draft = company();
    draft.sites[0].form.services = vec![text("")];
    draft.sites[0].form.languages.clear();
    let rules: Vec<_> = found(&draft)
        .into_iter()
        .map(|(_, field, rule)| (field, rule))
        .collect();
    assert_eq!(
        rules,
        [
            (text("services"), Rule::Required),
            (text("languages"), Rule::Required)
        ]
    );
}

#[rstest]
#[case("2", "13", "example.cn", true)]
#[case("2", "13", "beijing.gov.cn", false)]
#[case("2", "13", "beijing.example", false)]
#[case("3", "15", "example.com", true)]
#[case("3", "15", "example.cn", false)]
fn public_bodies_have_domains_of_their_own(
    #[case] nature: &str,
    #[case] certificate: &str,
    #[case] domain: &str,
    #[case] wrong: bool,
) {
    let mut draft = company();
    draft.sponsor.nature = text(nature);
    draft.sponsor.certificate_type = text(certificate);
    draft.sites = vec![site(1, domain)];
    let expected = if wrong {
        one("site-1", "domain", Rule::DomainNature)
    } else {
        Vec::new()
    };
    assert_eq!(found(&draft), expected);
}

#[rstest]
#[case(
    "provider_id",
    "00000000-0000-0000-0000-000000000009",
    "provider_id",
    Rule::ProviderUnknown
)]
#[case("provider_id", "某云", "provider_id", Rule::ProviderUnknown)]
#[case("service_code", "", "service_code", Rule::Required)]
#[case("service_code", "<b>", "service_code", Rule::ServiceCode)]
#[case("method", "6", "method", Rule::UnknownCode)]
#[case("addresses", "", "addresses", Rule::Required)]
#[case("addresses", "203.0.113.1\n10.0.0.1", "addresses", Rule::RangeReserved)]
#[case("addresses", "203.0.113.9-203.0.113.1", "addresses", Rule::RangeOrder)]
#[case(
    "addresses",
    "203.0.113.1,203.0.113.0/30",
    "addresses",
    Rule::RangeRepeated
)]
#[case("addresses", "203.0.113.129", "addresses", Rule::RangeNotProviders)]
#[case("addresses", "203.0.113.70", "locations", Rule::LocationMismatch)]
fn a_wrong_answer_of_an_access_is_told_at_its_field(
    #[case] changed: &str,
    #[case] value: &str,
    #[case] field: &str,
    #[case] rule: Rule,
) {
    let mut draft = company();
    *draft.sites[0].accesses[0].form.text_mut(changed).unwrap() = text(value);
    assert_eq!(found(&draft), one("access-1-1", field, rule));
}

#[test]
fn a_place_that_differs_from_the_addresses_is_right_once_confirmed() {
    let mut draft = company();
    draft.sites[0].accesses[0].form.addresses = text("203.0.113.60-203.0.113.70");
    assert_eq!(draft.problems(&tables())[0].given, "北京、上海");
    draft.sites[0].accesses[0].form.location_confirmed = text("yes");
    assert_eq!(found(&draft), []);
    let places = tables().locations_of(provider(1), "203.0.113.70");
    assert_eq!(
        places.iter().map(|place| place.zh()).collect::<Vec<_>>(),
        ["上海"]
    );
}

#[test]
fn too_many_lines_of_addresses_are_told() {
    let mut draft = company();
    draft.sites[0].accesses[0].form.addresses = "203.0.113.7\n".repeat(101);
    assert_eq!(
        found(&draft),
        one("access-1-1", "addresses", Rule::TooManyRanges)
    );
}

#[test]
fn different_persons_have_phones_and_addresses_of_their_own() {
    let mut draft = company();
    of_another_person(&mut draft.sites[0].form);
    assert_eq!(found(&draft), []);
    draft.sites[0].form.person_mobile = text("+86 13800138000");
    draft.sites[0].form.person_email = text("ZHANG@example.cn");
    let problems = draft.problems(&tables());
    let rules: Vec<_> = problems
        .iter()
        .take(2)
        .map(|p| (p.rule, p.given.as_str()))
        .collect();
    assert_eq!(
        rules,
        [(Rule::PhoneShared, "张伟"), (Rule::EmailShared, "张伟")]
    );
}

#[test]
fn the_same_person_is_spelled_the_same() {
    let mut draft = company();
    let form = &mut draft.sites[0].form;
    of_another_person(form);
    form.person_certificate_type = text("2");
    form.person_certificate_number = text("11010519491231002x");
    form.person_mobile = text("13800138000");
    assert_eq!(
        found(&draft),
        one("site-1", "person_name", Rule::PersonSpelling)
    );
}

#[rstest]
#[case("410000", "410100", "410102", true)]
#[case("110000", "110100", "110105", false)]
fn some_provinces_want_two_emergency_phones(
    #[case] province: &str,
    #[case] city: &str,
    #[case] county: &str,
    #[case] wanted: bool,
) {
    let mut draft = company();
    draft.sponsor.province = text(province);
    draft.sponsor.city = text(city);
    draft.sponsor.county = text(county);
    of_another_person(&mut draft.sites[0].form);
    draft.sites[0].form.person_emergency_phone = text("13900139000");
    let expected = if wanted {
        one("site-1", "person_emergency_phone", Rule::EmergencyShared)
    } else {
        Vec::new()
    };
    assert_eq!(found(&draft), expected);
}

#[test]
fn a_site_has_one_domain_and_one_name() {
    let mut draft = company();
    draft.sites.push(site(2, "EXAMPLE.cn"));
    draft.sites[1].form.name = text("示例科技官网1");
    let rules: Vec<_> = found(&draft)
        .into_iter()
        .map(|(section, _, rule)| (section, rule))
        .collect();
    assert_eq!(
        rules,
        [
            (text("site-2"), Rule::SiteNameRepeated),
            (text("site-2"), Rule::DomainRepeated)
        ]
    );
}

#[test]
fn a_site_without_access_and_the_same_access_twice_are_told() {
    let mut draft = company();
    draft.sites[0]
        .accesses
        .push(AccessDraft { key: 2, ..access() });
    assert_eq!(
        found(&draft),
        one("access-1-2", "addresses", Rule::AccessRepeated)
    );
    draft.sites[0].accesses[1].form.addresses = text("203.0.113.13");
    assert_eq!(found(&draft), []);
    draft.sites[0].accesses.clear();
    assert_eq!(found(&draft), one("site-1", "accesses", Rule::NoAccess));
}

#[test]
fn one_provider_verifies_a_filing() {
    let mut draft = company();
    let mut other = AccessDraft { key: 2, ..access() };
    other.form.provider_id = provider(2).to_string();
    other.form.addresses = text("203.0.113.130");
    draft.sites[0].accesses.push(other);
    assert_eq!(
        found(&draft),
        one("access-1-2", "provider_id", Rule::ProviderDiffers)
    );
}

#[test]
fn a_bureau_limits_the_sites_of_a_filing() {
    let mut draft = company();
    draft.sponsor.province = text("430000");
    draft.sponsor.city = text("430100");
    draft.sponsor.county = text("430102");
    draft.sites.push(site(2, "example.com"));
    assert_eq!(found(&draft), one("site-2", "name", Rule::TooManySites));
}

#[test]
fn materials_follow_nature_certificate_and_person() {
    let kinds = |draft: &Draft| -> Vec<String> {
        let required = draft.required_materials();
        required
            .into_iter()
            .map(|(section, kind)| format!("{section}:{}", kind.slug()))
            .collect()
    };
    let of_sponsor = [
        "sponsor:person-certificate-front",
        "sponsor:person-certificate-back",
        "sponsor:live-photo",
    ];
    let of_site = ["site-1:verification-sheet", "site-1:domain-certificate"];
    assert_eq!(kinds(&individual()), [&of_sponsor[..], &of_site].concat());
    let mut draft = company();
    assert_eq!(
        kinds(&draft),
        [&["sponsor:sponsor-certificate"][..], &of_sponsor, &of_site].concat()
    );
    of_another_person(&mut draft.sites[0].form);
    let of_person = ["site-1:person-certificate-front", "site-1:live-photo"];
    assert_eq!(kinds(&draft)[6..], of_person);
}

#[test]
fn what_is_not_uploaded_or_declared_is_told() {
    let mut draft = company();
    draft
        .materials
        .retain(|material| material.section == Section::Sponsor);
    draft.consent.truthful = text("on");
    draft.consent.personal_data = String::new();
    let problems = draft.problems(&tables());
    let rules: Vec<_> = problems
        .iter()
        .map(|p| (p.field.as_ref(), p.rule))
        .collect();
    assert_eq!(
        rules,
        [
            ("5[site-1]", Rule::MaterialMissing),
            ("30[site-1]", Rule::MaterialMissing),
            ("truthful", Rule::ConsentTruthful),
            ("personal_data", Rule::ConsentPersonalData),
        ]
    );
}

#[test]
fn an_answer_longer_than_the_form_keeps_is_told_with_the_limit() {
    let mut draft = company();
    draft.sponsor.remark = "备".repeat(1025);
    let problems = draft.problems(&tables());
    assert_eq!(
        (
            problems[0].field.as_ref(),
            problems[0].rule,
            problems[0].given.as_str()
        ),
        ("remark", Rule::TooLong, "1024")
    );
}

#[test]
fn with_smaller_tables_the_browser_says_nothing_of_providers() {
    let mut draft = company();
    draft.sites[0].accesses[0].form.addresses = text("203.0.113.129");
    let smaller = Tables {
        providers: Vec::new(),
        ranges: Vec::new(),
        ..tables()
    };
    assert_eq!(draft.problems_to(Depth::Light, &smaller), []);
}

/// Answers of all kinds for every text of a form: right, wrong and naughty.
fn answer() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "",
        "yes",
        "1",
        "2",
        "4",
        "5",
        "7",
        "13",
        "none",
        "110000",
        "110100",
        "110105",
        "110199",
        "440000",
        "441900",
        "张伟",
        "北京示例科技有限公司",
        "91110000600001760P",
        "11010519491231002X",
        "110105491231002",
        "E12345678",
        "2015-01-01",
        "long_term",
        "2027-01-01",
        "13800138000",
        "13900139000",
        "010-62345678",
        "zhang@example.cn",
        "建国路1号",
        "示例官网",
        "example.cn",
        "www.example.cn",
        "中文.cn",
        "www.中文.cn",
        "店.中文.cn",
        "a.com.cn",
        "shop.example",
        "example.tv",
        "x.example.tv",
        "203.0.113.7",
        "203.0.113.129",
        "10.0.0.1",
        "5",
        "00000000-0000-0000-0000-000000000001",
        "00000000-0000-0000-0000-000000000002",
        "\u{202e}",
        "\u{0}",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,20}"]
}

fn changed_drafts() -> impl Strategy<Value = Draft> {
    let change = (0_usize..3, any::<proptest::sample::Index>(), answer());
    let many = proptest::collection::vec(answer(), 0..4);
    let base = prop_oneof![Just(company()), Just(individual()), Just(Draft::default())];
    (
        base,
        proptest::collection::vec(change, 0..12),
        many,
        any::<bool>(),
    )
        .prop_map(|(mut draft, changes, many, own)| {
            draft.sites.push(site(2, "example.com"));
            if own {
                of_another_person(&mut draft.sites.last_mut().unwrap().form);
            }
            let form = &mut draft.sites[0].form;
            (form.services, form.preapprovals) = (many.clone(), many);
            for (form, field, value) in changes {
                let (fields, target) = match form {
                    0 => (SponsorForm::FIELDS, None),
                    1 => (SiteForm::FIELDS, Some(false)),
                    _ => (AccessForm::FIELDS, Some(true)),
                };
                let name = fields[field.index(fields.len())].0;
                let slot = match target {
                    None => draft.sponsor.text_mut(name),
                    Some(false) => draft.sites[0].form.text_mut(name),
                    Some(true) => draft.sites[0]
                        .accesses
                        .first_mut()
                        .and_then(|access| access.form.text_mut(name)),
                };
                if let Some(slot) = slot {
                    *slot = value;
                }
            }
            draft
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_browser_never_contradicts_the_server(draft in changed_drafts()) {
        let light = draft.problems_to(Depth::Light, &tables());
        let whole = draft.problems(&tables());
        for problem in &light {
            prop_assert!(whole.contains(problem), "only the browser: {problem:?}");
        }
        // What the server adds stands where the browser's tables end.
        for problem in whole.iter().filter(|problem| !light.contains(problem)) {
            prop_assert!(["domain", "home_page", "county"].contains(&problem.field.as_ref()), "{problem:?}");
        }
    }

    #[test]
    fn a_draft_is_complete_exactly_when_nothing_is_wrong(draft in changed_drafts()) {
        let draft = with_materials(draft);
        let problems = draft.problems(&tables());
        match draft.complete(&tables()) {
            Ok(application) => {
                prop_assert!(problems.is_empty());
                prop_assert_eq!(application.sites.len(), draft.sites.len());
            }
            Err(same) => {
                prop_assert_eq!(&same, &problems);
                prop_assert!(!problems.is_empty() || cfg!(not(feature = "full-names")));
            }
        }
    }

    #[test]
    fn one_field_has_one_problem(draft in changed_drafts()) {
        let problems = draft.problems(&tables());
        let mut places: Vec<_> = problems.iter().map(|p| (p.section, p.field.clone())).collect();
        places.sort();
        places.dedup();
        prop_assert_eq!(places.len(), problems.len());
    }
}
