//! The rows of a CSV file as the rows of a run.

use std::{
    fmt,
    fs::File,
    io::{self, BufRead as _, BufReader, Chain, Read as _},
    path::Path,
};

use csv::{ByteRecord, DeserializeErrorKind, ErrorKind, StringRecord};
use huaweicloud_partner::types::shape::is_word;
use serde::de::DeserializeOwned;

use super::BulkRow;

/// The column that has the request id of a line which cannot be read otherwise.
const REQUEST_ID: &str = "request_id";

/// Reads the rows of a CSV file for [`Bulk::run`](super::Bulk::run), a line at a time.
///
/// The first line has the names of the columns, and `R` is a struct with a field for each of those that are read, in any
/// order. Spaces around values, empty lines and a byte order mark are ignored. An empty value, also one that is missing at the
/// end of a line, is the `None` of an `Option`. All digits of an [`Amount`](huaweicloud_partner::types::Amount) are kept.
///
/// A line becomes a row for which nothing is sent ([`BulkRow::unreadable`]) where it is not UTF-8, has a value of another
/// type, or has more fields than there are columns, as with an amount of `1,000` without quotes. The message of such a row
/// names the line and the column; its request id is that of the column `request_id`, where it can be read.
///
/// ```no_run
/// # use huaweicloud_partner_store::bulk::{Bulk, BulkRow};
/// # async fn example(bulk: Bulk) -> Result<(), Box<dyn std::error::Error>> {
/// use futures_util::stream;
/// use huaweicloud_partner::{types::Amount, vouchers::IssueVouchers};
/// use huaweicloud_partner_store::bulk::csv_rows;
///
/// #[derive(serde::Deserialize)]
/// struct Row {
///     request_id: String,
///     customer: String,
///     amount: Amount,
/// }
///
/// let rows = csv_rows("vouchers.csv", |row: Row| {
///     BulkRow::new(row.request_id, IssueVouchers::new("quota-1", [row.customer], row.amount))
/// })?;
/// let report = bulk.run(stream::iter(rows)).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// What the file system says, and [`io::ErrorKind::InvalidData`] where a column is missing or occurs twice. A header that is
/// no word of ASCII is shown as `***`: in a file without headers it is a value, which may be a name.
pub fn csv_rows<R, O, F>(path: impl AsRef<Path>, row: F) -> io::Result<CsvRows<R, F>>
where
    R: DeserializeOwned,
    F: FnMut(R) -> BulkRow<O>,
{
    let path = path.as_ref();
    CsvRows::open(path, row)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

type Reader = csv::Reader<Chain<BufReader<File>, &'static [u8]>>;

/// The rows of a CSV file, made by [`csv_rows`].
pub struct CsvRows<R, F> {
    reader: Reader,
    headers: StringRecord,
    /// The first line, which was read to see whether there is a column for each field.
    first: Option<Line<R>>,
    row: F,
    line: u64,
    is_broken: bool,
}

impl<R, F> fmt::Debug for CsvRows<R, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvRows").field("line", &self.line).finish_non_exhaustive()
    }
}

/// A line that was read.
struct Line<R> {
    number: u64,
    row: Result<R, Unreadable>,
}

struct Unreadable {
    request_id: String,
    message: String,
    /// The fault of the columns, where that is the reason.
    columns: Option<String>,
}

