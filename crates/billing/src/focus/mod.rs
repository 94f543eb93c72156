//! FOCUS: the FinOps Open Cost and Usage Specification, in the perspective "partner pays Huawei Cloud".
//!
//! The billing account is the partner, the sub-account is the customer, the invoice issuer is Huawei Cloud. Every column
//! states its origin, or the reason why it is null: see [`columns`]. Columns that begin with `x_` are this crate's own.
//!
//! | what | how |
//! |---|---|
//! | `ChargeCategory` | by the API's bill type: 5, 12, 23 usage; 1, 2, 3, 8, 14, 18, 103 purchase; 15, 100 to 102 tax; all others, unknown codes included, adjustment. By class and mode for statement files |
//! | `ChargePeriodStart`, `ChargePeriodEnd` | the day in UTC+8 of the consumption, else of the transaction, else the month; `x_ChargePeriodBasis` says which |
//! | periods | end where the next begins, as FOCUS wants; Huawei Cloud's own export ends a second earlier |
//! | `EffectiveCost` | `BilledCost`, and 0 for purchases of reserved instances and savings plans. Yearly and monthly purchases keep `BilledCost`, since no amortized rows come with these charges |
//! | vouchers | stay inside the row, in `x_CouponAmount` and `x_FlexipurchaseCouponAmount`; no credit rows are made, which would change the sum of `BilledCost` |
//! | referral customers | their rows have the `BilledCost` that they pay Huawei Cloud themselves; `x_AssociationType` is `1` |
//! | missing amounts | a row without an amount to be paid is left out and counted in the manifest, never written as 0 |
//!
//! # Rules of FOCUS that cannot hold
//!
//! A test checks rows of every kind against all 406 rules of the rule model 1.2.0.1 that have a machine form (201 more are
//! prose), for all that a provider may support, and against types, formats and allowed values of all columns of version
//! 1.4. The rules in this table are those that some rows violate, no more and no fewer.
//!
//! | rule | reason |
//! |---|---|
//! | `EffectiveCost-C-005-C` | the cost of yearly and monthly purchases would vanish: no amortized rows come with these charges, so it is 0 only for purchases of reserved instances and savings plans |
//! | `ContractedUnitPrice-C-006-C`, `ListUnitPrice-C-005-C`, `PricingCurrencyListUnitPrice-C-005-C` | charges state no unit price |
//! | `PricingQuantity-C-005-C` | statement files and some purchases state no quantity |
//! | `SkuId-C-005-C`, `SkuPriceId-C-005-C` | charges without a product, such as support plans, have no id of one |
//! | `SkuMeter-C-005-C` | statement files do not say what was measured |
//! | `ConsumedUnit-C-003-O`, `PricingUnit-C-003-O`, `CommitmentDiscountUnit-C-003-M`, `1.4 ConsumedUnit`, `1.4 PricingUnit`, `1.4 CommitmentDiscountUnit` | a unit without a published name is written with its code, such as `Huawei Cloud unit 99`, instead of being guessed |
//! | `CommitmentDiscountStatus-C-004-C` | the rule in machine form contradicts its own text, and the rule before it: it wants a value where the id is null |
//! | `CommitmentDiscountStatus-C-005-M` | the rule model allows `Active`, `Expired` and `Pending`, the specification `Used` and `Unused` |
//!
//! Where no value is better than a wrong one, a conditional column is null: `CommitmentDiscountId` under savings plans,
//! which charges do not name, and `ChargeClass`, since charges do not say whether they correct an earlier month.

mod columns;
mod services;
pub(crate) mod table;

use std::collections::BTreeMap;

use huaweicloud_partner::{
    bills::{BillClass, BillType, PeriodType},
    types::{Day, MeasureUnit, UtcTime},
};
use time::UtcOffset;

pub use services::service_category;

pub(crate) use columns::COLUMNS;
use table::{Column, Facts};

use crate::charge::{Charge, PaymentMode};

