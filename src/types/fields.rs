//! Reading and writing a struct field by field.
//!
//! serde's derive writes some hundred lines for every struct, for formats and checks that this API never meets; with
//! hundreds of structs that was half of the time this crate took to compile. `response!` and the macro behind requests
//! write one `match` from names to fields and one line a field for writing instead, and leave the rest to this file.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, Visitor},
    ser::SerializeStruct,
};

use super::{Amount, ParseTimeError, amount_text, lenient::CAN_GO_ON, time_or_none};

/// A struct that is read from named values and written as such.
pub trait Fields: Sized {
    /// Name of the type in an error.
    const NAME: &'static str;
    /// The names on the wire.
    const FIELDS: &'static [&'static str];

    /// Reads all values of `map`; unknown ones are ignored.
    ///
    /// # Errors
    /// Where a value cannot be read, or one that must be there is missing.
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error>;

    /// Writes every field.
    fn write<S: SerializeStruct>(&self, to: &mut Writer<S>);
}

/// Implements `Deserialize` for a struct with [`Fields`].
///
/// # Errors
/// As for [`Fields::read`], and where there is no object at all.
pub fn read_fields<'de, T: Fields, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Whole<T>(PhantomData<T>);

    impl<'de, T: Fields> Visitor<'de> for Whole<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "the fields of {}", T::NAME)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
            T::read(&mut map)
        }
    }

    deserializer.deserialize_struct(T::NAME, T::FIELDS, Whole(PhantomData))
}

/// Implements `Serialize` for a struct with [`Fields`].
///
/// # Errors
/// Only those of the serializer.
pub fn write_fields<T: Fields, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    match serializer.serialize_struct(T::NAME, T::FIELDS.len()) {
        Ok(out) => {
            let mut to = Writer { out, failed: None };
            value.write(&mut to);
            to.end()
        }
        Err(error) => Err(error),
    }
}

/// Writer of fields, which writes nothing more after its first failure. After the first failure it takes no
/// more.
pub struct Writer<S: SerializeStruct> {
    out: S,
    failed: Option<S::Error>,
}

impl<S: SerializeStruct> Writer<S> {
    fn end(self) -> Result<S::Ok, S::Error> {
        match self.failed {
            None => self.out.end(),
            Some(error) => Err(error),
        }
    }

    /// Writes a field.
    pub fn field<T: Serialize>(&mut self, name: &'static str, value: &T) {
        if self.failed.is_none() {
            self.failed = self.out.serialize_field(name, value).err();
        }
    }

    /// Writes a field if it has a value.
    pub fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }
}

/// A way to read and write a field that is not that of its type. A field names it by `#[via(…)]`.
pub trait Way<T> {
    /// Reads a value.
    ///
    /// # Errors
    /// Where it cannot be read in this way.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;

    /// Writes a value.
    ///
    /// # Errors
    /// Only those of the serializer.
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Empty text is no time.
pub struct TimeOrNone;

impl<T: FromStr<Err = ParseTimeError> + Serialize> Way<Option<T>> for TimeOrNone {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        time_or_none(deserializer)
    }

    fn write<S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

/// An amount that is text on the wire.
pub struct AsText;

impl Way<Amount> for AsText {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        amount_text::deserialize(deserializer)
    }

    fn write<S: Serializer>(value: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
        amount_text::serialize(value, serializer)
    }
}

impl Way<Option<Amount>> for AsText {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
        amount_text::option::deserialize(deserializer)
    }

    fn write<S: Serializer>(value: &Option<Amount>, serializer: S) -> Result<S::Ok, S::Error> {
        amount_text::option::serialize(value, serializer)
    }
}

/// A code that is a number elsewhere and text here.
pub struct CodeAsText;

impl<T: fmt::Display + de::DeserializeOwned> Way<Option<T>> for CodeAsText {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        Option::deserialize(deserializer)
    }

    fn write<S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(code) => serializer.collect_str(code),
            None => serializer.serialize_none(),
        }
    }
}

