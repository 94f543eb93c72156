//! The server, the rows, the program, and what must be true at the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock},
    time::{Duration, Instant, SystemTime},
};

use huaweicloud_partner::{
    partners::ListAdjustments, resellers::AllocateToReseller, testing::InjectedFault, types::Amount,
};
use huaweicloud_partner_sandbox::{
    FaultTrigger, LedgerAccount, Sandbox, SandboxEvent, SandboxFault, Server, ServerHandle, State,
};
use sqlx::Connection as _;
use time::OffsetDateTime;

/// Late execution plus late records, as the program is configured.
const SETTLE: Duration = Duration::from_secs(4);
/// Maximum time of the program after the last kill, besides the time for its rows.
const REST: Duration = Duration::from_secs(240);

/// Faults of the server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Faults {
    All,
    /// Records that appear late cost the sandbox a copy of its state for every write, which a long run cannot afford.
    WithoutLateRecords,
    /// For four processes: the server throttles only what is too much.
    Four,
}

/// Number and times of the kills of the program.
#[derive(Clone, Copy, Debug)]
pub struct Kills {
    times: u32,
    when: When,
}

/// Time at which the program is killed.
#[derive(Clone, Copy, Debug)]
enum When {
    /// At a random moment after its start, at most so much later.
    Within(Duration),
    /// After a random number of changes on the server, at most this many. Over many rows a program spends
    /// most of a short life with reading what earlier ones have settled.
    AfterChanges(u64),
}

impl Kills {
    pub fn times(times: u32, within: Duration) -> Self {
        Self { times, when: When::Within(within) }
    }

    pub fn after_changes(times: u32, at_most: u64) -> Self {
        Self { times, when: When::AfterChanges(at_most) }
    }
}

/// Small random numbers that can be repeated.
struct Random(Mutex<u64>);

impl Random {
    fn below(&self, bound: u64) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

pub struct World {
    sandbox: Sandbox,
    url: String,
    stop: ServerHandle,
    directory: tempfile::TempDir,
    /// Target and amount of each row.
    rows: Vec<(String, Amount)>,
    held_before: BTreeMap<String, Amount>,
    random: Random,
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

impl World {
    pub async fn start(rows: usize, faults: Faults) -> Self {
        let seed = std::env::var("HWP_KILL_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
            u64::try_from(since.as_nanos() % 1_000_000_007).unwrap()
        });
        eprintln!("seed {seed}");
        let random = Random(Mutex::new(seed));
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
        let sandbox = Sandbox::new(State::named_at("small_distributor", now.into()).unwrap());
        let sandbox = if faults == Faults::Four { sandbox } else { sandbox.without_quotas() };
        sandbox
            .apply(SandboxEvent::Recharge {
                account: "distributor".into(),
                amount: Amount::from(100_000_000),
            })
            .unwrap();
        sandbox.seed_faults(seed);
        let strike = |fault: SandboxFault, percent: u8| {
            sandbox.inject(fault, FaultTrigger::percent(percent).of::<AllocateToReseller>());
        };
        strike(InjectedFault::LostRequest.into(), 4);
        strike(InjectedFault::LostResponse.into(), 4);
        strike(InjectedFault::ErrorAfter.into(), 3);
        strike(InjectedFault::NoConnection.into(), 2);
        strike(SandboxFault::ExecutedLate(Duration::from_secs(1)), 2);
        if faults != Faults::Four {
            strike(InjectedFault::Throttled(None).into(), 2);
        }
        if faults != Faults::WithoutLateRecords {
            sandbox.delay_records::<ListAdjustments>(Duration::from_secs(1));
        }
        // Records and gateway differ.
        sandbox.skew_gateway(i32::try_from(random.below(41)).unwrap() - 20);
        let server = Server::bind(sandbox.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
        let (url, stop) = (server.url(), server.handle());
        tokio::spawn(server.run());
        // Of three targets and few amounts many rows are equal; the others differ.
        let row = |index: usize| {
            let target = format!("reseller-{}", random.below(3) + 1);
            let cents = match random.below(2) {
                0 => 100 + i64::try_from(random.below(4)).unwrap(),
                _ => 1000 + i64::try_from(index).unwrap(),
            };
            (target, Amount::new(cents, 2).unwrap())
        };
        let rows: Vec<_> = (0..rows).map(row).collect();
        let directory = tempfile::tempdir().unwrap();
        let mut input = "request_id,target,amount\n".to_owned();
        for (index, (target, amount)) in rows.iter().enumerate() {
            input.push_str(&format!("request-{index},{target},{amount}\n"));
        }
        fs::write(directory.path().join("rows.csv"), input).unwrap();
        let held_before = balances(&sandbox);
        Self { sandbox, url, stop, directory, rows, held_before, random }
    }

