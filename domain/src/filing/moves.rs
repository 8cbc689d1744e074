//! The state machine as one table. The database holds the same rows and refuses any other move.

use super::{Status, Verb};
use crate::actor::Actor;

/// Who may make a move.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Who {
    /// The owner of the filing.
    Registrant,
    /// Staff of the filing's provider.
    Provider,
    /// Staff of the bureau that decides.
    Bureau,
    /// The system: time limits.
    System,
    /// A person who proves by a code that the filing concerns them; not signed in.
    Person,
}

impl Who {
    /// Every party.
    pub const ALL: [Self; 5] = [Self::Registrant, Self::Provider, Self::Bureau, Self::System, Self::Person];

    /// The stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registrant => "registrant",
            Self::Provider => "provider",
            Self::Bureau => "bureau",
            Self::System => "system",
            Self::Person => "person",
        }
    }

    /// The party an actor belongs to.
    pub fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Anonymous => Self::Person,
            Actor::Registrant { .. } => Self::Registrant,
            Actor::Provider { .. } => Self::Provider,
            Actor::Bureau { .. } => Self::Bureau,
            Actor::System => Self::System,
        }
    }
}

/// One arrow of the state machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Move {
    /// What is done.
    pub verb: Verb,
    /// From where; none begins a filing.
    pub from: Option<Status>,
    /// To where.
    pub to: Status,
    /// By whom.
    pub who: Who,
}

const fn row(verb: Verb, from: Status, to: Status, who: Who) -> Move {
    Move { verb, from: Some(from), to, who }
}

use Status::*;
use Verb::*;
use Who::{Bureau, Person, Provider, Registrant, System};

/// Every move there is.
pub const MOVES: &[Move] = &[
    Move { verb: Create, from: None, to: Draft, who: Registrant },
    row(Submit, Draft, ProviderReview, Registrant),
    row(Discard, Draft, Discarded, Registrant),
    row(Expire, Draft, Expired, System),
    // At the provider.
    row(Withdraw, ProviderReview, Draft, Registrant),
    row(Claim, ProviderReview, ProviderReview, Provider),
    row(Release, ProviderReview, ProviderReview, Provider),
    row(Release, ProviderReview, ProviderReview, System),
    row(HandOver, ProviderReview, ProviderReview, Provider),
    row(Correct, ProviderReview, ProviderReview, Provider),
    row(Return, ProviderReview, ProviderReturned, Provider),
    row(Pass, ProviderReview, SmsPending, Provider),
    row(Pass, ProviderReview, BureauReview, Provider),
    // Came back from the provider.
    row(Edit, ProviderReturned, ProviderReturned, Registrant),
    row(Resubmit, ProviderReturned, ProviderReview, Registrant),
    row(Discard, ProviderReturned, Discarded, Registrant),
    row(Expire, ProviderReturned, Expired, System),
    // Confirmation before the review.
    row(SendCode, SmsPending, SmsPending, System),
    row(SendCode, SmsPending, SmsPending, Person),
    row(Confirm, SmsPending, SmsPending, Person),
    row(Confirm, SmsPending, BureauReview, Person),
    row(Mistake, SmsPending, SmsPending, Person),
    row(Mistake, SmsPending, SmsFailed, Person),
    row(Mistake, SmsPending, Stopped, Person),
    row(TimeOut, SmsPending, SmsFailed, System),
    row(TimeOut, SmsPending, Stopped, System),
    row(Withdraw, SmsPending, Draft, Registrant),
    // Confirmation failed.
    row(Edit, SmsFailed, SmsFailed, Registrant),
    row(Resubmit, SmsFailed, SmsPending, Registrant),
    row(Resubmit, SmsFailed, BureauReview, Registrant),
    row(Resubmit, SmsFailed, ProviderReview, Registrant),
    row(Discard, SmsFailed, Discarded, Registrant),
    row(Expire, SmsFailed, Expired, System),
    // At the bureau.
    row(SendCode, BureauReview, BureauReview, System),
    row(SendCode, BureauReview, BureauReview, Person),
    row(Confirm, BureauReview, BureauReview, Person),
    row(Mistake, BureauReview, BureauReview, Person),
    row(Mistake, BureauReview, SmsFailed, Person),
    row(Mistake, BureauReview, Stopped, Person),
    row(TimeOut, BureauReview, SmsFailed, System),
    row(TimeOut, BureauReview, Stopped, System),
    row(Claim, BureauReview, BureauReview, Bureau),
    row(Release, BureauReview, BureauReview, Bureau),
    row(Release, BureauReview, BureauReview, System),
    row(HandOver, BureauReview, BureauReview, Bureau),
    row(Hold, BureauReview, BureauReview, Bureau),
    row(Resume, BureauReview, BureauReview, Bureau),
    row(Resume, BureauReview, BureauRefused, Bureau),
    row(Approve, BureauReview, BureauReview, Bureau),
    row(Approve, BureauReview, Approved, Bureau),
    row(SendBack, BureauReview, BureauReview, Bureau),
    row(Retract, BureauReview, BureauReview, Bureau),
    row(Refuse, BureauReview, BureauRefused, Bureau),
    row(Stop, BureauReview, Stopped, Bureau),
    // Refused by the bureau: registrant or provider corrects (rules 0.3).
    row(Edit, BureauRefused, BureauRefused, Registrant),
    row(Correct, BureauRefused, BureauRefused, Provider),
    row(Resubmit, BureauRefused, BureauReview, Registrant),
    row(Resubmit, BureauRefused, SmsPending, Registrant),
    row(Resubmit, BureauRefused, ProviderReview, Registrant),
    row(Resubmit, BureauRefused, BureauReview, Provider),
    row(Resubmit, BureauRefused, SmsPending, Provider),
    row(Discard, BureauRefused, Discarded, Registrant),
    row(Expire, BureauRefused, Expired, System),
];
