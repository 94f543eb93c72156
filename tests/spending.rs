//! Tests of the means with which a customer can pay, on the sandbox.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use huaweicloud_partner::{
    customers::ShowBudget,
    spending::{LimitKind, MeansKind, SpendingQuery},
    types::{Currency, Money},
};
use huaweicloud_partner_sandbox::{Sandbox, SandboxEvent};

#[tokio::test]
async fn balances_vouchers_and_cards_are_joined_by_means_of_payment() {
    let sandbox = Sandbox::small_distributor();
    let customer = sandbox.client("customer-1").unwrap();
    let power =
        async || customer.spending_power(SpendingQuery::new().service("hws.service.type.ec2")).await.unwrap();
    let amount = |text: &str| text.parse::<huaweicloud_partner::types::Amount>().unwrap();
    let before = power().await;
    let of = |power: &huaweicloud_partner::spending::SpendingPower, kind| {
        power.of_kind(kind).unwrap().map_or(amount("0"), |money| money.amount)
    };
    sandbox.apply(SandboxEvent::Recharge { account: "customer-1".into(), amount: amount("100.10") }).unwrap();
    let voucher = SandboxEvent::GiveVoucher {
        account: "customer-1".into(),
        amount: amount("9"),
        plan: "T".into(),
        kind: Default::default(),
        limits: Default::default(),
    };
    let voucher = sandbox.apply(voucher).unwrap().unwrap();
    let card = SandboxEvent::GiveCard {
        customer: "customer-1".into(),
        name: "Spring card".into(),
        amount: amount("50"),
    };
    let card = sandbox.apply(card).unwrap().unwrap();
    sandbox.apply(SandboxEvent::SpendFromCard { card, amount: amount("0.05") }).unwrap();

    let after = power().await;
    let gained = |kind| of(&after, kind).checked_sub(of(&before, kind)).unwrap();
    assert_eq!(gained(MeansKind::Cash), amount("100.10"));
    assert_eq!(gained(MeansKind::StoredValueCard), amount("49.95"));
    let found = after.means.iter().find(|means| means.id == voucher).unwrap();
    assert_eq!((found.kind, found.available.clone()), (MeansKind::Voucher, Ok(Money::new(9, Currency::Cny))));
    assert!(after.unconditional().unwrap().unwrap().amount >= amount("150.05"));
}

#[tokio::test]
async fn a_customer_whose_partner_is_billed_spends_its_budget() {
    let sandbox = Sandbox::international_provider();
    let (provider, customer) = (sandbox.client("provider").unwrap(), sandbox.client("customer-1").unwrap());
    let query = SpendingQuery::new().budget_of(&provider, "customer-1");
    let power = customer.spending_power(query).await.unwrap();
    let budget = power.means.iter().find(|means| means.kind == MeansKind::PartnerBudget).unwrap();
    let shown = provider.send(&ShowBudget::new("customer-1")).await.unwrap();
    let left = shown.budget_amount.unwrap().checked_sub(shown.used_amount.unwrap()).unwrap();
    assert_eq!(budget.available, Ok(Money::new(left, Currency::Usd)));
}

#[tokio::test]
async fn a_quota_of_the_month_limits_what_can_be_spent() {
    let sandbox = Sandbox::international_provider();
    let amount = |text: &str| text.parse().unwrap();
    let grant = SandboxEvent::GrantExpenditureQuota { customer: "customer-6".into(), amount: amount("200") };
    sandbox.apply(grant).unwrap();
    sandbox.apply(SandboxEvent::Recharge { account: "customer-6".into(), amount: amount("500") }).unwrap();
    let customer = sandbox.client("customer-6").unwrap();
    let power = customer.spending_power(SpendingQuery::new()).await.unwrap();
    let quota = power.limits.iter().find(|limit| limit.kind == LimitKind::ExpenditureQuota).unwrap();
    assert_eq!(quota.left, Ok(Money::new(200, Currency::Usd)));
    assert_eq!(power.unconditional(), Ok(Some(Money::new(200, Currency::Usd))), "not the 500 on the account");
}

#[tokio::test]
async fn money_and_credit_of_an_enterprise_are_distinguished() {
    let sandbox = Sandbox::enterprise();
    let master = sandbox.client("master").unwrap();
    let power = master.spending_power(SpendingQuery::new()).await.unwrap();
    let of = |kind| power.of_kind(kind).unwrap();
    assert_eq!(of(MeansKind::Cash), Some(Money::new(10_000, Currency::Cny)));
    assert_eq!(of(MeansKind::Credit), Some(Money::new(7_000, Currency::Cny)));
    assert!(power.means.iter().any(|means| means.kind == MeansKind::Voucher));
}
