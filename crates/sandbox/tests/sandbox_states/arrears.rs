use super::*;

fn used(customer: &str) -> Value {
    json!({"use": {"customer": customer, "offer": SERVER, "amount": 10, "resource": "server-1"}})
}

async fn statuses(sandbox: &Sandbox) -> Vec<i64> {
    let partner = client(sandbox, "distributor");
    let listed = call(&partner, "bss.ListCustomerOnDemandResources", json!({"customer_id": BUYER})).await;
    listed["resources"].as_array().unwrap().iter().map(|it| it["status"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn what_is_owed_for_has_a_grace_period_is_frozen_and_goes_on_after_payment() {
    let sandbox = distributor();
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 5.4}}));
    apply(&sandbox, used(BUYER));
    assert_eq!(statuses(&sandbox).await, [1]);
    apply(&sandbox, used(BUYER));
    assert_eq!(statuses(&sandbox).await, [2]);
    wait(&sandbox, 15);
    assert_eq!(statuses(&sandbox).await, [2], "fifteen days to the second");
    apply(&sandbox, used(BUYER));
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(statuses(&sandbox).await, [3]);
    assert_eq!(refused(&sandbox, used(BUYER)), "CBC.99003626");
    let partner = client(&sandbox, "distributor");
    for (status, count) in [(1, 0), (3, 1)] {
        let query = json!({"customer_id": BUYER, "status": status});
        assert_eq!(call(&partner, "bss.ListCustomerOnDemandResources", query).await["total_count"], count);
    }
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 100}}));
    assert_eq!(statuses(&sandbox).await, [1]);
    apply(&sandbox, used(BUYER));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_is_owed_for_too_long_is_closed_for_good() {
    let sandbox = distributor();
    apply(&sandbox, used(BUYER));
    wait(&sandbox, 31);
    assert_eq!(statuses(&sandbox).await, [6]);
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 100}}));
    assert_eq!(statuses(&sandbox).await, [6]);
    assert_eq!(refused(&sandbox, used(BUYER)), "CBC.99003016");
    apply(
        &sandbox,
        json!({"use": {"customer": BUYER, "offer": SERVER, "amount": 1, "resource": "server-2"}}),
    );
    assert_eq!(statuses(&sandbox).await, [6, 1]);
    let copy = Sandbox::new(sandbox.snapshot()).without_quotas();
    assert_eq!(statuses(&copy).await, [6, 1]);
}

#[tokio::test]
async fn who_pays_by_the_month_is_in_arrears_after_the_month() {
    let sandbox = distributor();
    apply(&sandbox, json!({"grant_expenditure_quota": {"customer": BUYER, "amount": 100}}));
    apply(&sandbox, used(BUYER));
    wait(&sandbox, 20); // 26 May
    assert_eq!(statuses(&sandbox).await, [1]);
    wait(&sandbox, 11); // 6 June: the figures of May are final
    assert_eq!(statuses(&sandbox).await, [2]);
}
