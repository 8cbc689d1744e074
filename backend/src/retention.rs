//! How long what is kept: dated rows, read by the sweep and by the jobs that erase. The database refuses less than the law asks.
//!
//! How long a filing may be idle stands in its province's policy; what is recorded, and what was decided and why, is kept.

use crate::audit::{self, Entry};
use crate::{Ctx, Error, Result, Tx};
use domain::Moment;
use domain::actor::Actor;
use domain::time::beijing_date;
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use time::{Date, Duration};
use uuid::Uuid;

/// Materials of a filing that was handed in, after their removal (rules 1.4).
pub(crate) const REMOVED_MATERIALS: &str = "removed_materials";
/// Answers of a filing that expired, so that another can be begun with them.
pub(crate) const EXPIRED_ANSWERS: &str = "expired_answers";
/// Answers of a filing that was stopped: it never stood on the register, and whoever filed it may object.
pub(crate) const STOPPED_ANSWERS: &str = "stopped_answers";
/// How many rows one statement deletes: nobody waits long for it.
const BATCH: i64 = 5000;

/// What is kept for a time.
struct Kind {
    name: &'static str,
    /// Tables, and when a row of each is over: `$1` is now less the days.
    rows: &'static [(&'static str, &'static str)],
    /// Erased by a job of this kind, whose payload names the row under this name; otherwise deleted by the sweep.
    job: Option<(&'static str, &'static str)>,
}

const fn swept(name: &'static str, rows: &'static [(&'static str, &'static str)]) -> Kind {
    Kind { name, rows, job: None }
}

const KINDS: &[Kind] = &[
    // The second half is the database's own: a clock that was wound does not shorten what the law asks for.
    swept("audit", &[("audit", "at < $1 and at < clock_timestamp() - interval '184 days'")]),
    swept("sessions", &[("sessions", "expires_at < $1")]),
    swept("messages", &[("outbox", "status <> 'due' and created_at < $1")]),
    swept("notices", &[("notices", "created_at < $1")]),
    swept("jobs", &[("jobs", "status = 'done' and ended_at < $1")]),
    swept("failed_jobs", &[("jobs", "status = 'failed' and ended_at < $1")]),
    // The last look at a site stays, as it is shown.
    swept("footer_checks", &[("footer_checks", "superseded_at < $1")]),
    swept("retry_keys", &[("retry_keys", "created_at <= $1")]),
    swept("codes", &[("codes", "expires_at < $1"), ("recoveries", "expires_at < $1")]),
    swept("counters", &[("rate_counters", "window_end <= $1")]),
    swept("flashes", &[("flashes", "expires_at <= $1")]),
    swept("challenges", &[("challenges", "expires_at <= $1"), ("passkey_challenges", "expires_at <= $1")]),
    swept("first_passwords", &[("first_passwords", "shown_until <= $1")]),
    Kind {
        name: REMOVED_MATERIALS,
        rows: &[("materials", "sealed <> '' and removed_at <= $1")],
        job: Some(("material_erase", "material")),
    },
    Kind {
        name: EXPIRED_ANSWERS,
        rows: &[(
            "filings",
            "status = 'expired' and entered_at <= $1 and exists (select from draft_sections d where d.filing_id = filings.id)",
        )],
        job: Some(("expired_erase", "filing")),
    },
    Kind {
        name: STOPPED_ANSWERS,
        rows: &[(
            "filings",
            "status = 'stopped' and entered_at <= $1 and exists (select from draft_sections d where d.filing_id = filings.id)",
        )],
        job: Some(("stopped_erase", "filing")),
    },
];

/// A rule that holds or is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it is about.
    pub kind: String,
    /// How long it is kept, after it ended.
    pub days: i32,
    /// Less is not lawful.
    pub least: i32,
    /// Its first day.
    pub from: Date,
    /// Why so long.
    pub source: String,
    /// Rows that are over and still there; none for a rule that is to come.
    pub due: Option<i64>,
}

/// Why a rule cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// No such kind.
    #[error("there is nothing called «{0}» that is kept for a time: `beian retention` lists what there is")]
    Kind(String),
    /// Below the law's minimum, or beyond a hundred years.
    #[error("{kind} is kept for {least} days at least and 36500 at most")]
    Days {
        /// What.
        kind: String,
        /// How long the law asks for.
        least: i32,
    },
    /// What has begun is not edited.
    #[error("--from is {0}, and a rule begins on a day to come: what has begun is not edited")]
    Begun(Date),
    /// The database failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<sqlx::Error> for Unfit {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// How long it is kept by the rule of that day.
pub(crate) async fn days(conn: &mut PgConnection, kind: &'static str, at: Moment) -> Result<Duration> {
    let days = sqlx::query_scalar!("select days from retention where kind = $1 and valid @> $2::date", kind, beijing_date(at))
        .fetch_optional(conn)
        .await?;
    let days = days.ok_or(Error::Inconsistent { table: "retention", column: "valid", id: Uuid::nil() })?;
    Ok(Duration::days(days.into()))
}

/// Deletes whatever is over, and brings forward the jobs that erase what is. A kind that fails is told, and holds no other up;
/// answers the first of such failures.
pub(crate) async fn sweep(ctx: &Ctx) -> Result<()> {
    let mut outcome = Ok(());
    for kind in KINDS {
        if let Err(error) = sweep_kind(ctx, kind).await {
            tracing::error!(kind = kind.name, %error, "what is over could not be deleted");
            outcome = outcome.and(Err(error));
        }
    }
    outcome
}

