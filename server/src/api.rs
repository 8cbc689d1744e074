//! The public API, as JSON: the register's answer to a question, and the keys of certificate files.

use crate::{answers, guard::broken, node::Visit};
use app::fault::Fault;
use axum::{
    Extension, Json,
    extract::RawQuery,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use backend::{e_certificates, register};

/// `GET /api/v1/register?q=…`: filed, not filed, or cannot say, with the records.
pub async fn register(Extension(visit): Extension<Visit>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let question = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q").map(|(_, value)| value);
    let response = match question {
        None => answers::api_fault(&Fault::Malformed),
        Some(question) => match register::find(&visit.ctx, &question).await {
            Ok(view) => Json(view).into_response(),
            Err(error) => answers::api_fault(&broken(&visit, &error)),
        },
    };
    public(response)
}

/// `GET /api/v1/certificate-keys`: the public keys, for those who check certificate files by themselves.
pub async fn certificate_keys(Extension(visit): Extension<Visit>) -> Response {
    public(Json(e_certificates::public_keys(&visit.ctx)).into_response())
}

/// Public data: pages of others may read it.
fn public(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}
