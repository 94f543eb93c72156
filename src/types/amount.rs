//! Exact decimal amounts. Never a binary float.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, IgnoredAny, MapAccess, Visitor},
};

/// An exact decimal number: a price, a balance, a quantity.
///
/// Holds up to 28 significant digits with up to 28 decimals and keeps the written scale, so `10.00` stays
/// `10.00`. On the wire it is a JSON number whose text is taken as it stands; text (`"99.99"`) is read as well.
/// Fields that the documentation declares as text are written as text by [`amount_text`].
///
/// Equality and order compare values: `1.0 == 1.00`.
///
/// ```
/// use huaweicloud_partner::types::Amount;
///
/// let total: Amount = serde_json::from_str("0.10").unwrap();
/// let sum = total.checked_add("0.20".parse().unwrap()).unwrap();
/// assert_eq!(sum.to_string(), "0.30");
/// assert_eq!(serde_json::to_string(&sum).unwrap(), "0.30");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

impl Amount {
    /// Nothing: `0`.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// A whole number with a scale: `Amount::new(1050, 2)` is `10.50`.
    ///
    /// # Errors
    /// [`ParseAmountError`] when `scale` is above 28.
    pub fn new(digits: i64, scale: u32) -> Result<Self, ParseAmountError> {
        Decimal::try_new(digits, scale).map(Self).map_err(|_| ParseAmountError)
    }

    /// The exact sum, or `None` when it has more digits than an amount can hold.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        exact_sum(self.0, other.0).map(Self)
    }

    /// The exact difference, or `None` when it has more digits than an amount can hold.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        exact_sum(self.0, -other.0).map(Self)
    }

    /// The exact sum of many amounts, or `None` when it has more digits than an amount can hold.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// The same amount with the other sign.
    #[must_use]
    pub fn negated(self) -> Self {
        // A decimal can be a negative zero, which would be written as such.
        if self.is_zero() { self } else { Self(-self.0) }
    }

    /// The amount without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// True above zero.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// True below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }

    /// True for zero of any scale.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// How many decimals the value needs: 1 for `1.50`.
    #[must_use]
    pub fn decimals(self) -> u32 {
        self.0.normalize().scale()
    }

    /// Rounded half up (away from zero) to `decimals`, the way monthly bills of the international site are.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Self {
        Self(self.0.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
    }

    /// Cut after `decimals`, the way charges of the China site are.
    #[must_use]
    pub fn truncated(self, decimals: u32) -> Self {
        Self(self.0.trunc_with_scale(decimals))
    }

    /// The number as a [`Decimal`], for arithmetic of one's own.
    #[must_use]
    pub fn as_decimal(self) -> Decimal {
        self.0
    }
}

/// Adds without losing a digit: the sum of two decimals fits or is refused, it is never rounded.
fn exact_sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let sum = a.checked_add(b)?;
    // rust_decimal drops decimals when the mantissa overflows; then the scale shrinks below both inputs'.
    let (a, b) = (a.normalize(), b.normalize());
    (sum.scale() >= a.scale().max(b.scale())).then_some(sum)
}

impl From<Decimal> for Amount {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl From<Amount> for Decimal {
    fn from(value: Amount) -> Self {
        value.0
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Amount {
            fn from(value: $integer) -> Self {
                Self(Decimal::from(value))
            }
        }
    )*};
}
from_integers!(i32, u32, i64, u64);

/// The text is not a decimal number of at most 28 significant digits and 28 decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most 28 significant digits")]
pub struct ParseAmountError;

impl FromStr for Amount {
    type Err = ParseAmountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_exact(text).map(Self).ok_or(ParseAmountError)
    }
}

/// Reads JSON number text, with or without an exponent, and refuses what would have to be rounded.
fn parse_exact(text: &str) -> Option<Decimal> {
    if let Some(usual) = parse_usual(text) {
        return Some(usual);
    }
    let text = text.trim_ascii();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(text).ok();
    };
    let mantissa = Decimal::from_str_exact(mantissa).ok()?.normalize();
    let exponent: i64 = exponent.parse().ok()?;
    let digits = mantissa.mantissa();
    let scale = i64::from(mantissa.scale()).checked_sub(exponent)?;
    if digits == 0 {
        return Some(Decimal::ZERO);
    }
    if scale >= 0 {
        return Decimal::try_from_i128_with_scale(digits, u32::try_from(scale).ok()?).ok();
    }
    let shift = 10_i128.checked_pow(u32::try_from(scale.unsigned_abs()).ok()?)?;
    Decimal::try_from_i128_with_scale(digits.checked_mul(shift)?, 0).ok()
}

