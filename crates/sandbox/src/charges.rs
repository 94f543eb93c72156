//! What customers were charged: the one record from which bills, fee records and costs are made.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{
    ledger::LedgerAccount,
    world::{Refusal, State, refuse},
};
use huaweicloud_partner::{
    bills::{BillType, ChargingMode},
    error::codes,
    partners::{BalanceType, TradeDetail},
    types::{Amount, BillCycle, Day, Site, UtcTime},
};

/// One charge, or a refund with negative amounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Charge {
    pub(super) id: String,
    /// When the money moved.
    pub(super) at: UtcTime,
    pub(super) customer: String,
    pub(super) what: BillType,
    pub(super) mode: ChargingMode,
    /// The offer that was bought or used; see the market.
    pub(super) offer: String,
    pub(super) order: Option<String>,
    pub(super) resource: Option<String>,
    /// The time that is paid for.
    pub(super) from: UtcTime,
    pub(super) until: UtcTime,
    /// How much was used, in the offer's unit; none for periods.
    pub(super) usage: Option<Amount>,
    /// The price before discounts.
    pub(super) list_price: Amount,
    pub(super) discount: Amount,
    pub(super) paid: Paid,
}

/// What an amount due was paid with, or was paid back to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Paid {
    /// From the customer's cash account.
    pub(super) cash: Amount,
    /// From vouchers, by id.
    pub(super) vouchers: Vec<(String, Amount)>,
    /// From lines of credit, by the time at which they expire.
    #[serde(default)]
    pub(super) credit: Vec<(Option<UtcTime>, Amount)>,
    /// From stored-value cards, by id.
    #[serde(default)]
    pub(super) cards: Vec<(String, Amount)>,
}

/// A charge in the books, with what only its moment knew. Reads like the charge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Booked {
    pub(super) charge: Charge,
    /// The day that it is billed under: that of the payment, for pay-per-use the last day of use while the month of
    /// that day is open.
    pub(super) day: Day,
    /// The partner or reseller that the customer belonged to.
    pub(super) partner: Option<String>,
    /// How it belonged.
    pub(super) association: Option<String>,
    /// What the customer still owes.
    pub(super) debt: Amount,
}

impl Charge {
    /// What had to be paid: the list price less the discount. On the China site charges are made to cents; what is
    /// below may be left unpaid.
    pub(super) fn due(&self) -> Amount {
        self.list_price.checked_sub(self.discount).unwrap_or_default()
    }
}

impl Paid {
    /// From vouchers together.
    pub(super) fn coupons(&self) -> Amount {
        Amount::checked_sum(self.vouchers.iter().map(|(_, amount)| *amount)).unwrap_or_default()
    }

    /// From credit together.
    pub(super) fn credit_part(&self) -> Amount {
        Amount::checked_sum(self.credit.iter().map(|(_, amount)| *amount)).unwrap_or_default()
    }

    /// From stored-value cards together.
    pub(super) fn card_part(&self) -> Amount {
        Amount::checked_sum(self.cards.iter().map(|(_, amount)| *amount)).unwrap_or_default()
    }
}

impl Booked {
    /// The month that it is billed in.
    pub(super) fn cycle(&self) -> BillCycle {
        self.day.cycle()
    }
}

impl Deref for Booked {
    type Target = Charge;

    fn deref(&self) -> &Charge {
        &self.charge
    }
}

impl State {
    /// Moves the money of a charge and keeps it. The parts of [`Charge::paid`] must add up to what is due, on the China
    /// site to what is due in whole cents; a book that does not hold enough refuses the whole charge. Customers of the
    /// Reseller model have no cash: what they pay in cash becomes what their partner owes. Whether they may buy is asked
    /// before, see [`State::may_buy`].
    pub(super) fn charge(&mut self, charge: Charge) -> Result<(), Refusal> {
        self.charge_partly(charge, Amount::ZERO)
    }

    /// The same where a part is not paid now but owed.
    pub(super) fn charge_partly(&mut self, charge: Charge, debt: Amount) -> Result<(), Refusal> {
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
            (self.pays_from(&charge.customer), charge.paid.cash.negated()),
            (LedgerAccount::arrears(&charge.customer), debt.negated()),
            (LedgerAccount::outside("consumption"), settled),
        ];
        for (voucher, amount) in &charge.paid.vouchers {
            legs.push((LedgerAccount::voucher(voucher), amount.negated()));
        }
        for (expires, amount) in &charge.paid.credit {
            legs.push((LedgerAccount::credit(&charge.customer, *expires), amount.negated()));
        }
        for (card, amount) in &charge.paid.cards {
            legs.push((LedgerAccount::card(card), amount.negated()));
        }
        legs.retain(|(_, gain)| !gain.is_zero());
        self.post("consumption", legs)?;
        self.note_charge(&charge);
        if debt.is_positive() {
            self.billing.unsettled.push(self.charges.len());
        }
        self.charges.push(Booked { charge, day, partner, association, debt });
        Ok(())
    }

    /// Pays what customers owe out of the cash that they have got since, oldest first.
    pub(super) fn settle_arrears(&mut self) {
        for index in std::mem::take(&mut self.billing.unsettled) {
            let Some(booked) = self.charges.get(index) else { continue };
            let (customer, debt) = (booked.customer.clone(), booked.debt);
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
                let trade = self.charges.get(index).map(|booked| booked.id.clone()).unwrap_or_default();
                let what = TradeDetail::Repayment;
                self.note_change(&customer, BalanceType::Cash, what, paid.negated(), &trade, None, None);
            }
            if let Some(booked) = self.charges.get_mut(index).filter(|_| moved) {
                booked.charge.paid.cash = booked.charge.paid.cash.checked_add(paid).unwrap_or_default();
                booked.debt = left;
            }
            if left.is_positive() {
                self.billing.unsettled.push(index);
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
}

/// Is what was paid and what is owed that which is due?
fn settles(site: Site, due: Amount, settled: Amount) -> bool {
    let Some(dropped) = due.checked_sub(settled) else { return false };
    let to_cents =
        site == Site::China && dropped.truncated(2).is_zero() && dropped.is_negative() == due.is_negative();
    dropped.is_zero() || to_cents
}

/// The last day of a time that begins at `from` and is over at `until`.
pub(super) fn last_day(from: UtcTime, until: UtcTime) -> Day {
    let moment: UtcTime = until.instant().saturating_sub(time::Duration::NANOSECOND).into();
    moment.max(from).billing_day()
}
