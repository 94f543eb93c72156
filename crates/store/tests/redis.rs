//! The rate limiter of a fleet against a Redis server.
//!
//! The tests run where `HWP_TEST_REDIS` names a server (see `.ci/services`); without it they say so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests
#![cfg(feature = "redis")]

use std::time::{Duration, Instant};

use huaweicloud_partner::{
    client::{LocalRateLimiter, RateLimitError, RateLimitKey, RateLimiter as _},
    clock::SystemClock,
    operation::RateLimit,
};
use huaweicloud_partner_store::redis::{RedisRateLimiter, WhenDown};

/// Makes a limiter whose keys no other test uses; `None` without a server.
async fn limiter(test: &str) -> Option<RedisRateLimiter> {
    let Ok(url) = std::env::var("HWP_TEST_REDIS") else {
        eprintln!("skipped: HWP_TEST_REDIS names no server");
        return None;
    };
    let prefix = format!("test-{}-{test}-{:?}", std::process::id(), Instant::now());
    Some(RedisRateLimiter::connect(&url).await.unwrap().with_prefix(prefix))
}

fn key(account: &str, calls: u32) -> RateLimitKey<'_> {
    RateLimitKey::new(account, "bss.ListOrders", RateLimit { calls, seconds: 1 })
}

const PATIENT: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_stays_within_the_window_everywhere() {
    let Some(first) = limiter("fleet").await else { return };
    // Clones share the connection; what counts is the server.
    let fleet = [first.clone(), first.clone(), first];
    let (calls, each) = (5, 8);
    let begin = Instant::now();
    let tasks: Vec<_> = fleet
        .iter()
        .flat_map(|limiter| (0..each).map(move |_| limiter.clone()))
        .map(|limiter| {
            tokio::spawn(async move {
                limiter.acquire(key("a", calls), PATIENT, &SystemClock::default()).await.unwrap().consume();
                begin.elapsed()
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.push(task.await.unwrap());
    }
    times.sort();
    // 24 calls, 5 in a second: any six in a row span a second. The tolerance is that of the timer and the wire.
    for window in times.windows(calls as usize + 1) {
        assert!(window[calls as usize] - window[0] > Duration::from_millis(950), "{times:?}");
    }
    assert!(*times.last().unwrap() < Duration::from_millis(5_500), "{times:?}");
}

#[tokio::test]
async fn accounts_operations_and_addresses_are_counted_apart() {
    let Some(limiter) = limiter("keys").await else { return };
    let clock = SystemClock::default();
    let now = Duration::ZERO;
    limiter.acquire(key("a", 1), now, &clock).await.unwrap().consume();
    let full = limiter.acquire(key("a", 1), now, &clock).await.unwrap_err();
    assert!(
        matches!(full, RateLimitError::TooLong { wait } if wait <= Duration::from_secs(1) && !wait.is_zero())
    );
    limiter.acquire(key("b", 1), now, &clock).await.unwrap().consume();
    let other = RateLimitKey::new("a", "bss.ShowOrder", RateLimit { calls: 1, seconds: 1 });
    limiter.acquire(other, now, &clock).await.unwrap().consume();
    let elsewhere = self::limiter("keys").await.unwrap().with_source_address("203.0.113.7");
    elsewhere.acquire(key("a", 1), now, &clock).await.unwrap().consume();
    assert!(elsewhere.acquire(key("a", 1), now, &clock).await.is_err());
}

#[tokio::test]
async fn a_permit_that_is_dropped_gives_its_place_back() {
    let Some(limiter) = limiter("permits").await else { return };
    let clock = SystemClock::default();
    drop(limiter.acquire(key("a", 1), Duration::ZERO, &clock).await.unwrap());
    let mut back = limiter.acquire(key("a", 1), Duration::ZERO, &clock).await;
    for _ in 0..50 {
        if back.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        back = limiter.acquire(key("a", 1), Duration::ZERO, &clock).await;
    }
    back.unwrap().consume();
    // A future that is dropped while it waits gives its place back as well.
    let waiting = limiter.acquire(key("a", 1), PATIENT, &clock);
    assert!(tokio::time::timeout(Duration::from_millis(50), waiting).await.is_err());
    tokio::time::sleep(Duration::from_millis(50)).await;
    match limiter.acquire(key("a", 1), Duration::ZERO, &clock).await.unwrap_err() {
        RateLimitError::TooLong { wait } => assert!(wait < Duration::from_secs(1), "{wait:?}"),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_throttled_call_holds_the_others_back() {
    let Some(limiter) = limiter("throttled").await else { return };
    let clock = SystemClock::default();
    limiter.throttled(key("a", 100), Some(Duration::from_millis(300)), &clock).await;
    let begin = Instant::now();
    limiter.acquire(key("a", 100), PATIENT, &clock).await.unwrap().consume();
    assert!(begin.elapsed() > Duration::from_millis(250));
    // A shorter wait does not shorten the longer one.
    limiter.throttled(key("a", 100), Some(Duration::from_secs(60)), &clock).await;
    limiter.throttled(key("a", 100), Some(Duration::from_millis(1)), &clock).await;
    let refused = limiter.acquire(key("a", 100), Duration::from_secs(10), &clock).await.unwrap_err();
    assert!(matches!(refused, RateLimitError::TooLong { wait } if wait > Duration::from_secs(50)));
}

/// Starts a server that forwards to Redis until it is stopped.
async fn proxy(target: String) -> (u16, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let (mut inward, _) = listener.accept().await.unwrap();
            let target = target.clone();
            connections.spawn(async move {
                let mut outward = tokio::net::TcpStream::connect(target).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut inward, &mut outward).await;
            });
        }
    });
    (port, task)
}

#[tokio::test]
async fn what_happens_without_redis_is_the_callers_choice() {
    let Ok(url) = std::env::var("HWP_TEST_REDIS") else {
        eprintln!("skipped: HWP_TEST_REDIS names no server");
        return;
    };
    let clock = SystemClock::default();
    for choice in ["closed", "open", "local"] {
        let target = url.trim_start_matches("redis://").trim_end_matches('/').to_owned();
        let (port, server) = proxy(target).await;
        let limiter = RedisRateLimiter::connect(&format!("redis://127.0.0.1:{port}")).await.unwrap();
        let limiter = limiter.with_patience(Duration::from_millis(200)).when_down(match choice {
            "closed" => WhenDown::Closed,
            "open" => WhenDown::Open,
            _ => WhenDown::Local(LocalRateLimiter::default()),
        });
        let account = format!("down-{choice}-{}-{:?}", std::process::id(), Instant::now());
        limiter.acquire(key(&account, 1), Duration::ZERO, &clock).await.unwrap().consume();
        server.abort();
        let _ = server.await;
        let begin = Instant::now();
        let down = limiter.acquire(key(&account, 1), Duration::ZERO, &clock).await;
        assert!(begin.elapsed() < Duration::from_secs(2));
        match choice {
            "closed" => assert!(matches!(down, Err(RateLimitError::Unavailable(_))), "{down:?}"),
            "open" => down.unwrap().consume(),
            _ => {
                down.unwrap().consume();
                let second = limiter.acquire(key(&account, 1), Duration::ZERO, &clock).await;
                assert!(matches!(second, Err(RateLimitError::TooLong { .. })), "{second:?}");
            }
        }
    }
    assert!(RedisRateLimiter::connect("redis://127.0.0.1:1").await.is_err());
}
