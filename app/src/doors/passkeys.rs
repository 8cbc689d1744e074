//! Passkeys of staff.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, paths};
#[cfg(feature = "ssr")]
use backend::passkeys;
use domain::views::accounts::{AddPasskeyForm, PasskeyForm, PasskeyOffer, PasskeysView, RemovePasskeyForm};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The passkeys of one's account.
#[server(endpoint = "passkeys/list", prefix = "/api", input = GetUrl)]
pub async fn list() -> Result<PasskeysView, Fault> {
    Ok(passkeys::list(&ssr::ctx()?, &ssr::session().await?).await?)
}

/// Begins to add one; leads to where the browser asks for it.
#[server(endpoint = "passkeys/ask_to_add", prefix = "/api")]
pub async fn ask_to_add(form: AddPasskeyForm) -> Result<Done, Fault> {
    passkeys::ask_to_add(&ssr::ctx()?, &ssr::session().await?, &form).await?;
    Ok(Done::to(paths::account_passkeys_new()))
}

/// What the browser is to ask for, and how that is to be called.
#[server(endpoint = "passkeys/waiting", prefix = "/api", input = GetUrl)]
pub async fn waiting() -> Result<Option<(String, PasskeyOffer)>, Fault> {
    Ok(passkeys::waiting(&ssr::ctx()?, &ssr::session().await?).await?)
}

/// Adds the one that an authenticator made.
#[server(endpoint = "passkeys/add", prefix = "/api")]
pub async fn add(form: PasskeyForm) -> Result<Done, Fault> {
    passkeys::add(&ssr::ctx()?, &ssr::session().await?, &form).await?;
    Ok(Done::to(paths::done(&paths::account_passkeys(), "added")))
}

/// Removes one.
#[server(endpoint = "passkeys/remove", prefix = "/api")]
pub async fn remove(form: RemovePasskeyForm) -> Result<Done, Fault> {
    passkeys::remove(&ssr::ctx()?, &ssr::session().await?, &form).await?;
    Ok(Done::to(paths::done(&paths::account_passkeys(), "removed")))
}

/// What the browser is to ask for at the second step of signing in; none where there is no passkey.
#[server(endpoint = "passkeys/offer", prefix = "/api")]
pub async fn offer() -> Result<Option<PasskeyOffer>, Fault> {
    Ok(passkeys::offer(&ssr::ctx()?, &ssr::half_session().await?).await?)
}

/// Proves the second factor by a passkey.
#[server(endpoint = "passkeys/prove", prefix = "/api")]
pub async fn prove(form: PasskeyForm, #[server(default)] next: String) -> Result<Done, Fault> {
    let session = passkeys::prove(&ssr::ctx()?, &ssr::half_session().await?, &form).await?;
    Ok(ssr::begin(&session, &next))
}
