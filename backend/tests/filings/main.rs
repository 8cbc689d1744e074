//! Filings from draft to number, against a real database.

#![allow(clippy::unwrap_used)]

mod stage;

mod approving;
mod certificates;
mod clocks;
mod confirming;
mod desk;
mod expiry;
mod footers;
mod handing_in;
mod keys;
mod machine;
mod mobiles;
mod moments;
mod plans;
mod policies;
mod sections;
mod stopped;
