//! Guards of the protocol that no story tells: what is learned about the service, attempts of other versions, and
//! request ids.

use std::sync::{Arc, Mutex};

use huaweicloud_partner::{
    client::{Observation, ObservationKind, Observer},
    error::ErrorKind,
    journal::{
        ATTEMPT_FORMAT, Attempt, AttemptState, Begin, Begun, Journal, JournalOptions, Learned, LegChange,
        MemoryJournal, QueryScope, ResolveOptions, Settlement,
    },
};
use time::OffsetDateTime;

use crate::{
    stories::{not_executed, seconds, vouchers},
    world::*,
};

/// Keeps what was reported about assumptions: the word for the kind, and the request id.
#[derive(Clone, Debug, Default)]
struct Reports(Arc<Mutex<Vec<(&'static str, String, String)>>>);

impl Reports {
    fn taken(&self) -> Vec<(&'static str, String, String)> {
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
async fn late_by(delay: u64, options: JournalOptions) -> (Learned, Vec<(&'static str, String, String)>) {
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
