//! Client that sends operations, reads lists, and finds the outcome of a write whose response was lost.
//!
//! A [`Client`] is made by [`Client::from_env`] or [`Client::builder`]. Methods that begin with `with` and
//! [`Client::as_customer`] return views of it: they are cheap, and share connections, rate limits and the retry budget.
//! [`CallOptions`] hold what a view may change for its calls, and [`Builder`] what belongs to the whole client.

mod address;
mod body;
mod builder;
mod concurrency;
mod customers;
mod download;
#[cfg(feature = "dynamic")]
mod dynamic;
mod file_name;
mod journal;
mod middleware;
mod observe;
mod options;
mod paging;
mod pipeline;
mod rate_limit;
mod response;
mod retry;
mod send_gate;
mod sent_auth;
mod service_time;
#[cfg(feature = "tower")]
mod tower;
mod upload;

use crate::types::{Drift, Site};
use std::{fmt, sync::Arc, sync::atomic::AtomicI64, time::Duration};

use bytes::Bytes;
use http::Request;
use time::OffsetDateTime;

use crate::{
    auth::Credentials,
    clock::{Clock, ManualClock},
    error::{Error, ValidationError},
    operation::{BodyKind, CALLER_ID, Method, Operation, OperationMeta, Paged, RequestParts},
    transport::Transport,
};

pub use builder::{Builder, Endpoints};
pub use download::{Download, DownloadCursor};
#[cfg(feature = "dynamic")]
pub use dynamic::{DynamicItem, DynamicItems};
pub use journal::{Decision, Recover, Recovered};
pub use middleware::{Middleware, OutgoingCall};
#[cfg(feature = "metrics")]
pub use observe::MetricsObserver;
pub use observe::{Observation, ObservationKind, Observer};
pub use options::CallOptions;
pub use paging::{Items, ListCursor, Pages};
pub use rate_limit::{LocalRateLimiter, NoRateLimit, Permit, RateLimitError, RateLimitKey, RateLimiter};
use response::RawResponse;
pub use response::Response;
pub use retry::RetryPolicy;
pub use service_time::ServiceTime;
pub use upload::FileUpload;

use address::Addresses;
use builder::is_dot_segment;
use observe::Span;
use options::CallConfig;
use pipeline::Call;
use retry::RetryBudget;

/// A client of the Partner Center. Cheap to clone; clones share connections, rate limits, the retry budget and the clock
/// correction.
///
/// | Task | Method |
/// |---|---|
/// | make a client | [`from_env`](Self::from_env), [`builder`](Self::builder); for tests [`for_test`](Self::for_test) |
/// | send an operation | [`send`](Self::send) |
/// | read a whole list | [`items`](Self::items), [`pages`](Self::pages) |
/// | execute a write once, whatever fails | [`with_journal`](Self::with_journal), [`send_once`](Self::send_once), [`recover`](Self::recover) |
/// | find the outcome of a lost response without a journal | [`resolve_error`](Self::resolve_error), [`resolve`](Self::resolve) |
/// | act for a customer, or with other options | [`as_customer`](Self::as_customer), [`with`](Self::with) |
/// | wait for a review, payment or invoice | [`wait`](Self::wait) |
/// | move files | [`upload`](Self::upload), [`download`](Self::download) |
/// | sign without sending | [`prepare`](Self::prepare) |
/// | call what the crate does not know | [`send_raw`](Self::send_raw), or declare it with [`operation!`](crate::operation!) |
///
/// ```no_run
/// # async fn example() -> Result<(), huaweicloud_partner::Error> {
/// use huaweicloud_partner::{Client, auth::Credentials, types::Site, resellers::ListResellers};
///
/// let client = Client::builder(Site::China).credentials(Credentials::keys("id", "secret")).build()?;
/// let page = client.send(&ListResellers::new().limit(50)).await?;
/// println!("{:?} resellers", page.count);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    view: CallConfig,
}

/// State that all clones and views of a client share.
struct Shared {
    site: Site,
    endpoints: Endpoints,
    addresses: Addresses,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    budget: RetryBudget,
    /// Milliseconds that the service's clock is ahead of ours, as far as a refusal has shown.
    skew: AtomicI64,
    observers: Vec<Arc<dyn Observer>>,
    middleware: Vec<Arc<dyn Middleware>>,
    propagator: Option<Propagator>,
    concurrency: Option<concurrency::ConcurrencyLimit>,
    /// Distance between the clocks, as far as the responses have shown.
    service_clock: service_time::ServiceClock,
}

