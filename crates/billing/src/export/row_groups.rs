//! The row groups of a Parquet file. What is the same in many columns or row groups is encoded once.
//!
//! Most columns of a month hold one value, or none, and several columns hold the values of another one. Such a column is
//! not encoded again: its encoded pages are copied, which takes a small part of the time. The file is the same as one whose
//! columns were all encoded.

use std::{io::Write, iter::repeat_n, sync::Arc};

use arrow_array::{
    Array as _, ArrayRef, Decimal128Array, StringArray, TimestampMicrosecondArray,
    cast::AsArray as _,
    new_null_array,
    types::{Decimal128Type, TimestampMicrosecondType},
};
use arrow_schema::{DataType, FieldRef, Schema, SchemaRef};
use bytes::Bytes;
use parquet::{
    arrow::{
        ArrowSchemaConverter, ArrowWriter,
        arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves},
    },
    column::writer::ColumnCloseResult,
    errors::ParquetError,
    file::{
        metadata::ColumnChunkMetaData,
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::ColumnDescPtr,
};

use crate::Error;

/// Rows of a row group: bounds the memory of writer and readers.
pub(super) const ROW_GROUP: usize = 131_072;

/// Rows of all columns.
pub(super) struct Batch {
    pub(super) rows: usize,
    pub(super) cells: Vec<Cells>,
}

/// The values of one column in a batch.
#[derive(Clone)]
pub(super) enum Cells {
    /// All rows have the only value of this array, which may be null.
    Repeated(ArrayRef),
    /// A value for each row.
    Different(ArrayRef),
}

impl Cells {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Repeated(one), Self::Repeated(other)) | (Self::Different(one), Self::Different(other)) => {
                one == other
            }
            _ => false,
        }
    }

    /// A value for each row.
    fn expanded(&self, rows: usize) -> ArrayRef {
        match self {
            Self::Different(array) => Arc::clone(array),
            Self::Repeated(value) => repeated(value, rows),
        }
    }
}

/// An array of one value, many times.
fn repeated(value: &ArrayRef, rows: usize) -> ArrayRef {
    let kind = value.data_type();
    if value.is_null(0) {
        return new_null_array(kind, rows);
    }
    match kind {
        DataType::Decimal128(..) => {
            let digits = value.as_primitive::<Decimal128Type>().value(0);
            Arc::new(Decimal128Array::from_value(digits, rows).with_data_type(kind.clone()))
        }
        DataType::Timestamp(..) => {
            let time = value.as_primitive::<TimestampMicrosecondType>().value(0);
            Arc::new(TimestampMicrosecondArray::from_value(time, rows).with_data_type(kind.clone()))
        }
        _ => {
            let text = value.as_string::<i32>().value(0);
            Arc::new(StringArray::from_iter_values(repeat_n(text, rows)))
        }
    }
}

/// A column of the row group that is being written.
enum Column {
    /// No rows yet.
    Empty,
    /// All rows so far have this one value.
    Repeated(Cells),
    /// All rows so far have the values of an earlier column.
    Like(usize),
    /// Rows are encoded as they come.
    Encoding(Box<ArrowColumnWriter>),
}

/// Writes a Parquet file, row group by row group.
pub(super) struct RowGroups<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// A row group ends with the batch that reaches this.
    rows_per_group: usize,
    rows: usize,
    columns: Vec<Column>,
    /// Encoders of the row group that are not used yet.
    unused: Vec<Option<ArrowColumnWriter>>,
    /// The batches so far of columns that others are like: what they need if they become different.
    kept: Vec<Vec<(Cells, usize)>>,
    /// The last column chunk of one value, for each column: the value, its rows and the encoded pages.
    repeated: Vec<Option<(Cells, usize, Encoded)>>,
}

