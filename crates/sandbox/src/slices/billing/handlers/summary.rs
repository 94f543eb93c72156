//! A customer's month in sums.

use super::query::{language, owned, plain, reaches, through_yesterday, whose};
use crate::{
    core::{Account, Refusal, page},
    handler::Simulated,
    slices::{
        billing::{
            lines::{Cell, Selection, Sums},
            selection::joined,
        },
        enterprise::DEFAULT_PROJECT,
    },
    state::State,
};
use huaweicloud_partner::{
    bills::{BillClass, BillType, MonthlySummary, ShowMonthlySummary, SummaryBillType, SummaryRow},
    fill,
    types::{Amount, Language, MeasureUnit},
};

/// Number of past months whose bills a customer can read.
pub(crate) const MONTHS_OF_BILLS: i32 = 36;

impl Simulated for ShowMonthlySummary {
    /// Holds what happened up to the end of the day before. The totals are those of all rows that the filters leave.
    fn run(self, world: &mut State, caller: &Account) -> Result<MonthlySummary, Refusal> {
        let whose = whose(world, caller, self.method.as_ref(), self.sub_customer_id.as_ref())?;
        let language = language(None, caller);
        let project = self.enterprise_project_id.as_deref().is_none_or(|id| id == DEFAULT_PROJECT);
        let reached = reaches(world, self.bill_cycle, MONTHS_OF_BILLS);
        let cells = world.cells(&Selection {
            days: Some(through_yesterday(world, self.bill_cycle)),
            whose: Some(&whose),
            wanted: &|kind| reached && project && plain(self.service_type_code.as_deref(), kind.service()),
            ..Selection::of(self.bill_cycle)
        });
        let rows = joined(cells, |cell| {
            let kind = &cell.kind;
            let class = class(kind.what);
            (kind.customer.id.as_str(), kind.service(), kind.resource_type(), kind.mode, class)
        });
        let mut total = Sums::default();
        rows.values().for_each(|row| total.add(&row.sums));
        let (total_count, bill_sums) =
            page(rows.into_values(), self.offset, self.limit, |cell| row(&cell, &language));
        Ok(fill!(MonthlySummary {
            total_count,
            bill_sums,
            consume_amount: Some(total.payable()),
            debt_amount: Some(total.debt),
            coupon_amount: Some(total.coupon),
            cash_amount: Some(total.cash),
            stored_value_card_amount: Some(total.card),
            writeoff_amount: Some(Amount::ZERO),
            credit_amount: Some(total.credit),
            flexipurchase_coupon_amount: Some(total.flexi),
            measure_id: Some(MeasureUnit::MainUnit),
            currency: Some(caller.site.currency()),
        }))
    }
}

/// The coarse kind of a charge.
pub(crate) fn class(what: BillType) -> SummaryBillType {
    match what.class() {
        Some(BillClass::Refund) => SummaryBillType::Refund,
        Some(BillClass::Adjustment) => SummaryBillType::Adjustment,
        Some(BillClass::Consumption) | None => SummaryBillType::Consumption,
    }
}

fn row(cell: &Cell<'_>, language: &Language) -> SummaryRow {
    let (kind, sums) = (&cell.kind, &cell.sums);
    fill!(SummaryRow {
        bill_cycle: Some(cell.day.cycle()),
        resource_type_code: owned(kind.resource_type()),
        service_type_code: owned(kind.service()),
        service_type_name: kind.service_name(language),
        resource_type_name: kind.resource_type_name(language),
        charging_mode: Some(kind.mode),
        official_amount: Some(sums.list),
        official_discount_amount: Some(sums.discount),
        truncated_amount: Some(sums.truncated()),
        consume_amount: Some(sums.payable()),
        coupon_amount: Some(sums.coupon),
        debt_amount: Some(sums.debt),
        cash_amount: Some(sums.cash),
        stored_value_card_amount: Some(sums.card),
        writeoff_amount: Some(Amount::ZERO),
        credit_amount: Some(sums.credit),
        flexipurchase_coupon_amount: Some(sums.flexi),
        measure_id: Some(MeasureUnit::MainUnit),
        bill_type: Some(class(kind.what)),
        customer_id: kind.customer.id.as_str().into(),
        account_name: Some(kind.customer.login.clone()),
    })
}
