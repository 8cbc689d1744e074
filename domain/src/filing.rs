//! One case on its way 备案申请: its status, what happened to it, and what may happen next.
//!
//! `MOVES` is the state machine; [`Filing::decide`] is the only gate; [`Filing::apply`] folds the journal to the row;
//! [`Filing::offers`] draws the buttons.

mod apply;
mod decide;
pub mod idle;
mod kind;
mod moves;
#[cfg(test)]
mod tests;

pub use decide::{Command, Env};
pub use kind::{DomainFound, Kind};
pub use moves::{MOVES, Move, Who};

use crate::{
    actor::Actor,
    id::{ConfirmationId, FilingId, ProviderId, UserId},
    policy::Policy,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Where a filing stands (rules 4.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 待提交: the registrant fills it in.
    Draft,
    /// 待接入商核实: the provider verifies.
    ProviderReview,
    /// 接入商退回: the registrant corrects.
    ProviderReturned,
    /// 待短信核验: the persons in charge confirm.
    SmsPending,
    /// 短信核验未通过: returned after the window, or too many wrong digits.
    SmsFailed,
    /// 管局审核中: the bureau reviews.
    BureauReview,
    /// 管局退回: refused with reasons; the same filing is corrected.
    BureauRefused,
    /// 已备案: the number is issued. Final.
    Approved,
    /// 已停止: stopped. Final.
    Stopped,
    /// 已过期: idle for too long. Final.
    Expired,
    /// 已删除: given up by the registrant. Final.
    Discarded,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::ProviderReview,
        Self::ProviderReturned,
        Self::SmsPending,
        Self::SmsFailed,
        Self::BureauReview,
        Self::BureauRefused,
        Self::Approved,
        Self::Stopped,
        Self::Expired,
        Self::Discarded,
    ];

    /// The stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::ProviderReview => "provider_review",
            Self::ProviderReturned => "provider_returned",
            Self::SmsPending => "sms_pending",
            Self::SmsFailed => "sms_failed",
            Self::BureauReview => "bureau_review",
            Self::BureauRefused => "bureau_refused",
            Self::Approved => "approved",
            Self::Stopped => "stopped",
            Self::Expired => "expired",
            Self::Discarded => "discarded",
        }
    }

    /// The status with this stable name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Nothing moves it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Approved | Self::Stopped | Self::Expired | Self::Discarded)
    }

    /// The registrant may change the answers (rules 0.4).
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft) || self.is_returned()
    }

    /// It came back to the registrant.
    pub fn is_returned(self) -> bool {
        matches!(self, Self::ProviderReturned | Self::SmsFailed | Self::BureauRefused)
    }

    /// It is on its way: its holds on domain and sponsor are live.
    pub fn holds(self) -> bool {
        !matches!(self, Self::Draft) && !self.is_final()
    }
}

/// One thing that can be done to a filing. The same word names the use-case, the door and the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Begin a filing.
    Create,
    /// Change the answers of a filing that came back.
    Edit,
    /// Hand it to the provider for the first time, or again after a withdrawal.
    Submit,
    /// Send a filing that came back on its way again.
    Resubmit,
    /// Take it back while it has not reached the bureau 撤回.
    Withdraw,
    /// Take a case from the queue.
    Claim,
    /// Put a case back into the queue.
    Release,
    /// Give a case to a colleague.
    HandOver,
    /// Send it back to the registrant with reasons 退回.
    Return,
    /// Correct answers as the provider, with the registrant's leave.
    Correct,
    /// Verify and submit to the bureau 核实提交.
    Pass,
    /// Send a confirmation code.
    SendCode,
    /// A person in charge confirms 短信核验.
    Confirm,
    /// A person in charge gave wrong certificate digits.
    Mistake,
    /// The window to confirm in is over.
    TimeOut,
    /// Ask a department for its pre-approval 前置审批; the review waits.
    Hold,
    /// Record the department's answer.
    Resume,
    /// Approve; the number is issued, or a second reviewer follows.
    Approve,
    /// Send the first of two approvals back to who gave it 复审退回.
    SendBack,
    /// Take one's own first approval back 撤回初审.
    Retract,
    /// Refuse with reasons.
    Refuse,
    /// Stop the filing.
    Stop,
    /// Idle for too long.
    Expire,
    /// Give it up.
    Discard,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 24] = [
        Self::Create,
        Self::Edit,
        Self::Submit,
        Self::Resubmit,
        Self::Withdraw,
        Self::Claim,
        Self::Release,
        Self::HandOver,
        Self::Return,
        Self::Correct,
        Self::Pass,
        Self::SendCode,
        Self::Confirm,
        Self::Mistake,
        Self::TimeOut,
        Self::Hold,
        Self::Resume,
        Self::Approve,
        Self::SendBack,
        Self::Retract,
        Self::Refuse,
        Self::Stop,
        Self::Expire,
        Self::Discard,
    ];

    /// The stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Submit => "submit",
            Self::Resubmit => "resubmit",
            Self::Withdraw => "withdraw",
            Self::Claim => "claim",
            Self::Release => "release",
            Self::HandOver => "hand_over",
            Self::Return => "return",
            Self::Correct => "correct",
            Self::Pass => "pass",
            Self::SendCode => "send_code",
            Self::Confirm => "confirm",
            Self::Mistake => "mistake",
            Self::TimeOut => "time_out",
            Self::Hold => "hold",
            Self::Resume => "resume",
            Self::Approve => "approve",
            Self::SendBack => "send_back",
            Self::Retract => "retract",
            Self::Refuse => "refuse",
            Self::Stop => "stop",
            Self::Expire => "expire",
            Self::Discard => "discard",
        }
    }

    /// The verb with this stable name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.name() == name)
    }
}