/// Adds the headers of a trace to a request.
type Propagator = Arc<dyn Fn(&mut http::HeaderMap) + Send + Sync>;

impl Client {
    /// Starts to build a client for a site.
    pub fn builder(site: Site) -> Builder {
        Builder::new(site)
    }

    /// A client for a site with the credentials that [`auth::default_chain`](crate::auth::default_chain) finds: in the
    /// official environment variables, the profile file or the metadata of the machine. They are looked for when the first
    /// call is made. A table in [`auth`](crate::auth) says what to set in each environment, and the variables of
    /// [`Builder::endpoints_from_env`] replace the addresses of the services.
    ///
    /// # Errors
    /// As for [`Builder::build`].
    pub fn from_env(site: Site) -> Result<Self, Error> {
        Self::builder(site).endpoints_from_env(&crate::auth::OsEnv).build()
    }

    /// A client for tests: the whole pipeline over a transport such as [`MockTransport`](crate::testing::MockTransport), on
    /// the China site, with invented keys and a [`ManualClock`] that stands at 2026-05-01T00:00:00Z, so that waiting takes no
    /// time and nothing touches the network.
    pub fn for_test(transport: impl Transport + 'static) -> Self {
        let now = OffsetDateTime::UNIX_EPOCH.saturating_add(time::Duration::seconds(1_777_593_600));
        let endpoints = Endpoints::of(Site::China);
        Self {
            shared: Arc::new(Shared {
                site: Site::China,
                addresses: Addresses::of(|service| endpoints.get(service)),
                endpoints,
                transport: Arc::new(transport),
                clock: Arc::new(ManualClock::at(now)),
                budget: RetryBudget::full(),
                skew: AtomicI64::new(0),
                observers: Vec::new(),
                middleware: Vec::new(),
                propagator: None,
                concurrency: None,
                service_clock: service_time::ServiceClock::default(),
            }),
            view: CallConfig::new(Arc::new(Credentials::keys("AKTEST", "SKTEST"))),
        }
    }

