//! The journal on SQLite.

use std::{path::Path, sync::Arc, time::Duration};

use futures_util::lock::{Mutex, MutexGuard};
use huaweicloud_partner::journal::{
    Attribution, Begin, Begun, DecidedBy, Evidence, Footprint, JournalError, JournalErrorKind, Learned,
    LegEntry, OwnerId, OwnerState, QueryScope, RecordScope, Rival, Settlement, Settling, StoredAttempt,
    transition,
};
use sqlx::{
    Connection as _, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    one_trip::{self, BEGIN, Memory, SETTLE, at_once, day, only_gate},
    owner::Incarnation,
    schema::{TABLES, VERSION, create},
    sql::{failed, from_text, gate_slot, index, number, sql_journal, to_text, unknown},
};

/// A journal in a SQLite file, which several processes of one host may share.
///
/// The database is in WAL mode with full synchronisation: what a method has stored survives the process and the power supply.
/// The file must be on a local disk. Beside it a directory with the ending `.owners` holds the lock files of its processes.
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
    /// Opens a journal, and makes the file and its tables where they do not exist.
    ///
    /// # Errors
    /// [`JournalErrorKind::Unavailable`] where the file or the lock cannot be made or read, and
    /// [`JournalErrorKind::Corrupt`] where the file was made by a newer version.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref();
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
        Ok(journal)
    }

    async fn migrate(&self) -> Result<(), JournalError> {
        let mut writer = self.writer().await?;
        let mut tx = Self::transaction(&mut writer).await?;
        for table in TABLES {
            sqlx::query(create(table, " WITHOUT ROWID")).execute(&mut *tx).await.map_err(failed)?;
        }
        let found: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM journal_version")
            .fetch_one(&mut *tx)
            .await
            .map_err(failed)?;
        match found {
            Some(found) if found > VERSION => {
                let message = format!("the journal has version {found}; this program knows {VERSION}");
                return Err(JournalError::new(JournalErrorKind::Corrupt, message));
            }
            Some(_) => {}
            None => {
                let text = "INSERT INTO journal_version (version) VALUES ($1)";
                sqlx::query(text).bind(VERSION).execute(&mut *tx).await.map_err(failed)?;
            }
        }
        tx.commit().await.map_err(unknown)
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

impl SqliteJournal {
    /// Begins the first send of an attempt with one leg. `None` where the attempt is not of this kind or cannot be opened.
    pub(super) async fn begin_at_once(&self, begin: &Begin) -> Result<Option<Begun>, JournalError> {
        let Some(footprint) = only_gate(begin) else { return Ok(None) };
        let undecided = begin.undecided_seen.get(&0).copied().unwrap_or(0);
        let new = transition::open(None, begin, &self.incarnation.id);
        let content = to_text(&new)?;
        let mut writer = self.writer().await?;
        // All rows are fetched, because the commit comes after the last one.
        let opened = sqlx::query(BEGIN)
            .bind(&begin.attempt.request_id)
            .bind(content)
            .bind(footprint.as_str())
            .bind(gate_slot(begin.gate_memo()))
            .bind(i64::try_from(undecided).unwrap_or(i64::MAX))
            .fetch_all(&mut *writer)
            .await
            .map_err(at_once)?;
        drop(writer);
        if opened.is_empty() {
            return Ok(None);
        }
        self.memory.keep(&new);
        Ok(Some(Begun::Open(Box::new(new))))
    }

    /// Stores what a response says about an attempt with one leg that this handle has opened. `None` where the attempt is not
    /// of this kind or has changed.
    pub(super) async fn settle_at_once(
        &self,
        settlement: &Settlement,
    ) -> Result<Option<Settling>, JournalError> {
        let id = &settlement.request_id;
        let old = self.memory.known().opened.remove(id);
        let (Some(old), [change], Some(evidence)) =
            (old, settlement.changes.as_slice(), &settlement.evidence)
        else {
            return Ok(None);
        };
        let is_current = settlement.version.is_none_or(|version| version == old.version);
        let is_allowed =
            old.legs.get(change.leg).is_some_and(|leg| transition::is_allowed(leg.state, change));
        let (true, true, true, Some(footprint)) =
            (is_current, is_allowed, settlement.must_be_free.is_empty(), old.footprint(0))
        else {
            return Ok(None);
        };
        let new = transition::settle(&old, &settlement.changes);
        let scope = RecordScope::of(&old.attempt, 0);
        let by_response = change.by == Some(DecidedBy::Response) && change.record.is_some();
        let is_recent = || self.memory.known().days.get(&scope).is_some_and(|known| *known >= day(&old));
        if new.legs.iter().any(LegEntry::is_rival) || (by_response && !is_recent()) {
            return Ok(None);
        }
        let (content, evidence) = (to_text(&new)?, to_text(evidence)?);
        let mut writer = self.writer().await?;
        let settled = sqlx::query(SETTLE)
            .bind(id)
            .bind(i64::try_from(new.version).unwrap_or(i64::MAX))
            .bind(content)
            .bind(footprint.as_str())
            .bind(scope.as_str())
            .bind(change.record.as_deref())
            .bind(change.by.map(DecidedBy::as_str))
            .bind(evidence)
            .fetch_all(&mut *writer)
            .await
            .map_err(at_once)?;
        Ok((!settled.is_empty()).then(|| Settling::Done(Box::new(new))))
    }
}

sql_journal!(SqliteJournal, sqlx::Sqlite);
