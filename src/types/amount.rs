//! Exact decimal amounts, without binary floats.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{
    decimal::{parse, unsigned_zero},
    formats::{NUMBER, guesses_types, is_response},
    wire,
};

/// An exact decimal number: a price, a balance, a quantity.
///
/// Holds up to 28 significant digits with up to 28 decimals and keeps the written scale, so `10.00` stays
/// `10.00`. It is read from a number or from text (`"99.99"`), and written as text, so that JSON values, CSV files, TOML,
/// YAML, databases and queues keep every digit. Only on the wire it is a JSON number, see [`to_wire_json`]; fields that
/// the documentation declares as text are text there too. Zero has no sign.
///
/// Equality and order compare values: `1.0 == 1.00`.
///
/// ```
/// use huaweicloud_partner::types::Amount;
///
/// let total: Amount = serde_json::from_str("0.10").unwrap();
/// let sum = total.checked_add("0.20".parse().unwrap()).unwrap();
/// assert_eq!(sum.to_string(), "0.30");
/// assert_eq!(serde_json::to_string(&sum).unwrap(), "\"0.30\"");
/// ```
///
/// [`to_wire_json`]: super::to_wire_json
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

impl Amount {
    /// The amount `0`.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// A whole number with a scale: `Amount::new(1050, 2)` is `10.50`.
    ///
    /// # Errors
    /// [`ParseAmountError`] when `scale` is above 28.
    pub fn new(digits: i64, scale: u32) -> Result<Self, ParseAmountError> {
        Decimal::try_new(digits, scale).map(Self::from).map_err(|_| ParseAmountError)
    }

    /// The exact sum, or `None` when it has more digits than an amount can hold.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        exact_sum(self.0, other.0).map(Self::from)
    }

    /// The exact difference, or `None` when it has more digits than an amount can hold.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        exact_sum(self.0, -other.0).map(Self::from)
    }

    /// The exact sum of all amounts, or `None` when it has more digits than an amount can hold.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// The same amount with the other sign.
    #[must_use]
    pub fn negated(self) -> Self {
        (-self.0).into()
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

    /// Returns the number of decimals that the value needs: 1 for `1.50`.
    #[must_use]
    pub fn decimals(self) -> u32 {
        self.0.normalize().scale()
    }

    /// Rounded half up (away from zero) to `decimals`, the way monthly bills of the international site are.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Self {
        self.0.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero).into()
    }

    /// Cut after `decimals`, the way charges of the China site are.
    #[must_use]
    pub fn truncated(self, decimals: u32) -> Self {
        self.0.trunc_with_scale(decimals).into()
    }

    /// The number as a [`Decimal`], for further arithmetic.
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
        Self(unsigned_zero(value))
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
        parse(text).map(Self).ok_or(ParseAmountError)
    }
}

impl fmt::Display for Amount {
    /// All digits; with a precision, as in `{:.2}`, rounded half up to it and filled with zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(decimals) = f.precision() else { return fmt::Display::fmt(&self.0, f) };
        let shown = self.rounded(u32::try_from(decimals).unwrap_or(u32::MAX));
        // The decimal's own form has room for few digits behind the point.
        let mut text = shown.abs().to_string();
        let filled = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if filled == 0 && decimals > 0 {
            text.push('.');
        }
        text.extend(std::iter::repeat_n('0', decimals.saturating_sub(filled)));
        f.pad_integral(!shown.is_negative(), "", &text)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Amount {
    /// Writes text, which keeps every digit in every format. Only requests and responses in the form of the wire, see
    /// [`to_wire_json`](super::to_wire_json), have JSON numbers.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if wire::is_wire::<S>() {
            return serializer.serialize_newtype_struct(wire::NUMBER, &self.to_string());
        }
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    /// Reads text or a number. A number that the format has turned into a float is read where that is exact, and
    /// refused otherwise.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if is_response::<D>() {
            return deserializer.deserialize_newtype_struct(NUMBER, AmountVisitor);
        }
        if !deserializer.is_human_readable() || guesses_types::<D>() {
            return deserializer.deserialize_str(AmountVisitor);
        }
        own_text::read(deserializer)
    }
}

