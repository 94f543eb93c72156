//! Guards of the protocol that no story tells: what is sent and when, what is learned about the service, attempts of other
//! versions, and request ids.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use huaweicloud_partner::{
    auth::Credentials,
    client::{Observation, ObservationKind, Observer},
    error::ErrorKind,
    journal::{
        ATTEMPT_FORMAT, Attempt, AttemptState, Begin, Begun, DecidedBy, Journal, JournalOptions, Learned,
        LegChange, LegState, MemoryJournal, QueryScope, ResolveOptions, Settled, Settlement,
    },
};

use crate::{
    stories::{not_executed, seconds, vouchers},
    world::*,
    wrapped::{Trouble, Wrapped},
};

/// A report about an assumption: the word for the kind, the request id, and the detail.
type Report = (&'static str, String, String);

/// Keeps the reports about assumptions.
#[derive(Clone, Debug, Default)]
struct Reports(Arc<Mutex<Vec<Report>>>);

impl Reports {
    fn taken(&self) -> Vec<Report> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Observer for Reports {
    fn observe(&self, observation: &Observation<'_>) {
        let report = match &observation.kind {
            ObservationKind::StrainedAssumption { request_id, detail, .. }
            | ObservationKind::BrokenAssumption { request_id, detail, .. } => {
                (observation.kind.as_str(), (*request_id).to_owned(), (*detail).to_owned())
            }
            _ => return,
        };
        self.0.lock().unwrap().push(report);
    }
}

/// Loses the response of a transfer whose record is late, and gives what was learned and reported.
async fn late_by(delay: u64, options: JournalOptions) -> (Learned, Vec<Report>) {
    let (world, journal, reports) = (World::new(), MemoryJournal::new(), Reports::default());
    let client =
        world.client_with_observer(reports.clone()).with_journal_options(Arc::new(journal.clone()), options);
    let attempt = client.attempt("t", &transfer("100")).await.unwrap();
    world.faults([Fault::LostResponse]);
    world.with(|state| state.record_delay = seconds(delay));
    let settled = client.send_attempt(&attempt).await.unwrap();
    assert_eq!((record_of(&settled), world.executed()), ("R1", 1));
    (journal.learned(&QueryScope::of(&attempt)).await.unwrap(), reports.taken())
}

#[tokio::test]
async fn the_delay_of_records_is_measured_kept_and_reported_above_half_of_what_is_assumed() {
    // It is there at the first look-up: nothing is known about its delay.
    let (learned, reports) = late_by(0, alone()).await;
    assert_eq!((learned.record_delay_ms, reports.len()), (0, 0));

    // Look-ups begin 0, 10, 30, 70 and 150 s after the request.
    let (learned, reports) = late_by(20, alone()).await;
    assert!((20_000..=33_000).contains(&learned.record_delay_ms), "{learned:?}");
    assert_eq!(reports, []);

    let (learned, reports) = late_by(80, alone()).await;
    assert!((80_000..=153_000).contains(&learned.record_delay_ms), "{learned:?}");
    let [(kind, id, detail)] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((*kind, id.as_str()), ("strained_assumption", "t"));
    assert!(detail.contains("120000 ms at most"), "{detail}");

    // A record that is proven to be later than D.
    let resolve = ResolveOptions::new().sole_writer(true).sees_account(true).late_record(seconds(20));
    let (_, reports) = late_by(80, JournalOptions::new().resolve(resolve)).await;
    assert_eq!(reports.iter().map(|report| report.0).collect::<Vec<_>>(), ["broken_assumption"]);
}

#[tokio::test]
async fn the_largest_delay_stays_and_one_that_no_look_up_has_seen_is_not_measured() {
    let (world, journal) = (World::new(), MemoryJournal::new());
    let client = world.process(&journal, 0, alone());
    let scope = QueryScope::of(&client.attempt("t", &transfer("1")).await.unwrap());
    let mut largest = 0;
    for (number, delay) in [40, 5, 0].into_iter().enumerate() {
        world.with(|state| state.record_delay = seconds(delay));
        world.faults([Fault::LostResponse]);
        client.send_once(format!("t{number}"), &transfer("100")).await.unwrap();
        let learned = journal.learned(&scope).await.unwrap();
        largest = largest.max(learned.record_delay_ms);
        assert_eq!(learned.record_delay_ms, largest);
        assert!(largest >= 40_000, "{learned:?}");
    }

    // Hours later another process finds the record at its first look-up.
    let (world, journal) = (World::new(), MemoryJournal::new());
    let owner = world.process(&journal, 0, alone());
    world.faults([Fault::PausedAfter(seconds(360_000))]);
    let mut sending = Box::pin(async move { owner.send_once("t", &transfer("100")).await });
    crate::stories::until_paused(&world, &mut sending);
    journal.declare_dead();
    world.elapse(seconds(7200));
    let other = world.process(&journal.another_process(), 0, alone());
    assert_eq!(record_of(&other.send_once("t", &transfer("100")).await.unwrap()), "R1");
    assert_eq!(journal.learned(&scope).await.unwrap().record_delay_ms, 0);
}

#[tokio::test]
async fn the_clock_of_the_records_is_compared_with_that_of_the_gateway() {
    for (offset, report) in [(0, None), (20, None), (45, Some("strained")), (-45, Some("strained"))] {
        let (world, journal, reports) = (World::new(), MemoryJournal::new(), Reports::default());
        world.with(|state| state.ledger_offset = time::Duration::seconds(offset));
        let client = world
            .client_with_observer(reports.clone())
            .with_journal_options(Arc::new(journal.clone()), alone());
        world.faults([Fault::LostResponse]);
        let attempt = client.attempt("t", &transfer("100")).await.unwrap();
        assert_eq!(record_of(&client.send_attempt(&attempt).await.unwrap()), "R1", "{offset}");
        let learned = journal.learned(&QueryScope::of(&attempt)).await.unwrap();
        let (least, most) =
            ((offset.unsigned_abs() * 1000).saturating_sub(3000), offset.unsigned_abs() * 1000);
        assert!((least..=most).contains(&learned.clock_skew_ms), "{offset}: {learned:?}");
        let kinds: Vec<_> = reports.taken().into_iter().map(|(kind, ..)| kind).collect();
        let expected: Vec<_> = report.iter().map(|kind| format!("{kind}_assumption")).collect();
        assert_eq!(kinds, expected, "{offset}");
    }
}

/// The attempt as a newer version would have stored it, whose arguments have one more field.
fn of_newer_version(attempt: &Attempt) -> Attempt {
    let mut newer = attempt.clone();
    newer.arguments = attempt.arguments.replacen('{', r#"{"approved_by":"li","#, 1);
    newer
}

#[tokio::test]
async fn an_attempt_of_a_newer_version_is_neither_sent_nor_resolved() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let client = world.process(&journal, 0, alone_once());
    let attempt = client.attempt("t", &transfer("100")).await.unwrap();
    let mut of_newer_form = attempt.clone();
    of_newer_form.format = ATTEMPT_FORMAT + 1;
    for newer in [of_newer_version(&attempt), of_newer_form] {
        for client in [client.clone(), world.client(0)] {
            let error = client.send_attempt(&newer).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
            let error = client.resolve(&newer, ResolveOptions::new()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        }
        // One that it has left open, and one that was not executed and could be repeated.
        for settled in [false, true] {
            let journal = MemoryJournal::new();
            let client = world.process(&journal, 0, alone_once());
            let made = newer.made_after.unwrap();
            let Begun::Open(open) =
                journal.begin(&Begin::new(newer.clone(), made, made, made)).await.unwrap()
            else {
                panic!("it is the only one")
            };
            if settled {
                let absent = vec![LegChange::not_executed(0, None)];
                journal.settle(&Settlement::of("t", Some(open.version), absent)).await.unwrap();
            }
            let before = journal.load("t").await.unwrap();
            let error = client.send_once("t", &transfer("100")).await.unwrap_err();
            assert!(error.to_string().contains("not one of this version"), "{error}");
            assert_eq!(journal.load("t").await.unwrap(), before, "nothing of it is lost");
            if !settled {
                // An equal write waits for it, and does not go past it.
                client.send_once("u", &transfer("100")).await.unwrap_err();
            }
        }
    }
    assert_eq!((world.with(|state| state.writes), world.executed()), (0, 0));
}

#[tokio::test]
async fn a_request_id_has_no_blanks_at_its_ends() {
    let world = World::new();
    let client = world.process(&MemoryJournal::new(), 0, alone());
    for id in ["", " ", " t", "t ", "t\n", "\u{a0}t", "t\t"] {
        let error = client.send_once(id, &transfer("100")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{id:?}: {error}");
    }
    assert_eq!(world.with(|state| state.writes), 0);
    client.send_once("t 1", &transfer("100")).await.unwrap();
}

#[tokio::test]
async fn the_refusal_of_a_known_request_id_says_which_write_it_belongs_to() {
    let world = World::new();
    let client = world.process(&MemoryJournal::new(), 0, alone());
    client.send_once("t", &transfer("100.50")).await.unwrap();
    let error = client.send_once("t", &transfer("100")).await.unwrap_err();
    assert!(error.to_string().contains("bss.UpdateIndirectPartnerAccount, 100.5 for r1"), "{error}");
    let stored = client.stored_attempt("t").await.unwrap().unwrap();
    assert!(stored.attempt.is_of(&transfer("100.5")) && !stored.attempt.is_of(&transfer("100")));
    assert_eq!(stored.state, AttemptState::Executed);
}

#[tokio::test]
async fn begin_comes_after_the_permit_so_that_no_send_waits_for_its_rate_limit() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let client = world.process(&journal, 0, alone());
    // Ten calls a second are permitted, so the last waits six seconds or more.
    let sends =
        (0..70).map(|number| {
            let client = client.clone();
            async move {
                client.send_once(format!("t{number}"), &transfer(&format!("{}", number + 1))).await.unwrap()
            }
        });
    let settled = futures_util::future::join_all(sends).await;
    assert!(settled.iter().all(Settled::is_executed));
    let writes = world.writes_at();
    assert!(writes[69] - writes[0] >= seconds(6), "{writes:?}");
    for number in 0..70 {
        let stored = journal.load(&format!("t{number}")).await.unwrap().unwrap();
        assert_eq!(stored.send_no, 1, "none was withheld");
    }
    let ahead: Vec<_> =
        world.with(|state| state.log.iter().filter(|sent| sent.is_write).map(|sent| sent.ahead).collect());
    assert!(ahead.iter().all(|ahead| ahead.abs() <= time::Duration::seconds(2)), "{ahead:?}");
}

#[tokio::test]
async fn a_request_is_signed_with_the_time_that_is_stored_and_with_no_later_one() {
    let world = World::new();
    let journal = Wrapped::new(MemoryJournal::new(), &world, Trouble::BeginSlow(seconds(8)));
    let client = world.client(0).with_journal_options(Arc::new(journal.clone()), alone());
    client.send_once("t", &transfer("100")).await.unwrap();
    let stored = journal.inner.load("t").await.unwrap().unwrap();
    let sent = world.with(|state| {
        let sent = state.log.iter().find(|sent| sent.is_write).unwrap();
        state.base + sent.at + sent.ahead
    });
    assert_eq!((sent, stored.send_no), (stored.signed_at.instant(), 1));
}

#[tokio::test]
async fn what_never_left_the_process_is_ready_and_its_gate_is_free() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let client = world.process(&journal, 0, alone());
    client.attempt("warm", &transfer("1")).await.unwrap();
    world.faults(vec![Fault::Unreachable; 50]);
    let error = client.send_once("t", &transfer("100")).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_executed()), (ErrorKind::NotSent, false), "{error}");
    let stored = journal.load("t").await.unwrap().unwrap();
    assert_eq!(stored.state, AttemptState::Ready);
    world.with(|state| state.faults.clear());
    let other = world.process(&journal.another_process(), 0, alone());
    let before = world.now();
    assert!(other.send_once("u", &transfer("100")).await.unwrap().is_executed());
    assert!(world.now() - before < seconds(5), "it waited for nothing");
    assert!(client.send_once("t", &transfer("100")).await.unwrap().is_executed());
    assert_eq!(world.executed(), 2);
}

