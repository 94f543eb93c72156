//! Where a desk keeps its events.

use std::{
    fmt, io,
    ops::ControlFlow,
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{RecordId, Site};

/// Events of one record, in order, each as the JSON of a step.
///
/// Its `Debug` does not show the events, which contain personal data.
#[derive(Clone, Serialize, Deserialize)]
pub struct Line {
    /// The kind of record.
    pub kind: String,
    /// The record.
    pub id: RecordId,
    /// The site that the record follows.
    pub site: Site,
    /// The events. Those of an earlier line about the same record come before them.
    pub steps: Vec<Box<RawValue>>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, id, site, steps } = self;
        write!(f, "Line({kind} {id}, {site}, {} events)", steps.len())
    }
}

/// Why events could not be kept or read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The operating system refused.
    #[error("the storage could not be used: {0}")]
    Io(#[from] io::Error),
    /// The file was not written by a desk. It is left as it is.
    #[error("not a file of a desk: it does not begin with {expected:?}")]
    Foreign {
        /// How a desk's file begins.
        expected: &'static str,
    },
    /// The file was written by a newer version of this crate. It is left as it is.
    #[error("the file has format {found}, this version reads up to format {known}")]
    Newer {
        /// The format of the file.
        found: u32,
        /// The newest format that this version reads.
        known: u32,
    },
    /// An event is damaged that was written to its end: a crash in the middle of a write does not do this. The file
    /// is left as it is; restore it from a copy.
    #[error("the file is damaged at byte {offset}")]
    Damaged {
        /// Where the first damaged line begins.
        offset: u64,
    },
    /// The file has another length than this storage left it with: somebody else writes to it. Open it anew.
    #[error("the file was changed from elsewhere: {found} bytes instead of {expected}")]
    ChangedElsewhere {
        /// The length that this storage left.
        expected: u64,
        /// The length found.
        found: u64,
    },
    /// An event could not be written as JSON.
    #[error("an event could not be written: {0}")]
    Unwritable(#[from] serde_json::Error),
}

/// Keeps lines of events, oldest first. Implement it over a database to keep a desk there.
pub trait Storage: Send + Sync {
    /// Hands over every kept line, oldest first, until told to stop.
    ///
    /// # Errors
    /// When the lines cannot be read back completely.
    fn load(&self, each: &mut dyn FnMut(Line) -> ControlFlow<()>) -> Result<(), StorageError>;

    /// Keeps lines. When it returns `Ok` they survive a crash of the machine; when it fails, or the machine fails in
    /// between, a beginning of them may have been kept, each line whole or not at all.
    ///
    /// # Errors
    /// When they could not be kept. Nothing of them may come back from a later [`Storage::load`] of this value.
    fn append(&self, lines: &[Line]) -> Result<(), StorageError>;

    /// Replaces everything kept by these lines, wholly or not at all.
    ///
    /// # Errors
    /// When they could not be kept; then everything is as before.
    fn replace(&self, lines: &mut dyn Iterator<Item = Line>) -> Result<(), StorageError>;
}

/// Keeps events in memory only.
#[derive(Debug, Default)]
pub struct MemoryStorage {
    lines: Mutex<Vec<Line>>,
}

impl Storage for MemoryStorage {
    fn load(&self, each: &mut dyn FnMut(Line) -> ControlFlow<()>) -> Result<(), StorageError> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let _ = lines.into_iter().try_for_each(each);
        Ok(())
    }

    fn append(&self, lines: &[Line]) -> Result<(), StorageError> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(lines);
        Ok(())
    }

    fn replace(&self, lines: &mut dyn Iterator<Item = Line>) -> Result<(), StorageError> {
        *self.lines.lock().unwrap_or_else(PoisonError::into_inner) = lines.collect();
        Ok(())
    }
}
