//! Temporary keys for an ID token of an identity provider (OpenID Connect).

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use http::HeaderName;
use serde_json::{Value, json};

use super::{
    Credentials, CredentialsError, Env, Iam, OsEnv, ProfileFile, ProvideCredentials, Sts,
    cache::{Cache, Fetched},
    endpoint::{Reply, token_of},
    env::{secret_file, variable},
    iam::issued_token,
    temporary::temporary_keys,
};
use crate::types::Secret;

const IDP_ID: &str = "HUAWEICLOUD_SDK_IDP_ID";
const IDP_TOKEN_FILE: &str = "HUAWEICLOUD_SDK_ID_TOKEN_FILE";
const OIDC_PROVIDER: &str = "HUAWEICLOUD_OIDC_PROVIDER_URN";
const OIDC_AGENCY: &str = "HUAWEICLOUD_OIDC_AGENCY_URN";
const OIDC_TOKEN: &str = "HUAWEICLOUD_OIDC_ID_TOKEN";
const OIDC_TOKEN_FILE: &str = "HUAWEICLOUD_OIDC_ID_TOKEN_FILE";
const OIDC_TOKEN_FILE_SHORT: &str = "HUAWEICLOUD_OIDC_TOKEN_FILE";
const OIDC_SESSION: &str = "HUAWEICLOUD_OIDC_SESSION_NAME";
const OIDC_DURATION: &str = "HUAWEICLOUD_OIDC_DURATION_SECONDS";
const OIDC_POLICY: &str = "HUAWEICLOUD_OIDC_POLICY";
const OIDC_POLICY_IDS: &str = "HUAWEICLOUD_OIDC_POLICY_IDS";
const X_IDP_ID: HeaderName = HeaderName::from_static("x-idp-id");
/// Keys for an identity provider's token last six hours.
const IDP_KEYS_LAST: Duration = Duration::from_secs(21_600);

/// Source of an ID token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum IdToken {
    /// The token itself.
    Text(Secret),
    /// A file with the token. It is read again at each renewal, since such tokens are short-lived.
    File(PathBuf),
}

impl IdToken {
    fn read(&self, env: &dyn Env) -> Result<Secret, CredentialsError> {
        match self {
            Self::Text(token) => Ok(token.clone()),
            Self::File(path) => secret_file(env, path),
        }
    }
}

/// Source of settings, which is read at each renewal.
type Settings<T> = Arc<dyn Fn() -> Result<T, CredentialsError> + Send + Sync>;

/// Temporary access keys for an ID token of an identity provider that the account has registered with IAM.
///
/// The token is exchanged for an IAM token (`/v3.0/OS-AUTH/id-token/tokens`) and that for access keys which last six
/// hours. The keys are cached and renewed 40 minutes before they expire.
pub struct IdentityProviderKeys {
    inner: Arc<IdpInner>,
    cache: Cache,
}

/// The provider's id, its token, and the address of IAM where the settings name one.
type IdpSettings = (String, IdToken, Option<String>);

struct IdpInner {
    settings: Settings<IdpSettings>,
    env: Arc<dyn Env>,
    iam: Iam,
}

impl IdentityProviderKeys {
    /// Keys for a token of the identity provider with this id.
    pub fn new(idp_id: impl Into<String>, token: IdToken, iam: Iam) -> Self {
        let idp_id = idp_id.into();
        Self::of(Arc::new(move || Ok((idp_id.clone(), token.clone(), None))), Arc::new(OsEnv), iam)
    }

    /// Keys for the provider and the token file that `HUAWEICLOUD_SDK_IDP_ID` and `HUAWEICLOUD_SDK_ID_TOKEN_FILE` name.
    pub fn from_environment(env: Arc<dyn Env>, iam: Iam) -> Self {
        let read = {
            let env = Arc::clone(&env);
            move || match (variable(&*env, IDP_ID), variable(&*env, IDP_TOKEN_FILE)) {
                (Some(id), Some(file)) => Ok((id, IdToken::File(file.into()), None)),
                _ => Err(CredentialsError::new(format!("{IDP_ID} and {IDP_TOKEN_FILE} are not both set"))),
            }
        };
        Self::of(Arc::new(read), env, iam)
    }

