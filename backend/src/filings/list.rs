//! One's own filings.

use super::{registrant, sections};
use crate::{Ctx, Error, Result};
use domain::{actor::Actor, filing::Status, id::FilingId, views::filings::FilingRow};
use uuid::Uuid;

/// The most that a list shows; whoever has more finds the newest.
const MOST: i64 = 100;

/// The caller's filings, the last changed first; discarded ones are gone.
pub async fn list_own(ctx: &Ctx, caller: &Actor) -> Result<Vec<FilingRow>> {
    let owner = registrant(caller)?;
    let mut tx = ctx.snapshot().await?;
    let rows = sqlx::query!(
        "select id, status, touched_at, due_at, number, held_at from filings
         where owner_id = $1 and status <> 'discarded' order by touched_at desc, id desc limit $2",
        owner.0,
        MOST,
    )
    .fetch_all(&mut *tx)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut headings = sections::headings(ctx, &mut tx, &ids).await?;
    let mut list = Vec::with_capacity(rows.len());
    for row in rows {
        let id = FilingId(row.id);
        let heading = headings.remove(&row.id).unwrap_or_default();
        list.push(FilingRow {
            id,
            status: Status::find(&row.status).ok_or(Error::Inconsistent { table: "filings", column: "status", id: row.id })?,
            title: heading.title,
            domains: heading.domains.into_values().filter(|domain| !domain.is_empty()).collect(),
            touched_at: row.touched_at,
            due_at: row.due_at,
            number: row.number,
            held: row.held_at.is_some(),
        });
    }
    Ok(list)
}
