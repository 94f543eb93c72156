//! Helpers that the tests of the console-only workflows share.
use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use huaweicloud_partner::{
    mdf::{MdfGrant, Quota, QuotaEvent},
    types::{Amount, Currency, Day, UtcTime},
    workflow::*,
};

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Ten in the morning in Beijing.
pub fn at(day: &str) -> UtcTime {
    format!("{day}T02:00:00Z").parse().unwrap()
}

pub fn actor(role: Role) -> Actor {
    if role == Role::System { Actor::system() } else { Actor::new(role, "Li Lei") }
}

pub fn step<E>(on: &str, role: Role, event: E) -> LoggedEvent<E> {
    LoggedEvent::new(at(on), actor(role), event)
}

/// The records context each single record: a quota of CNY 100,000.
static OTHERS: LazyLock<Vec<Arc<dyn AnyRecord>>> = LazyLock::new(|| {
    let quota = Record::<Quota>::new("Q-1", Site::China);
    let calendar = ChinaCalendar::published();
    vec![Arc::new(quota.apply(grant("100000"), RuleContext::alone(&calendar)).unwrap())]
});

pub fn grant(amount: &str) -> LoggedEvent<QuotaEvent> {
    let amount: Amount = amount.parse().unwrap();
    let grant = MdfGrant { partner: None, benefit: "CSP, core".to_owned(), amount, currency: Currency::Cny };
    step("2026-01-05", Role::HuaweiPartnerManager, QuotaEvent::Grant(grant))
}

pub fn apply<W: Workflow>(
    record: &Record<W>,
    step: LoggedEvent<W::Event>,
) -> Result<Record<W>, EventRefused> {
    record.apply(step, RuleContext { calendar: &ChinaCalendar::published(), others: &*OTHERS })
}

/// A record after these events.
pub fn walk<W: Workflow>(site: Site, path: &str, make: impl Fn(&str) -> LoggedEvent<W::Event>) -> Record<W> {
    path.split_whitespace().fold(Record::new("R-1", site), |record, event| {
        let mut step = make(event);
        if let Some(last) = record.history().last() {
            step.at = step.at.max(last.at);
        }
        apply(&record, step).unwrap_or_else(|refused| panic!("{path}: {refused}"))
    })
}

/// The refusal names exactly these rules and fields, in this order.
#[track_caller]
pub fn assert_broken<W: Workflow>(result: Result<Record<W>, EventRefused>, wanted: &[(&str, &str)]) {
    let refused = result.expect_err("the event should have been refused");
    let broken: Vec<_> = refused.violations.iter().map(|broken| (broken.rule.id(), &*broken.field)).collect();
    assert_eq!(broken, wanted, "{refused}");
}

/// The names of a kind's events.
pub fn names<E: Event>() -> Vec<&'static str> {
    E::Kind::ALL.iter().map(|kind| kind.as_str()).collect()
}

/// Each row is taken from a record that went the path of its first column; every pair of state and event that is in
/// no row is refused with state and event; every row refuses somebody who is not named in it; every state is reached.
pub fn check_table<W: Workflow>(
    table: &[(&str, &str, W::State)],
    make: impl Fn(&str) -> LoggedEvent<W::Event>,
    states: usize,
) {
    check_table_in::<W>(table, make, states, |_| Site::China);
}

/// The same where the site follows from the path. An event of the path may be a name of the test's own for one of
/// several payloads.
pub fn check_table_in<W: Workflow>(
    table: &[(&str, &str, W::State)],
    make: impl Fn(&str) -> LoggedEvent<W::Event>,
    states: usize,
    site: impl Fn(&str) -> Site,
) {
    assert_eq!(table.len(), W::TABLE.len(), "the table of {} has other rows than the reference", W::KIND);
    let mut reached = Vec::new();
    let mut steps = BTreeSet::new();
    for (path, event, to) in table {
        let before: Record<W> = walk(site(&format!("{path} {event}")), path, &make);
        let mut next = make(event);
        if let Some(last) = before.history().last() {
            next.at = next.at.max(last.at);
        }
        let after = apply(&before, next.clone()).unwrap_or_else(|refused| panic!("{refused}"));
        assert!(after.is(*to), "{path} {event}: {:?}", after.state());
        assert_eq!(after.history().len(), before.history().len() + 1);
        assert_eq!(&after.history()[..before.history().len()], before.history());
        reached.push(to.as_str());
        steps.insert((before.state_name(), next.event.name()));

        let row = W::transition(&before, &next.event).unwrap();
        next.by = actor(*Role::ALL.iter().rev().find(|role| !row.by.contains(role)).unwrap());
        let refused = apply(&before, next).unwrap_err();
        assert!(refused.violations.iter().any(|broken| broken.field == "by.role"), "{path} {event}");
    }
    reached.sort_unstable();
    reached.dedup();
    assert_eq!(reached.len(), states, "{} states are reached: {reached:?}", reached.len());

    let paths = table.iter().flat_map(|(path, event, _)| [(*path).to_owned(), format!("{path} {event}")]);
    for path in paths {
        let record: Record<W> = walk(site(&path), &path, &make);
        for event in names::<W::Event>() {
            if steps.contains(&(record.state_name(), event)) {
                continue;
            }
            let refused = apply(&record, make(event)).unwrap_err();
            assert!(refused.is_outside_table(), "{path}: {refused}");
            assert_eq!((refused.state.as_deref(), &*refused.event), (record.state_name(), event));
            let possible: Vec<_> = record.possible_events().iter().map(|event| event.as_str()).collect();
            assert_eq!(refused.possible, possible);
        }
    }
}

