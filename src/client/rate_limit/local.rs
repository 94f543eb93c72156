//! Rate limits of one process.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use super::{Permit, RateLimitError, RateLimitKey, RateLimiter};
use crate::{clock::Clock, operation::RateLimit};

/// The most keys that are held. Above it the ones that were idle longest are forgotten, even where their window has not
/// passed; a number of keys like this within one window means that accounts are not distinguished as they should be.
const MOST_KEYS: usize = 8192;

/// The longest time for which one throttled call holds the others back: a wait that is longer than any service means must
/// not stop an operation for good.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Rate limits of one process, shared by all clones of a client.
///
/// In no window of the limit's length do more calls go out than it allows. (A token bucket with a burst would let
/// nearly twice as many through.) A call that gives up, because its future is dropped or its deadline passes, returns
/// its place, and the next call takes it. A call whose place would be free only after its deadline is refused at once.
/// Where the service throttles a call nevertheless, all calls of the same account and operation wait for as long as it
/// asks, at most for a day, or for one window.
///
/// Keys that have been idle for longer than their window are forgotten.
#[derive(Default)]
pub struct LocalRateLimiter {
    keys: Mutex<Keys>,
}

#[derive(Default)]
struct Keys {
    accounts: HashMap<Box<str>, HashMap<&'static str, Arc<Places>>>,
    count: usize,
    /// Idle keys are looked for when there are this many.
    sweep_at: usize,
}

/// The places of one key.
#[derive(Debug, Default)]
struct Places(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    /// Times of past and reserved calls, in order.
    times: VecDeque<Duration>,
    /// The last window, for telling whether the key is idle.
    window: Duration,
    /// A place before the last was given back.
    has_gaps: bool,
    /// The service throttled: nothing goes out before.
    paused_until: Duration,
}

impl LocalRateLimiter {
    /// The places of a key; makes them where there are none.
    fn places(&self, key: RateLimitKey<'_>, now: Duration) -> Arc<Places> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = keys.accounts.get(key.account).and_then(|known| known.get(key.operation)) {
            return Arc::clone(places);
        }
        if keys.count >= keys.sweep_at.max(64) {
            keys.sweep(now);
        }
        keys.count += 1;
        let places = Arc::new(Places::default());
        keys.accounts.entry(key.account.into()).or_default().insert(key.operation, Arc::clone(&places));
        places
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.keys.lock().unwrap().count
    }
}

impl Keys {
    /// Forgets idle keys, and if there are still too many, those that were used longest ago.
    fn sweep(&mut self, now: Duration) {
        self.retain(|places| Arc::strong_count(places) > 1 || !places.taken().is_idle(now));
        if self.count >= MOST_KEYS {
            let mut last: Vec<Duration> = self
                .accounts
                .values()
                .flat_map(HashMap::values)
                .map(|places| places.taken().times.back().copied().unwrap_or_default())
                .collect();
            let middle = last.len() / 2;
            let (_, median, _) = last.select_nth_unstable(middle);
            let median = *median;
            let mut spare = middle;
            self.retain(|places| {
                let old = places.taken().times.back().copied().unwrap_or_default() <= median;
                let forget = old && spare > 0 && Arc::strong_count(places) == 1;
                spare -= usize::from(forget);
                !forget
            });
        }
        self.sweep_at = (self.count * 2).min(MOST_KEYS);
    }

    fn retain(&mut self, mut keep: impl FnMut(&Arc<Places>) -> bool) {
        self.accounts.retain(|_, operations| {
            operations.retain(|_, places| keep(places));
            !operations.is_empty()
        });
        self.count = self.accounts.values().map(HashMap::len).sum();
    }
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the earliest free place, which is at most `longest` away, and returns its time.
    fn take(&self, limit: RateLimit, now: Duration, longest: Duration) -> Result<Duration, Duration> {
        let mut taken = self.taken();
        let window = Duration::from_secs(limit.seconds.max(1).into());
        let calls = limit.calls.max(1) as usize;
        taken.forget_before(now, window);
        let earliest = now.max(taken.paused_until);
        let free = taken.earliest(earliest, calls, window);
        let wait = free.saturating_sub(now);
        if wait > longest {
            return Err(wait);
        }
        let at = taken.times.partition_point(|time| *time <= free);
        taken.times.insert(at, free);
        Ok(free)
    }

