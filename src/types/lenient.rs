//! A deserializer for responses as the service writes them, not as its pages declare them.
//!
//! It reads a number where text is expected and text where a number is, takes `null` for a value that should always be
//! there, and one value for a list of one. Fields that are missing are filled by the types themselves
//! (`#[serde(default)]`), unknown ones are ignored. Amounts get the number's own text.
//!
//! With a tolerant [`Reader`] a value that cannot be read is left out, and the reader takes note of it. Money and the
//! shape of lists and objects are strict in either case.

use std::{any::type_name, borrow::Cow};

use serde::{
    Deserializer,
    de::{
        self, DeserializeSeed, IntoDeserializer as _, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{BorrowedStrDeserializer, MapAccessDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{
    Amount, decimal,
    decode_error::DecodeError,
    fields::index_from,
    formats::{CAN_GO_ON, CODE, NUMBER},
    json::{Mark, Odd, Reader, Token},
};

/// The next value, turned into what the type asks for.
pub(super) struct Lenient<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// The value's token, where it was read already.
    token: Option<Token<'de>>,
    place: Place,
}

/// Place of a value in its document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a field, or alone.
    Field,
    /// In a list.
    Row,
    /// Place where a list is expected.
    InsteadOfList,
}

impl<'r, 'de> Lenient<'r, 'de> {
    #[inline]
    pub(super) fn next(reader: &'r mut Reader<'de>) -> Self {
        Self { reader, token: None, place: Place::Field }
    }

    fn with(self, token: Token<'de>) -> Self {
        Self { token: Some(token), ..self }
    }

    #[inline]
    fn token(&mut self) -> Result<Token<'de>, DecodeError> {
        match self.token.take() {
            Some(token) => Ok(token),
            None => Ok(self.reader.next()?),
        }
    }

    /// Skips the value without reading it.
    fn skip(mut self) -> Result<(), DecodeError> {
        let token = self.token()?;
        Ok(self.reader.skip_rest(&token)?)
    }

    /// The fields of an object, none for what stands for nothing. `known` are the fields of the type, where it is a
    /// struct.
    fn fields(
        mut self,
        known: Option<&'static [&'static str]>,
        expected: &dyn de::Expected,
    ) -> Result<Fields<'r, 'de>, DecodeError> {
        let token = self.token()?;
        let ended = match &token {
            Token::Object if self.place == Place::InsteadOfList => {
                // One row instead of a list of one. Rows under their numbers, or anything else, would get lost.
                if !known.is_none_or(|known| has_any(self.reader.fork(), known)) {
                    return Err(DecodeError::new("an object, expected a list").strict());
                }
                false
            }
            Token::Object => false,
            token if is_nothing(token) && self.place != Place::Row => true,
            Token::List if self.place == Place::Field && self.reader.ahead() == Some(b']') => {
                return Err(de::Error::invalid_type(Unexpected::Other("an empty list"), expected));
            }
            token => return Err(unfit(token, expected).strict()),
        };
        let can_go_on = known.is_some() && self.reader.is_tolerant();
        Ok(Fields { known: known.unwrap_or_default(), can_go_on, ..Fields::new(self.reader, ended) })
    }

    /// The rows of a list; a single value is a list of one.
    fn rows(mut self) -> Result<Rows<'r, 'de>, DecodeError> {
        let ahead = if self.token.is_none() { self.reader.ahead() } else { None };
        if ahead == Some(b'{') && self.reader.take_empty_object() {
            let begin = self.reader.mark();
            return Ok(Rows { reader: self.reader, begin, single: Some(None), index: 0, ended: false });
        }
        let single = match self.token()? {
            Token::List => None,
            token if is_nothing(&token) => Some(None),
            token => Some(Some(token)),
        };
        let begin = self.reader.mark();
        Ok(Rows { reader: self.reader, begin, single, index: 0, ended: false })
    }

    /// Whether nothing comes, which is read then: null, and in a response also blank text and an object without fields. Only
    /// an amount is not "nothing" where such an object stands for it.
    #[inline]
    fn is_absent(&mut self, option: &'static str) -> Result<bool, DecodeError> {
        if self.token.is_none() {
            match self.reader.ahead() {
                Some(b'n') => {}
                Some(b'"') if self.reader.is_tolerant() => return Ok(self.reader.take_blank_text()),
                Some(b'{') if self.reader.is_tolerant() && option != type_name::<Option<Amount>>() => {
                    return Ok(self.reader.take_empty_object());
                }
                _ => return Ok(false),
            }
        }
        match self.token()? {
            Token::Null => Ok(true),
            token => {
                self.token = Some(token);
                Ok(false)
            }
        }
    }
}

