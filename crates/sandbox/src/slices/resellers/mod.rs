//! The resellers of a distributor: their accounts and their voucher quotas.

mod handlers;
mod quotas;

use crate::core::Owned;
pub(crate) use handlers::ROUTES;
use huaweicloud_partner::resellers::QuotaRecord;
use serde::{Deserialize, Serialize};

/// The state of this slice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Resellers {
    /// Grants and reclaims of resellers' quotas with the distributor.
    quota_records: Vec<Owned<QuotaRecord>>,
}

impl Resellers {
    /// Grants and reclaims of quotas by a distributor, in the order of time.
    pub(crate) fn quota_records<'r>(&'r self, distributor: &'r str) -> impl Iterator<Item = &'r QuotaRecord> {
        self.quota_records.iter().filter(move |entry| entry.owner == distributor).map(|entry| &entry.record)
    }
}
