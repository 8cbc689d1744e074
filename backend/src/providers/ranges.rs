//! The address ranges of a provider, as its administrators keep them (features P15): a site's addresses must lie in them.

use crate::audit::{self, Entry};
use crate::staff::Office;
use crate::{Ctx, Error, Result, Tx, policies};
use domain::actor::Actor;
use domain::id::ProviderId;
use domain::ip_range::IpRange;
use domain::problem::{Problem, Rule, Section};
use domain::views::office::{RangeView, RangesForm};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// So many sites are counted where addresses are in use; of more it is said that they are as many at least.
const COUNTED: i64 = 1000;

/// The ranges of the caller's provider, in order.
pub async fn list(ctx: &Ctx, caller: &Actor) -> Result<Vec<RangeView>> {
    of(&mut *ctx.pool.acquire().await?, Office::provider_of(caller)?).await
}

pub(super) async fn of(conn: &mut PgConnection, provider: ProviderId) -> Result<Vec<RangeView>> {
    let rows = sqlx::query!(
        r#"select id, host(start_address) as "start!", host(end_address) as "end!", location_code
           from provider_ranges where provider_id = $1 order by start_address limit 5000"#,
        provider.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let bad = Error::Inconsistent { table: "provider_ranges", column: "start_address", id: row.id };
            let range = row.start.parse().ok().zip(row.end.parse().ok()).and_then(|(first, last)| IpRange::new(first, last));
            Ok(RangeView {
                id: row.id,
                addresses: range.ok_or(bad)?.to_string(),
                location: u32::from(row.location_code.unsigned_abs()),
            })
        })
        .collect()
}

/// Adds ranges, all or none. No address is two providers'.
pub async fn add(ctx: &Ctx, caller: &Actor, form: &RangesForm) -> Result<()> {
    let provider = Office::provider_of(caller)?;
    let mut tx = ctx.begin().await?;
    let permitted = policies::permitted_ranges(&mut tx, ctx.clock.now()).await?;
    let (ranges, location) = form.parse(&permitted)?;
    // Two who add the same at once: the second one waits, and then finds it taken.
    sqlx::query!("select pg_advisory_xact_lock(hashtext('provider_ranges'))").execute(&mut *tx).await?;
    let mut problems = Vec::new();
    for range in &ranges {
        if is_taken(&mut tx, *range).await? {
            problems.push(Problem::with(Section::Account, "addresses", Rule::Taken, range.to_string()));
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    for range in &ranges {
        let id = ctx.new_id();
        sqlx::query!(
            "insert into provider_ranges (id, provider_id, start_address, end_address, location_code)
             values ($1, $2, $3::text::inet, $4::text::inet, $5)",
            id,
            provider.0,
            range.first().to_string(),
            range.last().to_string(),
            i16::try_from(location.id()).unwrap_or_default(),
        )
        .execute(&mut *tx)
        .await?;
        let detail = json!({ "addresses": range.to_string(), "location": location.id() });
        audit::record(ctx, &mut tx, Entry::done(*caller, "add_range", Some(("range", id))).with_detail(detail)).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn is_taken(tx: &mut Tx<'_>, range: IpRange) -> Result<bool> {
    let found = sqlx::query_scalar!(
        "select id from provider_ranges
         where inetrange(start_address, end_address, '[]') && inetrange($1::text::inet, $2::text::inet, '[]') limit 1",
        range.first().to_string(),
        range.last().to_string(),
    );
    Ok(found.fetch_optional(&mut **tx).await?.is_some())
}

/// Removes a range that no site of the provider uses any more.
pub async fn remove(ctx: &Ctx, caller: &Actor, id: Uuid) -> Result<()> {
    let provider = Office::provider_of(caller)?;
    let mut tx = ctx.begin().await?;
    let row = sqlx::query!(
        r#"select host(start_address) as "start!", host(end_address) as "end!", location_code from provider_ranges
           where id = $1 and provider_id = $2 for update"#,
        id,
        provider.0,
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Error::NotFound)?;
    let bad = Error::Inconsistent { table: "provider_ranges", column: "start_address", id };
    let range = row.start.parse().ok().zip(row.end.parse().ok()).and_then(|(first, last)| IpRange::new(first, last));
    let addresses = range.ok_or(bad)?;
    // Addresses of the register are written `first` or `first-last`.
    let used = sqlx::query_scalar!(
        r#"select count(*) as "used!" from (
               select from accesses a, unnest(a.addresses) as line
               where a.provider_id = $1 and a.cancelled_at is null
                 and inetrange(split_part(line, '-', 1)::inet,
                               coalesce(nullif(split_part(line, '-', 2), ''), split_part(line, '-', 1))::inet, '[]')
                     && inetrange($2::text::inet, $3::text::inet, '[]')
               limit $4) used"#,
        provider.0,
        row.start,
        row.end,
        COUNTED,
    )
    .fetch_one(&mut *tx)
    .await?;
    if used > 0 {
        return Err(Problem::with(Section::Account, "addresses", Rule::RangeInUse, used.to_string()).into());
    }
    sqlx::query!("delete from provider_ranges where id = $1", id).execute(&mut *tx).await?;
    let detail = json!({ "addresses": addresses.to_string(), "location": row.location_code });
    audit::record(ctx, &mut tx, Entry::done(*caller, "remove_range", Some(("range", id))).with_detail(detail)).await?;
    tx.commit().await?;
    Ok(())
}
