//! Filings from draft to number, against a real database.

#[path = "../stage.rs"]
mod stage;

mod approving;
mod confirming;
mod handing_in;
mod machine;
mod policies;
mod sections;
