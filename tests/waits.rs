//! Waiting for reviews, payments, deliveries, refunds, invoices and budgets, on the sandbox.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use huaweicloud_partner::{
    Client, ErrorKind,
    bills::{Invoice, InvoiceState},
    clock::Clock as _,
    customers::{AuthenticateEnterprise, ReviewResult, SetBudget},
    operation::{Operation as _, Service},
    orders::{
        CancelOrder, ListSubscriptions, OrderStatus, PayOrder, ShowOrder, Unsubscribe, UnsubscribeScope,
    },
    types::{Site, UtcTime},
    wait::{
        BudgetSetTo, Condition, InvoiceIssued, OrderDelivered, OrderPaid, RealNameReviewed, RefundListed,
        Unsubscribed, Wait, WaitToken,
    },
};
use huaweicloud_partner_sandbox::{NewLine, NewOrder, Sandbox, SandboxEvent, Server, Term};
use serde::{Serialize, de::DeserializeOwned};

/// Ends a wait elsewhere: its token is stored as text and continued by another client.
async fn elsewhere<C>(client: &Client, wait: Wait<C>) -> C::Output
where
    C: Condition + Clone + Serialize + DeserializeOwned,
{
    let stored = serde_json::to_string(&wait.token()).unwrap();
    drop(wait);
    let token: WaitToken<C> = serde_json::from_str(&stored).unwrap();
    client.clone().resume_wait(token).await.unwrap()
}

const SERVER: &str = "c6.large.2.linux@cn-north-4";

fn with_money() -> (Sandbox, Client) {
    let sandbox = Sandbox::small_distributor();
    let recharge = SandboxEvent::Recharge { account: "customer-1".into(), amount: "10000".parse().unwrap() };
    sandbox.apply(recharge).unwrap();
    let customer = sandbox.client("customer-1").unwrap();
    (sandbox, customer)
}

fn place(sandbox: &Sandbox) -> huaweicloud_partner::types::OrderId {
    sandbox.place_order(NewOrder::new("customer-1").line(NewLine::new(SERVER, Term::Months(1)))).unwrap()
}

#[tokio::test]
async fn an_order_is_waited_for_until_it_is_paid_delivered_and_refunded() {
    let (sandbox, customer) = with_money();
    let order = place(&sandbox);
    let unpaid = customer.wait(OrderPaid::of(&order)).deadline(Duration::from_secs(20)).await.unwrap_err();
    assert_eq!((unpaid.kind(), unpaid.is_retryable()), (ErrorKind::TimedOut, true), "{unpaid}");
    assert!(unpaid.to_string().contains(&format!("the payment of order {order}")), "{unpaid}");

    customer.send(&PayOrder::new(&order)).await.unwrap();
    let paid = elsewhere(&customer, customer.wait(OrderPaid::of(&order))).await;
    assert_ne!(paid.status, Some(OrderStatus::PendingPayment));
    let delivered = elsewhere(&customer, customer.wait(OrderDelivered::of(&order))).await;
    assert_eq!(delivered.status, Some(OrderStatus::Completed));

    let bought = customer.send(&ListSubscriptions::new().order_id(&order)).await.unwrap();
    let resource = bought.data[0].resource_id.clone();
    let ended = Unsubscribe::new([resource], UnsubscribeScope::ResourceAndRenewals);
    let ended = customer.send(&ended).await.unwrap().into_inner().order_ids[0].clone();
    let done = elsewhere(&customer, customer.wait(Unsubscribed::by(&ended))).await;
    assert_eq!(done.status, Some(OrderStatus::Completed));
    let refund = elsewhere(&customer, customer.wait(RefundListed::of(&ended))).await;
    assert!(refund.total().is_ok() && !refund.refund_infos.is_empty());
}

#[tokio::test]
async fn what_will_never_come_ends_the_wait_at_once() {
    let (sandbox, customer) = with_money();
    let order = place(&sandbox);
    customer.send(&CancelOrder::new(&order)).await.unwrap();
    let before = sandbox.clock().elapsed();
    let error = customer.wait(OrderDelivered::of(&order)).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Refused, false), "{error}");
    assert_eq!(sandbox.clock().elapsed(), before);
}

#[tokio::test]
async fn another_process_continues_a_wait_with_the_deadline_it_had() {
    let (sandbox, customer) = with_money();
    let order = place(&sandbox);
    let wait = customer.wait(OrderPaid::of(&order)).deadline(Duration::from_secs(3600));
    let stored = serde_json::to_string(&wait.token()).unwrap();
    drop((wait, customer));

    sandbox.clock().advance(Duration::from_secs(1800));
    let other = sandbox.client("customer-1").unwrap();
    other.send(&PayOrder::new(&order)).await.unwrap();
    let token: WaitToken<OrderPaid> = serde_json::from_str(&stored).unwrap();
    assert_eq!(other.resume_wait(token).await.unwrap().order_id, order);

    let unpaid = place(&sandbox);
    let mut token: WaitToken<OrderPaid> = serde_json::from_str(&stored).unwrap();
    token.condition = OrderPaid::of(&unpaid);
    let before = sandbox.clock().elapsed();
    assert_eq!(other.resume_wait(token).await.unwrap_err().kind(), ErrorKind::TimedOut);
    let waited = sandbox.clock().elapsed() - before;
    assert!(waited > Duration::from_secs(1700) && waited <= Duration::from_secs(1801), "{waited:?}");
}