    fn release(&self, time: Duration) {
        let mut taken = self.taken();
        if let Some(at) = taken.times.iter().rposition(|known| *known == time) {
            taken.times.remove(at);
            taken.has_gaps |= at < taken.times.len();
        }
    }
}

impl Taken {
    fn is_idle(&self, now: Duration) -> bool {
        self.paused_until <= now
            && self.times.back().is_none_or(|last| last.saturating_add(self.window) <= now)
    }

    fn forget_before(&mut self, now: Duration, window: Duration) {
        self.window = window;
        while self.times.front().is_some_and(|first| first.saturating_add(window) <= now) {
            self.times.pop_front();
        }
    }

    /// The earliest time, not before `earliest`, at which one more call fits.
    fn earliest(&mut self, earliest: Duration, calls: usize, window: Duration) -> Duration {
        let after =
            |index: usize| self.times.get(index).map_or(Duration::ZERO, |time| time.saturating_add(window));
        if self.has_gaps {
            // Every place that could be free begins now, or where a window ends.
            let ends = (0..self.times.len()).map(after).filter(|end| *end > earliest);
            if let Some(gap) =
                std::iter::once(earliest).chain(ends).find(|time| self.fits(*time, calls, window))
            {
                return gap;
            }
        }
        let last = self.times.back().copied().unwrap_or_default();
        let window_end = self.times.len().checked_sub(calls).map_or(Duration::ZERO, after);
        let free = earliest.max(window_end);
        if free >= last {
            self.has_gaps = false;
            free
        } else {
            // After a pause there may be places before the last one.
            let ends = (0..self.times.len()).map(after).filter(|end| *end > earliest);
            let found = std::iter::once(earliest).chain(ends).find(|time| self.fits(*time, calls, window));
            found.unwrap_or_else(|| last.max(window_end))
        }
    }

    /// Whether a call at `time` leaves every window with at most `calls` of them.
    fn fits(&self, time: Duration, calls: usize, window: Duration) -> bool {
        let at = self.times.partition_point(|known| *known <= time);
        // The calls that share a window with it, in order, with it among them.
        let first = at.saturating_sub(calls);
        (first..=at).all(|begin| {
            let with_it = |index: usize| match index.cmp(&at) {
                std::cmp::Ordering::Less => self.times.get(index).copied(),
                std::cmp::Ordering::Equal => Some(time),
                std::cmp::Ordering::Greater => self.times.get(index - 1).copied(),
            };
            match (with_it(begin), with_it(begin + calls)) {
                (Some(begin), Some(end)) => end.saturating_sub(begin) >= window,
                _ => true,
            }
        })
    }
}

#[async_trait]
impl RateLimiter for LocalRateLimiter {
    async fn acquire(
        &self,
        key: RateLimitKey<'_>,
        longest: Duration,
        clock: &dyn Clock,
    ) -> Result<Permit, RateLimitError> {
        let started = clock.elapsed();
        let places = self.places(key, started);
        loop {
            let now = clock.elapsed();
            let left = longest.saturating_sub(now.saturating_sub(started));
            let time = places.take(key.limit, now, left).map_err(|wait| RateLimitError::TooLong { wait })?;
            let permit = {
                let places = Arc::clone(&places);
                Permit::new(move || places.release(time))
            };
            if time > now {
                clock.sleep(time.saturating_sub(now)).await;
            }
            // The service may have throttled another call meanwhile.
            if time <= now || places.taken().paused_until <= clock.elapsed() {
                return Ok(permit);
            }
        }
    }

