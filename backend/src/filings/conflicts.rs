//! What stands against a filing beyond its own answers (features R5).

use super::registrant;
use crate::{Ctx, Error, Result, holds, holds::Claims, journal, limits, limits::Limit, policies, providers};
use domain::{
    actor::Actor,
    draft::Draft,
    filing::Filing,
    id::{FilingId, UserId},
    problem::Problem,
    tables::Tables,
};
use sqlx::PgConnection;

/// Enough for mistyping and for a filing of many sites; too few for trying out whose certificates and mobiles are in use.
const QUESTIONS: Limit = Limit { kind: "conflict", max: 60, window: std::time::Duration::from_secs(3600) };
/// What was asked is not counted again in that time.
const ASKED: Limit = Limit { kind: "conflict_asked", max: i32::MAX, ..QUESTIONS };

/// Conflicts of one's own filing with the register and with filings on their way, and services that are not the
/// provider's: each a problem of one's own field, nothing of the other party (rules 0.9).
pub async fn conflicts(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<Vec<Problem>> {
    let owner = registrant(caller)?;
    count_questions(ctx, owner, id).await?;
    let mut tx = ctx.snapshot().await?;
    let filing = journal::load_own(&mut tx, id, owner, false).await?;
    let draft = super::load_draft(ctx, &mut tx, id).await?;
    let tables = policies::tables_for(&mut tx, ctx.clock.now(), &draft).await?;
    against(ctx, &mut tx, &filing, &draft, &tables).await
}

pub(super) async fn against(
    ctx: &Ctx,
    conn: &mut PgConnection,
    filing: &Filing,
    draft: &Draft,
    tables: &Tables,
) -> Result<Vec<Problem>> {
    let claims = Claims::of(ctx, draft, tables);
    // Beyond that they are told at the submission.
    let claims = if unheard(ctx, conn, filing.owner, &claims).await?.is_empty() { claims } else { claims.public() };
    let mut found = holds::conflicts(conn, filing.id, filing.owner, &claims).await?;
    found.extend(providers::service_problems(conn, filing.id, draft, tables.today).await?);
    Ok(found)
}

/// Counts what the owner of a filing has not asked about yet, about so many new certificates and mobiles in an hour; beyond that
/// they are not answered. Before the look at the filing and not within it: who holds a connection waits for no other, or as many
/// looks as there are connections would stand still.
pub(super) async fn count_questions(ctx: &Ctx, owner: UserId, id: FilingId) -> Result<()> {
    let mut tx = ctx.snapshot().await?;
    journal::load_own(&mut tx, id, owner, false).await?;
    let draft = super::load_draft(ctx, &mut tx, id).await?;
    let tables = policies::tables_for(&mut tx, ctx.clock.now(), &draft).await?;
    let new = unheard(ctx, &mut tx, owner, &Claims::of(ctx, &draft, &tables)).await?;
    tx.commit().await?;
    for asked in new {
        match limits::hit(ctx, QUESTIONS, &owner.to_string()).await {
            Ok(_) => limits::hit(ctx, ASKED, &asked).await?,
            Err(Error::Limited { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
    }
    Ok(())
}

/// Which of these certificates and mobiles the owner was not counted for.
async fn unheard(ctx: &Ctx, conn: &mut PgConnection, owner: UserId, claims: &Claims) -> Result<Vec<String>> {
    let secrets = claims.secrets().into_iter().map(|secret| format!("{owner} {secret}")).collect();
    limits::unheard(ctx, conn, ASKED.kind, secrets).await
}