#[tokio::test]
async fn budgets_and_invoices_are_waited_for() {
    let sandbox = Sandbox::international_provider();
    let provider = sandbox.client("provider").unwrap();
    let amount = "500".parse().unwrap();
    let early = provider.wait(BudgetSetTo::new("customer-4", amount)).deadline(Duration::from_secs(5)).await;
    assert_eq!(early.unwrap_err().kind(), ErrorKind::TimedOut);
    provider.send(&SetBudget::new("customer-4", amount)).await.unwrap();
    let budget = elsewhere(&provider, provider.wait(BudgetSetTo::new("customer-4", amount))).await;
    assert_eq!(budget.budget_amount, Some(amount));

    let start = UtcTime::from(sandbox.clock().now());
    let invoice = Invoice::build(|invoice| {
        invoice.invoice_amount = Some(amount);
        invoice.invoice_state = Some(InvoiceState::Done);
    });
    let event = SandboxEvent::IssueInvoice { account: "provider".into(), invoice: Box::new(invoice) };
    let id = sandbox.apply(event).unwrap().unwrap();
    let end = (start.instant() + time::Duration::days(1)).into();
    let issued = elsewhere(&provider, provider.wait(InvoiceIssued::new(id.as_str(), start, end))).await;
    assert_eq!(issued.request_id, id);
}

#[tokio::test]
async fn a_review_of_a_real_name_ends_with_its_result() {
    let sandbox = Sandbox::small_distributor();
    let partner = sandbox.client("distributor").unwrap();
    let files = || vec!["test/abc023.jpg".to_owned()];
    let enterprise = AuthenticateEnterprise::new("customer-2", files(), "Cedar Toys", "91-1", "platform");
    partner.send(&enterprise).await.unwrap();
    let passed = partner.wait(RealNameReviewed::of("customer-2")).deadline(Duration::from_secs(86_400)).await;
    assert_eq!(passed.unwrap().review_result, Some(ReviewResult::Passed));

    let enterprise = AuthenticateEnterprise::new("customer-3", files(), "Birch Toys", "91-2", "platform");
    partner.send(&enterprise).await.unwrap();
    let reject = SandboxEvent::RejectReview { customer: "customer-3".into(), reason: "blurred".into() };
    sandbox.apply(reject).unwrap();
    let refused = elsewhere(&partner, partner.wait(RealNameReviewed::of("customer-3"))).await;
    assert_eq!(refused.review_result, Some(ReviewResult::Refused), "a refusal is a result");
}

/// Tells the test binary that it is the process that continues a wait, with the stored token.
const TOKEN: &str = "HWP_TEST_WAIT_TOKEN";
const ADDRESS: &str = "HWP_TEST_WAIT_ADDRESS";

fn over_http(address: &str) -> Client {
    Client::builder(Site::China)
        .credentials(Sandbox::small_distributor().credentials("customer-1").unwrap())
        .endpoint(Service::Business, address)
        .build()
        .unwrap()
}

#[tokio::test]
#[ignore = "the other process of a_stored_wait_is_continued_by_a_second_process"]
async fn the_process_that_continues_a_wait() {
    let (Ok(token), Ok(address)) = (std::env::var(TOKEN), std::env::var(ADDRESS)) else { return };
    let token: WaitToken<OrderPaid> = serde_json::from_str(&token).unwrap();
    let wait = over_http(&address).resume_wait(token);
    let order = wait.intervals(Duration::from_millis(100), Duration::from_millis(100)).await.unwrap();
    println!("paid: {}", order.order_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_wait_is_continued_by_a_second_process() {
    let (sandbox, _) = with_money();
    let server = Server::bind(sandbox.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = server.url();
    tokio::spawn(server.run());
    let customer = over_http(&address);
    let order = place(&sandbox);
    // The deadline is the service's, which the client learns from a response.
    customer.send(&ListSubscriptions::new()).await.unwrap();
    let wait = customer.wait(OrderPaid::of(&order)).deadline(Duration::from_secs(60));
    let stored = serde_json::to_string(&wait.token()).unwrap();
    drop(wait);

    let mut other = std::process::Command::new(std::env::current_exe().unwrap());
    other
        .args(["--ignored", "--exact", "the_process_that_continues_a_wait", "--nocapture"])
        .env(TOKEN, stored)
        .env(ADDRESS, &address);
    let other = tokio::task::spawn_blocking(move || other.output().unwrap());
    // It has asked at least once before the order is paid.
    let asked = || sandbox.requests().iter().any(|request| request.operation == Some(ShowOrder::META.name));
    for _ in 0..600 {
        if asked() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(asked());
    customer.send(&PayOrder::new(&order)).await.unwrap();
    let output = other.await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        printed.contains(&format!("paid: {order}")),
        "{printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
