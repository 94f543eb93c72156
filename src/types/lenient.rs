//! Reading answers the way the service writes them, not the way its pages declare them.
//!
//! [`decode`] reads a number where text stands and text where a number stands, takes `null` for a value that should
//! always be there, and one value for a list of one. Fields that are missing are filled by the types themselves
//! (`#[serde(default)]`), unknown ones are passed over. Amounts get the number's own text.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{BorrowedStrDeserializer, MapAccessDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{
    amount::RAW_JSON,
    json::{Malformed, Reader, Token},
};

/// Reads a value from the JSON bytes of an answer, leniently.
///
/// # Errors
/// [`DecodeError`] where it is not JSON, or a value cannot be read even leniently; it names the place.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, DecodeError> {
    let mut reader = Reader::new(text(json)?);
    let read = T::deserialize(Lenient::next(&mut reader));
    match reader.end() {
        Err(wrong) if read.is_ok() => Err(wrong.into()),
        _ => read,
    }
}

/// [`decode`] for text.
///
/// # Errors
/// As for [`decode`].
pub fn decode_str<T: DeserializeOwned>(json: &str) -> Result<T, DecodeError> {
    decode(json.as_bytes())
}

fn text(json: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(json)
        .map_err(|error| DecodeError::new(format!("not text in UTF-8 at byte {}", error.valid_up_to())))
}

/// Why JSON could not be read, and where: `$.records[3].amount: not a decimal number`.
///
/// Never holds the value itself, which may be personal.
#[derive(Debug)]
pub struct DecodeError(Box<Broken>);

#[derive(Debug)]
struct Broken {
    /// The steps from the value to the root, innermost first.
    steps: Vec<String>,
    message: String,
}

impl DecodeError {
    fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Broken { steps: Vec::new(), message: message.into() }))
    }

    /// The place of the value, such as `$.records[3].amount`; `$` for the whole text.
    pub fn path(&self) -> String {
        self.0.steps.iter().rev().fold("$".to_owned(), |path, step| path + step)
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    fn below_row(mut self, index: usize) -> Self {
        self.0.steps.push(format!("[{index}]"));
        self
    }

    fn below_field(mut self, name: &str) -> Self {
        self.0.steps.push(format!(".{name}"));
        self
    }
}

impl From<Malformed> for DecodeError {
    fn from(wrong: Malformed) -> Self {
        Self::new(format!("not JSON at byte {}: {}", wrong.at, wrong.what))
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path(), self.0.message)
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

/// The next value, turned into what the type asks for.
struct Lenient<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// The value's token, where it was read already.
    token: Option<Token<'de>>,
}

impl<'r, 'de> Lenient<'r, 'de> {
    #[inline]
    fn next(reader: &'r mut Reader<'de>) -> Self {
        Self { reader, token: None }
    }

