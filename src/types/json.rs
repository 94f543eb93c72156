//! A reader of JSON text, value by value, that keeps every number's own text.
//!
//! serde_json turns numbers into floats by default for the whole program, and its reader is compiled again for
//! every type. This small reader knows no types, borrows from the text, and leaves numbers alone. A property test holds
//! it to serde_json: both accept the same texts and read the same values. A [tolerant](Reader::tolerant) reader also
//! takes text with control characters, broken escapes and lone surrogates, and takes note of them.

use std::borrow::Cow;

/// Maximum depth of nested lists and objects, as in serde_json.
const DEEPEST: u32 = 128;

/// The bytes at which plain text in a string ends: the quote, the escape, control characters.
#[allow(clippy::indexing_slicing)] // evaluated by the compiler, which would refuse an index out of bounds
static ENDS: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        ends[byte] = true;
        byte += 1;
    }
    ends[b'"' as usize] = true;
    ends[b'\\' as usize] = true;
    ends
};

/// Returns the number of bytes of plain text before one that ends it; `None` where none does. Eight bytes are
/// compared at a time.
fn plain_bytes(text: &[u8]) -> Option<usize> {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = EACH << 7;
    let mut at = 0;
    while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*eight);
        // Marks the high bit of each byte that is zero, exact up to the first one.
        let zeros = |word: u64| word.wrapping_sub(EACH) & !word & HIGH;
        let control = word.wrapping_sub(EACH * 0x20) & !word & HIGH;
        let ends = control | zeros(word ^ (EACH * u64::from(b'"'))) | zeros(word ^ (EACH * u64::from(b'\\')));
        if ends != 0 {
            return Some(at + ends.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = text.get(at..)?;
    rest.iter().position(|byte| ENDS.get(usize::from(*byte)) == Some(&true)).map(|further| at + further)
}

/// Token at a place of the text: a scalar, or the beginning of a list or an object.
#[derive(Debug)]
pub(crate) enum Token<'t> {
    Null,
    Bool(bool),
    /// The number as written.
    Number(&'t str),
    Text(Cow<'t, str>),
    List,
    Object,
}

/// Syntax error of a text and its byte.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) what: &'static str,
    pub(crate) at: usize,
}

impl Malformed {
    const TRAILING: &str = "text after the value";

    /// Whether a whole value was read, and more text comes after it.
    pub(crate) fn is_trailing(&self) -> bool {
        self.what == Self::TRAILING
    }
}

/// Anomaly that did not keep a text from being read.
#[derive(Debug)]
pub(crate) struct Note {
    /// The byte at which the value begins, or where the odd text is.
    pub(crate) at: usize,
    /// The depth of the value.
    depth: u32,
    pub(crate) what: Odd,
    /// Number of further anomalies of the same kind.
    pub(crate) more: u32,
}

/// Kind of an anomaly.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Odd {
    /// The field is not one that the type has.
    UnknownField,
    /// The code is not one that the type knows.
    UnknownCode,
    /// The value could not be read as what the type expects.
    Unreadable(Box<str>),
    /// The text had characters that are not allowed in JSON.
    RepairedText,
    /// The list has a row that is null.
    NullRow,
}

/// Objects that have none of the fields of their types: the whole text, and rows of the lists at its top.
#[derive(Debug, Default)]
pub(crate) struct Foreign {
    /// The whole text is one.
    pub(crate) whole: bool,
    /// The names of the lists at the top that have such rows.
    pub(crate) lists: Vec<Box<str>>,
}

/// Maximum number of anomalies that a reader records.
const MOST_NOTES: usize = 64;

/// A place in the text to which a reader can go back.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    at: usize,
    name_at: usize,
    depth: u32,
}

/// Reads a text from front to back.
pub(crate) struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
    /// Byte at which the last field's name begins.
    name_at: usize,
    tolerant: bool,
    notes_unknown: bool,
    notes: Vec<Note>,
    /// Byte at which the last struct ended that had none of its fields.
    foreign_at: Option<usize>,
    foreign: Foreign,
}

impl<'t> Reader<'t> {
    /// A reader that takes exactly what JSON allows, and byte order marks before it.
    pub(crate) fn new(text: &'t str) -> Self {
        let at = text.len() - text.trim_start_matches('\u{feff}').len();
        Self {
            text,
            at,
            depth: 0,
            name_at: 0,
            tolerant: false,
            notes_unknown: false,
            notes: Vec::new(),
            foreign_at: None,
            foreign: Foreign::default(),
        }
    }

