//! Credentials of many customers.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use super::{Agency, AgencyKeys, Credentials, CredentialsError, Iam, ProvideCredentials};
use crate::{clock::Clock, types::CustomerId};

/// Makes the source of credentials of one customer.
///
/// Implemented for closures, for instance over a table of keys.
pub trait ProvideCustomerCredentials: Send + Sync {
    /// A source that provides this customer's credentials and no one else's.
    fn source(&self, customer: &CustomerId) -> Arc<dyn ProvideCredentials>;
}

impl<F: Fn(&CustomerId) -> Arc<dyn ProvideCredentials> + Send + Sync> ProvideCustomerCredentials for F {
    fn source(&self, customer: &CustomerId) -> Arc<dyn ProvideCredentials> {
        self(customer)
    }
}

/// The sources of credentials of a partner's customers, one for each customer, created when first used.
///
/// Each source caches and renews its own credentials, so concurrent calls for one customer share one fetch and those for
/// different customers never share anything. Credentials that say that they belong to another account are refused; those
/// that do not say whose they are get the customer's account id. At most [`capacity`](Self::with_capacity) sources are held,
/// 10,000 unless set; a source that was not used for an hour (unless [set](Self::with_idle_time)) is dropped, and where the
/// capacity is reached the least recently used ones are.
///
/// [`Client::as_customer`](crate::Client::as_customer) uses them.
pub struct CustomerCredentials {
    provider: Arc<dyn ProvideCustomerCredentials>,
    clock: Arc<dyn Clock>,
    capacity: usize,
    idle_time: Duration,
    held: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    sources: HashMap<CustomerId, Held>,
    /// Time of the last search for idle sources.
    swept: Duration,
}

/// The source of one customer, which gives no other account's credentials.
#[derive(Debug)]
struct OfCustomer {
    customer: CustomerId,
    source: Arc<dyn ProvideCredentials>,
}

#[async_trait]
impl ProvideCredentials for OfCustomer {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let credentials = self.source.credentials().await?;
        match credentials.domain_id() {
            Some(id) if id == self.customer.as_str() => Ok(credentials),
            Some(_) => Err(CredentialsError::new(
                "the source of a customer's credentials gave those of another account",
            )),
            None => Ok(credentials.with_domain_id(self.customer.as_str())),
        }
    }

    fn invalidate(&self, credentials: &Credentials) {
        self.source.invalidate(credentials);
    }
}

struct Held {
    source: Arc<dyn ProvideCredentials>,
    used: Duration,
}

impl CustomerCredentials {
    /// Sources that this provider makes.
    pub fn new(provider: impl ProvideCustomerCredentials + 'static, clock: Arc<dyn Clock>) -> Self {
        Self {
            provider: Arc::new(provider),
            clock,
            capacity: 10_000,
            idle_time: Duration::from_secs(3600),
            held: Mutex::default(),
        }
    }

    /// Temporary keys through the agency of this name, which every customer has granted the partner.
    pub fn agency(name: impl Into<String>, partner: Arc<dyn ProvideCredentials>, iam: Iam) -> Self {
        let (name, clock) = (name.into(), iam.clock());
        let provider = move |customer: &CustomerId| -> Arc<dyn ProvideCredentials> {
            let agency = Agency::of_id(customer.clone(), name.clone());
            Arc::new(AgencyKeys::new(agency, Arc::clone(&partner), iam.clone()))
        };
        Self::new(provider, clock)
    }

