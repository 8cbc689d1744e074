//! The table `users`.

use super::Contacts;
use crate::keys::Place;
use crate::{Ctx, Error, Result, Tx};
use domain::Moment;
use domain::account::user_name_problem;
use domain::actor::{Actor, Category, Role};
use domain::id::{ProviderId, UserId};
use sqlx::{PgConnection, PgExecutor};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(crate) struct UserRow {
    pub(crate) id: Uuid,
    pub(crate) user_name: String,
    pub(crate) role: String,
    pub(crate) provider_id: Option<Uuid>,
    pub(crate) province: Option<i32>,
    pub(crate) status: String,
    pub(crate) expires_at: Option<Moment>,
    pub(crate) lang: String,
    pub(crate) version: i32,
    pub(crate) contact_name: Vec<u8>,
    pub(crate) mobile: Vec<u8>,
    pub(crate) email: Vec<u8>,
    pub(crate) password_hash: String,
    pub(crate) password_changed_at: Moment,
    pub(crate) first_password_until: Option<Moment>,
}

/// Whatever was typed as a name; what cannot be one is nobody's, and never goes as far as the database.
pub(crate) async fn find_by_name(db: impl PgExecutor<'_>, user_name: &str) -> Result<Option<UserRow>> {
    if user_name_problem(user_name).is_some() {
        return Ok(None);
    }
    let row = sqlx::query_as!(
        UserRow,
        r#"select id, user_name as "user_name: String", role, provider_id, province, status, expires_at, lang, version,
                  contact_name, mobile, email, password_hash, password_changed_at, first_password_until
           from users where user_name = $1::text::citext"#,
        user_name.trim(),
    );
    Ok(row.fetch_optional(db).await?)
}

pub(crate) async fn find_by_id(db: impl PgExecutor<'_>, user: UserId) -> Result<Option<UserRow>> {
    let row = sqlx::query_as!(
        UserRow,
        r#"select id, user_name as "user_name: String", role, provider_id, province, status, expires_at, lang, version,
                  contact_name, mobile, email, password_hash, password_changed_at, first_password_until
           from users where id = $1"#,
        user.0,
    );
    Ok(row.fetch_optional(db).await?)
}

/// The names of these accounts, as colleagues know them; those that are gone have none.
pub(crate) async fn names(ctx: &Ctx, conn: &mut PgConnection, users: &[Uuid]) -> Result<BTreeMap<Uuid, String>> {
    let rows = sqlx::query!("select id, version, contact_name from users where id = any($1)", users).fetch_all(conn).await?;
    let named = rows
        .into_iter()
        .map(|row| Ok((row.id, ctx.keys.open_text(place(row.id, "contact_name", row.version), &row.contact_name)?)));
    named.collect()
}

impl UserRow {
    pub(crate) fn user(&self) -> UserId {
        UserId(self.id)
    }

    /// Whether it waits for its codes and its name is not free yet.
    pub(crate) fn is_unconfirmed(&self, now: Moment) -> bool {
        self.status == "unconfirmed" && self.expires_at.is_some_and(|e| e > now)
    }

    pub(crate) fn role(&self) -> Result<Role> {
        Role::find(&self.role).ok_or(Error::Inconsistent { table: "users", column: "role", id: self.id })
    }

    pub(crate) fn category(&self) -> Result<Category> {
        Ok(self.role()?.category())
    }

    pub(crate) fn actor(&self) -> Result<Actor> {
        actor(self.id, self.role()?, self.provider_id, self.province)
    }

    pub(crate) fn contacts(&self, ctx: &Ctx) -> Result<Contacts> {
        open(ctx, self.id, self.version, [&self.contact_name, &self.mobile, &self.email], &self.lang)
    }
}

/// Opens name, mobile and mail address of one version of somebody's contacts.
pub(crate) fn open(ctx: &Ctx, id: Uuid, version: i32, sealed: [&[u8]; 3], lang: &str) -> Result<Contacts> {
    let open = |column, sealed: &[u8]| ctx.keys.open_text(place(id, column, version), sealed);
    let [name, mobile, email] = sealed;
    Ok(Contacts {
        name: open("contact_name", name)?,
        mobile: open("mobile", mobile)?,
        email: open("email", email)?,
        lang: lang.to_owned(),
    })
}

/// The actor that an account is.
pub(crate) fn actor(id: Uuid, role: Role, provider: Option<Uuid>, province: Option<i32>) -> Result<Actor> {
    let user = UserId(id);
    let missing = |column| Error::Inconsistent { table: "users", column, id };
    Ok(match role.category() {
        Category::Registrant => Actor::Registrant { user },
        Category::Provider => Actor::Provider { user, provider: ProviderId(provider.ok_or(missing("provider_id"))?), role },
        Category::Bureau => {
            let province = province.and_then(|p| u32::try_from(p).ok()).ok_or(missing("province"))?;
            Actor::Bureau { user, province, role }
        }
    })
}

/// The three sealed columns and the two indexes of one version of somebody's contacts.
pub(crate) struct SealedContacts {
    pub(crate) name: Vec<u8>,
    pub(crate) mobile: Vec<u8>,
    pub(crate) email: Vec<u8>,
    pub(crate) mobile_index: Vec<u8>,
    pub(crate) email_index: Vec<u8>,
}

pub(crate) fn seal(ctx: &Ctx, id: Uuid, version: i32, name: &str, mobile: &str, email: &str) -> SealedContacts {
    let seal = |column, plain: &str| ctx.keys.seal(place(id, column, version), plain.as_bytes());
    SealedContacts {
        name: seal("contact_name", name),
        mobile: seal("mobile", mobile),
        email: seal("email", email),
        mobile_index: ctx.keys.index("mobile", mobile),
        email_index: ctx.keys.index("email", &email.to_lowercase()),
    }
}

/// Replaces the contacts of the version that was read; `Stale` if somebody was faster.
pub(crate) async fn replace_contacts(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    row: &UserRow,
    name: &str,
    mobile: &str,
    email: &str,
) -> Result<()> {
    let sealed = seal(ctx, row.id, row.version + 1, name, mobile, email);
    let done = sqlx::query!(
        "update users set version = version + 1, contact_name = $3, mobile = $4, email = $5, mobile_index = $6,
                          email_index = $7
         where id = $1 and version = $2",
        row.id,
        row.version,
        sealed.name,
        sealed.mobile,
        sealed.email,
        sealed.mobile_index,
        sealed.email_index,
    )
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::Stale) }
}

fn place(row: Uuid, column: &'static str, version: i32) -> Place {
    Place { table: "users", column, row, version }
}
