//! Options that may differ from call to call.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{LocalRateLimiter, RateLimiter, RetryPolicy};
use crate::{
    auth::{Credentials, CustomerCredentials, ProvideCredentials},
    types::{Language, TimeZone},
};

/// Options that replace a client's own for the calls of one view; see [`Client::with`](super::Client::with).
///
/// ```
/// use std::time::Duration;
/// use huaweicloud_partner::{auth::Credentials, client::{CallOptions, RetryPolicy}};
///
/// let as_customer = CallOptions::new()
///     .credentials(Credentials::temporary_keys("id", "secret", "token"))
///     .deadline(Duration::from_secs(10))
///     .retry(RetryPolicy::NEVER);
///
/// let traced = CallOptions::new()
///     .header(http::HeaderName::from_static("x-tenant"), http::HeaderValue::from_static("north"))
///     .attempt_timeout(Duration::from_secs(3));
/// ```
#[derive(Clone, Default)]
pub struct CallOptions {
    credentials: Option<Arc<dyn ProvideCredentials>>,
    deadline: Option<Duration>,
    language: Option<Language>,
    time_zone: Option<TimeZone>,
    retry: Option<RetryPolicy>,
    rate_limiter: Option<Arc<dyn RateLimiter>>,
    account: Option<Arc<str>>,
    response_limit: Option<usize>,
    attempt_timeout: Option<Duration>,
    headers: HeaderMap,
    checked: Option<bool>,
}

impl CallOptions {
    /// Options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls with these credentials instead of those of the client.
    #[must_use]
    pub fn credentials(mut self, credentials: impl ProvideCredentials + 'static) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// Gives up a call after this time, with waits and repeated attempts included; two minutes by default.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Asks for names and messages in this language where the operation has a parameter for it and the request does not set
    /// it. Without it the service chooses.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Asks for local times of the ticket service in this zone where the request does not; the service uses UTC+8 by default.
    #[must_use]
    pub fn time_zone(mut self, zone: TimeZone) -> Self {
        self.time_zone = Some(zone);
        self
    }

    /// Repeats failed attempts by this policy: by default four attempts, see [`RetryPolicy`].
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Takes the permits of calls from this rate limiter; by default a [`LocalRateLimiter`] keeps the documented limits.
    #[must_use]
    pub fn rate_limiter(mut self, rate_limiter: impl RateLimiter + 'static) -> Self {
        self.rate_limiter = Some(Arc::new(rate_limiter));
        self
    }

    /// Names the account that calls are counted under by the rate limiter. Needed where several processes share a limit and
    /// the credentials do not carry their account id; otherwise the name of the source stands for the account.
    #[must_use]
    pub fn account(mut self, name: impl Into<String>) -> Self {
        self.account = Some(name.into().into());
        self
    }

    /// Refuses responses of more bytes than this; 64 MiB by default. Downloads have a limit of their own.
    #[must_use]
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = Some(bytes);
        self
    }

    /// Gives up an attempt after this time, within the deadline of the whole call; no limit by default. A call that is safe
    /// to repeat is then sent again.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// Adds a header to every call, which is signed. The headers of the signature and the length cannot be set. Its value is
    /// marked as sensitive: it may be a token, so that no `Debug` shows it.
    #[must_use]
    pub fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }

    /// Sends arguments as they are, for rules that the service has changed since this version. Parameters that are part
    /// of the address must be there all the same.
    #[must_use]
    pub fn skip_validation(mut self) -> Self {
        self.checked = Some(false);
        self
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("credentials", &self.credentials)
            .field("deadline", &self.deadline)
            .field("language", &self.language)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// The options in force for a client or a view of it.
#[derive(Clone, Debug)]
pub(super) struct CallConfig {
    pub(super) credentials: Arc<dyn ProvideCredentials>,
    pub(super) deadline: Duration,
    pub(super) language: Option<Language>,
    pub(super) time_zone: Option<TimeZone>,
    pub(super) retry: RetryPolicy,
    pub(super) rate_limiter: Arc<dyn RateLimiter>,
    account: Option<Arc<str>>,
    /// Stands for the account where it is not known.
    source: Arc<str>,
    pub(super) response_limit: usize,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) headers: HeaderMap,
    pub(super) checked: bool,
    pub(super) journal: Option<Arc<super::journal::Session>>,
    pub(super) customers: Option<Arc<CustomerCredentials>>,
}

impl CallConfig {
    /// The defaults: two minutes for a call, responses of at most 64 MiB, everything else as documented.
    pub(super) fn new(credentials: Arc<dyn ProvideCredentials>) -> Self {
        Self {
            credentials,
            deadline: Duration::from_secs(120),
            language: None,
            time_zone: None,
            retry: RetryPolicy::default(),
            rate_limiter: Arc::new(LocalRateLimiter::default()),
            account: None,
            source: source_name(),
            response_limit: 64 << 20,
            attempt_timeout: None,
            headers: HeaderMap::new(),
            checked: true,
            journal: None,
            customers: None,
        }
    }

    pub(super) fn with(&self, options: CallOptions) -> Self {
        let other_source = options.credentials.is_some();
        Self {
            account: if other_source {
                options.account
            } else {
                options.account.or_else(|| self.account.clone())
            },
            source: if other_source { source_name() } else { Arc::clone(&self.source) },
            credentials: options.credentials.unwrap_or_else(|| Arc::clone(&self.credentials)),
            deadline: options.deadline.unwrap_or(self.deadline),
            language: options.language.or_else(|| self.language.clone()),
            time_zone: options.time_zone.or(self.time_zone),
            retry: options.retry.unwrap_or(self.retry),
            rate_limiter: options.rate_limiter.unwrap_or_else(|| Arc::clone(&self.rate_limiter)),
            response_limit: options.response_limit.unwrap_or(self.response_limit),
            attempt_timeout: options.attempt_timeout.or(self.attempt_timeout),
            headers: {
                let mut headers = self.headers.clone();
                headers.extend(options.headers);
                headers
            },
            checked: options.checked.unwrap_or(self.checked),
            journal: self.journal.clone(),
            customers: self.customers.clone(),
        }
    }

    /// The account that a call with these credentials is counted under.
    pub(super) fn account<'k>(&'k self, credentials: &'k Credentials) -> &'k str {
        self.account.as_deref().or_else(|| credentials.domain_id()).unwrap_or(&self.source)
    }
}

/// A name for a source of credentials that no other source of the process has.
fn source_name() -> Arc<str> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("source-{}", NEXT.fetch_add(1, Ordering::Relaxed)).into()
}
