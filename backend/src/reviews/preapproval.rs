//! Pre-approval 前置审批 (rules 0.11): a department is asked, the review waits, and its answer is recorded.

use super::verdict::{Click, act_with_note, reasoned, required, wrong};
use crate::{Ctx, Result};
use domain::actor::Actor;
use domain::draft::Draft;
use domain::filing::{Command, Verb};
use domain::id::FilingId;
use domain::problem::{Problem, Rule, Section};
use domain::time::{beijing_date, iso_date, parse_date};
use domain::views::desk::DecisionForm;
use domain::views::filings::Reason;
use std::collections::BTreeSet;
use time::{Date, macros::date};
use uuid::Uuid;

/// Asks a department for its pre-approval; the review waits (rules 0.11).
pub async fn hold(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seq, retry_key, Verb::Hold, &form)?;
    required("department", &form.department)?;
    act_with_note(ctx, click, form, |note, _| Command::Hold { note }).await
}

/// Records the department's answer: yes resumes the review, no refuses the filing (rules 0.11). A refusal says why
/// (Order 33, Art. 12), an approval has a number; both have a date.
pub async fn resume(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seq, retry_key, Verb::Resume, &form)?;
    let granted = match form.granted.as_str() {
        "yes" => true,
        "no" => false,
        "" => return Err(wrong("granted", Rule::Required)),
        _ => return Err(wrong("granted", Rule::UnknownCode)),
    };
    if granted {
        required("approval_number", &form.approval_number)?;
    } else {
        reasoned(&form)?;
    }
    decided_by(&form.approval_date, beijing_date(ctx.clock.now()))?;
    act_with_note(ctx, click, form, move |note, _| Command::Resume { note, granted }).await
}

/// What a department did not grant is said at the field that it is about, of each site that it is about: there the
/// registrant corrects it (rules 0.11).
pub(super) fn not_granted(draft: &Draft, form: &mut DecisionForm) -> Result<()> {
    let keys: Vec<u8> = draft.sites.iter().map(|site| site.key).collect();
    let chosen = match (form.sites.as_slice(), keys.as_slice()) {
        ([], [_]) => keys.clone(),
        ([], _) => return Err(wrong("sites", Rule::Required)),
        (given, _) => {
            let find = |text: &String| keys.iter().copied().find(|key| key.to_string() == text.trim());
            given.iter().map(find).collect::<Option<Vec<u8>>>().ok_or_else(|| wrong("sites", Rule::UnknownCode))?
        }
    };
    let words = std::mem::take(&mut form.words);
    let chosen: BTreeSet<u8> = chosen.into_iter().collect();
    form.reasons.extend(chosen.into_iter().map(|key| Reason {
        section: Section::Site(key).to_string(),
        field: "preapprovals".to_owned(),
        words: words.trim().to_owned(),
        suggestion: String::new(),
    }));
    Ok(())
}

/// The day of a department's decision: one that has come, since there are such decisions (State Council Order 292).
fn decided_by(text: &str, today: Date) -> Result<()> {
    required("approval_date", text)?;
    match parse_date(text.trim()) {
        None => Err(wrong("approval_date", Rule::DateFormat)),
        Some(day) if day < date!(2000 - 09 - 25) || day > today => {
            Err(Problem::with(Section::Account, "approval_date", Rule::DecisionDate, iso_date(today)).into())
        }
        Some(_) => Ok(()),
    }
}
