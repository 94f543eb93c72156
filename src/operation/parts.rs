//! From a flat request to the pieces of an HTTP request, and back.
//!
//! Nothing here is generic over the operation: it works on the JSON text of the request and on META, so it is
//! compiled once. Values that stay in the body keep their own text to the byte.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::value::RawValue;

use super::{BodyKind, Operation, OperationMeta};
use crate::{
    error::ValidationError,
    types::{IdentityKind, RawFields, to_wire_json},
};

/// All characters except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Stands in a path for the id of the calling account, which the credentials know, until the request is signed.
pub(crate) const CALLER_ID: &str = "{domain_id}";

/// A request without host, date and signature.
#[derive(Clone)]
#[non_exhaustive]
pub struct RequestParts {
    /// Facts about the operation, as the service documents them.
    pub meta: &'static OperationMeta,
    /// The path with its parameters filled in, percent-encoded. `{domain_id}` is left for the id of the caller's account
    /// where the request does not name it.
    pub path: String,
    /// The query in the order in which it is signed: sorted by name, then value. Without the question mark.
    pub query: String,
    /// The parameters that travel as headers.
    pub headers: HeaderMap,
    /// The exact bytes that go out.
    pub body: Bytes,
}

impl fmt::Debug for RequestParts {
    /// Shows sizes and no values: arguments may be personal or secret wherever they stand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestParts")
            .field("operation", &self.meta.name)
            .field("path_bytes", &self.path.len())
            .field("query_bytes", &self.query.len())
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

impl RequestParts {
    /// The pieces of an operation's request.
    ///
    /// # Errors
    /// [`ValidationError`] where a path parameter is empty or a header value cannot be sent. Does not call
    /// [`Operation::validate`].
    pub fn of<O: Operation>(operation: &O) -> Result<Self, ValidationError> {
        match to_wire_json(operation) {
            // An object that travels as it was written need not be read again.
            Ok(flat) if is_all_body(O::META) && flat.starts_with(b"{") => Ok(Self {
                meta: O::META,
                path: O::META.path.to_owned(),
                query: String::new(),
                headers: HeaderMap::new(),
                body: Bytes::from(flat),
            }),
            Ok(flat) => Self::split(O::META, flat),
            Err(_) => Err(broken("(request)", "cannot be written as JSON")),
        }
    }

    /// The pieces of a request given as the JSON text of its flat struct.
    ///
    /// # Errors
    /// As for [`RequestParts::of`], and where the text is not a JSON object.
    pub fn split(meta: &'static OperationMeta, flat: Vec<u8>) -> Result<Self, ValidationError> {
        let fields = read_fields(&flat)?;
        let mut path = String::with_capacity(meta.path.len() + 32);
        let mut headers = HeaderMap::new();
        let mut query = Vec::new();
        let mut body = Vec::new();

        let mut invalid = ValidationError::new();
        for piece in template(meta.path) {
            match piece {
                Piece::Literal(text) => path.push_str(text),
                Piece::Parameter(name) => match value_of(&fields, name).and_then(scalar) {
                    Some(value) if matches!(&*value, "." | "..") => {
                        invalid.push(name, "must not be a dot segment: it is part of the address");
                    }
                    Some(value) if !value.is_empty() => {
                        write!(path, "{}", encode(&value)).unwrap_or_default()
                    }
                    None if name == "domain_id" => path.push_str(CALLER_ID),
                    _ => invalid.push(name, "must not be empty: it is part of the address"),
                },
            }
        }
        for (name, value) in &fields.0 {
            if is_path_parameter(meta.path, name) {
                continue;
            }
            if let Some(header) = meta.headers.iter().find(|header| *header == name) {
                match (
                    HeaderName::from_bytes(header.as_bytes()),
                    scalar(value).map(|text| HeaderValue::from_str(&text)),
                ) {
                    (Ok(header), Some(Ok(value))) => drop(headers.insert(header, value)),
                    (_, None) => {}
                    _ => invalid.push(header, "must be text that a header can carry"),
                }
            } else if meta.body == BodyKind::None || meta.query.iter().any(|query| query == name) {
                for text in scalars(value) {
                    query.push((encode(name).to_string(), encode(&text).to_string()));
                }
            } else {
                body.push((name, *value));
            }
        }
        invalid.into_result()?;

        let everything_stays = body.len() == fields.0.len();
        let body = match meta.body {
            BodyKind::Json if everything_stays => Some(None),
            BodyKind::Json => Some(Some(object(&body))),
            BodyKind::None | BodyKind::Multipart => None,
        };
        drop(fields);
        let body = match body {
            Some(None) => Bytes::from(flat),
            Some(Some(rest)) => Bytes::from(rest),
            None => Bytes::new(),
        };
        query.sort_unstable();
        let query = query.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        Ok(Self { meta, path, query, headers, body })
    }
}

impl RequestParts {
    /// The reason for which an account of this kind may not make the request.
    pub(crate) fn not_for(&self, kind: IdentityKind) -> Option<String> {
        if !self.meta.caller.admits(kind) {
            return Some(format!("called by {kind}, but only {} may", self.meta.caller));
        }
        (kind == IdentityKind::SolutionProvider && self.names_reseller())
            .then(|| format!("called by {kind} for a reseller, but only a distributor has resellers"))
    }

