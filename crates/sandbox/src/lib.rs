//! A Partner Center in memory: its accounts, money, vouchers, orders and bills, with the documented rules and error codes.
//!
//! No one can test against the real Partner Center, for it moves real money and needs a real contract. A [`Sandbox`]
//! is a [`Transport`] that answers out of its own state. Everything above it is the real client: it signs, waits, repeats
//! and decodes as it does with the service, and the sandbox checks signatures, rights, quotas and rules as the service
//! does. It reads requests into the crate's own request types and answers with its own answer types, so there is one model.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), huaweicloud_partner::Error> {
//! use huaweicloud_partner::{partners::ShowBalances, resellers::{AllocateToReseller, ListResellers}, types::Amount};
//! use huaweicloud_partner_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::small_distributor();
//! let client = sandbox.client("distributor")?;
//! let resellers = client.send(&ListResellers::new()).await?;
//! let first = &resellers.indirect_partners[0].indirect_partner_id;
//! client.send(&AllocateToReseller::new(first, Amount::from(1000))).await?;
//!
//! let balances = client.send(&ShowBalances::new().indirect_partner_id(first)).await?;
//! assert_eq!(balances.account_balances[0].amount, Some(Amount::from(1000)));
//! sandbox.audit().expect("money is neither made nor lost");
//! # Ok(()) }
//! ```
//!
//! Time stands still until somebody waits on [`Sandbox::clock`] or advances it. Every movement of money or quota is
//! double entry: [`Sandbox::audit`] checks that nothing was made or lost. Where the documentation is silent, the
//! simplest behaviour was taken, and the handler says so. An operation that has no state behind it yet answers
//! [`NOT_SIMULATED`] with HTTP status 501; none answers made-up data.
//!
//! # Testing your own service, in process
//! Your service takes a [`Client`]; give it one of the sandbox. What people do in the console or at a bank is an
//! [`SandboxEvent`], what goes wrong on the way is a [`Fault`](huaweicloud_partner::testing::InjectedFault), and both are the same on every run.
//!
//! ```
//! use huaweicloud_partner::{Client, ErrorKind, partners::ShowBalances, resellers::AllocateToReseller, testing::InjectedFault, types::Amount};
//! use huaweicloud_partner_sandbox::{SandboxEvent, FaultTrigger, Sandbox};
//!
//! /// The service under test: fills a reseller's account up to 500.
//! async fn top_up(client: &Client, reseller: &str) -> Result<(), huaweicloud_partner::Error> {
//!     let balances = client.send(&ShowBalances::new().indirect_partner_id(reseller)).await?;
//!     let held = balances.account_balances.first().and_then(|balance| balance.amount);
//!     match held.and_then(|held| Amount::from(500).checked_sub(held)) {
//!         Some(missing) if missing.is_positive() => {
//!             client.send(&AllocateToReseller::new(reseller, missing)).await.map(drop)
//!         }
//!         _ => Ok(()),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::small_distributor();
//! let client = sandbox.client("distributor")?;
//! sandbox.apply(SandboxEvent::Recharge { account: "reseller-1".into(), amount: Amount::from(120) })?;
//!
//! // The answer is lost after the money has moved: the service must not pay twice when it runs again.
//! sandbox.inject(InjectedFault::LostAnswer, FaultTrigger::call(1).of::<AllocateToReseller>());
//! let lost = top_up(&client, "reseller-1").await.unwrap_err();
//! assert_eq!(lost.kind(), ErrorKind::OutcomeUnknown);
//! top_up(&client, "reseller-1").await?;
//!
//! let balances = client.send(&ShowBalances::new().indirect_partner_id("reseller-1")).await?;
//! assert_eq!(balances.account_balances[0].amount, Some(Amount::from(500)));
//! sandbox.audit()?;
//! # Ok(()) }
//! ```
//!
//! Worlds of your own are described by a [`Scenario`], kept in files with [`Sandbox::save`] and [`Sandbox::load`], or
//! taken from [`State::NAMES`]. Callers of all kinds have keys ([`Sandbox::credentials`]), tokens and agencies
//! ([`Sandbox::iam`]). A sandbox is cheap: make one for each test.
//!
//! # Service tickets
//! With the feature `tickets` an engineer works on every ticket: takes it after five minutes, asks ten minutes later, waits
//! for the answer, and has a result fifteen minutes after it. `Sandbox::script_engineers` and `Sandbox::script_engineer`
//! tell other stories; what people do in the console is a `TicketEvent`. `ShowLoginType` alone answers [`NOT_SIMULATED`],
//! for no value of its answer is documented. The sandbox has no IAM users with keys of their own and no user groups.
//!
//! # Testing a service in any language, over HTTP
//! ```text
//! partner-sandbox --port 8480 --world everyone
//! ```
//!
//! The first line on standard output is a JSON object with the address and with all accounts and their keys. Point the
//! official SDK of your language at the address with its endpoint option (and its IAM endpoint option, where it has
//! one). `--world` takes a name of [`State::NAMES`], a scenario, or a snapshot. The page at `/` shows accounts, books
//! and the last requests. What no client can do has addresses of its own:
//!
//! | Request | Does |
//! |---|---|
//! | `POST /_sandbox/events` | lets a [`SandboxEvent`] or a list of them happen: `{"recharge": {"account": "distributor", "amount": 100}}`, `{"inject": {"fault": "lost_answer", "when": {"on": "bss.CreatePartnerCoupons", "call": 1}}}` |
//! | `POST /_sandbox/clock` | moves the clock forward: `{"seconds": 86400}`; `GET` tells the hour |
//! | `GET /_sandbox/snapshot` | the whole [`State`]; `POST` puts one in its place, or a [`Scenario`] |
//! | `GET /_sandbox/requests` | the last requests with caller, status and code |
//! | `GET /_sandbox/code?receiver=…` | the verification code that was last sent there |
//! | `GET /_sandbox/audit` | whether the books balance |
//!
//! The clock of a server runs, from the world's hour; after it was moved, signatures dated by the machine's clock are
//! accepted still. In Rust the server can be part of the test:
//!
#![cfg_attr(feature = "server", doc = "```")]
#![cfg_attr(not(feature = "server"), doc = "```ignore")]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use huaweicloud_partner_sandbox::{Sandbox, Server};
//!
//! let server = Server::bind(Sandbox::small_distributor(), ([127, 0, 0, 1], 0).into()).await?;
//! let (address, stop) = (server.url(), server.handle());
//! let serving = tokio::spawn(server.run());
//!
//! // Start the service under test with this address, and look at what it did.
//! assert!(address.starts_with("http://127.0.0.1:"));
//!
//! stop.stop();
//! serving.await??;
//! # Ok(()) }
//! ```

