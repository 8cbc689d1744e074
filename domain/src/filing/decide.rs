//! The only gate: what a command does to a filing, or why it is refused.

use super::{Due, Entry, Event, Fact, Filing, MOVES, SentBy, SmsRound, Status, Verb, Who};
use crate::{
    actor::Actor,
    id::{ConfirmationId, FilingId, ProviderId, UserId},
    policy::{Policy, RefusalRoute, SmsStage, WorkingTime},
    refusal::Refusal,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What somebody wants done to a filing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// The registrant changed answers of a filing that came back.
    Edit,
    /// Hand in a complete draft.
    Submit {
        /// The sponsor's province.
        province: u32,
        /// The provider that verifies.
        provider: ProviderId,
        /// Whether the provider may correct.
        leave: bool,
    },
    /// Send a filing that came back on its way again.
    Resubmit {
        /// The sponsor's province (it may have been corrected).
        province: u32,
        /// The provider.
        provider: ProviderId,
        /// Whether the provider may correct.
        leave: bool,
        /// A person in charge is named whose identity nobody has checked (R7): the way leads through the provider.
        unchecked: bool,
        /// Those who must confirm, should a round open.
        confirmations: Vec<ConfirmationId>,
    },
    /// Take it back.
    Withdraw,
    /// Take the case.
    Claim,
    /// Put it back.
    Release,
    /// Give it to a colleague.
    HandOver {
        /// The colleague; the caller has checked that it is one.
        to: UserId,
    },
    /// Send it back to the registrant.
    Return {
        /// The encrypted note.
        note: Uuid,
        /// How many fields have a reason.
        reasons: usize,
    },
    /// The provider corrected answers.
    Correct {
        /// The encrypted note of what and why.
        note: Uuid,
    },
    /// Verify and submit to the bureau.
    Pass {
        /// The encrypted opinion.
        note: Uuid,
        /// Those who must confirm.
        confirmations: Vec<ConfirmationId>,
    },
    /// Send a code.
    SendCode {
        /// To whom.
        confirmation: ConfirmationId,
        /// Why.
        by: SentBy,
    },
    /// Code, mobile and certificate digits were right.
    Confirm {
        /// Whose.
        confirmation: ConfirmationId,
    },
    /// Code and mobile were right, the certificate digits were not.
    Mistake {
        /// Whose.
        confirmation: ConfirmationId,
    },
    /// The window is over.
    TimeOut,
    /// Ask for a pre-approval.
    Hold {
        /// The encrypted note: department, what was asked.
        note: Uuid,
    },
    /// The department answered.
    Resume {
        /// The encrypted note: approval number, date.
        note: Uuid,
        /// Its decision.
        granted: bool,
    },
    /// Approve.
    Approve {
        /// The encrypted opinion.
        note: Uuid,
    },
    /// Send the first of two approvals back.
    SendBack {
        /// The encrypted note: why.
        note: Uuid,
        /// Who else is of the house now: the case goes back to the first reviewer only where still one of it.
        colleagues: Vec<UserId>,
    },
    /// Take one's own first approval back.
    Retract,
    /// Refuse.
    Refuse {
        /// The encrypted note.
        note: Uuid,
        /// How many fields have a reason.
        reasons: usize,
    },
    /// Stop for good.
    Stop {
        /// The encrypted note.
        note: Uuid,
    },
    /// It was idle.
    Expire {
        /// Since when nothing changed.
        idle_since: OffsetDateTime,
    },
    /// Give it up.
    Discard,
}

impl Command {
    /// The verb it carries out.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Edit => Verb::Edit,
            Self::Submit { .. } => Verb::Submit,
            Self::Resubmit { .. } => Verb::Resubmit,
            Self::Withdraw => Verb::Withdraw,
            Self::Claim => Verb::Claim,
            Self::Release => Verb::Release,
            Self::HandOver { .. } => Verb::HandOver,
            Self::Return { .. } => Verb::Return,
            Self::Correct { .. } => Verb::Correct,
            Self::Pass { .. } => Verb::Pass,
            Self::SendCode { .. } => Verb::SendCode,
            Self::Confirm { .. } => Verb::Confirm,
            Self::Mistake { .. } => Verb::Mistake,
            Self::TimeOut => Verb::TimeOut,
            Self::Hold { .. } => Verb::Hold,
            Self::Resume { .. } => Verb::Resume,
            Self::Approve { .. } => Verb::Approve,
            Self::SendBack { .. } => Verb::SendBack,
            Self::Retract => Verb::Retract,
            Self::Refuse { .. } => Verb::Refuse,
            Self::Stop { .. } => Verb::Stop,
            Self::Expire { .. } => Verb::Expire,
            Self::Discard => Verb::Discard,
        }
    }
}

