//! Objects that no row names: left by a crash whose own job is gone too, or by a database that is older than its store.

use super::ORPHAN;
use crate::files::{Kept, SHELVES};
use crate::{Ctx, Result};
use domain::Moment;
use futures::TryStreamExt;
use time::Duration;

/// An object that is younger may belong to a row that is about to be committed.
const LEAST_AGE: Duration = Duration::days(1);
/// How many objects one question to the database is about.
const BATCH: usize = 500;
/// How many shelves one sweep looks at: a sweep every ten minutes sees all of them in eleven hours.
const AT_ONCE: usize = 4;
const SLOT: i64 = 600;

/// Removes orphans from the shelves whose turn it is; answers how many.
pub(crate) async fn collect(ctx: &Ctx) -> Result<usize> {
    let mut collected = 0;
    for shelf in shelves_at(machine_time(ctx)) {
        collected += collect_from(ctx, shelf).await?;
    }
    if collected > 0 {
        tracing::info!(collected, "objects without a row were removed");
    }
    Ok(collected)
}

/// Every node looks at the same shelves, and what one has removed is not there for the next.
fn shelves_at(now: Moment) -> impl Iterator<Item = u8> {
    let slot = usize::try_from(now.unix_timestamp() / SLOT).unwrap_or_default();
    (0..AT_ONCE).filter_map(move |n| u8::try_from((slot * AT_ONCE + n) % SHELVES).ok())
}

/// Objects are dated by the machine; a demo's clock may be weeks ahead of it.
fn machine_time(ctx: &Ctx) -> Moment {
    ctx.clock.now() - ctx.clock.wound()
}

async fn collect_from(ctx: &Ctx, shelf: u8) -> Result<usize> {
    let before = machine_time(ctx) - LEAST_AGE;
    let mut collected = 0;
    let mut batch = Vec::with_capacity(BATCH);
    let mut kept = ctx.files.list(shelf);
    while let Some(object) = kept.try_next().await? {
        if object.since < before {
            batch.push(object);
        }
        if batch.len() == BATCH {
            collected += collect_these(ctx, &mut batch).await?;
        }
    }
    Ok(collected + collect_these(ctx, &mut batch).await?)
}

/// An object whose own job is still due is that job's: whoever uploads it may be at it.
async fn collect_these(ctx: &Ctx, batch: &mut Vec<Kept>) -> Result<usize> {
    let keys: Vec<String> = batch.drain(..).map(|object| object.id.to_string()).collect();
    let orphans = sqlx::query_scalar!(
        r#"select o.key as "key!" from unnest($1::text[]) o (key)
           where not exists (select from materials m where m.object_key = o.key)
             and not exists (select from material_thumbnails t where t.object_key = o.key)
             and not exists (select from jobs j where j.kind = $2 and j.key = o.key and j.status = 'due')"#,
        &keys,
        ORPHAN,
    )
    .fetch_all(&ctx.pool)
    .await?;
    for id in orphans.iter().filter_map(|key| key.parse().ok()) {
        ctx.files.delete(id).await?;
    }
    Ok(orphans.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_shelf_has_its_turn_within_half_a_day() {
        let start = time::macros::datetime!(2026-03-02 01:30 UTC);
        let sweeps = (0..72).map(|sweep| start + Duration::minutes(10 * sweep));
        assert_eq!(sweeps.flat_map(shelves_at).collect::<BTreeSet<_>>().len(), SHELVES);
    }
}
