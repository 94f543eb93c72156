//! The results of a run, kept in files.

use std::{
    fmt,
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write},
    path::Path,
};

use huaweicloud_partner::types::Amount;

use super::StopReason;

/// The outcome of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum BulkStatus {
    /// The row was executed once.
    Executed,
    /// The row was refused, or is proven not to have been executed.
    NotExecuted,
    /// Some targets of a batch were executed, and no other will be.
    PartlyExecuted,
    /// The records do not decide; a person has to.
    Undecided,
    /// The outcome is not known yet: run the same rows again.
    Open,
    /// The row cannot be read, breaks a documented rule, or has the request id of another write; nothing was
    /// sent.
    Invalid,
    /// The amount is above the limit of an item, or of the run; nothing was sent in this run.
    OverLimit,
    /// The row was not sent in this run, because of an error or because the run had stopped.
    NotSent,
    /// The row would be sent: the result of a dry run.
    Planned,
}

impl BulkStatus {
    /// All statuses in their order.
    pub const ALL: [Self; 9] = [
        Self::Executed,
        Self::NotExecuted,
        Self::PartlyExecuted,
        Self::Undecided,
        Self::Open,
        Self::Invalid,
        Self::OverLimit,
        Self::NotSent,
        Self::Planned,
    ];

    /// The status as a word, as files of results have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::NotExecuted => "not_executed",
            Self::PartlyExecuted => "partly_executed",
            Self::Undecided => "undecided",
            Self::Open => "open",
            Self::Invalid => "invalid",
            Self::OverLimit => "over_limit",
            Self::NotSent => "not_sent",
            Self::Planned => "planned",
        }
    }

    /// True where running the rows again changes nothing and no person has to decide.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Executed | Self::NotExecuted | Self::PartlyExecuted)
    }
}

/// The result of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkResult {
    /// The number of the row in the stream, from 0.
    pub index: u64,
    /// Request id of the row.
    pub request_id: String,
    /// The outcome of the row.
    pub status: BulkStatus,
    /// The record that it left; empty where there is none.
    pub record_id: String,
    /// The amount of the row, where it has one.
    pub amount: Option<Amount>,
    /// Further explanation in one sentence.
    pub message: String,
}

/// The result of a run. The results of the rows are in temporary files, which are removed when the report is dropped.
#[derive(Debug)]
pub struct BulkReport {
    counts: [u64; BulkStatus::ALL.len()],
    rows: u64,
    repeats: u64,
    total: Amount,
    executed: Amount,
    stopped: Option<StopReason>,
    results: Results,
}

impl fmt::Display for BulkReport {
    /// One line: the rows by status, and the amounts. `3 rows: 2 executed, 1 invalid; 40.50 of 40.50 executed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.rows)?;
        let statuses = BulkStatus::ALL.iter().zip(self.counts).filter(|(_, count)| *count > 0);
        for (number, (status, count)) in statuses.enumerate() {
            write!(f, "{} {count} {}", if number == 0 { ":" } else { "," }, status.as_str())?;
        }
        write!(f, "; {} of {} executed", self.executed, self.total)?;
        match self.stopped {
            Some(reason) => write!(f, "; stopped: {reason}"),
            None => Ok(()),
        }
    }
}

impl BulkReport {
    /// Returns the number of rows with this status. A row that repeats an earlier one is not counted again.
    pub fn count(&self, status: BulkStatus) -> u64 {
        BulkStatus::ALL
            .iter()
            .zip(self.counts)
            .filter(|(known, _)| **known == status)
            .map(|(_, count)| count)
            .sum()
    }

    /// Returns the number of all rows, repeated ones included.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the number of rows that repeat an earlier one: the same write with the same request id. They are one write,
    /// with one result, which the file of results has for each of them.
    pub fn repeats(&self) -> u64 {
        self.repeats
    }

    /// The sum of the amounts of all rows that could be read and break no rule, whatever their status; of rows that repeat
    /// each other, once.
    pub fn total(&self) -> Amount {
        self.total
    }

    /// The sum of the amounts that were executed, in this run or in an earlier one.
    pub fn executed(&self) -> Amount {
        self.executed
    }

    /// Returns the reason why the run stopped sending, if it did.
    pub fn stopped(&self) -> Option<StopReason> {
        self.stopped
    }

    /// True where every row is settled: running the rows again would change nothing, and no person has to decide.
    pub fn is_settled(&self) -> bool {
        BulkStatus::ALL.iter().all(|status| status.is_settled() || self.count(*status) == 0)
    }

