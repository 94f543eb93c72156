//! Tests of the payment of orders: kinds of vouchers and what they exclude, combined orders, approval, and
//! the master account that pays for its members.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use huaweicloud_partner::{Client, client::CallOptions, types::Amount};
use huaweicloud_partner_sandbox::{LedgerAccount, NewLine, NewOrder, Sandbox, SandboxEvent, Term};
use serde_json::{Value, json};

const SERVER: &str = "c6.large.2.linux@cn-north-4";
const BUYER: &str = "customer-1";

fn world() -> Sandbox {
    let sandbox = Sandbox::small_distributor().without_quotas();
    apply(&sandbox, json!({"recharge": {"account": BUYER, "amount": 5000}}));
    sandbox
}

fn apply(sandbox: &Sandbox, event: Value) -> Option<String> {
    sandbox.apply(SandboxEvent::read(event).unwrap()).unwrap()
}

fn client(sandbox: &Sandbox, account: &str) -> Client {
    sandbox.client(account).unwrap()
}

/// Sends arguments that the client would not let through. A refusal is its status and code.
async fn raw(client: &Client, operation: &str, arguments: Value) -> Result<Value, (u16, String)> {
    let client = client.with(CallOptions::new().skip_validation());
    match client.send_dynamic(operation, &arguments.to_string()).await {
        Ok(response) => Ok(serde_json::from_str(response.get()).unwrap_or_default()),
        Err(error) => {
            let api = error.api().unwrap_or_else(|| panic!("{error}"));
            Err((api.status().as_u16(), api.code().to_string()))
        }
    }
}

fn bad(code: &str) -> (u16, String) {
    (400, code.to_owned())
}

/// A server for a month, which costs 231.
fn server(sandbox: &Sandbox, customer: &str) -> String {
    sandbox
        .place_order(NewOrder::new(customer).line(NewLine::new(SERVER, Term::Months(1))))
        .unwrap()
        .to_string()
}

fn voucher(sandbox: &Sandbox, kind: Value, limits: Value) -> String {
    let event = json!({"give_voucher": {"account": BUYER, "amount": 500, "plan": "p", "kind": kind, "limits": limits}});
    apply(sandbox, event).unwrap()
}

fn discount(sandbox: &Sandbox, kind: i64, rate: f64) -> String {
    let event = json!({"grant_discount": {"customer": BUYER, "kind": kind, "name": "d", "reckoning": {"rate": rate}}});
    apply(sandbox, event).unwrap()
}

fn pay(order: &str, vouchers: &[(&str, i64)], discount: Option<(&str, i64)>) -> Value {
    let mut body = json!({"order_id": order, "use_coupon": "NO", "use_discount": "NO"});
    if !vouchers.is_empty() {
        body["use_coupon"] = json!("YES");
        let infos: Vec<_> = vouchers.iter().map(|(id, kind)| json!({"id": id, "type": kind})).collect();
        body["coupon_infos"] = json!(infos);
    }
    if let Some((id, kind)) = discount {
        body["use_discount"] = json!("YES");
        body["discount_infos"] = json!([{"id": id, "type": kind}]);
    }
    body
}

fn cash(sandbox: &Sandbox, account: &str) -> Amount {
    sandbox.snapshot().ledger().balance(&LedgerAccount::cash(account))
}

async fn order(client: &Client, id: &str) -> Value {
    raw(client, "bss.ShowCustomerOrderDetails", json!({"order_id": id})).await.unwrap()["order_info"].clone()
}

fn amount(value: &Value) -> Amount {
    value
        .as_f64()
        .map(|it| format!("{it}"))
        .unwrap_or_else(|| value.as_str().unwrap().to_owned())
        .parse()
        .unwrap()
}

