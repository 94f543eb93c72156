//! Costs by dimension, and spread over the months that they are paid for.

use std::collections::BTreeMap;

use super::{
    query::{few_members, language, owned, plain, reaches, whose},
    summary::class,
};
use crate::{
    core::{Account, Refusal, page},
    handler::Simulated,
    slices::{
        billing::{
            days_of,
            lines::{Cell, Kind, Line, Selection, Sums},
            plus,
        },
        enterprise::{DEFAULT_PROJECT, DEFAULT_PROJECT_NAME},
    },
    state::State,
};
use huaweicloud_partner::{
    bills::{ChargingMode, RecordOwner},
    costs::{
        AmortizedCost, AmortizedCostPage, CostAmountType, CostDimension, CostEntry, CostFilter, CostInSlice,
        CostPage, CostSlice, CostType, DimensionValue, FilterOperator, GroupingKind, ListCosts,
        ListMonthlyBreakdown,
    },
    fill,
    types::{Amount, BEIJING, BillCycle, Day, DayOrCycle, Language, ResourceId, UtcTime},
};

/// Number of past months whose amortized costs can be read.
const MONTHS_OF_COSTS: i32 = 18;

impl Simulated for ListCosts {
    /// Original costs of the month before are there from noon on the 4th. Slices without costs are left out, and rows come
    /// in the order of their values; neither is documented. What was paid is the payable amount less vouchers and arrears.
    /// Nothing here has tags or cost units, availability zones or an operating company: grouped by those, everything is
    /// under the empty value.
    fn run(self, world: &mut State, caller: &Account) -> Result<CostPage, Refusal> {
        world.check_cost_access(&caller.id)?;
        let filters = self.filters.unwrap_or_default();
        let names_one = |filter: &CostFilter| {
            filter.operator != FilterOperator::Exclude
                && filter.filter_factor.key == CostDimension::AssociatedAccount
        };
        if !filters.iter().any(names_one) {
            few_members(world, caller)?;
        }
        let whose = whose(world, caller, None, None)?;
        let wanted = |kind: &Kind<'_>| filters.iter().all(|filter| lets(filter, kind));
        let slice = self.time_condition.time_measure_id;
        let (first, last) = window(self.time_condition.begin_time, self.time_condition.end_time);
        let amortized = self.cost_type == CostType::Amortized;
        let mut selection = Selection {
            days: Some((first, last)),
            whose: Some(&whose),
            wanted: &wanted,
            last: last.cycle(),
            ..Selection::of(first.cycle())
        };
        if amortized {
            // What is spread over this window may have been paid long before it, or after it began.
            selection.days = None;
            selection.first = BillCycle::new(i32::MIN, time::Month::January);
            selection.last = BillCycle::new(i32::MAX, time::Month::December);
        }
        let mut entries: BTreeMap<Vec<String>, BTreeMap<Day, (Amount, Amount)>> = BTreeMap::new();
        for cell in world.cells(&selection) {
            let values: Vec<String> =
                self.groupby.iter().map(|by| value(&by.kind, &by.key, &cell.kind)).collect();
            for (day, sums) in sliced(&cell, slice, (first, last), amortized) {
                if !amortized && hidden(world, day.cycle()) {
                    continue;
                }
                let entry = entries.entry(values.clone()).or_default().entry(day).or_default();
                let amount = match self.amount_type {
                    CostAmountType::Paid => sums.cash,
                    _ => sums.payable(),
                };
                *entry = (plus(entry.0, amount), plus(entry.1, sums.list));
            }
        }
        let keys: Vec<CostDimension> = self.groupby.iter().map(|by| by.key.as_str().into()).collect();
        let (total_count, cost_data) = page(entries, self.offset, self.limit, |(values, slices)| {
            let costs: Vec<CostInSlice> = slices
                .into_iter()
                .map(|(day, (amount, official_amount))| {
                    fill!(CostInSlice {
                        time_dimension_value: Some(match slice {
                            CostSlice::Month => DayOrCycle::Cycle(day.cycle()),
                            _ => DayOrCycle::Day(day),
                        }),
                        time_measure_id: Some(slice),
                        amount: Some(amount),
                        official_amount: Some(official_amount),
                    })
                })
                .collect();
            let total = |amount: fn(&CostInSlice) -> Option<Amount>| {
                costs.iter().filter_map(amount).fold(Amount::ZERO, plus)
            };
            let dimensions = keys.iter().cloned().zip(values);
            fill!(CostEntry {
                dimensions: dimensions
                    .map(|(key, value)| fill!(DimensionValue { key: Some(key), value }))
                    .collect(),
                amount_by_costs: Some(total(|cost| cost.amount)),
                official_amount_by_costs: Some(total(|cost| cost.official_amount)),
                costs,
            })
        });
        Ok(fill!(CostPage { currency: Some(caller.site.currency()), total_count, cost_data }))
    }
}

