//! The loop of a run.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::Duration,
};

use futures_util::{FutureExt as _, Stream, StreamExt as _, stream::FuturesUnordered};
use huaweicloud_partner::{
    Client, Error, ErrorKind,
    clock::Sleep,
    journal::{AttemptState, DecidedBy, LegOutcome, LegState, ResolveOptions, Settled},
    operation::Resolvable,
    types::Amount,
};

use super::{
    Bulk, BulkError, BulkProgress, BulkReport, BulkResult, BulkRow, BulkRowError, BulkStatus, StopReason,
    ids::{Ids, Known, contents},
    queue::{Job, Queue, sign},
    report::Recorder,
};

/// Time for which one call waits for an outcome before its place is given to another row.
const HOLD: Duration = Duration::from_millis(250);
/// The waits before an outcome is looked for again: the first, and the longest.
const FIRST_LOOK: Duration = Duration::from_secs(2);
const LONGEST_LOOK: Duration = Duration::from_secs(60);
/// The waits after an error: the first, and the longest.
const FIRST_RETRY: Duration = Duration::from_millis(200);
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// The result of one step of a row.
enum Step {
    Done(BulkStatus, String, String),
    /// Continue after a wait. The row itself is open, or waits for an equal one.
    Look {
        within: Duration,
        is_open: bool,
    },
    /// An error, and whether the row is open in the journal.
    Failed {
        error: Error,
        is_open: bool,
    },
}

/// Next action of the loop.
enum Next<O, R> {
    Step(Box<(Job<O>, Step)>),
    Row(Option<R>),
    Due,
}

struct Run<O> {
    client: Client,
    bulk: Bulk,
    queue: Queue<O>,
    recorder: Recorder,
    ids: Ids,
    progress: BulkProgress,
    /// The sum of the rows that were or may be executed.
    admitted: Amount,
    failures: u64,
    /// Rows that were given up since the service last responded.
    given_up: u64,
    /// Whether a row went a step forward. Until then one row goes alone: wrong credentials are noticed by one request.
    has_begun: bool,
    stopped: Option<StopReason>,
}

pub(super) async fn run<S, O>(bulk: Bulk, rows: S) -> Result<BulkReport, BulkError>
where
    S: Stream,
    S::Item: Into<BulkRow<O>>,
    O: Resolvable,
{
    let client = bulk.client.with_journal_options(bulk.journal.clone(), bulk.options.clone().wait(HOLD));
    let clock = client.clock().clone();
    let mut run = Run {
        client,
        queue: Queue::new(),
        recorder: Recorder::new()?,
        ids: Ids::new()?,
        progress: BulkProgress::default(),
        admitted: Amount::default(),
        failures: 0,
        given_up: 0,
        has_begun: false,
        stopped: None,
        bulk,
    };
    let mut rows = std::pin::pin!(rows.fuse());
    let mut lanes = FuturesUnordered::new();
    let mut timer: Option<(Duration, Sleep)> = None;
    let mut ended = false;
    loop {
        let most = if run.has_begun { run.bulk.concurrency } else { 1 };
        while lanes.len() < most
            && let Some(job) = run.queue.take_due(clock.elapsed())
        {
            lanes.push(run.next_step(job));
        }
        if ended && lanes.is_empty() && run.queue.len() == 0 {
            return Ok(run.recorder.finish(run.stopped)?);
        }
        let has_place = lanes.len() < most;
        let may_read = !ended && has_place && run.queue.len() <= run.bulk.waiting;
        match run.queue.next_due().filter(|_| has_place) {
            Some(due) if timer.as_ref().is_none_or(|(set, _)| *set != due) => {
                timer = Some((due, clock.sleep(due.saturating_sub(clock.elapsed()))));
            }
            Some(_) => {}
            None => timer = None,
        }
        let next = poll_fn(|context| {
            if let Poll::Ready(Some(stepped)) = lanes.poll_next_unpin(context) {
                return Poll::Ready(Next::Step(Box::new(stepped)));
            }
            if may_read && let Poll::Ready(row) = rows.as_mut().poll_next(context) {
                return Poll::Ready(Next::Row(row));
            }
            match &mut timer {
                Some((_, sleep)) => sleep.poll_unpin(context).map(|()| Next::Due),
                None => Poll::Pending,
            }
        });
        match next.await {
            Next::Step(stepped) => {
                let (job, step) = *stepped;
                run.after(job, step)?;
            }
            Next::Row(None) => ended = true,
            Next::Row(Some(row)) => {
                if let Some(job) = run.admit(row.into()).await? {
                    lanes.push(run.next_step(job));
                }
            }
            Next::Due => timer = None,
        }
    }
}