    /// Keys for the provider and the token file that a profile names by `idp_id` and `id_token_file`. An address that it
    /// names by `iam_endpoint` replaces that of `iam`.
    pub fn from_profile(profile: ProfileFile, iam: Iam) -> Self {
        let env = profile.env();
        let read = move || {
            let (id, file, endpoint) = profile.identity_provider()?;
            Ok((id, IdToken::File(file), endpoint))
        };
        Self::of(Arc::new(read), env, iam)
    }

    fn of(settings: Settings<IdpSettings>, env: Arc<dyn Env>, iam: Iam) -> Self {
        let cache = Cache::new(iam.clock());
        Self { inner: Arc::new(IdpInner { settings, env, iam }), cache }
    }
}

impl IdpInner {
    async fn fetch(self: Arc<Self>) -> Result<Fetched, CredentialsError> {
        let (idp_id, token, endpoint) = (self.settings)()?;
        // From here on the source is meant to be used: another identity must not step in for it.
        self.exchange(&idp_id, &token, endpoint.as_deref()).await.map_err(CredentialsError::stop_chain)
    }

    async fn exchange(
        &self,
        idp_id: &str,
        token: &IdToken,
        endpoint: Option<&str>,
    ) -> Result<Fetched, CredentialsError> {
        let iam = match endpoint {
            Some(endpoint) => self.iam.clone().with_endpoint(endpoint)?,
            None => self.iam.clone(),
        };
        let token = token.read(&*self.env)?;
        let body = json!({"auth": {"id_token": {"id": token.expose()}}});
        let path = "/v3.0/OS-AUTH/id-token/tokens";
        let reply = iam.0.post(path, &[(X_IDP_ID, idp_id)], None, &body).await?;
        let likely =
            "check the id of the identity provider, its mapping rules, and that the ID token is current";
        let issued = issued_token(&reply.accepted("token for the ID token", likely)?)?;
        let seconds = IDP_KEYS_LAST.as_secs();
        let body = json!({"auth": {"identity": {
            "methods": ["token"],
            "token": {"id": issued.token.expose(), "duration_seconds": seconds},
        }}});
        let reply = iam.post("/v3.0/OS-CREDENTIAL/securitytokens", None, &body).await?;
        let reply = reply.accepted("keys", "check that the federated user may create temporary keys")?;
        let fetched = temporary_keys(&reply, Some(IDP_KEYS_LAST))?;
        let credentials = match issued.domain_id {
            Some(id) => fetched.credentials.with_domain_id(id),
            None => fetched.credentials,
        };
        Ok(Fetched { credentials, ..fetched })
    }
}

/// Temporary access keys of an agency that trusts an OpenID Connect provider, from STS.
///
/// The keys are cached, renewed when a quarter of their lifetime is left (at most 40 minutes before they expire) and
/// shared by all callers. No keys are needed to begin with, which suits continuous integration and other clouds.
pub struct OidcAgencyKeys {
    inner: Arc<OidcInner>,
    cache: Cache,
}

/// Request of credentials from STS for an ID token. [`OidcAgencyKeys`] uses it.
#[derive(Clone, Debug)]
pub struct OidcAgency {
    provider_urn: String,
    agency_urn: String,
    token: IdToken,
    session_name: String,
    duration: Duration,
    policy: Option<String>,
    policy_ids: Vec<String>,
}

struct OidcInner {
    settings: Settings<OidcAgency>,
    env: Arc<dyn Env>,
    sts: Sts,
}

impl OidcAgency {
    /// An agency by its URN, for tokens of the provider with this URN. The keys last an hour and the session is called
    /// `oidc-sts-session` unless set otherwise.
    pub fn new(provider_urn: impl Into<String>, agency_urn: impl Into<String>, token: IdToken) -> Self {
        Self {
            provider_urn: provider_urn.into(),
            agency_urn: agency_urn.into(),
            token,
            session_name: "oidc-sts-session".to_owned(),
            duration: Duration::from_secs(3600),
            policy: None,
            policy_ids: Vec::new(),
        }
    }

