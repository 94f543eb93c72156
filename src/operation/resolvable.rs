//! Writes whose outcome can be looked up in the records of the service.

use std::fmt;

use super::{Operation, OperationMeta, OutcomeProof, Paged};
use crate::{
    error::{ItemError, Retry},
    types::{Amount, Personal, UtcTime, plain::plain},
};

/// A write whose outcome can be proven afterwards, by a record that it leaves or by the state of the object that it
/// changes.
///
/// Only such writes can be given to [`Client::send_once`](crate::Client::send_once); the compiler refuses the others. Most of
/// those have [`OutcomeProof::Nothing`] as their [`OperationMeta::outcome`]. Some name a query there all the same, such as
/// applications for real-name authentication and messages about tickets: its rows help a person to find out, but do not show
/// which request brought them about.
///
/// ```compile_fail
/// # async fn example(client: huaweicloud_partner::Client) {
/// use huaweicloud_partner::customers::SendVerificationCode;
/// // A verification code leaves no record: whether it was sent cannot be proven.
/// let _ = client.send_once("request-1", &SendVerificationCode::new("1")).await;
/// # }
/// ```
pub trait Resolvable: Operation {
    /// The query whose rows prove the outcome.
    type Query: Paged;

    /// The field of the request that the record shows as a memo, where there is one.
    const MEMO: Option<&'static str> = None;

    /// The field of the request that lists the targets of a batch.
    const BATCH: Option<&'static str> = None;

    /// True where the rows of the query are the objects that the write changes, rather than records of writes.
    const BY_STATE: bool = matches!(Self::META.outcome, OutcomeProof::State(_));

    /// The query for everything that this write may have left in a window of service time.
    fn query(&self, window: TimeWindow) -> Self::Query;

    /// The targets of the write, one leg each, with what its record shows.
    fn legs(&self) -> Vec<Leg>;

    /// The reseller in whose books the write appears, where it is made on behalf of one.
    fn on_behalf_of(&self) -> Option<&str> {
        None
    }

    /// Returns the facts that a row of the query states about a write of this kind.
    fn facts(&self, record: &RecordOf<Self>) -> RecordFacts;

    /// Returns what a successful response states about each target; other targets are looked up. A target
    /// that is not named is looked up.
    fn results(&self, output: &Self::Output) -> Vec<TargetResult>;
}

/// The row type that proves the outcome of a write.
pub type RecordOf<O> = <<O as Resolvable>::Query as Paged>::Item;

/// One target of a write, with what its record shows.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leg {
    /// The target as the request names it.
    pub target: String,
    /// The kind of the record, as the record query writes it; empty where the query has one kind only.
    pub kind: String,
    /// The amount as canonical decimal text, where the record has one.
    pub amount: Option<String>,
    /// False where the records do not show the target.
    pub target_in_record: bool,
}

plain! { Leg { target, kind, amount [default], target_in_record } }

impl Leg {
    /// A leg without an amount.
    pub fn new(target: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { target: target.into(), kind: kind.into(), amount: None, target_in_record: true }
    }

    /// The leg with an amount.
    #[must_use]
    pub fn with_amount(mut self, amount: Amount) -> Self {
        self.amount = Some(canonical(amount));
        self
    }

    /// The leg of a write whose records do not show the target.
    #[must_use]
    pub fn without_target_in_record(mut self) -> Self {
        self.target_in_record = false;
        self
    }

    /// The amount as a number.
    pub fn amount(&self) -> Option<Amount> {
        self.amount.as_deref().and_then(|text| text.parse().ok())
    }
}

impl fmt::Debug for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Leg({} {} {})", self.kind, self.target, self.amount.as_deref().unwrap_or("-"))
    }
}

/// An amount as canonical decimal text: no zeros at the end.
pub fn canonical(amount: Amount) -> String {
    let text = amount.to_string();
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Facts that a row states about a write. A fact that is missing, unknown or unreadable is `None`: such a row
/// matches in part.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordFacts {
    /// The id that the response of the write names as well.
    pub id: Option<String>,
    /// Returns the target of the write.
    pub target: Option<String>,
    /// The kind, where it is one that the crate knows.
    pub kind: Option<String>,
    /// Amount of the write.
    pub amount: Option<Amount>,
    /// Memo of the write.
    pub memo: Option<String>,
    /// Time at which the write was executed.
    pub time: Option<UtcTime>,
    /// True where rows of this query have no time, so that none is expected.
    pub undated: bool,
    /// True where the row records a failure.
    pub failed: bool,
    /// Whether the object is in the state that the write asks for, where that is known.
    pub reached: Option<bool>,
}

crate::__debug_by_shape! { RecordFacts { id, target, kind, amount, memo, time, undated, failed, reached } }

impl RecordFacts {
    /// A row of which nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the id, unless it is empty.
    #[must_use]
    pub fn id(mut self, id: impl Into<Option<String>>) -> Self {
        self.id = id.into().filter(|id| !id.is_empty());
        self
    }

    /// Sets the target, unless it is empty.
    #[must_use]
    pub fn target(mut self, target: impl Into<Option<String>>) -> Self {
        self.target = target.into().filter(|target| !target.is_empty());
        self
    }

