//! Sending an attempt: once, and only when the journal has opened it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use super::{
    session::{Fence, InFlight, Session, check_form, journal_error},
    settle::{Waited, no_service_time},
};
use crate::{
    auth::{Authorization, Credentials},
    client::{
        Client, RawResponse,
        pipeline::Call,
        send_gate::{SendGate, SignedSend},
        service_time::floor,
    },
    error::{Error, ErrorKind, Retry},
    journal::{
        Attempt, AttemptState, Begin, Begun, DecidedBy, Evidence, JournalErrorKind, LegChange, LegState,
        Settled, Settlement, Settling, StoredAttempt,
    },
    operation::{Idempotency, RequestParts, Resolver, TargetResult, TimeWindow, fresh_key},
};

/// Number of times that a throttled or unsent write is tried in one call.
const TRIES: u32 = 20;
/// Number of times that a keyed write is transmitted again within one send.
const KEYED_REPEATS: u32 = 3;

/// The result of one send.
enum Sent {
    /// The attempt as it is stored now, and the error with which it was refused.
    Stored(Box<StoredAttempt>, Option<Error>),
    /// Request was not handed to the transport.
    Withheld(Error),
    /// A success that the journal could not store.
    NotJournaled(Box<StoredAttempt>),
    Blocked(String),
    Changed,
    LookUpFirst(BTreeMap<usize, u64>),
}

/// Inputs of a send.
struct Plan<'a> {
    stored: Option<&'a StoredAttempt>,
    attempt: Attempt,
    legs: Vec<usize>,
    ignored: BTreeMap<usize, Vec<String>>,
    undecided_seen: BTreeMap<usize, u64>,
}

impl Client {
    /// Sends an attempt until it is settled.
    pub(super) async fn send_settled(
        &self,
        session: &Arc<Session>,
        resolver: &Resolver,
        attempt: Attempt,
    ) -> Result<Settled, Error> {
        let name = resolver.meta.name;
        let id = attempt.request_id.clone();
        let policy = self.view.retry;
        let (mut sends, mut tries) = (0_u32, 0_u32);
        let (mut ignored, mut undecided_seen) = (BTreeMap::new(), BTreeMap::new());
        loop {
            let stored = session.journal.load(&id).await;
            let stored = stored.map_err(|error| journal_error(name, "loading an attempt", error))?;
            if let Some(stored) = &stored {
                if stored.attempt.digest != attempt.digest {
                    let message = format!("the request id {id} belongs to another write: {}", stored.attempt);
                    return Err(Error::new(ErrorKind::InvalidInput, name, message));
                }
                match stored.state {
                    AttemptState::Executed | AttemptState::Undecided => {
                        return Ok(Settled::of(stored, Duration::ZERO));
                    }
                    AttemptState::PartlyExecuted | AttemptState::NotExecuted
                        if sends >= session.options.sends =>
                    {
                        return Ok(Settled::of(stored, Duration::ZERO));
                    }
                    AttemptState::Open => {
                        let resolve = &session.options.resolve;
                        match self.settle_open(session, resolver, &id, resolve).await? {
                            Waited::Pending(stored, again) => return Ok(Settled::of(&stored, again)),
                            Waited::Settled(stored) if stored.state == AttemptState::PartlyExecuted => {
                                // The caller decides whether the rest is wanted.
                                return Ok(Settled::of(&stored, Duration::ZERO));
                            }
                            Waited::Settled(_) => continue,
                        }
                    }
                    _ => {}
                }
            }
            if let Some(stored) = &stored {
                check_form(resolver, &stored.attempt)?;
            }
            let plan = self.plan(resolver, stored.as_ref(), &attempt, &ignored, &undecided_seen)?;
            let legs = plan.legs.clone();
            sends += 1;
            match self.send_one(session, resolver, plan).await? {
                Sent::Stored(stored, refusal) => match refusal {
                    Some(error) if again(resolver, &error) && tries < TRIES => {
                        sends = sends.saturating_sub(1);
                        tries += 1;
                        self.pause(policy.wait_after(tries, error.retry_after())).await;
                    }
                    _ if stored.state == AttemptState::Open => {}
                    // It is the caller that was refused, and not this write.
                    Some(error) if error.kind() == ErrorKind::Credentials => return Err(error),
                    _ => return Ok(Settled::of(&stored, Duration::ZERO)),
                },
                Sent::NotJournaled(stored) => {
                    let mut settled = Settled::of(&stored, Duration::ZERO);
                    if let Settled::Executed(executed) = &mut settled {
                        executed.journaled = false;
                    }
                    return Ok(settled);
                }
                Sent::Withheld(error) => {
                    sends = sends.saturating_sub(1);
                    tries += 1;
                    if !error.is_retryable() || tries >= policy.attempts() {
                        return Err(error);
                    }
                    self.pause(policy.wait_after(tries, error.retry_after())).await;
                }
                Sent::Changed => sends = sends.saturating_sub(1),
                Sent::Blocked(by) => {
                    sends = sends.saturating_sub(1);
                    if let Some(pending) = self.wait_for(session, &attempt, &by).await? {
                        return Ok(pending);
                    }
                }
                Sent::LookUpFirst(undecided) => {
                    sends = sends.saturating_sub(1);
                    ignored = self.visible(session, resolver, &attempt, &legs).await?;
                    undecided_seen = undecided;
                }
            }
        }
    }

