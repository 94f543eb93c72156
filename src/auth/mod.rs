//! Credentials, the sources that provide them, and request signing.
//!
//! | Where the program runs | Write |
//! |---|---|
//! | laptop, or a server with keys | `default_chain()`: `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`, or `~/.huaweicloud/credentials` |
//! | Elastic Cloud Server with an agency | `default_chain()`, which ends with [`EcsMetadata`] |
//! | Cloud Container Engine with pod identity | `default_chain()`, which ends with [`PodIdentity`] |
//! | continuous integration or another cloud with OpenID Connect | `default_chain()` with `HUAWEICLOUD_OIDC_PROVIDER_URN`, `HUAWEICLOUD_OIDC_AGENCY_URN` and `HUAWEICLOUD_OIDC_ID_TOKEN_FILE`: [`OidcAgencyKeys`] |
//! | the same with an identity provider registered with IAM | `default_chain()` with `HUAWEICLOUD_SDK_IDP_ID` and `HUAWEICLOUD_SDK_ID_TOKEN_FILE`: [`IdentityProviderKeys`] |
//! | an IAM user with a password | [`IamToken`] |
//! | a partner on behalf of a customer | [`CustomerCredentials`] over [`AgencyKeys`] or [`AgencyToken`] |
//! | an account behind an agency, or several in a row | [`StsAgencyKeys`] |
//! | a partner's client for many customers | [`Builder::customers`](crate::client::Builder::customers), then [`Client::as_customer`](crate::Client::as_customer) |
//! | the secret key in an HSM or a key service | [`Credentials::signer`] with a [`SignRequest`] |
//!
//! Every source that fetches caches what it fetched, renews it before it expires and shares one fetch among concurrent
//! callers. For the environments whose table entry is `default_chain()`, [`Client::from_env`](crate::Client::from_env) is all that a program
//! writes. A source of your own implements [`ProvideCredentials`]. [`sign`] and [`verify`] work without any source or
//! client.

mod agency;
mod cache;
mod canonical;
mod chain;
mod credentials;
mod customers;
mod endpoint;
mod env;
mod environment;
mod iam;
mod iam_token;
mod id_token;
mod identity_kind;
mod kept;
#[cfg(test)]
mod masking_tests;
mod metadata;
mod pod_identity;
mod profile;
mod sign_request;
mod signer;
mod temporary;
#[cfg(test)]
mod testing;
mod verify;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

pub use agency::{Agency, AgencyKeys, AgencyToken};
pub(crate) use canonical::{X_SDK_DATE, X_SECURITY_TOKEN};
pub use chain::{Chain, Network, default_chain, default_chain_with_env};
pub use credentials::{AccessKeys, Authorization, Credentials, IdentityKind};
pub use customers::{CustomerCredentials, ProvideCustomerCredentials};
pub use env::{Env, OsEnv};
pub use environment::Environment;
pub use iam::{Iam, Sts};
pub use iam_token::{IamToken, PasswordLogin};
pub use id_token::{IdToken, IdentityProviderKeys, OidcAgency, OidcAgencyKeys, StsAgencyKeys};
pub use identity_kind::WithIdentityKind;
pub use metadata::EcsMetadata;
pub use pod_identity::PodIdentity;
pub use profile::ProfileFile;
#[cfg(feature = "sm3")]
pub use sign_request::Sm3Signer;
pub use sign_request::{SignRequest, SignRequestError, SigningAlgorithm};
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
    stops_chain: bool,
}

impl CredentialsError {
    /// An error with the reason in a few words.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None, stops_chain: false }
    }

    /// Marks the error as that of a source which is configured but failed: a [`Chain`] then gives this error instead of
    /// asking the next source, so that no other identity steps in.
    #[must_use]
    pub fn stop_chain(mut self) -> Self {
        self.stops_chain = true;
        self
    }

    /// Whether a [`Chain`] gives this error instead of asking the next source.
    pub fn stops_chain(&self) -> bool {
        self.stops_chain
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }
}
