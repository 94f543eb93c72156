//! Statement files of the international site: gzip, tar and CSV, read in constant memory.
//!
//! Huawei Cloud delivers a partner's charges on the international site as files in an OBS bucket: `customerBill_YYYYMM.tar.gz`
//! once a month and `customerUsageV2_YYYYMM_YYYYMMDD.tar.gz` every day. [`plan_month`] says which of them belong to a month,
//! which one is read and whether it is final; [`read`] and [`Statement`] read them.
//!
//! The published description of these files is incomplete. The reader therefore finds columns by their headers, in English
//! or Chinese and in any order, keeps columns it does not know, accepts a byte-order mark and UTF-8, GBK or UTF-16, commas,
//! semicolons or tabs between fields, and plain, gzipped or archived CSV, and reads values leniently where a mistake cannot cost money. Money is strict: an amount that is not a
//! decimal makes its row a bad row, and bad rows are counted and named with file and line, never dropped in silence.
//!
//! ```
//! use huaweicloud_partner_billing::statement::{StatementOptions, read};
//!
//! let csv = "Customer ID,Product Type Code,Settlement Amount (USD)\nc1,hws.service.type.obs,12.50000001\n";
//! let mut total = String::new();
//! let summary = read("bill.csv", csv.as_bytes(), &StatementOptions::default(), |row| {
//!     total = row.charge.billed_amount().map(|amount| amount.to_string()).unwrap_or_default();
//!     Ok(())
//! })?;
//! assert_eq!((total.as_str(), summary.rows, summary.bad_rows), ("12.50000001", 1, 0));
//! # Ok::<(), huaweicloud_partner_billing::Error>(())
//! ```

mod columns;
mod damage;
mod input;
mod rows;
mod schedule;
mod stream;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;
use huaweicloud_partner::types::BillCycle;
use serde::{Deserialize, Serialize};

pub use columns::{Column, HeaderError};
pub use damage::{DamageKind, StatementError};
pub use schedule::{ParseStatementNameError, StatementName, StatementPlan, plan_month};
pub use stream::{OwnedStatementRow, StatementStream};

use crate::{Error, charge::Charge};
use columns::{Layout, looks_like_headers, plain_header};
use input::{BUFFER, MemberKind, Meter, Metered, ReadAhead, Utf16, Utf16Reader};
use rows::{Decoder, Fields, FileFacts, Row, Unreadable};

/// Number of bad rows that are described; all are counted.
const DESCRIBED_BAD_ROWS: usize = 1000;

/// The encoding of a statement file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// GBK and its superset GB18030.
    Gbk,
    /// UTF-16 with a byte-order mark, as spreadsheets save "Unicode text".
    Utf16,
}

/// Options for reading statement files.
#[derive(Clone, Debug)]
pub struct StatementOptions {
    named: BTreeMap<String, Column>,
    order: Option<Vec<Option<Column>>>,
    encoding: Option<Encoding>,
    cycle: Option<BillCycle>,
    currency: Option<String>,
    max_row_bytes: u64,
    max_uncompressed_bytes: u64,
    max_members: usize,
}

impl Default for StatementOptions {
    /// Rows up to 1 MiB, files up to 64 GiB uncompressed, up to 100,000 members.
    fn default() -> Self {
        Self {
            named: BTreeMap::new(),
            order: None,
            encoding: None,
            cycle: None,
            currency: None,
            max_row_bytes: 1 << 20,
            max_uncompressed_bytes: 64 << 30,
            max_members: 100_000,
        }
    }
}

impl StatementOptions {
    /// The default options.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the column with this header as `column`, whatever the header means otherwise.
    #[must_use]
    pub fn column(mut self, header: &str, column: Column) -> Self {
        self.named.insert(plain_header(header).0, column);
        self
    }

    /// Reads files without a row of headers: their columns in order, `None` for one without meaning.
    #[must_use]
    pub fn columns_in_order(mut self, columns: impl IntoIterator<Item = Option<Column>>) -> Self {
        self.order = Some(columns.into_iter().collect());
        self
    }

    /// Sets the encoding instead of finding it out.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// Makes rows of any other month bad rows. By default the month is that of the file's name, and for a close the one that
    /// is closed.
    #[must_use]
    pub fn cycle(mut self, cycle: BillCycle) -> Self {
        self.cycle = Some(cycle);
        self
    }

    /// Sets the currency of amounts where neither a column nor a header names one. By default it is that of the partner's site
    /// for a close, and `USD` otherwise.
    #[must_use]
    pub fn currency(mut self, currency: impl Into<String>) -> Self {
        self.currency = Some(currency.into());
        self
    }

