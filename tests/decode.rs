//! The example `decode` gives what is documented for every odd response, and ends with a line for every line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests
#![allow(dead_code)] // the example has a main function

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

#[path = "../examples/decode.rs"]
mod decode;

const TRANSFER: &str = "bss.UpdateIndirectPartnerAccount";
const CHARGES: &str = "bss.ListCustomerselfResourceRecords";

/// Returns the output of the example for a line.
fn print(line: &[u8]) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(decode::result_of(line))
}

fn response(status: u16, body: impl AsRef<[u8]>) -> Value {
    json!({
        "status": status,
        "headers": {"content-type": "application/json"},
        "body_base64": BASE64_STANDARD.encode(body),
    })
}

fn send(operation: &str, input: Value, responses: &[Value]) -> Value {
    let line = json!({"operation": operation, "site": "china", "input": input, "responses": responses});
    print(line.to_string().as_bytes())
}

fn transfer(status: u16, body: impl AsRef<[u8]>) -> Value {
    let input = json!({"indirect_partner_id": "p1", "amount": "100"});
    send(TRANSFER, input, &[response(status, body)])
}

fn list(operation: &str, input: Value, responses: &[Value]) -> Value {
    let line = json!({"operation": operation, "site": "china", "input": input, "responses": responses, "all_pages": true});
    print(line.to_string().as_bytes())
}

#[test]
fn a_refusal_inside_a_success_is_refused_with_its_code() {
    for body in [
        r#"{"error_code":"CBC.99005003","error_msg":"too low","error_message":"too low"}"#,
        r#"{"error_code":"CBC.99005003","error_code":"CBC.99005003","error_msg":"x"}"#,
        r#"{"errorCode":"CBC.99005003","error_code":"CBC.99005003","errorMsg":"x"}"#,
        r#"{"error_code":"CBC.99005003","error_msg":{"zh":"a","en":"b"}}"#,
        r#"{"error_code":"CBC.99005003","error_msg":["a"]}"#,
        "\u{feff}{\"error_code\":\"CBC.99005003\",\"error_msg\":\"x\"}",
        " \r\n{\"error_code\" : \"CBC.99005003\"}\n",
    ] {
        let result = transfer(200, body);
        let error = &result["error"];
        assert_eq!((&error["kind"], &error["code"]), (&json!("refused"), &json!("CBC.99005003")), "{body}");
        assert_eq!(
            (&error["may_have_been_executed"], &result["requests"]),
            (&json!(false), &json!(1)),
            "{body}"
        );
    }
}

#[test]
fn a_body_that_proves_no_success_of_a_write_may_have_been_executed() {
    for body in [
        r#"{"error_code":["CBC.99005003"],"error_msg":"a"}"#,
        r#"{"error_msg":"too low"}"#,
        r#"{"success":false,"error_msg":"x"}"#,
        "",
        "{}",
        "null",
        "[]",
        r#"{"transfer_id":null}"#,
        r#"{"transfer_id":""}"#,
        r#"{"transfer_id":{}}"#,
        "<html>busy</html>",
        r#"{"data":{"transfer_id":"T1"}}"#,
    ] {
        let result = transfer(200, body);
        let error = &result["error"];
        assert!(result["ok"].is_null(), "{body}: {result}");
        assert_eq!(error["may_have_been_executed"], true, "{body}: {result}");
        assert_eq!((&error["retryable"], &result["requests"]), (&json!(false), &json!(1)), "{body}");
    }
}

#[test]
fn a_success_in_another_spelling_is_never_not_executed() {
    for code in
        ["SUCCESS", "Success", "success", "OK", "0000", "000000", "80000000", " 0 ", "null", "0", "200", ""]
    {
        for status in [200, 201, 202] {
            let result = transfer(
                status,
                json!({"error_code": code, "error_msg": "ok", "transfer_id": "T1"}).to_string(),
            );
            let done =
                result["ok"]["transfer_id"] == "T1" || result["error"]["may_have_been_executed"] == true;
            assert!(done, "{status} {code}: {result}");
        }
    }
}

