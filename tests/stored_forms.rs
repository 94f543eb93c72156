//! Stored values are read and written again as they were: a later version reads the values of an earlier one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use huaweicloud_partner::{
    client::{DownloadCursor, ListCursor, RetryPolicy},
    costs::{CostFilter, CostGrouping, CostWindow},
    journal::{
        Attempt, AttemptState, Attribution, Book, DecidedBy, Evidence, Footprint, Learned, LegEntry,
        LegState, OwnerId, Rival, StoredAttempt,
    },
    operation::{Idempotency, Leg, Position, TimeWindow},
    orders::Accepted,
    testing::{Cassette, FaultSchedule, FaultTrigger, InjectedFault},
    tickets::{MessageCursor, TicketPage},
    types::{AmountText, CustomerId, Money, Personal, Secret},
    wait::{BudgetSetTo, InvoiceIssued, OrderPaid, RealNameReviewed, RefundListed, WaitToken},
};
use serde::{Serialize, de::DeserializeOwned};

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Is written as it was stored.
fn kept<T: Serialize + DeserializeOwned>(stored: &[&str]) {
    for json in stored {
        assert_eq!(serde_json::to_string(&read::<T>(json)).unwrap(), *json);
    }
}

/// Is read where fields are left out, and then written in full.
fn completed<T: Serialize + DeserializeOwned>(stored: &[(&str, &str)]) {
    for (json, full) in stored {
        assert_eq!(serde_json::to_string(&read::<T>(json)).unwrap(), *full);
    }
}

fn refused<T: DeserializeOwned>(stored: &[(&str, &str)]) {
    for (json, reason) in stored {
        let error = serde_json::from_str::<T>(json).err().unwrap_or_else(|| panic!("{json}")).to_string();
        assert!(error.starts_with(reason), "{json}: {error}");
    }
}

const ATTEMPT: &str = r#"{"format":1,"request_id":"q","operation":"bss.X","arguments":"{}","digest":"d","book":{"site":"china","account":"a"},"idempotency":"keyed","key":"k","memo":null,"memo_unique":true,"query":"bss.Y","by_state":false,"legs":[{"target":"t","kind":"k","amount":null,"target_in_record":true}],"made_after":"2026-05-01T08:05:01Z"}"#;

