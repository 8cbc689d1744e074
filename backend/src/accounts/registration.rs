//! Registration (features R1): a name is taken at once and freed again if its contacts are not confirmed in time.

use super::codes::{self, Addressee, Purpose};
use super::rows::{self, UserRow};
use super::{passwords, refuse};
use crate::audit::{self, Entry};
use crate::limits::{self, Limit};
use crate::{Ctx, Error, Result, captcha, error, jobs};
use domain::account::{parse_email, parse_mobile, problem, user_name_problem};
use domain::actor::Actor;
use domain::id::UserId;
use domain::problem::{Rule, Section};
use domain::views::accounts::{ChallengeFor, ConfirmationForm, CorrectionForm, NameCheck, RegistrationForm};
use serde_json::json;
use std::time::Duration;

/// The job that frees names nobody confirmed.
pub const FREE_UNCONFIRMED: &str = "free_unconfirmed";

/// Whether a name is free: the one question whose answer tells that an account exists, so it is limited by address.
pub async fn check_name(ctx: &Ctx, user_name: &str) -> Result<NameCheck> {
    if let Some(rule) = user_name_problem(user_name) {
        return Err(problem("user_name", rule).into());
    }
    let max = 30 * ctx.settings.accounts.address_allowance;
    let limit = Limit { kind: "name_check", max, window: Duration::from_secs(600) };
    limits::hit(ctx, limit, &ctx.origin.limit_key()).await?;
    let row = rows::find_by_name(&ctx.pool, user_name).await?;
    Ok(if row.is_some_and(|r| !is_over(ctx, &r)) { NameCheck::Taken } else { NameCheck::Free })
}

/// Takes the name and sends a code to the mobile and one to the mail address.
pub async fn register(ctx: &Ctx, form: &RegistrationForm) -> Result<UserId> {
    refuse(form.problems())?;
    let s = &ctx.settings.accounts;
    if captcha::is_due(ctx, ChallengeFor::Registration, "").await? {
        captcha::prove(ctx, ChallengeFor::Registration, &form.challenge, &form.captcha).await?;
    }
    let limit = Limit { kind: "register", max: 10 * s.address_allowance, window: Duration::from_secs(3600) };
    limits::hit(ctx, limit, &ctx.origin.limit_key()).await?;
    let (user_name, mobile, email) = (form.user_name.trim(), mobile(&form.mobile)?, email(&form.email)?);
    refuse(passwords::judge(&form.password, "password", &[user_name, &mobile, &email]).await?)?;
    // Before the contacts are counted: a name that is taken costs nobody a code.
    if rows::find_by_name(&ctx.pool, user_name).await?.is_some_and(|r| !is_over(ctx, &r)) {
        return Err(problem("user_name", Rule::UserNameTaken).into());
    }
    codes::allow_sending(ctx, &[&mobile, &email]).await?;
    let hash = passwords::hash(&form.password).await?;

    let (id, now) = (ctx.new_id(), ctx.clock.now());
    let expires_at = now + s.unconfirmed_holds;
    let lang = if form.lang == "en" { "en" } else { "zh" };
    let sealed = rows::seal(ctx, id, 1, form.contact_name.trim(), &mobile, &email);
    let mut tx = ctx.begin().await?;
    sqlx::query!(
        "delete from users where user_name = $1::text::citext and status = 'unconfirmed' and expires_at <= $2",
        user_name,
        now,
    )
    .execute(&mut *tx)
    .await?;
    let written = sqlx::query!(
        "insert into users (id, user_name, category, role, status, expires_at, lang, contact_name, mobile, email,
                            mobile_index, email_index, password_hash, password_changed_at, created_at)
         values ($1, $2::text::citext, 'registrant', 'registrant', 'unconfirmed', $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        id,
        user_name,
        expires_at,
        lang,
        sealed.name,
        sealed.mobile,
        sealed.email,
        sealed.mobile_index,
        sealed.email_index,
        hash,
        now,
    )
    .execute(&mut *tx)
    .await;
    match written {
        Err(e) if error::is_duplicate(&e, "users_user_name_key") => {
            return Err(problem("user_name", Rule::UserNameTaken).into());
        }
        other => other?,
    };
    let to = Addressee { user: UserId(id), user_name, lang };
    codes::send(ctx, &mut tx, &to, Purpose::Mobile, &mobile, false).await?;
    codes::send(ctx, &mut tx, &to, Purpose::Email, &email, false).await?;
    jobs::enqueue(&mut tx, FREE_UNCONFIRMED, &id.to_string(), json!({}), expires_at).await?;
    audit::record(ctx, &mut tx, Entry::done(Actor::Anonymous, "register", Some(("user", id)))).await?;
    tx.commit().await?;
    Ok(UserId(id))
}

