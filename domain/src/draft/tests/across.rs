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
    draft.sponsor.certificate_address = text("建国路1号");
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

/// An individual of Beijing who files in this province.
fn individual_in(province: &str, city: &str, county: &str, certificate_address: &str) -> Draft {
    let mut draft = individual();
    let sponsor = &mut draft.sponsor;
    (sponsor.province, sponsor.city, sponsor.county) = (text(province), text(city), text(county));
    sponsor.certificate_address = text(certificate_address);
    draft
}

#[rstest]
#[case::of_another_province("310000", "310100", "310101", "北京市朝阳区建国路1号", true)]
#[case::by_the_number_alone("310000", "310100", "310101", "建国路1号", true)]
#[case::who_moved_here("310000", "310100", "310101", "上海市黄浦区人民大道1号", false)]
#[case::of_one_that_does_not_ask("210000", "210100", "210102", "北京市朝阳区建国路1号", false)]
#[case::at_home("110000", "110100", "110105", "北京市朝阳区建国路1号", false)]
#[case::zhejiang("330000", "330100", "330106", "北京市朝阳区建国路1号", true)]
#[case::jiangxi("360000", "360100", "360102", "北京市朝阳区建国路1号", true)]
#[case::guangdong("440000", "440300", "440305", "北京市朝阳区建国路1号", true)]
fn some_provinces_ask_individuals_of_others_for_a_permit_of_residence(
    #[case] province: &str,
    #[case] city: &str,
    #[case] county: &str,
    #[case] certificate_address: &str,
    #[case] asked: bool,
) {
    let mut draft = individual_in(province, city, county, certificate_address);
    let place = (Section::Sponsor, MaterialKind::ResidencePermit);
    assert_eq!(draft.required_materials().contains(&place), asked);
    let problems = draft.problems(&tables());
    let told: Vec<_> = problems.iter().map(|p| (p.field.as_ref(), p.rule)).collect();
    let expected = [("27[sponsor]", Rule::ResidencePermitMissing)];
    assert_eq!(told, expected[..usize::from(asked)]);
    assert!(problems.iter().all(|p| p.given.starts_with(crate::codes::Province::choose(province).unwrap().zh())));
    draft = with_materials(draft);
    assert!(draft.complete(&tables()).is_ok());
}

#[test]
fn nobody_is_asked_for_a_permit_of_residence_before_the_rule_or_as_a_unit() {
    let draft = individual_in("310000", "310100", "310101", "北京市朝阳区建国路1号");
    let before = Tables { today: date!(2020 - 08 - 16), ..tables() };
    assert!(!draft.problems(&before).iter().any(|p| p.rule == Rule::ResidencePermitMissing));
    let mut unit = company();
    (unit.sponsor.province, unit.sponsor.city, unit.sponsor.county) = (text("310000"), text("310100"), text("310101"));
    assert_eq!(unit.problems(&tables()), []);
    let mut foreigner = draft;
    foreigner.sponsor.certificate_type = text("7");
    foreigner.sponsor.certificate_number = text("E12345678");
    assert!(!foreigner.required_materials().contains(&(Section::Sponsor, MaterialKind::ResidencePermit)));
}

#[test]
fn each_content_that_needs_an_approval_has_a_document_of_its_own() {
    let mut draft = company();
    let form = &mut draft.sites[0].form;
    // 新闻 and 文化, one ticked twice; 电子公告服务 needs none.
    form.preapprovals = ["1", "9", "6", "9"].map(text).to_vec();
    form.approval_numbers = [(text("1"), text("新出网证001")), (text("9"), text("京网文2026"))].into();
    let section = Section::Site(1);
    let of_approvals = |draft: &Draft| {
        let required = draft.required_materials();
        required.into_iter().filter(|place| *place == (section, MaterialKind::ApprovalDocument)).count()
    };
    assert_eq!(of_approvals(&draft), 2);
    let document = MaterialFact { kind: 9, section, ..draft.materials[0].clone() };
    for uploaded in 0..2 {
        let problems = draft.problems(&tables());
        let told: Vec<_> = problems.iter().map(|p| (p.field.as_ref(), p.rule, p.given.as_str())).collect();
        assert_eq!(told, [("9[site-1]", Rule::ApprovalDocumentEach, "2")], "{uploaded}");
        draft.materials.push(document.clone());
    }
    assert_eq!(draft.problems(&tables()), []);
    // One of another site does not count.
    draft.materials.pop();
    draft.materials.push(MaterialFact { section: Section::Site(2), ..document });
    assert_eq!(draft.problems(&tables()).len(), 1);
    draft.sites[0].form.preapprovals = vec![text("1")];
    assert_eq!((of_approvals(&draft), draft.problems(&tables())), (1, Vec::new()));
    draft.materials.retain(|material| material.kind != 9);
    assert_eq!(draft.problems(&tables())[0].rule, Rule::MaterialMissing);
}

