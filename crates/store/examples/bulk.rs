//! Sends the rows of a CSV file as transfers or vouchers, each once, whatever dies in between.
//!
//! ```text
//! cargo run -p huaweicloud-partner-store --example bulk -- \
//!     --server https://bss.myhuaweicloud.com --access-key AK --secret-key SK \
//!     --journal sqlite:journal.db --operation allocate --input rows.csv --results results.csv
//! ```
//!
//! The input has the columns `request_id,target,amount[,memo]`; the results `request_id,status,record_id,message`. Run the
//! same command again after a crash, and it continues. The results are written at the end, and those of an earlier run are
//! removed before the first row is sent: after a crash there are none. The exit code is 0 only when every row is settled:
//! executed, or proven not to have been executed. Rows that a person has to decide about make it 1, and so do rows that are
//! still open.

use std::{
    fs::File,
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use clap::{Parser, ValueEnum};
use futures_util::stream;
use huaweicloud_partner::{
    Client,
    auth::Credentials,
    client::{CallOptions, NoRateLimit, Observation, ObservationKind, Observer},
    clock::{Clock, Sleep, SystemClock},
    journal::{Journal, JournalOptions, ResolveOptions},
    operation::{Resolvable, Service},
    resellers::AllocateToReseller,
    types::{Amount, Site},
    vouchers::IssueVouchers,
};
use huaweicloud_partner_store::{
    bulk::{Bulk, BulkProgress, BulkReport, BulkRow, BulkRowError, BulkStatus, csv_rows, find_conflict},
    journal::{PostgresJournal, SqliteJournal},
    redis::RedisRateLimiter,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

type Failure = Box<dyn std::error::Error>;

/// Sends the rows of a CSV file as transfers or vouchers, each once. Run it again after a crash to continue.
#[derive(Parser)]
struct Options {
    /// The address of the service, or of a sandbox.
    #[arg(long, value_name = "URL")]
    server: String,
    /// The access key id.
    #[arg(long, value_name = "AK", env = "HUAWEICLOUD_SDK_AK")]
    access_key: String,
    /// The secret access key. Other users of the machine can see arguments, but not the environment.
    #[arg(long, value_name = "SK", env = "HUAWEICLOUD_SDK_SK", hide_env_values = true)]
    secret_key: String,
    /// The journal: sqlite:FILE or postgres://….
    #[arg(long, value_name = "JOURNAL")]
    journal: String,
    /// Operation of each row.
    #[arg(long)]
    operation: Kind,
    /// The rows, with the columns request_id,target,amount[,memo].
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Path of the results, with the columns request_id,status,record_id,message. They are written at the end of a run.
    #[arg(long, value_name = "FILE")]
    results: PathBuf,
    /// The quota from which vouchers are issued.
    #[arg(long, value_name = "ID")]
    quota: Option<String>,
    /// Checks the rows and adds their amounts up; sends nothing.
    #[arg(long)]
    dry_run: bool,
    /// Declares that no one else makes transfers of the same target and amount meanwhile: one matching record
    /// then proves that a row was executed.
    #[arg(long)]
    sole_writer: bool,
    /// Time after the end of a request for which its record may be missing: late execution plus late records.
    #[arg(long, value_name = "SECONDS", default_value_t = 240)]
    settle: u64,
    /// Number of rows that are processed concurrently.
    #[arg(long, value_name = "ROWS", default_value_t = 8)]
    concurrency: usize,
    /// Sends no row with a greater amount.
    #[arg(long, value_name = "AMOUNT")]
    limit_per_item: Option<Amount>,
    /// Stops before the sum of all rows would exceed this amount.
    #[arg(long, value_name = "AMOUNT")]
    limit_per_run: Option<Amount>,
    /// Stops after this number of failures.
    #[arg(long, value_name = "ROWS")]
    stop_after: Option<u64>,
    /// Number of errors one after the other, such as a broken connection, after which a row is given up for this run.
    #[arg(long, value_name = "ERRORS", default_value_t = 10)]
    tries: u32,
    /// Stops when this number of rows one after the other were given up.
    #[arg(long, value_name = "ROWS", default_value_t = 10)]
    stop_after_given_up: u64,
    /// Shares the rate limits with other processes through this Redis server, such as redis://127.0.0.1/.
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// Leaves the rate limits to the service: for tests.
    #[arg(long, hide = true)]
    without_rate_limit: bool,
    /// Sets the clock wrong by this number of seconds: for tests.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, hide = true, allow_negative_numbers = true)]
    clock_offset: i64,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Kind {
    /// Transfers to resellers.
    Allocate,
    /// Vouchers for customers.
    Voucher,
}

/// A line of the input.
#[derive(Deserialize)]
struct Row {
    request_id: String,
    target: String,
    amount: Amount,
    memo: Option<String>,
}

/// Finds out before anything is sent whether the results can be written, and that they do not replace the input.
fn check_results(options: &Options) -> Result<(), Failure> {
    let results = options.results.display();
    let existed = options.results.exists();
    File::options()
        .create(true)
        .append(true)
        .open(&options.results)
        .map_err(|error| format!("{results}: {error}"))?;
    if options.results.canonicalize()? == options.input.canonicalize()? {
        return Err(format!("{results} is the input").into());
    }
    if !existed {
        std::fs::remove_file(&options.results)?;
    }
    Ok(())
}

/// Removes the results of an earlier run: after a crash they would be taken for those of this one.
fn remove_results(options: &Options) -> Result<(), Failure> {
    match options.results.metadata() {
        Ok(found) if found.is_file() => Ok(std::fs::remove_file(&options.results)?),
        _ => Ok(()), // there is none yet, or it is a pipe
    }
}

/// The machine's clock, wrong by a constant.
#[derive(Debug)]
struct WrongClock {
    clock: SystemClock,
    off: time::Duration,
}

impl Clock for WrongClock {
    fn now(&self) -> time::OffsetDateTime {
        self.clock.now() + self.off
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn boot_time(&self) -> Duration {
        self.clock.boot_time()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.clock.sleep(duration)
    }
}

/// Says on standard error that an assumption of the journal does not hold, or nearly: a person should look.
#[derive(Debug)]
struct Alarm;

impl Observer for Alarm {
    fn observe(&self, observation: &Observation<'_>) {
        match &observation.kind {
            ObservationKind::BrokenAssumption { request_id, detail, .. } => {
                eprintln!("{request_id}: an assumption is broken: {detail}");
            }
            ObservationKind::StrainedAssumption { request_id, detail, .. } => {
                eprintln!("{request_id}: an assumption nearly does not hold: {detail}");
            }
            _ => {}
        }
    }
}

async fn client(options: &Options) -> Result<Client, Failure> {
    let clock =
        WrongClock { clock: SystemClock::default(), off: time::Duration::seconds(options.clock_offset) };
    let mut calls = CallOptions::new();
    if options.without_rate_limit {
        calls = calls.rate_limiter(NoRateLimit);
    }
    if let Some(url) = &options.redis {
        // Keys and tokens of the same account count together, so processes name the account alike.
        calls = calls.rate_limiter(RedisRateLimiter::connect(url).await?).account(&options.access_key);
    }
    Ok(Client::builder(Site::China)
        .endpoint(Service::Business, &options.server)
        .credentials(Credentials::keys(&options.access_key, options.secret_key.as_str()))
        .clock(clock)
        .observer(Alarm)
        .options(calls)
        .build()?)
}

async fn journal(options: &Options) -> Result<Arc<dyn Journal>, Failure> {
    let name = options.journal.as_str();
    if let Some(file) = name.strip_prefix("sqlite:") {
        let file = file.strip_prefix("//").unwrap_or(file);
        return Ok(Arc::new(SqliteJournal::open(file).await?));
    }
    if name.starts_with("postgres://") || name.starts_with("postgresql://") {
        return Ok(Arc::new(PostgresJournal::connect(name).await?));
    }
    Err(format!("{name} is neither sqlite:FILE nor postgres://…").into())
}

/// Refuses an input in which a request id stands for two writes, before anything is sent.
fn check_ids<O: Resolvable>(options: &Options, row: &impl Fn(Row) -> BulkRow<O>) -> Result<(), Failure> {
    let Some(conflict) = find_conflict(csv_rows(&options.input, row)?)? else { return Ok(()) };
    let line = |index: u64| -> Result<u64, Failure> {
        let mut rows = csv_rows(&options.input, row)?;
        rows.nth(usize::try_from(index)?);
        Ok(rows.line())
    };
    let (input, id) = (options.input.display(), &conflict.request_id);
    let (first, second) = (line(conflict.first)?, line(conflict.second)?);
    Err(format!(
        "{input}: lines {first} and {second} have the request id {id}, and are different writes; nothing was sent"
    )
    .into())
}

/// The view of a run on standard error: a bar on a terminal, and lines elsewhere and where there is trouble.
struct Display {
    bar: ProgressBar,
    is_terminal: bool,
    /// Time of the last line.
    said: Instant,
    in_trouble: bool,
}

/// The time between two lines about progress, and about trouble.
const PROGRESS_EVERY: Duration = Duration::from_secs(30);
const TROUBLE_EVERY: Duration = Duration::from_secs(5);

impl Display {
    fn new(rows: impl Iterator) -> Result<Self, Failure> {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = match is_terminal {
            true => {
                let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {eta}")?;
                ProgressBar::new(u64::try_from(rows.count())?).with_style(style)
            }
            false => ProgressBar::hidden(),
        };
        Ok(Self { bar, is_terminal, said: Instant::now(), in_trouble: false })
    }

    fn say(&mut self, line: &str) {
        self.said = Instant::now();
        self.bar.suspend(|| eprintln!("{line}"));
    }

    fn progress(&mut self, progress: BulkProgress) {
        let BulkProgress { done, executed, waiting, .. } = progress;
        self.bar.set_position(done);
        self.bar.set_message(format!("{executed} executed, {waiting} waiting"));
        if !self.is_terminal && self.said.elapsed() >= PROGRESS_EVERY {
            self.say(&format!("{done} rows done, {executed} executed, {waiting} waiting"));
        }
    }

    fn trouble(&mut self, trouble: BulkRowError<'_>) {
        if self.in_trouble && self.said.elapsed() < TROUBLE_EVERY {
            return;
        }
        self.in_trouble = true;
        let BulkRowError { request_id, error, errors, again_in, .. } = trouble;
        self.say(&match again_in {
            Some(wait) => {
                format!("{request_id}: {error} (error {errors}, again in {:.1} s)", wait.as_secs_f64())
            }
            None => format!("{request_id}: {error} (error {errors}, given up for this run)"),
        });
    }
}

fn lock(display: &Mutex<Display>) -> MutexGuard<'_, Display> {
    display.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn send<O: Resolvable>(
    options: &Options,
    row: impl Fn(Row) -> BulkRow<O>,
) -> Result<BulkReport, Failure> {
    let rows = csv_rows(&options.input, &row)?;
    check_results(options)?;
    check_ids(options, &row)?;
    let settle = Duration::from_secs(options.settle);
    let resolve = ResolveOptions::new()
        .late_execution(settle / 2)
        .late_record(settle - settle / 2)
        .sole_writer(options.sole_writer);
    // A send ends before a late execution could.
    let deadline = (settle / 2).clamp(Duration::from_secs(5), Duration::from_secs(60));
    let display = Arc::new(Mutex::new(Display::new(csv_rows(&options.input, &row)?)?));
    let mut bulk = Bulk::with_shared_journal(&client(options).await?, journal(options).await?)
        .options(JournalOptions::new().resolve(resolve).deadline(deadline))
        .concurrency(options.concurrency)
        .tries(options.tries)
        .stop_after_given_up(options.stop_after_given_up)
        .dry_run(options.dry_run)
        .progress({
            let display = Arc::clone(&display);
            move |progress| lock(&display).progress(progress)
        })
        .on_error({
            let display = Arc::clone(&display);
            move |trouble| lock(&display).trouble(trouble)
        });
    if let Some(limit) = options.limit_per_item {
        bulk = bulk.limit_per_item(limit);
    }
    if let Some(limit) = options.limit_per_run {
        bulk = bulk.limit_per_run(limit);
    }
    if let Some(failures) = options.stop_after {
        bulk = bulk.stop_after_failures(failures);
    }
    remove_results(options)?;
    let report = bulk.run(stream::iter(rows)).await?;
    lock(&display).bar.finish_and_clear();
    report.write_csv(&options.results)?;
    Ok(report)
}

async fn run() -> Result<ExitCode, Failure> {
    let options = Options::parse();
    let report = match options.operation {
        Kind::Allocate => {
            let row =
                |row: Row| BulkRow::new(row.request_id, AllocateToReseller::new(row.target, row.amount));
            send(&options, row).await?
        }
        Kind::Voucher => {
            let quota = options.quota.clone().ok_or("vouchers need --quota")?;
            let row = |row: Row| {
                let issue = IssueVouchers::new(quota.as_str(), [row.target], row.amount);
                BulkRow::new(row.request_id, issue.maybe(row.memo, IssueVouchers::memo))
            };
            send(&options, row).await?
        }
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} rows, {} in total, {} executed", report.rows(), report.total(), report.executed())?;
    for status in BulkStatus::ALL {
        match report.count(status) {
            0 => {}
            count => writeln!(out, "{count} {}", status.as_str())?,
        }
    }
    match report.repeats() {
        0 => {}
        1 => writeln!(out, "1 row repeats another one, and was counted once")?,
        repeats => writeln!(out, "{repeats} rows repeat others, and were counted once")?,
    }
    if let Some(reason) = report.stopped() {
        writeln!(out, "stopped: {reason}")?;
    }
    let unfinished = [BulkStatus::Open, BulkStatus::NotSent].map(|status| report.count(status));
    if unfinished.iter().any(|count| *count > 0) {
        writeln!(out, "run the same command again to continue")?;
    }
    let bad = |status| report.count(status) > 0;
    let well = match options.dry_run {
        true => !bad(BulkStatus::Invalid) && !bad(BulkStatus::OverLimit) && !bad(BulkStatus::NotSent),
        false => report.is_settled(),
    };
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
