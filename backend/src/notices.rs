//! Notices (features A10): every pass, return, refusal, stop, number and act on one's filing stands in the registrant's
//! inbox and goes out by mail; what asks for something, or ends the matter, also by SMS.
//!
//! The desks of providers and bureaux are the inbox of their staff: they are not told of every filing.

use crate::accounts::rows;
use crate::outbox::{self, Channel, Message};
use crate::{Ctx, Error, Result, Tx, filings, footers};
use domain::Moment;
use domain::actor::Actor;
use domain::filing::idle::Idle;
use domain::filing::{Event, Fact, Filing, Status, Verb};
use domain::id::{FilingId, UserId};
use domain::time::{beijing, beijing_date};
use domain::views::notices::{NoticeView, NoticesView};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Notices of one page of the inbox.
const PAGE: i64 = 20;

/// What an event is told as, and whether it is worth an SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    template: &'static str,
    sms: bool,
}

/// Tells the registrant what happened, in the transaction in which it happens.
pub async fn notify(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, event: &Event) -> Result<()> {
    let Some(mut told) = told(event) else { return Ok(()) };
    let domains = domains(ctx, tx, filing).await?;
    if event.to == Status::Expired && domains.is_empty() {
        told.template = "filing_expired_unnamed";
    }
    let mut number = filing.number.clone().unwrap_or_default();
    if event.to == Status::Approved {
        // Told is what is to be shown. Several numbers do not fit into an SMS: they stand on the filing's page.
        let sites = footers::list(ctx, &mut *tx, filing).await?;
        let shown: BTreeSet<String> = sites.into_iter().map(|site| site.shown).collect();
        if shown.len() > 1 {
            told.template = "filing_approved_sites";
        } else if let Some(one) = shown.into_iter().next() {
            number = one;
        }
    }
    let params = json!({
        "domain": domains.first().cloned().unwrap_or_default(),
        "count": domains.len().to_string(),
        "number": number,
        "until": filing.due_at.map(beijing_minute).unwrap_or_default(),
        "link": format!("{}/filings/{}", ctx.settings.base_url, filing.id),
    });
    let about = About { filing: filing.id, seq: Some(event.seq), key: format!("notice-{}-{}", filing.id, event.seq) };
    tell(ctx, tx, filing.owner, &about, told, params).await
}

/// Reminds the registrant that a filing which waits for them expires: which one, what to do, and until when. The caller sees
/// to it that each reminder is sent once.
pub async fn remind_of_expiry(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, idle: Idle) -> Result<()> {
    let domains = domains(ctx, tx, filing).await?;
    let template = match filing.status {
        Status::ProviderReturned | Status::BureauRefused => "filing_expiring_returned",
        Status::SmsFailed => "filing_expiring_unconfirmed",
        _ if domains.is_empty() => "filing_expiring_unnamed",
        _ => "filing_expiring_draft",
    };
    let now = ctx.clock.now();
    let params = json!({
        "domain": domains.first().cloned().unwrap_or_default(),
        "begun": beijing_date(filing.entered_at).to_string(),
        "until": beijing_date(idle.end()).to_string(),
        "days": days_left(now, idle).to_string(),
        "link": format!("{}/filings/{}", ctx.settings.base_url, filing.id),
    });
    let key = format!("expiring-{}-{}", filing.id, now.unix_timestamp_nanos());
    let about = About { filing: filing.id, seq: None, key };
    tell(ctx, tx, filing.owner, &about, Told { template, sms: true }, params).await
}

/// The days until the day of the end, by Beijing's calendar.
fn days_left(now: Moment, idle: Idle) -> i64 {
    (beijing_date(idle.end()) - beijing_date(now)).whole_days()
}

/// The domains by which a filing is named: as handed in, else as typed so far.
async fn domains(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing) -> Result<Vec<String>> {
    let listed = sqlx::query_scalar!("select domains from filings where id = $1", filing.id.0).fetch_one(&mut **tx).await?;
    if !listed.is_empty() || !filing.status.is_editable() && filing.status != Status::Expired {
        return Ok(listed);
    }
    let draft = filings::load_draft(ctx, tx, filing.id).await?;
    let typed = draft.sites.into_iter().map(|site| site.form.domain.trim().to_owned());
    Ok(typed.filter(|domain| !domain.is_empty()).collect())
}

/// What a notice is about, and the key under which its messages go out once.
struct About {
    filing: FilingId,
    /// The event that it tells of.
    seq: Option<i32>,
    key: String,
}

