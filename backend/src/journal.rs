//! The only writer of the filing tables `journal` and `filings`.
//!
//! [`commit`] takes an event that [`Filing::decide`] allowed and writes, in the caller's transaction, everything that
//! follows from it: the journal's row, the filing's row as folded, the snapshot of what was handed in, holds, rounds of
//! confirmations, time limits, notices and the audit. [`check`] proves that rows and journal agree.

mod after;
mod check;
mod rows;

pub(crate) use after::expire_later;
pub use check::{Disagreement, check, disagreements};

use crate::{Ctx, Error, Result, Tx, policies};
use domain::{
    Moment,
    actor::Actor,
    filing::{Command, Event, Filing, Status, Verb, Who},
    id::{FilingId, UserId},
};
use rows::{Row, small};
use sqlx::PgConnection;

/// The filing's row. `lock` holds it until the transaction ends: every change takes it first.
pub async fn load(conn: &mut PgConnection, id: FilingId, lock: bool) -> Result<Filing> {
    find(conn, id, None, lock).await?.ok_or(Error::NotFound)
}

/// The same for a filing of this registrant; somebody else's is not found.
pub async fn load_own(conn: &mut PgConnection, id: FilingId, owner: UserId, lock: bool) -> Result<Filing> {
    find(conn, id, Some(owner), lock).await?.ok_or(Error::NotFound)
}

async fn find(conn: &mut PgConnection, id: FilingId, owner: Option<UserId>, lock: bool) -> Result<Option<Filing>> {
    let owner = owner.map(|o| o.0);
    // Two statements: a macro takes one literal.
    let row = if lock {
        sqlx::query_as!(
            Row,
            "select id, seq, status, owner_id, province, provider_id, leave, edited, policy_version, due_at, claimed_by,
                    sms, rounds, failed_rounds, held_at, first_approval_by, note_id, number, submitted_at, entered_at
             from filings where id = $1 and ($2::uuid is null or owner_id = $2) for no key update",
            id.0,
            owner,
        )
        .fetch_optional(conn)
        .await?
    } else {
        sqlx::query_as!(
            Row,
            "select id, seq, status, owner_id, province, provider_id, leave, edited, policy_version, due_at, claimed_by,
                    sms, rounds, failed_rounds, held_at, first_approval_by, note_id, number, submitted_at, entered_at
             from filings where id = $1 and ($2::uuid is null or owner_id = $2)",
            id.0,
            owner,
        )
        .fetch_optional(conn)
        .await?
    };
    row.map(Row::into_filing).transpose()
}

/// All events of a filing, oldest first.
pub async fn events(conn: &mut PgConnection, id: FilingId) -> Result<Vec<Event>> {
    let rows = sqlx::query_as!(
        rows::EventRow,
        "select filing_id, seq, verb, from_status, to_status, actor, fact, entry, at
         from journal where filing_id = $1 order by seq",
        id.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(rows::EventRow::into_event).collect()
}

/// The last event by which this party, or any, sent the filing back; none if it never was.
pub(crate) async fn sent_back(conn: &mut PgConnection, id: FilingId, who: Option<Who>) -> Result<Option<i32>> {
    let seq = sqlx::query_scalar!(
        "select max(seq) from journal where filing_id = $1 and ($2::text is null or who = $2) and from_status <> to_status
             and verb in ('return', 'refuse', 'resume')",
        id.0,
        who.map(Who::name),
    )
    .fetch_one(conn)
    .await?;
    Ok(seq)
}

/// Refuses when the person acted on something else than what stands now.
///
/// Codes sent and confirmations given meanwhile do not matter to them: they change nothing that was decided upon. Nor does
/// that answers are being changed: who decides upon answers names the edition that was seen (`filings::still_seen`).
pub async fn seen(conn: &mut PgConnection, filing: &Filing, seq: i32) -> Result<()> {
    if seq == filing.seq {
        return Ok(());
    }
    let changed = sqlx::query_scalar!(
        r#"select exists(select from journal where filing_id = $1 and seq > $2
               and not (from_status = to_status and verb in ('send_code', 'confirm', 'mistake', 'edit'))) as "changed!""#,
        filing.id.0,
        seq,
    )
    .fetch_one(conn)
    .await?;
    if changed || seq > filing.seq { Err(Error::Stale) } else { Ok(()) }
}

/// What the command does to the filing under the policy and the calendar of this moment.
pub async fn decide(conn: &mut PgConnection, ctx: &Ctx, filing: &Filing, actor: &Actor, command: &Command) -> Result<Event> {
    let now = ctx.clock.now();
    let province = match command {
        Command::Submit { province, .. } | Command::Resubmit { province, .. } => Some(*province),
        _ => filing.province,
    };
    let rules = policies::rules(conn, province.unwrap_or_default(), now).await?;
    Ok(filing.decide(actor, command, &rules.env(now))?)
}

