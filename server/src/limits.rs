//! How often one address may come. Each node counts for itself and hears from the others within [`PAUSE`] what came to them, so
//! that several admit what one would. What counts by account or phone is a row of the database, exact at every moment.

use crate::node::Node;
use app::doors::Limit;
use backend::address_counts::{self, Count};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Between two tellings, where there is anything to tell.
const PAUSE: Duration = Duration::from_millis(100);
/// Before the other nodes are listened to again, after the database was lost.
const AGAIN: Duration = Duration::from_secs(1);

/// The limiters by name.
pub struct Limits {
    limiters: [(&'static str, DefaultKeyedRateLimiter<String>); 4],
    /// What was admitted here since the last telling.
    untold: Mutex<HashMap<(&'static str, String), u32>>,
}

impl Limits {
    /// The limits of [`Limit`] and of forms kept for their page, times `factor`.
    pub fn new(factor: u32) -> Self {
        let times = |count: u32| NonZeroU32::new(count.saturating_mul(factor)).unwrap_or(NonZeroU32::MIN);
        let a_minute = |count| RateLimiter::keyed(Quota::per_minute(times(count)));
        Self {
            limiters: [
                ("usual", RateLimiter::keyed(Quota::per_second(times(20)).allow_burst(times(100)))),
                ("strict", a_minute(30)),
                ("lookup", a_minute(60)),
                ("flash", a_minute(60)),
            ],
            untold: Mutex::default(),
        }
    }

    /// Counts a request; answers the seconds to wait where it is one too many.
    pub fn refuse(&self, limit: Limit, address: &str) -> Option<u64> {
        let name = match limit {
            Limit::Usual => "usual",
            Limit::Strict => "strict",
            Limit::Lookup => "lookup",
        };
        self.count(name, address).err()
    }

    /// Counts a form that was wrong and is kept for its page: nobody mistypes more often.
    pub fn allows_flash(&self, address: &str) -> bool {
        self.count("flash", address).is_ok()
    }

    fn named(&self, name: &str) -> Option<&(&'static str, DefaultKeyedRateLimiter<String>)> {
        self.limiters.iter().find(|(known, _)| *known == name)
    }

    fn count(&self, name: &str, address: &str) -> Result<(), u64> {
        let Some((name, limiter)) = self.named(name) else { return Ok(()) };
        let address = address.to_owned();
        limiter.check_key(&address).map_err(|until| until.wait_time_from(limiter.clock().now()).as_secs() + 1)?;
        *self.untold.lock().unwrap_or_else(PoisonError::into_inner).entry((name, address)).or_default() += 1;
        Ok(())
    }

    /// What is to be told, once.
    fn take_untold(&self) -> Vec<Count> {
        let untold = std::mem::take(&mut *self.untold.lock().unwrap_or_else(PoisonError::into_inner));
        let count = |((limit, address), count)| Count { limit: String::from(limit), address, count };
        untold.into_iter().map(count).collect()
    }

    /// Counts what another node admitted.
    fn hear(&self, told: &Count) {
        if let Some((_, limiter)) = self.named(&told.limit) {
            let _ = (0..told.count).try_for_each(|_| limiter.check_key(&told.address).map(drop));
        }
    }

    /// Forgets addresses that have not come for a while.
    pub fn forget_idle(&self) {
        for (_, limiter) in &self.limiters {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// Tells the other nodes what came to this one, until it is asked to end.
pub async fn tell_forever(node: Node) {
    loop {
        tokio::select! {
            () = node.stopped() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        let counts = node.limits.take_untold();
        if counts.is_empty() {
            continue;
        }
        if let Err(error) = address_counts::tell(&node.ctx.pool, node.id, &counts).await {
            tracing::warn!(%error, "the other nodes were not told what came to this one");
        }
    }
}

/// Hears what came to the other nodes, until this one is asked to end.
pub async fn hear_forever(node: Node) {
    loop {
        tokio::select! {
            () = node.stopped() => return,
            lost = address_counts::hear(&node.ctx.pool, node.id, |told| node.limits.hear(&told)) => {
                if let Err(error) = lost {
                    tracing::warn!(%error, "the other nodes are not heard");
                }
            }
        }
        tokio::select! {
            () = node.stopped() => return,
            () = tokio::time::sleep(AGAIN) => {}
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

    #[test]
    fn what_another_node_admitted_counts_here_and_is_told_no_further() {
        let (one, other) = (Limits::new(1), Limits::new(1));
        for _ in 0..20 {
            assert_eq!(one.refuse(Limit::Lookup, "192.0.2.1"), None);
        }
        let told = one.take_untold();
        assert_eq!(told, [Count { limit: "lookup".into(), address: "192.0.2.1".into(), count: 20 }]);
        assert_eq!(one.take_untold(), []);
        told.iter().for_each(|told| other.hear(told));
        assert_eq!(other.take_untold(), []);
        assert_eq!((0..60).filter(|_| other.refuse(Limit::Lookup, "192.0.2.1").is_none()).count(), 40);
        assert_eq!(other.refuse(Limit::Strict, "192.0.2.1"), None);
        // More than there is left, or of a limit of a later version: neither breaks anything.
        other.hear(&Count { limit: "lookup".into(), address: "192.0.2.2".into(), count: u32::MAX });
        other.hear(&Count { limit: "of later".into(), address: "192.0.2.3".into(), count: 1 });
        assert!(other.refuse(Limit::Lookup, "192.0.2.2").is_some());
        assert_eq!(other.refuse(Limit::Lookup, "192.0.2.3"), None);
    }
}
