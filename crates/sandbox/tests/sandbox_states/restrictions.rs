use super::*;

fn restrict(sandbox: &Sandbox, account: &str, restriction: &str) {
    apply(sandbox, json!({"restrict": {"account": account, "restriction": restriction}}));
}

fn lift(sandbox: &Sandbox, account: &str, restriction: &str) {
    let event = json!({"account": account, "restriction": restriction, "lifted": true});
    apply(sandbox, json!({"restrict": event}));
}

#[tokio::test]
async fn a_restricted_partner_creates_no_customers() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    let create = |reseller: Option<&str>, number: u32| {
        let mut body = json!({"xaccount_id": format!("x{number}"), "xaccount_type": "platform"});
        if let Some(reseller) = reseller {
            body["indirect_partner_id"] = json!(reseller);
        }
        let partner = partner.clone();
        async move { try_call(&partner, "bss.CreateSubCustomer", body).await }
    };
    for (account, restriction, reseller, code) in [
        ("distributor", "test_account", None, "CBC.99005035"),
        ("distributor", "test_account", Some("reseller-1"), "CBC.99005035"),
        ("distributor", "no_customers_of_its_own", None, "CBC.50010059"),
        ("distributor", "leaving", Some("reseller-1"), "CBC.50010065"),
        ("distributor", "enterprise_restricted", None, "CBC.50010085"),
        ("distributor", "enterprise_restricted", Some("reseller-1"), "CBC.50010086"),
        ("reseller-1", "enterprise_restricted", Some("reseller-1"), "CBC.50010085"),
    ] {
        restrict(&sandbox, account, restriction);
        assert_eq!(create(reseller, 0).await.unwrap_err(), bad(code), "{account} {restriction} {reseller:?}");
        lift(&sandbox, account, restriction);
    }
    restrict(&sandbox, "distributor", "no_customers_of_its_own");
    create(Some("reseller-1"), 1).await.unwrap();
    lift(&sandbox, "distributor", "no_customers_of_its_own");
    create(None, 2).await.unwrap();
}

#[tokio::test]
async fn a_contact_that_is_a_lead_makes_no_customer_and_no_member() {
    let sandbox = distributor();
    apply(&sandbox, json!({"register_lead": {"contact": "13800138000"}}));
    let body = json!({"xaccount_id": "x", "xaccount_type": "p", "mobile_phone": "13800138000", "verification_code": "123456"});
    let created = try_call(&client(&sandbox, "distributor"), "bss.CreateSubCustomer", body).await;
    assert_eq!(created.unwrap_err(), bad("CBC.99000051"));
    let sandbox = Sandbox::enterprise().without_quotas();
    apply(&sandbox, json!({"register_lead": {"contact": "13800138000"}}));
    assert_eq!(member(&sandbox).await.unwrap_err(), bad("CBC.99000051"));
}

async fn member(sandbox: &Sandbox) -> Result<Value, (u16, String)> {
    let master = client(sandbox, "master");
    let units = call(&master, "bss.ListEnterpriseOrganizations", json!({})).await;
    let new = json!({
        "customer_name": "east_office", "password": "Secret-123", "mobile_phone": "13800138000",
        "verification_code": "123456",
    });
    let body =
        json!({"party_id": units["root_id"], "sub_customer_association_type": 1, "new_sub_customer": new});
    try_call(&master, "bss.CreateSubEnterpriseAccount", body).await
}

#[tokio::test]
async fn members_are_not_made_everywhere() {
    let sandbox = Sandbox::enterprise().without_quotas();
    restrict(&sandbox, "master", "members_made_elsewhere");
    assert_eq!(member(&sandbox).await.unwrap_err(), bad("CBC.70900002"));
    lift(&sandbox, "master", "members_made_elsewhere");
    assert_eq!(member(&sandbox).await.unwrap_err(), bad("CBC.99000026"), "only the code is wrong now");
    let world = json!({
        "accounts": [
            {"id": "distributor", "kind": "distributor"},
            {"id": "reseller", "kind": "reseller", "associated_with": "distributor"},
            {"id": "master", "kind": "enterprise_master", "associated_with": "reseller"},
        ],
        "events": [{"restrict": {"account": "reseller", "restriction": "leaving"}}],
    });
    let world = huaweicloud_partner_sandbox::Scenario::read(world.to_string().as_bytes()).unwrap();
    let sandbox = Sandbox::from_scenario(world).unwrap().without_quotas();
    assert_eq!(member(&sandbox).await.unwrap_err(), bad("CBC.99007490"));
}

#[tokio::test]
async fn quotas_are_not_for_everybody() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    restrict(&sandbox, "reseller-2", "leaving");
    let resellers = ["reseller-1", "reseller-2"];
    let grant = json!({"quota_id": "quota-1", "indirect_partner_ids": resellers, "quota_amount": 10});
    let outcome = call(&partner, "bss.UpdateCouponQuotas", grant).await;
    assert_eq!(outcome["simple_quota_infos"].as_array().unwrap().len(), 1);
    let failed = &outcome["error_details"][0];
    assert_eq!((&failed["id"], &failed["error_code"]), (&json!("reseller-2"), &json!("CBC.50010105")));
    restrict(&sandbox, "distributor", "uses_vouchers_itself");
    let issue = json!({"quota_id": "quota-1", "customer_ids": [BUYER], "face_value": 1});
    assert_eq!(try_call(&partner, "bss.CreatePartnerCoupons", issue).await.unwrap_err(), bad("CBC.50000010"));
    let provider = stranger(&Sandbox::named("everyone").unwrap().without_quotas(), "provider");
    let illegal = (403, "CBC.0150".to_owned());
    let grant = json!({"quota_id": "q", "indirect_partner_ids": ["r"], "quota_amount": 10});
    assert_eq!(try_call(&provider, "bss.UpdateCouponQuotas", grant).await.unwrap_err(), illegal);
    let money = json!({"indirect_partner_id": "r", "amount": 10});
    assert_eq!(try_call(&provider, "bss.UpdateIndirectPartnerAccount", money).await.unwrap_err(), illegal);
}

#[tokio::test]
async fn what_is_sold_out_cannot_be_paid() {
    let sandbox = distributor();
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 1000}}));
    let id = order(&sandbox, BUYER, SERVER);
    apply(&sandbox, json!({"sell_out": {"offer": SERVER, "sold_out": true}}));
    assert_eq!(pay(&sandbox, BUYER, &id, &[]).await.unwrap_err(), bad("CBC.99003141"));
    apply(&sandbox, json!({"sell_out": {"offer": SERVER, "sold_out": false}}));
    pay(&sandbox, BUYER, &id, &[]).await.unwrap();
}
