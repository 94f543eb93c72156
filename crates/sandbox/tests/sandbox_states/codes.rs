//! Codes that the README says how to provoke, each by what it says.

use super::*;

fn from(world: Value) -> Sandbox {
    let world = huaweicloud_partner_sandbox::Scenario::read(world.to_string().as_bytes()).unwrap();
    Sandbox::from_scenario(world).unwrap().without_quotas()
}

fn quota(sandbox: &Sandbox, limits: Value) -> String {
    let event = json!({"account": "distributor", "amount": 1000, "days": 30, "limits": limits});
    apply(sandbox, json!({"grant_quota": event})).unwrap()
}

fn issue(quota: &str, customer: &str) -> Value {
    json!({"quota_id": quota, "customer_ids": [customer], "face_value": 10})
}

#[tokio::test]
async fn vouchers_and_quotas_are_not_for_everybody() {
    let sandbox = from(json!({
        "accounts": [
            {"id": "distributor", "kind": "distributor"},
            {"id": "reseller-1", "kind": "reseller", "associated_with": "distributor"},
            {"id": "resale", "kind": "customer", "associated_with": "distributor"},
            {"id": "referral", "kind": "customer", "associated_with": "distributor", "association_type": "1"},
            {"id": "gone", "kind": "customer", "associated_with": "distributor"},
            {"id": "master", "kind": "enterprise_master"},
            {"id": "member", "kind": "customer", "associated_with": "distributor"},
        ],
        "events": [{"add_member": {"master": "master", "account": "member", "custody": true}}],
    }));
    let partner = client(&sandbox, "distributor");
    let bound = quota(&sandbox, json!({"customers": ["resale"]}));
    let grant = json!({"quota_id": bound, "indirect_partner_ids": ["reseller-1"], "quota_amount": 10});
    assert_eq!(try_call(&partner, "bss.UpdateCouponQuotas", grant).await.unwrap_err(), bad("CBC.50000021"));

    let open = quota(&sandbox, json!({}));
    for (customer, code) in [("member", "CBC.50000034"), ("referral", "CBC.99000014")] {
        let outcome = call(&partner, "bss.CreatePartnerCoupons", issue(&open, customer)).await;
        assert_eq!(outcome["error_details"][0]["error_code"], code, "{customer}");
    }
    apply(&sandbox, json!({"end_association": {"customer": "gone"}}));
    let first = quota(&sandbox, json!({"first_association_only": true}));
    let refused = try_call(&partner, "bss.CreatePartnerCoupons", issue(&first, "gone")).await;
    assert_eq!(refused.unwrap_err(), bad("CBC.99000022"));
    call(&partner, "bss.CreatePartnerCoupons", issue(&first, "resale")).await;

    let issued = call(&partner, "bss.CreatePartnerCoupons", issue(&open, "resale")).await;
    let voucher = json!({"coupon_id": issued["coupon_infos"][0]["coupon_id"]});
    apply(&sandbox, json!({"change_association": {"customer": "resale", "association_type": "1"}}));
    let refused = try_call(&partner, "bss.ReclaimPartnerCoupons", voucher).await;
    assert_eq!(refused.unwrap_err(), bad("CBC.99000045"));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_has_ended_or_just_begun_does_not_change() {
    let sandbox = distributor();
    let buyer = client(&sandbox, BUYER);
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 5000}}));
    let id = order(&sandbox, BUYER, SERVER);
    pay(&sandbox, BUYER, &id, &[]).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(30));
    let listed = call(&buyer, "bss.ListPayPerUseCustomerResources", json!({})).await;
    let server = listed["data"][0]["resource_id"].as_str().unwrap().to_owned();
    let renew = json!({"resource_ids": [server], "period_type": 2, "period_num": 1, "is_auto_pay": 1});
    call(&buyer, "bss.RenewalResources", renew).await;
    let price = json!({"resource_ids": [server], "period_type": 2, "period_num": 1});
    let prices = call(&buyer, "bss.ListRenewRateOnPeriod", price.clone()).await;
    assert_eq!(prices["fail_resource_infos"][0]["error_code"], "CBC.30050011");
    sandbox.clock().advance(Duration::from_secs(29));
    let prices = call(&buyer, "bss.ListRenewRateOnPeriod", price.clone()).await;
    assert_eq!(prices["fail_resource_infos"][0]["error_code"], "CBC.30050011");
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(call(&buyer, "bss.ListRenewRateOnPeriod", price).await["fail_resource_infos"], json!([]));
    wait(&sandbox, 70);
    let at_end = json!({"operation": "SET_UP", "resource_ids": [server]});
    let outcome = call(&buyer, "bss.UpdatePeriodToOnDemand", at_end).await;
    assert_eq!(outcome["error_details"][0]["error_code"], "CBC.3016");
}