    /// Sets the name of the session, which audit logs show.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = name.into();
        self
    }

    /// Sets the lifetime of the keys. The limits are not documented.
    #[must_use]
    pub fn lasting(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// Limits the keys by the text of a policy.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into());
        self
    }

    /// Limits the keys by the ids of policies.
    #[must_use]
    pub fn policy_ids(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.policy_ids = ids.into_iter().map(Into::into).collect();
        self
    }

    fn from_environment(env: &dyn Env) -> Result<Self, CredentialsError> {
        let (Some(provider), Some(agency)) = (variable(env, OIDC_PROVIDER), variable(env, OIDC_AGENCY))
        else {
            return Err(CredentialsError::new(format!("{OIDC_PROVIDER} and {OIDC_AGENCY} are not both set")));
        };
        let file = || variable(env, OIDC_TOKEN_FILE).or_else(|| variable(env, OIDC_TOKEN_FILE_SHORT));
        let token = match variable(env, OIDC_TOKEN) {
            Some(token) => IdToken::Text(token.into()),
            None => IdToken::File(PathBuf::from(file().ok_or_else(|| {
                CredentialsError::new(format!("neither {OIDC_TOKEN} nor {OIDC_TOKEN_FILE} is set"))
                    .stop_chain()
            })?)),
        };
        let mut agency = Self::new(provider, agency, token);
        if let Some(name) = variable(env, OIDC_SESSION) {
            agency = agency.session_name(name);
        }
        if let Some(seconds) = variable(env, OIDC_DURATION) {
            let seconds = seconds.parse().map_err(|_| {
                CredentialsError::new(format!("{OIDC_DURATION} is not a number of seconds")).stop_chain()
            })?;
            agency = agency.lasting(Duration::from_secs(seconds));
        }
        if let Some(policy) = variable(env, OIDC_POLICY) {
            agency = agency.policy(policy);
        }
        if let Some(ids) = variable(env, OIDC_POLICY_IDS) {
            let ids = ids.split(',').map(str::trim).filter(|id| !id.is_empty());
            agency = agency.policy_ids(ids);
        }
        Ok(agency)
    }

    fn body(&self, token: &Secret) -> Value {
        let mut body = json!({
            "provider_urn": self.provider_urn,
            "agency_urn": self.agency_urn,
            "agency_session_name": self.session_name,
            "id_token": token.expose(),
            "duration_seconds": self.duration.as_secs(),
        });
        if let Value::Object(members) = &mut body {
            if let Some(policy) = &self.policy {
                members.insert("policy".to_owned(), json!(policy));
            }
            if !self.policy_ids.is_empty() {
                members.insert("policy_ids".to_owned(), json!(self.policy_ids));
            }
        }
        body
    }
}

impl OidcAgencyKeys {
    /// Keys of this agency.
    pub fn new(agency: OidcAgency, sts: Sts) -> Self {
        Self::of(Arc::new(move || Ok(agency.clone())), Arc::new(OsEnv), sts)
    }

    /// Keys of the agency that `HUAWEICLOUD_OIDC_PROVIDER_URN`, `HUAWEICLOUD_OIDC_AGENCY_URN` and the token variables
    /// name (`HUAWEICLOUD_OIDC_ID_TOKEN`, or a file by `HUAWEICLOUD_OIDC_ID_TOKEN_FILE`). Optional are
    /// `HUAWEICLOUD_OIDC_SESSION_NAME`, `_DURATION_SECONDS`, `_POLICY` and `_POLICY_IDS`.
    pub fn from_environment(env: Arc<dyn Env>, sts: Sts) -> Self {
        let read = {
            let env = Arc::clone(&env);
            move || OidcAgency::from_environment(&*env)
        };
        Self::of(Arc::new(read), env, sts)
    }

    fn of(settings: Settings<OidcAgency>, env: Arc<dyn Env>, sts: Sts) -> Self {
        let cache = Cache::new(sts.clock());
        Self { inner: Arc::new(OidcInner { settings, env, sts }), cache }
    }
}

impl OidcInner {
    async fn fetch(self: Arc<Self>) -> Result<Fetched, CredentialsError> {
        let agency = (self.settings)()?;
        self.exchange(&agency).await.map_err(CredentialsError::stop_chain)
    }

