//! The trait of journals.

use std::{collections::BTreeMap, fmt};

use async_trait::async_trait;

use super::{
    attempt::Attempt,
    footprint::Footprint,
    state::{Attribution, DecidedBy, Evidence, Learned, LegState, OwnerId, Rival, StoredAttempt},
};
use crate::types::UtcTime;

/// A durable, linearisable store of attempts.
///
/// # Contract
/// - Every method that changes something is one transaction: all of it is stored durably before the method returns, or none.
/// - [`Journal::begin`] and [`Journal::settle`] are compare-and-set: they change an attempt only if it still has the
///   version that the caller read, and increment the version. A write costs these two commits.
/// - An error of kind [`JournalErrorKind::Unknown`] means that the transaction may have been committed; the caller reads the
///   attempt again. Every other error means that nothing was changed.
/// - The functions of [`transition`](super::transition) compute the new value of an attempt. An implementation reads the old
///   value, calls the function, and stores the result together with the rows that the method's documentation names.
/// - Handles of several processes may share one store. Each handle is one incarnation with its own [`OwnerId`].
///
/// # Tables of an implementation
/// | Table | Columns | Unique |
/// |---|---|---|
/// | attempt | request id, version, state, owner, the [`StoredAttempt`] as JSON | request id |
/// | leg | request id, number, footprint, state | request id and number; an index on the footprint |
/// | gate | footprint, memo (empty for none), request id, leg | footprint and memo |
/// | record | scope, record id, request id, leg, by | scope and record id |
/// | evidence | request id, send, what was seen | – |
/// | learned | scope, [`Learned`] | scope |
/// | owner | owner, heartbeat, where its lock is | owner |
#[async_trait]
pub trait Journal: fmt::Debug + Send + Sync {
    /// The incarnation that this handle stands for.
    fn owner(&self) -> OwnerId;

    /// Loads one attempt.
    async fn load(&self, request_id: &str) -> Result<Option<StoredAttempt>, JournalError>;

    /// Opens an attempt for one send, before its first byte leaves.
    ///
    /// In one transaction: the attempt has the expected version, or does not exist where none is expected; no gate of the
    /// legs to be sent is held by another attempt; where a footprint has undecided legs of other attempts, their number is the
    /// one in [`Begin::undecided_seen`]. Then the attempt is stored as [`transition::open`](super::transition::open) computes
    /// it, with its legs and with a gate for each leg that is sent. Either all gates are taken or none.
    ///
    /// A gate with a memo and one without a memo exclude each other on the same footprint; two gates with different memos do
    /// not.
    ///
    /// # Errors
    /// [`JournalError`]; nothing may be sent then.
    async fn begin(&self, begin: &Begin) -> Result<Begun, JournalError>;

    /// Stores the outcome of legs.
    ///
    /// In one transaction: the attempt has the version [`Settlement::version`], unless that is `None`; no record in
    /// [`Settlement::must_be_free`] belongs to another attempt; the records of executed legs are inserted; the attempt is
    /// stored as [`transition::settle`](super::transition::settle) computes it; the gates of legs that are no longer open are
    /// released; the evidence is appended.
    ///
    /// A record of a leg that was decided by [`DecidedBy::Response`] replaces an attribution of the same record to another
    /// attempt by any other means: that attempt goes back to open as [`transition::reopen`](super::transition::reopen)
    /// computes it, and takes its gate again if that is free. A record that belongs to another attempt by response is
    /// [`Settling::RecordTaken`], as is one that belongs to another attempt by any means when the new attribution is not
    /// by response.
    ///
    /// # Errors
    /// [`JournalError`]; the attempt stays as it was.
    async fn settle(&self, settlement: &Settlement) -> Result<Settling, JournalError>;

    /// Makes this handle's incarnation the owner of an open attempt. Gives `None` where the version has changed.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn take_over(&self, request_id: &str, version: u64) -> Result<Option<StoredAttempt>, JournalError>;

    /// Appends evidence, whatever the state of the attempt.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn append(&self, evidence: &Evidence) -> Result<(), JournalError>;

