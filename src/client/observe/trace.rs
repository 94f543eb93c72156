//! Spans and events of calls, with OpenTelemetry's names for HTTP clients.
//!
//! A call is a span named `call`, each attempt in it one named `attempt`; `otel.name` holds the names that
//! OpenTelemetry shows. They hold names, numbers and kinds, never arguments or responses.

#[cfg(feature = "tracing")]
pub(in crate::client) use on::Span;

#[cfg(not(feature = "tracing"))]
pub(in crate::client) use off::Span;

#[cfg(feature = "tracing")]
mod on {
    use std::{future::Future, time::Duration};

    use http::StatusCode;
    use tracing::{Instrument as _, field::Empty, instrument::Instrumented};

    use super::super::error_word;
    use crate::{
        client::{RawResponse, address::Address},
        error::Error,
        operation::OperationMeta,
        types::Site,
    };

    /// The span of a call or an attempt.
    pub(in crate::client) struct Span(tracing::Span);

    impl Span {
        pub(in crate::client) fn call(meta: &OperationMeta, site: Site) -> Self {
            Self(tracing::info_span!(
                "call",
                otel.name = meta.name,
                otel.kind = "internal",
                otel.status_code = Empty,
                rpc.system.name = "http",
                rpc.method = meta.name,
                huaweicloud.site = %site,
                huaweicloud.attempts = Empty,
                huaweicloud.request_id = Empty,
                huaweicloud.error_code = Empty,
                huaweicloud.error_kind = Empty,
                http.response.status_code = Empty,
                error.type = Empty,
            ))
        }

        pub(in crate::client) fn attempt(
            meta: &OperationMeta,
            number: u32,
            address: Option<&Address>,
        ) -> Self {
            let span = tracing::info_span!(
                "attempt",
                otel.name = %format_args!("{} {}", meta.method.as_str(), meta.path),
                otel.kind = "client",
                otel.status_code = Empty,
                rpc.method = meta.name,
                http.request.method = meta.method.as_str(),
                http.request.resend_count = Empty,
                server.address = Empty,
                server.port = Empty,
                url.scheme = Empty,
                url.template = meta.path,
                // The path of the operation, without its parameters: they may be personal.
                url.full = %format_args!("{}{}", address.map(Address::to_string).unwrap_or_default(), meta.path),
                http.response.status_code = Empty,
                huaweicloud.request_id = Empty,
                huaweicloud.error_code = Empty,
                huaweicloud.error_kind = Empty,
                error.type = Empty,
            );
            if !span.is_disabled() {
                if number > 1 {
                    span.record("http.request.resend_count", number - 1);
                }
                if let Some(address) = address {
                    let (host, port) = address.host_and_port();
                    span.record("server.address", host);
                    span.record("server.port", port);
                    span.record("url.scheme", address.scheme());
                }
            }
            Self(span)
        }

        /// Runs a future in the span. Not an `async fn`, which would hold the future twice.
        pub(in crate::client) fn run<F: Future>(&self, future: F) -> Instrumented<F> {
            future.instrument(self.0.clone())
        }

        /// Does something in the span.
        pub(in crate::client) fn enter<T>(&self, body: impl FnOnce() -> T) -> T {
            self.0.in_scope(body)
        }

        pub(in crate::client) fn status(&self, status: StatusCode, request_id: Option<&str>) {
            self.0.record("http.response.status_code", status.as_u16());
            if let Some(id) = request_id {
                self.0.record("huaweicloud.request_id", id);
            }
        }

        pub(in crate::client) fn end(&self, attempts: Option<u32>, outcome: Result<&RawResponse, &Error>) {
            if self.0.is_disabled() {
                return;
            }
            if let Some(attempts) = attempts {
                self.0.record("huaweicloud.attempts", attempts);
            }
            match outcome {
                Ok(response) => self.status(response.status, response.request_id()),
                Err(error) => {
                    if let Some(status) = error.status() {
                        self.status(status, error.request_id());
                    }
                    if let Some(code) = error.code() {
                        self.0.record("huaweicloud.error_code", code.printable());
                    }
                    let kind = error_word(error.kind());
                    self.0.record("huaweicloud.error_kind", kind);
                    self.0.record("otel.status_code", "ERROR");
                    match error.status().filter(|status| !status.is_success()) {
                        Some(status) => self.0.record("error.type", status.as_str()),
                        None => self.0.record("error.type", kind),
                    };
                }
            }
        }

