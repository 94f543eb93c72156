//! A world with its clock, as a transport.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use http::{Request, Response};
use time::OffsetDateTime;

use crate::{
    builtin,
    front::{self, LateRequest, RequestLogEntry, RequestPattern},
    slices::faults::SandboxFault,
    state::State,
};
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

/// A Partner Center in memory. Cheap to clone; clones are the same world.
#[derive(Clone)]
pub struct Sandbox {
    state: Arc<Mutex<Inner>>,
    pub(crate) clock: ManualClock,
}

pub(crate) struct Inner {
    pub(crate) world: State,
    pub(crate) front: front::FrontState,
}

impl Sandbox {
    /// A sandbox of this world, its clock at the world's time.
    pub fn new(world: State) -> Self {
        let clock = ManualClock::at(world.now.instant());
        let state = Inner { world, front: front::FrontState::default() };
        Self { state: Arc::new(Mutex::new(state)), clock }
    }

    /// A distributor on the China site with three resellers, a few customers, 100,000.00 yuan and a voucher quota of
    /// 50,000.00.
    pub fn small_distributor() -> Self {
        Self::new(builtin::small_distributor())
    }

    /// A solution provider, `provider`, on the international site: it may owe 10,000.00 dollars; `customer-1` to
    /// `customer-5` are of the Reseller model, the fourth of them new, `customer-6` was referred.
    pub fn international_provider() -> Self {
        Self::new(builtin::international_provider())
    }

    /// An enterprise on the China site: `master` with 10,000.00 yuan, 7,000.00 of credit and a voucher, `member-1`, and
    /// `member-2`, whose money is in custody.
    pub fn enterprise() -> Self {
        Self::new(builtin::enterprise())
    }

    /// The same with 200,000 rows in the bills of April 2026, which are final. They are made when they are asked for.
    pub fn large_month() -> Self {
        Self::new(builtin::large_month(builtin::morning()))
    }

    /// One of the worlds that ship with the crate: [`State::NAMES`] says which there are.
    pub fn named(name: &str) -> Option<Self> {
        State::named(name).map(Self::new)
    }

    /// Lets everybody call as often as they like: the documented quotas are not counted. For measuring and for tests
    /// that hurry.
    #[must_use]
    pub fn without_quotas(self) -> Self {
        self.state().front.unlimited = true;
        self
    }

