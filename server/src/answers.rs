//! How a fault is answered: a page for people, JSON for fetch clients, in either case with its status.

use crate::{
    api,
    guard::language,
    node::{Node, Visit},
    pages,
};
use app::{
    doors::{Door, Kind},
    fault::{Fault, IN_WORDS, Told},
    texts::Lang,
};
use axum::{
    Json,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// A fault is small; whatever is larger is none.
pub const LARGEST_FAULT: usize = 1 << 20;

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
        return api::fault(&fault);
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

/// The layer that puts faults in the words of the page, for a program that asks for them.
pub async fn words(request: Request, next: Next) -> Response {
    let l = words_of(request.headers());
    let response = next.run(request).await;
    let Some(l) = l.filter(|_| response.status().is_client_error() || response.status().is_server_error()) else {
        return response;
    };
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST_FAULT).await.unwrap_or_default();
    let Ok(fault) = serde_json::from_slice::<Fault>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(IN_WORDS));
    Response::from_parts(parts, Body::from(serde_json::to_vec(&Told::of(l, &fault)).unwrap_or_default()))
}

fn words_of(headers: &HeaderMap) -> Option<Lang> {
    let asked = headers.get(header::ACCEPT).is_some_and(|accept| accept == IN_WORDS);
    asked.then(|| language(headers))
}

/// The status of a fault.
pub fn status(fault: &Fault) -> StatusCode {
    StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Says when it is worth trying again.
pub fn with_retry_after(fault: &Fault, mut response: Response) -> Response {
    if let Some(seconds) = fault.retry_after_s() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The name of a door in logs and metrics: its path in the table, never the one asked for, which may hold secrets.
pub fn name(door: Option<&Door>) -> &'static str {
    door.map_or("-", |door| door.path)
}