/// Sends new codes to the contacts that a registration stored. The answer is the same for every name.
pub async fn resend_codes(ctx: &Ctx, user_name: &str) -> Result<()> {
    if let Some(rule) = user_name_problem(user_name) {
        return Err(problem("user_name", rule).into());
    }
    // By the name that was typed, whether anybody has it or not: a limit must not tell either.
    let name = user_name.trim().to_lowercase();
    let s = &ctx.settings.accounts;
    limits::hit(ctx, Limit { kind: "resend_pause", max: 1, window: s.code_pause }, &name).await?;
    limits::hit(ctx, Limit { kind: "resend", max: 5, window: Duration::from_secs(3600) }, &name).await?;
    let row = rows::find_by_name(&ctx.pool, user_name).await?;
    let Some(row) = row.filter(|r| r.is_unconfirmed(ctx.clock.now())) else { return Ok(()) };
    let contacts = row.contacts(ctx)?;
    match codes::allow_sending(ctx, &[&contacts.mobile, &contacts.email]).await {
        Err(Error::Limited { .. }) => return Ok(()),
        other => other?,
    }
    let mut tx = ctx.begin().await?;
    let to = Addressee { user: row.user(), user_name: &row.user_name, lang: &row.lang };
    codes::send(ctx, &mut tx, &to, Purpose::Mobile, &contacts.mobile, false).await?;
    codes::send(ctx, &mut tx, &to, Purpose::Email, &contacts.email, false).await?;
    audit::record(ctx, &mut tx, Entry::done(Actor::Anonymous, "resend_codes", Some(("user", row.id)))).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a registration: both codes must be right. Unknown names get the answer of wrong codes.
pub async fn confirm(ctx: &Ctx, form: &ConfirmationForm) -> Result<UserId> {
    let s = &ctx.settings.accounts;
    let limit = Limit { kind: "confirm", max: 50 * s.address_allowance, window: Duration::from_secs(3600) };
    limits::hit(ctx, limit, &ctx.origin.limit_key()).await?;
    let row = rows::find_by_name(&ctx.pool, &form.user_name).await?;
    let Some(row) = row.filter(|r| r.is_unconfirmed(ctx.clock.now())) else {
        let wrong = |field, typed: &str| problem(field, if typed.trim().is_empty() { Rule::Required } else { Rule::CodeWrong });
        return Err(vec![wrong("mobile_code", &form.mobile_code), wrong("email_code", &form.email_code)].into());
    };
    let mobile = codes::check(ctx, row.user(), Purpose::Mobile, &form.mobile_code).await?;
    let email = codes::check(ctx, row.user(), Purpose::Email, &form.email_code).await?;
    let (mobile, email) = match (mobile, email) {
        (Ok(mobile), Ok(email)) => (mobile, email),
        (mobile, email) => {
            let entry = Entry::done(Actor::Anonymous, "confirm", Some(("user", row.id))).with_result("wrong_code");
            audit::record_alone(ctx, entry).await?;
            return Err(Error::Invalid(mobile.err().into_iter().chain(email.err()).collect()));
        }
    };
    let mut tx = ctx.begin().await?;
    if !codes::use_up(&mut tx, &mobile).await? || !codes::use_up(&mut tx, &email).await? {
        return Err(vec![problem("mobile_code", Rule::CodeWrong), problem("email_code", Rule::CodeWrong)].into());
    }
    sqlx::query!(
        "update users set status = 'active', expires_at = null, confirmed_at = $2 where id = $1 and status = 'unconfirmed'",
        row.id,
        ctx.clock.now(),
    )
    .execute(&mut *tx)
    .await?;
    jobs::cancel(&mut tx, FREE_UNCONFIRMED, &row.id.to_string()).await?;
    audit::record(ctx, &mut tx, Entry::done(row.actor()?, "confirm", Some(("user", row.id)))).await?;
    tx.commit().await?;
    Ok(row.user())
}

/// Puts a wrong contact right before the registration is confirmed, and sends new codes. The password tells whose it is.
pub async fn correct_contacts(ctx: &Ctx, form: &CorrectionForm) -> Result<()> {
    refuse(form.problems())?;
    let name = form.user_name.trim().to_lowercase();
    let s = &ctx.settings.accounts;
    // A count of its own: what asks for no challenge must not be a way to lock somebody's sign-in.
    limits::hit(ctx, Limit { kind: "correct_name", max: s.failures_to_lockout, window: s.lockout }, &name).await?;
    let row = rows::find_by_name(&ctx.pool, &name).await?.filter(|r| r.is_unconfirmed(ctx.clock.now()));
    let right = passwords::verify(&form.password, row.as_ref().map(|r| r.password_hash.as_str())).await?;
    let Some(row) = row.filter(|_| right) else {
        return Err(problem("password", Rule::SignInWrong).into());
    };
    limits::clear(ctx, "correct_name", &name).await?;
    let (mobile, email) = (mobile(&form.mobile)?, email(&form.email)?);
    codes::allow_sending(ctx, &[&mobile, &email]).await?;
    let mut tx = ctx.begin().await?;
    rows::replace_contacts(ctx, &mut tx, &row, &row.contacts(ctx)?.name, &mobile, &email).await?;
    let to = Addressee { user: row.user(), user_name: &row.user_name, lang: &row.lang };
    codes::send(ctx, &mut tx, &to, Purpose::Mobile, &mobile, false).await?;
    codes::send(ctx, &mut tx, &to, Purpose::Email, &email, false).await?;
    audit::record(ctx, &mut tx, Entry::done(Actor::Anonymous, "correct_contacts", Some(("user", row.id)))).await?;
    tx.commit().await?;
    Ok(())
}

/// Frees the names that were not confirmed in time; the handler of the job [`FREE_UNCONFIRMED`].
pub async fn free_unconfirmed(ctx: &Ctx, tx: &mut crate::Tx<'static>, _job: &jobs::Job) -> Result<()> {
    let freed =
        sqlx::query_scalar!("delete from users where status = 'unconfirmed' and expires_at <= $1 returning id", ctx.clock.now())
            .fetch_all(&mut **tx)
            .await?;
    for id in freed {
        audit::record(ctx, tx, Entry::done(Actor::System, "free_unconfirmed", Some(("user", id)))).await?;
    }
    Ok(())
}

/// Whether the row stands only because nobody has cleared it away yet.
fn is_over(ctx: &Ctx, row: &UserRow) -> bool {
    row.expires_at.is_some_and(|e| e <= ctx.clock.now())
}

pub(super) fn mobile(typed: &str) -> Result<String> {
    Ok(parse_mobile(typed).map_err(|f| f.at(Section::Account, "mobile"))?)
}

pub(super) fn email(typed: &str) -> Result<String> {
    Ok(parse_email(typed).map_err(|f| f.at(Section::Account, "email"))?)
}
