//! Recording of exchanges to a file, and replay from it.

mod cassette;
mod scrub;

use std::{
    fmt, io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use http::{Request, Response};

use crate::transport::{Body, Transport, TransportError, TransportErrorKind};

pub use cassette::Cassette;
use cassette::{Exchange, Failed, RecordedRequest, RecordedResponse};

/// The longest body that is recorded.
const LONGEST: usize = 64 << 20;

/// Transport that passes requests on to another one and keeps requests and responses, without secrets and
/// personal data.
///
/// Clones share the recording, so a program keeps one and gives another to the client. Bodies are held whole while
/// they are recorded, at most 64 MiB of them: not for the transfer of large attachments.
///
/// What is left out is said at [`Cassette`].
#[derive(Clone)]
pub struct Recorder {
    inner: Arc<dyn Transport>,
    recorded: Arc<Mutex<Cassette>>,
}

impl Recorder {
    /// Records the requests to this transport and its responses.
    pub fn new(inner: impl Transport + 'static) -> Self {
        Self { inner: Arc::new(inner), recorded: Arc::default() }
    }

    /// Returns the exchanges recorded so far, in the order in which they ended.
    pub fn cassette(&self) -> Cassette {
        self.recorded().clone()
    }

    /// Writes what has been recorded so far to a file.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.cassette().save(path)
    }

    fn recorded(&self) -> MutexGuard<'_, Cassette> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(
        &self,
        request: RecordedRequest,
        response: Option<RecordedResponse>,
        failure: Option<&TransportError>,
    ) {
        let failure = failure.map(Failed::of);
        self.recorded().exchanges.push(Exchange { request, response, failure });
    }
}

#[async_trait]
impl Transport for Recorder {
    #[inline] // compiled only where it is used
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (parts, body) = request.into_parts();
        let body = body.collect(LONGEST).await.map_err(TransportError::before_sending)?;
        let recorded = RecordedRequest::of(&parts, &body);
        let outcome = self.inner.send(Request::from_parts(parts, Body::Full(body))).await;
        let (parts, body) = match outcome {
            Ok(response) => response.into_parts(),
            Err(error) => {
                self.record(recorded, None, Some(&error));
                return Err(error);
            }
        };
        let body = match body.collect(LONGEST).await {
            Ok(body) => {
                let response = RecordedResponse::of(&recorded.path, &parts, &body);
                self.record(recorded, Some(response), None);
                Body::Full(body)
            }
            Err(error) => {
                let response = RecordedResponse::of(&recorded.path, &parts, b"");
                self.record(recorded, Some(response), Some(&error));
                broken(error)
            }
        };
        Ok(Response::from_parts(parts, body))
    }
}

/// Transport that responds from a recording instead of sending.
///
/// A request gets the first recording, not used before, of the same method, path, query and body; what is masked in
/// a recording is masked in the request too before they are compared, and the order of JSON fields and of query
/// parameters does not count. So equal requests get responses in the order in which they were recorded, and different
/// ones may come in another order, unless [`strictly_in_order`](Self::strictly_in_order). A request for which nothing
/// is left fails as [`TransportErrorKind::Unsupported`], and the cause says what is different.
///
/// Clones share what is used.
#[derive(Clone)]
pub struct Replayer(Arc<Replay>);

struct Replay {
    exchanges: Vec<Exchange>,
    used: Mutex<Vec<bool>>,
    strict: bool,
}

impl Replayer {
    /// Replays this recording.
    pub fn new(cassette: Cassette) -> Self {
        let used = Mutex::new(vec![false; cassette.exchanges.len()]);
        Self(Arc::new(Replay { exchanges: cassette.exchanges, used, strict: false }))
    }

    /// Replays a recording from a file.
    ///
    /// # Errors
    /// Those of the file system, and [`InvalidData`](io::ErrorKind::InvalidData) where it is no recording.
    pub fn load(path: impl AsRef<Path>) -> io::Result<Self> {
        Cassette::load(path).map(Self::new)
    }

    /// The same recording from its beginning, whose requests must come in exactly the recorded order.
    #[must_use]
    pub fn strictly_in_order(self) -> Self {
        let exchanges = self.0.exchanges.clone();
        let used = Mutex::new(vec![false; exchanges.len()]);
        Self(Arc::new(Replay { exchanges, used, strict: true }))
    }

    /// Returns the number of recordings that have not been used: a test that wants them all asserts 0 at its
    /// end.
    pub fn unused(&self) -> usize {
        self.used().iter().filter(|used| !**used).count()
    }

