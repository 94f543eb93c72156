//! Vouchers: what they pay for, how they change hands, expire and go back, and the records of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Wallet;
use crate::{
    core::{LedgerAccount, Owned, Refusal},
    state::State,
};
use huaweicloud_partner::{
    fill,
    orders::VoucherGroup,
    types::{Amount, UtcTime},
    vouchers::{QuotaType, VoucherOperation, VoucherRecord, VoucherResult, VoucherTradeDetail},
};

/// Type of a voucher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VoucherKind {
    /// A cash voucher, which pays like money.
    #[default]
    Cash,
    /// A flexi-purchase voucher, which pays like money as well.
    FlexiPurchase,
    /// A discount voucher, which leaves this share of the price of what is bought by a period, above 0 and below 1. Its
    /// amount is the most that it takes off.
    Discount(Amount),
}

/// Limits on the payments with a voucher. Without limits it pays for anything, together with any discount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct VoucherLimits {
    /// The cloud services that it may pay for, by their codes; all where empty.
    pub services: Vec<String>,
    /// The products that it may pay for, by their ids; all where empty.
    pub products: Vec<String>,
    /// The kinds of order that it may pay, of `new`, `renew` and `change`; all where empty.
    pub order_types: Vec<String>,
    /// The regions whose products it may pay for, by their codes; all where empty.
    pub regions: Vec<String>,
    /// Whether it cannot be used together with a commercial discount.
    pub without_commercial_discounts: bool,
    /// Whether it cannot be used together with a discount that a partner granted. For a discount voucher this always
    /// holds, for commercial discounts too.
    pub without_partner_discounts: bool,
    /// Whether it cannot be used together with a promotion.
    pub without_promotion_discounts: bool,
    /// Least share of each line that a discount must leave for the voucher to be used together with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_discount_ratio: Option<Amount>,
    /// The largest share of a line that it pays, above 0 and up to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_share: Option<Amount>,
    /// Whether it pays only the first order of a customer for a cloud service.
    pub first_order_in_service: bool,
    /// Number of payments that it can be used for; without limit where it is left out or 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_times: Option<u32>,
    /// Group of the voucher: `0` ordinary, as without one, `1` for the marketplace, `2` dedicated, `3` for hardware. Nothing
    /// of the marketplace and no hardware is on sale in the sandbox, so that such a voucher pays for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<VoucherGroup>,
}

impl VoucherLimits {
    /// Whether it may pay for a product of a cloud service, bought by an order of this kind. Use has no kind of order.
    pub(crate) fn admit(
        &self,
        (service, product, region): (&str, &str, &str),
        order_type: Option<&str>,
    ) -> bool {
        let among = |list: &[String], one: &str| list.is_empty() || list.iter().any(|it| it == one);
        among(&self.services, service)
            && among(&self.products, product)
            && among(&self.regions, region)
            && order_type.is_none_or(|kind| among(&self.order_types, kind))
    }
}

/// A voucher that a customer holds or held.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Voucher {
    pub(crate) id: String,
    /// The quota that it was issued from; empty for those that Huawei Cloud gave.
    pub(crate) quota: String,
    /// The partner or reseller that issued it; empty for Huawei Cloud.
    pub(crate) issuer: String,
    pub(crate) customer: String,
    pub(crate) face_value: Amount,
    pub(crate) reclaimed: bool,
    pub(crate) created: UtcTime,
    pub(crate) effective: UtcTime,
    pub(crate) expires: UtcTime,
    /// The promotion plan of Huawei Cloud that it comes from.
    #[serde(default)]
    pub(crate) plan: Option<String>,
    /// The voucher of an enterprise master that it was cut from.
    #[serde(default)]
    pub(crate) cut_from: Option<String>,
    #[serde(default)]
    pub(crate) limits: VoucherLimits,
    #[serde(default)]
    pub(crate) kind: VoucherKind,
}

impl Voucher {
    /// Returns the group that it belongs to.
    pub(crate) fn group(&self) -> VoucherGroup {
        self.limits.group.unwrap_or(VoucherGroup::Ordinary)
    }

    /// Neither taken back nor past its end.
    pub(crate) fn is_usable(&self, now: UtcTime) -> bool {
        !self.reclaimed && now < self.expires
    }
}

/// One change of a voucher.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct VoucherEntry {
    pub(crate) voucher: String,
    pub(crate) what: VoucherTradeDetail,
    pub(crate) at: UtcTime,
    /// The transaction or order behind it.
    pub(crate) trade: String,
    /// Amount of the change, below zero where the voucher lost it.
    pub(crate) gain: Amount,
    pub(crate) after: Amount,
    /// The offer that was paid for.
    #[serde(default)]
    pub(crate) offer: Option<String>,
}

impl State {
    /// Takes back what is left on an issued voucher, and writes the record and the ledger of its holder.
    pub(crate) fn take_voucher_back(&mut self, id: &str, operation: VoucherOperation) -> Result<(), Refusal> {
        let Some(voucher) = self.wallet.vouchers.get(id).cloned() else { return Ok(()) };
        let left = self.ledger.balance(&LedgerAccount::voucher(id));
        self.move_money(
            "voucher reclaim",
            LedgerAccount::voucher(id),
            LedgerAccount::quota(&voucher.quota),
            left,
        )?;
        if let Some(voucher) = self.wallet.vouchers.get_mut(id) {
            voucher.reclaimed = true;
        }
        let trade = self.record_voucher(&voucher, operation, left, None);
        self.note_voucher(&voucher, VoucherTradeDetail::Reclaim, left.negated(), &trade);
        Ok(())
    }

