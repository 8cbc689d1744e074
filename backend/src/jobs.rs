//! Work for later, written in the transaction that wants it, and done by whichever node comes first (`SKIP LOCKED`).
//!
//! A handler runs in the transaction that holds the job's lock, so what it writes there happens exactly once. A handler
//! that fails is tried again with growing pauses; after [`MAX_ATTEMPTS`] the job stands as failed, for a person to see.

use crate::{Ctx, Error, Result, Tx};
use domain::Moment;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use time::Duration;
use uuid::Uuid;

/// How often a job is tried: with the pauses, for about two days.
pub const MAX_ATTEMPTS: i32 = 20;

/// One piece of work.
#[derive(Clone, Debug)]
pub struct Job {
    /// Identifies the job.
    pub id: Uuid,
    /// Which handler does it.
    pub kind: String,
    /// What it is about; there is one job for each kind and key.
    pub key: String,
    /// What the handler needs to know.
    pub payload: Value,
    /// When it was to run.
    pub run_at: Moment,
    /// How often it failed before.
    pub attempts: i32,
}

type Handler = Arc<dyn for<'a> Fn(&'a Ctx, &'a mut Tx<'static>, &'a Job) -> BoxFuture<'a, Result<()>> + Send + Sync>;

/// Who does what kind of job.
#[derive(Clone, Default)]
pub struct Handlers(BTreeMap<&'static str, Handler>);

impl Handlers {
    /// Nobody does anything yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the handler of one kind: `.on("round_ends", |ctx, tx, job| Box::pin(confirmations::end_round(ctx, tx, job)))`.
    pub fn on<F>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: for<'a> Fn(&'a Ctx, &'a mut Tx<'static>, &'a Job) -> BoxFuture<'a, Result<()>> + Send + Sync + 'static,
    {
        self.0.insert(kind, Arc::new(handler));
        self
    }

    fn kinds(&self) -> Vec<String> {
        self.0.keys().map(|k| (*k).to_owned()).collect()
    }
}

/// Asks for work at a time. A second request with the same kind and key changes nothing; answers whether it was the first.
pub async fn enqueue(tx: &mut Tx<'_>, kind: &str, key: &str, payload: Value, run_at: Moment) -> Result<bool> {
    let done = sqlx::query!(
        "insert into jobs (id, kind, key, payload, run_at) values ($1, $2, $3, $4, $5) on conflict (kind, key) do nothing",
        Uuid::now_v7(),
        kind,
        key,
        payload,
        run_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes back work that has not been done. Waits for a node that is at it.
pub async fn cancel(tx: &mut Tx<'_>, kind: &str, key: &str) -> Result<bool> {
    let done =
        sqlx::query!("delete from jobs where kind = $1 and key = $2 and status = 'due'", kind, key).execute(&mut **tx).await?;
    Ok(done.rows_affected() == 1)
}

/// Does what is due, one job after the other, until nothing is. Answers how many were tried.
pub async fn run_due(ctx: &Ctx, handlers: &Handlers) -> Result<usize> {
    let mut tried = 0;
    while run_next(ctx, handlers).await? {
        tried += 1;
    }
    Ok(tried)
}

/// Does what is due again and again until `stop` resolves; a job under way is finished first.
pub async fn run_forever(ctx: Ctx, handlers: Handlers, pause: std::time::Duration, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        // A node without a key that rows need would fail at them, and use their tries up.
        let tried = if ctx.keys.lacking().is_none() { run_next(&ctx, &handlers).await } else { Ok(false) };
        if let Err(error) = &tried {
            tracing::warn!(%error, "jobs cannot be run");
        }
        // However many are due: who is asked to end leaves them to other nodes.
        let pause = if matches!(tried, Ok(true)) { std::time::Duration::ZERO } else { pause };
        tokio::select! {
            biased;
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn run_next(ctx: &Ctx, handlers: &Handlers) -> Result<bool> {
    let mut tx = ctx.begin().await?;
    let job = sqlx::query_as!(
        Job,
        "select id, kind, key, payload, run_at, attempts from jobs
         where status = 'due' and run_at <= $1 and kind = any($2)
         order by run_at, id limit 1 for update skip locked",
        ctx.clock.now(),
        &handlers.kinds(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(job) = job else { return Ok(false) };
    let Some(handler) = handlers.0.get(job.kind.as_str()) else { return Ok(false) };
    // A handler that panics has failed like any other; the node goes on with the next job.
    let outcome = AssertUnwindSafe(async { handler(ctx, &mut tx, &job).await }).catch_unwind().await;
    match outcome.unwrap_or(Err(Error::Internal("the handler panicked"))) {
        Ok(()) => {
            sqlx::query!("update jobs set status = 'done', ended_at = $2 where id = $1", job.id, ctx.clock.now())
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
        Err(error) => {
            tx.rollback().await?;
            postpone(ctx, &job, &error).await?;
        }
    }
    Ok(true)
}

async fn postpone(ctx: &Ctx, job: &Job, error: &Error) -> Result<()> {
    let attempts = job.attempts + 1;
    let failed = attempts >= MAX_ATTEMPTS;
    tracing::warn!(job = %job.id, kind = job.kind, attempts, failed, %error, "a job failed");
    sqlx::query!(
        "update jobs set attempts = $2, run_at = $3, last_error = $4, status = $5, ended_at = $6
         where id = $1 and status = 'due' and attempts = $7",
        job.id,
        attempts,
        ctx.clock.now() + backoff(attempts),
        error.to_string().chars().take(500).collect::<String>(),
        if failed { "failed" } else { "due" },
        failed.then(|| ctx.clock.now()),
        job.attempts,
    )
    .execute(&ctx.pool)
    .await?;
    Ok(())
}

/// Five seconds, doubled each time, six hours at most.
pub(crate) fn backoff(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 13) - 1).unwrap_or_default();
    Duration::seconds((5_i64 << doublings).min(6 * 3600))
}

#[cfg(test)]
mod tests;