impl<W: Write + Send> RowGroups<W> {
    pub(super) fn new(
        writer: W,
        schema: SchemaRef,
        properties: WriterProperties,
        rows_per_group: usize,
    ) -> Result<Self, Error> {
        let writer = ArrowWriter::try_new(writer, Arc::clone(&schema), Some(properties))?;
        let (writer, factory) = writer.into_serialized_writer()?;
        let count = schema.fields().len();
        let repeated = (0..count).map(|_| None).collect();
        let mut groups = Self {
            writer,
            factory,
            schema,
            rows_per_group,
            rows: 0,
            columns: Vec::new(),
            unused: Vec::new(),
            kept: Vec::new(),
            repeated,
        };
        groups.begin();
        Ok(groups)
    }

    fn begin(&mut self) {
        let count = self.schema.fields().len();
        self.rows = 0;
        self.columns = (0..count).map(|_| Column::Empty).collect();
        self.kept = (0..count).map(|_| Vec::new()).collect();
        self.unused = Vec::new();
    }

    /// Adds a batch.
    pub(super) fn write(&mut self, batch: Batch) -> Result<(), Error> {
        for place in 0..batch.cells.len() {
            self.write_column(place, &batch)?;
        }
        let mut sources = vec![false; self.columns.len()];
        for column in &self.columns {
            if let Column::Like(source) = column
                && let Some(is_source) = sources.get_mut(*source)
            {
                *is_source = true;
            }
        }
        for ((kept, cells), is_source) in self.kept.iter_mut().zip(batch.cells).zip(sources) {
            if is_source {
                kept.push((cells, batch.rows));
            } else {
                kept.clear();
            }
        }
        self.rows += batch.rows;
        if self.rows >= self.rows_per_group { self.end() } else { Ok(()) }
    }

    fn write_column(&mut self, place: usize, batch: &Batch) -> Result<(), Error> {
        let (Some(column), Some(cells)) = (self.columns.get(place), batch.cells.get(place)) else {
            return Ok(());
        };
        let before: Vec<(Cells, usize)> = match (column, cells) {
            (Column::Empty, Cells::Repeated(_)) => {
                return self.set(place, Column::Repeated(cells.clone()));
            }
            (Column::Empty, Cells::Different(_)) => match self.same_column(place, cells, batch) {
                Some(source) => return self.set(place, Column::Like(source)),
                None => Vec::new(),
            },
            (Column::Repeated(value), cells) if value.is(cells) => return Ok(()),
            (Column::Repeated(value), _) => vec![(value.clone(), self.rows)],
            (Column::Like(source), cells) => {
                if batch.cells.get(*source).is_some_and(|others| others.is(cells)) {
                    return Ok(());
                }
                self.kept.get(*source).cloned().unwrap_or_default()
            }
            (Column::Encoding(_), _) => Vec::new(),
        };
        if !matches!(column, Column::Encoding(_)) {
            let encoder = self.encoder(place)?;
            self.set(place, Column::Encoding(Box::new(encoder)))?;
        }
        let (Some(Column::Encoding(encoder)), Some(field)) =
            (self.columns.get_mut(place), self.schema.fields().get(place))
        else {
            return Ok(());
        };
        for (cells, rows) in &before {
            encode(encoder, field, &cells.expanded(*rows))?;
        }
        encode(encoder, field, &cells.expanded(batch.rows))
    }

    fn set(&mut self, place: usize, column: Column) -> Result<(), Error> {
        if let Some(slot) = self.columns.get_mut(place) {
            *slot = column;
        }
        Ok(())
    }

    /// An earlier column of the same type whose first batch is the same.
    fn same_column(&self, place: usize, cells: &Cells, batch: &Batch) -> Option<usize> {
        let field = self.schema.fields().get(place)?;
        self.schema.fields().iter().zip(&self.columns).zip(&batch.cells).take(place).position(
            |((other, column), others)| {
                matches!(column, Column::Encoding(_))
                    && other.data_type() == field.data_type()
                    && other.is_nullable() == field.is_nullable()
                    && others.is(cells)
            },
        )
    }

    /// An encoder of a column for this row group.
    fn encoder(&mut self, place: usize) -> Result<ArrowColumnWriter, Error> {
        if self.unused.is_empty() {
            let number = self.writer.flushed_row_groups().len();
            self.unused = self.factory.create_column_writers(number)?.into_iter().map(Some).collect();
        }
        let encoder = self.unused.get_mut(place).and_then(Option::take);
        encoder.ok_or_else(|| ParquetError::General("a column has no encoder".to_owned()).into())
    }

