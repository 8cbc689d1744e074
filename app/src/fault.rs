//! What travels back from a door: where to go next, or why not. Nothing internal ever does.

use domain::{problem::Problem, refusal::Refusal};
use leptos::server_fn::{codec::JsonEncoding, error::FromServerFnError, error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};

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
#[serde(tag = "fault", content = "detail", rename_all = "snake_case")]
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
    /// It broke inside; the log knows the incident.
    Broken {
        /// What to tell the people who run the service.
        incident: String,
    },
    /// The server was not reached; what was typed is still on the page.
    Offline,
}

impl Fault {
    /// The HTTP status for fetch clients.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Refused(_) | Self::Stale => 409,
            Self::Invalid(_) => 422,
            Self::Limited { .. } => 429,
            Self::Broken { .. } => 500,
            Self::Offline => 503,
        }
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
