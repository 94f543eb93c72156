//! Several sources of credentials, asked in their order.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;

use super::{
    Credentials, CredentialsError, EcsMetadata, Env, Environment, Iam, IdentityProviderKeys, Network,
    OidcAgencyKeys, OsEnv, PodIdentity, ProfileFile, ProvideCredentials, Sts, env::variable,
};

const IAM_ENDPOINT: &str = "HUAWEICLOUD_SDK_IAM_ENDPOINT";
const STS_ENDPOINT: &str = "HUAWEICLOUD_SDK_STS_ENDPOINT";

/// Sources that are asked in their order until one provides credentials.
///
/// The source that did is asked first from then on; when it fails, all are asked again from the start. Failures are not
/// cached. The error of a chain names each source with the reason of its failure. A source whose error
/// [stops the chain](CredentialsError::stops_chain) is not followed by others.
#[derive(Debug, Default)]
pub struct Chain {
    sources: Vec<(String, Arc<dyn ProvideCredentials>)>,
    /// The place of the source that worked.
    favourite: AtomicUsize,
}

impl Chain {
    /// A chain without sources.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a source with the name by which the error speaks of it.
    #[must_use]
    pub fn then(mut self, name: impl Into<String>, source: impl ProvideCredentials + 'static) -> Self {
        self.sources.push((name.into(), Arc::new(source)));
        self
    }
}

/// The chain of the official SDKs: an OpenID Connect agency, the environment, the profile file, the metadata service of
/// an Elastic Cloud Server, the identity of a pod.
///
/// In the environment and in the profile, an identity provider (`…_IDP_ID` with `…_ID_TOKEN_FILE`) is used before access
/// keys. `HUAWEICLOUD_SDK_IAM_ENDPOINT` and `HUAWEICLOUD_SDK_STS_ENDPOINT` replace the addresses of IAM and STS.
///
/// An identity provider or an OpenID Connect agency that is configured but gives no keys ends the chain with
/// its error: no other identity steps in for it. A source that is not configured, or only in part, is
/// ignored, and the error names what it lacks. The metadata service of a node comes before the identity of a
/// pod; see
/// `PodIdentity::from_env` for a pod on a node that has an agency.
//////
/// Without the feature `reqwest` the chain has no sources that need the network: use
/// [`default_chain_with_env`].
pub fn default_chain() -> Chain {
    let env: Arc<dyn Env> = Arc::new(OsEnv);
    #[cfg(feature = "reqwest")]
    return with_sources(&env, Some(&Lazy::new(super::network::default_network)));
    #[cfg(not(feature = "reqwest"))]
    with_sources(&env, None)
}

/// The chain of [`default_chain`] for another environment. Without a network it has the environment's and the
/// profile's access keys alone.
pub fn default_chain_with_env(env: &Arc<dyn Env>, network: Option<Network>) -> Chain {
    let network = network.map(|network| Lazy::new(move || Ok(network.clone())));
    with_sources(env, network.as_ref())
}

