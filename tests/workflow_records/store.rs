//! The desk and its storages: durability, concurrency, answers.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use crate::common::*;
use huaweicloud_partner::{mdf::*, opportunities::*, workflow::*};

/// A directory of its own for a test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("huaweicloud-partner-desk-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path) -> Result<RecordStore, StoreError> {
    RecordStore::open(FileStorage::open(path)?, ChinaCalendar::published())
}

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

fn state_of(desk: &RecordStore) -> Vec<String> {
    desk.records().iter().map(|record| record.to_json().unwrap().get().to_owned()).collect()
}

/// Applies a few events and notes the length of the file and the records after each one that was acknowledged.
fn acknowledged(path: &Path) -> Vec<(u64, Vec<String>)> {
    let desk = open(path).unwrap();
    let mut points = vec![(fs::metadata(path).unwrap().len(), Vec::new())];
    let mut note = |desk: &RecordStore| points.push((fs::metadata(path).unwrap().len(), state_of(desk)));
    desk.start("Q-1", Site::China, grant("100000")).unwrap();
    note(&desk);
    desk.start("HO-1", Site::China, share("2026-03-02", "Data lake")).unwrap();
    note(&desk);
    desk.apply("HO-1", accept("2026-03-03")).unwrap();
    note(&desk);
    desk.start("HO-2", Site::International, share("2026-03-03", "数据湖")).unwrap();
    note(&desk);
    desk.apply("HO-1", progress("2026-03-04")).unwrap();
    note(&desk);
    points
}

#[test]
fn a_crash_at_any_byte_loses_no_acknowledged_event() {
    let scratch = Scratch::new();
    let whole = scratch.file("whole.desk");
    let points = acknowledged(&whole);
    let bytes = fs::read(&whole).unwrap();
    assert_eq!(points.last().unwrap().0, bytes.len() as u64);

    let cut = scratch.file("cut.desk");
    for length in 0..=bytes.len() {
        fs::write(&cut, &bytes[..length]).unwrap();
        let kept = points.iter().rev().find(|(end, _)| *end <= length as u64);
        let wanted = kept.map(|(_, state)| state.clone()).unwrap_or_default();
        let storage = FileStorage::open(&cut).unwrap();
        storage.load(&mut |_| ControlFlow::Continue(())).unwrap();
        let torn = storage.torn_tail().map_or(0, |torn| torn.bytes.len());
        let end = kept.map_or(length, |(end, _)| *end as usize);
        assert_eq!(torn, length - end, "cut at {length}");

        let desk = RecordStore::open(storage, ChinaCalendar::published()).unwrap();
        assert_eq!(state_of(&desk), wanted, "cut at {length}");
        // It goes on from there, and the next opening finds everything.
        desk.start("HO-9", Site::China, share("2026-03-05", "Backup")).unwrap();
        let after = state_of(&desk);
        drop(desk);
        assert_eq!(state_of(&open(&cut).unwrap()), after, "cut at {length}");
    }
}

#[test]
fn garbage_instead_of_the_last_event_is_cut_off_and_kept_for_inspection() {
    let scratch = Scratch::new();
    let path = scratch.file("desk");
    let points = acknowledged(&path);
    let mut bytes = fs::read(&path).unwrap();
    let end = points[points.len() - 2].0 as usize;
    for byte in &mut bytes[end + 5..] {
        *byte = 0;
    }
    fs::write(&path, &bytes).unwrap();
    let storage = FileStorage::open(&path).unwrap();
    let desk = RecordStore::open(storage, Weekends).unwrap();
    assert_eq!(state_of(&desk), points[points.len() - 2].1);
    assert_eq!(fs::metadata(&path).unwrap().len(), end as u64);
}

