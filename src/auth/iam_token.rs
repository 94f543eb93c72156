//! A token for a user name and password.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use serde_json::json;

use super::{
    Credentials, CredentialsError, Iam, ProvideCredentials,
    cache::{Cache, Fetched},
    iam::issued_token,
};
use crate::types::{Personal, Secret};

/// The login of an IAM user. Its `Debug` output is masked.
#[derive(Clone, Debug)]
pub struct PasswordLogin {
    /// The name of the account (domain) that the user belongs to; for the account's owner the same as `user`.
    pub account: Personal,
    /// The name of the IAM user.
    pub user: Personal,
    /// The user's password for API calls.
    pub password: Secret,
}

/// A token of an IAM user, for the whole account (domain scope, which a service without regions takes; inferred).
///
/// The token is fetched at the first call and shared by all calls. It is fetched again before it expires (40 minutes
/// before, or when a quarter of a shorter lifetime is left; tokens live 24 hours in general) and after the service
/// refused it. Concurrent callers share one fetch. If a renewal fails while the old token is still valid, the old token
/// is used. Failures are not cached.
pub struct IamToken {
    inner: Arc<Inner>,
    cache: Cache,
}

struct Inner {
    login: PasswordLogin,
    iam: Iam,
}

impl IamToken {
    /// A token for this login.
    pub fn new(login: PasswordLogin, iam: Iam) -> Self {
        let cache = Cache::new(iam.clock());
        Self { inner: Arc::new(Inner { login, iam }), cache }
    }
}

impl Inner {
    async fn fetch(self: Arc<Self>) -> Result<Fetched, CredentialsError> {
        let PasswordLogin { account, user, password } = &self.login;
        let domain = json!({"name": account.expose()});
        let body = json!({"auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": user.expose(), "password": password.expose(), "domain": domain}},
            },
            "scope": {"domain": domain},
        }});
        let reply = self.iam.post("/v3/auth/tokens", None, &body).await?;
        let likely = "check account, user name and password, and that the user may log in by API";
        let issued = issued_token(&reply.accepted("token", likely)?)?;
        let mut credentials = Credentials::token(issued.token);
        if let Some(id) = issued.domain_id {
            credentials = credentials.with_domain_id(id);
        }
        if let Some(at) = issued.expires_at {
            credentials = credentials.with_expiry(at);
        }
        Ok(Fetched { credentials, lifetime: issued.lifetime })
    }
}

#[async_trait]
impl ProvideCredentials for IamToken {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.cache.get(|| Arc::clone(&self.inner).fetch()).await
    }

    fn invalidate(&self, credentials: &Credentials) {
        self.cache.invalidate(credentials);
    }
}

impl fmt::Debug for IamToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { login, iam } = &*self.inner;
        f.debug_struct("IamToken").field("login", login).field("iam", iam).finish_non_exhaustive()
    }
}
