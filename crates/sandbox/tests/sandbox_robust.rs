//! Tests that hostile and broken clients keep no others out.

#![cfg(feature = "server")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::{net::SocketAddr, time::Duration};

use huaweicloud_partner_sandbox::{Sandbox, Server, ServerHandle};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};

struct Running {
    sandbox: Sandbox,
    address: SocketAddr,
    handle: ServerHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.stop();
    }
}

async fn start() -> Running {
    let sandbox = Sandbox::small_distributor();
    let server = Server::bind(sandbox.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = server.url().strip_prefix("http://").unwrap().parse().unwrap();
    let handle = server.handle();
    tokio::spawn(server.run());
    Running { sandbox, address, handle }
}

impl Running {
    /// Sends these bytes and reads until the server closes, for at most ten seconds.
    async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut response)).await;
        String::from_utf8_lossy(&response).into_owned()
    }

    async fn with_headers(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let response = self.raw(&request).await;
        let (head, body) = response.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{response:?}"));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    async fn control(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let headers = format!("Host: {}\r\nContent-Type: application/json\r\n", self.address);
        self.with_headers(method, path, &headers, body).await
    }

    /// Returns the time in which the server responds that it works.
    async fn health(&self) -> Duration {
        let begin = Instant::now();
        assert_eq!(self.control("GET", "/_sandbox/health", "").await.0, 200);
        begin.elapsed()
    }

    /// Opens this many connections, each with these bytes sent.
    async fn many(&self, count: usize, bytes: &str) -> Vec<TcpStream> {
        let mut streams = Vec::with_capacity(count);
        for _ in 0..count {
            let connected = timeout(Duration::from_secs(5), TcpStream::connect(self.address)).await;
            let mut stream = connected.expect("the server takes connections").unwrap();
            // The server may have closed it for a newer one.
            drop(timeout(Duration::from_secs(5), stream.write_all(bytes.as_bytes())).await);
            streams.push(stream);
        }
        streams
    }
}

