//! The partner's own prices: what it charges its resellers and customers for what Huawei Cloud charges it.
//!
//! A [`PriceBook`] holds rules by reseller, customer and service. The most specific rule that fits a charge is applied;
//! among equally specific ones the last. Prices are exact: a factor is multiplied without rounding, and the [`Rounding`]
//! says where and how cents are made, so that the lines of an invoice add up to its total to the cent.
//!
//! ```
//! use huaweicloud_partner_billing::pricing::{PriceBook, PriceRule, Rounding};
//!
//! let book = PriceBook::new(Rounding::HALF_UP_TO_CENTS)
//!     .rule(PriceRule::markup_percent("8".parse()?))
//!     .rule(PriceRule::discount_percent("12.5".parse()?).on_list_price().customer("c1").service("hws.service.type.obs"));
//! assert_eq!(book.rules().len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;

use huaweicloud_partner::types::Amount;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{Error, ExactSum, charge::Charge};

/// Amount of a charge that a rule starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PriceBase {
    /// Amount that the partner is charged.
    Cost,
    /// Consumption of the customer, as the source states it.
    Consumption,
    /// List price of the charge.
    ListPrice,
}

/// Rule for rounding to cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rounding {
    /// Whether each charge is rounded, or the sum of each invoice line.
    pub per_charge: bool,
    /// Number of decimals that remain.
    pub decimals: u32,
    /// Direction of rounding.
    pub mode: RoundingMode,
}

impl Rounding {
    /// The sum of each invoice line, half up to cents: the way the international site rounds its bills.
    pub const HALF_UP_TO_CENTS: Self = Self { per_charge: false, decimals: 2, mode: RoundingMode::HalfUp };
    /// Each charge, cut to cents: the way the China site charges.
    pub const TRUNCATE_EACH_CHARGE: Self =
        Self { per_charge: true, decimals: 2, mode: RoundingMode::Truncate };

    fn apply(self, amount: Amount) -> Amount {
        let strategy = match self.mode {
            RoundingMode::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            RoundingMode::HalfEven => RoundingStrategy::MidpointNearestEven,
            RoundingMode::Truncate => RoundingStrategy::ToZero,
            RoundingMode::Up => RoundingStrategy::AwayFromZero,
        };
        amount.as_decimal().round_dp_with_strategy(self.decimals, strategy).into()
    }
}

/// The rule by which digits are dropped. All of them treat amounts below zero as those above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RoundingMode {
    /// Half a unit and more counts up.
    HalfUp,
    /// Half a unit goes to the even neighbour.
    HalfEven,
    /// Digits below the unit are dropped.
    Truncate,
    /// Anything below the unit counts up.
    Up,
}

/// Rule for the price of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRule {
    factor: Decimal,
    base: PriceBase,
    reseller: Option<String>,
    customer: Option<String>,
    service: Option<String>,
}

impl PriceRule {
    /// Adds this percentage to the base.
    #[must_use]
    pub fn markup_percent(percent: Amount) -> Self {
        Self::factor(Amount::from(Decimal::ONE + percent.as_decimal() * Decimal::new(1, 2)))
    }

    /// Takes this percentage off the base.
    #[must_use]
    pub fn discount_percent(percent: Amount) -> Self {
        Self::factor(Amount::from(Decimal::ONE - percent.as_decimal() * Decimal::new(1, 2)))
    }

    /// The base times a factor.
    #[must_use]
    pub fn factor(factor: Amount) -> Self {
        let factor = factor.as_decimal().normalize();
        Self { factor, base: PriceBase::Cost, reseller: None, customer: None, service: None }
    }

    /// Starts from the list price instead of the cost.
    #[must_use]
    pub fn on_list_price(mut self) -> Self {
        self.base = PriceBase::ListPrice;
        self
    }

    /// Starts from the customer's consumption as the source states it.
    #[must_use]
    pub fn on_consumption(mut self) -> Self {
        self.base = PriceBase::Consumption;
        self
    }

    /// Only for customers of this reseller.
    #[must_use]
    pub fn reseller(mut self, id: impl Into<String>) -> Self {
        self.reseller = Some(id.into());
        self
    }

    /// Only for this customer.
    #[must_use]
    pub fn customer(mut self, id: impl Into<String>) -> Self {
        self.customer = Some(id.into());
        self
    }

    /// Only for this cloud service, by code.
    #[must_use]
    pub fn service(mut self, code: impl Into<String>) -> Self {
        self.service = Some(code.into());
        self
    }

