//! The second factor of staff: an authenticator's six digits (RFC 6238), set up at the first sign-in, and recovery codes.

use crate::accounts::staff_passwords;
use crate::audit::{self, Entry};
use crate::keys::{Place, random};
use crate::limits::{self, Limit};
use crate::sessions::{self, NewSession, Session};
use crate::squares::Square;
use crate::{Ctx, Error, Result, Tx, passkeys};
use data_encoding::{BASE32, BASE32_NOPAD};
use domain::account::problem;
use domain::id::UserId;
use domain::problem::Rule;
use domain::views::accounts::{EnrolmentView, SecondFactorForm, Stage};
use totp_rs::{Algorithm, Builder, Totp};

const STEP: u64 = 30;
/// A code that holds for fewer seconds is not worth showing: it ends while it is typed.
const TO_TYPE: u64 = 8;
const RECOVERY_CODES: usize = 10;
/// The kind of their keyed hashes.
const RECOVERY_CODE: &str = "recovery_code";

/// What sets up one's authenticator: the same until it is confirmed, then never shown again.
pub async fn enrolment(ctx: &Ctx, session: &Session) -> Result<EnrolmentView> {
    if session.stage != Stage::Enrolment {
        return Err(Error::Forbidden);
    }
    let user = session.user;
    let secret = random::<20>();
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    sqlx::query!(
        "insert into second_factors (user_id, secret, shown_codes) values ($1, $2, $3) on conflict (user_id) do nothing",
        user.0,
        ctx.keys.seal(place(user, "secret", 1), &secret),
        ctx.keys.seal(place(user, "shown_codes", 1), codes.join(" ").as_bytes()),
    )
    .execute(&ctx.pool)
    .await?;
    // Two tabs at once: what the first one wrote counts.
    let row = sqlx::query!("select version, secret, shown_codes from second_factors where user_id = $1", user.0)
        .fetch_one(&ctx.pool)
        .await?;
    let shown = row.shown_codes.ok_or(Error::Forbidden)?;
    let secret = ctx.keys.open(place(user, "secret", row.version), &row.secret)?;
    let codes = ctx.keys.open_text(place(user, "shown_codes", row.version), &shown)?;
    let secret = BASE32_NOPAD.encode(&secret);
    let link = format!("otpauth://totp/ICP:{}?secret={secret}&issuer=ICP&period={STEP}&digits=6", session.user_name);
    let square = Square::of(&link)?.view();
    Ok(EnrolmentView { secret, link, square, recovery_codes: codes.split(' ').map(str::to_owned).collect() })
}

/// Confirms the authenticator with its first code; the session is signed in.
pub async fn enrol(ctx: &Ctx, session: &Session, form: &SecondFactorForm) -> Result<NewSession> {
    if session.stage != Stage::Enrolment {
        return Err(Error::Forbidden);
    }
    let user = session.user;
    count_try(ctx, user).await?;
    let view = enrolment(ctx, session).await?;
    let mut tx = ctx.begin().await?;
    if !use_code(ctx, &mut tx, user, &typed(form)?, false).await? {
        drop(tx);
        return wrong(ctx, session, "enrol").await;
    }
    sqlx::query!("update second_factors set confirmed_at = $2, shown_codes = null where user_id = $1", user.0, ctx.clock.now(),)
        .execute(&mut *tx)
        .await?;
    store_recovery_codes(ctx, &mut tx, user, &view.recovery_codes).await?;
    finish(ctx, tx, session, "enrol").await
}

/// Proves the second factor by the authenticator's code or one recovery code; the session is signed in.
pub async fn prove(ctx: &Ctx, session: &Session, form: &SecondFactorForm) -> Result<NewSession> {
    if session.stage != Stage::SecondFactor {
        return Err(Error::Forbidden);
    }
    let user = session.user;
    let typed = typed(form)?;
    count_try(ctx, user).await?;
    let mut tx = ctx.begin().await?;
    let right = use_code(ctx, &mut tx, user, &typed, true).await? || use_recovery_code(ctx, &mut tx, user, &typed).await?;
    if !right {
        drop(tx);
        return wrong(ctx, session, "prove_second_factor").await;
    }
    finish(ctx, tx, session, "prove_second_factor").await
}

