//! Which rows name which key.

use crate::Ctx;
use crate::keys::{index_name, sealing_name};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::{BTreeMap, BTreeSet};

/// Every column that [`crate::keys::Keys::seal`] wrote: what is in it needs the key that it names.
pub(crate) const SEALED: &[(&str, &str)] = &[
    ("users", "contact_name"),
    ("users", "mobile"),
    ("users", "email"),
    ("codes", "target"),
    ("first_passwords", "sealed"),
    ("second_factors", "secret"),
    ("second_factors", "shown_codes"),
    ("passkeys", "credential"),
    ("passkey_challenges", "state"),
    ("outbox", "recipient"),
    ("outbox", "params"),
    ("flashes", "content"),
    ("draft_sections", "sealed"),
    ("filing_snapshots", "sealed"),
    ("notes", "sealed"),
    ("confirmations", "sealed"),
    ("materials", "sealed"),
    ("material_thumbnails", "sealed"),
    ("sponsor_versions", "sealed"),
    ("site_versions", "sealed"),
];

/// Every column of blind indexes by which rows are found: without the key of its version nobody is found by them again.
pub(crate) const INDEXES: &[(&str, &str)] = &[
    ("users", "mobile_index"),
    ("users", "email_index"),
    ("outbox", "recipient_index"),
    ("confirmations", "mobile_index"),
    ("holds", "key"),
    ("identity_checks", "person_index"),
    ("mobile_claims", "mobile_index"),
    ("sponsor_mobiles", "mobile_index"),
    ("sponsors", "identity_key"),
];

/// Keyed hashes of codes that people hold for long. Nobody can index them anew: a retired key goes on checking them.
pub(crate) const HELD: &[(&str, &str)] = &[("recovery_codes", "code_hash")];

/// Of `holds.key`, only a sponsor's is an index; the others are domains.
pub(super) fn which(table: &str) -> &'static str {
    if table == "holds" { "kind = 'sponsor'" } else { "true" }
}

/// Rows by column and by the name of the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses(BTreeMap<(&'static str, &'static str), BTreeMap<String, i64>>);

impl Uses {
    /// How many values need this key.
    pub fn of(&self, name: &str) -> i64 {
        self.0.values().filter_map(|keys| keys.get(name)).sum()
    }

    /// The names of all keys that are needed.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.0.values().flat_map(|keys| keys.keys().cloned()).collect::<BTreeSet<_>>().into_iter()
    }

    /// Table, column and count of what needs this key.
    pub fn places(&self, name: &str) -> impl Iterator<Item = (&'static str, &'static str, i64)> {
        self.0.iter().filter_map(move |((table, column), keys)| Some((*table, *column, *keys.get(name)?)))
    }
}

/// Counts, however long it takes.
pub async fn count_now(ctx: &Ctx) -> crate::Result<Uses> {
    let mut tx = ctx.snapshot().await?;
    sqlx::query!("set local statement_timeout = 0").execute(&mut *tx).await?;
    Ok(count(&mut tx).await?)
}

/// Looks at every row.
pub async fn count(conn: &mut PgConnection) -> sqlx::Result<Uses> {
    let mut uses = BTreeMap::new();
    for (table, column) in SEALED {
        let sql = format!("select sealed_with({column}) as key, count(*) from {table} where length({column}) > 3 group by 1");
        let rows: Vec<(Vec<u8>, i64)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *conn).await?;
        let keys = rows.into_iter().map(|(key, rows)| (sealing_name(&String::from_utf8_lossy(&key)), rows));
        uses.insert((*table, *column), keys.collect());
    }
    for (table, column) in INDEXES {
        uses.insert((*table, *column), indexes(conn, table, column).await?);
    }
    Ok(Uses(uses))
}

/// The versions of the index key that only codes need which people hold: retired ones may be among them.
pub(crate) async fn held(conn: &mut PgConnection) -> sqlx::Result<BTreeSet<u8>> {
    let mut held = BTreeSet::new();
    for (table, column) in HELD {
        held.extend(versions(conn, table, column).await?.into_keys());
    }
    Ok(held)
}

async fn indexes(conn: &mut PgConnection, table: &str, column: &str) -> sqlx::Result<BTreeMap<String, i64>> {
    let versions = versions(conn, table, column).await?;
    Ok(versions.into_iter().map(|(version, rows)| (index_name(version), rows)).collect())
}

async fn versions(conn: &mut PgConnection, table: &str, column: &str) -> sqlx::Result<BTreeMap<u8, i64>> {
    let sql = format!(
        "select indexed_with({column}) as key, count(*) from {table} where length({column}) = 33 and {} group by 1",
        which(table)
    );
    let rows: Vec<(i32, i64)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await?;
    Ok(rows.into_iter().filter_map(|(version, rows)| Some((u8::try_from(version).ok()?, rows))).collect())
}
