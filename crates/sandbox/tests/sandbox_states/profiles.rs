use super::*;

#[tokio::test]
async fn a_customer_has_a_label_a_level_and_an_account_manager() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    let profile = json!({"label": "Key Account", "level": "V3", "manager_id": "m-1", "manager_name": "Li"});
    apply(&sandbox, json!({"set_profile": {"account": BUYER, "profile": profile}}));
    for (label, count) in [("Key", 1), ("Account", 1), ("key", 0), ("other", 0)] {
        let listed = call(&partner, "bss.ListSubCustomers", json!({"label": label})).await;
        assert_eq!(listed["count"], count, "{label}");
    }
    let listed = call(&partner, "bss.ListSubCustomers", json!({})).await;
    let row = &listed["customer_infos"][0];
    assert_eq!((&row["label"], &row["customer_level"]), (&json!("Key Account"), &json!("V3")));
    assert_eq!(row["account_managers"], json!([{"account_name": "Li"}]));

    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 10}}));
    apply(&sandbox, json!({"use": {"customer": BUYER, "offer": SERVER, "amount": 1}}));
    for (manager, count) in [("m-1", 1), ("m-2", 0)] {
        let query = json!({"bill_cycle": "2026-05", "customer_id": BUYER, "account_manager_id": manager});
        let charges = call(&partner, "bss.ListSubCustomerBillDetail", query).await;
        assert_eq!(charges["total_count"], count, "{manager}");
    }
    let manager = json!({"manager_id": "m-2", "manager_name": "Wang"});
    apply(&sandbox, json!({"set_profile": {"account": "reseller-2", "profile": manager}}));
    let resellers =
        call(&partner, "bss.ListIndirectPartners", json!({"indirect_partner_id": "reseller-2"})).await;
    let row = &resellers["indirect_partners"][0];
    assert_eq!((&row["account_manager_id"], &row["account_manager_name"]), (&json!("m-2"), &json!("Wang")));
    let odd = json!({"set_profile": {"account": BUYER, "profile": {"level": "V9"}}});
    assert_eq!(refused(&sandbox, odd), "CBC.0100");
}

#[tokio::test]
async fn the_tag_of_a_new_customer_is_set_and_ends() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    let tag = |name: &'static str| {
        let partner = partner.clone();
        async move {
            let listed = call(&partner, "bss.ListSubCustomerNewTag", json!({"customer_ids": [BUYER]})).await;
            listed["new_customer_tags"][0][name].clone()
        }
    };
    assert!(tag("new_customer_tag").await.is_null(), "not authenticated");
    apply(&sandbox, json!({"authenticate": {"customer": BUYER, "kind": 1, "name": "Bakery"}}));
    assert_eq!(tag("new_customer_tag").await, "UNDETERMINED");
    let new = json!({"new_customer": "Y", "new_customer_from": "2026-05", "new_customer_until": "2026-06"});
    apply(&sandbox, json!({"set_profile": {"account": BUYER, "profile": new}}));
    assert_eq!(tag("new_customer_tag").await, "Y");
    assert_eq!((tag("effective_time").await, tag("expire_time").await), (json!("2026-05"), json!("2026-06")));
    wait(&sandbox, 50);
    assert_eq!(tag("new_customer_tag").await, "Y");
    wait(&sandbox, 10);
    assert_eq!(tag("new_customer_tag").await, "N");
    assert_eq!(tag("expire_time").await, "2026-06");
}

#[tokio::test]
async fn files_of_an_application_must_be_readable_and_small() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    let application = json!({
        "customer_id": BUYER, "identify_type": 0, "verified_type": 5, "name": "Li Lei", "verified_number": "H1",
        "verified_file_url": ["a/front.jpg", "a/back.jpg", "a/hand.jpg"], "change_type": -1, "xaccount_type": "x",
    });
    let apply_for = || try_call(&partner, "bss.CreatePersonalRealnameAuth", application.clone());
    apply(&sandbox, json!({"set_bucket": {"partner": "distributor", "readable": false}}));
    assert_eq!(apply_for().await.unwrap_err(), bad("CBC.99005030"));
    apply(&sandbox, json!({"set_bucket": {"partner": "distributor", "readable": true}}));
    let file = |megabytes: u32| json!({"put_file": {"partner": "distributor", "path": "a/back.jpg", "megabytes": megabytes}});
    apply(&sandbox, file(11));
    assert_eq!(apply_for().await.unwrap_err(), bad("CBC.99000099"));
    apply(&sandbox, file(10));
    for code in ["99007193", "99007219", "99007255", "99007258", "99007260", "99007261", "99007262"] {
        let code = format!("CBC.{code}");
        let other = json!({"refuse_identity": {"number": "H2", "code": code}});
        apply(&sandbox, other);
        let event = json!({"refuse_identity": {"number": "H1", "code": code}});
        apply(&sandbox, event);
        assert_eq!(apply_for().await.unwrap_err(), bad(&code));
    }
    assert_eq!(
        refused(&sandbox, json!({"refuse_identity": {"number": "H1", "code": "CBC.0999"}})),
        "CBC.0100"
    );
}

#[tokio::test]
async fn ledgers_name_the_channel_of_a_payment_and_what_was_paid_for() {
    let sandbox = distributor();
    let customer = client(&sandbox, BUYER);
    let event =
        json!({"recharge_through": {"account": BUYER, "amount": 500, "channel": "2", "number": "B-77"}});
    apply(&sandbox, event);
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 1}}));
    let list = |filter: Value| {
        let mut query = json!({"balance_type": "BALANCE_TYPE_DEBIT"});
        query.as_object_mut().unwrap().extend(filter.as_object().unwrap().clone());
        let customer = customer.clone();
        async move { call(&customer, "bss.ListCustomerAccountChangeRecords", query).await }
    };
    for (filter, count) in [
        (json!({"payment_channel_id": "2"}), 1),
        (json!({"payment_channel_id": "1,2"}), 1),
        (json!({"payment_channel_id": "1"}), 0),
        (json!({"payment_channel_no": "B-77"}), 1),
        (json!({"payment_channel_no": "B-78"}), 0),
    ] {
        assert_eq!(list(filter.clone()).await["total_count"], count, "{filter}");
    }
    let row = list(json!({"payment_channel_id": "2"})).await["records"][0].clone();
    assert_eq!((&row["payment_channel_id"], &row["payment_channel_no"]), (&json!("2"), &json!("B-77")));
    let id = order(&sandbox, BUYER, SERVER);
    pay(&sandbox, BUYER, &id, &[]).await.unwrap();
    let rows = list(json!({"revenue_expense_type": "EXPENSE"})).await;
    assert_eq!(rows["records"][0]["cloud_service_type_name"], "弹性云服务器");
}