    fn used(&self) -> MutexGuard<'_, Vec<bool>> {
        self.0.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The exchange that matches a request, which then counts as used.
    #[inline] // compiled only where it is used
    fn take(&self, request: &RecordedRequest) -> Result<&Exchange, String> {
        let mut used = self.used();
        let next = self.0.exchanges.iter().zip(used.iter_mut()).filter(|(_, used)| !**used);
        let mut others = Vec::new();
        for (exchange, used) in next {
            let difference = request.difference(&exchange.request);
            match difference {
                None => {
                    *used = true;
                    return Ok(exchange);
                }
                Some(difference) => others.push((exchange, difference)),
            }
            if self.0.strict {
                break;
            }
        }
        let mut text = format!("no recording matches {} {}", request.method, request.path);
        for (exchange, difference) in others.iter().filter(|(exchange, _)| {
            self.0.strict
                || (exchange.request.method == request.method && exchange.request.path == request.path)
        }) {
            let RecordedRequest { method, path, .. } = &exchange.request;
            text.push_str(&format!("; the one of {method} {path} has {difference}"));
        }
        let used_up = self
            .0
            .exchanges
            .iter()
            .zip(used.iter())
            .filter(|(exchange, used)| **used && request.difference(&exchange.request).is_none())
            .count();
        if used_up > 0 {
            text.push_str(&format!("; {used_up} that would are used up"));
        }
        Err(text)
    }
}

#[async_trait]
impl Transport for Replayer {
    #[inline] // compiled only where it is used
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (parts, body) = request.into_parts();
        let recorded = RecordedRequest::of(
            &parts,
            &body.collect(LONGEST).await.map_err(TransportError::before_sending)?,
        );
        let exchange = self
            .take(&recorded)
            .map_err(|text| TransportError::never_sent(TransportErrorKind::Unsupported).caused_by(text))?;
        let failure = exchange.failure.as_ref().map(Failed::again);
        match (&exchange.response, failure) {
            (Some(response), None) => Ok(response.again().map(Body::Full)),
            (Some(response), Some(failure)) => Ok(response.again().map(|_| broken(failure))),
            (None, Some(failure)) => Err(failure),
            (None, None) => Err(TransportError::never_sent(TransportErrorKind::Unsupported)
                .caused_by("the recording has neither a response nor a failure")),
        }
    }
}

/// A body that fails at once.
fn broken(error: TransportError) -> Body {
    Body::stream(futures_util::stream::iter([Err(error)]), None)
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("inner", &self.inner).field("recorded", &*self.recorded()).finish()
    }
}

