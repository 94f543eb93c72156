//! Requests to the services that issue credentials.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::Value;
use time::OffsetDateTime;

use super::{Authorization, Credentials, CredentialsError, server_time};
use crate::{
    clock::{Clock, before},
    transport::{Body, Transport},
    types::{Secret, UtcTime},
};

/// Responses of IAM hold the catalogue of all services, which is long.
const LIMIT: usize = 4 * 1024 * 1024;
/// Time limit of one exchange with a remote service.
const REMOTE_TIMEOUT: Duration = Duration::from_secs(30);
/// The lifetime assumed for credentials whose response does not say when they expire.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(3600);
/// The shortest lifetime that is assumed where only the local clock tells that credentials expire.
const UNCERTAIN_LIFETIME: Duration = Duration::from_secs(60);

/// A service that issues credentials: its name in messages, where it is and how it is reached. Cheap to clone.
#[derive(Clone)]
pub(super) struct CredentialService {
    name: &'static str,
    pub(super) endpoint: Arc<str>,
    transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    timeout: Duration,
}

impl CredentialService {
    pub(super) fn new(
        name: &'static str,
        endpoint: &str,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { name, endpoint: endpoint.into(), transport, clock, timeout: REMOTE_TIMEOUT }
    }

    /// Gives up an exchange after this time.
    pub(super) fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The service at another address: scheme, host and port alone.
    pub(super) fn with_endpoint(mut self, endpoint: &str, example: &str) -> Result<Self, CredentialsError> {
        let wrong = || {
            CredentialsError::new(format!("the {} endpoint must be an address such as {example}", self.name))
        };
        // A fragment would be dropped together with the path that is put behind it.
        if endpoint.contains(['#', '?', '\\']) {
            return Err(wrong());
        }
        let uri: Uri = endpoint.parse().map_err(|_| wrong())?;
        match (uri.scheme_str(), uri.authority()) {
            (Some("https" | "http"), Some(authority))
                if !authority.as_str().contains('@')
                    && !authority.host().is_empty()
                    && uri.path() == "/"
                    && uri.query().is_none() =>
            {
                self.endpoint = Arc::from(endpoint.trim_end_matches('/'));
                Ok(self)
            }
            _ => Err(wrong()),
        }
    }

    /// Posts JSON, proven by these credentials where some are given.
    pub(super) async fn post(
        &self,
        path: &str,
        headers: &[(HeaderName, &str)],
        credentials: Option<&Credentials>,
        body: &Value,
    ) -> Result<Reply, CredentialsError> {
        let body = Bytes::from(body.to_string());
        let mut request = self.request(Method::POST, path, headers)?.map(|()| Body::from(body.clone()));
        let json = HeaderValue::from_static("application/json;charset=UTF-8");
        request.headers_mut().insert(CONTENT_TYPE, json);
        if let Some(credentials) = credentials {
            let (mut head, sent) = request.into_parts();
            let now = self.clock.now();
            credentials.prove(&mut head, &body, now).await.map_err(|error| {
                let what = format!("the request to {} cannot be authenticated: {error}", self.name);
                CredentialsError::new(what)
            })?;
            request = Request::from_parts(head, sent);
        }
        self.send(request).await
    }

    /// Sends a request without a body.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, &str)],
    ) -> Result<Reply, CredentialsError> {
        let request = self.request(method, path, headers)?.map(|()| Body::from(Bytes::new()));
        self.send(request).await
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, &str)],
    ) -> Result<Request<()>, CredentialsError> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.endpoint));
        for (name, text) in headers {
            let mut value = HeaderValue::from_str(text).map_err(|_| {
                CredentialsError::new(format!("the value of {name} cannot be sent in a header"))
            })?;
            value.set_sensitive(is_sensitive(name));
            request = request.header(name, value);
        }
        request.body(()).map_err(|error| {
            CredentialsError::new(format!("the request to {} cannot be built", self.name)).caused_by(error)
        })
    }

    async fn send(&self, request: Request<Body>) -> Result<Reply, CredentialsError> {
        let no_response =
            |error| CredentialsError::new(format!("{} did not respond", self.name)).caused_by(error);
        let exchange = Box::pin(async {
            let (head, body) = self.transport.send(request).await.map_err(no_response)?.into_parts();
            let body = body.collect(LIMIT).await.map_err(no_response)?;
            Ok((head, body))
        });
        let end = self.clock.elapsed().saturating_add(self.timeout);
        let Some(outcome) = before(&*self.clock, end, exchange).await else {
            let seconds = self.timeout.as_secs();
            return Err(CredentialsError::new(format!(
                "{} did not respond within {seconds} seconds",
                self.name
            )));
        };
        let (head, body) = outcome?;
        let received = self.clock.now();
        Ok(Reply { service: self.name, status: head.status, headers: head.headers, body, received })
    }
}

