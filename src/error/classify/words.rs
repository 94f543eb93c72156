//! Words and values by which errors and their absence are known.

use std::borrow::Cow;

use crate::{
    error::codes,
    types::json::{Malformed, Reader, Token},
};

/// Whether a code is a known spelling of success, or none at all.
pub(crate) fn means_success(code: &str) -> bool {
    let code = code.trim();
    let zero = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte == b'0');
    if let Some((family, number)) = code.split_once('.') {
        return zero(number) && (zero(family) || is_family(family));
    }
    zero(code)
        || [
            "",
            "200",
            "80000000",
            "null",
            "none",
            "nil",
            "undefined",
            "ok",
            "success",
            "succeed",
            "succeeded",
            "successful",
        ]
        .iter()
        .any(|known| code.eq_ignore_ascii_case(known))
}

/// Whether a code has the form of the service's own codes: a known family, a point, and a number that is not zero.
pub(crate) fn is_service_code(code: &str) -> bool {
    code.split_once('.').is_some_and(|(family, number)| {
        is_family(family)
            && (1..=32).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !means_success(code)
    })
}

fn is_family(family: &str) -> bool {
    family == "APIG" || codes::families().contains(family)
}

/// The code without blanks and in the usual letters.
pub(in crate::error) fn tidy(code: &str) -> String {
    let code = code.trim();
    let upper = code.to_ascii_uppercase();
    if is_service_code(&upper) { upper } else { code.to_owned() }
}

/// Subject of a field at the top of a body.
pub(super) enum Topic {
    Code,
    WeakCode,
    Message,
    WeakMessage,
    Error,
    Success,
    RequestId,
    Around,
    Other,
}

/// The subject of a field of this name, whatever its letters, underscores and hyphens.
pub(super) fn topic(name: &str) -> Topic {
    match Plain::of(name).letters() {
        b"errorcode" | b"errcode" | b"errorno" | b"errno" => Topic::Code,
        b"code" => Topic::WeakCode,
        b"errormsg" | b"errormessage" | b"errmsg" | b"errmessage" | b"errordescription" | b"errordesc" => {
            Topic::Message
        }
        b"message" | b"msg" => Topic::WeakMessage,
        b"error" | b"errors" | b"err" => Topic::Error,
        b"success" | b"issuccess" | b"succeeded" => Topic::Success,
        b"requestid" | b"xrequestid" | b"traceid" => Topic::RequestId,
        b"status" | b"statuscode" | b"timestamp" | b"path" | b"encodedauthorizationmessage" | b"details" => {
            Topic::Around
        }
        _ => Topic::Other,
    }
}

/// Whether a field of this name says how many rows there are.
pub(super) fn is_total(name: &str) -> bool {
    matches!(Plain::of(name).letters(), b"total" | b"totalcount" | b"count" | b"totalsize" | b"totalnum")
}

/// The beginning of a field's name in small letters and without marks, to be compared with words.
struct Plain {
    letters: [u8; 28],
    length: usize,
}

impl Plain {
    fn of(name: &str) -> Self {
        let mut plain = Self { letters: [0; 28], length: 0 };
        let characters = name.chars().filter(|character| character.is_alphanumeric());
        for (letter, character) in plain.letters.iter_mut().zip(characters) {
            // Characters beyond ASCII stand in no word.
            *letter = u8::try_from(character).map_or(u8::MAX, |byte| byte.to_ascii_lowercase());
            plain.length += 1;
        }
        plain
    }

    fn letters(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }
}

/// A part of an error.
pub(in crate::error) enum Part {
    Code,
    Message,
}

/// Returns the part of an error that a field of this name holds.
pub(in crate::error) fn part_of_error(name: &str) -> Option<Part> {
    match topic(name) {
        Topic::Code | Topic::WeakCode => Some(Part::Code),
        Topic::Message | Topic::WeakMessage => Some(Part::Message),
        _ => None,
    }
}

