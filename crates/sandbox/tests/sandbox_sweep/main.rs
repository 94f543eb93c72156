//! Requests that are made from the definition of each operation: all codes, all bounds, all filters.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod bounds;
mod codes;
mod lists;

use huaweicloud_partner::{Client, client::CallOptions, operation::OperationMeta, registry};
use huaweicloud_partner_sandbox::{Sandbox, SandboxEvent};
use serde_json::{Map, Value, json};

/// A step into a request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Field(String),
    First,
}

/// A path as text, such as `coupon_infos[].type`.
fn shown(path: &[Step]) -> Option<String> {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(name) if text.is_empty() => text.push_str(name),
            Step::Field(name) => {
                text.push('.');
                text.push_str(name);
            }
            Step::First => text.push_str("[]"),
        }
    }
    (!text.is_empty()).then_some(text)
}

/// The name of the innermost field of a path.
fn last_field(path: &[Step]) -> &str {
    path.iter()
        .rev()
        .find_map(|step| match step {
            Step::Field(name) => Some(name.as_str()),
            Step::First => None,
        })
        .unwrap()
}

/// A schema without its references.
fn resolved<'s>(schema: &'s Value, of: &'s Value) -> &'s Value {
    match schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        Some(name) => resolved(&of["$defs"][name], of),
        None => schema,
    }
}

/// The least value that a schema admits.
fn least(schema: &Value, of: &Value) -> Value {
    let schema = resolved(schema, of);
    if let Some(codes) = schema.get("enum").or_else(|| schema.get("examples")).and_then(Value::as_array) {
        return codes[0].clone();
    }
    let number = |name: &str| schema.get(name).and_then(Value::as_i64);
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[0].as_str().unwrap().to_owned(),
        other => other.as_str().unwrap_or("object").to_owned(),
    };
    match kind.as_str() {
        "string" => text_of(schema),
        "integer" => json!(number("minimum").unwrap_or(1)),
        "number" => json!(number("minimum").unwrap_or(1).max(1)),
        "boolean" => json!(false),
        "array" => {
            let count = number("minItems").unwrap_or(1).max(1);
            json!(vec![least(&schema["items"], of); usize::try_from(count).unwrap()])
        }
        _ => {
            let mut fields = Map::new();
            for name in schema["required"].as_array().into_iter().flatten() {
                let name = name.as_str().unwrap();
                fields.insert(name.to_owned(), least(&schema["properties"][name], of));
            }
            Value::Object(fields)
        }
    }
}

/// A text that a schema admits.
fn text_of(schema: &Value) -> Value {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or_default();
    let length = schema.get("minLength").and_then(Value::as_u64).unwrap_or(1).max(1);
    match format {
        "date-time" => json!("2026-05-06T01:00:00Z"),
        "date" => json!("2026-05-06"),
        _ if pattern.contains("[0-9]{4}-") => json!("2026-05"),
        _ if pattern.starts_with("^0*(") => json!("1.00"),
        _ => json!("1".repeat(usize::try_from(length).unwrap())),
    }
}

/// The least request of an operation with one more value in it.
fn request_with(schema: &Value, path: &[Step], value: Value) -> Value {
    fn put(into: &mut Value, schema: &Value, of: &Value, path: &[Step], value: Value) {
        let schema = resolved(schema, of);
        match path {
            [] => *into = value,
            [Step::Field(name), rest @ ..] => {
                let property = &schema["properties"][name.as_str()];
                if into.get(name).is_none() {
                    into[name.as_str()] = least(property, of);
                }
                put(&mut into[name.as_str()], property, of, rest, value);
            }
            [Step::First, rest @ ..] => {
                if into.as_array().is_none_or(Vec::is_empty) {
                    *into = json!([least(&schema["items"], of)]);
                }
                put(&mut into[0], &schema["items"], of, rest, value);
            }
        }
    }
    let mut request = least(schema, schema);
    if let Some(files) = request.get_mut("verified_file_url") {
        *files = json!(["a.jpg"]);
    }
    if request.get("usage_type").is_some() && request.get("service_type_code").is_some() {
        request["service_type_code"] = json!("hws.service.type.cdn");
        request["resource_type_code"] = json!("hws.resource.type.cdn");
    }
    put(&mut request, schema, schema, path, value);
    request
}

/// A client of an account that may call an operation.
fn caller_of(sandbox: &Sandbox, meta: &OperationMeta) -> Client {
    let state = sandbox.snapshot();
    let caller = state
        .accounts()
        .find(|account| {
            meta.sites.contains(account.site)
                && account.kind.identity().is_some_and(|kind| meta.caller.admits(kind))
        })
        .unwrap_or_else(|| panic!("no account calls {}", meta.name));
    sandbox.client(&caller.id).unwrap().with(CallOptions::new().skip_validation())
}

/// Sends a request; a refusal is its code and message.
async fn send(client: &Client, operation: &str, request: &Value) -> Result<Value, (String, String)> {
    match client.send_dynamic(operation, &request.to_string()).await {
        Ok(response) => Ok(serde_json::from_str(response.get()).unwrap_or_default()),
        Err(error) => match error.api() {
            Some(api) => Err((api.code().to_string(), api.message().to_owned())),
            None => Err(("client".to_owned(), error.to_string())),
        },
    }
}

/// The refusal of a request, if it is refused.
async fn refusal(client: &Client, operation: &str, request: &Value) -> Option<(String, String)> {
    send(client, operation, request).await.err()
}

fn apply(sandbox: &Sandbox, event: Value) -> Option<String> {
    sandbox.apply(SandboxEvent::read(event).unwrap()).unwrap()
}

#[test]
fn an_empty_list_of_an_event_is_a_field_as_well() {
    let order = |field: &str| json!({"place_order": {"customer": "c", "lines": [{"offer": "o", "term": {"months": 1}, field: []}]}});
    SandboxEvent::read(order("attached")).unwrap();
    let wrong = SandboxEvent::read(order("attachd")).unwrap_err().to_string();
    assert_eq!(wrong, "place_order.lines[0].attachd is not a field of this event");
    let quota =
        |limits: Value| json!({"grant_quota": {"account": "a", "amount": 1, "days": 1, "limits": limits}});
    SandboxEvent::read(quota(json!({"services": [], "customers": []}))).unwrap();
    for limits in [json!({"service": []}), json!({"services": ["a"], "much": {}}), json!({"x": ""})] {
        SandboxEvent::read(quota(limits)).unwrap_err();
    }
}