#[tokio::test]
async fn a_code_that_is_not_documented_proves_nothing() {
    for (code, settled_at_once) in [("CBC.99000035", true), ("CBC.00001234", false)] {
        let world = World::new();
        let client = world.process(&MemoryJournal::new(), 0, alone_once());
        client.attempt("warm", &transfer("1")).await.unwrap();
        world.faults([Fault::Refuse(400, code)]);
        let began = world.now();
        let settled = client.send_once("t", &transfer("100")).await.unwrap();
        assert!(not_executed(&settled), "{code}: {settled}");
        let took = world.now() - began;
        assert_eq!(took < L, settled_at_once, "{code}: {took:?}");
        assert!(settled_at_once || took >= L + D, "{code}: {took:?}");
    }
}

#[tokio::test]
async fn refused_credentials_are_an_error_of_the_caller_and_leave_the_write_to_be_sent() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let client = world.process(&journal, 0, alone());
    client.attempt("warm", &transfer("1")).await.unwrap();
    world.faults(vec![Fault::Refuse(401, "APIGW.0301"); 10]);
    let error = client.send_once("t", &transfer("100")).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_executed()), (ErrorKind::Credentials, false), "{error}");
    world.with(|state| state.faults.clear());
    assert!(client.send_once("t", &transfer("100")).await.unwrap().is_executed());
    assert_eq!(world.executed(), 1);
}