#[tokio::test]
async fn no_renewal_goes_beyond_the_calendar() {
    let sandbox = distributor();
    let century = 4_000_000_000_u32;
    let now = |sandbox: &Sandbox| sandbox.snapshot().now().instant().year();
    while now(&sandbox) < 9870 {
        apply(&sandbox, json!({"wait": {"seconds": century}}));
    }
    while now(&sandbox) < 9996 {
        apply(&sandbox, json!({"wait": {"seconds": 31_536_000}}));
    }
    let server = resources::servers(&sandbox, 1).await.remove(0);
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 100_000}}));
    let renew = json!({"resource_ids": [server], "period_type": 3, "period_num": 3});
    let refused = try_call(&client(&sandbox, BUYER), "bss.RenewalResources", renew.clone()).await;
    let refused = match refused {
        Err(refused) => refused,
        Ok(first) => {
            let pay_first = first["order_ids"][0].as_str().unwrap().to_owned();
            pay(&sandbox, BUYER, &pay_first, &[]).await.unwrap();
            sandbox.clock().advance(Duration::from_secs(60));
            try_call(&client(&sandbox, BUYER), "bss.RenewalResources", renew).await.unwrap_err()
        }
    };
    assert_eq!(refused, bad("CBC.99003154"));
}

#[tokio::test]
async fn a_very_large_amount_has_no_price() {
    let sandbox = distributor();
    let product = json!({
        "id": "1", "cloud_service_type": "hws.service.type.ec2", "resource_type": "hws.resource.type.vm",
        "resource_spec": "c6.large.2.linux", "region": "cn-north-4", "usage_factor": "Duration",
        "usage_value": "79000000000000000000000000000", "usage_measure_id": 4, "subscription_num": 100,
    });
    let body = json!({"project_id": "0", "product_infos": [product]});
    let refused = try_call(&client(&sandbox, BUYER), "bss.ListOnDemandResourceRatings", body).await;
    assert_eq!(refused.unwrap_err(), bad("CBC.99006055"));
}

#[tokio::test]
async fn documents_and_cards_are_refused_by_their_codes() {
    let mut accounts = vec![json!({"id": "distributor", "kind": "distributor"})];
    accounts.push(json!({"id": "c{n}", "kind": "customer", "associated_with": "distributor", "repeat": 12}));
    let sandbox = from(json!({"accounts": accounts}));
    let partner = client(&sandbox, "distributor");
    let by_document = |customer: u32, number: &str| {
        json!({
            "customer_id": format!("c{customer}"), "identify_type": 0, "verified_type": 5, "name": "Wang",
            "verified_file_url": ["a.jpg", "b.jpg", "c.jpg"], "verified_number": number, "xaccount_type": "p",
        })
    };
    let send = |body: Value| {
        let partner = partner.clone();
        async move { try_call(&partner, "bss.CreatePersonalRealnameAuth", body).await }
    };
    for code in [
        "CBC.99007193",
        "CBC.99007219",
        "CBC.99007255",
        "CBC.99007258",
        "CBC.99007260",
        "CBC.99007261",
        "CBC.99007262",
    ] {
        apply(&sandbox, json!({"refuse_identity": {"number": "D1", "code": code}}));
        assert_eq!(send(by_document(1, "D1")).await.unwrap_err(), bad(code));
    }
    for customer in 1..=5 {
        send(by_document(customer, "D2")).await.unwrap();
    }
    assert_eq!(send(by_document(6, "D2")).await.unwrap_err(), bad("CBC.99007189"), "a sixth customer");

    apply(&sandbox, json!({"reject_document": {"number": "D3", "reason": "unreadable"}}));
    let code = json!({"receiver_type": 1, "mobile_phone": "13800138000", "scene": 18, "customer_id": "c7"});
    call(&partner, "bss.SendVerificationMessageCode", code).await;
    let code = sandbox.code_sent_to("13800138000").unwrap().expose().to_owned();
    let mut by_card = by_document(7, "D3");
    by_card["identify_type"] = json!(4);
    by_card["verified_file_url"] = json!(["face.jpg"]);
    by_card.as_object_mut().unwrap().remove("verified_type");
    by_card["bank_card_info"] = json!({
        "bank_account": "6222-0200", "areacode": "0086", "mobile": "13800138000", "verification_code": code,
    });
    assert_eq!(send(by_card).await.unwrap_err(), bad("CBC.99007202"));
}
