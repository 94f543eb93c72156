//! Identifiers, which the same world gives in the same order.

use serde::{Deserialize, Serialize};

/// The number of identifiers that were given, and of changes that made none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ids(u64);

impl Ids {
    /// A new identifier with a prefix.
    pub(crate) fn fresh(&mut self, prefix: &str) -> String {
        self.0 += 1;
        format!("{prefix}{:010}", self.0)
    }

    /// Counts something that was done without a new identifier.
    pub(crate) fn note_change(&mut self) {
        self.0 += 1;
    }

    /// Returns the number of identifiers that were given: it grows with every change.
    pub(crate) const fn revision(self) -> u64 {
        self.0
    }
}
