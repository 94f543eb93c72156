//! Exported files read back by other means than those that wrote them.
#![allow(dead_code)] // each test binary uses a part

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
};

use arrow_array::{
    Array as _, Decimal128Array, RecordBatch, StringArray, TimestampMicrosecondArray, cast::AsArray as _,
};
use arrow_schema::DataType;
use huaweicloud_partner::types::Amount;
use huaweicloud_partner_billing::{ExactSum, export::Manifest};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// All rows of a format, as text by column; `None` is null.
pub type Row = BTreeMap<String, Option<String>>;

/// The files of a format, from the manifest of the month.
pub fn files(out: &Path, cycle: &str, format: &str) -> Vec<PathBuf> {
    let manifest = manifest(out, cycle);
    let files = manifest.files.iter().filter(|file| file.format.as_str() == format);
    files.map(|file| out.join(&file.path)).collect()
}

pub fn manifest(out: &Path, cycle: &str) -> Manifest {
    serde_json::from_slice(&std::fs::read(out.join(Manifest::path(cycle))).unwrap()).unwrap()
}

/// The rows of CSV files. An empty field is null: no column of the crate holds empty text.
pub fn csv_rows(files: &[PathBuf]) -> Vec<Row> {
    let mut rows = Vec::new();
    for file in files {
        let mut reader = csv::Reader::from_path(file).unwrap();
        let headers = reader.headers().unwrap().clone();
        for record in reader.records() {
            let record = record.unwrap();
            let fields = headers.iter().zip(&record);
            rows.push(
                fields
                    .map(|(name, value)| (name.to_owned(), (!value.is_empty()).then(|| value.to_owned())))
                    .collect(),
            );
        }
    }
    rows
}

/// The rows of Parquet files, decimals and times as the CSV files write them.
pub fn parquet_rows(files: &[PathBuf]) -> Vec<Row> {
    let mut rows = Vec::new();
    for file in files {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap();
        for batch in reader.build().unwrap() {
            rows.extend(rows_of(&batch.unwrap()));
        }
    }
    rows
}

fn rows_of(batch: &RecordBatch) -> Vec<Row> {
    let mut rows = vec![Row::new(); batch.num_rows()];
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        for (place, row) in rows.iter_mut().enumerate() {
            let value = (!column.is_null(place)).then(|| match field.data_type() {
                DataType::Utf8 => {
                    column.as_any().downcast_ref::<StringArray>().unwrap().value(place).to_owned()
                }
                DataType::Decimal128(38, 14) => {
                    let digits = column.as_any().downcast_ref::<Decimal128Array>().unwrap().value(place);
                    decimal(digits, 14)
                }
                DataType::Timestamp(_, Some(zone)) => {
                    assert_eq!(zone.as_ref(), "UTC");
                    let micros =
                        column.as_any().downcast_ref::<TimestampMicrosecondArray>().unwrap().value(place);
                    let time =
                        time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).unwrap();
                    huaweicloud_partner::types::UtcTime::from(time).to_string()
                }
                other => panic!("{} is {other}", field.name()),
            });
            row.insert(field.name().clone(), value);
        }
    }
    let _ = batch.column(0).as_string_opt::<i32>();
    rows
}

/// A decimal as text, without trailing zeros.
pub fn decimal(digits: i128, scale: u32) -> String {
    let text = format!("{:0>1$}", digits.unsigned_abs(), scale as usize + 1);
    let (whole, fraction) = text.split_at(text.len() - scale as usize);
    let fraction = fraction.trim_end_matches('0');
    let sign = if digits < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A decimal as text, without trailing zeros, from text.
pub fn normal(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let plain = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
    if plain == "-0" { "0".to_owned() } else { plain }
}

/// The sum of a column.
pub fn sum(rows: &[Row], column: &str) -> ExactSum {
    let mut sum = ExactSum::default();
    for value in rows.iter().filter_map(|row| row[column].as_deref()) {
        sum.add(value.parse::<Amount>().unwrap()).unwrap();
    }
    sum
}

/// The sums of a column by another one.
pub fn sums_by(rows: &[Row], key: &str, column: &str) -> BTreeMap<String, ExactSum> {
    let mut sums: BTreeMap<String, ExactSum> = BTreeMap::new();
    for row in rows {
        let value = row[column].as_deref().unwrap_or("0");
        let sum = sums.entry(row[key].clone().unwrap_or_default()).or_default();
        sum.add(value.parse::<Amount>().unwrap()).unwrap();
    }
    sums
}
