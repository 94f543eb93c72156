//! Every documented code of a request is accepted, and a code outside the documented ones is refused.

use super::*;

/// Parameters whose unknown codes the documentation says are ignored, or that hold free text besides the known codes.
const OPEN: &[(&str, &str)] = &[
    ("bss.ListCouponQuotasRecords", "operation_type"), // does not filter then
    ("bss.ListPartnerCouponsRecord", "result"),        // does not filter then
    ("bss.CreatePersonalRealnameAuth", "verified_type"), // ignored unless a document proves the identity
];

/// Codes that another operation documents for the same thing.
const UNLISTED: &[(&str, &str, &str)] = &[
    ("bss.ListPartnerAccountChangeRecords", "trade_type", "\"EXPIRED\""),
    ("bss.ListIssuedPartnerCoupons", "coupon_type", "2"),
    ("bss.CreatePersonalRealnameAuth", "change_type", "1"),
    ("bss.ChangeEnterpriseRealnameAuthentication", "change_type", "-1"),
    ("bss.ListResourceUsage", "service_type_code", "\"hws.service.type.ec2\""),
    ("bss.ListResourceUsageSummary", "resource_type_code", "\"hws.resource.type.vm\""),
    ("bss.ListCustomerBillsFeeRecords", "bill_type", "12"),
    ("bss.ListCustomerBillsMonthlyBreakDown", "bill_type", "13"),
    ("bss.ListCustomerselfResourceRecords", "bill_type", "100"),
    ("bss.ListCustomerselfResourceRecordDetails", "bill_type", "17"),
    ("bss.ListSubCustomerBillDetail", "bill_detail_type", "100"),
    ("bss.ListCustomerAccountChangeRecords", "payment_channel_id", "\"1,99\""),
    ("bss.ListResourceUsage", "resource_type_code", "\"hws.resource.type.vm\""),
];

/// Places of codes in a request: the path, and the codes that are documented for it.
fn coded(schema: &Value, of: &Value, path: &mut Vec<Step>, found: &mut Vec<(Vec<Step>, Vec<Value>)>) {
    let schema = resolved(schema, of);
    if let Some(codes) = schema.get("enum").or_else(|| schema.get("examples")).and_then(Value::as_array) {
        found.push((path.clone(), codes.clone()));
        return;
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            path.push(Step::Field(name.clone()));
            coded(property, of, path, found);
            path.pop();
        }
    }
    if let Some(items) = schema.get("items") {
        path.push(Step::First);
        coded(items, of, path, found);
        path.pop();
    }
}

#[tokio::test]
async fn every_documented_code_is_accepted_and_no_other() {
    let sandbox = Sandbox::named("everyone").unwrap().without_quotas();
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for entry in registry::all() {
        let name = entry.meta.name;
        let client = caller_of(&sandbox, entry.meta);
        let schema = entry.request_schema();
        let mut places = Vec::new();
        coded(&schema, &schema, &mut Vec::new(), &mut places);
        for (path, codes) in places {
            let Some(place) = shown(&path) else { continue };
            let foreign = if codes[0].is_string() { json!("NO_SUCH_CODE") } else { json!(987_654) };
            for code in codes.iter().chain([&foreign]) {
                let request = request_with(&schema, &path, code.clone());
                let refusal = refusal(&client, name, &request).await;
                let outside = format!("{}: not one of the documented values", last_field(&path));
                let names_it = refusal.as_ref().is_some_and(|(_, why)| why.contains(&outside));
                let is_foreign = *code == foreign;
                let open = OPEN.contains(&(name, place.as_str()));
                checked += 1;
                if is_foreign && !open && refusal.is_none() {
                    wrong.push(format!("{name} {place}: {code} is accepted"));
                }
                let elsewhere = UNLISTED.iter().any(|(op, field, _)| *op == name && *field == place);
                // A contract is a discount that is listed and that no payment names.
                let contract = (name, place.as_str()) == ("bss.PayOrders", "discount_infos[].type");
                if !is_foreign && names_it && !elsewhere && !contract {
                    wrong.push(format!("{name} {place}: {code} is refused: {refusal:?}"));
                }
            }
        }
    }
    for (operation, field, code) in UNLISTED {
        let entry = registry::find(operation).unwrap();
        let schema = entry.request_schema();
        let request =
            request_with(&schema, &[Step::Field((*field).to_owned())], serde_json::from_str(code).unwrap());
        checked += 1;
        match refusal(&caller_of(&sandbox, entry.meta), operation, &request).await {
            Some((code, why)) if code == "CBC.0100" && why.contains(field) => {}
            other => wrong.push(format!("{operation} {field}={code}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{checked} codes, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
