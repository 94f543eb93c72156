//! Every write and every list of the registry, through all forms of responses: nothing becomes a success that is not
//! proven, and nothing is "not executed" that may have been.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
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

/// A client of a site that offers the operation.
fn client(entry: &Entry, transport: MockTransport, retry: RetryPolicy) -> Client {
    Client::builder(entry.meta.sites.iter().next().unwrap())
        .credentials(Credentials::keys("access-key", "secret-key").with_domain_id("0123456789abcdef"))
        .transport(transport)
        .clock(ManualClock::at(time::macros::datetime!(2026-05-01 08:05:01 UTC)))
        .options(CallOptions::new().skip_validation().rate_limiter(NoRateLimit).retry(retry))
        .build()
        .unwrap()
}

/// Calls an operation once; every request gets this response.
fn call(entry: &Entry, input: &Value, status: u16, body: &str) -> Result<Value, Error> {
    call_with(entry, input, status, body, &[])
}

/// [`call`], with further headers in the response.
fn call_with(
    entry: &Entry,
    input: &Value,
    status: u16,
    body: &str,
    headers: &[(&str, &str)],
) -> Result<Value, Error> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    let response = headers.iter().fold(response, |response, (name, value)| response.header(*name, *value));
    let response = response.body(Bytes::from(body.to_owned())).unwrap();
    call_repeatedly(entry, input, response, RetryPolicy::NEVER).0
}

/// [`call`] with repeats, and the number of requests.
fn call_repeatedly(
    entry: &Entry,
    input: &Value,
    response: Response<Bytes>,
    retry: RetryPolicy,
) -> (Result<Value, Error>, usize) {
    let transport = MockTransport::new();
    transport.on_path(entry.meta.method.into(), entry.meta.path).respond_raw(response);
    let client = client(entry, transport.clone(), retry);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let response = runtime.block_on(client.send_dynamic(entry.meta.name, &input.to_string()));
    let value = response.map(|response| serde_json::from_str(response.get()).unwrap());
    (value, transport.requests().len())
}

