//! Numbers of units: credit code (GB 32100-2015), organisation code (GB 11714-1997) within it, and the registration
//! number of 15 digits before both.

use crate::problem::{Fault, Rule};

/// Digits and letters without I, O, S, V, Z; the place in it is a character's value.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

const CREDIT_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

const ORG_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

pub(super) fn check_credit_code(text: &str) -> Result<(), Fault> {
    let length = text.chars().count();
    if length != 18 {
        return Err(Fault::with(Rule::UsccLength, length.to_string()));
    }
    if let Some(c) = text.chars().find(|c| !ALPHABET.contains(*c)) {
        return Err(Fault::with(Rule::UsccCharacters, c));
    }
    if !has_division(text) {
        return Err(Rule::UsccDivision.into());
    }
    match credit_check_character(text) {
        Some(right) if text.ends_with(right) => Ok(()),
        Some(right) => Err(Fault::with(Rule::UsccCheckDigit, right)),
        None => Err(Rule::UsccLength.into()),
    }
}

fn has_division(text: &str) -> bool {
    let division = text.get(2..8).unwrap_or_default();
    division.len() == 6 && division.bytes().all(|b| b.is_ascii_digit())
}

fn credit_check_character(text: &str) -> Option<char> {
    let mut sum = 0;
    for (c, weight) in text.chars().zip(CREDIT_WEIGHTS) {
        sum += ALPHABET.find(c)? * weight;
    }
    ALPHABET.chars().nth((31 - sum % 31) % 31)
}

/// 18 characters of the code's alphabet around a division: whoever types that means a credit code.
pub(super) fn looks_like_credit_code(text: &str) -> bool {
    text.len() == 18
        && text.is_ascii()
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && has_division(text)
        && text.starts_with(['1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'N', 'Y'])
}

/// A licence shows the credit code, or the registration number of before October 2015.
pub(super) fn check_licence(text: &str) -> Result<(), Fault> {
    let length = text.chars().count();
    match length {
        18 => check_credit_code(text),
        15 => check_registration(text),
        _ => Err(Fault::with(Rule::LicenceLength, length.to_string())),
    }
}

/// ISO 7064 MOD 11,10 over 14 digits.
fn check_registration(text: &str) -> Result<(), Fault> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::with(Rule::LicenceLength, "15"));
    }
    let mut rest = 10;
    for digit in text.bytes().take(14).map(|b| u32::from(b - b'0')) {
        rest = (rest + digit) % 10;
        rest = if rest == 0 { 10 } else { rest } * 2 % 11;
    }
    let right = (11 - rest) % 10;
    if text.bytes().last().is_some_and(|b| u32::from(b - b'0') == right) {
        Ok(())
    } else {
        Err(Fault::with(Rule::RegistrationCheckDigit, right.to_string()))
    }
}

/// An organisation code as `60000176-0`; where the certificate already shows a credit code, that.
pub(super) fn check_org_code(text: &str) -> Result<String, Fault> {
    let code: String = text.chars().filter(|c| *c != '-').collect();
    if code.chars().count() == 18 {
        check_credit_code(&code)?;
        return Ok(code);
    }
    if code.len() != 9 || !code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Err(Rule::OrgCodeFormat.into());
    }
    let right = org_check_character(&code).ok_or(Rule::OrgCodeFormat)?;
    let (body, last) = code.split_at_checked(8).ok_or(Rule::OrgCodeFormat)?;
    if last.starts_with(right) { Ok(format!("{body}-{last}")) } else { Err(Fault::with(Rule::OrgCodeCheckDigit, right)) }
}

fn org_check_character(code: &str) -> Option<char> {
    let mut sum = 0;
    for (c, weight) in code.chars().zip(ORG_WEIGHTS) {
        sum += c.to_digit(36)? * weight;
    }
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

/// The nine characters that are the same in a unit's credit code and organisation code.
pub(super) fn org_code_within(text: &str) -> Option<String> {
    if text.len() == 18 && check_credit_code(text).is_ok() {
        return text.get(8..17).map(str::to_owned);
    }
    check_org_code(text).ok().map(|code| code.replace('-', ""))
}
