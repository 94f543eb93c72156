//! Decides by its structure whether the body of a response is a success, an error, or neither.
//!
//! Services of this vendor write errors in several ways: `error_code`, `errorCode` or `code` beside a message, inside an
//! `error` object, in a list, with a message that is an object, also in responses with status 200. And a response that
//! has no error is not a success for that: of a write, only what the documentation promises proves that it was executed.

use std::borrow::Cow;

use super::codes;
use crate::types::{
    json::{Malformed, Reader, Token},
    text,
};

/// Form of the body of a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected<'n> {
    /// Anything: what the operation responds is not known.
    Anything,
    /// A file, which may be JSON.
    File,
    /// Body is a JSON object.
    Object,
    /// An object with one of these lists.
    List(&'n [&'n str]),
    /// An object with at least one of these fields, not empty.
    AnyOf(&'n [&'n str]),
    /// Body is empty or holds this list, which may be empty.
    Failures(&'n str),
    /// Body is empty or holds a code that means success.
    Nothing,
}

/// Meaning of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Body of a success.
    Success,
    /// A refusal by the service with a code of its own.
    Refusal(Signs),
    /// Neither: what stands here is missing or odd. The body may have signs of an error all the same.
    Neither(&'static str, Signs),
}

/// Signs of an error in a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// The code, the best one where there are several.
    pub(crate) code: Option<String>,
    /// Message of the error.
    pub(crate) message: Option<String>,
    /// The id of the request.
    pub(crate) request_id: Option<String>,
}

/// Pages larger than this are not looked through behind their list; the typed reading meets what stands there.
const LARGE: usize = 16 << 10;

/// Decides what the body of a response with a success status is. `writes` says that the request changes something.
///
/// A large page is not looked through behind its list: where its typed reading meets fields of an error there,
/// [`classify_whole`] decides.
pub(crate) fn classify(body: &[u8], expected: Expected<'_>, writes: bool) -> Finding {
    decide(body, expected, writes, LARGE)
}

/// [`classify`] of a large page too.
pub(crate) fn classify_whole(body: &[u8], expected: Expected<'_>, writes: bool) -> Finding {
    decide(body, expected, writes, usize::MAX)
}

fn decide(body: &[u8], expected: Expected<'_>, writes: bool, large: usize) -> Finding {
    let (text, _) = text(body);
    if expected == Expected::File
        && !text.trim_start_matches('\u{feff}').trim_ascii_start().starts_with(['{', '['])
    {
        return Finding::Success;
    }
    let blank = text.trim_start_matches('\u{feff}').trim_ascii().is_empty();
    let mut root = Root { large, ..Root::default() };
    let is_json = blank || root.read(&text, expected).is_ok();
    if root.list_of_large_page {
        return Finding::Success;
    }
    if !is_json {
        return match expected {
            Expected::File | Expected::Anything => Finding::Success,
            _ => Finding::Neither("it is not JSON", Signs::default()),
        };
    }
    let proven = root.proves(expected, blank);
    let is_file = expected == Expected::File;
    let nothing_else = root.others == 0;
    // Contradictions: a code of an error beside what only a success has.
    let refused = root.codes.iter().any(|code| code.rank == Rank::Top && is_service_code(&code.text));
    let unknown_code = root.codes.iter().any(|code| code.rank == Rank::Top && !means_success(&code.text));
    let counts = |code: &&Code| match code.rank {
        Rank::Top => false,
        Rank::Weak => (nothing_else && root.has_message) || (!is_file && is_service_code(&code.text)),
        Rank::Nested => true,
        Rank::Listed => !is_file || root.other_parts == 0,
    };
    let elsewhere = root.codes.iter().filter(counts).any(|code| !means_success(&code.text));
    let names_refusal = refused || root.codes.iter().filter(counts).any(|code| is_service_code(&code.text));
    let only_message = root.codes.is_empty() && root.has_error_message && nothing_else;
    let sign = unknown_code || elsewhere || root.says_failure || only_message;
    let signs = root.signs();
    if is_file {
        let is_error =
            refused || (elsewhere && nothing_else && signs.code.as_deref().is_some_and(is_service_code));
        return if is_error { Finding::Refusal(signs) } else { Finding::Success };
    }
    if expected == Expected::Anything {
        return match sign {
            true if refused || !writes => Finding::Refusal(signs),
            true => Finding::Neither("it has signs of an error, and no code of the service", signs),
            false => Finding::Success,
        };
    }
    match (proven, sign) {
        (Ok(()), false) => Finding::Success,
        // Rows are rows, whatever an unknown word beside them says; a code of the service is an error all the same.
        (Ok(()), true)
            if !writes && root.found && !names_refusal && matches!(expected, Expected::List(_)) =>
        {
            Finding::Success
        }
        // A read has no effect, so its error is believed in any form.
        (_, true) if !writes && signs.code.is_some() => Finding::Refusal(signs),
        // Any object is one: that proves nothing against a code of the service.
        (Ok(()), true) if refused && expected == Expected::Object => Finding::Refusal(signs),
        (Ok(()), true) => Finding::Neither("it has signs of success and of an error", signs),
        (Err(_), true) if refused => Finding::Refusal(signs),
        (Err(missing), _) => Finding::Neither(missing, signs),
    }
}

