//! Many records in one place: apply events, ask what is due, missing or double.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    ops::{Bound, ControlFlow},
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard},
};

use serde::{Deserialize, Serialize};

use super::{
    AnyRecord, BadHistory, Catalogue, Deadline, Duplicate, Event, EventLine, EventRefused, Line, LoggedEvent,
    MemoryStorage, Record, RecordId, RecordLookup, RuleContext, RuleViolation, Site, Storage, StorageError,
    Weekends, Workflow, WorkingDays, line::without_values,
};
use crate::types::{Day, UtcTime};

/// Keeps records of all kinds over a storage. Share it by reference or in an `Arc`: every method takes `&self`, reads
/// never wait for the disk, writes are kept one after the other.
///
/// An event counts when it is on the storage: a method that applies events returns after that, and readers do not
/// see an event before. Methods block for as long as the storage writes; from an async task use the runtime's way
/// for blocking calls where that matters.
pub struct RecordStore {
    kinds: Catalogue,
    calendar: Box<dyn WorkingDays>,
    storage: Box<dyn Storage>,
    /// Held by whoever applies events, from the check to the storage.
    writing: Mutex<()>,
    shelf: RwLock<Shelf>,
}

/// Why a desk could not do what it was asked to.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The event breaks rules, or the record's table has no such step.
    #[error(transparent)]
    Refused(#[from] EventRefused),
    /// There is no such record.
    #[error("there is no record {0}")]
    NotFound(RecordId),
    /// A record of this number exists already.
    #[error("there is a record {0} already")]
    AlreadyThere(RecordId),
    /// The record is of another kind than the event.
    #[error("{id} is a record of kind {kind}, not {wanted}")]
    WrongKind {
        /// The record.
        id: RecordId,
        /// Its kind.
        kind: &'static str,
        /// The kind that the event belongs to.
        wanted: String,
    },
    /// The desk knows no such kind of record.
    #[error("this desk knows no records of kind {0}")]
    UnknownKind(String),
    /// The opening event of a record came without its kind.
    #[error("{0} is new: name its kind")]
    KindNeeded(RecordId),
    /// The JSON is no event of the record's kind. The message does not repeat values.
    #[error("{id}: no event of kind {kind}: {message}")]
    Unreadable {
        /// The record.
        id: RecordId,
        /// Its kind.
        kind: &'static str,
        /// What is wrong with the JSON.
        message: String,
    },
    /// What the storage holds is no history of its kind.
    #[error(transparent)]
    BadHistory(#[from] BadHistory),
    /// The storage failed. Nothing of the event was kept.
    #[error(transparent)]
    Storage(Arc<StorageError>),
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        Self::Storage(Arc::new(error))
    }
}

/// An event that was applied and kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventReceipt {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its state now.
    pub state: String,
    /// Other records that may be the same thing: a warning, not a refusal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<FoundDuplicate>,
}

/// Another record that is or may be the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundDuplicate {
    /// The other record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// How sure it is and which of the two stands.
    pub finding: Duplicate,
}

/// A deadline of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: Cow<'static, str>,
    /// Its state.
    pub state: Cow<'static, str>,
    /// What has to be done until when.
    pub deadline: Deadline,
}

/// What is due up to a day, the earliest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueList {
    /// The last day looked at.
    pub until: Day,
    /// A year that the calendar does not cover. Then `until` was counted by weekends only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncovered_year: Option<i32>,
    /// The deadlines.
    pub items: Vec<Due>,
}

impl RecordStore {
    /// A desk that forgets everything when it is dropped.
    pub fn in_memory(calendar: impl WorkingDays + 'static) -> Self {
        Self::empty(Catalogue::all(), Box::new(MemoryStorage::default()), Box::new(calendar))
    }

    /// A desk with everything that the storage holds, for every kind of record that this crate models.
    ///
    /// # Errors
    /// As for [`RecordStore::open_with`].
    pub fn open(
        storage: impl Storage + 'static,
        calendar: impl WorkingDays + 'static,
    ) -> Result<Self, StoreError> {
        Self::open_with(Catalogue::all(), storage, calendar)
    }

