use super::*;

const TRANSFER: Expected<'static> = Expected::AnyOf(&["transfer_id"]);
const ROWS: Expected<'static> = Expected::List(&["records"]);

fn code_of(finding: &Finding) -> Option<&str> {
    match finding {
        Finding::Refusal(signs) | Finding::Neither(_, signs) => signs.code.as_deref(),
        Finding::Success => None,
    }
}

#[test]
fn a_refusal_inside_success_is_found_in_every_spelling() {
    for body in [
        r#"{"error_code":"CBC.99005003","error_msg":"too low","error_message":"too low"}"#,
        r#"{"error_code":"CBC.99005003","error_code":"CBC.99005003","error_msg":"x"}"#,
        r#"{"errorCode":"CBC.99005003","error_code":"CBC.99005003","errorMsg":"x"}"#,
        r#"{"error_code":"CBC.99005003","error_msg":{"zh":"a","en":"b"}}"#,
        r#"{"error_code":"CBC.99005003","error_msg":["a"]}"#,
        r#"{"ERROR_CODE":"CBC.99005003"}"#,
        r#"{"errCode":"cbc.99005003","errMsg":"x"}"#,
        r#"{"error_code":" CBC.99005003 ","error_msg":null,"transfer_id":""}"#,
        "\u{feff}{\"error_code\":\"CBC.99005003\",\"error_msg\":\"a\tb\\ud83d\"}",
    ] {
        for expected in
            [TRANSFER, Expected::Nothing, Expected::Failures("error_details"), ROWS, Expected::Object]
        {
            let finding = classify(body.as_bytes(), expected, true);
            assert!(matches!(finding, Finding::Refusal(_)), "{body} {expected:?}: {finding:?}");
            assert_eq!(code_of(&finding), Some("CBC.99005003"), "{body}");
        }
        assert!(matches!(classify(body.as_bytes(), Expected::File, false), Finding::Refusal(_)), "{body}");
    }
}

#[test]
fn what_may_be_an_error_is_never_a_success_of_a_write() {
    for body in [
        r#"{"error_code":["CBC.99005003"],"error_msg":"a"}"#,
        r#"{"error":{"code":"CBC.99005003","message":"a"}}"#,
        r#"{"code":"CBC.99005003","message":"too low"}"#,
        r#"{"errors":[{"code":"CBC.99005003"}]}"#,
        r#"[{"error_code":"CBC.99005003"}]"#,
        r#"{"error_msg":"too low"}"#,
        r#"{"success":false,"error_msg":"x"}"#,
        r#"{"error_code":"SOMETHING","error_msg":"x"}"#,
        r#"{"error_code":"400"}"#,
        r#"{"error_code":500}"#,
        r#"{"error":"invalid_grant"}"#,
    ] {
        for expected in [TRANSFER, Expected::Nothing, Expected::Failures("error_details")] {
            let finding = classify(body.as_bytes(), expected, true);
            assert!(matches!(finding, Finding::Neither(..)), "{body} {expected:?}: {finding:?}");
        }
        assert_ne!(classify(body.as_bytes(), ROWS, false), Finding::Success, "{body}");
    }
}

