//! Funds of an enterprise project or of an organization, from which orders are paid.

use serde::{Deserialize, Serialize};

use super::order::{Line, Order};
use crate::{
    core::{Refusal, refuse, sum},
    state::State,
};
use huaweicloud_partner::{error::codes, types::Amount};

/// Holder of funds that are set aside for the orders of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FundsHolder {
    /// The default enterprise project (`CBC.99003155`).
    EnterpriseProject,
    /// The organization of the enterprise that the customer belongs to (`CBC.99003198`).
    Organization,
}

impl State {
    /// Sets what is left for the orders of a customer; without an amount they need no funds.
    pub(crate) fn set_funds(
        &mut self,
        customer: &str,
        of: FundsHolder,
        amount: Option<Amount>,
    ) -> Result<(), Refusal> {
        self.accounts.customer_site(customer)?;
        if amount.is_some_and(Amount::is_negative) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let funds = self.orders.funds.entry(customer.to_owned()).or_default();
        match amount {
            Some(amount) => drop(funds.insert(of, amount)),
            None => drop(funds.remove(&of)),
        }
        self.note_change_of_state();
        Ok(())
    }

    /// Refuses an order that costs more than is set aside for it.
    pub(crate) fn check_funds(&self, order: &Order) -> Result<(), Refusal> {
        let due = sum(order.lines.iter().map(Line::due));
        for (holder, left) in self.orders.funds.get(&order.customer).into_iter().flatten() {
            if due > *left {
                return Err(refuse(match holder {
                    FundsHolder::EnterpriseProject => codes::PROJECT_FUNDS_TOO_LOW,
                    FundsHolder::Organization => codes::BUDGET_TOO_LOW,
                }));
            }
        }
        Ok(())
    }

    /// Takes a paid order from the funds. No source says that an unsubscription gives anything back to them, so none does.
    pub(crate) fn draw_funds(&mut self, order: &Order) {
        let due = sum(order.lines.iter().map(Line::due));
        for left in
            self.orders.funds.get_mut(&order.customer).into_iter().flat_map(|funds| funds.values_mut())
        {
            *left = sum([*left, due.negated()]);
        }
    }
}