    /// Writes the results in the order of the rows, with the columns `request_id,status,record_id,message`. A regular file is
    /// replaced at once or not at all; anything else, such as a pipe, is written to.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref();
        if path.metadata().is_ok_and(|found| !found.is_file()) {
            return self.write_csv_to(BufWriter::new(File::options().write(true).open(path)?));
        }
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))?;
        self.write_csv_to(BufWriter::new(file.as_file_mut()))?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }

    /// Writes the results as [`BulkReport::write_csv`] does.
    ///
    /// # Errors
    /// What the writer, or reading the temporary files, says.
    pub fn write_csv_to(&self, mut writer: impl Write) -> io::Result<()> {
        writer.write_all(b"request_id,status,record_id,message\n")?;
        self.results.copy_to(&mut writer)?;
        writer.flush()
    }
}

/// Takes the results of a run, in any order.
#[derive(Debug)]
pub(super) struct Recorder {
    report: BulkReport,
}

impl Recorder {
    pub(super) fn new() -> io::Result<Self> {
        let report = BulkReport {
            counts: [0; BulkStatus::ALL.len()],
            rows: 0,
            repeats: 0,
            total: Amount::default(),
            executed: Amount::default(),
            stopped: None,
            results: Results::new()?,
        };
        Ok(Self { report })
    }

    pub(super) fn record(&mut self, result: &BulkResult) -> io::Result<()> {
        let report = &mut self.report;
        let counts = report.counts.iter_mut().zip(BulkStatus::ALL);
        counts.filter(|(_, status)| *status == result.status).for_each(|(count, _)| *count += 1);
        report.rows += 1;
        if let (Some(amount), false) = (result.amount, result.status == BulkStatus::Invalid) {
            add(&mut report.total, amount);
            if result.status == BulkStatus::Executed {
                add(&mut report.executed, amount);
            }
        }
        report.results.store(result)
    }

    /// Takes note of a row that repeats an earlier one, and has its result.
    pub(super) fn repeat(&mut self, index: u64, first: u64) -> io::Result<()> {
        self.report.rows += 1;
        self.report.repeats += 1;
        self.report.results.place(index, first, SAME_AS)
    }

    pub(super) fn executed(&self) -> Amount {
        self.report.executed
    }

    pub(super) fn finish(mut self, stopped: Option<StopReason>) -> io::Result<BulkReport> {
        self.report.stopped = stopped;
        self.report.results.lines.flush()?;
        self.report.results.places.flush()?;
        Ok(self.report)
    }
}

/// Adds an amount. A sum beyond what an amount can hold stays as it is; no account holds that much.
fn add(sum: &mut Amount, amount: Amount) {
    if let Some(more) = sum.checked_add(amount) {
        *sum = more;
    }
}

/// Lines of results in the order in which they came, and where the line of each row is.
#[derive(Debug)]
struct Results {
    lines: BufWriter<File>,
    places: BufWriter<File>,
    written: u64,
    /// The row whose place comes next in the file of places.
    next: u64,
}

/// The bytes of one place: where the line begins and how long it is.
const PLACE: u64 = 16;
/// Instead of a length: the line is that of the row whose number stands instead of the beginning.
const SAME_AS: u64 = u64::MAX;

impl Results {
    fn new() -> io::Result<Self> {
        let file = || tempfile::tempfile().map(BufWriter::new);
        Ok(Self { lines: file()?, places: file()?, written: 0, next: 0 })
    }

    fn store(&mut self, result: &BulkResult) -> io::Result<()> {
        let mut line = String::new();
        for (index, field) in [&result.request_id, result.status.as_str(), &result.record_id, &result.message]
            .iter()
            .enumerate()
        {
            if index > 0 {
                line.push(',');
            }
            quote(field, &mut line);
        }
        line.push('\n');
        self.lines.write_all(line.as_bytes())?;
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        self.place(result.index, self.written, length)?;
        self.written = self.written.saturating_add(length);
        Ok(())
    }

    fn place(&mut self, index: u64, start: u64, length: u64) -> io::Result<()> {
        if index != self.next {
            self.places.seek(SeekFrom::Start(index.saturating_mul(PLACE)))?;
        }
        self.places.write_all(&start.to_le_bytes())?;
        self.places.write_all(&length.to_le_bytes())?;
        self.next = index.saturating_add(1);
        Ok(())
    }

