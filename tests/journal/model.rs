//! Interleavings of small stories: two processes, two equal writes, a crash anywhere, late executions and records, wrong
//! clocks, somebody in the console. Never executed twice; never `NotExecuted` for a write that was executed; `Undecided` only
//! where the facts allow both.
//!
//! `HWP_MODEL_STORIES` sets how many stories are tried; 200 by default. The crash of one process at each of its steps, with
//! each fault of both writes, is tried completely.

use std::time::Duration;

use futures_util::FutureExt as _;
use huaweicloud_partner::journal::{JournalOptions, MemoryJournal, ResolveOptions, Settled};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    test_runner::{Config, TestCaseError, TestRunner},
};

use crate::world::*;

#[derive(Clone, Debug)]
struct Story {
    /// Faults of the transmissions of a write, in order.
    faults: Vec<Fault>,
    record_delay: Duration,
    offsets: [i64; 3],
    /// Process that takes each next step.
    schedule: Vec<bool>,
    /// After this many steps the first process dies.
    crash: Option<usize>,
    /// Whether the death of the process can be proven, as on the same host.
    provable: bool,
    /// Somebody makes an equal write in the console before this step.
    console: Option<usize>,
    sole_writer: bool,
    /// Whether both processes send the same request rather than two equal ones.
    same_request: bool,
}

impl Story {
    /// Returns true if a record can exist that no response reported.
    fn is_ambiguous(&self) -> bool {
        self.console.is_some()
            || self.crash.is_some()
            || self.faults.iter().any(|fault| !matches!(fault, Fault::None | Fault::LostRequest))
    }
}

type Process = std::pin::Pin<Box<dyn Future<Output = Settled>>>;

fn process(
    world: &World,
    journal: &MemoryJournal,
    off: i64,
    id: &'static str,
    options: JournalOptions,
) -> Process {
    let client = world.process(journal, off, options);
    Box::pin(async move { client.send_once(id, &transfer("100")).await.unwrap() })
}

/// Plays a story, and says what is wrong with its end.
fn play(story: &Story) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let _guard = runtime.enter();
    let world = World::new();
    world.faults(story.faults.iter().cloned());
    world.with(|state| state.record_delay = story.record_delay);
    let options = || {
        JournalOptions::new()
            .resolve(ResolveOptions::new().sole_writer(story.sole_writer).sees_account(true))
            .sends(3)
    };
    let shared = MemoryJournal::new();
    let (first, second) = (shared.another_process(), shared.another_process());
    let (a, b) = if story.same_request { ("a", "a") } else { ("a", "b") };
    let mut running: [Option<Process>; 2] = [
        Some(process(&world, &first, story.offsets[0], a, options())),
        Some(process(&world, &second, story.offsets[1], b, options())),
    ];
    let mut outcomes: [Option<Settled>; 2] = [None, None];
    let (mut steps, mut steps_of_first) = (0_usize, 0_usize);
    while outcomes.iter().any(Option::is_none) {
        steps += 1;
        if steps > 50_000 {
            return Err("it does not end".into());
        }
        if story.console == Some(steps) {
            world.with(|state| state.in_console("r1", "100"));
        }
        let mut turn = usize::from(*story.schedule.get(steps % story.schedule.len()).unwrap_or(&false));
        if running[turn].is_none() {
            turn = 1 - turn;
        }
        if turn == 0 {
            steps_of_first += 1;
            if story.crash == Some(steps_of_first) && outcomes[0].is_none() {
                running[0] = None;
                if story.provable {
                    first.declare_dead();
                }
                running[0] = Some(process(&world, &shared.another_process(), story.offsets[2], a, options()));
            }
        }
        if let Some(settled) = running[turn].as_mut().and_then(|one| one.as_mut().now_or_never()) {
            outcomes[turn] = Some(settled);
            running[turn] = None;
        }
    }
    // What was on its way arrives.
    world.elapse(L + D);
    let console = usize::from(story.console.is_some_and(|step| step <= steps));
    let executed = world.executed() - console;
    let outcomes: Vec<Settled> = outcomes.into_iter().flatten().collect();
    let writes = if story.same_request { 1 } else { 2 };
    let undecided = outcomes.iter().any(|one| matches!(one, Settled::Undecided(_)));
    let mut records: Vec<&str> = outcomes.iter().filter(|one| one.is_executed()).map(record_of).collect();
    records.sort_unstable();
    records.dedup();
    let facts = format!("{executed} executed, console {console}, {outcomes:?}");
    if executed > writes {
        return Err(format!("executed twice: {facts}"));
    }
    // Of two callers with the same request one may learn that its sends were not executed before the other repeats it.
    let decided = outcomes.iter().all(|one| matches!(one, Settled::Executed(_) | Settled::NotExecuted(_)));
    // The record of the console may be taken for that of a write where sole writing was declared falsely.
    if decided && console == 0 && records.len() != executed {
        return Err(format!("the outcomes are not what happened: {facts}"));
    }
    if undecided && !story.is_ambiguous() {
        return Err(format!("undecided without a reason: {facts}"));
    }
    if undecided && story.sole_writer && console == 0 {
        return Err(format!("undecided although there is no other writer: {facts}"));
    }
    Ok(())
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        2 => Just(Fault::LostRequest),
        2 => Just(Fault::LostResponse),
        1 => (0_u64..120).prop_map(|late| Fault::Late(Duration::from_secs(late))),
        1 => Just(Fault::ErrorAfter(500)),
        1 => Just(Fault::Garbled("")),
    ]
}

fn story() -> impl Strategy<Value = Story> {
    let offsets = [-840_i64..=840, -840..=840, -840..=840];
    (
        vec(fault(), 0..6),
        0_u64..120,
        offsets,
        vec(any::<bool>(), 1..60),
        proptest::option::of(1_usize..80),
        any::<bool>(),
        proptest::option::weighted(0.2, 1_usize..80),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(faults, delay, offsets, schedule, crash, provable, console, sole_writer, same_request)| Story {
                faults,
                record_delay: Duration::from_secs(delay),
                offsets,
                schedule,
                crash,
                provable,
                console,
                sole_writer,
                same_request,
            },
        )
}

#[test]
fn no_interleaving_executes_twice_or_gives_a_wrong_outcome() {
    let stories = std::env::var("HWP_MODEL_STORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(200);
    let config =
        Config { cases: stories, failure_persistence: None, max_shrink_iters: 2000, ..Config::default() };
    TestRunner::new(config)
        .run(&story(), |story| play(&story).map_err(TestCaseError::fail))
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_crash_at_every_step_with_every_fault_leaves_one_execution_each() {
    let faults = [
        Fault::None,
        Fault::LostRequest,
        Fault::LostResponse,
        Fault::Late(Duration::from_secs(100)),
        Fault::ErrorAfter(500),
    ];
    let mut played = 0;
    for first in &faults {
        for second in &faults {
            for crash in 1..40 {
                for provable in [true, false] {
                    let story = Story {
                        faults: vec![first.clone(), second.clone()],
                        record_delay: Duration::from_secs(60),
                        offsets: [-840, 840, 120],
                        schedule: vec![false, true],
                        crash: Some(crash),
                        provable,
                        console: None,
                        sole_writer: true,
                        same_request: false,
                    };
                    play(&story).unwrap_or_else(|wrong| panic!("{wrong}: {story:?}"));
                    played += 1;
                }
            }
        }
    }
    eprintln!("{played} stories");
}