    /// Returns the rest of an issued voucher that has expired to its quota, as the record says. Where it goes
    /// is not documented; the other reclaims were followed.
    fn clear_voucher(&mut self, id: &str) {
        let Some(voucher) = self.wallet.vouchers.get(id).filter(|voucher| !voucher.reclaimed).cloned() else {
            return;
        };
        let left = self.ledger.balance(&LedgerAccount::voucher(id));
        let (from, to) = (LedgerAccount::voucher(id), LedgerAccount::quota(&voucher.quota));
        if left.is_positive() && self.move_money("voucher expiry", from, to, left).is_ok() {
            let trade = self.record_voucher(&voucher, VoucherOperation::Expiry, left, None);
            self.note_voucher(&voucher, VoucherTradeDetail::Expiry, left.negated(), &trade);
        }
    }

    /// Clears the issued vouchers whose time is over.
    pub(crate) fn run_wallet_due(&mut self) {
        let now = self.now;
        while let Some((_, id)) = self.wallet.voucher_ends.first().filter(|(end, _)| *end <= now).cloned() {
            self.wallet.voucher_ends.pop_first();
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
        self.wallet.voucher_records.push(Owned { owner: voucher.issuer.clone(), record });
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
        self.wallet.voucher_entries.push(Owned { owner: voucher.customer.clone(), record });
    }

    /// Returns the remainder of vouchers that a partner issued to a customer to their quotas.
    pub(crate) fn recall_vouchers(
        &mut self,
        partner: &str,
        customer: &str,
        why: VoucherOperation,
    ) -> Result<(), Refusal> {
        let usable = self.wallet.vouchers.values().filter(|voucher| {
            let left = self.ledger.balance(&LedgerAccount::voucher(&voucher.id));
            voucher.issuer == partner
                && voucher.customer == customer
                && voucher.is_usable(self.now)
                && left.is_positive()
        });
        let usable: Vec<String> = usable.map(|voucher| voucher.id.clone()).collect();
        for voucher in usable {
            self.take_voucher_back(&voucher, why.clone())?;
        }
        Ok(())
    }

    /// Whether somebody issued vouchers to a customer.
    pub(crate) fn vouchers_issued_to(&self, issuer: &str, customer: &str) -> bool {
        self.wallet.vouchers.values().any(|voucher| voucher.issuer == issuer && voucher.customer == customer)
    }

    /// Whether a voucher has been used as often as it may be.
    pub(crate) fn is_used_up(&self, voucher: &Voucher) -> bool {
        let Some(most) = voucher.limits.usage_times.filter(|most| *most > 0) else { return false };
        let paid = self.wallet.charges.iter().filter(|charge| {
            charge.paid.vouchers.iter().any(|(id, amount)| *id == voucher.id && amount.is_positive())
        });
        let payments: BTreeSet<&str> =
            paid.map(|charge| charge.order.as_deref().unwrap_or(&charge.id)).collect();
        payments.len() >= most as usize
    }

    /// Returns the amount that can be paid with a voucher now; `None` where it cannot be used.
    pub(crate) fn left_on(&self, voucher: &Voucher) -> Option<Amount> {
        let left = self.ledger.balance(&LedgerAccount::voucher(&voucher.id));
        let usable = voucher.is_usable(self.now) && voucher.effective <= self.now && left.is_positive();
        (usable && !self.is_used_up(voucher)).then_some(left)
    }
}

impl Wallet {
    /// The order that waits for approval and will be paid with a voucher.
    pub(crate) fn lock_on(&self, voucher: &str) -> Option<&str> {
        self.locks.get(voucher).map(String::as_str)
    }

    /// Keeps a new voucher.
    pub(crate) fn keep_voucher(&mut self, voucher: Voucher) {
        self.vouchers.insert(voucher.id.clone(), voucher);
    }

    /// Keeps a voucher that was issued from a quota, to which its rest goes back when it expires.
    pub(crate) fn keep_issued_voucher(&mut self, voucher: Voucher) {
        self.voucher_ends.insert((voucher.expires, voucher.id.clone()));
        self.keep_voucher(voucher);
    }

    /// Marks a voucher as taken back.
    pub(crate) fn mark_reclaimed(&mut self, id: &str) {
        if let Some(voucher) = self.vouchers.get_mut(id) {
            voucher.reclaimed = true;
        }
    }

    /// Keeps a voucher or card for an order that waits for approval.
    pub(crate) fn lock(&mut self, means: &str, order: &str) {
        self.locks.insert(means.to_owned(), order.to_owned());
    }

    /// Frees the vouchers and cards that were kept for an order.
    pub(crate) fn unlock(&mut self, order: &str) {
        self.locks.retain(|_, locked_by| locked_by != order);
    }

    /// Time at which the next issued voucher expires.
    pub(crate) fn next_due(&self) -> Option<UtcTime> {
        self.voucher_ends.first().map(|(end, _)| *end)
    }
}
