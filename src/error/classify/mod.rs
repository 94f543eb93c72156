//! Decides by its structure whether the body of a response is a success, an error, or neither.
//!
//! Services of this vendor write errors in several ways: `error_code`, `errorCode` or `code` beside a message, inside an
//! `error` object, in a list, with a message that is an object, also in responses with status 200. And a response that
//! has no error is not a success for that: of a write, only what the documentation promises proves that it was executed.

mod fields;
mod words;

#[cfg(test)]
mod tests;

use crate::types::{
    json::{Malformed, Reader, Token},
    text,
};
use fields::{Code, Rank, Root, RowSigns, rows_are};

pub(super) use words::{Part, part_of_error, tidy};
pub(crate) use words::{is_service_code, means_success};

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
    // A list without rows proves as little as no list where an error stands beside it.
    let no_rows = matches!(expected, Expected::List(_)) && !root.found;
    // Contradictions: a code of an error beside what only a success has.
    let refused = root.codes.iter().any(|code| code.rank == Rank::Top && is_service_code(&code.text));
    let unknown_code = root.codes.iter().any(|code| code.rank == Rank::Top && !means_success(&code.text));
    let counts = |code: &&Code| match code.rank {
        Rank::Top => false,
        Rank::Weak => {
            ((nothing_else || no_rows) && root.has_message) || (!is_file && is_service_code(&code.text))
        }
        Rank::Nested | Rank::Wrapped => true,
        Rank::Listed => !is_file || root.other_parts == 0,
    };
    let elsewhere = root.codes.iter().filter(counts).any(|code| !means_success(&code.text));
    let names_refusal = refused || root.codes.iter().filter(counts).any(|code| is_service_code(&code.text));
    let words_of_error = root.message.as_deref().is_some_and(|message| !means_success(message));
    let only_message =
        root.codes.is_empty() && root.has_error_message && (nothing_else || (no_rows && words_of_error));
    let sign = unknown_code || elsewhere || root.says_failure || only_message;
    let signs = root.signs();
    if is_file {
        let refuses =
            refused || (elsewhere && nothing_else && signs.code.as_deref().is_some_and(is_service_code));
        // Nothing but an error, in whatever words: no one attaches that as a file without a name.
        let is_error = root.is_object
            && nothing_else
            && (only_message || (root.has_message && (unknown_code || root.says_failure)));
        return match (refuses, is_error) {
            (true, _) => Finding::Refusal(signs),
            (false, true) => Finding::Neither("it is an error and no file", signs),
            (false, false) => Finding::Success,
        };
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

/// Number of values after one another in a body that are looked through.
const MOST_VALUES: usize = 8;

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
    let mut rest = &*text;
    // What was read before the text turned out not to be JSON counts, and what follows the first value too: it may be the
    // response to this request behind what was left over on the connection.
    for _ in 0..MOST_VALUES {
        match root.read(rest, expected) {
            Err(after) if after.is_trailing() => rest = rest.get(after.at..).unwrap_or_default(),
            _ => break,
        }
    }
    match expected {
        Expected::Failures(_) => root.list || root.null_list,
        _ => root.found,
    }
}

/// Whether each row of the list that proves a success, the first of these fields, has these ids, and each row of the other
/// ones says at least which item failed, or why. Rows that are null are none.
pub(crate) fn rows_have_ids(body: &[u8], lists: &[&str], ids: &[&str]) -> bool {
    let (text, _) = text(body);
    let read = || {
        let mut reader = Reader::new(&text).tolerant();
        let (mut first, mut all) = (true, true);
        if !matches!(reader.next()?, Token::Object) {
            return Ok(true);
        }
        while let Some(name) = reader.field(std::mem::take(&mut first))? {
            match lists.iter().position(|list| *list == name) {
                Some(0) => all &= rows_are(&mut reader, &|row| ids.iter().all(|id| row.has_id(id)))?,
                Some(_) => all &= rows_are(&mut reader, &RowSigns::names_failure)?,
                None => reader.skip()?,
            }
        }
        Ok::<bool, Malformed>(all)
    };
    read().unwrap_or(false)
}

/// Returns the signs of an error in a response body, whatever its form.
pub(crate) fn signs_of_error(body: &[u8]) -> Signs {
    let (text, _) = text(body);
    let mut root = Root::default();
    // What was read before the text turned out not to be JSON is worth having.
    let _ = root.read(&text, Expected::Anything);
    // JSON in the text of JSON, as a gateway writes it that takes the response of a service for a text.
    if root.codes.is_empty()
        && text.trim_start_matches('\u{feff}').trim_ascii_start().starts_with('"')
        && let Ok(Token::Text(inner)) = Reader::new(&text).tolerant().next()
        && inner.trim_ascii_start().starts_with('{')
    {
        let _ = root.read(&inner, Expected::Anything);
    }
    root.signs()
}
