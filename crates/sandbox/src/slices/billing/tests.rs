//! Periods and refunds in the bills: charges as orders make them, without the orders.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;

use super::{days_of, plus};
use crate::{
    event::SandboxEvent,
    sandbox::Sandbox,
    slices::wallet::{Charge, Paid},
    state::State,
};
use huaweicloud_partner::{
    bills::{
        BillType, ChargingMode, ListFeeRecords, ListMonthlyBills, ListUsageRecords, MonthlyBillType,
        PeriodType, ShowMonthlySummary, ShowPartnerBill, SummaryBillType,
    },
    costs::{
        AmortizedCost, CostAmountType, CostDimension, CostEntry, CostGrouping, CostType, CostWindow,
        ListCosts, ListMonthlyBreakdown,
    },
    error::codes,
    types::{Amount, BillCycle, Site, UtcTime},
};

fn yuan(text: &str) -> Amount {
    text.parse().unwrap()
}

fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

/// A year of a server from the 6th of May on, at ten per cent off.
fn year() -> Charge {
    Charge {
        id: "CH1".to_owned(),
        at: at("2026-05-06T01:00:00Z"),
        customer: "customer-1".to_owned(),
        what: BillType::NewPurchase,
        mode: ChargingMode::YearlyMonthly,
        offer: "c6.large.2.linux@cn-north-4".to_owned(),
        order: Some("CS1".to_owned()),
        resource: Some("server-1".to_owned()),
        from: at("2026-05-06T01:00:00Z"),
        until: at("2027-05-06T01:00:00Z"),
        usage: None,
        covered: None,
        list_price: yuan("2310"),
        discount: yuan("231"),
        paid: Paid { cash: yuan("2079"), ..Paid::default() },
        payer: None,
    }
}

/// Makes the refund for the rest of the period on the 20th of August.
fn refund() -> Charge {
    Charge {
        id: "CH2".to_owned(),
        at: at("2026-08-20T01:00:00Z"),
        what: BillType::Unsubscription,
        order: Some("CS2".to_owned()),
        from: at("2026-08-20T01:00:00Z"),
        list_price: yuan("-1500"),
        discount: Amount::ZERO,
        paid: Paid { cash: yuan("-1500"), ..Paid::default() },
        ..year()
    }
}

fn world() -> State {
    let mut world = crate::builtin::small_distributor();
    world.apply(SandboxEvent::Recharge { account: "customer-1".to_owned(), amount: yuan("5000") }).unwrap();
    world.charge(year()).unwrap();
    world.advance_to(refund().at);
    world.charge(refund()).unwrap();
    world.advance_to(at("2026-09-06T01:00:00Z"));
    world
}

fn months() -> impl Iterator<Item = BillCycle> {
    std::iter::successors("2026-05".parse().ok(), |cycle: &BillCycle| Some(cycle.next())).take(13)
}

#[test]
fn a_charge_whose_parts_do_not_add_up_is_refused() {
    let mut world = crate::builtin::small_distributor();
    world.apply(SandboxEvent::Recharge { account: "customer-1".to_owned(), amount: yuan("5000") }).unwrap();
    let paid = |cash: &str| Paid { cash: yuan(cash), ..Paid::default() };
    for cash in ["2078", "2078.98", "2079.01", "-2079"] {
        let refused = world.charge(Charge { paid: paid(cash), ..year() }).unwrap_err();
        assert_eq!(refused.code(), &codes::BAD_PARAMETER, "{cash}");
    }
    let odd = Charge { list_price: yuan("2310.009"), ..year() };
    world.charge(odd.clone()).unwrap();
    if let Some(account) = world.accounts.get_mut("customer-1") {
        account.site = Site::International;
    }
    assert_eq!(world.charge(odd).unwrap_err().code(), &codes::BAD_PARAMETER, "only China truncates");
    let more_than_there_is =
        Charge { discount: Amount::ZERO, list_price: yuan("9000"), paid: paid("9000"), ..year() };
    assert_eq!(world.charge(more_than_there_is).unwrap_err().code(), &codes::BALANCE_TOO_LOW);
    assert_eq!(world.wallet.charges().len(), 1);
}

