//! An item of a batch that failed while others were executed.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{ErrorCode, classify};
use crate::types::{CODE, is_response, plain::plain_write};

/// Reason why one item of a batch was not executed, inside a response with HTTP status 200.
///
/// Code and message are read in every spelling in which the service writes errors. Neither `Display` nor `Debug` shows the
/// service's own words, which may quote the request.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ItemError {
    /// The item: the id of a customer, a reseller or a quota, as the operation says.
    pub id: String,
    /// The code, with its meaning where it is documented.
    pub code: ErrorCode,
    /// The service's own words; they may quote the request.
    pub message: String,
}

plain_write! { ItemError { id, code = "error_code", message = "error_msg" } }

impl<'de> Deserialize<'de> for ItemError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Item;

        impl<'de> Visitor<'de> for Item {
            type Value = ItemError;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an item with its error")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ItemError, A::Error> {
                let mut item = ItemError::default();
                while let Some(name) = map.next_key::<String>()? {
                    let field = match classify::part_of_error(&name) {
                        Some(classify::Part::Code) => {
                            if let Some(code) = map.next_value::<FirstText>()?.0 {
                                let code = classify::tidy(&code);
                                // A code of the service says more than a status beside it.
                                let better = |known: &str| {
                                    known.is_empty()
                                        || (classify::is_service_code(&code)
                                            && !classify::is_service_code(known))
                                };
                                if better(item.code.as_str()) {
                                    item.code = code.as_str().into();
                                }
                            }
                            continue;
                        }
                        Some(classify::Part::Message) => &mut item.message,
                        None if name == "id" => {
                            if let Some(id) = map.next_value::<FirstText>()?.0.filter(|_| item.id.is_empty())
                            {
                                id.trim().clone_into(&mut item.id);
                            }
                            continue;
                        }
                        None => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    if let Some(text) = map.next_value::<FirstText>()?.0.filter(|_| field.is_empty()) {
                        *field = text;
                    }
                }
                Ok(item)
            }
        }

        deserializer.deserialize_map(Item)
    }
}

/// The first text or number in any value.
struct FirstText(Option<String>);

impl<'de> Deserialize<'de> for FirstText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First;

        impl<'de> Visitor<'de> for First {
            type Value = FirstText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<FirstText, E> {
                Ok(FirstText(Some(text.to_owned())))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<FirstText, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<FirstText, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<FirstText, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_bool<E: de::Error>(self, _: bool) -> Result<FirstText, E> {
                Ok(FirstText(None))
            }

            fn visit_unit<E: de::Error>(self) -> Result<FirstText, E> {
                Ok(FirstText(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<FirstText, A::Error> {
                let mut first = None;
                while let Some(FirstText(text)) = seq.next_element()? {
                    first = first.or(text);
                }
                Ok(FirstText(first))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FirstText, A::Error> {
                let mut first = None;
                while let Some((IgnoredAny, FirstText(text))) = map.next_entry()? {
                    first = first.or(text);
                }
                Ok(FirstText(first))
            }
        }

        /// Reads a number with all its digits, which an id may need.
        struct Exact;

        impl<'de> Visitor<'de> for Exact {
            type Value = FirstText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<FirstText, A::Error> {
                Ok(seq.next_element_seed(Any)?.unwrap_or(FirstText(None)))
            }
        }

        struct Any;

        impl<'de> DeserializeSeed<'de> for Any {
            type Value = FirstText;

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<FirstText, D::Error> {
                deserializer.deserialize_any(First)
            }
        }

        if is_response::<D>() {
            return deserializer.deserialize_newtype_struct(CODE, Exact);
        }
        deserializer.deserialize_any(First)
    }
}

impl fmt::Display for ItemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, super::api::shown(&self.code))
    }
}

impl fmt::Debug for ItemError {
    /// Shows the code, and how long the rest is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemError")
            .field("id_bytes", &self.id.len())
            .field("code", &super::api::shown(&self.code))
            .field("message_bytes", &self.message.len())
            .finish()
    }
}

impl std::error::Error for ItemError {}

#[cfg(feature = "dynamic")]
crate::types::schema::described! {
    ItemError => {"type": "object", "properties": {
        "id": {"type": "string"}, "error_code": {"type": "string"}, "error_msg": {"type": "string"}
    }}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;

    #[test]
    fn an_id_that_is_a_number_keeps_its_digits() {
        for id in ["7", "-7", "12345678901234567890123", "18446744073709551616", "7.25e30"] {
            let item = decode_str::<ItemError>(&format!(r#"{{"id":{id},"error_code":[{id}]}}"#)).unwrap();
            assert_eq!(item.id, id);
        }
        assert_eq!(decode_str::<ItemError>(r#"{"id":1.0}"#).unwrap().id, "1");
        assert_eq!(decode_str::<ItemError>(r#"{"id":[[],{"a":null,"b":["c1","c2"]}]}"#).unwrap().id, "c1");
    }

    #[test]
    fn an_item_is_read_in_every_spelling_and_shows_no_words() {
        for json in [
            r#"{"id":"c1","error_code":"CBC.0100","error_msg":"Li Lei"}"#,
            r#"{"id":"c1","error_code":"CBC.0100","error_code":"CBC.0100","error_msg":"Li Lei"}"#,
            r#"{"id":"c1","error_code":"CBC.0100","error_msg":{"zh":"Li Lei"}}"#,
            r#"{"id":"c1","errorCode":["CBC.0100"],"errorMsg":["Li Lei"],"more":{}}"#,
            r#"{"error_message":"Li Lei","code":"CBC.0100","id":"c1"}"#,
            r#"{"id":" c1 ","code":400,"error_code":" cbc.0100 ","error.message":"Li Lei"}"#,
            r#"{"id":"c1","error_code":"CBC.0100","code":"400","message":["Li Lei"]}"#,
        ] {
            for item in [decode_str::<ItemError>(json).unwrap(), serde_json::from_str(json).unwrap()] {
                assert_eq!(
                    (item.id.as_str(), item.code.as_str(), item.message.as_str()),
                    ("c1", "CBC.0100", "Li Lei")
                );
                assert!(!format!("{item:?}{item}").contains("Li Lei"));
                assert!(!format!("{item:?}").contains("c1"));
            }
        }
    }
}
