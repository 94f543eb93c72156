//! The file form of a recording.

use std::{collections::BTreeMap, fmt, fs, io, path::Path};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, request, response};
use sha2::{Digest as _, Sha256};

use super::scrub::{self, Json, MASK};
use crate::{
    transport::{TransportError, TransportErrorKind},
    types::plain::{plain, variants},
};

const VERSION: u32 = 1;

/// The headers of a request that are kept.
const REQUEST_HEADERS: &[&str] = &["accept-language", "content-type", "x-language"];
/// The headers of a response that are kept.
const RESPONSE_HEADERS: &[&str] = &["content-type", "date", "retry-after", "x-iam-trace-id", "x-request-id"];
/// The header of a response that says only that it was there: an IAM token, without which a replay could not go on.
const MASKED: &str = "x-subject-token";

/// End of the path of a form that was filled in. Its response has replies under names that are not known, so all of it
/// is masked.
pub(super) const FORM: &str = "/extends-param";

/// A recording of exchanges: a JSON file for people and version control, free of secrets and personal data.
///
/// - Of the headers only a few that are harmless are kept; authorization, tokens and all unknown ones are not.
/// - In JSON bodies and in the query, values of [sensitive](crate::types::SENSITIVE_FIELDS) fields, keys, tokens and
///   messages are replaced by `***`, numbers among them by 0, at any depth; empty texts and nulls stay. All other
///   values keep their text, so amounts are exact.
/// - Segments of the path that look like an e-mail address are replaced.
/// - Of bodies that are no JSON object or list only the length and the SHA-256 are kept; a replay has stars instead.
#[derive(Clone)]
pub struct Cassette {
    version: u32,
    pub(super) exchanges: Vec<Exchange>,
}

plain! { Cassette { version, exchanges } }

#[derive(Clone)]
pub(super) struct Exchange {
    pub(super) request: RecordedRequest,
    pub(super) response: Option<RecordedResponse>,
    pub(super) failure: Option<Failed>,
}

plain! { Exchange { request, response [sparse], failure [sparse] } }

type Headers = BTreeMap<String, String>;

#[derive(Clone)]
pub(super) struct RecordedRequest {
    pub(super) method: String,
    pub(super) path: String,
    query: String,
    headers: Headers,
    body: Option<Content>,
}

plain! { RecordedRequest { method, path, query [sparse], headers [sparse], body [sparse] } }

#[derive(Clone)]
pub(super) struct RecordedResponse {
    status: u16,
    headers: Headers,
    body: Option<Content>,
}

plain! { RecordedResponse { status, headers [sparse], body [sparse] } }

#[derive(Clone)]
enum Content {
    Json(Json),
    Bytes(Unreadable),
}

variants! { Content { Json() = "json", Bytes() = "bytes" } }

/// The facts that are kept about a body that is not JSON.
#[derive(Clone, PartialEq)]
struct Unreadable {
    length: usize,
    /// Absent where it differs from time to time.
    sha256: Option<String>,
}

plain! { Unreadable { length, sha256 [sparse] } }

/// Reason why no response came, or why its body did not.
#[derive(Clone)]
pub(super) struct Failed {
    kind: String,
    may_have_been_sent: bool,
}

plain! { Failed { kind, may_have_been_sent } }

impl Cassette {
    /// Reads a recording from its JSON text.
    ///
    /// # Errors
    /// [`InvalidData`](io::ErrorKind::InvalidData) where it is no recording, or one of a later version.
    #[inline] // compiled only where it is used
    pub fn from_json(json: &str) -> io::Result<Self> {
        let cassette: Self =
            serde_json::from_str(json).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        if cassette.version != VERSION {
            let text = format!("a recording of version {}, not {VERSION}", cassette.version);
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        Ok(cassette)
    }

    /// The recording as indented JSON.
    #[inline] // compiled only where it is used
    pub fn to_json(&self) -> String {
        // Texts, numbers and lists only: there is nothing in it that JSON could not say.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a recording from a file.
    ///
    /// # Errors
    /// Those of the file system and of [`from_json`](Self::from_json).
    pub fn load(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::from_json(&fs::read_to_string(path)?)
    }

    /// Writes the recording to a file.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        fs::write(path, self.to_json() + "\n")
    }

    /// Returns the number of exchanges.
    pub fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// True when it has none.
    pub fn is_empty(&self) -> bool {
        self.exchanges.is_empty()
    }
}

impl Default for Cassette {
    fn default() -> Self {
        Self { version: VERSION, exchanges: Vec::new() }
    }
}

impl fmt::Debug for Cassette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cassette({} exchanges)", self.exchanges.len())
    }
}

impl RecordedRequest {
    pub(super) fn of(parts: &request::Parts, body: &[u8]) -> Self {
        Self {
            method: parts.method.to_string(),
            path: scrub::path(parts.uri.path()),
            query: scrub::query(parts.uri.query().unwrap_or_default()),
            headers: kept(&parts.headers, REQUEST_HEADERS),
            body: Content::of(body, is_multipart(&parts.headers)),
        }
    }

