//! Stories 1 to 31; the number is that of the protocol.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use huaweicloud_partner::{
    Client,
    auth::Credentials,
    error::ErrorKind,
    journal::{
        AttemptState, Begin, Begun, DecidedBy, Journal, JournalOptions, LegChange, LegState, MemoryJournal,
        ResolveOptions, Settled, Settlement, Settling, StoredAttempt,
    },
    partners::AllocateToCustomer,
    types::Amount,
    vouchers::IssueVouchers,
};

use crate::{
    world::*,
    wrapped::{Trouble, Wrapped},
};

#[test]
fn every_story_of_the_protocol_is_a_test() {
    let stories = [include_str!("stories.rs"), include_str!("keyed.rs")].concat();
    for number in 1..=31 {
        assert!(stories.contains(&format!("async fn story_{number:02}_")), "story {number}");
    }
}

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn vouchers(targets: &[&str], value: i64, memo: Option<&str>) -> IssueVouchers {
    let targets: Vec<huaweicloud_partner::types::CustomerId> =
        targets.iter().map(|id| (*id).into()).collect();
    let mut issue = IssueVouchers::new("q1", targets, Amount::from(value));
    issue.memo = memo.map(str::to_owned);
    issue
}

pub fn not_executed(settled: &Settled) -> bool {
    matches!(settled, Settled::NotExecuted(_))
}

#[tokio::test]
async fn story_01_execution_at_l_and_a_record_at_d_are_never_taken_for_absence() {
    let world = World::new();
    world.with(|state| state.record_delay = D);
    world.faults([Fault::Late(L)]);
    let settled =
        world.process(&MemoryJournal::new(), 0, alone()).send_once("t", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&settled), world.executed()), ("R1", 1));
}

#[tokio::test]
async fn story_02_a_lost_request_is_proven_at_l_and_d_not_earlier_and_the_repeat_executes_once() {
    let world = World::new();
    world.faults([Fault::LostRequest]);
    let client = world.process(&MemoryJournal::new(), 0, alone_once());
    client.attempt("warm", &transfer("1")).await.unwrap();
    let started = world.now();
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(not_executed(&settled), "{settled}");
    let took = world.now() - started;
    assert!((L + D..L + D + seconds(2)).contains(&took), "{took:?}");
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(settled.is_executed() && world.executed() == 1);

    // A second before that it is pending.
    let world = World::new();
    world.faults([Fault::LostRequest]);
    let resolve = ResolveOptions::new().sole_writer(true).sees_account(true);
    let resolve = resolve.look_every(seconds(239)).wait(seconds(239));
    let client = world.process(&MemoryJournal::new(), 0, JournalOptions::new().resolve(resolve));
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    let Settled::Pending(pending) = &settled else { panic!("{settled}") };
    assert_eq!(pending.look_again_in, seconds(1));
}

#[tokio::test]
async fn story_03_a_look_up_that_starts_before_the_settling_time_proves_nothing_when_it_ends() {
    let world = World::new();
    // Its record appears while the look-up stands still.
    world.with(|state| state.record_delay = D);
    world.faults([Fault::Late(L)]);
    let resolve = ResolveOptions::new().sole_writer(true).sees_account(true);
    let resolve = resolve.look_every(seconds(200));
    let journal = MemoryJournal::new();
    let options = JournalOptions::new().resolve(resolve.clone().wait(seconds(250)));
    let client = world.process(&journal, 0, options);
    client.attempt("warm", &transfer("1")).await.unwrap();
    // The check of the fence, the first look-up, and the second.
    world.with(|state| state.query_pauses.extend([Duration::ZERO, Duration::ZERO, seconds(100)]));
    let started = world.now();
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(world.now() - started >= seconds(300), "the look-up ended after the settling time");
    assert!(matches!(settled, Settled::Pending(_)), "{settled}");
    let client = world.process(&journal, 0, JournalOptions::new().resolve(resolve));
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&settled), world.executed()), ("R1", 1));
}

#[tokio::test]
async fn story_04_an_execution_in_the_second_of_begin_is_found() {
    // Without the margin between the two clocks of the service, which would hide a window that begins too late.
    let resolve = ResolveOptions::new().sole_writer(true).sees_account(true).clock_margin(Duration::ZERO);
    for millis in [0, 1, 500, 900, 999] {
        let world = World::new();
        world.with(|state| state.now = Duration::from_millis(100_000 + millis));
        world.faults([Fault::LostResponse]);
        let options = JournalOptions::new().resolve(resolve.clone());
        let client = world.process(&MemoryJournal::new(), 0, options);
        let settled = client.send_once("t", &transfer("100")).await.unwrap();
        assert_eq!((record_of(&settled), world.executed()), ("R1", 1), "{millis}");
    }
}

