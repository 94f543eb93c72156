//! Moving the money of a charge, and settling what is owed.

use super::charges::{Booked, Charge, Paid, last_day, settles};
use crate::{
    core::{LedgerAccount, Refusal, refuse},
    state::State,
};
use huaweicloud_partner::{
    bills::ChargingMode,
    error::codes,
    partners::{BalanceType, TradeDetail},
    types::{Amount, Day},
};

impl State {
    /// Moves the money of a charge and keeps it. The parts of [`Charge::paid`] must add up to what is due, on the China
    /// site to what is due in whole cents; a book that does not hold enough refuses the whole charge. Customers of the
    /// Reseller model have no cash: what they pay in cash becomes what their partner owes. Whether they may buy is asked
    /// before, see [`State::may_buy`].
    pub(crate) fn charge(&mut self, charge: Charge) -> Result<(), Refusal> {
        self.charge_partly(charge, Amount::ZERO)
    }

    /// The same where a part is not paid now but owed.
    pub(crate) fn charge_partly(&mut self, charge: Charge, debt: Amount) -> Result<(), Refusal> {
        let account = self.accounts.get(&charge.customer).ok_or_else(|| refuse(codes::ACCOUNT_NOT_FOUND))?;
        let Paid { cash, .. } = charge.paid;
        let (credit, cards) = (charge.paid.credit_part(), charge.paid.card_part());
        let settled = Amount::checked_sum([cash, charge.paid.coupons(), credit, cards, debt]);
        let settled = settled.ok_or_else(|| refuse(codes::BAD_PARAMETER))?;
        if !settles(account.site, charge.due(), settled) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let (partner, association) = (account.associated_with.clone(), account.association_type.clone());
        let day = self.billed_on(&charge);
        let mut legs = vec![
            (self.pays_from(charge.payer()), charge.paid.cash.negated()),
            (LedgerAccount::arrears(charge.payer()), debt.negated()),
            (LedgerAccount::outside("consumption"), settled),
        ];
        for (voucher, amount) in &charge.paid.vouchers {
            legs.push((LedgerAccount::voucher(voucher), amount.negated()));
        }
        for (expires, amount) in &charge.paid.credit {
            legs.push((LedgerAccount::credit(charge.payer(), *expires), amount.negated()));
        }
        for (card, amount) in &charge.paid.cards {
            legs.push((LedgerAccount::card(card), amount.negated()));
        }
        legs.retain(|(_, gain)| !gain.is_zero());
        self.post("consumption", legs)?;
        self.note_charge(&charge);
        if debt.is_positive() {
            self.wallet.unsettled.push(self.wallet.charges.len());
        }
        self.wallet.charges.push(Booked { charge, day, partner, association, debt });
        Ok(())
    }

    /// Pays what customers owe out of the cash that they have got since, oldest first.
    pub(crate) fn pay_arrears(&mut self) {
        for index in std::mem::take(&mut self.wallet.unsettled) {
            let Some(booked) = self.wallet.charges.get(index) else { continue };
            let (customer, debt) = (booked.payer().to_owned(), booked.debt);
            let paid = debt.min(self.ledger.balance(&LedgerAccount::cash(&customer)));
            let moved = paid.is_positive()
                && self
                    .move_money(
                        "arrears",
                        LedgerAccount::cash(&customer),
                        LedgerAccount::arrears(&customer),
                        paid,
                    )
                    .is_ok();
            let left = if moved { debt.checked_sub(paid).unwrap_or_default() } else { debt };
            if moved {
                let trade =
                    self.wallet.charges.get(index).map(|booked| booked.id.clone()).unwrap_or_default();
                let what = TradeDetail::Repayment;
                self.note_change(&customer, BalanceType::Cash, what, paid.negated(), &trade, None, None);
            }
            if let Some(booked) = self.wallet.charges.get_mut(index).filter(|_| moved) {
                booked.charge.paid.cash = booked.charge.paid.cash.checked_add(paid).unwrap_or_default();
                booked.debt = left;
            }
            if left.is_positive() {
                self.wallet.unsettled.push(index);
            }
        }
    }

    /// A use is billed in the month in which it ended, until the figures of that month are final; then in the month
    /// of the payment, as everything else is.
    fn billed_on(&self, charge: &Charge) -> Day {
        let paid = charge.at.billing_day();
        if charge.mode != ChargingMode::PayPerUse {
            return paid;
        }
        let used = last_day(charge.from, charge.until);
        let open = used.cycle().final_from().is_none_or(|end| self.now < end);
        if open { used.min(paid) } else { paid }
    }

    /// Returns the amount that a customer used and has not paid.
    pub(crate) fn debt_of(&self, customer: &str) -> Amount {
        self.ledger.balance(&LedgerAccount::arrears(customer)).negated()
    }

    /// The book from which a customer pays what it pays in cash.
    pub(crate) fn pays_from(&self, customer: &str) -> LedgerAccount {
        match self.accounts.get(customer).and_then(|account| account.associated_with.as_deref()) {
            Some(partner) if self.accounts.is_of_reseller_model(customer) => {
                LedgerAccount::payable(self.accounts.billed(partner))
            }
            _ => LedgerAccount::cash(customer),
        }
    }
}