#[tokio::test]
async fn an_attempt_is_sent_five_times_at_most_in_one_call() {
    for (options, most) in [(alone(), 5), (alone().sends(2), 2), (alone().sends(0), 1)] {
        let world = World::new();
        let client = world.process(&MemoryJournal::new(), 0, options);
        world.faults(vec![Fault::LostRequest; 20]);
        let settled = client.send_once("t", &transfer("100")).await.unwrap();
        assert!(not_executed(&settled) && world.with(|state| state.writes) == most, "{settled}");
    }
}

#[tokio::test]
async fn an_undecided_attempt_names_its_candidates_again_and_sends_nothing() {
    let world = World::new();
    world.faults([Fault::LostResponse]);
    let client = world.process(&MemoryJournal::new(), 0, JournalOptions::new());
    let first = client.send_once("t", &transfer("100")).await.unwrap();
    let again = client.send_once("t", &transfer("100")).await.unwrap();
    let Settled::Undecided(why) = &again else { panic!("{again}") };
    assert_eq!((why.candidates.as_slice(), &again), (["R1".to_owned()].as_slice(), &first));
    assert_eq!(world.with(|state| state.writes), 1);
}

#[tokio::test]
async fn a_row_outside_the_window_is_no_candidate_whatever_bounds_the_service_keeps() {
    for (time, fits) in
        [("2026-05-01T07:00:00Z", false), ("2026-05-01T08:01:42Z", true), ("2026-05-01T18:00:00Z", false)]
    {
        let world = World::new();
        let client = world.process(&MemoryJournal::new(), 0, alone_once());
        client.attempt("warm", &transfer("1")).await.unwrap();
        world.faults([Fault::LostRequest]);
        let row = format!(
            r#"{{"records":[{{"customer_id":"r1","operation_type":"{GRANT}","amount":"100","operation_time":"{time}","trans_id":"X1"}}],"total_count":1}}"#
        );
        world.with(|state| state.query_responses.extend((0..40).map(|_| (200, row.clone()))));
        let settled = client.send_once("t", &transfer("100")).await.unwrap();
        assert_eq!((settled.is_executed(), not_executed(&settled)), (fits, !fits), "{time}: {settled}");
    }
}

