//! Temporary keys of a pod on Cloud Container Engine.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{Uri, header::AUTHORIZATION};
use serde_json::json;

use super::{
    Credentials, CredentialsError, Env, ProvideCredentials,
    cache::{Cache, Fetched},
    endpoint::{CredentialService, is_local},
    env::{secret_file, variable},
    temporary::temporary_keys,
};
use crate::{clock::Clock, transport::Transport};

const URI_VARIABLE: &str = "HC_CONTAINER_CREDENTIALS_FULL_URI";
const FILE_VARIABLE: &str = "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const TIMEOUT: Duration = Duration::from_secs(5);

/// Temporary access keys of the agency that is associated with the pod in which the program runs.
///
/// The pod agent's address and the file with the pod's token are read from `HC_CONTAINER_CREDENTIALS_FULL_URI` and
/// `HC_CONTAINER_AUTHORIZATION_TOKEN_FILE`, which Cloud Container Engine sets. The file is read again at each renewal.
/// The agent must have an https address, or a loopback or link-local address. Each exchange takes at most 5 seconds. The
/// keys are cached, renewed when a quarter of their lifetime is left (at most 40 minutes before they expire), and shared by
/// all callers.
pub struct PodIdentity {
    inner: Arc<Inner>,
    cache: Cache,
}

struct Inner {
    env: Arc<dyn Env>,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl PodIdentity {
    /// Keys from the agent that the environment of the process names, over a transport of their own.
    ///
    /// [`default_chain`](super::default_chain) asks the metadata service of the node first, as the official SDKs do. Where
    /// the node has an agency that pods can reach, this source alone gives the pod's own identity. Needs the feature
    /// `reqwest`.
    ///
    /// # Errors
    /// Where the transport cannot be created.
    #[cfg(feature = "reqwest")]
    pub fn from_env() -> Result<Self, CredentialsError> {
        let network = super::network::default_network()?;
        Ok(Self::new(Arc::new(super::OsEnv), network.local, network.clock))
    }

    /// Keys from the agent that the environment names, reached by this transport.
    pub fn new(env: Arc<dyn Env>, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        let cache = Cache::new(Arc::clone(&clock));
        Self { inner: Arc::new(Inner { env, transport, clock }), cache }
    }
}

impl Inner {
    async fn fetch(self: Arc<Self>) -> Result<Fetched, CredentialsError> {
        let missing = |name| CredentialsError::new(format!("{name} is not set"));
        let address = variable(&*self.env, URI_VARIABLE).ok_or_else(|| missing(URI_VARIABLE))?;
        let file = variable(&*self.env, FILE_VARIABLE).ok_or_else(|| missing(FILE_VARIABLE))?;
        let token = secret_file(&*self.env, &PathBuf::from(file))?;
        let uri: Uri = address.parse().map_err(|_| wrong_address())?;
        let Some(authority) = uri.authority().filter(|authority| !authority.as_str().contains('@')) else {
            return Err(wrong_address());
        };
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_local(&uri) => {}
            _ => return Err(wrong_address()),
        }
        let endpoint = format!("{}://{authority}", uri.scheme_str().unwrap_or("https"));
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        let agent =
            CredentialService::new("the pod agent", &endpoint, transport, clock).with_timeout(TIMEOUT);
        let reply = agent.post(path, &[(AUTHORIZATION, token.expose())], None, &json!({})).await?;
        let reply = reply.accepted("keys", "check the pod identity association of the service account")?;
        temporary_keys(&reply, None)
    }
}

fn wrong_address() -> CredentialsError {
    CredentialsError::new(format!(
        "{URI_VARIABLE} must be an https address, or http to a loopback or link-local address"
    ))
}

#[async_trait]
impl ProvideCredentials for PodIdentity {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.cache.get(|| Arc::clone(&self.inner).fetch()).await
    }

    fn invalidate(&self, credentials: &Credentials) {
        self.cache.invalidate(credentials);
    }
}

impl fmt::Debug for PodIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PodIdentity").finish_non_exhaustive()
    }
}
