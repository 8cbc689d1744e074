//! Access providers 接入服务提供者: whom one may choose, and the proof that a site is their customer (features R6).

use crate::{Ctx, Result};
use domain::{
    draft::Draft,
    id::{FilingId, ProviderId},
    problem::{Problem, Rule, Section},
    text::fold,
    time::beijing_date,
    views::filings::ProviderChoice,
};
use sqlx::PgConnection;
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

/// The accesses whose service is none of their provider's, has ended, or serves as many sites already as it may.
pub async fn service_problems(conn: &mut PgConnection, filing: FilingId, draft: &Draft, today: Date) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let mut named: Vec<(Uuid, String)> = Vec::new();
    for site in &draft.sites {
        for access in &site.accesses {
            let section = Section::Access(site.key, access.key);
            let code = fold(&access.form.service_code);
            let Ok(provider) = access.form.provider_id.trim().parse::<Uuid>() else { continue };
            if code.is_empty() {
                continue;
            }
            let left = sqlx::query_scalar!(
                r#"select s.capacity - (select count(*) from accesses a where a.provider_id = $1
                       and a.service_code = s.code::text and a.cancelled_at is null and a.filing_id <> $4) as "left!"
                   from provider_services s
                   where s.provider_id = $1 and s.code = $2::text::citext and (s.valid_to is null or s.valid_to >= $3)"#,
                provider,
                code,
                today,
                filing.0,
            )
            .fetch_optional(&mut *conn)
            .await?;
            let same = (provider, code.to_lowercase());
            let here = named.iter().filter(|n| **n == same).count();
            named.push(same);
            if left.is_none_or(|left| left <= i64::try_from(here).unwrap_or(i64::MAX)) {
                problems.push(Problem::new(section, "service_code", Rule::ServiceCode));
            }
        }
    }
    Ok(problems)
}
