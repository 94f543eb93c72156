//! Amounts, money, ids, times and codes through the formats in which programs keep and exchange them: whatever a value
//! goes through, it comes back as it was, or is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use std::{collections::BTreeMap, fmt};

use huaweicloud_partner::{
    ErrorKind,
    types::{
        Amount, AmountText, BillCycle, Currency, CustomerId, Day, Language, LocalTime, MeasureUnit, Money,
        Site, TimeZone, UtcTime,
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Digits that a binary float would lose, and a scale that it would drop.
const DIGITS: [&str; 6] =
    ["12345678901234567.89", "-0.0000000000000000000000000001", "10.00", "0", "9007199254740993", "0.1"];

/// A row without an inner structure, as tables have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    amount: Amount,
    balance: Option<Amount>,
    none: Option<Amount>,
    text: AmountText,
    customer: CustomerId,
    at: UtcTime,
    local: LocalTime,
    day: Day,
    cycle: BillCycle,
    zone: TimeZone,
    currency: Currency,
    unit: MeasureUnit,
    site: Site,
    kind: ErrorKind,
    language: Language,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Nested {
    money: Money,
    rows: Vec<Row>,
    by_customer: BTreeMap<CustomerId, Amount>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    line: String,
    #[serde(flatten)]
    nested: Nested,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Event {
    Paid(Nested),
}

fn row(digits: &str) -> Row {
    Row {
        amount: digits.parse().unwrap(),
        balance: Some(digits.parse().unwrap()),
        none: None,
        text: AmountText::from(digits.parse::<Amount>().unwrap()),
        customer: "00017".into(),
        at: "2026-05-01T08:05:01.25Z".parse().unwrap(),
        local: "2026-05-01 16:05:01".parse().unwrap(),
        day: "2026-05-01".parse().unwrap(),
        cycle: "2026-05".parse().unwrap(),
        zone: "GMT+8".parse().unwrap(),
        currency: Currency::from("0042"),
        unit: MeasureUnit::Other(77),
        site: Site::International,
        kind: ErrorKind::ListChanged,
        language: Language::from("zh_CN"),
    }
}

fn nested(digits: &str) -> Nested {
    Nested {
        money: Money::new(digits.parse::<Amount>().unwrap(), Currency::Cny),
        rows: vec![row(digits), row("-7.50")],
        by_customer: BTreeMap::from([("00017".into(), digits.parse().unwrap())]),
    }
}

/// Compares what was read with what was written, every digit included: `==` alone takes 10.00 for 10.
fn same<T: fmt::Debug + PartialEq>(format: &str, read: Result<T, String>, written: &T) {
    let read = read.unwrap_or_else(|error| panic!("{format}: {error}: {written:?}"));
    assert_eq!(&read, written, "{format}");
    assert_eq!(format!("{read:?}"), format!("{written:?}"), "{format}");
}

fn text<E: fmt::Display>(error: E) -> String {
    error.to_string()
}

/// Through every format that describes itself.
fn described<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    same("JSON", serde_json::from_str(&json).map_err(text), value);
    same("JSON from a reader", serde_json::from_reader(json.as_bytes()).map_err(text), value);
    let tree = serde_json::to_value(value).unwrap();
    same("a JSON value", serde_json::from_value(tree).map_err(text), value);
    let toml = toml::to_string(value).unwrap();
    same("TOML", toml::from_str(&toml).map_err(text), value);
    let yaml = serde_yaml_ng::to_string(value).unwrap();
    same("YAML", serde_yaml_ng::from_str(&yaml).map_err(text), value);
    let tree = serde_yaml_ng::to_value(value).unwrap();
    same("a YAML value", serde_yaml_ng::from_value(tree).map_err(text), value);
    let mut cbor = Vec::new();
    ciborium::into_writer(value, &mut cbor).unwrap();
    same("CBOR", ciborium::from_reader(cbor.as_slice()).map_err(text), value);
}

/// Through a format that only says what it is asked for.
fn undescribed<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
    let bytes = postcard::to_allocvec(value).unwrap();
    same("postcard", postcard::from_bytes(&bytes).map_err(text), value);
}

#[test]
fn values_go_through_every_format_that_describes_itself() {
    for digits in DIGITS {
        described(&row(digits));
        described(&nested(digits));
        described(&Flat { line: "1".to_owned(), nested: nested(digits) });
        described(&Event::Paid(nested(digits)));
    }
}

#[test]
fn values_go_through_a_format_that_does_not_describe_itself() {
    for digits in DIGITS {
        undescribed(&row(digits));
        undescribed(&nested(digits));
        undescribed(&(digits.parse::<Amount>().unwrap(), Some(CustomerId::from("c"))));
    }
}

#[test]
fn values_go_through_rows_of_text() {
    let rows: Vec<Row> = DIGITS.map(row).into();
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in &rows {
        writer.serialize(row).unwrap();
    }
    let file = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    assert!(file.contains("12345678901234567.89,12345678901234567.89,,"), "{file}");
    let read: Result<Vec<Row>, String> =
        csv::Reader::from_reader(file.as_bytes()).into_deserialize().map(|row| row.map_err(text)).collect();
    same("CSV", read, &rows);
}

#[test]
fn a_flattened_row_of_text_is_read_exactly_or_refused() {
    #[derive(Debug, Deserialize)]
    struct Line {
        line: String,
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Debug, Deserialize)]
    struct Inner {
        amount: Amount,
    }
    let read = |amount: &str| {
        let file = format!("line,amount\na,{amount}\n");
        let line: Option<Result<Line, _>> =
            csv::Reader::from_reader(file.as_bytes()).into_deserialize().next();
        line.unwrap().map(|line| {
            assert_eq!(line.line, "a");
            line.inner.amount
        })
    };
    for exact in ["10", "10.00", "-1234567.89", "0.1", "18446744073709551615", "9007199254740993"] {
        assert_eq!(read(exact).unwrap(), exact.parse::<Amount>().unwrap(), "{exact}");
    }
    for lost in ["12345678901234567.89", "0.12345678901234567"] {
        read(lost).unwrap_err();
    }
    for none in ["", "x", "1e400", "NaN", "inf", "true"] {
        read(none).unwrap_err();
    }
}

#[test]
fn numbers_that_a_person_wrote_are_read_where_no_digit_is_lost() {
    #[derive(Debug, Deserialize)]
    struct Config {
        limit: Amount,
    }
    for number in ["10", "-3", "0.25", "1234567.89"] {
        let amount: Amount = number.parse().unwrap();
        assert_eq!(toml::from_str::<Config>(&format!("limit = {number}")).unwrap().limit, amount);
        assert_eq!(serde_yaml_ng::from_str::<Config>(&format!("limit: {number}")).unwrap().limit, amount);
        assert_eq!(serde_json::from_str::<Config>(&format!("{{\"limit\":{number}}}")).unwrap().limit, amount);
    }
    for lost in ["12345678901234567.89", "0.1234567890123456789", "inf", "nan"] {
        toml::from_str::<Config>(&format!("limit = {lost}")).unwrap_err();
    }
    for lost in ["12345678901234567.89", "0.1234567890123456789", ".inf", ".nan", "~", "[1]", "{a: 1}"] {
        serde_yaml_ng::from_str::<Config>(&format!("limit: {lost}")).unwrap_err();
    }
}
