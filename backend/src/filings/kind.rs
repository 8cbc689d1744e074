//! The kind of filing that fits, before one begins (features R4).

use super::registrant;
use crate::{
    Ctx, Error, Result,
    holds::{Claims, domain_key, sponsor_identity},
    limits,
    limits::Limit,
    policies,
};
use domain::{
    actor::Actor,
    draft::{Draft, SiteDraft},
    filing::{DomainFound, Kind},
    forms::{SiteForm, SponsorForm},
    problem::{Problem, Section},
    tables::Tables,
    views::filings::{KindForm, KindView},
};
use uuid::Uuid;

/// Enough for mistyping; too few for trying certificates out.
const QUESTIONS: Limit = Limit { kind: "kind", max: 30, window: std::time::Duration::from_secs(3600) };

/// Which kind of filing fits nature, certificate, domain and provider. Tells nothing of other parties than that the
/// domain is filed, which is public.
pub async fn kind(ctx: &Ctx, caller: &Actor, form: KindForm) -> Result<KindView> {
    let owner = registrant(caller)?;
    let tables = policies::tables_for(&mut *ctx.pool.acquire().await?, ctx.clock.now(), &Draft::default()).await?;
    let sponsor = SponsorForm {
        nature: form.nature.clone(),
        certificate_type: form.certificate_type.clone(),
        certificate_number: form.certificate_number.clone(),
        ..SponsorForm::default()
    };
    let identity = sponsor_identity(&sponsor, tables.today);
    let domain = domain_key(&form.domain, &tables);
    let (Some(identity), Some(domain)) = (identity.clone(), domain.clone()) else {
        return Err(Error::Invalid(problems_of(sponsor, &form.domain, &tables)));
    };
    limits::hit(ctx, QUESTIONS, &owner.to_string()).await?;
    let mut tx = ctx.snapshot().await?;
    let claims = Claims::new(ctx, Some(identity), Some(domain.clone()));
    let keys = claims.sponsor_keys();
    let filed =
        sqlx::query!("select id, number, owner_id from sponsors where identity_key = any($1) and cancelled_at is null", keys,)
            .fetch_optional(&mut *tx)
            .await?;
    let site = sqlx::query!(
        r#"select s.sponsor_id, exists(select from accesses a where a.site_id = s.id and a.provider_id = $2
               and a.cancelled_at is null) as "with_provider!"
           from sites s where s.domain = $1 and s.cancelled_at is null"#,
        domain,
        form.provider_id.trim().parse::<Uuid>().ok(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let found = match (&site, &filed) {
        (None, _) => DomainFound::Unfiled,
        (Some(site), Some(sponsor)) if site.sponsor_id == sponsor.id => DomainFound::Own { with_provider: site.with_provider },
        _ => DomainFound::Another,
    };
    let own = sqlx::query_scalar!(
        "select filing_id from holds h join filings f on f.id = h.filing_id
         where f.owner_id = $1 and ((h.kind = 'domain' and h.key = $2) or (h.kind = 'sponsor' and h.key = any($3))) limit 1",
        owner.0,
        domain.as_bytes(),
        keys,
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(KindView {
        kind: Kind::detect(filed.is_some(), found),
        number: filed.filter(|sponsor| sponsor.owner_id == owner.0).map(|sponsor| sponsor.number),
        under_way: own.map(Into::into),
    })
}

/// What is wrong with the answers that the kind depends on, as the filing's own steps would say it.
fn problems_of(sponsor: SponsorForm, domain: &str, tables: &Tables) -> Vec<Problem> {
    let form = SiteForm { domain: domain.to_owned(), ..SiteForm::default() };
    let draft = Draft { sponsor, sites: vec![SiteDraft { key: 1, form, accesses: Vec::new() }], ..Draft::default() };
    let mut found = draft.problems(tables);
    found.retain(|problem| match problem.section {
        Section::Sponsor => matches!(&*problem.field, "nature" | "certificate_type" | "certificate_number"),
        section => section == Section::Site(1) && problem.field == "domain",
    });
    found
}