impl Simulated for ListMonthlyBreakdown {
    /// A charge for a period is spread over it by the second and cut after eight decimals; the rest falls on its last
    /// month, so that the shares of all months add up. Pay-per-use falls on its month. Arrears stand among what was paid
    /// on credit, for the row has no other place for them.
    fn run(self, world: &mut State, caller: &Account) -> Result<AmortizedCostPage, Refusal> {
        world.check_cost_access(&caller.id)?;
        if !matches!(self.method, Some(RecordOwner::Caller | RecordOwner::Member)) {
            few_members(world, caller)?;
        }
        let whose = whose(world, caller, self.method.as_ref(), self.sub_customer_id.as_ref())?;
        let language = language(self.language, caller);
        let others = reaches(world, self.shared_month, MONTHS_OF_COSTS)
            && plain(self.enterprise_project_id.as_deref(), Some(DEFAULT_PROJECT));
        let or_without = |filter: Option<&str>, value: Option<&str>| {
            filter.is_none_or(|filter| value.unwrap_or_default() == filter)
        };
        let wanted = |kind: &Kind<'_>| {
            others
                && or_without(self.service_type_code.as_deref(), kind.service())
                && or_without(self.resource_type_code.as_deref(), kind.resource_type())
                && plain(self.region_code.as_deref(), kind.region())
                && self.charging_mode.is_none_or(|mode| kind.mode == mode)
                && self.bill_type.is_none_or(|what| kind.what == what)
                && plain(self.resource_id.as_ref().map(ResourceId::as_str), kind.resource.as_deref())
                && plain(self.resource_name.as_deref(), kind.named.as_deref())
        };
        let selection =
            Selection { whose: Some(&whose), wanted: &wanted, ..Selection::of(self.shared_month) };
        let (total_count, lines) = world.shared_lines(&selection, self.offset, self.limit);
        let details = lines.iter().map(|line| share(line, self.shared_month, &language)).collect();
        Ok(fill!(AmortizedCostPage { currency: Some(caller.site.currency()), total_count, details }))
    }
}

fn share(line: &Line<'_>, month: BillCycle, language: &Language) -> AmortizedCost {
    let kind = &line.kind;
    let (begin, end) = bounds(days_of(month));
    let (before, after) = match line.spread() {
        Some(spread) => (line.sums.passed(spread, begin), line.sums.passed(spread, end)),
        None => (Sums::default(), line.sums),
    };
    let current = after.less(&before);
    let future = line.sums.less(&after);
    let resource = kind.resource.as_deref();
    fill!(AmortizedCost {
        shared_month: Some(month),
        bill_cycle: Some(line.day.cycle()),
        bill_type: Some(kind.what),
        customer_id: kind.customer.id.as_str().into(),
        region_code: owned(kind.region()),
        region_name: kind.region_name(language),
        service_type_code: owned(kind.service()),
        resource_type_code: owned(kind.resource_type()),
        service_type_name: kind.service_name(language),
        resource_type_name: kind.resource_type_name(language),
        effective_time: Some(line.from),
        expire_time: Some(line.until),
        resource_id: resource.map(Into::into),
        resource_name: owned(kind.named.as_deref()),
        product_spec_desc: kind.spec_name(language),
        enterprise_project_id: Some(DEFAULT_PROJECT.to_owned()),
        enterprise_project_name: Some(DEFAULT_PROJECT_NAME.to_owned()),
        charging_mode: Some(kind.mode),
        order_id: line.order.filter(|_| kind.mode != ChargingMode::PayPerUse).map(Into::into),
        period_type: line.period().map(|(unit, _)| unit),
        usage_type: owned(kind.usage_type()),
        usage: line.usage,
        usage_measure_id: line.usage.and(kind.unit()),
        consume_amount: Some(line.sums.payable()),
        past_months_amortized_amount: Some(before.payable()),
        current_month_amortized_amount: Some(current.payable()),
        future_months_amortized_amount: Some(future.payable()),
        amortized_cash_amount: Some(current.cash),
        amortized_credit_amount: Some(plus(current.credit, current.debt)),
        amortized_coupon_amount: Some(current.coupon),
        amortized_flexipurchase_coupon_amount: Some(current.flexi),
        amortized_stored_value_card_amount: Some(current.card),
        amortized_bonus_amount: Some(Amount::ZERO),
        ..AmortizedCost::default()
    })
}

