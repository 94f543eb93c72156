//! Records as histories of events.

use std::{any::Any, borrow::Cow, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{
    Deadline, DeadlineKind, Duplicate, EventRefused, RULE_ACTOR, RULE_ORDER, RecordId, Rule, RuleViolation,
    Site, WorkingDays, named,
};
use crate::types::{Personal, UtcTime};

named! {
    /// Role in which a person or a system triggers an event.
    pub enum Role {
        /// The partner's main account, or a member with the administrator role where the rules allow it.
        PartnerAdministrator = "partner_administrator",
        /// An account manager of the partner.
        AccountManager = "account_manager",
        /// A director of account managers, who sees their records and changes none.
        AccountDirector = "account_director",
        /// Any other employee of the partner.
        PartnerMember = "partner_member",
        /// A company that is not a partner yet.
        Applicant = "applicant",
        /// Distributor of Huawei Cloud.
        Distributor = "distributor",
        /// Reseller under a distributor.
        Reseller = "reseller",
        /// Customer of the partner.
        Customer = "customer",
        /// A partner development manager or ecosystem manager of Huawei Cloud.
        HuaweiPartnerManager = "huawei_partner_manager",
        /// A business development manager or the owner of the customer at Huawei Cloud.
        HuaweiBusinessManager = "huawei_business_manager",
        /// A reviewer, operator or accountant of Huawei Cloud.
        HuaweiReviewer = "huawei_reviewer",
        /// The Partner Center by itself: deadlines, automatic checks.
        System = "system",
    }
}

/// Actor that triggers an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Role of the one who triggered it.
    pub role: Role,
    /// Name or account. Empty for the system.
    #[serde(default, skip_serializing_if = "Personal::is_empty")]
    pub name: Personal,
}

impl Actor {
    /// A person or system with this role and name.
    pub fn new(role: Role, name: impl Into<Personal>) -> Self {
        Self { role, name: name.into() }
    }

    /// The Partner Center itself.
    pub fn system() -> Self {
        Self::new(Role::System, "")
    }
}

/// Event of a history with its time and actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedEvent<E> {
    /// Time of the event, which may be earlier than the time at which it was recorded.
    pub at: UtcTime,
    /// Actor that triggered the event.
    pub by: Actor,
    /// Event with its data.
    pub event: E,
}

impl<E> LoggedEvent<E> {
    /// An event with time and actor.
    pub const fn new(at: UtcTime, by: Actor, event: E) -> Self {
        Self { at, by, event }
    }
}

/// A state of a kind of record.
pub trait State: Copy + Eq + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// The name under which it is stored and shown.
    fn as_str(self) -> &'static str;
}

/// The events of a kind of record, with their data. Written with serde, externally tagged by [`Event::name`].
pub trait Event:
    Serialize + DeserializeOwned + Clone + fmt::Debug + PartialEq + Send + Sync + 'static
{
    /// The kind of record that has these events.
    type Of: Workflow<Event = Self>;
    /// The events without their data.
    type Kind: EventKind;

    /// This event without its data.
    fn kind(&self) -> Self::Kind;

    /// The name under which this event is stored and shown.
    fn name(&self) -> &'static str {
        self.kind().as_str()
    }
}

/// The events of a kind of record without their data, as state tables name them.
pub trait EventKind: Copy + Ord + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// Every event of the kind of record.
    const ALL: &'static [Self];

    /// The name under which the event is stored and shown.
    fn as_str(self) -> &'static str;
}

/// The [`EventKind`] of a [`Workflow`].
pub type EventKindOf<W> = <<W as Workflow>::Event as Event>::Kind;

/// One row of a state table: an event leads from one state to another.
#[derive(Clone, Copy, Debug)]
pub struct Transition<S: 'static, K: 'static> {
    /// The state before; `None` for an event that opens a record.
    pub from: Option<S>,
    /// Kind of the event.
    pub event: K,
    /// The state after.
    pub to: S,
    /// The roles that may trigger it.
    pub by: &'static [Role],
}

