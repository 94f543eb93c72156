use super::*;
use huaweicloud_partner::types::UtcTime;

/// A list with bounds of a time that its rows show: the operation, its arguments, the rows, the field of the time, and the
/// names of the two bounds.
type Bounded = (&'static str, Value, &'static str, &'static str, [&'static str; 2]);

/// Whether the first row is found with each bound at its time, a second before and a second after.
async fn check(client: &Client, (operation, arguments, rows, field, bounds): Bounded, includes: bool) {
    let list = |extra: Value| {
        let mut query = arguments.clone();
        query.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        async move { call(client, operation, query).await[rows].as_array().unwrap().clone() }
    };
    let row = list(json!({})).await.first().unwrap_or_else(|| panic!("{operation} is empty")).clone();
    let time: UtcTime =
        row[field].as_str().unwrap_or_else(|| panic!("{operation} {field}: {row}")).parse().unwrap();
    for (bound, sign) in bounds.into_iter().zip([1, -1]) {
        for (seconds, found) in [(-1, true), (0, includes), (1, false)] {
            let at: UtcTime = (time.instant() + time::Duration::seconds(seconds * sign)).into();
            let some = list(json!({bound: at.to_string()})).await;
            assert_eq!(some.contains(&row), found, "{operation} {bound} {seconds} seconds after {field}");
        }
    }
}

async fn world() -> (Sandbox, Client, Client) {
    let sandbox = distributor();
    let (partner, customer) = (client(&sandbox, "distributor"), client(&sandbox, BUYER));
    wait(&sandbox, 1);
    let grant = json!({"quota_id": "quota-1", "indirect_partner_ids": ["reseller-1"], "quota_amount": 10});
    call(&partner, "bss.UpdateCouponQuotas", grant).await;
    let issue = json!({"quota_id": "quota-1", "customer_ids": [BUYER], "face_value": 1000});
    call(&partner, "bss.CreatePartnerCoupons", issue).await;
    call(&partner, "bss.UpdateCustomerAccountAmount", json!({"customer_id": BUYER, "amount": 25})).await;
    apply(&sandbox, json!({"use": {"customer": BUYER, "offer": SERVER, "amount": 1}}));
    let id = order(&sandbox, BUYER, SERVER);
    wait(&sandbox, 1);
    pay(&sandbox, BUYER, &id, &[]).await.unwrap_err();
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 1000}}));
    pay(&sandbox, BUYER, &id, &[]).await.unwrap();
    wait(&sandbox, 1);
    (sandbox, partner, customer)
}

#[tokio::test]
async fn times_of_vouchers_and_quotas_exclude_their_bounds() {
    let (_sandbox, partner, _customer) = world().await;
    for (operation, rows) in
        [("bss.ListQuotaCoupons", "quotas"), ("bss.ListIssuedPartnerCoupons", "user_coupons")]
    {
        for (field, bounds) in [
            ("create_time", ["create_time_begin", "create_time_end"]),
            ("effective_time", ["effective_time_begin", "effective_time_end"]),
            ("expire_time", ["expire_time_begin", "expire_time_end"]),
        ] {
            check(&partner, (operation, json!({}), rows, field, bounds), false).await;
        }
    }
    let operated = ["operation_time_begin", "operation_time_end"];
    let records = ("bss.ListPartnerCouponsRecord", json!({}), "records", "operation_time", operated);
    check(&partner, records, false).await;
}

#[tokio::test]
async fn all_other_lists_include_their_bounds() {
    let (_sandbox, partner, customer) = world().await;
    let operated = ["operation_time_begin", "operation_time_end"];
    let associated = ["associated_on_begin", "associated_on_end"];
    for bounded in [
        ("bss.ListPartnerAdjustRecords", json!({}), "records", "operation_time", operated),
        ("bss.ListCouponQuotasRecords", json!({}), "records", "operation_time", operated),
        ("bss.ListIndirectPartners", json!({}), "indirect_partners", "associated_on", associated),
        ("bss.ListSubCustomers", json!({}), "customer_infos", "associated_on", associated),
        (
            "bss.ListCustomerOnDemandResources",
            json!({"customer_id": BUYER}),
            "resources",
            "effective_time",
            ["effective_time_begin", "effective_time_end"],
        ),
    ] {
        check(&partner, bounded, true).await;
    }
    for bounded in [
        (
            "bss.ListCustomerOrders",
            json!({}),
            "order_infos",
            "create_time",
            ["create_time_begin", "create_time_end"],
        ),
        (
            "bss.ListCustomerOrders",
            json!({}),
            "order_infos",
            "payment_time",
            ["payment_time_begin", "payment_time_end"],
        ),
        (
            "bss.ListPayPerUseCustomerResources",
            json!({}),
            "data",
            "expire_time",
            ["expire_time_begin", "expire_time_end"],
        ),
        (
            "bss.ListSubCustomerCoupons",
            json!({}),
            "user_coupons",
            "active_time",
            ["active_start_time", "active_end_time"],
        ),
    ] {
        check(&customer, bounded, true).await;
    }
}
