//! Tests of the HTTP transport against servers that fail in every way: the reported kind of failure, and
//! whether the request may have been executed.
#![cfg(feature = "reqwest")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)] // tests

mod support;

use std::{io::Write as _, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{Request, Response, StatusCode};
use huaweicloud_partner::transport::{
    Body, HttpTransport, HttpTransportBuilder, Transport as _, TransportError, TransportErrorKind as Kind,
};
use support::{
    certificates::{Authority, self_made_server},
    server::{Server, closed_port, read_request},
};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
const SHORT: Duration = Duration::from_millis(300);

/// Trusts one authority that signed nothing, so that no test depends on the machine's certificate store.
fn builder() -> HttpTransportBuilder {
    HttpTransport::builder().only_roots(Authority::new().pem()).read_timeout(Duration::from_secs(5))
}

fn post(url: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(url).header("content-type", "application/json").body(body.into()).unwrap()
}

async fn send(builder: HttpTransportBuilder, url: &str) -> Result<Response<Body>, TransportError> {
    builder.build().unwrap().send(post(url, r#"{"amount":1.00}"#)).await
}

async fn read(builder: HttpTransportBuilder, url: &str, limit: usize) -> Result<Bytes, TransportError> {
    send(builder, url).await?.into_body().collect(limit).await
}

#[track_caller]
fn assert_fails<T>(outcome: Result<T, TransportError>, kind: Kind, may_have_been_sent: bool) {
    match outcome {
        Ok(_) => panic!("a response came"),
        Err(error) => {
            assert_eq!((error.kind(), error.may_have_been_sent()), (kind, may_have_been_sent), "{error:?}")
        }
    }
}

/// Ends the connection with a reset instead of a proper end.
fn reset(stream: TcpStream) {
    stream.set_zero_linger().unwrap();
    drop(stream);
}

#[tokio::test]
async fn nothing_listens() {
    let url = format!("http://{}/v2/x", closed_port().await);
    assert_fails(send(builder(), &url).await, Kind::Connect, false);
}

#[tokio::test]
async fn the_name_is_unknown() {
    let url = "https://name-that-is-not-there.invalid/";
    assert_fails(send(builder().no_proxy(), url).await, Kind::Connect, false);
}

#[tokio::test]
async fn no_connection_within_the_limit() {
    // A TLS server that never says a word: the limit covers the handshake.
    let server = Server::on_connection(|stream| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(stream);
    })
    .await;
    let url = format!("https://localhost:{}/", server.port());
    assert_fails(send(builder().connect_timeout(SHORT), &url).await, Kind::Connect, false);
    // Also where another limit is the shorter one. A tenth of it is between the two, so it must not be too
    // short for a busy machine.
    let second = Duration::from_secs(1);
    assert_fails(send(builder().read_timeout(second), &url).await, Kind::Connect, false);
    assert_fails(send(builder().timeout(second), &url).await, Kind::Connect, false);
}

#[tokio::test]
async fn reset_before_the_request_is_read() {
    let server = Server::on_connection(|stream| async move {
        stream.readable().await.unwrap();
        reset(stream);
    })
    .await;
    assert_fails(send(builder(), &server.url("/")).await, Kind::Broken, true);
}

#[tokio::test]
async fn reset_after_the_request_was_read() {
    let server = Server::on_connection(|mut stream| async move {
        read_request(&mut stream).await;
        reset(stream);
    })
    .await;
    assert_fails(send(builder(), &server.url("/")).await, Kind::Broken, true);
}

#[tokio::test]
async fn a_connection_closed_without_a_response_is_broken() {
    let server = Server::responding(b"").await;
    assert_fails(send(builder(), &server.url("/")).await, Kind::Broken, true);
    assert_eq!(server.requests(), 1, "a request must never be repeated by the transport");
}

/// The connection is kept and reused; the server ends it just as the second request arrives.
#[tokio::test]
async fn a_reused_connection_that_breaks_is_not_tried_again() {
    let server = Server::on_connection(|mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(OK).await.unwrap();
        if read_request(&mut stream).await.is_some() {
            reset(stream);
        }
    })
    .await;
    let transport = builder().build().unwrap();
    let url = server.url("/");
    let first = transport.send(post(&url, "{}")).await.unwrap();
    assert_eq!(first.into_body().collect(10).await.unwrap(), "{}");
    assert_fails(transport.send(post(&url, "{}")).await, Kind::Broken, true);
}

/// A device on the way leaves a second response on the connection, as soon as the first was read.
#[tokio::test]
async fn outcome_response_left_over_on_a_connection_is_not_that_of_the_next_write() {
    const FORGED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
    let server = Server::on_connection(|mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            stream.write_all(OK).await.unwrap();
            let _ = stream.write_all(FORGED).await;
        }
    })
    .await;
    let url = server.url("/");
    // With a connection for each request whenever it arrives; on a kept one where it arrives before the next request.
    for (idle, pause) in [(0, 0), (32, 200)] {
        let transport = builder().pool_max_idle_per_host(idle).build().unwrap();
        for _ in 0..20 {
            let response = transport.send(post(&url, "{}")).await.unwrap();
            assert_eq!(response.into_body().collect(10).await.unwrap(), "{}", "{idle} connections are kept");
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }
}

