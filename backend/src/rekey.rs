//! After a new key was activated: seals and indexes anew whatever names another one, while everybody works.
//!
//! A row is read, sealed again and put back only if it still has the values that were read: a write that comes between wins, and
//! is under the new key itself. Each row stands by itself, so that a run may end anywhere; the next one finds what is left by the
//! key that rows name. Versions stay: nobody who has a form open notices.

mod lone;
mod rows;
#[cfg(test)]
mod tests;
pub mod uses;

use crate::audit::{self, Entry};
use crate::{Ctx, Result};
use domain::actor::Actor;
use serde_json::json;
use sqlx::ConnectOptions;
use uses::Uses;

/// How many rows are read at once.
const BATCH: i64 = 200;
/// Where a node still writes with another key, there is no end.
const PASSES: usize = 5;
/// One run at a time.
const LOCK: i64 = 0x0072_656b_6579;

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Rows that name the new keys now.
    pub renewed: u64,
    /// Values that do not open, or follow from nothing: the log names each.
    pub stuck: u64,
    /// What names which key in the end.
    pub uses: Uses,
}

struct Pass<'a> {
    renewed: u64,
    stuck: u64,
    report: &'a mut (dyn FnMut(&'static str, u64) + Send),
}

impl Pass<'_> {
    fn renewed(&mut self, table: &'static str, rows: u64) {
        self.renewed += rows;
        (self.report)(table, rows);
    }
}

/// Renews until nothing is left that can be. `report` is told each table with the rows that were renewed. None: another run is
/// under way.
pub async fn run(ctx: &Ctx, report: &mut (dyn FnMut(&'static str, u64) + Send)) -> Result<Option<Outcome>> {
    // What is lost of the last moments in a crash is done once more: nobody waits for the disk at each row.
    let options = ctx.pool.connect_options().as_ref().clone();
    let mut conn = options
        .application_name("beian rekey")
        .options([("synchronous_commit", "off"), ("statement_timeout", "0")])
        .connect()
        .await?;
    let first = sqlx::query_scalar!(r#"select pg_try_advisory_lock($1) as "first!""#, LOCK).fetch_one(&mut conn).await?;
    if !first {
        return Ok(None);
    }
    let mut pass = Pass { renewed: 0, stuck: 0, report };
    for _ in 0..PASSES {
        let before = pass.renewed;
        pass.stuck = 0;
        // Indexes by themselves last: they are found by the answers.
        for rows in rows::ROWS {
            rows.pass(ctx, &mut conn, &mut pass).await?;
        }
        for lone in lone::LONE {
            lone.pass(ctx, &mut conn, &mut pass).await?;
        }
        if pass.renewed == before {
            break;
        }
    }
    let detail = json!({ "keys": ctx.keys.writes(), "renewed": pass.renewed, "stuck": pass.stuck });
    audit::record_alone(ctx, Entry::done(Actor::System, "rekey", None).with_detail(detail)).await?;
    Ok(Some(Outcome { renewed: pass.renewed, stuck: pass.stuck, uses: uses::count(&mut conn).await? }))
}
