//! What the client tells a log: names, numbers and kinds, never arguments or answers.

use std::time::Duration;

use crate::{error::Error, operation::OperationMeta};

/// A call is about to be repeated.
#[cfg(feature = "tracing")]
pub(super) fn repeat(meta: &OperationMeta, attempts: u32, wait: Duration, error: &Error) {
    tracing::warn!(
        operation = meta.name,
        attempts,
        wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        kind = ?error.kind(),
        code = error.code().map(|code| code.as_str()),
        request_id = error.request_id(),
        "repeating"
    );
}

/// A call is about to be repeated.
#[cfg(not(feature = "tracing"))]
pub(super) fn repeat(_: &OperationMeta, _: u32, _: Duration, _: &Error) {}
