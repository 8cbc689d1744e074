//! Filings that wait for their registrant expire when nothing changes for as long as policy says.

use crate::{
    Ctx, Error, Result, Tx,
    jobs::{Handlers, Job},
    journal, policies,
};
use domain::{
    actor::Actor,
    filing::{Command, Verb},
    id::FilingId,
};
use serde::Deserialize;
use time::Duration;

#[derive(Deserialize)]
struct About {
    filing: FilingId,
}

pub(super) fn handlers(handlers: Handlers) -> Handlers {
    handlers.on(Verb::Expire.name(), |ctx, tx, job| Box::pin(expire(ctx, tx, job)))
}

/// Looks whether the filing was idle; if not, looks again when it may have been.
async fn expire(ctx: &Ctx, tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let about: About = serde_json::from_value(job.payload.clone())?;
    let filing = journal::load(tx, about.filing, true).await?;
    if !filing.status.is_editable() {
        return Ok(());
    }
    let idle_since =
        sqlx::query_scalar!("select touched_at from filings where id = $1", filing.id.0).fetch_one(&mut **tx).await?;
    let now = ctx.clock.now();
    let policy = policies::policy_in(tx, filing.province.unwrap_or_default(), now).await?;
    let end = idle_since + Duration::days(i64::from(policy.idle_days));
    if now < end {
        return journal::expire_later(tx, &filing, end).await;
    }
    match journal::decide(tx, ctx, &filing, &Actor::System, &Command::Expire { idle_since }).await {
        Ok(event) => journal::commit(tx, ctx, &filing, event).await.map(|_| ()),
        Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
