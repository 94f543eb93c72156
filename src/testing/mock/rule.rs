//! One rule of a mock: which requests it responds to, and how.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;

use crate::transport::{TransportError, TransportErrorKind};
use crate::{
    error::{ApiError, ErrorCode},
    operation::{BodyKind, Operation, OperationMeta, RequestParts, match_path},
    types::{decode_request, to_wire_json},
};

/// Rule of a [`MockTransport`](super::MockTransport), and the handle through which a test sees its calls.
///
/// Each of [`respond`](Self::respond), [`respond_with`](Self::respond_with),
/// [`respond_with_code`](Self::respond_with_code), [`respond_with_error`](Self::respond_with_error),
/// [`respond_raw`](Self::respond_raw) and [`fail`](Self::fail) adds a response; requests get them in this order. The last
/// one is repeated, unless the rule [`exhausts`](Self::exhausts).
pub struct MockRule<T> {
    state: Arc<State>,
    request: PhantomData<fn() -> T>,
}

/// A request that came.
pub(super) struct Seen {
    pub(super) request: Request<Bytes>,
}

type Outcome = Result<Response<Bytes>, TransportError>;
type Respond = Arc<dyn Fn(&Seen) -> Outcome + Send + Sync>;
type Condition = Arc<dyn Fn(&Seen) -> Result<(), Mismatch> + Send + Sync>;

pub(super) struct State {
    pub(super) target: Target,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    conditions: Vec<Condition>,
    responses: Vec<(Respond, usize)>,
    exhausts: bool,
    expected: Option<usize>,
    matched: Vec<Arc<Seen>>,
}

/// The address that a rule is for.
pub(super) enum Target {
    Operation { meta: &'static OperationMeta, readable: fn(&Seen) -> bool },
    Path { method: Method, path: String },
}

/// Reason why a rule does not respond to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    OtherAddress,
    Unreadable,
    Condition,
    UsedUp,
    NoResponse,
}

impl<O: Operation + 'static> MockRule<O> {
    /// Responds only to requests for which this holds; with several conditions, all must.
    ///
    /// A request is read as the service would read it. Multipart requests are read without their body, so a
    /// condition on an operation with required form fields never holds.
    #[must_use]
    pub fn matching(self, condition: impl Fn(&O) -> bool + Send + Sync + 'static) -> Self {
        self.condition(move |seen| match read::<O>(seen) {
            Some(request) if condition(&request) => Ok(()),
            Some(_) => Err(Mismatch::Condition),
            None => Err(Mismatch::Unreadable),
        })
    }

    /// Responds with status 200 and this as JSON.
    #[allow(clippy::needless_pass_by_value)] // reads better at the call: the output is made for it
    pub fn respond(self, output: O::Output) -> Self {
        let body = json(&output);
        self.add(move |_| body.clone().map(success).map_err(unwritable))
    }

    /// Responds with status 200 and what this makes of the request.
    pub fn respond_with(self, output: impl Fn(&O) -> O::Output + Send + Sync + 'static) -> Self {
        self.add(move |seen| match read::<O>(seen) {
            Some(request) => json(&output(&request)).map(success).map_err(unwritable),
            None => Err(unwritable("the request cannot be read".to_owned())),
        })
    }

    /// The requests that it responded to, in order. Multipart requests that cannot be read without their body are left
    /// out.
    pub fn requests(&self) -> Vec<O> {
        self.state.held().matched.iter().filter_map(|seen| read(seen)).collect()
    }
}

impl MockRule<Request<Bytes>> {
    /// Responds only to requests for which this holds; with several conditions, all must.
    #[must_use]
    pub fn matching(self, condition: impl Fn(&Request<Bytes>) -> bool + Send + Sync + 'static) -> Self {
        self.condition(move |seen| if condition(&seen.request) { Ok(()) } else { Err(Mismatch::Condition) })
    }

    /// The requests that it responded to, in order.
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.state.held().matched.iter().map(|seen| seen.request.clone()).collect()
    }
}

impl<T> MockRule<T> {
    pub(super) fn new(state: Arc<State>) -> Self {
        Self { state, request: PhantomData }
    }

    /// Responds with a code of the service, such as [`codes::BALANCE_TOO_LOW`](crate::error::codes::BALANCE_TOO_LOW), and
    /// status 400, or 429 for the codes of throttling and 401 for those of authentication.
    pub fn respond_with_code(self, code: ErrorCode) -> Self {
        let error = ApiError::new(StatusCode::BAD_REQUEST, code.as_str(), "refused by the mock");
        let status = if code.is_throttling() {
            StatusCode::TOO_MANY_REQUESTS
        } else if error.authentication_refusal().is_some() {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        };
        self.respond_with_error(ApiError::new(status, code.as_str(), "refused by the mock"))
    }

    /// Responds with an error of the service, as it writes them.
    pub fn respond_with_error(self, error: ApiError) -> Self {
        let form = serde_json::json!({"error_code": error.code().as_str(), "error_msg": error.message()});
        let whole = Some(error.body().clone()).filter(|body| !body.is_empty());
        let (status, body) = (error.status(), whole.map_or_else(|| json(&form), Ok));
        self.add(move |_| {
            let mut response = body.clone().map(success).map_err(unwritable)?;
            *response.status_mut() = status;
            Ok(response)
        })
    }

    /// Responds with exactly this HTTP response: for JSON as it was recorded, `http::Response::new(json)`, which has status
    /// 200.
    pub fn respond_raw(self, response: Response<impl Into<Bytes>>) -> Self {
        let response = response.map(Into::into);
        self.add(move |_| Ok(response.clone()))
    }