    /// Limits the bytes of one row; 1 MiB by default.
    #[must_use]
    pub fn max_row_bytes(mut self, bytes: u64) -> Self {
        self.max_row_bytes = bytes;
        self
    }

    /// Limits the bytes of one file after decompression; 64 GiB by default.
    #[must_use]
    pub fn max_uncompressed_bytes(mut self, bytes: u64) -> Self {
        self.max_uncompressed_bytes = bytes;
        self
    }

    /// Limits the members of one archive; 100,000 by default.
    #[must_use]
    pub fn max_members(mut self, members: usize) -> Self {
        self.max_members = members;
        self
    }
}

/// A row of a statement file.
#[derive(Debug)]
pub struct StatementRow<'r> {
    /// The charge that the row states.
    pub charge: Charge<'r>,
    /// The CSV file that the row stands in.
    pub member: &'r str,
    /// Number of the line in that file, counted from 1.
    pub line: u64,
    unknown: Unknown<'r>,
}

struct Unknown<'r> {
    layout: &'r Layout,
    row: Row<'r>,
}

impl std::fmt::Debug for Unknown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.layout.unknown.iter().map(|(name, _)| name)).finish()
    }
}

impl<'r> StatementRow<'r> {
    /// Headers and values of the columns whose meaning is not known; empty ones are left out.
    pub fn unknown_columns(&self) -> impl Iterator<Item = (&'r str, &'r str)> + '_ {
        let Unknown { layout, row } = &self.unknown;
        layout.unknown.iter().filter_map(move |(name, place)| Some((name.as_str(), row.get(*place)?)))
    }
}

/// Reason why a row is not counted.
///
/// The text of the field itself is shown neither by `Display` nor by `Debug`: where columns are shifted it may be a name.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRowReason {
    /// The row has more or fewer fields than the headers.
    #[error("{found} fields instead of {expected}")]
    FieldCount {
        /// As many as there are headers.
        expected: usize,
        /// As many as there are.
        found: usize,
    },
    /// The bytes are no text in the file's encoding.
    #[error("not text in the encoding of the file")]
    Text,
    /// An amount or quantity is not a decimal number.
    #[error("the text in column {column:?} is not a decimal number")]
    Amount {
        /// Column of the bad value.
        column: Column,
        /// Text of the bad value.
        text: String,
    },
    /// The customer is missing.
    #[error("no customer id")]
    NoCustomer,
    /// Neither what is to be paid nor the settlement amount is there.
    #[error("no amount to be paid")]
    NoAmount,
    /// The row belongs to another month, or its month cannot be read.
    #[error("{}", other_month(.0))]
    Month(String),
}

impl std::fmt::Debug for BadRowReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BadRowReason({self})")
    }
}

/// A month as the file writes it, where it is one.
fn other_month(text: &str) -> String {
    let is_month =
        text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit() || b"-/.".contains(&byte));
    if is_month { format!("month {text:?}") } else { "a month that cannot be read".to_owned() }
}

/// A row that is not counted, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member}, line {line}: {reason}")]
pub struct BadRow {
    /// The CSV file.
    pub member: String,
    /// The line, counted from 1.
    pub line: u64,
    /// Reason for the error.
    pub reason: BadRowReason,
}

/// One CSV file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// Name of the member.
    pub name: String,
    /// Number of good rows.
    pub rows: u64,
    /// Encoding of the member; `None` where all of it is ASCII.
    pub encoding: Option<Encoding>,
}

/// Summary of a statement file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementSummary {
    /// The file's name.
    pub file: String,
    /// Number of good rows in the file.
    pub rows: u64,
    /// Number of bad rows in the file.
    pub bad_rows: u64,
    /// The first thousand of them.
    pub described_bad_rows: Vec<BadRow>,
    /// The CSV files in it.
    pub members: Vec<Member>,
    /// Serial numbers that are missing between those of the members.
    pub missing_serials: Vec<u64>,
    /// Members that are no CSV files.
    pub ignored_members: Vec<String>,
    /// Headers of columns whose meaning is not known.
    pub unknown_columns: BTreeSet<String>,
    /// Times, codes and words in good rows that could not be read and count as unknown.
    pub unreadable_values: u64,
    /// Bytes after decompression.
    pub uncompressed_bytes: u64,
}

impl StatementSummary {
    /// True when every row of every member could be read and no member seems to be missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.bad_rows == 0 && self.missing_serials.is_empty() && !self.members.is_empty()
    }
}

/// A statement file on disk.
#[derive(Clone, Debug)]
pub struct Statement {
    path: PathBuf,
    options: StatementOptions,
}

