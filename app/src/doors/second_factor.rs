//! The second factor of staff.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

#[cfg(feature = "ssr")]
use crate::doors::ssr;
use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use backend::second_factor;
use domain::views::accounts::{EnrolmentView, SecondFactorForm};
use leptos::prelude::*;

/// What sets up the authenticator, until it is confirmed.
#[server(endpoint = "second_factor/enrolment", prefix = "/api")]
pub async fn enrolment() -> Result<EnrolmentView, Fault> {
    Ok(second_factor::enrolment(&ssr::ctx()?, &ssr::half_session().await?).await?)
}

/// Confirms the authenticator with its first code.
#[server(endpoint = "second_factor/enrol", prefix = "/api")]
pub async fn enrol(form: SecondFactorForm, #[server(default)] next: String) -> Result<Done, Fault> {
    let session = second_factor::enrol(&ssr::ctx()?, &ssr::half_session().await?, &form).await?;
    Ok(ssr::begin(&session, &next))
}

/// Proves the second factor by a code of the authenticator or a recovery code.
#[server(endpoint = "second_factor/prove", prefix = "/api")]
pub async fn prove(form: SecondFactorForm, #[server(default)] next: String) -> Result<Done, Fault> {
    let session = second_factor::prove(&ssr::ctx()?, &ssr::half_session().await?, &form).await?;
    Ok(ssr::begin(&session, &next))
}
