//! Categories and units in the words of FOCUS.

use huaweicloud_partner::{
    bills::{BillClass, BillType, PeriodType},
    types::MeasureUnit,
};

use crate::charge::{Charge, PaymentMode};

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