    /// Writes the row group.
    fn end(&mut self) -> Result<(), Error> {
        let mut chunks = Vec::with_capacity(self.columns.len());
        for (place, column) in std::mem::take(&mut self.columns).into_iter().enumerate() {
            chunks.push(match column {
                Column::Encoding(encoder) => Chunk::New(Box::new(encoder.close()?)),
                Column::Like(source) => Chunk::Like(source),
                Column::Repeated(value) => {
                    let known = self.repeated.get(place).and_then(Option::as_ref);
                    if !known.is_some_and(|(known, rows, _)| known.is(&value) && *rows == self.rows) {
                        let mut encoder = self.encoder(place)?;
                        let Some(field) = self.schema.fields().get(place) else { continue };
                        encode(&mut encoder, field, &value.expanded(self.rows))?;
                        let encoded = Encoded::of(encoder.close()?, field)?;
                        if let Some(slot) = self.repeated.get_mut(place) {
                            *slot = Some((value, self.rows, encoded));
                        }
                    }
                    Chunk::Repeated
                }
                Column::Empty => continue,
            });
        }
        let sources: Vec<bool> = (0..chunks.len())
            .map(|place| chunks.iter().any(|chunk| matches!(chunk, Chunk::Like(source) if *source == place)))
            .collect();
        let mut encoded: Vec<Option<Encoded>> = Vec::with_capacity(chunks.len());
        let mut group = self.writer.next_row_group()?;
        for (place, (chunk, is_source)) in chunks.into_iter().zip(sources).enumerate() {
            let Some(field) = self.schema.fields().get(place) else { continue };
            let mut shared = None;
            match chunk {
                Chunk::New(chunk) if is_source => {
                    let once = Encoded::of(*chunk, field)?;
                    once.append(&mut group, None)?;
                    shared = Some(once);
                }
                Chunk::New(chunk) => chunk.append_to_row_group(&mut group)?,
                Chunk::Repeated => {
                    if let Some((_, _, once)) = self.repeated.get(place).and_then(Option::as_ref) {
                        once.append(&mut group, None)?;
                    }
                }
                Chunk::Like(source) => {
                    if let Some(once) = encoded.get(source).and_then(Option::as_ref) {
                        once.append(&mut group, Some(descriptor(field)?))?;
                    }
                }
            }
            encoded.push(shared);
        }
        group.close()?;
        self.begin();
        Ok(())
    }

    /// Writes what is left and the end of the file.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        if self.rows > 0 {
            self.end()?;
        }
        self.writer.finish()?;
        self.writer.inner_mut().flush()?;
        Ok(())
    }
}

fn encode(encoder: &mut ArrowColumnWriter, field: &FieldRef, array: &ArrayRef) -> Result<(), Error> {
    for leaf in compute_leaves(field, array)? {
        encoder.write(&leaf)?;
    }
    Ok(())
}

/// A column of a row group at its end.
enum Chunk {
    New(Box<ArrowColumnChunk>),
    Repeated,
    Like(usize),
}

/// A column chunk as bytes, which can be written more than once.
struct Encoded {
    bytes: Bytes,
    close: ColumnCloseResult,
}

impl Encoded {
    fn of(chunk: ArrowColumnChunk, field: &FieldRef) -> Result<Self, Error> {
        let root = root(field)?;
        let mut file = SerializedFileWriter::new(Vec::new(), root, Arc::default())?;
        let mut group = file.next_row_group()?;
        let close = chunk.close().clone();
        chunk.append_to_row_group(&mut group)?;
        let written = group.close()?;
        file.flush()?;
        let column = written.column(0);
        let data = column.data_page_offset();
        let begin = column.dictionary_page_offset().unwrap_or(data);
        let number = |offset: i64| usize::try_from(offset).unwrap_or(usize::MAX);
        let range = number(begin)..number(begin.saturating_add(column.compressed_size()));
        let bytes = file.inner().get(range).map(Bytes::copy_from_slice);
        let bytes = bytes.ok_or_else(|| ParquetError::General("a column chunk is cut off".to_owned()))?;
        Ok(Self { bytes, close: close.update_dictionary_location(number(data - begin))? })
    }

