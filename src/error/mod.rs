//! Errors of calls, and what a caller can do about them.
//!
//! Every failed call is one [`Error`]. It states four things: what failed ([`Error::kind`], [`Error::code`]), was it
//! sent and possibly executed ([`Error::may_have_been_executed`]), may it be repeated ([`Error::is_retryable`],
//! [`Error::retry_after`]), and what does support need to know ([`Error::request_id`], its `Display`).
//!
//! ```no_run
//! use huaweicloud_partner::{Client, ErrorKind, error::codes, resellers::AllocateToReseller};
//!
//! # async fn example(client: Client, transfer: AllocateToReseller) -> Result<(), huaweicloud_partner::Error> {
//! match client.send(&transfer).await {
//!     Ok(done) => println!("transfer {}", done.transfer_id),
//!     Err(error) if error.code() == Some(&codes::BALANCE_TOO_LOW) => println!("top up the account first"),
//!     // The money may have moved: find out before anything is repeated, see `journal`.
//!     Err(error) if error.may_have_been_executed() => println!("unknown: {error}"),
//!     Err(error) if error.is_retryable() => println!("try again after {:?}", error.retry_after()),
//!     Err(error) if error.kind() == ErrorKind::InvalidInput => println!("not sent: {error}"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The codes that the service documents are constants of [`codes`], each with its meaning, its remedy and whether repeating
//! helps.

mod api;
mod authentication;
pub(crate) mod classify;
pub mod codes;
mod item;
mod kind;
mod validation;

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::StatusCode;

use crate::types::UtcTime;

pub use api::ApiError;
pub use authentication::AuthenticationRefusal;
pub use codes::code::{CodeInfo, ErrorCode, Responsibility, Retry};
pub use item::ItemError;
pub use kind::{ErrorKind, UnknownErrorKind};
pub use validation::{ValidationError, Violation};

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Error of a call.
///
/// `Display` is one sentence with operation, code, message and request id, free of personal data and keys.
pub struct Error(Box<Repr>);

struct Repr {
    kind: ErrorKind,
    operation: &'static str,
    message: String,
    status: Option<StatusCode>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    retryable: bool,
    possibly_executed: bool,
    api: Option<ApiError>,
    invalid: Option<ValidationError>,
    outcome: Option<UnknownOutcome>,
    body: Bytes,
    source: Option<Source>,
}

/// Facts about a write whose result never arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownOutcome {
    /// The operation, such as `bss.UpdateIndirectPartnerAccount`.
    pub operation: &'static str,
    /// Time at which the first attempt was sent, by the corrected clock.
    pub from: UtcTime,
    /// Time at which the client stopped waiting.
    pub until: UtcTime,
    /// Query whose records show whether the write was executed, such as `bss.ListPartnerAdjustRecords`.
    pub witness: Option<&'static str>,
    /// Time at which the first attempt was handed to the transport, on the scale of
    /// [`Clock::boot_time`](crate::clock::Clock::boot_time).
    pub(crate) sent: Option<Duration>,
    /// Time at which the transport had closed the last one.
    pub(crate) closed: Option<Duration>,
}

impl UnknownOutcome {
    /// Describes an operation that was under way between two instants.
    pub fn new(
        operation: &'static str,
        from: UtcTime,
        until: UtcTime,
        witness: Option<&'static str>,
    ) -> Self {
        Self { operation, from, until, witness, sent: None, closed: None }
    }
}

