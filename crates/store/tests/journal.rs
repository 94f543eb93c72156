//! The same contract for every journal: in memory, on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::{path::PathBuf, sync::Arc};

use huaweicloud_partner::{
    journal::{
        Attempt, AttemptState, Begin, Begun, DecidedBy, Evidence, Journal, JournalErrorKind, Learned,
        LegChange, LegState, MemoryJournal, OwnerState, QueryScope, RecordScope, Settlement, Settling,
        StoredAttempt,
    },
    types::UtcTime,
};
use huaweicloud_partner_store::journal::SqliteJournal;

fn attempt(id: &str, targets: &[&str], memo: Option<&str>) -> Attempt {
    let legs: Vec<_> = targets
        .iter()
        .map(|target| serde_json::json!({"target": target, "kind": "K", "amount": "100", "target_in_record": true}))
        .collect();
    let value = serde_json::json!({
        "format": 1, "request_id": id, "operation": "bss.X", "arguments": "{}", "digest": "d",
        "book": {"site": "china", "account": "d1"}, "idempotency": "none", "key": null, "memo": memo,
        "memo_unique": memo.is_some(), "query": "bss.Q", "by_state": false, "legs": legs, "made_after": null,
    });
    serde_json::from_value(value).unwrap()
}

fn time(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn begin(attempt: Attempt) -> Begin {
    let at = time("2026-05-01T08:00:00Z");
    Begin::new(attempt, at, at, at)
}

async fn opened(journal: &dyn Journal, begin: &Begin) -> StoredAttempt {
    match journal.begin(begin).await.unwrap() {
        Begun::Open(stored) => *stored,
        other => panic!("{other:?}"),
    }
}

async fn settled(journal: &dyn Journal, settlement: &Settlement) -> StoredAttempt {
    match journal.settle(settlement).await.unwrap() {
        Settling::Done(stored) => *stored,
        other => panic!("{other:?}"),
    }
}

/// Checks the contract of journals on two handles of one empty store.
async fn contract(one: Arc<dyn Journal>, two: Arc<dyn Journal>) {
    // Begin, and what is stored can be read by the other.
    let stored = opened(&*one, &begin(attempt("a", &["r1"], None))).await;
    assert_eq!((stored.version, stored.send_no, stored.state), (1, 1, AttemptState::Open));
    assert_eq!(two.load("a").await.unwrap().as_ref(), Some(&stored));
    assert!(matches!(two.begin(&begin(attempt("a", &["r1"], None))).await.unwrap(), Begun::Changed(Some(_))));

    // Gates: the same footprint is blocked, another is not, and a batch takes all gates or none.
    assert!(
        matches!(two.begin(&begin(attempt("b", &["r1"], None))).await.unwrap(), Begun::Blocked { by } if by == "a")
    );
    assert!(matches!(
        two.begin(&begin(attempt("b", &["r2", "R1 "], None))).await.unwrap(),
        Begun::Blocked { .. }
    ));
    assert!(two.load("b").await.unwrap().is_none(), "nothing of a blocked begin stays");
    opened(&*two, &begin(attempt("c", &["r2"], None))).await;
    // A gate with a memo and one without exclude each other.
    let with_memo = |id: &str, memo: &str| {
        let mut begin = begin(attempt(id, &["r3"], Some(memo)));
        begin.gate_by_memo = true;
        begin
    };
    let m1 = opened(&*one, &with_memo("m1", "x")).await;
    opened(&*two, &with_memo("m2", "y")).await;
    assert!(matches!(two.begin(&with_memo("m3", "x")).await.unwrap(), Begun::Blocked { by } if by == "m1"));
    assert!(matches!(two.begin(&begin(attempt("m4", &["r3"], None))).await.unwrap(), Begun::Blocked { .. }));
    settled(&*one, &Settlement::of("m1", Some(m1.version), vec![LegChange::new(0, LegState::Ready)])).await;
    opened(&*two, &with_memo("m3", "x")).await;

    // Open attempts, page by page.
    let ids = |page: Vec<StoredAttempt>| page.into_iter().map(|it| it.attempt.request_id).collect::<Vec<_>>();
    assert_eq!(ids(one.open_attempts(None, 2).await.unwrap()), ["a", "c"]);
    assert_eq!(ids(one.open_attempts(Some("c"), 9).await.unwrap()), ["m2", "m3"]);

    // Compare and set: an old version changes nothing, a success by response counts all the same.
    let taken = two.take_over("a", stored.version).await.unwrap().unwrap();
    assert_eq!((taken.version, &taken.owner), (2, &two.owner()));
    assert!(two.take_over("a", stored.version).await.unwrap().is_none());
    let absent = vec![LegChange::not_executed(0, None)];
    let stale = Settlement::of("a", Some(stored.version), absent);
    assert!(matches!(one.settle(&stale).await.unwrap(), Settling::Changed(Some(_))));
    let mut success = Settlement::of("a", None, vec![LegChange::executed(0, "R1", DecidedBy::Response)]);
    success.evidence = Some(Evidence::new("a", 1, "status 200"));
    let done = settled(&*one, &success).await;
    assert_eq!((done.state, done.legs[0].record.as_deref()), (AttemptState::Executed, Some("R1")));
    assert_eq!(two.evidence("a").await.unwrap()[0].what, "status 200");
    let scope = RecordScope::of(&done.attempt, 0);
    assert_eq!(two.attributions(&scope, &["R0".into(), "R1".into()]).await.unwrap().len(), 1);
    assert_eq!(two.known_record(&scope).await.unwrap().unwrap().request_id, "a");

    // The gate is free again; a record belongs to one attempt; a response takes it from a look-up.
    let b = opened(&*two, &begin(attempt("b", &["r1"], None))).await;
    let claim = |record: &str, by| vec![LegChange::executed(0, record, by)];
    let clash =
        two.settle(&Settlement::of("b", Some(b.version), claim("R1", DecidedBy::Match))).await.unwrap();
    assert!(matches!(clash, Settling::RecordTaken { by, .. } if by == "a"));
    let mut free = Settlement::of("b", Some(b.version), vec![LegChange::not_executed(0, None)]);
    free.must_be_free = vec![(0, "R1".into())];
    assert!(matches!(two.settle(&free).await.unwrap(), Settling::RecordTaken { .. }));
    settled(&*two, &Settlement::of("b", Some(b.version), claim("R2", DecidedBy::Match))).await;
    let d = opened(&*one, &begin(attempt("d", &["r1"], None))).await;
    settled(&*one, &Settlement::of("d", Some(d.version), claim("R2", DecidedBy::Response))).await;
    let loser = one.load("b").await.unwrap().unwrap();
    assert_eq!((loser.state, loser.version), (AttemptState::Open, 3), "it is resolved again");
    assert!(
        matches!(one.begin(&begin(attempt("e", &["r1"], None))).await.unwrap(), Begun::Blocked { by } if by == "b")
    );

    // Undecided opens the gate, but the next has to look first.
    let mut undecided = LegChange::new(0, LegState::Undecided);
    undecided.candidates = vec!["R9".into()];
    settled(&*one, &Settlement::of("b", Some(loser.version), vec![undecided])).await;
    let next = begin(attempt("e", &["r1"], None));
    let Begun::LookUpFirst { undecided } = one.begin(&next).await.unwrap() else { panic!("not looked up") };
    assert_eq!(undecided.get(&0), Some(&1));
    let mut informed = next;
    informed.undecided_seen = undecided;
    informed.ignored = [(0, vec!["R9".into()])].into();
    let e = opened(&*one, &informed).await;
    assert_eq!(e.legs[0].ignored, ["R9"]);
    let rivals = one.rivals(&e.footprint(0).unwrap(), "e").await.unwrap();
    assert_eq!((rivals.len(), rivals[0].request_id.as_str()), (1, "b"));
    assert_eq!(rivals[0].candidates, ["R9"]);

    // A second send keeps the window of the first.
    settled(&*one, &Settlement::of("e", Some(e.version), vec![LegChange::not_executed(0, None)])).await;
    let later = time("2026-05-01T09:00:00Z");
    let mut again = Begin::new(attempt("e", &["r1"], None), later, later, later);
    again.expected = Some(e.version + 1);
    again.undecided_seen = informed.undecided_seen.clone();
    let again = opened(&*one, &again).await;
    assert_eq!((again.send_no, again.window_begin, again.signed_at), (2, e.window_begin, later));
    assert_eq!(again.legs[0].ignored, ["R9"]);

    ordinary(&*one, &*two).await;

    // What was learned is merged, and owners differ.
    let query = QueryScope::of(&again.attempt);
    let mut learned = Learned::default();
    learned.sees_account = true;
    one.learn(&query, learned).await.unwrap();
    let mut learned = Learned::default();
    learned.memo_echo = true;
    (learned.record_delay_ms, learned.clock_skew_ms) = (2000, 30);
    two.learn(&query, learned).await.unwrap();
    learned.record_delay_ms = 1000;
    two.learn(&query, learned).await.unwrap();
    let known = one.learned(&query).await.unwrap();
    assert!(known.sees_account && known.memo_echo);
    assert_eq!((known.record_delay_ms, known.clock_skew_ms), (2000, 30), "the largest stays");
    two.heartbeat().await.unwrap();
    assert_eq!(one.owner_state(&one.owner()).await.unwrap(), OwnerState::Own);
    assert_eq!(one.owner_state(&two.owner()).await.unwrap(), OwnerState::Unknown { beat: 1 });
}

/// Ordinary writes: opened by a handle, and settled by the same one with what the response says.
async fn ordinary(one: &dyn Journal, two: &dyn Journal) {
    let claim = |record: &str| vec![LegChange::executed(0, record, DecidedBy::Response)];
    let respond = |stored: &StoredAttempt, changes| {
        let mut settlement = Settlement::of(&stored.attempt.request_id, Some(stored.version), changes);
        settlement.evidence = Some(Evidence::new(&stored.attempt.request_id, stored.send_no, "status 200"));
        settlement
    };
    for (id, record) in [("o1", "R10"), ("o2", "R11"), ("o3", "R12")] {
        let open = opened(one, &begin(attempt(id, &["r9"], None))).await;
        let blocked = two.begin(&begin(attempt("other", &["r9"], None))).await.unwrap();
        assert!(matches!(blocked, Begun::Blocked { by } if by == id));
        let done = settled(one, &respond(&open, claim(record))).await;
        assert_eq!((done.version, done.state), (2, AttemptState::Executed));
        assert_eq!(two.load(id).await.unwrap(), Some(done.clone()));
        assert_eq!(two.evidence(id).await.unwrap().len(), 1);
        let known = two.attributions(&RecordScope::of(&done.attempt, 0), &[record.into()]).await.unwrap();
        assert_eq!((known.len(), known[0].request_id.as_str(), known[0].by), (1, id, DecidedBy::Response));
        assert!(two.rivals(&done.footprint(0).unwrap(), "other").await.unwrap().is_empty());
    }
    // A record that belongs to another attempt changes nothing, and the attempt can still be settled.
    let open = opened(one, &begin(attempt("o4", &["r9"], None))).await;
    let clash = one.settle(&respond(&open, claim("R11"))).await.unwrap();
    assert!(matches!(clash, Settling::RecordTaken { by, .. } if by == "o2"));
    assert_eq!(two.load("o4").await.unwrap(), Some(open.clone()));
    assert!(two.evidence("o4").await.unwrap().is_empty());
    let refused = vec![LegChange::not_executed(0, Some("CBC.1".into()))];
    let done = settled(one, &respond(&open, refused)).await;
    assert_eq!((done.state, done.legs[0].code.as_deref()), (AttemptState::NotExecuted, Some("CBC.1")));
    // Another handle was faster.
    let open = opened(one, &begin(attempt("o5", &["r9"], None))).await;
    let taken = two.take_over("o5", open.version).await.unwrap().unwrap();
    let late = one.settle(&respond(&open, claim("R13"))).await.unwrap();
    assert!(matches!(late, Settling::Changed(Some(now)) if *now == taken));
    assert_eq!(settled(two, &respond(&taken, claim("R13"))).await.version, 3);
    // The same attempt again is a conflict.
    let again = one.begin(&begin(attempt("o5", &["r9"], None))).await.unwrap();
    assert!(matches!(again, Begun::Changed(Some(now)) if now.state == AttemptState::Executed));
}

struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("journal-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn the_journal_in_memory_keeps_the_contract() {
    let one = MemoryJournal::new();
    let two = one.another_process();
    contract(Arc::new(one), Arc::new(two)).await;
}

#[tokio::test]
async fn the_journal_on_sqlite_keeps_the_contract() {
    let directory = Directory::new("contract");
    let path = directory.0.join("journal.db");
    let one = SqliteJournal::open(&path).await.unwrap();
    let two = SqliteJournal::open(&path).await.unwrap();
    contract(Arc::new(one), Arc::new(two)).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_journal_on_sqlite_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = Directory::new("private");
    let journal = SqliteJournal::open(directory.0.join("journal.db")).await.unwrap();
    opened(&journal, &begin(attempt("a", &["r1"], None))).await;
    for file in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let mode = std::fs::metadata(directory.0.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}: {mode:o}");
    }
    assert!(SqliteJournal::open("/no/such/directory/journal.db").await.is_err());
}

