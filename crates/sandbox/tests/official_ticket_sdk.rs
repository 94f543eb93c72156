//! The official SDK for Python takes a service ticket through its life on the sandbox's server. `HWP_TEST_PYTHON` names an
//! interpreter that has it (see `.ci/services`); `python3` is tried otherwise. Where the SDK is missing, that is said.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::{path::Path, process::Command};

use huaweicloud_partner_sandbox::{NOT_SIMULATED, Sandbox, Server};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_sdk_takes_a_ticket_through_its_life() {
    let Some(python) = support::python("huaweicloudsdkosm.v2") else { return };
    let sandbox = Sandbox::small_distributor();
    let server = Server::bind(sandbox.clone().without_quotas(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let customer = sandbox.snapshot().accounts().find(|account| account.id == "customer-1").cloned().unwrap();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut python = Command::new(python);
    python.arg(tests.join("python/ticket_life.py")).args([&server.url(), &customer.access_key]);
    python.arg(customer.secret_key.expose()).arg(tests.join("../../../tests/data/wire.json"));

    let handle = server.handle();
    let serving = tokio::spawn(server.run());
    let output = tokio::task::spawn_blocking(move || python.output()).await.unwrap().unwrap();
    handle.stop();
    serving.await.unwrap().unwrap();
    sandbox.audit().unwrap();

    let text = String::from_utf8(output.stdout).unwrap();
    let report: Value = serde_json::from_str(&text)
        .unwrap_or_else(|_| panic!("no report: {text}{}", String::from_utf8_lossy(&output.stderr)));
    assert!(
        report["wrong"].is_null(),
        "after {}: {}",
        report["steps"],
        report["wrong"].as_str().unwrap_or_default()
    );
    assert_eq!(report["steps"].as_array().unwrap().len(), 10, "{report}");

    let operations = report["operations"].as_object().unwrap();
    let of = |wanted: &str| -> Vec<&String> {
        operations.iter().filter(|(_, outcome)| *outcome == wanted).map(|(id, _)| id).collect()
    };
    assert_eq!(operations.len(), 82);
    assert!(of(NOT_SIMULATED).is_empty(), "{report}");
    // A customer calls, and one operation is for partners.
    assert_eq!(of("OSM.01010002"), ["ShowPartnersCasesPrivilege"]);
    assert_eq!(of("answered").len(), 81);
}
