//! Every documented code of a request is accepted, and a code outside the documented ones is refused.

use super::*;

/// Parameters whose unknown codes the documentation says are ignored, or that hold free text besides the known codes.
const OPEN: &[(&str, &str)] = &[];

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
            let (Some(place), Step::Field(top)) = (shown(&path), path[0].clone()) else { continue };
            let foreign = if codes[0].is_string() { json!("NO_SUCH_CODE") } else { json!(987_654) };
            for code in codes.iter().chain([&foreign]) {
                let request = request_with(&schema, &path, code.clone());
                let refusal = refused_for(&client, name, &request).await;
                let names_it = refusal.as_ref().is_some_and(|(_, why)| why.contains(last_field(&path)));
                let is_foreign = *code == foreign;
                let open = OPEN.contains(&(name, place.as_str()));
                checked += 1;
                if is_foreign && !open && refusal.is_none() {
                    wrong.push(format!("{name} {place}: {code} is accepted"));
                }
                if !is_foreign && names_it {
                    wrong.push(format!("{name} {place}: {code} is refused: {refusal:?}"));
                }
            }
            let _ = top;
        }
    }
    assert!(wrong.is_empty(), "{checked} codes, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
