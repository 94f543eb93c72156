//! Many records in one place: apply events, ask what is due, missing or double.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::SystemTime,
};

use futures_util::lock::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    Actor, AnyRecord, BadHistory, Catalogue, CipherError, Due, Event, EventLine, EventRefused, FieldCipher,
    FoundDuplicate, JsonEventError, LoggedEvent, MemoryRecords, NewEvent, NewEvents, Record, RecordChange,
    RecordId, RecordLookup, RecordStorage, Role, RuleContext, RuleViolation, Site, StorageError, Weekends,
    Workflow, WorkingDays, cipher,
    index::{Index, Staged, duplicates},
    line::without_values,
};
use crate::types::{Day, UtcTime, marked};

/// The events that are read from a storage at once.
const PAGE: usize = 1000;
/// Number of times that an event is decided again because another writer changed other records meanwhile.
const ATTEMPTS: usize = 64;

/// Keeps records of all kinds over a [`RecordStorage`]. Share it by reference or in an `Arc`: every method takes `&self`.
///
/// An event counts when it is in the storage: a method that applies events returns after that, and readers do not see
/// an event before. Several stores, in one process or in many, may work over one storage: each event is decided against
/// everything that the storage holds. When another writer changed the same record first, the event is not applied and
/// the method fails with [`StoreError::Conflict`]; the record is up to date then, so the caller can look at it and
/// decide again. When other records changed, the rules are checked again without the caller noticing.
///
/// Methods that are `async` ask the storage. The others read the records in memory, as of the last call that
/// asked the storage; [`refresh`](RecordStore::refresh) reads what other writers stored.
pub struct RecordStore {
    catalogue: Catalogue,
    calendar: Box<dyn WorkingDays>,
    storage: Box<dyn RecordStorage>,
    cipher: Option<Box<dyn FieldCipher>>,
    site: Site,
    actor: Actor,
    /// Held from the check of an event until it is stored and shown.
    writing: Mutex<()>,
    known: RwLock<Known>,
}

/// The records in memory, and the place in the feed up to which they are known.
#[derive(Default)]
struct Known {
    position: u64,
    index: Index,
}

/// The error of a record store.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The event breaks rules, or the record's table has no such transition.
    #[error(transparent)]
    Refused(#[from] EventRefused),
    /// Another writer changed the record first. The record in memory is the changed one: look at it and decide again.
    #[error("{0} was changed by another writer")]
    Conflict(RecordId),
    /// There is no such record.
    #[error("there is no record {0}")]
    NotFound(RecordId),
    /// A record of this id exists already.
    #[error("there is a record {0} already")]
    AlreadyThere(RecordId),
    /// The record is of another kind than the event.
    #[error("{id} is a record of kind {kind}, not {wanted}")]
    WrongKind {
        /// Id of the record.
        id: RecordId,
        /// Kind of the record.
        kind: &'static str,
        /// The kind that the event belongs to.
        wanted: String,
    },
    /// The store's catalogue has no such kind of record.
    #[error("this store knows no records of kind {0}")]
    UnknownKind(String),
    /// The event that opens a record came without its kind.
    #[error("{0} is new: name its kind")]
    KindNeeded(RecordId),
    /// The JSON is no event of the record's kind. The message does not repeat values.
    #[error("{id}: no event of kind {kind}: {message}")]
    Unreadable {
        /// Id of the record.
        id: RecordId,
        /// Kind of the record.
        kind: &'static str,
        /// Description of the error in the JSON.
        message: String,
    },
    /// Stored events are not a valid history of their kind.
    #[error(transparent)]
    BadHistory(#[from] BadHistory),
    /// A personal field could not be encrypted or decrypted.
    #[error(transparent)]
    Cipher(#[from] CipherError),
    /// The storage failed. Nothing of the event was stored.
    #[error(transparent)]
    Storage(Arc<StorageError>),
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        Self::Storage(Arc::new(error))
    }
}

/// The receipt of an event that was applied and stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventReceipt {
    /// Id of the record.
    pub id: RecordId,
    /// Kind of the record.
    pub kind: String,
    /// Current state of the record.
    pub state: String,
    /// Current version of the record: the number of its events.
    pub version: u64,
    /// Other records that may be the same thing: a warning, not a refusal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<FoundDuplicate>,
}