    /// Holds at most this many sources; at least one.
    #[must_use]
    pub fn with_capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity.max(1);
        self
    }

    /// Drops a source that was not used for this time.
    #[must_use]
    pub fn with_idle_time(mut self, idle_time: Duration) -> Self {
        self.idle_time = idle_time;
        self
    }

    /// The source of this customer's credentials.
    pub fn of(&self, customer: &CustomerId) -> Arc<dyn ProvideCredentials> {
        let now = self.clock.elapsed();
        let mut table = self.held();
        if now.saturating_sub(table.swept) >= self.idle_time {
            table.swept = now;
            self.drop_idle(&mut table.sources, now);
        }
        let held = &mut table.sources;
        if let Some(found) = held.get_mut(customer) {
            found.used = now;
            return Arc::clone(&found.source);
        }
        if held.len() >= self.capacity {
            self.make_room(held, now);
        }
        let source = self.provider.source(customer);
        let source: Arc<dyn ProvideCredentials> = Arc::new(OfCustomer { customer: customer.clone(), source });
        held.insert(customer.clone(), Held { source: Arc::clone(&source), used: now });
        source
    }

    fn drop_idle(&self, held: &mut HashMap<CustomerId, Held>, now: Duration) {
        held.retain(|_, entry| now.saturating_sub(entry.used) < self.idle_time);
    }

    /// Drops the idle sources, and of the others enough for a sixteenth of the capacity, so that a full table is not
    /// searched at every new customer.
    fn make_room(&self, held: &mut HashMap<CustomerId, Held>, now: Duration) {
        self.drop_idle(held, now);
        let keep = self.capacity - (self.capacity / 16).max(1);
        if held.len() <= keep {
            return;
        }
        let mut uses: Vec<Duration> = held.values().map(|entry| entry.used).collect();
        uses.sort_unstable();
        let excess = held.len() - keep;
        let Some(newest_dropped) = excess.checked_sub(1).and_then(|last| uses.get(last)).copied() else {
            return;
        };
        let mut dropped = 0;
        held.retain(|_, entry| {
            let drop = entry.used <= newest_dropped && dropped < excess;
            dropped += usize::from(drop);
            !drop
        });
    }

    /// The number of sources held.
    pub fn len(&self) -> usize {
        self.held().sources.len()
    }

    /// Whether no source is held.
    pub fn is_empty(&self) -> bool {
        self.held().sources.is_empty()
    }

    fn held(&self) -> MutexGuard<'_, Table> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CustomerCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerCredentials")
            .field("capacity", &self.capacity)
            .field("idle_time", &self.idle_time)
            .field("held", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{auth::testing::now, clock::ManualClock};
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn table(made: &Arc<AtomicUsize>) -> (CustomerCredentials, ManualClock) {
        let clock = ManualClock::at(time::OffsetDateTime::UNIX_EPOCH);
        let made = Arc::clone(made);
        let provider = move |customer: &CustomerId| -> Arc<dyn ProvideCredentials> {
            made.fetch_add(1, Ordering::Relaxed);
            Arc::new(Credentials::keys(customer.as_str(), "secret"))
        };
        (CustomerCredentials::new(provider, Arc::new(clock.clone())), clock)
    }

    fn name(table: &CustomerCredentials, customer: &str) -> String {
        now(table.of(&CustomerId::from(customer)).credentials()).unwrap().name().into_owned()
    }

    #[test]
    fn each_customer_has_one_source_of_its_own() {
        let made = Arc::new(AtomicUsize::new(0));
        let (table, _) = table(&made);
        for _ in 0..3 {
            for customer in ["a", "b", "c"] {
                assert_eq!(name(&table, customer), customer);
            }
        }
        assert_eq!(made.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn the_table_is_bounded_and_keeps_what_was_used_last() {
        let made = Arc::new(AtomicUsize::new(0));
        let (table, clock) = table(&made);
        let table = table.with_capacity(100);
        for number in 0..1_000 {
            clock.advance(Duration::from_millis(1));
            name(&table, &format!("c{number}"));
            assert!(table.len() <= 100);
        }
        let before = made.load(Ordering::Relaxed);
        name(&table, "c999");
        assert_eq!(made.load(Ordering::Relaxed), before, "the last one is still held");
        name(&table, "c0");
        assert_eq!(made.load(Ordering::Relaxed), before + 1, "the first one is not");
    }

    #[test]
    fn idle_sources_are_dropped_without_a_full_table() {
        let made = Arc::new(AtomicUsize::new(0));
        let (table, clock) = table(&made);
        let table = table.with_idle_time(Duration::from_secs(60));
        name(&table, "idle");
        clock.advance(Duration::from_secs(50));
        name(&table, "busy");
        clock.advance(Duration::from_secs(50));
        name(&table, "busy");
        assert_eq!(table.len(), 1);
        name(&table, "idle");
        assert_eq!(made.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn credentials_of_another_account_are_refused() {
        let clock = Arc::new(ManualClock::at(time::OffsetDateTime::UNIX_EPOCH));
        let provider = |_: &CustomerId| -> Arc<dyn ProvideCredentials> {
            Arc::new(Credentials::keys("id", "secret").with_domain_id("a"))
        };
        let table = CustomerCredentials::new(provider, clock);
        assert_eq!(name(&table, "a"), "id");
        let error = now(table.of(&CustomerId::from("b")).credentials()).unwrap_err();
        assert!(error.to_string().contains("another account"), "{error}");
    }

    #[test]
    fn idle_sources_are_dropped_first() {
        let made = Arc::new(AtomicUsize::new(0));
        let (table, clock) = table(&made);
        let table = table.with_capacity(32).with_idle_time(Duration::from_secs(60));
        for number in 0..32 {
            name(&table, &format!("old{number}"));
        }
        clock.advance(Duration::from_secs(61));
        name(&table, "new");
        assert_eq!(table.len(), 1);
    }
}
