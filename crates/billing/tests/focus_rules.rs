//! Rows of FOCUS checked against the rules of the specification: version 1.2 by its published rule model, version 1.4 by
//! its columns. The rules that cannot hold are those of the table in the documentation of the module `focus`, no more and
//! no fewer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::Path,
    sync::Arc,
};

use arrow_schema::{DataType, SchemaRef};
use huaweicloud_partner::{
    Client,
    bills::{
        BillType, ChargingMode, ConsumingCustomer, ConsumingCustomerPage, CustomerCharge, CustomerChargePage,
        ListConsumingCustomers, ListCustomerCharges, ListMonthlyBills, MonthlyBillPage, PeriodType,
    },
    partners::{AdjustmentPage, ListAdjustments},
    resellers::{ListResellers, ResellerPage},
    testing::MockTransport,
    types::{Amount, Currency, MeasureUnit},
};
use huaweicloud_partner_billing::{
    MonthEnd,
    export::{Format, local_directory},
    focus::{FocusVersion, columns},
    statement::{Statement, StatementOptions},
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use support::read_back::{Row, csv_rows, files, parquet_rows};
use tempfile::TempDir;

/// A month in files: values as in Parquet, the text of numbers and times as in CSV.
struct Table {
    rows: Vec<Row>,
    texts: Vec<Row>,
    schema: SchemaRef,
}

/// Makes charges of every kind that the API knows: every bill type and two unknown ones, every way of paying,
/// with and without product, resource, region, quantity, unit, discount and tags, above, below and at zero.
fn charges() -> Vec<CustomerCharge> {
    let mut charges = Vec::new();
    let modes = [1, 3, 10, 11, 77].map(ChargingMode::from);
    let kinds =
        [1, 2, 3, 4, 5, 8, 9, 12, 13, 14, 15, 16, 17, 18, 20, 23, 24, 25, 100, 101, 102, 103, 104, 7777];
    let services = ["hws.service.type.ec2", "hws.service.type.obs", "hws.service.type.unheard-of", ""];
    for kind in kinds {
        for (place, mode) in modes.into_iter().enumerate() {
            for variant in 0..4_i64 {
                charges.push(CustomerCharge::build(|row| {
                    let number = charges.len() as i64;
                    let refund = matches!(kind, 4 | 9 | 16 | 20 | 24);
                    let amount = |units: i64| {
                        let signed = if refund { -units } else { units };
                        Amount::new(if variant == 3 { 0 } else { signed }, 8).unwrap()
                    };
                    row.id = format!("row-{number}");
                    row.customer_id = "c1".into();
                    row.partner_id = Some("partner".into());
                    row.bill_detail_type = Some(BillType::from(kind));
                    row.charging_mode = Some(mode);
                    row.service_type_code = Some(services[place % services.len()].to_owned());
                    row.service_type_name =
                        (variant == 1).then(|| format!("Service {}", place % services.len()));
                    row.official_amount = Some(amount(1_230_000_001));
                    row.official_discount_amount = Some(amount(230_000_000));
                    row.payment_amount = Some(amount(1_000_000_000));
                    row.trade_time = Some("2026-03-31T16:30:00Z".parse().unwrap());
                    row.consume_time = (variant != 2).then(|| "2026-03-05T01:00:00Z".parse().unwrap());
                    if variant != 1 {
                        row.resource_id = Some(format!("resource-{number}").as_str().into());
                        row.resource_name = Some(format!("resource-{number}"));
                        row.resource_type_code = Some("hws.resource.type.vm".into());
                        row.region_code = Some("cn-north-4".into());
                        row.product_id = Some("00301-28215-0--0".into());
                        row.product_name = Some("Server".into());
                        row.usage_type = Some("duration".into());
                        row.resource_tag = Some("team=a;stage=test".into());
                        row.usage_amount = Some(Amount::new(1500, 3).unwrap());
                        row.usage_measure_id = Some(MeasureUnit::from([4, 10, 17, 15][place % 4]));
                        row.period_type = Some(PeriodType::from(20));
                        row.period_num = Some(1.into());
                        row.sub_resource_id = Some("reserved-1".into());
                        row.sub_resource_name = Some("reserved".into());
                    }
                    if variant == 2 {
                        row.usage_measure_id = Some(MeasureUnit::from(99));
                        row.resource_tag = Some("just words".into());
                    }
                }));
            }
        }
    }
    charges
}

fn client() -> Client {
    let service = MockTransport::new();
    let rows = charges();
    service.on_any::<ListConsumingCustomers>().respond(ConsumingCustomerPage::build(|page| {
        page.total_count = Some(1);
        page.sub_customers.push(ConsumingCustomer::build(|customer| customer.customer_id = "c1".into()));
    }));
    service.on_any::<ListResellers>().respond(ResellerPage::build(|page| page.count = Some(0)));
    service.on_any::<ListMonthlyBills>().respond(MonthlyBillPage::build(|page| page.count = Some(0)));
    service.on_any::<ListAdjustments>().respond(AdjustmentPage::build(|page| page.total_count = Some(0)));
    service.on_any::<ListCustomerCharges>().respond_with(move |request| {
        let first = request.offset.map_or(0, |offset| usize::try_from(offset).unwrap());
        let limit = request.limit.map_or(10, |limit| usize::try_from(limit).unwrap());
        CustomerChargePage::build(|page| {
            page.total_count = Some(rows.len() as u64);
            page.currency = Some(Currency::Cny);
            page.fee_records = rows.iter().skip(first).take(limit).cloned().collect();
        })
    });
    Client::for_test(service)
}

/// A statement with every class and billing mode, in words and codes.
fn statement() -> String {
    let mut csv = "Customer ID,Bill Type,Billing Mode,Product Type Code,Product ID,List Price (USD),\
        Settlement Amount (USD),Cloud Service Region Code,Customer transaction time\n"
        .to_owned();
    for kind in ["Expenditure", "退款", "Adjustment", "Something", ""] {
        for mode in ["0", "1", "2", "3", "4", "5", "6", "节省计划-抵扣", "9", ""] {
            for amount in ["12.00000001", "-3.5", "0"] {
                csv.push_str(&format!(
                    "c2,{kind},{mode},hws.service.type.rds,p-1,{amount},{amount},ap-southeast-1,2026-03-09 10:00:00 GMT+08:00\n"
                ));
            }
        }
    }
    csv
}

async fn exported(version: FocusVersion, from_files: bool) -> Table {
    let (out, client) = (TempDir::new().unwrap(), client());
    let mut month = MonthEnd::new(&client, "2026-03".parse().unwrap()).focus_version(version);
    if from_files {
        let path = out.path().join("statement.csv");
        std::fs::write(&path, statement()).unwrap();
        month = month.statements_with_options([Statement::new(path).with_options(StatementOptions::new())]);
    }
    let outcome = month.close().await.unwrap();
    let store = local_directory(out.path()).unwrap();
    outcome.export([Format::FocusCsv, Format::FocusParquet], &store).await.unwrap();
    table(out.path())
}

fn table(out: &Path) -> Table {
    let parquet = files(out, "2026-03", "focus-parquet");
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&parquet[0]).unwrap()).unwrap();
    Table {
        schema: Arc::clone(reader.schema()),
        rows: parquet_rows(&parquet),
        texts: csv_rows(&files(out, "2026-03", "focus-csv")),
    }
}

