//! Accounts of a partner, and transfers between them and the accounts of its customers.
//!
//! On the China site a partner whose customers do not pay Huawei Cloud themselves pays in advance: money is
//! on the partner's account ([`ShowBalances`]) and is granted to customers, who spend it. Money that a customer
//! no longer needs can be reclaimed. A distributor grants to its resellers first, with
//! [`AllocateToReseller`](crate::resellers::AllocateToReseller), and then, naming the reseller in each call, from the
//! reseller's account to the reseller's customers.
//!
//! On the international and European sites nothing is paid in advance. Huawei Cloud grants the partner a credit quota
//! ([`ShowConsumptionQuota`]), bills it, and blocks purchases beyond the quota.
//!
//! | Task | Operation | Sites | Effect of a repeat |
//! |---|---|---|---|
//! | show balances and the amount free for grants | [`ShowBalances`] | China | none |
//! | show balances and debts of customers | [`ListCustomerBalances`] | China | none |
//! | grant a customer money | [`AllocateToCustomer`] | China | grants again |
//! | reclaim money | [`ReclaimFromCustomer`] | China | reclaims again |
//! | list grants and reclaims | [`ListAdjustments`] | China | none |
//! | list all changes of an account | [`ListAccountChanges`] | China | none |
//! | show the credit quota | [`ShowConsumptionQuota`] | international, European | none |
//!
//! # Eligible customers
//! Only customers whose spending the partner pays (the resale model, in Chinese 代售) have an account that a
//! partner fills, sees and empties. Customers that a partner merely refers (顾问销售) pay Huawei Cloud
//! themselves; customers of the Reseller model (转售) have no balance at all, the partner is billed for them.
//! [`ListCustomerBalances`] silently ignores the former.
//!
//! # On behalf of a reseller
//! With `indirect_partner_id` a call concerns the account and the customers of that reseller, so a balance that is too
//! low is the reseller's. Without it the call concerns the caller's own. Another distributor's reseller is refused with
//! `CBC.99000037`.
//!
//! # Lost responses
//! Transfers have no idempotency key. After an [unknown
//! outcome](crate::ErrorKind::OutcomeUnknown) the records decide: they are found by receiver, kind, time and
//! amount ([`Resolvable`](crate::operation::Resolvable)). Two equal grants to one customer in the same
//! minutes cannot be distinguished, and a query for a wrong customer returns an empty list rather than an
//! error, so an empty list proves nothing unless the ids are right. How long a record takes to appear is not
//! documented. [`Client::send_once`](crate::Client::send_once) with a [`journal`](crate::journal) looks the records up by
//! these rules, also after a crash.
//!
//! # Example
//! ```
//! use huaweicloud_partner::{
//!     operation::Operation as _,
//!     partners::{AllocateToCustomer, Balances},
//!     types::{Amount, decode_str},
//! };
//!
//! // The response to `ShowBalances`.
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