/// Deadlines up to a day, the earliest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueList {
    /// The last day looked at.
    pub until: Day,
    /// A year that the calendar does not cover. Then `until` was counted by weekends only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncovered_year: Option<i32>,
    /// Deadlines of the list.
    pub items: Vec<Due>,
}

/// Sets up a [`RecordStore`].
pub struct RecordStoreBuilder {
    store: RecordStore,
}

impl RecordStoreBuilder {
    /// Reads these kinds of records in place of all that this crate models.
    #[must_use]
    pub fn catalogue(mut self, catalogue: Catalogue) -> Self {
        self.store.catalogue = catalogue;
        self
    }

    /// Encrypts personal fields before they are stored.
    #[must_use]
    pub fn cipher(mut self, cipher: impl FieldCipher + 'static) -> Self {
        self.store.cipher = Some(Box::new(cipher));
        self
    }

    /// The site of records that are opened without one. The China site by default.
    #[must_use]
    pub fn site(mut self, site: Site) -> Self {
        self.store.site = site;
        self
    }

    /// The actor of events without one. The partner's main account, without a name, by default.
    #[must_use]
    pub fn actor(mut self, actor: Actor) -> Self {
        self.store.actor = actor;
        self
    }

    /// Opens the store with everything that the storage holds.
    ///
    /// # Errors
    /// [`StoreError::Storage`] when the storage cannot be read; [`StoreError::UnknownKind`],
    /// [`StoreError::Unreadable`], [`StoreError::BadHistory`] and [`StoreError::Cipher`] when the store does not
    /// understand what it holds.
    pub async fn open(self) -> Result<RecordStore, StoreError> {
        self.store.refresh().await?;
        Ok(self.store)
    }
}

impl fmt::Debug for RecordStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordStoreBuilder").field("store", &self.store).finish()
    }
}

/// Decision about one event: the changed record, or the reason for a refusal.
type Act<'a> = Box<dyn Fn(&Staged<'_>) -> Result<Arc<dyn AnyRecord>, StoreError> + Send + Sync + 'a>;

impl RecordStore {
    /// A store that forgets everything when it is dropped.
    pub fn in_memory(calendar: impl WorkingDays + 'static) -> Self {
        Self::builder(MemoryRecords::new(), calendar).store
    }

    /// A store with everything that the storage holds, for every kind of record that this crate models.
    ///
    /// # Errors
    /// As for [`RecordStoreBuilder::open`].
    pub async fn open(
        storage: impl RecordStorage + 'static,
        calendar: impl WorkingDays + 'static,
    ) -> Result<Self, StoreError> {
        Self::builder(storage, calendar).open().await
    }

    /// A store to be set up.
    pub fn builder(
        storage: impl RecordStorage + 'static,
        calendar: impl WorkingDays + 'static,
    ) -> RecordStoreBuilder {
        let store = Self {
            catalogue: Catalogue::all(),
            calendar: Box::new(calendar),
            storage: Box::new(storage),
            cipher: None,
            site: Site::China,
            actor: Actor::new(Role::PartnerAdministrator, ""),
            writing: Mutex::new(()),
            known: RwLock::default(),
        };
        RecordStoreBuilder { store }
    }

