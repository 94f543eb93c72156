//! Taking secrets and personal data out of what is recorded, and leaving everything else as it was written.

use bytes::Bytes;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::Error as _,
    ser::{Error as _, SerializeMap as _, SerializeSeq as _},
};
use serde_json::value::RawValue;

use crate::types::{RawFields, is_secret_text, is_sensitive};

pub(super) const MASK: &str = "***";

/// Maximum depth of a body that counts as JSON.
const DEEPEST: usize = 64;

/// Fields whose texts are masked besides the sensitive ones and those that are secret by their name, letters and digits
/// alone in lower case, sorted: keys, and messages, which may quote anything.
const MASKED_TEXTS: &[&str] = &[
    "access",
    "ak",
    "detail",
    "details",
    "err",
    "errmessage",
    "errmsg",
    "error",
    "errordesc",
    "errordescription",
    "errormessage",
    "errormsg",
    "errors",
    "message",
    "messages",
    "msg",
    "sk",
];

/// A JSON value whose numbers keep their own text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Json {
    /// A body that is a JSON object or list.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let raw: &RawValue = serde_json::from_slice(body).ok()?;
        Self::of(raw, DEEPEST).filter(|json| matches!(json, Self::Object(_) | Self::List(_)))
    }

    fn of(raw: &RawValue, deepest: usize) -> Option<Self> {
        let deeper = deepest.checked_sub(1)?;
        let text = raw.get();
        Some(match text.as_bytes().first()? {
            b'{' => {
                let RawFields(fields) = serde_json::from_str(text).ok()?;
                let fields = fields.into_iter().map(|(name, raw)| Some((name, Self::of(raw, deeper)?)));
                Self::Object(fields.collect::<Option<_>>()?)
            }
            b'[' => {
                let list: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Self::List(list.into_iter().map(|raw| Self::of(raw, deeper)).collect::<Option<_>>()?)
            }
            b'"' => Self::Text(serde_json::from_str(text).ok()?),
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'n' => Self::Null,
            _ => Self::Number(text.to_owned()),
        })
    }

    /// Without secrets and personal data.
    pub(super) fn scrubbed(self) -> Self {
        match self {
            Self::Object(fields) => Self::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| {
                        let text = value.is_text();
                        let value = if is_sensitive(&name) || (text && masks_text(&name)) {
                            value.masked()
                        } else {
                            value.scrubbed()
                        };
                        (name, value)
                    })
                    .collect(),
            ),
            Self::List(list) => Self::List(list.into_iter().map(Self::scrubbed).collect()),
            Self::Text(text) => Self::Text(scrubbed_text(text)),
            other => other,
        }
    }

    /// A text, or a list of texts.
    fn is_text(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::List(rows) => !rows.is_empty() && rows.iter().all(Self::is_text),
            _ => false,
        }
    }

    /// Of the same form, with nothing in it. What is empty stays empty: it means something and tells nothing.
    pub(super) fn masked(self) -> Self {
        match self {
            Self::Text(text) if text.is_empty() => Self::Text(text),
            Self::Text(_) => Self::Text(MASK.to_owned()),
            Self::Number(_) => Self::Number("0".to_owned()),
            Self::List(list) => Self::List(list.into_iter().map(Self::masked).collect()),
            Self::Object(fields) => {
                Self::Object(fields.into_iter().map(|(name, value)| (name, value.masked())).collect())
            }
            other => other,
        }
    }

    /// The fields at the top in which two values differ, whatever their order; `None` where they are equal.
    pub(super) fn differing_fields(&self, other: &Self) -> Option<Vec<String>> {
        let (one, other) = (self.sorted(), other.sorted());
        if one == other {
            return None;
        }
        let (Self::Object(one), Self::Object(other)) = (one, other) else { return Some(Vec::new()) };
        let only_in = |these: &[(String, Self)], those: &[(String, Self)]| {
            these
                .iter()
                .filter(|field| !those.contains(field))
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>()
        };
        let mut names = only_in(&one, &other);
        names.extend(only_in(&other, &one));
        names.sort_unstable();
        names.dedup();
        Some(names)
    }

    fn sorted(&self) -> Self {
        match self {
            Self::Object(fields) => {
                let mut fields: Vec<_> =
                    fields.iter().map(|(name, value)| (name.clone(), value.sorted())).collect();
                fields.sort_by(|(one, _), (other, _)| one.cmp(other));
                Self::Object(fields)
            }
            Self::List(list) => Self::List(list.iter().map(Self::sorted).collect()),
            other => other.clone(),
        }
    }

    /// The JSON text without spaces.
    pub(super) fn to_bytes(&self) -> Bytes {
        // A value that was read can be written.
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}

fn masks_text(name: &str) -> bool {
    let plain: String =
        name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    MASKED_TEXTS.binary_search(&plain.as_str()).is_ok() || is_secret_text(name)
}

/// A text that is JSON itself is looked into too.
fn scrubbed_text(text: String) -> String {
    match Json::read(text.as_bytes()) {
        Some(json) => {
            let scrubbed = json.clone().scrubbed();
            if scrubbed == json { text } else { serde_json::to_string(&scrubbed).unwrap_or_default() }
        }
        None => text,
    }
}

