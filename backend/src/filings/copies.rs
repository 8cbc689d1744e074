//! Answers as they were handed in, and their erasure.

use super::load_draft;
use crate::{Ctx, Error, Result, Tx, holds, jobs, journal, keys::Place, policies};
use domain::{codes::Nature, draft::Draft, filing::Filing, id::FilingId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Keeps the answers as they are handed in by the event that the filing has just made, and what lists show of them.
pub(crate) async fn keep_snapshot(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing) -> Result<()> {
    let draft = load_draft(ctx, tx, filing.id).await?;
    let row_id = ctx.new_id();
    sqlx::query!(
        "insert into filing_snapshots (filing_id, seq, row_id, sealed) values ($1, $2, $3, $4)",
        filing.id.0,
        filing.seq,
        row_id,
        ctx.keys.seal(place(row_id, filing.seq), &serde_json::to_vec(&draft)?),
    )
    .execute(&mut **tx)
    .await?;
    let nature = Nature::choose(&draft.sponsor.nature).ok();
    let is_unit = nature.is_some_and(Nature::is_unit);
    let tables = policies::tables_for(tx, ctx.clock.now(), &draft).await?;
    let domains = draft.sites.iter().filter_map(|site| holds::domain_key(&site.form.domain, &tables)).collect();
    let listed = journal::Listed {
        title: if is_unit { draft.sponsor.name.trim().to_owned() } else { String::new() },
        site_count: i16::try_from(draft.sites.len()).unwrap_or(i16::MAX),
        nature: nature.and_then(|n| i16::try_from(n.id()).ok()),
        domains,
    };
    journal::describe(tx, filing.id, &listed).await
}

/// The answers as last handed in; none for a filing that never was.
pub async fn handed_in(ctx: &Ctx, conn: &mut PgConnection, id: FilingId) -> Result<Option<Draft>> {
    Ok(snapshots(ctx, conn, id, 1).await?.pop().map(|(_, draft)| draft))
}

/// The newest snapshots with the numbers of their events, newest first: what a reviewer compares.
pub async fn snapshots(ctx: &Ctx, conn: &mut PgConnection, id: FilingId, most: i64) -> Result<Vec<(i32, Draft)>> {
    let rows = sqlx::query!(
        "select seq, row_id, sealed from filing_snapshots where filing_id = $1 order by seq desc limit $2",
        id.0,
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let bytes = ctx.keys.open(place(row.row_id, row.seq), &row.sealed)?;
            let draft = serde_json::from_slice(&bytes).map_err(|_| Error::Inconsistent {
                table: "filing_snapshots",
                column: "sealed",
                id: row.row_id,
            })?;
            Ok((row.seq, draft))
        })
        .collect()
}

/// Erases what persons typed: the journal, which holds no personal data, stays.
pub(crate) async fn erase(ctx: &Ctx, tx: &mut Tx<'_>, id: FilingId) -> Result<()> {
    let now = ctx.clock.now();
    let materials = sqlx::query_scalar!(
        "update materials set removed_at = $2 where filing_id = $1 and removed_at is null returning id",
        id.0,
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    for material in materials {
        jobs::enqueue(tx, "material_erase", &material.to_string(), serde_json::json!({}), now).await?;
    }
    sqlx::query!("delete from draft_sections where filing_id = $1", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from filing_snapshots where filing_id = $1", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from confirmations where filing_id = $1", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from notes where filing_id = $1", id.0).execute(&mut **tx).await?;
    let nothing = journal::Listed { title: String::new(), site_count: 0, nature: None, domains: Vec::new() };
    journal::describe(tx, id, &nothing).await
}

fn place(row: Uuid, version: i32) -> Place {
    Place { table: "filing_snapshots", column: "sealed", row, version }
}
