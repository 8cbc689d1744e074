//! Answers as they were handed in, and their erasure.

use super::load_draft;
use crate::{Ctx, Error, Result, Tx, holds, journal, keys::Place, materials, policies, providers};
use domain::{actor::Actor, codes::Nature, draft::Draft, filing::Filing, id::FilingId};
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
    providers::claim_services(tx, filing.id, &draft, tables.today).await?;
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

/// The answers as they stood at an event: as handed in last until then.
pub(crate) async fn handed_in_until(ctx: &Ctx, conn: &mut PgConnection, id: FilingId, seq: i32) -> Result<Option<Draft>> {
    let row = sqlx::query_as!(
        Snapshot,
        "select seq, row_id, sealed from filing_snapshots where filing_id = $1 and seq <= $2 order by seq desc limit 1",
        id.0,
        seq,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| row.open(ctx)).transpose()
}

/// The newest snapshots with the numbers of their events, newest first: what a reviewer compares.
pub async fn snapshots(ctx: &Ctx, conn: &mut PgConnection, id: FilingId, most: i64) -> Result<Vec<(i32, Draft)>> {
    let rows = sqlx::query_as!(
        Snapshot,
        "select seq, row_id, sealed from filing_snapshots where filing_id = $1 order by seq desc limit $2",
        id.0,
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.seq, row.open(ctx)?))).collect()
}

struct Snapshot {
    seq: i32,
    row_id: Uuid,
    sealed: Vec<u8>,
}

impl Snapshot {
    fn open(&self, ctx: &Ctx) -> Result<Draft> {
        let bytes = ctx.keys.open(place(self.row_id, self.seq), &self.sealed)?;
        let wrong = |_| Error::Inconsistent { table: "filing_snapshots", column: "sealed", id: self.row_id };
        serde_json::from_slice(&bytes).map_err(wrong)
    }
}

/// Erases what persons typed. The journal, which holds no personal data, stays, and so does what was decided and why
/// (Order 33, Art. 12): a registrant does not undo a refusal by giving up. A provider's corrections are answers again and
/// go. Materials that were handed in are out of sight at once and kept as long as any removed one (rules 1.4).
pub(crate) async fn erase(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, by: &Actor) -> Result<()> {
    let id = filing.id;
    materials::remove_of(ctx, tx, by, filing, None).await?;
    sqlx::query!("delete from draft_sections where filing_id = $1", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from filing_snapshots where filing_id = $1", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from confirmations where filing_id = $1", id.0).execute(&mut **tx).await?;
    sqlx::query!("delete from notes where filing_id = $1 and kind = 'correct'", id.0).execute(&mut **tx).await?;
    let nothing = journal::Listed { title: String::new(), site_count: 0, nature: None, domains: Vec::new() };
    journal::describe(tx, id, &nothing).await
}

fn place(row: Uuid, version: i32) -> Place {
    Place { table: "filing_snapshots", column: "sealed", row, version }
}
