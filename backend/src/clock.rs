//! The only source of time. Demo and tests wind it forward; production never does.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use time::OffsetDateTime;

/// A clock that all clones share.
#[derive(Clone, Debug)]
pub struct Clock {
    stands_at: Option<OffsetDateTime>,
    wound_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock, `wound` ahead (zero outside the demo).
    pub fn system(wound: Duration) -> Self {
        Self { stands_at: None, wound_ms: Arc::new(AtomicI64::new(millis(wound))) }
    }

    /// A clock that moves only when it is wound.
    pub fn standing(at: OffsetDateTime) -> Self {
        Self { stands_at: Some(at), wound_ms: Arc::default() }
    }

    /// Now, in UTC, to the microsecond that the database keeps.
    pub fn now(&self) -> OffsetDateTime {
        let base = self.stands_at.unwrap_or_else(OffsetDateTime::now_utc);
        let now = base + time::Duration::milliseconds(self.wound_ms.load(Ordering::Relaxed));
        now.replace_nanosecond(now.microsecond() * 1000).unwrap_or(now)
    }

    /// Moves all clones forward.
    pub fn wind(&self, by: Duration) {
        self.wound_ms.fetch_add(millis(by), Ordering::Relaxed);
    }

    /// Moves all clones to so far ahead of their base, unless they are there or further.
    pub fn wind_to(&self, ahead: Duration) {
        self.wound_ms.fetch_max(millis(ahead), Ordering::Relaxed);
    }

    /// How far ahead of its base the clock is.
    pub fn wound(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.wound_ms.load(Ordering::Relaxed)).unwrap_or_default())
    }
}

fn millis(by: Duration) -> i64 {
    i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4)
}
