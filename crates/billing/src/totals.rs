//! Exact totals of a month by reseller, customer, service and way of paying.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher as _, RandomState},
};

use huaweicloud_partner::{
    bills::{BillClass, ChargingMode},
    types::{Amount, Currency, Day, Money, UtcTime},
};
use serde::{Deserialize, Serialize};

use crate::{Error, ExactSum, charge::Charge, focus::day_period, sum::power_of_ten};

/// Key of charges that are added up together.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupKey {
    /// The reseller; `None` for the partner's own customers.
    pub reseller: Option<String>,
    /// The customer that was charged.
    pub customer: String,
    /// The code of the cloud service, or its name where there is no code.
    pub service: Option<String>,
    /// The code of the charging mode: 1, 3, 10 or 11.
    pub charging_mode: Option<i64>,
    /// True for a referral customer, which pays Huawei Cloud itself.
    pub referral: bool,
}

/// Exact sums over charges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sums {
    /// Number of charges.
    pub rows: u64,
    /// Charges without an amount to be paid; they are in no other sum.
    pub without_amount: u64,
    /// Amount that the partner is charged; for referral customers, what they pay Huawei Cloud themselves.
    pub billed: ExactSum,
    /// The part of that for consumption.
    pub consumption: ExactSum,
    /// The part of that for refunds; below zero.
    pub refunds: ExactSum,
    /// The part of that for adjustments.
    pub adjustments: ExactSum,
    /// The part of that whose kind is not known.
    pub unclassified: ExactSum,
    /// The list price, where rows have one.
    pub list: ExactSum,
    /// Discounts, where rows have one.
    pub discount: ExactSum,
    /// Amount that the customers pay for consumption, where it differs from the charge of the partner.
    pub payable: ExactSum,
    /// Tax: rows that are tax, and tax that stands beside other amounts.
    pub tax: ExactSum,
    /// Paid with vouchers of both kinds.
    pub coupons: ExactSum,
    /// Amount that was written off.
    pub written_off: ExactSum,
    /// Sum of the parts below the cent of each row.
    pub below_cent: ExactSum,
    /// Amount that rounding each row half up to cents would add.
    pub row_rounding: ExactSum,
    /// Charges of the day of the comparison and later, which sums of the day before cannot hold.
    pub late: ExactSum,
}

impl Sums {
    /// Adds a charge. Sums of the day before do not hold what happened at `as_of` and later.
    fn add(&mut self, charge: &Charge<'_>, as_of: Option<UtcTime>) -> Option<()> {
        self.rows += 1;
        let Some(billed) = charge.billed_amount() else {
            self.without_amount += 1;
            return Some(());
        };
        self.billed.add(billed)?;
        match charge.bill_class {
            Some(BillClass::Consumption) => self.consumption.add(billed)?,
            Some(BillClass::Refund) => self.refunds.add(billed)?,
            Some(BillClass::Adjustment) => self.adjustments.add(billed)?,
            None => self.unclassified.add(billed)?,
        }
        let add = |sum: &mut ExactSum, amount: Option<Amount>| match amount {
            Some(amount) => sum.add(amount),
            None => Some(()),
        };
        add(&mut self.list, charge.official_amount)?;
        add(&mut self.discount, charge.official_discount_amount)?;
        add(&mut self.payable, charge.payment_amount)?;
        add(&mut self.tax, charge.tax_amount)?;
        add(&mut self.coupons, charge.coupon_amount)?;
        add(&mut self.coupons, charge.flexipurchase_coupon_amount)?;
        add(&mut self.written_off, charge.writeoff_amount)?;
        if charge.is_tax() {
            self.tax.add(billed)?;
        }
        if let Some((below, rounding, scale)) = cents(billed) {
            self.below_cent.add_scaled(below, scale)?;
            self.row_rounding.add_scaled(rounding, scale)?;
        }
        if let (Some(as_of), Some(time)) = (as_of, charge.trade_time.or(charge.consume_time))
            && time >= as_of
        {
            self.late.add(billed)?;
        }
        Some(())
    }

    /// Adds other sums.
    pub(crate) fn add_sums(&mut self, other: &Self) -> Option<()> {
        self.rows += other.rows;
        self.without_amount += other.without_amount;
        for (sum, more) in [
            (&mut self.billed, &other.billed),
            (&mut self.consumption, &other.consumption),
            (&mut self.refunds, &other.refunds),
            (&mut self.adjustments, &other.adjustments),
            (&mut self.unclassified, &other.unclassified),
            (&mut self.list, &other.list),
            (&mut self.discount, &other.discount),
            (&mut self.payable, &other.payable),
            (&mut self.tax, &other.tax),
            (&mut self.coupons, &other.coupons),
            (&mut self.written_off, &other.written_off),
            (&mut self.below_cent, &other.below_cent),
            (&mut self.row_rounding, &other.row_rounding),
            (&mut self.late, &other.late),
        ] {
            sum.add_sum(more)?;
        }
        Some(())
    }
}

/// The totals of a month.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    groups: Vec<(GroupKey, Sums)>,
    /// Groups by the hash of their keys, so that a row needs no key of its own.
    index: HashMap<u64, Vec<usize>>,
    hasher: RandomState,
    currency: Option<String>,
    /// The first instant of the day of the comparison.
    as_of: Option<UtcTime>,
}

impl Totals {
    /// No charges yet. Charges of the day `as_of` and later count as late too.
    #[must_use]
    pub fn new(as_of: Option<Day>) -> Self {
        Self { as_of: as_of.and_then(day_period).map(|(begin, _)| begin), ..Self::default() }
    }

