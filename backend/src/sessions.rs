//! Sessions: a token of 256 bits in the cookie, its SHA-256 in the table (features A8, A9).
//!
//! A session ends after a time without requests, after a time in any case, by signing out, by being revoked, and with the
//! password. The token changes at sign-in and whenever the session comes to stand for more than before.

mod sign_in;

pub(crate) use sign_in::stage_after_password;
pub use sign_in::{Entered, sign_in};

use crate::accounts::{needs_second_factor, rows, staff_passwords};
use crate::audit::{self, Entry};
use crate::keys::random;
use crate::{Ctx, Error, Result, Tx};
use data_encoding::BASE64URL_NOPAD;
use domain::Moment;
use domain::actor::{Actor, Category, Role};
use domain::id::UserId;
use domain::views::accounts::{SessionView, SignedInView, Stage};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

/// Between two notes that a session was used: a request is not worth a write.
const SEEN_EVERY: time::Duration = time::Duration::seconds(60);

/// A session of a request.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its identifier.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// The account's name.
    pub user_name: String,
    /// The account's role.
    pub role: Role,
    /// The language of messages to it.
    pub lang: String,
    /// How far it has come.
    pub stage: Stage,
    actor: Actor,
}

impl Session {
    /// Who acts. Nobody, until the second factor is proved.
    pub fn actor(&self) -> Actor {
        if self.stage == Stage::Full { self.actor } else { Actor::Anonymous }
    }

    /// Who is about to sign in or is signed in: for the audit only.
    pub(crate) fn claimed_actor(&self) -> Actor {
        self.actor
    }

    /// The category the session was opened in.
    pub fn category(&self) -> Category {
        self.role.category()
    }
}

/// A token to be set as the cookie. It is nowhere else.
#[derive(Debug)]
pub struct NewSession {
    /// The cookie's value.
    pub token: SecretString,
    /// How far the session has come: where to go next.
    pub stage: Stage,
    /// The category, which has its own desk.
    pub category: Category,
    /// When it ends at the latest: the cookie's lifetime.
    pub expires_at: Moment,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// Its owner signed out.
    SignOut,
    /// Its owner revoked it from another one.
    Revoked,
    /// The password changed.
    Password,
    /// Its browser signed in anew.
    Replaced,
    /// A lost password was replaced.
    Recovery,
    /// An administrator of the office changed the account.
    Administrator,
}

impl EndedBy {
    fn name(self) -> &'static str {
        match self {
            Self::SignOut => "sign_out",
            Self::Revoked => "revoked",
            Self::Password => "password",
            Self::Replaced => "replaced",
            Self::Recovery => "recovery",
            Self::Administrator => "administrator",
        }
    }
}

/// The session of a cookie, if it still is one. Somebody is there: the time that it may rest begins anew.
pub async fn find(ctx: &Ctx, token: &str) -> Result<Option<Session>> {
    let Some((session, seen_at)) = look(ctx, token).await? else { return Ok(None) };
    let now = ctx.clock.now();
    if seen_at + SEEN_EVERY <= now {
        sqlx::query!("update sessions set seen_at = $2 where id = $1 and seen_at < $2", session.id, now)
            .execute(&ctx.pool)
            .await?;
    }
    Ok(Some(session))
}

/// The same for what a page asks for by itself: nobody need be there, and its time goes on.
pub async fn find_unattended(ctx: &Ctx, token: &str) -> Result<Option<Session>> {
    Ok(look(ctx, token).await?.map(|(session, _)| session))
}