/// The other records of a store, for rules that look beyond a single record.
pub trait RecordLookup {
    /// Returns the record with this id.
    fn get(&self, id: &RecordId) -> Option<Arc<dyn AnyRecord>>;
    /// The records whose [`Workflow::links`] or [`Workflow::duplicate_keys`] contain this key.
    fn with_key(&self, key: &str) -> Vec<Arc<dyn AnyRecord>>;
    /// All records of this kind.
    fn of_kind(&self, kind: &str) -> Vec<Arc<dyn AnyRecord>>;
}

/// No other records: rules that look beyond the record find nothing to object to.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoOtherRecords;

impl RecordLookup for NoOtherRecords {
    fn get(&self, _: &RecordId) -> Option<Arc<dyn AnyRecord>> {
        None
    }

    fn with_key(&self, _: &str) -> Vec<Arc<dyn AnyRecord>> {
        Vec::new()
    }

    fn of_kind(&self, _: &str) -> Vec<Arc<dyn AnyRecord>> {
        Vec::new()
    }
}

/// Records kept without a store. Each look-up goes through all of them.
impl RecordLookup for Vec<Arc<dyn AnyRecord>> {
    fn get(&self, id: &RecordId) -> Option<Arc<dyn AnyRecord>> {
        self.iter().find(|record| record.id() == id).cloned()
    }

    fn with_key(&self, key: &str) -> Vec<Arc<dyn AnyRecord>> {
        let has = |keys: Vec<String>| keys.iter().any(|own| own == key);
        self.iter().filter(|record| has(record.links()) || has(record.duplicate_keys())).cloned().collect()
    }

    fn of_kind(&self, kind: &str) -> Vec<Arc<dyn AnyRecord>> {
        self.iter().filter(|record| record.kind() == kind).cloned().collect()
    }
}

/// Context of a rule besides the record itself.
#[derive(Clone, Copy)]
pub struct RuleContext<'a> {
    /// Calendar of working days.
    pub calendar: &'a dyn WorkingDays,
    /// The other records.
    pub others: &'a dyn RecordLookup,
}

impl<'a> RuleContext<'a> {
    /// A calendar and no other records.
    pub fn alone(calendar: &'a dyn WorkingDays) -> Self {
        Self { calendar, others: &NoOtherRecords }
    }
}

/// One kind of record. The value itself holds the facts gathered from the events so far.
///
/// The table says which steps exist, [`Workflow::check`] which rules stand in the way, [`Workflow::fold`] what an
/// event adds. Only the table and `fold` are used when a history is read back: what was accepted once stays accepted,
/// whatever calendar or rules are in use later.
pub trait Workflow: Clone + Default + fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Name under which records of this kind are stored, such as `mdf_application`.
    const KIND: &'static str;
    /// The state table.
    const TABLE: &'static [Transition<Self::State, EventKindOf<Self>>];
    /// The rules that this kind knows.
    const RULES: &'static [Rule];
    /// The kinds of deadlines that its records can have.
    const DEADLINES: &'static [DeadlineKind] = &[];
    /// States of the workflow.
    type State: State;
    /// Events of the workflow.
    type Event: Event<Of = Self>;

    /// The row that an event takes. The first fitting one unless a kind decides by its facts.
    fn transition(
        record: &Record<Self>,
        event: &Self::Event,
    ) -> Option<&'static Transition<Self::State, EventKindOf<Self>>> {
        Self::TABLE.iter().find(|row| row.from == record.state && row.event == event.kind())
    }

    /// Every rule that this step would break. Asked only for steps of the table.
    fn check(
        record: &Record<Self>,
        step: &LoggedEvent<Self::Event>,
        context: RuleContext<'_>,
    ) -> Vec<RuleViolation>;

    /// Takes over what an event says.
    fn fold(&mut self, step: &LoggedEvent<Self::Event>);

    /// The rule that says who may do this, where a published one does.
    fn actor_rule(_event: &Self::Event) -> Rule {
        RULE_ACTOR
    }

    /// Returns the deadlines of the record in its current state.
    fn deadlines(_record: &Record<Self>, _calendar: &dyn WorkingDays) -> Vec<Deadline> {
        Vec::new()
    }

    /// Returns the items that the next step still needs, each with its rule.
    fn missing(_record: &Record<Self>) -> Vec<RuleViolation> {
        Vec::new()
    }

    /// The event that the Partner Center triggers by itself after an [automatic](Deadline::automatic) deadline.
    fn expiry(_record: &Record<Self>) -> Option<Self::Event> {
        None
    }

    /// Keys that a possible duplicate shares with this record. Without readable personal data.
    fn duplicate_keys(_record: &Record<Self>) -> Vec<String> {
        Vec::new()
    }

    /// Keys of what this record belongs to, for rules that count or add up.
    fn links(_record: &Record<Self>) -> Vec<String> {
        Vec::new()
    }

    /// Whether another record that shares a duplicate key is a duplicate, and which of the two stands.
    fn compare(_record: &Record<Self>, _other: &dyn AnyRecord) -> Option<Duplicate> {
        None
    }
}

