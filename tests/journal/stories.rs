//! Stories 1 to 31; the number is that of the protocol.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use huaweicloud_partner::{
    auth::Credentials,
    client::Decision,
    error::ErrorKind,
    journal::{
        AttemptState, Attribution, Begin, Begun, DecidedBy, Evidence, Footprint, Journal, JournalError,
        JournalErrorKind, JournalOptions, Learned, LegChange, LegState, MemoryJournal, OwnerId, OwnerState,
        QueryScope, RecordScope, ResolveOptions, Rival, Settled, Settlement, Settling, StoredAttempt,
    },
    partners::AllocateToCustomer,
    types::Amount,
    vouchers::IssueVouchers,
};

use crate::world::*;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn vouchers(targets: &[&str], value: i64, memo: Option<&str>) -> IssueVouchers {
    let targets: Vec<huaweicloud_partner::types::CustomerId> =
        targets.iter().map(|id| (*id).into()).collect();
    let mut issue = IssueVouchers::new("q1", targets, Amount::from(value));
    issue.memo = memo.map(str::to_owned);
    issue
}

fn not_executed(settled: &Settled) -> bool {
    matches!(settled, Settled::NotExecuted(_))
}

#[tokio::test]
async fn story_01_execution_at_l_and_a_record_at_d_are_never_taken_for_absence() {
    let world = World::new();
    world.with(|state| state.record_delay = D);
    world.faults([Fault::Late(L - seconds(1))]);
    let settled =
        world.process(&MemoryJournal::new(), 0, alone()).send_once("t", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&settled), world.executed()), ("R1", 1));
}

#[tokio::test]
async fn story_02_a_lost_request_is_proven_at_l_and_d_and_the_repeat_executes_once() {
    let world = World::new();
    world.faults([Fault::LostRequest]);
    let client = world.process(&MemoryJournal::new(), 0, alone_once());
    let started = world.now();
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    // One send is left for the call, so it ends with the proof or with the repeat.
    assert!(world.now() - started >= L + D, "{:?}", world.now() - started);
    assert!(not_executed(&settled) || settled.is_executed());
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(settled.is_executed() && world.executed() == 1);
}

#[tokio::test]
async fn story_03_a_look_up_that_starts_before_the_settling_time_proves_nothing() {
    let world = World::new();
    world.faults([Fault::LostRequest]);
    let options = JournalOptions::new()
        .resolve(ResolveOptions::new().sole_writer(true).sees_account(true).wait(seconds(200)));
    let settled =
        world.process(&MemoryJournal::new(), 0, options).send_once("t", &transfer("100")).await.unwrap();
    assert!(matches!(settled, Settled::Pending(_)), "{settled}");
}

#[tokio::test]
async fn story_04_an_execution_in_the_second_of_begin_is_found() {
    let world = World::new();
    world.with(|state| state.now = Duration::from_millis(100_900));
    world.faults([Fault::LostResponse]);
    let settled =
        world.process(&MemoryJournal::new(), 0, alone()).send_once("t", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&settled), world.executed()), ("R1", 1));
}

/// Runs a process until it stands still before the first byte; from then on nothing of it runs.
fn until_paused<F: Future + Unpin>(world: &World, process: &mut F) {
    while !world.with(|state| state.paused) {
        let _ = futures_util::FutureExt::now_or_never(&mut *process);
    }
}

/// The owner stands still before the first byte for an hour; another process resolves and repeats.
async fn paused_owner(fence: bool) -> (World, Settled, Settled) {
    let world = World::new();
    world.with(|state| state.fence = fence);
    let journal = MemoryJournal::new();
    let other = world.process(&journal.another_process(), 0, alone());
    let owner = world.process(&journal, 0, alone());
    // The first write tells both what there is to know.
    owner.send_once("first", &transfer("1")).await.unwrap();
    other.send_once("second", &transfer("2")).await.unwrap();
    world.faults([Fault::PausedBefore(seconds(3600))]);
    let mut first = Box::pin(async move { owner.send_once("t", &transfer("100")).await.unwrap() });
    until_paused(&world, &mut first);
    let second = other.send_once("t", &transfer("100")).await.unwrap();
    world.elapse(seconds(3600));
    (world, first.await, second)
}

