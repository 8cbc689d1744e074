//! Forms and views of an office, which is a provider or a bureau: its staff, what it holds, and the policies it sets
//! (features P15, B11).

use crate::Moment;
use crate::actor::Role;
use crate::id::{ProviderId, UserId};
use crate::policy::Policy;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

/// A new account of the staff.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StaffForm {
    /// The name to sign in with.
    pub user_name: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// The mobile.
    pub mobile: String,
    /// The mail address.
    pub email: String,
    /// A [`Role`] by name.
    pub role: String,
}

/// Addresses that a provider holds.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RangesForm {
    /// One a line: an address, a range, or a prefix.
    pub addresses: String,
    /// Where their servers stand: a code of 服务器放置地.
    pub location: String,
}

/// A service that a registrant names to prove that a site is the provider's customer.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceForm {
    /// The instance or authorisation code 授权码.
    pub code: String,
    /// What it is.
    pub description: String,
    /// How many sites may name it.
    pub capacity: String,
    /// Its last day; empty while it has none.
    pub valid_to: String,
}

/// A provider as its bureau keeps it.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderForm {
    /// Its name, as on the licence.
    pub name: String,
    /// 经营许可证编号
    pub licence_number: String,
    /// Its phone.
    pub phone: String,
    /// The licence's first day.
    pub valid_from: String,
    /// The licence's last day; empty while it has none.
    pub valid_to: String,
}

/// A policy to be. Every answer is text, as typed.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyForm {
    /// Its first day.
    pub valid_from: String,
    /// A [`crate::policy::SmsStage`] by name.
    pub sms_stage: String,
    /// Hours that a round is open.
    pub sms_window_hours: String,
    /// Rounds.
    pub sms_rounds: String,
    /// Wrong certificate digits that end a round.
    pub sms_wrong_digits: String,
    /// `yes` or `no`: codes not used are sent again at noon of the next day.
    pub sms_noon_resend: String,
    /// New codes that a person may ask for in one round.
    pub sms_manual_resends: String,
    /// A [`crate::policy::RefusalRoute`] by name.
    pub after_refusal: String,
    /// `yes` or `no`: a second reviewer must approve too.
    pub second_reviewer: String,
    /// `yes` or `no`: waiting for a pre-approval stops the bureau's clock.
    pub preapproval_pauses: String,
    /// The provider's hours.
    pub provider_hours: String,
    /// The bureau's working days.
    pub bureau_working_days: String,
    /// Days without a change after which a filing that waits for the registrant expires.
    pub idle_days: String,
}

/// Whether an account of the staff can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is.
    Active,
    /// Its first password waits to be replaced.
    FirstPassword,
    /// Its first password was not replaced in time.
    FirstPasswordOver,
    /// It was suspended.
    Suspended,
}

/// One account of the staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffView {
    /// The account.
    pub id: UserId,
    /// Its name.
    pub user_name: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// The mobile, masked.
    pub mobile: String,
    /// The mail address, masked.
    pub email: String,
    /// What it may do.
    pub role: Role,
    /// Whether it can be used.
    pub standing: Standing,
    /// Whether an authenticator is set up.
    pub second_factor: bool,
    /// Whether it is the one that asks.
    pub oneself: bool,
    /// Cases that it has claimed.
    pub cases: u32,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last signed in; never yet.
    pub seen_at: Option<Moment>,
    /// Until when its first password can be replaced.
    pub first_password_until: Option<Moment>,
}

/// The staff of an office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffListView {
    /// The roles that an account of it can have.
    pub roles: Vec<Role>,
    /// The accounts, by name.
    pub staff: Vec<StaffView>,
}

/// A first password, to be handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOverView {
    /// Whose it is.
    pub staff: StaffView,
    /// The password; nothing when it was handed over, used or shown long enough.
    pub password: Option<String>,
    /// Until when it is shown here.
    pub shown_until: Option<Moment>,
    /// The roles that who asks can give the account; none of an account of another office.
    pub roles: Vec<Role>,
}

/// One range of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeView {
    /// Its identifier.
    pub id: Uuid,
    /// `203.0.113.0-203.0.113.127`, or one address.
    pub addresses: String,
    /// Where its servers stand: a code of 服务器放置地.
    pub location: u32,
}

