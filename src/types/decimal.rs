//! Reading a decimal number from its text, exactly or not at all.

use rust_decimal::Decimal;

/// Reads a decimal number: an optional sign, digits with at most one point among them, an optional exponent, and
/// blanks around. `None` for anything else, and for a number that would have to be rounded. Zero has no sign.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    if let Some(usual) = parse_usual(text) {
        return Some(usual);
    }
    let text = text.trim_ascii();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    // The decimal type's own reader takes underscores and more, so the form is checked first.
    let digits = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0
        || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let read = Decimal::from_str_exact(mantissa).or_else(|error| {
        // Zeros at the end of a fraction change no value, so those that do not fit are left out.
        let shorter = if digits.contains('.') { mantissa.trim_end_matches('0') } else { mantissa };
        if shorter.len() == mantissa.len() { Err(error) } else { Decimal::from_str_exact(shorter) }
    });
    let read = read.ok()?;
    let read = match exponent {
        None => read,
        Some(exponent) => with_exponent(read, exponent)?,
    };
    Some(unsigned_zero(read))
}

/// The same number; zero without a sign.
pub(super) fn unsigned_zero(mut number: Decimal) -> Decimal {
    if number.is_zero() {
        number.set_sign_positive(true);
    }
    number
}

fn with_exponent(mantissa: Decimal, exponent: &str) -> Option<Decimal> {
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mantissa = mantissa.normalize();
    let digits = mantissa.mantissa();
    if digits == 0 {
        return Some(Decimal::ZERO);
    }
    let exponent: i64 = exponent.parse().ok()?;
    let scale = i64::from(mantissa.scale()).checked_sub(exponent)?;
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
    let number = if negative { -number } else { number };
    Some(Decimal::new(number, u32::try_from(fraction.map_or(0, str::len)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_form_of_a_decimal_number_is_read() {
        for (text, shown) in [
            ("10.00", "10.00"),
            ("+5", "5"),
            (" 5 ", "5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("00012", "12"),
            ("1e3", "1000"),
            ("1E+3", "1000"),
            ("25e-3", "0.025"),
            ("-0", "0"),
            ("-0.00", "0.00"),
            ("0e999999999999", "0"),
            ("-1.50", "-1.50"),
            ("99.50000000000000000000000000000000", "99.5"),
            ("0.00000000000000000000000000000000000", "0"),
            ("-0.0000000000000000000000000000", "0.0000000000000000000000000000"),
            ("0E-10", "0"),
            ("0e-400", "0"),
            ("9.95E1", "99.5"),
            ("1.0E+2", "100"),
            ("1e28", "10000000000000000000000000000"),
            ("1e-28", "0.0000000000000000000000000001"),
        ] {
            assert_eq!(parse(text).map(|read| read.to_string()).as_deref(), Some(shown), "{text}");
        }
        for text in [
            "",
            " ",
            ".",
            "-",
            "+",
            "1_000",
            "1__0",
            "_1",
            "1_",
            "1.0_0",
            "1,000",
            "1 000",
            "0x10",
            "1.2.3",
            "--1",
            "+-1",
            "1e",
            "1e+",
            "1e1_0",
            "e5",
            "1e1e1",
            "NaN",
            "inf",
            "１",
            "1e40",
            "1e29",
            "1e-29",
            "1E400",
            "1.7976931348623157E308",
            "0x1p3",
            "1e 3",
            "- 1",
            "Infinity",
            "１",
            "\u{2212}1",
            "¥5",
            "5 CNY",
            "5%",
            "(5)",
            "1'000",
            "1 000.00",
            "1.000,00",
            "1e999999999999999999999",
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_usual_form_is_read_as_every_other(text in "-?[0-9]{0,10}(\\.[0-9]{0,9})?") {
            if let Some(usual) = parse_usual(&text) {
                let exact = unsigned_zero(Decimal::from_str_exact(&text).unwrap());
                prop_assert_eq!((usual, usual.scale()), (exact, exact.scale()));
                prop_assert_eq!(usual.is_sign_negative(), exact.is_sign_negative());
            }
        }
    }
}
