//! Error codes of the service, typed and explained.

use std::{
    borrow::Cow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use crate::error::codes;

/// Error code of the service, such as `CBC.99005003`.
///
/// Compare it with the constants of [`codes`]: `error.code() == Some(&codes::BALANCE_TOO_LOW)`. Unknown codes are kept.
///
/// The text stays as it came. The gateway writes its prefix as `APIG` or `APIGW`; the two are equal, hash alike and
/// have the same entry, so either spelling equals `codes::THROTTLED`. To tell them apart, compare the texts.
#[derive(Clone)]
pub struct ErrorCode(Cow<'static, str>);

/// Key by which codes are compared: the part before the first full stop, the gateway's in one spelling, and the rest.
pub(in crate::error) fn key(code: &str) -> (&str, Option<&str>) {
    match code.split_once('.') {
        Some(("APIG", number)) => ("APIGW", Some(number)),
        Some((family, number)) => (family, Some(number)),
        None => (code, None),
    }
}

/// Documentation of an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeInfo {
    /// The name of its constant in [`codes`]: a stable label for logs and counters.
    pub name: &'static str,
    /// The code itself, such as `CBC.99005003`.
    pub code: &'static str,
    /// Meaning of the code.
    pub meaning: &'static str,
    /// Action that resolves the error.
    pub remedy: &'static str,
    /// Party that has to act.
    pub responsibility: Responsibility,
    /// Whether repeating the call may help.
    pub retry: Retry,
    pub(in crate::error) marks: &'static [Mark],
}

/// Codes that the client itself reacts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::error) enum Mark {
    /// Too many calls, refused before anything was done. Only codes that come with HTTP 429: the business limits on
    /// urging, paying or registering are not a matter of waiting a second.
    Throttling,
    /// The token is the cause, whatever the message says.
    InvalidToken,
    /// Signature, its date, key or token: the message says which.
    Authentication,
    /// The key against repeats was seen before.
    KeyedRepeat,
}

/// Party that can remove the cause of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Responsibility {
    /// The calling program: an argument, the order of calls, the wrong identity.
    Caller,
    /// The partner's account: rights, balance, quota, contract.
    Account,
    /// The customer: its state, its debts, its data.
    Customer,
    /// The service itself.
    Service,
}

/// Whether repeating a call that got a code may help. Whether it is safe is another question: see the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// The same call will get the same response.
    Never,
    /// The call may succeed after a wait; repeated failures call for longer waits.
    AfterBackoff,
    /// After the cause has been fixed: a balance, a right, a state, a token.
    AfterCorrection,
    /// A read may succeed after a wait: the service failed while it worked, so a write may have been
    /// executed.
    ReadsOnly,
}

impl ErrorCode {
    /// A code of the documentation.
    pub(in crate::error) const fn known(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Meaning, remedy and fault, where the code is documented.
    pub fn info(&self) -> Option<&'static CodeInfo> {
        codes::find(&self.0)
    }

    /// Whether repeating may help; an undocumented code says [`Retry::Never`].
    pub fn retry(&self) -> Retry {
        self.info().map_or(Retry::Never, |info| info.retry)
    }

    /// Returns true if the call was refused and not executed because too many calls came in too short a time.
    pub fn is_throttling(&self) -> bool {
        self.has(Mark::Throttling)
    }

    /// Whether the caller was not recognised: by its signature, the date of it, its key or its token. One code stands
    /// for several causes; [`ApiError::authentication_refusal`](crate::error::ApiError::authentication_refusal) tells them
    /// apart.
    pub fn is_authentication_refused(&self) -> bool {
        self.has(Mark::Authentication) || self.has(Mark::InvalidToken)
    }

    /// Whether a write with the same key against repeats arrived before: after a repeat, the first was received.
    pub fn is_repeat_of_keyed_write(&self) -> bool {
        self.has(Mark::KeyedRepeat)
    }

    pub(in crate::error) fn has(&self, mark: Mark) -> bool {
        self.info().is_some_and(|info| info.marks.contains(&mark))
    }
}

impl PartialEq for ErrorCode {
    fn eq(&self, other: &Self) -> bool {
        key(&self.0) == key(&other.0)
    }
}

impl Eq for ErrorCode {}

