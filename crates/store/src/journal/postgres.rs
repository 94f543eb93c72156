//! The journal on PostgreSQL.

use std::path::Path;

use huaweicloud_partner::journal::{
    Attribution, Begin, Begun, DecidedBy, Evidence, Footprint, JournalError, Learned, OwnerId, OwnerState,
    QueryScope, RecordScope, Rival, Settlement, Settling, StoredAttempt, transition,
};
use sqlx::{
    Connection as _, PgConnection, PgPool, Postgres, Transaction, pool::PoolConnection,
    postgres::PgPoolOptions,
};

use super::{
    owner::Incarnation,
    sql::{failed, from_text, index, number, sql_journal, to_text, unknown},
};

/// The number of the lock that every changing transaction takes: gates and versions are decided one after the other.
const LOCK: i64 = 0x6877_706a;

/// A journal in a PostgreSQL database, which processes of several hosts may share.
///
/// The server must commit synchronously, as it does unless configured otherwise, and must not fail over to a replica that
/// lags behind. The death of a process is proven by its lock file, on its own host only; lock files of dead processes without
/// open attempts are removed when another process of the host connects.
#[derive(Clone, Debug)]
pub struct PostgresJournal {
    pool: PgPool,
    incarnation: Incarnation,
}

impl PostgresJournal {
    /// PostgreSQL has no such tables.
    const CLUSTERED: &str = "";
    /// Journals in other databases may have their locks in the same directory.
    const OWN_LOCKS: bool = false;

    /// Connects to a database such as `postgres://user@127.0.0.1/partner`, and makes the tables where they do not exist. The
    /// lock files are in the directory for temporary files.
    ///
    /// # Errors
    /// [`Unavailable`](huaweicloud_partner::journal::JournalErrorKind::Unavailable) where the database or the lock cannot be
    /// reached, and [`Corrupt`](huaweicloud_partner::journal::JournalErrorKind::Corrupt) where a newer version of this crate
    /// made the tables.
    pub async fn connect(url: &str) -> Result<Self, JournalError> {
        Self::connect_with_locks(url, &std::env::temp_dir().join("huaweicloud-partner-owners")).await
    }

    /// As [`PostgresJournal::connect`], with the lock files in this directory, which the processes of the host share.
    ///
    /// # Errors
    /// As for [`PostgresJournal::connect`].
    pub async fn connect_with_locks(url: &str, directory: &Path) -> Result<Self, JournalError> {
        let pool = PgPoolOptions::new().max_connections(8).connect(url).await.map_err(failed)?;
        let incarnation = Incarnation::new(directory)?;
        let journal = Self { pool, incarnation };
        journal.migrate().await?;
        // So that the database knows the lock file as one of its own, before the first heartbeat.
        sqlx::query("INSERT INTO owner (owner, beat) VALUES ($1, 0) ON CONFLICT DO NOTHING")
            .bind(&journal.incarnation.id.0)
            .execute(&journal.pool)
            .await
            .map_err(failed)?;
        // Files that are left over do no harm: the next handle tries again.
        let _ = journal.sweep().await;
        Ok(journal)
    }

    async fn writer(&self) -> Result<PoolConnection<Postgres>, JournalError> {
        self.pool.acquire().await.map_err(failed)
    }

    /// Every write takes the statements of a transaction.
    async fn begin_at_once(&self, _: &Begin) -> Result<Option<Begun>, JournalError> {
        Ok(None)
    }

    /// Settles in one trip, as [`PostgresJournal::begin_at_once`] begins.
    async fn settle_at_once(&self, _: &Settlement) -> Result<Option<Settling>, JournalError> {
        Ok(None)
    }

    fn settled(&self, _: &StoredAttempt) {}

    /// A transaction that writes, one at a time.
    async fn transaction(writer: &mut PgConnection) -> Result<Transaction<'_, Postgres>, JournalError> {
        let mut tx = writer.begin().await.map_err(failed)?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *tx).await.map_err(failed)?;
        Ok(tx)
    }
}

sql_journal!(PostgresJournal, sqlx::Postgres);
