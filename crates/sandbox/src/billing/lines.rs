//! The lines of bills: one for each charge, stored or made on the fly, and how they are chosen and added up.

use std::{borrow::Cow, collections::BTreeMap};

use super::{month::Share, plus};
use crate::{
    charges::{Booked, last_day},
    core::{Account, VoucherKind},
    market::{Name, Offer},
    world::State,
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
    pub(crate) at: UtcTime,
    pub(crate) day: Day,
    pub(crate) from: UtcTime,
    pub(crate) until: UtcTime,
    pub(crate) usage: Option<Amount>,
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

    fn names(&self, customer: &str) -> bool {
        self.whose.is_none_or(|whose| whose.iter().any(|id| id == customer))
    }

    fn takes(&self, booked: &Booked) -> bool {
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

/// Facts of the offer in bills; empty where the market does not know the offer any more.
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

    /// In which unit a period is counted, and how many there are: years or months where it fits, else days.
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

impl State {
    /// Returns the number of matching lines, and those of one page.
    pub(crate) fn lines<'w>(
        &'w self,
        selection: &Selection<'_>,
        offset: Option<u32>,
        limit: Option<u32>,
    ) -> (Option<u64>, Vec<Line<'w>>) {
        self.chosen(selection, |booked| selection.takes(booked), offset, limit)
    }

    /// The same for lines of which a share falls on the month, whenever they were billed.
    pub(crate) fn shared_lines<'w>(
        &'w self,
        selection: &Selection<'_>,
        offset: Option<u32>,
        limit: Option<u32>,
    ) -> (Option<u64>, Vec<Line<'w>>) {
        let falls = |booked: &Booked| match spread(booked.mode, booked.from, booked.until) {
            Some((from, until)) => {
                let months = BillCycle::containing(from)..=last_day(from, until).cycle();
                months.contains(&selection.first)
            }
            None => booked.cycle() == selection.first,
        };
        let takes = |booked: &Booked| selection.names(&booked.customer) && falls(booked);
        self.chosen(selection, takes, offset, limit)
    }

    fn chosen<'w>(
        &'w self,
        selection: &Selection<'_>,
        takes: impl Fn(&Booked) -> bool,
        offset: Option<u32>,
        limit: Option<u32>,
    ) -> (Option<u64>, Vec<Line<'w>>) {
        let begin = offset.unwrap_or(0) as usize;
        let end = begin.saturating_add(limit.unwrap_or(10) as usize);
        let (mut total, mut lines) = (0, Vec::new());
        for booked in self.charges.iter().filter(|booked| takes(booked)) {
            let Some(kind) = self.kind(booked).filter(|kind| (selection.wanted)(kind)) else { continue };
            if (begin..end).contains(&total) {
                lines.push(line(kind, booked, self.sums(booked)));
            }
            total += 1;
        }
        for share in self.shares(selection) {
            let rows = share.rows(selection);
            let count = rows.count();
            for place in begin.max(total)..end.min(total + count) {
                lines.extend(rows.nth(place - total).and_then(|number| share.line(number)));
            }
            total += count;
        }
        (Some(total as u64), lines)
    }

    /// All wanted lines, those of large months joined by kind and day.
    pub(crate) fn cells<'w>(&'w self, selection: &Selection<'_>) -> Vec<Cell<'w>> {
        let stored = self.charges.iter().filter(|booked| selection.takes(booked)).filter_map(|booked| {
            let kind = self.kind(booked).filter(|kind| (selection.wanted)(kind))?;
            let spread = spread(kind.mode, booked.from, booked.until);
            let (day, usage) = (booked.day, booked.usage.unwrap_or_default());
            Some(Cell { kind, day, spread, usage, sums: self.sums(booked) })
        });
        stored.chain(self.shares(selection).flat_map(|share| share.cells(selection))).collect()
    }

    /// The months in which anything was charged.
    pub(crate) fn billed_cycles(&self) -> Vec<BillCycle> {
        let stored = self.charges.iter().map(|booked| booked.cycle());
        let mut cycles: Vec<_> = stored.chain(self.billing.months.iter().map(|month| month.cycle)).collect();
        cycles.sort_unstable();
        cycles.dedup();
        cycles
    }

    fn shares<'w, 'q>(&'w self, selection: &'q Selection<'q>) -> impl Iterator<Item = Share<'w>> + 'q
    where
        'w: 'q,
    {
        self.billing.months.iter().enumerate().flat_map(move |(index, month)| {
            month.shares(self, index).filter(move |share| selection.covers(month.cycle, &share.kept.customer))
        })
    }

    fn kind<'w>(&'w self, booked: &'w Booked) -> Option<Kind<'w>> {
        let resource = booked.resource.as_deref();
        let bought = resource.and_then(|id| self.market.resource_of(&booked.customer, id));
        let name = bought.and_then(|resource| resource.name.as_deref());
        Some(Kind {
            customer: self.accounts.get(&booked.customer)?,
            partner: booked.partner.as_deref(),
            association: booked.association.as_deref(),
            what: booked.what,
            mode: booked.mode,
            offer: self.offer(&booked.offer),
            resource: resource.map(Cow::Borrowed),
            named: name.or(resource).map(Cow::Borrowed),
            payer: booked.payer(),
            free: self.sums(booked).payable().is_zero(),
            settled: booked.debt.is_zero(),
        })
    }
}

/// The time over which a payment is spread: that of a period.
fn spread(mode: ChargingMode, from: UtcTime, until: UtcTime) -> Option<(UtcTime, UtcTime)> {
    (mode != ChargingMode::PayPerUse && from < until).then_some((from, until))
}

/// Cells with the same key joined, in the order of the keys.
pub(crate) fn joined<'w, K: Ord>(
    cells: impl IntoIterator<Item = Cell<'w>>,
    key: impl Fn(&Cell<'w>) -> K,
) -> BTreeMap<K, Cell<'w>> {
    let mut groups: BTreeMap<K, Cell<'w>> = BTreeMap::new();
    for cell in cells {
        match groups.entry(key(&cell)) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(cell);
            }
            std::collections::btree_map::Entry::Occupied(mut group) => {
                let group = group.get_mut();
                group.sums.add(&cell.sums);
                group.usage = plus(group.usage, cell.usage);
            }
        }
    }
    groups
}

fn line<'w>(kind: Kind<'w>, booked: &'w Booked, sums: Sums) -> Line<'w> {
    Line {
        kind,
        id: Cow::Borrowed(&booked.id),
        trade: Cow::Borrowed(trade_of(booked)),
        order: booked.order.as_deref(),
        at: booked.at,
        day: booked.day,
        from: booked.from,
        until: booked.until,
        usage: booked.usage,
        sums,
    }
}

fn trade_of(booked: &Booked) -> &str {
    booked.order.as_deref().unwrap_or(&booked.id)
}

impl State {
    /// The amounts of a charge. What a discount voucher took off counts as paid by a voucher.
    fn sums(&self, booked: &Booked) -> Sums {
        let flexi = booked.paid.vouchers.iter().filter(|(id, _)| {
            self.vouchers.get(id).is_some_and(|voucher| voucher.kind == VoucherKind::FlexiPurchase)
        });
        let flexi = flexi.fold(Amount::ZERO, |sum, (_, amount)| plus(sum, *amount));
        Sums {
            list: booked.list_price,
            discount: booked.discount,
            cash: booked.paid.cash,
            coupon: plus(booked.paid.coupons(), flexi.negated()),
            flexi,
            credit: booked.paid.credit_part(),
            card: booked.paid.card_part(),
            debt: booked.debt,
        }
    }
}
