//! The identity service that issues tokens and temporary keys.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri, header::CONTENT_TYPE};
use serde::Deserialize;
use time::OffsetDateTime;

use super::{CredentialsError, server_time};
use crate::{
    clock::Clock,
    transport::{Body, Transport},
    types::{Secret, UtcTime},
};

/// Answers hold the catalogue of all services, which is long.
const LIMIT: usize = 4 * 1024 * 1024;
/// How long tokens are used whose answer does not say when they end.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(3600);

/// The identity service: where it is and how it is reached. Cheap to clone.
#[derive(Clone)]
pub struct Iam {
    endpoint: Arc<str>,
    transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Iam {
    /// The service at `https://iam.myhuaweicloud.com`.
    pub fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { endpoint: Arc::from("https://iam.myhuaweicloud.com"), transport, clock }
    }

    /// The service at another address, such as `https://iam.ap-southeast-1.myhuaweicloud.com`: all regions serve the
    /// same calls. The address for the European site is not documented.
    ///
    /// # Errors
    /// Where the text is not the address of a server, or holds more than that.
    pub fn with_endpoint(mut self, endpoint: &str) -> Result<Self, CredentialsError> {
        let wrong = || {
            CredentialsError::new("the IAM endpoint must be an address such as https://iam.myhuaweicloud.com")
        };
        let uri: Uri = endpoint.parse().map_err(|_| wrong())?;
        match (uri.scheme_str(), uri.authority()) {
            (Some("https" | "http"), Some(authority))
                if !authority.as_str().contains('@') && uri.path() == "/" && uri.query().is_none() =>
            {
                self.endpoint = Arc::from(endpoint.trim_end_matches('/'));
                Ok(self)
            }
            _ => Err(wrong()),
        }
    }

    pub(super) async fn post(
        &self,
        path: &str,
        token: Option<&Secret>,
        body: &serde_json::Value,
    ) -> Result<Answer, CredentialsError> {
        let mut request =
            Request::post(format!("{}{path}", self.endpoint)).header(CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            let mut token = HeaderValue::from_str(token.expose())
                .map_err(|_| CredentialsError::new("the partner's token cannot be sent in a header"))?;
            token.set_sensitive(true);
            request = request.header("x-auth-token", token);
        }
        let request = request
            .body(Body::from(body.to_string()))
            .map_err(|error| CredentialsError::new("the request to IAM cannot be built").caused_by(error))?;
        let unreachable = |error| CredentialsError::new("IAM did not answer").caused_by(error);
        let (head, body) = self.transport.send(request).await.map_err(unreachable)?.into_parts();
        let body = body.collect(LIMIT).await.map_err(unreachable)?;
        Ok(Answer { status: head.status, headers: head.headers, body, received: self.clock.now() })
    }
}

impl fmt::Debug for Iam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iam").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// An answer of the identity service, whatever its status.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    pub(super) body: Bytes,
    received: OffsetDateTime,
}

/// What is read of a token's description. Everything may be missing.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Described {
    token: Token,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Token {
    expires_at: Option<String>,
    domain: Option<Domain>,
    user: Option<User>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    domain: Option<Domain>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Domain {
    id: Option<String>,
}

/// An issued token with what the answer says about it.
pub(super) struct Issued {
    pub(super) token: Secret,
    pub(super) domain_id: Option<String>,
    pub(super) expires_at: Option<UtcTime>,
    pub(super) lifetime: Duration,
}

impl Answer {
    /// Itself, where the service did as asked.
    ///
    /// # Errors
    /// With status, code and trace id. The service's own words are left out: they may name the user.
    pub(super) fn accepted(self, what: &str, likely: &str) -> Result<Self, CredentialsError> {
        if self.status.is_success() {
            return Ok(self);
        }
        let mut details = format!("HTTP {}", self.status.as_u16());
        if let Some(code) = self.code() {
            details = format!("{details}, {code}");
        }
        let trace = self.headers.get("x-iam-trace-id").or_else(|| self.headers.get("x-request-id"));
        if let Some(trace) = trace.and_then(|trace| trace.to_str().ok()).filter(|trace| trace.len() <= 128) {
            details = format!("{details}, trace {trace}");
        }
        let reason = match self.status.as_u16() {
            400 | 401 | 403 | 404 => likely,
            429 => "too many requests, try again later",
            500.. => "the service failed, try again later",
            _ => "an unexpected answer",
        };
        Err(CredentialsError::new(format!("IAM gave no {what} ({details}): {reason}")))
    }

    /// A code such as `IAM.0101`, where the answer has one of that form.
    fn code(&self) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        let code = [body.get("error_code"), body.pointer("/error/code"), body.pointer("/error/error_code")]
            .into_iter()
            .find_map(|code| code?.as_str())?;
        let (family, number) = code.split_once('.')?;
        let fits = |text: &str, test: fn(&u8) -> bool| {
            (2..=8).contains(&text.len()) && text.as_bytes().iter().all(test)
        };
        (fits(family, u8::is_ascii_uppercase) && fits(number, u8::is_ascii_digit)).then(|| code.to_owned())
    }

    /// The token in the answer.
    pub(super) fn token(&self) -> Result<Issued, CredentialsError> {
        let token = self
            .headers
            .get("x-subject-token")
            .and_then(|token| token.to_str().ok())
            .filter(|token| !token.is_empty())
            .ok_or_else(|| CredentialsError::new("IAM answered without a token in X-Subject-Token"))?;
        let Token { expires_at, domain, user } =
            serde_json::from_slice::<Described>(&self.body).unwrap_or_default().token;
        let domain = domain.or_else(|| user?.domain);
        let expires_at = expires_at.and_then(|text| text.parse().ok());
        Ok(Issued {
            token: token.into(),
            domain_id: domain.and_then(|domain| domain.id),
            expires_at,
            lifetime: self.lifetime(expires_at),
        })
    }

    /// How long something lasts that ends at this instant of the service's clock, which ours may differ from.
    pub(super) fn lifetime(&self, expires_at: Option<UtcTime>) -> Duration {
        let now = server_time(&self.headers).unwrap_or(self.received);
        match expires_at {
            Some(at) => Duration::try_from(at.instant() - now).unwrap_or_default(),
            None => UNKNOWN_LIFETIME,
        }
    }
}
