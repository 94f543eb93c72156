use super::*;

fn operator(sandbox: &Sandbox, account: &str, permissions: &[&str]) -> (String, Client) {
    let event = json!({"add_operator": {"account": account, "name": "clerk", "permissions": permissions}});
    let key = apply(sandbox, event).unwrap();
    let client = client(sandbox, &key);
    (key, client)
}

#[tokio::test]
async fn an_operator_calls_what_its_permission_items_allow() {
    let sandbox = distributor();
    let denied = (403, "CBC.0151".to_owned());
    let (key, clerk) = operator(&sandbox, "distributor", &["BPC_ITEM_SUBCUSTSERV_010500"]);
    assert!(key.starts_with("AK"));
    call(&clerk, "bss.ListSubCustomers", json!({})).await;
    assert_eq!(try_call(&clerk, "bss.ListIndirectPartners", json!({})).await.unwrap_err(), denied);
    let money = json!({"customer_id": BUYER, "amount": 1});
    assert_eq!(try_call(&clerk, "bss.UpdateCustomerAccountAmount", money).await.unwrap_err(), denied);
    assert_eq!(
        call(&client(&sandbox, "distributor"), "bss.ListIndirectPartners", json!({})).await["count"],
        3
    );

    // Without any item only what needs none.
    let (_, powerless) = operator(&sandbox, "distributor", &[]);
    assert_eq!(try_call(&powerless, "bss.ListSubCustomers", json!({})).await.unwrap_err(), denied);
    call(&powerless, "bss.ListMeasureUnits", json!({})).await;
    let of_reseller = json!({"add_operator": {"account": "reseller-1", "name": "x"}});
    assert_eq!(refused(&sandbox, of_reseller), "CBC.99000047", "a reseller calls nothing");
}

#[tokio::test]
async fn what_an_operator_does_is_written_down_under_its_name() {
    let sandbox = distributor();
    let items: Vec<&str> = ["bss.UpdateCouponQuotas", "bss.ReclaimCouponQuotas"]
        .iter()
        .flat_map(|name| huaweicloud_partner::registry::find(name).unwrap().meta.permissions)
        .copied()
        .collect();
    let (_, clerk) = operator(&sandbox, "distributor", &items);
    let grant = json!({"quota_id": "quota-1", "indirect_partner_ids": ["reseller-1"], "quota_amount": 10});
    let granted = call(&clerk, "bss.UpdateCouponQuotas", grant).await;
    let quota = granted["simple_quota_infos"][0]["quota_id"].clone();
    let reclaim = json!({"quota_ids": [quota], "remark": "not needed"});
    call(&client(&sandbox, "distributor"), "bss.ReclaimCouponQuotas", reclaim).await;
    let records = call(&client(&sandbox, "distributor"), "bss.ListCouponQuotasRecords", json!({})).await;
    let rows = records["records"].as_array().unwrap();
    assert_eq!(rows[0]["operator"], "clerk");
    assert_eq!((&rows[1]["operator"], &rows[1]["remark"]), (&json!("distributor"), &json!("not needed")));
}

#[tokio::test]
async fn some_calls_are_for_the_main_account_or_for_masters_only() {
    let sandbox = distributor();
    let customer = client(&sandbox, BUYER);
    call(&customer, "bss.ShowRealNameAuthQrCode", json!({})).await;
    let (_, user) = operator(&sandbox, BUYER, &[]);
    assert_eq!(
        try_call(&user, "bss.ShowRealNameAuthQrCode", json!({})).await.unwrap_err(),
        bad("CBC.99007297")
    );
    let code = json!({"mobile_phone": "13800138000", "sm_template_args": [{"key": "sub_customer_name", "value": "x"}]});
    assert_eq!(
        try_call(&stranger(&sandbox, BUYER), "bss.SendSmsVerificationCode", code).await.unwrap_err(),
        bad("CBC.70300008")
    );
}
