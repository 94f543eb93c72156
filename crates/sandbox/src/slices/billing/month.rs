//! A month of many rows that are made when they are asked for, never stored.
//!
//! A row follows from its number alone: the kinds of rows come round every [`KINDS`] rows, days go up with the numbers, and
//! amounts come from the seed. So a page is made without the rows before it, and how many rows match a filter is known
//! from one round of kinds.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Serialize};

use super::{
    days_of,
    lines::{Cell, Kind, Line, Selection, Sums},
    plus,
    uses::{payable, rated},
};
use crate::{
    core::{Account, AccountKind, LedgerAccount, Refusal, refuse},
    slices::catalogue::{Offer, offers_of},
    state::State,
};
use huaweicloud_partner::{
    bills::{BillType, ChargingMode},
    error::codes,
    types::{Amount, BEIJING, BillCycle, Day, Site, UtcTime},
};

/// Number of resources of a customer in such a month: row `n` is about resource `n % KINDS`.
const KINDS: u32 = 40;

/// Interval of the kinds that are paid for the whole month, where there is an offer for that.
const PERIODS: u32 = 20;

/// A month of many rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Month {
    pub(crate) cycle: BillCycle,
    seed: u64,
    /// Offers that customers use, by site.
    offers: Vec<Assortment>,
    customers: Vec<KeptShare>,
}

/// The offers of a site that are paid for by use, and those that are paid for by the month.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Assortment {
    site: Site,
    by_use: Vec<String>,
    by_month: Vec<String>,
}

/// Amounts and use, by day and kind.
type DailySums = BTreeMap<(Day, u32), (Sums, Amount)>;

/// The rows of one customer, as far as they are stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptShare {
    pub(crate) customer: String,
    partner: Option<String>,
    association: Option<String>,
    rows: u32,
    /// Sums by day and kind, once somebody has asked for them.
    #[serde(skip)]
    sums: OnceLock<Arc<DailySums>>,
}

/// The rows of one customer.
pub(crate) struct Share<'w> {
    world: &'w State,
    month: &'w Month,
    account: &'w Account,
    pub(crate) kept: &'w KeptShare,
    /// Numbers of the large month and of its customer, which are used in ids.
    place: (usize, usize),
    /// The first instant of the month and of the next.
    begin: UtcTime,
    end: UtcTime,
}

/// The numbers of wanted rows: of these kinds, in this range.
pub(crate) struct Rows {
    kinds: Vec<u32>,
    range: Range<u32>,
}

impl Month {
    pub(crate) fn shares<'w>(
        &'w self,
        world: &'w State,
        index: usize,
    ) -> impl Iterator<Item = Share<'w>> + 'w {
        let (begin, end) = (start_of(self.cycle), start_of(self.cycle.next()));
        self.customers.iter().enumerate().filter_map(move |(number, kept)| {
            let account = world.accounts.get(&kept.customer)?;
            Some(Share { world, month: self, account, kept, place: (index, number), begin, end })
        })
    }
}

impl Assortment {
    fn of(site: Site) -> Self {
        let those = |price: fn(&Offer) -> Option<Amount>| {
            // Traffic of the object storage came later: large months stay as they were.
            let offers =
                offers_of(site).filter(|offer| price(offer).is_some() && offer.spec != "obs.traffic");
            offers.map(|offer| offer.id.clone()).collect()
        };
        Self {
            site,
            by_use: those(|offer| offer.price_per_hour),
            by_month: those(|offer| offer.price_per_month.filter(|_| !offer.is_package())),
        }
    }
}

impl<'w> Share<'w> {
    /// Returns the rows of a selection.
    pub(crate) fn rows(&self, selection: &Selection<'_>) -> Rows {
        let wanted = |kind: &u32| self.kind(*kind).is_some_and(|kind| (selection.wanted)(&kind));
        let kinds = (0..KINDS).filter(wanted).collect();
        let range = match (selection.trade, selection.days) {
            (Some(trade), days) => match self.numbered(trade) {
                Some(row) if days.is_none_or(|days| within(days, self.day(row))) => row..row + 1,
                _ => 0..0,
            },
            (None, Some((first, last))) => {
                self.first_row(|day| day >= first)..self.first_row(|day| day > last)
            }
            (None, None) => 0..self.kept.rows,
        };
        Rows { kinds, range }
    }

