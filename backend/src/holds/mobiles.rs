//! How many filings one mobile serves (rules 1.5): those on their way, and the records they became. Somebody else's filing
//! counts once the mobile's owner has confirmed it: else whoever writes strangers' numbers into filings of their own would
//! block them, and would learn whose numbers are in use.
//!
//! Many may claim a mobile, so no unique key stands in the way of one too many: whoever claims it waits, until the end of
//! the transaction, for everybody else who does. These locks come after the holds, in one order too.

use super::Claims;
use crate::{Ctx, Result, Tx, confirmations};
use domain::{
    draft::Draft,
    id::{FilingId, UserId},
    phone::MOST_FILINGS,
    problem::{Problem, Rule, Section},
};
use sqlx::PgConnection;
use uuid::Uuid;

/// A mobile of a person in charge, as its blind indexes: the one to keep is the last; the others are under older keys.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    section: Section,
    indexes: Vec<Vec<u8>>,
}

impl Claim {
    /// The index that is kept of it.
    pub(super) fn kept(&self) -> Option<&[u8]> {
        self.indexes.last().map(Vec::as_slice)
    }

    /// The index under the oldest key.
    pub(super) fn oldest(&self) -> Option<&[u8]> {
        self.indexes.iter().min().map(Vec::as_slice)
    }
}

pub(super) fn of(ctx: &Ctx, draft: &Draft) -> Vec<Claim> {
    let claim = |(mobile, section)| Claim { section, indexes: confirmations::mobile_indexes(ctx, &mobile) };
    draft.mobiles().into_iter().map(claim).collect()
}

/// Claims the draft's mobiles for the filing, gives up those it no longer names, and waits for whoever claims one of them.
pub(super) async fn take(tx: &mut Tx<'_>, filing: FilingId, claims: &Claims) -> Result<()> {
    let kept = kept(claims);
    sqlx::query!("delete from mobile_claims where filing_id = $1 and mobile_index <> all($2::bytea[])", filing.0, &kept,)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "insert into mobile_claims (filing_id, mobile_index) select $1, unnest($2::bytea[]) on conflict do nothing",
        filing.0,
        &kept,
    )
    .execute(&mut **tx)
    .await?;
    let all: Vec<Vec<u8>> = claims.mobiles.iter().flat_map(|claim| claim.indexes.iter().cloned()).collect();
    super::lock(tx, &all).await
}

/// Gives up whatever the filing claims.
pub(super) async fn release(tx: &mut Tx<'_>, filing: FilingId) -> Result<()> {
    sqlx::query!("delete from mobile_claims where filing_id = $1", filing.0).execute(&mut **tx).await?;
    Ok(())
}

/// Keeps on the register whom the sponsor's filing named.
pub(super) async fn record(tx: &mut Tx<'_>, sponsor: Uuid, claims: &Claims) -> Result<()> {
    sqlx::query!(
        "insert into sponsor_mobiles (sponsor_id, mobile_index) select $1, unnest($2::bytea[])",
        sponsor,
        &kept(claims),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Mobiles that serve as many other filings as one may. Nothing is said of these (rules 0.9).
pub(super) async fn conflicts(conn: &mut PgConnection, filing: FilingId, owner: UserId, claims: &Claims) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for claim in &claims.mobiles {
        let others = sqlx::query_scalar!(
            r#"select (select count(distinct m.filing_id) from mobile_claims m join filings f on f.id = m.filing_id
                    where m.mobile_index = any($1) and m.filing_id <> $2
                      and (f.owner_id = $3 or exists(select from confirmations c
                           where c.filing_id = m.filing_id and c.mobile_index = any($1) and c.confirmed_at is not null)))
                 + (select count(distinct m.sponsor_id) from sponsor_mobiles m join sponsors s on s.id = m.sponsor_id
                    where m.mobile_index = any($1) and s.cancelled_at is null) as "others!""#,
            &claim.indexes,
            filing.0,
            owner.0,
        )
        .fetch_one(&mut *conn)
        .await?;
        if usize::try_from(others).is_ok_and(|others| others >= MOST_FILINGS) {
            problems.push(Problem::with(claim.section, "person_mobile", Rule::MobileExhausted, MOST_FILINGS.to_string()));
        }
    }
    Ok(problems)
}

/// The index that is kept of each.
fn kept(claims: &Claims) -> Vec<Vec<u8>> {
    claims.mobiles.iter().filter_map(Claim::kept).map(<[u8]>::to_vec).collect()
}
