//! The public register.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

#[cfg(feature = "ssr")]
use crate::doors::ssr;
use crate::fault::Fault;
use domain::views::register::{RecordView, RegisterView};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Filed, not filed, or cannot say.
#[server(endpoint = "register/find", prefix = "/api", input = GetUrl)]
pub async fn find(question: String) -> Result<RegisterView, Fault> {
    Ok(backend::register::find(&ssr::ctx()?, &question).await?)
}

/// One record by its site number.
#[server(endpoint = "register/record", prefix = "/api", input = GetUrl)]
pub async fn record(number: String) -> Result<RecordView, Fault> {
    backend::register::record(&ssr::ctx()?, &number).await?.ok_or(Fault::NotFound)
}
