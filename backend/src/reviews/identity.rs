//! Checks of the identity of persons in charge (features R7): by face, face to face or by video, before the provider can
//! pass.

use crate::queues::{House, HouseKind};
use crate::{Ctx, Error, Result, audit, notes};
use domain::actor::Actor;
use domain::codes::MaterialKind;
use domain::draft::Draft;
use domain::filing::{Filing, Status};
use domain::id::{FilingId, UserId};
use domain::problem::{Problem, Rule, Section};
use domain::refusal::Refusal;
use domain::time::BEIJING;
use domain::views::desk::IdentityCheckView;
use serde_json::json;
use sqlx::PgConnection;
use time::{Date, PrimitiveDateTime, Time};

/// How an identity may be checked.
const METHODS: [&str; 3] = ["face_to_face", "face_recognition", "video"];
/// A check older than this says little about who asks now.
const HOLDS: time::Duration = time::Duration::days(365);

/// Records that a person's identity was checked; a second record replaces the first.
pub async fn record_identity_check(ctx: &Ctx, caller: &Actor, id: FilingId, section: &str, method: &str, at: &str) -> Result<()> {
    let house = House::of(caller)?;
    let HouseKind::Provider(_) = house.kind else { return Err(Error::NotFound) };
    let mut tx = ctx.pool.begin().await?;
    let filing = super::case::lock_visible(&mut tx, caller, id).await?;
    if filing.status != Status::ProviderReview {
        return Err(Refusal::Status { status: filing.status }.into());
    }
    if filing.claimed_by.is_some_and(|holder| holder != house.user) {
        return Err(Refusal::ClaimedByAnother.into());
    }
    let now = ctx.clock.now();
    let person = section.parse::<Section>().ok();
    let draft = super::case::handed_in(ctx, &mut tx, id).await?;
    let person = person.filter(|p| persons(&draft).contains(p)).ok_or(Error::NotFound)?;
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
        "insert into identity_checks (id, filing_id, section, method, checked_at, checked_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (filing_id, section) do update set method = excluded.method, checked_at = excluded.checked_at,
             checked_by = excluded.checked_by, recorded_at = excluded.recorded_at",
        ctx.new_id(),
        id.0,
        person.to_string(),
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

/// The checks that were recorded.
pub(super) async fn list(ctx: &Ctx, conn: &mut PgConnection, filing: &Filing) -> Result<Vec<IdentityCheckView>> {
    let rows = sqlx::query!(
        "select section, method, checked_at, checked_by from identity_checks where filing_id = $1 order by section",
        filing.id.0
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let wrong = Error::Inconsistent { table: "identity_checks", column: "section", id: filing.id.0 };
        views.push(IdentityCheckView {
            section: row.section.parse().map_err(|_| wrong)?,
            method: row.method,
            checked_at: row.checked_at,
            checked_by: notes::name_of(ctx, conn, UserId(row.checked_by)).await?,
        });
    }
    Ok(views)
}

/// The persons whose identity is still to be checked: those with a material of a kind that shows a person.
pub(super) async fn missing(conn: &mut PgConnection, id: FilingId, draft: &Draft) -> Result<Vec<Section>> {
    let checked = sqlx::query_scalar!("select section from identity_checks where filing_id = $1", id.0).fetch_all(conn).await?;
    let mut missing = persons(draft);
    missing.retain(|person| needs_check(draft, *person) && !checked.contains(&person.to_string()));
    Ok(missing)
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