    /// Waits until the attempt that holds a gate is settled, resolving it if its owner is gone.
    async fn wait_for(
        &self,
        session: &Arc<Session>,
        attempt: &Attempt,
        by: &str,
    ) -> Result<Option<Settled>, Error> {
        let failed = |error| journal_error("", "loading an attempt", error);
        let Some(blocker) = session.journal.load(by).await.map_err(failed)? else { return Ok(None) };
        let resolver = session.resolver_of(&blocker.attempt)?;
        match self.settle_open(session, &resolver, by, &session.options.resolve).await? {
            Waited::Settled(_) => Ok(None),
            Waited::Pending(_, again) => Ok(Some(Settled::Pending(crate::journal::Pending {
                request_id: attempt.request_id.clone(),
                look_again_in: again,
            }))),
        }
    }

    /// The records that fit and are visible now: they are not those of a send that has not begun.
    async fn visible(
        &self,
        session: &Arc<Session>,
        resolver: &Resolver,
        attempt: &Attempt,
        legs: &[usize],
    ) -> Result<BTreeMap<usize, Vec<String>>, Error> {
        self.ensure_service_time(resolver, attempt).await?;
        let now = self.service_now().ok_or_else(no_service_time)?;
        let options = &session.options.resolve;
        // Wider than the window of the send to come.
        let margin = options.clock_margin + Duration::from_secs(600);
        let window = TimeWindow {
            from: floor(now.earliest - margin),
            until: floor(now.latest + options.clock_margin + Duration::from_secs(2)),
        };
        let rows = self.look_up(resolver, attempt, window).await?;
        let ids: Vec<String> = rows.iter().filter_map(|row| row.id.clone()).collect();
        Ok(legs.iter().map(|leg| (*leg, ids.clone())).collect())
    }

