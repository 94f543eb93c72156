//! Tests of the integration points: client certificates, HTTP/2, proxies, a caller's HTTP client, tower,
//! middleware, headers and time limits, a limit of concurrency, and builds without a C compiler and for
//! WebAssembly.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::{BoxFuture, join_all};
use http::{HeaderName, HeaderValue, Request, Response};
use http_body_util::Full;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    auth::Credentials,
    client::{CallOptions, Middleware, OutgoingCall, RetryPolicy},
    clock::ManualClock,
    operation::{Idempotency, Service as Huawei},
    resellers::{AllocateToReseller, ListResellers},
    testing::MockTransport,
    transport::{Body, HttpTransport, TowerTransport, Transport, TransportError},
    types::Site,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use support::{
    certificates::Authority,
    server::{Server, read_request},
};
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;
use tower_service::Service;

const PAGE: &str = r#"{"count":0,"indirect_partners":[]}"#;

fn client(transport: impl Transport + 'static, url: &str) -> Client {
    Client::builder(Site::China)
        .credentials(Credentials::keys("AK", "SK"))
        .endpoint(Huawei::Business, url)
        .transport(transport)
        .options(CallOptions::new().retry(RetryPolicy::NEVER))
        .build()
        .unwrap()
}

async fn encrypted(tls: TlsAcceptor) -> Server {
    Server::on_connection(move |stream| {
        let tls = tls.clone();
        async move {
            let Ok(mut stream) = tls.accept(stream).await else { return };
            if read_request(&mut stream).await.is_some() {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{PAGE}", PAGE.len());
                let _ = stream.write_all(head.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_a_server_that_asks_for_one() {
    let authority = Authority::new();
    let server = encrypted(authority.server_with("localhost", &["http/1.1"], true)).await;
    let url = format!("https://localhost:{}", server.port());
    let (certificate, key) = authority.client("partner");
    let transport = HttpTransport::builder()
        .only_roots(authority.pem())
        .client_certificate(certificate, key)
        .build()
        .unwrap();
    client(transport, &url).send(&ListResellers::new()).await.unwrap();

    let anonymous = HttpTransport::builder().only_roots(authority.pem()).build().unwrap();
    client(anonymous, &url).send(&ListResellers::new()).await.unwrap_err();
    let (certificate, key) = Authority::new().client("stranger");
    let stranger = HttpTransport::builder()
        .only_roots(authority.pem())
        .client_certificate(certificate, key)
        .build()
        .unwrap();
    client(stranger, &url).send(&ListResellers::new()).await.unwrap_err();
}

#[tokio::test]
async fn the_program_chooses_the_cryptography_of_tls() {
    let authority = Authority::new();
    let tls = authority.server_with("localhost", &["http/1.1"], false);
    let negotiated = Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = Arc::clone(&negotiated);
    let server = Server::on_connection(move |stream| {
        let (tls, kept) = (tls.clone(), Arc::clone(&kept));
        async move {
            let Ok(mut stream) = tls.accept(stream).await else { return };
            let suite = stream.get_ref().1.negotiated_cipher_suite().unwrap().suite();
            kept.lock().unwrap().push(suite);
            if read_request(&mut stream).await.is_some() {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{PAGE}", PAGE.len());
                let _ = stream.write_all(head.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    })
    .await;
    let url = format!("https://localhost:{}", server.port());
    let suites =
        [rustls::CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, rustls::CipherSuite::TLS13_AES_256_GCM_SHA384];
    for suite in suites {
        let mut provider = rustls::crypto::ring::default_provider();
        provider.cipher_suites.retain(|offered| offered.suite() == suite);
        let transport =
            HttpTransport::builder().only_roots(authority.pem()).crypto(provider).build().unwrap();
        client(transport, &url).send(&ListResellers::new()).await.unwrap();
    }
    assert_eq!(*negotiated.lock().unwrap(), suites);
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_offers_it() {
    let authority = Authority::new();
    let tls = authority.server_with("localhost", &["h2", "http/1.1"], false);
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    let server = Server::on_connection(move |stream| {
        let (tls, counter) = (tls.clone(), Arc::clone(&counter));
        async move {
            let Ok(stream) = tls.accept(stream).await else { return };
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
            counter.fetch_add(1, Ordering::Relaxed);
            let service =
                hyper::service::service_fn(|request: hyper::Request<hyper::body::Incoming>| async move {
                    assert_eq!(request.version(), http::Version::HTTP_2);
                    assert!(request.headers().contains_key("authorization"));
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(PAGE.as_bytes()))))
                });
            let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    })
    .await;
    let transport = HttpTransport::builder().only_roots(authority.pem()).build().unwrap();
    let client = client(transport, &format!("https://localhost:{}", server.port()));
    client.send(&ListResellers::new()).await.unwrap();
    let list = ListResellers::new();
    for outcome in join_all((0..10).map(|_| client.send(&list))).await {
        outcome.unwrap();
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1, "all calls share one connection");

    let old = encrypted(authority.server_with("localhost", &["http/1.1"], false)).await;
    let transport = HttpTransport::builder().only_roots(authority.pem()).build().unwrap();
    let url = format!("https://localhost:{}", old.port());
    self::client(transport, &url).send(&ListResellers::new()).await.unwrap();
}

#[tokio::test]
async fn a_client_of_the_program_carries_the_calls() {
    let server =
        Server::responding(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{PAGE}", PAGE.len())).await;
    let own = || {
        reqwest::Client::builder()
            .tls_backend_preconfigured(
                rustls::ClientConfig::builder_with_provider(Arc::new(
                    rustls::crypto::ring::default_provider(),
                ))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth(),
            )
            .no_proxy()
    };
    let transport = HttpTransport::with_client(own().user_agent("own/1").build().unwrap());
    client(transport, &server.url("")).send(&ListResellers::new()).await.unwrap();
    assert_eq!(server.requests(), 1);

    // One that follows redirects would let a response of another address pass for the service's.
    let target = server.url("/v2/elsewhere");
    let redirecting =
        Server::responding(format!("HTTP/1.1 307 X\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n"))
            .await;
    let transport = HttpTransport::with_client(own().build().unwrap());
    let transfer = AllocateToReseller::new("r1", "1".parse().unwrap());
    let error = client(transport, &redirecting.url("")).send(&transfer).await.unwrap_err();
    assert!(error.may_have_been_executed(), "{error}");
}

/// A stack of tower's layers, as a program would build one.
#[derive(Clone)]
struct Stack {
    ready: Result<(), &'static str>,
    response: Result<&'static str, &'static str>,
    seen: Arc<AtomicUsize>,
}

impl Service<Request<Body>> for Stack {
    type Response = Response<Full<Bytes>>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(self.ready.map_err(Into::into))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        assert!(request.headers().contains_key("authorization"), "signed already");
        self.seen.fetch_add(1, Ordering::Relaxed);
        let response = self.response;
        Box::pin(async move { Ok(Response::new(Full::new(Bytes::from_static(response?.as_bytes())))) })
    }
}

fn stack() -> Stack {
    Stack { ready: Ok(()), response: Ok(PAGE), seen: Arc::default() }
}

#[tokio::test]
async fn a_service_of_tower_is_a_transport() {
    let (url, transfer) = ("https://bss.example", AllocateToReseller::new("r1", "1".parse().unwrap()));
    let fine = stack();
    let page = client(TowerTransport::new(fine.clone()), url).send(&ListResellers::new()).await.unwrap();
    assert_eq!((page.count, fine.seen.load(Ordering::Relaxed)), (Some(0), 1));
    let broken = Stack { response: Err("circuit open"), ..stack() };
    let error = client(TowerTransport::new(broken), url).send(&transfer).await.unwrap_err();
    assert!(error.may_have_been_executed(), "{error}");
    let unready = Stack { ready: Err("overloaded"), ..stack() };
    let error = client(TowerTransport::new(unready), url).send(&transfer).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_executed()), (ErrorKind::NotSent, false), "{error}");
}

#[tokio::test]
async fn the_client_is_a_service_of_tower() {
    let mut client = client(TowerTransport::new(stack()), "https://bss.example");
    std::future::poll_fn(|context| Service::<ListResellers>::poll_ready(&mut client, context)).await.unwrap();
    assert_eq!(client.call(ListResellers::new()).await.unwrap().count, Some(0));
}

#[tokio::test]
async fn a_client_of_hyper_is_a_transport_and_layers_stand_around_the_client() {
    let server =
        Server::responding(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{PAGE}", PAGE.len())).await;
    let hyper = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http::<Body>();
    let client = client(TowerTransport::new(hyper), &server.url(""));
    let layered = tower::ServiceBuilder::new().concurrency_limit(2).service(client);
    let page = tower::ServiceExt::oneshot(layered, ListResellers::new()).await.unwrap();
    assert_eq!((page.count, server.requests()), (Some(0), 1));
}

/// Adds a header to reads, refuses writes, and counts.
#[derive(Clone, Debug, Default)]
struct Gate(Arc<AtomicUsize>);

#[async_trait::async_trait]
impl Middleware for Gate {
    async fn before_call(&self, call: &mut OutgoingCall<'_>) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::SeqCst);
        if call.meta().idempotency != Idempotency::ReadOnly {
            return Err(Error::new(ErrorKind::InvalidInput, call.meta().name, "only reads are allowed here"));
        }
        assert_eq!(call.site(), Site::China);
        call.set_header(HeaderName::from_static("x-tenant"), HeaderValue::from_static("north"));
        Ok(())
    }
}

#[tokio::test]
async fn middleware_sees_each_call_once_and_adds_signed_headers_or_refuses() {
    let mock = MockTransport::new();
    let busy = || Response::builder().status(503).body("busy").unwrap();
    let list = mock.on_any::<ListResellers>().respond_raw(busy()).respond_raw(Response::new(PAGE));
    let transfers = mock.on_any::<AllocateToReseller>().respond_raw(busy());
    let gate = Gate::default();
    let client = Client::builder(Site::China)
        .credentials(Credentials::keys("AK", "SK"))
        .transport(mock.clone())
        .clock(ManualClock::at(time::OffsetDateTime::UNIX_EPOCH))
        .middleware(gate.clone())
        .build()
        .unwrap();
    client.send(&ListResellers::new()).await.unwrap();
    assert_eq!((list.calls(), gate.0.load(Ordering::SeqCst)), (2, 1), "once for both attempts");
    for request in mock.requests() {
        let authorization = request.headers()["authorization"].to_str().unwrap();
        assert!(authorization.contains("x-tenant") && request.headers()["x-tenant"] == "north");
    }
    let transfer = AllocateToReseller::new("r1", "1".parse().unwrap());
    let error = client.send(&transfer).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_executed()), (ErrorKind::InvalidInput, false), "{error}");
    client.prepare(&transfer).await.unwrap_err();
    assert_eq!(transfers.calls(), 0);
    assert_eq!(client.prepare(&ListResellers::new()).await.unwrap().headers()["x-tenant"], "north");
}

#[tokio::test]
async fn headers_of_one_view_are_signed_and_stay_there() {
    let mock = MockTransport::new();
    mock.on_any::<ListResellers>().respond_raw(Response::new(PAGE));
    let client = Client::for_test(mock.clone());
    let header = (HeaderName::from_static("x-tenant"), HeaderValue::from_static("south"));
    let view = client.with(CallOptions::new().header(header.0, header.1));
    view.send(&ListResellers::new()).await.unwrap();
    client.send(&ListResellers::new()).await.unwrap();
    let [with, without] = mock.requests().try_into().unwrap_or_else(|_| panic!("two requests"));
    assert_eq!(with.headers()["x-tenant"], "south");
    assert!(with.headers()["authorization"].to_str().unwrap().contains("x-tenant"));
    assert!(!without.headers().contains_key("x-tenant"));
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_given_up_and_only_a_read_is_sent_again() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    // The first request and every transfer stay without a response.
    let server = Server::on_connection(move |mut stream| {
        let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            let Some(request) = read_request(&mut stream).await else { return };
            if first || String::from_utf8_lossy(&request).contains("amount") {
                return tokio::time::sleep(Duration::from_secs(60)).await;
            }
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{PAGE}", PAGE.len());
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    let client = Client::builder(Site::China)
        .credentials(Credentials::keys("AK", "SK"))
        .endpoint(Huawei::Business, server.url(""))
        .options(
            CallOptions::new().attempt_timeout(Duration::from_millis(300)).deadline(Duration::from_secs(30)),
        )
        .build()
        .unwrap();
    let started = std::time::Instant::now();
    client.send(&ListResellers::new()).await.unwrap();
    assert_eq!(connections.load(Ordering::SeqCst), 2);
    let transfer = AllocateToReseller::new("r1", "1".parse().unwrap());
    let error = client.send(&transfer).await.unwrap_err();
    assert!(error.may_have_been_executed(), "{error}");
    assert_eq!(connections.load(Ordering::SeqCst), 3, "the transfer was sent once");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_call_goes_through_a_proxy_with_a_password_and_stays_encrypted() {
    let authority = Authority::new();
    let service = encrypted(authority.server_with("bss.example", &["http/1.1"], false)).await;
    let asked = Arc::new(std::sync::Mutex::new(String::new()));
    let (heads, port) = (Arc::clone(&asked), service.port());
    let proxy = Server::on_connection(move |mut stream| {
        let heads = Arc::clone(&heads);
        async move {
            let Some(head) = read_request(&mut stream).await else { return };
            heads.lock().unwrap().push_str(&String::from_utf8_lossy(&head).to_lowercase());
            let mut target = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut target).await;
        }
    })
    .await;
    let transport = HttpTransport::builder()
        .only_roots(authority.pem())
        .proxy(format!("http://user:secret@127.0.0.1:{}", proxy.port()))
        .build()
        .unwrap();
    client(transport, "https://bss.example").send(&ListResellers::new()).await.unwrap();
    let asked = asked.lock().unwrap();
    assert!(asked.starts_with("connect bss.example:443 http/1.1\r\n"), "{asked}");
    assert!(asked.contains("proxy-authorization: basic "), "{asked}");
    assert!(!asked.contains("sdk-hmac-sha256") && !asked.contains("/v2/partners"), "{asked}");
}

#[derive(Debug, Default)]
struct Counting {
    now: AtomicUsize,
    most: AtomicUsize,
}

#[async_trait::async_trait]
impl Transport for Counting {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, TransportError> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        Ok(Response::new(PAGE.into()))
    }
}

#[tokio::test]
async fn no_more_attempts_than_allowed_are_under_way_at_once() {
    let transport = Arc::new(Counting::default());
    let builder = || {
        Client::builder(Site::China)
            .credentials(Credentials::keys("AK", "SK"))
            .transport(Arc::clone(&transport))
            .options(CallOptions::new().rate_limiter(huaweicloud_partner::client::NoRateLimit))
    };
    let client = builder().concurrency_limit(3).build().unwrap();
    let list = ListResellers::new();
    for outcome in join_all((0..20).map(|_| client.send(&list))).await {
        outcome.unwrap();
    }
    assert_eq!(transport.most.load(Ordering::SeqCst), 3);

    // A write that waits for its place until its deadline was not sent.
    let busy = builder().concurrency_limit(1).build().unwrap();
    let hurried = busy.with(CallOptions::new().deadline(Duration::from_millis(5)));
    let (read, transfer) = (ListResellers::new(), AllocateToReseller::new("r1", "1".parse().unwrap()));
    let (first, second) = tokio::join!(busy.send(&read), hurried.send(&transfer));
    first.unwrap();
    let error = second.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_executed()), (ErrorKind::TimedOut, false), "{error}");
    busy.send(&read).await.unwrap();
}

/// The key is empty where there are no random numbers, as in WebAssembly without a generator.
#[tokio::test]
async fn a_write_whose_key_is_empty_is_refused_before_it_is_sent() {
    use huaweicloud_partner::enterprise::TransferToMember;

    let mock = MockTransport::new();
    let mut transfer = TransferToMember::new("member-1", "10");
    assert_eq!(transfer.trans_id.len(), 32);
    transfer.trans_id.clear();
    let error = Client::for_test(mock.clone()).send(&transfer).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert!(mock.requests().is_empty());
}

#[test]
fn without_ring_no_c_compiler_is_needed() {
    let tree = |features: &str| {
        let cargo = std::process::Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--locked", "-e", "normal,build", "--prefix", "none"])
            .args(["--no-default-features", "--features", features])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
        String::from_utf8(cargo.stdout).unwrap()
    };
    let needs_c = |tree: &str| {
        let c = ["cc ", "cmake ", "ring ", "aws-lc-sys ", "openssl-sys "];
        tree.lines().find(|line| c.iter().any(|name| line.starts_with(name))).map(str::to_owned)
    };
    assert_eq!(needs_c(&tree("reqwest,http2,blocking,tower,webui,sm3,tracing")), None);
    assert!(needs_c(&tree("ring")).is_some(), "the check sees what needs C");
}

#[test]
fn without_features_nothing_in_the_way_of_webassembly_is_depended_on() {
    let cargo = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-e", "normal,build", "--prefix", "none", "-f", "{p} [{f}]"])
        .args(["--no-default-features", "--target", "wasm32-unknown-unknown"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let tree = String::from_utf8(cargo.stdout).unwrap();
    // What needs threads, sockets, a C compiler or a browser.
    for name in ["tokio ", "mio ", "socket2 ", "libc ", "ring ", "cc ", "wasm-bindgen ", "js-sys "] {
        assert!(!tree.lines().any(|line| line.starts_with(name)), "{name} in {tree}");
    }
    // `getrandom` refuses to compile there unless the program may choose the generator.
    let generator = tree.lines().find(|line| line.starts_with("getrandom v0.2")).unwrap();
    assert!(generator.contains("custom"), "{generator}");
}
