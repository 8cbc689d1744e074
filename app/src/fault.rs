//! What travels back from a door: where to go next, or why not. Nothing internal ever does.

use domain::{problem::Problem, refusal::Refusal};
use leptos::server_fn::{codec::JsonEncoding, error::FromServerFnError, error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    texts::{Lang, fault_lines, t},
    ui::FaultLines,
};

/// A write that succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The path to go to.
    pub next: String,
}

impl Done {
    /// Go to `next`.
    pub fn to(next: impl Into<String>) -> Self {
        Self { next: next.into() }
    }
}

/// Why a door did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", content = "detail", rename_all = "snake_case", try_from = "Sent")]
pub enum Fault {
    /// The answers break rules; each problem names its field.
    Invalid(Vec<Problem>),
    /// Not allowed now.
    Refused(Refusal),
    /// Not there, or not yours to see.
    NotFound,
    /// Changed since it was seen: look again.
    Stale,
    /// Nobody is signed in.
    SignedOut,
    /// Signed in, but not for this.
    Forbidden,
    /// Too often.
    Limited {
        /// Seconds until it is worth trying again.
        retry_after_s: u64,
    },
    /// The request is not one that this door understands.
    Malformed,
    /// More was sent than is read.
    TooLarge {
        /// What is read, in megabytes (2^20 bytes).
        most_mb: u64,
    },
    /// The database did not answer in time: too much is asked at once, or it is away. It was not finished.
    Busy,
    /// It broke inside; the log knows the incident.
    Broken {
        /// What to tell the people who run the service.
        incident: String,
    },
    /// The server was not reached; what was typed is still on the page.
    Offline,
}

/// A fault as it travels. Read by hand: what serde makes for an enum with its content beside the tag would weigh more in the
/// browser than the forms themselves.
#[derive(Deserialize)]
struct Sent {
    fault: String,
    detail: Option<Box<RawValue>>,
}

impl TryFrom<Sent> for Fault {
    type Error = serde_json::Error;

    fn try_from(Sent { fault, detail }: Sent) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Limited {
            retry_after_s: u64,
        }
        #[derive(Deserialize)]
        struct TooLarge {
            most_mb: u64,
        }
        #[derive(Deserialize)]
        struct Broken {
            incident: String,
        }
        let detail = detail.as_ref().map_or("null", |detail| detail.get()).as_bytes();
        Ok(match fault.as_str() {
            "invalid" => Self::Invalid(serde_json::from_slice(detail)?),
            "refused" => Self::Refused(serde_json::from_slice(detail)?),
            "not_found" => Self::NotFound,
            "stale" => Self::Stale,
            "signed_out" => Self::SignedOut,
            "forbidden" => Self::Forbidden,
            "limited" => Self::Limited { retry_after_s: serde_json::from_slice::<Limited>(detail)?.retry_after_s },
            "malformed" => Self::Malformed,
            "too_large" => Self::TooLarge { most_mb: serde_json::from_slice::<TooLarge>(detail)?.most_mb },
            "busy" => Self::Busy,
            "broken" => Self::Broken { incident: serde_json::from_slice::<Broken>(detail)?.incident },
            "offline" => Self::Offline,
            other => return Err(serde::de::Error::unknown_variant(other, &[])),
        })
    }
}

/// The header in which a page says whose it is.
pub const ACCOUNT: &str = "beian-account";

/// The header of what a page fetches by itself: it keeps no session alive, as nobody need be there. Doors that the browser's own
/// client asks are told by an argument of this meaning, `unattended`.
pub const UNATTENDED: &str = "beian-unattended";

/// Seconds after which it is worth asking a node again whose database did not answer in time.
const BUSY_S: u64 = 5;

/// What a program without rules of its own says it accepts: faults in words.
pub const IN_WORDS: &str = "application/vnd.beian.words+json";

