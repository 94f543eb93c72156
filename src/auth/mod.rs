//! Who calls: credentials, where they come from, and how a request is signed with them.
//!
//! | Source | Gives |
//! |---|---|
//! | [`Credentials`] | the keys or the token that it holds |
//! | [`Environment`] | access keys from `HUAWEICLOUD_SDK_AK` and its companions |
//! | [`ProfileFile`] | access keys from the official SDKs' credentials file |
//! | [`IamToken`] | a token for a user name and password |
//! | [`AgencyToken`], [`AgencyKeys`] | a token or temporary keys of a customer who lets the partner act |
//! | [`Chain`], [`default_chain`] | what the first of several sources gives |
//!
//! A source of your own implements [`ProvideCredentials`]. [`sign`] and [`verify`] work without any source or client.

mod agency;
mod cache;
mod canonical;
mod chain;
mod credentials;
mod env;
mod environment;
mod iam;
mod iam_token;
mod identity_kind;
mod kept;
#[cfg(test)]
mod masking_tests;
mod profile;
mod signer;
#[cfg(test)]
mod testing;
mod verify;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

pub use agency::{Agency, AgencyKeys, AgencyToken};
pub(crate) use canonical::{X_SDK_DATE, X_SECURITY_TOKEN};
pub use chain::{Chain, default_chain, default_chain_with_env};
pub use credentials::{AccessKeys, Authorization, Credentials, IdentityKind};
pub use env::{Env, OsEnv};
pub use environment::Environment;
pub use iam::Iam;
pub use iam_token::{IamToken, PasswordLogin};
pub use identity_kind::WithIdentityKind;
pub use profile::ProfileFile;
pub use signer::{Payload, SignError, Signer, sign, sign_headers};
pub use verify::{CLOCK_TOLERANCE, VerifyError, clock_difference, explain_refusal, server_time, verify};

/// A source of credentials, asked before every attempt of a call. Sources that fetch keep what they fetched.
#[async_trait]
pub trait ProvideCredentials: fmt::Debug + Send + Sync {
    /// Credentials that are valid now.
    ///
    /// # Errors
    /// [`CredentialsError`] with the reason; it is not remembered, the next call asks again.
    async fn credentials(&self) -> Result<Credentials, CredentialsError>;

    /// Told when the service refused these credentials as expired, so that a cached token is not used again.
    fn invalidate(&self, credentials: &Credentials) {
        let _ = credentials;
    }

    /// The same source with the kind of account that its credentials belong to.
    fn with_identity_kind(self, kind: IdentityKind) -> WithIdentityKind<Self>
    where
        Self: Sized,
    {
        WithIdentityKind::new(self, kind)
    }
}

#[async_trait]
impl ProvideCredentials for Credentials {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(self.clone())
    }
}

#[async_trait]
impl<P: ProvideCredentials + ?Sized> ProvideCredentials for Arc<P> {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        (**self).credentials().await
    }

    fn invalidate(&self, credentials: &Credentials) {
        (**self).invalidate(credentials);
    }
}

/// Why a source gave no credentials. The message never holds a key, a password or a token.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct CredentialsError {
    message: String,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl CredentialsError {
    /// An error with the reason in a few words.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }
}
