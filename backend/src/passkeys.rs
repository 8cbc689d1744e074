//! Passkeys of staff (WebAuthn level 2): instead of an authenticator's digits at the second step of signing in.
//!
//! They are more than digits: the browser signs only for this site's own name, so that nothing can be read over a shoulder or
//! typed into somebody else's page. A challenge is made for one session, kept in the database so that any node may finish what
//! another began, holds for five minutes and is gone with the first answer, right or wrong.

mod adding;
mod proving;

pub use adding::{add, ask_to_add, remove, waiting};
pub use proving::{offer, prove};

use crate::accounts::needs_second_factor;
use crate::keys::Place;
use crate::sessions::Session;
use crate::settings::Settings;
use crate::{Ctx, Error, Result, Tx};
use domain::account::{PASSKEYS_MAX, problem};
use domain::id::UserId;
use domain::problem::Rule;
use domain::views::accounts::{PasskeyView, PasskeysView, Stage};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::time::Duration;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// How long an authenticator may take to answer.
const HOLDS: Duration = Duration::from_secs(5 * 60);
/// What browsers show beside this site's name.
const SITE: &str = "ICP";

/// What a challenge is for: an answer to one is no answer to the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Add,
    Prove,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Prove => "prove",
        }
    }
}

/// This site, as authenticators know it. None where its address is a number: browsers refuse that (WebAuthn, 5.1.2).
fn site(settings: &Settings) -> Result<Option<Webauthn>> {
    let Ok(url) = Url::parse(&settings.base_url) else { return Ok(None) };
    let Some(name) = url.domain() else { return Ok(None) };
    let built = WebauthnBuilder::new(name, &url).and_then(|builder| builder.rp_name(SITE).timeout(HOLDS).build());
    built.map(Some).map_err(|_| Error::Internal("the public address is none that passkeys can be bound to"))
}

/// One's passkeys; what has none of them is not found.
pub async fn list(ctx: &Ctx, session: &Session) -> Result<PasskeysView> {
    staff_only(session)?;
    let rows = sqlx::query_as!(
        PasskeyView,
        "select id, name, created_at, used_at from passkeys where user_id = $1 order by created_at, id limit 100",
        session.user.0,
    );
    let passkeys = rows.fetch_all(&ctx.pool).await?;
    Ok(PasskeysView { possible: site(&ctx.settings)?.is_some(), more: passkeys.len() < PASSKEYS_MAX, passkeys })
}

/// How many an account has.
pub(crate) async fn count(ctx: &Ctx, user: UserId) -> Result<u32> {
    let count = sqlx::query_scalar!(r#"select count(*) as "count!" from passkeys where user_id = $1"#, user.0);
    Ok(u32::try_from(count.fetch_one(&ctx.pool).await?).unwrap_or_default())
}

/// Takes all passkeys of an account: whoever lost a second factor asked for another one, and may have lost these with it.
pub(crate) async fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    sqlx::query!("delete from passkeys where user_id = $1", user.0).execute(&mut **tx).await?;
    Ok(())
}

fn staff_only(session: &Session) -> Result<()> {
    if session.stage == Stage::Full && needs_second_factor(session.role) { Ok(()) } else { Err(Error::NotFound) }
}

/// The credentials of an account, opened.
async fn credentials(ctx: &Ctx, conn: &mut PgConnection, user: UserId) -> Result<Vec<Passkey>> {
    let rows = sqlx::query!("select id, version, credential from passkeys where user_id = $1 order by created_at, id", user.0);
    let rows = rows.fetch_all(conn).await?;
    rows.into_iter().map(|row| open(ctx, credential(row.id, row.version), &row.credential)).collect()
}

/// Keeps what was begun for a session; what it had begun before is void.
async fn keep<T: Serialize>(ctx: &Ctx, session: &Session, purpose: Purpose, state: &T) -> Result<()> {
    let id = ctx.new_id();
    sqlx::query!(
        "insert into passkey_challenges (session_id, id, purpose, state, expires_at) values ($1, $2, $3, $4, $5)
         on conflict (session_id) do update set id = excluded.id, purpose = excluded.purpose, state = excluded.state,
             expires_at = excluded.expires_at",
        session.id,
        id,
        purpose.name(),
        seal(ctx, challenge(id), state)?,
        ctx.clock.now() + HOLDS,
    )
    .execute(&ctx.pool)
    .await?;
    Ok(())
}

/// Takes what was begun for a session: gone at once, whatever becomes of the answer.
async fn take<T: DeserializeOwned>(ctx: &Ctx, session: &Session, purpose: Purpose) -> Result<Option<T>> {
    let row = sqlx::query!(
        "delete from passkey_challenges where session_id = $1 and purpose = $2 returning id, state, expires_at",
        session.id,
        purpose.name(),
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let row = row.filter(|row| row.expires_at > ctx.clock.now());
    row.map(|row| open(ctx, challenge(row.id), &row.state)).transpose()
}

/// What the browser brought.
fn answer<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|_| refused())
}

/// One word for all that can be wrong with an answer: who sends another's need not learn how near it came.
fn refused() -> Error {
    problem("credential", Rule::PasskeyRefused).into()
}

fn hash(credential_id: &[u8]) -> Vec<u8> {
    Sha256::digest(credential_id).to_vec()
}

fn seal<T: Serialize>(ctx: &Ctx, place: Place, value: &T) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(value).map_err(|_| Error::Internal("a passkey cannot be written"))?;
    Ok(ctx.keys.seal(place, &json))
}

fn open<T: DeserializeOwned>(ctx: &Ctx, place: Place, sealed: &[u8]) -> Result<T> {
    let json = ctx.keys.open(place, sealed)?;
    serde_json::from_slice(&json).map_err(|_| Error::Internal("a stored passkey cannot be read"))
}

fn credential(row: Uuid, version: i32) -> Place {
    Place { table: "passkeys", column: "credential", row, version }
}

fn challenge(row: Uuid) -> Place {
    Place { table: "passkey_challenges", column: "state", row, version: 1 }
}

#[cfg(test)]
mod tests;