/// Whether an object has any of these fields. Its begin was read.
fn has_any(mut reader: Reader<'_>, known: &[&str]) -> bool {
    let mut first = true;
    while let Ok(Some(name)) = reader.field(std::mem::take(&mut first)) {
        if known.contains(&name.as_ref()) {
            return true;
        }
        if reader.skip().is_err() {
            break;
        }
    }
    false
}

/// The text that a scalar stands for.
fn stands_for<'t>(token: &'t Token<'_>) -> Option<&'t str> {
    match token {
        Token::Text(text) => Some(text),
        Token::Number(text) => Some(text),
        Token::Null => Some(""),
        Token::Bool(true) => Some("true"),
        Token::Bool(false) => Some("false"),
        Token::List | Token::Object => None,
    }
}

/// Null and empty text stand for nothing.
fn is_nothing(token: &Token<'_>) -> bool {
    match token {
        Token::Null => true,
        Token::Text(text) => text.trim_ascii().is_empty(),
        _ => false,
    }
}

/// Describes a value that does not fit the type, for an error that does not quote it.
#[cold]
fn unfit(token: &Token<'_>, expected: &dyn de::Expected) -> DecodeError {
    let kind = match token {
        Token::Null => Unexpected::Unit,
        Token::Bool(bool) => Unexpected::Bool(*bool),
        Token::Number(_) => Unexpected::Other("a number"),
        Token::Text(_) => Unexpected::Other("text"),
        Token::List => Unexpected::Seq,
        Token::Object => Unexpected::Map,
    };
    de::Error::invalid_type(kind, expected)
}

enum Whole {
    Positive(u64),
    Negative(i64),
}

fn whole(token: &Token<'_>) -> Option<Whole> {
    let text = match token {
        Token::Number(text) => text,
        Token::Text(text) => text.trim_ascii(),
        Token::Null => "0",
        // A truth value is no count.
        Token::Bool(_) | Token::List | Token::Object => return None,
    };
    if text.is_empty() {
        return Some(Whole::Positive(0));
    }
    if let Ok(number) = text.parse() {
        return Some(Whole::Positive(number));
    }
    if let Ok(number) = text.parse() {
        return Some(Whole::Negative(number));
    }
    // A whole number written with a decimal point or an exponent.
    let number = decimal::parse(text)?.normalize();
    if number.scale() > 0 {
        return None;
    }
    let digits = number.mantissa();
    u64::try_from(digits).map(Whole::Positive).or_else(|_| i64::try_from(digits).map(Whole::Negative)).ok()
}

