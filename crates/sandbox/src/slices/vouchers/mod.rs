//! Voucher quotas of partners and resellers, and the vouchers that they issue to customers.

mod handlers;
mod issuing;
mod quotas;
mod views;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use huaweicloud_partner::types::UtcTime;

pub(crate) use handlers::ROUTES;
pub(crate) use quotas::Quota;
pub use quotas::QuotaLimits;
pub(crate) use views::quota_limits;

/// The state of this slice. The vouchers themselves are in the wallets of their holders.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Vouchers {
    quotas: BTreeMap<String, Quota>,
}

impl Vouchers {
    /// All quotas in the order of their ids.
    pub(crate) fn quotas(&self) -> impl Iterator<Item = &Quota> {
        self.quotas.values()
    }

    /// A quota by its id.
    pub(crate) fn quota(&self, id: &str) -> Option<&Quota> {
        self.quotas.get(id)
    }

    /// Keeps a new quota.
    pub(crate) fn keep_quota(&mut self, quota: Quota) {
        self.quotas.insert(quota.id.clone(), quota);
    }

    /// Marks a quota as taken back.
    pub(crate) fn mark_reclaimed(&mut self, id: &str, now: UtcTime) {
        if let Some(quota) = self.quotas.get_mut(id) {
            quota.reclaimed = true;
            quota.updated = now;
        }
    }
}