async fn tell(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, about: &About, told: Told, params: Value) -> Result<()> {
    let written = sqlx::query!(
        "insert into notices (id, user_id, filing_id, seq, template, params, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing",
        ctx.new_id(),
        user.0,
        about.filing.0,
        about.seq,
        told.template,
        params,
        ctx.clock.now(),
    )
    .execute(&mut **tx)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(());
    }
    let Some(row) = rows::find_by_id(&mut **tx, user).await? else { return Ok(()) };
    let contacts = row.contacts(ctx)?;
    let channels = [(Channel::Email, &contacts.email), (Channel::Sms, &contacts.mobile)];
    for (channel, recipient) in channels.into_iter().filter(|(c, r)| !r.is_empty() && (told.sms || *c == Channel::Email)) {
        let mut message = Message::new(channel, recipient, told.template, params.clone());
        message.key = Some(format!("{}-{}", about.key, channel.name()));
        message.lang = &contacts.lang;
        message.user = Some(user);
        message.filing = Some(about.filing);
        outbox::enqueue(ctx, tx, message).await?;
    }
    Ok(())
}

/// What the registrant is told of an event; nothing of what it did itself, and of the desks' handing about.
fn told(event: &Event) -> Option<Told> {
    let mail = |template| Some(Told { template, sms: false });
    let also_sms = |template| Some(Told { template, sms: true });
    match (event.verb, event.to) {
        (Verb::Pass, Status::SmsPending) => also_sms("filing_passed_confirm"),
        (Verb::Pass, _) => mail("filing_passed"),
        (Verb::Return, _) => also_sms("filing_returned"),
        (Verb::Correct, _) => mail("filing_corrected"),
        (Verb::Resubmit, _) if matches!(event.by, Actor::Provider { .. }) => mail("filing_resubmitted"),
        (Verb::Confirm, Status::BureauReview) if event.from == Some(Status::SmsPending) => mail("filing_confirmed"),
        (Verb::Mistake | Verb::TimeOut, Status::SmsFailed) => also_sms("filing_confirmation_failed"),
        (Verb::Mistake | Verb::TimeOut | Verb::Stop, Status::Stopped) => also_sms("filing_stopped"),
        (Verb::Hold, _) => mail("filing_held"),
        (Verb::Resume | Verb::Refuse, Status::BureauRefused) => also_sms("filing_refused"),
        (Verb::Resume, _) => mail("filing_resumed"),
        (Verb::Approve, Status::Approved) if !matches!(event.fact, Fact::FirstApproval { .. }) => also_sms("filing_approved"),
        (Verb::Expire, _) => also_sms("filing_expired"),
        _ => None,
    }
}

/// One page of the caller's inbox, newest first.
pub async fn list(ctx: &Ctx, caller: &Actor, page: u32) -> Result<NoticesView> {
    let user = signed_in(caller)?;
    let page = page.clamp(1, 1000);
    let mut rows = sqlx::query!(
        "select id, filing_id, template, params, created_at, read_at from notices where user_id = $1
         order by created_at desc, id desc limit $2 offset $3",
        user.0,
        PAGE + 1,
        i64::from(page - 1) * PAGE,
    )
    .fetch_all(&ctx.pool)
    .await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let notices = rows
        .into_iter()
        .map(|row| NoticeView {
            id: row.id,
            filing: row.filing_id.map(FilingId),
            template: row.template,
            params: text_params(&row.params),
            at: row.created_at,
            read: row.read_at.is_some(),
        })
        .collect();
    Ok(NoticesView { notices, page, more, unread: unread(ctx, caller).await? })
}

/// How many of the caller's notices are not read.
pub async fn unread(ctx: &Ctx, caller: &Actor) -> Result<i64> {
    let Some(user) = caller.user() else { return Ok(0) };
    let count = sqlx::query_scalar!(r#"select count(*) as "count!" from notices where user_id = $1 and read_at is null"#, user.0);
    Ok(count.fetch_one(&ctx.pool).await?)
}

/// Marks one notice as read, or all up to now.
pub async fn read(ctx: &Ctx, caller: &Actor, notice: Option<Uuid>) -> Result<()> {
    let user = signed_in(caller)?;
    sqlx::query!(
        "update notices set read_at = $3 where user_id = $1 and ($2::uuid is null or id = $2) and read_at is null
             and created_at <= $3",
        user.0,
        notice,
        ctx.clock.now(),
    )
    .execute(&ctx.pool)
    .await?;
    Ok(())
}

fn signed_in(caller: &Actor) -> Result<UserId> {
    caller.user().ok_or(Error::SignedOut)
}

fn text_params(params: &Value) -> std::collections::BTreeMap<String, String> {
    let object = params.as_object().into_iter().flatten();
    object.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect()
}

fn beijing_minute(at: Moment) -> String {
    let at = beijing(at);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

#[cfg(test)]
mod tests;
