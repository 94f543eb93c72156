//! Differences between a response and the documentation.

use std::{borrow::Cow, fmt};

use super::{
    decode_error::speakable,
    json::{Malformed, Note, Odd, Reader, Token},
    plain::{plain_write, word_written},
};

/// Difference between a response and the service's documentation that did not keep the response from being
/// read.
///
/// It says where, what came and what was expected, and never holds a value, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// Kind of the difference.
    pub kind: DriftKind,
    /// The place, such as `$.records[3].expire_time`: the first one, where the same thing comes in several rows.
    pub path: String,
    /// Value that was received, such as `text` or `a list`.
    pub received: Cow<'static, str>,
    /// Value that was expected, such as `an instant such as 2026-05-01T08:05:01Z`.
    pub expected: Cow<'static, str>,
    /// Number of equal differences in the response.
    pub count: u32,
}

/// The kinds of [`Drift`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DriftKind {
    /// A field that the crate does not know was ignored.
    UnknownField,
    /// A code that the crate does not know is kept where its type can hold it.
    UnknownCode,
    /// A value that cannot be read as what it is documented to be. It is unknown: `None`, or the empty value.
    Unreadable,
    /// Text with characters that JSON does not allow, or bytes that are no UTF-8. U+FFFD stands in their place.
    RepairedText,
}

plain_write! { Drift { kind, path, received, expected, count } }

word_written! { DriftKind { UnknownField, UnknownCode, Unreadable, RepairedText } }

impl DriftKind {
    /// Expectation of a code that is kept, although it is not known.
    pub(crate) const KNOWN_CODE: &'static str = "a known code";
    /// Expectation of a list whose rows were null.
    pub(crate) const ROWS_NOT_NULL: &'static str = "rows that are not null";

    /// The word for logs and metric labels, such as `unknown_field`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownField => "unknown_field",
            Self::UnknownCode => "unknown_code",
            Self::Unreadable => "unreadable",
            Self::RepairedText => "repaired_text",
        }
    }
}

impl fmt::Display for DriftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Drift {
    /// The place without the numbers of rows, such as `$.records[*].expire_time`: a label to count by.
    pub fn place(&self) -> String {
        let mut place = String::with_capacity(self.path.len());
        let mut rest = self.path.as_str();
        while let Some((before, after)) = rest.split_once('[') {
            place.push_str(before);
            place.push_str("[*]");
            rest = after.split_once(']').map_or("", |(_, rest)| rest);
        }
        place.push_str(rest);
        place
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, expected {}", self.path, self.received, self.expected)?;
        if self.count > 1 { write!(f, " ({} times)", self.count) } else { Ok(()) }
    }
}

/// Fields around a response that every service of this kind may add; they are no news.
const AROUND: [&str; 16] = [
    "$.error",
    "$.errors",
    "$.error_code",
    "$.error_msg",
    "$.errorCode",
    "$.errorMsg",
    "$.error_message",
    "$.code",
    "$.message",
    "$.msg",
    "$.success",
    "$.status",
    "$.status_code",
    "$.request_id",
    "$.requestId",
    "$.trace_id",
];

/// Tells what a reader took note of, with the places found by a second look at the text.
///
/// True as well where fields of an error stand around the response.
#[cold]
pub(super) fn tell(text: &str, mut notes: Vec<Note>) -> (Vec<Drift>, bool) {
    let places = places(text, &mut notes);
    let mut drift: Vec<Drift> = Vec::with_capacity(notes.len());
    let mut around = false;
    for (note, (path, received)) in notes.into_iter().zip(places) {
        let (kind, expected) = match note.what {
            Odd::UnknownField if AROUND.contains(&path.as_str()) => {
                around = true;
                continue;
            }
            Odd::UnknownField => (DriftKind::UnknownField, "no such field".into()),
            Odd::UnknownCode => (DriftKind::UnknownCode, DriftKind::KNOWN_CODE.into()),
            Odd::Unreadable(expected) if expected.starts_with("a code") => {
                (DriftKind::UnknownCode, String::from(expected).into())
            }
            Odd::Unreadable(expected) => (DriftKind::Unreadable, String::from(expected).into()),
            Odd::RepairedText => (DriftKind::RepairedText, "text in UTF-8 without control characters".into()),
            Odd::NullRow => (DriftKind::Unreadable, DriftKind::ROWS_NOT_NULL.into()),
        };
        let count = note.more.saturating_add(1);
        match drift.iter_mut().find(|known| known.kind == kind && known.path == path) {
            Some(known) => known.count = known.count.saturating_add(count),
            None => drift.push(Drift { kind, path, received: received.into(), expected, count }),
        }
    }
    (drift, around)
}

