//! The parameters of an operation as data.

use std::ops::RangeInclusive;

/// One parameter of an operation: its names, its type and the values it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The name on the wire.
    pub name: &'static str,
    /// The name of the field in Rust.
    pub field: &'static str,
    /// The Rust type of the value, without the `Option` around it.
    pub type_name: &'static str,
    /// Whether every request must have it.
    pub required: bool,
    /// Constraints that the value must satisfy.
    pub constraints: &'static [Constraint],
    /// The documentation of the field, line by line.
    pub doc: &'static str,
}

impl Parameter {
    #[doc(hidden)]
    pub const fn new(
        [name, field, type_name, doc]: [&'static str; 4],
        required: bool,
        constraints: &'static [Constraint],
    ) -> Self {
        Self { name, field, type_name, required, constraints, doc }
    }
}

/// Constraint on the value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// The least and greatest number of characters.
    Length(usize, usize),
    /// The least and greatest whole number.
    Range(i64, i64),
    /// The least and greatest number of entries of a list.
    Count(usize, usize),
    /// The least and greatest number of characters of each entry of a list.
    EachLength(usize, usize),
    /// A closed set of texts.
    OneOf(&'static [&'static str]),
    /// A documented code of an open enum; other codes are refused.
    Known,
    /// A text that is not empty.
    Filled,
    /// An amount above zero with at most two decimals.
    Money,
    /// A form that is described in words, such as `must be an e-mail address`.
    Form(&'static str),
    /// The value that the service takes where the parameter is left out. Restricts nothing.
    Default(i64),
}

/// Place of a parameter in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterPlace {
    /// A segment of the path.
    Path,
    /// A name and value in the query.
    Query,
    /// A header of the request.
    Header,
    /// A field of the JSON body, or a part of the form.
    Body,
}

impl ParameterPlace {
    /// The place by the word that OpenAPI uses, such as `path`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Body => "body",
        }
    }
}

/// Constraints by the names that they have in a declaration.
#[doc(hidden)]
impl Constraint {
    pub const fn len(allowed: RangeInclusive<usize>) -> Self {
        Self::Length(*allowed.start(), *allowed.end())
    }

    pub const fn range(allowed: RangeInclusive<i64>) -> Self {
        Self::Range(*allowed.start(), *allowed.end())
    }

    pub const fn count(allowed: RangeInclusive<usize>) -> Self {
        Self::Count(*allowed.start(), *allowed.end())
    }

    pub const fn each(allowed: RangeInclusive<usize>) -> Self {
        Self::EachLength(*allowed.start(), *allowed.end())
    }

    pub const fn one_of(texts: &'static [&'static str]) -> Self {
        Self::OneOf(texts)
    }

    pub const fn known() -> Self {
        Self::Known
    }

    pub const fn filled() -> Self {
        Self::Filled
    }

    pub const fn money() -> Self {
        Self::Money
    }

    pub const fn form(_test: fn(&str) -> bool, words: &'static str) -> Self {
        Self::Form(words)
    }

    pub const fn default(value: i64) -> Self {
        Self::Default(value)
    }
}