    /// The evidence of an attempt, oldest first.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn evidence(&self, request_id: &str) -> Result<Vec<Evidence>, JournalError>;

    /// The open attempts in the order of their request ids, at most `limit`, after the one named.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn open_attempts(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredAttempt>, JournalError>;

    /// The attributions of these records.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn attributions(
        &self,
        scope: &RecordScope,
        records: &[String],
    ) -> Result<Vec<Attribution>, JournalError>;

    /// The legs of other attempts with this footprint to which a record could belong although none is attributed to them, as
    /// [`StoredAttempt::is_rival`] says.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn rivals(
        &self,
        footprint: &Footprint,
        except_request_id: &str,
    ) -> Result<Vec<Rival>, JournalError>;

    /// One of the latest records that the response of a write named, with its attempt.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn known_record(&self, scope: &RecordScope) -> Result<Option<Attribution>, JournalError>;

    /// Returns the facts that were learned about a query in a book.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn learned(&self, scope: &QueryScope) -> Result<Learned, JournalError>;

    /// Merges what was learned with what was known, as [`Learned::merged`] does.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn learn(&self, scope: &QueryScope, learned: Learned) -> Result<(), JournalError>;

    /// Says that this incarnation is still at work. Only speed depends on it.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn heartbeat(&self) -> Result<(), JournalError>;

    /// Returns the state of an incarnation.
    ///
    /// # Errors
    /// [`JournalError`].
    async fn owner_state(&self, owner: &OwnerId) -> Result<OwnerState, JournalError>;
}

/// State of the incarnation of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OwnerState {
    /// The incarnation is this handle's own.
    Own,
    /// The lock of the incarnation could be taken: the process does not exist any more.
    Dead,
    /// The incarnation may be at work, be paused, or be on another host.
    Unknown {
        /// The number of its last heartbeat.
        beat: u64,
    },
}

/// The records of one kind in one book, within which record ids are unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordScope(String);

impl RecordScope {
    /// The records that could be those of a leg.
    pub fn of(attempt: &Attempt, leg: usize) -> Self {
        let kind = attempt.legs.get(leg).map_or("", |leg| leg.kind.as_str());
        Self(format!("{} {} {kind}", attempt.book, attempt.query))
    }

    /// The scope as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A record query in one book.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryScope(String);

impl QueryScope {
    /// The query that proves the outcome of an attempt.
    pub fn of(attempt: &Attempt) -> Self {
        Self(format!("{} {}", attempt.book, attempt.query))
    }

    /// The scope as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Data that [`Journal::begin`] stores.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Begin {
    /// The attempt. Of an attempt that exists, key and arguments may differ: a new send of a keyed write can have a new key.
    pub attempt: Attempt,
    /// The version that was read, or `None` where there was no attempt of this request id.
    pub expected: Option<u64>,
    /// The legs that the send contains.
    pub legs: Vec<usize>,
    /// Start of the window, which only the first send sets.
    pub window_begin: UtcTime,
    /// The service time that the send is signed with.
    pub signed_at: UtcTime,
    /// The service time after which it must not be handed to the transport.
    pub send_by: UtcTime,
    /// True where old signatures are known to be refused.
    pub fenced: bool,
    /// True where the memo joins the gate: it is unique, and records are known to show memos.
    pub gate_by_memo: bool,
    /// The records of each leg that were visible before, where undecided legs of the same footprint were known.
    pub ignored: BTreeMap<usize, Vec<String>>,
    /// For each leg, how many undecided legs of other attempts with the same footprint were known when `ignored` was read.
    pub undecided_seen: BTreeMap<usize, u64>,
}

impl Begin {
    /// The first send of all legs of an attempt.
    pub fn new(attempt: Attempt, window_begin: UtcTime, signed_at: UtcTime, send_by: UtcTime) -> Self {
        let legs = (0..attempt.legs.len()).collect();
        Self {
            attempt,
            expected: None,
            legs,
            window_begin,
            signed_at,
            send_by,
            fenced: false,
            gate_by_memo: false,
            ignored: BTreeMap::new(),
            undecided_seen: BTreeMap::new(),
        }
    }