    fn plan<'a>(
        &self,
        resolver: &Resolver,
        stored: Option<&'a StoredAttempt>,
        attempt: &Attempt,
        ignored: &BTreeMap<usize, Vec<String>>,
        undecided_seen: &BTreeMap<usize, u64>,
    ) -> Result<Plan<'a>, Error> {
        let mut attempt = stored.map_or_else(|| attempt.clone(), |stored| stored.attempt.clone());
        // A key that the service may know already is never used for a new send.
        if let (Some(field), Some(_)) = (resolver.key_field, stored) {
            let key = fresh_key();
            if key.is_empty() {
                let message = "there are no random numbers for a new key";
                return Err(Error::new(ErrorKind::Configuration, resolver.meta.name, message));
            }
            attempt.arguments = Resolver::with_text(&attempt.arguments, field, &key)
                .map_err(|error| Error::new(ErrorKind::InvalidInput, resolver.meta.name, error))?;
            attempt.key = Some(key);
        }
        let legs = match stored {
            Some(stored) => (0..stored.legs.len())
                .filter(|number| {
                    let state = stored.legs.get(*number).map(|leg| leg.state);
                    matches!(state, Some(LegState::Ready | LegState::NotExecuted))
                })
                .collect(),
            None => (0..attempt.legs.len()).collect(),
        };
        let (ignored, undecided_seen) = (ignored.clone(), undecided_seen.clone());
        Ok(Plan { stored, attempt, legs, ignored, undecided_seen })
    }

    /// One send: begin, hand over once, finish.
    async fn send_one(
        &self,
        session: &Arc<Session>,
        resolver: &Resolver,
        plan: Plan<'_>,
    ) -> Result<Sent, Error> {
        let name = resolver.meta.name;
        let invalid = |error: String| Error::new(ErrorKind::InvalidInput, name, error);
        self.ensure_service_time(resolver, &plan.attempt).await?;
        self.ensure_fence(session, resolver, &plan.attempt).await;
        let targets: Vec<&str> = plan
            .legs
            .iter()
            .filter_map(|leg| plan.attempt.legs.get(*leg))
            .map(|leg| leg.target.as_str())
            .collect();
        let all = targets.len() == plan.attempt.legs.len();
        let arguments = match all {
            true => plan.attempt.arguments.clone(),
            false => resolver.for_targets(&plan.attempt.arguments, &targets).map_err(invalid)?,
        };
        let mut parts = RequestParts::split(resolver.meta, arguments.clone().into_bytes())
            .map_err(|error| Error::invalid_input(name, error))?;
        self.admit(&mut parts).await?;
        let gate_by_memo = plan.attempt.memo_unique && {
            let learned = session.journal.learned(&crate::journal::QueryScope::of(&plan.attempt)).await;
            learned.map_err(|error| journal_error(name, "reading what was learned", error))?.memo_echo
        };
        let gate = JournalGate { client: self, session, gate_by_memo, plan: &plan, opened: Mutex::new(None) };
        let mut call = Call::new(self, &parts).gated(&gate);
        let mut result = call.run().await;
        let handed_over = call.handed_over();
        drop(call);
        let opened = gate.opened.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (stored, flight, send) = match opened {
            Some(Opened::Open { stored, flight, send }) => (stored, flight, send),
            Some(Opened::Not(sent)) => return Ok(sent),
            Some(Opened::Failed(error)) => return Err(error),
            None => {
                return match result {
                    Err(error) => Ok(Sent::Withheld(error)),
                    Ok(_) => Err(no_service_time()),
                };
            }
        };
        if resolver.meta.idempotency == Idempotency::Keyed {
            result = self.repeat_keyed(&parts, send, result).await;
        }
        drop(flight);
        self.finish(session, resolver, *stored, &plan.legs, &arguments, result, handed_over).await
    }

    /// A keyed write is transmitted again with the same key and the same signing time, as long as nothing is known.
    async fn repeat_keyed(
        &self,
        parts: &RequestParts,
        send: SignedSend,
        mut result: Result<RawResponse, Error>,
    ) -> Result<RawResponse, Error> {
        for repeat in 1..=KEYED_REPEATS {
            let unknown =
                matches!(&result, Err(error) if error.may_have_been_executed() && error.code().is_none());
            let over = self.shared.clock.boot_time() >= send.hand_over_by;
            if !unknown || over {
                break;
            }
            self.pause(self.view.retry.wait_after(repeat, None)).await;
            let again = Call::new(self, parts).once(send).run().await;
            // An earlier transmission may have been executed unless this one succeeds or the service says that it knows the
            // key.
            result = match again {
                Ok(response) => Ok(response),
                Err(error) if error.may_have_been_executed() => Err(error),
                Err(error) => {
                    result = result.map_err(|first| {
                        if error.code().is_some() { error.possibly_executed() } else { first }
                    });
                    result
                }
            };
        }
        result
    }

    /// Stores what the response, or its absence, says.
    #[allow(clippy::too_many_arguments)] // everything that one send results in
    async fn finish(
        &self,
        session: &Arc<Session>,
        resolver: &Resolver,
        stored: StoredAttempt,
        legs: &[usize],
        arguments: &str,
        result: Result<RawResponse, Error>,
        handed_over: bool,
    ) -> Result<Sent, Error> {
        let id = stored.attempt.request_id.clone();
        let of_all = |change: fn(usize) -> LegChange| legs.iter().map(|leg| change(*leg)).collect::<Vec<_>>();
        let ready = || of_all(|leg| LegChange::new(leg, LegState::Ready));
        let (changes, what, error) = match result {
            Ok(response) => {
                let what = format!("status {}, attempt {}", response.status, response.attempts);
                match (resolver.results)(arguments, response.json()) {
                    Ok(results) => (leg_changes(&stored, legs, &results), what, None),
                    Err(error) => (Vec::new(), format!("{what}, which cannot be read: {error}"), None),
                }
            }
            Err(error) if !handed_over || error.kind() == ErrorKind::NotSent => {
                let settlement = Settlement::of(&id, Some(stored.version), ready());
                // If this fails the attempt stays open, which is safe.
                let _ = session.journal.settle(&settlement).await;
                session.forget(&id);
                return Ok(Sent::Withheld(error));
            }
            Err(error) => {
                let what =
                    format!("{:?}, status {:?}, code {:?}", error.kind(), error.status(), error.code());
                let changes = match refusal_code(resolver, &error) {
                    Some(code) => {
                        let refused = |leg: &usize| LegChange::not_executed(*leg, Some(code.clone()));
                        legs.iter().map(refused).collect()
                    }
                    None => Vec::new(),
                };
                (changes, what, Some(error))
            }
        };
        let evidence = Evidence::new(&id, stored.send_no, what);
        if changes.is_empty() {
            // Nothing is decided: the attempt stays open, and the records will tell.
            let _ = session.journal.append(&evidence).await;
            return Ok(Sent::Stored(Box::new(stored), None));
        }
        let executed: Vec<LegChange> =
            changes.iter().filter(|change| change.state == LegState::Executed).cloned().collect();
        let mut settlement = Settlement::of(&id, Some(stored.version), changes);
        settlement.evidence = Some(evidence);
        let mut settling = session.journal.settle(&settlement).await;
        let mut refuted = false;
        if let (Ok(Settling::Changed(current)), false) = (&settling, executed.is_empty()) {
            // Another process has decided meanwhile; a success counts all the same.
            refuted = current.as_ref().is_some_and(|current| is_refuted(current, &executed, stored.send_no));
            settlement.version = None;
            settlement.changes.clone_from(&executed);
            settling = session.journal.settle(&settlement).await;
        }
        if refuted && matches!(settling, Ok(Settling::Done(_))) {
            let detail = "the service has executed what a look-up had proven absent: late execution, late records or the \
                          expiry of signatures are not as assumed";
            self.broken_assumption(resolver, &id, detail);
        }
        match settling {
            Ok(Settling::Done(stored)) => {
                if stored.state != AttemptState::Open {
                    session.forget(&id);
                }
                let refusal = error.filter(|_| stored.state == AttemptState::NotExecuted);
                Ok(Sent::Stored(stored, refusal))
            }
            Ok(Settling::Changed(_)) => Ok(Sent::Changed),
            // The response names a record that the response of another write has named: it is not trusted.
            Ok(Settling::RecordTaken { .. }) => Ok(Sent::Changed),
            Err(_) if !executed.is_empty() => {
                let settled = crate::journal::transition::settle(&stored, &executed);
                Ok(Sent::NotJournaled(Box::new(settled)))
            }
            Err(failure) => Err(journal_error(resolver.meta.name, "storing a refusal", failure)),
        }
    }

    /// Finds out once whether the gateway refuses old signatures: a read that is signed in the past must be refused, and the
    /// same one that is signed now must not, because wrong keys are refused at any time.
    async fn ensure_fence(&self, session: &Session, resolver: &Resolver, attempt: &Attempt) {
        if session.fence() != Fence::Unknown || !session.options.check_fence {
            return;
        }
        let Some(now) = self.service_now() else { return };
        let age = session.options.resolve.signature_age + Duration::from_secs(300);
        let window =
            TimeWindow { from: floor(now.earliest - Duration::from_secs(60)), until: floor(now.earliest) };
        let Ok(parts) = (resolver.query_parts)(&attempt.arguments, window, None) else { return };
        let stale = floor(now.earliest - age);
        // Without a response it says nothing about signatures; the next send asks again.
        if Call::new(self, &parts).run().await.is_err() {
            return;
        }
        match Call::new(self, &parts).signed_at(stale).run().await {
            Ok(_) => session.set_fence(false),
            Err(error) if error.kind() == ErrorKind::Credentials => session.set_fence(true),
            Err(_) => {}
        }
    }
}