#[tokio::test]
async fn the_head_never_comes() {
    let server = Server::on_connection(|mut stream| async move {
        read_request(&mut stream).await;
        tokio::time::sleep(Duration::from_secs(30)).await;
    })
    .await;
    assert_fails(send(builder().read_timeout(SHORT), &server.url("/")).await, Kind::Timeout, true);
    assert_fails(send(builder().timeout(SHORT), &server.url("/")).await, Kind::Timeout, true);
}

#[tokio::test]
async fn the_body_stops() {
    let server = Server::on_connection(|mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\"").await.unwrap();
        tokio::time::sleep(Duration::from_secs(30)).await;
    })
    .await;
    assert_fails(read(builder().read_timeout(SHORT), &server.url("/"), 100).await, Kind::Timeout, true);
    assert_fails(read(builder().timeout(SHORT), &server.url("/"), 100).await, Kind::Timeout, true);
}

/// A slow body that keeps coming passes the read limit but not the overall one.
#[tokio::test]
async fn the_read_timeout_counts_from_piece_to_piece() {
    let server = Server::on_connection(|mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n").await.unwrap();
        for piece in [b"ab", b"cd", b"ef"] {
            tokio::time::sleep(SHORT).await;
            if stream.write_all(piece).await.is_err() {
                return;
            }
        }
    })
    .await;
    let url = server.url("/");
    assert_eq!(read(builder().read_timeout(SHORT * 2), &url, 100).await.unwrap(), "abcdef");
    assert_fails(read(builder().timeout(SHORT * 2), &url, 100).await, Kind::Timeout, true);
}

#[tokio::test]
async fn limits_that_never_pass_are_no_limits() {
    for most in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(u64::MAX / 2)] {
        let without_end =
            || builder().connect_timeout(most).read_timeout(most).timeout(most).pool_idle_timeout(most);
        let server = Server::responding(OK).await;
        assert_eq!(read(without_end(), &server.url("/"), usize::MAX).await.unwrap(), "{}");
        let body = Body::stream(stream::iter([Ok(Bytes::from_static(b"{}"))]), Some(2));
        let sent = without_end().build().unwrap().send(post(&server.url("/"), body)).await.unwrap();
        assert_eq!(sent.status(), StatusCode::OK, "{most:?}");
    }
}

/// An upload that takes longer than the read limit, but never rests for so long.
#[tokio::test]
async fn an_upload_that_moves_is_not_idle() {
    let server = Server::responding(OK).await;
    let pieces = stream::iter(["{\"a\"", ":1", "}"]).then(|piece| async move {
        tokio::time::sleep(SHORT / 2).await;
        Ok(Bytes::from_static(piece.as_bytes()))
    });
    let body = Body::stream(pieces, Some(7));
    let transport = builder().read_timeout(SHORT).build().unwrap();
    let response = transport.send(post(&server.url("/"), body)).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn an_upload_of_unknown_length_arrives() {
    let server = Server::responding(OK).await;
    let body =
        Body::stream(stream::iter([Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))]), None);
    let response = builder().build().unwrap().send(post(&server.url("/"), body)).await.unwrap();
    assert_eq!((response.status(), server.requests()), (StatusCode::OK, 1));
}

