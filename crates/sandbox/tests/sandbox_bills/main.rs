//! Bills and costs of the sandbox follow from what happened, and add up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod abroad;
mod costs;
mod filters;
mod large;
mod whatever;

use std::time::Duration;

use futures_util::TryStreamExt;
use huaweicloud_partner::{
    Client, Error,
    auth::Credentials,
    bills::*,
    client::CallOptions,
    clock::Clock as _,
    costs::*,
    error::codes,
    orders::{ListSubscriptions, PayOrder, Unsubscribe, UnsubscribeScope},
    partners::AllocateToCustomer,
    types::{Amount, BillCycle, Currency, CustomerId, Day, Language, UtcTime},
    vouchers::{IssueVouchers, ListIssuedVouchers, VoucherStatus},
};
use huaweicloud_partner_sandbox::{
    Account, BandwidthMeasurement, CostAccess, LedgerAccount, NewLine, NewOrder, ResourceUse, Sandbox,
    SandboxEvent, Term,
};

const SERVER: &str = "c6.large.2.linux@cn-north-4";
const TRAFFIC: &str = "12_bgp@cn-south-1";

fn yuan(text: &str) -> Amount {
    text.parse().unwrap()
}

fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn cycle(text: &str) -> BillCycle {
    text.parse().unwrap()
}

fn may() -> BillCycle {
    cycle("2026-05")
}

/// A client of its own, a second later: what another one called just before does not count against the quota.
fn client(sandbox: &Sandbox, account: &str) -> Client {
    sandbox.clock().advance(Duration::from_secs(1));
    sandbox.client(account).unwrap()
}

fn pay_in(sandbox: &Sandbox, account: &str, amount: &str) {
    sandbox.apply(SandboxEvent::Recharge { account: account.to_owned(), amount: yuan(amount) }).unwrap();
}

fn code(error: &Error) -> (&str, u16) {
    (error.code().map_or("", |code| code.as_str()), error.status().map_or(0, |status| status.as_u16()))
}

fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 3600)
}

