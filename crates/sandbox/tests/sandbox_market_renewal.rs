//! The market of the sandbox: how subscriptions go on and end, and what comes back; and whatever is done to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::{collections::BTreeMap, time::Duration};

use huaweicloud_partner::{
    Client, Error,
    client::CallOptions,
    clock::Clock,
    error::codes,
    orders::*,
    products::RateRenewal,
    types::{Amount, CustomerId, OrderId, ResourceId, UtcTime},
    vouchers::{IssueVouchers, ReclaimVoucher},
};
use huaweicloud_partner_sandbox::{
    LedgerAccount, NewDiscount, NewLine, NewOrder, Sandbox, SandboxEvent, Term,
};
use proptest::prelude::*;

const SERVER: &str = "c6.large.2.linux@cn-north-4";
const DAY: Duration = Duration::from_secs(24 * 3600);
const MINUTE: Duration = Duration::from_secs(60);

fn yuan(text: &str) -> Amount {
    text.parse().unwrap()
}

fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn wait_until(sandbox: &Sandbox, hour: &str) {
    let wait = at(hour).instant() - sandbox.clock().now();
    sandbox.clock().advance(wait.try_into().unwrap());
}

fn recharge(sandbox: &Sandbox, amount: &str) {
    sandbox.apply(SandboxEvent::Recharge { account: "customer-1".to_owned(), amount: yuan(amount) }).unwrap();
}

fn cash(sandbox: &Sandbox) -> Amount {
    sandbox.snapshot().ledger().balance(&LedgerAccount::cash("customer-1"))
}

/// A customer with so much money, and a client of its own.
fn with_money(amount: &str) -> (Sandbox, Client) {
    let sandbox = Sandbox::small_distributor();
    recharge(&sandbox, amount);
    let customer = sandbox.client("customer-1").unwrap();
    (sandbox, customer)
}

/// A server for a month with a disk on it, paid and set up on 6 May 2026 at nine in Beijing; 245 yuan.
async fn server(sandbox: &Sandbox, customer: &Client) -> (OrderId, ResourceId, ResourceId) {
    let line = NewLine::new(SERVER, Term::Months(1)).attached("SAS@cn-north-4", 40);
    let order = sandbox.place_order(NewOrder::new("customer-1").line(line)).unwrap();
    customer.send(&PayOrder::new(&order)).await.unwrap();
    sandbox.clock().advance(MINUTE);
    let found = customer.send(&ListSubscriptions::new().order_id(&order)).await.unwrap();
    let id =
        |role| found.data.iter().find(|one| one.is_main_resource == Some(role)).unwrap().resource_id.clone();
    (order, id(ResourceRole::Main), id(ResourceRole::Attached))
}

async fn subscription(customer: &Client, id: &ResourceId) -> Subscription {
    let found = customer.send(&ListSubscriptions::new().resource_ids([id.clone()])).await.unwrap();
    found.data.iter().find(|one| one.resource_id == *id).unwrap().clone()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    error.code().map(|code| code.as_str().to_owned()).unwrap_or_else(|| panic!("{error}"))
}

fn renew(id: &ResourceId, months: u32) -> RenewResources {
    RenewResources::new(vec![id.clone()], RenewalPeriod::Month, months)
}

fn give_up(id: &ResourceId, scope: UnsubscribeScope) -> Unsubscribe {
    Unsubscribe::new(vec![id.clone()], scope)
}

async fn refund(customer: &Client, order: &OrderId) -> Vec<RefundItem> {
    customer.send(&ShowRefund::new(order)).await.unwrap().into_inner().refund_infos
}

// Going on.

