//! The journal on SQLite.

mod one_trip;

use std::{path::Path, sync::Arc, time::Duration};

use futures_util::lock::{Mutex, MutexGuard};
use huaweicloud_partner::journal::{
    Attribution, Begin, Begun, DecidedBy, Evidence, Footprint, JournalError, JournalErrorKind, Learned,
    OwnerId, OwnerState, QueryScope, RecordScope, Rival, Settlement, Settling, StoredAttempt, transition,
};
use sqlx::{
    Connection as _, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use one_trip::Memory;

use super::{
    owner::Incarnation,
    sql::{failed, from_text, index, number, sql_journal, to_text, unknown},
};

/// A journal in a SQLite file, which several processes of one host may share.
///
/// The database is in WAL mode with full synchronisation: what a method has stored survives the process and the power supply.
/// The file must be on a local disk. It holds personal data: on Unix a new file is readable for its owner only. Beside it a
/// directory with the ending `.owners` holds the lock files of its processes; those of dead processes without open attempts are
/// removed when the journal is opened.
#[derive(Clone, Debug)]
pub struct SqliteJournal {
    /// Reads. A change of this handle does not keep them waiting.
    pool: SqlitePool,
    /// The one connection that changes something: SQLite has one writer at a time, and callers wait for it here rather
    /// than in the loop of its busy handler.
    writer: Arc<Mutex<SqliteConnection>>,
    pub(super) incarnation: Incarnation,
    pub(super) memory: Memory,
}

impl SqliteJournal {
    const CLUSTERED: &str = " WITHOUT ROWID";
    const OWN_LOCKS: bool = true;

    /// Opens a journal, and makes the file and its tables where they do not exist.
    ///
    /// # Errors
    /// [`JournalErrorKind::Unavailable`] where the file or the lock cannot be made or read, and
    /// [`JournalErrorKind::Corrupt`] where a newer version of this crate made the file.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref();
        crate::private::create(path).map_err(|error| {
            let message = format!("{} cannot be made: {error}", path.display());
            JournalError::new(JournalErrorKind::Unavailable, message).caused_by(error)
        })?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(30))
            // Fewer checkpoints: the log grows to 16 MB before it is copied into the database.
            .pragma("wal_autocheckpoint", "4000");
        let writer = SqliteConnection::connect_with(&options).await.map_err(failed)?;
        let pool = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false);
        let pool = pool.connect_lazy_with(options);
        let mut directory = path.as_os_str().to_owned();
        directory.push(".owners");
        let incarnation = Incarnation::new(Path::new(&directory))?;
        let writer = Arc::new(Mutex::new(writer));
        let journal = Self { pool, writer, incarnation, memory: Memory::default() };
        journal.migrate().await?;
        one_trip::prepare(&mut *journal.writer().await?).await?;
        // Files that are left over do no harm: the next handle tries again.
        let _ = journal.sweep().await;
        Ok(journal)
    }

    pub(super) async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>, JournalError> {
        Ok(self.writer.lock().await)
    }

    /// Takes note of an attempt that was settled in several statements.
    fn settled(&self, stored: &StoredAttempt) {
        self.memory.note_day(stored);
    }

    /// A transaction that writes: it takes the write lock at once, so that what it reads stays true.
    async fn transaction(
        writer: &mut SqliteConnection,
    ) -> Result<Transaction<'_, sqlx::Sqlite>, JournalError> {
        writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)
    }
}

sql_journal!(SqliteJournal, sqlx::Sqlite);
