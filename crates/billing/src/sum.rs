//! Sums that never lose a digit.

use std::fmt;

use huaweicloud_partner::types::Amount;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An exact sum of decimals, fast enough for every row of a month.
///
/// It holds 38 significant digits while it grows, which is ten more than an [`Amount`]. Nothing is ever rounded: a number
/// that does not fit is refused.
///
/// ```
/// use huaweicloud_partner_billing::ExactSum;
///
/// let mut sum = ExactSum::default();
/// sum.add("0.1".parse()?).ok_or("too large")?;
/// sum.add("0.20000001".parse()?).ok_or("too large")?;
/// assert_eq!(sum.amount().map(|amount| amount.to_string()).as_deref(), Some("0.30000001"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct ExactSum {
    digits: i128,
    scale: u32,
}

impl ExactSum {
    /// Adds an amount. `None`, and the sum unchanged, where the result needs more than 38 digits.
    pub fn add(&mut self, amount: Amount) -> Option<()> {
        let decimal = amount.as_decimal();
        self.add_scaled(decimal.mantissa(), decimal.scale())
    }

    /// Adds another sum. `None`, and the sum unchanged, where the result needs more than 38 digits.
    pub fn add_sum(&mut self, other: &Self) -> Option<()> {
        self.add_scaled(other.digits, other.scale)
    }

    /// Subtracts another sum. `None`, and the sum unchanged, where the result needs more than 38 digits.
    pub fn subtract(&mut self, other: &Self) -> Option<()> {
        self.add_scaled(other.digits.checked_neg()?, other.scale)
    }

    /// The sum as an amount, without trailing zeros. `None` where it needs more digits than an amount can hold.
    #[must_use]
    pub fn amount(&self) -> Option<Amount> {
        let (digits, scale) = self.trimmed();
        Decimal::try_from_i128_with_scale(digits, scale).ok().map(Amount::from)
    }

    /// True for a sum of zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.digits == 0
    }

    /// Adds this number of units of the last of `scale` decimals.
    pub(crate) fn add_scaled(&mut self, digits: i128, scale: u32) -> Option<()> {
        if scale == self.scale {
            self.digits = self.digits.checked_add(digits)?;
            return Some(());
        }
        if scale < self.scale {
            let shifted = digits.checked_mul(power_of_ten(self.scale - scale)?)?;
            self.digits = self.digits.checked_add(shifted)?;
            return Some(());
        }
        let shifted = self.digits.checked_mul(power_of_ten(scale - self.scale)?)?;
        self.digits = shifted.checked_add(digits)?;
        self.scale = scale;
        Some(())
    }

    fn trimmed(&self) -> (i128, u32) {
        let (mut digits, mut scale) = (self.digits, self.scale);
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        (digits, scale)
    }
}

/// Ten to a power, if it fits.
pub(crate) fn power_of_ten(exponent: u32) -> Option<i128> {
    static POWERS: [i128; 39] = powers();
    POWERS.get(usize::try_from(exponent).ok()?).copied()
}

/// All powers of ten that fit.
const fn powers() -> [i128; 39] {
    let mut powers = [1; 39];
    let mut rest: &mut [i128] = &mut powers;
    let mut power = 1;
    while let Some((first, others)) = rest.split_first_mut() {
        *first = power;
        rest = others;
        if !rest.is_empty() {
            power *= 10;
        }
    }
    powers
}

impl PartialEq for ExactSum {
    /// Compares values: `1.0` is `1.00`.
    fn eq(&self, other: &Self) -> bool {
        self.trimmed() == other.trimmed()
    }
}

impl Eq for ExactSum {}

impl fmt::Display for ExactSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (digits, scale) = self.trimmed();
        let width = usize::try_from(scale).unwrap_or(0);
        let text = format!("{:0>1$}", digits.unsigned_abs(), width + 1);
        let (whole, fraction) = text.split_at_checked(text.len() - width).unwrap_or((&text, ""));
        let sign = if digits < 0 { "-" } else { "" };
        if fraction.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
    }
}

impl fmt::Debug for ExactSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ExactSum {
    /// Writes text, so that every format keeps every digit.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ExactSum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{whole}{fraction}").parse().map_err(D::Error::custom)?;
        let scale = u32::try_from(fraction.len()).map_err(D::Error::custom)?;
        Ok(Self { digits, scale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(amounts: &[&str]) -> ExactSum {
        let mut sum = ExactSum::default();
        amounts.iter().for_each(|amount| sum.add(amount.parse().unwrap()).unwrap());
        sum
    }

    #[test]
    fn scales_mix_without_losing_a_digit() {
        assert_eq!(sum(&["1", "0.00000001", "-3.5"]).to_string(), "-2.49999999");
        assert_eq!(sum(&["0.10", "-0.1"]).to_string(), "0");
        assert_eq!(sum(&["-0.05"]).to_string(), "-0.05");
        assert_eq!(sum(&["10", "20"]).to_string(), "30");
    }

    #[test]
    fn a_sum_that_does_not_fit_is_refused_and_unchanged() {
        let mut large = sum(&["79228162514264337593543950335"]);
        assert_eq!(large.add("0.0000000000000000000000000001".parse().unwrap()), None);
        assert_eq!(large.to_string(), "79228162514264337593543950335");
        large.add("79228162514264337593543950335".parse().unwrap()).unwrap();
        assert_eq!(large.amount(), None);
    }

    #[test]
    fn text_keeps_the_value() {
        for text in ["0", "-12.5", "0.00000001", "-0.07"] {
            let written = serde_json::to_string(&sum(&[text])).unwrap();
            assert_eq!(written, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<ExactSum>(&written).unwrap(), sum(&[text]));
        }
    }
}