#[tokio::test]
async fn a_resource_is_priced_renewed_and_paid_with_attached_ones() {
    let (sandbox, customer) = with_money("1000");
    let (_, main, disk) = server(&sandbox, &customer).await;
    let rate = |ids: Vec<ResourceId>, months: u32| RateRenewal::new(ids, RenewalPeriod::Month, months);
    sandbox
        .grant_discount(NewDiscount::rate("customer-1", OrderDiscountType::Commercial, yuan("0.9")))
        .unwrap();
    let price = customer.send(&rate(vec![main.clone(), disk.clone(), "gone".into()], 2)).await.unwrap();
    assert_eq!(price.renew_inquiry_results[0].amount, Some(yuan("490")));
    assert_eq!(price.best_offer().unwrap().amount, Some(yuan("441")));
    let why: Vec<_> = price.fail_resource_infos.iter().map(|it| it.error_code.clone()).collect();
    assert_eq!(why, [codes::NO_RENEWAL_PRICE_MAIN, codes::NO_RENEWAL_PRICE_DELETED]);

    assert_eq!(refused(customer.send(&renew(&disk, 1)).await), codes::NOT_A_MAIN_RESOURCE.as_str());
    assert_eq!(refused(customer.send(&renew(&"x".into(), 1)).await), codes::RESOURCE_DELETED.as_str());
    let placed = customer.send(&renew(&main, 2)).await.unwrap().into_inner();
    let order = &placed.order_ids[0];
    assert_eq!(refused(customer.send(&renew(&main, 1)).await), codes::RESOURCE_IN_UNPAID_ORDER.as_str());
    let failure = customer.send(&rate(vec![main.clone()], 1)).await.unwrap().into_inner();
    assert_eq!(failure.fail_resource_infos[0].error_code, codes::NO_RENEWAL_PRICE_UNPAID);
    let ending = customer.send(&give_up(&main, UnsubscribeScope::ResourceAndRenewals)).await;
    assert_eq!(refused(ending), codes::RESOURCE_IN_UNPAID_ORDER.as_str());

    customer.send(&PayOrder::new(order)).await.unwrap();
    assert_eq!(refused(customer.send(&renew(&main, 1)).await), codes::RESOURCE_IN_RUNNING_ORDER.as_str());
    let ending = customer.send(&give_up(&main, UnsubscribeScope::ResourceAndRenewals)).await;
    assert_eq!(refused(ending), codes::TRANSACTION_IN_PROGRESS.as_str());
    sandbox.clock().advance(MINUTE);
    for id in [&main, &disk] {
        assert_eq!(subscription(&customer, id).await.expire_time, Some(at("2026-08-06T15:59:59Z")));
    }
    let details = customer.send(&ShowOrder::new(order)).await.unwrap();
    assert_eq!(details.order_info.order_type, Some(OrderType::Renewal));
    assert_eq!(details.order_line_items[0].effective_time, Some(at("2026-06-06T15:59:59Z")));
    assert_eq!(cash(&sandbox), yuan("265"));

    let at_once = customer.send(&renew(&main, 1).is_auto_pay(AutoPay::AtOnce)).await.unwrap();
    assert_eq!(at_once.order_ids.len(), 1);
    assert_eq!(cash(&sandbox), yuan("44.5"), "with the discount of the system's choice");
    sandbox.clock().advance(MINUTE);
    let too_dear = customer.send(&renew(&main, 1).is_auto_pay(AutoPay::AtOnce)).await;
    assert_eq!(refused(too_dear), codes::AUTOMATIC_PAYMENT_FAILED.as_str());
    let renewals = customer.send(&ListOrders::new().order_type(OrderType::Renewal)).await.unwrap();
    assert_eq!(renewals.total_count, Some(2), "nothing is left of it");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_resource_renews_itself_at_three_in_the_morning() {
    let (sandbox, customer) = with_money("500");
    let (_, main, disk) = server(&sandbox, &customer).await;
    let unknown = customer.send(&EnableAutoRenewal::new("x")).await;
    assert_eq!(refused(unknown), codes::RESOURCE_NOT_FOUND.as_str());
    let off = customer.send(&DisableAutoRenewal::new(&main)).await;
    assert_eq!(refused(off), codes::AUTO_RENEWAL_ALREADY_OFF.as_str());
    customer.send(&EnableAutoRenewal::new(&disk).auto_renew_times(2_u32)).await.unwrap();
    assert!(subscription(&customer, &main).await.renews_automatically(), "its main resource renews too");

    wait_until(&sandbox, "2026-05-29T18:59:00Z");
    assert_eq!(subscription(&customer, &main).await.expire_time, Some(at("2026-06-06T15:59:59Z")));
    sandbox.clock().advance(2 * MINUTE);
    assert_eq!(subscription(&customer, &disk).await.expire_time, Some(at("2026-07-06T15:59:59Z")));
    assert_eq!(cash(&sandbox), yuan("10"));
    let order = customer.send(&ListOrders::new().order_type(OrderType::Renewal)).await.unwrap();
    assert_eq!(order.order_infos[0].payment_time, Some(at("2026-05-29T19:00:00Z")));
    assert_eq!(order.order_infos[0].source_type, Some(OrderSource::System));

    // There is too little money at first; the next morning after the recharge it works, and then never again.
    sandbox.clock().advance(40 * DAY);
    let expired = subscription(&customer, &main).await;
    assert_eq!((expired.status, expired.renews_automatically()), (Some(SubscriptionStatus::Expired), true));
    let late = customer.send(&EnableAutoRenewal::new(&main)).await;
    assert_eq!(refused(late), codes::AUTO_RENEWAL_NOT_POSSIBLE.as_str());
    recharge(&sandbox, "1000");
    sandbox.clock().advance(DAY);
    let renewed = subscription(&customer, &main).await;
    assert_eq!(renewed.expire_time, Some(at("2026-08-06T15:59:59Z")));
    assert!(!renewed.renews_automatically(), "twice and no more");
    sandbox.clock().advance(365 * DAY);
    assert_eq!(subscription(&customer, &main).await.status, Some(SubscriptionStatus::Closed));
    assert_eq!(cash(&sandbox), yuan("765"));
    let charges = serde_json::to_value(sandbox.snapshot()).unwrap()["wallet"]["charges"].clone();
    assert_eq!(charges[3]["charge"]["what"], 8, "an automatic renewal");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn the_days_of_renewals_can_be_set() {
    let (sandbox, customer) = with_money("5000");
    let (_, main, _) = server(&sandbox, &customer).await;
    customer.send(&EnableAutoRenewal::new(&main).period_type(AutoRenewalPeriod::Year)).await.unwrap();
    customer.send(&SetRenewalConfig::deduct_before(2)).await.unwrap();
    customer.send(&SetRenewalConfig::expire_on_last_day()).await.unwrap();
    let price = RateRenewal::new(vec![main.clone()], RenewalPeriod::Year, 1_u32);
    let price = customer.send(&price).await.unwrap().into_inner();
    assert_eq!(price.renew_inquiry_results[0].amount, Some(yuan("2646")), "2450 and 24 days of 245/30");
    wait_until(&sandbox, "2026-06-03T18:59:00Z");
    assert_eq!(subscription(&customer, &main).await.expire_time, Some(at("2026-06-06T15:59:59Z")));
    sandbox.clock().advance(2 * MINUTE);
    assert_eq!(subscription(&customer, &main).await.expire_time, Some(at("2027-06-30T15:59:59Z")));
    customer.send(&DisableAutoRenewal::new(&main)).await.unwrap();
    assert!(!subscription(&customer, &main).await.renews_automatically());
    sandbox.audit().unwrap();
}

// Ending.

#[tokio::test]
async fn all_cash_comes_back_within_five_days() {
    let (sandbox, customer) = with_money("245");
    let (order, main, disk) = server(&sandbox, &customer).await;
    sandbox.clock().advance(4 * DAY);
    let ended = customer.send(&give_up(&main, UnsubscribeScope::ResourceAndRenewals)).await.unwrap();
    assert_eq!(cash(&sandbox), yuan("245"));
    let rows = refund(&customer, &ended.order_ids[0]).await;
    assert_eq!(
        rows.iter().map(|row| row.amount).collect::<Vec<_>>(),
        [Some(yuan("-231")), Some(yuan("-14"))]
    );
    assert_eq!(rows[1].resource_type_code, "hws.resource.type.volume");
    assert!(rows.iter().all(|row| row.base_order_id.as_ref() == Some(&order)));
    assert_eq!(subscription(&customer, &disk).await.status, Some(SubscriptionStatus::Closed));
    let again = customer.send(&give_up(&main, UnsubscribeScope::ResourceAndRenewals)).await;
    assert_eq!(refused(again), codes::RESOURCE_NOT_MANAGED.as_str());
    let unknown = customer.send(&give_up(&"x".into(), UnsubscribeScope::ResourceAndRenewals)).await;
    assert_eq!(refused(unknown), codes::RESOURCE_NOT_FOUND.as_str());
    assert_eq!(refused(customer.send(&ShowRefund::new(&order)).await), codes::NOT_A_REFUND_ORDER.as_str());
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn later_a_share_comes_back_less_a_fee_and_vouchers_only_of_what_has_not_begun() {
    let (sandbox, customer) = with_money("1000");
    let partner = sandbox.client("distributor").unwrap();
    let (_, main, disk) = server(&sandbox, &customer).await;
    let customers: Vec<CustomerId> = vec!["customer-1".into()];
    let issue = IssueVouchers::new("quota-1", customers, yuan("200"));
    let voucher = partner.send(&issue).await.unwrap().coupon_infos[0].coupon_id.clone();
    let renewal = customer.send(&renew(&main, 1)).await.unwrap().order_ids[0].clone();
    let pay =
        PayOrder::new(&renewal).with_vouchers([PaymentVoucher::new(&voucher, PaymentVoucherType::Cash)]);
    customer.send(&pay).await.unwrap();
    assert_eq!(cash(&sandbox), yuan("710"), "245 of the purchase, 45 of the renewal");
    let none = customer.send(&give_up(&"x".into(), UnsubscribeScope::RenewalsOnly)).await;
    assert_eq!(refused(none), codes::RESOURCE_NOT_FOUND.as_str());

    sandbox.clock().advance(10 * DAY);
    let renewals = customer.send(&give_up(&main, UnsubscribeScope::RenewalsOnly)).await.unwrap();
    assert_eq!(cash(&sandbox), yuan("755"));
    let left = sandbox.snapshot().ledger().balance(&LedgerAccount::voucher(voucher.as_str()));
    assert_eq!(left, yuan("200"), "as it was paid");
    let rows = refund(&customer, &renewals.order_ids[0]).await;
    assert!(rows.iter().all(|row| row.base_order_id.as_ref() == Some(&renewal)));
    assert_eq!(subscription(&customer, &disk).await.expire_time, Some(at("2026-06-06T15:59:59Z")));
    let none = customer.send(&give_up(&main, UnsubscribeScope::RenewalsOnly)).await;
    assert_eq!(refused(none), codes::NO_RENEWED_PERIOD.as_str());

    let ended = customer.send(&give_up(&disk, UnsubscribeScope::ResourceAndRenewals)).await.unwrap();
    let ended = &ended.order_ids[0];
    let rows = refund(&customer, ended).await;
    let [given, consumed, fee] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(given.amount, Some(yuan("-14")));
    let unused = yuan("14").checked_sub(consumed.amount.unwrap()).unwrap();
    assert!((yuan("9.4")..yuan("9.7")).contains(&unused), "21 of 31 days: {unused}");
    assert_eq!(fee.amount, Some(yuan("0.95")));
    let back = unused.checked_sub(fee.amount.unwrap()).unwrap();
    assert_eq!(cash(&sandbox), yuan("755").checked_add(back).unwrap());
    let order = customer.send(&ShowOrder::new(ended)).await.unwrap().into_inner().order_info;
    assert_eq!(order.order_type, Some(OrderType::Unsubscription));
    assert_eq!(order.official_amount, Some(back.negated()));
    assert_eq!(order.amount_info.unwrap().commission_amount, fee.amount);

    let of_partner = partner.send(&ShowRefund::new(ended).customer_id("customer-1")).await.unwrap();
    assert_eq!(of_partner.total_count, Some(3));
    assert_eq!(refused(partner.send(&ShowRefund::new(ended)).await), codes::BAD_PARAMETER.as_str());
    assert_eq!(subscription(&customer, &main).await.status, Some(SubscriptionStatus::InUse));
    sandbox.clock().advance(45 * DAY);
    let frozen = customer.send(&give_up(&main, UnsubscribeScope::ResourceAndRenewals)).await;
    assert_eq!(refused(frozen), codes::RESOURCE_FROZEN.as_str());
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_resource_becomes_pay_per_use_at_its_end_or_at_once() {
    let (sandbox, customer) = with_money("1000");
    let (_, first, disk) = server(&sandbox, &customer).await;
    let (_, second, _) = server(&sandbox, &customer).await;
    let change = |how, ids: Vec<ResourceId>| ChangeToPayPerUse::new(how, ids);
    let ids = vec![first.clone(), disk.clone(), "x".into()];
    let response = customer.send(&change(PayPerUseOnExpiry::Set, ids)).await.unwrap().into_inner();
    let why: Vec<_> = response.error_details.iter().map(|error| error.code.clone()).collect();
    assert_eq!(why, [codes::NOT_A_MAIN_RESOURCE, codes::RESOURCE_NOT_FOUND]);
    assert_eq!(subscription(&customer, &disk).await.expire_policy, Some(ExpiryPolicy::BecomesPayPerUse));
    let taken_back = customer.send(&change(PayPerUseOnExpiry::Cancel, vec![second.clone()])).await.unwrap();
    assert_eq!(taken_back.error_details[0].code, codes::INVALID_PARAMETER, "it was not set");

    sandbox.clock().advance(10 * DAY);
    let now = ChangeToPayPerUseNow::new(vec![second.clone(), "x".into()]);
    let rows = customer.send(&now).await.unwrap().into_inner().to_ondemand_service_results;
    assert_eq!(
        (&rows[0].result, &rows[1].result),
        (&Some(ChangeResult::Changed), &Some(ChangeResult::Failed))
    );
    assert_eq!(rows[1].error_code, Some(codes::RESOURCE_NOT_FOUND));
    let order = customer.send(&ShowOrder::new(rows[0].order_id.as_ref().unwrap())).await.unwrap();
    assert_eq!(order.order_info.order_type, Some(OrderType::ToPayPerUse));
    let back = order.order_info.official_amount.unwrap().negated();
    assert!((yuan("165")..yuan("170")).contains(&back), "21 of 31 days, no fee: {back}");
    assert_eq!(cash(&sandbox), yuan("510").checked_add(back).unwrap());
    assert_eq!(subscription(&customer, &second).await.status, Some(SubscriptionStatus::Closed));
    sandbox.clock().advance(30 * DAY);
    assert_eq!(subscription(&customer, &first).await.status, Some(SubscriptionStatus::Closed));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_frozen_customer_neither_pays_nor_becomes_pay_per_use() {
    let (sandbox, customer) = with_money("1000");
    let (_, main, _) = server(&sandbox, &customer).await;
    let renewal = customer.send(&renew(&main, 1)).await.unwrap().order_ids[0].clone();
    let mut world = serde_json::to_value(sandbox.snapshot()).unwrap();
    world["customers"]["frozen"]["customer-1"] =
        serde_json::json!({"scope": "ACCOUNT", "since": "2026-05-06T01:00:00Z", "reason": "arrears"});
    let sandbox = Sandbox::new(serde_json::from_value(world).unwrap());
    let customer = sandbox.client("customer-1").unwrap();
    assert_eq!(refused(customer.send(&PayOrder::new(&renewal)).await), codes::ACCOUNT_FROZEN.as_str());
    customer.send(&CancelOrder::new(&renewal)).await.unwrap();
    let at_end = ChangeToPayPerUse::new(PayPerUseOnExpiry::Set, vec![main.clone()]);
    let at_end = customer.send(&at_end).await.unwrap();
    assert_eq!(at_end.error_details[0].code, codes::ACCOUNT_FROZEN);
    let now = customer.send(&ChangeToPayPerUseNow::new(vec![main.clone()])).await.unwrap();
    assert_eq!(now.to_ondemand_service_results[0].error_code, Some(codes::ACCOUNT_FROZEN));
    assert_eq!(cash(&sandbox), yuan("755"));
}

// Whatever is done to it.

#[derive(Clone, Debug)]
enum Step {
    Recharge(u16),
    Issue(u16),
    Reclaim(u8),
    Discount(u8, u8),
    Place(u8, u32, bool),
    Pay(u8, u8, bool),
    Cancel(u8),
    Renew(u8, u32, bool),
    Automatic(u8, bool),
    Unsubscribe(u8, bool),
    ToPayPerUse(u8, bool),
    Day(i8),
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let which = || 0_u8..6;
    let one = prop_oneof![
        any::<u16>().prop_map(Step::Recharge),
        any::<u16>().prop_map(Step::Issue),
        which().prop_map(Step::Reclaim),
        (0_u8..4, 1_u8..100).prop_map(|(kind, rate)| Step::Discount(kind, rate)),
        (0_u8..4, 1_u32..4, any::<bool>()).prop_map(|(what, term, years)| Step::Place(what, term, years)),
        (which(), 0_u8..4, any::<bool>()).prop_map(|(which, vouchers, off)| Step::Pay(which, vouchers, off)),
        (which(), 0_u8..4, any::<bool>()).prop_map(|(which, vouchers, off)| Step::Pay(which, vouchers, off)),
        which().prop_map(Step::Cancel),
        (which(), 1_u32..12, any::<bool>()).prop_map(|(which, term, pay)| Step::Renew(which, term, pay)),
        (which(), any::<bool>()).prop_map(|(which, on)| Step::Automatic(which, on)),
        (which(), any::<bool>()).prop_map(|(which, all)| Step::Unsubscribe(which, all)),
        (which(), any::<bool>()).prop_map(|(which, now)| Step::ToPayPerUse(which, now)),
        (-1_i8..29).prop_map(Step::Day),
        (0_u32..4_000_000).prop_map(Step::Wait),
        (30_u32..400_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(one, 1..40)
}

/// The ids of orders, resources or vouchers in the state, the newest first.
fn ids(sandbox: &Sandbox, path: [&str; 2]) -> Vec<String> {
    let state = serde_json::to_value(sandbox.snapshot()).unwrap();
    let found = path.iter().fold(&state, |state, part| &state[part]);
    found.as_object().unwrap().keys().rev().cloned().collect()
}

async fn take(sandbox: &Sandbox, partner: &Client, customer: &Client, step: Step) {
    let pick = |path: [&str; 2], which: u8| {
        ids(sandbox, path).get(usize::from(which)).cloned().unwrap_or_else(|| "none".to_owned())
    };
    let resource = |which: u8| ResourceId::from(pick(["orders", "resources"], which));
    let order = |which: u8| OrderId::from(pick(["orders", "orders"], which));
    // What is refused must change nothing; what is done must keep the books. Both are checked by the caller.
    match step {
        Step::Recharge(amount) => recharge(sandbox, &amount.to_string()),
        Step::Issue(cents) => {
            let value = Amount::new(i64::from(cents) + 1, 2).unwrap();
            let customers: Vec<CustomerId> = vec!["customer-1".into()];
            let _ = partner.send(&IssueVouchers::new("quota-1", customers, value)).await;
        }
        Step::Reclaim(which) => {
            let _ = partner.send(&ReclaimVoucher::new(pick(["wallet", "vouchers"], which))).await;
        }
        Step::Discount(kind, rate) => {
            let kind = OrderDiscountType::from(i64::from(kind));
            let rate = Amount::new(i64::from(rate), 2).unwrap();
            let _ = sandbox.grant_discount(NewDiscount::rate("customer-1", kind, rate));
        }
        Step::Place(what, number, years) => {
            let term = if years { Term::Years(number) } else { Term::Months(number) };
            let line = match what {
                0 => NewLine::new(SERVER, term).quantity(number),
                1 => NewLine::new(SERVER, term).attached("SAS@cn-north-4", 7 * number),
                2 => NewLine::new("19_bgp@cn-south-1", term).size(number),
                _ => NewLine::new("obs.storage.100GB@cn-north-4", term),
            };
            sandbox.place_order(NewOrder::new("customer-1").line(line)).unwrap();
        }
        Step::Pay(which, vouchers, off) => {
            let order = order(which);
            let named = ids(sandbox, ["wallet", "vouchers"]).into_iter().take(vouchers.into());
            let named = named.map(|id| PaymentVoucher::new(id, PaymentVoucherType::Cash));
            let mut pay = PayOrder::new(&order).with_vouchers(named);
            if let (true, Ok(found)) = (off, customer.send(&ListOrderDiscounts::new(&order)).await)
                && let Some(discount) = found.discounts.iter().find_map(OrderDiscount::for_payment)
            {
                pay = pay.with_discount(discount);
            }
            let _ = customer.send(&pay).await;
        }
        Step::Cancel(which) => drop(customer.send(&CancelOrder::new(order(which))).await),
        Step::Renew(which, months, pay) => {
            let pay = if pay { AutoPay::AtOnce } else { AutoPay::Later };
            let _ = customer.send(&renew(&resource(which), months).is_auto_pay(pay)).await;
        }
        Step::Automatic(which, true) => drop(customer.send(&EnableAutoRenewal::new(resource(which))).await),
        Step::Automatic(which, false) => drop(customer.send(&DisableAutoRenewal::new(resource(which))).await),
        Step::Unsubscribe(which, all) => {
            let scope = match all {
                true => UnsubscribeScope::ResourceAndRenewals,
                false => UnsubscribeScope::RenewalsOnly,
            };
            let _ = customer.send(&give_up(&resource(which), scope)).await;
        }
        Step::ToPayPerUse(which, true) => {
            let _ = customer.send(&ChangeToPayPerUseNow::new(vec![resource(which)])).await;
        }
        Step::ToPayPerUse(which, false) => {
            let _ =
                customer.send(&ChangeToPayPerUse::new(PayPerUseOnExpiry::Set, vec![resource(which)])).await;
        }
        Step::Day(day) => {
            let _ = customer.send(&SetRenewalConfig::new(RenewalSetting::ExpiryDate, day.to_string())).await;
        }
        Step::Wait(seconds) => {
            sandbox.clock().advance(Duration::from_secs(seconds.into()));
            let _ = customer.send(&ListOrders::new()).await;
        }
    }
}

/// No resource got back more cash, and no voucher more money, than was paid; and no charge is above its price.
fn check_refunds(sandbox: &Sandbox) {
    let state = serde_json::to_value(sandbox.snapshot()).unwrap();
    let amount = |value: &serde_json::Value| value.as_str().unwrap().parse::<Amount>().unwrap();
    let mut sums: BTreeMap<String, Amount> = BTreeMap::new();
    for charge in state["wallet"]["charges"].as_array().unwrap().iter().map(|booked| &booked["charge"]) {
        let resource = charge["resource"].as_str().unwrap();
        let mut parts = vec![(format!("cash of {resource}"), amount(&charge["paid"]["cash"]))];
        for voucher in charge["paid"]["vouchers"].as_array().unwrap() {
            let id = voucher[0].as_str().unwrap();
            parts.push((format!("voucher {id} for {resource}"), amount(&voucher[1])));
        }
        let paid = Amount::checked_sum(parts.iter().map(|(_, part)| *part)).unwrap();
        let due = amount(&charge["list_price"]).checked_sub(amount(&charge["discount"])).unwrap();
        assert_eq!(paid, due, "{charge}");
        for (what, part) in parts {
            let sum = sums.entry(what).or_default();
            *sum = sum.checked_add(part).unwrap();
        }
    }
    for (what, sum) in sums {
        assert!(!sum.is_negative(), "{what}: {sum}");
    }
    for (book, held) in sandbox.snapshot().ledger().balances() {
        assert!(held.decimals() <= 2, "{book} holds {held}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("SANDBOX_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(100)
    ))]

    #[test]
    fn no_sequence_breaks_the_books_or_gives_back_more_than_was_paid(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (sandbox, customer) = with_money("3000");
            let customer = customer.with(CallOptions::new().skip_validation());
            let partner = sandbox.client("distributor").unwrap();
            for step in steps {
                take(&sandbox, &partner, &customer, step).await;
                sandbox.audit().unwrap();
            }
            check_refunds(&sandbox);
            let stored = serde_json::to_string(&sandbox.snapshot()).unwrap();
            let loaded = Sandbox::new(serde_json::from_str(&stored).unwrap());
            assert_eq!(serde_json::to_string(&loaded.snapshot()).unwrap(), stored);
        });
    }
}
