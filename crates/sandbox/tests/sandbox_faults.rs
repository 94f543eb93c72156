//! Faults of the sandbox that the proofs of exactly-once writes need.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::time::Duration;

use huaweicloud_partner::{
    ErrorKind,
    client::{CallOptions, RetryPolicy},
    error::codes,
    partners::{ListAdjustments, ShowBalances},
    resellers::{AllocateToReseller, ListResellers},
    testing::InjectedFault,
    types::Amount,
};
use huaweicloud_partner_sandbox::{FaultTrigger, LedgerAccount, Sandbox, SandboxEvent, SandboxFault};

fn transfer(amount: u32) -> AllocateToReseller {
    AllocateToReseller::new("reseller-1", Amount::from(amount))
}

fn held(sandbox: &Sandbox) -> Amount {
    sandbox.snapshot().ledger().balance(&LedgerAccount::cash("reseller-1"))
}

fn client(sandbox: &Sandbox) -> huaweicloud_partner::Client {
    sandbox.client("distributor").unwrap().with(CallOptions::new().retry(RetryPolicy::NEVER))
}

fn records(seconds: u32) -> SandboxEvent {
    SandboxEvent::DelayRecords { operation: "bss.ListPartnerAdjustRecords".to_owned(), seconds }
}

#[tokio::test(flavor = "current_thread")]
async fn a_request_is_executed_late_and_dated_by_its_execution() {
    let sandbox = Sandbox::small_distributor();
    let client = client(&sandbox);
    let begin = sandbox.snapshot().now();
    sandbox.inject(
        SandboxFault::ExecutedLate(Duration::from_secs(90)),
        FaultTrigger::call(1).of::<AllocateToReseller>(),
    );
    let lost = client.send(&transfer(100)).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::OutcomeUnknown);
    sandbox.clock().advance(Duration::from_secs(89));
    assert_eq!(held(&sandbox), Amount::ZERO);
    sandbox.apply(SandboxEvent::Wait { seconds: 60 }).unwrap();
    assert_eq!(held(&sandbox), Amount::from(100));
    let page = client.send(&ListAdjustments::new()).await.unwrap();
    let at = page.records[0].operation_time.unwrap();
    assert_eq!((at.instant() - begin.instant()).whole_seconds(), 90);
    sandbox.audit().unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_request_that_arrives_after_its_signature_expired_is_refused() {
    let sandbox = Sandbox::small_distributor();
    sandbox.inject(SandboxFault::ExecutedLate(Duration::from_secs(16 * 60)), FaultTrigger::call(1));
    client(&sandbox).send(&transfer(100)).await.unwrap_err();
    sandbox.clock().advance(Duration::from_secs(3600));
    assert_eq!(held(&sandbox), Amount::ZERO);
    assert_eq!(sandbox.requests().last().unwrap().status, 401);
}

#[tokio::test(flavor = "current_thread")]
async fn records_appear_after_their_delay_and_balances_at_once() {
    let sandbox = Sandbox::small_distributor();
    let client = client(&sandbox);
    sandbox.delay_records::<ListAdjustments>(Duration::from_secs(120));
    let listed = async || {
        let page = client.send(&ListAdjustments::new()).await.unwrap();
        page.records.len()
    };
    client.send(&transfer(100)).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(60));
    client.send(&transfer(50)).await.unwrap();
    let balances = client.send(&ShowBalances::new().indirect_partner_id("reseller-1")).await.unwrap();
    assert_eq!(balances.account_balances[0].amount, Some(Amount::from(150)));
    sandbox.clock().advance(Duration::from_secs(59));
    assert_eq!(listed().await, 0);
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(listed().await, 1);
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(listed().await, 2);
    sandbox.apply(records(0)).unwrap();
    client.send(&transfer(1)).await.unwrap();
    assert_eq!(listed().await, 3);
}

#[tokio::test(flavor = "current_thread")]
async fn any_documented_code_can_be_injected_and_nothing_is_executed() {
    let sandbox = Sandbox::small_distributor();
    let client = client(&sandbox);
    for (code, status) in [
        (codes::BALANCE_TOO_LOW, 400),
        (codes::INTERNAL_ERROR, 500),
        (codes::THROTTLED, 429),
        (codes::ACCESS_DENIED, 403),
        (codes::NOT_A_PARTNER, 200),
    ] {
        sandbox.clear_faults();
        sandbox.inject(code.clone(), FaultTrigger::call(1).of::<AllocateToReseller>());
        let refused = client.send(&transfer(100)).await.unwrap_err();
        assert_eq!(refused.code(), Some(&code));
        let entry = sandbox.requests().pop().unwrap();
        assert_eq!((entry.status, entry.code.as_deref()), (status, Some(code.as_str())));
    }
    assert_eq!(held(&sandbox), Amount::ZERO);
}

#[tokio::test(flavor = "current_thread")]
async fn the_gateways_clock_differs_from_that_of_the_records() {
    let sandbox = Sandbox::small_distributor();
    let client = client(&sandbox);
    let now = sandbox.snapshot().now();
    sandbox.skew_gateway(45);
    let done = client.send(&transfer(1)).await.unwrap();
    let date = httpdate::parse_http_date(done.headers()["date"].to_str().unwrap()).unwrap();
    assert_eq!((time::OffsetDateTime::from(date) - now.instant()).whole_seconds(), 45);
    let page = client.send(&ListAdjustments::new()).await.unwrap();
    assert_eq!(page.records[0].operation_time, Some(now));
}

#[test]
fn faults_are_written_as_json() {
    for (json, fault) in [
        (r#""lost_response""#, SandboxFault::from(InjectedFault::LostResponse)),
        (r#"{"throttled":3}"#, InjectedFault::Throttled(Some(Duration::from_secs(3))).into()),
        (r#"{"executed_late":90}"#, SandboxFault::ExecutedLate(Duration::from_secs(90))),
        (r#"{"code":"CBC.99005003"}"#, codes::BALANCE_TOO_LOW.into()),
    ] {
        assert_eq!(serde_json::from_str::<SandboxFault>(json).unwrap(), fault);
        assert_eq!(serde_json::to_string(&fault).unwrap(), json);
    }
    for wrong in [r#""lost_anything""#, r#"{"code":7}"#, r#"{"executed_late":-1}"#, "{}"] {
        serde_json::from_str::<SandboxFault>(wrong).unwrap_err();
    }
    let clear = serde_json::from_str::<SandboxEvent>(r#"{"clear_faults":{}}"#).unwrap();
    assert_eq!(clear, SandboxEvent::ClearFaults {});
}

#[tokio::test(flavor = "current_thread")]
async fn faults_of_other_operations_do_not_count() {
    let sandbox = Sandbox::small_distributor();
    sandbox.inject(InjectedFault::NoConnection, FaultTrigger::calls(1..=2).of::<AllocateToReseller>());
    client(&sandbox).send(&ListResellers::new()).await.unwrap();
    client(&sandbox).send(&transfer(1)).await.unwrap_err();
}
