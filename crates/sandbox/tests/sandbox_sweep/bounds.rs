//! A value one beyond a documented length, range or count is refused, and the values at the bounds are read.

use super::*;
use huaweicloud_partner::operation::{Constraint, Parameter};

/// Values at the bounds of a parameter, and one beyond each.
fn at_bounds(parameter: &Parameter, schema: &Value, of: &Value) -> Vec<(Value, bool)> {
    let text = |length: usize| json!("1".repeat(length));
    let list = |length: usize| json!(vec![least(&schema["items"], of); length]);
    let is_formed = schema.get("format").is_some()
        || schema.get("pattern").is_some()
        || schema.get("enum").is_some()
        || schema.get("examples").is_some()
        || parameter.constraints.iter().any(|one| matches!(one, Constraint::Form(_)));
    let mut values = Vec::new();
    for constraint in parameter.constraints {
        match *constraint {
            Constraint::Range(least, most) => {
                values.extend([(json!(least), true), (json!(most), true), (json!(most + 1), false)]);
                values.push((json!(least - 1), false));
            }
            Constraint::Length(least, most) if !is_formed && most < 100_000 => {
                values.extend([(text(most), true), (text(most + 1), false)]);
                values.extend(least.checked_sub(1).map(|shorter| (text(shorter), false)));
            }
            Constraint::Count(least, most) if most < 10_000 => {
                values.extend([(list(most), true), (list(most + 1), false)]);
                values.extend(least.checked_sub(1).map(|shorter| (list(shorter), false)));
            }
            _ => {}
        }
    }
    values
}

/// Parameters whose values have a rule beside their bounds.
const MORE_RULES: &[(&str, &str)] = &[
    ("bss.CreateSubCustomer", "password"),
    ("bss.SendVerificationMessageCode", "email"),
    ("bss.ListCustomerAccountChangeRecords", "payment_channel_id"),
    ("bss.ListResourceUsage", "resource_type_code"),
    ("bss.ListResourceUsage", "service_type_code"),
    ("bss.ListResourceUsageSummary", "resource_type_code"),
    ("bss.ListResourceUsageSummary", "service_type_code"),
    ("bss.ListCosts", "groupby"),
    ("bss.ListCosts", "filters"),
    ("bss.ListSubCustomerCoupons", "offset"),
    ("osm.CreateCases", "source_id"),
    ("osm.CreateRelations", "related_id_list"),
    ("osm.ListMoreInstantMessages", "create_time"),
    ("osm.ListNewInstantMessages", "last_message_time_id"),
];

#[tokio::test]
async fn every_bound_is_the_last_value_that_is_read() {
    let sandbox = Sandbox::named("everyone").unwrap().without_quotas();
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for entry in registry::all() {
        let client = caller_of(&sandbox, entry.meta);
        let schema = entry.request_schema();
        for parameter in entry.parameters() {
            let property = &schema["properties"][parameter.name];
            for (value, inside) in at_bounds(parameter, property, &schema) {
                let request = request_with(&schema, &[Step::Field(parameter.name.to_owned())], value.clone());
                let refusal = refusal(&client, entry.meta.name, &request).await;
                let names_it = refusal.as_ref().is_some_and(|(_, why)| why.contains(parameter.name));
                checked += 1;
                let short: String = value.to_string().chars().take(40).collect();
                if inside && names_it && !MORE_RULES.contains(&(entry.meta.name, parameter.name)) {
                    wrong.push(format!(
                        "{} {}: {short} is refused: {refusal:?}",
                        entry.meta.name, parameter.name
                    ));
                }
                if !inside && refusal.is_none() {
                    wrong.push(format!("{} {}: {short} is accepted", entry.meta.name, parameter.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{checked} values, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
