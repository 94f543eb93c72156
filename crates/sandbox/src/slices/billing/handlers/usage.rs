//! A customer's charges with what was used, at which price, and how it was computed.

use super::{
    query::{both_days, days, language, or_none, owned, reaches, whose},
    summary::MONTHS_OF_BILLS,
};
use crate::{
    core::{Account, Refusal, page},
    handler::Simulated,
    slices::{
        billing::{
            lines::{Cell, Kind, Line, Selection, Sums},
            selection::joined,
        },
        enterprise::{DEFAULT_PROJECT, DEFAULT_PROJECT_NAME},
    },
    state::State,
};
use huaweicloud_partner::{
    bills::{ListUsageRecords, StatisticType, UsageRecord, UsageRecordPage},
    fill,
    types::{Amount, Day, Language, MeasureUnit, ResourceId},
};

impl Simulated for ListUsageRecords {
    fn prepare(&mut self) -> Result<(), Refusal> {
        both_days(self.cycle, &mut self.bill_date_begin, &mut self.bill_date_end);
        Ok(())
    }

    /// Sums are made by customer, resource, product, payment mode and kind of charge, sums by day also by day; what sums
    /// are divided by is not documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<UsageRecordPage, Refusal> {
        let whose = whose(world, caller, self.method.as_ref(), self.sub_customer_id.as_ref())?;
        let language = language(self.language, caller);
        let others = reaches(world, self.cycle, MONTHS_OF_BILLS)
            && or_none(self.enterprise_project_id.as_deref(), Some(DEFAULT_PROJECT));
        let wanted = |kind: &Kind<'_>| {
            others
                && or_none(self.cloud_service_type.as_deref(), kind.service())
                && or_none(self.region.as_deref(), kind.region())
                && self.charge_mode.is_none_or(|mode| kind.mode == mode)
                && self.bill_type.is_none_or(|what| kind.what == what)
                && or_none(self.resource_id.as_ref().map(ResourceId::as_str), kind.resource.as_deref())
                && (self.include_zero_record != Some(false) || !kind.free)
        };
        let sums = match self.statistic_type {
            Some(StatisticType::Cycle) => Some(SumsBy::Resource),
            Some(StatisticType::Day) => Some(SumsBy::ResourceAndDay),
            _ => None,
        };
        let selection = Selection {
            days: days(self.bill_date_begin, self.bill_date_end).filter(|_| sums != Some(SumsBy::Resource)),
            whose: Some(&whose),
            trade: self.trade_id.as_deref(),
            wanted: &wanted,
            ..Selection::of(self.cycle)
        };
        let rows = Rows { single, summed, language };
        let (total_count, fee_records) = rows.page(world, &selection, sums, (self.offset, self.limit));
        Ok(fill!(UsageRecordPage { fee_records, total_count, currency: Some(caller.site.currency()) }))
    }
}

/// Charges that one row of a bill adds up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SumsBy {
    /// All of a resource, of one kind.
    Resource,
    /// The same of one day.
    ResourceAndDay,
}

/// Rows of a bill that is written charge by charge or as sums.
pub(crate) struct Rows<T> {
    /// Row of one charge.
    pub(crate) single: fn(&Line<'_>, &Language) -> T,
    /// Row of a sum, with its day where sums are made by day.
    pub(crate) summed: fn(&Cell<'_>, Option<Day>, &Language) -> T,
    /// Language of names.
    pub(crate) language: Language,
}

impl<T> Rows<T> {
    /// Returns the number of rows and those of one page: one for each charge, or sums.
    pub(crate) fn page(
        &self,
        world: &State,
        selection: &Selection<'_>,
        sums: Option<SumsBy>,
        (offset, limit): (Option<u32>, Option<u32>),
    ) -> (Option<u64>, Vec<T>) {
        let Some(by) = sums else {
            let (total, lines) = world.lines(selection, offset, limit);
            return (total, lines.iter().map(|line| (self.single)(line, &self.language)).collect());
        };
        let by_day = by == SumsBy::ResourceAndDay;
        let joined = joined(world.cells(selection), |cell| (by_day.then_some(cell.day), parted(cell)));
        page(joined, offset, limit, |((day, _), cell)| (self.summed)(&cell, day, &self.language))
    }
}

/// Returns the key by which sums are made.
fn parted<'w>(cell: &Cell<'w>) -> impl Ord + use<'w> {
    let kind = &cell.kind;
    let resource = kind.resource.as_deref().map(str::to_owned);
    (kind.customer.id.as_str(), resource, kind.product(), kind.mode, kind.what)
}