    /// Makes one row.
    pub(crate) fn line(&self, row: u32) -> Option<Line<'w>> {
        let kind = self.kind(row % KINDS)?;
        let (usage, sums) = self.amounts(row, &kind)?;
        let by_use = kind.mode == ChargingMode::PayPerUse;
        let (from, until) =
            if by_use { (self.instant(row), self.instant(row + 1)) } else { (self.begin, self.end) };
        Some(Line {
            kind,
            id: Cow::Owned(self.id("ROW", row)),
            trade: Cow::Owned(self.id("CS", row)),
            order: None,
            combined: None,
            at: if by_use { until } else { self.instant(row) },
            day: self.day(row),
            from,
            until,
            usage,
            covered: None,
            sums,
        })
    }

    /// The rows of a day and a kind together, as far as they are wanted.
    pub(crate) fn cells(&self, selection: &Selection<'_>) -> Vec<Cell<'w>> {
        if selection.trade.is_some() {
            let rows = self.rows(selection);
            let lines = (0..rows.count()).filter_map(|place| self.line(rows.nth(place)?));
            return lines.map(|line| self.cell(line.kind, line.day, line.usage, line.sums)).collect();
        }
        let kinds: BTreeMap<u32, Kind<'w>> = (0..KINDS)
            .filter_map(|number| Some((number, self.kind(number)?)))
            .filter(|(_, kind)| (selection.wanted)(kind))
            .collect();
        let sums = self.sums();
        let days = selection.days;
        sums.iter()
            .filter(|((day, _), _)| days.is_none_or(|days| within(days, *day)))
            .filter_map(|((day, number), (sums, usage))| {
                Some(self.cell(kinds.get(number)?.clone(), *day, Some(*usage), *sums))
            })
            .collect()
    }

    fn cell(&self, kind: Kind<'w>, day: Day, usage: Option<Amount>, sums: Sums) -> Cell<'w> {
        let spread = (kind.mode != ChargingMode::PayPerUse).then_some((self.begin, self.end));
        let usage = usage.unwrap_or_default();
        Cell { kind, day, spread, usage, covered: Amount::ZERO, sums }
    }

    fn sums(&self) -> Arc<DailySums> {
        let sums = self.kept.sums.get_or_init(|| {
            let kinds: Vec<_> = (0..KINDS).map(|number| self.kind(number)).collect();
            let mut sums = DailySums::new();
            for row in 0..self.kept.rows {
                let number = row % KINDS;
                let Some(Some(kind)) = kinds.get(number as usize) else { continue };
                let Some((used, amounts)) = self.amounts(row, kind) else { continue };
                let (sum, usage) = sums.entry((self.day(row), number)).or_default();
                sum.add(&amounts);
                *usage = plus(*usage, used.unwrap_or_default());
            }
            Arc::new(sums)
        });
        Arc::clone(sums)
    }

    /// Returns the cost of all rows together.
    fn payable(&self) -> Amount {
        self.sums().values().fold(Amount::ZERO, |sum, (sums, _)| plus(sum, sums.payable()))
    }

    /// The kind of the rows whose numbers leave this remainder.
    fn kind(&self, number: u32) -> Option<Kind<'w>> {
        let offers = self.month.offers.iter().find(|offers| offers.site == self.account.site)?;
        let by_month = number.is_multiple_of(PERIODS) && !offers.by_month.is_empty();
        let offers = if by_month { &offers.by_month } else { &offers.by_use };
        let offer = self.world.offer(round(offers, number as usize)?)?;
        let (what, mode) = if by_month {
            (BillType::MonthlyPayment, ChargingMode::YearlyMonthly)
        } else {
            (BillType::Usage, ChargingMode::PayPerUse)
        };
        let resource = format!("{}-m{number:02}", self.kept.customer);
        Some(Kind {
            customer: self.account,
            partner: self.kept.partner.as_deref(),
            association: self.kept.association.as_deref(),
            what,
            mode,
            offer: Some(offer),
            named: Some(Cow::Owned(resource.clone())),
            resource: Some(Cow::Owned(resource)),
            payer: &self.account.id,
            free: false,
            settled: true,
        })
    }

    /// Returns the usage and the cost of a row. At least a cent is charged; a quarter of the kinds has a
    /// discount of ten per cent.
    fn amounts(&self, row: u32, kind: &Kind<'_>) -> Option<(Option<Amount>, Sums)> {
        let offer = kind.offer?;
        let (usage, list) = match kind.mode {
            ChargingMode::PayPerUse => {
                let price = offer.price_per_hour?;
                let usage = plus(least(price)?, Amount::new(self.noise(row, 100_000), 3).ok()?);
                (Some(usage), rated(price, usage)?)
            }
            _ => (None, offer.price_per_month?),
        };
        let reduced = row % KINDS % 4 == 1;
        let discount = if reduced { rated(list, Amount::new(1, 1).ok()?)? } else { Amount::ZERO };
        let cash = payable(self.account.site, plus(list, discount.negated()));
        Some((usage, Sums { list, discount, cash, ..Sums::default() }))
    }

    /// A number below a bound that looks like chance and follows from seed, customer and row.
    fn noise(&self, row: u32, bound: u32) -> i64 {
        let mut x = self.month.seed ^ (self.place.1 as u64) << 32 ^ u64::from(row);
        x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % u64::from(bound)).cast_signed()
    }

    /// Returns the time at which a row begins; rows are spread evenly over the month.
    fn instant(&self, row: u32) -> UtcTime {
        let seconds = (self.end.instant() - self.begin.instant()).whole_seconds();
        let passed = seconds.saturating_mul(row.into()).checked_div(self.kept.rows.into()).unwrap_or(0);
        self.begin.instant().saturating_add(time::Duration::seconds(passed)).into()
    }

    fn day(&self, row: u32) -> Day {
        self.instant(row).billing_day()
    }

    /// The first row whose day is late enough.
    fn first_row(&self, late: impl Fn(Day) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.kept.rows);
        while low < high {
            let middle = low.midpoint(high);
            if late(self.day(middle)) { high = middle } else { low = middle + 1 }
        }
        low
    }

    fn id(&self, prefix: &str, row: u32) -> String {
        let (month, customer) = self.place;
        let cycle = self.month.cycle;
        format!("{prefix}{:04}{:02}-{month}-{customer}-{row}", cycle.year(), u8::from(cycle.month()))
    }

    /// The row of a transaction.
    fn numbered(&self, trade: &str) -> Option<u32> {
        let row = trade.rsplit('-').next()?.parse().ok()?;
        (row < self.kept.rows && self.id("CS", row) == trade).then_some(row)
    }
}

