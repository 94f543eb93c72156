//! State of a client with a journal: the journal, its options, and the facts about its own sends.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use time::OffsetDateTime;

use crate::{
    clock::Clock,
    error::{Error, ErrorKind},
    journal::{Attempt, Journal, JournalError, JournalOptions, attempt_format},
    operation::{Resolvable, Resolver},
};

/// A journal with its options and with the sends of this incarnation.
pub(in crate::client) struct Session {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) options: JournalOptions,
    /// True where the journal was made for one call, and knows nothing about earlier writes.
    pub(super) is_ephemeral: bool,
    sends: Mutex<HashMap<String, Closing>>,
    looks: Mutex<HashMap<String, Look>>,
    fence: AtomicU8,
    beaten: Mutex<Option<Duration>>,
    /// The writes that the program has used.
    resolvers: Mutex<Vec<Resolver>>,
    /// The writes of the crate.
    find: FindResolver,
}

/// Finds a write of the crate by the name of its operation. It is handed down from public methods that are compiled only
/// where they are used, because it refers to the code of all these writes.
pub(super) type FindResolver = fn(&str) -> Option<Resolver>;

/// Time at which the transport closed a request, on the clock that runs while the machine sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// Request is not closed yet.
    InFlight,
    /// At this time at the latest.
    At(Duration),
}

/// One look-up for an attempt.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// The earliest service time at which it can have begun.
    pub(super) began: OffsetDateTime,
    /// The records that it showed.
    pub(super) records: BTreeSet<String>,
}

/// Whether the gateway was seen to refuse an old signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fence {
    Unknown,
    Holds,
    Missing,
}

impl Session {
    pub(super) fn new(journal: Arc<dyn Journal>, options: JournalOptions, find: FindResolver) -> Self {
        Self {
            journal,
            options,
            is_ephemeral: false,
            sends: Mutex::default(),
            looks: Mutex::default(),
            fence: AtomicU8::new(0),
            beaten: Mutex::default(),
            resolvers: Mutex::default(),
            find,
        }
    }

    /// A session of a journal that knows only the attempts of one call.
    pub(super) fn ephemeral(journal: Arc<dyn Journal>, options: JournalOptions, find: FindResolver) -> Self {
        Self { is_ephemeral: true, ..Self::new(journal, options, find) }
    }

    /// Notes that a send is under way until the value is dropped.
    pub(super) fn in_flight(self: &Arc<Self>, request_id: &str, clock: Arc<dyn Clock>) -> InFlight {
        self.sends().insert(request_id.to_owned(), Closing::InFlight);
        InFlight { session: Arc::clone(self), request_id: request_id.to_owned(), clock }
    }

    /// Returns the time at which the last send of an attempt of this incarnation was closed. An unknown
    /// attempt counts as closed now.
    pub(super) fn closing(&self, request_id: &str, now: Duration) -> Closing {
        *self.sends().entry(request_id.to_owned()).or_insert(Closing::At(now))
    }

    /// Notes that nothing of an attempt can be sent any more after this time.
    pub(super) fn closed(&self, request_id: &str, at: Duration) {
        self.sends().insert(request_id.to_owned(), Closing::At(at));
    }

    /// Keeps the latest look-up for an attempt, and gives the one before.
    pub(super) fn looked(&self, request_id: &str, look: Look) -> Option<Look> {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.insert(request_id.to_owned(), look)
    }

    pub(super) fn forget(&self, request_id: &str) {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner).remove(request_id);
        let mut sends = self.sends();
        if sends.get(request_id) != Some(&Closing::InFlight) {
            sends.remove(request_id);
        }
    }

    /// True where a heartbeat is due, which counts as given from now on.
    pub(super) fn beat_is_due(&self, now: Duration, every: Duration) -> bool {
        let mut beaten = self.beaten.lock().unwrap_or_else(PoisonError::into_inner);
        let due = beaten.is_none_or(|last| now.saturating_sub(last) >= every);
        if due {
            *beaten = Some(now);
        }
        due
    }

    pub(super) fn fence(&self) -> Fence {
        match self.fence.load(Ordering::Relaxed) {
            0 => Fence::Unknown,
            1 => Fence::Holds,
            _ => Fence::Missing,
        }
    }

    pub(super) fn set_fence(&self, holds: bool) {
        self.fence.store(if holds { 1 } else { 2 }, Ordering::Relaxed);
    }

    pub(super) fn register<O: Resolvable>(&self) {
        let mut resolvers = self.resolvers.lock().unwrap_or_else(PoisonError::into_inner);
        if resolvers.iter().all(|known| known.meta.name != O::META.name) {
            resolvers.push(Resolver::of::<O>());
        }
    }

    /// Returns the functions that resolve the writes of an operation: one of the crate's, or one that the
    /// program has used.
    fn resolver(&self, operation: &str) -> Result<Resolver, Error> {
        let own = self.resolvers.lock().unwrap_or_else(PoisonError::into_inner);
        let own = own.iter().find(|known| known.meta.name == operation).copied();
        own.or_else(|| (self.find)(operation)).ok_or_else(|| {
            let message = format!("the operation {operation} of an attempt is not known to this program");
            Error::new(ErrorKind::Configuration, "", message)
        })
    }

    /// The functions that resolve an attempt of which this version knows everything.
    pub(super) fn resolver_of(&self, attempt: &Attempt) -> Result<Resolver, Error> {
        let resolver = self.resolver(&attempt.operation)?;
        check_form(&resolver, attempt)?;
        Ok(resolver)
    }

    fn sends(&self) -> MutexGuard<'_, HashMap<String, Closing>> {
        self.sends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("journal", &self.journal).finish_non_exhaustive()
    }
}

/// A send that is under way. Dropped when the transport has closed the request, or with the caller's future.
pub(super) struct InFlight {
    session: Arc<Session>,
    request_id: String,
    clock: Arc<dyn Clock>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.session.closed(&self.request_id, self.clock.boot_time());
    }
}

/// Refuses an attempt of a newer version, of which something could get lost.
pub(super) fn check_form(resolver: &Resolver, attempt: &Attempt) -> Result<(), Error> {
    let known = attempt_format();
    let problem = match (resolver.describe)(&attempt.arguments) {
        _ if attempt.format > known => {
            format!("it has the form {}, and this version knows {known}", attempt.format)
        }
        Err(problem) => problem,
        Ok(_) => return Ok(()),
    };
    let message = format!("the attempt {} is not one of this version: {problem}", attempt.request_id);
    Err(Error::new(ErrorKind::Configuration, resolver.meta.name, message))
}

/// An error of the journal as an error of the client.
pub(super) fn journal_error(operation: &'static str, doing: &str, error: JournalError) -> Error {
    Error::new(ErrorKind::Journal, operation, format!("the journal failed while {doing}: {error}"))
        .caused_by(error)
}
