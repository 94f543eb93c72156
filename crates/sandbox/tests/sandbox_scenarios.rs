//! Worlds from scenarios, and worlds in files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::time::Instant;

use huaweicloud_partner::{
    clock::Clock,
    customers::ListCustomers,
    partners::ShowBalances,
    resellers::AllocateToReseller,
    types::{Amount, UtcTime},
    vouchers::ListQuotas,
};
use huaweicloud_partner_sandbox::{AccountKind, Sandbox, SandboxEvent, Scenario, State};

fn wrong(json: &str) -> String {
    let error = State::read(json.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), format!("{}: {}", error.place(), error.reason()));
    error.place().to_owned()
}

#[tokio::test]
async fn a_scenario_makes_a_world() {
    let scenario = r#"{
        "now": "2026-05-31T15:59:00Z",
        "accounts": [
            {"id": "c{n}", "kind": "customer", "associated_with": "r", "name": "Shop <{n}>", "repeat": 12},
            {"id": "r", "kind": "reseller", "associated_with": "d"},
            {"id": "d", "kind": "distributor", "access_key": "AKOWN", "secret_key": "secret"}
        ],
        "events": [
            {"recharge": {"account": "d", "amount": 20.50}},
            {"wait": {"seconds": 60}},
            {"grant_quota": {"account": "d", "amount": 7, "days": 1}}
        ]
    }"#;
    let sandbox = Sandbox::from_scenario(Scenario::read(scenario.as_bytes()).unwrap()).unwrap();
    assert_eq!(UtcTime::from(sandbox.clock().now()), "2026-05-31T16:00:00Z".parse().unwrap());
    let client = sandbox.client("d").unwrap();
    let balances = client.send(&ShowBalances::new()).await.unwrap();
    assert_eq!(balances.account_balances[0].amount, "20.50".parse().ok());
    let customers = client.send(&ListCustomers::new().indirect_partner_id("r")).await.unwrap();
    assert_eq!((customers.count, customers.customer_infos.len()), (Some(12), 10));
    assert_eq!(client.send(&ListQuotas::new()).await.unwrap().quotas[0].balance, Some(Amount::from(7)));
    sandbox.audit().unwrap();
}

