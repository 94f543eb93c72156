//! Tests of the promises that README.md and the crate documentation make.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)] // helpers of tests

#[path = "support/source.rs"]
mod source;

use std::{fs, path::Path, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::Response;
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    auth::Credentials,
    client::{CallOptions, NoRateLimit},
    clock::ManualClock,
    journal::{JournalOptions, MemoryJournal, ResolveOptions},
    operation::Operation,
    partners::ShowBalances,
    resellers::{AllocateToReseller, ListResellers},
    testing::{InjectedFault, MockTransport},
    transport::{TransportError, TransportErrorKind},
    types::{Amount, Currency, Money, MoneyError, Site},
};
use huaweicloud_partner_sandbox::{FaultTrigger, LedgerAccount, Sandbox};
use proptest::prelude::*;

fn client(transport: MockTransport) -> Client {
    Client::builder(Site::China)
        .credentials(Credentials::keys("access-key", "secret-key"))
        .transport(transport)
        .clock(ManualClock::at(time::macros::datetime!(2026-05-01 08:05:01 UTC)))
        .options(CallOptions::new().rate_limiter(NoRateLimit))
        .build()
        .unwrap()
}

fn response(status: u16, body: &str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body.to_owned())).unwrap()
}

/// Sends an operation to a service that gives this response to every request, and says how many requests it got.
fn send<O: Operation + 'static>(operation: &O, status: u16, body: &str) -> (Result<O::Output, Error>, usize) {
    let transport = MockTransport::new();
    transport.on_any::<O>().respond_raw(response(status, body));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let result = runtime.block_on(client(transport.clone()).send(operation));
    (result.map(huaweicloud_partner::client::Response::into_inner), transport.requests().len())
}

fn transfer() -> AllocateToReseller {
    AllocateToReseller::new("reseller-1", Amount::from(100))
}

/// The promises below a heading of a file, each with the tests that it names.
fn promises(file: &str, heading: &str) -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let text: String =
        text.lines().map(|line| line.trim_start_matches("//!").trim().to_owned() + "\n").collect();
    let section =
        text.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{file} has no {heading}")).1;
    let section = section.split("\n# ").next().unwrap().split("\n## ").next().unwrap();
    let promise = |text: &str| {
        let (name, rest) = text.split_once("**").unwrap();
        let tests = rest.split('`').skip(1).step_by(2).filter(|code| code.contains(".rs::"));
        (name.to_owned(), tests.map(str::to_owned).collect())
    };
    section.split("- **").skip(1).map(promise).collect()
}

/// Whether the file before the colons has a test of the name behind them.
fn is_a_test(test: &str) -> bool {
    let (file, name) = test.split_once("::").unwrap();
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap_or_default();
    let Some((before, _)) = text.split_once(&format!("fn {name}(")) else { return false };
    let head = before.rsplit_once("\n\n").map_or(before, |(_, head)| head);
    head.contains("test]") || head.contains("test(")
}

#[test]
fn every_promise_names_the_test_that_proves_it() {
    let sources = [
        ("README.md", "## Promises"),
        ("README.zh-CN.md", "## 承诺"),
        ("src/lib.rs", "# Promises"),
        ("crates/store/README.md", "## Promises"),
        ("crates/sandbox/README.md", "## Promises"),
        ("crates/billing/README.md", "## Promises"),
    ];
    for (file, heading) in sources {
        let promises = promises(file, heading);
        assert!(promises.len() >= 3, "{file} has {} promises", promises.len());
        for (promise, tests) in promises {
            assert!(!tests.is_empty(), "{file}: no test is named beside “{promise}”");
            for test in tests {
                assert!(is_a_test(&test), "{file}: “{promise}” names {test}, which is no test");
            }
        }
    }
    assert!(!is_a_test("tests/promises.rs::transfer"), "a helper is no test");
}

#[test]
fn the_readme_promises_the_same_in_both_languages_and_in_the_crate_docs() {
    let tests = |file: &str, heading: &str| {
        promises(file, heading).into_iter().map(|promise| promise.1).collect::<Vec<_>>()
    };
    let readme = tests("README.md", "## Promises");
    assert_eq!(tests("README.zh-CN.md", "## 承诺"), readme);
    assert_eq!(tests("src/lib.rs", "# Promises"), readme);
}