/// A query, sorted, with its sensitive values masked.
pub(super) fn query(query: &str) -> String {
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| {
            let sensitive = (is_sensitive(&name) || masks_text(&name)) && !value.is_empty();
            let value = if sensitive { MASK.to_owned() } else { scrubbed_text(value.into_owned()) };
            (name.into_owned(), value)
        })
        .collect();
    pairs.sort_unstable();
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A path without segments that are an e-mail address.
pub(super) fn path(path: &str) -> String {
    let personal = |segment: &str| segment.contains('@') || segment.contains("%40");
    let segments = path.split('/').map(|segment| if personal(segment) { MASK } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => {
                RawValue::from_string(text.clone()).map_err(S::Error::custom)?.serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => {
                let mut writer = serializer.serialize_seq(Some(list.len()))?;
                list.iter().try_for_each(|value| writer.serialize_element(value))?;
                writer.end()
            }
            Self::Object(fields) => {
                let mut writer = serializer.serialize_map(Some(fields.len()))?;
                fields.iter().try_for_each(|(name, value)| writer.serialize_entry(name, value))?;
                writer.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::of(&raw, DEEPEST).ok_or_else(|| D::Error::custom("JSON that is nested too deeply"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scrubbed(json: &str) -> String {
        String::from_utf8(Json::read(json.as_bytes()).unwrap().scrubbed().to_bytes().to_vec()).unwrap()
    }

    #[test]
    fn the_list_of_names_can_be_searched() {
        assert!(MASKED_TEXTS.is_sorted());
    }

    #[test]
    fn what_is_not_sensitive_keeps_its_text() {
        for json in [
            r#"{"b":1.10,"a":-0.0,"c":1E+2,"d":[true,null,"é\n"],"big":123456789012345678901234567890}"#,
            r#"{"a":"{\"n\": 1.0}"}"#,
            "[]",
        ] {
            assert_eq!(scrubbed(json), json);
        }
    }

    #[test]
    fn forms_stay_and_contents_go() {
        assert_eq!(
            scrubbed(
                r#"{"Email":"x","mobile":13800000000,"customer":[{"id":"x","old":true,"n":null,"e":""}]}"#
            ),
            r#"{"Email":"***","mobile":0,"customer":[{"id":"***","old":true,"n":null,"e":""}]}"#
        );
        assert_eq!(
            scrubbed(r#"{"token":"x","Message":"x","message":{"n":1},"sk":7}"#),
            r#"{"token":"***","Message":"***","message":{"n":1},"sk":7}"#
        );
    }

    #[test]
    fn secrets_of_every_service_and_spelling_are_masked() {
        for name in [
            "refresh_token",
            "client_secret",
            "id_token",
            "authorization",
            "cookie",
            "error_description",
            "userName",
            "loginName",
            "phone",
            "emailAddress",
            "accessory_url",
            "trust_domain_name",
            "security_token",
            "securityToken",
            "X-Auth-Token",
            "access_key",
            "secret_key",
            "subscriptionPassword",
            "mobilePhone",
            "user.name",
            "Mobile Phone",
            "error",
            "errors",
            "details",
            "err_message",
        ] {
            assert_eq!(scrubbed(&format!(r#"{{"{name}":"marker"}}"#)), format!(r#"{{"{name}":"***"}}"#));
            assert_eq!(
                scrubbed(&format!(r#"[{{"a":{{"{name}":"marker"}}}}]"#)),
                format!(r#"[{{"a":{{"{name}":"***"}}}}]"#)
            );
            assert!(!query(&format!("a=1&{name}=marker")).contains("marker"), "{name}");
        }
        for list in
            [r#"{"errors":["marker"]}"#, r#"{"error_msg":[["marker"]]}"#, r#"{"refresh_token":["marker"]}"#]
        {
            assert!(!scrubbed(list).contains("marker"), "{list}");
        }
        assert_eq!(scrubbed(r#"{"errors":[{"code":"CBC.0100"}]}"#), r#"{"errors":[{"code":"CBC.0100"}]}"#);
        let variables = r#"{"sm_template_args":[{"key":"sub_customer_name","value":"marker"}]}"#;
        assert!(!scrubbed(variables).contains("marker"));
        // The token of IAM is an object, whose other fields are of use.
        assert_eq!(scrubbed(r#"{"token":{"expires_at":"2026"}}"#), r#"{"token":{"expires_at":"2026"}}"#);
    }

    #[test]
    fn only_objects_and_lists_of_some_depth_count_as_json() {
        for other in ["", "\"text\"", "5", "null", "{", "<html>", "{\"a\":\"\\ud800\"}"] {
            assert_eq!(Json::read(other.as_bytes()), None, "{other}");
        }
        assert_eq!(Json::read(&[b'['; 100_000]), None);
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(Json::read(deep.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Json::read(&bytes).map(Json::scrubbed);
        }
    }
}