fn with_sources(env: &Arc<dyn Env>, network: Option<&Lazy<Network>>) -> Chain {
    let iam = |env: &Arc<dyn Env>, network: Network| {
        let iam = Iam::new(network.remote, network.clock);
        match variable(&**env, IAM_ENDPOINT) {
            Some(endpoint) => iam.with_endpoint(&endpoint),
            None => Ok(iam),
        }
    };
    let sts = |env: &Arc<dyn Env>, network: Network| {
        let sts = Sts::new(network.remote, network.clock);
        match variable(&**env, STS_ENDPOINT) {
            Some(endpoint) => sts.with_endpoint(&endpoint),
            None => Ok(sts),
        }
    };
    let mut chain = Chain::new();
    if let Some(network) = network {
        chain = chain
            .then(
                "OpenID Connect agency",
                network.source(env, move |env, network| {
                    Ok(Arc::new(OidcAgencyKeys::from_environment(Arc::clone(env), sts(env, network)?)))
                }),
            )
            .then(
                "identity provider of the environment",
                network.source(env, move |env, network| {
                    Ok(Arc::new(IdentityProviderKeys::from_environment(Arc::clone(env), iam(env, network)?)))
                }),
            );
    }
    chain = chain.then("environment", Environment::with_env(Arc::clone(env)));
    if let Some(network) = network {
        chain = chain.then(
            "identity provider of the profile file",
            network.source(env, move |env, network| {
                let profile = ProfileFile::with_env(Arc::clone(env));
                Ok(Arc::new(IdentityProviderKeys::from_profile(profile, iam(env, network)?)))
            }),
        );
    }
    chain = chain.then("profile file", ProfileFile::with_env(Arc::clone(env)));
    if let Some(network) = network {
        chain = chain
            .then(
                "ECS metadata",
                network
                    .source(env, |_, network| Ok(Arc::new(EcsMetadata::new(network.local, network.clock)))),
            )
            .then(
                "pod identity",
                network.source(env, |env, network| {
                    Ok(Arc::new(PodIdentity::new(Arc::clone(env), network.local, network.clock)))
                }),
            );
    }
    chain
}

/// A value that is made when it is first needed, once.
struct Lazy<T> {
    cell: Arc<OnceLock<Result<T, CredentialsError>>>,
    make: Arc<dyn Fn() -> Result<T, CredentialsError> + Send + Sync>,
}

impl<T: Clone + Send + Sync + 'static> Lazy<T> {
    fn new(make: impl Fn() -> Result<T, CredentialsError> + Send + Sync + 'static) -> Self {
        Self { cell: Arc::default(), make: Arc::new(make) }
    }

    fn get(&self) -> Result<T, CredentialsError> {
        self.cell.get_or_init(|| (self.make)()).clone()
    }
}

type Source = Arc<dyn ProvideCredentials>;

impl Lazy<Network> {
    /// A source that is made of the network when it is first asked.
    fn source(
        &self,
        env: &Arc<dyn Env>,
        make: impl Fn(&Arc<dyn Env>, Network) -> Result<Source, CredentialsError> + Send + Sync + 'static,
    ) -> LazySource {
        let (network, env) =
            (Self { cell: Arc::clone(&self.cell), make: Arc::clone(&self.make) }, Arc::clone(env));
        LazySource(Lazy::new(move || make(&env, network.get()?)))
    }
}

struct LazySource(Lazy<Source>);

impl fmt::Debug for LazySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.cell.get() {
            Some(Ok(source)) => source.fmt(f),
            _ => f.write_str("LazySource"),
        }
    }
}

#[async_trait]
impl ProvideCredentials for LazySource {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.0.get()?.credentials().await
    }

    fn invalidate(&self, credentials: &Credentials) {
        if let Some(Ok(source)) = self.0.cell.get() {
            source.invalidate(credentials);
        }
    }
}