impl fmt::Debug for Replayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Replayer({} of {} unused)", self.unused(), self.0.exchanges.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MockTransport;
    use bytes::Bytes;
    use futures_util::FutureExt as _;
    use http::Method;

    fn request(method: &str, target: &str, body: &str) -> Request<Body> {
        Request::builder()
            .method(method)
            .uri(format!("https://bss.example{target}"))
            .header("content-type", "application/json")
            .header("x-language", "en_US")
            .header("x-sdk-date", "20260501T000000Z")
            .header("authorization", "SDK-HMAC-SHA256 Access=MARKER, Signature=MARKER")
            .header("x-auth-token", "MARKER")
            .header("x-security-token", "MARKER")
            .header("x-new-header", "MARKER")
            .body(Body::from(body.to_owned()))
            .unwrap()
    }

    fn send(transport: &impl Transport, request: Request<Body>) -> Result<Response<Bytes>, TransportError> {
        let (parts, body) = transport.send(request).now_or_never().unwrap()?.into_parts();
        let body = body.collect(LONGEST).now_or_never().unwrap()?;
        Ok(Response::from_parts(parts, body))
    }

    fn cause(outcome: Result<Response<Bytes>, TransportError>) -> String {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Unsupported, false));
        std::error::Error::source(&error).unwrap().to_string()
    }

    #[test]
    #[cfg(feature = "tickets")]
    fn the_form_that_is_masked_as_a_whole_is_one_of_the_tickets() {
        use crate::operation::Operation as _;
        for path in
            [crate::api::tickets::ShowParameters::META.path, crate::api::tickets::SubmitParameters::META.path]
        {
            assert!(path.ends_with(cassette::FORM), "{path}");
        }
    }

    /// Secrets and personal values in every place where a request or a response can hold one.
    #[test]
    fn no_marker_is_in_the_file() {
        const REQUEST: &str = r#"{"customer_id":"c1","amount":100.10,"mobile_phone":"MARKER","name":"","note":"kept",
            "domain_name":null,"rows":[{"email":"MARKER","n":1}],"address":{"city":"MARKER","zip":4711,"old":true},
            "auth":{"identity":{"password":{"user":{"name":"MARKER","password":"MARKER"}}}},
            "resource_info":"{\"mobile\":\"MARKER\",\"n\":1.50}","verification_code":471147,
            "extends_map":{"q1":"MARKER","q2":["MARKER",4711]},"remark":"MARKER","operate_desc":"MARKER"}"#;
        const REQUEST_IN_OTHER_ORDER: &str = r#"{"note":"kept","amount":100.10,"customer_id":"c1","mobile_phone":"2","name":"",
            "address":{"zip":1,"city":"Y","old":true},"rows":[{"n":1,"email":"z"}],"domain_name":null,
            "auth":{"identity":{"password":{"user":{"password":"p","name":"n"}}}},
            "resource_info":"{\"mobile\":\"2\",\"n\":1.50}","verification_code":2,
            "remark":"r","operate_desc":"o","extends_map":{"q1":"a","q2":["b",1]}}"#;
        const RESPONSE: &str = r#"{"error_code":"CBC.1","error_msg":"MARKER is taken","amount":0.10,"total":1e2,
            "credential":{"access":"MARKER","secret":"MARKER","securitytoken":"MARKER"},
            "token":{"expires_at":"2026-05-01T00:00:00.000000Z","user":{"name":"MARKER"}},
            "account_managers":[{"id":"MARKER","account_name":"MARKER"}],"big":12345678901234567890.123456789012345678}"#;
        let mock = MockTransport::new();
        mock.on_path(Method::POST, "/v2/{a}/{b}").respond_raw(
            Response::builder()
                .status(400)
                .header("content-type", "application/json")
                .header("x-request-id", "r-1")
                .header("x-subject-token", "MARKER")
                .header("set-cookie", "MARKER")
                .body(RESPONSE)
                .unwrap(),
        );
        mock.on_path(Method::GET, "/v2/servicerequest/cases/{case_id}/extends-param").respond_raw(
            Response::builder().body(r#"{"Q1":"MARKER","fields":{"q2":["MARKER",4711]}}"#).unwrap(),
        );
        mock.on_path(Method::PUT, "/v2/file").respond_raw(
            Response::builder().status(502).header("content-type", "text/html").body("<p>MARKER").unwrap(),
        );
        mock.on_path(Method::GET, "/v2/broken")
            .fail(|| TransportError::possibly_sent(TransportErrorKind::Broken).caused_by("MARKER"));
        let recorder = Recorder::new(mock);
        let path = "/v2/MARKER@example.com/li%40MARKER.com?mobile=MARKER&token=MARKER&limit=5";
        assert_eq!(send(&recorder, request("POST", path, REQUEST)).unwrap().body(), RESPONSE);
        send(&recorder, request("GET", "/v2/servicerequest/cases/1/extends-param", "")).unwrap();
        send(&recorder, request("PUT", "/v2/file", "name=MARKER")).unwrap();
        send(&recorder, request("PUT", "/v2/file", r#""MARKER""#)).unwrap();
        send(&recorder, request("GET", "/v2/broken", "")).unwrap_err();

        let file = std::env::temp_dir().join(format!("cassette-{}.json", std::process::id()));
        recorder.save(&file).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let replayer = Replayer::load(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        for secret in ["MARKER", "4711"] {
            assert!(!text.contains(secret), "{text}");
            assert!(!format!("{recorder:?}{replayer:?}").contains(secret));
        }
        for kept in [
            r#""customer_id": "c1""#,
            r#""amount": 100.10"#,
            r#""note": "kept""#,
            r#""name": """#,
            r#""domain_name": null"#,
            r#""old": true"#,
            r#""resource_info": "{\"mobile\":\"***\",\"n\":1.50}""#,
            r#""total": 1e2"#,
            r#""big": 12345678901234567890.123456789012345678"#,
            r#""expires_at": "2026-05-01T00:00:00.000000Z""#,
            r#""x-language": "en_US""#,
            r#""x-request-id": "r-1""#,
            r#""x-subject-token": "***""#,
            r#""query": "limit=5&mobile=***&token=***""#,
            r#""path": "/v2/***/***""#,
        ] {
            assert!(text.contains(kept), "{kept} is missing in {text}");
        }

        // The same requests, with other personal data and their fields in another order, get the same responses.
        let path = "/v2/li@example.com/other@example.com?limit=5&token=other&mobile=other";
        let response = send(&replayer, request("POST", path, REQUEST_IN_OTHER_ORDER)).unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["x-request-id"]),
            (400, &"r-1".parse().unwrap())
        );
        assert_eq!(response.headers()["x-subject-token"], "***");
        assert!(std::str::from_utf8(response.body()).unwrap().contains("\"amount\":0.10"));
        let page = send(&replayer, request("PUT", "/v2/file", "name=MARKER")).unwrap();
        assert_eq!((page.status().as_u16(), page.body().len()), (502, 9));
        send(&replayer, request("PUT", "/v2/file", r#""MARKER""#)).unwrap();
        let form = send(&replayer, request("GET", "/v2/servicerequest/cases/1/extends-param", "")).unwrap();
        assert_eq!(form.body(), r#"{"Q1":"***","fields":{"q2":["***",0]}}"#);
        let error = send(&replayer, request("GET", "/v2/broken", "")).unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Broken, true));
        assert_eq!(replayer.unused(), 0);
    }

    fn three_pages() -> Recorder {
        let mock = MockTransport::new();
        ["[1]", "[2]", "[3]"]
            .into_iter()
            .fold(mock.on_path(Method::POST, "/v2/list"), |rule, page| rule.respond_raw(Response::new(page)));
        let recorder = Recorder::new(mock);
        for body in [r#"{"offset":0,"limit":1}"#, r#"{"offset":1,"limit":1}"#, r#"{"offset":0,"limit":1}"#] {
            send(&recorder, request("POST", "/v2/list", body)).unwrap();
        }
        recorder
    }

    #[test]
    fn equal_requests_get_their_responses_in_order_and_others_in_any() {
        let replayer = Replayer::new(three_pages().cassette());
        for (body, page) in [
            (r#"{"limit":1,"offset":1}"#, "[2]"),
            (r#"{"limit":1,"offset":0}"#, "[1]"),
            (r#"{"limit":1,"offset":0}"#, "[3]"),
        ] {
            assert_eq!(send(&replayer, request("POST", "/v2/list", body)).unwrap().body(), page);
        }
        assert_eq!(
            cause(send(&replayer, request("POST", "/v2/list", r#"{"limit":1,"offset":0}"#))),
            "no recording matches POST /v2/list; 2 that would are used up"
        );
    }

    #[test]
    fn a_difference_is_named() {
        let replayer = Replayer::new(three_pages().cassette());
        let text = cause(send(&replayer, request("POST", "/v2/list", r#"{"offset":7,"limit":1,"x":1}"#)));
        assert!(text.contains("; the one of POST /v2/list has another body: offset, x;"), "{text}");
        let text = cause(send(&replayer, request("POST", "/v2/list?a=1", r#"{"offset":0,"limit":1}"#)));
        assert!(text.contains("has another query"), "{text}");
        assert_eq!(cause(send(&replayer, request("GET", "/v2/x", ""))), "no recording matches GET /v2/x");
    }

    #[test]
    fn a_strict_replay_keeps_the_order() {
        let replayer = Replayer::new(three_pages().cassette()).strictly_in_order();
        let text = cause(send(&replayer, request("POST", "/v2/list", r#"{"offset":1,"limit":1}"#)));
        assert!(text.contains("has another body: offset"), "{text}");
        for offset in [0, 1, 0] {
            let body = format!(r#"{{"offset":{offset},"limit":1}}"#);
            send(&replayer, request("POST", "/v2/list", &body)).unwrap();
        }
    }

    #[test]
    fn a_request_that_cannot_be_held_was_never_sent() {
        for transport in [&Recorder::new(MockTransport::new()) as &dyn Transport, &MockTransport::new()] {
            let body = broken(TransportError::possibly_sent(TransportErrorKind::Broken));
            let request = Request::post("https://bss.example/v2/x").body(body).unwrap();
            let error = transport.send(request).now_or_never().unwrap().unwrap_err();
            assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Broken, false));
        }
    }

    #[test]
    fn a_body_that_broke_breaks_again() {
        #[derive(Debug)]
        struct Breaks;

        #[async_trait]
        impl Transport for Breaks {
            async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
                Ok(Response::new(broken(TransportError::possibly_sent(TransportErrorKind::Timeout))))
            }
        }

        let recorder = Recorder::new(Breaks);
        let json = |transport: &dyn Transport| {
            let response = transport.send(request("GET", "/v2/x", "")).now_or_never().unwrap().unwrap();
            assert_eq!(response.status(), 200);
            response.into_body().collect(9).now_or_never().unwrap().unwrap_err().kind()
        };
        assert_eq!(json(&recorder), TransportErrorKind::Timeout);
        let again = Cassette::from_json(&recorder.cassette().to_json()).unwrap();
        assert_eq!(json(&Replayer::new(again)), TransportErrorKind::Timeout);
    }
}
