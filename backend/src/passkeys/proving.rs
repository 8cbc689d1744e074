//! The second step of signing in by a passkey.

use super::{Purpose, answer, credential, credentials, hash, keep, open, refused, seal, site, take};
use crate::audit::{self, Entry};
use crate::second_factor::{count_try, finish};
use crate::sessions::{NewSession, Session};
use crate::{Ctx, Error, Result, Tx};
use domain::views::accounts::{PasskeyForm, PasskeyOffer, Stage};
use webauthn_rs::prelude::{AuthenticationResult, Passkey, PasskeyAuthentication, PublicKeyCredential};

const VERB: &str = "prove_passkey";

/// What the browser is to ask for at the second step; none where the account has no passkey, or the site can have none.
pub async fn offer(ctx: &Ctx, session: &Session) -> Result<Option<PasskeyOffer>> {
    if session.stage != Stage::SecondFactor {
        return Ok(None);
    }
    let Some(site) = site(&ctx.settings)? else { return Ok(None) };
    let passkeys = credentials(ctx, &mut *ctx.pool.acquire().await?, session.user).await?;
    if passkeys.is_empty() {
        return Ok(None);
    }
    let begun = site.start_passkey_authentication(&passkeys);
    let (options, state) = begun.map_err(|_| Error::Internal("a passkey cannot be asked for"))?;
    keep(ctx, session, Purpose::Prove, &state).await?;
    let options = serde_json::to_string(&options).map_err(|_| Error::Internal("a passkey cannot be asked for"))?;
    Ok(Some(PasskeyOffer { options }))
}

/// Proves the second factor by what an authenticator signed; the session is signed in. Tries count with those of the digits.
pub async fn prove(ctx: &Ctx, session: &Session, form: &PasskeyForm) -> Result<NewSession> {
    if session.stage != Stage::SecondFactor {
        return Err(Error::Forbidden);
    }
    count_try(ctx, session.user).await?;
    let signed = answer::<PublicKeyCredential>(&form.credential);
    let begun: Option<PasskeyAuthentication> = take(ctx, session, Purpose::Prove).await?;
    let site = site(&ctx.settings)?.ok_or(Error::NotFound)?;
    let (Ok(signed), Some(begun)) = (signed, begun) else { return refuse(ctx, session).await };
    let Ok(proof) = site.finish_passkey_authentication(&signed, &begun) else { return refuse(ctx, session).await };
    let mut tx = ctx.begin().await?;
    if !proof.user_verified() || !use_passkey(ctx, &mut tx, session, &proof).await? {
        drop(tx);
        return refuse(ctx, session).await;
    }
    finish(ctx, tx, session, VERB).await
}

/// Notes that one's passkey was used. Not if it was removed meanwhile, nor if its counter stands where another session has seen
/// it already: two of it sign, and one is a copy (WebAuthn, 6.1.1).
async fn use_passkey(ctx: &Ctx, tx: &mut Tx<'_>, session: &Session, proof: &AuthenticationResult) -> Result<bool> {
    let row = sqlx::query!(
        "select id, version, credential, counter from passkeys where user_id = $1 and credential_hash = $2 for update",
        session.user.0,
        hash(proof.cred_id()),
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let counter = i64::from(proof.counter());
    if (counter, row.counter) != (0, 0) && counter <= row.counter {
        return Ok(false);
    }
    let mut passkey: Passkey = open(ctx, credential(row.id, row.version), &row.credential)?;
    passkey.update_credential(proof);
    sqlx::query!(
        "update passkeys set version = version + 1, credential = $2, counter = $3, used_at = $4 where id = $1",
        row.id,
        seal(ctx, credential(row.id, row.version + 1), &passkey)?,
        counter,
        ctx.clock.now(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

async fn refuse(ctx: &Ctx, session: &Session) -> Result<NewSession> {
    let entry = Entry::done(session.claimed_actor(), VERB, Some(("user", session.user.0))).with_result("refused");
    audit::record_alone(ctx, entry).await?;
    Err(refused())
}