    fn fits(&self, charge: &Charge<'_>) -> bool {
        let fits = |wanted: &Option<String>, is: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == is)
        };
        fits(&self.reseller, charge.indirect_partner_id)
            && fits(&self.customer, Some(charge.customer_id))
            && fits(&self.service, charge.service_type_code)
    }

    /// A customer weighs more than a reseller, a reseller more than a service.
    fn weight(&self) -> u8 {
        u8::from(self.customer.is_some()) * 4
            + u8::from(self.reseller.is_some()) * 2
            + u8::from(self.service.is_some())
    }
}

/// The rules by which charges are priced.
#[derive(Clone, Debug)]
pub struct PriceBook {
    rounding: Rounding,
    rules: Vec<PriceRule>,
}

/// A line of the partner's own invoices.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct InvoiceLine {
    /// The reseller that is invoiced; `None` for a customer of the partner's own.
    pub reseller: Option<String>,
    /// The customer of the charges.
    pub customer: String,
    /// The cloud service.
    pub service: Option<String>,
    /// Charges in this line.
    pub charges: u64,
    /// Exact amount that the partner is charged for the line.
    pub cost: Amount,
    /// Rounded amount that the partner charges.
    pub price: Amount,
}

/// The reseller, the customer and the service of an invoice line.
type LineKey = (Option<String>, String, Option<String>);

/// The count, the cost and the price of the charges of an invoice line.
type LineSums = (u64, ExactSum, ExactSum);

/// Sums that become invoice lines.
#[derive(Clone, Debug, Default)]
pub struct InvoiceLines {
    lines: BTreeMap<LineKey, LineSums>,
    unpriced: u64,
}

impl PriceBook {
    /// No rules yet.
    #[must_use]
    pub fn new(rounding: Rounding) -> Self {
        Self { rounding, rules: Vec::new() }
    }

    /// Adds a rule.
    #[must_use]
    pub fn rule(mut self, rule: PriceRule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Returns the rules in their order.
    #[must_use]
    pub fn rules(&self) -> &[PriceRule] {
        &self.rules
    }

    /// The price of a charge: exact, or rounded where charges are rounded one by one. `None` where no rule fits, where the
    /// amount that the rule starts from is missing, and for referral customers, which pay Huawei Cloud themselves.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where the exact product has more digits than an amount can hold.
    pub fn price(&self, charge: &Charge<'_>) -> Result<Option<Amount>, Error> {
        if charge.is_referral() {
            return Ok(None);
        }
        let rule = self.rules.iter().filter(|rule| rule.fits(charge)).max_by_key(|rule| rule.weight());
        let Some(rule) = rule else { return Ok(None) };
        let base = match rule.base {
            PriceBase::Cost => charge.billed_amount(),
            PriceBase::Consumption => charge.payment_amount,
            PriceBase::ListPrice => charge.official_amount,
        };
        let Some(base) = base else { return Ok(None) };
        let product =
            exact_product(base.as_decimal(), rule.factor).ok_or_else(|| Error::TooLarge("a price"))?;
        let exact = Amount::from(product);
        Ok(Some(if self.rounding.per_charge { self.rounding.apply(exact) } else { exact }))
    }

    /// Adds a charge to the invoice lines. Charges of referral customers are in none of them, and are not counted as charges
    /// without a price.
    ///
    /// # Errors
    /// As for [`PriceBook::price`].
    pub fn add(&self, lines: &mut InvoiceLines, charge: &Charge<'_>) -> Result<(), Error> {
        if charge.is_referral() {
            return Ok(());
        }
        let (Some(price), Some(cost)) = (self.price(charge)?, charge.billed_amount()) else {
            lines.unpriced += 1;
            return Ok(());
        };
        let key = (
            charge.indirect_partner_id.map(str::to_owned),
            charge.customer_id.to_owned(),
            charge.service_type_code.or(charge.service_type_name).map(str::to_owned),
        );
        let (count, cost_sum, price_sum) = lines.lines.entry(key).or_default();
        *count += 1;
        cost_sum.add(cost).and(price_sum.add(price)).ok_or_else(|| Error::TooLarge("an invoice line"))
    }

    /// The invoice lines, each rounded once.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where a sum does not fit.
    pub fn lines(&self, sums: &InvoiceLines) -> Result<Vec<InvoiceLine>, Error> {
        let line = |((reseller, customer, service), (charges, cost, price)): (&LineKey, &LineSums)| {
            let too_large = || Error::TooLarge("an invoice line");
            Ok(InvoiceLine {
                reseller: reseller.clone(),
                customer: customer.clone(),
                service: service.clone(),
                charges: *charges,
                cost: cost.amount().ok_or_else(too_large)?,
                price: self.rounding.apply(price.amount().ok_or_else(too_large)?),
            })
        };
        sums.lines.iter().map(line).collect()
    }
}

impl InvoiceLines {
    /// Charges for which there is no price: no rule fits, or an amount is missing.
    #[must_use]
    pub fn unpriced(&self) -> u64 {
        self.unpriced
    }
}

/// The product where it can be held without rounding.
fn exact_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let digits = a.mantissa().checked_mul(b.mantissa())?;
    let mut scale = a.scale() + b.scale();
    let mut digits = digits;
    while scale > 0 && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(digits, scale).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn charge<'a>(customer: &'a str, service: &'a str, cost: &str, list: &str) -> Charge<'a> {
        Charge {
            customer_id: customer,
            service_type_code: Some(service),
            payment_amount: Some(amount(cost)),
            official_amount: Some(amount(list)),
            ..Charge::default()
        }
    }