#[tokio::test]
async fn story_05_a_paused_owner_is_refused_by_its_old_signature() {
    let (world, first, second) = paused_owner(true).await;
    assert_eq!(world.executed(), 3, "two before, and one of the story");
    assert_eq!(record_of(&first), record_of(&second));
}

#[tokio::test]
async fn story_06_without_a_fence_the_other_process_does_not_decide_absence() {
    // A client that signs again after the pause is what the fence check finds out: here old signatures are
    // accepted.
    let (world, _, second) = paused_owner(false).await;
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
    assert!(world.now() - started >= V + L + D, "{:?}", world.now() - started);
}

#[tokio::test]
async fn story_08_a_clock_that_is_wrong_or_jumps_changes_neither_window_nor_wait() {
    for off in [-3600, -840, -120, 120, 600, 840, 3600] {
        let world = World::new();
        world.faults([Fault::LostResponse]);
        let client = world.process(&MemoryJournal::new(), off, alone());
        let settled = client.send_once("t", &transfer("100")).await.unwrap();
        assert_eq!((record_of(&settled), world.executed()), ("R1", 1), "{off}");
    }
}

#[tokio::test]
async fn story_09_the_first_call_of_a_process_fetches_the_time_first() {
    let world = World::new();
    let client = world.process(&MemoryJournal::new(), 300, alone());
    assert!(client.service_now().is_none());
    client.send_once("t", &transfer("100")).await.unwrap();
    assert!(world.with(|state| state.queries) >= 1 && client.service_now().is_some());
}

