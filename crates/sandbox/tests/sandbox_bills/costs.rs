//! Bandwidths and costs.

use super::*;

#[tokio::test]
async fn bandwidths_are_billed_by_the_95th_percentile() {
    let sandbox = Sandbox::small_distributor();
    let (service, kind, resource) = ("hws.service.type.cdn", "hws.resource.type.cdn", "cdn-1");
    let start = at("2026-04-30T16:00:00Z"); // the first of May in Beijing
    let values = (1..=100).map(Amount::from);
    let measured =
        BandwidthMeasurement::new("customer-1", (service, kind, resource), "95peak_plus", start, values);
    sandbox.apply(SandboxEvent::MeasureBandwidth(measured.guaranteed(20))).unwrap();
    let own = client(&sandbox, "customer-1");
    let enhanced = BandwidthUsageType::Enhanced;
    let list = ListBandwidthUsageSummary::new(may(), service, kind, enhanced.clone());
    let running = own.send(&list.clone()).await.unwrap().summary_usage_info_list[0].clone();
    assert_eq!(
        (running.resource_id.as_str(), running.actual_days, running.band_width),
        (resource, None, None)
    );
    let points = ListBandwidthUsage::new(may(), service, kind, enhanced, resource);
    let page = own.send(&points.clone().offset(99_u32).limit(10_u32)).await.unwrap();
    assert_eq!((page.total_count, page.band_width), (Some(100), None));
    assert_eq!(page.usage_info_list[0].usage, Some(yuan("100")));
    assert_eq!(page.usage_info_list[0].stat_time, Some(at("2026-05-01T00:15:00Z")));
    assert_eq!(page.usage_info_list[0].guaranteed_band_width, Some(yuan("20")));

    // Nine in Beijing on the 2nd of June, then 20:00.
    sandbox.clock().advance(days(27));
    assert_eq!(own.send(&points.clone()).await.unwrap().band_width, None);
    sandbox.clock().advance(Duration::from_secs(11 * 3600));
    let month = own.send(&points).await.unwrap();
    assert_eq!((month.band_width, month.monthly_peak_band_width), (Some(yuan("95")), Some(yuan("100"))));
    assert_eq!(month.monthly_guaranteed_band_width, Some(yuan("20")));
    assert_eq!(month.actual_days, Some(yuan("0.34722222222222222222")));
    let other = client(&sandbox, "customer-2").send(&list).await.unwrap();
    assert_eq!(other.total_count, Some(0));
}

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
    let page = own.send(&query.clone()).await.unwrap();
    assert_eq!(page.total_count, Some(2));
    let values: Vec<_> = page.cost_data[0].dimensions.iter().map(|pair| pair.value.as_str()).collect();
    assert_eq!(values, ["cn-north-4", "3"]);
    assert_eq!(page.cost_data[1].costs[0].time_dimension_value, Some(day("2026-05-07").into()));
    assert!(page.cost_data.iter().all(|entry| entry.check_identities().is_empty()));
    let rest = own.send(&query.clone().offset(1_u32).limit(5_u32)).await.unwrap();
    assert_eq!((rest.total_count, rest.cost_data.len()), (Some(2), 1));

    // Paid is what the cash covered: 0.46 of the 0.80 for traffic.
    let paid = ListCosts::new(window, by(CostDimension::BillType), CostType::Original, CostAmountType::Paid);
    let page = own.send(&paid.clone()).await.unwrap();
    assert_eq!(page.cost_data[0].dimensions[0].value, "1");
    assert_eq!(page.cost_data[0].amount_by_costs, Some(yuan("1.00")));
    assert_eq!(page.cost_data[0].official_amount_by_costs, Some(yuan("1.34")));
    let only = vec![CostFilter::only(CostDimension::Region, ["cn-south-1"])];
    let page = own.send(&paid.clone().filters(only)).await.unwrap();
    assert_eq!(page.cost_data[0].amount_by_costs, Some(yuan("0.46")));
    let without = vec![CostFilter::without(CostDimension::Region, ["cn-south-1", "cn-north-4"])];
    assert_eq!(own.send(&paid.filters(without)).await.unwrap().total_count, Some(0));

    for (access, expected) in [
        (CostAccess::Off, codes::COST_CENTRE_OFF),
        (CostAccess::HiddenByPartner, codes::COSTS_HIDDEN_BY_PARTNER),
        (CostAccess::HiddenByMaster, codes::COSTS_HIDDEN_BY_MASTER),
    ] {
        sandbox.apply(SandboxEvent::SetCostAccess { account: "customer-1".to_owned(), access }).unwrap();
        assert_eq!(own.send(&query.clone()).await.unwrap_err().code(), Some(&expected));
        let breakdown = own.send(&ListMonthlyBreakdown::new(may())).await.unwrap_err();
        assert_eq!(breakdown.code(), Some(&expected));
    }
    sandbox
        .apply(SandboxEvent::SetCostAccess { account: "customer-1".to_owned(), access: CostAccess::Shown })
        .unwrap();
    own.send(&query.clone()).await.unwrap();

    // Three in the night of the 2nd of June: May has no bill yet. Noon of the 4th: it has.
    sandbox.clock().advance(days(26));
    assert_eq!(own.send(&query.clone()).await.unwrap().total_count, Some(0));
    sandbox.clock().advance(days(3));
    assert_eq!(own.send(&query).await.unwrap().total_count, Some(2));
}
