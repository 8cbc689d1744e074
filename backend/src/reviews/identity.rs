//! Checks of the identity of persons in charge (features R7): by face, face to face or by video, before the provider can
//! pass, or send a refused filing on again.

use crate::queues::{House, HouseKind};
use crate::{Ctx, Error, Result, audit, filings, notes};
use domain::actor::Actor;
use domain::certificate_number::CertificateNumber;
use domain::codes::{CertificateType, MaterialKind};
use domain::draft::Draft;
use domain::filing::{Filing, Status};
use domain::id::{FilingId, UserId};
use domain::problem::{Problem, Rule, Section};
use domain::refusal::Refusal;
use domain::text::fold;
use domain::time::{BEIJING, beijing_date};
use domain::views::desk::IdentityCheckView;
use serde_json::json;
use sqlx::PgConnection;
use time::{Date, PrimitiveDateTime, Time};

/// How an identity may be checked.
const METHODS: [&str; 3] = ["face_to_face", "face_recognition", "video"];
/// The kind of blind index that a person is kept under.
pub(crate) const PERSON: &str = "identity_check";
/// A check older than this says little about who asks now.
const HOLDS: time::Duration = time::Duration::days(365);

/// Records that a person's identity was checked; a second record replaces the first. The person is the one whom the desk sees:
/// of a refused filing, which the registrant may change meanwhile, `edition` says which answers those were (else `Stale`).
pub async fn record_identity_check(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    edition: Option<i64>,
    section: &str,
    method: &str,
    at: &str,
) -> Result<()> {
    let house = House::of(caller)?;
    let HouseKind::Provider(_) = house.kind else { return Err(Error::NotFound) };
    let mut tx = ctx.begin().await?;
    let filing = super::case::lock_visible(&mut tx, caller, id).await?;
    if !matches!(filing.status, Status::ProviderReview | Status::BureauRefused) {
        return Err(Refusal::Status { status: filing.status }.into());
    }
    if filing.claimed_by.is_some_and(|holder| holder != house.user) {
        return Err(Refusal::ClaimedByAnother.into());
    }
    let now = ctx.clock.now();
    let person = section.parse::<Section>().ok();
    if filing.status == Status::BureauRefused && edition != Some(filings::edition(&mut tx, id).await?) {
        return Err(Error::Stale);
    }
    let draft = super::case::shown(ctx, &mut tx, &house, &filing).await?;
    let person = person.ok_or(Error::NotFound)?;
    let identity = identity_of(&draft, person, beijing_date(now)).ok_or(Error::NotFound)?;
    let wrong = |field, rule| Error::from(Problem::new(person, field, rule));
    if !METHODS.contains(&method) {
        return Err(wrong("method", if method.is_empty() { Rule::Required } else { Rule::UnknownCode }));
    }
    let checked_at = match at.trim() {
        "" => now,
        text => parse_beijing(text).ok_or_else(|| wrong("at", Rule::DateFormat))?,
    };
    if checked_at > now + time::Duration::minutes(5) || checked_at < now - HOLDS {
        return Err(wrong("at", Rule::DateFormat));
    }
    sqlx::query!(
        "insert into identity_checks (id, filing_id, section, person_index, method, checked_at, checked_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (filing_id, section) do update set person_index = excluded.person_index, method = excluded.method,
             checked_at = excluded.checked_at, checked_by = excluded.checked_by, recorded_at = excluded.recorded_at",
        ctx.new_id(),
        id.0,
        person.to_string(),
        ctx.keys.index(PERSON, &identity),
        method,
        checked_at,
        house.user.0,
        now,
    )
    .execute(&mut *tx)
    .await?;
    let entry = audit::Entry::done(*caller, "record_identity_check", Some(("filing", id.0)));
    audit::record(ctx, &mut tx, entry.with_detail(json!({ "section": person.to_string(), "method": method }))).await?;
    tx.commit().await?;
    Ok(())
}

