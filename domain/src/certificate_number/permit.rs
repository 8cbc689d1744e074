//! Persons' certificates other than the citizen's card.

use ::time::Date;

use super::citizen;
use crate::problem::{Fault, Rule};

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Letters and digits, with a digit among them: foreign passports follow no common form.
pub(super) fn check_passport(text: &str) -> Result<(), Fault> {
    let fits = (5..=20).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_digit());
    if fits { Ok(()) } else { Err(Rule::PassportFormat.into()) }
}

/// H (Hong Kong) or M (Macao) with 8 digits; older cards add two for the renewal.
pub(super) fn check_hk_macau(text: &str) -> Result<(), Fault> {
    let digits = text.strip_prefix(['H', 'M']).unwrap_or_default();
    if is_digits(digits) && (digits.len() == 8 || digits.len() == 10) { Ok(()) } else { Err(Rule::HkMacauPermitFormat.into()) }
}

/// 8 digits; older cards add two for the renewal.
pub(super) fn check_taiwan(text: &str) -> Result<(), Fault> {
    if is_digits(text) && (text.len() == 8 || text.len() == 10) { Ok(()) } else { Err(Rule::TaiwanPermitFormat.into()) }
}

/// 居住证: 18 digits like a citizen's, under division codes of their own.
pub(super) fn check_residence(text: &str, heads: &[&str], today: Date) -> Result<(), Fault> {
    let length = text.chars().count();
    if length != 18 {
        return Err(Fault::with(Rule::IdLength, length.to_string()));
    }
    if !citizen::has_form(text) {
        return Err(Rule::IdCharacters.into());
    }
    if !heads.iter().any(|head| text.starts_with(head)) {
        return Err(Fault::with(Rule::ResidencePermitPrefix, heads.join("/")));
    }
    citizen::check_birth_and_digit(text, today)
}

/// Three letters and 12 digits until 2023, 18 digits from 9 on since.
pub(super) fn check_foreign_residence(text: &str, today: Date) -> Result<(), Fault> {
    if text.len() == 18 && text.starts_with('9') && citizen::has_form(text) {
        return citizen::check_birth_and_digit(text, today);
    }
    let old = text.len() == 15
        && text.bytes().take(3).all(|b| b.is_ascii_uppercase())
        && text.bytes().skip(3).all(|b| b.is_ascii_digit());
    if old { Ok(()) } else { Err(Rule::ForeignResidenceFormat.into()) }
}
