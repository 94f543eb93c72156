//! The sandbox over HTTP, for clients in any language.

mod connections;
mod control;
mod page;
mod tls;
#[cfg(feature = "webui")]
mod web_ui;
mod worlds;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    future::Future,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{Either, select},
};
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    body::{Body as _, Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{sandbox::Sandbox, state::State};
use connections::{Open, Progress};
use huaweicloud_partner::{
    clock::{Clock, SystemClock},
    error::codes,
    transport::{Body, TransportError, TransportErrorKind},
};
#[cfg(feature = "webui")]
pub use web_ui::WebUiPlatform;

/// The largest request: what the gateway takes, with an attachment of the ticket service.
const LARGEST: usize = 32 << 20;
/// Time limit for the head of a request, and then for its body.
const HEAD_LIMIT: Duration = Duration::from_secs(15);
const BODY_LIMIT: Duration = Duration::from_secs(60);
/// Time that a client waits for a response that never comes.
const SILENCE: Duration = Duration::from_secs(300);
/// Time for which the server waits for requests in progress when it stops.
const GRACE: Duration = Duration::from_secs(5);
/// The number of connections that are served at once. One more closes the one that made no progress for the longest time.
const CONNECTIONS: usize = 256;

type ControlResponse = Response<UnsyncBoxBody<Bytes, TransportError>>;

/// A [`Sandbox`] that listens on an address. Behind the feature `server`.
///
/// All operations of all sites are served there, and the calls of the identity service. The clock of the sandbox goes on
/// as the machine's does, from the world's time. Signatures are accepted by either clock, so that a world may be in
/// another year. What no client of the service can do is done under `/_sandbox/`, and the page at `/` shows it all; see
/// the [module](super) for both.
///
/// Everybody who reaches the address may do everything: it listens on loopback addresses only,
/// by default by name. [`Server::with_tls`] encrypts, and does not change that.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    worlds: mpsc::UnboundedReceiver<Opened>,
    served: Arc<Served>,
    stop: watch::Sender<bool>,
}

/// Stops a [`Server`] from elsewhere.
#[derive(Clone, Debug)]
pub struct ServerHandle(watch::Sender<bool>);

/// State that all connections share.
#[derive(Debug)]
struct Served {
    sandbox: Sandbox,
    /// The state that a reset brings back.
    initial: Mutex<Arc<State>>,
    address: SocketAddr,
    /// Time at which the sandbox's clock was last moved.
    moved: Mutex<Instant>,
    waits: Arc<dyn Clock>,
    /// Whether it listens beyond loopback, where it cannot know by which names it is called.
    anywhere: bool,
    tls: Option<Arc<tls::Identity>>,
    #[cfg(feature = "webui")]
    web_ui: web_ui::WebUi,
    /// Takes worlds that were opened beside this one.
    opened: mpsc::UnboundedSender<Opened>,
    /// The worlds beside this one, by their names.
    worlds: Mutex<BTreeMap<String, World>>,
}

/// A world beside the first, at an address of its own.
#[derive(Debug)]
struct World {
    served: Arc<Served>,
    stop: watch::Sender<bool>,
}

/// A world that is to be served.
#[derive(Debug)]
struct Opened {
    listener: TcpListener,
    served: Arc<Served>,
    stop: watch::Receiver<bool>,
}

