//! What the demo is made of: its accounts with live codes, its messages, its clock. Nothing of it exists elsewhere.

use super::filings::ProviderChoice;
use crate::{Moment, actor::Role, draft::Draft};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One account of the demo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoAccountView {
    /// The name to sign in with.
    pub user_name: String,
    /// Whom it plays.
    pub contact_name: String,
    /// What it may do.
    pub role: Role,
    /// Its provider or bureau; empty for registrants.
    pub office: String,
    /// The code that its authenticator shows now, and for how many seconds; none without a second factor.
    pub code: Option<(String, u64)>,
}

/// The demo's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DemoView {
    /// The password of all accounts.
    pub password: String,
    /// The accounts.
    pub accounts: Vec<DemoAccountView>,
    /// The time as the system sees it.
    #[serde(with = "time::serde::rfc3339")]
    pub now: Moment,
    /// How far it is ahead of the real time, in seconds.
    pub wound_s: u64,
    /// Whose confirmation is awaited, newest first; the newest of them where there are many.
    pub awaited: Vec<AwaitedPersonView>,
    /// Answers of somebody made up that pass every check and that no filing has yet.
    pub sample: SampleView,
}

/// Answers to type into a trial filing, codes as codes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleView {
    /// The sponsor, one site, one access.
    pub draft: Draft,
    /// Province, city and county in words.
    pub region: String,
    /// The provider that the access names.
    pub provider: ProviderChoice,
}

/// A person in charge whose confirmation is awaited, with what confirming by SMS asks of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedPersonView {
    /// The sponsor's name.
    pub sponsor: String,
    /// The person's name.
    pub name: String,
    /// The person's mobile.
    pub mobile: String,
    /// The last six characters of the person's certificate number.
    pub last_six: String,
}

/// One SMS or e-mail that the demo sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoMessageView {
    /// `sms` or `email`.
    pub channel: String,
    /// To whom.
    pub recipient: String,
    /// The template's name.
    pub template: String,
    /// The language it is written in: `zh` or `en`.
    pub lang: String,
    /// The subject; of use to e-mails only.
    pub subject: String,
    /// The text.
    pub body: String,
    /// What fills it: codes, links.
    pub params: BTreeMap<String, String>,
    /// `due`, `sent`, `failed` or `expired`.
    pub status: String,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub at: Moment,
}