/// A value that is read and written in a [`Way`].
pub struct Via<T, W>(T, PhantomData<W>);

impl<T, W> Via<T, W> {
    /// The value, to be written.
    pub fn of(value: T) -> Self {
        Self(value, PhantomData)
    }
}

impl<'de, T, W: Way<T>> Deserialize<'de> for Via<T, W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match W::read(deserializer) {
            Ok(value) => Ok(Self::of(value)),
            Err(error) => Err(error),
        }
    }
}

impl<T, W: Way<T>> Serialize for Via<&T, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        W::write(self.0, serializer)
    }
}

/// Position among the fields of a struct.
#[derive(Default)]
pub struct FieldOrder {
    /// The field after the last one found, where the next one is most likely.
    next: usize,
    /// A bit for each field that came.
    seen: u128,
    /// The field that was found now came before; this is its name.
    again: Option<&'static str>,
}

/// Finds the field of `fields` that the next value belongs to; returns their count for any other name. Fields
/// mostly come in the same order, so the search begins after the last one found.
///
/// # Errors
/// Where the input is malformed.
pub fn next_field<'de, A: MapAccess<'de>>(
    map: &mut A,
    fields: &'static [&'static str],
    order: &mut FieldOrder,
) -> Result<Option<usize>, A::Error> {
    struct Name {
        fields: &'static [&'static str],
        from: usize,
    }

    impl<'de> DeserializeSeed<'de> for Name {
        type Value = usize;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
            deserializer.deserialize_identifier(self)
        }
    }

    impl Visitor<'_> for Name {
        type Value = usize;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a field's name")
        }

        fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
            let (before, after) = self.fields.split_at_checked(self.from).unwrap_or((self.fields, &[]));
            let later = after.iter().position(|field| *field == name).map(|index| self.from + index);
            let found = later.or_else(|| before.iter().position(|field| *field == name));
            Ok(found.unwrap_or(self.fields.len()))
        }
    }

    let found = map.next_key_seed(Name { fields, from: order.next })?;
    if let Some(index) = found {
        order.next = index + 1;
        let bit = u32::try_from(index).ok().and_then(|index| 1_u128.checked_shl(index)).unwrap_or(0);
        order.again = if order.seen & bit == 0 { None } else { fields.get(index).copied() };
        order.seen |= bit;
    }
    Ok(found)
}

/// Reads the next value into its field. One that a response has in a form that cannot be read is left out, where that is
/// allowed.
///
/// # Errors
/// Where it cannot be read, or the field came before with another value.
pub fn put<'de, T: Deserialize<'de> + PartialEq, A: MapAccess<'de>>(
    field: &mut T,
    map: &mut A,
    order: &FieldOrder,
) -> Result<(), A::Error> {
    match map.next_value() {
        Ok(value) => set(field, value, order),
        Err(error) => leave_out(map, error),
    }
}

/// [`put`] in a [`Way`].
///
/// # Errors
/// As for [`put`].
pub fn put_via<'de, W: Way<T>, T: PartialEq, A: MapAccess<'de>>(
    field: &mut T,
    map: &mut A,
    order: &FieldOrder,
) -> Result<(), A::Error> {
    match map.next_value::<Via<T, W>>() {
        Ok(value) => set(field, value.0, order),
        Err(error) => leave_out(map, error),
    }
}

fn set<T: PartialEq, E: de::Error>(field: &mut T, value: T, order: &FieldOrder) -> Result<(), E> {
    match order.again {
        Some(name) if *field != value => Err(E::duplicate_field(name)),
        _ => {
            *field = value;
            Ok(())
        }
    }
}

/// Goes on after a value that could not be read, where the format can and the value may be unknown.
#[cold]
fn leave_out<'de, A: MapAccess<'de>>(map: &mut A, error: A::Error) -> Result<(), A::Error> {
    if map.size_hint() != Some(CAN_GO_ON) {
        return Err(error);
    }
    map.next_value::<IgnoredAny>().map(drop).map_err(|_| error)
}

