//! Access keys from environment variables.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use super::{
    Credentials, CredentialsError, Env, OsEnv, ProvideCredentials, env::variable, read_once::ReadOnce,
};

const AK: &str = "HUAWEICLOUD_SDK_AK";
const SK: &str = "HUAWEICLOUD_SDK_SK";
const SECURITY_TOKEN: &str = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
const DOMAIN_ID: &str = "HUAWEICLOUD_SDK_DOMAIN_ID";

/// Access keys from the variables that the official SDKs use.
///
/// `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK` are needed; `HUAWEICLOUD_SDK_SECURITY_TOKEN` makes them temporary keys,
/// `HUAWEICLOUD_SDK_DOMAIN_ID` adds the account id. White space around the values is dropped, an empty variable counts
/// as missing. Read at the first call, and again after the service refused what was read.
pub struct Environment {
    env: Arc<dyn Env>,
    kept: ReadOnce,
}

impl Environment {
    /// Keys from the environment of this process.
    pub fn new() -> Self {
        Self::with_env(Arc::new(OsEnv))
    }

    /// Keys from another environment, for instance of a test.
    pub fn with_env(env: Arc<dyn Env>) -> Self {
        Self { env, kept: ReadOnce::default() }
    }

    fn read(&self) -> Result<Credentials, CredentialsError> {
        let value = |name| variable(&*self.env, name);
        let (id, secret) = match (value(AK), value(SK)) {
            (Some(id), Some(secret)) => (id, secret),
            (None, None) => return Err(CredentialsError::new(format!("{AK} and {SK} are not set"))),
            (None, _) => return Err(CredentialsError::new(format!("{SK} is set, but {AK} is not"))),
            (_, None) => return Err(CredentialsError::new(format!("{AK} is set, but {SK} is not"))),
        };
        Ok(Credentials::of_keys(id, secret, value(SECURITY_TOKEN).map(Into::into), value(DOMAIN_ID)))
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl ProvideCredentials for Environment {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.kept.or_read(|| self.read())
    }

    fn invalidate(&self, credentials: &Credentials) {
        self.kept.invalidate(credentials);
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("kept", &self.kept).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::testing::{FakeEnv, now};

    fn read(variables: &[(&str, &str)]) -> Result<Credentials, CredentialsError> {
        now(Environment::with_env(Arc::new(FakeEnv::with(variables, &[]))).credentials())
    }

    #[test]
    fn keys_are_read_with_what_goes_with_them() {
        let found = read(&[(AK, " id\n"), (SK, "secret"), (DOMAIN_ID, "d1"), (SECURITY_TOKEN, "")]).unwrap();
        assert_eq!((found.name().as_ref(), found.domain_id()), ("id", Some("d1")));
        assert!(found.proves_the_same(&Credentials::keys("id", "secret")));
        let found = read(&[(AK, "id"), (SK, "secret"), (SECURITY_TOKEN, "token")]).unwrap();
        assert!(found.proves_the_same(&Credentials::temporary_keys("id", "secret", "token")));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (variables, message) in [
            (&[][..], "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK are not set"),
            (&[(AK, "id"), (SK, " ")], "HUAWEICLOUD_SDK_AK is set, but HUAWEICLOUD_SDK_SK is not"),
            (&[(SK, "secret")], "HUAWEICLOUD_SDK_SK is set, but HUAWEICLOUD_SDK_AK is not"),
        ] {
            assert_eq!(read(variables).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn new_keys_are_read_when_the_old_are_refused_and_only_then() {
        let env = Arc::new(FakeEnv::with(&[(AK, "old"), (SK, "secret")], &[]));
        let environment = Environment::with_env(Arc::clone(&env) as _);
        let old = now(environment.credentials()).unwrap();
        env.set(AK, "new");
        assert_eq!(now(environment.credentials()).unwrap().name(), "old");
        environment.invalidate(&old);
        assert_eq!(now(environment.credentials()).unwrap().name(), "new");
        environment.invalidate(&old);
        env.set(AK, "newer");
        assert_eq!(
            now(environment.credentials()).unwrap().name(),
            "new",
            "another's refusal changes nothing"
        );
    }
}
