//! Checks that every field of every documented response has its place in the types.
//!
//! `tests/data/responses_*.json` lists the response models of the official SDK: names of fields and their types.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use huaweicloud_partner::registry;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Catalogue {
    service: String,
    operations: Vec<Operation>,
    models: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    response: String,
}

fn catalogues() -> Vec<Catalogue> {
    let texts = [
        include_str!("data/responses_bss.json"),
        include_str!("data/responses_bssintl.json"),
        include_str!("data/responses_osm.json"),
    ];
    texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

/// Values that some type of the crate reads from a field of this catalogue type, and writes again unchanged.
fn candidates(kind: &str) -> Vec<Value> {
    match kind {
        "int" => vec![json!(7), json!("7")],
        "bool" => vec![json!(true), json!("true"), json!(1)],
        "float" | "decimal.Decimal" => vec![json!(1.25), json!("1.25")],
        "list[str]" => vec![json!(["a", "b"]), json!("a")],
        "list[int]" => vec![json!([7])],
        "object" | "dict(str, object)" | "dict(str, str)" => {
            vec![json!({"a": "b"}), json!(["a"]), json!("a"), json!([{"a": "b"}])]
        }
        _ => [
            "x",
            "7",
            "1.25",
            "2026-05-01T08:05:01Z",
            "2026-05-01",
            "2026-05",
            "2026-05-01 08:05:01",
            "true",
            "GMT+8",
        ]
        .into_iter()
        .map(Value::from)
        .chain([json!(7), json!(1.25)])
        .collect(),
    }
}

/// All paths to plain fields of a model, through nested models and lists, with their types.
fn leaves(
    models: &BTreeMap<String, BTreeMap<String, String>>,
    model: &str,
    above: &[&str],
) -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    if above.contains(&model) {
        return found;
    }
    let above = [above, &[model]].concat();
    for (field, kind) in &models[model] {
        let (inner, is_list) = match kind.strip_prefix("list[").and_then(|rest| rest.strip_suffix(']')) {
            Some(inner) => (inner, true),
            None => (kind.as_str(), false),
        };
        if models.contains_key(inner) {
            for (path, leaf) in leaves(models, inner, &above) {
                let mut whole = vec![field.clone()];
                whole.extend(is_list.then(|| "[]".to_owned()));
                whole.extend(path);
                found.push((whole, leaf));
            }
        } else {
            found.push((vec![field.clone()], kind.clone()));
        }
    }
    found
}

/// A JSON value that holds nothing but one leaf.
fn holding(path: &[String], leaf: &Value) -> Value {
    match path.split_first() {
        None => leaf.clone(),
        Some((step, rest)) if step == "[]" => json!([holding(rest, leaf)]),
        Some((step, rest)) => json!({ step: holding(rest, leaf) }),
    }
}

fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| if step == "[]" { value.get(0) } else { value.get(step) })
}

/// A number and its text are the same value.
fn same(left: &Value, right: &Value) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    left == right || text(left) == text(right) || *left == json!([right])
}

#[test]
fn every_response_field_survives_reading_and_writing() {
    let mut lost = BTreeSet::new();
    let mut checked = 0;
    for Catalogue { service, operations, models } in catalogues() {
        for Operation { id, response } in operations {
            let name = format!("{service}.{id}");
            let Some(entry) = registry::find(&name) else { panic!("{name} is not in the registry") };
            for (path, kind) in leaves(&models, &response, &[]) {
                if kind == "file"
                    || matches!(path.last().map(String::as_str), Some("error_code" | "error_msg"))
                        && path.len() == 1
                {
                    continue;
                }
                checked += 1;
                let survives = candidates(&kind).iter().any(|leaf| {
                    let written = entry.response(holding(&path, leaf).to_string().as_bytes());
                    let written: Option<Value> =
                        written.ok().and_then(|(json, _)| serde_json::from_slice(&json).ok());
                    written.as_ref().and_then(|value| at(value, &path)).is_some_and(|read| same(read, leaf))
                });
                if !survives {
                    lost.insert(format!("{name}: {} ({kind})", path.join(".")));
                }
            }
        }
    }
    assert!(
        lost.is_empty(),
        "{} of {checked} fields are lost:\n{}",
        lost.len(),
        lost.into_iter().collect::<Vec<_>>().join("\n")
    );
}
