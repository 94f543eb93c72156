//! `Serialize` and `Deserialize` of structs and enums that programs store and exchange, in the forms of serde's derive
//! macros. The macros of this file stand in for them, so that the crate compiles without `serde_derive`.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        self, DeserializeSeed, EnumAccess, IgnoredAny, IntoDeserializer as _, MapAccess, SeqAccess,
        Unexpected, VariantAccess as _, Visitor,
    },
};

use super::fields::{FieldCodec, With};

/// A struct that is read from named values, or from its values in order where the format has no names.
pub(crate) trait Plain<'de>: Sized {
    /// Name of the type.
    const NAME: &'static str;
    /// The names of the fields.
    const FIELDS: &'static [&'static str];
    /// Whether other fields are refused; they are ignored otherwise.
    const STRICT: bool;

    /// Reads all values.
    fn read<A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error>;
}

/// Implements `Deserialize` for a [`Plain`] struct.
pub(crate) fn read_plain<'de, T: Plain<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Whole<T>(PhantomData<T>);

    impl<'de, T: Plain<'de>> Visitor<'de> for Whole<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "struct {}", T::NAME)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
            T::read(&mut map)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<T, A::Error> {
            T::read(&mut InOrder { values, next: 0, end: T::FIELDS.len(), name: T::NAME })
        }
    }

    deserializer.deserialize_struct(T::NAME, T::FIELDS, Whole(PhantomData))
}

/// The values of a struct without their names.
struct InOrder<A> {
    values: A,
    next: usize,
    end: usize,
    /// Name of the struct, for messages.
    name: &'static str,
}

impl<'de, A: SeqAccess<'de>> MapAccess<'de> for InOrder<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        // The number of values may not be known, so that a field is announced before its value is looked for.
        if self.next == self.end || self.values.size_hint() == Some(0) {
            return Ok(None);
        }
        self.next += 1;
        seed.deserialize((self.next as u64 - 1).into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        let value = self.values.next_element_seed(seed)?;
        value.ok_or_else(|| {
            let expected = format!("struct {} with {} elements", self.name, self.end);
            de::Error::invalid_length(self.next - 1, &expected.as_str())
        })
    }
}

/// Position of a name among known ones; their count where it is another one.
struct Name {
    known: &'static [&'static str],
    others: Unknown,
}

/// Treatment of unknown names.
enum Unknown {
    Ignored,
    NoField,
    NoVariant,
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
        f.write_str(if matches!(self.others, Unknown::NoVariant) {
            "variant identifier"
        } else {
            "field identifier"
        })
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        match (self.known.iter().position(|known| *known == name), self.others) {
            (Some(index), _) => Ok(index),
            (None, Unknown::Ignored) => Ok(self.known.len()),
            (None, Unknown::NoField) => Err(E::unknown_field(name, self.known)),
            (None, Unknown::NoVariant) => Err(E::unknown_variant(name, self.known)),
        }
    }

    fn visit_bytes<E: de::Error>(self, name: &[u8]) -> Result<usize, E> {
        self.visit_str(&String::from_utf8_lossy(name))
    }

    fn visit_u64<E: de::Error>(self, index: u64) -> Result<usize, E> {
        match (usize::try_from(index).ok().filter(|index| *index < self.known.len()), &self.others) {
            (Some(index), _) => Ok(index),
            (None, Unknown::Ignored) => Ok(self.known.len()),
            (None, _) => Err(E::invalid_value(Unexpected::Unsigned(index), &"a known index")),
        }
    }
}

/// The field that the next value belongs to; their count for an unknown one.
pub(crate) fn next_field<'de, T: Plain<'de>, A: MapAccess<'de>>(
    map: &mut A,
) -> Result<Option<usize>, A::Error> {
    let others = if T::STRICT { Unknown::NoField } else { Unknown::Ignored };
    map.next_key_seed(Name { known: T::FIELDS, others })
}

/// Reads the next value of a map into a field that has none yet.
pub(crate) fn put<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    field: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if field.is_some() {
        return Err(de::Error::duplicate_field(name));
    }
    *field = Some(map.next_value()?);
    Ok(())
}

/// [`put`] by a [`FieldCodec`].
pub(crate) fn put_with<'de, W: FieldCodec<T>, T, A: MapAccess<'de>>(
    field: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    let mut read = field.take().map(With::<T, W>::of);
    put(&mut read, name, map)?;
    *field = read.map(With::into_inner);
    Ok(())
}

/// Skips the value of an unknown field.
pub(crate) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// A field that is not written where it is empty.
pub(crate) trait Sparse {
    /// Whether it is.
    fn is_empty(&self) -> bool;
}

