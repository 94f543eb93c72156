//! Deciding an open attempt: who may, when, and from what.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use time::OffsetDateTime;

use super::{
    lookup::whole,
    session::{Closing, Look, Session, check_form, journal_error},
};
use crate::{
    client::{
        Client,
        observe::{ObservationKind, Span},
    },
    error::{Error, ErrorKind},
    journal::{
        Attempt, AttemptState, DecidedBy, Evidence, JournalErrorKind, Learned, LegChange, LegEntry, LegState,
        OwnerState, QueryScope, RecordScope, ResolveOptions, Settlement, Settling, Sighting, StoredAttempt,
        Verdict,
    },
    operation::{RecordFacts, Resolver, TimeWindow},
};

/// Time for which an unchanged heartbeat counts as life.
const LEASE: Duration = Duration::from_secs(60);
/// Interval at which this incarnation reports that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// The longest wait between two look-ups.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// Interval at which a request in flight is checked for its end.
const POLL: Duration = Duration::from_millis(20);
const LONGEST_POLL: Duration = Duration::from_secs(1);

/// Distance of an open attempt from being settled, as it was before a look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    /// Whether neither requests nor records can arrive any more.
    settled: bool,
    /// Absence proves that it was not executed: there is a fence, or the sender is known to have ended.
    absence_proves: bool,
    /// Time until the attempt is settled.
    remaining: Duration,
    /// Whether the attempt is still being processed: the request is in flight here, or its owner is alive
    /// elsewhere.
    in_work: bool,
    /// The number of the owner's last heartbeat.
    beat: Option<u64>,
}

/// The result of waiting for an attempt.
pub(super) enum Waited {
    Settled(Box<StoredAttempt>),
    Pending(Box<StoredAttempt>, Duration),
}

impl Client {
    /// Looks until every leg is settled, or the wait of the options is over.
    pub(super) async fn settle_open(
        &self,
        session: &Arc<Session>,
        resolver: &Resolver,
        request_id: &str,
        options: &ResolveOptions,
    ) -> Result<Waited, Error> {
        let clock = &self.shared.clock;
        let name = resolver.meta.name;
        let began = clock.boot_time();
        let (mut wait, mut poll) = (options.look_every, POLL);
        let mut seen: Option<(u64, Duration)> = None;
        loop {
            let stored = session.journal.load(request_id).await;
            let stored = stored.map_err(|error| journal_error(name, "loading an attempt", error))?;
            let stored = stored.ok_or_else(|| {
                let message = format!("the journal has no attempt {request_id}");
                Error::new(ErrorKind::InvalidInput, name, message)
            })?;
            if stored.state != AttemptState::Open {
                session.forget(request_id);
                return Ok(Waited::Settled(Box::new(stored)));
            }
            check_form(resolver, &stored.attempt)?;
            let now = clock.boot_time();
            if session.beat_is_due(now, HEARTBEAT) {
                // Only speed depends on it.
                let _ = session.journal.heartbeat().await;
            }
            self.ensure_service_time(resolver, &stored.attempt).await?;
            let Some((stored, mut standing)) = self.standing(session, stored, options).await? else {
                continue;
            };
            if let Some(beat) = standing.beat {
                match seen {
                    Some((last, since)) if last == beat => {
                        standing.in_work = now.saturating_sub(since) < LEASE;
                    }
                    _ => {
                        seen = Some((beat, now));
                        standing.in_work = true;
                    }
                }
            }
            let mut pause = if standing.in_work && !standing.settled {
                poll = (poll * 2).min(LONGEST_POLL);
                poll
            } else {
                match self.judge(session, resolver, &stored, standing, options).await? {
                    Judged::Changed => continue,
                    Judged::Pending => {}
                }
                let pause = wait;
                wait = (wait * 2).min(LONGEST_WAIT);
                pause
            };
            if !standing.settled && standing.remaining > Duration::ZERO {
                pause = pause.min(standing.remaining);
            }
            let spent = clock.boot_time().saturating_sub(began);
            if options.wait.is_some_and(|limit| spent.saturating_add(pause) > limit) {
                return Ok(Waited::Pending(Box::new(stored), standing.remaining.max(pause)));
            }
            self.pause(pause).await;
        }
    }

