//! Money between a payer and the accounts below it.

use crate::{
    core::{LedgerAccount, Owned, Refusal, positive, refuse},
    state::State,
};
use huaweicloud_partner::{
    customers::PaymentChannel,
    error::codes,
    fill,
    partners::{Adjustment, AdjustmentKind, BalanceType, TradeDetail},
    types::{Amount, Currency, CustomerId, MeasureUnit},
};

impl State {
    /// Moves money between a payer and an account below it, and writes the records of both. Returns the
    /// transaction id.
    pub(crate) fn transfer(
        &mut self,
        kind: AdjustmentKind,
        payer: &str,
        receiver: &str,
        amount: Amount,
    ) -> Result<String, Refusal> {
        let grants = kind == AdjustmentKind::Grant;
        let (from, to) = if grants { (payer, receiver) } else { (receiver, payer) };
        self.move_money(kind.as_str(), LedgerAccount::cash(from), LedgerAccount::cash(to), amount)?;
        let trans_id = self.fresh(if grants { "AD" } else { "RE" });
        let record = fill!(Adjustment {
            customer_id: Some(receiver.into()),
            customer_name: self.accounts.get(receiver).map(|account| account.name.clone()),
            operation_type: Some(kind.clone()),
            amount: Some(amount),
            currency: Some(Currency::Cny),
            operation_time: Some(self.now),
            measure_id: Some(MeasureUnit::MainUnit),
            trans_id: Some(trans_id.clone()),
            ..Adjustment::default()
        });
        self.wallet.adjustments.push(Owned { owner: payer.to_owned(), record });
        for (owner, gain) in [(from, amount.negated()), (to, amount)] {
            let with = Some(receiver);
            self.note_change(owner, BalanceType::Cash, kind.as_str().into(), gain, &trans_id, with, None);
        }
        Ok(trans_id)
    }

    /// Returns granted money to a partner, as far as the customer still has it.
    pub(crate) fn reclaim_granted(&mut self, partner: &str, customer: &str) -> Result<(), Refusal> {
        let moved =
            self.wallet.adjustments.iter().filter(|entry| entry.owner == partner).map(|entry| &entry.record);
        let moved =
            moved.filter(|record| record.customer_id.as_ref().is_some_and(|id| id.as_str() == customer));
        let granted = Amount::checked_sum(moved.filter_map(|record| match record.operation_type {
            Some(AdjustmentKind::Grant) => record.amount,
            Some(AdjustmentKind::Reclaim | AdjustmentKind::Dissociation) => {
                record.amount.map(Amount::negated)
            }
            _ => None,
        }));
        let left = granted.unwrap_or_default().min(self.ledger.balance(&LedgerAccount::cash(customer)));
        if left.is_positive() {
            self.transfer(AdjustmentKind::Dissociation, partner, customer, left)?;
        }
        Ok(())
    }

    /// Money is paid onto an account.
    pub(crate) fn recharge(&mut self, account: &str, amount: Amount) -> Result<(), Refusal> {
        if !self.accounts.contains_key(account) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        self.move_money(
            "recharge",
            LedgerAccount::outside("recharge"),
            LedgerAccount::cash(account),
            positive(amount)?,
        )?;
        let trade = self.fresh("RC");
        self.note_change(account, BalanceType::Cash, TradeDetail::Recharge, amount, &trade, None, None);
        Ok(())
    }

    /// The same through a channel of payment, where the payment has a number.
    pub(crate) fn recharge_through(
        &mut self,
        account: &str,
        amount: Amount,
        channel: PaymentChannel,
        number: String,
    ) -> Result<(), Refusal> {
        if !channel.is_known() {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        self.recharge(account, amount)?;
        if let Some(change) = self.wallet.changes.last_mut() {
            change.record.channel = Some((channel, number));
        }
        Ok(())
    }
}

/// A customer whose spending its partner pays.
pub(crate) fn resale_customer(world: &State, owner: &str, customer: &CustomerId) -> Result<(), Refusal> {
    let customer = world
        .accounts
        .customer_of(owner, customer.as_str())
        .ok_or_else(|| refuse(codes::NOT_OWN_CUSTOMER))?;
    if customer.is_resale() { Ok(()) } else { Err(refuse(codes::ACCOUNT_NOT_FOUND)) }
}
