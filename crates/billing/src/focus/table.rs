//! Tables of charges: columns with a name, a type, an origin and a value.

use std::fmt::Write as _;

use huaweicloud_partner::types::{Amount, UtcTime};

use super::{Category, FocusVersion, service_category, unit_name};
use crate::charge::Charge;

/// Type of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnType {
    /// Values are text.
    Text,
    /// An exact decimal; in Parquet `decimal(38, 14)`.
    Decimal,
    /// An instant in UTC.
    Time,
    /// A flat JSON object as text.
    Json,
}

/// A column of an exported table.
#[derive(Clone, Copy)]
pub struct Column {
    /// Name of the column.
    pub name: &'static str,
    /// Type of the column.
    pub kind: ColumnType,
    /// True where a row may have no value.
    pub nullable: bool,
    /// Source of the value, or the reason why there is none.
    pub origin: &'static str,
    /// The only version of FOCUS that has the column; `None` for one that stands in all.
    pub(crate) version: Option<FocusVersion>,
    pub(crate) values: Values,
}

/// Source of the values of a column. Values that are the same in all rows are not computed for each of them.
#[derive(Clone, Copy)]
pub(crate) enum Values {
    /// No row has a value.
    Null,
    /// All rows of all months have this text.
    Constant(&'static str),
    /// All rows of an export have the same value.
    OfMonth(for<'a> fn(&'a Facts) -> Value<'a>),
    /// Each row has its own.
    OfRow(RowValue),
}

/// The value of a column in a row.
type RowValue = for<'a> fn(&Context<'a>) -> Value<'a>;

impl Column {
    /// A column of text that may be null.
    pub(crate) const fn text(name: &'static str, origin: &'static str, values: Values) -> Self {
        Self::new(name, ColumnType::Text, origin, values)
    }

    /// A column of decimals that may be null.
    pub(crate) const fn decimal(name: &'static str, origin: &'static str, values: Values) -> Self {
        Self::new(name, ColumnType::Decimal, origin, values)
    }

    /// A column of times that may be null.
    pub(crate) const fn time(name: &'static str, origin: &'static str, values: Values) -> Self {
        Self::new(name, ColumnType::Time, origin, values)
    }

    /// A column of JSON objects that may be null.
    pub(crate) const fn json(name: &'static str, origin: &'static str, values: Values) -> Self {
        Self::new(name, ColumnType::Json, origin, values)
    }

    const fn new(name: &'static str, kind: ColumnType, origin: &'static str, values: Values) -> Self {
        Self { name, kind, nullable: true, origin, version: None, values }
    }

    /// The column without nulls.
    pub(crate) const fn required(self) -> Self {
        Self { nullable: false, ..self }
    }

    /// The column in one version of FOCUS only.
    pub(crate) const fn only_in(self, version: FocusVersion) -> Self {
        Self { version: Some(version), ..self }
    }

    /// The value in a row.
    pub(crate) fn value<'a>(&self, row: &Context<'a>) -> Value<'a> {
        match self.values {
            Values::Null => Value::Null,
            Values::Constant(text) => Value::Text(text),
            Values::OfMonth(value) => value(row.facts),
            Values::OfRow(value) => value(row),
        }
    }
}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Column")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("nullable", &self.nullable)
            .field("origin", &self.origin)
            .finish()
    }
}

/// Value of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Text(&'a str),
    Decimal(Amount),
    Time(UtcTime),
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<Option<Amount>> for Value<'_> {
    fn from(amount: Option<Amount>) -> Self {
        amount.map_or(Self::Null, Self::Decimal)
    }
}

impl From<Option<UtcTime>> for Value<'_> {
    fn from(time: Option<UtcTime>) -> Self {
        time.map_or(Self::Null, Self::Time)
    }
}

/// Facts that are the same in all rows of an export.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) cycle_text: String,
    pub(crate) period: (UtcTime, UtcTime),
    pub(crate) billing_account_id: String,
    pub(crate) billing_account_name: String,
    pub(crate) issuer: String,
    pub(crate) currency: String,
    pub(crate) names: bool,
}

