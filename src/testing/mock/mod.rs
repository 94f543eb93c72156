//! A transport for unit tests, with responses by typed rules.

mod rule;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};

use crate::auth::{X_SDK_DATE, read_date};
use crate::operation::Operation;
use crate::transport::{Body, Transport, TransportError, TransportErrorKind};

pub use rule::MockRule;
use rule::{Mismatch, Seen, State, Target};

/// Responds to requests by rules instead of sending them. Everything above it stays real: the client validates, signs,
/// waits, repeats and decodes as it does with the service. [`Client::for_test`](crate::Client::for_test) takes it.
///
/// Clones share rules and records, so a test keeps one and gives another to the client.
///
/// ```
/// use huaweicloud_partner::{
///     error::ApiError,
///     operation::{Operation, OperationMeta},
///     testing::MockTransport,
///     transport::{TransportError, TransportErrorKind},
/// };
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct ShowBalance { customer_id: String }
/// # #[derive(Default, serde::Serialize, serde::Deserialize)]
/// # struct Balance { amount: i64 }
/// # impl Operation for ShowBalance {
/// #     type Output = Balance;
/// #     const META: &'static OperationMeta = &OperationMeta::get("bss.ShowBalance", "/v2/balance");
/// # }
///
/// let mock = MockTransport::new();
/// let balance = mock
///     .on(|request: &ShowBalance| request.customer_id == "c1")
///     .fail(|| TransportError::never_sent(TransportErrorKind::Connect))
///     .respond(Balance { amount: 7 })
///     .expect(0);
/// // … the client is given `mock.clone()`, and the code under test runs …
/// assert_eq!(balance.calls(), 0);
/// mock.verify();
/// ```
///
/// Where several rules fit a request, the one with fewer path parameters responds, and among equals the one that was
/// added first. A request that no rule responds to fails as [`TransportErrorKind::Unsupported`]; the cause names it and says
/// of every rule why it did not respond.
#[derive(Clone, Default)]
pub struct MockTransport(Arc<Shared>);

#[derive(Default)]
struct Shared(Mutex<Held>);

#[derive(Default)]
struct Held {
    rules: Vec<Arc<State>>,
    requests: Vec<Arc<Seen>>,
    unmatched: Vec<String>,
    verify_on_drop: bool,
}

impl MockTransport {
    /// A transport without rules, which responds to nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule for the requests of an operation for which this holds, such as
    /// `|transfer: &AllocateToReseller| transfer.indirect_partner_id == "r1"`.
    pub fn on<O: Operation + 'static>(
        &self,
        condition: impl Fn(&O) -> bool + Send + Sync + 'static,
    ) -> MockRule<O> {
        self.on_any::<O>().matching(condition)
    }

    /// Adds a rule for all requests of an operation.
    pub fn on_any<O: Operation + 'static>(&self) -> MockRule<O> {
        self.add(Target::operation::<O>())
    }

    /// Adds a rule for requests of a method and path that are no operation of the crate, such as those for IAM
    /// tokens. Parameters of the path stand in braces: `/v3/projects/{id}`.
    pub fn on_path(&self, method: Method, path: impl Into<String>) -> MockRule<Request<Bytes>> {
        self.add(Target::Path { method, path: path.into() })
    }

    fn add<T>(&self, target: Target) -> MockRule<T> {
        let rule = Arc::new(State::new(target));
        self.held().rules.push(rule.clone());
        MockRule::new(rule)
    }

    /// All requests that came, in order, whether a rule responded to them or not.
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.held().requests.iter().map(|seen| seen.request.clone()).collect()
    }

    /// Checks that every [`expect`](MockRule::expect) was met and that a rule responded to every request.
    ///
    /// # Panics
    /// Where that is not so, naming each rule and request; [`try_verify`](Self::try_verify) returns it as an error.
    #[track_caller]
    pub fn verify(&self) {
        if let Err(unmet) = self.try_verify() {
            #[allow(clippy::panic)] // a failed expectation fails the test
            {
                panic!("{unmet}");
            }
        }
    }

    /// Whether every [`expect`](MockRule::expect) was met and a rule responded to every request.
    ///
    /// # Errors
    /// [`ExpectationError`], naming each rule and request for which that is not so.
    pub fn try_verify(&self) -> Result<(), ExpectationError> {
        self.0.verify()
    }

    /// Panics when the last clone is dropped and [`verify`](Self::verify) would fail.
    #[must_use]
    pub fn verify_on_drop(self) -> Self {
        self.held().verify_on_drop = true;
        self
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held()
    }

    #[inline] // compiled only where it is used
    fn response(&self, seen: &Arc<Seen>) -> Result<Response<Bytes>, TransportError> {
        // Predicates and responses are the user's code, which may look at the mock: no lock is held while they run.
        let mut rules = {
            let mut held = self.held();
            held.requests.push(seen.clone());
            held.rules.clone()
        };
        rules.sort_by_key(|rule| rule.target.parameters());
        let mut refusals = Vec::new();
        for rule in &rules {
            match rule.take(seen) {
                Ok(response) => return response(seen),
                Err(refusal) => refusals.push((rule, refusal)),
            }
        }
        let request = format!("{} {}", seen.request.method(), seen.request.uri().path());
        self.held().unmatched.push(request.clone());
        // Rules for the same address are the ones that a reader looks for.
        refusals.sort_by_key(|(_, refusal)| *refusal == Mismatch::OtherAddress);
        let mut text = format!("no rule responds to {request}");
        for (rule, refusal) in refusals {
            text.push_str(&format!("; {} does not: {refusal}", rule.target));
        }
        Err(TransportError::never_sent(TransportErrorKind::Unsupported).caused_by(text))
    }
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verify(&self) -> Result<(), ExpectationError> {
        let held = self.held();
        let mut complaints: Vec<String> = held.rules.iter().filter_map(|rule| rule.complaint()).collect();
        complaints.extend(held.unmatched.iter().map(|request| format!("no rule responded to {request}")));
        if complaints.is_empty() { Ok(()) } else { Err(ExpectationError(complaints)) }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.held().verify_on_drop
            && !std::thread::panicking()
            && let Err(unmet) = self.verify()
        {
            #[allow(clippy::panic)] // asked for by name, and the only way in which a drop can fail a test
            {
                panic!("{unmet}");
            }
        }
    }
}