impl<R, F> CsvRows<R, F> {
    /// The number of the line that the latest row stands in or ends with, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl<R: DeserializeOwned, F> CsvRows<R, F> {
    fn open(path: &Path, row: F) -> io::Result<Self> {
        let mut file = BufReader::new(File::open(path)?);
        // Spreadsheets put a byte order mark at the beginning.
        if file.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
            file.consume(3);
        }
        // Where every line ends with one byte, the reader counts them right; the other one of Windows is trimmed.
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(file.chain(&b"\n"[..]));
        let headers = reader.headers()?.clone();
        let mut rows = Self { reader, headers, first: None, row, line: 1, is_broken: false };
        rows.first = rows.read();
        // A row without values lacks the first field that must be there; the first line, any other one.
        let without = StringRecord::new().deserialize::<R>(Some(&StringRecord::new())).err();
        let wrong = without.and_then(|error| rows.wrong_columns(&error)).or_else(|| match &rows.first {
            Some(Line { row: Err(unreadable), .. }) => unreadable.columns.clone(),
            _ => None,
        });
        match wrong {
            Some(wrong) => Err(io::Error::new(io::ErrorKind::InvalidData, wrong)),
            None => Ok(rows),
        }
    }

    fn read(&mut self) -> Option<Line<R>> {
        let mut record = ByteRecord::new();
        while !self.is_broken {
            let read = self.reader.read_byte_record(&mut record);
            let number = self.reader.position().line().saturating_sub(1);
            let row = match read {
                Ok(false) => return None,
                Ok(true) if record.iter().all(<[u8]>::is_empty) => continue,
                Ok(true) => self.row_of(std::mem::take(&mut record), number),
                Err(error) => {
                    // After an error of the file system every further read would give the same error.
                    self.is_broken = true;
                    let message = format!("line {number} cannot be read: {error}");
                    Err(Unreadable { request_id: String::new(), message, columns: None })
                }
            };
            return Some(Line { number, row });
        }
        None
    }

    fn row_of(&self, mut record: ByteRecord, number: u64) -> Result<R, Unreadable> {
        let unreadable = |record: &ByteRecord, message: String, columns| {
            let column = self.headers.iter().position(|header| header == REQUEST_ID);
            let id = column.and_then(|column| std::str::from_utf8(record.get(column)?).ok());
            let request_id = id.unwrap_or_default().to_owned();
            Err(Unreadable { request_id, message: format!("line {number}{message}"), columns })
        };
        if record.iter().skip(self.headers.len()).any(|value| !value.is_empty()) {
            let message = format!(" has {} fields for {} columns", record.len(), self.headers.len());
            return unreadable(&record, message, None);
        }
        while record.len() < self.headers.len() {
            record.push_field(b"");
        }
        let record = match StringRecord::from_byte_record(record) {
            Ok(record) => record,
            Err(error) => return unreadable(&error.into_byte_record(), " is not UTF-8".into(), None),
        };
        record.deserialize(Some(&self.headers)).or_else(|error| {
            let column = self.column_of(&error, &record);
            let place = column.map_or_else(String::new, |column| format!(", column {column}"));
            let message = format!("{place}: {}", reason(&error));
            unreadable(record.as_byte_record(), message, self.wrong_columns(&error))
        })
    }

    /// The column whose value gives an error: with the columns up to it the error is the same, with fewer it is another one.
    fn column_of(&self, error: &csv::Error, record: &StringRecord) -> Option<&str> {
        let is_same = |columns: usize| {
            let headers: StringRecord = self.headers.iter().take(columns).collect();
            let values: StringRecord = record.iter().take(columns).collect();
            values.deserialize::<R>(Some(&headers)).is_err_and(|other| reason(&other) == reason(error))
        };
        (0..self.headers.len())
            .find(|last| is_same(last + 1))
            .filter(|_| !is_same(0))
            .and_then(|last| self.headers.get(last))
    }

    /// Returns the fault of the columns, where serde says that a field is missing or occurs twice and the headers show why.
    fn wrong_columns(&self, error: &csv::Error) -> Option<String> {
        let ErrorKind::Deserialize { err, .. } = error.kind() else { return None };
        let DeserializeErrorKind::Message(message) = err.kind() else { return None };
        let (what, rest) = message.split_once(" field `")?;
        let (name, _) = rest.split_once('`')?;
        let columns = self.headers.iter().filter(|header| *header == name).count();
        match (what, columns) {
            ("missing", 0) => {
                let shown = |header| if is_word(header) { header } else { "***" };
                let found: Vec<&str> = self.headers.iter().map(shown).collect();
                Some(format!("there is no column {name}, only: {}", found.join(", ")))
            }
            ("duplicate", 2..) => Some(format!("there are two columns {name}")),
            _ => None,
        }
    }
}

/// Returns the reason that serde gives, without the place, which the reader counts otherwise.
fn reason(error: &csv::Error) -> String {
    match error.kind() {
        ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        _ => error.to_string(),
    }
}

impl<R, O, F> Iterator for CsvRows<R, F>
where
    R: DeserializeOwned,
    F: FnMut(R) -> BulkRow<O>,
{
    type Item = BulkRow<O>;

    fn next(&mut self) -> Option<BulkRow<O>> {
        let Line { number, row } = self.first.take().or_else(|| self.read())?;
        self.line = number;
        Some(match row {
            Ok(row) => (self.row)(row),
            Err(Unreadable { request_id, message, .. }) => BulkRow::unreadable(request_id, message),
        })
    }
}

#[cfg(test)]
mod tests {
    use huaweicloud_partner::{
        customers::SetBudget,
        types::{Amount, CustomerId},
    };
    use serde::Deserialize;
    use std::io::Write as _;

    use super::*;

    #[derive(Deserialize)]
    struct Row {
        request_id: String,
        customer: CustomerId,
        amount: Amount,
        months: Option<u32>,
        #[serde(default)]
        urgent: bool,
    }

