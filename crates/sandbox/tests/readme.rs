//! The tables of README.md are those of the sandbox: written by `REGENERATE=1 cargo test --test readme`, held otherwise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use huaweicloud_partner::{
    client::CallOptions,
    error::{ErrorCode, codes},
    operation::OperationMeta,
    registry,
    types::Site,
};
use huaweicloud_partner_sandbox::{FaultTrigger, NOT_SIMULATED, Sandbox, SandboxFault, State};

/// Parts of an operation that are not simulated, by its qualified name.
const PARTLY: &str = include_str!("support/partly.txt");

/// States that lead to a code.
const PROVOKED: &str = include_str!("support/provoked.txt");

/// Reasons why no state leads to the others.
const BY_FAULT: &str = include_str!("support/by_fault.txt");

fn rows(text: &'static str) -> BTreeMap<&'static str, &'static str> {
    text.lines().filter(|line| !line.is_empty()).map(|line| line.split_once('|').unwrap()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Holds a section of the README, or writes it.
fn hold(mark: &str, table: &str) {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- end of {mark} -->"));
    let (before, after) = readme.split_once(&begin).unwrap_or_else(|| panic!("README.md has no {begin}"));
    let (held, rest) = after.split_once(&end).unwrap_or_else(|| panic!("README.md has no {end}"));
    if std::env::var_os("REGENERATE").is_some() {
        fs::write(&path, format!("{before}{begin}{table}{end}{rest}")).unwrap();
    } else {
        assert!(held == table, "the table of {mark} is out of date: REGENERATE=1 cargo test --test readme");
    }
}

/// The names of all documented codes, by the code.
fn documented() -> BTreeMap<&'static str, &'static str> {
    codes::all().map(|info| (info.code, info.name)).collect()
}

/// The sources of the crate without their tests.
fn sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            all.push_str(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
        }
    }
}

/// Whether the sandbox has no state behind an operation.
async fn is_missing(meta: &OperationMeta) -> bool {
    let sandbox = Sandbox::named("everyone").unwrap().without_quotas();
    let fits = |site: Site| meta.sites.contains(site);
    let state = sandbox.snapshot();
    let caller = state
        .accounts()
        .find(|it| fits(it.site) && it.kind.identity().is_some_and(|kind| meta.caller.admits(kind)))
        .unwrap_or_else(|| panic!("no account calls {}", meta.name));
    let client = sandbox.client(&caller.id).unwrap().with(CallOptions::new().skip_validation());
    match client.send_dynamic(meta.name, "{}").await {
        Ok(_) => false,
        Err(error) => error.code().is_some_and(|code| code.as_str() == NOT_SIMULATED),
    }
}

#[tokio::test]
async fn the_table_of_operations_says_what_is_simulated() {
    let partly = rows(PARTLY);
    let mut table = String::from("| Operation | Simulated |\n|---|---|\n");
    let mut entries: Vec<_> = registry::all().collect();
    entries.sort_by_key(|entry| entry.meta.name);
    for name in partly.keys() {
        assert!(entries.iter().any(|entry| entry.meta.name == *name), "{name} is no operation");
    }
    for entry in entries {
        let meta = entry.meta;
        let how = match (is_missing(meta).await, partly.get(meta.name)) {
            (true, _) => "no".to_owned(),
            (false, Some(what)) => format!("partly: {what}"),
            (false, None) => "yes".to_owned(),
        };
        writeln!(table, "| `{}` | {how} |", meta.name).unwrap();
    }
    hold("operations", &table);
}

#[test]
fn the_table_of_codes_says_how_to_provoke_each() {
    let (documented, provoked, by_fault) = (documented(), rows(PROVOKED), rows(BY_FAULT));
    let mut all = String::new();
    sources(&root().join("src"), &mut all);
    let used = |name: &str| {
        all.match_indices(&format!("codes::{name}")).any(|(at, found)| {
            !all[at + found.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    for code in provoked.keys() {
        let name = documented.get(*code).unwrap_or_else(|| panic!("{code} is not documented"));
        assert!(used(name), "no rule of the sandbox refuses with {code}");
    }
    // Codes that no operation is refused with: an unknown error, a request that did not arrive, and events.
    let not_by_state = ["APIGW.0201", "CBC.0999", "CBC.5002"];
    for (code, name) in &documented {
        assert!(
            provoked.contains_key(code) != by_fault.contains_key(code),
            "{code} needs either a state that leads to it or the reason why none does"
        );
        assert!(
            !used(name) || provoked.contains_key(code) || not_by_state.contains(code),
            "a rule refuses with {code}, and the table does not say how to provoke it"
        );
    }
    assert!(by_fault.keys().all(|code| documented.contains_key(code)));
    let mut table = String::from("| Code | Provoked by |\n|---|---|\n");
    for code in documented.keys() {
        let how = match provoked.get(code) {
            Some(how) => (*how).to_owned(),
            None => format!("only the fault `{{\"code\": \"{code}\"}}`: {}", by_fault[code]),
        };
        writeln!(table, "| `{code}` | {how} |").unwrap();
    }
    hold("codes", &table);
}

#[tokio::test]
async fn every_documented_code_is_provoked_by_a_fault() {
    let sandbox = Sandbox::new(State::named("small_distributor").unwrap()).without_quotas();
    let partner = sandbox.client("distributor").unwrap();
    for code in documented().into_keys().filter(|code| *code != "CBC.0000") {
        sandbox.inject(SandboxFault::Code(code.to_owned()), FaultTrigger::calls(1..=9));
        let request = huaweicloud_partner::resellers::ListResellers::new();
        let error = partner.send(&request).await.unwrap_err();
        assert_eq!(error.code().map(ErrorCode::as_str), Some(code));
        sandbox.clear_faults();
    }
}
