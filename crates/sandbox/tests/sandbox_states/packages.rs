use super::*;

const TRAFFIC: &str = "obs.traffic@cn-north-4";
const STORAGE: &str = "obs.standard@cn-north-4";

async fn with_package(offer: &str) -> (Sandbox, Client) {
    let sandbox = distributor();
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 1000}}));
    let id = order(&sandbox, BUYER, offer);
    pay(&sandbox, BUYER, &id, &[]).await.unwrap();
    wait(&sandbox, 1);
    let client = client(&sandbox, BUYER);
    (sandbox, client)
}

fn used(offer: &str, amount: i64) -> Value {
    json!({"use": {"customer": BUYER, "offer": offer, "amount": amount, "resource": "bucket"}})
}

/// The only package that the customer has, and its only item.
async fn package(client: &Client) -> (Value, Value) {
    let listed = call(client, "bss.ListFreeResourceInfos", json!({})).await;
    assert_eq!(listed["total_count"], 1);
    let package = listed["free_resource_packages"][0].clone();
    let item = package["free_resources"][0].clone();
    (package, item)
}

#[tokio::test]
async fn use_is_taken_from_a_package_before_it_is_charged() {
    let (sandbox, customer) = with_package("obs.traffic.500GB@cn-north-4").await;
    let before = held(&sandbox, LedgerAccount::cash(BUYER));
    apply(&sandbox, used(TRAFFIC, 300));
    assert_eq!(held(&sandbox, LedgerAccount::cash(BUYER)), before, "the package covers all of it");
    apply(&sandbox, used(TRAFFIC, 300));
    // 100 of the second 300 gigabytes at 0.50.
    assert_eq!(before.checked_sub(held(&sandbox, LedgerAccount::cash(BUYER))), Some(yuan("50")));
    let (package, item) = package(&customer).await;
    assert_eq!((amount(&item["amount"]), &package["status"]), (Amount::ZERO, &json!(2)));

    let days = json!({"deduct_time_begin": "2026-05-01", "deduct_time_end": "2026-05-31"});
    let taken = call(&customer, "bss.ListFreeResourcesUsageRecords", days).await;
    let rows = taken["free_resource_records"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[1]["resource_id"], amount(&rows[1]["used_amount"])), (&json!("bucket"), yuan("200")));

    let bill = json!({"cycle": "2026-05", "charge_mode": "3"});
    let bill = call(&customer, "bss.ListCustomerselfResourceRecords", bill).await;
    let rows = bill["fee_records"].as_array().unwrap();
    let row = |index: usize, field: &str| amount(&rows[index][field]);
    assert_eq!(
        (row(0, "usage"), row(0, "free_resource_usage"), row(0, "amount")),
        (yuan("300"), yuan("300"), Amount::ZERO)
    );
    assert_eq!(
        (row(1, "usage"), row(1, "free_resource_usage"), row(1, "amount")),
        (yuan("300"), yuan("200"), yuan("50"))
    );
    assert_eq!(rows[1]["free_resource_measure_id"], rows[1]["usage_measure_id"]);
    let month = json!({"cycle": "2026-05", "charge_mode": "3", "statistic_type": 1});
    let month = call(&customer, "bss.ListCustomerselfResourceRecords", month).await;
    assert_eq!(amount(&month["fee_records"][0]["free_resource_usage"]), yuan("500"));
    let partner = client(&sandbox, "distributor");
    let charges = json!({"bill_cycle": "2026-05", "customer_id": BUYER, "charging_mode": 3});
    let charges = call(&partner, "bss.ListSubCustomerBillDetail", charges).await;
    assert_eq!(amount(&charges["fee_records"][1]["free_resource_usage"]), yuan("200"));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn storage_is_covered_for_a_month_and_full_again_in_the_next() {
    let (sandbox, customer) = with_package("obs.storage.100GB@cn-north-4").await;
    let before = held(&sandbox, LedgerAccount::cash(BUYER));
    apply(&sandbox, used(STORAGE, 36_000)); // 50 gigabytes for 720 hours
    assert_eq!(amount(&package(&customer).await.1["amount"]), yuan("50"));
    apply(&sandbox, used(STORAGE, 72_000));
    // 36,000 gigabyte hours are left over, at 0.0002.
    assert_eq!(before.checked_sub(held(&sandbox, LedgerAccount::cash(BUYER))), Some(yuan("7.2")));
    assert_eq!(amount(&package(&customer).await.1["amount"]), Amount::ZERO);
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_package_covers_its_own_region_and_kind_until_its_end() {
    let (sandbox, customer) = with_package("obs.traffic.500GB@cn-north-4").await;
    for offer in ["obs.traffic@cn-south-1", "12_bgp@cn-north-4", STORAGE] {
        apply(&sandbox, used(offer, 10));
        assert_eq!(amount(&package(&customer).await.1["amount"]), yuan("500"), "{offer}");
    }
    apply(&sandbox, json!({"use": {"customer": "customer-2", "offer": TRAFFIC, "amount": 10}}));
    assert_eq!(amount(&package(&customer).await.1["amount"]), yuan("500"), "of somebody else");
    wait(&sandbox, 40);
    apply(&sandbox, used(TRAFFIC, 10));
    assert_eq!(amount(&package(&customer).await.1["amount"]), yuan("500"), "its time is over");
}
