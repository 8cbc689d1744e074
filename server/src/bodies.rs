//! Bodies of requests: read whole before anything is done with them, within the time of the request, and of each sender so many
//! at once. What changes something is carried through after that, whoever goes away.

use crate::{
    answers::{self, Asked},
    materials,
    node::{Node, Visit},
    router::LONGEST,
};
use app::{doors::materials::UPLOAD, fault::Fault};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::header,
    response::Response,
};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use std::{
    collections::HashMap,
    mem,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};
use tokio::{runtime::Handle, time::timeout};

/// Answers of a whole filing fit; files have their own doors.
const LARGEST: usize = 1 << 20;
/// Of one account, files that are on their way at once.
const UPLOADS: usize = 4;
/// From one address, other bodies that are on their way at once.
const FORMS: usize = 64;
/// Of a body that nobody wants, what is read on, in bytes: more than a photograph or a scan has.
const READ_ON: usize = 64 << 20;
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
            open.insert(mem::take(&mut self.of), left);
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
        return Err(too_large(node, visit, &asked, largest).await);
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
        Err(Unread::TooLarge) => Err(too_large(node, visit, &asked, largest).await),
        Err(Unread::CutOff) => Err(answers::fault(node, visit, &asked, Fault::Malformed).await),
    }
}

/// Why a body is not at hand.
#[derive(Debug, PartialEq, Eq)]
pub enum Unread {
    /// It has more bytes than may be.
    TooLarge,
    /// It ended before its end, or is none.
    CutOff,
}

/// The request with all of its body at hand, of so many bytes at most. The parser of forms with a file needs it so: it takes one
/// for cut off that comes whole between two of its looks. The pieces are copied together as they come: each that is kept weighs
/// more than its bytes, and a body may come byte by byte.
pub async fn whole(request: Request, largest: usize) -> Result<Request, Unread> {
    let (parts, mut body) = request.into_parts();
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::CutOff)?;
        let piece = frame.data_ref().map_or(&[][..], |piece| piece);
        if piece.len() > largest - whole.len() {
            return Err(Unread::TooLarge);
        }
        whole.extend_from_slice(piece);
    }
    Ok(Request::from_parts(parts, Body::from(whole)))
}

async fn too_large(node: &Node, visit: &Visit, asked: &Asked, largest: usize) -> Response {
    answers::fault(node, visit, asked, Fault::TooLarge { most_mb: (largest >> 20) as u64 }).await
}

/// A body that is read on when it is let go before its end: a browser sends all it has before it looks at the answer, and shows a
/// broken connection, not the reason, where nobody takes it.
pub struct ReadOn(Body);

impl ReadOn {
    /// The request with such a body.
    pub fn of(request: Request) -> Request {
        request.map(|body| Body::new(Self(body)))
    }
}

impl HttpBody for ReadOn {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl Drop for ReadOn {
    fn drop(&mut self) {
        if self.0.is_end_stream() {
            return;
        }
        let mut body = mem::take(&mut self.0);
        let rest = async move {
            let mut read = 0;
            while read <= READ_ON
                && let Some(Ok(frame)) = body.frame().await
            {
                read += frame.data_ref().map_or(0, Bytes::len);
            }
        };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(LONGEST, rest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use futures::stream;
    use std::{
        convert::Infallible,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::Relaxed},
        },
    };

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

    #[tokio::test]
    async fn what_is_let_go_is_read_on_to_its_end_and_not_for_ever() {
        for (pieces, taken) in [(3, 3), (usize::MAX, (READ_ON >> 20) + 1)] {
            let count = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&count);
            let body = Body::from_stream(stream::iter((0..pieces).map(move |_| {
                counted.fetch_add(1, Relaxed);
                Ok::<_, Infallible>(Bytes::from_static(&[0; 1 << 20]))
            })));
            drop(ReadOn::of(Request::new(body)));
            assert_eq!(count.load(Relaxed), 0, "nobody waits for it");
            // Whoever reads on holds the stream, and with it the count.
            while Arc::strong_count(&count) > 1 {
                tokio::task::yield_now().await;
            }
            assert_eq!(count.load(Relaxed), taken);
        }
    }

    /// A piece of a body that says whether it is kept.
    struct Piece(Arc<AtomicUsize>);

    impl AsRef<[u8]> for Piece {
        fn as_ref(&self) -> &[u8] {
            b"a"
        }
    }

    impl Drop for Piece {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Relaxed);
        }
    }

    #[tokio::test]
    async fn a_body_that_comes_byte_by_byte_is_whole_keeps_no_piece_and_is_no_larger_than_it_may_be() {
        let kept = Arc::new(AtomicUsize::new(0));
        let in_bytes = |count: usize| {
            let kept = Arc::clone(&kept);
            let piece = move |_| {
                assert_eq!(kept.fetch_add(1, Relaxed), 0, "the piece before is let go");
                Ok::<_, Infallible>(Bytes::from_owner(Piece(Arc::clone(&kept))))
            };
            Request::new(Body::from_stream(stream::iter((0..count).map(piece))))
        };
        let read = whole(in_bytes(1000), 1000).await.unwrap().into_body();
        assert_eq!(to_bytes(read, 1000).await.unwrap(), "a".repeat(1000));
        assert_eq!(whole(in_bytes(1001), 1000).await.unwrap_err(), Unread::TooLarge);
        let broken = Body::from_stream(stream::iter([Ok(Bytes::from_static(b"a")), Err(std::io::Error::other("gone"))]));
        assert_eq!(whole(Request::new(broken), 1000).await.unwrap_err(), Unread::CutOff);
    }

    #[tokio::test]
    async fn what_was_read_to_its_end_is_as_it_was_sent() {
        let request = ReadOn::of(Request::new(Body::from("name=value")));
        assert_eq!(request.body().size_hint().exact(), Some(10));
        assert_eq!(to_bytes(request.into_body(), 10).await.unwrap(), "name=value");
    }
}