/// Whether a look-up had proven the absence of what a send has executed, so that the attempt may have been sent again.
fn is_refuted(current: &StoredAttempt, executed: &[LegChange], send_no: u32) -> bool {
    let is_absent = |change: &LegChange| {
        current.legs.get(change.leg).is_some_and(|leg| leg.state == LegState::NotExecuted)
    };
    current.send_no > send_no || executed.iter().any(is_absent)
}

/// Whether the same request may succeed later.
fn again(resolver: &Resolver, error: &Error) -> bool {
    error.kind() == ErrorKind::Throttled
        || resolver.meta.idempotency == Idempotency::Keyed
            && error.code().is_some_and(|code| code.retry() == Retry::AfterBackoff)
}

/// The code of a refusal that proves that nothing was executed: one that the service documents.
fn refusal_code(resolver: &Resolver, error: &Error) -> Option<String> {
    let code = error.code()?;
    let known_key = resolver.meta.idempotency == Idempotency::Keyed && code.is_repeat_of_keyed_write();
    let server_error = error.status().is_some_and(|status| status.is_server_error());
    let proves = code.info().is_some() && code.retry() != Retry::ReadsOnly;
    (proves && !known_key && !server_error && !error.may_have_been_executed())
        .then(|| code.as_str().to_owned())
}

