//! Tests of the public names: a name has one meaning, and retired names do not come back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Names of public types that occur in several modules, with the reason.
const ACCEPTED: &[(&str, &str)] = &[
    ("AccountBalance", "of a customer in `customers`, of a partner in `partners`"),
    ("AccountChange", "of a customer in `customers`, of a partner in `partners`"),
    ("AccountChangePage", "of a customer in `customers`, of a partner in `partners`"),
    ("Client", "asynchronous at the root, synchronous in `blocking`"),
    ("Download", "asynchronous in `client`, synchronous in `blocking`"),
    ("ListAccountChanges", "of a customer in `customers`, of a partner in `partners`"),
];

/// Names that the vocabulary has replaced, each with the name that is used now.
const RETIRED: &[(&str, &str)] = &[
    ("RawAnswer", "RawResponse"),
    ("call_raw", "send_raw"),
    ("find_out", "resolve"),
    ("Witnessed", "Resolvable"),
    ("Patience", "ResolveOptions"),
    ("LocalQuotas", "LocalRateLimiter"),
    ("BrokenRule", "Violation"),
    ("Surroundings", "Env"),
    ("Unmet", "ExpectationError"),
    ("verifying_on_drop", "verify_on_drop"),
    ("Occasion", "FaultTrigger"),
    ("Bookmark", "ListCursor"),
    ("DownloadMark", "DownloadCursor"),
    ("FollowMark", "MessageCursor"),
    ("ListMoved", "ListChanged"),
    ("tolerate_changes", "allow_changes"),
    ("SandboxSite", "Site"),
    ("TicketDesk", "Tickets"),
    ("Turnstile", "FrontState"),
    ("Faultless", "WithoutFaults"),
    ("turn_to", "advance_to"),
    ("hold_back", "peek_error_body"),
    ("befall", "trigger"),
    ("perhaps_sent", "possibly_sent"),
    ("AfterMending", "AfterCorrection"),
    ("answered_on", "replied_on"),
    ("ABROAD", "OUTSIDE_CHINA"),
    ("Answer", "Response"),
    ("gather", "to_flat_json"),
    ("Witness", "Resolvable"),
    ("Others", "RecordLookup"),
    ("Alone", "NoOtherRecords"),
    ("Kinds", "Catalogue"),
    ("WHO", "RULE_ACTOR"),
    ("COVERED", "RULE_CALENDAR"),
    ("News", "NewMessage"),
    ("Follow", "MessageStream"),
    ("Visit", "RequestLogEntry"),
    ("rooms", "handlers"),
    ("suffer", "apply_fault"),
    ("TimeOrNone", "EmptyAsNone"),
    ("Way", "FieldCodec"),
    ("Again", "RetryHint"),
    ("Edition", "Site"),
    ("Tie", "AssociationType"),
    ("BulkTrouble", "BulkRowError"),
    ("on_trouble", "on_error"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Rust sources below a folder with their text above the unit tests.
fn sources(folder: &str) -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        let paths: BTreeSet<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned();
                found.push((path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned(), code));
            }
        }
    }
    found
}

#[test]
fn a_public_type_has_a_name_of_its_own() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, code) in sources("src").into_iter().filter(|(file, _)| !file.ends_with("tests.rs")) {
        for line in code.lines() {
            let mut words = line.split_whitespace();
            let declares = words.next() == Some("pub")
                && words
                    .next()
                    .is_some_and(|word| ["struct", "enum", "trait", "type", "union"].contains(&word));
            if let Some(name) = words.next().filter(|_| declares) {
                let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
                if !name.is_empty() {
                    places.entry(name).or_default().push(file.clone());
                }
            }
        }
    }
    assert!(places.len() > 500, "{} public types were found", places.len());
    let twice: Vec<_> = places.iter().filter(|(_, files)| files.len() > 1).collect();
    let unknown: Vec<_> =
        twice.iter().filter(|(name, _)| !ACCEPTED.iter().any(|(accepted, _)| accepted == name)).collect();
    assert!(unknown.is_empty(), "these names have several meanings: {unknown:?}");
    let stale: Vec<_> =
        ACCEPTED.iter().filter(|(accepted, _)| !twice.iter().any(|(name, _)| name == accepted)).collect();
    assert!(stale.is_empty(), "these names occur once now: {stale:?}");
}

#[test]
fn retired_names_are_not_used() {
    let mut faults = Vec::new();
    let mut words = BTreeSet::new();
    for folder in ["src", "crates", "examples", "benches"] {
        for (file, code) in sources(folder) {
            for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for word in line.split(|c: char| !c.is_alphanumeric() && c != '_') {
                    words.insert(word.to_owned());
                    let Some((old, new)) = RETIRED.iter().find(|(old, _)| *old == word) else { continue };
                    faults.push(format!("{file}: {old} is {new} now: {}", line.trim()));
                }
            }
        }
    }
    faults.extend(
        RETIRED
            .iter()
            .filter(|(_, new)| !words.contains(*new))
            .map(|(old, new)| format!("{new}, the name in place of {old}, does not exist")),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