fn rules() -> Value {
    serde_json::from_str(include_str!("data/focus-1.2-rules.json")).unwrap()
}

/// Checks a table against all rules and collects those that some row violates.
struct Checker<'t> {
    table: &'t Table,
    rules: &'t serde_json::Map<String, Value>,
    violated: BTreeSet<String>,
    checked: BTreeSet<String>,
}

impl Checker<'_> {
    fn run(&mut self) {
        // A rule under another one holds only where that one applies, so checking begins at the top.
        let mut below = BTreeSet::new();
        for rule in self.rules.values() {
            references(&rule["requirement"], &mut below);
        }
        let tops: Vec<&String> = self.rules.keys().filter(|id| !below.contains(*id)).collect();
        for id in tops {
            let all: Vec<usize> = (0..self.table.rows.len()).collect();
            self.rule(id, &all);
        }
    }

    fn rule(&mut self, id: &str, rows: &[usize]) {
        // Rules without a machine form are not in the file.
        let Some(rule) = self.rules.get(id) else { return };
        // Rules that depend on what a provider supports are checked all the same: where this source does not support it,
        // that is the documented reason.
        if rule["keyword"] == "MAY" {
            return;
        }
        let rows: Vec<usize> = rows
            .iter()
            .copied()
            .filter(|row| rule["condition"].is_null() || self.holds(&rule["condition"], *row))
            .collect();
        self.checked.insert(id.to_owned());
        self.requirement(id, &rule["requirement"], &rows);
    }

    fn requirement(&mut self, id: &str, requirement: &Value, rows: &[usize]) {
        match requirement["check"].as_str() {
            Some("AND") => {
                for item in requirement["items"].as_array().unwrap() {
                    self.requirement(id, item, rows);
                }
            }
            Some("CheckModelRule") => self.rule(requirement["rule"].as_str().unwrap(), rows),
            Some("CheckDistinctCount") => {
                let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
                for row in rows {
                    let row = &self.table.rows[*row];
                    let value = |side: &str| row[requirement[side].as_str().unwrap()].as_deref();
                    if let (Some(a), Some(b)) = (value("a"), value("b")) {
                        seen.entry(a).or_default().insert(b);
                    }
                }
                let count = requirement["count"].as_u64().unwrap();
                if seen.values().any(|values| values.len() as u64 != count) {
                    self.violated.insert(id.to_owned());
                }
            }
            Some(check) => {
                // Whether null is allowed is a rule of its own: a list of allowed values says nothing about it.
                let null = |row: usize| {
                    check == "OR"
                        && one_of(requirement).is_some_and(|name| self.table.rows[row][name].is_none())
                };
                let rows: Vec<usize> = rows.iter().copied().filter(|row| !null(*row)).collect();
                if rows.iter().any(|row| !self.holds(requirement, *row)) {
                    self.violated.insert(id.to_owned());
                }
            }
            None => {}
        }
    }

    fn holds(&self, check: &Value, row: usize) -> bool {
        let value_of = |name: &Value| self.table.rows[row].get(name.as_str().unwrap()).cloned().flatten();
        let name = check["column"].as_str();
        let value = || value_of(&check["column"]);
        let text = || self.table.texts[row].get(name.unwrap()).cloned().flatten();
        let kind =
            || self.table.schema.field_with_name(name.unwrap()).map(|field| field.data_type().clone()).ok();
        let equals = || match &check["value"] {
            Value::Null => value().is_none(),
            Value::String(wanted) => value().as_deref() == Some(wanted),
            Value::Number(wanted) => value().is_some_and(|value| value == wanted.to_string()),
            other => panic!("{other}"),
        };
        let amount = |name: &Value| value_of(name).map(|value| value.parse::<Amount>().unwrap());
        match check["check"].as_str().unwrap() {
            "AND" => check["items"].as_array().unwrap().iter().all(|item| self.holds(item, row)),
            "OR" => check["items"].as_array().unwrap().iter().any(|item| self.holds(item, row)),
            "CheckModelRule" => {
                // A reference to a rule without a machine form says nothing.
                let Some(rule) = self.rules.get(check["rule"].as_str().unwrap()) else { return true };
                let applies = rule["condition"].is_null() || self.holds(&rule["condition"], row);
                !applies || self.holds(&rule["requirement"], row)
            }
            "ColumnPresent" => kind().is_some(),
            "CheckValue" => equals(),
            "CheckNotValue" => match &check["value"] {
                Value::Null => value().is_some(),
                _ => !equals(),
            },
            "CheckSameValue" => value_of(&check["a"]) == value_of(&check["b"]),
            "CheckNotSameValue" => value_of(&check["a"]) != value_of(&check["b"]),
            "CheckGreaterOrEqualThanValue" => {
                let least = Amount::from(check["value"].as_i64().unwrap());
                amount(&check["column"]).is_none_or(|amount| amount >= least)
            }
            "ColumnByColumnEqualsColumnValue" => {
                match (amount(&check["a"]), amount(&check["b"]), amount(&check["result"])) {
                    (Some(a), Some(b), Some(result)) => {
                        a.as_decimal() * b.as_decimal() == result.as_decimal()
                    }
                    _ => true,
                }
            }
            "TypeString" => kind() == Some(DataType::Utf8),
            "TypeDecimal" => matches!(kind(), Some(DataType::Decimal128(..))),
            "TypeDateTime" => matches!(kind(), Some(DataType::Timestamp(..))),
            "FormatString" => {
                text().is_none_or(|text| text.trim() == text && !text.chars().any(char::is_control))
            }
            "FormatNumeric" | "CheckDecimalValue" => text().is_none_or(|text| is_number(&text)),
            "FormatDateTime" => text().is_none_or(|text| is_time(&text)),
            "FormatCurrency" | "CheckNationalCurrency" => {
                text().is_none_or(|text| ["CNY", "USD", "EUR"].contains(&text.as_str()))
            }
            "FormatUnit" => text().is_none_or(|text| is_unit(&text)),
            "FormatKeyValue" => text().is_none_or(|text| is_flat_object(&text)),
            other => panic!("no check {other}"),
        }
    }
}

