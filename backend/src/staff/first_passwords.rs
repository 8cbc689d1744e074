//! First passwords: made, shown to who hands them over, and replaced by who they are for.

use super::{Office, find, kept};
use crate::accounts::{judge_new_password, passwords, refuse, rows, staff_passwords, store_password, tell_both};
use crate::audit::{self, Entry};
use crate::keys::{Place, random};
use crate::sessions::{self, EndedBy, NewSession, Session};
use crate::{Ctx, Error, Result, Tx};
use domain::actor::Actor;
use domain::id::UserId;
use domain::views::accounts::{NewPasswordForm, Stage};
use domain::views::office::HandOverView;
use uuid::Uuid;

/// Letters and figures that are not mistaken for each other when they are read out or copied from paper: 32 of them, so that a
/// byte has no favourites.
const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Four groups of four: 80 bits.
const GROUPS: usize = 4;

/// A new first password and its hash.
pub(super) async fn make() -> Result<(String, String)> {
    let signs = random::<16>().map(|byte| SIGNS.get(usize::from(byte % 32)).copied().map_or('a', char::from));
    let groups: Vec<String> = signs.chunks(signs.len() / GROUPS).map(|group| group.iter().collect()).collect();
    let password = groups.join("-");
    let hash = passwords::hash(&password).await?;
    Ok((password, hash))
}

/// Keeps it, sealed, to be shown to who issued it for a while.
pub(super) async fn keep(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, issuer: UserId, password: &str) -> Result<()> {
    let (row, now) = (ctx.new_id(), ctx.clock.now());
    sqlx::query!(
        "insert into first_passwords (user_id, row_id, issued_by, issued_at, shown_until, sealed) values ($1, $2, $3, $4, $5, $6)
         on conflict (user_id) do update set row_id = excluded.row_id, issued_by = excluded.issued_by,
             issued_at = excluded.issued_at, shown_until = excluded.shown_until, sealed = excluded.sealed",
        user.0,
        row,
        issuer.0,
        now,
        now + ctx.settings.accounts.first_password_shown,
        ctx.keys.seal(place(row), password.as_bytes()),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Shows it no more.
pub(crate) async fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    sqlx::query!("delete from first_passwords where user_id = $1", user.0).execute(&mut **tx).await?;
    Ok(())
}

/// The account, and its first password while it is to be handed over: to who issued it alone. Each look is on the audit.
pub async fn hand_over(ctx: &Ctx, caller: &Actor, id: UserId) -> Result<HandOverView> {
    let mut tx = ctx.begin().await?;
    let staff = find(&mut tx, caller, id).await?.ok_or(Error::NotFound)?.view(ctx, caller)?;
    let mut roles = Office::of(caller)?.roles().to_vec();
    roles.retain(|role| role.category() == staff.role.category() && *role != staff.role);
    let issuer = caller.user().ok_or(Error::Forbidden)?;
    let row = sqlx::query!(
        "select row_id, shown_until, sealed from first_passwords where user_id = $1 and issued_by = $2 and shown_until > $3",
        id.0,
        issuer.0,
        ctx.clock.now(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(HandOverView { staff, password: None, shown_until: None, roles }) };
    let password = ctx.keys.open_text(place(row.row_id), &row.sealed)?;
    audit::record(ctx, &mut tx, Entry::done(*caller, "show_first_password", Some(("user", id.0)))).await?;
    tx.commit().await?;
    Ok(HandOverView { staff, password: Some(password), shown_until: Some(row.shown_until), roles })
}

/// It was handed over, and is shown no more.
pub async fn handed_over(ctx: &Ctx, caller: &Actor, id: UserId) -> Result<()> {
    let issuer = caller.user().ok_or(Error::Forbidden)?;
    let mut tx = ctx.begin().await?;
    find(&mut tx, caller, id).await?.ok_or(Error::NotFound)?;
    let done = sqlx::query!("delete from first_passwords where user_id = $1 and issued_by = $2", id.0, issuer.0);
    if done.execute(&mut *tx).await?.rows_affected() == 1 {
        audit::record(ctx, &mut tx, Entry::done(*caller, "hand_over_first_password", Some(("user", id.0)))).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Replaces the first password by one's own, and the session goes on to the second factor; or a password that is too old, after
/// which the session is signed in.
pub async fn choose_password(ctx: &Ctx, session: &Session, form: &NewPasswordForm) -> Result<NewSession> {
    if !session.stage.wants_password() {
        return Err(Error::Forbidden);
    }
    refuse(staff_passwords::in_its_figures(ctx, session.role, form.problems()))?;
    let row = rows::find_by_id(&ctx.pool, session.user).await?.ok_or(Error::SignedOut)?;
    let contacts = row.contacts(ctx)?;
    judge_new_password(ctx, &row, &contacts, &form.new_password).await?;
    if passwords::verify(&form.new_password, Some(&row.password_hash)).await? {
        return Err(kept("new_password").into());
    }
    let hash = passwords::hash(&form.new_password).await?;
    let mut tx = ctx.begin().await?;
    store_password(ctx, &mut tx, &row, &hash).await?;
    forget(&mut tx, session.user).await?;
    sessions::end_all(ctx, &mut tx, session.user, Some(session.id), EndedBy::Password).await?;
    let stage = match session.stage {
        Stage::ExpiredPassword => Stage::Full,
        _ => sessions::stage_after_password(&mut tx, session.user, session.role).await?,
    };
    let renewed = sessions::renew(ctx, &mut tx, session, stage).await?;
    tell_both(ctx, &mut tx, row.id, &row.user_name, &contacts, "password_changed").await?;
    audit::record(ctx, &mut tx, Entry::done(session.claimed_actor(), "choose_password", Some(("user", row.id)))).await?;
    tx.commit().await?;
    Ok(renewed)
}

fn place(row: Uuid) -> Place {
    Place { table: "first_passwords", column: "sealed", row, version: 1 }
}