impl Statement {
    /// The file at a path, with default options.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), options: StatementOptions::default() }
    }

    /// Sets the options.
    #[must_use]
    pub fn with_options(mut self, options: StatementOptions) -> Self {
        self.options = options;
        self
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file, whose rows belong to a month and have amounts in a currency unless its options or columns say otherwise.
    pub(crate) fn of_month(mut self, cycle: BillCycle, currency: &str) -> Self {
        self.options.cycle.get_or_insert(cycle);
        self.options.currency.get_or_insert_with(|| currency.to_owned());
        self
    }

    /// The month that the options set.
    pub(crate) fn cycle(&self) -> Option<BillCycle> {
        self.options.cycle
    }

    /// Calls `on_row` for each good row. Blocks; see [`StatementStream`] for use in async code.
    ///
    /// # Errors
    /// [`Error::Statement`] where the file cannot be read to its end, and errors of `on_row`.
    pub fn read(
        &self,
        on_row: impl FnMut(&StatementRow<'_>) -> Result<(), Error>,
    ) -> Result<StatementSummary, Error> {
        let failed = |source| Error::file("read", &self.path, source);
        let file = File::open(&self.path).map_err(|source| Error::file("open", &self.path, source))?;
        let name = self.path.display().to_string();
        let (head, file) = input::peek(file, 2).map_err(failed)?;
        if !input::is_gzip(&head) {
            return read(&name, file, &self.options, on_row);
        }
        // Unpacking on a thread of its own takes a third off the time.
        let unpacked = MultiGzDecoder::new(BufReader::with_capacity(BUFFER, file));
        let ahead = ReadAhead::new(unpacked).map_err(failed)?;
        read_with(&name, &self.options, on_row, |work, meter| {
            work.unpacked(BufReader::with_capacity(BUFFER, Metered { inner: ahead, meter }))
        })
    }
}

/// Reads a statement file from any reader: gzip, tar or plain CSV, distinguished by their first bytes.
///
/// `name` appears in errors; where it is the name of a statement file, rows of other months than its month are bad rows.
///
/// # Errors
/// [`Error::Statement`] where the file cannot be read to its end, and errors of `on_row`.
pub fn read<R: Read>(
    name: &str,
    reader: R,
    options: &StatementOptions,
    on_row: impl FnMut(&StatementRow<'_>) -> Result<(), Error>,
) -> Result<StatementSummary, Error> {
    read_with(name, options, on_row, |work, _| work.file(BufReader::with_capacity(BUFFER, reader)))
}

/// Reads with what `run` does.
fn read_with<F>(
    name: &str,
    options: &StatementOptions,
    on_row: F,
    run: impl for<'w> FnOnce(&mut Work<'w, F>, &'w Meter) -> Result<(), Stop>,
) -> Result<StatementSummary, Error>
where
    F: FnMut(&StatementRow<'_>) -> Result<(), Error>,
{
    let meter = Meter::new(options);
    let mut work = Work {
        options,
        meter: &meter,
        on_row,
        summary: StatementSummary { file: name.to_owned(), ..StatementSummary::default() },
        cycle: options.cycle.or_else(|| name.parse::<StatementName>().ok().map(StatementName::cycle)),
        layout: options.order.as_deref().map(Layout::in_order),
        member: None,
        is_archive: false,
    };
    match run(&mut work, &meter) {
        Ok(()) => {
            work.summary.uncompressed_bytes = meter.total();
            work.summary.missing_serials = missing_serials(&work.summary.members, work.is_archive);
            Ok(work.summary)
        }
        Err(Stop::Row(error)) => Err(error),
        Err(Stop::Damage(kind)) => Err(Error::Statement(Box::new(StatementError {
            file: name.to_owned(),
            member: work.member,
            kind,
            rows: work.summary.rows,
        }))),
    }
}

/// Reason why reading ends early.
enum Stop {
    Damage(DamageKind),
    Row(Error),
}

impl From<DamageKind> for Stop {
    fn from(kind: DamageKind) -> Self {
        Self::Damage(kind)
    }
}

/// State and findings of reading one file.
struct Work<'w, F> {
    options: &'w StatementOptions,
    meter: &'w Meter,
    on_row: F,
    summary: StatementSummary,
    cycle: Option<BillCycle>,
    /// The layout of the last member: later members may come without headers.
    layout: Option<Layout>,
    member: Option<String>,
    is_archive: bool,
}

impl<F: FnMut(&StatementRow<'_>) -> Result<(), Error>> Work<'_, F> {
    fn file<R: Read>(&mut self, reader: R) -> Result<(), Stop> {
        let meter = self.meter;
        let (head, reader) = input::peek(reader, 512).map_err(DamageKind::from_io)?;
        if input::is_gzip(&head) {
            let unpacked = MultiGzDecoder::new(BufReader::with_capacity(BUFFER, reader));
            self.unpacked(Metered { inner: unpacked, meter })
        } else {
            self.unpacked(Metered { inner: reader, meter })
        }
    }

    fn unpacked<R: Read>(&mut self, reader: R) -> Result<(), Stop> {
        let (head, reader) = input::peek(reader, 512).map_err(DamageKind::from_io)?;
        if head.is_empty() {
            return Err(DamageKind::Empty.into());
        }
        if !input::is_tar(&head) {
            let name = self.summary.file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            self.member(name, reader)?;
            return self.has_content();
        }
        self.is_archive = true;
        let (meter, most) = (self.meter, self.options.max_members);
        input::for_each_member(reader, meter, most, |kind, reader| match kind {
            MemberKind::Csv(name) => self.member(name, reader),
            MemberKind::Other(path) => {
                // An archive or a spreadsheet may hold rows: to leave it out would be to lose them.
                let (head, _) = input::peek(reader, SIGNATURE).map_err(DamageKind::from_io)?;
                if let Some(format) = input::unsupported(&head) {
                    self.member = Some(path);
                    return Err(DamageKind::Unsupported(format).into());
                }
                self.summary.ignored_members.push(path);
                Ok(())
            }
        })?;
        self.member = None;
        if self.summary.members.is_empty() {
            return Err(DamageKind::NoMembers.into());
        }
        self.has_content()
    }

    /// Refuses a file in which not even headers were found.
    fn has_content(&self) -> Result<(), Stop> {
        if self.layout.is_none() { Err(DamageKind::Empty.into()) } else { Ok(()) }
    }

    fn member<R: Read>(&mut self, name: String, reader: R) -> Result<(), Stop> {
        if self.summary.members.iter().any(|member| member.name == name) {
            self.member = Some(name);
            return Err(DamageKind::Duplicate.into());
        }
        self.member = Some(name.clone());
        self.meter.row();
        let (head, reader) = input::peek(reader, HEAD).map_err(DamageKind::from_io)?;
        if let Some(format) = input::unsupported(&head) {
            return Err(DamageKind::Unsupported(format).into());
        }
        let width = self.layout.as_ref().map(|layout| layout.width);
        let utf16 = match self.options.encoding {
            None => Utf16::by_mark(&head),
            Some(Encoding::Utf16) => Utf16::by_mark(&head).or(Some(Utf16::LittleEndian)),
            Some(_) => None,
        };
        match utf16 {
            // Everything after the decoder is UTF-8.
            Some(order) => {
                let decoded = Utf16Reader::new(reader, order);
                let (head, reader) = input::peek(decoded, HEAD).map_err(DamageKind::from_io)?;
                self.rows_of(name, reader, separator(&head, width), Some(Encoding::Utf16))
            }
            None => self.rows_of(name, reader, separator(&head, width), self.options.encoding),
        }
    }

    /// Reads the rows of a member.
    fn rows_of<R: Read>(
        &mut self,
        name: String,
        reader: R,
        separator: u8,
        encoding: Option<Encoding>,
    ) -> Result<(), Stop> {
        let mut csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .buffer_capacity(BUFFER)
            .from_reader(reader);
        let mut decoder = Decoder { encoding };
        let (mut record, mut fields) = (csv::ByteRecord::new(), Fields::default());
        let mut layout: Option<Layout> = None;
        let mut unreadable = Unreadable::default();
        let before = self.summary.rows;
        loop {
            match csv.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return Err(csv_damage(error).into()),
            }
            self.meter.row();
            if layout.is_none() {
                strip_bom(&mut record);
            }
            let line = record.position().map_or(0, csv::Position::line);
            let Some(row) = decoder.decode(&record, &mut fields) else {
                self.bad(&name, line, BadRowReason::Text);
                continue;
            };
            if row.iter().all(str::is_empty) {
                continue;
            }
            let known = match &mut layout {
                Some(layout) => layout,
                unknown => {
                    let (found, is_header) = self.layout_of(row)?;
                    let names = found.unknown.iter().map(|(name, _)| name.clone());
                    self.summary.unknown_columns.extend(names);
                    self.layout = Some(found.clone());
                    let found = unknown.insert(found);
                    if is_header {
                        continue;
                    }
                    found
                }
            };
            let facts = FileFacts {
                layout: known,
                cycle: self.cycle,
                currency: known.currency.as_deref().or(self.options.currency.as_deref()).or(Some("USD")),
            };
            match rows::charge(row, &facts, &mut unreadable) {
                Ok(charge) => {
                    let unknown = Unknown { layout: known, row };
                    let row = StatementRow { charge, member: &name, line, unknown };
                    (self.on_row)(&row).map_err(Stop::Row)?;
                    self.summary.rows += 1;
                }
                Err(reason) => self.bad(&name, line, reason),
            }
        }
        self.summary.unreadable_values += unreadable.0;
        let rows = self.summary.rows - before;
        self.summary.members.push(Member { name, rows, encoding: decoder.encoding });
        Ok(())
    }

    /// The layout of a member whose first row this is, and whether the row is one of headers.
    fn layout_of(&self, row: Row<'_>) -> Result<(Layout, bool), Stop> {
        let is_header = looks_like_headers(row.iter(), &self.options.named);
        match &self.layout {
            Some(earlier) if !is_header => Ok((earlier.clone(), false)),
            _ => {
                let found = Layout::of(row.iter(), &self.options.named).map_err(DamageKind::from)?;
                Ok((found, true))
            }
        }
    }

    fn bad(&mut self, member: &str, line: u64, reason: BadRowReason) {
        self.summary.bad_rows += 1;
        if self.summary.described_bad_rows.len() < DESCRIBED_BAD_ROWS {
            self.summary.described_bad_rows.push(BadRow { member: member.to_owned(), line, reason });
        }
    }
}

fn csv_damage(error: csv::Error) -> DamageKind {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => DamageKind::from_io(error),
        other => DamageKind::Broken(io::Error::new(io::ErrorKind::InvalidData, format!("{other:?}"))),
    }
}

/// Number of bytes that are examined to find the encoding and the separator.
const HEAD: usize = 16 * 1024;

/// Number of bytes by which formats are distinguished.
const SIGNATURE: usize = 16;

/// Returns the separator of the fields of a file with these first bytes: where the number of fields is known,
/// the one that gives that number in the first line; else a semicolon or tab where the line has more of them
/// than commas, and a comma otherwise.
fn separator(head: &[u8], width: Option<usize>) -> u8 {
    let (mut quoted, mut counts) = (false, [(b',', 0_usize), (b';', 0), (b'\t', 0)]);
    for byte in head.strip_prefix(MARK).unwrap_or(head) {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            byte if !quoted => {
                counts
                    .iter_mut()
                    .filter(|(separator, _)| separator == byte)
                    .for_each(|(_, count)| *count += 1);
            }
            _ => {}
        }
    }
    if let Some((separator, _)) = counts.iter().find(|(_, count)| Some(count + 1) == width) {
        return *separator;
    }
    let [comma, others @ ..] = counts;
    others.into_iter().fold(comma, |most, other| if other.1 > most.1 { other } else { most }).0
}

