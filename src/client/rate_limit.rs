//! Keeping to the documented calls per second, before the service has to say so.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use crate::{clock::Clock, operation::RateLimit};

/// Waits until a call is within its limit. Implement it over a store that a fleet shares to share the limit too.
///
/// The service counts per operation and account; [`RateLimitKey`] names both.
#[async_trait]
pub trait RateLimiter: fmt::Debug + Send + Sync {
    /// Returns when the call may go out.
    async fn wait(&self, turn: RateLimitKey<'_>, clock: &dyn Clock);
}

/// A call that asks to go out.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RateLimitKey<'a> {
    /// Whose credentials: a key id, or a name made from a token. Never a secret.
    pub identity: &'a str,
    /// Which operation, such as `bss.ListIndirectPartners`.
    pub operation: &'static str,
    /// How often it may go out.
    pub limit: RateLimit,
}

impl<'a> RateLimitKey<'a> {
    /// A call of an operation by an identity.
    pub fn new(identity: &'a str, operation: &'static str, limit: RateLimit) -> Self {
        Self { identity, operation, limit }
    }
}

/// Rate limits of one process, shared by all clones of a client.
///
/// In no window of the limit's length do more calls go out than it allows. (A token bucket with a burst would let
/// nearly twice as many through.)
#[derive(Debug, Default)]
pub struct LocalRateLimiter {
    sent: Mutex<HashMap<(String, &'static str), VecDeque<Duration>>>,
}

impl LocalRateLimiter {
    /// Reserves the next free moment and says how long it is until then.
    fn reserve(&self, turn: RateLimitKey<'_>, now: Duration) -> Duration {
        let window = Duration::from_secs(turn.limit.seconds.max(1).into());
        let calls = turn.limit.calls.max(1) as usize;
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let moments = sent.entry((turn.identity.to_owned(), turn.operation)).or_default();
        while moments.len() > calls || moments.front().is_some_and(|first| *first + window <= now) {
            moments.pop_front();
        }
        let free = match moments.front() {
            Some(first) if moments.len() >= calls => *first + window,
            _ => now,
        };
        if moments.len() >= calls {
            moments.pop_front();
        }
        moments.push_back(free);
        free.saturating_sub(now)
    }
}

#[async_trait]
impl RateLimiter for LocalRateLimiter {
    async fn wait(&self, turn: RateLimitKey<'_>, clock: &dyn Clock) {
        let wait = self.reserve(turn, clock.elapsed());
        if !wait.is_zero() {
            clock.sleep(wait).await;
        }
    }
}

/// No limit of one's own: every call goes out at once and the service refuses what is too much.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRateLimit;

#[async_trait]
impl RateLimiter for NoRateLimit {
    async fn wait(&self, _turn: RateLimitKey<'_>, _clock: &dyn Clock) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn turn(identity: &str) -> RateLimitKey<'_> {
        RateLimitKey::new(identity, "bss.X", RateLimit { calls: 3, seconds: 1 })
    }

    #[test]
    fn calls_wait_only_beyond_the_quota_and_identities_do_not_share() {
        let quotas = LocalRateLimiter::default();
        let waits: Vec<_> = (0..5).map(|_| quotas.reserve(turn("a"), Duration::ZERO).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 1000, 1000]);
        assert_eq!(quotas.reserve(turn("b"), Duration::ZERO), Duration::ZERO);
        assert_eq!(quotas.reserve(turn("a"), Duration::from_millis(1500)).as_millis(), 0);
        assert_eq!(quotas.reserve(turn("a"), Duration::from_millis(1500)).as_millis(), 500);
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_quota(gaps in prop::collection::vec(0_u64..700, 1..60)) {
            let quotas = LocalRateLimiter::default();
            let mut now = Duration::ZERO;
            let mut gone = Vec::new();
            for gap in gaps {
                now += Duration::from_millis(gap);
                gone.push(now + quotas.reserve(turn("a"), now));
            }
            gone.sort();
            for four in gone.windows(4) {
                prop_assert!(four[3] - four[0] >= Duration::from_secs(1), "{four:?}");
            }
        }
    }
}
