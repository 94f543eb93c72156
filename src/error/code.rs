//! Error codes of the service, typed and explained.

use std::{borrow::Cow, fmt};

use super::codes;

/// A code that the service answered, such as `CBC.99005003`.
///
/// Compare it with the constants of [`codes`]: `error.code() == Some(&codes::BALANCE_TOO_LOW)`. Unknown codes are kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(Cow<'static, str>);

/// What the documentation says about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeInfo {
    /// The code.
    pub code: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    /// Who has to do it.
    pub fault: Fault,
    /// Whether repeating the call may help.
    pub retry: Retry,
}

/// Who can mend the cause of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
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
    /// The same call will get the same answer.
    Never,
    /// After a wait, the longer the oftener.
    AfterBackoff,
    /// After the cause has been mended: a balance, a right, a state.
    AfterMending,
}

impl ErrorCode {
    /// A code of the documentation.
    pub(super) const fn known(code: &'static str) -> Self {
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
}

impl From<&str> for ErrorCode {
    fn from(code: &str) -> Self {
        match codes::find(code) {
            Some(info) => Self::known(info.code),
            None => Self(Cow::Owned(code.to_owned())),
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

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
