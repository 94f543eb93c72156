//! The state: accounts and their associations, books, quotas, vouchers, and the records of everything.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::core::{Account, AccountKind, Change, Owned, Quota, Refusal, SentCode, Voucher, refuse};
use super::tickets::Tickets;
use super::{
    billing::Billing,
    charges::Booked,
    enterprise::Enterprise,
    faults::Faults,
    identities::Identities,
    ledger::{Ledger, LedgerAccount, LedgerError},
    market::Market,
    people::People,
};
use huaweicloud_partner::{
    error::codes,
    partners::Adjustment,
    resellers::QuotaRecord,
    types::{Amount, UtcTime},
    vouchers::VoucherRecord,
};

/// A whole Partner Center at one moment. Can be saved and loaded as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The time of the last call or event.
    pub(crate) now: UtcTime,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) ledger: Ledger,
    pub(crate) quotas: BTreeMap<String, Quota>,
    /// Grants and reclaims with the account whose book they are in.
    pub(crate) adjustments: Vec<Owned<Adjustment>>,
    /// Changes of cash accounts with the account.
    pub(crate) changes: Vec<Owned<Change>>,
    /// Grants and reclaims of resellers' quotas with the distributor.
    pub(crate) quota_records: Vec<Owned<QuotaRecord>>,
    pub(crate) vouchers: BTreeMap<String, Voucher>,
    /// Issues and reclaims of vouchers with the issuer.
    pub(crate) voucher_records: Vec<Owned<VoucherRecord>>,
    /// Verification codes that were sent, in order.
    pub(crate) outbox: Vec<SentCode>,
    /// Charges of the customers, in the order of time.
    #[serde(default)]
    pub(crate) charges: Vec<Booked>,
    #[serde(default)]
    pub(crate) people: People,
    #[serde(default)]
    pub(crate) enterprise: Enterprise,
    #[serde(default)]
    pub(crate) market: Market,
    #[serde(default)]
    pub(crate) billing: Billing,
    #[serde(default)]
    pub(crate) tickets: Tickets,
    #[serde(default)]
    pub(crate) identities: Identities,
    #[serde(default)]
    pub(crate) faults: Faults,
    serial: u64,
}

impl State {
    /// An empty world at this time.
    pub fn new(now: UtcTime) -> Self {
        Self {
            now,
            accounts: BTreeMap::new(),
            ledger: Ledger::default(),
            quotas: BTreeMap::new(),
            adjustments: Vec::new(),
            changes: Vec::new(),
            quota_records: Vec::new(),
            vouchers: BTreeMap::new(),
            voucher_records: Vec::new(),
            outbox: Vec::new(),
            charges: Vec::new(),
            people: People::default(),
            enterprise: Enterprise::default(),
            market: Market::default(),
            billing: Billing::default(),
            tickets: Tickets::default(),
            identities: Identities::default(),
            faults: Faults::default(),
            serial: 0,
        }
    }

    /// Sets the time and runs what became due since the last one.
    pub(crate) fn advance_to(&mut self, now: UtcTime) {
        while let Some(due) = self.next_voucher_end().into_iter().chain(self.next_taxes()).min() {
            if due > now {
                break;
            }
            self.renew_what_is_due(due);
            self.now = self.now.max(due);
            self.clear_expired_vouchers();
            self.charge_taxes();
        }
        self.renew_what_is_due(now);
        self.tickets.run_until(now);
        self.now = now;
        self.settle_arrears();
    }

    /// The current time, as far as the last call or event moved it.
    pub const fn now(&self) -> UtcTime {
        self.now
    }

    /// Counts something that was done without a new identifier.
    pub(crate) fn note_change_of_state(&mut self) {
        self.serial += 1;
    }

    /// Returns the number of identifiers that were given: it grows with every change.
    pub(crate) const fn revision(&self) -> u64 {
        self.serial
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
        self.serial += 1;
        format!("{prefix}{:010}", self.serial)
    }

    /// A reseller of a distributor, or the documented refusal.
    pub(crate) fn reseller_of(&self, distributor: &str, reseller: &str) -> Result<&Account, Refusal> {
        self.accounts
            .get(reseller)
            .filter(|account| account.kind == AccountKind::Reseller)
            .filter(|account| account.associated_with.as_deref() == Some(distributor))
            .ok_or_else(|| refuse(codes::NO_RIGHT_TO_RESELLER))
    }

    /// On whose books a partner's call is made: the reseller's where a distributor names one, else its own. A name that
    /// a solution provider gives is not evaluated.
    pub(crate) fn acting_for(&self, caller: &Account, reseller: Option<&str>) -> Result<String, Refusal> {
        match reseller.filter(|id| !id.is_empty()) {
            Some(reseller) if caller.kind == AccountKind::Distributor => {
                self.reseller_of(&caller.id, reseller).map(|account| account.id.clone())
            }
            _ => Ok(caller.id.clone()),
        }
    }

    /// A customer of a partner or reseller.
    pub(crate) fn customer_of(&self, owner: &str, customer: &str) -> Option<&Account> {
        self.accounts
            .get(customer)
            .filter(|account| matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster))
            .filter(|account| account.associated_with.as_deref() == Some(owner))
    }

    /// Whether somebody issued vouchers to a customer.
    pub(crate) fn vouchers_issued_to(&self, issuer: &str, customer: &str) -> bool {
        self.vouchers.values().any(|voucher| voucher.issuer == issuer && voucher.customer == customer)
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
