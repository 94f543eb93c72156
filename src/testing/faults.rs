//! Faults on demand, always the same ones.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{
    HeaderMap, HeaderValue, Request, Response, StatusCode,
    header::{CONTENT_TYPE, DATE, RETRY_AFTER},
};

use super::schedule::{FaultSchedule, FaultTrigger, InjectedFault};
use crate::clock::Clock;
use crate::transport::{Body, Transport, TransportError, TransportErrorKind};

/// The largest piece of a body that comes slowly.
const SLOW_PIECE: usize = 1024;

/// The longest body that is held to be cut.
const LONGEST: usize = 64 << 20;

/// The end of the year 9999: the last date that HTTP can say, counted from 1970.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

/// Passes requests on to another transport and lets some of them fail, by position or by a seeded chance, so that a
/// test sees the same faults on every run.
///
/// ```
/// use std::{sync::Arc, time::SystemTime};
/// use huaweicloud_partner::{
///     clock::ManualClock,
///     testing::{InjectedFault, FaultTransport, MockTransport, FaultTrigger},
/// };
///
/// let clock = ManualClock::at(SystemTime::UNIX_EPOCH.into());
/// let transport = FaultTransport::new(MockTransport::new(), Arc::new(clock))
///     .inject(InjectedFault::LostResponse, FaultTrigger::call(2))
///     .inject(InjectedFault::Throttled(None), FaultTrigger::percent(10).path(http::Method::POST, "/v2/bills/query"))
///     .seeded(7);
/// assert!(transport.injected().is_empty());
/// ```
///
/// Every rule counts the requests that it is about, whether another rule was triggered or not. Where several rules are triggered,
/// the one added first decides.
#[derive(Clone)]
pub struct FaultTransport {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    schedule: Arc<Mutex<FaultSchedule>>,
}

impl FaultTransport {
    /// Passes everything on, until faults are injected. The clock waits for slow bodies and dates skewed responses.
    pub fn new(inner: impl Transport + 'static, clock: Arc<dyn Clock>) -> Self {
        Self { inner: Arc::new(inner), clock, schedule: Arc::default() }
    }

    /// Sets the seed of all chances; 0 unless set.
    #[must_use]
    pub fn seeded(self, seed: u64) -> Self {
        self.schedule().seed(seed);
        self
    }

    /// Adds a fault.
    #[must_use]
    pub fn inject(self, fault: InjectedFault, when: FaultTrigger) -> Self {
        self.schedule().inject(fault, when);
        self
    }

    /// The faults so far, each with the number of its request among all, from 1.
    pub fn injected(&self) -> Vec<(u64, InjectedFault)> {
        self.schedule().injected().to_vec()
    }

    fn schedule(&self) -> MutexGuard<'_, FaultSchedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body in small pieces with a wait before each.
fn slowly(clock: Arc<dyn Clock>, body: Body, wait: Duration) -> Body {
    let length = body.length();
    let small = body.into_stream().flat_map(|piece| {
        let parts = match piece {
            Ok(bytes) => pieces(bytes).into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(parts)
    });
    let slow = small.then(move |piece| {
        let waited = clock.sleep(wait);
        async move {
            waited.await;
            piece
        }
    });
    Body::stream(slow, length)
}

fn skew(clock: &dyn Clock, headers: &mut HeaderMap, by: time::Duration) {
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let date = date.map_or_else(|| clock.now(), time::OffsetDateTime::from).saturating_add(by);
    let date = SystemTime::from(date).clamp(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + LAST_DATE);
    let date = httpdate::fmt_http_date(date);
    if let Ok(date) = HeaderValue::from_str(&date) {
        headers.insert(DATE, date);
    }
}

/// The same JSON with a field more in every object.
fn with_unknown_fields(body: &Bytes) -> Option<Bytes> {
    let open = body.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if body.get(open) != Some(&b'{') {
        return None;
    }
    let (mut more, mut in_text, mut escaped) = (Vec::with_capacity(body.len() * 2), false, false);
    let mut bytes = body.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        more.push(byte);
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' if !in_text => {
                more.extend_from_slice(br#""field_of_tomorrow":{"code":"NEW"}"#);
                while bytes.peek().is_some_and(u8::is_ascii_whitespace) {
                    bytes.next();
                }
                if bytes.peek() != Some(&b'}') {
                    more.push(b',');
                }
            }
            _ => {}
        }
    }
    Some(more.into())
}