impl PartialOrd for ErrorCode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ErrorCode {
    fn cmp(&self, other: &Self) -> Ordering {
        key(&self.0).cmp(&key(&other.0))
    }
}

impl Hash for ErrorCode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        key(&self.0).hash(state);
    }
}

impl From<&str> for ErrorCode {
    fn from(code: &str) -> Self {
        match codes::find(code) {
            Some(info) if info.code == code => Self::known(info.code),
            _ => Self(Cow::Owned(code.to_owned())),
        }
    }
}

impl serde::Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for ErrorCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|code| Self::from(code.as_str()))
    }
}

impl Default for ErrorCode {
    /// No code: what an item without one reads as.
    fn default() -> Self {
        Self::known("")
    }
}

impl ErrorCode {
    /// The code as it may be printed: `***` for a text that no code is, which may quote anything.
    pub(crate) fn printable(&self) -> &str {
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let is_code = self.0.len() <= 64 && self.0.bytes().all(sign);
        if is_code { &self.0 } else { "***" }
    }
}

impl fmt::Display for ErrorCode {
    /// The code, unless it is a text that no code is; [`ErrorCode::as_str`] returns that as well.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.printable())
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.printable())
    }
}

#[cfg(feature = "dynamic")]
crate::types::schema::described! { ErrorCode => {"type": "string"} }

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, hash::BuildHasher};

    use super::*;

    #[test]
    fn both_spellings_of_the_gateway_are_one_code_with_their_own_text() {
        let (short, long) = (ErrorCode::from("APIG.0308"), ErrorCode::from("APIGW.0308"));
        assert_eq!((short.as_str(), long.as_str()), ("APIG.0308", "APIGW.0308"));
        assert_eq!(short, codes::THROTTLED);
        assert_eq!(long, codes::THROTTLED);
        assert_eq!(short.cmp(&long), Ordering::Equal);
        let hasher = HashSet::<ErrorCode>::new();
        assert_eq!(hasher.hasher().hash_one(&short), hasher.hasher().hash_one(&long));
        assert!(short.is_throttling() && long.is_throttling());
        assert_eq!(short.info(), long.info());
    }

    #[test]
    fn a_text_that_no_code_is_can_be_read_and_is_not_printed() {
        for text in
            ["mobile 13812345678 of Li Lei is taken", "李雷", "li@example.com", "a\nb", &"x".repeat(65)]
        {
            let code = ErrorCode::from(text);
            assert_eq!(code.as_str(), text);
            assert_eq!(format!("{code}{code:?}{}", code.printable()), "*********", "{text}");
        }
        assert_eq!(ErrorCode::from("CBC.0100").to_string(), "CBC.0100");
    }

    #[test]
    fn unknown_codes_are_kept_and_differ() {
        let texts =
            ["", ".", "APIG", "APIG.", "APIG.9999", "CBC", "CBC.", "CBC.1", "cbc.0100", "400", "CBC.0100.1"];
        let distinct: HashSet<ErrorCode> = texts.into_iter().map(ErrorCode::from).collect();
        assert_eq!(distinct.len(), texts.len());
        for text in texts {
            let code = ErrorCode::from(text);
            assert_eq!((code.as_str(), code.info(), code.retry()), (text, None, Retry::Never));
        }
    }

    #[test]
    fn a_known_code_borrows_its_text() {
        assert!(matches!(ErrorCode::from("CBC.0100").0, Cow::Borrowed(_)));
        assert!(matches!(ErrorCode::from("APIG.0308").0, Cow::Owned(_)));
    }

    #[test]
    fn the_client_acts_on_few_codes() {
        let having = |is: fn(&ErrorCode) -> bool| -> Vec<&'static str> {
            codes::all().map(|info| info.code).filter(|code| is(&ErrorCode::known(code))).collect()
        };
        assert_eq!(having(ErrorCode::is_throttling), ["CBC.0250", "APIGW.0308"]);
        assert_eq!(having(ErrorCode::is_repeat_of_keyed_write), ["CBC.99007009"]);
        assert_eq!(
            having(ErrorCode::is_authentication_refused),
            ["CBC.0105", "CBC.0154", "APIGW.0301", "APIGW.0303", "APIGW.0305", "APIGW.0307", "OSM.0002"]
        );
    }
}
