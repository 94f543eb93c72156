//! Reading answers the way the service writes them, not the way its pages declare them.
//!
//! [`decode`] reads a number where text stands and text where a number stands, takes `null` for a value that should
//! always be there, and one value for a list of one. Fields that are missing are filled by the types themselves
//! (`#[serde(default)]`), unknown ones are passed over. Amounts get the number's own text.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{BorrowedStrDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{
    amount::RAW_JSON,
    json::{self, Node},
};

/// Reads a value from the JSON bytes of an answer, leniently.
///
/// # Errors
/// [`DecodeError`] where it is not JSON, or a value cannot be read even leniently; it names the place.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, DecodeError> {
    let node = read(json)?;
    T::deserialize(Lenient(&node))
}

/// [`decode`] for text.
///
/// # Errors
/// As for [`decode`].
pub fn decode_str<T: DeserializeOwned>(json: &str) -> Result<T, DecodeError> {
    decode(json.as_bytes())
}

fn read(json: &[u8]) -> Result<Node<'_>, DecodeError> {
    let text = std::str::from_utf8(json)
        .map_err(|error| DecodeError::new(format!("not text in UTF-8 at byte {}", error.valid_up_to())))?;
    json::parse(text)
        .map_err(|wrong| DecodeError::new(format!("not JSON at byte {}: {}", wrong.at, wrong.what)))
}

/// Why JSON could not be read, and where: `$.records[3].amount: not a decimal number`.
///
/// Never holds the value itself, which may be personal.
#[derive(Debug)]
pub struct DecodeError(Box<Broken>);

#[derive(Debug)]
struct Broken {
    /// The steps from the value to the root, innermost first.
    steps: Vec<String>,
    message: String,
}

impl DecodeError {
    fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Broken { steps: Vec::new(), message: message.into() }))
    }

    /// The place of the value, such as `$.records[3].amount`; `$` for the whole text.
    pub fn path(&self) -> String {
        self.0.steps.iter().rev().fold("$".to_owned(), |path, step| path + step)
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    fn below_row(mut self, index: usize) -> Self {
        self.0.steps.push(format!("[{index}]"));
        self
    }

    fn below_field(mut self, name: &str) -> Self {
        self.0.steps.push(format!(".{name}"));
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path(), self.0.message)
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

/// A value of the tree, turned into what the type asks for.
#[derive(Clone, Copy)]
struct Lenient<'a, 'de>(&'a Node<'de>);

impl<'a, 'de> Lenient<'a, 'de> {
    /// The rows of a list; a single value is a list of one.
    fn rows(self) -> Rows<'a, 'de> {
        let rows = match self.0 {
            Node::List(list) => list.as_slice(),
            Node::Null => &[],
            Node::Text(text) if text.trim_ascii().is_empty() => &[],
            _ => std::slice::from_ref(self.0),
        };
        Rows { rows: rows.iter(), index: 0 }
    }

    /// The fields of an object.
    fn fields(self) -> Option<Fields<'a, 'de>> {
        let fields = match self.0 {
            Node::Object(fields) => fields.as_slice(),
            Node::Null => &[],
            Node::Text(text) if text.trim_ascii().is_empty() => &[],
            _ => return None,
        };
        Some(Fields { fields: fields.iter(), value: None })
    }

    /// What stands here, for an error that does not quote it.
    fn kind(self) -> Unexpected<'static> {
        match self.0 {
            Node::Null => Unexpected::Unit,
            Node::Bool(bool) => Unexpected::Bool(*bool),
            Node::Number(_) => Unexpected::Other("a number"),
            Node::Text(_) => Unexpected::Other("text"),
            Node::List(_) => Unexpected::Seq,
            Node::Object(_) => Unexpected::Map,
        }
    }

    fn unfit(self, visitor: &dyn de::Expected) -> DecodeError {
        de::Error::invalid_type(self.kind(), visitor)
    }

    /// The text of a scalar; `None` for lists and objects.
    fn scalar(self) -> Option<&'static str> {
        match self.0 {
            Node::Null => Some(""),
            Node::Bool(true) => Some("true"),
            Node::Bool(false) => Some("false"),
            _ => None,
        }
    }

    fn whole(self) -> Option<Whole> {
        let text = match self.0 {
            Node::Number(text) => text,
            Node::Text(text) => text.trim_ascii(),
            Node::Null | Node::Bool(false) => "0",
            Node::Bool(true) => "1",
            Node::List(_) | Node::Object(_) => return None,
        };
        if text.is_empty() {
            return Some(Whole::Positive(0));
        }
        if let Ok(number) = text.parse() {
            return Some(Whole::Positive(number));
        }
        if let Ok(number) = text.parse() {
            return Some(Whole::Negative(number));
        }
        // A whole number written with a decimal point or an exponent.
        let number = text.parse::<super::Amount>().ok()?;
        (number.decimals() == 0)
            .then(|| number.rounded(0).to_string().parse().ok().map(Whole::Negative))
            .flatten()
    }
}

enum Whole {
    Positive(u64),
    Negative(i64),
}

