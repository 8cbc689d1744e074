//! Files in and out as plain HTTP: forms with a file, with and without scripts, and files for whom they are.

use crate::{
    answers::{accepts_html, json_fault},
    forms,
    node::{Node, Visit},
};
use app::fault::{Done, Fault};
use axum::{
    Json,
    extract::Multipart,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use std::collections::HashMap;

/// Longer than any text beside a file.
const LONGEST_TEXT: usize = 4096;

/// A form with a file, as sent.
#[derive(Default)]
pub struct Sent {
    /// The file's name and content.
    pub file: Option<(String, Vec<u8>)>,
    /// The texts beside it.
    pub typed: HashMap<String, Vec<String>>,
}

impl Sent {
    /// A text beside the file; empty where it was not sent.
    pub fn text(&self, name: &str) -> String {
        self.typed.get(name).and_then(|values| values.last()).cloned().unwrap_or_default()
    }
}

/// Reads a form into `sent`, which has what came before anything was wrong. The largest form is the layer's to refuse.
pub async fn read(mut multipart: Multipart, sent: &mut Sent) -> Result<(), Fault> {
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
        sent.typed.entry(name).or_default().push(text);
    }
    Ok(())
}

/// Answers a form with a file. Without scripts it is answered like any form: 303, with a flash where something is wrong.
pub async fn answer(
    node: &Node,
    visit: &Visit,
    headers: &HeaderMap,
    door: &str,
    typed: HashMap<String, Vec<String>>,
    outcome: Result<Done, Fault>,
) -> Response {
    if accepts_html(headers) {
        let back = forms::back(&typed, headers, &node.ctx.settings.base_url);
        return forms::redirect(node, visit, outcome, typed, door, &back).await;
    }
    outcome.map_or_else(|fault| json_fault(&fault), |done| Json(done).into_response())
}

/// Gives somebody a file of theirs: no cache between keeps it, and nothing in it runs.
pub fn given(content_type: &str, disposition: &str, bytes: Vec<u8>) -> Response {
    let value = |text: &str, otherwise| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(otherwise));
    let headers = [
        (header::CONTENT_TYPE, value(content_type, "application/octet-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::CONTENT_DISPOSITION, value(disposition, "attachment")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, bytes).into_response()
}
