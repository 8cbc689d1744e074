//! Handing in, taking back, giving up.

use super::{Seen, all_problems, load_draft, registrant, still_seen};
use crate::{Ctx, Error, Result, Tx, confirmations, holds, journal, retry, retry::RetryKey, reviews::identity};
use domain::{
    actor::Actor,
    draft::Draft,
    filing::{Command, Filing, Verb},
    id::{FilingId, ProviderId},
    problem::{Problem, Rule, Section},
};
use uuid::Uuid;

/// Hands a complete draft in, as the registrant saw it; a repeat with the same key is answered like the first.
pub async fn submit(ctx: &Ctx, caller: &Actor, id: FilingId, seen: Seen, retry_key: Uuid) -> Result<()> {
    hand_in(ctx, caller, id, seen, retry_key, Verb::Submit).await
}

/// Sends a filing that came back on its way again: by the registrant, or after a refusal by its provider (rules 0.3).
pub async fn resubmit(ctx: &Ctx, caller: &Actor, id: FilingId, seen: Seen, retry_key: Uuid) -> Result<()> {
    hand_in(ctx, caller, id, seen, retry_key, Verb::Resubmit).await
}

/// Takes a filing back that has not reached the bureau.
pub async fn withdraw(ctx: &Ctx, caller: &Actor, id: FilingId, seq: i32, retry_key: Uuid) -> Result<()> {
    command(ctx, caller, id, seq, retry_key, Command::Withdraw).await
}

/// Gives a filing up; what was typed is erased.
pub async fn discard(ctx: &Ctx, caller: &Actor, id: FilingId, seq: i32, retry_key: Uuid) -> Result<()> {
    command(ctx, caller, id, seq, retry_key, Command::Discard).await
}

async fn command(ctx: &Ctx, caller: &Actor, id: FilingId, seq: i32, retry_key: Uuid, command: Command) -> Result<()> {
    let owner = registrant(caller)?;
    let key = RetryKey::new(*caller, command.verb().name(), retry_key, &(id, seq))?;
    let mut tx = ctx.begin().await?;
    if retry::begin::<i32>(ctx, &mut tx, &key).await?.is_some() {
        return Ok(());
    }
    let filing = journal::load_own(&mut tx, id, owner, true).await?;
    journal::seen(&mut tx, &filing, seq).await?;
    let event = journal::decide(&mut tx, ctx, &filing, caller, &command).await?;
    let filing = journal::commit(&mut tx, ctx, &filing, event).await?;
    retry::finish(&mut tx, &key, &filing.seq).await?;
    tx.commit().await?;
    Ok(())
}

/// Two filings that swap their domains wait for each other in a circle, which the database breaks: one of them tries again.
async fn hand_in(ctx: &Ctx, caller: &Actor, id: FilingId, seen: Seen, retry_key: Uuid, verb: Verb) -> Result<()> {
    let mut tries = 0;
    loop {
        match hand_in_once(ctx, caller, id, seen, retry_key, verb).await {
            Err(Error::Db(error)) if tries < 3 && is_deadlock(&error) => tries += 1,
            done => return done,
        }
    }
}

fn is_deadlock(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|e| e.code().as_deref() == Some("40P01"))
}

async fn hand_in_once(ctx: &Ctx, caller: &Actor, id: FilingId, seen: Seen, retry_key: Uuid, verb: Verb) -> Result<()> {
    let key = RetryKey::new(*caller, verb.name(), retry_key, &(id, seen))?;
    let mut tx = ctx.begin().await?;
    if retry::begin::<i32>(ctx, &mut tx, &key).await?.is_some() {
        return Ok(());
    }
    let filing = load_to_hand_in(&mut tx, caller, id).await?;
    still_seen(&mut tx, &filing, seen).await?;
    let draft = load_draft(ctx, &mut tx, id).await?;
    let command = command_for(ctx, &mut tx, &filing, &draft, verb).await?;
    // What is not allowed is said before what is not complete.
    let event = journal::decide(&mut tx, ctx, &filing, caller, &command).await?;
    let (tables, problems) = all_problems(ctx, &mut tx, id, &draft).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    holds::take(&mut tx, ctx, id, filing.owner, &holds::Claims::of(ctx, &draft, &tables)).await?;
    let filing = journal::commit(&mut tx, ctx, &filing, event).await?;
    retry::finish(&mut tx, &key, &filing.seq).await?;
    tx.commit().await?;
    Ok(())
}

async fn load_to_hand_in(tx: &mut Tx<'_>, caller: &Actor, id: FilingId) -> Result<Filing> {
    match caller {
        Actor::Provider { provider, .. } => {
            let filing = journal::load(tx, id, true).await?;
            if filing.provider == Some(*provider) { Ok(filing) } else { Err(Error::NotFound) }
        }
        _ => journal::load_own(tx, id, registrant(caller)?, true).await,
    }
}

/// The command with what it needs of the answers: province and provider even when others have problems.
async fn command_for(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, draft: &Draft, verb: Verb) -> Result<Command> {
    let missing = |section, field| Error::from(Problem::new(section, field, Rule::Required));
    let province: u32 = draft.sponsor.province.trim().parse().map_err(|_| missing(Section::Sponsor, "province"))?;
    let provider = verifying_provider(draft).ok_or_else(|| missing(Section::Access(1, 1), "provider_id"))?;
    let leave = draft.consent.provider_may_correct == "yes";
    if verb == Verb::Submit {
        return Ok(Command::Submit { province, provider, leave });
    }
    let confirmations = confirmations::ids(ctx, tx, filing).await?;
    let unchecked = !identity::missing(ctx, tx, filing.id, draft).await?.is_empty();
    Ok(Command::Resubmit { province, provider, leave, unchecked, confirmations })
}

/// A filing is verified by one provider: the one of its first access.
fn verifying_provider(draft: &Draft) -> Option<ProviderId> {
    let first = draft.sites.iter().flat_map(|site| &site.accesses).next()?;
    first.form.provider_id.trim().parse().ok()
}
