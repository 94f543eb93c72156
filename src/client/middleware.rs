//! Code of the program that every call passes before it is signed.

use std::fmt;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{error::Error, operation::OperationMeta, types::Site};

/// Sees every call once, before it is signed and sent; may add headers or refuse it.
/// [`Builder::middleware`](super::Builder::middleware) takes it. What sees each attempt after signing is a decorator of
/// the [`Transport`](crate::transport::Transport), and what sees how calls end is an [`Observer`](super::Observer).
///
/// ```
/// use huaweicloud_partner::{Error, ErrorKind, client::{Middleware, OutgoingCall}, operation::Idempotency};
///
/// /// Refuses every write, for a report that must not change anything.
/// #[derive(Debug)]
/// struct ReadOnly;
///
/// #[async_trait::async_trait]
/// impl Middleware for ReadOnly {
///     async fn before_call(&self, call: &mut OutgoingCall<'_>) -> Result<(), Error> {
///         match call.meta().idempotency {
///             Idempotency::ReadOnly => Ok(()),
///             _ => Err(Error::new(ErrorKind::InvalidInput, call.meta().name, "only reads are allowed here")),
///         }
///     }
/// }
/// ```
#[async_trait]
pub trait Middleware: fmt::Debug + Send + Sync {
    /// Lets a call pass, or ends it with an error before anything is sent.
    ///
    /// # Errors
    /// The error with which the call fails.
    async fn before_call(&self, call: &mut OutgoingCall<'_>) -> Result<(), Error>;
}

/// A call that is about to be made.
pub struct OutgoingCall<'a> {
    pub(super) meta: &'static OperationMeta,
    pub(super) site: Site,
    pub(super) headers: &'a mut HeaderMap,
}

impl OutgoingCall<'_> {
    /// The documented facts about the operation, among them its idempotency.
    pub fn meta(&self) -> &'static OperationMeta {
        self.meta
    }

    /// The site that is called.
    pub fn site(&self) -> Site {
        self.site
    }

    /// The headers so far. They are signed.
    pub fn headers(&self) -> &HeaderMap {
        self.headers
    }

    /// Adds a header, which is signed, or replaces the one of the same name. The headers of the signature and the length
    /// cannot be set: the client sets them later.
    pub fn set_header(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.insert(name, value);
    }
}

impl fmt::Debug for OutgoingCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingCall")
            .field("operation", &self.meta.name)
            .field("site", &self.site)
            .field("headers", &self.headers.len())
            .finish()
    }
}
