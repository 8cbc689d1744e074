//! Citizens' numbers: GB 11643-1999, and the 15 digits before it.

use ::time::Date;

use crate::codes::Province;
use crate::problem::{Fault, Rule};
use crate::time::date_of;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

pub(super) fn check(text: &str, today: Date) -> Result<(), Fault> {
    let length = text.chars().count();
    if length != 18 && length != 15 {
        return Err(Fault::with(Rule::IdLength, length.to_string()));
    }
    if !has_form(text) {
        return Err(Rule::IdCharacters.into());
    }
    if length == 18 && ["81", "82", "83"].iter().any(|head| text.starts_with(head)) {
        return Err(Rule::IdResidencePermit.into());
    }
    if !is_of_province(text) {
        return Err(Rule::IdProvince.into());
    }
    let whole = in_18_digits(text).ok_or(Rule::IdCharacters)?;
    check_birth_and_digit(&whole, today)
}

/// The rules that citizens' cards share with residence permits: date of birth and check character.
pub(super) fn check_birth_and_digit(text: &str, today: Date) -> Result<(), Fault> {
    match birth_date(text) {
        Some(birth) if birth <= today => {}
        _ => return Err(Rule::IdBirthDate.into()),
    }
    match check_character(text) {
        Some(right) if text.ends_with(right) => Ok(()),
        Some(right) => Err(Fault::with(Rule::IdCheckDigit, right)),
        None => Err(Rule::IdCharacters.into()),
    }
}

/// Digits, and of 18 characters an X at the end.
pub(super) fn has_form(text: &str) -> bool {
    let digits = match text.len() {
        18 => text.strip_suffix('X').unwrap_or(text),
        _ => text,
    };
    digits.bytes().all(|b| b.is_ascii_digit())
}

/// 71 stands in GB/T 2260 as well, though no bureau files there.
fn is_of_province(text: &str) -> bool {
    let digits = text.get(..2).and_then(|head| head.parse::<u32>().ok());
    digits.is_some_and(|digits| digits == 71 || Province::find(digits * 10_000).is_some())
}

/// Digits 7 to 14.
pub(super) fn birth_date(text: &str) -> Option<Date> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let (year, month, day) = (part(6, 10)?, part(10, 12)?, part(12, 14)?);
    if year < 1800 {
        return None;
    }
    date_of(year.into(), u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// The eighteenth character that belongs to the first seventeen (MOD 11-2).
pub(super) fn check_character(text: &str) -> Option<char> {
    let mut sum = 0;
    for (at, weight) in WEIGHTS.iter().enumerate() {
        sum += u32::from(text.as_bytes().get(at)?.checked_sub(b'0')?) * weight;
    }
    "10X98765432".chars().nth(usize::try_from(sum % 11).ok()?)
}

/// The same person's number in 18 digits: those with 15 were born in the 1900s.
pub(super) fn in_18_digits(text: &str) -> Option<String> {
    if text.len() != 15 {
        return Some(text.to_owned());
    }
    let (place, rest) = text.split_at_checked(6)?;
    let mut whole = format!("{place}19{rest}");
    let last = check_character(&whole)?;
    whole.push(last);
    Some(whole)
}
