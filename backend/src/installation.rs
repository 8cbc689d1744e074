//! What this database is: a demo's or production's. The one is never served as the other.

use crate::Result;
use crate::clock::Clock;
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

/// What a database was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Real filings.
    Production,
    /// Made-up accounts and filings.
    Demo,
}

impl Kind {
    /// The stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Demo => "demo",
        }
    }
}

/// What the database is marked as, if it is.
pub async fn find(pool: &PgPool) -> Result<Option<Kind>> {
    let kind = sqlx::query_scalar!("select kind from installation").fetch_optional(pool).await?;
    Ok(kind.map(|k| if k == "demo" { Kind::Demo } else { Kind::Production }))
}

/// Marks a database that is not marked; answers what it is marked as now.
pub async fn mark(pool: &PgPool, clock: &Clock, kind: Kind) -> Result<Kind> {
    sqlx::query!(
        "insert into installation (id, kind, created_at) values ($1, $2, $3) on conflict do nothing",
        Uuid::now_v7(),
        kind.name(),
        clock.now(),
    )
    .execute(pool)
    .await?;
    Ok(find(pool).await?.unwrap_or(kind))
}

/// How far the demo's clock was wound, on whichever node.
pub async fn clock_wound(pool: &PgPool) -> Result<Duration> {
    let wound = sqlx::query_scalar!("select clock_wound_ms from installation where kind = 'demo'").fetch_optional(pool).await?;
    Ok(Duration::from_millis(u64::try_from(wound.unwrap_or_default()).unwrap_or_default()))
}

/// Counts one more filing begun with made-up answers; answers how many were before it. None outside a demo.
pub async fn count_sample(pool: &PgPool) -> Result<Option<u32>> {
    let count = sqlx::query_scalar!(
        "update installation set samples_begun = samples_begun + 1 where kind = 'demo' returning samples_begun - 1 as \"before!\"",
    );
    Ok(count.fetch_optional(pool).await?.and_then(|before| u32::try_from(before).ok()))
}

/// Winds the demo's clock, and remembers it for the other nodes ([`follow_clock`]) and for the next start. Nothing happens
/// outside a demo.
pub async fn wind_clock(pool: &PgPool, clock: &Clock, by: Duration) -> Result<()> {
    let by_ms = i64::try_from(by.as_millis()).unwrap_or(0);
    let wound = sqlx::query_scalar!(
        "update installation set clock_wound_ms = clock_wound_ms + $1 where kind = 'demo' returning clock_wound_ms",
        by_ms,
    )
    .fetch_optional(pool)
    .await?;
    if let Some(wound) = wound {
        // Who looks at the demo has not been away: winding signs nobody out.
        sqlx::query!(
            "update sessions set seen_at = seen_at + make_interval(secs => $1), expires_at = expires_at + make_interval(secs => $1)
             where ended_at is null",
            by.as_secs_f64(),
        )
        .execute(pool)
        .await?;
        // Not by the difference: this node may have followed the row already.
        clock.wind_to(Duration::from_millis(u64::try_from(wound).unwrap_or_default()));
    }
    Ok(())
}

/// Keeps a demo's clock with the others': each node winds its own when another one was wound.
pub async fn follow_clock(pool: &PgPool, clock: &Clock) -> Result<()> {
    clock.wind_to(clock_wound(pool).await?);
    Ok(())
}
