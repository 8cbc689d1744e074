//! The picture before what strangers may do.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

#[cfg(feature = "ssr")]
use crate::doors::ssr;
use crate::fault::Fault;
use domain::views::accounts::ChallengeView;
use leptos::prelude::*;

/// A new picture, or with `wait` the way without one.
#[server(endpoint = "captchas/make", prefix = "/api")]
pub async fn make(#[server(default)] wait: bool) -> Result<ChallengeView, Fault> {
    Ok(backend::captcha::make(&ssr::ctx()?, wait).await?)
}
