//! Customers: their registration, real names, associations, profiles, budgets and restrictions.

mod associations;
mod budgets;
mod handlers;
mod profiles;
mod realname;
mod registration;
mod restrictions;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::core::Owned;
use huaweicloud_partner::types::{Amount, Personal};

pub(crate) use handlers::ROUTES;
pub use profiles::AccountProfile;
pub(crate) use registration::ACCOUNTS_PER_NUMBER;
pub use restrictions::Restriction;

use budgets::{BudgetEntry, BudgetHeld, Frozen};
use realname::Application;

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Customers {
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
    /// Customers that left a partner once.
    pub(crate) left_a_partner: BTreeSet<String>,
    /// The association of the next customer that is created is left open.
    pub(crate) association_left_open: bool,
}
