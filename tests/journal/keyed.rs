//! Story 24: keyed writes against the sandbox, whose service knows a key from the first request that arrives with it.

use std::sync::Arc;

use huaweicloud_partner::{
    enterprise::TransferToMember,
    error::{ErrorCode, codes},
    journal::{MemoryJournal, Settled},
    testing::InjectedFault,
};
use huaweicloud_partner_sandbox::{FaultTrigger, Sandbox};

use crate::world::alone;

/// The keys that arrived, in order.
fn keys(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.requests().into_iter();
    let transfers = requests.filter(|request| request.operation == Some("bss.UpdateSubEnterpriseAmount"));
    transfers.map(|request| request.body.unwrap()["trans_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_keyed_write_that_is_refused_for_now_is_sent_again_and_executed_once() {
    for code in ["CBC.99007461", "CBC.99000087"] {
        let sandbox = Sandbox::enterprise();
        let client = sandbox.client("master").unwrap();
        let client = client.with_journal_options(Arc::new(MemoryJournal::new()), alone());
        sandbox.inject(ErrorCode::from(code), FaultTrigger::call(1).of::<TransferToMember>());
        let settled = client.send_once("t", &TransferToMember::new("member-1", "100")).await.unwrap();
        assert!(settled.is_executed() && keys(&sandbox).len() == 2, "{code}: {settled}");
        sandbox.audit().unwrap();
    }
}

#[tokio::test]
async fn story_24_a_known_key_is_resolved_by_records_and_a_new_send_has_a_new_key() {
    // The refusal of the first is lost; the service knows the key of the repeat, but there is no record: not executed.
    let sandbox = Sandbox::enterprise();
    let client = sandbox.client("master").unwrap();
    let client = client.with_journal_options(Arc::new(MemoryJournal::new()), alone());
    sandbox.inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<TransferToMember>());
    let too_much = TransferToMember::new("member-1", "99999999");
    let settled = client.send_once("t", &too_much).await.unwrap();
    let Settled::NotExecuted(refused) = &settled else { panic!("{settled}") };
    assert_eq!(refused.code.as_ref(), Some(&codes::BALANCE_TOO_LOW), "the last send says why");
    let sent = keys(&sandbox);
    assert_eq!(sent[0], sent[1], "the repeat within one send has the same key");
    assert_ne!(sent[1], *sent.last().unwrap(), "another send has a new one");
    sandbox.audit().unwrap();

    // The success of the first is lost; the repeat finds its key known, and the record proves it.
    let sandbox = Sandbox::enterprise();
    let client = sandbox.client("master").unwrap();
    let client = client.with_journal_options(Arc::new(MemoryJournal::new()), alone());
    sandbox.inject(InjectedFault::LostResponse, FaultTrigger::call(1).of::<TransferToMember>());
    let settled = client.send_once("t", &TransferToMember::new("member-1", "100")).await.unwrap();
    assert!(settled.is_executed(), "{settled}");
    let sent = keys(&sandbox);
    assert!(sent.iter().all(|key| *key == sent[0]), "{sent:?}");
    sandbox.audit().unwrap();
    let again = client.send_once("t", &TransferToMember::new("member-1", "100")).await.unwrap();
    assert!(again.is_executed() && keys(&sandbox).len() == sent.len());
}
