//! Lost responses and lost requests of every kind of write: against the sandbox, which keeps the records and the states by
//! which outcomes are proven.

use std::{sync::Arc, time::Duration};

use huaweicloud_partner::{
    Client,
    customers::{CreateCustomer, FreezeCustomers, SetBudget, UnfreezeCustomers},
    enterprise::{
        CreateMember, ListOrganizations, MessageVariable, NewMember, ReclaimFromMember,
        SendMemberVerificationCode, TransferToMember,
    },
    journal::{MemoryJournal, Settled},
    operation::{Idempotency, Resolvable},
    orders::{
        CancelOrder, ListSubscriptions, PayOrder, RenewResources, RenewalPeriod, Unsubscribe,
        UnsubscribeScope,
    },
    partners::{AllocateToCustomer, ReclaimFromCustomer},
    resellers::{AllocateToReseller, GrantVoucherQuotas, ReclaimFromReseller, ReclaimVoucherQuotas},
    testing::InjectedFault,
    tickets::OpenTicket,
    types::{Amount, CustomerId, OrderId, ResellerId, ResourceId},
    vouchers::{IssueVouchers, ReclaimVoucher},
};
use huaweicloud_partner_sandbox::{FaultTrigger, NewLine, NewOrder, Sandbox, SandboxEvent, Term};

use crate::world::alone;

type Caller = (Sandbox, Client);

fn distributor() -> Caller {
    let sandbox = Sandbox::small_distributor().without_quotas();
    let client = sandbox.client("distributor").unwrap();
    (sandbox, client)
}

/// Customers are frozen on the international site only.
fn international() -> Caller {
    let sandbox = Sandbox::international_provider().without_quotas();
    let client = sandbox.client("provider").unwrap();
    (sandbox, client)
}

fn master() -> Caller {
    let sandbox = Sandbox::enterprise().without_quotas();
    let client = sandbox.client("master").unwrap();
    (sandbox, client)
}

/// A customer with money and an order.
fn customer() -> (Caller, OrderId) {
    let sandbox = Sandbox::small_distributor().without_quotas();
    sandbox
        .apply(SandboxEvent::Recharge { account: "customer-1".into(), amount: Amount::from(10_000) })
        .unwrap();
    let line = NewLine::new("c6.large.2.linux@cn-north-4", Term::Months(1));
    let order = sandbox.place_order(NewOrder::new("customer-1").line(line)).unwrap();
    let client = sandbox.client("customer-1").unwrap();
    ((sandbox, client), order)
}

/// A customer with money and a subscription.
async fn subscriber() -> (Caller, ResourceId) {
    let ((sandbox, client), order) = customer();
    client.send(&PayOrder::new(&order)).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(3600));
    let bought = client.send(&ListSubscriptions::new().order_id(&order)).await.unwrap();
    ((sandbox, client), bought.data[0].resource_id.clone())
}

/// A write whose response or request is lost is executed once, and the same request again sends nothing.
async fn is_executed_once<O: Resolvable>(setup: impl AsyncFn() -> (Caller, O)) {
    let name = O::META.name;
    for fault in [InjectedFault::LostResponse, InjectedFault::ErrorAfter, InjectedFault::LostRequest] {
        let ((sandbox, client), operation) = setup().await;
        let sent = || sandbox.requests().iter().filter(|request| request.operation == Some(name)).count();
        let before = sent();
        sandbox.inject(fault, FaultTrigger::call(1).of::<O>());
        let client = client.with_journal_options(Arc::new(MemoryJournal::new()), alone());
        let settled = match client.send_once("t", &operation).await {
            Ok(settled @ Settled::Executed(_)) => settled,
            other => panic!("{name}, {fault:?}: {other:?}"),
        };
        // Keyed writes are repeated with their key.
        if fault != InjectedFault::LostRequest && O::META.idempotency != Idempotency::Keyed {
            assert_eq!(sent() - before, 1, "{name}, {fault:?}: it was sent again");
        }
        let count = sent();
        assert_eq!(client.send_once("t", &operation).await.unwrap(), settled, "{name}, {fault:?}");
        assert_eq!(sent(), count, "{name}, {fault:?}");
        sandbox.audit().unwrap_or_else(|wrong| panic!("{name}, {fault:?}: {wrong}"));
    }
}

#[tokio::test]
async fn outcome_of_allocations_and_reclaims_is_proven_by_records() {
    is_executed_once(async || (distributor(), AllocateToReseller::new("reseller-1", Amount::from(7)))).await;
    is_executed_once(async || (distributor(), AllocateToCustomer::new("customer-1", Amount::from(7)))).await;
    is_executed_once(async || {
        let (sandbox, client) = distributor();
        client.send(&AllocateToReseller::new("reseller-1", Amount::from(7))).await.unwrap();
        ((sandbox, client), ReclaimFromReseller::new("reseller-1", Amount::from(7)))
    })
    .await;
    is_executed_once(async || {
        let (sandbox, client) = distributor();
        client.send(&AllocateToCustomer::new("customer-1", Amount::from(7))).await.unwrap();
        ((sandbox, client), ReclaimFromCustomer::new("customer-1", Amount::from(7)))
    })
    .await;
}

