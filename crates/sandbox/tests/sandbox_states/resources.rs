//! Resources that are not given up, renewed or changed for a reason, and orders that wait for a time or funds.

use super::*;

/// Servers of one order, ready to be used.
pub(super) async fn servers(sandbox: &Sandbox, count: u32) -> Vec<String> {
    apply(sandbox, json!({"recharge": {"account": BUYER, "amount": 5000}}));
    let line = NewLine::new(SERVER, Term::Months(1)).quantity(count);
    let order = sandbox.place_order(NewOrder::new(BUYER).line(line)).unwrap();
    pay(sandbox, BUYER, order.as_str(), &[]).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(60));
    let listed = call(
        &client(sandbox, BUYER),
        "bss.ListPayPerUseCustomerResources",
        json!({"order_id": order.as_str()}),
    )
    .await;
    let rows = listed["data"].as_array().unwrap();
    rows.iter().map(|row| row["resource_id"].as_str().unwrap().to_owned()).collect()
}

fn restrict(sandbox: &Sandbox, resource: &str, restriction: &str, lifted: bool) {
    let event = json!({"resource": resource, "restriction": restriction, "lifted": lifted});
    apply(sandbox, json!({"restrict_resource": event}));
}

fn unsubscribe(ids: &[&str], kind: u32) -> Value {
    json!({"resource_ids": ids, "unsubscribe_type": kind})
}

fn renew(ids: &[&str]) -> Value {
    json!({"resource_ids": ids, "period_type": 2, "period_num": 1, "is_auto_pay": 1})
}

#[tokio::test]
async fn a_restricted_resource_is_not_given_up() {
    let sandbox = distributor();
    let buyer = client(&sandbox, BUYER);
    let server = servers(&sandbox, 1).await.remove(0);
    for (restriction, code) in [
        ("savings_plan", "CBC.30000053"),
        ("invoiced", "CBC.99003643"),
        ("trial", "CBC.99003649"),
        ("marketplace_service", "CBC.99003650"),
        ("software_development_package", "CBC.99003652"),
    ] {
        restrict(&sandbox, &server, restriction, false);
        let refused = try_call(&buyer, "bss.CancelResourcesSubscription", unsubscribe(&[&server], 1)).await;
        assert_eq!(refused.unwrap_err(), bad(code), "{restriction}");
        restrict(&sandbox, &server, restriction, true);
    }
    call(&buyer, "bss.RenewalResources", renew(&[&server])).await;
    sandbox.clock().advance(Duration::from_secs(60));
    restrict(&sandbox, &server, "bandwidth_add_on", false);
    let renewals = try_call(&buyer, "bss.CancelResourcesSubscription", unsubscribe(&[&server], 2)).await;
    assert_eq!(renewals.unwrap_err(), bad("CBC.99003654"));
    call(&buyer, "bss.CancelResourcesSubscription", unsubscribe(&[&server], 1)).await;
    sandbox.audit().unwrap();
    let unknown = json!({"restrict_resource": {"resource": "none", "restriction": "trial"}});
    assert_eq!(refused(&sandbox, unknown), "CBC.99003012");
}

#[tokio::test]
async fn a_resource_frozen_by_the_police_stays_as_it_is_paid() {
    let sandbox = distributor();
    let buyer = client(&sandbox, BUYER);
    let server = servers(&sandbox, 1).await.remove(0);
    restrict(&sandbox, &server, "frozen_by_police", false);
    let at_end = json!({"operation": "SET_UP", "resource_ids": [server]});
    let outcome = call(&buyer, "bss.UpdatePeriodToOnDemand", at_end.clone()).await;
    assert_eq!(outcome["error_details"][0]["error_code"], "CBC.99003625");
    let now = call(&buyer, "bss.UpdatePeriodToOnDemandInstantly", json!({"resource_ids": [server]})).await;
    assert_eq!(now["to_ondemand_service_results"][0]["error_code"], "CBC.99003625");
    restrict(&sandbox, &server, "frozen_by_police", true);
    let outcome = call(&buyer, "bss.UpdatePeriodToOnDemand", at_end).await;
    assert!(outcome["error_details"].as_array().is_none_or(Vec::is_empty), "{outcome}");
}

