//! Sites and accesses.

use rstest::rstest;

use super::*;

#[rstest]
#[case("name", "Example", "name", Rule::SiteNameNoChinese)]
#[case("domain", "www.example.cn", "domain", Rule::DomainWww)]
#[case("domain", "http://example.cn", "domain", Rule::DomainScheme)]
#[case("home_page", "http://www.example.cn", "home_page", Rule::HomePageScheme)]
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
fn pre_approval_is_answered_and_shown(#[case] ticked: &[&str], #[case] rule: Rule, #[case] field: &str) {
    let mut draft = company();
    draft.sites[0].form.preapprovals = ticked.iter().map(|code| text(code)).collect();
    assert_eq!(found(&draft), one("site-1", field, rule));
}

#[test]
fn an_approval_with_its_number_asks_for_its_document() {
    let mut draft = company();
    draft.sites[0].form.preapprovals = vec![text("1")];
    draft.sites[0].form.approval_numbers.insert(text("1"), text("国新网许可证1012006001号"));
    let problems = draft.problems(&tables());
    let fields: Vec<_> = problems.iter().map(|p| (p.field.as_ref(), p.given.as_str())).collect();
    assert_eq!(fields, [("9[site-1]", "前置审批文件")]);
    let application = with_materials(draft).complete(&tables()).unwrap();
    assert_eq!(application.sites[0].approvals[0].number.as_deref(), Some("国新网许可证1012006001号"));
}

#[test]
fn an_individual_offers_a_blog_or_something_else() {
    let mut draft = individual();
    draft.sites[0].form.services = vec![text("24"), text("9")];
    let problems = draft.problems(&tables());
    assert_eq!((problems[0].rule, problems[0].given.as_str()), (Rule::IndividualService, "网络购物"));
}

#[test]
fn services_and_languages_must_be_chosen() {
    let mut draft = company();
    draft.sites[0].form.services = vec![text("")];
    draft.sites[0].form.languages.clear();
    let rules: Vec<_> = found(&draft).into_iter().map(|(_, field, rule)| (field, rule)).collect();
    assert_eq!(rules, [(text("services"), Rule::Required), (text("languages"), Rule::Required)]);
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
    draft.sites = vec![site_draft(1, domain)];
    let expected = if wrong { one("site-1", "domain", Rule::DomainNature) } else { Vec::new() };
    assert_eq!(found(&draft), expected);
}

#[rstest]
#[case("provider_id", "00000000-0000-0000-0000-000000000009", "provider_id", Rule::ProviderUnknown)]
#[case("provider_id", "某云", "provider_id", Rule::ProviderUnknown)]
#[case("service_code", "", "service_code", Rule::Required)]
#[case("service_code", "<b>", "service_code", Rule::ServiceCode)]
#[case("method", "6", "method", Rule::UnknownCode)]
#[case("addresses", "", "addresses", Rule::Required)]
#[case("addresses", "203.0.113.1\n10.0.0.1", "addresses", Rule::RangeReserved)]
#[case("addresses", "203.0.113.9-203.0.113.1", "addresses", Rule::RangeOrder)]
#[case("addresses", "203.0.113.1,203.0.113.0/30", "addresses", Rule::RangeRepeated)]
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
    assert_eq!(places.iter().map(|place| place.zh()).collect::<Vec<_>>(), ["上海"]);
}

#[test]
fn too_many_lines_of_addresses_are_told() {
    let mut draft = company();
    draft.sites[0].accesses[0].form.addresses = "203.0.113.7\n".repeat(101);
    assert_eq!(found(&draft), one("access-1-1", "addresses", Rule::TooManyRanges));
}