    /// The same for chosen kinds of records.
    ///
    /// # Errors
    /// [`StoreError::Storage`] when the storage cannot be read, [`StoreError::UnknownKind`],
    /// [`StoreError::Unreadable`] and [`StoreError::BadHistory`] when what it holds is nothing this desk understands.
    pub fn open_with(
        kinds: Catalogue,
        storage: impl Storage + 'static,
        calendar: impl WorkingDays + 'static,
    ) -> Result<Self, StoreError> {
        let mut desk = Self::empty(kinds, Box::new(storage), Box::new(calendar));
        let mut records = Loading::default();
        let mut failed = None;
        desk.storage.load(&mut |line| match replay(&desk.kinds, &mut records, line) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        let mut shelf = Shelf::default();
        shelf.records.reserve(records.found.len());
        records.found.into_iter().for_each(|record| shelf.put(record, &*desk.calendar));
        desk.shelf = RwLock::new(shelf);
        Ok(desk)
    }

    fn empty(kinds: Catalogue, storage: Box<dyn Storage>, calendar: Box<dyn WorkingDays>) -> Self {
        Self { kinds, calendar, storage, writing: Mutex::new(()), shelf: RwLock::default() }
    }

    /// Opens a record with its first event.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`], [`StoreError::UnknownKind`], [`StoreError::Refused`], [`StoreError::Storage`].
    pub fn start<E: Event>(
        &self,
        id: impl Into<RecordId>,
        site: Site,
        step: LoggedEvent<E>,
    ) -> Result<EventReceipt, StoreError> {
        let id = id.into();
        if !self.kinds.names().any(|kind| kind == E::Of::KIND) {
            return Err(StoreError::UnknownKind(E::Of::KIND.to_owned()));
        }
        self.one(|on| match on.get(&id) {
            Some(_) => Err(StoreError::AlreadyThere(id.clone())),
            None => typed(&Record::<E::Of>::new(&id, site), step, on.context()),
        })
    }

    /// Applies an event to a record.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::WrongKind`], [`StoreError::Refused`], [`StoreError::Storage`].
    pub fn apply<E: Event>(
        &self,
        id: impl Into<RecordId>,
        step: LoggedEvent<E>,
    ) -> Result<EventReceipt, StoreError> {
        let id = id.into();
        self.one(|on| {
            let record = on.get(&id).ok_or_else(|| StoreError::NotFound(id.clone()))?;
            let record = record.view::<E::Of>().ok_or_else(|| wrong_kind(&*record, E::Of::KIND))?;
            typed(record, step, on.context())
        })
    }

    /// Applies an event that came as JSON; opens the record when it does not exist.
    ///
    /// # Errors
    /// As for [`RecordStore::start`] and [`RecordStore::apply`], and [`StoreError::Unreadable`].
    pub fn apply_line(&self, line: &EventLine) -> Result<EventReceipt, StoreError> {
        self.one(|on| on.line(&self.kinds, line))
    }

    /// Applies many events in order and keeps them at once, which is much faster than one by one. Each is accepted or
    /// refused by itself.
    ///
    /// # Errors
    /// Each event has its own answer. When the storage fails, every accepted event has [`StoreError::Storage`].
    pub fn apply_lines(&self, lines: &[EventLine]) -> Vec<Result<EventReceipt, StoreError>> {
        self.many(lines.iter().map(|line| |on: &Staged<'_>| on.line(&self.kinds, line)))
    }

    /// Lets the Partner Center's own steps happen whose deadlines are over: an opportunity that nobody accepted is
    /// rejected. Returns what changed. Deadlines that are provisional because the calendar does not cover their year
    /// are left alone.
    ///
    /// # Errors
    /// [`StoreError::Storage`].
    pub fn record_expiries(&self, now: UtcTime) -> Result<Vec<EventReceipt>, StoreError> {
        let lapsed: BTreeSet<RecordId> = self
            .lapsed(now)
            .into_iter()
            .filter(|due| due.deadline.automatic && due.deadline.uncovered_year.is_none())
            .map(|due| due.id)
            .collect();
        let steps = lapsed.into_iter().map(|id| {
            move |on: &Staged<'_>| {
                let record = on.get(&id).ok_or_else(|| StoreError::NotFound(id.clone()))?;
                let step = record.expiry_json(now).ok_or(StoreError::NotFound(id))?;
                untyped(&*record, step.get(), on.context())
            }
        });
        let mut applied = Vec::new();
        for answer in self.many(steps) {
            match answer {
                Ok(one) => applied.push(one),
                // Somebody was quicker.
                Err(StoreError::Refused(_) | StoreError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(applied)
    }

    /// Rewrites the storage with one line for each record, wholly or not at all. Every history stays complete.
    ///
    /// # Errors
    /// [`StoreError::Storage`]; everything is as before then.
    pub fn compact(&self) -> Result<(), StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut failed = None;
        let records = self.records();
        let mut lines =
            records.iter().map_while(|record| line_of(&**record, 0).map_err(|e| failed = Some(e)).ok());
        // A line that could not be made ends the iterator early; then nothing must be replaced.
        let lines: Vec<Line> = lines.by_ref().collect();
        if let Some(error) = failed {
            return Err(error.into());
        }
        Ok(self.storage.replace(&mut lines.into_iter())?)
    }

    /// The record of this number, as it is now. Use [`view`](trait.AnyRecord.html#method.view) to see its facts.
    pub fn record(&self, id: impl Into<RecordId>) -> Option<Arc<dyn AnyRecord>> {
        self.read().records.get(&id.into()).cloned()
    }

    /// Every record, in the order of the numbers.
    pub fn records(&self) -> Vec<Arc<dyn AnyRecord>> {
        let mut records: Vec<_> = self.read().records.values().cloned().collect();
        records.sort_unstable_by(|a, b| a.id().cmp(b.id()));
        records
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.read().records.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The calendar in use.
    pub fn calendar(&self) -> &dyn WorkingDays {
        &*self.calendar
    }

    /// What is due from today (in Beijing) to the end of the `n`-th working day from now.
    pub fn due(&self, now: UtcTime, n: u32) -> DueList {
        let today = now.billing_day();
        let (until, uncovered_year) = match self.calendar.working_day_after(today, n) {
            Ok(day) => (day, None),
            Err(unknown) => (Weekends.working_day_after(today, n).unwrap_or(today), Some(unknown.0)),
        };
        let items = self.read().due(Some(today), until);
        DueList { until, uncovered_year, items }
    }

    /// Deadlines whose last day is over and which still stand, the oldest first.
    pub fn lapsed(&self, now: UtcTime) -> Vec<Due> {
        let yesterday = now.billing_day().date().previous_day().map(Day::from);
        yesterday.map(|yesterday| self.read().due(None, yesterday)).unwrap_or_default()
    }

    /// What is missing on a record for its next step, each item with its rule.
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
        Ok(duplicates(&*record, &*self.read()))
    }

    fn read(&self) -> RwLockReadGuard<'_, Shelf> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn one(
        &self,
        act: impl FnOnce(&Staged<'_>) -> Result<Arc<dyn AnyRecord>, StoreError>,
    ) -> Result<EventReceipt, StoreError> {
        // `many` gives one answer for each act.
        self.many([act])
            .pop()
            .unwrap_or_else(|| Err(StorageError::from(std::io::Error::other("no answer")).into()))
    }

    /// Checks acts against the records as they are, keeps what was accepted, and only then shows it to readers.
    fn many<A>(&self, acts: impl IntoIterator<Item = A>) -> Vec<Result<EventReceipt, StoreError>>
    where
        A: FnOnce(&Staged<'_>) -> Result<Arc<dyn AnyRecord>, StoreError>,
    {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let shelf = self.read();
        let mut staged = Staged { shelf: &shelf, calendar: &*self.calendar, changed: Shelf::default() };
        let mut lines = Vec::new();
        let mut answers: Vec<_> = acts
            .into_iter()
            .map(|act| {
                let record = act(&staged)?;
                lines.push(line_of(&*record, record.events().saturating_sub(1))?);
                let applied = EventReceipt {
                    id: record.id().clone(),
                    kind: record.kind().to_owned(),
                    state: record.state().unwrap_or_default().to_owned(),
                    duplicates: duplicates(&*record, &staged),
                };
                staged.changed.put(record, &*self.calendar);
                Ok(applied)
            })
            .collect();
        let changed = staged.changed;
        drop(shelf);
        if lines.is_empty() {
            return answers;
        }
        if let Err(error) = self.storage.append(&lines) {
            let error = Arc::new(error);
            for answer in answers.iter_mut().filter(|answer| answer.is_ok()) {
                *answer = Err(StoreError::Storage(Arc::clone(&error)));
            }
            return answers;
        }
        let mut shelf = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        changed.records.into_values().for_each(|record| shelf.put(record, &*self.calendar));
        answers
    }
}

impl fmt::Debug for RecordStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordStore")
            .field("kinds", &self.kinds)
            .field("records", &self.len())
            .finish_non_exhaustive()
    }
}

/// The desk's own records as they are at the moment of each question.
impl RecordLookup for RecordStore {
    fn get(&self, id: &RecordId) -> Option<Arc<dyn AnyRecord>> {
        self.read().get(id)
    }

    fn with_key(&self, key: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.read().with_key(key)
    }

    fn of_kind(&self, kind: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.read().of_kind(kind)
    }
}

/// Records and what they are looked up by.
#[derive(Default)]
struct Shelf {
    records: HashMap<RecordId, Arc<dyn AnyRecord>>,
    /// The records of each key, in the order of their numbers.
    keys: HashMap<String, Vec<RecordId>>,
    days: BTreeMap<Day, BTreeMap<RecordId, Vec<Due>>>,
}

impl Shelf {
    fn put(&mut self, record: Arc<dyn AnyRecord>, calendar: &dyn WorkingDays) {
        let id = record.id().clone();
        if let Some(old) = self.records.remove(&id) {
            for key in keys_of(&*old) {
                if let Some(ids) = self.keys.get_mut(&key) {
                    ids.retain(|other| *other != id);
                    if ids.is_empty() {
                        self.keys.remove(&key);
                    }
                }
            }
            for deadline in old.deadlines(calendar) {
                if let Some(day) = self.days.get_mut(&deadline.last_day) {
                    day.remove(&id);
                    if day.is_empty() {
                        self.days.remove(&deadline.last_day);
                    }
                }
            }
        }
        for key in keys_of(&*record) {
            let ids = self.keys.entry(key).or_default();
            if let Err(place) = ids.binary_search(&id) {
                ids.insert(place, id.clone());
            }
        }
        for deadline in record.deadlines(calendar) {
            let due = Due {
                id: id.clone(),
                kind: record.kind().into(),
                state: record.state().unwrap_or_default().into(),
                deadline,
            };
            let day = self.days.entry(due.deadline.last_day).or_default();
            day.entry(id.clone()).or_default().push(due);
        }
        self.records.insert(id, record);
    }

    /// Deadlines from a day to a day, the earliest first.
    fn due(&self, from: Option<Day>, to: Day) -> Vec<Due> {
        let from = from.map_or(Bound::Unbounded, Bound::Included);
        let days = self.days.range((from, Bound::Included(to)));
        days.flat_map(|(_, records)| records.values().flatten()).cloned().collect()
    }
}

impl RecordLookup for Shelf {
    fn get(&self, id: &RecordId) -> Option<Arc<dyn AnyRecord>> {
        self.records.get(id).cloned()
    }

    fn with_key(&self, key: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.keys.get(key).into_iter().flatten().filter_map(|id| self.get(id)).collect()
    }

    fn of_kind(&self, kind: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.records.values().filter(|record| record.kind() == kind).cloned().collect()
    }
}

/// The shelf as it will be once the accepted events are kept.
struct Staged<'a> {
    shelf: &'a Shelf,
    calendar: &'a dyn WorkingDays,
    changed: Shelf,
}

impl Staged<'_> {
    fn context(&self) -> RuleContext<'_> {
        RuleContext { calendar: self.calendar, others: self }
    }

