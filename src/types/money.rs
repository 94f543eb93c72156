//! Money: an amount with its unit and currency.

use std::{fmt, str::FromStr};

use super::{
    Amount,
    open_enum::{open_codes, open_enum},
    plain::plain,
};

open_codes! {
    /// Unit of an amount, on the wire `measure_id`.
    ///
    /// Bills and accounts use [`MeasureUnit::MainUnit`]; other units of the service count hours, bytes and pieces and
    /// are looked up with the list of measurement units.
    pub enum MeasureUnit {
        /// Yuan, dollar or euro.
        MainUnit = 1,
        /// A tenth of the main unit, in older bills.
        Tenth = 2,
        /// A hundredth of the main unit, in older bills.
        Cent = 3,
        /// Duration in hours.
        Hour = 4,
        /// Gigabytes of traffic.
        GigabyteOfTraffic = 10,
        /// Megabytes of traffic.
        MegabyteOfTraffic = 11,
        /// Number of pieces.
        Piece = 14,
        /// Megabits per second.
        MegabitPerSecond = 15,
        /// Gigabytes of capacity.
        Gigabyte = 17,
    }
}

open_enum! {
    /// A currency by its ISO 4217 code.
    pub enum Currency {
        /// Yuan: the China site.
        Cny = "CNY",
        /// US dollar: the international site.
        Usd = "USD",
        /// Euro: the European site.
        Eur = "EUR",
    }
}

/// An amount with its unit and currency. Adds exactly and refuses to mix.
///
/// Displayed and parsed as `749.50 CNY`; serialised as `{"amount":"749.50","unit":1,"currency":"CNY"}`.
///
/// ```
/// use huaweicloud_partner::types::{Currency, Money};
///
/// let money: Money = "749.50 CNY".parse().unwrap();
/// assert_eq!((money.currency.clone(), money.to_string().as_str()), (Currency::Cny, "749.50 CNY"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Amount in the unit of the currency.
    pub amount: Amount,
    /// Unit of the amount: the main unit, unless an old bill states another.
    pub unit: MeasureUnit,
    /// Currency of the amount.
    pub currency: Currency,
}

plain! { Money strict { amount, unit [default(MeasureUnit::MainUnit)], currency } }

/// Reason why two sums of money could not be joined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The currencies differ.
    #[error("cannot join {0} with {1}")]
    MixedCurrencies(Currency, Currency),
    /// The units differ.
    #[error("cannot join measure unit {0} with {1}")]
    MixedUnits(MeasureUnit, MeasureUnit),
    /// The exact result has more digits than an amount can hold.
    #[error("the exact result has more than 28 digits")]
    TooLarge,
    /// The response carries no value in this field, so that there is nothing to compute with.
    #[error("the response carries no {0}")]
    Missing(&'static str),
}

/// Makes [`Money::sum`] accept plain values beside results.
impl From<Money> for Result<Money, MoneyError> {
    fn from(money: Money) -> Self {
        Ok(money)
    }
}

/// Gives a response methods that join an amount with the response's `measure_id` and `currency`.
macro_rules! money_methods {
    ($name:ident { $($(#[doc = $doc:expr])+ $method:ident => $field:ident),+ $(,)? }) => {
        impl $name {
            $(
                $(#[doc = $doc])+
                ///
                /// # Errors
                /// [`MoneyError::Missing`](crate::types::MoneyError::Missing) where the service sent no amount, unit or
                /// currency.
                pub fn $method(&self) -> Result<$crate::types::Money, $crate::types::MoneyError> {
                    let currency = self.currency.as_ref();
                    $crate::types::Money::from_fields(stringify!($field), self.$field, self.measure_id, currency)
                }
            )+
        }
    };
}

pub(crate) use money_methods;

/// The error of a text that is no [`Money`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no money, expected an amount and a currency such as 749.50 CNY")]
pub struct ParseMoneyError;

impl FromStr for Money {
    type Err = ParseMoneyError;

    /// Reads what `Display` writes. The currency is a code of three letters; other words are refused.
    fn from_str(text: &str) -> Result<Self, ParseMoneyError> {
        let (amount, rest) = text.trim_ascii().split_once(' ').ok_or(ParseMoneyError)?;
        let (currency, unit) = match rest.split_once(" (unit ") {
            Some((currency, unit)) => {
                let unit = unit.strip_suffix(')').and_then(|unit| unit.parse::<i64>().ok());
                (currency, MeasureUnit::from(unit.ok_or(ParseMoneyError)?))
            }
            None => (rest, MeasureUnit::MainUnit),
        };
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(ParseMoneyError);
        }
        let amount = amount.parse().map_err(|_| ParseMoneyError)?;
        Ok(Self { amount, unit, currency: Currency::from(currency) })
    }
}

impl Money {
    /// An amount of the currency's main unit.
    pub fn new(amount: impl Into<Amount>, currency: Currency) -> Self {
        Self { amount: amount.into(), unit: MeasureUnit::MainUnit, currency }
    }

    /// The money that a response carries as separate fields; `field` is the wire name of the amount.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] where the response carries no amount, no unit or no currency: missing money is never
    /// taken for zero.
    pub fn from_fields(
        field: &'static str,
        amount: Option<Amount>,
        unit: Option<MeasureUnit>,
        currency: Option<&Currency>,
    ) -> Result<Self, MoneyError> {
        let amount = amount.ok_or(MoneyError::Missing(field))?;
        let unit = unit.ok_or(MoneyError::Missing("measure_id"))?;
        let currency = currency.filter(|currency| !currency.as_str().is_empty());
        Ok(Self { amount, unit, currency: currency.ok_or(MoneyError::Missing("currency"))?.clone() })
    }

    /// The exact sum of all items, or `None` where there are no items and hence no currency. An item is a [`Money`], or the
    /// result of a method that returns one.
    ///
    /// # Errors
    /// The first error among the items, or [`MoneyError`] as for [`Money::checked_add`].
    pub fn sum(
        items: impl IntoIterator<Item = impl Into<Result<Self, MoneyError>>>,
    ) -> Result<Option<Self>, MoneyError> {
        items.into_iter().try_fold(None, |sum: Option<Self>, item| match (sum, item.into()?) {
            (None, item) => Ok(Some(item)),
            (Some(sum), item) => sum.checked_add(&item).map(Some),
        })
    }

    /// The exact sum.
    ///
    /// # Errors
    /// [`MoneyError`] when units or currencies differ, or the result does not fit.
    pub fn checked_add(&self, other: &Self) -> Result<Self, MoneyError> {
        self.join(other, Amount::checked_add)
    }

    /// The exact difference.
    ///
    /// # Errors
    /// As for [`Money::checked_add`].
    pub fn checked_sub(&self, other: &Self) -> Result<Self, MoneyError> {
        self.join(other, Amount::checked_sub)
    }

    fn join(&self, other: &Self, how: fn(Amount, Amount) -> Option<Amount>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies(self.currency.clone(), other.currency.clone()));
        }
        if self.unit != other.unit {
            return Err(MoneyError::MixedUnits(self.unit, other.unit));
        }
        let amount = how(self.amount, other.amount).ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, unit: self.unit, currency: self.currency.clone() })
    }
}

