//! A partner acting as a customer, through an agency that the customer granted.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Authorization, Credentials, CredentialsError, Iam, IdentityKind, ProvideCredentials,
    cache::{Cache, Fetched},
    iam::Answer,
};
use crate::types::{CustomerId, Personal, Secret, UtcTime};

const LIKELY: &str = "check the customer's account, the agency's name, that it is granted to this partner, and that the \
                      partner's user has the permission Agent Operator";

/// Whose agency is used, and what it is called. How customers set one up for their partner is not documented publicly.
#[derive(Clone, Debug)]
pub struct Agency {
    customer: Customer,
    name: String,
}

#[derive(Clone, Debug)]
enum Customer {
    Id(CustomerId),
    Name(Personal),
}

impl Agency {
    /// The agency `name` of the customer with this account id.
    pub fn of_id(customer: impl Into<CustomerId>, name: impl Into<String>) -> Self {
        Self { customer: Customer::Id(customer.into()), name: name.into() }
    }

    /// The agency `name` of the customer whose account has this name.
    pub fn of_name(account: impl Into<Personal>, name: impl Into<String>) -> Self {
        Self { customer: Customer::Name(account.into()), name: name.into() }
    }

    fn assume(&self) -> Value {
        match &self.customer {
            Customer::Id(id) => json!({"domain_id": id.as_str(), "agency_name": self.name}),
            Customer::Name(name) => json!({"domain_name": name.expose(), "agency_name": self.name}),
        }
    }

    fn scope(&self) -> Value {
        match &self.customer {
            Customer::Id(id) => json!({"domain": {"id": id.as_str()}}),
            Customer::Name(name) => json!({"domain": {"name": name.expose()}}),
        }
    }
}

/// What both ways of acting as a customer share.
struct Delegate {
    agency: Agency,
    partner: Arc<dyn ProvideCredentials>,
    iam: Iam,
}

impl Delegate {
    /// Asks with the partner's token, and once more with a new one where it was refused.
    async fn ask(&self, path: &str, body: &Value, what: &str) -> Result<Answer, CredentialsError> {
        let mut answer = self.ask_once(path, body).await?;
        if let (StatusCode::UNAUTHORIZED, used) = (answer.0.status, &answer.1) {
            self.partner.invalidate(used);
            answer = self.ask_once(path, body).await?;
        }
        answer.0.accepted(what, LIKELY)
    }

    async fn ask_once(&self, path: &str, body: &Value) -> Result<(Answer, Credentials), CredentialsError> {
        let credentials = self.partner.credentials().await.map_err(|error| {
            CredentialsError::new(format!("no token of the partner to use the agency with: {error}"))
        })?;
        let Authorization::Token(token) = credentials.authorization() else {
            return Err(CredentialsError::new(
                "an agency is used with a token of the partner's user, and the partner's source gives access keys",
            ));
        };
        let answer = self.iam.post(path, Some(token), body).await?;
        Ok((answer, credentials))
    }

    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("agency", &self.agency)
            .field("partner", &self.partner)
            .field("iam", &self.iam)
            .finish_non_exhaustive()
    }
}

/// A token of a customer, got with the partner's own token through an agency. Its kind is [`IdentityKind::Customer`].
///
/// Cached, renewed and shared as [`IamToken`](super::IamToken) is; lives 24 hours in general.
pub struct AgencyToken {
    delegate: Arc<Delegate>,
    cache: Cache,
}

impl AgencyToken {
    /// A token through this agency. `partner` must give tokens of a partner's IAM user with the permission Agent
    /// Operator, usually an [`IamToken`](super::IamToken).
    pub fn new(agency: Agency, partner: Arc<dyn ProvideCredentials>, iam: Iam) -> Self {
        let cache = Cache::new(Arc::clone(&iam.clock));
        Self { delegate: Arc::new(Delegate { agency, partner, iam }), cache }
    }
}

async fn fetch_token(delegate: Arc<Delegate>) -> Result<Fetched, CredentialsError> {
    let body = json!({"auth": {
        "identity": {"methods": ["assume_role"], "assume_role": delegate.agency.assume()},
        "scope": delegate.agency.scope(),
    }});
    let issued = delegate.ask("/v3/auth/tokens", &body, "token of the customer").await?.token()?;
    let credentials = Credentials::token(issued.token);
    let lifetime = issued.lifetime;
    Ok(Fetched {
        credentials: described(credentials, &delegate, issued.domain_id, issued.expires_at),
        lifetime,
    })
}

