//! domain
pub mod problem;
