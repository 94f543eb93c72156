//! Coded fields as enums that keep a code they do not know.

/// A field coded as text: a variant for each documented code and `Other` for every other one.
///
/// ```text
/// open_enum! {
///     /// What the field says.
///     pub enum Direction {
///         /// Money came in.
///         Income = "REVENUE",
///     }
/// }
/// ```
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Ord, Hash)]
        #[allow(clippy::derive_ord_xor_partial_ord)] // one and the same order, in less code
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("\n\nOn the wire `", $code, "`.")] $variant,)*
            /// A code that this version does not know, as it came.
            Other(Box<str>),
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant => f.write_str(stringify!($variant)),)*
                    Self::Other(code) => $crate::types::open_enum::show_other(code, f),
                }
            }
        }

        impl $name {
            /// The code on the wire.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other(code) => code,
                }
            }

            /// False for a code that this version does not know.
            #[inline]
            pub const fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $crate::types::Given for $name {
            #[inline]
            fn text(&self) -> Option<&str> {
                Some(self.as_str())
            }

            #[inline]
            fn is_documented(&self) -> bool {
                self.is_known()
            }
        }

        #[cfg(feature = "dynamic")]
        impl $crate::types::schema::Described for $name {
            fn schema(_: &mut $crate::types::schema::Definitions) -> serde_json::Value {
                $crate::types::schema::coded("string", &[$($code.into(),)*])
            }
        }

        impl From<&str> for $name {
            #[inline]
            fn from(code: &str) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    other => Self::Other(other.into()),
                }
            }
        }

        impl From<String> for $name {
            #[inline]
            fn from(code: String) -> Self {
                Self::from(code.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            #[inline]
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(code))
            }
        }

        impl AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut read = Self::Other(Box::default());
                $crate::types::open_enum::read_code(deserializer, &mut |code| {
                    read = Self::from(code);
                    read.is_known() || code.is_empty()
                })?;
                Ok(read)
            }
        }
    };
}

/// A field coded as a whole number: a variant for each documented code and `Other` for every other one.
macro_rules! open_codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Ord, Hash)]
        #[allow(clippy::derive_ord_xor_partial_ord)] // one and the same order, in less code
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("\n\nOn the wire `", stringify!($code), "`.")] $variant,)*
            /// A code that this version does not know, as it came.
            Other(i64),
        }

        impl $name {
            /// The code on the wire.
            #[inline]
            pub const fn code(self) -> i64 {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other(code) => code,
                }
            }

            /// False for a code that this version does not know.
            #[inline]
            pub const fn is_known(self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $crate::types::Given for $name {
            #[inline]
            fn text(&self) -> Option<&str> {
                None
            }

            #[inline]
            fn is_documented(&self) -> bool {
                self.is_known()
            }
        }

        #[cfg(feature = "dynamic")]
        impl $crate::types::schema::Described for $name {
            fn schema(_: &mut $crate::types::schema::Definitions) -> serde_json::Value {
                $crate::types::schema::coded("integer", &[$($code.into(),)*])
            }
        }

        impl From<i64> for $name {
            #[inline]
            fn from(code: i64) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    other => Self::Other(other),
                }
            }
        }

        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.code(), f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::open_enum::read_number(deserializer, |code| Self::from(code).is_known())
                    .map(Self::from)
            }
        }
    };
}

pub(crate) use {open_codes, open_enum};

use std::fmt;

use serde::{Deserializer, de};

use super::{
    decimal,
    formats::{CODE, guesses_types, is_response},
    shape::is_word,
};

/// Shows a code that is not known, unless it is a text that no code is: such a text may be about a person.
pub(crate) fn show_other(code: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if is_word(code) { f.debug_tuple("Other").field(&code).finish() } else { f.write_str("Other(***)") }
}

