//! Several sources, tried in their order.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;

use super::{Credentials, CredentialsError, Env, Environment, ProfileFile, ProvideCredentials};

/// Sources that are asked in their order until one gives credentials.
///
/// The source that did is asked first from then on; when it fails, all are asked again from the start. Nothing else
/// is remembered, least of all a failure. The error of a chain says of each source why it failed.
#[derive(Debug, Default)]
pub struct Chain {
    sources: Vec<(String, Arc<dyn ProvideCredentials>)>,
    /// The place of the source that worked.
    favourite: AtomicUsize,
}

impl Chain {
    /// A chain without sources, which gives none.
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

/// The environment, then the profile file: what the first call of a new program needs no code for.
pub fn default_chain() -> Chain {
    Chain::new().then("environment", Environment::new()).then("profile file", ProfileFile::new())
}

/// As [`default_chain`], in other surroundings.
pub fn default_chain_with_env(surroundings: &Arc<dyn Env>) -> Chain {
    Chain::new()
        .then("environment", Environment::with_env(Arc::clone(surroundings)))
        .then("profile file", ProfileFile::with_env(Arc::clone(surroundings)))
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
                Err(error) => *failure = Some(error),
            }
        }
        let reasons: Vec<_> = self
            .sources
            .iter()
            .zip(&failures)
            .filter_map(|((name, _), failure)| Some(format!("{name}: {}", failure.as_ref()?)))
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
    use crate::auth::testing::{Imagined, now};
    use std::sync::Mutex;

    #[derive(Debug, Default, Clone)]
    struct Counting(Arc<Mutex<(usize, Option<&'static str>)>>);

    impl Counting {
        fn set(&self, id: Option<&'static str>) {
            self.0.lock().unwrap().1 = id;
        }

        fn asked(&self) -> usize {
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
        let asked = || sources.each_ref().map(Counting::asked);

        let error = now(chain.credentials()).unwrap_err();
        assert_eq!(error.to_string(), "no source gave credentials; a: gone; b: gone; c: gone");
        assert_eq!(asked(), [1, 1, 1]);
        b.set(Some("b"));
        assert_eq!((now(chain.credentials()).unwrap().name().as_ref(), asked()), ("b", [1, 1, 0]));
        a.set(Some("a"));
        assert_eq!((now(chain.credentials()).unwrap().name().as_ref(), asked()), ("b", [0, 1, 0]));
        b.set(None);
        assert_eq!((now(chain.credentials()).unwrap().name().as_ref(), asked()), ("a", [1, 1, 0]));
        a.set(None);
        assert_eq!(
            now(chain.credentials()).unwrap_err().to_string(),
            "no source gave credentials; a: gone; b: gone; c: gone"
        );
        assert_eq!(asked(), [1, 1, 1]);
    }

    #[test]
    fn the_default_chain_reads_the_environment_before_the_file() {
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let imagined = Arc::new(Imagined::with(
            &[(home, "/h")],
            &[("/h/.huaweicloud/credentials", "[global]\nak=file\nsk=s")],
        ));
        let chain = default_chain_with_env(&(Arc::clone(&imagined) as _));
        assert_eq!(now(chain.credentials()).unwrap().name(), "file");
        imagined.set("HUAWEICLOUD_SDK_AK", "env");
        imagined.set("HUAWEICLOUD_SDK_SK", "s");
        assert_eq!(now(default_chain_with_env(&(imagined as _)).credentials()).unwrap().name(), "env");

        let nothing = default_chain_with_env(&(Arc::new(Imagined::with(&[(home, "/h")], &[])) as _));
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
