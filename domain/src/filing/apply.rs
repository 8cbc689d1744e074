//! Folding the journal to the row.

use super::{Event, Fact, Filing, SmsRound, Status, Verb};
use crate::id::{ConfirmationId, FilingId, UserId};
use time::OffsetDateTime;

impl Filing {
    /// A filing as its first event makes it. `None` when the first event is not a `Create`.
    pub fn begin(id: FilingId, event: &Event) -> Option<Self> {
        let Fact::Created { owner } = event.fact else {
            return None;
        };
        Some(Self::blank(id, owner, event.at).apply(event))
    }

    /// The whole journal folded. `None` for an empty one.
    pub fn fold<'a>(id: FilingId, events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let first = Self::begin(id, events.next()?)?;
        Some(events.fold(first, |filing, event| filing.apply(event)))
    }

    fn blank(id: FilingId, owner: UserId, at: OffsetDateTime) -> Self {
        Self {
            id,
            seq: 0,
            status: Status::Draft,
            owner,
            province: None,
            provider: None,
            leave: false,
            edited: false,
            policy: 0,
            due_at: None,
            claimed_by: None,
            sms: None,
            rounds: 0,
            failed_rounds: 0,
            held_at: None,
            first_approval: None,
            note: None,
            number: None,
            submitted_at: None,
            entered_at: at,
        }
    }

    /// The filing after this event. Total: what was accepted once always folds.
    #[must_use]
    pub fn apply(mut self, event: &Event) -> Self {
        self.seq = event.seq;
        if event.from != Some(event.to) {
            self.leave_status(event);
        }
        self.status = event.to;
        if let Some(entry) = &event.entry {
            self.policy = entry.policy;
            self.due_at = entry.due_at;
            if let Some(round) = &entry.sms {
                self.rounds = round.number;
                self.sms = Some(round.clone());
            }
        }
        self.apply_fact(event);
        self
    }

    fn leave_status(&mut self, event: &Event) {
        self.entered_at = event.at;
        self.due_at = None;
        self.claimed_by = None;
        self.held_at = None;
        self.first_approval = None;
        self.edited = false;
        // A round belongs to one try: what is left of a failed one must not hold up the next.
        if !matches!(event.to, Status::SmsPending | Status::BureauReview | Status::Approved) {
            self.sms = None;
        }
    }

    fn apply_fact(&mut self, event: &Event) {
        match (&event.fact, event.verb) {
            (Fact::Submitted { province, provider, leave }, _) => {
                self.province = Some(*province);
                self.provider = Some(*provider);
                self.leave = *leave;
                self.submitted_at = self.submitted_at.or(Some(event.at));
            }
            (Fact::Claimed { holder }, _) => self.claimed_by = Some(*holder),
            (Fact::Noted { note }, Verb::Return | Verb::Refuse | Verb::Stop | Verb::Resume) => self.note = Some(*note),
            (Fact::CodeSent { confirmation, by: super::SentBy::Manual }, _) => {
                self.with_due(*confirmation, |due| due.resends = due.resends.saturating_add(1));
            }
            (Fact::Confirmation { confirmation }, Verb::Confirm) => {
                self.with_due(*confirmation, |due| due.confirmed_at = Some(event.at));
                if self.due().next().is_none() {
                    self.failed_rounds = 0;
                }
            }
            (Fact::Confirmation { confirmation }, Verb::Mistake) => {
                self.with_due(*confirmation, |due| due.wrong = due.wrong.saturating_add(1));
            }
            (Fact::FirstApproval { reviewer, .. }, _) => {
                self.first_approval = Some(*reviewer);
                self.claimed_by = None;
            }
            (Fact::SentBack { to, .. }, _) => {
                self.first_approval = None;
                self.claimed_by = *to;
            }
            (Fact::Approved { number, .. }, _) => self.number.clone_from(number),
            _ => {}
        }
        if event.to == Status::SmsFailed && event.from != Some(Status::SmsFailed) {
            self.failed_rounds = self.failed_rounds.saturating_add(1);
        }
        match event.verb {
            Verb::Release => self.claimed_by = None,
            // It is the first reviewer's again, whoever had begun to look at it.
            Verb::Retract => {
                self.first_approval = None;
                self.claimed_by = event.by.user();
            }
            Verb::Edit | Verb::Correct => self.edited = true,
            Verb::Hold => self.held_at = Some(event.at),
            Verb::Resume => self.held_at = None,
            _ => {}
        }
    }

    fn with_due(&mut self, id: ConfirmationId, change: impl FnOnce(&mut super::Due)) {
        let found = self.sms.as_mut().and_then(|round: &mut SmsRound| round.due.iter_mut().find(|due| due.id == id));
        if let Some(due) = found {
            change(due);
        }
    }
}
