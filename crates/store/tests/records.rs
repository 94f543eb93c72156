//! Every storage of workflow records keeps the same promises: in memory, on SQLite and on PostgreSQL.
//!
//! The tests on PostgreSQL run where `HWP_TEST_POSTGRES` names a database (see `.ci/services`); without it they say so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests
#![cfg(feature = "sqlite")]

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use huaweicloud_partner::{opportunities::*, types::Site, workflow::*};
use huaweicloud_partner_store::records::SqliteRecords;
use serde_json::value::RawValue;

/// A path of its own for a test's database, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("hwp-records-{}-{number}.db", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

fn event(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn new_events(id: &str, expected_version: u64, events: &[&str]) -> NewEvents {
    NewEvents {
        kind: "ho".to_owned(),
        id: id.into(),
        site: Site::International,
        expected_version,
        events: events.iter().map(|text| event(text)).collect(),
    }
}

/// Checks the contract of storages.
async fn conforms(storage: &dyn RecordStorage) {
    assert!(storage.changes(0, 10).await.unwrap().is_empty());
    let text = r#"{"amount":800000.000000000000000001,"name":"引号 \" \u0000"}"#;
    assert_eq!(
        storage.append(0, &[new_events("A", 0, &[text, "2"]), new_events("B", 0, &["3"])]).await.unwrap(),
        3
    );
    let feed = storage.changes(0, 10).await.unwrap();
    let seen: Vec<_> =
        feed.iter().map(|one| (one.position, one.id.as_str(), one.version, one.event.get())).collect();
    assert_eq!(seen, [(1, "A", 1, text), (2, "A", 2, "2"), (3, "B", 1, "3")]);
    assert!(feed.iter().all(|one| one.kind == "ho" && one.site == Site::International));
    assert_eq!(storage.changes(1, 1).await.unwrap()[0].position, 2);
    assert!(storage.changes(3, 10).await.unwrap().is_empty());

    // Another version of a record, and another position, are conflicts that store nothing.
    let conflict =
        storage.append(3, &[new_events("B", 1, &["4"]), new_events("A", 1, &["5"])]).await.unwrap_err();
    assert!(
        matches!(&conflict, StorageError::Conflict { id, expected: 1, found: 2 } if id.as_str() == "A"),
        "{conflict}"
    );
    let behind = storage.append(2, &[new_events("B", 1, &["4"])]).await.unwrap_err();
    assert!(matches!(behind, StorageError::Behind { expected: 2, found: 3 }), "{behind}");
    assert_eq!(storage.changes(3, 10).await.unwrap().len(), 0);
    // Two parts about one record in one append follow each other.
    storage.append(3, &[new_events("C", 0, &["6"]), new_events("C", 1, &["7"])]).await.unwrap();
    let twice =
        storage.append(5, &[new_events("D", 0, &["8"]), new_events("D", 0, &["9"])]).await.unwrap_err();
    assert!(twice.is_conflict(), "{twice}");
    assert_eq!(storage.changes(5, 10).await.unwrap().len(), 0);
}

/// Several writers at once: every append succeeds exactly once, and the feed has no gaps.
async fn writers_take_turns<S: RecordStorage + Clone + 'static>(storage: S) {
    let start = storage.changes(0, 1_000_000).await.unwrap().len() as u64;
    let mut tasks = Vec::new();
    for writer in 0..4 {
        let storage = storage.clone();
        tasks.push(tokio::spawn(async move {
            for number in 0..10 {
                loop {
                    let head = storage.changes(0, 1_000_000).await.unwrap().len() as u64;
                    let new = new_events(&format!("W-{writer}"), number, &["1"]);
                    match storage.append(head, &[new]).await {
                        Ok(_) => break,
                        Err(error) => assert!(matches!(error, StorageError::Behind { .. }), "{error:?}"),
                    }
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let feed = storage.changes(start, 1_000).await.unwrap();
    assert_eq!(feed.len(), 40);
    for (number, change) in feed.iter().enumerate() {
        assert_eq!(change.position, start + number as u64 + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_conforms() {
    conforms(&MemoryRecords::new()).await;
    writers_take_turns(Arc::new(MemoryRecords::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_conforms_and_keeps_everything_across_openings() {
    let scratch = Scratch::new();
    let storage = SqliteRecords::open(&scratch.0).await.unwrap();
    conforms(&storage).await;
    writers_take_turns(storage).await;
    let again = SqliteRecords::open(&scratch.0).await.unwrap();
    assert_eq!(again.changes(0, 100).await.unwrap().len(), 45);
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_is_for_its_owner_only_and_a_foreign_file_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let storage = SqliteRecords::open(&scratch.0).await.unwrap();
    storage.append(0, &[new_events("A", 0, &["1"])]).await.unwrap();
    for end in ["", "-wal"] {
        let path = format!("{}{end}", scratch.0.display());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path}");
    }
    let foreign = Scratch::new();
    std::fs::write(&foreign.0, "id,name\n".repeat(1000)).unwrap();
    assert!(matches!(SqliteRecords::open(&foreign.0).await, Err(StorageError::Unavailable(_))));
    assert!(SqliteRecords::open("/no/such/directory/partner.db").await.is_err());
}

fn share(name: &str) -> LoggedEvent<HoEvent> {
    let customer = CustomerCompany { company: "Blue Harbour".into(), ..Default::default() };
    let offer = HoOffer { customer, name: name.to_owned(), ..Default::default() };
    LoggedEvent::new("2026-03-02T02:00:00Z".parse().unwrap(), Actor::system(), HoEvent::Share(offer))
}

fn accept() -> LoggedEvent<HoEvent> {
    let partner = Actor::new(Role::PartnerAdministrator, "Li Lei");
    LoggedEvent::new(
        "2026-03-03T02:00:00Z".parse().unwrap(),
        partner,
        HoEvent::Accept(HoAcceptance::default()),
    )
}

/// Opens and accepts records of its own, and races for records that the others want too. Prints how many it won.
async fn work(storage: impl RecordStorage + 'static, name: &str) -> usize {
    let store = RecordStore::open(storage, ChinaCalendar::published()).await.unwrap();
    let mut won = 0;
    for number in 0..20 {
        store.start(format!("HO-{name}-{number}"), share(name)).await.unwrap();
        store.apply(format!("HO-{name}-{number}"), accept()).await.unwrap();
        match store.start(format!("HO-race-{number}"), share(name)).await {
            Ok(_) => won += 1,
            Err(StoreError::AlreadyThere(_) | StoreError::Conflict(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    won
}

fn child(name: &str, database: &str) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_process", "--nocapture", "--ignored"])
        .env("HWP_CHILD", name)
        .env("HWP_CHILD_DATABASE", database)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "a part of the tests with several processes"]
async fn child_process() {
    let (Ok(name), Ok(database)) = (std::env::var("HWP_CHILD"), std::env::var("HWP_CHILD_DATABASE")) else {
        return;
    };
    let won = work_on(&database, &name).await;
    println!("won={won};");
}

async fn work_on(database: &str, name: &str) -> usize {
    #[cfg(feature = "postgres")]
    if database.starts_with("postgres://") {
        return work(
            huaweicloud_partner_store::records::PostgresRecords::connect(database).await.unwrap(),
            name,
        )
        .await;
    }
    work(SqliteRecords::open(database).await.unwrap(), name).await
}

/// Processes over one database: nothing is lost or doubled, each raced record is opened once, and it stays readable.
async fn processes_share(database: &str, open: impl AsyncFn() -> RecordStore) {
    let before = open().await.len();
    let run: Vec<_> =
        ["a", "b", "c"].map(|name| child(&format!("{name}{}", std::process::id()), database)).into();
    let mut won = 0;
    for child in run {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let count = text.split("won=").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
        won += count.parse::<usize>().unwrap();
    }
    assert_eq!(won, 20);
    let store = open().await;
    assert_eq!(store.len(), before + 3 * 20 + 20);
    assert!(store.records().iter().all(|record| (1..=2).contains(&record.events())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_share_a_sqlite_database() {
    let scratch = Scratch::new();
    let path = scratch.0.clone();
    let open = async || {
        RecordStore::open(SqliteRecords::open(&path).await.unwrap(), ChinaCalendar::published())
            .await
            .unwrap()
    };
    processes_share(scratch.0.to_str().unwrap(), open).await;
}

/// A process that is killed at any moment leaves a readable database with every event that was acknowledged.
#[tokio::test]
async fn a_killed_process_leaves_a_readable_database() {
    let scratch = Scratch::new();
    for round in 0..5_u64 {
        let mut child = child(&format!("k{round}"), scratch.0.to_str().unwrap());
        tokio::time::sleep(std::time::Duration::from_millis(40 + 60 * round)).await;
        let _ = child.kill();
        let _ = child.wait();
        let storage = SqliteRecords::open(&scratch.0).await.unwrap();
        let store = RecordStore::open(storage, ChinaCalendar::published()).await.unwrap();
        store.start(format!("HO-after-{round}"), share("x")).await.unwrap();
    }
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_conforms_and_processes_share_it() {
    use huaweicloud_partner_store::records::PostgresRecords;
    let Ok(url) = std::env::var("HWP_TEST_POSTGRES") else {
        eprintln!("skipped: HWP_TEST_POSTGRES names no database");
        return;
    };
    // A schema of its own for each part, so that it begins empty.
    let schema = |part: &str| {
        format!(
            "{url}{}options=-csearch_path%3Drecords_{part}_{}",
            if url.contains('?') { '&' } else { '?' },
            std::process::id()
        )
    };
    let admin = sqlx_admin(&url, &["conformance", "turns", "processes"]).await;
    conforms(&PostgresRecords::connect(&schema("conformance")).await.unwrap()).await;
    writers_take_turns(PostgresRecords::connect(&schema("turns")).await.unwrap()).await;
    let database = schema("processes");
    let open = async || {
        let storage = PostgresRecords::connect(&database).await.unwrap();
        RecordStore::open(storage, ChinaCalendar::published()).await.unwrap()
    };
    processes_share(&database, open).await;
    drop(admin);
}

#[cfg(feature = "postgres")]
async fn sqlx_admin(url: &str, parts: &[&str]) -> sqlx::PgPool {
    let pool = sqlx::PgPool::connect(url).await.unwrap();
    for part in parts {
        let statement = format!("CREATE SCHEMA records_{part}_{}", std::process::id());
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pool).await.unwrap();
    }
    pool
}
