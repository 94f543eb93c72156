//! The means with which accounts pay (cash, credit, vouchers, cards), the charges that they pay, and the statements of
//! both.

mod charges;
mod charging;
mod credit;
mod handlers;
mod promotions;
mod statements;
mod transfers;
mod voucher_views;
mod vouchers;

use crate::core::Owned;
pub(crate) use charges::{Booked, Charge, Paid, last_day};
pub(crate) use credit::CreditLine;
pub(crate) use handlers::ROUTES;
use huaweicloud_partner::{partners::Adjustment, types::UtcTime, vouchers::VoucherRecord};
pub(crate) use promotions::{Card, Contract};
use serde::{Deserialize, Serialize};
pub(crate) use statements::Change;
use std::collections::{BTreeMap, BTreeSet};
pub(crate) use voucher_views::{
    is_named_by, order_voucher_type, use_limits, uses, voucher_status, voucher_type,
};
pub(crate) use vouchers::{Voucher, VoucherEntry};
pub use vouchers::{VoucherKind, VoucherLimits};

/// The state of this slice. The money itself is in the ledger.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wallet {
    /// Grants and reclaims with the account whose book they are in.
    adjustments: Vec<Owned<Adjustment>>,
    /// Changes of cash accounts and credit with the account.
    changes: Vec<Owned<Change>>,
    /// The credit of accounts.
    credit: BTreeMap<String, Vec<CreditLine>>,
    vouchers: BTreeMap<String, Voucher>,
    /// Issued vouchers by the time of their expiry.
    voucher_ends: BTreeSet<(UtcTime, String)>,
    /// Changes of vouchers with the holder.
    voucher_entries: Vec<Owned<VoucherEntry>>,
    /// Issues and reclaims of vouchers with the issuer.
    voucher_records: Vec<Owned<VoucherRecord>>,
    /// Stored-value cards by their ids.
    cards: BTreeMap<String, Card>,
    /// Vouchers and cards that an order which waits for approval will be paid with, by their ids.
    locks: BTreeMap<String, String>,
    /// The commercial contract of each customer that has one.
    contracts: BTreeMap<String, Contract>,
    /// Charges of the customers, in the order of time.
    charges: Vec<Booked>,
    /// Charges of which something is owed, by their place in the list.
    unsettled: Vec<usize>,
}

impl Wallet {
    /// All vouchers in the order of their ids.
    pub(crate) fn vouchers(&self) -> impl DoubleEndedIterator<Item = &Voucher> + ExactSizeIterator {
        self.vouchers.values()
    }

    /// A voucher by its id.
    pub(crate) fn voucher(&self, id: &str) -> Option<&Voucher> {
        self.vouchers.get(id)
    }

    /// A stored-value card by its id.
    pub(crate) fn card(&self, id: &str) -> Option<&Card> {
        self.cards.get(id)
    }

    /// Issues and reclaims of vouchers by an issuer, in the order of time.
    pub(crate) fn voucher_records<'w>(&'w self, issuer: &'w str) -> impl Iterator<Item = &'w VoucherRecord> {
        self.voucher_records.iter().filter(move |entry| entry.owner == issuer).map(|entry| &entry.record)
    }

    /// The lines of an account's credit, expired ones too; `None` where none was ever granted.
    pub(crate) fn credit_of(&self, account: &str) -> Option<&[CreditLine]> {
        self.credit.get(account).map(Vec::as_slice)
    }

    /// All charges in the order of time.
    pub(crate) fn charges(&self) -> &[Booked] {
        &self.charges
    }

    /// The charges of which something is owed.
    pub(crate) fn unsettled(&self) -> impl Iterator<Item = &Booked> {
        self.unsettled.iter().filter_map(|index| self.charges.get(*index))
    }

    /// Grants and reclaims of money by a payer, in the order of time.
    pub(crate) fn adjustments<'w>(&'w self, payer: &'w str) -> impl Iterator<Item = &'w Adjustment> {
        self.adjustments.iter().filter(move |entry| entry.owner == payer).map(|entry| &entry.record)
    }

    /// Changes of an account's cash and credit, in the order of time.
    pub(crate) fn changes<'w>(&'w self, account: &'w str) -> impl DoubleEndedIterator<Item = &'w Change> {
        self.changes.iter().filter(move |entry| entry.owner == account).map(|entry| &entry.record)
    }

    /// Changes of the vouchers of a holder, in the order of time.
    pub(crate) fn voucher_entries<'w>(&'w self, holder: &'w str) -> impl Iterator<Item = &'w VoucherEntry> {
        self.voucher_entries.iter().filter(move |entry| entry.owner == holder).map(|entry| &entry.record)
    }

    /// All stored-value cards in the order of their ids.
    pub(crate) fn cards(&self) -> impl Iterator<Item = &Card> {
        self.cards.values()
    }

    /// The commercial contract of a customer, in force or not.
    pub(crate) fn contract(&self, customer: &str) -> Option<&Contract> {
        self.contracts.get(customer)
    }
}