/// The session, and when somebody was last there.
async fn look(ctx: &Ctx, token: &str) -> Result<Option<(Session, Moment)>> {
    let now = ctx.clock.now();
    let idle_since = now - ctx.settings.accounts.session_idle;
    let staff_idle_since = now - ctx.settings.accounts.session_idle_staff;
    let row = sqlx::query!(
        r#"select s.id, s.stage, s.seen_at, u.id as user_id, u.user_name as "user_name: String", u.role, u.provider_id,
                  u.province, u.lang
           from sessions s join users u on u.id = s.user_id
           where s.token_hash = $1 and s.ended_at is null and s.expires_at > $2 and u.status = 'active'
             and s.seen_at > case u.category when 'registrant' then $3::timestamptz else $4 end"#,
        token_hash(token),
        now,
        idle_since,
        staff_idle_since,
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let inconsistent = |table, column, id| Error::Inconsistent { table, column, id };
    let role = Role::find(&row.role).ok_or(inconsistent("users", "role", row.user_id))?;
    let session = Session {
        id: row.id,
        user: UserId(row.user_id),
        user_name: row.user_name,
        role,
        lang: row.lang,
        stage: Stage::find(&row.stage).ok_or(inconsistent("sessions", "stage", row.id))?,
        actor: rows::actor(row.user_id, role, row.provider_id, row.province)?,
    };
    Ok(Some((session, row.seen_at)))
}

/// Whether a session goes on, as this connection sees it: for what waited while others may have ended it.
pub async fn is_open(ctx: &Ctx, conn: &mut PgConnection, id: Uuid) -> Result<bool> {
    let now = ctx.clock.now();
    let found = sqlx::query_scalar!("select id from sessions where id = $1 and ended_at is null and expires_at > $2", id, now);
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// Who is signed in, for the frame of each page.
pub async fn view(ctx: &Ctx, session: &Session) -> Result<SignedInView> {
    let office = sqlx::query_scalar!(
        r#"select coalesce(p.name, b.name, '') as "office!" from users u
           left join providers p on p.id = u.provider_id left join bureaux b on b.province = u.province where u.id = $1"#,
        session.user.0,
    );
    Ok(SignedInView {
        account: session.user,
        user_name: session.user_name.clone(),
        category: session.category(),
        role: session.role,
        stage: session.stage,
        office: office.fetch_optional(&ctx.pool).await?.unwrap_or_default(),
        strict_password: staff_passwords::hold_for(ctx, session.role),
    })
}

/// The open sessions of one's account, the newest first.
pub async fn list(ctx: &Ctx, session: &Session) -> Result<Vec<SessionView>> {
    let now = ctx.clock.now();
    let s = &ctx.settings.accounts;
    let idle = if needs_second_factor(session.role) { s.session_idle_staff } else { s.session_idle };
    let rows = sqlx::query!(
        "select id, address, agent, created_at, seen_at, expires_at from sessions
         where user_id = $1 and ended_at is null and expires_at > $2 and seen_at > $3 and stage = 'full'
         order by created_at desc, id desc limit 100",
        session.user.0,
        now,
        now - idle,
    )
    .fetch_all(&ctx.pool)
    .await?;
    let views = rows.into_iter().map(|r| SessionView {
        id: r.id,
        current: r.id == session.id,
        address: r.address,
        agent: r.agent,
        created_at: r.created_at,
        seen_at: r.seen_at,
        expires_at: r.expires_at,
    });
    Ok(views.collect())
}

/// Ends one of one's own sessions; somebody else's is not found.
pub async fn revoke(ctx: &Ctx, session: &Session, id: Uuid) -> Result<()> {
    let mut tx = ctx.begin().await?;
    let done = sqlx::query!(
        "update sessions set ended_at = $3, ended_by = $4 where id = $1 and user_id = $2 and ended_at is null",
        id,
        session.user.0,
        ctx.clock.now(),
        EndedBy::Revoked.name(),
    )
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    audit::record(ctx, &mut tx, Entry::done(session.actor(), "revoke_session", Some(("session", id)))).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all of one's sessions but this one. Answers how many.
pub async fn revoke_others(ctx: &Ctx, session: &Session) -> Result<u64> {
    let mut tx = ctx.begin().await?;
    let ended = end_all(ctx, &mut tx, session.user, Some(session.id), EndedBy::Revoked).await?;
    let entry = Entry::done(session.actor(), "revoke_other_sessions", Some(("user", session.user.0)));
    audit::record(ctx, &mut tx, entry).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends the session of a cookie on the server, however far it has come.
pub async fn sign_out(ctx: &Ctx, token: &str) -> Result<()> {
    let Some(session) = find(ctx, token).await? else { return Ok(()) };
    let mut tx = ctx.begin().await?;
    end_one(ctx, &mut tx, session.id, EndedBy::SignOut).await?;
    audit::record(ctx, &mut tx, Entry::done(session.claimed_actor(), "sign_out", Some(("session", session.id)))).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends the sessions of an account, but for one.
pub(crate) async fn end_all(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, but: Option<Uuid>, by: EndedBy) -> Result<u64> {
    let done = sqlx::query!(
        "update sessions set ended_at = $3, ended_by = $4
         where user_id = $1 and ended_at is null and id is distinct from $2",
        user.0,
        but,
        ctx.clock.now(),
        by.name(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

async fn end_one(ctx: &Ctx, tx: &mut Tx<'_>, id: Uuid, by: EndedBy) -> Result<()> {
    sqlx::query!(
        "update sessions set ended_at = $2, ended_by = $3 where id = $1 and ended_at is null",
        id,
        ctx.clock.now(),
        by.name(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Opens a session.
async fn open(ctx: &Ctx, tx: &mut Tx<'_>, user: UserId, role: Role, stage: Stage) -> Result<NewSession> {
    let token = new_token();
    let now = ctx.clock.now();
    let expires_at = now + lifetime(ctx, stage);
    let agent: String = ctx.origin.agent.chars().filter(|c| !c.is_control()).take(200).collect();
    sqlx::query!(
        "insert into sessions (id, token_hash, user_id, stage, address, agent, created_at, seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        ctx.new_id(),
        token_hash(&token),
        user.0,
        stage.name(),
        ctx.origin.address_text(),
        agent,
        now,
        expires_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(NewSession { token: token.into(), stage, category: role.category(), expires_at })
}

/// Gives a session a new token, and perhaps a further stage. Fails if it ended or moved on meanwhile.
pub(crate) async fn renew(ctx: &Ctx, tx: &mut Tx<'_>, session: &Session, stage: Stage) -> Result<NewSession> {
    let token = new_token();
    let now = ctx.clock.now();
    let further = stage != session.stage;
    let expires_at = sqlx::query_scalar!(
        "update sessions set token_hash = $2, stage = $3, seen_at = $4,
                             expires_at = case when $5 then $6 else expires_at end
         where id = $1 and ended_at is null and stage = $7 returning expires_at",
        session.id,
        token_hash(&token),
        stage.name(),
        now,
        further,
        now + lifetime(ctx, stage),
        session.stage.name(),
    )
    .fetch_optional(&mut **tx)
    .await?;
    let expires_at = expires_at.ok_or(Error::SignedOut)?;
    Ok(NewSession { token: token.into(), stage, category: session.category(), expires_at })
}

fn lifetime(ctx: &Ctx, stage: Stage) -> std::time::Duration {
    let s = &ctx.settings.accounts;
    if stage == Stage::Full { s.session_absolute } else { s.session_half }
}

fn new_token() -> String {
    BASE64URL_NOPAD.encode(&random::<32>())
}

fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

impl NewSession {
    /// The cookie's value.
    pub fn cookie_value(&self) -> &str {
        self.token.expose_secret()
    }
}

#[cfg(test)]
mod tests;
