//! Changes of a sandbox that no client can make, as methods for tests.

use std::{io, path::Path, time::Duration};

use serde_json::Value;

use crate::{
    core::{Refusal, refuse},
    event::SandboxEvent,
    sandbox::{Inner, Sandbox},
    scenario::{Scenario, ScenarioError},
    slices::{
        billing::ResourceUse,
        catalogue::NewDiscount,
        faults::{FaultTrigger, SandboxFault},
        orders::{NewOrder, PackageUse},
        tickets::{ScriptStep, TicketEvent},
    },
    state::State,
};
use huaweicloud_partner::{
    clock::Clock as _, error::codes, operation::Operation, tickets::TicketId, types::OrderId,
};

impl Sandbox {
    /// Lets a customer use a resource that is paid for by use, and returns the id of the charge.
    ///
    /// The price is the offer's, rated to eight decimals and charged to cents on the China site. Vouchers pay first, those
    /// that end soonest before others, then cash, then credit. What neither covers is owed: it stands as arrears in the bills and is
    /// paid as soon as the customer has money again.
    ///
    /// # Errors
    /// [`ACCOUNT_NOT_FOUND`](codes::ACCOUNT_NOT_FOUND) where there is no such customer,
    /// [`PRODUCT_NOT_FOUND`](codes::PRODUCT_NOT_FOUND) where the offer is not sold by use on the customer's site,
    /// [`BAD_PARAMETER`](codes::BAD_PARAMETER) for an amount that is not above zero and for a time that is not over.
    pub fn use_resource(&self, what: ResourceUse) -> Result<String, Refusal> {
        self.apply(SandboxEvent::Use(what)).map(Option::unwrap_or_default)
    }
}

impl Sandbox {
    /// Grants a discount to a customer. Returns its id.
    ///
    /// # Errors
    /// [`codes::ACCOUNT_NOT_FOUND`] for one who is no customer, [`codes::BAD_PARAMETER`] for numbers that make no
    /// discount, [`codes::ORDER_NOT_FOUND`] where it is for an order that the customer does not have.
    pub fn grant_discount(&self, discount: NewDiscount) -> Result<String, Refusal> {
        let id = self.apply(SandboxEvent::GrantDiscount(discount))?;
        id.ok_or_else(|| refuse(codes::INTERNAL_ERROR))
    }
}

impl Sandbox {
    /// Lets a customer place an order in the console.
    ///
    /// # Errors
    /// [`codes::ACCOUNT_NOT_FOUND`] for one who is no customer, [`codes::PRODUCT_NOT_FOUND`] for an offer that does not
    /// exist on the customer's site or not in this size, [`codes::SUBSCRIPTION_PERIOD_REFUSED`] for a period that is not
    /// sold, [`codes::BAD_PARAMETER`] for an order without lines or with a quantity out of range.
    pub fn place_order(&self, order: NewOrder) -> Result<OrderId, Refusal> {
        let id = self.apply(SandboxEvent::PlaceOrder(order))?;
        id.map(OrderId::from).ok_or_else(|| refuse(codes::INTERNAL_ERROR))
    }
}

impl Sandbox {
    /// Takes use from a package.
    ///
    /// # Errors
    /// [`codes::RESOURCE_NOT_FOUND`] for a package that the customer does not have, [`codes::BAD_PARAMETER`] for an amount
    /// that is not above zero, [`codes::INVALID_PARAMETER`] for more than is left.
    pub fn use_package(&self, used: PackageUse) -> Result<(), Refusal> {
        self.apply(SandboxEvent::UsePackage(used)).map(drop)
    }
}

impl Sandbox {
    /// Lets some requests fail. Several rules may be set; each counts the requests that it is about, and where several
    /// apply, the one that was set first decides.
    pub fn inject(&self, fault: impl Into<SandboxFault>, when: FaultTrigger) {
        // It names an operation by its type, if at all, so it is known.
        let _ = self.state().world.faults.inject(fault.into(), when);
    }

    /// Sets the seed of all chances; 0 unless set.
    pub fn seed_faults(&self, seed: u64) {
        self.state().world.faults.seed(seed);
    }

