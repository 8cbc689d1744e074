//! Rows with sealed columns, and the indexes that follow from what is sealed there.

use super::{BATCH, Pass};
use crate::confirmations;
use crate::keys::{Keys, Place};
use crate::{Ctx, Error, Result};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Makes the indexes of a row from what they depend on and from what is sealed, as opened.
type Index = fn(&Keys, &str, &[String]) -> Result<Vec<Vec<u8>>>;

/// A table with sealed columns.
pub(super) struct Rows {
    pub(super) table: &'static str,
    /// The row's identifier, as it is authenticated; unique.
    row: &'static str,
    /// The row's version, as it is authenticated.
    version: &'static str,
    pub(super) sealed: &'static [&'static str],
    /// What the indexes depend on beside the sealed columns.
    about: &'static str,
    pub(super) indexes: &'static [&'static str],
    index: Index,
}

const fn plain(table: &'static str, row: &'static str, version: &'static str, sealed: &'static [&'static str]) -> Rows {
    Rows { table, row, version, sealed, about: "''", indexes: &[], index: |_, _, _| Ok(Vec::new()) }
}

pub(super) const ROWS: &[Rows] = &[
    Rows {
        indexes: &["mobile_index", "email_index"],
        index: |keys, _, opened| match opened {
            [_, mobile, email] => Ok(vec![keys.index("mobile", mobile), keys.index("email", &email.to_lowercase())]),
            _ => Ok(Vec::new()),
        },
        ..plain("users", "id", "version", &["contact_name", "mobile", "email"])
    },
    Rows {
        about: "channel",
        indexes: &["recipient_index"],
        index: |keys, channel, opened| Ok(opened.first().map(|recipient| keys.index(channel, recipient)).into_iter().collect()),
        ..plain("outbox", "id", "1", &["recipient", "params"])
    },
    Rows {
        indexes: &["mobile_index"],
        index: |keys, _, opened| opened.iter().map(|person| confirmations::index_of_person(keys, person)).collect(),
        ..plain("confirmations", "id", "1", &["sealed"])
    },
    plain("codes", "id", "1", &["target"]),
    plain("first_passwords", "row_id", "1", &["sealed"]),
    plain("second_factors", "user_id", "version", &["secret", "shown_codes"]),
    plain("passkeys", "id", "version", &["credential"]),
    plain("passkey_challenges", "id", "1", &["state"]),
    plain("flashes", "id", "1", &["content"]),
    plain("draft_sections", "row_id", "version", &["sealed"]),
    plain("filing_snapshots", "row_id", "seq", &["sealed"]),
    plain("notes", "id", "1", &["sealed"]),
    plain("materials", "id", "1", &["sealed"]),
    plain("material_thumbnails", "material_id", "1", &["sealed"]),
    plain("sponsor_versions", "row_id", "1", &["sealed"]),
    plain("site_versions", "row_id", "1", &["sealed"]),
];

type Sealed = Vec<Option<Vec<u8>>>;

impl Rows {
    /// Goes through the table once. A row that somebody changes meanwhile is left to the next time: nothing of theirs is lost.
    pub(super) async fn pass(&self, ctx: &Ctx, conn: &mut PgConnection, pass: &mut Pass<'_>) -> Result<()> {
        let mut last = Uuid::nil();
        loop {
            let rows: Vec<(Uuid, i32, String, Sealed)> = sqlx::query_as(AssertSqlSafe(self.select()))
                .bind(last)
                .bind(ctx.keys.active().as_bytes())
                .bind(i32::from(ctx.keys.index_version()))
                .bind(BATCH)
                .fetch_all(&mut *conn)
                .await?;
            for (row, version, about, sealed) in &rows {
                last = *row;
                match self.renew(ctx, *row, *version, about, sealed) {
                    Ok((renewed, indexes)) => {
                        let done = self.replace(conn, *row, sealed, &renewed, &indexes).await?;
                        pass.renewed(self.table, done);
                    }
                    Err(Error::Inconsistent { table, column, id }) => {
                        tracing::error!(table, column, %id, "a value does not open and keeps its key");
                        pass.stuck += 1;
                    }
                    Err(error) => return Err(error),
                }
            }
            if rows.is_empty() {
                return Ok(());
            }
        }
    }

    fn select(&self) -> String {
        let Self { table, row, version, about, sealed, indexes, .. } = self;
        let old = sealed.iter().map(|column| format!("sealed_with({column}) <> $2"));
        let old = old.chain(indexes.iter().map(|column| format!("indexed_with({column}) <> $3")));
        let old = old.collect::<Vec<_>>().join(" or ");
        let sealed = sealed.join(", ");
        format!(
            "select {row}, {version}, {about}, array[{sealed}] from {table}
             where {row} > $1 and ({old} or $3::int is null) order by {row} limit $4"
        )
    }

    fn renew(&self, ctx: &Ctx, row: Uuid, version: i32, about: &str, sealed: &Sealed) -> Result<(Sealed, Vec<Vec<u8>>)> {
        let place = |column| Place { table: self.table, column, row, version };
        let (mut renewed, mut opened) = (Vec::new(), Vec::new());
        for (column, value) in self.sealed.iter().zip(sealed) {
            // What was erased, or never was, stays so.
            let Some(value) = value.as_ref().filter(|value| !value.is_empty()) else {
                renewed.push(value.clone());
                continue;
            };
            let plain = ctx.keys.open(place(*column), value)?;
            renewed.push(Some(ctx.keys.seal(place(*column), &plain)));
            // Only texts are indexed.
            opened.push(String::from_utf8(plain).unwrap_or_default());
        }
        let indexes = (self.index)(&ctx.keys, about, &opened)?;
        Ok((renewed, indexes))
    }

    /// Puts the same values back, unless they are no longer those that were read.
    async fn replace(
        &self,
        conn: &mut PgConnection,
        row: Uuid,
        read: &Sealed,
        renewed: &Sealed,
        indexes: &[Vec<u8>],
    ) -> Result<u64> {
        let set = self.sealed.iter().zip(1..).map(|(column, n)| format!("{column} = ($3::bytea[])[{n}]"));
        let set = set.chain(self.indexes.iter().zip(1..).map(|(column, n)| format!("{column} = ($4::bytea[])[{n}]")));
        let set = set.collect::<Vec<_>>().join(", ");
        let Self { table, row: id, sealed, .. } = self;
        let sealed = sealed.join(", ");
        let sql = format!(
            "update {table} set {set} where {id} = $1 and array[{sealed}] is not distinct from $2::bytea[] and $4::bytea[] is not null"
        );
        let done = sqlx::query(AssertSqlSafe(sql)).bind(row).bind(read).bind(renewed).bind(indexes).execute(conn).await?;
        Ok(done.rows_affected())
    }
}
