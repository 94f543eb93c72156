//! Bills and costs of the sandbox follow from what happened, and add up.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

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
    partners::AllocateToCustomer,
    sandbox::{Account, BandwidthMeasurement, Book, CostAccess, Event, ResourceUse, Sandbox},
    types::{Amount, BillCycle, Currency, CustomerId, Day, Language, UtcTime},
    vouchers::{IssueVouchers, ListIssuedVouchers, VoucherStatus},
};
use proptest::prelude::*;

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
    sandbox.happen(Event::Recharge { account: account.to_owned(), amount: yuan(amount) }).unwrap();
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

/// Everything that all bills say of a customer's month, as one sum; checks on the way that every row adds up.
async fn agreed(sandbox: &Sandbox, customer: &str, month: BillCycle) -> Amount {
    let own = client(sandbox, customer);
    let fees = fees(&own, month).await;
    assert!(fees.iter().all(|row| row.check_identities().is_empty()), "{fees:?}");
    let payable = Amount::checked_sum(fees.iter().map(|row| row.consume_amount)).unwrap();
    for statistic in [StatisticType::Cycle, StatisticType::Day, StatisticType::Charge] {
        let usage = own.items(ListUsageRecords::new(month).statistic_type(statistic));
        let usage: Vec<_> = usage.try_collect().await.unwrap();
        assert!(usage.iter().all(|row| row.check_identities().is_empty()), "{usage:?}");
        assert_eq!(Amount::checked_sum(usage.iter().map(|row| row.amount)), Some(payable));
        let resources = own.items(ListResourceBills::new(month).statistic_type(statistic));
        let resources: Vec<_> = resources.try_collect().await.unwrap();
        assert!(resources.iter().all(|row| row.check_identities().is_empty()), "{resources:?}");
        assert_eq!(Amount::checked_sum(resources.iter().map(|row| row.consume_amount)), Some(payable));
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
        assert_eq!(Amount::checked_sum(costs.iter().map(|entry| entry.amount_by_costs)), Some(payable));
    }
    payable
}

/// The month's summary, with its rows checked.
async fn summary(sandbox: &Sandbox, customer: &str, month: BillCycle) -> Amount {
    let own = client(sandbox, customer);
    let summary = own.send(ShowMonthlySummary::new(month).limit(1000_u32)).await.unwrap();
    assert!(summary.bill_sums.iter().all(|row| row.check_identities().is_empty()));
    assert_eq!(summary.check_totals(&summary.bill_sums), []);
    assert_eq!(summary.payment_parts().total(), Some(summary.consume_amount));
    summary.consume_amount
}

