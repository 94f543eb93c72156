//! Reading values from the JSON of the wire.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::{
    decode_error::DecodeError,
    drift::{self, Drift},
    json::{Foreign, Reader},
    lenient::Lenient,
};

/// Reads a response from its JSON bytes, leniently.
///
/// A number may come as text and text as a number, `null`, `""` and `{}` stand for nothing, one row stands for a list of
/// one, and numbers keep their own text. A value that cannot be read is unknown, that is `None` or empty; only amounts, and
/// the shape of lists and objects, are strict. [`decode_with_drift`] tells what was unknown.
///
/// # Errors
/// [`DecodeError`] where it is not JSON, an amount is not one decimal number, or a list or an object is something else; it
/// names the place.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, DecodeError> {
    decode_with_drift(json).map(|(value, _)| value)
}

/// [`decode`] for text.
///
/// # Errors
/// As for [`decode`].
pub fn decode_str<T: DeserializeOwned>(json: &str) -> Result<T, DecodeError> {
    decode(json.as_bytes())
}

/// [`decode`], and beside the value everything in the response that the crate did not expect.
///
/// ```
/// use huaweicloud_partner::{resellers::ResellerPage, types::{DriftKind, decode_with_drift}};
///
/// let json = br#"{"count":"many","indirect_partners":[]}"#;
/// let (page, drift) = decode_with_drift::<ResellerPage>(json).unwrap();
/// assert_eq!(page.count, None);
/// assert_eq!((drift[0].kind, drift[0].path.as_str()), (DriftKind::Unreadable, "$.count"));
/// ```
///
/// # Errors
/// As for [`decode`].
pub fn decode_with_drift<T: DeserializeOwned>(json: &[u8]) -> Result<(T, Vec<Drift>), DecodeError> {
    decode_looking_around(json).map(|(value, drift, _)| (value, drift))
}

/// Facts about a response beside its value, which show whether it is a response of the operation at all.
#[derive(Debug)]
pub(crate) struct Around {
    /// Fields of an error stand around the value.
    pub(crate) error_fields: bool,
    /// Objects that have none of the fields of their types.
    pub(crate) foreign: Foreign,
}

/// [`decode_with_drift`], and what stands around the value.
pub(crate) fn decode_looking_around<T: DeserializeOwned>(
    json: &[u8],
) -> Result<(T, Vec<Drift>, Around), DecodeError> {
    let (text, replaced) = text(json);
    let mut reader = tolerant(&text, replaced);
    let value = whole(&mut reader)?;
    let (drift, around) = look_around(&text, reader);
    Ok((value, drift, around))
}

/// A reader of a response.
fn tolerant(text: &str, replaced: Vec<usize>) -> Reader<'_> {
    let mut reader = Reader::new(text).tolerant();
    replaced.into_iter().for_each(|at| reader.note_replaced(at));
    reader
}

/// Returns the drift and the facts that a reader of a response found beside the value.
fn look_around(text: &str, mut reader: Reader<'_>) -> (Vec<Drift>, Around) {
    let foreign = reader.take_foreign();
    let notes = reader.into_notes();
    let (drift, error_fields) = if notes.is_empty() { (Vec::new(), false) } else { drift::tell(text, notes) };
    (drift, Around { error_fields, foreign })
}

/// Reads a request from JSON bytes: numbers may come as text and text as numbers, but every value must be readable.
///
/// For requests that a test double of the service receives. It ignores fields that the type does not have, as the service
/// does.
///
/// # Errors
/// As for [`decode`], and where any value cannot be read.
pub fn decode_request<T: DeserializeOwned>(json: &[u8]) -> Result<T, DecodeError> {
    whole(&mut Reader::new(utf8(json)?))
}

/// [`decode_request`] for a request that is sent: beside the value, the paths of the fields that the type does not have, such
/// as `$.customer.nmae`. They are known as far as the text could be read.
pub(crate) fn decode_request_to_send<T: DeserializeOwned>(
    json: &[u8],
) -> (Result<T, DecodeError>, Vec<String>) {
    let text = match utf8(json) {
        Ok(text) => text,
        Err(error) => return (Err(error), Vec::new()),
    };
    let mut reader = Reader::new(text).noting_unknown();
    let value = whole(&mut reader);
    (value, unknown_fields(text, reader))
}

fn unknown_fields(text: &str, reader: Reader<'_>) -> Vec<String> {
    let notes = reader.into_notes();
    if notes.is_empty() { Vec::new() } else { drift::unknown_fields(text, notes) }
}

fn utf8(json: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(json)
        .map_err(|error| DecodeError::new(format!("not text in UTF-8 at byte {}", error.valid_up_to())))
}

fn whole<T: DeserializeOwned>(reader: &mut Reader<'_>) -> Result<T, DecodeError> {
    let read = T::deserialize(Lenient::next(reader));
    match reader.end() {
        Err(wrong) if read.is_ok() => Err(wrong.into()),
        _ => read,
    }
}

/// The bytes as text with U+FFFD for what is not UTF-8, and where that stands.
pub(crate) fn text(json: &[u8]) -> (Cow<'_, str>, Vec<usize>) {
    if let Ok(text) = std::str::from_utf8(json) {
        return (text.into(), Vec::new());
    }
    let (mut text, mut replaced) = (String::with_capacity(json.len()), Vec::new());
    for chunk in json.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            replaced.push(text.len());
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    (text.into(), replaced)
}
