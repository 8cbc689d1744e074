//! How a fault is answered: a page for people, JSON for fetch clients, in either case with its status.

use crate::{
    node::{Node, Visit},
    pages,
};
use app::{
    doors::{Door, Kind},
    fault::Fault,
};
use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// Whether a person's browser asks for a page: a navigation, not a fetch.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|value| value.contains("text/html"))
}

/// What an answer depends on, kept when the request itself has gone on.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The path asked for.
    pub path: String,
    /// Whether a person's browser asked.
    pub html: bool,
}

impl Asked {
    /// What this request asks for.
    pub fn by(request: &Request) -> Self {
        Self { path: request.uri().path().to_owned(), html: accepts_html(request.headers()) }
    }
}

/// Answers a request that goes no further.
pub async fn fault(node: &Node, visit: &Visit, asked: &Asked, fault: Fault) -> Response {
    if visit.door.is_some_and(|door| door.kind == Kind::Api) {
        return api_fault(&fault);
    }
    if asked.html {
        return pages::draw_fault(node, visit, &asked.path, fault).await;
    }
    json_fault(&fault)
}

/// A fault as it travels to a fetch client.
pub fn json_fault(fault: &Fault) -> Response {
    with_retry_after(fault, (status(fault), Json(fault)).into_response())
}

/// The public API does not say more than that it cannot say.
pub fn api_fault(fault: &Fault) -> Response {
    let body = serde_json::json!({ "answer": "cannot_say", "records": [] });
    with_retry_after(fault, (status(fault), Json(body)).into_response())
}

/// The status of a fault.
pub fn status(fault: &Fault) -> StatusCode {
    StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Says when it is worth trying again.
pub fn with_retry_after(fault: &Fault, mut response: Response) -> Response {
    if let Fault::Limited { retry_after_s } = fault {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
    }
    response
}

/// The name of a door in logs and metrics: its path in the table, never the one asked for, which may hold secrets.
pub fn name(door: Option<&Door>) -> &'static str {
    door.map_or("-", |door| door.path)
}
