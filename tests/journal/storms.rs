//! Many writes with the documented policy, while requests and responses are lost, executions and records are late, and clocks
//! are wrong: none is doubled, none is lost, none is left without an outcome.
//!
//! The short forms run by default; the full ones with
//! `cargo test --release --test journal -- --ignored --nocapture storm`.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use huaweicloud_partner::{
    auth::Credentials,
    journal::{MemoryJournal, Settled},
    resellers::AllocateToReseller,
    types::Amount,
};

use crate::world::*;

/// Small random numbers, the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn fault(&mut self) -> Fault {
        match self.below(100) {
            0..5 => Fault::LostRequest,
            5..10 => Fault::LostResponse,
            10..14 => Fault::Late(Duration::from_secs(self.below(119))),
            14..17 => Fault::ErrorAfter(502),
            17..20 => Fault::Refuse(429, "APIGW.0308"),
            _ => Fault::None,
        }
    }
}

#[tokio::test]
async fn a_lost_request_is_settled_after_l_and_d_whatever_the_clock_says() {
    for minutes in [-60, -20, 20, 60] {
        let world = World::new();
        world.faults([Fault::LostRequest]);
        let client = world.process(&MemoryJournal::new(), minutes * 60, alone_once());
        client.send_once("first", &AllocateToReseller::new("r2", Amount::from(1))).await.unwrap();
        world.faults([Fault::LostRequest]);
        let began = world.now();
        let settled = client.send_once("t", &transfer("100")).await.unwrap();
        let took = world.now() - began;
        assert!(matches!(settled, Settled::NotExecuted(_)), "{minutes}: {settled}");
        assert!((L + D..L + D + Duration::from_secs(5)).contains(&took), "{minutes}: {took:?}");
    }
}

/// Distribution of the amounts of writes.
#[derive(Clone, Copy)]
enum Amounts {
    Different,
    /// Three amounts to three resellers.
    Equal,
    /// Each amount twice, one right after the other.
    Pairs,
}

async fn storm(name: &str, writes: usize, amounts: Amounts, off: i64, jumps: bool) {
    let began = Instant::now();
    let world = World::new();
    let mut random = Random(u64::try_from(writes).unwrap() ^ off.unsigned_abs());
    world.with(|state| state.record_delay = Duration::from_secs(random.below(119)));
    let scripted: Vec<Fault> = (0..writes * 2).map(|_| random.fault()).collect();
    let faults = scripted.iter().take(writes).filter(|fault| !matches!(fault, Fault::None)).count();
    world.faults(scripted);
    let wrong = Arc::new(Mutex::new(time::Duration::seconds(off)));
    let client = world.client_of(&wrong, Credentials::keys("AK", "SK").with_domain_id("d1"));
    let client = client.with_journal_options(Arc::new(MemoryJournal::new()), alone());
    let row = |index: usize| match amounts {
        Amounts::Different => ("r1".to_owned(), Amount::new(i64::try_from(index).unwrap() + 1, 2).unwrap()),
        Amounts::Pairs => ("r1".to_owned(), Amount::new(i64::try_from(index / 2).unwrap() + 1, 2).unwrap()),
        Amounts::Equal => {
            (format!("r{}", index % 3), Amount::from(100 + i64::try_from(index / 3 % 3).unwrap()))
        }
    };
    let settled: Vec<Settled> = stream::iter(0..writes)
        .map(|index| {
            let (client, (target, amount)) = (&client, row(index));
            if jumps && index % 50 == 25 {
                *wrong.lock().unwrap() =
                    time::Duration::seconds(i64::try_from(random.below(7200)).unwrap() - 3600);
            }
            async move {
                let transfer = AllocateToReseller::new(target, amount);
                let settled = client.send_once(format!("w{index}"), &transfer).await.unwrap();
                // All of its sends may get lost; the caller learns that, and asks again.
                match settled {
                    Settled::NotExecuted(_) => {
                        client.send_once(format!("w{index}"), &transfer).await.unwrap()
                    }
                    settled => settled,
                }
            }
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let records: BTreeSet<&str> = settled.iter().map(record_of).collect();
    let executed = world.executed();
    eprintln!(
        "{name}: {writes} writes, {faults} faults, {} doubled, {} lost, {} stranded, {:?}",
        executed.saturating_sub(writes),
        writes.saturating_sub(executed),
        settled.iter().filter(|one| !one.is_executed()).count(),
        began.elapsed()
    );
    assert_eq!((settled.len(), records.len(), executed), (writes, writes, writes), "{name}");
}

#[tokio::test]
async fn a_storm_of_different_amounts_doubles_and_loses_nothing() {
    storm("different amounts", 1000, Amounts::Different, 0, false).await;
}

#[tokio::test]
async fn a_storm_of_equal_amounts_doubles_and_loses_nothing() {
    storm("equal amounts", 400, Amounts::Equal, 0, false).await;
}

#[tokio::test]
async fn a_storm_of_pairs_of_equal_writes_at_once_loses_none_of_a_pair() {
    storm("pairs", 600, Amounts::Pairs, 0, false).await;
}

#[tokio::test]
async fn a_storm_at_each_clock_offset_doubles_and_loses_nothing() {
    for minutes in [-15, -14, -10, -5, -2, 2, 5, 10, 14, 15] {
        storm(&format!("{minutes} minutes off"), 60, Amounts::Different, minutes * 60, false).await;
    }
}

#[tokio::test]
async fn a_storm_under_a_clock_that_jumps_doubles_and_loses_nothing() {
    storm("a clock that jumps", 400, Amounts::Different, 0, true).await;
}

#[tokio::test]
#[ignore = "long; see the head of the file"]
async fn full_storm_of_a_hundred_thousand_different_amounts() {
    storm("different amounts", 100_000, Amounts::Different, 0, false).await;
}

#[tokio::test]
#[ignore = "long; see the head of the file"]
async fn full_storm_of_twenty_thousand_equal_amounts() {
    storm("equal amounts", 20_000, Amounts::Equal, 0, false).await;
}

#[tokio::test]
#[ignore = "long; see the head of the file"]
async fn full_storm_of_five_thousand_at_each_clock_offset() {
    for minutes in -15..=15 {
        storm(&format!("{minutes} minutes off"), 5000, Amounts::Different, minutes * 60, false).await;
    }
}

#[tokio::test]
#[ignore = "long; see the head of the file"]
async fn full_storm_under_a_clock_that_jumps() {
    storm("a clock that jumps", 20_000, Amounts::Different, 0, true).await;
}
