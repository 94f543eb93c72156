//! Consumption of a partner's customers, and the partner's own bill.

use super::query::{both_days, days, denied, language, or_none, owned, plain, reaches, through_yesterday};
use crate::{
    core::{Account, AccountKind, Refusal, page},
    handler::Simulated,
    slices::{
        billing::{
            lines::{Cell, Kind, Line, Selection},
            selection::joined,
        },
        enterprise::DEFAULT_PROJECT,
    },
    state::State,
};
use huaweicloud_partner::{
    bills::{
        AccountPayment, BillClass, BillType, ChargeOrderType, ConsumingCustomer, ConsumingCustomerPage,
        CustomerCharge, CustomerChargePage, ListConsumingCustomers, ListCustomerCharges, ListMonthlyBills,
        MonthlyBill, MonthlyBillPage, MonthlyBillType, PartnerBill, PaymentAccount, ShowPartnerBill,
    },
    fill,
    types::{Amount, CustomerId, Language, MeasureUnit, Personal, ResellerId, ResourceId},
};

/// Number of past months whose single charges can be read.
const MONTHS_OF_CHARGES: i32 = 18;

impl Simulated for ListConsumingCustomers {
    /// The caller's own customers at the time; whether a distributor also sees its resellers' is not documented, and here
    /// it does not: [`ListCustomerCharges`] shows those only when a reseller is named.
    fn run(self, world: &mut State, caller: &Account) -> Result<ConsumingCustomerPage, Refusal> {
        let cells = world.cells(&Selection {
            wanted: &|kind| kind.partner == Some(&caller.id),
            ..Selection::of(self.bill_cycle)
        });
        let customers = joined(cells, |cell| cell.kind.customer.id.as_str());
        let (total_count, sub_customers) = page(customers.into_keys(), self.offset, self.limit, |id| {
            fill!(ConsumingCustomer { customer_id: id.into() })
        });
        Ok(fill!(ConsumingCustomerPage { sub_customers, total_count }))
    }
}

impl Simulated for ListCustomerCharges {
    fn prepare(&mut self) -> Result<(), Refusal> {
        both_days(self.bill_cycle, &mut self.bill_date_begin, &mut self.bill_date_end);
        Ok(())
    }

    /// Refuses a customer that never belonged to the caller or its resellers; the code is not documented. The
    /// sandbox has no account managers, so a filter by one finds no rows.
    fn run(self, world: &mut State, caller: &Account) -> Result<CustomerChargePage, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let language = language(self.language, caller);
        let whose = [self.customer_id.to_string()];
        let manager =
            |customer: &str| world.customers.profile(customer).and_then(|it| it.manager_id.as_ref());
        let wanted = |kind: &Kind<'_>| {
            kind.partner == Some(&owner)
                && or_none(self.service_type_code.as_deref(), kind.service())
                && or_none(self.region_code.as_deref(), kind.region())
                && self.charging_mode.is_none_or(|mode| kind.mode == mode)
                && self.bill_detail_type.is_none_or(|what| kind.what == what)
                && or_none(self.resource_id.as_ref().map(ResourceId::as_str), kind.resource.as_deref())
                && or_none(self.resource_name.as_deref(), kind.named.as_deref())
                && or_none(
                    self.account_manager_id.as_ref().map(Personal::expose),
                    manager(&kind.customer.id).map(Personal::expose),
                )
                && self.association_type.as_ref().is_none_or(|how| kind.association == Some(how.as_str()))
        };
        let (total_count, lines) = if reaches(world, self.bill_cycle, MONTHS_OF_CHARGES) {
            let selection = Selection {
                days: days(self.bill_date_begin, self.bill_date_end),
                whose: Some(&whose),
                trade: self.trade_id.as_deref(),
                wanted: &wanted,
                ..Selection::of(self.bill_cycle)
            };
            world.lines(&selection, self.offset, self.limit)
        } else {
            (Some(0), Vec::new())
        };
        if total_count == Some(0) && !belonged(world, caller, &owner, &self.customer_id) {
            return Err(denied());
        }
        let fee_records = lines
            .iter()
            .map(|line| {
                fill!(CustomerCharge {
                    account_manager_id: manager(&line.kind.customer.id).cloned(),
                    ..charge(line, &language)
                })
            })
            .collect();
        Ok(fill!(CustomerChargePage { total_count, currency: Some(caller.site.currency()), fee_records }))
    }
}

impl Simulated for ListMonthlyBills {
    /// Holds what happened up to the end of the day before.
    fn run(self, world: &mut State, caller: &Account) -> Result<MonthlyBillPage, Refusal> {
        let owner =
            world.accounts.acting_for(caller, self.indirect_partner_id.as_ref().map(ResellerId::as_str))?;
        let language = language(None, caller);
        let cells = world.cells(&Selection {
            days: Some(through_yesterday(world, self.cycle)),
            wanted: &|kind| {
                kind.partner == Some(&owner)
                    && kind.association == Some("2")
                    && kind.mode == self.charge_mode
                    && plain(self.customer_id.as_ref().map(CustomerId::as_str), Some(&kind.customer.id))
                    && plain(self.cloud_service_type.as_deref(), kind.service())
                    && self.bill_type.as_ref().is_none_or(|wanted| month_type(kind.what) == *wanted)
            },
            ..Selection::of(self.cycle)
        });
        let sums = joined(cells, |cell| {
            let kind = &cell.kind;
            (kind.customer.id.as_str(), kind.service(), kind.resource_type(), month_type(kind.what))
        });
        let (count, bill_sums) =
            page(sums.into_values(), self.offset, self.limit, |cell| sum(&cell, &language));
        Ok(fill!(MonthlyBillPage { bill_sums, count, currency: Some(caller.site.currency()) }))
    }
}

