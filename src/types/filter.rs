//! A parameter for which absent, null and empty text mean different things.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A filter in three states beside its value, for parameters whose documentation tells them apart.
///
/// Put `#[serde(default, skip_serializing_if = "Filter::is_absent")]` on the field; the crate's requests do.
/// In a query string there is no null: [`Filter::Null`] is left out there like [`Filter::Absent`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Filter<T> {
    /// The parameter is left out.
    #[default]
    Absent,
    /// The parameter is sent as `null`.
    Null,
    /// The parameter is sent as `""`.
    Empty,
    /// The parameter is sent with this value.
    Is(T),
}

impl<T> Filter<T> {
    /// True when the parameter is to be left out.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value filtered by, if one is.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Null | Self::Empty => None,
        }
    }
}

impl<T> From<T> for Filter<T> {
    fn from(value: T) -> Self {
        Self::Is(value)
    }
}

impl From<&str> for Filter<String> {
    /// `""` is [`Filter::Empty`].
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Is(text.to_owned()) }
    }
}

impl<T: Serialize> Serialize for Filter<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Empty => serializer.serialize_str(""),
            Self::Is(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: From<String>> Deserialize<'de> for Filter<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<String>::deserialize(deserializer)? {
            None => Self::Null,
            Some(text) if text.is_empty() => Self::Empty,
            Some(text) => Self::Is(text.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Request {
        #[serde(default, skip_serializing_if = "Filter::is_absent")]
        region: Filter<String>,
    }

    #[test]
    fn the_three_states_and_the_value_stay_apart() {
        for (json, region) in [
            ("{}", Filter::Absent),
            (r#"{"region":null}"#, Filter::Null),
            (r#"{"region":""}"#, Filter::from("")),
            (r#"{"region":"cn-north-1"}"#, Filter::from("cn-north-1")),
        ] {
            let request: Request = serde_json::from_str(json).unwrap();
            assert_eq!(request, Request { region });
            assert_eq!(serde_json::to_string(&request).unwrap(), json);
        }
    }
}
