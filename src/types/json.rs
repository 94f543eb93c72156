//! JSON text as a tree that keeps every number's own text.
//!
//! serde_json turns numbers into floats unless told otherwise for the whole program, and its reader is compiled anew for
//! every type. This small reader is compiled once, borrows from the text, and leaves numbers alone. A property test
//! holds it to serde_json: both accept the same texts and read the same values.

use std::borrow::Cow;

/// How deep lists and objects may lie in each other, as in serde_json.
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

/// A JSON value.
#[derive(Debug)]
pub(super) enum Node<'t> {
    Null,
    Bool(bool),
    /// The number as written.
    Number(&'t str),
    Text(Cow<'t, str>),
    List(Vec<Node<'t>>),
    Object(Vec<(Cow<'t, str>, Node<'t>)>),
}

/// What is wrong with a text, and at which byte.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) what: &'static str,
    pub(super) at: usize,
}

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Result<Node<'_>, Malformed> {
    let mut reader = Reader { text, at: 0, depth: 0, last_object: 4 };
    let node = reader.value()?;
    reader.skip_space();
    if reader.at == text.len() { Ok(node) } else { Err(reader.malformed("text after the value")) }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
    /// How many fields the last object had: rows of a list are alike.
    last_object: usize,
}

impl<'t> Reader<'t> {
    fn malformed(&self, what: &'static str) -> Malformed {
        Malformed { what, at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn since(&self, begin: usize) -> &'t str {
        self.text.get(begin..self.at).unwrap_or_default()
    }

    fn value(&mut self) -> Result<Node<'t>, Malformed> {
        self.skip_space();
        match self.peek() {
            Some(b'"') => self.string().map(Node::Text),
            Some(b'{') => self.object(),
            Some(b'[') => self.list(),
            Some(b'-' | b'0'..=b'9') => self.number().map(Node::Number),
            Some(b't') => self.word("true", Node::Bool(true)),
            Some(b'f') => self.word("false", Node::Bool(false)),
            Some(b'n') => self.word("null", Node::Null),
            Some(_) => Err(self.malformed("no JSON value")),
            None => Err(self.malformed("the text ends too early")),
        }
    }

    fn word(&mut self, word: &'static str, node: Node<'t>) -> Result<Node<'t>, Malformed> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.malformed("no JSON value"));
        }
        self.at += word.len();
        Ok(node)
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

    fn string(&mut self) -> Result<Cow<'t, str>, Malformed> {
        let begin = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let plain = rest.iter().position(|byte| ENDS.get(usize::from(*byte)) == Some(&true));
            let Some(plain) = plain else {
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
                _ => return Err(self.malformed("a control character in text")),
            }
        }
        let plain = self.since(begin + 1);
        self.at += 1;
        if !escaped {
            return Ok(Cow::Borrowed(plain));
        }
        // Escapes are rare; serde_json knows them all, surrogates included.
        serde_json::from_str(self.since(begin))
            .map(Cow::Owned)
            .map_err(|_| self.malformed("a broken escape in text"))
    }

    fn enter(&mut self) -> Result<(), Malformed> {
        self.at += 1;
        self.depth += 1;
        if self.depth >= DEEPEST { Err(self.malformed("too deep")) } else { Ok(()) }
    }

    /// After a value: another one follows, or the end.
    fn more(&mut self, end: u8) -> Result<bool, Malformed> {
        self.skip_space();
        let next = self.peek();
        self.at += 1;
        match next {
            Some(b',') => Ok(true),
            Some(byte) if byte == end => {
                self.depth -= 1;
                Ok(false)
            }
            _ => Err(self.malformed("a comma or the end of the list or object is missing")),
        }
    }

    fn list(&mut self) -> Result<Node<'t>, Malformed> {
        self.enter()?;
        let mut list = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            self.depth -= 1;
            return Ok(Node::List(list));
        }
        loop {
            list.push(self.value()?);
            if !self.more(b']')? {
                return Ok(Node::List(list));
            }
        }
    }

    fn object(&mut self) -> Result<Node<'t>, Malformed> {
        self.enter()?;
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            self.depth -= 1;
            return Ok(Node::Object(Vec::new()));
        }
        let mut fields = Vec::with_capacity(self.last_object);
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.malformed("a field name is missing"));
            }
            let name = self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.malformed("a colon is missing"));
            }
            self.at += 1;
            fields.push((name, self.value()?));
            if !self.more(b'}')? {
                self.last_object = fields.len();
                return Ok(Node::Object(fields));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn value(node: &Node<'_>) -> Value {
        match node {
            Node::Null => Value::Null,
            Node::Bool(bool) => (*bool).into(),
            Node::Number(text) => serde_json::from_str(text).unwrap(),
            Node::Text(text) => text.as_ref().into(),
            Node::List(list) => list.iter().map(value).collect(),
            Node::Object(fields) => {
                fields.iter().map(|(name, node)| (name.to_string(), value(node))).collect()
            }
        }
    }

    /// Both readers accept the text and read the same, or both refuse it.
    fn compare(text: &str) {
        match (serde_json::from_str::<Value>(text), parse(text)) {
            (Ok(theirs), Ok(ours)) => assert_eq!(value(&ours), theirs, "{text}"),
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

    proptest! {
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