/// What the partner's month sums and its single charges say of a customer.
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
        sums = Amount::checked_sum(bills.iter().map(|row| row.amount).chain([sums])).unwrap();
    }
    (sums, Amount::checked_sum(charges.iter().map(|row| row.payment_amount)).unwrap())
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
    let customers = partner.send(ListConsumingCustomers::new(may())).await.unwrap();
    assert_eq!(customers.total_count, Some(1));
    assert_eq!(customers.sub_customers[0].customer_id, CustomerId::from("customer-1"));
    let query = ListCustomerCharges::new(may(), "customer-1").language(Language::English);
    let charges = partner.send(query).await.unwrap();
    let charge = &charges.fee_records[0];
    assert_eq!((charge.id.as_str(), charges.currency.as_ref()), (id.as_str(), Some(&Currency::Cny)));
    assert_eq!((charge.official_amount, charge.payment_amount), (yuan("0.66636"), yuan("0.66")));
    assert_eq!(charge.truncated_amount(), Some(yuan("0.00636")));
    assert_eq!(charge.service_type_name.as_deref(), Some("Elastic Cloud Server"));
    assert_eq!(charge.association_type, Some(CustomerAssociation::Resale));
    assert_eq!(charge.usage_amount, Some(yuan("1.234")));

    let own = client(&sandbox, "customer-1");
    let usage = own.send(ListUsageRecords::new(may())).await.unwrap();
    let row = &usage.fee_records[0];
    assert_eq!(row.formula.as_deref(), Some("0.66636 - 0.00636 (truncated)"));
    assert_eq!((row.formula_result(), row.unit_price), (Some(yuan("0.66")), Some(yuan("0.54"))));
    assert_eq!(row.cloud_service_type_name.as_deref(), Some("弹性云服务器"));
    let fee = &fees(&own, may()).await[0];
    assert_eq!((fee.erase_amount, fee.status), (yuan("0.00636"), Some(FeeStatus::Paid)));
    assert_eq!(agreed(&sandbox, "customer-1", may()).await, yuan("0.66"));
    assert_eq!(sandbox.snapshot().ledger().balance(&Book::cash("customer-1")), yuan("9.34"));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn vouchers_pay_first_and_what_is_missing_is_owed() {
    let sandbox = Sandbox::small_distributor();
    let partner = client(&sandbox, "distributor");
    let receivers: Vec<CustomerId> = vec!["customer-1".into()];
    partner.send(IssueVouchers::new("quota-1", receivers, yuan("1"))).await.unwrap();
    partner.send(AllocateToCustomer::new("customer-1", yuan("0.50"))).await.unwrap();
    // Four hours are 2.16: a voucher of 1, cash of 0.50, and 0.66 that nobody has.
    sandbox.use_resource(ResourceUse::new("customer-1", SERVER, yuan("4"))).unwrap();
    let own = client(&sandbox, "customer-1");
    let unpaid = ListFeeRecords::new(may()).status(FeeStatus::NotSettled);
    let fee = own.send(unpaid.clone()).await.unwrap().records[0].clone();
    assert_eq!(
        (fee.coupon_amount, fee.cash_amount, fee.debt_amount),
        (yuan("1"), yuan("0.50"), yuan("0.66"))
    );
    assert_eq!(agreed(&sandbox, "customer-1", may()).await, yuan("2.16"));
    let vouchers = partner.send(ListIssuedVouchers::new()).await.unwrap();
    assert_eq!(vouchers.user_coupons[0].status, VoucherStatus::Used);
    let ledger = sandbox.snapshot().ledger().clone();
    assert_eq!(ledger.balance(&Book::arrears("customer-1")), yuan("-0.66"));

    // As soon as there is money, what is owed is paid.
    partner.send(AllocateToCustomer::new("customer-1", yuan("1"))).await.unwrap();
    assert_eq!(own.send(unpaid).await.unwrap().total_count, Some(0));
    let ledger = sandbox.snapshot().ledger().clone();
    assert_eq!(ledger.balance(&Book::cash("customer-1")), yuan("0.34"));
    assert_eq!(ledger.balance(&Book::arrears("customer-1")), Amount::ZERO);
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
    assert_eq!(own.send(query).await.unwrap().total_count, Some(1), "midnight belongs to the day before");
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
    let rows = client(&sandbox, "customer-2").send(ShowMonthlySummary::new(may())).await.unwrap();
    assert_eq!(rows.total_count, Some(2), "one row for each kind of resource");
    let none = ShowMonthlySummary::new(may()).enterprise_project_id("-1");
    assert_eq!(client(&sandbox, "customer-2").send(none).await.unwrap().total_count, Some(0));
}

// Who sees what.

