//! The OpenAPI file describes every event with exactly the fields that the server reads.
//!
//! Requests are made from the schemas and read by a deserializer that notes which fields each Rust type asks for, so a
//! field that is missing on either side is found.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::{cell::RefCell, collections::BTreeSet};

use huaweicloud_partner_sandbox::{RequestPattern, SandboxEvent};
use serde::{
    Deserialize,
    de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor},
};
use serde_json::{Map, Value, json};

type Error = serde::de::value::Error;

/// The fields that the types asked for, by their place in the value.
type Asked = RefCell<Vec<(String, BTreeSet<String>)>>;

/// Reads a value and notes what is asked for.
struct Noting<'a> {
    value: Value,
    path: String,
    asked: &'a Asked,
}

impl<'a> Noting<'a> {
    fn at(&self, name: &str, value: Value) -> Noting<'a> {
        Noting { value, path: format!("{}.{name}", self.path), asked: self.asked }
    }

    fn note(&self, fields: &[&str]) {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        self.asked.borrow_mut().push((self.path.clone(), fields));
    }

    fn parts(&self) -> Vec<(String, Noting<'a>)> {
        match &self.value {
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.at(name, value.clone()))).collect()
            }
            Value::Array(values) => values
                .iter()
                .enumerate()
                .map(|(index, value)| (index.to_string(), self.at(&index.to_string(), value.clone())))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The parts of a value, one after the other.
struct Parts<'a> {
    left: std::vec::IntoIter<(String, Noting<'a>)>,
    next: Option<Noting<'a>>,
}

impl<'a> Parts<'a> {
    fn of(noting: &Noting<'a>) -> Self {
        Self { left: noting.parts().into_iter(), next: None }
    }
}

impl<'de> MapAccess<'de> for Parts<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        self.next = Some(value);
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.next.take().unwrap())
    }
}

impl<'de> SeqAccess<'de> for Parts<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.left.next().map(|(_, value)| seed.deserialize(value)).transpose()
    }
}

impl<'de> EnumAccess<'de> for Noting<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        if let Value::String(name) = &self.value {
            let variant = seed.deserialize(name.as_str().into_deserializer())?;
            return Ok((variant, Noting { value: Value::Null, ..self }));
        }
        let (name, inner) = self.parts().into_iter().next().unwrap();
        Ok((seed.deserialize(name.into_deserializer())?, inner))
    }
}

impl<'de> VariantAccess<'de> for Noting<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Parts::of(&self))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.note(fields);
        visitor.visit_map(Parts::of(&self))
    }
}

impl<'de> de::Deserializer<'de> for Noting<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                _ => visitor.visit_f64(number.as_f64().unwrap()),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(_) => visitor.visit_seq(Parts::of(&self)),
            Value::Object(_) => visitor.visit_map(Parts::of(&self)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        // A reader that wants the text of the JSON itself.
        if name.starts_with("$serde_json") {
            return self.deserialize_any(visitor);
        }
        self.note(fields);
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

fn openapi() -> Value {
    serde_json::from_str(include_str!("../src/server/openapi.json")).unwrap()
}

/// All requests that a schema gives: each alternative once, with every field.
fn samples(openapi: &Value, schema: &Value) -> Vec<Value> {
    if let Some(name) = schema["$ref"].as_str() {
        return samples(openapi, &openapi["components"]["schemas"][name.rsplit('/').next().unwrap()]);
    }
    if let Some(alternatives) = schema["oneOf"].as_array() {
        return alternatives.iter().flat_map(|one| samples(openapi, one)).collect();
    }
    for named in ["enum", "examples"] {
        if let Some(values) = schema[named].as_array() {
            return values.clone();
        }
    }
    let kind = schema["type"].as_array().map_or(&schema["type"], |kinds| &kinds[0]);
    match kind.as_str().unwrap_or_else(|| panic!("no type in {schema}")) {
        "string" if schema["format"] == "date-time" => vec![json!("2026-05-06T01:00:00Z")],
        "string" => vec![json!("2026-04")],
        "integer" => vec![json!(3)],
        "number" => vec![json!(5), json!("5.25")],
        "boolean" => vec![json!(true)],
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(1) as usize;
            samples(openapi, &schema["items"]).into_iter().map(|one| json!(vec![one; count])).collect()
        }
        "object" => {
            let fields = schema["properties"].as_object().cloned().unwrap_or_default();
            // As many objects as the field with the most samples has.
            let all: Vec<(String, Vec<Value>)> =
                fields.iter().map(|(name, schema)| (name.clone(), samples(openapi, schema))).collect();
            let count = all.iter().map(|(_, values)| values.len()).max().unwrap_or(1);
            (0..count)
                .map(|index| {
                    let field = |(name, values): &(String, Vec<Value>)| {
                        (name.clone(), values[index % values.len()].clone())
                    };
                    Value::Object(all.iter().map(field).collect::<Map<_, _>>())
                })
                .collect()
        }
        other => panic!("{other} in {schema}"),
    }
}

