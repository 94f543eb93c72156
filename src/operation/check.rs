//! The constraints that arguments are checked against, each worded once.

use std::{borrow::Cow, ops::RangeInclusive};

use crate::{
    error::ValidationError,
    types::{Amount, AmountText, Day, Given, UtcTime, days_between},
};

/// Collects the constraints that the arguments of a request violate. Absent values violate none.
///
/// The macro [`operation!`](crate::operation!) checks what is declared beside each field with it; rules between fields
/// are added in its block `check`.
///
/// ```
/// use huaweicloud_partner::operation::Check;
///
/// let (begin, end) = (Some(7), Some(3));
/// let violations = Check::new()
///     .len("name", &"", 1..=64)
///     .ordered(("begin", begin), ("end", end))
///     .finish()
///     .unwrap_err();
/// assert_eq!(violations.to_string(), "name must have 1 to 64 characters; begin must not be after end");
/// ```
#[derive(Debug)]
#[must_use = "nothing is refused before `finish`"]
pub struct Check {
    violations: ValidationError,
}

/// An amount as an argument: `None` where it is absent, `Some(None)` for text that is no number.
#[doc(hidden)]
pub trait Number {
    fn amount(&self) -> Option<Option<Amount>>;
}

impl Number for Amount {
    fn amount(&self) -> Option<Option<Amount>> {
        Some(Some(*self))
    }
}

impl Number for AmountText {
    fn amount(&self) -> Option<Option<Amount>> {
        // The text goes out as it stands, and the service documents no exponents.
        let plain = !self.as_str().contains(['e', 'E']);
        Some(AmountText::amount(self).ok().filter(|_| plain))
    }
}

impl<T: Number> Number for Option<T> {
    fn amount(&self) -> Option<Option<Amount>> {
        self.as_ref().and_then(Number::amount)
    }
}

/// A whole number as an argument, where one is given.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a whole number, so `range` cannot constrain it",
    note = "text has `len`, amounts have `money`, lists have `count`"
)]
pub trait Whole {
    fn whole(&self) -> Option<i64>;
}

macro_rules! whole {
    ($($integer:ty),*) => {$(
        impl Whole for $integer {
            fn whole(&self) -> Option<i64> {
                Some((*self).into())
            }
        }
    )*};
}
whole!(u8, u16, i32, u32, i64);

impl<T: Whole> Whole for Option<T> {
    fn whole(&self) -> Option<i64> {
        self.as_ref().and_then(Whole::whole)
    }
}

/// A list as an argument, where one is given.
#[doc(hidden)]
pub trait Entries {
    type Entry;

    fn entries(&self) -> Option<&[Self::Entry]>;
}

impl<T> Entries for Vec<T> {
    type Entry = T;

    fn entries(&self) -> Option<&[T]> {
        Some(self)
    }
}

impl<T> Entries for Option<Vec<T>> {
    type Entry = T;

    fn entries(&self) -> Option<&[T]> {
        self.as_deref()
    }
}

/// A list or the number of its entries, where there is one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list, so `count` cannot constrain it",
    note = "text has `len`, numbers have `range`"
)]
pub trait Counted {
    fn counted(self) -> Option<usize>;
}

impl<L: Entries> Counted for &L {
    fn counted(self) -> Option<usize> {
        self.entries().map(<[_]>::len)
    }
}

impl Counted for usize {
    fn counted(self) -> Option<usize> {
        Some(self)
    }
}

impl Counted for Option<usize> {
    fn counted(self) -> Option<usize> {
        self
    }
}

#[allow(clippy::new_without_default)] // `default` is a constraint
impl Check {
    /// Creates a check that has found no violation yet.
    pub fn new() -> Self {
        Self { violations: ValidationError::new() }
    }

    /// Ends the check.
    ///
    /// # Errors
    /// [`ValidationError`] with every violation, in the order in which they were found.
    pub fn finish(self) -> Result<(), ValidationError> {
        self.violations.into_result()
    }

    /// Ends the check with the violations in the order of these fields, so that the rules between fields do not come
    /// last.
    #[doc(hidden)]
    pub fn finish_in(self, fields: &[&str]) -> Result<(), ValidationError> {
        let mut violations = self.violations.violations().to_vec();
        violations.sort_by_key(|one| {
            let of = one.field.split(['.', ',']).next();
            fields.iter().position(|field| Some(*field) == of).unwrap_or(fields.len())
        });
        let mut sorted = ValidationError::new();
        for one in violations {
            sorted.push(one.field, one.rule);
        }
        sorted.into_result()
    }

