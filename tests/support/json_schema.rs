//! As much of JSON Schema (draft 2020-12) as the schemas of operations use. A keyword that it does not know is an error,
//! so that no schema passes because nothing was checked.

use serde_json::Value;

/// Returns the violations of a schema, each as the path of the value and the keyword.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "", &mut found);
    found
}

fn decimal(value: &Value) -> Option<huaweicloud_partner::rust_decimal::Decimal> {
    value.as_number().and_then(|number| number.to_string().parse().ok())
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => decimal(value).is_some_and(|number| number.fract().is_zero()),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    }
}

fn check(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    for (keyword, argument) in schema.as_object().unwrap() {
        let number = || decimal(argument).unwrap();
        let length = || value.as_str().map(|text| text.chars().count() as u64);
        let count = || value.as_array().map(|entries| entries.len() as u64);
        let holds = match keyword.as_str() {
            "$schema" | "$defs" | "$comment" | "title" | "description" | "default" | "examples"
            | "format" | "x-in" => true,
            "$ref" => {
                let name = argument.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                check(root, &root["$defs"][name], value, path, found);
                true
            }
            "type" => match argument {
                Value::Array(kinds) => kinds.iter().any(|kind| is_of(kind.as_str().unwrap(), value)),
                kind => is_of(kind.as_str().unwrap(), value),
            },
            "properties" => {
                for (name, schema) in argument.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(root, schema, value, &format!("{path}/{name}"), found);
                    }
                }
                true
            }
            "additionalProperties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    check(root, argument, value, &format!("{path}/{name}"), found);
                }
                true
            }
            "required" => {
                let names = argument.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                let missing: Vec<_> = names.filter(|name| value.get(name).is_none()).collect();
                found.extend(missing.iter().map(|name| format!("{path}/{name}: required")));
                true
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, argument, value, &format!("{path}/{index}"), found);
                }
                true
            }
            "anyOf" => argument.as_array().unwrap().iter().any(|schema| {
                let mut found = Vec::new();
                check(root, schema, value, path, &mut found);
                found.is_empty()
            }),
            "enum" => argument.as_array().unwrap().contains(value),
            "minLength" => length().is_none_or(|length| length >= argument.as_u64().unwrap()),
            "maxLength" => length().is_none_or(|length| length <= argument.as_u64().unwrap()),
            "minItems" => count().is_none_or(|count| count >= argument.as_u64().unwrap()),
            "maxItems" => count().is_none_or(|count| count <= argument.as_u64().unwrap()),
            "minimum" => decimal(value).is_none_or(|value| value >= number()),
            "maximum" => decimal(value).is_none_or(|value| value <= number()),
            "exclusiveMinimum" => decimal(value).is_none_or(|value| value > number()),
            "multipleOf" => decimal(value).is_none_or(|value| (value % number()).is_zero()),
            "pattern" => value.as_str().is_none_or(|text| matches(argument.as_str().unwrap(), text)),
            other => panic!("the checker does not know {other}"),
        };
        if !holds {
            found.push(format!("{path}: {keyword}"));
        }
    }
}

/// The patterns of the schemas, by what they mean.
fn matches(pattern: &str, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match pattern {
        "^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$" => {
            let text = text.trim_start_matches(['+', '-']);
            let mantissa = text.split(['e', 'E']).next().unwrap();
            mantissa.split('.').all(digits)
        }
        "^0*([1-9][0-9]*([.][0-9]{1,2}0*)?|0*[.](0[1-9]|[1-9][0-9]?)0*)$" => {
            text.parse::<huaweicloud_partner::rust_decimal::Decimal>().is_ok_and(|amount| {
                amount.is_sign_positive() && !amount.is_zero() && amount.normalize().scale() <= 2
            })
        }
        "^[0-9]{4}-[0-9]{2}$" => text.len() == 7 && text.split('-').all(digits),
        "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$" => matches!(text.len(), 7 | 10) && text.split('-').all(digits),
        other => panic!("the checker does not know the pattern {other}"),
    }
}