/// The column of a list of allowed values.
fn one_of(requirement: &Value) -> Option<&str> {
    let items = requirement["items"].as_array()?;
    let name = items.first()?["column"].as_str()?;
    let allowed =
        |item: &Value| item["check"] == "CheckValue" && item["column"] == name && !item["value"].is_null();
    items.iter().all(allowed).then_some(name)
}

/// The rules that a requirement refers to.
fn references(requirement: &Value, found: &mut BTreeSet<String>) {
    if let Some(rule) = requirement["rule"].as_str() {
        found.insert(rule.to_owned());
    }
    for item in requirement["items"].as_array().into_iter().flatten() {
        references(item, found);
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Returns true for a time of the form `YYYY-MM-DDTHH:mm:ssZ`.
fn is_time(text: &str) -> bool {
    let form = "0000-00-00T00:00:00Z";
    text.len() == form.len()
        && text
            .chars()
            .zip(form.chars())
            .all(|(is, wanted)| if wanted == '0' { is.is_ascii_digit() } else { is == wanted })
        && text.parse::<huaweicloud_partner::types::UtcTime>().is_ok()
}

/// Units of time, of data, and counts, as the unit format lists them; also as a ratio.
fn is_unit(text: &str) -> bool {
    const UNITS: [&str; 17] = [
        "Hours", "Hour", "Days", "Day", "Months", "Month", "Years", "Year", "Second", "Seconds", "GB", "MB",
        "TB", "Mb", "Gb", "Units", "Requests",
    ];
    text.split(['/', '-']).all(|part| UNITS.contains(&part))
}

fn is_flat_object(text: &str) -> bool {
    matches!(serde_json::from_str(text), Ok(Value::Object(object))
        if object.values().all(|value| !value.is_object() && !value.is_array()))
}

/// The rules in the table of exceptions in the documentation, with their reasons.
fn documented() -> BTreeMap<String, String> {
    let text = include_str!("../src/focus/mod.rs");
    let table = text.split_once("# Rules of FOCUS that cannot hold").unwrap().1;
    let rows = table.lines().skip_while(|line| !line.contains("|---")).skip(1);
    let rows = rows.map_while(|line| line.strip_prefix("//! | "));
    let mut documented = BTreeMap::new();
    for row in rows {
        let (ids, reason) = row.split_once(" | ").unwrap();
        for id in ids.split(", ") {
            documented.insert(id.trim_matches('`').to_owned(), reason.trim_end_matches(" |").to_owned());
        }
    }
    documented
}

#[tokio::test(flavor = "multi_thread")]
async fn focus_1_2_keeps_every_rule_but_those_that_are_documented() {
    let rules = rules();
    let mut violated = BTreeSet::new();
    let mut checked = BTreeSet::new();
    for from_files in [false, true] {
        let table = exported(FocusVersion::V1_2, from_files).await;
        assert!(table.rows.len() >= 150 && table.rows.len() == table.texts.len());
        let rules = rules["rules"].as_object().unwrap();
        let mut checker =
            Checker { table: &table, rules, violated: BTreeSet::new(), checked: BTreeSet::new() };
        checker.run();
        violated.extend(checker.violated);
        checked.extend(checker.checked);
    }
    let documented: BTreeSet<String> = documented().into_keys().filter(|id| !id.starts_with("1.4")).collect();
    assert_eq!(violated, documented);
    assert!(checked.len() > 280, "{} rules were checked", checked.len());
    assert_eq!(rules["rules_without_a_machine_form"], 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_issuer_breaks_the_one_rule_that_its_setting_names() {
    let (out, client) = (TempDir::new().unwrap(), client());
    let month = MonthEnd::new(&client, "2026-03".parse().unwrap()).invoice_issuer("A Partner Ltd.");
    let store = local_directory(out.path()).unwrap();
    month.close().await.unwrap().export([Format::FocusCsv, Format::FocusParquet], &store).await.unwrap();
    let (table, rules) = (table(out.path()), rules());
    let rules = rules["rules"].as_object().unwrap();
    let mut checker = Checker { table: &table, rules, violated: BTreeSet::new(), checked: BTreeSet::new() };
    checker.run();
    let documented = documented();
    let others: Vec<_> = checker.violated.iter().filter(|id| !documented.contains_key(*id)).collect();
    assert_eq!(others, ["BilledCost-C-005-C"]);
    assert!(include_str!("../src/month_end/mod.rs").contains("`BilledCost-C-005-C`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checker_sees_violations() {
    let mut table = exported(FocusVersion::V1_2, false).await;
    for (column, value) in [
        ("ChargeCategory", Some("Usages")),
        ("BillingCurrency", Some("Yuan")),
        ("ServiceName", None),
        ("RegionName", None),
        ("ContractedUnitPrice", Some("-1")),
    ] {
        for rows in [&mut table.rows, &mut table.texts] {
            rows[0].insert(column.to_owned(), value.map(str::to_owned));
        }
    }
    table.texts[0].insert("BillingPeriodEnd".into(), Some("2026-03-31 16:00".into()));
    let rules = rules();
    let rules = rules["rules"].as_object().unwrap();
    let mut checker = Checker { table: &table, rules, violated: BTreeSet::new(), checked: BTreeSet::new() };
    checker.run();
    for column in ["ChargeCategory", "BillingCurrency", "ServiceName", "RegionName", "BillingPeriodEnd"] {
        assert!(checker.violated.iter().any(|id| id.starts_with(column)), "{column}: {:?}", checker.violated);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn focus_1_4_has_every_column_with_its_type_and_allowed_values() {
    let model: Value = serde_json::from_str(include_str!("data/focus-1.4-columns.json")).unwrap();
    let parents = model["service_subcategories"].as_object().unwrap();
    let mut violated = BTreeSet::new();
    for from_files in [false, true] {
        let table = exported(FocusVersion::V1_4, from_files).await;
        // What both versions have is the same, so that the rules of 1.2 hold for it as well.
        let earlier = exported(FocusVersion::V1_2, from_files).await;
        assert_eq!(table.rows.len(), earlier.rows.len());
        for (row, before) in table.rows.iter().zip(&earlier.rows) {
            let common: Vec<_> = before.iter().filter(|(name, _)| row.contains_key(*name)).collect();
            assert!(common.len() > 70, "{}", common.len());
            assert!(common.into_iter().all(|(name, value)| row[name] == *value));
        }
        for (name, facts) in model["columns"].as_object().unwrap() {
            let field = table.schema.field_with_name(name).unwrap_or_else(|_| panic!("{name} is missing"));
            let is = match field.data_type() {
                DataType::Utf8 => ["String", "JSON"].as_slice(),
                DataType::Decimal128(..) => &["Decimal"],
                DataType::Timestamp(..) => &["Date/Time"],
                other => panic!("{name} is {other}"),
            };
            assert!(is.contains(&facts["type"].as_str().unwrap()), "{name}");
            for (row, text) in table.rows.iter().zip(&table.texts) {
                let (Some(value), Some(text)) = (row[name].as_deref(), text[name].as_deref()) else {
                    if facts["nullable"] == false {
                        violated.insert(format!("1.4 {name}"));
                    }
                    continue;
                };
                let allowed = facts["allowed"].as_array();
                assert!(
                    allowed.is_none_or(|allowed| allowed.iter().any(|one| one == value)),
                    "{name}: {value}"
                );
                let fits = match facts["format"].as_str().unwrap() {
                    "Decimal (any)" => is_number(text),
                    "Decimal (non-negative)" => is_number(text) && !text.starts_with('-'),
                    "Date/Time" => is_time(text),
                    "Key-Value" | "JSON Object" => is_flat_object(text),
                    "Currency" => ["CNY", "USD", "EUR"].contains(&text),
                    "Unit" => is_unit(text),
                    _ => !text.is_empty(),
                };
                if !fits {
                    violated.insert(format!("1.4 {name}"));
                }
            }
        }
        for row in &table.rows {
            let subcategory = row["ServiceSubcategory"].as_deref().unwrap();
            assert_eq!(parents[subcategory].as_str(), row["ServiceCategory"].as_deref(), "{subcategory}");
        }
        let own = table.schema.fields().iter().filter(|field| field.name().starts_with("x_")).count();
        assert_eq!(table.schema.fields().len() - own, model["columns"].as_object().unwrap().len());
    }
    let documented: BTreeSet<String> = documented().into_keys().filter(|id| id.starts_with("1.4")).collect();
    assert_eq!(violated, documented);
}

#[test]
fn every_service_has_a_category_and_subcategory_of_the_specification() {
    let model: Value = serde_json::from_str(include_str!("data/focus-1.4-columns.json")).unwrap();
    let source = include_str!("../src/focus/services.rs");
    let mut codes = 0;
    for code in source.split('"').skip(1).step_by(2).filter(|text| !text.contains(' ')) {
        let (category, subcategory) = huaweicloud_partner_billing::focus::service_category(code);
        assert_eq!(model["service_subcategories"][subcategory], category, "{code}");
        codes += 1;
    }
    assert!(codes > 80);
}

#[test]
fn every_null_column_says_why() {
    for version in [FocusVersion::V1_2, FocusVersion::V1_4] {
        for column in columns(version) {
            assert!(column.origin.len() > 10, "{}", column.name);
        }
    }
}
