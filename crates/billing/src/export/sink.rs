//! Files of a table, written row by row.

use std::{
    fmt::Write as _,
    io::Write,
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use arrow_array::{
    ArrayRef, RecordBatch,
    builder::{Decimal128Builder, StringBuilder, TimestampMicrosecondBuilder},
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use huaweicloud_partner::types::{Amount, UtcTime};
use parquet::{
    arrow::ArrowWriter,
    basic::Compression,
    file::{metadata::KeyValue, properties::WriterProperties},
};

use crate::{
    Error,
    sum::power_of_ten,
    table::{Column, ColumnType, Context, Value},
};

/// Decimals of a decimal column.
pub(crate) const SCALE: u32 = 14;

/// Digits of a decimal column.
const PRECISION: u8 = 38;

/// Rows that are encoded together.
const BATCH: usize = 4096;

/// Rows of a row group: bounds the memory of writer and readers.
const ROW_GROUP: usize = 131_072;

/// Something that takes rows and ends as a file.
pub(crate) trait Sink: Send {
    fn row(&mut self, row: &Context<'_>) -> Result<(), Error>;
    fn finish(self: Box<Self>) -> Result<(), Error>;
}

/// A CSV file.
pub(crate) struct CsvSink<W: Write> {
    columns: Vec<&'static Column>,
    writer: csv::Writer<W>,
    scratch: String,
}

impl<W: Write + Send> CsvSink<W> {
    pub(crate) fn new(columns: Vec<&'static Column>, writer: W) -> Result<Self, Error> {
        let mut writer = csv::Writer::from_writer(writer);
        writer.write_record(columns.iter().map(|column| column.name))?;
        Ok(Self { columns, writer, scratch: String::new() })
    }
}

impl<W: Write + Send> Sink for CsvSink<W> {
    fn row(&mut self, row: &Context<'_>) -> Result<(), Error> {
        for column in &self.columns {
            match (column.value)(row) {
                Value::Null => self.writer.write_field(b"")?,
                Value::Text(text) => self.writer.write_field(text)?,
                Value::Decimal(amount) => {
                    self.scratch.clear();
                    let _ = write!(self.scratch, "{amount}"); // writing into a String cannot fail
                    self.writer.write_field(&self.scratch)?;
                }
                Value::Time(time) => {
                    self.scratch.clear();
                    let _ = write!(self.scratch, "{time}");
                    self.writer.write_field(&self.scratch)?;
                }
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), Error> {
        self.writer.into_inner().map_err(|error| Error::Io(error.into_error()))?.flush()?;
        Ok(())
    }
}

/// A Parquet file.
pub(crate) struct ParquetSink {
    columns: Vec<(&'static Column, Builder)>,
    rows: usize,
    schema: SchemaRef,
    /// Takes batches to the thread that encodes them; dropped at the end.
    batches: Option<mpsc::SyncSender<RecordBatch>>,
    encoder: Option<JoinHandle<Result<(), Error>>>,
}

/// Batches that wait for the encoder.
const BATCHES_AHEAD: usize = 2;

enum Builder {
    Text(StringBuilder),
    Decimal(Decimal128Builder),
    Time(TimestampMicrosecondBuilder),
}

/// The schema of columns in Parquet.
pub(crate) fn schema(columns: &[&'static Column]) -> Schema {
    let field = |column: &&'static Column| {
        let kind = match column.kind {
            ColumnType::Text | ColumnType::Json => DataType::Utf8,
            ColumnType::Decimal => {
                DataType::Decimal128(PRECISION, SCALE.cast_signed().try_into().unwrap_or(0))
            }
            ColumnType::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        };
        Field::new(column.name, kind, column.nullable)
    };
    Schema::new(columns.iter().map(field).collect::<Vec<_>>())
}

/// How Parquet files are written.
pub(crate) fn properties(facts: Vec<(String, String)>) -> WriterProperties {
    let facts = facts.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_created_by(concat!("huaweicloud-partner-billing ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(facts))
        .build()
}

impl ParquetSink {
    pub(crate) fn new<W: Write + Send + 'static>(
        columns: Vec<&'static Column>,
        facts: Vec<(String, String)>,
        writer: W,
    ) -> Result<Self, Error> {
        let schema = Arc::new(schema(&columns));
        let mut writer = ArrowWriter::try_new(writer, Arc::clone(&schema), Some(properties(facts)))?;
        // Reading and encoding overlap.
        let (batches, to_encode) = mpsc::sync_channel::<RecordBatch>(BATCHES_AHEAD);
        let encoder = std::thread::Builder::new().name("parquet".to_owned()).spawn(move || {
            for batch in to_encode {
                writer.write(&batch)?;
            }
            writer.finish()?;
            writer.inner_mut().flush()?;
            Ok(())
        })?;
        let columns = columns
            .into_iter()
            .zip(schema.fields())
            .map(|(column, field)| {
                let builder = match column.kind {
                    ColumnType::Text | ColumnType::Json => Builder::Text(StringBuilder::new()),
                    ColumnType::Decimal => Builder::Decimal(
                        Decimal128Builder::with_capacity(BATCH).with_data_type(field.data_type().clone()),
                    ),
                    ColumnType::Time => Builder::Time(
                        TimestampMicrosecondBuilder::with_capacity(BATCH)
                            .with_data_type(field.data_type().clone()),
                    ),
                };
                (column, builder)
            })
            .collect();
        let (batches, encoder) = (Some(batches), Some(encoder));
        Ok(Self { columns, rows: 0, schema, batches, encoder })
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let arrays = self
            .columns
            .iter_mut()
            .map(|(_, builder)| -> ArrayRef {
                match builder {
                    Builder::Text(builder) => Arc::new(builder.finish()),
                    Builder::Decimal(builder) => Arc::new(builder.finish()),
                    Builder::Time(builder) => Arc::new(builder.finish()),
                }
            })
            .collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)?;
        self.rows = 0;
        match self.batches.as_ref().map(|batches| batches.send(batch)) {
            Some(Ok(())) => Ok(()),
            // The encoder has ended before the end: it knows why.
            _ => self.end().and(Err(Error::Cancelled)),
        }
    }

    /// Waits until everything is encoded.
    fn end(&mut self) -> Result<(), Error> {
        self.batches = None;
        match self.encoder.take().map(JoinHandle::join) {
            Some(Ok(ended)) => ended,
            _ => Err(Error::Cancelled),
        }
    }
}

impl Sink for ParquetSink {
    fn row(&mut self, row: &Context<'_>) -> Result<(), Error> {
        for (column, builder) in &mut self.columns {
            match (builder, (column.value)(row)) {
                (Builder::Text(builder), Value::Text(text)) => builder.append_value(text),
                (Builder::Text(builder), _) => builder.append_null(),
                (Builder::Decimal(builder), Value::Decimal(amount)) => builder.append_value(scaled(amount)?),
                (Builder::Decimal(builder), _) => builder.append_null(),
                (Builder::Time(builder), Value::Time(time)) => builder.append_value(microseconds(time)?),
                (Builder::Time(builder), _) => builder.append_null(),
            }
        }
        self.rows += 1;
        if self.rows >= BATCH { self.flush() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> Result<(), Error> {
        self.flush()?;
        self.end()
    }
}

/// The digits of an amount with the decimals of the column. More decimals are refused, never rounded.
pub(crate) fn scaled(amount: Amount) -> Result<i128, Error> {
    let too_large = || Error::TooLarge("an amount in a column of 38 digits, 14 of them decimals,");
    let decimal = amount.as_decimal();
    let (mut digits, mut scale) = (decimal.mantissa(), decimal.scale());
    while scale > SCALE && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    let factor = SCALE.checked_sub(scale).and_then(power_of_ten).ok_or_else(too_large)?;
    let scaled = digits.checked_mul(factor).ok_or_else(too_large)?;
    let most = power_of_ten(u32::from(PRECISION)).ok_or_else(too_large)?;
    if scaled.unsigned_abs() < most.unsigned_abs() { Ok(scaled) } else { Err(too_large()) }
}

fn microseconds(time: UtcTime) -> Result<i64, Error> {
    let instant = time.instant();
    let seconds = instant.unix_timestamp().checked_mul(1_000_000).ok_or_else(|| Error::TooLarge("a time"))?;
    Ok(seconds + i64::from(instant.microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_scaled_exactly_or_refused() {
        let of = |text: &str| scaled(text.parse().unwrap());
        assert_eq!(of("1.5").unwrap(), 150_000_000_000_000);
        assert_eq!(of("-0.00000000000001").unwrap(), -1);
        assert_eq!(of("0.000000000000010").unwrap(), 1);
        assert!(of("0.000000000000001").is_err());
        assert!(of("79228162514264337593543950335").is_err());
    }
}
