//! Whether a list makes progress: what was read before, in bounded memory.

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState},
};

use crate::operation::Position;

/// Number of the last rows that are remembered for de-duplication: about two megabytes.
const ROWS: usize = 50_000;

/// Number of the last pages that are remembered to detect a repeated one.
const PAGES: usize = 10_000;

/// Number of pages without rows in succession after which a list that goes on by markers stands still.
const EMPTY_PAGES: u32 = 1000;

/// Number of equal pages in succession after which a list that goes on by markers stands still.
const EQUAL_PAGES: u32 = 3;

/// Facts about a list that are remembered while it is read.
#[derive(Debug)]
pub(super) struct Progress {
    hasher: RandomState,
    rows: Recent,
    pages: Recent,
    cycle: Cycle,
    /// Number of pages without rows in succession.
    empty: u32,
    /// Stands for the rows of the last page, with the number of pages in succession that had them.
    last: (Option<u64>, u32),
}

/// The rows of one page, compared with those of the pages before.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Stands for the ids of all rows, where each has one.
    pub(super) fingerprint: Option<u64>,
    /// The rows of the page that came with an earlier page, by their place in it.
    pub(super) known: Vec<usize>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            rows: Recent::new(ROWS),
            pages: Recent::new(PAGES),
            cycle: Cycle::default(),
            empty: 0,
            last: (None, 0),
        }
    }

    /// Takes note of the marker at which reading begins.
    pub(super) fn begin(&mut self, position: &Position) {
        if let Position::Marker(Some(marker)) = position {
            self.repeats(self.hash(marker.as_bytes()));
        }
    }

    /// Stands for some bytes.
    pub(super) fn hash(&self, bytes: &[u8]) -> u64 {
        self.hasher.hash_one(bytes)
    }

    /// Takes note of the rows of a page by their keys. Rows that repeat one of the same page are not counted as known:
    /// such a key does not tell rows apart.
    pub(super) fn rows<'r>(&mut self, keys: impl Iterator<Item = Option<Cow<'r, str>>>) -> Compared {
        let mut all = self.hasher.build_hasher();
        let (mut complete, mut any) = (true, false);
        let mut fresh = Vec::new();
        let mut known = Vec::new();
        for (index, key) in keys.enumerate() {
            any = true;
            let Some(key) = key.filter(|key| !key.is_empty()) else {
                complete = false;
                continue;
            };
            let hash = self.hasher.hash_one(&*key);
            hash.hash(&mut all);
            if self.rows.contains(hash) { known.push(index) } else { fresh.push(hash) }
        }
        for hash in fresh {
            self.rows.insert(hash);
        }
        Compared { fingerprint: (complete && any).then(|| all.finish()), known }
    }

    /// Takes note of a page that names a new marker, and says whether the list has stood still for too long: with pages that
    /// have no rows, or the same rows again and again.
    pub(super) fn stands_still(&mut self, count: usize, rows: Option<u64>) -> bool {
        if count == 0 {
            self.empty += 1;
            return self.empty >= EMPTY_PAGES;
        }
        self.empty = 0;
        self.last = if self.last.0 == rows { (rows, self.last.1 + 1) } else { (rows, 1) };
        rows.is_some() && self.last.1 >= EQUAL_PAGES
    }

    /// Takes note of a page or a marker, and says whether it was there before.
    pub(super) fn repeats(&mut self, fingerprint: u64) -> bool {
        let in_a_cycle = self.cycle.step(fingerprint);
        !self.pages.insert(fingerprint) || in_a_cycle
    }
}

/// The last values of a sequence.
#[derive(Debug)]
struct Recent {
    most: usize,
    set: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Recent {
    fn new(most: usize) -> Self {
        Self { most, set: HashSet::new(), order: VecDeque::new() }
    }

    fn contains(&self, value: u64) -> bool {
        self.set.contains(&value)
    }

    /// Adds a value; false where it is there already.
    fn insert(&mut self, value: u64) -> bool {
        if !self.set.insert(value) {
            return false;
        }
        self.order.push_back(value);
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
        true
    }
}

/// Brent's detection of a cycle of any length: one value is kept, and replaced at each power of two.
#[derive(Debug, Default)]
struct Cycle {
    kept: Option<u64>,
    steps: u64,
    power: u64,
}

impl Cycle {
    fn step(&mut self, value: u64) -> bool {
        if self.kept == Some(value) {
            return true;
        }
        self.steps += 1;
        if self.steps > self.power {
            (self.kept, self.power, self.steps) = (Some(value), self.steps.max(self.power * 2), 0);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_of_any_length_is_found_at_its_first_repeat_or_soon_after() {
        for length in [1_u64, 2, 3, 7, 1000, 9_999] {
            let mut progress = Progress::new();
            let found = (0..).position(|step: u64| progress.repeats(step % length)).unwrap();
            assert_eq!(found as u64, length);
        }
        for length in [10_001_u64, 25_000] {
            let mut progress = Progress::new();
            let found = (0..).position(|step: u64| progress.repeats(step % length)).unwrap();
            assert!(found as u64 <= 4 * length, "{found} of {length}");
        }
        let mut progress = Progress::new();
        assert!((0..30_000).all(|value| !progress.repeats(value)));
        assert!(progress.pages.set.len() <= PAGES);
    }

    #[test]
    fn a_cycle_that_begins_late_is_found() {
        let mut progress = Progress::new();
        let value = |step: u64| if step < 50_000 { step } else { 50_000 + step % 20_000 };
        let found = (0..).position(|step: u64| progress.repeats(value(step))).unwrap();
        assert!(found < 300_000, "{found}");
    }

    #[test]
    fn rows_of_earlier_pages_are_known_and_those_of_the_same_page_are_not() {
        let mut progress = Progress::new();
        let rows = |progress: &mut Progress, ids: &[&'static str]| {
            progress.rows(ids.iter().map(|id| Some(Cow::Borrowed(*id))))
        };
        assert!(rows(&mut progress, &["a", "b", "b", ""]).known.is_empty());
        let compared = rows(&mut progress, &["b", "c", "a"]);
        assert_eq!(compared.known, [0, 2]);
        assert!(compared.fingerprint.is_some());
        assert_eq!(rows(&mut progress, &[""]).fingerprint, None);
        assert_eq!(rows(&mut progress, &[]).fingerprint, None);
        for page in 0..200_u32 {
            let ids: Vec<_> =
                (0..1000_u32).map(|row| Some(Cow::Owned((page * 1000 + row).to_string()))).collect();
            assert!(progress.rows(ids.into_iter()).known.is_empty());
        }
        assert!(progress.rows.set.len() <= ROWS && progress.rows.order.len() <= ROWS);
    }
}
