//! Every filter of every list.

use super::*;

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
        let page = partner.send(&query.clone()).await.unwrap();
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
        (fees().method(RecordOwner::Caller), 2),
        (fees().bill_date_begin(first).bill_date_end(first), 1),
        (ListFeeRecords::new(may().previous()), 0),
    ] {
        assert_eq!(own.send(&query.clone()).await.unwrap().total_count, Some(expected), "{query:?}");
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
        assert_eq!(own.send(&query.clone()).await.unwrap().total_count, Some(expected), "{query:?}");
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
        assert_eq!(own.send(&query.clone()).await.unwrap().total_count, Some(expected), "{query:?}");
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
        assert_eq!(partner.send(&query.clone()).await.unwrap().count, Some(expected), "{query:?}");
    }
    let old = ListCustomerCharges::new(cycle("2024-10"), "customer-1");
    assert_eq!(partner.send(&old).await.unwrap().total_count, Some(0));
}
