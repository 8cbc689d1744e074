//! Several persons, sites and accesses; materials and declarations.

use rstest::rstest;

use super::*;

#[test]
fn different_persons_have_phones_and_addresses_of_their_own() {
    let mut draft = company();
    of_another_person(&mut draft.sites[0].form);
    assert_eq!(found(&draft), []);
    draft.sites[0].form.person_mobile = text("+86 13800138000");
    draft.sites[0].form.person_email = text("ZHANG@example.cn");
    let problems = draft.problems(&tables());
    let rules: Vec<_> = problems.iter().take(2).map(|p| (p.rule, p.given.as_str())).collect();
    assert_eq!(rules, [(Rule::PhoneShared, "张伟"), (Rule::EmailShared, "张伟")]);
}

#[test]
fn the_same_person_is_spelled_the_same() {
    let mut draft = company();
    let form = &mut draft.sites[0].form;
    of_another_person(form);
    form.person_certificate_type = text("2");
    form.person_certificate_number = text("11010519491231002x");
    form.person_mobile = text("13800138000");
    assert_eq!(found(&draft), one("site-1", "person_name", Rule::PersonSpelling));
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
    let expected = if wanted { one("site-1", "person_emergency_phone", Rule::EmergencyShared) } else { Vec::new() };
    assert_eq!(found(&draft), expected);
}

#[test]
fn a_site_has_one_domain_and_one_name() {
    let mut draft = company();
    draft.sites.push(site_draft(2, "EXAMPLE.cn"));
    draft.sites[1].form.name = text("示例科技官网1");
    let rules: Vec<_> = found(&draft).into_iter().map(|(section, _, rule)| (section, rule)).collect();
    assert_eq!(rules, [(text("site-2"), Rule::SiteNameRepeated), (text("site-2"), Rule::DomainRepeated)]);
}

#[test]
fn a_site_without_access_and_the_same_access_twice_are_told() {
    let mut draft = company();
    draft.sites[0].accesses.push(AccessDraft { key: 2, ..access_draft() });
    assert_eq!(found(&draft), one("access-1-2", "addresses", Rule::AccessRepeated));
    draft.sites[0].accesses[1].form.addresses = text("203.0.113.13");
    assert_eq!(found(&draft), []);
    draft.sites[0].accesses.clear();
    assert_eq!(found(&draft), one("site-1", "accesses", Rule::NoAccess));
}

#[test]
fn one_provider_verifies_a_filing() {
    let mut draft = company();
    let mut other = AccessDraft { key: 2, ..access_draft() };
    other.form.provider_id = provider(2).to_string();
    other.form.addresses = text("203.0.113.130");
    draft.sites[0].accesses.push(other);
    assert_eq!(found(&draft), one("access-1-2", "provider_id", Rule::ProviderDiffers));
}

#[test]
fn a_bureau_limits_the_sites_of_a_filing() {
    let mut draft = company();
    draft.sponsor.province = text("430000");
    draft.sponsor.city = text("430100");
    draft.sponsor.county = text("430102");
    draft.sites.push(site_draft(2, "example.com"));
    assert_eq!(found(&draft), one("site-2", "name", Rule::TooManySites));
}

#[test]
fn materials_follow_nature_certificate_and_person() {
    let kinds = |draft: &Draft| -> Vec<String> {
        let required = draft.required_materials();
        required.into_iter().map(|(section, kind)| format!("{section}:{}", kind.slug())).collect()
    };
    let of_sponsor = ["sponsor:person-certificate-front", "sponsor:person-certificate-back", "sponsor:live-photo"];
    let of_site = ["site-1:verification-sheet", "site-1:domain-certificate"];
    assert_eq!(kinds(&individual()), [&of_sponsor[..], &of_site].concat());
    let mut draft = company();
    assert_eq!(kinds(&draft), [&["sponsor:sponsor-certificate"][..], &of_sponsor, &of_site].concat());
    of_another_person(&mut draft.sites[0].form);
    let of_person = ["site-1:person-certificate-front", "site-1:live-photo"];
    assert_eq!(kinds(&draft)[6..], of_person);
}

#[test]
fn what_is_not_uploaded_or_declared_is_told() {
    let mut draft = company();
    draft.materials.retain(|material| material.section == Section::Sponsor);
    draft.consent.truthful = text("on");
    draft.consent.personal_data = String::new();
    let problems = draft.problems(&tables());
    let rules: Vec<_> = problems.iter().map(|p| (p.field.as_ref(), p.rule)).collect();
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
    assert_eq!((problems[0].field.as_ref(), problems[0].rule, problems[0].given.as_str()), ("remark", Rule::TooLong, "1024"));
}

#[test]
fn with_smaller_tables_the_browser_says_nothing_of_providers() {
    let mut draft = company();
    draft.sites[0].accesses[0].form.addresses = text("203.0.113.129");
    let smaller = Tables { providers: Vec::new(), ranges: Vec::new(), ..tables() };
    assert_eq!(draft.problems_to(Depth::Light, &smaller), []);
}

#[test]
fn the_field_of_a_material_names_section_and_kind() {
    assert_eq!(find_material("21[site-1]"), Some((Section::Site(1), MaterialKind::PersonCertificateFront)));
    for (section, kind) in company().required_materials() {
        assert_eq!(find_material(&material_field(section, kind)), Some((section, kind)));
    }
    for field in ["", "21", "21[", "21[site]", "99[site-1]", "[site-1]"] {
        assert_eq!(find_material(field), None, "{field}");
    }
}