#[async_trait]
impl Transport for MockTransport {
    #[inline] // compiled only where it is used
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (parts, body) = request.into_parts();
        let body = body.collect(usize::MAX).await.map_err(TransportError::before_sending)?;
        let seen = Arc::new(Seen { request: Request::from_parts(parts, body) });
        let date = signing_time(&seen.request);
        self.response(&seen).map(|response| {
            let mut response = response.map(Body::Full);
            if let Some(date) = date.filter(|_| !response.headers().contains_key(header::DATE)) {
                response.headers_mut().insert(header::DATE, date);
                let id = HeaderValue::from_static("mock");
                response.headers_mut().entry("x-request-id").or_insert(id);
            }
            response
        })
    }
}

/// The time at which a request was signed, as a `Date`: the clock of the service that the mock stands for goes by the
/// client's.
fn signing_time(request: &Request<Bytes>) -> Option<HeaderValue> {
    let signed = read_date(request.headers().get(&X_SDK_DATE)?.as_bytes())?;
    HeaderValue::try_from(httpdate::fmt_http_date(signed.into())).ok()
}

impl fmt::Debug for MockTransport {
    /// Prints the rules and their numbers of calls; nothing of the requests.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.held();
        f.debug_struct("MockTransport")
            .field("rules", &held.rules)
            .field("requests", &held.requests.len())
            .finish_non_exhaustive()
    }
}

/// Expectations of a [`MockTransport`] that were not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationError(Vec<String>);