    /// Any rule: either it holds or the field violates it. The wording continues the name of the field: `must …`.
    pub fn rule(mut self, field: &'static str, holds: bool, rule: impl Into<Cow<'static, str>>) -> Self {
        if !holds {
            self.violations.push(field, rule);
        }
        self
    }

    /// [`rule`](Self::rule) whose wording is made where the rule is violated.
    fn rule_with(self, field: &'static str, holds: bool, rule: impl FnOnce() -> String) -> Self {
        if holds { self } else { self.rule(field, false, rule()) }
    }

    /// A text with a number of characters in this range.
    pub fn len(self, field: &'static str, value: &impl Given, allowed: RangeInclusive<usize>) -> Self {
        let Some(length) = value.text().map(|text| text.chars().count()) else { return self };
        let (least, most) = (allowed.start(), allowed.end());
        self.rule_with(field, allowed.contains(&length), || format!("must have {least} to {most} characters"))
    }

    /// A text that satisfies a test, which the wording describes.
    pub fn form(
        self,
        field: &'static str,
        value: &impl Given,
        test: impl FnOnce(&str) -> bool,
        rule: &'static str,
    ) -> Self {
        let holds = value.text().is_none_or(test);
        self.rule(field, holds, rule)
    }

    /// A text that is not empty.
    pub fn filled(self, field: &'static str, value: &impl Given) -> Self {
        let holds = value.text().is_none_or(|text| !text.is_empty());
        self.rule(field, holds, "must not be empty")
    }

    /// A text out of a closed set.
    pub fn one_of(self, field: &'static str, value: &impl Given, allowed: &[&str]) -> Self {
        let holds = value.text().is_none_or(|text| allowed.contains(&text));
        self.rule_with(field, holds, || format!("must be one of {}", allowed.join(", ")))
    }

    /// A documented code of an open enum.
    pub fn known(self, field: &'static str, value: &impl Given) -> Self {
        self.rule(field, value.is_documented(), "must be a documented code")
    }

    /// A whole number in this range.
    pub fn range(self, field: &'static str, value: &impl Whole, allowed: RangeInclusive<i64>) -> Self {
        let Some(number) = value.whole() else { return self };
        let (least, most) = (allowed.start(), allowed.end());
        self.rule_with(field, allowed.contains(&number), || format!("must be {least} to {most}"))
    }

    /// A list with a number of entries in this range.
    pub fn count(self, field: &'static str, list: impl Counted, allowed: RangeInclusive<usize>) -> Self {
        let Some(count) = list.counted() else { return self };
        let (least, most) = (allowed.start(), allowed.end());
        self.rule_with(field, allowed.contains(&count), || format!("must have {least} to {most} entries"))
    }

