//! Messages to people, written in the transaction of what they tell about and sent after it (features A10).
//!
//! A message is at least once: its identifier is the Message-ID and the gateway's idempotency key, the same at every try.
//! The row holds a template's name and its parameters; the sentences come from [`MessageTexts`] at sending. Recipient and
//! parameters are sealed.

mod dispatch;
mod sms;
mod smtp;

pub use dispatch::{Outcome, Senders, dispatch_due, dispatch_forever};
pub use sms::SmsSender;
pub use smtp::MailSender;

use crate::keys::Place;
use crate::{Ctx, Error, Result, Tx};
use domain::Moment;
use domain::id::{FilingId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A short message to a mobile.
    Sms,
    /// A mail.
    Email,
}

impl Channel {
    /// The stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// How it travels.
    pub channel: Channel,
    /// The mobile or the mail address.
    pub recipient: &'a str,
    /// The template's name in `app/locales/message.toml`.
    pub template: &'a str,
    /// `zh` or `en`.
    pub lang: &'a str,
    /// What fills the template.
    pub params: Value,
    /// Tells repeats of the same business event: a second message with the same key is not written.
    pub key: Option<String>,
    /// Whom it tells.
    pub user: Option<UserId>,
    /// The filing it tells about.
    pub filing: Option<FilingId>,
    /// Not to be sent after this moment: a code that no longer holds.
    pub expires_at: Option<Moment>,
}

impl<'a> Message<'a> {
    /// A message in Chinese that never expires.
    pub fn new(channel: Channel, recipient: &'a str, template: &'a str, params: Value) -> Self {
        let (key, user, filing, expires_at) = (None, None, None, None);
        Self { channel, recipient, template, lang: "zh", params, key, user, filing, expires_at }
    }
}

/// The sentences: template name, language and parameters in; subject (empty for short messages) and body out.
pub trait MessageTexts: Send + Sync {
    /// Subject and body.
    fn render(&self, template: &str, lang: &str, params: &Value) -> (String, String);
}

/// A message as the demo's viewer shows it.
#[derive(Clone, Debug, Serialize)]
pub struct ShownMessage {
    /// Its identifier.
    pub id: Uuid,
    /// How it travels.
    pub channel: Channel,
    /// To whom.
    pub recipient: String,
    /// The template's name.
    pub template: String,
    /// The language it is written in.
    pub lang: String,
    /// The subject; empty for short messages.
    pub subject: String,
    /// The text.
    pub body: String,
    /// What fills the template; tests read codes here.
    pub params: Value,
    /// `due`, `sent`, `failed` or `expired`.
    pub status: String,
    /// When it was written.
    pub created_at: Moment,
    /// When it was sent.
    pub sent_at: Option<Moment>,
}

/// Writes a message in the transaction of what it tells about. Answers its identifier, or none for a repeat.
pub async fn enqueue(ctx: &Ctx, tx: &mut Tx<'_>, message: Message<'_>) -> Result<Option<Uuid>> {
    let id = ctx.new_id();
    let now = ctx.clock.now();
    let params = serde_json::to_vec(&message.params)?;
    let written = sqlx::query_scalar!(
        "insert into outbox (id, key, channel, template, lang, recipient, recipient_index, params, user_id, filing_id,
                             due_at, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11)
         on conflict (key) do nothing returning id",
        id,
        message.key,
        message.channel.name(),
        message.template,
        message.lang,
        ctx.keys.seal(place(id, "recipient"), message.recipient.as_bytes()),
        ctx.keys.index(message.channel.name(), message.recipient),
        ctx.keys.seal(place(id, "params"), &params),
        message.user.map(|u| u.0),
        message.filing.map(|f| f.0),
        now,
        message.expires_at,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(written)
}

/// The newest messages, for the demo's viewer and for tests. Nobody can read them in production.
pub async fn list_shown(ctx: &Ctx, texts: &dyn MessageTexts, limit: i64) -> Result<Vec<ShownMessage>> {
    if !ctx.settings.demo {
        return Err(Error::NotFound);
    }
    let rows = sqlx::query!(
        "select id, channel, template, lang, recipient, params, status, created_at, sent_at
         from outbox order by created_at desc, id desc limit $1",
        limit,
    )
    .fetch_all(&ctx.pool)
    .await?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let params: Value = serde_json::from_slice(&ctx.keys.open(place(row.id, "params"), &row.params)?)?;
        let (subject, body) = texts.render(&row.template, &row.lang, &params);
        shown.push(ShownMessage {
            lang: row.lang,
            id: row.id,
            channel: if row.channel == "sms" { Channel::Sms } else { Channel::Email },
            recipient: ctx.keys.open_text(place(row.id, "recipient"), &row.recipient)?,
            template: row.template,
            subject,
            body,
            params,
            status: row.status,
            created_at: row.created_at,
            sent_at: row.sent_at,
        });
    }
    Ok(shown)
}

fn place(row: Uuid, column: &'static str) -> Place {
    Place { table: "outbox", column, row, version: 1 }
}

#[cfg(test)]
mod tests;
