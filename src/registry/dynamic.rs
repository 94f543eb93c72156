//! Requests and responses whose types are known by a name only.
//!
//! This has the readers and writers of all types compiled whether they are used or not, so it is a feature of its own.

use serde_json::{Map, Value};

use super::Entry;
use crate::{
    error::{Error, ErrorKind, ValidationError},
    operation::{Idempotency, Operation, OperationMeta, Parameter, RequestParts},
    types::{Around, DecodeError, Drift, decode_looking_around, decode_request_to_send, to_wire_json},
};

/// Functions that read the request and the response of one operation.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    request: fn(&[u8], bool) -> Result<RequestParts, Error>,
    response: fn(&[u8]) -> Result<Typed, DecodeError>,
}

impl Forms {
    pub(super) const fn of<O: Operation>() -> Self {
        Self { request: request::<O>, response: response::<O> }
    }
}

impl Entry {
    /// The pieces of the request that a flat JSON object stands for. The rules of the arguments are checked unless
    /// `unchecked`. A field that the operation does not have is refused in either case, also within an argument: what is
    /// sent is all that the caller asked for. So is a keyed write without its key, because the same JSON sent again has to be
    /// the same write. Needs the feature `dynamic`.
    ///
    /// ```
    /// let entry = huaweicloud_partner::registry::find("bss.ListIndirectPartners").expect("it is registered");
    /// let error = entry.request(br#"{"limitt":10}"#, false).unwrap_err();
    /// assert!(error.to_string().contains("`limitt`") && error.to_string().contains("`limit`"), "{error}");
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the JSON cannot be read as the request, has a field that the operation does not
    /// have, or breaks a rule.
    pub fn request(&self, json: &[u8], unchecked: bool) -> Result<RequestParts, Error> {
        (self.forms.request)(json, unchecked)
    }

    /// Reads the response in `json` into its type and writes it again: unknown fields are gone, amounts are text, the rest
    /// is exact. Beside it stands what differs from the documentation. Needs the feature `dynamic`.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn response(&self, json: &[u8]) -> Result<(Vec<u8>, Vec<Drift>), DecodeError> {
        (self.forms.response)(json).map(|(typed, drift, _)| (typed, drift))
    }

    /// [`Entry::response`], and what stands around the response.
    pub(crate) fn response_looking_around(&self, json: &[u8]) -> Result<Typed, DecodeError> {
        (self.forms.response)(json)
    }
}

/// The JSON of a typed response, its drift, and what stands around it.
type Typed = (Vec<u8>, Vec<Drift>, Around);

fn request<O: Operation>(json: &[u8], unchecked: bool) -> Result<RequestParts, Error> {
    let operation: O = read_request(json)?;
    if !unchecked {
        operation.validate().map_err(|invalid| refused(O::META, invalid))?;
    }
    RequestParts::of(&operation).map_err(|invalid| refused(O::META, invalid))
}

fn response<O: Operation>(json: &[u8]) -> Result<Typed, DecodeError> {
    let (response, drift, around) = decode_looking_around::<O::Output>(json)?;
    let json = serde_json::to_vec(&response).map_err(<DecodeError as serde::de::Error>::custom)?;
    Ok((json, drift, around))
}

/// Reads a request of which nothing may get lost.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] where it cannot be read, or has a field that the operation does not have.
pub(crate) fn read_request<O: Operation>(json: &[u8]) -> Result<O, Error> {
    let (operation, unknown) = decode_request_to_send(json);
    let mut invalid = ValidationError::new();
    for path in &unknown {
        let name = path.trim_start_matches("$.");
        let mut rule = format!("must not have `{name}`: there is no such parameter");
        if let Some(similar) = similar(name, O::PARAMETERS) {
            rule.push_str(&format!("; `{similar}` is one"));
        }
        invalid.push("(request)", rule);
    }
    invalid.into_result().map_err(|invalid| refused(O::META, invalid))?;
    let operation: O = operation.map_err(|error| unreadable(O::META, &error))?;
    if O::META.idempotency == Idempotency::Keyed {
        has_key(&operation, json).map_err(|invalid| refused(O::META, invalid))?;
    }
    Ok(operation)
}

