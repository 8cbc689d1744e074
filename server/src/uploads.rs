//! Files in and out as plain HTTP: forms with a file, with and without scripts, and files for whom they are.

use crate::{
    answers::{accepts_html, json_fault},
    forms,
    node::{Node, Visit},
};
use app::fault::{Done, Fault};
use axum::{
    Json,
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use std::collections::HashMap;

/// Longer than any text beside a file.
const LONGEST_TEXT: usize = 4096;
/// More than any form with a file has of fields.
const MOST_FIELDS: usize = 100;

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

/// Reads a form whose body is at hand (`bodies`) into `sent`, which has what came before anything was wrong.
pub async fn read(request: Request, sent: &mut Sent) -> Result<(), Fault> {
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| Fault::Malformed)?;
    let mut fields = 0;
    while let Some(field) = multipart.next_field().await.map_err(|_| Fault::Malformed)? {
        fields += 1;
        if fields > MOST_FIELDS {
            return Err(Fault::Malformed);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bodies;
    use axum::body::{Body, Bytes};
    use futures::{StreamExt, stream};
    use std::{convert::Infallible, task::Poll};

    const BOUNDARY: &str = "----WebKitFormBoundaryJ1pacSFnjQosCAUn";
    const FILE: &[u8] = b"\x89PNG\r\n\x1a\n\r\n--\r\n-----\r";

    fn form() -> Vec<u8> {
        let mut form = Vec::new();
        for (name, value) in [("form_id", "material-1"), ("back", "/filings/1/materials"), ("id", "1"), ("kind", "3")] {
            form.extend_from_slice(
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
            );
        }
        let head = "Content-Disposition: form-data; name=\"file\"; filename=\"材料9.png\"\r\nContent-Type: image/png";
        form.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
        form.extend_from_slice(FILE);
        form.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        form
    }

    async fn read_from(body: Body) -> Result<Sent, Fault> {
        let request = Request::post("/").header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
        let mut sent = Sent::default();
        let request = bodies::whole(request.body(body).unwrap(), usize::MAX).await.unwrap();
        read(request, &mut sent).await.map(|()| sent)
    }

    fn assert_whole(sent: Result<Sent, Fault>, how: &str) {
        let sent = sent.unwrap_or_else(|fault| panic!("{how}: {fault:?}"));
        assert_eq!(sent.text("kind"), "3", "{how}");
        assert_eq!(sent.file, Some(("材料9.png".to_owned(), FILE.to_vec())), "{how}");
    }

    #[tokio::test]
    async fn a_form_is_whole_that_comes_at_once_after_the_first_look() {
        let mut pieces = vec![Bytes::from(form())];
        let mut looked = false;
        let late = stream::poll_fn(move |cx| {
            if !std::mem::replace(&mut looked, true) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(pieces.pop().map(Ok::<_, Infallible>))
        });
        assert_whole(read_from(Body::from_stream(late)).await, "late");
    }

    #[tokio::test]
    async fn a_form_is_the_same_wherever_its_bytes_are_cut() {
        let form = form();
        for at in 0..=form.len() {
            for further in (at..=form.len()).step_by(37) {
                let pieces = [&form[..at], &form[at..further], &form[further..]].map(Bytes::copy_from_slice);
                let late = stream::iter(pieces).then(async |piece| {
                    tokio::task::yield_now().await;
                    Ok::<_, Infallible>(piece)
                });
                assert_whole(read_from(Body::from_stream(late)).await, &format!("cut at {at} and {further}"));
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_form_with_a_file_is_malformed() {
        let plain = Request::post("/").header(header::CONTENT_TYPE, "text/plain").body(Body::from("kind=3")).unwrap();
        assert!(matches!(read(plain, &mut Sent::default()).await, Err(Fault::Malformed)));
        let form = form();
        let cut_off = Body::from(form[..form.len() - 30].to_vec());
        assert!(matches!(read_from(cut_off).await, Err(Fault::Malformed)));
        // Looking through a million fields would keep everybody else waiting.
        let many = |count| {
            let field = format!("--{BOUNDARY}\r\na:b\r\n\r\n\r\n");
            Body::from(format!("{}--{BOUNDARY}--\r\n", field.repeat(count)))
        };
        assert!(read_from(many(MOST_FIELDS)).await.is_ok());
        assert!(matches!(read_from(many(MOST_FIELDS + 1)).await, Err(Fault::Malformed)));
    }
}