#[tokio::test]
async fn six_hundred_half_sent_heads_do_not_keep_others_out() {
    let server = start().await;
    let begin = Instant::now();
    let held = server.many(600, "GET / HTTP/1.1\r\nHost: 127").await;
    let elapsed = server.health().await;
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    // One that goes on, byte by byte, while the server serves others.
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    let request =
        format!("GET /_sandbox/health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    for byte in request.as_bytes() {
        slow.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut response = String::new();
    timeout(Duration::from_secs(5), slow.read_to_string(&mut response)).await.unwrap().unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    drop(held);
}

#[tokio::test]
async fn half_sent_bodies_do_not_keep_others_out() {
    let server = start().await;
    let head = format!(
        "POST /_sandbox/events HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[",
        server.address
    );
    let held = server.many(600, &head).await;
    let elapsed = server.health().await;
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
    drop(held);
}

#[tokio::test]
async fn five_hundred_and_twenty_clients_that_never_read_do_not_keep_others_out() {
    let server = start().await;
    let request = format!("GET /_sandbox/openapi.json HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    let begin = Instant::now();
    let held = server.many(520, &request.repeat(40)).await;
    let elapsed = server.health().await;
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    drop(held);
}

#[tokio::test]
async fn ten_thousand_connections_come_and_go_in_sequence() {
    let server = start().await;
    let request =
        format!("GET /_sandbox/health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    for number in 0..10_000 {
        let connected = timeout(Duration::from_secs(5), TcpStream::connect(server.address)).await;
        let mut stream = connected.unwrap().unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        timeout(Duration::from_secs(5), stream.read_to_string(&mut response)).await.unwrap().unwrap();
        assert!(response.starts_with("HTTP/1.1 200"), "connection {number}: {response}");
    }
    assert!(server.health().await < Duration::from_secs(1));
}

#[tokio::test]
async fn a_huge_length_is_refused_at_once_and_a_missing_one_is_no_body() {
    let server = start().await;
    let host = format!("Host: {}\r\n", server.address);
    for (length, status) in
        [("33554433", "413"), ("99999999999", "413"), ("18446744073709551616", "4"), ("-1", "4"), ("x", "4")]
    {
        let begin = Instant::now();
        for path in ["/v2/partners/sub-customers/query", "/_sandbox/events"] {
            let request = format!(
                "POST {path} HTTP/1.1\r\n{host}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
            );
            let response = server.raw(&request).await;
            assert!(response.starts_with(&format!("HTTP/1.1 {status}")), "{length}: {response}");
        }
        assert!(begin.elapsed() < Duration::from_secs(2), "{length}: {:?}", begin.elapsed());
    }
    for body in ["", "{}"] {
        let begin = Instant::now();
        let request = format!(
            "POST /_sandbox/events HTTP/1.1\r\n{host}Content-Type: application/json\r\nConnection: close\r\n\r\n{body}"
        );
        let response = server.raw(&request).await;
        assert!(response.starts_with("HTTP/1.1 400"), "{response}");
        assert!(begin.elapsed() < Duration::from_secs(2));
    }
    // Chunks that never end are cut at the same size.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!("POST /v2/x HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(1 << 20));
    let mut sent = 0;
    while sent < 64 {
        match timeout(Duration::from_secs(5), stream.write_all(chunk.as_bytes())).await {
            Ok(Ok(())) => sent += 1,
            _ => break,
        }
    }
    assert!(sent < 64, "64 MiB were taken");
    assert!(server.health().await < Duration::from_secs(1));
}

#[tokio::test]
async fn the_control_interface_responds_to_its_own_names_only() {
    let server = start().await;
    let port = server.address.port();
    let event = r#"{"recharge": {"account": "distributor", "amount": 1}}"#;
    let json = "Content-Type: application/json\r\n";
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("evil@evil.example:{port}"),
        "0.0.0.0".to_owned(),
        String::new(),
    ] {
        for (method, path) in [("POST", "/_sandbox/events"), ("GET", "/_sandbox/snapshot"), ("GET", "/")] {
            let headers = format!("Host: {host}\r\n{json}");
            let (status, _) = server.with_headers(method, path, &headers, event).await;
            assert!(matches!(status, 400 | 403), "{host} {method} {path}: {status}");
        }
    }
    for host in [
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        format!("LOCALHOST:{port}"),
    ] {
        let headers = format!("Host: {host}\r\n{json}");
        assert_eq!(server.with_headers("POST", "/_sandbox/events", &headers, event).await.0, 200, "{host}");
    }
}

#[tokio::test]
async fn beyond_loopback_no_page_reaches_the_control_interface_by_a_public_name() {
    let server =
        Server::bind_anywhere(Sandbox::small_distributor(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let server = Running {
        sandbox: server.sandbox().clone(),
        address: server.url().strip_prefix("http://").unwrap().parse().unwrap(),
        handle: {
            let handle = server.handle();
            tokio::spawn(server.run());
            handle
        },
    };
    let event = r#"{"recharge": {"account": "distributor", "amount": 1}}"#;
    let json = "Content-Type: application/json\r\n";
    for (host, browser, status) in [
        // A name of the attacker that leads to this address: the page's origin and the host are the same.
        ("evil.example:8480", "Origin: http://evil.example:8480\r\nSec-Fetch-Site: same-origin\r\n", 403),
        ("evil.example:8480", "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n", 403),
        ("evil.example:8480", "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n", 403),
        ("192.168.7.9:8480", "Origin: http://evil.example\r\n", 403),
        ("192.168.7.9:8480", "Origin: http://192.168.7.9:8480\r\n", 200),
        ("sandbox:8480", "Origin: http://sandbox:8480\r\n", 200),
        ("host.docker.internal", "Sec-Fetch-Site: none\r\n", 200),
        ("sandbox.ci.example.com:8480", "User-Agent: python-requests/2.32\r\n", 200),
    ] {
        let headers = format!("Host: {host}\r\n{json}{browser}");
        let (elapsed, _) = server.with_headers("POST", "/_sandbox/events", &headers, event).await;
        assert_eq!(elapsed, status, "{host} {browser}");
    }
}

#[tokio::test]
async fn connections_that_begin_no_handshake_do_not_keep_others_out() {
    let server = Server::bind(Sandbox::small_distributor(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let server = server.with_tls().unwrap();
    let certificate = reqwest::Certificate::from_pem(server.certificate().unwrap().as_bytes()).unwrap();
    let (url, handle) = (server.url(), server.handle());
    let address: SocketAddr = url.strip_prefix("https://").unwrap().parse().unwrap();
    tokio::spawn(server.run());
    let mut held = Vec::new();
    for _ in 0..600 {
        let connected = timeout(Duration::from_secs(5), TcpStream::connect(address)).await;
        held.push(connected.expect("the server takes connections").unwrap());
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().tls_certs_only([certificate]).no_proxy().build().unwrap();
    let begin = Instant::now();
    let health = client.get(format!("{url}/_sandbox/health")).send().await.unwrap();
    assert_eq!(health.status(), 200);
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    handle.stop();
}

#[tokio::test]
async fn no_page_of_another_origin_triggers_anything() {
    let server = start().await;
    let before = serde_json::to_value(server.sandbox.snapshot()).unwrap();
    let (_, openapi) = server.control("GET", "/_sandbox/openapi.json", "").await;
    let own = format!("Host: {}\r\n", server.address);
    let mut tried = 0;
    for (path, methods) in openapi["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let path = path.replace("{name}", "x");
            let is_page = path == "/";
            for (headers, what) in [
                ("Origin: https://evil.example\r\nContent-Type: application/json\r\n", "another site"),
                ("Origin: http://localhost:3000\r\nContent-Type: application/json\r\n", "another port"),
                ("Origin: null\r\nContent-Type: application/json\r\n", "a sandboxed frame"),
                (
                    "Sec-Fetch-Site: cross-site\r\nContent-Type: application/json\r\n",
                    "another site by its mark",
                ),
                (
                    "Sec-Fetch-Site: same-site\r\nContent-Type: application/json\r\n",
                    "another port by its mark",
                ),
            ] {
                let event = r#"{"seconds": 86400}"#;
                let (status, _) =
                    server.with_headers(&method, &path, &format!("{own}{headers}"), event).await;
                assert_eq!(status, if is_page { 200 } else { 403 }, "{method} {path}: {what}");
                tried += 1;
            }
            // What a form or a script may send without asking first.
            if method == "POST" {
                for content in [
                    "text/plain",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data",
                    "text/plain; application/json",
                ] {
                    let headers = format!("{own}Content-Type: {content}\r\n");
                    let (status, _) = server.with_headers("POST", &path, &headers, "{}").await;
                    assert_eq!(status, 415, "{path}: {content}");
                }
                let (status, _) = server.with_headers("POST", &path, &own, "{}").await;
                assert_eq!(status, 415, "{path} without a type");
            }
        }
        // Asked before, the server permits nothing.
        let asked = format!(
            "OPTIONS {path} HTTP/1.1\r\n{own}Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\
             Access-Control-Request-Headers: content-type\r\nConnection: close\r\n\r\n"
        );
        let response = server.raw(&asked).await;
        assert!(!response.to_lowercase().contains("access-control-allow"), "{path}: {response}");
    }
    assert!(tried > 100, "{tried}");
    let after = serde_json::to_value(server.sandbox.snapshot()).unwrap();
    for part in ["accounts", "ledger", "faults", "vouchers", "tickets"] {
        assert_eq!(before[part], after[part], "{part}");
    }
}

#[tokio::test]
async fn a_damaged_snapshot_is_refused_and_the_server_goes_on() {
    let server = start().await;
    let (_, good) = server.control("GET", "/_sandbox/snapshot", "").await;
    let mut wrong =
        vec![json!(null), json!({}), json!([]), json!(7), json!("everyone"), json!({"ledger": null})];
    for now in ["0000-01-01T00:00:00Z", "1960-05-06T01:00:00Z", "9999-12-31T23:59:59Z"] {
        let mut damaged = good.clone();
        damaged["now"] = json!(now);
        wrong.push(damaged);
    }
    let mut richer = good.clone();
    richer["ledger"]["balances"]["cash/distributor"] = json!("1000000");
    wrong.push(richer);
    for damaged in wrong {
        for (path, body) in [
            ("/_sandbox/snapshot", damaged.clone()),
            ("/_sandbox/worlds", json!({"name": "damaged", "world": damaged})),
        ] {
            // No world at all, or null in place of one, opens a copy of the first.
            if path.ends_with("worlds") && matches!(damaged, Value::Null | Value::String(_)) {
                continue;
            }
            let (status, _) = server.control("POST", path, &body.to_string()).await;
            assert_eq!(status, 400, "{path}: {}", damaged.to_string().chars().take(100).collect::<String>());
        }
        assert!(server.health().await < Duration::from_secs(1));
        assert_eq!(server.control("GET", "/_sandbox/accounts", "").await.0, 200);
    }
    assert_eq!(server.control("POST", "/_sandbox/snapshot", &good.to_string()).await.0, 200);
}
