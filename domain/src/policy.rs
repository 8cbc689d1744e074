//! What differs between years and provinces is a dated policy, never an `if` (rules 0).

use crate::calendar::Calendar;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// When persons in charge confirm by SMS 短信核验 (rules 0.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsStage {
    /// Not at all: before 2018, and outside the pilot provinces until 2020-08-17.
    None,
    /// Before the bureau's review: everywhere since 2020-08-17.
    Before,
    /// While the bureau reviews: the pilot provinces from 2018.
    During,
}

impl SmsStage {
    /// Every stage.
    pub const ALL: [Self; 3] = [Self::None, Self::Before, Self::During];

    /// The stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Before => "before",
            Self::During => "during",
        }
    }

    /// The stage with this stable name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// Where a refused filing goes when it is sent on again (rules 0.3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalRoute {
    /// Straight back to the bureau.
    Bureau,
    /// Through the provider's verification again.
    Provider,
}

impl RefusalRoute {
    /// Every route.
    pub const ALL: [Self; 2] = [Self::Bureau, Self::Provider];

    /// The stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bureau => "bureau",
            Self::Provider => "provider",
        }
    }

    /// The route with this stable name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}

/// The policy of one province that holds at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// The version (row) it was read from; recorded when a stage is entered.
    pub version: i32,
    /// When persons in charge confirm by SMS.
    pub sms_stage: SmsStage,
    /// How long a round of confirmations is open, in hours: 24, or 48 in the pilot.
    pub sms_window_hours: u16,
    /// How many rounds there are; the last one that fails stops the filing.
    pub sms_rounds: u8,
    /// How many wrong certificate digits end a round (5; 6 in some provinces).
    pub sms_wrong_digits: u8,
    /// Whether codes not used are sent again at noon of the next day.
    pub sms_noon_resend: bool,
    /// How often a person may ask for a new code in one round.
    pub sms_manual_resends: u8,
    /// Where a refused filing goes.
    pub after_refusal: RefusalRoute,
    /// Whether a second reviewer must approve too.
    pub second_reviewer: bool,
    /// Whether waiting for a pre-approval 前置审批 stops the bureau's clock (rules 0.11).
    pub preapproval_pauses: bool,
    /// The provider's time limit in hours on working days.
    pub provider_hours: u16,
    /// The bureau's time limit in working days (Order 33, Art. 12: at most 20).
    pub bureau_working_days: u16,
    /// After how many days without a change a filing that waits for the registrant expires.
    pub idle_days: u16,
}

impl Policy {
    /// The rule everywhere since 2020-08-17, as a province without a row of its own has it.
    pub fn national() -> Self {
        Self {
            version: 0,
            sms_stage: SmsStage::Before,
            sms_window_hours: 24,
            sms_rounds: 2,
            sms_wrong_digits: 5,
            sms_noon_resend: true,
            sms_manual_resends: 5,
            after_refusal: RefusalRoute::Bureau,
            second_reviewer: false,
            preapproval_pauses: true,
            provider_hours: 24,
            bureau_working_days: 20,
            idle_days: 45,
        }
    }
}

/// Time limits in working time. Past the end of the holiday table the answer is `None`: warn, do not guess.
pub trait WorkingTime: Sync {
    /// The end of the `days`-th working day after `from`.
    fn after_working_days(&self, from: OffsetDateTime, days: u16) -> Option<OffsetDateTime>;
    /// `hours` hours after `from`, counting the 24 hours of working days only.
    fn after_working_hours(&self, from: OffsetDateTime, hours: u16) -> Option<OffsetDateTime>;
    /// The working days that begin after `from` and not after `to`.
    fn working_days_between(&self, from: OffsetDateTime, to: OffsetDateTime) -> Option<u16>;
}

impl WorkingTime for Calendar {
    fn after_working_days(&self, from: OffsetDateTime, days: u16) -> Option<OffsetDateTime> {
        self.add_working_days(from, u32::from(days)).ok()
    }

    fn after_working_hours(&self, from: OffsetDateTime, hours: u16) -> Option<OffsetDateTime> {
        self.add_working_hours(from, u32::from(hours)).ok()
    }

    fn working_days_between(&self, from: OffsetDateTime, to: OffsetDateTime) -> Option<u16> {
        Calendar::working_days_between(self, from, to).ok().and_then(|days| days.try_into().ok())
    }
}
