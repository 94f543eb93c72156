//! From a statement file to FOCUS as Parquet, beside a bare pipeline of the same crates: flate2, tar, csv, arrow and
//! parquet, without any check. Both write the same columns with the same types, compression and row groups, in turns.
//! Prints elapsed time, processor time of all threads, the ratios of their medians, and the largest memory.
//!
//! ```text
//! cargo bench -p huaweicloud-partner-billing --bench statement            # a million rows, five rounds
//! BILLING_ROWS=10000000 cargo bench -p huaweicloud-partner-billing --bench statement
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // not part of the crate

#[path = "support/mod.rs"]
mod processor;
#[path = "../tests/support/mod.rs"]
mod support;

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read as _},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use arrow_array::{
    ArrayRef, RecordBatch,
    builder::{Decimal128Builder, StringBuilder, TimestampMicrosecondBuilder},
};
use arrow_schema::{DataType, SchemaRef};
use huaweicloud_partner::{
    Client,
    bills::{ListMonthlyBills, MonthlyBillPage},
    partners::{AdjustmentPage, ListAdjustments},
    resellers::{ListResellers, ResellerPage},
    testing::MockTransport,
};
use huaweicloud_partner_billing::{
    MonthEnd,
    export::{Format, Manifest, local_directory},
};
use parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties};
use processor::{Took, processor};
use support::Generated;

/// The partner's calls find nothing: only the file is measured.
fn client() -> Client {
    let service = MockTransport::new();
    service.on_any::<ListResellers>().respond(ResellerPage::build(|page| page.count = Some(0)));
    service.on_any::<ListMonthlyBills>().respond(MonthlyBillPage::build(|page| page.count = Some(0)));
    service.on_any::<ListAdjustments>().respond(AdjustmentPage::build(|page| page.total_count = Some(0)));
    Client::for_test(service)
}

/// Closes the month of a file and exports it.
async fn closed(file: &Path, out: &Path) -> (Took, Manifest) {
    let (began, before) = (Instant::now(), processor());
    let month = MonthEnd::new(&client(), "2026-04".parse().unwrap()).statements([file]).preliminary();
    let outcome = month.billing_account("partner", None).close().await.unwrap();
    println!("closed in {}", Took::since(began, before));
    let manifest = outcome.export(Format::FocusParquet, &local_directory(out).unwrap()).await.unwrap();
    (Took::since(began, before), manifest)
}

enum Builder {
    Text(StringBuilder),
    Decimal(Decimal128Builder),
    Time(TimestampMicrosecondBuilder),
}