/// Runs a process until it stands still before the first byte; from then on nothing of it runs.
pub fn until_paused<F: Future + Unpin>(world: &World, process: &mut F) {
    while !world.with(|state| state.paused) {
        let _ = futures_util::FutureExt::now_or_never(&mut *process);
    }
}

/// State of the owner of an attempt while it pauses for an hour.
#[derive(Clone, Copy, PartialEq)]
enum Pause {
    /// The process is stopped.
    Stopped,
    /// The machine is suspended: the monotonic clock stands still as well.
    Suspended,
    /// The gateway never refuses old signatures.
    WithoutFence,
    /// The owner signs again after the pause, as a client would that breaks the rule.
    SignsAgain,
}

/// The owner stands still before the first byte for an hour; another process resolves and repeats.
async fn paused_owner(pause: Pause) -> (World, Settled, Settled) {
    let world = World::new();
    world.with(|state| state.fence = pause != Pause::WithoutFence);
    let journal = MemoryJournal::new();
    let other = world.process(&journal.another_process(), 0, alone());
    let suspended = Arc::new(Mutex::new(Duration::ZERO));
    let clock = WorldClock { world: world.clone(), off: Arc::default(), suspended: Arc::clone(&suspended) };
    let owner = world.client_on(clock, Credentials::keys("AK", "SK").with_domain_id("d1"));
    let owner = owner.with_journal_options(Arc::new(journal), alone());
    // The first write tells both what there is to know.
    owner.send_once("first", &transfer("1")).await.unwrap();
    other.send_once("second", &transfer("2")).await.unwrap();
    world.faults([Fault::PausedBefore(seconds(3600))]);
    let mut first = Box::pin(async move { owner.send_once("t", &transfer("100")).await.unwrap() });
    until_paused(&world, &mut first);
    let began = world.now();
    let second = other.send_once("t", &transfer("100")).await.unwrap();
    world.elapse(seconds(3600));
    if pause == Pause::Suspended {
        *suspended.lock().unwrap() = world.now() - began;
    }
    if pause == Pause::SignsAgain {
        world.with(|state| state.fence = false);
    }
    (world, first.await, second)
}

#[tokio::test]
async fn story_05_after_a_pause_between_check_and_first_byte_the_old_signature_is_refused() {
    for pause in [Pause::Stopped, Pause::Suspended] {
        let (world, first, second) = paused_owner(pause).await;
        assert_eq!(world.executed(), 3, "two before, and one of the story");
        assert_eq!(record_of(&first), record_of(&second));
        let late =
            world.with(|state| state.log.iter().any(|sent| sent.is_write && sent.ahead.unsigned_abs() > V));
        assert!(late, "the paused request was sent, and refused");
    }
}

#[tokio::test]
async fn story_05_after_a_pause_between_begin_and_the_check_nothing_is_handed_over() {
    let world = World::new();
    let journal = Wrapped::new(MemoryJournal::new(), &world, Trouble::BeginSlow(seconds(11)));
    let client = world.client(0).with_journal_options(Arc::new(journal.clone()), alone());
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(settled.is_executed(), "{settled}");
    assert_eq!(world.writes_at().len(), 1, "the first send was withheld, and the second was signed again");
    let stored = journal.inner.load("t").await.unwrap().unwrap();
    assert_eq!(stored.send_no, 2);
    assert!(world.with(|state| {
        state.log.iter().all(|sent| !sent.is_write || sent.ahead.abs() < time::Duration::seconds(3))
    }));
}

#[tokio::test]
async fn story_06_the_world_of_these_tests_detects_the_double_of_a_client_that_signs_after_the_pause() {
    let (world, ..) = paused_owner(Pause::SignsAgain).await;
    assert_eq!(world.executed(), 4, "two before, and one of the story twice");
}

#[tokio::test]
async fn story_06_where_old_signatures_are_accepted_the_other_process_does_not_decide_absence() {
    let (world, _, second) = paused_owner(Pause::WithoutFence).await;
    assert!(matches!(second, Settled::Undecided(_)), "{second}");
    assert_eq!(world.executed(), 3, "the paused request goes through, and nothing was repeated");
}

