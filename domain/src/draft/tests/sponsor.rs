//! The sponsor and its person in charge.

use rstest::rstest;

use super::*;

#[rstest]
#[case("nature", "99", "nature", Rule::UnknownCode)]
#[case("name", "", "name", Rule::Required)]
#[case("name", "12", "name", Rule::TooShort)]
#[case("name", "示例\u{202e}公司", "name", Rule::Unprintable)]
#[case("certificate_type", "2", "certificate_type", Rule::CertificateNature)]
#[case("certificate_number", "91110000600001760Q", "certificate_number", Rule::UsccCheckDigit)]
#[case("certificate_address", " ", "certificate_address", Rule::Required)]
#[case("province", "440000", "city", Rule::CityUnknown)]
#[case("county", "", "county", Rule::CountyMissing)]
#[case("address", "建国路", "address", Rule::AddressDoorNumber)]
#[case("person_name", "张伟1", "person_name", Rule::PersonNameFormat)]
#[case("person_certificate_type", "1", "person_certificate_type", Rule::CertificatePersonal)]
#[case("person_certificate_type", "8", "person_certificate_type", Rule::RetiredCode)]
#[case("person_certificate_number", "110105194912310021", "person_certificate_number", Rule::IdCheckDigit)]
#[case("person_certificate_number", "110105491231002", "person_certificate_number", Rule::IdLegacy)]
#[case("person_certificate_number", "110105201001010010", "person_certificate_number", Rule::TooYoung)]
#[case("person_certificate_from", "", "person_certificate_from", Rule::Required)]
#[case("person_certificate_from", "2026-11-23", "person_certificate_from", Rule::CertificateNotYet)]
#[case("person_certificate_until", "永久", "person_certificate_until", Rule::DateFormat)]
#[case("person_certificate_until", "2014-12-31", "person_certificate_until", Rule::CertificateOrder)]
#[case("person_certificate_until", "2026-11-21", "person_certificate_until", Rule::CertificateExpired)]
#[case("person_certificate_until", "2027-02-22", "person_certificate_until", Rule::CertificateEnding)]
#[case("person_mobile", "", "person_mobile", Rule::Required)]
#[case("person_mobile", "16612345678", "person_mobile", Rule::MobilePrefix)]
#[case("person_office_phone", "", "person_office_phone", Rule::Required)]
#[case("person_office_phone", "62345678", "person_office_phone", Rule::OfficePhoneFormat)]
#[case("person_emergency_phone", "13800138000", "person_emergency_phone", Rule::EmergencyOwnMobile)]
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
    draft.sponsor.certificate_address = text("河南省郑州市金水区花园路1号");
    draft.sponsor.province = text("410000");
    draft.sponsor.city = text("410100");
    draft.sponsor.county = text("410102");
    assert_eq!(found(&draft), []);
}

#[rstest]
#[case("person_name", "张炜", "person_name", Rule::IndividualName)]
#[case("person_certificate_number", "440524188001010014", "person_certificate_number", Rule::IndividualCertificate)]
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