#[test]
fn a_success_in_any_spelling_is_one_where_its_proof_is_there() {
    for spelling in [
        "SUCCESS", "Success", "OK", "ok", "0000", "000000", "80000000", " 0 ", "null", "", "200", "CBC.0000",
        "0.0",
    ] {
        let body = format!(r#"{{"error_code":"{spelling}","error_msg":"ok","transfer_id":"T1"}}"#);
        assert_eq!(classify(body.as_bytes(), TRANSFER, true), Finding::Success, "{spelling}");
        let body = format!(r#"{{"error_code":"{spelling}","error_msg":"ok"}}"#);
        assert!(matches!(classify(body.as_bytes(), TRANSFER, true), Finding::Neither(..)), "{spelling}");
    }
    for body in [
        r#"{"error_code":"FINE","transfer_id":"T1"}"#,
        r#"{"error_code":"CBC.99005003","transfer_id":"T1"}"#,
        r#"{"error":{"code":"CBC.99005003"},"transfer_id":"T1"}"#,
        r#"{"success":false,"transfer_id":"T1"}"#,
    ] {
        assert!(matches!(classify(body.as_bytes(), TRANSFER, true), Finding::Neither(..)), "{body}");
    }
    let plain = r#"{"transfer_id":"T1","code":7,"message":"hello","other":1}"#;
    assert_eq!(classify(plain.as_bytes(), TRANSFER, true), Finding::Success);
}

/// Bodies without any field.
const NOTHING: [&str; 7] = ["", " ", "null", "\"\"", "{}", "[]", "5"];

#[test]
fn without_its_proof_a_write_is_not_a_success() {
    let bodies = [
        "true",
        "<html>",
        "{",
        r#"{"transfer_id":null}"#,
        r#"{"transfer_id":""}"#,
        r#"{"transfer_id":" "}"#,
        r#"{"transfer_id":{}}"#,
        r#"{"transfer_id":[]}"#,
        r#"{"transfer_id":"null"}"#,
        r#"{"transferId":"T1"}"#,
        r#"{"data":{"transfer_id":"T1"}}"#,
        r#"{"transfer_id":"\ud83d"}"#,
        r#"{"transfer_id":false}"#,
        r#"{"transfer_id":[null]}"#,
        r#"{"transfer_id":["T1"]}"#,
        r#"{"transfer_id":{"a":1}}"#,
    ];
    for body in NOTHING.into_iter().chain(bodies) {
        assert!(matches!(classify(body.as_bytes(), TRANSFER, true), Finding::Neither(..)), "{body}");
    }
    for (body, expected) in [
        ("", Expected::Nothing),
        ("{}", Expected::Nothing),
        (r#"{"error_code":null,"error_msg":null}"#, Expected::Nothing),
        ("{}", Expected::Failures("error_details")),
        (r#"{"error_details":[]}"#, Expected::Failures("error_details")),
        (r#"{"error_code":"CBC.0000","error_msg":"Success"}"#, Expected::Nothing),
        (r#"{"is_review":0}"#, Expected::AnyOf(&["is_review"])),
        (r#"{"transfer_id":17}"#, TRANSFER),
        (
            r#"{"coupon_infos":[],"error_details":[{"id":"c"}]}"#,
            Expected::AnyOf(&["coupon_infos", "error_details"]),
        ),
    ] {
        assert_eq!(classify(body.as_bytes(), expected, true), Finding::Success, "{body}");
    }
    for body in [r#"{"transfer_id":"T1"}"#, r#"{"x":1}"#, "7", "[]", "<html>"] {
        assert!(matches!(classify(body.as_bytes(), Expected::Nothing, true), Finding::Neither(..)), "{body}");
    }
}

#[test]
fn only_a_list_is_a_list() {
    let bodies = [
        r#"{"total_count":null}"#,
        r#"{"record":[]}"#,
        r#"{"records":null}"#,
        r#"{"total_count":3,"records":null}"#,
        r#"{"total_count":3}"#,
        r#"{"data":{"records":[]}}"#,
        "<html>",
        r#"{"records":[]"#,
    ];
    for body in NOTHING.into_iter().chain(bodies) {
        assert!(matches!(classify(body.as_bytes(), ROWS, false), Finding::Neither(..)), "{body}");
    }
    for body in [
        r#"{"records":[]}"#,
        r#"{"total_count":0}"#,
        r#"{"total_count":"0","records":null}"#,
        r#"{"records":[{}]}"#,
    ] {
        assert_eq!(classify(body.as_bytes(), ROWS, false), Finding::Success, "{body}");
    }
    let large = format!(r#"{{"records":[{}0],"error_code":"CBC.0150"}}"#, "0,".repeat(20_000));
    assert_eq!(classify(large.as_bytes(), ROWS, false), Finding::Success);
    assert!(matches!(classify_whole(large.as_bytes(), ROWS, false), Finding::Refusal(_)));
}

#[test]
fn an_error_status_has_the_best_code_of_its_body() {
    for (body, right) in [
        (r#"{"error_code":"CBC.0100","error_msg":"bad","message":"x"}"#, Some("CBC.0100")),
        (r#"{"error":{"code":"CBC.0100","message":"bad"},"code":400}"#, Some("CBC.0100")),
        (r#"{"code":400,"error_code":"CBC.0100"}"#, Some("CBC.0100")),
        (r#"[{"error_code":"CBC.0100"}]"#, Some("CBC.0100")),
        (r#"{"errors":[{"code":"CBC.0100"}]}"#, Some("CBC.0100")),
        (r#"{"code":"CBC.0100","message":"bad"}"#, Some("CBC.0100")),
        ("\u{feff}{\"error_code\":\"CBC.0100\"}", Some("CBC.0100")),
        ("{\"error_code\":\"CBC.0100\",\"error_msg\":\"a\nb\\ud83d\"}", Some("CBC.0100")),
        (r#"{"error_code":"CBC.0100","error_msg":"cut"#, Some("CBC.0100")),
        (r#"{"code":403,"message":"no"}"#, Some("403")),
        ("<html>", None),
        ("", None),
    ] {
        assert_eq!(signs_of_error(body.as_bytes()).code.as_deref(), right, "{body}");
    }
    let signs = signs_of_error(br#"{"error_msg":{"zh":"a"},"request_id":"r-1"}"#);
    assert_eq!((signs.message.as_deref(), signs.request_id.as_deref()), (Some("a"), Some("r-1")));
}

#[test]
fn an_odd_field_of_an_error_is_a_sign_of_one_beside_the_proof_of_a_success() {
    for field in [
        r#""error_code":{"code":"CBC.99005003"}"#,
        r#""error_code":["CBC.99005003"]"#,
        r#""error_code":true"#,
        r#""error_code":-1"#,
        r#""errorCode":"SYSTEM_BUSY""#,
        r#""errno":7"#,
        r#""error":true"#,
        r#""error":500"#,
        r#""error":"invalid_grant""#,
        r#""error":{"message":"too low"}"#,
        r#""error":{"code":"X","details":[]}"#,
        r#""errors":["too low"]"#,
        r#""errors":[{"code":"CBC.99005003"}]"#,
        r#""code":"CBC.99005003""#,
        r#""code":"CBC.99005003","message":"too low""#,
        r#""success":false"#,
        r#""success":"no""#,
        r#""success":"failed""#,
        r#""isSuccess":false"#,
        r#""is_success":0"#,
    ] {
        for body in
            [format!(r#"{{"transfer_id":"T1",{field}}}"#), format!(r#"{{{field},"transfer_id":"T1"}}"#)]
        {
            let finding = classify(body.as_bytes(), TRANSFER, true);
            assert!(matches!(finding, Finding::Neither(..)), "{body}: {finding:?}");
        }
        for expected in [Expected::Nothing, Expected::Failures("error_details"), TRANSFER] {
            let body = format!("{{{field}}}");
            assert_ne!(classify(body.as_bytes(), expected, true), Finding::Success, "{body} {expected:?}");
        }
        let empty = format!(r#"{{"records":[],{field}}}"#);
        assert_ne!(classify(empty.as_bytes(), ROWS, false), Finding::Success, "{empty}");
    }
    for field in [
        r#""error_code":null,"error_msg":null"#,
        r#""error_code":{}"#,
        r#""error_code":false"#,
        r#""error":null"#,
        r#""error":{}"#,
        r#""error":[]"#,
        r#""error":"""#,
        r#""error":false"#,
        r#""error":0"#,
        r#""error":{"code":"0","message":"Success"}"#,
        r#""errors":[]"#,
        r#""errors":null"#,
        r#""code":200,"message":"OK""#,
        r#""code":7,"message":"hello""#,
        r#""message":"done""#,
        r#""success":true"#,
        r#""success":"true""#,
        r#""status":"FAILED""#,
        r#""request_id":"r","trace_id":"t""#,
    ] {
        let body = format!(r#"{{"transfer_id":"T1",{field}}}"#);
        assert_eq!(classify(body.as_bytes(), TRANSFER, true), Finding::Success, "{body}");
    }
}

#[test]
fn nothing_is_nothing_and_no_status_of_a_failure() {
    for body in [
        r#"{"status":"FAILED"}"#,
        r#"{"status":500,"path":"/v2","timestamp":"2026"}"#,
        r#"{"status_code":409}"#,
        r#"{"details":"too low"}"#,
        r#"{"error_code":"0","status":"FAILED"}"#,
        r#"{"message":"too low"}"#,
        r#"{"result":"fail"}"#,
    ] {
        let finding = classify(body.as_bytes(), Expected::Nothing, true);
        assert!(matches!(finding, Finding::Neither(..)), "{body}: {finding:?}");
    }
    for body in [
        r#"{"status":"success"}"#,
        r#"{"status":200}"#,
        r#"{"status":null,"request_id":"r"}"#,
        r#"{"success":true}"#,
        r#"{"code":"0","message":"done"}"#,
    ] {
        assert_eq!(classify(body.as_bytes(), Expected::Nothing, true), Finding::Success, "{body}");
    }
}

#[test]
fn an_empty_list_beside_an_error_is_an_error_and_rows_are_rows() {
    for (error, code) in [
        (r#""error_code":"CBC.0150""#, Some("CBC.0150")),
        (r#""error":{"code":"CBC.0150","message":"denied"}"#, Some("CBC.0150")),
        (r#""code":"CBC.0150","message":"denied""#, Some("CBC.0150")),
        (r#""error_code":"DENIED","error_msg":"x""#, Some("DENIED")),
        (r#""error":{"message":"denied"}"#, None),
        (r#""success":false"#, None),
    ] {
        for body in [format!(r#"{{"records":[],{error}}}"#), format!(r#"{{{error},"total_count":0}}"#)] {
            let finding = classify(body.as_bytes(), ROWS, false);
            assert_ne!(finding, Finding::Success, "{body}");
            assert_eq!(code_of(&finding), code, "{body}");
        }
        let rows = format!(r#"{{"records":[{{"id":"a"}}],{error}}}"#);
        let refused = matches!(classify(rows.as_bytes(), ROWS, false), Finding::Refusal(_));
        assert_eq!(refused, code == Some("CBC.0150"), "{rows}");
    }
}

#[test]
fn an_error_that_carries_the_id_of_a_success_proves_nothing() {
    for body in [
        r#"{"error_code":"CBC.99005003","transfer_id":"T1"}"#,
        r#"{"transfer_id":17,"error":{"code":"CBC.99005003"}}"#,
        r#"{"error_code":"CBC.99005003","transfer_id":"T1","error_msg":"cut o"#,
    ] {
        assert!(carries_proof(body.as_bytes(), TRANSFER), "{body}");
    }
    for body in [
        r#"{"error_code":"CBC.99005003","transfer_id":""}"#,
        r#"{"error_code":"CBC.99005003","transfer_id":null}"#,
        r#"{"error_code":"CBC.99005003"}"#,
        "<html>",
        "",
    ] {
        assert!(!carries_proof(body.as_bytes(), TRANSFER), "{body}");
    }
}

#[test]
fn an_error_that_carries_items_of_a_batch_proves_nothing_and_one_with_failures_only_refuses() {
    const BATCH: Expected<'static> = Expected::AnyOf(&["coupon_infos", "error_details"]);
    let issued =
        r#"{"error_code":"CBC.99000023","coupon_infos":[{"coupon_id":"v1"}],"error_details":[{"id":"c2"}]}"#;
    assert!(carries_proof(issued.as_bytes(), BATCH));
    for body in [
        r#"{"error_code":"CBC.99000023","coupon_infos":[],"error_details":[{"id":"c2"}]}"#,
        r#"{"error_code":"CBC.99000023","coupon_infos":null}"#,
        r#"{"error_code":"CBC.99000023","error_details":[{"id":"c2"}]}"#,
        r#"{"error_code":"CBC.99000023"}"#,
    ] {
        assert!(!carries_proof(body.as_bytes(), BATCH), "{body}");
    }
}

#[test]
fn an_error_that_carries_the_list_of_failures_leaves_open_what_the_list_does_not_name() {
    const FREEZE: Expected<'static> = Expected::Failures("error_details");
    for body in [
        r#"{"error_code":"CBC.99000035","error_details":[{"id":"c2","error_code":"CBC.99000035"}]}"#,
        r#"{"error_code":"CBC.99000035","error_details":[]}"#,
        r#"{"error_details":null,"error_code":"CBC.99000035"}"#,
    ] {
        assert!(carries_proof(body.as_bytes(), FREEZE), "{body}");
    }
    for body in [r#"{"error_code":"CBC.99000035"}"#, r#"{"error_code":"CBC.99000035","errors":[]}"#, "{}", ""]
    {
        assert!(!carries_proof(body.as_bytes(), FREEZE), "{body}");
    }
}

#[test]
fn a_list_of_errors_is_no_file_and_a_list_of_anything_is_one() {
    for body in
        [r#"[{"error_code":"OSM.01010015","error_msg":"x"}]"#, "\u{feff}{\"error_code\":\"OSM.01010015\"}"]
    {
        assert!(matches!(classify(body.as_bytes(), Expected::File, false), Finding::Refusal(_)), "{body}");
    }
    for body in
        [r#"[{"error_code":"OSM.01010015","line":7}]"#, "[1]", "{}", r#"{"code":"OSM.01010015","more":1}"#]
    {
        assert_eq!(classify(body.as_bytes(), Expected::File, false), Finding::Success, "{body}");
    }
}

#[test]
fn an_error_in_a_form_that_is_not_known_is_not_nothing() {
    for body in [
        r#"{"error_code":{"v":"CBC.99005003"}}"#,
        r#"{"error_code":[{"v":"CBC.99005003"}]}"#,
        r#"{"error_code":{"a":{"b":["x"]}}}"#,
        r#"{"error":{"reason":"too low"}}"#,
        r#"{"error":{"failed":true}}"#,
        r#"{"error":[["too low"]]}"#,
        r#"{"errors":[{"reason":"too low"}]}"#,
        r#"{"errors":{"items":[{"reason":"too low"}]}}"#,
        r#"{"code":{"v":"CBC.99005003"}}"#,
        r#"{"code":["CBC.99005003"]}"#,
        r#"{"code":true}"#,
        r#"{"success":{"ok":false}}"#,
        r#"{"success":[false]}"#,
    ] {
        for expected in [Expected::Nothing, Expected::Failures("error_details"), TRANSFER] {
            let finding = classify(body.as_bytes(), expected, true);
            assert!(matches!(finding, Finding::Neither(..)), "{body} {expected:?}: {finding:?}");
        }
        let fields = body.trim_start_matches('{').trim_end_matches('}');
        if fields.starts_with(r#""error"#) && !fields.contains("true") {
            let closing = "}".repeat(body.len() - 1 - fields.len() - 1);
            let beside = format!(r#"{{"transfer_id":"T1",{fields}{closing}}}"#);
            assert_ne!(classify(beside.as_bytes(), TRANSFER, true), Finding::Success, "{beside}");
        }
    }
    for body in [
        r#"{"error_code":{}}"#,
        r#"{"error_code":[],"errors":[],"error":{"code":null,"message":""}}"#,
        r#"{"error":{"details":[]},"code":[]}"#,
        r#"{"success":{}}"#,
    ] {
        assert_eq!(classify(body.as_bytes(), Expected::Nothing, true), Finding::Success, "{body}");
    }
}

#[test]
fn a_proof_that_cannot_be_seen_is_none() {
    for nothing in [
        r#""\u0000""#,
        r#""\u200b""#,
        r#""\ufeff \u00ad""#,
        r#""\u202e\u2060""#,
        r#""\u3000\u00a0""#,
        r#"[{"id":null}]"#,
        r#"[{"id":"","of":{"a":[]}}]"#,
        "[[]]",
        r#"["\u200b"]"#,
    ] {
        for expected in [TRANSFER, Expected::AnyOf(&["transfer_id", "errors_of_items"])] {
            let body = format!(r#"{{"transfer_id":{nothing}}}"#);
            let finding = classify(body.as_bytes(), expected, true);
            assert!(matches!(finding, Finding::Neither(..)), "{body} {expected:?}: {finding:?}");
            assert!(!carries_proof(body.as_bytes(), expected), "{body}");
        }
    }
    for something in [r#""\u200bT1""#, "17", r#"[{"id":"a"}]"#, r#"[{"of":{"id":7}}]"#] {
        let body = format!(r#"{{"transfer_id":{something}}}"#);
        assert_eq!(classify(body.as_bytes(), TRANSFER, true), Finding::Success, "{body}");
    }
}

#[test]
fn an_error_in_an_object_around_it_is_a_sign_of_one_and_rows_have_codes_of_their_own() {
    for field in [
        r#""data":{"error_code":"CBC.99005003","error_msg":"too low"}"#,
        r#""result":{"code":"CBC.99005003","message":"too low"}"#,
        r#""response":{"body":{"errorCode":"cbc.99005003"}}"#,
        r#""fault":{"error":{"code":"CBC.99005003","message":"x"}}"#,
        r#""error":{"error":{"code":"CBC.99005003"}}"#,
        r#""errors":[{"error":{"code":["CBC.99005003"]}}]"#,
    ] {
        for body in [format!(r#"{{"transfer_id":"T1",{field}}}"#), format!("{{{field}}}")] {
            for expected in [TRANSFER, Expected::Nothing, Expected::Failures("error_details")] {
                let finding = classify(body.as_bytes(), expected, true);
                assert!(matches!(finding, Finding::Neither(..)), "{body} {expected:?}: {finding:?}");
                assert_eq!(code_of(&finding), Some("CBC.99005003"), "{body}");
            }
            for expected in [ROWS, Expected::Object] {
                let finding = classify(body.as_bytes(), expected, false);
                assert!(matches!(finding, Finding::Refusal(_)), "{body} {expected:?}: {finding:?}");
            }
            assert_eq!(signs_of_error(body.as_bytes()).code.as_deref(), Some("CBC.99005003"), "{body}");
        }
    }
    for field in [
        r#""data":{"error_code":"0","error_msg":"ok"}"#,
        r#""data":{"code":"CBC.99005003"}"#,
        r#""data":{"code":7,"message":"x"}"#,
        r#""rows":[{"error_code":"CBC.99005003","error_msg":"x"}]"#,
        r#""data":{"rows":[{"error_code":"CBC.99005003"}]}"#,
    ] {
        let body = format!(r#"{{"transfer_id":"T1",{field}}}"#);
        assert_eq!(classify(body.as_bytes(), TRANSFER, true), Finding::Success, "{body}");
    }
    let text = br#""{\"error_code\":\"CBC.0100\",\"error_msg\":\"bad\"}""#;
    let signs = signs_of_error(text);
    assert_eq!((signs.code.as_deref(), signs.message.as_deref()), (Some("CBC.0100"), Some("bad")));
}

#[test]
fn deep_errors_are_read_in_linear_time() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(120), close.repeat(120));
    for body in [
        deep(r#"{"error":"#, "}"),
        deep(r#"{"data":"#, "}"),
        deep(r#"{"error":["#, "]}").replacen(r#"{"error":["#, "", 60).replacen("]}", "", 60),
        format!(r#"{{"error":[{}1]}}"#, r#"{"error":{"error_code":["x"]}},"#.repeat(50_000)),
        format!(r#"{{"data":{{"a":{{"b":{{"c":[{}1]}}}}}}}}"#, "1,".repeat(200_000)),
    ] {
        let started = std::time::Instant::now();
        for expected in [TRANSFER, ROWS, Expected::Object, Expected::Nothing] {
            let _ = classify(body.as_bytes(), expected, true);
        }
        assert!(started.elapsed().as_secs() < 20, "{} bytes", body.len());
    }
}

#[test]
fn a_file_that_is_nothing_but_an_error_is_none() {
    for body in [
        r#"{"error_msg":"too low"}"#,
        r#"{"error_code":"SYSTEM_BUSY","error_msg":"x"}"#,
        r#"{"error_code":["OSM.01010015"],"error_msg":"x"}"#,
        r#"{"error":{"code":"OSM.01010015","message":"x"}}"#,
        r#"{"success":false,"error_msg":"x","request_id":"r"}"#,
        r#"{"error":{"message":"not found"}}"#,
        r#"{"code":"OSM.01010015","message":"x"}"#,
    ] {
        assert_ne!(classify(body.as_bytes(), Expected::File, false), Finding::Success, "{body}");
    }
    for body in [
        r#"{"success":false}"#,
        r#"{"message":"hello"}"#,
        r#"{"code":7,"message":"hello"}"#,
        r#"{"error_code":"SYSTEM_BUSY","error_msg":"x","line":7}"#,
        r#"{"error_msg":""}"#,
        r#"{"data":{"error_code":"OSM.01010015"}}"#,
        r#"["error_msg"]"#,
    ] {
        assert_eq!(classify(body.as_bytes(), Expected::File, false), Finding::Success, "{body}");
    }
}

#[test]
fn a_message_and_nothing_else_is_no_response_of_a_read() {
    for body in [
        r#"{"message":"denied"}"#,
        r#"{"msg":"busy","request_id":"r-1"}"#,
        r#"{"message":["a"],"status":"x"}"#,
        r#"{"error_msg":"denied"}"#,
    ] {
        let finding = classify(body.as_bytes(), Expected::Object, false);
        assert!(matches!(finding, Finding::Neither(..)), "{body}: {finding:?}");
    }
    for body in
        ["{}", r#"{"message":"hello","id":"a"}"#, r#"{"message":""}"#, r#"{"code":"0","message":"ok"}"#]
    {
        assert_eq!(classify(body.as_bytes(), Expected::Object, false), Finding::Success, "{body}");
    }
}

#[test]
fn the_names_of_an_error_may_have_any_signs() {
    for name in ["Error-Code", "error code", "error.code", "ERR_CODE", "errCode", "__errorNo"] {
        let body = format!(r#"{{"{name}":"CBC.99005003"}}"#);
        assert!(matches!(classify(body.as_bytes(), TRANSFER, true), Finding::Refusal(_)), "{body}");
    }
}

#[test]
fn a_total_of_zero_or_an_empty_list_beside_signs_of_an_error_is_no_empty_page() {
    for signs in [
        r#""code":"ERROR","message":"denied""#,
        r#""code":500,"msg":["denied"]"#,
        r#""error_msg":"denied""#,
        r#""error_code":"FAIL""#,
        r#""error_code":["0","FAIL"]"#,
        r#""error_code":{"a":"0","b":["CBC.99005003"]}"#,
        r#""success":false"#,
        r#""error":{"reason":"denied"}"#,
        r#""errors":["denied"]"#,
    ] {
        for page in [r#""total_count":0"#, r#""records":[]"#, r#""records":[],"total_count":"0""#] {
            for body in [format!("{{{page},{signs}}}"), format!("{{{signs},{page}}}")] {
                let finding = classify(body.as_bytes(), ROWS, false);
                assert_ne!(finding, Finding::Success, "{body}");
            }
        }
    }
    // Codes in an object beside an empty list, be they none of the service.
    for within in
        [r#"{"error_code":"CBC. 99005003"}"#, r#"{"error":{"error_no":true}}"#, r#"{"errCode":["1"]}"#]
    {
        for page in [r#""total_count":0"#, r#""records":[]"#] {
            let body = format!(r#"{{{page},"data":{within}}}"#);
            assert_ne!(classify(body.as_bytes(), ROWS, false), Finding::Success, "{body}");
        }
        let rows = format!(r#"{{"records":[{{"id":"a"}}],"data":{within}}}"#);
        assert_eq!(classify(rows.as_bytes(), ROWS, false), Finding::Success, "{rows}");
    }
    // Signs that only a total is too weak against.
    for signs in [
        r#""data":{"errorCode":1,"errorMsg":"x"}"#,
        r#""result":{"error":{"errCode":"CBC.0000.1"}}"#,
        r#""status":400"#,
        r#""status":"FAIL""#,
        r#""message":"denied""#,
        r#""code":"CBC. 99005003""#,
    ] {
        let body = format!(r#"{{"total_count":0,{signs}}}"#);
        assert_ne!(classify(body.as_bytes(), ROWS, false), Finding::Success, "{body}");
    }
    for benign in [
        r#""code":"0","message":"ok""#,
        r#""code":200,"message":"ok""#,
        r#""error_code":"","error_msg":"""#,
        r#""error_code":null,"error_msg":"success""#,
        r#""success":true,"status":"OK""#,
        r#""data":{"errorCode":"0"},"currency":"CNY""#,
        r#""request_id":"r-1""#,
    ] {
        for page in [r#""records":[]"#, r#""records":[],"total_count":0"#] {
            let body = format!("{{{page},{benign}}}");
            assert_eq!(classify(body.as_bytes(), ROWS, false), Finding::Success, "{body}");
        }
    }
    // Rows are rows.
    let body = br#"{"records":[{"id":"a"}],"code":"ERROR","message":"denied"}"#;
    assert_eq!(classify(body, ROWS, false), Finding::Success);
}

#[test]
fn a_proof_behind_an_error_counts_wherever_the_body_has_it() {
    let refusal = r#"{"error_code":"CBC.99005003","error_msg":"x"}"#;
    for body in [
        format!(r#"{refusal}{{"transfer_id":"T1"}}"#),
        format!("{refusal}\r\n{{\"transfer_id\":\"T1\"}}"),
        format!(r#"{refusal}{refusal}[]{{"transfer_id":"T1"}}"#),
        format!(r#"{refusal}{{"transfer_id":"T1","cut"#),
    ] {
        assert!(carries_proof(body.as_bytes(), TRANSFER), "{body}");
    }
    for body in
        [refusal.to_owned(), format!("{refusal}{refusal}"), format!("{refusal} ok"), format!("{refusal}{{")]
    {
        assert!(!carries_proof(body.as_bytes(), TRANSFER), "{body}");
    }
}

#[test]
fn what_programs_write_where_they_have_no_id_is_no_proof() {
    let nothing = [
        "0",
        "0.0",
        "-1",
        "false",
        "true",
        r#""0""#,
        r#""0000""#,
        r#""-1""#,
        r#""false""#,
        r#""ERROR""#,
        r#""Fail""#,
        r#""unknown""#,
        r#""SUCCESS""#,
        r#""--""#,
        r#"".""#,
        r#""?""#,
        r#""[]""#,
        r#""{}""#,
        r#""<html>""#,
        r#""[object Object]""#,
        r#""00000000-0000-0000-0000-000000000000""#,
        r#""\u2800""#,
        r#""\u3164\ufe0f""#,
        r#""\u200b0""#,
    ];
    for value in nothing {
        for field in ["transfer_id", "order_ids"] {
            let name = [field];
            let expected = Expected::AnyOf(&name);
            for body in [format!(r#"{{"{field}":{value}}}"#), format!(r#"{{"{field}":[{value}]}}"#)] {
                let finding = classify(body.as_bytes(), expected, true);
                assert!(matches!(finding, Finding::Neither(..)), "{body}: {finding:?}");
                assert!(!carries_proof(body.as_bytes(), expected), "{body}");
            }
        }
        let rows = format!(r#"{{"rows":[{{"coupon_id":{value}}}]}}"#);
        assert!(!rows_have_ids(rows.as_bytes(), &["rows"], &["coupon_id"]), "{rows}");
        let failures = format!(r#"{{"error_details":[{{"id":{value}}}]}}"#);
        let finding = classify(failures.as_bytes(), Expected::Failures("error_details"), true);
        assert!(matches!(finding, Finding::Neither(..)), "{failures}: {finding:?}");
    }
    for id in ["7", r#""007""#, r#""T1""#, r#""a-1""#, r#""okay""#, r#""OK12""#, r#""CS26050100001-0""#] {
        let body = format!(r#"{{"transfer_id":{id}}}"#);
        assert_eq!(classify(body.as_bytes(), TRANSFER, true), Finding::Success, "{body}");
    }
    // A code may have any of these values.
    for value in ["0", r#""0""#, "-1", "false", r#""true""#] {
        let body = format!(r#"{{"is_review":{value}}}"#);
        assert_eq!(
            classify(body.as_bytes(), Expected::AnyOf(&["is_review"]), true),
            Finding::Success,
            "{body}"
        );
    }
}