#[tokio::test]
async fn each_kind_of_voucher_pays_in_its_way() {
    let sandbox = world();
    let buyer = client(&sandbox, BUYER);
    let before = cash(&sandbox, BUYER);
    let rate = voucher(&sandbox, json!({"discount": 0.9}), json!({}));
    let flexible = voucher(&sandbox, json!("flexi_purchase"), json!({"greatest_share": 0.5}));
    let first = server(&sandbox, BUYER);
    let offered = raw(&buyer, "bss.ListOrderCouponsByOrderId", json!({"order_id": first})).await.unwrap();
    let mut kinds: Vec<_> = offered["user_coupons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["coupon_type"].as_i64().unwrap())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [300, 302]);
    let named_wrongly = pay(&first, &[(&rate, 301)], None);
    assert_eq!(raw(&buyer, "bss.PayOrders", named_wrongly).await.unwrap_err(), bad("CBC.0101"));
    let both = pay(&first, &[(&rate, 300), (&flexible, 302)], None);
    raw(&buyer, "bss.PayOrders", both).await.unwrap();
    // A tenth of 231 off, half of 231 from the flexi-purchase voucher, the rest in cash.
    let left = |id: &str| sandbox.snapshot().ledger().balance(&LedgerAccount::voucher(id));
    assert_eq!(left(&rate), "476.90".parse().unwrap());
    assert_eq!(left(&flexible), "384.50".parse().unwrap());
    assert_eq!(before.checked_sub(cash(&sandbox, BUYER)), Some("92.40".parse().unwrap()));
    let amounts = order(&buyer, &first).await["amount_info"].clone();
    assert_eq!(amount(&amounts["flexipurchase_coupon_amount"]), "115.5".parse().unwrap());
    assert_eq!(amounts["discounts"][0]["discount_type"], "300");
    let held = raw(&buyer, "bss.ListSubCustomerCoupons", json!({"coupon_type": 2})).await.unwrap();
    assert_eq!((held["count"].as_u64(), &held["user_coupons"][0]["coupon_type"]), (Some(1), &json!(2)));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_cannot_be_used_together_has_its_code() {
    let sandbox = world();
    let buyer = client(&sandbox, BUYER);
    let plain = voucher(&sandbox, json!("cash"), json!({}));
    let rate = voucher(&sandbox, json!({"discount": 0.9}), json!({}));
    let order = server(&sandbox, BUYER);
    let mixed = pay(&order, &[(&plain, 301), (&rate, 300)], None);
    assert_eq!(raw(&buyer, "bss.PayOrders", mixed).await.unwrap_err(), bad("CBC.99003147"));
    for (kind, field) in [
        (2, "without_commercial_discounts"),
        (3, "without_partner_discounts"),
        (0, "without_promotion_discounts"),
    ] {
        let discount = discount(&sandbox, kind, 0.8);
        let apart = voucher(&sandbox, json!("cash"), json!({field: true}));
        let both = pay(&order, &[(&apart, 301)], Some((&discount, kind)));
        assert_eq!(raw(&buyer, "bss.PayOrders", both).await.unwrap_err(), bad("CBC.99003116"), "{field}");
        let of_rate = pay(&order, &[(&rate, 300)], Some((&discount, kind)));
        if kind != 0 {
            assert_eq!(raw(&buyer, "bss.PayOrders", of_rate).await.unwrap_err(), bad("CBC.99003116"));
        }
        let least = voucher(&sandbox, json!("cash"), json!({"least_discount_ratio": 0.81}));
        let both = pay(&order, &[(&least, 301)], Some((&discount, kind)));
        assert_eq!(raw(&buyer, "bss.PayOrders", both).await.unwrap_err(), bad("CBC.99003117"), "{field}");
        let listed = raw(&buyer, "bss.ListSubCustomerCoupons", json!({"coupon_id": apart})).await.unwrap();
        assert_eq!(listed["user_coupons"][0]["use_limits"][0]["value1"], "0");
    }
    let discount = discount(&sandbox, 0, 0.8);
    let least = voucher(&sandbox, json!("cash"), json!({"least_discount_ratio": 0.8}));
    raw(&buyer, "bss.PayOrders", pay(&order, &[(&least, 301)], Some((&discount, 0)))).await.unwrap();
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_payment_of_the_systems_choice_mixes_nothing_that_may_not_be_mixed() {
    let sandbox = world();
    let buyer = client(&sandbox, BUYER);
    let first = server(&sandbox, BUYER);
    raw(&buyer, "bss.PayOrders", pay(&first, &[], None)).await.unwrap();
    sandbox.clock().advance(std::time::Duration::from_secs(60));
    voucher(&sandbox, json!({"discount": 0.9}), json!({}));
    voucher(&sandbox, json!("cash"), json!({"without_commercial_discounts": true}));
    discount(&sandbox, 2, 0.8);
    let resources = raw(&buyer, "bss.ListPayPerUseCustomerResources", json!({})).await.unwrap();
    let id = resources["data"][0]["resource_id"].as_str().unwrap().to_owned();
    let renew = json!({"resource_ids": [id], "period_type": 2, "period_num": 1, "is_auto_pay": 1});
    raw(&buyer, "bss.RenewalResources", renew).await.unwrap();
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_quota_of_flexi_purchase_vouchers_is_asked_for_by_name() {
    let sandbox = world();
    let partner = client(&sandbox, "distributor");
    let event = json!({"grant_quota": {"account": "distributor", "amount": 100, "days": 30, "kind": "flexi_purchase"}});
    let quota = apply(&sandbox, event).unwrap();
    let list = |arguments: Value| raw(&partner, "bss.ListQuotaCoupons", arguments);
    assert_eq!(list(json!({"quota_ids": [quota]})).await.unwrap()["total_count"], 0);
    let asked = list(json!({"quota_ids": [quota], "quota_type": 1})).await.unwrap();
    assert_eq!(asked["quotas"][0]["quota_type"], 1);
    let issue = json!({"quota_id": quota, "customer_ids": [BUYER], "face_value": 10});
    let issued = raw(&partner, "bss.CreatePartnerCoupons", issue.clone()).await.unwrap();
    let id = issued["coupon_infos"][0]["coupon_id"].as_str().unwrap();
    let voucher = raw(&partner, "bss.ListIssuedPartnerCoupons", json!({"coupon_id": id})).await.unwrap();
    assert_eq!(voucher["user_coupons"][0]["coupon_type"], 4);
    let to_reseller = json!({"quota_id": quota, "indirect_partner_ids": ["reseller-1"], "quota_amount": 1});
    assert_eq!(raw(&partner, "bss.UpdateCouponQuotas", to_reseller).await.unwrap_err(), bad("CBC.99000012"));

    for status in [4, 5, 3] {
        apply(&sandbox, json!({"set_quota_status": {"quota": quota, "status": status}}));
        let asked = list(json!({"quota_type": 1, "quota_status_list": [status]})).await.unwrap();
        assert_eq!(asked["quotas"][0]["quota_status"], status);
        let refused = raw(&partner, "bss.CreatePartnerCoupons", issue.clone()).await.unwrap_err();
        assert_eq!(refused, bad("CBC.99000015"), "{status}");
    }
    apply(&sandbox, json!({"set_quota_status": {"quota": quota, "status": 0}}));
    raw(&partner, "bss.CreatePartnerCoupons", issue).await.unwrap();
}

#[tokio::test]
async fn vouchers_for_products_not_on_sale_and_for_the_caller_are_refused() {
    let sandbox = world();
    let partner = client(&sandbox, "distributor");
    let quota =
        apply(&sandbox, json!({"grant_quota": {"account": "distributor", "amount": 100, "days": 30}}))
            .unwrap();
    for (extra, code) in [
        (json!({"cloud_service_types": ["hws.service.type.none"]}), "CBC.50000055"),
        (json!({"product_ids": ["none"]}), "CBC.50000054"),
        (json!({"customer_ids": ["distributor"]}), "CBC.99000025"),
    ] {
        let mut body = json!({"quota_id": quota, "customer_ids": [BUYER], "face_value": 10});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        assert_eq!(raw(&partner, "bss.CreatePartnerCoupons", body).await.unwrap_err(), bad(code));
    }
}

#[tokio::test]
async fn a_combined_order_is_paid_and_cancelled_as_a_whole() {
    let sandbox = world();
    let buyer = client(&sandbox, BUYER);
    let parts = [server(&sandbox, BUYER), server(&sandbox, BUYER)];
    let combine = |parts: &[String]| json!({"combine_orders": {"customer": BUYER, "orders": parts}});
    let whole = apply(&sandbox, combine(&parts)).unwrap();
    for part in &parts {
        let refused = raw(&buyer, "bss.PayOrders", pay(part, &[], None)).await.unwrap_err();
        assert_eq!(refused, bad("CBC.99000089"));
        let refused = raw(&buyer, "bss.CancelCustomerOrder", json!({"order_id": part})).await.unwrap_err();
        assert_eq!(refused, bad("CBC.99000089"));
        for look in ["bss.ListOrderCouponsByOrderId", "bss.ListOrderDiscounts"] {
            assert_eq!(raw(&buyer, look, json!({"order_id": part})).await.unwrap_err(), bad("CBC.99000089"));
        }
    }
    let listed = raw(&buyer, "bss.ListCustomerOrders", json!({})).await.unwrap();
    assert_eq!(listed["total_count"], 1);
    let inside = listed["order_infos"][0]["sub_order_infos"].as_array().unwrap();
    assert_eq!(inside.iter().map(|it| it["order_id"].as_str().unwrap()).collect::<Vec<_>>(), parts);
    assert_eq!(amount(&listed["order_infos"][0]["official_amount"]), Amount::from(462));

    let before = cash(&sandbox, BUYER);
    raw(&buyer, "bss.PayOrders", pay(&whole, &[], None)).await.unwrap();
    assert_eq!(before.checked_sub(cash(&sandbox, BUYER)), Some(Amount::from(462)));
    for id in parts.iter().chain([&whole]) {
        assert_eq!(order(&buyer, id).await["status"], 3);
    }
    let others = [server(&sandbox, BUYER), server(&sandbox, BUYER)];
    let whole = apply(&sandbox, combine(&others)).unwrap();
    raw(&buyer, "bss.CancelCustomerOrder", json!({"order_id": whole})).await.unwrap();
    for id in others.iter().chain([&whole]) {
        assert_eq!(order(&buyer, id).await["status"], 4);
    }
    for wrong in [&others[..1], &others[..], &[parts[0].clone(), server(&sandbox, BUYER)]] {
        let event = SandboxEvent::read(combine(wrong)).unwrap();
        sandbox.apply(event).unwrap_err();
    }
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_order_waits_for_approval_between_payment_and_setting_up() {
    let sandbox = world();
    let buyer = client(&sandbox, BUYER);
    let place = |lines: u32| {
        let line = NewLine::new(SERVER, Term::Months(1)).quantity(lines);
        sandbox.place_order(NewOrder::new(BUYER).line(line).to_be_approved()).unwrap().to_string()
    };
    let approve = |order: &str, approved: bool| {
        sandbox.apply(
            SandboxEvent::read(json!({"approve_order": {"order": order, "approved": approved}})).unwrap(),
        )
    };
    let first = place(1);
    approve(&first, true).unwrap_err();
    let before = cash(&sandbox, BUYER);
    raw(&buyer, "bss.PayOrders", pay(&first, &[], None)).await.unwrap();
    assert_eq!(order(&buyer, &first).await["status"], 1);
    assert_eq!(cash(&sandbox, BUYER), before, "nothing was taken yet");
    assert_eq!(raw(&buyer, "bss.PayOrders", pay(&first, &[], None)).await.unwrap_err(), bad("CBC.99003106"));
    let cancel = json!({"order_id": first});
    assert_eq!(raw(&buyer, "bss.CancelCustomerOrder", cancel).await.unwrap_err(), bad("CBC.99005010"));
    let waiting = raw(&buyer, "bss.ListCustomerOrders", json!({"status": 1})).await.unwrap();
    assert_eq!(waiting["order_infos"][0]["order_id"], first);
    approve(&first, true).unwrap();
    assert_eq!(order(&buyer, &first).await["status"], 3);
    assert_eq!(before.checked_sub(cash(&sandbox, BUYER)), Some(Amount::from(231)));

    let second = place(1);
    raw(&buyer, "bss.PayOrders", pay(&second, &[], None)).await.unwrap();
    approve(&second, false).unwrap();
    assert_eq!(order(&buyer, &second).await["status"], 4);
    assert_eq!(before.checked_sub(cash(&sandbox, BUYER)), Some(Amount::from(231)));
    let dear = place(100);
    let refused = raw(&buyer, "bss.PayOrders", pay(&dear, &[], None)).await.unwrap_err();
    assert_eq!(refused, bad("CBC.99005003"), "what cannot be paid does not wait for approval");
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_master_account_pays_for_a_member_whose_money_it_has_in_custody() {
    let world = json!({
        "accounts": [
            {"id": "master", "kind": "enterprise_master"},
            {"id": "member", "kind": "customer"},
            {"id": "other", "kind": "customer"},
        ],
        "events": [
            {"recharge": {"account": "master", "amount": 1000}},
            {"grant_credit": {"account": "master", "amount": 50}},
            {"add_member": {"master": "master", "account": "member", "custody": true}},
            {"add_member": {"master": "master", "account": "other"}},
        ],
    });
    let scenario = huaweicloud_partner_sandbox::Scenario::read(world.to_string().as_bytes()).unwrap();
    let sandbox = Sandbox::from_scenario(scenario).unwrap().without_quotas();
    let (master, member) = (client(&sandbox, "master"), client(&sandbox, "member"));
    let (first, second, foreign) =
        (server(&sandbox, "member"), server(&sandbox, "member"), server(&sandbox, "other"));
    // A member that pays by hand leaves the payment to its master.
    raw(&member, "bss.PayOrders", pay(&first, &[], None)).await.unwrap();
    assert_eq!(cash(&sandbox, "master"), Amount::from(1000));
    assert_eq!(order(&member, &first).await["status"], 6);
    let waiting = raw(&master, "bss.ListCustomerOrders", json!({"method": "sub_customer"})).await.unwrap();
    assert_eq!(waiting["order_infos"][0]["order_id"], first);
    assert_eq!(waiting["order_infos"][0]["agent_pay_info"]["is_agent_pay"], true);
    raw(&master, "bss.PayOrders", pay(&first, &[], None)).await.unwrap();
    raw(&master, "bss.PayOrders", pay(&second, &[], None)).await.unwrap();
    assert_eq!(
        raw(&master, "bss.PayOrders", pay(&foreign, &[], None)).await.unwrap_err(),
        bad("CBC.30000010")
    );
    assert_eq!(cash(&sandbox, "master"), Amount::from(538));
    let paid = raw(&master, "bss.ListCustomerOrders", json!({"method": "sub_customer"})).await.unwrap();
    assert_eq!(paid["total_count"], 2);
    assert_eq!(
        paid["order_infos"][0]["agent_pay_info"],
        json!({"paying_agent_id": "master", "is_agent_pay": true})
    );
    assert_eq!(raw(&master, "bss.ListCustomerOrders", json!({})).await.unwrap()["total_count"], 0);
    assert_eq!(order(&master, &first).await["customer_id"], "member");
    let own = raw(&member, "bss.ListCustomerOrders", json!({})).await.unwrap();
    assert_eq!(own["order_infos"][0]["agent_pay_info"]["is_agent_pay"], true);
    let changes =
        raw(&master, "bss.ListCustomerAccountChangeRecords", json!({"balance_type": "BALANCE_TYPE_DEBIT"}))
            .await;
    let changes = changes.unwrap();
    assert!(changes["records"].as_array().is_some_and(|rows| rows.len() >= 2), "{changes:#?}");
    // What is used is the master's debt as well.
    apply(&sandbox, json!({"use": {"customer": "member", "offer": SERVER, "amount": 2000}}));
    assert_eq!(cash(&sandbox, "master"), Amount::ZERO);
    let owed = sandbox.snapshot().ledger().balance(&LedgerAccount::arrears("master"));
    assert_eq!(owed, Amount::from(-492));
    apply(&sandbox, json!({"recharge": {"account": "master", "amount": 500}}));
    assert_eq!(order(&master, &first).await["status"], 3);
    assert_eq!(cash(&sandbox, "master"), Amount::from(8));
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn bills_say_by_what_an_order_was_paid() {
    let sandbox = world();
    let (partner, buyer) = (client(&sandbox, "distributor"), client(&sandbox, BUYER));
    let flexible = voucher(&sandbox, json!("flexi_purchase"), json!({"greatest_share": 0.1}));
    let plain = voucher(&sandbox, json!("cash"), json!({"greatest_share": 0.2}));
    let id = server(&sandbox, BUYER);
    raw(&buyer, "bss.PayOrders", pay(&id, &[(&flexible, 302), (&plain, 301)], None)).await.unwrap();
    let month = sandbox.snapshot().now().to_string()[..7].to_owned();
    sandbox.clock().advance(std::time::Duration::from_secs(86_400)); // summaries end with the day before
    let (flexi, coupon): (Amount, Amount) = ("23.1".parse().unwrap(), "46.2".parse().unwrap());
    let ask = |who: &Client, operation: &'static str, arguments: Value| {
        let who = who.clone();
        async move { raw(&who, operation, arguments).await.unwrap() }
    };
    let fees = ask(&buyer, "bss.ListCustomerBillsFeeRecords", json!({"bill_cycle": month})).await;
    let usage = ask(&buyer, "bss.ListCustomerselfResourceRecords", json!({"cycle": month})).await;
    let resources = ask(&buyer, "bss.ListCustomerselfResourceRecordDetails", json!({"cycle": month})).await;
    let sums = ask(&buyer, "bss.ShowCustomerMonthlySum", json!({"bill_cycle": month})).await;
    let charges = json!({"bill_cycle": month, "customer_id": BUYER});
    let charges = ask(&partner, "bss.ListSubCustomerBillDetail", charges).await;
    for row in [
        &fees["records"][0],
        &usage["fee_records"][0],
        &resources["monthly_records"][0],
        &sums["bill_sums"][0],
        &sums,
        &charges["fee_records"][0],
    ] {
        assert_eq!(amount(&row["flexipurchase_coupon_amount"]), flexi, "{row:#?}");
        assert_eq!(amount(&row["coupon_amount"]), coupon, "{row:#?}");
    }
    let month = json!({"cycle": month, "customer_id": BUYER, "charge_mode": "1"});
    let month = ask(&partner, "bss.ListSubcustomerMonthlyBills", month).await;
    let details = month["bill_sums"][0]["account_details"].as_array().unwrap();
    let of =
        |kind: &str| details.iter().find(|it| it["balance_type"] == kind).map(|it| amount(&it["amount"]));
    assert_eq!(of("BALANCE_TYPE_RCASH_COUPON"), Some(flexi));
    assert_eq!(of("BALANCE_TYPE_COUPON"), Some(coupon));
    assert_eq!(of("BALANCE_TYPE_DEBIT"), Some("161.7".parse().unwrap()));
}