/// One service of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceView {
    /// Its identifier.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// What it is.
    pub description: String,
    /// How many sites may name it.
    pub capacity: u16,
    /// How many do: on the register, and on their way.
    pub used: u32,
    /// Its last day.
    pub valid_to: Option<Date>,
    /// Whether that day is over.
    pub ended: bool,
}

/// One page of a provider's services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceListView {
    /// The services, by code.
    pub services: Vec<ServiceView>,
    /// The page, from 1.
    pub page: u32,
    /// Whether there is another.
    pub more: bool,
}

/// A provider as its bureau keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderView {
    /// Its identifier.
    pub id: ProviderId,
    /// Its name.
    pub name: String,
    /// 经营许可证编号
    pub licence_number: String,
    /// Its phone.
    pub phone: String,
    /// The licence's first day.
    pub valid_from: Date,
    /// The licence's last day.
    pub valid_to: Option<Date>,
    /// Whether it can be chosen today.
    pub licensed: bool,
    /// How many accesses the register has of it.
    pub accesses: u32,
}

/// A provider with what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderFileView {
    /// The provider.
    pub provider: ProviderView,
    /// Its administrators.
    pub administrators: Vec<StaffView>,
    /// Its ranges.
    pub ranges: Vec<RangeView>,
}

/// When a policy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// It did.
    Past,
    /// It does.
    Now,
    /// It will.
    Later,
}

/// One policy of a province, or of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRowView {
    /// The policy.
    pub policy: Policy,
    /// Its first day.
    pub from: Option<Date>,
    /// Its last day; nothing while it has none.
    pub to: Option<Date>,
    /// Whether it is the one of all provinces.
    pub national: bool,
    /// When it holds.
    pub holds: Holds,
}

/// What a policy to be changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDraftView {
    /// The draft.
    pub id: Uuid,
    /// Its first day.
    pub from: Date,
    /// Its last day, where another policy follows that is decided already.
    pub to: Option<Date>,
    /// What will hold.
    pub policy: Policy,
    /// What would hold without it on its first day.
    pub before: Policy,
    /// Somebody changed that meanwhile, or its first day has come: it must be made anew.
    pub outdated: bool,
    /// What is on its way.
    pub effects: Vec<PolicyEffect>,
    /// When it was made.
    pub created_at: Moment,
}

/// What a policy to be does to filings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum PolicyEffect {
    /// Filings in a stage: it ends as it was entered, whatever is decided now.
    Keeps {
        /// With the provider.
        provider: u32,
        /// Waiting for confirmations.
        confirming: u32,
        /// With the bureau.
        bureau: u32,
    },
    /// Filings that wait for the registrant: each stage that they enter from the first day on is under the new policy.
    Meets {
        /// How many.
        filings: u32,
    },
    /// Of the verifications of the last 90 days, those that took longer than the new hours.
    SlowerProviders {
        /// How many took longer.
        slower: u32,
        /// Of how many.
        of: u32,
    },
    /// Of the reviews of the last 90 days, those that took longer than the new days.
    SlowerReviews {
        /// How many took longer.
        slower: u32,
        /// Of how many.
        of: u32,
    },
    /// Filings that wait for the registrant for longer than the new days: they expire on the first day.
    Expires {
        /// How many.
        filings: u32,
    },
    /// Two are to review, and the bureau has fewer: nothing could be approved.
    TooFewReviewers {
        /// How many can.
        reviewers: u32,
    },
}

/// A province's policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoliciesView {
    /// The bureau's name.
    pub bureau: String,
    /// Every policy, the latest first.
    pub rows: Vec<PolicyRowView>,
    /// The one that is being prepared.
    pub draft: Option<PolicyDraftView>,
    /// The first day that a new one can have: nothing is decided for a day that has begun.
    pub earliest: Date,
    /// The mobile prefixes that were denied, with the days.
    pub prefixes: Vec<PrefixView>,
}

/// A mobile prefix that codes were not sent to (rules 0.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrefixView {
    /// Three digits.
    pub prefix: String,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}