impl Error {
    /// An error of a kind with a message that ends without a full stop. The message must not hold personal data.
    pub fn new(kind: ErrorKind, operation: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Repr {
            kind,
            operation,
            message: message.into(),
            status: None,
            request_id: None,
            retry_after: None,
            retryable: matches!(kind, ErrorKind::NotSent | ErrorKind::Throttled | ErrorKind::Interrupted),
            possibly_executed: matches!(kind, ErrorKind::OutcomeUnknown),
            api: None,
            invalid: None,
            outcome: None,
            body: Bytes::new(),
            source: None,
        }))
    }

    /// Broken rules of an operation's arguments.
    pub fn invalid_input(operation: &'static str, invalid: ValidationError) -> Self {
        let mut error = Self::new(ErrorKind::InvalidInput, operation, invalid.to_string());
        error.0.invalid = Some(invalid);
        error
    }

    /// Makes an error from an error response of the service.
    pub fn from_api(kind: ErrorKind, operation: &'static str, api: ApiError) -> Self {
        let mut error = Self::new(kind, operation, api.to_string());
        error.0.retryable = kind == ErrorKind::Throttled || api.code().retry() == Retry::AfterBackoff;
        error.with_api(api)
    }

    /// A write whose result is not known.
    pub fn outcome_unknown(outcome: UnknownOutcome, cause: impl fmt::Display) -> Self {
        let message = unknown_message(&outcome, cause);
        let mut error = Self::new(ErrorKind::OutcomeUnknown, outcome.operation, message);
        error.0.outcome = Some(outcome);
        error
    }

    /// Turns the failure into that of a write that may have been executed.
    #[must_use]
    pub fn into_unknown(mut self, outcome: UnknownOutcome) -> Self {
        self.0.message = unknown_message(&outcome, &self.0.message);
        self.0.kind = ErrorKind::OutcomeUnknown;
        self.0.outcome = Some(outcome);
        self.possibly_executed()
    }

    /// Adds the error response of the service, its status and body.
    #[must_use]
    pub fn with_api(mut self, api: ApiError) -> Self {
        self.0.status = Some(api.status());
        self.0.body = api.body().clone();
        self.0.api = Some(api);
        self
    }

    /// Says that the service may have executed the write.
    #[must_use]
    pub fn possibly_executed(mut self) -> Self {
        self.0.possibly_executed = true;
        self.0.retryable = false;
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds the HTTP status of the response.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the request id of the response.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }

    /// Adds the body of the response.
    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        self.0.body = body;
        self
    }

    /// Adds the wait that the service asked for.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Adds when a write was sent that may have been executed.
    #[must_use]
    pub(crate) fn with_outcome(mut self, outcome: Option<UnknownOutcome>) -> Self {
        self.0.outcome = outcome;
        self
    }

    /// Says whether repeating the call is safe and may help.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// Returns the kind of the error, which decides what a caller does.
    ///
    /// # Troubleshooting
    /// [`ErrorKind::Credentials`] explains the likely reason in its message. [`ErrorKind::OutcomeUnknown`] must be
    /// looked up before anything is repeated.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed, such as `bss.ListIndirectPartners`.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// Returns the error code of the service, with its meaning and remedy.
    pub fn code(&self) -> Option<&ErrorCode> {
        self.api().map(ApiError::code)
    }

    /// Returns the HTTP status, if a response arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The id under which the service's support finds the call.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// True where repeating the same call is safe and may succeed later.
    ///
    /// False for every write that may have been executed and does not carry a key against repeats.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Returns true if the service may have executed the write although no valid response arrived.
    pub fn may_have_been_executed(&self) -> bool {
        self.0.possibly_executed
    }

    /// Returns the time that the service asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the service's own error, if it responded with one.
    pub fn api(&self) -> Option<&ApiError> {
        self.0.api.as_ref()
    }

    /// The broken rules, for [`ErrorKind::InvalidInput`].
    pub fn invalid(&self) -> Option<&ValidationError> {
        self.0.invalid.as_ref()
    }

    /// Returns the times of a write that may have been executed: for every error with
    /// [`may_have_been_executed`](Error::may_have_been_executed) of a write that was sent.
    pub fn outcome(&self) -> Option<&UnknownOutcome> {
        self.0.outcome.as_ref()
    }

    /// Returns the bytes of the response, as far as they were read. They may hold personal data.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }
}

fn unknown_message(outcome: &UnknownOutcome, cause: impl fmt::Display) -> String {
    let UnknownOutcome { from, until, witness, .. } = outcome;
    let ask = witness.map(|query| format!("; {query} shows whether it was")).unwrap_or_default();
    format!("{cause}; sent between {from} and {until}, it may have been executed{ask}")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repr = &self.0;
        if !repr.operation.is_empty() {
            write!(f, "{}: ", repr.operation)?;
        }
        f.write_str(&repr.message)?;
        if repr.outcome.is_some() && repr.retryable {
            f.write_str("; a repeat of the same request is not executed twice")?;
        }
        match (&repr.status, &repr.request_id) {
            (Some(status), Some(id)) => write!(f, " (HTTP {}, request {id})", status.as_u16()),
            (Some(status), None) => write!(f, " (HTTP {})", status.as_u16()),
            (None, Some(id)) => write!(f, " (request {id})"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    /// As `Display`, with the kind; bodies are counted, not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .field("retryable", &self.0.retryable)
            .field("may_have_been_executed", &self.0.possibly_executed)
            .field("body_bytes", &self.0.body.len())
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn display_is_one_sentence_with_what_support_needs() {
        let api = ApiError::new(StatusCode::BAD_REQUEST, "CBC.99005003", "balance too low");
        let error = Error::from_api(ErrorKind::Refused, "bss.UpdateIndirectPartnerAccount", api)
            .with_request_id(Some("r-1".into()));
        assert_eq!(
            error.to_string(),
            "bss.UpdateIndirectPartnerAccount: CBC.99005003: The balance of the paying account does not cover the amount \
             (HTTP 400, request r-1)"
        );
        assert!(!error.may_have_been_executed() && !error.is_retryable());
    }

    #[test]
    fn an_unknown_outcome_names_its_window_and_witness() {
        let (from, until) =
            ("2026-05-01T08:00:00Z".parse().unwrap(), "2026-05-01T08:00:30Z".parse().unwrap());
        let outcome = UnknownOutcome::new("bss.X", from, until, Some("bss.Records"));
        let error = Error::outcome_unknown(outcome.clone(), "the connection broke");
        assert!(error.may_have_been_executed() && !error.is_retryable());
        assert_eq!(error.outcome(), Some(&outcome));
        assert_eq!(
            error.to_string(),
            "bss.X: the connection broke; sent between 2026-05-01T08:00:00Z and 2026-05-01T08:00:30Z, \
             it may have been executed; bss.Records shows whether it was"
        );
        let keyed = error.with_retryable(true).to_string();
        assert!(keyed.ends_with("; a repeat of the same request is not executed twice"), "{keyed}");
    }
}