impl fmt::Display for Money {
    /// `1000.00 CNY`; another unit than the main one is named: `5 CNY (unit 3)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)?;
        if self.unit == MeasureUnit::MainUnit { Ok(()) } else { write!(f, " (unit {})", self.unit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_like_is_added_to_like() {
        let yuan = Money::new(5, Currency::Cny);
        assert_eq!(yuan.checked_add(&yuan).unwrap().to_string(), "10 CNY");
        assert_eq!(
            yuan.checked_add(&Money::new(5, Currency::Usd)),
            Err(MoneyError::MixedCurrencies(Currency::Cny, Currency::Usd))
        );
        let fen = Money { unit: MeasureUnit::Cent, ..yuan.clone() };
        assert_eq!(
            yuan.checked_sub(&fen),
            Err(MoneyError::MixedUnits(MeasureUnit::MainUnit, MeasureUnit::Cent))
        );
        assert_eq!(fen.to_string(), "5 CNY (unit 3)");
    }

    #[test]
    fn money_that_a_response_does_not_carry_is_an_error_that_names_the_field() {
        let unit = Some(MeasureUnit::MainUnit);
        let read = |amount, unit, currency| Money::from_fields("cash_amount", amount, unit, currency);
        let five = read(Some(Amount::from(5)), unit, Some(&Currency::Eur));
        assert_eq!(five, Ok(Money::new(5, Currency::Eur)));
        assert_eq!(read(None, unit, Some(&Currency::Eur)), Err(MoneyError::Missing("cash_amount")));
        assert_eq!(
            read(Some(Amount::ZERO), None, Some(&Currency::Eur)),
            Err(MoneyError::Missing("measure_id"))
        );
        for currency in [None, Some(&Currency::from(""))] {
            assert_eq!(read(Some(Amount::ZERO), unit, currency), Err(MoneyError::Missing("currency")));
        }
    }

    #[test]
    fn money_reads_back_from_its_text_and_its_json() {
        let odd_unit = Money { unit: MeasureUnit::from(77), ..Money::new(5, Currency::from("HKD")) };
        for money in [
            Money::new("749.50".parse::<Amount>().unwrap(), Currency::Cny),
            Money::new(-3, Currency::Eur),
            odd_unit,
        ] {
            assert_eq!(money.to_string().parse(), Ok(money.clone()));
            let json = serde_json::to_string(&money).unwrap();
            assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money, "{json}");
        }
        let json = serde_json::to_string(&"749.50 CNY".parse::<Money>().unwrap()).unwrap();
        assert_eq!(json, r#"{"amount":"749.50","unit":1,"currency":"CNY"}"#);
        for text in [
            "",
            "5",
            "CNY",
            "5CNY",
            "5 cny",
            "5 CNY x",
            "5 CNY (unit )",
            "5 CNY (unit x)",
            "1_0 CNY",
            "5 YUAN",
            "5  CNY",
        ] {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Money>(r#"{"currency":"CNY"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amount":"","currency":"CNY"}"#).is_err());
    }

    #[test]
    fn a_sum_has_every_item_or_is_an_error() {
        let yuan = |amount: i32| Ok(Money::new(amount, Currency::Cny));
        assert_eq!(Money::sum([yuan(5), yuan(7)]), Ok(Some(Money::new(12, Currency::Cny))));
        assert_eq!(Money::sum(Vec::<Money>::new()), Ok(None));
        let plain = [5, 7].map(|amount| Money::new(amount, Currency::Cny));
        assert_eq!(Money::sum(plain), Ok(Some(Money::new(12, Currency::Cny))));
        let missing = Err(MoneyError::Missing("amount"));
        assert_eq!(Money::sum([yuan(5), missing.clone()]), Err(MoneyError::Missing("amount")));
        let dollars = Ok(Money::new(1, Currency::Usd));
        Money::sum([yuan(5), dollars]).unwrap_err();
    }
}
