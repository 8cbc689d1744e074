//! The server as a process, over a database of its own, spoken to by HTTP.
#![allow(missing_docs, clippy::unwrap_used)]

mod backup;
mod certificates;
mod configuration;
mod footers;
mod forms;
mod headers;
mod permissions;
mod process;
mod server;
