//! Bodies of requests: read whole before anything is done with them, within the time of the request, and of each sender so many
//! at once. What changes something is carried through after that, whoever goes away.

use crate::{
    answers::{self, Asked},
    materials,
    node::{Node, Visit},
};
use app::{doors::materials::UPLOAD, fault::Fault};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{StatusCode, header},
    response::Response,
};
use http_body_util::LengthLimitError;
use std::{
    collections::HashMap,
    error::Error,
    sync::{Mutex, PoisonError},
};

/// Answers of a whole filing fit; files have their own doors.
const LARGEST: usize = 1 << 20;
/// Of one account, files that are on their way at once.
const UPLOADS: usize = 4;
/// From one address, other bodies that are on their way at once.
const FORMS: usize = 64;
/// When to come again, in seconds, where too many are on their way.
const AGAIN: u64 = 5;

/// How many bodies are being read, by whom they come from.
#[derive(Default)]
pub struct Bodies(Mutex<HashMap<String, usize>>);

impl Bodies {
    /// Counts one more from somebody until it is dropped; none where there are as many as there may be.
    fn open(&self, of: String, most: usize) -> Option<Open<'_>> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(of.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Open { bodies: self, of })
    }
}

/// A body that is being read.
struct Open<'a> {
    bodies: &'a Bodies,
    of: String,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let mut open = self.bodies.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = open.get(&self.of).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            open.remove(&self.of);
        } else {
            open.insert(std::mem::take(&mut self.of), left);
        }
    }
}

/// The request with its body in memory, or why not.
pub async fn read(node: &Node, visit: &Visit, request: Request) -> Result<Request, Response> {
    let asked = Asked::by(&request);
    let path = request.uri().path();
    let largest = if path == UPLOAD { materials::LARGEST_UPLOAD } else { LARGEST };
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|declared| declared > largest) {
        return Err(too_large(node, visit, &asked).await);
    }
    let (of, most) = match visit.actor().user() {
        Some(user) if path == UPLOAD => (user.to_string(), UPLOADS),
        _ => (visit.ctx.origin.limit_key(), FORMS),
    };
    let Some(_open) = node.bodies.open(of, most) else {
        return Err(answers::fault(node, visit, &asked, Fault::Limited { retry_after_s: AGAIN }).await);
    };
    match whole(request, largest).await {
        Ok(request) => Ok(request),
        Err(error) if error.source().is_some_and(|source| source.is::<LengthLimitError>()) => {
            Err(too_large(node, visit, &asked).await)
        }
        Err(_) => Err(answers::fault(node, visit, &asked, Fault::Malformed).await),
    }
}

/// The request with all of its body at hand, of so many bytes at most. The parser of forms with a file needs it so: it takes one
/// for cut off that comes whole between two of its looks.
pub async fn whole(request: Request, largest: usize) -> Result<Request, axum::Error> {
    let (parts, body) = request.into_parts();
    Ok(Request::from_parts(parts, Body::from(to_bytes(body, largest).await?)))
}

async fn too_large(node: &Node, visit: &Visit, asked: &Asked) -> Response {
    let mut answer = answers::fault(node, visit, asked, Fault::Malformed).await;
    *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_one_sender_are_open_at_once_and_each_that_ends_makes_room() {
        let bodies = Bodies::default();
        let first = bodies.open("one".into(), 2).unwrap();
        let second = bodies.open("one".into(), 2).unwrap();
        assert!(bodies.open("one".into(), 2).is_none());
        let of_another = bodies.open("another".into(), 2);
        assert!(of_another.is_some());
        drop(first);
        let third = bodies.open("one".into(), 2).unwrap();
        assert!(bodies.open("one".into(), 2).is_none());
        drop((second, third, of_another));
        assert!(bodies.0.lock().unwrap().is_empty(), "nobody is remembered");
    }
}
