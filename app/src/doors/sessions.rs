//! Signing in and out.

use crate::fault::{Done, Fault};
use leptos::prelude::*;

/// Ends the session of this browser.
#[server(endpoint = "sessions/sign_out", prefix = "/api")]
pub async fn sign_out() -> Result<Done, Fault> {
    super::ssr::forget_session();
    Ok(Done::to("/"))
}