/// Returns the changes that a response states about the legs that were sent. A leg that is named not at all,
/// twice, or without a usable record stays open.
fn leg_changes(stored: &StoredAttempt, legs: &[usize], results: &[TargetResult]) -> Vec<LegChange> {
    let change = |number: &usize| {
        let target = &stored.attempt.legs.get(*number)?.target;
        let mut named = results.iter().filter(|result| result.target() == target);
        match (named.next()?, named.next()) {
            (TargetResult::Executed { record: Some(record), .. }, None) if !record.trim().is_empty() => {
                Some(LegChange::executed(*number, record, DecidedBy::Response))
            }
            (TargetResult::Executed { record: None, .. }, None) => {
                let change = LegChange::executed(*number, "", DecidedBy::Response);
                Some(LegChange { record: None, ..change })
            }
            (TargetResult::Refused { code, .. }, None) => {
                Some(LegChange::not_executed(*number, Some(code.clone())))
            }
            _ => None,
        }
    };
    legs.iter().filter_map(change).collect()
}

/// Returns the outcome that a response alone proves; `None` where it leaves a leg open.
pub(super) fn settled_by_response(
    resolver: &Resolver,
    attempt: &Attempt,
    response: &RawResponse,
) -> Option<Settled> {
    let results = (resolver.results)(&attempt.arguments, response.json()).ok()?;
    let begin = Begin {
        attempt: attempt.clone(),
        expected: None,
        legs: (0..attempt.legs.len()).collect(),
        window_begin: attempt.made_after?,
        signed_at: attempt.made_after?,
        send_by: attempt.made_after?,
        fenced: false,
        gate_by_memo: false,
        ignored: BTreeMap::new(),
        undecided_seen: BTreeMap::new(),
    };
    let open = crate::journal::transition::open(None, &begin, &crate::journal::OwnerId(String::new()));
    let changes = leg_changes(&open, &begin.legs, &results);
    let settled = crate::journal::transition::settle(&open, &changes);
    settled.state.is_settled().then(|| Settled::of(&settled, Duration::ZERO))
}

