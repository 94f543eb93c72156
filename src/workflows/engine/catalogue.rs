//! The kinds of records that a store can read back.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{AnyRecord, DeadlineKind, Record, RecordId, Site, Workflow};

type Blank = fn(RecordId, Site) -> Arc<dyn AnyRecord>;

/// The kinds of records that a store knows by name. Add further kinds with [`Catalogue::with`].
#[derive(Clone, Default)]
pub struct Catalogue {
    kinds: BTreeMap<&'static str, Kind>,
}

#[derive(Clone, Copy)]
struct Kind {
    blank: Blank,
    deadlines: &'static [DeadlineKind],
}

impl Catalogue {
    /// A catalogue without any kind.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// This catalogue and another kind.
    #[must_use]
    pub fn with<W: Workflow>(mut self) -> Self {
        let blank: Blank = |id, site| Arc::new(Record::<W>::new(id, site));
        self.kinds.insert(W::KIND, Kind { blank, deadlines: W::DEADLINES });
        self
    }

    /// The names of the kinds, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.keys().copied()
    }

    /// Every kind of deadline, for a table of translations.
    pub fn deadlines(&self) -> impl Iterator<Item = &'static DeadlineKind> {
        self.kinds.values().flat_map(|kind| kind.deadlines)
    }

    /// The kind of deadline of this key, such as `po.verification`, with its English text.
    pub fn deadline(&self, key: &str) -> Option<&'static DeadlineKind> {
        self.deadlines().find(|kind| kind.key == key)
    }

    /// A record of a kind before its first event; `None` for an unknown kind.
    pub fn blank(&self, kind: &str, id: RecordId, site: Site) -> Option<Arc<dyn AnyRecord>> {
        self.kinds.get(kind).map(|kind| (kind.blank)(id, site))
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.kinds.keys()).finish()
    }
}
