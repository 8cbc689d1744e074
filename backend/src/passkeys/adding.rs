//! Adding and removing: with the password, told to the account's contacts, on the audit.

use super::{Purpose, answer, challenge, credential, credentials, hash, keep, open, refused, seal, site, staff_only, take};
use crate::accounts::{prove_password, rows, tell_both};
use crate::audit::{self, Entry};
use crate::sessions::{self, Session};
use crate::{Ctx, Error, Result, Tx, error};
use domain::account::PASSKEYS_MAX;
use domain::problem::Rule;
use domain::views::accounts::{AddPasskeyForm, PasskeyForm, PasskeyOffer, RemovePasskeyForm};
use serde::{Deserialize, Serialize};
use serde_json::json;
use webauthn_rs::prelude::{CreationChallengeResponse, PasskeyRegistration, RegisterPublicKeyCredential};

/// What was begun.
#[derive(Serialize, Deserialize)]
struct Begun {
    name: String,
    options: CreationChallengeResponse,
    state: PasskeyRegistration,
}

/// Begins to add a passkey: its name, and the password of whoever asks.
pub async fn ask_to_add(ctx: &Ctx, session: &Session, form: &AddPasskeyForm) -> Result<()> {
    staff_only(session)?;
    let problems = form.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let site = site(&ctx.settings)?.ok_or(Error::NotFound)?;
    let row = rows::find_by_id(&ctx.pool, session.user).await?.ok_or(Error::SignedOut)?;
    prove_password(ctx, &row, &form.password, "password", Rule::OldPasswordWrong).await?;
    let there = credentials(ctx, &mut *ctx.pool.acquire().await?, session.user).await?;
    if there.len() >= PASSKEYS_MAX {
        return Err(Error::Forbidden);
    }
    let there = there.iter().map(|passkey| passkey.cred_id().clone()).collect();
    let begun = site.start_passkey_registration(row.id, &row.user_name, &row.user_name, Some(there));
    let (options, state) = begun.map_err(|_| Error::Internal("a passkey cannot be asked for"))?;
    keep(ctx, session, Purpose::Add, &Begun { name: form.name.trim().to_owned(), options, state }).await
}

/// What the browser is to ask for, while this session has begun to add one; and what that is to be called.
pub async fn waiting(ctx: &Ctx, session: &Session) -> Result<Option<(String, PasskeyOffer)>> {
    staff_only(session)?;
    let row = sqlx::query!(
        "select id, state from passkey_challenges where session_id = $1 and purpose = 'add' and expires_at > $2",
        session.id,
        ctx.clock.now(),
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let begun: Begun = open(ctx, challenge(row.id), &row.state)?;
    let options = serde_json::to_string(&begun.options).map_err(|_| Error::Internal("a passkey cannot be asked for"))?;
    Ok(Some((begun.name, PasskeyOffer { options })))
}

/// Adds the passkey that the authenticator made.
pub async fn add(ctx: &Ctx, session: &Session, form: &PasskeyForm) -> Result<()> {
    staff_only(session)?;
    let made = answer::<RegisterPublicKeyCredential>(&form.credential)?;
    let site = site(&ctx.settings)?.ok_or(Error::NotFound)?;
    let begun: Begun = take(ctx, session, Purpose::Add).await?.ok_or_else(refused)?;
    let Ok(passkey) = site.finish_passkey_registration(&made, &begun.state) else {
        return refuse(ctx, session).await;
    };
    let row = rows::find_by_id(&ctx.pool, session.user).await?.ok_or(Error::SignedOut)?;
    let contacts = row.contacts(ctx)?;
    let id = ctx.new_id();
    let mut tx = ctx.begin().await?;
    lock(ctx, &mut tx, session).await?;
    let there = credentials(ctx, &mut tx, session.user).await?.len();
    if there >= PASSKEYS_MAX {
        return Err(Error::Forbidden);
    }
    let written = sqlx::query!(
        "insert into passkeys (id, user_id, credential_hash, credential, counter, name, created_at)
         values ($1, $2, $3, $4, 0, $5, $6)",
        id,
        row.id,
        hash(passkey.cred_id()),
        seal(ctx, credential(id, 1), &passkey)?,
        begun.name,
        ctx.clock.now(),
    )
    .execute(&mut *tx)
    .await;
    match written {
        Err(e) if error::is_duplicate(&e, "passkeys_credential_key") => {
            drop(tx);
            return refuse(ctx, session).await;
        }
        other => other?,
    };
    tell_both(ctx, &mut tx, row.id, &row.user_name, &contacts, "passkey_added").await?;
    let entry = Entry::done(session.actor(), "add_passkey", Some(("passkey", id)));
    audit::record(ctx, &mut tx, entry.with_detail(json!({ "number": there + 1 }))).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes one's own passkey, with the password; somebody else's is not found.
pub async fn remove(ctx: &Ctx, session: &Session, form: &RemovePasskeyForm) -> Result<()> {
    staff_only(session)?;
    let found = sqlx::query_scalar!("select id from passkeys where id = $1 and user_id = $2", form.id, session.user.0);
    let id = found.fetch_optional(&ctx.pool).await?.ok_or(Error::NotFound)?;
    let row = rows::find_by_id(&ctx.pool, session.user).await?.ok_or(Error::SignedOut)?;
    prove_password(ctx, &row, &form.password, "password", Rule::OldPasswordWrong).await?;
    let contacts = row.contacts(ctx)?;
    let mut tx = ctx.begin().await?;
    lock(ctx, &mut tx, session).await?;
    let done = sqlx::query!("delete from passkeys where id = $1 and user_id = $2", id, session.user.0).execute(&mut *tx).await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    tell_both(ctx, &mut tx, row.id, &row.user_name, &contacts, "passkey_removed").await?;
    audit::record(ctx, &mut tx, Entry::done(session.actor(), "remove_passkey", Some(("passkey", id)))).await?;
    tx.commit().await?;
    Ok(())
}

/// Of two that change an account's passkeys at once the second one waits here, and sees what the first did. That may have been
/// an administrator who took them all, and ended the session.
async fn lock(ctx: &Ctx, tx: &mut Tx<'_>, session: &Session) -> Result<()> {
    sqlx::query!("select id from users where id = $1 for update", session.user.0).fetch_one(&mut **tx).await?;
    if sessions::is_open(ctx, tx, session.id).await? { Ok(()) } else { Err(Error::SignedOut) }
}

async fn refuse(ctx: &Ctx, session: &Session) -> Result<()> {
    let entry = Entry::done(session.actor(), "add_passkey", Some(("user", session.user.0))).with_result("refused");
    audit::record_alone(ctx, entry).await?;
    Err(refused())
}
