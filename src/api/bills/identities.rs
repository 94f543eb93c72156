//! Sums that a bill must keep, and what is wrong where it does not.

use std::fmt;

use crate::types::Amount;

/// How one payable amount was paid, under one set of names for all bills.
///
/// The bills name the parts differently: `stored_card_amount` or `stored_value_card_amount`, `adjustment_amount` or
/// `writeoff_amount`. A part that a bill leaves out is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentParts {
    /// From the cash balance.
    pub cash: Amount,
    /// From the credit line.
    pub credit: Amount,
    /// With cash vouchers.
    pub coupon: Amount,
    /// With flexi-purchase vouchers.
    pub flexipurchase_coupon: Amount,
    /// From stored-value cards.
    pub stored_value_card: Amount,
    /// From bonus money, a product that was withdrawn; zero on bills that do not know it.
    pub bonus: Amount,
    /// Not paid yet; what a monthly-settlement customer settles at the end of the month.
    pub debt: Amount,
    /// Debt that Huawei Cloud wrote off.
    pub written_off: Amount,
}

impl PaymentParts {
    /// All parts together, or `None` where the exact sum has more digits than an amount can hold.
    #[must_use]
    pub fn total(&self) -> Option<Amount> {
        Amount::checked_sum([
            self.cash,
            self.credit,
            self.coupon,
            self.flexipurchase_coupon,
            self.stored_value_card,
            self.bonus,
            self.debt,
            self.written_off,
        ])
    }
}

/// A sum that rows of one kind keep.
///
/// Some are stated by the documentation, others follow from the meaning of the fields: [`Identity::is_stated`]. A row
/// that breaks a stated one is wrong; a row that breaks an inferred one deserves a look. Amounts that a row leaves out
/// count as zero, and all comparisons are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Identity {
    /// A fee record: list price = discount + truncated + payable.
    FeeRecordListPrice,
    /// A fee record: payable = the eight parts of the payment.
    FeeRecordParts,
    /// A usage record: payable = the eight parts of the payment.
    UsageRecordParts,
    /// A resource bill: payable = the eight parts of the payment.
    ResourceBillParts,
    /// A row of the monthly summary: payable = list price − discount − truncated.
    SummaryPayable,
    /// A row of the monthly summary: payable = the parts of the payment, without bonus. Inferred.
    SummaryParts,
    /// The monthly summary: each total = the sum over the rows of all pages. Inferred.
    SummaryTotals,
    /// An amortized cost: payable = the shares of past months, this month and future months.
    AmortizedMonths,
    /// An amortized cost: the share of this month = the six parts of the payment that fall on it.
    AmortizedParts,
    /// A partner's bill: due = consumption + refunds + adjustments, the latter two below zero. Tax is no part of it.
    PartnerBillDue,
    /// An entry of the cost analysis: its total = the sum over its time slices. Inferred.
    CostTotal,
    /// An entry of the cost analysis: its total list price = the sum over its time slices. Inferred.
    CostListPrice,
    /// A customer's charge: payable = the seven parts of the payment, without bonus. Inferred.
    ChargeParts,
    /// A customer's charge for consumption: payable is list price − discount, or less by less than a cent, which
    /// truncation drops. Inferred; refunds are not checked, because their sign is not documented.
    ChargeTruncation,
    /// A row of a partner's monthly bills: amount = the payments by account + arrears. Inferred; whether arrears are
    /// inside is not documented.
    MonthlyBillParts,
}

impl Identity {
    /// True where the documentation states it, false where it is inferred.
    pub const fn is_stated(self) -> bool {
        match self {
            Self::FeeRecordListPrice
            | Self::FeeRecordParts
            | Self::UsageRecordParts
            | Self::ResourceBillParts
            | Self::SummaryPayable
            | Self::AmortizedMonths
            | Self::AmortizedParts
            | Self::PartnerBillDue => true,
            Self::SummaryParts
            | Self::SummaryTotals
            | Self::CostTotal
            | Self::CostListPrice
            | Self::ChargeParts
            | Self::ChargeTruncation
            | Self::MonthlyBillParts => false,
        }
    }

