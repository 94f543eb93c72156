//! The service's time, as an interval that every response narrows.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{HeaderMap, header};
use time::OffsetDateTime;

use super::Client;
use crate::types::UtcTime;

/// Maximum drift of the local clock: 500 parts in a million, more than that of any clock that works.
const DRIFT_PER_MILLION: i128 = 500;
const NANOSECONDS: i128 = 1_000_000_000;
/// Resolution of a coarse local clock in nanoseconds: the time since boot comes in hundredths of a second.
const RESOLUTION: i128 = 20_000_000;

/// The service's current time, as precisely as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceTime {
    /// Lower bound of the service's time.
    pub earliest: OffsetDateTime,
    /// Upper bound of the service's time.
    pub latest: OffsetDateTime,
}

impl ServiceTime {
    /// The middle of the interval.
    #[must_use]
    pub fn estimate(&self) -> OffsetDateTime {
        self.earliest.saturating_add((self.latest - self.earliest) / 2)
    }

    /// Returns the maximum error of the estimate.
    #[must_use]
    pub fn uncertainty(&self) -> Duration {
        Duration::try_from((self.latest - self.earliest) / 2).unwrap_or_default()
    }

    /// The estimate in whole seconds, as requests are signed with.
    pub(crate) fn signing_time(&self) -> UtcTime {
        floor(self.estimate())
    }
}

impl fmt::Display for ServiceTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ± {} ms", UtcTime::from(self.estimate()), self.uncertainty().as_millis())
    }
}

/// A time without its fraction of a second.
pub(crate) fn floor(time: OffsetDateTime) -> UtcTime {
    time.replace_nanosecond(0).unwrap_or(time).into()
}

/// The distance between the service's clock and a local clock that runs while the machine sleeps.
#[derive(Debug, Default)]
pub(super) struct ServiceClock(Mutex<Option<Distance>>);

/// Bounds of service time less local time in nanoseconds, as they were at a local time.
#[derive(Clone, Copy, Debug)]
struct Distance {
    low: i128,
    high: i128,
    at: Duration,
}

impl Distance {
    /// The bounds at a later local time, widened by what the clock may have drifted.
    fn at(self, now: Duration) -> Self {
        let passed = nanoseconds(now).saturating_sub(nanoseconds(self.at)).max(0);
        let drift = passed.saturating_mul(DRIFT_PER_MILLION) / 1_000_000 + i128::from(passed > 0);
        Self { low: self.low - drift, high: self.high + drift, at: now }
    }
}

impl ServiceClock {
    /// Learns from a response that was on its way between two local times, of which the second is now. Only a response of
    /// the service itself counts: one with a request id, and not out of a cache.
    pub(super) fn observe(&self, headers: &HeaderMap, sent: Duration, now: impl FnOnce() -> Duration) {
        let Some(date) = headers.get(header::DATE) else { return };
        if super::response::request_id(headers).is_none() || headers.contains_key(header::AGE) {
            return;
        }
        let received = now();
        let date = date.to_str().ok().and_then(|date| httpdate::parse_http_date(date).ok());
        let Some(date) = date.map(|date| OffsetDateTime::from(date).unix_timestamp_nanos()) else { return };
        // The clock that a Date is written from may be ahead by up to a second.
        let low = date - nanoseconds(received) - RESOLUTION;
        let high = date + NANOSECONDS - nanoseconds(sent) + RESOLUTION;
        if high < low {
            return;
        }
        let mut known = self.known();
        let (low, high) = match known.map(|known| known.at(received)) {
            Some(known) if known.low.max(low) <= known.high.min(high) => {
                (known.low.max(low), known.high.min(high))
            }
            // The clocks contradict what was known: one of them was set. What came last counts.
            _ => (low, high),
        };
        *known = Some(Distance { low, high, at: received });
    }

    /// The service's time at the local time that `now` gives, or `None` before the first response.
    pub(super) fn at(&self, now: impl FnOnce() -> Duration) -> Option<ServiceTime> {
        let known = (*self.known())?;
        let now = now();
        let distance = known.at(now);
        let time = |distance: i128| {
            OffsetDateTime::from_unix_timestamp_nanos(distance.saturating_add(nanoseconds(now))).ok()
        };
        Some(ServiceTime { earliest: time(distance.low)?, latest: time(distance.high)? })
    }

    fn known(&self) -> MutexGuard<'_, Option<Distance>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn nanoseconds(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)
}

impl Client {
    /// The service's current time with its uncertainty, learned from the `Date` of the responses so far. `None` before the
    /// first response.
    ///
    /// The system's own clock plays no part in it, so that it stays right when that clock is wrong or set.
    pub fn service_now(&self) -> Option<ServiceTime> {
        self.shared.service_clock.at(|| self.shared.clock.boot_time())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(date: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", "r1".parse().unwrap());
        headers.insert(header::DATE, date.parse().unwrap());
        headers
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_first_date_gives_an_interval_and_later_ones_narrow_it() {
        let clock = ServiceClock::default();
        assert!(clock.at(|| at(5)).is_none());
        clock.observe(&headers("Fri, 01 May 2026 08:00:10 GMT"), at(4), || at(6));
        let first = clock.at(|| at(6)).unwrap();
        // 2 s on the way, 1 s of the header, and the resolution of the clock on both sides.
        assert_eq!((first.latest - first.earliest).whole_milliseconds(), 3040);
        assert_eq!(UtcTime::from(first.estimate()).to_string(), "2026-05-01T08:00:11.5Z");
        clock.observe(&headers("Fri, 01 May 2026 08:00:13 GMT"), at(7), || at(7));
        let second = clock.at(|| at(7)).unwrap();
        assert!((second.latest - second.earliest).whole_milliseconds() <= 1040);
    }

    #[test]
    fn the_interval_widens_with_drift() {
        let clock = ServiceClock::default();
        clock.observe(&headers("Fri, 01 May 2026 08:00:10 GMT"), at(0), || at(0));
        let later = clock.at(|| at(3600)).unwrap();
        // 500 ppm of an hour are 1.8 s on each side.
        assert_eq!((later.latest - later.earliest).whole_milliseconds(), 4640);
    }

    #[test]
    fn a_contradiction_starts_again_from_the_newest() {
        let clock = ServiceClock::default();
        clock.observe(&headers("Fri, 01 May 2026 08:00:10 GMT"), at(0), || at(0));
        clock.observe(&headers("Fri, 01 May 2026 09:00:10 GMT"), at(1), || at(1));
        assert_eq!(
            UtcTime::from(clock.at(|| at(1)).unwrap().estimate()).to_string(),
            "2026-05-01T09:00:10.5Z"
        );
    }

    #[test]
    fn dates_of_caches_and_of_other_servers_do_not_count() {
        let clock = ServiceClock::default();
        let mut cached = headers("Fri, 01 May 2026 08:00:10 GMT");
        cached.insert(header::AGE, "5".parse().unwrap());
        clock.observe(&cached, at(0), || at(0));
        let mut foreign = headers("Fri, 01 May 2026 08:00:10 GMT");
        foreign.remove("x-request-id");
        clock.observe(&foreign, at(0), || at(0));
        clock.observe(&headers("noon"), at(0), || at(0));
        assert!(clock.at(|| at(0)).is_none());
    }
}