    /// The same reader, which takes odd text too and replaces what is odd by U+FFFD.
    pub(crate) fn tolerant(mut self) -> Self {
        self.tolerant = true;
        self.notes_unknown = true;
        self
    }

    /// The same reader, which takes note of fields that a type does not have.
    pub(crate) fn noting_unknown(mut self) -> Self {
        self.notes_unknown = true;
        self
    }

    /// Whether odd values are taken.
    pub(crate) fn is_tolerant(&self) -> bool {
        self.tolerant
    }

    /// Whether fields that a type does not have are noted.
    pub(crate) fn notes_unknown(&self) -> bool {
        self.notes_unknown
    }

    /// Returns the anomalies found so far.
    pub(crate) fn into_notes(self) -> Vec<Note> {
        self.notes
    }

    /// Returns the objects that had none of the fields of their types.
    pub(crate) fn take_foreign(&mut self) -> Foreign {
        std::mem::take(&mut self.foreign)
    }

    /// Takes note that the struct that ends here had none of its fields.
    #[cold]
    pub(crate) fn struct_is_foreign(&mut self) {
        self.foreign_at = Some(self.at);
        self.foreign.whole |= self.depth == 0;
    }

    /// A row of the list that begins there ended.
    #[inline]
    pub(crate) fn row_ended(&mut self, list: Mark) {
        if self.foreign_at == Some(self.at)
            && list.depth == 2
            && let Some(name) = self.name(list.name_at)
            && !self.foreign.lists.iter().any(|known| **known == *name)
        {
            self.foreign.lists.push(name.into());
        }
    }

    /// Returns the position of the reader.
    #[inline]
    pub(crate) fn mark(&self) -> Mark {
        Mark { at: self.at, name_at: self.name_at, depth: self.depth }
    }

