//! The ledgers that an account is shown of itself: changes of its money and of its vouchers.

use serde::{Deserialize, Serialize};

use super::charges::Charge;
use crate::{
    core::{LedgerAccount, Owned},
    state::State,
};
use huaweicloud_partner::{
    bills::{BillClass, BillType},
    customers::PaymentChannel,
    fill,
    partners::{AccountChange, BalanceType, ChangeDirection, TradeDetail},
    types::{Amount, UtcTime},
    vouchers::VoucherTradeDetail,
};

impl State {
    /// Writes a change of an account down, after the money moved. `with` is the customer or reseller on the lower side
    /// of a grant or reclaim.
    #[allow(clippy::too_many_arguments)] // a line of the ledger has that many columns
    pub(crate) fn note_change(
        &mut self,
        owner: &str,
        balance: BalanceType,
        what: TradeDetail,
        gain: Amount,
        trade: &str,
        with: Option<&str>,
        consumed: Option<(UtcTime, UtcTime)>,
    ) {
        let after = match balance {
            BalanceType::Credit => self.credit_of(owner),
            _ => self.ledger.balance(&LedgerAccount::cash(owner)),
        };
        let change = fill!(AccountChange {
            account_change_id: self.fresh("CH"),
            trade_detail_type: Some(what),
            trade_time: Some(self.now),
            trade_id: Some(trade.to_owned()),
            change_amount: Some(gain.abs()),
            balance_after_change: Some(after),
            direction: Some(if gain.is_negative() {
                ChangeDirection::Expense
            } else {
                ChangeDirection::Income
            }),
            customer_id: with.map(Into::into),
            account_name: with.and_then(|id| self.accounts.get(id)).map(|account| account.login.clone()),
        });
        let record = Change { balance, change, consumed, offer: None, channel: None };
        self.wallet.changes.push(Owned { owner: owner.to_owned(), record });
    }

    /// Records a charge in the ledgers of the account that paid it, after the money moved. A partner's debt
    /// is no change of the customer's account.
    pub(crate) fn note_charge(&mut self, charge: &Charge) {
        let (changes, entries) = (self.wallet.changes.len(), self.wallet.voucher_entries.len());
        self.note_parts(charge);
        for change in self.wallet.changes.iter_mut().skip(changes) {
            change.record.offer = Some(charge.offer.clone());
        }
        for entry in self.wallet.voucher_entries.iter_mut().skip(entries) {
            entry.record.offer = Some(charge.offer.clone());
        }
    }

    fn note_parts(&mut self, charge: &Charge) {
        let trade = charge.order.as_ref().unwrap_or(&charge.id);
        let consumed = Some((charge.from, charge.until));
        let refund = charge.what.class() == Some(BillClass::Refund);
        let by_use = matches!(charge.what, BillType::Usage | BillType::Hourly);
        let cash = charge.paid.cash;
        if !cash.is_zero() && !self.accounts.is_of_reseller_model(charge.payer()) {
            let what = match (refund, by_use) {
                (true, _) => TradeDetail::Unsubscription,
                (_, true) => TradeDetail::PayPerUse,
                _ => TradeDetail::Subscription,
            };
            let owner = charge.payer();
            self.note_change(owner, BalanceType::Cash, what, cash.negated(), trade, None, consumed);
        }
        let credit = charge.paid.credit_part();
        if !credit.is_zero() {
            let what = match (refund, by_use) {
                (true, _) => TradeDetail::Unsubscription,
                (_, true) => TradeDetail::PayPerUse,
                _ => TradeDetail::Subscription,
            };
            let owner = charge.payer();
            self.note_change(owner, BalanceType::Credit, what, credit.negated(), trade, None, consumed);
        }
        for (voucher, amount) in &charge.paid.vouchers {
            let what = match (refund, by_use) {
                (true, _) => VoucherTradeDetail::Unsubscription,
                (_, true) => VoucherTradeDetail::PayPerUse,
                _ => VoucherTradeDetail::Subscription,
            };
            if let Some(voucher) = self.wallet.vouchers.get(voucher).cloned() {
                self.note_voucher(&voucher, what, amount.negated(), trade);
            }
        }
    }
}

/// A change of one of two kinds of account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) balance: BalanceType,
    pub(crate) change: AccountChange,
    /// For a charge the time that is paid for.
    #[serde(default)]
    pub(crate) consumed: Option<(UtcTime, UtcTime)>,
    /// For a charge the offer.
    #[serde(default)]
    pub(crate) offer: Option<String>,
    /// For a recharge the channel of the payment and the number that it has there.
    #[serde(default)]
    pub(crate) channel: Option<(PaymentChannel, String)>,
}
