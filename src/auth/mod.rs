//! Who calls: credentials, where they come from, and how a request is signed with them.

mod canonical;
mod credentials;
mod signer;
mod verify;

use std::fmt;

use async_trait::async_trait;

pub use credentials::{AccessKeys, Authorization, Credentials, IdentityKind};
pub use signer::{Payload, SignError, sign, sign_headers};
pub use verify::{CLOCK_TOLERANCE, Refusal, clock_difference, explain_refusal, server_time, verify};

/// A source of credentials, asked before every attempt of a call. Sources that fetch keep what they fetched.
#[async_trait]
pub trait ProvideCredentials: fmt::Debug + Send + Sync {
    /// Credentials that are valid now.
    ///
    /// # Errors
    /// [`CredentialsError`] with the reason; it is not remembered, the next call asks again.
    async fn credentials(&self) -> Result<Credentials, CredentialsError>;

    /// Told when the service refused these credentials as expired, so that a cached token is not used again.
    fn refused(&self, credentials: &Credentials) {
        let _ = credentials;
    }
}

#[async_trait]
impl ProvideCredentials for Credentials {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(self.clone())
    }
}

#[async_trait]
impl<P: ProvideCredentials + ?Sized> ProvideCredentials for std::sync::Arc<P> {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        (**self).credentials().await
    }

    fn refused(&self, credentials: &Credentials) {
        (**self).refused(credentials);
    }
}

/// Why a source gave no credentials. The message never holds a key, a password or a token.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CredentialsError {
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl CredentialsError {
    /// An error with the reason in a few words.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
