//! Sites and callers: what is offered where follows from the official clients, the documentation of the crate says the same,
//! and nothing goes to a site or for a reseller that the caller does not have.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::{collections::BTreeMap, fs, path::Path};

use huaweicloud_partner::{
    Client, Error, ErrorKind,
    auth::Credentials,
    client::{CallOptions, NoRateLimit, RetryPolicy},
    operation::{BodyKind, Caller, Sites},
    registry::{self, Entry},
    testing::MockTransport,
    types::{IdentityKind, Site},
};
use serde_json::{Value, json};

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// An input of every operation, by its name.
fn inputs() -> BTreeMap<String, Value> {
    let rows: Vec<Value> = serde_json::from_str(include_str!("data/wire.json")).unwrap();
    let name = |row: &Value| format!("{}.{}", row["service"].as_str().unwrap(), row["id"].as_str().unwrap());
    rows.iter().map(|row| (name(row).replace("bssintl.", "bss."), row["input"].clone())).collect()
}

/// Calls an operation of a client whose account is of this kind, if it is known, and says how many requests were sent.
fn call(entry: &Entry, site: Site, kind: Option<IdentityKind>, input: &Value) -> (Error, usize) {
    let transport = MockTransport::new();
    let credentials = Credentials::keys("access-key", "secret-key").with_domain_id("0123456789abcdef");
    let client = Client::builder(site)
        .credentials(match kind {
            Some(kind) => credentials.with_kind(kind),
            None => credentials,
        })
        .transport(transport.clone())
        .options(CallOptions::new().skip_validation().rate_limiter(NoRateLimit).retry(RetryPolicy::NEVER))
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let sent = runtime.block_on(client.send_dynamic(entry.meta.name, &input.to_string()));
    // What is sent is met by no rule of the mock transport.
    (sent.unwrap_err(), transport.requests().len())
}

#[test]
fn every_operation_of_the_international_client_is_offered_in_europe() {
    let catalogue: Value = serde_json::from_str(&text("tests/data/responses_bssintl.json")).unwrap();
    let operations = catalogue["operations"].as_array().unwrap();
    assert!(operations.len() > 50);
    for operation in operations {
        let name = format!("bss.{}", operation["id"].as_str().unwrap());
        let meta = registry::find(&name).unwrap().meta;
        for site in [Site::International, Site::Europe] {
            assert!(meta.sites.contains(site), "{name} is not offered on {site:?}");
        }
    }
    let inputs = inputs();
    for entry in registry::all().filter(|entry| entry.meta.name.starts_with("bss.")) {
        let (error, _) = call(entry, Site::Europe, None, &inputs[entry.meta.name]);
        let refused = error.kind() == ErrorKind::NotOffered;
        assert_eq!(refused, !entry.meta.sites.contains(Site::Europe), "{}: {error}", entry.meta.name);
    }
}

#[test]
fn no_ticket_operation_leaves_europe_for_the_host_of_another_site() {
    let (inputs, mut tried) = (inputs(), 0);
    for entry in registry::all().filter(|entry| entry.meta.name.starts_with("osm.")) {
        if entry.meta.body == BodyKind::Multipart {
            continue;
        }
        let (error, requests) = call(entry, Site::Europe, None, &inputs[entry.meta.name]);
        let kind = error.kind();
        assert!(
            matches!(kind, ErrorKind::Configuration | ErrorKind::NotOffered),
            "{}: {error}",
            entry.meta.name
        );
        assert!(requests == 0 && !error.may_have_been_executed(), "{}: {error}", entry.meta.name);
        tried += 1;
    }
    assert!(tried > 75, "only {tried} operations were tried");
}

#[test]
fn a_call_for_a_reseller_is_the_distributors() {
    let (inputs, mut tried) = (inputs(), 0);
    for entry in registry::all() {
        let meta = entry.meta;
        let takes_reseller =
            entry.parameters().iter().any(|parameter| parameter.name == "indirect_partner_id");
        if !takes_reseller || !matches!(meta.caller, Caller::Partner | Caller::Either) {
            continue;
        }
        let site = meta.sites.iter().next().unwrap();
        let mut input = inputs[meta.name].clone();
        let mut kind = |reseller: Value, kind| {
            input["indirect_partner_id"] = reseller;
            call(entry, site, Some(kind), &input).0.kind()
        };
        let name = meta.name;
        assert_eq!(kind(json!("r1"), IdentityKind::SolutionProvider), ErrorKind::WrongCaller, "{name}");
        assert_ne!(kind(json!(""), IdentityKind::SolutionProvider), ErrorKind::WrongCaller, "{name}");
        assert_ne!(kind(Value::Null, IdentityKind::SolutionProvider), ErrorKind::WrongCaller, "{name}");
        assert_ne!(kind(json!("r1"), IdentityKind::Distributor), ErrorKind::WrongCaller, "{name}");
        tried += 1;
    }
    assert!(tried > 15, "only {tried} operations were tried");
}

/// The sites of a cell of a table.
fn sites(cell: &str) -> Sites {
    let of = |word: &str| match word.trim() {
        "all" => Sites::ALL,
        "China" => Sites::CHINA,
        "international" => Sites::INTERNATIONAL,
        "European" => Sites::EUROPE,
        other => panic!("{other} is no site"),
    };
    cell.split(',').map(of).reduce(Sites::and).unwrap()
}

#[test]
fn the_documentation_of_the_modules_names_the_sites_of_the_operations() {
    let readme = text("README.md");
    let names: BTreeMap<&str, &str> = readme
        .lines()
        .filter_map(|line| {
            let mut cells = line.split('`').skip(1).step_by(2);
            Some((cells.nth(1)?, cells.next()?)).filter(|_| line.starts_with("| `bss` |"))
        })
        .map(|(id, path)| (path, id))
        .collect();
    assert!(names.len() > 100);
    let mut compared = 0;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
    for entry in fs::read_dir(folder).unwrap() {
        let module = entry.unwrap().file_name().into_string().unwrap();
        let Ok(docs) = fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/api/{module}/mod.rs")),
        ) else {
            continue;
        };
        let mut column = None;
        for line in docs.lines() {
            let Some(row) = line.strip_prefix("//! |") else {
                column = None;
                continue;
            };
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            column = column.or_else(|| {
                cells.iter().position(|cell| matches!(*cell, "Site" | "Sites" | "site" | "sites"))
            });
            let Some(cell) = column.and_then(|column| cells.get(column)) else { continue };
            for link in row.split("[`").skip(1).filter_map(|rest| rest.split_once("`]")) {
                let Some(id) = names.get(format!("{module}::{}", link.0).as_str()) else { continue };
                let meta = registry::find(&format!("bss.{id}")).unwrap().meta;
                assert_eq!(sites(cell), meta.sites, "{module}: {}", link.0);
                compared += 1;
            }
        }
    }
    assert!(compared > 25, "only {compared} operations stand in tables with sites");
}