/// The byte-order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Takes a byte-order mark off the first field.
fn strip_bom(record: &mut csv::ByteRecord) {
    if !record.get(0).is_some_and(|first| first.starts_with(MARK)) {
        return;
    }
    let mut without = csv::ByteRecord::with_capacity(record.as_slice().len(), record.len());
    for (place, field) in record.iter().enumerate() {
        let field = if place == 0 { field.strip_prefix(MARK).unwrap_or(field) } else { field };
        // A mark before a quotation mark keeps the parser from seeing the quotation.
        let quoted = place == 0 && field.len() > 1 && field.starts_with(b"\"") && field.ends_with(b"\"");
        without.push_field(if quoted { field.get(1..field.len() - 1).unwrap_or(field) } else { field });
    }
    without.set_position(record.position().cloned());
    *record = without;
}

/// Gaps in the serial numbers at the ends of the members' names.
fn missing_serials(members: &[Member], is_archive: bool) -> Vec<u64> {
    let serial = |name: &str| {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let digits = stem.rsplit_once('_')?.1;
        digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten()
    };
    let serials: Option<BTreeSet<u64>> = members.iter().map(|member| serial(&member.name)).collect();
    let Some(serials) = serials else { return Vec::new() };
    let (Some(first), Some(last)) = (serials.first(), serials.last()) else { return Vec::new() };
    // The numbers of bills are said to be serial, from 0 or 1 on; those of usage files are not explained.
    let is_bill = is_archive && members.iter().all(|member| member.name.starts_with("customerBill_"));
    let first = if is_bill { *first.min(&1) } else { *first };
    if last - first > 1_000_000 || (serials.len() < 2 && !is_bill) {
        return Vec::new();
    }
    (first..=*last).filter(|number| !serials.contains(number)).collect()
}
