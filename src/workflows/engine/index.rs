//! Records in memory and what they are looked up by.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{AnyRecord, Duplicate, RecordId, RecordLookup, Rule, RuleContext, WorkingDays};
use crate::types::Day;

/// Another record that is or may be the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundDuplicate {
    /// The other record.
    pub id: RecordId,
    /// Kind of the record.
    pub kind: String,
    /// State of the record.
    pub state: String,
    /// Certainty of the duplicate, and the record that takes precedence.
    pub finding: Duplicate,
}

/// A deadline of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Id of the record.
    pub record: RecordId,
    /// Kind of the record.
    pub kind: Cow<'static, str>,
    /// State of the record.
    pub state: Cow<'static, str>,
    /// Key of the required action for translation, such as `po.verification`.
    /// [`Catalogue::deadline`](super::Catalogue::deadline) has the English text.
    pub key: Cow<'static, str>,
    /// The last day in Beijing on which it is in time.
    pub deadline: Day,
    /// The rule that sets the deadline.
    pub rule: Rule,
    /// A year that the calendar in use does not cover. Then the deadline counts weekends only and is provisional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncovered_year: Option<i32>,
    /// True when the record changes automatically after the deadline.
    pub automatic: bool,
}

/// Records with their keys and deadlines.
#[derive(Default)]
pub(super) struct Index {
    pub(super) records: HashMap<RecordId, Arc<dyn AnyRecord>>,
    /// The records of each key, in the order of their ids.
    keys: HashMap<String, Vec<RecordId>>,
    days: BTreeMap<Day, BTreeMap<RecordId, Vec<Due>>>,
}

impl Index {
    pub(super) fn put(&mut self, record: Arc<dyn AnyRecord>, calendar: &dyn WorkingDays) {
        let id = record.id().clone();
        if let Some(old) = self.records.remove(&id) {
            self.forget(&*old, calendar);
        }
        for key in keys_of(&*record) {
            let ids = self.keys.entry(key).or_default();
            if let Err(place) = ids.binary_search(&id) {
                ids.insert(place, id.clone());
            }
        }
        for deadline in record.deadlines(calendar) {
            let due = Due {
                record: id.clone(),
                kind: record.kind().into(),
                state: record.state().unwrap_or_default().into(),
                key: deadline.key,
                deadline: deadline.last_day,
                rule: deadline.rule,
                uncovered_year: deadline.uncovered_year,
                automatic: deadline.automatic,
            };
            self.days.entry(due.deadline).or_default().entry(id.clone()).or_default().push(due);
        }
        self.records.insert(id, record);
    }

    fn forget(&mut self, old: &dyn AnyRecord, calendar: &dyn WorkingDays) {
        for key in keys_of(old) {
            if let Some(ids) = self.keys.get_mut(&key) {
                ids.retain(|other| other != old.id());
                if ids.is_empty() {
                    self.keys.remove(&key);
                }
            }
        }
        for deadline in old.deadlines(calendar) {
            if let Some(day) = self.days.get_mut(&deadline.last_day) {
                day.remove(old.id());
                if day.is_empty() {
                    self.days.remove(&deadline.last_day);
                }
            }
        }
    }

    /// Deadlines from a day to a day, the earliest first.
    pub(super) fn due(&self, from: Option<Day>, to: Day) -> Vec<Due> {
        let from = from.map_or(Bound::Unbounded, Bound::Included);
        let days = self.days.range((from, Bound::Included(to)));
        days.flat_map(|(_, records)| records.values().flatten()).cloned().collect()
    }
}

impl RecordLookup for Index {
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

/// The index as it will be once the accepted events are stored.
pub(super) struct Staged<'a> {
    pub(super) index: &'a Index,
    pub(super) calendar: &'a dyn WorkingDays,
    pub(super) changed: Index,
}

impl Staged<'_> {
    pub(super) fn context(&self) -> RuleContext<'_> {
        RuleContext { calendar: self.calendar, others: self }
    }

    /// Returns the contents of the index with changed records in place of the old ones.
    fn merge(&self, old: Vec<Arc<dyn AnyRecord>>, new: Vec<Arc<dyn AnyRecord>>) -> Vec<Arc<dyn AnyRecord>> {
        let unchanged = old.into_iter().filter(|record| !self.changed.records.contains_key(record.id()));
        unchanged.chain(new).collect()
    }
}

impl RecordLookup for Staged<'_> {
    fn get(&self, id: &RecordId) -> Option<Arc<dyn AnyRecord>> {
        self.changed.get(id).or_else(|| self.index.get(id))
    }

    fn with_key(&self, key: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.merge(self.index.with_key(key), self.changed.with_key(key))
    }

    fn of_kind(&self, kind: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.merge(self.index.of_kind(kind), self.changed.of_kind(kind))
    }
}

fn keys_of(record: &dyn AnyRecord) -> impl Iterator<Item = String> {
    record.duplicate_keys().into_iter().chain(record.links())
}

/// The other records that are or may be the same thing as this one.
pub(super) fn duplicates(record: &dyn AnyRecord, others: &dyn RecordLookup) -> Vec<FoundDuplicate> {
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
