//! Signing in and out, and where one is signed in.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, paths};
#[cfg(feature = "ssr")]
use backend::{sessions, sessions::Entered};
use domain::views::accounts::{SessionView, SignInForm, SignedInView};
use leptos::{
    prelude::*,
    server_fn::{ServerFn, codec::GetUrl},
};

/// Where one signs out.
pub const SIGN_OUT: &str = <SignOut as ServerFn>::PATH;

/// Signs in; leads to `next` (a path of this site), to the second factor, or to the category's desk.
#[server(endpoint = "sessions/sign_in", prefix = "/api")]
pub async fn sign_in(form: SignInForm, #[server(default)] next: String) -> Result<Done, Fault> {
    let old = ssr::session_token();
    match sessions::sign_in(&ssr::ctx()?, &form, old.as_deref()).await? {
        Entered::Opened(session) => Ok(ssr::begin(&session, &next)),
        Entered::Unconfirmed { user_name } => Ok(Done::to(paths::register_confirm_of(&user_name))),
    }
}

/// Ends the session of this browser, on the server too; leads to `next` (a path of this site), or to the home page.
#[server(endpoint = "sessions/sign_out", prefix = "/api")]
pub async fn sign_out(#[server(default)] next: String) -> Result<Done, Fault> {
    if let Some(token) = ssr::session_token() {
        sessions::sign_out(&ssr::ctx()?, &token).await?;
    }
    ssr::forget_session();
    Ok(Done::to(if paths::is_local(&next) { next } else { paths::home() }))
}

/// Who is signed in, and how far; nobody is no fault.
#[server(endpoint = "sessions/me", prefix = "/api", input = GetUrl)]
pub async fn me() -> Result<Option<SignedInView>, Fault> {
    match ssr::find_session().await? {
        Some(session) => Ok(Some(sessions::view(&ssr::ctx()?, &session).await?)),
        None => Ok(None),
    }
}

/// Where one is signed in.
#[server(endpoint = "sessions/list", prefix = "/api", input = GetUrl)]
pub async fn list() -> Result<Vec<SessionView>, Fault> {
    Ok(sessions::list(&ssr::ctx()?, &ssr::session().await?).await?)
}

/// Ends one of one's sessions.
#[server(endpoint = "sessions/revoke", prefix = "/api")]
pub async fn revoke(id: uuid::Uuid) -> Result<Done, Fault> {
    sessions::revoke(&ssr::ctx()?, &ssr::session().await?, id).await?;
    Ok(Done::to(paths::account_sessions()))
}

/// Ends all of one's sessions but this one.
#[server(endpoint = "sessions/revoke_others", prefix = "/api")]
pub async fn revoke_others() -> Result<Done, Fault> {
    sessions::revoke_others(&ssr::ctx()?, &ssr::session().await?).await?;
    Ok(Done::to(paths::account_sessions()))
}
