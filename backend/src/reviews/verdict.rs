//! The verbs of the desks, one use-case each. All go through [`act`]: tenancy, retry key, version, decision, journal.

use super::{case, identity, mask, preapproval};
use crate::filings::Seen;
use crate::queues::{self, House};
use crate::retry::{self, RetryKey};
use crate::{Ctx, Error, Result, Tx, confirmations, filings, holds, journal, notes, register};
use domain::actor::Actor;
use domain::draft::{Draft, find_material};
use domain::filing::{Command, Filing, Verb};
use domain::id::{FilingId, UserId};
use domain::problem::{Problem, Rule, Section};
use domain::refusal::Refusal;
use domain::views::desk::DecisionForm;
use domain::views::filings::Reason;
use serde::Serialize;
use uuid::Uuid;

/// The most characters of an opinion (features P3).
const MAX_WORDS: usize = 1024;
/// The most reasons of one decision, and characters of each.
const MAX_REASONS: usize = 100;
const MAX_REASON: usize = 1024;

/// What the caller gave with its click.
pub(super) struct Click<'a> {
    caller: &'a Actor,
    house: House,
    verb: Verb,
    id: FilingId,
    seq: i32,
    key: RetryKey,
}

impl<'a> Click<'a> {
    pub(super) fn new(
        caller: &'a Actor,
        id: FilingId,
        seq: i32,
        retry_key: Uuid,
        verb: Verb,
        body: &impl Serialize,
    ) -> Result<Self> {
        let key = RetryKey::new(*caller, verb.name(), retry_key, &(id, seq, body))?;
        Ok(Self { caller, house: House::of(caller)?, verb, id, seq, key })
    }

    /// Whose desk it was clicked at.
    pub(super) fn house(&self) -> &House {
        &self.house
    }

    /// The filing, locked, if it is the caller's house's and stands as the caller saw it.
    async fn filing(&self, tx: &mut Tx<'_>) -> Result<Filing> {
        let filing = case::lock_visible(tx, self.caller, self.id).await?;
        // Who came second learns who was first, not that something changed. A proposal is its maker's to take back, whoever
        // has begun to look at it.
        let is_mine = self.verb == Verb::Retract && filing.first_approval == Some(self.house.user);
        if !is_mine
            && filing.status == self.house.own_status()
            && filing.claimed_by.is_some_and(|holder| holder != self.house.user)
        {
            return Err(Refusal::ClaimedByAnother.into());
        }
        journal::seen(tx, &filing, self.seq).await?;
        Ok(filing)
    }

    /// Remembers the answer under the retry key and commits.
    async fn finish(self, mut tx: Tx<'_>) -> Result<Option<FilingId>> {
        let next = queues::next(&mut tx, &self.house, self.id).await?;
        retry::finish(&mut tx, &self.key, &next).await?;
        tx.commit().await?;
        Ok(next)
    }
}

/// A verb that needs nothing but the filing.
pub(super) async fn act(ctx: &Ctx, click: Click<'_>, command: Command) -> Result<Option<FilingId>> {
    let mut tx = ctx.begin().await?;
    if let Some(next) = retry::begin(ctx, &mut tx, &click.key).await? {
        return Ok(next);
    }
    let filing = click.filing(&mut tx).await?;
    let event = journal::decide(&mut tx, ctx, &filing, click.caller, &command).await?;
    journal::commit(&mut tx, ctx, &filing, event).await?;
    click.finish(tx).await
}

/// A verb with a note: `command` gets the note's identifier and the number of reasons.
pub(super) async fn act_with_note(
    ctx: &Ctx,
    click: Click<'_>,
    form: DecisionForm,
    command: impl FnOnce(Uuid, usize) -> Command,
) -> Result<Option<FilingId>> {
    let mut form = checked(form)?;
    let mut tx = ctx.begin().await?;
    if let Some(next) = retry::begin(ctx, &mut tx, &click.key).await? {
        return Ok(next);
    }
    let filing = click.filing(&mut tx).await?;
    let draft = case::handed_in(ctx, &mut tx, click.id).await?;
    if form.granted == "no" && click.verb == Verb::Resume {
        preapproval::not_granted(&draft, &mut form)?;
    }
    known_fields(&draft, &form.reasons)?;
    let command = command(Uuid::nil(), form.reasons.len());
    // What is not allowed leaves no note behind: asked before one is written.
    match journal::decide(&mut tx, ctx, &filing, click.caller, &command).await {
        Err(Error::Refused(Refusal::ReasonMissing)) => return Err(unreasoned(command.verb(), &form)),
        allowed => allowed?,
    };
    let note = notes::write(ctx, &mut tx, click.id, command.verb(), click.house.user, &form).await?;
    let command = with_note(command, note);
    let event = journal::decide(&mut tx, ctx, &filing, click.caller, &command).await?;
    if command.verb() == Verb::Approve {
        register::record_approval(&mut tx, ctx, &filing, event).await?;
    } else {
        journal::commit(&mut tx, ctx, &filing, event).await?;
    }
    click.finish(tx).await
}