    /// Adds a charge.
    ///
    /// # Errors
    /// [`Error::MixedCurrencies`] where its currency is not that of the charges before, and [`Error::TooLarge`].
    pub fn add(&mut self, charge: &Charge<'_>) -> Result<(), Error> {
        if let Some(currency) = charge.currency {
            match &self.currency {
                Some(known) if known == currency => {}
                Some(known) => return Err(Error::MixedCurrencies(known.clone(), currency.to_owned())),
                None => self.currency = Some(currency.to_owned()),
            }
        }
        let service = charge.service_type_code.or(charge.service_type_name);
        let mode = charge.payment_mode.map(|mode| mode.charging_mode().code());
        let reseller = charge.indirect_partner_id;
        let hash = self.hasher.hash_one((reseller, charge.customer_id, service, mode, charge.is_referral()));
        let candidates = self.index.entry(hash).or_default();
        let known = candidates.iter().copied().find(|place| {
            self.groups.get(*place).is_some_and(|(key, _)| {
                key.customer == charge.customer_id
                    && key.reseller.as_deref() == reseller
                    && key.service.as_deref() == service
                    && key.charging_mode == mode
                    && key.referral == charge.is_referral()
            })
        });
        let place = known.unwrap_or_else(|| {
            candidates.push(self.groups.len());
            let key = GroupKey {
                reseller: reseller.map(str::to_owned),
                customer: charge.customer_id.to_owned(),
                service: service.map(str::to_owned),
                charging_mode: mode,
                referral: charge.is_referral(),
            };
            self.groups.push((key, Sums::default()));
            self.groups.len() - 1
        });
        let Some((_, sums)) = self.groups.get_mut(place) else { return Ok(()) };
        sums.add(charge, self.as_of).ok_or_else(|| Error::TooLarge("a total"))
    }

    /// The groups in the order of their keys.
    #[must_use]
    pub fn groups(&self) -> BTreeMap<&GroupKey, &Sums> {
        self.groups.iter().map(|(key, sums)| (key, sums)).collect()
    }

    /// All charges together.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn all(&self) -> Result<Sums, Error> {
        self.by(|_| ()).map(|mut sums| sums.remove(&()).unwrap_or_default())
    }

    /// Sums by anything that follows from a key: by customer, by reseller, by service.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn by<K: Ord>(&self, key: impl Fn(&GroupKey) -> K) -> Result<BTreeMap<K, Sums>, Error> {
        let mut totals: BTreeMap<K, Sums> = BTreeMap::new();
        for (group, sums) in &self.groups {
            totals.entry(key(group)).or_default().add_sums(sums).ok_or_else(|| Error::TooLarge("a total"))?;
        }
        Ok(totals)
    }

    /// The ISO code of the currency; `None` where no charge names one.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    /// A sum as money in the currency of the month.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where the sum does not fit, and [`Error::Configuration`] where no charge names a currency.
    pub fn money(&self, sum: &ExactSum) -> Result<Money, Error> {
        let currency =
            self.currency().ok_or_else(|| Error::Configuration("no charge names a currency".to_owned()))?;
        let amount = sum.amount().ok_or_else(|| Error::TooLarge("a total"))?;
        Ok(Money::new(amount, Currency::from(currency)))
    }

    pub(crate) fn set_currency(&mut self, currency: &str) {
        self.currency.get_or_insert_with(|| currency.to_owned());
    }

    /// The totals of groups that were stored.
    pub(crate) fn from_groups(
        groups: impl IntoIterator<Item = (GroupKey, Sums)>,
        currency: Option<String>,
    ) -> Self {
        Self { groups: groups.into_iter().collect(), currency, ..Self::default() }
    }
}

/// Returns the part of an amount below the cent and the amount that rounding half up to cents adds, in units
/// of the last of the given decimals; `None` where there is nothing below the cent.
fn cents(amount: Amount) -> Option<(i128, i128, u32)> {
    let decimal = amount.as_decimal();
    let (digits, scale) = (decimal.mantissa(), decimal.scale());
    let cent = power_of_ten(scale.checked_sub(2)?)?;
    // Numbers of 64 bits divide much faster.
    let below = match (i64::try_from(digits), i64::try_from(cent)) {
        (Ok(digits), Ok(cent)) => i128::from(digits % cent),
        _ => digits % cent,
    };
    let up = below.unsigned_abs() * 2 >= cent.unsigned_abs();
    let rounding = if up { below.signum() * cent - below } else { -below };
    (below != 0).then_some((below, rounding, scale))
}

/// True where the partner's month sums cover charges of this group.
pub(crate) fn is_in_monthly_bills(key: &GroupKey) -> bool {
    !key.referral && key.charging_mode != Some(ChargingMode::ReservedInstance.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_the_cent_is_what_truncation_drops_and_rounding_adds() {
        let large = "79228162514264.337593543950335";
        for text in ["0.005", "-0.005", "0.00499999", "1.23", "-7.999", "12", "0.01000", "-0.00000001", large]
        {
            let amount: Amount = text.parse().unwrap();
            let (below, rounding, scale) = cents(amount).unwrap_or_default();
            let of = |digits: i128| Amount::from(rust_decimal::Decimal::from_i128_with_scale(digits, scale));
            assert_eq!(of(below), amount.checked_sub(amount.truncated(2)).unwrap(), "{text}");
            assert_eq!(of(rounding), amount.rounded(2).checked_sub(amount).unwrap(), "{text}");
        }
    }
}
