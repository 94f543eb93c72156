//! Quotas from which partners and resellers issue vouchers.

use serde::{Deserialize, Serialize};

use crate::{
    core::{LedgerAccount, Refusal, refuse},
    slices::wallet::VoucherKind,
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    types::{Amount, UtcTime},
    vouchers::QuotaStatus,
};

/// A quota from which vouchers are issued.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Quota {
    pub(crate) id: String,
    /// The partner or reseller that issues from it.
    pub(crate) holder: String,
    /// The distributor's quota it was cut from.
    pub(crate) parent: Option<String>,
    pub(crate) value: Amount,
    pub(crate) reclaimed: bool,
    pub(crate) created: UtcTime,
    pub(crate) updated: UtcTime,
    pub(crate) effective: UtcTime,
    pub(crate) expires: UtcTime,
    #[serde(default)]
    pub(crate) limits: QuotaLimits,
    /// Type of the quota's vouchers.
    #[serde(default)]
    pub(crate) kind: VoucherKind,
    /// The status that Huawei Cloud set; else it follows from the time.
    #[serde(default)]
    pub(crate) set_status: Option<QuotaStatus>,
}

/// Limits on the vouchers that may be issued from a quota and on their receivers. Without limits any voucher
/// may be issued to any customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct QuotaLimits {
    /// The cloud services that its vouchers may pay for, by their codes; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// The products that its vouchers may pay for, by their ids; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// The kinds of order that its vouchers may pay, of `new`, `renew` and `change`; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order_types: Vec<String>,
    /// The least face value of a voucher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_face_value: Option<Amount>,
    /// The greatest face value of a voucher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_face_value: Option<Amount>,
    /// Maximum number of vouchers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_number: Option<u32>,
    /// Maximum value of all vouchers together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_total: Option<Amount>,
    /// The customers who may receive its vouchers; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<String>,
    /// Whether only customers that are associated with a partner for the first time receive its vouchers.
    pub first_association_only: bool,
}

impl Quota {
    pub(crate) fn is_in_force(&self, now: UtcTime) -> bool {
        !self.reclaimed && self.effective <= now && now < self.expires
    }

    /// As partners see it: what was set counts until the quota ends.
    pub(crate) fn status(&self, now: UtcTime) -> QuotaStatus {
        match self.set_status {
            _ if !self.is_in_force(now) => QuotaStatus::Invalid,
            Some(set) => set,
            None => QuotaStatus::Normal,
        }
    }
}

impl State {
    /// Huawei Cloud grants a quota to a partner.
    pub(crate) fn grant_quota(
        &mut self,
        account: &str,
        value: Amount,
        days: u32,
        id: Option<String>,
        limits: QuotaLimits,
        kind: VoucherKind,
    ) -> Result<String, Refusal> {
        let holder = self.accounts.get(account).filter(|account| account.kind.is_partner());
        let Some(holder) = holder.map(|account| account.id.clone()) else {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        };
        let id = id.unwrap_or_else(|| self.fresh("quota-"));
        let discount = matches!(kind, VoucherKind::Discount(_));
        if !value.is_positive() || discount || self.vouchers.quotas.contains_key(&id) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        self.move_money(
            "quota from outside",
            LedgerAccount::outside("quota"),
            LedgerAccount::quota(&id),
            value,
        )?;
        let now = self.now;
        let expires = now.instant().saturating_add(time::Duration::days(days.into())).into();
        let quota = Quota {
            id: id.clone(),
            holder,
            parent: None,
            value,
            reclaimed: false,
            created: now,
            updated: now,
            effective: now,
            expires,
            limits,
            kind,
            set_status: None,
        };
        self.vouchers.quotas.insert(id.clone(), quota);
        Ok(id)
    }

    pub(crate) fn set_quota_status(&mut self, quota: &str, status: QuotaStatus) -> Result<(), Refusal> {
        if !status.is_known() {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let now = self.now;
        let quota = self.vouchers.quotas.get_mut(quota).filter(|quota| !quota.reclaimed);
        let quota = quota.ok_or_else(|| refuse(codes::QUOTA_NOT_USABLE))?;
        quota.set_status = Some(status).filter(|status| *status != QuotaStatus::Normal);
        quota.updated = now;
        self.note_change_of_state();
        Ok(())
    }
}
