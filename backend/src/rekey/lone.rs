//! Blind indexes beside which nothing is sealed: made anew from the answers of the filing, or of the record, that they stand for.

use super::{BATCH, Pass, uses};
use crate::confirmations::MOBILE;
use crate::filings;
use crate::holds::{SPONSOR, sponsor_identity};
use crate::reviews::PERSON;
use crate::{Ctx, Result, register, reviews};
use domain::draft::Draft;
use domain::id::FilingId;
use domain::time::beijing_date;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Whose answers an index was made from.
#[derive(Clone, Copy)]
enum Of {
    Filing,
    Sponsor,
}

/// A column of such indexes.
pub(super) struct Lone {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    owner: &'static str,
    of: Of,
    kind: &'static str,
}

pub(super) const LONE: &[Lone] = &[
    Lone { table: "holds", column: "key", owner: "filing_id", of: Of::Filing, kind: SPONSOR },
    Lone { table: "mobile_claims", column: "mobile_index", owner: "filing_id", of: Of::Filing, kind: MOBILE },
    Lone { table: "identity_checks", column: "person_index", owner: "filing_id", of: Of::Filing, kind: PERSON },
    Lone { table: "sponsors", column: "identity_key", owner: "id", of: Of::Sponsor, kind: SPONSOR },
    Lone { table: "sponsor_mobiles", column: "mobile_index", owner: "sponsor_id", of: Of::Sponsor, kind: MOBILE },
];

impl Lone {
    /// Goes through the table once, owner by owner.
    pub(super) async fn pass(&self, ctx: &Ctx, conn: &mut PgConnection, pass: &mut Pass<'_>) -> Result<()> {
        let Self { table, column, owner, .. } = self;
        let which = uses::which(table);
        let owners = format!(
            "select distinct {owner} from {table} where {owner} > $1 and {which} and indexed_with({column}) <> $2
             order by 1 limit $3"
        );
        let old = format!("select {column} from {table} where {owner} = $1 and {which} and indexed_with({column}) <> $2");
        let version = i32::from(ctx.keys.index_version());
        let mut last = Uuid::nil();
        loop {
            let owners: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(owners.as_str()))
                .bind(last)
                .bind(version)
                .bind(BATCH)
                .fetch_all(&mut *conn)
                .await?;
            let Some(newest) = owners.last() else { return Ok(()) };
            last = *newest;
            for owner in owners {
                let old: Vec<Vec<u8>> =
                    sqlx::query_scalar(AssertSqlSafe(old.as_str())).bind(owner).bind(version).fetch_all(&mut *conn).await?;
                let texts = self.texts(ctx, conn, owner).await?;
                for index in old {
                    let text = texts.iter().find(|text| ctx.keys.indexes(self.kind, text).contains(&index));
                    match text {
                        Some(text) => {
                            let done = self.replace(conn, owner, &index, &ctx.keys.index(self.kind, text)).await?;
                            pass.renewed(table, done);
                        }
                        // The check stands as something that was done; it holds for nobody whom the answers name.
                        None if *table == "identity_checks" => {
                            let done = self.replace(conn, owner, &index, &[]).await?;
                            pass.renewed(table, done);
                        }
                        None => {
                            tracing::error!(table, column, %owner, "an index follows from no answers and keeps its key");
                            pass.stuck += 1;
                        }
                    }
                }
            }
        }
    }

    /// What may have been indexed there, in its one writing.
    async fn texts(&self, ctx: &Ctx, conn: &mut PgConnection, owner: Uuid) -> Result<Vec<String>> {
        let drafts = match self.of {
            Of::Filing => {
                let id = FilingId(owner);
                let mut drafts = vec![filings::load_draft(ctx, conn, id).await?];
                drafts.extend(filings::snapshots(ctx, conn, id, i64::MAX).await?.into_iter().map(|(_, draft)| draft));
                drafts
            }
            Of::Sponsor => register::answers(ctx, conn, owner).await?,
        };
        let today = beijing_date(ctx.clock.now());
        let of = |draft: &Draft| -> Vec<String> {
            match self.kind {
                SPONSOR => sponsor_identity(&draft.sponsor, today).into_iter().collect(),
                MOBILE => draft.mobiles().into_iter().map(|(mobile, _)| mobile.as_str().to_owned()).collect(),
                _ => reviews::identities(draft, today),
            }
        };
        Ok(drafts.iter().flat_map(of).collect())
    }

    /// Puts the new index in the place of the old one, unless somebody else was faster.
    async fn replace(&self, conn: &mut PgConnection, owner: Uuid, old: &[u8], new: &[u8]) -> Result<u64> {
        let Self { table, column, owner: whose, .. } = self;
        let which = uses::which(table);
        let sql = format!("update {table} set {column} = $3 where {whose} = $1 and {which} and {column} = $2");
        let done = sqlx::query(AssertSqlSafe(sql)).bind(owner).bind(old).bind(new).execute(&mut *conn).await;
        match done {
            Ok(done) => Ok(done.rows_affected()),
            // A claim that was made again meanwhile stands under the new key already.
            Err(error) if self.kind == MOBILE && error.as_database_error().is_some_and(|e| e.is_unique_violation()) => {
                let sql = format!("delete from {table} where {whose} = $1 and {column} = $2");
                let done = sqlx::query(AssertSqlSafe(sql)).bind(owner).bind(old).execute(conn).await?;
                Ok(done.rows_affected())
            }
            Err(error) => Err(error.into()),
        }
    }
}
