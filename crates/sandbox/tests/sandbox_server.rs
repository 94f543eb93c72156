//! The sandbox over HTTP: the crate's own client against it, its control, its page, and how it ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use huaweicloud_partner::types::Site;
use std::{net::SocketAddr, time::Duration};

use futures_util::TryStreamExt;
use huaweicloud_partner::{
    Client, ErrorKind,
    auth::{Iam, IamToken, PasswordLogin},
    client::{CallOptions, NoRateLimit, RetryPolicy},
    clock::SystemClock,
    error::codes,
    operation::Service,
    resellers::{AllocateToReseller, ListResellers},
    transport::HttpTransport,
    types::Amount,
    vouchers::{IssueVouchers, ListVoucherRecords},
};
use huaweicloud_partner_sandbox::{
    FaultTrigger, InjectedFault, LedgerAccount, Sandbox, Server, ServerHandle,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};

struct Running {
    sandbox: Sandbox,
    url: String,
    address: SocketAddr,
    handle: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Running {
    async fn start(sandbox: Sandbox) -> Self {
        let server = Server::bind(sandbox.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
        let (url, handle) = (server.url(), server.handle());
        let address = url.strip_prefix("http://").unwrap().parse().unwrap();
        Self { sandbox, url, address, handle, serving: tokio::spawn(server.run()) }
    }

    fn client(&self, account: &str) -> Client {
        Client::builder(Site::China)
            .credentials(self.sandbox.credentials(account).unwrap())
            .endpoint(Service::Business, &self.url)
            .options(CallOptions::new().rate_limiter(NoRateLimit).retry(RetryPolicy::NEVER))
            .build()
            .unwrap()
    }

    /// Sends these bytes and reads until the server closes, or nothing more comes.
    async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut response)).await;
        String::from_utf8(response).unwrap()
    }

    async fn control(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let response = self.raw(&request).await;
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    async fn stop(self) {
        self.handle.stop();
        timeout(Duration::from_secs(10), self.serving).await.unwrap().unwrap().unwrap();
        TcpStream::connect(self.address).await.unwrap_err();
        self.sandbox.audit().unwrap();
    }
}

#[tokio::test]
async fn the_client_works_with_it_as_with_the_service() {
    let running = Running::start(Sandbox::small_distributor()).await;
    let client = running.client("distributor");
    // The world is in another year than this machine, and signatures are accepted by either clock.
    client.send(&AllocateToReseller::new("reseller-1", Amount::from(7))).await.unwrap();
    for _ in 0..3 {
        let customers = ["customer-1"];
        client.send(&IssueVouchers::new("quota-1", customers, Amount::from(2))).await.unwrap();
    }
    let records: Vec<_> = client.items(ListVoucherRecords::new().limit(2_u32)).try_collect().await.unwrap();
    assert_eq!(records.len(), 3);
    let much =
        client.send(&AllocateToReseller::new("reseller-1", Amount::from(1_000_000))).await.unwrap_err();
    assert_eq!(much.code(), Some(&codes::BALANCE_TOO_LOW));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_at_the_same_time_are_executed_one_after_the_other() {
    let running = Running::start(Sandbox::small_distributor().without_quotas()).await;
    let calls = (0..32).map(|_| {
        let client = running.client("distributor");
        tokio::spawn(async move {
            let transfer = AllocateToReseller::new("reseller-1", Amount::from(1));
            client.send(&transfer).await.unwrap().transfer_id.clone()
        })
    });
    let ids = futures_util::future::try_join_all(calls).await.unwrap();
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 32, "each has an id of its own");
    let held = running.sandbox.snapshot().ledger().balance(&LedgerAccount::cash("reseller-1"));
    assert_eq!(held, Amount::from(32), "no call was lost in another");
    running.stop().await;
}

#[tokio::test]
async fn a_token_is_had_over_http() {
    let running = Running::start(Sandbox::small_distributor()).await;
    let transport = std::sync::Arc::new(HttpTransport::new().unwrap());
    let iam =
        Iam::new(transport, std::sync::Arc::new(SystemClock::default())).with_endpoint(&running.url).unwrap();
    let login = PasswordLogin {
        account: "distributor".into(),
        user: "distributor".into(),
        password: "SKDISTRIBUTOR".into(),
    };
    let client = Client::builder(Site::China)
        .credentials(IamToken::new(login, iam))
        .endpoint(Service::Business, &running.url)
        .build()
        .unwrap();
    assert_eq!(client.send(&ListResellers::new()).await.unwrap().count, Some(3));
    running.stop().await;
}

#[tokio::test]
async fn faults_become_broken_connections() {
    let running = Running::start(Sandbox::small_distributor()).await;
    let client = running.client("distributor");
    for (fault, kind) in [
        (InjectedFault::LostRequest, ErrorKind::Interrupted),
        (InjectedFault::LostResponse, ErrorKind::Interrupted),
        (InjectedFault::CutOffBody, ErrorKind::Interrupted),
        (InjectedFault::ErrorAfter, ErrorKind::Interrupted),
        (InjectedFault::Throttled(None), ErrorKind::Throttled),
    ] {
        running.sandbox.clear_faults();
        running.sandbox.inject(fault, FaultTrigger::call(1));
        let error = client.send(&ListResellers::new()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fault:?}: {error}");
        client.send(&ListResellers::new()).await.unwrap();
    }
    running.sandbox.clear_faults();
    running.sandbox.inject(InjectedFault::SlowBody(Duration::from_millis(300)), FaultTrigger::call(1));
    let started = std::time::Instant::now();
    client.send(&ListResellers::new()).await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(300));
    running.stop().await;
}

