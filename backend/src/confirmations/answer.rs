//! The page of those who confirm: code, mobile, last six of the certificate.

use super::{CODE, Person, code_text, open_person, people, send_code};
use crate::{Ctx, Error, Result, Tx, captcha, journal, limits, limits::Limit};
use domain::{
    actor::Actor,
    filing::{Command, Filing, SentBy, Status},
    id::{ConfirmationId, FilingId},
    phone::Mobile,
    problem::{Problem, Rule, Section},
    text::fold,
    views::{
        accounts::ChallengeFor,
        confirmations::{ConfirmForm, Confirmed, ResendForm},
    },
};
use std::time::Duration;
use subtle::ConstantTimeEq;
use uuid::Uuid;

const HOUR: Duration = Duration::from_secs(3600);
/// Six digits withstand so many guesses an hour for months; people mistype less often.
const TRIES_PER_MOBILE: Limit = Limit { kind: "confirm_mobile", max: 20, window: HOUR };
const TRIES_PER_ADDRESS: Limit = Limit { kind: "confirm_address", max: 60, window: HOUR };
const RESENDS_PER_MOBILE: Limit = Limit { kind: "resend_mobile", max: 5, window: HOUR };
const RESENDS_PER_ADDRESS: Limit = Limit { kind: "resend_address", max: 30, window: HOUR };

/// One confirmation that may be meant, with what its row keeps.
struct Candidate {
    id: Uuid,
    filing: FilingId,
    code_index: Option<Vec<u8>>,
    person: Person,
}

/// A person confirms. Wrong certificate digits count only when code and mobile are right, and only then the tries left
/// are told (rules 0.1): who does not hold the mobile learns nothing.
pub async fn confirm(ctx: &Ctx, form: ConfirmForm) -> Result<Confirmed> {
    let code = fold(&form.code).trim().to_owned();
    let (mobile, last_six, mut problems) = read(&form.mobile, &form.last_six);
    if code.is_empty() {
        problems.insert(0, problem("code", Rule::Required, ""));
    } else if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        problems.insert(0, problem("code", Rule::CodeWrong, ""));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    limits::hit(ctx, TRIES_PER_ADDRESS, &ctx.origin.limit_key()).await?;
    // The captcha first: without one nobody uses up the tries of somebody else's mobile.
    captcha::prove(ctx, ChallengeFor::Confirmation, &form.captcha_token, &form.captcha_answer).await?;
    limits::hit(ctx, TRIES_PER_MOBILE, &mobile).await?;

    let unknown = || Error::from(problem("code", Rule::ConfirmationUnknown, ""));
    let mut tx = ctx.begin().await?;
    let meant = candidates(ctx, &mut tx, &mobile).await?.into_iter().find(|c| has_code(ctx, c, &code));
    let meant = meant.ok_or_else(unknown)?;
    let filing = journal::load(&mut tx, meant.filing, true).await?;
    // The row may have been answered, or its code replaced, before the filing was ours.
    let meant = candidates(ctx, &mut tx, &mobile)
        .await?
        .into_iter()
        .find(|c| c.id == meant.id && has_code(ctx, c, &code))
        .ok_or_else(unknown)?;
    let confirmation = ConfirmationId(meant.id);
    if !same_digits(&meant.person.last_six, &last_six) {
        let left = mistake(ctx, &mut tx, &filing, confirmation).await?;
        tx.commit().await?;
        let told = match left {
            0 => problem("last_six", Rule::ConfirmationEnded, ""),
            _ => problem("last_six", Rule::CertificateDigitsWrong, &left.to_string()),
        };
        return Err(told.into());
    }
    let command = Command::Confirm { confirmation };
    let event = journal::decide(&mut tx, ctx, &filing, &Actor::Anonymous, &command).await?;
    let after = journal::commit(&mut tx, ctx, &filing, event).await?;
    sqlx::query!(
        "update confirmations set live = false, code_index = null, confirmed_at = $2 where id = $1",
        meant.id,
        ctx.clock.now(),
    )
    .execute(&mut *tx)
    .await?;
    let round = after.sms.as_ref().ok_or(Error::Internal("a confirmation outside of a round"))?;
    let until = round.until;
    let mut still_due = people(ctx, &mut tx, &after).await?;
    still_due.retain(|person| person.confirmed_at.is_none());
    tx.commit().await?;
    let moved_on = filing.status == Status::SmsPending && after.status == Status::BureauReview;
    Ok(Confirmed { still_due, moved_on, until })
}

