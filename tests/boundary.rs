//! Every write and every list of the registry, through all forms of responses: nothing becomes a success that is not
//! proven, and nothing is "not executed" that may have been.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    auth::Credentials,
    client::{CallOptions, NoRateLimit, RetryPolicy},
    clock::ManualClock,
    operation::{Idempotency, OperationMeta, SuccessProof},
    registry::{self, Entry},
    testing::MockTransport,
};
use serde_json::{Value, json};

const CODE: &str = "CBC.99005003";

/// An input of every operation that the official SDK knows, by the operation's name.
fn inputs() -> BTreeMap<String, Value> {
    let rows: Vec<Value> = serde_json::from_str(include_str!("data/wire.json")).unwrap();
    let name = |row: &Value| format!("{}.{}", row["service"].as_str().unwrap(), row["id"].as_str().unwrap());
    rows.iter().map(|row| (name(row).replace("bssintl.", "bss."), row["input"].clone())).collect()
}

/// Calls an operation once; every request gets this response.
fn call(entry: &Entry, input: &Value, status: u16, body: &str) -> Result<Value, Error> {
    let site = entry.meta.sites.iter().next().unwrap();
    let transport = MockTransport::new();
    let response = Response::builder().status(status).header("content-type", "application/json");
    transport
        .on_path(entry.meta.method.into(), entry.meta.path)
        .respond_raw(response.body(Bytes::from(body.to_owned())).unwrap());
    let options = CallOptions::new().skip_validation().rate_limiter(NoRateLimit).retry(RetryPolicy::NEVER);
    let client = Client::builder(site)
        .credentials(Credentials::keys("access-key", "secret-key").with_domain_id("0123456789abcdef"))
        .transport(transport)
        .clock(ManualClock::at(time::macros::datetime!(2026-05-01 08:05:01 UTC)))
        .options(options)
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let response = runtime.block_on(client.send_dynamic(entry.meta.name, &input.to_string()))?;
    Ok(serde_json::from_str(response.get()).unwrap())
}

fn each(wanted: impl Fn(&OperationMeta) -> bool, mut test: impl FnMut(&Entry, &Value)) {
    let inputs = inputs();
    let mut count = 0;
    for entry in registry::all().filter(|entry| wanted(entry.meta)) {
        // Forms and files go out as streams, not by the name of their operation.
        let Some(input) = inputs.get(entry.meta.name) else { continue };
        if matches!(entry.meta.body, huaweicloud_partner::operation::BodyKind::Multipart) {
            continue;
        }
        test(entry, input);
        count += 1;
    }
    assert!(count > 30, "only {count} operations were tried");
}

/// Refusals as this vendor's services write them, inside a response of any status.
fn refusals() -> Vec<String> {
    [
        r#"{"error_code":"CODE","error_msg":"too low"}"#,
        r#"{"error_code":"CODE","error_msg":"too low","error_message":"too low"}"#,
        r#"{"error_code":"CODE","error_code":"CODE","error_msg":"x"}"#,
        r#"{"errorCode":"CODE","error_code":"CODE","errorMsg":"x"}"#,
        r#"{"errorCode":"CODE","errorMsg":"x"}"#,
        r#"{"error_code":"CODE","error_msg":{"zh":"a","en":"b"}}"#,
        r#"{"error_code":"CODE","error_msg":["a"]}"#,
        r#"{"error_code":"CODE","error_msg":7}"#,
        r#"{"error_code":"CODE","error_msg":null}"#,
        r#"{"error_code":"CODE"}"#,
        "\u{feff}{\"error_code\":\"CODE\",\"error_msg\":\"x\"}",
        "{\"error_code\":\"CODE\",\"error_msg\":\"a\nb\"}",
        r#"{"error_msg":"a\ud83d","error_code":"CODE"}"#,
    ]
    .map(|form| form.replace("CODE", CODE))
    .into()
}

