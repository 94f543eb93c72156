//! Reading a struct field by field.
//!
//! serde's derive writes a reader of some hundred lines for every struct, for formats and checks that answers never
//! meet; with hundreds of structs that was half of the time this crate took to compile. The macro [`answer!`] and the
//! one behind requests write a single `match` from field names to fields instead, and leave the loop to this file.
//! Writing stays with serde's derive.

use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, Visitor},
};

use super::{Amount, ParseTimeError, amount_text, time_or_none};

/// A struct that can be read from named values.
pub trait Fields: Sized {
    /// What it is called in an error.
    const NAME: &'static str;
    /// The names on the wire.
    const FIELDS: &'static [&'static str];

    /// Reads all values of `map`; unknown ones are passed over.
    ///
    /// # Errors
    /// Where a value cannot be read, or one that must be there is missing.
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error>;
}

/// What `Deserialize` does for a struct with [`Fields`].
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

/// The name of the next value, if there is one.
///
/// # Errors
/// Where the input is malformed.
pub fn next_name<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Cow<'de, str>>, A::Error> {
    struct Name<'de>(Cow<'de, str>);

    impl<'de> Deserialize<'de> for Name<'de> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Text;

            impl<'de> Visitor<'de> for Text {
                type Value = Name<'de>;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("a field's name")
                }

                fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                    Ok(Name(Cow::Borrowed(name)))
                }

                fn visit_str<E: de::Error>(self, name: &str) -> Result<Name<'de>, E> {
                    Ok(Name(Cow::Owned(name.to_owned())))
                }
            }

            deserializer.deserialize_identifier(Text)
        }
    }

    Ok(map.next_key::<Name<'de>>()?.map(|Name(name)| name))
}

/// A way to read a value, named by a type.
pub trait Way<'de, T> {
    /// Reads a value.
    ///
    /// # Errors
    /// Where it cannot be read in this way.
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;
}

/// As the type itself is read.
pub struct Plain;

impl<'de, T: Deserialize<'de>> Way<'de, T> for Plain {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

/// With [`time_or_none`].
pub struct TimeOrNone;

impl<'de, T: FromStr<Err = ParseTimeError>> Way<'de, Option<T>> for TimeOrNone {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        time_or_none(deserializer)
    }
}

/// With [`amount_text::option`].
pub struct AmountOrNone;

impl<'de> Way<'de, Option<Amount>> for AmountOrNone {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
        amount_text::option::deserialize(deserializer)
    }
}

struct Value<T, W>(T, PhantomData<W>);

impl<'de, T, W: Way<'de, T>> Deserialize<'de> for Value<T, W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match W::read(deserializer) {
            Ok(value) => Ok(Self(value, PhantomData)),
            Err(error) => Err(error),
        }
    }
}

