//! What accounts hold and pay with: cash, credit, vouchers, cards; the charges that they pay, and the statements of it.

mod charges;
mod charging;
mod credit;
mod handlers;
mod promotions;
mod statements;
mod transfers;
mod voucher_views;
mod vouchers;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::core::Owned;
use huaweicloud_partner::{partners::Adjustment, types::UtcTime, vouchers::VoucherRecord};

pub(crate) use charges::{Booked, Charge, Paid, last_day};
pub(crate) use credit::CreditLine;
pub(crate) use handlers::ROUTES;
pub(crate) use promotions::{Card, Contract};
pub(crate) use statements::Change;
pub(crate) use voucher_views::{
    is_named_by, order_voucher_type, use_limits, uses, voucher_status, voucher_type,
};
pub(crate) use vouchers::{Voucher, VoucherEntry};
pub use vouchers::{VoucherKind, VoucherLimits};

/// The state of this slice. The money itself is in the ledger.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Wallet {
    /// Grants and reclaims with the account whose book they are in.
    pub(crate) adjustments: Vec<Owned<Adjustment>>,
    /// Changes of cash accounts and credit with the account.
    pub(crate) changes: Vec<Owned<Change>>,
    /// The credit of accounts.
    pub(crate) credit: BTreeMap<String, Vec<CreditLine>>,
    pub(crate) vouchers: BTreeMap<String, Voucher>,
    /// Issued vouchers by the time of their expiry.
    pub(crate) voucher_ends: BTreeSet<(UtcTime, String)>,
    /// Changes of vouchers with the holder.
    pub(crate) voucher_entries: Vec<Owned<VoucherEntry>>,
    /// Issues and reclaims of vouchers with the issuer.
    pub(crate) voucher_records: Vec<Owned<VoucherRecord>>,
    /// Stored-value cards.
    pub(crate) cards: BTreeMap<String, Card>,
    /// Vouchers and cards that an order which waits for approval will be paid with, by their ids.
    pub(crate) locks: BTreeMap<String, String>,
    /// The commercial contract of each customer that has one.
    pub(crate) contracts: BTreeMap<String, Contract>,
    /// Charges of the customers, in the order of time.
    pub(crate) charges: Vec<Booked>,
    /// Charges of which something is owed, by their place in the list.
    pub(crate) unsettled: Vec<usize>,
}