    /// Fails with the error that this makes.
    pub fn fail(self, error: impl Fn() -> TransportError + Send + Sync + 'static) -> Self {
        self.add(move |_| Err(error()))
    }

    /// Repeats the response added last this many times before the next one. Without a response it does nothing.
    pub fn times(self, times: usize) -> Self {
        if let Some((_, repeats)) = self.state.held().responses.last_mut() {
            *repeats = times;
        }
        self
    }

    /// Leaves requests to other rules once every response has been given.
    pub fn exhausts(self) -> Self {
        self.state.held().exhausts = true;
        self
    }

    /// Lets [`verify`](super::MockTransport::verify) fail unless the rule responds to exactly this many requests.
    pub fn expect(self, calls: usize) -> Self {
        self.state.held().expected = Some(calls);
        self
    }

    /// Returns the number of requests that the rule responded to.
    pub fn calls(&self) -> usize {
        self.state.held().matched.len()
    }

    fn condition(self, condition: impl Fn(&Seen) -> Result<(), Mismatch> + Send + Sync + 'static) -> Self {
        self.state.held().conditions.push(Arc::new(condition));
        self
    }

    fn add(self, response: impl Fn(&Seen) -> Outcome + Send + Sync + 'static) -> Self {
        self.state.held().responses.push((Arc::new(response), 1));
        self
    }
}

impl State {
    pub(super) fn new(target: Target) -> Self {
        Self { target, held: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The response for a request, which counts as given.
    pub(super) fn take(&self, seen: &Arc<Seen>) -> Result<Respond, Mismatch> {
        self.target.admits(seen)?;
        let conditions = self.held().conditions.clone();
        for condition in conditions {
            condition(seen)?;
        }
        let mut held = self.held();
        let mut before = 0;
        let call = held.matched.len();
        let next = held.responses.iter().find(|(_, times)| {
            before += times;
            call < before
        });
        let response = match (next, held.responses.last()) {
            (Some((response, _)), _) => response.clone(),
            (None, Some(_)) if held.exhausts => return Err(Mismatch::UsedUp),
            (None, Some((response, _))) => response.clone(),
            (None, None) => return Err(Mismatch::NoResponse),
        };
        held.matched.push(seen.clone());
        Ok(response)
    }

    /// Returns the complaint about the number of calls, if any.
    pub(super) fn complaint(&self) -> Option<String> {
        let held = self.held();
        let (expected, calls) = (held.expected?, held.matched.len());
        let times = |count| if count == 1 { "time" } else { "times" };
        (calls != expected).then(|| {
            format!(
                "{} was expected {expected} {} and came {calls} {}",
                self.target,
                times(expected),
                times(calls)
            )
        })
    }
}

impl Target {
    pub(super) fn operation<O: Operation>() -> Self {
        let readable = |seen: &Seen| match O::META.body {
            BodyKind::Multipart => flat(O::META, &seen.request).is_some(),
            _ => read::<O>(seen).is_some(),
        };
        Self::Operation { meta: O::META, readable }
    }

    /// Returns the number of parameters in the path.
    pub(super) fn parameters(&self) -> usize {
        self.path().matches('{').count()
    }

    fn path(&self) -> &str {
        match self {
            Self::Operation { meta, .. } => meta.path,
            Self::Path { path, .. } => path,
        }
    }

    fn admits(&self, seen: &Seen) -> Result<(), Mismatch> {
        let request = &seen.request;
        let same_method = match self {
            Self::Operation { meta, .. } => request.method() == meta.method.as_str(),
            Self::Path { method, .. } => request.method() == method,
        };
        if !same_method || match_path(self.path(), request.uri().path()).is_none() {
            return Err(Mismatch::OtherAddress);
        }
        match self {
            Self::Operation { readable, .. } if !readable(seen) => Err(Mismatch::Unreadable),
            _ => Ok(()),
        }
    }
}

/// The flat JSON of an operation's request.
fn flat(meta: &OperationMeta, request: &Request<Bytes>) -> Option<Vec<u8>> {
    let query = request.uri().query().unwrap_or_default();
    let body: &[u8] = if meta.body == BodyKind::Multipart { b"" } else { request.body() };
    RequestParts::flat_json(meta, request.uri().path(), query, request.headers(), body).ok()
}

fn read<O: Operation>(seen: &Seen) -> Option<O> {
    decode_request(&flat(O::META, &seen.request)?).ok()
}

/// The JSON of a value; none for what has no body.
fn json(value: &impl Serialize) -> Result<Bytes, String> {
    let json = to_wire_json(value).map_err(|error| error.to_string())?;
    Ok(if json == b"null" { Bytes::new() } else { json.into() })
}

fn success(body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn unwritable(why: String) -> TransportError {
    TransportError::never_sent(TransportErrorKind::Unsupported)
        .caused_by(format!("the rule's response cannot be written: {why}"))
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation { meta, .. } => {
                write!(f, "{} ({} {})", meta.name, meta.method.as_str(), meta.path)
            }
            Self::Path { method, path } => write!(f, "{method} {path}"),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherAddress => "another method or path",
            Self::Unreadable => "the request cannot be read as its own",
            Self::Condition => "a condition does not hold",
            Self::UsedUp => "its responses are used up",
            Self::NoResponse => "it was given no response",
        })
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MockRule({}, {} calls)", self.target, self.held().matched.len())
    }
}

impl<T> fmt::Debug for MockRule<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.fmt(f)
    }
}
