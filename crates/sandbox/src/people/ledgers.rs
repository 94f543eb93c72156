//! The ledgers that an account is shown of itself: changes of its money and of its vouchers.

use serde::{Deserialize, Serialize};

use crate::{
    charges::Charge,
    core::{Change, Owned, Refusal, Voucher, VoucherKind},
    ledger::LedgerAccount,
    world::State,
};
use huaweicloud_partner::{
    bills::{BillClass, BillType},
    fill,
    partners::{AccountChange, Adjustment, AdjustmentKind, BalanceType, ChangeDirection, TradeDetail},
    types::{Amount, Currency, MeasureUnit, UtcTime},
    vouchers::{QuotaType, VoucherOperation, VoucherRecord, VoucherResult, VoucherTradeDetail},
};

/// One change of a voucher.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct VoucherEntry {
    pub(crate) voucher: String,
    pub(crate) what: VoucherTradeDetail,
    pub(crate) at: UtcTime,
    /// The transaction or order behind it.
    pub(crate) trade: String,
    /// By how much; below zero where it went.
    pub(crate) gain: Amount,
    pub(crate) after: Amount,
    /// The offer that was paid for.
    #[serde(default)]
    pub(crate) offer: Option<String>,
}

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
        self.changes.push(Owned { owner: owner.to_owned(), record });
    }

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
        self.adjustments.push(Owned { owner: payer.to_owned(), record });
        for (owner, gain) in [(from, amount.negated()), (to, amount)] {
            let with = Some(receiver);
            self.note_change(owner, BalanceType::Cash, kind.as_str().into(), gain, &trans_id, with, None);
        }
        Ok(trans_id)
    }

    /// Takes back what is left on an issued voucher, and writes the record and the ledger of its holder.
    pub(crate) fn take_voucher_back(&mut self, id: &str, operation: VoucherOperation) -> Result<(), Refusal> {
        let Some(voucher) = self.vouchers.get(id).cloned() else { return Ok(()) };
        let left = self.ledger.balance(&LedgerAccount::voucher(id));
        self.move_money(
            "voucher reclaim",
            LedgerAccount::voucher(id),
            LedgerAccount::quota(&voucher.quota),
            left,
        )?;
        if let Some(voucher) = self.vouchers.get_mut(id) {
            voucher.reclaimed = true;
        }
        let trade = self.record_voucher(&voucher, operation, left, None);
        self.note_voucher(&voucher, VoucherTradeDetail::Reclaim, left.negated(), &trade);
        Ok(())
    }

    /// Returns the rest of an issued voucher that has expired to its quota, as the record says. Where it goes
    /// is not documented; the other reclaims were followed.
    fn clear_voucher(&mut self, id: &str) {
        let Some(voucher) = self.vouchers.get(id).filter(|voucher| !voucher.reclaimed).cloned() else {
            return;
        };
        let left = self.ledger.balance(&LedgerAccount::voucher(id));
        let (from, to) = (LedgerAccount::voucher(id), LedgerAccount::quota(&voucher.quota));
        if left.is_positive() && self.move_money("voucher expiry", from, to, left).is_ok() {
            let trade = self.record_voucher(&voucher, VoucherOperation::Expiry, left, None);
            self.note_voucher(&voucher, VoucherTradeDetail::Expiry, left.negated(), &trade);
        }
    }

    /// Time at which the next issued voucher expires.
    pub(crate) fn next_voucher_end(&self) -> Option<UtcTime> {
        self.people.voucher_ends.first().map(|(end, _)| *end)
    }

    /// Clears the issued vouchers whose time is over.
    pub(crate) fn clear_expired_vouchers(&mut self) {
        let now = self.now;
        while let Some((_, id)) = self.people.voucher_ends.first().filter(|(end, _)| *end <= now).cloned() {
            self.people.voucher_ends.pop_first();
            self.clear_voucher(&id);
        }
    }

    /// Writes an issue or a reclaim of a voucher down for its issuer. Returns the id of the record.
    pub(crate) fn record_voucher(
        &mut self,
        voucher: &Voucher,
        operation: VoucherOperation,
        amount: Amount,
        remark: Option<String>,
    ) -> String {
        let id = self.fresh("VR");
        let record = fill!(VoucherRecord {
            id: id.clone(),
            operation_type: Some(operation),
            quota_id: voucher.quota.as_str().into(),
            quota_type: Some(match voucher.kind {
                VoucherKind::FlexiPurchase => QuotaType::FlexiPurchase,
                _ => QuotaType::Cash,
            }),
            coupon_id: Some(voucher.id.as_str().into()),
            customer_id: voucher.customer.as_str().into(),
            operation_amount: Some(amount),
            operation_time: Some(self.now),
            result: Some(VoucherResult::Done),
            remark,
        });
        self.voucher_records.push(Owned { owner: voucher.issuer.clone(), record });
        id
    }

    /// Writes a change of a voucher down, after its money moved.
    pub(crate) fn note_voucher(
        &mut self,
        voucher: &Voucher,
        what: VoucherTradeDetail,
        gain: Amount,
        trade: &str,
    ) {
        let record = VoucherEntry {
            voucher: voucher.id.clone(),
            what,
            at: self.now,
            trade: trade.to_owned(),
            gain,
            after: self.ledger.balance(&LedgerAccount::voucher(&voucher.id)),
            offer: None,
        };
        self.people.voucher_entries.push(Owned { owner: voucher.customer.clone(), record });
    }

    /// Records a charge in the ledgers of the account that paid it, after the money moved. A partner's debt
    /// is no change of the customer's account.
    pub(crate) fn note_charge(&mut self, charge: &Charge) {
        let (changes, entries) = (self.changes.len(), self.people.voucher_entries.len());
        self.note_parts(charge);
        for change in self.changes.iter_mut().skip(changes) {
            change.record.offer = Some(charge.offer.clone());
        }
        for entry in self.people.voucher_entries.iter_mut().skip(entries) {
            entry.record.offer = Some(charge.offer.clone());
        }
    }

    fn note_parts(&mut self, charge: &Charge) {
        let trade = charge.order.as_ref().unwrap_or(&charge.id);
        let consumed = Some((charge.from, charge.until));
        let refund = charge.what.class() == Some(BillClass::Refund);
        let by_use = matches!(charge.what, BillType::Usage | BillType::Hourly);
        let cash = charge.paid.cash;
        if !cash.is_zero() && !self.is_of_reseller_model(charge.payer()) {
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
            if let Some(voucher) = self.vouchers.get(voucher).cloned() {
                self.note_voucher(&voucher, what, amount.negated(), trade);
            }
        }
    }
}
