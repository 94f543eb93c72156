//! Errors of reading JSON.

use std::fmt;

use serde::de;

use super::json::Malformed;

/// Error of reading JSON, with its path: `$.records[3].amount: an object, expected a decimal number`.
///
/// Never holds the value itself, which may be personal.
#[derive(Debug)]
pub struct DecodeError(Box<Broken>);

#[derive(Debug)]
struct Broken {
    /// The steps from the value to the root, innermost first.
    steps: Vec<String>,
    message: String,
    /// No response is read with this error, whatever else may be unknown in it.
    strict: bool,
}

impl DecodeError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Broken { steps: Vec::new(), message: message.into(), strict: false }))
    }

    /// The place of the value, such as `$.records[3].amount`; `$` for the whole text.
    pub fn path(&self) -> String {
        self.0.steps.iter().rev().fold("$".to_owned(), |path, step| path + step)
    }

    /// Returns the description of the error, without its path.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Marks the error so that it is not ignored as an unknown value: it concerns money or rows, or there is
    /// no JSON at all.
    pub(super) fn strict(mut self) -> Self {
        self.0.strict = true;
        self
    }

    pub(super) fn is_strict(&self) -> bool {
        self.0.strict
    }

    pub(super) fn below_row(mut self, index: usize) -> Self {
        self.0.steps.push(format!("[{index}]"));
        self
    }

    pub(super) fn below_field(mut self, name: &str) -> Self {
        self.0.steps.push(format!(".{}", speakable(name)));
        self
    }
}

impl From<Malformed> for DecodeError {
    fn from(wrong: Malformed) -> Self {
        Self::new(format!("not JSON at byte {}: {}", wrong.at, wrong.what)).strict()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path(), self.0.message)
    }
}

impl std::error::Error for DecodeError {}

/// A field's name, unless it may be a value that is personal: names are words.
pub(super) fn speakable(name: &str) -> String {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let is_word = name.len() <= 64
        && digits < 7
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if is_word { name.to_owned() } else { "*".to_owned() }
}

/// Describes the value that was found, without its content.
fn shape(unexpected: &de::Unexpected<'_>) -> &'static str {
    use de::Unexpected;
    match unexpected {
        Unexpected::Unit => "null",
        Unexpected::Bool(_) => "a truth value",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Str(_) | Unexpected::Char(_) => "text",
        Unexpected::Seq => "a list",
        Unexpected::Map | Unexpected::StructVariant => "an object",
        Unexpected::Other(what) => match *what {
            "other text" => "other text",
            "empty text" => "empty text",
            "an empty list" => "an empty list",
            "a number" => "a number",
            "text" => "text",
            _ => "something else",
        },
        _ => "something else",
    }
}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!("{}, expected {expected}", shape(&unexpected)))
    }

    fn invalid_value(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    /// The name of a variant is a value, and not repeated.
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::new("other text, expected a known name")
    }

    /// The name of a field that came is repeated where it is a word.
    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::new(format!("the field {} is not known", speakable(field)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("the field {field} is missing")).strict()
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("the field {field} comes twice with different values")).strict()
    }
}