impl Server {
    /// Listens on a loopback address; port 0 takes any that is free.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] for any other address, and what the system says.
    pub async fn bind(sandbox: Sandbox, address: SocketAddr) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            let message = "the sandbox listens on loopback addresses only: it has no TLS, and everybody who reaches it \
                           may do everything";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        Self::listen(sandbox, address, false).await
    }

    /// Listens on any address, for everybody who reaches it: for a container, or a test network.
    ///
    /// # Errors
    /// What the system says.
    pub async fn bind_anywhere(sandbox: Sandbox, address: SocketAddr) -> io::Result<Self> {
        Self::listen(sandbox, address, true).await
    }

    async fn listen(sandbox: Sandbox, address: SocketAddr, anywhere: bool) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (opened, worlds) = mpsc::unbounded_channel();
        let served = Served::new(sandbox, address, anywhere, None, opened);
        Ok(Self { listener, worlds, served: Arc::new(served), stop: watch::Sender::new(false) })
    }

    /// Serves HTTPS with a certificate that is made now, for `localhost` and the loopback addresses. Platforms are
    /// registered afterwards.
    ///
    /// # Errors
    /// Where the certificate cannot be made.
    pub fn with_tls(mut self) -> io::Result<Self> {
        let tls = Arc::new(tls::Identity::new()?);
        let (opened, worlds) = mpsc::unbounded_channel();
        let Served { sandbox, address, anywhere, .. } = &*self.served;
        let served = Served::new(sandbox.clone(), *address, *anywhere, Some(tls), opened);
        (self.served, self.worlds) = (Arc::new(served), worlds);
        Ok(self)
    }

    /// The certificate of [`Server::with_tls`] as PEM text, which clients have to trust.
    pub fn certificate(&self) -> Option<&str> {
        self.served.tls.as_ref().map(|tls| tls.certificate())
    }

    /// Returns the address of the server, such as `http://127.0.0.1:8080`: the endpoint to give to a client.
    pub fn url(&self) -> String {
        self.served.url()
    }

    /// One JSON object with the address and all accounts with their keys.
    pub fn description(&self) -> String {
        serde_json::to_string(&self.served.described(None)).unwrap_or_default()
    }

    /// The world behind it.
    pub fn sandbox(&self) -> &Sandbox {
        &self.served.sandbox
    }

    /// Returns the handle that stops the server.
    pub fn handle(&self) -> ServerHandle {
        ServerHandle(self.stop.clone())
    }

    /// Serves until [`ServerHandle::stop`] is called. Requests that are being served then have 5 seconds to end.
    ///
    /// # Errors
    /// Where the system no longer lets it listen.
    pub async fn run(self) -> io::Result<()> {
        self.run_until(std::future::pending()).await
    }

    /// As [`Server::run`], and stops when this future ends.
    ///
    /// # Errors
    /// As [`Server::run`].
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let Self { listener, mut worlds, served, stop: sender } = self;
        let mut stopped = sender.subscribe();
        let mut others = JoinSet::new();
        // The sender lives on here, so this ends only when it is stopped.
        let stopping = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
        let stop = async {
            select(std::pin::pin!(stop), std::pin::pin!(stopping)).await;
        };
        let opening = async {
            while let Some(world) = worlds.recv().await {
                others.spawn(async move {
                    let Opened { listener, served, mut stop } = world;
                    let stopping = async move { drop(stop.wait_for(|stopped| *stopped).await) };
                    drop(serve(listener, served, stopping).await);
                });
            }
        };
        let serving = std::pin::pin!(serve(listener, served, stop));
        let ended = match select(serving, std::pin::pin!(opening)).await {
            Either::Left((ended, _)) => ended,
            Either::Right(((), serving)) => serving.await,
        };
        others.shutdown().await;
        ended
    }
}

/// Serves the connections of a listener until it is stopped.
async fn serve(listener: TcpListener, served: Arc<Served>, stop: impl Future<Output = ()>) -> io::Result<()> {
    let connections = GracefulShutdown::new();
    let open = Open::default();
    {
        let accepting = std::pin::pin!(accept(&listener, &served, &connections, &open));
        select(std::pin::pin!(stop), accepting).await;
    }
    drop(listener);
    // What takes longer is cut.
    let _ = tokio::time::timeout(GRACE, connections.shutdown()).await;
    open.close();
    Ok(())
}

