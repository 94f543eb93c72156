//! Vouchers, the quotas they are issued from, stored-value cards and commercial discounts.
//!
//! The service calls a voucher a *coupon*. Its kinds have Chinese names that are easily confused:
//!
//! | Chinese | In this crate | Effect | Sites |
//! |---|---|---|---|
//! | 代金券 | cash voucher, [`VoucherType::Cash`] | pays like money, within its limits | all |
//! | 现金券 | flexi-purchase voucher, [`VoucherType::FlexiPurchase`] | the same with other limits | China |
//! | 折扣券 | discount voucher, [`VoucherType::Discount`] | lowers a price | China |
//! | 储值卡 | stored-value card, [`StoredValueCard`] | is filled once and used up | China |
//!
//! Orders and bills use other codes for vouchers (300 to 303).
//!
//! # From quota to voucher
//! Huawei Cloud sets up a quota for a partner, on request of its account manager. A distributor may cut
//! quotas for its resellers out of it ([`GrantVoucherQuotas`](crate::resellers::GrantVoucherQuotas)).
//! [`IssueVouchers`] turns a part of a quota into one voucher for each of several customers; the voucher's
//! limits are inside the quota's. The customer uses it until it is used up or its time is over, or the
//! partner takes back what is left with [`ReclaimVoucher`], or the service does so by itself: when the
//! customer leaves the partner, changes its model, or unsubscribes ([`VoucherOperation`] has them all). An
//! issued voucher cannot be changed.
//!
//! Only customers whose spending the partner pays can receive vouchers.
//!
//! | Task | Operation | Caller | Effect of a repeat |
//! |---|---|---|---|
//! | list quotas | [`ListQuotas`] | partner | none |
//! | issue | [`IssueVouchers`] | partner | issues again |
//! | take back | [`ReclaimVoucher`] | partner | refused |
//! | list issued vouchers with their remaining value | [`ListIssuedVouchers`] | partner | none |
//! | list issues and reclaims | [`ListVoucherRecords`] | partner | none |
//! | list the vouchers of an account | [`ListHeldVouchers`] | partner or customer | none |
//! | list changes of vouchers | [`ListVoucherChanges`] | customer | none |
//! | list stored-value cards | [`ListStoredValueCards`] | customer | none |
//! | list agreed prices | [`ListCommercialDiscounts`] | customer | none |
//!
//! All are offered on the China site; [`ListHeldVouchers`] on the international and European ones too.
//!
//! # Pitfalls
//! - [`IssueVouchers`] may serve some customers and not others, with HTTP status 200: go through
//!   [`IssueOutcome::outcomes`].
//! - [`ReclaimVoucher`] returns nothing on success; `CBC.99000048`, expired or reclaimed before, comes with HTTP status 200
//!   and is an [`Error`](crate::Error) here.
//! - Neither has an idempotency key. [`ListVoucherRecords`] shows the outcome of a call whose response was lost; two
//!   equal vouchers that were issued to one customer in the same minutes cannot be distinguished, unless
//!   [`Client::send_once`](crate::Client::send_once) with a [`journal`](crate::journal) marks their memos.
//! - [`ListQuotas`] lists cash-voucher quotas unless asked for the others.
//! - A voucher whose end has passed is invalid, whatever its status says.
//! - The service uses two names for one field: the start of a voucher is `valid_time` where it is held and
//!   `effective_time` where it is issued, the last use `reserve_time` and `last_used_time`.
//!
//! # Example
//! ```
//! use huaweicloud_partner::{
//!     operation::Operation as _,
//!     types::{Amount, CustomerId, decode_str},
//!     vouchers::{IssueOutcome, IssueVouchers},
//! };
//!
//! let customers: Vec<CustomerId> = vec!["c1".into(), "c2".into()];
//! let issue = IssueVouchers::new("q1", customers, "50.00".parse::<Amount>()?).memo("Proof of concept");
//! issue.validate()?;
//!
//! // A possible response: one customer was served, the other was not.
//! let outcome: IssueOutcome = decode_str(
//!     r#"{"coupon_infos": [{"id": "c1", "coupon_id": "v1"}],
//!         "error_details": [{"id": "c2", "error_code": "CBC.99000035", "error_msg": "not a customer"}]}"#,
//! )?;
//! let (mut issued, mut refused) = (Vec::new(), Vec::new());
//! for item in outcome.outcomes() {
//!     match item {
//!         Ok(voucher) => issued.push(voucher.coupon_id.as_str()),
//!         Err(error) => refused.push(error.id.as_str()),
//!     }
//! }
//! assert_eq!((issued, refused), (vec!["v1"], vec!["c2"]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cards;
mod changes;
mod codes;
mod discounts;
mod held;
mod issue;
mod issued;
mod quotas;
mod records;

pub use crate::partners::ChangeDirection;
pub use cards::{CardStatus, ListStoredValueCards, StoredValueCard, StoredValueCardPage};
pub use changes::{
    ListVoucherChanges, VoucherAccount, VoucherChange, VoucherChangePage, VoucherTrade, VoucherTradeDetail,
};
pub use codes::{FetchMethod, Frozen, LimitKey, Medium, UseLimit, VoucherStatus, VoucherType};
pub use discounts::{
    CategoryDiscount, CategoryStep, CommercialDiscount, DiscountChargingMode, DiscountPage, DiscountRegion,
    DiscountSite, ListCommercialDiscounts, PriceCategory, PriceType, ProductDiscount, ProductStep,
    QuotingItemType,
};
pub use held::{HeldVoucher, HeldVoucherPage, ListHeldVouchers, VoucherVersion};
pub use issue::{IssueOutcome, IssueVouchers, ReclaimVoucher, VoucherIssue, VoucherReclaim};
pub use issued::{IssuedVoucher, IssuedVoucherPage, ListIssuedVouchers};
pub use quotas::{
    LimitValue, ListQuotas, QuotaLimit, QuotaStatus, QuotaType, VoucherQuota, VoucherQuotaPage,
};
pub use records::{ListVoucherRecords, VoucherOperation, VoucherRecord, VoucherRecordPage, VoucherResult};