impl Simulated for ShowPartnerBill {
    /// Returns nothing before noon on the 5th of the next month, and nothing for a month without consumption:
    /// the response then has no cycle. Tax is not modelled.
    fn run(self, world: &mut State, caller: &Account) -> Result<PartnerBill, Refusal> {
        Ok(world.partner_bill(&caller.id, self.bill_cycle).unwrap_or_default())
    }
}

/// Does the customer belong to the caller or to one of its resellers, or did it?
fn belonged(world: &State, caller: &Account, owner: &str, customer: &CustomerId) -> bool {
    let known = world.accounts.get(customer.as_str()).and_then(|account| account.associated_with.as_deref());
    let reseller = |id: &str| {
        caller.kind == AccountKind::Distributor && world.accounts.reseller_of(&caller.id, id).is_ok()
    };
    known.is_some_and(|partner| partner == owner || partner == caller.id || reseller(partner))
        || world
            .wallet
            .charges()
            .iter()
            .any(|booked| booked.customer == customer.as_str() && booked.partner.as_deref() == Some(owner))
}

fn charge(line: &Line<'_>, language: &Language) -> CustomerCharge {
    let (kind, sums) = (&line.kind, &line.sums);
    let resource = kind.resource.as_deref();
    fill!(CustomerCharge {
        bill_cycle: Some(line.day.cycle()),
        customer_id: kind.customer.id.as_str().into(),
        association_type: kind.association.map(Into::into),
        service_type_code: owned(kind.service()),
        resource_type_code: owned(kind.resource_type()),
        service_type_name: kind.service_name(language),
        resource_type_name: kind.resource_type_name(language),
        charging_mode: Some(kind.mode),
        trade_time: Some(line.at),
        trade_id: Some(line.trade.to_string()),
        id: line.id.to_string(),
        bill_detail_type: Some(kind.what),
        resource_id: resource.map(Into::into),
        resource_name: owned(kind.named.as_deref()),
        product_spec_desc: kind.spec_name(language),
        region_code: owned(kind.region()),
        region_name: kind.region_name(language),
        product_id: owned(kind.product()),
        product_name: kind.spec_name(language),
        consume_time: Some(line.consumed()),
        usage_type: owned(kind.usage_type()),
        usage_amount: line.usage,
        usage_measure_id: line.usage.and(kind.unit()),
        free_resource_usage: line.covered,
        free_resource_measure_id: line.covered.and(kind.unit()),
        official_amount: Some(sums.list),
        official_discount_amount: Some(sums.discount),
        payment_amount: Some(sums.payable()),
        cash_amount: Some(sums.cash),
        coupon_amount: Some(sums.coupon),
        credit_amount: Some(sums.credit),
        flexipurchase_coupon_amount: Some(sums.flexi),
        stored_value_card_amount: Some(sums.card),
        debt_amount: Some(sums.debt),
        writeoff_amount: Some(Amount::ZERO),
        period_type: line.period().map(|(unit, _)| unit),
        period_num: line.period().map(|(_, count)| count),
        partner_id: kind.partner.map(Into::into),
        enterprise_project_id: Some(DEFAULT_PROJECT.to_owned()),
        order_type: order_type(kind.what),
        ..CustomerCharge::default()
    })
}

fn order_type(what: BillType) -> Option<ChargeOrderType> {
    match what {
        BillType::NewPurchase => Some(ChargeOrderType::Opening),
        BillType::Renewal | BillType::AutoRenewal => Some(ChargeOrderType::Renewal),
        BillType::Change | BillType::ChangeRefund => Some(ChargeOrderType::Change),
        BillType::Unsubscription => Some(ChargeOrderType::Unsubscription),
        BillType::ToPayPerUseRefund => Some(ChargeOrderType::ToPayPerUse),
        _ => None,
    }
}

/// Refunds are unsubscriptions; write-offs do not happen here.
fn month_type(what: BillType) -> MonthlyBillType {
    match what.class() {
        Some(BillClass::Refund) => MonthlyBillType::Unsubscription,
        _ => MonthlyBillType::Consumption,
    }
}

/// For unsubscriptions the discount is left out, as documented.
fn sum(cell: &Cell<'_>, language: &Language) -> MonthlyBill {
    let (kind, sums) = (&cell.kind, &cell.sums);
    let bill_type = month_type(kind.what);
    let payments = [
        (PaymentAccount::Cash, sums.cash),
        (PaymentAccount::Credit, sums.credit),
        (PaymentAccount::Coupon, sums.coupon),
        (PaymentAccount::FlexipurchaseCoupon, sums.flexi),
        (PaymentAccount::StoredValueCard, sums.card),
    ];
    fill!(MonthlyBill {
        customer_id: kind.customer.id.as_str().into(),
        cloud_service_type: owned(kind.service()),
        cloud_service_type_name: kind.service_name(language),
        charge_mode: Some(kind.mode),
        amount: Some(sums.payable()),
        debt_amount: Some(sums.debt),
        discount_amount: match bill_type {
            MonthlyBillType::Consumption => Some(sums.discount),
            _ => None,
        },
        measure_id: Some(MeasureUnit::MainUnit),
        account_details: payments
            .into_iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(balance_type, amount)| fill!(AccountPayment {
                balance_type: Some(balance_type),
                amount: Some(amount),
                bill_type: Some(bill_type.clone()),
            }))
            .collect(),
        resource_type_code: owned(kind.resource_type()),
        resource_type_name: kind.resource_type_name(language),
        bill_type: Some(bill_type),
        ..MonthlyBill::default()
    })
}