#[tokio::test]
async fn story_07_clocks_that_differ_take_nothing_over_early() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let owner = world.process(&journal, -14 * 60, alone());
    let other = world.process(&journal.another_process(), 14 * 60, alone_once());
    owner.send_once("first", &transfer("1")).await.unwrap();
    other.send_once("second", &transfer("2")).await.unwrap();
    world.faults([Fault::PausedBefore(seconds(36_000))]);
    let mut paused = Box::pin(async move { owner.send_once("t", &transfer("100")).await });
    until_paused(&world, &mut paused);
    let started = world.now();
    let attempt = other.attempt("t", &transfer("100")).await.unwrap();
    let options = ResolveOptions::new().sole_writer(true).sees_account(true);
    let settled = other.resolve(&attempt, options).await.unwrap();
    assert!(not_executed(&settled), "{settled}");
    let took = world.now() - started;
    let fence = V + seconds(60) + L + D;
    assert!((fence - seconds(2)..fence + seconds(5)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn story_08_a_clock_that_jumps_an_hour_between_send_and_look_up_changes_neither_window_nor_wait() {
    for (fault, jump) in [
        (Fault::LostRequest, 3600),
        (Fault::LostRequest, -3600),
        (Fault::LostResponse, 3600),
        (Fault::LostResponse, -3600),
    ] {
        let world = World::new();
        world.with(|state| state.record_delay = seconds(30));
        world.faults([fault.clone()]);
        let off = Arc::new(Mutex::new(time::Duration::ZERO));
        let client = world.client_of(&off, Credentials::keys("AK", "SK").with_domain_id("d1"));
        let client = client.with_journal_options(Arc::new(MemoryJournal::new()), alone_once());
        client.attempt("warm", &transfer("1")).await.unwrap();
        let started = world.now();
        let sender = client.clone();
        let mut sending = Box::pin(async move { sender.send_once("t", &transfer("100")).await.unwrap() });
        while world.with(|state| state.writes) == 0 {
            let _ = futures_util::FutureExt::now_or_never(&mut sending);
        }
        let before = client.stored_attempt("t").await.unwrap().unwrap();
        *off.lock().unwrap() = time::Duration::seconds(jump);
        let settled = sending.await;
        let (from, until) = world.with(|state| state.queried).unwrap();
        let now = world.with(|state| state.base + state.now);
        assert_eq!(from, before.window_begin.instant(), "{fault:?}, {jump}");
        assert!(
            (until - now - time::Duration::seconds(62)).abs() <= time::Duration::seconds(2),
            "{jump}: {until}"
        );
        match fault {
            Fault::LostRequest => {
                let took = world.now() - started;
                assert!(
                    not_executed(&settled) && (L + D..L + D + seconds(3)).contains(&took),
                    "{jump}: {took:?}"
                );
            }
            _ => assert_eq!((record_of(&settled), world.executed()), ("R1", 1), "{jump}"),
        }
    }
}

#[tokio::test]
async fn story_08_a_clock_that_is_wrong_changes_neither() {
    for off in [-3600, -840, -120, 120, 600, 840, 3600] {
        let world = World::new();
        world.faults([Fault::LostResponse]);
        let client = world.process(&MemoryJournal::new(), off, alone());
        let settled = client.send_once("t", &transfer("100")).await.unwrap();
        assert_eq!((record_of(&settled), world.executed()), ("R1", 1), "{off}");
    }
}

#[tokio::test]
async fn story_09_the_first_call_of_a_process_is_a_write_and_fetches_the_time_first() {
    let world = World::new();
    let client = world.process(&MemoryJournal::new(), 300, alone());
    assert!(client.service_now().is_none());
    client.send_once("t", &transfer("100")).await.unwrap();
    let log = world.with(|state| state.log.clone());
    assert!(!log[0].is_write, "{log:?}");
    assert_eq!(
        (log[0].ahead + time::Duration::SECOND).whole_minutes(),
        5,
        "the read is signed with the machine's clock"
    );
    let write = log.iter().find(|sent| sent.is_write).unwrap();
    assert!(
        write.ahead.abs() <= time::Duration::seconds(2),
        "the write is signed in the service's time: {write:?}"
    );
}

#[tokio::test]
async fn story_10_a_death_at_any_point_leaves_one_execution() {
    let mut died = BTreeSet::new();
    for fault in [Fault::None, Fault::LostRequest, Fault::LostResponse] {
        for polls in 0..200 {
            let world = World::new();
            world.faults([fault.clone()]);
            let journal = MemoryJournal::new();
            let dying = journal.another_process();
            let wrapped = Wrapped::new(dying.clone(), &world, Trouble::Yields);
            let client = world.client(0).with_journal_options(Arc::new(wrapped), alone());
            let mut sending = Box::pin(async move { client.send_once("t", &transfer("100")).await });
            // The process dies after this many steps.
            let ended = (0..polls).any(|_| futures_util::FutureExt::now_or_never(&mut sending).is_some());
            drop(sending);
            dying.declare_dead();
            let state = journal.load("t").await.unwrap().map(|stored| stored.state.as_str());
            died.insert((state, world.with(|state| state.writes), world.executed()));
            let next = world.process(&journal.another_process(), 0, alone());
            let settled = next.send_once("t", &transfer("100")).await.unwrap();
            assert!(settled.is_executed(), "{polls}: {settled}");
            assert_eq!(world.executed(), 1, "{polls}");
            if ended {
                break;
            }
        }
    }
    // Before begin, between begin and send, in flight or lost, after the response and before finish, after finish.
    for point in [
        (None, 0, 0),
        (Some("open"), 0, 0),
        (Some("open"), 1, 0),
        (Some("open"), 1, 1),
        (Some("executed"), 1, 1),
    ] {
        assert!(died.contains(&point), "no process died at {point:?}: {died:?}");
    }
}

#[tokio::test]
async fn story_11_a_dead_owner_is_taken_over_at_l_and_d_and_a_stopped_one_is_not() {
    for dead in [true, false] {
        let world = World::new();
        let journal = MemoryJournal::new();
        let owner = world.process(&journal, 0, alone());
        owner.send_once("first", &transfer("1")).await.unwrap();
        world.faults([Fault::PausedBefore(seconds(360_000))]);
        let mut process = Box::pin(async move { owner.send_once("t", &transfer("100")).await });
        until_paused(&world, &mut process);
        if dead {
            journal.declare_dead();
        }
        let other = world.process(&journal.another_process(), 0, alone());
        let started = world.now();
        let recovered: Vec<_> =
            futures_util::StreamExt::collect::<Vec<_>>(other.recover().await.unwrap()).await;
        assert!(not_executed(recovered[0].outcome.as_ref().unwrap()));
        let took = world.now() - started;
        assert_eq!(took >= L + D && took < V, dead, "{took:?}");
    }
}

#[tokio::test]
async fn story_12_an_earlier_equal_success_with_a_late_record_is_not_taken_for_the_lost_one() {
    let world = World::new();
    world.with(|state| state.record_delay = seconds(60));
    world.faults([Fault::None, Fault::LostRequest]);
    let client = world.process(&MemoryJournal::new(), 0, alone_once());
    assert_eq!(record_of(&client.send_once("one", &transfer("100")).await.unwrap()), "R1");
    world.elapse(seconds(1));
    let settled = client.send_once("two", &transfer("100")).await.unwrap();
    assert!(not_executed(&settled), "{settled}");
    let settled = client.send_once("two", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&settled), world.executed()), ("R3", 2));
}