#[test]
fn no_write_and_no_list_takes_a_refusal_for_a_success() {
    each(
        |meta| meta.is_write() || meta.paging.is_some(),
        |entry, input| {
            for status in [200, 201, 202, 400, 403, 500] {
                for body in refusals() {
                    let name = entry.meta.name;
                    let error =
                        call(entry, input, status, &body).expect_err(&format!("{name} {status} {body}"));
                    let code = error.code().map(|code| code.as_str().to_owned());
                    assert_eq!(code.as_deref(), Some(CODE), "{name} {status} {body}: {error:?}");
                    if status < 500 {
                        assert_eq!(error.kind(), ErrorKind::Refused, "{name} {status} {body}: {error}");
                        assert!(!error.may_have_been_executed(), "{name} {status} {body}");
                    }
                }
            }
        },
    );
}

/// The fields of which one has to be there.
fn fields(meta: &OperationMeta) -> Vec<&'static str> {
    match meta.success.unwrap() {
        SuccessProof::Field(field) => vec![field],
        SuccessProof::AnyOf(fields) => fields.to_vec(),
        _ => Vec::new(),
    }
}

/// Bodies of which none proves that anything was executed.
fn unproven(meta: &OperationMeta) -> Vec<String> {
    let mut bodies: Vec<String> = [
        "<html>busy</html>",
        "7",
        r#""ok""#,
        r#"{"foo":1}"#,
        r#"{"error_msg":"too low"}"#,
        r#"{"success":false,"error_msg":"x"}"#,
        r#"{"error":{"message":"a"}}"#,
        r#"{"error_code":["CBC.99005003"],"error_msg":"a"}"#,
        "{\"transfer",
        "\u{0}",
    ]
    .map(str::to_owned)
    .into();
    let fields = fields(meta);
    if fields.is_empty() {
        return bodies;
    }
    bodies.extend(["", " ", "{}", "null", "[]"].map(str::to_owned));
    for nothing in [json!(null), json!(""), json!([]), json!({})] {
        let all: serde_json::Map<_, _> =
            fields.iter().map(|field| ((*field).to_owned(), nothing.clone())).collect();
        bodies.push(Value::Object(all).to_string());
    }
    bodies.push(json!({"data": {fields[0]: "x"}}).to_string());
    bodies
}

fn repeatable(meta: &OperationMeta) -> bool {
    matches!(meta.idempotency, Idempotency::Keyed | Idempotency::Idempotent)
}

#[test]
fn no_write_succeeds_without_the_proof_that_it_declares() {
    each(
        |meta| meta.is_write(),
        |entry, input| {
            for status in [200, 201, 202] {
                for body in unproven(entry.meta) {
                    let name = entry.meta.name;
                    let error =
                        call(entry, input, status, &body).expect_err(&format!("{name} {status} {body}"));
                    assert!(error.may_have_been_executed(), "{name} {status} {body}: {error}");
                    assert!(!error.is_retryable() || repeatable(entry.meta), "{name} {status} {body}");
                }
            }
        },
    );
}

#[test]
fn no_client_error_without_a_code_of_the_service_means_that_a_write_was_not_executed() {
    each(
        |meta| meta.is_write(),
        |entry, input| {
            for status in [400, 402, 404, 405, 408, 409, 410, 422, 499, 500, 502, 504] {
                for body in [
                    "",
                    "<html>busy</html>",
                    "{}",
                    r#"{"message":"x"}"#,
                    "null",
                    r#"{"code":400,"message":"x"}"#,
                ] {
                    let error = call(entry, input, status, body).unwrap_err();
                    assert!(error.may_have_been_executed(), "{} {status} {body}: {error}", entry.meta.name);
                }
            }
        },
    );
}

