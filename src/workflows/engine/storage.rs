//! Storage in which a record store keeps its events.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{RecordId, Site};

/// New events of one record, with the version that the record had when they were decided.
///
/// Its `Debug` does not show the events, which contain personal data.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewEvents {
    /// The kind of record.
    pub kind: String,
    /// Id of the record.
    pub id: RecordId,
    /// The site that the record follows.
    pub site: Site,
    /// The number of events that the record has before these; 0 opens it.
    pub expected_version: u64,
    /// The events, each as the JSON of a logged event.
    pub events: Vec<Box<RawValue>>,
}

impl fmt::Debug for NewEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, id, site, expected_version, events } = self;
        write!(f, "NewEvents({kind} {id}, {site}, {} events after {expected_version})", events.len())
    }
}

/// One stored event, as the change feed hands it out.
///
/// Its `Debug` does not show the event, which contains personal data.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecordChange {
    /// The place in the feed. Positions grow by one from 1 on, over all records.
    pub position: u64,
    /// The kind of record.
    pub kind: String,
    /// Id of the record.
    pub id: RecordId,
    /// The site that the record follows.
    pub site: Site,
    /// The version of the record after this event: the number of its events.
    pub version: u64,
    /// The event as the JSON of a logged event.
    pub event: Box<RawValue>,
}

impl fmt::Debug for RecordChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, kind, id, site, version, .. } = self;
        write!(f, "RecordChange({position}: {kind} {id}, {site}, version {version})")
    }
}

/// The error of a record storage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// Another writer changed the record first: it does not have the expected version.
    #[error("{id} has version {found}, not {expected}: another writer was first")]
    Conflict {
        /// Id of the record.
        id: RecordId,
        /// The version that the new events follow.
        expected: u64,
        /// The version that is stored.
        found: u64,
    },
    /// Another writer changed other records since the events were decided.
    #[error("the feed is at {found}, not {expected}: another writer was first")]
    Behind {
        /// The position up to which the writer knew the feed.
        expected: u64,
        /// The position of the stored feed.
        found: u64,
    },
    /// Stored data cannot be read. The message names the place and repeats no value.
    #[error("the stored records cannot be read: {0}")]
    Damaged(String),
    /// The storage was written by a newer version of this crate. It is left as it is.
    #[error("the storage has format {found}, this version reads up to format {known}")]
    Newer {
        /// The format of the storage.
        found: u32,
        /// The newest format that this version reads.
        known: u32,
    },
    /// The storage could not be used: no connection, no space, no permission.
    #[error("the storage could not be used")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StorageError {
    /// The error of a storage that could not be used.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }

    /// True when another writer was first: read the new changes and decide again.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. } | Self::Behind { .. })
    }
}

/// Keeps the events of records in one order, for any number of writers.
///
/// `huaweicloud-partner-store` implements it over SQLite and PostgreSQL. An implementation has to keep three promises:
/// an append is stored wholly or not at all, and survives a crash once it returned `Ok`; two appends never succeed over
/// the same `after`; and the feed hands out every event, in the order of its position, without gaps.
#[async_trait]
pub trait RecordStorage: Send + Sync {
    /// Returns the events after a position, the oldest first, at most `limit` of them. An empty list means
    /// that no further event exists.
    ///
    /// # Errors
    /// [`StorageError::Damaged`], [`StorageError::Newer`], [`StorageError::Unavailable`].
    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<RecordChange>, StorageError>;

    /// Appends events of one or more records, decided by a writer that knew the feed up to `after`. Returns the position
    /// of the last one.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] when a record does not have the expected version, [`StorageError::Behind`] when the
    /// feed has gone on otherwise, [`StorageError::Unavailable`]. Nothing is stored then.
    async fn append(&self, after: u64, events: &[NewEvents]) -> Result<u64, StorageError>;
}

#[async_trait]
impl<S: RecordStorage + ?Sized> RecordStorage for std::sync::Arc<S> {
    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<RecordChange>, StorageError> {
        (**self).changes(after, limit).await
    }

    async fn append(&self, after: u64, events: &[NewEvents]) -> Result<u64, StorageError> {
        (**self).append(after, events).await
    }
}

/// Keeps records in memory. Clones of an `Arc` of it are one storage, for tests of several writers.
#[derive(Debug, Default)]
pub struct MemoryRecords {
    inner: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    feed: Vec<RecordChange>,
    versions: BTreeMap<RecordId, u64>,
}

impl MemoryRecords {
    /// A storage without records.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl RecordStorage for MemoryRecords {
    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<RecordChange>, StorageError> {
        let memory = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let from = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(memory.feed.iter().skip(from).take(limit).cloned().collect())
    }

    async fn append(&self, after: u64, events: &[NewEvents]) -> Result<u64, StorageError> {
        let mut memory = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let mut versions = BTreeMap::new();
        for new in events {
            let stored = memory.versions.get(&new.id).copied().unwrap_or_default();
            let version = versions.entry(new.id.clone()).or_insert(stored);
            if *version != new.expected_version {
                return Err(StorageError::Conflict {
                    id: new.id.clone(),
                    expected: new.expected_version,
                    found: *version,
                });
            }
            *version += new.events.len() as u64;
        }
        let head = memory.feed.len() as u64;
        if head != after {
            return Err(StorageError::Behind { expected: after, found: head });
        }
        for new in events {
            for (number, event) in new.events.iter().enumerate() {
                let position = memory.feed.len() as u64 + 1;
                memory.feed.push(RecordChange {
                    position,
                    kind: new.kind.clone(),
                    id: new.id.clone(),
                    site: new.site,
                    version: new.expected_version + number as u64 + 1,
                    event: event.clone(),
                });
            }
        }
        memory.versions.append(&mut versions);
        Ok(memory.feed.len() as u64)
    }
}
