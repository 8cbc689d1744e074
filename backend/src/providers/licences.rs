//! The licensed providers of a province, as its bureau keeps them (features B11).

use super::ranges;
use crate::audit::{self, Entry};
use crate::staff::{self, Office};
use crate::{Ctx, Error, Result, error};
use domain::actor::Actor;
use domain::id::ProviderId;
use domain::office::NewProvider;
use domain::problem::{Problem, Rule, Section};
use domain::time::beijing_date;
use domain::views::office::{ProviderFileView, ProviderForm, ProviderView};
use serde_json::{Value, json};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

struct ProviderRow {
    id: Uuid,
    name: String,
    licence_number: String,
    phone: String,
    valid_from: Date,
    valid_to: Option<Date>,
    accesses: i64,
}

impl ProviderRow {
    fn view(self, today: Date) -> ProviderView {
        ProviderView {
            id: ProviderId(self.id),
            name: self.name,
            licence_number: self.licence_number,
            phone: self.phone,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            licensed: self.valid_from <= today && self.valid_to.is_none_or(|to| to >= today),
            accesses: u32::try_from(self.accesses).unwrap_or(u32::MAX),
        }
    }
}

/// The providers of the caller's province, by name.
pub async fn list(ctx: &Ctx, caller: &Actor) -> Result<Vec<ProviderView>> {
    let rows = rows(&mut *ctx.pool.acquire().await?, Office::province_of(caller)?, None).await?;
    let today = beijing_date(ctx.clock.now());
    Ok(rows.into_iter().map(|row| row.view(today)).collect())
}

/// One provider of the caller's province, with its administrators and ranges.
pub async fn file(ctx: &Ctx, caller: &Actor, id: ProviderId) -> Result<ProviderFileView> {
    let province = Office::province_of(caller)?;
    let mut tx = ctx.snapshot().await?;
    let row = rows(&mut tx, province, Some(id)).await?.pop().ok_or(Error::NotFound)?;
    let administrators = staff::of_office(ctx, &mut tx, caller, Office::Provider(id), true).await?;
    let ranges = ranges::of(&mut tx, id).await?;
    Ok(ProviderFileView { provider: row.view(beijing_date(ctx.clock.now())), administrators, ranges })
}

/// The providers of a province by name, or one of them.
async fn rows(conn: &mut PgConnection, province: i32, id: Option<ProviderId>) -> Result<Vec<ProviderRow>> {
    let rows = sqlx::query_as!(
        ProviderRow,
        r#"select p.id, p.name, p.licence_number, p.phone, p.valid_from, p.valid_to,
                  (select count(*) from accesses a where a.provider_id = p.id and a.cancelled_at is null) as "accesses!"
           from providers p where p.province = $1 and ($2::uuid is null or p.id = $2) order by p.name"#,
        province,
        id.map(|id| id.0),
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Enters a provider that the caller's bureau licensed.
pub async fn create(ctx: &Ctx, caller: &Actor, form: &ProviderForm) -> Result<ProviderId> {
    let province = Office::province_of(caller)?;
    let new = form.parse()?;
    let id = ctx.new_id();
    let mut tx = ctx.begin().await?;
    let written = sqlx::query!(
        "insert into providers (id, name, licence_number, province, phone, valid_from, valid_to) values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        new.name,
        new.licence_number,
        province,
        new.phone,
        new.valid_from,
        new.valid_to,
    )
    .execute(&mut *tx)
    .await;
    unique(written, &new)?;
    let entry = Entry::done(*caller, "create_provider", Some(("provider", id))).with_detail(kept(&new));
    audit::record(ctx, &mut tx, entry).await?;
    tx.commit().await?;
    Ok(ProviderId(id))
}

/// Changes what the bureau keeps of a provider. From the day after its licence ends nobody can choose it any more; what the
/// register has of it stays.
pub async fn change(ctx: &Ctx, caller: &Actor, id: ProviderId, form: &ProviderForm) -> Result<()> {
    let province = Office::province_of(caller)?;
    let new = form.parse()?;
    let mut tx = ctx.begin().await?;
    let before = sqlx::query_as!(
        NewProvider,
        "select name, licence_number, phone, valid_from, valid_to from providers where id = $1 and province = $2 for update",
        id.0,
        province,
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Error::NotFound)?;
    let written = sqlx::query!(
        "update providers set name = $3, licence_number = $4, phone = $5, valid_from = $6, valid_to = $7
         where id = $1 and province = $2",
        id.0,
        province,
        new.name,
        new.licence_number,
        new.phone,
        new.valid_from,
        new.valid_to,
    )
    .execute(&mut *tx)
    .await;
    unique(written, &new)?;
    let mut detail = kept(&new);
    detail["before"] = kept(&before);
    let entry = Entry::done(*caller, "change_provider", Some(("provider", id.0))).with_detail(detail);
    audit::record(ctx, &mut tx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// What is kept of a provider, as the audit notes it.
fn kept(provider: &NewProvider) -> Value {
    json!({
        "name": provider.name,
        "licence_number": provider.licence_number,
        "phone": provider.phone,
        "valid_from": provider.valid_from.to_string(),
        "valid_to": provider.valid_to.map(|day| day.to_string()),
    })
}

/// Name and licence are one provider's each.
fn unique<T>(written: sqlx::Result<T>, new: &NewProvider) -> Result<T> {
    let taken = |field, given: &str| Problem::with(Section::Account, field, Rule::Taken, given);
    match written {
        Err(e) if error::is_duplicate(&e, "providers_name_key") => Err(taken("name", &new.name).into()),
        Err(e) if error::is_duplicate(&e, "providers_licence_number_key") => {
            Err(taken("licence_number", &new.licence_number).into())
        }
        other => Ok(other?),
    }
}