#[tokio::test]
async fn shares_of_all_months_add_up_to_the_charge() {
    let sandbox = Sandbox::new(world());
    let customer = sandbox.client("customer-1").unwrap();
    let mut shares: BTreeMap<String, Amount> = BTreeMap::new();
    for month in months() {
        let rows: Vec<AmortizedCost> =
            customer.items(ListMonthlyBreakdown::new(month)).try_collect().await.unwrap();
        for row in &rows {
            assert_eq!(row.check_identities(), [], "{row:?}");
            let sum = shares.entry(row.order_id.clone().unwrap().to_string()).or_default();
            *sum = plus(*sum, row.current_month_amortized_amount.unwrap());
        }
        let refunded = if month < refund().at.billing_day().cycle() { 1 } else { 2 };
        assert_eq!(rows.len(), refunded, "{month}");
    }
    assert_eq!(shares.into_values().collect::<Vec<_>>(), [yuan("2079"), yuan("-1500")]);

    let (first, last) = (months().next().unwrap(), months().last().unwrap());
    let by = || vec![CostGrouping::by(CostDimension::BillType)];
    let days = CostWindow::days(days_of(first).0, days_of(last).1);
    for window in [CostWindow::months(first, last), days] {
        let query = ListCosts::new(window, by(), CostType::Amortized, CostAmountType::Payable);
        let costs: Vec<CostEntry> = customer.items(query).try_collect().await.unwrap();
        assert!(costs.iter().all(|entry| entry.check_identities().is_empty()));
        let sums: Vec<_> =
            costs.iter().map(|entry| (entry.amount_by_costs, entry.official_amount_by_costs)).collect();
        let refunded = Some(yuan("-1500"));
        assert_eq!(sums, [(Some(yuan("2079")), Some(yuan("2310"))), (refunded, refunded)]);
    }
    // Two months of a year; by the second from the 6th of May, nine in Beijing.
    let part = ListCosts::new(
        CostWindow::months(first, first.next()),
        by(),
        CostType::Amortized,
        CostAmountType::Payable,
    );
    let costs = customer.send(&part).await.unwrap();
    let seconds = |days: i64, hours: i64| Amount::from(days * 86_400 + hours * 3600).as_decimal();
    let expected = yuan("2079").as_decimal() * seconds(55, 15) / seconds(365, 0);
    assert_eq!(costs.cost_data[0].amount_by_costs, Some(Amount::from(expected).truncated(8)));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn refunds_are_below_zero_in_every_bill() {
    let sandbox = Sandbox::new(world());
    let (customer, partner) = (sandbox.client("customer-1").unwrap(), sandbox.client("distributor").unwrap());
    let august = refund().at.billing_day().cycle();
    let fees = customer.send(&ListFeeRecords::new(august)).await.unwrap().records.clone();
    assert_eq!((fees[0].consume_amount, fees[0].trade_id.as_deref()), (Some(yuan("-1500")), Some("CS2")));
    assert_eq!(fees[0].check_identities(), []);
    let summary = customer.send(&ShowMonthlySummary::new(august)).await.unwrap();
    assert_eq!(
        (summary.consume_amount, &summary.bill_sums[0].bill_type),
        (Some(yuan("-1500")), &Some(SummaryBillType::Refund))
    );
    let bills = partner.send(&ListMonthlyBills::new(august, ChargingMode::YearlyMonthly)).await.unwrap();
    assert_eq!(
        (bills.bill_sums[0].amount, &bills.bill_sums[0].bill_type),
        (Some(yuan("-1500")), &Some(MonthlyBillType::Unsubscription))
    );
    assert_eq!(bills.bill_sums[0].check_identities(), []);
    let may = year().at.billing_day().cycle();
    let usage = customer.send(&ListUsageRecords::new(may)).await.unwrap().fee_records.clone();
    assert_eq!((usage[0].period_type, usage[0].period_num), (Some(PeriodType::Year), Some(yuan("1"))));
    assert_eq!(usage[0].formula.as_deref(), Some("2310 - 231 (discount)"));

    let mut world = sandbox.snapshot();
    for account in world.accounts.values_mut() {
        account.site = Site::International;
    }
    let abroad = Sandbox::new(world).client("distributor").unwrap();
    let bill = abroad.send(&ShowPartnerBill::new(august)).await.unwrap();
    assert_eq!((bill.refunds, bill.initial_amount_due), (Some(yuan("-1500")), Some(yuan("-1500"))));
    assert_eq!(bill.check_identities(), []);
}