#[tokio::test]
async fn without_a_fence_a_declared_pause_decides_and_a_check_that_is_off_does_not() {
    let token = || Credentials::token("T").with_domain_id("d1");
    for (pause, check) in [(Some(600), true), (None, true), (None, false)] {
        let world = World::new();
        let journal = MemoryJournal::new();
        let credentials = || if check { token() } else { Credentials::keys("AK", "SK").with_domain_id("d1") };
        let process = |journal: &MemoryJournal| {
            let journal = Arc::new(journal.clone()) as Arc<dyn Journal>;
            let options = alone().check_fence(check);
            world.client_with(0, credentials()).with_journal_options(journal, options)
        };
        let owner = process(&journal);
        world.faults([Fault::PausedBefore(seconds(360_000))]);
        let mut sending = Box::pin(async move { owner.send_once("t", &transfer("100")).await });
        crate::stories::until_paused(&world, &mut sending);
        let other = process(&journal.another_process());
        let attempt = other.attempt("t", &transfer("100")).await.unwrap();
        let mut options = ResolveOptions::new().sole_writer(true).sees_account(true);
        if let Some(pause) = pause {
            options = options.longest_pause(seconds(pause));
        }
        let began = world.now();
        let settled = other.resolve(&attempt, options).await.unwrap();
        let took = world.now() - began;
        match pause {
            Some(pause) => {
                let fence = seconds(pause) + seconds(60) + L + D;
                assert!(not_executed(&settled), "{settled}");
                assert!((fence - seconds(2)..fence + seconds(5)).contains(&took), "{took:?}");
            }
            None => assert!(matches!(settled, Settled::Undecided(_)), "{check}: {settled}"),
        }
    }
}

#[tokio::test]
async fn a_verdict_whose_record_belongs_to_another_attempt_is_discarded_and_looked_up_again() {
    let world = World::new();
    world.faults([Fault::LostResponse]);
    let journal = Wrapped::new(MemoryJournal::new(), &world, Trouble::TakenOnce);
    let client = world.client(0).with_journal_options(Arc::new(journal.clone()), alone());
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&settled), world.executed()), ("R1", 1));
    assert_eq!(journal.trouble(), Trouble::None, "the first verdict was refused");
}