/// Whether a body has the field that proves a success, whatever else it has, and whether or not it is whole. Of an error
/// response of a write it says that the write may have been executed all the same.
pub(crate) fn carries_proof(body: &[u8], expected: Expected<'_>) -> bool {
    let expected = match expected {
        // The first field holds what was executed, a second one what failed.
        Expected::AnyOf([proof, ..]) => Expected::AnyOf(std::slice::from_ref(proof)),
        // What is not in the list of failures was executed.
        Expected::Failures(_) => expected,
        // Nothing cannot stand beside an error.
        _ => return false,
    };
    let (text, _) = text(body);
    let mut root = Root { large: usize::MAX, ..Root::default() };
    // What was read before the text turned out not to be JSON counts.
    let _ = root.read(&text, expected);
    match expected {
        Expected::Failures(_) => root.list || root.null_list,
        _ => root.found,
    }
}

/// Returns the signs of an error in a response body, whatever its form.
pub(crate) fn signs_of_error(body: &[u8]) -> Signs {
    let (text, _) = text(body);
    let mut root = Root::default();
    // What was read before the text turned out not to be JSON is worth having.
    let _ = root.read(&text, Expected::Anything);
    root.signs()
}

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
fn tidy(code: &str) -> String {
    let code = code.trim();
    let upper = code.to_ascii_uppercase();
    if is_service_code(&upper) { upper } else { code.to_owned() }
}

/// Place where a code was found; earlier places take precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// `error_code` at the top, one scalar.
    Top,
    /// Inside of `error`, or in a list of codes.
    Nested,
    /// In a list of errors.
    Listed,
    /// `code` at the top, which may be something else.
    Weak,
}

struct Code {
    text: String,
    rank: Rank,
}

/// Fields that were found at the top of a body.
#[derive(Default)]
struct Root {
    is_object: bool,
    is_empty_text: bool,
    codes: Vec<Code>,
    message: Option<String>,
    has_message: bool,
    has_error_message: bool,
    says_failure: bool,
    request_id: Option<String>,
    /// Number of fields that neither concern an error nor occur in every response.
    others: usize,
    /// Number of fields around every response whose value is not plainly a success.
    around: usize,
    fields: usize,
    /// Number of fields of objects in lists that are not about an error.
    other_parts: usize,
    /// The expected fields that are there and not empty.
    found: bool,
    /// An expected list is there, as a list.
    list: bool,
    /// An expected list is there, but null.
    null_list: bool,
    /// The field of a total says zero.
    zero_total: bool,
    list_of_large_page: bool,
    /// Bytes from which on a page is large.
    large: usize,
}