    /// Returns the time at which an attempt is settled, depending on its sender; `None` where the attempt has
    /// changed meanwhile.
    async fn standing(
        &self,
        session: &Arc<Session>,
        stored: StoredAttempt,
        options: &ResolveOptions,
    ) -> Result<Option<(StoredAttempt, Standing)>, Error> {
        let id = stored.attempt.request_id.clone();
        let failed = |error| journal_error("", "asking for an owner", error);
        let now = self.shared.clock.boot_time();
        let own = |closing| match closing {
            Closing::InFlight => Standing {
                settled: false,
                absence_proves: false,
                remaining: options.settle(),
                in_work: true,
                beat: None,
            },
            Closing::At(closed) => {
                let remaining = closed.saturating_add(options.settle()).saturating_sub(now);
                Standing {
                    settled: remaining.is_zero(),
                    absence_proves: true,
                    remaining,
                    in_work: false,
                    beat: None,
                }
            }
        };
        match session.journal.owner_state(&stored.owner).await.map_err(failed)? {
            OwnerState::Own => {
                let standing = own(session.closing(&id, now));
                Ok(Some((stored, standing)))
            }
            // The moment of proof is now, before the take-over.
            OwnerState::Dead => {
                let taken = session.journal.take_over(&id, stored.version).await;
                let taken = taken.map_err(|error| journal_error("", "taking over an attempt", error))?;
                Ok(taken.map(|stored| {
                    session.closed(&id, now);
                    (stored, own(Closing::At(now)))
                }))
            }
            OwnerState::Unknown { beat } => {
                let fenced = stored.fenced || options.longest_pause.is_some();
                let settle = if fenced { options.settle() } else { Duration::ZERO };
                let until = stored.signed_at.instant() + options.fence(stored.fenced) + settle;
                let earliest = self.service_now().map(|now| now.earliest);
                let remaining = earliest.map_or(options.settle(), |earliest| {
                    Duration::try_from(until - earliest).unwrap_or(Duration::ZERO)
                });
                let standing = Standing {
                    settled: remaining.is_zero(),
                    absence_proves: fenced,
                    remaining,
                    in_work: false,
                    beat: Some(beat),
                };
                Ok(Some((stored, standing)))
            }
        }
    }

