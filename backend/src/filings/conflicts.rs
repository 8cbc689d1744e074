//! What stands against a filing beyond its own answers (features R5).

use super::registrant;
use crate::{Ctx, Result, holds, journal, policies, providers};
use domain::{actor::Actor, draft::Draft, filing::Filing, id::FilingId, problem::Problem, tables::Tables};
use sqlx::PgConnection;

/// Conflicts of one's own filing with the register and with filings on their way, and services that are not the
/// provider's: each a problem of one's own field, nothing of the other party (rules 0.9).
pub async fn conflicts(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<Vec<Problem>> {
    let mut tx = ctx.pool.begin().await?;
    let filing = journal::load_own(&mut tx, id, registrant(caller)?, false).await?;
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
    let claims = holds::Claims::of(ctx, draft, tables);
    let mut found = holds::conflicts(conn, filing.id, filing.owner, &claims).await?;
    found.extend(providers::service_problems(conn, filing.id, draft, tables.today).await?);
    Ok(found)
}