/// Skips the next value of the map.
///
/// # Errors
/// Where the input is malformed.
pub fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// A value that must have come.
///
/// # Errors
/// Where it did not.
pub fn need<T, E: de::Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}

/// The name of a field on the wire: what `#[name("…")]` says, else its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __wire_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// Reads the next value of `map` into a field.
#[doc(hidden)]
#[macro_export]
macro_rules! __put_field {
    ($field:expr, $map:ident, $order:ident) => {
        $crate::types::fields::put(&mut $field, $map, &$order)
    };
    ($field:expr, $map:ident, $order:ident, $way:ty) => {
        $crate::types::fields::put_via::<$way, _, A>(&mut $field, $map, &$order)
    };
}

/// Writes a field by a method of the [`Writer`].
#[doc(hidden)]
#[macro_export]
macro_rules! __write_field {
    ($to:ident.$how:ident($name:expr, $value:expr)) => {
        $to.$how($name, &$value)
    };
    ($to:ident.field($name:expr, $value:expr, $way:ty)) => {
        $to.field($name, &$crate::types::fields::Via::<_, $way>::of(&$value))
    };
    ($to:ident.optional($name:expr, $value:expr, $way:ty)) => {
        if $value.is_some() {
            $to.field($name, &$crate::types::fields::Via::<_, $way>::of(&$value))
        }
    };
}

/// `Serialize` and `Deserialize` for a struct with [`Fields`].
#[doc(hidden)]
#[macro_export]
macro_rules! __through_fields {
    ($name:ident) => {
        impl $crate::types::fields::serde::Serialize for $name {
            fn serialize<S: $crate::types::fields::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::types::fields::write_fields(self, serializer)
            }
        }

        impl<'de> $crate::types::fields::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::types::fields::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::types::fields::read_fields(deserializer)
            }
        }
    };
}

/// Declares a response or a part of one, as with `#[derive(Clone, Debug, Default, PartialEq, Serialize,
/// Deserialize)] #[serde(default)]`.
///
/// After its documentation a field may say `#[name("…")]`, where it is called otherwise on the wire, and `#[via(…)]`,
/// where it is read and written in a [`Way`] of its own.
macro_rules! response {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc $($doc:tt)*])*
                $(#[name($wire:literal)])?
                $(#[via($way:ty)])?
                pub $field:ident: $type:ty,
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $(
                $(#[doc $($doc)*])*
                pub $field: $type,
            )*
        }

        impl $name {
            /// Builds a value for a test or a test double: `fill` sets fields, and all others stay empty.
            #[must_use]
            #[allow(dead_code)] // in structs that are not public
            pub fn build(fill: impl FnOnce(&mut Self)) -> Self {
                let mut value = Self::default();
                fill(&mut value);
                value
            }
        }

        impl $crate::types::fields::Fields for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[$($crate::__wire_name!($field $($wire)?),)*];

            #[allow(unused_mut, unused_imports)] // a response without fields
            fn read<'de, A: serde::de::MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
                use $crate::types::fields::{next_field, skip};
                #[allow(non_camel_case_types, dead_code)] // the fields' own names
                enum Field { $($field),* }
                let (mut response, mut order) = (Self::default(), $crate::types::fields::FieldOrder::default());
                while let Some(found) = next_field(map, Self::FIELDS, &mut order)? {
                    match found {
                        $(field if field == Field::$field as usize => $crate::__put_field!(response.$field, map, order $(, $way)?),)*
                        _ => skip(map),
                    }?;
                }
                Ok(response)
            }

            #[allow(unused_variables, unused_imports)] // a response without fields
            fn write<S: serde::ser::SerializeStruct>(&self, to: &mut $crate::types::fields::Writer<S>) {
                $(
                    $crate::__write_field!(to.field($crate::__wire_name!($field $($wire)?), self.$field $(, $way)?));
                )*
            }
        }

        $crate::__through_fields!($name);
    };
}

pub(crate) use response;

#[doc(hidden)]
pub use serde;