/// What holds at the moment of a decision.
pub struct Env<'a> {
    /// Now, from the context's clock.
    pub now: OffsetDateTime,
    /// The policy of the filing's province now.
    pub policy: &'a Policy,
    /// The working days of the calendar.
    pub calendar: &'a dyn WorkingTime,
}

/// Where a move goes, with what it enters.
type Step = (Status, Fact, Option<Entry>);

impl Filing {
    /// The first event of a new filing.
    pub fn create(id: FilingId, owner: UserId, now: OffsetDateTime) -> (Event, Self) {
        let event = Event {
            seq: 1,
            verb: Verb::Create,
            from: None,
            to: Status::Draft,
            at: now,
            by: Actor::Registrant { user: owner },
            fact: Fact::Created { owner },
            entry: None,
        };
        let filing = Self::fold(id, [&event]).unwrap_or_else(|| unreachable!("a Create always begins a filing"));
        (event, filing)
    }

    /// What the command does, as one event, or why it is refused. [`Filing::apply`] of the event gives the new state.
    pub fn decide(&self, actor: &Actor, command: &Command, env: &Env) -> Result<Event, Refusal> {
        self.may(actor, command.verb())?;
        let (to, fact, entry) = self.step(actor, command, env)?;
        let verb = command.verb();
        let who = Who::of(actor);
        let known = MOVES.iter().any(|m| m.verb == verb && m.from == Some(self.status) && m.to == to && m.who == who);
        if !known {
            return Err(Refusal::Status { status: self.status });
        }
        Ok(Event { seq: self.seq + 1, verb, from: Some(self.status), to, at: env.now, by: *actor, fact, entry })
    }

    /// The verbs that this actor has at this status, each with the reason why not now. Sorted as in [`Verb::ALL`].
    ///
    /// A verb without a reason is accepted by [`Filing::decide`] with fitting contents.
    pub fn offers(&self, actor: &Actor, env: &Env) -> Vec<(Verb, Option<Refusal>)> {
        Verb::ALL
            .into_iter()
            .filter(|verb| self.is_party(actor) && has_move(*verb, self.status, Who::of(actor)))
            .filter(|verb| {
                !matches!(verb, Verb::Edit | Verb::SendCode | Verb::Confirm | Verb::Mistake | Verb::TimeOut | Verb::Expire)
            })
            .map(|verb| (verb, self.decide(actor, &self.example(verb, env), env).err()))
            .collect()
    }

    /// A command of this verb with contents that nothing is wrong with.
    fn example(&self, verb: Verb, env: &Env) -> Command {
        let note = Uuid::nil();
        let province = self.province.unwrap_or(110_000);
        let provider = self.provider.unwrap_or(ProviderId(Uuid::nil()));
        let confirmation = self.due().next().map_or(ConfirmationId(Uuid::nil()), |due| due.id);
        let confirmations = vec![ConfirmationId(Uuid::nil())];
        match verb {
            Verb::Create | Verb::Edit => Command::Edit,
            Verb::Submit => Command::Submit { province, provider, leave: false },
            Verb::Resubmit => Command::Resubmit { province, provider, leave: false, unchecked: false, confirmations },
            Verb::Withdraw => Command::Withdraw,
            Verb::Claim => Command::Claim,
            Verb::Release => Command::Release,
            Verb::HandOver => Command::HandOver { to: UserId(Uuid::nil()) },
            Verb::Return => Command::Return { note, reasons: 1 },
            Verb::Correct => Command::Correct { note },
            Verb::Pass => Command::Pass { note, confirmations },
            Verb::SendCode => Command::SendCode { confirmation, by: SentBy::First },
            Verb::Confirm => Command::Confirm { confirmation },
            Verb::Mistake => Command::Mistake { confirmation },
            Verb::TimeOut => Command::TimeOut,
            Verb::Hold => Command::Hold { note },
            Verb::Resume => Command::Resume { note, granted: true },
            Verb::Approve => Command::Approve { note },
            Verb::SendBack => Command::SendBack { note, colleagues: Vec::new() },
            Verb::Retract => Command::Retract,
            Verb::Refuse => Command::Refuse { note, reasons: 1 },
            Verb::Stop => Command::Stop { note },
            Verb::Expire => Command::Expire { idle_since: env.now - Duration::days(i64::from(env.policy.idle_days)) },
            Verb::Discard => Command::Discard,
        }
    }

