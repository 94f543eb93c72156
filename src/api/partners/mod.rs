//! A partner's own accounts, and the money between them and the customers'.
//!
//! On the China site a partner whose customers do not pay Huawei Cloud themselves pays in advance: money lies on the
//! partner's account ([`ShowBalances`]) and is granted to customers, who spend it. What a customer no longer needs is
//! taken back. A distributor grants to its resellers first, with
//! [`AllocateToReseller`](crate::resellers::AllocateToReseller), and then, naming the reseller in each call, from the
//! reseller's account to the reseller's customers.
//!
//! On the international and European sites nothing is paid in advance. Huawei Cloud lets the partner owe up to a quota
//! ([`ShowConsumptionQuota`]), bills it, and bars purchases beyond the quota.
//!
//! | To do | Operation | Sites | Repeat |
//! |---|---|---|---|
//! | see what is on the accounts, and what is free for grants | [`ShowBalances`] | China | safe |
//! | see what customers have and owe | [`ListCustomerBalances`] | China | safe |
//! | give a customer money | [`AllocateToCustomer`] | China | moves the money again |
//! | take money back | [`ReclaimFromCustomer`] | China | moves the money again |
//! | see grants and reclaims | [`ListAdjustments`] | China | safe |
//! | see every change of an account | [`ListAccountChanges`] | China | safe |
//! | see how much more may be owed | [`ShowConsumptionQuota`] | international, European | safe |
//!
//! # Which customers
//! Only customers whose spending the partner pays (the resale model, in Chinese 代售) have an account that a partner
//! fills, sees and empties. Customers that a partner merely refers (顾问销售) pay Huawei Cloud themselves; customers of the
//! Reseller model (转售) have no balance at all, the partner is billed for them. [`ListCustomerBalances`] passes over the
//! former in silence.
//!
//! # On behalf of a reseller
//! With `indirect_partner_id` a call concerns the account and the customers of that reseller, so a balance that is too
//! low is the reseller's. Without it the call concerns the caller's own. A reseller of somebody else is refused with
//! `CBC.99000037`.
//!
//! # When the answer is lost
//! No transfer carries a key against repeats. After an [outcome that is not
//! known](crate::ErrorKind::OutcomeUnknown) the records decide: they are found by receiver, kind, time and amount
//! ([`Resolvable`](crate::operation::Resolvable)). Two equal grants to one customer in the same minutes cannot be told apart, and a query for a
//! wrong customer answers an empty list rather than an error, so an empty list proves nothing unless the ids are right.
//! How long a record takes to appear is not documented.
//!
//! # Example
//! ```
//! use huaweicloud_partner::{
//!     operation::Operation as _,
//!     partners::{AllocateToCustomer, Balances},
//!     types::{Amount, decode_str},
//! };
//!
//! // What `ShowBalances` answers.
//! let balances: Balances = decode_str(
//!     r#"{"account_balances": [{"account_id": "a1", "account_type": 1, "amount": 500.00, "currency": "CNY",
//!         "designated_amount": 120.50, "measure_id": 1}]}"#,
//! )?;
//! let wanted: Amount = "379.50".parse()?;
//! assert!(wanted <= balances.free_for_grants()?.amount);
//!
//! let grant = AllocateToCustomer::new("0666aa7a7900d5c80f6dc01a9a3598a0", wanted);
//! grant.validate()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adjustments;
mod balances;
mod changes;
mod transfers;

pub use adjustments::{Adjustment, AdjustmentKind, AdjustmentPage, ListAdjustments};
pub use balances::{
    AccountBalance, AccountType, Balances, ConsumptionQuota, CustomerBalance, CustomerBalances, CustomerRef,
    ListCustomerBalances, ShowBalances, ShowConsumptionQuota,
};
pub use changes::{
    AccountChange, AccountChangePage, BalanceType, ChangeDirection, ListAccountChanges, TradeDetail,
    TradeType,
};
pub use transfers::{AllocateToCustomer, ReclaimFromCustomer};