    /// Appends the column chunk, as that of another column where one is given.
    fn append<W: Write + Send>(
        &self,
        group: &mut SerializedRowGroupWriter<'_, W>,
        column: Option<ColumnDescPtr>,
    ) -> Result<(), Error> {
        let mut close = self.close.clone();
        if let Some(column) = column {
            close.metadata = renamed(&close.metadata, column)?;
        }
        group.append_column(&self.bytes, close)?;
        Ok(())
    }
}

/// The metadata of a column chunk as those of another column.
fn renamed(chunk: &ColumnChunkMetaData, column: ColumnDescPtr) -> Result<ColumnChunkMetaData, Error> {
    let mut builder = ColumnChunkMetaData::builder(column)
        .set_compression_codec(chunk.compression_codec())
        .set_encodings_mask(*chunk.encodings_mask())
        .set_total_compressed_size(chunk.compressed_size())
        .set_total_uncompressed_size(chunk.uncompressed_size())
        .set_num_values(chunk.num_values())
        .set_data_page_offset(chunk.data_page_offset())
        .set_dictionary_page_offset(chunk.dictionary_page_offset())
        .set_unencoded_byte_array_data_bytes(chunk.unencoded_byte_array_data_bytes())
        .set_definition_level_histogram(chunk.definition_level_histogram().cloned());
    if let Some(statistics) = chunk.statistics() {
        builder = builder.set_statistics(statistics.clone());
    }
    if let Some(pages) = chunk.page_encoding_stats() {
        builder = builder.set_page_encoding_stats(pages.clone());
    }
    Ok(builder.build()?)
}

/// The schema of a file with one column.
fn root(field: &FieldRef) -> Result<parquet::schema::types::TypePtr, Error> {
    let schema = ArrowSchemaConverter::new().convert(&Schema::new(vec![Arc::clone(field)]))?;
    Ok(schema.root_schema_ptr())
}

/// The column of a field in Parquet.
fn descriptor(field: &FieldRef) -> Result<ColumnDescPtr, Error> {
    let schema = ArrowSchemaConverter::new().convert(&Schema::new(vec![Arc::clone(field)]))?;
    Ok(schema.column(0))
}

#[cfg(test)]
mod tests {
    use arrow_array::RecordBatch;
    use arrow_schema::{Field, TimeUnit};
    use parquet::{
        arrow::arrow_reader::{
            ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
            RowSelector,
        },
        basic::Compression,
        file::metadata::PageIndexPolicy,
    };
    use proptest::prelude::*;

    use super::*;

