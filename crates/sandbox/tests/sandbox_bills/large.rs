//! A month of many rows, made on the fly.

use super::*;

#[tokio::test]
async fn a_large_month_is_made_on_the_fly_and_adds_up() {
    let april = cycle("2026-04");
    // Without optimization reading takes long.
    let (sandbox, expected) = if cfg!(debug_assertions) {
        let sandbox = Sandbox::small_distributor();
        sandbox.apply(SandboxEvent::FillMonth { cycle: april, rows: 24_001 }).unwrap();
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
        let total = partner.send(&query.clone().limit(1_u32)).await.unwrap().total_count.unwrap();
        rows += total;
        let whole = summary(&sandbox, customer, april).await;
        all = all.checked_add(whole).unwrap();
        let mut sum = Amount::ZERO;
        let mut seen = 0;
        let mut charges = partner.items(query);
        while let Some(charge) = charges.try_next().await.unwrap() {
            sum = sum.checked_add(charge.payment_amount.unwrap()).unwrap();
            seen += 1;
        }
        assert_eq!((seen, sum), (total, whole));
    }
    assert_eq!(rows, expected);
    let early = SandboxEvent::FillMonth { cycle: may(), rows: 10 };
    assert_eq!(sandbox.apply(early).unwrap_err().code(), &codes::BAD_PARAMETER);
    let consumed = sandbox.snapshot().ledger().balance(&LedgerAccount::outside("consumption"));
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
    let counted = own.send(&query.clone()).await.unwrap().total_count.unwrap();
    assert_eq!(some.len() as u64, counted);
    assert!(some.len() > 100);
    assert!(some.iter().all(|row| row.check_identities().is_empty()
        && row.service_type_code.as_deref() == Some("hws.service.type.ec2")
        && row.region_code.as_deref() == Some("cn-south-1")));
    let billed: Vec<_> = some.iter().map(|row| row.consume_time.unwrap()).collect();
    assert!(billed.is_sorted());
    let mut ids: Vec<_> = some.iter().map(|row| row.trade_id.clone().unwrap()).collect();
    let one = own.send(&ListFeeRecords::new(april).trade_id(ids[7].as_str())).await.unwrap();
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
        assert_eq!(Amount::checked_sum(bills.iter().map(|row| row.consume_amount.unwrap())), Some(whole));
    }
    for cost_type in [CostType::Original, CostType::Amortized] {
        for window in
            [CostWindow::months(april, april), CostWindow::days(day("2026-04-01"), day("2026-04-30"))]
        {
            let by = vec![CostGrouping::by(CostDimension::ResourceType)];
            let query = ListCosts::new(window, by, cost_type.clone(), CostAmountType::Payable);
            let costs: Vec<CostEntry> = own.items(query).try_collect().await.unwrap();
            assert!(costs.iter().all(|entry| entry.check_identities().is_empty()));
            assert_eq!(
                Amount::checked_sum(costs.iter().map(|entry| entry.amount_by_costs.unwrap())),
                Some(whole)
            );
        }
    }
    let shares = own.send(&ListMonthlyBreakdown::new(april).limit(1000_u32)).await.unwrap();
    assert_eq!(shares.total_count, Some(50_000));
    assert!(shares.details.iter().all(|row| row.check_identities().is_empty()));
    let partners = seen_sums(&sandbox, april).await;
    let mut customers = Amount::ZERO;
    for customer in ["customer-1", "customer-2", "customer-3", "customer-4"] {
        customers = customers.checked_add(summary(&sandbox, customer, april).await).unwrap();
    }
    assert_eq!(partners, customers);
}

/// Returns the sums of the month of the distributor and its resellers together.
async fn seen_sums(sandbox: &Sandbox, month: BillCycle) -> Amount {
    let partner = client(sandbox, "distributor");
    let mut sum = Amount::ZERO;
    for reseller in [None, Some("reseller-1"), Some("reseller-2")] {
        for mode in [ChargingMode::YearlyMonthly, ChargingMode::PayPerUse] {
            let mut query = ListMonthlyBills::new(month, mode);
            query.indirect_partner_id = reseller.map(Into::into);
            let bills: Vec<_> = partner.items(query).try_collect().await.unwrap();
            assert!(bills.iter().all(|row| row.check_identities().is_empty()));
            sum = Amount::checked_sum(bills.iter().map(|row| row.amount.unwrap()).chain([sum])).unwrap();
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
