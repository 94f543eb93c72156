//! Temporary keys from the metadata service of an Elastic Cloud Server.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use http::{HeaderName, Method, StatusCode};

use super::{
    Credentials, CredentialsError, ProvideCredentials,
    cache::Cache,
    endpoint::{CredentialService, Reply, is_local},
    temporary::temporary_keys,
};
use crate::{clock::Clock, transport::Transport, types::Secret};

const ENDPOINT: &str = "http://169.254.169.254";
/// The service is on the same host: it responds at once or it is not there.
const TIMEOUT: Duration = Duration::from_secs(3);
const TOKEN_LIFETIME: &str = "21600";
/// A token is replaced this long before its end.
const TOKEN_USED_FOR: Duration = Duration::from_secs(21_000);
/// Time after which a service without tokens (version 1) is asked for one again.
const NO_TOKEN_FOR: Duration = Duration::from_secs(24 * 3600);
const NO_AGENCY: &str = "Please configure Cloud Service Agency first";
const TTL: HeaderName = HeaderName::from_static("x-metadata-token-ttl-seconds");
const TOKEN: HeaderName = HeaderName::from_static("x-metadata-token");

/// Temporary access keys of the agency that is attached to the Elastic Cloud Server on which the program runs.
///
/// The keys come from the metadata service at `http://169.254.169.254`. Version 2 of the service is used, which wants a
/// token; where a server offers no tokens (status 404, 405 or 503), version 1 is used. Each exchange takes at most 3
/// seconds. The keys are cached, renewed when a quarter of their lifetime is left (at most 40 minutes before they
/// expire), and shared by all callers.
///
/// The transport must not use a proxy and must allow plain http to this address:
/// `HttpTransport::builder().no_proxy().allow_plain_http()`.
pub struct EcsMetadata {
    inner: Arc<Inner>,
    cache: Cache,
}

struct Inner {
    service: CredentialService,
    token: Mutex<Option<HeldToken>>,
}

/// A token, or that there is none, until a time.
#[derive(Clone)]
struct HeldToken {
    token: Option<Secret>,
    until: Duration,
}

impl EcsMetadata {
    /// Keys from the metadata service, reached by this transport.
    pub fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        let service = CredentialService::new("ECS metadata", ENDPOINT, transport, Arc::clone(&clock));
        Self::of(service.with_timeout(TIMEOUT), clock)
    }

    fn of(service: CredentialService, clock: Arc<dyn Clock>) -> Self {
        Self { inner: Arc::new(Inner { service, token: Mutex::default() }), cache: Cache::new(clock) }
    }

    /// Uses a metadata service at another loopback or link-local address, such as a double in a test.
    ///
    /// # Errors
    /// Where the address is not loopback or link-local: keys must not be fetched from elsewhere in plain text.
    pub fn with_endpoint(self, endpoint: &str) -> Result<Self, CredentialsError> {
        if !endpoint.parse().is_ok_and(|uri| is_local(&uri)) {
            return Err(CredentialsError::new(
                "the metadata service must have a loopback or link-local address",
            ));
        }
        let service = self.inner.service.clone().with_endpoint(endpoint, ENDPOINT)?;
        let clock = Arc::clone(&service.clock);
        Ok(Self::of(service, clock))
    }
}

impl Inner {
    async fn fetch(self: Arc<Self>) -> Result<super::cache::Fetched, CredentialsError> {
        let mut token = self.token().await?;
        let mut reply = self.security_key(token.as_ref()).await?;
        if reply.status == StatusCode::UNAUTHORIZED && !says_no_agency(&reply) {
            self.forget_token();
            token = Some(self.fresh_token().await?.ok_or_else(|| {
                CredentialsError::new("ECS metadata refused the request and gave no token (HTTP 401)")
            })?);
            reply = self.security_key(token.as_ref()).await?;
        }
        if says_no_agency(&reply) {
            return Err(CredentialsError::new("no agency is attached to this Elastic Cloud Server"));
        }
        let reply = reply.accepted("keys", "check that an agency is attached to this server")?;
        if reply.body.trim_ascii().is_empty() {
            return Err(CredentialsError::new("no agency is attached to this Elastic Cloud Server"));
        }
        temporary_keys(&reply, None)
    }

    async fn security_key(&self, token: Option<&Secret>) -> Result<Reply, CredentialsError> {
        let header = token.map(|token| (TOKEN, token.expose()));
        self.service.call(Method::GET, "/openstack/latest/securitykey", header.as_slice()).await
    }

    /// The token held, or a new one; `None` where the service has no tokens.
    async fn token(&self) -> Result<Option<Secret>, CredentialsError> {
        let held = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match held {
            Some(held) if self.service.clock.elapsed() < held.until => Ok(held.token),
            _ => self.fresh_token().await,
        }
    }

    async fn fresh_token(&self) -> Result<Option<Secret>, CredentialsError> {
        let reply =
            self.service.call(Method::PUT, "/meta-data/latest/api/token", &[(TTL, TOKEN_LIFETIME)]).await?;
        let (token, lasts) = match reply.status.as_u16() {
            404 | 405 | 503 => (None, NO_TOKEN_FOR),
            _ => {
                let reply = reply.accepted("token", "check that the metadata service is enabled")?;
                let text = std::str::from_utf8(&reply.body).map(str::trim).unwrap_or_default();
                // A page of a proxy, for instance, is no token, and must not be kept as one.
                if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(reply.without("a token"));
                }
                (Some(Secret::from(text)), TOKEN_USED_FOR)
            }
        };
        let until = self.service.clock.elapsed().saturating_add(lasts);
        let held = HeldToken { token: token.clone(), until };
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(token)
    }

    fn forget_token(&self) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn says_no_agency(reply: &Reply) -> bool {
    !reply.status.is_success() && String::from_utf8_lossy(&reply.body).contains(NO_AGENCY)
}

#[async_trait]
impl ProvideCredentials for EcsMetadata {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.cache.get(|| Arc::clone(&self.inner).fetch()).await
    }

    fn invalidate(&self, credentials: &Credentials) {
        self.cache.invalidate(credentials);
    }
}

impl fmt::Debug for EcsMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EcsMetadata").field("endpoint", &self.inner.service.endpoint).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "metadata_tests.rs"]
mod tests;
