//! A partner acting as a customer, through an agency that the customer granted.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    Credentials, CredentialsError, Iam, IdentityKind, ProvideCredentials,
    cache::{Cache, Fetched},
    endpoint::{Reply, token_of},
    iam::issued_token,
    temporary::temporary_keys,
};
use crate::types::{CustomerId, Personal, UtcTime};

const WHAT_TO_CHECK: &str = "check the customer's account, the agency's name, that it is granted to this partner, and that the \
                      partner's user has the permission Agent Operator";

/// The agency that a customer granted, by the customer's account and the agency's name. How customers set one up for
/// their partner is not documented publicly.
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

/// Common part of both ways of acting as a customer.
struct Delegate {
    agency: Agency,
    partner: Arc<dyn ProvideCredentials>,
    iam: Iam,
    needs_token: bool,
}

impl Delegate {
    /// Asks with the partner's credentials, and once more with new ones where they were refused.
    async fn ask(&self, path: &str, body: &Value, what: &str) -> Result<Reply, CredentialsError> {
        let (mut reply, used) = self.ask_once(path, body).await?;
        if reply.status == StatusCode::UNAUTHORIZED {
            self.partner.invalidate(&used);
            (reply, _) = self.ask_once(path, body).await?;
        }
        reply.accepted(what, WHAT_TO_CHECK)
    }

    async fn ask_once(&self, path: &str, body: &Value) -> Result<(Reply, Credentials), CredentialsError> {
        let credentials = self.partner.credentials().await.map_err(|error| {
            CredentialsError::new(format!("no credentials of the partner to use the agency with: {error}"))
        })?;
        if self.needs_token && token_of(&credentials).is_none() {
            return Err(CredentialsError::new(
                "a token of the customer is issued for a token of the partner's user only, and the partner's source \
                 gives access keys; AgencyKeys accepts access keys",
            ));
        }
        let reply = self.iam.post(path, Some(&credentials), body).await?;
        Ok((reply, credentials))
    }

    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("agency", &self.agency)
            .field("partner", &self.partner)
            .field("iam", &self.iam)
            .finish_non_exhaustive()
    }
}

/// A token of a customer, issued for the partner's own token through an agency. Its kind is [`IdentityKind::Customer`].
///
/// The token is cached, renewed and shared like an [`IamToken`](super::IamToken). It lives 24 hours in general.
pub struct AgencyToken {
    delegate: Arc<Delegate>,
    cache: Cache,
}

impl AgencyToken {
    /// A token through this agency. `partner` must give tokens of a partner's IAM user with the permission Agent
    /// Operator, usually an [`IamToken`](super::IamToken).
    pub fn new(agency: Agency, partner: Arc<dyn ProvideCredentials>, iam: Iam) -> Self {
        let cache = Cache::new(iam.clock());
        Self { delegate: Arc::new(Delegate { agency, partner, iam, needs_token: true }), cache }
    }
}

async fn fetch_token(delegate: Arc<Delegate>) -> Result<Fetched, CredentialsError> {
    let body = json!({"auth": {
        "identity": {"methods": ["assume_role"], "assume_role": delegate.agency.assume()},
        "scope": delegate.agency.scope(),
    }});
    let issued = issued_token(&delegate.ask("/v3/auth/tokens", &body, "token of the customer").await?)?;
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

/// Temporary access keys of a customer, issued for the partner's credentials through an agency. Their kind is
/// [`IdentityKind::Customer`].
///
/// The partner's source may give access keys, which sign the request, or a token. The keys last 15 minutes unless
/// [`lasting`](Self::lasting) asks for more. They are renewed when a quarter of their lifetime is left (at most 40
/// minutes before they expire) and are shared like the token of an [`IamToken`](super::IamToken).
pub struct AgencyKeys {
    delegate: Arc<Delegate>,
    duration: Duration,
    cache: Cache,
}

impl AgencyKeys {
    /// Keys through this agency. `partner` gives access keys or a token of a partner's IAM user with the permission
    /// Agent Operator.
    pub fn new(agency: Agency, partner: Arc<dyn ProvideCredentials>, iam: Iam) -> Self {
        let cache = Cache::new(iam.clock());
        let duration = Duration::from_secs(900);
        Self { delegate: Arc::new(Delegate { agency, partner, iam, needs_token: false }), duration, cache }
    }

    /// Asks for keys with this lifetime: 15 minutes to 24 hours.
    ///
    /// # Errors
    /// Where the duration is outside these limits.
    pub fn lasting(mut self, duration: Duration) -> Result<Self, CredentialsError> {
        if !(900..=86_400).contains(&duration.as_secs()) {
            return Err(CredentialsError::new("temporary keys last 900 to 86400 seconds"));
        }
        self.duration = duration;
        Ok(self)
    }
}

async fn fetch_keys(delegate: Arc<Delegate>, duration: Duration) -> Result<Fetched, CredentialsError> {
    let mut assume = delegate.agency.assume();
    if let Value::Object(assume) = &mut assume {
        assume.insert("duration_seconds".into(), duration.as_secs().into());
    }
    let body = json!({"auth": {"identity": {"methods": ["assume_role"], "assume_role": assume}}});
    let reply = delegate.ask("/v3.0/OS-CREDENTIAL/securitytokens", &body, "keys of the customer").await?;
    let fetched = temporary_keys(&reply, Some(duration))?;
    Ok(Fetched { credentials: described(fetched.credentials, &delegate, None, None), ..fetched })
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