/// The part of a cell that falls into each slice of a window; the slice is named by its first day.
fn sliced(cell: &Cell<'_>, slice: CostSlice, window: (Day, Day), amortized: bool) -> Vec<(Day, Sums)> {
    let name = |day: Day| if slice == CostSlice::Month { days_of(day.cycle()).0 } else { day };
    let Some(spread) = cell.spread.filter(|_| amortized) else {
        let inside = (window.0..=window.1).contains(&cell.day);
        return if inside { vec![(name(cell.day), cell.sums)] } else { Vec::new() };
    };
    let first = window.0.max(spread.0.billing_day());
    let last = window.1.min(spread.1.billing_day());
    let mut slices = Vec::new();
    let mut day = first;
    while day <= last {
        let end = if slice == CostSlice::Month { days_of(day.cycle()).1.min(last) } else { day };
        let (begin, over) = bounds((day, end));
        let sums = cell.sums.passed(spread, over).less(&cell.sums.passed(spread, begin));
        if sums != Sums::default() {
            slices.push((name(day), sums));
        }
        match end.date().next_day() {
            Some(next) => day = next.into(),
            None => break,
        }
    }
    slices
}

/// The first instant of a time of whole days, and the first after it.
fn bounds((first, last): (Day, Day)) -> (UtcTime, UtcTime) {
    let begin = |date: time::Date| UtcTime::from(date.midnight().assume_offset(BEIJING));
    (begin(first.date()), begin(last.date().next_day().unwrap_or(time::Date::MAX)))
}

/// The first and the last day of a window. Days and months do not mix, which the request was checked for.
fn window(begin: DayOrCycle, end: DayOrCycle) -> (Day, Day) {
    let first = match begin {
        DayOrCycle::Day(day) => day,
        DayOrCycle::Cycle(cycle) => days_of(cycle).0,
    };
    let last = match end {
        DayOrCycle::Day(day) => day,
        DayOrCycle::Cycle(cycle) => days_of(cycle).1,
    };
    (first, last)
}

/// Is this the month before, and its bill not made yet?
fn hidden(world: &State, cycle: BillCycle) -> bool {
    let noon_of_the_fourth = days_of(cycle.next())
        .0
        .date()
        .midnight()
        .assume_offset(BEIJING)
        .saturating_add(time::Duration::hours(3 * 24 + 12));
    cycle == BillCycle::containing(world.now).previous() && world.now.instant() < noon_of_the_fourth
}

/// Does a filter let this kind of charge pass?
fn lets(filter: &CostFilter, kind: &Kind<'_>) -> bool {
    let factor = &filter.filter_factor;
    let named = factor.value.contains(&value(&GroupingKind::Dimension, factor.key.as_str(), kind));
    match filter.operator {
        FilterOperator::Exclude => !named,
        _ => named,
    }
}

/// The value of a dimension.
fn value(kind_of_key: &GroupingKind, key: &str, kind: &Kind<'_>) -> String {
    if *kind_of_key != GroupingKind::Dimension {
        return String::new();
    }
    let text = match CostDimension::from(key) {
        CostDimension::CloudServiceType => kind.service(),
        CostDimension::ResourceType => kind.resource_type(),
        CostDimension::AssociatedAccount => Some(kind.customer.id.as_str()),
        CostDimension::PayerAccount => Some(kind.payer),
        CostDimension::Region => kind.region(),
        CostDimension::EnterpriseProject => Some(DEFAULT_PROJECT),
        CostDimension::Specification => kind.spec(),
        CostDimension::ChargingMode => return kind.mode.to_string(),
        CostDimension::UsageType => kind.usage_type(),
        CostDimension::BillType => return class(kind.what).to_string(),
        CostDimension::Resource => kind.resource.as_deref(),
        _ => None,
    };
    text.unwrap_or_default().to_owned()
}