    /// Opens a record with its first event.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`], [`StoreError::Conflict`], [`StoreError::UnknownKind`], [`StoreError::Refused`],
    /// [`StoreError::Storage`].
    pub async fn start<E: Event>(
        &self,
        id: impl Into<RecordId>,
        event: impl Into<NewEvent<E>>,
    ) -> Result<EventReceipt, StoreError> {
        let (id, event) = (id.into(), event.into());
        if !self.catalogue.names().any(|kind| kind == E::Of::KIND) {
            return Err(StoreError::UnknownKind(E::Of::KIND.to_owned()));
        }
        let site = event.site.unwrap_or(self.site);
        let logged = self.logged(event);
        self.one(Box::new(move |on| match on.get(&id) {
            Some(_) => Err(StoreError::AlreadyThere(id.clone())),
            None => typed(&Record::<E::Of>::new(&id, site), logged.clone(), on.context()),
        }))
        .await
    }

    /// Applies an event to a record.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::WrongKind`], [`StoreError::Conflict`], [`StoreError::Refused`],
    /// [`StoreError::Storage`].
    pub async fn apply<E: Event>(
        &self,
        id: impl Into<RecordId>,
        event: impl Into<NewEvent<E>>,
    ) -> Result<EventReceipt, StoreError> {
        let act = self.apply_act(id.into(), event.into());
        self.one(act).await
    }

    /// Applies events to many records at once, such as the rejection of several orders in a batch. Each event is accepted
    /// or refused by itself; the accepted ones are stored together, which is much faster than one by one.
    ///
    /// The outer list has one result for each event. When the storage fails, every accepted event has
    /// [`StoreError::Storage`].
    pub async fn apply_batch<E: Event>(
        &self,
        events: impl IntoIterator<Item = (RecordId, NewEvent<E>)>,
    ) -> Vec<Result<EventReceipt, StoreError>> {
        let acts = events.into_iter().map(|(id, event)| self.apply_act(id, event)).collect();
        self.commit(acts).await
    }

