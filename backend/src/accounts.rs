//! Accounts: registration, contacts, passwords (features R1, A8, R13).
//!
//! Nobody learns here whether an account exists, with one exception that R1 asks for: the check of a user name answers
//! free or taken, a limited number of times.

pub(crate) mod codes;
mod contacts;
pub(crate) mod passwords;
mod recovery;
mod registration;
pub(crate) mod rows;
pub(crate) mod staff_passwords;

pub use contacts::{ask_contact_change, confirm_contact_change, drop_contact_change};
pub use recovery::{ask_recovery, finish_recovery, is_recovery_open};
pub use registration::{FREE_UNCONFIRMED, check_name, confirm, correct_contacts, free_unconfirmed, register, resend_codes};

use crate::audit::{self, Entry};
use crate::outbox::{self, Channel, Message};
use crate::sessions::{self, EndedBy, NewSession, Session};
use crate::{Ctx, Error, Result, Tx, limits, passkeys, second_factor, staff};
use codes::Purpose;
use domain::account::problem;
use domain::actor::Role;
use domain::email::Email;
use domain::id::UserId;
use domain::phone::Mobile;
use domain::problem::{Problem, Rule};
use domain::views::accounts::{PasswordForm, ProfileView};
use rows::UserRow;
use serde_json::json;
use uuid::Uuid;

/// Where messages to an account go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contacts {
    /// Whom to ask for.
    pub name: String,
    /// The mobile.
    pub mobile: String,
    /// The mail address.
    pub email: String,
    /// `zh` or `en`.
    pub lang: String,
}

/// Where messages to an account go.
pub async fn get_contacts(ctx: &Ctx, user: UserId) -> Result<Contacts> {
    let row = rows::find_by_id(&ctx.pool, user).await?.ok_or(Error::NotFound)?;
    row.contacts(ctx)
}

