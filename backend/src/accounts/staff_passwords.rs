//! What an installation under 等保 level 3 asks of the passwords of staff, beside what holds for everybody: see `domain::mlps`.

use super::{needs_second_factor, passwords, rows::UserRow};
use crate::settings::Profile;
use crate::{Ctx, Result, Tx};
use domain::Moment;
use domain::actor::Role;
use domain::mlps;
use domain::problem::{Problem, Rule, Section};
use time::Duration;
use uuid::Uuid;

/// Whether these rules hold for somebody of this role.
pub(crate) fn hold_for(ctx: &Ctx, role: Role) -> bool {
    ctx.settings.accounts.profile == Profile::Mlps3 && needs_second_factor(role)
}

/// What a form found, with these rules' figures: «at least 8» would be said of a password that needs ten.
pub(crate) fn in_its_figures(ctx: &Ctx, role: Role, mut problems: Vec<Problem>) -> Vec<Problem> {
    if hold_for(ctx, role) {
        for problem in problems.iter_mut().filter(|problem| problem.rule == Rule::PasswordShort) {
            problem.given = mlps::PASSWORD_MIN.to_string();
        }
    }
    problems
}

/// When a password that was set then is to be replaced; never where these rules do not hold.
pub(crate) fn until(ctx: &Ctx, role: Role, changed_at: Moment) -> Option<Moment> {
    hold_for(ctx, role).then(|| changed_at + Duration::days(mlps::PASSWORD_DAYS))
}

/// Whether the password of an account is too old to open anything but the page that replaces it.
pub(crate) async fn is_over(ctx: &Ctx, tx: &mut Tx<'_>, user: Uuid, role: Role) -> Result<bool> {
    if !hold_for(ctx, role) {
        return Ok(false);
    }
    let changed_at =
        sqlx::query_scalar!("select password_changed_at from users where id = $1", user).fetch_one(&mut **tx).await?;
    Ok(until(ctx, role, changed_at).is_some_and(|until| until <= ctx.clock.now()))
}

/// What is wrong with a new password of an account.
pub(crate) async fn judge(ctx: &Ctx, row: &UserRow, password: &str, field: &'static str) -> Result<Option<Problem>> {
    if !hold_for(ctx, row.role()?) {
        return Ok(None);
    }
    if let Some((rule, given)) = mlps::password_problem(password) {
        return Ok(Some(Problem::with(Section::Account, field, rule, given)));
    }
    let former = sqlx::query_scalar!(
        "select password_hash from former_passwords where user_id = $1 order by id desc limit $2",
        row.id,
        FORMER,
    );
    let former = former.fetch_all(&ctx.pool).await?;
    for hash in std::iter::once(&row.password_hash).chain(&former) {
        if passwords::verify(password, Some(hash)).await? {
            return Ok(Some(Problem::with(Section::Account, field, Rule::PasswordReused, mlps::REMEMBERED.to_string())));
        }
    }
    Ok(None)
}

/// Of the remembered ones the present one stands with the account.
const FORMER: i64 = mlps::REMEMBERED as i64 - 1;

/// Remembers the password that is about to be replaced, and forgets those that are long past. A first password is nobody's own.
pub(crate) async fn remember(ctx: &Ctx, tx: &mut Tx<'_>, user: Uuid) -> Result<()> {
    if ctx.settings.accounts.profile != Profile::Mlps3 {
        return Ok(());
    }
    sqlx::query!(
        "insert into former_passwords (user_id, password_hash, replaced_at)
         select id, password_hash, $2 from users where id = $1 and category <> 'registrant' and first_password_until is null",
        user,
        ctx.clock.now(),
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from former_passwords where user_id = $1
           and id not in (select id from former_passwords where user_id = $1 order by id desc limit $2)",
        user,
        FORMER,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
