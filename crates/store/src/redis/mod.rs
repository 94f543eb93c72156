//! Rate limits that a fleet shares through Redis.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ::redis::{AsyncCommands as _, RedisError, Script, aio::ConnectionManager};
use async_trait::async_trait;
use huaweicloud_partner::{
    client::{LocalRateLimiter, Permit, RateLimitError, RateLimitKey, RateLimiter},
    clock::Clock,
};

/// The time that Redis has for a response, by default.
const PATIENCE: Duration = Duration::from_secs(1);

/// Behaviour of a limiter while Redis does not respond.
#[derive(Debug, Default)]
#[non_exhaustive]
pub enum WhenDown {
    /// Refuses calls with [`RateLimitError::Unavailable`]: the limit is kept, and nothing is sent.
    #[default]
    Closed,
    /// Lets calls go out without a limit: the service refuses what is too much.
    Open,
    /// Counts in this process alone. A fleet of n processes may send n times the limit then.
    Local(LocalRateLimiter),
}

/// Keeps the calls of a whole fleet within the documented limits, with an exact sliding window in Redis.
///
/// Calls are counted by account and operation, and by source address where
/// [`with_source_address`](RedisRateLimiter::with_source_address) names one, as the service counts them. Each call takes
/// its place in one Lua script that uses the clock of the Redis server, so clocks of the fleet do not matter. A call that
/// is dropped before it goes out gives its place back.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use huaweicloud_partner_store::redis::{RedisRateLimiter, WhenDown};
///
/// let limiter = RedisRateLimiter::connect("redis://127.0.0.1/").await?.when_down(WhenDown::Closed);
/// # let _ = limiter;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RedisRateLimiter {
    connection: ConnectionManager,
    settings: Arc<Settings>,
}

#[derive(Debug)]
struct Settings {
    prefix: String,
    source_address: Option<String>,
    when_down: WhenDown,
    patience: Duration,
    /// Names this process in places, so that two processes never have the same one.
    process: String,
    places: AtomicU64,
    script: Script,
}

impl RedisRateLimiter {
    /// Connects to a Redis server. The connection is renewed by itself when it is lost.
    ///
    /// # Errors
    /// When the URL is not one of Redis, or the server cannot be reached.
    pub async fn connect(url: &str) -> Result<Self, RedisError> {
        let client = ::redis::Client::open(url)?;
        let mut connection = ConnectionManager::new(client).await?;
        // One counter on the server names the processes of the whole fleet.
        let process: u64 = connection.incr("huaweicloud-partner:rate-limit:processes", 1).await?;
        Ok(Self {
            connection,
            settings: Arc::new(Settings {
                prefix: "huaweicloud-partner:rate-limit".to_owned(),
                source_address: None,
                when_down: WhenDown::Closed,
                patience: PATIENCE,
                process: format!("{process}-{}", std::process::id()),
                places: AtomicU64::new(0),
                script: Script::new(include_str!("acquire.lua")),
            }),
        })
    }

    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        // The limiter was made just now, and a clone of it would not see the change either way.
        if let Some(settings) = Arc::get_mut(&mut self.settings) {
            change(settings);
        }
        self
    }

    /// Begins every key in Redis with this text. `huaweicloud-partner:rate-limit` by default. Call it before the limiter
    /// is cloned; so for the other settings.
    #[must_use]
    pub fn with_prefix(self, prefix: impl Into<String>) -> Self {
        self.set(|settings| settings.prefix = prefix.into())
    }

    /// Counts the calls of this source address apart, as the service does for processes behind different addresses.
    #[must_use]
    pub fn with_source_address(self, address: impl Into<String>) -> Self {
        self.set(|settings| settings.source_address = Some(address.into()))
    }

    /// Sets the behaviour while Redis does not respond. [`WhenDown::Closed`] by default.
    #[must_use]
    pub fn when_down(self, when_down: WhenDown) -> Self {
        self.set(|settings| settings.when_down = when_down)
    }

    /// The time that Redis has for a response, 1 s by default.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        self.set(|settings| settings.patience = patience)
    }

    /// The keys of the places and of the block. The braces put both on one node of a cluster.
    fn keys(&self, key: RateLimitKey<'_>) -> (String, String) {
        let Settings { prefix, source_address, .. } = &*self.settings;
        // A length before each part: no account or address can look like another key.
        let source = source_address.as_deref().unwrap_or_default();
        let RateLimitKey { account, operation, .. } = key;
        let name = format!("{prefix}:{{{}:{account}:{}:{source}:{operation}}}", account.len(), source.len());
        (format!("{name}:places"), format!("{name}:blocked"))
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, RedisError>>,
    ) -> Result<T, Box<dyn std::error::Error + Send + Sync>> {
        match tokio::time::timeout(self.settings.patience, work).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(error.into()),
            Err(elapsed) => Err(elapsed.into()),
        }
    }
}