#[tokio::test]
async fn story_13_the_second_of_two_equal_writes_begins_after_the_first_is_settled() {
    let world = World::new();
    world.with(|state| state.record_delay = seconds(100));
    world.faults([Fault::LostResponse]);
    let journal = MemoryJournal::new();
    let (a, b) = (world.process(&journal, 0, alone()), world.process(&journal.another_process(), 0, alone()));
    let (amount, other) = (transfer("100"), transfer("100"));
    let (one, two) = tokio::join!(a.send_once("one", &amount), b.send_once("two", &other));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(record_of(&one), record_of(&two));
    let writes = world.writes_at();
    assert_eq!((world.executed(), writes.len()), (2, 2));
    assert!(writes[1] - writes[0] >= seconds(100), "{writes:?}");
}

#[tokio::test]
async fn story_14_the_owner_of_the_first_dies_for_good_and_the_second_still_gets_through() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let a = world.process(&journal, 0, alone());
    a.send_once("first", &transfer("1")).await.unwrap();
    world.faults([Fault::LostResponse]);
    let mut sending = Box::pin(async move { a.send_once("one", &transfer("100")).await });
    while world.executed() < 2 {
        let _ = futures_util::FutureExt::now_or_never(&mut sending);
    }
    drop(sending);
    // Its death cannot be proven: another host.
    let b = world.process(&journal.another_process(), 0, alone());
    let settled = b.send_once("two", &transfer("100")).await.unwrap();
    assert!(settled.is_executed() && world.executed() == 3, "{settled}");
    let one = b.stored_attempt("one").await.unwrap().unwrap();
    assert_eq!(one.state, AttemptState::Executed);
}