/// Reads a text code; a number is taken as its digits. `take` is given the code and says whether it is known: there are
/// many types of codes, and this is compiled once for all of them.
pub(crate) fn read_code<'de, D: Deserializer<'de>>(
    deserializer: D,
    take: &mut dyn FnMut(&str) -> bool,
) -> Result<(), D::Error> {
    struct Text<'t>(&'t mut dyn FnMut(&str) -> bool);

    impl de::Visitor<'_> for Text<'_> {
        /// Whether the code is known.
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a code")
        }

        fn visit_str<E: de::Error>(self, code: &str) -> Result<bool, E> {
            Ok((self.0)(code))
        }

        fn visit_i64<E: de::Error>(self, code: i64) -> Result<bool, E> {
            Ok((self.0)(&code.to_string()))
        }

        fn visit_u64<E: de::Error>(self, code: u64) -> Result<bool, E> {
            Ok((self.0)(&code.to_string()))
        }

        fn visit_bool<E: de::Error>(self, code: bool) -> Result<bool, E> {
            Ok((self.0)(if code { "true" } else { "false" }))
        }

        fn visit_f64<E: de::Error>(self, code: f64) -> Result<bool, E> {
            Ok((self.0)(&code.to_string()))
        }

        fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
            Ok((self.0)(""))
        }
    }

    if is_response::<D>() {
        let visitor = Reported { visitor: Text(take), is_known: |known: &bool| *known };
        return deserializer.deserialize_newtype_struct(CODE, visitor).map(drop);
    }
    if !deserializer.is_human_readable() || guesses_types::<D>() {
        return deserializer.deserialize_str(Text(take)).map(drop);
    }
    deserializer.deserialize_any(Text(take)).map(drop)
}

/// Reads a number code; text is taken where it is digits.
pub(crate) fn read_number<'de, D: Deserializer<'de>>(
    deserializer: D,
    is_known: fn(i64) -> bool,
) -> Result<i64, D::Error> {
    struct Number;

    impl de::Visitor<'_> for Number {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a code that is a whole number")
        }

        fn visit_i64<E: de::Error>(self, code: i64) -> Result<i64, E> {
            Ok(code)
        }

        fn visit_u64<E: de::Error>(self, code: u64) -> Result<i64, E> {
            i64::try_from(code).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(code), &self))
        }

        fn visit_bool<E: de::Error>(self, code: bool) -> Result<i64, E> {
            Ok(i64::from(code))
        }

        fn visit_str<E: de::Error>(self, code: &str) -> Result<i64, E> {
            whole(code.trim_ascii())
                .ok_or_else(|| E::invalid_value(de::Unexpected::Other("other text"), &self))
        }

        fn visit_f64<E: de::Error>(self, code: f64) -> Result<i64, E> {
            self.visit_str(&code.to_string())
        }
    }

    if is_response::<D>() {
        let visitor = Reported { visitor: Number, is_known: |code: &i64| is_known(*code) };
        return deserializer.deserialize_newtype_struct(CODE, visitor);
    }
    if !deserializer.is_human_readable() {
        return deserializer.deserialize_i64(Number);
    }
    deserializer.deserialize_any(Number)
}

/// The whole number that a text stands for.
fn whole(text: &str) -> Option<i64> {
    let number = decimal::parse(text)?.normalize();
    if number.scale() == 0 { number.mantissa().try_into().ok() } else { None }
}

/// Reads a code out of a response and says where it is not known.
struct Reported<V, K> {
    visitor: V,
    is_known: K,
}

impl<'de, V: de::Visitor<'de>, K: Fn(&V::Value) -> bool> de::Visitor<'de> for Reported<V, K> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<V::Value, A::Error> {
        let Some(code) = seq.next_element_seed(Scalar(self.visitor))? else {
            return Err(de::Error::custom("no code"));
        };
        if !(self.is_known)(&code) {
            seq.next_element::<de::IgnoredAny>()?;
        }
        Ok(code)
    }
}

struct Scalar<V>(V);

impl<'de, V: de::Visitor<'de>> de::DeserializeSeed<'de> for Scalar<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self.0)
    }
}
#[cfg(test)]
mod tests {
    open_enum! {
        /// Text codes of a direction.
        pub enum Direction {
            /// Money that comes in.
            Income = "REVENUE",
        }
    }

    open_codes! {
        /// Number codes of a kind.
        pub enum Kind {
            /// First of the kinds.
            First = 1,
            /// Before the first.
            Before = -1,
        }
    }

    #[test]
    fn unknown_codes_are_kept_exactly() {
        let known: Direction = serde_json::from_str("\"REVENUE\"").unwrap();
        assert!(known.is_known() && known == Direction::Income);
        let other: Direction = serde_json::from_str("\"Brand New \"").unwrap();
        assert!(!other.is_known());
        assert_eq!(serde_json::to_string(&other).unwrap(), "\"Brand New \"");
        assert_eq!(serde_json::from_str::<Direction>("7").unwrap().as_str(), "7");

        assert_eq!(serde_json::from_str::<Kind>("\"-1\"").unwrap(), Kind::Before);
        let other: Kind = serde_json::from_str("99").unwrap();
        assert_eq!((other.is_known(), serde_json::to_string(&other).unwrap()), (false, "99".to_owned()));
        serde_json::from_str::<Kind>("\"one\"").unwrap_err();
    }
}