/// The code that the demo shows beside an account, and for how many seconds it holds.
pub async fn find_demo_code(ctx: &Ctx, user_name: &str) -> Result<Option<(String, u64)>> {
    if !ctx.settings.demo {
        return Err(Error::NotFound);
    }
    let row = sqlx::query!(
        "select f.user_id, f.version, f.secret, f.last_step from second_factors f join users u on u.id = f.user_id
         where u.user_name = $1::text::citext",
        user_name,
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let secret = ctx.keys.open(place(UserId(row.user_id), "secret", row.version), &row.secret)?;
    let now = unix(ctx);
    // A code passes once, and is to be typed: after a sign-in, and where this one is about to end, the next one is shown,
    // which is accepted up to one step early.
    let used = u64::try_from(row.last_step).unwrap_or_default();
    let step = ((now + TO_TYPE - 1) / STEP).max(used + 1).min(now / STEP + 1);
    Ok(Some((totp(&secret)?.generate(step * STEP).to_string(), (step + 1) * STEP - now)))
}

/// Gives an account a known authenticator: the demo's.
pub(crate) async fn seed(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, secret: &[u8; 20]) -> Result<()> {
    sqlx::query!(
        "insert into second_factors (user_id, secret, confirmed_at) values ($1, $2, $3) on conflict (user_id) do nothing",
        user.0,
        ctx.keys.seal(place(user, "secret", 1), secret),
        ctx.clock.now(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes an authenticator that was shown and not confirmed: with another password comes somebody who may be another, and who saw
/// it must not have theirs.
pub(crate) async fn forget_unconfirmed(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    sqlx::query!("delete from second_factors where user_id = $1 and confirmed_at is null", user.0).execute(&mut **tx).await?;
    Ok(())
}

/// Takes an authenticator that was lost, with its recovery codes and the account's passkeys; another is set up at the next
/// sign-in.
pub(crate) async fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    sqlx::query!("delete from second_factors where user_id = $1", user.0).execute(&mut **tx).await?;
    sqlx::query!("delete from recovery_codes where user_id = $1", user.0).execute(&mut **tx).await?;
    passkeys::forget(tx, user).await
}

/// The second factor was proved: the session is signed in, or goes on to another password where this one is too old.
pub(crate) async fn finish(ctx: &Ctx, mut tx: Tx<'_>, session: &Session, verb: &str) -> Result<NewSession> {
    let over = staff_passwords::is_over(ctx, &mut tx, session.user.0, session.role).await?;
    let stage = if over { Stage::ExpiredPassword } else { Stage::Full };
    let renewed = sessions::renew(ctx, &mut tx, session, stage).await?;
    let entry = Entry::done(session.claimed_actor(), verb, Some(("user", session.user.0)));
    audit::record(ctx, &mut tx, entry).await?;
    tx.commit().await?;
    limits::clear(ctx, "second_factor", &session.user.to_string()).await?;
    Ok(renewed)
}

async fn wrong(ctx: &Ctx, session: &Session, verb: &str) -> Result<NewSession> {
    let entry = Entry::done(session.claimed_actor(), verb, Some(("user", session.user.0))).with_result("wrong_code");
    audit::record_alone(ctx, entry).await?;
    Err(problem("code", Rule::SecondFactorWrong).into())
}

/// Every try counts before it is looked at, whichever second factor it is of.
pub(crate) async fn count_try(ctx: &Ctx, user: UserId) -> Result<()> {
    let s = &ctx.settings.accounts;
    let limit = Limit { kind: "second_factor", max: s.failures_to_lockout, window: s.lockout };
    limits::hit(ctx, limit, &user.to_string()).await?;
    Ok(())
}

fn typed(form: &SecondFactorForm) -> Result<String> {
    let code: String = domain::text::fold(&form.code).chars().filter(|c| c.is_ascii_alphanumeric()).take(32).collect();
    if code.is_empty() { Err(problem("code", Rule::Required).into()) } else { Ok(code.to_uppercase()) }
}

/// Whether the code is one of now, the step before or the one after, and none of a step that has passed already: a code
/// that somebody read over a shoulder is worth nothing once it was used.
async fn use_code(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, code: &str, confirmed: bool) -> Result<bool> {
    let row = sqlx::query!(
        "select version, secret from second_factors where user_id = $1 and (confirmed_at is not null) = $2 for update",
        user.0,
        confirmed,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let secret = ctx.keys.open(place(user, "secret", row.version), &row.secret)?;
    let Some(step) = totp(&secret)?.check(code, unix(ctx)) else { return Ok(false) };
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let done = sqlx::query!("update second_factors set last_step = $2 where user_id = $1 and last_step < $2", user.0, step)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

async fn use_recovery_code(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, code: &str) -> Result<bool> {
    let done = sqlx::query!(
        "update recovery_codes set used_at = $3 where user_id = $1 and code_hash = any($2) and used_at is null",
        user.0,
        &ctx.keys.held(RECOVERY_CODE, &recovery_text(user, code)),
        ctx.clock.now(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn store_recovery_codes(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, codes: &[String]) -> Result<()> {
    let hashes: Vec<Vec<u8>> = codes.iter().map(|c| recovery_hash(ctx, user, &c.replace('-', ""))).collect();
    sqlx::query!(
        "insert into recovery_codes (user_id, code_hash) select $1, unnest($2::bytea[]) on conflict do nothing",
        user.0,
        &hashes,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// 120 bits, as a plain hash of it needs (ASVS 5.0, 6.5.2), in groups that can be read out.
fn recovery_code() -> String {
    let code = BASE32.encode(&random::<15>());
    let groups: Vec<&str> = (0..6).filter_map(|group| code.get(group * 4..group * 4 + 4)).collect();
    groups.join("-")
}

fn recovery_hash(ctx: &Ctx, user: UserId, code: &str) -> Vec<u8> {
    ctx.keys.index(RECOVERY_CODE, &recovery_text(user, code))
}

fn recovery_text(user: UserId, code: &str) -> String {
    format!("{user} {code}")
}

fn totp(secret: &[u8]) -> Result<Totp> {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1).with_step_duration(STEP);
    builder.with_secret(secret.to_vec()).build().map_err(|_| Error::Internal("the secret of an authenticator is too short"))
}

fn unix(ctx: &Ctx) -> u64 {
    u64::try_from(ctx.clock.now().unix_timestamp()).unwrap_or_default()
}

fn place(user: UserId, column: &'static str, version: i32) -> Place {
    Place { table: "second_factors", column, row: user.0, version }
}

#[cfg(test)]
mod tests;
