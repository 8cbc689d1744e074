//! The staff of providers and bureaux, kept by the administrators of each (features P15, B11).
//!
//! An account begins with a first password that the system makes. It is shown to who made the account, to be handed over in
//! person, and holds until its owner replaces it at the first sign-in or its time is over (OWASP ASVS 5.0, 6.4.1). A bureau's
//! administrator keeps the administrators of the province's providers too: somebody must make the first.

mod first_passwords;

pub(crate) use first_passwords::forget;
pub use first_passwords::{choose_password, hand_over, handed_over};

use crate::accounts::{Contacts, mask_email, mask_mobile, rows, staff_passwords, tell_both};
use crate::audit::{self, Entry};
use crate::sessions::{self, EndedBy};
use crate::{Ctx, Error, Result, Tx, error, journal, second_factor};
use domain::Moment;
use domain::account::problem;
use domain::actor::{Actor, Category, Role};
use domain::filing::Command;
use domain::id::{FilingId, ProviderId, UserId};
use domain::office::{self, NewStaff};
use domain::problem::{Problem, Rule, Section};
use domain::views::office::{StaffForm, StaffListView, StaffView, Standing};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Whose staff it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Office {
    /// A provider.
    Provider(ProviderId),
    /// The bureau of a province (GB/T 2260).
    Bureau(u32),
}

impl Office {
    /// The office that an administrator keeps.
    pub fn of(caller: &Actor) -> Result<Self> {
        match *caller {
            Actor::Provider { provider, role: Role::ProviderAdmin, .. } => Ok(Self::Provider(provider)),
            Actor::Bureau { province, role: Role::BureauAdmin, .. } => Ok(Self::Bureau(province)),
            _ => Err(Error::Forbidden),
        }
    }

    /// The provider that an administrator keeps.
    pub(crate) fn provider_of(caller: &Actor) -> Result<ProviderId> {
        match Self::of(caller)? {
            Self::Provider(provider) => Ok(provider),
            Self::Bureau(_) => Err(Error::Forbidden),
        }
    }

    /// The province of the bureau that an administrator keeps, as the database has it.
    pub(crate) fn province_of(caller: &Actor) -> Result<i32> {
        Self::of(caller)?.province().ok_or(Error::Forbidden)
    }

    /// The roles of its accounts.
    pub fn roles(self) -> &'static [Role] {
        office::roles(match self {
            Self::Provider(_) => Category::Provider,
            Self::Bureau(_) => Category::Bureau,
        })
    }

    fn provider(self) -> Option<Uuid> {
        match self {
            Self::Provider(provider) => Some(provider.0),
            Self::Bureau(_) => None,
        }
    }

    fn province(self) -> Option<i32> {
        match self {
            Self::Provider(_) => None,
            Self::Bureau(province) => i32::try_from(province).ok(),
        }
    }
}

/// The staff of one's office, oneself included.
pub async fn list(ctx: &Ctx, caller: &Actor) -> Result<StaffListView> {
    let office = Office::of(caller)?;
    let staff = of_office(ctx, &mut *ctx.pool.acquire().await?, caller, office, false).await?;
    Ok(StaffListView { roles: office.roles().to_vec(), staff })
}

/// The accounts of an office by name; of a provider perhaps its administrators alone.
pub(crate) async fn of_office(
    ctx: &Ctx,
    conn: &mut PgConnection,
    caller: &Actor,
    office: Office,
    administrators: bool,
) -> Result<Vec<StaffView>> {
    let rows = sqlx::query_as!(
        StaffRow,
        r#"select id as "id!", user_name as "user_name!: String", role as "role!", status as "status!", version as "version!",
                  contact_name as "contact_name!", mobile as "mobile!", email as "email!", lang as "lang!",
                  created_at as "created_at!", first_password_until, second_factor as "second_factor!", seen_at, cases as "cases!"
           from staff
           where (provider_id = $1 or province = $2) and (not $3 or role = 'provider_admin')
           order by user_name limit 1000"#,
        office.provider(),
        office.province(),
        administrators,
    )
    .fetch_all(&mut *conn)
    .await?;
    rows.into_iter().map(|row| row.view(ctx, caller)).collect()
}

