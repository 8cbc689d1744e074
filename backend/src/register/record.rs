//! From an approved filing to its record: identities with numbers, and their first versions.

use crate::{
    Ctx, Error, Result, Tx, filings,
    holds::{self, Claims, domain_key},
    journal,
    keys::Place,
    numbers, policies,
};
use domain::{
    domain_name::DomainName,
    draft::{Draft, SiteDraft},
    filing::{Event, Fact, Filing, Status},
    filing_number::FilingNumber,
    ip_range,
    refusal::Refusal,
    tables::Tables,
    text::fold,
    time::beijing_date,
};
use sqlx::PgConnection;
use uuid::Uuid;

/// Commits the reviewer's approval; the last one records sponsor, sites and accesses and issues the numbers, all in this
/// transaction. The event comes from [`journal::decide`].
pub async fn record_approval(tx: &mut Tx<'_>, ctx: &Ctx, filing: &Filing, mut event: Event) -> Result<Filing> {
    if event.to == Status::Approved {
        let number = record(tx, ctx, filing).await?;
        if let Fact::Approved { number: drawn, .. } = &mut event.fact {
            *drawn = Some(number.to_string());
        }
    }
    journal::commit(tx, ctx, filing, event).await
}

async fn record(tx: &mut Tx<'_>, ctx: &Ctx, filing: &Filing) -> Result<FilingNumber> {
    let now = ctx.clock.now();
    let missing = Error::Inconsistent { table: "filing_snapshots", column: "filing_id", id: filing.id.0 };
    let draft = filings::handed_in(ctx, tx, filing.id).await?.ok_or(missing)?;
    let tables = policies::tables_for(tx, now, &draft).await?;
    let claims = Claims::of(ctx, &draft, &tables);
    let identity = claims.sponsor_key().ok_or(Error::Refused(Refusal::Incomplete))?;
    let province = filing.province.ok_or(Error::Refused(Refusal::Incomplete))?;
    let sponsor = ctx.new_id();
    let row_id = ctx.new_id();
    let sealed = ctx.keys.seal(place("sponsor_versions", row_id), &serde_json::to_vec(&draft.sponsor)?);

    // The unique key of the register compares indexes under one key of indexes alone.
    holds::lock(tx, claims.sponsor_keys()).await?;
    let filed = sqlx::query_scalar!(
        r#"select exists(select from sponsors where identity_key = any($1) and cancelled_at is null) as "filed!""#,
        claims.sponsor_keys(),
    );
    if filed.fetch_one(&mut **tx).await? {
        return Err(Refusal::Conflict.into());
    }
    // From here on all other approvals of the province wait: nothing slow below.
    let number = numbers::draw(ctx, tx, province, filing.id).await?;
    sqlx::query!(
        "insert into sponsors (id, number, province, identity_key, last_site_number, owner_id, filed_by, created_at)
         values ($1, $2, $3, $4, $5, $6, 'self', $7)",
        sponsor,
        number.to_string(),
        i32::try_from(province).unwrap_or_default(),
        identity,
        i32::try_from(draft.sites.len()).unwrap_or(i32::MAX),
        filing.owner.0,
        now,
    )
    .execute(&mut **tx)
    .await
    .map_err(taken)?;
    sqlx::query!(
        "insert into sponsor_versions (sponsor_id, valid, recorded_at, filing_id, row_id, name, name_key, nature, sealed)
         values ($1, tstzrange($2, null), $2, $3, $4, $5, $6, $7, $8)",
        sponsor,
        now,
        filing.id.0,
        row_id,
        draft.sponsor.name.trim(),
        name_key(&draft.sponsor.name),
        code(&draft.sponsor.nature),
        sealed,
    )
    .execute(&mut **tx)
    .await?;
    holds::record(tx, sponsor, &claims).await?;
    for (site, n) in draft.sites.iter().zip(1..) {
        let number = number.site(n).map_err(|_| Error::Internal("more sites than numbers"))?;
        record_site(tx, ctx, filing, sponsor, site, number, &tables).await?;
    }
    Ok(number)
}