/// Takes connections, for ever.
async fn accept(listener: &TcpListener, served: &Arc<Served>, connections: &GracefulShutdown, open: &Open) {
    loop {
        open.make_place(CONNECTIONS);
        match listener.accept().await {
            Ok((stream, _)) => {
                let progress = Progress::default();
                // Small responses leave at once.
                let _ = stream.set_nodelay(true);
                let task = match served.tls.clone() {
                    None => {
                        let connection = served.clone().connection(stream, connections, progress.clone());
                        tokio::spawn(connection)
                    }
                    Some(tls) => {
                        let (served, progress, watcher) =
                            (served.clone(), progress.clone(), connections.watcher());
                        tokio::spawn(async move {
                            let shaken = tokio::time::timeout(HEAD_LIMIT, tls.accept(stream)).await;
                            if let Ok(Ok(stream)) = shaken {
                                served.connection_of(watcher, stream, progress).await;
                            }
                        })
                    }
                };
                open.add(progress, task.abort_handle());
            }
            // A client that left meanwhile, or too many open files, which the oldest connection gives back.
            Err(_) => {
                open.make_place(open.len());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

impl ServerHandle {
    /// Stops the server.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

/// Completes when the process receives a signal to stop: by Ctrl-C, on Unix also by SIGTERM. From this call
/// on, neither ends the process by itself.
///
/// # Errors
/// Where the system does not report signals.
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            select(std::pin::pin!(interrupt.recv()), std::pin::pin!(terminate.recv())).await;
        })
    }
    #[cfg(not(unix))]
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

impl Served {
    fn new(
        sandbox: Sandbox,
        address: SocketAddr,
        anywhere: bool,
        tls: Option<Arc<tls::Identity>>,
        opened: mpsc::UnboundedSender<Opened>,
    ) -> Self {
        let initial = Mutex::new(Arc::new(sandbox.snapshot()));
        let (moved, worlds) = (Mutex::new(Instant::now()), Mutex::default());
        let waits = Arc::new(SystemClock::default());
        Self {
            sandbox,
            initial,
            address,
            moved,
            waits,
            anywhere,
            tls,
            #[cfg(feature = "webui")]
            web_ui: web_ui::WebUi::default(),
            opened,
            worlds,
        }
    }

    fn url(&self) -> String {
        format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.address)
    }

    /// Serves one connection.
    fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        self: Arc<Self>,
        stream: S,
        connections: &GracefulShutdown,
        progress: Progress,
    ) -> impl Future<Output = ()> + Send + use<S> {
        self.connection_of(connections.watcher(), stream, progress)
    }

    fn connection_of<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        self: Arc<Self>,
        watcher: Watcher,
        stream: S,
        progress: Progress,
    ) -> impl Future<Output = ()> + Send + use<S> {
        let service = service_fn(move |request| {
            let (served, progress) = (self.clone(), progress.clone());
            progress.note();
            async move { served.response(request).await }
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
        let connection = watcher.watch(http.serve_connection(TokioIo::new(stream), service));
        async move {
            // A client that leaves, or a connection that was cut on purpose.
            let _ = connection.await;
        }
    }

    /// Responds to a request. An error cuts the connection.
    async fn response(&self, request: Request<Incoming>) -> Result<ControlResponse, TransportError> {
        self.keep_time();
        let (head, incoming) = request.into_parts();
        let announced = head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        if announced.is_some_and(|length| length.parse().map_or(true, |length: u64| length > LARGEST as u64))
        {
            let mut response = refused(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large");
            // The rest of it is not read.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            return Ok(response);
        }
        let body = match read(incoming).await {
            Ok(body) => body,
            Err(BadBody::TooLarge) => {
                return Ok(refused(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large"));
            }
            Err(BadBody::Broken) => return Err(TransportError::possibly_sent(TransportErrorKind::Broken)),
            Err(BadBody::TooSlow) => {
                return Ok(refused(StatusCode::REQUEST_TIMEOUT, "the request took too long to arrive"));
            }
        };
        if let Some(response) = self.control(&head, &body) {
            return Ok(response);
        }
        #[cfg(feature = "webui")]
        if let Some(response) = self.web_ui(&head, &body).await {
            return Ok(response);
        }
        let request = Request::from_parts(head, Body::Full(body));
        let outcome =
            self.sandbox.exchange(request, Some(OffsetDateTime::now_utc()), self.waits.clone()).await;
        match outcome {
            Ok(response) => Ok(response.map(boxed)),
            Err(error) => {
                if error.kind() == TransportErrorKind::Timeout {
                    tokio::time::sleep(SILENCE).await;
                }
                Err(error)
            }
        }
    }

    /// Moves the sandbox's clock by the time that passed.
    fn keep_time(&self) {
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        self.sandbox.clock().advance(now.duration_since(*moved));
        *moved = now;
    }
}

/// Reason why a body was not read.
enum BadBody {
    TooLarge,
    TooSlow,
    Broken,
}

/// Reads a body. Most bodies are empty or are there already, and cost no timer.
async fn read(incoming: Incoming) -> Result<Bytes, BadBody> {
    if incoming.is_end_stream() {
        return Ok(Bytes::new());
    }
    let mut reading = std::pin::pin!(Limited::new(incoming, LARGEST).collect());
    let read = match reading.as_mut().now_or_never() {
        Some(read) => read,
        None => tokio::time::timeout(BODY_LIMIT, reading).await.map_err(|_| BadBody::TooSlow)?,
    };
    match read {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BadBody::TooLarge),
        Err(_) => Err(BadBody::Broken),
    }
}

fn boxed(body: Body) -> UnsyncBoxBody<Bytes, TransportError> {
    match body {
        Body::Full(bytes) => Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync(),
        Body::Stream { pieces, .. } => {
            StreamBody::new(pieces.map(|piece| piece.map(Frame::data))).boxed_unsync()
        }
    }
}

fn whole(status: StatusCode, content: &'static str, body: impl Into<Bytes>) -> ControlResponse {
    let mut response = Response::new(boxed(Body::Full(body.into())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
    response
}

/// Makes the response to a request that does not reach the sandbox, in the gateway's form.
fn refused(status: StatusCode, message: &str) -> ControlResponse {
    let body = serde_json::json!({"error_code": codes::REQUEST_NOT_CARRIED.as_str(), "error_msg": message});
    whole(status, "application/json", body.to_string())
}
