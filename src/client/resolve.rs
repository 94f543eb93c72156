//! What became of a write whose answer was lost.

use std::time::Duration;

use futures_util::TryStreamExt as _;

use super::Client;
use crate::{
    error::{Error, ErrorKind},
    operation::{RecordOf, Resolution, Resolvable, TimeWindow},
};

/// How long records are waited for, and how far the clocks may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolveOptions {
    /// Records are asked again and again until so much time has passed since the write; only then does their absence
    /// prove anything. How late the service writes them is not documented.
    pub settle: Duration,
    /// How long to wait between two looks.
    pub every: Duration,
    /// By how much the window of the write is widened on both sides.
    pub margin: Duration,
}

impl Default for ResolveOptions {
    /// Two minutes, a look every ten seconds, a margin of one minute.
    fn default() -> Self {
        Self {
            settle: Duration::from_secs(120),
            every: Duration::from_secs(10),
            margin: Duration::from_secs(60),
        }
    }
}

impl Client {
    /// Asks the service's records what became of a write that ended in [`ErrorKind::OutcomeUnknown`].
    ///
    /// `operation` is the write as it was sent, `error` what it ended with. The verdict is careful: it says
    /// [`Resolution::Executed`] only where one record fits, [`Resolution::NotExecuted`] only after the records have had time to
    /// appear, and [`Resolution::Undecided`] where equal writes were made in the same time. An absent record proves
    /// nothing where the receiver is not the caller's own: the service answers an empty list then, too.
    ///
    /// Waits for [`ResolveOptions::settle`] where no record is there yet; a view with a shorter deadline only limits each look.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where `error` is not of an unknown outcome of this operation, else what the query
    /// fails with.
    pub async fn resolve<O: Resolvable>(
        &self,
        operation: &O,
        error: &Error,
        patience: ResolveOptions,
    ) -> Result<Resolution<RecordOf<O>>, Error> {
        let outcome =
            error.outcome().filter(|outcome| outcome.operation == O::META.name).ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidInput,
                    O::META.name,
                    "the error is not of an unknown outcome of this operation",
                )
            })?;
        let window = TimeWindow::around(outcome, patience.margin);
        let settled =
            outcome.until.instant().saturating_add(patience.settle.try_into().unwrap_or(time::Duration::MAX));
        loop {
            let records: Vec<RecordOf<O>> = self.items(operation.query(window)).try_collect().await?;
            let verdict = judge(operation, records);
            let waited = self.clock().now() >= settled;
            match verdict {
                Resolution::NotExecuted | Resolution::PartlyExecuted { .. } if !waited => {
                    self.clock().sleep(patience.every.max(Duration::from_millis(1))).await;
                }
                verdict => return Ok(verdict),
            }
        }
    }
}

fn judge<O: Resolvable>(operation: &O, records: Vec<RecordOf<O>>) -> Resolution<RecordOf<O>> {
    let receivers = operation.targets();
    let (mut ambiguous, mut missing) = (false, Vec::new());
    for receiver in &receivers {
        let found = records.iter().filter(|record| operation.matches(receiver, record)).count();
        // A batch may name a receiver more than once.
        let wanted = receivers.iter().filter(|other| *other == receiver).count();
        ambiguous |= found > wanted || (0 < found && found < wanted);
        if found == 0 && !missing.contains(receiver) {
            missing.push(receiver.clone());
        }
    }
    let done: Vec<RecordOf<O>> = records
        .into_iter()
        .filter(|record| receivers.iter().any(|receiver| operation.matches(receiver, record)))
        .collect();
    if ambiguous {
        Resolution::Undecided(done)
    } else if done.is_empty() {
        Resolution::NotExecuted
    } else if missing.is_empty() {
        Resolution::Executed(done)
    } else {
        Resolution::PartlyExecuted { done, missing }
    }
}
