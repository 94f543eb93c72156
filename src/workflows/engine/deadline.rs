//! Deadlines and duplicates that a record states about itself.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use time::Duration;

use super::{Rule, Weekends, WorkingDays, named};
use crate::types::{Day, UtcTime};

/// A kind of deadline: the key under which programs translate it, and its meaning in English.
///
/// Each [`Workflow`](super::Workflow) lists its own in [`Workflow::DEADLINES`](super::Workflow::DEADLINES);
/// [`Catalogue::deadline`](super::Catalogue::deadline) finds one by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadlineKind {
    /// The key: the kind of record and what is due, such as `po.verification`. It never changes its meaning.
    pub key: &'static str,
    /// Required action, in English.
    pub action: &'static str,
    /// Documented consequence of a missed deadline, in English.
    pub consequence: &'static str,
}

impl DeadlineKind {
    /// A kind of deadline of the key, the action and the consequence.
    pub const fn new(key: &'static str, action: &'static str, consequence: &'static str) -> Self {
        Self { key, action, consequence }
    }
}

/// A day until which something has to be done.
///
/// What that is, is a [key](Deadline::key) to translate; [`DeadlineKind`] has the English text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The key of its [`DeadlineKind`], such as `po.verification`.
    pub key: Cow<'static, str>,
    /// The rule that sets the deadline.
    pub rule: Rule,
    /// The last day in Beijing on which it is in time.
    pub last_day: Day,
    /// A year that the calendar in use does not cover. Then `last_day` counts weekends only and is provisional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncovered_year: Option<i32>,
    /// True when the record changes automatically after the last day.
    pub automatic: bool,
}

impl Deadline {
    /// A deadline at the end of the `n`-th working day after `start`.
    pub fn working_days(
        calendar: &dyn WorkingDays,
        start: UtcTime,
        n: u32,
        rule: &Rule,
        kind: &DeadlineKind,
    ) -> Self {
        let start = start.billing_day();
        let (last_day, uncovered_year) = match calendar.working_day_after(start, n) {
            Ok(day) => (day, None),
            Err(unknown) => (Weekends.working_day_after(start, n).unwrap_or(start), Some(unknown.0)),
        };
        Self { uncovered_year, ..Self::on(last_day, rule, kind) }
    }

    /// A deadline at the end of the `n`-th calendar day after `start`.
    pub fn days(start: Day, n: u32, rule: &Rule, kind: &DeadlineKind) -> Self {
        Self::on(days_after(start, n), rule, kind)
    }

    /// A deadline at the end of a given day.
    pub fn on(last_day: Day, rule: &Rule, kind: &DeadlineKind) -> Self {
        Self { key: kind.key.into(), rule: rule.clone(), last_day, uncovered_year: None, automatic: false }
    }

    /// The same deadline, after which the record changes automatically.
    #[must_use]
    pub fn automatic(self) -> Self {
        Self { automatic: true, ..self }
    }

    /// True when the last day is over at this time. A provisional deadline counts as it stands.
    pub fn is_over(&self, now: UtcTime) -> bool {
        now.billing_day() > self.last_day
    }
}

/// The `n`-th calendar day after a day, or the last day of the calendar.
pub(crate) fn days_after(start: Day, n: u32) -> Day {
    start.date().saturating_add(Duration::days(n.into())).into()
}

/// The same day `n` months later, or the last day of that month where it is shorter.
pub(crate) fn months_after(start: Day, n: u8) -> Day {
    let cycle = (0..n).fold(start.cycle(), |cycle, _| cycle.next());
    let day = start.date().day().min(cycle.month().length(cycle.year()));
    time::Date::from_calendar_date(cycle.year(), cycle.month(), day).map_or(start, Day::from)
}

named! {
    /// Duplicate that takes precedence over the other.
    pub enum Winner {
        /// The record that was asked about.
        This = "this",
        /// The other record.
        Other = "other",
        /// Neither has reached the point that decides.
        Undecided = "undecided",
    }
}

/// Statement of a record about another one that may describe the same matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// True when the records are the same by what they state; false when they are only similar.
    pub certain: bool,
    /// Record that takes precedence by the published rule.
    pub winner: Winner,
    /// The rule that decides.
    pub rule: Rule,
    /// Reason for the statement, without personal data.
    pub detail: String,
}
