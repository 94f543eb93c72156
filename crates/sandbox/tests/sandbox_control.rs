//! The control interface of the server, as its OpenAPI file describes it, and what a hostile or broken client can do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::{net::SocketAddr, time::Duration};

use huaweicloud_partner::types::Amount;
use huaweicloud_partner_sandbox::{LedgerAccount, Sandbox, SandboxEvent, Server, ServerHandle};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
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

async fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut response)).await;
    String::from_utf8(response).unwrap()
}

async fn control(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, Value) {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let response = raw(address, &request).await;
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn every_path_of_the_openapi_file_is_served_and_no_other() {
    let server = start().await;
    let (status, openapi) = control(server.address, "GET", "/_sandbox/openapi.json", "").await;
    assert_eq!((status, &openapi["openapi"]), (200, &json!("3.1.0")));
    let (_, index) = control(server.address, "GET", "/_sandbox/", "").await;
    let mut described = Vec::new();
    for (path, methods) in openapi["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase();
            described.push(json!(format!("{method} {path}")));
            let (_, response) = control(server.address, &method, path, "{}").await;
            let said = response["error_msg"].as_str().unwrap_or_default();
            assert!(!said.starts_with("the sandbox has no such control"), "{method} {path}");
        }
    }
    let mut listed = index["paths"].as_array().unwrap().clone();
    listed.sort_by_key(Value::to_string);
    described.sort_by_key(Value::to_string);
    assert_eq!(listed, described);
    assert_eq!(control(server.address, "GET", "/_sandbox/anything", "").await.0, 404);
}

#[test]
fn every_event_is_in_the_openapi_file() {
    let openapi: Value = serde_json::from_str(include_str!("../src/server/openapi.json")).unwrap();
    let described: Vec<&str> = openapi["components"]["schemas"]["Event"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["title"].as_str().unwrap())
        .collect();
    // The reader names all events that it knows when it meets another.
    let error = SandboxEvent::read(json!({"anything": {}})).unwrap_err().to_string();
    let known: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
    assert_eq!(known, described);
}

#[tokio::test]
async fn a_field_that_an_event_does_not_have_is_refused_by_its_path() {
    let server = start().await;
    for (event, path) in [
        (json!({"recharge": {"account": "distributor", "amount": 1, "memo": "x"}}), "recharge.memo"),
        (json!([{"wait": {"seconds": 1, "minutes": 1}}]), "wait.minutes"),
        (
            json!({"inject": {"fault": "lost_response", "when": {"call": 1, "where": "x"}}}),
            "inject.when.where",
        ),
        (json!({"use": {"customer": "c", "offer": "o", "amount": 1, "colour": 1}}), "use.colour"),
    ] {
        let (status, response) =
            control(server.address, "POST", "/_sandbox/events", &event.to_string()).await;
        let message = response["error_msg"].as_str().unwrap();
        assert_eq!(status, 400);
        assert!(message.contains(path) || message.contains("unknown field"), "{message}");
    }
}

#[tokio::test]
async fn a_field_that_a_request_does_not_have_is_refused_by_its_name() {
    let server = start().await;
    let mut snapshot = control(server.address, "GET", "/_sandbox/snapshot", "").await.1;
    snapshot["colour"] = json!("red");
    for (path, body) in [
        ("snapshot", snapshot),
        ("snapshot", json!({"accounts": [], "colour": "red"})),
        ("snapshot", json!({"accounts": [{"id": "d", "kind": "distributor", "colour": "red"}]})),
        ("reset", json!({"colour": "red"})),
        ("worlds", json!({"name": "x", "colour": "red"})),
        ("worlds", json!({"name": "x", "world": {"accounts": [], "colour": "red"}})),
        ("faults", json!({"fault": "lost_response", "when": {"call": 1}, "colour": "red"})),
        ("faults", json!({"fault": "lost_response", "when": {"call": 1, "colour": "red"}})),
        ("events", json!({"wait": {"seconds": 1, "colour": "red"}})),
        ("requests/match", json!({"colour": "red"})),
    ] {
        let (status, response) =
            control(server.address, "POST", &format!("/_sandbox/{path}"), &body.to_string()).await;
        assert_eq!(status, 400, "{path}: {response}");
        assert!(response["error_msg"].as_str().unwrap().contains("colour"), "{path}: {response}");
    }
    let both = json!({"seconds": 1, "now": "2026-05-09T00:00:00Z"}).to_string();
    assert_eq!(control(server.address, "POST", "/_sandbox/clock", &both).await.0, 400);
    let (status, response) = control(server.address, "GET", "/_sandbox/accounts", "").await;
    assert_eq!(
        (status, response["accounts"].as_array().unwrap().len()),
        (200, server.sandbox.snapshot().accounts().count())
    );
}

