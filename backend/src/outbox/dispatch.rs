//! Sends what is due. Several nodes may: each takes one message at a time under a lease.

use super::{Channel, MailSender, MessageTexts, SmsSender, place};
use crate::settings::Settings;
use crate::{Ctx, Error, Result, jobs, limits};
use domain::Moment;
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;
use uuid::Uuid;

/// How often a message is tried: with the pauses, for about a day.
const MAX_ATTEMPTS: i32 = 16;
/// A node that took a message and died gives it back after so long.
const LEASE: time::Duration = time::Duration::minutes(2);
/// A try takes no longer: half of the lease is left for clocks of nodes that differ.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(60);

/// The ways out of this installation.
#[derive(Clone, Default)]
pub struct Senders {
    mail: Option<MailSender>,
    sms: Option<SmsSender>,
}

/// What became of one try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Handed over.
    Sent,
    /// To be tried again.
    Postponed,
    /// Given up after many tries.
    Failed,
    /// Came too late to be of use.
    Expired,
}

struct DueMessage {
    id: Uuid,
    channel: String,
    template: String,
    lang: String,
    recipient: Vec<u8>,
    params: Vec<u8>,
    attempts: i32,
    expires_at: Option<Moment>,
}

impl Senders {
    /// The ways out that the configuration names.
    pub fn new(settings: &Settings) -> Result<Self> {
        Ok(Self {
            mail: settings.smtp.as_ref().map(MailSender::new).transpose()?,
            sms: settings.sms.as_ref().map(SmsSender::new).transpose()?,
        })
    }
}

/// Sends what is due until nothing is. Answers what became of each.
pub async fn dispatch_due(ctx: &Ctx, senders: &Senders, texts: &dyn MessageTexts) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    while let Some(outcome) = dispatch_next(ctx, senders, texts).await? {
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

async fn dispatch_next(ctx: &Ctx, senders: &Senders, texts: &dyn MessageTexts) -> Result<Option<Outcome>> {
    match take(ctx).await? {
        Some(message) => send_one(ctx, senders, texts, &message).await.map(Some),
        None => Ok(None),
    }
}

/// Sends what is due again and again until `stop` resolves; a message under way is finished first.
pub async fn dispatch_forever(
    ctx: Ctx,
    senders: Senders,
    texts: Arc<dyn MessageTexts>,
    pause: std::time::Duration,
    stop: impl Future<Output = ()>,
) {
    tokio::pin!(stop);
    loop {
        // As with jobs: what does not open here goes out from another node.
        let tried = if ctx.keys.lacking().is_none() { dispatch_next(&ctx, &senders, &*texts).await } else { Ok(None) };
        if let Err(error) = &tried {
            tracing::warn!(%error, "messages cannot be sent");
        }
        // However many are due: who is asked to end leaves them to other nodes.
        let pause = if matches!(tried, Ok(Some(_))) { std::time::Duration::ZERO } else { pause };
        tokio::select! {
            biased;
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Takes one message: to others it is due again only after the lease.
async fn take(ctx: &Ctx) -> Result<Option<DueMessage>> {
    let now = ctx.clock.now();
    let message = sqlx::query_as!(
        DueMessage,
        "update outbox set attempts = attempts + 1, due_at = $2
         where id = (select id from outbox where status = 'due' and due_at <= $1
                     order by due_at, id limit 1 for update skip locked)
         returning id, channel, template, lang, recipient, params, attempts, expires_at",
        now,
        now + LEASE,
    )
    .fetch_optional(&ctx.pool)
    .await?;
    Ok(message)
}

async fn send_one(ctx: &Ctx, senders: &Senders, texts: &dyn MessageTexts, m: &DueMessage) -> Result<Outcome> {
    if m.expires_at.is_some_and(|e| e <= ctx.clock.now()) {
        return end(ctx, m, "expired", None, Outcome::Expired).await;
    }
    let channel = if m.channel == "sms" { Channel::Sms } else { Channel::Email };
    if channel == Channel::Sms
        && let Err(Error::Limited { retry_after }) = cap(ctx, m).await
    {
        let due_at = ctx.clock.now() + retry_after;
        sqlx::query!("update outbox set attempts = attempts - 1, due_at = $2, last_error = 'cap' where id = $1", m.id, due_at)
            .execute(&ctx.pool)
            .await?;
        return Ok(Outcome::Postponed);
    }
    match hand_over(ctx, senders, texts, m, channel).await {
        Ok(via) => end(ctx, m, "sent", Some(via), Outcome::Sent).await,
        Err(error) if m.attempts >= MAX_ATTEMPTS => {
            tracing::error!(message = %m.id, template = m.template, %error, "a message is given up");
            end(ctx, m, "failed", None, Outcome::Failed).await
        }
        Err(error) => {
            tracing::warn!(message = %m.id, template = m.template, attempts = m.attempts, %error, "a message waits");
            sqlx::query!(
                "update outbox set due_at = $2, last_error = $3 where id = $1 and status = 'due'",
                m.id,
                ctx.clock.now() + jobs::backoff(m.attempts),
                error.to_string().chars().take(200).collect::<String>(),
            )
            .execute(&ctx.pool)
            .await?;
            Ok(Outcome::Postponed)
        }
    }
}

/// Counts short messages to one phone. A repeat of the same message counts again: it may have been delivered.
async fn cap(ctx: &Ctx, m: &DueMessage) -> Result<()> {
    let max = ctx.settings.sms.as_ref().map_or(i32::MAX, |s| s.daily_cap);
    let limit = limits::Limit { kind: "sms_day", max, window: std::time::Duration::from_secs(24 * 3600) };
    // The number itself: rows have the index of whichever key their node writes with.
    let phone = ctx.keys.open_text(place(m.id, "recipient"), &m.recipient)?;
    limits::hit(ctx, limit, &phone).await?;
    Ok(())
}

async fn hand_over(
    ctx: &Ctx,
    senders: &Senders,
    texts: &dyn MessageTexts,
    m: &DueMessage,
    channel: Channel,
) -> Result<&'static str> {
    let recipient = ctx.keys.open_text(place(m.id, "recipient"), &m.recipient)?;
    let params: Value = serde_json::from_slice(&ctx.keys.open(place(m.id, "params"), &m.params)?)?;
    let (subject, body) = texts.render(&m.template, &m.lang, &params);
    let send = async {
        match (channel, &senders.mail, &senders.sms) {
            (Channel::Email, Some(mail), _) => {
                mail.send(m.id, &recipient, &subject, body, ctx.clock.now()).await.map(|()| "smtp")
            }
            (Channel::Sms, _, Some(sms)) => sms.send(m.id, &recipient, &m.template, &params, &body).await.map(|()| "gateway"),
            _ if ctx.settings.demo => Ok("viewer"),
            _ => Err(Error::Delivery("no way out is configured".into())),
        }
    };
    tokio::time::timeout(LONGEST, send).await.unwrap_or_else(|_| Err(Error::Delivery("took too long".into())))
}

async fn end(ctx: &Ctx, m: &DueMessage, status: &str, via: Option<&str>, outcome: Outcome) -> Result<Outcome> {
    let sent_at = (status == "sent").then(|| ctx.clock.now());
    sqlx::query!(
        "update outbox set status = $2, via = $3, sent_at = $4 where id = $1 and status = 'due'",
        m.id,
        status,
        via,
        sent_at,
    )
    .execute(&ctx.pool)
    .await?;
    Ok(outcome)
}