impl<T> Sparse for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }
}

impl<T> Sparse for Vec<T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Sparse for BTreeMap<K, V> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl Sparse for String {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl Sparse for bool {
    fn is_empty(&self) -> bool {
        !*self
    }
}

/// Implements `Serialize` and `Deserialize` for a struct by the names of its fields. What may be left out says so:
///
/// - `field [default]` is read as the default of its type where it is missing, `field [default(value)]` as a value; an
///   `Option` without either must be there.
/// - `field [sparse]` is also left out where it is [empty](Sparse).
/// - `field = "name"` has another name outside.
/// - `field [with(Codec)]` is read and written by a [`FieldCodec`], and may have a default behind it.
///
/// `strict` before the fields refuses others, `skipping field` behind them leaves one out.
macro_rules! plain {
    ($($body:tt)*) => {
        $crate::types::plain::plain_write! { $($body)* }
        $crate::types::plain::plain_read! { $($body)* }
    };
}

/// The `Serialize` of [`plain!`].
macro_rules! plain_write {
    ($name:ident $(<$generic:ident>)? $(strict)? { $($field:ident $(= $wire:literal)? $([$($how:tt)+])?),* $(,)? } $(skipping $skipped:ident)?) => {
        impl $(<$generic: serde::Serialize>)? serde::Serialize for $name $(<$generic>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct as _;
                let fields: &[bool] = &[$($crate::types::plain::is_written!(self.$field $(, $($how)+)?)),*];
                let length = fields.iter().filter(|written| **written).count();
                #[allow(unused_mut)] // a struct without fields
                let mut to = serializer.serialize_struct(stringify!($name), length)?;
                $($crate::types::plain::write_field!(to, $crate::__wire_name!($field $($wire)?), self.$field $(, $($how)+)?);)*
                to.end()
            }
        }
    };
}

/// The `Deserialize` of [`plain!`].
macro_rules! plain_read {
    (@strict) => { false };
    (@strict strict) => { true };
    ($name:ident $(<$generic:ident>)? $($strict:ident)? { $($field:ident $(= $wire:literal)? $([$($how:tt)+])?),* $(,)? } $(skipping $skipped:ident)?) => {
        impl<'de $(, $generic: serde::Deserialize<'de>)?> serde::Deserialize<'de> for $name $(<$generic>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::plain::read_plain(deserializer)
            }
        }

        impl<'de $(, $generic: serde::Deserialize<'de>)?> $crate::types::plain::Plain<'de> for $name $(<$generic>)? {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[$($crate::__wire_name!($field $($wire)?)),*];
            const STRICT: bool = $crate::types::plain::plain_read!(@strict $($strict)?);

            #[allow(unused_variables, unused_mut)] // a struct without fields
            fn read<A: serde::de::MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
                #[allow(non_camel_case_types)] // the fields' own names
                enum Field { $($field),* }
                let fields: &[Field] = &[$(Field::$field),*];
                $(let mut $field = None;)*
                while let Some(found) = $crate::types::plain::next_field::<Self, A>(map)? {
                    match fields.get(found) {
                        $(Some(Field::$field) => {
                            $crate::types::plain::read_field!($field, $crate::__wire_name!($field $($wire)?), map $(, $($how)+)?)?;
                        })*
                        _ => $crate::types::plain::skip(map)?,
                    }
                }
                Ok(Self {
                    $($field: $crate::types::plain::or_default!($field, $crate::__wire_name!($field $($wire)?) $(, $($how)+)?),)*
                    $($skipped: Default::default(),)?
                })
            }
        }
    };
}

macro_rules! is_written {
    ($value:expr, sparse) => {
        !$crate::types::plain::Sparse::is_empty(&$value)
    };
    ($value:expr $(, $($how:tt)+)?) => {
        true
    };
}

macro_rules! write_field {
    ($to:ident, $name:expr, $value:expr, sparse) => {
        match $crate::types::plain::Sparse::is_empty(&$value) {
            true => $to.skip_field($name)?,
            false => $to.serialize_field($name, &$value)?,
        }
    };
    ($to:ident, $name:expr, $value:expr, with($codec:ty) $($how:tt)*) => {
        $to.serialize_field($name, &$crate::types::fields::With::<_, $codec>::of(&$value))?
    };
    ($to:ident, $name:expr, $value:expr $(, $($how:tt)+)?) => {
        $to.serialize_field($name, &$value)?
    };
}

macro_rules! read_field {
    ($field:ident, $name:expr, $map:ident, with($codec:ty) $($how:tt)*) => {
        $crate::types::plain::put_with::<$codec, _, A>(&mut $field, $name, $map)
    };
    ($field:ident, $name:expr, $map:ident $(, $($how:tt)+)?) => {
        $crate::types::plain::put(&mut $field, $name, $map)
    };
}

