//! Contents of a journal about an attempt.

use std::fmt;

use super::{attempt::Attempt, footprint::Footprint};
use crate::types::{
    UtcTime,
    plain::{plain, transparent, words},
};

/// Incarnation of a process: a new one is made every time a journal is opened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OwnerId(pub String);

transparent! { OwnerId(String) }

impl fmt::Display for OwnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The state of an attempt as a whole, which follows from the states of its legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttemptState {
    /// The last send was not handed to the transport; the attempt may be sent.
    Ready,
    /// A leg may have been executed, and its outcome is not known yet.
    Open,
    /// Every leg was executed.
    Executed,
    /// No leg was executed, and none will be.
    NotExecuted,
    /// Some legs were executed, and no other will be.
    PartlyExecuted,
    /// A leg cannot be decided by the records; a person has to.
    Undecided,
}

/// The state of one leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LegState {
    /// The leg was not handed to the transport.
    Ready,
    /// The leg may have been sent.
    Open,
    /// The leg was executed.
    Executed,
    /// The write was proven not to be executed.
    NotExecuted,
    /// The records do not decide.
    Undecided,
}

words! { LegState { Ready, Open, Executed, NotExecuted, Undecided } }

impl LegState {
    /// The state as a word, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Open => "open",
            Self::Executed => "executed",
            Self::NotExecuted => "not_executed",
            Self::Undecided => "undecided",
        }
    }
}

words! { AttemptState { Ready, Open, Executed, NotExecuted, PartlyExecuted, Undecided } }

impl AttemptState {
    /// The state as a word, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Open => "open",
            Self::Executed => "executed",
            Self::NotExecuted => "not_executed",
            Self::PartlyExecuted => "partly_executed",
            Self::Undecided => "undecided",
        }
    }

    /// True where nothing more will be learned by waiting.
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Ready | Self::Open)
    }

    /// The state of an attempt whose legs are in these states.
    pub fn of(legs: &[LegEntry]) -> Self {
        let any = |state: LegState| legs.iter().any(|leg| leg.state == state);
        let all = |state: LegState| legs.iter().all(|leg| leg.state == state);
        if any(LegState::Open) {
            Self::Open
        } else if any(LegState::Undecided) {
            Self::Undecided
        } else if all(LegState::Executed) {
            Self::Executed
        } else if all(LegState::NotExecuted) {
            Self::NotExecuted
        } else if any(LegState::Executed) {
            Self::PartlyExecuted
        } else {
            Self::Ready
        }
    }
}

/// Evidence for an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecidedBy {
    /// The response of the write named the record.
    Response,
    /// One record matches, and the caller has declared to be the only writer.
    Match,
    /// The record shows the memo of this attempt alone.
    Memo,
    /// The object is in the state that the write asked for.
    State,
    /// A person decided.
    Operator,
}

words! { DecidedBy { Response, Match, Memo, State, Operator } }

impl DecidedBy {
    /// The word as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Match => "match",
            Self::Memo => "memo",
            Self::State => "state",
            Self::Operator => "operator",
        }
    }

    /// The word of [`DecidedBy::as_str`], read.
    pub fn read(word: &str) -> Option<Self> {
        [Self::Response, Self::Match, Self::Memo, Self::State, Self::Operator]
            .into_iter()
            .find(|known| known.as_str() == word)
    }
}

/// Contents of a journal about one leg.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LegEntry {
    /// State of the leg.
    pub state: LegState,
    /// The code with which the service refused it.
    pub code: Option<String>,
    /// The record that it left.
    pub record: Option<String>,
    /// Evidence for the outcome.
    pub by: Option<DecidedBy>,
    /// Records that were visible before it was sent after an undecided attempt of the same footprint: not its own.
    pub ignored: Vec<String>,
    /// The records that could be its own, where it is undecided.
    pub candidates: Vec<String>,
    /// Attempts with the same footprint to which the candidates could belong as well.
    pub rivals: Vec<String>,
    /// The last send that contained the leg.
    pub send_no: u32,
}

plain! {
    LegEntry {
        state, code [sparse], record [sparse], by [sparse], ignored [sparse], candidates [sparse], rivals [sparse],
        send_no [default],
    }
}

impl LegEntry {
    /// True where a record could belong to the leg although none is attributed to it.
    pub fn is_rival(&self) -> bool {
        match self.state {
            LegState::Open | LegState::Undecided => true,
            LegState::Executed => self.record.is_none(),
            _ => false,
        }
    }

    pub(crate) fn new() -> Self {
        Self {
            state: LegState::Ready,
            code: None,
            record: None,
            by: None,
            ignored: Vec::new(),
            candidates: Vec::new(),
            rivals: Vec::new(),
            send_no: 0,
        }
    }
}

