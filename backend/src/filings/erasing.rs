//! Answers of filings that ended without a number are kept for a while, then erased.

use super::copies;
use crate::{
    Ctx, Result, Tx,
    jobs::{self, Handlers, Job},
    journal,
    retention::{self, EXPIRED_ANSWERS, STOPPED_ANSWERS},
};
use domain::{
    Moment,
    actor::Actor,
    filing::{Filing, Status},
    id::FilingId,
};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

/// How each ended, by which rule its answers are kept, and the work that erases them.
const ENDS: [(Status, &str, &str); 2] =
    [(Status::Expired, EXPIRED_ANSWERS, "expired_erase"), (Status::Stopped, STOPPED_ANSWERS, "stopped_erase")];

#[derive(Deserialize)]
struct About {
    filing: FilingId,
}

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    ENDS.into_iter().fold(handlers, |handlers, (_, _, kind)| handlers.on(kind, |ctx, tx, job| Box::pin(erase(ctx, tx, job))))
}

fn end(status: Status) -> Option<(&'static str, &'static str)> {
    ENDS.into_iter().find(|(end, ..)| *end == status).map(|(_, kind, job)| (kind, job))
}

/// The answers of a filing that has just ended are erased when their time is over.
pub(crate) async fn erase_later(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing) -> Result<()> {
    let Some((kind, job)) = end(filing.status) else { return Ok(()) };
    let now = ctx.clock.now();
    let erase_at = now + retention::days(tx, kind, now).await?;
    jobs::enqueue(tx, job, &filing.id.to_string(), json!({ "filing": filing.id }), erase_at).await?;
    Ok(())
}

/// Until when the answers of a filing that ended are kept, by the rule of this day; none for one that goes on or stands.
pub(super) async fn kept_until(conn: &mut PgConnection, filing: &Filing, now: Moment) -> Result<Option<Moment>> {
    let Some((kind, _)) = end(filing.status) else { return Ok(None) };
    Ok(Some(filing.entered_at + retention::days(conn, kind, now).await?))
}

async fn erase(ctx: &Ctx, tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let about: About = serde_json::from_value(job.payload.clone())?;
    let filing = journal::load(tx, about.filing, true).await?;
    // The rule of this day decides, should it be longer than that of the day it ended.
    let Some(until) = kept_until(tx, &filing, ctx.clock.now()).await? else { return Ok(()) };
    if until > ctx.clock.now() {
        let key = format!("{} {}", filing.id, until.date());
        return jobs::enqueue(tx, &job.kind, &key, job.payload.clone(), until).await.map(drop);
    }
    copies::erase(ctx, tx, &filing, &Actor::System).await
}
