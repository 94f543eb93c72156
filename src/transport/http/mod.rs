//! The default transport: reqwest on rustls.

mod builder;
mod coding;
mod failure;
mod origin;
mod proxy;

use std::{
    fmt,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use http::{
    HeaderValue, Method, Request, Response, Uri,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH},
};
use http_body::Frame;
use reqwest::Url;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Body, ByteStream, Transport, TransportError, TransportErrorKind};
use crate::error::Error;

pub use builder::HttpTransportBuilder;
use origin::Origins;

/// Sends requests over HTTP/1.1, or HTTP/2 with the feature `http2` where the server offers it, with TLS, keeping connections for the next request. Cheap to clone; clones share
/// their connections.
///
/// - HTTPS only. Plain http goes to this machine alone (127.0.0.0/8, `::1`, `localhost`), and past any proxy, unless
///   [`HttpTransportBuilder::allow_plain_http`] was asked for.
/// - A redirect is a response like any other: a signed request is never sent to another address.
/// - Nothing is repeated here; that is for the client to decide, which knows the operation.
/// - What is sent is what was signed: an address that would be written differently on the wire is refused.
///
/// ```no_run
/// use std::time::Duration;
/// use huaweicloud_partner::transport::HttpTransport;
///
/// # fn main() -> Result<(), huaweicloud_partner::Error> {
/// let transport = HttpTransport::builder()
///     .read_timeout(Duration::from_secs(20))
///     .proxy("http://proxy.example:3128")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpTransport {
    /// For other machines, through the proxy where there is one.
    outward: reqwest::Client,
    /// For this machine, never through a proxy.
    loopback: reqwest::Client,
    plain_http: bool,
    /// The clients may follow redirects, which they should not.
    may_redirect: bool,
    origins: Origins,
    limits: Limits,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    connect: Duration,
    read: Duration,
    overall: Option<Duration>,
}

impl HttpTransport {
    /// The transport with all defaults, see [`HttpTransportBuilder`].
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) where the system has no certificate store.
    pub fn new() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// A transport with other settings.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder::new()
    }

    /// A transport over a client of the program's own, for settings that the builder does not have.
    ///
    /// Rules that this crate depends on are the client's then: it must not follow redirects, must not repeat requests, and
    /// must not use a proxy for this machine. A response from another address than the one that was signed is refused.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use huaweicloud_partner::{Client, transport::HttpTransport, types::Site};
    ///
    /// let own = reqwest::Client::builder()
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .retry(reqwest::retry::never())
    ///     .build()?;
    /// let client = Client::builder(Site::China).transport(HttpTransport::with_client(own)).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_client(client: reqwest::Client) -> Self {
        Self {
            outward: client.clone(),
            loopback: client,
            plain_http: false,
            may_redirect: true,
            origins: Origins::default(),
            limits: Limits { connect: Duration::from_secs(10), read: Duration::from_secs(60), overall: None },
        }
    }

    /// The client for an address, where this transport goes there.
    fn route(&self, uri: &Uri) -> Result<(&reqwest::Client, Url), TransportError> {
        let refused = |why: &'static str| {
            TransportError::never_sent(TransportErrorKind::Unsupported).caused_by(why.to_owned())
        };
        let (url, loopback) = self.origins.route(uri, self.plain_http).map_err(refused)?;
        Ok((if loopback { &self.loopback } else { &self.outward }, url))
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(TransportError::never_sent(TransportErrorKind::Unsupported)
                .caused_by("this transport works within a tokio runtime only"));
        }
        let (client, url) = self.route(request.uri())?;
        let signed = self.may_redirect.then(|| url.clone());
        let (parts, body) = request.into_parts();
        let mut outgoing = reqwest::Request::new(parts.method, url);
        *outgoing.headers_mut() = parts.headers;
        outgoing.headers_mut().entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip"));
        let mut last_move = None;
        match body {
            // RFC 9110, section 8.6: methods that usually have a body say that there is none.
            Body::Full(bytes) if bytes.is_empty() => {
                if matches!(*outgoing.method(), Method::POST | Method::PUT | Method::PATCH) {
                    outgoing.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
                }
            }
            Body::Full(bytes) => *outgoing.body_mut() = Some(bytes.into()),
            Body::Stream { pieces, length } => {
                if let Some(length) = length {
                    outgoing.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
                }
                let moved = last_move.insert(LastMove::default()).clone();
                *outgoing.body_mut() =
                    Some(reqwest::Body::wrap(Outgoing { pieces: Mutex::new(pieces), moved }));
            }
        }

        let mut exchange = pin!(client.execute(outgoing));
        let mut idle_since = Instant::now();
        let mut response = loop {
            match timeout_at(after(idle_since, self.limits.read), exchange.as_mut()).await {
                Ok(outcome) => break outcome.map_err(failure::classify)?,
                Err(_) => match last_move.as_ref().map(LastMove::at) {
                    // A piece of the request went out meanwhile: not idle.
                    Some(moved) if moved > idle_since => idle_since = moved,
                    _ => return Err(TransportError::possibly_sent(TransportErrorKind::Timeout)),
                },
            }
        };

        if signed.is_some_and(|signed| *response.url() != signed) {
            return Err(TransportError::possibly_sent(TransportErrorKind::Malformed)
                .caused_by("the response comes from another address: the HTTP client follows redirects"));
        }
        let (status, version) = (response.status(), response.version());
        let mut headers = std::mem::take(response.headers_mut());
        let mut body = incoming(response, self.limits.read);
        let layers = coding::gzip_layers(status, &headers);
        if layers > 0 {
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
            for _ in 0..layers {
                body = Body::stream(coding::Gunzip::new(body.into_stream()), None);
            }
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.version_mut() = version;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("limits", &self.limits)
            .field("plain_http", &self.plain_http)
            .finish_non_exhaustive()
    }
}