    fn apply_act<E: Event>(&self, id: RecordId, event: NewEvent<E>) -> Act<'static> {
        let logged = self.logged(event);
        Box::new(move |on| {
            let record = on.get(&id).ok_or_else(|| StoreError::NotFound(id.clone()))?;
            let record = record.view::<E::Of>().ok_or_else(|| wrong_kind(&*record, E::Of::KIND))?;
            typed(record, logged.clone(), on.context())
        })
    }

    /// Applies an event that came as JSON; opens the record when it does not exist.
    ///
    /// # Errors
    /// As for [`RecordStore::start`] and [`RecordStore::apply`], and [`StoreError::Unreadable`].
    pub async fn apply_line(&self, line: &EventLine) -> Result<EventReceipt, StoreError> {
        self.one(self.line_act(line)).await
    }

    /// Applies many events that came as JSON, in order, as [`apply_batch`](RecordStore::apply_batch) does.
    pub async fn apply_lines(&self, lines: &[EventLine]) -> Vec<Result<EventReceipt, StoreError>> {
        self.commit(lines.iter().map(|line| self.line_act(line)).collect()).await
    }

    fn line_act<'a>(&'a self, line: &'a EventLine) -> Act<'a> {
        Box::new(move |on| {
            let record = match (on.get(&line.id), &line.kind) {
                (Some(record), Some(kind)) if kind != record.kind() => {
                    return Err(wrong_kind(&*record, kind));
                }
                (Some(record), _) => record,
                (None, None) => return Err(StoreError::KindNeeded(line.id.clone())),
                (None, Some(kind)) => self
                    .catalogue
                    .blank(kind, line.id.clone(), line.site.unwrap_or(self.site))
                    .ok_or_else(|| StoreError::UnknownKind(kind.clone()))?,
            };
            let step = line.step_json().map_err(|error| unreadable(&*record, &error))?;
            untyped(&*record, &step, on.context())
        })
    }

    /// Takes over the history of a record that was accepted before, such as from a file or another store. The rules are not
    /// checked again, only the state table. A record that has a beginning of this history already gets the rest of it, so
    /// an import that was interrupted can be run again.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`] when the store has another history of the record; [`StoreError::UnknownKind`],
    /// [`StoreError::Unreadable`], [`StoreError::BadHistory`], [`StoreError::Conflict`], [`StoreError::Storage`].
    pub async fn import(
        &self,
        kind: &str,
        id: impl Into<RecordId>,
        site: Site,
        events: &[Box<RawValue>],
    ) -> Result<EventReceipt, StoreError> {
        let id = id.into();
        let unknown = || StoreError::UnknownKind(kind.to_owned());
        let mut whole = self.catalogue.blank(kind, id, site).ok_or_else(unknown)?;
        let Some(record) = Arc::get_mut(&mut whole) else { return Err(unknown()) };
        for event in events {
            record.replay_json(event.get()).map_err(|error| of_json(record, error))?;
        }
        self.one(Box::new(move |on| {
            let Some(known) = on.get(whole.id()) else { return Ok(Arc::clone(&whole)) };
            let texts = |record: &dyn AnyRecord| {
                let steps = record.steps_json(0).map_err(|error| unreadable(record, &error))?;
                Ok::<_, StoreError>(steps.iter().map(|step| step.get().to_owned()).collect::<Vec<_>>())
            };
            let (known_texts, texts) = (texts(&*known)?, texts(&*whole)?);
            if known.kind() == whole.kind() && texts.starts_with(&known_texts) {
                Ok(Arc::clone(&whole))
            } else if known.kind() == whole.kind() && known_texts.starts_with(&texts) {
                Ok(known)
            } else {
                Err(StoreError::AlreadyThere(whole.id().clone()))
            }
        }))
        .await
    }

    /// Applies the events by which the Partner Center changes records whose deadlines are over, and returns
    /// the changes: an opportunity that was not accepted is rejected. Returns what changed. Deadlines that
    /// are provisional because the calendar does not cover their year are left alone.
    ///
    /// # Errors
    /// [`StoreError::Storage`].
    pub async fn record_expiries(&self, now: UtcTime) -> Result<Vec<EventReceipt>, StoreError> {
        let due = self.overdue(now).await?;
        let due = due.into_iter().filter(|due| due.automatic && due.uncovered_year.is_none());
        let ids: BTreeSet<RecordId> = due.map(|due| due.record).collect();
        let acts = ids.into_iter().map(|id| -> Act<'static> {
            Box::new(move |on| {
                let record = on.get(&id).ok_or_else(|| StoreError::NotFound(id.clone()))?;
                let step = record.expiry_json(now).ok_or_else(|| StoreError::NotFound(id.clone()))?;
                untyped(&*record, step.get(), on.context())
            })
        });
        let mut receipts = Vec::new();
        for result in self.commit(acts.collect()).await {
            match result {
                Ok(receipt) => receipts.push(receipt),
                // Another writer was first, and the deadline is gone.
                Err(StoreError::Refused(_) | StoreError::NotFound(_) | StoreError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(receipts)
    }

    /// Reads what other writers stored since the last call that asked the storage. Returns the position in the feed up to
    /// which the records are known now.
    ///
    /// # Errors
    /// As for [`RecordStoreBuilder::open`].
    pub async fn refresh(&self) -> Result<u64, StoreError> {
        let _writing = self.writing.lock().await;
        self.catch_up().await
    }

    /// The events after a position of the change feed, the oldest first, at most `limit` of them, with personal fields
    /// decrypted. Start with 0, and go on with the position of the last one.
    ///
    /// # Errors
    /// [`StoreError::Storage`], [`StoreError::Cipher`].
    pub async fn changes(&self, after: u64, limit: usize) -> Result<Vec<RecordChange>, StoreError> {
        let mut changes = self.storage.changes(after, limit).await?;
        for change in &mut changes {
            change.event = cipher::open(self.cipher.as_deref(), &change.id, &change.event)?;
        }
        Ok(changes)
    }

    /// Returns the deadlines up to the end of a day, the earliest first. They include deadlines that have
    /// passed and were not met.
    ///
    /// # Errors
    /// As for [`RecordStore::refresh`].
    pub async fn due_until(&self, day: Day) -> Result<Vec<Due>, StoreError> {
        self.refresh().await?;
        Ok(self.read().index.due(None, day))
    }

    /// Returns the deadlines from today (in Beijing) to the end of the `n`-th working day from now.
    ///
    /// # Errors
    /// As for [`RecordStore::refresh`].
    pub async fn due(&self, now: UtcTime, n: u32) -> Result<DueList, StoreError> {
        self.refresh().await?;
        let today = now.billing_day();
        let (until, uncovered_year) = match self.calendar.working_day_after(today, n) {
            Ok(day) => (day, None),
            Err(unknown) => (Weekends.working_day_after(today, n).unwrap_or(today), Some(unknown.0)),
        };
        let items = self.read().index.due(Some(today), until);
        Ok(DueList { until, uncovered_year, items })
    }

    /// Deadlines whose last day is over and which still stand, the oldest first.
    ///
    /// # Errors
    /// As for [`RecordStore::refresh`].
    pub async fn overdue(&self, now: UtcTime) -> Result<Vec<Due>, StoreError> {
        self.refresh().await?;
        let yesterday = now.billing_day().date().previous_day().map(Day::from);
        Ok(yesterday.map(|yesterday| self.read().index.due(None, yesterday)).unwrap_or_default())
    }

    /// The record of this id. Use [`view`](trait.AnyRecord.html#method.view) to see its facts.
    pub fn record(&self, id: impl Into<RecordId>) -> Option<Arc<dyn AnyRecord>> {
        self.read().index.get(&id.into())
    }

    /// Every record, in the order of the ids.
    pub fn records(&self) -> Vec<Arc<dyn AnyRecord>> {
        let mut records: Vec<_> = self.read().index.records.values().cloned().collect();
        records.sort_unstable_by(|a, b| a.id().cmp(b.id()));
        records
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.read().index.records.len()
    }

    /// True when there is no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The calendar in use.
    pub fn calendar(&self) -> &dyn WorkingDays {
        &*self.calendar
    }

    /// The kinds of records that the store reads.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Returns the items that a record's next event still needs, each with its rule.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn missing(&self, id: impl Into<RecordId>) -> Result<Vec<RuleViolation>, StoreError> {
        let id = id.into();
        self.record(&id).map(|record| record.missing()).ok_or(StoreError::NotFound(id))
    }

    /// Other records that are or may be the same thing as this one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn duplicates(&self, id: impl Into<RecordId>) -> Result<Vec<FoundDuplicate>, StoreError> {
        let id = id.into();
        let record = self.record(&id).ok_or(StoreError::NotFound(id))?;
        Ok(duplicates(&*record, &self.read().index))
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn logged<E: Event>(&self, NewEvent { event, at, by, .. }: NewEvent<E>) -> LoggedEvent<E> {
        let now = || UtcTime::from(time::OffsetDateTime::from(SystemTime::now()));
        LoggedEvent::new(at.unwrap_or_else(now), by.unwrap_or_else(|| self.actor.clone()), event)
    }

    async fn one(&self, act: Act<'_>) -> Result<EventReceipt, StoreError> {
        // `commit` gives one result for each act.
        let result = self.commit(vec![act]).await.pop();
        result.unwrap_or_else(|| Err(StorageError::Damaged("no result".to_owned()).into()))
    }

    /// Decides about events against the records as they are, stores what was accepted, and only then shows it to readers.
    async fn commit(&self, acts: Vec<Act<'_>>) -> Vec<Result<EventReceipt, StoreError>> {
        let _writing = self.writing.lock().await;
        // The versions that the first decision was made against: a record that another writer changed since is a conflict.
        let mut decided: Option<BTreeMap<RecordId, u64>> = None;
        let mut last = StorageError::Damaged("no attempt".to_owned());
        for _ in 0..ATTEMPTS {
            if let Err(error) = self.catch_up().await {
                return acts.iter().map(|_| Err(error.clone())).collect();
            }
            let Decided { position, mut results, batch, changed, versions } =
                self.decide(&acts, decided.as_ref());
            decided.get_or_insert(versions);
            if batch.is_empty() {
                return results;
            }
            match self.storage.append(position, &batch).await {
                Ok(position) => {
                    let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                    changed.records.into_values().for_each(|record| known.index.put(record, &*self.calendar));
                    known.position = position;
                    return results;
                }
                Err(error) if error.is_conflict() => last = error,
                Err(error) => {
                    let error = Arc::new(error);
                    for result in results.iter_mut().filter(|result| result.is_ok()) {
                        *result = Err(StoreError::Storage(Arc::clone(&error)));
                    }
                    return results;
                }
            }
        }
        let error = Arc::new(last);
        acts.iter().map(|_| Err(StoreError::Storage(Arc::clone(&error)))).collect()
    }

    fn decide(&self, acts: &[Act<'_>], decided: Option<&BTreeMap<RecordId, u64>>) -> Decided {
        let known = self.read();
        let mut staged = Staged { index: &known.index, calendar: &*self.calendar, changed: Index::default() };
        let mut batch: Vec<NewEvents> = Vec::new();
        let mut versions = BTreeMap::new();
        let results = acts
            .iter()
            .map(|act| {
                let record = act(&staged)?;
                let stored = known.index.records.get(record.id()).map_or(0, |record| record.events() as u64);
                let first = decided.map_or(Some(&stored), |decided| decided.get(record.id()));
                if first.is_some_and(|first| *first != stored) {
                    return Err(StoreError::Conflict(record.id().clone()));
                }
                let before = staged.get(record.id()).map_or(0, |record| record.events());
                if record.events() > before {
                    batch.push(self.new_events(&*record, before)?);
                }
                versions.entry(record.id().clone()).or_insert(stored);
                let receipt = EventReceipt {
                    id: record.id().clone(),
                    kind: record.kind().to_owned(),
                    state: record.state().unwrap_or_default().to_owned(),
                    version: record.events() as u64,
                    duplicates: duplicates(&*record, &staged),
                };
                staged.changed.put(record, &*self.calendar);
                Ok(receipt)
            })
            .map(|result: Result<EventReceipt, StoreError>| match (result, decided) {
                // The first decision accepted the event, and another writer has made it impossible since.
                (Err(error), Some(decided)) => Err(self.conflict_of(error, decided, &known)),
                (result, _) => result,
            })
            .collect();
        Decided { position: known.position, results, batch, changed: staged.changed, versions }
    }

    /// The conflict behind an error, where the record was changed since the first decision.
    fn conflict_of(&self, error: StoreError, decided: &BTreeMap<RecordId, u64>, known: &Known) -> StoreError {
        let id = match &error {
            StoreError::Refused(refused) => &refused.id,
            StoreError::AlreadyThere(id) => id,
            _ => return error,
        };
        let stored = known.index.records.get(id).map_or(0, |record| record.events() as u64);
        match decided.get(id) {
            Some(first) if *first != stored => StoreError::Conflict(id.clone()),
            _ => error,
        }
    }

    /// The events of a record after the first `before` ones, as they are stored.
    fn new_events(&self, record: &dyn AnyRecord, before: usize) -> Result<NewEvents, StoreError> {
        let id = record.id();
        let write = || record.steps_json(before).map_err(|error| unreadable(record, &error));
        let events = match &self.cipher {
            None => write()?,
            Some(cipher) => {
                let plain = marked(write)?;
                let sealed = plain.iter().map(|event| cipher::seal(&**cipher, id, event.get()));
                sealed.collect::<Result<_, _>>()?
            }
        };
        Ok(NewEvents {
            kind: record.kind().to_owned(),
            id: id.clone(),
            site: record.site(),
            expected_version: before as u64,
            events,
        })
    }

    /// Takes over what the feed has after the known position. Only while `writing` is held.
    async fn catch_up(&self) -> Result<u64, StoreError> {
        let mut position = self.read().position;
        loop {
            let changes = self.changes(position, PAGE).await?;
            let Some(last) = changes.last() else { return Ok(position) };
            position = last.position;
            let full = changes.len() >= PAGE;
            self.take_over(changes, position)?;
            if !full {
                return Ok(position);
            }
        }
    }

    fn take_over(&self, changes: Vec<RecordChange>, position: u64) -> Result<(), StoreError> {
        let mut changed: BTreeMap<RecordId, Arc<dyn AnyRecord>> = BTreeMap::new();
        for change in changes {
            let mut record = match changed.remove(&change.id).or_else(|| self.read().index.get(&change.id)) {
                Some(record) => record,
                None => self
                    .catalogue
                    .blank(&change.kind, change.id.clone(), change.site)
                    .ok_or_else(|| StoreError::UnknownKind(change.kind.clone()))?,
            };
            if record.kind() != change.kind {
                return Err(wrong_kind(&*record, &change.kind));
            }
            if record.events() as u64 + 1 != change.version {
                let place = format!("{} has event {} after {}", change.id, change.version, record.events());
                return Err(StorageError::Damaged(place).into());
            }
            let replayed = match Arc::get_mut(&mut record) {
                Some(own) => own.replay_json(change.event.get()),
                None => {
                    record = record.copied();
                    let copy = Arc::get_mut(&mut record);
                    copy.map_or(Ok(()), |copy| copy.replay_json(change.event.get()))
                }
            };
            replayed.map_err(|error| of_json(&*record, error))?;
            changed.insert(change.id, record);
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        changed.into_values().for_each(|record| known.index.put(record, &*self.calendar));
        known.position = position;
        Ok(())
    }
}

/// Decision about a group of events.
struct Decided {
    position: u64,
    results: Vec<Result<EventReceipt, StoreError>>,
    batch: Vec<NewEvents>,
    changed: Index,
    versions: BTreeMap<RecordId, u64>,
}

impl fmt::Debug for RecordStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordStore")
            .field("catalogue", &self.catalogue)
            .field("records", &self.len())
            .finish_non_exhaustive()
    }
}

