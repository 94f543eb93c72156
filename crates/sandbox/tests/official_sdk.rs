//! The official SDK for Python works a day with the sandbox. `HWP_TEST_PYTHON` names an interpreter that has it (see
//! `.ci/services`); `python3` is tried otherwise. Where the SDK is missing, that is said.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use huaweicloud_partner_sandbox::{Sandbox, Server, State};
use serde_json::{Value, json};
use time::OffsetDateTime;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_sdk_works_a_day() {
    let Some(python) = support::python("huaweicloudsdkbss.v2, huaweicloudsdkbssintl.v2") else { return };
    let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
    let sandbox = Sandbox::new(State::named_at("everyone", now.into()).unwrap());
    // The script hurries: it calls each operation many times a second.
    let server = Server::bind(sandbox.clone().without_quotas(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let accounts: Vec<Value> = sandbox
        .snapshot()
        .accounts()
        .map(|account| {
            let (key, secret) = (&account.access_key, account.secret_key.expose());
            json!({"id": account.id, "kind": account.kind, "access_key": key, "secret_key": secret})
        })
        .collect();
    let first_line = json!({"address": server.url(), "accounts": accounts}).to_string();
    let handle = server.handle();
    let serving = tokio::spawn(server.run());

    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut python = Command::new(python)
        .arg(tests.join("python/working_day.py"))
        .arg(tests.join("../../../tests/data/wire.json"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(format!("{first_line}\n").as_bytes()).unwrap();
    let output = tokio::task::spawn_blocking(move || python.wait_with_output()).await.unwrap().unwrap();
    handle.stop();
    serving.await.unwrap().unwrap();
    sandbox.audit().unwrap();

    let text = String::from_utf8(output.stdout).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no report: {text}"));
    for (sdk, operations) in [("bss", 92), ("bssintl", 55)] {
        let report = &report[sdk];
        assert!(
            report["day_failed"].is_null(),
            "{sdk}: {}",
            report["day_failed"].as_str().unwrap_or_default()
        );
        assert_eq!(report["undecodable"], json!({}), "{sdk}");
        assert_eq!(report["not_called"], json!({}), "{sdk}");
        assert_eq!(report["operations"], operations, "{sdk}");
        let count = |what: &str| report[what].as_array().map_or(0, Vec::len);
        eprintln!(
            "{sdk}: {} executed, {} refused, {} not simulated of {operations} operations\n{:#}",
            count("answered"),
            report["refused"].as_object().map_or(0, serde_json::Map::len),
            count("not_simulated"),
            report["day"],
        );
        if count("not_simulated") > 0 {
            eprintln!("not simulated: {}", report["not_simulated"]);
        }
        eprintln!("refused: {}", report["refused"]);
    }
    assert!(output.status.success());
}