#[async_trait]
impl ProvideCredentials for Chain {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let favourite = self.favourite.load(Ordering::Relaxed);
        let mut failures: Vec<Option<CredentialsError>> = self.sources.iter().map(|_| None).collect();
        let order =
            std::iter::once(favourite).chain((0..self.sources.len()).filter(|place| *place != favourite));
        for place in order {
            let (Some((_, source)), Some(failure)) = (self.sources.get(place), failures.get_mut(place))
            else {
                continue;
            };
            match source.credentials().await {
                Ok(credentials) => {
                    self.favourite.store(place, Ordering::Relaxed);
                    return Ok(credentials);
                }
                Err(error) if error.stops_chain() => {
                    let name = self.sources.get(place).map_or("", |(name, _)| name);
                    return Err(CredentialsError::new(format!("{name}: {error}"))
                        .stop_chain()
                        .caused_by(error));
                }
                Err(error) => *failure = Some(error),
            }
        }
        let reasons: Vec<_> = self
            .sources
            .iter()
            .zip(&failures)
            .filter_map(|((name, _), failure)| Some(format!("{name}: {}", failure.as_ref()?.with_cause())))
            .collect();
        Err(CredentialsError::new(if reasons.is_empty() {
            "the chain of credentials has no source".to_owned()
        } else {
            format!("no source gave credentials; {}", reasons.join("; "))
        }))
    }

    fn invalidate(&self, credentials: &Credentials) {
        for (_, source) in &self.sources {
            source.invalidate(credentials);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::testing::{FakeEnv, now};
    use std::sync::Mutex;

    #[derive(Debug, Default, Clone)]
    struct Counting(Arc<Mutex<(usize, Option<&'static str>)>>);

    impl Counting {
        fn set(&self, id: Option<&'static str>) {
            self.0.lock().unwrap().1 = id;
        }

        fn requests(&self) -> usize {
            std::mem::take(&mut self.0.lock().unwrap().0)
        }
    }

    #[async_trait]
    impl ProvideCredentials for Counting {
        async fn credentials(&self) -> Result<Credentials, CredentialsError> {
            let mut state = self.0.lock().unwrap();
            state.0 += 1;
            state.1.map(|id| Credentials::keys(id, "s")).ok_or_else(|| CredentialsError::new("gone"))
        }
    }

    #[test]
    fn the_source_that_worked_is_asked_first_and_failures_are_not_remembered() {
        let sources = [Counting::default(), Counting::default(), Counting::default()];
        let [a, b, c] = &sources;
        let chain = Chain::new().then("a", a.clone()).then("b", b.clone()).then("c", c.clone());
        let requests = || sources.each_ref().map(Counting::requests);

        let error = now(chain.credentials()).unwrap_err();
        assert_eq!(error.to_string(), "no source gave credentials; a: gone; b: gone; c: gone");
        assert_eq!(requests(), [1, 1, 1]);
        b.set(Some("b"));
        assert_eq!((now(chain.credentials()).unwrap().name().as_ref(), requests()), ("b", [1, 1, 0]));
        a.set(Some("a"));
        assert_eq!((now(chain.credentials()).unwrap().name().as_ref(), requests()), ("b", [0, 1, 0]));
        b.set(None);
        assert_eq!((now(chain.credentials()).unwrap().name().as_ref(), requests()), ("a", [1, 1, 0]));
        a.set(None);
        assert_eq!(
            now(chain.credentials()).unwrap_err().to_string(),
            "no source gave credentials; a: gone; b: gone; c: gone"
        );
        assert_eq!(requests(), [1, 1, 1]);
    }

    #[test]
    fn the_default_chain_reads_the_environment_before_the_file() {
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let env = Arc::new(FakeEnv::with(
            &[(home, "/h")],
            &[("/h/.huaweicloud/credentials", "[global]\nak=file\nsk=s")],
        ));
        let chain = default_chain_with_env(&(Arc::clone(&env) as _), None);
        assert_eq!(now(chain.credentials()).unwrap().name(), "file");
        env.set("HUAWEICLOUD_SDK_AK", "env");
        env.set("HUAWEICLOUD_SDK_SK", "s");
        assert_eq!(now(default_chain_with_env(&(env as _), None).credentials()).unwrap().name(), "env");

        let nothing = default_chain_with_env(&(Arc::new(FakeEnv::with(&[(home, "/h")], &[])) as _), None);
        let file = std::path::Path::new("/h").join(".huaweicloud").join("credentials");
        assert_eq!(
            now(nothing.credentials()).unwrap_err().to_string(),
            format!(
                "no source gave credentials; environment: HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK are not set; \
                 profile file: {} does not exist",
                file.display()
            )
        );
        assert_eq!(
            now(Chain::new().credentials()).unwrap_err().to_string(),
            "the chain of credentials has no source"
        );
    }
}
