//! Filings that wait for their registrant expire when nothing changes for as long as policy says, and are told before.

use super::{registrant, sections};
use crate::{
    Ctx, Error, Result, Tx,
    jobs::{Handlers, Job},
    journal, limits, notices, policies,
};
use domain::{
    actor::Actor,
    filing::{Command, Filing, Status, Verb, idle::Idle},
    id::FilingId,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct About {
    filing: FilingId,
}

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers.on(Verb::Expire.name(), |ctx, tx, job| Box::pin(look(ctx, tx, job)))
}

/// Looks how long the filing was idle: expires it, or reminds its registrant, and looks again when there is more to do.
async fn look(ctx: &Ctx, tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let about: About = serde_json::from_value(job.payload.clone())?;
    let filing = journal::load(tx, about.filing, true).await?;
    if !filing.status.is_editable() {
        return Ok(());
    }
    let idle_since =
        sqlx::query_scalar!("select touched_at from filings where id = $1", filing.id.0).fetch_one(&mut **tx).await?;
    let now = ctx.clock.now();
    let policy = policies::policy_in(tx, filing.province.unwrap_or_default(), now).await?;
    let idle = Idle::new(idle_since, &policy);
    if now < idle.end() {
        remind(ctx, tx, &filing, idle).await?;
        return journal::expire_later(tx, &filing, idle.next(now)).await;
    }
    match journal::decide(tx, ctx, &filing, &Actor::System, &Command::Expire { idle_since }).await {
        Ok(event) => journal::commit(tx, ctx, &filing, event).await.map(|_| ()),
        Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Sends the reminder that is due, once in this idle time. What was missed while nobody looked is not sent after it.
async fn remind(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, idle: Idle) -> Result<()> {
    let now = ctx.clock.now();
    let Some(days_left) = idle.reminder(now).and_then(|days| i16::try_from(days).ok()) else { return Ok(()) };
    let first = sqlx::query!(
        "insert into expiry_reminders as r (filing_id, idle_since, days_left, sent_at) values ($1, $2, $3, $4)
         on conflict (filing_id) do update set idle_since = excluded.idle_since, days_left = excluded.days_left,
             sent_at = excluded.sent_at
         where r.idle_since <> excluded.idle_since or r.days_left > excluded.days_left",
        filing.id.0,
        idle.since,
        days_left,
        now,
    )
    .execute(&mut **tx)
    .await?;
    if first.rows_affected() == 0 {
        return Ok(());
    }
    notices::remind_of_expiry(ctx, tx, filing, idle).await
}

/// Begins another filing with the answers of one that expired. Declarations are made and materials uploaded anew.
pub async fn begin_again(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<FilingId> {
    let owner = registrant(caller)?;
    limits::hit(ctx, super::BEGINNINGS, &owner.to_string()).await?;
    let mut tx = ctx.begin().await?;
    let expired = journal::load_own(&mut tx, id, owner, true).await?;
    if expired.status != Status::Expired {
        return Err(domain::refusal::Refusal::Status { status: expired.status }.into());
    }
    let filing = journal::begin(&mut tx, ctx, owner).await?;
    if !sections::copy(ctx, &mut tx, id, &filing).await? {
        return Err(Error::NotFound);
    }
    tx.commit().await?;
    Ok(filing.id)
}