fn single(line: &Line<'_>, language: &Language) -> UsageRecord {
    let record = record(&line.kind, &line.sums, line.usage, line.covered, language);
    fill!(UsageRecord {
        bill_date: Some(line.day),
        effective_time: Some(line.from),
        expire_time: Some(line.until),
        trade_id: Some(line.trade.to_string()),
        id: Some(line.id.to_string()),
        trade_time: Some(line.at),
        order_id: line.order.map(Into::into),
        relative_order_id: line.combined.map(Into::into),
        period_type: line.period().map(|(unit, _)| unit),
        period_num: line.period().map(|(_, count)| count),
        consume_time: Some(line.consumed()),
        formula: Some(formula(&line.sums)),
        ..record
    })
}

fn summed(cell: &Cell<'_>, day: Option<Day>, language: &Language) -> UsageRecord {
    let usage = cell.kind.usage_type().is_some().then_some(cell.usage);
    let covered = Some(cell.covered).filter(|covered| covered.is_positive());
    fill!(UsageRecord { bill_date: day, ..record(&cell.kind, &cell.sums, usage, covered, language) })
}

fn record(
    kind: &Kind<'_>,
    sums: &Sums,
    usage: Option<Amount>,
    covered: Option<Amount>,
    language: &Language,
) -> UsageRecord {
    let resource = kind.resource.as_deref();
    fill!(UsageRecord {
        bill_type: Some(kind.what),
        customer_id: kind.customer.id.as_str().into(),
        region: owned(kind.region()),
        region_name: kind.region_name(language),
        cloud_service_type: owned(kind.service()),
        resource_type: owned(kind.resource_type()),
        cloud_service_type_name: kind.service_name(language),
        resource_type_name: kind.resource_type_name(language),
        resource_id: resource.map(Into::into),
        resource_name: owned(kind.named.as_deref()),
        product_id: owned(kind.product()),
        product_name: kind.spec_name(language),
        product_spec_desc: kind.spec_name(language),
        sku_code: owned(kind.spec()),
        enterprise_project_id: Some(DEFAULT_PROJECT.to_owned()),
        enterprise_project_name: Some(DEFAULT_PROJECT_NAME.to_owned()),
        charge_mode: Some(kind.mode),
        usage_type: owned(kind.usage_type()),
        usage,
        usage_measure_id: usage.and(kind.unit()),
        free_resource_usage: covered,
        free_resource_measure_id: covered.and(kind.unit()),
        unit_price: kind.unit_price(),
        official_amount: Some(sums.list),
        discount_amount: Some(sums.discount),
        amount: Some(sums.payable()),
        cash_amount: Some(sums.cash),
        coupon_amount: Some(sums.coupon),
        credit_amount: Some(sums.credit),
        flexipurchase_coupon_amount: Some(sums.flexi),
        stored_card_amount: Some(sums.card),
        bonus_amount: Some(Amount::ZERO),
        debt_amount: Some(sums.debt),
        adjustment_amount: Some(Amount::ZERO),
        measure_id: Some(MeasureUnit::MainUnit),
        account_name: Some(kind.customer.login.clone()),
        ..UsageRecord::default()
    })
}

/// List price less discount, truncation and cash vouchers: it comes to what [`UsageRecord::formula_result`] says.
fn formula(sums: &Sums) -> String {
    let list = sums.list.to_string();
    let parts = [("discount", sums.discount), ("truncated", sums.truncated()), ("vouchers", sums.coupon)];
    let parts = parts.into_iter().filter(|(_, amount)| !amount.is_zero());
    parts.fold(list, |text, (what, amount)| format!("{text} - {amount} ({what})"))
}
