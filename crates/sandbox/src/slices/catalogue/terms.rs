//! Periods and what they cost.
//!
//! A period that begins on some day ends at 23:59:59 in Beijing on the same day this many months later, or on
//! the last day of that month where it is shorter. Prices of periods are rounded half up to two decimals,
//! once, for each line of an order; prices of use are exact to as many decimals as the query asks for.

use serde::{Deserialize, Serialize};

use super::offers::{Offer, price_period};
use crate::core::{end_of_day, months_later, times};
use huaweicloud_partner::{
    error::{ErrorCode, codes},
    orders::{LinePeriod, RenewalPeriod},
    products::PricePeriod,
    types::{Amount, BEIJING, UtcTime},
};

/// Term for which something is bought or renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// This many months: 1 to 11.
    Months(u32),
    /// This many years: 1 to 3.
    Years(u32),
}

impl Term {
    pub(crate) fn of(period: RenewalPeriod, number: u32) -> Option<Self> {
        match period {
            RenewalPeriod::Month => Some(Self::Months(number)),
            RenewalPeriod::Year => Some(Self::Years(number)),
            _ => None,
        }
    }

    /// Months and years have their own limits, as in renewals.
    pub(crate) fn is_on_sale(self) -> bool {
        match self {
            Self::Months(number) => (1..=11).contains(&number),
            Self::Years(number) => (1..=3).contains(&number),
        }
    }

    pub(crate) fn period(self) -> RenewalPeriod {
        match self {
            Self::Months(_) => RenewalPeriod::Month,
            Self::Years(_) => RenewalPeriod::Year,
        }
    }

    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Months(number) | Self::Years(number) => number,
        }
    }

    pub(crate) fn line_period(self) -> LinePeriod {
        match self {
            Self::Months(_) => LinePeriod::Month,
            Self::Years(_) => LinePeriod::Year,
        }
    }

    fn months(self) -> u32 {
        match self {
            Self::Months(number) => number,
            Self::Years(number) => number.saturating_mul(12),
        }
    }

    /// Returns the end of a period that begins at the time; `None` where the calendar ends first.
    pub(crate) fn end(self, from: UtcTime) -> Option<UtcTime> {
        let date = from.instant().to_offset(BEIJING).date();
        end_of_day(months_later(date, self.months())?)
    }

    /// The list price of one piece, to two decimals.
    pub(crate) fn price(self, offer: &Offer, size: Option<u32>) -> Result<Amount, ErrorCode> {
        period_price(offer, price_period(self.period()), self.number(), size, 1)
    }
}

/// The list price of some periods and pieces, to two decimals.
pub(crate) fn period_price(
    offer: &Offer,
    period: PricePeriod,
    number: u32,
    size: Option<u32>,
    pieces: u32,
) -> Result<Amount, ErrorCode> {
    let price = offer.price(period).ok_or(codes::PRODUCT_NOT_FOUND)?;
    let price = times(price, [sized(offer, size)?, number, pieces]).ok_or(codes::PRICE_ABOVE_LIMIT)?;
    Ok(price.rounded(2))
}

/// The size by which an offer's price is multiplied: only what is sold by size has one.
pub(crate) fn sized(offer: &Offer, size: Option<u32>) -> Result<u32, ErrorCode> {
    match (offer.size_unit, size) {
        (Some(_), Some(size)) if size > 0 => Ok(size),
        (None, None) => Ok(1),
        _ => Err(codes::PRODUCT_NOT_FOUND),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[test]
    fn periods_end_with_a_day_in_beijing() {
        let begin = at("2026-05-06T01:00:00Z");
        assert_eq!(Term::Months(1).end(begin), Some(at("2026-06-06T15:59:59Z")));
        assert_eq!(Term::Years(3).end(begin), Some(at("2029-05-06T15:59:59Z")));
        assert_eq!(Term::Months(1).end(at("2026-01-31T01:00:00Z")), Some(at("2026-02-28T15:59:59Z")));
        assert_eq!(Term::Months(8).end(at("2026-06-30T16:00:00Z")), Some(at("2027-03-01T15:59:59Z")));
        assert_eq!(Term::Years(3).end(at("9998-01-01T00:00:00Z")), None);
    }
}