/// One record: its history, and what follows from it.
///
/// A record never changes; [`Record::apply`] returns the next one. Serialised it is its id, kind, site, state
/// and history; reading it back replays the history and ignores the written state.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<W: Workflow> {
    id: RecordId,
    site: Site,
    state: Option<W::State>,
    facts: W,
    history: Vec<LoggedEvent<W::Event>>,
}

/// The error of an event in JSON.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonEventError<E: std::error::Error + 'static> {
    /// The JSON is no event of the record's kind. The message may repeat values of the JSON.
    #[error(transparent)]
    Unreadable(serde_json::Error),
    /// The event was read, and the record does not take it.
    #[error(transparent)]
    NotApplied(E),
}

/// A stored history that its state table does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{id}: event {number} ({event}) does not follow from state {state}")]
pub struct BadHistory {
    /// Id of the record.
    pub id: RecordId,
    /// Number of the event, counted from 1.
    pub number: usize,
    /// Name of the event.
    pub event: &'static str,
    /// The state before it.
    pub state: &'static str,
}

impl<W: Workflow> Record<W> {
    /// A record before its first event. Apply an event that opens it.
    pub fn new(id: impl Into<RecordId>, site: Site) -> Self {
        Self { id: id.into(), site, state: None, facts: W::default(), history: Vec::new() }
    }

    /// The next record, or everything that stands in the way. `self` stays as it is.
    ///
    /// # Errors
    /// [`EventRefused`] with all broken rules, or with the possible events when the table has no such step.
    pub fn apply(&self, step: LoggedEvent<W::Event>, context: RuleContext<'_>) -> Result<Self, EventRefused> {
        let refused = |violations, possible| EventRefused {
            id: self.id.clone(),
            state: self.state_name().map(Cow::Borrowed),
            event: step.event.name().into(),
            violations,
            possible,
        };
        let Some(row) = W::transition(self, &step.event) else {
            let possible = self.possible_events().into_iter().map(|event| Cow::Borrowed(event.as_str()));
            return Err(refused(Vec::new(), possible.collect()));
        };
        let mut broken = W::check(self, &step, context);
        if !row.by.contains(&step.by.role) {
            let who: Vec<_> = row.by.iter().map(|role| role.as_str()).collect();
            broken.push(
                W::actor_rule(&step.event)
                    .violation("by.role", format!("{}, not {}", who.join(" or "), step.by.role)),
            );
        }
        if self.history.last().is_some_and(|last| step.at < last.at) {
            broken.push(RULE_ORDER.violation("at", format!("{} is before the last event", step.at)));
        }
        if !broken.is_empty() {
            return Err(refused(broken, Vec::new()));
        }
        let mut next = self.clone();
        next.push(step, row.to);
        Ok(next)
    }

    /// Takes over an event that was accepted before. Only the table is asked.
    ///
    /// # Errors
    /// [`BadHistory`] when the table has no such step; the record is unchanged then.
    pub fn replay(&mut self, step: LoggedEvent<W::Event>) -> Result<(), BadHistory> {
        let Some(row) = W::transition(self, &step.event) else {
            return Err(BadHistory {
                id: self.id.clone(),
                number: self.history.len() + 1,
                event: step.event.name(),
                state: self.state_name().unwrap_or("none"),
            });
        };
        self.push(step, row.to);
        Ok(())
    }

    fn push(&mut self, step: LoggedEvent<W::Event>, to: W::State) {
        self.facts.fold(&step);
        self.state = Some(to);
        self.history.push(step);
    }

    /// Returns the id of the record.
    pub fn id(&self) -> &RecordId {
        &self.id
    }

