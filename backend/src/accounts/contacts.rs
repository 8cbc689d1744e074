//! Change of contacts (features A8): a new mobile or mail address holds once its code came back.

use super::codes::{self, Addressee, Purpose};
use super::{Contacts, prove_password, refuse, registration, rows, tell_both};
use crate::audit::{self, Entry};
use crate::sessions::Session;
use crate::{Ctx, Error, Result};
use domain::problem::Rule;
use domain::views::accounts::{ContactCodesForm, ContactForm};

/// Changes the contact's name at once, and sends a code to each new contact. Answers whether codes are under way.
pub async fn ask_contact_change(ctx: &Ctx, session: &Session, form: &ContactForm) -> Result<bool> {
    refuse(form.problems())?;
    let row = rows::find_by_id(&ctx.pool, session.user).await?.ok_or(Error::SignedOut)?;
    prove_password(ctx, &row, &form.password, "password", Rule::OldPasswordWrong).await?;
    let now = row.contacts(ctx)?;
    let typed = |text: &str| !text.trim().is_empty();
    let mobile = typed(&form.mobile).then(|| registration::mobile(&form.mobile)).transpose()?.filter(|m| *m != now.mobile);
    let email = typed(&form.email).then(|| registration::email(&form.email)).transpose()?.filter(|e| *e != now.email);
    let fresh: Vec<&str> = mobile.iter().chain(&email).map(String::as_str).collect();
    if !fresh.is_empty() {
        codes::allow_sending(ctx, &fresh).await?;
    }
    let mut tx = ctx.begin().await?;
    let name = form.contact_name.trim();
    if name != now.name {
        rows::replace_contacts(ctx, &mut tx, &row, name, &now.mobile, &now.email).await?;
    }
    let to = Addressee { user: session.user, user_name: &row.user_name, lang: &row.lang };
    for (purpose, contact) in [(Purpose::NewMobile, &mobile), (Purpose::NewEmail, &email)] {
        if let Some(contact) = contact {
            codes::send(ctx, &mut tx, &to, purpose, contact, true).await?;
        }
    }
    audit::record(ctx, &mut tx, Entry::done(session.actor(), "ask_contact_change", Some(("user", row.id)))).await?;
    tx.commit().await?;
    Ok(!fresh.is_empty())
}

/// Takes over each new contact whose code is right, and tells the contacts so far.
pub async fn confirm_contact_change(ctx: &Ctx, session: &Session, form: &ContactCodesForm) -> Result<()> {
    let row = rows::find_by_id(&ctx.pool, session.user).await?.ok_or(Error::SignedOut)?;
    let old = row.contacts(ctx)?;
    let mut new = Contacts { ..old.clone() };
    let (mut used, mut problems) = (Vec::new(), Vec::new());
    for (purpose, typed, contact) in
        [(Purpose::NewMobile, &form.mobile_code, &mut new.mobile), (Purpose::NewEmail, &form.email_code, &mut new.email)]
    {
        if codes::find_target(ctx, session.user, purpose).await?.is_none() && typed.trim().is_empty() {
            continue;
        }
        match codes::check(ctx, session.user, purpose, typed).await? {
            Ok(code) => {
                if let Some(target) = &code.target {
                    contact.clone_from(target);
                }
                used.push(code);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if used.is_empty() && problems.is_empty() {
        return Err(Error::NotFound);
    }
    refuse(problems)?;
    let mut tx = ctx.begin().await?;
    for code in &used {
        if !codes::use_up(&mut tx, code).await? {
            return Err(Error::Stale);
        }
    }
    rows::replace_contacts(ctx, &mut tx, &row, &new.name, &new.mobile, &new.email).await?;
    tell_both(ctx, &mut tx, row.id, &row.user_name, &old, "contacts_changed").await?;
    audit::record(ctx, &mut tx, Entry::done(session.actor(), "confirm_contact_change", Some(("user", row.id)))).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets the new contacts that wait for their codes.
pub async fn drop_contact_change(ctx: &Ctx, session: &Session) -> Result<()> {
    let mut tx = ctx.begin().await?;
    sqlx::query!("delete from codes where user_id = $1 and purpose in ('new_mobile', 'new_email')", session.user.0)
        .execute(&mut *tx)
        .await?;
    let entry = Entry::done(session.actor(), "drop_contact_change", Some(("user", session.user.0)));
    audit::record(ctx, &mut tx, entry).await?;
    tx.commit().await?;
    Ok(())
}