    async fn throttled(&self, key: RateLimitKey<'_>, retry_after: Option<Duration>, clock: &dyn Clock) {
        let now = clock.elapsed();
        let window = Duration::from_secs(key.limit.seconds.max(1).into());
        let places = self.places(key, now);
        let mut taken = places.taken();
        let pause = retry_after.unwrap_or(window).min(LONGEST_PAUSE);
        taken.paused_until = taken.paused_until.max(now.saturating_add(pause));
    }
}

impl fmt::Debug for LocalRateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner).count;
        f.debug_struct("LocalRateLimiter").field("keys", &keys).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use futures_util::FutureExt as _;
    use proptest::prelude::*;

    const LONG: Duration = Duration::from_secs(3600);

    fn key(account: &str) -> RateLimitKey<'_> {
        RateLimitKey::new(account, "bss.X", RateLimit { calls: 3, seconds: 1 })
    }

    fn ten(account: &str) -> RateLimitKey<'_> {
        RateLimitKey::new(account, "bss.X", RateLimit::per_second(10))
    }

    fn take(limiter: &LocalRateLimiter, key: RateLimitKey<'_>, now: Duration) -> Result<Duration, Duration> {
        limiter.places(key, now).take(key.limit, now, LONG).map(|time| time - now)
    }

    #[test]
    fn calls_wait_only_beyond_the_limit_and_accounts_do_not_share() {
        let limiter = LocalRateLimiter::default();
        let waits: Vec<_> =
            (0..5).map(|_| take(&limiter, key("a"), Duration::ZERO).unwrap().as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 1000, 1000]);
        assert_eq!(take(&limiter, key("b"), Duration::ZERO), Ok(Duration::ZERO));
        assert_eq!(take(&limiter, key("a"), Duration::from_millis(1500)).unwrap().as_millis(), 0);
        assert_eq!(take(&limiter, key("a"), Duration::from_millis(1500)).unwrap().as_millis(), 500);
    }

    #[test]
    fn a_call_beyond_its_deadline_is_refused_at_once_and_takes_no_place() {
        let limiter = LocalRateLimiter::default();
        let places = limiter.places(ten("a"), Duration::ZERO);
        let ten_seconds = Duration::from_secs(10);
        let taken: Vec<_> =
            (0..300).map(|_| places.take(ten("a").limit, Duration::ZERO, ten_seconds)).collect();
        assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 110);
        assert_eq!(taken[299], Err(Duration::from_secs(11)));
    }

    /// 300 calls at once with a deadline of ten seconds at ten a second, then eleven a second without end.
    #[test]
    fn after_a_burst_a_steady_load_gets_its_rate() {
        let limiter = LocalRateLimiter::default();
        let places = limiter.places(ten("a"), Duration::ZERO);
        let deadline = Duration::from_secs(10);
        for _ in 0..300 {
            let _ = places.take(ten("a").limit, Duration::ZERO, deadline);
        }
        let mut gone = 0;
        for call in 0..11 * 600_u64 {
            let now = Duration::from_nanos(call * 1_000_000_000 / 11);
            gone += u32::from(places.take(ten("a").limit, now, deadline).is_ok());
        }
        assert!((5900..=6010).contains(&gone), "{gone}");
        assert!(places.taken().times.len() < 130);
    }

    #[test]
    fn a_place_that_was_given_back_is_taken_by_the_next_call() {
        let limiter = LocalRateLimiter::default();
        let places = limiter.places(key("a"), Duration::ZERO);
        let times: Vec<_> =
            (0..9).map(|_| places.take(key("a").limit, Duration::ZERO, LONG).unwrap()).collect();
        places.release(times[4]);
        places.release(times[7]);
        let seconds = |wait: Result<Duration, _>| wait.unwrap().as_secs();
        assert_eq!(seconds(places.take(key("a").limit, Duration::ZERO, LONG)), 1);
        assert_eq!(seconds(places.take(key("a").limit, Duration::ZERO, LONG)), 2);
        assert_eq!(seconds(places.take(key("a").limit, Duration::ZERO, LONG)), 3);
    }

    #[test]
    fn a_dropped_wait_gives_its_place_back() {
        /// A clock on which waiting never ends.
        #[derive(Debug)]
        struct StoppedClock;

        impl Clock for StoppedClock {
            fn now(&self) -> time::OffsetDateTime {
                time::OffsetDateTime::UNIX_EPOCH
            }

            fn elapsed(&self) -> Duration {
                Duration::ZERO
            }

            fn sleep(&self, _: Duration) -> crate::clock::Sleep {
                Box::pin(std::future::pending())
            }
        }

        let limiter = LocalRateLimiter::default();
        for _ in 0..3 {
            limiter.acquire(key("a"), LONG, &StoppedClock).now_or_never().unwrap().unwrap().consume();
        }
        for _ in 0..100 {
            assert!(limiter.acquire(key("a"), LONG, &StoppedClock).now_or_never().is_none());
        }
        assert_eq!(limiter.places(key("a"), Duration::ZERO).taken().times.len(), 3);
        let wait =
            limiter.acquire(key("a"), Duration::from_millis(10), &StoppedClock).now_or_never().unwrap();
        assert!(matches!(wait, Err(RateLimitError::TooLong { wait }) if wait.as_secs() == 1));
    }

    #[test]
    fn a_throttled_call_holds_the_others_back() {
        let clock = ManualClock::at(time::OffsetDateTime::UNIX_EPOCH);
        let limiter = LocalRateLimiter::default();
        let acquire = |key| limiter.acquire(key, LONG, &clock).now_or_never().unwrap().unwrap().consume();
        acquire(key("a"));
        limiter.throttled(key("a"), Some(Duration::from_secs(7)), &clock).now_or_never().unwrap();
        acquire(key("b"));
        assert_eq!(clock.elapsed(), Duration::ZERO);
        acquire(key("a"));
        assert_eq!(clock.elapsed(), Duration::from_secs(7));
        limiter.throttled(key("a"), None, &clock).now_or_never().unwrap();
        acquire(key("a"));
        assert_eq!(clock.elapsed(), Duration::from_secs(8));
        limiter.throttled(key("a"), Some(Duration::MAX), &clock).now_or_never().unwrap();
        let refused = limiter.acquire(key("a"), LONG, &clock).now_or_never().unwrap().unwrap_err();
        assert!(matches!(refused, RateLimitError::TooLong { .. }));
        // An absurd wait does not stop the operation for good.
        clock.advance(LONGEST_PAUSE);
        acquire(key("a"));
    }

    #[test]
    fn memory_stays_constant_over_100_000_keys() {
        let limiter = LocalRateLimiter::default();
        for account in 0..100_000_u32 {
            let now = Duration::from_millis(u64::from(account) * 10);
            take(&limiter, key(&account.to_string()), now).unwrap();
            assert!(limiter.len() <= 300, "{}", limiter.len());
        }
        for account in 0..100_000_u32 {
            take(&limiter, key(&account.to_string()), Duration::from_secs(10_000)).unwrap();
        }
        assert!(limiter.len() <= MOST_KEYS, "{}", limiter.len());
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_limit(
            steps in prop::collection::vec((0_u64..700, any::<bool>(), 0_usize..8), 1..60),
        ) {
            let limiter = LocalRateLimiter::default();
            let places = limiter.places(key("a"), Duration::ZERO);
            let mut now = Duration::ZERO;
            let mut gone: Vec<Duration> = Vec::new();
            for (gap, pause, back) in steps {
                now += Duration::from_millis(gap);
                gone.push(places.take(key("a").limit, now, LONG).unwrap());
                if pause {
                    places.taken().paused_until = now + Duration::from_millis(gap);
                }
                // Gives back a place that is still to come.
                let waiting: Vec<_> = (0..gone.len()).filter(|index| gone[*index] > now).collect();
                if let Some(index) = waiting.get(back) {
                    places.release(gone.remove(*index));
                }
            }
            gone.sort();
            for four in gone.windows(4) {
                prop_assert!(four[3] - four[0] >= Duration::from_secs(1), "{four:?}");
            }
        }
    }
}
