//! Codes that several kinds of bills share, and the form in which some bills write them.

use crate::types::open_enum::{open_codes, open_enum};

open_codes! {
    /// Reason for a single charge, on the wire `bill_type` or `bill_detail_type`.
    ///
    /// This is the fine division, used by charges, fee records, usage records, resource bills and amortized costs. The
    /// monthly summary and the partner's monthly bills use other codes under the same wire name: see
    /// [`SummaryBillType`](super::SummaryBillType) and [`MonthlyBillType`](super::MonthlyBillType). Codes have been
    /// added over the years; [`BillType::class`] sorts those that are known.
    pub enum BillType {
        /// Consumption: something was bought.
        NewPurchase = 1,
        /// Consumption: renewed by hand.
        Renewal = 2,
        /// Consumption: the specification was changed upwards.
        Change = 3,
        /// Refund for an unsubscription.
        Unsubscription = 4,
        /// Consumption of a pay-per-use resource.
        Usage = 5,
        /// Consumption: renewed by itself.
        AutoRenewal = 8,
        /// Adjustment as a compensation.
        Compensation = 9,
        /// Consumption: hourly billing; older pages, and the international filter for usage records.
        Hourly = 12,
        /// The handling fee of an unsubscription; older revisions of the China pages only.
        UnsubscriptionFee = 13,
        /// Consumption: a support plan, charged at the end of the month.
        SupportPlan = 14,
        /// Consumption: tax; international site.
        Tax = 15,
        /// Adjustment as a deduction.
        Deduction = 16,
        /// Consumption: what was missing to a guaranteed minimum; international site, postpaid customers without a
        /// reselling partner.
        MinimumShortfall = 17,
        /// Consumption: paid month by month.
        MonthlyPayment = 18,
        /// Refund: the specification was changed downwards.
        ChangeRefund = 20,
        /// Consumption: set off against a savings plan.
        SavingsPlanOffset = 23,
        /// Refund: turned from yearly/monthly into pay-per-use.
        ToPayPerUseRefund = 24,
        /// Consumption: later charge for amounts that truncation had dropped; China site.
        TruncationRecharge = 25,
        /// Refund: the tax of an unsubscription; international site.
        UnsubscriptionTax = 100,
        /// Adjustment: the tax of a compensation; international site.
        CompensationTax = 101,
        /// Adjustment: the tax of a deduction; international site.
        DeductionTax = 102,
        /// Consumption: paid year by year; China site.
        YearlyPayment = 103,
    }
}

/// The three kinds into which charges are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BillClass {
    /// The customer used or bought something.
    Consumption,
    /// The customer got something back.
    Refund,
    /// Huawei Cloud corrected an account.
    Adjustment,
}

impl BillType {
    /// Consumption, refund or adjustment, by the wording of each code; `None` for codes that this version does not know
    /// and for [`BillType::UnsubscriptionFee`], whose kind is not stated.
    pub const fn class(self) -> Option<BillClass> {
        Some(match self {
            Self::NewPurchase
            | Self::Renewal
            | Self::Change
            | Self::Usage
            | Self::AutoRenewal
            | Self::Hourly
            | Self::SupportPlan
            | Self::Tax
            | Self::MinimumShortfall
            | Self::MonthlyPayment
            | Self::SavingsPlanOffset
            | Self::TruncationRecharge
            | Self::YearlyPayment => BillClass::Consumption,
            Self::Unsubscription | Self::ChangeRefund | Self::ToPayPerUseRefund | Self::UnsubscriptionTax => {
                BillClass::Refund
            }
            Self::Compensation | Self::Deduction | Self::CompensationTax | Self::DeductionTax => {
                BillClass::Adjustment
            }
            Self::UnsubscriptionFee | Self::Other(_) => return None,
        })
    }
}

open_codes! {
    /// Charging mode of a resource, on the wire `charging_mode` or `charge_mode`; some bills write the number
    /// as text.
    pub enum ChargingMode {
        /// Payment for a period in advance.
        YearlyMonthly = 1,
        /// Payment for actual usage.
        PayPerUse = 3,
        /// Payment for a reserved instance.
        ReservedInstance = 10,
        /// Payment under a savings plan.
        SavingsPlan = 11,
    }
}

open_codes! {
    /// The unit in which a subscription is counted; some bills write the number as text.
    pub enum PeriodType {
        /// A single payment without a period.
        OneOff = 5,
        /// Period counted in years.
        Year = 19,
        /// Period counted in months.
        Month = 20,
        /// Period counted in days.
        Day = 24,
        /// Period counted in hours.
        Hour = 25,
    }
}

open_enum! {
    /// Time at which a savings plan or a reserved instance is paid.
    pub enum PaymentOption {
        /// Payment of the whole in advance.
        AllUpfront = "ALL_UPFRONT",
        /// Partly in advance, the rest over time.
        PartialUpfront = "PARTIAL_UPFRONT",
        /// Over time only.
        NoUpfront = "NO_UPFRONT",
    }
}

open_enum! {
    /// Accounts whose records a customer asks for, on the wire `method`. Only an enterprise master has
    /// members.
    pub enum RecordOwner {
        /// The caller's own.
        Caller = "oneself",
        /// Records of one member, which is then named in `sub_customer_id`.
        Member = "sub_customer",
        /// The caller's and those of all members: the default. Members with independent accounting must have
        /// allowed the master to see them.
        All = "all",
    }
}

open_codes! {
    /// Granularity of a bill.
    pub enum StatisticType {
        /// One row for the whole billing cycle.
        Cycle = 1,
        /// One row for each day.
        Day = 2,
        /// One row for each charge.
        Charge = 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charges_are_sorted_by_their_wording() {
        let class = |code: i64| BillType::from(code).class();
        for code in [1, 2, 3, 5, 8, 12, 14, 15, 17, 18, 23, 25, 103] {
            assert_eq!(class(code), Some(BillClass::Consumption), "{code}");
        }
        for code in [4, 20, 24, 100] {
            assert_eq!(class(code), Some(BillClass::Refund), "{code}");
        }
        for code in [9, 16, 101, 102] {
            assert_eq!(class(code), Some(BillClass::Adjustment), "{code}");
        }
        assert_eq!((class(13), class(7777)), (None, None));
    }

    #[test]
    fn codes_are_read_from_text_and_unknown_ones_kept() {
        assert_eq!(serde_json::from_str::<ChargingMode>("\"11\"").unwrap(), ChargingMode::SavingsPlan);
        let other: ChargingMode = serde_json::from_str("12").unwrap();
        assert_eq!((other.is_known(), serde_json::to_string(&other).unwrap()), (false, "12".to_owned()));
    }
}
