//! Writing a value as the service expects it: amounts as JSON numbers, times in whole seconds.
//!
//! Everywhere else an [`Amount`](super::Amount) is text, so that no format and no reader turns it into a float. The
//! serializer here wraps that of serde_json and changes these two things only.

use std::any::type_name;

use serde::{
    Serialize, Serializer,
    ser::{
        Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};
use serde_json::value::RawValue;

/// Name by which an amount identifies itself to this serializer.
pub(super) const NUMBER: &str = "huaweicloud_partner::Number";

type Json<'v> = &'v mut serde_json::Serializer<&'v mut Vec<u8>>;

/// The JSON text of a value in the form of the wire: amounts are numbers, times have whole seconds.
///
/// Requests go out in this form. A test double of the service writes its responses in it. A program that stores a value
/// uses `serde_json`, which writes amounts as text.
///
/// ```
/// use huaweicloud_partner::types::{Amount, to_wire_json};
///
/// let amount: Amount = "10.00".parse().unwrap();
/// assert_eq!(to_wire_json(&amount).unwrap(), b"10.00");
/// assert_eq!(serde_json::to_vec(&amount).unwrap(), b"\"10.00\"");
/// ```
///
/// # Errors
/// As for `serde_json`: where the value's own `Serialize` fails, or a map has keys that are no text.
pub fn to_wire_json<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(128);
    value.serialize(Wire(&mut serde_json::Serializer::new(&mut out)))?;
    Ok(out)
}

/// Whether a serializer is the one of [`to_wire_json`].
pub(super) fn is_wire<S>() -> bool {
    type_name::<S>() == type_name::<Wire<Json<'static>>>()
}

/// The serializer of [`to_wire_json`] around that of serde_json, or around one of its parts.
struct Wire<S>(S);

/// A value inside of another one.
struct Inner<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for Inner<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Wire(serializer))
    }
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method(self, $($argument: $type),*) -> Result<S::Ok, S::Error> {
            self.0.$method($($argument),*)
        }
    )*};
}

macro_rules! compound {
    ($($method:ident($($argument:ident: $type:ty),*) -> $part:ident;)*) => {$(
        fn $method(self, $($argument: $type),*) -> Result<Wire<S::$part>, S::Error> {
            self.0.$method($($argument),*).map(Wire)
        }
    )*};
}

impl<S: Serializer> Serializer for Wire<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Wire<S::SerializeSeq>;
    type SerializeTuple = Wire<S::SerializeTuple>;
    type SerializeTupleStruct = Wire<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Wire<S::SerializeTupleVariant>;
    type SerializeMap = Wire<S::SerializeMap>;
    type SerializeStruct = Wire<S::SerializeStruct>;
    type SerializeStructVariant = Wire<S::SerializeStructVariant>;

    forward! {
        serialize_bool(value: bool);
        serialize_i8(value: i8);
        serialize_i16(value: i16);
        serialize_i32(value: i32);
        serialize_i64(value: i64);
        serialize_i128(value: i128);
        serialize_u8(value: u8);
        serialize_u16(value: u16);
        serialize_u32(value: u32);
        serialize_u64(value: u64);
        serialize_u128(value: u128);
        serialize_f32(value: f32);
        serialize_f64(value: f64);
        serialize_char(value: char);
        serialize_str(value: &str);
        serialize_bytes(value: &[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    compound! {
        serialize_seq(length: Option<usize>) -> SerializeSeq;
        serialize_tuple(length: usize) -> SerializeTuple;
        serialize_tuple_struct(name: &'static str, length: usize) -> SerializeTupleStruct;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, length: usize)
            -> SerializeTupleVariant;
        serialize_map(length: Option<usize>) -> SerializeMap;
        serialize_struct(name: &'static str, length: usize) -> SerializeStruct;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, length: usize)
            -> SerializeStructVariant;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Inner(value))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        if name != NUMBER {
            return self.0.serialize_newtype_struct(name, &Inner(value));
        }
        let text = serde_json::to_value(value).map_err(S::Error::custom)?;
        let number = text.as_str().unwrap_or_default().to_owned();
        RawValue::from_string(number).map_err(S::Error::custom)?.serialize(self.0)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_variant(name, index, variant, &Inner(value))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! elements {
    ($($part:ident: $method:ident;)*) => {$(
        impl<P: $part> $part for Wire<P> {
            type Ok = P::Ok;
            type Error = P::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), P::Error> {
                self.0.$method(&Inner(value))
            }

            fn end(self) -> Result<P::Ok, P::Error> {
                self.0.end()
            }
        }
    )*};
}
elements! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
}

macro_rules! named {
    ($($part:ident;)*) => {$(
        impl<P: $part> $part for Wire<P> {
            type Ok = P::Ok;
            type Error = P::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), P::Error> {
                self.0.serialize_field(name, &Inner(value))
            }

            fn skip_field(&mut self, name: &'static str) -> Result<(), P::Error> {
                self.0.skip_field(name)
            }

            fn end(self) -> Result<P::Ok, P::Error> {
                self.0.end()
            }
        }
    )*};
}
named! {
    SerializeStruct;
    SerializeStructVariant;
}

impl<P: SerializeMap> SerializeMap for Wire<P> {
    type Ok = P::Ok;
    type Error = P::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), P::Error> {
        self.0.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), P::Error> {
        self.0.serialize_value(&Inner(value))
    }

    fn end(self) -> Result<P::Ok, P::Error> {
        self.0.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::types::{Amount, UtcTime};

    fn json<T: Serialize>(value: &T) -> String {
        String::from_utf8(to_wire_json(value).unwrap()).unwrap()
    }

    #[test]
    fn amounts_are_numbers_at_every_depth_and_all_else_is_as_serde_json_writes_it() {
        #[derive(Serialize)]
        struct Row {
            amount: Amount,
            list: Vec<Option<Amount>>,
            map: BTreeMap<String, Amount>,
            pair: (Amount, &'static str),
            variant: Variant,
            raw: Box<RawValue>,
            float: f64,
        }
        #[derive(Serialize)]
        enum Variant {
            Of { amount: Amount },
        }
        let amount: Amount = "12345678901234567.890".parse().unwrap();
        let row = Row {
            amount,
            list: vec![Some(amount), None],
            map: BTreeMap::from([("a\"".to_owned(), amount)]),
            pair: (amount, "é\n"),
            variant: Variant::Of { amount },
            raw: RawValue::from_string("{ }".to_owned()).unwrap(),
            float: 0.5,
        };
        let n = "12345678901234567.890";
        assert_eq!(
            json(&row),
            format!(
                r#"{{"amount":{n},"list":[{n},null],"map":{{"a\"":{n}}},"pair":[{n},"é\n"],"variant":{{"Of":{{"amount":{n}}}}},"raw":{{ }},"float":0.5}}"#
            )
        );
        let plain = serde_json::to_string(&row).unwrap();
        assert_eq!(plain, json(&row).replace(n, &format!("\"{n}\"")));
    }

    #[test]
    fn requests_carry_whole_seconds_and_stored_values_keep_the_fraction() {
        let time: UtcTime = "2026-05-01T08:05:01.281397626Z".parse().unwrap();
        assert_eq!(json(&Some(time)), "\"2026-05-01T08:05:01Z\"");
        assert_eq!(serde_json::to_string(&time).unwrap(), "\"2026-05-01T08:05:01.281397626Z\"");
    }
}
