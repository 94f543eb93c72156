//! Customers: their registration, real names, associations, profiles, budgets and restrictions.

mod associations;
mod budgets;
mod freezing;
mod handlers;
mod profiles;
mod realname;
mod registration;
mod restrictions;

use crate::core::Owned;
use budgets::{BudgetEntry, BudgetHeld, Frozen};
pub(crate) use handlers::ROUTES;
use huaweicloud_partner::types::{Amount, Personal};
pub use profiles::AccountProfile;
use realname::Application;
pub(crate) use registration::ACCOUNTS_PER_NUMBER;
pub use restrictions::Restriction;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Customers {
    /// Applications for the authentication of a real name, in order, by customer.
    applications: BTreeMap<String, Vec<Application>>,
    /// Numbers of documents that reviewers refuse, with the reason.
    refused_documents: BTreeMap<String, Personal>,
    frozen: BTreeMap<String, Frozen>,
    budgets: BTreeMap<String, BudgetHeld>,
    /// Settings and endings of budgets with the customer.
    budget_entries: Vec<Owned<BudgetEntry>>,
    /// Monthly spending limits of customers that pay Huawei Cloud by the month.
    expenditure_quotas: BTreeMap<String, Amount>,
    /// Credit limits of partners.
    consumption_quotas: BTreeMap<String, Amount>,
    /// Profiles of accounts.
    profiles: BTreeMap<String, AccountProfile>,
    /// Restrictions of accounts.
    restrictions: BTreeMap<String, BTreeSet<Restriction>>,
    /// Telephone numbers and e-mail addresses that Huawei Cloud has as leads.
    leads: BTreeSet<String>,
    /// Partners that have no bucket for the files of applications.
    without_bucket: BTreeSet<String>,
    /// The sizes in megabytes of files in the buckets of partners, by partner and path.
    file_sizes: BTreeMap<String, BTreeMap<String, u32>>,
    /// Numbers of documents for which applications are refused at once, with the code.
    refused_identities: BTreeMap<String, String>,
    /// Customers that left a partner once.
    left_a_partner: BTreeSet<String>,
    /// The association of the next customer that is created is left open.
    association_left_open: bool,
}

impl Customers {
    /// The profile of an account, if one was set.
    pub(crate) fn profile(&self, account: &str) -> Option<&AccountProfile> {
        self.profiles.get(account)
    }

    /// The monthly spending limit of a customer that pays Huawei Cloud by the month.
    pub(crate) fn expenditure_quota(&self, customer: &str) -> Option<Amount> {
        self.expenditure_quotas.get(customer).copied()
    }

    /// Whether a customer left a partner once.
    pub(crate) fn has_left_a_partner(&self, customer: &str) -> bool {
        self.left_a_partner.contains(customer)
    }

    /// From now on reviewers refuse every application with a document.
    pub(crate) fn reject_document(&mut self, number: &Personal, reason: Personal) {
        self.refused_documents.insert(number.expose().to_owned(), reason);
    }

    /// Leaves the association of the next customer that is created open.
    pub(crate) fn leave_association_open(&mut self) {
        self.association_left_open = true;
    }

    /// The budget of a customer.
    pub(crate) fn budget(&self, customer: &str) -> Option<&BudgetHeld> {
        self.budgets.get(customer)
    }

    /// Settings and endings of budgets with the customer, in the order of time.
    pub(crate) fn budget_entries(&self) -> &[Owned<BudgetEntry>] {
        &self.budget_entries
    }

    /// The credit limit of a partner.
    pub(crate) fn consumption_quota(&self, partner: &str) -> Option<Amount> {
        self.consumption_quotas.get(partner).copied()
    }
}