    /// The memo that joins the gate, or the empty text.
    pub fn gate_memo(&self) -> &str {
        match (self.gate_by_memo, &self.attempt.memo) {
            (true, Some(memo)) => memo,
            _ => "",
        }
    }

    /// The gates to be taken, sorted, with their legs.
    pub fn gates(&self) -> Vec<(Footprint, usize)> {
        let mut gates: Vec<_> =
            self.legs.iter().filter_map(|leg| Some((self.attempt.footprint(*leg)?, *leg))).collect();
        gates.sort();
        gates
    }
}

/// The result of [`Journal::begin`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Begun {
    /// The attempt is open, and may be sent until its `send_by`.
    Open(Box<StoredAttempt>),
    /// The attempt exists with another version.
    Changed(Option<Box<StoredAttempt>>),
    /// An equal write of this attempt is open.
    Blocked {
        /// The attempt that holds the gate.
        by: String,
    },
    /// There are undecided legs of equal writes that were not known: their records have to be looked up first, to be ignored.
    LookUpFirst {
        /// For each leg, how many there are.
        undecided: BTreeMap<usize, u64>,
    },
}

/// The outcome of one leg.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LegChange {
    /// The number of the leg.
    pub leg: usize,
    /// State that is stored.
    pub state: LegState,
    /// The code of the refusal.
    pub code: Option<String>,
    /// The record, for an executed leg.
    pub record: Option<String>,
    /// Evidence for the attribution.
    pub by: Option<DecidedBy>,
    /// The records that could be its own, for an undecided leg.
    pub candidates: Vec<String>,
    /// The attempts to which they could belong as well.
    pub rivals: Vec<String>,
}

impl LegChange {
    /// A leg in a new state about which nothing else is known.
    pub fn new(leg: usize, state: LegState) -> Self {
        Self { leg, state, code: None, record: None, by: None, candidates: Vec::new(), rivals: Vec::new() }
    }

    /// An executed leg with its record.
    pub fn executed(leg: usize, record: impl Into<String>, by: DecidedBy) -> Self {
        Self { record: Some(record.into()), by: Some(by), ..Self::new(leg, LegState::Executed) }
    }

    /// A leg that was not executed.
    pub fn not_executed(leg: usize, code: Option<String>) -> Self {
        Self { code, ..Self::new(leg, LegState::NotExecuted) }
    }
}

/// Data that [`Journal::settle`] stores.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settlement {
    /// Request id of the attempt.
    pub request_id: String,
    /// The version on which the change was decided. `None` only for a success that the response itself reports.
    pub version: Option<u64>,
    /// The outcome of the legs; legs that are not named stay as they are.
    pub changes: Vec<LegChange>,
    /// Records that must not belong to other attempts: all that the verdict of a leg considered.
    pub must_be_free: Vec<(usize, String)>,
    /// Evidence for the decision.
    pub evidence: Option<Evidence>,
}

impl Settlement {
    /// A change that holds if the attempt still has this version.
    pub fn of(request_id: impl Into<String>, version: Option<u64>, changes: Vec<LegChange>) -> Self {
        Self { request_id: request_id.into(), version, changes, must_be_free: Vec::new(), evidence: None }
    }
}

/// The result of [`Journal::settle`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Settling {
    /// The settlement is stored.
    Done(Box<StoredAttempt>),
    /// The attempt has another version, or does not exist; nothing was stored.
    Changed(Option<Box<StoredAttempt>>),
    /// A record belongs to another attempt; nothing was stored.
    RecordTaken {
        /// Id of the record that shows the execution.
        record_id: String,
        /// The attempt it belongs to.
        by: String,
    },
}

/// Reason why a journal could not do its work.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct JournalError {
    kind: JournalErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of journal errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JournalErrorKind {
    /// The store cannot be reached or refused; nothing was changed.
    Unavailable,
    /// The connection was lost while committing: the change may have been stored.
    Unknown,
    /// Stored data cannot be read.
    Corrupt,
}

impl JournalError {
    /// An error of a kind, with a message that ends without a full stop.
    pub fn new(kind: JournalErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> JournalErrorKind {
        self.kind
    }
}