/// Numbers are unique and of their room, texts and pages are there.
pub fn check_rules(rules: &[Rule], prefix: &str) {
    let ids: BTreeSet<_> = rules.iter().map(Rule::id).collect();
    assert_eq!(ids.len(), rules.len());
    for (number, rule) in rules.iter().enumerate() {
        assert_eq!(rule.id(), format!("{prefix}{}", number + 1));
        assert!(rule.source().starts_with("https://") && rule.text().len() > 30, "{rule}");
    }
}

/// Whatever the sequence of events, a store's records stay in the table, refused events change nothing, and
/// every accepted one is in the history, also after reading it back.
pub fn check_walk<W: Workflow>(
    site: Site,
    events: &[&str],
    make: impl Fn(&str) -> LoggedEvent<W::Event>,
    sequence: &[(usize, usize, u64)],
) {
    let desk = Store::in_memory(ChinaCalendar::published());
    let mut now = at("2026-01-05");
    let mut accepted = std::collections::BTreeMap::<RecordId, Vec<LoggedEvent<W::Event>>>::new();
    for (which, event, hours) in sequence {
        now = (now.instant() + std::time::Duration::from_secs(3600 * hours)).into();
        let id = RecordId::from(format!("R-{which}"));
        let event = events[event % events.len()];
        let step = LoggedEvent { at: now, ..make(event) };
        let before = desk.record(&id).and_then(|record| record.state());
        let result = match before {
            None => desk.start(&id, site, step.clone()),
            Some(_) => desk.apply(&id, step.clone()),
        };
        match result {
            Ok(applied) => {
                let fits = W::TABLE.iter().any(|row| {
                    row.from.map(|state| state.as_str()) == before
                        && row.event == step.event.kind()
                        && row.to.as_str() == applied.state
                        && row.by.contains(&step.by.role)
                });
                assert!(fits, "{before:?} {event} {}", applied.state);
                accepted.entry(id).or_default().push(step);
            }
            Err(StoreError::Refused(_)) => {
                assert_eq!(desk.record(&id).and_then(|record| record.state()), before);
            }
            Err(other) => panic!("{other}"),
        }
    }
    for record in desk.records() {
        let typed = record.view::<W>().unwrap();
        assert_eq!(typed.history(), accepted[record.id()]);
        let again: Record<W> = serde_json::from_str(record.to_json().unwrap().get()).unwrap();
        assert_eq!(&again, typed);
    }
}

/// Sequences for [`check_walk`].
pub fn sequences() -> impl proptest::strategy::Strategy<Value = Vec<(usize, usize, u64)>> {
    proptest::collection::vec((0_usize..3, 0_usize..64, 0_u64..200), 1..80)
}

/// Runs a future of a store in memory, which never has to wait.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("a store in memory had to wait"),
    }
}

/// A store in memory whose calls block, for tests of rules.
#[derive(Debug)]
pub struct Store(RecordStore);

impl std::ops::Deref for Store {
    type Target = RecordStore;

    fn deref(&self) -> &RecordStore {
        &self.0
    }
}

impl Store {
    pub fn in_memory(calendar: impl WorkingDays + 'static) -> Self {
        Self(RecordStore::in_memory(calendar))
    }

    pub fn start<E: Event>(
        &self,
        id: impl Into<RecordId>,
        site: Site,
        event: LoggedEvent<E>,
    ) -> Result<EventReceipt, StoreError> {
        run(self.0.start(id, NewEvent::from(event).site(site)))
    }

    pub fn apply<E: Event>(
        &self,
        id: impl Into<RecordId>,
        event: LoggedEvent<E>,
    ) -> Result<EventReceipt, StoreError> {
        run(self.0.apply(id, event))
    }

    pub fn apply_line(&self, line: &EventLine) -> Result<EventReceipt, StoreError> {
        run(self.0.apply_line(line))
    }

    pub fn apply_lines(&self, lines: &[EventLine]) -> Vec<Result<EventReceipt, StoreError>> {
        run(self.0.apply_lines(lines))
    }

    pub fn record_expiries(&self, now: UtcTime) -> Result<Vec<EventReceipt>, StoreError> {
        run(self.0.record_expiries(now))
    }

    pub fn due(&self, now: UtcTime, n: u32) -> DueList {
        run(self.0.due(now, n)).unwrap()
    }

    pub fn overdue(&self, now: UtcTime) -> Vec<Due> {
        run(self.0.overdue(now)).unwrap()
    }
}