    /// A view of this client with other options: another identity, deadline, language, retry policy or rate limiter. It
    /// shares everything else, and this client stays as it is.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self { shared: Arc::clone(&self.shared), view: self.view.with(options) }
    }

    /// The site that is called.
    pub fn site(&self) -> Site {
        self.shared.site
    }

    /// The clock that dates the requests.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// Sends an operation and returns its response.
    ///
    /// Dropping the future before it ends cancels the call. After a write was sent that is the same as losing its
    /// response: it may have been executed, and its records have to be looked up.
    ///
    /// # Errors
    /// [`Error`], whose [`kind`](Error::kind) says what to do about it.
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<Response<O::Output>, Error> {
        let parts = self.parts(operation)?;
        self.observed(O::META, self.run(parts).await?.read(O::META))
    }

    /// The signed HTTP request of an operation, with the headers of the options and of the middleware, which is not sent.
    ///
    /// # Errors
    /// Where the arguments break a rule, the operation is not offered, middleware refuses it or there are no credentials.
    pub async fn prepare<O: Operation>(&self, operation: &O) -> Result<Request<Bytes>, Error> {
        self.prepare_parts(&self.parts(operation)?).await
    }

    /// The signed HTTP request of parts from [`RequestParts`] or a registry [`Entry`](crate::registry::Entry),
    /// which is not sent.
    ///
    /// # Errors
    /// Where the operation is not offered or there are no credentials.
    pub async fn prepare_parts(&self, parts: &RequestParts) -> Result<Request<Bytes>, Error> {
        let mut parts = parts.clone();
        self.admit(&mut parts).await?;
        Call::new(self, &parts).prepare().await
    }

    /// The pages of a list, fetched as they are asked for: a [`Stream`](futures_core::Stream) of responses.
    pub fn pages<O: Paged>(&self, operation: O) -> Pages<O> {
        Pages::new(self.clone(), operation)
    }

    /// The rows of a list, page after page: a [`Stream`](futures_core::Stream), read with the extension traits of the crate
    /// `futures-util`.
    ///
    /// ```no_run
    /// # async fn example(client: huaweicloud_partner::Client) -> Result<(), huaweicloud_partner::Error> {
    /// use futures_util::TryStreamExt as _;
    /// use huaweicloud_partner::resellers::{ListResellers, Reseller};
    ///
    /// let mut resellers = client.items(ListResellers::new().limit(100));
    /// while let Some(reseller) = resellers.try_next().await? {
    ///     println!("{}", reseller.indirect_partner_id);
    /// }
    /// let all: Vec<Reseller> = client.items(ListResellers::new()).try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn items<O: Paged>(&self, operation: O) -> Items<O> {
        Items::new(self.pages(operation))
    }

    /// Calls an address that the crate does not know, signed and classified like any other, and returns the body as it
    /// came.
    ///
    /// `path` is percent-encoded and begins with a slash; `{domain_id}` in it stands for the account id of the credentials.
    /// `query` holds names and values as they are; `body` is JSON. A `GET` may be repeated, everything else is not.
    ///
    /// # Errors
    /// As for [`Client::send`], and [`InvalidInput`](crate::ErrorKind::InvalidInput) where the path cannot be sent as it is: it does not begin
    /// with a single slash, has a query, a fragment or a dot segment, or is not percent-encoded.
    pub async fn send_raw(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Response<Bytes>, Error> {
        check_path(path)?;
        let mut pairs: Vec<String> = query
            .iter()
            .map(|(name, value)| {
                format!("{}={}", crate::operation::encode(name), crate::operation::encode(value))
            })
            .collect();
        pairs.sort_unstable();
        let parts = RequestParts {
            meta: raw_meta(method, body.is_some()),
            path: path.to_owned(),
            query: pairs.join("&"),
            headers: http::HeaderMap::new(),
            body: body.map(|json| Bytes::copy_from_slice(json.as_bytes())).unwrap_or_default(),
        };
        let response = self.run(parts).await?;
        let body = response.body.clone();
        Ok(response.with(body))
    }

    fn parts<O: Operation>(&self, operation: &O) -> Result<RequestParts, Error> {
        if self.view.checked {
            operation.validate().map_err(|invalid| Error::invalid_input(O::META.name, invalid))?;
        }
        RequestParts::of(operation).map_err(|invalid| Error::invalid_input(O::META.name, invalid))
    }

    /// The pipeline, compiled once: it knows parts and bytes, not operations.
    fn run(
        &self,
        mut parts: RequestParts,
    ) -> futures_util::future::BoxFuture<'_, Result<RawResponse, Error>> {
        Box::pin(async move {
            self.admit(&mut parts).await?;
            Call::new(self, &parts).run().await
        })
    }

    /// Adds the headers of the options, and lets the middleware see the call.
    async fn admit(&self, parts: &mut RequestParts) -> Result<(), Error> {
        for (name, value) in &self.view.headers {
            parts.headers.insert(name, value.clone());
        }
        for middleware in &self.shared.middleware {
            let (meta, site) = (parts.meta, self.shared.site);
            middleware.before_call(&mut OutgoingCall { meta, site, headers: &mut parts.headers }).await?;
        }
        Ok(())
    }

    /// The current time, from which a duration for the observers is measured; `None` where there are none.
    fn stopwatch(&self) -> Option<Duration> {
        (!self.shared.observers.is_empty()).then(|| self.shared.clock.elapsed())
    }

    /// The time that has passed since a [`stopwatch`](Self::stopwatch) was read.
    fn since(&self, started: Option<Duration>) -> Option<Duration> {
        started.map(|started| self.shared.clock.elapsed().saturating_sub(started))
    }

    /// Tells the observers.
    fn observe(&self, meta: &'static OperationMeta, kind: ObservationKind<'_>) {
        for observer in &self.shared.observers {
            observer.observe(&Observation { meta, site: self.shared.site, kind });
        }
    }

    /// A decoded response; tells the observers where it cannot be read or differs from the documentation.
    fn observed<T>(
        &self,
        meta: &'static OperationMeta,
        decoded: Result<Response<T>, Error>,
    ) -> Result<Response<T>, Error> {
        match &decoded {
            Ok(response) => self.observe_drift(meta, response.drift()),
            Err(error) => self.observe_undecodable(meta, error),
        }
        decoded
    }

    fn observe_drift(&self, meta: &'static OperationMeta, drift: &[Drift]) {
        for entry in drift {
            let detail = format!("{}: {}, expected {}", entry.kind, entry.received, entry.expected);
            Span::drift(meta, &entry.path, &detail);
            self.observe(meta, ObservationKind::Drift { path: &entry.path, detail: &detail });
        }
    }

    fn observe_undecodable(&self, meta: &'static OperationMeta, error: &Error) {
        Span::undecodable(meta, error);
        if error.may_have_been_executed() {
            Span::unknown_outcome(meta, Some(error));
            self.observe(meta, ObservationKind::UnknownOutcome { error: Some(error) });
        }
    }
}