#[tokio::test]
async fn outcome_of_vouchers_and_quotas_is_proven_by_records() {
    let resellers = || -> Vec<ResellerId> { vec!["reseller-1".into()] };
    is_executed_once(async || (distributor(), IssueVouchers::new("quota-1", ["customer-1"], 7.into()))).await;
    is_executed_once(async || {
        (distributor(), GrantVoucherQuotas::new("quota-1", resellers(), Amount::from(7)))
    })
    .await;
    is_executed_once(async || {
        let (sandbox, client) = distributor();
        let issued = client.send(&IssueVouchers::new("quota-1", ["customer-1"], 7.into())).await.unwrap();
        ((sandbox, client), ReclaimVoucher::new(&issued.coupon_infos[0].coupon_id))
    })
    .await;
    is_executed_once(async || {
        let (sandbox, client) = distributor();
        let granted =
            client.send(&GrantVoucherQuotas::new("quota-1", resellers(), Amount::from(7))).await.unwrap();
        let quota = granted.outcomes().next().unwrap().unwrap().quota_id.clone();
        ((sandbox, client), ReclaimVoucherQuotas::new(vec![quota]))
    })
    .await;
}

#[tokio::test]
async fn outcome_of_payments_and_cancellations_is_proven_by_the_state_of_the_order() {
    is_executed_once(async || {
        let (caller, order) = customer();
        (caller, PayOrder::new(&order))
    })
    .await;
    is_executed_once(async || {
        let (caller, order) = customer();
        (caller, CancelOrder::new(&order))
    })
    .await;
}

#[tokio::test]
async fn outcome_of_freezing_is_proven_by_the_state_of_the_customer() {
    let customers = || -> Vec<CustomerId> { vec!["customer-1".into()] };
    is_executed_once(async || (international(), FreezeCustomers::new(customers(), "arrears"))).await;
    is_executed_once(async || {
        let (sandbox, client) = international();
        client.send(&FreezeCustomers::new(customers(), "arrears")).await.unwrap();
        ((sandbox, client), UnfreezeCustomers::new(customers(), "paid"))
    })
    .await;
}

#[tokio::test]
async fn outcome_of_enterprise_transfers_is_proven_by_key_and_records() {
    is_executed_once(async || (master(), TransferToMember::new("member-1", "7"))).await;
    is_executed_once(async || {
        let (sandbox, client) = master();
        client.send(&TransferToMember::new("member-1", "7")).await.unwrap();
        ((sandbox, client), ReclaimFromMember::new("member-1", Amount::from(7)))
    })
    .await;
}

#[tokio::test]
async fn outcome_of_renewals_and_unsubscriptions_is_proven_by_orders() {
    is_executed_once(async || {
        let (caller, resource) = subscriber().await;
        (caller, RenewResources::new(vec![resource], RenewalPeriod::Month, 1))
    })
    .await;
    is_executed_once(async || {
        let (caller, resource) = subscriber().await;
        (caller, Unsubscribe::new(vec![resource], UnsubscribeScope::ResourceAndRenewals))
    })
    .await;
}

#[tokio::test]
async fn outcome_of_budgets_is_proven_by_records() {
    is_executed_once(async || (international(), SetBudget::new("customer-1", Amount::from(7000)))).await;
}

#[tokio::test]
async fn outcome_of_new_customers_and_members_is_proven_by_lists() {
    is_executed_once(async || {
        (distributor(), CreateCustomer::new("user-1", "platform").domain_name("bakery_one"))
    })
    .await;
    is_executed_once(async || {
        let (sandbox, client) = master();
        let unit = client.send(&ListOrganizations::new()).await.unwrap().child_nodes[0].id.clone();
        let variables = vec![MessageVariable::member_name("harbour_east")];
        client.send(&SendMemberVerificationCode::new("13800000001", variables)).await.unwrap();
        let code = sandbox.code_sent_to("13800000001").unwrap();
        let account = NewMember::new("harbour_east", "Sunny-Harbour")
            .mobile_phone("13800000001")
            .verification_code(code.expose());
        ((sandbox, client), CreateMember::new(&unit, account))
    })
    .await;
}

#[tokio::test]
async fn outcome_of_a_ticket_is_proven_by_the_list_of_tickets() {
    is_executed_once(async || {
        let ((sandbox, client), _) = customer();
        ((sandbox, client), OpenTicket::new("uc-bill", "A bill is wrong"))
    })
    .await;
}

/// The writes of the registry whose outcome can be resolved are those that the tests here lose the responses of.
#[test]
fn every_write_that_can_be_resolved_loses_its_response_here() {
    let registry = include_str!("../../src/registry/mod.rs");
    let here = include_str!("operations.rs");
    let mut missing = Vec::new();
    for path in registry.split("Resolver::of::<crate::").skip(1) {
        let path = path.split('>').next().unwrap();
        let name = path.rsplit("::").next().unwrap();
        if !here.contains(&format!(" {name}::new(")) {
            missing.push(name.to_owned());
        }
    }
    assert!(registry.matches("Resolver::of::<").count() >= 20, "the registry has another form");
    assert!(missing.is_empty(), "{missing:?}");
}
