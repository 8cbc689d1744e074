//! What follows from an event, in its own transaction.

use crate::{Ctx, Result, Tx, audit, confirmations, filings, holds, jobs, notices, providers};
use domain::{
    Moment,
    filing::{Event, Filing, Status, Verb, idle::Idle},
};
use serde_json::json;

pub(super) async fn follow(tx: &mut Tx<'_>, ctx: &Ctx, before: Option<&Filing>, filing: &Filing, event: &Event) -> Result<()> {
    if super::hands_in(event.verb) {
        filings::keep_snapshot(ctx, tx, filing).await?;
    }
    if before.is_some_and(|b| b.status.holds()) && !filing.status.holds() {
        holds::release(tx, filing.id).await?;
        providers::release_services(tx, filing.id).await?;
    }
    if event.entry.as_ref().is_some_and(|entry| entry.sms.is_some()) {
        confirmations::open_round(ctx, tx, filing).await?;
    } else if before.is_some_and(Filing::is_confirming) && !filing.is_confirming() {
        confirmations::close_round(tx, filing.id).await?;
    }
    if event.from != Some(event.to) && filing.status.is_editable() {
        let policy = crate::policies::policy_in(tx, filing.province.unwrap_or_default(), event.at).await?;
        expire_later(tx, filing, Idle::new(event.at, &policy).next(event.at)).await?;
    }
    notices::notify(ctx, tx, filing, event).await?;
    match event.to {
        Status::Discarded => filings::erase(ctx, tx, filing, &event.by).await?,
        // What was typed is kept for a while: one may begin another filing with it, or object to a stop.
        Status::Expired | Status::Stopped => filings::erase_later(ctx, tx, filing).await?,
        _ => {}
    }
    let detail = json!({ "seq": event.seq, "to": event.to });
    let entry = audit::Entry::done(event.by, event.verb.name(), Some(("filing", filing.id.0)));
    audit::record(ctx, tx, entry.with_detail(detail)).await
}

/// Asks for a look at how long the filing is idle. One look at a time is enough: it asks for the next.
pub(crate) async fn expire_later(tx: &mut Tx<'_>, filing: &Filing, at: Moment) -> Result<()> {
    let key = format!("{}-{}-{}", filing.id, filing.seq, at.unix_timestamp_nanos());
    jobs::enqueue(tx, Verb::Expire.name(), &key, json!({ "filing": filing.id }), at).await?;
    Ok(())
}
