//! Voucher quotas of partners and resellers, and the vouchers that they issue to customers.

mod handlers;
mod issuing;
mod quotas;
mod views;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use quotas::Quota;
pub use quotas::QuotaLimits;
pub(crate) use views::quota_limits;

pub(crate) use handlers::ROUTES;

/// The state of this slice. The vouchers themselves are in the wallets of their holders.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Vouchers {
    pub(crate) quotas: BTreeMap<String, Quota>,
}
