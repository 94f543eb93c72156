//! The definitions of operations as data: every parameter, and JSON Schemas that allow what the documentation shows and
//! refuse what the client refuses.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "support/json_schema.rs"]
mod json_schema;

use std::collections::BTreeSet;

use huaweicloud_partner::{
    operation::{BodyKind, Constraint, Parameter, ParameterPlace},
    registry::{self, Entry},
    types::Day,
};
use json_schema::violations;
use serde_json::{Value, json};

/// The requests that the official SDK sends: for each operation an input.
fn samples() -> Vec<Value> {
    serde_json::from_str(include_str!("data/wire.json")).unwrap()
}

#[test]
fn every_parameter_has_place_type_constraints_and_documentation() {
    let mut parameters = 0;
    for entry in registry::all() {
        let name = entry.meta.name;
        assert!(entry.doc().split_whitespace().count() >= 3, "{name}: {}", entry.doc());
        let names: BTreeSet<_> = entry.parameters().iter().map(|parameter| parameter.name).collect();
        assert_eq!(names.len(), entry.parameters().len(), "{name}");
        for parameter in entry.parameters() {
            parameters += 1;
            assert!(
                !parameter.type_name.is_empty() && !parameter.doc.trim().is_empty(),
                "{name}: {parameter:?}"
            );
            let place = entry.meta.place(parameter.name);
            assert_eq!(
                place == ParameterPlace::Path,
                entry.meta.path.contains(&format!("{{{}}}", parameter.name)),
                "{name}: {parameter:?}"
            );
        }
    }
    assert!(parameters > 1_000, "{parameters}");
}

/// Returns the schema of a parameter in the schema of a request.
fn property<'s>(schema: &'s Value, parameter: &Parameter) -> &'s Value {
    &schema["properties"][parameter.name]
}

/// Whether a request by name must have the parameter: the key of a keyed write, too.
fn needed(entry: &Entry, parameter: &Parameter) -> bool {
    parameter.required || entry.meta.key_field() == Some(parameter.name)
}

#[test]
fn a_schema_has_each_parameter_each_required_one_and_each_constraint() {
    for entry in registry::all() {
        let name = entry.meta.name;
        let schema = entry.request_schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let required: BTreeSet<&str> =
            schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()).collect();
        let declared: BTreeSet<&str> =
            entry.parameters().iter().filter(|one| needed(entry, one)).map(|one| one.name).collect();
        assert_eq!(required, declared, "{name}");
        assert_eq!(schema["properties"].as_object().unwrap().len(), entry.parameters().len(), "{name}");
        for parameter in entry.parameters() {
            let property = property(&schema, parameter);
            assert_eq!(property["x-in"], entry.meta.place(parameter.name).as_str(), "{name}: {parameter:?}");
            assert!(property["description"].is_string(), "{name}: {parameter:?}");
            for constraint in parameter.constraints {
                let there = match *constraint {
                    Constraint::Length(least, most) => {
                        property["minLength"] == json!(least) && property["maxLength"] == json!(most)
                    }
                    Constraint::Range(least, most) => {
                        property["minimum"] == json!(least) && property["maximum"] == json!(most)
                    }
                    Constraint::Count(least, most) => {
                        property["minItems"] == json!(least) && property["maxItems"] == json!(most)
                    }
                    Constraint::EachLength(least, most) => {
                        let items = &property["items"];
                        items["minLength"] == json!(least) && items["maxLength"] == json!(most)
                    }
                    Constraint::OneOf(texts) => property["enum"] == json!(texts),
                    Constraint::Known => property["enum"].is_array() || property["items"]["enum"].is_array(),
                    Constraint::Filled => property["minLength"] == 1,
                    Constraint::Money => property["exclusiveMinimum"] == 0 && property["pattern"].is_string(),
                    Constraint::Form(words) => property["$comment"] == words,
                    Constraint::Default(value) => property["default"] == json!(value),
                    _ => false,
                };
                assert!(there, "{name}: {} lacks {constraint:?}: {property}", parameter.name);
            }
        }
    }
}

/// The input with numbers for texts of digits where the schema wants a number: the client reads both, and sends what the
/// operation sends.
fn numbers(schema: &Value, input: &Value) -> Value {
    let mut input = input.clone();
    for (field, value) in input.as_object_mut().unwrap() {
        let number = value.as_str().and_then(|text| text.parse::<i64>().ok());
        if let (Some(number), "integer") =
            (number, schema["properties"][field]["type"].as_str().unwrap_or(""))
        {
            *value = json!(number);
        }
    }
    input
}