    /// Returns the site whose rules the record follows.
    pub fn site(&self) -> Site {
        self.site
    }

    /// The present state; none before the first event.
    pub fn state(&self) -> Option<W::State> {
        self.state
    }

    /// The name of the present state.
    pub fn state_name(&self) -> Option<&'static str> {
        self.state.map(State::as_str)
    }

    /// True when the record is in this state.
    pub fn is(&self, state: W::State) -> bool {
        self.state == Some(state)
    }

    /// Returns the facts that the events stated so far.
    pub fn facts(&self) -> &W {
        &self.facts
    }

    /// Every event, oldest first.
    pub fn history(&self) -> &[LoggedEvent<W::Event>] {
        &self.history
    }

    /// Returns the time at which an event of this kind last happened.
    pub fn last(&self, event: EventKindOf<W>) -> Option<UtcTime> {
        self.history.iter().rev().find(|step| step.event.kind() == event).map(|step| step.at)
    }

    /// The events that the table has in the present state.
    pub fn possible_events(&self) -> Vec<EventKindOf<W>> {
        let mut events: Vec<_> =
            W::TABLE.iter().filter(|row| row.from == self.state).map(|row| row.event).collect();
        events.sort_unstable();
        events.dedup();
        events
    }

    /// True when nothing leads out of the present state any more.
    pub fn is_closed(&self) -> bool {
        self.state.is_some() && !W::TABLE.iter().any(|row| row.from == self.state)
    }

    /// Returns the deadlines of the record, the earliest first.
    pub fn deadlines(&self, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        let mut deadlines = W::deadlines(self, calendar);
        deadlines.sort_by_key(|deadline| deadline.last_day);
        deadlines
    }

    /// Returns the items that the next step still needs, each with its rule.
    pub fn missing(&self) -> Vec<RuleViolation> {
        W::missing(self)
    }
}

#[derive(Serialize)]
struct Written<'a, E> {
    kind: &'static str,
    id: &'a RecordId,
    site: Site,
    state: Option<&'static str>,
    history: &'a [LoggedEvent<E>],
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "E: DeserializeOwned"))]
struct Read<E> {
    kind: String,
    id: RecordId,
    site: Site,
    history: Vec<LoggedEvent<E>>,
}

impl<W: Workflow> Serialize for Record<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, site, history, .. } = self;
        Written { kind: W::KIND, id, site: *site, state: self.state_name(), history }.serialize(serializer)
    }
}

impl<'de, W: Workflow> Deserialize<'de> for Record<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Read::<W::Event>::deserialize(deserializer)?;
        if read.kind != W::KIND {
            return Err(de::Error::custom(format_args!("a record of kind {}, not {}", read.kind, W::KIND)));
        }
        let mut record = Self::new(read.id, read.site);
        read.history.into_iter().try_for_each(|step| record.replay(step)).map_err(de::Error::custom)?;
        Ok(record)
    }
}

