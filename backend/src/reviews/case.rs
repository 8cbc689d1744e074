//! One case, whole: answers as handed in, materials, what the machine found, what others said.

use super::{findings, identity, mask};
use crate::materials::Viewer;
use crate::policies;
use crate::queues::{self, House, HouseKind};
use crate::{Ctx, Error, Result, Tx, accounts::rows, audit, filings, journal, materials, notes, providers};
use domain::actor::Actor;
use domain::draft::Draft;
use domain::filing::{Event, Fact, Filing, Status, Verb};
use domain::id::{FilingId, UserId};
use domain::problem::Section;
use domain::refusal::Refusal;
use domain::time::beijing_date;
use domain::views::desk::{CaseView, Colleague, Proposal};
use domain::views::filings::ProviderChoice;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One case of the caller's house.
pub async fn case(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<CaseView> {
    let house = House::of(caller)?;
    let mut tx = ctx.snapshot().await?;
    let filing = find_visible(&mut tx, caller, id).await?;
    let edition = filings::edition(&mut tx, id).await?;
    let mut draft = shown(ctx, &mut tx, &house, &filing).await?;
    let materials = materials::list_these(ctx, &mut tx, id, &draft.materials).await?;
    let mut progress = filings::progress_of(ctx, &mut tx, caller, &filing).await?;
    let unchecked = identity::missing(ctx, &mut tx, id, &draft).await?;
    let findings = findings::find(ctx, &mut tx, &house, &filing, &draft, &unchecked).await?;
    if findings.iter().any(findings::is_in_the_way) {
        for (verb, refusal) in &mut progress.offers {
            if matches!(verb, Verb::Pass | Verb::Resubmit) && refusal.is_none() {
                *refusal = Some(Refusal::Incomplete);
            }
        }
    }
    let named = named_providers(ctx, &mut tx, &draft).await?;
    let policy = policies::policy_in(&mut tx, filing.province.unwrap_or_default(), ctx.clock.now()).await?;
    let first = filing.second_look(&policy).filter(|_| matches!(house.kind, HouseKind::Bureau(_)));
    let mut colleagues = colleagues(ctx, &mut tx, &house).await?;
    // A second look is never the first reviewer's.
    colleagues.retain(|colleague| Some(colleague.id) != first);
    let view = CaseView {
        edition,
        materials,
        findings,
        identity_checks: identity::list(ctx, &mut tx, &filing, &draft).await?,
        claimed_by: match filing.claimed_by {
            Some(holder) => Some(notes::name_of(ctx, &mut tx, holder).await?),
            None => None,
        },
        mine: filing.claimed_by == Some(house.user),
        colleagues,
        providers: named,
        proposal: match first {
            Some(reviewer) => proposal(ctx, &mut tx, caller, &filing, reviewer).await?,
            None => None,
        },
        two_reviewers: policy.second_reviewer,
        preapproval_pauses: policy.preapproval_pauses,
        next: queues::next(&mut tx, &house, id).await?,
        draft: {
            mask::mask_draft(&mut draft);
            draft
        },
        progress,
    };
    Ok(view)
}

/// One masked answer in full. That it was looked at, by whom and which, stands in the audit before it is shown.
pub async fn reveal(ctx: &Ctx, caller: &Actor, id: FilingId, section: Section, field: &str) -> Result<String> {
    let house = House::of(caller)?;
    let mut tx = ctx.begin().await?;
    let filing = find_visible(&mut tx, caller, id).await?;
    let draft = shown(ctx, &mut tx, &house, &filing).await?;
    let answer = mask::find_masked(&draft, section, field).ok_or(Error::NotFound)?;
    let entry = audit::Entry::done(*caller, "reveal", Some(("filing", id.0)));
    audit::record(ctx, &mut tx, entry.with_detail(json!({ "section": section.to_string(), "field": field }))).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The answers as they were handed in: what the registrant corrects meanwhile is not the desk's to see.
pub(super) async fn handed_in(ctx: &Ctx, conn: &mut PgConnection, id: FilingId) -> Result<Draft> {
    filings::handed_in(ctx, conn, id).await?.ok_or(Error::NotFound)
}

/// The answers that a desk works on: as handed in. A refused filing is corrected by registrant and provider, and either sends
/// on what both have made of it (rules 0.3): its provider sees what stands.
pub(super) async fn shown(ctx: &Ctx, conn: &mut PgConnection, house: &House, filing: &Filing) -> Result<Draft> {
    match (house.kind, filing.status) {
        (HouseKind::Provider(_), Status::BureauRefused) => filings::load_draft(ctx, conn, filing.id).await,
        // What was decided and why stays when the answers are erased.
        (_, Status::Stopped) => Ok(filings::handed_in(ctx, conn, filing.id).await?.unwrap_or_default()),
        _ => handed_in(ctx, conn, filing.id).await,
    }
}

/// A filing that the caller may see.
pub(super) async fn find_visible(conn: &mut PgConnection, caller: &Actor, id: FilingId) -> Result<Filing> {
    let viewer = Viewer::of(caller);
    let found = sqlx::query_scalar!(
        "select id from filings f where id = $1 and filing_is_visible(f, $2, $3, $4, $5)",
        id.0,
        viewer.category,
        viewer.user,
        viewer.provider,
        viewer.province,
    )
    .fetch_optional(&mut *conn)
    .await?;
    found.ok_or(Error::NotFound)?;
    journal::load(conn, id, false).await
}

/// The same, held until the transaction ends.
pub(super) async fn lock_visible(tx: &mut Tx<'_>, caller: &Actor, id: FilingId) -> Result<Filing> {
    let viewer = Viewer::of(caller);
    let found = sqlx::query_scalar!(
        "select id from filings f where id = $1 and filing_is_visible(f, $2, $3, $4, $5) for no key update",
        id.0,
        viewer.category,
        viewer.user,
        viewer.provider,
        viewer.province,
    )
    .fetch_optional(&mut **tx)
    .await?;
    found.ok_or(Error::NotFound)?;
    journal::load(tx, id, true).await
}

/// What the first reviewer proposed: when, and with what opinion.
async fn proposal(
    ctx: &Ctx,
    conn: &mut PgConnection,
    caller: &Actor,
    filing: &Filing,
    reviewer: UserId,
) -> Result<Option<Proposal>> {
    let events = journal::events(conn, filing.id).await?;
    let is_it = |event: &&Event| matches!(event.fact, Fact::FirstApproval { .. });
    let Some(event) = events.iter().rev().find(is_it) else { return Ok(None) };
    let note = filings::note_of(&event.fact);
    let notes = notes::list(ctx, conn, filing.id, caller).await?;
    Ok(Some(Proposal {
        by: notes::name_of(ctx, conn, reviewer).await?,
        mine: caller.user() == Some(reviewer),
        at: event.at,
        note: notes.into_iter().find(|said| Some(said.id) == note),
    }))
}

/// The others of the house who are active, by name.
async fn colleagues(ctx: &Ctx, conn: &mut PgConnection, house: &House) -> Result<Vec<Colleague>> {
    let ids: Vec<Uuid> = staff(conn, house).await?.into_iter().map(|id| id.0).collect();
    let names = rows::names(ctx, conn, &ids).await?;
    let mut colleagues: Vec<Colleague> = names.into_iter().map(|(id, name)| Colleague { id: UserId(id), name }).collect();
    colleagues.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(colleagues)
}

/// The accounts a case of this house can be handed to.
pub(super) async fn staff(conn: &mut PgConnection, house: &House) -> Result<Vec<UserId>> {
    let (provider, province) = house.keys();
    let ids = sqlx::query_scalar!(
        "select id from users where (provider_id = $1 or province = $2) and status = 'active' and id <> $3 order by id limit 200",
        provider,
        province,
        house.user.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// The providers that the accesses name.
async fn named_providers(ctx: &Ctx, conn: &mut PgConnection, draft: &Draft) -> Result<Vec<ProviderChoice>> {
    let named: BTreeSet<&str> = draft.sites.iter().flat_map(|s| &s.accesses).map(|a| a.form.provider_id.trim()).collect();
    let mut choices = providers::choices_in(conn, beijing_date(ctx.clock.now())).await?;
    choices.retain(|choice| named.contains(choice.id.to_string().as_str()));
    Ok(choices)
}
