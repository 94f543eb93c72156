//! When a call is repeated, how long it waits before, and when the client stops trying.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// How often and how patiently calls are repeated that are safe to repeat.
///
/// Repeated are reads, writes that end in the same state, writes with a key against repeats, and any call that the
/// service surely did not carry out. The wait before attempt n + 1 is random between nothing and
/// `first · 2ⁿ⁻¹`, at most `longest` (exponential back-off with full jitter); where the service names a wait, that is the
/// least. Every attempt is signed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    longest: Duration,
}

impl RetryPolicy {
    /// No repeats.
    pub const NEVER: Self = Self { attempts: 1, first: Duration::ZERO, longest: Duration::ZERO };

    /// So many attempts in all, at least one.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// The wait before the second attempt is at most `first`, before any later one at most `longest`.
    #[must_use]
    pub const fn with_waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest;
        self
    }

    /// How many attempts a call has.
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The wait after `attempt` attempts, at least what the service asked for.
    pub(super) fn wait_after(&self, attempt: u32, asked: Option<Duration>) -> Duration {
        let doubled =
            self.first.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
        let most = u64::try_from(doubled.min(self.longest).as_millis()).unwrap_or(u64::MAX);
        let jittered = Duration::from_millis(fastrand::u64(0..=most));
        asked.map_or(jittered, |asked| asked.saturating_add(jittered))
    }
}

impl Default for RetryPolicy {
    /// Four attempts, waiting at most half a second at first and at most 20 seconds.
    fn default() -> Self {
        Self { attempts: 4, first: Duration::from_millis(500), longest: Duration::from_secs(20) }
    }
}

/// A budget of repeats that all clones of a client share, so that an outage is not answered by a storm.
///
/// A repeat takes ten, an answer gives one back, up to a hundred. With an empty budget calls fail at once instead of
/// being repeated.
#[derive(Debug)]
pub(super) struct RetryBudget(AtomicU32);

const FULL: u32 = 100;
const REPEAT: u32 = 10;

impl RetryBudget {
    pub(super) const fn full() -> Self {
        Self(AtomicU32::new(FULL))
    }

    /// Pays for a repeat, where the budget can.
    pub(super) fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(REPEAT)).is_ok()
    }

    /// An answer came.
    pub(super) fn refill(&self) {
        let more = |left: u32| (left < FULL).then(|| left + 1);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// The wait that an answer asks for in `Retry-After`, as seconds or as a date.
pub(super) fn retry_after(headers: &http::HeaderMap, now: time::OffsetDateTime) -> Option<Duration> {
    let text = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = time::OffsetDateTime::from(httpdate::parse_http_date(text).ok()?);
    Some((date - now).try_into().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_are_capped_and_honour_the_service() {
        let policy = RetryPolicy::default();
        for attempt in 1..80 {
            assert!(policy.wait_after(attempt, None) <= Duration::from_secs(20));
        }
        assert!((0..50).all(|_| policy.wait_after(1, None) <= Duration::from_millis(500)));
        assert!(policy.wait_after(1, Some(Duration::from_secs(60))) >= Duration::from_secs(60));
        assert_eq!(RetryPolicy::NEVER.with_attempts(0).attempts(), 1);
    }

    #[test]
    fn the_budget_runs_out_and_comes_back() {
        let budget = RetryBudget::full();
        assert!((0..10).all(|_| budget.take()));
        assert!(!budget.take());
        (0..10).for_each(|_| budget.refill());
        assert!(budget.take() && !budget.take());
        (0..1000).for_each(|_| budget.refill());
        assert_eq!((0..20).filter(|_| budget.take()).count(), 10);
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let now = time::OffsetDateTime::from_unix_timestamp(1_777_622_701).unwrap();
        let read = |value: &'static str| {
            let mut headers = http::HeaderMap::new();
            headers.insert("retry-after", http::HeaderValue::from_static(value));
            retry_after(&headers, now)
        };
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        assert_eq!(read("Fri, 01 May 2026 08:05:11 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(read("Fri, 01 May 2020 08:05:11 GMT"), Some(Duration::ZERO));
        assert_eq!(read("soon"), None);
    }
}
