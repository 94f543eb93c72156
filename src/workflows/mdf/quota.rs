//! Quotas.

use serde::{Deserialize, Serialize};

use super::Comments;
use crate::{
    types::{Amount, Currency, PartnerId},
    workflow::{events, states},
};

/// What the events of a quota have said so far. Kind `mdf_quota`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quota {
    /// The grant.
    pub grant: Option<MdfGrant>,
    /// What is granted now. Tax included, as everything that is held against it.
    pub amount: Amount,
}

states! {
    /// Where a quota stands.
    pub enum QuotaState {
        /// Applications can be made on it.
        Granted = "granted",
        /// Taken away after a violation. Nothing new can be applied for or claimed.
        Withdrawn = "withdrawn",
    }
}

events! {
    /// What happens to a quota.
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MdfGrant {
    /// The partner, on a desk that serves several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerId>,
    /// Where it comes from: path, or program and tier.
    pub benefit: String,
    /// How much, tax included.
    pub amount: Amount,
    /// In which currency.
    pub currency: Currency,
}

/// A new amount of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaChange {
    /// The whole amount from now on, not the difference. Not below what applications hold.
    pub amount: Amount,
}
