//! Electronic certificates: the paper, the signed file, the check of a file, and the public keys.

use crate::{
    answers::{accepts_html, api_fault, json_fault},
    forms,
    guard::broken,
    node::{Node, Visit},
};
use app::{
    doors::e_certificates::{CHECK_FILE, http},
    fault::{Done, Fault},
};
use axum::{
    Extension, Json,
    extract::{Multipart, Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::e_certificate::FILE_NAME;
use std::collections::HashMap;

/// The largest form that is read: a file, and what stands beside it.
pub const LARGEST_UPLOAD: usize = backend::e_certificates::LARGEST_FILE + 4096;

/// Gives the paper.
pub async fn paper(Extension(visit): Extension<Visit>, Path(number): Path<String>) -> Response {
    match http::paper(&visit.ctx, &visit.actor(), &number).await {
        Ok(pdf) => given("application/pdf", "certificate.pdf", pdf),
        Err(fault) => json_fault(&fault),
    }
}

/// Gives the signed file.
pub async fn file(Extension(visit): Extension<Visit>, Path(number): Path<String>) -> Response {
    match http::file(&visit.ctx, &visit.actor(), &number).await {
        Ok(file) => given("application/jose", FILE_NAME, file.into_bytes()),
        Err(fault) => json_fault(&fault),
    }
}

fn given(content_type: &'static str, name: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, bytes).into_response()
}

/// Leads from a file to how its certificate stands.
pub async fn check_file(
    State(node): State<Node>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    let mut typed = HashMap::new();
    let outcome = match read(multipart, &mut typed).await {
        Ok(bytes) => http::check_file(&visit.ctx, &bytes),
        Err(fault) => Err(fault),
    };
    if accepts_html(&headers) {
        let back = forms::back(&typed, &headers, &node.ctx.settings.base_url);
        return forms::redirect(&node, &visit, outcome, typed, CHECK_FILE, &back).await;
    }
    outcome.map_or_else(|fault| json_fault(&fault), |done: Done| Json(done).into_response())
}

/// The file, and the texts beside it.
async fn read(mut multipart: Multipart, typed: &mut HashMap<String, Vec<String>>) -> Result<Vec<u8>, Fault> {
    let mut file = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|_| Fault::Malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            file = field.bytes().await.map_err(|_| Fault::Malformed)?.to_vec();
        } else {
            typed.entry(name).or_default().push(field.text().await.map_err(|_| Fault::Malformed)?);
        }
    }
    Ok(file)
}

/// `GET /api/v1/certificate-keys`: the public keys, for those who check files by themselves.
pub async fn keys(Extension(visit): Extension<Visit>) -> Response {
    let mut response = match serde_json::to_value(backend::e_certificates::public_keys(&visit.ctx)) {
        Ok(keys) => Json(keys).into_response(),
        Err(error) => api_fault(&broken(&visit, &error)),
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}
