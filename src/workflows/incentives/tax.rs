//! Exact amounts of an invoice for an incentive.

use serde::{Deserialize, Serialize};

use super::rules::TAX_FORMULA;
use crate::{types::Amount, workflow::RuleViolation};

/// The rates of an invoice, as fractions: `0.06` for six per cent.
///
/// A page names invoice rates of 3 % and 6 % ([`TaxRates::is_published`]). Which of them applies follows from the
/// partner's tax status, and rates change by law, so another rate is not refused.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRates {
    /// The output tax that the incentive includes.
    pub output: Amount,
    /// The tax of the partner's service fee.
    pub service_fee: Amount,
}

/// The exact value of the formula: a fraction, since a division by `1 + rate` often has no end.
///
/// ```
/// use huaweicloud_partner::{incentives::TaxRates, types::Amount};
///
/// let same = TaxRates { output: "0.06".parse()?, service_fee: "0.06".parse()? };
/// assert_eq!(same.invoice(Amount::from(1060)).unwrap().exact(), Some(Amount::from(1060)));
///
/// let lower = TaxRates { output: "0.06".parse()?, service_fee: "0.01".parse()? };
/// let invoice = lower.invoice(Amount::from(1000)).unwrap(); // 952.8301886...
/// assert_eq!(invoice.exact(), None);
/// assert_eq!(invoice.cents(), ("952.83".parse()?, "952.84".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InvoiceAmount {
    over: Amount,
    under: Amount,
    whole_cents: Amount,
    remainder: bool,
}

impl TaxRates {
    /// The invoice rates that a page of the service names (rule 53): 3 % and 6 %, in hundredths.
    pub const PUBLISHED_PERCENT: [u8; 2] = [3, 6];

    /// Whether both rates are among the published ones: 3 % or 6 %.
    pub fn is_published(self) -> bool {
        let published = |rate: Amount| {
            Self::PUBLISHED_PERCENT
                .iter()
                .any(|percent| Amount::new(i64::from(*percent), 2).is_ok_and(|known| known == rate))
        };
        published(self.output) && published(self.service_fee)
    }

    /// Returns the violations of the rates: none is negative, and a tax is below the whole.
    pub fn check(self) -> Vec<RuleViolation> {
        let one = Amount::from(1);
        let wrong = |rate: Amount| rate.is_negative() || rate >= one;
        let rates = [(self.output, "rates.output"), (self.service_fee, "rates.service_fee")];
        let bad = rates.into_iter().filter(|(rate, _)| wrong(*rate));
        bad.map(|(_, field)| TAX_FORMULA.violation(field, "is no rate between 0 and 1")).collect()
    }

    /// Returns the amounts of an invoice for an incentive that includes output tax (rule 18). `None` when the
    /// numbers have too many digits, or a rate is not between 0 and 1.
    pub fn invoice(self, incentive: Amount) -> Option<InvoiceAmount> {
        if !self.check().is_empty() || incentive.is_negative() {
            return None;
        }
        let one = Amount::from(1);
        let factor = one.checked_add(self.service_fee)?;
        let under = one.checked_add(self.output)?;
        let over = product(incentive, factor)?;
        // The quotient may be rounded in its last digits, so the cents are found by multiplying back.
        let near: Amount = over.as_decimal().checked_div(under.as_decimal())?.into();
        let cent = Amount::new(1, 2).ok()?;
        let mut whole_cents = near.truncated(2);
        while product(whole_cents, under)? > over {
            whole_cents = whole_cents.checked_sub(cent)?;
        }
        while product(whole_cents.checked_add(cent)?, under)? <= over {
            whole_cents = whole_cents.checked_add(cent)?;
        }
        let remainder = product(whole_cents, under)? != over;
        Some(InvoiceAmount { over, under, whole_cents, remainder })
    }
}

impl InvoiceAmount {
    /// The value, where it has an end within what an amount holds.
    pub fn exact(self) -> Option<Amount> {
        let value: Amount = self.over.as_decimal().checked_div(self.under.as_decimal())?.into();
        (product(value, self.under)? == self.over).then_some(value)
    }

    /// The cent below and the cent above; the same one twice where the value is whole cents. Which way an invoice is
    /// rounded is not published.
    pub fn cents(self) -> (Amount, Amount) {
        let above = if self.remainder { Amount::new(1, 2).ok() } else { None };
        let above = above.and_then(|cent| self.whole_cents.checked_add(cent));
        (self.whole_cents, above.unwrap_or(self.whole_cents))
    }

    /// Whether an invoice of this amount is right: one of the two cents.
    pub fn accepts(self, amount: Amount) -> bool {
        let (below, above) = self.cents();
        amount == below || amount == above
    }
}

/// Multiplies without losing a digit, or not at all.
fn product(a: Amount, b: Amount) -> Option<Amount> {
    let (a, b) = (a.as_decimal().normalize(), b.as_decimal().normalize());
    let product = a.checked_mul(b)?;
    // rust_decimal drops decimals when there is no room; then the scale is below that of an exact product.
    (product.scale() == a.scale() + b.scale() || product.is_zero()).then(|| product.into())
}
