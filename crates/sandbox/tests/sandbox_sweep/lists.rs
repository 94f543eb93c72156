//! Every filter of every list lets pass what has its value, and nothing else.

use std::time::Duration;

use super::*;

const SERVER: &str = "c6.large.2.linux@cn-north-4";

/// An account that calls, an operation, its arguments, and the filters of which something else is known.
type Listing = (&'static str, &'static str, Value);

/// Parameters that select no rows: they choose how rows are made or compared, or count only together with another one.
const NO_FILTERS: &[&str] = &[
    "offset",
    "limit",
    "X-Language",
    "order_by",
    "indirect_partner_id",
    "sub_customer_id",
    "statistic_type",
    "query_type",
    "fuzzy_query",
];

fn partner_lists() -> Vec<Listing> {
    let d = "distributor";
    vec![
        (d, "bss.ListIndirectPartners", json!({})),
        (d, "bss.ListSubCustomers", json!({})),
        (d, "bss.ListSubCustomerNewTag", json!({})),
        (d, "bss.ListQuotaCoupons", json!({})),
        (d, "bss.ListIssuedCouponQuotas", json!({})),
        (d, "bss.ListCouponQuotasRecords", json!({})),
        (d, "bss.ListIssuedPartnerCoupons", json!({})),
        (d, "bss.ListPartnerCouponsRecord", json!({})),
        (d, "bss.ListPartnerAdjustRecords", json!({})),
        (d, "bss.ListPartnerAccountChangeRecords", json!({"balance_type": "BALANCE_TYPE_DEBIT"})),
        (d, "bss.ListCustomerOnDemandResources", json!({"customer_id": "customer-1"})),
        (d, "bss.ListSubCustomerBillDetail", json!({"bill_cycle": "2026-05", "customer_id": "customer-1"})),
        (d, "bss.ListConsumeSubCustomers", json!({"bill_cycle": "2026-05"})),
        (d, "bss.ListSubcustomerMonthlyBills", json!({"cycle": "2026-05", "charge_mode": "3"})),
        (d, "bss.ListCustomerOrders", json!({})),
        (d, "bss.ListPayPerUseCustomerResources", json!({"customer_id": "customer-1"})),
    ]
}

fn customer_lists() -> Vec<Listing> {
    let c = "customer-1";
    let cycle = || json!({"cycle": "2026-05"});
    vec![
        (c, "bss.ListCustomerAccountChangeRecords", json!({"balance_type": "BALANCE_TYPE_DEBIT"})),
        (c, "bss.ListCustomerCouponChangeRecords", json!({"balance_type": "BALANCE_TYPE_COUPON"})),
        (c, "bss.ListSubCustomerCoupons", json!({})),
        (c, "bss.ListStoredValueCards", json!({"status": 1})),
        (c, "bss.ListBusinessDiscountInfo", json!({"quoting_item_type": "PRODUCT_ITEM"})),
        (c, "bss.ListBusinessDiscountInfo", json!({"quoting_item_type": "CATEGORY_ITEM"})),
        (c, "bss.ListCustomerOrders", json!({})),
        (c, "bss.ListPayPerUseCustomerResources", json!({})),
        (c, "bss.ListFreeResourceInfos", json!({})),
        (
            c,
            "bss.ListFreeResourcesUsageRecords",
            json!({"deduct_time_begin": "2026-05-01", "deduct_time_end": "2026-05-31"}),
        ),
        (c, "bss.ListCustomerBillsFeeRecords", json!({"bill_cycle": "2026-05"})),
        (c, "bss.ListCustomerselfResourceRecords", cycle()),
        (c, "bss.ListCustomerselfResourceRecordDetails", cycle()),
        (c, "bss.ListCustomerBillsMonthlyBreakDown", json!({"shared_month": "2026-05"})),
        (c, "bss.ShowCustomerMonthlySum", json!({"bill_cycle": "2026-05"})),
        (c, "bss.ListServiceTypes", json!({})),
        (c, "bss.ListResourceTypes", json!({})),
        (c, "bss.ListServiceResources", json!({"service_type_code": "hws.service.type.ec2"})),
        (c, "bss.ListUsageTypes", json!({})),
        (c, "bss.ListConversions", json!({})),
        ("master", "bss.ListEnterpriseSubCustomers", json!({})),
        ("master", "bss.ListCustomerBillsFeeRecords", json!({"bill_cycle": "2026-05"})),
        ("master", "bss.ListCustomerselfResourceRecords", cycle()),
        ("master", "bss.ListCustomerselfResourceRecordDetails", cycle()),
        ("master", "bss.ListCustomerBillsMonthlyBreakDown", json!({"shared_month": "2026-05"})),
        ("master", "bss.ShowCustomerMonthlySum", json!({"bill_cycle": "2026-05"})),
        ("master", "bss.ListCustomerOrders", json!({"method": "sub_customer"})),
    ]
}

