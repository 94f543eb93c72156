//! JSON Schemas of the types, put together by the macros that declare requests, responses and codes.

use std::{any::type_name, collections::BTreeMap, marker::PhantomData};

use serde_json::{Map, Value, json};

/// The schemas of structs, each written once under its name.
#[derive(Debug, Default)]
pub struct Definitions(BTreeMap<String, Value>);

impl Definitions {
    /// The reference to a struct's schema, which `write` gives the first time.
    pub fn reference<T>(&mut self, write: impl FnOnce(&mut Self) -> Value) -> Value {
        let name = name_of(type_name::<T>());
        if !self.0.contains_key(&name) {
            // The name stands before its schema, so that a struct may hold itself.
            self.0.insert(name.clone(), Value::Null);
            let schema = write(self);
            self.0.insert(name.clone(), schema);
        }
        json!({"$ref": format!("#/$defs/{name}")})
    }

    /// All schemas by their names.
    pub fn into_map(self) -> Map<String, Value> {
        self.0.into_iter().collect()
    }
}

/// The name of a type below the crate's modules, such as `resellers.Reseller`.
fn name_of(path: &str) -> String {
    let parts: Vec<&str> = path.split("::").collect();
    let last = parts.last().copied().unwrap_or(path);
    // The folder of the API is no public module, and the file in which a type stands is none either.
    let folder = parts.iter().position(|part| *part == "api" || *part == "workflows");
    let module =
        folder.and_then(|at| parts.get(at + 1)).or_else(|| parts.get(1)).filter(|part| **part != last);
    module.map_or_else(|| last.to_owned(), |module| format!("{module}.{last}"))
}

/// A type that knows its schema.
pub trait Described {
    /// The schema of a value as JSON.
    fn schema(definitions: &mut Definitions) -> Value;
}

/// Asks a type for its schema, where it has one; other types, such as those of a program's own, allow every value.
///
/// The macros call `(&Probe::<T>::new()).schema(…)`: the method of the reference is found only where the type itself has
/// none.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

impl<T> Probe<T> {
    /// A probe of a type.
    #[allow(clippy::new_without_default)] // only the macros make one
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The probe of a type that knows its schema.
pub trait Known {
    /// Returns the JSON Schema of the type.
    fn schema(&self, definitions: &mut Definitions) -> Value;
}

impl<T: Described> Known for Probe<T> {
    fn schema(&self, definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }
}

/// The probe of any other type.
pub trait Unknown {
    /// The schema that allows everything.
    fn schema(&self, definitions: &mut Definitions) -> Value;
}

impl<T> Unknown for &Probe<T> {
    fn schema(&self, _: &mut Definitions) -> Value {
        json!({})
    }
}

/// The schema of an object.
pub fn object(properties: Map<String, Value>, required: &[&str]) -> Value {
    let mut schema = json!({"type": "object", "properties": properties});
    if let (Some(schema), false) = (schema.as_object_mut(), required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// The schema of a coded field. Other codes than the documented ones are allowed, which stand as examples.
pub fn coded(kind: &str, codes: &[Value]) -> Value {
    json!({"type": kind, "examples": codes})
}

/// Adds the documentation of a field to its schema.
pub fn documented(mut schema: Value, doc: &str) -> Value {
    let doc = doc.trim();
    if let (Some(schema), false) = (schema.as_object_mut(), doc.is_empty()) {
        let text: Vec<&str> = doc.lines().map(str::trim).collect();
        schema.insert("description".to_owned(), text.join(" ").into());
    }
    schema
}

/// A field that is written otherwise than its type: text is allowed as well.
pub fn or_text(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "string"}]})
}

/// Implements [`Described`] by a fixed schema.
macro_rules! described {
    ($($type:ty => $schema:tt),* $(,)?) => {$(
        impl $crate::types::schema::Described for $type {
            fn schema(_: &mut $crate::types::schema::Definitions) -> serde_json::Value {
                serde_json::json!($schema)
            }
        }
    )*};
}

pub(crate) use described;

described! {
    String => {"type": "string"},
    bool => {"type": "boolean"},
    u8 => {"type": "integer", "minimum": 0},
    u16 => {"type": "integer", "minimum": 0},
    u32 => {"type": "integer", "minimum": 0},
    u64 => {"type": "integer", "minimum": 0},
    i32 => {"type": "integer"},
    i64 => {"type": "integer"},
    Value => {},
    super::Personal => {"type": "string"},
    super::Secret => {"type": "string"},
    super::Amount => {"type": ["number", "string"], "pattern": "^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$"},
    super::AmountText => {"type": "string"},
    super::UtcTime => {"type": "string", "format": "date-time"},
    super::LocalTime => {"type": "string"},
    super::Day => {"type": "string", "format": "date"},
    super::BillCycle => {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
    super::DayOrCycle => {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"},
    super::TimeZone => {"type": "string"},
}

impl<T: Described> Described for Vec<T> {
    fn schema(definitions: &mut Definitions) -> Value {
        json!({"type": "array", "items": T::schema(definitions)})
    }
}

impl<T: Described> Described for Option<T> {
    fn schema(definitions: &mut Definitions) -> Value {
        json!({"anyOf": [T::schema(definitions), {"type": "null"}]})
    }
}

impl<T: Described> Described for BTreeMap<String, T> {
    fn schema(definitions: &mut Definitions) -> Value {
        json!({"type": "object", "additionalProperties": T::schema(definitions)})
    }
}

#[cfg(test)]
mod tests {
    use super::{Known as _, Unknown as _, *};

    #[test]
    #[allow(clippy::needless_borrow)] // the macros write it like this
    fn types_are_described_and_unknown_types_allow_everything() {
        struct Own;
        let mut definitions = Definitions::default();
        assert_eq!((&Probe::<Own>::new()).schema(&mut definitions), json!({}));
        assert_eq!((&Probe::<bool>::new()).schema(&mut definitions), json!({"type": "boolean"}));
        let list = (&Probe::<Vec<String>>::new()).schema(&mut definitions);
        assert_eq!(list, json!({"type": "array", "items": {"type": "string"}}));
    }

    #[test]
    fn a_struct_is_named_by_its_public_module() {
        assert_eq!(name_of("huaweicloud_partner::api::resellers::directory::Reseller"), "resellers.Reseller");
        assert_eq!(name_of("huaweicloud_partner::error::item::ItemError"), "error.ItemError");
        assert_eq!(name_of("app::WidgetPage"), "WidgetPage");
    }
}