#[tokio::test]
async fn the_body_is_cut_off() {
    let server = Server::responding(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\"").await;
    assert_fails(read(builder(), &server.url("/"), 100).await, Kind::Broken, true);
    let chunked =
        Server::responding(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n").await;
    assert_fails(read(builder(), &chunked.url("/"), 100).await, Kind::Broken, true);
}

#[tokio::test]
async fn what_comes_is_not_http() {
    let head = Server::responding(b"SSH-2.0-OpenSSH_9.6\r\n\r\n").await;
    assert_fails(send(builder(), &head.url("/")).await, Kind::Malformed, true);
    let chunk = Server::responding(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").await;
    assert_fails(read(builder(), &chunk.url("/"), 100).await, Kind::Malformed, true);
    let gzip = Server::responding(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\nnot gzip at all"[..]
            .to_vec(),
    )
    .await;
    assert_fails(read(builder(), &gzip.url("/"), 100).await, Kind::Malformed, true);
}

#[tokio::test]
async fn an_oversized_body_is_not_read() {
    let announced = Server::responding(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n").await;
    assert_fails(read(builder(), &announced.url("/"), 1_000_000).await, Kind::TooLarge, true);
    // Without an announcement the limit is met on the way: the server would go on for ever.
    let endless = Server::on_connection(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 16_384]).await.is_ok() {}
    })
    .await;
    assert_fails(read(builder(), &endless.url("/"), 1_000_000).await, Kind::TooLarge, true);
}

/// 64 MiB of zeros in a few hundred kB: the limit counts what comes out, piece by piece.
#[tokio::test]
async fn a_gzip_bomb_stops_at_the_limit() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..64 {
        gzip.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = gzip.finish().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bomb.len());
    assert!(bomb.len() < 1 << 20, "the compressed form must pass the limit: {}", bomb.len());
    let server = Server::responding([head.as_bytes(), bomb.as_slice()].concat()).await;

    let body = send(builder(), &server.url("/")).await.unwrap().into_body();
    assert_eq!(body.length(), None, "the compressed length says nothing");
    assert_fails(body.collect(1 << 20).await, Kind::TooLarge, true);

    // No single piece is large, so the memory in use stays near the limit.
    let mut pieces = send(builder(), &server.url("/")).await.unwrap().into_body().into_stream();
    let (mut largest, mut all) = (0, 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.unwrap().len();
        (largest, all) = (largest.max(piece), all + piece);
    }
    assert_eq!(all, 64 << 20);
    assert!(largest <= 1 << 16, "{largest}");
}

#[tokio::test]
async fn a_page_of_html_is_a_response() {
    let server = Server::responding(
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
    )
    .await;
    let response = send(builder(), &server.url("/")).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(response.headers()["content-type"], "text/html");
    assert_eq!(response.into_body().collect(100).await.unwrap(), "<html></html>");
}

#[tokio::test]
async fn a_redirect_is_a_response_and_not_followed() {
    let target = Server::responding(OK).await;
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let head = format!(
            "HTTP/1.1 {status}\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
            target.url("/elsewhere")
        );
        let server = Server::responding(head).await;
        let response = send(builder(), &server.url("/")).await.unwrap();
        assert!(response.status().is_redirection());
        assert_eq!(response.headers()["location"], target.url("/elsewhere"));
    }
    assert_eq!(target.requests(), 0);
}

