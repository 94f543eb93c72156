//! Facts about customers beyond their accounts: real-name reviews, freezes, budgets, cards, contracts.

mod budgets;
mod holdings;
mod ledgers;
mod realname;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::core::{Owned, Refusal, refuse};
use huaweicloud_partner::{
    error::codes,
    types::{Amount, Personal},
};

pub(crate) use budgets::{BudgetEntry, BudgetHeld, Frozen};
pub(crate) use holdings::{Card, Contract};
pub(crate) use ledgers::VoucherEntry;
pub(crate) use realname::Application;

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct People {
    /// Applications for the authentication of a real name, in order, by customer.
    pub(crate) applications: BTreeMap<String, Vec<Application>>,
    /// Numbers of documents that reviewers refuse, with the reason.
    pub(crate) refused_documents: BTreeMap<String, Personal>,
    pub(crate) frozen: BTreeMap<String, Frozen>,
    pub(crate) budgets: BTreeMap<String, BudgetHeld>,
    /// Settings and endings of budgets with the customer.
    pub(crate) budget_entries: Vec<Owned<BudgetEntry>>,
    /// Monthly spending limits of customers that pay Huawei Cloud by the month.
    pub(crate) expenditure_quotas: BTreeMap<String, Amount>,
    /// Credit limits of partners.
    pub(crate) consumption_quotas: BTreeMap<String, Amount>,
    pub(crate) cards: BTreeMap<String, Card>,
    /// The commercial contract of each customer that has one.
    pub(crate) contracts: BTreeMap<String, Contract>,
    /// Changes of vouchers with the holder.
    pub(crate) voucher_entries: Vec<Owned<VoucherEntry>>,
    /// Customers that left a partner once.
    pub(crate) left_a_partner: BTreeSet<String>,
    /// The association of the next customer that is created is left open.
    pub(crate) association_left_open: bool,
}

/// An amount that something can be given by.
pub(crate) fn positive(amount: Amount) -> Result<Amount, Refusal> {
    if amount.is_positive() { Ok(amount) } else { Err(refuse(codes::BAD_PARAMETER)) }
}
