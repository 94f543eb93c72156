//! Time as the client sees it: the current time, how long something took, and waiting.
//!
//! Everything that waits or dates a request goes through a [`Clock`], so that tests and the sandbox can control time.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::Duration,
};

use futures_util::FutureExt as _;
use time::OffsetDateTime;

/// A wait that ends by itself.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A source of time. `SystemClock` is the usual one.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The current time that is written into requests, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Time since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;

    /// Time since some fixed moment on a clock that also runs while the machine sleeps, where there is one; never goes
    /// back. What has to outlast a suspended machine is counted on it. [`Clock::elapsed`] unless implemented otherwise.
    fn boot_time(&self) -> Duration {
        self.elapsed()
    }

    /// Waits. Implementations need not be exact, but must not end early by more than a millisecond.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// Ends when this much time has passed, without making it pass: the other side of a race.
    fn alarm(&self, after: Duration) -> Sleep {
        self.sleep(after)
    }
}

/// The output of `future`, unless the clock reaches `end` first, as [`Clock::elapsed`] counts it.
pub(crate) async fn before<F: Future + Unpin>(
    clock: &dyn Clock,
    end: Duration,
    mut future: F,
) -> Option<F::Output> {
    let mut alarm: Option<Sleep> = None;
    poll_fn(|context| {
        if let Poll::Ready(output) = future.poll_unpin(context) {
            return Poll::Ready(Some(output));
        }
        // Most futures are ready at once; they need neither an alarm nor the time.
        let alarm = alarm.get_or_insert_with(|| clock.alarm(end.saturating_sub(clock.elapsed())));
        alarm.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// The clock of the operating system, waiting on tokio's timer. Outside a tokio runtime each wait takes a thread of its
/// own.
#[cfg(feature = "tokio")]
#[derive(Debug)]
pub struct SystemClock {
    started: std::time::Instant,
}

#[cfg(feature = "tokio")]
impl Default for SystemClock {
    fn default() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

#[cfg(feature = "tokio")]
impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// On Linux the time since boot, which goes on while the machine sleeps; elsewhere as [`Clock::elapsed`].
    fn boot_time(&self) -> Duration {
        uptime().unwrap_or_else(|| self.elapsed())
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        match tokio::runtime::Handle::try_current() {
            Ok(_) => Box::pin(tokio::time::sleep(duration)),
            Err(_) => thread_sleep(duration),
        }
    }
}

/// Waits on a thread, for programs without a tokio runtime.
#[cfg(feature = "tokio")]
fn thread_sleep(duration: Duration) -> Sleep {
    use std::sync::{Arc, Mutex, PoisonError};

    #[derive(Default)]
    struct Waiting {
        over: bool,
        waker: Option<std::task::Waker>,
    }

    let waiting = Arc::new(Mutex::new(Waiting::default()));
    let sleeper = Arc::clone(&waiting);
    let wake = move || {
        std::thread::sleep(duration);
        let mut waiting = sleeper.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.over = true;
        if let Some(waker) = waiting.waker.take() {
            waker.wake();
        }
    };
    // Without another thread this one waits: late, but never early.
    if std::thread::Builder::new().name("clock".to_owned()).spawn(wake).is_err() {
        std::thread::sleep(duration);
        return Box::pin(std::future::ready(()));
    }
    Box::pin(poll_fn(move |context| {
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.over {
            return Poll::Ready(());
        }
        waiting.waker = Some(context.waker().clone());
        Poll::Pending
    }))
}

/// The time since boot, read without a system call.
#[cfg(all(feature = "tokio", target_os = "linux"))]
fn uptime() -> Option<Duration> {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_BOOTTIME).ok().map(Duration::from)
}

#[cfg(all(feature = "tokio", not(target_os = "linux")))]
fn uptime() -> Option<Duration> {
    None
}

/// A clock that stands still until it is moved, for tests.
///
/// Sleeping advances the clock by the time asked for and returns at once, so a test of hours of back-off takes
/// microseconds and gives the same result on every run.
#[derive(Debug, Clone)]
pub struct ManualClock(std::sync::Arc<std::sync::Mutex<Held>>);

#[derive(Debug)]
struct Held {
    started: OffsetDateTime,
    now: OffsetDateTime,
    elapsed: Duration,
}

impl ManualClock {
    /// A clock that stands at this time.
    pub fn at(now: OffsetDateTime) -> Self {
        Self(std::sync::Arc::new(std::sync::Mutex::new(Held { started: now, now, elapsed: Duration::ZERO })))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut held = self.held();
        held.elapsed = held.elapsed.saturating_add(by);
        held.now = held.now.saturating_add(time::Duration::try_from(by).unwrap_or(time::Duration::MAX));
    }

    /// Sets the current time without time passing, as a wrong system clock would be.
    pub fn set(&self, now: OffsetDateTime) {
        self.held().now = now;
    }

    /// The time at which the clock was created.
    pub fn started(&self) -> OffsetDateTime {
        self.held().started
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        self.held().now
    }

    fn elapsed(&self) -> Duration {
        self.held().elapsed
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let clock = self.clone();
        Box::pin(async move { clock.advance(duration) })
    }

    fn alarm(&self, after: Duration) -> Sleep {
        let (clock, end) = (self.clone(), self.elapsed().saturating_add(after));
        Box::pin(std::future::poll_fn(move |_| {
            if clock.elapsed() >= end { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        }))
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    use super::*;

    /// Polls a future to its end on this thread, without a runtime.
    fn block_on<F: Future + Unpin>(mut future: F) -> F::Output {
        struct Unpark(std::thread::Thread);
        impl std::task::Wake for Unpark {
            fn wake(self: std::sync::Arc<Self>) {
                self.0.unpark();
            }
        }
        let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
        loop {
            if let Poll::Ready(output) =
                Pin::new(&mut future).poll(&mut std::task::Context::from_waker(&waker))
            {
                return output;
            }
            std::thread::park();
        }
    }

    #[test]
    fn the_system_clock_works_outside_a_tokio_runtime() {
        let clock = SystemClock::default();
        let started = clock.elapsed();
        block_on(clock.sleep(Duration::from_millis(20)));
        assert!(clock.elapsed() - started >= Duration::from_millis(19));
        let end = clock.elapsed() + Duration::from_millis(5);
        let limited = before(&clock, end, std::future::pending::<()>());
        assert!(block_on(Box::pin(limited)).is_none());
    }

    #[test]
    fn a_manual_clock_stops_at_the_ends_of_time() {
        let clock = ManualClock::at(OffsetDateTime::UNIX_EPOCH);
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.elapsed(), Duration::MAX);
        drop(clock.alarm(Duration::MAX));
    }
}
