//! The rules by which a call is repeated: when, after which wait, and how often.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde::{Deserialize as _, Deserializer, Serializer, de};

use crate::types::{fields::FieldCodec, instant_or_mail_date, plain::plain};

/// The number of attempts of calls that are safe to repeat, and the waits between them.
///
/// Repeated are reads, writes that end in the same state, writes with a key against repeats, and any call that the
/// service certainly did not execute. The wait before attempt n + 1 is random between nothing and
/// `first · 2ⁿ⁻¹`, at most `longest` (exponential back-off with full jitter); where the service names a wait, that is the
/// least. Every attempt is signed again.
///
/// In a configuration file it is `{"attempts":4,"first_wait_ms":500,"longest_wait_ms":20000}`; what is left out is as by
/// default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    longest: Duration,
}

plain! {
    RetryPolicy strict {
        attempts [with(AtLeastOne) default(Self::default().attempts)],
        first = "first_wait_ms" [with(Milliseconds) default(Self::default().first)],
        longest = "longest_wait_ms" [with(Milliseconds) default(Self::default().longest)],
    }
}

/// A number of attempts.
struct AtLeastOne;

impl FieldCodec<u32> for AtLeastOne {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        match u32::deserialize(deserializer)? {
            0 => Err(de::Error::custom("a call has at least one attempt")),
            attempts => Ok(attempts),
        }
    }

    fn write<S: Serializer>(attempts: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(*attempts)
    }
}

/// Times as whole milliseconds.
struct Milliseconds;

impl FieldCodec<Duration> for Milliseconds {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }

    fn write<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }
}

impl RetryPolicy {
    /// The policy that repeats nothing.
    pub const NEVER: Self = Self { attempts: 1, first: Duration::ZERO, longest: Duration::ZERO };

    /// A policy with this number of attempts in all, at least one.
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

    /// The number of attempts that a call has.
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

/// A budget of retries that all clones of a client share, so that an outage does not lead to a flood of requests.
///
/// A retry takes ten, a response gives one back, up to a hundred. With an empty budget calls fail at once instead of
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

