//! Transports of requests: one trait, and the transports that come with the crate.
//!
//! A [`Transport`] takes an HTTP request and gives the response, whatever its status. It fails only where no complete
//! response came, and then says whether the request may have left ([`TransportError::may_have_been_sent`]): on this
//! the client decides whether a write may be repeated. Decorators are transports that hold a transport.

mod body;
#[cfg(feature = "reqwest")]
mod http;
#[cfg(feature = "tracing")]
mod log;
#[cfg(feature = "tower")]
mod tower;

use std::fmt;

use ::http::{Request, Response};
use async_trait::async_trait;

#[cfg(feature = "reqwest")]
pub use self::http::{HttpTransport, HttpTransportBuilder};
pub use body::{Body, ByteStream};
pub(crate) use body::{PIECES_A_TURN, yield_once};
#[cfg(feature = "tracing")]
pub use log::TracingTransport;
#[cfg(feature = "tower")]
pub use tower::TowerTransport;

/// Sends HTTP requests.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends one request and gives the head of the response with its body, which may still be arriving.
    ///
    /// # Errors
    /// [`TransportError`] where no response came. A response of any status counts as one.
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError>;
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        (**self).send(request).await
    }
}

/// The reason why no complete response came.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    sent: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kind of a failure on the way to the service or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The transport cannot send this request: the address is plain http to another machine or no http at all, or no
    /// rule of a [mock](crate::testing::MockTransport) responds to it. Never sent.
    Unsupported,
    /// The name was not found, the port is closed, or the connection did not come about. Never sent.
    Connect,
    /// The server's certificate or the encryption was not accepted. Never sent.
    Tls,
    /// The connection ended before the whole response was there.
    Broken,
    /// A time limit passed.
    Timeout,
    /// The response is larger than allowed.
    TooLarge,
    /// Received bytes are not HTTP, or their encoding is broken.
    Malformed,
}

impl TransportError {
    /// A failure before anything left for the server.
    pub fn never_sent(kind: TransportErrorKind) -> Self {
        Self { kind, sent: false, source: None }
    }

    /// A failure after which the server may have the request.
    pub fn possibly_sent(kind: TransportErrorKind) -> Self {
        Self { kind, sent: true, source: None }
    }

    /// The same failure, which happened before anything left for the server.
    pub(crate) fn before_sending(self) -> Self {
        Self { sent: false, ..self }
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind of the failure.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the server may have seen the request; false only where it certainly did not.
    pub fn may_have_been_sent(&self) -> bool {
        self.sent
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Unsupported => "the transport cannot send this request",
            TransportErrorKind::Connect => "no connection to the service",
            TransportErrorKind::Tls => "no trusted encrypted connection to the service",
            TransportErrorKind::Broken => "the connection broke",
            TransportErrorKind::Timeout => "the time limit passed",
            TransportErrorKind::TooLarge => "the response is larger than allowed",
            TransportErrorKind::Malformed => "the response is not valid HTTP",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
