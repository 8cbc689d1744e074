//! The desks of provider and bureau: queue, counts, and one case in one view.

use super::filings::{MaterialView, NoteView, ProgressView};
use crate::{
    draft::Draft,
    filing::Status,
    id::{FilingId, UserId},
    problem::{Problem, Section},
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The counts on top of a desk; each opens the list behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DeskCounts {
    /// In the queue.
    pub waiting: i64,
    /// Claimed by me.
    pub mine: i64,
    /// Due within the next working day's worth of hours (24 h).
    pub due_soon: i64,
    /// The deadline is missed.
    pub missed: i64,
    /// Waiting for persons to confirm.
    pub confirming: i64,
    /// Sent back, with the registrant.
    pub returned: i64,
    /// At a second look 复审; none where this house has no such thing.
    pub second_look: Option<i64>,
    /// Waiting for a pre-approval 前置审批中; none where this house asks for none.
    pub held: Option<i64>,
    /// Decided (passed, approved or refused here) since Beijing midnight.
    pub done_today: i64,
    /// The age of the oldest in the queue, in minutes.
    pub oldest_minutes: i64,
}

/// Which list a desk shows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// The queue, oldest deadline first.
    #[default]
    Waiting,
    /// Claimed by me.
    Mine,
    /// Due soon.
    DueSoon,
    /// Missed.
    Missed,
    /// Waiting for confirmations.
    Confirming,
    /// With the registrant.
    Returned,
    /// At a bureau: approved once, waiting for another person 待复审.
    SecondLook,
    /// At a bureau: waiting for a pre-approval 前置审批中.
    Held,
    /// All of this desk's filings, newest change first.
    All,
}

impl Listing {
    /// Every list, in the order of the desk.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Mine,
        Self::SecondLook,
        Self::Held,
        Self::DueSoon,
        Self::Missed,
        Self::Confirming,
        Self::Returned,
        Self::All,
    ];

    /// The stable name, in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Mine => "mine",
            Self::DueSoon => "due_soon",
            Self::Missed => "missed",
            Self::Confirming => "confirming",
            Self::Returned => "returned",
            Self::SecondLook => "second_look",
            Self::Held => "held",
            Self::All => "all",
        }
    }

    /// The list with this stable name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }
}

/// One line of a desk's list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CaseRow {
    /// The filing.
    pub id: FilingId,
    /// Where it stands.
    pub status: Status,
    /// The sponsor's name.
    pub title: String,
    /// Code of 主办单位性质.
    pub nature: Option<u16>,
    /// The domains.
    pub domains: Vec<String>,
    /// When the stage was entered.
    #[serde(with = "time::serde::rfc3339")]
    pub entered_at: OffsetDateTime,
    /// Until when this house must act; none while the clock stands still.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub due_at: Option<OffsetDateTime>,
    /// The clock stands still while a department is asked (rules 0.11).
    pub paused: bool,
    /// It waits for a pre-approval 前置审批中.
    pub held: bool,
    /// It was approved once and waits for a second reviewer 复审; the bureau's own business.
    pub second_look: bool,
    /// Who approved it once is who looks: another person must look at it.
    pub proposed_by_me: bool,
    /// Who works on it.
    pub claimed_by: Option<String>,
    /// Whether that is me.
    pub mine: bool,
}

/// The first of two approvals, which another person confirms or sends back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Proposal {
    /// Who made it, as colleagues know them.
    pub by: String,
    /// Whether that is me.
    pub mine: bool,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// With what opinion.
    pub note: Option<NoteView>,
}

/// A desk.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeskView {
    /// The house: provider or bureau.
    pub house: String,
    /// The counts.
    pub counts: DeskCounts,
    /// The list asked for.
    pub listing: Listing,
    /// One page of it.
    pub rows: Vec<CaseRow>,
    /// The page number, from 1.
    pub page: u32,
    /// Whether there are more.
    pub more: bool,
    /// The server's time, against which deadlines are shown.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// What the system found out by itself, shown on top of a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// All checks of the rules passed.
    ChecksPassed,
    /// A check failed: the tables changed since it was handed in.
    Problem {
        /// Which.
        problem: Problem,
    },
    /// The sponsor is on the register already, under this number.
    SponsorFiled {
        /// 主体备案号
        number: String,
    },
    /// The domain is on the register already, under this number.
    DomainFiled {
        /// Whose section.
        section: Section,
        /// 网站备案号
        number: String,
    },
    /// An address lies outside the provider's ranges.
    OutsideRanges {
        /// Whose section.
        section: Section,
        /// The address or range.
        address: String,
    },
    /// The service code is not one of the provider's, or its capacity is used up.
    ServiceUnknown {
        /// Whose section.
        section: Section,
    },
    /// A material is missing.
    MaterialMissing {
        /// Whose section.
        section: Section,
        /// The code of its kind.
        kind: u16,
    },
    /// A person's face was not checked yet.
    IdentityUnchecked {
        /// Whose section.
        section: Section,
    },
    /// It came back and this field was changed since.
    Changed {
        /// The section.
        section: Section,
        /// The field.
        field: String,
        /// As it was (masked).
        before: String,
        /// As it is (masked).
        after: String,
    },
}

/// A face-to-face or face check that was recorded (R7).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct IdentityCheckView {
    /// Whose: the section that names the person.
    pub section: Section,
    /// `face_to_face`, `face_recognition` or `video`.
    pub method: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub checked_at: OffsetDateTime,
    /// By whom.
    pub checked_by: String,
}

/// A colleague a case can be handed to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Colleague {
    /// The account.
    pub id: UserId,
    /// The name.
    pub name: String,
}

/// One case, whole.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CaseView {
    /// Progress, timeline, offers.
    pub progress: ProgressView,
    /// How often answers and materials were changed; sent back with what changes them or sends them on.
    pub edition: i64,
    /// The answers as handed in; to the provider of a refused filing, which may correct them too, as they stand. Personal
    /// data is masked until shown on a logged click.
    pub draft: Draft,
    /// Materials.
    pub materials: Vec<MaterialView>,
    /// Machine findings.
    pub findings: Vec<Finding>,
    /// Checks of persons' identity.
    pub identity_checks: Vec<IdentityCheckView>,
    /// Who works on it.
    pub claimed_by: Option<String>,
    /// Whether that is me.
    pub mine: bool,
    /// Colleagues it can be handed to.
    pub colleagues: Vec<Colleague>,
    /// Names of the providers that accesses name, by id.
    pub providers: Vec<super::filings::ProviderChoice>,
    /// What a first reviewer proposed, where policy wants a second one.
    pub proposal: Option<Proposal>,
    /// An approval by one person is a proposal here: policy wants two.
    pub two_reviewers: bool,
    /// Asking a department stops the bureau's clock here (rules 0.11).
    pub preapproval_pauses: bool,
    /// The next case of the queue.
    pub next: Option<FilingId>,
}

/// The form under a case: opinion, reasons.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DecisionForm {
    /// The code of the opinion.
    pub code: String,
    /// Free words, at most 1024 characters.
    pub words: String,
    /// Reasons per field.
    pub reasons: Vec<super::filings::Reason>,
    /// For a pre-approval: the department.
    pub department: String,
    /// For a pre-approval: the number of the approval.
    pub approval_number: String,
    /// For a pre-approval: the date of the decision.
    pub approval_date: String,
    /// For a pre-approval: "yes" when granted.
    pub granted: String,
    /// For a pre-approval that is not granted: the keys of the sites it is about, where there are several.
    pub sites: Vec<String>,
}