#[test]
fn the_code_of_an_error_status_is_found_in_every_form() {
    for body in [
        r#"{"error_code":"CBC.0100","error_msg":"bad","message":"x"}"#,
        r#"{"error":{"code":"CBC.0100","message":"bad"},"code":400}"#,
        r#"[{"error_code":"CBC.0100","error_msg":"bad"}]"#,
        r#"{"errors":[{"code":"CBC.0100","message":"bad"}]}"#,
        "\u{feff}{\"error_code\":\"CBC.0100\",\"error_msg\":\"bad\"}",
        r#"{"error_code":"CBC.0100","error_msg":"a\ud83d"}"#,
        "{\"error_code\":\"CBC.0100\",\"error_msg\":\"a\nb\"}",
    ] {
        let result = transfer(400, body);
        assert_eq!(result["error"]["code"], "CBC.0100", "{body}: {result}");
        assert_eq!(result["error"]["kind"], "refused", "{body}: {result}");
    }
    let throttled = r#"{"error_code":"APIGW.0308","error_msg":"x","message":"x"}"#;
    let result = send(
        TRANSFER,
        json!({"indirect_partner_id": "p1", "amount": "100"}),
        &[response(400, throttled), response(200, r#"{"transfer_id":"T1"}"#)],
    );
    assert_eq!((&result["ok"]["transfer_id"], &result["requests"]), (&json!("T1"), &json!(2)));
}

fn charges(rows: &str) -> Value {
    let input = json!({"cycle": "2026-04", "statistic_type": 1});
    send(
        CHARGES,
        input,
        &[response(200, format!(r#"{{"total_count":1,"currency":"CNY","fee_records":{rows}}}"#))],
    )
}

#[test]
fn an_odd_amount_is_refused_with_its_place_and_an_empty_one_is_none() {
    for odd in [
        r#"{"measure_id":1,"amount":99.5}"#,
        r#"{"currency_id":156,"value":"7"}"#,
        "{}",
        "[]",
        "[1]",
        r#""1_000""#,
        r#""1__0""#,
        r#""NaN""#,
        "true",
    ] {
        let result = charges(&format!(r#"[{{"id":"a","official_amount":{odd}}}]"#));
        let message = result["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("$.fee_records[0].official_amount"), "{odd}: {result}");
    }
    for none in ["null", r#""""#] {
        let result = charges(&format!(r#"[{{"id":"a","official_amount":{none}}}]"#));
        let row = &result["ok"]["fee_records"][0];
        assert!(row.is_object() && row["official_amount"].is_null(), "{none}: {result}");
    }
    let result = charges(r#"[{"id":"a","official_amount":-0.00}]"#);
    let zero = result["ok"]["fee_records"][0]["official_amount"].as_str().unwrap().to_owned();
    assert!(!zero.starts_with('-'), "{zero}");
}

#[test]
fn one_odd_value_costs_neither_the_page_nor_goes_unnoticed() {
    for field in [
        r#""charging_mode":1.0"#,
        r#""charging_mode":"NEW""#,
        r#""charging_mode":9223372036854775808"#,
        r#""charging_mode":[]"#,
        r#""charging_mode":{}"#,
        r#""trade_time":"0000-00-00 00:00:00""#,
        r#""trade_time":"-""#,
        r#""trade_time":"9999-12-31T23:59:59-08:00""#,
        r#""resource_name":"\ud83d""#,
        "\"resource_name\":\"a\tb\"",
    ] {
        let result = charges(&format!(r#"[{{"id":"a",{field}}},{{"id":"b"}}]"#));
        let rows = result["ok"]["fee_records"].as_array().map(Vec::len);
        assert_eq!(rows, Some(2), "{field}: {result}");
    }
    let result = charges(r#"[{"id":"a","charging_mode":[]}]"#);
    let drift = &result["drift"][0];
    assert_eq!(drift["path"], "$.fee_records[0].charging_mode", "{result}");
}

#[test]
fn a_time_in_any_form_is_the_right_instant_or_unknown_and_reported() {
    for (text, right) in [
        ("2026-04-30T23:30:00.000+0800", Some("2026-04-30T15:30:00Z")),
        ("2026-05-01T08:05:01.000-0500", Some("2026-05-01T13:05:01Z")),
        ("2026-05-01 08:05:01.000 +0800", Some("2026-05-01T00:05:01Z")),
        ("2026-05-01 08:05:01 GMT+8", Some("2026-05-01T00:05:01Z")),
        ("2026-05-01T08:05:01+08", Some("2026-05-01T00:05:01Z")),
        ("2026-05-01T08:05+08:00", Some("2026-05-01T00:05:00Z")),
        ("2016-12-31T23:59:60Z", Some("2016-12-31T23:59:59Z")),
        ("2017-01-01T07:59:60+0800", Some("2016-12-31T23:59:59Z")),
        ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z")),
        ("9999-12-31T23:59:59-08:00", Some("9999-12-31T23:59:59.999999999Z")),
        ("0000-01-01T00:00:00+08:00", Some("0000-01-01T00:00:00Z")),
        ("", None),
        ("2026-05-01T08:05:01.junk", None),
        ("2026-05-01T08:05:01.000CST", None),
        ("2026-05-01T08:05:01ZZZ", None),
        ("2026-05-01T08:05:01 08:00", None),
        ("2026-05-01T08:05:01\u{2212}08:00", None),
        ("2026-05-01T24:00:00Z", None),
        ("2026-02-30T00:00:00Z", None),
        ("2026/05/01 08:05:01", None),
        ("10000-01-01T00:00:00Z", None),
        ("+02026-05-01T00:00:00Z", None),
        ("-0001-01-01T00:00:00Z", None),
        ("0000-00-00 00:00:00", None),
        ("1777622701000", None),
        ("2026-05-01", None),
        ("never", None),
        ("-", None),
    ] {
        let result = charges(&format!(r#"[{{"id":"a","trade_time":"{text}"}},{{"id":"b"}}]"#));
        let rows = &result["ok"]["fee_records"];
        assert_eq!(rows.as_array().map(Vec::len), Some(2), "{text}: {result}");
        assert_eq!(rows[0]["trade_time"].as_str(), right, "{text}: {result}");
        let reported = result["drift"]
            .as_array()
            .unwrap()
            .iter()
            .any(|drift| drift["path"] == "$.fee_records[0].trade_time" && drift["kind"] == "unreadable");
        assert_eq!(reported, right.is_none() && !text.is_empty(), "{text}: {result}");
    }
}

#[test]
fn what_was_expected_is_shown_in_full() {
    for (operation, input, expected) in [
        (
            "bss.ListPartnerAdjustRecords",
            json!({"operation_time_begin": "noon"}),
            "an instant such as 2026-05-01T08:05:01Z",
        ),
        (
            "bss.ListCustomerBillsFeeRecords",
            json!({"bill_cycle": "2026-05", "bill_date_begin": "noon"}),
            "a day such as 2026-05-01",
        ),
        ("bss.ListCustomerBillsFeeRecords", json!({"bill_cycle": "noon"}), "a billing cycle such as 2026-05"),
    ] {
        let result = send(operation, input, &[]);
        let message = result["error"]["message"].as_str().unwrap();
        assert!(message.ends_with(expected) && !message.contains("noon"), "{message}");
    }
    let result = charges(r#"[{"id":"a","trade_time":"noon","charging_mode":"noon"}]"#);
    let expected = result["drift"][0]["expected"].as_str().unwrap();
    assert_eq!(expected, "an instant such as 2026-05-01T08:05:01Z");
    assert!(!result["drift"].to_string().contains("noon") && !result["drift"].to_string().contains("***"));
}

#[test]
fn one_odd_row_of_a_thousand_costs_one_field() {
    for odd in [
        r#""trade_time":"noon""#,
        r#""charging_mode":{}"#,
        r#""resource_name":["a"]"#,
        r#""resource_name":"\ud83d""#,
        r#""association_type":["1"]"#,
    ] {
        let rows: Vec<String> = (0..1000)
            .map(|row| {
                let odd = if row == 500 { format!(",{odd}") } else { String::new() };
                format!(r#"{{"id":"{row}","official_amount":"1.50"{odd}}}"#)
            })
            .collect();
        let result = charges(&format!("[{}]", rows.join(",")));
        let rows = result["ok"]["fee_records"].as_array().unwrap_or_else(|| panic!("{odd}: {result}"));
        assert_eq!(rows.len(), 1000, "{odd}");
        assert!(rows.iter().all(|row| row["official_amount"] == "1.50"), "{odd}");
        let drift = result["drift"].as_array().unwrap();
        assert_eq!(drift.len(), 1, "{odd}: {drift:?}");
        assert!(drift[0]["path"].as_str().unwrap().starts_with("$.fee_records[500]."), "{odd}: {drift:?}");
    }
}

#[test]
fn an_error_that_carries_the_id_of_a_success_may_have_been_executed() {
    for status in [200, 400, 403, 409, 429] {
        let result = transfer(status, r#"{"error_code":"CBC.99005003","error_msg":"x","transfer_id":"T1"}"#);
        assert!(result["ok"].is_null(), "{status}: {result}");
        assert_eq!(result["error"]["may_have_been_executed"], true, "{status}: {result}");
        assert_eq!(result["requests"], 1, "{status}");
        let without = transfer(status, r#"{"error_code":"CBC.99005003","error_msg":"x","transfer_id":null}"#);
        assert_eq!(without["error"]["code"], "CBC.99005003", "{status}");
        let sure = without["error"]["may_have_been_executed"] == false;
        assert!(sure, "{status}: {without}");
    }
    // Codes after which a write is otherwise sent again.
    for (status, code) in [(429, "APIGW.0308"), (401, "APIGW.0301"), (401, "CBC.0154")] {
        let body = format!(r#"{{"error_code":"{code}","error_msg":"x","transfer_id":"T1"}}"#);
        let result = transfer(status, body);
        assert_eq!(result["error"]["may_have_been_executed"], true, "{code}: {result}");
        assert_eq!(result["requests"], 1, "{code}");
    }
}

#[test]
fn a_list_beside_an_error_of_the_service_is_no_empty_list() {
    for error in [
        r#""error_code":"CBC.0150","error_msg":"denied""#,
        r#""error":{"code":"CBC.0150","message":"denied"}"#,
        r#""code":"CBC.0150","message":"denied""#,
        r#""errors":[{"code":"CBC.0150"}]"#,
    ] {
        for body in [
            format!(r#"{{"fee_records":[],{error}}}"#),
            format!(r#"{{{error},"total_count":0,"fee_records":[]}}"#),
            format!(r#"{{{error},"total_count":0}}"#),
        ] {
            let input = json!({"cycle": "2026-04", "statistic_type": 1});
            let result = list(CHARGES, input, &[response(200, &body)]);
            assert_eq!(result["error"]["code"], "CBC.0150", "{body}: {result}");
        }
    }
}

#[test]
fn lists_that_are_none_are_an_error_and_a_doubled_row_is_counted_once() {
    for foreign in
        ["", "null", "[]", r#"{"foo":1}"#, "<html>", r#"{"fee_records":{"0":{"id":"a"},"1":{"id":"b"}}}"#]
    {
        let input = json!({"cycle": "2026-04", "statistic_type": 1});
        let result = list(CHARGES, input, &[response(200, foreign)]);
        assert_eq!(result["error"]["kind"], "undecodable", "{foreign}: {result}");
    }
    let page = |from: u32, rows: u32, total: Option<u32>| {
        let rows: Vec<Value> =
            (from..from + rows).map(|row| json!({"indirect_partner_id": format!("p{row}")})).collect();
        let mut page = json!({"indirect_partners": rows});
        if let Some(total) = total {
            page["count"] = json!(total);
        }
        response(200, page.to_string())
    };
    let partners = "bss.ListIndirectPartners";
    let result = list(
        partners,
        json!({"limit": 100}),
        &[page(0, 100, Some(250)), page(100, 100, Some(250)), page(200, 50, Some(250))],
    );
    assert_eq!(result["ok"], json!({"rows": 250, "distinct_ids": 250}), "{result}");
    // The same page again and again ends, whatever the total says.
    for total in [None, Some(250), Some(1_000_000)] {
        let result = list(partners, json!({"limit": 100}), &[page(0, 100, total)]);
        assert_eq!(result["error"]["kind"], "list_changed", "{result}");
        assert!(result["requests"].as_u64().unwrap() <= 3, "{result}");
    }
    // 200 rows a page, though 100 were asked for.
    let pages = [page(0, 200, None), page(200, 200, None), page(400, 50, None), page(0, 0, None)];
    let result = list(partners, json!({"limit": 100}), &pages);
    assert_eq!(result["ok"], json!({"rows": 450, "distinct_ids": 450}), "{result}");
}

#[test]
fn every_line_gives_one_result_whatever_is_in_it() {
    for line in [
        "",
        "{",
        "null",
        "[]",
        "{}",
        "\u{0}",
        r#"{"operation":1}"#,
        r#"{"operation":"bss.Unknown","responses":[],"input":{}}"#,
        r#"{"operation":"bss.ListIndirectPartners","responses":[],"input":{}}"#,
        r#"{"operation":"bss.ListIndirectPartners","responses":[],"input":[]}"#,
        r#"{"operation":"bss.ListIndirectPartners","responses":[],"input":{},"all_pages":true}"#,
        r#"{"operation":"bss.ListIndirectPartners","site":"moon","responses":[],"input":{}}"#,
        r#"{"operation":"bss.ListIndirectPartners","responses":[{"status":0}],"input":{}}"#,
        r#"{"operation":"bss.ListIndirectPartners","responses":[{"status":99999}],"input":{}}"#,
        r#"{"operation":"bss.ListIndirectPartners","responses":[{"status":200,"body_base64":"%"}],"input":{}}"#,
        r#"{"operation":"bss.ListIndirectPartners","responses":[{"status":200,"headers":{"a b":"c"}}],"input":{}}"#,
        r#"{"operation":"bss.ListIndirectPartners","responses":[{"status":200,"headers":{"a":"\u0000"}}],"input":{}}"#,
        r#"{"operation":"bss.UpdateIndirectPartnerAccount","responses":[{"status":503}],"input":{}}"#,
    ] {
        let result = print(line.as_bytes());
        assert!(result["error"]["kind"].is_string() && result["requests"].is_u64(), "{line}: {result}");
    }
    let result = print(b"\xff\xfe");
    assert_eq!(result["error"]["kind"], "invalid_input");
}

#[test]
fn a_server_that_never_ends_a_list_ends_it_with_an_error_within_the_most_requests() {
    let rows: Vec<Value> = (0..10_001)
        .map(|page| {
            response(
                200,
                json!({"indirect_partners": [{"indirect_partner_id": format!("p{page}")}]}).to_string(),
            )
        })
        .collect();
    let result = list("bss.ListIndirectPartners", json!({"limit": 1}), &rows);
    assert_eq!(
        (&result["error"]["kind"], &result["requests"]),
        (&json!("not_sent"), &json!(10_000)),
        "{result}"
    );
}

#[test]
fn rows_that_moved_are_counted_once_by_their_ids_and_the_list_has_changed() {
    let page = |list: &str, id: &str, rows: std::ops::Range<u32>| {
        let rows: Vec<Value> = rows.map(|row| json!({id: format!("x{row}")})).collect();
        response(200, json!({list: rows}).to_string())
    };
    for (operation, input, rows, id) in [
        ("bss.ListIndirectPartners", json!({}), "indirect_partners", "indirect_partner_id"),
        ("bss.ListSubCustomers", json!({}), "customer_infos", "customer_id"),
        ("bss.ListCustomerOrders", json!({}), "order_infos", "order_id"),
        (
            "bss.ListPartnerAccountChangeRecords",
            json!({"balance_type": "BALANCE_TYPE_DEBIT"}),
            "records",
            "account_change_id",
        ),
        (
            "bss.ListCustomerselfResourceRecords",
            json!({"cycle": "2026-04", "statistic_type": 2}),
            "fee_records",
            "id",
        ),
        ("bss.ListIssuedPartnerCoupons", json!({}), "user_coupons", "coupon_id"),
        ("osm.ListCases", json!({}), "incident_info_list", "incident_id"),
    ] {
        let moved = [page(rows, id, 0..10), page(rows, id, 7..17), page(rows, id, 0..0)];
        let mut asked = input.clone();
        asked["limit"] = json!(10);
        let result = list(operation, asked.clone(), &moved);
        assert_eq!(result["error"]["kind"], "list_changed", "{operation}: {result}");
        assert!(result["error"]["message"].as_str().unwrap().contains("rows came twice"), "{result}");
        let straight = [page(rows, id, 0..10), page(rows, id, 10..17), page(rows, id, 0..0)];
        let result = list(operation, asked, &straight);
        assert_eq!(result["ok"], json!({"rows": 17, "distinct_ids": 17}), "{operation}: {result}");
    }
}

#[test]
fn a_marker_that_cannot_be_read_is_not_the_end_of_a_list() {
    let input = json!({
        "cloud_service_type": "hws.service.type.ec2", "resource_type": "hws.resource.type.vm",
        "region_code": "cn-north-4", "charge_mode": "ONDEMAND",
    });
    let page = |marker: Value| {
        let rows = json!([{"cloud_service_type": "hws.service.type.ec2"}]);
        response(200, json!({"cloud_service_basics": rows, "page_info": {"next_marker": marker}}).to_string())
    };
    for marker in [json!(["m2"]), json!({"of": "m2"})] {
        let result = list("bss.ListResourceSpecs", input.clone(), &[page(json!("m1")), page(marker)]);
        assert_eq!(result["error"]["kind"], "list_changed", "{result}");
        assert!(result["error"]["message"].as_str().unwrap().contains("cannot be read"), "{result}");
    }
    for end in [json!(null), json!(""), json!(" "), json!({})] {
        let result = list("bss.ListResourceSpecs", input.clone(), &[page(json!("m1")), page(end)]);
        assert_eq!(result["ok"]["rows"], 2, "{result}");
    }
}

#[test]
fn a_read_whose_response_has_none_of_its_fields_is_undecodable() {
    for (operation, input) in [
        ("osm.ShowCaseDetail", json!({"case_id": "t1"})),
        ("osm.ShowCaseStatus", json!({"case_id": "t1"})),
        ("osm.ListExtendsParams", json!({"business_type_id": "b1"})),
    ] {
        for body in
            [r#"{"foo":1}"#, r#"{"data":{"status":1}}"#, r#"{"message":"busy"}"#, r#"{"request_id":"r"}"#]
        {
            let result = send(operation, input.clone(), &[response(200, body)]);
            assert_eq!(result["error"]["kind"], "undecodable", "{operation} {body}: {result}");
        }
    }
    let result =
        send("osm.ShowCaseStatus", json!({"case_id": "t1"}), &[response(200, r#"{"status":1,"new":2}"#)]);
    assert_eq!(
        (&result["ok"]["status"], &result["drift"][0]["path"]),
        (&json!(1), &json!("$.new")),
        "{result}"
    );
}

#[test]
fn a_header_that_comes_twice_is_read_twice() {
    let late = json!({"status": 503, "headers": {"retry-after": ["3", "3600"]}, "body_base64": ""});
    let soon = json!({"status": 503, "headers": {"retry-after": ["3", "4"]}, "body_base64": ""});
    let page = response(200, r#"{"indirect_partners":[]}"#);
    let requests =
        |first| send("bss.ListIndirectPartners", json!({}), &[first, page.clone()])["requests"].clone();
    assert_eq!((requests(late), requests(soon)), (json!(1), json!(2)));
}
