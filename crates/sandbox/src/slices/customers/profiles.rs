//! Profiles of accounts, as partners and Huawei Cloud keep them: a label, a level, an account manager, whether it is new.

use serde::{Deserialize, Serialize};

use crate::{
    core::{Refusal, refuse},
    state::State,
};
use huaweicloud_partner::{
    customers::{CustomerLevel, NewCustomer},
    error::codes,
    types::{BillCycle, Personal},
};

/// Profile of a customer or reseller, set by the event `set_profile` as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AccountProfile {
    /// The label that the partner gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Personal>,
    /// Level of the account, `V0` to `V5`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<CustomerLevel>,
    /// The id of the partner's account manager for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager_id: Option<Personal>,
    /// The name of that account manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager_name: Option<Personal>,
    /// Whether it counts as a new customer: `Y`, `N` or `UNDETERMINED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_customer: Option<NewCustomer>,
    /// The first month in which that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_customer_from: Option<BillCycle>,
    /// The last month in which that holds; it counts as `N` afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_customer_until: Option<BillCycle>,
}

impl State {
    /// Sets what is said about an account, in place of what was said before.
    pub(crate) fn set_profile(&mut self, account: &str, profile: AccountProfile) -> Result<(), Refusal> {
        if !self.accounts.contains_key(account) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let known = profile.level.as_ref().is_none_or(CustomerLevel::is_known)
            && profile.new_customer.as_ref().is_none_or(NewCustomer::is_known);
        if !known {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        self.customers.profiles.insert(account.to_owned(), profile);
        self.note_change_of_state();
        Ok(())
    }
}
