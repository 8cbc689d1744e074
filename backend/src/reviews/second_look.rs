//! Four eyes 复审: what becomes of the first of two approvals, beside the second one.

use super::case;
use super::verdict::{Click, act, act_with_note, reasoned};
use crate::queues::House;
use crate::{Ctx, Result};
use domain::actor::Actor;
use domain::filing::{Command, Verb};
use domain::id::FilingId;
use domain::views::desk::DecisionForm;
use uuid::Uuid;

/// Sends a first approval back to who gave it, with the reason; into the queue where they are not of the house any more.
pub async fn send_back(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seq, retry_key, Verb::SendBack, &form)?;
    reasoned(&form)?;
    let colleagues = case::staff(&mut *ctx.pool.acquire().await?, click.house()).await?;
    act_with_note(ctx, click, form, |note, _| Command::SendBack { note, colleagues }).await
}

/// Takes one's own first approval back; the case is one's own again.
pub async fn retract(ctx: &Ctx, caller: &Actor, id: FilingId, seq: i32, retry_key: Uuid) -> Result<Option<FilingId>> {
    act(ctx, Click::new(caller, id, seq, retry_key, Verb::Retract, &())?, Command::Retract).await
}

/// Whether what the caller approved waits for another person now.
pub async fn is_proposed(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<bool> {
    let house = House::of(caller)?;
    let filing = case::find_visible(&mut *ctx.pool.acquire().await?, caller, id).await?;
    Ok(filing.first_approval == Some(house.user) && !filing.status.is_final())
}