/// Takes a case from the queue 领取.
pub async fn claim(ctx: &Ctx, caller: &Actor, id: FilingId, seq: i32, retry_key: Uuid) -> Result<Option<FilingId>> {
    act(ctx, Click::new(caller, id, seq, retry_key, Verb::Claim, &())?, Command::Claim).await
}

/// Puts a case back into the queue.
pub async fn release(ctx: &Ctx, caller: &Actor, id: FilingId, seq: i32, retry_key: Uuid) -> Result<Option<FilingId>> {
    act(ctx, Click::new(caller, id, seq, retry_key, Verb::Release, &())?, Command::Release).await
}

/// Gives a case to a colleague.
pub async fn hand_over(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    to: UserId,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seq, retry_key, Verb::HandOver, &to)?;
    let staff = case::staff(&mut *ctx.pool.acquire().await?, &click.house).await?;
    if !staff.contains(&to) {
        return Err(Error::NotFound);
    }
    act(ctx, click, Command::HandOver { to }).await
}

/// Sends a filing back to the registrant, with reasons per field 退回.
pub async fn return_filing(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seq, retry_key, Verb::Return, &form)?;
    act_with_note(ctx, click, form, |note, reasons| Command::Return { note, reasons }).await
}

/// Verifies and submits to the bureau 核实提交, once every identity that must be was checked (features R7).
pub async fn pass(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seq, retry_key, Verb::Pass, &form)?;
    let form = checked(form)?;
    let mut tx = ctx.begin().await?;
    if let Some(next) = retry::begin(ctx, &mut tx, &click.key).await? {
        return Ok(next);
    }
    let filing = click.filing(&mut tx).await?;
    let confirmations = confirmations::ids(ctx, &mut tx, &filing).await?;
    let command = |note, confirmations| Command::Pass { note, confirmations };
    journal::decide(&mut tx, ctx, &filing, caller, &command(Uuid::nil(), confirmations.clone())).await?;
    let draft = case::handed_in(ctx, &mut tx, id).await?;
    if !identity::missing(ctx, &mut tx, id, &draft).await?.is_empty() {
        return Err(Refusal::Incomplete.into());
    }
    // What was right when it was handed in may have ceased to be: a certificate ends, a table changes.
    let (_, problems) = filings::all_problems(ctx, &mut tx, id, &draft).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let note = notes::write(ctx, &mut tx, id, Verb::Pass, click.house.user, &form).await?;
    let event = journal::decide(&mut tx, ctx, &filing, caller, &command(note, confirmations)).await?;
    journal::commit(&mut tx, ctx, &filing, event).await?;
    click.finish(tx).await
}

/// Corrects answers as the provider, with the registrant's leave (rules 0.4). Each reason names a field and, as its
/// suggestion, the right answer. What was complete before is complete after, or nothing is changed.
pub async fn correct(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seen: Seen,
    retry_key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seen.seq, retry_key, Verb::Correct, &(seen.edition, &form))?;
    let form = checked(form)?;
    let changes = corrections(&form.reasons)?;
    let mut tx = ctx.begin().await?;
    if let Some(next) = retry::begin(ctx, &mut tx, &click.key).await? {
        return Ok(next);
    }
    let filing = click.filing(&mut tx).await?;
    filings::still_seen(&mut tx, &filing, seen).await?;
    journal::decide(&mut tx, ctx, &filing, caller, &Command::Correct { note: Uuid::nil() }).await?;
    let before = filings::load_draft(ctx, &mut tx, id).await?;
    let (_, known) = filings::all_problems(ctx, &mut tx, id, &before).await?;
    filings::amend(ctx, &mut tx, &filing, click.house.user, &changes).await?;
    let draft = filings::load_draft(ctx, &mut tx, id).await?;
    let (tables, mut problems) = filings::all_problems(ctx, &mut tx, id, &draft).await?;
    // What was wrong before and is not corrected here may stay so; another answer must not become wrong by it.
    problems.retain(|p| {
        let is_corrected = changes.iter().any(|(section, field, _)| *section == p.section && *field == p.field);
        is_corrected || !known.iter().any(|k| (k.section, &k.field, k.rule) == (p.section, &p.field, p.rule))
    });
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    holds::take(&mut tx, ctx, id, filing.owner, &holds::Claims::of(ctx, &draft, &tables)).await?;
    let note = notes::write(ctx, &mut tx, id, Verb::Correct, click.house.user, &form).await?;
    let event = journal::decide(&mut tx, ctx, &filing, caller, &Command::Correct { note }).await?;
    journal::commit(&mut tx, ctx, &filing, event).await?;
    click.finish(tx).await
}

/// Sends a refused filing on again as its provider (rules 0.3).
pub async fn resubmit(ctx: &Ctx, caller: &Actor, id: FilingId, seen: Seen, retry_key: Uuid) -> Result<Option<FilingId>> {
    let house = House::of(caller)?;
    filings::resubmit(ctx, caller, id, seen, retry_key).await?;
    queues::next(&mut *ctx.pool.acquire().await?, &house, id).await
}