/// The text of a text or a number.
pub(super) fn scalar<'t>(token: &Token<'t>) -> Option<Cow<'t, str>> {
    match token {
        Token::Text(text) => Some(text.clone()),
        Token::Number(number) => Some(Cow::Borrowed(number)),
        _ => None,
    }
}

/// The first text or number in a value, however deep.
pub(super) fn first_text(reader: &mut Reader<'_>) -> Result<Option<String>, Malformed> {
    let token = reader.next()?;
    let mut first = true;
    match token {
        Token::List => {
            while reader.row(std::mem::take(&mut first))? {
                if let Some(text) = first_text(reader)? {
                    return Ok(Some(text));
                }
            }
        }
        Token::Object => {
            while reader.field(std::mem::take(&mut first))?.is_some() {
                if let Some(text) = first_text(reader)? {
                    return Ok(Some(text));
                }
            }
        }
        scalar_token => return Ok(scalar(&scalar_token).map(Cow::into_owned)),
    }
    Ok(None)
}

/// The number of texts in one value that are looked at.
const MOST_TEXTS: usize = 16;

/// The texts and numbers in a value, however deep.
pub(super) fn all_texts(reader: &mut Reader<'_>, texts: &mut Vec<String>) -> Result<(), Malformed> {
    let token = reader.next()?;
    let mut first = true;
    match token {
        Token::List => {
            while reader.row(std::mem::take(&mut first))? {
                all_texts(reader, texts)?;
            }
        }
        Token::Object => {
            while reader.field(std::mem::take(&mut first))?.is_some() {
                all_texts(reader, texts)?;
            }
        }
        token => texts.extend(scalar(&token).filter(|_| texts.len() < MOST_TEXTS).map(Cow::into_owned)),
    }
    Ok(())
}

/// Whether a value says anything, however deep.
pub(super) fn is_something(reader: &mut Reader<'_>) -> Result<bool, Malformed> {
    let mut first = true;
    Ok(match reader.next()? {
        Token::Object => {
            while reader.field(std::mem::take(&mut first))?.is_some() {
                if is_something(reader)? {
                    return Ok(true);
                }
            }
            false
        }
        Token::List => {
            while reader.row(std::mem::take(&mut first))? {
                if is_something(reader)? {
                    return Ok(true);
                }
            }
            false
        }
        Token::Text(text) => !is_blank(&text),
        Token::Number(_) | Token::Bool(_) => true,
        Token::Null => false,
    })
}

/// Whether a text is a word that programs write where they have no value.
pub(super) fn stands_for_nothing(text: &str) -> bool {
    const WORDS: [&str; 10] = ["", "null", "none", "nil", "undefined", "nan", "-", "n/a", "(null)", "<null>"];
    WORDS.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// Whether a text can be an id: it is there, and can be read.
pub(super) fn is_id(text: &str) -> bool {
    !stands_for_nothing(text) && !is_blank(text) && !text.contains(char::REPLACEMENT_CHARACTER)
}

/// Whether a value in a field of this name proves something: of a field for an id, that it can be one.
///
/// Programs write `0`, `-1`, `false`, `error` and similar words where they have no id. Other fields may be codes, for which
/// these are values like any other.
pub(super) fn proves(name: &str, text: &str) -> bool {
    const WORDS: [&str; 9] =
        ["true", "false", "error", "fail", "failed", "failure", "unknown", "success", "ok"];
    if !is_id(text) {
        return false;
    }
    if name != "id" && !name.ends_with("_id") && !name.ends_with("_ids") {
        return true;
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_unseen(c));
    let negative = text.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    text.contains(|c: char| c.is_alphanumeric() && c != '0')
        && !negative
        && !text.contains(['<', '>', '{', '}', '[', ']'])
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a text has nothing that a reader would see.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_unseen(c))
}

/// Whether a character leaves no mark: controls, signs without width, fillers and the blank of Braille.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}
