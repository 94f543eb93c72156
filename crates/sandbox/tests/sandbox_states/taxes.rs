use super::*;

#[tokio::test]
async fn a_partners_bill_has_the_tax_beside_the_amount_due() {
    let sandbox = Sandbox::international_provider().without_quotas();
    apply(&sandbox, json!({"set_tax_rate": {"account": "provider", "rate": 0.08}}));
    wait(&sandbox, 31); // 6 June
    let bill =
        call(&client(&sandbox, "provider"), "bss.ListPostpaidBillSum", json!({"bill_cycle": "2026-05"}))
            .await;
    let due = amount(&bill["initial_amount_due"]);
    let tax = Amount::from(due.as_decimal() * "0.08".parse::<rust_decimal::Decimal>().unwrap()).rounded(2);
    assert!(tax.is_positive());
    assert_eq!(amount(&bill["tax_amount"]), tax);
    let china = json!({"set_tax_rate": {"account": "distributor", "rate": 0.08}});
    assert_eq!(refused(&distributor(), china), "CBC.0100");
}

#[tokio::test]
async fn a_customer_is_charged_the_tax_of_a_month_when_it_is_over() {
    let sandbox = Sandbox::international_provider().without_quotas();
    let customer = client(&sandbox, "customer-6");
    apply(&sandbox, json!({"recharge": {"account": "customer-6", "amount": 84.4}}));
    apply(&sandbox, json!({"set_tax_rate": {"account": "customer-6", "rate": 0.1}}));
    apply(
        &sandbox,
        json!({"use": {"customer": "customer-6", "offer": "c6.large.2.linux@ap-southeast-1", "amount": 1000}}),
    );
    let rows = |cycle: &'static str, bill_type: u32| {
        let customer = customer.clone();
        async move {
            let query = json!({"cycle": cycle, "bill_type": bill_type});
            call(&customer, "bss.ListCustomerselfResourceRecords", query).await["fee_records"].clone()
        }
    };
    assert_eq!(rows("2026-05", 15).await, json!([]));
    wait(&sandbox, 26); // 1 June, nine in the morning
    let taxes = rows("2026-05", 15).await;
    assert_eq!(taxes.as_array().unwrap().len(), 1);
    // A tenth of 84.00; 0.40 were left.
    assert_eq!(amount(&taxes[0]["amount"]), yuan("8.4"));
    assert_eq!(
        (amount(&taxes[0]["cash_amount"]), amount(&taxes[0]["debt_amount"])),
        (yuan("0.4"), yuan("8"))
    );
    assert_eq!(taxes[0]["cloud_service_type"], "hws.service.type.ec2");
    wait(&sandbox, 31);
    assert_eq!(rows("2026-06", 15).await, json!([]), "nothing was used");
    assert_eq!(rows("2026-05", 15).await.as_array().unwrap().len(), 1);
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn the_tax_of_what_came_back_has_a_line_of_its_own() {
    let sandbox = Sandbox::international_provider().without_quotas();
    let customer = client(&sandbox, "customer-6");
    apply(&sandbox, json!({"recharge": {"account": "customer-6", "amount": 1000}}));
    apply(&sandbox, json!({"set_tax_rate": {"account": "customer-6", "rate": 0.1}}));
    let id = order(&sandbox, "customer-6", "c6.large.2.linux@ap-southeast-1");
    pay(&sandbox, "customer-6", &id, &[]).await.unwrap();
    wait(&sandbox, 1);
    let resources = call(&customer, "bss.ListPayPerUseCustomerResources", json!({})).await;
    let resource = resources["data"][0]["resource_id"].clone();
    let unsubscribe = json!({"resource_ids": [resource], "unsubscribe_type": 1});
    call(&customer, "bss.CancelResourcesSubscription", unsubscribe).await;
    wait(&sandbox, 30);
    let bill =
        call(&customer, "bss.ListCustomerselfResourceRecords", json!({"cycle": "2026-05", "bill_type": 100}))
            .await;
    let rows = bill["fee_records"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{bill:#?}");
    assert!(amount(&rows[0]["amount"]).is_negative());
    sandbox.audit().unwrap();
}

#[tokio::test]
async fn servers_are_priced_in_instalments_where_they_are_sold_so() {
    let sandbox = Sandbox::international_provider().without_quotas();
    let customer = client(&sandbox, "customer-6");
    let server = |mode: &str, period: (u32, u32), region: &str| {
        json!({
            "id": mode, "cloud_service_type": "hws.service.type.ec2", "resource_type": "hws.resource.type.vm",
            "resource_spec": "c6.large.2.linux", "region": region, "period_type": period.0,
            "period_num": period.1, "subscription_num": 1, "fee_installment_mode": mode,
        })
    };
    let abroad = "ap-southeast-1";
    let products = [
        server("ZERO_PAY", (3, 1), abroad),
        server("HALF_PAY", (2, 6), abroad),
        server("NA", (2, 1), abroad),
    ];
    let price = json!({"project_id": "p", "product_infos": products});
    apply(
        &sandbox,
        json!({"grant_discount": {"customer": "customer-6", "kind": 2, "name": "d", "reckoning": {"rate": 0.9}}}),
    );
    let rated = call(&customer, "bss.ListRateOnPeriodDetail", price).await;
    let official = &rated["official_website_rating_result"];
    let rows = official["product_rating_results"].as_array().unwrap();
    // 399.00 a year in twelve parts; half of 239.40 in six.
    assert_eq!(amount(&rows[0]["installment_official_website_amount"]), yuan("33.25"));
    assert_eq!(amount(&rows[1]["installment_official_website_amount"]), yuan("19.95"));
    assert!(rows[2]["installment_official_website_amount"].is_null());
    assert_eq!(
        (&rows[0]["installment_period_type"], &rows[2]["installment_period_type"]),
        (&json!(2), &Value::Null)
    );
    assert_eq!(amount(&official["installment_official_website_amount"]), yuan("53.2"));
    let discounted = &rated["optional_discount_rating_results"][0];
    let parts = &discounted["product_rating_results"][0];
    assert_eq!(amount(&parts["installment_official_discount_amount"]), yuan("3.33"));
    assert_eq!(amount(&parts["installment_amount"]), yuan("29.92"));

    let here = client(&distributor(), BUYER);
    let price = json!({"project_id": "p", "product_infos": [server("ZERO_PAY", (3, 1), "cn-north-4")]});
    assert_eq!(try_call(&here, "bss.ListRateOnPeriodDetail", price).await.unwrap_err(), bad("CBC.0101"));
}