struct AmountVisitor;

impl<'de> Visitor<'de> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number of at most 28 significant digits")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
        text.parse().map_err(|_| match text.trim_ascii() {
            "" => E::invalid_type(de::Unexpected::Other("empty text"), &self),
            _ => E::invalid_value(de::Unexpected::Other("other text"), &self),
        })
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Amount, E> {
        Ok(number.into())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Amount, E> {
        Ok(number.into())
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Amount, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Amount, E> {
        self.visit_str(&number.to_string())
    }

    /// A number that was turned into a float before it came here. Its shortest text is the original for up to 15
    /// significant digits; longer ones may have been rounded and are refused.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Amount, E> {
        let text = number.to_string();
        let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
        if digits > 15 {
            return Err(E::custom("an amount of more than 15 digits went through a float"));
        }
        self.visit_str(&text)
    }

    /// A number of serde_json that keeps its text, where a program has asked for that.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Amount, A::Error> {
        match serde_json::Number::deserialize(MapAccessDeserializer::new(map)) {
            Ok(number) => self.visit_str(&number.to_string()),
            Err(_) => Err(de::Error::invalid_type(de::Unexpected::Map, &self)),
        }
    }
}

/// Asks a format for a number's own text, the way serde_json gives it to its [`RawValue`].
mod own_text {
    use std::fmt;

    use serde::{
        Deserialize, Deserializer,
        de::{self, MapAccess, Visitor},
        forward_to_deserialize_any,
    };
    use serde_json::value::RawValue;

    use super::{Amount, AmountVisitor};

    /// Reads an amount from its own text where the format has it, and from the format's value otherwise.
    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        let mut other = None;
        let asked = Box::<RawValue>::deserialize(Asking { deserializer, other: &mut other });
        if let Some(amount) = other {
            return Ok(amount);
        }
        let raw = asked?;
        match serde_json::from_str::<String>(raw.get()) {
            Ok(text) => AmountVisitor.visit_str(&text),
            Err(_) => match raw.get().as_bytes().first() {
                Some(b'{') => Err(de::Error::invalid_type(de::Unexpected::Map, &AmountVisitor)),
                Some(b'[') => Err(de::Error::invalid_type(de::Unexpected::Seq, &AmountVisitor)),
                Some(b'n') => Err(de::Error::invalid_type(de::Unexpected::Unit, &AmountVisitor)),
                _ => AmountVisitor.visit_str(raw.get()),
            },
        }
    }

    struct Asking<'o, D> {
        deserializer: D,
        other: &'o mut Option<Amount>,
    }

    impl<'de, D: Deserializer<'de>> Deserializer<'de> for Asking<'_, D> {
        type Error = D::Error;

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            name: &'static str,
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            self.deserializer.deserialize_newtype_struct(name, Asked { visitor, other: self.other })
        }

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.deserializer.deserialize_any(visitor)
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    struct Asked<'o, V> {
        visitor: V,
        other: &'o mut Option<Amount>,
    }

    impl<'de, V: Visitor<'de>> Visitor<'de> for Asked<'_, V> {
        type Value = V::Value;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            AmountVisitor.expecting(f)
        }

        /// The format has the text.
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
            self.visitor.visit_map(map)
        }

        /// Reads the value as it is, without the visitor that expects a text.
        fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
            *self.other = Some(deserializer.deserialize_any(AmountVisitor)?);
            Err(de::Error::custom("no text"))
        }
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
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AmountText(String);