/// An attempt as a journal holds it. Only the functions of [`transition`](super::transition) change it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredAttempt {
    /// The attempt that is sent.
    pub attempt: Attempt,
    /// Counts the changes. Every change names the version it was decided on.
    pub version: u64,
    /// The state, derived from the legs.
    pub state: AttemptState,
    /// The number of sends begun so far.
    pub send_no: u32,
    /// The process that sends it, or that has taken it over.
    pub owner: OwnerId,
    /// The earliest service time of the first send, less the margins. Never computed again.
    pub window_begin: UtcTime,
    /// The service time that the last send is signed with. A send is never signed with a newer one.
    pub signed_at: UtcTime,
    /// The service time after which the last send must not be handed to the transport.
    pub send_by: UtcTime,
    /// True where every send so far is signed with keys and the gateway was seen to refuse old signatures.
    pub fenced: bool,
    /// The legs, in the order of [`Attempt::legs`].
    pub legs: Vec<LegEntry>,
}

plain! {
    StoredAttempt {
        attempt, version, state, send_no, owner, window_begin, signed_at, send_by, fenced, legs,
    }
}

impl StoredAttempt {
    /// The footprint of a leg.
    pub fn footprint(&self, leg: usize) -> Option<Footprint> {
        self.attempt.footprint(leg)
    }

    /// True where a record could belong to this leg although none is attributed to it: it is open, undecided, or was executed
    /// without the response naming the record. [`Journal::rivals`](super::Journal::rivals) gives such legs.
    pub fn is_rival(&self, leg: usize) -> bool {
        self.legs.get(leg).is_some_and(LegEntry::is_rival)
    }

    /// The numbers of the legs in a state.
    pub fn legs_in(&self, state: LegState) -> Vec<usize> {
        let legs = self.legs.iter().enumerate();
        legs.filter(|(_, leg)| leg.state == state).map(|(number, _)| number).collect()
    }
}

/// Evidence that arrived for a send. It is appended and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// Request id of the attempt.
    pub request_id: String,
    /// Number of the send.
    pub send_no: u32,
    /// Description of the evidence, in one sentence without personal data.
    pub what: String,
}

plain! { Evidence { request_id, send_no, what } }

impl Evidence {
    /// Makes the evidence of a send.
    pub fn new(request_id: impl Into<String>, send_no: u32, what: impl Into<String>) -> Self {
        Self { request_id: request_id.into(), send_no, what: what.into() }
    }
}

/// A record that belongs to an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribution {
    /// Id of the record that shows the execution.
    pub record_id: String,
    /// Request id of the attempt.
    pub request_id: String,
    /// Number of the leg.
    pub leg: usize,
    /// Evidence for the attribution.
    pub by: DecidedBy,
}

plain! { Attribution { record_id, request_id, leg, by } }

impl Attribution {
    /// A record of a leg.
    pub fn new(
        record_id: impl Into<String>,
        request_id: impl Into<String>,
        leg: usize,
        by: DecidedBy,
    ) -> Self {
        Self { record_id: record_id.into(), request_id: request_id.into(), leg, by }
    }
}

/// Facts that were learned about a record query in one book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Learned {
    /// The record of a known success was found by its id, so the query sees the account.
    pub sees_account: bool,
    /// The record of a success showed the memo that was sent.
    pub memo_echo: bool,
    /// The longest time between the execution of a write and the look-up that showed its record first, in milliseconds. It is
    /// measured where the response of a write was lost and an earlier look-up did not show the record; zero where that has
    /// not happened yet. [`ResolveOptions::late_record`](super::ResolveOptions::late_record) should be at least three times
    /// as long.
    pub record_delay_ms: u64,
    /// The largest difference seen between the time of a record and the service's time, in milliseconds, less what is not
    /// known about the moment of the execution: a difference below the duration of the request is not seen.
    pub clock_skew_ms: u64,
}

plain! {
    Learned {
        sees_account [default], memo_echo [default], record_delay_ms [default], clock_skew_ms [default],
    }
}

impl Learned {
    /// Merges the facts of both.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self {
            sees_account: self.sees_account || other.sees_account,
            memo_echo: self.memo_echo || other.memo_echo,
            record_delay_ms: self.record_delay_ms.max(other.record_delay_ms),
            clock_skew_ms: self.clock_skew_ms.max(other.clock_skew_ms),
        }
    }
}

/// An attempt whose records could be confused with those of another.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rival {
    /// Request id of the attempt.
    pub request_id: String,
    /// The state of its leg: open, undecided, or executed without a known record.
    pub state: LegState,
    /// The records that could be its own, where it is undecided.
    pub candidates: Vec<String>,
    /// Start of the window.
    pub window_begin: UtcTime,
    /// Signing time of the last send.
    pub signed_at: UtcTime,
    /// The memo under which its record appears, where it has one of its own.
    pub memo: Option<String>,
}

plain! { Rival { request_id, state, candidates, window_begin, signed_at, memo [default] } }

crate::__debug_by_shape! { Rival { request_id, state, candidates, window_begin, signed_at, memo } }

impl Rival {
    /// The rival that a leg of a stored attempt is.
    pub fn of(stored: &StoredAttempt, leg: usize) -> Option<Self> {
        let entry = stored.legs.get(leg)?;
        Some(Self {
            request_id: stored.attempt.request_id.clone(),
            state: entry.state,
            candidates: entry.candidates.clone(),
            window_begin: stored.window_begin,
            signed_at: stored.signed_at,
            memo: stored.attempt.memo.clone().filter(|_| stored.attempt.memo_unique),
        })
    }
}