mod billing;
mod charges;
mod conform;
mod enterprise;
mod event;
mod faults;
mod forms;
mod gate;
mod hosts;
mod iam;
mod identities;
mod journal;
mod ledger;
mod market;
mod people;
mod rooms;
mod scenario;
mod seeds;
#[cfg(feature = "server")]
mod server;
mod tickets;
mod world;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use http::{Request, Response};
use time::OffsetDateTime;

use huaweicloud_partner::{
    Client,
    auth::{Credentials, Iam},
    clock::{Clock, ManualClock},
    error::{Error, ErrorKind},
    operation::Method,
    registry,
    testing::apply_fault,
    transport::{Body, Transport, TransportError, TransportErrorKind},
    types::{Secret, UtcTime},
};

pub use billing::{BandwidthMeasurement, CostAccess, ResourceUse};
pub use conform::{Conformance, Departure, Difference, conform};
pub use event::SandboxEvent;
use faults::{LateRequest, Past};

pub use faults::{FaultTrigger, SandboxFault};
pub use gate::NOT_SIMULATED;
pub use journal::{RequestLogEntry, RequestPattern};
pub use ledger::{Ledger, LedgerAccount, LedgerError, Posting};
pub use market::{Attachment, NewDiscount, NewLine, NewOrder, PackageUse, Reckoning, Term};
pub use scenario::{NewAccount, Scenario, ScenarioError};
#[cfg(feature = "server")]
pub use server::{Server, ServerHandle, stop_signal};
pub use tickets::{EngineerAct, Machine, Occurrence, ScriptStep, SessionRecord, TicketEvent, TransferRecord};
pub use world::{Account, AccountKind, QuotaLimits, State};