    /// Whether the filing concerns this actor at all. Others are told that there is no such filing.
    pub fn is_party(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Registrant { user } => *user == self.owner,
            Actor::Provider { provider, .. } => Some(*provider) == self.provider,
            Actor::Bureau { province, .. } => Some(*province) == self.province,
            Actor::System => true,
            Actor::Anonymous => self.sms.is_some(),
        }
    }

    fn may(&self, actor: &Actor, verb: Verb) -> Result<(), Refusal> {
        if !self.is_party(actor) {
            return Err(Refusal::NotYours);
        }
        if !has_move(verb, self.status, Who::of(actor)) {
            return Err(Refusal::Status { status: self.status });
        }
        Ok(())
    }

    fn step(&self, actor: &Actor, command: &Command, env: &Env) -> Result<Step, Refusal> {
        let here = self.status;
        let noted = |note: &Uuid| Fact::Noted { note: *note };
        match command {
            Command::Edit => Ok((here, Fact::Plain, None)),
            Command::Submit { province, provider, leave } => {
                let entry = self.provider_entry(env);
                let fact = Fact::Submitted { province: *province, provider: *provider, leave: *leave };
                Ok((Status::ProviderReview, fact, Some(entry)))
            }
            Command::Resubmit { province, provider, leave, unchecked, confirmations } => {
                let fact = Fact::Submitted { province: *province, provider: *provider, leave: *leave };
                // The provider is where it would have to go: the check comes first.
                if *unchecked && Who::of(actor) == Who::Provider {
                    return Err(Refusal::Incomplete);
                }
                // Nobody at the new provider, or for the new province, has verified it yet; nor a new person in charge.
                let unverified = *unchecked || self.province != Some(*province) || self.provider != Some(*provider);
                let (to, entry) = self.resubmit(actor, unverified, confirmations, env);
                Ok((to, fact, Some(entry)))
            }
            Command::Withdraw => Ok((Status::Draft, Fact::Plain, None)),
            Command::Discard => Ok((Status::Discarded, Fact::Plain, None)),
            Command::Claim => {
                self.another_than_first(actor.user(), env)?;
                self.free_for(actor)?;
                let holder = actor.user().ok_or(Refusal::NotYours)?;
                Ok((here, Fact::Claimed { holder }, None))
            }
            Command::Release => {
                // The system releases what somebody held whose account was suspended.
                if *actor == Actor::System {
                    self.claimed_by.ok_or(Refusal::NotClaimed)?;
                } else {
                    self.held_by(actor)?;
                }
                Ok((here, Fact::Plain, None))
            }
            Command::HandOver { to } => {
                self.held_by(actor)?;
                self.another_than_first(Some(*to), env)?;
                Ok((here, Fact::Claimed { holder: *to }, None))
            }
            Command::Return { note, reasons } => {
                self.free_for(actor)?;
                at_least_one(*reasons)?;
                Ok((Status::ProviderReturned, noted(note), None))
            }
            Command::Correct { note } => {
                self.free_for(actor)?;
                if here == Status::ProviderReview && !self.leave {
                    return Err(Refusal::NoLeave);
                }
                Ok((here, noted(note), None))
            }
            Command::Pass { note, confirmations } => {
                self.free_for(actor)?;
                let (to, entry) = self.towards_bureau(confirmations, env);
                Ok((to, noted(note), Some(entry)))
            }
            Command::SendCode { confirmation, by } => self.send_code(*confirmation, *by, env),
            Command::Confirm { confirmation } => self.confirm(*confirmation, env),
            Command::Mistake { confirmation } => self.mistake(*confirmation, env),
            Command::TimeOut => self.time_out(env),
            Command::Hold { note } => {
                self.another_than_first(actor.user(), env)?;
                self.reviewable(actor)?;
                Ok((here, noted(note), None))
            }
            Command::Resume { note, granted } => self.resume(actor, *note, *granted, env),
            Command::Approve { note } => self.approve(actor, *note, env),
            Command::SendBack { note, colleagues } => {
                let first = self.second_look(env.policy).ok_or(Refusal::NoProposal)?;
                self.another_than_first(actor.user(), env)?;
                self.free_for(actor)?;
                Ok((here, Fact::SentBack { note: *note, to: colleagues.contains(&first).then_some(first) }, None))
            }
            Command::Retract => {
                // Whoever has begun the second look meanwhile has not decided yet: the proposal is still its maker's.
                let first = self.first_approval.filter(|_| here == Status::BureauReview);
                if first.is_none() || first != actor.user() {
                    return Err(Refusal::NoProposal);
                }
                Ok((here, Fact::Plain, None))
            }
            // One reviewer refuses or stops: the same filing comes back, or its sponsor begins anew. A number that is out is
            // not taken back, so only that needs four eyes. Who proposed it takes the proposal back first.
            Command::Refuse { note, reasons } => {
                self.another_than_first(actor.user(), env)?;
                self.free_for(actor)?;
                at_least_one(*reasons)?;
                Ok((Status::BureauRefused, noted(note), None))
            }
            Command::Stop { note } => {
                self.another_than_first(actor.user(), env)?;
                self.free_for(actor)?;
                Ok((Status::Stopped, noted(note), None))
            }
            Command::Expire { idle_since } => {
                if env.now - *idle_since < Duration::days(i64::from(env.policy.idle_days)) {
                    return Err(Refusal::NotIdle);
                }
                Ok((Status::Expired, Fact::Plain, None))
            }
        }
    }

    fn free_for(&self, actor: &Actor) -> Result<(), Refusal> {
        match self.claimed_by {
            Some(holder) if Some(holder) != actor.user() => Err(Refusal::ClaimedByAnother),
            _ => Ok(()),
        }
    }

    /// While a second look is due it is another person's, whatever comes of it.
    fn another_than_first(&self, user: Option<UserId>, env: &Env) -> Result<(), Refusal> {
        match self.second_look(env.policy) {
            Some(first) if Some(first) == user => Err(Refusal::SameReviewer),
            _ => Ok(()),
        }
    }

    fn held_by(&self, actor: &Actor) -> Result<(), Refusal> {
        self.free_for(actor)?;
        self.claimed_by.map(|_| ()).ok_or(Refusal::NotClaimed)
    }

    /// The bureau may work on it: nobody else does, and no department is asked.
    fn reviewable(&self, actor: &Actor) -> Result<(), Refusal> {
        self.free_for(actor)?;
        if self.held_at.is_some() { Err(Refusal::PreapprovalPending) } else { Ok(()) }
    }

    /// Past the end of the holiday table nobody guesses a limit, and nobody is kept from filing either.
    fn provider_entry(&self, env: &Env) -> Entry {
        Entry {
            policy: env.policy.version,
            due_at: env.calendar.after_working_hours(env.now, env.policy.provider_hours),
            sms: None,
        }
    }

    /// Order 33, Art. 12: the bureau's working days.
    fn bureau_entry(&self, sms: Option<SmsRound>, env: &Env) -> Entry {
        Entry {
            policy: env.policy.version,
            due_at: env.calendar.after_working_days(env.now, env.policy.bureau_working_days),
            sms,
        }
    }

    fn round(&self, confirmations: &[ConfirmationId], env: &Env) -> Option<SmsRound> {
        let number = self.rounds.saturating_add(1);
        let due: Vec<Due> = confirmations.iter().map(|id| Due { id: *id, confirmed_at: None, wrong: 0, resends: 0 }).collect();
        (!due.is_empty()).then(|| SmsRound {
            number,
            until: env.now + Duration::hours(i64::from(env.policy.sms_window_hours)),
            wrong_digits: env.policy.sms_wrong_digits,
            manual_resends: env.policy.sms_manual_resends,
            last: self.failed_rounds.saturating_add(1) >= env.policy.sms_rounds,
            due,
        })
    }

    fn towards_bureau(&self, confirmations: &[ConfirmationId], env: &Env) -> (Status, Entry) {
        let review = |sms| (Status::BureauReview, self.bureau_entry(sms, env));
        match env.policy.sms_stage {
            SmsStage::None => review(None),
            SmsStage::During => review(self.round(confirmations, env)),
            SmsStage::Before => match self.round(confirmations, env) {
                None => review(None),
                Some(round) => {
                    let entry = Entry { policy: env.policy.version, due_at: Some(round.until), sms: Some(round) };
                    (Status::SmsPending, entry)
                }
            },
        }
    }

    fn resubmit(&self, actor: &Actor, unverified: bool, confirmations: &[ConfirmationId], env: &Env) -> (Status, Entry) {
        let through_provider = match self.status {
            _ if unverified => true,
            Status::SmsFailed => self.edited,
            Status::BureauRefused => env.policy.after_refusal == RefusalRoute::Provider && Who::of(actor) == Who::Registrant,
            _ => true,
        };
        if through_provider {
            return (Status::ProviderReview, self.provider_entry(env));
        }
        // The caller leaves out those who need not confirm again: after a refusal, whoever did so before.
        self.towards_bureau(confirmations, env)
    }

    fn open_round(&self, id: ConfirmationId) -> Result<(&SmsRound, &Due), Refusal> {
        let round = self.sms.as_ref().ok_or(Refusal::NoSuchConfirmation)?;
        let due = round.due.iter().find(|due| due.id == id).ok_or(Refusal::NoSuchConfirmation)?;
        if due.confirmed_at.is_some() {
            return Err(Refusal::AlreadyConfirmed);
        }
        Ok((round, due))
    }

    fn send_code(&self, id: ConfirmationId, by: SentBy, env: &Env) -> Result<Step, Refusal> {
        let (round, due) = self.open_round(id)?;
        if env.now >= round.until {
            return Err(Refusal::WindowOver);
        }
        if by == SentBy::Manual && due.resends >= round.manual_resends {
            return Err(Refusal::ResendLimit);
        }
        Ok((self.status, Fact::CodeSent { confirmation: id, by }, None))
    }

    fn confirm(&self, id: ConfirmationId, env: &Env) -> Result<Step, Refusal> {
        let (round, _) = self.open_round(id)?;
        if env.now >= round.until {
            return Err(Refusal::WindowOver);
        }
        let fact = Fact::Confirmation { confirmation: id };
        let last = self.due().all(|due| due.id == id);
        if self.status == Status::SmsPending && last {
            return Ok((Status::BureauReview, fact, Some(self.bureau_entry(None, env))));
        }
        Ok((self.status, fact, None))
    }

    fn mistake(&self, id: ConfirmationId, env: &Env) -> Result<Step, Refusal> {
        let (round, due) = self.open_round(id)?;
        if env.now >= round.until {
            return Err(Refusal::WindowOver);
        }
        let fact = Fact::Confirmation { confirmation: id };
        if due.wrong.saturating_add(1) < round.wrong_digits {
            return Ok((self.status, fact, None));
        }
        Ok((if round.last { Status::Stopped } else { Status::SmsFailed }, fact, None))
    }

    fn time_out(&self, env: &Env) -> Result<Step, Refusal> {
        let round = self.sms.as_ref().filter(|_| self.is_confirming()).ok_or(Refusal::NoSuchConfirmation)?;
        if env.now < round.until {
            return Err(Refusal::WindowOpen);
        }
        Ok((if round.last { Status::Stopped } else { Status::SmsFailed }, Fact::Plain, None))
    }

    /// The department's yes resumes the review, its no refuses the filing (rules 0.11).
    fn resume(&self, actor: &Actor, note: Uuid, granted: bool, env: &Env) -> Result<Step, Refusal> {
        self.another_than_first(actor.user(), env)?;
        self.free_for(actor)?;
        let held_at = self.held_at.ok_or(Refusal::NoPreapproval)?;
        if !granted {
            return Ok((Status::BureauRefused, Fact::Noted { note }, None));
        }
        let entry = self.due_at.filter(|_| self.is_paused(env.policy)).map(|due_at| {
            let left = env.calendar.working_days_between(held_at, due_at);
            Entry { policy: self.policy, due_at: left.and_then(|days| env.calendar.after_working_days(env.now, days)), sms: None }
        });
        Ok((Status::BureauReview, Fact::Noted { note }, entry))
    }

    fn approve(&self, actor: &Actor, note: Uuid, env: &Env) -> Result<Step, Refusal> {
        self.another_than_first(actor.user(), env)?;
        self.reviewable(actor)?;
        if self.due().next().is_some() && self.status == Status::BureauReview {
            return Err(Refusal::ConfirmationPending);
        }
        let reviewer = actor.user().ok_or(Refusal::NotYours)?;
        match self.first_approval {
            None if env.policy.second_reviewer => Ok((self.status, Fact::FirstApproval { note, reviewer }, None)),
            _ => Ok((Status::Approved, Fact::Approved { note, number: None }, None)),
        }
    }
}

fn has_move(verb: Verb, from: Status, who: Who) -> bool {
    MOVES.iter().any(|m| m.verb == verb && m.from == Some(from) && m.who == who)
}

fn at_least_one(reasons: usize) -> Result<(), Refusal> {
    if reasons == 0 { Err(Refusal::ReasonMissing) } else { Ok(()) }
}
