use crate::types::{
    Amount, Currency, CustomerId, Day, Drift, DriftKind, MeasureUnit, UtcTime, decode, decode_request,
    decode_str, decode_with_drift, response,
};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Row {
    id: CustomerId,
    name: String,
    count: u32,
    shift: i64,
    frozen: bool,
    amount: Option<Amount>,
    limit: Option<i32>,
    tags: Vec<String>,
    nested: Option<Box<Row>>,
    rows: Vec<Row>,
    day: Option<Day>,
}

fn row(json: &str) -> Row {
    decode_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

#[test]
fn every_form_of_a_value_is_read() {
    let expected = Row {
        id: "17".into(),
        name: "5".into(),
        count: 3,
        shift: -2,
        frozen: true,
        amount: Some("1.50".parse().unwrap()),
        limit: Some(9),
        tags: vec!["a".into()],
        ..Row::default()
    };
    for json in [
        r#"{"id":"17","name":"5","count":3,"shift":-2,"frozen":true,"amount":1.50,"limit":9,"tags":["a"]}"#,
        r#"{"id":17,"name":5,"count":"3","shift":"-2","frozen":"true","amount":"1.50","limit":"9","tags":"a"}"#,
        r#"{"id":17,"name":5,"count":3.0,"shift":-2e0,"frozen":1,"amount":"1.50","limit":9,"tags":["a"],"more":[{}]}"#,
    ] {
        assert_eq!(row(json), expected, "{json}");
    }
    assert_eq!(row(r#"{"rows":{"count":"1"}}"#).rows[0].count, 1);
}

#[test]
fn null_is_the_empty_value() {
    let nulls = r#"{"id":null,"name":null,"count":null,"shift":null,"frozen":null,"amount":null,"limit":null,
        "tags":null,"nested":null,"rows":[null],"day":null}"#;
    assert_eq!(row(nulls), Row { ..Row::default() });
    assert_eq!(row("null"), Row::default());
}

#[test]
fn inner_values_and_long_amounts_are_read_too() {
    let read = row(r#"{"nested":{"count":"7","amount":1234567890123456.789012345678,"day":"2026-05-01"}}"#);
    let nested = read.nested.unwrap();
    assert_eq!(nested.count, 7);
    assert_eq!(nested.amount.unwrap().to_string(), "1234567890123456.789012345678");
    assert_eq!(nested.day.unwrap().to_string(), "2026-05-01");
}

response! {
    /// A page of charges.
    pub struct Page {
        /// Rows in all.
        pub total_count: Option<u32>,
        /// Charges of the sample.
        pub fee_records: Vec<Charge>,
        /// Part of the charge that was rated.
        pub rating: Option<Charge>,
    }
}

response! {
    /// Charge of the sample.
    pub struct Charge {
        /// Customer of the charge.
        pub id: Option<CustomerId>,
        /// Name of the charged product.
        pub name: Option<String>,
        /// Price of the charged product.
        pub official_amount: Option<Amount>,
        /// A number code.
        pub charging_mode: Option<MeasureUnit>,
        /// A text code.
        pub currency: Option<Currency>,
        /// Instant of the charge.
        pub at: Option<UtcTime>,
        /// Count of charged pieces.
        pub count: Option<u32>,
        /// A truth value.
        pub frozen: Option<bool>,
    }
}

fn charge(field: &str) -> (Charge, Vec<Drift>) {
    let json = format!(r#"{{"fee_records":[{{"id":"a",{field}}}]}}"#);
    let (page, drift) =
        decode_with_drift::<Page>(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
    (page.fee_records.into_iter().next().unwrap(), drift)
}

#[test]
fn one_odd_value_is_unknown_and_reported_and_the_rest_is_read() {
    for (field, kind, path) in [
        (r#""at":"noon""#, DriftKind::Unreadable, "at"),
        (r#""at":1777622701000"#, DriftKind::Unreadable, "at"),
        (r#""at":"0000-00-00 00:00:00""#, DriftKind::Unreadable, "at"),
        (r#""at":["x"]"#, DriftKind::Unreadable, "at"),
        (r#""count":-1"#, DriftKind::Unreadable, "count"),
        (r#""count":"1,234""#, DriftKind::Unreadable, "count"),
        (r#""count":1.5"#, DriftKind::Unreadable, "count"),
        (r#""count":99999999999"#, DriftKind::Unreadable, "count"),
        (r#""count":[1,{"a":[]}]"#, DriftKind::Unreadable, "count"),
        (r#""count":true"#, DriftKind::Unreadable, "count"),
        (r#""count":1e400"#, DriftKind::Unreadable, "count"),
        (r#""count":"0x10""#, DriftKind::Unreadable, "count"),
        (r#""count":{"value":3}"#, DriftKind::Unreadable, "count"),
        (r#""frozen":"perhaps""#, DriftKind::Unreadable, "frozen"),
        (r#""name":["a"]"#, DriftKind::Unreadable, "name"),
        (r#""charging_mode":"NEW""#, DriftKind::UnknownCode, "charging_mode"),
        (r#""charging_mode":1.5"#, DriftKind::UnknownCode, "charging_mode"),
        (r#""charging_mode":9223372036854775808"#, DriftKind::UnknownCode, "charging_mode"),
        (r#""charging_mode":[]"#, DriftKind::UnknownCode, "charging_mode"),
        (r#""charging_mode":99"#, DriftKind::UnknownCode, "charging_mode"),
        (r#""currency":["CNY"]"#, DriftKind::UnknownCode, "currency"),
        (r#""currency":"XYZ""#, DriftKind::UnknownCode, "currency"),
        (r#""new":{"a":[1]}"#, DriftKind::UnknownField, "new"),
        (r#""name":"a\ud83d""#, DriftKind::RepairedText, "name"),
        ("\"name\":\"a\tb\"", DriftKind::RepairedText, "name"),
    ] {
        let (read, drift) = charge(&format!(r#"{field},"official_amount":"7.50""#));
        assert_eq!(read.official_amount.unwrap().to_string(), "7.50", "{field}");
        assert_eq!(drift.len(), 1, "{field}: {drift:?}");
        assert_eq!(
            (drift[0].kind, drift[0].path.as_str()),
            (kind, &*format!("$.fee_records[0].{path}")),
            "{field}"
        );
    }
    for (field, code) in
        [("1.0", MeasureUnit::MainUnit), ("\"1.0\"", MeasureUnit::MainUnit), ("1e0", MeasureUnit::MainUnit)]
    {
        let (read, drift) = charge(&format!(r#""charging_mode":{field}"#));
        assert_eq!((read.charging_mode, drift.len()), (Some(code), 0), "{field}");
    }
}

#[test]
fn nothing_is_none_and_never_zero() {
    for nothing in ["null", "\"\"", "\" \"", "{}"] {
        let fields = ["name", "official_amount", "charging_mode", "currency", "at", "count", "frozen"];
        // An object without fields is no amount that was left out.
        let named = fields.iter().filter(|field| nothing != "{}" || **field != "official_amount");
        let all = named.map(|field| format!("\"{field}\":{nothing}")).collect::<Vec<_>>().join(",");
        let (read, drift) = charge(&all);
        assert_eq!(read, Charge::build(|charge| charge.id = Some("a".into())), "{nothing}");
        assert_eq!(drift, [], "{nothing}");
    }
    let page: Page = decode_str(r#"{"rating":[],"total_count":""}"#).unwrap();
    assert_eq!(page, Page::default());
}

#[test]
fn null_rows_are_reported_at_their_list_and_not_at_the_row_before() {
    for (list, count) in
        [("[null]", 1), (r#"[{"id":"a"},null,{"id":"b"},null]"#, 2), (r#"[null,{"id":"a"}]"#, 1)]
    {
        let json = format!(r#"{{"total_count":2,"fee_records":{list}}}"#);
        let (_, drift) = decode_with_drift::<Page>(json.as_bytes()).unwrap();
        let places: Vec<_> = drift.iter().map(|drift| (drift.path.as_str(), drift.count)).collect();
        assert_eq!(places, [("$.fee_records", count)], "{list}");
    }
}

#[test]
fn rows_are_neither_made_up_nor_lost() {
    for (list, ids) in [
        ("{}", &[][..]),
        ("[]", &[]),
        ("null", &[]),
        ("\"\"", &[]),
        ("[null]", &[]),
        (r#"[null,{"id":"a"},null,{"id":"b"}]"#, &["a", "b"]),
        (r#"{"id":"a"}"#, &["a"]),
    ] {
        let page: Page = decode_str(&format!(r#"{{"fee_records":{list},"total_count":2}}"#)).unwrap();
        let found: Vec<_> = page.fee_records.iter().map(|row| row.id.as_ref().unwrap().as_str()).collect();
        assert_eq!(found, ids, "{list}");
        assert_eq!(page.total_count, Some(2), "{list}");
    }
    for list in
        [r#"{"0":{"id":"a"},"1":{"id":"b"}}"#, "7", "\"x\"", "true", "[7]", "[[]]", r#"[""]"#, r#"{"x":1}"#]
    {
        let error = decode_str::<Page>(&format!(r#"{{"fee_records":{list}}}"#)).unwrap_err();
        assert!(error.path().starts_with("$.fee_records"), "{list}: {error}");
    }
}

#[test]
fn money_that_is_not_one_decimal_is_refused_with_its_place() {
    for money in [
        r#"{"measure_id":1,"amount":99.5}"#,
        r#"{"currency_id":156,"value":"7"}"#,
        "[]",
        "[1]",
        "true",
        "\"1_000\"",
        "\"null\"",
        "\"1,000.00\"",
        "\"-\"",
        "1e40",
    ] {
        let json = format!(r#"{{"fee_records":[{{"id":"a","official_amount":{money}}}]}}"#);
        let error = decode_str::<Page>(&json).unwrap_err();
        assert_eq!(error.path(), "$.fee_records[0].official_amount", "{money}");
        assert!(
            error.message().ends_with("expected a decimal number of at most 28 significant digits"),
            "{error}"
        );
    }
}

#[test]
fn a_field_that_comes_twice_must_say_the_same() {
    let row =
        |a: &str, b: &str| format!(r#"{{"fee_records":[{{"official_amount":{a},"official_amount":{b}}}]}}"#);
    assert!(decode_str::<Page>(&row("1", "1.0")).is_ok());
    let error = decode_str::<Page>(&row("1", "2")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "$.fee_records[0]: the field official_amount comes twice with different values"
    );
}

#[test]
fn the_same_drift_in_all_rows_is_reported_once() {
    let rows: Vec<String> =
        (0..1000).map(|row| format!(r#"{{"id":"{row}","new":{row},"at":"x","name":"é"}}"#)).collect();
    let (page, drift) =
        decode_with_drift::<Page>(format!(r#"{{"fee_records":[{}]}}"#, rows.join(",")).as_bytes()).unwrap();
    assert_eq!(page.fee_records.len(), 1000);
    assert_eq!(drift.len(), 2, "{drift:?}");
    assert!(
        drift.iter().all(|drift| drift.count == 1000 && drift.path.starts_with("$.fee_records[0].")),
        "{drift:?}"
    );
}

#[test]
fn bytes_that_are_no_text_are_replaced_where_they_stand() {
    for (bytes, name) in [
        (&b"a\xff"[..], "a\u{fffd}"),
        (b"\xe5\xb7", "\u{fffd}"),
        (b"\xb9\xa4\xb5\xa5", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
    ] {
        let json = [&br#"{"fee_records":[{"name":""#[..], bytes, br#"","official_amount":1}]}"#].concat();
        let (page, drift) = decode_with_drift::<Page>(&json).unwrap();
        assert_eq!(page.fee_records[0].name.as_deref(), Some(name));
        assert_eq!(
            (drift[0].kind, drift[0].path.as_str()),
            (DriftKind::RepairedText, "$.fee_records[0].name")
        );
    }
    let marked: Page = decode_str("\u{feff}{\"total_count\":3}").unwrap();
    assert_eq!(marked.total_count, Some(3));
}

#[test]
fn requests_are_read_strictly() {
    for json in [r#"{"count":-1}"#, r#"{"at":"noon"}"#, "{\"name\":\"a\tb\"}", r#"{"name":["a"]}"#] {
        assert!(decode_request::<Charge>(json.as_bytes()).is_err(), "{json}");
    }
    assert_eq!(decode_request::<Charge>(br#"{"name":""}"#).unwrap().name.as_deref(), Some(""));
}

#[test]
fn what_makes_no_sense_is_refused() {
    for json in [
        r#"{"count":"many"}"#,
        r#"{"count":-1}"#,
        r#"{"frozen":"maybe"}"#,
        r#"{"amount":"x"}"#,
        "[",
        "",
        "{} {}",
        "5",
    ] {
        assert!(decode_str::<Row>(json).is_err(), "{json}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = decode::<Row>(&bytes);
    }
}
