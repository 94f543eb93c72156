//! Writes whose outcome can be looked up in the records of the service.

use super::{Operation, Paged};
use crate::{error::UnknownOutcome, types::UtcTime};

/// A write that leaves a record by which it can be recognised afterwards.
///
/// When its outcome is unknown, [`Client::resolve`](crate::Client::resolve) reads the records of the time in question
/// and gives a [`Resolution`].
pub trait Resolvable: Operation {
    /// The query for the records.
    type Query: Paged;

    /// The query that finds the record of this write, if there is one, and few others.
    fn query(&self, window: TimeWindow) -> Self::Query;

    /// Whom the write goes to: one id for a transfer, several for a batch.
    fn targets(&self) -> Vec<String>;

    /// Whether a record could be that of this write to this receiver: the same kind, the same amount.
    fn matches(&self, receiver: &str, record: &<Self::Query as Paged>::Item) -> bool;
}

/// The record type that tells about a write.
pub type RecordOf<O> = <<O as Resolvable>::Query as Paged>::Item;

/// The time in which a write may have been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWindow {
    /// Not before.
    pub from: UtcTime,
    /// Not after.
    pub until: UtcTime,
}

impl TimeWindow {
    /// The time of an unknown outcome, widened by `margin` on both sides for clocks that differ and records that come
    /// late.
    #[must_use]
    pub fn around(outcome: &UnknownOutcome, margin: std::time::Duration) -> Self {
        let margin = time::Duration::try_from(margin).unwrap_or(time::Duration::ZERO);
        // The service takes whole seconds only, so the window grows to them.
        let whole = |instant: time::OffsetDateTime| instant.replace_nanosecond(0).unwrap_or(instant);
        let until = outcome
            .until
            .instant()
            .saturating_add(margin)
            .saturating_add(time::Duration::nanoseconds(999_999_999));
        Self { from: whole(outcome.from.instant().saturating_sub(margin)).into(), until: whole(until).into() }
    }
}

/// What the records say about a write of unknown outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution<R> {
    /// It was carried out: these are its records, for each receiver the only one that fits.
    Executed(Vec<R>),
    /// A batch was carried out for some receivers only.
    PartlyExecuted {
        /// The records of those it was carried out for.
        done: Vec<R>,
        /// The receivers without a record.
        missing: Vec<String>,
    },
    /// It was not carried out: no record fits, and the records have had time to appear.
    NotExecuted,
    /// The records do not tell: several fit one receiver, because equal writes went to it in the same time. A person
    /// has to compare them with the books.
    Undecided(Vec<R>),
}
