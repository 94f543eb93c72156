//! Reading answers the way the service writes them, not the way its pages declare them.
//!
//! [`decode`] puts one layer between serde_json and the typed answer. It reads a number where text stands and text
//! where a number stands, takes `null` for a value that should always be there, and one value for a list of one.
//! Fields that are missing are filled by the types themselves (`#[serde(default)]`), unknown ones are passed over.
//! Amounts keep their own text: the layer hands them through untouched.

use std::fmt;

use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Unexpected, Visitor, value},
    forward_to_deserialize_any,
};

/// Reads a value from the JSON bytes of an answer, leniently.
///
/// # Errors
/// Those of serde_json: where it is not JSON, or a value cannot be read even leniently.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = T::deserialize(Lenient(&mut reader))?;
    reader.end()?;
    Ok(value)
}

/// [`decode`] for text.
///
/// # Errors
/// As for [`decode`].
pub fn decode_str<T: DeserializeOwned>(json: &str) -> Result<T, serde_json::Error> {
    decode(json.as_bytes())
}

/// A deserializer, visitor, seed or access whose values are read leniently.
struct Lenient<T>(T);

/// What the type being read asked for, and so what other forms are turned into.
#[derive(Clone, Copy)]
enum Wanted {
    Any,
    Bool,
    Integer,
    Float,
    Text,
    List,
    Object,
}

struct Turning<V> {
    visitor: V,
    wanted: Wanted,
}

macro_rules! turn_to {
    ($($method:ident => $wanted:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.deserialize_any(Turning { visitor, wanted: Wanted::$wanted })
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Lenient<D> {
    type Error = D::Error;

    turn_to! {
        deserialize_any => Any,
        deserialize_bool => Bool,
        deserialize_i8 => Integer, deserialize_i16 => Integer, deserialize_i32 => Integer, deserialize_i64 => Integer,
        deserialize_u8 => Integer, deserialize_u16 => Integer, deserialize_u32 => Integer, deserialize_u64 => Integer,
        deserialize_f32 => Float, deserialize_f64 => Float,
        deserialize_str => Text, deserialize_string => Text,
        deserialize_seq => List,
        deserialize_map => Object,
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(Lenient(visitor))
    }

    /// Newtypes pass through; serde_json gives amounts the text of the number this way.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Lenient(visitor))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_ignored_any(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_identifier(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct }
}

/// Optional values and newtypes: what is inside them is read leniently too.
impl<'de, V: Visitor<'de>> Visitor<'de> for Lenient<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Lenient(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Lenient(inner))
    }

    /// serde_json's raw protocol, which only amounts ask for.
    fn visit_map<A: MapAccess<'de>>(self, raw: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(raw)
    }
}

impl<'de, V: Visitor<'de>> Turning<V> {
    fn text<E: de::Error>(self, text: &str) -> Result<V::Value, E> {
        let trimmed = text.trim_ascii();
        match self.wanted {
            Wanted::Integer => match (trimmed.parse::<u64>(), trimmed.parse::<i64>()) {
                (Ok(number), _) => self.visitor.visit_u64(number),
                (_, Ok(number)) => self.visitor.visit_i64(number),
                _ if trimmed.is_empty() => self.visitor.visit_u64(0),
                _ => Err(E::invalid_type(Unexpected::Other("text"), &self.visitor)),
            },
            Wanted::Float => match trimmed.parse::<f64>() {
                Ok(number) => self.visitor.visit_f64(number),
                Err(_) => Err(E::invalid_type(Unexpected::Other("text"), &self.visitor)),
            },
            Wanted::Bool => match trimmed {
                "true" | "TRUE" | "True" | "1" | "Y" => self.visitor.visit_bool(true),
                "false" | "FALSE" | "False" | "0" | "N" | "" => self.visitor.visit_bool(false),
                _ => Err(E::invalid_type(Unexpected::Other("text"), &self.visitor)),
            },
            Wanted::List if trimmed.is_empty() => self.visitor.visit_seq(Nothing::new()),
            Wanted::List => self.visitor.visit_seq(One::new(value::StrDeserializer::new(text))),
            Wanted::Object if trimmed.is_empty() => self.visitor.visit_map(Nothing::new()),
            Wanted::Any | Wanted::Text | Wanted::Object => self.visitor.visit_str(text),
        }
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Turning<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Text => self.visitor.visit_str(if value { "true" } else { "false" }),
            Wanted::Integer => self.visitor.visit_u64(u64::from(value)),
            _ => self.visitor.visit_bool(value),
        }
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Text => self.visitor.visit_string(number.to_string()),
            Wanted::Bool => self.visitor.visit_bool(number != 0),
            Wanted::List => self.visitor.visit_seq(One::new(value::U64Deserializer::new(number))),
            _ => self.visitor.visit_u64(number),
        }
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Text => self.visitor.visit_string(number.to_string()),
            Wanted::Bool => self.visitor.visit_bool(number != 0),
            Wanted::List => self.visitor.visit_seq(One::new(value::I64Deserializer::new(number))),
            _ => self.visitor.visit_i64(number),
        }
    }

    /// A whole number written with a decimal point or exponent is a whole number.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Text => self.visitor.visit_string(number.to_string()),
            Wanted::Integer => match number.to_string().parse::<i64>() {
                Ok(whole) => self.visitor.visit_i64(whole),
                Err(_) => self.visitor.visit_f64(number),
            },
            _ => self.visitor.visit_f64(number),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<V::Value, E> {
        self.text(text)
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Any | Wanted::Text => self.visitor.visit_borrowed_str(text),
            _ => self.text(text),
        }
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Any | Wanted::Text => self.visitor.visit_string(text),
            _ => self.text(&text),
        }
    }

    /// `null` where a value should always be: the empty one.
    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Any => self.visitor.visit_unit(),
            Wanted::Bool => self.visitor.visit_bool(false),
            Wanted::Integer => self.visitor.visit_u64(0),
            Wanted::Float => self.visitor.visit_f64(0.0),
            Wanted::Text => self.visitor.visit_str(""),
            Wanted::List => self.visitor.visit_seq(Nothing::new()),
            Wanted::Object => self.visitor.visit_map(Nothing::new()),
        }
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(Lenient(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        match self.wanted {
            Wanted::List => self.visitor.visit_seq(One::new(value::MapAccessDeserializer::new(map))),
            _ => self.visitor.visit_map(Lenient(map)),
        }
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Lenient<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Lenient(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Lenient<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Lenient(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Lenient<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Lenient(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// A list or object of nothing.
struct Nothing<E>(std::marker::PhantomData<E>);

impl<E> Nothing<E> {
    fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<'de, E: de::Error> SeqAccess<'de> for Nothing<E> {
    type Error = E;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, _seed: S) -> Result<Option<S::Value>, E> {
        Ok(None)
    }
}

impl<'de, E: de::Error> MapAccess<'de> for Nothing<E> {
    type Error = E;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, _seed: S) -> Result<Option<S::Value>, E> {
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, _seed: S) -> Result<S::Value, E> {
        Err(E::custom("no value"))
    }
}

/// A list of one.
struct One<D>(Option<D>);

impl<D> One<D> {
    fn new(only: D) -> Self {
        Self(Some(only))
    }
}

impl<'de, D: Deserializer<'de>> SeqAccess<'de> for One<D> {
    type Error = D::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, D::Error> {
        self.0.take().map(|only| seed.deserialize(Lenient(only))).transpose()
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
