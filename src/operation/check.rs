//! The rules that arguments are checked against, worded once.

use std::ops::RangeInclusive;

use crate::{
    error::ValidationError,
    types::{
        Amount, AmountText, CustomerId, Day, OrderId, PartnerId, Personal, QuotaId, ResellerId, ResourceId,
        Secret, UtcTime, VoucherId, days_between,
    },
};

/// Collects broken rules. Values that are absent break none.
#[derive(Debug, Default)]
pub(crate) struct Check {
    invalid: ValidationError,
}

/// A text argument, where one is given.
pub(crate) trait Text {
    fn text(&self) -> Option<&str>;
}

macro_rules! texts {
    ($($name:ty => $get:expr),* $(,)?) => {$(
        impl Text for $name {
            fn text(&self) -> Option<&str> {
                let get: fn(&Self) -> &str = $get;
                Some(get(self))
            }
        }
    )*};
}
texts! {
    String => String::as_str,
    &str => |text| text,
    Personal => Personal::expose,
    Secret => Secret::expose,
    CustomerId => CustomerId::as_str,
    ResellerId => ResellerId::as_str,
    PartnerId => PartnerId::as_str,
    VoucherId => VoucherId::as_str,
    QuotaId => QuotaId::as_str,
    OrderId => OrderId::as_str,
    ResourceId => ResourceId::as_str,
}

impl<T: Text> Text for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(Text::text)
    }
}

/// An amount argument, where one is given: `None` for text that is no number.
pub(crate) trait Number {
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

/// A whole-number argument, where one is given.
pub(crate) trait Whole {
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
whole!(u8, i32, u32, i64);

impl<T: Whole> Whole for Option<T> {
    fn whole(&self) -> Option<i64> {
        self.as_ref().and_then(Whole::whole)
    }
}

impl Check {
    /// No rule broken yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The verdict.
    pub(crate) fn finish(self) -> Result<(), ValidationError> {
        self.invalid.into_result()
    }

    /// Any rule: `holds`, or the field breaks it. The rule reads on from the field: `must …`.
    pub(crate) fn rule(
        mut self,
        field: &'static str,
        holds: bool,
        rule: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        if !holds {
            self.invalid.push(field, rule);
        }
        self
    }

    /// So many characters.
    pub(crate) fn length(
        self,
        field: &'static str,
        value: &impl Text,
        allowed: RangeInclusive<usize>,
    ) -> Self {
        let Some(length) = value.text().map(|text| text.chars().count()) else { return self };
        let (least, most) = (allowed.start(), allowed.end());
        self.rule(field, allowed.contains(&length), format!("must have {least} to {most} characters"))
    }

    /// A text that satisfies a test; `rule` says which.
    pub(crate) fn text(
        self,
        field: &'static str,
        value: &impl Text,
        test: impl FnOnce(&str) -> bool,
        rule: &'static str,
    ) -> Self {
        let holds = value.text().is_none_or(test);
        self.rule(field, holds, rule)
    }

    /// A whole number in a range.
    pub(crate) fn range(self, field: &'static str, value: &impl Whole, allowed: RangeInclusive<i64>) -> Self {
        let Some(number) = value.whole() else { return self };
        let (least, most) = (allowed.start(), allowed.end());
        self.rule(field, allowed.contains(&number), format!("must be {least} to {most}"))
    }

    /// So many entries.
    pub(crate) fn count(
        self,
        field: &'static str,
        count: impl Into<Option<usize>>,
        allowed: RangeInclusive<usize>,
    ) -> Self {
        let Some(count) = count.into() else { return self };
        let (least, most) = (allowed.start(), allowed.end());
        self.rule(field, allowed.contains(&count), format!("must have {least} to {most} entries"))
    }

    /// Above zero with at most two decimals: money that moves.
    pub(crate) fn money(self, field: &'static str, value: &impl Number) -> Self {
        let Some(amount) = value.amount() else { return self };
        let Some(amount) = amount else { return self.rule(field, false, "must be a decimal number") };
        self.rule(field, amount.is_positive(), "must be above zero").rule(
            field,
            amount.decimals() <= 2,
            "must have at most two decimals",
        )
    }

    /// The first not after the second, where both are given.
    pub(crate) fn ordered<T: PartialOrd>(
        self,
        first: (&'static str, Option<T>),
        second: (&'static str, Option<T>),
    ) -> Self {
        match (first.1, second.1) {
            (Some(begin), Some(end)) => {
                self.rule(first.0, begin <= end, format!("must not be after {}", second.0))
            }
            _ => self,
        }
    }

    /// Both given or neither.
    pub(crate) fn together(self, first: (&'static str, bool), second: (&'static str, bool)) -> Self {
        self.rule(first.0, first.1 == second.1, format!("must be given together with {}", second.0))
    }

    /// At most so many days from the first to the second.
    pub(crate) fn span(
        self,
        first: (&'static str, Option<Day>),
        second: (&'static str, Option<Day>),
        most: i64,
    ) -> Self {
        match (first.1, second.1) {
            (Some(begin), Some(end)) => self.rule(
                first.0,
                days_between(begin, end) <= most,
                format!("must be at most {most} days before {}", second.0),
            ),
            _ => self,
        }
    }

    /// [`Check::span`] for instants.
    pub(crate) fn span_of_instants(
        self,
        first: (&'static str, Option<UtcTime>),
        second: (&'static str, Option<UtcTime>),
        most: i64,
    ) -> Self {
        match (first.1, second.1) {
            (Some(begin), Some(end)) => {
                let within = end.instant() - begin.instant() <= time::Duration::days(most);
                self.rule(first.0, within, format!("must be at most {most} days before {}", second.0))
            }
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_broken_rules_are_named_and_absent_values_break_none() {
        let day = |text: &str| text.parse::<Day>().ok();
        let invalid = Check::new()
            .length("id", &CustomerId::from(""), 1..=64)
            .length("reseller", &None::<ResellerId>, 1..=64)
            .range("limit", &Some(101_u32), 1..=100)
            .range("offset", &None::<u32>, 0..=9)
            .range("page", &0_u32, 1..=9)
            .money("amount", &"0.001".parse::<Amount>().unwrap())
            .money("paid", &Some(AmountText::from("five")))
            .money("due", &AmountText::from("1e3"))
            .ordered(("begin", Some(2)), ("end", Some(1)))
            .together(("from", true), ("to", false))
            .span(("first", day("2026-01-01")), ("last", day("2026-06-01")), 90)
            .finish()
            .unwrap_err();
        assert_eq!(
            invalid.to_string(),
            "id must have 1 to 64 characters; limit must be 1 to 100; page must be 1 to 9; \
             amount must have at most two decimals; paid must be a decimal number; \
             due must be a decimal number; begin must not be after end; \
             from must be given together with to; \
             first must be at most 90 days before last"
        );
        Check::new().length("id", &"x", 1..=1).money("amount", &Amount::from(1)).finish().unwrap();
    }
}