impl fmt::Debug for CredentialService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.name).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

fn is_sensitive(name: &HeaderName) -> bool {
    *name == AUTHORIZATION || name.as_str().ends_with("token")
}

/// Whether plain http may go to this address: a loopback or link-local address, written as a number or `localhost`.
pub(super) fn is_local(uri: &Uri) -> bool {
    let Some(host) = uri.host() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unicast_link_local(),
        Err(_) => host == "localhost",
    }
}

/// The response of a service that issues credentials, whatever its status.
pub(super) struct Reply {
    service: &'static str,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    received: OffsetDateTime,
}

impl Reply {
    /// The response itself where its status is a success.
    ///
    /// # Errors
    /// With status, code and trace id. The service's own words are left out: they may name the user.
    pub(super) fn accepted(self, what: &str, likely: &str) -> Result<Self, CredentialsError> {
        if self.status.is_success() {
            return Ok(self);
        }
        let mut details = format!("HTTP {}", self.status.as_u16());
        if let Some(code) = error_code(&self.body) {
            details = format!("{details}, {code}");
        }
        let trace = self.headers.get("x-iam-trace-id").or_else(|| self.headers.get("x-request-id"));
        let is_id = |id: &&str| id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic());
        if let Some(trace) = trace.and_then(|trace| trace.to_str().ok()).filter(is_id) {
            details = format!("{details}, trace {trace}");
        }
        let reason = match self.status.as_u16() {
            400 | 401 | 403 | 404 => likely,
            429 => "too many requests, try again later",
            500.. => "the service failed, try again later",
            _ => "an unexpected response",
        };
        Err(CredentialsError::new(format!("{} gave no {what} ({details}): {reason}", self.service)))
    }

    /// The error of a response that lacks what was asked for.
    pub(super) fn without(&self, what: &str) -> CredentialsError {
        CredentialsError::new(format!("{} responded without {what}", self.service))
    }

    /// The time from now on until `expires_at`: by the clock of the service, which may differ from ours, where the response
    /// tells it. Where it does not, our clock may be ahead, so that what seems to have expired is used for a minute.
    /// `None` where `expires_at` is not known.
    pub(super) fn lifetime(&self, expires_at: Option<UtcTime>) -> Option<Duration> {
        let server_now = server_time(&self.headers);
        let left = expires_at?.instant() - server_now.unwrap_or(self.received);
        let left = Duration::try_from(left).unwrap_or_default();
        Some(if server_now.is_some() { left } else { left.max(UNCERTAIN_LIFETIME) })
    }

    /// The same, with an hour where the response does not tell.
    pub(super) fn lifetime_or_default(&self, expires_at: Option<UtcTime>) -> Duration {
        self.lifetime(expires_at).unwrap_or(UNKNOWN_LIFETIME)
    }
}

/// A code such as `IAM.0101`, where the response has one of that form at any of the documented places.
fn error_code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let code = ["/error_code", "/errorCode", "/error/code", "/error/error_code", "/code"]
        .into_iter()
        .find_map(|place| body.pointer(place)?.as_str())?;
    let (family, number) = code.split_once('.')?;
    let fits =
        |text: &str, test: fn(&u8) -> bool| (2..=8).contains(&text.len()) && text.as_bytes().iter().all(test);
    (fits(family, u8::is_ascii_uppercase) && fits(number, u8::is_ascii_digit)).then(|| code.to_owned())
}

/// The token that these credentials hold, if they are a token.
pub(super) fn token_of(credentials: &Credentials) -> Option<&Secret> {
    match credentials.authorization() {
        Authorization::Token(token) => Some(token),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_loopback_and_link_local_addresses_only() {
        for (address, local) in [
            ("http://169.254.169.254/x", true),
            ("http://127.0.0.1:8080", true),
            ("http://localhost", true),
            ("http://[::1]:1", true),
            ("http://[fe80::1]/", true),
            ("http://10.0.0.1", false),
            ("http://169.254.169.254.example.com", false),
            ("http://localhost.example.com", false),
            ("http://[2001:db8::1]", false),
        ] {
            assert_eq!(is_local(&address.parse().unwrap()), local, "{address}");
        }
    }
}