/// The records in memory, as they are at the moment of each question.
impl RecordLookup for RecordStore {
    fn get(&self, id: &RecordId) -> Option<Arc<dyn AnyRecord>> {
        self.read().index.get(id)
    }

    fn with_key(&self, key: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.read().index.with_key(key)
    }

    fn of_kind(&self, kind: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.read().index.of_kind(kind)
    }
}

fn typed<W: Workflow>(
    record: &Record<W>,
    step: LoggedEvent<W::Event>,
    context: RuleContext<'_>,
) -> Result<Arc<dyn AnyRecord>, StoreError> {
    Ok(Arc::new(record.apply(step, context)?))
}

fn untyped(
    record: &dyn AnyRecord,
    step: &str,
    context: RuleContext<'_>,
) -> Result<Arc<dyn AnyRecord>, StoreError> {
    record.apply_json(step, context).map_err(|error| of_json(record, error))
}

fn of_json<E: std::error::Error + Into<StoreError>>(
    record: &dyn AnyRecord,
    error: JsonEventError<E>,
) -> StoreError {
    match error {
        JsonEventError::Unreadable(error) => unreadable(record, &error),
        JsonEventError::NotApplied(error) => error.into(),
    }
}

fn unreadable(record: &dyn AnyRecord, error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable { id: record.id().clone(), kind: record.kind(), message: without_values(error) }
}

fn wrong_kind(record: &dyn AnyRecord, wanted: &str) -> StoreError {
    StoreError::WrongKind { id: record.id().clone(), kind: record.kind(), wanted: wanted.to_owned() }
}