    #[inline]
    fn token(&mut self) -> Result<Token<'de>, DecodeError> {
        match self.token.take() {
            Some(token) => Ok(token),
            None => Ok(self.reader.next()?),
        }
    }

    /// Passes over the value.
    fn skip(mut self) -> Result<(), DecodeError> {
        let token = self.token()?;
        Ok(self.reader.skip_rest(&token)?)
    }

    /// The fields of an object, none for what stands for nothing.
    fn fields(mut self, expected: &dyn de::Expected) -> Result<Fields<'r, 'de>, DecodeError> {
        let ended = match self.token()? {
            Token::Object => false,
            token if is_nothing(&token) => true,
            token => return Err(unfit(&token, expected)),
        };
        Ok(Fields::new(self.reader, ended))
    }

    /// The rows of a list; a single value is a list of one.
    fn rows(mut self) -> Result<Rows<'r, 'de>, DecodeError> {
        let single = match self.token()? {
            Token::List => None,
            token if is_nothing(&token) => Some(None),
            token => Some(Some(token)),
        };
        Ok(Rows { reader: self.reader, single, index: 0, ended: false })
    }

    /// Whether null comes, which is read then.
    #[inline]
    fn is_null(&mut self) -> Result<bool, DecodeError> {
        if self.token.is_none() && self.reader.ahead() != Some(b'n') {
            return Ok(false);
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

/// What does not fit the type, for an error that does not quote it.
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
        Token::Null | Token::Bool(false) => "0",
        Token::Bool(true) => "1",
        Token::List | Token::Object => return None,
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
    let number = text.parse::<super::Amount>().ok()?;
    (number.decimals() == 0)
        .then(|| number.rounded(0).to_string().parse().ok().map(Whole::Negative))
        .flatten()
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
            token @ Token::List => {
                Lenient { reader: self.reader, token: Some(token) }.deserialize_seq(visitor)
            }
            token @ Token::Object => {
                Lenient { reader: self.reader, token: Some(token) }.deserialize_map(visitor)
            }
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
        match self.is_null() {
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
        let mut fields = self.fields(&visitor)?;
        let read = visitor.visit_map(&mut fields);
        match fields.finish(read.is_ok()) {
            None => read,
            Some(error) => Err(error),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if name != RAW_JSON {
            return visitor.visit_newtype_struct(self);
        }
        match self.token()? {
            Token::Number(text) => visitor.visit_borrowed_str(text),
            Token::Text(text) => visit_text(text, visitor),
            token => visitor.visit_newtype_struct(Lenient { reader: self.reader, token: Some(token) }),
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

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.skip()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
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
    /// There is no list, but one value or nothing.
    single: Option<Option<Token<'de>>>,
    index: usize,
    ended: bool,
}

impl<'de> Rows<'_, 'de> {
    /// The next row, `None` after the last one.
    fn advance(&mut self) -> Result<Option<Lenient<'_, 'de>>, DecodeError> {
        let token = match &mut self.single {
            Some(single) => single.take().map(Some),
            None if self.ended => None,
            None => self.reader.row(self.index == 0)?.then_some(None),
        };
        self.ended = token.is_none();
        self.index += usize::from(!self.ended);
        Ok(token.map(|token| Lenient { reader: self.reader, token }))
    }

    /// Passes over the rows that nobody asked for, if all went well. What went wrong now.
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
        error.below_row(self.index - 1)
    }
}

impl<'de> SeqAccess<'de> for Rows<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        match self.advance() {
            Ok(Some(row)) => match seed.deserialize(row) {
                Ok(value) => Ok(Some(value)),
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
    /// Its value was not asked for yet.
    waiting: bool,
    first: bool,
    ended: bool,
}

impl<'r, 'de> Fields<'r, 'de> {
    fn new(reader: &'r mut Reader<'de>, ended: bool) -> Self {
        Self { reader, name: None, waiting: false, first: true, ended }
    }

    fn advance(&mut self) -> Result<Option<&Cow<'de, str>>, DecodeError> {
        if !self.ended {
            self.name = self.reader.field(std::mem::take(&mut self.first))?;
            self.ended = self.name.is_none();
            self.waiting = !self.ended;
        }
        Ok(self.name.as_ref())
    }

    /// Passes over the fields that nobody asked for, if all went well. What went wrong now.
    fn finish(&mut self, well: bool) -> Option<DecodeError> {
        while well && !self.ended {
            let passed = if self.waiting { self.value().skip() } else { self.advance().map(drop) };
            if let Err(error) = passed {
                return Some(error);
            }
        }
        None
    }

    #[inline]
    fn value(&mut self) -> Lenient<'_, 'de> {
        self.waiting = false;
        Lenient::next(self.reader)
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
        match seed.deserialize(self.value()) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.located(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Amount, CustomerId, Day};
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Row {
        id: CustomerId,
        name: String,
        count: u32,
        shift: i64,
        frozen: bool,
        amount: Amount,
        limit: Option<i32>,
        tags: Vec<String>,
        nested: Option<Box<Row>>,
        rows: Vec<Row>,
        day: Option<Day>,
    }

    fn row(json: &str) -> Row {
        decode_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn every_form_of_a_value_is_read() {
        let expected = Row {
            id: "17".into(),
            name: "5".into(),
            count: 3,
            shift: -2,
            frozen: true,
            amount: "1.50".parse().unwrap(),
            limit: Some(9),
            tags: vec!["a".into()],
            ..Row::default()
        };
        for json in [
            r#"{"id":"17","name":"5","count":3,"shift":-2,"frozen":true,"amount":1.50,"limit":9,"tags":["a"]}"#,
            r#"{"id":17,"name":5,"count":"3","shift":"-2","frozen":"true","amount":"1.50","limit":"9","tags":"a"}"#,
            r#"{"id":17,"name":5,"count":3.0,"shift":-2e0,"frozen":1,"amount":"1.50","limit":9,"tags":["a"],"more":[{}]}"#,
        ] {
            assert_eq!(row(json), expected, "{json}");
        }
        assert_eq!(row(r#"{"rows":{"count":"1"}}"#).rows[0].count, 1);
    }

    #[test]
    fn null_is_the_empty_value() {
        let nulls = r#"{"id":null,"name":null,"count":null,"shift":null,"frozen":null,"amount":null,"limit":null,
            "tags":null,"nested":null,"rows":[null],"day":null}"#;
        assert_eq!(row(nulls), Row { rows: vec![Row::default()], ..Row::default() });
        assert_eq!(row("null"), Row::default());
    }

    #[test]
    fn inner_values_and_long_amounts_are_read_too() {
        let read =
            row(r#"{"nested":{"count":"7","amount":1234567890123456.789012345678,"day":"2026-05-01"}}"#);
        let nested = read.nested.unwrap();
        assert_eq!(nested.count, 7);
        assert_eq!(nested.amount.to_string(), "1234567890123456.789012345678");
        assert_eq!(nested.day.unwrap().to_string(), "2026-05-01");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for json in [
            r#"{"count":"many"}"#,
            r#"{"count":-1}"#,
            r#"{"frozen":"maybe"}"#,
            r#"{"amount":"x"}"#,
            "[",
            "",
            "{} {}",
            "5",
        ] {
            assert!(decode_str::<Row>(json).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = decode::<Row>(&bytes);
        }
    }
}