/// An instant that is never out of range.
fn after(instant: Instant, wait: Duration) -> Instant {
    const THIRTY_YEARS: Duration = Duration::from_secs(30 * 365 * 86_400);
    instant.checked_add(wait).unwrap_or_else(|| instant + THIRTY_YEARS)
}

/// Time at which a piece of a request was last sent.
#[derive(Clone)]
struct LastMove(Arc<Mutex<Instant>>);

impl Default for LastMove {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl LastMove {
    fn at(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn moved(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// The pieces of a request in the form that reqwest takes.
struct Outgoing {
    /// Reqwest shares a body between threads, although only one at a time reads it.
    pieces: Mutex<ByteStream>,
    moved: LastMove,
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let Self { pieces, moved } = self.get_mut();
        let pieces = pieces.get_mut().unwrap_or_else(PoisonError::into_inner);
        let piece = ready!(pieces.as_mut().poll_next(context));
        if piece.is_some() {
            moved.moved();
        }
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }
}

/// The body of a response: whole where it has come with the head, as small ones do, and piece by piece otherwise.
fn incoming(mut response: reqwest::Response, limit: Duration) -> Body {
    let length = response.content_length();
    let mut next = || response.chunk().now_or_never().map(Result::transpose);
    let (first, second) = match next() {
        Some(None) => return Body::empty(),
        Some(Some(Ok(first))) => match next() {
            Some(None) => return Body::Full(first),
            second => (Some(Ok(first)), second.flatten()),
        },
        first => (first.flatten(), None),
    };
    let rest = stream::unfold(response, |mut response| async {
        response.chunk().await.transpose().map(|piece| (piece, response))
    });
    let pieces = stream::iter(first.into_iter().chain(second)).chain(rest);
    Body::stream(limited(pieces.map_err(failure::classify), limit), length)
}

/// Pieces each of which comes within a time, or the last of which is an error.
fn limited(
    pieces: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static,
    limit: Duration,
) -> impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static {
    futures_util::stream::unfold(Some(Box::pin(pieces)), move |pieces| async move {
        let mut pieces = pieces?;
        match timeout(limit, pieces.next()).await {
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(pieces))),
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Ok(None) => None,
            Err(_) => Some((Err(TransportError::possibly_sent(TransportErrorKind::Timeout)), None)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transport(builder: HttpTransportBuilder) -> HttpTransport {
        let own = rcgen::generate_simple_self_signed(["unused.example".to_owned()]).unwrap();
        builder.only_roots(own.cert.pem().as_bytes()).build().unwrap()
    }

    fn refusal(transport: &HttpTransport, uri: &str) -> Option<String> {
        match transport.route(&uri.parse().unwrap()) {
            Ok(_) => None,
            Err(error) => {
                assert_eq!(
                    (error.kind(), error.may_have_been_sent()),
                    (TransportErrorKind::Unsupported, false)
                );
                Some(std::error::Error::source(&error).unwrap().to_string())
            }
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine_unless_asked_for() {
        let strict = transport(HttpTransport::builder());
        for own in ["http://127.0.0.1:1/", "http://127.8.9.1/", "http://[::1]/", "http://LOCALHOST:80/x"] {
            assert_eq!(refusal(&strict, own), None, "{own}");
        }
        for other in ["http://192.0.2.1/", "http://localhost.example/", "http://[::2]/", "http://0.0.0.0/"] {
            assert!(refusal(&strict, other).unwrap().contains("plain http"), "{other}");
        }
        assert_eq!(refusal(&strict, "https://192.0.2.1/"), None);
        let open = transport(HttpTransport::builder().allow_plain_http());
        assert_eq!(refusal(&open, "http://192.0.2.1/"), None);
        assert!(refusal(&open, "ftp://192.0.2.1/").unwrap().contains("neither"));
    }

    #[test]
    fn this_machine_is_never_reached_through_a_proxy() {
        let transport = transport(HttpTransport::builder().proxy("http://user:marker@proxy.example:1"));
        for (uri, outward) in [("https://bss.example/", true), ("https://localhost/", false)] {
            let (client, _) = transport.route(&uri.parse().unwrap()).unwrap();
            assert_eq!(std::ptr::eq(client, &transport.outward), outward, "{uri}");
        }
        assert!(!format!("{transport:?}").contains("marker"));
    }

    #[test]
    fn an_address_that_changes_on_its_way_is_refused() {
        let transport = transport(HttpTransport::builder());
        for uri in ["https://h/v2/../v1", "https://h/v2/%2e%2E/v1", "https://h/a?b='"] {
            assert!(refusal(&transport, uri).unwrap().contains("differently"), "{uri}");
        }
        assert_eq!(refusal(&transport, "https://h/v2/a%2Fb/%C3%A9?x=%27&y=a%20b"), None);
        assert!(refusal(&transport, "https://marker:marker@h/").unwrap().contains("password"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_stops_ends_with_a_time_out() {
        let pieces =
            futures_util::stream::iter([Ok(Bytes::from_static(b"a"))]).chain(futures_util::stream::pending());
        let read: Vec<_> = limited(pieces, Duration::from_secs(60)).collect().await;
        assert_eq!(read.len(), 2);
        assert_eq!(read[1].as_ref().unwrap_err().kind(), TransportErrorKind::Timeout);
        let never = limited(futures_util::stream::empty(), Duration::ZERO).collect::<Vec<_>>();
        assert!(never.now_or_never().unwrap().is_empty());
    }
}