    /// A list whose entries each have a number of characters in this range.
    pub fn each<L: Entries>(self, field: &'static str, value: &L, allowed: RangeInclusive<usize>) -> Self
    where
        L::Entry: Given,
    {
        let fits = |entry: &L::Entry| entry.text().is_none_or(|text| allowed.contains(&text.chars().count()));
        let holds = value.entries().is_none_or(|entries| entries.iter().all(fits));
        let (least, most) = (allowed.start(), allowed.end());
        self.rule_with(field, holds, || format!("must have {least} to {most} characters in each entry"))
    }

    /// An amount above zero with at most two decimals: money that moves.
    pub fn money(self, field: &'static str, value: &impl Number) -> Self {
        let Some(amount) = value.amount() else { return self };
        let Some(amount) = amount else { return self.rule(field, false, "must be a decimal number") };
        self.rule(field, amount.is_positive(), "must be above zero").rule(
            field,
            amount.decimals() <= 2,
            "must have at most two decimals",
        )
    }

    /// Documents what the service takes by default; checks nothing.
    #[doc(hidden)]
    pub fn default<T>(self, _field: &'static str, _value: &T, _default: i64) -> Self {
        self
    }

    /// Two values of which the first must not be after the second, where both are given.
    pub fn ordered<T: PartialOrd>(
        self,
        first: (&'static str, Option<T>),
        second: (&'static str, Option<T>),
    ) -> Self {
        match (first.1, second.1) {
            (Some(begin), Some(end)) => {
                self.rule_with(first.0, begin <= end, || format!("must not be after {}", second.0))
            }
            _ => self,
        }
    }

    /// Two parameters that are given together or not at all.
    pub fn together(self, first: (&'static str, bool), second: (&'static str, bool)) -> Self {
        self.rule_with(first.0, first.1 == second.1, || format!("must be given together with {}", second.0))
    }

    /// Two days with at most this number of days from the first to the second.
    pub fn span(
        self,
        first: (&'static str, Option<Day>),
        second: (&'static str, Option<Day>),
        most: i64,
    ) -> Self {
        match (first.1, second.1) {
            (Some(begin), Some(end)) => self.rule_with(first.0, days_between(begin, end) <= most, || {
                format!("must be at most {most} days before {}", second.0)
            }),
            _ => self,
        }
    }

    /// The earlier name of [`Check::span_of_times`].
    #[doc(hidden)]
    pub fn span_of_instants(
        self,
        first: (&'static str, Option<UtcTime>),
        second: (&'static str, Option<UtcTime>),
        most: i64,
    ) -> Self {
        self.span_of_times(first, second, most)
    }

    /// Two times with at most this number of days from the first to the second.
    pub fn span_of_times(
        self,
        first: (&'static str, Option<UtcTime>),
        second: (&'static str, Option<UtcTime>),
        most: i64,
    ) -> Self {
        match (first.1, second.1) {
            (Some(begin), Some(end)) => {
                let within = end.instant() - begin.instant() <= time::Duration::days(most);
                self.rule_with(first.0, within, || format!("must be at most {most} days before {}", second.0))
            }
            _ => self,
        }
    }
}

/// The parameters whose rules an operation breaks, for tests; none where it breaks none.
#[cfg(test)]
pub(crate) fn violated(operation: &impl super::Operation) -> Vec<&'static str> {
    operation.validate().map_or_else(|invalid| invalid.fields().collect(), |()| Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Currency, CustomerId, ResellerId};

    #[test]
    fn all_violations_are_named_and_absent_values_have_none() {
        let day = |text: &str| text.parse::<Day>().ok();
        let invalid = Check::new()
            .len("id", &CustomerId::from(""), 1..=64)
            .len("reseller", &None::<ResellerId>, 1..=64)
            .range("limit", &Some(101_u32), 1..=100)
            .range("offset", &None::<u32>, 0..=9)
            .range("page", &0_u32, 1..=9)
            .money("amount", &"0.001".parse::<Amount>().unwrap())
            .money("paid", &Some(AmountText::from("five")))
            .money("due", &AmountText::from("1e3"))
            .ordered(("begin", Some(2)), ("end", Some(1)))
            .together(("from", true), ("to", false))
            .span(("first", day("2026-01-01")), ("last", day("2026-06-01")), 90)
            .count("ids", &vec![1, 2], 0..=1)
            .each("names", &Some(vec![String::new()]), 1..=2)
            .one_of("word", &"c", &["a", "b"])
            .known("currency", &Currency::from("XXX"))
            .filled("key", &Some(String::new()))
            .finish()
            .unwrap_err();
        assert_eq!(
            invalid.to_string(),
            "id must have 1 to 64 characters; limit must be 1 to 100; page must be 1 to 9; \
             amount must have at most two decimals; paid must be a decimal number; \
             due must be a decimal number; begin must not be after end; \
             from must be given together with to; \
             first must be at most 90 days before last; ids must have 0 to 1 entries; \
             names must have 1 to 2 characters in each entry; word must be one of a, b; \
             currency must be a documented code; key must not be empty"
        );
        Check::new().len("id", &"x", 1..=1).money("amount", &Amount::from(1)).finish().unwrap();
    }

    #[test]
    fn violations_come_in_the_order_of_the_fields() {
        let check = Check::new().rule("b", false, "must").rule("a.x", false, "must").rule("z", false, "must");
        let fields: Vec<_> =
            check.finish_in(&["a", "b"]).unwrap_err().violations().iter().map(|v| v.field).collect();
        assert_eq!(fields, ["a.x", "b", "z"]);
    }
}