impl fmt::Debug for AmountText {
    /// The text, unless it is one that no number is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::shape::show_id("AmountText", &self.0, f)
    }
}

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
        // The service documents plain digits, so a number with an exponent is left for validation to refuse.
        match text.parse::<Amount>() {
            Ok(amount) if !text.contains(['e', 'E']) => amount.into(),
            _ => Self(text.to_owned()),
        }
    }
}

impl From<String> for AmountText {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Serialize for AmountText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AmountText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = AmountText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<AmountText, E> {
                Ok(text.into())
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// For fields that carry an [`Amount`] as text on the wire too: `#[serde(with = "amount_text")]`.
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

    /// Reads an amount from text or a number.
    ///
    /// # Errors
    /// Where there is no number.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        Amount::deserialize(deserializer)
    }

    /// The same for an amount that may be absent: `#[serde(with = "amount_text::option", default)]`.
    pub mod option {
        use super::super::Amount;
        use serde::{Deserialize, Deserializer, Serializer};

        /// Writes text, or null.
        ///
        /// # Errors
        /// Only those of the serializer.
        pub fn serialize<S: Serializer>(amount: &Option<Amount>, serializer: S) -> Result<S::Ok, S::Error> {
            match amount {
                Some(amount) => serializer.collect_str(amount),
                None => serializer.serialize_none(),
            }
        }

        /// Reads an amount; null is no amount.
        ///
        /// # Errors
        /// Where there is something that is no number.
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
            Option::deserialize(deserializer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;
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
        assert_eq!(serde_json::to_string(&amount("10.00")).unwrap(), "\"10.00\"");
    }

    #[test]
    fn zero_has_no_sign() {
        let zeros = [
            amount("0").checked_sub(amount("0")),
            amount("-1").checked_add(amount("1")),
            Some(amount("-0.001").truncated(2)),
            Some(amount("-0.001").rounded(2)),
            Some(amount("0.00").negated()),
            Some(amount("-0.00")),
            Some(Amount::from(-Decimal::ZERO)),
        ];
        for zero in zeros {
            assert!(!zero.unwrap().to_string().contains('-'), "{zero:?}");
        }
        assert_eq!(format!("{:.2}", amount("-0.001")), "0.00");
    }

    #[test]
    fn what_is_not_one_decimal_number_is_refused() {
        for json in [
            "{}",
            "[]",
            "[1]",
            r#"{"measure_id":1,"amount":99.5}"#,
            r#"{"currency_id":156,"value":"7"}"#,
            "null",
            "true",
            "\"\"",
            "\" \"",
            "\"null\"",
            "\"1_000\"",
            "\"1__0\"",
            "\"1,000\"",
            "\"\\\"5\\\"\"",
        ] {
            assert!(serde_json::from_str::<Amount>(json).is_err(), "{json}");
            assert!(decode_str::<Amount>(json).is_err(), "{json}");
            assert!(
                serde_json::from_str::<serde_json::Value>(json)
                    .is_ok_and(|value| { serde_json::from_value::<Amount>(value).is_err() }),
                "{json}"
            );
        }
    }

