//! A customer's bill, resource by resource.

use super::{
    query::{days, language, owned, plain, reaches, whose},
    summary::MONTHS_OF_BILLS,
    usage::{Rows, SumsBy},
};
use crate::{
    core::{Account, Refusal},
    handler::Simulated,
    slices::{
        billing::lines::{Cell, Kind, Line, Selection, Sums},
        enterprise::{DEFAULT_PROJECT, DEFAULT_PROJECT_NAME},
    },
    state::State,
};
use huaweicloud_partner::{
    bills::{
        ChargingMode, ListResourceBills, ResourceBill, ResourceBillPage, ResourceBillPeriod, SpotInstance,
        StatisticType,
    },
    fill,
    types::{Amount, CustomerId, Day, Language, MeasureUnit, ResourceId},
};

impl Simulated for ListResourceBills {
    /// Amounts are those that were charged: the eight decimals that the page warns of are not modelled, so that all bills
    /// of a month add up to the same. A master account
    /// pays for members whose money it has in custody.
    fn run(self, world: &mut State, caller: &Account) -> Result<ResourceBillPage, Refusal> {
        let whose = whose(world, caller, self.method.as_ref(), self.sub_customer_id.as_ref())?;
        let language = language(self.language, caller);
        let payer = self.payer_account_id.as_ref().map(CustomerId::as_str);
        let others = reaches(world, self.cycle, MONTHS_OF_BILLS)
            && plain(self.enterprise_project_id.as_deref(), Some(DEFAULT_PROJECT));
        let wanted = |kind: &Kind<'_>| {
            others
                && plain(payer, Some(kind.payer))
                && plain(self.cloud_service_type.as_deref(), kind.service())
                && plain(self.resource_type.as_deref(), kind.resource_type())
                && plain(self.region.as_deref(), kind.region())
                && plain(self.res_instance_id.as_ref().map(ResourceId::as_str), kind.resource.as_deref())
                && self.charge_mode.is_none_or(|mode| kind.mode == mode)
                && self.bill_type.is_none_or(|what| kind.what == what)
                && (self.include_zero_record != Some(false) || !kind.free)
        };
        let daily = self.query_type == Some(ResourceBillPeriod::Daily);
        let selection = Selection {
            days: days(self.bill_cycle_begin, self.bill_cycle_end).filter(|_| daily),
            whose: Some(&whose),
            wanted: &wanted,
            ..Selection::of(self.cycle)
        };
        let sums = match self.statistic_type {
            Some(StatisticType::Charge) => None,
            Some(StatisticType::Day) => Some(SumsBy::ResourceAndDay),
            _ => Some(SumsBy::Resource),
        };
        let rows = Rows { single, summed, language };
        let (total_count, monthly_records) = rows.page(world, &selection, sums, (self.offset, self.limit));
        Ok(fill!(ResourceBillPage { monthly_records, total_count, currency: Some(caller.site.currency()) }))
    }
}

fn single(line: &Line<'_>, language: &Language) -> ResourceBill {
    let by_use = line.kind.mode == ChargingMode::PayPerUse;
    let spot = if by_use { SpotInstance::No } else { SpotInstance::NotApplicable };
    fill!(ResourceBill {
        cycle: Some(line.day.cycle()),
        trade_id: Some(line.trade.to_string()),
        id: Some(line.id.to_string()),
        effective_time: Some(line.from),
        expire_time: Some(line.until),
        consume_time: Some(line.consumed()),
        period_type: line.period().map(|(unit, _)| unit),
        period_num: line.period().map(|(_, count)| count),
        is_spot: Some(spot),
        ..bill(&line.kind, &line.sums, language)
    })
}

fn summed(cell: &Cell<'_>, day: Option<Day>, language: &Language) -> ResourceBill {
    fill!(ResourceBill {
        cycle: Some(cell.day.cycle()),
        bill_date: day,
        ..bill(&cell.kind, &cell.sums, language)
    })
}

fn bill(kind: &Kind<'_>, sums: &Sums, language: &Language) -> ResourceBill {
    let resource = kind.resource.as_deref();
    fill!(ResourceBill {
        bill_type: Some(kind.what),
        customer_id: kind.customer.id.as_str().into(),
        region: owned(kind.region()),
        region_name: kind.region_name(language),
        cloud_service_type: owned(kind.service()),
        resource_type_code: owned(kind.resource_type()),
        cloud_service_type_name: kind.service_name(language),
        resource_type_name: kind.resource_type_name(language),
        res_instance_id: resource.map(Into::into),
        resource_name: owned(kind.named.as_deref()),
        sku_code: owned(kind.spec()),
        product_spec_desc: kind.spec_name(language),
        enterprise_project_id: Some(DEFAULT_PROJECT.to_owned()),
        enterprise_project_name: Some(DEFAULT_PROJECT_NAME.to_owned()),
        charge_mode: Some(kind.mode),
        consume_amount: Some(sums.payable()),
        cash_amount: Some(sums.cash),
        coupon_amount: Some(sums.coupon),
        credit_amount: Some(sums.credit),
        flexipurchase_coupon_amount: Some(sums.flexi),
        stored_card_amount: Some(sums.card),
        bonus_amount: Some(Amount::ZERO),
        debt_amount: Some(sums.debt),
        adjustment_amount: Some(Amount::ZERO),
        official_amount: Some(sums.list),
        discount_amount: Some(sums.discount),
        measure_id: Some(MeasureUnit::MainUnit),
        payer_account_id: Some(kind.payer.into()),
        account_name: Some(kind.customer.login.clone()),
        ..ResourceBill::default()
    })
}