    /// A response came.
    pub(super) fn refill(&self) {
        let more = |left: u32| (left < FULL).then(|| left + 1);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// The wait that a response asks for in `Retry-After`: seconds, also with a fraction, or a date in any of the forms that
/// are seen; of several values the longest. Seconds are rounded up, and what is too large to count waits forever.
pub(super) fn retry_after(headers: &http::HeaderMap, now: time::OffsetDateTime) -> Option<Duration> {
    let values = headers.get_all(http::header::RETRY_AFTER).iter().filter_map(|value| value.to_str().ok());
    values.filter_map(|value| longest_wait(value, now)).max()
}

/// The longest wait in a list, whose dates have commas of their own.
fn longest_wait(value: &str, now: time::OffsetDateTime) -> Option<Duration> {
    let value = value.split(';').next().unwrap_or_default();
    let parts: Vec<&str> = value.split(',').map(|part| part.trim().trim_matches('"').trim()).collect();
    let pairs = parts.windows(2).filter_map(|pair| until(&pair.join(", "), now));
    let single = parts.iter().filter_map(|part| seconds(part).or_else(|| until(part, now)));
    single.chain(pairs).max()
}

/// Decimal seconds, rounded up.
fn seconds(text: &str) -> Option<Duration> {
    let text = text.strip_suffix(['s', 'S']).unwrap_or(text).trim_end();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(u64::MAX) };
    let up = u64::from(fraction.bytes().any(|digit| digit != b'0'));
    Some(Duration::from_secs(whole.saturating_add(up)))
}

/// The time until a date of RFC 9110 (its three forms), RFC 2822, RFC 3339, or any form in which the service writes times;
/// none where it is past.
fn until(text: &str, now: time::OffsetDateTime) -> Option<Duration> {
    let in_utc = text.get(text.len().saturating_sub(4)..).filter(|end| end.eq_ignore_ascii_case(" utc"));
    let text = &*match in_utc.and_then(|end| text.strip_suffix(end)) {
        Some(date) => Cow::Owned(format!("{date} GMT")),
        None => Cow::Borrowed(text),
    };
    let date = httpdate::parse_http_date(text).ok().map(time::OffsetDateTime::from);
    let date = date.or_else(|| instant_or_mail_date(text))?;
    let wait: Duration = (date - now).try_into().unwrap_or(Duration::ZERO);
    Some(Duration::from_secs(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read_from_a_configuration_file() {
        let policy = RetryPolicy::default()
            .with_attempts(2)
            .with_waits(Duration::from_millis(7), Duration::from_secs(3));
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(json, r#"{"attempts":2,"first_wait_ms":7,"longest_wait_ms":3000}"#);
        assert_eq!(serde_json::from_str::<RetryPolicy>(&json).unwrap(), policy);
        assert_eq!(serde_json::from_str::<RetryPolicy>("{}").unwrap(), RetryPolicy::default());
        for odd in [r#"{"attempts":0}"#, r#"{"attempts":-1}"#, r#"{"first_wait_ms":"1s"}"#, r#"{"tries":3}"#]
        {
            assert!(serde_json::from_str::<RetryPolicy>(odd).is_err(), "{odd}");
        }
    }

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
    fn every_form_of_retry_after_is_read() {
        let now = time::OffsetDateTime::from_unix_timestamp(1_777_622_701).unwrap();
        let read = |values: &[&'static str]| {
            let mut headers = http::HeaderMap::new();
            for value in values {
                headers.append("retry-after", http::HeaderValue::from_static(value));
            }
            retry_after(&headers, now).map(|wait| wait.as_secs())
        };
        for (value, wait) in [
            ("7", Some(7)),
            ("007", Some(7)),
            ("299.997", Some(300)),
            ("0.493", Some(1)),
            ("1.5", Some(2)),
            ("2.000", Some(2)),
            (".5", Some(1)),
            ("60, 60", Some(60)),
            ("3,90 , 5", Some(90)),
            ("\"12\"", Some(12)),
            ("99999999999999999999", Some(u64::MAX)),
            ("99999999999999999999.5", Some(u64::MAX)),
            ("2026-05-01T08:06:01Z", Some(60)),
            ("2026-05-01T16:06:01+08:00", Some(60)),
            ("2026-05-01T08:06:01.001Z", Some(61)),
            ("Fri, 01 May 2026 16:06:01 +0800", Some(60)),
            ("Fri, 01 May 2026 08:05:11 GMT", Some(10)),
            ("Friday, 01-May-26 08:05:11 GMT", Some(10)),
            ("Fri May  1 08:05:11 2026", Some(10)),
            ("3, Fri, 01 May 2026 08:05:11 GMT", Some(10)),
            ("Fri, 01 May 2026 08:05:11 GMT, 30", Some(30)),
            ("Fri, 01 May 2020 08:05:11 GMT", Some(0)),
            ("fri, 01 may 2026 08:05:11 gmt", Some(10)),
            ("Fri, 1 May 2026 08:05:11 GMT", Some(10)),
            ("Mon, 01 May 2026 08:05:11 GMT", Some(10)),
            ("01 May 2026 08:05:11 GMT", Some(10)),
            ("Fri, 01 May 2026 08:05:11 UTC", Some(10)),
            ("Fri, 01 May 2026 08:05:11 +0000", Some(10)),
            ("2026-05-01T16:06:01+0800", Some(60)),
            ("2026-05-01 08:06:01", Some(60)),
            ("2026-05-01 16:06:01.250 GMT+8", Some(61)),
            ("9999-12-31T23:59:59-08:00", Some(251_624_706_898)),
            ("60;", Some(60)),
            ("60; comment", Some(60)),
            ("60s", Some(60)),
            ("1.2 s", Some(2)),
            ("soon", None),
            ("60 minutes", None),
            ("60m", None),
            ("", None),
            (".", None),
            ("-5", None),
            ("1e3", None),
            ("NaN", None),
        ] {
            assert_eq!(read(&[value]), wait, "{value}");
        }
        assert_eq!(read(&["3", "90"]), Some(90));
        assert_eq!(read(&["90", "soon"]), Some(90));
        assert_eq!(read(&[]), None);
    }
}
