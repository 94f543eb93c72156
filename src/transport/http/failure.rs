//! Meaning of errors of the HTTP client for the caller.

use std::{error::Error, io};

use super::{TransportError, TransportErrorKind as Kind};

/// The kind of a failure and whether the request may have left, found by the types in the chain of causes.
///
/// Everything up to an open connection is reported by the client as its connect phase: nothing was sent. After it,
/// nothing can be excluded.
pub(super) fn classify(error: reqwest::Error) -> TransportError {
    // The address may hold personal data in its query.
    let error = error.without_url();
    let failure = if error.is_builder() {
        TransportError::never_sent(Kind::Unsupported)
    } else if error.is_connect() {
        let tls = causes(&error).any(|cause| cause.is::<rustls::Error>());
        TransportError::never_sent(if tls { Kind::Tls } else { Kind::Connect })
    } else {
        TransportError::possibly_sent(after_connecting(&error))
    };
    failure.caused_by(error)
}

fn after_connecting(error: &reqwest::Error) -> Kind {
    if error.is_timeout() {
        return Kind::Timeout;
    }
    let mut kind = Kind::Broken;
    for cause in causes(error) {
        if cause.is::<rustls::Error>() {
            // The encryption had been agreed on, and the other side broke it off.
            return Kind::Broken;
        }
        let malformed = match cause.downcast_ref::<io::Error>() {
            Some(io) => matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput),
            None => is_unreadable_head(cause),
        };
        if malformed {
            kind = Kind::Malformed;
        }
    }
    kind
}

/// Whether hyper could not read the head of a response. Its error type is not among this crate's dependencies, so
/// only its `Debug` form shows it; where that changes, the failure counts as a broken connection, which is treated
/// alike.
fn is_unreadable_head(cause: &(dyn Error + 'static)) -> bool {
    cause.source().is_none() && format!("{cause:?}").starts_with("hyper::Error(Parse(")
}

/// An error and its causes. An [`io::Error`] hides the error that it carries from its `source`.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'e (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(carried) => Some(carried as _),
            None => error.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_inside_io_errors_are_found() {
        let inner = rustls::Error::HandshakeNotComplete;
        let nested = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, inner));
        assert!(causes(&nested).any(|cause| cause.is::<rustls::Error>()));
        assert_eq!(causes(&nested).count(), 3);
    }
}