#[tokio::test]
async fn story_15_after_an_undecided_attempt_the_next_is_sent_and_gets_neither_of_its_candidates() {
    let world = World::new();
    world.faults([Fault::LostResponse, Fault::LostRequest]);
    let client = world.process(&MemoryJournal::new(), 0, alone());
    client.attempt("warm", &transfer("100")).await.unwrap();
    world.with(|state| state.in_console("r1", "100"));
    let first = client.send_once("one", &transfer("100")).await.unwrap();
    let Settled::Undecided(why) = &first else { panic!("{first}") };
    assert_eq!(why.candidates.len(), 2);
    let second = client.send_once("two", &transfer("100")).await.unwrap();
    assert!(!why.candidates.iter().any(|candidate| candidate == record_of(&second)));
}

#[tokio::test]
async fn story_16_an_allocation_to_a_customer_and_to_a_reseller_of_one_id_are_gated() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let (a, b) = (
        world.process(&journal, 0, alone_once()),
        world.process(&journal.another_process(), 0, alone_once()),
    );
    let (reseller, customer) = (transfer("100"), AllocateToCustomer::new("r1", Amount::from(100)));
    let footprints = a.attempt("one", &reseller).await.unwrap().footprints();
    let other = b.attempt("two", &customer).await.unwrap();
    assert_eq!(footprints, other.footprints());
    world.faults([Fault::LostRequest]);
    let (one, two) = tokio::join!(a.send_once("one", &reseller), b.send_once("two", &customer));
    let (one, two) = (one.unwrap(), two.unwrap());
    let writes = world.writes_at();
    assert!(not_executed(&one) && two.is_executed(), "{one}; {two}");
    assert!(writes[1] - writes[0] >= L + D, "{writes:?}");
}

#[tokio::test]
async fn story_17_unique_memos_run_in_parallel_once_records_are_known_to_show_them() {
    let world = World::new();
    world.with(|state| state.record_delay = seconds(50));
    let journal = MemoryJournal::new();
    let client = world.process(&journal, 0, alone());
    let by = |settled: &Settled| match settled {
        Settled::Executed(done) => done.by(),
        other => panic!("{other}"),
    };
    let pair = async |client: &Client, names: [&str; 2]| {
        world.faults([Fault::LostResponse, Fault::LostResponse]);
        let before = world.writes_at().len();
        let (a, b) = (vouchers(&["c1"], 50, Some("May")), vouchers(&["c1"], 50, Some("May")));
        let (one, two) = tokio::join!(client.send_once(names[0], &a), client.send_once(names[1], &b));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_ne!(record_of(&one), record_of(&two));
        let writes = world.writes_at().split_off(before);
        assert_eq!(writes.len(), 2);
        ([by(&one), by(&two)], writes[1] - writes[0])
    };
    // The echo is not proven: gated, but each is decided by its memo.
    let (by_memo, apart) = pair(&client, ["one", "two"]).await;
    assert_eq!(by_memo, [Some(DecidedBy::Memo), Some(DecidedBy::Memo)]);
    assert!(apart >= seconds(50), "{apart:?}");

    // The record of a success shows its memo to the look-up of a lost one: the echo is proven, and the gate is that of the memo.
    client.send_once("success", &vouchers(&["c1"], 50, None)).await.unwrap();
    world.faults([Fault::LostResponse]);
    client.send_once("lost", &vouchers(&["c1"], 50, None)).await.unwrap();
    let (by_memo, apart) = pair(&client, ["three", "four"]).await;
    assert_eq!(by_memo, [Some(DecidedBy::Memo), Some(DecidedBy::Memo)]);
    assert!(apart < seconds(1), "{apart:?}");

    // Equal memos without a token are gated like none.
    let client = world.process(&journal, 0, alone().memo_token(false));
    let (by_match, apart) = pair(&client, ["five", "six"]).await;
    assert_eq!(by_match, [Some(DecidedBy::Match), Some(DecidedBy::Match)]);
    assert!(apart >= seconds(50), "{apart:?}");
}