#[tokio::test]
async fn rows_are_seen_by_those_whom_the_customer_belonged_to() {
    let sandbox = Sandbox::small_distributor();
    for customer in ["customer-1", "customer-2", "customer-4"] {
        pay_in(&sandbox, customer, "100");
        sandbox.use_resource(ResourceUse::new(customer, SERVER, yuan("1"))).unwrap();
    }
    let partner = client(&sandbox, "distributor");
    let seen = async |customer: &str, reseller: Option<&str>| {
        let mut query = ListCustomerCharges::new(may(), customer);
        query.indirect_partner_id = reseller.map(Into::into);
        partner.send(query).await.map(|page| page.total_count.unwrap_or_default())
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
    assert_eq!(code(&own.send(member).await.unwrap_err()), ("CBC.0151", 403));
    let as_key =
        |id: &str| CallOptions::new().credentials(Credentials::keys(format!("AK{id}"), format!("SK{id}")));
    let partner_only =
        own.with(as_key("CUSTOMER-4")).send(ListConsumingCustomers::new(may())).await.unwrap_err();
    assert_eq!(partner_only.code(), Some(&codes::ACCESS_DENIED));
    let customer_only =
        partner.with(as_key("DISTRIBUTOR")).send(ListFeeRecords::new(may())).await.unwrap_err();
    assert_eq!(customer_only.code(), Some(&codes::ACCESS_DENIED));
    sandbox.audit().unwrap();
}

// Filters.

#[tokio::test]
async fn every_filter_acts() {
    let sandbox = Sandbox::small_distributor();
    pay_in(&sandbox, "customer-1", "100");
    let server = ResourceUse::new("customer-1", SERVER, yuan("1")).of("server-1");
    let server = sandbox.use_resource(server).unwrap();
    sandbox.clock().advance(days(2));
    let tiny = ResourceUse::new("customer-1", TRAFFIC, yuan("0.001"));
    sandbox.use_resource(tiny).unwrap();
    let (own, partner) = (client(&sandbox, "customer-1"), client(&sandbox, "distributor"));
    let first = day("2026-05-06");

    let charges = || ListCustomerCharges::new(may(), "customer-1");
    for (query, expected) in [
        (charges(), 2),
        (charges().service_type_code("hws.service.type.ec2"), 1),
        (charges().service_type_code("null"), 0),
        (charges().region_code("cn-south-1"), 1),
        (charges().charging_mode(ChargingMode::YearlyMonthly), 0),
        (charges().bill_detail_type(BillType::Usage), 2),
        (charges().bill_detail_type(BillType::Renewal), 0),
        (charges().resource_id("server-1"), 1),
        (charges().resource_id("null"), 0),
        (charges().resource_name("server-1"), 1),
        (charges().trade_id(server.as_str()), 1),
        (charges().trade_id("null"), 0),
        (charges().account_manager_id("li"), 0),
        (charges().account_manager_id("null"), 2),
        (charges().association_type(CustomerAssociation::Referral), 0),
        (charges().bill_date_begin(first).bill_date_end(first), 1),
    ] {
        let page = partner.send(query.clone()).await.unwrap();
        assert_eq!(page.total_count, Some(expected), "{query:?}");
        assert_eq!(page.fee_records.len() as u64, expected);
    }
    let fees = || ListFeeRecords::new(may());
    for (query, expected) in [
        (fees(), 2),
        (fees().provider_type(ProviderType::KooGallery), 0),
        (fees().service_type_code("hws.service.type.vpc"), 1),
        (fees().resource_type_code("hws.resource.type.vm"), 1),
        (fees().region_code("cn-north-4"), 1),
        (fees().charging_mode(ChargingMode::PayPerUse), 2),
        (fees().bill_type(BillType::NewPurchase), 0),
        (fees().trade_id(server.as_str()), 1),
        (fees().enterprise_project_id("null"), 0),
        (fees().enterprise_project_id("0"), 2),
        (fees().include_zero_record(false), 1),
        (fees().include_zero_record(true), 2),
        (fees().status(FeeStatus::Paid), 2),
        (fees().status(FeeStatus::NotBilled), 0),
        (fees().method(RecordOwner::Oneself), 2),
        (fees().bill_date_begin(first).bill_date_end(first), 1),
        (ListFeeRecords::new(may().previous()), 0),
    ] {
        assert_eq!(own.send(query.clone()).await.unwrap().total_count, Some(expected), "{query:?}");
    }
    let usage = || ListUsageRecords::new(may());
    for (query, expected) in [
        (usage().cloud_service_type("hws.service.type.vpc"), 1),
        (usage().cloud_service_type(""), 0),
        (usage().region("cn-south-1"), 1),
        (usage().charge_mode(ChargingMode::SavingsPlan), 0),
        (usage().bill_type(BillType::Usage), 2),
        (usage().resource_id("server-1"), 1),
        (usage().enterprise_project_id("null"), 0),
        (usage().include_zero_record(false), 1),
        (usage().trade_id(server.as_str()), 1),
        (usage().trade_id(""), 0),
        (usage().bill_date_begin(first).bill_date_end(first), 1),
        (usage().bill_date_begin(first).bill_date_end(first).statistic_type(StatisticType::Cycle), 2),
    ] {
        assert_eq!(own.send(query.clone()).await.unwrap().total_count, Some(expected), "{query:?}");
    }
    let resources = || ListResourceBills::new(may());
    let daily = || resources().query_type(ResourceBillPeriod::Daily).statistic_type(StatisticType::Day);
    for (query, expected) in [
        (resources().cloud_service_type("hws.service.type.vpc"), 1),
        (resources().cloud_service_type(""), 2),
        (resources().resource_type("hws.resource.type.vm"), 1),
        (resources().region("cn-south-1"), 1),
        (resources().res_instance_id("server-1"), 1),
        (resources().charge_mode(ChargingMode::YearlyMonthly), 0),
        (resources().bill_type(BillType::Usage), 2),
        (resources().enterprise_project_id("7"), 0),
        (resources().include_zero_record(false), 1),
        (resources().payer_account_id("customer-1"), 2),
        (resources().payer_account_id("customer-2"), 0),
        (daily().bill_cycle_begin(first).bill_cycle_end(first), 1),
    ] {
        assert_eq!(own.send(query.clone()).await.unwrap().total_count, Some(expected), "{query:?}");
    }
    let bills = || ListMonthlyBills::new(may(), ChargingMode::PayPerUse);
    sandbox.clock().advance(days(1));
    for (query, expected) in [
        (bills(), 2),
        (bills().cloud_service_type("hws.service.type.vpc"), 1),
        (bills().bill_type(MonthlyBillType::Unsubscription), 0),
        (bills().customer_id("customer-2"), 0),
        (ListMonthlyBills::new(may(), ChargingMode::YearlyMonthly), 0),
    ] {
        assert_eq!(partner.send(query.clone()).await.unwrap().count, Some(expected), "{query:?}");
    }
    let old = ListCustomerCharges::new(cycle("2024-10"), "customer-1");
    assert_eq!(partner.send(old).await.unwrap().total_count, Some(0));
}

// The international site.

#[tokio::test]
async fn a_partners_bill_is_rounded_once_and_invoiced() {
    let sandbox = international(&Sandbox::small_distributor());
    for (customer, amount) in [("customer-1", "0.123"), ("customer-2", "1.7"), ("customer-4", "0.4567")] {
        pay_in(&sandbox, customer, "100");
        sandbox
            .use_resource(ResourceUse::new(customer, "c6.large.2.linux@ap-southeast-1", yuan(amount)))
            .unwrap();
    }
    let partner = client(&sandbox, "distributor");
    let none = partner.send(ShowPartnerBill::new(may())).await.unwrap();
    assert_eq!(none.bill_cycle, None, "the running month has no bill");
    let invoices = async || {
        let now = UtcTime::from(sandbox.clock().now());
        let invoices = partner.items(ListInvoices::new(at("2026-01-01T00:00:00Z"), now));
        invoices.try_collect::<Vec<Invoice>>().await.unwrap()
    };
    assert!(invoices().await.is_empty());
    sandbox.clock().advance(days(30) + Duration::from_secs(4 * 3600));
    let bill = partner.send(ShowPartnerBill::new(may())).await.unwrap();
    let mut rows = Amount::ZERO;
    for customer in ["customer-1", "customer-2", "customer-4"] {
        let own = client(&sandbox, customer);
        let usage: Vec<_> = own.items(ListUsageRecords::new(may())).try_collect().await.unwrap();
        assert!(usage.iter().all(|row| row.check_identities().is_empty()));
        let sum = Amount::checked_sum(usage.iter().map(|row| row.amount)).unwrap();
        assert_eq!(sum, summary(&sandbox, customer, may()).await);
        rows = rows.checked_add(sum).unwrap();
    }
    // 2.2797 hours at 0.084 are 0.1914948 dollars.
    assert_eq!((rows, bill.consume_amount), (yuan("0.1914948"), yuan("0.1914948")));
    assert_eq!((bill.initial_amount_due, bill.adjustments), (yuan("0.19"), yuan("-0.0014948")));
    assert_eq!(bill.check_identities(), []);
    assert_eq!(bill.currency, Some(Currency::Usd));

    let made = invoices().await;
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].invoice_amount, Some(yuan("0.19")));
    assert_eq!(made[0].trade_type, Some(InvoiceTrade::PartnerSettlement));
    let invoice = Invoice { invoice_amount: Some(yuan("5")), ..Invoice::default() };
    let event = Event::IssueInvoice { account: "distributor".to_owned(), invoice: Box::new(invoice) };
    let id = sandbox.happen(event.clone()).unwrap().unwrap();
    let second = ListInvoices::new(at("2026-01-01T00:00:00Z"), UtcTime::from(sandbox.clock().now()));
    let second = partner.send(second.limit(1_u32).offset(2_u32)).await.unwrap();
    assert_eq!((second.count, &second.invoices[0].request_id), (Some(2), &id));
    let mut foreign = ListInvoices::new(at("2026-01-01T00:00:00Z"), at("2026-07-01T00:00:00Z"));
    foreign.domain_id = Some("customer-1".to_owned());
    assert_eq!(code(&partner.send(foreign).await.unwrap_err()), ("CBC.0151", 403));
    let stored = serde_json::to_string(&event).unwrap();
    assert_eq!(serde_json::from_str::<Event>(&stored).unwrap(), event);
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_a_partner_owes_is_what_it_is_billed() {
    let sandbox = Sandbox::international_provider();
    for (customer, amount) in [("customer-1", "10.123"), ("customer-2", "1.7")] {
        // Customers of the Reseller model have no money: their partner pays after the month.
        let used = ResourceUse::new(customer, "c6.large.2.linux@ap-southeast-3", yuan(amount));
        sandbox.use_resource(used).unwrap();
    }
    pay_in(&sandbox, "customer-6", "100");
    sandbox
        .use_resource(ResourceUse::new("customer-6", "c6.large.2.linux@ap-southeast-3", yuan("1")))
        .unwrap();
    sandbox.clock().advance(days(31));
    let bill = client(&sandbox, "provider").send(ShowPartnerBill::new(may())).await.unwrap();
    assert_eq!(bill.check_identities(), []);
    let owed = sandbox.snapshot().ledger().balance(&Book::owed("provider")).negated();
    assert_eq!(bill.consume_amount, owed);
    assert_eq!(bill.initial_amount_due, owed.rounded(2));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_master_sees_the_members_that_let_it() {
    let sandbox = Sandbox::enterprise();
    for account in ["master", "member-1", "member-2"] {
        pay_in(&sandbox, account, "100");
        sandbox.use_resource(ResourceUse::new(account, SERVER, yuan("1"))).unwrap();
    }
    let master = client(&sandbox, "master");
    let whose = async |query: ListFeeRecords| -> Vec<String> {
        let page = master.send(query).await.unwrap();
        page.records.iter().map(|row| row.customer_id.to_string()).collect()
    };
    let query = || ListFeeRecords::new(may());
    assert_eq!(whose(query()).await, ["master", "member-2"]);
    assert_eq!(whose(query().method(RecordOwner::Oneself)).await, ["master"]);
    let member = |id: &str| query().method(RecordOwner::Member).sub_customer_id(id);
    assert_eq!(whose(member("member-2")).await, ["member-2"]);
    assert_eq!(code(&master.send(member("member-1")).await.unwrap_err()), ("CBC.0151", 403));
}

// Bandwidths.

#[tokio::test]
async fn bandwidths_are_billed_by_the_95th_percentile() {
    let sandbox = Sandbox::small_distributor();
    let (service, kind, resource) = ("hws.service.type.cdn", "hws.resource.type.cdn", "cdn-1");
    let start = at("2026-04-30T16:00:00Z"); // the first of May in Beijing
    let values = (1..=100).map(Amount::from);
    let measured =
        BandwidthMeasurement::new("customer-1", (service, kind, resource), "95peak_plus", start, values);
    sandbox.happen(Event::MeasureBandwidth(measured.guaranteed(20))).unwrap();
    let own = client(&sandbox, "customer-1");
    let enhanced = BandwidthUsageType::Enhanced;
    let list = ListBandwidthUsageSummary::new(may(), service, kind, enhanced.clone());
    let running = own.send(list.clone()).await.unwrap().summary_usage_info_list[0].clone();
    assert_eq!(
        (running.resource_id.as_str(), running.actual_days, running.band_width),
        (resource, None, None)
    );
    let points = ListBandwidthUsage::new(may(), service, kind, enhanced, resource);
    let page = own.send(points.clone().offset(99_u32).limit(10_u32)).await.unwrap();
    assert_eq!((page.total_count, page.band_width), (Some(100), None));
    assert_eq!(page.usage_info_list[0].usage, Some(yuan("100")));
    assert_eq!(page.usage_info_list[0].stat_time, Some(at("2026-05-01T00:15:00Z")));
    assert_eq!(page.usage_info_list[0].guaranteed_band_width, Some(yuan("20")));

    // Nine in Beijing on the 2nd of June, then 20:00.
    sandbox.clock().advance(days(27));
    assert_eq!(own.send(points.clone()).await.unwrap().band_width, None);
    sandbox.clock().advance(Duration::from_secs(11 * 3600));
    let month = own.send(points).await.unwrap();
    assert_eq!((month.band_width, month.monthly_peak_band_width), (Some(yuan("95")), Some(yuan("100"))));
    assert_eq!(month.monthly_guaranteed_band_width, Some(yuan("20")));
    assert_eq!(month.actual_days, Some(yuan("0.34722222222222222222")));
    let other = client(&sandbox, "customer-2").send(list).await.unwrap();
    assert_eq!(other.total_count, Some(0));
}

// Costs.

#[tokio::test]
async fn costs_are_grouped_cut_and_filtered() {
    let sandbox = Sandbox::small_distributor();
    pay_in(&sandbox, "customer-1", "1.00");
    sandbox.use_resource(ResourceUse::new("customer-1", SERVER, yuan("1"))).unwrap();
    sandbox.clock().advance(days(1));
    sandbox.use_resource(ResourceUse::new("customer-1", TRAFFIC, yuan("1"))).unwrap();
    let own = client(&sandbox, "customer-1");
    let window = CostWindow::days(day("2026-05-01"), day("2026-05-31"));
    let by = |dimension| vec![CostGrouping::by(dimension)];
    let query = ListCosts::new(
        window.clone(),
        vec![CostGrouping::by(CostDimension::Region), CostGrouping::by(CostDimension::ChargingMode)],
        CostType::Original,
        CostAmountType::Payable,
    );
    let page = own.send(query.clone()).await.unwrap();
    assert_eq!(page.total_count, Some(2));
    let values: Vec<_> = page.cost_data[0].dimensions.iter().map(|pair| pair.value.as_str()).collect();
    assert_eq!(values, ["cn-north-4", "3"]);
    assert_eq!(page.cost_data[1].costs[0].time_dimension_value, Some(day("2026-05-07").into()));
    assert!(page.cost_data.iter().all(|entry| entry.check_identities().is_empty()));
    let rest = own.send(query.clone().offset(1_u32).limit(5_u32)).await.unwrap();
    assert_eq!((rest.total_count, rest.cost_data.len()), (Some(2), 1));

    // Paid is what the cash covered: 0.46 of the 0.80 for traffic.
    let paid = ListCosts::new(window, by(CostDimension::BillType), CostType::Original, CostAmountType::Paid);
    let page = own.send(paid.clone()).await.unwrap();
    assert_eq!(page.cost_data[0].dimensions[0].value, "1");
    assert_eq!(page.cost_data[0].amount_by_costs, yuan("1.00"));
    assert_eq!(page.cost_data[0].official_amount_by_costs, yuan("1.34"));
    let only = vec![CostFilter::only(CostDimension::Region, ["cn-south-1"])];
    let page = own.send(paid.clone().filters(only)).await.unwrap();
    assert_eq!(page.cost_data[0].amount_by_costs, yuan("0.46"));
    let without = vec![CostFilter::without(CostDimension::Region, ["cn-south-1", "cn-north-4"])];
    assert_eq!(own.send(paid.filters(without)).await.unwrap().total_count, Some(0));

    for (access, expected) in [
        (CostAccess::Off, codes::COST_CENTRE_OFF),
        (CostAccess::HiddenByPartner, codes::COSTS_HIDDEN_BY_PARTNER),
        (CostAccess::HiddenByMaster, codes::COSTS_HIDDEN_BY_MASTER),
    ] {
        sandbox.happen(Event::SetCostAccess { account: "customer-1".to_owned(), access }).unwrap();
        assert_eq!(own.send(query.clone()).await.unwrap_err().code(), Some(&expected));
        let breakdown = own.send(ListMonthlyBreakdown::new(may())).await.unwrap_err();
        assert_eq!(breakdown.code(), Some(&expected));
    }
    sandbox
        .happen(Event::SetCostAccess { account: "customer-1".to_owned(), access: CostAccess::Shown })
        .unwrap();
    own.send(query.clone()).await.unwrap();

    // Three in the night of the 2nd of June: May has no bill yet. Noon of the 4th: it has.
    sandbox.clock().advance(days(26));
    assert_eq!(own.send(query.clone()).await.unwrap().total_count, Some(0));
    sandbox.clock().advance(days(3));
    assert_eq!(own.send(query).await.unwrap().total_count, Some(2));
}

// A large month.

#[tokio::test]
async fn a_large_month_is_made_on_the_fly_and_adds_up() {
    let april = cycle("2026-04");
    // Without optimization reading takes long.
    let (sandbox, expected) = if cfg!(debug_assertions) {
        let sandbox = Sandbox::small_distributor();
        sandbox.happen(Event::FillMonth { cycle: april, rows: 24_001 }).unwrap();
        (sandbox, 24_001)
    } else {
        (Sandbox::large_month(), 200_000)
    };
    let partner = client(&sandbox, "distributor");
    let stored = serde_json::to_string(&sandbox.snapshot()).unwrap();
    assert!(stored.len() < 50_000, "rows are not stored");
    let mut rows = 0;
    let mut all = Amount::ZERO;
    for (customer, reseller) in [
        ("customer-1", None),
        ("customer-2", Some("reseller-1")),
        ("customer-3", Some("reseller-1")),
        ("customer-4", Some("reseller-2")),
    ] {
        let mut query = ListCustomerCharges::new(april, customer).limit(1000_u32);
        query.indirect_partner_id = reseller.map(Into::into);
        let total = partner.send(query.clone().limit(1_u32)).await.unwrap().total_count.unwrap();
        rows += total;
        let whole = summary(&sandbox, customer, april).await;
        all = all.checked_add(whole).unwrap();
        let mut sum = Amount::ZERO;
        let mut seen = 0;
        let mut charges = partner.items(query);
        while let Some(charge) = charges.try_next().await.unwrap() {
            sum = sum.checked_add(charge.payment_amount).unwrap();
            seen += 1;
        }
        assert_eq!((seen, sum), (total, whole));
    }
    assert_eq!(rows, expected);
    let early = Event::FillMonth { cycle: may(), rows: 10 };
    assert_eq!(sandbox.happen(early).unwrap_err().code(), &codes::BAD_PARAMETER);
    let consumed = sandbox.snapshot().ledger().balance(&Book::outside("consumption"));
    assert_eq!(consumed, all);
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn filters_of_a_large_month_tell_how_many_there_are_without_making_them() {
    let sandbox = Sandbox::large_month();
    let april = cycle("2026-04");
    let own = client(&sandbox, "customer-3");
    let (first, last) = (day("2026-04-01"), day("2026-04-03"));
    let query = ListFeeRecords::new(april)
        .bill_date_begin(first)
        .bill_date_end(last)
        .service_type_code("hws.service.type.ec2")
        .region_code("cn-south-1")
        .limit(1000_u32);
    let some: Vec<_> = own.items(query.clone()).try_collect().await.unwrap();
    let counted = own.send(query.clone()).await.unwrap().total_count.unwrap();
    assert_eq!(some.len() as u64, counted);
    assert!(some.len() > 100);
    assert!(some.iter().all(|row| row.check_identities().is_empty()
        && row.service_type_code.as_deref() == Some("hws.service.type.ec2")
        && row.region_code.as_deref() == Some("cn-south-1")));
    let billed: Vec<_> = some.iter().map(|row| row.consume_time.unwrap()).collect();
    assert!(billed.is_sorted());
    let mut ids: Vec<_> = some.iter().map(|row| row.trade_id.clone().unwrap()).collect();
    let one = own.send(ListFeeRecords::new(april).trade_id(ids[7].as_str())).await.unwrap();
    assert_eq!((one.total_count, &one.records[0]), (Some(1), &some[7]));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), some.len());
    // Small pages show the same rows.
    let small: Vec<_> = own.items(query.limit(7_u32)).try_collect().await.unwrap();
    assert_eq!(small, some);

    let whole = summary(&sandbox, "customer-3", april).await;
    for statistic in [StatisticType::Cycle, StatisticType::Day] {
        let query = ListResourceBills::new(april).statistic_type(statistic).limit(1000_u32);
        let bills: Vec<_> = own.items(query).try_collect().await.unwrap();
        assert!(bills.iter().all(|row| row.check_identities().is_empty()));
        assert_eq!(Amount::checked_sum(bills.iter().map(|row| row.consume_amount)), Some(whole));
    }
    for cost_type in [CostType::Original, CostType::Amortized] {
        for window in
            [CostWindow::months(april, april), CostWindow::days(day("2026-04-01"), day("2026-04-30"))]
        {
            let by = vec![CostGrouping::by(CostDimension::ResourceType)];
            let query = ListCosts::new(window, by, cost_type.clone(), CostAmountType::Payable);
            let costs: Vec<CostEntry> = own.items(query).try_collect().await.unwrap();
            assert!(costs.iter().all(|entry| entry.check_identities().is_empty()));
            assert_eq!(Amount::checked_sum(costs.iter().map(|entry| entry.amount_by_costs)), Some(whole));
        }
    }
    let shares = own.send(ListMonthlyBreakdown::new(april).limit(1000_u32)).await.unwrap();
    assert_eq!(shares.total_count, Some(50_000));
    assert!(shares.details.iter().all(|row| row.check_identities().is_empty()));
    let partners = seen_sums(&sandbox, april).await;
    let mut customers = Amount::ZERO;
    for customer in ["customer-1", "customer-2", "customer-3", "customer-4"] {
        customers = customers.checked_add(summary(&sandbox, customer, april).await).unwrap();
    }
    assert_eq!(partners, customers);
}