/// Guarantees outside the lists of promises: the file, the sentence or its beginning, and the tests that prove it.
const GUARANTEES: &[(&str, &str, &[&str])] = &[
    (
        "README.md",
        "every operation sends the same request as the official SDK, signature included",
        &[
            "tests/wire.rs::every_business_operation_is_on_the_wire_as_the_official_sdk_has_it",
            "tests/wire.rs::every_ticket_operation_is_on_the_wire_as_the_official_sdk_has_it",
            "tests/signature.rs::every_vector_of_the_official_sdk_comes_out_byte_for_byte",
        ],
    ),
    (
        "README.md",
        "every field of the official models is read and written",
        &["tests/catalogue.rs::every_response_field_survives_reading_and_writing"],
    ),
    (
        "README.md",
        "the official SDK works with the sandbox",
        &["crates/sandbox/tests/official_sdk.rs::the_official_sdk_works_a_day"],
    ),
    (
        "src/lib.rs",
        "Every call is typed, amounts are exact decimals",
        &[
            "tests/promises.rs::amounts_are_exact",
            "tests/promises.rs::a_write_that_may_have_been_executed_is_never_sent_again",
            "tests/promises.rs::personal_data_and_secrets_stay_out_of_logs",
        ],
    ),
    (
        "src/lib.rs",
        "exactly-once writes: attempts, the journal, resolution of lost responses",
        &["tests/journal/model.rs::no_interleaving_executes_twice_or_gives_a_wrong_outcome"],
    ),
    (
        "src/lib.rs",
        "A read is repeated after a failure, within the",
        &["tests/client.rs::reads_are_repeated_and_then_given_up"],
    ),
    (
        "src/lib.rs",
        "A write is repeated only if it cannot have been executed",
        &["tests/boundary.rs::a_write_is_sent_again_only_where_a_repeat_has_no_further_effect"],
    ),
    (
        "src/lib.rs",
        "Dropping the future of a write after it was sent leaves it in the same state.",
        &[
            "tests/journal/outcomes.rs::outcome_dropped_future_leaves_an_event_and_with_a_journal_an_open_attempt",
        ],
    ),
    (
        "src/lib.rs",
        "so their types are `#[non_exhaustive]`",
        &["tests/public_api.rs::every_public_struct_and_enum_can_gain_fields_and_variants"],
    ),
    (
        "src/lib.rs",
        "The crates whose types stand in signatures are exported again",
        &["tests/public_api.rs::crates_in_signatures_are_exported_again"],
    ),
    (
        "src/lib.rs",
        "Without a generator a write that needs a key is refused before it is sent.",
        &["tests/integration_points.rs::a_write_whose_key_is_empty_is_refused_before_it_is_sent"],
    ),
    (
        "crates/sandbox/README.md",
        "The first line that it writes to standard output is one JSON object",
        &[
            "crates/sandbox/tests/binary.rs::the_first_line_is_one_json_object_with_the_address_and_all_accounts",
        ],
    ),
    (
        "crates/sandbox/README.md",
        "The fixture starts the server once and gives each test a world of its own",
        &["crates/sandbox/tests/python_client.rs::the_python_client_opens_worlds_and_controls_them"],
    ),
    (
        "crates/sandbox/README.md",
        "describes them with every event and its fields",
        &[
            "crates/sandbox/tests/sandbox_control.rs::every_path_of_the_openapi_file_is_served_and_no_other",
            "crates/sandbox/tests/sandbox_openapi.rs::every_event_is_described_with_exactly_the_fields_that_are_read",
        ],
    ),
    (
        "crates/sandbox/README.md",
        "A request with a field that is not known is refused, and names it.",
        &[
            "crates/sandbox/tests/sandbox_control.rs::a_field_that_a_request_does_not_have_is_refused_by_its_name",
            "crates/sandbox/tests/sandbox_control.rs::a_field_that_an_event_does_not_have_is_refused_by_its_path",
        ],
    ),
    (
        "crates/sandbox/README.md",
        "Pages of other origins can trigger nothing.",
        &["crates/sandbox/tests/sandbox_robust.rs::no_page_of_another_origin_triggers_anything"],
    ),
    (
        "crates/sandbox/README.md",
        "which every POST must have",
        &["crates/sandbox/tests/sandbox_server.rs::pages_of_other_sites_move_nothing"],
    ),
    (
        "crates/sandbox/README.md",
        "let an operation refuse once with a documented code",
        &["crates/sandbox/tests/sandbox_control.rs::faults_are_added_listed_and_cleared"],
    ),
    (
        "crates/sandbox/README.md",
        "A call is executed as a whole before the next one",
        &["crates/sandbox/tests/sandbox_server.rs::calls_at_the_same_time_are_executed_one_after_the_other"],
    ),
    (
        "crates/sandbox/README.md",
        "A saved world of an older form is refused, not converted.",
        &["crates/sandbox/tests/sandbox.rs::a_saved_world_of_another_form_is_refused"],
    ),
    (
        "crates/sandbox/src/lib.rs",
        "Every movement of money or quota is double entry: [`Sandbox::audit`] checks that nothing was created or lost.",
        &["crates/sandbox/tests/sandbox.rs::no_sequence_of_calls_makes_or_loses_money"],
    ),
    (
        "crates/sandbox/src/lib.rs",
        "Every operation of the SDK is simulated.",
        &["crates/sandbox/tests/readme.rs::the_table_of_operations_says_what_is_simulated"],
    ),
    (
        "crates/sandbox/src/lib.rs",
        "Both are the same in every run.",
        &["crates/sandbox/tests/binary.rs::a_seed_makes_the_faults_of_every_run_the_same"],
    ),
    (
        "crates/sandbox/src/lib.rs",
        "An engineer works on every ticket",
        &["crates/sandbox/tests/sandbox_tickets/main.rs::engineers_follow_their_script"],
    ),
    (
        "crates/store/README.md",
        "every write executed once, also when the process dies",
        &["crates/store/tests/topups.rs::a_top_up_is_made_once_across_repeats_lost_responses_and_restarts"],
    ),
    (
        "crates/store/README.md",
        "thousands of writes from a stream or a CSV file, each executed once, within limits",
        &[
            "crates/store/tests/bulk_kill/main.rs::short_every_row_is_executed_once_however_often_the_program_is_killed",
        ],
    ),
    (
        "crates/store/README.md",
        "| `--sole-writer` |",
        &[
            "crates/store/tests/bulk_program.rs::a_lost_response_is_executed_for_a_sole_writer_and_undecided_otherwise",
        ],
    ),
    (
        "crates/store/README.md",
        "| lines that cannot be read |",
        &["crates/store/tests/bulk_program.rs::lines_that_cannot_be_read_are_named_and_the_others_are_sent"],
    ),
    (
        "crates/store/README.md",
        "| a request id that comes twice |",
        &[
            "crates/store/tests/bulk_program.rs::a_request_id_is_one_write_whatever_the_lines_say",
            "crates/store/tests/bulk_program.rs::a_file_in_which_an_id_stands_for_two_writes_is_refused_before_anything_is_sent",
        ],
    ),
    (
        "crates/store/README.md",
        "| a server that cannot be reached |",
        &[
            "crates/store/tests/bulk_program.rs::a_server_that_is_down_is_named_stops_the_run_and_the_same_command_continues",
        ],
    ),
    (
        "crates/store/README.md",
        "| credentials that are refused |",
        &[
            "crates/store/tests/bulk_program.rs::credentials_that_are_refused_stop_the_run_at_once_and_settle_nothing",
        ],
    ),
    (
        "crates/store/README.md",
        "| lines that are not UTF-8 |",
        &[
            "crates/store/tests/bulk_program.rs::lines_in_another_encoding_are_invalid_and_a_long_memo_is_sent",
        ],
    ),
    (
        "crates/store/README.md",
        "| results |",
        &[
            "crates/store/tests/bulk_program.rs::a_run_that_is_killed_leaves_no_results_and_not_those_of_the_run_before",
        ],
    ),
    (
        "crates/store/README.md",
        "| exit code |",
        &["crates/store/tests/bulk_program.rs::rows_are_sent_once_and_the_same_command_again_sends_nothing"],
    ),
    (
        "crates/store/README.md",
        "A write costs two commits",
        &["crates/store/tests/costs.rs::a_write_costs_two_commits"],
    ),
    (
        "crates/store/src/lib.rs",
        "A write with a journal is executed once, also when the process dies",
        &["crates/store/tests/topups.rs::a_top_up_is_made_once_across_repeats_lost_responses_and_restarts"],
    ),
    (
        "crates/store/src/lib.rs",
        "thousands of writes from a stream, each executed once",
        &[
            "crates/store/tests/bulk_kill/main.rs::short_every_row_is_executed_once_however_often_the_program_is_killed",
        ],
    ),
    (
        "crates/billing/README.md",
        "**Every charge of a month**",
        &[
            "crates/billing/tests/sources.rs::nothing_is_counted_twice_however_it_is_given",
            "crates/billing/tests/sources.rs::resellers_that_are_named_for_a_resumed_run_are_read_as_well",
            "crates/billing/tests/sources.rs::figures_that_are_refused_are_a_gap_and_not_a_difference",
        ],
    ),
    (
        "crates/billing/README.md",
        "**Reconciliation** with the figures",
        &[
            "crates/billing/tests/causes.rs::every_cause_of_the_china_site_is_named_with_its_exact_amount",
            "crates/billing/tests/causes.rs::every_cause_of_the_international_site_is_named_with_its_exact_amount",
        ],
    ),
    (
        "crates/billing/README.md",
        "A month changes in one step: whatever fails or is killed",
        &[
            "crates/billing/tests/failing_store.rs::a_month_is_whole_whichever_operation_of_the_store_fails",
            "crates/billing/tests/month_end.rs::killed_while_files_are_written_the_month_is_whole_and_nothing_is_left_over",
        ],
    ),
    (
        "crates/billing/README.md",
        "explains when a month is final, which files to fetch, and every difference, gap and error",
        &[
            "crates/billing/tests/guide.rs::the_guide_explains_every_cause_check_gap_verdict_error_and_kind_of_damage",
        ],
    ),
    (
        "crates/billing/README.md",
        "and its exit code says how the close went",
        &["crates/billing/tests/month_end.rs::exit_codes_say_how_the_close_went"],
    ),
    (
        "crates/billing/src/lib.rs",
        "the [`guide`] explains everything that it can say",
        &[
            "crates/billing/tests/guide.rs::the_guide_explains_every_cause_check_gap_verdict_error_and_kind_of_damage",
        ],
    ),
];