    #[test]
    fn a_text_amount_goes_out_in_one_form_or_is_refused() {
        for (text, sent) in
            [("+5", "5"), (" 5 ", "5"), (".5", "0.5"), ("00012", "12"), ("1.50", "1.50"), ("-0", "0")]
        {
            assert_eq!(AmountText::from(text).as_str(), sent);
            assert_eq!(serde_json::from_value::<AmountText>(text.into()).unwrap().as_str(), sent);
        }
        for text in ["1_000", "five", "", "1,0", "٥"] {
            assert!(AmountText::from(text).amount().is_err(), "{text}");
        }
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
    fn an_amount_goes_through_values_maps_flattened_and_tagged_types_with_every_digit() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Inner {
            amount: Amount,
            rest: Option<Amount>,
        }
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Flat {
            #[serde(flatten)]
            inner: Inner,
        }
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        enum Tagged {
            Paid(Inner),
        }
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "of")]
        enum Adjacent {
            Paid(Inner),
        }
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        #[serde(untagged)]
        enum Untagged {
            Paid(Inner),
        }
        fn same<T: Serialize + de::DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
            let text = serde_json::to_string(value).unwrap();
            assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
            let tree = serde_json::to_value(value).unwrap();
            assert_eq!(&serde_json::from_value::<T>(tree).unwrap(), value, "{text}");
        }
        for digits in ["12345678901234567.89", "-0.0000000000000000000000000001", "10.00"] {
            let inner = || Inner { amount: amount(digits), rest: None };
            same(&inner());
            same(&Flat { inner: inner() });
            same(&Tagged::Paid(inner()));
            same(&Adjacent::Paid(inner()));
            same(&Untagged::Paid(inner()));
            same(&std::collections::BTreeMap::from([("a".to_owned(), amount(digits))]));
            same(&(amount(digits), vec![Some(amount(digits)), None]));
        }
    }

    #[test]
    fn a_precision_rounds() {
        assert_eq!(
            format!("{:.2} {:.2} {:.3}", amount("2520.497"), amount("-0.125"), amount("5")),
            "2520.50 -0.13 5.000"
        );
    }

    #[test]
    fn any_precision_and_width_can_be_asked_for() {
        let a = amount("-1234567.891");
        for (shown, right) in [
            (format!("{a:.0}"), "-1234568".to_owned()),
            (format!("{a:.1}"), "-1234567.9".to_owned()),
            (format!("{a:.100}"), format!("-1234567.891{}", "0".repeat(97))),
            (format!("{a:>12.1}|{a:<12.1}|{a:012.1}"), "  -1234567.9|-1234567.9  |-001234567.9".to_owned()),
            (format!("{:+.2}", amount("5")), "+5.00".to_owned()),
            (format!("{:.40?}", amount("0")), format!("0.{}", "0".repeat(40))),
            (format!("{:.2}", amount("-0.001")), "0.00".to_owned()),
        ] {
            assert_eq!(shown, right);
        }
        let widest = amount("-79228162514264337593543950335");
        assert_eq!(format!("{widest:.60}").len(), 1 + 29 + 1 + 60);
    }

    #[test]
    fn empty_text_is_no_amount() {
        #[derive(Deserialize, Serialize, PartialEq, Debug)]
        struct Row {
            #[serde(with = "amount_text::option", default)]
            balance: Option<Amount>,
        }
        for json in [r#"{"balance":""}"#, r#"{"balance":null}"#, r#"{"balance":" "}"#, "{}"] {
            assert_eq!(decode_str::<Row>(json).unwrap().balance, None, "{json}");
        }
        for json in [r#"{"balance":{}}"#, r#"{"balance":[]}"#] {
            let error = decode_str::<Row>(json).unwrap_err().to_string();
            assert!(error.contains("$.balance") && error.contains("expected a decimal number"), "{error}");
        }
        let row: Row = serde_json::from_str(r#"{"balance":0.50}"#).unwrap();
        assert_eq!(serde_json::to_string(&row).unwrap(), r#"{"balance":"0.50"}"#);
    }

    proptest! {
        #[test]
        fn every_number_of_28_digits_survives(digits in 0_u128..10_u128.pow(28), scale in 0_usize..=28, negative: bool) {
            let padded = format!("{digits:0width$}", width = scale + 1);
            let (whole, part) = padded.split_at(padded.len() - scale);
            let sign = if negative { "-" } else { "" };
            let text = if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") };
            let read: Amount = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(decode_str::<Amount>(&text).unwrap(), read);
            let written = String::from_utf8(super::super::to_wire_json(&read).unwrap()).unwrap();
            if digits == 0 { prop_assert!(read.is_zero()) } else { prop_assert_eq!(written, text) }
            let value = serde_json::to_value(read).unwrap();
            prop_assert_eq!(serde_json::from_value::<Amount>(value).unwrap().to_string(), read.to_string());
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
