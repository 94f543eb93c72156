//! The state of a sandbox: what the core counts, and one part for each slice.

use serde::{Deserialize, Serialize};

use crate::{
    core::{Account, Accounts, Ids, Ledger, LedgerAccount, LedgerError, Refusal, refuse},
    slices::{
        billing::Billing, catalogue::Catalogue, customers::Customers, enterprise::Enterprise, faults::Faults,
        identity::Identity, orders::Orders, resellers::Resellers, tickets::Tickets, vouchers::Vouchers,
        wallet::Wallet,
    },
};
use huaweicloud_partner::{
    error::codes,
    types::{Amount, UtcTime},
};

/// A whole Partner Center at one moment. Can be saved and loaded as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The time of the last call or event.
    pub(crate) now: UtcTime,
    pub(crate) ids: Ids,
    pub(crate) accounts: Accounts,
    pub(crate) ledger: Ledger,
    pub(crate) identity: Identity,
    pub(crate) catalogue: Catalogue,
    pub(crate) wallet: Wallet,
    pub(crate) customers: Customers,
    pub(crate) enterprise: Enterprise,
    pub(crate) vouchers: Vouchers,
    pub(crate) resellers: Resellers,
    pub(crate) orders: Orders,
    pub(crate) billing: Billing,
    pub(crate) tickets: Tickets,
    pub(crate) faults: Faults,
}

impl State {
    /// An empty world at this time.
    pub fn new(now: UtcTime) -> Self {
        Self {
            now,
            ids: Ids::default(),
            accounts: Accounts::default(),
            ledger: Ledger::default(),
            identity: Identity::default(),
            catalogue: Catalogue::default(),
            wallet: Wallet::default(),
            customers: Customers::default(),
            enterprise: Enterprise::default(),
            vouchers: Vouchers::default(),
            resellers: Resellers::default(),
            orders: Orders::default(),
            billing: Billing::default(),
            tickets: Tickets::default(),
            faults: Faults::default(),
        }
    }

    /// Sets the time and runs what became due since the last one.
    pub(crate) fn advance_to(&mut self, now: UtcTime) {
        while let Some(due) = self.wallet.next_due().into_iter().chain(self.billing.next_due()).min() {
            if due > now {
                break;
            }
            self.run_orders_due(due);
            self.now = self.now.max(due);
            self.run_wallet_due();
            self.run_billing_due();
        }
        self.run_orders_due(now);
        self.tickets.run_due(now);
        self.now = now;
        self.settle_arrears();
    }

    /// The current time, as far as the last call or event moved it.
    pub const fn now(&self) -> UtcTime {
        self.now
    }

    /// Counts something that was done without a new identifier.
    pub(crate) fn note_change_of_state(&mut self) {
        self.ids.note_change();
    }

    /// Returns the number of identifiers that were given: it grows with every change.
    pub(crate) const fn revision(&self) -> u64 {
        self.ids.revision()
    }

    /// Returns the ledger of the sandbox.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// All accounts in the order of their ids.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// A new identifier with a prefix; the same world makes the same ones.
    pub(crate) fn fresh(&mut self, prefix: &str) -> String {
        self.ids.fresh(prefix)
    }

    /// Moves money between books; a book that does not hold enough is refused with the documented code.
    pub(crate) fn move_money(
        &mut self,
        what: &str,
        from: LedgerAccount,
        to: LedgerAccount,
        amount: Amount,
    ) -> Result<(), Refusal> {
        self.post(what, vec![(from, amount.negated()), (to, amount)])
    }

    /// Makes a movement of several legs; a book that does not hold enough is refused with the documented code.
    pub(crate) fn post(&mut self, what: &str, legs: Vec<(LedgerAccount, Amount)>) -> Result<(), Refusal> {
        self.ledger.post(self.now, what, legs).map_err(|error| match error {
            LedgerError::Overdrawn(_) => refuse(codes::BALANCE_TOO_LOW),
            LedgerError::Unbalanced => refuse(codes::BAD_PARAMETER),
        })
    }
}
