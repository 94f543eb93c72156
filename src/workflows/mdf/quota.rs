//! Quotas of the market development fund.

use serde::{Deserialize, Serialize};

use super::Comments;
use crate::{
    types::{Amount, Currency, PartnerId},
    workflow::{events, states},
};

/// Facts of a quota, from its events. Kind `mdf_quota`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quota {
    /// Current grant of the quota.
    pub grant: Option<MdfGrant>,
    /// Granted amount, tax included, as everything that is held against it.
    pub amount: Amount,
}

states! {
    /// Position of a quota in its life cycle.
    pub enum QuotaState {
        /// Applications can be made on it.
        Granted = "granted",
        /// Taken away after a violation. Nothing new can be applied for or claimed.
        Withdrawn = "withdrawn",
    }
}

events! {
    /// Step in the life of a quota.
    pub enum QuotaEvent: QuotaEventKind of Quota {
        /// Huawei grants it after a certification and the authentication of the business information.
        Grant(MdfGrant) = "grant",
        /// Huawei raises or lowers it; the ecosystem manager is the one to ask.
        Change(QuotaChange) = "change",
        /// Huawei ends the eligibility for the year.
        Withdraw(Comments) = "withdraw",
    }
}

/// A granted quota. For solution providers of the China site: none at the preferred tier, CNY 150,000 at the leading
/// and CNY 500,000 at the core tier; other amounts are not published.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MdfGrant {
    /// The partner, in a record store that serves several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerId>,
    /// Source of the grant: path, or program and tier.
    pub benefit: String,
    /// Amount of the invoice, tax included.
    pub amount: Amount,
    /// Currency of the amounts.
    pub currency: Currency,
}

crate::__debug_by_shape! { MdfGrant { partner, benefit, amount, currency } }

/// A new amount of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaChange {
    /// The whole amount from now on, not the difference. Not below what applications hold.
    pub amount: Amount,
}