#[tokio::test]
async fn a_bundle_is_handled_as_a_whole() {
    let sandbox = distributor();
    let buyer = client(&sandbox, BUYER);
    let all = servers(&sandbox, 3).await;
    let (one, other, alone) = (all[0].as_str(), all[1].as_str(), all[2].as_str());
    restrict(&sandbox, one, "bundle", false);
    restrict(&sandbox, other, "bundle", false);
    let part = try_call(&buyer, "bss.RenewalResources", renew(&[one])).await;
    assert_eq!(part.unwrap_err(), bad("CBC.99003634"));
    let part = try_call(&buyer, "bss.CancelResourcesSubscription", unsubscribe(&[other, alone], 1)).await;
    assert_eq!(part.unwrap_err(), bad("CBC.99003185"));
    call(&buyer, "bss.RenewalResources", renew(&[one, other])).await;
    call(&buyer, "bss.CancelResourcesSubscription", unsubscribe(&[alone], 1)).await;
    sandbox.clock().advance(Duration::from_secs(60));
    call(&buyer, "bss.CancelResourcesSubscription", unsubscribe(&[one, other], 1)).await;
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_cannot_be_renewed_has_no_price_for_it() {
    let sandbox = distributor();
    let buyer = client(&sandbox, BUYER);
    let server = servers(&sandbox, 1).await.remove(0);
    restrict(&sandbox, &server, "not_renewable", false);
    let price = json!({"resource_ids": [server], "period_type": 2, "period_num": 1});
    let prices = call(&buyer, "bss.ListRenewRateOnPeriod", price.clone()).await;
    assert_eq!(prices["fail_resource_infos"][0]["error_code"], "CBC.30050013");
    let renewal = try_call(&buyer, "bss.RenewalResources", renew(&[&server])).await;
    assert_eq!(renewal.unwrap_err(), bad("CBC.30010069"));
    restrict(&sandbox, &server, "not_renewable", true);
    let prices = call(&buyer, "bss.ListRenewRateOnPeriod", price).await;
    assert!(prices["fail_resource_infos"].as_array().is_none_or(Vec::is_empty), "{prices}");
}

#[tokio::test]
async fn what_is_renewed_by_the_year_has_no_months() {
    let sandbox = distributor();
    let buyer = client(&sandbox, BUYER);
    let server = servers(&sandbox, 1).await.remove(0);
    restrict(&sandbox, &server, "years_only", false);
    let price = |kind: u32| json!({"resource_ids": [server], "period_type": kind, "period_num": 1});
    let months = call(&buyer, "bss.ListRenewRateOnPeriod", price(2)).await;
    assert_eq!(months["fail_resource_infos"][0]["error_code"], "CBC.30050008");
    assert_eq!(call(&buyer, "bss.ListRenewRateOnPeriod", price(3)).await["fail_resource_infos"], json!([]));
    let renewal = try_call(&buyer, "bss.RenewalResources", renew(&[&server])).await;
    assert_eq!(renewal.unwrap_err(), bad("CBC.30010069"));
    call(
        &buyer,
        "bss.RenewalResources",
        json!({"resource_ids": [server], "period_type": 3, "period_num": 1}),
    )
    .await;
}

#[tokio::test]
async fn orders_are_paid_from_funds_until_these_are_used_up() {
    let sandbox = distributor();
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 5000}}));
    for (holder, code) in [("enterprise_project", "CBC.99003155"), ("organization", "CBC.99003198")] {
        let set = |amount: Value| {
            apply(&sandbox, json!({"set_funds": {"customer": BUYER, "of": holder, "amount": amount}}))
        };
        set(json!(231));
        let (first, second) = (order(&sandbox, BUYER, SERVER), order(&sandbox, BUYER, SERVER));
        pay(&sandbox, BUYER, &first, &[]).await.unwrap();
        assert_eq!(pay(&sandbox, BUYER, &second, &[]).await.unwrap_err(), bad(code), "{holder}");
        set(json!("230.99"));
        assert_eq!(pay(&sandbox, BUYER, &second, &[]).await.unwrap_err(), bad(code), "{holder}");
        set(Value::Null);
        pay(&sandbox, BUYER, &second, &[]).await.unwrap();
    }
    let below_zero = json!({"set_funds": {"customer": BUYER, "of": "organization", "amount": -1}});
    assert_eq!(refused(&sandbox, below_zero), "CBC.0100");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_order_with_an_effective_time_is_paid_before_it() {
    let sandbox = distributor();
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 5000}}));
    let buyer = client(&sandbox, BUYER);
    let now = sandbox.snapshot().now();
    let begins = huaweicloud_partner::types::UtcTime::from(now.instant() + Duration::from_secs(2 * DAY));
    let place = || {
        let line = NewLine::new(SERVER, Term::Months(1));
        sandbox.place_order(NewOrder::new(BUYER).line(line).effective_time(begins)).unwrap()
    };
    let (early, late) = (place(), place());
    pay(&sandbox, BUYER, early.as_str(), &[]).await.unwrap();
    let details = call(&buyer, "bss.ShowCustomerOrderDetails", json!({"order_id": early.as_str()})).await;
    assert_eq!(details["order_line_items"][0]["effective_time"], begins.to_string());
    sandbox.clock().advance(Duration::from_secs(2 * DAY));
    let at_the_time = place();
    pay(&sandbox, BUYER, at_the_time.as_str(), &[]).await.unwrap();
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(pay(&sandbox, BUYER, late.as_str(), &[]).await.unwrap_err(), bad("CBC.99003162"));
}

