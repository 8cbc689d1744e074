//! Looking at the bottom of one's home page.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, paths};
#[cfg(feature = "ssr")]
use backend::footers;
use domain::id::FilingId;
use leptos::prelude::*;

/// Looks whether the site with this number shows it, and keeps what was found.
#[server(endpoint = "footers/check", prefix = "/api")]
pub async fn check(id: FilingId, number: String) -> Result<Done, Fault> {
    footers::check(&ssr::ctx()?, &ssr::caller(), id, &number).await?;
    Ok(Done::to(paths::filing::progress(id)))
}