/// Some samples are random text, which the client refuses as well: where it takes the input, the schema does.
#[test]
fn a_request_that_the_client_takes_satisfies_its_schema() {
    let (mut taken, mut rows) = (0, 0);
    for row in samples() {
        let name = format!("{}.{}", row["service"].as_str().unwrap(), row["id"].as_str().unwrap());
        let entry = registry::find(&name).unwrap();
        let (input, schema) = (&row["input"], entry.request_schema());
        // The file of an upload is a stream of bytes, not a value of JSON.
        let form = entry.meta.body == BodyKind::Multipart;
        for field in input.as_object().unwrap().keys().filter(|field| !form || *field != "file") {
            assert!(schema["properties"].get(field).is_some(), "{name}: {field}");
        }
        rows += 1;
        if entry.request(input.to_string().as_bytes(), false).is_ok() {
            let found = violations(&schema, &numbers(&schema, input));
            assert!(found.is_empty(), "{name}: {found:?} in {input}");
            taken += 1;
        }
    }
    assert!(rows > 200 && taken > rows / 2, "{taken} of {rows}");
}

/// Values that violate a constraint.
fn bad_values(constraint: &Constraint, kind: &str) -> Vec<Value> {
    let text = |length: usize| json!("x".repeat(length));
    match *constraint {
        Constraint::Length(least, most) => {
            let mut bad = vec![text(most + 1)];
            bad.extend(least.checked_sub(1).map(text));
            bad
        }
        Constraint::Range(least, most) => {
            let mut bad: Vec<Value> = most.checked_add(1).map(Value::from).into_iter().collect();
            bad.extend((least > 0).then(|| json!(least - 1)));
            // A number that the type cannot hold is no violation but cannot be read.
            bad.retain(|value| kind != "u8" || value.as_i64().is_some_and(|number| number <= 255));
            bad
        }
        Constraint::EachLength(least, most) => {
            let mut bad = vec![json!([text(most + 1)])];
            bad.extend(least.checked_sub(1).map(|short| json!([text(short)])));
            bad
        }
        Constraint::OneOf(_) => vec![json!("none of these")],
        Constraint::Filled => vec![json!("")],
        Constraint::Money => vec![json!(0), json!("0.001"), json!("-1")],
        _ => Vec::new(),
    }
}

/// A value that a parameter of this type may have.
fn good_value(parameter: &Parameter, schema: &Value) -> Value {
    let property = property(schema, parameter);
    if let Some(code) = property["enum"].get(0).or_else(|| property["examples"].get(0)) {
        return code.clone();
    }
    let length =
        |property: &Value| usize::try_from(property["minLength"].as_u64().unwrap_or(1)).unwrap_or(1).max(1);
    match parameter.type_name.rsplit("::").next().unwrap().trim() {
        "Amount" | "AmountText" => json!("1"),
        "bool" => json!(true),
        "UtcTime" => json!("2026-01-01T00:00:00Z"),
        "LocalTime" => json!("2026-01-01 00:00:00"),
        "Day" => json!("2026-01-01".parse::<Day>().unwrap().to_string()),
        "BillCycle" | "DayOrCycle" => json!("2026-01"),
        _ if property["type"] == "integer" => property["minimum"].clone(),
        _ if property["type"] == "string" => json!("1".repeat(length(property))),
        _ => Value::Null,
    }
}

/// A request with every required parameter, where that can be guessed from the schema.
fn minimal(entry: &Entry, schema: &Value) -> Option<serde_json::Map<String, Value>> {
    let mut request = serde_json::Map::new();
    for parameter in entry.parameters().iter().filter(|parameter| needed(entry, parameter)) {
        let value = good_value(parameter, schema);
        if value.is_null() {
            return None;
        }
        request.insert(parameter.name.to_owned(), value);
    }
    Some(request)
}

