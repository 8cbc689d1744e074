//! What happens to a round by itself: first codes, codes again at noon, its end.

use super::send_code;
use crate::{
    Ctx, Error, Result, Tx,
    jobs::{Handlers, Job, enqueue},
    journal,
};
use domain::{
    actor::Actor,
    filing::{Command, Filing, SentBy, SmsRound},
    id::{ConfirmationId, FilingId},
    time::noon_of_next_day,
};
use serde::{Deserialize, Serialize};

const FIRST: &str = "send_codes";
const NOON: &str = "send_codes_at_noon";
const END: &str = "time_out";

/// Which round a job is about.
#[derive(Serialize, Deserialize)]
struct Round {
    filing: FilingId,
    number: u8,
}

/// Adds what this module does by itself.
pub fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on(FIRST, |ctx, tx, job| Box::pin(send_codes(ctx, tx, job, SentBy::First)))
        .on(NOON, |ctx, tx, job| Box::pin(send_codes(ctx, tx, job, SentBy::Noon)))
        .on(END, |ctx, tx, job| Box::pin(time_out(ctx, tx, job)))
}

/// The first messages at once (rules: within five minutes), again at noon of the next day, the end at its moment.
pub(super) async fn plan(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, round: &SmsRound, at_noon: bool) -> Result<()> {
    let key = format!("{}-{}", filing.id, round.number);
    let payload = serde_json::to_value(Round { filing: filing.id, number: round.number })?;
    let now = ctx.clock.now();
    enqueue(tx, FIRST, &key, payload.clone(), now).await?;
    let noon = noon_of_next_day(now);
    if at_noon && noon < round.until {
        enqueue(tx, NOON, &key, payload.clone(), noon).await?;
    }
    enqueue(tx, END, &key, payload, round.until).await?;
    Ok(())
}

/// The filing of a job, if its round is still open.
async fn open(tx: &mut Tx<'_>, job: &Job) -> Result<Option<Filing>> {
    let about: Round = serde_json::from_value(job.payload.clone())?;
    let filing = journal::load(tx, about.filing, true).await?;
    let same = filing.sms.as_ref().is_some_and(|round| round.number == about.number);
    Ok((same && filing.is_confirming()).then_some(filing))
}

async fn send_codes(ctx: &Ctx, tx: &mut Tx<'_>, job: &Job, by: SentBy) -> Result<()> {
    let Some(mut filing) = open(tx, job).await? else { return Ok(()) };
    let due: Vec<ConfirmationId> = filing.due().map(|due| due.id).collect();
    for id in due {
        match send_code(ctx, tx, &filing, &Actor::System, id, by).await {
            Ok(after) => filing = after,
            // The window ended before the job came to run.
            Err(Error::Refused(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn time_out(ctx: &Ctx, tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let Some(filing) = open(tx, job).await? else { return Ok(()) };
    match journal::decide(tx, ctx, &filing, &Actor::System, &Command::TimeOut).await {
        Ok(event) => journal::commit(tx, ctx, &filing, event).await.map(|_| ()),
        Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