#[test]
fn damage_that_no_crash_does_is_an_error_and_changes_nothing() {
    let scratch = Scratch::new();
    let path = scratch.file("desk");
    let points = acknowledged(&path);
    let good = fs::read(&path).unwrap();
    // A flipped bit anywhere in an event; but for the last byte, without which the event looks cut off.
    for position in (points[0].0 as usize..good.len() - 1).step_by(7).chain([good.len() - 2]) {
        let mut bytes = good.clone();
        bytes[position] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let error = open(&path).unwrap_err();
        assert!(
            matches!(&error, StoreError::Storage(error) if matches!(**error, StorageError::Damaged { .. })),
            "{position}: {error}"
        );
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn foreign_and_newer_files_are_refused_and_left_alone() {
    let scratch = Scratch::new();
    let path = scratch.file("desk");
    for (content, message) in [
        ("id,name\n1,Li Lei\n", "not a file of a desk"),
        ("huaweicloud-partner desk\n", "not a file of a desk"),
        ("huaweicloud-partner desk 0\n", "not a file of a desk"),
        ("huaweicloud-partner desk 1 \n", "not a file of a desk"),
        (
            "huaweicloud-partner desk 2\nwhatever\n",
            "the file has format 2, this version reads up to format 1",
        ),
        ("\u{0}\u{1}\u{2}", "not a file of a desk"),
    ] {
        fs::write(&path, content).unwrap();
        let error = open(&path).unwrap_err().to_string();
        assert!(error.starts_with(message), "{content:?}: {error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    assert!(open(&scratch.file("no/such/directory")).is_err());
}

#[test]
fn an_unknown_kind_of_record_is_not_dropped_silently() {
    let scratch = Scratch::new();
    let path = scratch.file("desk");
    acknowledged(&path);
    let few = Catalogue::none().with::<Ho>();
    let error = RecordStore::open_with(few, FileStorage::open(&path).unwrap(), Weekends).unwrap_err();
    assert!(matches!(error, StoreError::UnknownKind(kind) if kind == "mdf_quota"));
}

#[test]
fn compaction_keeps_everything_in_fewer_lines() {
    let scratch = Scratch::new();
    let path = scratch.file("desk");
    let desk = open(&path).unwrap();
    desk.start("HO-1", Site::China, share("2026-03-02", "Data lake")).unwrap();
    desk.apply("HO-1", accept("2026-03-03")).unwrap();
    for _ in 0..50 {
        desk.apply("HO-1", progress("2026-03-04")).unwrap();
    }
    let (before, length) = (state_of(&desk), fs::metadata(&path).unwrap().len());
    desk.compact().unwrap();
    assert!(fs::metadata(&path).unwrap().len() < length);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
    // Both the open desk and a new one go on with the new file.
    desk.apply("HO-1", progress("2026-03-05")).unwrap();
    let after = state_of(&desk);
    assert_ne!(before, after);
    drop(desk);
    assert_eq!(state_of(&open(&path).unwrap()), after);
    assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 1);

    // What a compaction left behind that died before the new file was in place does no harm.
    fs::write(scratch.file("desk.new"), "half").unwrap();
    let desk = open(&path).unwrap();
    assert_eq!(state_of(&desk), after);
    desk.compact().unwrap();
    assert_eq!(state_of(&open(&path).unwrap()), after);
}

#[test]
fn a_second_writer_is_noticed() {
    let scratch = Scratch::new();
    let path = scratch.file("desk");
    let (one, two) = (open(&path).unwrap(), open(&path).unwrap());
    one.start("HO-1", Site::China, share("2026-03-02", "Data lake")).unwrap();
    let error = two.start("HO-2", Site::China, share("2026-03-02", "Data lake")).unwrap_err();
    assert!(error.to_string().contains("changed from elsewhere"), "{error}");
    assert!(two.compact().is_err());
    assert!(two.is_empty());
    assert_eq!(open(&path).unwrap().len(), 1);
}

/// A storage that can be told to fail.
#[derive(Default)]
struct Failing {
    inner: MemoryStorage,
    fails: Arc<AtomicBool>,
}

impl Storage for Failing {
    fn load(&self, each: &mut dyn FnMut(Line) -> ControlFlow<()>) -> Result<(), StorageError> {
        self.inner.load(each)
    }

    fn append(&self, lines: &[Line]) -> Result<(), StorageError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(std::io::Error::other("disk full").into());
        }
        self.inner.append(lines)
    }

    fn replace(&self, lines: &mut dyn Iterator<Item = Line>) -> Result<(), StorageError> {
        self.inner.replace(lines)
    }
}

#[test]
fn an_event_that_was_not_kept_did_not_happen() {
    let storage = Failing::default();
    let fails = Arc::clone(&storage.fails);
    let desk = RecordStore::open(storage, Weekends).unwrap();
    desk.start("HO-1", Site::China, share("2026-03-02", "Data lake")).unwrap();
    fails.store(true, Ordering::Relaxed);
    assert!(matches!(desk.apply("HO-1", accept("2026-03-03")), Err(StoreError::Storage(_))));
    assert_eq!(desk.record("HO-1").unwrap().state(), Some("to_be_accepted"));
    fails.store(false, Ordering::Relaxed);
    desk.apply("HO-1", accept("2026-03-03")).unwrap();
}

#[test]
fn many_threads_apply_and_ask_at_once() {
    let scratch = Scratch::new();
    let path = scratch.file("desk");
    let desk = open(&path).unwrap();
    desk.start("Q-1", Site::China, grant("100000")).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let desk = &desk;
            scope.spawn(move || {
                for number in 0..10 {
                    let id = format!("HO-{thread}-{number}");
                    desk.start(&*id, Site::China, share("2026-03-02", &id)).unwrap();
                    desk.apply(&*id, accept("2026-03-03")).unwrap();
                    let _ = desk.due(at("2026-03-02"), 5);
                    assert_eq!(desk.record(&*id).unwrap().state(), Some("accepted"));
                }
                // All race for the same record: one wins.
                let _ = desk.start("HO-race", Site::China, share("2026-03-02", "race"));
                desk.apply("HO-race", accept("2026-03-03")).is_ok()
            });
        }
    });
    assert_eq!(desk.record("HO-race").unwrap().events(), 2);
    let state = state_of(&desk);
    assert_eq!(state.len(), 82);
    drop(desk);
    assert_eq!(state_of(&open(&path).unwrap()), state);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_share_a_desk() {
    let desk = Arc::new(RecordStore::in_memory(ChinaCalendar::published()));
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move {
                desk.start(format!("HO-{number}"), Site::China, share("2026-03-02", "x")).unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(desk.len(), 20);
}

#[test]
fn what_is_due_and_what_has_lapsed() {
    let desk = RecordStore::in_memory(ChinaCalendar::published());
    desk.start("HO-1", Site::China, share("2026-03-02", "due on Thursday the 5th")).unwrap();
    desk.start("HO-2", Site::China, share("2026-03-04", "due on Monday the 9th")).unwrap();
    desk.start("HO-3", Site::China, share("2026-03-02", "accepted")).unwrap();
    desk.apply("HO-3", accept("2026-03-03")).unwrap();
    let due = |on, n| desk.due(at(on), n).items.iter().map(|due| due.id.to_string()).collect::<Vec<_>>();
    assert_eq!(due("2026-03-04", 0), [""; 0]);
    assert_eq!(due("2026-03-04", 1), ["HO-1"]);
    assert_eq!(due("2026-03-04", 3), ["HO-1", "HO-2"]);
    assert_eq!(due("2026-03-06", 1), ["HO-2"]);
    assert_eq!(desk.due(at("2026-03-04"), 3).until, day("2026-03-09"));

    assert!(desk.lapsed(at("2026-03-05")).is_empty());
    let lapsed = desk.lapsed(at("2026-03-06"));
    assert_eq!(
        (lapsed.len(), lapsed[0].id.as_str(), lapsed[0].deadline.rule.id()),
        (1, "HO-1", "opportunity.16")
    );

    let changed = desk.record_expiries(at("2026-03-06")).unwrap();
    assert_eq!(
        changed.iter().map(|c| (c.id.as_str(), &*c.state)).collect::<Vec<_>>(),
        [("HO-1", "taken_back")]
    );
    assert!(desk.lapsed(at("2026-03-06")).is_empty());
    let last = desk.record("HO-1").unwrap().view::<Ho>().unwrap().history().last().unwrap().by.role;
    assert_eq!(last, Role::System);

    // Into a year without a schedule the list says so.
    let list = desk.due(at("2026-12-30"), 5);
    assert_eq!((list.uncovered_year, list.until), (Some(2027), day("2027-01-06")));
    desk.start("HO-4", Site::China, share("2026-12-30", "x")).unwrap();
    assert_eq!(desk.due(at("2026-12-30"), 5).items[0].deadline.uncovered_year, Some(2027));
    assert!(
        desk.record_expiries(at("2027-02-01")).unwrap().iter().all(|changed| changed.id.as_str() != "HO-4")
    );
}

#[test]
fn events_come_as_json_lines_alone_or_together() {
    let desk = RecordStore::in_memory(ChinaCalendar::published());
    let line = |text: &str| EventLine::read(text).unwrap();
    let opened = r#"{"id":"HO-1","kind":"ho","site":"international","at":"2026-03-02T02:00:00Z","by":{"role":"system"},"event":{"share":{"customer":{"company":"Blue Harbour"},"name":"Data lake"}}}"#;
    let accepted = r#"{"id":"HO-1","at":"2026-03-03T10:00:00+08:00","by":{"role":"partner_administrator","name":"Li Lei"},"event":{"accept":{}}}"#;
    let answers = desk.apply_lines(&[line(accepted), line(opened), line(accepted), line(accepted)]);
    assert!(matches!(&answers[0], Err(StoreError::KindNeeded(id)) if id.as_str() == "HO-1"));
    assert_eq!(answers[1].as_ref().unwrap().state, "to_be_accepted");
    assert_eq!(answers[2].as_ref().unwrap().state, "accepted");
    assert!(matches!(&answers[3], Err(StoreError::Refused(refused)) if refused.is_outside_table()));
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
fn wrong_numbers_and_kinds_are_told_apart() {
    let desk = RecordStore::in_memory(Weekends);
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
fn nobody_steps_back_in_time() {
    let desk = RecordStore::in_memory(Weekends);
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
    let desk = RecordStore::in_memory(Weekends);
    desk.start("HO-1", Site::China, share("2026-03-02", "x")).unwrap();
    let record = desk.record("HO-1").unwrap();
    let text = format!("{record:?} {desk:?}");
    assert!(!text.contains("Li Lei") && !text.contains("Blue Harbour"), "{text}");
    let steps = record.steps_json(0).unwrap();
    let line = Line { kind: "ho".to_owned(), id: "HO-1".into(), site: Site::China, steps };
    assert!(!format!("{line:?}").contains("Harbour"));
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let path = scratch.file("desk");
    let desk = open(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    desk.compact().unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// The shipped sample goes as its comments say.
#[test]
fn the_sample_tells_its_story() {
    let desk = RecordStore::in_memory(ChinaCalendar::published());
    let mut refusals = Vec::new();
    let lines = include_str!("../../examples/desk_sample.jsonl").lines();
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
        desk.due(at("2026-06-30"), 10).items.into_iter().map(|due| due.id.to_string()).collect();
    assert_eq!(due, ["HO-3", "A-3", "PO-3"]);
    let money = &desk.mdf_quotas()[0];
    assert_eq!([money.paid, money.free], [87_500, 5_500].map(Into::into));
}
