//! What the system finds out by itself, shown on top of a case: checks that fail now, conflicts with the register, services,
//! identities, and what changed since this house last decided.

use super::mask;
use crate::queues::{House, HouseKind};
use crate::{Ctx, Result, filings, holds, journal};
use domain::draft::{Draft, find_material};
use domain::filing::{Filing, Verb, Who};
use domain::id::FilingId;
use domain::problem::{Problem, Rule, Section};
use domain::views::desk::Finding;
use sqlx::PgConnection;

/// Everything there is to say about a case, the failed checks first.
pub(super) async fn find(
    ctx: &Ctx,
    conn: &mut PgConnection,
    house: &House,
    filing: &Filing,
    draft: &Draft,
    unchecked: &[Section],
) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    if !filing.status.is_final() {
        let (tables, problems) = filings::all_problems(ctx, conn, filing.id, draft).await?;
        findings.extend(problems.into_iter().map(finding));
        findings.extend(filed(ctx, conn, draft, &tables).await?);
    }
    if findings.is_empty() {
        findings.push(Finding::ChecksPassed);
    }
    findings.extend(unchecked.iter().map(|section| Finding::IdentityUnchecked { section: *section }));
    findings.extend(changes(ctx, conn, house, filing.id, draft).await?);
    Ok(findings)
}

/// Whether it keeps the provider from passing the filing on.
pub(super) fn is_in_the_way(finding: &Finding) -> bool {
    match finding {
        Finding::Problem { .. }
        | Finding::OutsideRanges { .. }
        | Finding::ServiceUnknown { .. }
        | Finding::MaterialMissing { .. }
        | Finding::IdentityUnchecked { .. } => true,
        Finding::ChecksPassed | Finding::SponsorFiled { .. } | Finding::DomainFiled { .. } | Finding::Changed { .. } => false,
    }
}

fn finding(problem: Problem) -> Finding {
    let section = problem.section;
    match problem.rule {
        Rule::RangeNotProviders => Finding::OutsideRanges { section, address: problem.given },
        Rule::ServiceCode => Finding::ServiceUnknown { section },
        Rule::MaterialMissing => match find_material(&problem.field) {
            Some((section, kind)) => Finding::MaterialMissing { section, kind: u16::try_from(kind.id()).unwrap_or_default() },
            None => Finding::Problem { problem },
        },
        _ => Finding::Problem { problem },
    }
}

/// Sponsor and domains that the register has already. Staff is told the numbers; the registrant never is (rules 0.9).
async fn filed(ctx: &Ctx, conn: &mut PgConnection, draft: &Draft, tables: &domain::tables::Tables) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    if let Some(identity) = holds::sponsor_identity(&draft.sponsor, tables.today) {
        let number = sqlx::query_scalar!(
            "select number from sponsors where identity_key = any($1) and cancelled_at is null",
            &ctx.keys.indexes(crate::holds::SPONSOR, &identity),
        )
        .fetch_optional(&mut *conn)
        .await?;
        findings.extend(number.map(|number| Finding::SponsorFiled { number }));
    }
    for site in &draft.sites {
        let Some(domain) = holds::domain_key(&site.form.domain, tables) else { continue };
        let number = sqlx::query_scalar!("select number from sites where domain = $1 and cancelled_at is null", domain)
            .fetch_optional(&mut *conn)
            .await?;
        findings.extend(number.map(|number| Finding::DomainFiled { section: Section::Site(site.key), number }));
    }
    Ok(findings)
}

/// What is different from the answers this house last sent back; for one that did not yet, from what the registrant itself
/// handed in, if the provider corrected it.
async fn changes(ctx: &Ctx, conn: &mut PgConnection, house: &House, id: FilingId, now: &Draft) -> Result<Vec<Finding>> {
    let who = match house.kind {
        HouseKind::Provider(_) => Who::Provider,
        HouseKind::Bureau(_) => Who::Bureau,
    };
    let base = match journal::sent_back(conn, id, Some(who)).await? {
        Some(seq) => Some(seq),
        None => own_submission(conn, id).await?,
    };
    let Some(base) = base else { return Ok(Vec::new()) };
    let before = filings::handed_in_until(ctx, conn, id, base).await?;
    Ok(before.map(|before| differences(&before, now)).unwrap_or_default())
}

/// The last time the registrant handed in, if the provider corrected after it.
async fn own_submission(conn: &mut PgConnection, id: FilingId) -> Result<Option<i32>> {
    let row = sqlx::query!(
        "select max(seq) filter (where verb in ($2, $3) and who = 'registrant') as own, max(seq) filter (where verb = $4) as corrected
         from journal where filing_id = $1",
        id.0,
        Verb::Submit.name(),
        Verb::Resubmit.name(),
        Verb::Correct.name(),
    )
    .fetch_one(conn)
    .await?;
    Ok(row.own.filter(|own| row.corrected.is_some_and(|corrected| corrected > *own)))
}

fn differences(before: &Draft, after: &Draft) -> Vec<Finding> {
    let mut sections = mask::sections(before);
    for section in mask::sections(after) {
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    let mut findings = Vec::new();
    for section in sections {
        let (old, new) = (before.answers(section), after.answers(section));
        let names = if new.is_empty() { &old } else { &new };
        for (name, _) in names {
            let text = |answers: &[(&str, String)]| {
                answers.iter().find(|(n, _)| n == name).map(|(_, text)| text.clone()).unwrap_or_default()
            };
            let (was, is) = (text(&old), text(&new));
            if was != is {
                findings.push(Finding::Changed {
                    section,
                    field: (*name).to_owned(),
                    before: mask::mask_answer(before, name, &was),
                    after: mask::mask_answer(after, name, &is),
                });
            }
        }
    }
    let kinds = |draft: &Draft| draft.materials.iter().map(|m| (m.section, m.kind, m.id)).collect::<Vec<_>>();
    let (old, new) = (kinds(before), kinds(after));
    for material in after.materials.iter().filter(|m| !old.contains(&(m.section, m.kind, m.id))) {
        let same = before.materials.iter().find(|m| (m.section, m.kind) == (material.section, material.kind));
        findings.push(Finding::Changed {
            section: Section::Materials,
            field: material.kind.to_string(),
            before: same.map(|m| m.name.clone()).unwrap_or_default(),
            after: material.name.clone(),
        });
    }
    for material in before.materials.iter().filter(|m| !new.iter().any(|(s, k, _)| (*s, *k) == (m.section, m.kind))) {
        findings.push(Finding::Changed {
            section: Section::Materials,
            field: material.kind.to_string(),
            before: material.name.clone(),
            after: String::new(),
        });
    }
    findings
}