#[tokio::test]
async fn a_refusal_says_what_to_send_instead() {
    let server = start().await;
    for (method, path, body, status, said) in [
        ("PUT", "clock", "{}", 404, "PUT /_sandbox/clock is not among GET /_sandbox/"),
        ("GET", "code", "", 400, "code?receiver="),
        ("POST", "events", r#""clear_faults""#, 400, r#"{"clear_faults": {}}"#),
        ("POST", "faults", r#"{"fault": "nothing", "when": {"call": 1}}"#, 400, r#"{"code": "CBC.0999"}"#),
    ] {
        let response = control(server.address, method, &format!("/_sandbox/{path}"), body).await;
        assert_eq!(response.0, status, "{method} {path}");
        assert!(response.1["error_msg"].as_str().unwrap().contains(said), "{method} {path}: {}", response.1);
    }
}

#[tokio::test]
async fn worlds_stand_side_by_side_with_their_own_accounts_and_clocks() {
    let server = start().await;
    let open = json!({"name": "test-1", "world": "enterprise"}).to_string();
    let (status, world) = control(server.address, "POST", "/_sandbox/worlds", &open).await;
    assert_eq!(status, 200, "{world}");
    assert_eq!(control(server.address, "POST", "/_sandbox/worlds", &open).await.0, 400);
    let address: SocketAddr =
        world["address"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
    assert!(world["accounts"].as_array().unwrap().iter().any(|account| account["id"] == "master"));
    control(address, "POST", "/_sandbox/clock", r#"{"seconds": 86400}"#).await;
    let (_, there) = control(address, "GET", "/_sandbox/clock", "").await;
    let (_, here) = control(server.address, "GET", "/_sandbox/clock", "").await;
    assert_ne!(there["now"].as_str().unwrap()[..10], here["now"].as_str().unwrap()[..10]);
    let own = json!({"name": "own", "world": {"accounts": [{"id": "d", "kind": "distributor"}]}}).to_string();
    assert_eq!(control(server.address, "POST", "/_sandbox/worlds", &own).await.0, 200);
    let (_, worlds) = control(server.address, "GET", "/_sandbox/worlds", "").await;
    assert_eq!(worlds["worlds"].as_array().unwrap().len(), 2);
    assert_eq!(control(server.address, "DELETE", "/_sandbox/worlds/test-1", "").await.0, 200);
    tokio::time::sleep(Duration::from_millis(200)).await;
    TcpStream::connect(address).await.unwrap_err();
    assert_eq!(control(server.address, "DELETE", "/_sandbox/worlds/test-1", "").await.0, 404);
}

#[tokio::test]
async fn a_reset_brings_the_world_back_and_the_clock_moves_to_a_time() {
    let server = start().await;
    let before = server.sandbox.snapshot().ledger().balance(&LedgerAccount::cash("distributor"));
    let event = r#"{"recharge": {"account": "distributor", "amount": 5}}"#;
    assert_eq!(control(server.address, "POST", "/_sandbox/events", event).await.0, 200);
    let (status, moved) =
        control(server.address, "POST", "/_sandbox/clock", r#"{"now": "2026-05-09T00:00:00Z"}"#).await;
    assert_eq!(status, 200);
    assert!(moved["now"].as_str().unwrap().starts_with("2026-05-09T00:00:0"), "{moved}");
    let back = r#"{"now": "2026-05-01T00:00:00Z"}"#;
    assert_eq!(control(server.address, "POST", "/_sandbox/clock", back).await.0, 422);
    assert_eq!(control(server.address, "POST", "/_sandbox/reset", "{}").await.0, 200);
    let after = server.sandbox.snapshot();
    assert_eq!(after.ledger().balance(&LedgerAccount::cash("distributor")), before);
    assert!(after.now().to_string().starts_with("2026-05-06"));
    assert_ne!(before, Amount::ZERO);
}

#[tokio::test]
async fn faults_are_added_listed_and_cleared() {
    let server = start().await;
    let fault = r#"{"fault": {"code": "CBC.0151"}, "when": {"on": "bss.ListIndirectPartners", "call": 1}}"#;
    assert_eq!(control(server.address, "POST", "/_sandbox/faults", fault).await.0, 200);
    let (_, faults) = control(server.address, "GET", "/_sandbox/faults", "").await;
    assert_eq!(faults["rules"][0]["fault"]["code"], "CBC.0151");
    assert_eq!(control(server.address, "DELETE", "/_sandbox/faults", "").await.0, 200);
    let (_, faults) = control(server.address, "GET", "/_sandbox/faults", "").await;
    assert_eq!(faults["rules"], json!([]));
    for wrong in ["{}", r#"{"fault": "nothing", "when": {"call": 1}}"#, r#"{"fault": "lost_response"}"#] {
        assert_eq!(control(server.address, "POST", "/_sandbox/faults", wrong).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn requests_are_kept_with_their_bodies_and_matched() {
    let server = start().await;
    let body =
        json!({"limit": 7, "mobile_phone": "13800000000", "rows": [{"verification_code": "1"}, {"id": "a"}]});
    control(server.address, "POST", "/v2/partners/sub-customers/query?language=x", &body.to_string()).await;
    let (_, requests) = control(server.address, "GET", "/_sandbox/requests", "").await;
    assert_eq!(requests[0]["body"]["limit"], 7);
    assert_eq!(requests[0]["body"]["mobile_phone"], "***");
    assert!(!requests.to_string().contains("13800000000"));
    for (pattern, count) in [
        (json!({"body": {"limit": 7}}), 1),
        (json!({"query": {"language": "x"}, "body": {"rows": [{}, {"id": "a"}]}}), 1),
        (json!({"body": {"limit": 8}}), 0),
        (json!({"status": 401, "method": "POST"}), 1),
    ] {
        let (_, found) =
            control(server.address, "POST", "/_sandbox/requests/match", &pattern.to_string()).await;
        assert_eq!(found["count"], count, "{pattern}");
    }
    assert_eq!(control(server.address, "POST", "/_sandbox/requests/match", r#"{"sttus": 1}"#).await.0, 400);
    control(server.address, "DELETE", "/_sandbox/requests", "").await;
    assert_eq!(control(server.address, "GET", "/_sandbox/requests", "").await.1, json!([]));
}

#[tokio::test]
async fn a_damaged_snapshot_is_refused_and_the_world_stays() {
    let server = start().await;
    let good: Value = serde_json::to_value(server.sandbox.snapshot()).unwrap();
    let accounts = server.sandbox.snapshot().accounts().count();
    let mut wrong = vec![json!(null), json!({}), json!([]), json!("everyone"), json!({"ledger": null})];
    for now in ["0000-01-01T00:00:00Z", "1960-05-06T01:00:00Z", "9999-12-31T23:59:59Z"] {
        let mut damaged = good.clone();
        damaged["now"] = json!(now);
        wrong.push(damaged);
        wrong.push(json!({"accounts": [{"id": "d", "kind": "distributor"}], "now": now}));
    }
    for field in good.as_object().unwrap().keys().filter(|field| *field != "ledger") {
        let mut damaged = good.clone();
        damaged[field] = json!(7.5);
        wrong.push(damaged);
    }
    for damaged in wrong {
        let (status, _) = control(server.address, "POST", "/_sandbox/snapshot", &damaged.to_string()).await;
        assert_eq!(status, 400, "{}", damaged.to_string().chars().take(200).collect::<String>());
        assert_eq!(server.sandbox.snapshot().accounts().count(), accounts);
        assert_eq!(control(server.address, "GET", "/_sandbox/health", "").await.0, 200);
    }
    let (status, _) = control(server.address, "POST", "/_sandbox/snapshot", &good.to_string()).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn tls_is_served_with_a_certificate_made_at_start() {
    let server = Server::bind(Sandbox::small_distributor(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let server = server.with_tls().unwrap();
    assert!(server.url().starts_with("https://127.0.0.1:"));
    assert!(server.certificate().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    let (url, handle) = (server.url(), server.handle());
    let certificate = reqwest::Certificate::from_pem(server.certificate().unwrap().as_bytes()).unwrap();
    let serving = tokio::spawn(server.run());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().tls_certs_only([certificate]).build().unwrap();
    let health = client.get(format!("{url}/_sandbox/health")).send().await.unwrap();
    assert_eq!(health.status(), 200);
    handle.stop();
    serving.await.unwrap().unwrap();
}
