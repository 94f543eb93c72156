//! Tests of the record store over its storages: several writers, the change feed, encryption, reads.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use huaweicloud_partner::{mdf::*, opportunities::*, workflow::*};

use crate::common::*;

fn share(on: &str, name: &str) -> LoggedEvent<HoEvent> {
    let customer = CustomerCompany { company: "Blue Harbour".into(), ..Default::default() };
    let offer = HoOffer { customer, name: name.to_owned(), ..Default::default() };
    step(on, Role::HuaweiPartnerManager, HoEvent::Share(offer))
}

fn accept(on: &str) -> LoggedEvent<HoEvent> {
    step(on, Role::PartnerAdministrator, HoEvent::Accept(HoAcceptance::default()))
}

fn progress(on: &str) -> LoggedEvent<HoEvent> {
    let update = BusinessProgress { details: "第一次\n\"拜访\"".to_owned(), ..Default::default() };
    step(on, Role::PartnerAdministrator, HoEvent::Progress(update))
}

fn state_of(store: &RecordStore) -> Vec<String> {
    store.records().iter().map(|record| record.to_json().unwrap().get().to_owned()).collect()
}

async fn open(storage: &Arc<MemoryRecords>) -> RecordStore {
    RecordStore::open(Arc::clone(storage), ChinaCalendar::published()).await.unwrap()
}

#[tokio::test]
async fn two_stores_over_one_storage_stay_readable_and_the_second_gets_a_conflict() {
    let storage = Arc::new(MemoryRecords::new());
    let race = RaceOnce { inner: Arc::clone(&storage), rival: tokio::sync::Mutex::new(None) };
    let race = Arc::new(race);
    let first = open(&storage).await;
    let second = RecordStore::open(Arc::clone(&race), ChinaCalendar::published()).await.unwrap();

    // The first store opens the record after the second has decided, and before it has stored.
    race.before_next_append(async move {
        first.start("HO-1", share("2026-03-02", "Data lake")).await.unwrap();
        first
    })
    .await;
    let lost = second.start("HO-1", share("2026-03-02", "Data lake")).await.unwrap_err();
    assert!(matches!(&lost, StoreError::Conflict(id) if id.as_str() == "HO-1"), "{lost}");
    // It has the other's record now and decides again.
    assert_eq!(second.record("HO-1").unwrap().state(), Some("to_be_accepted"));
    assert!(matches!(
        second.start("HO-1", share("2026-03-02", "Data lake")).await,
        Err(StoreError::AlreadyThere(_))
    ));
    second.apply("HO-1", accept("2026-03-03")).await.unwrap();
    assert_eq!(state_of(&open(&storage).await), state_of(&second));
}

#[tokio::test]
async fn a_change_of_the_same_record_is_a_conflict_and_of_others_is_not() {
    let storage = Arc::new(MemoryRecords::new());
    let race = Arc::new(RaceOnce { inner: Arc::clone(&storage), rival: tokio::sync::Mutex::new(None) });
    let store = RecordStore::open(Arc::clone(&race), ChinaCalendar::published()).await.unwrap();
    store.start("HO-1", share("2026-03-02", "Data lake")).await.unwrap();
    let rival = open(&storage).await;
    race.before_next_append(async move {
        rival.start("HO-2", share("2026-03-02", "Backup")).await.unwrap();
        rival
    })
    .await;
    store.apply("HO-1", accept("2026-03-03")).await.unwrap();
    assert_eq!(store.len(), 2);

    let rival = open(&storage).await;
    race.before_next_append(async move {
        rival.apply("HO-1", progress("2026-03-04")).await.unwrap();
        rival
    })
    .await;
    let lost = store.apply("HO-1", progress("2026-03-04")).await.unwrap_err();
    assert!(matches!(lost, StoreError::Conflict(_)), "{lost}");
    assert_eq!(store.record("HO-1").unwrap().events(), 3);
    store.apply("HO-1", progress("2026-03-04")).await.unwrap();
    assert_eq!(store.record("HO-1").unwrap().events(), 4);
}

