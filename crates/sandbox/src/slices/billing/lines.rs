//! The lines of bills: one for each charge, stored or made on the fly, and how they are chosen and added up.

use std::borrow::Cow;

use super::plus;
use crate::{
    core::Account,
    slices::{
        catalogue::{Name, Offer},
        wallet::Booked,
    },
};
use huaweicloud_partner::{
    bills::{BillType, ChargingMode, PeriodType},
    types::{Amount, BEIJING, BillCycle, Day, Language, MeasureUnit, UtcTime},
};

/// Common facts of lines that differ only in time and amounts. Filters look at nothing else, so that a large
/// month can tell which of its rows match without making them.
#[derive(Clone)]
pub(crate) struct Kind<'w> {
    pub(crate) customer: &'w Account,
    /// The partner or reseller that the customer belonged to.
    pub(crate) partner: Option<&'w str>,
    /// Type of the association.
    pub(crate) association: Option<&'w str>,
    pub(crate) what: BillType,
    pub(crate) mode: ChargingMode,
    pub(crate) offer: Option<&'w Offer>,
    pub(crate) resource: Option<Cow<'w, str>>,
    /// Name that the customer gave the resource, its id where it gave no name.
    pub(crate) named: Option<Cow<'w, str>>,
    /// Account that paid from its cash and credit.
    pub(crate) payer: &'w str,
    /// Whether there is nothing to pay.
    pub(crate) free: bool,
    /// Whether nothing is owed.
    pub(crate) settled: bool,
}

/// The amounts of a line or of many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sums {
    pub(crate) list: Amount,
    pub(crate) discount: Amount,
    pub(crate) cash: Amount,
    pub(crate) coupon: Amount,
    pub(crate) flexi: Amount,
    pub(crate) credit: Amount,
    pub(crate) card: Amount,
    pub(crate) debt: Amount,
}

/// One row of the most detailed bill.
pub(crate) struct Line<'w> {
    pub(crate) kind: Kind<'w>,
    pub(crate) id: Cow<'w, str>,
    /// The order, or the transaction where there was none.
    pub(crate) trade: Cow<'w, str>,
    pub(crate) order: Option<&'w str>,
    /// The combined order that the order is a part of.
    pub(crate) combined: Option<&'w str>,
    pub(crate) at: UtcTime,
    pub(crate) day: Day,
    pub(crate) from: UtcTime,
    pub(crate) until: UtcTime,
    pub(crate) usage: Option<Amount>,
    /// Part of the use that packages covered.
    pub(crate) covered: Option<Amount>,
    pub(crate) sums: Sums,
}

/// Lines of one kind and one day together.
#[derive(Clone)]
pub(crate) struct Cell<'w> {
    pub(crate) kind: Kind<'w>,
    pub(crate) day: Day,
    /// The time over which the payment is spread; none where it belongs to the day.
    pub(crate) spread: Option<(UtcTime, UtcTime)>,
    pub(crate) usage: Amount,
    /// Part of the use that packages covered.
    pub(crate) covered: Amount,
    pub(crate) sums: Sums,
}

/// Selection of lines.
pub(crate) struct Selection<'q> {
    pub(crate) first: BillCycle,
    pub(crate) last: BillCycle,
    /// Only of these days.
    pub(crate) days: Option<(Day, Day)>,
    /// Only of these customers; of all by default.
    pub(crate) whose: Option<&'q [String]>,
    /// Only of this order or transaction.
    pub(crate) trade: Option<&'q str>,
    pub(crate) wanted: &'q dyn Fn(&Kind<'_>) -> bool,
}

impl Selection<'_> {
    /// All lines of a month.
    pub(crate) fn of(cycle: BillCycle) -> Self {
        Self { first: cycle, last: cycle, days: None, whose: None, trade: None, wanted: &|_| true }
    }

    /// May this month, or this customer, have a wanted line?
    pub(crate) fn covers(&self, cycle: BillCycle, customer: &str) -> bool {
        (self.first..=self.last).contains(&cycle) && self.names(customer)
    }

    pub(super) fn names(&self, customer: &str) -> bool {
        self.whose.is_none_or(|whose| whose.iter().any(|id| id == customer))
    }

    pub(super) fn takes(&self, booked: &Booked) -> bool {
        self.covers(booked.cycle(), &booked.customer)
            && self.days.is_none_or(|(first, last)| (first..=last).contains(&booked.day))
            && self.trade.is_none_or(|trade| trade_of(booked) == trade)
    }
}

impl Sums {
    /// Returns the amount that has to be paid.
    pub(crate) fn payable(&self) -> Amount {
        let vouchers = plus(self.coupon, self.flexi);
        plus(plus(plus(self.cash, vouchers), plus(self.credit, self.card)), self.debt)
    }

    /// Returns the amount that was dropped by truncation to cents.
    pub(crate) fn truncated(&self) -> Amount {
        plus(plus(self.list, self.discount.negated()), self.payable().negated())
    }