#[allow(clippy::too_many_arguments)]
async fn record_site(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filing: &Filing,
    sponsor: Uuid,
    site: &SiteDraft,
    number: FilingNumber,
    tables: &Tables,
) -> Result<()> {
    let now = ctx.clock.now();
    let (id, row_id) = (ctx.new_id(), ctx.new_id());
    let domain = domain_key(&site.form.domain, tables).ok_or(Error::Refused(Refusal::Incomplete))?;
    let display = DomainName::check(&site.form.domain, &tables.permitted_suffixes)
        .fine()
        .map_or_else(|| domain.clone(), |name| name.as_unicode().to_owned());
    sqlx::query!(
        "insert into sites (id, sponsor_id, number, domain, created_at) values ($1, $2, $3, $4, $5)",
        id,
        sponsor,
        number.to_string(),
        domain,
        now,
    )
    .execute(&mut **tx)
    .await
    .map_err(taken)?;
    sqlx::query!(
        "insert into site_versions (site_id, valid, recorded_at, filing_id, row_id, name, domain_display, home_page,
                                    approved_on, services, preapprovals, sealed)
         values ($1, tstzrange($2, null), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        now,
        filing.id.0,
        row_id,
        site.form.name.trim(),
        display,
        site.form.home_page.trim(),
        beijing_date(now),
        &codes(&site.form.services),
        &codes(&site.form.preapprovals),
        ctx.keys.seal(place("site_versions", row_id), &serde_json::to_vec(&site.form)?),
    )
    .execute(&mut **tx)
    .await?;
    for access in &site.accesses {
        let addresses: Vec<String> = ip_range::lines(&access.form.addresses).map(fold).collect();
        let provider: Uuid = access.form.provider_id.trim().parse().map_err(|_| Error::Refused(Refusal::Incomplete))?;
        sqlx::query!(
            "insert into accesses (id, site_id, provider_id, method, locations, addresses, service_code, filing_id, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            ctx.new_id(),
            id,
            provider,
            code(&access.form.method),
            &codes(&access.form.locations),
            &addresses,
            fold(&access.form.service_code),
            filing.id.0,
            now,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// The answers that a sponsor's record was made of: each version with the sites.
pub(crate) async fn answers(ctx: &Ctx, conn: &mut PgConnection, sponsor: Uuid) -> Result<Vec<Draft>> {
    let sites = sqlx::query!(
        "select v.row_id, v.sealed from site_versions v join sites s on s.id = v.site_id where s.sponsor_id = $1",
        sponsor
    );
    let mut forms = Vec::new();
    for (row, key) in sites.fetch_all(&mut *conn).await?.into_iter().zip(1..=u8::MAX) {
        let form = serde_json::from_slice(&ctx.keys.open(place("site_versions", row.row_id), &row.sealed)?)?;
        forms.push(SiteDraft { key, form, accesses: Vec::new() });
    }
    let versions = sqlx::query!("select row_id, sealed from sponsor_versions where sponsor_id = $1", sponsor);
    let mut drafts = Vec::new();
    for row in versions.fetch_all(conn).await? {
        let sponsor = serde_json::from_slice(&ctx.keys.open(place("sponsor_versions", row.row_id), &row.sealed)?)?;
        drafts.push(Draft { sponsor, sites: forms.clone(), ..Draft::default() });
    }
    Ok(drafts)
}

/// The register's own uniqueness is the last line behind the holds.
fn taken(error: sqlx::Error) -> Error {
    let unique = error.as_database_error().is_some_and(|e| e.is_unique_violation());
    if unique { Refusal::Conflict.into() } else { error.into() }
}

/// A name as it is searched.
pub(super) fn name_key(name: &str) -> String {
    fold(name).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn code(text: &str) -> i16 {
    text.trim().parse().unwrap_or_default()
}

fn codes(texts: &[String]) -> Vec<i16> {
    texts.iter().filter_map(|text| text.trim().parse().ok()).collect()
}

fn place(table: &'static str, row: Uuid) -> Place {
    Place { table, column: "sealed", row, version: 1 }
}
