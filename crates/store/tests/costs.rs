//! Cost of a write: commits, time on SQLite, and memory of a bulk run.
//!
//! `HWP_BULK_ROWS=1000000 cargo test --release -p huaweicloud-partner-store --test costs -- --nocapture memory` runs a million
//! rows; `… -- --ignored --nocapture ratio` compares SQLite with a bare program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::stream;
use http::{Request, Response};
use huaweicloud_partner::{
    Client,
    auth::Credentials,
    client::{CallOptions, NoRateLimit},
    journal::{
        Attribution, Begin, Begun, Evidence, Footprint, Journal, JournalError, Learned, OwnerId, OwnerState,
        QueryScope, RecordScope, Rival, Settlement, Settling, StoredAttempt, transition,
    },
    resellers::AllocateToReseller,
    transport::{Body, Transport, TransportError},
    types::{Amount, Site},
};
use huaweicloud_partner_store::{
    bulk::{Bulk, BulkStatus},
    journal::SqliteJournal,
};

/// A service that executes everything at once.
#[derive(Clone, Debug, Default)]
struct Instantly(Arc<AtomicU64>);

#[async_trait]
impl Transport for Instantly {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let body = match request.uri().path().ends_with("records") {
            true => r#"{"records":[],"total_count":0}"#.to_owned(),
            false => format!(r#"{{"transfer_id":"T{number}"}}"#),
        };
        let response = Response::builder()
            .header("date", httpdate::fmt_http_date(std::time::SystemTime::now()))
            .header("x-request-id", "r")
            .body(Body::Full(body.into()));
        Ok(response.unwrap())
    }
}

fn client() -> Client {
    Client::builder(Site::China)
        .credentials(Credentials::keys("AK", "SK").with_domain_id("d1"))
        .transport(Instantly::default())
        .options(CallOptions::new().rate_limiter(NoRateLimit))
        .build()
        .unwrap()
}

fn transfer(index: u64) -> AllocateToReseller {
    AllocateToReseller::new("reseller-1", Amount::new(i64::try_from(index).unwrap() + 1, 2).unwrap())
}

/// A journal that counts its changes and forgets what is settled.
#[derive(Debug, Default)]
struct Forgetful {
    open: Mutex<HashMap<String, StoredAttempt>>,
    changes: AtomicU64,
}

impl Forgetful {
    fn change(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl Journal for Forgetful {
    fn owner(&self) -> OwnerId {
        OwnerId("one".into())
    }
    async fn load(&self, id: &str) -> Result<Option<StoredAttempt>, JournalError> {
        Ok(self.open.lock().unwrap().get(id).cloned())
    }
    async fn begin(&self, begin: &Begin) -> Result<Begun, JournalError> {
        self.change();
        let new = transition::open(None, begin, &self.owner());
        self.open.lock().unwrap().insert(begin.attempt.request_id.clone(), new.clone());
        Ok(Begun::Open(Box::new(new)))
    }
    async fn settle(&self, settlement: &Settlement) -> Result<Settling, JournalError> {
        self.change();
        let old = self.open.lock().unwrap().remove(&settlement.request_id).unwrap();
        Ok(Settling::Done(Box::new(transition::settle(&old, &settlement.changes))))
    }
    async fn take_over(&self, _: &str, _: u64) -> Result<Option<StoredAttempt>, JournalError> {
        self.change();
        Ok(None)
    }
    async fn append(&self, _: &Evidence) -> Result<(), JournalError> {
        self.change();
        Ok(())
    }
    async fn evidence(&self, _: &str) -> Result<Vec<Evidence>, JournalError> {
        Ok(Vec::new())
    }
    async fn open_attempts(&self, _: Option<&str>, _: usize) -> Result<Vec<StoredAttempt>, JournalError> {
        Ok(Vec::new())
    }
    async fn attributions(&self, _: &RecordScope, _: &[String]) -> Result<Vec<Attribution>, JournalError> {
        Ok(Vec::new())
    }
    async fn rivals(&self, _: &Footprint, _: &str) -> Result<Vec<Rival>, JournalError> {
        Ok(Vec::new())
    }
    async fn known_record(&self, _: &RecordScope) -> Result<Option<Attribution>, JournalError> {
        Ok(None)
    }
    async fn learned(&self, _: &QueryScope) -> Result<Learned, JournalError> {
        Ok(Learned::default())
    }
    async fn learn(&self, _: &QueryScope, _: Learned) -> Result<(), JournalError> {
        self.change();
        Ok(())
    }
    async fn heartbeat(&self) -> Result<(), JournalError> {
        self.change();
        Ok(())
    }
    async fn owner_state(&self, _: &OwnerId) -> Result<OwnerState, JournalError> {
        Ok(OwnerState::Own)
    }
}

#[tokio::test]
async fn a_write_costs_two_commits() {
    let journal = Arc::new(Forgetful::default());
    let client = client().with_journal_options(journal.clone(), Default::default());
    for index in 0..50 {
        client.send_once(format!("w{index}"), &transfer(index)).await.unwrap();
    }
    assert_eq!(journal.changes.load(Ordering::Relaxed), 100);
}

/// The memory of this process in KiB.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn memory_of_a_bulk_run_does_not_grow_with_the_rows() {
    let most = std::env::var("HWP_BULK_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(10_000_u64);
    let run = async |rows: u64| {
        let highest = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&highest);
        let rows_of = (0..rows).map(|index| (format!("request-{index}"), transfer(index)));
        let bulk = Bulk::new(&client(), Forgetful::default()).progress(move |progress| {
            if progress.done % 500 == 0 {
                seen.fetch_max(resident(), Ordering::Relaxed);
            }
        });
        let report = bulk.run(stream::iter(rows_of)).await.unwrap();
        assert_eq!(report.count(BulkStatus::Executed), rows);
        highest.load(Ordering::Relaxed)
    };
    // The first run fills what stays, such as buffers and caches.
    run(1000).await;
    let few = run(1000).await;
    let many = run(most).await;
    eprintln!("1000 rows: {few} KiB; {most} rows: {many} KiB");
    assert!(many <= few + 4096, "1000 rows: {few} KiB; {most} rows: {many} KiB");
}

/// The processor time of all threads of this process.
#[cfg(target_os = "linux")]
fn processor_time() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let nanos = |task: std::fs::DirEntry| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        text.split_whitespace().next().and_then(|first| first.parse::<u64>().ok()).unwrap_or(0)
    };
    Duration::from_nanos(tasks.map(|task| nanos(task.unwrap())).sum())
}