#[test]
fn what_validate_refuses_the_schema_refuses() {
    let (mut tried, mut refused_by_both) = (0, 0);
    for entry in registry::all() {
        let schema = entry.request_schema();
        let Some(request) = minimal(entry, &schema) else { continue };
        for parameter in entry.parameters() {
            for constraint in parameter.constraints {
                for bad in bad_values(constraint, parameter.type_name) {
                    let mut request = request.clone();
                    request.insert(parameter.name.to_owned(), bad.clone());
                    let request = Value::Object(request);
                    let client = entry.request(request.to_string().as_bytes(), false);
                    let Err(error) = client else {
                        panic!("{}: {} = {bad} is sent", entry.meta.name, parameter.name)
                    };
                    tried += 1;
                    let of_parameter = error.to_string().contains(parameter.name);
                    refused_by_both += usize::from(of_parameter);
                    let found = violations(&schema, &request);
                    assert!(
                        found.iter().any(|violation| violation.contains(parameter.name)),
                        "{}: {} = {bad} is refused by the client ({error}) but not by the schema",
                        entry.meta.name,
                        parameter.name
                    );
                }
            }
        }
    }
    assert!(tried > 500 && refused_by_both > tried * 9 / 10, "{refused_by_both} of {tried}");
}

#[test]
fn responses_have_schemas_of_their_own() {
    let mut described = 0;
    for entry in registry::all() {
        let schema = entry.response_schema();
        assert_eq!(schema["title"], entry.meta.name);
        described += usize::from(schema.get("$ref").is_some() || schema.get("type").is_some());
    }
    assert_eq!(described, registry::all().count());
    let schema = registry::find("bss.ListIndirectPartners").unwrap().response_schema();
    let reseller = &schema["$defs"]["resellers.Reseller"]["properties"];
    assert_eq!(reseller["indirect_partner_id"]["type"], "string");
    for entry in registry::all() {
        let Ok((typed, _)) = entry.response(b"{}") else { continue };
        let typed: Value = serde_json::from_slice(&typed).unwrap();
        let found = violations(&entry.response_schema(), &typed);
        assert!(found.is_empty(), "{}: {found:?} in {typed}", entry.meta.name);
    }
}

/// Responses with one value each, along the way to every scalar of a schema: the way, and the text around the value.
fn ways(
    schema: &Value,
    definitions: &Value,
    around: &dyn Fn(&str) -> String,
    way: &str,
    deepest: usize,
    found: &mut Vec<(String, String, bool)>,
) {
    let mut schema = schema;
    loop {
        if let Some(reference) = schema["$ref"].as_str() {
            schema = &definitions[reference.rsplit('/').next().unwrap()];
        } else if schema["anyOf"].is_array() {
            schema = &schema["anyOf"][0];
        } else {
            break;
        }
    }
    let is_error = schema["properties"].as_object().is_some_and(|fields| fields.contains_key("error_code"));
    let of_error = is_error || way.ends_with('!');
    if let Some(fields) = schema["properties"].as_object().filter(|_| deepest > 0) {
        for (name, field) in fields {
            let inner = |value: &str| around(&format!(r#"{{"{name}":{value}}}"#));
            let way = format!("{way}.{name}{}", if of_error { "!" } else { "" });
            ways(field, definitions, &inner, &way, deepest - 1, found);
        }
    } else if schema["type"] == "array" {
        let inner = |value: &str| around(&format!("[{value}]"));
        ways(&schema["items"], definitions, &inner, &format!("{way}[0]"), deepest, found);
    } else if !schema["type"].is_null() && schema["type"] != "object" {
        found.push((way.to_owned(), around("@"), of_error));
    }
}

#[test]
fn every_value_of_a_response_is_read_or_refused_or_reported() {
    let (mut tried, mut lost) = (0, Vec::new());
    for entry in registry::all() {
        let schema = entry.response_schema();
        let mut found = Vec::new();
        ways(&schema, &schema["$defs"], &str::to_owned, "$", 4, &mut found);
        for (way, json, of_error) in found {
            for (value, shown) in [
                (r#""Qy odd""#, "Qy odd"),
                ("7.25e30", "7.25e30"),
                ("-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"),
                ("[[]]", "\u{0}"),
                (r#"{"x":1}"#, "\u{0}"),
            ] {
                // The parts of an error are looked for in any value.
                if of_error && value.starts_with(['[', '{']) {
                    continue;
                }
                let json = json.replace('@', value);
                tried += 1;
                let Ok((written, drift)) = entry.response(json.as_bytes()) else { continue };
                let kept = String::from_utf8_lossy(&written).contains(shown);
                if !kept && drift.is_empty() {
                    lost.push(format!("{} {way}: {value}", entry.meta.name));
                }
            }
        }
    }
    assert!(tried > 5000, "only {tried} values were tried");
    assert!(lost.is_empty(), "{} values are lost in silence: {lost:#?}", lost.len());
}
