//! Kills the bulk program at random moments, against a server that loses requests and responses, executes late, shows records
//! late, fails after execution and throttles, while the clocks of the program are wrong by up to 14 minutes. At the end
//! every request id was executed exactly once, and the ledgers balance.
//!
//! The short form runs by default. The full form kills 200 times over 2,000 rows, the long form 100 times over
//! 100,000 rows:
//! ```text
//! cargo test -p huaweicloud-partner-store --test bulk_kill -- --ignored --nocapture full
//! cargo test --release -p huaweicloud-partner-store --test bulk_kill -- --ignored --nocapture long
//! ```
//! `HWP_KILL_SEED` repeats the random choices of a run; without it they differ from run to run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

#[path = "../support/mod.rs"]
mod support;
mod world;

use std::time::Duration;

use world::{Faults, Kills, World};

#[tokio::test(flavor = "multi_thread")]
async fn short_every_row_is_executed_once_however_often_the_program_is_killed() {
    let world = World::start(200, Faults::All).await;
    let journal = world.sqlite();
    world.kill_and_finish(&journal, Kills::times(15, Duration::from_millis(900))).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes several minutes; see the head of the file"]
async fn full_two_hundred_kills_over_two_thousand_rows() {
    let world = World::start(2000, Faults::All).await;
    let journal = world.sqlite();
    world.kill_and_finish(&journal, Kills::times(200, Duration::from_millis(900))).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long; see the head of the file"]
async fn long_a_hundred_thousand_rows() {
    let world = World::start(100_000, Faults::WithoutLateRecords).await;
    let journal = world.sqlite();
    world.kill_and_finish(&journal, Kills::after_changes(100, 1500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_share_a_journal_and_a_rate_limit_and_two_of_them_are_killed() {
    let (Ok(postgres), Ok(redis)) = (std::env::var("HWP_TEST_POSTGRES"), std::env::var("HWP_TEST_REDIS"))
    else {
        eprintln!("skipped: HWP_TEST_POSTGRES and HWP_TEST_REDIS name no servers; see .ci/services");
        return;
    };
    let world = World::start(60, Faults::Four).await;
    world.four_processes(&postgres, &redis, 6).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes several minutes; see the head of the file"]
async fn full_four_processes_over_a_thousand_rows() {
    let (Ok(postgres), Ok(redis)) = (std::env::var("HWP_TEST_POSTGRES"), std::env::var("HWP_TEST_REDIS"))
    else {
        eprintln!("skipped: HWP_TEST_POSTGRES and HWP_TEST_REDIS name no servers; see .ci/services");
        return;
    };
    let world = World::start(1000, Faults::Four).await;
    world.four_processes(&postgres, &redis, 60).await;
}
