//! Splits Rust sources into documentation, comments, string literals and names.

/// One piece of prose or code of a source file.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Line of the piece, counted from one.
    pub line: usize,
    /// Kind of the piece.
    pub kind: Kind,
    /// Text without the marks of comments and strings.
    pub text: String,
}

/// Kinds of pieces that hold words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Documentation of the item that follows: `///`.
    Doc,
    /// Documentation of the enclosing module: `//!`.
    ModuleDoc,
    /// A comment of the code.
    Comment,
    /// A string literal.
    Text,
    /// A name of the code.
    Name,
}

/// The pieces of a source file, one for each line of a comment.
pub fn pieces(source: &str) -> Vec<Piece> {
    let chars: Vec<char> = source.chars().collect();
    let (mut at, mut line, mut found) = (0, 1, Vec::new());
    let starts = |at: usize, text: &str| text.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    while at < chars.len() {
        let c = chars[at];
        if c == '\n' {
            line += 1;
            at += 1;
        } else if starts(at, "//") {
            let end = (at..chars.len()).find(|i| chars[*i] == '\n').unwrap_or(chars.len());
            let text: String = chars[at..end].iter().collect();
            let doc = text.strip_prefix("///").filter(|rest| !rest.starts_with('/'));
            let (kind, text) = match (doc, text.strip_prefix("//!")) {
                (Some(rest), _) => (Kind::Doc, rest),
                (None, Some(rest)) => (Kind::ModuleDoc, rest),
                (None, None) => (Kind::Comment, text.trim_start_matches('/')),
            };
            found.push(Piece { line, kind, text: text.to_owned() });
            at = end;
        } else if starts(at, "/*") {
            let end = (at..chars.len()).find(|i| starts(*i, "*/")).unwrap_or(chars.len());
            let text: String = chars[at..end].iter().collect();
            found.push(Piece { line, kind: Kind::Comment, text: text.clone() });
            line += text.matches('\n').count();
            at = end;
        } else if let Some((start, hashes)) = raw_string(&chars, at) {
            let mark: String = std::iter::once('"').chain("#".repeat(hashes).chars()).collect();
            let end = (start..chars.len()).find(|i| starts(*i, &mark)).unwrap_or(chars.len());
            let text: String = chars[start..end].iter().collect();
            let lines = text.matches('\n').count();
            found.push(Piece { line, kind: Kind::Text, text });
            line += lines;
            at = end + mark.len();
        } else if c == '"' {
            let (mut end, mut text) = (at + 1, String::new());
            while end < chars.len() && chars[end] != '"' {
                if chars[end] == '\\' {
                    end += 1;
                }
                text.extend(chars.get(end));
                end += 1;
            }
            let lines = text.matches('\n').count();
            found.push(Piece { line, kind: Kind::Text, text });
            line += lines;
            at = end + 1;
        } else if c == '\'' && (chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'')) {
            let from = if chars.get(at + 1) == Some(&'\\') { at + 3 } else { at + 2 };
            at = (from..chars.len()).find(|i| chars[*i] == '\'').unwrap_or(chars.len()) + 1;
        } else if c.is_alphabetic() || c == '_' {
            let end = (at..chars.len())
                .find(|i| !chars[*i].is_alphanumeric() && chars[*i] != '_')
                .unwrap_or(chars.len());
            found.push(Piece { line, kind: Kind::Name, text: chars[at..end].iter().collect() });
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// Start of the content and number of hashes of a raw string literal that begins here.
fn raw_string(chars: &[char], at: usize) -> Option<(usize, usize)> {
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    if before.is_some_and(|c| c.is_alphanumeric() || *c == '_') {
        return None;
    }
    let at = if chars.get(at) == Some(&'b') { at + 1 } else { at };
    if chars.get(at) != Some(&'r') {
        return None;
    }
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(at + 1 + hashes) == Some(&'"')).then_some((at + 2 + hashes, hashes))
}
