//! Where a filing stands, who holds it, until when, and what happened (features R8).

use super::{erasing, load_draft, registrant};
use crate::{Ctx, Result, confirmations, e_certificates, footers, journal, notes, policies, providers};
use domain::{
    Moment,
    actor::{Actor, Category},
    filing::{Event, Fact, Filing, Status, Verb, Who, idle::Idle},
    id::FilingId,
    time::beijing_date,
    views::filings::{NoteView, ProgressView, TimelineEntry, Waiting, who_name},
};
use sqlx::PgConnection;
use time::Duration;
use uuid::Uuid;

/// The progress of one's own filing.
pub async fn progress(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<ProgressView> {
    let mut tx = ctx.snapshot().await?;
    let filing = journal::load_own(&mut tx, id, registrant(caller)?, false).await?;
    progress_of(ctx, &mut tx, caller, &filing).await
}

/// The progress of a filing that the caller may see, as its category may see it.
pub async fn progress_of(ctx: &Ctx, conn: &mut PgConnection, caller: &Actor, filing: &Filing) -> Result<ProgressView> {
    let now = ctx.clock.now();
    let reader = caller.role().map_or(Category::Registrant, |role| role.category());
    let rules = policies::rules(conn, filing.province.unwrap_or_default(), now).await?;
    let draft = load_draft(ctx, conn, filing.id).await?;
    let notes = notes::list(ctx, conn, filing.id, caller).await?;
    let events = journal::events(conn, filing.id).await?;
    let row = sqlx::query!("select touched_at from filings where id = $1", filing.id.0).fetch_one(&mut *conn).await?;
    let persons = confirmations::people(ctx, conn, filing).await?;
    let paused = filing.is_paused(&rules.policy);
    let idle = Idle::new(row.touched_at, &rules.policy);
    let kept_until = if draft.sites.is_empty() { None } else { erasing::kept_until(conn, filing, now).await? };
    Ok(ProgressView {
        id: filing.id,
        seq: filing.seq,
        status: filing.status,
        title: draft.sponsor.name.clone(),
        domains: draft.sites.iter().map(|site| site.form.domain.clone()).filter(|d| !d.is_empty()).collect(),
        holder: holder(conn, filing).await?,
        due_at: filing.due_at.filter(|_| !paused),
        paused,
        waiting: waiting(conn, filing, now).await?,
        timeline: timeline(&events, &notes, reader),
        confirm_until: filing.sms.as_ref().filter(|_| filing.is_confirming()).map(|round| round.until),
        persons,
        held_at: filing.held_at,
        department: filing.held_at.map(|_| department(&notes)).unwrap_or_default(),
        second_look: filing.second_look(&rules.policy).is_some() && reader != Category::Provider,
        offers: filing.offers(caller, &rules.env(now)),
        number: filing.number.clone(),
        sites: footers::list(ctx, conn, filing).await?,
        certificate_duty: e_certificates::duty(conn, now).await?,
        expires_on: filing.status.is_editable().then(|| beijing_date(idle.end())),
        kept_until: kept_until.map(beijing_date),
    })
}

/// The house that has it; nobody's name while the registrant or the persons in charge are to act.
async fn holder(conn: &mut PgConnection, filing: &Filing) -> Result<String> {
    match (filing.status, filing.provider, filing.province) {
        (Status::ProviderReview, Some(provider), _) => providers::name(conn, provider).await,
        (Status::BureauReview, _, Some(province)) => {
            let province = i32::try_from(province).unwrap_or_default();
            let name = sqlx::query_scalar!("select name from bureaux where province = $1", province).fetch_optional(conn).await?;
            Ok(name.unwrap_or_default())
        }
        _ => Ok(String::new()),
    }
}

fn timeline(events: &[Event], notes: &[NoteView], reader: Category) -> Vec<TimelineEntry> {
    // Who of a house works on it is nobody else's business; nor is the first of two approvals, which approves nothing yet,
    // and what becomes of it.
    let between_two =
        |event: &Event| matches!(event.fact, Fact::FirstApproval { .. }) || matches!(event.verb, Verb::SendBack | Verb::Retract);
    let inner = |event: &Event| matches!(event.verb, Verb::Claim | Verb::Release | Verb::HandOver);
    events
        .iter()
        .rev()
        .filter(|event| reader != Category::Registrant || !inner(event))
        .filter(|event| reader == Category::Bureau || !between_two(event))
        .map(|event| {
            let note = note_of(&event.fact);
            TimelineEntry {
                seq: event.seq,
                verb: event.verb,
                to: event.to,
                who: who_name(Who::of(&event.by)),
                at: event.at,
                note: notes.iter().find(|n| Some(n.id) == note).cloned(),
            }
        })
        .collect()
}

/// The department that was asked last: what is waited for.
fn department(notes: &[NoteView]) -> String {
    let asked = notes.iter().find(|note| note.verb == Verb::Hold);
    asked.and_then(|note| note.preapproval.as_ref()).map(|asked| asked.department.clone()).unwrap_or_default()
}

/// The note that an event names.
pub(crate) fn note_of(fact: &Fact) -> Option<Uuid> {
    match fact {
        Fact::Noted { note } | Fact::FirstApproval { note, .. } | Fact::SentBack { note, .. } | Fact::Approved { note, .. } => {
            Some(*note)
        }
        _ => None,
    }
}

/// How many are before it, and how long the last ones took; only while a desk has it.
async fn waiting(conn: &mut PgConnection, filing: &Filing, now: Moment) -> Result<Option<Waiting>> {
    if !matches!(filing.status, Status::ProviderReview | Status::BureauReview) {
        return Ok(None);
    }
    let province = filing.province.and_then(|p| i32::try_from(p).ok());
    let provider = filing.provider.map(|p| p.0);
    let at_provider = filing.status == Status::ProviderReview;
    let ahead = sqlx::query_scalar!(
        r#"select count(*) as "count!" from filings
           where status = $1 and case when $2 then provider_id = $3 else province = $4 end
             and (entered_at, id) < ($5, $6) and held_at is null"#,
        filing.status.name(),
        at_provider,
        provider,
        province,
        filing.entered_at,
        filing.id.0,
    )
    .fetch_one(&mut *conn)
    .await?;
    let last = sqlx::query!(
        r#"select percentile_cont(0.5) within group (order by extract(epoch from took) / 60) as minutes, count(*) as "count!"
           from (select j.at - e.at as took
                 from journal j join filings f on f.id = j.filing_id
                 cross join lateral (select at from journal e where e.filing_id = j.filing_id and e.seq < j.seq
                     and e.to_status = j.from_status and e.from_status <> e.to_status order by e.seq desc limit 1) e
                 where j.from_status = $1 and j.to_status <> j.from_status and j.at > $2
                   and j.verb in ('pass', 'return', 'approve', 'refuse', 'stop', 'resume')
                   and case when $3 then f.provider_id = $4 else f.province = $5 end
                 order by j.at desc limit 100) decided"#,
        filing.status.name(),
        now - Duration::days(90),
        at_provider,
        provider,
        province,
    )
    .fetch_one(&mut *conn)
    .await?;
    // Of fewer than five nothing can be said honestly.
    let median_minutes = last.minutes.filter(|_| last.count >= 5).map(|minutes| minutes.round() as i64);
    Ok(Some(Waiting { ahead, median_minutes }))
}