#[tokio::test]
async fn a_customer_without_a_tax_rate_pays_no_order() {
    let sandbox = distributor();
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 500}}));
    let id = order(&sandbox, BUYER, SERVER);
    let missing = json!({"account": BUYER, "restriction": "tax_rate_missing"});
    apply(&sandbox, json!({"restrict": missing}));
    assert_eq!(pay(&sandbox, BUYER, &id, &[]).await.unwrap_err(), bad("CBC.99006093"));
    let lifted = json!({"account": BUYER, "restriction": "tax_rate_missing", "lifted": true});
    apply(&sandbox, json!({"restrict": lifted}));
    pay(&sandbox, BUYER, &id, &[]).await.unwrap();
}

#[tokio::test]
async fn vouchers_of_the_marketplace_pay_for_nothing_here() {
    let sandbox = distributor();
    let buyer = client(&sandbox, BUYER);
    let give = |group: u32| {
        let voucher = json!({"account": BUYER, "amount": 500, "plan": "Plan", "limits": {"group": group}});
        apply(&sandbox, json!({"give_voucher": voucher})).unwrap()
    };
    let (market, dedicated, hardware) = (give(1), give(2), give(3));
    let id = order(&sandbox, BUYER, SERVER);
    let offered = call(&buyer, "bss.ListOrderCouponsByOrderId", json!({"order_id": id})).await;
    let offered = offered["user_coupons"].as_array().unwrap().clone();
    assert_eq!(offered.len(), 1);
    assert_eq!((&offered[0]["coupon_id"], &offered[0]["coupon_group"]), (&json!(dedicated), &json!(2)));
    let together = pay(&sandbox, BUYER, &id, &[&market, &dedicated]).await;
    assert_eq!(together.unwrap_err(), bad("CBC.99003156"));
    for voucher in [&market, &hardware] {
        assert_eq!(pay(&sandbox, BUYER, &id, &[voucher]).await.unwrap_err(), bad("CBC.0101"));
    }
    pay(&sandbox, BUYER, &id, &[&dedicated]).await.unwrap();
    let unknown =
        json!({"give_voucher": {"account": BUYER, "amount": 5, "plan": "Plan", "limits": {"group": 9}}});
    assert_eq!(refused(&sandbox, unknown), "CBC.0100");
}

#[tokio::test]
async fn a_code_for_a_blocked_contact_is_made_and_not_sent() {
    let sandbox = distributor();
    let partner = client(&sandbox, "distributor");
    let block = |lifted: bool| {
        apply(&sandbox, json!({"block_contact": {"contact": "13800138000", "lifted": lifted}}));
    };
    let send = || {
        let body = json!({"receiver_type": 1, "mobile_phone": "13800138000"});
        let partner = partner.clone();
        async move { try_call(&partner, "bss.SendVerificationMessageCode", body).await }
    };
    block(false);
    for _ in 0..15 {
        assert_eq!(send().await.unwrap_err(), bad("CBC.99004003"));
    }
    assert!(sandbox.code_sent_to("13800138000").is_none(), "it did not arrive");
    assert_eq!(send().await.unwrap_err(), bad("CBC.99004015"), "each of them counts");
    block(true);
    sandbox.clock().advance(Duration::from_secs(3600));
    send().await.unwrap();
    assert!(sandbox.code_sent_to("13800138000").is_some());

    let sandbox = Sandbox::enterprise().without_quotas();
    apply(&sandbox, json!({"block_contact": {"contact": "13800138000"}}));
    let body = json!({"mobile_phone": "13800138000", "sm_template_args": [{"key": "sub_customer_name", "value": "East"}]});
    let refused = try_call(&client(&sandbox, "master"), "bss.SendSmsVerificationCode", body).await;
    assert_eq!(refused.unwrap_err(), bad("CBC.99004003"));
}

