//! Why something is not allowed now: an expected outcome with a way out, not an error.

use crate::filing::Status;
use serde::{Deserialize, Serialize};

/// The refusals that say all by their name, each with the name it is sent under.
macro_rules! refusals {
    ($($(#[$doc:meta])* $refusal:ident => $name:literal,)*) => {
        /// Why a command is refused. The text of each stands in the locale file `refusal.toml` under its name.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        #[serde(tag = "why", rename_all = "snake_case", try_from = "Sent")]
        pub enum Refusal {
            /// The filing's status does not allow it.
            Status {
                /// The status it has.
                status: Status,
            },
            $($(#[$doc])* $refusal,)*
        }

        impl Refusal {
            /// Those without more than a name.
            const PLAIN: &[Self] = &[$(Self::$refusal),*];

            /// The stable name, as sent and as the key of its text.
            pub fn name(self) -> &'static str {
                match self {
                    Self::Status { .. } => "status",
                    $(Self::$refusal => $name,)*
                }
            }
        }
    };
}

refusals! {
    /// Not for this role, or not for this owner.
    NotYours => "not_yours",
    /// Somebody else works on the case.
    ClaimedByAnother => "claimed_by_another",
    /// Nobody works on the case.
    NotClaimed => "not_claimed",
    /// A return or refusal needs at least one reason.
    ReasonMissing => "reason_missing",
    /// The second reviewer must be another person than the first.
    SameReviewer => "same_reviewer",
    /// No first approval stands that could be sent back or taken back.
    NoProposal => "no_proposal",
    /// The pre-approval department has not answered yet.
    PreapprovalPending => "preapproval_pending",
    /// There is no pre-approval to record an answer for.
    NoPreapproval => "no_preapproval",
    /// Persons in charge have still to confirm by SMS.
    ConfirmationPending => "confirmation_pending",
    /// This person has confirmed already.
    AlreadyConfirmed => "already_confirmed",
    /// The confirmation is not one of the round that is open.
    NoSuchConfirmation => "no_such_confirmation",
    /// The window to confirm in is over.
    WindowOver => "window_over",
    /// The window to confirm in is still open.
    WindowOpen => "window_open",
    /// No more codes in this round.
    ResendLimit => "resend_limit",
    /// The registrant has not allowed the provider to correct.
    NoLeave => "no_leave",
    /// It has not been idle long enough to expire.
    NotIdle => "not_idle",
    /// Another filing on its way, or a record, holds the same domain or sponsor.
    Conflict => "conflict",
    /// Something in the filing is not complete.
    Incomplete => "incomplete",
    /// Too many ask for the same at once; a little later it is possible.
    Busy => "busy",
    /// The retry key was used for another request.
    RetryKeyReused => "retry_key_reused",
}

/// A refusal as it travels. Read by hand: what serde makes for an enum with a tag inside it would be a tenth of the program
/// that the wizard downloads.
#[derive(Deserialize)]
struct Sent {
    why: String,
    status: Option<Status>,
}

impl TryFrom<Sent> for Refusal {
    type Error = String;

    fn try_from(Sent { why, status }: Sent) -> Result<Self, String> {
        let plain = || Self::PLAIN.iter().find(|refusal| refusal.name() == why).copied();
        status.filter(|_| why == "status").map(|status| Self::Status { status }).or_else(plain).ok_or(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_comes_back_as_it_was_sent() {
        let with_status = Status::ALL.iter().map(|status| Refusal::Status { status: *status });
        for refusal in Refusal::PLAIN.iter().copied().chain(with_status) {
            let sent = serde_json::to_value(refusal).expect("json");
            assert_eq!(sent["why"], refusal.name());
            assert_eq!(serde_json::from_value::<Refusal>(sent).expect("read"), refusal);
        }
        for wrong in [r#"{"why":"because"}"#, r#"{"why":"status"}"#] {
            assert!(serde_json::from_str::<Refusal>(wrong).is_err(), "{wrong}");
        }
    }
}
