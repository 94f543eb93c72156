//! What happens outside the API: in the console, at a bank, with time.

use serde::{Deserialize, Serialize};

use super::{
    Sandbox,
    ledger::Book,
    world::{Refusal, World, refuse},
};
use crate::{clock::Clock, error::codes, types::Amount};

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
    /// Something happens about service tickets.
    #[cfg(feature = "tickets")]
    Tickets(super::tickets::TicketEvent),
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
            #[cfg(feature = "tickets")]
            Event::Tickets(event) => self.happen_about_tickets(event),
            Event::Recharge { account, amount } => {
                if !self.accounts.contains_key(&account) {
                    return Err(refuse(codes::ACCOUNT_NOT_FOUND));
                }
                self.move_money("recharge", Book::outside("recharge"), Book::cash(&account), amount)?;
                Ok(None)
            }
        }
    }
}
