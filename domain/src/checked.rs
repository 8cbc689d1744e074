//! What a check finds where the browser's tables are smaller than the server's.

use crate::problem::Fault;

/// A value that was looked at with the tables at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked<T> {
    /// Right.
    Fine(T),
    /// Wrong, by any tables.
    Wrong(Fault),
    /// The server's tables are needed. The server never answers this.
    Undecided,
}

impl<T> Checked<T> {
    /// The value, where it is right.
    pub fn fine(self) -> Option<T> {
        match self {
            Self::Fine(value) => Some(value),
            _ => None,
        }
    }

    /// What is wrong, where that is certain.
    pub fn fault(self) -> Option<Fault> {
        match self {
            Self::Wrong(fault) => Some(fault),
            _ => None,
        }
    }
}

impl<T> From<Result<T, Fault>> for Checked<T> {
    fn from(result: Result<T, Fault>) -> Self {
        match result {
            Ok(value) => Self::Fine(value),
            Err(fault) => Self::Wrong(fault),
        }
    }
}

/// How far a check may look: as the browser does, or with everything that this build has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// With the tables that fit into a page. What it finds, the server finds too.
    Light,
    /// With the whole suffix list, IDNA and all counties, where the feature `full-names` is built in.
    Whole,
}

impl Depth {
    /// Whether the large tables are to be used.
    pub fn is_whole(self) -> bool {
        cfg!(feature = "full-names") && self == Self::Whole
    }
}
