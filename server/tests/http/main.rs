//! The server as a process, over a database of its own, spoken to by HTTP.
#![allow(missing_docs, clippy::unwrap_used)]

mod api;
mod attendance;
mod backup;
mod busy;
mod certificates;
mod configuration;
mod crowds;
mod footers;
mod forms;
mod headers;
mod keys;
mod nodes;
mod permissions;
mod process;
mod profile;
mod retention;
#[path = "../../../backend/tests/stores/s3.rs"]
mod s3;
mod server;
mod stores;
