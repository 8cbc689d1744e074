//! How often one address may come to this node. What counts by account or phone is counted in the database, for all nodes.

use app::doors::Limit;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use std::num::NonZeroU32;

/// One limiter a kind.
pub struct Limits {
    usual: DefaultKeyedRateLimiter<String>,
    strict: DefaultKeyedRateLimiter<String>,
    lookup: DefaultKeyedRateLimiter<String>,
    flash: DefaultKeyedRateLimiter<String>,
}

impl Limits {
    /// The limits of [`Limit`], times `factor`.
    pub fn new(factor: u32) -> Self {
        let times = |count: u32| NonZeroU32::new(count.saturating_mul(factor)).unwrap_or(NonZeroU32::MIN);
        Self {
            usual: RateLimiter::keyed(Quota::per_second(times(20)).allow_burst(times(100))),
            strict: RateLimiter::keyed(Quota::per_minute(times(30))),
            lookup: RateLimiter::keyed(Quota::per_minute(times(60))),
            flash: RateLimiter::keyed(Quota::per_minute(times(60))),
        }
    }

    /// Counts a request; answers the seconds to wait where it is one too many.
    pub fn refuse(&self, limit: Limit, address: &str) -> Option<u64> {
        let limiter = match limit {
            Limit::Usual => &self.usual,
            Limit::Strict => &self.strict,
            Limit::Lookup => &self.lookup,
        };
        let until = limiter.check_key(&address.to_owned()).err()?;
        Some(until.wait_time_from(limiter.clock().now()).as_secs() + 1)
    }

    /// Counts a form that was wrong and is kept for its page: nobody mistypes more often.
    pub fn allows_flash(&self, address: &str) -> bool {
        self.flash.check_key(&address.to_owned()).is_ok()
    }

    /// Forgets addresses that have not come for a while.
    pub fn forget_idle(&self) {
        for limiter in [&self.usual, &self.strict, &self.lookup, &self.flash] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_limited_and_another_is_not() {
        let limits = Limits::new(1);
        let refused = (0..100).filter_map(|_| limits.refuse(Limit::Strict, "192.0.2.1")).collect::<Vec<_>>();
        assert_eq!(refused.len(), 70);
        assert!(refused.iter().all(|seconds| (1..=60).contains(seconds)), "{refused:?}");
        assert_eq!(limits.refuse(Limit::Strict, "192.0.2.2"), None);
        assert_eq!((0..100).filter(|_| limits.allows_flash("192.0.2.1")).count(), 60);
    }
}
