//! Kinds of errors.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The kinds of failure that a caller acts on differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument breaks a documented rule; nothing was sent. See [`crate::Error::invalid`].
    InvalidInput,
    /// The client was put together wrongly, for instance without a clock; nothing was sent.
    Configuration,
    /// No usable credentials, or the service did not accept the signature or token; nothing was executed.
    Credentials,
    /// The operation does not exist on the client's site; nothing was sent.
    NotOffered,
    /// The identity is of the wrong kind for this operation; nothing was sent.
    WrongCaller,
    /// The service responded with an error of its own. See [`crate::Error::api`].
    Refused,
    /// Too many calls in too short a time; not executed. See [`crate::Error::retry_after`].
    Throttled,
    /// No connection came about, so the service never saw the request.
    NotSent,
    /// The connection broke, or the service failed, on a call that is safe to repeat.
    Interrupted,
    /// The time limit passed on a call that is safe to repeat, or before anything was sent.
    TimedOut,
    /// A write went out and its result is not known: it may have been executed. Never repeat it blindly; see
    /// [`crate::Error::outcome`].
    OutcomeUnknown,
    /// A response arrived that is not one of the operation. [`crate::Error::body`] has what arrived.
    Undecodable,
    /// A local file or writer failed, such as a full disk under a download. Repeating the call does not help.
    Io,
    /// The journal could not store or read an attempt; the write was not sent, or it stays open in the journal.
    Journal,
    /// A list changed while it was read page by page, so rows may be missing or doubled.
    ListChanged,
}

impl ErrorKind {
    /// All kinds of errors.
    const ALL: &[Self] = &[
        Self::InvalidInput,
        Self::Configuration,
        Self::Credentials,
        Self::NotOffered,
        Self::WrongCaller,
        Self::Refused,
        Self::Throttled,
        Self::NotSent,
        Self::Interrupted,
        Self::TimedOut,
        Self::OutcomeUnknown,
        Self::Undecodable,
        Self::Io,
        Self::Journal,
        Self::ListChanged,
    ];

    /// The word for logs, metric labels and stored records, such as `outcome_unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::Configuration => "configuration",
            Self::Credentials => "credentials",
            Self::NotOffered => "not_offered",
            Self::WrongCaller => "wrong_caller",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::NotSent => "not_sent",
            Self::Interrupted => "interrupted",
            Self::TimedOut => "timed_out",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Undecodable => "undecodable",
            Self::Io => "io",
            Self::Journal => "journal",
            Self::ListChanged => "list_changed",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the word of an [`ErrorKind`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no kind of error is called {0:?}")]
pub struct UnknownErrorKind(String);

impl FromStr for ErrorKind {
    type Err = UnknownErrorKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownErrorKind(text.chars().take(64).collect()))
    }
}

impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_that_reads_back() {
        for kind in ErrorKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(*kind));
            let json = serde_json::to_string(kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""));
            assert_eq!(serde_json::from_str::<ErrorKind>(&json).unwrap(), *kind);
        }
        assert!("OutcomeUnknown".parse::<ErrorKind>().is_err());
    }
}
