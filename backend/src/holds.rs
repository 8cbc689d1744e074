//! What two filings may not both claim: a domain, a sponsor (rules 4.4); and what only so many may: a mobile.
//!
//! Taken at submission in one order, so that two submissions never wait for each other in a circle; the unique key lets
//! exactly one of two racing filings pass. Only then the register is asked: an approval that gave its holds up has
//! written its record by then. Keys are canonical: one person has one key with 15 and 18 digits, one company one key
//! whichever certificate it shows, one domain one A-label.

mod mobiles;

use crate::{Ctx, Error, Result, Tx};
use domain::{
    certificate_number::CertificateNumber,
    codes::CertificateType,
    domain_name::DomainName,
    draft::Draft,
    forms::SponsorForm,
    id::{FilingId, UserId},
    problem::{Problem, Rule, Section},
    tables::Tables,
};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::Date;
use uuid::Uuid;

/// The kind of a sponsor's hold, and of the blind index of its identity.
pub(crate) const SPONSOR: &str = "sponsor";

/// What a draft claims. Answers that do not parse claim nothing: they have problems of their own.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// The sponsor's identity as blind indexes: the one to keep, and those under older keys.
    sponsor: Option<Vec<Vec<u8>>>,
    /// A-labels with the section that names each first.
    domains: BTreeMap<String, Section>,
    /// The mobiles of the persons in charge.
    mobiles: Vec<mobiles::Claim>,
}

impl Claims {
    /// What this draft claims.
    pub fn of(ctx: &Ctx, draft: &Draft, tables: &Tables) -> Self {
        let domains = draft.sites.iter().rev().filter_map(|site| {
            let name = domain_key(&site.form.domain, tables)?;
            Some((name, Section::Site(site.key)))
        });
        Self {
            sponsor: sponsor_identity(&draft.sponsor, tables.today).map(|identity| sponsor_keys(ctx, &identity)),
            domains: domains.collect(),
            mobiles: mobiles::of(ctx, draft),
        }
    }

    /// The claims of a sponsor and a domain by themselves.
    pub(crate) fn new(ctx: &Ctx, sponsor: Option<String>, domain: Option<String>) -> Self {
        Self {
            sponsor: sponsor.map(|identity| sponsor_keys(ctx, &identity)),
            domains: domain.map(|name| (name, Section::Site(1))).into_iter().collect(),
            mobiles: Vec::new(),
        }
    }

    /// The sponsor's identity under every key there is.
    pub(crate) fn sponsor_keys(&self) -> &[Vec<u8>] {
        self.sponsor.as_deref().unwrap_or_default()
    }

    /// What looking for conflicts tells of strangers, each as one word: the sponsor's identity and the mobiles. Domains are
    /// public.
    pub(crate) fn secrets(&self) -> Vec<String> {
        // Under the oldest key: while keys change, all nodes count the same.
        let mobiles = self.mobiles.iter().filter_map(mobiles::Claim::oldest);
        self.sponsor_keys()
            .iter()
            .min()
            .map(Vec::as_slice)
            .into_iter()
            .chain(mobiles)
            .map(|index| index.iter().map(|byte| format!("{byte:02x}")).collect())
            .collect()
    }

    /// Without them.
    pub(crate) fn public(self) -> Self {
        Self { sponsor: None, mobiles: Vec::new(), ..self }
    }

    /// The index that the register keeps of the sponsor's identity.
    pub(crate) fn sponsor_key(&self) -> Option<&[u8]> {
        self.sponsor.as_ref()?.last().map(Vec::as_slice)
    }
}

/// The sponsor's canonical identity, where the certificate parses.
pub fn sponsor_identity(form: &SponsorForm, today: Date) -> Option<String> {
    let kind = CertificateType::choose(&form.certificate_type).ok()?;
    CertificateNumber::parse(kind, &form.certificate_number, today).ok().map(|number| number.identity())
}

/// The A-label of a domain, where it parses.
pub fn domain_key(text: &str, tables: &Tables) -> Option<String> {
    DomainName::check(text, &tables.permitted_suffixes).fine().map(|name| name.as_ascii().to_owned())
}

fn sponsor_keys(ctx: &Ctx, identity: &str) -> Vec<Vec<u8>> {
    ctx.keys.indexes(SPONSOR, identity)
}

/// Waits, until the end of the transaction, for everybody who claims the same. While keys change one claim has several indexes,
/// and a unique key sees but one of them: whoever claims locks all, then looks for all. Any two nodes have one in common.
pub(crate) async fn lock(tx: &mut Tx<'_>, indexes: &[Vec<u8>]) -> Result<()> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock(lock) is null as "waited!" from (
             select distinct hashtextextended(encode(index, 'hex'), 0) as lock from unnest($1::bytea[]) as index order by 1) as locks"#,
        indexes,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the draft's claims for the filing and gives up those it no longer makes. Anything that somebody else has is a
