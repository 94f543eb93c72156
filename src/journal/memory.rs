//! A journal in memory.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{
    footprint::Footprint,
    state::{Attribution, DecidedBy, Evidence, Learned, LegState, OwnerId, Rival, StoredAttempt},
    store::{Begin, Begun, Journal, JournalError, OwnerState, QueryScope, RecordScope, Settlement, Settling},
    transition,
};

/// A journal that lives as long as the program: for tests, and for programs that may lose it.
///
/// It keeps equal writes apart and resolves lost responses, but after a crash nothing is left. Use a durable journal where
/// money moves. Clones are handles of the same incarnation; [`MemoryJournal::another_process`] is a handle of another one.
#[derive(Clone)]
pub struct MemoryJournal {
    owner: OwnerId,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    attempts: BTreeMap<String, StoredAttempt>,
    open: BTreeSet<String>,
    /// Legs by footprint to which a record could belong.
    unsettled: HashMap<Footprint, BTreeSet<(String, usize)>>,
    gates: HashMap<Footprint, BTreeMap<String, (String, usize)>>,
    records: HashMap<RecordScope, HashMap<String, Attribution>>,
    known: HashMap<RecordScope, Attribution>,
    evidence: HashMap<String, Vec<Evidence>>,
    learned: HashMap<QueryScope, Learned>,
    beats: HashMap<OwnerId, u64>,
    dead: HashSet<OwnerId>,
    owners: u64,
}

impl Default for MemoryJournal {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        let state = State { owners: 1, ..State::default() };
        Self { owner: OwnerId("process-1".into()), state: Arc::new(Mutex::new(state)) }
    }

    /// A handle of another incarnation that shares this journal, as another process would: for tests.
    #[must_use]
    pub fn another_process(&self) -> Self {
        let mut state = self.state();
        state.owners += 1;
        let owner = OwnerId(format!("process-{}", state.owners));
        Self { owner, state: Arc::clone(&self.state) }
    }

    /// Makes the death of this handle's incarnation provable to the others, as the kernel does when a process ends.
    pub fn declare_dead(&self) {
        self.state().dead.insert(self.owner.clone());
    }

    /// Returns the number of attempts.
    pub fn len(&self) -> usize {
        self.state().attempts.len()
    }

    /// True where it holds no attempt.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Opens an attempt without taking its gates, so that equal attempts can be resolved together.
    pub(crate) fn open_without_gate(&self, begin: &Begin) {
        self.state().put(transition::open(None, begin, &self.owner));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryJournal").field("owner", &self.owner).field("attempts", &self.len()).finish()
    }
}

impl State {
    /// Stores an attempt with everything that follows from its legs: indexes and released gates.
    fn put(&mut self, new: StoredAttempt) {
        let id = new.attempt.request_id.clone();
        for (number, (leg, footprint)) in new.legs.iter().zip(new.attempt.footprints()).enumerate() {
            let key = (id.clone(), number);
            if leg.is_rival() {
                self.unsettled.entry(footprint.clone()).or_default().insert(key);
            } else if let Some(legs) = self.unsettled.get_mut(&footprint) {
                legs.remove(&key);
                if legs.is_empty() {
                    self.unsettled.remove(&footprint);
                }
            }
            if leg.state != LegState::Open {
                self.release(&footprint, &id, number);
            }
        }
        if new.legs.iter().any(|leg| leg.state == LegState::Open) {
            self.open.insert(id.clone());
        } else {
            self.open.remove(&id);
        }
        self.attempts.insert(id, new);
    }

    fn release(&mut self, footprint: &Footprint, request_id: &str, leg: usize) {
        if let Some(gates) = self.gates.get_mut(footprint) {
            gates.retain(|_, (holder, number)| holder != request_id || *number != leg);
            if gates.is_empty() {
                self.gates.remove(footprint);
            }
        }
    }

    /// The attempt whose gate is in the way of a gate with this memo.
    fn blocker(&self, footprint: &Footprint, memo: &str, request_id: &str) -> Option<String> {
        let gates = self.gates.get(footprint)?;
        let mut holders = gates.iter().filter(|(held, (holder, _))| {
            holder != request_id && (memo.is_empty() || held.is_empty() || held.as_str() == memo)
        });
        holders.next().map(|(_, (holder, _))| holder.clone())
    }