type Lane<O> = Pin<Box<dyn Future<Output = (Job<O>, Step)> + Send>>;

/// Sends a row, or resolves it where it is open.
async fn send<O: Resolvable>(client: &Client, job: &Job<O>) -> Step {
    let result = client.send_once(&job.request_id, &job.operation).await;
    match result {
        Ok(Settled::Pending(pending)) => match client.stored_attempt(&job.request_id).await {
            Ok(stored) => {
                let is_open = stored.is_some_and(|stored| stored.state == AttemptState::Open);
                Step::Look { within: pending.look_again_in, is_open }
            }
            Err(error) => Step::Failed { error, is_open: true },
        },
        Ok(settled) => done(&settled),
        Err(error) => failed(client, job, error).await,
    }
}

/// Resolves a row that is open, and sends nothing.
async fn resolve<O: Resolvable>(
    client: &Client,
    job: &Job<O>,
    options: ResolveOptions,
    reason: StopReason,
) -> Step {
    let not_sent = format!("not sent in this run: {reason}");
    match client.stored_attempt(&job.request_id).await {
        Ok(Some(stored)) if stored.state != AttemptState::Ready => {
            match client.resolve(&stored.attempt, options).await {
                Ok(Settled::Pending(pending)) => Step::Look { within: pending.look_again_in, is_open: true },
                Ok(settled) => done(&settled),
                Err(error) => failed(client, job, error).await,
            }
        }
        Ok(_) => Step::Done(BulkStatus::NotSent, String::new(), not_sent),
        Err(error) => Step::Failed { error, is_open: true },
    }
}

async fn failed<O>(client: &Client, job: &Job<O>, error: Error) -> Step {
    let stored = client.stored_attempt(&job.request_id).await;
    let is_open =
        stored.map_or(true, |stored| stored.is_some_and(|stored| stored.state == AttemptState::Open));
    Step::Failed { error, is_open }
}

fn done(settled: &Settled) -> Step {
    match settled {
        Settled::Executed(executed) => {
            let message = match (executed.by(), executed.journaled) {
                (_, false) => "the journal could not store the outcome: run the row again",
                (Some(DecidedBy::Match), _) => "known by the only record that fits",
                (Some(DecidedBy::Memo), _) => "known by the memo of its record",
                (Some(DecidedBy::State), _) => "known by the state of the object",
                (Some(DecidedBy::Operator), _) => "decided by a person",
                _ => "",
            };
            let status = if executed.journaled { BulkStatus::Executed } else { BulkStatus::Open };
            Step::Done(status, records(&executed.legs), message.to_owned())
        }
        Settled::NotExecuted(refused) => {
            Step::Done(BulkStatus::NotExecuted, String::new(), refused.to_string())
        }
        Settled::PartlyExecuted(partly) => {
            let missing: Vec<String> = partly
                .legs
                .iter()
                .filter(|leg| leg.state != LegState::Executed)
                .map(|leg| match &leg.code {
                    Some(code) => format!("{} was refused with {code}", leg.target),
                    None => format!("{} was not executed", leg.target),
                })
                .collect();
            Step::Done(BulkStatus::PartlyExecuted, records(&partly.legs), missing.join("; "))
        }
        Settled::Undecided(undecided) => {
            Step::Done(BulkStatus::Undecided, records(&undecided.legs), undecided.to_string())
        }
        other => Step::Done(BulkStatus::Open, String::new(), other.to_string()),
    }
}

fn records(legs: &[LegOutcome]) -> String {
    let records: Vec<&str> = legs.iter().filter_map(|leg| leg.record.as_deref()).collect();
    records.join(" ")
}

/// Errors that another try does not change.
fn is_final(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidInput
            | ErrorKind::Configuration
            | ErrorKind::Credentials
            | ErrorKind::NotOffered
            | ErrorKind::WrongCaller
    )
}

impl<O: Resolvable> Run<O> {
    /// Processes a row, and returns it with the result.
    fn next_step(&self, job: Job<O>) -> Lane<O> {
        let client = self.client.clone();
        let stopped = self.stopped.filter(|reason| *reason != StopReason::RunLimit);
        let options = self.bulk.options.resolve_options().clone().wait(HOLD);
        Box::pin(async move {
            let step = match stopped {
                Some(reason) => resolve(&client, &job, options, reason).await,
                None => send(&client, &job).await,
            };
            (job, step)
        })
    }