    /// The byte of [`Reader::mark`].
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to a place.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        (self.at, self.name_at, self.depth) = (mark.at, mark.name_at, mark.depth);
    }

    /// Another reader of the same text at the same place, which takes no notes.
    pub(crate) fn fork(&self) -> Self {
        Self { notes: Vec::new(), foreign: Foreign::default(), ..*self }
    }

    /// Takes note of something odd; of the same thing in the rows of a list, once.
    #[cold]
    pub(crate) fn note(&mut self, at: usize, what: Odd) {
        let name = self.name(self.name_at);
        let same = self.notes.iter().position(|note| {
            note.depth == self.depth && note.what == what && self.name(note.at) == name && name.is_some()
        });
        if let Some(note) = same.and_then(|index| self.notes.get_mut(index)) {
            note.more = note.more.saturating_add(1);
        } else if self.notes.len() < MOST_NOTES {
            // The path is found from the name of the field later, where there is one.
            let at = if name.is_some() { self.name_at } else { at };
            self.notes.push(Note { at, depth: self.depth, what, more: 0 });
        }
    }

    /// Takes note of something odd about a list, which begins there; the last name that was read may be one of a row.
    #[cold]
    pub(crate) fn note_list(&mut self, begin: Mark, what: Odd) {
        let here = self.mark();
        self.rewind(begin);
        self.note(begin.at, what);
        self.rewind(here);
    }

    /// Takes note of bytes that were not UTF-8 and were replaced before the text was read.
    pub(crate) fn note_replaced(&mut self, at: usize) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(Note { at, depth: 0, what: Odd::RepairedText, more: 0 });
        }
    }

    /// The name of a field as it stands in the text, if one begins at this byte.
    fn name(&self, at: usize) -> Option<&'t str> {
        let quoted = self.text.get(at..)?.strip_prefix('"')?;
        quoted.split('"').next()
    }

    /// The next token. After [`Token::List`] and [`Token::Object`] come [`Reader::row`] and [`Reader::field`].
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Token<'t>, Malformed> {
        match self.ahead() {
            Some(b'"') => self.string().map(Token::Text),
            Some(b'{') => self.enter(Token::Object),
            Some(b'[') => self.enter(Token::List),
            Some(b'-' | b'0'..=b'9') => self.number().map(Token::Number),
            Some(b't') => self.word("true", Token::Bool(true)),
            Some(b'f') => self.word("false", Token::Bool(false)),
            Some(b'n') => self.word("null", Token::Null),
            Some(_) => Err(self.malformed("no JSON value")),
            None => Err(self.malformed("the text ends too early")),
        }
    }

    /// The first byte of the next value.
    #[inline]
    pub(crate) fn ahead(&mut self) -> Option<u8> {
        self.skip_space();
        self.peek()
    }

    /// Is there another row in the list? `first` before the first one.
    pub(crate) fn row(&mut self, first: bool) -> Result<bool, Malformed> {
        if first && self.ahead() == Some(b']') {
            return Ok(self.leave());
        }
        Ok(first || self.more(b']')?)
    }

    /// The name of the next field of the object, if there is another. `first` before the first one.
    pub(crate) fn field(&mut self, first: bool) -> Result<Option<Cow<'t, str>>, Malformed> {
        if !self.before_name(first)? {
            return Ok(None);
        }
        let name = self.string()?;
        self.after_name()?;
        Ok(Some(name))
    }

    /// Whether another field of the object comes; goes to its name then.
    #[inline]
    fn before_name(&mut self, first: bool) -> Result<bool, Malformed> {
        if first && self.ahead() == Some(b'}') {
            return Ok(self.leave());
        }
        if !first && !self.more(b'}')? {
            return Ok(false);
        }
        if self.ahead() != Some(b'"') {
            return Err(self.malformed("a field name is missing"));
        }
        self.name_at = self.at;
        Ok(true)
    }

    /// Goes past the colon behind a name.
    #[inline]
    fn after_name(&mut self) -> Result<(), Malformed> {
        if self.ahead() != Some(b':') {
            return Err(self.malformed("a colon is missing"));
        }
        self.at += 1;
        Ok(())
    }

    /// Whether the next field of the object has this name, which needs no escapes. It is read then: the name that is
    /// most likely is found faster by comparing than by reading it first. `first` before the first field.
    #[inline]
    pub(crate) fn take_field(&mut self, first: bool, name: &str) -> bool {
        let mut at = self.at;
        let text = self.text.as_bytes();
        if !first {
            if text.get(at) != Some(&b',') {
                return false;
            }
            at += 1;
        }
        while matches!(text.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            at += 1;
        }
        let end = at + name.len() + 1;
        let same = text.get(at) == Some(&b'"')
            && text.get(at + 1..end) == Some(name.as_bytes())
            && text.get(end..end + 2) == Some(b"\":");
        if same {
            (self.name_at, self.at) = (at, end + 2);
        }
        same
    }

    /// Skips the next value.
    pub(crate) fn skip(&mut self) -> Result<(), Malformed> {
        if self.ahead() == Some(b'"') {
            return self.skip_string();
        }
        let token = self.next()?;
        self.skip_rest(&token)
    }

    /// Skips the text whose quote comes next: plain text, which is usual, without a second look.
    #[inline]
    fn skip_string(&mut self) -> Result<(), Malformed> {
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        match plain_bytes(rest) {
            Some(plain) if rest.get(plain) == Some(&b'"') => {
                self.at += plain + 2;
                Ok(())
            }
            _ => self.string().map(drop),
        }
    }

    /// Skips the rest of a value whose first token was read.
    pub(crate) fn skip_rest(&mut self, token: &Token<'t>) -> Result<(), Malformed> {
        let mut first = true;
        match token {
            Token::List => {
                while self.row(std::mem::take(&mut first))? {
                    self.skip()?;
                }
            }
            Token::Object => {
                while self.before_name(std::mem::take(&mut first))? {
                    self.skip_string()?;
                    self.after_name()?;
                    self.skip()?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Checks that nothing follows.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        if self.ahead().is_none() { Ok(()) } else { Err(self.malformed(Malformed::TRAILING)) }
    }

    fn malformed(&self, what: &'static str) -> Malformed {
        Malformed { what, at: self.at }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    #[inline]
    fn since(&self, begin: usize) -> &'t str {
        self.text.get(begin..self.at).unwrap_or_default()
    }

    fn word(&mut self, word: &'static str, token: Token<'t>) -> Result<Token<'t>, Malformed> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.malformed("no JSON value"));
        }
        self.at += word.len();
        Ok(token)
    }

    fn digits(&mut self) -> usize {
        let begin = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - begin
    }

    fn number(&mut self) -> Result<&'t str, Malformed> {
        let begin = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(self.malformed("no JSON number"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.malformed("no JSON number"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.malformed("no JSON number"));
            }
        }
        Ok(self.since(begin))
    }

    /// The text whose quote comes next.
    pub(crate) fn string(&mut self) -> Result<Cow<'t, str>, Malformed> {
        let begin = self.at;
        self.at += 1;
        let (mut escaped, mut odd) = (false, false);
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let Some(plain) = plain_bytes(rest) else {
                self.at = self.text.len();
                return Err(self.malformed("the text ends too early"));
            };
            self.at += plain;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                _ if self.tolerant => {
                    odd = true;
                    self.at += 1;
                }
                _ => return Err(self.malformed("a control character in text")),
            }
        }
        let plain = self.since(begin + 1);
        self.at += 1;
        if !escaped && !odd {
            return Ok(Cow::Borrowed(plain));
        }
        // Escapes are rare; serde_json knows them all, surrogates included.
        match serde_json::from_str(self.since(begin)) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) if self.tolerant => {
                self.note(begin, Odd::RepairedText);
                Ok(Cow::Owned(repaired(plain)))
            }
            Err(_) => Err(self.malformed("a broken escape in text")),
        }
    }

    /// Whether text without any character but blanks comes, which is read then.
    #[inline]
    pub(crate) fn take_blank_text(&mut self) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let [b'"', rest @ ..] = rest else { return false };
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let blank = rest.get(blanks) == Some(&b'"');
        if blank {
            self.at += blanks + 2;
        }
        blank
    }

    /// Whether an object without fields comes, which is read then.
    pub(crate) fn take_empty_object(&mut self) -> bool {
        let mut ahead = self.fork();
        let empty = matches!(ahead.next(), Ok(Token::Object)) && ahead.ahead() == Some(b'}');
        if empty {
            self.at = ahead.at + 1;
        }
        empty
    }

    fn enter(&mut self, token: Token<'t>) -> Result<Token<'t>, Malformed> {
        self.at += 1;
        self.depth += 1;
        if self.depth >= DEEPEST { Err(self.malformed("too deep")) } else { Ok(token) }
    }

    /// Past the end of a list or an object: there is nothing more.
    fn leave(&mut self) -> bool {
        self.at += 1;
        self.depth -= 1;
        false
    }

    /// After a value: another one follows, or the end.
    #[inline]
    fn more(&mut self, end: u8) -> Result<bool, Malformed> {
        match self.ahead() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == end => Ok(self.leave()),
            _ => Err(self.malformed("a comma or the end of the list or object is missing")),
        }
    }
}