    fn undecided(&self, footprint: &Footprint, except: &str) -> u64 {
        let Some(legs) = self.unsettled.get(footprint) else { return 0 };
        let undecided = |(id, leg): &&(String, usize)| {
            let entry = self.attempts.get(id).and_then(|stored| stored.legs.get(*leg));
            id != except && entry.is_some_and(|leg| leg.state == LegState::Undecided)
        };
        u64::try_from(legs.iter().filter(undecided).count()).unwrap_or(u64::MAX)
    }

    fn attribution(&self, scope: &RecordScope, record: &str) -> Option<&Attribution> {
        self.records.get(scope)?.get(record)
    }

    fn begin(&mut self, begin: &Begin, owner: &OwnerId) -> Begun {
        let id = &begin.attempt.request_id;
        let old = self.attempts.get(id);
        if old.map(|old| old.version) != begin.expected {
            return Begun::Changed(old.cloned().map(Box::new));
        }
        let mut undecided = BTreeMap::new();
        for (footprint, leg) in begin.gates() {
            if let Some(by) = self.blocker(&footprint, begin.gate_memo(), id) {
                return Begun::Blocked { by };
            }
            undecided.insert(leg, self.undecided(&footprint, id));
        }
        let seen = |leg: &usize| begin.undecided_seen.get(leg).copied().unwrap_or(0);
        if undecided.iter().any(|(leg, count)| *count != seen(leg)) {
            return Begun::LookUpFirst { undecided };
        }
        let new = transition::open(old, begin, owner);
        for (footprint, leg) in begin.gates() {
            let gates = self.gates.entry(footprint).or_default();
            gates.insert(begin.gate_memo().to_owned(), (id.clone(), leg));
        }
        self.put(new.clone());
        Begun::Open(Box::new(new))
    }

    fn settle(&mut self, settlement: &Settlement) -> Settling {
        let Some(old) = self.attempts.get(&settlement.request_id).cloned() else {
            return Settling::Changed(None);
        };
        let is_allowed = settlement.changes.iter().all(|change| {
            old.legs.get(change.leg).is_some_and(|leg| transition::is_allowed(leg.state, change))
        });
        if settlement.version.is_some_and(|version| version != old.version) || !is_allowed {
            return Settling::Changed(Some(Box::new(old)));
        }
        let id = &settlement.request_id;
        let taken = |scope: &RecordScope, record: &str, replaces: bool| {
            let other = self.attribution(scope, record).filter(|known| known.request_id != *id)?;
            (!replaces || other.by == DecidedBy::Response)
                .then(|| Settling::RecordTaken { record_id: record.into(), by: other.request_id.clone() })
        };
        for (leg, record) in &settlement.must_be_free {
            if let Some(taken) = taken(&RecordScope::of(&old.attempt, *leg), record, false) {
                return taken;
            }
        }
        for change in &settlement.changes {
            let replaces = change.by == Some(DecidedBy::Response);
            if let Some(record) = &change.record
                && let Some(taken) = taken(&RecordScope::of(&old.attempt, change.leg), record, replaces)
            {
                return taken;
            }
        }
        let mut losers = Vec::new();
        for change in &settlement.changes {
            let (Some(record), Some(by)) = (&change.record, change.by) else { continue };
            let scope = RecordScope::of(&old.attempt, change.leg);
            let new = Attribution::new(record, id, change.leg, by);
            if by == DecidedBy::Response {
                self.known.insert(scope.clone(), new.clone());
            }
            let replaced = self.records.entry(scope).or_default().insert(record.clone(), new);
            losers.extend(replaced.filter(|loser| loser.request_id != *id));
        }
        let new = transition::settle(&old, &settlement.changes);
        self.put(new.clone());
        // Only now is the gate of this attempt released, which a loser needs again.
        for loser in &losers {
            self.reopen(loser);
        }
        if let Some(evidence) = &settlement.evidence {
            self.evidence.entry(id.clone()).or_default().push(evidence.clone());
        }
        Settling::Done(Box::new(new))
    }

