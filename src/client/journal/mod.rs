//! Writes that happen once: attempts, sending through a journal, resolving, recovering and deciding.

mod lookup;
mod recover;
mod send;
mod session;
mod settle;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sha2::{Digest as _, Sha256};

use super::{Client, pipeline::Call};
use crate::{
    error::{Error, ErrorKind},
    journal::{
        Attempt, AttemptState, Begin, Book, Evidence, Journal, JournalOptions, MemoryJournal, ResolveOptions,
        Settled, StoredAttempt, attempt_format,
    },
    operation::{RequestParts, Resolvable, Resolver, sorted_arguments},
    registry,
    types::UtcTime,
};

pub use recover::{Decision, Recover, Recovered};
pub(super) use session::Session;
use session::{FindResolver, journal_error};
use settle::Waited;

/// Prefix of the request ids of attempts that are made after the send.
const WITHOUT_JOURNAL: &str = "without a journal";
/// Tells such attempts of this process apart.
static NUMBER: AtomicU64 = AtomicU64::new(1);

impl Client {
    /// A view of this client that writes through a journal, with the documented defaults.
    ///
    /// One journal for each account; any number of clients and processes may share it.
    #[must_use]
    pub fn with_journal(&self, journal: impl Journal + 'static) -> Self {
        self.with_journal_options(Arc::new(journal), JournalOptions::default())
    }

    /// A view of this client that writes through a journal.
    #[must_use]
    #[inline] // compiled only where it is used
    pub fn with_journal_options(&self, journal: Arc<dyn Journal>, options: JournalOptions) -> Self {
        let mut client = self.clone();
        client.view.journal = Some(Arc::new(Session::new(journal, options, registry::resolver)));
        client
    }

    /// The journal of this client, where it has one.
    pub fn journal(&self) -> Option<Arc<dyn Journal>> {
        self.view.journal.as_ref().map(|session| Arc::clone(&session.journal))
    }

    /// A write as a value that can be stored, sent and resolved later.
    ///
    /// `request_id` is the caller's own id of the write: the same id always means the same write. Where no response
    /// has shown the service's time yet, a read is sent first.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the arguments break a rule, a batch names a target twice, or the request id is empty or
    /// has a blank at its ends; else what fetching credentials or the first read fails with.
    pub async fn attempt<O: Resolvable>(
        &self,
        request_id: impl Into<String>,
        operation: &O,
    ) -> Result<Attempt, Error> {
        if self.view.checked {
            operation.validate().map_err(|invalid| Error::invalid_input(O::META.name, invalid))?;
        }
        if let Some(session) = &self.view.journal {
            session.register::<O>();
        }
        let arguments = sorted_arguments(operation)
            .map_err(|error| Error::new(ErrorKind::InvalidInput, O::META.name, error))?;
        self.make_attempt(&Resolver::of::<O>(), request_id.into(), arguments).await
    }