/// One account that the caller keeps; another's is not found.
pub async fn get(ctx: &Ctx, caller: &Actor, id: UserId) -> Result<StaffView> {
    let mut tx = ctx.snapshot().await?;
    find(&mut tx, caller, id).await?.ok_or(Error::NotFound)?.view(ctx, caller)
}

async fn find(conn: &mut PgConnection, caller: &Actor, id: UserId) -> Result<Option<StaffRow>> {
    let office = Office::of(caller)?;
    let row = sqlx::query_as!(
        StaffRow,
        r#"select s.id as "id!", s.user_name as "user_name!: String", s.role as "role!", s.status as "status!",
                  s.version as "version!", s.contact_name as "contact_name!", s.mobile as "mobile!", s.email as "email!",
                  s.lang as "lang!", s.created_at as "created_at!", s.first_password_until,
                  s.second_factor as "second_factor!", s.seen_at, s.cases as "cases!"
           from staff s left join providers p on p.id = s.provider_id
           where s.id = $1 and (s.provider_id = $2 or s.province = $3 or (s.role = 'provider_admin' and p.province = $3))"#,
        id.0,
        office.provider(),
        office.province(),
    );
    Ok(row.fetch_optional(conn).await?)
}

/// Makes an account of one's own office.
pub async fn create(ctx: &Ctx, caller: &Actor, form: &StaffForm) -> Result<UserId> {
    let office = Office::of(caller)?;
    create_at(ctx, caller, office, &form.parse(office.roles())?).await
}

/// Makes an administrator of a provider of the caller's province.
pub async fn create_administrator(ctx: &Ctx, caller: &Actor, provider: ProviderId, form: &StaffForm) -> Result<UserId> {
    let province = Office::province_of(caller)?;
    let found = sqlx::query_scalar!("select id from providers where id = $1 and province = $2", provider.0, province);
    if found.fetch_optional(&ctx.pool).await?.is_none() {
        return Err(Error::NotFound);
    }
    create_at(ctx, caller, Office::Provider(provider), &form.parse(&[Role::ProviderAdmin])?).await
}

/// Makes the first administrator of a bureau: by who runs the installation. Answers the first password.
pub async fn create_bureau_administrator(ctx: &Ctx, province: u32, form: &StaffForm) -> Result<String> {
    let office = Office::Bureau(province);
    let found = sqlx::query_scalar!("select province from bureaux where province = $1", office.province().unwrap_or_default());
    if found.fetch_optional(&ctx.pool).await?.is_none() {
        return Err(problem("province", Rule::UnknownCode).into());
    }
    let new = form.parse(&[Role::BureauAdmin])?;
    let (password, hash) = first_passwords::make().await?;
    let mut tx = ctx.begin().await?;
    let id = insert(ctx, &mut tx, office, &new, &hash).await?;
    audit::record(ctx, &mut tx, Entry::done(Actor::System, "create_staff", Some(("user", id.0)))).await?;
    tx.commit().await?;
    Ok(password)
}

