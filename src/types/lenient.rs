//! A deserializer for responses as the service writes them, not as its pages declare them.
//!
//! It reads a number where text is expected and text where a number is, takes `null` for a value that should always be
//! there, and one value for a list of one. Fields that are missing are filled by the types themselves
//! (`#[serde(default)]`), unknown ones are passed over. Amounts get the number's own text.
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
    decimal,
    decode_error::DecodeError,
    json::{Mark, Odd, Reader, Token},
};

/// What an amount calls itself to this deserializer, which then hands over the number's own text.
pub(super) const NUMBER: &str = "huaweicloud_partner::Number";

/// What a code calls itself to this deserializer, which then calls `visit_seq` with one element, the code, and takes note
/// of an unknown code where a second element is asked for.
pub(super) const CODE: &str = "huaweicloud_partner::Code";

/// The hint of a [`MapAccess`] that can go on after a value that could not be read: the next value that is asked for
/// stands for the one that failed.
pub(super) const CAN_GO_ON: usize = usize::MAX;

/// Whether a deserializer is the one of this file.
pub(super) fn is_response<D>() -> bool {
    type_name::<D>() == type_name::<Lenient<'static, 'static>>()
}

/// The next value, turned into what the type asks for.
pub(super) struct Lenient<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// The value's token, where it was read already.
    token: Option<Token<'de>>,
    place: Place,
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a field, or alone.
    Field,
    /// In a list.
    Row,
    /// Where a list is expected.
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

    /// Passes over the value.
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
        Ok(Fields::new(self.reader, ended, can_go_on))
    }

    /// The rows of a list; a single value is a list of one.
    fn rows(mut self) -> Result<Rows<'r, 'de>, DecodeError> {
        let ahead = if self.token.is_none() { self.reader.ahead() } else { None };
        if ahead == Some(b'{') && self.reader.take_empty_object() {
            return Ok(Rows { reader: self.reader, single: Some(None), index: 0, ended: false });
        }
        let single = match self.token()? {
            Token::List => None,
            token if is_nothing(&token) => Some(None),
            token => Some(Some(token)),
        };
        Ok(Rows { reader: self.reader, single, index: 0, ended: false })
    }

    /// Whether nothing comes, which is read then: null, and in a response also blank text and an object without fields.
    #[inline]
    fn is_absent(&mut self) -> Result<bool, DecodeError> {
        if self.token.is_none() {
            match self.reader.ahead() {
                Some(b'n') => {}
                Some(b'"') if self.reader.is_tolerant() => return Ok(self.reader.take_blank_text()),
                Some(b'{') if self.reader.is_tolerant() => return Ok(self.reader.take_empty_object()),
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
        match self.is_absent() {
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
                let mut fields = Fields::new(self.reader, false, false);
                let read = visitor.visit_enum(MapAccessDeserializer::new(&mut fields));
                match fields.finish(read.is_ok()) {
                    None => read,
                    Some(error) => Err(error),
                }
            }
            token => Err(unfit(&token, &visitor)),
        }
    }

    /// A value that nobody wants. In a response it is that of a field that the crate does not know.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.reader.is_tolerant() {
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
    /// There is no list, but one value or nothing.
    single: Option<Option<Token<'de>>>,
    /// How many rows of the list were reached.
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
                    let at = self.reader.at();
                    self.reader.skip()?;
                    self.reader.note(at, Odd::NullRow);
                    more = self.reader.row(false)?;
                    self.index += usize::from(more);
                }
                more.then_some(None)
            }
        };
        self.ended = token.is_none();
        Ok(token.map(|token| Lenient { reader: self.reader, token, place }))
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
        if self.index == 0 { error } else { error.below_row(self.index - 1) }
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
    /// A value that cannot be read may be left out.
    can_go_on: bool,
    /// Where the value that was asked for begins.
    begin: Mark,
    /// Why it could not be read.
    failed: Option<Failed>,
}

enum Failed {
    ForGood,
    Odd(Box<str>),
}

impl<'r, 'de> Fields<'r, 'de> {
    fn new(reader: &'r mut Reader<'de>, ended: bool, can_go_on: bool) -> Self {
        let begin = reader.mark();
        Self { reader, name: None, waiting: false, first: true, ended, can_go_on, begin, failed: None }
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
        self.begin = self.reader.mark();
        Lenient::next(self.reader)
    }

    /// Remembers why the value could not be read.
    #[cold]
    fn failed(&mut self, error: DecodeError) -> DecodeError {
        if self.can_go_on {
            let expected = error.message().split_once(", expected ").map_or(error.message(), |(_, what)| what);
            self.failed = Some(if error.is_strict() { Failed::ForGood } else { Failed::Odd(expected.into()) });
        }
        self.located(error)
    }

