//! Record of the customers' charges, from which bills, fee records and costs are made.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::core::sum;
use huaweicloud_partner::{
    bills::{BillType, ChargingMode},
    types::{Amount, BillCycle, Day, Site, UtcTime},
};

/// One charge, or a refund with negative amounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    /// Time at which the money moved.
    pub(crate) at: UtcTime,
    pub(crate) customer: String,
    pub(crate) what: BillType,
    pub(crate) mode: ChargingMode,
    /// The offer that was bought or used; see the catalogue.
    pub(crate) offer: String,
    pub(crate) order: Option<String>,
    pub(crate) resource: Option<String>,
    /// The time that is paid for.
    pub(crate) from: UtcTime,
    pub(crate) until: UtcTime,
    /// Amount of use in the offer's unit; `None` for periods.
    pub(crate) usage: Option<Amount>,
    /// Part of the use that resource packages covered.
    #[serde(default)]
    pub(crate) covered: Option<Amount>,
    /// The price before discounts, without what packages covered.
    pub(crate) list_price: Amount,
    pub(crate) discount: Amount,
    pub(crate) paid: Paid,
    /// Account that paid the charge from its cash and credit, where that is not the customer.
    #[serde(default)]
    pub(crate) payer: Option<String>,
}

/// Means with which an amount due was paid, or to which it was paid back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Paid {
    /// From the customer's cash account.
    pub(crate) cash: Amount,
    /// From vouchers, by id.
    pub(crate) vouchers: Vec<(String, Amount)>,
    /// From lines of credit, by the time at which they expire.
    #[serde(default)]
    pub(crate) credit: Vec<(Option<UtcTime>, Amount)>,
    /// From stored-value cards, by id.
    #[serde(default)]
    pub(crate) cards: Vec<(String, Amount)>,
}

/// A charge in the books, with what only its moment knew. Reads like the charge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Booked {
    pub(crate) charge: Charge,
    /// The day that it is billed under: that of the payment, for pay-per-use the last day of use while the month of
    /// that day is open.
    pub(crate) day: Day,
    /// The partner or reseller that the customer belonged to.
    pub(crate) partner: Option<String>,
    /// Type of the association.
    pub(crate) association: Option<String>,
    /// Amount that the customer still owes.
    pub(crate) debt: Amount,
}

impl Charge {
    /// Returns the amount that had to be paid: the list price less the discount. On the China site charges
    /// are made to cents; the part below may be left unpaid.
    pub(crate) fn due(&self) -> Amount {
        self.list_price.checked_sub(self.discount).unwrap_or_default()
    }

    /// Returns the account that pays the charge from its cash and credit.
    pub(crate) fn payer(&self) -> &str {
        self.payer.as_deref().unwrap_or(&self.customer)
    }
}

impl Paid {
    /// From vouchers together.
    pub(crate) fn coupons(&self) -> Amount {
        Amount::checked_sum(self.vouchers.iter().map(|(_, amount)| *amount)).unwrap_or_default()
    }

    /// From credit together.
    pub(crate) fn credit_part(&self) -> Amount {
        Amount::checked_sum(self.credit.iter().map(|(_, amount)| *amount)).unwrap_or_default()
    }

    /// From stored-value cards together.
    pub(crate) fn card_part(&self) -> Amount {
        Amount::checked_sum(self.cards.iter().map(|(_, amount)| *amount)).unwrap_or_default()
    }
}

impl Booked {
    /// The month that it is billed in.
    pub(crate) fn cycle(&self) -> BillCycle {
        self.day.cycle()
    }
}

impl Deref for Booked {
    type Target = Charge;

    fn deref(&self) -> &Charge {
        &self.charge
    }
}

/// Is what was paid and what is owed that which is due?
pub(crate) fn settles(site: Site, due: Amount, settled: Amount) -> bool {
    let Some(dropped) = due.checked_sub(settled) else { return false };
    let to_cents =
        site == Site::China && dropped.truncated(2).is_zero() && dropped.is_negative() == due.is_negative();
    dropped.is_zero() || to_cents
}

/// The last day of a time that begins at `from` and is over at `until`.
pub(crate) fn last_day(from: UtcTime, until: UtcTime) -> Day {
    let moment: UtcTime = until.instant().saturating_sub(time::Duration::NANOSECOND).into();
    moment.max(from).billing_day()
}

impl Paid {
    pub(crate) fn total(&self) -> Amount {
        sum([self.cash, self.coupons(), self.credit_part(), self.card_part()])
    }

    pub(crate) fn negated(&self) -> Self {
        Self {
            cash: self.cash.negated(),
            vouchers: self.vouchers.iter().map(|(id, amount)| (id.clone(), amount.negated())).collect(),
            credit: self.credit.iter().map(|(line, amount)| (*line, amount.negated())).collect(),
            cards: self.cards.iter().map(|(id, amount)| (id.clone(), amount.negated())).collect(),
        }
    }
}
