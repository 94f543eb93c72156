//! Budgets of customers of the Reseller model, freezes, and the debt of their partner.

use serde::{Deserialize, Serialize};

use crate::{
    core::{Account, LedgerAccount, Owned, Refusal, positive, refuse},
    state::State,
};
use huaweicloud_partner::{
    customers::{
        AssociationType, BudgetOperation, BudgetSet, BudgetType, BudgetUnfreeze, FreezeScope, SetBudget,
        WhenUsedUp,
    },
    error::{ErrorCode, codes},
    fill,
    types::{Amount, BillCycle, Personal, ResellerId, UtcTime},
};

/// The budget of a customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BudgetHeld {
    pub(crate) amount: Amount,
    pub(crate) kind: BudgetType,
    pub(crate) when_used_up: WhenUsedUp,
    /// Time since which the budget has been of this kind: a one-time budget is used from then on.
    pub(crate) since: UtcTime,
}

/// Entry in the history of a budget.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BudgetEntry {
    pub(crate) at: UtcTime,
    pub(crate) what: BudgetOperation,
    pub(crate) amount: Amount,
    pub(crate) kind: BudgetType,
    pub(crate) operator: Personal,
    /// The partner or reseller whose customer it was.
    pub(crate) partner: String,
}

/// A freeze by the partner.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Frozen {
    pub(crate) scope: FreezeScope,
    pub(crate) since: UtcTime,
    pub(crate) reason: Personal,
}

impl State {
    /// Returns the reason why a customer can buy nothing: it is frozen, or its partner's debt has reached its
    /// quota. The documentation does not say which codes report this; those of related calls were taken.
    pub(crate) fn may_buy(&self, customer: &str) -> Result<(), Refusal> {
        if self.freeze_of(customer).is_some() {
            return Err(refuse(codes::ACCOUNT_FROZEN));
        }
        let partner = self.accounts.get(customer).and_then(|account| account.associated_with.as_deref());
        if let Some(partner) = partner.filter(|_| self.accounts.is_of_reseller_model(customer)) {
            let partner = self.accounts.billed(partner);
            let quota = self.customers.consumption_quotas.get(partner);
            if quota.is_some_and(|quota| self.payable(partner).used() >= *quota) {
                return Err(refuse(codes::BALANCE_TOO_LOW));
            }
        }
        Ok(())
    }

    /// Returns the extent to which a customer is frozen: by its partner, or because a budget that freezes
    /// automatically is used up; such a freeze lasts until the budget is raised or the month is over.
    pub(crate) fn freeze_of(&self, customer: &str) -> Option<FreezeScope> {
        if let Some(frozen) = self.customers.frozen.get(customer) {
            return Some(frozen.scope.clone());
        }
        let budget = self.customers.budgets.get(customer)?;
        let automatic = budget.when_used_up == WhenUsedUp::FreezeAutomatically;
        (automatic && self.budget_used(customer, budget) >= budget.amount).then_some(FreezeScope::Account)
    }

    /// Returns the spending of a customer in the current month, less refunds.
    pub(crate) fn spent_this_month(&self, customer: &str) -> Amount {
        let month = BillCycle::containing(self.now);
        self.spent(customer, |at| BillCycle::containing(at) == month)
    }

    /// Returns the used part of a budget.
    pub(crate) fn budget_used(&self, customer: &str, budget: &BudgetHeld) -> Amount {
        match budget.kind {
            BudgetType::OneTime => self.spent(customer, |at| at >= budget.since),
            _ => self.spent_this_month(customer),
        }
    }

    /// The charges of a customer, newest first, as long as they are in a time.
    fn spent(&self, customer: &str, within: impl Fn(UtcTime) -> bool) -> Amount {
        let charges = self.wallet.charges().iter().rev().take_while(|charge| within(charge.at));
        let own = charges.filter(|charge| charge.customer == customer);
        Amount::checked_sum(own.map(|charge| charge.due())).unwrap_or_default()
    }

    /// Sets the budget of a customer and writes it down.
    pub(crate) fn set_budget(
        &mut self,
        customer: &str,
        amount: Amount,
        kind: BudgetType,
        when_used_up: Option<WhenUsedUp>,
        operator: Personal,
    ) {
        let before = self.customers.budgets.get(customer);
        let since = before.filter(|before| before.kind == kind).map_or(self.now, |before| before.since);
        let as_before = before.map_or(WhenUsedUp::FreezeByHand, |before| before.when_used_up);
        let budget =
            BudgetHeld { amount, kind: kind.clone(), when_used_up: when_used_up.unwrap_or(as_before), since };
        self.customers.budgets.insert(customer.to_owned(), budget);
        let partner = self.accounts.get(customer).and_then(|account| account.associated_with.clone());
        let partner = partner.unwrap_or_default();
        let entry = BudgetEntry { at: self.now, what: BudgetOperation::Set, amount, kind, operator, partner };
        self.customers.budget_entries.push(Owned { owner: customer.to_owned(), record: entry });
    }

    /// The partner or reseller sets a monthly budget on the page.
    pub(crate) fn partner_sets_budget(&mut self, customer: &str, amount: Amount) -> Result<(), Refusal> {
        let seller = self.seller_of(customer)?;
        let operator = self.accounts.get(&seller).map(|seller| seller.login.clone()).unwrap_or_default();
        self.set_budget(customer, positive(amount)?, BudgetType::Monthly, None, operator);
        Ok(())
    }

    /// The partner or reseller freezes an account on the page.
    pub(crate) fn partner_freezes(&mut self, customer: &str, reason: Personal) -> Result<(), Refusal> {
        self.seller_of(customer)?;
        let frozen = Frozen { scope: FreezeScope::Account, since: self.now, reason };
        self.customers.frozen.entry(customer.to_owned()).or_insert(frozen);
        Ok(())
    }

