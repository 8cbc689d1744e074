//! The proof that the filings' rows are what their journals fold to, and that what hangs on them fits.

use super::rows::{EventRow, Row};
use crate::{Error, Result, database};
use domain::{
    filing::{Event, Filing, Status, Verb},
    id::FilingId,
};
use sqlx::PgPool;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where the tables contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Whose.
    pub filing: Uuid,
    /// What does not fit.
    pub what: &'static str,
    /// For the log: both sides, without personal data.
    pub detail: String,
}

/// Fails on the first contradiction. Every test of the backend ends with it.
pub async fn check(pool: &PgPool) -> Result<()> {
    match disagreements(pool).await?.into_iter().next() {
        None => Ok(()),
        Some(first) => {
            tracing::error!(filing = %first.filing, what = first.what, detail = first.detail, "the filing tables disagree");
            Err(Error::Inconsistent { table: "filings", column: first.what, id: first.filing })
        }
    }
}

/// Every contradiction there is.
pub async fn disagreements(pool: &PgPool) -> Result<Vec<Disagreement>> {
    let mut tx = database::snapshot(pool).await?;
    let mut found = Vec::new();
    let events = sqlx::query_as!(
        EventRow,
        "select filing_id, seq, verb, from_status, to_status, actor, fact, entry, at from journal order by filing_id, seq"
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut journals: BTreeMap<Uuid, Vec<Event>> = BTreeMap::new();
    for row in events {
        let id = row.filing_id;
        journals.entry(id).or_default().push(row.into_event()?);
    }
    let rows = sqlx::query_as!(
        Row,
        "select id, seq, status, owner_id, province, provider_id, leave, edited, policy_version, due_at, claimed_by, sms,
                rounds, failed_rounds, held_at, first_approval_by, note_id, number, submitted_at, entered_at
         from filings order by id"
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let id = row.id;
        let filing = row.into_filing()?;
        let events = journals.remove(&id).unwrap_or_default();
        let folded = Filing::fold(FilingId(id), &events);
        if folded.as_ref() != Some(&filing) {
            let detail = format!("row {filing:?}, folded {folded:?}");
            found.push(Disagreement { filing: id, what: "journal does not fold to row", detail });
        }
        if events.iter().zip(1..).any(|(e, n)| e.seq != n) {
            found.push(Disagreement { filing: id, what: "journal has a gap", detail: String::new() });
        }
    }
    for id in journals.into_keys() {
        found.push(Disagreement { filing: id, what: "journal without row", detail: String::new() });
    }
    beside(&mut tx, &mut found).await?;
    Ok(found)
}

/// What hangs on the filings: snapshots, holds, numbers, the end of the open round.
async fn beside(tx: &mut crate::Tx<'_>, found: &mut Vec<Disagreement>) -> Result<()> {
    let holding: Vec<String> = Status::ALL.into_iter().filter(|s| s.holds()).map(|s| s.name().to_owned()).collect();
    let handing: Vec<String> = Verb::ALL.into_iter().filter(|v| super::hands_in(*v)).map(|v| v.name().to_owned()).collect();
    let rows = sqlx::query!(
        r#"select f.id as "id!", 'handed in without a snapshot' as "what!" from filings f
             where f.status not in ('discarded', 'expired')
               and (f.status <> 'stopped' or exists (select from draft_sections d where d.filing_id = f.id)) and exists (
               select from journal j where j.filing_id = f.id and j.verb = any($1) and not exists (
                 select from filing_snapshots s where s.filing_id = j.filing_id and s.seq = j.seq))
           union all
           select f.id, 'a hold that nothing needs' from filings f
             where (exists (select from holds h where h.filing_id = f.id)
                 or exists (select from mobile_claims m where m.filing_id = f.id)
                 or exists (select from service_claims c where c.filing_id = f.id)) and f.status <> all($2)
           union all
           select f.id, 'on its way without its holds' from filings f
             where f.status = any($2)
               and not exists (select from holds h where h.filing_id = f.id and h.kind = 'domain')
           union all
           select f.id, 'the end of the round does not fit' from filings f
             where f.sms_until is not null and (f.sms is null or (f.sms->>'until')::timestamptz <> f.sms_until)
           union all
           select f.id, 'approved without its record' from filings f
             where f.status = 'approved' and not exists (select from sponsors s
               join sponsor_versions v on v.sponsor_id = s.id and v.filing_id = f.id where s.number = f.number)
           union all
           select n.filing_id, 'a number without a record or a reason' from issued_numbers n
             where n.withdrawn_at is null and not exists (select from sponsors s where s.number = n.number)
           union all
           select n.filing_id, 'a number was skipped' from issued_numbers n
             join number_counters c using (province, year)
             where n.sequence > c.last or (n.sequence > 1 and not exists (select from issued_numbers p
               where p.province = n.province and p.year = n.year and p.sequence = n.sequence - 1))
           union all
           select '00000000-0000-0000-0000-000000000000', 'the counter is ahead of the numbers' from number_counters c
             where c.last <> (select count(*) from issued_numbers n where n.province = c.province and n.year = c.year)"#,
        &handing,
        &holding,
    )
    .fetch_all(&mut **tx)
    .await?;
    found.extend(rows.into_iter().map(|row| Disagreement { filing: row.id, what: known(&row.what), detail: String::new() }));
    Ok(())
}

fn known(what: &str) -> &'static str {
    const ALL: [&str; 8] = [
        "handed in without a snapshot",
        "a hold that nothing needs",
        "on its way without its holds",
        "the end of the round does not fit",
        "approved without its record",
        "a number without a record or a reason",
        "a number was skipped",
        "the counter is ahead of the numbers",
    ];
    ALL.into_iter().find(|k| *k == what).unwrap_or("unknown")
}
