//! The open connections, so that those that make no progress do not keep others out.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio::task::AbortHandle;

/// Time at which a connection last began a request, or was opened.
#[derive(Clone, Debug)]
pub(crate) struct Progress(Arc<(Instant, AtomicU64)>);

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new((Instant::now(), AtomicU64::new(0))))
    }
}

impl Progress {
    pub(crate) fn note(&self) {
        let (opened, last) = &*self.0;
        let passed = u64::try_from(opened.elapsed().as_micros()).unwrap_or(u64::MAX);
        last.store(passed, Ordering::Relaxed);
    }

    fn at(&self) -> Instant {
        let (opened, last) = &*self.0;
        *opened + std::time::Duration::from_micros(last.load(Ordering::Relaxed))
    }
}

/// The connections that are open.
#[derive(Debug, Default)]
pub(crate) struct Open(Mutex<Connections>);

/// The connections by number, and the number of the last one.
#[derive(Debug, Default)]
struct Connections {
    last: u64,
    by_number: BTreeMap<u64, (Progress, AbortHandle)>,
}

impl Open {
    pub(crate) fn add(&self, progress: Progress, task: AbortHandle) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.last += 1;
        let number = open.last;
        open.by_number.insert(number, (progress, task));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_number.len()
    }

    /// Closes the connections that made no progress for the longest time, until there are fewer than `most`.
    pub(crate) fn make_place(&self, most: usize) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.by_number.len() < most.max(1) {
            return;
        }
        open.by_number.retain(|_, (_, task)| !task.is_finished());
        while open.by_number.len() >= most.max(1) {
            let oldest = open
                .by_number
                .iter()
                .min_by_key(|(_, (progress, _))| progress.at())
                .map(|(number, _)| *number);
            let Some((_, task)) = oldest.and_then(|number| open.by_number.remove(&number)) else { return };
            task.abort();
        }
    }

    /// Closes all connections.
    pub(crate) fn close(&self) {
        for (_, task) in self.0.lock().unwrap_or_else(PoisonError::into_inner).by_number.values() {
            task.abort();
        }
    }
}