/// A person asks for a new code. The answer is the same whether there is anything to confirm or not.
pub async fn resend(ctx: &Ctx, form: ResendForm) -> Result<()> {
    let (mobile, last_six, problems) = read(&form.mobile, &form.last_six);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    limits::hit(ctx, RESENDS_PER_ADDRESS, &ctx.origin.limit_key()).await?;
    captcha::prove(ctx, ChallengeFor::Resend, &form.captcha_token, &form.captcha_answer).await?;
    limits::hit(ctx, RESENDS_PER_MOBILE, &mobile).await?;

    let mut tx = ctx.begin().await?;
    let mut meant = candidates(ctx, &mut tx, &mobile).await?;
    meant.retain(|c| same_digits(&c.person.last_six, &last_six));
    // In one order, as everybody who locks several filings.
    meant.sort_by_key(|c| c.filing);
    for candidate in meant {
        let filing = journal::load(&mut tx, candidate.filing, true).await?;
        match send_code(ctx, &mut tx, &filing, &Actor::Anonymous, ConfirmationId(candidate.id), SentBy::Manual).await {
            Ok(_) | Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Counts a mistake; answers how many tries are left.
async fn mistake(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, confirmation: ConfirmationId) -> Result<u8> {
    let event = journal::decide(tx, ctx, filing, &Actor::Anonymous, &Command::Mistake { confirmation }).await?;
    let after = journal::commit(tx, ctx, filing, event).await?;
    let round = after.sms.as_ref().filter(|_| after.is_confirming());
    let due = round.and_then(|r| r.due.iter().find(|due| due.id == confirmation).map(|due| (r.wrong_digits, due.wrong)));
    Ok(due.map_or(0, |(allowed, wrong)| allowed.saturating_sub(wrong)))
}

async fn candidates(ctx: &Ctx, tx: &mut Tx<'_>, mobile: &str) -> Result<Vec<Candidate>> {
    let rows = sqlx::query!(
        "select id, filing_id, code_index, sealed from confirmations where mobile_index = any($1) and live order by id",
        &ctx.keys.indexes(super::MOBILE, mobile),
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let person = open_person(ctx, row.id, &row.sealed)?;
            Ok(Candidate { id: row.id, filing: FilingId(row.filing_id), code_index: row.code_index, person })
        })
        .collect()
}

fn has_code(ctx: &Ctx, candidate: &Candidate, code: &str) -> bool {
    candidate.code_index.as_ref().is_some_and(|kept| ctx.keys.is_held(CODE, &code_text(candidate.id, code), kept))
}

fn same_digits(kept: &str, given: &str) -> bool {
    bool::from(kept.as_bytes().ct_eq(given.as_bytes()))
}

/// Mobile and digits in their one writing, and what is wrong with them.
fn read(mobile: &str, last_six: &str) -> (String, String, Vec<Problem>) {
    let mut problems = Vec::new();
    // Which prefixes are in use is none of this page's business: what was submitted was checked.
    let mobile = match Mobile::parse(mobile, &[], &["1".to_owned()]) {
        Ok(mobile) => mobile.as_str().to_owned(),
        Err(fault) => {
            problems.push(fault.at(Section::Account, "mobile"));
            String::new()
        }
    };
    let last_six = fold(last_six).trim().to_uppercase();
    if last_six.chars().count() != 6 {
        problems.push(problem("last_six", Rule::CertificateDigitsFormat, ""));
    }
    (mobile, last_six, problems)
}

fn problem(field: &'static str, rule: Rule, given: &str) -> Problem {
    Problem::with(Section::Account, field, rule, given)
}
