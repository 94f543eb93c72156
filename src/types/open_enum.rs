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
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("\n\nOn the wire `", $code, "`.")] $variant,)*
            /// A code that this version does not know, as it came.
            Other(Box<str>),
        }

        impl $name {
            /// The code on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other(code) => code,
                }
            }

            /// False for a code that this version does not know.
            pub const fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl $crate::types::Given for $name {
            fn text(&self) -> Option<&str> {
                Some(self.as_str())
            }

            fn is_documented(&self) -> bool {
                self.is_known()
            }
        }

        impl Default for $name {
            /// No code: what an answer without this field reads as.
            fn default() -> Self {
                Self::Other(Box::from(""))
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    other => Self::Other(other.into()),
                }
            }
        }

        impl From<String> for $name {
            fn from(code: String) -> Self {
                Self::from(code.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
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
                $crate::types::open_enum::read_code(deserializer, |code| Self::from(code))
            }
        }
    };
}

/// A field coded as a whole number: a variant for each documented code and `Other` for every other one.
macro_rules! open_codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$doc])* #[doc = concat!("\n\nOn the wire `", stringify!($code), "`.")] $variant,)*
            /// A code that this version does not know, as it came. `i64::MIN` where the field was missing; it is
            /// written as null.
            Other(i64),
        }

        impl $name {
            /// The code on the wire.
            pub const fn code(self) -> i64 {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other(code) => code,
                }
            }

            /// False for a code that this version does not know.
            pub const fn is_known(self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl $crate::types::Given for $name {
            fn text(&self) -> Option<&str> {
                None
            }

            fn is_documented(&self) -> bool {
                self.is_known()
            }
        }

        impl Default for $name {
            /// No code: what an answer without this field reads as.
            fn default() -> Self {
                Self::Other(i64::MIN)
            }
        }

        impl From<i64> for $name {
            fn from(code: i64) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    other => Self::Other(other),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.code(), f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.code() {
                    i64::MIN => serializer.serialize_none(),
                    code => serializer.serialize_i64(code),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::types::open_enum::read_number(deserializer).map(Self::from)
            }
        }
    };
}

pub(crate) use {open_codes, open_enum};

use std::fmt;

use serde::{Deserializer, de};

/// Reads a text code; a number is taken as its digits.
pub(crate) fn read_code<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    from: impl FnOnce(&str) -> T,
) -> Result<T, D::Error> {
    struct Code<F>(F);

    impl<T, F: FnOnce(&str) -> T> de::Visitor<'_> for Code<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a code")
        }

        fn visit_str<E: de::Error>(self, code: &str) -> Result<T, E> {
            Ok((self.0)(code))
        }

        fn visit_i64<E: de::Error>(self, code: i64) -> Result<T, E> {
            Ok((self.0)(&code.to_string()))
        }

        fn visit_u64<E: de::Error>(self, code: u64) -> Result<T, E> {
            Ok((self.0)(&code.to_string()))
        }

        fn visit_bool<E: de::Error>(self, code: bool) -> Result<T, E> {
            Ok((self.0)(if code { "true" } else { "false" }))
        }

        fn visit_unit<E: de::Error>(self) -> Result<T, E> {
            Ok((self.0)(""))
        }
    }

    deserializer.deserialize_any(Code(from))
}

/// Reads a number code; text is taken where it is digits.
pub(crate) fn read_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct Number;

    impl de::Visitor<'_> for Number {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
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
            match code.trim_ascii() {
                "" => Ok(i64::MIN),
                digits => {
                    digits.parse().map_err(|_| E::invalid_type(de::Unexpected::Other("other text"), &self))
                }
            }
        }

        fn visit_unit<E: de::Error>(self) -> Result<i64, E> {
            Ok(i64::MIN)
        }
    }

    deserializer.deserialize_any(Number)
}

#[cfg(test)]
mod tests {
    open_enum! {
        /// Text codes.
        pub enum Direction {
            /// In.
            Income = "REVENUE",
        }
    }

    open_codes! {
        /// Number codes.
        pub enum Kind {
            /// One.
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