    /// Columns of each type, with and without nulls, several of each type, so that one may be like another.
    fn schema() -> SchemaRef {
        let decimal = DataType::Decimal128(38, 14);
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let fields = [DataType::Utf8, decimal, time].into_iter().flat_map(|kind| {
            (0..4).map(move |number| Field::new(format!("{kind} {number}"), kind.clone(), number % 2 == 1))
        });
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    /// The values of a column in a batch, by numbers; 0 is null where nulls are allowed.
    fn array(field: &Field, values: &[u8]) -> ArrayRef {
        let values = values.iter().map(|value| (*value > 0 || !field.is_nullable()).then_some(*value));
        let kind = field.data_type().clone();
        match kind {
            DataType::Decimal128(..) => Arc::new(
                values
                    .map(|value| value.map(|value| i128::from(value) << 90))
                    .collect::<Decimal128Array>()
                    .with_data_type(kind),
            ),
            DataType::Timestamp(..) => Arc::new(
                values
                    .map(|value| value.map(i64::from))
                    .collect::<TimestampMicrosecondArray>()
                    .with_data_type(kind),
            ),
            _ => Arc::new(
                values.map(|value| value.map(|value| format!("text {value}"))).collect::<StringArray>(),
            ),
        }
    }

    /// Content of a column in a batch: one value, the values of the first column of its type, or its own.
    #[derive(Clone, Debug)]
    enum Shape {
        Repeated(u8),
        Like,
        Own(Vec<u8>),
    }

    fn shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            3 => (0_u8..3).prop_map(Shape::Repeated),
            3 => Just(Shape::Like),
            1 => prop::collection::vec(0_u8..4, 16).prop_map(Shape::Own),
        ]
    }

    fn properties() -> WriterProperties {
        WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_data_page_row_count_limit(20)
            .set_write_batch_size(4)
            .build()
    }

    fn read(file: &Bytes, selection: Option<RowSelection>) -> Vec<RecordBatch> {
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
        let metadata = ArrowReaderMetadata::load(file, options).unwrap();
        let mut reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file.clone(), metadata)
            .with_batch_size(1 << 20);
        if let Some(selection) = selection {
            reader = reader.with_row_selection(selection);
        }
        reader.build().unwrap().map(Result::unwrap).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn whatever_columns_share_the_file_is_that_of_columns_written_one_by_one(
            batches in prop::collection::vec(
                (prop::collection::vec(shape(), 12), prop::collection::vec(0_u8..4, 16), 1_usize..=16),
                1..10,
            ),
        ) {
            let schema = schema();
            let mut file = Vec::new();
            let mut groups = RowGroups::new(&mut file, Arc::clone(&schema), properties(), 48).unwrap();
            let plain_properties = properties().into_builder().set_max_row_group_row_count(Some(1 << 20)).build();
            let mut plain = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(plain_properties)).unwrap();
            let (mut rows_of_group, mut rows_of_all) = (0, 0);
            let last = batches.len() - 1;
            for (number, (shapes, common, rows)) in batches.into_iter().enumerate() {
                // As in the crate, all batches but the last have the same length.
                let rows = if number == last { rows } else { 16 };
                let cells: Vec<Cells> = schema.fields().iter().zip(&shapes).map(|(field, shape)| match shape {
                    Shape::Repeated(value) => Cells::Repeated(array(field, &[*value])),
                    Shape::Like => Cells::Different(array(field, &common[..rows])),
                    Shape::Own(values) => Cells::Different(array(field, &values[..rows])),
                }).collect();
                let arrays = cells.iter().map(|cells| cells.expanded(rows)).collect();
                plain.write(&RecordBatch::try_new(Arc::clone(&schema), arrays).unwrap()).unwrap();
                groups.write(Batch { rows, cells }).unwrap();
                rows_of_group += rows;
                rows_of_all += rows;
                if rows_of_group >= 48 {
                    rows_of_group = 0;
                    plain.flush().unwrap();
                }
            }
            groups.finish().unwrap();
            let (file, plain) = (Bytes::from(file), Bytes::from(plain.into_inner().unwrap()));
            prop_assert_eq!(read(&file, None), read(&plain, None));
            // The page index is right too: it leads to the rows in the middle.
            let third = rows_of_all / 3;
            let middle =
                || Some(RowSelection::from(vec![RowSelector::skip(third), RowSelector::select(third)]));
            prop_assert_eq!(read(&file, middle()), read(&plain, middle()));
            let metadata = |file: &Bytes| {
                let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
                ArrowReaderMetadata::load(file, options).unwrap()
            };
            let (ours, theirs) = (metadata(&file), metadata(&plain));
            let (ours, theirs) = (ours.metadata(), theirs.metadata());
            prop_assert_eq!(ours.num_row_groups(), theirs.num_row_groups());
            for (ours, theirs) in ours.row_groups().iter().zip(theirs.row_groups()) {
                prop_assert_eq!(ours.num_rows(), theirs.num_rows());
                for (ours, theirs) in ours.columns().iter().zip(theirs.columns()) {
                    prop_assert_eq!(ours.column_path(), theirs.column_path());
                    prop_assert_eq!(ours.statistics(), theirs.statistics());
                    prop_assert_eq!(ours.num_values(), theirs.num_values());
                    prop_assert_eq!(ours.encodings_mask(), theirs.encodings_mask());
                }
            }
        }
    }
}