#[test]
fn a_journal_is_read_as_it_was_stored() {
    kept::<AttemptState>(&[
        "\"ready\"",
        "\"open\"",
        "\"executed\"",
        "\"not_executed\"",
        "\"partly_executed\"",
        "\"undecided\"",
    ]);
    kept::<LegState>(&["\"ready\"", "\"open\"", "\"executed\"", "\"not_executed\"", "\"undecided\""]);
    kept::<DecidedBy>(&["\"response\"", "\"match\"", "\"memo\"", "\"state\"", "\"operator\""]);
    kept::<Idempotency>(&["\"read_only\"", "\"idempotent\"", "\"keyed\"", "\"none\""]);
    refused::<LegState>(&[(
        "\"partly_executed\"",
        "unknown variant `partly_executed`, expected one of `ready`",
    )]);
    kept::<OwnerId>(&["\"o\""]);
    kept::<Footprint>(&["\"f\""]);
    kept::<Attempt>(&[ATTEMPT]);
    completed::<Attempt>(&[(&ATTEMPT.replace(r#""memo":null,"#, ""), ATTEMPT)]);
    refused::<Attempt>(&[(&ATTEMPT.replace(r#""digest":"d","#, ""), "missing field `digest`")]);
    kept::<StoredAttempt>(&[&format!(
        r#"{{"attempt":{ATTEMPT},"version":1,"state":"open","send_no":1,"owner":"o","window_begin":"2026-05-01T08:05:01Z","signed_at":"2026-05-01T08:05:01.5Z","send_by":"2026-05-01T08:05:01Z","fenced":true,"legs":[{{"state":"open","send_no":1}}]}}"#
    )]);
    kept::<LegEntry>(&[
        r#"{"state":"executed","code":"CBC.1","record":"r","by":"memo","ignored":["a"],"candidates":["b"],"rivals":["c"],"send_no":2}"#,
    ]);
    completed::<LegEntry>(&[(r#"{"state":"ready","unknown":1}"#, r#"{"state":"ready","send_no":0}"#)]);
    refused::<LegEntry>(&[("{}", "missing field `state`"), (r#"{"state":7}"#, "expected value")]);
    kept::<Book>(&[
        r#"{"site":"china","account":"a","indirect_partner_id":"r"}"#,
        r#"{"site":"europe","account":"a"}"#,
    ]);
    kept::<Leg>(&[r#"{"target":"t","kind":"k","amount":"1","target_in_record":true}"#]);
    kept::<Evidence>(&[r#"{"request_id":"q","send_no":1,"what":"w"}"#]);
    kept::<Attribution>(&[r#"{"record_id":"r","request_id":"q","leg":0,"by":"memo"}"#]);
    completed::<Learned>(&[(
        r#"{"memo_echo":true}"#,
        r#"{"sees_account":false,"memo_echo":true,"record_delay_ms":0,"clock_skew_ms":0}"#,
    )]);
    kept::<Rival>(&[
        r#"{"request_id":"q","state":"open","candidates":["a"],"window_begin":"2026-05-01T08:05:01Z","signed_at":"2026-05-01T08:05:01Z","memo":null}"#,
    ]);
    kept::<TimeWindow>(&[r#"{"from":"2026-05-01T08:05:01Z","until":"2026-05-01T08:05:01Z"}"#]);
}

#[test]
fn waits_and_cursors_are_read_as_they_were_stored() {
    kept::<WaitToken<OrderPaid>>(&[
        r#"{"condition":{"order_id":"o","indirect_partner_id":"r"},"ends_at":"2026-05-01T08:05:01Z"}"#,
    ]);
    refused::<WaitToken<OrderPaid>>(&[(
        r#"{"condition":{"order_id":"o"},"ends_at":"2026-05-01T08:05:01Z","more":1}"#,
        "unknown field `more`, expected `condition` or `ends_at`",
    )]);
    kept::<RefundListed>(&[r#"{"order_id":"o"}"#]);
    kept::<RealNameReviewed>(&[r#"{"customer_id":"o"}"#]);
    kept::<BudgetSetTo>(&[
        r#"{"customer_id":"o","budget_amount":"7.50","indirect_partner_id":"r"}"#,
        r#"{"customer_id":"o","budget_amount":"7.50"}"#,
    ]);
    kept::<InvoiceIssued>(&[
        r#"{"request_id":"o","start_time":"2026-05-01T08:05:01Z","end_time":"2026-05-01T08:05:01Z"}"#,
    ]);
    kept::<ListCursor>(&[
        r#"{"position":{"row":3},"rows":1,"seen":2,"total":5,"page_size":10,"finished":true}"#,
        r#"{"position":{"marker":null},"rows":0,"seen":0,"total":null,"page_size":10}"#,
    ]);
    completed::<ListCursor>(&[(
        r#"{"position":{"page":1},"page_size":10}"#,
        r#"{"position":{"page":1},"rows":0,"seen":0,"total":null,"page_size":10}"#,
    )]);
    kept::<Position>(&[r#"{"row":3}"#, r#"{"page":1}"#, r#"{"marker":null}"#, r#"{"marker":"m"}"#]);
    refused::<Position>(&[
        (r#"{"line":3}"#, "unknown variant `line`, expected one of `row`, `page`, `marker`"),
        ("\"row\"", "invalid type: unit variant, expected newtype variant"),
    ]);
    kept::<DownloadCursor>(&[
        r#"{"received":3,"length":1,"version":"v"}"#,
        r#"{"received":3,"length":null,"version":null}"#,
    ]);
    kept::<MessageCursor>(&[r#"{"cursor":"1","recent":["a"]}"#]);
}

#[test]
fn settings_and_values_are_read_as_they_were_stored() {
    kept::<RetryPolicy>(&[r#"{"attempts":3,"first_wait_ms":1,"longest_wait_ms":2}"#]);
    completed::<RetryPolicy>(&[
        ("{}", r#"{"attempts":4,"first_wait_ms":500,"longest_wait_ms":20000}"#),
        (r#"{"attempts":2}"#, r#"{"attempts":2,"first_wait_ms":500,"longest_wait_ms":20000}"#),
    ]);
    refused::<RetryPolicy>(&[
        (r#"{"attempts":0}"#, "a call has at least one attempt"),
        (r#"{"first":1}"#, "unknown field `first`, expected one of `attempts`, `first_wait_ms`"),
        (r#"{"attempts":1,"attempts":1}"#, "duplicate field `attempts`"),
    ]);
    kept::<Money>(&[r#"{"amount":"749.50","unit":1,"currency":"CNY"}"#]);
    completed::<Money>(&[(
        r#"{"amount":"749.50","currency":"CNY"}"#,
        r#"{"amount":"749.50","unit":1,"currency":"CNY"}"#,
    )]);
    refused::<Money>(&[
        (r#"{"amount":"749.50"}"#, "missing field `currency`"),
        (r#"{"amount":"1","currency":"CNY","tax":"1"}"#, "unknown field `tax`"),
    ]);
    kept::<CustomerId>(&["\"c1\""]);
    kept::<Personal>(&["\"Li Lei\""]);
    kept::<Secret>(&["\"s\""]);
    kept::<AmountText>(&["\"749.50\"", "\"five\""]);
    kept::<CostWindow>(&[r#"{"time_measure_id":1,"begin_time":"2026-10-01","end_time":"2026-10-31"}"#]);
    kept::<CostGrouping>(&[r#"{"type":"tag","key":"k"}"#]);
    kept::<CostFilter>(&[r#"{"operator":1,"filter_factor":{"key":"REGION_CODE","value":["x"]}}"#]);
    kept::<Accepted>(&["{}"]);
    completed::<Accepted>(&[(r#"{"unknown":1}"#, "{}")]);
    completed::<TicketPage>(&[
        (r#"{"count":4}"#, r#"{"total_count":4,"incident_info_list":[]}"#),
        (r#"{"total_count":4}"#, r#"{"total_count":4,"incident_info_list":[]}"#),
    ]);
}

#[test]
fn faults_and_recordings_are_read_as_they_were_stored() {
    kept::<InjectedFault>(&[
        "\"no_connection\"",
        "\"lost_request\"",
        "\"lost_response\"",
        "\"timed_out\"",
        "\"error_before\"",
        "\"error_after\"",
        "{\"throttled\":null}",
        "{\"throttled\":3}",
        "{\"slow_body\":200}",
        "\"wrong_content_type\"",
        "\"cut_off_body\"",
        "{\"clock_skew\":-3}",
        "\"unknown_fields\"",
        "\"unknown_code\"",
    ]);
    kept::<FaultTrigger>(&[r#"{"calls":[2,5]}"#, r#"{"on":"bss.X","percent":10}"#]);
    completed::<FaultTrigger>(&[
        (r#"{"percent":10,"on":"bss.X"}"#, r#"{"on":"bss.X","percent":10}"#),
        (r#"{"unknown":{"call":1},"on":null,"every":2,"call":3}"#, r#"{"every":2}"#),
    ]);
    refused::<FaultTrigger>(&[
        (r#"{"on":"a","on":"b","call":1}"#, "duplicate field `on`"),
        (r#"{"call":null}"#, "invalid type: null, expected u64"),
    ]);
    kept::<FaultSchedule>(&[
        r#"{"seed":7,"rules":[{"fault":{"clock_skew":4},"when":{"percent":3},"seen":1,"chance":5}],"requests":1,"injected":[[1,"lost_request"]]}"#,
    ]);
    completed::<FaultSchedule>(&[("{}", r#"{"seed":0,"rules":[],"requests":0,"injected":[]}"#)]);
    kept::<Cassette>(&[
        r#"{"version":1,"exchanges":[{"request":{"method":"GET","path":"/v2/x","query":"a=1","headers":{"a":"b"},"body":{"json":{"a":1.50}}},"response":{"status":200,"headers":{"a":"b"},"body":{"bytes":{"length":3,"sha256":"ab"}}}},{"request":{"method":"GET","path":"/v2/x","body":{"bytes":{"length":3}}},"failure":{"kind":"tls","may_have_been_sent":true}}]}"#,
    ]);
    refused::<Cassette>(&[(r#"{"version":1}"#, "missing field `exchanges`")]);
}