#[tokio::test]
async fn writes_of_different_amounts_do_not_wait_for_each_other() {
    let world = World::new();
    let client = world.process(&MemoryJournal::new(), 0, alone());
    client.attempt("warm", &transfer("1")).await.unwrap();
    world.faults([Fault::LostRequest]);
    let (a, b) = (transfer("100"), transfer("100.01"));
    let (one, two) = tokio::join!(client.send_once("a", &a), client.send_once("b", &b));
    assert!(one.unwrap().is_executed() && two.unwrap().is_executed());
    let writes = world.writes_at();
    assert!(writes[1] - writes[0] < seconds(2) && writes[2] - writes[0] >= L + D, "{writes:?}");
}

#[tokio::test]
async fn a_batch_names_a_target_once_and_one_in_both_lists_or_in_none_is_looked_up() {
    let world = World::new();
    let client = world.process(&MemoryJournal::new(), 0, alone());
    let error = client.send_once("t", &vouchers(&["c1", " C1"], 50, None)).await.unwrap_err();
    assert_eq!((error.kind(), world.with(|state| state.writes)), (ErrorKind::InvalidInput, 0));
    let both = r#"{"coupon_infos":[{"id":"c1","coupon_id":"R9"}],"error_details":[{"id":"c1","error_code":"CBC.99000035","error_msg":"x"}]}"#;
    world.faults([Fault::Garbled(both)]);
    let settled = client.send_once("t", &vouchers(&["c1", "c2"], 50, None)).await.unwrap();
    let Settled::Executed(done) = &settled else { panic!("{settled}") };
    let records: BTreeSet<_> = done.legs.iter().map(|leg| leg.record.as_deref().unwrap()).collect();
    assert_eq!(records, ["R1", "R2"].into());
    assert!(done.legs.iter().all(|leg| leg.by == Some(DecidedBy::Memo)), "{settled:?}");
    assert!(done.legs.iter().all(|leg| leg.state == LegState::Executed));
    assert_eq!((world.executed(), world.with(|state| state.writes)), (2, 1));
}

#[tokio::test]
async fn recovery_does_not_keep_writes_with_other_footprints_waiting() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let owner = world.process(&journal, 0, alone());
    owner.send_once("first", &transfer("1")).await.unwrap();
    world.faults([Fault::PausedBefore(seconds(360_000))]);
    let mut sending = Box::pin(async move { owner.send_once("t", &transfer("100")).await });
    crate::stories::until_paused(&world, &mut sending);
    journal.declare_dead();
    let other = world.process(&journal.another_process(), 0, alone());
    let recovered = other.recover().await.unwrap();
    let began = world.now();
    assert!(other.send_once("u", &transfer("200")).await.unwrap().is_executed());
    assert!(world.now() - began < Duration::from_secs(5));
    let outcomes: Vec<_> = futures_util::StreamExt::collect(recovered).await;
    assert!(outcomes.len() == 1 && not_executed(outcomes[0].outcome.as_ref().unwrap()));
}

#[tokio::test]
async fn keys_that_are_refused_do_not_prove_that_old_signatures_are() {
    let world = World::new();
    // Nothing is refused for its age, and the keys are not accepted at first.
    world.with(|state| state.fence = false);
    let journal = MemoryJournal::new();
    let owner = world.process(&journal, 0, alone());
    owner.attempt("warm", &transfer("1")).await.unwrap();
    let refusal = r#"{"error_code":"APIGW.0301","error_msg":"no"}"#.to_owned();
    world.with(|state| state.query_responses.extend((0..6).map(|_| (401, refusal.clone()))));
    owner.send_once("first", &transfer("1")).await.unwrap();
    let first = journal.load("first").await.unwrap().unwrap();
    world.with(|state| state.query_responses.clear());
    owner.send_once("second", &transfer("2")).await.unwrap();
    let second = journal.load("second").await.unwrap().unwrap();
    assert!(!first.fenced && !second.fenced);
    // With a fence it is known at the first send.
    let (world, journal) = (World::new(), MemoryJournal::new());
    world.process(&journal, 0, alone()).send_once("t", &transfer("1")).await.unwrap();
    assert!(journal.load("t").await.unwrap().unwrap().fenced);
}

#[tokio::test]
async fn refused_credentials_are_noticed_by_the_first_read() {
    let world = World::new();
    let refusal = r#"{"error_code":"APIGW.0301","error_msg":"no"}"#.to_owned();
    world.with(|state| state.query_responses.extend((0..6).map(|_| (401, refusal.clone()))));
    let client = world.process(&MemoryJournal::new(), 0, alone());
    let error = client.send_once("t", &transfer("100")).await.unwrap_err();
    assert_eq!((error.kind(), world.with(|state| state.writes)), (ErrorKind::Credentials, 0), "{error}");
}