/// Reads up to 18 digits with at most one point among them, the usual form, by hand: bills hold millions of them.
fn parse_usual(text: &str) -> Option<Decimal> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    if whole.is_empty() || digits.len() > 18 || fraction.is_some_and(str::is_empty) {
        return None;
    }
    let mut number = 0_i64;
    for digit in whole.bytes().chain(fraction.unwrap_or_default().bytes()) {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(digit - b'0');
    }
    match (negative, number) {
        (true, 0) => None,
        (true, number) => Some(-number),
        (false, number) => Some(number),
    }
    .map(|number| Decimal::new(number, u32::try_from(fraction.map_or(0, str::len)).unwrap_or(0)))
}

impl fmt::Display for Amount {
    /// All digits; with a precision, as in `{:.2}`, rounded half up to it and filled with zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match f.precision() {
            Some(decimals) => self.rounded(u32::try_from(decimals).unwrap_or(u32::MAX)).0,
            None => self.0,
        };
        fmt::Display::fmt(&shown, f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What serde_json calls a value that is passed through as its own text. The crate's `raw_value` feature speaks
/// this protocol for [`serde_json::value::RawValue`]; a test below fails if it ever changes.
pub(super) const RAW_JSON: &str = "$serde_json::private::RawValue";

impl Serialize for Amount {
    /// Writes the number's own text into JSON; other formats that are not human-readable get text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        if !serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        let mut raw = serializer.serialize_struct(RAW_JSON, 1)?;
        raw.serialize_field(RAW_JSON, &self.to_string())?;
        raw.end()
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(Option::unwrap_or_default)
    }
}

/// Reads a number or text; empty text and null are no amount.
fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
    deserializer.deserialize_newtype_struct(RAW_JSON, AmountVisitor)
}

struct AmountVisitor;

