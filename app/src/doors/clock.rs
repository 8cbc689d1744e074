//! The server's time, which the demo can wind.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

#[cfg(feature = "ssr")]
use crate::doors::ssr;
use crate::fault::Fault;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A moment as it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now(#[serde(with = "time::serde::rfc3339")] pub OffsetDateTime);

/// What time it is on the server.
#[server(name = ReadClock, endpoint = "clock/now", prefix = "/api", input = GetUrl)]
pub async fn now() -> Result<Now, Fault> {
    Ok(Now(ssr::ctx()?.clock.now()))
}