    /// Returns the part of a payment for a period that has passed at a moment, by the second. It is cut after
    /// eight decimals, so that the parts between consecutive moments add up to the whole.
    pub(crate) fn passed(&self, (from, until): (UtcTime, UtcTime), moment: UtcTime) -> Self {
        let seconds = |time: time::Duration| Amount::from(time.whole_seconds().max(0)).as_decimal();
        if moment >= until {
            return *self;
        }
        let whole = seconds(until.instant() - from.instant());
        let passed = seconds(moment.instant() - from.instant());
        self.map(|amount| {
            let share =
                amount.as_decimal().checked_mul(passed).and_then(|product| product.checked_div(whole));
            share.map(|share| Amount::from(share).truncated(8)).unwrap_or_default()
        })
    }

    /// Adds another's amounts.
    pub(crate) fn add(&mut self, other: &Self) {
        *self = self.with(other, plus);
    }

    /// Subtracts the amounts of another one.
    pub(crate) fn less(&self, other: &Self) -> Self {
        self.with(other, |a, b| plus(a, b.negated()))
    }

    /// The amounts each after a change.
    fn map(&self, change: impl Fn(Amount) -> Amount) -> Self {
        self.with(self, |amount, _| change(amount))
    }

    fn with(&self, other: &Self, join: impl Fn(Amount, Amount) -> Amount) -> Self {
        Self {
            list: join(self.list, other.list),
            discount: join(self.discount, other.discount),
            cash: join(self.cash, other.cash),
            coupon: join(self.coupon, other.coupon),
            flexi: join(self.flexi, other.flexi),
            credit: join(self.credit, other.credit),
            card: join(self.card, other.card),
            debt: join(self.debt, other.debt),
        }
    }
}

/// Facts of the offer in bills; empty where the catalogue does not know the offer any more.
impl<'w> Kind<'w> {
    pub(crate) fn service(&self) -> Option<&'w str> {
        self.offer.map(|offer| offer.service_type_code)
    }

    pub(crate) fn service_name(&self, language: &Language) -> Option<String> {
        self.name(language, |offer| offer.service_type_name)
    }

    pub(crate) fn resource_type(&self) -> Option<&'w str> {
        self.offer.map(|offer| offer.resource_type_code)
    }

    pub(crate) fn resource_type_name(&self, language: &Language) -> Option<String> {
        self.name(language, |offer| offer.resource_type_name)
    }

    pub(crate) fn region(&self) -> Option<&'w str> {
        self.offer.map(|offer| offer.region_code)
    }

    pub(crate) fn region_name(&self, language: &Language) -> Option<String> {
        self.name(language, |offer| offer.region_name)
    }

    pub(crate) fn spec(&self) -> Option<&'w str> {
        self.offer.map(|offer| offer.spec)
    }

    pub(crate) fn spec_name(&self, language: &Language) -> Option<String> {
        self.name(language, |offer| offer.spec_name)
    }

    pub(crate) fn product(&self) -> Option<&'w str> {
        self.offer.map(|offer| offer.id.as_str())
    }

    /// Returns the measured quantity; only for pay-per-use.
    pub(crate) fn usage_type(&self) -> Option<&'w str> {
        self.used().map(|offer| offer.usage_factor)
    }

    pub(crate) fn unit(&self) -> Option<MeasureUnit> {
        self.used().map(|offer| offer.unit)
    }

    pub(crate) fn unit_price(&self) -> Option<Amount> {
        self.used().and_then(|offer| offer.price_per_hour)
    }

    fn name(&self, language: &Language, name: fn(&Offer) -> Name) -> Option<String> {
        self.offer.map(|offer| name(offer).in_language(Some(language)).to_owned())
    }

    fn used(&self) -> Option<&'w Offer> {
        self.offer.filter(|_| self.mode == ChargingMode::PayPerUse)
    }
}

impl Line<'_> {
    /// Returns the time of consumption: the end of the use, or the payment of a period.
    pub(crate) fn consumed(&self) -> UtcTime {
        if self.kind.mode == ChargingMode::PayPerUse { self.until } else { self.at }
    }

    /// The time over which the payment is spread; none where it belongs to the day.
    pub(crate) fn spread(&self) -> Option<(UtcTime, UtcTime)> {
        spread(self.kind.mode, self.from, self.until)
    }

    /// Returns the unit of a period and its number: years or months where it fits, else days.
    pub(crate) fn period(&self) -> Option<(PeriodType, Amount)> {
        let (from, until) = self.spread()?;
        let (begin, end) = (from.instant().to_offset(BEIJING), until.instant().to_offset(BEIJING));
        let months = |time: time::OffsetDateTime| time.year() * 12 + i32::from(u8::from(time.month()));
        let count = months(end) - months(begin);
        Some(match count {
            _ if begin.day() != end.day() || count == 0 => {
                (PeriodType::Day, Amount::from((end - begin).whole_days()))
            }
            years if years % 12 == 0 => (PeriodType::Year, Amount::from(years / 12)),
            months => (PeriodType::Month, Amount::from(months)),
        })
    }
}

/// The time over which a payment is spread: that of a period.
pub(super) fn spread(mode: ChargingMode, from: UtcTime, until: UtcTime) -> Option<(UtcTime, UtcTime)> {
    (mode != ChargingMode::PayPerUse && from < until).then_some((from, until))
}

pub(super) fn trade_of(booked: &Booked) -> &str {
    booked.order.as_deref().unwrap_or(&booked.id)
}
