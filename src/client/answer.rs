//! What came back: the typed answer with everything around it.

use std::ops::Deref;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::{
    error::{Error, ErrorKind},
    operation::{Effect, OperationMeta},
    types::decode,
};

/// A typed answer, and beside it the HTTP answer that it was read from.
///
/// Dereferences to the typed answer, so `client.send(…).await?.count` works. Fields that the crate does not know are
/// in [`Answer::body`].
#[derive(Clone, Debug)]
pub struct Answer<T> {
    value: T,
    raw: RawAnswer,
}

/// A successful HTTP answer before it is read into a type.
#[derive(Clone)]
pub struct RawAnswer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) attempts: u32,
    pub(super) repeated: bool,
}

impl<T> Answer<T> {
    /// The typed answer alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// The body as it came. It may hold personal data.
    pub fn body(&self) -> &Bytes {
        &self.raw.body
    }

    /// The id under which the service's support finds the call.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.raw.headers)
    }

    /// How many attempts it took.
    pub fn attempts(&self) -> u32 {
        self.raw.attempts
    }

    /// True where the service recognised the last attempt as a repeat of one that had arrived before: the write was
    /// carried out once, and the answer has no fields.
    pub fn was_repeat(&self) -> bool {
        self.raw.repeated
    }
}

impl<T> Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl std::fmt::Debug for RawAnswer {
    /// Counts the body instead of showing it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawAnswer")
            .field("status", &self.status.as_u16())
            .field("request_id", &request_id(&self.headers))
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish()
    }
}

impl RawAnswer {
    /// Reads the body into the operation's answer.
    pub(super) fn read<T: DeserializeOwned>(self, meta: &'static OperationMeta) -> Result<Answer<T>, Error> {
        match decode(self.json()) {
            Ok(value) => Ok(Answer { value, raw: self }),
            Err(error) => Err(self.undecodable(meta, error)),
        }
    }

    /// The body, or an empty object where nothing came.
    pub(super) fn json(&self) -> &[u8] {
        if self.body.trim_ascii().is_empty() { b"{}" } else { &self.body }
    }

    pub(super) fn with<T>(self, value: T) -> Answer<T> {
        Answer { value, raw: self }
    }

    pub(super) fn undecodable(self, meta: &'static OperationMeta, error: serde_json::Error) -> Error {
        let place = path_at(&self.body, error.line(), error.column());
        let message = match kind_of_text(&self.body) {
            Some(kind) => format!("the answer is {kind}, not JSON"),
            None => format!("the answer cannot be read at {place}: {}", without_position(&error)),
        };
        undecodable(meta, message)
            .with_status(self.status)
            .with_request_id(request_id(&self.headers).map(str::to_owned))
            .with_body(self.body)
            .caused_by(error)
    }
}

/// An answer that is none. A write was carried out all the same, or may have been.
pub(super) fn undecodable(meta: &'static OperationMeta, message: impl Into<String>) -> Error {
    let error = Error::new(ErrorKind::Undecodable, meta.name, message);
    if meta.effect == Effect::Read { error } else { error.perhaps_executed() }
}

/// The request id, by whichever of its names it came.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    ["x-request-id", "x-iam-trace-id"]
        .iter()
        .find_map(|name| headers.get(*name))
        .and_then(|id| id.to_str().ok())
}

/// What a body is that is obviously no JSON.
fn kind_of_text(body: &[u8]) -> Option<&'static str> {
    match body.trim_ascii_start().first() {
        Some(b'<') => Some("HTML or XML"),
        _ if std::str::from_utf8(body).is_err() => Some("not text in UTF-8"),
        _ => None,
    }
}

fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// The JSON path of the value at a position in a text, such as `$.records[3].amount`.
///
/// serde_json knows line and column only; the path is walked out of the text when an error has to name it, so that
/// reading good answers costs nothing.
fn path_at(body: &[u8], line: usize, column: usize) -> String {
    enum Level {
        Object(String),
        List(usize),
    }

    let before: usize =
        body.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let end = (before + column.saturating_sub(1)).min(body.len());
    let mut levels: Vec<Level> = Vec::new();
    let mut bytes = body.iter().take(end);
    let mut expecting_key = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' => {
                levels.push(Level::Object(String::new()));
                expecting_key = true;
            }
            b'[' => levels.push(Level::List(0)),
            b'}' | b']' => drop(levels.pop()),
            b':' => expecting_key = false,
            b',' => match levels.last_mut() {
                Some(Level::List(index)) => *index += 1,
                Some(Level::Object(_)) => expecting_key = true,
                None => {}
            },
            b'"' => {
                let mut text = Vec::new();
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => text.push(*byte),
                    }
                }
                if let (true, Some(Level::Object(key))) = (expecting_key, levels.last_mut()) {
                    *key = String::from_utf8_lossy(&text).into_owned();
                }
            }
            _ => {}
        }
    }
    let mut path = String::from("$");
    for level in levels {
        match level {
            Level::Object(key) if key.is_empty() => {}
            Level::Object(key) => path.extend([".", &key]),
            Level::List(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::resellers::{ListResellers, ResellerPage};
    use proptest::prelude::*;

    fn read(body: &'static str) -> Result<Answer<ResellerPage>, Error> {
        let raw = RawAnswer {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(
                http::HeaderName::from_static("x-request-id"),
                "r-9".parse().unwrap(),
            )]),
            body: Bytes::from_static(body.as_bytes()),
            attempts: 1,
            repeated: false,
        };
        raw.read(ListResellers::META)
    }

    #[test]
    fn the_typed_answer_stands_beside_the_raw_one() {
        let answer = read(r#"{"count":1,"indirect_partners":[{}],"new_field":7}"#).unwrap();
        assert_eq!((answer.count, answer.request_id(), answer.attempts()), (Some(1), Some("r-9"), 1));
        assert!(answer.body().ends_with(b"\"new_field\":7}"));
        assert_eq!(read("  ").unwrap().into_inner(), ResellerPage::default());
    }

    #[test]
    fn an_undecodable_answer_names_the_place_and_keeps_the_body() {
        let error =
            read("{\"count\":1,\n \"indirect_partners\":[{},{\"name\":\"x\",\"associated_on\":\"noon\"}]}")
                .unwrap_err();
        let text = error.to_string();
        assert!(text.contains("$.indirect_partners[1].associated_on"), "{text}");
        assert!(text.contains("HTTP 200, request r-9"), "{text}");
        assert!(error.body().starts_with(b"{\"count\"") && error.kind() == ErrorKind::Undecodable);
        assert!(read("<html>").unwrap_err().to_string().contains("HTML or XML"));
        assert!(read(r#"{"count":1,"indirect_partners":[{"#).is_err());
    }

    proptest! {
        #[test]
        fn no_body_makes_the_path_panic(body in prop::collection::vec(any::<u8>(), 0..60), line in 0_usize..5, column in 0_usize..80) {
            path_at(&body, line, column);
        }
    }
}