/// The paths of all objects in a value.
fn objects(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(pointer.to_owned());
            for (name, value) in fields {
                objects(value, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                objects(value, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_event_is_described_with_exactly_the_fields_that_are_read() {
    let openapi = openapi();
    let all = samples(&openapi, &openapi["components"]["schemas"]["Event"]);
    assert!(all.len() > 60, "{}", all.len());
    let mut compared = 0;
    for event in all {
        if let Err(error) = SandboxEvent::read(event.clone()) {
            panic!("{event} is described and refused: {error}");
        }
        let asked = Asked::default();
        SandboxEvent::deserialize(Noting { value: event.clone(), path: String::new(), asked: &asked })
            .unwrap();
        for (path, fields) in asked.into_inner() {
            let place = event.pointer(&path.replace('.', "/")).unwrap();
            let described: BTreeSet<String> = place.as_object().unwrap().keys().cloned().collect();
            assert_eq!(described, fields, "{path} of {event}");
            compared += 1;
        }
    }
    // Of the 38 events, and of what stands inside them.
    assert!(compared > 150, "{compared}");
}

#[test]
fn a_field_that_is_not_described_is_refused_everywhere_in_every_event() {
    let openapi = openapi();
    for event in samples(&openapi, &openapi["components"]["schemas"]["Event"]) {
        let mut places = Vec::new();
        objects(&event, "", &mut places);
        for place in places {
            let mut more = event.clone();
            more.pointer_mut(&place).unwrap()["colour"] = json!("red");
            let error =
                SandboxEvent::read(more.clone()).map(|read| format!("{read:?}")).unwrap_err().to_string();
            // Of an event and of a choice one field decides; all others are refused by their names.
            assert!(error.contains("colour") || error.contains("map with a single key"), "{more}: {error}");
        }
    }
}

#[test]
fn what_is_described_as_required_is_required() {
    fn check(openapi: &Value, schema: &Value, whole: &Value, pointer: &str) {
        let schema = match schema["$ref"].as_str() {
            Some(name) => &openapi["components"]["schemas"][name.rsplit('/').next().unwrap()],
            None => schema,
        };
        let Some(properties) = schema["properties"].as_object() else { return };
        for (name, inner) in properties {
            let mut less = whole.clone();
            less.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name);
            let required = schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
            let read = SandboxEvent::read(less.clone());
            assert_eq!(read.is_err(), required, "{pointer}/{name}: {less} {:?}", read.err());
            check(openapi, inner, whole, &format!("{pointer}/{name}"));
        }
    }
    let openapi = openapi();
    for schema in openapi["components"]["schemas"]["Event"]["oneOf"].as_array().unwrap() {
        let whole = &samples(&openapi, schema)[0];
        check(&openapi, schema, whole, "");
    }
}

#[test]
fn the_pattern_of_requests_is_described_with_exactly_its_fields() {
    let openapi = openapi();
    let described = &openapi["components"]["schemas"]["RequestPattern"]["properties"];
    let described: BTreeSet<String> = described.as_object().unwrap().keys().cloned().collect();
    let asked = Asked::default();
    RequestPattern::deserialize(Noting { value: json!({}), path: String::new(), asked: &asked }).unwrap();
    assert_eq!(asked.into_inner(), [(String::new(), described)]);
}

#[test]
fn every_reference_of_the_file_is_defined_and_every_operation_says_what_it_responds() {
    fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let openapi = openapi();
    let mut found = BTreeSet::new();
    references(&openapi, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(openapi.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    let mut ids = BTreeSet::new();
    for (path, methods) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{path} {method}");
            assert!(
                operation["summary"].is_string() && operation["responses"]["200"].is_object(),
                "{path} {method}"
            );
            assert_eq!(operation["requestBody"].is_object(), method == "post", "{path} {method}");
        }
    }
}
