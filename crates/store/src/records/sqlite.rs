//! Records in a SQLite database.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use huaweicloud_partner::workflow::{NewEvents, RecordChange, RecordStorage, StorageError};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::sql::{CHANGES, FORMAT, INSERT, Row, VERSION, append, change, check_format, signed, unsigned};

/// The wait for another writer before an append fails.
const BUSY: Duration = Duration::from_secs(30);

const SCHEMA: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS workflow_format (format INTEGER NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS workflow_events (
        position INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        site TEXT NOT NULL,
        version INTEGER NOT NULL,
        event TEXT NOT NULL,
        UNIQUE (id, version)
    ) STRICT",
    "INSERT INTO workflow_format (format) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM workflow_format)",
];

/// Keeps workflow records in a SQLite database, which any number of processes of one machine may share.
///
/// The database uses a write-ahead log and waits for the disk at every append. It holds personal data: on Unix a new
/// file is readable for its owner only.
#[derive(Clone, Debug)]
pub struct SqliteRecords {
    pool: SqlitePool,
}

impl SqliteRecords {
    /// Opens the database at a path, or creates it.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the file cannot be opened or is no database, [`StorageError::Newer`] when a
    /// newer version of this crate wrote it.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StorageError> {
        let path = path.as_ref();
        crate::private::create(path).map_err(StorageError::unavailable)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await;
        Self::with_pool(pool.map_err(StorageError::unavailable)?).await
    }

    /// Uses an existing pool. Whether an append survives a crash of the machine depends on the pool's settings: use
    /// `synchronous = FULL`.
    ///
    /// # Errors
    /// As for [`SqliteRecords::open`].
    pub async fn with_pool(pool: SqlitePool) -> Result<Self, StorageError> {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.map_err(StorageError::unavailable)?;
        for statement in SCHEMA {
            sqlx::query(statement).execute(&mut *transaction).await.map_err(StorageError::unavailable)?;
        }
        let format = sqlx::query_scalar::<_, i64>("SELECT MAX(format) FROM workflow_format");
        let format = format.fetch_one(&mut *transaction).await.map_err(StorageError::unavailable)?;
        check_format(format)?;
        debug_assert!(format == FORMAT, "there is one format so far");
        transaction.commit().await.map_err(StorageError::unavailable)?;
        Ok(Self { pool })
    }
}

#[async_trait]
impl RecordStorage for SqliteRecords {
    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<RecordChange>, StorageError> {
        let query = sqlx::query_as::<_, Row>(CHANGES).bind(signed(after)).bind(signed(limit as u64));
        let rows = query.fetch_all(&self.pool).await.map_err(StorageError::unavailable)?;
        rows.into_iter().map(change).collect()
    }

    async fn append(&self, after: u64, events: &[NewEvents]) -> Result<u64, StorageError> {
        // Immediate: the transaction is the only writer from its beginning on.
        let begun = self.pool.begin_with("BEGIN IMMEDIATE").await;
        let mut transaction = begun.map_err(StorageError::unavailable)?;
        let head = sqlx::query_scalar::<_, i64>("SELECT COALESCE(MAX(position), 0) FROM workflow_events");
        let head = unsigned(head.fetch_one(&mut *transaction).await.map_err(StorageError::unavailable)?)?;
        let position = append!(transaction, head, after, events);
        transaction.commit().await.map_err(StorageError::unavailable)?;
        Ok(position)
    }
}