/// Version of the FOCUS specification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FocusVersion {
    /// Version 1.2 of 2025.
    #[default]
    V1_2,
    /// Version 1.4 of 2026.
    V1_4,
}

impl FocusVersion {
    /// The number, such as `1.2`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_4 => "1.4",
        }
    }
}

/// The columns of a version, in the order in which they are written.
pub fn columns(version: FocusVersion) -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(move |column| column.version.is_none_or(|only| only == version))
}

/// The `ChargeCategory` of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    Usage,
    Purchase,
    Tax,
    Adjustment,
}

impl Category {
    pub(crate) fn of(charge: &Charge<'_>) -> Self {
        match charge.bill_type {
            Some(BillType::Usage | BillType::Hourly | BillType::SavingsPlanOffset) => Self::Usage,
            Some(
                BillType::NewPurchase
                | BillType::Renewal
                | BillType::Change
                | BillType::AutoRenewal
                | BillType::SupportPlan
                | BillType::MonthlyPayment
                | BillType::YearlyPayment,
            ) => Self::Purchase,
            Some(
                BillType::Tax
                | BillType::UnsubscriptionTax
                | BillType::CompensationTax
                | BillType::DeductionTax,
            ) => Self::Tax,
            Some(_) => Self::Adjustment,
            None => match (charge.bill_class, charge.payment_mode) {
                (
                    Some(BillClass::Consumption),
                    Some(PaymentMode::PayPerUse | PaymentMode::SavingsPlanOffset),
                ) => Self::Usage,
                (Some(BillClass::Consumption), Some(_)) => Self::Purchase,
                // Usage is what most consumption is; a file without modes does not say.
                (Some(BillClass::Consumption), None) => Self::Usage,
                _ => Self::Adjustment,
            },
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "Usage",
            Self::Purchase => "Purchase",
            Self::Tax => "Tax",
            Self::Adjustment => "Adjustment",
        }
    }

    /// `ChargeFrequency`: never usage-based for a purchase.
    pub(crate) fn frequency(self, charge: &Charge<'_>) -> &'static str {
        match self {
            Self::Usage => "Usage-Based",
            Self::Purchase => {
                let recurring = matches!(
                    charge.bill_type,
                    Some(BillType::SupportPlan | BillType::MonthlyPayment | BillType::YearlyPayment)
                ) || matches!(
                    charge.payment_mode,
                    Some(PaymentMode::ReservedInstanceHourly | PaymentMode::SavingsPlanHourly)
                );
                if recurring { "Recurring" } else { "One-Time" }
            }
            Self::Tax | Self::Adjustment => "One-Time",
        }
    }
}

/// True for the purchase of a reserved instance or savings plan, whose cost is that of the usage it covers.
pub(crate) fn is_commitment_purchase(charge: &Charge<'_>, category: Category) -> bool {
    category == Category::Purchase
        && matches!(
            charge.payment_mode,
            Some(
                PaymentMode::ReservedInstance
                    | PaymentMode::ReservedInstancePurchase
                    | PaymentMode::ReservedInstanceHourly
                    | PaymentMode::SavingsPlan
                    | PaymentMode::SavingsPlanPurchase
                    | PaymentMode::SavingsPlanHourly
            )
        )
}

/// True for usage under a reserved instance or savings plan.
pub(crate) fn is_committed_usage(charge: &Charge<'_>, category: Category) -> bool {
    category == Category::Usage
        && (charge.bill_type == Some(BillType::SavingsPlanOffset)
            || charge.payment_mode == Some(PaymentMode::SavingsPlanOffset)
            || reserved_instance(charge).is_some())
}

/// The reserved instance that covered usage.
pub(crate) fn reserved_instance<'a>(charge: &Charge<'a>) -> Option<&'a str> {
    let used = charge.ri_usage.is_some_and(|usage| usage.is_positive())
        || charge.payment_mode == Some(PaymentMode::ReservedInstance);
    charge.sub_resource_id.filter(|_| used)
}

/// The days of a month that were met, by their number: each is worked out once.
#[derive(Debug, Default)]
pub(crate) struct Days(BTreeMap<i64, (UtcTime, UtcTime)>);

