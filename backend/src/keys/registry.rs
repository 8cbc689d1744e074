//! What the database knows of keys: which ones rows may name, and which ones each node reads. By it a key is written with only
//! once every node reads it, and is missed at the start rather than at a row.

use super::Keys;
use crate::audit::{self, Entry};
use crate::rekey::uses;
use crate::{Ctx, Error, Result, Tx};
use domain::actor::Actor;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// All that changes these tables does so one after the other.
const LOCK: i64 = 0x6b65_7973;

/// Why keys do not fit what the database and the other nodes know.
#[derive(Debug, thiserror::Error)]
pub enum Misfit {
    /// Rows may need it.
    #[error(
        "rows of this database need the key «{0}», which is not in the keys' file: put it back, from another node's file or from \
         the copy that you keep, and start again; only `beian keys --retire` takes a key away"
    )]
    Missing(String),
    /// Two keys of one name.
    #[error("the key «{0}» of the keys' file is another one than this installation's: take the file of another node")]
    Other(String),
    /// Perhaps another database than the file's.
    #[error(
        "this database does not know the key «{0}», which the keys' file writes with: set DATABASE_URL to the database that the \
         file belongs to; if it is this one, start a node with the file first"
    )]
    Unknown(String),
    /// Old certificates and codes could not be checked.
    #[error("the keys' file has nothing of the retired key «{0}»: take the file that `beian keys --retire` wrote")]
    RetiredLost(String),
    /// A node would meet rows that it cannot open.
    #[error(
        "the node {node} does not read the key «{key}» yet: give it the file in which it was added, restart it, and then come again"
    )]
    Unread {
        /// The node.
        node: String,
        /// The key.
        key: String,
    },
    /// A node wrote with it not long ago.
    #[error(
        "the node {node} wrote with the key «{key}» within the last hour: restart it with the file that activates the new one, \
         wait for an hour, and run `beian rekey` once more"
    )]
    StillWritten {
        /// The node.
        node: String,
        /// The key.
        key: String,
    },
    /// Rows name it.
    #[error("{rows} rows need the key «{key}» still: run `beian rekey`; `beian rekey --status` tells where they are")]
    StillUsed {
        /// The key.
        key: String,
        /// How many.
        rows: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<sqlx::Error> for Misfit {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Lets this process read and write with its keys: they cover what rows need, and every node reads what it will write with.
pub async fn admit(ctx: &Ctx) -> Result<(), Misfit> {
    let mut tx = begin(ctx).await?;
    let known = sqlx::query!("select name, check_value, retired_at from installation_keys order by name");
    let known = known.fetch_all(&mut *tx).await?;
    let reads = ctx.keys.reads();
    let mut names = BTreeSet::from(ctx.keys.writes());
    if known.is_empty() {
        // Once for a database that is older than this table. What its rows need is needed by whoever comes next, too.
        names.extend(uses::count(&mut tx).await?.names());
        if let Some(name) = names.iter().find(|name| !reads.contains_key(*name)) {
            return Err(Misfit::Missing(name.clone()));
        }
    }
    for key in known {
        match reads.get(&key.name) {
            Some(check) if *check == key.check_value => {}
            Some(_) => return Err(Misfit::Other(key.name)),
            None if key.retired_at.is_none() => return Err(Misfit::Missing(key.name)),
            None if !ctx.keys.has_retired(&key.name) => return Err(Misfit::RetiredLost(key.name)),
            None => {}
        }
    }
    refuse_unread(&mut tx, &ctx.keys, &ctx.keys.writes()).await?;
    for name in names {
        sqlx::query!(
            "insert into installation_keys (name, check_value, since) values ($1, $2, $3)
             on conflict (name) do update set retired_at = null",
            name,
            reads.get(&name),
            ctx.clock.now(),
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Admits this process as a node that serves, until [`leave`].
pub async fn enter(ctx: &Ctx, name: &str) -> Result<Uuid, Misfit> {
    // Its row first: whoever activates a key from now on asks this node too.
    let node = Uuid::new_v4();
    let mut tx = begin(ctx).await?;
    put(&mut tx, ctx, node, name).await?;
    tx.commit().await?;
    match admit(ctx).await {
        Ok(()) => Ok(node),
        Err(misfit) => {
            sqlx::query!("delete from key_readers where id = $1", node).execute(&ctx.pool).await?;
            Err(misfit)
        }
    }
}

/// A node still serves. Tells its keys what they lack, if rows may name a key that is not among them.
pub async fn beat(ctx: &Ctx, node: Uuid, name: &str) -> Result<()> {
    let mut tx = ctx.begin().await?;
    put(&mut tx, ctx, node, name).await?;
    sqlx::query!("delete from key_readers where seen_at < clock_timestamp() - interval '1 day'").execute(&mut *tx).await?;
    let known = sqlx::query_scalar!("select name from installation_keys where retired_at is null order by name");
    let known = known.fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let reads = ctx.keys.reads();
    let lacking = known.into_iter().find(|name| !reads.contains_key(name));
    if let Some(key) = &lacking {
        tracing::error!(key, "rows may need a key that is not in the keys' file: this node is not ready and does no work");
    }
    ctx.keys.set_lacking(lacking);
    Ok(())
}

/// A node ends.
pub async fn leave(ctx: &Ctx, node: Uuid) -> Result<()> {
    sqlx::query!("update key_readers set ended_at = clock_timestamp(), seen_at = clock_timestamp() where id = $1", node)
        .execute(&ctx.pool)
        .await?;
    Ok(())
}

/// Lets `next` be written with instead of the context's keys: `added` are the names of the new ones.
pub async fn activate(ctx: &Ctx, next: &Keys, added: &[String]) -> Result<(), Misfit> {
    let mut tx = begin(ctx).await?;
    refuse_foreign(&mut tx, &ctx.keys).await?;
    refuse_unread(&mut tx, next, added).await?;
    note(ctx, tx, "activate_keys", added).await
}

/// Marks keys as retired that nobody writes with and no row needs.
pub async fn retire(ctx: &Ctx, names: &[String]) -> Result<(), Misfit> {
    let mut tx = begin(ctx).await?;
    refuse_foreign(&mut tx, &ctx.keys).await?;
    let reads = ctx.keys.reads();
    // As long as a receipt opens.
    let nodes = sqlx::query!(
        "select name, writes from key_readers where seen_at > clock_timestamp() - interval '1 hour' order by name, id"
    );
    for node in nodes.fetch_all(&mut *tx).await? {
        if let Some(key) = names.iter().find(|name| node.writes.contains(&identity(name, reads.get(*name)))) {
            return Err(Misfit::StillWritten { node: node.name, key: key.clone() });
        }
    }
    let used = uses::count(&mut tx).await?;
    for name in names {
        let rows = used.of(name);
        if rows > 0 {
            return Err(Misfit::StillUsed { key: name.clone(), rows });
        }
    }
    let now = ctx.clock.now();
    sqlx::query!("update installation_keys set retired_at = $2 where name = any($1)", names, now).execute(&mut *tx).await?;
    note(ctx, tx, "retire_keys", names).await
}

async fn note(ctx: &Ctx, mut tx: Tx<'_>, verb: &str, names: &[String]) -> Result<(), Misfit> {
    let entry = Entry::done(Actor::System, verb, None).with_detail(json!({ "keys": names }));
    audit::record(ctx, &mut tx, entry).await?;
    tx.commit().await?;
    Ok(())
}

async fn begin(ctx: &Ctx) -> Result<Tx<'static>> {
    let mut tx = ctx.begin().await?;
    sqlx::query!(r#"select pg_advisory_xact_lock($1) is null as "locked!""#, LOCK).fetch_one(&mut *tx).await?;
    // Counting looks at every row.
    sqlx::query!("set local statement_timeout = 0").execute(&mut *tx).await?;
    Ok(tx)
}

async fn put(tx: &mut Tx<'_>, ctx: &Ctx, node: Uuid, name: &str) -> Result<()> {
    let reads = ctx.keys.reads();
    let all: Vec<String> = reads.iter().map(|(name, check)| identity(name, Some(check))).collect();
    let writes = ctx.keys.writes().map(|name| identity(&name, reads.get(&name)));
    sqlx::query!(
        "insert into key_readers (id, name, reads, writes, seen_at) values ($1, $2, $3, $4, clock_timestamp())
         on conflict (id) do update set reads = excluded.reads, writes = excluded.writes, seen_at = excluded.seen_at",
        node,
        name,
        &all,
        &writes,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The rows of another installation's database need none of these keys: what they say of them says nothing.
async fn refuse_foreign(tx: &mut Tx<'_>, keys: &Keys) -> Result<(), Misfit> {
    let reads = keys.reads();
    for name in keys.writes() {
        let known = sqlx::query_scalar!("select check_value from installation_keys where name = $1", name);
        match known.fetch_optional(&mut **tx).await? {
            None => return Err(Misfit::Unknown(name)),
            Some(check) if reads.get(&name) != Some(&check) => return Err(Misfit::Other(name)),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Nodes that were seen a minute ago serve.
async fn refuse_unread(tx: &mut Tx<'_>, keys: &Keys, names: &[String]) -> Result<(), Misfit> {
    let nodes = sqlx::query!(
        "select name, reads from key_readers where ended_at is null and seen_at > clock_timestamp() - interval '1 minute'
         order by name, id"
    );
    let reads = keys.reads();
    for node in nodes.fetch_all(&mut **tx).await? {
        if let Some(key) = names.iter().find(|name| !node.reads.contains(&identity(name, reads.get(*name)))) {
            return Err(Misfit::Unread { node: node.name, key: key.clone() });
        }
    }
    Ok(())
}

/// A key by name and check value.
fn identity(name: &str, check: Option<&String>) -> String {
    format!("{name} {}", check.map(String::as_str).unwrap_or_default())
}