/// problem of one's own field.
pub async fn take(tx: &mut Tx<'_>, ctx: &Ctx, filing: FilingId, owner: UserId, claims: &Claims) -> Result<()> {
    let (kinds, keys) = rows(claims);
    sqlx::query!(
        "delete from holds h where filing_id = $1
           and not exists (select from unnest($2::text[], $3::bytea[]) as k (kind, key) where k.kind = h.kind and k.key = h.key)",
        filing.0,
        &kinds,
        &keys,
    )
    .execute(&mut **tx)
    .await?;
    // One statement would take the rows in the order of its plan; one by one they come in ours.
    for (kind, key) in kinds.iter().zip(&keys) {
        if kind == SPONSOR {
            lock(tx, claims.sponsor_keys()).await?;
        }
        sqlx::query!(
            "insert into holds (kind, key, filing_id, taken_at) values ($1, $2, $3, $4) on conflict do nothing",
            kind,
            key,
            filing.0,
            ctx.clock.now(),
        )
        .execute(&mut **tx)
        .await?;
    }
    mobiles::take(tx, filing, claims).await?;
    let problems = conflicts(tx, filing, owner, claims).await?;
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Gives up whatever the filing holds.
pub async fn release(tx: &mut Tx<'_>, filing: FilingId) -> Result<()> {
    sqlx::query!("delete from holds where filing_id = $1", filing.0).execute(&mut **tx).await?;
    mobiles::release(tx, filing).await
}

/// Keeps on the register what a sponsor's filing claimed and its tables do not hold by themselves: the mobiles.
pub(crate) async fn record(tx: &mut Tx<'_>, sponsor: Uuid, claims: &Claims) -> Result<()> {
    mobiles::record(tx, sponsor, claims).await
}

/// What others hold or have on the register, as problems of one's own fields. Nothing is said of the other party
/// (rules 0.9), except where it is oneself.
pub async fn conflicts(conn: &mut PgConnection, filing: FilingId, owner: UserId, claims: &Claims) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    if let Some(problem) = sponsor_conflict(conn, filing, owner, claims).await? {
        problems.push(problem);
    }
    let domains: Vec<String> = claims.domains.keys().cloned().collect();
    let keys: Vec<Vec<u8>> = domains.iter().map(|d| d.clone().into_bytes()).collect();
    let held = sqlx::query!(
        r#"select h.key, f.owner_id = $3 as "own!" from holds h join filings f on f.id = h.filing_id
           where h.kind = 'domain' and h.key = any($1) and h.filing_id <> $2"#,
        &keys,
        filing.0,
        owner.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let filed = sqlx::query!(
        r#"select s.domain, s.number, p.owner_id = $2 as "own!" from sites s join sponsors p on p.id = s.sponsor_id
           where s.domain = any($1) and s.cancelled_at is null"#,
        &domains,
        owner.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    for (name, section) in &claims.domains {
        let problem = |rule, given: &str| Problem::with(*section, "domain", rule, given);
        if let Some(site) = filed.iter().find(|site| site.domain == *name) {
            problems.push(if site.own { problem(Rule::DomainFiled, &site.number) } else { problem(Rule::DomainTaken, name) });
        } else if let Some(hold) = held.iter().find(|hold| hold.key == name.as_bytes()) {
            problems.push(problem(if hold.own { Rule::DomainUnderWay } else { Rule::DomainTaken }, name));
        }
    }
    problems.extend(mobiles::conflicts(conn, filing, owner, claims).await?);
    Ok(problems)
}

async fn sponsor_conflict(conn: &mut PgConnection, filing: FilingId, owner: UserId, claims: &Claims) -> Result<Option<Problem>> {
    let Some(keys) = &claims.sponsor else { return Ok(None) };
    let problem = |rule, given: &str| Some(Problem::with(Section::Sponsor, "certificate_number", rule, given));
    let filed =
        sqlx::query!("select number, owner_id from sponsors where identity_key = any($1) and cancelled_at is null", keys,)
            .fetch_optional(&mut *conn)
            .await?;
    if let Some(sponsor) = filed {
        // The number tells nothing to somebody else: the register publishes it, but not for which certificate.
        return Ok(if sponsor.owner_id == owner.0 {
            problem(Rule::OwnSponsorFiled, &sponsor.number)
        } else {
            problem(Rule::SponsorFiled, "")
        });
    }
    let held = sqlx::query_scalar!(
        r#"select exists(select from holds where kind = 'sponsor' and key = any($1) and filing_id <> $2) as "held!""#,
        keys,
        filing.0,
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(if held { problem(Rule::SponsorUnderWay, "") } else { None })
}

/// Kinds and keys in the one order in which every filing takes them.
fn rows(claims: &Claims) -> (Vec<String>, Vec<Vec<u8>>) {
    let domains = claims.domains.keys().map(|name| ("domain", name.clone().into_bytes()));
    let sponsor = claims.sponsor.iter().filter_map(|keys| Some((SPONSOR, keys.last()?.clone())));
    domains.chain(sponsor).map(|(kind, key)| (kind.to_owned(), key)).unzip()
}
