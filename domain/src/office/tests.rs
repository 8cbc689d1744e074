use super::*;
use crate::time::date_of;
use rstest::rstest;

fn rules(problems: &[Problem]) -> Vec<(&str, Rule)> {
    problems.iter().map(|problem| (&*problem.field, problem.rule)).collect()
}

#[test]
fn an_empty_form_names_every_answer_that_is_missing() {
    let staff = StaffForm::default().parse(roles(Category::Provider)).unwrap_err();
    let fields = ["user_name", "contact_name", "mobile", "email", "role"].map(|field| (field, Rule::Required));
    assert_eq!(rules(&staff), fields);
    let policy = PolicyForm::default().parse(Date::MIN).unwrap_err();
    assert_eq!(policy.len(), 13);
    assert!(policy.iter().all(|problem| problem.rule == Rule::Required));
    let ranges = RangesForm::default().parse(&[]).unwrap_err();
    assert_eq!(rules(&ranges), [("addresses", Rule::Required), ("location", Rule::Required)]);
}

#[test]
fn a_role_of_another_office_is_none() {
    let form = StaffForm {
        user_name: "wangfang".into(),
        contact_name: "王芳".into(),
        mobile: "13912345678".into(),
        email: "wang@mail.example".into(),
        role: "bureau_admin".into(),
    };
    assert_eq!(rules(&form.parse(roles(Category::Provider)).unwrap_err()), [("role", Rule::UnknownCode)]);
    assert_eq!(form.parse(roles(Category::Bureau)).unwrap().role, Role::BureauAdmin);
}

#[rstest]
#[case("B1.B2-20260001", true)]
#[case("浙b2-20080224", true)]
#[case("A2.B1.B2-20090001", true)]
#[case("B3-20260001", false)]
#[case("B2-2026001", false)]
#[case("B2 20260001", false)]
#[case("京京B2-20260001", false)]
#[case("-20260001", false)]
#[case("浙-20260001", false)]
fn a_licence_has_its_kinds_of_business_and_eight_digits(#[case] text: &str, #[case] right: bool) {
    assert_eq!(parse_licence(text).is_ok(), right, "{text}");
}

#[test]
fn a_range_is_refused_where_it_is_reserved_or_written_twice() {
    let form = |addresses: &str| RangesForm { addresses: addresses.into(), location: "34".into() };
    let (ranges, location) = form("8.8.8.0/24\n1.2.4.8，240e::1-240e::ff").parse(&[]).unwrap();
    assert_eq!((ranges.len(), location.id()), (3, 34));
    let wrong = form("10.0.0.1\n8.8.8.8\n8.8.8.0/28\nx").parse(&[]).unwrap_err();
    let expected = [Rule::RangeReserved, Rule::RangeRepeated, Rule::AddressNotIp].map(|rule| ("addresses", rule));
    assert_eq!(rules(&wrong), expected);
}

#[rstest]
#[case("0", None)]
#[case("1", Some(1))]
#[case("２０", Some(20))]
#[case("21", None)]
#[case("-1", None)]
#[case("1e1", None)]
#[case("99999999999999999999", None)]
fn a_review_lasts_one_to_twenty_working_days(#[case] typed: &str, #[case] days: Option<u16>) {
    let day = date_of(2026, 12, 1).unwrap();
    let form = PolicyForm { bureau_working_days: typed.into(), ..PolicyForm::of(&Policy::national(), day) };
    let parsed = form.parse(day).ok().map(|(_, policy)| policy.bureau_working_days);
    assert_eq!(parsed, days, "{typed}");
}

#[rstest]
#[case("0000-01-01")]
#[case("1999-12-31")]
#[case("2200-01-01")]
#[case("9999-12-31")]
#[case("2026-02-30")]
fn a_year_that_was_mistyped_is_no_day(#[case] typed: &str) {
    assert_eq!(day(typed), Err(Rule::DateFormat.into()), "{typed}");
    assert_eq!(day(""), Ok(None));
}

#[test]
fn nothing_is_decided_for_a_day_that_has_begun() {
    let (today, tomorrow) = (date_of(2026, 11, 30).unwrap(), date_of(2026, 12, 1).unwrap());
    let wrong = PolicyForm::of(&Policy::national(), today).parse(tomorrow).unwrap_err();
    assert_eq!(wrong, [Problem::with(Section::Account, "valid_from", Rule::DateEarliest, "2026-12-01")]);
    assert_eq!(PolicyForm::of(&Policy::national(), tomorrow).parse(tomorrow).unwrap(), (tomorrow, Policy::national()));
}

#[test]
fn a_service_has_a_code_that_can_be_typed_and_a_bounded_number_of_sites() {
    let form = |code: &str, capacity: &str| ServiceForm {
        code: code.into(),
        description: "云服务器".into(),
        capacity: capacity.into(),
        valid_to: String::new(),
    };
    assert_eq!(form("YS-2026-0001", "10").parse().unwrap().capacity, 10);
    assert_eq!(
        rules(&form("云 1", "0").parse().unwrap_err()),
        [("code", Rule::ServiceCodeFormat), ("capacity", Rule::NumberBounds)]
    );
    assert_eq!(rules(&form("A", "30001").parse().unwrap_err()), [("capacity", Rule::NumberBounds)]);
}

#[test]
fn a_licence_does_not_end_before_it_begins() {
    let form = ProviderForm {
        name: "云上网络科技有限公司".into(),
        licence_number: "B1-20260001".into(),
        phone: String::new(),
        valid_from: "2026-11-02".into(),
        valid_to: "2026-11-01".into(),
    };
    assert_eq!(rules(&form.parse().unwrap_err()), [("valid_to", Rule::DateEarliest)]);
}