async fn sweep_kind(ctx: &Ctx, kind: &Kind) -> Result<()> {
    let before = before(ctx, kind).await?;
    match kind.job {
        Some(job) => bring_forward(ctx, kind, job, before).await?,
        None => {
            for (table, over) in kind.rows {
                delete(ctx, table, over, before).await?;
            }
        }
    }
    Ok(())
}

/// What holds today, with the rows that are due, and what is to come.
pub async fn list(ctx: &Ctx) -> Result<Vec<Rule>> {
    let today = beijing_date(ctx.clock.now());
    let rows = sqlx::query!(
        r#"select kind, days, retention_least(kind) as "least!", lower(valid) as "from!", source from retention
           where not valid << daterange($1, null) order by kind, valid"#,
        today,
    )
    .fetch_all(&ctx.pool)
    .await?;
    let mut rules = Vec::new();
    for row in rows {
        let kind = KINDS.iter().find(|kind| kind.name == row.kind).filter(|_| row.from <= today);
        let due = match kind {
            Some(kind) => Some(due(ctx, kind).await?),
            None => None,
        };
        rules.push(Rule { kind: row.kind, days: row.days, least: row.least, from: row.from, source: row.source, due });
    }
    Ok(rules)
}

/// Sets a rule for a day to come. What was to come from that day on, or before it, is withdrawn.
pub async fn set(ctx: &Ctx, kind: &str, days: i32, from: Date, source: &str) -> Result<(), Unfit> {
    let now = ctx.clock.now();
    let today = beijing_date(now);
    let known = KINDS.iter().find(|known| known.name == kind.trim()).ok_or_else(|| Unfit::Kind(kind.to_owned()))?;
    if from <= today {
        return Err(Unfit::Begun(from));
    }
    let mut tx = ctx.begin().await?;
    let least = sqlx::query_scalar!(r#"select retention_least($1) as "least!""#, known.name).fetch_one(&mut *tx).await?;
    if days < least || days > 36_500 {
        return Err(Unfit::Days { kind: known.name.to_owned(), least });
    }
    // Two at once: the second waits here, and follows the first.
    let old =
        sqlx::query_scalar!("select days from retention where kind = $1 and valid @> $2::date for update", known.name, today)
            .fetch_one(&mut *tx)
            .await?;
    sqlx::query!("delete from retention where kind = $1 and lower(valid) > $2", known.name, today).execute(&mut *tx).await?;
    sqlx::query!(
        "update retention set valid = daterange(lower(valid), $3) where kind = $1 and valid @> $2::date",
        known.name,
        today,
        from,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into retention (kind, days, valid, source, set_at) values ($1, $2, daterange($3, null), $4, $5)",
        known.name,
        days,
        from,
        source,
        now,
    )
    .execute(&mut *tx)
    .await?;
    let detail = json!({ "kind": known.name, "days": days, "from": from.to_string(), "instead_of": old });
    audit::record(ctx, &mut tx, Entry::done(Actor::System, "set_retention", None).with_detail(detail)).await?;
    tx.commit().await?;
    Ok(())
}

async fn before(ctx: &Ctx, kind: &Kind) -> Result<Moment> {
    let now = ctx.clock.now();
    let mut conn = ctx.pool.acquire().await?;
    Ok(now - days(&mut conn, kind.name, now).await?)
}

async fn due(ctx: &Ctx, kind: &Kind) -> Result<i64> {
    let before = before(ctx, kind).await?;
    let mut due = 0;
    for (table, over) in kind.rows {
        let sql = format!("select count(*) from {table} where {over}");
        due += sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).bind(before).fetch_one(&ctx.pool).await?;
    }
    Ok(due)
}

async fn delete(ctx: &Ctx, table: &str, over: &str, before: Moment) -> Result<()> {
    let sql = format!("delete from {table} where ctid = any(array(select ctid from {table} where {over} limit {BATCH}))");
    let mut deleted = 0;
    loop {
        let mut tx = ctx.begin().await?;
        let done = sqlx::query(AssertSqlSafe(sql.as_str())).bind(before).execute(&mut *tx).await?.rows_affected();
        if table == "audit" && done > 0 {
            note(ctx, &mut tx, done, before).await?;
        }
        tx.commit().await?;
        deleted += done;
        if done < BATCH.unsigned_abs() {
            break;
        }
    }
    if deleted > 0 {
        tracing::info!(table, deleted, "what is over was deleted");
    }
    Ok(())
}

/// That lines of the audit went stands in the audit.
async fn note(ctx: &Ctx, tx: &mut Tx<'_>, lines: u64, before: Moment) -> Result<()> {
    let detail = json!({ "lines": lines, "before": before.date().to_string() });
    audit::record(ctx, tx, Entry::done(Actor::System, "sweep_audit", None).with_detail(detail)).await
}

/// A rule that became shorter holds for what is already waiting. One that became longer is asked by the job itself.
async fn bring_forward(ctx: &Ctx, kind: &Kind, (job, name): (&str, &str), before: Moment) -> Result<()> {
    for (table, over) in kind.rows {
        let sql = format!(
            "update jobs set run_at = $2 where status = 'due' and kind = $3 and run_at > $2
             and payload ->> $4 in (select id::text from {table} where {over})"
        );
        let update = sqlx::query(AssertSqlSafe(sql)).bind(before).bind(ctx.clock.now()).bind(job).bind(name);
        update.execute(&ctx.pool).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
