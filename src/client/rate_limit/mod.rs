//! Keeps calls within the documented number per second, before the service has to refuse them.

mod local;

use std::{error::Error, fmt, time::Duration};

use async_trait::async_trait;

use crate::{clock::Clock, operation::RateLimit};

pub use local::LocalRateLimiter;

/// Hands out permits for calls. [`LocalRateLimiter`] is the usual one.
///
/// Implement it over a store that a fleet shares, such as Redis, to share the limit too. The service counts per
/// operation and account; [`RateLimitKey`] names both.
#[async_trait]
pub trait RateLimiter: fmt::Debug + Send + Sync {
    /// Waits until the call may go out, at most `longest`, and returns its permit.
    ///
    /// Dropping the future before it is ready gives the place back, as dropping an unused [`Permit`] does.
    ///
    /// # Errors
    /// [`RateLimitError::TooLong`] at once, without waiting, where the place would be free only after `longest`;
    /// [`RateLimitError::Unavailable`] where the limiter's store does not respond. The call is then not sent.
    async fn acquire(
        &self,
        key: RateLimitKey<'_>,
        longest: Duration,
        clock: &dyn Clock,
    ) -> Result<Permit, RateLimitError>;

    /// Takes note that the service throttled a call of this key, so that other calls hold back too: for as long as the
    /// service asked, where it did. Does nothing by default.
    async fn throttled(&self, key: RateLimitKey<'_>, retry_after: Option<Duration>, clock: &dyn Clock) {
        let _ = (key, retry_after, clock);
    }
}

/// Key under which a call is counted: an account and an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RateLimitKey<'a> {
    /// The account that calls. It stays the same when its keys or tokens are renewed and is never a secret:
    /// [`CallOptions::account`](super::CallOptions::account), else the account id of the credentials, else a name for
    /// their source that is unique within the process.
    pub account: &'a str,
    /// The operation, such as `bss.ListIndirectPartners`.
    pub operation: &'static str,
    /// Rate limit of the operation.
    pub limit: RateLimit,
}

impl<'a> RateLimitKey<'a> {
    /// The calls of an operation by an account.
    pub fn new(account: &'a str, operation: &'static str, limit: RateLimit) -> Self {
        Self { account, operation, limit }
    }
}

/// The permission for one call to go out. Dropped without [`consume`](Self::consume), it gives its place back.
#[must_use = "a permit that is dropped gives its place back"]
pub struct Permit(Option<Box<dyn FnOnce() + Send>>);

impl Permit {
    /// A permit that has no place to give back.
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// A permit whose place is given back by `give_back`, which runs if the permit is dropped unused. It must not block.
    pub fn new(give_back: impl FnOnce() + Send + 'static) -> Self {
        Self(Some(Box::new(give_back)))
    }

    /// The call goes out now: its place is used up.
    pub fn consume(mut self) {
        self.0 = None;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(give_back) = self.0.take() {
            give_back();
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Permit" } else { "Permit(unlimited)" })
    }
}

/// Reason why a rate limiter gave no permit.
#[derive(Debug)]
#[non_exhaustive]
pub enum RateLimitError {
    /// The next free place is further away than the call may wait.
    TooLong {
        /// Time that the call would have had to wait.
        wait: Duration,
    },
    /// The store that the limiter counts in does not respond.
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for RateLimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { wait } => {
                write!(
                    f,
                    "the rate limit leaves no place within the deadline; the wait is {}",
                    seconds(*wait)
                )
            }
            Self::Unavailable(_) => f.write_str("the store of the rate limiter is not available"),
        }
    }
}

impl Error for RateLimitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::TooLong { .. } => None,
            Self::Unavailable(source) => Some(&**source),
        }
    }
}

/// A wait in milliseconds or, from two seconds on, in whole seconds, rounded up.
pub(super) fn seconds(wait: Duration) -> String {
    match wait.as_secs() {
        0 | 1 => format!("{} ms", wait.as_nanos().div_ceil(1_000_000)),
        whole => format!("{} s", whole.saturating_add(u64::from(wait.subsec_nanos() > 0))),
    }
}

/// No limit: every call goes out at once, and the service refuses what is too much.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRateLimit;

#[async_trait]
impl RateLimiter for NoRateLimit {
    async fn acquire(
        &self,
        _key: RateLimitKey<'_>,
        _longest: Duration,
        _clock: &dyn Clock,
    ) -> Result<Permit, RateLimitError> {
        Ok(Permit::unlimited())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    #[test]
    fn a_permit_gives_its_place_back_unless_it_is_used() {
        let returned = Arc::new(AtomicU32::new(0));
        let permit = || {
            let returned = Arc::clone(&returned);
            Permit::new(move || {
                returned.fetch_add(1, Ordering::Relaxed);
            })
        };
        drop(permit());
        permit().consume();
        drop(Permit::unlimited());
        assert_eq!(returned.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn waits_are_shown_without_nanoseconds() {
        assert_eq!(seconds(Duration::from_nanos(1)), "1 ms");
        assert_eq!(seconds(Duration::from_millis(1500)), "1500 ms");
        assert_eq!(seconds(Duration::from_millis(2001)), "3 s");
        assert_eq!(seconds(Duration::MAX), format!("{} s", u64::MAX));
    }
}
