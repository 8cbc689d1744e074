//! How often something may be done, counted in the database since nodes are many.
//!
//! A count starts with the first event and ends a window later. The key is kept as a blind index: who looks at the table
//! learns neither names nor addresses.

use crate::{Ctx, Error, Result};
use domain::Moment;
use sqlx::PgConnection;
use std::time::Duration;

/// So many times in so long.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is counted.
    pub kind: &'static str,
    /// How many are allowed.
    pub max: i32,
    /// In how long.
    pub window: Duration,
}

/// Counts one event for `key`; answers the count, or `Limited` beyond the maximum. Counts at once and for good, whatever
/// becomes of a transaction of the caller's.
pub async fn hit(ctx: &Ctx, limit: Limit, key: &str) -> Result<i32> {
    let now = ctx.clock.now();
    let row = sqlx::query!(
        "insert into rate_counters as c (kind, key_hash, window_end, count) values ($1, $2, $4, 1)
         on conflict (kind, key_hash) do update set
             count = case when c.window_end <= $3 then 1 else least(c.count, 1000000) + 1 end,
             window_end = case when c.window_end <= $3 then excluded.window_end else c.window_end end
         returning count, window_end",
        limit.kind,
        ctx.keys.steady_index(limit.kind, key),
        now,
        now + limit.window,
    )
    .fetch_one(&ctx.pool)
    .await?;
    if row.count > limit.max { Err(limited(row.window_end, now)) } else { Ok(row.count) }
}

/// How many events `key` has had.
pub async fn count(ctx: &Ctx, kind: &'static str, key: &str) -> Result<i32> {
    let count = sqlx::query_scalar!(
        "select count from rate_counters where kind = $1 and key_hash = $2 and window_end > $3",
        kind,
        ctx.keys.steady_index(kind, key),
        ctx.clock.now(),
    )
    .fetch_optional(&ctx.pool)
    .await?;
    Ok(count.unwrap_or_default())
}

/// Those of `keys` that have had no event, asked on a connection that the caller holds already.
pub async fn unheard(ctx: &Ctx, conn: &mut PgConnection, kind: &'static str, keys: Vec<String>) -> Result<Vec<String>> {
    let hashes: Vec<_> = keys.iter().map(|key| ctx.keys.steady_index(kind, key)).collect();
    let heard = sqlx::query_scalar!(
        "select key_hash from rate_counters where kind = $1 and key_hash = any($2) and window_end > $3",
        kind,
        &hashes,
        ctx.clock.now(),
    )
    .fetch_all(conn)
    .await?;
    Ok(keys.into_iter().zip(&hashes).filter(|(_, hash)| !heard.contains(hash)).map(|(key, _)| key).collect())
}

/// Forgets the events of `key`: a right password ends the count of wrong ones.
pub async fn clear(ctx: &Ctx, kind: &'static str, key: &str) -> Result<()> {
    sqlx::query!("delete from rate_counters where kind = $1 and key_hash = $2", kind, ctx.keys.steady_index(kind, key))
        .execute(&ctx.pool)
        .await?;
    Ok(())
}

fn limited(until: Moment, now: Moment) -> Error {
    let left = Duration::try_from(until - now).unwrap_or_default();
    Error::Limited { retry_after: left.max(Duration::from_secs(1)) }
}

#[cfg(test)]
mod tests;
