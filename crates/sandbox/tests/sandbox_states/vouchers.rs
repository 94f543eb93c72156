use super::*;

fn voucher(sandbox: &Sandbox, limits: Value) -> String {
    let event = json!({"give_voucher": {"account": BUYER, "amount": 1000, "plan": "p", "limits": limits}});
    apply(sandbox, event).unwrap()
}

fn buyer() -> (Sandbox, Client) {
    let sandbox = distributor();
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 5000}}));
    let client = client(&sandbox, BUYER);
    (sandbox, client)
}

async fn limits_of(client: &Client, voucher: &str) -> Vec<(String, String)> {
    let listed = call(client, "bss.ListSubCustomerCoupons", json!({"coupon_id": voucher})).await;
    let limits = listed["user_coupons"][0]["use_limits"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    limits.iter().map(|limit| (text(&limit["limit_key"]), text(&limit["value1"]))).collect()
}

#[tokio::test]
async fn a_voucher_for_the_first_order_of_a_service_pays_no_second_one() {
    let (sandbox, client) = buyer();
    let first = voucher(&sandbox, json!({"first_order_in_service": true}));
    assert_eq!(limits_of(&client, &first).await, [("firstOrderInService".to_owned(), "1".to_owned())]);
    let server = order(&sandbox, BUYER, SERVER);
    pay(&sandbox, BUYER, &server, &[&first]).await.unwrap();
    let again = order(&sandbox, BUYER, SERVER);
    assert_eq!(pay(&sandbox, BUYER, &again, &[&first]).await.unwrap_err(), bad("CBC.0101"));
    let offered = call(&client, "bss.ListOrderCouponsByOrderId", json!({"order_id": again})).await;
    assert_eq!(offered["count"], 0);
    let other = order(&sandbox, BUYER, "obs.storage.100GB@cn-north-4");
    pay(&sandbox, BUYER, &other, &[&first]).await.unwrap();
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_voucher_is_used_as_often_as_it_may_be() {
    let (sandbox, client) = buyer();
    let twice = voucher(&sandbox, json!({"usage_times": 2}));
    assert_eq!(limits_of(&client, &twice).await, [("usageTimes".to_owned(), "2".to_owned())]);
    for _ in 0..2 {
        let id = order(&sandbox, BUYER, SERVER);
        pay(&sandbox, BUYER, &id, &[&twice]).await.unwrap();
    }
    let third = order(&sandbox, BUYER, SERVER);
    assert_eq!(pay(&sandbox, BUYER, &third, &[&twice]).await.unwrap_err(), bad("CBC.99003112"));
    let cash = held(&sandbox, LedgerAccount::cash(BUYER));
    apply(&sandbox, json!({"use": {"customer": BUYER, "offer": SERVER, "amount": 1}}));
    assert_eq!(cash.checked_sub(held(&sandbox, LedgerAccount::cash(BUYER))), Some(yuan("0.54")));
    let always = voucher(&sandbox, json!({"usage_times": 0}));
    for _ in 0..3 {
        let id = order(&sandbox, BUYER, SERVER);
        pay(&sandbox, BUYER, &id, &[&always]).await.unwrap();
    }
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_voucher_of_an_order_that_waits_for_approval_is_locked_by_it() {
    let (sandbox, client) = buyer();
    let kept = voucher(&sandbox, json!({}));
    let line = NewLine::new(SERVER, Term::Months(1));
    let waiting = sandbox.place_order(NewOrder::new(BUYER).line(line).to_be_approved()).unwrap().to_string();
    pay(&sandbox, BUYER, &waiting, &[&kept]).await.unwrap();
    let lock = || async {
        let listed = call(&client, "bss.ListSubCustomerCoupons", json!({"coupon_id": kept})).await;
        listed["user_coupons"][0]["lock_order_id"].clone()
    };
    assert_eq!(lock().await, json!(waiting));
    let other = order(&sandbox, BUYER, SERVER);
    assert_eq!(pay(&sandbox, BUYER, &other, &[&kept]).await.unwrap_err(), bad("CBC.99003112"));
    apply(&sandbox, json!({"approve_order": {"order": waiting, "approved": true}}));
    assert!(lock().await.is_null());
    pay(&sandbox, BUYER, &other, &[&kept]).await.unwrap();
    sandbox.audit().unwrap();
}

async fn issued(sandbox: &Sandbox, days: u32) -> (String, String) {
    let event = json!({"grant_quota": {"account": "distributor", "amount": 100, "days": days}});
    let quota = apply(sandbox, event).unwrap();
    let issue = json!({"quota_id": quota, "customer_ids": [BUYER], "face_value": 40});
    let outcome = call(&client(sandbox, "distributor"), "bss.CreatePartnerCoupons", issue).await;
    (quota, outcome["coupon_infos"][0]["coupon_id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_is_left_on_an_expired_voucher_goes_back_with_a_record() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    let (quota, voucher) = issued(&sandbox, 10).await;
    apply(&sandbox, json!({"use": {"customer": BUYER, "offer": SERVER, "amount": 10}})); // 5.40
    wait(&sandbox, 12);
    let records = call(&partner, "bss.ListPartnerCouponsRecord", json!({"operation_types": ["4"]})).await;
    let record = &records["records"][0];
    assert_eq!((records["total_count"].as_u64(), &record["coupon_id"]), (Some(1), &json!(voucher)));
    assert_eq!(amount(&record["operation_amount"]), yuan("34.6"));
    assert_eq!(record["operation_time"], "2026-05-16T01:00:00Z");
    assert_eq!(held(&sandbox, LedgerAccount::quota(&quota)), yuan("94.6"));
    let listed = call(&partner, "bss.ListIssuedPartnerCoupons", json!({"coupon_id": voucher})).await;
    assert_eq!(listed["user_coupons"][0]["status"], 4);
    let changes = call(
        &client(&sandbox, BUYER),
        "bss.ListCustomerCouponChangeRecords",
        json!({"trade_type": "EXPIRED"}),
    )
    .await;
    assert_eq!(
        (changes["total_count"].as_u64(), amount(&changes["records"][0]["change_amount"])),
        (Some(1), yuan("34.6"))
    );
    let used = call(
        &client(&sandbox, BUYER),
        "bss.ListCustomerCouponChangeRecords",
        json!({"trade_type": "DEDEUCT"}),
    )
    .await;
    assert_eq!(used["records"][0]["cloud_service_type_name"], "弹性云服务器");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_change_of_the_model_takes_money_and_vouchers_back() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    let (_, voucher) = issued(&sandbox, 10).await;
    call(&partner, "bss.UpdateCustomerAccountAmount", json!({"customer_id": BUYER, "amount": 25})).await;
    apply(&sandbox, json!({"change_association": {"customer": BUYER, "association_type": "1"}}));
    let records = call(&partner, "bss.ListPartnerCouponsRecord", json!({"operation_types": ["8"]})).await;
    assert_eq!(records["records"][0]["coupon_id"], json!(voucher));
    let moved = json!({"operation_type": "SOURCE_OPERATION_BEUNBIND"});
    let moved = call(&partner, "bss.ListPartnerAdjustRecords", moved).await;
    assert_eq!(
        (moved["total_count"].as_u64(), amount(&moved["records"][0]["amount"])),
        (Some(1), yuan("25"))
    );
    let listed = call(&partner, "bss.ListSubCustomers", json!({"association_type": "1"})).await;
    assert_eq!(listed["customer_infos"][0]["customer_id"], BUYER);
    let money = json!({"customer_id": BUYER, "amount": 1});
    try_call(&partner, "bss.UpdateCustomerAccountAmount", money).await.unwrap_err();
    for wrong in ["1", "3", "9"] {
        let event = json!({"change_association": {"customer": BUYER, "association_type": wrong}});
        assert_eq!(refused(&sandbox, event), "CBC.0100", "{wrong}");
    }
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_resellers_quota_shows_the_status_that_was_set() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    let grant = json!({"quota_id": "quota-1", "indirect_partner_ids": ["reseller-1"], "quota_amount": 10});
    let granted = call(&partner, "bss.UpdateCouponQuotas", grant).await;
    let quota = granted["simple_quota_infos"][0]["quota_id"].as_str().unwrap().to_owned();
    for status in [4, 5, 3, 0] {
        apply(&sandbox, json!({"set_quota_status": {"quota": quota, "status": status}}));
        let listed = call(&partner, "bss.ListIssuedCouponQuotas", json!({"quota_id": quota})).await;
        assert_eq!(listed["quotas"][0]["quota_status"], status);
    }
}

#[tokio::test]
async fn vouchers_of_a_master_show_their_limits_on_their_way() {
    let sandbox = Sandbox::enterprise().without_quotas();
    let master = client(&sandbox, "master");
    let limits = json!({"services": ["hws.service.type.ec2"]});
    let event =
        json!({"give_voucher": {"account": "master", "amount": 50, "plan": "Servers", "limits": limits}});
    let voucher = apply(&sandbox, event).unwrap();
    let of = |list: &Value| {
        let row =
            list.as_array().unwrap().iter().find(|row| row["coupon_id"] == json!(voucher)).unwrap().clone();
        row["use_limits"][0]["value1"].clone()
    };
    let there = call(&master, "bss.ListMultiAccountTransferCoupons", json!({})).await;
    assert_eq!(of(&there["avail_transfer_coupons"]), "hws.service.type.ec2");
    let claim =
        json!({"customer_id": "member-1", "coupon_id": voucher, "amount": "20.00", "trans_id": "t-1"});
    call(&master, "bss.ClaimEnterpriseMultiAccountCoupon", claim).await;
    let back =
        call(&master, "bss.ListMultiAccountRetrieveCoupons", json!({"sub_customer_id": "member-1"})).await;
    assert_eq!(of(&back["avail_retrieve_coupons"]), "hws.service.type.ec2");
}

#[tokio::test]
async fn charges_of_a_combined_order_name_the_part_and_the_whole() {
    let (sandbox, client) = buyer();
    let parts = [order(&sandbox, BUYER, SERVER), order(&sandbox, BUYER, SERVER)];
    let whole = apply(&sandbox, json!({"combine_orders": {"customer": BUYER, "orders": parts}})).unwrap();
    pay(&sandbox, BUYER, &whole, &[]).await.unwrap();
    let bill = call(&client, "bss.ListCustomerselfResourceRecords", json!({"cycle": "2026-05"})).await;
    let rows = bill["fee_records"].as_array().unwrap();
    let named: Vec<_> = rows.iter().map(|row| row["order_id"].as_str().unwrap()).collect();
    assert_eq!(named, parts);
    assert!(rows.iter().all(|row| row["relative_order_id"] == json!(whole)));
    assert!(rows.iter().all(|row| row["enterprise_project_name"] == "default"));
    let listed = call(&client, "bss.ListCustomerOrders", json!({})).await;
    let project = json!([{"id": "0", "name": "default"}]);
    assert_eq!(listed["order_infos"][0]["enterprise_projects"], project);
    assert_eq!(listed["order_infos"][0]["sub_order_infos"][1]["enterprise_projects"], project);
    let one = json!({"cycle": "2026-05", "trade_id": parts[1]});
    assert_eq!(call(&client, "bss.ListCustomerselfResourceRecords", one).await["total_count"], 1);
}

#[tokio::test]
async fn a_voucher_for_a_region_pays_in_no_other() {
    let (sandbox, client) = buyer();
    let south = voucher(&sandbox, json!({"regions": ["cn-south-1"]}));
    let listed = call(&client, "bss.ListSubCustomerCoupons", json!({"coupon_id": south})).await;
    let limit = &listed["user_coupons"][0]["use_limits"][0];
    assert_eq!((&limit["limit_key"], &limit["value1"]), (&json!("regionCode"), &json!("cn-south-1")));
    assert_eq!(limit["value2"], "华南-广州");
    let north = order(&sandbox, BUYER, SERVER);
    assert_eq!(pay(&sandbox, BUYER, &north, &[&south]).await.unwrap_err(), bad("CBC.0101"));
    apply(&sandbox, json!({"use": {"customer": BUYER, "offer": SERVER, "amount": 1}}));
    assert_eq!(held(&sandbox, LedgerAccount::voucher(&south)), yuan("1000"));
    let there = order(&sandbox, BUYER, "c6.large.2.linux@cn-south-1");
    pay(&sandbox, BUYER, &there, &[&south]).await.unwrap();
    apply(&sandbox, json!({"use": {"customer": BUYER, "offer": "c6.large.2.linux@cn-south-1", "amount": 1}}));
    assert_eq!(held(&sandbox, LedgerAccount::voucher(&south)), yuan("768.46"));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_voucher_that_is_used_up_stays_used_when_an_association_ends() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    let (_, voucher) = issued(&sandbox, 10).await;
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 20}}));
    apply(&sandbox, json!({"use": {"customer": BUYER, "offer": SERVER, "amount": 100}})); // 54.00
    apply(&sandbox, json!({"end_association": {"customer": BUYER}}));
    let listed = call(&partner, "bss.ListIssuedPartnerCoupons", json!({"coupon_id": voucher})).await;
    assert_eq!(listed["user_coupons"][0]["status"], 3);
    let recalled = call(&partner, "bss.ListPartnerCouponsRecord", json!({"operation_types": ["3"]})).await;
    assert_eq!(recalled["total_count"], 0);
}