impl<'de> Visitor<'de> for AmountVisitor {
    type Value = Option<Amount>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number of at most 28 significant digits, as a number or as text")
    }

    /// Any other format, and JSON that serde has buffered.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Amount>, D::Error> {
        deserializer.deserialize_any(self)
    }

    /// serde_json's raw protocol: one entry whose value is the text of the JSON value.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Amount>, A::Error> {
        map.next_key::<IgnoredAny>()?;
        map.next_value::<RawAmount>().map(|raw| raw.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<Amount>, E> {
        if let Some(usual) = parse_usual(text) {
            return Ok(Some(Amount(usual)));
        }
        let unquoted = text.trim_ascii().trim_matches('"').trim_ascii();
        match unquoted {
            "" | "null" => Ok(None),
            number => number
                .parse()
                .map(Some)
                .map_err(|_| E::invalid_value(de::Unexpected::Other("other text"), &self)),
        }
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<Amount>, E> {
        Ok(Some(number.into()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<Amount>, E> {
        Ok(Some(number.into()))
    }

    /// A number that was buffered as a float before it came here. Its shortest text is the original for up to 15
    /// significant digits; longer ones may have been rounded and are refused.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Option<Amount>, E> {
        let text = number.to_string();
        let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
        if digits > 15 {
            return Err(E::custom("an amount of more than 15 digits went through a float"));
        }
        text.parse().map(Some).map_err(E::custom)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<Amount>, E> {
        Ok(None)
    }
}

/// The text inside serde_json's raw protocol, borrowed or owned.
struct RawAmount(Option<Amount>);

impl<'de> Deserialize<'de> for RawAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AmountVisitor).map(Self)
    }
}

/// An amount in a request field that the documentation declares as text, such as the enterprise transfers.
///
/// Made from an [`Amount`]; other text is kept as it is, so that validation can name the field instead of losing
/// what was given.
///
/// ```
/// use huaweicloud_partner::types::{Amount, AmountText};
///
/// let text = AmountText::from(Amount::from(5));
/// assert_eq!(text.amount(), Ok(Amount::from(5)));
/// assert!(AmountText::from("five").amount().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AmountText(String);

impl AmountText {
    /// The number that the text stands for.
    ///
    /// # Errors
    /// [`ParseAmountError`] when it stands for none.
    pub fn amount(&self) -> Result<Amount, ParseAmountError> {
        self.0.parse()
    }

    /// The text as it goes out.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Amount> for AmountText {
    fn from(amount: Amount) -> Self {
        Self(amount.to_string())
    }
}

impl From<&str> for AmountText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// For fields that carry an [`Amount`] as text on the wire: `#[serde(with = "amount_text")]`.
pub mod amount_text {
    use super::Amount;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the amount as text.
    ///
    /// # Errors
    /// Only those of the serializer.
    pub fn serialize<S: Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(amount)
    }

    /// Reads text or a number.
    ///
    /// # Errors
    /// When neither is there.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        Amount::deserialize(deserializer)
    }

    /// The same for fields that may be absent: `#[serde(with = "amount_text::option")]`.
    pub mod option {
        use super::super::{Amount, read};
        use serde::{Deserializer, Serializer};

        /// Writes the amount as text, or null.
        ///
        /// # Errors
        /// Only those of the serializer.
        #[allow(clippy::ref_option)] // the signature that serde calls
        pub fn serialize<S: Serializer>(amount: &Option<Amount>, serializer: S) -> Result<S::Ok, S::Error> {
            match amount {
                Some(amount) => serializer.collect_str(amount),
                None => serializer.serialize_none(),
            }
        }

        /// Reads text, a number or nothing; empty text is nothing.
        ///
        /// # Errors
        /// When something else is there.
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
            read(deserializer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_and_text_are_read_and_keep_their_scale() {
        for (json, text) in [
            ("10.00", "10.00"),
            ("\"99.99\"", "99.99"),
            ("1e3", "1000"),
            ("25E-3", "0.025"),
            ("-0.00", "0.00"),
        ] {
            let read: Amount = serde_json::from_str(json).unwrap();
            assert_eq!(read, amount(text), "{json}");
        }
        assert_eq!(serde_json::to_string(&amount("10.00")).unwrap(), "10.00");
    }

    #[test]
    fn what_would_have_to_be_rounded_is_refused() {
        for text in [
            "1e40",
            "0.00000000000000000000000000001",
            "79228162514264337593543950336",
            "1.2.3",
            "NaN",
            "",
            "--",
        ] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
        let wide = amount("79228162514264337593543950335");
        assert_eq!(wide.checked_add(amount("0.1")), None);
        assert_eq!(amount("7922816251426433759354395033.5").checked_add(amount("0.01")), None);
    }

    #[test]
    fn a_buffered_float_is_read_only_where_it_is_exact() {
        #[derive(Debug, Deserialize)]
        struct Flat {
            #[serde(flatten)]
            inner: Inner,
        }
        #[derive(Debug, Deserialize)]
        struct Inner {
            amount: Amount,
        }
        let flat: Flat = serde_json::from_str(r#"{"amount":1234567.89}"#).unwrap();
        assert_eq!(flat.inner.amount, amount("1234567.89"));
        serde_json::from_str::<Flat>(r#"{"amount":1234567890.123456789}"#).unwrap_err();
    }

    #[test]
    fn a_precision_rounds() {
        assert_eq!(
            format!("{:.2} {:.2} {:.3}", amount("2520.497"), amount("-0.125"), amount("5")),
            "2520.50 -0.13 5.000"
        );
    }

    #[test]
    fn empty_text_is_no_amount() {
        #[derive(Deserialize, Serialize, PartialEq, Debug)]
        struct Row {
            #[serde(with = "amount_text::option", default)]
            balance: Option<Amount>,
        }
        assert_eq!(serde_json::from_str::<Row>(r#"{"balance":""}"#).unwrap().balance, None);
        assert_eq!(serde_json::from_str::<Row>(r#"{"balance":null}"#).unwrap().balance, None);
        let row: Row = serde_json::from_str(r#"{"balance":0.50}"#).unwrap();
        assert_eq!(serde_json::to_string(&row).unwrap(), r#"{"balance":"0.50"}"#);
    }

    proptest! {
        #[test]
        fn the_usual_form_is_read_as_every_other(text in "-?[0-9]{0,10}(\\.[0-9]{0,9})?") {
            if let Some(usual) = parse_usual(&text) {
                let exact = Decimal::from_str_exact(&text).unwrap();
                prop_assert_eq!((usual, usual.scale()), (exact, exact.scale()));
                prop_assert_eq!(usual.is_sign_negative(), exact.is_sign_negative());
            }
        }

        #[test]
        fn every_number_of_28_digits_survives(digits in 0_u128..10_u128.pow(28), scale in 0_usize..=28, negative: bool) {
            let padded = format!("{digits:0width$}", width = scale + 1);
            let (whole, part) = padded.split_at(padded.len() - scale);
            let sign = if negative { "-" } else { "" };
            let text = if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") };
            let read: Amount = serde_json::from_str(&text).unwrap();
            let written = serde_json::to_string(&read).unwrap();
            if digits == 0 { prop_assert!(read.is_zero()) } else { prop_assert_eq!(written, text) }
        }

        #[test]
        fn sums_are_exact_or_refused(a: i64, b: i64, scale_a in 0_u32..=9, scale_b in 0_u32..=9) {
            let (x, y) = (Amount::new(a, scale_a).unwrap(), Amount::new(b, scale_b).unwrap());
            let sum = x.checked_add(y).unwrap();
            prop_assert_eq!(sum.checked_sub(y), Some(x));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,40}") {
            let _ = text.parse::<Amount>();
            let _ = serde_json::from_str::<Amount>(&text);
        }
    }
}