    fn line(&self, kinds: &Catalogue, line: &EventLine) -> Result<Arc<dyn AnyRecord>, StoreError> {
        let record = match (self.get(&line.id), &line.kind) {
            (Some(record), Some(kind)) if kind != record.kind() => return Err(wrong_kind(&*record, kind)),
            (Some(record), _) => record,
            (None, None) => return Err(StoreError::KindNeeded(line.id.clone())),
            (None, Some(kind)) => kinds
                .blank(kind, line.id.clone(), line.site.unwrap_or(Site::China))
                .ok_or_else(|| StoreError::UnknownKind(kind.clone()))?,
        };
        let step = line.step_json().map_err(|error| unreadable(&*record, &error))?;
        untyped(&*record, &step, self.context())
    }

    /// What the shelf has, with changed records in place of the old ones.
    fn merge(&self, old: Vec<Arc<dyn AnyRecord>>, new: Vec<Arc<dyn AnyRecord>>) -> Vec<Arc<dyn AnyRecord>> {
        let unchanged = old.into_iter().filter(|record| !self.changed.records.contains_key(record.id()));
        unchanged.chain(new).collect()
    }
}

impl RecordLookup for Staged<'_> {
    fn get(&self, id: &RecordId) -> Option<Arc<dyn AnyRecord>> {
        self.changed.get(id).or_else(|| self.shelf.get(id))
    }

    fn with_key(&self, key: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.merge(self.shelf.with_key(key), self.changed.with_key(key))
    }

    fn of_kind(&self, kind: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.merge(self.shelf.of_kind(kind), self.changed.of_kind(kind))
    }
}