    async fn exchange(&self, agency: &OidcAgency) -> Result<Fetched, CredentialsError> {
        let token = agency.token.read(&*self.env)?;
        let body = agency.body(&token);
        let reply = self.sts.0.post("/v5/agencies/assume-with-oidc", &[], None, &body).await?;
        let likely =
            "check the provider and agency URNs, the agency's trust policy, and that the ID token is current";
        temporary_keys(&reply.accepted("keys for the ID token", likely)?, Some(agency.duration))
    }
}

/// Temporary access keys of an agency, from STS, for the access keys of another source.
///
/// A chain of agencies is this source over this source: each step signs with the keys of the step before. The keys are
/// cached, renewed when a quarter of their lifetime is left (at most 40 minutes before they expire) and shared by all
/// callers.
pub struct StsAgencyKeys {
    inner: Arc<StsInner>,
    cache: Cache,
}

struct StsInner {
    agency_urn: String,
    session_name: String,
    duration: Option<Duration>,
    base: Arc<dyn ProvideCredentials>,
    sts: Sts,
}

impl StsAgencyKeys {
    /// Keys of the agency with this URN, such as `iam::<account id>:agency:<name>`. `base` gives access keys that may
    /// assume it. The session is called `session_name`, which audit logs show.
    pub fn new(
        agency_urn: impl Into<String>,
        session_name: impl Into<String>,
        base: Arc<dyn ProvideCredentials>,
        sts: Sts,
    ) -> Self {
        let cache = Cache::new(sts.clock());
        let (agency_urn, session_name) = (agency_urn.into(), session_name.into());
        Self { inner: Arc::new(StsInner { agency_urn, session_name, duration: None, base, sts }), cache }
    }

    /// Asks for keys with this lifetime; the service's default otherwise. The limits are not documented.
    #[must_use]
    pub fn lasting(self, duration: Duration) -> Self {
        let StsInner { agency_urn, session_name, base, sts, .. } = &*self.inner;
        let (base, sts) = (Arc::clone(base), sts.clone());
        let inner = StsInner {
            agency_urn: agency_urn.clone(),
            session_name: session_name.clone(),
            duration: Some(duration),
            base,
            sts,
        };
        Self { inner: Arc::new(inner), cache: self.cache }
    }
}

impl StsInner {
    /// Asks with the credentials of the base, and once more with new ones where they were refused.
    async fn fetch(self: Arc<Self>) -> Result<Fetched, CredentialsError> {
        let (mut reply, used) = self.ask().await?;
        if reply.status == http::StatusCode::UNAUTHORIZED {
            self.base.invalidate(&used);
            (reply, _) = self.ask().await?;
        }
        let reply = reply.accepted("keys of the agency", "check the agency's URN and its trust policy")?;
        temporary_keys(&reply, self.duration)
    }

    async fn ask(&self) -> Result<(Reply, Credentials), CredentialsError> {
        let base = self.base.credentials().await.map_err(|error| {
            CredentialsError::new(format!("no credentials to assume {} with: {error}", self.agency_urn))
        })?;
        if token_of(&base).is_some() {
            return Err(CredentialsError::new(
                "STS is called with access keys, and the source gives a token",
            ));
        }
        let mut body = json!({"agency_urn": self.agency_urn, "agency_session_name": self.session_name});
        if let (Value::Object(members), Some(duration)) = (&mut body, self.duration) {
            members.insert("duration_seconds".to_owned(), duration.as_secs().into());
        }
        let reply = self.sts.0.post("/v5/agencies/assume", &[], Some(&base), &body).await?;
        Ok((reply, base))
    }
}

macro_rules! cached_source {
    ($($source:ident shows $($field:ident),*;)*) => {$(
        #[async_trait]
        impl ProvideCredentials for $source {
            async fn credentials(&self) -> Result<Credentials, CredentialsError> {
                self.cache.get(|| Arc::clone(&self.inner).fetch()).await
            }

            fn invalidate(&self, credentials: &Credentials) {
                self.cache.invalidate(credentials);
            }
        }

        impl fmt::Debug for $source {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($source))$(.field(stringify!($field), &self.inner.$field))*.finish_non_exhaustive()
            }
        }
    )*};
}
cached_source! {
    IdentityProviderKeys shows iam;
    OidcAgencyKeys shows sts;
    StsAgencyKeys shows agency_urn, sts;
}

#[cfg(test)]
#[path = "id_token_tests.rs"]
mod tests;
