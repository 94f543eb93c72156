//! The resellers of a distributor: their accounts and their voucher quotas.

mod handlers;
mod quotas;

use serde::{Deserialize, Serialize};

use crate::core::Owned;
use huaweicloud_partner::resellers::QuotaRecord;

pub(crate) use handlers::ROUTES;

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Resellers {
    /// Grants and reclaims of resellers' quotas with the distributor.
    quota_records: Vec<Owned<QuotaRecord>>,
}