#[tokio::test]
async fn costs_of_more_than_a_thousand_members_are_asked_for_one_by_one() {
    let members = |count: u32| {
        json!({
            "accounts": [
                {"id": "master", "kind": "enterprise_master"},
                {"id": "member-{n}", "kind": "customer", "repeat": count},
            ],
            "events": (1..=count)
                .map(|n| json!({"add_member": {"master": "master", "account": format!("member-{n}"), "permissions": ["READ_CONSUME_BILL"]}}))
                .collect::<Vec<_>>(),
        })
    };
    let too_many = bad("CBC.18000048");
    for (count, refused) in [(1000, false), (1001, true)] {
        let world =
            huaweicloud_partner_sandbox::Scenario::read(members(count).to_string().as_bytes()).unwrap();
        let sandbox = Sandbox::from_scenario(world).unwrap().without_quotas();
        let master = client(&sandbox, "master");
        let breakdown = |extra: Value| {
            let mut body = json!({"shared_month": "2026-05"});
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let master = master.clone();
            async move { try_call(&master, "bss.ListCustomerBillsMonthlyBreakDown", body).await }
        };
        assert_eq!(breakdown(json!({})).await.err(), refused.then(|| too_many.clone()));
        assert_eq!(breakdown(json!({"method": "all"})).await.err(), refused.then(|| too_many.clone()));
        breakdown(json!({"method": "oneself"})).await.unwrap();
        breakdown(json!({"method": "sub_customer", "sub_customer_id": "member-7"})).await.unwrap();
        let costs = |filters: Value| {
            let mut body = json!({
                "time_condition": {"time_measure_id": 2, "begin_time": "2026-05", "end_time": "2026-05"},
                "groupby": [{"type": "dimension", "key": "ASSOCIATED_ACCOUNT"}],
                "cost_type": "ORIGINAL_COST", "amount_type": "PAYMENT_AMOUNT",
            });
            if !filters.is_null() {
                body["filters"] = filters;
            }
            let master = master.clone();
            async move { try_call(&master, "bss.ListCosts", body).await }
        };
        let only =
            json!([{"operator": 0, "filter_factor": {"key": "ASSOCIATED_ACCOUNT", "value": ["member-7"]}}]);
        assert_eq!(costs(Value::Null).await.err(), refused.then(|| too_many.clone()));
        costs(only).await.unwrap();
    }
}

#[tokio::test]
async fn customers_of_the_reseller_model_have_no_statement() {
    // The operation belongs to the China site, where only a scenario makes such customers.
    let world = json!({
        "accounts": [
            {"id": "partner", "kind": "solution_provider"},
            {"id": "customer", "kind": "customer", "associated_with": "partner", "association_type": "3"},
        ],
    });
    let world = huaweicloud_partner_sandbox::Scenario::read(world.to_string().as_bytes()).unwrap();
    let sandbox = Sandbox::from_scenario(world).unwrap().without_quotas();
    let body = json!({"balance_type": "BALANCE_TYPE_DEBIT"});
    let refused = try_call(&client(&sandbox, "customer"), "bss.ListCustomerAccountChangeRecords", body).await;
    assert_eq!(refused.unwrap_err(), bad("CBC.99000084"));
}

#[tokio::test]
async fn a_login_type_is_what_was_set() {
    let sandbox = distributor();
    let buyer = client(&sandbox, BUYER);
    let shown = call(&buyer, "osm.ShowLoginType", json!({})).await;
    assert_eq!(shown["login_type"], Value::Null);
    apply(&sandbox, json!({"tickets": {"set_login_type": {"account": BUYER, "login_type": "PASSWORD"}}}));
    let shown = call(&buyer, "osm.ShowLoginType", json!({})).await;
    assert_eq!(shown["login_type"], "PASSWORD");
}

#[tokio::test]
async fn only_customers_leave_their_partners() {
    let sandbox = distributor();
    for event in [
        json!({"end_association": {"customer": "reseller-1"}}),
        json!({"change_association": {"customer": "reseller-1", "association_type": "1"}}),
    ] {
        assert_eq!(refused(&sandbox, event), "CBC.5002", "a reseller is no customer");
    }
}