/// Begins a send in the journal when the permit is in hand.
struct JournalGate<'a> {
    client: &'a Client,
    session: &'a Arc<Session>,
    plan: &'a Plan<'a>,
    gate_by_memo: bool,
    opened: Mutex<Option<Opened>>,
}

enum Opened {
    Open { stored: Box<StoredAttempt>, flight: InFlight, send: SignedSend },
    Not(Sent),
    Failed(Error),
}

#[async_trait]
impl SendGate for JournalGate<'_> {
    async fn open(&self, credentials: &Credentials) -> Result<SignedSend, Error> {
        let (opened, result) = match self.begin(credentials).await {
            Ok((stored, send)) => {
                let id = &stored.attempt.request_id;
                let flight = self.session.in_flight(id, Arc::clone(&self.client.shared.clock));
                (Opened::Open { stored, flight, send }, Ok(send))
            }
            Err(opened) => {
                let message = "the journal did not open the attempt";
                (*opened, Err(Error::new(ErrorKind::Journal, "", message)))
            }
        };
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened);
        result
    }
}

impl JournalGate<'_> {
    async fn begin(
        &self,
        credentials: &Credentials,
    ) -> Result<(Box<StoredAttempt>, SignedSend), Box<Opened>> {
        let (session, plan) = (self.session, self.plan);
        let options = &session.options;
        let failed = |error| Box::new(Opened::Failed(error));
        let now = self.client.service_now().ok_or_else(|| failed(no_service_time()))?;
        let started = self.client.shared.clock.boot_time();
        let signed_at = now.signing_time();
        let keyed = plan.attempt.key.is_some();
        let send = SignedSend {
            signed_at,
            hand_over_by: started + if keyed { options.deadline } else { options.send_within },
            deadline: Some(options.deadline),
        };
        let by_keys = matches!(credentials.authorization(), Authorization::Keys(_));
        let margin = time::Duration::SECOND + options.resolve.clock_margin;
        let begin = Begin {
            attempt: plan.attempt.clone(),
            expected: plan.stored.map(|stored| stored.version),
            legs: plan.legs.clone(),
            window_begin: (floor(now.earliest).instant() - margin).into(),
            signed_at,
            send_by: floor(signed_at.instant() + options.send_within),
            fenced: by_keys && session.fence() == Fence::Holds,
            gate_by_memo: self.gate_by_memo,
            ignored: plan.ignored.clone(),
            undecided_seen: plan.undecided_seen.clone(),
        };
        match session.journal.begin(&begin).await {
            Ok(Begun::Open(stored)) => Ok((stored, send)),
            Ok(Begun::Blocked { by }) => Err(Box::new(Opened::Not(Sent::Blocked(by)))),
            Ok(Begun::LookUpFirst { undecided }) => Err(Box::new(Opened::Not(Sent::LookUpFirst(undecided)))),
            Ok(Begun::Changed(_)) => Err(Box::new(Opened::Not(Sent::Changed))),
            Err(error) if error.kind() == JournalErrorKind::Unknown => {
                // It may have been committed. Nothing was sent, so what is stored tells.
                let loaded = session.journal.load(&begin.attempt.request_id).await;
                let expected = begin.expected.unwrap_or(0).saturating_add(1);
                match loaded {
                    Ok(Some(stored))
                        if stored.version == expected
                            && stored.owner == session.journal.owner()
                            && stored.state == AttemptState::Open =>
                    {
                        Ok((Box::new(stored), send))
                    }
                    _ => Err(failed(journal_error("", "beginning an attempt", error))),
                }
            }
            Err(error) => Err(failed(journal_error("", "beginning an attempt", error))),
        }
    }
}
