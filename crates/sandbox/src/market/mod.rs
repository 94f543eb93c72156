//! Market: offers, orders, resources, packages.

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

pub(crate) use catalogue::{Name, Offer, abbreviation, language_of, offers, offers_of};
pub(crate) use discounts::Discount;
pub(crate) use keeping::Resource;
pub(crate) use ordering::{Kept, Line, Means, Order, sum};
pub(crate) use packages::{Deduction, Package};
pub(crate) use paying::MOST_VOUCHERS;
pub(crate) use terms::{period_price, sized, times};

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Market {
    /// By id, which is the order of time.
    orders: BTreeMap<String, Order>,
    resources: BTreeMap<String, Resource>,
    packages: BTreeMap<String, Package>,
    deductions: Vec<Deduction>,
    discounts: BTreeMap<String, Discount>,
    renewal_days: BTreeMap<String, keeping::RenewalDays>,
    /// Offers of which nothing is left.
    sold_out: BTreeSet<String>,
    /// Vouchers and cards that an order which waits for approval will be paid with, by their ids.
    locks: BTreeMap<String, String>,
    /// Times at which resources are to be renewed automatically; some entries are out of date.
    agenda: BTreeSet<(UtcTime, String)>,
}

impl Market {
    pub(crate) fn orders(&self) -> impl DoubleEndedIterator<Item = &Order> {
        self.orders.values()
    }

    /// The order that waits for approval and will be paid with a voucher.
    pub(crate) fn lock_on(&self, voucher: &str) -> Option<&str> {
        self.locks.get(voucher).map(String::as_str)
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