#[async_trait]
impl Transport for FaultTransport {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (parts, body) = request.into_parts();
        let fault = self.schedule().next_of_request(&parts);
        apply_fault(fault, &*self.inner, &self.clock, Request::from_parts(parts, body)).await
    }
}

/// Sends a request through `inner` with a fault applied to the exchange; without one, as it is. The clock waits for slow
/// bodies and dates skewed responses.
///
/// # Errors
/// The failure that the fault stands for, and what `inner` fails with.
pub async fn apply_fault(
    fault: Option<InjectedFault>,
    inner: &dyn Transport,
    clock: &Arc<dyn Clock>,
    request: Request<Body>,
) -> Result<Response<Body>, TransportError> {
    let broken = || TransportError::possibly_sent(TransportErrorKind::Broken);
    // What keeps the request from the service comes first.
    match fault {
        Some(InjectedFault::NoConnection) => {
            return Err(TransportError::never_sent(TransportErrorKind::Connect));
        }
        Some(InjectedFault::LostRequest) => return Err(broken()),
        Some(InjectedFault::ErrorBefore) => return Ok(service_error()),
        Some(InjectedFault::UnknownCode) => return Ok(unknown_code()),
        Some(InjectedFault::Throttled(wait)) => return Ok(throttled(wait)),
        _ => {}
    }
    let (mut parts, body) = inner.send(request).await?.into_parts();
    let body = match fault {
        Some(InjectedFault::LostResponse) => return Err(broken()),
        Some(InjectedFault::TimedOut) => {
            return Err(TransportError::possibly_sent(TransportErrorKind::Timeout));
        }
        Some(InjectedFault::ErrorAfter) => return Ok(service_error()),
        Some(InjectedFault::SlowBody(wait)) => slowly(clock.clone(), body, wait),
        Some(InjectedFault::WrongContentType) => {
            parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            body
        }
        Some(InjectedFault::CutOffBody) => {
            let whole = body.collect(LONGEST).await?;
            let half = whole.slice(..whole.len() / 2);
            Body::stream(stream::iter([Ok(half), Err(broken())]), Some(whole.len() as u64))
        }
        Some(InjectedFault::ClockSkew(by)) => {
            skew(&**clock, &mut parts.headers, by);
            body
        }
        Some(InjectedFault::UnknownFields) => {
            let whole = body.collect(LONGEST).await?;
            Body::Full(with_unknown_fields(&whole).unwrap_or(whole))
        }
        _ => body,
    };
    Ok(Response::from_parts(parts, body))
}

fn pieces(mut bytes: Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    while bytes.len() > SLOW_PIECE {
        pieces.push(bytes.split_to(SLOW_PIECE));
    }
    pieces.push(bytes);
    pieces
}

