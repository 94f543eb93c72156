//! Resellers: a distributor's second tier, their accounts and their voucher quotas.
//!
//! Only a distributor, the first tier, has resellers. It acts for them with its own credentials and names the reseller in
//! the request; the documented API accepts no credentials of a reseller. The id of a reseller, on the wire
//! `indirect_partner_id`, comes from [`ListResellers`]. Elsewhere in the crate it is the target of a call, the account on
//! whose behalf a call is made (the customer belongs to that reseller), or a filter.
//!
//! | Task | Operation | Effect of a repeat |
//! |---|---|---|
//! | list resellers | [`ListResellers`] | none |
//! | transfer money to a reseller | [`AllocateToReseller`] | transfers again |
//! | take money back | [`ReclaimFromReseller`] | takes back again |
//! | grant a reseller a voucher quota | [`GrantVoucherQuotas`] | grants again |
//! | take back the rest of a quota | [`ReclaimVoucherQuotas`] | none |
//! | list quotas and their history | [`ListGrantedVoucherQuotas`], [`ListVoucherQuotaRecords`] | none |
//!
//! Money flows from the distributor's account to the reseller's, and from there, with
//! [`AllocateToCustomer`](crate::partners::AllocateToCustomer) on behalf of the reseller, to the reseller's customers. The
//! balance of a reseller is shown by [`ShowBalances`](crate::partners::ShowBalances) for that reseller.
//!
//! The transfers and quota grants exist on the China site only; amounts are yuan. They have no idempotency key:
//! [`Client::send_once`](crate::Client::send_once) with a [`journal`](crate::journal) executes each once, also where a
//! response is lost or the process dies.

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
