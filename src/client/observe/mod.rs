//! What a program can see of its calls: spans and events, observers, and metrics.

#[cfg(feature = "metrics")]
mod metrics;
mod trace;

use std::{fmt, time::Duration};

use http::StatusCode;

#[cfg(any(feature = "metrics", feature = "tracing"))]
use crate::error::ErrorKind;
use crate::{error::Error, operation::OperationMeta, types::Site};

#[cfg(feature = "metrics")]
pub use metrics::MetricsObserver;
pub(super) use trace::Span;

/// Sees what happens to calls, for metrics and alarms. [`Builder::observer`](super::Builder::observer) takes it.
///
/// It is called where the call runs, so it must not block. Arguments and responses are never part of an observation.
///
/// ```
/// use huaweicloud_partner::client::{Observation, ObservationKind, Observer};
///
/// #[derive(Debug)]
/// struct Alarm;
///
/// impl Observer for Alarm {
///     fn observe(&self, observation: &Observation<'_>) {
///         if let ObservationKind::UnknownOutcome { error: Some(error), .. } = &observation.kind {
///             eprintln!("{} needs a person: {error}", observation.meta.name);
///         }
///     }
/// }
/// ```
pub trait Observer: fmt::Debug + Send + Sync {
    /// Takes note of what happened to a call.
    fn observe(&self, observation: &Observation<'_>);
}

/// Something that happened to a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Observation<'a> {
    /// What is documented about the operation that was called.
    pub meta: &'static OperationMeta,
    /// The site that was called.
    pub site: Site,
    /// What happened.
    pub kind: ObservationKind<'a>,
}

/// What happened to a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ObservationKind<'a> {
    /// A call waited for its rate limit.
    #[non_exhaustive]
    RateLimitWait {
        /// How long it waited.
        waited: Duration,
    },
    /// An attempt ended.
    #[non_exhaustive]
    Attempt {
        /// Its number, from 1.
        number: u32,
        /// How long it took, from the first byte to the last.
        duration: Duration,
        /// The host that was called.
        host: &'a str,
        /// Its port.
        port: u16,
        /// The status of the response, where one came.
        status: Option<StatusCode>,
        /// Why it failed, where it did.
        error: Option<&'a Error>,
    },
    /// A call is about to be sent again.
    #[non_exhaustive]
    Retry {
        /// How many attempts were made.
        attempts: u32,
        /// How long the call waits before the next.
        wait: Duration,
        /// Why the last attempt failed.
        error: &'a Error,
    },
    /// A call ended.
    #[non_exhaustive]
    Call {
        /// How many attempts it took.
        attempts: u32,
        /// How long it took, waiting included.
        duration: Duration,
        /// Why it failed, where it did.
        error: Option<&'a Error>,
    },
    /// The outcome of a write is not known: it may have been executed.
    #[non_exhaustive]
    UnknownOutcome {
        /// What the call ended with; `None` where its future was dropped after the write was sent.
        error: Option<&'a Error>,
    },
    /// The outcome of an attempt contradicts an assumption of [`ResolveOptions`](crate::journal::ResolveOptions), so that
    /// money may have moved twice: somebody should look.
    #[non_exhaustive]
    BrokenAssumption {
        /// The attempt.
        request_id: &'a str,
        /// What was seen, and what it contradicts.
        detail: &'a str,
    },
    /// A response differs from the documentation and was read all the same.
    #[non_exhaustive]
    Drift {
        /// The place in the response, such as `$.resellers[3].status`.
        path: &'a str,
        /// What came and what was expected.
        detail: &'a str,
    },
}

impl ObservationKind<'_> {
    /// A word for the kind, for the label of a metric.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::RateLimitWait { .. } => "rate_limit_wait",
            Self::Attempt { .. } => "attempt",
            Self::Retry { .. } => "retry",
            Self::Call { .. } => "call",
            Self::UnknownOutcome { .. } => "unknown_outcome",
            Self::BrokenAssumption { .. } => "broken_assumption",
            Self::Drift { .. } => "drift",
        }
    }
}

/// A word for the kind of an error: `error.type` where there is no HTTP status.
#[cfg(any(feature = "metrics", feature = "tracing"))]
pub(super) fn error_word(kind: ErrorKind) -> &'static str {
    kind.as_str()
}