macro_rules! or_default {
    ($field:ident, $name:expr, sparse) => {
        $field.unwrap_or_default()
    };
    ($field:ident, $name:expr, default) => {
        $field.unwrap_or_default()
    };
    ($field:ident, $name:expr, default($value:expr)) => {
        $field.unwrap_or($value)
    };
    ($field:ident, $name:expr, with($codec:ty) $($how:tt)+) => {
        $crate::types::plain::or_default!($field, $name, $($how)+)
    };
    ($field:ident, $name:expr) => {
        $crate::types::fields::need($field, $name)?
    };
}

/// Implements `Serialize` and `Deserialize` for an enum of words, each of which is its `as_str`.
macro_rules! words {
    ($name:ident { $($variant:ident),* $(,)? }) => {
        $crate::types::plain::word_written! { $name { $($variant),* } }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                const WORDS: &[&str] = &[$($name::$variant.as_str()),*];
                $crate::types::plain::read_word(deserializer, stringify!($name), WORDS, &[$(Self::$variant),*])
            }
        }
    };
}

/// The `Serialize` of [`words!`].
macro_rules! word_written {
    ($name:ident { $($variant:ident),* $(,)? }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_unit_variant(stringify!($name), *self as u32, self.as_str())
            }
        }
    };
}

/// Reads one of the words, which stands for the value at the same place.
pub(crate) fn read_word<'de, T: Copy, D: Deserializer<'de>>(
    deserializer: D,
    name: &'static str,
    words: &'static [&'static str],
    values: &[T],
) -> Result<T, D::Error> {
    let index = deserializer.deserialize_enum(name, words, Word { name, words })?;
    values.get(index).copied().ok_or_else(|| de::Error::custom("a word without a value"))
}

struct Word {
    name: &'static str,
    words: &'static [&'static str],
}

impl<'de> Visitor<'de> for Word {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "enum {}", self.name)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<usize, A::Error> {
        let (index, content) = next_variant(data, self.words)?;
        content.unit_variant().map(|()| index)
    }
}

/// The number of the variant, and what comes with it.
pub(crate) fn next_variant<'de, A: EnumAccess<'de>>(
    data: A,
    known: &'static [&'static str],
) -> Result<(usize, A::Variant), A::Error> {
    data.variant_seed(Name { known, others: Unknown::NoVariant })
}

/// Implements `Serialize` and `Deserialize` for an enum whose variants have names outside:
///
/// - `Variant = "name"` has no content, `Variant() = "name"` has one value.
/// - `Variant[Codec] = "name"` has one value that is read and written by a [`FieldCodec`].
macro_rules! variants {
    ($name:ident { $($variant:ident $(($($value:tt)*))? $([$codec:ty])? = $word:literal),* $(,)? }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                enum Place { $($variant),* }
                match self {
                    $($crate::types::plain::variant!(value $variant $(($($value)*))? $([$codec])?) => {
                        let (name, place) = (stringify!($name), Place::$variant as u32);
                        $crate::types::plain::write_variant!(
                            serializer, name, place, $word, value $(($($value)*))? $([$codec])?
                        )
                    })*
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                enum Place { $($variant),* }
                const NAMES: &[&str] = &[$($word),*];
                struct Whole;

                impl<'de> serde::de::Visitor<'de> for Whole {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("enum ", stringify!($name)))
                    }

                    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, data: A) -> Result<$name, A::Error> {
                        let (found, content) = $crate::types::plain::next_variant(data, NAMES)?;
                        match found {
                            $(place if place == Place::$variant as usize => {
                                $crate::types::plain::read_variant!($name $variant, content $(($($value)*))? $([$codec])?)
                            })*
                            _ => Err(serde::de::Error::custom("a name without a variant")),
                        }
                    }
                }

                deserializer.deserialize_enum(stringify!($name), NAMES, Whole)
            }
        }
    };
}

macro_rules! variant {
    ($value:ident $variant:ident) => {
        Self::$variant
    };
    ($value:ident $variant:ident $content:tt) => {
        Self::$variant($value)
    };
}

macro_rules! write_variant {
    ($serializer:ident, $name:ident, $place:ident, $word:literal, $value:ident) => {
        $serializer.serialize_unit_variant($name, $place, $word)
    };
    ($serializer:ident, $name:ident, $place:ident, $word:literal, $value:ident ()) => {
        $serializer.serialize_newtype_variant($name, $place, $word, $value)
    };
    ($serializer:ident, $name:ident, $place:ident, $word:literal, $value:ident [$codec:ty]) => {
        $serializer.serialize_newtype_variant(
            $name,
            $place,
            $word,
            &$crate::types::fields::With::<_, $codec>::of($value),
        )
    };
}

