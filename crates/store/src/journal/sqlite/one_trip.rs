//! The two steps of an ordinary write, each as one statement on SQLite.
//!
//! Every statement is a trip to the thread of the connection and back, which costs about as much as the statement itself. An
//! ordinary write, with one leg and without a rival, begins and ends with one trip each: a single statement checks everything
//! and fires a trigger that makes all changes. SQLite makes a statement with its triggers a transaction of its own. Where a
//! check fails, nothing is changed, and the transaction of several statements says why.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use huaweicloud_partner::journal::{
    Begin, Begun, DecidedBy, Footprint, JournalError, LegEntry, RecordScope, Settlement, Settling,
    StoredAttempt, transition,
};
use sqlx::SqliteConnection;

use super::SqliteJournal;
use crate::journal::sql::{failed, gate_slot, to_text, unknown};

/// Number of attempts that are remembered from `begin` to `settle`. More are read from the database again.
const REMEMBERED: usize = 1024;

/// SQLite's code of a database that is locked by another process.
const BUSY: i32 = 5;

/// The views and triggers behind [`BEGIN`] and [`SETTLE`]. They are temporary, so they belong to the connection and not to
/// the file.
const TRIGGERS: &[&str] = &[
    "CREATE TEMP VIEW begin_one AS SELECT '' AS request_id, '' AS content, '' AS footprint, '' AS slot",
    "CREATE TEMP TRIGGER begin_one_insert INSTEAD OF INSERT ON begin_one BEGIN
        INSERT INTO attempt (request_id, version, content) VALUES (NEW.request_id, 1, NEW.content);
        INSERT INTO rival (footprint, slot, request_id, leg, state)
            VALUES (NEW.footprint, NEW.slot, NEW.request_id, 0, 'open');
     END",
    "CREATE TEMP VIEW settle_one AS SELECT '' AS request_id, 0 AS version, '' AS content, '' AS footprint,
        '' AS scope, '' AS record_id, '' AS decided_by, '' AS evidence",
    "CREATE TEMP TRIGGER settle_one_insert INSTEAD OF INSERT ON settle_one BEGIN
        UPDATE attempt SET version = NEW.version, content = NEW.content WHERE request_id = NEW.request_id;
        DELETE FROM rival WHERE footprint = NEW.footprint AND request_id = NEW.request_id AND leg = 0;
        INSERT INTO record (scope, record_id, request_id, leg, decided_by)
            SELECT NEW.scope, NEW.record_id, NEW.request_id, 0, NEW.decided_by WHERE NEW.record_id IS NOT NULL;
        INSERT INTO evidence (request_id, position, content) SELECT NEW.request_id, COALESCE(MAX(position), 0) + 1,
            NEW.evidence FROM evidence WHERE request_id = NEW.request_id;
     END",
];

/// Opens an attempt that does not exist, where its gate is free and as many equal legs are undecided as the caller knows.
const BEGIN: &str = "INSERT INTO begin_one SELECT $1, $2, $3, $4
    WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE request_id = $1)
    AND NOT EXISTS (SELECT 1 FROM rival WHERE footprint = $3
        AND (slot = '=' OR slot = $4 OR ($4 = '=' AND substr(slot, 1, 1) = '=')))
    AND (SELECT COUNT(*) FROM rival WHERE footprint = $3 AND state = 'undecided') = $5
    RETURNING 1";

/// Settles an attempt that still has the version it was opened with, where its record has no attempt yet.
const SETTLE: &str = "INSERT INTO settle_one SELECT $1, $2, $3, $4, $5, $6, $7, $8
    WHERE (SELECT version FROM attempt WHERE request_id = $1) = $2 - 1
    AND NOT EXISTS (SELECT 1 FROM record WHERE scope = $5 AND record_id = $6)
    RETURNING 1";

/// Facts that this handle knows without a query to the database.
#[derive(Clone, Debug, Default)]
pub(in crate::journal) struct Memory(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// Attempts that this handle has opened, as they are stored unless their version has changed.
    opened: HashMap<String, StoredAttempt>,
    /// The scopes whose known record is of this day or a later one.
    days: HashMap<RecordScope, i64>,
}

impl Memory {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, stored: &StoredAttempt) {
        let mut known = self.known();
        if known.opened.len() >= REMEMBERED {
            known.opened.clear();
        }
        known.opened.insert(stored.attempt.request_id.clone(), stored.clone());
    }

    /// Notes that the known record of the scope of a settled attempt is recent.
    pub(super) fn note_day(&self, settled: &StoredAttempt) {
        if settled.legs.first().is_some_and(|leg| leg.by == Some(DecidedBy::Response) && leg.record.is_some())
        {
            let mut known = self.known();
            if known.days.len() >= REMEMBERED {
                known.days.clear();
            }
            known.days.insert(RecordScope::of(&settled.attempt, 0), day(settled));
        }
    }
}

/// The day of the service on which an attempt was signed.
fn day(stored: &StoredAttempt) -> i64 {
    stored.signed_at.instant().unix_timestamp().div_euclid(86_400)
}

/// Makes the triggers of a connection.
pub(super) async fn prepare(connection: &mut SqliteConnection) -> Result<(), JournalError> {
    for text in TRIGGERS {
        sqlx::query(*text).execute(&mut *connection).await.map_err(failed)?;
    }
    Ok(())
}

/// The only gate of an attempt with one leg that is not stored yet.
fn only_gate(begin: &Begin) -> Option<Footprint> {
    let is_new = begin.expected.is_none() && begin.attempt.legs.len() == 1;
    let mut gates = begin.gates().into_iter();
    match (gates.next(), gates.next()) {
        (Some((footprint, 0)), None) if is_new => Some(footprint),
        _ => None,
    }
}

/// An error of a statement that commits by itself. A database that is locked has changed nothing.
fn at_once(error: sqlx::Error) -> JournalError {
    let code = error.as_database_error().and_then(|error| error.code());
    let is_busy = code.and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| code & 0xff == BUSY);
    if is_busy { failed(error) } else { unknown(error) }
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
        if change.record.is_some() && change.by.is_none() {
            return Ok(None);
        }
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
