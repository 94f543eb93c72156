//! The cases of writes whose response was lost, one test for each, named `outcome_` and the section of the case.
//!
//! Some cases have their tests elsewhere: keyed writes are story 24 in `keyed.rs`; what the policy comes to
//! over many writes is measured in `storms.rs`; two processes that start one record, and files of earlier
//! versions, are in `records.rs` of `crates/store/tests`; responses to lists that are no
//! lists, connections of their own and the month end are with the code that they concern.

use std::sync::{Arc, Mutex};

use huaweicloud_partner::{
    Client, Error,
    auth::Credentials,
    client::{Decision, Observation, ObservationKind, Observer},
    enterprise::TransferToMember,
    error::ErrorKind,
    journal::{
        Attempt, DecidedBy, Executed, Journal, JournalOptions, LegState, MemoryJournal, ResolveOptions,
        Settled,
    },
    partners::AllocateToCustomer,
    types::Amount,
};

use crate::{
    stories::{not_executed, seconds, vouchers},
    world::*,
};

fn keys() -> Credentials {
    Credentials::keys("AK", "SK").with_domain_id("d1")
}

/// Options for resolving without a journal, by a program that writes alone.
fn declared() -> ResolveOptions {
    ResolveOptions::new().sole_writer(true).sees_account(true)
}

/// Sends a transfer without a journal, whose response does not come.
async fn lost(client: &Client, amount: &str) -> Error {
    let error = client.send(&transfer(amount)).await.unwrap_err();
    assert!(error.may_have_been_executed(), "{error}");
    error
}

