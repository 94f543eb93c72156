//! The outcome of an attempt, as a caller acts on it.

use std::{fmt, time::Duration};

use super::state::{AttemptState, DecidedBy, LegState, StoredAttempt};
use crate::error::ErrorCode;

/// The outcome of an attempt. Only [`Settled::NotExecuted`] permits a repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settled {
    /// Every leg was executed, once.
    Executed(Executed),
    /// No leg was executed, and none will be.
    NotExecuted(NotExecuted),
    /// Some legs of a batch were executed, and no other will be.
    PartlyExecuted(PartlyExecuted),
    /// The outcome is not known yet.
    Pending(Pending),
    /// The records do not decide: a person has to decide.
    Undecided(Undecided),
}

/// An attempt that was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Executed {
    /// Request id of the attempt.
    pub request_id: String,
    /// The legs with their records.
    pub legs: Vec<LegOutcome>,
    /// False where the journal could not store the outcome: the attempt is still open there.
    pub journaled: bool,
}

impl Executed {
    /// The record of the first leg; the only one unless the write is a batch.
    pub fn record_id(&self) -> &str {
        self.legs.first().and_then(|leg| leg.record.as_deref()).unwrap_or_default()
    }

    /// Returns the evidence for the outcome of the first leg.
    pub fn by(&self) -> Option<DecidedBy> {
        self.legs.first().and_then(|leg| leg.by)
    }
}

/// An attempt that was not executed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotExecuted {
    /// Request id of the attempt.
    pub request_id: String,
    /// The code with which the service refused it; `None` where the records prove that it never arrived.
    pub code: Option<ErrorCode>,
    /// Outcomes of the legs.
    pub legs: Vec<LegOutcome>,
}

/// A batch of which some legs were executed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartlyExecuted {
    /// Request id of the attempt.
    pub request_id: String,
    /// Outcomes of the legs.
    pub legs: Vec<LegOutcome>,
}

/// An attempt whose outcome is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// Request id of the attempt.
    pub request_id: String,
    /// Time from now after which to look again.
    pub look_again_in: Duration,
}

/// An attempt that the records cannot decide.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undecided {
    /// Request id of the attempt.
    pub request_id: String,
    /// The records that could be its own.
    pub candidates: Vec<String>,
    /// The attempts to which they could belong as well.
    pub rivals: Vec<String>,
    /// Outcomes of the legs.
    pub legs: Vec<LegOutcome>,
}

/// The outcome of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LegOutcome {
    /// The target as the request names it.
    pub target: String,
    /// State of the leg.
    pub state: LegState,
    /// Record of the execution, if there is one.
    pub record: Option<String>,
    /// Evidence for the state.
    pub by: Option<DecidedBy>,
    /// The code with which it was refused.
    pub code: Option<ErrorCode>,
}

impl Settled {
    /// The id of the attempt.
    pub fn request_id(&self) -> &str {
        match self {
            Self::Executed(it) => &it.request_id,
            Self::NotExecuted(it) => &it.request_id,
            Self::PartlyExecuted(it) => &it.request_id,
            Self::Pending(it) => &it.request_id,
            Self::Undecided(it) => &it.request_id,
        }
    }

    /// True for [`Settled::Executed`].
    pub fn is_executed(&self) -> bool {
        matches!(self, Self::Executed(_))
    }

    /// Returns the outcome of a stored attempt; pending where it is not settled.
    pub(crate) fn of(stored: &StoredAttempt, look_again_in: Duration) -> Self {
        let request_id = stored.attempt.request_id.clone();
        let legs: Vec<LegOutcome> = stored
            .attempt
            .legs
            .iter()
            .zip(&stored.legs)
            .map(|(leg, entry)| LegOutcome {
                target: leg.target.clone(),
                state: entry.state,
                record: entry.record.clone(),
                by: entry.by,
                code: entry.code.as_deref().map(ErrorCode::from),
            })
            .collect();
        match stored.state {
            AttemptState::Executed => Self::Executed(Executed { request_id, legs, journaled: true }),
            AttemptState::NotExecuted => {
                let code = legs.iter().find_map(|leg| leg.code.clone());
                Self::NotExecuted(NotExecuted { request_id, code, legs })
            }
            AttemptState::PartlyExecuted => Self::PartlyExecuted(PartlyExecuted { request_id, legs }),
            AttemptState::Undecided => {
                let names = |of: fn(&super::LegEntry) -> &Vec<String>| {
                    let mut all: Vec<String> = stored.legs.iter().flat_map(of).cloned().collect();
                    all.sort();
                    all.dedup();
                    all
                };
                let (candidates, rivals) = (names(|leg| &leg.candidates), names(|leg| &leg.rivals));
                Self::Undecided(Undecided { request_id, candidates, rivals, legs })
            }
            AttemptState::Ready | AttemptState::Open => Self::Pending(Pending { request_id, look_again_in }),
        }
    }
}

impl fmt::Display for NotExecuted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => {
                write!(f, "{} was refused with {code}", self.request_id)?;
                code.info().map_or(Ok(()), |info| write!(f, ": {}", info.meaning))
            }
            None => write!(f, "{} was not executed", self.request_id),
        }
    }
}

impl fmt::Display for Executed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was executed as {}", self.request_id, self.record_id())
    }
}

impl fmt::Display for PartlyExecuted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was executed in part", self.request_id)
    }
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not known yet", self.request_id)
    }
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be decided", self.request_id)?;
        if !self.candidates.is_empty() {
            write!(f, "; it could be {}", self.candidates.join(" or "))?;
        }
        if !self.rivals.is_empty() {
            write!(f, "; so could {}", self.rivals.join(", "))?;
        }
        Ok(())
    }
}

// A program that needs the write returns these as its error.
impl std::error::Error for NotExecuted {}
impl std::error::Error for PartlyExecuted {}
impl std::error::Error for Pending {}
impl std::error::Error for Undecided {}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Executed(it) => it.fmt(f),
            Self::NotExecuted(it) => it.fmt(f),
            Self::PartlyExecuted(it) => it.fmt(f),
            Self::Pending(it) => it.fmt(f),
            Self::Undecided(it) => it.fmt(f),
        }
    }
}