    /// Lets a query show what was done only this much later, as the record queries of the service do: its responses are
    /// those that it would have given that much earlier. Zero ends the delay.
    pub fn delay_records<O: Operation>(&self, delay: Duration) {
        let seconds = u32::try_from(delay.as_secs()).unwrap_or(u32::MAX);
        // The operation exists, for it has a type.
        let _ = self.state().world.faults.delay_records(O::META.name, seconds);
    }

    /// Sets the gateway's clock this much ahead of the clock by which records are written, or behind it where negative:
    /// `Date` headers and the check of signatures go by it.
    pub fn skew_gateway(&self, seconds: i32) {
        // More than a day is cut to a day, so it is never refused.
        let _ = self.state().world.faults.skew_gateway(seconds.clamp(-86_400, 86_400));
    }

    /// Removes all faults, delays and skews. Requests that are on their way still arrive.
    pub fn clear_faults(&self) {
        self.state().world.faults.clear();
    }

    /// The faults to come, the delays and skews, and the faults so far, as JSON.
    pub fn faults(&self) -> Value {
        let state = self.state();
        serde_json::to_value(&state.world.faults).unwrap_or_default()
    }

    /// The faults so far, each with the number of its request among all, from 1. Requests are counted from the first
    /// rule on.
    pub fn injected(&self) -> Vec<(u64, SandboxFault)> {
        self.state().world.faults.schedule().injected().to_vec()
    }
}

impl Sandbox {
    /// Tells an engineer what to do with a ticket from now on.
    ///
    /// # Errors
    /// [`TICKET_NOT_FOUND`](huaweicloud_partner::error::codes::TICKET_NOT_FOUND) where it is not there.
    pub fn script_engineer(&self, ticket: &TicketId, script: Vec<ScriptStep>) -> Result<(), Refusal> {
        let ticket = Some(ticket.to_string());
        self.apply(SandboxEvent::Tickets(TicketEvent::ScriptEngineer { ticket, script })).map(drop)
    }

    /// Tells the engineers what to do with every ticket that is opened from now on.
    pub fn script_engineers(&self, script: Vec<ScriptStep>) {
        let mut state = self.state();
        state.world.advance_to(self.clock().now().into());
        state.world.tickets.script_engineers(script);
    }
}

impl Sandbox {
    /// A sandbox of the world that a scenario describes.
    ///
    /// # Errors
    /// What is wrong with the scenario, and where.
    pub fn from_scenario(scenario: Scenario) -> Result<Self, ScenarioError> {
        State::from_scenario(scenario).map(Self::new)
    }

    /// A sandbox of the world in a file, as [`State::load`] reads it.
    ///
    /// # Errors
    /// As [`State::load`].
    pub fn load(path: impl AsRef<Path>) -> io::Result<Self> {
        State::load(path).map(Self::new)
    }

    /// Keeps the world in a file.
    ///
    /// # Errors
    /// What the file system says.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.snapshot().save(path)
    }
}

impl Sandbox {
    /// Applies an event. Returns the id of what it made, where it made something.
    ///
    /// # Errors
    /// The refusal of the service, such as an account that does not exist; nothing has happened then.
    pub fn apply(&self, event: SandboxEvent) -> Result<Option<String>, Refusal> {
        let mut state = self.state();
        let now = self.now();
        Self::receive_late(&mut state, now.instant());
        let Inner { world, front } = &mut *state;
        world.advance_to(now);
        world.note_change_of_state();
        front.past.keep(world);
        if let SandboxEvent::Wait { seconds } = event {
            let until = now.instant().saturating_add(time::Duration::seconds(seconds.into()));
            Self::receive_late(&mut state, until);
            state.world.advance_to(until.into());
            self.clock.advance(std::time::Duration::from_secs(seconds.into()));
            return Ok(None);
        }
        let happened = world.apply(event)?;
        let waited = state.world.now.instant() - now.instant();
        self.clock.advance(waited.try_into().unwrap_or_default());
        Ok(happened)
    }
}
