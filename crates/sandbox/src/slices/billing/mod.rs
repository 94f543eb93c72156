//! Use and its charges, arrears, taxes, bills, costs and invoices.

mod arrears;
mod bandwidth;
mod costs;
mod handlers;
mod invoices;
mod lines;
mod month;
mod selection;
mod taxes;
#[cfg(test)]
mod tests;
mod uses;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::core::Owned;
use huaweicloud_partner::{
    bills::Invoice,
    types::{Amount, BillCycle, Day, UtcTime},
};

use bandwidth::Bandwidth;
pub use bandwidth::BandwidthMeasurement;
pub(crate) use handlers::ROUTES;
use month::Month;
use taxes::Tax;
pub use uses::ResourceUse;

#[cfg(feature = "server")]
pub(crate) use lines::{Kind, Line, Selection};
#[cfg(feature = "server")]
pub(crate) use selection::joined;

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Billing {
    /// Resources that were closed because they were not paid for, with their customers.
    closed: BTreeSet<(String, String)>,
    /// Customers for whose debts resources were closed, with the time since which they had the debt.
    closed_for: BTreeMap<String, UtcTime>,
    /// Tax rates of accounts, and the months charged so far.
    taxes: BTreeMap<String, Tax>,
    /// Customers that do not see costs, and why.
    costs: BTreeMap<String, CostAccess>,
    bandwidths: Vec<Bandwidth>,
    /// Invoices that were applied for, with the account.
    invoices: Vec<Owned<Invoice>>,
    /// Large months of the sandbox.
    months: Vec<Month>,
}

/// Whether a customer sees its costs by dimension and by month; bills are seen by everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CostAccess {
    /// Costs are visible, as every account begins. This is how every account begins.
    Shown,
    /// Cost centre is switched off.
    Off,
    /// Partner hides the costs.
    HiddenByPartner,
    /// Enterprise master hides the costs.
    HiddenByMaster,
}

/// The sum of two amounts of one world. The books hold the sum of all charges, so none of them has too many digits.
pub(crate) fn plus(a: Amount, b: Amount) -> Amount {
    a.checked_add(b).unwrap_or(a)
}

/// The first and the last day of a cycle.
pub(crate) fn days_of(cycle: BillCycle) -> (Day, Day) {
    let first = |cycle: BillCycle| {
        time::Date::from_calendar_date(cycle.year(), cycle.month(), 1).unwrap_or(time::Date::MAX)
    };
    let last = first(cycle.next()).previous_day().unwrap_or(time::Date::MAX);
    (first(cycle).into(), last.into())
}
