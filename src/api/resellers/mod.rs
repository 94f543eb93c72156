//! Resellers: a distributor's second tier, their accounts and their voucher quotas.
//!
//! Only a distributor, the first tier, has resellers. It acts for them with its own credentials and names the reseller
//! in the request; a reseller's own credentials are accepted nowhere in the documented API. The id of a reseller, on the
//! wire `indirect_partner_id`, comes from [`ListResellers`] and plays three parts elsewhere in the crate: the target of a
//! call, the one on whose behalf a call is made (the customer belongs to that reseller), or a filter.
//!
//! | To do | Operation | Repeat |
//! |---|---|---|
//! | find resellers | [`ListResellers`] | safe |
//! | give a reseller money | [`AllocateToReseller`] | moves the money again |
//! | take money back | [`ReclaimFromReseller`] | moves the money again |
//! | let a reseller issue vouchers | [`GrantVoucherQuotas`] | grants again |
//! | take back what it has not issued | [`ReclaimVoucherQuotas`] | nothing left to take |
//! | see quotas and their history | [`ListGrantedVoucherQuotas`], [`ListVoucherQuotaRecords`] | safe |
//!
//! Money flows from the distributor's account to the reseller's, and from there, with
//! [`AllocateToCustomer`](crate::partners::AllocateToCustomer) on behalf of the reseller, to the reseller's customers. What
//! a reseller has left is seen with [`ShowBalances`](crate::partners::ShowBalances) for that reseller.
//!
//! The transfers and quota grants exist on the China site only; amounts are yuan.

mod accounts;
mod directory;
mod quotas;

pub use accounts::{AllocateToReseller, Allocation, Reclaim, ReclaimFromReseller};
pub use directory::{ListResellers, Reseller, ResellerPage};
pub use quotas::{
    GrantOutcome, GrantVoucherQuotas, GrantedQuota, GrantedQuotaPage, GrantedQuotaStatus,
    ListGrantedVoucherQuotas, ListVoucherQuotaRecords, QuotaGrant, QuotaOperation, QuotaReclaim, QuotaRecord,
    QuotaRecordPage, QuotaResult, ReclaimOutcome, ReclaimVoucherQuotas,
};
