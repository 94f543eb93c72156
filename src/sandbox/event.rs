//! What happens outside the API: in the console, at a bank, with time.

use serde::{Deserialize, Serialize};

use super::{
    Sandbox,
    billing::{BandwidthMeasurement, CostAccess, ResourceUse},
    ledger::Book,
    world::{Refusal, World, refuse},
};
use crate::{
    bills::Invoice,
    clock::Clock,
    error::codes,
    types::{Amount, BillCycle},
};

/// Something that happens to a world and that no operation of the API can do. Scenario files are made of them, and the
/// server takes them as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// Somebody pays money onto an account.
    Recharge {
        /// Whose account.
        account: String,
        /// How much, above zero.
        amount: Amount,
    },
    /// A customer uses a resource that is paid for by use.
    Use(ResourceUse),
    /// The bandwidth of a resource is measured.
    MeasureBandwidth(BandwidthMeasurement),
    /// Somebody applies for an invoice.
    IssueInvoice {
        /// Who.
        account: String,
        /// The invoice, as it will be listed. An empty id, title and hour of the application are filled in.
        invoice: Box<Invoice>,
    },
    /// A month that is over gets many rows in the bills, shared among all customers of partners and made whenever they are
    /// asked for: they take no room. The money they cost came in and went out.
    FillMonth {
        /// Which month.
        cycle: BillCycle,
        /// How many rows.
        rows: u32,
    },
    /// It is decided whether a customer sees its costs by dimension and month.
    SetCostAccess {
        /// The customer.
        account: String,
        /// Whether, and why not.
        access: CostAccess,
    },
}

impl Sandbox {
    /// Lets something happen. Answers the id of what came of it, where something did.
    ///
    /// # Errors
    /// The refusal of the service, such as an account that does not exist; nothing has happened then.
    pub fn happen(&self, event: Event) -> Result<Option<String>, Refusal> {
        let mut state = self.state();
        state.world.turn_to(self.clock.now().into());
        state.world.happen(event)
    }
}

impl World {
    /// Lets something happen at the world's hour. Answers the id of what came of it, where something did.
    ///
    /// # Errors
    /// The refusal of the service; nothing has happened then.
    pub fn happen(&mut self, event: Event) -> Result<Option<String>, Refusal> {
        match event {
            Event::Recharge { account, amount } => {
                if !self.accounts.contains_key(&account) {
                    return Err(refuse(codes::ACCOUNT_NOT_FOUND));
                }
                self.move_money("recharge", Book::outside("recharge"), Book::cash(&account), amount)?;
                Ok(None)
            }
            Event::Use(what) => self.use_resource(what).map(Some),
            Event::MeasureBandwidth(measured) => self.measure_bandwidth(measured).map(|()| None),
            Event::IssueInvoice { account, invoice } => self.issue_invoice(&account, *invoice).map(Some),
            Event::FillMonth { cycle, rows } => self.fill_month(cycle, rows).map(|()| None),
            Event::SetCostAccess { account, access } => self.set_cost_access(account, access).map(|()| None),
        }
    }
}