/// Whether a path is sent as it is written.
fn check_path(path: &str) -> Result<(), Error> {
    let rest = path.replace(CALLER_ID, "id");
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte);
    let encoded = |rest: &str| {
        rest.split('%').skip(1).all(|after| {
            let digits = after.as_bytes().get(..2);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        })
    };
    let rule = if !rest.starts_with('/') || rest.starts_with("//") {
        "must begin with a single slash"
    } else if rest.contains(['?', '#']) {
        "must have no query or fragment: the query is given apart"
    } else if !rest.bytes().all(allowed) || !encoded(&rest) {
        "must be percent-encoded"
    } else if rest.split('/').any(is_dot_segment) {
        "must have no dot segments"
    } else {
        return Ok(());
    };
    let mut invalid = ValidationError::new();
    invalid.push("path", rule);
    Err(Error::invalid_input("raw", invalid))
}

const fn raw_meta(method: Method, has_body: bool) -> &'static OperationMeta {
    const fn of(method: Method, body: BodyKind) -> OperationMeta {
        let meta = match method {
            Method::Get => OperationMeta::get("raw", "/"),
            Method::Post => OperationMeta::post("raw", "/"),
            Method::Put => OperationMeta::put("raw", "/"),
            Method::Delete => OperationMeta::delete("raw", "/"),
        };
        meta.body(body).sites(crate::operation::Sites::ALL).caller(crate::operation::Caller::Either)
    }
    const GET: &OperationMeta = &of(Method::Get, BodyKind::None);
    const POST: &OperationMeta = &of(Method::Post, BodyKind::None);
    const POST_JSON: &OperationMeta = &of(Method::Post, BodyKind::Json);
    const PUT: &OperationMeta = &of(Method::Put, BodyKind::None);
    const PUT_JSON: &OperationMeta = &of(Method::Put, BodyKind::Json);
    const DELETE: &OperationMeta = &of(Method::Delete, BodyKind::None);
    const DELETE_JSON: &OperationMeta = &of(Method::Delete, BodyKind::Json);
    match (method, has_body) {
        (Method::Get, _) => GET,
        (Method::Post, false) => POST,
        (Method::Post, true) => POST_JSON,
        (Method::Put, false) => PUT,
        (Method::Put, true) => PUT_JSON,
        (Method::Delete, false) => DELETE,
        (Method::Delete, true) => DELETE_JSON,
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("site", &self.shared.site)
            .field("endpoints", &self.shared.endpoints)
            .field("transport", &self.shared.transport)
            .field("view", &self.view)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_would_be_sent_differently_are_refused() {
        for path in [
            "",
            "v2/x",
            ".other.example/x",
            "@other.example/x",
            ":80/x",
            "//other.example/x",
            "https://other.example/x",
            "/v2/x#frag",
            "/v2/x?a=1",
            "/v2/x?",
            "/v2/../x",
            "/v2/./x",
            "/v2/%2e%2E/x",
            "/v2/..",
            "/v2/a b",
            "/v2/a\nb",
            "/v2/a\\b",
            "/v2/\u{5de5}",
            "/v2/%",
            "/v2/%zz",
            "/v2/{other}",
        ] {
            let error = check_path(path).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidInput, "{path}");
        }
        for path in ["/", "/v2/x", "/v2/{domain_id}/x", "/v2/a%2Fb/", "/v2/x:act", "/v2/...", "/v2/.x"] {
            check_path(path).unwrap();
        }
    }
}