    /// What the amount should be, in wire names.
    pub const fn formula(self) -> &'static str {
        match self {
            Self::FeeRecordListPrice => "official_discount_amount + erase_amount + consume_amount",
            Self::FeeRecordParts => {
                "cash_amount + credit_amount + coupon_amount + flexipurchase_coupon_amount + \
                 stored_value_card_amount + bonus_amount + debt_amount + writeoff_amount"
            }
            Self::UsageRecordParts | Self::ResourceBillParts => {
                "cash_amount + credit_amount + coupon_amount + flexipurchase_coupon_amount + stored_card_amount + \
                 bonus_amount + debt_amount + adjustment_amount"
            }
            Self::SummaryPayable => "official_amount - official_discount_amount - truncated_amount",
            Self::SummaryParts | Self::ChargeParts => {
                "cash_amount + credit_amount + coupon_amount + flexipurchase_coupon_amount + \
                 stored_value_card_amount + debt_amount + writeoff_amount"
            }
            Self::SummaryTotals => "the sum over the rows of all pages",
            Self::AmortizedMonths => {
                "past_months_amortized_amount + current_month_amortized_amount + future_months_amortized_amount"
            }
            Self::AmortizedParts => {
                "amortized_cash_amount + amortized_credit_amount + amortized_coupon_amount + \
                 amortized_flexipurchase_coupon_amount + amortized_stored_value_card_amount + amortized_bonus_amount"
            }
            Self::PartnerBillDue => "consume_amount + refunds + adjustments",
            Self::CostTotal => "the sum of amount over costs",
            Self::CostListPrice => "the sum of official_amount over costs",
            Self::ChargeTruncation => "official_amount - official_discount_amount, cut to cents",
            Self::MonthlyBillParts => "the sum of amount over account_details + debt_amount",
        }
    }

    /// Compares the amount that `field` states with what the parts give; `None` where they are equal.
    #[must_use]
    pub fn check(
        self,
        field: &'static str,
        stated: Amount,
        computed: Option<Amount>,
    ) -> Option<BrokenIdentity> {
        (computed != Some(stated)).then_some(BrokenIdentity { identity: self, field, stated, computed })
    }
}

/// A row that does not add up.
///
/// ```
/// use huaweicloud_partner::{bills::FeeRecord, types::decode_str};
///
/// let record: FeeRecord = decode_str(
///     r#"{"official_amount":1.00,"consume_amount":1.00,"cash_amount":0.40,"coupon_amount":0.50}"#,
/// )?;
/// let broken = record.check_identities();
/// assert_eq!(broken.len(), 1);
/// assert_eq!(broken.first().and_then(|broken| broken.difference()), Some("0.10".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenIdentity {
    /// Which sum.
    pub identity: Identity,
    /// The wire name of the field that states it.
    pub field: &'static str,
    /// What that field says.
    pub stated: Amount,
    /// What the other fields give, or `None` where that has more digits than an amount can hold.
    pub computed: Option<Amount>,
}

impl BrokenIdentity {
    /// By how much the stated amount is too high; below zero where it is too low.
    #[must_use]
    pub fn difference(&self) -> Option<Amount> {
        self.stated.checked_sub(self.computed?)
    }
}

impl fmt::Display for BrokenIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}, but {} ", self.field, self.stated, self.identity.formula())?;
        match self.computed {
            Some(computed) => write!(f, "is {computed}"),
            None => f.write_str("has too many digits to be an amount"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn parts_are_added_exactly_or_not_at_all() {
        let parts = PaymentParts { cash: amount("0.10"), debt: amount("0.20"), ..PaymentParts::default() };
        assert_eq!(parts.total(), Some(amount("0.3")));
        let wide = amount("79228162514264337593543950335");
        assert_eq!(PaymentParts { cash: wide, debt: amount("0.1"), ..parts }.total(), None);
    }

    #[test]
    fn a_broken_sum_says_what_it_should_be() {
        assert_eq!(
            Identity::PartnerBillDue.check("initial_amount_due", amount("90"), Some(amount("90.00"))),
            None
        );
        let broken =
            Identity::PartnerBillDue.check("initial_amount_due", amount("90"), Some(amount("100"))).unwrap();
        assert_eq!(
            broken.to_string(),
            "initial_amount_due is 90, but consume_amount + refunds + adjustments is 100"
        );
        assert_eq!(broken.difference(), Some(amount("-10")));
        let huge = Identity::CostTotal.check("amount_by_costs", amount("1"), None).unwrap();
        assert_eq!(huge.difference(), None);
        assert!(Identity::PartnerBillDue.is_stated() && !Identity::CostTotal.is_stated());
    }
}