    /// Sends a write once and gives its outcome.
    ///
    /// The journal opens the attempt before the first byte leaves. A lost response is looked up in the service's records; by
    /// default the call waits until the outcome is settled, which takes four minutes where nothing was executed
    /// ([`ResolveOptions::wait`] limits it). What is proven not to have been executed is sent again, up to
    /// [`JournalOptions::sends`] times. Called again with the same request id, it gives the same outcome and sends nothing
    /// that was executed.
    ///
    /// Dropping the future leaves the attempt open in the journal: call again with the same request id, or
    /// [`Client::recover`].
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] without a journal; [`ErrorKind::Journal`] where the journal fails;
    /// [`ErrorKind::InvalidInput`] where the request id belongs to another write; [`ErrorKind::Credentials`] where the service
    /// does not accept the credentials, so that nothing was executed; what could not be sent; and what a look-up fails with,
    /// while the attempt stays open.
    pub async fn send_once<O: Resolvable>(
        &self,
        request_id: impl Into<String>,
        operation: &O,
    ) -> Result<Settled, Error> {
        let session = self.session()?;
        let attempt = self.attempt(request_id, operation).await?;
        self.send_settled(&session, &Resolver::of::<O>(), attempt).await
    }

    /// Sends an attempt. With a journal as [`Client::send_once`]; without one it is transmitted once, and a lost response is
    /// an error of kind [`ErrorKind::OutcomeUnknown`], for which [`Client::resolve`] asks the records.
    ///
    /// # Errors
    /// As for [`Client::send_once`], without a journal every unknown outcome, and [`ErrorKind::Configuration`] where a newer
    /// version of this crate made the attempt, and this one does not know all of it.
    #[inline] // compiled only where it is used
    pub async fn send_attempt(&self, attempt: &Attempt) -> Result<Settled, Error> {
        let Some(session) = self.view.journal.clone() else {
            return self.send_without_journal(attempt, registry::resolver).await;
        };
        let resolver = session.resolver_of(attempt)?;
        self.check_book(&session, attempt).await?;
        self.send_settled(&session, &resolver, attempt.clone()).await
    }

    /// Determines the outcome of an attempt from the service's records, and never sends it.
    ///
    /// With a journal, an attempt that it holds is resolved with everything that the journal knows. Without one, call it only
    /// when the send has ended: its future has returned or was dropped, or its process does not exist any more. The settling
    /// time is counted from the end of the send where this client knows it, and from the call otherwise. Several attempts
    /// with the same target and amount are resolved together with [`Client::resolve_all`].
    ///
    /// # Errors
    /// What a look-up fails with, and [`ErrorKind::Configuration`] where the attempt belongs to another account.
    #[inline] // compiled only where it is used
    pub async fn resolve(&self, attempt: &Attempt, options: ResolveOptions) -> Result<Settled, Error> {
        let settled = self.resolve_all(std::slice::from_ref(attempt), options).await?.pop();
        settled.ok_or_else(|| Error::new(ErrorKind::Configuration, "", "one attempt has one outcome"))
    }

    /// Asks the service's records the outcome of several attempts, as [`Client::resolve`] does, in their
    /// order.
    ///
    /// Without a journal, equal attempts whose sends may have overlapped must be resolved in one call: a record that fits
    /// several of them belongs to one, and nothing shows to which. Such attempts are [`Settled::Undecided`] and name
    /// each other; resolved one by one, each of them could be taken for executed.
    ///
    /// # Errors
    /// As for [`Client::resolve`].
    #[inline] // compiled only where it is used
    pub async fn resolve_all(
        &self,
        attempts: &[Attempt],
        options: ResolveOptions,
    ) -> Result<Vec<Settled>, Error> {
        self.resolve_with(attempts, options, registry::resolver).await
    }

    async fn resolve_with(
        &self,
        attempts: &[Attempt],
        options: ResolveOptions,
        find: FindResolver,
    ) -> Result<Vec<Settled>, Error> {
        let mut held = Vec::new();
        for attempt in attempts {
            held.push(self.is_held(attempt).await?);
        }
        let loose: Vec<&Attempt> =
            attempts.iter().zip(&held).filter(|(_, held)| !**held).map(|(one, _)| one).collect();
        let ephemeral = self.ephemeral(&loose, &options, find).await?;
        let mut outcomes = Vec::new();
        for (attempt, held) in attempts.iter().zip(held) {
            let own = self.view.journal.as_ref();
            let resolver = own.unwrap_or(&ephemeral).resolver_of(attempt)?;
            let session = own.filter(|_| held).unwrap_or(&ephemeral);
            outcomes.push(self.settled(session, &resolver, &attempt.request_id, &options).await?);
        }
        Ok(outcomes)
    }

    /// Whether the journal of this client holds an attempt.
    async fn is_held(&self, attempt: &Attempt) -> Result<bool, Error> {
        let Some(session) = &self.view.journal else { return Ok(false) };
        self.check_book(session, attempt).await?;
        let stored = session.journal.load(&attempt.request_id).await;
        Ok(stored.map_err(|error| journal_error("", "loading an attempt", error))?.is_some())
    }

    /// The attempt that ended in an error, where nothing else is left of it: for [`Client::resolve`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the error is not of a write of this operation that may have been executed.
    pub async fn attempt_after<O: Resolvable>(&self, operation: &O, error: &Error) -> Result<Attempt, Error> {
        let outcome = error.outcome().filter(|outcome| outcome.operation == O::META.name);
        let outcome = outcome.filter(|_| error.may_have_been_executed()).ok_or_else(|| {
            let message = "the error is not of a write of this operation that may have been executed";
            Error::new(ErrorKind::InvalidInput, O::META.name, message)
        })?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let id = format!("{WITHOUT_JOURNAL} {} {number}", outcome.from);
        let mut attempt = self.attempt(id, operation).await?;
        // The local clock may be wrong; the time that passed since is right.
        let now = self.shared.clock.boot_time();
        attempt.made_after = match (outcome.sent, self.service_now()) {
            (Some(sent), Some(service)) => Some(service_time(service.earliest - now.saturating_sub(sent))),
            _ => Some(outcome.from),
        };
        attempt.closed = outcome.closed;
        if let Some(field) = resolver_memo::<O>() {
            // The write went out without a token.
            attempt.arguments = sorted_arguments(operation)
                .map_err(|error| Error::new(ErrorKind::InvalidInput, O::META.name, error))?;
            attempt.memo = Resolver::text(&attempt.arguments, field).filter(|memo| !memo.is_empty());
            attempt.memo_unique = false;
        }
        Ok(attempt)
    }

    /// Determines the outcome of a write that ended in an error from the service's records, where only the
    /// error is left: [`Client::attempt_after`] and [`Client::resolve`] in one.
    ///
    /// # Errors
    /// As for these two.
    pub async fn resolve_error<O: Resolvable>(
        &self,
        operation: &O,
        error: &Error,
        options: ResolveOptions,
    ) -> Result<Settled, Error> {
        let attempt = self.attempt_after(operation, error).await?;
        self.resolve(&attempt, options).await
    }

    fn session(&self) -> Result<Arc<Session>, Error> {
        self.view.journal.clone().ok_or_else(|| {
            let message = "a write is sent once with a journal: see Client::with_journal";
            Error::new(ErrorKind::Configuration, "", message)
        })
    }

    async fn settled(
        &self,
        session: &Arc<Session>,
        resolver: &Resolver,
        request_id: &str,
        options: &ResolveOptions,
    ) -> Result<Settled, Error> {
        Ok(match self.settle_open(session, resolver, request_id, options).await? {
            Waited::Settled(stored) => Settled::of(&stored, Duration::ZERO),
            Waited::Pending(stored, again) => Settled::of(&stored, again),
        })
    }

    async fn make_attempt(
        &self,
        resolver: &Resolver,
        request_id: String,
        arguments: String,
    ) -> Result<Attempt, Error> {
        let name = resolver.meta.name;
        let invalid = |error: String| Error::new(ErrorKind::InvalidInput, name, error);
        if request_id.is_empty() {
            return Err(invalid("the request id must not be empty".into()));
        }
        if request_id.trim() != request_id {
            // The same id, copied with a blank, would be another write.
            return Err(invalid("the request id must not begin or end with a blank".into()));
        }
        let options = self.view.journal.as_ref().map(|session| session.options.clone()).unwrap_or_default();
        let described = (resolver.describe)(&arguments).map_err(invalid)?;
        let mut targets: Vec<String> =
            described.legs.iter().map(|leg| leg.target.trim().to_lowercase()).collect();
        targets.sort();
        if targets.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(invalid("a batch must not name a target twice: split it".into()));
        }
        let account = self.account(&options).await?;
        let book = Book::new(self.shared.site, account, described.on_behalf_of);
        let canonical = resolver.canonical_arguments(&arguments).map_err(invalid)?;
        let digest = Attempt::digest_of(name, &canonical, &book);
        let key = resolver.key_field.and_then(|field| Resolver::text(&arguments, field));
        let memo = resolver.memo_field.and_then(|field| Resolver::text(&arguments, field));
        let mut memo = memo.filter(|memo| !memo.is_empty());
        let mut arguments = arguments;
        let memo_unique = options.memo_token && self.view.journal.is_some() && resolver.memo_field.is_some();
        if let (true, Some(field)) = (memo_unique, resolver.memo_field) {
            let marked = match &memo {
                Some(memo) => format!("{memo} {}", token(&request_id)),
                None => token(&request_id),
            };
            arguments = Resolver::with_text(&arguments, field, &marked).map_err(invalid)?;
            memo = Some(marked);
        }
        let mut attempt = Attempt {
            format: attempt_format(),
            request_id,
            operation: name.to_owned(),
            arguments,
            digest,
            book,
            idempotency: resolver.meta.idempotency,
            key,
            memo,
            memo_unique,
            query: resolver.query.name.to_owned(),
            by_state: resolver.by_state,
            legs: described.legs,
            made_after: None,
            closed: None,
        };
        self.ensure_service_time(resolver, &attempt).await?;
        attempt.made_after = self.service_now().map(|now| service_time(now.earliest));
        Ok(attempt)
    }

    /// The account whose books a write appears in.
    async fn account(&self, options: &JournalOptions) -> Result<String, Error> {
        if let Some(account) = &options.account {
            return Ok(account.clone());
        }
        let credentials = self.view.credentials.credentials().await.map_err(|error| {
            Error::new(ErrorKind::Credentials, "", format!("no credentials: {error}")).caused_by(error)
        })?;
        Ok(credentials.domain_id().map_or_else(|| credentials.name().into_owned(), str::to_owned))
    }

    /// The records of another account prove nothing.
    async fn check_book(&self, session: &Session, attempt: &Attempt) -> Result<(), Error> {
        let account = self.account(&session.options).await?;
        if attempt.book.account == account && attempt.book.site == self.shared.site {
            return Ok(());
        }
        let message = format!("the attempt {} belongs to another account or site", attempt.request_id);
        Err(Error::new(ErrorKind::Configuration, "", message))
    }

    async fn send_without_journal(&self, attempt: &Attempt, find: FindResolver) -> Result<Settled, Error> {
        let session = Session::new(Arc::new(MemoryJournal::new()), JournalOptions::default(), find);
        let resolver = session.resolver_of(attempt)?;
        let name = resolver.meta.name;
        let parts = RequestParts::split(resolver.meta, attempt.arguments.clone().into_bytes())
            .map_err(|error| Error::invalid_input(name, error))?;
        let response = Call::new(self, &parts).without_retry().run().await?;
        let settled = send::settled_by_response(&resolver, attempt, &response);
        settled.ok_or_else(|| {
            let message = "the response does not show the outcome of the write";
            Error::new(ErrorKind::Undecodable, name, message).possibly_executed()
        })
    }

    /// A journal for attempts that no journal holds.
    async fn ephemeral(
        &self,
        attempts: &[&Attempt],
        options: &ResolveOptions,
        find: FindResolver,
    ) -> Result<Arc<Session>, Error> {
        let journal = MemoryJournal::new();
        let own = self.view.journal.as_ref().map(|session| session.options.clone());
        let journal_options = own.unwrap_or_default().resolve(options.clone());
        let shared = Arc::new(journal.clone()) as Arc<dyn Journal>;
        let session = Arc::new(Session::ephemeral(shared, journal_options, find));
        let now = self.shared.clock.boot_time();
        for attempt in attempts {
            self.check_book(&session, attempt).await?;
            let from = attempt.made_after.ok_or_else(|| {
                let message = "the attempt does not say when it was made";
                Error::new(ErrorKind::InvalidInput, "", message)
            })?;
            let margin = time::Duration::SECOND + options.clock_margin;
            let window_begin = service_time(from.instant() - margin);
            journal.open_without_gate(&Begin::new((*attempt).clone(), window_begin, from, from));
            session.closed(&attempt.request_id, attempt.closed.unwrap_or(now));
        }
        Ok(session)
    }

    /// The state of an attempt in the journal, without asking the service.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] without a journal, and [`ErrorKind::Journal`].
    pub async fn stored_attempt(&self, request_id: &str) -> Result<Option<StoredAttempt>, Error> {
        let session = self.session()?;
        let stored = session.journal.load(request_id).await;
        stored.map_err(|error| journal_error("", "loading an attempt", error))
    }
}

fn resolver_memo<O: Resolvable>() -> Option<&'static str> {
    O::MEMO
}

fn service_time(time: time::OffsetDateTime) -> UtcTime {
    super::service_time::floor(time)
}

/// A short token of a request id, by which a memo is recognised.
fn token(request_id: &str) -> String {
    let digest = hex::encode(Sha256::digest(request_id.as_bytes()));
    format!("#{}", digest.get(..12).unwrap_or_default())
}

/// Evidence that a person decided.
fn by_operator(stored: &StoredAttempt, decision: &Decision) -> Evidence {
    let Decision { who, why, .. } = decision;
    Evidence::new(&stored.attempt.request_id, stored.send_no, format!("decided by {who}: {why}"))
}

/// True where a person may decide.
fn may_decide(state: AttemptState) -> bool {
    matches!(state, AttemptState::Open | AttemptState::Undecided)
}
