//! 短信核验: a person in charge confirms, or has the code sent again.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, paths};
#[cfg(feature = "ssr")]
use backend::{confirmations, receipts};
use domain::views::confirmations::{ConfirmForm, Confirmed, ResendForm};
use leptos::{
    prelude::*,
    server_fn::{ServerFn, codec::GetUrl},
};

/// Where a confirmation is sent.
pub const CONFIRM: &str = <Confirm as ServerFn>::PATH;

/// Confirms. Who is still due is told on the next page, sealed in its address.
#[server(endpoint = "confirmations/confirm", prefix = "/api")]
pub async fn confirm(form: ConfirmForm) -> Result<Done, Fault> {
    let ctx = ssr::ctx()?;
    let confirmed = confirmations::confirm(&ctx, form).await?;
    Ok(Done::to(paths::sms_done_with(&receipts::seal(&ctx, "confirmed", &confirmed)?)))
}

/// What a confirmation answered.
#[server(endpoint = "confirmations/receipt", prefix = "/api", input = GetUrl)]
pub async fn receipt(receipt: String) -> Result<Confirmed, Fault> {
    Ok(receipts::open(&ssr::ctx()?, "confirmed", &receipt)?)
}

/// Sends a new code; the answer is the same whatever is true.
#[server(endpoint = "confirmations/resend", prefix = "/api")]
pub async fn resend(form: ResendForm) -> Result<Done, Fault> {
    confirmations::resend(&ssr::ctx()?, form).await?;
    Ok(Done::to(paths::done(&paths::sms(), "sent")))
}