    /// One look-up, and what it decides.
    async fn judge(
        &self,
        session: &Arc<Session>,
        resolver: &Resolver,
        stored: &StoredAttempt,
        standing: Standing,
        options: &ResolveOptions,
    ) -> Result<Judged, Error> {
        let window = self.window(stored, options)?;
        let began = self.service_now().ok_or_else(no_service_time)?.earliest;
        let rows = self.look_up(resolver, &stored.attempt, window).await?;
        let ended = self.service_now().ok_or_else(no_service_time)?.latest;
        let learned = self.learn(session, resolver, stored, &rows, standing.settled).await?;
        let ids: Vec<String> = rows.iter().filter_map(|row| row.id.clone()).collect();
        let look = Look { began, records: ids.iter().cloned().collect() };
        let before = session.looked(&stored.attempt.request_id, look);
        let (mut changes, mut must_be_free) = (Vec::new(), Vec::new());
        for number in stored.legs_in(LegState::Open) {
            let (Some(leg), Some(entry), Some(footprint)) =
                (stored.attempt.legs.get(number), stored.legs.get(number), stored.footprint(number))
            else {
                continue;
            };
            let failed = |error| journal_error(resolver.meta.name, "reading attributions", error);
            let scope = RecordScope::of(&stored.attempt, number);
            let known = session.journal.attributions(&scope, &ids).await.map_err(failed)?;
            let others: BTreeMap<String, String> = known
                .into_iter()
                .filter(|known| known.request_id != stored.attempt.request_id || known.leg != number)
                .map(|known| (known.record_id, known.request_id))
                .collect();
            let rivals =
                session.journal.rivals(&footprint, &stored.attempt.request_id).await.map_err(failed)?;
            let sighting = Sighting {
                leg,
                memo: stored.attempt.memo.as_deref(),
                memo_unique: stored.attempt.memo_unique,
                ignored: &entry.ignored,
                made_after: stored.attempt.made_after.filter(|_| session.is_ephemeral),
                window,
                rows: &rows,
                attributed: &others,
                rivals: &rivals,
                by_state: resolver.by_state,
                sole_writer: options.sole_writer,
                memo_echo: learned.memo_echo,
                settled: standing.settled,
                absence_proves: standing.absence_proves && (learned.sees_account || options.sees_account),
            };
            let change = match sighting.verdict() {
                Verdict::Pending => continue,
                Verdict::Executed { record, by: DecidedBy::State } => {
                    LegChange { record: None, ..LegChange::executed(number, record, DecidedBy::State) }
                }
                Verdict::Executed { record, by } => LegChange::executed(number, record, by),
                Verdict::NotExecuted => LegChange::not_executed(number, None),
                Verdict::Undecided { candidates, rivals } => {
                    let known = candidates.iter().filter(|id| ids.contains(id));
                    must_be_free.extend(known.map(|id| (number, id.clone())));
                    LegChange { candidates, rivals, ..LegChange::new(number, LegState::Undecided) }
                }
            };
            changes.push(change);
        }
        if changes.is_empty() {
            return Ok(Judged::Pending);
        }
        let id = &stored.attempt.request_id;
        let what = format!("look-up of {} to {}: {} rows", window.from, window.until, rows.len());
        let mut settlement = Settlement::of(id, Some(stored.version), changes);
        settlement.must_be_free = must_be_free;
        settlement.evidence = Some(Evidence::new(id, stored.send_no, what));
        // A clash on version or record discards the verdict: the loop looks again.
        match session.journal.settle(&settlement).await {
            Ok(Settling::RecordTaken { .. }) => self.pause(POLL).await,
            Ok(Settling::Done(stored)) => {
                if options.sole_writer {
                    self.check_sole_writer(resolver, &stored);
                }
                let found = |row: &&RecordFacts| {
                    let is_found = |change: &LegChange| change.record.is_some() && change.record == row.id;
                    settlement.changes.iter().any(is_found)
                };
                let sightings = rows.iter().filter(found);
                let measured =
                    sightings.map(|row| Measured::of(&stored.attempt, row, before.as_ref(), ended));
                for measured in measured {
                    self.check_measured(session, resolver, &stored.attempt, measured, learned, options).await;
                }
            }
            Ok(_) => {}
            Err(error) if error.kind() == JournalErrorKind::Unknown => {}
            Err(error) => return Err(journal_error(resolver.meta.name, "storing a verdict", error)),
        }
        Ok(Judged::Changed)
    }

    /// Keeps what a look-up has measured, and reports where it comes near an assumption or beyond.
    async fn check_measured(
        &self,
        session: &Session,
        resolver: &Resolver,
        attempt: &Attempt,
        measured: Measured,
        known: Learned,
        options: &ResolveOptions,
    ) {
        let new = known.merged(measured.learned());
        if new != known {
            // It is learned again from the next record, should this fail.
            let _ = session.journal.learn(&QueryScope::of(attempt), new).await;
        }
        let assumed = options.late_record;
        if measured.delay > assumed / 2 {
            let detail = format!(
                "a record was missing {} ms and seen {} ms after its execution; late_record assumes {} ms at most",
                measured.missing.as_millis(),
                measured.delay.as_millis(),
                assumed.as_millis()
            );
            self.strained(resolver, &attempt.request_id, &detail, measured.missing > assumed);
        }
        let assumed = options.clock_margin;
        if measured.skew > assumed / 2 {
            let detail = format!(
                "the time of a record is {} ms off; clock_margin assumes {} ms at most",
                measured.skew.as_millis(),
                assumed.as_millis()
            );
            self.strained(resolver, &attempt.request_id, &detail, measured.skew > assumed);
        }
    }

    /// Reports that a measurement comes near an assumption, or that it is beyond it.
    fn strained(&self, resolver: &Resolver, request_id: &str, detail: &str, is_broken: bool) {
        if is_broken {
            return self.broken_assumption(resolver, request_id, detail);
        }
        Span::strained_assumption(resolver.meta, request_id, detail);
        self.observe(resolver.meta, ObservationKind::StrainedAssumption { request_id, detail });
    }

