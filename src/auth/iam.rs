//! The identity services that issue tokens and temporary keys: IAM and STS.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    Credentials, CredentialsError,
    endpoint::{CredentialService, Reply},
};
use crate::{
    clock::Clock,
    transport::Transport,
    types::{Secret, UtcTime},
};

/// The identity service (IAM): where it is and how it is reached. Cheap to clone.
#[derive(Clone)]
pub struct Iam(pub(super) CredentialService);

impl Iam {
    /// The service at `https://iam.myhuaweicloud.com`.
    pub fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self(CredentialService::new("IAM", "https://iam.myhuaweicloud.com", transport, clock))
    }

    /// Uses the service at another address, such as `https://iam.ap-southeast-1.myhuaweicloud.com`. All regions serve
    /// the same calls. The address for the European site is not documented.
    ///
    /// # Errors
    /// Where the text is not scheme, host and optional port of a server.
    pub fn with_endpoint(self, endpoint: &str) -> Result<Self, CredentialsError> {
        Ok(Self(self.0.with_endpoint(endpoint, "https://iam.myhuaweicloud.com")?))
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    pub(super) async fn post(
        &self,
        path: &str,
        credentials: Option<&Credentials>,
        body: &Value,
    ) -> Result<Reply, CredentialsError> {
        self.0.post(path, &[], credentials, body).await
    }
}

impl fmt::Debug for Iam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The security token service (STS): where it is and how it is reached. Cheap to clone.
#[derive(Clone)]
pub struct Sts(pub(super) CredentialService);

impl Sts {
    /// The service at `https://sts.cn-north-4.myhuaweicloud.com`.
    pub fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self(CredentialService::new("STS", "https://sts.cn-north-4.myhuaweicloud.com", transport, clock))
    }

    /// Uses the service of another region, such as `https://sts.ap-southeast-1.myhuaweicloud.com`.
    ///
    /// # Errors
    /// Where the text is not scheme, host and optional port of a server.
    pub fn with_endpoint(self, endpoint: &str) -> Result<Self, CredentialsError> {
        Ok(Self(self.0.with_endpoint(endpoint, "https://sts.cn-north-4.myhuaweicloud.com")?))
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }
}

impl fmt::Debug for Sts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An issued token with what the response says about it.
pub(super) struct Issued {
    pub(super) token: Secret,
    pub(super) domain_id: Option<String>,
    pub(super) expires_at: Option<UtcTime>,
    pub(super) lifetime: Duration,
}

/// The token in the header of a response.
///
/// # Errors
/// Where there is none.
pub(super) fn issued_token(reply: &Reply) -> Result<Issued, CredentialsError> {
    let token = reply
        .headers
        .get("x-subject-token")
        .and_then(|token| token.to_str().ok())
        .filter(|token| !token.is_empty())
        .ok_or_else(|| reply.without("a token in X-Subject-Token"))?;
    // Everything in the description of the token may be missing.
    let described: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let text = |pointer: &str| described.pointer(pointer).and_then(Value::as_str);
    let domain_id = text("/token/domain/id").or_else(|| text("/token/user/domain/id"));
    let expires_at = text("/token/expires_at").and_then(|text| text.parse().ok());
    Ok(Issued {
        token: token.into(),
        domain_id: domain_id.map(str::to_owned),
        expires_at,
        lifetime: reply.lifetime_or_default(expires_at),
    })
}