#[tokio::test]
async fn story_18_a_write_in_the_console_is_undecided_unless_sole_writing_is_declared() {
    for declared in [false, true] {
        let world = World::new();
        world.faults([Fault::LostRequest]);
        let resolve = ResolveOptions::new().sole_writer(declared).sees_account(true);
        let client = world.process(&MemoryJournal::new(), 0, JournalOptions::new().resolve(resolve));
        client.attempt("warm", &transfer("1")).await.unwrap();
        world.with(|state| state.in_console("r1", "100"));
        let settled = client.send_once("t", &transfer("100")).await.unwrap();
        match (declared, &settled) {
            (false, Settled::Undecided(why)) => assert_eq!(why.candidates, ["R1"]),
            // The documented limit: the declaration was wrong.
            (true, Settled::Executed(done)) => assert_eq!(done.by(), Some(DecidedBy::Match)),
            other => panic!("{other:?}"),
        }
    }
}

/// An attempt that is open in a journal, as another process would have begun it.
async fn begun(world: &World, journal: &MemoryJournal, id: &str, amount: &str) -> Box<StoredAttempt> {
    let client = world.process(journal, 0, alone());
    let attempt = client.attempt(id, &transfer(amount)).await.unwrap();
    let made = attempt.made_after.unwrap();
    let begin = Begin::new(attempt, made, made, made);
    match journal.begin(&begin).await.unwrap() {
        Begun::Open(stored) => stored,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn story_19_a_take_over_ends_undecided_and_then_the_paused_owner_reads_its_success() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let owner = world.process(&journal, 0, alone());
    let other = world.process(
        &journal.another_process(),
        0,
        JournalOptions::new().resolve(ResolveOptions::new().sees_account(true)),
    );
    owner.send_once("first", &transfer("1")).await.unwrap();
    other.send_once("second", &transfer("2")).await.unwrap();
    world.faults([Fault::PausedAfter(seconds(3600))]);
    let mut first = Box::pin(async move { owner.send_once("t", &transfer("100")).await.unwrap() });
    until_paused(&world, &mut first);
    let second = other.send_once("t", &transfer("100")).await.unwrap();
    let Settled::Undecided(why) = &second else { panic!("{second}") };
    assert_eq!(why.candidates, ["R3"]);
    world.elapse(seconds(3600));
    assert_eq!(record_of(&first.await), "R3");
    let again = other.send_once("t", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&again), world.executed()), ("R3", 3));
}

#[tokio::test]
async fn story_20_the_late_verdict_of_a_paused_resolver_after_a_repeat_is_a_conflict() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let stored = begun(&world, &journal, "t", "100").await;
    let other = journal.another_process();
    // The other process proves absence and begins again.
    let taken = other.take_over("t", stored.version).await.unwrap().unwrap();
    let absent = || vec![LegChange::not_executed(0, None)];
    other.settle(&Settlement::of("t", Some(taken.version), absent())).await.unwrap();
    let made = stored.attempt.made_after.unwrap();
    let mut repeat = Begin::new(stored.attempt.clone(), made, made, made);
    repeat.expected = Some(taken.version + 1);
    assert!(matches!(other.begin(&repeat).await.unwrap(), Begun::Open(again) if again.send_no == 2));
    // The paused resolver has its verdict of the first send.
    let late = journal.settle(&Settlement::of("t", Some(stored.version), absent())).await.unwrap();
    assert!(matches!(late, Settling::Changed(_)));
    let by_match = vec![LegChange::executed(0, "R1", DecidedBy::Match)];
    let late = journal.settle(&Settlement::of("t", Some(taken.version), by_match)).await.unwrap();
    assert!(matches!(late, Settling::Changed(_)));
    let now = journal.load("t").await.unwrap().unwrap();
    assert_eq!((now.state, now.send_no), (AttemptState::Open, 2));
}

#[tokio::test]
async fn story_21_a_record_that_two_claim_goes_to_one_and_a_response_takes_it_from_a_look_up() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let one = begun(&world, &journal, "one", "100").await;
    let by_match = |id: &str| LegChange::executed(0, id, DecidedBy::Match);
    journal.settle(&Settlement::of("one", Some(one.version), vec![by_match("R1")])).await.unwrap();
    let two = begun(&world, &journal, "two", "100").await;
    let clash =
        journal.settle(&Settlement::of("two", Some(two.version), vec![by_match("R1")])).await.unwrap();
    assert!(matches!(clash, Settling::RecordTaken { by, .. } if by == "one"));
    let response = LegChange::executed(0, "R1", DecidedBy::Response);
    journal.settle(&Settlement::of("two", None, vec![response])).await.unwrap();
    assert_eq!(journal.load("one").await.unwrap().unwrap().state, AttemptState::Open, "it is resolved again");
}