/// The same world on the international site.
fn international(sandbox: &Sandbox) -> Sandbox {
    let world = serde_json::to_string(&sandbox.snapshot()).unwrap();
    Sandbox::new(
        serde_json::from_str(&world.replace(r#""site":"china""#, r#""site":"international""#)).unwrap(),
    )
}

async fn fees(client: &Client, cycle: BillCycle) -> Vec<FeeRecord> {
    client.items(ListFeeRecords::new(cycle)).try_collect().await.unwrap()
}

/// Returns one sum over all bills of a customer's month, and checks that every row adds up.
async fn agreed(sandbox: &Sandbox, customer: &str, month: BillCycle) -> Amount {
    let own = client(sandbox, customer);
    let fees = fees(&own, month).await;
    assert!(fees.iter().all(|row| row.check_identities().is_empty()), "{fees:?}");
    let payable = Amount::checked_sum(fees.iter().map(|row| row.consume_amount.unwrap())).unwrap();
    for statistic in [StatisticType::Cycle, StatisticType::Day, StatisticType::Charge] {
        let usage = own.items(ListUsageRecords::new(month).statistic_type(statistic));
        let usage: Vec<_> = usage.try_collect().await.unwrap();
        assert!(usage.iter().all(|row| row.check_identities().is_empty()), "{usage:?}");
        assert_eq!(Amount::checked_sum(usage.iter().map(|row| row.amount.unwrap())), Some(payable));
        let resources = own.items(ListResourceBills::new(month).statistic_type(statistic));
        let resources: Vec<_> = resources.try_collect().await.unwrap();
        assert!(resources.iter().all(|row| row.check_identities().is_empty()), "{resources:?}");
        assert_eq!(
            Amount::checked_sum(resources.iter().map(|row| row.consume_amount.unwrap())),
            Some(payable)
        );
    }
    let breakdown: Vec<_> = own.items(ListMonthlyBreakdown::new(month)).try_collect().await.unwrap();
    assert!(breakdown.iter().all(|row| row.check_identities().is_empty()), "{breakdown:?}");
    for by in [CostDimension::Resource, CostDimension::BillType, CostDimension::Region] {
        let query = ListCosts::new(
            CostWindow::months(month, month),
            vec![CostGrouping::by(by)],
            CostType::Original,
            CostAmountType::Payable,
        );
        let costs: Vec<CostEntry> = own.items(query).try_collect().await.unwrap();
        assert!(costs.iter().all(|entry| entry.check_identities().is_empty()), "{costs:?}");
        assert_eq!(
            Amount::checked_sum(costs.iter().map(|entry| entry.amount_by_costs.unwrap())),
            Some(payable)
        );
    }
    payable
}

/// The month's summary, with its rows checked.
async fn summary(sandbox: &Sandbox, customer: &str, month: BillCycle) -> Amount {
    let own = client(sandbox, customer);
    let summary = own.send(&ShowMonthlySummary::new(month).limit(1000_u32)).await.unwrap();
    assert!(summary.bill_sums.iter().all(|row| row.check_identities().is_empty()));
    assert_eq!(summary.check_totals(&summary.bill_sums), []);
    assert_eq!(summary.payment_parts().total().ok(), summary.consume_amount);
    summary.consume_amount.unwrap()
}

/// Returns the partner's sums of the month and its single charges for a customer.
async fn seen_by_partner(
    sandbox: &Sandbox,
    partner: &str,
    reseller: Option<&str>,
    customer: &str,
    month: BillCycle,
) -> (Amount, Amount) {
    let partner = client(sandbox, partner);
    let mut charges = ListCustomerCharges::new(month, customer);
    charges.indirect_partner_id = reseller.map(Into::into);
    let charges: Vec<_> = partner.items(charges).try_collect().await.unwrap();
    assert!(charges.iter().all(|row| row.check_identities().is_empty()), "{charges:?}");
    let mut sums = Amount::ZERO;
    for mode in [ChargingMode::YearlyMonthly, ChargingMode::PayPerUse, ChargingMode::SavingsPlan] {
        let mut bills = ListMonthlyBills::new(month, mode).customer_id(customer);
        bills.indirect_partner_id = reseller.map(Into::into);
        let bills: Vec<_> = partner.items(bills).try_collect().await.unwrap();
        assert!(bills.iter().all(|row| row.check_identities().is_empty()), "{bills:?}");
        sums = Amount::checked_sum(bills.iter().map(|row| row.amount.unwrap()).chain([sums])).unwrap();
    }
    (sums, Amount::checked_sum(charges.iter().map(|row| row.payment_amount.unwrap())).unwrap())
}

// Pay-per-use.

#[tokio::test]
async fn use_is_charged_to_cents_and_stands_in_every_bill() {
    let sandbox = Sandbox::small_distributor();
    pay_in(&sandbox, "customer-1", "10");
    // 1.234 hours at 0.54 are 0.66636: 0.66 is charged.
    let used = ResourceUse::new("customer-1", SERVER, yuan("1.234")).of("server-1");
    let id = sandbox.use_resource(used).unwrap();
    let partner = client(&sandbox, "distributor");
    let customers = partner.send(&ListConsumingCustomers::new(may())).await.unwrap();
    assert_eq!(customers.total_count, Some(1));
    assert_eq!(customers.sub_customers[0].customer_id, CustomerId::from("customer-1"));
    let query = ListCustomerCharges::new(may(), "customer-1").language(Language::English);
    let charges = partner.send(&query).await.unwrap();
    let charge = &charges.fee_records[0];
    assert_eq!((charge.id.as_str(), charges.currency.as_ref()), (id.as_str(), Some(&Currency::Cny)));
    assert_eq!((charge.official_amount, charge.payment_amount), (Some(yuan("0.66636")), Some(yuan("0.66"))));
    assert_eq!(charge.truncated_amount(), Some(yuan("0.00636")));
    assert_eq!(charge.service_type_name.as_deref(), Some("Elastic Cloud Server"));
    assert_eq!(charge.association_type, Some(CustomerAssociation::Resale));
    assert_eq!(charge.usage_amount, Some(yuan("1.234")));

    let own = client(&sandbox, "customer-1");
    let usage = own.send(&ListUsageRecords::new(may())).await.unwrap();
    let row = &usage.fee_records[0];
    assert_eq!(row.formula.as_deref(), Some("0.66636 - 0.00636 (truncated)"));
    assert_eq!((row.formula_result(), row.unit_price), (Some(yuan("0.66")), Some(yuan("0.54"))));
    assert_eq!(row.cloud_service_type_name.as_deref(), Some("弹性云服务器"));
    let fee = &fees(&own, may()).await[0];
    assert_eq!((fee.erase_amount, fee.status), (Some(yuan("0.00636")), Some(FeeStatus::Paid)));
    assert_eq!(agreed(&sandbox, "customer-1", may()).await, yuan("0.66"));
    assert_eq!(sandbox.snapshot().ledger().balance(&LedgerAccount::cash("customer-1")), yuan("9.34"));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn vouchers_pay_first_and_what_is_missing_is_owed() {
    let sandbox = Sandbox::small_distributor();
    let partner = client(&sandbox, "distributor");
    let receivers: Vec<CustomerId> = vec!["customer-1".into()];
    partner.send(&IssueVouchers::new("quota-1", receivers, yuan("1"))).await.unwrap();
    partner.send(&AllocateToCustomer::new("customer-1", yuan("0.50"))).await.unwrap();
    // Four hours are 2.16: a voucher of 1, cash of 0.50, and 0.66 that no one has.
    sandbox.use_resource(ResourceUse::new("customer-1", SERVER, yuan("4"))).unwrap();
    let own = client(&sandbox, "customer-1");
    let unpaid = ListFeeRecords::new(may()).status(FeeStatus::NotSettled);
    let fee = own.send(&unpaid.clone()).await.unwrap().records[0].clone();
    assert_eq!(
        (fee.coupon_amount, fee.cash_amount, fee.debt_amount),
        (Some(yuan("1")), Some(yuan("0.50")), Some(yuan("0.66")))
    );
    assert_eq!(agreed(&sandbox, "customer-1", may()).await, yuan("2.16"));
    let vouchers = partner.send(&ListIssuedVouchers::new()).await.unwrap();
    assert_eq!(vouchers.user_coupons[0].status, Some(VoucherStatus::Used));
    let ledger = sandbox.snapshot().ledger().clone();
    assert_eq!(ledger.balance(&LedgerAccount::arrears("customer-1")), yuan("-0.66"));

    // As soon as there is money, what is owed is paid.
    partner.send(&AllocateToCustomer::new("customer-1", yuan("1"))).await.unwrap();
    assert_eq!(own.send(&unpaid).await.unwrap().total_count, Some(0));
    let ledger = sandbox.snapshot().ledger().clone();
    assert_eq!(ledger.balance(&LedgerAccount::cash("customer-1")), yuan("0.34"));
    assert_eq!(ledger.balance(&LedgerAccount::arrears("customer-1")), Amount::ZERO);
    assert_eq!(agreed(&sandbox, "customer-1", may()).await, yuan("2.16"));
    sandbox.audit().unwrap();
}

#[test]
fn what_cannot_be_used_is_refused() {
    let sandbox = Sandbox::small_distributor();
    let refusal = |what: ResourceUse| sandbox.use_resource(what).unwrap_err().code().clone();
    let hour = yuan("1");
    assert_eq!(refusal(ResourceUse::new("nobody", SERVER, hour)), codes::ACCOUNT_NOT_FOUND);
    assert_eq!(refusal(ResourceUse::new("reseller-1", SERVER, hour)), codes::ACCOUNT_NOT_FOUND);
    assert_eq!(refusal(ResourceUse::new("customer-1", "nothing", hour)), codes::PRODUCT_NOT_FOUND);
    let abroad = ResourceUse::new("customer-1", "c6.large.2.linux@ap-southeast-1", hour);
    assert_eq!(refusal(abroad), codes::PRODUCT_NOT_FOUND);
    let package = ResourceUse::new("customer-1", "obs.storage.100GB@cn-north-4", hour);
    assert_eq!(refusal(package), codes::PRODUCT_NOT_FOUND);
    assert_eq!(refusal(ResourceUse::new("customer-1", SERVER, Amount::ZERO)), codes::BAD_PARAMETER);
    let begin = sandbox.snapshot().accounts().next().map(|_| at("2026-05-06T01:00:00Z")).unwrap();
    let later = begin.instant() + Duration::from_secs(1);
    let future = ResourceUse::new("customer-1", SERVER, hour).between(begin, later.into());
    assert_eq!(refusal(future), codes::BAD_PARAMETER);
    assert!(sandbox.snapshot().ledger().postings().iter().all(|posting| posting.what != "consumption"));
}

#[tokio::test]
async fn what_is_bought_and_given_up_stands_in_the_bills() {
    let sandbox = Sandbox::small_distributor();
    pay_in(&sandbox, "customer-1", "10000");
    let line = NewLine::new(SERVER, Term::Years(1)).name("shop").attached("SAS@cn-north-4", 40);
    let order = sandbox.place_order(NewOrder::new("customer-1").line(line)).unwrap();
    let own = client(&sandbox, "customer-1");
    own.send(&PayOrder::new(&order)).await.unwrap();
    let query = ListCustomerCharges::new(may(), "customer-1").trade_id(order.as_str());
    let charges = client(&sandbox, "distributor").send(&query.clone()).await.unwrap();
    assert_eq!(charges.total_count, Some(2));
    let server = &charges.fee_records[0];
    assert_eq!(
        (server.bill_detail_type, server.charging_mode),
        (Some(BillType::NewPurchase), Some(ChargingMode::YearlyMonthly))
    );
    assert_eq!((server.period_type, server.period_num), (Some(PeriodType::Year), Some(yuan("1"))));
    assert_eq!(server.order_type, Some(ChargeOrderType::Opening));
    assert_eq!(server.resource_name.as_deref(), Some("shop"));
    let bought = agreed(&sandbox, "customer-1", may()).await;
    assert_eq!(bought, yuan("2450"));

    sandbox.clock().advance(days(60));
    let all =
        Unsubscribe::new(vec![server.resource_id.clone().unwrap()], UnsubscribeScope::ResourceAndRenewals);
    own.send(&all).await.unwrap();
    sandbox.clock().advance(days(1));
    let july = cycle("2026-07");
    let back = agreed(&sandbox, "customer-1", july).await;
    assert!(back.is_negative());
    assert_eq!(summary(&sandbox, "customer-1", july).await, back);
    let (sums, single) = seen_by_partner(&sandbox, "distributor", None, "customer-1", july).await;
    assert_eq!((sums, single), (back, back));
    let left = sandbox.snapshot().ledger().balance(&LedgerAccount::cash("customer-1"));
    assert_eq!(Amount::checked_sum([left, bought, back]), Some(yuan("10000")));
    // The year and what came back of it, month by month.
    let (mut month, mut shares) = (may(), Amount::ZERO);
    while month <= cycle("2027-05") {
        let rows: Vec<_> = own.items(ListMonthlyBreakdown::new(month)).try_collect().await.unwrap();
        assert!(rows.iter().all(|row| row.check_identities().is_empty()), "{rows:?}");
        let current = rows.iter().map(|row| row.current_month_amortized_amount.unwrap());
        shares = Amount::checked_sum(current.chain([shares])).unwrap();
        month = month.next();
    }
    assert_eq!(Some(shares), bought.checked_add(back));
    sandbox.audit().unwrap();
}

// Months.

#[tokio::test]
async fn a_late_use_is_billed_in_its_month_until_that_is_final() {
    let sandbox = Sandbox::small_distributor();
    pay_in(&sandbox, "customer-1", "100");
    sandbox.clock().advance(days(29)); // 4 June, nine in Beijing
    let (from, until) = (at("2026-05-31T15:00:00Z"), at("2026-05-31T16:00:00Z"));
    let late = ResourceUse::new("customer-1", SERVER, yuan("1")).between(from, until);
    sandbox.use_resource(late.clone()).unwrap();
    sandbox.clock().advance(days(1) + Duration::from_secs(3 * 3600)); // noon of the 5th
    sandbox.use_resource(late).unwrap();
    let own = client(&sandbox, "customer-1");
    let (before, after) = (fees(&own, may()).await, fees(&own, may().next()).await);
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_eq!(before[0].consume_time, Some(until));
    let may_31 = day("2026-05-31");
    let query = ListFeeRecords::new(may()).bill_date_begin(may_31).bill_date_end(may_31);
    assert_eq!(own.send(&query).await.unwrap().total_count, Some(1), "midnight belongs to the day before");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn summaries_end_with_the_day_before_and_agree_then() {
    let sandbox = Sandbox::small_distributor();
    pay_in(&sandbox, "customer-2", "100");
    for (offer, amount) in [(SERVER, "2.5"), (TRAFFIC, "3.1"), (SERVER, "0.7")] {
        sandbox.use_resource(ResourceUse::new("customer-2", offer, yuan(amount))).unwrap();
    }
    assert_eq!(summary(&sandbox, "customer-2", may()).await, Amount::ZERO);
    let seen = seen_by_partner(&sandbox, "distributor", Some("reseller-1"), "customer-2", may()).await;
    assert_eq!(seen, (Amount::ZERO, yuan("4.20")));
    sandbox.clock().advance(days(1));
    let whole = agreed(&sandbox, "customer-2", may()).await;
    assert_eq!(whole, yuan("4.20"));
    assert_eq!(summary(&sandbox, "customer-2", may()).await, whole);
    let seen = seen_by_partner(&sandbox, "distributor", Some("reseller-1"), "customer-2", may()).await;
    assert_eq!(seen, (whole, whole));
    let rows = client(&sandbox, "customer-2").send(&ShowMonthlySummary::new(may())).await.unwrap();
    assert_eq!(rows.total_count, Some(2), "one row for each kind of resource");
    let none = ShowMonthlySummary::new(may()).enterprise_project_id("-1");
    assert_eq!(client(&sandbox, "customer-2").send(&none).await.unwrap().total_count, Some(0));
}

// Who sees what.

#[tokio::test]
async fn rows_are_seen_by_the_partners_that_the_customer_belonged_to() {
    let sandbox = Sandbox::small_distributor();
    for customer in ["customer-1", "customer-2", "customer-4"] {
        pay_in(&sandbox, customer, "100");
        sandbox.use_resource(ResourceUse::new(customer, SERVER, yuan("1"))).unwrap();
    }
    let partner = client(&sandbox, "distributor");
    let seen = async |customer: &str, reseller: Option<&str>| {
        let mut query = ListCustomerCharges::new(may(), customer);
        query.indirect_partner_id = reseller.map(Into::into);
        partner.send(&query).await.map(|page| page.total_count.unwrap_or_default())
    };
    assert_eq!(seen("customer-1", None).await.unwrap(), 1);
    assert_eq!(seen("customer-2", None).await.unwrap(), 0, "only the time with the distributor itself");
    assert_eq!(seen("customer-2", Some("reseller-1")).await.unwrap(), 1);
    assert_eq!(seen("customer-2", Some("reseller-2")).await.unwrap(), 0);
    assert_eq!(code(&seen("nobody", None).await.unwrap_err()), ("CBC.0151", 403));
    let foreign = seen("customer-1", Some("customer-2")).await.unwrap_err();
    assert_eq!(foreign.code(), Some(&codes::NO_RIGHT_TO_RESELLER));

    let own = client(&sandbox, "customer-4");
    assert_eq!(fees(&own, may()).await[0].customer_id, CustomerId::from("customer-4"));
    let member = ListFeeRecords::new(may()).method(RecordOwner::Member).sub_customer_id("customer-1");
    assert_eq!(code(&own.send(&member).await.unwrap_err()), ("CBC.0151", 403));
    let as_key =
        |id: &str| CallOptions::new().credentials(Credentials::keys(format!("AK{id}"), format!("SK{id}")));
    let partner_only =
        own.with(as_key("CUSTOMER-4")).send(&ListConsumingCustomers::new(may())).await.unwrap_err();
    assert_eq!(partner_only.code(), Some(&codes::ACCESS_DENIED));
    let customer_only =
        partner.with(as_key("DISTRIBUTOR")).send(&ListFeeRecords::new(may())).await.unwrap_err();
    assert_eq!(customer_only.code(), Some(&codes::ACCESS_DENIED));
    sandbox.audit().unwrap();
}
