//! One's own filings.

use super::{load_draft, registrant};
use crate::{Ctx, Error, Result};
use domain::{actor::Actor, filing::Status, id::FilingId, views::filings::FilingRow};

/// The most that a list shows; whoever has more finds the newest.
const MOST: i64 = 100;

/// The caller's filings, the last changed first; discarded ones are gone.
pub async fn list_own(ctx: &Ctx, caller: &Actor) -> Result<Vec<FilingRow>> {
    let owner = registrant(caller)?;
    let mut conn = ctx.pool.acquire().await?;
    let rows = sqlx::query!(
        "select id, status, touched_at, due_at, number from filings
         where owner_id = $1 and status <> 'discarded' order by touched_at desc, id desc limit $2",
        owner.0,
        MOST,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut list = Vec::with_capacity(rows.len());
    for row in rows {
        let id = FilingId(row.id);
        let draft = load_draft(ctx, &mut conn, id).await?;
        list.push(FilingRow {
            id,
            status: Status::find(&row.status).ok_or(Error::Inconsistent { table: "filings", column: "status", id: row.id })?,
            title: draft.sponsor.name.clone(),
            domains: draft.sites.iter().map(|site| site.form.domain.clone()).filter(|d| !d.is_empty()).collect(),
            touched_at: row.touched_at,
            due_at: row.due_at,
            number: row.number,
        });
    }
    Ok(list)
}