/// What the month sums of the distributor and its resellers say together.
async fn seen_sums(sandbox: &Sandbox, month: BillCycle) -> Amount {
    let partner = client(sandbox, "distributor");
    let mut sum = Amount::ZERO;
    for reseller in [None, Some("reseller-1"), Some("reseller-2")] {
        for mode in [ChargingMode::YearlyMonthly, ChargingMode::PayPerUse] {
            let mut query = ListMonthlyBills::new(month, mode);
            query.indirect_partner_id = reseller.map(Into::into);
            let bills: Vec<_> = partner.items(query).try_collect().await.unwrap();
            assert!(bills.iter().all(|row| row.check_identities().is_empty()));
            sum = Amount::checked_sum(bills.iter().map(|row| row.amount).chain([sum])).unwrap();
        }
    }
    sum
}

#[tokio::test]
async fn a_world_with_bills_is_saved_and_loaded() {
    let sandbox = Sandbox::large_month();
    pay_in(&sandbox, "customer-1", "0.30");
    sandbox.use_resource(ResourceUse::new("customer-1", SERVER, yuan("1.234"))).unwrap();
    let before = (
        agreed(&sandbox, "customer-1", may()).await,
        summary(&sandbox, "customer-1", cycle("2026-04")).await,
    );
    let stored = serde_json::to_string(&sandbox.snapshot()).unwrap();
    let loaded = Sandbox::new(serde_json::from_str(&stored).unwrap());
    assert_eq!(serde_json::to_string(&loaded.snapshot()).unwrap(), stored);
    let after =
        (agreed(&loaded, "customer-1", may()).await, summary(&loaded, "customer-1", cycle("2026-04")).await);
    assert_eq!(before, after);
    assert!(loaded.snapshot().accounts().any(|account: &Account| account.id == "customer-1"));
    loaded.audit().unwrap();
}