#[tokio::test]
async fn a_journal_of_a_newer_version_is_refused_and_left_alone() {
    use sqlx::Connection as _;
    let directory = Directory::new("newer");
    let path = directory.0.join("journal.db");
    drop(SqliteJournal::open(&path).await.unwrap());
    drop(SqliteJournal::open(&path).await.unwrap());
    let mut raw = sqlx::SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    let versions = "SELECT version FROM journal_version ORDER BY version";
    let found: Vec<i64> = sqlx::query_scalar(versions).fetch_all(&mut raw).await.unwrap();
    assert_eq!(found, [1], "every migration is made once");
    sqlx::query("INSERT INTO journal_version (version) VALUES (1000)").execute(&mut raw).await.unwrap();
    let error = SqliteJournal::open(&path).await.unwrap_err();
    assert_eq!(error.kind(), JournalErrorKind::Corrupt);
    assert!(error.to_string().contains("version 1000"), "{error}");
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn the_journal_on_postgres_keeps_the_contract() {
    let Ok(url) = std::env::var("HWP_TEST_POSTGRES") else {
        eprintln!("skipped: HWP_TEST_POSTGRES names no database");
        return;
    };
    use sqlx::Connection as _;
    let name = format!("journal_{}", std::process::id());
    let mut admin = sqlx::PgConnection::connect(&url).await.unwrap();
    let create = format!("CREATE SCHEMA {name}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&mut admin).await.unwrap();
    let mark = if url.contains('?') { '&' } else { '?' };
    let scoped = format!("{url}{mark}options=-c%20search_path%3D{name}");
    let directory = Directory::new("postgres");
    use huaweicloud_partner_store::journal::PostgresJournal;
    let one = PostgresJournal::connect_with_locks(&scoped, &directory.0).await.unwrap();
    let two = PostgresJournal::connect_with_locks(&scoped, &directory.0).await.unwrap();
    contract(Arc::new(one), Arc::new(two)).await;
    // Its processes are dead and left attempts open; those of another database are not its own.
    let strange = format!("{:032x}.lock", 7);
    std::fs::write(directory.0.join(&strange), "").unwrap();
    let three = PostgresJournal::connect_with_locks(&scoped, &directory.0).await.unwrap();
    let before = locks(&directory.0);
    assert!(before.contains(&strange) && before.len() >= 3, "{before:?}");
    let mut after = String::new();
    loop {
        let open = three.open_attempts(Some(after.as_str()), 10).await.unwrap();
        let Some(last) = open.last() else { break };
        after.clone_from(&last.attempt.request_id);
        for stored in open {
            let legs = stored.legs_in(LegState::Open);
            let gone = legs.into_iter().map(|leg| LegChange::not_executed(leg, None)).collect();
            settled(&three, &Settlement::of(&stored.attempt.request_id, Some(stored.version), gone)).await;
        }
    }
    let four = PostgresJournal::connect_with_locks(&scoped, &directory.0).await.unwrap();
    let mut expected = vec![strange, format!("{}.lock", three.owner()), format!("{}.lock", four.owner())];
    expected.sort();
    assert_eq!(locks(&directory.0), expected);
    let newer = format!("INSERT INTO {name}.journal_version (version) VALUES (1000)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(newer)).execute(&mut admin).await.unwrap();
    let error = PostgresJournal::connect_with_locks(&scoped, &directory.0).await.unwrap_err();
    assert_eq!(error.kind(), JournalErrorKind::Corrupt);
    let drop = format!("DROP SCHEMA {name} CASCADE");
    sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut admin).await.unwrap();
}

#[tokio::test]
async fn what_sqlite_has_stored_is_there_after_a_restart_and_the_old_owner_is_dead() {
    let directory = Directory::new("restart");
    let path = directory.0.join("journal.db");
    let first = SqliteJournal::open(&path).await.unwrap();
    let stored = opened(&first, &begin(attempt("a", &["r1"], None))).await;
    let owner = first.owner();
    let second = SqliteJournal::open(&path).await.unwrap();
    assert!(matches!(second.owner_state(&owner).await.unwrap(), OwnerState::Unknown { .. }));
    drop(first);
    assert_eq!(second.owner_state(&owner).await.unwrap(), OwnerState::Dead);
    assert_eq!(second.open_attempts(None, 10).await.unwrap(), [stored]);
}

/// The names of the lock files in a directory.
fn locks(directory: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn lock_files_of_dead_processes_are_removed_once_nothing_of_theirs_is_open() {
    let directory = Directory::new("locks");
    let path = directory.0.join("journal.db");
    let owners = directory.0.join("journal.db.owners");
    for _ in 0..5 {
        let journal = SqliteJournal::open(&path).await.unwrap();
        journal.heartbeat().await.unwrap();
        assert_eq!(locks(&owners), [format!("{}.lock", journal.owner())]);
    }
    // One that dies with an open attempt stays provable, and one that lives stays.
    let dies = SqliteJournal::open(&path).await.unwrap();
    let dead = dies.owner();
    let stored = opened(&dies, &begin(attempt("a", &["r1"], None))).await;
    drop(dies);
    let lives = SqliteJournal::open(&path).await.unwrap();
    let third = SqliteJournal::open(&path).await.unwrap();
    assert_eq!(locks(&owners).len(), 3);
    assert_eq!(third.owner_state(&dead).await.unwrap(), OwnerState::Dead);
    let done = vec![LegChange::executed(0, "R1", DecidedBy::Match)];
    settled(&third, &Settlement::of("a", Some(stored.version), done)).await;
    drop(third);
    let fourth = SqliteJournal::open(&path).await.unwrap();
    let mut expected = [&lives, &fourth].map(|journal| format!("{}.lock", journal.owner()));
    expected.sort();
    assert_eq!(locks(&owners), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_begin_equal_writes_at_once_one_gets_through() {
    let directory = Directory::new("race");
    let path = directory.0.join("journal.db");
    let mut tasks = Vec::new();
    for number in 0..8 {
        let journal = SqliteJournal::open(&path).await.unwrap();
        tasks.push(tokio::spawn(async move {
            let begun = journal.begin(&begin(attempt(&format!("a{number}"), &["r1"], None))).await.unwrap();
            (matches!(begun, Begun::Open(_)), journal)
        }));
    }
    let mut open = 0;
    let mut journals = Vec::new();
    for task in tasks {
        let (opened, journal) = task.await.unwrap();
        open += usize::from(opened);
        journals.push(journal);
    }
    assert_eq!(open, 1);
}

/// Story 11 with real processes: this program again, which opens the journal, begins an attempt and stands still.
#[cfg(unix)]
#[tokio::test]
#[ignore = "the other process of the test below"]
async fn a_process_that_holds_its_lock() {
    let Ok(path) = std::env::var("HWP_TEST_HELD_JOURNAL") else { return };
    let journal = SqliteJournal::open(path).await.unwrap();
    opened(&journal, &begin(attempt("held", &["r1"], None))).await;
    println!("open");
    loop {
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn story_11_a_stopped_process_keeps_its_lock_and_a_killed_one_loses_it() {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.db");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_process_that_holds_its_lock", "--ignored", "--nocapture"])
        .env("HWP_TEST_HELD_JOURNAL", &path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains("open")), "the other process has begun");
    let signal = |name: &str| {
        let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    };
    let journal = SqliteJournal::open(&path).await.unwrap();
    let held = journal.load("held").await.unwrap().unwrap();
    signal("-STOP");
    let stopped = journal.owner_state(&held.owner).await.unwrap();
    signal("-KILL");
    child.wait().unwrap();
    let killed = journal.owner_state(&held.owner).await.unwrap();
    assert!(matches!(stopped, OwnerState::Unknown { .. }), "{stopped:?}");
    assert_eq!(killed, OwnerState::Dead);
    assert!(journal.take_over("held", held.version).await.unwrap().is_some());
}
