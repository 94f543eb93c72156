//! Tests of the integration points: client certificates, HTTP/2, a caller's HTTP client, tower, a limit of
//! concurrency, and a build that needs no C compiler.

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
use http::{Request, Response};
use http_body_util::Full;
use huaweicloud_partner::{
    Client, ErrorKind,
    auth::Credentials,
    client::{CallOptions, RetryPolicy},
    operation::Service as Huawei,
    resellers::{AllocateToReseller, ListResellers},
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

    // A write that waits for its place until its deadline was certainly not sent.
    let busy = builder().concurrency_limit(1).build().unwrap();
    let hurried = busy.with(CallOptions::new().deadline(Duration::from_millis(5)));
    let (read, transfer) = (ListResellers::new(), AllocateToReseller::new("r1", "1".parse().unwrap()));
    let (first, second) = tokio::join!(busy.send(&read), hurried.send(&transfer));
    first.unwrap();
    let error = second.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_executed()), (ErrorKind::TimedOut, false), "{error}");
    busy.send(&read).await.unwrap();
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
