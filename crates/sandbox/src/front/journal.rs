//! The last requests, to look into a sandbox and to assert what a program sent.

use std::collections::VecDeque;

use bytes::Bytes;
use http::request;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use huaweicloud_partner::types::{UtcTime, is_secret_text, is_sensitive};

/// The number of requests that are kept.
const KEPT: usize = 1000;

/// The longest body that is kept.
const LONGEST_BODY: usize = 64 << 10;

/// Text in place of a masked value.
const MASK: &str = "***";

/// A request that came in. Credentials are not kept; personal data and secrets in query and body are masked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RequestLogEntry {
    /// The time by the sandbox's clock.
    pub at: UtcTime,
    /// The request id of the response.
    pub request_id: String,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query as names and values in their order.
    pub query: Vec<(String, String)>,
    /// The body, where it is JSON of at most 64 KiB.
    pub body: Option<Value>,
    /// The operation's qualified name, where it was one.
    pub operation: Option<&'static str>,
    /// The account that called, where it was recognised.
    pub caller: Option<String>,
    /// The HTTP status of the response.
    pub status: u16,
    /// The code of the refusal, where it was refused.
    pub code: Option<String>,
}

/// A pattern for requests, for assertions. Every part that is given has to fit. As JSON for example
/// `{"operation": "bss.CreatePartnerCoupons", "body": {"quota_id": "quota-1"}}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestPattern {
    /// The qualified name of the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The account that called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The HTTP method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path without the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The HTTP status of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The code of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Parameters that the query has.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub query: Map<String, Value>,
    /// Content of the body: of an object these fields, of a list these elements at their places, of a value
    /// the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl RequestPattern {
    /// Whether a request fits.
    pub fn matches(&self, entry: &RequestLogEntry) -> bool {
        fn fits<T: PartialEq + ?Sized>(wanted: Option<&T>, held: Option<&T>) -> bool {
            wanted.is_none_or(|wanted| held == Some(wanted))
        }
        fits(self.operation.as_deref(), entry.operation)
            && fits(self.caller.as_deref(), entry.caller.as_deref())
            && fits(self.method.as_deref(), Some(&entry.method))
            && fits(self.path.as_deref(), Some(&entry.path))
            && fits(self.status.as_ref(), Some(&entry.status))
            && fits(self.code.as_deref(), entry.code.as_deref())
            && self.query.iter().all(|(name, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                entry.query.iter().any(|(known, held)| known == name && *held == text)
            })
            && self
                .body
                .as_ref()
                .is_none_or(|wanted| entry.body.as_ref().is_some_and(|held| holds(held, wanted)))
    }
}

/// Whether a value holds everything that another has.
fn holds(held: &Value, wanted: &Value) -> bool {
    match (held, wanted) {
        (Value::Object(held), Value::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| held.get(name).is_some_and(|held| holds(held, wanted)))
        }
        (Value::Array(held), Value::Array(wanted)) => {
            wanted.len() <= held.len() && held.iter().zip(wanted).all(|(held, wanted)| holds(held, wanted))
        }
        (held, wanted) => held == wanted,
    }
}

/// A request as it is kept: read and masked only when somebody looks.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) at: UtcTime,
    pub(crate) request_id: String,
    method: http::Method,
    uri: http::Uri,
    body: Bytes,
    pub(crate) operation: Option<&'static str>,
    pub(crate) caller: Option<String>,
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
}

impl Kept {
    pub(crate) fn of(head: &request::Parts, body: &Bytes, at: UtcTime, request_id: &str) -> Self {
        Self {
            at,
            request_id: request_id.to_owned(),
            method: head.method.clone(),
            uri: head.uri.clone(),
            body: if body.len() <= LONGEST_BODY { body.clone() } else { Bytes::new() },
            operation: None,
            caller: None,
            status: 0,
            code: None,
        }
    }

    fn shown(&self) -> RequestLogEntry {
        let query = url::form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        let masked = |name: &str, value: String| if secret(name) { MASK.to_owned() } else { value };
        RequestLogEntry {
            at: self.at,
            request_id: self.request_id.clone(),
            method: self.method.to_string(),
            path: self.uri.path().to_owned(),
            query: query.map(|(name, value)| (name.to_string(), masked(&name, value.into_owned()))).collect(),
            body: serde_json::from_slice(&self.body).ok().map(|mut body| {
                mask(&mut body);
                body
            }),
            operation: self.operation,
            caller: self.caller.clone(),
            status: self.status,
            code: self.code.clone(),
        }
    }
}

/// Fields that hold secrets in requests of the identity service, beside those of the models.
fn secret(name: &str) -> bool {
    is_sensitive(name) || is_secret_text(name)
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    // A container has a name of its own only in requests for tokens, whose fields are masked one by one.
                    Value::Object(_) | Value::Array(_) if !is_sensitive(name) => mask(value),
                    Value::Null => {}
                    value if secret(name) => *value = Value::from(MASK),
                    _ => {}
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(mask),
        _ => {}
    }
}

/// The last requests in their order.
#[derive(Debug, Default)]
pub(crate) struct Journal(VecDeque<Kept>);

impl Journal {
    pub(crate) fn note(&mut self, entry: Kept) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn requests(&self) -> Vec<RequestLogEntry> {
        self.0.iter().map(Kept::shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_masked_at_any_depth_and_patterns_match_parts() {
        let mut body = json!({"auth": {"identity": {"password": {"user": {"password": "p", "name": "n"}}}}, "list": [{"mobile_phone": "1"}]});
        mask(&mut body);
        let text = body.to_string();
        assert!(!text.contains("\"p\"") && !text.contains("\"1\""), "{text}");
        assert!(holds(&json!({"a": [1, {"b": 2, "c": 3}], "d": null}), &json!({"a": [1, {"c": 3}]})));
        assert!(!holds(&json!({"a": [1]}), &json!({"a": [1, 2]})));
    }
}