macro_rules! whole_numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            match self.whole() {
                Some(Whole::Positive(number)) => visitor.visit_u64(number),
                Some(Whole::Negative(number)) => visitor.visit_i64(number),
                None => Err(self.unfit(&visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient<'_, 'de> {
    type Error = DecodeError;

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0 {
            Node::Null => visitor.visit_unit(),
            Node::Bool(bool) => visitor.visit_bool(*bool),
            Node::Number(text) => match (text.parse(), text.parse(), text.parse()) {
                (Ok(number), _, _) => visitor.visit_u64(number),
                (_, Ok(number), _) => visitor.visit_i64(number),
                (_, _, Ok(number)) => visitor.visit_f64(number),
                _ => Err(self.unfit(&visitor)),
            },
            Node::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Node::Text(Cow::Owned(text)) => visitor.visit_str(text),
            Node::List(_) => self.deserialize_seq(visitor),
            Node::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let text = match self.0 {
            Node::Bool(bool) => return visitor.visit_bool(*bool),
            Node::Number(text) => text,
            Node::Text(text) => text.trim_ascii(),
            _ => self.scalar().ok_or_else(|| self.unfit(&visitor))?,
        };
        match text {
            "true" | "TRUE" | "True" | "1" | "Y" => visitor.visit_bool(true),
            "false" | "FALSE" | "False" | "0" | "N" | "" => visitor.visit_bool(false),
            _ => Err(self.unfit(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0 {
            Node::Text(Cow::Borrowed(text)) | Node::Number(text) => visitor.visit_borrowed_str(text),
            Node::Text(Cow::Owned(text)) => visitor.visit_str(text),
            _ => match self.scalar() {
                Some(text) => visitor.visit_str(text),
                None => Err(self.unfit(&visitor)),
            },
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if matches!(self.0, Node::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_seq(self.rows())
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.fields() {
            Some(fields) => visitor.visit_map(fields),
            None => Err(self.unfit(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match (name, self.0) {
            (RAW_JSON, Node::Number(_) | Node::Text(_)) => self.deserialize_str(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self.0 {
            Node::Text(text) => visitor.visit_enum(StrDeserializer::new(text)),
            Node::Object(fields) => visitor.visit_enum(de::value::MapAccessDeserializer::new(Fields {
                fields: fields.iter(),
                value: None,
            })),
            _ => Err(self.unfit(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

struct Rows<'a, 'de> {
    rows: std::slice::Iter<'a, Node<'de>>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Rows<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        let Some(row) = self.rows.next() else { return Ok(None) };
        self.index += 1;
        match seed.deserialize(Lenient(row)) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.below_row(self.index - 1)),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rows.len())
    }
}

struct Fields<'a, 'de> {
    fields: std::slice::Iter<'a, (Cow<'de, str>, Node<'de>)>,
    value: Option<&'a (Cow<'de, str>, Node<'de>)>,
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = DecodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DecodeError> {
        self.value = self.fields.next();
        match self.value {
            Some((Cow::Borrowed(name), _)) => seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some),
            Some((Cow::Owned(name), _)) => seed.deserialize(StrDeserializer::new(name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DecodeError> {
        let Some((name, value)) = self.value.take() else {
            return Err(DecodeError::new("a value without a name"));
        };
        match seed.deserialize(Lenient(value)) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.below_field(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Amount, CustomerId, Day};
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Row {
        id: CustomerId,
        name: String,
        count: u32,
        shift: i64,
        frozen: bool,
        amount: Amount,
        limit: Option<i32>,
        tags: Vec<String>,
        nested: Option<Box<Row>>,
        rows: Vec<Row>,
        day: Option<Day>,
    }

    fn row(json: &str) -> Row {
        decode_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn every_form_of_a_value_is_read() {
        let expected = Row {
            id: "17".into(),
            name: "5".into(),
            count: 3,
            shift: -2,
            frozen: true,
            amount: "1.50".parse().unwrap(),
            limit: Some(9),
            tags: vec!["a".into()],
            ..Row::default()
        };
        for json in [
            r#"{"id":"17","name":"5","count":3,"shift":-2,"frozen":true,"amount":1.50,"limit":9,"tags":["a"]}"#,
            r#"{"id":17,"name":5,"count":"3","shift":"-2","frozen":"true","amount":"1.50","limit":"9","tags":"a"}"#,
            r#"{"id":17,"name":5,"count":3.0,"shift":-2e0,"frozen":1,"amount":"1.50","limit":9,"tags":["a"],"more":[{}]}"#,
        ] {
            assert_eq!(row(json), expected, "{json}");
        }
        assert_eq!(row(r#"{"rows":{"count":"1"}}"#).rows[0].count, 1);
    }

    #[test]
    fn null_is_the_empty_value() {
        let nulls = r#"{"id":null,"name":null,"count":null,"shift":null,"frozen":null,"amount":null,"limit":null,
            "tags":null,"nested":null,"rows":[null],"day":null}"#;
        assert_eq!(row(nulls), Row { rows: vec![Row::default()], ..Row::default() });
        assert_eq!(row("null"), Row::default());
    }

    #[test]
    fn inner_values_and_long_amounts_are_read_too() {
        let read =
            row(r#"{"nested":{"count":"7","amount":1234567890123456.789012345678,"day":"2026-05-01"}}"#);
        let nested = read.nested.unwrap();
        assert_eq!(nested.count, 7);
        assert_eq!(nested.amount.to_string(), "1234567890123456.789012345678");
        assert_eq!(nested.day.unwrap().to_string(), "2026-05-01");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for json in [
            r#"{"count":"many"}"#,
            r#"{"count":-1}"#,
            r#"{"frozen":"maybe"}"#,
            r#"{"amount":"x"}"#,
            "[",
            "",
            "{} {}",
            "5",
        ] {
            assert!(decode_str::<Row>(json).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = decode::<Row>(&bytes);
        }
    }
}
