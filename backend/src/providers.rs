//! Access providers 接入服务提供者: whom one may choose, and the proof that a site is their customer (features R6).

pub mod licences;
pub mod ranges;
pub mod services;

use crate::{Ctx, Error, Result, Tx};
use domain::{
    draft::Draft,
    id::{FilingId, ProviderId},
    problem::{Problem, Rule, Section},
    text::fold,
    time::beijing_date,
    views::filings::ProviderChoice,
};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::Date;
use uuid::Uuid;

/// The providers licensed today, by name.
pub async fn choices(ctx: &Ctx) -> Result<Vec<ProviderChoice>> {
    choices_in(&mut *ctx.pool.acquire().await?, beijing_date(ctx.clock.now())).await
}

pub(crate) async fn choices_in(conn: &mut PgConnection, today: Date) -> Result<Vec<ProviderChoice>> {
    let rows = sqlx::query!(
        "select id, name, licence_number from providers
         where valid_from <= $1 and (valid_to is null or valid_to >= $1) order by name",
        today,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ProviderChoice { id: ProviderId(row.id), name: row.name, licence_number: row.licence_number })
        .collect())
}

/// A provider's name; empty for one that is not there.
pub async fn name(conn: &mut PgConnection, id: ProviderId) -> Result<String> {
    let name = sqlx::query_scalar!("select name from providers where id = $1", id.0).fetch_optional(conn).await?;
    Ok(name.unwrap_or_default())
}

/// The accesses whose service is none of their provider's, has ended, or serves as many sites already as it may: those on
/// the register and those of filings on their way.
pub async fn service_problems(conn: &mut PgConnection, filing: FilingId, draft: &Draft, today: Date) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let mut named: Vec<Service> = Vec::new();
    for (section, service) in services(draft) {
        let left = sqlx::query_scalar!(
            r#"select s.capacity
                   - (select count(*) from accesses a where a.provider_id = $1 and lower(a.service_code) = lower($2)
                      and a.cancelled_at is null and a.filing_id <> $4)
                   - (select coalesce(sum(c.sites), 0) from service_claims c where c.provider_id = $1
                      and c.code = $2::text::citext and c.filing_id <> $4) as "left!"
               from provider_services s
               where s.provider_id = $1 and s.code = $2::text::citext and (s.valid_to is null or s.valid_to >= $3)"#,
            service.0,
            service.1,
            today,
            filing.0,
        )
        .fetch_optional(&mut *conn)
        .await?;
        let here = named.iter().filter(|n| **n == service).count();
        named.push(service);
        if left.is_none_or(|left| left <= i64::try_from(here).unwrap_or(i64::MAX)) {
            problems.push(Problem::new(section, "service_code", Rule::ServiceCode));
        }
    }
    Ok(problems)
}

/// Claims the services that a draft names as it is handed in. Of two filings that ask for a service's last site at once,
/// the second waits here and then finds it taken.
pub(crate) async fn claim_services(tx: &mut Tx<'_>, filing: FilingId, draft: &Draft, today: Date) -> Result<()> {
    let mut wanted: BTreeMap<Service, i16> = BTreeMap::new();
    for (_, service) in services(draft) {
        let sites = wanted.entry(service).or_default();
        *sites = sites.saturating_add(1);
    }
    let had: Vec<Service> =
        sqlx::query!("select provider_id, lower(code::text) as \"code!\" from service_claims where filing_id = $1", filing.0)
            .fetch_all(&mut **tx)
            .await?
            .into_iter()
            .map(|row| (row.provider_id, row.code))
            .collect();
    // In one order, so that two filings never wait for each other in a circle.
    for (provider, code) in wanted.keys() {
        sqlx::query!(
            "select id from provider_services where provider_id = $1 and code = $2::text::citext for no key update",
            provider,
            code,
        )
        .fetch_optional(&mut **tx)
        .await?;
    }
    let sections: BTreeMap<Section, Service> = services(draft).into_iter().collect();
    let mut problems = service_problems(tx, filing, draft, today).await?;
    problems.retain(|problem| sections.get(&problem.section).is_none_or(|service| !had.contains(service)));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    release_services(tx, filing).await?;
    for ((provider, code), sites) in wanted {
        sqlx::query!(
            "insert into service_claims (filing_id, provider_id, code, sites) values ($1, $2, $3::text::citext, $4)",
            filing.0,
            provider,
            code,
            sites,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Gives up what a filing claimed: it came back to a draft, ended, or is on the register now.
pub(crate) async fn release_services(tx: &mut Tx<'_>, filing: FilingId) -> Result<()> {
    sqlx::query!("delete from service_claims where filing_id = $1", filing.0).execute(&mut **tx).await?;
    Ok(())
}

/// A provider and the code of one of its services, in one writing.
type Service = (Uuid, String);

fn services(draft: &Draft) -> Vec<(Section, Service)> {
    let accesses = draft.sites.iter().flat_map(|site| site.accesses.iter().map(|access| (site.key, access)));
    accesses
        .filter_map(|(site, access)| {
            let code = fold(&access.form.service_code).to_lowercase();
            let provider = access.form.provider_id.trim().parse().ok()?;
            (!code.is_empty()).then_some((Section::Access(site, access.key), (provider, code)))
        })
        .collect()
}

#[cfg(test)]
mod tests;
