//! Records in a PostgreSQL database.

use async_trait::async_trait;
use huaweicloud_partner::workflow::{NewEvents, RecordChange, RecordStorage, StorageError};
use sqlx::{PgPool, postgres::PgPoolOptions};

use super::sql::{CHANGES, FORMAT, INSERT, Row, VERSION, append, change, check_format, signed, unsigned};

/// The key of the advisory lock under which the tables are created: concurrent `IF NOT EXISTS` may fail otherwise.
const SCHEMA_LOCK: i64 = 0x6877_7061_7274_6e72;

const SCHEMA: [&str; 4] = [
    "CREATE TABLE IF NOT EXISTS workflow_format (format BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS workflow_feed (one BOOLEAN PRIMARY KEY CHECK (one), position BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS workflow_events (
        position BIGINT PRIMARY KEY,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        site TEXT NOT NULL,
        version BIGINT NOT NULL,
        event TEXT NOT NULL,
        UNIQUE (id, version)
    )",
    "INSERT INTO workflow_feed (one, position) VALUES (TRUE, 0) ON CONFLICT DO NOTHING",
];

/// Keeps workflow records in a PostgreSQL database, which any number of processes and machines may share.
///
/// Appends lock one row until they are committed, so positions become visible in their order and the feed has no gaps.
#[derive(Clone, Debug)]
pub struct PostgresRecords {
    pool: PgPool,
}

impl PostgresRecords {
    /// Connects to the database of a URL, such as `postgres://user@localhost/partner`, and creates missing tables.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the database cannot be reached, [`StorageError::Newer`] when a newer version
    /// of this crate wrote the tables.
    pub async fn connect(url: &str) -> Result<Self, StorageError> {
        let pool = PgPoolOptions::new().max_connections(4).connect(url).await;
        Self::with_pool(pool.map_err(StorageError::unavailable)?).await
    }

    /// Uses an existing pool.
    ///
    /// # Errors
    /// As for [`PostgresRecords::connect`].
    pub async fn with_pool(pool: PgPool) -> Result<Self, StorageError> {
        let mut transaction = pool.begin().await.map_err(StorageError::unavailable)?;
        let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(SCHEMA_LOCK);
        lock.execute(&mut *transaction).await.map_err(StorageError::unavailable)?;
        for statement in SCHEMA {
            sqlx::query(statement).execute(&mut *transaction).await.map_err(StorageError::unavailable)?;
        }
        let format = sqlx::query_scalar::<_, Option<i64>>("SELECT MAX(format) FROM workflow_format");
        match format.fetch_one(&mut *transaction).await.map_err(StorageError::unavailable)? {
            Some(format) => check_format(format)?,
            None => {
                let insert = sqlx::query("INSERT INTO workflow_format (format) VALUES ($1)").bind(FORMAT);
                insert.execute(&mut *transaction).await.map_err(StorageError::unavailable)?;
            }
        }
        transaction.commit().await.map_err(StorageError::unavailable)?;
        Ok(Self { pool })
    }

    /// Whether the feed continues after a position with exactly these events: what a commit may have done whose response
    /// was lost.
    async fn is_stored(&self, after: u64, events: &[NewEvents]) -> Result<bool, StorageError> {
        let wanted: Vec<_> = events
            .iter()
            .flat_map(|new| new.events.iter().map(move |event| (new.id.as_str(), event.get())))
            .collect();
        let stored = self.changes(after, wanted.len()).await?;
        Ok(stored.iter().map(|change| (change.id.as_str(), change.event.get())).eq(wanted))
    }
}

#[async_trait]
impl RecordStorage for PostgresRecords {
    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<RecordChange>, StorageError> {
        let query = sqlx::query_as::<_, Row>(CHANGES).bind(signed(after)).bind(signed(limit as u64));
        let rows = query.fetch_all(&self.pool).await.map_err(StorageError::unavailable)?;
        rows.into_iter().map(change).collect()
    }

    async fn append(&self, after: u64, events: &[NewEvents]) -> Result<u64, StorageError> {
        let mut transaction = self.pool.begin().await.map_err(StorageError::unavailable)?;
        let head = sqlx::query_scalar::<_, i64>("SELECT position FROM workflow_feed FOR UPDATE");
        let head = unsigned(head.fetch_one(&mut *transaction).await.map_err(StorageError::unavailable)?)?;
        let position = append!(transaction, head, after, events);
        let moved = sqlx::query("UPDATE workflow_feed SET position = $1").bind(signed(position));
        moved.execute(&mut *transaction).await.map_err(StorageError::unavailable)?;
        match transaction.commit().await {
            Ok(()) => Ok(position),
            // The connection may have been lost after the server committed.
            Err(error) => match self.is_stored(after, events).await {
                Ok(true) => Ok(position),
                _ => Err(StorageError::unavailable(error)),
            },
        }
    }
}