    fn copy_to(&self, writer: &mut impl Write) -> io::Result<()> {
        let mut places = BufReader::new(self.places.get_ref().try_clone()?);
        let mut lines = BufReader::new(self.lines.get_ref().try_clone()?);
        places.seek(SeekFrom::Start(0))?;
        lines.seek(SeekFrom::Start(0))?;
        let (mut at, mut row) = (0_u64, 0_u64);
        while !places.fill_buf()?.is_empty() {
            let (mut start, mut length) = read_place(&mut places)?;
            row += 1;
            if length == SAME_AS {
                places.seek(SeekFrom::Start(start.saturating_mul(PLACE)))?;
                (start, length) = read_place(&mut places)?;
                places.seek(SeekFrom::Start(row.saturating_mul(PLACE)))?;
            }
            // Lines are near each other, so the buffer usually has the next one.
            let distance = i128::from(start) - i128::from(at);
            lines.seek_relative(i64::try_from(distance).map_err(io::Error::other)?)?;
            io::copy(&mut (&mut lines).take(length), writer)?;
            at = start.saturating_add(length);
        }
        Ok(())
    }
}

fn read_place(places: &mut impl io::Read) -> io::Result<(u64, u64)> {
    let (mut start, mut length) = ([0_u8; 8], [0_u8; 8]);
    places.read_exact(&mut start)?;
    places.read_exact(&mut length)?;
    Ok((u64::from_le_bytes(start), u64::from_le_bytes(length)))
}

/// Writes a field of a CSV file, in quotes where it needs them.
fn quote(field: &str, line: &mut String) {
    if field.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(&field.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(index: u64, status: BulkStatus, message: &str) -> BulkResult {
        BulkResult {
            index,
            request_id: format!("r{index}"),
            status,
            record_id: String::new(),
            amount: Some(Amount::from(10)),
            message: message.into(),
        }
    }

    #[test]
    fn results_are_written_in_the_order_of_the_rows() {
        let mut recorder = Recorder::new().unwrap();
        for index in [2, 0, 1, 4, 3] {
            let message = if index == 1 { "a, \"b\"\nc" } else { "" };
            recorder.record(&result(index, BulkStatus::Executed, message)).unwrap();
        }
        let report = recorder.finish(None).unwrap();
        for _ in 0..2 {
            let mut csv = Vec::new();
            report.write_csv_to(&mut csv).unwrap();
            let csv = String::from_utf8(csv).unwrap();
            let expected = "request_id,status,record_id,message\nr0,executed,,\nr1,executed,,\"a, \"\"b\"\"\nc\"\n\
                            r2,executed,,\nr3,executed,,\nr4,executed,,\n";
            assert_eq!(csv, expected);
        }
        assert_eq!((report.rows(), report.executed(), report.is_settled()), (5, Amount::from(50), true));
    }

    #[test]
    fn a_row_that_repeats_an_earlier_one_has_its_line_and_is_counted_once() {
        let mut recorder = Recorder::new().unwrap();
        recorder.repeat(2, 0).unwrap();
        recorder.record(&result(1, BulkStatus::NotExecuted, "")).unwrap();
        recorder.record(&result(0, BulkStatus::Executed, "")).unwrap();
        recorder.repeat(4, 1).unwrap();
        recorder.record(&result(3, BulkStatus::Executed, "")).unwrap();
        let report = recorder.finish(None).unwrap();
        let mut csv = Vec::new();
        report.write_csv_to(&mut csv).unwrap();
        let lines: Vec<_> = std::str::from_utf8(&csv).unwrap().lines().skip(1).collect();
        let expected =
            ["r0,executed,,", "r1,not_executed,,", "r0,executed,,", "r3,executed,,", "r1,not_executed,,"];
        assert_eq!(lines, expected);
        assert_eq!((report.rows(), report.repeats(), report.count(BulkStatus::Executed)), (5, 2, 2));
        assert_eq!((report.total(), report.executed()), (Amount::from(30), Amount::from(20)));
    }

    #[test]
    fn a_report_is_settled_only_if_every_row_is() {
        for status in BulkStatus::ALL {
            let mut recorder = Recorder::new().unwrap();
            recorder.record(&result(0, BulkStatus::Executed, "")).unwrap();
            recorder.record(&result(1, status, "")).unwrap();
            let report = recorder.finish(None).unwrap();
            let settled = ["executed", "not_executed", "partly_executed"].contains(&status.as_str());
            assert_eq!(report.is_settled(), settled, "{status:?}");
            assert_eq!(report.count(BulkStatus::Executed), 1 + u64::from(status == BulkStatus::Executed));
        }
    }
}
