use ::time::macros::date;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::codes::CertificateType as T;

const TODAY: Date = date!(2026 - 11 - 22);

fn read(kind: T, text: &str) -> Result<String, (Rule, String)> {
    let parsed = CertificateNumber::parse(kind, text, TODAY);
    parsed.map(|number| number.text).map_err(|fault| (fault.rule, fault.given))
}

#[rstest]
#[case::citizen(T::CitizenCard, "11010519491231002X", "11010519491231002X")]
#[case::lower_case(T::CitizenCard, "11010519491231002x", "11010519491231002X")]
#[case::full_width(T::CitizenCard, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X")]
#[case::grouped(T::CitizenCard, " 110105 19491231 002X ", "11010519491231002X")]
#[case::female(T::CitizenCard, "440524188001010014", "440524188001010014")]
#[case::legacy(T::CitizenCard, "110105491231002", "110105491231002")]
#[case::credit_code(T::BusinessLicence, "91110000600001760P", "91110000600001760P")]
#[case::credit_code_lower(T::BusinessLicence, "91110000600001760p", "91110000600001760P")]
#[case::institution(T::InstitutionCreditCode, "12100000400000624D", "12100000400000624D")]
#[case::registration(T::BusinessLicence, "110000005119254", "110000005119254")]
#[case::org_code(T::CompanyOrgCode, "60000176-0", "60000176-0")]
#[case::org_code_without_hyphen(T::CompanyOrgCode, "600001760", "60000176-0")]
#[case::org_code_with_x(T::GovernmentOrgCode, "D2143569-X", "D2143569-X")]
#[case::org_code_shown_as_credit_code(T::CompanyOrgCode, "91110000600001760P", "91110000600001760P")]
#[case::passport(T::Passport, "E12345678", "E12345678")]
#[case::foreign_passport(T::Passport, "533380006", "533380006")]
#[case::hong_kong(T::HkMacauPermit, "H12345678", "H12345678")]
#[case::macao_renewed(T::HkMacauPermit, "m1234567801", "M1234567801")]
#[case::taiwan(T::TaiwanPermit, "12345678", "12345678")]
#[case::taiwan_renewed(T::TaiwanPermit, "1234567801", "1234567801")]
#[case::hk_residence(T::HkMacauResidence, "810000199408230021", "810000199408230021")]
#[case::taiwan_residence(T::TaiwanResidence, "830000199201300022", "830000199201300022")]
#[case::foreign_residence_2017(T::ForeignResidence, "ABC110080010101", "ABC110080010101")]
#[case::foreign_residence_2023(T::ForeignResidence, "911124198108030024", "911124198108030024")]
#[case::law_firm(T::LawFirmLicence, "31110000E00017891P", "31110000E00017891P")]
#[case::military(T::MilitaryDesignation, "中国人民解放军第12345部队", "中国人民解放军第12345部队")]
#[case::temple(T::ReligiousSiteRegistration, "宗场证字（京）F010070001号", "宗场证字(京)F010070001号")]
fn a_right_number_has_one_writing(#[case] kind: T, #[case] text: &str, #[case] written: &str) {
    assert_eq!(read(kind, text), Ok(written.to_owned()));
}