fn done(settled: &Settled) -> &Executed {
    match settled {
        Settled::Executed(done) => done,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn outcome_clock_is_off_by_minutes_and_the_response_of_an_executed_transfer_is_lost() {
    for minutes in [-14, -10, -5, -2, 2, 5, 10, 14] {
        for journaled in [true, false] {
            let world = World::new();
            world.faults([Fault::LostResponse]);
            let client = world.client(minutes * 60);
            let settled = if journaled {
                let client = client.with_journal_options(Arc::new(MemoryJournal::new()), alone());
                client.send_once("t", &transfer("100")).await.unwrap()
            } else {
                let error = lost(&client, "100").await;
                client.resolve_error(&transfer("100"), &error, declared()).await.unwrap()
            };
            assert_eq!((record_of(&settled), world.executed()), ("R1", 1), "{minutes}");
        }
    }
}

#[tokio::test]
async fn outcome_clock_of_20_minutes_corrected_after_a_refusal_and_then_the_request_is_lost() {
    for minutes in [-20, 20] {
        let world = World::new();
        world.faults([Fault::LostRequest]);
        let client = world.client(minutes * 60);
        let error = lost(&client, "100").await;
        let refused = world.with(|state| state.log[0]);
        assert!(refused.ahead.unsigned_abs() > V, "the first was refused for its age: {refused:?}");
        let sent = world.now();
        let settled = client.resolve_error(&transfer("100"), &error, declared()).await.unwrap();
        let took = world.now() - sent;
        assert!(not_executed(&settled), "{minutes}: {settled}");
        assert!((L + D - seconds(1)..L + D + seconds(3)).contains(&took), "{minutes}: {took:?}");
    }
}

#[tokio::test]
async fn outcome_clock_jumps_by_an_hour_between_sending_and_looking() {
    for jump in [-3600, 3600] {
        for fault in [Fault::LostRequest, Fault::LostResponse] {
            let world = World::new();
            world.faults([fault.clone()]);
            let off = Arc::new(Mutex::new(time::Duration::ZERO));
            let client = world.client_of(&off, keys());
            let error = lost(&client, "100").await;
            *off.lock().unwrap() = time::Duration::seconds(jump);
            let sent = world.now();
            let settled = client.resolve_error(&transfer("100"), &error, declared()).await.unwrap();
            match fault {
                Fault::LostRequest => {
                    let took = world.now() - sent;
                    assert!(not_executed(&settled), "{jump}: {settled}");
                    assert!((L + D - seconds(1)..L + D + seconds(3)).contains(&took), "{jump}: {took:?}");
                }
                _ => assert_eq!((record_of(&settled), world.executed()), ("R1", 1), "{jump}"),
            }
        }
    }
}

#[tokio::test]
async fn outcome_equal_write_30_seconds_after_a_success_whose_request_is_lost() {
    // The journal knows that R1 belongs to the first.
    let world = World::new();
    world.faults([Fault::None, Fault::LostRequest]);
    let client = world.process(&MemoryJournal::new(), 0, alone_once());
    assert_eq!(record_of(&client.send_once("one", &transfer("100")).await.unwrap()), "R1");
    world.elapse(seconds(30));
    let settled = client.send_once("two", &transfer("100")).await.unwrap();
    assert!(not_executed(&settled), "{settled}");

    // Without one, R1 may belong to either, whatever is declared.
    for options in [declared(), declared().sole_writer(false)] {
        let world = World::new();
        world.faults([Fault::None, Fault::LostRequest]);
        let client = world.client(0);
        client.send(&transfer("100")).await.unwrap();
        world.elapse(seconds(30));
        let error = lost(&client, "100").await;
        let settled = client.resolve_error(&transfer("100"), &error, options).await.unwrap();
        let Settled::Undecided(why) = &settled else { panic!("{settled}") };
        assert_eq!(why.candidates, ["R1"]);
    }
}

#[tokio::test]
async fn outcome_equal_writes_in_two_processes_that_share_a_journal() {
    let world = World::new();
    world.faults([Fault::None, Fault::LostRequest]);
    let journal = MemoryJournal::new();
    let one = world.process(&journal, 0, alone_once());
    let two = world.process(&journal.another_process(), 120, alone_once());
    assert_eq!(record_of(&one.send_once("one", &transfer("100")).await.unwrap()), "R1");
    world.elapse(seconds(30));
    let settled = two.send_once("two", &transfer("100")).await.unwrap();
    assert!(not_executed(&settled), "{settled}");
    assert_eq!(record_of(&one.send_once("one", &transfer("100")).await.unwrap()), "R1");
}

#[tokio::test]
async fn outcome_two_equal_attempts_in_flight_and_one_record_without_a_journal() {
    for options in [declared(), declared().sole_writer(false)] {
        for faults in [[Fault::LostResponse, Fault::LostRequest], [Fault::LostRequest, Fault::LostResponse]] {
            let world = World::new();
            world.with(|state| state.record_delay = seconds(20));
            world.faults(faults);
            let client = world.client(0);
            let (one, two) = tokio::join!(lost(&client, "100"), lost(&client, "100.00"));
            let one = client.attempt_after(&transfer("100"), &one).await.unwrap();
            let two = client.attempt_after(&transfer("100.00"), &two).await.unwrap();
            let outcomes = client.resolve_all(&[one.clone(), two.clone()], options.clone()).await.unwrap();
            for (settled, other) in outcomes.iter().zip([&two, &one]) {
                let Settled::Undecided(why) = settled else { panic!("{settled}") };
                assert_eq!((why.candidates.len(), &why.rivals), (1, &vec![other.request_id.clone()]));
            }
        }
    }
    // Where there is none, neither was executed.
    let world = World::new();
    world.faults([Fault::LostRequest, Fault::LostRequest]);
    let client = world.client(0);
    let (one, two) = tokio::join!(lost(&client, "100"), lost(&client, "100"));
    let one = client.attempt_after(&transfer("100"), &one).await.unwrap();
    let two = client.attempt_after(&transfer("100"), &two).await.unwrap();
    let outcomes = client.resolve_all(&[one, two], declared()).await.unwrap();
    assert!(outcomes.iter().all(not_executed), "{outcomes:?}");
}

#[tokio::test]
async fn outcome_two_equal_attempts_in_flight_and_one_record_in_a_journal() {
    let world = World::new();
    let client = world.process(&MemoryJournal::new(), 0, alone());
    // Records are known to show memos, so equal vouchers are sent at once.
    client.send_once("success", &vouchers(&["c1"], 50, None)).await.unwrap();
    world.faults([Fault::LostResponse]);
    client.send_once("lost", &vouchers(&["c1"], 50, None)).await.unwrap();
    world.with(|state| state.record_delay = seconds(20));
    world.faults([Fault::LostResponse, Fault::LostRequest]);
    let (a, b) = (vouchers(&["c1"], 50, None), vouchers(&["c1"], 50, None));
    let before = world.with(|state| state.writes);
    // The record of the one that is executed lacks its memo.
    let strip = async {
        while world.with(|state| state.writes) < before + 2 {
            tokio::task::yield_now().await;
        }
        world.with(|state| state.records.last_mut().unwrap().memo = None);
    };
    let (one, two, ()) = tokio::join!(client.send_once("one", &a), client.send_once("two", &b), strip);
    for (settled, other) in [(one.unwrap(), "two"), (two.unwrap(), "one")] {
        let Settled::Undecided(why) = &settled else { panic!("{settled}") };
        assert_eq!((why.candidates.len(), &why.rivals), (1, &vec![other.to_owned()]), "{why}");
    }
}

#[tokio::test]
async fn outcome_vouchers_with_a_memo_are_decided_by_it() {
    let world = World::new();
    world.faults([Fault::LostResponse]);
    // No one declares to write alone, and somebody issues an equal voucher in the console.
    let options = JournalOptions::new().resolve(ResolveOptions::new().sees_account(true));
    let client = world.process(&MemoryJournal::new(), 0, options);
    client.attempt("warm", &vouchers(&["c1"], 50, Some("May"))).await.unwrap();
    world.with(|state| {
        let other = state.record("1", "c1", "50", Some("May".into()));
        state.records.push(other);
    });
    let settled = client.send_once("t", &vouchers(&["c1"], 50, Some("May"))).await.unwrap();
    assert_eq!((record_of(&settled), done(&settled).by()), ("R2", Some(DecidedBy::Memo)));
}

#[tokio::test]
async fn outcome_crash_leaves_an_attempt_that_was_stored_as_text() {
    let world = World::new();
    world.faults([Fault::LostResponse]);
    let stored = {
        let client = world.client(-300);
        let attempt = client.attempt("t", &transfer("100")).await.unwrap();
        let stored = serde_json::to_string(&attempt).unwrap();
        client.send_attempt(&attempt).await.unwrap_err();
        stored
    };
    // Another process, whose clock is wrong as well.
    let attempt: Attempt = serde_json::from_str(&stored).unwrap();
    world.elapse(seconds(40));
    let settled = world.client(600).resolve(&attempt, declared()).await.unwrap();
    assert_eq!((record_of(&settled), world.executed()), ("R1", 1));
}

#[tokio::test]
async fn outcome_keys_of_transfers_are_long_and_never_equal() {
    let world = World::new();
    let client = world.client(0);
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..500 {
        let attempt = client.attempt(format!("t{number}"), &TransferToMember::new("m", "1")).await.unwrap();
        let key = attempt.key.unwrap();
        assert_eq!(key.len(), 32);
        assert!(seen.insert(key));
    }
}

/// Makes every response to the record query this one.
fn script_responses(world: &World, status: u16, body: &str) {
    world.with(|state| state.query_responses.extend((0..400).map(|_| (status, body.to_owned()))));
}

#[tokio::test]
async fn outcome_list_that_is_none_is_undecodable_and_no_proof_of_absence() {
    let bodies = [
        "",
        "{}",
        "null",
        "\"\"",
        "  ",
        r#"{"total_count":null}"#,
        r#"{"recrods":[],"total_count":0}"#,
        "[]",
        "0",
        "<html></html>",
        r#"{"records":{},"total_count":0}"#,
        r#"{"records":[null],"total_count":1}"#,
    ];
    for body in bodies {
        let world = World::new();
        world.faults([Fault::LostRequest]);
        let client = world.client(0);
        client.attempt("warm", &transfer("1")).await.unwrap();
        let error = lost(&client, "100").await;
        script_responses(&world, 200, body);
        let outcome = client.resolve_error(&transfer("100"), &error, declared()).await;
        match outcome {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Undecodable, "{body}"),
            Ok(settled) => assert!(matches!(settled, Settled::Undecided(_)), "{body}: {settled}"),
        }
    }
}

#[tokio::test]
async fn outcome_record_that_fits_in_part_is_undecided() {
    let target = |name: &str| format!(r#""customer_id":{name},"operation_type":"{GRANT}","amount":"100""#);
    let kind = |kind: &str| format!(r#""customer_id":"r1",{kind}"amount":"100""#);
    let amount = |amount: &str| format!(r#""customer_id":"r1","operation_type":"{GRANT}","amount":{amount}"#);
    let rows = [
        target(r#""R1""#),
        target(r#"" r1""#),
        target(r#""r1 ""#),
        target("null"),
        kind(""),
        kind(r#""operation_type":7,"#),
        kind(r#""operation_type":"SOMETHING_NEW","#),
        kind(r#""operation_type":null,"#),
        amount("null"),
        amount(r#""""#),
    ];
    for row in rows {
        let world = World::new();
        world.faults([Fault::LostRequest]);
        let client = world.client(0);
        client.attempt("warm", &transfer("1")).await.unwrap();
        let error = lost(&client, "100").await;
        let time = "2026-05-01T08:01:42Z";
        let list =
            format!(r#"{{"records":[{{{row},"operation_time":"{time}","trans_id":"X1"}}],"total_count":1}}"#);
        script_responses(&world, 200, &list);
        let settled = client.resolve_error(&transfer("100"), &error, declared()).await.unwrap();
        let Settled::Undecided(why) = &settled else { panic!("{row}: {settled}") };
        assert_eq!(why.candidates, ["X1"], "{row}");
    }
}

#[tokio::test]
async fn outcome_undecodable_write_can_be_resolved() {
    for body in ["", "{}", "null", "<html>busy</html>", r#"{"transfer_id":null}"#, r#"{"transfer_id":""}"#] {
        let world = World::new();
        world.faults([Fault::Garbled(body)]);
        let client = world.client(0);
        let error = lost(&client, "100").await;
        assert_eq!(error.kind(), ErrorKind::Undecodable, "{body}");
        let settled = client.resolve_error(&transfer("100"), &error, declared()).await.unwrap();
        assert_eq!((record_of(&settled), world.executed()), ("R1", 1), "{body}");
    }
}

/// Counts writes whose future was dropped, and broken assumptions.
#[derive(Clone, Debug, Default)]
struct Noted(Arc<Mutex<Vec<String>>>);

impl Observer for Noted {
    fn observe(&self, observation: &Observation<'_>) {
        let note = match &observation.kind {
            ObservationKind::UnknownOutcome { error: None, .. } => "dropped".to_owned(),
            ObservationKind::BrokenAssumption { request_id, .. } => (*request_id).to_owned(),
            _ => return,
        };
        self.0.lock().unwrap().push(note);
    }
}

#[tokio::test]
async fn outcome_dropped_future_leaves_an_event_and_with_a_journal_an_open_attempt() {
    let world = World::new();
    world.faults([Fault::PausedAfter(seconds(30))]);
    let noted = Noted::default();
    let journal = MemoryJournal::new();
    let client =
        world.client_with_observer(noted.clone()).with_journal_options(Arc::new(journal.clone()), alone());
    let sender = client.clone();
    let mut sending = Box::pin(async move { sender.send_once("t", &transfer("100")).await });
    while world.executed() == 0 {
        let _ = futures_util::FutureExt::now_or_never(&mut sending);
    }
    drop(sending);
    assert_eq!(*noted.0.lock().unwrap(), ["dropped"]);
    assert_eq!(journal.open_attempts(None, 9).await.unwrap().len(), 1);
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&settled), world.executed()), ("R1", 1));
}

#[tokio::test]
async fn outcome_status_without_a_code_of_the_service_is_not_known() {
    for status in [400, 401, 403, 404, 405, 409, 410, 413, 421, 426, 451, 499, 500, 502, 503, 504] {
        for journaled in [true, false] {
            let world = World::new();
            world.faults([Fault::ErrorAfter(status)]);
            let settled = if journaled {
                let client = world.process(&MemoryJournal::new(), 0, alone());
                client.send_once("t", &transfer("100")).await.unwrap()
            } else {
                let client = world.client(0);
                let error = lost(&client, "100").await;
                client.resolve_error(&transfer("100"), &error, declared()).await.unwrap()
            };
            assert_eq!((record_of(&settled), world.executed()), ("R1", 1), "{status}");
        }
    }
}

#[tokio::test]
async fn outcome_of_allocations_to_customers_is_found_as_that_of_resellers() {
    let customer = || AllocateToCustomer::new("c1", Amount::from(100));
    for (fault, executed) in [(Fault::LostResponse, 1), (Fault::LostRequest, 0)] {
        let world = World::new();
        world.faults([fault]);
        let client = world.client(-300);
        let error = client.send(&customer()).await.unwrap_err();
        let settled = client.resolve_error(&customer(), &error, declared()).await.unwrap();
        assert_eq!((settled.is_executed(), world.executed()), (executed == 1, executed), "{settled}");
    }
}

#[tokio::test]
async fn outcome_of_vouchers_without_a_journal_is_found_for_each_customer() {
    let world = World::new();
    world.faults([Fault::LostBatch]);
    let client = world.client(300);
    let batch = vouchers(&["c1", "c2", "c3"], 50, Some("May"));
    let error = client.send(&batch).await.unwrap_err();
    let settled = client.resolve_error(&batch, &error, declared()).await.unwrap();
    let Settled::PartlyExecuted(part) = &settled else { panic!("{settled}") };
    let states: Vec<LegState> = part.legs.iter().map(|leg| leg.state).collect();
    assert_eq!(states, [LegState::Executed, LegState::NotExecuted, LegState::NotExecuted]);
}

#[tokio::test]
async fn a_broken_assumption_is_reported() {
    // A success comes after the proof of its absence.
    let world = World::new();
    let noted = Noted::default();
    let journal = MemoryJournal::new();
    let owner =
        world.client_with_observer(noted.clone()).with_journal_options(Arc::new(journal.clone()), alone());
    owner.send_once("first", &transfer("1")).await.unwrap();
    world.faults([Fault::PausedAfter(seconds(3600))]);
    let mut first = Box::pin(async move { owner.send_once("t", &transfer("100")).await.unwrap() });
    crate::stories::until_paused(&world, &mut first);
    // Records are later than assumed.
    world.with(|state| state.records.last_mut().unwrap().visible = seconds(100_000));
    let other = world.process(&journal.another_process(), 0, alone_once());
    let settled = other.send_once("t", &transfer("100")).await.unwrap();
    assert_eq!(
        (record_of(&settled), world.executed()),
        ("R3", 3),
        "absence was proven, and it was sent again"
    );
    world.elapse(seconds(3600));
    assert_eq!(record_of(&first.await), "R2");
    assert_eq!(*noted.0.lock().unwrap(), ["t"]);

    // Several records fit one write of a sole writer.
    let world = World::new();
    world.faults([Fault::LostResponse]);
    let noted = Noted::default();
    let client = world
        .client_with_observer(noted.clone())
        .with_journal_options(Arc::new(MemoryJournal::new()), alone());
    client.attempt("warm", &transfer("1")).await.unwrap();
    world.with(|state| state.in_console("r1", "100"));
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(matches!(settled, Settled::Undecided(_)), "{settled}");
    assert_eq!(*noted.0.lock().unwrap(), ["t"]);
}

#[tokio::test]
async fn a_person_decides_what_the_records_cannot() {
    let world = World::new();
    world.faults([Fault::LostResponse]);
    let client = world.process(&MemoryJournal::new(), 0, JournalOptions::new());
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    let Settled::Undecided(why) = &settled else { panic!("{settled}") };
    assert_eq!(why.candidates, ["R1"]);
    client.decide("t", &Decision::executed("R1", "", "balance")).await.unwrap_err();
    let decided = client.decide("t", &Decision::executed("R1", "li", "compared balances")).await.unwrap();
    assert_eq!(record_of(&decided), "R1");
    client.decide("t", &Decision::not_executed("li", "no")).await.unwrap_err();
}

#[tokio::test]
async fn a_response_that_proves_nothing_is_looked_up_whatever_its_form() {
    for fault in [
        Fault::Garbled(""),
        Fault::Garbled("{}"),
        Fault::Garbled("<html>busy</html>"),
        Fault::Garbled(r#"{"transfer_id":null}"#),
        Fault::ErrorAfter(500),
        Fault::ErrorAfter(502),
        Fault::ErrorAfter(404),
    ] {
        let world = World::new();
        world.faults([fault.clone()]);
        let client = world.process(&MemoryJournal::new(), 0, alone());
        let settled = client.send_once("t", &transfer("100")).await.unwrap();
        assert_eq!((record_of(&settled), world.executed()), ("R1", 1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_documented_refusal_is_settled_at_once_and_may_be_repeated_under_a_new_request() {
    let world = World::new();
    world.faults([Fault::Refuse(400, "CBC.99000035")]);
    let client = world.process(&MemoryJournal::new(), 0, alone());
    let started = world.now();
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(not_executed(&settled), "{settled}");
    assert!(world.now() - started < L, "no settling time was waited for");
    assert_eq!(world.executed(), 0);
    let settled = client.send_once("u", &transfer("100")).await.unwrap();
    assert!(settled.is_executed() && world.executed() == 1);
}