macro_rules! read_variant {
    ($name:ident $variant:ident, $content:ident) => {
        serde::de::VariantAccess::unit_variant($content).map(|()| $name::$variant)
    };
    ($name:ident $variant:ident, $content:ident ()) => {
        serde::de::VariantAccess::newtype_variant($content).map($name::$variant)
    };
    ($name:ident $variant:ident, $content:ident [$codec:ty]) => {
        serde::de::VariantAccess::newtype_variant::<$crate::types::fields::With<_, $codec>>($content)
            .map(|value| $name::$variant(value.into_inner()))
    };
}

/// Implements `Serialize` and `Deserialize` for a struct that stands for its one value.
macro_rules! transparent {
    ($name:ident($type:ty)) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$type as serde::Deserialize>::deserialize(deserializer).map(Self)
            }
        }
    };
}

pub(crate) use {
    is_written, or_default, plain, plain_read, plain_write, read_field, read_variant, transparent, variant,
    variants, word_written, words, write_field, write_variant,
};

#[cfg(test)]
mod tests {
    //! Each type stands here twice, once with the macros of this file and once with serde's derive.

    use serde::{Serialize, Serializer, de::DeserializeOwned};

    use super::*;

    struct Doubled;

    impl FieldCodec<u32> for Doubled {
        fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
            doubled::deserialize(deserializer)
        }

