//! Journal that fails, responds late or lets others run, on demand.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use huaweicloud_partner::journal::{
    Attribution, Begin, Begun, Evidence, Footprint, Journal, JournalError, JournalErrorKind, Learned,
    MemoryJournal, OwnerId, OwnerState, QueryScope, RecordScope, Rival, Settlement, Settling, StoredAttempt,
};

use crate::world::World;

/// Trouble that the journal makes for its caller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trouble {
    None,
    /// `begin` fails, and nothing is stored.
    BeginFails,
    /// `settle` fails, and nothing is stored.
    FinishFails,
    /// `begin` is stored, and its response is lost.
    BeginUnknown,
    /// `begin` is not stored, and its response is lost.
    BeginLost,
    /// The process stands still for this long after `begin` was stored.
    BeginSlow(Duration),
    /// The record of the first verdict belongs to another attempt.
    TakenOnce,
    /// Others run before and after every change, so that a process can die there.
    Yields,
}

/// A journal in memory with a trouble that the test sets.
#[derive(Clone, Debug)]
pub struct Wrapped {
    pub inner: MemoryJournal,
    world: World,
    trouble: Arc<Mutex<Trouble>>,
}

impl Wrapped {
    pub fn new(inner: MemoryJournal, world: &World, trouble: Trouble) -> Self {
        Self { inner, world: world.clone(), trouble: Arc::new(Mutex::new(trouble)) }
    }

    pub fn set(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
    }

    pub fn trouble(&self) -> Trouble {
        *self.trouble.lock().unwrap()
    }

    async fn step_aside(&self) {
        if self.trouble() == Trouble::Yields {
            tokio::task::yield_now().await;
        }
    }
}

fn error(kind: JournalErrorKind) -> JournalError {
    JournalError::new(kind, "the disk is full")
}

#[async_trait]
impl Journal for Wrapped {
    fn owner(&self) -> OwnerId {
        self.inner.owner()
    }
    async fn load(&self, id: &str) -> Result<Option<StoredAttempt>, JournalError> {
        self.inner.load(id).await
    }
    async fn begin(&self, begin: &Begin) -> Result<Begun, JournalError> {
        self.step_aside().await;
        match self.trouble() {
            Trouble::BeginFails => return Err(error(JournalErrorKind::Unavailable)),
            Trouble::BeginLost => return Err(error(JournalErrorKind::Unknown)),
            _ => {}
        }
        let begun = self.inner.begin(begin).await;
        match self.trouble() {
            Trouble::BeginUnknown => return Err(error(JournalErrorKind::Unknown)),
            Trouble::BeginSlow(pause) => {
                self.set(Trouble::None);
                self.world.elapse(pause);
            }
            _ => {}
        }
        self.step_aside().await;
        begun
    }
    async fn settle(&self, settlement: &Settlement) -> Result<Settling, JournalError> {
        if self.trouble() == Trouble::FinishFails {
            return Err(error(JournalErrorKind::Unavailable));
        }
        let record = settlement.changes.iter().find_map(|change| change.record.clone());
        if let (Trouble::TakenOnce, Some(record_id)) = (self.trouble(), record) {
            self.set(Trouble::None);
            return Ok(Settling::RecordTaken { record_id, by: "another".into() });
        }
        self.step_aside().await;
        let settling = self.inner.settle(settlement).await;
        self.step_aside().await;
        settling
    }
    async fn take_over(&self, id: &str, version: u64) -> Result<Option<StoredAttempt>, JournalError> {
        self.inner.take_over(id, version).await
    }
    async fn append(&self, evidence: &Evidence) -> Result<(), JournalError> {
        self.inner.append(evidence).await
    }
    async fn evidence(&self, id: &str) -> Result<Vec<Evidence>, JournalError> {
        self.inner.evidence(id).await
    }
    async fn open_attempts(&self, after: Option<&str>, n: usize) -> Result<Vec<StoredAttempt>, JournalError> {
        self.inner.open_attempts(after, n).await
    }
    async fn attributions(&self, s: &RecordScope, ids: &[String]) -> Result<Vec<Attribution>, JournalError> {
        self.inner.attributions(s, ids).await
    }
    async fn rivals(&self, footprint: &Footprint, except: &str) -> Result<Vec<Rival>, JournalError> {
        self.inner.rivals(footprint, except).await
    }
    async fn known_record(&self, scope: &RecordScope) -> Result<Option<Attribution>, JournalError> {
        self.inner.known_record(scope).await
    }
    async fn learned(&self, scope: &QueryScope) -> Result<Learned, JournalError> {
        self.inner.learned(scope).await
    }
    async fn learn(&self, scope: &QueryScope, learned: Learned) -> Result<(), JournalError> {
        self.inner.learn(scope, learned).await
    }
    async fn heartbeat(&self) -> Result<(), JournalError> {
        self.inner.heartbeat().await
    }
    async fn owner_state(&self, owner: &OwnerId) -> Result<OwnerState, JournalError> {
        self.inner.owner_state(owner).await
    }
}
