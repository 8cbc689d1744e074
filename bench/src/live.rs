//! Live progress: the same writes with nobody listening and with a thousand listeners, who fetch their page again after each
//! hint as browsers do; and how late the hints are.

use crate::{Outcome, PAIRS, SYSTEM, people, submission::Submissions};
use domain::id::FilingId;
use sqlx::PgPool;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::Notify,
    task::JoinSet,
};

/// So many listen in all.
const LISTENERS: usize = 1000;
/// Of them at the desks of a provider's clerks; the others look at one filing each.
const DESKS: usize = 40;
/// A page waits up to this long before it fetches again (`app/src/live.rs`).
const JITTER_MS: u64 = 400;

/// What happened when, seen from one process.
#[derive(Default)]
struct Seen {
    committed: Mutex<HashMap<FilingId, Instant>>,
    heard: Mutex<Vec<(FilingId, Instant)>>,
    listening: AtomicUsize,
    fetched: AtomicUsize,
    all_listen: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints both rates, their ratio, and how late the hints were.
pub async fn compare(pool: &PgPool, submissions: &mut Submissions) -> Outcome {
    let clerk = people::find(pool, "yunshang-clerk").await?;
    let clerks = people::sign_in(pool, &[clerk; DESKS]).await?;
    let (mut alone, mut heard_by_all, mut late) = (Vec::new(), Vec::new(), Vec::new());
    let mut fetched = 0;
    for _ in 0..PAIRS {
        alone.push(submissions.run(|_| {}).await?);

        let seen = Arc::new(Seen::default());
        let (next, owners): (Vec<_>, Vec<_>) = submissions.next_filings(LISTENERS - DESKS).into_iter().unzip();
        let owners = people::sign_in(pool, &owners).await?;
        let mut listeners = JoinSet::new();
        for cookie in &clerks {
            listeners.spawn(listen(
                seen.clone(),
                cookie.clone(),
                "desk=1".into(),
                "/api/reviews/desk?listing=waiting&page=1".into(),
            ));
        }
        for (cookie, filing) in owners.iter().zip(next) {
            let page = format!("/filings/{filing}/progress");
            listeners.spawn(listen(seen.clone(), cookie.clone(), format!("filing={filing}"), page));
        }
        while seen.listening.load(Ordering::Acquire) < LISTENERS {
            tokio::select! {
                () = seen.all_listen.notified() => {}
                Some(ended) = listeners.join_next() => return Err(format!("a listener ended: {ended:?}").into()),
            }
        }
        let note = seen.clone();
        heard_by_all.push(submissions.run(move |filing| _ = lock(&note.committed).insert(filing, Instant::now())).await?);
        // The last hints and pages are on their way.
        tokio::time::sleep(Duration::from_secs(2)).await;
        listeners.abort_all();
        let committed = lock(&seen.committed);
        for (filing, at) in lock(&seen.heard).iter() {
            if let Some(committed) = committed.get(filing) {
                late.push(at.saturating_duration_since(*committed).as_secs_f64() * 1000.0);
            }
        }
        fetched += seen.fetched.load(Ordering::Relaxed);
    }
    let (alone, heard) = (crate::median(alone), crate::median(heard_by_all));
    late.sort_by(f64::total_cmp);
    let at = |part: usize| late.get(late.len() * part / 100).copied().unwrap_or_default();
    println!(
        "live: {heard:.0} submissions a second with {LISTENERS} listeners | nobody listening: {alone:.0} a second | ratio {:.2} (goal 0.95); \
         {} hints, commit to listener p50 {:.0} ms, p99 {:.0} ms (goal 300); {fetched} pages fetched again",
        heard / alone,
        late.len(),
        at(50),
        at(99)
    );
    Ok(())
}

/// Listens until the end, and fetches the page again a random while after each hint, several at once as one.
async fn listen(seen: Arc<Seen>, cookie: String, topic: String, page: String) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{topic}: {error}");
    let mut line = TcpStream::connect(SYSTEM).await.map_err(said)?;
    let ask = format!("GET /live?{topic} HTTP/1.1\r\nHost: {SYSTEM}\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n");
    line.write_all(ask.as_bytes()).await.map_err(said)?;
    let mut lines = BufReader::new(line).lines();
    let first = lines.next_line().await.map_err(said)?.unwrap_or_default();
    if !first.starts_with("HTTP/1.1 200") {
        return Err(format!("{topic}: {first}"));
    }
    if seen.listening.fetch_add(1, Ordering::AcqRel) + 1 == LISTENERS {
        seen.all_listen.notify_one();
    }
    let waiting = Arc::new(AtomicUsize::new(0));
    while let Some(text) = lines.next_line().await.map_err(said)? {
        let Some(data) = text.strip_prefix("data:") else { continue };
        let filing = data.split('"').nth(3).and_then(|id| id.parse().ok());
        if let Some(filing) = filing {
            lock(&seen.heard).push((filing, Instant::now()));
        }
        if waiting.fetch_add(1, Ordering::AcqRel) == 0 {
            let (seen, waiting, cookie, page) = (seen.clone(), waiting.clone(), cookie.clone(), page.clone());
            tokio::spawn(async move {
                let jitter = uuid::Uuid::new_v4().as_u128() as u64 % JITTER_MS;
                tokio::time::sleep(Duration::from_millis(jitter)).await;
                waiting.store(0, Ordering::Release);
                if fetch(&cookie, &page).await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                    seen.fetched.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    }
    Err(format!("{topic}: the stream ended"))
}

async fn fetch(cookie: &str, page: &str) -> std::io::Result<String> {
    let mut line = TcpStream::connect(SYSTEM).await?;
    let accept = if page.starts_with("/api/") { "application/json" } else { "text/html" };
    let ask =
        format!("GET {page} HTTP/1.1\r\nHost: {SYSTEM}\r\nAccept: {accept}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    line.write_all(ask.as_bytes()).await?;
    let mut answer = String::new();
    line.read_to_string(&mut answer).await?;
    Ok(answer)
}