/// A record of any kind, as the store keeps it. [`Record`] is the only implementation.
pub trait AnyRecord: fmt::Debug + Send + Sync + 'static {
    /// Returns the id of the record.
    fn id(&self) -> &RecordId;
    /// Returns the kind of the record, such as `mdf_application`.
    fn kind(&self) -> &'static str;
    /// Returns the site whose rules the record follows.
    fn site(&self) -> Site;
    /// The name of its present state; none before the first event.
    fn state(&self) -> Option<&'static str>;
    /// True when nothing leads out of the present state any more.
    fn is_closed(&self) -> bool;
    /// Returns the time of the last event.
    fn changed_at(&self) -> Option<UtcTime>;
    /// Returns the number of events.
    fn events(&self) -> usize;
    /// Returns the deadlines of the record, the earliest first.
    fn deadlines(&self, calendar: &dyn WorkingDays) -> Vec<Deadline>;
    /// Returns the items that the next step still needs, each with its rule.
    fn missing(&self) -> Vec<RuleViolation>;
    /// Returns the keys that detect duplicates, see [`Workflow::duplicate_keys`].
    fn duplicate_keys(&self) -> Vec<String>;
    /// Returns the links to other records, see [`Workflow::links`].
    fn links(&self) -> Vec<String>;
    /// Compares the record with another one, see [`Workflow::compare`].
    fn compare(&self, other: &dyn AnyRecord) -> Option<Duplicate>;
    /// The whole record as JSON: id, kind, site, state, history.
    ///
    /// # Errors
    /// Only when an event of a foreign kind cannot be written as JSON.
    fn to_json(&self) -> Result<Box<RawValue>, serde_json::Error>;
    /// The events from the given one on (counted from 0), each as JSON.
    ///
    /// # Errors
    /// As for [`AnyRecord::to_json`].
    fn steps_json(&self, from: usize) -> Result<Vec<Box<RawValue>>, serde_json::Error>;
    /// The step by which the Partner Center changes this record after its automatic deadline, as JSON.
    fn expiry_json(&self, at: UtcTime) -> Option<Box<RawValue>>;
    /// [`Record::apply`] for a step in JSON.
    ///
    /// # Errors
    /// When the JSON is no step of this kind, or the step is refused.
    fn apply_json(
        &self,
        step: &str,
        context: RuleContext<'_>,
    ) -> Result<Arc<dyn AnyRecord>, JsonEventError<EventRefused>>;
    /// [`Record::replay`] for an event in JSON.
    ///
    /// # Errors
    /// When the JSON is no event of this kind, or the table has no such transition.
    fn replay_json(&mut self, event: &str) -> Result<(), JsonEventError<BadHistory>>;
    /// A copy of the record that can be changed.
    fn copied(&self) -> Arc<dyn AnyRecord>;
    /// For [`dyn AnyRecord::view`](trait.AnyRecord.html#method.view).
    fn as_any(&self) -> &dyn Any;
}

impl dyn AnyRecord {
    /// This record by its kind, or none when it is of another one.
    pub fn view<W: Workflow>(&self) -> Option<&Record<W>> {
        self.as_any().downcast_ref()
    }
}

impl<W: Workflow> AnyRecord for Record<W> {
    fn id(&self) -> &RecordId {
        &self.id
    }

    fn kind(&self) -> &'static str {
        W::KIND
    }

    fn site(&self) -> Site {
        self.site
    }

    fn state(&self) -> Option<&'static str> {
        self.state_name()
    }

    fn is_closed(&self) -> bool {
        self.is_closed()
    }

    fn changed_at(&self) -> Option<UtcTime> {
        self.history.last().map(|step| step.at)
    }

    fn events(&self) -> usize {
        self.history.len()
    }

    fn deadlines(&self, calendar: &dyn WorkingDays) -> Vec<Deadline> {
        self.deadlines(calendar)
    }

    fn missing(&self) -> Vec<RuleViolation> {
        W::missing(self)
    }

    fn duplicate_keys(&self) -> Vec<String> {
        W::duplicate_keys(self)
    }

    fn links(&self) -> Vec<String> {
        W::links(self)
    }

    fn compare(&self, other: &dyn AnyRecord) -> Option<Duplicate> {
        W::compare(self, other)
    }

    fn to_json(&self) -> Result<Box<RawValue>, serde_json::Error> {
        serde_json::value::to_raw_value(self)
    }

    fn steps_json(&self, from: usize) -> Result<Vec<Box<RawValue>>, serde_json::Error> {
        self.history.iter().skip(from).map(serde_json::value::to_raw_value).collect()
    }

    fn expiry_json(&self, at: UtcTime) -> Option<Box<RawValue>> {
        let event = W::expiry(self)?;
        serde_json::value::to_raw_value(&LoggedEvent::new(at, Actor::system(), event)).ok()
    }

    fn apply_json(
        &self,
        step: &str,
        context: RuleContext<'_>,
    ) -> Result<Arc<dyn AnyRecord>, JsonEventError<EventRefused>> {
        let step = serde_json::from_str(step).map_err(JsonEventError::Unreadable)?;
        Ok(Arc::new(self.apply(step, context).map_err(JsonEventError::NotApplied)?))
    }

    fn replay_json(&mut self, event: &str) -> Result<(), JsonEventError<BadHistory>> {
        let event = serde_json::from_str(event).map_err(JsonEventError::Unreadable)?;
        self.replay(event).map_err(JsonEventError::NotApplied)
    }

    fn copied(&self) -> Arc<dyn AnyRecord> {
        Arc::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