    fn names_reseller(&self) -> bool {
        const FIELD: &str = "indirect_partner_id";
        let in_query = self
            .query
            .split('&')
            .any(|pair| pair.split_once('=').is_some_and(|(name, value)| name == FIELD && !value.is_empty()));
        let in_body = || {
            let fields = read_fields(&self.body).ok()?;
            value_of(&fields, FIELD).and_then(scalar).map(|value| !value.is_empty())
        };
        in_query || (self.meta.body == BodyKind::Json && in_body().unwrap_or(false))
    }
}

/// Whether all parameters travel in the body.
fn is_all_body(meta: &OperationMeta) -> bool {
    meta.body == BodyKind::Json
        && meta.query.is_empty()
        && meta.headers.is_empty()
        && !meta.path.bytes().any(|byte| matches!(byte, b'{' | b'}'))
}

/// Percent-encodes everything but unreserved characters, as the signature demands.
pub(crate) fn encode(text: &str) -> percent_encoding::PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

impl RequestParts {
    /// The JSON text of the flat request that these parts stand for: the way back from [`RequestParts::of`].
    ///
    /// # Errors
    /// As for [`RequestParts::flat_json`].
    pub fn to_flat_json(&self) -> Result<Vec<u8>, ValidationError> {
        Self::flat_json(self.meta, &self.path, &self.query, &self.headers, &self.body)
    }

    /// The JSON text of the flat request that the pieces of an HTTP request stand for, for servers and test doubles.
    ///
    /// `path` and `query` are percent-encoded as they came. Values from path, query and headers become text; a name that
    /// occurs more than once becomes a list.
    ///
    /// # Errors
    /// [`ValidationError`] where the body is not a JSON object or the path is not the operation's.
    pub fn flat_json(
        meta: &OperationMeta,
        path: &str,
        query: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Vec<u8>, ValidationError> {
        let mut gathered: Vec<(String, Vec<String>)> = Vec::new();
        let mut add = |name: Cow<'_, str>, value: Cow<'_, str>| match gathered
            .iter_mut()
            .find(|(known, _)| *known == name)
        {
            Some((_, values)) => values.push(value.into_owned()),
            None => gathered.push((name.into_owned(), vec![value.into_owned()])),
        };
        let captured =
            match_path(meta.path, path).ok_or_else(|| broken("(path)", "must be the operation's"))?;
        for (name, value) in captured {
            add(name.into(), value.into());
        }
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            add(name, value);
        }
        for name in meta.headers {
            if let Some(value) = headers.get(*name).and_then(|value| value.to_str().ok()) {
                add((*name).into(), value.into());
            }
        }
        let fields = if body.is_empty() { RawFields(Vec::new()) } else { read_fields(body)? };
        let texts: Vec<(String, Box<RawValue>)> = gathered
            .into_iter()
            .filter_map(|(name, mut values)| {
                let text = if values.len() == 1 {
                    serde_json::value::to_raw_value(&values.pop())
                } else {
                    serde_json::value::to_raw_value(&values)
                };
                Some((name, text.ok()?))
            })
            .collect();
        let from_outside = texts.iter().map(|(name, value)| (name, &**value));
        let from_body = fields
            .0
            .iter()
            .filter(|(name, _)| texts.iter().all(|(known, _)| known != name))
            .map(|(name, value)| (name, *value));
        Ok(object(&from_outside.chain(from_body).collect::<Vec<_>>()))
    }
}

/// The parameters in a path that has the form of a template, decoded; `None` where it has another form.
pub(crate) fn match_path<'t>(path_template: &'t str, path: &str) -> Option<Vec<(&'t str, String)>> {
    let mut captured = Vec::new();
    let mut segments = path.split('/');
    for expected in path_template.split('/') {
        let segment = segments.next()?;
        match expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => {
                captured.push((name, percent_decode_str(segment).decode_utf8().ok()?.into_owned()));
            }
            None if expected == segment => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(captured)
}

fn read_fields(json: &[u8]) -> Result<RawFields<'_>, ValidationError> {
    serde_json::from_slice(json).map_err(|_| broken("(body)", "must be a JSON object"))
}

fn value_of<'a>(fields: &RawFields<'a>, name: &str) -> Option<&'a RawValue> {
    fields.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
}