/// Inputs from which the values of a row are made.
pub(crate) struct Context<'a> {
    pub(crate) charge: &'a Charge<'a>,
    pub(crate) facts: &'a Facts,
    pub(crate) category: Category,
    pub(crate) period: (UtcTime, UtcTime),
    pub(crate) period_basis: &'static str,
    pub(crate) price: Option<Amount>,
    pub(crate) scratch: &'a Scratch,
}

/// Text that is made for a row and used by several columns.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) description: String,
    pub(crate) tags: String,
    pub(crate) bill_type: String,
    pub(crate) order_type: String,
    pub(crate) usage_unit: String,
    pub(crate) ri_unit: String,
    pub(crate) service_category: (&'static str, &'static str),
    /// The service that this is the category of.
    service: Option<String>,
}

impl Scratch {
    pub(crate) fn fill(&mut self, charge: &Charge<'_>) {
        let parts =
            [charge.product_name, charge.product_spec_desc.filter(|spec| charge.product_name != Some(*spec))];
        self.description.clear();
        for part in parts.into_iter().flatten() {
            if !self.description.is_empty() {
                self.description.push_str(", ");
            }
            self.description.push_str(part);
        }
        if self.description.is_empty() {
            let service = charge.service_type_name.or(charge.service_type_code);
            self.description.push_str(service.unwrap_or("Huawei Cloud"));
        }
        let service = charge.service_type_code.unwrap_or_default();
        if self.service.as_deref() != Some(service) {
            self.service_category = service_category(service);
            self.service = Some(service.to_owned());
        }
        self.tags.clear();
        if let Some(tags) = charge.resource_tag {
            write_tags(tags, &mut self.tags);
        }
        // Writing into a String cannot fail.
        self.bill_type.clear();
        if let Some(kind) = charge.bill_type {
            let _ = write!(self.bill_type, "{}", kind.code());
        }
        self.order_type.clear();
        if let Some(kind) = charge.order_type {
            let _ = write!(self.order_type, "{kind}");
        }
        for (unit, text) in
            [(charge.usage_measure_id, &mut self.usage_unit), (charge.ri_usage_measure_id, &mut self.ri_unit)]
        {
            text.clear();
            if let Some(unit) = unit {
                match unit_name(unit) {
                    Some(name) => text.push_str(name),
                    None => drop(write!(text, "Huawei Cloud unit {}", unit.code())),
                }
            }
        }
    }
}

/// Text where there is some.
pub(crate) fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Tags as a flat JSON object: from JSON, or from `key=value` pairs between `;` or `,`. The form is not documented; what
/// is neither is no tags.
fn write_tags(tags: &str, out: &mut String) {
    let tags = tags.trim();
    if tags.starts_with('{') {
        if let Ok(serde_json::Value::Object(object)) = serde_json::from_str(tags)
            && object.values().all(|value| !value.is_object() && !value.is_array())
        {
            out.push_str(&serde_json::Value::Object(object).to_string());
        }
        return;
    }
    let mut object = serde_json::Map::new();
    for pair in tags.split([';', ',']).map(str::trim).filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=').or_else(|| pair.split_once(':')) else { return };
        object.insert(key.trim().to_owned(), value.trim().into());
    }
    if !object.is_empty() {
        out.push_str(&serde_json::Value::Object(object).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> String {
        let mut out = String::new();
        write_tags(text, &mut out);
        out
    }

    #[test]
    fn tags_become_a_flat_object_or_nothing() {
        assert_eq!(tags("team=a;stage = test"), r#"{"stage":"test","team":"a"}"#);
        assert_eq!(tags(r#"{"team":"a"}"#), r#"{"team":"a"}"#);
        assert_eq!(
            (tags("just words"), tags(r#"{"a":{"b":1}}"#), tags("{broken")),
            (String::new(), String::new(), String::new())
        );
    }
}