#[tokio::test]
async fn story_10_a_death_at_any_point_leaves_one_execution() {
    for polls in 0..60 {
        for fault in [Fault::None, Fault::LostRequest, Fault::LostResponse] {
            let world = World::new();
            world.faults([fault]);
            let journal = MemoryJournal::new();
            let dying = journal.another_process();
            let client = world.process(&dying, 0, alone());
            let mut sending = Box::pin(async move { client.send_once("t", &transfer("100")).await });
            // The process dies after this many steps.
            for _ in 0..polls {
                if futures_util::FutureExt::now_or_never(&mut sending).is_some() {
                    break;
                }
            }
            drop(sending);
            dying.declare_dead();
            let next = world.process(&journal.another_process(), 0, alone());
            let settled = next.send_once("t", &transfer("100")).await.unwrap();
            assert!(settled.is_executed(), "{polls}: {settled}");
            assert_eq!(world.executed(), 1, "{polls}");
        }
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
async fn story_12_an_earlier_equal_success_is_not_taken_for_the_lost_one() {
    let world = World::new();
    world.with(|state| state.record_delay = seconds(60));
    world.faults([Fault::None, Fault::LostRequest]);
    let client = world.process(&MemoryJournal::new(), 0, alone());
    assert_eq!(record_of(&client.send_once("one", &transfer("100")).await.unwrap()), "R1");
    world.elapse(seconds(1));
    let attempt = client.attempt("two", &transfer("100")).await.unwrap();
    let settled = client.send_attempt(&attempt).await.unwrap();
    // The lost one is proven absent and sent again.
    assert_eq!((record_of(&settled), world.executed()), ("R3", 2));
}

#[tokio::test]
async fn story_13_the_second_of_two_equal_writes_begins_after_the_first_is_settled() {
    let world = World::new();
    world.faults([Fault::LostResponse]);
    let journal = MemoryJournal::new();
    let (a, b) = (world.process(&journal, 0, alone()), world.process(&journal.another_process(), 0, alone()));
    let (amount, other) = (transfer("100"), transfer("100"));
    let (one, two) = tokio::join!(a.send_once("one", &amount), b.send_once("two", &other));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(record_of(&one), record_of(&two));
    assert_eq!(world.executed(), 2);
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
    let client = world.process(&journal, 0, alone());
    let reseller = client.attempt("one", &transfer("100")).await.unwrap();
    let customer = AllocateToCustomer::new("r1", Amount::from(100));
    let customer = client.attempt("two", &customer).await.unwrap();
    assert_eq!(reseller.footprints(), customer.footprints());
    assert_ne!(reseller.digest, customer.digest);
}

#[tokio::test]
async fn story_17_memos_tell_equal_writes_apart_once_records_are_known_to_show_them() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let client = world.process(&journal, 0, alone());
    // Echo not proven: gated, but each is decided by its memo.
    world.faults([Fault::LostResponse, Fault::LostResponse]);
    let (a, b) = (vouchers(&["c1"], 50, Some("May")), vouchers(&["c1"], 50, Some("May")));
    let (one, two) = tokio::join!(client.send_once("one", &a), client.send_once("two", &b));
    let (one, two) = (one.unwrap(), two.unwrap());
    let by = |settled: &Settled| match settled {
        Settled::Executed(done) => done.by(),
        other => panic!("{other}"),
    };
    assert_eq!((by(&one), by(&two)), (Some(DecidedBy::Memo), Some(DecidedBy::Memo)));
    assert_ne!(record_of(&one), record_of(&two));
    assert_eq!(world.executed(), 2);

    // Equal memos without a token are gated like none.
    let client = world.process(&journal, 0, alone().memo_token(false));
    let three = client.attempt("three", &vouchers(&["c1"], 50, Some("May"))).await.unwrap();
    assert_eq!((three.memo.as_deref(), three.memo_unique), (Some("May"), false));
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
async fn story_19_a_success_that_comes_after_an_undecided_verdict_counts() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let stored = begun(&world, &journal, "t", "100").await;
    let undecided = LegChange::new(0, LegState::Undecided);
    journal.settle(&Settlement::of("t", Some(stored.version), vec![undecided])).await.unwrap();
    let late = LegChange::executed(0, "R1", DecidedBy::Response);
    let settled = journal.settle(&Settlement::of("t", None, vec![late])).await.unwrap();
    assert!(matches!(settled, Settling::Done(stored) if stored.state == AttemptState::Executed));
}

#[tokio::test]
async fn story_20_the_late_verdict_of_a_paused_resolver_is_a_conflict() {
    let world = World::new();
    let journal = MemoryJournal::new();
    let stored = begun(&world, &journal, "t", "100").await;
    let other = journal.another_process();
    let taken = other.take_over("t", stored.version).await.unwrap().unwrap();
    assert_eq!(taken.version, stored.version + 1);
    let verdict = LegChange::not_executed(0, None);
    let late = journal.settle(&Settlement::of("t", Some(stored.version), vec![verdict])).await.unwrap();
    assert!(matches!(late, Settling::Changed(_)));
    assert_eq!(journal.load("t").await.unwrap().unwrap().state, AttemptState::Open);
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
    world.faults([Fault::LostRequest]);
    let client = world.process(&MemoryJournal::new(), 0, alone());
    client.attempt("warm", &transfer("1")).await.unwrap();
    world.with(|state| {
        state.in_console("r1", "7");
        state.records[0].amount = None;
    });
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    assert!(matches!(settled, Settled::Undecided(_)), "{settled}");
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

/// Journal that fails on demand: 1 at begin, 2 at finish, 3 reports "unknown" after begin was committed.
#[derive(Clone, Debug)]
struct Failing(MemoryJournal, Arc<AtomicU8>);

impl Failing {
    fn fails(&self, when: u8) -> bool {
        self.1.load(Ordering::Relaxed) == when
    }

    fn error(kind: JournalErrorKind) -> JournalError {
        JournalError::new(kind, "the disk is full")
    }
}

#[async_trait]
impl Journal for Failing {
    fn owner(&self) -> OwnerId {
        self.0.owner()
    }
    async fn load(&self, id: &str) -> Result<Option<StoredAttempt>, JournalError> {
        self.0.load(id).await
    }
    async fn begin(&self, begin: &Begin) -> Result<Begun, JournalError> {
        if self.fails(1) {
            return Err(Self::error(JournalErrorKind::Unavailable));
        }
        let begun = self.0.begin(begin).await;
        if self.fails(3) { Err(Self::error(JournalErrorKind::Unknown)) } else { begun }
    }
    async fn settle(&self, settlement: &Settlement) -> Result<Settling, JournalError> {
        if self.fails(2) {
            return Err(Self::error(JournalErrorKind::Unavailable));
        }
        self.0.settle(settlement).await
    }
    async fn take_over(&self, id: &str, version: u64) -> Result<Option<StoredAttempt>, JournalError> {
        self.0.take_over(id, version).await
    }
    async fn append(&self, evidence: &Evidence) -> Result<(), JournalError> {
        self.0.append(evidence).await
    }
    async fn evidence(&self, id: &str) -> Result<Vec<Evidence>, JournalError> {
        self.0.evidence(id).await
    }
    async fn open_attempts(&self, after: Option<&str>, n: usize) -> Result<Vec<StoredAttempt>, JournalError> {
        self.0.open_attempts(after, n).await
    }
    async fn attributions(&self, s: &RecordScope, ids: &[String]) -> Result<Vec<Attribution>, JournalError> {
        self.0.attributions(s, ids).await
    }
    async fn rivals(&self, footprint: &Footprint, except: &str) -> Result<Vec<Rival>, JournalError> {
        self.0.rivals(footprint, except).await
    }
    async fn known_record(&self, scope: &RecordScope) -> Result<Option<Attribution>, JournalError> {
        self.0.known_record(scope).await
    }
    async fn learned(&self, scope: &QueryScope) -> Result<Learned, JournalError> {
        self.0.learned(scope).await
    }
    async fn learn(&self, scope: &QueryScope, learned: Learned) -> Result<(), JournalError> {
        self.0.learn(scope, learned).await
    }
    async fn heartbeat(&self) -> Result<(), JournalError> {
        self.0.heartbeat().await
    }
    async fn owner_state(&self, owner: &OwnerId) -> Result<OwnerState, JournalError> {
        self.0.owner_state(owner).await
    }
}

#[tokio::test]
async fn story_30_a_journal_that_fails_sends_nothing_loses_nothing_and_is_read_again() {
    let world = World::new();
    let failing = Failing(MemoryJournal::new(), Arc::new(AtomicU8::new(1)));
    let journal = Arc::new(failing.clone()) as Arc<dyn Journal>;
    let client = world.client(0).with_journal_options(journal, alone());
    let error = client.send_once("t", &transfer("100")).await.unwrap_err();
    assert_eq!((error.kind(), world.with(|state| state.writes)), (ErrorKind::Journal, 0));

    failing.1.store(2, Ordering::Relaxed);
    let settled = client.send_once("t", &transfer("100")).await.unwrap();
    let Settled::Executed(done) = &settled else { panic!("{settled}") };
    assert!(!done.journaled && world.executed() == 1);
    failing.1.store(0, Ordering::Relaxed);
    let again = client.send_once("t", &transfer("100")).await.unwrap();
    assert_eq!((record_of(&again), world.executed()), ("R1", 1));

    failing.1.store(3, Ordering::Relaxed);
    let settled = client.send_once("u", &transfer("200")).await.unwrap();
    assert!(settled.is_executed() && world.executed() == 2, "begin was committed, so it is sent once");
}

#[tokio::test]
async fn story_31_an_empty_list_of_a_query_that_is_not_proven_decides_nothing() {
    let world = World::new();
    world.faults([Fault::LostRequest]);
    let resolve = ResolveOptions::new().sole_writer(true);
    let client = world.process(&MemoryJournal::new(), 0, JournalOptions::new().resolve(resolve));
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
    let _: BTreeMap<(), ()> = BTreeMap::new();
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
