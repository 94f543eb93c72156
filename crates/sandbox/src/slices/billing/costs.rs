//! Rules for the visibility of costs.

use super::CostAccess;
use crate::{
    core::{Refusal, refuse},
    state::State,
};
use huaweicloud_partner::error::codes;

impl State {
    /// Refuses an account that does not see costs, with the code that says why.
    pub(crate) fn check_cost_access(&self, account: &str) -> Result<(), Refusal> {
        match self.billing.costs.get(account).copied().unwrap_or(CostAccess::Shown) {
            CostAccess::Shown => Ok(()),
            CostAccess::Off => Err(refuse(codes::COST_CENTRE_OFF)),
            CostAccess::HiddenByPartner => Err(refuse(codes::COSTS_HIDDEN_BY_PARTNER)),
            CostAccess::HiddenByMaster => Err(refuse(codes::COSTS_HIDDEN_BY_MASTER)),
        }
    }

    pub(crate) fn set_cost_access(&mut self, account: String, access: CostAccess) -> Result<(), Refusal> {
        if !self.accounts.contains_key(&account) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        self.billing.costs.insert(account, access);
        Ok(())
    }
}