/// Refuses JSON without the key of a keyed write: with a key that is made at each reading, the same JSON sent again would be
/// executed again.
fn has_key<O: Operation>(operation: &O, json: &[u8]) -> Result<(), ValidationError> {
    let fields = |operation: &O| -> Map<String, Value> {
        to_wire_json(operation).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
    };
    let again = decode_request_to_send::<O>(json).0.map(|again| fields(&again)).unwrap_or_default();
    let mut invalid = ValidationError::new();
    for (name, _) in fields(operation).iter().filter(|(name, value)| again.get(*name) != Some(value)) {
        invalid.push("(request)", format!("must have `{name}`: by it the service recognises a repeat"));
    }
    invalid.into_result()
}

/// The parameter that a misspelt name most likely means.
fn similar(name: &str, parameters: &[Parameter]) -> Option<&'static str> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    let distances = parameters.iter().map(|known| (distance(&plain(name), &plain(known.name)), known.name));
    let near = distances.filter(|(distance, known)| *distance <= (known.len() / 3).min(2));
    near.min().map(|(_, known)| known)
}

/// The number of characters that have to be inserted, removed or replaced to make one text of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, byte) in one.bytes().enumerate() {
        let mut before = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (above, known) in row.iter().skip(1).zip(other.bytes()) {
            left = (before + usize::from(byte != known)).min(left + 1).min(above + 1);
            before = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

fn unreadable(meta: &OperationMeta, error: &DecodeError) -> Error {
    Error::new(ErrorKind::InvalidInput, meta.name, format!("the request cannot be read: {error}"))
}

fn refused(meta: &OperationMeta, invalid: ValidationError) -> Error {
    Error::invalid_input(meta.name, invalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{orders::RenewResources, resellers::ListResellers};

    fn refusal<O: Operation + std::fmt::Debug>(json: &str) -> String {
        let error = read_request::<O>(json.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{json}");
        error.to_string()
    }

    #[test]
    fn a_field_that_the_operation_does_not_have_is_refused_with_the_one_that_was_meant() {
        for (name, meant) in [
            ("limitt", Some("limit")),
            ("lmit", Some("limit")),
            ("Limit", Some("limit")),
            ("accountName", Some("account_name")),
            ("colour", None),
            // Fields of responses, too.
            ("code", None),
            ("status", None),
        ] {
            for value in ["1", "null", r#"{"limit":1}"#] {
                let refusal = refusal::<ListResellers>(&format!(r#"{{"offset":0,"{name}":{value}}}"#));
                assert!(refusal.contains(&format!("`{name}`")), "{refusal}");
                let named = meant.map(|meant| format!("`{meant}` is one"));
                assert_eq!(refusal.contains("is one"), named.is_some(), "{refusal}");
                assert!(named.is_none_or(|named| refusal.contains(&named)), "{refusal}");
            }
        }
        assert!(read_request::<ListResellers>(br#"{"limit":"1","offset":0}"#).is_ok());
    }

    #[test]
    fn a_misspelt_parameter_is_named_also_where_it_is_a_required_one() {
        let refusal = refusal::<RenewResources>(r#"{"resource_idss":["a"],"period_type":2}"#);
        assert!(
            refusal.contains("`resource_idss`") && refusal.contains("`resource_ids` is one"),
            "{refusal}"
        );
    }

    #[test]
    fn outcome_of_keyed_json_without_its_key_is_a_refusal() {
        for entry in crate::registry::all().filter(|entry| entry.meta.idempotency == Idempotency::Keyed) {
            let json = |key: &str| {
                format!(r#"{{{key}"customer_id":"c1","amount":"100","coupon_id":"v1","sub_coupon_id":"v2"}}"#)
            };
            let known = |json: String| {
                let mut fields: Map<String, Value> = serde_json::from_str(&json).unwrap();
                fields.retain(|name, _| entry.parameters().iter().any(|parameter| parameter.name == name));
                serde_json::to_vec(&fields).unwrap()
            };
            let error = entry.request(&known(json("")), true).unwrap_err();
            assert!(error.to_string().contains("must have `trans_id`"), "{}: {error}", entry.meta.name);
            assert!(entry.request(&known(json(r#""trans_id":"k1","#)), true).is_ok(), "{}", entry.meta.name);
        }
    }

    #[test]
    fn every_operation_refuses_what_it_does_not_have() {
        for entry in crate::registry::all() {
            let error = entry.request(br#"{"no_such_parameter":7}"#, true).unwrap_err();
            assert!(error.to_string().contains("`no_such_parameter`"), "{}: {error}", entry.meta.name);
        }
    }

    #[test]
    fn distances_are_those_of_single_edits() {
        for (one, other, edits) in
            [("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("ab", "ba", 2)]
        {
            assert_eq!(distance(one, other), edits, "{one} {other}");
        }
    }
}