#[cfg(not(target_os = "linux"))]
fn processor_time() -> Duration {
    Duration::ZERO
}

/// Time that a number of writes took: by the clock, and of processor time.
#[derive(Clone, Copy)]
struct Took(Duration, Duration);

impl Took {
    const NEVER: Self = Self(Duration::MAX, Duration::MAX);

    fn best(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.min(other.1))
    }
}

async fn took(writes: impl Future<Output = ()>) -> Took {
    let (began, used) = (Instant::now(), processor_time());
    writes.await;
    Took(began.elapsed(), processor_time() - used)
}

/// A program without a journal that does two commits for each write itself.
async fn bare(path: &std::path::Path, writes: u64) -> Took {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await.unwrap();
    sqlx::query("CREATE TABLE write (id TEXT PRIMARY KEY, content TEXT, record TEXT)")
        .execute(&pool)
        .await
        .unwrap();
    let client = client();
    client.send(&transfer(0)).await.unwrap();
    took(async {
        for index in 0..writes {
            let (id, operation) = (format!("w{index}"), transfer(index));
            let content = serde_json::to_string(&operation).unwrap();
            let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let insert = sqlx::query("INSERT INTO write (id, content) VALUES ($1, $2)");
            insert.bind(&id).bind(content).execute(&mut *tx).await.unwrap();
            tx.commit().await.unwrap();
            let response = client.send(&operation).await.unwrap();
            let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let update = sqlx::query("UPDATE write SET record = $1 WHERE id = $2");
            update.bind(&response.transfer_id).bind(&id).execute(&mut *tx).await.unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await
}

async fn journaled(path: &std::path::Path, writes: u64) -> Took {
    let client = client().with_journal(SqliteJournal::open(path).await.unwrap());
    client.send_once("first", &AllocateToReseller::new("reseller-2", 1.into())).await.unwrap();
    took(async {
        for index in 0..writes {
            client.send_once(format!("w{index}"), &transfer(index)).await.unwrap();
        }
    })
    .await
}

#[tokio::test]
#[ignore = "a measurement: run it alone, with --release"]
async fn ratio_of_the_journal_on_sqlite_to_a_bare_program() {
    let writes = 500;
    let (mut floor, mut journal) = (Took::NEVER, Took::NEVER);
    for _ in 0..7 {
        let directory = tempfile::tempdir_in(".").unwrap();
        floor = floor.best(bare(&directory.path().join("bare.db"), writes).await);
        journal = journal.best(journaled(&directory.path().join("journal.db"), writes).await);
    }
    let of = |one: Duration, other: Duration| one.as_secs_f64() / other.as_secs_f64();
    let (ratio, processor) = (of(journal.0, floor.0), of(journal.1, floor.1));
    eprintln!("{writes} writes: bare {:?}, journal {:?}, ratio {ratio:.2}", floor.0, journal.0);
    eprintln!("processor time: bare {:?}, journal {:?}, ratio {processor:.2}", floor.1, journal.1);
    assert!(ratio <= 1.3, "{ratio:.2}");
}
