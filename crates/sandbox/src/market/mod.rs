//! What can be bought, and what was: offers, orders, resources, packages.

mod catalogue;
mod discounts;
mod ending;
mod keeping;
mod ordering;
mod packages;
mod paying;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use huaweicloud_partner::types::UtcTime;

pub use discounts::{NewDiscount, Reckoning};
pub use ordering::{Attachment, NewLine, NewOrder};
pub use packages::PackageUse;
pub use terms::Term;

pub(super) use catalogue::{Name, Offer, abbreviation, currency_of, language_of, offers_of};
pub(super) use discounts::Discount;
pub(super) use keeping::Resource;
pub(super) use ordering::{Kept, Line, Order, sum};
pub(super) use packages::{Deduction, Package};
pub(super) use paying::{MOST_VOUCHERS, Means};
pub(super) use terms::{period_price, sized, times};

/// The state of this room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Market {
    /// By id, which is the order of time.
    orders: BTreeMap<String, Order>,
    resources: BTreeMap<String, Resource>,
    packages: BTreeMap<String, Package>,
    deductions: Vec<Deduction>,
    discounts: BTreeMap<String, Discount>,
    renewal_days: BTreeMap<String, keeping::RenewalDays>,
    /// When which resource is to be renewed by itself; some entries are out of date.
    agenda: BTreeSet<(UtcTime, String)>,
}

impl Market {
    pub(super) fn orders(&self) -> impl DoubleEndedIterator<Item = &Order> {
        self.orders.values()
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.values()
    }

    pub(super) fn deductions(&self) -> &[Deduction] {
        &self.deductions
    }

    pub(super) fn package(&self, id: &str) -> Option<&Package> {
        self.packages.get(id)
    }
}