#[tokio::test]
async fn the_world_is_moved_and_looked_into() {
    let running = Running::start(Sandbox::small_distributor()).await;
    let before = running.control("GET", "/_sandbox/clock", "").await.1["now"].as_str().unwrap().to_owned();
    assert!(before.starts_with("2026-05-06T01:00:"), "{before}");
    let (status, reply) = running.control("POST", "/_sandbox/clock", r#"{"seconds": 86400}"#).await;
    assert!(status == 200 && reply["now"].as_str().unwrap().starts_with("2026-05-07T01:00:"), "{reply}");

    let events = r#"[{"recharge": {"account": "reseller-1", "amount": 5}},
        {"grant_quota": {"account": "distributor", "amount": 9, "days": 3}}]"#;
    let (status, reply) = running.control("POST", "/_sandbox/events", events).await;
    assert_eq!((status, reply["ids"].as_array().unwrap().len()), (200, 2));
    assert!(reply["ids"][1].as_str().unwrap().starts_with("quota-"), "{reply}");
    let events = r#"[{"wait": {"seconds": 1}}, {"recharge": {"account": "nobody", "amount": 5}}]"#;
    let (status, reply) = running.control("POST", "/_sandbox/events", events).await;
    assert_eq!((status, &reply["happened"]), (422, &json!(1)));
    for (path, body) in [("events", r#"{"rain": {}}"#), ("events", "["), ("clock", "{}"), ("snapshot", "{")] {
        let (status, reply) = running.control("POST", &format!("/_sandbox/{path}"), body).await;
        assert!(status == 400 && reply["error_msg"].is_string(), "{path}: {status} {reply}");
    }
    assert_eq!(running.control("GET", "/_sandbox/nothing", "").await.0, 404);
    assert_eq!(running.control("GET", "/_sandbox/code?receiver=x", "").await.0, 404);
    assert_eq!(running.control("GET", "/_sandbox/audit", "").await.1, json!({"balanced": true}));

    running.client("distributor").send(&ListResellers::new()).await.unwrap();
    let requests = running.control("GET", "/_sandbox/requests", "").await.1;
    assert_eq!(requests[0]["operation"], "bss.ListIndirectPartners");

    let snapshot = running.control("GET", "/_sandbox/snapshot", "").await.1;
    let grant = AllocateToReseller::new("reseller-1", Amount::from(7));
    running.client("distributor").send(&grant).await.unwrap();
    assert_eq!(running.control("POST", "/_sandbox/snapshot", &snapshot.to_string()).await.0, 200);
    let again = running.control("GET", "/_sandbox/snapshot", "").await.1;
    assert_eq!(again["ledger"], snapshot["ledger"]);
    running.stop().await;
}

#[tokio::test]
async fn the_page_shows_the_world_and_no_markup_of_others() {
    let scenario = br#"{"accounts": [{"id": "d", "kind": "distributor", "name": "<script>alert('x')</script> & \"Co\""}]}"#;
    let world = huaweicloud_partner_sandbox::State::read(scenario).unwrap();
    let running = Running::start(Sandbox::new(world)).await;
    let page = running
        .raw(&format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", running.address))
        .await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<h2 id=\"accounts\">Accounts</h2>"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;Co&quot;"), "{page}");
    assert!(!page.contains("<script") && !page.contains("SKD"), "{page}");
    running.stop().await;
}

#[tokio::test]
async fn pages_of_other_sites_move_nothing() {
    let running = Running::start(Sandbox::small_distributor()).await;
    let body = r#"{"recharge": {"account": "distributor", "amount": 1}}"#;
    let post = |host: &str, content: &str| {
        format!(
            "POST /_sandbox/events HTTP/1.1\r\nHost: {host}\r\nContent-Type: {content}\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let own = running.address.to_string();
    assert!(running.raw(&post("evil.example", "application/json")).await.starts_with("HTTP/1.1 403"));
    assert!(running.raw(&post(&own, "text/plain")).await.starts_with("HTTP/1.1 415"));
    assert!(running.raw(&post(&own, "application/json")).await.starts_with("HTTP/1.1 200"));
    let anywhere = Server::bind(Sandbox::small_distributor(), ([0, 0, 0, 0], 0).into()).await.unwrap_err();
    assert_eq!(anywhere.kind(), std::io::ErrorKind::PermissionDenied);
    running.stop().await;
}

#[tokio::test]
async fn requests_are_bounded() {
    let running = Running::start(Sandbox::small_distributor()).await;
    let large = format!(
        "POST /v2/x HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n",
        running.address,
        33_u64 << 20
    );
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(large.as_bytes()).await.unwrap();
    let piece = vec![b'x'; 1 << 20];
    let mut response = vec![0; 12];
    // The server may respond and close before all of it was sent.
    for _ in 0..33 {
        if stream.write_all(&piece).await.is_err() {
            break;
        }
    }
    let read = timeout(Duration::from_secs(10), stream.read_exact(&mut response)).await.unwrap();
    assert!(read.is_err() || response == b"HTTP/1.1 413", "{response:?}");
    let nonsense = running.raw("this is not HTTP\r\n\r\n").await;
    assert!(nonsense.is_empty() || nonsense.starts_with("HTTP/1.1 400"), "{nonsense}");
    running.client("distributor").send(&ListResellers::new()).await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn it_ends_although_connections_are_open() {
    let running = Running::start(Sandbox::small_distributor()).await;
    running.client("distributor").send(&ListResellers::new()).await.unwrap();
    let idle = TcpStream::connect(running.address).await.unwrap();
    running.stop().await;
    drop(idle);
}
