//! Files of a table, written row by row.

use std::{fmt::Write as _, io::Write};

use crate::{
    Error,
    focus::table::{Column, Context, Value},
};

/// Writer that takes rows and ends as a file.
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
            match column.value(row) {
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
