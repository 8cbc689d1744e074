//! What travels from the server to the pages. Holds what a page shows and no more; personal data comes masked.

pub mod accounts;
pub mod confirmations;
pub mod demo;
pub mod desk;
pub mod filings;
pub mod notices;
pub mod office;
pub mod register;
