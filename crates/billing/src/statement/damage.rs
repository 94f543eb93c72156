//! Damage of statement files.

use std::io;

use super::HeaderError;

/// A limit that was exceeded, carried through layers that only know `io::Error`.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum LimitExceeded {
    #[error("a row has more bytes than the limit")]
    Row,
    #[error("the file has more uncompressed bytes than the limit")]
    Total,
}

/// Reason why a statement file cannot be read to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DamageKind {
    /// The file ends too early, its checksum is wrong, or it is no archive.
    #[error("damaged or cut off: {0}")]
    Broken(io::Error),
    /// Reading failed for another reason than the file's content.
    #[error("reading failed: {0}")]
    Io(io::Error),
    /// A row exceeds the limit: an unclosed quotation mark, or no CSV at all.
    #[error("a row exceeds the limit on its bytes; a quotation mark may be unclosed")]
    RowTooLong,
    /// The file exceeds the limit on uncompressed bytes.
    #[error("more uncompressed bytes than the limit: possibly a decompression bomb")]
    TooLarge,
    /// The archive has more members than the limit.
    #[error("more than {0} members")]
    TooManyMembers(usize),
    /// A member's name exceeds the limit.
    #[error("a member's name of {0} bytes")]
    LongName(u64),
    /// Data follows the end of the archive.
    #[error("data after the end of the archive")]
    TrailingData,
    /// The columns cannot be used.
    #[error(transparent)]
    Headers(#[from] HeaderError),
    /// The file is empty: not even an archive without members.
    #[error("the file is empty")]
    Empty,
    /// The archive holds no CSV file.
    #[error("no CSV file in the archive")]
    NoMembers,
    /// Two members have the same name.
    #[error("two members of this name")]
    Duplicate,
    /// The format is known and not supported.
    #[error("{0} is not supported: unpack the file, or save it as CSV")]
    Unsupported(&'static str),
}

impl DamageKind {
    pub(super) fn from_io(error: io::Error) -> Self {
        let limit = error.get_ref().and_then(|inner| inner.downcast_ref::<LimitExceeded>()).copied();
        match limit {
            Some(LimitExceeded::Row) => Self::RowTooLong,
            Some(LimitExceeded::Total) => Self::TooLarge,
            None => match error.kind() {
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::InvalidData
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::Other => Self::Broken(error),
                _ => Self::Io(error),
            },
        }
    }
}

/// A statement file that cannot be read to its end, and how far reading came.
#[derive(Debug, thiserror::Error)]
#[error("{file}{}: {kind}", member.as_ref().map(|member| format!(", {member}")).unwrap_or_default())]
pub struct StatementError {
    /// Path of the file.
    pub file: String,
    /// The CSV file in it.
    pub member: Option<String>,
    /// Kind of the damage.
    pub kind: DamageKind,
    /// Good rows that were delivered before.
    pub rows: u64,
}
