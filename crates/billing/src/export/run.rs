//! Writer of all requested files, which reads the charges once.

use std::{collections::HashMap, sync::Arc};

use object_store::{ObjectStore, path::Path};
use tokio::runtime::Handle;

use super::{
    ExportedFile, Format, Generation, PartitionBy,
    parquet::ParquetSink,
    plain::PLAIN_COLUMNS,
    sink::{CsvSink, Sink},
    store::{PART, StoreWriter, Upload, Written},
};
use crate::{
    Error, ExactSum,
    focus::{
        self, Category, FocusVersion,
        table::{Column, Context, Facts, Scratch},
    },
    pricing::PriceBook,
    rows::Source,
};

/// Number of files that are open at a time. Parts are closed before more are opened.
const OPEN_FILES: usize = 16;

/// Settings for writing a month.
#[derive(Clone, Debug)]
pub(crate) struct ExportSettings {
    pub(crate) focus_version: FocusVersion,
    pub(crate) partition_by: PartitionBy,
    /// Rows of one CSV file, and of one Parquet file.
    pub(crate) rows_per_file: (u64, u64),
    pub(crate) bytes_per_part: usize,
}

impl Default for ExportSettings {
    fn default() -> Self {
        Self {
            focus_version: FocusVersion::default(),
            partition_by: PartitionBy::default(),
            rows_per_file: (1_000_000, 4_000_000),
            bytes_per_part: PART,
        }
    }
}

/// Sources and targets of an export.
pub(crate) struct ExportPlan {
    pub(crate) source: Source,
    pub(crate) formats: Vec<(Format, Generation)>,
    pub(crate) settings: ExportSettings,
    pub(crate) facts: Facts,
    pub(crate) prices: Option<PriceBook>,
    pub(crate) store: Arc<dyn ObjectStore>,
}

/// An export that failed, and the files that it may have left.
pub(crate) struct FailedExport {
    pub(crate) error: Error,
    pub(crate) begun: Vec<String>,
}

/// Writes all files. Blocks: call it on a thread for blocking work.
pub(crate) fn export(
    plan: &ExportPlan,
    runtime: &Handle,
    on_rows: impl FnMut(u64),
) -> Result<Vec<ExportedFile>, FailedExport> {
    let mut tables: Vec<Table<'_>> = plan
        .formats
        .iter()
        .filter(|(format, _)| *format != Format::Html)
        .map(|(format, generation)| Table::new(plan, *format, *generation))
        .collect();
    match write(plan, &mut tables, runtime, on_rows) {
        Ok(()) => {
            let mut files: Vec<_> = tables.into_iter().flat_map(|table| table.files).collect();
            files.sort_by(|a, b| a.path.cmp(&b.path));
            Ok(files)
        }
        Err(error) => {
            let mut begun = Vec::new();
            for table in tables {
                begun.extend(table.give_up());
            }
            Err(FailedExport { error, begun })
        }
    }
}

fn write(
    plan: &ExportPlan,
    tables: &mut [Table<'_>],
    runtime: &Handle,
    mut on_rows: impl FnMut(u64),
) -> Result<(), Error> {
    let (mut scratch, mut days) = (Scratch::default(), focus::Days::default());
    let mut rows = 0_u64;
    plan.source.for_each(&mut |charge| {
        scratch.fill(charge);
        let price = plan.prices.as_ref().map(|book| book.price(charge)).transpose()?.flatten();
        let (period, period_basis) = focus::period(charge, &plan.facts, &mut days);
        let row = Context {
            charge,
            facts: &plan.facts,
            category: Category::of(charge),
            period,
            period_basis,
            price,
            scratch: &scratch,
        };
        for table in tables.iter_mut() {
            table.row(&row, runtime)?;
        }
        rows += 1;
        if rows.is_multiple_of(4096) {
            on_rows(rows);
        }
        Ok(())
    })?;
    on_rows(rows);
    tables.iter_mut().try_for_each(|table| table.finish(runtime))
}

/// All files of one format.
struct Table<'p> {
    plan: &'p ExportPlan,
    format: Format,
    generation: Generation,
    columns: Vec<&'static Column>,
    open: HashMap<String, Part>,
    /// The number of the next part of each account.
    parts: HashMap<String, u32>,
    used: u64,
    files: Vec<ExportedFile>,
    /// The paths of all files that were begun.
    begun: Vec<String>,
}

/// A file that is being written.
struct Part {
    path: String,
    sink: Box<dyn Sink>,
    shared: SharedWriter,
    upload: Upload,
    rows: u64,
    billed: ExactSum,
    last_used: u64,
}

impl<'p> Table<'p> {
    fn new(plan: &'p ExportPlan, format: Format, generation: Generation) -> Self {
        let columns = match format {
            Format::FocusCsv | Format::FocusParquet => focus::columns(plan.settings.focus_version).collect(),
            _ => PLAIN_COLUMNS.iter().collect(),
        };
        Self {
            plan,
            format,
            generation,
            columns,
            open: HashMap::new(),
            parts: HashMap::new(),
            used: 0,
            files: Vec::new(),
            begun: Vec::new(),
        }
    }