    /// The clock that the sandbox goes by. Clients made by [`Sandbox::client`] share it.
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// A client that calls as an account, by its id, or as an operator, by the access key id that the event `add_operator`
    /// gave.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where there is neither.
    pub fn client(&self, account: &str) -> Result<Client, Error> {
        let known = self.state().world.credentials_of(account);
        let (site, credentials) = known.ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "", format!("the sandbox has no account {account}"))
        })?;
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

    /// The credentials of an account, by its id, or of an operator, by the access key id.
    pub fn credentials(&self, account: &str) -> Option<Credentials> {
        self.state().world.credentials_of(account).map(|(_, credentials)| credentials)
    }

    /// The verification code last sent to a mobile number or e-mail address, which a person would read there.
    pub fn code_sent_to(&self, receiver: &str) -> Option<Secret> {
        let state = self.state();
        let sent = state.world.identity.last_code(receiver);
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
    pub fn audit(&self) -> Result<(), crate::AuditError> {
        self.current().world.ledger.audit()
    }

    /// Replaces the whole state; the clock takes the world's time, and no call has been counted yet.
    pub fn restore(&self, world: State) {
        let mut state = self.state();
        self.clock.set(world.now.instant());
        state.world = world;
        state.front.begin_again();
    }

    /// The last requests, the latest last; at most a thousand.
    pub fn requests(&self) -> Vec<RequestLogEntry> {
        self.current().front.journal.requests()
    }

    /// The requests among the last thousand that fit a pattern, the latest last.
    pub fn requests_matching(&self, pattern: &RequestPattern) -> Vec<RequestLogEntry> {
        let mut requests = self.requests();
        requests.retain(|entry| pattern.matches(entry));
        requests
    }

    /// A number that is another one after something was done.
    pub fn revision(&self) -> u64 {
        let state = self.current();
        // The worlds before and after a replacement may have the same number.
        state.front.replaced.wrapping_mul(1 << 40).wrapping_add(state.world.revision())
    }

    /// Forgets the last requests.
    pub fn clear_requests(&self) {
        self.current().front.journal.clear();
    }

    /// The sandbox's time in whole seconds, as the service writes times.
    pub(crate) fn now(&self) -> UtcTime {
        front::RequestTime::of(&self.clock).in_whole_seconds()
    }

    /// An exchange with the faults that apply to it.
    pub(crate) async fn exchange(
        &self,
        request: Request<Body>,
        machine: Option<OffsetDateTime>,
        waits: Arc<dyn Clock>,
    ) -> Result<Response<Body>, TransportError> {
        let fault = {
            let mut state = self.state();
            state.world.faults.next(|| {
                let method = Method::read(request.method());
                let entry = method.and_then(|method| registry::find_address(method, request.uri().path()));
                entry.map(|entry| entry.meta.name)
            })
        };
        match fault {
            None => self.respond(request, machine, None).await,
            Some(SandboxFault::Exchange(fault)) => {
                let inner = WithoutFaults { sandbox: self, machine };
                apply_fault(Some(fault), &inner, &waits, request).await
            }
            Some(SandboxFault::Code(code)) => self.respond(request, machine, Some(&code)).await,
            Some(SandboxFault::ExecutedLate(delay)) => {
                let (head, body) = request.into_parts();
                let body = body.collect(usize::MAX).await?;
                let due = self.clock.now().saturating_add(delay.try_into().unwrap_or(time::Duration::MAX));
                let machine =
                    machine.map(|at| at.saturating_add(delay.try_into().unwrap_or(time::Duration::MAX)));
                self.state().front.late.push(LateRequest { due, machine, head, body });
                Err(TransportError::possibly_sent(TransportErrorKind::Broken))
            }
        }
    }

    /// An exchange in which nothing goes wrong, or which is refused with the code of an injected refusal.
    async fn respond(
        &self,
        request: Request<Body>,
        machine: Option<OffsetDateTime>,
        refusal: Option<&str>,
    ) -> Result<Response<Body>, TransportError> {
        let (head, body) = request.into_parts();
        let body = match body {
            Body::Full(body) => body,
            body => body.collect(usize::MAX).await?,
        };
        let moment = front::RequestTime { machine, ..front::RequestTime::of(&self.clock) };
        let mut state = self.current();
        let Inner { world, front } = &mut *state;
        front.elapsed = moment.elapsed;
        Ok(front::respond(world, front, moment, &head, &body, refusal).map(Body::from))
    }

    /// Lets the requests arrive that were due by now, each at its time.
    pub(crate) fn receive_late(state: &mut Inner, now: OffsetDateTime) {
        while let Some(next) = state
            .front
            .late
            .iter()
            .enumerate()
            .filter(|(_, late)| late.due <= now)
            .min_by_key(|(_, late)| late.due)
            .map(|(index, _)| index)
        {
            let late = state.front.late.remove(next);
            let Inner { world, front } = &mut *state;
            // Time does not go back for a request that was due before something else was done.
            let due = late.due.max(world.now.instant());
            let moment = front::RequestTime { now: due, elapsed: front.elapsed, machine: late.machine };
            drop(front::respond(world, front, moment, &late.head, &late.body, None));
        }
    }

    /// The state after everything that was due.
    pub(crate) fn current(&self) -> MutexGuard<'_, Inner> {
        let mut state = self.state();
        if !state.front.late.is_empty() {
            Self::receive_late(&mut state, self.clock.now());
        }
        state
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, Inner> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Sandbox {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.exchange(request, None, Arc::new(self.clock.clone())).await
    }
}

/// The sandbox as it responds where nothing goes wrong.
#[derive(Debug)]
struct WithoutFaults<'s> {
    sandbox: &'s Sandbox,
    machine: Option<OffsetDateTime>,
}

#[async_trait]
impl Transport for WithoutFaults<'_> {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        self.sandbox.respond(request, self.machine, None).await
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("accounts", &self.state().world.accounts.len())
            .finish_non_exhaustive()
    }
}
