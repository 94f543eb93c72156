//! A cache of credentials that expire, with one fetch for all callers that wait.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared, WeakShared},
};
use time::OffsetDateTime;

use super::{Credentials, CredentialsError};
use crate::clock::Clock;

/// Fetched credentials and how long they last from now on, by the service's own clock.
pub(super) struct Fetched {
    pub(super) credentials: Credentials,
    pub(super) lifetime: Duration,
}

type Outcome = Result<Credentials, CredentialsError>;
type Fetch = BoxFuture<'static, Outcome>;

/// Credentials that are fetched again shortly before they expire, once for all callers that ask meanwhile.
///
/// A fetch belongs to the callers that wait for it: it continues while one of them waits and is dropped with the last, so
/// that no caller finds an old fetch half done. A failure reaches all callers that waited and is then forgotten.
#[derive(Clone)]
pub(super) struct Cache {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    pending: Option<PendingFetch>,
    fetches: u64,
}

struct Held {
    credentials: Credentials,
    /// From this time on a fetch is tried before these are given.
    renew_at: OffsetDateTime,
    ends_at: OffsetDateTime,
}

struct PendingFetch {
    number: u64,
    started: Duration,
    fetch: WeakShared<Fetch>,
}

/// Credentials are renewed when a quarter of their lifetime is left, and at most this long before they expire.
const RENEW_BEFORE: Duration = Duration::from_secs(40 * 60);
/// After a renewal that failed, the old credentials are given for this long before the next renewal is tried.
const RENEWAL_PAUSE: time::Duration = time::Duration::seconds(10);
/// New callers do not wait for a fetch of this age but start another: it may never end.
const MAX_SHARED_AGE: Duration = Duration::from_secs(60);

impl Cache {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Arc::default() }
    }

    /// The credentials that are held, or those that `fetch` gives.
    pub(super) async fn get<F>(&self, fetch: impl FnOnce() -> F) -> Outcome
    where
        F: Future<Output = Result<Fetched, CredentialsError>> + Send + 'static,
    {
        let pending = {
            let mut state = self.state();
            let now = self.clock.now();
            match &state.held {
                Some(held) if now < held.renew_at => return Ok(held.credentials.clone()),
                _ => self.join_or_start(&mut state, fetch),
            }
        };
        let outcome = pending.await;
        match outcome {
            Ok(credentials) => Ok(credentials),
            Err(error) => self.unexpired().ok_or(error),
        }
    }

    /// Forgets these credentials, and no others that have come since.
    pub(super) fn invalidate(&self, credentials: &Credentials) {
        let mut state = self.state();
        if state.held.as_ref().is_some_and(|held| held.credentials.proves_the_same(credentials)) {
            state.held = None;
        }
    }

    fn join_or_start<F>(&self, state: &mut State, fetch: impl FnOnce() -> F) -> Shared<Fetch>
    where
        F: Future<Output = Result<Fetched, CredentialsError>> + Send + 'static,
    {
        let elapsed = self.clock.elapsed();
        if let Some(pending) = &state.pending
            && elapsed.saturating_sub(pending.started) < MAX_SHARED_AGE
            && let Some(fetch) = pending.fetch.upgrade()
        {
            return fetch;
        }
        state.fetches += 1;
        let number = state.fetches;
        let cache = self.clone();
        // A panic becomes an error, because `Shared` would pass it on to all callers.
        let fetch = AssertUnwindSafe(fetch()).catch_unwind();
        let completion = async move {
            let fetched = fetch.await.unwrap_or_else(|_| Err(CredentialsError::new("the fetch panicked")));
            cache.complete(number, fetched)
        };
        let pending = completion.boxed().shared();
        state.pending = pending.downgrade().map(|fetch| PendingFetch { number, started: elapsed, fetch });
        pending
    }

    fn complete(&self, number: u64, fetched: Result<Fetched, CredentialsError>) -> Outcome {
        let now = self.clock.now();
        let mut state = self.state();
        if state.pending.as_ref().is_some_and(|pending| pending.number == number) {
            state.pending = None;
        }
        match fetched {
            Ok(Fetched { credentials, lifetime }) => {
                let after = |duration: Duration| {
                    now.saturating_add(time::Duration::try_from(duration).unwrap_or(time::Duration::MAX))
                };
                state.held = Some(Held {
                    credentials: credentials.clone(),
                    renew_at: after(lifetime - RENEW_BEFORE.min(lifetime / 4)),
                    ends_at: after(lifetime),
                });
                Ok(credentials)
            }
            Err(error) => {
                if let Some(held) = &mut state.held {
                    held.renew_at = now.saturating_add(RENEWAL_PAUSE).min(held.ends_at);
                }
                Err(error)
            }
        }
    }

    /// The old credentials, where they have not expired yet.
    fn unexpired(&self) -> Option<Credentials> {
        let now = self.clock.now();
        self.state().held.as_ref().filter(|held| now < held.ends_at).map(|held| held.credentials.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