    pub fn sqlite(&self) -> String {
        format!("sqlite:{}", self.directory.path().join("journal.db").display())
    }

    fn results(&self, process: u32) -> PathBuf {
        self.directory.path().join(format!("results-{process}.csv"))
    }

    /// The program with a clock that is wrong by up to 14 minutes.
    fn program(&self, journal: &str, process: u32) -> Command {
        let mut command = Command::new(program());
        let off = i64::try_from(self.random.below(2 * 840 + 1)).unwrap() - 840;
        command
            .args(["--server", &self.url, "--access-key", "AKDISTRIBUTOR", "--secret-key", "SKDISTRIBUTOR"])
            .args(["--journal", journal, "--operation", "allocate", "--sole-writer", "--input"])
            .arg(self.directory.path().join("rows.csv"))
            .arg("--results")
            .arg(self.results(process))
            .args(["--settle", &SETTLE.as_secs().to_string()])
            .args(["--clock-offset", &off.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    fn spawn(&self, journal: &str) -> Child {
        self.program(journal, 0).arg("--without-rate-limit").spawn().unwrap()
    }

    /// Kills the program at random moments, then lets it end.
    pub async fn kill_and_finish(&self, journal: &str, kills: Kills) {
        let began = Instant::now();
        let mut alive = 0;
        for kill in 0..kills.times {
            let mut child = self.spawn(journal);
            match kills.when {
                When::Within(within) => {
                    // Now and then it lives long enough to settle what earlier ones left.
                    let within = if kill % 20 == 19 { SETTLE * 2 } else { within };
                    let millis = 20 + self.random.below(u64::try_from(within.as_millis()).unwrap());
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                }
                When::AfterChanges(most) => {
                    let until = self.sandbox.revision() + 1 + self.random.below(most);
                    while self.sandbox.revision() < until && child.try_wait().unwrap().is_none() {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
            }
            let ended = child.try_wait().unwrap().is_some();
            alive += u32::from(!ended);
            let _ = child.kill();
            child.wait().unwrap();
            if ended && kill * 2 > kills.times {
                break;
            }
        }
        eprintln!("{alive} of {} kills found the program at work, {:?}", kills.times, began.elapsed());
        let code = self.finish(self.spawn(journal)).await;
        assert_eq!(code, Some(0), "{:?}", self.unsettled(0));
        self.check(0);
        eprintln!("{} rows in {:?}", self.rows.len(), began.elapsed());
    }

    async fn finish(&self, mut child: Child) -> Option<i32> {
        let limit = REST + Duration::from_millis(200) * u32::try_from(self.rows.len()).unwrap();
        let began = Instant::now();
        while began.elapsed() < limit {
            if let Some(status) = child.try_wait().unwrap() {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let _ = child.kill();
        child.wait().unwrap();
        panic!("the program does not end");
    }

    /// Four processes work on the same rows; two of them are killed again and again.
    pub async fn four_processes(&self, postgres: &str, redis: &str, kills: u32) {
        let schema = format!("bulk_{}_{}", std::process::id(), self.random.below(1_000_000));
        let mut admin = sqlx::PgConnection::connect(postgres).await.unwrap();
        let create = format!("CREATE SCHEMA {schema}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&mut admin).await.unwrap();
        let mark = if postgres.contains('?') { '&' } else { '?' };
        let journal = format!("{postgres}{mark}options=-c%20search_path%3D{schema}");
        let spawn = |process: u32| {
            let mut command = self.program(&journal, process);
            command.args(["--redis", redis, "--concurrency", "4"]).spawn().unwrap()
        };
        let mut children: Vec<Child> = (0..4).map(&spawn).collect();
        for kill in 0..kills {
            let victim = usize::try_from(kill % 2).unwrap();
            tokio::time::sleep(Duration::from_millis(100 + self.random.below(900))).await;
            let child = &mut children[victim];
            if child.try_wait().unwrap().is_some() {
                continue;
            }
            let _ = child.kill();
            child.wait().unwrap();
            children[victim] = spawn(kill % 2);
        }
        for (process, child) in (0_u32..).zip(children) {
            let code = self.finish(child).await;
            assert_eq!(code, Some(0), "process {process}: {:?}", self.unsettled(process));
            self.check(process);
        }
        let throttled = self.sandbox.requests().iter().filter(|request| request.status == 429).count();
        let requests = self.sandbox.requests().len();
        eprintln!("{throttled} of the last {requests} requests were throttled");
        // The server counts when requests arrive, the limiter when they leave: a request may be early by its travel time,
        // which a busy machine stretches: 6 of 132 were seen. Without a shared limiter most requests are throttled.
        assert!(throttled * 10 <= requests, "{throttled} of {requests} requests were too much");
        let drop = format!("DROP SCHEMA {schema} CASCADE");
        sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut admin).await.unwrap();
    }

    fn lines(&self, process: u32) -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_path(self.results(process)).unwrap();
        reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    fn unsettled(&self, process: u32) -> Vec<Vec<String>> {
        let mut lines = self.lines(process);
        lines.retain(|line| line[1] != "executed");
        lines
    }

    /// Every row was executed, each with a record of its own; the movements in the ledger are those of the rows, each once.
    fn check(&self, process: u32) {
        let lines = self.lines(process);
        assert_eq!(lines.len(), self.rows.len());
        let mut records = BTreeSet::new();
        for (index, line) in lines.iter().enumerate() {
            assert_eq!(
                (line[0].as_str(), line[1].as_str()),
                (format!("request-{index}").as_str(), "executed")
            );
            assert!(!line[2].is_empty() && records.insert(line[2].clone()), "record {} twice", line[2]);
        }
        self.sandbox.audit().unwrap();
        let mut expected: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (target, amount) in &self.rows {
            *expected.entry((target.clone(), amount.to_string())).or_default() += 1;
        }
        let state = self.sandbox.snapshot();
        let accounts: Vec<(String, LedgerAccount)> = resellers();
        let mut moved: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (book, gain) in state.ledger().postings().iter().flat_map(|posting| &posting.legs) {
            if let Some((name, _)) = accounts.iter().find(|(_, account)| account == book) {
                *moved.entry((name.clone(), gain.to_string())).or_default() += 1;
            }
        }
        let doubled = moved.iter().filter(|(key, count)| expected.get(*key).is_none_or(|most| *count > most));
        let doubled: Vec<_> = doubled.collect();
        assert!(doubled.is_empty(), "executed more than once: {doubled:?}");
        assert_eq!(moved, expected, "lost");
        for (name, before) in &self.held_before {
            let gained = self.rows.iter().filter(|(target, _)| target == name).map(|(_, amount)| *amount);
            let gained = Amount::checked_sum(gained).unwrap();
            assert_eq!(balances(&self.sandbox)[name], before.checked_add(gained).unwrap());
        }
    }
}

fn resellers() -> Vec<(String, LedgerAccount)> {
    let names = (1..=3).map(|number| format!("reseller-{number}"));
    names.map(|name| (name.clone(), LedgerAccount::cash(&name))).collect()
}

fn balances(sandbox: &Sandbox) -> BTreeMap<String, Amount> {
    let state = sandbox.snapshot();
    resellers().into_iter().map(|(name, book)| (name, state.ledger().balance(&book))).collect()
}

/// The example `bulk`.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| crate::support::program("bulk"))
}