/// A world in which every list has rows of several kinds.
async fn rich() -> Sandbox {
    let scenario = json!({
        "accounts": [
            {"id": "distributor", "kind": "distributor"},
            {"id": "reseller-1", "kind": "reseller", "associated_with": "distributor"},
            {"id": "reseller-2", "kind": "reseller", "associated_with": "distributor", "associated_on": "2026-04-01T00:00:00Z"},
            {"id": "customer-1", "kind": "customer", "associated_with": "distributor"},
            {"id": "customer-4", "kind": "customer", "associated_with": "distributor", "association_type": "1", "associated_on": "2026-04-01T00:00:00Z"},
            {"id": "customer-2", "kind": "customer", "associated_with": "reseller-1"},
            {"id": "master", "kind": "enterprise_master"},
            {"id": "member-1", "kind": "customer"},
            {"id": "member-2", "kind": "customer"},
        ],
        "events": [
            {"recharge": {"account": "distributor", "amount": 100000}},
            {"recharge": {"account": "customer-1", "amount": 5000}},
            {"recharge": {"account": "customer-2", "amount": 5000}},
            {"recharge_through": {"account": "customer-1", "amount": 70, "channel": "2", "number": "BANK-1"}},
            {"recharge": {"account": "master", "amount": 5000}},
            {"grant_quota": {"account": "distributor", "amount": 50000, "days": 365, "id": "quota-1"}},
            {"grant_quota": {"account": "distributor", "amount": 500, "days": 30, "id": "quota-2"}},
            {"grant_quota": {"account": "distributor", "amount": 500, "days": 30, "id": "quota-3", "kind": "flexi_purchase"}},
            {"set_quota_status": {"quota": "quota-2", "status": 5}},
            {"add_unit": {"master": "master", "name": "Sales"}},
            {"add_member": {"master": "master", "account": "member-1", "unit": "Sales", "permissions": ["READ_CONSUME_BILL"]}},
            {"add_member": {"master": "master", "account": "member-2", "custody": true}},
            {"set_profile": {"account": "customer-1", "profile": {"label": "gold", "level": "V3", "manager_id": "m1", "manager_name": "Li"}}},
            {"authenticate": {"customer": "customer-1", "kind": 0, "name": "Wang"}},
            {"give_voucher": {"account": "customer-1", "amount": 50, "plan": "Welcome"}},
            {"give_voucher": {"account": "customer-1", "amount": 50, "plan": "Spring", "kind": {"discount": 0.8}}},
            {"give_card": {"customer": "customer-1", "name": "first", "amount": 10}},
            {"give_card": {"customer": "customer-1", "name": "second", "amount": 20}},
            {"agree_product_discount": {"customer": "customer-1", "discount": {"product_id": "p1", "cloud_service_type": "hws.service.type.ec2", "charging_mode": "MONTHLY", "site_code": "HWC_CN"}}},
            {"agree_product_discount": {"customer": "customer-1", "discount": {"product_id": "p2", "cloud_service_type": "hws.service.type.ebs", "charging_mode": "ONDEMAND", "site_code": "HWC_EU"}}},
            {"agree_category_discount": {"customer": "customer-1", "discount": {"cloud_service_type": "hws.service.type.ec2", "charging_mode": "MONTHLY", "site_code": "HWC_CN"}}},
            {"agree_category_discount": {"customer": "customer-1", "discount": {"cloud_service_type": "hws.service.type.obs", "charging_mode": "1_YEARLY", "site_code": "HWC_EU"}}},
        ],
    });
    let scenario = huaweicloud_partner_sandbox::Scenario::read(scenario.to_string().as_bytes()).unwrap();
    let sandbox = Sandbox::from_scenario(scenario).unwrap().without_quotas();
    let client = |id: &str| sandbox.client(id).unwrap().with(CallOptions::new().skip_validation());
    let wait = |seconds: u64| sandbox.clock().advance(Duration::from_secs(seconds));
    let place = |customer: &str, offer: &str, term: Value, attached: Value| {
        let line =
            json!({"offer": offer, "term": term, "attached": attached, "name": format!("mine {offer}")});
        apply(&sandbox, json!({"place_order": {"customer": customer, "lines": [line]}})).unwrap()
    };
    let (partner, customer) = (client("distributor"), client("customer-1"));
    let call = |client: &Client, operation: &'static str, request: Value| {
        let client = client.clone();
        async move {
            send(&client, operation, &request).await.unwrap_or_else(|why| panic!("{operation}: {why:?}"))
        }
    };
    let pay = |order: &str| json!({"order_id": order, "use_coupon": "NO", "use_discount": "NO"});
    wait(5);
    for (customer, amount) in [("customer-1", 40), ("customer-1", 60)] {
        call(&partner, "bss.UpdateCustomerAccountAmount", json!({"customer_id": customer, "amount": amount}))
            .await;
        wait(5);
    }
    call(&partner, "bss.ReclaimToPartnerAccount", json!({"customer_id": "customer-1", "amount": 10})).await;
    call(
        &partner,
        "bss.UpdateIndirectPartnerAccount",
        json!({"indirect_partner_id": "reseller-1", "amount": 500}),
    )
    .await;
    wait(5);
    for reseller in ["reseller-1", "reseller-2"] {
        let grant = json!({"quota_id": "quota-1", "indirect_partner_ids": [reseller], "quota_amount": 100});
        call(&partner, "bss.UpdateCouponQuotas", grant).await;
        wait(5);
    }
    let granted = call(&partner, "bss.ListIssuedCouponQuotas", json!({})).await;
    let quota = granted["quotas"][1]["quota_id"].clone();
    call(&partner, "bss.ReclaimCouponQuotas", json!({"quota_ids": [quota], "remark": "over"})).await;
    let mut vouchers = Vec::new();
    for (quota, value) in [("quota-1", 30), ("quota-1", 45), ("quota-3", 5)] {
        let issue = json!({"quota_id": quota, "customer_ids": ["customer-1"], "face_value": value, "memo": "for tests",
            "cloud_service_types": ["hws.service.type.obs"]});
        let issued = call(&partner, "bss.CreatePartnerCoupons", issue).await;
        vouchers.push(issued["coupon_infos"][0]["coupon_id"].clone());
        wait(5);
    }
    call(&partner, "bss.ReclaimPartnerCoupons", json!({"coupon_id": vouchers[1]})).await;
    let server =
        place("customer-1", SERVER, json!({"months": 1}), json!([{"offer": "SAS@cn-north-4", "size": 40}]));
    wait(5);
    call(&customer, "bss.PayOrders", pay(&server)).await;
    wait(60);
    let package = place("customer-1", "obs.storage.100GB@cn-north-4", json!({"years": 1}), json!([]));
    call(&customer, "bss.PayOrders", pay(&package)).await;
    wait(60);
    apply(
        &sandbox,
        json!({"use": {"customer": "customer-1", "offer": "obs.standard@cn-north-4", "amount": 100}}),
    );
    let unpaid = place("customer-1", SERVER, json!({"years": 1}), json!([]));
    let cancelled = place("customer-1", SERVER, json!({"months": 2}), json!([]));
    call(&customer, "bss.CancelCustomerOrder", json!({"order_id": cancelled})).await;
    drop(unpaid);
    let member = client("member-2");
    let for_member = place("member-2", SERVER, json!({"months": 1}), json!([]));
    call(&member, "bss.PayOrders", pay(&for_member)).await;
    call(&client("master"), "bss.PayOrders", pay(&for_member)).await;
    for (customer, offer, amount, resource) in [
        ("customer-1", SERVER, "10", Some("server-9")),
        ("customer-1", "SSD@cn-north-4", "1000", None),
        ("customer-2", SERVER, "5", None),
        ("member-1", SERVER, "1", None),
    ] {
        let mut used = json!({"customer": customer, "offer": offer, "amount": amount});
        if let Some(resource) = resource {
            used["resource"] = json!(resource);
        }
        apply(&sandbox, json!({"use": used}));
        wait(86_400);
    }
    sandbox
}