/// Begins a filing: its first event and its row.
pub async fn begin(tx: &mut Tx<'_>, ctx: &Ctx, owner: UserId) -> Result<Filing> {
    let (event, filing) = Filing::create(FilingId(ctx.new_id()), owner, ctx.clock.now());
    sqlx::query!(
        "insert into filings (id, seq, status, owner_id, entered_at, touched_at) values ($1, $2, $3, $4, $5, $5)",
        filing.id.0,
        filing.seq,
        filing.status.name(),
        owner.0,
        event.at,
    )
    .execute(&mut **tx)
    .await?;
    append(tx, filing.id, &event).await?;
    after::follow(tx, ctx, None, &filing, &event).await?;
    Ok(filing)
}

/// Writes an allowed event with everything that follows from it, and answers the filing as it is then.
///
/// The row was locked with [`load`]; a row that moved all the same is `Stale`.
pub async fn commit(tx: &mut Tx<'_>, ctx: &Ctx, before: &Filing, event: Event) -> Result<Filing> {
    let filing = before.clone().apply(&event);
    store(tx, before.seq, &filing, event.at).await?;
    append(tx, filing.id, &event).await?;
    after::follow(tx, ctx, Some(before), &filing, &event).await?;
    Ok(filing)
}

/// Notes that answers changed: idle filings expire.
pub async fn touch(tx: &mut Tx<'_>, id: FilingId, at: Moment) -> Result<()> {
    sqlx::query!("update filings set touched_at = $2 where id = $1", id.0, at).execute(&mut **tx).await?;
    Ok(())
}

async fn append(tx: &mut Tx<'_>, id: FilingId, event: &Event) -> Result<()> {
    sqlx::query!(
        "insert into journal (filing_id, seq, previous_seq, verb, from_status, to_status, who, actor, fact, entry, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id.0,
        event.seq,
        (event.seq > 1).then(|| event.seq - 1),
        event.verb.name(),
        event.from.map_or("", Status::name),
        event.to.name(),
        Who::of(&event.by).name(),
        serde_json::to_value(event.by)?,
        serde_json::to_value(&event.fact)?,
        event.entry.as_ref().map(serde_json::to_value).transpose()?,
        event.at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn store(tx: &mut Tx<'_>, seq_before: i32, filing: &Filing, at: Moment) -> Result<()> {
    let until = filing.sms.as_ref().filter(|_| filing.is_confirming()).map(|round| round.until);
    let done = sqlx::query!(
        "update filings set seq = $3, status = $4, province = $5, provider_id = $6, leave = $7, edited = $8,
                policy_version = $9, due_at = $10, claimed_by = $11, sms = $12, sms_until = $13, rounds = $14,
                failed_rounds = $15, held_at = $16, first_approval_by = $17, note_id = $18, number = $19,
                submitted_at = $20, entered_at = $21, touched_at = $22
         where id = $1 and seq = $2",
        filing.id.0,
        seq_before,
        filing.seq,
        filing.status.name(),
        filing.province.and_then(|p| i32::try_from(p).ok()),
        filing.provider.map(|p| p.0),
        filing.leave,
        filing.edited,
        filing.policy,
        filing.due_at,
        filing.claimed_by.map(|u| u.0),
        filing.sms.as_ref().map(serde_json::to_value).transpose()?,
        until,
        small(filing.rounds),
        small(filing.failed_rounds),
        filing.held_at,
        filing.first_approval.map(|u| u.0),
        filing.note,
        filing.number,
        filing.submitted_at,
        filing.entered_at,
        at,
    )
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// What lists of the desks show of a filing, from what was handed in.
pub(crate) async fn describe(tx: &mut Tx<'_>, id: FilingId, listed: &Listed) -> Result<()> {
    sqlx::query!(
        "update filings set title = $2, site_count = $3, nature = $4, domains = $5 where id = $1",
        id.0,
        listed.title,
        listed.site_count,
        listed.nature,
        &listed.domains,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// See [`describe`].
pub(crate) struct Listed {
    /// A unit's name; empty for a natural person.
    pub title: String,
    /// How many sites.
    pub site_count: i16,
    /// 主办单位性质
    pub nature: Option<i16>,
    /// Their domains, as A-labels where they parse.
    pub domains: Vec<String>,
}

/// Whether the event hands answers in: they are kept as they were then.
fn hands_in(verb: Verb) -> bool {
    matches!(verb, Verb::Submit | Verb::Resubmit | Verb::Correct)
}