#[tokio::test]
async fn own_roots_are_trusted() {
    let authority = Authority::new();
    let server = Server::responding_over_tls(authority.server("localhost"), OK).await;
    let url = format!("https://localhost:{}/", server.port());
    assert_eq!(read(builder().only_roots(authority.pem()), &url, 10).await.unwrap(), "{}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_certificate_that_is_not_right_is_refused_before_anything_is_sent() {
    let authority = Authority::new();
    for (why, tls) in [
        ("wrong name", authority.server("other.example")),
        ("expired", authority.expired_server("localhost")),
        ("self-made", self_made_server("localhost")),
        ("of an unknown authority", Authority::new().server("localhost")),
    ] {
        let server = Server::responding_over_tls(tls, OK).await;
        let url = format!("https://localhost:{}/", server.port());
        let outcome = send(builder().only_roots(authority.pem()), &url).await;
        let error = outcome.map(|_| ()).expect_err(why);
        assert_eq!((error.kind(), error.may_have_been_sent()), (Kind::Tls, false), "{why}: {error:?}");
        assert_eq!(server.requests(), 0, "{why}");
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing() {
    let server = Server::on_connection(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        tokio::time::sleep(SHORT).await;
    })
    .await;
    let url = format!("https://localhost:{}/", server.port());
    assert_fails(send(builder(), &url).await, Kind::Tls, false);
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused_at_once() {
    let started = std::time::Instant::now();
    for url in ["http://192.0.2.1/v2/x", "http://bss.example/v2/x"] {
        assert_fails(send(builder(), url).await, Kind::Unsupported, false);
    }
    assert!(started.elapsed() < Duration::from_secs(1), "no connection may be tried");
}

/// A proxy sees requests for other machines and never those for this one.
#[tokio::test]
async fn a_proxy_is_asked_for_other_machines_only() {
    let proxy = Server::responding(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    let server = Server::responding(OK).await;
    let through = || builder().proxy(proxy.url(""));
    assert_eq!(send(through(), &server.url("/")).await.unwrap().status(), StatusCode::OK);
    assert_eq!((proxy.requests(), server.requests()), (0, 1));
    // The tunnel is refused, so the request itself never left.
    assert_fails(send(through(), "https://bss.example/").await, Kind::Connect, false);
    assert_eq!(proxy.requests(), 1);
}

#[tokio::test]
async fn the_request_arrives_as_it_was_made() {
    let (seen, mut requests) = tokio::sync::mpsc::channel(1);
    let server = Server::on_connection(move |mut stream| {
        let seen = seen.clone();
        async move {
            let request = read_request(&mut stream).await.unwrap();
            stream.write_all(OK).await.unwrap();
            seen.send(String::from_utf8(request).unwrap()).await.unwrap();
        }
    })
    .await;
    let url = server.url("/v2/a%2Fb?x=a%20b&y=%C3%A9");
    let request = Request::post(&url)
        .header("host", "signed.example")
        .header("x-sdk-date", "20260501T000000Z")
        .body(Body::from("{\"a\":1.10}"))
        .unwrap();
    let transport = builder().product("billing-robot/2.1").build().unwrap();
    transport.send(request).await.unwrap().into_body().collect(10).await.unwrap();

    let request = requests.recv().await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("POST /v2/a%2Fb?x=a%20b&y=%C3%A9 HTTP/1.1"));
    let mut headers: Vec<_> = lines.collect();
    headers.sort_unstable();
    let agent = format!("user-agent: billing-robot/2.1 huaweicloud-partner/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        headers,
        [
            "accept-encoding: gzip",
            "accept: */*",
            "content-length: 10",
            "host: signed.example",
            &agent,
            "x-sdk-date: 20260501T000000Z"
        ]
    );
    assert_eq!(body, "{\"a\":1.10}");
}

#[tokio::test]
async fn post_and_put_say_how_long_their_body_is_also_where_it_is_empty() {
    for (method, body, length) in [
        ("POST", "", Some("content-length: 0")),
        ("PUT", "", Some("content-length: 0")),
        ("POST", "{}", Some("content-length: 2")),
        ("PUT", "{}", Some("content-length: 2")),
        ("GET", "", None),
        ("DELETE", "", None),
    ] {
        let (seen, mut requests) = tokio::sync::mpsc::channel(1);
        let server = Server::on_connection(move |mut stream| {
            let seen = seen.clone();
            async move {
                let request = read_request(&mut stream).await.unwrap();
                stream.write_all(OK).await.unwrap();
                seen.send(String::from_utf8(request).unwrap()).await.unwrap();
            }
        })
        .await;
        let request =
            Request::builder().method(method).uri(server.url("/v2/x")).body(Body::from(body)).unwrap();
        builder().build().unwrap().send(request).await.unwrap();
        let request = requests.recv().await.unwrap().to_lowercase();
        let said = request.lines().find(|line| line.starts_with("content-length"));
        assert_eq!(said, length, "{method} {body}: {request}");
        assert!(!request.contains("transfer-encoding"), "{method} {body}: {request}");
    }
}

/// Checks that personal parts of an address appear in no error.
#[tokio::test]
async fn errors_do_not_show_the_address() {
    let url = format!("http://{}/v2/x?mobile=marker", closed_port().await);
    let error = send(builder(), &url).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("marker"), "{error:?}");
}