    /// Sets the kind.
    #[must_use]
    pub fn kind(mut self, kind: impl Into<Option<String>>) -> Self {
        self.kind = kind.into();
        self
    }

    /// Sets the amount. Its sign does not matter.
    #[must_use]
    pub fn amount(mut self, amount: impl Into<Option<Amount>>) -> Self {
        self.amount = amount.into().map(Amount::abs);
        self
    }

    /// Sets the memo, unless it is empty.
    #[must_use]
    pub fn memo(mut self, memo: impl Into<Option<String>>) -> Self {
        self.memo = memo.into().filter(|memo| !memo.trim().is_empty());
        self
    }

    /// Sets the time.
    #[must_use]
    pub fn time(mut self, time: impl Into<Option<UtcTime>>) -> Self {
        self.time = time.into();
        self
    }

    /// Says that rows of this query have no time.
    #[must_use]
    pub fn undated(mut self) -> Self {
        self.undated = true;
        self
    }

    /// Says whether the row records a failure.
    #[must_use]
    pub fn failed(mut self, failed: bool) -> Self {
        self.failed = failed;
        self
    }

    /// Says whether the object is in the state that the write asks for.
    #[must_use]
    pub fn reached(mut self, reached: Option<bool>) -> Self {
        self.reached = reached;
        self
    }
}

/// Statement of a response about one target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetResult {
    /// The write was executed for the target.
    Executed {
        /// Returns the target of the write.
        target: String,
        /// The id of the record; `None` where the response does not name it.
        record: Option<String>,
    },
    /// The write was refused for the target with this code.
    Refused {
        /// Returns the target of the write.
        target: String,
        /// The code itself, such as `CBC.99005003`.
        code: String,
    },
}

impl TargetResult {
    /// A target with the record that the response names.
    pub fn executed(target: impl Into<String>, record: impl Into<String>) -> Self {
        Self::Executed { target: target.into(), record: Some(record.into()) }
    }

    /// A target whose record the response does not name.
    pub fn executed_without_record(target: impl Into<String>) -> Self {
        Self::Executed { target: target.into(), record: None }
    }

    /// The refusal of a target by an item of a batch, where its code says that it was not executed.
    pub(crate) fn of_item(error: &ItemError) -> Option<Self> {
        let documented = error.code.info().is_some() && error.code.retry() != Retry::ReadsOnly;
        (documented && !error.id.is_empty()).then(|| Self::refused(&error.id, error.code.as_str()))
    }

    /// A target that was refused.
    pub fn refused(target: impl Into<String>, code: impl Into<String>) -> Self {
        Self::Refused { target: target.into(), code: code.into() }
    }

    /// Returns the target of the write.
    pub fn target(&self) -> &str {
        match self {
            Self::Executed { target, .. } | Self::Refused { target, .. } => target,
        }
    }
}

/// A span of service time in which a write may have been executed; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeWindow {
    /// The earliest time.
    pub from: UtcTime,
    /// The latest time.
    pub until: UtcTime,
}

plain! { TimeWindow { from, until } }

impl TimeWindow {
    /// True where a time is in the window.
    pub fn contains(&self, time: UtcTime) -> bool {
        self.from <= time && time <= self.until
    }
}

/// The META of the query that proves the outcome of a write.
pub(crate) const fn query_meta<O: Resolvable>() -> &'static OperationMeta {
    <O::Query as Operation>::META
}

/// Stands for a personal text in legs and records without showing it.
pub(crate) fn digest_of(text: &Personal) -> String {
    use sha2::Digest as _;
    let digest = hex::encode(sha2::Sha256::digest(text.expose().as_bytes()));
    digest.get(..16).unwrap_or_default().to_owned()
}

/// The target of a record whose target is a personal text: its digest, or `None` where it differs from what was sent in
/// letter case or blanks only, so that the record matches in part. `cut` says that a record may show the beginning only.
pub(crate) fn personal_target(shown: Option<&Personal>, sent: &Personal, cut: bool) -> Option<String> {
    let shown = shown.filter(|shown| !shown.expose().trim().is_empty())?;
    let plain = |text: &Personal| -> String {
        text.expose()
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let (one, other) = (plain(shown), plain(sent));
    let begin = one.trim_end_matches(['.', '\u{2026}']);
    let alike = one == other || (cut && !begin.is_empty() && other.starts_with(begin));
    (shown == sent || !alike).then(|| digest_of(shown))
}

/// Whether a record fits the leg of a target exactly: for the tests of operations.
#[cfg(test)]
pub(crate) fn fits<O: Resolvable>(operation: &O, target: &str, record: &RecordOf<O>) -> bool {
    let facts = operation.facts(record);
    operation.legs().iter().any(|leg| {
        leg.target == target
            && (!leg.target_in_record || facts.target.as_deref() == Some(target))
            && (leg.kind.is_empty() || facts.kind.as_ref() == Some(&leg.kind))
            && (leg.amount.is_none() || facts.amount == leg.amount())
            && !facts.failed
            && (!O::BY_STATE || facts.reached == Some(true))
    })
}