#[test]
fn what_is_wrong_with_a_scenario_is_named_with_its_place() {
    let with = |accounts: &str| format!(r#"{{"accounts": [{accounts}]}}"#);
    let partner = r#"{"id": "d", "kind": "distributor"}"#;
    for (accounts, place) in [
        (r#"{"id": "", "kind": "customer"}"#.to_owned(), "accounts[0].id"),
        (r#"{"id": "a/b", "kind": "customer"}"#.to_owned(), "accounts[0].id"),
        (r#"{"id": "c", "kind": "customer", "repeat": 2}"#.to_owned(), "accounts[0].id"),
        (r#"{"id": "c{n}", "kind": "customer", "repeat": 0}"#.to_owned(), "accounts[0].repeat"),
        (r#"{"id": "r", "kind": "reseller"}"#.to_owned(), "accounts[0].associated_with"),
        (
            format!(r#"{partner}, {{"id": "p", "kind": "solution_provider", "associated_with": "d"}}"#),
            "accounts[1].associated_with",
        ),
        (
            format!(r#"{partner}, {{"id": "c", "kind": "customer", "associated_with": "x"}}"#),
            "accounts[1].associated_with",
        ),
        (
            format!(
                r#"{partner}, {{"id": "c", "kind": "customer", "associated_with": "d", "site": "europe"}}"#
            ),
            "accounts[1].associated_with",
        ),
        (
            format!(
                r#"{partner}, {{"id": "c", "kind": "customer", "associated_with": "d", "association_type": "9"}}"#
            ),
            "accounts[1].association_type",
        ),
        (format!("{partner}, {partner}"), "accounts[1].login"),
        (
            format!(r#"{partner}, {{"id": "e", "kind": "distributor", "access_key": "AKD"}}"#),
            "accounts[1].access_key",
        ),
    ] {
        assert_eq!(wrong(&with(&accounts)), place, "{accounts}");
    }
    assert_eq!(
        wrong(
            r#"{"accounts": [], "events": [{"wait": {"seconds": 1}}, {"recharge": {"account": "x", "amount": 1}}]}"#
        ),
        "events[1]"
    );
    for unreadable in ["", "[]", r#"{"acounts": []}"#, r#"{"accounts": [{"id": "d", "kind": "tailor"}]}"#] {
        wrong(unreadable);
    }
    let message = State::read(br#"{"accounts": [{"id": "d", "kind": "tailor"}]}"#).unwrap_err().to_string();
    assert!(message.starts_with("accounts[0].kind"), "{message}");
}

#[tokio::test]
async fn a_world_is_kept_in_a_file() {
    let folder = std::env::temp_dir().join(format!("sandbox-scenarios-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("world.json");
    let sandbox = Sandbox::small_distributor();
    let grant = AllocateToReseller::new("reseller-1", Amount::from(10));
    sandbox.client("distributor").unwrap().send(&grant).await.unwrap();
    sandbox.apply(SandboxEvent::Wait { seconds: 3600 }).unwrap();
    sandbox.save(&file).unwrap();
    let again = Sandbox::load(&file).unwrap();
    let json = |sandbox: &Sandbox| serde_json::to_value(sandbox.snapshot()).unwrap();
    assert_eq!(json(&again), json(&sandbox));
    assert_eq!(again.clock().now(), sandbox.clock().now());
    assert!(!folder.join("world.json.part").exists());
    std::fs::write(&file, "{").unwrap();
    assert_eq!(Sandbox::load(&file).unwrap_err().kind(), std::io::ErrorKind::InvalidData);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn worlds_have_names() {
    for name in State::NAMES {
        let sandbox = Sandbox::named(name).unwrap();
        sandbox.audit().unwrap();
    }
    assert!(Sandbox::named("atlantis").is_none());
    let count = Sandbox::named("solution_provider").unwrap().snapshot().accounts().count();
    assert_eq!(count, 1001);
    let world = State::named("everyone").unwrap();
    for kind in [
        AccountKind::Distributor,
        AccountKind::SolutionProvider,
        AccountKind::Reseller,
        AccountKind::Customer,
        AccountKind::EnterpriseMaster,
    ] {
        assert!(world.accounts().any(|account| account.kind == kind), "{kind:?}");
    }
}

/// The memory of this process, where the system tells.
fn resident_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Run with `cargo test --release --test sandbox_scenarios -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "measures, and means something in a release build only"]
async fn a_world_with_100_000_customers_opens_at_once() {
    let scenario = r#"{
        "accounts": [
            {"id": "provider", "kind": "solution_provider"},
            {"id": "customer-{n}", "kind": "customer", "associated_with": "provider", "name": "Customer {n}",
             "mobile_phone": "138{n}", "email": "it-{n}@example.com", "xaccount_id": "user-{n}",
             "xaccount_type": "platform", "repeat": 100000}
        ],
        "events": [{"recharge": {"account": "provider", "amount": 1000000}}]
    }"#;
    let started = Instant::now();
    let sandbox = Sandbox::from_scenario(Scenario::read(scenario.as_bytes()).unwrap()).unwrap();
    let opened = started.elapsed();
    let client = sandbox.client("provider").unwrap();
    client.send(&ShowBalances::new()).await.unwrap();
    let first_response = started.elapsed();
    let rounds = 1000;
    let calls = Instant::now();
    for _ in 0..rounds {
        client.send(&ShowBalances::new()).await.unwrap();
    }
    let each = calls.elapsed() / rounds;
    let list = Instant::now();
    let page = client.send(&ListCustomers::new()).await.unwrap();
    assert_eq!(page.count, Some(100_000));
    let listed = list.elapsed();
    let peak = resident_kilobytes();
    println!(
        "opened in {opened:?}, first response after {first_response:?}, {each:?} a call, {listed:?} a page, peak {peak:?} kB"
    );
    assert!(opened.as_secs_f64() < 2.0 && peak.is_none_or(|peak| peak < 500 * 1024));
}