/// A fault in the words of the page: what the wizard's program is told, which so carries no sentence of a rule that only the
/// server can know, and shows those of rules that came after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Which: `stale`, `signed_out`, …, as [`Fault`] travels.
    pub fault: String,
    /// What the form shows.
    pub lines: FaultLines,
    /// Seconds until it is worth trying again.
    pub retry_after_s: u64,
}

impl Told {
    /// A fault in the words of a language.
    #[must_use]
    pub fn of(l: Lang, fault: &Fault) -> Self {
        let retry_after_s = fault.retry_after_s().unwrap_or_default();
        Self { fault: fault.name().to_owned(), lines: fault_lines(l, fault), retry_after_s }
    }

    /// The server was not reached, or said what cannot be read.
    #[must_use]
    pub fn offline(l: Lang) -> Self {
        let lines = FaultLines { general: Some(t::fault::offline(l).to_owned()), ..FaultLines::default() };
        Self { fault: "offline".to_owned(), lines, retry_after_s: 0 }
    }
}

impl Fault {
    /// Which, as it travels.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::Refused(_) => "refused",
            Self::NotFound => "not_found",
            Self::Stale => "stale",
            Self::SignedOut => "signed_out",
            Self::Forbidden => "forbidden",
            Self::Limited { .. } => "limited",
            Self::Malformed => "malformed",
            Self::TooLarge { .. } => "too_large",
            Self::Busy => "busy",
            Self::Broken { .. } => "broken",
            Self::Offline => "offline",
        }
    }

    /// The HTTP status for fetch clients.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Refused(_) | Self::Stale => 409,
            Self::TooLarge { .. } => 413,
            Self::Invalid(_) => 422,
            Self::Limited { .. } => 429,
            Self::Broken { .. } => 500,
            Self::Busy | Self::Offline => 503,
        }
    }

    /// Seconds until it is worth trying again, where that is all it takes.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Limited { retry_after_s } => Some(*retry_after_s),
            Self::Busy => Some(BUSY_S),
            _ => None,
        }
    }

    /// Whether the session has ended, or is not this account's any more.
    pub fn wants_sign_in(&self) -> bool {
        matches!(self, Self::SignedOut | Self::Forbidden)
    }

    /// The problems of the answers, if that is what is wrong.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Invalid(problems) => problems,
            _ => &[],
        }
    }
}

impl FromServerFnError for Fault {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Malformed,
            _ => Self::Broken { incident: String::new() },
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "fault {}", self.status())
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use domain::{
        filing::Status,
        problem::{Rule, Section},
    };

    use super::*;

    #[test]
    fn every_fault_comes_back_as_it_was_sent() {
        let faults = [
            Fault::Invalid(vec![Problem::new(Section::Site(2), "domain", Rule::Required)]),
            Fault::Refused(Refusal::Status { status: Status::Approved }),
            Fault::NotFound,
            Fault::Stale,
            Fault::SignedOut,
            Fault::Forbidden,
            Fault::Limited { retry_after_s: 7 },
            Fault::Malformed,
            Fault::TooLarge { most_mb: 12 },
            Fault::Busy,
            Fault::Broken { incident: "0195".to_owned() },
            Fault::Offline,
        ];
        for fault in faults {
            // Each variant has a line above, or this does not compile.
            match &fault {
                Fault::Invalid(_) | Fault::Refused(_) | Fault::NotFound | Fault::Stale | Fault::SignedOut | Fault::Forbidden => {}
                Fault::Limited { .. } | Fault::Malformed | Fault::TooLarge { .. } => {}
                Fault::Busy | Fault::Broken { .. } | Fault::Offline => {}
            }
            let text = serde_json::to_string(&fault).expect("json");
            assert_eq!(serde_json::from_str::<Fault>(&text).expect("read"), fault, "{text}");
            let value = serde_json::to_value(&fault).expect("json");
            assert_eq!(value["fault"], fault.name());
            assert_eq!(serde_json::from_value::<Fault>(value).expect("read"), fault, "{text}");
        }
        assert!(serde_json::from_str::<Fault>(r#"{"fault":"unheard"}"#).is_err());
    }
}
