//! No model shows what must stay secret: fields whose names are sensitive have types that print as `***`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)] // helpers of tests

#[path = "support/source.rs"]
mod source;

use std::{fs, path::Path};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use huaweicloud_partner::{
    Client,
    client::CallOptions,
    testing::MockTransport,
    types::{decode_str, is_sensitive},
};

/// Fields and parameters of all models, with the file they stand in.
fn fields(folder: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for source in source::sources(folder) {
        for line in source.code.lines().map(str::trim).filter(|line| line.ends_with(',')) {
            let Some((name, kind)) = line.trim_start_matches("pub ").split_once(": ") else { continue };
            if name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
                found.push((source.path.clone(), name.to_owned(), kind.to_owned()));
            }
        }
    }
    found
}

/// A copy of a secret stays in memory where its type does not clear it. What is signed with is a header value, which the
/// transport needs, and marked as sensitive.
#[test]
fn secrets_of_credentials_are_held_by_types_that_clear_their_memory() {
    let types =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/types/personal.rs")).unwrap();
    assert!(types.contains("pub struct Secret(Zeroizing<String>);"), "the type of secrets clears its memory");
    let mut found = Vec::new();
    for folder in ["src/auth", "src/api", "src/webui", "src/transport"] {
        found.extend(fields(folder));
    }
    let mut held = 0;
    for (file, name, kind) in &found {
        let is_secret = ["secret", "token", "password", "passphrase", "private_key", "security_token"]
            .iter()
            .any(|word| name == word || name.ends_with(&format!("_{word}")));
        let plain = ["String", "Option<String>", "Vec<u8>", "Bytes", "&'static str"]
            .contains(&kind.trim_end_matches(','));
        assert!(!is_secret || !plain, "{file}: {name} is {kind}");
        held += usize::from(is_secret && kind.contains("Secret"));
    }
    assert!(held >= 5, "only {held} secrets were found");
}

#[test]
fn codes_that_are_worth_money_and_passwords_print_as_stars_in_every_model() {
    let found = fields("src/api");
    assert!(found.len() > 1000, "{}", found.len());
    let mut seen = 0;
    for (file, name, kind) in &found {
        let worth_money =
            name.ends_with("coupon_code") || name.ends_with("card_no") || name.contains("password");
        if worth_money || name.ends_with("verification_code") || name.ends_with("security_token") {
            let plain = kind.contains("String") || kind.contains("str");
            assert!(!plain, "{file}: {name} is {kind}");
            assert!(is_sensitive(name), "{name} is not masked in recordings");
            seen += 1;
        }
    }
    assert!(seen >= 4, "{seen}");
}

/// Types outside of `src/api` with text whose `Debug` is derived, and the reason why it may be shown. Every other type with
/// text writes its `Debug` by [`shape`](huaweicloud_partner::types::shape), or by hand.
const SHOWN_AS_IT_IS: &[(&str, &[&str])] = &[
    (
        "ids of requests, records, accounts, targets and rows, and words of the service",
        &[
            "Attribution",
            "Begin",
            "Begun",
            "Book",
            "DiagnosisRun",
            "Executed",
            "Footprint",
            "InvoiceIssued",
            "LegChange",
            "LegEntry",
            "LegOutcome",
            "MeansOfPayment",
            "MessageCursor",
            "NotExecuted",
            "OwnerId",
            "PartlyExecuted",
            "Pending",
            "Position",
            "QueryScope",
            "RateLimitKey",
            "RecordScope",
            "Recovered",
            "SamlAttributes",
            "Settlement",
            "Settling",
            "SpendingQuery",
            "TargetResult",
            "Ticket",
            "Undecided",
            "Verdict",
        ],
    ),
    (
        "what the program configures",
        &[
            "Agency",
            "AssertionConsumer",
            "CallConfig",
            "Chain",
            "JournalOptions",
            "LoginLink",
            "OidcAgency",
            "ServiceMetadata",
        ],
    ),
    (
        "sentences and words of the crate, without values of fields",
        &[
            "CipherError",
            "CredentialsError",
            "Deadline",
            "Drift",
            "Due",
            "Duplicate",
            "EventLineError",
            "EventReceipt",
            "EventRefused",
            "Evidence",
            "ExpectationError",
            "FieldCipherError",
            "FoundDuplicate",
            "JournalError",
            "ObservationKind",
            "Rule",
            "RuleViolation",
            "SignRequestError",
            "StorageError",
            "StoreError",
            "Violation",
        ],
    ),
    ("names that a program gave to be parsed", &["ParseSiteError", "UnknownErrorKind"]),
    ("the schemas of the crate, and the version of a file", &["Definitions", "DownloadCursor"]),
    (
        "private values that are neither logged nor part of a public type",
        &["Broken", "Element", "Expected", "Foreign", "Json", "Look", "Odd", "Sighting", "Signs", "Token"],
    ),
];