#[tokio::test]
async fn story_22_a_batch_is_settled_leg_by_leg_and_the_repeat_has_only_the_missing() {
    for fault in [Fault::Batch, Fault::LostBatch] {
        let world = World::new();
        world.faults([fault]);
        let client = world.process(&MemoryJournal::new(), 0, alone());
        let batch = vouchers(&["c1", "c2", "c3"], 50, None);
        let first = client.send_once("t", &batch).await.unwrap();
        let Settled::PartlyExecuted(part) = &first else { panic!("{first}") };
        let states: Vec<_> = part.legs.iter().map(|leg| leg.state).collect();
        assert_eq!(states, [LegState::Executed, LegState::NotExecuted, LegState::NotExecuted]);
        let second = client.send_once("t", &batch).await.unwrap();
        assert!(second.is_executed(), "{second}");
        let mut targets: Vec<String> =
            world.with(|state| state.records.iter().map(|record| record.target.clone()).collect());
        targets.sort();
        assert_eq!(targets, ["c1", "c2", "c3"], "each once");
    }
}

#[tokio::test]
async fn story_23_batches_in_opposite_order_do_not_block_each_other_for_ever() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let (a, b) = (world.process(&journal, 0, alone()), world.process(&journal.another_process(), 0, alone()));
    let (one, two) = (vouchers(&["c1", "c2"], 50, None), vouchers(&["c2", "c1"], 50, None));
    let (one, two) = tokio::join!(a.send_once("one", &one), b.send_once("two", &two));
    assert!(one.unwrap().is_executed() && two.unwrap().is_executed());
    assert_eq!(world.executed(), 4);
}