fn keys_of(record: &dyn AnyRecord) -> impl Iterator<Item = String> {
    record.duplicate_keys().into_iter().chain(record.links())
}

fn duplicates(record: &dyn AnyRecord, others: &dyn RecordLookup) -> Vec<FoundDuplicate> {
    let mut seen = BTreeSet::from([record.id().clone()]);
    let candidates = record.duplicate_keys().into_iter().flat_map(|key| others.with_key(&key));
    candidates
        .filter(|other| seen.insert(other.id().clone()))
        .filter_map(|other| {
            Some(FoundDuplicate {
                id: other.id().clone(),
                kind: other.kind().to_owned(),
                state: other.state().unwrap_or_default().to_owned(),
                finding: record.compare(&*other)?,
            })
        })
        .collect()
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
    Ok(record.apply_json(step, context).map_err(|error| unreadable(record, &error))??)
}

fn unreadable(record: &dyn AnyRecord, error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable { id: record.id().clone(), kind: record.kind(), message: without_values(error) }
}

fn wrong_kind(record: &dyn AnyRecord, wanted: &str) -> StoreError {
    StoreError::WrongKind { id: record.id().clone(), kind: record.kind(), wanted: wanted.to_owned() }
}

fn line_of(record: &dyn AnyRecord, from: usize) -> Result<Line, StorageError> {
    let (kind, id, site) = (record.kind().to_owned(), record.id().clone(), record.site());
    Ok(Line { kind, id, site, steps: record.steps_json(from)? })
}

/// Records while a storage is read, in the order in which they were opened.
#[derive(Default)]
struct Loading {
    found: Vec<Arc<dyn AnyRecord>>,
    places: HashMap<RecordId, usize>,
}

/// Takes over a stored line. Records are not shared while a storage is read, so they change in place.
fn replay(kinds: &Catalogue, records: &mut Loading, line: Line) -> Result<(), StoreError> {
    let Line { kind, id, site, steps } = line;
    let place = match records.places.get(&id) {
        Some(place) => *place,
        None => {
            let blank = kinds.blank(&kind, id.clone(), site);
            records.found.push(blank.ok_or_else(|| StoreError::UnknownKind(kind.clone()))?);
            records.places.insert(id, records.found.len() - 1);
            records.found.len() - 1
        }
    };
    let shared = || StorageError::from(std::io::Error::other("a record was shared while it was read"));
    let record = records.found.get_mut(place).and_then(Arc::get_mut).ok_or_else(shared)?;
    if record.kind() != kind {
        return Err(wrong_kind(record, &kind));
    }
    for step in &steps {
        record.replay_json(step.get()).map_err(|error| unreadable(record, &error))??;
    }
    Ok(())
}
