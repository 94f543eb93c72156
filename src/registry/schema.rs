//! The definition of an operation as data: parameters with their places, and JSON Schemas of request and response.

use serde_json::{Map, Value, json};

use super::Entry;
use crate::{
    operation::{Constraint, Operation, Parameter},
    types::schema::Definitions,
};

/// Contents of a declaration besides META.
#[derive(Clone, Copy)]
pub(super) struct Declaration {
    doc: &'static str,
    parameters: &'static [Parameter],
    request: fn(&mut Definitions) -> Value,
    response: fn(&mut Definitions) -> Value,
}

impl Declaration {
    pub(super) const fn of<O: Operation>() -> Self {
        Self {
            doc: O::DOC,
            parameters: O::PARAMETERS,
            request: O::request_schema,
            response: O::response_schema,
        }
    }
}

/// The version of JSON Schema in which the schemas are written.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Entry {
    /// Returns the documentation of the operation. Needs the feature `dynamic`.
    pub fn doc(&self) -> &'static str {
        self.declaration.doc.trim()
    }

    /// The parameters of the operation, wherever they travel, in the order of the declaration. Needs the feature
    /// `dynamic`.
    ///
    /// ```
    /// use huaweicloud_partner::{operation::ParameterPlace, registry};
    ///
    /// let entry = registry::find("bss.ListIndirectPartners").expect("the operation is registered");
    /// let limit = entry.parameters().iter().find(|parameter| parameter.name == "limit").expect("it has a limit");
    /// assert_eq!((limit.type_name, limit.required), ("u32", false));
    /// assert_eq!(entry.meta.place("limit"), ParameterPlace::Body);
    /// ```
    pub const fn parameters(&self) -> &'static [Parameter] {
        self.declaration.parameters
    }

    /// The JSON Schema (draft 2020-12) of the flat request, as [`Client::send_dynamic`](crate::Client::send_dynamic) takes
    /// it. Needs the feature `dynamic`.
    ///
    /// Every constraint of a single parameter is in it as a keyword of its own, except forms, which stand in words under
    /// `$comment`. Where a parameter travels is under `x-in`. The key of a keyed write is required, as it is for the call.
    /// Rules between parameters are in the [documentation](Self::doc) only. Documented codes are listed as `examples`, or
    /// as `enum` where others are refused.
    ///
    /// ```
    /// let entry = huaweicloud_partner::registry::find("bss.ListIndirectPartners").expect("it is registered");
    /// let schema = entry.request_schema();
    /// assert_eq!(schema["properties"]["limit"]["maximum"], 100);
    /// ```
    pub fn request_schema(&self) -> Value {
        let mut definitions = Definitions::default();
        // The request itself stands at the top; what it refers to stands below `$defs`.
        let reference = (self.declaration.request)(&mut definitions);
        let mut definitions = definitions.into_map();
        let name = reference.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
        let mut schema = name.and_then(|name| definitions.remove(name)).unwrap_or(reference);
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            for parameter in self.declaration.parameters {
                if let Some(property) = properties.get_mut(parameter.name).and_then(Value::as_object_mut) {
                    property.insert("x-in".to_owned(), self.meta.place(parameter.name).as_str().into());
                    parameter.constraints.iter().for_each(|constraint| constrain(property, constraint));
                }
            }
        }
        if let Some(key) = self.meta.key_field() {
            require(&mut schema, key);
        }
        self.headed(schema, definitions)
    }

    /// The JSON Schema (draft 2020-12) of the response, as [`Client::send_dynamic`](crate::Client::send_dynamic) returns it.
    /// Needs the feature `dynamic`.
    pub fn response_schema(&self) -> Value {
        let mut definitions = Definitions::default();
        let schema = (self.declaration.response)(&mut definitions);
        self.headed(schema, definitions.into_map())
    }

    fn headed(&self, mut schema: Value, definitions: Map<String, Value>) -> Value {
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("$schema".to_owned(), DRAFT.into());
            schema.insert("title".to_owned(), self.meta.name.into());
            if !definitions.is_empty() {
                schema.insert("$defs".to_owned(), Value::Object(definitions));
            }
        }
        schema
    }
}

/// Lists a property as required. The key of a keyed write is: made again at each reading, it would recognise no repeat.
fn require(schema: &mut Value, name: &str) {
    let Some(schema) = schema.as_object_mut() else { return };
    let required = schema.entry("required").or_insert_with(|| json!([]));
    if let Some(required) = required.as_array_mut()
        && !required.iter().any(|known| known == name)
    {
        required.push(name.into());
    }
}

/// Adds a constraint to the schema of its parameter.
fn constrain(property: &mut Map<String, Value>, constraint: &Constraint) {
    let mut set = |name: &str, value: Value| drop(property.insert(name.to_owned(), value));
    match *constraint {
        Constraint::Length(least, most) => {
            set("minLength", least.into());
            set("maxLength", most.into());
        }
        Constraint::Range(least, most) => {
            set("minimum", least.into());
            set("maximum", most.into());
        }
        Constraint::Count(least, most) => {
            set("minItems", least.into());
            set("maxItems", most.into());
        }
        Constraint::EachLength(least, most) => {
            if let Some(items) = property.get_mut("items").and_then(Value::as_object_mut) {
                items.insert("minLength".to_owned(), least.into());
                items.insert("maxLength".to_owned(), most.into());
            }
        }
        Constraint::OneOf(texts) => set("enum", json!(texts)),
        Constraint::Known => {
            close(property);
            if let Some(items) = property.get_mut("items").and_then(Value::as_object_mut) {
                close(items);
            }
        }
        Constraint::Filled => set("minLength", 1.into()),
        Constraint::Money => {
            set("exclusiveMinimum", 0.into());
            set("multipleOf", json!(0.01));
            set("pattern", "^0*([1-9][0-9]*([.][0-9]{1,2}0*)?|0*[.](0[1-9]|[1-9][0-9]?)0*)$".into());
        }
        Constraint::Form(words) => set("$comment", words.into()),
        Constraint::Default(value) => set("default", value.into()),
    }
}

/// Only the documented codes are allowed.
fn close(schema: &mut Map<String, Value>) {
    if let Some(codes) = schema.remove("examples") {
        schema.insert("enum".to_owned(), codes);
    }
}
