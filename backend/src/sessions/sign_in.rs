//! Sign-in (features A9): user name, password, category; a challenge where it looks like guessing.

use super::{EndedBy, NewSession, end_one, find, open};
use crate::accounts::{needs_second_factor, passwords, rows};
use crate::audit::{self, Entry};
use crate::limits::{self, Limit};
use crate::{Ctx, Error, Result, captcha};
use domain::account::problem;
use domain::actor::{Actor, Category, Role};
use domain::id::UserId;
use domain::problem::Rule;
use domain::views::accounts::{ChallengeFor, SignInForm, Stage};
use serde_json::json;
use sqlx::PgConnection;

const BY_NAME: &str = "sign_in_name";
const BY_ADDRESS: &str = "sign_in_address";

/// What a right password leads to.
#[derive(Debug)]
pub enum Entered {
    /// A session, perhaps one that waits for its second factor.
    Opened(NewSession),
    /// The registration has not been confirmed: to the codes.
    Unconfirmed {
        /// The account's name.
        user_name: String,
    },
}

/// Signs in. `old_token` is the cookie that came along: its session ends, so that nobody can plant one (session fixation).
///
/// Name, password and category are judged together: whether a name exists shows nowhere, neither in the answer nor in the
/// time it takes; a wrong category, and that the account is suspended, are told only after a right password.
pub async fn sign_in(ctx: &Ctx, form: &SignInForm, old_token: Option<&str>) -> Result<Entered> {
    let problems = form.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let name = form.user_name.trim().to_lowercase();
    let s = &ctx.settings.accounts;
    let address = ctx.origin.limit_key();
    if captcha::is_due(ctx, ChallengeFor::SignIn, &name).await? {
        captcha::prove(ctx, ChallengeFor::SignIn, &form.challenge, &form.captcha).await?;
    }
    // Every try counts before the password is looked at; a right one clears the count. Thus no burst of parallel tries
    // gets more than the limit, on however many nodes.
    limits::hit(ctx, Limit { kind: BY_ADDRESS, max: 100 * s.address_allowance, window: s.lockout }, &address).await?;
    limits::hit(ctx, Limit { kind: BY_NAME, max: s.failures_to_lockout, window: s.lockout }, &name).await?;

    let row = rows::find_by_name(&ctx.pool, &name).await?;
    let row = row.filter(|r| matches!(r.status.as_str(), "active" | "suspended") || r.is_unconfirmed(ctx.clock.now()));
    let right = passwords::verify(&form.password, row.as_ref().map(|r| r.password_hash.as_str())).await?;
    let Some(row) = row.filter(|_| right) else {
        return refuse(ctx, &name, None, "password", Rule::SignInWrong).await;
    };
    if Some(row.category()?) != Category::find(&form.category) {
        return refuse(ctx, &name, Some(row.id), "category", Rule::CategoryWrong).await;
    }
    if row.status == "suspended" {
        return refuse(ctx, &name, Some(row.id), "password", Rule::AccountSuspended).await;
    }
    limits::clear(ctx, BY_NAME, &name).await?;
    if row.status == "unconfirmed" {
        return Ok(Entered::Unconfirmed { user_name: row.user_name });
    }

    let role = row.role()?;
    if row.first_password_until.is_some_and(|until| until <= ctx.clock.now()) {
        return refuse(ctx, &name, Some(row.id), "password", Rule::FirstPasswordOver).await;
    }
    let old = match old_token {
        Some(token) => find(ctx, token).await?,
        None => None,
    };
    let mut tx = ctx.begin().await?;
    if let Some(old) = old {
        end_one(ctx, &mut tx, old.id, EndedBy::Replaced).await?;
    }
    let stage = match row.first_password_until {
        Some(_) => Stage::FirstPassword,
        None => stage_after_password(&mut tx, row.user(), role).await?,
    };
    let session = open(ctx, &mut tx, row.user(), role, stage).await?;
    let entry = Entry::done(row.actor()?, "sign_in", Some(("user", row.id))).with_detail(json!({ "stage": stage.name() }));
    audit::record(ctx, &mut tx, entry).await?;
    tx.commit().await?;
    Ok(Entered::Opened(session))
}

/// What an own password that was right leads to.
pub(crate) async fn stage_after_password(conn: &mut PgConnection, user: UserId, role: Role) -> Result<Stage> {
    let enrolled =
        sqlx::query_scalar!("select user_id from second_factors where user_id = $1 and confirmed_at is not null", user.0)
            .fetch_optional(conn)
            .await?
            .is_some();
    Ok(match (needs_second_factor(role), enrolled) {
        (_, true) => Stage::SecondFactor,
        (true, false) => Stage::Enrolment,
        (false, false) => Stage::Full,
    })
}

/// Notes a failure and answers with its message.
async fn refuse(ctx: &Ctx, name: &str, user: Option<uuid::Uuid>, field: &'static str, rule: Rule) -> Result<Entered> {
    // The name as an index: who mistypes may have typed the password there.
    let detail = json!({ "name": hex::encode(ctx.keys.index("user_name", name)) });
    let object = user.map(|id| ("user", id));
    let entry = Entry::done(Actor::Anonymous, "sign_in", object).with_result(rule.id()).with_detail(detail);
    audit::record_alone(ctx, entry).await?;
    Err(problem(field, rule).into())
}