        pub(in crate::client) fn retry(meta: &OperationMeta, attempts: u32, wait: Duration, error: &Error) {
            tracing::warn!(
                operation = meta.name,
                attempts,
                wait_ms = milliseconds(wait),
                kind = error_word(error.kind()),
                code = error.code().map(crate::error::ErrorCode::printable),
                request_id = error.request_id(),
                "a call is sent again"
            );
        }

        pub(in crate::client) fn rate_limit_wait(meta: &OperationMeta, waited: Duration) {
            tracing::debug!(
                operation = meta.name,
                wait_ms = milliseconds(waited),
                "a call waited for its rate limit"
            );
        }

        pub(in crate::client) fn unknown_outcome(meta: &OperationMeta, error: Option<&Error>) {
            tracing::warn!(
                operation = meta.name,
                kind = error.map(|error| error_word(error.kind())),
                code = error.and_then(Error::code).map(crate::error::ErrorCode::printable),
                request_id = error.and_then(Error::request_id),
                dropped = error.is_none(),
                records = meta.outcome.query(),
                "the outcome of a write is not known: it may have been executed"
            );
        }

        pub(in crate::client) fn broken_assumption(meta: &OperationMeta, request_id: &str, detail: &str) {
            tracing::error!(operation = meta.name, attempt = request_id, detail, "an assumption is broken");
        }

        pub(in crate::client) fn strained_assumption(meta: &OperationMeta, request_id: &str, detail: &str) {
            tracing::warn!(
                operation = meta.name,
                attempt = request_id,
                detail,
                "a measurement comes near an assumption"
            );
        }

        pub(in crate::client) fn undecodable(meta: &OperationMeta, error: &Error) {
            tracing::warn!(
                operation = meta.name,
                request_id = error.request_id(),
                "a response cannot be read as the operation's"
            );
        }

        pub(in crate::client) fn drift(meta: &OperationMeta, path: &str, detail: &str) {
            tracing::info!(operation = meta.name, path, detail, "a response differs from the documentation");
        }
    }

    fn milliseconds(wait: Duration) -> u64 {
        u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::{future::Future, time::Duration};

    use crate::{
        client::{RawResponse, address::Address},
        error::Error,
        operation::OperationMeta,
        types::Site,
    };

    /// Span without effect: the feature `tracing` is not enabled.
    pub(in crate::client) struct Span;

    impl Span {
        pub(in crate::client) fn call(_: &OperationMeta, _: Site) -> Self {
            Self
        }

        pub(in crate::client) fn attempt(_: &OperationMeta, _: u32, _: Option<&Address>) -> Self {
            Self
        }

        pub(in crate::client) fn run<F: Future>(&self, future: F) -> F {
            future
        }

        pub(in crate::client) fn enter<T>(&self, body: impl FnOnce() -> T) -> T {
            body()
        }

        pub(in crate::client) fn end(&self, _: Option<u32>, _: Result<&RawResponse, &Error>) {}

        pub(in crate::client) fn retry(_: &OperationMeta, _: u32, _: Duration, _: &Error) {}

        pub(in crate::client) fn rate_limit_wait(_: &OperationMeta, _: Duration) {}

        pub(in crate::client) fn unknown_outcome(_: &OperationMeta, _: Option<&Error>) {}

        pub(in crate::client) fn broken_assumption(_: &OperationMeta, _: &str, _: &str) {}

        pub(in crate::client) fn strained_assumption(_: &OperationMeta, _: &str, _: &str) {}

        pub(in crate::client) fn undecodable(_: &OperationMeta, _: &Error) {}

        pub(in crate::client) fn drift(_: &OperationMeta, _: &str, _: &str) {}
    }
}