fn described(
    mut credentials: Credentials,
    delegate: &Delegate,
    domain_id: Option<String>,
    expires_at: Option<UtcTime>,
) -> Credentials {
    let known = match &delegate.agency.customer {
        Customer::Id(id) => Some(id.as_str().to_owned()),
        Customer::Name(_) => domain_id,
    };
    credentials = credentials.with_kind(IdentityKind::Customer);
    if let Some(id) = known {
        credentials = credentials.with_domain_id(id);
    }
    match expires_at {
        Some(at) => credentials.with_expiry(at),
        None => credentials,
    }
}

#[async_trait]
impl ProvideCredentials for AgencyToken {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.cache.get(|| fetch_token(Arc::clone(&self.delegate))).await
    }

    fn invalidate(&self, credentials: &Credentials) {
        self.cache.invalidate(credentials);
    }
}

impl fmt::Debug for AgencyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.delegate.debug("AgencyToken", f)
    }
}

/// Temporary access keys of a customer, got with the partner's token through an agency. Their kind is
/// [`IdentityKind::Customer`].
///
/// They last 15 minutes unless asked for longer, are renewed when a quarter of their life is left (at most 40 minutes
/// before they end), and are shared as [`IamToken`](super::IamToken) shares tokens.
pub struct AgencyKeys {
    delegate: Arc<Delegate>,
    duration: Duration,
    cache: Cache,
}

impl AgencyKeys {
    /// Keys through this agency. `partner` is as for [`AgencyToken::new`].
    pub fn new(agency: Agency, partner: Arc<dyn ProvideCredentials>, iam: Iam) -> Self {
        let cache = Cache::new(Arc::clone(&iam.clock));
        let duration = Duration::from_secs(900);
        Self { delegate: Arc::new(Delegate { agency, partner, iam }), duration, cache }
    }

    /// Asks for keys that last so long: 15 minutes to 24 hours.
    ///
    /// # Errors
    /// Where the duration lies outside that.
    pub fn lasting(mut self, duration: Duration) -> Result<Self, CredentialsError> {
        if !(900..=86_400).contains(&duration.as_secs()) {
            return Err(CredentialsError::new("temporary keys last 900 to 86400 seconds"));
        }
        self.duration = duration;
        Ok(self)
    }
}

/// The answer with temporary keys.
#[derive(Deserialize)]
struct Granted {
    credential: Grant,
}

#[derive(Deserialize)]
struct Grant {
    access: String,
    secret: Secret,
    securitytoken: Secret,
    expires_at: Option<String>,
}

async fn fetch_keys(delegate: Arc<Delegate>, duration: Duration) -> Result<Fetched, CredentialsError> {
    let mut assume = delegate.agency.assume();
    if let Value::Object(assume) = &mut assume {
        assume.insert("duration_seconds".into(), duration.as_secs().into());
    }
    let body = json!({"auth": {"identity": {"methods": ["assume_role"], "assume_role": assume}}});
    let answer = delegate.ask("/v3.0/OS-CREDENTIAL/securitytokens", &body, "keys of the customer").await?;
    // The decoder's own error may quote what it read, so it is not passed on.
    let Granted { credential } = serde_json::from_slice(&answer.body)
        .map_err(|_| CredentialsError::new("IAM answered without access, secret and securitytoken"))?;
    let expires_at = credential.expires_at.and_then(|text| text.parse().ok());
    // Where the end is not told, what was asked for is what was given.
    let lifetime = if expires_at.is_some() { answer.lifetime(expires_at) } else { duration };
    let credentials =
        Credentials::temporary_keys(credential.access, credential.secret, credential.securitytoken);
    Ok(Fetched { credentials: described(credentials, &delegate, None, expires_at), lifetime })
}

#[async_trait]
impl ProvideCredentials for AgencyKeys {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.cache.get(|| fetch_keys(Arc::clone(&self.delegate), self.duration)).await
    }

    fn invalidate(&self, credentials: &Credentials) {
        self.cache.invalidate(credentials);
    }
}

impl fmt::Debug for AgencyKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.delegate.debug("AgencyKeys", f)
    }
}

#[cfg(test)]
#[path = "agency_tests.rs"]
mod tests;