/// Content of a column of the bare pipeline.
#[derive(Clone, Copy)]
enum Origin {
    /// The field of the file in this place.
    Field(usize),
    Constant(&'static str),
    Null,
}

fn origin(column: &str) -> Origin {
    match column {
        "SubAccountId" | "SubAccountName" => Origin::Field(0),
        "SkuId" | "SkuPriceId" => Origin::Field(1),
        "ServiceName" => Origin::Field(2),
        "RegionId" | "RegionName" => Origin::Field(4),
        "ListCost" => Origin::Field(6),
        "x_ConsumptionAmount" => Origin::Field(7),
        "BilledCost" | "EffectiveCost" | "ContractedCost" | "PricingCurrencyEffectiveCost" => {
            Origin::Field(8)
        }
        "ChargePeriodStart" | "ChargePeriodEnd" => Origin::Field(10),
        "ChargeDescription" => Origin::Field(11),
        "BillingPeriodStart" | "BillingPeriodEnd" => Origin::Constant("2026-04-01 00:00:00"),
        "BillingAccountId" | "BillingAccountName" | "BillingAccountType" | "SubAccountType" => {
            Origin::Constant("partner")
        }
        "BillingCurrency" | "PricingCurrency" => Origin::Constant("USD"),
        "ChargeCategory" | "ChargeFrequency" | "PricingCategory" => Origin::Constant("Usage"),
        "ServiceCategory" | "ServiceSubcategory" => Origin::Constant("Compute"),
        "InvoiceIssuerName" | "ProviderName" | "PublisherName" => Origin::Constant("Huawei Cloud"),
        "x_ChargePeriodBasis" | "x_ChargingMode" => Origin::Constant("transaction day"),
        _ => Origin::Null,
    }
}

/// Digits of a decimal with fourteen decimals; anything else would be wrong and is not noticed.
fn digits(text: &[u8]) -> i128 {
    let (mut digits, mut decimals, mut seen) = (0_i128, 0, false);
    for byte in text {
        match byte {
            b'.' => seen = true,
            digit => {
                digits = digits * 10 + i128::from(digit - b'0');
                decimals += i32::from(seen);
            }
        }
    }
    (decimals..14).fold(digits, |digits, _| digits * 10)
}

/// Microseconds of `2026-04-02 09:00:00`, in UTC.
fn micros(text: &[u8]) -> i64 {
    let number = |from: usize, until: usize| {
        text[from..until].iter().fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0'))
    };
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    (days * 86_400 + number(11, 13) * 3600 + number(14, 16) * 60 + number(17, 19) - 8 * 3600) * 1_000_000
}

/// The bare pipeline: the same schema, the same compression, the same row groups.
fn bare(file: &Path, out: &Path, schema: &SchemaRef) -> Took {
    let (began, before) = (Instant::now(), processor());
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(131_072))
        .build();
    let sink = BufWriter::new(File::create(out).unwrap());
    let mut writer = ArrowWriter::try_new(sink, Arc::clone(schema), Some(properties)).unwrap();
    let mut columns: Vec<(Origin, Builder)> = schema
        .fields()
        .iter()
        .map(|field| {
            let kind = field.data_type().clone();
            let builder = match &kind {
                DataType::Utf8 => Builder::Text(StringBuilder::new()),
                DataType::Decimal128(..) => Builder::Decimal(Decimal128Builder::new().with_data_type(kind)),
                _ => Builder::Time(TimestampMicrosecondBuilder::new().with_data_type(kind)),
            };
            (origin(field.name()), builder)
        })
        .collect();
    let mut flush = |columns: &mut Vec<(Origin, Builder)>| {
        let arrays = columns
            .iter_mut()
            .map(|(_, builder)| -> ArrayRef {
                match builder {
                    Builder::Text(builder) => Arc::new(builder.finish()),
                    Builder::Decimal(builder) => Arc::new(builder.finish()),
                    Builder::Time(builder) => Arc::new(builder.finish()),
                }
            })
            .collect();
        writer.write(&RecordBatch::try_new(Arc::clone(schema), arrays).unwrap()).unwrap();
    };
    let gzip =
        flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(64 << 10, File::open(file).unwrap()));
    let mut archive = tar::Archive::new(gzip);
    let mut rows = 0_usize;
    for entry in archive.entries().unwrap() {
        let mut reader = csv::Reader::from_reader(BufReader::with_capacity(64 << 10, entry.unwrap()));
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).unwrap() {
            for (origin, builder) in &mut columns {
                let value = match origin {
                    Origin::Field(place) => Some(&record[*place]),
                    Origin::Constant(text) => Some(text.as_bytes()),
                    Origin::Null => None,
                };
                match (builder, value) {
                    (Builder::Text(builder), Some(value)) => {
                        builder.append_value(std::str::from_utf8(value).unwrap());
                    }
                    (Builder::Text(builder), None) => builder.append_null(),
                    (Builder::Decimal(builder), Some(value)) => builder.append_value(digits(value)),
                    (Builder::Decimal(builder), None) => builder.append_null(),
                    (Builder::Time(builder), Some(value)) => builder.append_value(micros(value)),
                    (Builder::Time(builder), None) => builder.append_null(),
                }
            }
            rows += 1;
            if rows.is_multiple_of(4096) {
                flush(&mut columns);
            }
        }
    }
    flush(&mut columns);
    writer.close().unwrap();
    Took::since(began, before)
}

/// The ratio of two medians in hundredths, as text.
fn ratio(ours: &[Took], theirs: &[Took], of: impl Fn(&Took) -> Duration) -> String {
    let median = |all: &[Took]| {
        let mut all: Vec<_> = all.iter().map(&of).collect();
        all.sort_unstable();
        all[all.len() / 2].as_micros()
    };
    let hundredths = median(ours) * 100 / median(theirs).max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The largest resident memory of the process so far, in MiB, where the system says it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}

fn main() {
    // `cargo test --benches` only sees that it runs.
    let test = std::env::args().any(|argument| argument == "--test");
    let rows = std::env::var("BILLING_ROWS").ok().and_then(|rows| rows.parse().ok());
    let rows: u64 = if test { 1000 } else { rows.unwrap_or(1_000_000) };
    let rounds = if test || rows > 2_000_000 { 1 } else { 5 };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("customerBill_202604.tar.gz");
    let mut made = Generated::new(rows);
    std::io::copy(&mut made.by_ref(), &mut BufWriter::new(File::create(&file).unwrap())).unwrap();
    let size = std::fs::metadata(&file).unwrap().len() >> 20;
    println!("{rows} rows, {size} MiB compressed");

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build().unwrap();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let out = tempfile::tempdir().unwrap();
        let (took, manifest) = runtime.block_on(closed(&file, out.path()));
        assert_eq!(manifest.rows, rows);
        ours.push(took);
        if let Some(peak) = peak() {
            println!("closed and exported in {took}; the largest memory so far is {peak} MiB");
        }
        let written = File::open(out.path().join(&manifest.files[0].path)).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(written).unwrap();
        // Without the metadata that only the crate writes.
        let schema = Arc::new(arrow_schema::Schema::new(reader.schema().fields().clone()));
        let took = bare(&file, &folder.path().join("bare.parquet"), &schema);
        println!("the bare pipeline took {took}");
        theirs.push(took);
    }
    println!(
        "ratio of the medians: {} of the time, {} of the processor time",
        ratio(&ours, &theirs, |took| took.elapsed),
        ratio(&ours, &theirs, |took| took.processor)
    );
}
