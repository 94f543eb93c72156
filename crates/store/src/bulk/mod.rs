//! Thousands of writes from a file or a queue, each executed once.
//!
//! [`Bulk`] sends every row of a stream with [`Client::send_once`](huaweicloud_partner::Client::send_once): the request id of
//! a row is the key under which the journal knows it. A run that is interrupted, by a crash as well, is continued by running
//! the same rows again: what is settled is read from the journal and not sent, what is open is resolved, and the rest is sent.
//!
//! ```no_run
//! # async fn example(client: huaweicloud_partner::Client, rows: Vec<(String, String)>) -> Result<(), Box<dyn std::error::Error>> {
//! use futures_util::stream;
//! use huaweicloud_partner::resellers::AllocateToReseller;
//! use huaweicloud_partner_store::{bulk::Bulk, journal::SqliteJournal};
//!
//! let journal = SqliteJournal::open("journal.db").await?;
//! let rows = rows.into_iter().map(|(id, reseller)| (id, AllocateToReseller::new(reseller, 50.into())));
//! let report = Bulk::new(&client, journal)
//!     .concurrency(8)
//!     .limit_per_item("100".parse()?)
//!     .limit_per_run("300000".parse()?)
//!     .run(stream::iter(rows))
//!     .await?;
//! report.write_csv("results.csv")?;
//! # Ok(()) }
//! ```
//!
//! A request id means one write, also within a run. Rows that repeat each other are executed once, and count once in totals,
//! limits and results. A row with the id of an earlier row and other contents is invalid; [`find_conflict`] finds it before
//! anything is sent.
//!
//! `csv_rows`, with the feature `csv`, reads the rows of a file.
//!
//! Memory does not grow with the number of rows: request ids and results are kept in temporary files until the report is
//! dropped.

#[cfg(feature = "csv")]
mod csv_rows;
mod ids;
mod queue;
mod report;
mod run;
#[cfg(test)]
mod tests;

use std::{fmt, io, sync::Arc, time::Duration};

use futures_util::Stream;
use huaweicloud_partner::{
    Client, Error,
    journal::{Journal, JournalOptions},
    operation::Resolvable,
    types::Amount,
};

#[cfg(feature = "csv")]
pub use csv_rows::{CsvRows, csv_rows};
pub use ids::{IdConflict, find_conflict};
pub use report::{BulkReport, BulkResult, BulkStatus};

/// One write of a run.
#[derive(Debug)]
pub struct BulkRow<O> {
    pub(crate) request_id: String,
    pub(crate) operation: Result<O, String>,
}

impl<O> BulkRow<O> {
    /// A write with the caller's own id of it.
    pub fn new(request_id: impl Into<String>, operation: O) -> Self {
        Self { request_id: request_id.into(), operation: Ok(operation) }
    }

    /// A row that cannot be read. Nothing is sent for it, and its result is [`BulkStatus::Invalid`] with this message.
    pub fn unreadable(request_id: impl Into<String>, message: impl Into<String>) -> Self {
        Self { request_id: request_id.into(), operation: Err(message.into()) }
    }
}

impl<I: Into<String>, O> From<(I, O)> for BulkRow<O> {
    fn from((request_id, operation): (I, O)) -> Self {
        Self::new(request_id, operation)
    }
}

/// Progress of a run, for a progress bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkProgress {
    /// Rows read from the stream.
    pub read: u64,
    /// Rows that have a result.
    pub done: u64,
    /// Rows that were executed, in this run or in an earlier one.
    pub executed: u64,
    /// Rows with any other result.
    pub failed: u64,
    /// Rows whose outcome is waited for.
    pub waiting: u64,
    /// The amount that was executed.
    pub amount: Amount,
}

/// Reason why a run stopped sending before the end of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// As many rows failed as [`Bulk::stop_after_failures`] allows.
    Failures,
    /// The next row would have exceeded the limit of [`Bulk::limit_per_run`].
    RunLimit,
    /// As many rows one after the other were given up after errors as [`Bulk::stop_after_given_up`] allows.
    GivenUp,
    /// The service does not accept the credentials. It locks a key after too many requests with a wrong signature, so the
    /// first one ends the run.
    Credentials,
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failures => "too many rows failed",
            Self::RunLimit => "the limit of the run was reached",
            Self::GivenUp => "too many rows one after the other could not be sent",
            Self::Credentials => "the service does not accept the credentials",
        })
    }
}

/// An error of a row that is tried again.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BulkRowError<'a> {
    /// Request id of the row.
    pub request_id: &'a str,
    /// The latest error of the row.
    pub error: &'a Error,
    /// Number of errors of the row since its last step forward, this one included.
    pub errors: u32,
    /// The time after which it is tried again; `None` where the row is given up for this run.
    pub again_in: Option<Duration>,
}

/// Reason why a run gave no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BulkError {
    /// The temporary files of the results could not be made or written. What was sent is in the journal.
    #[error("the results could not be stored: {0}")]
    Results(#[from] io::Error),
}