/// A Partner Center in memory. Cheap to clone; clones are the same world.
#[derive(Clone)]
pub struct Sandbox {
    state: Arc<Mutex<Inner>>,
    clock: ManualClock,
}

struct Inner {
    world: State,
    turnstile: gate::FrontState,
}

impl Sandbox {
    /// A sandbox of this world, its clock at the world's hour.
    pub fn new(world: State) -> Self {
        let clock = ManualClock::at(world.now.instant());
        let state = Inner { world, turnstile: gate::FrontState::default() };
        Self { state: Arc::new(Mutex::new(state)), clock }
    }

    /// A distributor on the China site with three resellers, a few customers, 100,000.00 yuan and a voucher quota of
    /// 50,000.00.
    pub fn small_distributor() -> Self {
        Self::new(seeds::small_distributor())
    }

    /// A solution provider, `provider`, on the international site: it may owe 10,000.00 dollars; `customer-1` to
    /// `customer-5` are of the Reseller model, the fourth of them new, `customer-6` was referred.
    pub fn international_provider() -> Self {
        Self::new(seeds::international_provider())
    }

    /// An enterprise on the China site: `master` with 10,000.00 yuan, 7,000.00 of credit and a voucher, `member-1`, and
    /// `member-2`, whose money is in custody.
    pub fn enterprise() -> Self {
        Self::new(seeds::enterprise())
    }

    /// The same with 200,000 rows in the bills of April 2026, which are final. They are made when they are asked for.
    pub fn large_month() -> Self {
        Self::new(seeds::large_month(seeds::morning()))
    }

    /// One of the worlds that ship with the crate: [`State::NAMES`] says which there are.
    pub fn named(name: &str) -> Option<Self> {
        State::named(name).map(Self::new)
    }

    /// Lets everybody call as often as they like: the documented quotas are not counted. For measuring and for tests
    /// that hurry.
    #[must_use]
    pub fn without_quotas(self) -> Self {
        self.state().turnstile.unlimited = true;
        self
    }

    /// The clock that the sandbox goes by. Clients made by [`Sandbox::client`] share it.
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// A client that calls as an account, by its id.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where there is no such account.
    pub fn client(&self, account: &str) -> Result<Client, Error> {
        let (site, credentials) = {
            let state = self.state();
            let account = state.world.accounts.get(account).ok_or_else(|| {
                Error::new(ErrorKind::Configuration, "", format!("the sandbox has no account {account}"))
            })?;
            (account.site, account.credentials())
        };
        Client::builder(site)
            .credentials(credentials)
            .transport(self.clone())
            .clock(self.clock.clone())
            .build()
    }

    /// The sandbox's identity service, from which [`auth::IamToken`](huaweicloud_partner::auth::IamToken) and the others get what
    /// they give.
    pub fn iam(&self) -> Iam {
        Iam::new(Arc::new(self.clone()), Arc::new(self.clock.clone()))
    }

    /// The credentials of an account, by its id.
    pub fn credentials(&self, account: &str) -> Option<Credentials> {
        self.state().world.accounts.get(account).map(Account::credentials)
    }

    /// The verification code last sent to a mobile number or e-mail address, which a person would read there.
    pub fn code_sent_to(&self, receiver: &str) -> Option<Secret> {
        let state = self.state();
        let sent = state.world.outbox.iter().rev().find(|sent| sent.receiver.expose() == receiver);
        sent.map(|sent| sent.code.clone())
    }

    /// A copy of the whole state, to be stored or compared.
    pub fn snapshot(&self) -> State {
        self.current().world.clone()
    }

    /// Checks that money was neither made nor lost, and that no book is overdrawn.
    ///
    /// # Errors
    /// What is wrong.
    pub fn audit(&self) -> Result<(), String> {
        self.current().world.ledger.audit()
    }

    /// Replaces the whole state; the clock takes the world's hour.
    pub fn restore(&self, world: State) {
        let mut state = self.state();
        self.clock.set(world.now.instant());
        state.world = world;
        state.turnstile.late.clear();
        state.turnstile.past = Past::default();
    }

    /// The last requests, the latest last; at most a thousand.
    pub fn requests(&self) -> Vec<RequestLogEntry> {
        self.current().turnstile.journal.requests()
    }