    /// The attempt that had this record by other means than a response is open again.
    fn reopen(&mut self, loser: &Attribution) {
        let Some(old) = self.attempts.get(&loser.request_id) else { return };
        let new = transition::reopen(old, loser.leg);
        if let Some(footprint) = new.footprint(loser.leg)
            && self.blocker(&footprint, "", &loser.request_id).is_none()
        {
            let gates = self.gates.entry(footprint).or_default();
            gates.insert(String::new(), (loser.request_id.clone(), loser.leg));
        }
        self.put(new);
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    fn owner(&self) -> OwnerId {
        self.owner.clone()
    }

    async fn load(&self, request_id: &str) -> Result<Option<StoredAttempt>, JournalError> {
        Ok(self.state().attempts.get(request_id).cloned())
    }

    async fn begin(&self, begin: &Begin) -> Result<Begun, JournalError> {
        Ok(self.state().begin(begin, &self.owner))
    }

    async fn settle(&self, settlement: &Settlement) -> Result<Settling, JournalError> {
        Ok(self.state().settle(settlement))
    }

    async fn take_over(&self, request_id: &str, version: u64) -> Result<Option<StoredAttempt>, JournalError> {
        let mut state = self.state();
        let old = state.attempts.get(request_id).filter(|old| old.version == version);
        let Some(new) = old.map(|old| transition::take_over(old, &self.owner)) else { return Ok(None) };
        state.put(new.clone());
        Ok(Some(new))
    }

    async fn append(&self, evidence: &Evidence) -> Result<(), JournalError> {
        self.state().evidence.entry(evidence.request_id.clone()).or_default().push(evidence.clone());
        Ok(())
    }

    async fn evidence(&self, request_id: &str) -> Result<Vec<Evidence>, JournalError> {
        Ok(self.state().evidence.get(request_id).cloned().unwrap_or_default())
    }

    async fn open_attempts(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredAttempt>, JournalError> {
        use std::ops::Bound::{Excluded, Unbounded};
        let state = self.state();
        let from = after.map_or(Unbounded, |id| Excluded(id.to_owned()));
        let ids = state.open.range((from, Unbounded)).take(limit);
        Ok(ids.filter_map(|id| state.attempts.get(id).cloned()).collect())
    }

    async fn attributions(
        &self,
        scope: &RecordScope,
        records: &[String],
    ) -> Result<Vec<Attribution>, JournalError> {
        let state = self.state();
        Ok(records.iter().filter_map(|record| state.attribution(scope, record).cloned()).collect())
    }

    async fn rivals(&self, footprint: &Footprint, except: &str) -> Result<Vec<Rival>, JournalError> {
        let state = self.state();
        let Some(legs) = state.unsettled.get(footprint) else { return Ok(Vec::new()) };
        let others = legs.iter().filter(|(id, _)| id != except);
        Ok(others.filter_map(|(id, leg)| Rival::of(state.attempts.get(id)?, *leg)).collect())
    }

    async fn known_record(&self, scope: &RecordScope) -> Result<Option<Attribution>, JournalError> {
        Ok(self.state().known.get(scope).cloned())
    }

    async fn learned(&self, scope: &QueryScope) -> Result<Learned, JournalError> {
        Ok(self.state().learned.get(scope).copied().unwrap_or_default())
    }

    async fn learn(&self, scope: &QueryScope, learned: Learned) -> Result<(), JournalError> {
        let mut state = self.state();
        let known = state.learned.entry(scope.clone()).or_default();
        *known = known.merged(learned);
        Ok(())
    }

    async fn heartbeat(&self) -> Result<(), JournalError> {
        *self.state().beats.entry(self.owner.clone()).or_default() += 1;
        Ok(())
    }

    async fn owner_state(&self, owner: &OwnerId) -> Result<OwnerState, JournalError> {
        let state = self.state();
        Ok(if *owner == self.owner {
            OwnerState::Own
        } else if state.dead.contains(owner) {
            OwnerState::Dead
        } else {
            OwnerState::Unknown { beat: state.beats.get(owner).copied().unwrap_or(0) }
        })
    }
}