    fn row(&mut self, row: &Context<'_>, runtime: &Handle) -> Result<(), Error> {
        let billed = row.charge.billed_amount();
        // FOCUS has no place for a cost that is not known; the plain rows have.
        if billed.is_none() && matches!(self.format, Format::FocusCsv | Format::FocusParquet) {
            return Ok(());
        }
        let plan = self.plan;
        let account = match plan.settings.partition_by {
            PartitionBy::BillingAccount => plan.facts.billing_account_id.as_str(),
            PartitionBy::Customer => row.charge.customer_id,
        };
        if !self.open.contains_key(account) {
            self.make_place()?;
            let part = self.begin(account, runtime)?;
            self.open.insert(account.to_owned(), part);
        }
        self.used += 1;
        let Some(part) = self.open.get_mut(account) else { return Ok(()) };
        if let Err(error) = part.sink.row(row) {
            return Err(self.open.remove(account).map_or(Error::Cancelled, |part| part.failed(error)));
        }
        part.rows += 1;
        part.last_used = self.used;
        if let Some(billed) = billed {
            part.billed.add(billed).ok_or_else(|| Error::TooLarge("the total of a file"))?;
        }
        let (csv, parquet) = plan.settings.rows_per_file;
        let most = if self.format.ending() == "csv" { csv } else { parquet };
        if part.rows >= most
            && let Some(part) = self.open.remove(account)
        {
            self.close(part)?;
        }
        Ok(())
    }

    /// Closes the file that was not used for longest, where too many are open.
    fn make_place(&mut self) -> Result<(), Error> {
        while self.open.len() >= OPEN_FILES {
            let oldest =
                self.open.iter().min_by_key(|(_, part)| part.last_used).map(|(account, _)| account.clone());
            let Some(part) = oldest.and_then(|account| self.open.remove(&account)) else { return Ok(()) };
            self.close(part)?;
        }
        Ok(())
    }

    fn begin(&mut self, account: &str, runtime: &Handle) -> Result<Part, Error> {
        let number = self.parts.entry(account.to_owned()).or_default();
        *number += 1;
        let (format, facts) = (self.format, &self.plan.facts);
        let path = format!(
            "{}/month={}/account={}/part-{number:05}{}.{}",
            format.as_str(),
            facts.cycle_text,
            folder_name(account),
            self.generation.suffix(),
            format.ending()
        );
        self.begun.push(path.clone());
        let parsed = Path::parse(&path).map_err(|error| Error::Configuration(error.to_string()))?;
        let (writer, upload) = StoreWriter::new(
            Arc::clone(&self.plan.store),
            parsed,
            self.plan.settings.bytes_per_part,
            runtime,
        );
        let shared = SharedWriter::new(writer);
        let columns = self.columns.clone();
        let sink: Box<dyn Sink> = match format {
            Format::FocusCsv | Format::Csv | Format::Html => Box::new(CsvSink::new(columns, shared.clone())?),
            Format::FocusParquet | Format::Parquet => {
                let mut facts = vec![("huaweicloud_partner.month".to_owned(), facts.cycle_text.clone())];
                if format == Format::FocusParquet {
                    let version = self.plan.settings.focus_version.as_str().to_owned();
                    facts.push(("focus.version".to_owned(), version));
                }
                Box::new(ParquetSink::new(columns, facts, shared.clone())?)
            }
        };
        Ok(Part { path, sink, shared, upload, rows: 0, billed: ExactSum::default(), last_used: 0 })
    }

    fn close(&mut self, part: Part) -> Result<(), Error> {
        let Part { path, sink, shared, upload, rows, billed, .. } = part;
        let written = sink.finish().and_then(|()| shared.complete());
        // Where the upload failed it knows why, and the writer only that it did.
        upload.wait()?;
        let Written { bytes, sha256 } = written?;
        self.files.push(ExportedFile { path, format: self.format, rows, bytes, sha256, billed });
        Ok(())
    }

    /// Gives up the files that are open, waits until they are, and gives the paths of all that were begun.
    fn give_up(self) -> Vec<String> {
        for (_, part) in self.open {
            drop(part.failed(Error::Cancelled));
        }
        self.begun
    }

    fn finish(&mut self, runtime: &Handle) -> Result<(), Error> {
        if self.files.is_empty() && self.open.is_empty() {
            // A month without charges is a file without rows: readers find the columns.
            let account = self.plan.facts.billing_account_id.clone();
            let part = self.begin(&account, runtime)?;
            self.open.insert(account, part);
        }
        for (_, part) in std::mem::take(&mut self.open) {
            self.close(part)?;
        }
        Ok(())
    }
}

impl Part {
    /// Returns the reason why writing failed: where the upload ended early, the upload knows it. Nothing of
    /// the file is visible after that.
    fn failed(self, error: Error) -> Error {
        let Self { sink, shared, upload, .. } = self;
        drop((sink, shared));
        upload.wait().err().unwrap_or(error)
    }
}

/// An id as the name of a folder: what is neither letter, digit, `-`, `_` nor `.` is written in hexadecimal.
fn folder_name(id: &str) -> String {
    use std::fmt::Write as _;
    id.bytes().fold(String::with_capacity(id.len()), |mut name, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            name.push(char::from(byte));
        } else {
            let _ = write!(name, "~{byte:02X}"); // writing into a String cannot fail
        }
        name
    })
}

/// A writer that stays in hand while a sink owns it.
#[derive(Clone)]
struct SharedWriter(Arc<std::sync::Mutex<Option<StoreWriter>>>);

impl SharedWriter {
    fn new(writer: StoreWriter) -> Self {
        Self(Arc::new(std::sync::Mutex::new(Some(writer))))
    }

    fn complete(self) -> Result<Written, Error> {
        let writer = self.0.lock().ok().and_then(|mut writer| writer.take());
        Ok(writer.ok_or(Error::Cancelled)?.complete()?)
    }
}

impl std::io::Write for SharedWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut writer = self.0.lock().map_err(|_| std::io::Error::other("a writer panicked"))?;
        writer.as_mut().ok_or_else(|| std::io::Error::other("the file is closed"))?.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_are_safe_and_different() {
        assert_eq!(folder_name("a1-B_2.c"), "a1-B_2.c");
        assert_eq!(folder_name("../a/b"), "..~2Fa~2Fb");
        assert_ne!(folder_name("a/b"), folder_name("a~2Fb"));
    }
}