/// Sentences with the words of a guarantee that only describe: the file and the beginning.
const DESCRIPTIONS: &[(&str, &str)] = &[
    ("README.md", "The crate has never been run against a production account."),
    ("README.md", "The documentation of the [journal]"),
    ("README.md", "| `wire` | what would go on the wire"),
    ("crates/sandbox/src/lib.rs", "The real Partner Center moves real money and needs a contract"),
    ("crates/store/README.md", "| keys |"),
    ("crates/billing/README.md", "From a statement file of a million rows"),
    ("crates/billing/README.md", "The file is read twice"),
    ("crates/billing/README.md", "`cargo test -p huaweicloud-partner-billing` needs nothing but Rust."),
];

/// The prose of a page or of the documentation of a crate, with its lists of promises, programs and generated tables left
/// out, on one line.
fn prose(file: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let mut lines = Vec::new();
    let (mut code, mut promises, mut generated) = (false, false, false);
    for line in text.lines() {
        let line = match line.strip_prefix("//!") {
            Some(line) => line.trim(),
            None if file.ends_with(".rs") => continue,
            None => line.trim(),
        };
        code ^= line.starts_with("```");
        if line.starts_with("<!-- ") {
            generated = !line.contains("end of") && (line.contains("operations") || line.contains("codes"));
        }
        if !code && line.starts_with('#') {
            promises = line.ends_with("# Promises");
        }
        if !code && !promises && !generated {
            lines.push(line);
        }
    }
    lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_guarantee_outside_the_lists_has_its_test() {
    for (file, sentence, tests) in GUARANTEES {
        assert!(prose(file).contains(sentence), "{file} does not say “{sentence}” any more");
        for test in *tests {
            assert!(is_a_test(test), "{file}: “{sentence}” has {test}, which is no test");
        }
    }
    let words = ["never", "always", "exactly", "whatever", "cannot", "nothing", "once", "every"];
    let mut unproven = Vec::new();
    for file in GUARANTEES.iter().map(|(file, ..)| *file).collect::<std::collections::BTreeSet<_>>() {
        let prose = prose(file);
        let known = |sentence: &str| {
            let of_guarantees = GUARANTEES.iter().map(|(file, known, _)| (*file, *known));
            of_guarantees
                .chain(DESCRIPTIONS.iter().copied())
                .any(|(of, known)| of == file && (sentence.contains(known) || known.contains(sentence)))
        };
        // A sentence ends at a full stop, a row or an item at the next.
        let marked = prose
            .replace(". ", ".\n")
            .replace(" - ", "\n")
            .replace(" | | ", " |\n| ")
            .replace(": [`", ":\n[`");
        for sentence in marked.lines() {
            // What stands in code is a name.
            let lower = sentence.split('`').step_by(2).collect::<String>().to_lowercase();
            let promises = lower.split(|c: char| !c.is_alphabetic()).any(|word| words.contains(&word));
            if promises && !known(sentence.trim()) {
                unproven.push(format!("{file}: {sentence}"));
            }
        }
    }
    assert!(unproven.is_empty(), "guarantees without a test:\n{}", unproven.join("\n"));
}

proptest! {
    #[test]
    fn amounts_are_exact_whatever_their_digits(
        sign in prop::bool::ANY,
        digits in prop::collection::vec(0u8..10, 1..=28),
        scale in 0usize..10,
    ) {
        let digits: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let (whole, part) = digits.split_at(digits.len().saturating_sub(scale));
        let whole = if whole.trim_start_matches('0').is_empty() { "0" } else { whole.trim_start_matches('0') };
        let zero = digits.bytes().all(|digit| digit == b'0');
        let sign = if sign && !zero { "-" } else { "" };
        let text = if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") };
        for json in [text.clone(), format!("\"{text}\"")] {
            let body = format!(r#"{{"account_balances":[{{"account_type":"BALANCE_TYPE_DEBIT","amount":{json}}}]}}"#);
            let balances = send(&ShowBalances::new(), 200, &body).0.unwrap();
            prop_assert_eq!(balances.account_balances[0].amount.unwrap().to_string(), text.clone());
        }
    }
}

#[test]
fn amounts_are_exact() {
    for file in source::sources("src") {
        for line in file.text.lines().filter(|line| line.trim_start().starts_with("pub ")) {
            let float = line
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .any(|w| w == "f64" || w == "f32");
            assert!(!float, "{} has a public float: {line}", file.path);
        }
    }
    let (yuan, dollars) = (Money::new(1, Currency::Cny), Money::new(1, Currency::Usd));
    assert!(yuan.checked_add(&dollars).is_err());
    assert_eq!(yuan.checked_add(&yuan).unwrap(), Money::new(2, Currency::Cny));
}

#[test]
fn missing_money_is_none_never_zero() {
    for missing in [r#","amount":null"#, r#","amount":"""#, r#","amount":" ""#, ""] {
        // Everything else is there, so that nothing but the amount can be what is missing.
        let body = format!(
            r#"{{"account_balances":[{{"account_type":1,"designated_amount":0,"measure_id":1,"currency":"CNY"{missing}}}]}}"#
        );
        let balances = send(&ShowBalances::new(), 200, &body).0.unwrap();
        assert_eq!(balances.account_balances[0].amount, None, "{missing}");
        assert_eq!(balances.account_balances[0].money(), Err(MoneyError::Missing("amount")), "{missing}");
        assert_eq!(balances.free_for_grants(), Err(MoneyError::Missing("amount")), "{missing}");
    }
    let odd = r#"{"account_balances":[{"account_type":"BALANCE_TYPE_DEBIT","amount":{}}]}"#;
    let error = send(&ShowBalances::new(), 200, odd).0.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Undecodable);
    // Of every response: what has no field has no amount, at any depth.
    fn zero(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Object(fields) => fields.values().any(zero),
            serde_json::Value::Array(rows) => rows.iter().any(zero),
            serde_json::Value::String(text) => text.parse::<Amount>().is_ok(),
            _ => false,
        }
    }
    let mut read = 0;
    for entry in huaweicloud_partner::registry::all() {
        for row in [r#"{}"#, r#"{"x":1}"#] {
            let list = entry.meta.paging.map_or("list", |paging| paging.list);
            for body in [row.to_owned(), format!(r#"{{"{list}":[{row}]}}"#)] {
                let Ok((response, _)) = entry.response(body.as_bytes()) else { continue };
                let response: serde_json::Value = serde_json::from_slice(&response).unwrap();
                assert!(!zero(&response), "{} {body}: {response}", entry.meta.name);
                read += 1;
            }
        }
    }
    assert!(read > 500, "only {read} responses were read");
}

#[test]
fn a_success_is_proven() {
    for body in
        ["", "{}", "null", r#"{"transfer_id":null}"#, r#"{"transfer_id":""}"#, "<html>", r#"{"ok":true}"#]
    {
        let (result, requests) = send(&transfer(), 200, body);
        let error = result.unwrap_err();
        assert!(error.may_have_been_executed() && requests == 1, "{body}: {error}");
        let named = error.to_string().contains("expected transfer_id");
        assert!(named || body == "<html>", "the missing field is named: {error}");
    }
    for body in [
        r#"{"error_code":"CBC.99005003","error_msg":"too low"}"#,
        r#"{"errorCode":"CBC.99005003","errorMsg":"too low"}"#,
        r#"{"error_code":"CBC.99005003","error_msg":{"en":"too low"}}"#,
    ] {
        let error = send(&transfer(), 200, body).0.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{body}");
    }
    assert_eq!(send(&transfer(), 200, r#"{"transfer_id":"T1"}"#).0.unwrap().transfer_id, "T1");
}

#[test]
fn a_write_that_may_have_been_executed_is_never_sent_again() {
    for (status, body) in [(500, ""), (502, "<html>"), (503, ""), (504, ""), (200, ""), (404, "")] {
        let (result, requests) = send(&transfer(), status, body);
        let error = result.unwrap_err();
        assert!(error.may_have_been_executed(), "{status}: {error}");
        assert_eq!(requests, 1, "{status}");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for kind in [TransportErrorKind::Broken, TransportErrorKind::Timeout, TransportErrorKind::Malformed] {
        let transport = MockTransport::new();
        transport.on_any::<AllocateToReseller>().fail(move || TransportError::possibly_sent(kind));
        let error = runtime.block_on(client(transport.clone()).send(&transfer())).unwrap_err();
        assert!(error.may_have_been_executed() && transport.requests().len() == 1, "{kind:?}: {error}");
    }
    // With a journal a lost response, or a lost request, ends as one execution.
    for fault in [InjectedFault::LostResponse, InjectedFault::LostRequest, InjectedFault::ErrorAfter] {
        let sandbox = Sandbox::small_distributor();
        sandbox.inject(fault, FaultTrigger::call(1).of::<AllocateToReseller>());
        let options =
            JournalOptions::new().resolve(ResolveOptions::new().sole_writer(true).sees_account(true));
        let client = sandbox
            .client("distributor")
            .unwrap()
            .with_journal_options(Arc::new(MemoryJournal::new()), options);
        let settled = runtime.block_on(client.send_once("order-1", &transfer())).unwrap();
        let again = runtime.block_on(client.send_once("order-1", &transfer())).unwrap();
        assert!(settled.is_executed() && again.is_executed(), "{settled}");
        let held = sandbox.snapshot().ledger().balance(&LedgerAccount::cash("reseller-1"));
        assert_eq!(held, Amount::from(100));
    }
}

#[tokio::test]
async fn lists_end_or_fail() {
    let page = |from: u32, rows: u32, total: Option<u32>| {
        let rows: Vec<_> =
            (from..from + rows).map(|n| format!(r#"{{"indirect_partner_id":"p{n}"}}"#)).collect();
        let total = total.map(|total| format!(r#","count":{total}"#)).unwrap_or_default();
        response(200, &format!(r#"{{"indirect_partners":[{}]{total}}}"#, rows.join(",")))
    };
    // The same page whatever was asked for.
    for total in [None, Some(250), Some(1_000_000)] {
        let transport = MockTransport::new();
        transport.on_any::<ListResellers>().respond_raw(page(0, 100, total));
        let list: Result<Vec<_>, _> =
            client(transport).items(ListResellers::new().limit(100_u32)).try_collect().await;
        assert_eq!(list.unwrap_err().kind(), ErrorKind::ListChanged, "{total:?}");
    }
    // Pages of another size than asked for.
    let transport = MockTransport::new();
    for (from, rows) in [(0, 200), (200, 200), (400, 50), (450, 0)] {
        transport.on_any::<ListResellers>().respond_raw(page(from, rows, None)).times(1).exhausts();
    }
    let list: Vec<_> =
        client(transport).items(ListResellers::new().limit(100_u32)).try_collect().await.unwrap();
    assert_eq!(list.len(), 450);
    // Pages that are cut, with and without a total, and a total that is too small.
    for (total, pages) in [
        (None, vec![(0, 50), (50, 50), (100, 20), (120, 0)]),
        (Some(120), vec![(0, 50), (50, 50), (100, 20), (120, 0)]),
        (Some(100), vec![(0, 100), (100, 100), (200, 50), (250, 0)]),
    ] {
        let transport = MockTransport::new();
        for (from, rows) in &pages {
            transport.on_any::<ListResellers>().respond_raw(page(*from, *rows, total)).times(1).exhausts();
        }
        let mut rows = client(transport).items(ListResellers::new().limit(100_u32));
        let (mut count, mut error) = (0, None);
        while let Some(row) = rows.next().await {
            match row {
                Ok(_) => count += 1,
                Err(end) => error = Some(end.kind()),
            }
        }
        let sent: u32 = pages.iter().map(|(_, rows)| rows).sum();
        assert_eq!(count, sent, "{total:?}");
        // All rows came, and more than the total says.
        assert_eq!(error, (total == Some(100)).then_some(ErrorKind::ListChanged), "{total:?}");
    }
    // Less came than the total says.
    let transport = MockTransport::new();
    for (from, rows) in [(0, 100), (100, 0)] {
        transport.on_any::<ListResellers>().respond_raw(page(from, rows, Some(250))).times(1).exhausts();
    }
    let list: Result<Vec<_>, _> =
        client(transport).items(ListResellers::new().limit(100_u32)).try_collect().await;
    assert_eq!(list.unwrap_err().kind(), ErrorKind::ListChanged);
}

#[test]
fn one_odd_value_does_not_fail_a_page() {
    let body = r#"{"count":2,"indirect_partners":[
        {"indirect_partner_id":"p1","associated_on":"yesterday"},{"indirect_partner_id":"p2"}]}"#;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let transport = MockTransport::new();
    transport.on_any::<ListResellers>().respond_raw(response(200, body));
    let page = runtime.block_on(client(transport).send(&ListResellers::new())).unwrap();
    assert_eq!(page.indirect_partners.len(), 2);
    assert_eq!(page.drift().len(), 1);
    assert_eq!(page.drift()[0].path, "$.indirect_partners[0].associated_on");
    let odd = r#"{"account_balances":[{"amount":"many"}]}"#;
    assert!(send(&ShowBalances::new(), 200, odd).0.is_err(), "money stays strict");
    assert!(send(&transfer(), 200, r#"{"transfer_id":{}}"#).0.is_err(), "the proof of a write stays strict");
}

#[test]
fn personal_data_and_secrets_stay_out_of_logs() {
    let body = r#"{"count":1,"indirect_partners":[{"indirect_partner_id":"p1","name":"Zhang San",
        "mobile_phone":"13800138000","email":"zhang@example.com","account_name":"zhangsan"}]}"#;
    let page = send(&ListResellers::new(), 200, body).0.unwrap();
    let credentials = Credentials::keys("access-key", "secret-of-the-partner");
    let refusal =
        r#"{"error_code":"CBC.0100","error_msg":"13800138000 and zhang@example.com are not known"}"#;
    let error = send(&ListResellers::new(), 400, refusal).0.unwrap_err();
    let texts = format!("{page:?} {credentials:?} {error} {error:?} {:?}", client(MockTransport::new()));
    for secret in ["Zhang San", "13800138000", "zhang@example.com", "zhangsan", "secret-of-the-partner"] {
        assert!(!texts.contains(secret), "{secret} is in {texts}");
    }
    assert!(texts.contains("***"));
}

#[test]
fn an_error_says_what_to_do() {
    let body = r#"{"error_code":"CBC.99005003","error_msg":"too low","request_id":"r-1"}"#;
    let error = send(&transfer(), 400, body).0.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let code = error.code().unwrap();
    assert_eq!(code.as_str(), "CBC.99005003");
    assert!(code.info().is_some(), "the meaning of the code is documented");
    assert!(!error.may_have_been_executed() && !error.is_retryable());
    let (text, id) = (error.to_string(), error.request_id().unwrap());
    assert!(text.contains("CBC.99005003") && text.contains(id), "{text}");
}