#[test]
fn shanghai_asks_a_unit_with_many_sites_for_a_plan() {
    let at = |province: &str, city: &str, county: &str, sites: u8| {
        let mut draft = company();
        (draft.sponsor.province, draft.sponsor.city, draft.sponsor.county) = (text(province), text(city), text(county));
        draft.sites = (1..=sites).map(|key| site_draft(key, &format!("example{key}.cn"))).collect();
        draft
    };
    let plan = (Section::Sponsor, MaterialKind::OtherSponsorMaterial);
    let mut draft = at("310000", "310100", "310101", 30);
    let problems = draft.problems(&tables());
    let told = problems.iter().find(|p| p.field == "2[sponsor]").unwrap();
    assert_eq!((told.rule, told.given.as_str()), (Rule::ConstructionPlanMissing, "30"));
    assert!(with_materials(draft.clone()).complete(&tables()).is_ok());
    draft.sites.pop();
    assert!(!draft.required_materials().contains(&plan));
    assert!(!at("330000", "330100", "330106", 30).required_materials().contains(&plan));
    let mut individual = at("310000", "310100", "310101", 30);
    individual.sponsor.nature = text("5");
    assert!(!individual.required_materials().contains(&plan));
}

#[rstest]
#[case("410000", "410300", "410302", "河南省郑州市金水区花园路1号", Some("郑州市"))]
#[case("410000", "410300", "410302", "郑州市金水区花园路1号", Some("郑州市"))]
#[case("410000", "410300", "410302", "北京市朝阳区建国路1号", Some("北京市"))]
#[case("410000", "410300", "410302", "河南省洛阳市老城区中州路1号", None)]
#[case("410000", "410300", "410302", "老城区中州路1号", None)]
#[case("130000", "130100", "130102", "河北省唐山市路南区新华道1号", Some("唐山市"))]
#[case("520000", "520100", "520102", "贵州省遵义市红花岗区中华路1号", Some("遵义市"))]
#[case("330000", "330100", "330106", "浙江省宁波市海曙区中山路1号", None)]
fn some_provinces_want_a_units_two_addresses_in_one_city(
    #[case] province: &str,
    #[case] city: &str,
    #[case] county: &str,
    #[case] certificate_address: &str,
    #[case] elsewhere: Option<&str>,
) {
    let mut draft = company();
    let sponsor = &mut draft.sponsor;
    (sponsor.province, sponsor.city, sponsor.county) = (text(province), text(city), text(county));
    sponsor.certificate_address = text(certificate_address);
    let problems = draft.problems(&tables());
    let told: Vec<_> = problems.iter().map(|p| (p.field.as_ref(), p.rule, p.given.as_str())).collect();
    let expected: Vec<_> = elsewhere.into_iter().map(|place| ("city", Rule::AddressOtherCity, place)).collect();
    assert_eq!(told, expected);
    draft.sponsor.nature = text("5");
    assert!(!draft.problems(&tables()).iter().any(|p| p.rule == Rule::AddressOtherCity), "individuals live where they live");
}

#[test]
fn each_mobile_of_a_draft_is_named_once() {
    let mut draft = company();
    draft.sites.push(site_draft(2, "example.com"));
    of_another_person(&mut draft.sites[1].form);
    let found = |draft: &Draft| -> Vec<_> {
        draft.mobiles().into_iter().map(|(mobile, section)| (mobile.as_str().to_owned(), section)).collect()
    };
    let (own, other) = ((text("13800138000"), Section::Sponsor), (text("13700137000"), Section::Site(2)));
    assert_eq!(found(&draft), [own.clone(), other]);
    draft.sites[1].form.person_mobile = text("+86 138-0013-8000");
    assert_eq!(found(&draft), [own]);
    draft.sites[1].form.person_mobile = text("12");
    draft.sponsor.person_mobile = text("166 1234 5678");
    assert_eq!(found(&draft), [(text("16612345678"), Section::Sponsor)], "whatever its prefix");
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
