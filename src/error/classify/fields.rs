//! Fields that were found in a body, by their subjects.

use super::{
    Expected, Signs,
    words::{
        Topic, all_texts, first_text, is_service_code, is_something, is_total, means_success, proves, scalar,
        stands_for_nothing, tidy, topic,
    },
};
use crate::types::json::{Malformed, Reader, Token};

/// Number of objects around an error that are looked into.
const DEEPEST_WRAPPER: usize = 3;

/// Place where a code was found; earlier places take precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// `error_code` at the top, one scalar.
    Top,
    /// Inside of `error`, or in a list of codes.
    Nested,
    /// In a list of errors.
    Listed,
    /// `code` at the top, which may be something else.
    Weak,
    /// A code of the service in an object around the error, such as `data`.
    Wrapped,
}

pub(super) struct Code {
    pub(super) text: String,
    pub(super) rank: Rank,
}

/// Fields that were found at the top of a body.
#[derive(Default)]
pub(super) struct Root {
    pub(super) is_object: bool,
    pub(super) is_empty_text: bool,
    pub(super) codes: Vec<Code>,
    pub(super) message: Option<String>,
    pub(super) has_message: bool,
    pub(super) has_error_message: bool,
    pub(super) says_failure: bool,
    pub(super) request_id: Option<String>,
    /// Number of fields that neither concern an error nor occur in every response.
    pub(super) others: usize,
    /// Number of fields around every response whose value is not plainly a success.
    pub(super) around: usize,
    pub(super) fields: usize,
    /// Number of fields of objects in lists that are not about an error.
    pub(super) other_parts: usize,
    /// The expected fields that are there and not empty.
    pub(super) found: bool,
    /// An expected list is there, as a list.
    pub(super) list: bool,
    /// An expected list is there, but null.
    pub(super) null_list: bool,
    /// An item of the list of failures does not say which one failed.
    pub(super) unnamed_failure: bool,
    /// The field of a total says zero.
    pub(super) zero_total: bool,
    /// An object around or beside the response has a code that does not mean success, whether or not it is one of the
    /// service.
    pub(super) odd_code_within: bool,
    pub(super) list_of_large_page: bool,
    /// Bytes from which on a page is large.
    pub(super) large: usize,
}

