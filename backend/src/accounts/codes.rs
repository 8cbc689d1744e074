//! Six digits sent to a contact: used once, for ten minutes at most, a few tries.

use crate::keys::{Place, random};
use crate::limits::{self, Limit};
use crate::outbox::{self, Channel, Message};
use crate::{Ctx, Error, Result, Tx};
use domain::account::problem;
use domain::id::UserId;
use domain::problem::{Problem, Rule};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// The kind of the keyed hashes of codes.
const CODE: &str = "code";

/// What a code proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The mobile of a registration.
    Mobile,
    /// The mail address of a registration.
    Email,
    /// A new mobile.
    NewMobile,
    /// A new mail address.
    NewEmail,
}

impl Purpose {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Email => "email",
            Self::NewMobile => "new_mobile",
            Self::NewEmail => "new_email",
        }
    }

    fn channel(self) -> Channel {
        match self {
            Self::Mobile | Self::NewMobile => Channel::Sms,
            Self::Email | Self::NewEmail => Channel::Email,
        }
    }

    /// The field of the form where the code is typed.
    fn field(self) -> &'static str {
        match self {
            Self::Mobile | Self::NewMobile => "mobile_code",
            Self::Email | Self::NewEmail => "email_code",
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Mobile | Self::Email => "registration_code",
            Self::NewMobile | Self::NewEmail => "contact_code",
        }
    }
}

/// To whom a code goes.
pub(crate) struct Addressee<'a> {
    pub(crate) user: UserId,
    pub(crate) user_name: &'a str,
    pub(crate) lang: &'a str,
}

/// Counts a code to a contact before it is written: whoever asks, one contact is not flooded.
pub(crate) async fn allow_sending(ctx: &Ctx, contacts: &[&str]) -> Result<()> {
    let s = &ctx.settings.accounts;
    let by_address = Limit { kind: "code_address", max: 20 * s.address_allowance, window: Duration::from_secs(3600) };
    limits::hit(ctx, by_address, &ctx.origin.limit_key()).await?;
    for contact in contacts {
        limits::hit(ctx, Limit { kind: "code_pause", max: 1, window: s.code_pause }, contact).await?;
        limits::hit(ctx, Limit { kind: "code_day", max: 10, window: Duration::from_secs(24 * 3600) }, contact).await?;
    }
    Ok(())
}

/// Makes a code, forgets the one before, and sends it. `new_contact` tells that the contact itself is what waits.
pub(crate) async fn send(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    to: &Addressee<'_>,
    purpose: Purpose,
    contact: &str,
    new_contact: bool,
) -> Result<()> {
    let id = ctx.new_id();
    let now = ctx.clock.now();
    let holds = ctx.settings.accounts.code_holds.min(Duration::from_secs(600));
    let expires_at = now + holds;
    let code = format!("{:06}", u32::from_be_bytes(random()) % 1_000_000);
    let target = new_contact.then(|| ctx.keys.seal(place(id), contact.as_bytes()));
    sqlx::query!(
        "insert into codes (id, user_id, purpose, code_hash, target, sent_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint codes_one_live do update set
             id = excluded.id, code_hash = excluded.code_hash, target = excluded.target, tries = 0,
             sent_at = excluded.sent_at, expires_at = excluded.expires_at",
        id,
        to.user.0,
        purpose.name(),
        code_hash(ctx, id, &code),
        target,
        now,
        expires_at,
    )
    .execute(&mut **tx)
    .await?;
    let minutes = holds.as_secs() / 60;
    let params = json!({ "code": code, "user_name": to.user_name, "minutes": minutes.to_string() });
    let message = Message {
        lang: to.lang,
        user: Some(to.user),
        expires_at: Some(expires_at),
        ..Message::new(purpose.channel(), contact, purpose.template(), params)
    };
    outbox::enqueue(ctx, tx, message).await?;
    Ok(())
}

/// A code that was right. Nothing is used up until [`use_up`].
pub(crate) struct RightCode {
    id: Uuid,
    /// The new contact it proves.
    pub(crate) target: Option<String>,
}

/// Looks at a typed code. A wrong one counts at once and for good, on a connection of its own: a rolled-back transaction
/// must not give tries back.
pub(crate) async fn check(ctx: &Ctx, user: UserId, purpose: Purpose, typed: &str) -> Result<Result<RightCode, Problem>> {
    let wrong = |rule| Ok(Err(problem(purpose.field(), rule)));
    let typed = domain::text::fold(typed.trim());
    if typed.is_empty() {
        return wrong(Rule::Required);
    }
    let max = ctx.settings.accounts.code_tries;
    // The try is taken before the code is compared: a hundred requests at once have five tries between them.
    let row = sqlx::query!(
        "update codes set tries = tries + 1 where user_id = $1 and purpose = $2 and tries < $3
         returning id, code_hash, target, expires_at",
        user.0,
        purpose.name(),
        max,
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let Some(row) = row else { return wrong(Rule::CodeWrong) };
    if !ctx.keys.is_held(CODE, &code_text(row.id, &typed), &row.code_hash) {
        return wrong(Rule::CodeWrong);
    }
    if row.expires_at <= ctx.clock.now() {
        return wrong(Rule::CodeExpired);
    }
    let target = row.target.map(|t| ctx.keys.open_text(place(row.id), &t)).transpose()?;
    Ok(Ok(RightCode { id: row.id, target }))
}

/// Uses a right code up. Of two at the same time one gets `false`.
pub(crate) async fn use_up(tx: &mut Tx<'_>, code: &RightCode) -> Result<bool> {
    let done = sqlx::query!("delete from codes where id = $1", code.id).execute(&mut **tx).await?;
    Ok(done.rows_affected() == 1)
}

/// The new contact that waits for its code, if one does.
pub(crate) async fn find_target(ctx: &Ctx, user: UserId, purpose: Purpose) -> Result<Option<String>> {
    let row = sqlx::query!(
        "select id, target from codes where user_id = $1 and purpose = $2 and expires_at > $3",
        user.0,
        purpose.name(),
        ctx.clock.now(),
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let sealed = row.target.ok_or(Error::Inconsistent { table: "codes", column: "target", id: row.id })?;
    Ok(Some(ctx.keys.open_text(place(row.id), &sealed)?))
}

/// Keyed: six digits under a plain hash could be tried through in a moment by who reads the table.
fn code_hash(ctx: &Ctx, id: Uuid, code: &str) -> Vec<u8> {
    ctx.keys.index(CODE, &code_text(id, code))
}

fn code_text(id: Uuid, code: &str) -> String {
    format!("{id} {code}")
}

fn place(id: Uuid) -> Place {
    Place { table: "codes", column: "target", row: id, version: 1 }
}