    /// Checks a row against everything that does not need the service. Gives it back where it is to be sent now.
    async fn admit(&mut self, row: BulkRow<O>) -> Result<Option<Job<O>>, BulkError> {
        let index = self.progress.read;
        self.progress.read += 1;
        let BulkRow { request_id, operation } = row;
        let mut result = BulkResult {
            index,
            request_id,
            status: BulkStatus::Invalid,
            record_id: String::new(),
            amount: None,
            message: String::new(),
        };
        let known = match result.request_id.is_empty() {
            true => Known::New,
            false => self.ids.note(&result.request_id, &contents(&operation), index)?,
        };
        match known {
            Known::New => {}
            Known::Repeat { first } => {
                self.recorder.repeat(index, first)?;
                self.progress.done += 1;
                self.report_progress();
                return Ok(None);
            }
            Known::Conflict { first } => {
                result.message = format!(
                    "row {} has the request id {}, and is another write",
                    first + 1,
                    result.request_id
                );
                return self.finish(result).map(|()| None);
            }
        }
        let operation = match operation {
            Ok(operation) => operation,
            Err(message) => {
                result.message = message;
                return self.finish(result).map(|()| None);
            }
        };
        if result.request_id.is_empty() || result.request_id.trim() != result.request_id {
            result.message = "the request id must not be empty, nor begin or end with a blank".into();
            return self.finish(result).map(|()| None);
        }
        if let Err(invalid) = operation.validate() {
            result.message = invalid.to_string();
            return self.finish(result).map(|()| None);
        }
        let legs = operation.legs();
        let amounts: Option<Vec<Amount>> = legs.iter().map(|leg| leg.amount()).collect();
        result.amount = amounts.filter(|all| !all.is_empty()).and_then(Amount::checked_sum);
        if let Some(limit) = self.bulk.limit_per_item {
            let refusal = match result.amount {
                Some(amount) if amount.abs() <= limit => None,
                Some(amount) => Some(format!("{amount} is above the limit of {limit} for one item")),
                None => Some("the amount is not known, and items have a limit".to_owned()),
            };
            if let Some(message) = refusal {
                (result.status, result.message) = (BulkStatus::OverLimit, message);
                return self.finish(result).map(|()| None);
            }
        }
        if self.stopped.is_none()
            && let Some(limit) = self.bulk.limit_per_run
        {
            let sum = result.amount.and_then(|amount| self.admitted.checked_add(amount.abs()));
            if sum.is_none_or(|sum| sum > limit) {
                self.stopped = Some(StopReason::RunLimit);
            }
        }
        if let Some(reason) = self.stopped {
            result.status = match reason {
                StopReason::RunLimit => BulkStatus::OverLimit,
                StopReason::Failures | StopReason::GivenUp | StopReason::Credentials => BulkStatus::NotSent,
            };
            result.message = format!("not sent in this run: {reason}");
            return self.finish(result).map(|()| None);
        }
        if let Some(amount) = result.amount {
            self.admitted = self.admitted.checked_add(amount.abs()).unwrap_or(self.admitted);
        }
        if self.bulk.dry_run {
            self.rehearse(&mut result, &operation).await;
            return self.finish(result).map(|()| None);
        }
        let job = Job {
            index,
            request_id: result.request_id,
            amount: result.amount,
            sign: sign(&operation),
            holds: false,
            operation,
            errors: 0,
            wait: FIRST_LOOK,
        };
        // Memos may tell equal rows apart, so they are tried at once; others wait without asking the journal.
        let keep = O::MEMO.is_none() || self.queue.is_held(job.sign.as_ref());
        let job = if keep { self.queue.hold(job) } else { Some(job) };
        self.report_progress();
        Ok(job)
    }

    /// Records the state of a row in a dry run, according to the journal.
    async fn rehearse(&self, result: &mut BulkResult, operation: &O) {
        (result.status, result.message) = match self.bulk.journal.load(&result.request_id).await {
            Err(error) => (BulkStatus::NotSent, error.to_string()),
            Ok(Some(stored)) if !stored.attempt.is_of(operation) => (
                BulkStatus::Invalid,
                format!("the request id {} belongs to another write: {}", result.request_id, stored.attempt),
            ),
            Ok(stored) => match stored.as_ref().map(|stored| stored.state) {
                Some(AttemptState::Executed) => {
                    let records = stored.iter().flat_map(|stored| &stored.legs);
                    let records: Vec<&str> = records.filter_map(|leg| leg.record.as_deref()).collect();
                    result.record_id = records.join(" ");
                    (BulkStatus::Executed, "executed by an earlier run".to_owned())
                }
                Some(AttemptState::Undecided) => {
                    (BulkStatus::Undecided, "undecided by an earlier run".to_owned())
                }
                Some(AttemptState::Open) => (BulkStatus::Open, "left open by an earlier run".to_owned()),
                Some(_) => (BulkStatus::Planned, "not executed by an earlier run".to_owned()),
                None => (BulkStatus::Planned, String::new()),
            },
        };
    }

