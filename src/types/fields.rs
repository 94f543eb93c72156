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

use super::{Amount, ParseTimeError, amount_text, formats::CAN_GO_ON, time_or_none};

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

/// Reads and writes a field otherwise than its type does. A field names its codec by `#[with(…)]`.
pub trait FieldCodec<T> {
    /// Reads a value.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;

    /// Writes a value.
    ///
    /// # Errors
    /// Only those of the serializer.
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Empty text is no time.
pub struct EmptyAsNone;

impl<T: FromStr<Err = ParseTimeError> + Serialize> FieldCodec<Option<T>> for EmptyAsNone {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        time_or_none(deserializer)
    }

    fn write<S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

/// An amount that is text on the wire.
pub struct AsText;

impl FieldCodec<Amount> for AsText {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        amount_text::deserialize(deserializer)
    }

    fn write<S: Serializer>(value: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
        amount_text::serialize(value, serializer)
    }
}

impl FieldCodec<Option<Amount>> for AsText {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
        amount_text::option::deserialize(deserializer)
    }

    fn write<S: Serializer>(value: &Option<Amount>, serializer: S) -> Result<S::Ok, S::Error> {
        amount_text::option::serialize(value, serializer)
    }
}

/// A code that is a number elsewhere and text here.
pub struct CodeAsText;

impl<T: fmt::Display + de::DeserializeOwned> FieldCodec<Option<T>> for CodeAsText {
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

/// A value that is read and written by a [`FieldCodec`].
pub struct With<T, W>(T, PhantomData<W>);

impl<T, W> With<T, W> {
    /// The value, to be written.
    pub fn of(value: T) -> Self {
        Self(value, PhantomData)
    }

    /// The value that was read.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<'de, T, W: FieldCodec<T>> Deserialize<'de> for With<T, W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match W::read(deserializer) {
            Ok(value) => Ok(Self::of(value)),
            Err(error) => Err(error),
        }
    }
}

