//! A value one beyond a documented length, range or count is refused, and the values at the bounds are read.

use super::*;

/// Values at the bounds of a schema, and one beyond each.
fn at_bounds(schema: &Value, of: &Value) -> Vec<(Value, bool)> {
    let schema = resolved(schema, of);
    if schema.get("enum").is_some() || schema.get("examples").is_some() {
        return Vec::new();
    }
    let number = |name: &str| schema.get(name).and_then(Value::as_i64);
    let plain = schema.get("format").is_none() && schema.get("pattern").is_none() && schema.get("$comment").is_none();
    let mut values = Vec::new();
    if let Some(most) = number("maximum") {
        values.push((json!(most), true));
        values.extend(most.checked_add(1).map(|beyond| (json!(beyond), false)));
    }
    if let Some(least) = number("minimum") {
        values.push((json!(least), true));
        values.push((json!(least - 1), false));
    }
    if let Some(most) = number("maxLength").filter(|most| plain && *most < 100_000) {
        let text = |length: i64| json!("1".repeat(usize::try_from(length).unwrap()));
        values.push((text(most), true));
        values.push((text(most + 1), false));
    }
    if let Some(most) = number("maxItems").filter(|most| *most < 10_000) {
        let list = |length: i64| json!(vec![least(&schema["items"], of); usize::try_from(length).unwrap()]);
        values.push((list(most), true));
        values.push((list(most + 1), false));
    }
    values
}

#[tokio::test]
async fn every_bound_is_the_last_value_that_is_read() {
    let sandbox = Sandbox::named("everyone").unwrap().without_quotas();
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for entry in registry::all() {
        let client = caller_of(&sandbox, entry.meta);
        let schema = entry.request_schema();
        for parameter in entry.parameters() {
            let property = &schema["properties"][parameter.name];
            for (value, inside) in at_bounds(property, &schema) {
                let request = request_with(&schema, &[Step::Field(parameter.name.to_owned())], value.clone());
                let refusal = refused_for(&client, entry.meta.name, &request).await;
                let names_it = refusal.as_ref().is_some_and(|(_, why)| why.contains(parameter.name));
                checked += 1;
                let short: String = value.to_string().chars().take(40).collect();
                if inside && names_it {
                    wrong.push(format!("{} {}: {short} is refused: {refusal:?}", entry.meta.name, parameter.name));
                }
                if !inside && refusal.is_none() {
                    wrong.push(format!("{} {}: {short} is accepted", entry.meta.name, parameter.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{checked} values, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