#[test]
fn the_declared_proof_is_a_success_of_every_write() {
    each(
        |meta| meta.is_write(),
        |entry, input| {
            let bodies: Vec<String> = match entry.meta.success.unwrap() {
                SuccessProof::Field(_) | SuccessProof::AnyOf(_) => [
                    json!("x1"),
                    json!(["x1"]),
                    json!([{}]),
                    json!([{"id": "x1"}]),
                    json!({"id": "x1"}),
                    json!(1),
                    json!(true),
                ]
                .map(|value| json!({fields(entry.meta)[0]: value}).to_string())
                .into(),
                SuccessProof::Failures(list) => vec![json!({list: []}).to_string()],
                _ => vec![String::new()],
            };
            let done = bodies.iter().any(|body| call(entry, input, 200, body).is_ok());
            assert!(done, "{}: {bodies:?}", entry.meta.name);
        },
    );
}

/// The values of the field that proves a success, in an error.
fn proofs(meta: &OperationMeta) -> Vec<Value> {
    match meta.success.unwrap() {
        SuccessProof::Field(field) => {
            vec![json!({field: "x1"}), json!({field: 1}), json!({field: [{"id": "x1"}]})]
        }
        // The other field of a batch holds what failed.
        SuccessProof::AnyOf(fields) => vec![json!({fields[0]: [{"id": "x1"}]}), json!({fields[0]: "x1"})],
        SuccessProof::Failures(list) => {
            vec![json!({list: []}), json!({list: [{"id": "x1", "error_code": CODE}]})]
        }
        // An error that has nothing is none.
        _ => Vec::new(),
    }
}

#[test]
fn an_error_that_carries_the_proof_of_a_success_may_have_been_executed() {
    let mut tried = 0;
    each(
        |meta| meta.is_write(),
        |entry, input| {
            let name = entry.meta.name;
            for (status, code) in [
                (400, CODE),
                (403, "CBC.99000035"),
                (404, "CBC.99000023"),
                (429, "APIGW.0308"),
                (401, "APIGW.0301"),
            ] {
                let refusal = json!({"error_code": code, "error_msg": "x"});
                let error = call(entry, input, status, &refusal.to_string()).unwrap_err();
                assert!(!error.may_have_been_executed(), "{name} {status} {refusal}: {error}");
                for proof in proofs(entry.meta) {
                    let mut body = refusal.clone();
                    body.as_object_mut().unwrap().extend(proof.as_object().unwrap().clone());
                    let error = call(entry, input, status, &body.to_string()).unwrap_err();
                    assert!(error.may_have_been_executed(), "{name} {status} {body}: {error}");
                    tried += 1;
                }
            }
        },
    );
    assert!(tried > 150, "only {tried} bodies were tried");
}

#[test]
fn an_empty_or_foreign_body_of_a_list_is_undecodable_and_not_no_rows() {
    let list = |meta: &OperationMeta| match meta.success {
        Some(SuccessProof::List(list)) => Some(list),
        _ => meta.paging.map(|paging| paging.list),
    };
    each(
        |meta| list(meta).is_some(),
        |entry, input| {
            let list = list(entry.meta).unwrap();
            let name = entry.meta.name;
            for body in [
                "".to_owned(),
                " ".to_owned(),
                "null".to_owned(),
                "[]".to_owned(),
                "7".to_owned(),
                r#"{"foo":1}"#.to_owned(),
                r#"{"foo":[]}"#.to_owned(),
                "<html>busy</html>".to_owned(),
                json!({list: {"0": {"id": "a"}, "1": {"id": "b"}}}).to_string(),
                json!({list: 7}).to_string(),
                json!({list: "x"}).to_string(),
                json!({"data": {list: []}}).to_string(),
            ] {
                // A list may be called `data` itself.
                if body.contains("data") && list == "data" {
                    continue;
                }
                match call(entry, input, 200, &body) {
                    Ok(rows) => panic!("{name} {body}: {rows}"),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::Undecodable, "{name} {body}: {error}"),
                }
            }
            let empty = json!({list: []}).to_string();
            assert!(call(entry, input, 200, &empty).is_ok(), "{name}: {:?}", call(entry, input, 200, &empty));
        },
    );
}
