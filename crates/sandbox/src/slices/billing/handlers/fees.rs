//! A customer's charges, order by order.

use super::{
    query::{both_days, days, language, owned, plain, reaches, whose},
    summary::MONTHS_OF_BILLS,
};
use crate::{
    core::{Account, Refusal},
    handler::Simulated,
    slices::{
        billing::lines::{Line, Selection},
        enterprise::{DEFAULT_PROJECT, DEFAULT_PROJECT_NAME},
    },
    state::State,
};
use huaweicloud_partner::{
    bills::{FeeRecord, FeeRecordPage, FeeStatus, ListFeeRecords, ProviderType},
    fill,
    types::{Amount, Language},
};

impl Simulated for ListFeeRecords {
    fn prepare(&mut self) -> Result<(), Refusal> {
        both_days(self.bill_cycle, &mut self.bill_date_begin, &mut self.bill_date_end);
        Ok(())
    }

    /// Every charge is a settlement of its own and made when it was used, so none is unbilled. Huawei Cloud sells
    /// everything here; a filter by another seller finds nothing.
    fn run(self, world: &mut State, caller: &Account) -> Result<FeeRecordPage, Refusal> {
        let whose = whose(world, caller, self.method.as_ref(), self.sub_customer_id.as_ref())?;
        let language = language(self.language, caller);
        let others = reaches(world, self.bill_cycle, MONTHS_OF_BILLS)
            && self.provider_type.is_none_or(|seller| seller == ProviderType::HuaweiCloud)
            && plain(self.enterprise_project_id.as_deref(), Some(DEFAULT_PROJECT));
        let selection = Selection {
            days: days(self.bill_date_begin, self.bill_date_end),
            whose: Some(&whose),
            trade: self.trade_id.as_deref().filter(|id| !id.is_empty()),
            wanted: &|kind| {
                others
                    && plain(self.service_type_code.as_deref(), kind.service())
                    && plain(self.resource_type_code.as_deref(), kind.resource_type())
                    && plain(self.region_code.as_deref(), kind.region())
                    && self.charging_mode.is_none_or(|mode| kind.mode == mode)
                    && self.bill_type.is_none_or(|what| kind.what == what)
                    && (self.include_zero_record != Some(false) || !kind.free)
                    && self.status.is_none_or(|wanted| status(kind.settled) == wanted)
            },
            ..Selection::of(self.bill_cycle)
        };
        let (total_count, lines) = world.lines(&selection, self.offset, self.limit);
        let records = lines.iter().map(|line| record(line, &language)).collect();
        Ok(fill!(FeeRecordPage { total_count, records, currency: Some(caller.site.currency()) }))
    }
}

fn status(settled: bool) -> FeeStatus {
    if settled { FeeStatus::Paid } else { FeeStatus::NotSettled }
}

fn record(line: &Line<'_>, language: &Language) -> FeeRecord {
    let (kind, sums) = (&line.kind, &line.sums);
    fill!(FeeRecord {
        bill_cycle: Some(line.day.cycle()),
        customer_id: kind.customer.id.as_str().into(),
        service_type_code: owned(kind.service()),
        resource_type_code: owned(kind.resource_type()),
        service_type_name: kind.service_name(language),
        resource_type_name: kind.resource_type_name(language),
        region_code: owned(kind.region()),
        region_name: kind.region_name(language),
        enterprise_project_id: Some(DEFAULT_PROJECT.to_owned()),
        enterprise_project_name: Some(DEFAULT_PROJECT_NAME.to_owned()),
        charging_mode: Some(kind.mode),
        consume_time: Some(line.consumed()),
        trade_time: Some(line.at),
        provider_type: Some(ProviderType::HuaweiCloud),
        trade_id: Some(line.trade.to_string()),
        id: Some(line.id.to_string()),
        bill_type: Some(kind.what),
        status: Some(status(kind.settled)),
        official_amount: Some(sums.list),
        official_discount_amount: Some(sums.discount),
        erase_amount: Some(sums.truncated()),
        consume_amount: Some(sums.payable()),
        cash_amount: Some(sums.cash),
        coupon_amount: Some(sums.coupon),
        credit_amount: Some(sums.credit),
        flexipurchase_coupon_amount: Some(sums.flexi),
        stored_value_card_amount: Some(sums.card),
        bonus_amount: Some(Amount::ZERO),
        debt_amount: Some(sums.debt),
        writeoff_amount: Some(Amount::ZERO),
        account_name: Some(kind.customer.login.clone()),
        ..FeeRecord::default()
    })
}
