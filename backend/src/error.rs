//! What a use-case can answer besides success. Expected outcomes are values; the rest is for the log.

use domain::problem::Problem;
use domain::refusal::Refusal;
use std::time::Duration;
use uuid::Uuid;

/// The result of a use-case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use-case did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input has problems; each names its field.
    #[error("the input has {} problems", .0.len())]
    Invalid(Vec<Problem>),
    /// Not allowed now.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Not there, or not the actor's to see.
    #[error("not found")]
    NotFound,
    /// Changed since the actor saw it.
    #[error("changed since it was seen")]
    Stale,
    /// Nobody is signed in, or the session has ended.
    #[error("signed out")]
    SignedOut,
    /// Signed in, but not for this.
    #[error("forbidden")]
    Forbidden,
    /// Too often.
    #[error("limited for {} s", .retry_after.as_secs())]
    Limited {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// A stored value does not open or does not parse.
    #[error("inconsistent {table}.{column} in row {id}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        id: Uuid,
    },
    /// The database failed.
    #[error("database: {0}")]
    Db(#[from] sqlx::Error),
    /// The store of materials failed.
    #[error("store: {0}")]
    Store(#[from] object_store::Error),
    /// Stored JSON does not parse, or a value has none.
    #[error("json: {0}")]
    Json(#[from] serde_json::Error),
    /// A message could not be handed over.
    #[error("delivery: {0}")]
    Delivery(String),
    /// The machine failed: no thread, no memory, a library that gave up.
    #[error("internal: {0}")]
    Internal(&'static str),
}

impl Error {
    /// Whether the database gave no connection in time: all of this node are in use, or it is away.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Db(sqlx::Error::PoolTimedOut))
    }
}

impl From<Vec<Problem>> for Error {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Invalid(problems)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Whether the database refused a second row with the same unique value.
pub fn is_duplicate(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().is_some_and(|e| e.is_unique_violation() && e.constraint() == Some(constraint))
}