impl fmt::Display for ExpectationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for ExpectationError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::{ApiError, codes},
        operation::{OperationMeta, RequestParts},
        types::{Amount, Personal},
    };
    use futures_util::FutureExt as _;
    use http::StatusCode;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct ListThings {
        owner: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
        name: Personal,
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Things {
        count: u32,
        total: Amount,
    }

    impl Operation for ListThings {
        type Output = Things;
        const META: &'static OperationMeta =
            &OperationMeta::post("bss.ListThings", "/v2/{owner}/things").query(&["limit"]);
    }

    fn list(owner: &str) -> ListThings {
        ListThings { owner: owner.into(), limit: Some(5), name: "marker".into() }
    }

    fn send_raw(
        mock: &MockTransport,
        method: Method,
        path: &str,
        body: &str,
    ) -> Result<Response<Bytes>, TransportError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("https://bss.example{path}"))
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = mock.send(request).now_or_never().unwrap()?;
        Ok(response.map(|body| body.full().unwrap().clone()))
    }

    fn send(mock: &MockTransport, request: &ListThings) -> Result<Response<Bytes>, TransportError> {
        let parts = RequestParts::of(request).unwrap();
        let body = std::str::from_utf8(&parts.body).unwrap();
        send_raw(mock, Method::POST, &format!("{}?{}", parts.path, parts.query), body)
    }

    fn cause(outcome: Result<Response<Bytes>, TransportError>) -> String {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Unsupported, false));
        std::error::Error::source(&error).unwrap().to_string()
    }

    #[test]
    fn requests_come_back_in_their_own_type_and_responses_as_the_service_writes_them() {
        let mock = MockTransport::new();
        let total = "10.10".parse().unwrap();
        let rule = mock.on_any::<ListThings>().respond(Things { count: 2, total });
        let response = send(&mock, &list("a/b")).unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.body(), r#"{"count":2,"total":10.10}"#);
        assert_eq!(rule.requests(), [list("a/b")]);
        assert_eq!(mock.requests()[0].uri().path(), "/v2/a%2Fb/things");
    }

    #[test]
    fn responses_follow_each_other_and_the_last_one_stays() {
        let mock = MockTransport::new();
        let rule = mock
            .on_any::<ListThings>()
            .fail(|| TransportError::possibly_sent(TransportErrorKind::Broken))
            .times(2)
            .respond_with_error(ApiError::new(
                StatusCode::BAD_REQUEST,
                codes::BALANCE_TOO_LOW.as_str(),
                "too low",
            ))
            .respond_raw(Response::builder().status(502).body("<html>").unwrap())
            .respond_with(|request| Things { count: request.limit.unwrap(), ..Things::default() });
        for _ in 0..2 {
            let error = send(&mock, &list("a")).unwrap_err();
            assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Broken, true));
        }
        let refusal = send(&mock, &list("a")).unwrap();
        let api = ApiError::read(refusal.status(), refusal.into_body());
        assert_eq!((api.code(), api.message()), (&codes::BALANCE_TOO_LOW, "too low"));
        let html = send(&mock, &list("a")).unwrap();
        assert_eq!((html.status().as_u16(), &html.body()[..]), (502, &b"<html>"[..]));
        for _ in 0..2 {
            assert_eq!(send(&mock, &list("a")).unwrap().body(), r#"{"count":5,"total":0}"#);
        }
        assert_eq!(rule.calls(), 6);
    }

    #[test]
    fn the_first_rule_that_fits_responds_until_it_is_used_up() {
        let mock = MockTransport::new();
        let first = mock.on_any::<ListThings>().respond(Things::default()).times(2).exhausts();
        let second = mock.on_any::<ListThings>().matching(|r| r.owner == "a").respond(Things::default());
        for _ in 0..3 {
            send(&mock, &list("a")).unwrap();
        }
        assert_eq!((first.calls(), second.calls()), (2, 1));
        let text = cause(send(&mock, &list("b")));
        assert_eq!(
            text,
            "no rule responds to POST /v2/b/things; \
             bss.ListThings (POST /v2/{owner}/things) does not: its responses are used up; \
             bss.ListThings (POST /v2/{owner}/things) does not: a condition does not hold"
        );
    }

    #[test]
    fn an_unmatched_request_says_why_without_its_content() {
        let mock = MockTransport::new();
        let text = cause(send_raw(&mock, Method::GET, "/v2/x?mobile=marker", ""));
        assert_eq!(text, "no rule responds to GET /v2/x");
        mock.on_any::<ListThings>();
        let text = cause(send_raw(&mock, Method::GET, "/v2/a/things", ""));
        assert!(text.ends_with("another method or path"), "{text}");
        let text = cause(send_raw(&mock, Method::POST, "/v2/a/things", r#"{"name":{"x":"marker"}}"#));
        assert!(text.ends_with("the request cannot be read as its own"), "{text}");
        let text = cause(send(&mock, &list("a")));
        assert!(text.ends_with("it was given no response"), "{text}");
        assert!(!format!("{mock:?}").contains("marker"));
    }

    #[test]
    fn raw_paths_get_responses_and_literal_paths_come_first() {
        let mock = MockTransport::new();
        let any = mock.on_any::<ListThings>().respond(Things::default());
        let own = mock
            .on_path(Method::POST, "/v2/own/things")
            .matching(|request| request.body().starts_with(b"{"))
            .respond_raw(Response::builder().status(201).header("x-subject-token", "t").body("{}").unwrap());
        assert_eq!(send(&mock, &list("own")).unwrap().headers()["x-subject-token"], "t");
        assert_eq!(send(&mock, &list("other")).unwrap().status(), StatusCode::OK);
        assert_eq!((any.calls(), own.calls()), (1, 1));
        assert_eq!(own.requests()[0].uri().query(), Some("limit=5"));
    }

    #[test]
    fn expectations_are_verified() {
        let mock = MockTransport::new();
        let rule = mock.on_any::<ListThings>().respond(Things::default()).expect(1);
        assert_eq!(
            mock.try_verify().unwrap_err().to_string(),
            "bss.ListThings (POST /v2/{owner}/things) was expected 1 time and came 0 times"
        );
        send(&mock, &list("a")).unwrap();
        mock.verify();
        send(&mock, &list("a")).unwrap();
        drop(send_raw(&mock, Method::GET, "/x", ""));
        assert!(
            mock.try_verify().unwrap_err().to_string().ends_with("came 2 times; no rule responded to GET /x")
        );
        assert!(format!("{rule:?}").contains("2"));
    }

    #[test]
    fn a_drop_verifies_when_asked() {
        let unmet = |mock: MockTransport| {
            drop(mock.on_any::<ListThings>().expect(1));
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(mock))).is_err()
        };
        assert!(!unmet(MockTransport::new()));
        assert!(unmet(MockTransport::new().verify_on_drop()));
    }
}
