//! What is known about customers beyond their accounts: real-name reviews, freezes, budgets, cards, contracts.

mod budgets;
mod holdings;
mod ledgers;
mod realname;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    ledger::LedgerAccount,
    world::{AccountKind, Owned, Refusal, State, refuse},
};
use huaweicloud_partner::{
    error::codes,
    partners::AdjustmentKind,
    types::{Amount, Currency, Personal, Site},
    vouchers::VoucherOperation,
};

pub(super) use budgets::{BudgetEntry, BudgetHeld, Frozen};
pub(super) use holdings::{Card, Contract};
pub(super) use ledgers::VoucherEntry;
pub(super) use realname::Application;

/// The state of this room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct People {
    /// Applications for the authentication of a real name, in order, by customer.
    pub(super) applications: BTreeMap<String, Vec<Application>>,
    /// Numbers of documents that reviewers refuse, with the reason.
    pub(super) refused_documents: BTreeMap<String, Personal>,
    pub(super) frozen: BTreeMap<String, Frozen>,
    pub(super) budgets: BTreeMap<String, BudgetHeld>,
    /// Settings and endings of budgets with the customer.
    pub(super) budget_entries: Vec<Owned<BudgetEntry>>,
    /// How much a customer that pays Huawei Cloud by the month may spend in one.
    pub(super) expenditure_quotas: BTreeMap<String, Amount>,
    /// How much a partner may owe.
    pub(super) consumption_quotas: BTreeMap<String, Amount>,
    pub(super) cards: BTreeMap<String, Card>,
    /// The commercial contract of each customer that has one.
    pub(super) contracts: BTreeMap<String, Contract>,
    /// Changes of vouchers with the holder.
    pub(super) voucher_entries: Vec<Owned<VoucherEntry>>,
    /// Customers that left a partner once.
    pub(super) left_a_partner: BTreeSet<String>,
    /// The association of the next customer that is created is left open.
    pub(super) association_left_open: bool,
}

/// The currency of a site's accounts.
pub(super) fn currency(site: Site) -> Currency {
    site.currency()
}

/// An amount that something can be given by.
pub(super) fn positive(amount: Amount) -> Result<Amount, Refusal> {
    if amount.is_positive() { Ok(amount) } else { Err(refuse(codes::BAD_PARAMETER)) }
}

impl State {
    /// A customer of a partner, or of one of its resellers where the partner is a distributor: for the operations that
    /// take no reseller.
    pub(super) fn is_below(&self, partner: &str, customer: &str) -> bool {
        self.accounts
            .get(customer)
            .filter(|account| matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster))
            .and_then(|account| account.associated_with.as_deref())
            .is_some_and(|owner| owner == partner || self.reseller_of(partner, owner).is_ok())
    }

    /// What a customer used and has not paid.
    pub(super) fn debt_of(&self, customer: &str) -> Amount {
        self.ledger.balance(&LedgerAccount::arrears(customer)).negated()
    }

    /// A partner and its customer part: what the partner granted and the customer has left goes back to it, its vouchers
    /// are recalled, the customer's budget ends, and it is frozen no more.
    pub(super) fn end_association(&mut self, customer: &str) -> Result<(), Refusal> {
        let account = self.accounts.get_mut(customer).filter(|account| account.associated_with.is_some());
        let account = account.ok_or_else(|| refuse(codes::NO_SUCH_CUSTOMER))?;
        let resale = account.is_resale();
        let partner = account.associated_with.clone().unwrap_or_default();
        if resale {
            self.reclaim_granted(&partner, customer)?;
        }
        self.recall_vouchers(&partner, customer)?;
        self.people.left_a_partner.insert(customer.to_owned());
        let Some(account) = self.accounts.get_mut(customer) else { return Ok(()) };
        account.associated_with = None;
        account.associated_on = None;
        account.association_type = None;
        self.people.frozen.remove(customer);
        self.end_budget(customer, &partner);
        Ok(())
    }

    /// What a partner granted to a customer and has not reclaimed, as far as the customer still has it, goes back.
    fn reclaim_granted(&mut self, partner: &str, customer: &str) -> Result<(), Refusal> {
        let moved = self.adjustments.iter().filter(|entry| entry.owner == partner).map(|entry| &entry.record);
        let moved =
            moved.filter(|record| record.customer_id.as_ref().is_some_and(|id| id.as_str() == customer));
        let granted = Amount::checked_sum(moved.filter_map(|record| match record.operation_type {
            AdjustmentKind::Grant => record.amount,
            AdjustmentKind::Reclaim | AdjustmentKind::Dissociation => record.amount.map(Amount::negated),
            _ => None,
        }));
        let left = granted.unwrap_or_default().min(self.ledger.balance(&LedgerAccount::cash(customer)));
        if left.is_positive() {
            self.transfer(AdjustmentKind::Dissociation, partner, customer, left)?;
        }
        Ok(())
    }

    /// What is left on the vouchers that a partner issued to a customer goes back to their quotas.
    fn recall_vouchers(&mut self, partner: &str, customer: &str) -> Result<(), Refusal> {
        let usable = self.vouchers.values().filter(|voucher| {
            voucher.issuer == partner && voucher.customer == customer && voucher.is_usable(self.now)
        });
        let usable: Vec<String> = usable.map(|voucher| voucher.id.clone()).collect();
        for voucher in usable {
            self.take_voucher_back(&voucher, VoucherOperation::Dissociation)?;
        }
        Ok(())
    }
}
