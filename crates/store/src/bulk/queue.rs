//! Rows that wait: for a time, or for an equal row.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, HashMap, VecDeque},
    time::Duration,
};

use huaweicloud_partner::{operation::Resolvable, types::Amount};

/// Signature of a row with one target, as its record shows it. Rows with the same signature are sent one
/// after the other.
pub(super) type Sign = (String, String, Option<Amount>);

/// A row on its way to a result.
#[derive(Debug)]
pub(super) struct Job<O> {
    pub(super) index: u64,
    pub(super) request_id: String,
    pub(super) operation: O,
    pub(super) amount: Option<Amount>,
    pub(super) sign: Option<Sign>,
    /// Rows with the same sign wait behind this one.
    pub(super) holds: bool,
    /// Errors since the last step forward.
    pub(super) errors: u32,
    /// The wait before the next look.
    pub(super) wait: Duration,
}

/// The sign of a write with one target.
pub(super) fn sign<O: Resolvable>(operation: &O) -> Option<Sign> {
    let mut legs = operation.legs().into_iter();
    match (legs.next(), legs.next()) {
        (Some(leg), None) => {
            let amount = leg.amount();
            Some((leg.target.trim().to_lowercase(), leg.kind, amount))
        }
        _ => None,
    }
}

/// A job that continues at a time.
#[derive(Debug)]
struct Timed<O> {
    due: Duration,
    job: Job<O>,
}

impl<O> PartialEq for Timed<O> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<O> Eq for Timed<O> {}

impl<O> PartialOrd for Timed<O> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<O> Ord for Timed<O> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.due, self.job.index).cmp(&(other.due, other.job.index))
    }
}

/// Queue of all waiting rows.
#[derive(Debug)]
pub(super) struct Queue<O> {
    timed: BinaryHeap<Reverse<Timed<O>>>,
    ready: VecDeque<Job<O>>,
    /// For each sign that a row holds, the rows behind it.
    signs: HashMap<Sign, VecDeque<Job<O>>>,
    behind: usize,
}

impl<O> Queue<O> {
    pub(super) fn new() -> Self {
        Self { timed: BinaryHeap::new(), ready: VecDeque::new(), signs: HashMap::new(), behind: 0 }
    }

    /// Returns the number of waiting rows.
    pub(super) fn len(&self) -> usize {
        self.timed.len() + self.ready.len() + self.behind
    }

    /// Returns the time at which the next row continues.
    pub(super) fn next_due(&self) -> Option<Duration> {
        if self.ready.is_empty() { self.timed.peek().map(|next| next.0.due) } else { Some(Duration::ZERO) }
    }

    /// A row that continues now.
    pub(super) fn take_due(&mut self, now: Duration) -> Option<Job<O>> {
        if let Some(job) = self.ready.pop_front() {
            return Some(job);
        }
        if self.timed.peek().is_some_and(|next| next.0.due <= now) {
            return self.timed.pop().map(|next| next.0.job);
        }
        None
    }

    /// Lets a row wait until a time.
    pub(super) fn wait_until(&mut self, due: Duration, job: Job<O>) {
        self.timed.push(Reverse(Timed { due, job }));
    }

    /// Makes rows with the sign of this one wait behind it. A row that has to wait behind another itself is kept, and given
    /// by [`Queue::take_due`] when it is its turn.
    pub(super) fn hold(&mut self, mut job: Job<O>) -> Option<Job<O>> {
        let Some(sign) = job.sign.clone().filter(|_| !job.holds) else { return Some(job) };
        if let Some(behind) = self.signs.get_mut(&sign) {
            behind.push_back(job);
            self.behind += 1;
            return None;
        }
        self.signs.insert(sign, VecDeque::new());
        job.holds = true;
        Some(job)
    }

    /// True where a row with this sign has to wait.
    pub(super) fn is_held(&self, sign: Option<&Sign>) -> bool {
        sign.is_some_and(|sign| self.signs.contains_key(sign))
    }

    /// A row that held its sign has its result: the next one behind it continues, and holds it.
    pub(super) fn release(&mut self, sign: &Sign) {
        match self.signs.get_mut(sign).map(VecDeque::pop_front) {
            Some(Some(mut next)) => {
                next.holds = true;
                self.behind -= 1;
                self.ready.push_back(next);
            }
            Some(None) => drop(self.signs.remove(sign)),
            None => {}
        }
    }
}