#[rstest]
#[case::too_short(T::CitizenCard, "1101051949123100", Rule::IdLength, "16")]
#[case::check_digit(T::CitizenCard, "110105194912310021", Rule::IdCheckDigit, "X")]
#[case::letter_inside(T::CitizenCard, "1101051949123I002X", Rule::IdCharacters, "")]
#[case::x_inside(T::CitizenCard, "11010519491231X02X", Rule::IdCharacters, "")]
#[case::x_in_legacy(T::CitizenCard, "11010549123100X", Rule::IdCharacters, "")]
#[case::province(T::CitizenCard, "99010519491231002X", Rule::IdProvince, "")]
#[case::no_such_day(T::CitizenCard, "11010519490231002X", Rule::IdBirthDate, "")]
#[case::tomorrow(T::CitizenCard, "110105202611230021", Rule::IdBirthDate, "")]
#[case::legacy_day(T::CitizenCard, "110105491331002", Rule::IdBirthDate, "")]
#[case::residence_permit(T::CitizenCard, "810000199408230021", Rule::IdResidencePermit, "")]
#[case::han(T::CitizenCard, "身份证号码", Rule::IdLength, "5")]
#[case::arabic_digits(T::CitizenCard, "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", Rule::IdCharacters, "")]
#[case::empty(T::CitizenCard, "  ", Rule::Required, "")]
#[case::invisible(T::CitizenCard, "11010519491231\u{200b}002X", Rule::Unprintable, "")]
#[case::credit_code_digit(T::BusinessLicence, "91110000600001760Q", Rule::UsccCheckDigit, "P")]
#[case::credit_code_letter(T::BusinessLicence, "9111000060000176OP", Rule::UsccCharacters, "O")]
#[case::credit_code_division(T::BusinessLicence, "911100A0600001760P", Rule::UsccDivision, "")]
#[case::credit_code_length(T::GovernmentCreditCode, "9111000060000176", Rule::UsccLength, "16")]
#[case::registration(T::BusinessLicence, "110000005119255", Rule::RegistrationCheckDigit, "4")]
#[case::licence_length(T::BusinessLicence, "60000176-0", Rule::LicenceLength, "10")]
#[case::org_code_digit(T::CompanyOrgCode, "60000176-1", Rule::OrgCodeCheckDigit, "0")]
#[case::org_code_length(T::CompanyOrgCode, "60000176", Rule::OrgCodeFormat, "")]
#[case::passport(T::Passport, "护照12345", Rule::PassportFormat, "")]
#[case::passport_letters(T::Passport, "ABCDEFG", Rule::PassportFormat, "")]
#[case::hong_kong(T::HkMacauPermit, "C12345678", Rule::HkMacauPermitFormat, "")]
#[case::taiwan(T::TaiwanPermit, "123456789", Rule::TaiwanPermitFormat, "")]
#[case::residence_prefix(T::HkMacauResidence, "830000199201300022", Rule::ResidencePermitPrefix, "81/82")]
#[case::residence_digit(T::TaiwanResidence, "830000199201300021", Rule::IdCheckDigit, "2")]
#[case::foreign_residence(T::ForeignResidence, "AB1100800101012", Rule::ForeignResidenceFormat, "")]
#[case::foreign_residence_digit(T::ForeignResidence, "911124198108030020", Rule::IdCheckDigit, "4")]
#[case::free_credit_code(T::LawFirmLicence, "31110000E00017891A", Rule::UsccCheckDigit, "P")]
#[case::free_signs(T::NotaryLicence, "<script>", Rule::CertificateFormat, "")]
fn a_wrong_number_names_its_rule(#[case] kind: T, #[case] text: &str, #[case] rule: Rule, #[case] given: &str) {
    assert_eq!(read(kind, text), Err((rule, given.to_owned())));
}

fn identity(kind: T, text: &str) -> String {
    CertificateNumber::parse(kind, text, TODAY).unwrap().identity()
}

#[test]
fn one_person_is_one_identity_with_15_and_18_digits() {
    let whole = identity(T::CitizenCard, "11010519491231002X");
    assert_eq!(whole, identity(T::CitizenCard, "110105491231002"));
    assert_ne!(whole, identity(T::CitizenCard, "440524188001010014"));
    let legacy = CertificateNumber::parse(T::CitizenCard, "110105491231002", TODAY).unwrap();
    assert_eq!(legacy.is_legacy().as_deref(), Some("11010519491231002X"));
    assert_eq!(legacy.birth_date(), Some(date!(1949 - 12 - 31)));
}

#[test]
fn one_company_is_one_identity_with_licence_credit_code_and_organisation_code() {
    let licence = identity(T::BusinessLicence, "91110000600001760P");
    assert_eq!(licence, identity(T::CompanyOrgCode, "60000176-0"));
    assert_eq!(licence, identity(T::CompanyOrgCode, "91110000600001760P"));
    assert_ne!(licence, identity(T::BusinessLicence, "110000005119254"));
}

#[test]
fn a_passport_is_not_the_unit_whose_code_it_looks_like() {
    assert_ne!(identity(T::Passport, "600001760"), identity(T::CompanyOrgCode, "600001760"));
}

#[test]
fn numbers_are_shown_by_their_ends() {
    let number = CertificateNumber::parse(T::CitizenCard, "11010519491231002X", TODAY).unwrap();
    assert_eq!(number.masked(), "110105********002X");
    assert_eq!(number.last_six(), "31002X");
    assert_eq!(number.division(), Some(110_105));
    assert_eq!(mask("E12345678"), "E1*****78");
    assert_eq!(mask("12345"), "*****");
}

proptest! {
    #[test]
    fn no_text_makes_a_number_panic(kind in proptest::sample::select(T::ALL), text in "\\PC{0,24}|[0-9A-Z-]{0,20}") {
        if let Ok(number) = CertificateNumber::parse(kind, &text, TODAY) {
            let again = CertificateNumber::parse(kind, number.as_str(), TODAY);
            prop_assert_eq!(again, Ok(number.clone()));
            prop_assert!(number.last_six().chars().count() <= 6);
            number.identity();
            number.masked();
            number.birth_date();
        }
    }

    #[test]
    fn one_changed_digit_of_a_citizens_number_is_noticed(at in 0_usize..17, by in 1_u8..10) {
        let mut bytes = *b"11010519491231002X";
        bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        prop_assert!(CertificateNumber::parse(T::CitizenCard, &text, TODAY).is_err());
    }
}