/// Approves: the number is issued, or a second reviewer follows.
pub async fn approve(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seq, retry_key, Verb::Approve, &form)?;
    act_with_note(ctx, click, form, |note, _| Command::Approve { note }).await
}

/// Refuses, with reasons per field.
pub async fn refuse(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seq, retry_key, Verb::Refuse, &form)?;
    act_with_note(ctx, click, form, |note, reasons| Command::Refuse { note, reasons }).await
}

/// Stops a filing for good. The words say why (Order 33, Art. 12); «yes» in `granted` that it was meant.
pub async fn stop(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    let click = Click::new(caller, id, seq, retry_key, Verb::Stop, &form)?;
    if form.granted != "yes" {
        return Err(wrong("granted", Rule::Required));
    }
    reasoned(&form)?;
    act_with_note(ctx, click, form, |note, _| Command::Stop { note }).await
}

fn with_note(command: Command, note: Uuid) -> Command {
    match command {
        Command::Return { reasons, .. } => Command::Return { note, reasons },
        Command::Hold { .. } => Command::Hold { note },
        Command::Resume { granted, .. } => Command::Resume { note, granted },
        Command::Approve { .. } => Command::Approve { note },
        Command::SendBack { colleagues, .. } => Command::SendBack { note, colleagues },
        Command::Refuse { reasons, .. } => Command::Refuse { note, reasons },
        Command::Stop { .. } => Command::Stop { note },
        other => other,
    }
}

/// The form within its bounds, without the reasons that say nothing.
fn checked(mut form: DecisionForm) -> Result<DecisionForm> {
    form.reasons.retain(|reason| !reason.words.trim().is_empty() || !reason.suggestion.trim().is_empty());
    let mut problems = Vec::new();
    let mut bound = |field: &'static str, text: &str, most: usize| {
        if text.chars().count() > most {
            problems.push(Problem::with(Section::Account, field, Rule::TooLong, most.to_string()));
        }
    };
    bound("words", &form.words, MAX_WORDS);
    for (field, text) in [
        ("department", &form.department),
        ("approval_number", &form.approval_number),
        ("approval_date", &form.approval_date),
        ("code", &form.code),
    ] {
        bound(field, text, 255);
    }
    for reason in &form.reasons {
        bound("reasons", &reason.words, MAX_REASON);
        bound("reasons", &reason.suggestion, MAX_REASON);
    }
    if form.reasons.len() > MAX_REASONS {
        problems.push(Problem::with(Section::Account, "reasons", Rule::TooLong, MAX_REASONS.to_string()));
    }
    if problems.is_empty() { Ok(form) } else { Err(Error::Invalid(problems)) }
}

pub(super) fn required(field: &'static str, text: &str) -> Result<()> {
    if text.trim().is_empty() { Err(wrong(field, Rule::Required)) } else { Ok(()) }
}

pub(super) fn wrong(field: &'static str, rule: Rule) -> Error {
    Problem::new(Section::Account, field, rule).into()
}

/// What ends a filing, or sends it back, without a reason per field says why in words.
pub(super) fn reasoned(form: &DecisionForm) -> Result<()> {
    if form.words.trim().is_empty() { Err(wrong("words", Rule::ReasonRequired)) } else { Ok(()) }
}

/// A form without a reason at any field is one to fill in, not a case that changed: all that it lacks is said at once.
fn unreasoned(verb: Verb, form: &DecisionForm) -> Error {
    let mut problems = vec![Problem::new(Section::Account, "reasons", Rule::ReasonRequired)];
    if let Err(Error::Invalid(more)) = notes::opinion(verb, &form.code) {
        problems.extend(more);
    }
    Error::Invalid(problems)
}

/// Each reason is opened at its field: it must be one that the filing has.
fn known_fields(draft: &Draft, reasons: &[Reason]) -> Result<()> {
    let unknown = |reason: &&Reason| match reason.section.parse::<Section>() {
        // What is missing has a kind at most; what is there has its place too.
        Ok(Section::Materials) => reason.field.parse::<u16>().is_err() && find_material(&reason.field).is_none(),
        Ok(section) => mask::answer(draft, section, &reason.field).is_none(),
        Err(_) => true,
    };
    match reasons.iter().find(unknown) {
        None => Ok(()),
        Some(reason) => Err(Problem::with(Section::Account, "reasons", Rule::ReasonField, reason.field.clone()).into()),
    }
}

/// The corrections of a form. Province and provider decide whose case it is: they are not corrected but sent back.
fn corrections(reasons: &[Reason]) -> Result<Vec<(Section, String, String)>> {
    let mut changes = Vec::with_capacity(reasons.len());
    for reason in reasons {
        let section: Section = reason.section.parse().map_err(|_| Error::NotFound)?;
        if matches!(reason.field.as_str(), "province" | "provider_id") {
            return Err(Refusal::NoLeave.into());
        }
        changes.push((section, reason.field.clone(), reason.suggestion.trim().to_owned()));
    }
    if changes.is_empty() { Err(wrong("reasons", Rule::Required)) } else { Ok(changes) }
}
