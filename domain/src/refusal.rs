//! Why something is not allowed now: an expected outcome with a way out, not an error.

use crate::filing::Status;
use serde::{Deserialize, Serialize};

/// Why a command is refused. The text of each stands in the locale file `refusal.toml` under its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// Not for this role, or not for this owner.
    NotYours,
    /// The filing's status does not allow it.
    Status {
        /// The status it has.
        status: Status,
    },
    /// Somebody else works on the case.
    ClaimedByAnother,
    /// Nobody works on the case.
    NotClaimed,
    /// A return or refusal needs at least one reason.
    ReasonMissing,
    /// The second reviewer must be another person than the first.
    SameReviewer,
    /// The pre-approval department has not answered yet.
    PreapprovalPending,
    /// There is no pre-approval to record an answer for.
    NoPreapproval,
    /// Persons in charge have still to confirm by SMS.
    ConfirmationPending,
    /// This person has confirmed already.
    AlreadyConfirmed,
    /// The confirmation is not one of the round that is open.
    NoSuchConfirmation,
    /// The window to confirm in is over.
    WindowOver,
    /// The window to confirm in is still open.
    WindowOpen,
    /// No more codes in this round.
    ResendLimit,
    /// The registrant has not allowed the provider to correct.
    NoLeave,
    /// It has not been idle long enough to expire.
    NotIdle,
    /// Another filing on its way, or a record, holds the same domain or sponsor.
    Conflict,
    /// Something in the filing is not complete.
    Incomplete,
    /// The retry key was used for another request.
    RetryKeyReused,
}

impl Refusal {
    /// The stable name, as sent and as the key of its text.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotYours => "not_yours",
            Self::Status { .. } => "status",
            Self::ClaimedByAnother => "claimed_by_another",
            Self::NotClaimed => "not_claimed",
            Self::ReasonMissing => "reason_missing",
            Self::SameReviewer => "same_reviewer",
            Self::PreapprovalPending => "preapproval_pending",
            Self::NoPreapproval => "no_preapproval",
            Self::ConfirmationPending => "confirmation_pending",
            Self::AlreadyConfirmed => "already_confirmed",
            Self::NoSuchConfirmation => "no_such_confirmation",
            Self::WindowOver => "window_over",
            Self::WindowOpen => "window_open",
            Self::ResendLimit => "resend_limit",
            Self::NoLeave => "no_leave",
            Self::NotIdle => "not_idle",
            Self::Conflict => "conflict",
            Self::Incomplete => "incomplete",
            Self::RetryKeyReused => "retry_key_reused",
        }
    }
}