/// The same for the companions that work with real bills and writes.
const SHOWN_BY_COMPANIONS: &[(&str, &[&str])] = &[
    (
        "ids, codes, months and sums",
        &[
            "BulkResult",
            "BulkRowError",
            "ChargePage",
            "FundingRow",
            "Gap",
            "GroupKey",
            "IdConflict",
            "InvoiceLine",
            "Reference",
            "Scope",
            "Totals",
        ],
    ),
    (
        "names of files and their parts",
        &[
            "BadRow",
            "Error",
            "ExportedFile",
            "Manifest",
            "Member",
            "ParseStatementNameError",
            "Source",
            "StatementError",
            "StatementPlan",
            "StatementRow",
            "StatementSummary",
            "Written",
        ],
    ),
    (
        "what the program configures or gives to be parsed",
        &["BulkRow", "ParseFormatError", "PriceRule", "Settings", "StatementOptions"],
    ),
    (
        "private values that are neither logged nor part of a public type",
        &[
            "Analysis",
            "Checkpoint",
            "Facts",
            "Job",
            "Kept",
            "KeptPage",
            "Known",
            "Layout",
            "Scratch",
            "Value",
        ],
    ),
];

/// The types with a derived `Debug` that have text, each with its file.
fn with_text(sources: &[source::Source]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for source in sources {
        let code: Vec<&str> = source.code.lines().collect();
        for (at, line) in code.iter().enumerate() {
            if !(line.trim_start().starts_with("#[derive(") && line.contains("Debug")) {
                continue;
            }
            let declaration =
                code[at..].iter().position(|line| line.contains("struct ") || line.contains("enum "));
            let first = at + declaration.unwrap_or_default();
            // What a macro declares is found where the macro is used.
            if code[first].contains('$') {
                continue;
            }
            let words: Vec<&str> = code[first].split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
            let Some(kind) = words.iter().position(|word| ["struct", "enum"].contains(word)) else {
                continue;
            };
            let indent = code[first].len() - code[first].trim_start().len();
            let ends = |line: &&&str| {
                line.len() - line.trim_start().len() <= indent && line.trim_end().ends_with(['}', ';'])
            };
            let whole = code[first].contains(';') || code[first].trim_end().ends_with('}');
            let last = if whole {
                first
            } else {
                first + code[first..].iter().position(|line| ends(&line)).unwrap_or_default()
            };
            let has_text =
                code[first..=last].iter().filter(|line| !line.contains("&'static str")).any(|line| {
                    let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                    let fields = line.contains(": ") || line.contains('(');
                    let bytes = line.contains("[u8]") || line.contains("Vec<u8>");
                    let text = |word: &str| {
                        ["String", "str", "Value", "RawValue", "Bytes", "HeaderMap"].contains(&word)
                    };
                    fields && (bytes || words.into_iter().any(text))
                });
            if has_text {
                found.push((words[kind + 1].to_owned(), source.path.clone()));
            }
        }
    }
    found
}

#[test]
fn every_type_with_text_shows_its_shape_or_says_why_not() {
    let companions: Vec<_> =
        ["crates/billing/src", "crates/store/src"].map(source::sources).into_iter().flatten().collect();
    for (found, lists) in
        [(with_text(&source::sdk()), SHOWN_AS_IT_IS), (with_text(&companions), SHOWN_BY_COMPANIONS)]
    {
        let listed = |name: &str| lists.iter().any(|(_, names)| names.contains(&name));
        let open: Vec<_> = found.iter().filter(|(name, _)| !listed(name)).collect();
        assert!(open.is_empty(), "derived `Debug` shows their text: {open:#?}");
        for (reason, names) in lists {
            let gone: Vec<_> =
                names.iter().filter(|name| !found.iter().any(|(known, _)| known == *name)).collect();
            assert!(gone.is_empty() && names.is_sorted(), "{reason}: {gone:?}");
        }
    }
}

#[tokio::test]
async fn what_has_no_type_is_counted_and_not_printed() {
    let mock = MockTransport::new();
    let body = r#"{"indirect_partners":[{"indirect_partner_id":"marker","name":"marker","new":"marker"}]}"#;
    mock.on_path(http::Method::POST, "/v2/partners/indirect-partners/query")
        .respond_raw(http::Response::new(Bytes::from_static(body.as_bytes())));
    let name = http::HeaderName::from_static("x-own");
    let options = CallOptions::new().header(name, http::HeaderValue::from_static("marker"));
    let client = Client::for_test(mock).with(options.clone());
    let input = r#"{"account_name":"marker"}"#;
    let raw = client.send_raw(
        huaweicloud_partner::operation::Method::Post,
        "/v2/partners/indirect-partners/query",
        &[],
        Some(input),
    );
    let mut printed = format!("{client:?}{options:?}{:?}", raw.await.unwrap());
    printed += &format!("{:?}", client.send_dynamic("bss.ListIndirectPartners", input).await.unwrap());
    let row = client.items_dynamic("bss.ListIndirectPartners", input).unwrap().try_next().await.unwrap();
    printed += &format!("{row:?}");
    let entry = huaweicloud_partner::registry::find("bss.ListIndirectPartners").unwrap();
    let parts = entry.request(input.as_bytes(), false).unwrap();
    printed += &format!("{parts:?}");
    let ticket: huaweicloud_partner::tickets::Parameters = decode_str(r#"{"password":"marker"}"#).unwrap();
    printed += &format!("{ticket:?}");
    assert!(!printed.contains("marker") && !printed.contains("109, 97, 114"), "{printed}");
    assert!(printed.contains("body_bytes") && printed.contains("row_bytes"), "{printed}");
}
