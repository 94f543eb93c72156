//! What customers were charged: the one record from which bills, fee records and costs are made.

use serde::{Deserialize, Serialize};

use super::{
    ledger::Book,
    world::{Refusal, World},
};
use crate::{
    bills::{BillType, ChargingMode},
    types::{Amount, UtcTime},
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
}

impl Charge {
    /// What had to be paid: the list price less the discount.
    pub(super) fn due(&self) -> Amount {
        self.list_price.checked_sub(self.discount).unwrap_or_default()
    }
}

impl World {
    /// Moves the money of a charge and keeps it. The parts of [`Charge::paid`] must add up to what is due; a book that
    /// does not hold enough refuses the whole charge. Customers of the Reseller model have no cash: what they pay in cash
    /// becomes what their partner owes. Nothing is sold to who may not buy, see [`World::may_buy`].
    pub(super) fn charge(&mut self, charge: Charge) -> Result<(), Refusal> {
        if charge.due().is_positive() {
            self.may_buy(&charge.customer)?;
        }
        let consumption = Book::outside("consumption");
        let mut legs = vec![(self.pays_from(&charge.customer), charge.paid.cash.negated())];
        for (voucher, amount) in &charge.paid.vouchers {
            legs.push((Book::voucher(voucher), amount.negated()));
        }
        legs.push((consumption, charge.due()));
        legs.retain(|(_, gain)| !gain.is_zero());
        self.post("consumption", legs)?;
        self.note_charge(&charge);
        self.charges.push(charge);
        Ok(())
    }
}