    /// Takes note of a step of a row.
    fn after(&mut self, mut job: Job<O>, step: Step) -> Result<(), BulkError> {
        let now = self.client.clock().elapsed();
        if matches!(step, Step::Done(..) | Step::Look { .. }) && !self.is_cut_off() {
            self.given_up = 0;
            self.has_begun = true;
        }
        match step {
            Step::Done(status, record_id, message) => self.conclude(job, status, record_id, message)?,
            Step::Look { within, is_open } => {
                job.errors = 0;
                let wait = job.wait.min(within.max(HOLD));
                job.wait = (job.wait * 2).min(LONGEST_LOOK);
                // A row that is open itself has passed the gate. One that has not waits for an equal one, and others like it
                // need not ask as well.
                let job = if is_open { Some(job) } else { self.queue.hold(job) };
                if let Some(job) = job {
                    self.queue.wait_until(now.saturating_add(wait), job);
                }
            }
            Step::Failed { error, is_open } => {
                job.errors += 1;
                // Where nothing can be sent any more, an outcome is not looked for again and again either.
                let is_last = is_final(&error) || job.errors >= self.bulk.tries || self.is_cut_off();
                let doubled = FIRST_RETRY.saturating_mul(1 << (job.errors - 1).min(16));
                let wait = error.retry_after().unwrap_or_default().max(doubled).min(LONGEST_RETRY);
                if let Some(callback) = &mut self.bulk.on_error {
                    let (request_id, errors) = (job.request_id.as_str(), job.errors);
                    let again_in = (!is_last).then_some(wait);
                    callback(BulkRowError { request_id, error: &error, errors, again_in });
                }
                if is_last {
                    let status = match error.kind() {
                        _ if is_open => BulkStatus::Open,
                        ErrorKind::InvalidInput => BulkStatus::Invalid,
                        _ => BulkStatus::NotSent,
                    };
                    self.given_up += u64::from(status != BulkStatus::Invalid);
                    self.conclude(job, status, String::new(), error.to_string())?;
                    if self.stopped.is_none() && error.kind() == ErrorKind::Credentials {
                        self.stopped = Some(StopReason::Credentials);
                    } else if self.stopped.is_none() && self.given_up >= self.bulk.stop_after_given_up {
                        self.stopped = Some(StopReason::GivenUp);
                    }
                } else {
                    self.queue.wait_until(now.saturating_add(wait), job);
                }
            }
        }
        self.report_progress();
        Ok(())
    }

    /// Whether the service cannot be asked any more in this run.
    fn is_cut_off(&self) -> bool {
        matches!(self.stopped, Some(StopReason::GivenUp | StopReason::Credentials))
    }

    fn conclude(
        &mut self,
        job: Job<O>,
        status: BulkStatus,
        record_id: String,
        message: String,
    ) -> Result<(), BulkError> {
        if let (true, Some(sign)) = (job.holds, &job.sign) {
            self.queue.release(sign);
        }
        let gives_back =
            matches!(status, BulkStatus::NotExecuted | BulkStatus::Invalid | BulkStatus::NotSent);
        if let (true, Some(amount)) = (gives_back, job.amount) {
            self.admitted = self.admitted.checked_sub(amount.abs()).unwrap_or(self.admitted);
        }
        let Job { index, request_id, amount, .. } = job;
        self.finish(BulkResult { index, request_id, status, record_id, amount, message })
    }

    fn finish(&mut self, result: BulkResult) -> Result<(), BulkError> {
        self.recorder.record(&result)?;
        self.progress.done += 1;
        match result.status {
            BulkStatus::Executed => self.progress.executed += 1,
            BulkStatus::Planned => {}
            _ => self.progress.failed += 1,
        }
        let failed = match result.status {
            BulkStatus::Executed | BulkStatus::Planned | BulkStatus::OverLimit => false,
            BulkStatus::NotSent => self.stopped.is_none(),
            _ => true,
        };
        self.failures += u64::from(failed && !self.bulk.dry_run);
        if self.stopped.is_none() && self.bulk.stop_after.is_some_and(|most| self.failures >= most) {
            self.stopped = Some(StopReason::Failures);
        }
        self.progress.amount = self.recorder.executed();
        if let Some(callback) = &mut self.bulk.on_result {
            callback(&result);
        }
        self.report_progress();
        Ok(())
    }

    fn report_progress(&mut self) {
        self.progress.waiting = u64::try_from(self.queue.len()).unwrap_or(u64::MAX);
        if let Some(callback) = &mut self.bulk.on_progress {
            callback(self.progress);
        }
    }
}