/// Rules that look at other records hold across stores: the second application for one customer is decided against the
/// first, although they are different records.
#[tokio::test]
async fn a_rule_between_records_holds_between_two_stores() {
    use huaweicloud_partner::{relationships::*, types::AssociationType};
    let storage = Arc::new(MemoryRecords::new());
    let race = Arc::new(RaceOnce { inner: Arc::clone(&storage), rival: tokio::sync::Mutex::new(None) });
    let store = RecordStore::open(Arc::clone(&race), ChinaCalendar::published()).await.unwrap();
    let associate = |partner: &str| {
        let form = AssociationForm {
            partner: partner.into(),
            customer: "c-1".into(),
            association_type: AssociationType::Resale,
            limit: None,
        };
        step("2026-03-02", Role::Customer, AssociationEvent::Associate(form))
    };
    let rival = open(&storage).await;
    let theirs = associate("p-1");
    race.before_next_append(async move {
        rival.start("A-1", theirs).await.unwrap();
        rival
    })
    .await;
    let refused = store.start("A-2", associate("p-2")).await.unwrap_err();
    assert!(matches!(refused, StoreError::Refused(refused) if refused.violates("relationship.10")));
}

/// A storage in which a rival acts once, between the decision of an event and its storing.
struct RaceOnce {
    inner: Arc<MemoryRecords>,
    rival: tokio::sync::Mutex<Option<std::pin::Pin<Box<dyn Future<Output = RecordStore> + Send>>>>,
}

impl RaceOnce {
    async fn before_next_append(&self, rival: impl Future<Output = RecordStore> + Send + 'static) {
        *self.rival.lock().await = Some(Box::pin(rival));
    }
}

#[async_trait::async_trait]
impl RecordStorage for RaceOnce {
    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<RecordChange>, StorageError> {
        self.inner.changes(after, limit).await
    }

    async fn append(&self, after: u64, events: &[NewEvents]) -> Result<u64, StorageError> {
        if let Some(rival) = self.rival.lock().await.take() {
            rival.await;
        }
        self.inner.append(after, events).await
    }
}