/// Subject of a field at the top of a body.
enum Topic {
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

fn topic(name: &str) -> Topic {
    match Plain::of(name, |byte| matches!(byte, b'_' | b'-')).letters() {
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
fn is_total(name: &str) -> bool {
    matches!(
        Plain::of(name, |byte| byte == b'_').letters(),
        b"total" | b"totalcount" | b"count" | b"totalsize" | b"totalnum"
    )
}

/// The beginning of a field's name in small letters and without some marks, to be compared with words.
struct Plain {
    letters: [u8; 24],
    length: usize,
}

impl Plain {
    fn of(name: &str, is_mark: impl Fn(u8) -> bool) -> Self {
        let mut plain = Self { letters: [0; 24], length: 0 };
        for (letter, byte) in plain.letters.iter_mut().zip(name.bytes().filter(|byte| !is_mark(*byte))) {
            *letter = byte.to_ascii_lowercase();
            plain.length += 1;
        }
        plain
    }

    fn letters(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }
}

/// A part of an error.
pub(super) enum Part {
    Code,
    Message,
}

/// Returns the part of an error that a field of this name holds.
pub(super) fn part_of_error(name: &str) -> Option<Part> {
    match topic(name) {
        Topic::Code | Topic::WeakCode => Some(Part::Code),
        Topic::Message | Topic::WeakMessage => Some(Part::Message),
        _ => None,
    }
}

impl Root {
    fn read(&mut self, text: &str, expected: Expected<'_>) -> Result<(), Malformed> {
        let mut reader = Reader::new(text).tolerant();
        match reader.next()? {
            Token::Object => {
                self.is_object = true;
                let mut first = true;
                while let Some(name) = reader.field(std::mem::take(&mut first))? {
                    self.field(&name, &mut reader, expected, text.len())?;
                    if self.list_of_large_page {
                        return Ok(());
                    }
                }
            }
            Token::List => {
                let mut first = true;
                while reader.row(std::mem::take(&mut first))? {
                    self.error(&mut reader, Rank::Listed)?;
                }
            }
            Token::Text(text) => self.is_empty_text = text.trim_ascii().is_empty(),
            Token::Null => self.is_empty_text = true,
            _ => {}
        }
        reader.end()
    }

    fn field(
        &mut self,
        name: &str,
        reader: &mut Reader<'_>,
        expected: Expected<'_>,
        size: usize,
    ) -> Result<(), Malformed> {
        self.fields += 1;
        let about = topic(name);
        let mut ahead = reader.fork().tolerant();
        self.expected(name, &mut ahead, expected)?;
        if self.list
            && size > self.large
            && matches!(expected, Expected::List(_))
            && self.codes.is_empty()
            && !self.has_message
        {
            self.list_of_large_page = true;
            return Ok(());
        }
        match about {
            Topic::Code => match reader.fork().next()? {
                Token::List => {
                    self.around += usize::from(is_something(&mut reader.fork())?);
                    self.codes_within(&mut reader.fork(), Rank::Nested)?;
                }
                Token::Object => self.nested(&mut reader.fork())?,
                Token::Bool(there) => self.says_failure |= there,
                _ => self.code(&mut reader.fork(), Rank::Top)?,
            },
            Topic::WeakCode => match reader.fork().next()? {
                Token::List | Token::Object => {
                    self.around += usize::from(is_something(&mut reader.fork())?);
                    self.codes_within(&mut reader.fork(), Rank::Weak)?;
                }
                Token::Bool(_) => self.around += 1,
                _ => self.code(&mut reader.fork(), Rank::Weak)?,
            },
            Topic::Message | Topic::WeakMessage => {
                if let Some(message) = first_text(&mut reader.fork())?.filter(|text| !text.trim().is_empty())
                {
                    self.has_message = true;
                    self.has_error_message |= matches!(about, Topic::Message);
                    self.message.get_or_insert(message);
                }
            }
            Topic::Error => self.nested(&mut reader.fork())?,
            Topic::Success => {
                self.says_failure |= match reader.fork().next()? {
                    Token::Bool(success) => !success,
                    Token::Text(text) => ["false", "no", "n", "0", "fail", "failed", "failure", "error"]
                        .iter()
                        .any(|word| text.trim().eq_ignore_ascii_case(word)),
                    Token::Number(number) => number == "0",
                    Token::List | Token::Object => {
                        self.around += usize::from(is_something(&mut reader.fork())?);
                        false
                    }
                    Token::Null => false,
                };
            }
            Topic::RequestId => {
                let id = first_text(&mut reader.fork())?;
                let plain = |id: &String| {
                    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
                };
                self.request_id = self.request_id.take().or(id.filter(plain));
            }
            Topic::Around => {
                let token = reader.fork().next()?;
                let says_nothing = match &token {
                    Token::Null => true,
                    token => scalar(token).is_some_and(|text| means_success(&text)),
                };
                self.around += usize::from(!says_nothing);
            }
            Topic::Other => self.others += 1,
        }
        reader.skip()
    }

    /// Looks whether a field is one that proves the success.
    fn expected(
        &mut self,
        name: &str,
        ahead: &mut Reader<'_>,
        expected: Expected<'_>,
    ) -> Result<(), Malformed> {
        let named = match expected {
            Expected::List(names) | Expected::AnyOf(names) => names.contains(&name),
            Expected::Failures(list) => name == list,
            _ => false,
        };
        if !named && !is_total(name) {
            return Ok(());
        }
        let token = ahead.next()?;
        if !named {
            self.zero_total |= match &token {
                Token::Number(number) => *number == "0",
                Token::Text(text) => text.trim_ascii() == "0",
                _ => false,
            };
            return Ok(());
        }
        match token {
            Token::List => {
                self.list = true;
                let mut first = true;
                // One row is enough, and lists may be long. Where one field is the proof, it is an id or a list of objects:
                // a list of ids cannot be read as an id.
                let alone = matches!(expected, Expected::AnyOf([_]));
                if ahead.row(std::mem::take(&mut first))? {
                    let is_object = ahead.ahead() == Some(b'{');
                    self.found |= is_something(ahead)? && (is_object || !alone);
                }
            }
            Token::Object => self.list = true,
            Token::Null => self.null_list = true,
            Token::Number(_) => self.found = true,
            Token::Bool(_) => self.found |= name.starts_with("is_"),
            Token::Text(text) => {
                let text = text.trim();
                let empty = ["", "null", "none", "nil", "undefined", "-", "n/a"]
                    .iter()
                    .any(|word| text.eq_ignore_ascii_case(word));
                self.null_list |= empty;
                self.found |= !empty && !is_blank(text) && !text.contains(char::REPLACEMENT_CHARACTER);
            }
        }
        Ok(())
    }

    fn proves(&self, expected: Expected<'_>, blank: bool) -> Result<(), &'static str> {
        // A code and a message that are null say as much as an empty object.
        let all_null = self.others + self.around == 0
            && self.codes.is_empty()
            && !self.has_message
            && !self.says_failure;
        let nothing = blank || self.is_empty_text || (self.is_object && (self.fields == 0 || all_null));
        // A code that means success, a message, and nothing else.
        let acknowledged = self.is_object
            && self.others + self.around == 0
            && self
                .codes
                .iter()
                .any(|code| matches!(code.rank, Rank::Top | Rank::Weak) && !code.text.trim().is_empty())
            && self.codes.iter().all(|code| means_success(&code.text));
        match expected {
            Expected::Anything | Expected::File => Ok(()),
            Expected::Object if self.is_object => Ok(()),
            Expected::Object if blank => Err("it is empty"),
            Expected::Object => Err("it is not an object"),
            Expected::List(_) if self.list || (self.zero_total && self.is_object) => Ok(()),
            Expected::List(_) if self.null_list => Err("its list is null"),
            Expected::List(_) => Err("it does not have the list that the operation responds with"),
            Expected::AnyOf(_) if self.found => Ok(()),
            Expected::AnyOf(_) => Err("it does not have the field that proves that the request was executed"),
            Expected::Failures(_) if nothing || self.list || self.null_list || acknowledged => Ok(()),
            Expected::Failures(_) => Err("it has neither the list of failures nor nothing"),
            Expected::Nothing if nothing || acknowledged => Ok(()),
            Expected::Nothing => Err("it has fields although the operation responds with nothing"),
        }
    }

    fn code(&mut self, reader: &mut Reader<'_>, rank: Rank) -> Result<(), Malformed> {
        let token = reader.next()?;
        if let Some(text) = scalar(&token) {
            self.codes.push(Code { text: tidy(&text), rank });
        }
        Ok(())
    }

    /// A list or an object in the place of a code.
    fn codes_within(&mut self, reader: &mut Reader<'_>, rank: Rank) -> Result<(), Malformed> {
        if let Some(text) = first_text(reader)? {
            self.codes.push(Code { text: tidy(&text), rank });
        }
        Ok(())
    }

    /// Records a value in a place where only an error has one.
    fn failure(&mut self, message: &str) {
        if !message.trim().is_empty() && !means_success(message) {
            self.has_message = true;
            self.says_failure = true;
            self.message.get_or_insert_with(|| message.to_owned());
        }
    }

    /// `error` or `errors`: an object, a list of objects, or a text.
    fn nested(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        let (mut again, before) = (reader.fork(), (self.codes.len(), self.says_failure));
        match reader.fork().next()? {
            Token::List => {
                self.around += usize::from(is_something(&mut reader.fork())?);
                reader.next()?;
                let mut first = true;
                while reader.row(std::mem::take(&mut first))? {
                    if let Some(text) = scalar(&reader.fork().next()?) {
                        self.failure(&text);
                    }
                    self.error(reader, Rank::Listed)?;
                }
            }
            Token::Object => {
                self.around += usize::from(is_something(&mut reader.fork())?);
                self.error(reader, Rank::Nested)?;
            }
            Token::Bool(there) => self.says_failure |= there,
            Token::Number(number) => {
                self.codes.push(Code { text: tidy(number), rank: Rank::Nested });
            }
            Token::Text(text) if !text.trim().is_empty() => {
                // As OAuth has it: the code is the text.
                self.has_message = true;
                self.codes.push(Code { text: tidy(&text), rank: Rank::Nested });
            }
            _ => {}
        }
        // An error under names that are not known says something all the same.
        if (self.codes.len(), self.says_failure) == before
            && let Some(text) = first_text(&mut again)?
        {
            self.failure(&text);
        }
        Ok(())
    }

    /// An object that is an error.
    fn error(&mut self, reader: &mut Reader<'_>, rank: Rank) -> Result<(), Malformed> {
        let token = reader.next()?;
        if !matches!(token, Token::Object) {
            return reader.skip_rest(&token);
        }
        let (mut first, before, mut words) = (true, self.codes.len(), None);
        while let Some(name) = reader.field(std::mem::take(&mut first))? {
            match topic(&name) {
                Topic::Code | Topic::WeakCode => self.code(&mut reader.fork(), rank)?,
                Topic::Message | Topic::WeakMessage => {
                    words = words.or(first_text(&mut reader.fork())?.filter(|text| !text.trim().is_empty()));
                }
                Topic::RequestId | Topic::Around => {}
                _ => self.other_parts += 1,
            }
            reader.skip()?;
        }
        match words {
            // Words without a code: an error where one is expected, anything in a list of anything.
            Some(words) if rank == Rank::Nested && self.codes.len() == before => self.failure(&words),
            Some(words) => {
                self.has_message = true;
                self.message.get_or_insert(words);
            }
            None => {}
        }
        Ok(())
    }

    fn signs(&self) -> Signs {
        let candidates =
            || self.codes.iter().filter(|code| !code.text.is_empty() && !means_success(&code.text));
        let best = candidates()
            .filter(|code| is_service_code(&code.text))
            .min_by_key(|code| code.rank)
            .or_else(|| candidates().min_by_key(|code| code.rank));
        Signs {
            code: best.map(|code| code.text.clone()),
            message: self.message.clone(),
            request_id: self.request_id.clone(),
        }
    }
}

fn scalar<'t>(token: &Token<'t>) -> Option<Cow<'t, str>> {
    match token {
        Token::Text(text) => Some(text.clone()),
        Token::Number(number) => Some(Cow::Borrowed(number)),
        _ => None,
    }
}

/// The first text or number in a value, however deep.
fn first_text(reader: &mut Reader<'_>) -> Result<Option<String>, Malformed> {
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

/// Whether a value says anything, however deep.
fn is_something(reader: &mut Reader<'_>) -> Result<bool, Malformed> {
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

/// Whether a text has nothing that a reader would see.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    })
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