/// Makes the response of a failing service.
fn service_error() -> Response<Body> {
    response(StatusCode::INTERNAL_SERVER_ERROR, r#"{"error_code":"CBC.0999","error_msg":"injected fault"}"#)
}

/// Makes a response with a code that is newer than all documentation.
fn unknown_code() -> Response<Body> {
    response(StatusCode::BAD_REQUEST, r#"{"error_code":"CBC.99999999","error_msg":"injected fault"}"#)
}

/// Makes the response of a gateway that is called too often, in its own form.
fn throttled(wait: Option<Duration>) -> Response<Body> {
    let mut response = response(
        StatusCode::TOO_MANY_REQUESTS,
        r#"{"status_code":429,"request_id":"injected-fault","error_code":"APIGW.0308","error_message":"injected fault: over the rate limit","encoded_authorization_message":""}"#,
    );
    if let Some(wait) = wait {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    }
    response
}

fn response(status: StatusCode, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::Full(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

impl fmt::Debug for FaultTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultTransport")
            .field("inner", &self.inner)
            .field("schedule", &*self.schedule())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::ManualClock, error::ApiError, testing::MockTransport};
    use futures_util::FutureExt as _;
    use http::Method;

    fn clock() -> ManualClock {
        ManualClock::at(time::OffsetDateTime::from_unix_timestamp(1_777_593_600).unwrap())
    }

    /// A service that counts what it executes.
    fn service() -> (MockTransport, crate::testing::MockRule<Request<Bytes>>) {
        let mock = MockTransport::new();
        let body = "x".repeat(SLOW_PIECE * 2 + 1);
        let rule = mock.on_path(Method::POST, "/v2/{any}").respond_raw(
            Response::builder().header("date", "Fri, 01 May 2026 00:00:00 GMT").body(body).unwrap(),
        );
        (mock, rule)
    }

    fn send(transport: &FaultTransport, path: &str) -> Result<Response<Body>, TransportError> {
        let request = Request::post(format!("https://h{path}")).body(Body::empty()).unwrap();
        transport.send(request).now_or_never().unwrap()
    }

    #[test]
    fn each_fault_reports_whether_the_request_may_have_been_sent_and_executes_it_or_not() {
        use TransportErrorKind::{Broken, Connect, Timeout};
        for (fault, kind, possibly_sent, executed) in [
            (InjectedFault::NoConnection, Connect, false, 0),
            (InjectedFault::LostRequest, Broken, true, 0),
            (InjectedFault::LostResponse, Broken, true, 1),
            (InjectedFault::TimedOut, Timeout, true, 1),
        ] {
            let (mock, rule) = service();
            let transport = FaultTransport::new(mock, Arc::new(clock())).inject(fault, FaultTrigger::call(1));
            let error = send(&transport, "/v2/x").unwrap_err();
            assert_eq!((error.kind(), error.may_have_been_sent()), (kind, possibly_sent), "{fault:?}");
            assert_eq!(rule.calls(), executed, "{fault:?}");
            assert_eq!(transport.injected(), [(1, fault)]);
            assert_eq!(send(&transport, "/v2/x").unwrap().status(), 200);
        }
    }

    #[test]
    fn responses_of_a_failing_service_can_be_read() {
        let wait = Some(Duration::from_secs(3));
        for (fault, status, code, executed) in [
            (InjectedFault::ErrorBefore, 500, "CBC.0999", 0),
            (InjectedFault::ErrorAfter, 500, "CBC.0999", 1),
            (InjectedFault::Throttled(wait), 429, "APIGW.0308", 0),
        ] {
            let (mock, rule) = service();
            let transport =
                FaultTransport::new(mock, Arc::new(clock())).inject(fault, FaultTrigger::always());
            let response = send(&transport, "/v2/x").unwrap();
            let retry_after = response.headers().get("retry-after").cloned();
            assert_eq!(retry_after.is_some_and(|value| value == "3"), status == 429);
            let api = ApiError::read(response.status(), response.into_body().full().unwrap().clone());
            assert_eq!((api.status().as_u16(), api.code().as_str()), (status, code));
            assert_eq!(rule.calls(), executed, "{fault:?}");
        }
    }

    #[test]
    fn bodies_are_slow_wrong_or_cut() {
        let (mock, _) = service();
        let held = clock();
        let wait = Duration::from_secs(7);
        let transport = FaultTransport::new(mock, Arc::new(held.clone()))
            .inject(InjectedFault::SlowBody(wait), FaultTrigger::call(1))
            .inject(InjectedFault::CutOffBody, FaultTrigger::call(2))
            .inject(InjectedFault::WrongContentType, FaultTrigger::call(3));
        let body = send(&transport, "/v2/x").unwrap().into_body();
        assert_eq!(held.elapsed(), Duration::ZERO);
        assert_eq!(body.collect(LONGEST).now_or_never().unwrap().unwrap().len(), SLOW_PIECE * 2 + 1);
        assert_eq!(held.elapsed(), wait * 3);

        let body = send(&transport, "/v2/x").unwrap().into_body();
        assert_eq!(body.length(), Some(SLOW_PIECE as u64 * 2 + 1));
        let error = body.collect(LONGEST).now_or_never().unwrap().unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Broken, true));

        let response = send(&transport, "/v2/x").unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"] == "text/html; charset=utf-8"),
            (200, true)
        );
    }

    #[test]
    fn responses_are_newer_than_the_documentation() {
        let mock = MockTransport::new();
        let body = r#"{ "a{": "\"{", "rows": [{}, { }, {"b": 1}] }"#;
        mock.on_path(Method::POST, "/v2/{any}").respond_raw(Response::new(body));
        let transport = FaultTransport::new(mock, Arc::new(clock()))
            .inject(InjectedFault::UnknownFields, FaultTrigger::call(1))
            .inject(InjectedFault::UnknownCode, FaultTrigger::call(2));
        let response = send(&transport, "/v2/x").unwrap().into_body().full().unwrap().clone();
        let read: serde_json::Value = serde_json::from_slice(&response).unwrap();
        let new = serde_json::json!({"code": "NEW"});
        assert_eq!((&read["a{"], &read["field_of_tomorrow"]), (&"\"{".into(), &new));
        assert_eq!(read["rows"][2], serde_json::json!({"field_of_tomorrow": new, "b": 1}));
        assert_eq!(read["rows"][1], serde_json::json!({"field_of_tomorrow": new}));
        let response = send(&transport, "/v2/x").unwrap();
        let api = ApiError::read(response.status(), response.into_body().full().unwrap().clone());
        assert!(api.code().info().is_none(), "{api}");
    }

    #[test]
    fn faults_are_read_from_json() {
        for (json, fault) in [
            (r#""lost_response""#, InjectedFault::LostResponse),
            (r#"{"throttled":3}"#, InjectedFault::Throttled(Some(Duration::from_secs(3)))),
            (r#"{"throttled":null}"#, InjectedFault::Throttled(None)),
            (r#"{"slow_body":200}"#, InjectedFault::SlowBody(Duration::from_millis(200))),
            (r#"{"clock_skew":-90}"#, InjectedFault::ClockSkew(time::Duration::seconds(-90))),
        ] {
            assert_eq!(serde_json::from_str::<InjectedFault>(json).unwrap(), fault);
            assert_eq!(serde_json::to_string(&fault).unwrap(), json);
        }
    }

    #[test]
    fn dates_are_shifted_within_what_a_date_can_be() {
        let (mock, _) = service();
        mock.on_path(Method::POST, "/undated").respond_raw(Response::new(""));
        let hour = time::Duration::HOUR;
        let transport = FaultTransport::new(mock, Arc::new(clock()))
            .inject(InjectedFault::ClockSkew(-hour), FaultTrigger::call(1))
            .inject(InjectedFault::ClockSkew(hour), FaultTrigger::call(2))
            .inject(InjectedFault::ClockSkew(time::Duration::MIN), FaultTrigger::call(3))
            .inject(InjectedFault::ClockSkew(time::Duration::MAX), FaultTrigger::call(4));
        let date = |path| send(&transport, path).unwrap().headers()["date"].to_str().unwrap().to_owned();
        assert_eq!(date("/v2/x"), "Thu, 30 Apr 2026 23:00:00 GMT");
        assert_eq!(date("/undated"), "Fri, 01 May 2026 01:00:00 GMT");
        assert_eq!(date("/v2/x"), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(date("/v2/x"), "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    #[test]
    fn a_rule_counts_only_what_it_is_about() {
        let (mock, _) = service();
        let transport = FaultTransport::new(mock, Arc::new(clock()))
            .inject(InjectedFault::LostResponse, FaultTrigger::call(2).path(Method::POST, "/v2/a"))
            .inject(InjectedFault::NoConnection, FaultTrigger::every(3))
            .inject(
                InjectedFault::LostRequest,
                FaultTrigger::calls(3..=5).request(|parts| parts.uri.path() == "/v2/b"),
            );
        for path in ["/v2/a", "/v2/b", "/v2/b", "/v2/a", "/v2/b", "/v2/b", "/v2/b"] {
            drop(send(&transport, path));
        }
        assert_eq!(
            transport.injected(),
            [
                (3, InjectedFault::NoConnection),
                (4, InjectedFault::LostResponse),
                (5, InjectedFault::LostRequest),
                (6, InjectedFault::NoConnection),
                (7, InjectedFault::LostRequest)
            ]
        );
    }

    #[test]
    fn chances_are_the_same_for_a_seed_and_whatever_other_rules_there_are() {
        let injections = |seed, with_another: bool| {
            let (mock, _) = service();
            let mut transport = FaultTransport::new(mock, Arc::new(clock()))
                .seeded(seed)
                .inject(InjectedFault::LostResponse, FaultTrigger::percent(30));
            if with_another {
                transport = transport.inject(InjectedFault::NoConnection, FaultTrigger::percent(50));
            }
            for _ in 0..500 {
                drop(send(&transport, "/v2/x"));
            }
            let mut injected = transport.injected();
            injected.retain(|(_, fault)| *fault == InjectedFault::LostResponse);
            injected
        };
        let injected = injections(1, false);
        assert!((100..200).contains(&injected.len()), "{}", injected.len());
        assert_eq!(injections(1, false), injected);
        assert_eq!(injections(1, true), injected);
        assert_ne!(injections(2, false), injected);
    }
}
