//! `Debug` and errors show no text that may be about a person, of any operation's request and response.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::{collections::BTreeSet, fmt::Debug};

use serde_json::{Map, Value, json};

use super::{Entry, each_operation, each_ticket_operation};
use crate::{
    operation::Operation,
    types::{decode, decode_request, decode_with_drift, is_sensitive, shape},
};

/// A text for the field of a name. What is shown of it names its field.
type Marker = fn(&str) -> String;

/// A text as people write it.
fn words(name: &str) -> String {
    format!("Li Lei 李雷 <{name}>")
}

/// A text that looks like an id.
fn word(name: &str) -> String {
    format!("LiLei1<{name}>")
}

/// The letters and digits of a name, in lower case: a field and its name on the wire differ in nothing else.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether texts of a field may be shown whatever they are.
fn may_be_shown(field: &str) -> bool {
    let listed = shape::SHOWN.iter().filter(|(_, how, _)| *how == shape::Shown::Always);
    listed.flat_map(|(names, _, _)| *names).any(|name| plain(name) == plain(field))
}

/// Parameters whose types have no schema.
fn undescribed(name: &str, marker: Marker) -> Option<Value> {
    Some(match name {
        "time_condition" => json!({"time_measure_id": 2, "begin_time": "2026-04", "end_time": "2026-05"}),
        "groupby" => json!([{"type": marker("type"), "key": marker("key")}]),
        "filters" => json!([{
            "operator": 1,
            "filter_factor": {"key": marker("key"), "value": [marker("value")]},
        }]),
        _ => return None,
    })
}

/// Values that texts with a form of their own are read from, in the order in which they are tried.
const FORMS: &[&str] = &[
    "2026-05-01",
    "2026-05-01T08:05:01Z",
    "2026-05-01 08:05:01",
    "2026-05",
    "+08:00",
    "GMT+08:00",
    "1",
    "7.5",
    "CNY",
];

/// Writes a value for a schema: markers wherever there may be a text.
struct Writer<'s> {
    marker: Marker,
    definitions: &'s Map<String, Value>,
    /// Paths at which a marker cannot be read, and the number of the form that is tried there.
    formed: &'s std::collections::BTreeMap<String, usize>,
}

impl Writer<'_> {
    fn value(&self, schema: &Value, name: &str, path: &str, depth: usize) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            if depth == 0 {
                return json!({});
            }
            let target = reference.rsplit('/').next().unwrap();
            return self.value(&self.definitions[target], name, path, depth - 1);
        }
        if let Some(any) = schema["anyOf"].as_array() {
            return self.value(&any[0], name, path, depth);
        }
        let marker = self.marker;
        let kind = schema["type"].as_str().or(schema["type"][0].as_str());
        if let Some(number) = self.formed.get(path) {
            return FORMS[*number].into();
        }
        match kind {
            Some("array") => json!([self.value(&schema["items"], name, &format!("{path}[0]"), depth)]),
            Some("object") => {
                let Some(properties) = schema["properties"].as_object() else {
                    return json!({marker(name): marker(name)});
                };
                let fields = properties.iter().map(|(field, schema)| {
                    (field.clone(), self.value(schema, field, &format!("{path}.{field}"), depth))
                });
                Value::Object(fields.collect())
            }
            Some("boolean") => json!(true),
            Some("integer") => json!(7),
            Some("number") => json!("7.5"),
            Some("string") => marker(name).into(),
            None => undescribed(name, marker).unwrap_or_else(|| json!({marker(name): [marker(name)]})),
            other => panic!("{path}: {other:?}"),
        }
    }
}

/// A value that is full of markers, for a schema whose type can read it.
fn full<T: serde::de::DeserializeOwned>(
    of: &str,
    schema: &Value,
    marker: Marker,
) -> Result<(Value, T), String> {
    let empty = Map::new();
    let definitions = schema["$defs"].as_object().unwrap_or(&empty);
    let mut formed = std::collections::BTreeMap::new();
    loop {
        let writer = Writer { marker, definitions, formed: &formed };
        let value = writer.value(schema, of, "$", 4);
        match decode_request::<T>(value.to_string().as_bytes()) {
            Ok(read) => return Ok((value, read)),
            Err(error) => {
                let tried = formed.entry(error.path()).and_modify(|number| *number += 1).or_insert(0);
                if *tried == FORMS.len() {
                    return Err(format!("{of}: {error} in {value}"));
                }
            }
        }
    }
}

/// The fields whose markers stand in a text.
fn marked(text: &str) -> BTreeSet<String> {
    let mut rest = text;
    let mut names = BTreeSet::new();
    while let Some((_, after)) = rest.split_once('<') {
        let (name, after) = after.split_once('>').unwrap();
        names.insert(name.to_owned());
        rest = after;
    }
    names
}

/// Listed fields of journals, records and SAML messages, and fields that have another name on the wire.
const ELSEWHERE: &[&str] = &[
    "assertion_consumer_service_url",
    "audience",
    "candidates",
    "destination",
    "in_response_to",
    "issuer",
    "kind",
    "name_id_format",
    "protocol_binding",
    "record",
    "sp_name_qualifier",
    "target",
    "use_limit_info_id",
    "verified_email",
    "verified_phone",
];

