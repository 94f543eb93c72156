//! Credentials, the sources that provide them, and request signing.
//!
//! # What to write
//! In every environment of this table the program writes the same line, or `blocking::Client::from_env` without async.
//! `tests/environments.rs` makes a call in each.
//!
//! ```no_run
//! # fn example() -> Result<(), huaweicloud_partner::Error> {
//! use huaweicloud_partner::{Client, types::Site};
//!
//! let client = Client::from_env(Site::China)?;
//! # Ok(())
//! # }
//! ```
//!
//! | Where the program runs | What the environment holds | Source |
//! |---|---|---|
//! | laptop, or any server with keys | `HUAWEICLOUD_SDK_AK`, `HUAWEICLOUD_SDK_SK`; for temporary keys also `HUAWEICLOUD_SDK_SECURITY_TOKEN` | [`Environment`] |
//! | laptop with a profile | `~/.huaweicloud/credentials`, or the file that `HUAWEICLOUD_SDK_CREDENTIALS_FILE` names: a section `[global]` with `ak` and `sk`, or with `idp_id` and `id_token_file` | [`ProfileFile`], [`IdentityProviderKeys`] |
//! | Elastic Cloud Server (ECS) | nothing: an agency is attached to the server | [`EcsMetadata`] |
//! | Cloud Container Engine (CCE) with pod identity | nothing: the cluster sets `HC_CONTAINER_CREDENTIALS_FULL_URI` and `HC_CONTAINER_AUTHORIZATION_TOKEN_FILE`; where pods can reach an agency of their node, give `PodIdentity::from_env` to the builder | [`PodIdentity`] |
//! | continuous integration with OpenID Connect | `HUAWEICLOUD_OIDC_PROVIDER_URN`, `HUAWEICLOUD_OIDC_AGENCY_URN`, and the token in `HUAWEICLOUD_OIDC_ID_TOKEN` or in the file that `HUAWEICLOUD_OIDC_ID_TOKEN_FILE` names | [`OidcAgencyKeys`] |
//! | another cloud, whose workload identity writes a token to a file | the same with `HUAWEICLOUD_OIDC_ID_TOKEN_FILE`, which is read again at each renewal | [`OidcAgencyKeys`] |
//! | either of these with an identity provider registered with IAM | `HUAWEICLOUD_SDK_IDP_ID` and `HUAWEICLOUD_SDK_ID_TOKEN_FILE` | [`IdentityProviderKeys`] |
//!
//! [`default_chain`] asks these sources in the order of the official SDKs. What is not found in an environment is given to
//! [`Builder::credentials`](crate::client::Builder::credentials):
//!
//! | Who calls | Write |
//! |---|---|
//! | an IAM user with a password | [`IamToken`] |
//! | an account behind an agency, or several in a row | [`StsAgencyKeys`] over another source, or [`AgencyKeys`] where the agency is one of IAM's older version |
//! | a partner on behalf of one customer | [`AgencyKeys`] or [`AgencyToken`] |
//! | a partner on behalf of many customers | [`CustomerCredentials`] given to [`Builder::customers`](crate::client::Builder::customers), then [`Client::as_customer`](crate::Client::as_customer) |
//! | a program whose secret key is in an HSM or a key service | [`Credentials::signer`] with a [`SignRequest`] |
//! | a program with a source of its own | an implementation of [`ProvideCredentials`] |
//!
//! The rows of this table as programs, over the sources of any environment:
//!
//! ```no_run
//! # fn example(password: String) -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use huaweicloud_partner::{Client, auth::*, clock::SystemClock, transport::HttpTransport, types::Site};
//!
//! let (http, clock) = (Arc::new(HttpTransport::new()?), Arc::new(SystemClock::default()));
//! let (iam, sts) = (Iam::new(http.clone(), clock.clone()), Sts::new(http, clock));
//! let base: Arc<dyn ProvideCredentials> = Arc::new(default_chain());
//!
//! // An IAM user with a password.
//! let login = PasswordLogin { account: "harbour".into(), user: "billing".into(), password: password.into() };
//! let user = Arc::new(IamToken::new(login, iam.clone()));
//!
//! // An account behind an agency, and one behind that.
//! let first = StsAgencyKeys::new("iam::0dbc4e63:agency:billing", "month-end", base.clone(), sts.clone());
//! let second = StsAgencyKeys::new("iam::1fa2b3c4:agency:reports", "month-end", Arc::new(first), sts);
//! let client = Client::builder(Site::China).credentials(second).build()?;
//!
//! // One customer, through an agency that it granted: by access keys, or by a token of a user with a password.
//! let by_keys = AgencyKeys::new(Agency::of_id("0dbc4e64", "partner"), base.clone(), iam.clone());
//! let by_token = AgencyToken::new(Agency::of_id("0dbc4e64", "partner"), user, iam.clone());
//! let one = Client::builder(Site::China).credentials(by_keys).build()?;
//! let the_same = Client::builder(Site::China).credentials(by_token).build()?;
//!
//! // Many customers.
//! let customers = CustomerCredentials::agency("partner", base.clone(), iam);
//! let partner = Client::builder(Site::China).credentials(base).customers(customers).build()?;
//! let customer = partner.as_customer("0dbc4e64")?;
//! # Ok(())
//! # }
//! ```
//!
//! A secret key that stays in a key service, and a source of the program's own:
//!
//! ```no_run
//! use async_trait::async_trait;
//! use huaweicloud_partner::{Client, auth::*, types::Site};
//!
//! #[derive(Debug)]
//! struct KeyService;
//!
//! #[async_trait]
//! impl SignRequest for KeyService {
//!     fn access_key_id(&self) -> &str {
//!         "AKEXAMPLE"
//!     }
//!
//!     async fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignRequestError> {
//!         // Ask the key service for the HMAC of the text.
//!         # let _ = text;
//!         Err(SignRequestError::new("the key service is not reachable"))
//!     }
//! }
//!
//! #[derive(Debug)]
//! struct Vault;
//!
//! #[async_trait]
//! impl ProvideCredentials for Vault {
//!     async fn credentials(&self) -> Result<Credentials, CredentialsError> {
//!         // Read the keys from the vault; keep them as long as they are valid.
//!         Ok(Credentials::temporary_keys("AKEXAMPLE", "secret", "token"))
//!     }
//! }
//!
//! # fn example() -> Result<(), huaweicloud_partner::Error> {
//! let signed = Client::builder(Site::China).credentials(Credentials::signer(KeyService)).build()?;
//! let from_vault = Client::builder(Site::China).credentials(Vault).build()?;
//! # Ok(())
//! # }
//! ```
//!
//! Every source that fetches caches what it fetched, renews it before it expires and shares one fetch among concurrent
//! callers. Where no source of the chain has credentials, the error gives the reason of each. [`sign`] and [`verify`] work
//! without any source or client.