    /// Returns the partner that sells to a customer of the Reseller model.
    fn seller_of(&self, customer: &str) -> Result<String, Refusal> {
        let account = self.accounts.get(customer).filter(|_| self.accounts.is_of_reseller_model(customer));
        let seller = account.and_then(|account| account.associated_with.clone());
        seller.ok_or_else(|| refuse(codes::NO_SUCH_CUSTOMER))
    }

    /// Ends the budget of a customer whose association ended.
    pub(crate) fn end_budget(&mut self, customer: &str, partner: &str) {
        if let Some(budget) = self.customers.budgets.remove(customer) {
            let entry = BudgetEntry {
                at: self.now,
                what: BudgetOperation::Ended,
                amount: budget.amount,
                kind: budget.kind,
                operator: "system".into(),
                partner: partner.to_owned(),
            };
            self.customers.budget_entries.push(Owned { owner: customer.to_owned(), record: entry });
        }
    }

    /// Returns the debt of a partner for the customers that it resells to, and its assets.
    pub(crate) fn payable(&self, partner: &str) -> Owed {
        let last_month = BillCycle::containing(self.now).previous();
        let recent = self.wallet.charges().iter().rev().take_while(|booked| {
            let month = BillCycle::containing(booked.at);
            month == last_month || month.previous() == last_month
        });
        let resold = recent.filter(|booked| {
            booked.cycle().final_from().is_none_or(|bill| self.now < bill)
                && booked.association.as_deref() == Some(AssociationType::ResellerModel.as_str())
                && booked.partner.as_deref().is_some_and(|seller| self.accounts.billed(seller) == partner)
        });
        let unbilled = Amount::checked_sum(resold.map(|charge| charge.paid.cash)).unwrap_or_default();
        let all = self.ledger.balance(&LedgerAccount::payable(partner)).negated();
        let vouchers = self.wallet.vouchers().filter(|voucher| {
            voucher.customer == partner && voucher.is_usable(self.now) && voucher.effective <= self.now
        });
        let vouchers = vouchers.map(|voucher| self.ledger.balance(&LedgerAccount::voucher(&voucher.id)));
        Owed {
            due: all.checked_sub(unbilled).unwrap_or_default().rounded(2),
            unbilled,
            cash: self.ledger.balance(&LedgerAccount::cash(partner)),
            vouchers: Amount::checked_sum(vouchers).unwrap_or_default(),
        }
    }

    /// A partner pays bills with money from outside; more than is due stays to its credit.
    pub(crate) fn pay_bills(&mut self, partner: &str, amount: Amount) -> Result<(), Refusal> {
        if !self.accounts.contains_key(partner) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        self.move_money(
            "bills paid",
            LedgerAccount::outside("recharge"),
            LedgerAccount::payable(partner),
            positive(amount)?,
        )
    }

    /// Huawei Cloud says how much a partner may owe.
    pub(crate) fn grant_consumption_quota(&mut self, partner: &str, amount: Amount) -> Result<(), Refusal> {
        if !self.accounts.contains_key(partner) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        self.customers.consumption_quotas.insert(partner.to_owned(), positive(amount)?);
        Ok(())
    }

    /// Huawei Cloud says how much a customer that pays by the month may spend in one.
    pub(crate) fn grant_expenditure_quota(&mut self, customer: &str, amount: Amount) -> Result<(), Refusal> {
        if !self.accounts.contains_key(customer) || self.accounts.is_of_reseller_model(customer) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        self.customers.expenditure_quotas.insert(customer.to_owned(), positive(amount)?);
        Ok(())
    }
}

/// Debt of a partner to Huawei Cloud, and its assets.
pub(crate) struct Owed {
    /// Billed and not paid.
    pub(crate) due: Amount,
    /// Spent and not billed yet.
    pub(crate) unbilled: Amount,
    /// Balance of the partner's account.
    pub(crate) cash: Amount,
    /// Balance of the partner's vouchers.
    pub(crate) vouchers: Amount,
}

impl Owed {
    /// Returns the used part of the quota; below zero where the partner has more than it owes.
    pub(crate) fn used(&self) -> Amount {
        let has = [self.cash.negated(), self.vouchers.negated()];
        Amount::checked_sum([self.due, self.unbilled].into_iter().chain(has)).unwrap_or_default()
    }
}

/// Every reseller has the right to set budgets here.
pub(crate) fn set_budget(
    world: &mut State,
    caller: &Account,
    request: SetBudget,
) -> Result<BudgetSet, Refusal> {
    let owner =
        world.accounts.acting_for(caller, request.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
    let customer = request.customer_id.as_str();
    resold(world, &owner, customer).map_err(refuse)?;
    let kind = request.budget_type.unwrap_or(BudgetType::Monthly);
    world.set_budget(
        customer,
        request.budget_amount,
        kind,
        request.frozen_operate_type,
        caller.login.clone(),
    );
    if request.cancel_partner_frozen == Some(BudgetUnfreeze::Yes) {
        world.customers.frozen.remove(customer);
    }
    Ok(fill!(BudgetSet {}))
}

/// A customer of the Reseller model of a partner or reseller, or the code that says why not.
pub(crate) fn resold(world: &State, owner: &str, customer: &str) -> Result<(), ErrorCode> {
    world.accounts.customer_of(owner, customer).ok_or(codes::NOT_OWN_CUSTOMER)?;
    if world.accounts.is_of_reseller_model(customer) {
        Ok(())
    } else {
        Err(codes::NO_RIGHT_TO_CUSTOMER_ACTION)
    }
}
