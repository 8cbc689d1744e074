//! A lost password (features R13): user name, contact name, mail address and category lead to a one-time link by mail.

use super::{judge_new_password, passwords, refuse, rows, staff_passwords, store_password, tell_both};
use crate::audit::{self, Entry};
use crate::limits::{self, Limit};
use crate::outbox::{self, Channel, Message};
use crate::sessions::{self, EndedBy};
use crate::{Ctx, Error, Result, captcha};
use data_encoding::BASE64URL_NOPAD;
use domain::actor::{Actor, Category};
use domain::id::UserId;
use domain::views::accounts::{ChallengeFor, NewPasswordForm, RecoveryForm};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Sends the link if everything fits. The answer is the same whatever is true.
pub async fn ask_recovery(ctx: &Ctx, form: &RecoveryForm) -> Result<()> {
    refuse(form.problems())?;
    if captcha::is_due(ctx, ChallengeFor::Recovery, &form.user_name).await? {
        captcha::prove(ctx, ChallengeFor::Recovery, &form.challenge, &form.captcha).await?;
    }
    captcha::note_recovery(ctx, &form.user_name).await?;
    let hour = Duration::from_secs(3600);
    let max = 10 * ctx.settings.accounts.address_allowance;
    limits::hit(ctx, Limit { kind: "recovery_address", max, window: hour }, &ctx.origin.limit_key()).await?;
    let row = rows::find_by_name(&ctx.pool, &form.user_name).await?.filter(|r| r.status == "active");
    let Some(row) = row else {
        let entry = Entry::done(Actor::Anonymous, "ask_recovery", None).with_result("no_match");
        return audit::record_alone(ctx, entry).await;
    };
    let contacts = row.contacts(ctx)?;
    let same = |a: &str, b: &str| bool::from(a.trim().to_lowercase().as_bytes().ct_eq(b.to_lowercase().as_bytes()));
    let fits = same(&form.contact_name, &contacts.name)
        & same(&form.email, &contacts.email)
        & (Category::find(&form.category) == Some(row.category()?));
    let object = Some(("user", row.id));
    if !fits {
        let entry = Entry::done(Actor::Anonymous, "ask_recovery", object).with_result("no_match");
        return audit::record_alone(ctx, entry).await;
    }
    // Counted where a mail would go: who knows no more than a name cannot use the count up. And told to nobody, since it
    // would tell that everything fits.
    match limits::hit(ctx, Limit { kind: "recovery", max: 5, window: hour }, &row.id.to_string()).await {
        Err(Error::Limited { .. }) => {
            let entry = Entry::done(Actor::Anonymous, "ask_recovery", object).with_result("limited");
            return audit::record_alone(ctx, entry).await;
        }
        counted => counted?,
    };
    let token = BASE64URL_NOPAD.encode(&crate::keys::random::<32>());
    let now = ctx.clock.now();
    let holds = ctx.settings.accounts.recovery_holds.min(Duration::from_secs(1800));
    let mut tx = ctx.begin().await?;
    sqlx::query!("delete from recoveries where user_id = $1", row.id).execute(&mut *tx).await?;
    sqlx::query!(
        "insert into recoveries (token_hash, user_id, sent_at, expires_at) values ($1, $2, $3, $4)",
        token_hash(&token),
        row.id,
        now,
        now + holds,
    )
    .execute(&mut *tx)
    .await?;
    let params = json!({
        "user_name": row.user_name,
        "link": format!("{}/lost-password/{token}", ctx.settings.base_url),
        "minutes": (holds.as_secs() / 60).to_string(),
    });
    let message = Message {
        lang: &contacts.lang,
        user: Some(UserId(row.id)),
        expires_at: Some(now + holds),
        ..Message::new(Channel::Email, &contacts.email, "recovery_link", params)
    };
    outbox::enqueue(ctx, &mut tx, message).await?;
    audit::record(ctx, &mut tx, Entry::done(Actor::Anonymous, "ask_recovery", object)).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a link still leads to a new password.
pub async fn is_recovery_open(ctx: &Ctx, token: &str) -> Result<bool> {
    let found = sqlx::query_scalar!(
        "select user_id from recoveries where token_hash = $1 and expires_at > $2",
        token_hash(token),
        ctx.clock.now(),
    );
    Ok(found.fetch_optional(&ctx.pool).await?.is_some())
}

/// Sets the new password and ends every session. Staff prove the second factor at the next sign-in as always.
pub async fn finish_recovery(ctx: &Ctx, form: &NewPasswordForm) -> Result<()> {
    let found = sqlx::query_scalar!(
        "select user_id from recoveries where token_hash = $1 and expires_at > $2",
        token_hash(&form.token),
        ctx.clock.now(),
    );
    let user = UserId(found.fetch_optional(&ctx.pool).await?.ok_or(Error::NotFound)?);
    let row = rows::find_by_id(&ctx.pool, user).await?.ok_or(Error::NotFound)?;
    refuse(staff_passwords::in_its_figures(ctx, row.role()?, form.problems()))?;
    let contacts = row.contacts(ctx)?;
    judge_new_password(ctx, &row, &contacts, &form.new_password).await?;
    let hash = passwords::hash(&form.new_password).await?;
    let mut tx = ctx.begin().await?;
    let used = sqlx::query!("delete from recoveries where token_hash = $1", token_hash(&form.token)).execute(&mut *tx).await?;
    if used.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    store_password(ctx, &mut tx, &row, &hash).await?;
    sessions::end_all(ctx, &mut tx, user, None, EndedBy::Recovery).await?;
    tell_both(ctx, &mut tx, row.id, &row.user_name, &contacts, "password_changed").await?;
    audit::record(ctx, &mut tx, Entry::done(row.actor()?, "finish_recovery", Some(("user", row.id)))).await?;
    tx.commit().await?;
    limits::clear(ctx, "sign_in_name", &row.user_name.to_lowercase()).await
}

fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