mod access_keys;
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
#[cfg(test)]
mod masking_tests;
mod metadata;
mod network;
mod pod_identity;
mod profile;
mod read_once;
mod sign_request;
mod signer;
mod temporary;
#[cfg(test)]
mod testing;
mod verify;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

pub use crate::types::IdentityKind;
pub use access_keys::AccessKeys;
pub use agency::{Agency, AgencyKeys, AgencyToken};
pub(crate) use canonical::{X_SDK_DATE, X_SECURITY_TOKEN};
pub use chain::{Chain, default_chain, default_chain_with_env};
pub use credentials::{Authorization, Credentials};
pub use customers::{CustomerCredentials, ProvideCustomerCredentials};
pub(crate) use env::variable;
pub use env::{Env, OsEnv};
pub use environment::Environment;
pub use iam::{Iam, Sts};
pub use iam_token::{IamToken, PasswordLogin};
pub use id_token::{IdToken, IdentityProviderKeys, OidcAgency, OidcAgencyKeys, StsAgencyKeys};
pub use identity_kind::WithIdentityKind;
pub use metadata::EcsMetadata;
pub use network::Network;
pub use pod_identity::PodIdentity;
pub use profile::ProfileFile;
#[cfg(feature = "sm3")]
pub use sign_request::Sm3Signer;
pub use sign_request::{SignRequest, SignRequestError, SigningAlgorithm};
pub use signer::{Payload, SignError, Signer, sign, sign_headers};
pub(crate) use verify::read_date;
pub use verify::{CLOCK_TOLERANCE, VerifyError, clock_difference, explain_refusal, server_time, verify};

/// A source of credentials, asked before every attempt of a call. Sources that fetch keep what they fetched.
#[async_trait]
pub trait ProvideCredentials: fmt::Debug + Send + Sync {
    /// Credentials that are valid now.
    ///
    /// # Errors
    /// [`CredentialsError`] with the reason; it is not remembered, the next call asks again.
    async fn credentials(&self) -> Result<Credentials, CredentialsError>;

    /// Called when the service refused these credentials, so that a cached one is not used again.
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

/// Error of a source that gave no credentials. The message never holds a key, a password or a token.
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

    /// The message with that of its cause, for an error that names several.
    fn with_cause(&self) -> String {
        match &self.source {
            Some(cause) => format!("{self}: {cause}"),
            None => self.message.clone(),
        }
    }
}
