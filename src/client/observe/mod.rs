//! Observation of calls: spans and events, observers, and metrics.

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

/// Event of a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Observation<'a> {
    /// Documented facts about the operation that was called.
    pub meta: &'static OperationMeta,
    /// The site that was called.
    pub site: Site,
    /// Kind of the event.
    pub kind: ObservationKind<'a>,
}

/// Kind of an event of a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ObservationKind<'a> {
    /// A call waited for its rate limit.
    #[non_exhaustive]
    RateLimitWait {
        /// Duration of the wait.
        waited: Duration,
    },
    /// An attempt ended.
    #[non_exhaustive]
    Attempt {
        /// Number of the attempt, from 1.
        number: u32,
        /// Duration of the attempt, from the first byte to the last.
        duration: Duration,
        /// The host that was called.
        host: &'a str,
        /// Port of the server.
        port: u16,
        /// The status of the response, where one came.
        status: Option<StatusCode>,
        /// Error of the attempt, if it failed.
        error: Option<&'a Error>,
    },
    /// A call is about to be sent again.
    #[non_exhaustive]
    Retry {
        /// Number of attempts.
        attempts: u32,
        /// Time until the next attempt.
        wait: Duration,
        /// Error of the last attempt.
        error: &'a Error,
    },
    /// A call ended.
    #[non_exhaustive]
    Call {
        /// Number of attempts that the call took.
        attempts: u32,
        /// Duration of the call, waits included.
        duration: Duration,
        /// Error of the attempt, if it failed.
        error: Option<&'a Error>,
    },
    /// The outcome of a write is not known: it may have been executed.
    #[non_exhaustive]
    UnknownOutcome {
        /// Error of the call; `None` where its future was dropped after the write was sent.
        error: Option<&'a Error>,
    },
    /// The outcome of an attempt contradicts an assumption of [`ResolveOptions`](crate::journal::ResolveOptions), so that
    /// money may have moved twice: a person should look.
    #[non_exhaustive]
    BrokenAssumption {
        /// Request id of the attempt.
        request_id: &'a str,
        /// Description of what was received, and what it contradicts.
        detail: &'a str,
    },
    /// A measurement comes near an assumption of [`ResolveOptions`](crate::journal::ResolveOptions): nothing is wrong yet, and
    /// the assumption should be raised.
    #[non_exhaustive]
    StrainedAssumption {
        /// Request id of the attempt.
        request_id: &'a str,
        /// Description of what was measured, and what is assumed.
        detail: &'a str,
    },
    /// A response differs from the documentation and was read all the same.
    #[non_exhaustive]
    Drift {
        /// The place in the response, such as `$.resellers[3].status`.
        path: &'a str,
        /// Description of the received and the expected value.
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
            Self::StrainedAssumption { .. } => "strained_assumption",
            Self::Drift { .. } => "drift",
        }
    }
}

/// A word for the kind of an error: `error.type` where there is no HTTP status.
#[cfg(any(feature = "metrics", feature = "tracing"))]
pub(super) fn error_word(kind: ErrorKind) -> &'static str {
    kind.as_str()
}