/// How a confirmation code came to be sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentBy {
    /// Within five minutes after the round began.
    First,
    /// At noon of the next day.
    Noon,
    /// Asked for on the confirmation page.
    Manual,
}

/// What a stage is entered with: recorded, so that later changes of policy or calendar never move the past.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// The version of the policy that held.
    pub policy: i32,
    /// Until when whoever holds the filing must act.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub due_at: Option<OffsetDateTime>,
    /// The round of confirmations that opens with it.
    pub sms: Option<SmsRound>,
}

/// A round of confirmations by SMS.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SmsRound {
    /// 1 for the first.
    pub number: u8,
    /// The end of the window.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
    /// The limits of the policy it was opened under.
    pub wrong_digits: u8,
    /// How many manual resends each person has.
    pub manual_resends: u8,
    /// Whether this is the last round: failing it stops the filing.
    pub last: bool,
    /// Those who must confirm.
    pub due: Vec<Due>,
}

/// One person's duty to confirm. Who it is stands encrypted elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Due {
    /// Its identifier.
    pub id: ConfirmationId,
    /// When it was done.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub confirmed_at: Option<OffsetDateTime>,
    /// Wrong certificate digits so far, across resends (rules 0.1).
    pub wrong: u8,
    /// Manual resends so far.
    pub resends: u8,
}

/// What happened, beside the move itself. Holds no personal data: words and persons stand encrypted under the ids.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// Nothing beside the move.
    Plain,
    /// Begun by this registrant.
    Created {
        /// The registrant.
        owner: UserId,
    },
    /// Handed in.
    Submitted {
        /// The sponsor's province, which decides.
        province: u32,
        /// The provider that verifies.
        provider: ProviderId,
        /// Whether the provider may correct.
        leave: bool,
    },
    /// Taken, or handed over.
    Claimed {
        /// By whom it is worked on now.
        holder: UserId,
    },
    /// An opinion or reasons were given.
    Noted {
        /// The encrypted note.
        note: Uuid,
    },
    /// A code was sent.
    CodeSent {
        /// To whom.
        confirmation: ConfirmationId,
        /// Why.
        by: SentBy,
    },
    /// About one person's confirmation.
    Confirmation {
        /// Whose.
        confirmation: ConfirmationId,
    },
    /// A first of two reviewers approved.
    FirstApproval {
        /// The encrypted note.
        note: Uuid,
        /// Who.
        reviewer: UserId,
    },
    /// The second reviewer sent the first approval back.
    SentBack {
        /// The encrypted note: why.
        note: Uuid,
        /// Who works on it now: the first reviewer, where still of the house.
        to: Option<UserId>,
    },
    /// The number was issued.
    Approved {
        /// The encrypted note.
        note: Uuid,
        /// The sponsor's filing number 主体备案号, once drawn in the same transaction.
        number: Option<String>,
    },
}

/// One row of the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// 1 for the first of a filing.
    pub seq: i32,
    /// What was done.
    pub verb: Verb,
    /// From where; none for the first.
    pub from: Option<Status>,
    /// To where.
    pub to: Status,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// By whom.
    pub by: Actor,
    /// What beside.
    pub fact: Fact,
    /// What a stage is entered with.
    pub entry: Option<Entry>,
}

/// A filing, folded from its journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Filing {
    /// Its identifier.
    pub id: FilingId,
    /// The last event's number: the version people saw.
    pub seq: i32,
    /// Where it stands.
    pub status: Status,
    /// The registrant.
    pub owner: UserId,
    /// The sponsor's province, once handed in.
    pub province: Option<u32>,
    /// The provider, once handed in.
    pub provider: Option<ProviderId>,
    /// Whether the provider may correct.
    pub leave: bool,
    /// Whether answers changed since it came back.
    pub edited: bool,
    /// The policy version of the present stage.
    pub policy: i32,
    /// Until when the holder must act.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub due_at: Option<OffsetDateTime>,
    /// Who works on the case.
    pub claimed_by: Option<UserId>,
    /// The open, or last, round of confirmations.
    pub sms: Option<SmsRound>,
    /// Rounds opened so far.
    pub rounds: u8,
    /// Rounds that failed one after the other: the last one that policy allows stops the filing.
    pub failed_rounds: u8,
    /// Since when it waits for a pre-approval.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub held_at: Option<OffsetDateTime>,
    /// The first of two reviewers who approved.
    pub first_approval: Option<UserId>,
    /// The last note for the registrant: reasons of a return or refusal.
    pub note: Option<Uuid>,
    /// The sponsor's number, once approved.
    pub number: Option<String>,
    /// When it was first handed in.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub submitted_at: Option<OffsetDateTime>,
    /// When the present status was entered.
    #[serde(with = "time::serde::rfc3339")]
    pub entered_at: OffsetDateTime,
}

impl Filing {
    /// The persons who have still to confirm in the open round.
    pub fn due(&self) -> impl Iterator<Item = &Due> {
        self.sms.iter().flat_map(|r| r.due.iter()).filter(|d| d.confirmed_at.is_none())
    }

    /// Whether its deadline stands still: a department is asked, and policy lets the clock wait for it (rules 0.11).
    pub fn is_paused(&self, policy: &Policy) -> bool {
        self.held_at.is_some() && policy.preapproval_pauses
    }

    /// Who proposed its approval, while another person must look at it 复审.
    pub fn second_look(&self, policy: &Policy) -> Option<UserId> {
        self.first_approval.filter(|_| policy.second_reviewer && self.status == Status::BureauReview)
    }

    /// Whether a round of confirmations is running now.
    pub fn is_confirming(&self) -> bool {
        matches!(self.status, Status::SmsPending | Status::BureauReview) && self.due().next().is_some()
    }
}