#[tokio::test]
async fn the_change_feed_has_every_event_once_and_in_order() {
    let storage = Arc::new(MemoryRecords::new());
    let store = open(&storage).await;
    for number in 0..7 {
        store.start(format!("HO-{number}"), share("2026-03-02", "x")).await.unwrap();
        store.apply(format!("HO-{number}"), accept("2026-03-03")).await.unwrap();
    }
    let mut position = 0;
    let mut versions = BTreeMap::new();
    loop {
        let page = store.changes(position, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        for (number, change) in page.iter().enumerate() {
            assert_eq!(change.position, position + number as u64 + 1);
            let version = versions.entry(change.id.clone()).or_insert(0);
            *version += 1;
            assert_eq!(change.version, *version);
        }
        position = last.position;
    }
    assert_eq!((position, versions.len()), (14, 7));
    assert!(versions.values().all(|version| *version == 2));
}

/// Not a cipher: it turns the text around, and shows that the hook is used.
struct Reversed;

impl FieldCipher for Reversed {
    fn seal(&self, _: &RecordId, plain: &str) -> Result<String, FieldCipherError> {
        Ok(plain.chars().rev().collect())
    }

    fn open(&self, _: &RecordId, sealed: &str) -> Result<String, FieldCipherError> {
        Ok(sealed.chars().rev().collect())
    }
}

#[tokio::test]
async fn personal_fields_are_encrypted_in_the_storage() {
    let storage = Arc::new(MemoryRecords::new());
    let sealed = |storage: &Arc<MemoryRecords>| {
        RecordStore::builder(Arc::clone(storage), ChinaCalendar::published()).cipher(Reversed).open()
    };
    let store = sealed(&storage).await.unwrap();
    store.start("HO-1", share("2026-03-02", "Data lake")).await.unwrap();
    store.apply("HO-1", accept("2026-03-03")).await.unwrap();
    let stored = storage.changes(0, 9).await.unwrap();
    let text: String = stored.iter().map(|change| change.event.get()).collect();
    assert!(!text.contains("Blue Harbour") && !text.contains("Li Lei"), "{text}");
    assert!(text.contains("ruobraH eulB") && text.contains("Data lake"), "{text}");
    // The feed and another store with the key read it, one without the key says so.
    assert!(store.changes(0, 9).await.unwrap()[0].event.get().contains("Blue Harbour"));
    assert_eq!(state_of(&sealed(&storage).await.unwrap()), state_of(&store));
    let without = RecordStore::open(Arc::clone(&storage), Weekends).await.unwrap_err();
    assert!(without.to_string().contains("opened without a cipher"), "{without}");
}

#[tokio::test]
async fn an_event_alone_takes_time_actor_and_site_from_the_store() {
    let store = RecordStore::builder(MemoryRecords::new(), ChinaCalendar::published())
        .site(Site::International)
        .actor(Actor::new(Role::PartnerAdministrator, "Li Lei"))
        .open()
        .await
        .unwrap();
    store.start("PO-1", PoEvent::Draft(PoForm::default())).await.unwrap();
    let record = store.record("PO-1").unwrap();
    assert_eq!(record.site(), Site::International);
    let po = record.view::<Po>().unwrap();
    assert_eq!(po.history()[0].by.name.expose(), "Li Lei");
    let europe = NewEvent::new(PoEvent::Draft(PoForm::default())).site(Site::Europe);
    let refused = store.start("PO-2", europe).await.unwrap_err();
    assert!(matches!(refused, StoreError::Refused(refused) if refused.violates("opportunity.18")));
}

#[tokio::test]
async fn what_is_due_is_a_key_to_translate() {
    let store = RecordStore::in_memory(ChinaCalendar::published());
    store.start("HO-1", share("2026-03-02", "x")).await.unwrap();
    let due = store.due_until(day("2026-12-31")).await.unwrap();
    let shown: Vec<_> =
        due.iter().map(|due| format!("{} {} {}", due.deadline, due.record, due.key)).collect();
    assert_eq!(shown, ["2026-03-05 HO-1 ho.acceptance"]);
    assert!(store.catalogue().deadline(&due[0].key).unwrap().action.contains("accept"));
    assert!(store.due_until(day("2026-03-04")).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_unknown_kind_of_record_is_not_dropped_silently() {
    let storage = Arc::new(MemoryRecords::new());
    let store = open(&storage).await;
    store.start("Q-1", grant("100000")).await.unwrap();
    let few = Catalogue::none().with::<Ho>();
    let error = RecordStore::builder(storage, Weekends).catalogue(few).open().await.unwrap_err();
    assert!(matches!(error, StoreError::UnknownKind(kind) if kind == "mdf_quota"));
}

#[tokio::test]
async fn a_history_is_imported_once_and_an_interrupted_import_goes_on() {
    let source = RecordStore::in_memory(ChinaCalendar::published());
    source.start("HO-1", share("2026-03-02", "Data lake")).await.unwrap();
    source.apply("HO-1", accept("2026-03-03")).await.unwrap();
    source.apply("HO-1", progress("2026-03-04")).await.unwrap();
    let events = source.record("HO-1").unwrap().steps_json(0).unwrap();
    let target = RecordStore::in_memory(ChinaCalendar::published());
    let import = |upto: usize| target.import("ho", "HO-1", Site::China, &events[..upto]);
    assert_eq!(import(2).await.unwrap().version, 2);
    assert_eq!(import(3).await.unwrap().version, 3);
    assert_eq!(import(1).await.unwrap().version, 3);
    assert_eq!(state_of(&target), state_of(&source));
    assert_eq!(target.changes(0, 9).await.unwrap().len(), 3);
    let other = RecordStore::in_memory(ChinaCalendar::published());
    other.start("HO-1", share("2026-03-02", "Backup")).await.unwrap();
    let refused = other.import("ho", "HO-1", Site::China, &events).await.unwrap_err();
    assert!(matches!(refused, StoreError::AlreadyThere(_)));
    let gap = target.import("ho", "HO-2", Site::China, &events[1..]).await.unwrap_err();
    assert!(matches!(gap, StoreError::BadHistory(_)));
}

/// Storage that fails on demand.
#[derive(Default)]
struct Failing {
    inner: MemoryRecords,
    fails: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl RecordStorage for Failing {
    async fn changes(&self, after: u64, limit: usize) -> Result<Vec<RecordChange>, StorageError> {
        self.inner.changes(after, limit).await
    }

    async fn append(&self, after: u64, events: &[NewEvents]) -> Result<u64, StorageError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(StorageError::unavailable("disk full"));
        }
        self.inner.append(after, events).await
    }
}

#[tokio::test]
async fn an_event_that_was_not_stored_did_not_happen() {
    let storage = Failing::default();
    let fails = Arc::clone(&storage.fails);
    let store = RecordStore::open(storage, Weekends).await.unwrap();
    store.start("HO-1", share("2026-03-02", "Data lake")).await.unwrap();
    fails.store(true, Ordering::Relaxed);
    assert!(matches!(store.apply("HO-1", accept("2026-03-03")).await, Err(StoreError::Storage(_))));
    assert_eq!(store.record("HO-1").unwrap().state(), Some("to_be_accepted"));
    fails.store(false, Ordering::Relaxed);
    store.apply("HO-1", accept("2026-03-03")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_over_several_stores_lose_and_double_nothing() {
    let storage = Arc::new(MemoryRecords::new());
    let mut tasks = Vec::new();
    for writer in 0..4 {
        let store = Arc::new(open(&storage).await);
        for task in 0..2 {
            let store = Arc::clone(&store);
            tasks.push(tokio::spawn(async move {
                for number in 0..10 {
                    let id = format!("HO-{writer}-{task}-{number}");
                    store.start(&*id, share("2026-03-02", &id)).await.unwrap();
                    store.apply(&*id, accept("2026-03-03")).await.unwrap();
                    assert_eq!(store.record(&*id).unwrap().state(), Some("accepted"));
                }
                // All race for the same record: one of each kind of event wins.
                let opened = store.start("HO-race", share("2026-03-02", "race")).await.is_ok();
                store.refresh().await.unwrap();
                (opened, store.apply("HO-race", accept("2026-03-03")).await.is_ok())
            }));
        }
    }
    let mut won = (0, 0);
    for task in tasks {
        let (opened, accepted) = task.await.unwrap();
        won = (won.0 + u32::from(opened), won.1 + u32::from(accepted));
    }
    assert_eq!(won, (1, 1));
    let store = open(&storage).await;
    assert_eq!((store.len(), store.record("HO-race").unwrap().events()), (81, 2));
}

#[test]
fn what_is_due_and_what_is_overdue() {
    let desk = Store::in_memory(ChinaCalendar::published());
    desk.start("HO-1", Site::China, share("2026-03-02", "due on Thursday the 5th")).unwrap();
    desk.start("HO-2", Site::China, share("2026-03-04", "due on Monday the 9th")).unwrap();
    desk.start("HO-3", Site::China, share("2026-03-02", "accepted")).unwrap();
    desk.apply("HO-3", accept("2026-03-03")).unwrap();
    let due = |on, n| desk.due(at(on), n).items.iter().map(|due| due.record.to_string()).collect::<Vec<_>>();
    assert_eq!(due("2026-03-04", 0), [""; 0]);
    assert_eq!(due("2026-03-04", 1), ["HO-1"]);
    assert_eq!(due("2026-03-04", 3), ["HO-1", "HO-2"]);
    assert_eq!(due("2026-03-06", 1), ["HO-2"]);
    assert_eq!(desk.due(at("2026-03-04"), 3).until, day("2026-03-09"));

    assert!(desk.overdue(at("2026-03-05")).is_empty());
    let lapsed = desk.overdue(at("2026-03-06"));
    assert_eq!((lapsed.len(), lapsed[0].record.as_str(), lapsed[0].rule.id()), (1, "HO-1", "opportunity.16"));

    let changed = desk.record_expiries(at("2026-03-06")).unwrap();
    assert_eq!(
        changed.iter().map(|c| (c.id.as_str(), &*c.state)).collect::<Vec<_>>(),
        [("HO-1", "taken_back")]
    );
    assert!(desk.overdue(at("2026-03-06")).is_empty());
    let last = desk.record("HO-1").unwrap().view::<Ho>().unwrap().history().last().unwrap().by.role;
    assert_eq!(last, Role::System);

    // Into a year without a schedule the list says so.
    let list = desk.due(at("2026-12-30"), 5);
    assert_eq!((list.uncovered_year, list.until), (Some(2027), day("2027-01-06")));
    desk.start("HO-4", Site::China, share("2026-12-30", "x")).unwrap();
    assert_eq!(desk.due(at("2026-12-30"), 5).items[0].uncovered_year, Some(2027));
    assert!(
        desk.record_expiries(at("2027-02-01")).unwrap().iter().all(|changed| changed.id.as_str() != "HO-4")
    );
}

#[test]
fn events_come_as_json_lines_alone_or_together() {
    let desk = Store::in_memory(ChinaCalendar::published());
    let line = |text: &str| EventLine::read(text).unwrap();
    let opened = r#"{"id":"HO-1","kind":"ho","site":"international","at":"2026-03-02T02:00:00Z","by":{"role":"system"},"event":{"share":{"customer":{"company":"Blue Harbour"},"name":"Data lake"}}}"#;
    let accepted = r#"{"id":"HO-1","at":"2026-03-03T10:00:00+08:00","by":{"role":"partner_administrator","name":"Li Lei"},"event":{"accept":{}}}"#;
    let responses = desk.apply_lines(&[line(accepted), line(opened), line(accepted), line(accepted)]);
    assert!(matches!(&responses[0], Err(StoreError::KindNeeded(id)) if id.as_str() == "HO-1"));
    assert_eq!(responses[1].as_ref().unwrap().state, "to_be_accepted");
    assert_eq!(responses[2].as_ref().unwrap().state, "accepted");
    assert!(matches!(&responses[3], Err(StoreError::Refused(refused)) if refused.is_outside_table()));
    assert_eq!(desk.record("HO-1").unwrap().site(), Site::International);

    let wrong = [
        (r#""kind":"po","#, r#""progress""#, "HO-1 is a record of kind ho, not po"),
        ("", r#""dance""#, "HO-1: no event of kind ho: unknown variant `dance`"),
        ("", r#"{"progress":{"details":7}}"#, "HO-1: no event of kind ho: invalid type: integer `7`"),
    ];
    for (kind, event, message) in wrong {
        let text = format!(
            r#"{{"id":"HO-1",{kind}"at":"2026-03-04T02:00:00Z","by":{{"role":"partner_administrator"}},"event":{event}}}"#
        );
        let error = desk.apply_line(&line(&text)).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
    let unknown = opened.replace("\"ho\"", "\"horse\"").replace("HO-1", "X-1");
    assert!(
        matches!(desk.apply_line(&line(&unknown)), Err(StoreError::UnknownKind(kind)) if kind == "horse")
    );
}

#[test]
fn wrong_numbers_and_wrong_kinds_are_distinguished() {
    let desk = Store::in_memory(Weekends);
    assert!(matches!(desk.apply("HO-1", accept("2026-03-03")), Err(StoreError::NotFound(_))));
    desk.start("HO-1", Site::China, share("2026-03-02", "x")).unwrap();
    let again = desk.start("HO-1", Site::China, share("2026-03-02", "x"));
    assert!(matches!(again, Err(StoreError::AlreadyThere(_))));
    let quota = desk.apply(
        "HO-1",
        step("2026-03-03", Role::System, QuotaEvent::Change(QuotaChange { amount: 1.into() })),
    );
    assert!(matches!(quota, Err(StoreError::WrongKind { kind: "ho", .. })));
    assert!(matches!(desk.missing("HO-9"), Err(StoreError::NotFound(_))));
    // A refused opening leaves no record behind.
    assert!(desk.start("HO-2", Site::Europe, share("2026-03-02", "x")).is_err());
    assert!(desk.record("HO-2").is_none());
}

#[test]
fn no_event_is_earlier_than_the_one_before() {
    let desk = Store::in_memory(Weekends);
    desk.start("HO-1", Site::China, share("2026-03-02", "x")).unwrap();
    let error = desk.apply("HO-1", accept("2026-03-01")).unwrap_err();
    assert!(matches!(error, StoreError::Refused(refused) if refused.violates("workflow.2")));
}

#[test]
fn a_written_record_cannot_claim_a_state_that_its_history_does_not_have() {
    let json = r#"{"kind":"ho","id":"HO-1","site":"china","state":"delivered","history":[
        {"at":"2026-03-02T02:00:00Z","by":{"role":"system"},"event":{"share":{"name":"x"}}}]}"#;
    let record: Record<Ho> = serde_json::from_str(json).unwrap();
    assert!(record.is(HoState::ToBeAccepted));
    let skipped = json.replace(r#"{"share":{"name":"x"}}"#, r#""deliver""#);
    let error = serde_json::from_str::<Record<Ho>>(&skipped).unwrap_err().to_string();
    assert!(error.starts_with("HO-1: event 1 (deliver) does not follow from state none"), "{error}");
    assert!(serde_json::from_str::<Record<Po>>(json).is_err());
}

#[test]
fn persons_are_masked_in_debug_and_refusals() {
    let desk = Store::in_memory(Weekends);
    desk.start("HO-1", Site::China, share("2026-03-02", "x")).unwrap();
    let record = desk.record("HO-1").unwrap();
    let text = format!("{record:?} {desk:?}");
    assert!(!text.contains("Li Lei") && !text.contains("Blue Harbour"), "{text}");
    let steps = record.steps_json(0).unwrap();
    let new = NewEvents {
        kind: "ho".to_owned(),
        id: "HO-1".into(),
        site: Site::China,
        expected_version: 0,
        events: steps,
    };
    assert!(!format!("{new:?} {:?}", run(desk.changes(0, 9))).contains("Harbour"));
}

/// The shipped sample goes as its comments say.
#[test]
fn the_sample_tells_its_story() {
    let desk = Store::in_memory(ChinaCalendar::published());
    let mut refusals = Vec::new();
    let lines = include_str!("../../examples/records_sample.jsonl").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let event = EventLine::read(line).unwrap();
        match desk.apply_line(&event) {
            Ok(_) => {}
            Err(StoreError::Refused(refused)) => {
                let mut rules: Vec<_> =
                    refused.violations.iter().map(|broken| broken.rule.id().to_owned()).collect();
                rules.sort();
                rules.dedup();
                refusals.push(format!("{} {}: {}", refused.id, refused.event, rules.join(" ")));
            }
            Err(other) => panic!("{line}: {other}"),
        }
    }
    let wanted = [
        "HO-2 accept: opportunity.16",
        "PO-1 submit: opportunity.2 opportunity.3 opportunity.4 opportunity.5 opportunity.6",
        "PO-2 verify: opportunity.8",
        "A-2 submit: mdf.20 mdf.3",
        "A-1 claim: mdf.11 mdf.16 mdf.22",
    ];
    assert_eq!(refusals, wanted);
    let due: Vec<_> =
        desk.due(at("2026-06-30"), 10).items.into_iter().map(|due| due.record.to_string()).collect();
    assert_eq!(due, ["HO-3", "A-3", "PO-3"]);
    let money = &desk.mdf_quotas()[0];
    assert_eq!([money.paid, money.free], [87_500, 5_500].map(Into::into));
}
