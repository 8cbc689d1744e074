//! Electronic certificates: the paper, the signed file, and the check of a file.

use crate::{
    answers::json_fault,
    node::{Node, Visit},
    uploads::{self, Sent, given},
};
use app::doors::e_certificates::{CHECK_FILE, http};
use axum::{
    Extension,
    extract::{Path, Request, State},
    http::HeaderMap,
    response::Response,
};
use domain::e_certificate::FILE_NAME;

/// Gives the paper.
pub async fn paper(Extension(visit): Extension<Visit>, Path(number): Path<String>) -> Response {
    match http::paper(&visit.ctx, &visit.actor(), &number).await {
        Ok(pdf) => given("application/pdf", "attachment; filename=\"certificate.pdf\"", pdf),
        Err(fault) => json_fault(&fault),
    }
}

/// Gives the signed file.
pub async fn file(Extension(visit): Extension<Visit>, Path(number): Path<String>) -> Response {
    match http::file(&visit.ctx, &visit.actor(), &number).await {
        Ok(file) => given("application/jose", &format!("attachment; filename=\"{FILE_NAME}\""), file.into_bytes()),
        Err(fault) => json_fault(&fault),
    }
}

/// Leads from a file to how its certificate stands.
pub async fn check_file(
    State(node): State<Node>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let mut sent = Sent::default();
    let outcome = match uploads::read(request, &mut sent).await {
        Ok(()) => http::check_file(&visit.ctx, sent.file.as_ref().map_or(&[][..], |(_, bytes)| bytes)),
        Err(fault) => Err(fault),
    };
    uploads::answer(&node, &visit, &headers, CHECK_FILE, sent.typed, outcome).await
}
