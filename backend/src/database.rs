//! The connection to the one database, and whether it is fit to be served.

use crate::{Error, Result, Tx};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    Connection, PgPool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::collections::BTreeMap;
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// Connections of one node: nodes are many, the database is one.
const CONNECTIONS: u32 = 20;
/// A connection that was used so recently is not asked whether it still stands: that costs every query another round trip.
/// Each is asked when it is given back anyway.
const TRUSTED: Duration = Duration::from_secs(1);

/// Opens a pool; fails when the database does not answer within some seconds.
pub async fn connect(url: &SecretString) -> Result<PgPool> {
    connect_with(url, "30s").await
}

/// The same for migrations: one may take its time over a large table, and another node waits for it.
pub async fn connect_patiently(url: &SecretString) -> Result<PgPool> {
    connect_with(url, "0").await
}

async fn connect_with(url: &SecretString, longest_statement: &str) -> Result<PgPool> {
    let options: PgConnectOptions = url.expose_secret().parse()?;
    let options = options.application_name("beian").options([
        ("statement_timeout", longest_statement),
        // Whatever forgets a transaction holds its locks, and its connection, no longer than that.
        ("idle_in_transaction_session_timeout", "60s"),
        // What a node that was killed had asked for is given up, with its locks, also while it waits for a lock itself.
        ("client_connection_check_interval", "2s"),
        ("timezone", "UTC"),
        ("client_min_messages", "warning"),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .before_acquire(|connection, met| {
            Box::pin(async move {
                if met.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// Begins a transaction for changing something.
pub async fn begin(pool: &PgPool) -> Result<Tx<'static>> {
    begin_with(pool, "begin").await
}

/// Begins a transaction that sees one state of the database and changes nothing.
pub async fn snapshot(pool: &PgPool) -> Result<Tx<'static>> {
    begin_with(pool, "begin isolation level repeatable read, read only").await
}

/// In a task of its own, which ends also when nobody waits for it any more. A request whose client goes away is dropped
/// wherever it stands: within a beginning, the connection would go back to the pool in a transaction that nobody knows of,
/// and whoever has it next writes into the void (sqlx 0.9.0, its issue 4393).
async fn begin_with(pool: &PgPool, statement: &'static str) -> Result<Tx<'static>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    Ok(begun.await.map_err(|_| Error::Internal("the beginning of a transaction broke"))??)
}

/// Brings the tables up to date.
pub async fn migrate(pool: &PgPool) -> std::result::Result<(), MigrateError> {
    MIGRATIONS.run(pool).await
}

/// Every migration of this program: version and sum, as hexadecimal digits.
pub fn migrations() -> BTreeMap<i64, String> {
    MIGRATIONS.iter().map(|migration| (migration.version, hex::encode(&migration.checksum))).collect()
}

/// Whether every migration of this program has run, unchanged.
pub async fn is_current(pool: &PgPool) -> Result<bool> {
    let there: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null").fetch_one(pool).await?;
    if !there {
        return Ok(false);
    }
    let ran: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select version, checksum from _sqlx_migrations where success order by version").fetch_all(pool).await?;
    let ours = MIGRATIONS.iter().map(|migration| (migration.version, migration.checksum.to_vec()));
    Ok(ours.collect::<Vec<_>>().iter().all(|migration| ran.contains(migration)))
}

/// The database's LC_CTYPE. Under `C`, Postgres takes Chinese characters for no letters, and searches fail silently.
pub async fn character_type(pool: &PgPool) -> Result<String, Error> {
    Ok(sqlx::query_scalar("select datctype from pg_database where datname = current_database()").fetch_one(pool).await?)
}

#[cfg(test)]
mod tests;
