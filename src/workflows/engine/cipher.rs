//! The hook for encrypting personal fields before they are stored.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::RecordId;

/// The error of personal fields that cannot be encrypted for storage, or cannot be decrypted when they are read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the personal fields of {id} cannot be {action}: {reason}")]
#[non_exhaustive]
pub struct CipherError {
    /// Id of the record.
    pub id: RecordId,
    /// Attempted action: `sealed` or `opened`.
    pub action: &'static str,
    /// The message of the [`FieldCipherError`], or what is wrong with the stored text.
    pub reason: String,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl CipherError {
    fn new(id: &RecordId, action: &'static str, error: FieldCipherError) -> Self {
        Self { id: id.clone(), action, reason: error.message, source: error.source.map(Arc::from) }
    }
}

/// The error of a [`FieldCipher`].
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct FieldCipherError {
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl FieldCipherError {
    /// An error with this message, which must not contain personal data.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// Encrypts the personal fields of events before they are stored, and decrypts them when they are read.
///
/// Which fields are personal follows from their type, [`Personal`](crate::types::Personal): names, telephone numbers,
/// addresses. Everything else stays readable in the storage. The record's id is handed in, so that an implementation
/// may use a key for each record (and forget it) or authenticate the id with the text.
pub trait FieldCipher: Send + Sync {
    /// Encrypts a text. The result is any text, such as base64.
    ///
    /// # Errors
    /// [`FieldCipherError`] where the text cannot be encrypted.
    fn seal(&self, record: &RecordId, plain: &str) -> Result<String, FieldCipherError>;

    /// Decrypts what [`seal`](FieldCipher::seal) returned.
    ///
    /// # Errors
    /// [`FieldCipherError`] where the text cannot be decrypted.
    fn open(&self, record: &RecordId, sealed: &str) -> Result<String, FieldCipherError>;
}

/// Replaces every `{"$personal":"plain"}` by the same with the sealed text.
pub(super) fn seal(
    cipher: &dyn FieldCipher,
    id: &RecordId,
    json: &str,
) -> Result<Box<RawValue>, CipherError> {
    replace(json, |plain| {
        let sealed = cipher.seal(id, &plain)?;
        Ok(format!("{OPENING}{}}}", quoted(&sealed)))
    })
    .map_err(|error| CipherError::new(id, "sealed", error))
}

/// Replaces every `{"$personal":"sealed"}` by the plain text.
pub(super) fn open(
    cipher: Option<&dyn FieldCipher>,
    id: &RecordId,
    json: &RawValue,
) -> Result<Box<RawValue>, CipherError> {
    if !json.get().contains(OPENING) {
        return Ok(json.to_owned());
    }
    replace(json.get(), |sealed| {
        let cipher = cipher.ok_or_else(|| FieldCipherError::new("the store was opened without a cipher"))?;
        Ok(quoted(&cipher.open(id, &sealed)?))
    })
    .map_err(|error| CipherError::new(id, "opened", error))
}

/// Beginning of a marked field, see `types::marked`.
const OPENING: &str = r#"{"$personal":"#;

/// Hands the text of each marked object to a function and puts its JSON in the object's place. Texts outside strings
/// only: a quotation mark inside a string is escaped, so a string never contains the mark's opening.
fn replace(
    json: &str,
    mut each: impl FnMut(String) -> Result<String, FieldCipherError>,
) -> Result<Box<RawValue>, FieldCipherError> {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, after)) = rest.split_once(OPENING) {
        out.push_str(before);
        let mut texts = serde_json::Deserializer::from_str(after).into_iter::<String>();
        let text = texts.next().ok_or_else(|| FieldCipherError::new("a marked field ends early"))?;
        let text = text.map_err(|_| FieldCipherError::new("a marked field is not a text"))?;
        rest = after
            .get(texts.byte_offset()..)
            .and_then(|rest| rest.trim_start().strip_prefix('}'))
            .unwrap_or(after);
        out.push_str(&each(text)?);
    }
    out.push_str(rest);
    RawValue::from_string(out).map_err(|_| FieldCipherError::new("the event is not JSON"))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        types::{Personal, marked},
        workflow::{Actor, Role},
    };

    /// Turns the text around, and puts the record's id before it.
    struct Reversed;

    impl FieldCipher for Reversed {
        fn seal(&self, record: &RecordId, plain: &str) -> Result<String, FieldCipherError> {
            Ok(format!("{record}:{}", plain.chars().rev().collect::<String>()))
        }

        fn open(&self, record: &RecordId, sealed: &str) -> Result<String, FieldCipherError> {
            let text = sealed.strip_prefix(&format!("{record}:"));
            let text =
                text.ok_or_else(|| FieldCipherError::new("another record's text").caused_by("wrong id"))?;
            Ok(text.chars().rev().collect())
        }
    }

    #[test]
    fn personal_fields_are_sealed_by_their_type_and_nothing_else_is() {
        let id = RecordId::from("PO-1");
        for name in ["Li Lei", "引号 \" und \\ {\"$personal\":\"x\"}", "\u{0}\n"] {
            let actor = Actor::new(Role::Customer, name);
            let json = marked(|| serde_json::to_string(&actor).unwrap());
            let sealed = seal(&Reversed, &id, &json).unwrap();
            assert!(sealed.get().starts_with(r#"{"role":"customer","name":{"$personal":"PO-1:"#), "{sealed}");
            assert!(!sealed.get().contains("Li Lei"));
            let opened = open(Some(&Reversed), &id, &sealed).unwrap();
            assert_eq!(serde_json::from_str::<Actor>(opened.get()).unwrap(), actor);
            assert!(open(None, &id, &sealed).unwrap_err().to_string().contains("without a cipher"));
            assert!(open(Some(&Reversed), &"PO-2".into(), &sealed).is_err());
        }
    }

    #[test]
    fn a_text_that_looks_like_a_mark_stays_a_text() {
        let id = RecordId::from("PO-1");
        let json = serde_json::to_string(&["{\"$personal\":\"x\"}"]).unwrap();
        assert_eq!(seal(&Reversed, &id, &json).unwrap().get(), json);
        let amount = r#"{"budget":800000.000000000000000001}"#;
        assert_eq!(seal(&Reversed, &id, amount).unwrap().get(), amount);
    }

    #[test]
    fn the_mark_ends_with_the_function() {
        let json = |personal: &Personal| serde_json::to_string(personal).unwrap();
        let name = Personal::from("Li Lei");
        assert_eq!(marked(|| json(&name)), format!("{OPENING}\"Li Lei\"}}"));
        assert_eq!(json(&name), r#""Li Lei""#);
    }
}
