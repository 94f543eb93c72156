//! Orders, what was subscribed to by them, and resource packages.

mod discounts;
mod funds;
mod handlers;
mod order;
mod packages;
mod payment;
mod restrictions;
mod subscriptions;
mod unsubscription;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use huaweicloud_partner::types::{Amount, UtcTime};

pub use funds::FundsHolder;
pub(crate) use handlers::ROUTES;
pub use order::{Attachment, NewLine, NewOrder};
pub(crate) use order::{Kept, Line, Order};
pub use packages::PackageUse;
pub(crate) use packages::{Deduction, Package};
pub use restrictions::ResourceRestriction;
use subscriptions::RenewalDays;
pub(crate) use subscriptions::Resource;

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Orders {
    /// By id, which is the order of time.
    orders: BTreeMap<String, Order>,
    resources: BTreeMap<String, Resource>,
    packages: BTreeMap<String, Package>,
    deductions: Vec<Deduction>,
    renewal_days: BTreeMap<String, RenewalDays>,
    /// Times at which resources are to be renewed automatically; some entries are out of date.
    agenda: BTreeSet<(UtcTime, String)>,
    /// Amounts that are left for orders, by customer and holder.
    funds: BTreeMap<String, BTreeMap<FundsHolder, Amount>>,
    /// Restrictions of resources.
    restrictions: BTreeMap<String, BTreeSet<ResourceRestriction>>,
}

impl Orders {
    pub(crate) fn orders(&self) -> impl DoubleEndedIterator<Item = &Order> {
        self.orders.values()
    }

    pub(crate) fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.values()
    }

    pub(crate) fn deductions(&self) -> &[Deduction] {
        &self.deductions
    }

    pub(crate) fn package(&self, id: &str) -> Option<&Package> {
        self.packages.get(id)
    }
}