/// Microseconds as the script takes them: whole numbers that a double holds exactly.
fn micros(duration: Duration) -> u64 {
    // A hundred years.
    const MOST: u64 = 100 * 366 * 24 * 3_600 * 1_000_000;
    u64::try_from(duration.as_micros()).unwrap_or(MOST).min(MOST)
}

#[async_trait]
impl RateLimiter for RedisRateLimiter {
    async fn acquire(
        &self,
        key: RateLimitKey<'_>,
        longest: Duration,
        clock: &dyn Clock,
    ) -> Result<Permit, RateLimitError> {
        let (places, blocked) = self.keys(key);
        let number = self.settings.places.fetch_add(1, Ordering::Relaxed);
        let place = format!("{}-{number}", self.settings.process);
        // Made before the place is asked for: a future that is dropped at any point gives it back.
        let permit = {
            let (connection, places, place) = (self.connection.clone(), places.clone(), place.clone());
            Permit::new(move || {
                if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                    runtime.spawn(async move {
                        let mut connection = connection;
                        let _: Result<(), RedisError> = connection.zrem(places, place).await;
                    });
                }
            })
        };
        let mut script = self.settings.script.prepare_invoke();
        let window = Duration::from_secs(u64::from(key.limit.seconds.max(1)));
        script.key(&places).key(&blocked);
        script.arg(key.limit.calls.max(1)).arg(micros(window)).arg(micros(longest)).arg(&place);
        let mut connection = self.connection.clone();
        match self.in_time(script.invoke_async::<(u8, u64)>(&mut connection)).await {
            Ok((1, wait)) => {
                if wait > 0 {
                    clock.sleep(Duration::from_micros(wait)).await;
                }
                Ok(permit)
            }
            Ok((_, wait)) => {
                permit.consume();
                Err(RateLimitError::TooLong { wait: Duration::from_micros(wait) })
            }
            Err(error) => match &self.settings.when_down {
                WhenDown::Closed => Err(RateLimitError::Unavailable(error)),
                WhenDown::Open => Ok(Permit::unlimited()),
                WhenDown::Local(local) => local.acquire(key, longest, clock).await,
            },
        }
    }

    async fn throttled(&self, key: RateLimitKey<'_>, retry_after: Option<Duration>, clock: &dyn Clock) {
        let (_, blocked) = self.keys(key);
        let wait = retry_after.unwrap_or(Duration::from_secs(u64::from(key.limit.seconds.max(1))));
        let until = "local time = redis.call('TIME') \
             local at = time[1] * 1000000 + time[2] + tonumber(ARGV[1]) \
             local known = redis.call('GET', KEYS[1]) \
             if not known or tonumber(known) < at then \
               redis.call('SET', KEYS[1], string.format('%.0f', at), 'PX', math.ceil(ARGV[1] / 1000) + 1) \
             end";
        let script = Script::new(until);
        let mut invocation = script.key(&blocked);
        invocation.arg(micros(wait));
        let mut connection = self.connection.clone();
        if self.in_time(invocation.invoke_async::<()>(&mut connection)).await.is_err()
            && let WhenDown::Local(local) = &self.settings.when_down
        {
            local.throttled(key, retry_after, clock).await;
        }
    }
}

impl fmt::Debug for RedisRateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRateLimiter")
            .field("prefix", &self.settings.prefix)
            .field("source_address", &self.settings.source_address)
            .field("when_down", &self.settings.when_down)
            .finish_non_exhaustive()
    }
}