impl<T, W: FieldCodec<T>> Serialize for With<&T, W> {
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

/// The index of the first name that is accepted: from this index on, and then before it.
#[inline]
pub(super) fn index_from(names: &[&str], from: usize, accept: impl Fn(&str) -> bool) -> Option<usize> {
    let (before, after) = names.split_at_checked(from).unwrap_or((names, &[]));
    let later = after.iter().position(|name| accept(name)).map(|index| from + index);
    later.or_else(|| before.iter().position(|name| accept(name)))
}

/// An empty value that `fill` has set fields of.
pub fn filled<T: Default>(fill: impl FnOnce(&mut T)) -> T {
    let mut value = T::default();
    fill(&mut value);
    value
}

/// Calls a setter of a request if there is a value.
pub fn set_if_some<R, T>(request: R, value: Option<T>, set: impl FnOnce(R, T) -> R) -> R {
    match value {
        Some(value) => set(request, value),
        None => request,
    }
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
            // The reader of responses gives a known name as it stands in the list, at the same address.
            let found = index_from(self.fields, self.from, |field| std::ptr::eq(field, name))
                .or_else(|| index_from(self.fields, self.from, |field| field == name));
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

/// [`put`] by a [`FieldCodec`].
///
/// # Errors
/// As for [`put`].
pub fn put_with<'de, W: FieldCodec<T>, T: PartialEq, A: MapAccess<'de>>(
    field: &mut T,
    map: &mut A,
    order: &FieldOrder,
) -> Result<(), A::Error> {
    match map.next_value::<With<T, W>>() {
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
    ($field:expr, $map:ident, $order:expr) => {
        $crate::types::fields::put(&mut $field, $map, $order)
    };
    ($field:expr, $map:ident, $order:expr, $codec:ty) => {
        $crate::types::fields::put_with::<$codec, _, A>(&mut $field, $map, $order)
    };
}

/// Writes a field by a method of the [`Writer`].
#[doc(hidden)]
#[macro_export]
macro_rules! __write_field {
    ($to:ident.$how:ident($name:expr, $value:expr)) => {
        $to.$how($name, &$value)
    };
    ($to:ident.field($name:expr, $value:expr, $codec:ty)) => {
        $to.field($name, &$crate::types::fields::With::<_, $codec>::of(&$value))
    };
    ($to:ident.optional($name:expr, $value:expr, $codec:ty)) => {
        if $value.is_some() {
            $to.field($name, &$crate::types::fields::With::<_, $codec>::of(&$value))
        }
    };
}

/// Builds a response by the syntax of a struct literal, which the compiler refuses outside this crate because responses
/// gain fields in minor releases.
///
/// For tests and test doubles. Fields that are not named come from the base behind `..`; without a base they are empty.
/// The expressions may contain `?`. [`build`](crate::resellers::Reseller::build) does the same with a closure.
///
/// ```
/// use huaweicloud_partner::{fill, resellers::{Reseller, ResellerPage}};
///
/// let reseller = fill!(Reseller { indirect_partner_id: "r1".into(), name: Some("Ada".into()) });
/// let page = fill!(ResellerPage { indirect_partners: vec![reseller], count: Some(1) });
/// let next = fill!(ResellerPage { count: Some(2), ..page.clone() });
/// assert_eq!(next.indirect_partners, page.indirect_partners);
/// ```
#[macro_export]
macro_rules! fill {
    ($type:path { $($field:ident $(: $value:expr)?),* $(,)? }) => {
        $crate::fill!($type { $($field $(: $value)?,)* ..::std::default::Default::default() })
    };
    ($type:path { $($field:ident $(: $value:expr)?,)* ..$base:expr }) => {{
        #[allow(unused_mut)] // no field is named
        let mut filled: $type = $base;
        $(filled.$field = $crate::__value_or_name!($field $($value)?);)*
        filled
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __value_or_name {
    ($name:ident) => {
        $name
    };
    ($name:ident $value:expr) => {
        $value
    };
}

/// The text of `#[doc = "…"]`.
#[doc(hidden)]
#[macro_export]
macro_rules! __doc_text {
    (= $text:expr) => {
        $text
    };
}

/// The schema of a field, added to those of its struct.
#[cfg(feature = "dynamic")]
#[doc(hidden)]
#[macro_export]
macro_rules! __property {
    ($properties:ident, $definitions:ident, $name:expr, $type:ty, $doc:expr) => {
        $properties.insert(
            $name.to_owned(),
            $crate::types::schema::documented($crate::__schema_of!($type, $definitions), $doc),
        );
    };
    ($properties:ident, $definitions:ident, $name:expr, $type:ty, $doc:expr, $codec:ty) => {
        $properties.insert(
            $name.to_owned(),
            $crate::types::schema::documented(
                $crate::types::schema::or_text($crate::__schema_of!($type, $definitions)),
                $doc,
            ),
        );
    };
}

/// The schema of a type; one that allows everything for a type that has none.
#[cfg(feature = "dynamic")]
#[doc(hidden)]
#[macro_export]
macro_rules! __schema_of {
    ($type:ty, $definitions:ident) => {{
        #[allow(unused_imports)] // one of the two applies
        use $crate::types::schema::{Known as _, Unknown as _};
        (&$crate::types::schema::Probe::<$type>::new()).schema($definitions)
    }};
}

/// The schema of a request struct.
#[cfg(feature = "dynamic")]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_request {
    ($struct:ident $({
        $required:literal; $field:ident $($name:literal)?; $($type:ident)::+ $(<$($inner:ty),+>)?;
        [$($codec:ty)?]; $($doc:expr),*
    })*) => {
        impl $crate::types::schema::Described for $struct {
            #[allow(unused_mut, unused_variables)] // a request without fields
            fn schema(
                definitions: &mut $crate::types::schema::Definitions,
            ) -> $crate::serde_json::Value {
                definitions.reference::<Self>(|definitions| {
                    let mut properties = $crate::serde_json::Map::new();
                    let mut required: Vec<&str> = Vec::new();
                    $(
                        $crate::__property!(
                            properties, definitions, $crate::__wire_name!($field $($name)?),
                            $($type)::+ $(<$($inner),+>)?, concat!("", $($doc, "\n"),*) $(, $codec)?
                        );
                        if $required {
                            required.push($crate::__wire_name!($field $($name)?));
                        }
                    )*
                    $crate::types::schema::object(properties, &required)
                })
            }
        }
    };
}

/// Without the feature `dynamic` there are no schemas.
#[cfg(not(feature = "dynamic"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_request {
    ($($request:tt)*) => {};
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
/// Deserialize)] #[serde(default)]`, but for `Debug`, which shows free text [by its shape](super::shape).
///
/// After its documentation a field may say `#[name("…")]`, where it is called otherwise on the wire, and `#[with(…)]`,
/// where it is read and written by a [`FieldCodec`].
macro_rules! response {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc $($doc:tt)*])*
                $(#[name($wire:literal)])?
                $(#[with($codec:ty)])?
                pub $field:ident: $type:ty,
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[doc $($doc)*])*
                pub $field: $type,
            )*
        }

        $crate::__debug_by_shape! { $name { $($field),* } }

        impl $name {
            /// Builds a value for a test or a test double: `fill` sets fields, and all others stay empty.
            #[must_use]
            #[allow(dead_code)] // in structs that are not public
            pub fn build(fill: impl FnOnce(&mut Self)) -> Self {
                $crate::types::fields::filled(fill)
            }
        }

        impl $crate::types::fields::Fields for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[$($crate::__wire_name!($field $($wire)?),)*];

            #[allow(unused_mut)] // a response without fields
            fn read<'de, A: serde::de::MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
                use $crate::types::fields::{next_field, skip};
                #[allow(non_camel_case_types)] // the fields' own names
                enum Field { $($field),* }
                let (mut response, mut order) = (Self::default(), $crate::types::fields::FieldOrder::default());
                while let Some(found) = next_field(map, Self::FIELDS, &mut order)? {
                    let fields: &[Field] = &[$(Field::$field),*];
                    match fields.get(found) {
                        $(Some(Field::$field) => $crate::__put_field!(response.$field, map, &order $(, $codec)?),)*
                        _ => skip(map),
                    }?;
                }
                Ok(response)
            }

            #[allow(unused_variables, unused_imports)] // a response without fields
            fn write<S: serde::ser::SerializeStruct>(&self, to: &mut $crate::types::fields::Writer<S>) {
                $(
                    $crate::__write_field!(to.field($crate::__wire_name!($field $($wire)?), self.$field $(, $codec)?));
                )*
            }
        }

        $crate::__through_fields!($name);

        #[cfg(feature = "dynamic")]
        impl $crate::types::schema::Described for $name {
            fn schema(definitions: &mut $crate::types::schema::Definitions) -> serde_json::Value {
                #[allow(unused_mut, unused_variables)] // a response without fields
                definitions.reference::<Self>(|definitions| {
                    let mut properties = serde_json::Map::new();
                    $($crate::__property!(
                        properties, definitions, $crate::__wire_name!($field $($wire)?), $type,
                        concat!("", $($crate::__doc_text!($($doc)*), "\n"),*) $(, $codec)?
                    );)*
                    $crate::types::schema::object(properties, &[])
                })
            }
        }
    };
}

pub(crate) use response;

#[doc(hidden)]
pub use serde;