enum Piece<'t> {
    Literal(&'t str),
    Parameter(&'t str),
}

fn template(path: &str) -> impl Iterator<Item = Piece<'_>> {
    path.split_inclusive(['{', '}']).map(|piece| match (piece.strip_suffix('}'), piece.strip_suffix('{')) {
        (Some(name), _) => Piece::Parameter(name),
        (_, Some(literal)) => Piece::Literal(literal),
        _ => Piece::Literal(piece),
    })
}

fn is_path_parameter(path: &str, name: &str) -> bool {
    template(path).any(|piece| matches!(piece, Piece::Parameter(known) if known == name))
}

/// The text of a JSON value that travels outside the body; `None` for null.
fn scalar(value: &RawValue) -> Option<Cow<'_, str>> {
    match value.get() {
        "null" => None,
        text if text.starts_with('"') => serde_json::from_str::<String>(text).ok().map(Cow::Owned),
        text => Some(Cow::Borrowed(text)),
    }
}

/// The texts of a JSON value that travels in the query: a list is repeated.
fn scalars(value: &RawValue) -> Vec<Cow<'_, str>> {
    match serde_json::from_str::<Vec<&RawValue>>(value.get()) {
        Ok(list) => list.into_iter().filter_map(scalar).collect(),
        Err(_) => scalar(value).into_iter().collect(),
    }
}

fn object<N: AsRef<str>>(fields: &[(N, &RawValue)]) -> Vec<u8> {
    let mut text = String::from("{");
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&serde_json::to_string(name.as_ref()).unwrap_or_default());
        text.push(':');
        text.push_str(value.get());
    }
    text.push('}');
    text.into_bytes()
}

fn broken(field: &'static str, rule: &'static str) -> ValidationError {
    let mut invalid = ValidationError::new();
    invalid.push(field, rule);
    invalid
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &OperationMeta = &OperationMeta::post("bss.X", "/v2/{resource_id}/things/{kind}")
        .query(&["limit"])
        .headers(&["X-Language"]);
    const READ: &OperationMeta = &OperationMeta::get("bss.Y", "/v2/things").headers(&["X-Language"]);

    fn split(meta: &'static OperationMeta, flat: &str) -> Result<RequestParts, ValidationError> {
        RequestParts::split(meta, flat.as_bytes().to_vec())
    }

    #[test]
    fn every_parameter_goes_where_meta_says() {
        let parts = split(
            ALL,
            r#"{"resource_id":"a/b c","kind":7,"limit":50,"X-Language":"en_US","amount":10.00,"note":"é\n","ids":["1"],"none":null}"#,
        )
        .unwrap();
        assert_eq!(parts.path, "/v2/a%2Fb%20c/things/7");
        assert_eq!(parts.query, "limit=50");
        assert_eq!(parts.headers["x-language"], "en_US");
        assert_eq!(parts.body, r#"{"amount":10.00,"note":"é\n","ids":["1"],"none":null}"#);
    }

    #[test]
    fn without_a_body_all_else_is_query() {
        let parts = split(READ, r#"{"b":true,"a":["y","x z"],"c":null,"d":""}"#).unwrap();
        assert_eq!((parts.query.as_str(), parts.body.len()), ("a=x%20z&a=y&b=true&d=", 0));
    }

    #[test]
    fn a_body_that_loses_nothing_is_sent_as_it_was_written() {
        const PLAIN: &OperationMeta = &OperationMeta::post("bss.Z", "/v2/z");
        assert_eq!(split(PLAIN, "{}").unwrap().body, "{}");
        assert_eq!(split(PLAIN, r#"{"a":1.10}"#).unwrap().body, r#"{"a":1.10}"#);
    }

    #[test]
    fn what_cannot_travel_is_refused_by_name() {
        let invalid = split(ALL, r#"{"resource_id":"","X-Language":"a\nb"}"#).unwrap_err();
        let fields: Vec<_> = invalid.violations().iter().map(|rule| rule.field).collect();
        assert_eq!(fields, ["resource_id", "kind", "X-Language"]);
        split(ALL, "[]").unwrap_err();
    }

    #[test]
    fn the_way_back_gives_the_same_fields() {
        let flat = r#"{"resource_id":"a/b c","kind":"k","limit":"50","X-Language":"en_US","amount":10.00}"#;
        let parts = split(ALL, flat).unwrap();
        let back = parts.to_flat_json().unwrap();
        assert_eq!(std::str::from_utf8(&back).unwrap(), flat);
        let list =
            RequestParts::flat_json(READ, "/v2/things", "a=1&a=2&b=x%20y", &HeaderMap::new(), b"").unwrap();
        assert_eq!(std::str::from_utf8(&list).unwrap(), r#"{"a":["1","2"],"b":"x y"}"#);
        RequestParts::flat_json(READ, "/v2/things/more", "", &HeaderMap::new(), b"").unwrap_err();
    }
}