// Whatever happens.

#[derive(Clone, Debug)]
enum Step {
    PayIn(u8, i64),
    Voucher(u8, i64),
    Use(u8, bool, i64, u32),
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = prop_oneof![
        (1_u8..5, 1_i64..500).prop_map(|(who, cents)| Step::PayIn(who, cents)),
        (1_u8..5, 1_i64..500).prop_map(|(who, cents)| Step::Voucher(who, cents)),
        (1_u8..5, any::<bool>(), 1_i64..9_000, 0_u32..100_000)
            .prop_map(|(who, server, thousandths, ago)| Step::Use(who, server, thousandths, ago)),
        (0_u32..1_500_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(one, 1..25)
}

async fn take(sandbox: &Sandbox, step: Step) {
    match step {
        Step::PayIn(who, cents) => {
            pay_in(sandbox, &format!("customer-{who}"), &Amount::new(cents, 2).unwrap().to_string());
        }
        Step::Voucher(who, cents) => {
            let receivers: Vec<CustomerId> = vec![format!("customer-{who}").into()];
            let issue = IssueVouchers::new("quota-1", receivers, Amount::new(cents, 2).unwrap());
            client(sandbox, "distributor").send(issue).await.unwrap();
        }
        Step::Use(who, server, thousandths, ago) => {
            let until = sandbox.clock().now() - Duration::from_secs(ago.into());
            let offer = if server { SERVER } else { TRAFFIC };
            let amount = Amount::new(thousandths, 3).unwrap();
            let from = until - Duration::from_secs(3600);
            let used =
                ResourceUse::new(format!("customer-{who}"), offer, amount).between(from.into(), until.into());
            sandbox.use_resource(used).unwrap();
        }
        Step::Wait(seconds) => sandbox.clock().advance(Duration::from_secs(seconds.into())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn all_bills_agree_with_the_books_whatever_happens(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::small_distributor();
            for step in steps {
                take(&sandbox, step).await;
                sandbox.audit().unwrap();
            }
            sandbox.clock().advance(days(1));
            let now = BillCycle::containing(sandbox.clock().now().into());
            let mut all = Amount::ZERO;
            for (customer, reseller) in [("customer-1", None), ("customer-2", Some("reseller-1")), ("customer-4", Some("reseller-2")), ("customer-3", Some("reseller-1"))] {
                let mut month = cycle("2026-05");
                while month <= now {
                    let fees = fees(&client(&sandbox, customer), month).await;
                    let sum = Amount::checked_sum(fees.iter().map(|row| row.consume_amount)).unwrap();
                    assert_eq!(summary(&sandbox, customer, month).await, sum);
                    let seen = seen_by_partner(&sandbox, "distributor", reseller, customer, month).await;
                    assert_eq!(seen, (sum, sum));
                    all = all.checked_add(sum).unwrap();
                    month = month.next();
                }
            }
            let consumed = sandbox.snapshot().ledger().balance(&Book::outside("consumption"));
            assert_eq!(consumed, all);
        });
    }
}