    /// Several records that fit one attempt contradict the declaration of a sole writer.
    fn check_sole_writer(&self, resolver: &Resolver, stored: &StoredAttempt) {
        let several = |leg: &LegEntry| leg.state == LegState::Undecided && leg.candidates.len() > 1;
        if stored.legs.iter().any(several) {
            let detail =
                "several records fit one attempt: somebody else makes equal writes, or it was executed twice";
            self.broken_assumption(resolver, &stored.attempt.request_id, detail);
        }
    }

    /// Reports to observers and to the log that a person should look.
    pub(super) fn broken_assumption(&self, resolver: &Resolver, request_id: &str, detail: &str) {
        Span::broken_assumption(resolver.meta, request_id, detail);
        self.observe(resolver.meta, ObservationKind::BrokenAssumption { request_id, detail });
    }

    /// Returns the window from the earliest possible moment of the first send until now.
    pub(super) fn window(
        &self,
        stored: &StoredAttempt,
        options: &ResolveOptions,
    ) -> Result<TimeWindow, Error> {
        let now = self.service_now().ok_or_else(no_service_time)?;
        let until = now.latest + time::Duration::SECOND + options.clock_margin;
        Ok(TimeWindow { from: stored.window_begin, until: whole(until) })
    }

    /// Makes sure that the service's time is known, with a read where there was no response yet.
    pub(super) async fn ensure_service_time(
        &self,
        resolver: &Resolver,
        attempt: &Attempt,
    ) -> Result<(), Error> {
        if self.service_now().is_some() {
            return Ok(());
        }
        let now = crate::client::service_time::floor(self.shared.clock.now());
        let window = TimeWindow { from: (now.instant() - time::Duration::HOUR).into(), until: now };
        let read: Result<Vec<RecordFacts>, Error> = self.look_up(resolver, attempt, window).await;
        match (self.service_now(), read) {
            // The refusal has the time, but nothing that follows would be accepted.
            (_, Err(error)) if error.kind() == ErrorKind::Credentials => Err(error),
            (Some(_), _) => Ok(()),
            (None, Err(error)) => Err(error),
            (None, Ok(_)) => Err(no_service_time()),
        }
    }

    /// Waits, and lets other tasks run even where the clock does not make anybody wait.
    pub(super) async fn pause(&self, duration: Duration) {
        self.shared.clock.sleep(duration.max(Duration::from_millis(1))).await;
        let mut yielded = false;
        std::future::poll_fn(move |context| {
            if std::mem::replace(&mut yielded, true) {
                return std::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
    }
}

/// Measurements of the service by the record of an attempt, as a look-up found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Measured {
    /// The least time after its execution for which the record was missing: an earlier look-up did not show it.
    missing: Duration,
    /// The time between its execution and the look-up that showed it first. Zero where no earlier look-up could have
    /// shown it, so that nothing is known.
    delay: Duration,
    /// The difference between the record's time and the service's time at least.
    skew: Duration,
}

impl Measured {
    fn of(attempt: &Attempt, row: &RecordFacts, before: Option<&Look>, ended: OffsetDateTime) -> Self {
        let mut measured = Self { missing: Duration::ZERO, delay: Duration::ZERO, skew: Duration::ZERO };
        let (Some(id), Some(time), Some(made)) = (&row.id, row.time, attempt.made_after) else {
            return measured;
        };
        let since =
            |from: OffsetDateTime, to: OffsetDateTime| Duration::try_from(to - from).unwrap_or_default();
        // Times of records are whole seconds.
        let (early, late) = (time.instant(), time.instant() + time::Duration::SECOND);
        measured.skew = since(late, made.instant()).max(since(ended, early));
        // It was not executed before it was made, whatever the time of the record says.
        let executed = early.max(made.instant());
        if let Some(before) = before.filter(|before| !before.records.contains(id) && before.began > executed)
        {
            measured.missing = since(late.max(made.instant()), before.began);
            measured.delay = since(executed, ended);
        }
        measured
    }

    fn learned(self) -> Learned {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Learned {
            record_delay_ms: milliseconds(self.delay),
            clock_skew_ms: milliseconds(self.skew),
            ..Learned::default()
        }
    }
}

/// The result of one look-up.
enum Judged {
    Changed,
    Pending,
}

pub(super) fn no_service_time() -> Error {
    let message = "the service's time is not known: its responses have no Date or no request id";
    Error::new(ErrorKind::Configuration, "", message)
}