/// Reads the next value into its field.
///
/// # Errors
/// Where it cannot be read.
pub fn put<'de, W: Way<'de, T>, T, A: MapAccess<'de>>(field: &mut T, map: &mut A) -> Result<(), A::Error> {
    match map.next_value::<Value<T, W>>() {
        Ok(Value(value, _)) => *field = value,
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Reads the next value into a field that may stay without one.
///
/// # Errors
/// Where it cannot be read.
pub fn put_some<'de, W: Way<'de, T>, T, A: MapAccess<'de>>(
    field: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    match map.next_value::<Value<T, W>>() {
        Ok(Value(value, _)) => *field = Some(value),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Passes over the next value.
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
pub fn need<T, E: de::Error>(slot: Option<T>, name: &'static str) -> Result<T, E> {
    slot.ok_or_else(|| E::missing_field(name))
}

/// The name of a field on the wire: that of `#[serde(rename = "…")]`, else its own.
macro_rules! wire_name {
    ($field:ident;) => {
        stringify!($field)
    };
    ($field:ident; rename = $wire:literal $($rest:tt)*) => {
        $wire
    };
    ($field:ident; $($other:tt)*) => {
        stringify!($field)
    };
}

/// The [`Way`] to read a field, by its `#[serde(…)]`. There is no way but these.
macro_rules! way {
    () => { $crate::types::fields::Plain };
    (default) => { $crate::types::fields::Plain };
    (rename = $wire:literal) => { $crate::types::fields::Plain };
    (serialize_with = $how:literal) => { $crate::types::fields::Plain };
    (with = "amount_text") => { $crate::types::fields::Plain };
    (with = "amount_text::option") => { $crate::types::fields::AmountOrNone };
    (deserialize_with = "time_or_none") => { $crate::types::fields::TimeOrNone };
    (deserialize_with = "local_time") => { $crate::tickets::common::Local };
    (with = "language") => { $crate::tickets::common::Tagged };
    (with = "crate::tickets::common::language") => { $crate::tickets::common::Tagged };
    (with = "tag") => { $crate::tickets::directory::Tag };
    (rename = $wire:literal, $($rest:tt)*) => { $crate::types::fields::way!($($rest)*) };
}

/// `Fields` and `Deserialize` for a struct: each field with its type, its `#[serde(…)]` and what it is where no value
/// came: `need` refuses unless the attribute says `default`, `or` gives another value.
macro_rules! readable {
    ($name:ident { $($field:ident: $type:ty { $($how:tt)* } => $need:ident $($missing:expr)?,)* }) => {
        impl $crate::types::fields::Fields for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[$($crate::types::fields::wire_name!($field; $($how)*),)*];

            fn read<'de, A: serde::de::MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
                $(let mut $field = None;)*
                while let Some(name) = $crate::types::fields::next_name(map)? {
                    match &*name {
                        $(
                            $crate::types::fields::wire_name!($field; $($how)*) => {
                                $crate::types::fields::put_some::<$crate::types::fields::way!($($how)*), $type, A>(
                                    &mut $field, map,
                                )
                            }
                        )*
                        _ => $crate::types::fields::skip(map),
                    }?;
                }
                Ok(Self {
                    $($field: $crate::types::fields::taken!(
                        $need $field, $crate::types::fields::wire_name!($field; $($how)*); { $($how)* } $(, $missing)?
                    ),)*
                })
            }
        }

        $crate::types::fields::readable!($name);
    };
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::fields::read_fields(deserializer)
            }
        }
    };
}

/// The value that came for a field, or what stands in for it.
macro_rules! taken {
    (need $slot:ident, $wire:expr; { default }) => {
        $slot.unwrap_or_default()
    };
    (need $slot:ident, $wire:expr; { $($how:tt)* }) => {
        $crate::types::fields::need($slot, $wire)?
    };
    (or $slot:ident, $wire:expr; { $($how:tt)* }, $missing:expr) => {
        $slot.unwrap_or_else(|| $missing)
    };
}

/// An answer or a part of one: a struct whose missing fields are left at their defaults, as with
/// `#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)] #[serde(default)]`.
///
/// A field may have one `#[serde(…)]` after its documentation; `way!` lists what may be in it.
macro_rules! answer {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc $($doc:tt)*])*
                $(#[serde($($how:tt)*)])?
                pub $field:ident: $type:ty,
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
        pub struct $name {
            $(
                $(#[doc $($doc)*])*
                $(#[serde($($how)*)])?
                pub $field: $type,
            )*
        }

        impl $crate::types::fields::Fields for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] =
                &[$($crate::types::fields::wire_name!($field; $($($how)*)?),)*];

            fn read<'de, A: serde::de::MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
                let mut answer = Self::default();
                while let Some(name) = $crate::types::fields::next_name(map)? {
                    match &*name {
                        $(
                            $crate::types::fields::wire_name!($field; $($($how)*)?) => {
                                $crate::types::fields::put::<$crate::types::fields::way!($($($how)*)?), $type, A>(
                                    &mut answer.$field, map,
                                )
                            }
                        )*
                        _ => $crate::types::fields::skip(map),
                    }?;
                }
                Ok(answer)
            }
        }

        $crate::types::fields::readable!($name);
    };
}

pub(crate) use {answer, readable, taken, way, wire_name};