/// The checks that were recorded of the persons whom the answers name.
pub(super) async fn list(ctx: &Ctx, conn: &mut PgConnection, filing: &Filing, draft: &Draft) -> Result<Vec<IdentityCheckView>> {
    let rows = sqlx::query!(
        "select section, person_index, method, checked_at, checked_by from identity_checks where filing_id = $1 order by section",
        filing.id.0
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let wrong = Error::Inconsistent { table: "identity_checks", column: "section", id: filing.id.0 };
        let section = row.section.parse().map_err(|_| wrong)?;
        if !is_of(ctx, draft, section, &row.person_index) {
            continue;
        }
        views.push(IdentityCheckView {
            section,
            method: row.method,
            checked_at: row.checked_at,
            checked_by: notes::name_of(ctx, conn, UserId(row.checked_by)).await?,
        });
    }
    Ok(views)
}

/// The persons whose identity is still to be checked: those with a material of a kind that shows a person.
pub(crate) async fn missing(ctx: &Ctx, conn: &mut PgConnection, id: FilingId, draft: &Draft) -> Result<Vec<Section>> {
    let checks = sqlx::query!("select section, person_index from identity_checks where filing_id = $1", id.0);
    let checks = checks.fetch_all(conn).await?;
    let is_checked = |person: Section| {
        checks.iter().any(|check| check.section == person.to_string() && is_of(ctx, draft, person, &check.person_index))
    };
    let mut missing = persons(draft);
    missing.retain(|person| needs_check(draft, *person) && !is_checked(*person));
    Ok(missing)
}

/// Whether a check was made of the person whom the answers name there: a return or a withdrawal may have put another in
/// the same place.
fn is_of(ctx: &Ctx, draft: &Draft, person: Section, index: &[u8]) -> bool {
    let identity = identity_of(draft, person, beijing_date(ctx.clock.now()));
    identity.is_some_and(|identity| ctx.keys.indexes(PERSON, &identity).iter().any(|known| known == index))
}

/// Every person of a draft as they are indexed.
pub(crate) fn identities(draft: &Draft, today: Date) -> Vec<String> {
    persons(draft).into_iter().filter_map(|person| identity_of(draft, person, today)).collect()
}

/// Name and certificate of the person whom a section names, in one writing.
fn identity_of(draft: &Draft, person: Section, today: Date) -> Option<String> {
    if !persons(draft).contains(&person) {
        return None;
    }
    let (name, kind, number) = match person {
        Section::Sponsor => {
            let form = &draft.sponsor;
            (&form.person_name, &form.person_certificate_type, &form.person_certificate_number)
        }
        Section::Site(key) => {
            let form = &draft.sites.iter().find(|site| site.key == key)?.form;
            (&form.person_name, &form.person_certificate_type, &form.person_certificate_number)
        }
        _ => return None,
    };
    let parsed = CertificateType::choose(kind).ok().and_then(|kind| CertificateNumber::parse(kind, number, today).ok());
    let number = parsed.map_or_else(|| fold(number), |number| number.identity());
    Some(format!("{}\n{}\n{number}", fold(name), fold(kind)))
}

/// The sections that name a person in charge: the sponsor's, and sites with another person.
fn persons(draft: &Draft) -> Vec<Section> {
    let sites = draft.sites.iter().filter(|site| site.form.person_same_as_sponsor != "yes");
    std::iter::once(Section::Sponsor).chain(sites.map(|site| Section::Site(site.key))).collect()
}

/// Kinds of materials that are marked so: what they show is worth something only with the person beside it.
fn needs_check(draft: &Draft, person: Section) -> bool {
    const MARKED: [MaterialKind; 3] = [MaterialKind::PersonCertificateFront, MaterialKind::LivePhoto, MaterialKind::ScenePhoto];
    let marked = |kind: u16| MARKED.iter().any(|m| m.id() == u32::from(kind));
    draft.materials.iter().any(|material| material.section == person && marked(material.kind))
}

/// «2026-11-22T14:05», as the browser's field for date and time writes it, Beijing time.
fn parse_beijing(text: &str) -> Option<domain::Moment> {
    let (date, clock) = text.split_once(['T', ' '])?;
    let date: Date = domain::time::parse_date(date)?;
    let mut parts = clock.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let time = Time::from_hms(hour, minute, 0).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_offset(BEIJING).to_offset(time::UtcOffset::UTC))
}
