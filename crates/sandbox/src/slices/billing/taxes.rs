//! Taxes of the international site: lines of their own at the end of each month.
//!
//! When taxes are charged and at which rates is not documented. Here an account has the rate that the event
//! `set_tax_rate` sets, and the tax on a month is charged in the first second of the next one, for each product one line
//! of type 15 for consumption and one of type 100 for unsubscriptions. Customers of the Reseller model are not charged:
//! their partner is billed, with the tax beside the amount due.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Billing, days_of, plus};
use crate::{
    core::{LedgerAccount, Refusal, refuse},
    slices::wallet::{Charge, Paid},
    state::State,
};
use huaweicloud_partner::{
    bills::{BillClass, BillType, ChargingMode},
    error::codes,
    types::{Amount, BEIJING, BillCycle, Site, UtcTime},
};

/// Tax rate of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tax {
    rate: Amount,
    /// The month that is taxed next.
    next: BillCycle,
}

/// The first second of a month in Beijing.
fn begins(cycle: BillCycle) -> UtcTime {
    days_of(cycle).0.date().midnight().assume_offset(BEIJING).into()
}

impl State {
    /// Sets the rate at which an account of the international site is taxed, from the running month on; 0 ends it.
    pub(crate) fn set_tax_rate(&mut self, account: &str, rate: Amount) -> Result<(), Refusal> {
        let taxed = self.accounts.get(account).filter(|account| account.site == Site::International);
        if taxed.is_none() || rate.is_negative() || rate >= Amount::from(1) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        if rate.is_zero() {
            self.billing.taxes.remove(account);
        } else {
            let tax = Tax { rate, next: BillCycle::containing(self.now) };
            self.billing.taxes.insert(account.to_owned(), tax);
        }
        self.note_change_of_state();
        Ok(())
    }

    /// The tax on an amount that an account has to pay.
    pub(super) fn tax_on(&self, account: &str, amount: Amount) -> Amount {
        let rate = self.billing.taxes.get(account).map_or(Amount::ZERO, |tax| tax.rate);
        let tax = amount.as_decimal().checked_mul(rate.as_decimal());
        tax.map(Amount::from).unwrap_or_default().rounded(2)
    }

    /// Charges the taxes on the months that are over.
    pub(crate) fn run_billing_due(&mut self) {
        let due: Vec<(String, BillCycle)> = self
            .billing
            .taxes
            .iter()
            .filter(|(_, tax)| begins(tax.next.next()) <= self.now)
            .map(|(account, tax)| (account.clone(), tax.next))
            .collect();
        for (account, cycle) in due {
            let customer = self.accounts.get(&account).is_some_and(|account| !account.kind.is_partner());
            if customer && !self.accounts.is_of_reseller_model(&account) {
                self.tax_month(&account, cycle);
            }
            if let Some(tax) = self.billing.taxes.get_mut(&account) {
                tax.next = cycle.next();
            }
        }
    }

    fn tax_month(&mut self, customer: &str, cycle: BillCycle) {
        let mut sums: BTreeMap<(String, bool), Amount> = BTreeMap::new();
        for booked in self.wallet.charges().iter().filter(|it| it.customer == customer && it.cycle() == cycle)
        {
            let refund = booked.what.class() == Some(BillClass::Refund);
            if !matches!(booked.what, BillType::Tax | BillType::UnsubscriptionTax) {
                let sum = sums.entry((booked.offer.clone(), refund)).or_default();
                *sum = plus(*sum, booked.due());
            }
        }
        for ((offer, refund), sum) in sums {
            let amount = self.tax_on(customer, sum);
            if amount.is_zero() {
                continue;
            }
            let payer = self.payer_of(customer).to_owned();
            let cash = self.ledger.balance(&LedgerAccount::cash(&payer)).max(Amount::ZERO);
            let cash = amount.min(cash);
            let debt = plus(amount, cash.negated());
            let charge = Charge {
                id: self.fresh("TAX"),
                at: self.now,
                customer: customer.to_owned(),
                what: if refund { BillType::UnsubscriptionTax } else { BillType::Tax },
                mode: ChargingMode::PayPerUse,
                offer,
                order: None,
                resource: None,
                from: begins(cycle),
                until: begins(cycle.next()),
                usage: None,
                covered: None,
                list_price: amount,
                discount: Amount::ZERO,
                paid: Paid { cash, ..Paid::default() },
                payer: self.other_payer_of(customer),
            };
            // The parts add up, and no more cash is taken than there is.
            drop(self.charge_partly(charge, debt));
        }
    }
}

impl Billing {
    /// Time at which taxes are charged next.
    pub(crate) fn next_due(&self) -> Option<UtcTime> {
        self.taxes.values().map(|tax| begins(tax.next.next())).min()
    }
}