/// One's own account, contacts masked.
pub async fn profile(ctx: &Ctx, session: &Session) -> Result<ProfileView> {
    let row = rows::find_by_id(&ctx.pool, session.user).await?.ok_or(Error::NotFound)?;
    let contacts = row.contacts(ctx)?;
    let left = sqlx::query_scalar!(
        r#"select count(c.code_hash) as "left!" from second_factors f
           left join recovery_codes c on c.user_id = f.user_id and c.used_at is null
           where f.user_id = $1 and f.confirmed_at is not null group by f.user_id"#,
        session.user.0,
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let passkeys = if needs_second_factor(session.role) { Some(passkeys::count(ctx, session.user).await?) } else { None };
    Ok(ProfileView {
        user_name: row.user_name,
        role: session.role,
        contact_name: contacts.name,
        mobile: mask_mobile(&contacts.mobile),
        email: mask_email(&contacts.email),
        new_mobile: codes::find_target(ctx, session.user, Purpose::NewMobile).await?.map(|m| mask_mobile(&m)),
        new_email: codes::find_target(ctx, session.user, Purpose::NewEmail).await?.map(|e| mask_email(&e)),
        password_changed_at: row.password_changed_at,
        password_until: staff_passwords::until(ctx, session.role, row.password_changed_at),
        recovery_codes_left: left.map(|n| u32::try_from(n).unwrap_or_default()),
        passkeys,
    })
}

/// Refuses a new password that is known or easy to guess, or is none for staff; what the form finds by itself comes before.
pub(crate) async fn judge_new_password(ctx: &Ctx, row: &UserRow, contacts: &Contacts, password: &str) -> Result<()> {
    let about = [row.user_name.as_str(), &contacts.mobile, &contacts.email];
    refuse(passwords::judge(password, "new_password", &about).await?)?;
    refuse(staff_passwords::judge(ctx, row, password, "new_password").await?)
}

/// Changes the password (features A8): the old one is asked, all other sessions end, this one gets a new token.
pub async fn change_password(ctx: &Ctx, session: &Session, form: &PasswordForm) -> Result<NewSession> {
    refuse(staff_passwords::in_its_figures(ctx, session.role, form.problems()))?;
    let row = rows::find_by_id(&ctx.pool, session.user).await?.ok_or(Error::SignedOut)?;
    prove_password(ctx, &row, &form.old_password, "old_password", Rule::OldPasswordWrong).await?;
    let contacts = row.contacts(ctx)?;
    judge_new_password(ctx, &row, &contacts, &form.new_password).await?;
    let hash = passwords::hash(&form.new_password).await?;
    let mut tx = ctx.begin().await?;
    store_password(ctx, &mut tx, &row, &hash).await?;
    sessions::end_all(ctx, &mut tx, session.user, Some(session.id), EndedBy::Password).await?;
    let renewed = sessions::renew(ctx, &mut tx, session, session.stage).await?;
    tell_both(ctx, &mut tx, row.id, &row.user_name, &contacts, "password_changed").await?;
    audit::record(ctx, &mut tx, Entry::done(session.actor(), "change_password", Some(("user", row.id)))).await?;
    tx.commit().await?;
    Ok(renewed)
}

/// Asks for the password of somebody who is signed in, with its tries limited: a stolen session must not guess it.
pub(crate) async fn prove_password(ctx: &Ctx, row: &UserRow, password: &str, field: &'static str, rule: Rule) -> Result<()> {
    let s = &ctx.settings.accounts;
    let tries = limits::Limit { kind: "password", max: s.failures_to_lockout, window: s.lockout };
    limits::hit(ctx, tries, &row.id.to_string()).await?;
    if !passwords::verify(password, Some(&row.password_hash)).await? {
        let entry = Entry::done(row.actor()?, "prove_password", Some(("user", row.id))).with_result("wrong");
        audit::record_alone(ctx, entry).await?;
        return Err(problem(field, rule).into());
    }
    limits::clear(ctx, "password", &row.id.to_string()).await
}

pub(crate) async fn store_password(ctx: &Ctx, tx: &mut Tx<'_>, row: &UserRow, hash: &str) -> Result<()> {
    staff_passwords::remember(ctx, tx, row.id).await?;
    // The old hash is the proof that nobody changed it meanwhile.
    let done = sqlx::query!(
        "update users set password_hash = $2, password_changed_at = $3, first_password_until = null
         where id = $1 and password_hash = $4",
        row.id,
        hash,
        ctx.clock.now(),
        row.password_hash,
    )
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() != 1 {
        return Err(Error::Stale);
    }
    second_factor::forget_unconfirmed(tx, row.user()).await?;
    staff::forget(tx, row.user()).await
}

/// Tells both contacts of a change that its owner must hear of.
pub(crate) async fn tell_both(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    user: Uuid,
    user_name: &str,
    contacts: &Contacts,
    template: &str,
) -> Result<()> {
    for (channel, contact) in [(Channel::Sms, &contacts.mobile), (Channel::Email, &contacts.email)] {
        let params = json!({ "user_name": user_name });
        let message =
            Message { lang: &contacts.lang, user: Some(UserId(user)), ..Message::new(channel, contact, template, params) };
        outbox::enqueue(ctx, tx, message).await?;
    }
    Ok(())
}

pub(crate) fn refuse(problems: impl IntoIterator<Item = Problem>) -> Result<()> {
    let problems: Vec<Problem> = problems.into_iter().collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// `139****5678`
pub fn mask_mobile(mobile: &str) -> String {
    Mobile::parse(mobile, &[], &[]).map_or_else(|_| "****".to_owned(), |mobile| mobile.masked())
}

/// `z***@mail.example`
pub fn mask_email(email: &str) -> String {
    Email::parse(email).map_or_else(|_| "***".to_owned(), |email| email.masked())
}

/// The roles whose sign-in needs a second factor.
pub(crate) fn needs_second_factor(role: Role) -> bool {
    role != Role::Registrant
}

#[cfg(test)]
mod tests;