    /// The requests among the last thousand that fit a pattern, the latest last.
    pub fn requests_matching(&self, pattern: &RequestPattern) -> Vec<RequestLogEntry> {
        let mut requests = self.requests();
        requests.retain(|entry| pattern.matches(entry));
        requests
    }

    /// A number that is another one after something was done.
    pub fn revision(&self) -> u64 {
        self.current().world.revision()
    }

    /// Forgets the last requests.
    pub fn clear_requests(&self) {
        self.current().turnstile.journal.clear();
    }

    /// The sandbox's hour in whole seconds, as the service tells time.
    fn hour(&self) -> UtcTime {
        gate::RequestTime::of(&self.clock).hour()
    }

    /// An exchange with the faults that befall it.
    async fn exchange(
        &self,
        request: Request<Body>,
        machine: Option<OffsetDateTime>,
        waits: Arc<dyn Clock>,
    ) -> Result<Response<Body>, TransportError> {
        let fault = {
            let mut state = self.state();
            if state.world.faults.is_empty() {
                None
            } else {
                let method = Method::read(request.method());
                let entry = method.and_then(|method| registry::find_address(method, request.uri().path()));
                state.world.faults.next_of_operation(entry.map(|entry| entry.meta.name))
            }
        };
        let mut inner = WithoutFaults { sandbox: self, machine, refusal: None };
        match fault {
            None => inner.send(request).await,
            Some(SandboxFault::Exchange(fault)) => apply_fault(Some(fault), &inner, &waits, request).await,
            Some(SandboxFault::Code(code)) => {
                inner.refusal = Some(code);
                inner.send(request).await
            }
            Some(SandboxFault::ExecutedLate(delay)) => {
                let (head, body) = request.into_parts();
                let body = body.collect(usize::MAX).await?;
                let due = self.clock.now().saturating_add(delay.try_into().unwrap_or(time::Duration::MAX));
                let machine =
                    machine.map(|at| at.saturating_add(delay.try_into().unwrap_or(time::Duration::MAX)));
                self.state().turnstile.late.push(LateRequest { due, machine, head, body });
                Err(TransportError::perhaps_sent(TransportErrorKind::Broken))
            }
        }
    }

    /// Lets the requests arrive that were due by now, each at its time.
    fn receive_late(state: &mut Inner, now: OffsetDateTime) {
        while let Some(next) = state
            .turnstile
            .late
            .iter()
            .enumerate()
            .filter(|(_, late)| late.due <= now)
            .min_by_key(|(_, late)| late.due)
            .map(|(index, _)| index)
        {
            let late = state.turnstile.late.remove(next);
            let Inner { world, turnstile } = &mut *state;
            // Time does not go back for a request that was due before something else was done.
            let due = late.due.max(world.now.instant());
            let moment = gate::RequestTime { now: due, elapsed: turnstile.elapsed, machine: late.machine };
            drop(gate::answer(world, turnstile, moment, &late.head, &late.body, None));
        }
    }

    /// The state after everything that was due.
    fn current(&self) -> MutexGuard<'_, Inner> {
        let mut state = self.state();
        if !state.turnstile.late.is_empty() {
            Self::receive_late(&mut state, self.clock.now());
        }
        state
    }

    fn state(&self) -> MutexGuard<'_, Inner> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Sandbox {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.exchange(request, None, Arc::new(self.clock.clone())).await
    }
}

/// The sandbox as it answers where nothing goes wrong.
#[derive(Debug)]
struct WithoutFaults<'s> {
    sandbox: &'s Sandbox,
    machine: Option<OffsetDateTime>,
    /// The code of an injected refusal.
    refusal: Option<String>,
}

#[async_trait]
impl Transport for WithoutFaults<'_> {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (head, body) = request.into_parts();
        let body = body.collect(usize::MAX).await?;
        let moment =
            gate::RequestTime { machine: self.machine, ..gate::RequestTime::of(&self.sandbox.clock) };
        let mut state = self.sandbox.current();
        let Inner { world, turnstile } = &mut *state;
        turnstile.elapsed = moment.elapsed;
        Ok(gate::answer(world, turnstile, moment, &head, &body, self.refusal.as_deref()).map(Body::from))
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("accounts", &self.state().world.accounts.len())
            .finish_non_exhaustive()
    }
}