macro_rules! whole_numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DecodeError> {
            let token = self.token()?;
            match whole(&token) {
                Some(Whole::Positive(number)) => visitor.visit_u64(number),
                Some(Whole::Negative(number)) => visitor.visit_i64(number),
                None => Err(unfit(&token, &visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient<'_, 'de> {
    type Error = DecodeError;

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.token()? {
            Token::Null => visitor.visit_unit(),
            Token::Bool(bool) => visitor.visit_bool(bool),
            Token::Number(text) => {
                if let Ok(number) = text.parse() {
                    visitor.visit_u64(number)
                } else if let Ok(number) = text.parse() {
                    visitor.visit_i64(number)
                } else if let Ok(number) = text.parse() {
                    visitor.visit_f64(number)
                } else {
                    Err(unfit(&Token::Number(text), &visitor))
                }
            }
            Token::Text(text) => visit_text(text, visitor),
            token @ Token::List => self.with(token).deserialize_seq(visitor),
            token @ Token::Object => self.with(token).deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DecodeError> {
        let token = self.token()?;
        match stands_for(&token).map(str::trim_ascii) {
            Some("true" | "TRUE" | "True" | "1" | "Y") => visitor.visit_bool(true),
            Some("false" | "FALSE" | "False" | "0" | "N" | "") => visitor.visit_bool(false),
            _ => Err(unfit(&token, &visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.token.is_none() && self.reader.ahead() == Some(b'"') {
            return visit_text(self.reader.string()?, visitor);
        }
        match self.token() {
            Ok(token) => match stands_for(&token) {
                Some(text) => visitor.visit_str(text),
                None => Err(unfit(&token, &visitor)),
            },
            Err(error) => Err(error),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.is_absent(type_name::<V::Value>()) {
            Ok(true) => visitor.visit_none(),
            Ok(false) => visitor.visit_some(self),
            Err(error) => Err(error),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let mut rows = self.rows()?;
        let read = visitor.visit_seq(&mut rows);
        match rows.finish(read.is_ok()) {
            None => read,
            Some(error) => Err(error),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        read_fields(self.fields(None, &visitor)?, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        read_fields(self.fields(Some(fields), &visitor)?, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match name {
            NUMBER => {
                let read = match self.token()? {
                    Token::Number(text) => visitor.visit_borrowed_str(text),
                    Token::Text(text) => visit_text(text, visitor),
                    token => Err(unfit(&token, &visitor)),
                };
                read.map_err(DecodeError::strict)
            }
            CODE => visitor.visit_seq(Code { value: Some(self.token()?), reader: self.reader }),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self.token()? {
            Token::Text(text) => visitor.visit_enum(StrDeserializer::new(&text)),
            Token::Object => {
                let mut fields = Fields::new(self.reader, false);
                let read = visitor.visit_enum(MapAccessDeserializer::new(&mut fields));
                match fields.finish(read.is_ok()) {
                    None => read,
                    Some(error) => Err(error),
                }
            }
            token => Err(unfit(&token, &visitor)),
        }
    }

    /// Skips a value that no reader needs: that of a field that the type does not have.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.reader.notes_unknown() {
            self.reader.note(self.reader.at(), Odd::UnknownField);
        }
        self.skip()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

fn read_fields<'de, V: Visitor<'de>>(
    mut fields: Fields<'_, 'de>,
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let read = visitor.visit_map(&mut fields);
    match fields.finish(read.is_ok()) {
        None => read,
        Some(error) => Err(error),
    }
}

/// A code: the first element is the value, asking for a second one says that it is not known.
struct Code<'r, 'de> {
    reader: &'r mut Reader<'de>,
    value: Option<Token<'de>>,
}

impl<'de> SeqAccess<'de> for Code<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        match self.value.take() {
            // A whole number has one form, however it was written.
            Some(Token::Number(text)) => match whole(&Token::Number(text)) {
                Some(Whole::Positive(number)) => seed.deserialize(number.into_deserializer()).map(Some),
                Some(Whole::Negative(number)) => seed.deserialize(number.into_deserializer()).map(Some),
                None => seed.deserialize(BorrowedStrDeserializer::new(text)).map(Some),
            },
            Some(token) => {
                let lenient = Lenient { reader: self.reader, token: Some(token), place: Place::Field };
                seed.deserialize(lenient).map(Some)
            }
            None => {
                if self.reader.is_tolerant() {
                    self.reader.note(self.reader.at(), Odd::UnknownCode);
                }
                Ok(None)
            }
        }
    }
}

fn visit_text<'de, V: Visitor<'de>>(text: Cow<'de, str>, visitor: V) -> Result<V::Value, DecodeError> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_str(&text),
    }
}

struct Rows<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// Position at which the list begins.
    begin: Mark,
    /// There is no list, but one value or nothing.
    single: Option<Option<Token<'de>>>,
    /// Number of rows of the list that were reached.
    index: usize,
    ended: bool,
}

impl<'de> Rows<'_, 'de> {
    /// The next row, `None` after the last one. In a response null is no row.
    fn advance(&mut self) -> Result<Option<Lenient<'_, 'de>>, DecodeError> {
        let place = if self.single.is_some() { Place::InsteadOfList } else { Place::Row };
        let token = match &mut self.single {
            Some(single) => single.take().map(Some),
            None if self.ended => None,
            None => {
                let mut more = self.reader.row(self.index == 0)?;
                self.index += usize::from(more);
                while more && self.reader.is_tolerant() && self.reader.ahead() == Some(b'n') {
                    self.reader.skip()?;
                    self.reader.note_list(self.begin, Odd::NullRow);
                    more = self.reader.row(false)?;
                    self.index += usize::from(more);
                }
                more.then_some(None)
            }
        };
        self.ended = token.is_none();
        Ok(token.map(|token| Lenient { reader: self.reader, token, place }))
    }

    /// Skips the rows that were not requested, unless reading failed, and returns the failure. What went
    /// wrong now.
    fn finish(&mut self, well: bool) -> Option<DecodeError> {
        while well && !self.ended {
            match self.advance().map(|row| row.map(Lenient::skip)) {
                Ok(None | Some(Ok(()))) => {}
                Ok(Some(Err(error))) | Err(error) => return Some(error),
            }
        }
        None
    }

    fn located(&self, error: DecodeError) -> DecodeError {
        if self.index == 0 { error } else { error.below_row(self.index - 1) }
    }
}

impl<'de> SeqAccess<'de> for Rows<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        let begin = self.begin;
        match self.advance() {
            Ok(Some(row)) => match seed.deserialize(row) {
                Ok(value) => {
                    self.reader.row_ended(begin);
                    Ok(Some(value))
                }
                Err(error) => Err(self.located(error)),
            },
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

struct Fields<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// The field that was reached.
    name: Option<Cow<'de, str>>,
    /// The fields of the type, where it is a struct.
    known: &'static [&'static str],
    /// The known field after the one that was reached, which is the most likely one.
    next: usize,
    /// A known field was there.
    any_known: bool,
    /// Whether the value has not been requested yet.
    waiting: bool,
    first: bool,
    ended: bool,
    /// A value that cannot be read may be left out.
    can_go_on: bool,
    /// Position at which the requested value begins.
    begin: Mark,
    /// Reason why the value could not be read.
    failed: Option<Failed>,
}

enum Failed {
    ForGood,
    Odd(Box<str>),
}

impl<'r, 'de> Fields<'r, 'de> {
    fn new(reader: &'r mut Reader<'de>, ended: bool) -> Self {
        let begin = reader.mark();
        Self {
            reader,
            name: None,
            known: &[],
            next: 0,
            any_known: false,
            waiting: false,
            first: true,
            ended,
            can_go_on: false,
            begin,
            failed: None,
        }
    }

    #[inline]
    fn advance(&mut self) -> Result<Option<&Cow<'de, str>>, DecodeError> {
        if !self.ended {
            let first = std::mem::take(&mut self.first);
            match self.known.get(self.next) {
                Some(likely) if self.reader.take_field(first, likely) => {
                    self.name = Some(Cow::Borrowed(likely));
                    self.next += 1;
                    self.any_known = true;
                    self.waiting = true;
                }
                _ => self.look_up(first)?,
            }
        }
        Ok(self.name.as_ref())
    }

    /// Reads the name of a field that is not the most likely one. A known name is the one that the type has, so that
    /// comparing addresses finds it again.
    fn look_up(&mut self, first: bool) -> Result<(), DecodeError> {
        self.name = self.reader.field(first)?;
        self.ended = self.name.is_none();
        self.waiting = !self.ended;
        if let Some(name) = &self.name
            && let Some(index) = index_from(self.known, self.next, |known| known == name)
        {
            self.name = self.known.get(index).copied().map(Cow::Borrowed);
            self.next = index + 1;
            self.any_known = true;
        }
        Ok(())
    }

    /// Skips the fields that were not requested, unless reading failed, and returns the failure. What went
    /// wrong now.
    fn finish(&mut self, well: bool) -> Option<DecodeError> {
        while well && !self.ended {
            let passed = if self.waiting { self.value().skip() } else { self.advance().map(drop) };
            if let Err(error) = passed {
                return Some(error);
            }
        }
        if well && self.can_go_on && !self.any_known && !self.known.is_empty() {
            self.reader.struct_is_foreign();
        }
        None
    }

    #[inline]
    fn value(&mut self) -> Lenient<'_, 'de> {
        self.waiting = false;
        self.begin = self.reader.mark();
        Lenient::next(self.reader)
    }

    /// Remembers why the value could not be read.
    #[cold]
    fn failed(&mut self, error: DecodeError) -> DecodeError {
        if self.can_go_on {
            let expected =
                error.message().split_once(", expected ").map_or(error.message(), |(_, what)| what);
            self.failed =
                Some(if error.is_strict() { Failed::ForGood } else { Failed::Odd(expected.into()) });
        }
        self.located(error)
    }

    /// Skips the value that could not be read, unless it must not be skipped.
    #[cold]
    fn leave_out(&mut self, failed: Failed) -> Result<(), DecodeError> {
        let Failed::Odd(expected) = failed else {
            return Err(DecodeError::new("not to be left out").strict());
        };
        self.reader.rewind(self.begin);
        self.reader.ahead();
        self.reader.note(self.reader.at(), Odd::Unreadable(expected));
        Ok(self.reader.skip()?)
    }

    fn located(&self, error: DecodeError) -> DecodeError {
        error.below_field(self.name.as_deref().unwrap_or_default())
    }
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = DecodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DecodeError> {
        match self.advance()? {
            Some(Cow::Borrowed(name)) => seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some),
            Some(Cow::Owned(name)) => seed.deserialize(StrDeserializer::new(name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DecodeError> {
        if let Some(failed) = self.failed.take() {
            self.leave_out(failed)?;
            return seed.deserialize(().into_deserializer());
        }
        match seed.deserialize(self.value()) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        self.can_go_on.then_some(CAN_GO_ON)
    }
}

#[cfg(test)]
#[path = "lenient_tests.rs"]
mod tests;