/// Text between quotes with U+FFFD in place of control characters, broken escapes and lone surrogates.
#[cold]
fn repaired(text: &str) -> String {
    const ODD: char = char::REPLACEMENT_CHARACTER;
    let mut repaired = String::with_capacity(text.len());
    let mut rest = text.chars();
    let unit = |rest: &mut std::str::Chars<'_>| -> Option<u32> {
        let digits =
            rest.as_str().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        *rest = rest.as_str().get(4..).unwrap_or_default().chars();
        u32::from_str_radix(digits, 16).ok()
    };
    while let Some(next) = rest.next() {
        if next != '\\' {
            repaired.push(if next.is_ascii_control() && next != '\u{7f}' { ODD } else { next });
            continue;
        }
        repaired.push(match rest.next() {
            Some(plain @ ('"' | '\\' | '/')) => plain,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => match unit(&mut rest) {
                Some(high @ 0xd800..0xdc00) => {
                    let mut ahead = rest.clone();
                    let low = (ahead.next() == Some('\\') && ahead.next() == Some('u'))
                        .then(|| unit(&mut ahead))
                        .flatten()
                        .filter(|low| (0xdc00..0xe000).contains(low));
                    match low {
                        Some(low) => {
                            rest = ahead;
                            char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).unwrap_or(ODD)
                        }
                        None => ODD,
                    }
                }
                unit => unit.and_then(char::from_u32).unwrap_or(ODD),
            },
            _ => ODD,
        });
    }
    repaired
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn parse(text: &str) -> Result<Value, Malformed> {
        let mut reader = Reader::new(text);
        let value = value(&mut reader)?;
        reader.end()?;
        Reader::new(text).skip()?;
        Ok(value)
    }

    fn value(reader: &mut Reader<'_>) -> Result<Value, Malformed> {
        Ok(match reader.next()? {
            Token::Null => Value::Null,
            Token::Bool(bool) => bool.into(),
            Token::Number(text) => serde_json::from_str(text).unwrap_or_default(),
            Token::Text(text) => text.as_ref().into(),
            Token::List => {
                let mut list = Vec::new();
                while reader.row(list.is_empty())? {
                    list.push(value(reader)?);
                }
                list.into()
            }
            Token::Object => {
                let (mut fields, mut first) = (serde_json::Map::new(), true);
                while let Some(name) = reader.field(std::mem::take(&mut first))? {
                    let value = value(reader)?;
                    fields.insert(name.into_owned(), value);
                }
                fields.into()
            }
        })
    }

    /// Both readers accept the text and read the same, or both refuse it. What the tolerant reader accepts beyond that,
    /// it takes note of.
    fn compare(text: &str) {
        let mut tolerant = Reader::new(text).tolerant();
        if value(&mut tolerant).and_then(|_| tolerant.end()).is_ok() && tolerant.notes.is_empty() {
            assert!(parse(text).is_ok(), "{text}");
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match (serde_json::from_str::<Value>(text), parse(text)) {
            (Ok(theirs), Ok(ours)) => assert_eq!(ours, theirs, "{text}"),
            (Err(_), Err(malformed)) => assert!(malformed.at <= text.len() + 2),
            // serde_json refuses numbers beyond the range of a float; here they are text still.
            (Err(error), Ok(_)) => {
                assert!(error.to_string().contains("number out of range"), "{text}: {error}")
            }
            (theirs, ours) => panic!("{text}: {theirs:?}, {ours:?}"),
        }
    }

    #[test]
    fn texts_are_read_as_serde_json_reads_them() {
        for text in [
            "",
            " ",
            "null",
            " true ",
            "falsee",
            "nul",
            "0",
            "-0",
            "01",
            "-",
            "1.",
            ".5",
            "1e5",
            "1E+5",
            "1e",
            "1.5e-7",
            "[]",
            "[1,]",
            "[1 2]",
            "{}",
            r#"{"a":1,"a":2}"#,
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{a:1}"#,
            r#"{"a":1,}"#,
            r#""\u00e9\n\"""#,
            r#""\ud83d\ude00""#,
            r#""\ud83d""#,
            r#""\x""#,
            "\"a\nb\"",
            "\"é\"",
            "[[[[1]]]]",
            "[",
            "{\"a\":[{}]}",
            "1 2",
            "\u{feff}1",
            "1e999",
        ] {
            compare(text);
        }
        compare(&"[".repeat(200));
        compare(&format!("{}1{}", "[".repeat(127), "]".repeat(127)));
        compare(&format!("{}1{}", "[".repeat(128), "]".repeat(128)));
    }

    #[test]
    fn odd_text_is_repaired_and_noted() {
        for (text, shown) in [
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""a\ud83d b""#, "a\u{fffd} b"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\x""#, "\u{fffd}"),
            (r#""\u12""#, "\u{fffd}12"),
            (r#""\é""#, "\u{fffd}"),
            ("\"a\tb\r\n\"", "a\u{fffd}b\u{fffd}\u{fffd}"),
            ("\"\\n\tc\"", "\n\u{fffd}c"),
        ] {
            assert!(Reader::new(text).next().is_err(), "{text}");
            let mut reader = Reader::new(text).tolerant();
            match reader.next().unwrap() {
                Token::Text(read) => assert_eq!(read, shown, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
            reader.end().unwrap();
            assert_eq!(reader.notes.len(), 1, "{text}");
        }
    }

    proptest! {
        #[test]
        fn plain_text_ends_where_its_first_end_is(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let first = text.iter().position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\'));
            prop_assert_eq!(plain_bytes(&text), first);
        }

        #[test]
        fn any_text_is_read_as_serde_json_reads_it(text in r#"[\[\]{}:,"\\ \na-fnrtu0-9.eE+-é]{0,40}"#) {
            compare(&text);
        }

        #[test]
        fn any_value_is_read_as_serde_json_writes_it(text in ".{0,30}", number: i64, float: f64) {
            let written = serde_json::json!({ text.clone(): [number, float, text, null, true, {"a": {}}] });
            compare(&written.to_string());
            compare(&serde_json::to_string_pretty(&written).unwrap());
        }
    }
}