/// The rows of the first page of a list.
fn rows(list: &str, other: Option<&str>, response: &Value) -> Vec<Value> {
    let of = |name: &str| response[name].as_array().cloned().unwrap_or_default();
    let first = of(list);
    let second = if first.is_empty() { other.map(of).unwrap_or_default() } else { first };
    // Discounts have a list for each kind of item.
    if second.is_empty() { of("category_quoting_items") } else { second }
}

#[tokio::test]
async fn every_filter_selects_rows() {
    let sandbox = rich().await;
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for (account, operation, base) in partner_lists().into_iter().chain(customer_lists()) {
        let client = sandbox.client(account).unwrap().with(CallOptions::new().skip_validation());
        let entry = registry::find(operation).unwrap();
        let paging = entry.meta.paging;
        let response = match send(&client, operation, &base).await {
            Ok(response) => response,
            Err(why) => {
                wrong.push(format!("{operation} {base}: {why:?}"));
                continue;
            }
        };
        let list = paging.map(|paging| (paging.list, paging.other_list));
        let (list, other) = list.unwrap_or_else(|| {
            let name = response.as_object().and_then(|all| all.iter().find(|(_, value)| value.is_array()));
            (name.map_or("", |(name, _)| Box::leak(name.clone().into_boxed_str())), None)
        });
        let all = rows(list, other, &response);
        if all.is_empty() {
            wrong.push(format!("{operation} {base}: the list is empty: {response}"));
            continue;
        }
        let schema = entry.request_schema();
        for parameter in entry.parameters() {
            let name = parameter.name;
            // A customer without members has the same rows however it asks.
            let alone = name == "method" && account == "customer-1";
            if base.get(name).is_some() || NO_FILTERS.contains(&name) || alone {
                continue;
            }
            let property = resolved(&schema["properties"][name], &schema);
            let is_list = property["type"] == "array";
            let item = if is_list { resolved(&property["items"], &schema) } else { property };
            let codes = item.get("enum").or_else(|| item.get("examples")).and_then(Value::as_array).cloned();
            let ask = |value: Value| {
                let mut request = base.clone();
                request[name] = if is_list { json!([value]) } else { value };
                let client = client.clone();
                async move { send(&client, operation, &request).await }
            };
            // By the field of the same name: exactly the rows that have the value.
            let held: Vec<&Value> =
                all.iter().filter_map(|row| row.get(name)).filter(|value| !value.is_null()).collect();
            let mut values: Vec<Value> = held.iter().map(|value| (*value).clone()).collect();
            values.dedup();
            checked += 1;
            if !values.is_empty() && !values[0].is_array() && !values[0].is_object() {
                for value in values.iter().take(3) {
                    match ask(value.clone()).await {
                        Ok(found) => {
                            let found = rows(list, other, &found);
                            let expected = all.iter().filter(|row| row.get(name) == Some(value)).count();
                            let fits = found.iter().all(|row| row.get(name) == Some(value));
                            if !fits || found.len() != expected {
                                wrong.push(format!(
                                    "{operation} {name}={value}: {} of {} rows, expected {expected}",
                                    found.len(),
                                    all.len()
                                ));
                            }
                        }
                        Err(why) => wrong.push(format!("{operation} {name}={value}: {why:?}")),
                    }
                }
            }
            // A value that no row has.
            let foreign = match &codes {
                Some(_) => None,
                None => match least(item, &schema) {
                    Value::String(text) if text.contains('T') && text.ends_with('Z') => {
                        let far = if name.contains("begin") || name.contains("start") {
                            "2040-01-01T00:00:00Z"
                        } else {
                            "2001-01-01T00:00:00Z"
                        };
                        Some(json!(far))
                    }
                    Value::String(text) if text == "2026-05-06" => None,
                    Value::String(_) => Some(json!("no-such-value")),
                    Value::Number(_) => Some(json!(77)),
                    _ => None,
                },
            };
            if let Some(foreign) = foreign {
                match ask(foreign.clone()).await {
                    Ok(found) if rows(list, other, &found).is_empty() => {}
                    Ok(found) => wrong.push(format!(
                        "{operation} {name}={foreign}: {} of {} rows although none has it",
                        rows(list, other, &found).len(),
                        all.len()
                    )),
                    Err(_) => {} // refused
                }
            }
            // Codes divide the rows.
            if let Some(codes) = codes.filter(|_| values.is_empty()) {
                let mut counts = Vec::new();
                for code in &codes {
                    if let Ok(found) = ask(code.clone()).await {
                        counts.push(rows(list, other, &found).len());
                    }
                }
                if counts.iter().all(|count| *count == all.len()) {
                    wrong.push(format!("{operation} {name}: every code lets all {} rows pass", all.len()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{checked} filters, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
