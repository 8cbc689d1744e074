//! The services of a provider, as its administrators keep them (features P15): a filing names one to prove that its site is the
//! provider's customer (R6).

use crate::audit::{self, Entry};
use crate::staff::Office;
use crate::{Ctx, Error, Result, error};
use domain::actor::Actor;
use domain::id::ProviderId;
use domain::office::NewService;
use domain::problem::{Problem, Rule, Section};
use domain::text::fold;
use domain::time::beijing_date;
use domain::views::office::{ServiceForm, ServiceListView, ServiceView};
use serde_json::json;
use uuid::Uuid;

/// Services of one page.
const PAGE: u32 = 50;
/// Nobody turns to a later one: codes are searched for.
const LAST_PAGE: u32 = 10_000;

/// One page of the services whose code begins with `code`, by code.
pub async fn list(ctx: &Ctx, caller: &Actor, code: &str, page: u32) -> Result<ServiceListView> {
    let page = page.clamp(1, LAST_PAGE);
    let begin: String = fold(code).to_lowercase().chars().filter(|c| !c.is_control()).take(domain::office::SERVICE_MAX).collect();
    let mut services = views(ctx, Office::provider_of(caller)?, &begin, None, page).await?;
    let more = services.len() > PAGE as usize;
    services.truncate(PAGE as usize);
    Ok(ServiceListView { services, page, more })
}

/// One service of the caller's provider.
pub async fn get(ctx: &Ctx, caller: &Actor, id: Uuid) -> Result<ServiceView> {
    views(ctx, Office::provider_of(caller)?, "", Some(id), 1).await?.pop().ok_or(Error::NotFound)
}

/// A page of a provider's services and one more, or one service.
async fn views(ctx: &Ctx, provider: ProviderId, begin: &str, id: Option<Uuid>, page: u32) -> Result<Vec<ServiceView>> {
    let today = beijing_date(ctx.clock.now());
    let rows = sqlx::query!(
        r#"select s.id, s.code as "code: String", s.description, s.capacity, s.valid_to,
                  (select count(*) from accesses a where a.provider_id = s.provider_id
                   and lower(a.service_code) = lower(s.code::text) and a.cancelled_at is null)
                  + (select coalesce(sum(c.sites), 0) from service_claims c
                     where c.provider_id = s.provider_id and c.code = s.code) as "used!"
           from provider_services s
           where s.provider_id = $1 and starts_with(lower(s.code::text), $2) and ($3::uuid is null or s.id = $3)
           order by s.code limit $4 offset $5"#,
        provider.0,
        begin,
        id,
        i64::from(PAGE) + 1,
        i64::from(page - 1) * i64::from(PAGE),
    )
    .fetch_all(&ctx.pool)
    .await?;
    let views = rows.into_iter().map(|row| ServiceView {
        id: row.id,
        code: row.code,
        description: row.description,
        capacity: row.capacity.unsigned_abs(),
        used: u32::try_from(row.used).unwrap_or(u32::MAX),
        valid_to: row.valid_to,
        ended: row.valid_to.is_some_and(|day| day < today),
    });
    Ok(views.collect())
}

/// Enters a service. A code is one in any letter case.
pub async fn create(ctx: &Ctx, caller: &Actor, form: &ServiceForm) -> Result<()> {
    let provider = Office::provider_of(caller)?;
    let new = form.parse()?;
    let id = ctx.new_id();
    let mut tx = ctx.begin().await?;
    let written = sqlx::query!(
        "insert into provider_services (id, provider_id, code, description, capacity, valid_to)
         values ($1, $2, $3::text::citext, $4, $5, $6)",
        id,
        provider.0,
        new.code,
        new.description,
        new.capacity,
        new.valid_to,
    )
    .execute(&mut *tx)
    .await;
    match written {
        Err(e) if error::is_duplicate(&e, "provider_services_provider_id_code_key") => {
            return Err(Problem::with(Section::Account, "code", Rule::Taken, new.code).into());
        }
        other => other?,
    };
    audit::record(ctx, &mut tx, entry(caller, "create_service", id, &new)).await?;
    tx.commit().await?;
    Ok(())
}

/// Changes what a service is, how many sites may name it, and its last day. Its code stays: filings and the register name it.
pub async fn change(ctx: &Ctx, caller: &Actor, id: Uuid, form: &ServiceForm) -> Result<()> {
    let provider = Office::provider_of(caller)?;
    let code = get(ctx, caller, id).await?.code;
    let new = ServiceForm { code, ..form.clone() }.parse()?;
    let mut tx = ctx.begin().await?;
    let done = sqlx::query!(
        "update provider_services set description = $3, capacity = $4, valid_to = $5 where id = $1 and provider_id = $2",
        id,
        provider.0,
        new.description,
        new.capacity,
        new.valid_to,
    )
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    audit::record(ctx, &mut tx, entry(caller, "change_service", id, &new)).await?;
    tx.commit().await?;
    Ok(())
}

fn entry<'a>(caller: &Actor, verb: &'a str, id: Uuid, new: &NewService) -> Entry<'a> {
    let valid_to = new.valid_to.map(|day| day.to_string());
    let detail = json!({ "code": new.code, "capacity": new.capacity, "valid_to": valid_to });
    Entry::done(*caller, verb, Some(("service", id))).with_detail(detail)
}