    /// Passes over the value that could not be read, unless nothing may be passed over there.
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
mod tests {
    use crate::types::{
        Amount, Currency, CustomerId, Day, Drift, DriftKind, MeasureUnit, UtcTime, decode, decode_request, decode_str,
        decode_with_drift, response,
    };
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
        amount: Option<Amount>,
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
            amount: Some("1.50".parse().unwrap()),
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
        assert_eq!(row(nulls), Row { ..Row::default() });
        assert_eq!(row("null"), Row::default());
    }

    #[test]
    fn inner_values_and_long_amounts_are_read_too() {
        let read =
            row(r#"{"nested":{"count":"7","amount":1234567890123456.789012345678,"day":"2026-05-01"}}"#);
        let nested = read.nested.unwrap();
        assert_eq!(nested.count, 7);
        assert_eq!(nested.amount.unwrap().to_string(), "1234567890123456.789012345678");
        assert_eq!(nested.day.unwrap().to_string(), "2026-05-01");
    }

    response! {
        /// A page of charges.
        pub struct Page {
            /// Rows in all.
            pub total_count: Option<u32>,
            /// Charges.
            pub fee_records: Vec<Charge>,
            /// A part.
            pub rating: Option<Charge>,
        }
    }

    response! {
        /// A charge.
        pub struct Charge {
            /// Id.
            pub id: Option<CustomerId>,
            /// Name.
            pub name: Option<String>,
            /// Price.
            pub official_amount: Option<Amount>,
            /// A number code.
            pub charging_mode: Option<MeasureUnit>,
            /// A text code.
            pub currency: Option<Currency>,
            /// An instant.
            pub at: Option<UtcTime>,
            /// A count.
            pub count: Option<u32>,
            /// A truth value.
            pub frozen: Option<bool>,
        }
    }

    fn charge(field: &str) -> (Charge, Vec<Drift>) {
        let json = format!(r#"{{"fee_records":[{{"id":"a",{field}}}]}}"#);
        let (page, drift) = decode_with_drift::<Page>(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
        (page.fee_records.into_iter().next().unwrap(), drift)
    }

    #[test]
    fn one_odd_value_is_unknown_and_reported_and_the_rest_is_read() {
        for (field, kind, path) in [
            (r#""at":"noon""#, DriftKind::Unreadable, "at"),
            (r#""at":1777622701000"#, DriftKind::Unreadable, "at"),
            (r#""at":"0000-00-00 00:00:00""#, DriftKind::Unreadable, "at"),
            (r#""at":["x"]"#, DriftKind::Unreadable, "at"),
            (r#""count":-1"#, DriftKind::Unreadable, "count"),
            (r#""count":"1,234""#, DriftKind::Unreadable, "count"),
            (r#""count":1.5"#, DriftKind::Unreadable, "count"),
            (r#""count":99999999999"#, DriftKind::Unreadable, "count"),
            (r#""count":[1,{"a":[]}]"#, DriftKind::Unreadable, "count"),
            (r#""frozen":"perhaps""#, DriftKind::Unreadable, "frozen"),
            (r#""name":["a"]"#, DriftKind::Unreadable, "name"),
            (r#""charging_mode":"NEW""#, DriftKind::UnknownCode, "charging_mode"),
            (r#""charging_mode":1.5"#, DriftKind::UnknownCode, "charging_mode"),
            (r#""charging_mode":9223372036854775808"#, DriftKind::UnknownCode, "charging_mode"),
            (r#""charging_mode":[]"#, DriftKind::UnknownCode, "charging_mode"),
            (r#""charging_mode":99"#, DriftKind::UnknownCode, "charging_mode"),
            (r#""currency":["CNY"]"#, DriftKind::UnknownCode, "currency"),
            (r#""currency":"XYZ""#, DriftKind::UnknownCode, "currency"),
            (r#""new":{"a":[1]}"#, DriftKind::UnknownField, "new"),
            (r#""name":"a\ud83d""#, DriftKind::RepairedText, "name"),
            ("\"name\":\"a\tb\"", DriftKind::RepairedText, "name"),
        ] {
            let (read, drift) = charge(&format!(r#"{field},"official_amount":"7.50""#));
            assert_eq!(read.official_amount.unwrap().to_string(), "7.50", "{field}");
            assert_eq!(drift.len(), 1, "{field}: {drift:?}");
            assert_eq!((drift[0].kind, drift[0].path.as_str()), (kind, &*format!("$.fee_records[0].{path}")), "{field}");
        }
        for (field, code) in [("1.0", MeasureUnit::MainUnit), ("\"1.0\"", MeasureUnit::MainUnit), ("1e0", MeasureUnit::MainUnit)] {
            let (read, drift) = charge(&format!(r#""charging_mode":{field}"#));
            assert_eq!((read.charging_mode, drift.len()), (Some(code), 0), "{field}");
        }
    }

    #[test]
    fn nothing_is_none_and_never_zero() {
        for nothing in ["null", "\"\"", "\" \"", "{}"] {
            let fields = ["name", "official_amount", "charging_mode", "currency", "at", "count", "frozen"];
            let all = fields.map(|field| format!("\"{field}\":{nothing}")).join(",");
            let (read, drift) = charge(&all);
            assert_eq!(read, Charge::build(|charge| charge.id = Some("a".into())), "{nothing}");
            assert_eq!(drift, [], "{nothing}");
        }
        let page: Page = decode_str(r#"{"rating":[],"total_count":""}"#).unwrap();
        assert_eq!(page, Page::default());
    }

    #[test]
    fn rows_are_neither_made_up_nor_lost() {
        for (list, ids) in [
            ("{}", &[][..]),
            ("[]", &[]),
            ("null", &[]),
            ("\"\"", &[]),
            ("[null]", &[]),
            (r#"[null,{"id":"a"},null,{"id":"b"}]"#, &["a", "b"]),
            (r#"{"id":"a"}"#, &["a"]),
        ] {
            let page: Page = decode_str(&format!(r#"{{"fee_records":{list},"total_count":2}}"#)).unwrap();
            let found: Vec<_> = page.fee_records.iter().map(|row| row.id.as_ref().unwrap().as_str()).collect();
            assert_eq!(found, ids, "{list}");
            assert_eq!(page.total_count, Some(2), "{list}");
        }
        for list in [r#"{"0":{"id":"a"},"1":{"id":"b"}}"#, "7", "\"x\"", "true", "[7]", "[[]]", r#"[""]"#, r#"{"x":1}"#] {
            let error = decode_str::<Page>(&format!(r#"{{"fee_records":{list}}}"#)).unwrap_err();
            assert!(error.path().starts_with("$.fee_records"), "{list}: {error}");
        }
    }

    #[test]
    fn money_that_is_not_one_decimal_is_refused_with_its_place() {
        for money in [
            r#"{"measure_id":1,"amount":99.5}"#, r#"{"currency_id":156,"value":"7"}"#, "[]", "[1]", "true", "\"1_000\"",
            "\"null\"", "\"1,000.00\"", "\"-\"", "1e40",
        ] {
            let json = format!(r#"{{"fee_records":[{{"id":"a","official_amount":{money}}}]}}"#);
            let error = decode_str::<Page>(&json).unwrap_err();
            assert_eq!(error.path(), "$.fee_records[0].official_amount", "{money}");
            assert!(error.message().ends_with("expected a decimal number of at most 28 significant digits"), "{error}");
        }
    }

    #[test]
    fn a_field_that_comes_twice_must_say_the_same() {
        let row = |a: &str, b: &str| format!(r#"{{"fee_records":[{{"official_amount":{a},"official_amount":{b}}}]}}"#);
        assert!(decode_str::<Page>(&row("1", "1.0")).is_ok());
        let error = decode_str::<Page>(&row("1", "2")).unwrap_err();
        assert_eq!(error.to_string(), "$.fee_records[0]: the field official_amount comes twice with different values");
    }

    #[test]
    fn the_same_drift_in_all_rows_is_told_once() {
        let rows: Vec<String> = (0..1000).map(|row| format!(r#"{{"id":"{row}","new":{row},"at":"x","name":"é"}}"#)).collect();
        let (page, drift) =
            decode_with_drift::<Page>(format!(r#"{{"fee_records":[{}]}}"#, rows.join(",")).as_bytes()).unwrap();
        assert_eq!(page.fee_records.len(), 1000);
        assert_eq!(drift.len(), 2, "{drift:?}");
        assert!(drift.iter().all(|drift| drift.count == 1000 && drift.path.starts_with("$.fee_records[0].")), "{drift:?}");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_where_they_stand() {
        for (bytes, name) in [(&b"a\xff"[..], "a\u{fffd}"), (b"\xe5\xb7", "\u{fffd}"), (b"\xb9\xa4\xb5\xa5", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}")] {
            let json = [&br#"{"fee_records":[{"name":""#[..], bytes, br#"","official_amount":1}]}"#].concat();
            let (page, drift) = decode_with_drift::<Page>(&json).unwrap();
            assert_eq!(page.fee_records[0].name.as_deref(), Some(name));
            assert_eq!((drift[0].kind, drift[0].path.as_str()), (DriftKind::RepairedText, "$.fee_records[0].name"));
        }
        let marked: Page = decode_str("\u{feff}{\"total_count\":3}").unwrap();
        assert_eq!(marked.total_count, Some(3));
    }

    #[test]
    fn requests_are_read_strictly() {
        for json in [r#"{"count":-1}"#, r#"{"at":"noon"}"#, "{\"name\":\"a\tb\"}", r#"{"name":["a"]}"#] {
            assert!(decode_request::<Charge>(json.as_bytes()).is_err(), "{json}");
        }
        assert_eq!(decode_request::<Charge>(br#"{"name":""}"#).unwrap().name.as_deref(), Some(""));
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