    /// The part in which two requests differ, where they are not the same for a replay.
    pub(super) fn difference(&self, recorded: &Self) -> Option<String> {
        if (&self.method, &self.path) != (&recorded.method, &recorded.path) {
            return Some("another address".to_owned());
        }
        if self.query != recorded.query {
            return Some("another query".to_owned());
        }
        match (&self.body, &recorded.body) {
            (Some(Content::Json(one)), Some(Content::Json(other))) => {
                let fields = one.differing_fields(other)?;
                let separator = if fields.is_empty() { "" } else { ": " };
                Some(format!("another body{separator}{}", fields.join(", ")))
            }
            (Some(Content::Bytes(one)), Some(Content::Bytes(other))) if one == other => None,
            (None, None) => None,
            _ => Some("another body".to_owned()),
        }
    }
}

impl RecordedResponse {
    /// The response to a request for this path.
    pub(super) fn of(path: &str, parts: &response::Parts, body: &[u8]) -> Self {
        let mut headers = kept(&parts.headers, RESPONSE_HEADERS);
        if parts.headers.contains_key(MASKED) {
            headers.insert(MASKED.to_owned(), MASK.to_owned());
        }
        let form = parts.status.is_success() && path.ends_with(FORM);
        let body = match Json::read(body).filter(|_| form) {
            Some(json) => Some(Content::Json(json.masked())),
            None => Content::of(body, false),
        };
        Self { status: parts.status.as_u16(), headers, body }
    }

    /// The response once more.
    pub(super) fn again(&self) -> Response<Bytes> {
        let body = match &self.body {
            None => Bytes::new(),
            Some(Content::Json(json)) => json.to_bytes(),
            Some(Content::Bytes(bytes)) => vec![b'*'; bytes.length.min(super::LONGEST)].into(),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl Content {
    fn of(body: &[u8], changes: bool) -> Option<Self> {
        if body.is_empty() {
            return None;
        }
        Some(match Json::read(body) {
            Some(json) => Self::Json(json.scrubbed()),
            None => Self::Bytes(Unreadable {
                length: body.len(),
                sha256: (!changes).then(|| hex::encode(Sha256::digest(body))),
            }),
        })
    }
}

impl Failed {
    pub(super) fn of(error: &TransportError) -> Self {
        let kind = KINDS.iter().find(|(kind, _)| *kind == error.kind()).map_or("broken", |(_, name)| *name);
        Self { kind: kind.to_owned(), may_have_been_sent: error.may_have_been_sent() }
    }

    /// The failure once more.
    pub(super) fn again(&self) -> TransportError {
        let known = KINDS.iter().find(|(_, name)| *name == self.kind);
        let kind = known.map_or(TransportErrorKind::Broken, |(kind, _)| *kind);
        match self.may_have_been_sent {
            true => TransportError::possibly_sent(kind),
            false => TransportError::never_sent(kind),
        }
    }
}

const KINDS: &[(TransportErrorKind, &str)] = &[
    (TransportErrorKind::Unsupported, "refused"),
    (TransportErrorKind::Connect, "connect"),
    (TransportErrorKind::Tls, "tls"),
    (TransportErrorKind::Broken, "broken"),
    (TransportErrorKind::Timeout, "timeout"),
    (TransportErrorKind::TooLarge, "too_large"),
    (TransportErrorKind::Malformed, "malformed"),
];

fn kept(headers: &HeaderMap, allowed: &[&str]) -> Headers {
    let text = |name: &&str| {
        let value = headers.get(*name)?.to_str().ok()?;
        // The boundary of a form is another one every time.
        let value = if is_multipart(headers) { value.split(';').next()? } else { value };
        Some(((*name).to_owned(), value.to_owned()))
    };
    allowed.iter().filter_map(text).collect()
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let form = |value: &HeaderValue| value.as_bytes().starts_with(b"multipart/");
    headers.get("content-type").is_some_and(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_matches_whatever_its_boundary() {
        let form = |boundary: &str| {
            let (parts, ()) = http::Request::post("https://h/v2/f")
                .header("content-type", format!("multipart/form-data; boundary={boundary}"))
                .body(())
                .unwrap()
                .into_parts();
            RecordedRequest::of(&parts, format!("--{boundary}\r\n\r\nx").as_bytes())
        };
        assert_eq!(form("aaa").difference(&form("bbb")), None);
        assert_eq!(form("aaa").headers["content-type"], "multipart/form-data");
        assert!(form("aaa").difference(&form("bbbb")).is_some());
    }

    #[test]
    fn every_failure_keeps_its_kind_and_verdict() {
        for (kind, _) in KINDS {
            for error in [TransportError::never_sent(*kind), TransportError::possibly_sent(*kind)] {
                let again = Failed::of(&error).again();
                assert_eq!(
                    (again.kind(), again.may_have_been_sent()),
                    (error.kind(), error.may_have_been_sent())
                );
            }
        }
    }

    #[test]
    fn what_is_no_recording_is_refused() {
        for text in ["", "{}", "[]", r#"{"version":2,"exchanges":[]}"#] {
            assert_eq!(Cassette::from_json(text).unwrap_err().kind(), io::ErrorKind::InvalidData, "{text}");
        }
        assert!(Cassette::from_json(r#"{"version":1,"exchanges":[]}"#).unwrap().is_empty());
    }
}