impl Days {
    /// The first instant of the day in UTC+8 of a time, and of the next day.
    fn of(&mut self, time: UtcTime) -> Option<(UtcTime, UtcTime)> {
        let number = (time.instant().unix_timestamp() + 8 * 3600).div_euclid(24 * 3600);
        if let Some(period) = self.0.get(&number) {
            return Some(*period);
        }
        let period = day_period(time.billing_day())?;
        self.0.insert(number, period);
        Some(period)
    }
}

/// The period of a charge and what it rests on.
pub(crate) fn period(
    charge: &Charge<'_>,
    facts: &Facts,
    days: &mut Days,
) -> ((UtcTime, UtcTime), &'static str) {
    let mut of_day = |time: UtcTime| days.of(time);
    if let Some(period) = charge.consume_time.and_then(&mut of_day) {
        return (period, "consumption day");
    }
    match charge.trade_time.and_then(&mut of_day) {
        Some(period) => (period, "transaction day"),
        None => (facts.period, "billing period"),
    }
}

/// The first instant of a day in UTC+8 and of the next.
pub(crate) fn day_period(day: Day) -> Option<(UtcTime, UtcTime)> {
    let beijing = UtcOffset::from_hms(8, 0, 0).ok()?;
    let begin = day.date().midnight().assume_offset(beijing);
    let end = day.date().next_day()?.midnight().assume_offset(beijing);
    Some((begin.into(), end.into()))
}

/// The name of a unit as FOCUS writes it.
pub(crate) fn unit_name(unit: MeasureUnit) -> Option<&'static str> {
    Some(match unit {
        MeasureUnit::Hour => "Hours",
        MeasureUnit::GigabyteOfTraffic | MeasureUnit::Gigabyte => "GB",
        MeasureUnit::MegabyteOfTraffic => "MB",
        MeasureUnit::Piece => "Units",
        MeasureUnit::MegabitPerSecond => "Mb/Second",
        _ => return None,
    })
}

/// The unit of a subscription as FOCUS writes it.
pub(crate) fn period_unit(period: PeriodType) -> Option<&'static str> {
    Some(match period {
        PeriodType::Year => "Years",
        PeriodType::Month => "Months",
        PeriodType::Day => "Days",
        PeriodType::Hour => "Hours",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bill_type_has_its_category_and_unknown_ones_are_adjustments() {
        let of = |code: i64| {
            let charge = Charge { bill_type: Some(BillType::from(code)), ..Charge::default() };
            Category::of(&charge).as_str()
        };
        for code in [5, 12, 23] {
            assert_eq!(of(code), "Usage", "{code}");
        }
        for code in [1, 2, 3, 8, 14, 18, 103] {
            assert_eq!(of(code), "Purchase", "{code}");
        }
        for code in [15, 100, 101, 102] {
            assert_eq!(of(code), "Tax", "{code}");
        }
        for code in [4, 9, 13, 16, 17, 20, 24, 25, 7777] {
            assert_eq!(of(code), "Adjustment", "{code}");
        }
    }

    #[test]
    fn no_purchase_is_usage_based() {
        for code in [1, 2, 3, 8, 14, 18, 103] {
            let charge = Charge { bill_type: Some(BillType::from(code)), ..Charge::default() };
            assert_ne!(Category::of(&charge).frequency(&charge), "Usage-Based");
        }
    }

    #[test]
    fn names_of_columns_are_unique_and_own_ones_begin_with_x() {
        for version in [FocusVersion::V1_2, FocusVersion::V1_4] {
            let mut names: Vec<_> = columns(version).map(|column| column.name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count);
            assert!(columns(version).all(|column| column.origin.len() > 10));
        }
        assert_eq!(columns(FocusVersion::V1_2).filter(|column| !column.name.starts_with("x_")).count(), 57);
        assert_eq!(columns(FocusVersion::V1_4).filter(|column| !column.name.starts_with("x_")).count(), 65);
    }
}
