//! Facts about customers beyond their accounts: real-name reviews, freezes, budgets, cards, contracts.

mod budgets;
mod holdings;
mod ledgers;
mod profiles;
mod realname;
mod restrictions;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::core::{Owned, Refusal, refuse};
use huaweicloud_partner::{
    error::codes,
    types::{Amount, Personal, UtcTime},
};

pub(crate) use budgets::{BudgetEntry, BudgetHeld, Frozen};
pub(crate) use holdings::{Card, Contract};
pub(crate) use ledgers::VoucherEntry;
pub use profiles::AccountProfile;
pub(crate) use realname::Application;
pub use restrictions::Restriction;

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
    /// Profiles of accounts.
    pub(crate) profiles: BTreeMap<String, AccountProfile>,
    /// Restrictions of accounts.
    pub(crate) restrictions: BTreeMap<String, BTreeSet<Restriction>>,
    /// Telephone numbers and e-mail addresses that Huawei Cloud has as leads.
    pub(crate) leads: BTreeSet<String>,
    /// Partners that have no bucket for the files of applications.
    pub(crate) without_bucket: BTreeSet<String>,
    /// The sizes in megabytes of files in the buckets of partners, by partner and path.
    pub(crate) file_sizes: BTreeMap<String, BTreeMap<String, u32>>,
    /// Numbers of documents for which applications are refused at once, with the code.
    pub(crate) refused_identities: BTreeMap<String, String>,
    /// Issued vouchers by the time of their expiry.
    pub(crate) voucher_ends: BTreeSet<(UtcTime, String)>,
    /// Customers that left a partner once.
    pub(crate) left_a_partner: BTreeSet<String>,
    /// The association of the next customer that is created is left open.
    pub(crate) association_left_open: bool,
}

/// An amount that something can be given by.
pub(crate) fn positive(amount: Amount) -> Result<Amount, Refusal> {
    if amount.is_positive() { Ok(amount) } else { Err(refuse(codes::BAD_PARAMETER)) }
}