    /// The lines of a file: the number and the request id of each, and its values or the reason.
    fn read(text: &[u8]) -> io::Result<Vec<(u64, String, String)>> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(text)?;
        let mut values = Vec::new();
        let mut rows = csv_rows(file.path(), |row: Row| {
            values.push(format!("{} {} {:?} {}", row.customer, row.amount, row.months, row.urgent));
            BulkRow::new(row.request_id, SetBudget::new(row.customer, row.amount))
        })?;
        let mut found = Vec::new();
        while let Some(row) = rows.next() {
            found.push((rows.line(), row.request_id, row.operation.err().unwrap_or_default()));
        }
        let mut values = values.into_iter();
        for (_, _, outcome) in &mut found {
            if outcome.is_empty() {
                *outcome = values.next().unwrap();
            }
        }
        Ok(found)
    }

    fn line(number: u64, request_id: &str, outcome: &str) -> (u64, String, String) {
        (number, request_id.to_owned(), outcome.to_owned())
    }

    #[test]
    fn values_are_read_by_the_names_of_their_columns() {
        let text = "\u{feff}amount, note ,customer,request_id,months,urgent\r\n\
                    12345678901234567890.12345678,\"a, b\",007,r1,3,true\r\n\
                    \r\n\
                    \" 0.10 \",,c2,\"r,2\",,false";
        assert_eq!(
            read(text.as_bytes()).unwrap(),
            [
                line(2, "r1", "007 12345678901234567890.12345678 Some(3) true"),
                line(4, "r,2", "c2 0.10 None false")
            ]
        );
        assert_eq!(read(b"request_id,customer,amount\n").unwrap(), []);
        assert_eq!(read(b"request_id,customer,amount\nr,c,1").unwrap(), [line(2, "r", "c 1 None false")]);
    }

    #[test]
    fn a_line_that_cannot_be_read_names_itself_and_its_column_and_the_next_one_is_read() {
        let mut text =
            b"request_id,customer,amount,months,urgent\na,c,ten,,false\nb,c,1,-1,false\nc,c,1,,maybe\n\
            d,c\ne,c,1,2,false,,\nf,c,1,2,false,3\ng,c,1,000.00,2,false\n"
                .to_vec();
        text.extend(b"h,\xce\xe5,1,,false\n\xce\xe5,c,1,,false\ni,c,1,,true\n");
        let found = read(&text).unwrap();
        let expected = [
            (2, "a", "line 2, column amount: "),
            (3, "b", "line 3, column months: "),
            (4, "c", "line 4, column urgent: "),
            (5, "d", "line 5, column amount: invalid type: empty text"),
            (6, "e", "c 1 Some(2) false"),
            (7, "f", "line 7 has 6 fields for 5 columns"),
            (8, "g", "line 8 has 6 fields for 5 columns"),
            (9, "h", "line 9 is not UTF-8"),
            (10, "", "line 10 is not UTF-8"),
            (11, "i", "c 1 None true"),
        ];
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, (number, request_id, outcome)) in found.iter().zip(expected) {
            assert!(
                (found.0, found.1.as_str()) == (number, request_id) && found.2.starts_with(outcome),
                "{found:?}"
            );
        }
        assert!(found.iter().all(|(_, _, outcome)| !outcome.contains("ten") && !outcome.contains("maybe")));
    }

    #[test]
    fn columns_that_are_missing_or_occur_twice_are_an_error_before_any_row() {
        for (text, message) in [
            ("", "there is no column request_id, only: "),
            ("id,customer,amount\n", "there is no column request_id, only: id, customer, amount"),
            (
                "request_id,customer,sum\nr,c,1\n",
                "there is no column amount, only: request_id, customer, sum",
            ),
            ("r1,Li Lei,li@example.com,李雷\n", "there is no column request_id, only: r1, ***, ***, ***"),
            ("request_id,customer,amount,amount\nr,c,1,2\n", "there are two columns amount"),
            (
                "request_id;customer;amount\nr;c;1\n",
                "there is no column request_id, only: request_id;customer;amount",
            ),
        ] {
            let error = read(text.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{text}");
            assert!(error.to_string().ends_with(&format!(": {message}")), "{text}: {error}");
        }
        let error = csv_rows("missing.csv", |row: Row| {
            BulkRow::new(row.request_id, SetBudget::new(row.customer, row.amount))
        })
        .unwrap_err();
        assert!(
            error.kind() == io::ErrorKind::NotFound && error.to_string().starts_with("missing.csv: "),
            "{error}"
        );
    }
}