#[tokio::test]
async fn story_25_a_list_that_is_none_is_never_a_verdict() {
    let bodies = [
        (200, ""),
        (200, "{}"),
        (200, "null"),
        (200, r#"{"total_count":null}"#),
        (200, r#"{"recrods":[],"total_count":0}"#),
        (200, r#"{"records":[],"total_count":3}"#),
        (200, r#"{"records":null,"total_count":0}"#),
        (403, r#"{"error_code":"CBC.0151","error_msg":"no permission"}"#),
    ];
    for (status, body) in bodies {
        let world = World::new();
        world.faults([Fault::LostRequest]);
        let client = world.process(&MemoryJournal::new(), 0, alone_once());
        client.attempt("warm", &transfer("1")).await.unwrap();
        // The query that checks the fence comes first, and is refused before it gets a response.
        world.with(|state| state.query_responses.extend((0..20).map(|_| (status, body.to_owned()))));
        let error = client.send_once("t", &transfer("100")).await.unwrap_err();
        assert_eq!(world.executed(), 0, "{body}: {error}");
        let stored = client.stored_attempt("t").await.unwrap().unwrap();
        assert_eq!(stored.state, AttemptState::Open, "{body}");
    }
}

#[tokio::test]
async fn story_26_a_record_without_an_amount_leaves_all_that_fit_undecided() {
    let world = World::new();
    world.faults([Fault::LostRequest, Fault::LostRequest]);
    let client = world.process(&MemoryJournal::new(), 0, alone());
    client.attempt("warm", &transfer("1")).await.unwrap();
    world.with(|state| {
        state.in_console("r1", "7");
        state.records[0].amount = None;
    });
    let (a, b) = (transfer("100"), transfer("200"));
    let (one, two) = tokio::join!(client.send_once("one", &a), client.send_once("two", &b));
    for settled in [one.unwrap(), two.unwrap()] {
        let Settled::Undecided(why) = &settled else { panic!("{settled}") };
        assert_eq!(why.candidates, ["R1"]);
    }
}

#[tokio::test]
async fn story_27_a_failure_record_is_no_candidate() {
    let world = World::new();
    world.faults([Fault::LostRequest]);
    let client = world.process(&MemoryJournal::new(), 0, alone());
    client.attempt("warm", &vouchers(&["c1"], 50, None)).await.unwrap();
    world.with(|state| {
        let mut failed = state.record("1", "c1", "50", None);
        failed.result = "-1";
        state.records.push(failed);
    });
    let settled = client.send_once("t", &vouchers(&["c1"], 50, None)).await.unwrap();
    assert!(settled.is_executed() && world.executed() == 1, "{settled}");
}

#[tokio::test]
async fn story_28_a_request_id_means_one_write() {
    let world = World::new();
    let client = world.process(&MemoryJournal::new(), 0, alone());
    let first = client.send_once("t", &transfer("100")).await.unwrap();
    let again = client.send_once("t", &transfer("100.00")).await.unwrap();
    assert_eq!((first, world.with(|state| state.writes)), (again, 1));
    let error = client.send_once("t", &transfer("200")).await.unwrap_err();
    assert_eq!((error.kind(), world.executed()), (ErrorKind::InvalidInput, 1));
}

#[tokio::test]
async fn story_29_with_tokens_a_paused_owner_elsewhere_is_undecided() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let token = || Credentials::token("T").with_domain_id("d1");
    let process = |journal: &MemoryJournal| {
        let journal = Arc::new(journal.clone()) as Arc<dyn Journal>;
        world.client_with(0, token()).with_journal_options(journal, alone())
    };
    let owner = process(&journal);
    owner.send_once("first", &transfer("1")).await.unwrap();
    world.faults([Fault::LostRequest]);
    let mut sending = Box::pin(async move { owner.send_once("t", &transfer("100")).await });
    while world.with(|state| state.writes) < 2 {
        let _ = futures_util::FutureExt::now_or_never(&mut sending);
    }
    let other = process(&journal.another_process());
    let attempt = other.attempt("t", &transfer("100")).await.unwrap();
    let options = ResolveOptions::new().sole_writer(true).sees_account(true);
    let settled = other.resolve(&attempt, options).await.unwrap();
    assert!(matches!(settled, Settled::Undecided(_)), "{settled}");
}

#[tokio::test]
async fn story_30_a_journal_that_fails_sends_nothing_loses_nothing_and_is_read_again() {
    let world = World::new();
    let journal = Wrapped::new(MemoryJournal::new(), &world, Trouble::BeginFails);
    let client = world.client(0).with_journal_options(Arc::new(journal.clone()), alone());
    let error = client.send_once("t", &transfer("100")).await.unwrap_err();
    assert_eq!((error.kind(), world.with(|state| state.writes)), (ErrorKind::Journal, 0));

    // At finish: the caller gets the success, and the attempt stays open.
    journal.set(Trouble::FinishFails);
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    let Settled::Executed(done) = &settled else { panic!("{settled}") };
    assert!(!done.journaled && world.executed() == 1);
    journal.set(Trouble::None);
    assert_eq!(client.stored_attempt("t").await.unwrap().unwrap().state, AttemptState::Open);
    let again = client.send_once("t", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&again), world.executed()), ("R1", 1));

    // It is not known whether begin was committed: it was.
    journal.set(Trouble::BeginUnknown);
    let settled = client.send_once("u", &transfer("200")).await.unwrap();
    assert!(settled.is_executed() && world.executed() == 2, "begin was committed, so it is sent once");
    // And it was not.
    journal.set(Trouble::BeginLost);
    let error = client.send_once("v", &transfer("300")).await.unwrap_err();
    assert_eq!((error.kind(), world.executed()), (ErrorKind::Journal, 2));
}

#[tokio::test]
async fn story_31_an_empty_list_of_a_query_that_is_not_proven_decides_nothing() {
    let world = World::new();
    world.faults([Fault::LostRequest]);
    let resolve = ResolveOptions::new().sole_writer(true);
    let (waiting, journal) = (resolve.clone().wait(seconds(200)), MemoryJournal::new());
    let client = world.process(&journal, 0, JournalOptions::new().resolve(waiting));
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(matches!(settled, Settled::Pending(_)), "{settled}");
    let client = world.process(&journal, 0, JournalOptions::new().resolve(resolve));
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(matches!(settled, Settled::Undecided(_)), "{settled}");
    // A known success proves the query.
    let world = World::new();
    world.faults([Fault::None, Fault::LostRequest]);
    let resolve = ResolveOptions::new().sole_writer(true);
    let client = world.process(&MemoryJournal::new(), 0, JournalOptions::new().resolve(resolve));
    client.send_once("s", &transfer("7")).await.unwrap();
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(settled.is_executed() && world.executed() == 2, "{settled}");
}
