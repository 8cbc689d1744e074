//! Materials: uploads as multipart forms, and pictures for those who may see them.

use crate::{
    answers::json_fault,
    node::{Node, Visit},
    uploads::{self, Sent, given},
};
use app::doors::materials::{UPLOAD, http};
use axum::{
    Extension,
    extract::{Path, Request, State},
    http::HeaderMap,
    response::Response,
};

/// The largest upload that is read: the file itself is measured again where it is taken.
pub const LARGEST_UPLOAD: usize = 12 << 20;

/// Takes a file.
pub async fn upload(
    State(node): State<Node>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let mut sent = Sent::default();
    let outcome = match uploads::read(request, &mut sent).await {
        Ok(()) => {
            let (id, section, kind) = (sent.text("id"), sent.text("section"), sent.text("kind"));
            http::upload(&visit.ctx, &visit.actor(), http::Sent { id, section, kind, file: sent.file }).await
        }
        Err(fault) => Err(fault),
    };
    uploads::answer(&node, &visit, &headers, UPLOAD, sent.typed, outcome).await
}

/// Gives a picture.
pub async fn download(Extension(visit): Extension<Visit>, Path(id): Path<String>) -> Response {
    match http::download(&visit.ctx, &visit.actor(), &id).await {
        Ok((content_type, bytes)) => given(&content_type, "inline", bytes),
        Err(fault) => json_fault(&fault),
    }
}

/// Gives a picture as lists show it.
pub async fn thumbnail(Extension(visit): Extension<Visit>, Path(id): Path<String>) -> Response {
    match http::thumbnail(&visit.ctx, &visit.actor(), &id).await {
        Ok(bytes) => given("image/jpeg", "inline", bytes),
        Err(fault) => json_fault(&fault),
    }
}
