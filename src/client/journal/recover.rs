//! Attempts that an earlier process left open, and decisions of a person.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream, stream::BoxStream};

use super::{Session, by_operator, journal_error, may_decide};
use crate::{
    client::Client,
    error::{Error, ErrorKind},
    journal::{AttemptState, DecidedBy, LegChange, LegState, Settled, Settlement, Settling, StoredAttempt},
};

/// Number of attempts that are resolved concurrently.
const AT_ONCE: usize = 32;
/// Number of attempts that are loaded together.
const LOADED: usize = 256;

/// The outcomes of the attempts that were open, as they are settled.
pub type Recover = BoxStream<'static, Recovered>;

/// The outcome of an attempt that an earlier process left open.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recovered {
    /// Request id of the attempt.
    pub request_id: String,
    /// Outcome of the attempt, or the reason why it could not be resolved; it then stays open.
    pub outcome: Result<Settled, Error>,
}

/// The decision of a person about an attempt that the records cannot decide.
#[derive(Clone)]
#[non_exhaustive]
pub struct Decision {
    /// Person who decides.
    pub who: String,
    /// Grounds of the decision.
    pub why: String,
    /// The leg: 0 unless the write is a batch.
    pub leg: usize,
    /// The record that is its own, or `None` where it was not executed.
    pub record: Option<String>,
}

crate::__debug_by_shape! { Decision { who, why, leg, record } }

impl Decision {
    /// A decision that the write was executed and left this record.
    pub fn executed(record: impl Into<String>, who: impl Into<String>, why: impl Into<String>) -> Self {
        Self { who: who.into(), why: why.into(), leg: 0, record: Some(record.into()) }
    }

    /// A decision that the write was not executed.
    pub fn not_executed(who: impl Into<String>, why: impl Into<String>) -> Self {
        Self { who: who.into(), why: why.into(), leg: 0, record: None }
    }

    /// Decides about this leg of a batch.
    #[must_use]
    pub fn leg(mut self, leg: usize) -> Self {
        self.leg = leg;
        self
    }
}

impl Client {
    /// Resolves every attempt that is open in the journal, and gives each outcome when it is settled.
    ///
    /// Call it at start-up, and let the stream run beside the normal work: it does not keep new writes with other footprints
    /// waiting. Nothing is sent. An attempt whose owner is proven dead is settled after L + D, one of a process elsewhere when
    /// its signature has expired as well.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] without a journal, and [`ErrorKind::Journal`] where it cannot be read.
    pub async fn recover(&self) -> Result<Recover, Error> {
        let session = self.session()?;
        let first = load(&session, None).await?;
        let state = (session, VecDeque::from(first), None::<String>);
        let attempts = stream::unfold(state, |(session, mut loaded, mut last)| async move {
            if loaded.is_empty() {
                // An error here ends the stream; what is left stays open, and the next start finds it.
                loaded = load(&session, last.as_deref()).await.ok()?.into();
            }
            let stored = loaded.pop_front()?;
            last = Some(stored.attempt.request_id.clone());
            Some((stored, (session, loaded, last)))
        });
        let client = self.clone();
        let resolved = attempts.map(move |stored| {
            let client = client.clone();
            async move {
                let outcome = client.recover_one(&stored).await;
                Recovered { request_id: stored.attempt.request_id, outcome }
            }
        });
        Ok(resolved.buffer_unordered(AT_ONCE).boxed())
    }

    async fn recover_one(&self, stored: &StoredAttempt) -> Result<Settled, Error> {
        let session = self.session()?;
        let resolver = session.resolver_of(&stored.attempt)?;
        self.check_book(&session, &stored.attempt).await?;
        let options = &session.options.resolve;
        self.settled(&session, &resolver, &stored.attempt.request_id, options).await
    }

    /// Stores the decision of a person about an attempt that is undecided, or open and not to be waited for.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the attempt does not exist, is decided already, or the record belongs to another
    /// attempt; [`ErrorKind::Journal`].
    pub async fn decide(&self, request_id: &str, decision: &Decision) -> Result<Settled, Error> {
        let session = self.session()?;
        let refused = |message: String| Error::new(ErrorKind::InvalidInput, "", message);
        let failed = |error| journal_error("", "storing a decision", error);
        if decision.who.trim().is_empty() || decision.why.trim().is_empty() {
            return Err(refused("a decision names who decides and why".into()));
        }
        let stored = session.journal.load(request_id).await.map_err(failed)?;
        let stored = stored.ok_or_else(|| refused(format!("the journal has no attempt {request_id}")))?;
        if !may_decide(stored.state) {
            return Err(refused(format!("{request_id} is {} already", stored.state.as_str())));
        }
        let change = match &decision.record {
            Some(record) => LegChange::executed(decision.leg, record, DecidedBy::Operator),
            None => LegChange {
                by: Some(DecidedBy::Operator),
                ..LegChange::new(decision.leg, LegState::NotExecuted)
            },
        };
        let mut settlement = Settlement::of(request_id, Some(stored.version), vec![change]);
        settlement.evidence = Some(by_operator(&stored, decision));
        match session.journal.settle(&settlement).await.map_err(failed)? {
            Settling::Done(stored) => Ok(Settled::of(&stored, Duration::ZERO)),
            Settling::Changed(stored) => {
                let now = stored.map_or(AttemptState::Ready, |stored| stored.state);
                Err(refused(format!("{request_id} has changed meanwhile, it is {} now", now.as_str())))
            }
            Settling::RecordTaken { record_id, by } => {
                Err(refused(format!("the record {record_id} belongs to {by}")))
            }
        }
    }
}

async fn load(session: &Arc<Session>, after: Option<&str>) -> Result<Vec<StoredAttempt>, Error> {
    let loaded = session.journal.open_attempts(after, LOADED).await;
    loaded.map_err(|error| journal_error("", "loading open attempts", error))
}