        fn write<S: Serializer>(value: &u32, serializer: S) -> Result<S::Ok, S::Error> {
            doubled::serialize(value, serializer)
        }
    }

    mod doubled {
        use serde::{Deserialize as _, Deserializer, Serializer};

        pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
            u32::deserialize(deserializer).map(|value| value / 2)
        }

        pub(super) fn serialize<S: Serializer>(value: &u32, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_u32(value * 2)
        }
    }

    mod own {
        use super::*;

        pub(super) struct Record<T> {
            id: Id,
            inner: T,
            list: Vec<u8>,
            text: String,
            map: BTreeMap<String, u8>,
            flag: bool,
            nullable: Option<u8>,
            count: u32,
            twice: u32,
            word: Word,
            choice: Choice,
            #[allow(dead_code)] // only left out
            left: Vec<u8>,
        }

        plain! {
            Record<T> {
                id, inner = "type", list [sparse], text [sparse], map [sparse], flag [sparse], nullable [default],
                count [default(7)], twice [with(Doubled) default(9)], word, choice,
            } skipping left
        }

        pub(super) struct Strict {
            first: u8,
            second: Option<u8>,
        }

        plain! { Strict strict { first, second [default] } }

        pub(super) struct Empty {}

        plain! { Empty {} }

        #[derive(Clone, Copy)]
        pub(super) enum Word {
            Ready,
            NotReady,
        }

        words! { Word { Ready, NotReady } }

        impl Word {
            const fn as_str(self) -> &'static str {
                match self {
                    Self::Ready => "ready",
                    Self::NotReady => "not_ready",
                }
            }
        }

        pub(super) enum Choice {
            Nothing,
            Number(u8),
            Twice(u32),
        }

        variants! { Choice { Nothing = "nothing", Number() = "number", Twice [Doubled] = "twice" } }

        pub(super) struct Id(String);

        transparent! { Id(String) }
    }

    mod derived {
        use super::*;
        use serde::{Deserialize, Serialize};

        #[derive(Serialize, Deserialize)]
        pub(super) struct Record<T> {
            id: Id,
            #[serde(rename = "type")]
            inner: T,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            list: Vec<u8>,
            #[serde(default, skip_serializing_if = "String::is_empty")]
            text: String,
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            map: BTreeMap<String, u8>,
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            flag: bool,
            nullable: Option<u8>,
            #[serde(default = "seven")]
            count: u32,
            #[serde(with = "doubled", default = "nine")]
            twice: u32,
            word: Word,
            choice: Choice,
            #[serde(skip)]
            #[allow(dead_code)] // only left out
            left: Vec<u8>,
        }

        fn seven() -> u32 {
            7
        }

        fn nine() -> u32 {
            9
        }

        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Strict {
            first: u8,
            second: Option<u8>,
        }

        #[derive(Serialize, Deserialize)]
        pub(super) struct Empty {}

        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum Word {
            Ready,
            NotReady,
        }

        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum Choice {
            Nothing,
            Number(u8),
            Twice(#[serde(with = "doubled")] u32),
        }

        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        pub(super) struct Id(String);
    }

    /// The forms in which the value of a text is written, with the value read from each of them, or the error.
    fn fate<T: Serialize + DeserializeOwned>(json: &str) -> Vec<String> {
        let value: T = match serde_json::from_str(json) {
            Ok(value) => value,
            Err(error) => return vec![error.to_string()],
        };
        let tree = serde_json::to_value(&value).unwrap();
        let again =
            serde_json::from_value::<T>(tree.clone()).map(|again| serde_json::to_string(&again).unwrap());
        let bytes = postcard::to_allocvec(&value).unwrap();
        let unnamed = postcard::from_bytes::<T>(&bytes).map(|again| serde_json::to_string(&again).unwrap());
        let mut cbor = Vec::new();
        ciborium::into_writer(&value, &mut cbor).unwrap();
        let named =
            ciborium::from_reader::<T, _>(&cbor[..]).map(|again| serde_json::to_string(&again).unwrap());
        vec![
            serde_json::to_string(&value).unwrap(),
            format!("{tree} {:?}", again.map_err(|error| error.to_string())),
            format!("{bytes:?} {:?}", unnamed.map_err(|error| error.to_string())),
            format!("{cbor:?} {:?}", named.map_err(|error| error.to_string())),
        ]
    }

    fn same<Own: Serialize + DeserializeOwned, Derived: Serialize + DeserializeOwned>(texts: &[&str]) {
        for text in texts {
            assert_eq!(fate::<Own>(text), fate::<Derived>(text), "{text}");
        }
    }

    const RECORD: [(&str, &str); 11] = [
        ("id", "\"i\""),
        ("type", "[1]"),
        ("list", "[1,2]"),
        ("text", "\"x\""),
        ("map", "{\"k\":1}"),
        ("flag", "true"),
        ("nullable", "3"),
        ("count", "4"),
        ("twice", "8"),
        ("word", "\"not_ready\""),
        ("choice", "{\"number\":5}"),
    ];

    #[test]
    fn structs_have_the_forms_and_errors_of_serde_derive() {
        let with = |changed: &str, value: Option<&str>, more: &str| {
            let fields = RECORD.iter().filter_map(|(name, usual)| {
                let value = if *name == changed { value? } else { usual };
                Some(format!("\"{name}\":{value}"))
            });
            let more = (!more.is_empty()).then(|| more.to_owned());
            format!("{{{}}}", fields.chain(more).collect::<Vec<_>>().join(","))
        };
        let mut texts =
            vec![with("", None, ""), with("", None, "\"unknown\":{\"deep\":[1]}"), "{}".to_owned()];
        for (name, usual) in RECORD {
            texts.push(with(name, None, ""));
            texts.push(with("", None, &format!("\"{name}\":{usual}")));
            for odd in ["null", "7", "-1", "\"\"", "[]", "{}", "\"ready\"", "{\"twice\":3}", "\"nothing\""] {
                texts.push(with(name, Some(odd), ""));
            }
        }
        let in_order: Vec<&str> = RECORD.iter().map(|(_, value)| *value).collect();
        texts.push(format!("[{}]", in_order.join(",")));
        texts.push(format!("[{},1]", in_order.join(",")));
        texts.push("[\"i\"]".to_owned());
        texts.push("[]".to_owned());
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        same::<own::Record<Vec<u8>>, derived::Record<Vec<u8>>>(&texts);
        same::<own::Strict, derived::Strict>(&[
            r#"{"first":1,"second":2}"#,
            r#"{"second":2}"#,
            r#"{"first":1}"#,
            r#"{"first":1,"third":2}"#,
            r#"{"first":1,"first":1}"#,
            "null",
            "[1,2]",
            "[]",
        ]);
        same::<own::Empty, derived::Empty>(&["{}", r#"{"unknown":1}"#, "[]", "null", "[1]"]);
    }

    #[test]
    fn enums_and_transparent_structs_have_the_forms_and_errors_of_serde_derive() {
        let texts = [
            "\"ready\"",
            "\"not_ready\"",
            "\"Ready\"",
            "\"nothing\"",
            "{\"ready\":null}",
            "{\"ready\":1}",
            "{\"number\":1}",
            "{\"number\":null}",
            "{\"number\":1,\"twice\":2}",
            "{\"twice\":8}",
            "\"twice\"",
            "{}",
            "[]",
            "null",
            "1",
            "\"\"",
        ];
        same::<own::Word, derived::Word>(&texts);
        same::<own::Choice, derived::Choice>(&texts);
        same::<own::Id, derived::Id>(&texts);
    }
}