impl Root {
    /// Reads the fields of a body.
    pub(super) fn read(&mut self, text: &str, expected: Expected<'_>) -> Result<(), Malformed> {
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
            // A list of rows may have such a name.
            Topic::Around if is_expected(name, expected) => {}
            Topic::Around => {
                let token = reader.fork().next()?;
                let says_nothing = match &token {
                    Token::Null => true,
                    token => scalar(token).is_some_and(|text| means_success(&text)),
                };
                self.around += usize::from(!says_nothing);
            }
            Topic::Other => {
                self.others += 1;
                if !is_expected(name, expected) && reader.ahead() == Some(b'{') {
                    self.wrapped(&mut reader.fork(), DEEPEST_WRAPPER)?;
                }
            }
        }
        reader.skip()
    }

    /// An object that is not about an error by its name. Only a code of the service in it is one: `data`, `result` and
    /// others may hold an error as well as anything else. Lists are not looked through, because their rows have codes of their
    /// own.
    fn wrapped(&mut self, reader: &mut Reader<'_>, deepest: usize) -> Result<(), Malformed> {
        reader.next()?;
        let (mut first, mut code, mut words, mut counts) = (true, None, None, false);
        while let Some(name) = reader.field(std::mem::take(&mut first))? {
            let topic = topic(&name);
            if matches!(topic, Topic::Code) {
                let code = first_text(&mut reader.fork())?;
                // A truth value that is true says that there is an error.
                self.odd_code_within |=
                    code.map_or(reader.ahead() == Some(b't'), |code| !means_success(&code));
            }
            match (&topic, reader.ahead()) {
                (Topic::Code | Topic::WeakCode, Some(b'"')) => {
                    counts |= matches!(topic, Topic::Code);
                    code = scalar(&reader.fork().next()?).map(|text| tidy(&text)).or(code);
                }
                (Topic::Message | Topic::WeakMessage, _) => {
                    words = words.or(first_text(&mut reader.fork())?.filter(|text| !text.trim().is_empty()));
                }
                (Topic::Error | Topic::Other, Some(b'{')) if deepest > 0 => {
                    self.wrapped(&mut reader.fork(), deepest - 1)?;
                }
                _ => {}
            }
            reader.skip()?;
        }
        if let Some(code) = code.filter(|code| (counts || words.is_some()) && is_service_code(code)) {
            self.codes.push(Code { text: code, rank: Rank::Wrapped });
            self.message = self.message.take().or(words);
        }
        Ok(())
    }

    /// Looks whether a field is one that proves the success.
    fn expected(
        &mut self,
        name: &str,
        ahead: &mut Reader<'_>,
        expected: Expected<'_>,
    ) -> Result<(), Malformed> {
        let named = is_expected(name, expected);
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
        if matches!(expected, Expected::Failures(_)) && matches!(token, Token::List | Token::Object) {
            self.list = true;
            self.unnamed_failure |= !names_all_failures(ahead, &token)?;
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
                    self.found |= match ahead.fork().next()? {
                        Token::Object => is_something(ahead)?,
                        Token::List => is_something(ahead)? && !alone,
                        Token::Text(text) => !alone && proves(name, &text),
                        Token::Number(number) => !alone && proves(name, number),
                        Token::Bool(_) | Token::Null => false,
                    };
                }
            }
            Token::Object => self.list = true,
            Token::Null => self.null_list = true,
            Token::Number(number) => self.found |= proves(name, number),
            Token::Bool(_) => self.found |= name.starts_with("is_"),
            Token::Text(text) => {
                self.null_list |= stands_for_nothing(&text);
                self.found |= proves(name, &text);
            }
        }
        Ok(())
    }

    /// Whether the fields prove a success; otherwise the reason why they do not.
    pub(super) fn proves(&self, expected: Expected<'_>, blank: bool) -> Result<(), &'static str> {
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
            // A message and nothing else is what something on the way says.
            Expected::Object
                if self.is_object && self.others == 0 && self.has_message && self.codes.is_empty() =>
            {
                Err("it has a message and nothing else")
            }
            Expected::Object if self.is_object => Ok(()),
            Expected::Object if blank => Err("it is empty"),
            Expected::Object => Err("it is not an object"),
            Expected::List(_) if self.list && (self.found || !self.odd_code_within) => Ok(()),
            // No rows and no list, but a total: an empty page that nothing contradicts.
            Expected::List(_) if self.zero_total && self.is_object && !self.has_odd_signs() => Ok(()),
            Expected::List(_) if self.null_list => Err("its list is null"),
            Expected::List(_) => Err("it does not have the list that the operation responds with"),
            Expected::AnyOf(_) if self.found => Ok(()),
            Expected::AnyOf(_) => Err("it does not have the field that proves that the request was executed"),
            Expected::Failures(_) if self.unnamed_failure => {
                Err("its list of failures does not name what failed")
            }
            Expected::Failures(_) if nothing || self.list || self.null_list || acknowledged => Ok(()),
            Expected::Failures(_) => Err("it has neither the list of failures nor nothing"),
            Expected::Nothing if nothing || acknowledged => Ok(()),
            Expected::Nothing => Err("it has fields although the operation responds with nothing"),
        }
    }

    /// Whether anything at all says that there may be an error, be it no code of the service.
    pub(super) fn has_odd_signs(&self) -> bool {
        let odd_code = self.codes.iter().any(|code| !means_success(&code.text));
        let silent = self.codes.iter().all(|code| code.text.trim().is_empty());
        odd_code
            || self.odd_code_within
            || self.says_failure
            || self.around > 0
            || (self.has_message && silent)
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
        let mut texts = Vec::new();
        all_texts(reader, &mut texts)?;
        self.codes.extend(texts.iter().map(|text| Code { text: tidy(text), rank }));
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
        if (self.codes.len(), self.says_failure) == before {
            let mut texts = Vec::new();
            all_texts(&mut again, &mut texts)?;
            texts.iter().for_each(|text| self.failure(text));
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
                Topic::Code | Topic::WeakCode => match reader.fork().next()? {
                    Token::List | Token::Object => self.codes_within(&mut reader.fork(), rank)?,
                    _ => self.code(&mut reader.fork(), rank)?,
                },
                // An error in an error; the reader bounds the depth.
                Topic::Error if matches!(reader.fork().ahead(), Some(b'{' | b'[')) => {
                    self.nested(&mut reader.fork())?;
                }
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

    /// The signs of an error among the fields.
    pub(super) fn signs(&self) -> Signs {
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

/// Whether a field is one of those that prove a success.
fn is_expected(name: &str, expected: Expected<'_>) -> bool {
    match expected {
        Expected::List(names) | Expected::AnyOf(names) => names.contains(&name),
        Expected::Failures(list) => name == list,
        _ => false,
    }
}

/// Whether each item of a list of failures, or the only one in its place, has an id: what is not named among the failures
/// counts as executed. The first token was read.
fn names_all_failures(reader: &mut Reader<'_>, token: &Token<'_>) -> Result<bool, Malformed> {
    let (mut first, mut all) = (true, true);
    if matches!(token, Token::Object) {
        return Ok(reader.fork().ahead() == Some(b'}') || has_id(reader)?);
    }
    while reader.row(std::mem::take(&mut first))? {
        let row = reader.next()?;
        all &= if matches!(row, Token::Object) {
            has_id(reader)?
        } else {
            reader.skip_rest(&row)?;
            false
        };
    }
    Ok(all)
}

/// Whether an object has a field `id` with a value. Its begin was read.
fn has_id(reader: &mut Reader<'_>) -> Result<bool, Malformed> {
    let (mut first, mut found) = (true, false);
    while let Some(name) = reader.field(std::mem::take(&mut first))? {
        found |= name == "id" && scalar(&reader.fork().next()?).is_some_and(|id| proves("id", &id));
        reader.skip()?;
    }
    Ok(found)
}

/// Fields of a row of outcomes that have a value.
#[derive(Default)]
pub(super) struct RowSigns {
    ids: Vec<String>,
    has_code: bool,
}

impl RowSigns {
    /// Whether the row has this field, and a value in it that can be an id.
    pub(super) fn has_id(&self, id: &str) -> bool {
        self.ids.iter().any(|name| name == id)
    }

    /// Whether the row says which item failed, or why.
    pub(super) fn names_failure(&self) -> bool {
        self.has_code || self.ids.iter().any(|name| name == "id" || name.ends_with("_id"))
    }
}

/// Whether all rows of a list of objects, or the only one in its place, pass a test.
pub(super) fn rows_are(reader: &mut Reader<'_>, test: &dyn Fn(&RowSigns) -> bool) -> Result<bool, Malformed> {
    let (mut first, mut all) = (true, true);
    match reader.ahead() {
        Some(b'[') => {
            reader.next()?;
            while reader.row(std::mem::take(&mut first))? {
                if reader.ahead() == Some(b'{') {
                    all &= test(&row_signs(reader)?);
                } else {
                    reader.skip()?;
                }
            }
        }
        Some(b'{') if !reader.take_empty_object() => all &= test(&row_signs(reader)?),
        Some(b'{') => {}
        _ => reader.skip()?,
    }
    Ok(all)
}

fn row_signs(reader: &mut Reader<'_>) -> Result<RowSigns, Malformed> {
    reader.next()?;
    let (mut first, mut row) = (true, RowSigns::default());
    while let Some(name) = reader.field(std::mem::take(&mut first))? {
        if matches!(topic(&name), Topic::Code | Topic::WeakCode) {
            row.has_code |= is_something(&mut reader.fork())?;
        } else if scalar(&reader.fork().next()?).is_some_and(|id| proves(&name, &id)) {
            row.ids.push(name.into_owned());
        }
        reader.skip()?;
    }
    Ok(row)
}
