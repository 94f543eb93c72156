//! Time as the client sees it: what hour it is, how long something took, and waiting.
//!
//! Everything that waits or dates a request goes through a [`Clock`], so that tests and the sandbox can hold time in
//! their hands.

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

/// A source of time. [`SystemClock`] is the usual one.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The hour that is written into requests, in UTC.
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

    /// Ends when so much time has passed, without making it pass: the other side of a race.
    fn alarm(&self, after: Duration) -> Sleep {
        self.sleep(after)
    }
}

/// What `future` gives, unless `limit` passes first.
pub(crate) async fn within<F: Future + Unpin>(
    clock: &dyn Clock,
    limit: Duration,
    mut future: F,
) -> Option<F::Output> {
    use futures_util::future::{Either, select};
    // Most futures are ready at once; they need no alarm.
    if let Poll::Ready(output) = poll_fn(|context| Poll::Ready(future.poll_unpin(context))).await {
        return Some(output);
    }
    match select(future, clock.alarm(limit)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// The clock of the operating system, waiting on tokio's timer.
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
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The time since boot as the kernel tells it, in hundredths of a second: about a microsecond's work.
#[cfg(all(feature = "tokio", target_os = "linux"))]
fn uptime() -> Option<Duration> {
    use std::{fs::File, os::unix::fs::FileExt as _, sync::OnceLock};
    static UPTIME: OnceLock<Option<File>> = OnceLock::new();
    let file = UPTIME.get_or_init(|| File::open("/proc/uptime").ok()).as_ref()?;
    let mut text = [0_u8; 32];
    let length = file.read_at(&mut text, 0).ok()?;
    let (seconds, rest) = std::str::from_utf8(text.get(..length)?).ok()?.split_once('.')?;
    let hundredths: u64 = rest.get(..2)?.parse().ok()?;
    Some(Duration::from_secs(seconds.parse().ok()?) + Duration::from_millis(hundredths * 10))
}

#[cfg(all(feature = "tokio", not(target_os = "linux")))]
fn uptime() -> Option<Duration> {
    None
}

/// A clock that stands still until it is told to move; whoever waits on it moves it.
///
/// Sleeping advances the clock by the time asked for and returns at once, so a test of hours of back-off takes
/// microseconds and always the same ones.
#[derive(Debug, Clone)]
pub struct ManualClock(std::sync::Arc<std::sync::Mutex<Held>>);

#[derive(Debug)]
struct Held {
    started: OffsetDateTime,
    now: OffsetDateTime,
    elapsed: Duration,
}

impl ManualClock {
    /// A clock that shows this hour.
    pub fn at(now: OffsetDateTime) -> Self {
        Self(std::sync::Arc::new(std::sync::Mutex::new(Held { started: now, now, elapsed: Duration::ZERO })))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut held = self.held();
        held.elapsed += by;
        held.now = held.now.saturating_add(time::Duration::try_from(by).unwrap_or(time::Duration::MAX));
    }

    /// Sets the hour without time passing, as a wrong system clock would be.
    pub fn set(&self, now: OffsetDateTime) {
        self.held().now = now;
    }

    /// The hour at which the clock was made.
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
        let (clock, end) = (self.clone(), self.elapsed() + after);
        Box::pin(std::future::poll_fn(move |_| {
            if clock.elapsed() >= end { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        }))
    }
}
