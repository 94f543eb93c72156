//! What happens outside the API: in the console, at a bank, with time.

use serde::{Deserialize, Serialize};

use super::{
    Sandbox,
    faults::Occasion,
    ledger::Book,
    world::{Quota, Refusal, World, refuse},
};
use crate::{error::codes, transport::Fault, types::Amount};

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
    /// Huawei Cloud grants a partner a quota from which it can issue vouchers. Answers the quota's id.
    GrantQuota {
        /// The partner.
        account: String,
        /// Its value, above zero.
        amount: Amount,
        /// How many days it can be used, from now on.
        days: u32,
        /// Its id, where it is to be a certain one that no other quota has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// A customer lets a partner act for it, by a token or temporary keys.
    GrantAgency {
        /// The customer.
        customer: String,
        /// What the agency is called.
        name: String,
        /// The partner.
        partner: String,
    },
    /// A person changes the password of an account's user.
    SetPassword {
        /// Whose.
        account: String,
        /// The new one.
        password: crate::types::Secret,
    },
    /// Time passes, and what becomes due happens.
    Wait {
        /// How long.
        seconds: u32,
    },
    /// Something goes wrong with some of the requests to come.
    Inject {
        /// What.
        fault: Fault,
        /// With which.
        when: Occasion,
    },
    /// The chances of faults begin anew from here.
    SeedFaults {
        /// Any number; the same one gives the same faults.
        seed: u64,
    },
}

impl Sandbox {
    /// Lets something happen. Answers the id of what came of it, where something did.
    ///
    /// # Errors
    /// The refusal of the service, such as an account that does not exist; nothing has happened then.
    pub fn happen(&self, event: Event) -> Result<Option<String>, Refusal> {
        let mut state = self.state();
        let now = self.hour();
        state.world.turn_to(now);
        let happened = state.world.happen(event)?;
        let waited = state.world.now.instant() - now.instant();
        self.clock.advance(waited.try_into().unwrap_or_default());
        Ok(happened)
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
            Event::GrantQuota { account, amount, days, id } => {
                self.grant_quota(&account, amount, days, id).map(Some)
            }
            Event::GrantAgency { customer, name, partner } => {
                self.grant_agency(&customer, &name, &partner)?;
                Ok(None)
            }
            Event::SetPassword { account, password } => {
                if !self.accounts.contains_key(&account) {
                    return Err(refuse(codes::ACCOUNT_NOT_FOUND));
                }
                self.identities.set_password(&account, password);
                Ok(None)
            }
            Event::Wait { seconds } => {
                let later = self.now.instant().saturating_add(time::Duration::seconds(seconds.into()));
                self.turn_to(later.into());
                Ok(None)
            }
            Event::Inject { fault, when } => {
                self.inject(fault, when)?;
                Ok(None)
            }
            Event::SeedFaults { seed } => {
                self.faults.seed(seed);
                Ok(None)
            }
        }
    }

    /// Huawei Cloud grants a quota to a partner.
    fn grant_quota(
        &mut self,
        account: &str,
        value: Amount,
        days: u32,
        id: Option<String>,
    ) -> Result<String, Refusal> {
        let holder = self.accounts.get(account).filter(|account| account.kind.is_partner());
        let Some(holder) = holder.map(|account| account.id.clone()) else {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        };
        let id = id.unwrap_or_else(|| self.fresh("quota-"));
        if !value.is_positive() || self.quotas.contains_key(&id) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        self.move_money("quota from outside", Book::outside("quota"), Book::quota(&id), value)?;
        let now = self.now;
        let expires = now.instant().saturating_add(time::Duration::days(days.into())).into();
        let quota = Quota {
            id: id.clone(),
            holder,
            parent: None,
            value,
            reclaimed: false,
            created: now,
            updated: now,
            effective: now,
            expires,
        };
        self.quotas.insert(id.clone(), quota);
        Ok(id)
    }
}