/// Fields that are masked here and kept in recordings: descriptions of the catalogue, of promotions and of forms; values of
/// filters; and fields that recordings mask by rules of their own (`error_msg`, and JSON in `form_data`).
const KEPT_IN_RECORDINGS: &[&str] = &[
    "abnormal_items",
    "area",
    "card_name",
    "config_value",
    "coupon_usage",
    "default_value",
    "description",
    "discount_name",
    "error_msg",
    "fault",
    "form_data",
    "formula",
    "incident_product_category_desc",
    "incident_template_content",
    "incident_template_name",
    "ip_area",
    "param_desc",
    "param_name",
    "plan_desc",
    "plan_name",
    "promotion_plan_desc",
    "promotion_plan_name",
    "resource_info",
    "resource_type_desc",
    "response",
    "satisfaction_desc",
    "select_item",
    "service_time_day",
    "service_time_hour",
    "suggestion",
    "suggestion_url",
    "tips",
    "value",
    "value1",
    "value2",
];

#[derive(Default)]
struct Findings {
    operations: usize,
    /// Names of all fields that have a text.
    names: BTreeSet<String>,
    shown: BTreeSet<String>,
    leaks: BTreeSet<String>,
}

/// A request or response in both forms of `Debug`, and its JSON.
fn printed<T: serde::de::DeserializeOwned + Debug>(
    of: &str,
    schema: &Value,
    marker: Marker,
) -> Result<(String, Value), String> {
    let (json, read) = full::<T>(of, schema, marker)?;
    Ok((format!("{read:?}{read:#?}"), json))
}

fn check<O: Operation + Debug>(findings: &mut Findings) -> Result<(), String>
where
    O::Output: Debug,
{
    let (entry, name) = (Entry::of::<O>(), O::META.name);
    let (request, response) = (entry.request_schema(), entry.response_schema());
    let (mut text, asked) = printed::<O>(name, &request, words)?;
    let (of_response, returned) = printed::<O::Output>(name, &response, words)?;
    text += &of_response;
    for field in marked(&text) {
        if !may_be_shown(&field) {
            findings.leaks.insert(format!("{name}: {field}"));
        }
    }
    let (mut text, json) = printed::<O>(name, &request, word)?;
    findings.names.extend(marked(&json.to_string()));
    let (of_response, json) = printed::<O::Output>(name, &response, word)?;
    findings.names.extend(marked(&json.to_string()));
    text += &of_response;
    findings.shown.extend(marked(&text));
    // Errors hold nothing of any field, also of those that are shown.
    let mut errors = String::new();
    for value in [&asked, &returned] {
        for broken in broken(value) {
            let json = broken.to_string();
            let bytes = json.as_bytes();
            if let Err(error) = entry.request(bytes, false) {
                errors += &format!("{error}{error:?}{:?}", error.invalid());
            }
            if let Err(error) = decode::<O::Output>(bytes) {
                errors += &format!("{error}{error:?}");
            }
            if let Ok((_, drift)) = decode_with_drift::<O::Output>(bytes) {
                errors += &format!("{drift:?}");
                errors.extend(drift.iter().map(ToString::to_string));
            }
        }
    }
    if errors.contains("Li Lei") || errors.contains("李雷") {
        findings.leaks.insert(format!("{name}: an error shows {:?}", marked(&errors)));
    }
    findings.operations += 1;
    Ok(())
}

/// A value as it is, and with something else in each place: a marker, a list and an object of markers.
fn broken(value: &Value) -> Vec<Value> {
    let text = || Value::from(words("broken"));
    let mut all = vec![value.clone()];
    let Some(fields) = value.as_object() else { return all };
    for wrong in [text(), json!([text()]), json!({"a": text()}), json!({words("broken"): 1}), json!([[{}]])] {
        all.push(Value::Object(fields.keys().map(|name| (name.clone(), wrong.clone())).collect()));
        for name in fields.keys() {
            let mut one = fields.clone();
            one.insert(name.clone(), wrong.clone());
            all.push(Value::Object(one));
        }
    }
    let mut more = fields.clone();
    more.insert(words("broken"), text());
    all.push(Value::Object(more));
    all
}

#[test]
fn no_text_that_may_be_about_a_person_is_shown_of_any_operation() {
    let mut findings = Findings::default();
    macro_rules! check_each {
        ($($operation:ty,)*) => {
            $(if let Err(why) = check::<$operation>(&mut findings) {
                findings.leaks.insert(why);
            })*
        };
    }
    each_operation!(check_each);
    each_ticket_operation!(check_each);
    assert!(findings.leaks.is_empty(), "{:#?}", findings.leaks);
    assert!(findings.operations >= 101, "{}", findings.operations);
    let names: BTreeSet<_> = findings.names.iter().map(|name| plain(name)).collect();
    let mut unknown = Vec::new();
    for (listed, _, reason) in shape::SHOWN {
        assert!(reason.len() > 20 && listed.is_sorted(), "{reason}");
        for name in *listed {
            assert!(!is_sensitive(name), "{name} is masked in recordings, but shown here");
            if !names.contains(&plain(name)) && !ELSEWHERE.contains(name) {
                unknown.push(*name);
            }
        }
    }
    assert!(unknown.is_empty() || cfg!(not(feature = "tickets")), "no operation has {unknown:?}");
    // What is masked here is masked in recordings too, but for names that mean other things elsewhere.
    let shown: BTreeSet<_> = findings.shown.iter().map(|name| plain(name)).collect();
    let kept: BTreeSet<_> =
        findings.names.iter().filter(|name| !shown.contains(&plain(name)) && !is_sensitive(name)).collect();
    // An object without fields of its own stands under the name of its operation.
    let kept: BTreeSet<_> = kept.into_iter().filter(|name| !name.contains('.')).collect();
    assert!(KEPT_IN_RECORDINGS.iter().all(|name| kept.iter().any(|kept| kept == name)), "{kept:?}");
    let unexpected: Vec<_> =
        kept.iter().filter(|name| !KEPT_IN_RECORDINGS.contains(&name.as_str())).collect();
    assert!(unexpected.is_empty(), "masked by `Debug` and kept in recordings: {unexpected:?}");
}
