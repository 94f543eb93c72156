//! The client: sends operations, reads lists, and finds out what became of a write whose answer was lost.

mod builder;
mod download;
#[cfg(feature = "dynamic")]
mod dynamic;
mod journal;
mod options;
mod paging;
mod pipeline;
mod rate_limit;
mod response;
mod retry;
mod send_gate;
mod service_time;
mod trace;
mod upload;

use crate::types::Site;
use std::{fmt, sync::Arc, sync::atomic::AtomicI64};

use bytes::Bytes;
use http::Request;

use crate::{
    clock::Clock,
    error::Error,
    operation::{BodyKind, Method, Operation, OperationMeta, Paged, RequestParts},
    transport::Transport,
};

pub use builder::{Builder, Endpoints};
pub use download::{Download, DownloadCursor};
pub use journal::{Decision, Recover, Recovered};
pub use options::CallOptions;
pub use paging::{Items, ListCursor, Pages};
pub use rate_limit::{LocalRateLimiter, NoRateLimit, Permit, RateLimitError, RateLimitKey, RateLimiter};
pub use response::{RawResponse, Response};
pub use retry::RetryPolicy;
pub use service_time::ServiceTime;
pub use upload::FileUpload;

use options::CallConfig;
use pipeline::Call;
use retry::RetryBudget;

/// A client of the Partner Center. Cheap to clone; clones share connections, rate limits, the retry budget and the clock
/// correction.
///
/// ```no_run
/// # async fn example() -> Result<(), huaweicloud_partner::Error> {
/// use huaweicloud_partner::{Client, auth::Credentials, types::Site, resellers::ListResellers};
///
/// let client = Client::builder(Site::China, Credentials::keys("id", "secret")).build()?;
/// let page = client.send(&ListResellers::new().limit(50_u32)).await?;
/// println!("{:?} resellers", page.count);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    view: CallConfig,
}

/// What all clones and views of a client have in common.
struct Shared {
    site: Site,
    endpoints: Endpoints,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    budget: RetryBudget,
    /// Milliseconds that the service's clock is ahead of ours, as far as a refusal has told.
    skew: AtomicI64,
    /// What the responses told about the distance between the clocks.
    service_clock: service_time::ServiceClock,
}

impl Client {
    /// Begins a client for a site, calling with these credentials or whatever a source of credentials gives.
    pub fn builder(site: Site, credentials: impl crate::auth::ProvideCredentials + 'static) -> Builder {
        Builder::new(site, Arc::new(credentials))
    }

    /// A view of this client with other options: another identity, deadline, language, retry or quota policy. It shares
    /// everything else, and this client stays as it is.
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

    /// Sends an operation and gives its answer.
    ///
    /// Dropping the future before it ends cancels the call. After a write has gone out that is the same as losing its
    /// answer: it may have been carried out, and its records have to be asked.
    ///
    /// # Errors
    /// [`Error`], whose [`kind`](Error::kind) says what to do about it.
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<Response<O::Output>, Error> {
        let parts = self.parts(operation)?;
        self.run(parts).await?.read(O::META)
    }

    /// The signed HTTP request of an operation, not sent.
    ///
    /// # Errors
    /// Where the arguments break a rule, the operation is not offered or there are no credentials.
    pub async fn request<O: Operation>(&self, operation: &O) -> Result<Request<Bytes>, Error> {
        self.sign(&self.parts(operation)?).await
    }

    /// The signed HTTP request of pieces from [`RequestParts`] or a registry [`Entry`](crate::registry::Entry), not sent.
    ///
    /// # Errors
    /// Where the operation is not offered or there are no credentials.
    pub async fn sign(&self, parts: &RequestParts) -> Result<Request<Bytes>, Error> {
        Call::new(self, parts).prepare().await
    }

    /// The pages of a list, fetched as they are asked for.
    pub fn pages<O: Paged>(&self, operation: O) -> Pages<O> {
        Pages::new(self.clone(), operation)
    }

    /// The rows of a list, page after page.
    pub fn items<O: Paged>(&self, operation: O) -> Items<O> {
        Items::new(self.pages(operation))
    }

    /// Calls an address that the crate does not know, signed and classified like any other, and gives the body as it
    /// came.
    ///
    /// `path` is percent-encoded and begins with a slash; `query` holds names and values as they are; `body` is JSON. A
    /// `GET` may be repeated, everything else is not.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub async fn send_raw(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Response<Bytes>, Error> {
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
        let answer = self.run(parts).await?;
        let body = answer.body.clone();
        Ok(answer.with(body))
    }

    fn parts<O: Operation>(&self, operation: &O) -> Result<RequestParts, Error> {
        if self.view.checked {
            operation.validate().map_err(|invalid| Error::invalid_input(O::META.name, invalid))?;
        }
        RequestParts::of(operation).map_err(|invalid| Error::invalid_input(O::META.name, invalid))
    }

    /// The pipeline, compiled once: it knows parts and bytes, not operations.
    fn run(&self, parts: RequestParts) -> futures_util::future::BoxFuture<'_, Result<RawResponse, Error>> {
        Box::pin(async move { Call::new(self, &parts).run().await })
    }
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
