//! How long a filing may wait for its registrant: it expires when nothing changes, and says so before.
//!
//! Idle are the statuses in which the registrant is to act ([`Status::is_editable`](super::Status::is_editable)): a draft,
//! returned, refused, not confirmed. A provider's or a bureau's slowness costs nobody a filing, and a round of
//! confirmations has a window of its own.

use crate::policy::Policy;
use time::{Duration, OffsetDateTime};

/// How many days before the end it is told, the first reminder first.
pub const REMINDERS: [u16; 3] = [30, 15, 7];

/// An idle time that is running.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Idle {
    /// When anybody changed an answer or moved the filing last.
    pub since: OffsetDateTime,
    /// How many days it may last.
    days: u16,
}

impl Idle {
    /// The idle time since then under the policy that holds now.
    pub fn new(since: OffsetDateTime, policy: &Policy) -> Self {
        Self { since, days: policy.idle_days }
    }

    /// When the filing expires.
    pub fn end(self) -> OffsetDateTime {
        self.since + Duration::days(i64::from(self.days))
    }

    /// The reminder that is due, by its days before the end: the latest one only, whatever was missed. None when the idle
    /// time has not come so far, or is over.
    pub fn reminder(self, now: OffsetDateTime) -> Option<u16> {
        self.moments().filter(|(_, at)| *at <= now && now < self.end()).map(|(days, _)| days).last()
    }

    /// When to look at it next after this moment: at the next reminder, or at the end.
    pub fn next(self, now: OffsetDateTime) -> OffsetDateTime {
        self.moments().map(|(_, at)| at).find(|at| *at > now).unwrap_or_else(|| self.end())
    }

    /// The reminders that fit into the idle time, in the order of their moments.
    fn moments(self) -> impl Iterator<Item = (u16, OffsetDateTime)> {
        let fits = move |days: &u16| *days < self.days;
        REMINDERS.into_iter().filter(fits).map(move |days| (days, self.end() - Duration::days(i64::from(days))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const SINCE: OffsetDateTime = datetime!(2026-03-02 09:30 +8);

    fn idle(days: u16) -> Idle {
        Idle::new(SINCE, &Policy { idle_days: days, ..Policy::national() })
    }

    /// The days after which something is told or done, walked from look to look.
    fn looks(idle: Idle) -> Vec<i64> {
        let mut looks = Vec::new();
        let mut now = SINCE;
        while now < idle.end() {
            now = idle.next(now);
            looks.push((now - SINCE).whole_days());
        }
        looks
    }

    #[test]
    fn of_45_days_the_registrant_is_reminded_after_15_30_and_38() {
        assert_eq!(looks(idle(45)), [15, 30, 38, 45]);
        assert_eq!(looks(idle(60)), [30, 45, 53, 60]);
        // A shorter time has fewer reminders: none at its very beginning.
        assert_eq!(looks(idle(30)), [15, 23, 30]);
        assert_eq!(looks(idle(7)), [7]);
    }

    #[test]
    fn only_the_latest_reminder_is_due_and_none_after_the_end() {
        let after = |days| idle(45).reminder(SINCE + Duration::days(days));
        let due: Vec<_> = [0, 14, 15, 29, 30, 37, 38, 44].into_iter().map(after).collect();
        assert_eq!(due, [None, None, Some(30), Some(30), Some(15), Some(15), Some(7), Some(7)]);
        assert_eq!((after(45), after(400)), (None, None));
        assert_eq!(idle(45).reminder(SINCE + Duration::days(15) - Duration::SECOND), None);
    }

    #[test]
    fn a_look_is_always_ahead_or_the_end() {
        let idle = idle(45);
        assert_eq!(idle.next(SINCE + Duration::days(400)), idle.end());
        assert_eq!(idle.next(SINCE + Duration::days(15)), SINCE + Duration::days(30));
    }
}
