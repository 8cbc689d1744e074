//! Files: uploads as multipart forms, with and without scripts, and pictures for those who may see them.

use crate::{
    answers::{accepts_html, json_fault},
    forms,
    node::{Node, Visit},
};
use app::{
    doors::materials::{UPLOAD, http},
    fault::{Done, Fault},
};
use axum::{
    Extension, Json,
    extract::{Multipart, Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use std::collections::HashMap;

/// The largest upload that is read: the file itself is measured again where it is taken.
pub const LARGEST_UPLOAD: usize = 12 << 20;
/// Longer than any text beside a file.
const LONGEST_TEXT: usize = 4096;

/// Takes a file. Without scripts it is answered like any form: 303, with a flash where something is wrong.
pub async fn upload(
    State(node): State<Node>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    let mut typed = HashMap::new();
    let outcome = match read(multipart, &mut typed).await {
        Ok(sent) => http::upload(&visit.ctx, &visit.actor(), sent).await,
        Err(fault) => Err(fault),
    };
    if accepts_html(&headers) {
        let back = forms::back(&typed, &headers, &node.ctx.settings.base_url);
        return forms::redirect(&node, &visit, outcome, typed, UPLOAD, &back).await;
    }
    outcome.map_or_else(|fault| json_fault(&fault), |done: Done| Json(done).into_response())
}

/// The file and the texts beside it. The largest upload is the layer's to refuse; a file that is too large for a
/// material is the use-case's.
async fn read(mut multipart: Multipart, typed: &mut HashMap<String, Vec<String>>) -> Result<http::Sent, Fault> {
    let mut sent = http::Sent::default();
    while let Some(field) = multipart.next_field().await.map_err(|_| Fault::Malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file = field.file_name().unwrap_or_default().to_owned();
            sent.file = Some((file, field.bytes().await.map_err(|_| Fault::Malformed)?.to_vec()));
            continue;
        }
        let text = field.text().await.map_err(|_| Fault::Malformed)?;
        if text.len() > LONGEST_TEXT {
            return Err(Fault::Malformed);
        }
        match name.as_str() {
            "id" => sent.id.clone_from(&text),
            "section" => sent.section.clone_from(&text),
            "kind" => sent.kind.clone_from(&text),
            _ => {}
        }
        typed.entry(name).or_default().push(text);
    }
    Ok(sent)
}

/// Gives a picture. It is personal data: no cache between keeps it, and nothing in it runs.
pub async fn download(Extension(visit): Extension<Visit>, Path(id): Path<String>) -> Response {
    match http::download(&visit.ctx, &visit.actor(), &id).await {
        Ok((content_type, bytes)) => {
            let content_type =
                HeaderValue::from_str(&content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
                (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, bytes).into_response()
        }
        Err(fault) => json_fault(&fault),
    }
}