impl Rows {
    /// Returns the number of rows.
    pub(crate) fn count(&self) -> usize {
        self.below(self.range.end).saturating_sub(self.below(self.range.start))
    }

    /// The number of one of them, by its place.
    pub(crate) fn nth(&self, place: usize) -> Option<u32> {
        let place = place + self.below(self.range.start);
        let rounds = u32::try_from(place.checked_div(self.kinds.len())?).ok()?;
        let row = rounds.checked_mul(KINDS)?.checked_add(*round(&self.kinds, place)?)?;
        self.range.contains(&row).then_some(row)
    }

    /// Returns the number of rows with numbers below a bound, whatever the range.
    fn below(&self, bound: u32) -> usize {
        (bound / KINDS) as usize * self.kinds.len()
            + self.kinds.iter().filter(|kind| **kind < bound % KINDS).count()
    }
}

impl State {
    /// Gives all customers of partners together this number of rows in a past month, which are made when they
    /// are requested. The money that they cost came in and went out again.
    pub(crate) fn fill_month(&mut self, cycle: BillCycle, rows: u32) -> Result<(), Refusal> {
        if cycle >= BillCycle::containing(self.now) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        let mut customers: Vec<KeptShare> = self
            .accounts
            .values()
            .filter(|account| matches!(account.kind, AccountKind::Customer | AccountKind::EnterpriseMaster))
            .filter(|account| account.associated_with.is_some())
            .map(|account| KeptShare {
                customer: account.id.clone(),
                partner: account.associated_with.clone(),
                association: account.association_type.clone(),
                rows: 0,
                sums: OnceLock::new(),
            })
            .collect();
        let count = u32::try_from(customers.len()).unwrap_or(u32::MAX);
        for (number, share) in (0_u32..).zip(&mut customers) {
            let more = u32::from(number < rows.checked_rem(count).unwrap_or(0));
            share.rows = rows.checked_div(count).unwrap_or(0) + more;
        }
        let sites = [Site::China, Site::International, Site::Europe];
        let offers = sites.map(Assortment::of).into();
        let seed = self.billing.months.len() as u64;
        self.billing.months.push(Month { cycle, seed, offers, customers });
        let index = self.billing.months.len() - 1;
        let filled = self.billing.months.last();
        let spent: Vec<Amount> = filled
            .map(|month| month.shares(self, index).map(|share| share.payable()).collect())
            .unwrap_or_default();
        for amount in spent {
            let (from, to) = (LedgerAccount::outside("recharge"), LedgerAccount::outside("consumption"));
            self.move_money("month of bills", from, to, amount)?;
        }
        Ok(())
    }
}

/// The least use of which at least a cent is left after ten per cent off.
fn least(price: Amount) -> Option<Amount> {
    let cent = Amount::new(12, 3).ok()?;
    Some(cent.as_decimal().checked_div(price.as_decimal())?.ceil().into())
}

fn round<T>(items: &[T], place: usize) -> Option<&T> {
    items.get(place.checked_rem(items.len())?)
}

fn within((first, last): (Day, Day), day: Day) -> bool {
    (first..=last).contains(&day)
}

/// The first instant of a month, in Beijing.
fn start_of(cycle: BillCycle) -> UtcTime {
    days_of(cycle).0.date().midnight().assume_offset(BEIJING).into()
}
