//! A Partner Center in memory: accounts, balances, quotas and vouchers with the documented rules and error codes.
//!
//! No one can test against the real Partner Center, for it moves real money and needs a real contract. A [`Sandbox`]
//! is a [`Transport`] that answers out of its own state. Everything above it is the real client: it signs, waits, repeats
//! and decodes as it does with the service, and the sandbox checks signatures, rights, quotas and rules as the service
//! does. It reads requests into the crate's own request types and answers with its own answer types, so there is one model.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), huaweicloud_partner::Error> {
//! use huaweicloud_partner::{partners::ShowBalances, resellers::{AllocateToReseller, ListResellers}, sandbox::Sandbox, types::Amount};
//!
//! let sandbox = Sandbox::small_distributor();
//! let client = sandbox.client("distributor")?;
//! let resellers = client.send(ListResellers::new()).await?;
//! let first = &resellers.indirect_partners[0].indirect_partner_id;
//! client.send(AllocateToReseller::new(first, Amount::from(1000))).await?;
//!
//! let balances = client.send(ShowBalances::new().indirect_partner_id(first)).await?;
//! assert_eq!(balances.account_balances[0].amount, Amount::from(1000));
//! sandbox.audit().expect("money is neither made nor lost");
//! # Ok(()) }
//! ```
//!
//! Time stands still until somebody waits on [`Sandbox::clock`] or advances it. Every movement of money or quota is
//! double entry: [`Sandbox::audit`] checks that nothing was made or lost. Where the documentation is silent, the
//! simplest behaviour was taken, and the handler says so. An operation that has no state behind it yet answers
//! [`NOT_SIMULATED`] with HTTP status 501; none answers made-up data.

mod billing;
mod charges;
mod enterprise;
mod event;
mod gate;
mod ledger;
mod market;
mod people;
mod rooms;
mod seeds;
#[cfg(feature = "tickets")]
mod tickets;
mod world;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use http::{Request, Response};

use crate::{
    Client,
    auth::Credentials,
    clock::ManualClock,
    error::{Error, ErrorKind},
    transport::{Body, Transport, TransportError},
    types::Secret,
};

pub use billing::{BandwidthMeasurement, CostAccess, ResourceUse};
pub use event::Event;
pub use gate::NOT_SIMULATED;
pub use ledger::{Book, Ledger, LedgerError, Posting};
pub use market::{Attachment, NewDiscount, NewLine, NewOrder, PackageUse, Reckoning, Term};
pub use world::{Account, AccountKind, SandboxSite, World};

/// A Partner Center in memory. Cheap to clone; clones are the same world.
#[derive(Clone)]
pub struct Sandbox {
    state: Arc<Mutex<State>>,
    clock: ManualClock,
}

struct State {
    world: World,
    turnstile: gate::Turnstile,
}

impl Sandbox {
    /// A sandbox of this world, its clock at the world's hour.
    pub fn new(world: World) -> Self {
        let clock = ManualClock::at(world.now.instant());
        let state = State { world, turnstile: gate::Turnstile::default() };
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
        Self::new(seeds::large_month())
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
            (account.site.into(), account.credentials())
        };
        Client::builder(site, credentials).transport(self.clone()).clock(self.clock.clone()).build()
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
    pub fn snapshot(&self) -> World {
        self.state().world.clone()
    }

    /// Checks that money was neither made nor lost, and that no book is overdrawn.
    ///
    /// # Errors
    /// What is wrong.
    pub fn audit(&self) -> Result<(), String> {
        self.state().world.ledger.audit()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Sandbox {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (head, body) = request.into_parts();
        let body = body.collect(usize::MAX).await?;
        let mut state = self.state();
        let State { world, turnstile } = &mut *state;
        Ok(gate::answer(world, turnstile, &self.clock, &head, &body).map(Body::from))
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("accounts", &self.state().world.accounts.len())
            .finish_non_exhaustive()
    }
}