    #[test]
    fn the_most_specific_rule_wins_and_nothing_is_rounded_before_the_line() {
        let book = PriceBook::new(Rounding::HALF_UP_TO_CENTS)
            .rule(PriceRule::markup_percent(amount("8")))
            .rule(PriceRule::discount_percent(amount("50")).on_list_price().service("obs"))
            .rule(PriceRule::factor(amount("2")).customer("c2"));
        let price = |charge: &Charge<'_>| book.price(charge).unwrap().unwrap().to_string();
        assert_eq!(price(&charge("c1", "ecs", "0.01234567", "1")), "0.0133333236");
        assert_eq!(price(&charge("c1", "obs", "9", "1")), "0.5");
        assert_eq!(price(&charge("c2", "obs", "9", "1")), "18");
        let mut lines = InvoiceLines::default();
        for _ in 0..3 {
            book.add(&mut lines, &charge("c1", "ecs", "0.004", "1")).unwrap();
        }
        let lines = book.lines(&lines).unwrap();
        // 3 × 0.00432 = 0.01296, rounded once.
        assert_eq!((lines[0].price.to_string(), lines[0].cost.to_string()), ("0.01".into(), "0.012".into()));
    }

    #[test]
    fn charges_can_be_rounded_one_by_one() {
        let book =
            PriceBook::new(Rounding::TRUNCATE_EACH_CHARGE).rule(PriceRule::markup_percent(amount("10")));
        let mut lines = InvoiceLines::default();
        for _ in 0..3 {
            book.add(&mut lines, &charge("c1", "ecs", "0.999", "1")).unwrap();
        }
        assert_eq!(book.lines(&lines).unwrap()[0].price.to_string(), "3.27");
    }

    #[test]
    fn a_charge_without_rule_or_amount_is_counted_and_not_priced() {
        let book =
            PriceBook::new(Rounding::HALF_UP_TO_CENTS).rule(PriceRule::factor(amount("2")).customer("c2"));
        let mut lines = InvoiceLines::default();
        book.add(&mut lines, &charge("c1", "ecs", "1", "1")).unwrap();
        book.add(&mut lines, &Charge { customer_id: "c2", ..Charge::default() }).unwrap();
        let referred = Charge { association_type: Some("1"), ..charge("c2", "ecs", "1", "1") };
        assert_eq!(book.price(&referred).unwrap(), None);
        book.add(&mut lines, &referred).unwrap();
        assert_eq!((lines.unpriced(), book.lines(&lines).unwrap().len()), (2, 0));
    }

    #[test]
    fn a_price_that_cannot_be_exact_is_refused() {
        let book = PriceBook::new(Rounding::HALF_UP_TO_CENTS)
            .rule(PriceRule::factor(amount("1.0000000000000000000000000001")));
        assert!(book.price(&charge("c1", "ecs", "0.12345678", "1")).is_err());
    }

    #[test]
    fn amounts_below_zero_are_rounded_as_those_above() {
        for (mode, up, down) in [
            (RoundingMode::HalfUp, "0.13", "-0.13"),
            (RoundingMode::HalfEven, "0.12", "-0.12"),
            (RoundingMode::Truncate, "0.12", "-0.12"),
            (RoundingMode::Up, "0.13", "-0.13"),
        ] {
            let rounding = Rounding { per_charge: true, decimals: 2, mode };
            assert_eq!(rounding.apply(amount("0.125")).to_string(), up);
            assert_eq!(rounding.apply(amount("-0.125")).to_string(), down);
        }
    }
}