async fn create_at(ctx: &Ctx, caller: &Actor, office: Office, new: &NewStaff) -> Result<UserId> {
    let issuer = caller.user().ok_or(Error::Forbidden)?;
    // Before the work of a hash.
    if rows::find_by_name(&ctx.pool, &new.user_name).await?.is_some() {
        return Err(problem("user_name", Rule::UserNameTaken).into());
    }
    let (password, hash) = first_passwords::make().await?;
    let mut tx = ctx.begin().await?;
    let id = insert(ctx, &mut tx, office, new, &hash).await?;
    first_passwords::keep(ctx, &mut tx, id, issuer, &password).await?;
    let entry = Entry::done(*caller, "create_staff", Some(("user", id.0))).with_detail(json!({ "role": new.role.name() }));
    audit::record(ctx, &mut tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

async fn insert(ctx: &Ctx, tx: &mut Tx<'_>, office: Office, new: &NewStaff, hash: &str) -> Result<UserId> {
    let (id, now) = (ctx.new_id(), ctx.clock.now());
    let sealed = rows::seal(ctx, id, 1, &new.contact_name, &new.mobile, &new.email);
    let written = sqlx::query!(
        "insert into users (id, user_name, category, role, provider_id, province, status, contact_name, mobile, email,
                            mobile_index, email_index, password_hash, password_changed_at, created_at, confirmed_at,
                            first_password_until)
         values ($1, $2::text::citext, $3, $4, $5, $6, 'active', $7, $8, $9, $10, $11, $12, $13, $13, $13, $14)",
        id,
        new.user_name,
        new.role.category().name(),
        new.role.name(),
        office.provider(),
        office.province(),
        sealed.name,
        sealed.mobile,
        sealed.email,
        sealed.mobile_index,
        sealed.email_index,
        hash,
        now,
        now + ctx.settings.accounts.first_password_holds,
    )
    .execute(&mut **tx)
    .await;
    match written {
        Err(e) if error::is_duplicate(&e, "users_user_name_key") => Err(problem("user_name", Rule::UserNameTaken).into()),
        Err(e) => Err(e.into()),
        Ok(_) => {
            let contacts = Contacts {
                name: new.contact_name.clone(),
                mobile: new.mobile.clone(),
                email: new.email.clone(),
                lang: "zh".to_owned(),
            };
            tell_both(ctx, tx, id, &new.user_name, &contacts, "staff_created").await?;
            Ok(UserId(id))
        }
    }
}

/// Gives an account another role of its office than it has. Its sessions end: they stand for the role they began with.
pub async fn change_role(ctx: &Ctx, caller: &Actor, id: UserId, role: &str) -> Result<()> {
    let role = office::parse_role(role, Office::of(caller)?.roles()).map_err(|fault| fault.at(Section::Account, "role"))?;
    let mut change = Change::begin(ctx, caller, id).await?;
    let held = change.row.role()?;
    if held.category() != role.category() || held == role {
        return Err(problem("role", Rule::UnknownCode).into());
    }
    sqlx::query!("update users set role = $2 where id = $1", id.0, role.name()).execute(&mut *change.tx).await?;
    release_cases(ctx, &mut change.tx, id).await?;
    change.end(ctx, caller, "change_staff_role", "staff_role_changed").await
}

/// Suspends an account: its sessions end, what it has claimed goes back to the queue.
pub async fn suspend(ctx: &Ctx, caller: &Actor, id: UserId) -> Result<()> {
    let mut change = Change::begin(ctx, caller, id).await?;
    sqlx::query!("update users set status = 'suspended' where id = $1", id.0).execute(&mut *change.tx).await?;
    release_cases(ctx, &mut change.tx, id).await?;
    forget(&mut change.tx, id).await?;
    change.end(ctx, caller, "suspend_staff", "staff_suspended").await
}

/// Lets a suspended account sign in again, by the password it had.
pub async fn resume(ctx: &Ctx, caller: &Actor, id: UserId) -> Result<()> {
    let mut change = Change::begin(ctx, caller, id).await?;
    sqlx::query!("update users set status = 'active' where id = $1", id.0).execute(&mut *change.tx).await?;
    change.end(ctx, caller, "resume_staff", "staff_resumed").await
}

/// Gives an account a new first password, for who lost the own one, and perhaps takes the authenticator that was lost.
pub async fn reissue(ctx: &Ctx, caller: &Actor, id: UserId, forget_factor: bool) -> Result<()> {
    let issuer = caller.user().ok_or(Error::Forbidden)?;
    let (password, hash) = first_passwords::make().await?;
    let mut change = Change::begin(ctx, caller, id).await?;
    let now = ctx.clock.now();
    staff_passwords::remember(ctx, &mut change.tx, id.0).await?;
    sqlx::query!(
        "update users set password_hash = $2, password_changed_at = $3, first_password_until = $4 where id = $1",
        id.0,
        hash,
        now,
        now + ctx.settings.accounts.first_password_holds,
    )
    .execute(&mut *change.tx)
    .await?;
    if forget_factor {
        second_factor::forget(&mut change.tx, id).await?;
    } else {
        second_factor::forget_unconfirmed(&mut change.tx, id).await?;
    }
    first_passwords::keep(ctx, &mut change.tx, id, issuer, &password).await?;
    let verb = if forget_factor { "reissue_password_and_factor" } else { "reissue_password" };
    change.end(ctx, caller, verb, "staff_password_reset").await
}

/// A change of an account that the caller keeps, never of the caller's own: whoever has an administrator's session must not be
/// able to make it a lasting one, and an office always keeps one administrator.
struct Change {
    tx: Tx<'static>,
    row: StaffRow,
}

impl Change {
    async fn begin(ctx: &Ctx, caller: &Actor, id: UserId) -> Result<Self> {
        Office::of(caller)?;
        let oneself = caller.user().ok_or(Error::Forbidden)?;
        let mut tx = ctx.begin().await?;
        // Both accounts, in one order: of two administrators who suspend each other at once the second one waits, and is one no
        // more.
        let locked =
            sqlx::query!("select id, role, status from users where id in ($1, $2) order by id for update", oneself.0, id.0,)
                .fetch_all(&mut *tx)
                .await?;
        let role = caller.role().map(Role::name);
        if !locked.iter().any(|user| user.id == oneself.0 && user.status == "active" && Some(user.role.as_str()) == role) {
            return Err(Error::SignedOut);
        }
        let row = find(&mut tx, caller, id).await?.ok_or(Error::NotFound)?;
        if oneself == id {
            return Err(Error::Forbidden);
        }
        Ok(Self { tx, row })
    }

    /// Ends the account's sessions and voids a link to a new password, tells its owner, and writes the audit.
    async fn end(mut self, ctx: &Ctx, caller: &Actor, verb: &str, template: &str) -> Result<()> {
        let (tx, row) = (&mut self.tx, &self.row);
        // A link that was sent before must not lead around it.
        sqlx::query!("delete from recoveries where user_id = $1", row.id).execute(&mut **tx).await?;
        sessions::end_all(ctx, tx, UserId(row.id), None, EndedBy::Administrator).await?;
        tell_both(ctx, tx, row.id, &row.user_name, &row.contacts(ctx)?, template).await?;
        audit::record(ctx, tx, Entry::done(*caller, verb, Some(("user", row.id)))).await?;
        self.tx.commit().await?;
        Ok(())
    }
}

/// Puts back what somebody has claimed.
async fn release_cases(ctx: &Ctx, tx: &mut Tx<'_>, holder: UserId) -> Result<()> {
    let held = sqlx::query_scalar!("select id from filings where claimed_by = $1 order by id", holder.0);
    for id in held.fetch_all(&mut **tx).await? {
        let filing = journal::load(tx, FilingId(id), true).await?;
        if filing.claimed_by != Some(holder) {
            continue;
        }
        let event = journal::decide(tx, ctx, &filing, &Actor::System, &Command::Release).await?;
        journal::commit(tx, ctx, &filing, event).await?;
    }
    Ok(())
}

struct StaffRow {
    id: Uuid,
    user_name: String,
    role: String,
    status: String,
    version: i32,
    contact_name: Vec<u8>,
    mobile: Vec<u8>,
    email: Vec<u8>,
    lang: String,
    created_at: Moment,
    first_password_until: Option<Moment>,
    second_factor: bool,
    seen_at: Option<Moment>,
    cases: i64,
}

impl StaffRow {
    fn role(&self) -> Result<Role> {
        Role::find(&self.role).ok_or(Error::Inconsistent { table: "users", column: "role", id: self.id })
    }

    fn contacts(&self, ctx: &Ctx) -> Result<Contacts> {
        rows::open(ctx, self.id, self.version, [&self.contact_name, &self.mobile, &self.email], &self.lang)
    }

    fn view(self, ctx: &Ctx, caller: &Actor) -> Result<StaffView> {
        let contacts = self.contacts(ctx)?;
        let standing = match (self.status.as_str(), self.first_password_until) {
            ("suspended", _) => Standing::Suspended,
            (_, None) => Standing::Active,
            (_, Some(until)) if until <= ctx.clock.now() => Standing::FirstPasswordOver,
            (_, Some(_)) => Standing::FirstPassword,
        };
        Ok(StaffView {
            id: UserId(self.id),
            role: self.role()?,
            user_name: self.user_name,
            contact_name: contacts.name,
            mobile: mask_mobile(&contacts.mobile),
            email: mask_email(&contacts.email),
            standing,
            second_factor: self.second_factor,
            oneself: caller.user() == Some(UserId(self.id)),
            cases: u32::try_from(self.cases).unwrap_or(u32::MAX),
            created_at: self.created_at,
            seen_at: self.seen_at,
            first_password_until: self.first_password_until,
        })
    }
}

/// What is wrong with a first password that is to be kept.
fn kept(field: &'static str) -> Problem {
    problem(field, Rule::FirstPasswordKept)
}

#[cfg(test)]
mod tests;
