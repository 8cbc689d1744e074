//! The picture before what strangers may do, and the way without it.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

#[cfg(feature = "ssr")]
use crate::doors::ssr;
use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::paths;
use domain::views::accounts::{ChallengeFor, ChallengeView};
use leptos::{prelude::*, server_fn::ServerFn};

/// Where a form is sent to be drawn again with another challenge: what was typed comes back with it.
pub const ANOTHER: &str = <Another as ServerFn>::PATH;

/// What has to be passed before a form, if anything: a picture, or with `wait` the way without one. Under which name the
/// form is filled in counts where one is typed.
#[server(endpoint = "captchas/make", prefix = "/api")]
pub async fn make(
    purpose: ChallengeFor,
    #[server(default)] user_name: String,
    #[server(default)] wait: bool,
) -> Result<Option<ChallengeView>, Fault> {
    Ok(backend::captcha::ask(&ssr::ctx()?, purpose, &user_name, wait).await?)
}

/// Back to the form, for another picture or the way without one (`way` is `picture` or `wait`).
#[server(endpoint = "captchas/another", prefix = "/api")]
pub async fn another(
    #[server(default)] way: String,
    #[server(default)] back: String,
    #[server(default)] form_id: String,
) -> Result<Done, Fault> {
    Ok(Done::to(paths::captcha_way(&back, &way, &form_id)))
}
