//! What stands against a filing beyond its own answers (features R5).

use super::registrant;
use crate::{Ctx, Error, Result, Tx, holds, holds::Claims, journal, limits, limits::Limit, policies, providers};
use domain::{
    actor::Actor,
    draft::Draft,
    filing::Filing,
    id::{FilingId, UserId},
    problem::Problem,
    tables::Tables,
};

/// Enough for mistyping and for a filing of many sites; too few for trying out whose certificates and mobiles are in use.
const QUESTIONS: Limit = Limit { kind: "conflict", max: 60, window: std::time::Duration::from_secs(3600) };
/// What was asked is not counted again in that time.
const ASKED: Limit = Limit { kind: "conflict_asked", max: i32::MAX, ..QUESTIONS };

/// One's own filing as it stands at one moment, and what may be asked about it.
pub(super) struct Look {
    /// The moment.
    pub tx: Tx<'static>,
    pub filing: Filing,
    pub draft: Draft,
    pub tables: Tables,
    /// What it claims; where the owner asked about too many certificates and mobiles, what is public of it.
    pub claims: Claims,
}

/// Looks at one's own filing, once what its owner asks by that is counted: about so many new certificates and mobiles in an hour.
/// It is not counted within the look: who holds a connection waits for no other, or as many looks as there are connections would
/// stand still.
pub(super) async fn look(ctx: &Ctx, owner: UserId, id: FilingId) -> Result<Look> {
    let mut counted = false;
    loop {
        let mut tx = ctx.snapshot().await?;
        let filing = journal::load_own(&mut tx, id, owner, false).await?;
        let draft = super::load_draft(ctx, &mut tx, id).await?;
        let tables = policies::tables_for(&mut tx, ctx.clock.now(), &draft).await?;
        let claims = Claims::of(ctx, &draft, &tables);
        let secrets = claims.secrets().into_iter().map(|secret| format!("{owner} {secret}")).collect();
        let new = limits::unheard(ctx, &mut tx, ASKED.kind, secrets).await?;
        if new.is_empty() || counted {
            // Beyond that they are told at the submission.
            let claims = if new.is_empty() { claims } else { claims.public() };
            return Ok(Look { tx, filing, draft, tables, claims });
        }
        tx.commit().await?;
        count(ctx, owner, new).await?;
        counted = true;
    }
}

/// Counts these as asked about, as far as there may be so many.
async fn count(ctx: &Ctx, owner: UserId, new: Vec<String>) -> Result<()> {
    for asked in new {
        match limits::hit(ctx, QUESTIONS, &owner.to_string()).await {
            Ok(_) => limits::hit(ctx, ASKED, &asked).await?,
            Err(Error::Limited { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
    }
    Ok(())
}

/// Conflicts of one's own filing with the register and with filings on their way, and services that are not the
/// provider's: each a problem of one's own field, nothing of the other party (rules 0.9).
pub async fn conflicts(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<Vec<Problem>> {
    look(ctx, registrant(caller)?, id).await?.against().await
}

impl Look {
    /// What stands against the filing.
    pub(super) async fn against(&mut self) -> Result<Vec<Problem>> {
        let Self { tx, filing, draft, tables, claims } = self;
        let mut found = holds::conflicts(tx, filing.id, filing.owner, claims).await?;
        found.extend(providers::service_problems(tx, filing.id, draft, tables.today).await?);
        Ok(found)
    }
}
