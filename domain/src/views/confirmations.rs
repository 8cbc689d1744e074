//! The page where persons in charge confirm by SMS (A5).

use super::filings::PersonDue;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What a person types to confirm.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfirmForm {
    /// The six digits.
    pub code: String,
    /// The mobile the code went to (a person's contact 1).
    pub mobile: String,
    /// The last six characters of the certificate number.
    pub last_six: String,
    /// The token of the picture.
    #[serde(alias = "challenge")]
    pub captcha_token: String,
    /// What it shows.
    #[serde(alias = "captcha")]
    pub captcha_answer: String,
}

/// What a person types to get a new code.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResendForm {
    /// The mobile.
    pub mobile: String,
    /// The last six characters of the certificate number.
    pub last_six: String,
    /// The token of the picture.
    #[serde(alias = "challenge")]
    pub captcha_token: String,
    /// What it shows.
    #[serde(alias = "captcha")]
    pub captcha_answer: String,
}

/// The answer to a right confirmation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Confirmed {
    /// Who is still due, masked.
    pub still_due: Vec<PersonDue>,
    /// Whether the filing moved on to the bureau by itself.
    pub moved_on: bool,
    /// Until when the others may.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
}