fn each(wanted: impl Fn(&OperationMeta) -> bool, mut test: impl FnMut(&Entry, &Value)) {
    let inputs = inputs();
    let mut count = 0;
    for entry in registry::all().filter(|entry| wanted(entry.meta)) {
        let input = inputs.get(entry.meta.name).unwrap_or_else(|| panic!("{} has no input", entry.meta.name));
        // Forms and files go out as streams, not by the name of their operation.
        if matches!(entry.meta.body, huaweicloud_partner::operation::BodyKind::Multipart) {
            continue;
        }
        test(entry, input);
        count += 1;
    }
    assert!(count > 15, "only {count} operations were tried");
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
    match meta.success {
        Some(SuccessProof::Field(field)) => vec![field],
        Some(SuccessProof::AnyOf(fields)) => fields.to_vec(),
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
        r#"{"error_code":{"v":"CBC.99005003"}}"#,
        r#"{"error":{"reason":"too low"}}"#,
        r#"{"errors":[{"reason":"too low"}]}"#,
        r#"{"code":["CBC.99005003"]}"#,
    ]
    .map(str::to_owned)
    .into();
    let fields = fields(meta);
    if fields.is_empty() {
        return bodies;
    }
    bodies.extend(["", " ", "{}", "null", "[]"].map(str::to_owned));
    for nothing in [
        json!(null),
        json!(""),
        json!([]),
        json!({}),
        json!(" "),
        json!("\u{0}"),
        json!("\u{200b}"),
        json!("null"),
        json!([null]),
        json!([{}]),
        json!([{"x": null}]),
        json!([{"x": "T1"}]),
        json!([{"data": {"id": "T1"}}]),
        json!(["null"]),
        json!([false]),
        json!("(null)"),
        json!(false),
    ] {
        // A truth value is what such a field is about.
        if nothing == false && fields.iter().any(|field| field.starts_with("is_")) {
            continue;
        }
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
fn a_list_of_failures_that_does_not_name_each_of_them_proves_nothing() {
    let mut tried = 0;
    for entry in registry::all() {
        let Some(SuccessProof::Failures(list)) = entry.meta.success else { continue };
        let input = &inputs()[entry.meta.name];
        for rows in [
            json!([null]),
            json!([{}]),
            json!(["c2"]),
            json!([{"error_code": "CBC.99000035"}]),
            json!([{"id": null, "error_code": "CBC.99000035"}]),
            json!([{"id": " ", "error_code": "CBC.99000035"}]),
            json!([{"id": "null", "error_code": "CBC.99000035"}]),
            json!([{"id": ["c2"], "error_code": "CBC.99000035"}]),
            json!([{"customer_id": "c2", "error_code": "CBC.99000035"}]),
            json!([{"id": "c1", "error_code": "CBC.99000035"}, {"reason": "too late"}]),
            json!({"error_code": "CBC.99000035"}),
            json!({"0": {"id": "c2"}}),
        ] {
            let body = json!({list: rows}).to_string();
            let error = call(entry, input, 200, &body).expect_err(&body);
            assert_eq!(error.kind(), ErrorKind::Undecodable, "{body}: {error}");
            assert!(error.may_have_been_executed(), "{body}: {error}");
            tried += 1;
        }
        for rows in [json!([]), json!(null), json!({}), json!([{"id": 17, "error_code": "CBC.99000035"}])] {
            let body = json!({list: rows}).to_string();
            assert!(call(entry, input, 200, &body).is_ok(), "{body}");
        }
    }
    assert!(tried > 30, "only {tried} lists were tried");
}

#[test]
fn a_row_of_outcomes_without_its_ids_is_no_success() {
    for (name, list, rows) in [
        ("bss.CreatePartnerCoupons", "coupon_infos", ["{}", r#"{"id":"c1"}"#, r#"{"coupon_id":"v1"}"#]),
        (
            "bss.CreatePartnerCoupons",
            "coupon_infos",
            [
                r#"{"id":"c1","coupon_id":null}"#,
                r#"{"id":"c1","coupon_id":["v1"]}"#,
                r#"{"id":"c1","couponId":"v1"}"#,
            ],
        ),
        (
            "bss.UpdateCouponQuotas",
            "simple_quota_infos",
            [r#"{"id":"r1"}"#, r#"{"quota_id":"q1"}"#, r#"{"id":"r1","quota_id":" "}"#],
        ),
        (
            "bss.ReclaimCouponQuotas",
            "simple_quota_infos",
            ["{}", r#"{"quota_balance":5}"#, r#"{"quota_id":{},"quota_balance":5}"#],
        ),
        (
            "bss.UpdatePeriodToOnDemandInstantly",
            "to_ondemand_service_results",
            [r#"{"result":"SUCCESS"}"#, r#"{"resource_id":"","result":"SUCCESS"}"#, r#"{"x":1}"#],
        ),
        (
            "bss.CreatePartnerCoupons",
            "error_details",
            [r#"{"x":1}"#, r#"{"error_msg":"too low"}"#, r#"{"id":null}"#],
        ),
    ] {
        let entry = registry::find(name).unwrap();
        let good =
            r#"{"id":"c9","coupon_id":"v9","quota_id":"q9","resource_id":"r9","error_code":"CBC.99000035"}"#;
        for row in rows {
            for rows in [format!("[{row}]"), format!("[{good},{row}]"), format!("[{row},{good}]")] {
                let body = format!(r#"{{"{list}":{rows}}}"#);
                let error = call(entry, &inputs()[name], 200, &body).expect_err(&body);
                assert!(error.may_have_been_executed() && !error.is_retryable(), "{body}: {error}");
            }
        }
        let body = format!(r#"{{"{list}":[{good}]}}"#);
        assert!(call(entry, &inputs()[name], 200, &body).is_ok(), "{name}");
    }
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
                    json!([{"id": "x1", "coupon_id": "x1", "quota_id": "x1", "resource_id": "x1"}]),
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
        Some(SuccessProof::List(list) | SuccessProof::Lists([list, _])) => Some(list),
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
                "{}".to_owned(),
                "\u{feff}{ }".to_owned(),
                "[{}]".to_owned(),
                r#"{"request_id":"r-1"}"#.to_owned(),
                r#"{"error_code":null,"error_msg":null}"#.to_owned(),
                r#"{"error_code":"0","error_msg":"ok"}"#.to_owned(),
                json!({format!("{list}s"): []}).to_string(),
                json!({list: null}).to_string(),
                json!({"total_count": 3, "count": 3}).to_string(),
                json!({list: [7]}).to_string().replace("[7]", "[[]]"),
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

#[test]
fn a_success_that_is_returned_holds_its_proof() {
    let mut returned = 0;
    each(
        |meta| meta.is_write() && !fields(meta).is_empty(),
        |entry, input| {
            for value in [
                r#""T1""#,
                "17",
                "17.5",
                "true",
                r#"["T1"]"#,
                "[7]",
                "[true]",
                r#"[{"id":"T1"}]"#,
                r#"[{"x":{"y":[1]}}]"#,
                r#"{"id":"T1"}"#,
                r#""99999999999999999999999999""#,
                r#""T1\u0000""#,
            ] {
                for field in fields(entry.meta) {
                    for body in [
                        format!(r#"{{"{field}":{value}}}"#),
                        format!(r#"{{"{field}":{value},"{field}":{value}}}"#),
                        format!(r#"{{"{field}":{value},"{field}":"T2"}}"#),
                    ] {
                        let name = entry.meta.name;
                        match call(entry, input, 200, &body) {
                            Ok(success) => {
                                let held = fields(entry.meta).iter().any(|field| {
                                    let value = &success[*field];
                                    !(value.is_null()
                                        || *value == ""
                                        || *value == json!([])
                                        || *value == json!({}))
                                });
                                assert!(held, "{name} {body}: {success}");
                                returned += 1;
                            }
                            Err(error) => assert!(error.may_have_been_executed(), "{name} {body}: {error}"),
                        }
                    }
                }
            }
        },
    );
    assert!(returned > 100, "only {returned} successes were returned");
}

#[test]
fn a_status_that_is_neither_success_nor_error_says_nothing_about_a_write() {
    each(
        |meta| meta.is_write() || meta.paging.is_some(),
        |entry, input| {
            let proof = fields(entry.meta).first().map(|field| json!({*field: "T1"}).to_string());
            for status in [100, 102, 199, 300, 301, 302, 303, 304, 307, 308, 399, 600, 999] {
                for body in [String::new(), "{}".to_owned()].into_iter().chain(proof.clone()) {
                    let error =
                        call_with(entry, input, status, &body, &[("location", "https://other.example/")])
                            .expect_err(entry.meta.name);
                    assert_eq!(error.may_have_been_executed(), entry.meta.is_write(), "{status}: {error}");
                    assert_eq!(error.kind(), ErrorKind::Undecodable, "{status}: {error}");
                }
            }
        },
    );
}

#[test]
fn a_refusal_of_any_type_and_status_is_a_refusal() {
    each(
        |meta| meta.is_write() || meta.paging.is_some(),
        |entry, input| {
            let body = json!({"error_code": CODE, "error_msg": "too low"}).to_string();
            for headers in [
                [("content-type", "text/html")],
                [("content-language", "zh-cn")],
                [("x-content-type-options", "nosniff")],
            ] {
                for status in [200, 203, 206, 299, 400, 418, 451] {
                    let error = call_with(entry, input, status, &body, &headers).expect_err(entry.meta.name);
                    assert_eq!(error.kind(), ErrorKind::Refused, "{} {status}: {error}", entry.meta.name);
                }
            }
        },
    );
}

#[test]
fn the_id_of_the_request_is_taken_from_the_body_where_no_header_has_it() {
    each(
        |meta| meta.is_write() || meta.paging.is_some(),
        |entry, input| {
            for (status, body) in [
                (400, r#"{"error_code":"CBC.0100","error_msg":"x","request_id":"r-77"}"#),
                (400, r#"{"requestId":"r-77"}"#),
                (429, r#"{"error_code":"APIGW.0308","error_msg":"x","request_id":"r-77"}"#),
                (401, r#"{"error_code":"APIGW.0301","error_msg":"x","request_id":"r-77"}"#),
                (500, r#"{"X-Request-Id":"r-77","message":"x"}"#),
                (503, r#"{"trace_id":"r-77"}"#),
                (302, r#"{"request_id":"r-77"}"#),
                (200, r#"{"error_code":"CBC.0100","error_msg":"x","request_id":"r-77"}"#),
                (200, r#"{"request_id":"r-77","foo":1}"#),
                (200, r#"{"error":{"reason":"x"},"request_id":"r-77"}"#),
            ] {
                let id = |headers: &[(&str, &str)]| {
                    let error = call_with(entry, input, status, body, headers).expect_err(entry.meta.name);
                    error.request_id().map(str::to_owned)
                };
                let name = entry.meta.name;
                assert_eq!(id(&[("x-request-id", "")]).as_deref(), Some("r-77"), "{name} {status} {body}");
                assert_eq!(id(&[("x-request-id", " ")]).as_deref(), Some("r-77"), "{name} {status} {body}");
                assert_eq!(id(&[("x-request-id", "r-1")]).as_deref(), Some("r-1"), "{name} {status} {body}");
                assert_eq!(
                    id(&[("x-request-id", ""), ("x-iam-trace-id", "r-2")]).as_deref(),
                    Some("r-2"),
                    "{name} {status} {body}"
                );
            }
        },
    );
}

#[test]
fn a_write_is_sent_again_only_where_a_repeat_has_no_further_effect() {
    each(
        |meta| meta.is_write(),
        |entry, input| {
            for (status, body) in [
                (500, ""),
                (502, "<html>"),
                (503, "{}"),
                (504, ""),
                (408, ""),
                (401, ""),
                (401, "<html>"),
                (429, ""),
                (403, "{}"),
                (200, "{\"cut"),
                (302, ""),
            ] {
                let response = Response::builder().status(status).body(Bytes::from_static(body.as_bytes()));
                let (result, requests) =
                    call_repeatedly(entry, input, response.unwrap(), RetryPolicy::default());
                let (name, error) = (entry.meta.name, result.unwrap_err());
                assert!(error.may_have_been_executed(), "{name} {status}: {error}");
                assert!(requests == 1 || repeatable(entry.meta), "{name} {status}: {requests} requests");
            }
        },
    );
}

#[test]
fn every_list_ends_or_fails_whatever_the_server_repeats() {
    let mut tried = 0;
    each(
        |meta| meta.paging.is_some(),
        |entry, input| {
            let list = entry.meta.paging.unwrap().list;
            let page = |row: usize, marker: usize| {
                let mut page = json!({
                    list: [{"id": row.to_string()}],
                    "page_info": {"next_marker": format!("m{marker}")},
                });
                page["next_marker"] = page["page_info"]["next_marker"].clone();
                page
            };
            let with_total = |total: Value| {
                let mut page = page(0, 0);
                for name in ["count", "total", "total_count", "totalCount"] {
                    page[name] = total.clone();
                }
                page
            };
            let servers: [Vec<Value>; 5] = [
                vec![page(0, 0)],
                (0..4).map(|n| page(n % 2, n % 2)).collect(),
                (0..9).map(|n| page(n % 3, n % 3)).collect(),
                vec![with_total(json!(1_000_000_000_u64))],
                vec![with_total(json!("many"))],
            ];
            for pages in servers {
                let transport = MockTransport::new();
                let path = || transport.on_path(entry.meta.method.into(), entry.meta.path);
                let response = |page: &Value| Response::new(Bytes::from(page.to_string()));
                for _ in 0..20 {
                    pages
                        .iter()
                        .for_each(|page| drop(path().respond_raw(response(page)).times(1).exhausts()));
                }
                let client = client(entry, transport.clone(), RetryPolicy::NEVER);
                let mut input = input.clone();
                for name in ["offset", "marker", "page_no"] {
                    input.as_object_mut().unwrap().remove(name);
                }
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                let rows = client.items_dynamic(entry.meta.name, &input.to_string()).unwrap();
                let rows: Result<Vec<_>, Error> = runtime.block_on(rows.try_collect());
                let (name, requests) = (entry.meta.name, transport.requests().len());
                assert!(requests < 15, "{name}: {requests} requests for {pages:?}");
                if let Err(error) = rows {
                    let kind = error.kind();
                    assert!(
                        matches!(kind, ErrorKind::ListChanged | ErrorKind::Undecodable),
                        "{name}: {error}"
                    );
                }
                tried += 1;
            }
        },
    );
    assert!(tried > 300, "only {tried} lists were read");
}

#[test]
fn a_read_that_a_wait_may_help_is_retryable_and_a_refused_one_is_not() {
    each(
        |meta| !meta.is_write(),
        |entry, input| {
            for (status, body, helps) in [
                (500, "", true),
                (502, "<html>", true),
                (503, r#"{"message":"busy"}"#, true),
                (504, "{}", true),
                (408, "", true),
                (429, "", true),
                (400, "", false),
                (403, "<html>", false),
                (404, "{}", false),
                (500, r#"{"error_code":"CBC.99005003","error_msg":"x"}"#, false),
                (302, "", false),
            ] {
                let error = call(entry, input, status, body).unwrap_err();
                let name = entry.meta.name;
                assert_eq!(error.is_retryable(), helps, "{name} {status} {body}: {error:?}");
                assert!(!error.may_have_been_executed(), "{name} {status} {body}");
            }
        },
    );
}

#[test]
fn every_error_has_the_wait_that_the_service_asks_for() {
    each(
        |meta| meta.is_write() || meta.paging.is_some(),
        |entry, input| {
            for (status, body) in [
                (200, r#"{"error_code":"CBC.0250","error_msg":"x"}"#),
                (400, r#"{"error_code":"CBC.99000087","error_msg":"x"}"#),
                (401, r#"{"error_code":"APIGW.0301","error_msg":"x"}"#),
                (429, ""),
                (503, "<html>"),
            ] {
                let error = call_with(entry, input, status, body, &[("retry-after", "299.5")])
                    .expect_err(entry.meta.name);
                assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(300), "{status}: {error}");
            }
        },
    );
}
