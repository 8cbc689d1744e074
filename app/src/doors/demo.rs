//! The demo's own doors. Outside a demo each of them is not found, for those who may open it at all.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, messages::LocaleMessages, paths, texts::use_lang};
use domain::views::demo::{DemoMessageView, DemoView};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Accounts with live codes, and the time.
#[server(endpoint = "demo/view", prefix = "/api", input = GetUrl)]
pub async fn view() -> Result<DemoView, Fault> {
    let mut view = backend::demo::view(&ssr::ctx()?).await?;
    let county = view.sample.draft.sponsor.county.parse().ok();
    view.sample.region = county.and_then(|county| ssr::region_name(use_lang(), county)).unwrap_or_default();
    Ok(view)
}

/// Whether this is a demo.
#[server(endpoint = "demo/is_on", prefix = "/api", input = GetUrl)]
pub async fn is_on() -> Result<bool, Fault> {
    Ok(ssr::ctx()?.settings.demo)
}

/// Every SMS and e-mail, or those to one mobile or address, newest first.
#[server(endpoint = "demo/messages", prefix = "/api", input = GetUrl)]
pub async fn messages(#[server(default)] to: String) -> Result<Vec<DemoMessageView>, Fault> {
    Ok(backend::demo::messages(&ssr::ctx()?, &LocaleMessages, &to).await?)
}

/// Begins a filing of one's own that has answers and pictures.
#[server(endpoint = "demo/begin", prefix = "/api")]
pub async fn begin() -> Result<Done, Fault> {
    let id = backend::demo::begin(&ssr::ctx()?, &ssr::caller()).await?;
    ssr::keep_opened(&id.to_string());
    Ok(Done::to(paths::filing::tasks(id)))
}

/// Winds the clock forward by hours.
#[server(endpoint = "demo/wind", prefix = "/api")]
pub async fn wind(hours: u32) -> Result<Done, Fault> {
    backend::demo::wind(&ssr::ctx()?, hours).await?;
    Ok(Done::to(paths::done(&paths::demo(), "wound")))
}
