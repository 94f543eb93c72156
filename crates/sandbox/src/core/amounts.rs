//! Calculation with amounts.

use rust_decimal::Decimal;

use super::refusal::{Refusal, refuse};
use huaweicloud_partner::{error::codes, types::Amount};

/// The sum of amounts of one world, which fits: the ledger holds the sum of all.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    Amount::checked_sum(amounts).unwrap_or_default()
}

/// An amount that something can be given by.
pub(crate) fn positive(amount: Amount) -> Result<Amount, Refusal> {
    if amount.is_positive() { Ok(amount) } else { Err(refuse(codes::BAD_PARAMETER)) }
}

/// Returns a multiple of a price; `None` where it does not fit.
pub(crate) fn times(price: Amount, factors: [u32; 3]) -> Option<Amount> {
    let product = factors
        .iter()
        .try_fold(price.as_decimal(), |product, factor| product.checked_mul(Decimal::from(*factor)));
    product.map(Amount::from)
}

/// A share of an amount, exact to the digits of a decimal.
pub(crate) fn share(amount: Amount, part: i64, whole: i64) -> Amount {
    let product = amount.as_decimal().checked_mul(Decimal::from(part));
    product
        .and_then(|product| product.checked_div(Decimal::from(whole)))
        .map(Amount::from)
        .unwrap_or_default()
}

/// A share of an amount, cut to cents: what comes back is never more than what was paid.
pub(crate) fn cut_share(amount: Amount, part: i64, whole: i64) -> Amount {
    share(amount, part, whole).truncated(2)
}
