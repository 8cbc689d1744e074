//! The inbox.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, paths};
#[cfg(feature = "ssr")]
use backend::notices;
use domain::views::notices::NoticesView;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// One page of one's inbox, from 1.
#[server(endpoint = "notices/list", prefix = "/api", input = GetUrl)]
pub async fn list(page: u32) -> Result<NoticesView, Fault> {
    Ok(notices::list(&ssr::ctx()?, &ssr::caller(), page).await?)
}

/// How many notices are not read.
#[server(endpoint = "notices/unread", prefix = "/api", input = GetUrl)]
pub async fn unread() -> Result<u32, Fault> {
    let unread = notices::unread(&ssr::ctx()?, &ssr::caller()).await?;
    Ok(u32::try_from(unread).unwrap_or(u32::MAX))
}

/// Marks one notice as read, or all when none is named.
#[server(endpoint = "notices/read", prefix = "/api")]
pub async fn read(#[server(default)] notice: Option<uuid::Uuid>) -> Result<Done, Fault> {
    notices::read(&ssr::ctx()?, &ssr::caller(), notice).await?;
    Ok(Done::to(paths::inbox()))
}
