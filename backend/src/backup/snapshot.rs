//! One state of the database, held still while it is dumped, counted and its objects are copied; and what a database must
//! have to be restored into.

use super::manifest::{NeededKeys, TableFacts};
use super::{BackupError, Result};
use crate::keys::Keys;
use crate::rekey::uses;
use futures::Stream;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Relations that a person made: neither Postgres' own nor an extension's.
const OURS: &str = "from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')";

/// A transaction that sees one state, and lets others see the same.
pub struct Snapshot {
    conn: PgConnection,
    /// By which `pg_dump` finds it.
    pub id: String,
}

impl Snapshot {
    /// Holds the present state.
    pub async fn begin(options: &PgConnectOptions) -> Result<Self> {
        let mut conn = connect(options).await?;
        sqlx::query("begin isolation level repeatable read, read only").execute(&mut conn).await?;
        let id = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut conn).await?;
        Ok(Self { conn, id })
    }

    /// The major version of this Postgres.
    pub async fn major(&mut self) -> Result<u32> {
        major(&mut self.conn).await
    }

    /// What the database is marked as.
    pub async fn kind(&mut self) -> Result<Option<String>> {
        Ok(sqlx::query_scalar("select kind from installation").fetch_optional(&mut self.conn).await?)
    }

    /// What had run, with its sum.
    pub async fn migrations(&mut self) -> Result<BTreeMap<i64, String>> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("select version, encode(checksum, 'hex') from _sqlx_migrations where success")
                .fetch_all(&mut self.conn)
                .await?;
        Ok(rows.into_iter().collect())
    }

    /// Rows and digest of every table.
    pub async fn tables(&mut self) -> Result<BTreeMap<String, TableFacts>> {
        let names = format!("select format('%I.%I', n.nspname, c.relname) {OURS} and c.relkind = 'r'");
        let names: Vec<String> = sqlx::query_scalar(AssertSqlSafe(names)).fetch_all(&mut self.conn).await?;
        let mut tables = BTreeMap::new();
        for name in names {
            // Postgres quoted the name. The hash is the same on every machine, and a sum asks for no order.
            let sql =
                format!("select count(*), coalesce(sum(hashtextextended(whole_row::text, 0)), 0)::text from {name} as whole_row");
            let (rows, digest) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.conn).await?;
            tables.insert(name, TableFacts { rows, digest });
        }
        Ok(tables)
    }

    /// The keys that the rows name.
    pub async fn needed_keys(&mut self, keys: Option<&Keys>) -> Result<NeededKeys> {
        let (mut sealing, mut index) = (BTreeSet::new(), BTreeSet::new());
        for name in uses::count(&mut self.conn).await?.names() {
            match name.split_once(' ') {
                Some(("sealing", id)) => _ = sealing.insert(id.to_owned()),
                Some((_, version)) => index.extend(version.parse::<u8>()),
                None => {}
            }
        }
        let sealing = sealing.into_iter().map(|id| (id.clone(), keys.and_then(|keys| keys.sealing_check(&id))));
        let index = index.into_iter().map(|version| (version, keys.and_then(|keys| keys.index_check(version))));
        let held = uses::held(&mut self.conn).await?.into_iter();
        let held = held.map(|version| (version, keys.and_then(|keys| keys.held_check(version))));
        Ok(NeededKeys { sealing: sealing.collect(), index: index.collect(), held: Some(held.collect()) })
    }

    /// Material and object of every row that names one, by object. What was erased names none.
    pub fn objects(&mut self) -> impl Stream<Item = sqlx::Result<(Uuid, String)>> + '_ {
        sqlx::query_as(
            "select id, object_key from materials where sealed <> ''
             union all select material_id, object_key from material_thumbnails order by object_key",
        )
        .fetch(&mut self.conn)
    }
}

/// The major version of a Postgres.
pub async fn major(conn: &mut PgConnection) -> Result<u32> {
    let number: i32 = sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(conn).await?;
    Ok(u32::try_from(number / 10_000).unwrap_or_default())
}

/// A connection that may take its time, and writes values in one form whatever the database's settings are.
pub async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    let options = options.clone().application_name("beian backup").options([
        ("statement_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
        ("timezone", "UTC"),
        ("datestyle", "ISO"),
        ("intervalstyle", "postgres"),
        ("bytea_output", "hex"),
        ("extra_float_digits", "1"),
    ]);
    Ok(options.connect().await?)
}

/// Whether a material's row names an object now. Waits for whoever is erasing it.
pub async fn still_stands(conn: &mut PgConnection, material: Uuid) -> Result<bool> {
    let row = sqlx::query("select sealed <> '' from materials where id = $1 for share").bind(material).fetch_optional(conn);
    Ok(match row.await? {
        Some(row) => row.try_get(0)?,
        None => false,
    })
}

/// Refuses a database with anything in it.
pub async fn refuse_used(conn: &mut PgConnection) -> Result<()> {
    let sql =
        format!("select format('%I.%I', n.nspname, c.relname) {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') limit 1");
    let found: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_optional(conn).await?;
    found.map_or(Ok(()), |name| Err(BackupError::DatabaseInUse(name)))
}
