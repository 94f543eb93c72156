//! Parquet files: rows become batches of columns here, and batches become row groups on a thread of their own.

use std::{
    io::Write,
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use arrow_array::{
    ArrayRef,
    builder::{Decimal128Builder, StringBuilder, TimestampMicrosecondBuilder},
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use huaweicloud_partner::types::{Amount, UtcTime};
use parquet::{
    basic::Compression,
    file::{metadata::KeyValue, properties::WriterProperties},
};

use super::{
    row_groups::{Batch, Cells, ROW_GROUP, RowGroups},
    sink::Sink,
};
use crate::{
    Error,
    focus::table::{Column, ColumnType, Context, Value, Values},
    sum::power_of_ten,
};

/// Decimals of a decimal column.
const SCALE: u32 = 14;

/// Digits of a decimal column.
const PRECISION: u8 = 38;

/// Rows that are encoded together.
const BATCH: usize = 4096;

/// Batches that wait for the encoder.
const BATCHES_AHEAD: usize = 2;

/// A Parquet file.
pub(crate) struct ParquetSink {
    columns: Vec<(&'static Column, Collector)>,
    rows: usize,
    /// Takes batches to the thread that encodes them; dropped at the end.
    batches: Option<mpsc::SyncSender<Batch>>,
    encoder: Option<JoinHandle<Result<(), Error>>>,
    numbers: Numbers,
}

/// The schema of columns in Parquet.
fn schema(columns: &[&'static Column]) -> Schema {
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

/// Returns the properties with which Parquet files are written.
fn properties(facts: Vec<(String, String)>) -> WriterProperties {
    let facts = facts.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
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
        let mut groups = RowGroups::new(writer, Arc::clone(&schema), properties(facts), ROW_GROUP)?;
        // Reading and encoding overlap.
        let (batches, to_encode) = mpsc::sync_channel::<Batch>(BATCHES_AHEAD);
        let encoder = std::thread::Builder::new().name("parquet".to_owned()).spawn(move || {
            for batch in to_encode {
                groups.write(batch)?;
            }
            groups.finish()
        })?;
        let columns = columns
            .into_iter()
            .zip(schema.fields())
            .map(|(column, field)| (column, Collector::new(field.data_type())))
            .collect();
        Ok(Self {
            columns,
            rows: 0,
            batches: Some(batches),
            encoder: Some(encoder),
            numbers: Numbers::default(),
        })
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let cells = self.columns.iter_mut().map(|(_, collector)| collector.finish()).collect();
        match self.batches.as_ref().map(|batches| batches.send(Batch { rows, cells })) {
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
        for (column, collector) in &mut self.columns {
            match column.values {
                Values::OfRow(value) => collector.push(value(row), self.rows, &mut self.numbers)?,
                // The first row of a batch speaks for all.
                _ if self.rows == 0 => collector.push(column.value(row), 0, &mut self.numbers)?,
                _ => {}
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

/// The values of one column of a batch. A column in which all rows have the same value, or none, needs no array.
struct Collector {
    repeated: Repeated,
    /// True once the rows have different values, which the builder holds then.
    mixed: bool,
    builder: Builder,
}

/// The value of all rows so far.
enum Repeated {
    Null,
    Text(String),
    Decimal(i128),
    Time(i64),
}

enum Builder {
    Text(StringBuilder),
    Decimal(Decimal128Builder),
    Time(TimestampMicrosecondBuilder),
}

impl Collector {
    fn new(kind: &DataType) -> Self {
        let builder = match kind {
            DataType::Decimal128(..) => {
                Builder::Decimal(Decimal128Builder::new().with_data_type(kind.clone()))
            }
            DataType::Timestamp(..) => {
                Builder::Time(TimestampMicrosecondBuilder::new().with_data_type(kind.clone()))
            }
            _ => Builder::Text(StringBuilder::new()),
        };
        Self { repeated: Repeated::Null, mixed: false, builder }
    }

    /// Adds the value of the row at a place of the batch.
    #[inline]
    fn push(&mut self, value: Value<'_>, place: usize, numbers: &mut Numbers) -> Result<(), Error> {
        if !self.mixed {
            if self.repeats(value, place, numbers)? {
                return Ok(());
            }
            self.mixed = true;
            self.builder.append_repeated(&self.repeated, place);
        }
        match (&mut self.builder, value) {
            (Builder::Text(builder), Value::Text(text)) => builder.append_value(text),
            (Builder::Text(builder), _) => builder.append_null(),
            (Builder::Decimal(builder), Value::Decimal(amount)) => {
                builder.append_value(numbers.scaled(amount)?);
            }
            (Builder::Decimal(builder), _) => builder.append_null(),
            (Builder::Time(builder), Value::Time(time)) => builder.append_value(numbers.microseconds(time)?),
            (Builder::Time(builder), _) => builder.append_null(),
        }
        Ok(())
    }

    /// True where the value is that of all rows before; the first row's value is.
    #[inline]
    fn repeats(&mut self, value: Value<'_>, place: usize, numbers: &mut Numbers) -> Result<bool, Error> {
        if place > 0 {
            return Ok(match (&self.repeated, value) {
                (Repeated::Null, Value::Null) => true,
                (Repeated::Text(text), Value::Text(next)) => text == next,
                (Repeated::Decimal(digits), Value::Decimal(next)) => *digits == numbers.scaled(next)?,
                (Repeated::Time(time), Value::Time(next)) => *time == numbers.microseconds(next)?,
                _ => false,
            });
        }
        match (&mut self.repeated, value) {
            (Repeated::Text(text), Value::Text(next)) => {
                text.clear();
                text.push_str(next);
            }
            (repeated, Value::Text(text)) => *repeated = Repeated::Text(text.to_owned()),
            (repeated, Value::Null) => *repeated = Repeated::Null,
            (repeated, Value::Decimal(amount)) => *repeated = Repeated::Decimal(numbers.scaled(amount)?),
            (repeated, Value::Time(time)) => *repeated = Repeated::Time(numbers.microseconds(time)?),
        }
        Ok(true)
    }

    /// The values of a batch; the next one begins.
    fn finish(&mut self) -> Cells {
        if std::mem::take(&mut self.mixed) {
            return Cells::Different(self.builder.finish());
        }
        self.builder.append_repeated(&self.repeated, 1);
        Cells::Repeated(self.builder.finish())
    }
}

impl Builder {
    fn append_repeated(&mut self, value: &Repeated, count: usize) {
        match (self, value) {
            (Self::Text(builder), Repeated::Text(text)) => {
                (0..count).for_each(|_| builder.append_value(text));
            }
            (Self::Decimal(builder), Repeated::Decimal(digits)) => {
                (0..count).for_each(|_| builder.append_value(*digits));
            }
            (Self::Time(builder), Repeated::Time(time)) => {
                (0..count).for_each(|_| builder.append_value(*time));
            }
            (Self::Text(builder), _) => builder.append_nulls(count),
            (Self::Decimal(builder), _) => builder.append_nulls(count),
            (Self::Time(builder), _) => builder.append_nulls(count),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Decimal(builder) => Arc::new(builder.finish()),
            Self::Time(builder) => Arc::new(builder.finish()),
        }
    }
}

/// Converts amounts and times. Several columns of a row have the same ones: the last are remembered.
#[derive(Default)]
struct Numbers {
    amount: Option<(Amount, i128)>,
    time: Option<(UtcTime, i64)>,
}

impl Numbers {
    #[inline]
    fn scaled(&mut self, amount: Amount) -> Result<i128, Error> {
        let exact = |amount: Amount| (amount.as_decimal().mantissa(), amount.as_decimal().scale());
        match self.amount {
            Some((last, digits)) if exact(last) == exact(amount) => Ok(digits),
            _ => {
                let digits = scaled(amount)?;
                self.amount = Some((amount, digits));
                Ok(digits)
            }
        }
    }

    #[inline]
    fn microseconds(&mut self, time: UtcTime) -> Result<i64, Error> {
        match self.time {
            Some((last, micros)) if last == time => Ok(micros),
            _ => {
                let micros = microseconds(time)?;
                self.time = Some((time, micros));
                Ok(micros)
            }
        }
    }
}

/// The digits of an amount with the decimals of the column. More decimals are refused, never rounded.
fn scaled(amount: Amount) -> Result<i128, Error> {
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