/// The paths of the fields that a type does not have, such as `$.customer.nmae`.
#[cold]
pub(super) fn unknown_fields(text: &str, mut notes: Vec<Note>) -> Vec<String> {
    notes.retain(|note| note.what == Odd::UnknownField);
    let mut paths: Vec<String> = places(text, &mut notes).into_iter().map(|(path, _)| path).collect();
    paths.dedup();
    paths
}

/// Sorts notes by their places, and gives the path of each with what stands there.
fn places(text: &str, notes: &mut [Note]) -> Vec<(String, &'static str)> {
    notes.sort_by_key(|note| note.at);
    let wanted: Vec<usize> = notes.iter().map(|note| note.at).collect();
    let mut finder = Finder { wanted: &wanted, found: Vec::with_capacity(wanted.len()) };
    // The text was read once already; should this look fail, places that are not found are those of the whole text.
    let _ = finder.value(&mut Reader::new(text).tolerant(), &mut Vec::new());
    finder.found.resize_with(wanted.len(), || ("$".to_owned(), "something"));
    finder.found
}

/// Finds the paths to places in a text.
struct Finder<'w> {
    /// The places, in their order.
    wanted: &'w [usize],
    /// The paths to the first of them, and what stands there.
    found: Vec<(String, &'static str)>,
}

enum Step {
    Field(String),
    Row(usize),
}

impl Finder<'_> {
    /// Returns true if a place that is needed begins before a byte.
    fn wants(&self, end: usize) -> bool {
        self.wanted.get(self.found.len()).is_some_and(|at| *at < end)
    }

    /// Goes through a value. Every wanted place in or before it that has no path yet has the path of the value.
    fn value(&mut self, reader: &mut Reader<'_>, steps: &mut Vec<Step>) -> Result<(), Malformed> {
        let token = reader.next()?;
        let received = match &token {
            Token::Null => "null",
            Token::Bool(_) => "a truth value",
            Token::Number(_) => "a number",
            Token::Text(_) => "text",
            Token::List => "a list",
            Token::Object => "an object",
        };
        let mut first = true;
        match token {
            Token::List => {
                self.settle(reader.at(), steps, received);
                let mut index = 0;
                while reader.row(std::mem::take(&mut first))? {
                    steps.push(Step::Row(index));
                    self.value(reader, steps)?;
                    steps.pop();
                    index += 1;
                }
            }
            Token::Object => {
                self.settle(reader.at(), steps, received);
                while let Some(name) = reader.field(std::mem::take(&mut first))? {
                    steps.push(Step::Field(speakable(&name)));
                    self.value(reader, steps)?;
                    steps.pop();
                }
            }
            _ => {}
        }
        self.settle(reader.at(), steps, received);
        Ok(())
    }

    fn settle(&mut self, end: usize, steps: &[Step], received: &'static str) {
        while self.wants(end) {
            let path = steps.iter().fold("$".to_owned(), |path, step| match step {
                Step::Field(name) => path + "." + name,
                Step::Row(index) => format!("{path}[{index}]"),
            });
            self.found.push((path, received));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_without_row_numbers() {
        let drift = Drift {
            kind: DriftKind::Unreadable,
            path: "$.a[3].b[12].c".to_owned(),
            received: "text".into(),
            expected: "a time".into(),
            count: 2,
        };
        assert_eq!(drift.place(), "$.a[*].b[*].c");
        assert_eq!(drift.to_string(), "$.a[3].b[12].c: text, expected a time (2 times)");
    }
}