type OnProgress = Box<dyn FnMut(BulkProgress) + Send>;
type OnResult = Box<dyn FnMut(&BulkResult) + Send>;
type OnError = Box<dyn FnMut(BulkRowError<'_>) + Send>;

/// Sends the writes of a stream, each once, with bounded concurrency and within limits.
///
/// The rate limiter of the client holds for the run as well. Rows with the same target and amount are sent one after the
/// other; while the outcome of a lost response is waited for, other rows go on.
#[must_use]
pub struct Bulk {
    pub(crate) client: Client,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) options: JournalOptions,
    pub(crate) concurrency: usize,
    pub(crate) waiting: usize,
    pub(crate) tries: u32,
    pub(crate) limit_per_item: Option<Amount>,
    pub(crate) limit_per_run: Option<Amount>,
    pub(crate) stop_after: Option<u64>,
    pub(crate) stop_after_given_up: u64,
    pub(crate) dry_run: bool,
    pub(crate) on_progress: Option<OnProgress>,
    pub(crate) on_result: Option<OnResult>,
    pub(crate) on_error: Option<OnError>,
}

impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk")
            .field("journal", &self.journal)
            .field("concurrency", &self.concurrency)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}

impl Bulk {
    /// A runner that sends through this journal. Any number of runners and processes may share one journal.
    pub fn new(client: &Client, journal: impl Journal + 'static) -> Self {
        Self::with_shared_journal(client, Arc::new(journal))
    }

    /// As [`Bulk::new`], with a journal that is shared already.
    pub fn with_shared_journal(client: &Client, journal: Arc<dyn Journal>) -> Self {
        Self {
            client: client.clone(),
            journal,
            options: JournalOptions::new(),
            concurrency: 8,
            waiting: 1024,
            tries: 10,
            limit_per_item: None,
            limit_per_run: None,
            stop_after: None,
            stop_after_given_up: 10,
            dry_run: false,
            on_progress: None,
            on_result: None,
            on_error: None,
        }
    }

    /// Sets the options for sending and resolving writes. A wait that they set is replaced: the runner waits
    /// for outcomes by itself.
    pub fn options(mut self, options: JournalOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the number of rows that are processed concurrently; 8 by default, at least one.
    pub fn concurrency(mut self, rows: usize) -> Self {
        self.concurrency = rows.max(1);
        self
    }

    /// Sets the number of rows that may wait for the outcome of a lost response, or for an equal row, while
    /// others are sent; 1,024 by default. When there are more, no further row is read until one is settled.
    pub fn most_waiting(mut self, rows: usize) -> Self {
        self.waiting = rows;
        self
    }

    /// Sets the number of consecutive errors, such as a broken connection, after which a row is given up for
    /// this run; ten by default. A row that was given up stays open in the journal where it may have been
    /// executed.
    pub fn tries(mut self, errors: u32) -> Self {
        self.tries = errors;
        self
    }

    /// Sends no row whose amount is greater than this. A row that has no amount is not sent either.
    pub fn limit_per_item(mut self, amount: Amount) -> Self {
        self.limit_per_item = Some(amount);
        self
    }

    /// Stops before the row that would bring the sum of all rows above this amount. Rows that were executed by an earlier
    /// run count as well, so that a run that is continued stops at the same row; rows that were refused do not count.
    pub fn limit_per_run(mut self, amount: Amount) -> Self {
        self.limit_per_run = Some(amount);
        self
    }

    /// Sends nothing more after this number of rows that were neither executed nor held back by a limit.
    pub fn stop_after_failures(mut self, failures: u64) -> Self {
        self.stop_after = Some(failures.max(1));
        self
    }

    /// Sends nothing more after this number of rows that were given up one after the other, because of the errors of
    /// [`Bulk::tries`]; ten by default. A row that goes a step forward in between starts the count again. Run the same rows
    /// again when the service can be reached.
    pub fn stop_after_given_up(mut self, rows: u64) -> Self {
        self.stop_after_given_up = rows.max(1);
        self
    }

    /// Sends nothing: checks every row, adds the amounts up, and reports which rows the journal has settled already.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Calls this whenever a row was read or has a result.
    pub fn progress(mut self, callback: impl FnMut(BulkProgress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(callback));
        self
    }

    /// Calls this with every error after which a row is tried again or given up, such as a broken connection: a run whose
    /// server is down has nothing else to show.
    pub fn on_error(mut self, callback: impl FnMut(BulkRowError<'_>) + Send + 'static) -> Self {
        self.on_error = Some(Box::new(callback));
        self
    }

    /// Calls this with the result of each row, in the order in which they become known. Rows that repeat an earlier one
    /// have none of their own.
    pub fn on_result(mut self, callback: impl FnMut(&BulkResult) + Send + 'static) -> Self {
        self.on_result = Some(Box::new(callback));
        self
    }

    /// Reads all rows and gives the report when each has a result.
    ///
    /// Dropping the future, or ending the process at any moment, loses nothing: run the same rows again.
    ///
    /// # Errors
    /// [`BulkError`]. A row that fails is a result, not an error.
    pub async fn run<S, O>(self, rows: S) -> Result<BulkReport, BulkError>
    where
        S: Stream,
        S::Item: Into<BulkRow<O>>,
        O: Resolvable,
    {
        run::run(self, rows).await
    }
}
