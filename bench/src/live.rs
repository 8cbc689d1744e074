//! Live progress: the same writes with nobody listening, with a thousand listeners, and with a thousand who fetch their page
//! again after each hint as browsers do; and how late the hints are.

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
/// A page waits up to this long before it fetches again, and rests so long between two looks (`app/src/live.rs`).
const JITTER_MS: u64 = 400;
const REST: Duration = Duration::from_secs(2);
/// In this time every listener has looked for the first time, and may look again.
const BEGINNING: Duration = Duration::from_secs(8);

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

/// What listeners do with a hint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ear {
    /// They hear it.
    Hears,
    /// They fetch their page again.
    Fetches,
}

/// What a batch of submissions was like beside listeners.
#[derive(Default)]
struct Beside {
    rates: Vec<f64>,
    /// From each commit to each listener of it, in milliseconds.
    late: Vec<f64>,
    fetched: usize,
}

/// Prints the rates with nobody listening, with listeners who hear, and with listeners who fetch again; and how late the hints
/// were.
pub async fn compare(pool: &PgPool, submissions: &mut Submissions) -> Outcome {
    let clerk = people::find(pool, "yunshang-clerk").await?;
    let clerks = people::sign_in(pool, &[clerk; DESKS]).await?;
    let mut alone = Vec::new();
    let (mut hears, mut fetches) = (Beside::default(), Beside::default());
    for _ in 0..PAIRS {
        alone.push(submissions.run(|_| {}).await?);
        measure(pool, submissions, &clerks, Ear::Hears, &mut hears).await?;
        measure(pool, submissions, &clerks, Ear::Fetches, &mut fetches).await?;
    }
    let alone = crate::median(alone);
    hears.print("who hear", alone);
    fetches.print("who fetch again", alone);
    Ok(())
}

impl Beside {
    fn print(mut self, who: &str, alone: f64) {
        let rate = crate::median(self.rates);
        self.late.sort_by(f64::total_cmp);
        let at = |part: usize| self.late.get(self.late.len() * part / 100).copied().unwrap_or_default();
        println!(
            "live: {rate:.0} submissions a second with {LISTENERS} listeners {who} | nobody listening: {alone:.0} a second | \
             ratio {:.2} (goal 0.95); {} hints, commit to listener p50 {:.0} ms, p99 {:.0} ms (goal 300); {} pages fetched again",
            rate / alone,
            self.late.len(),
            at(50),
            at(99),
            self.fetched
        );
    }
}

async fn measure(pool: &PgPool, submissions: &mut Submissions, clerks: &[String], ear: Ear, beside: &mut Beside) -> Outcome {
    let seen = Arc::new(Seen::default());
    let (next, owners): (Vec<_>, Vec<_>) = submissions.next_filings(LISTENERS - DESKS).into_iter().unzip();
    let owners = people::sign_in(pool, &owners).await?;
    let mut listeners = JoinSet::new();
    for cookie in clerks {
        let page = "/api/reviews/desk?listing=waiting&page=1".into();
        listeners.spawn(listen(seen.clone(), ear, cookie.clone(), "desk=1".into(), page));
    }
    for (cookie, filing) in owners.iter().zip(next) {
        let page = format!("/filings/{filing}/progress");
        listeners.spawn(listen(seen.clone(), ear, cookie.clone(), format!("filing={filing}"), page));
    }
    while seen.listening.load(Ordering::Acquire) < LISTENERS {
        tokio::select! {
            () = seen.all_listen.notified() => {}
            Some(ended) = listeners.join_next() => return Err(format!("a listener ended: {ended:?}").into()),
        }
    }
    // All look once when they begin to listen.
    tokio::time::sleep(BEGINNING).await;
    seen.fetched.store(0, Ordering::Relaxed);
    let note = seen.clone();
    beside.rates.push(submissions.run(move |filing| _ = lock(&note.committed).insert(filing, Instant::now())).await?);
    // The last hints and pages are on their way.
    tokio::time::sleep(Duration::from_secs(2)).await;
    listeners.abort_all();
    let committed = lock(&seen.committed);
    for (filing, at) in lock(&seen.heard).iter() {
        if let Some(committed) = committed.get(filing) {
            beside.late.push(at.saturating_duration_since(*committed).as_secs_f64() * 1000.0);
        }
    }
    beside.fetched += seen.fetched.load(Ordering::Relaxed);
    Ok(())
}

/// Listens until the end. Who fetches does so a random while after each hint, several at once as one and rested from the one
/// before.
async fn listen(seen: Arc<Seen>, ear: Ear, cookie: String, topic: String, page: String) -> Result<(), String> {
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
    let looked = Arc::new(Mutex::new(None::<Instant>));
    while let Some(text) = lines.next_line().await.map_err(said)? {
        let Some(data) = text.strip_prefix("data:") else { continue };
        let filing = data.split('"').nth(3).and_then(|id| id.parse().ok());
        if let Some(filing) = filing {
            lock(&seen.heard).push((filing, Instant::now()));
        }
        if ear == Ear::Fetches && waiting.fetch_add(1, Ordering::AcqRel) == 0 {
            let (seen, waiting, cookie, page) = (seen.clone(), waiting.clone(), cookie.clone(), page.clone());
            let looked = looked.clone();
            tokio::spawn(async move {
                let rest = lock(&looked).map_or(Duration::ZERO, |at| REST.saturating_sub(at.elapsed()));
                let jitter = Duration::from_millis(uuid::Uuid::new_v4().as_u128() as u64 % JITTER_MS);
                tokio::time::sleep(rest + jitter).await;
                *lock(&looked) = Some(Instant::now());
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
