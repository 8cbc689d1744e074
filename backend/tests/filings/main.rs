//! Filings from draft to number, against a real database.

#![allow(clippy::unwrap_used)]

mod stage;

mod approving;
mod certificates;
mod confirming;
mod desk;
mod footers;
mod handing_in;
mod machine;
mod mobiles;
mod moments;
mod policies;
mod sections;
