//! Sums that a bill must keep, and what is wrong where it does not.

use std::fmt;

use crate::types::{Amount, MoneyError};

/// Parts in which one payable amount was paid, under one set of names for all bills.
///
/// The bills name the parts differently: `stored_card_amount` or `stored_value_card_amount`, `adjustment_amount` or
/// `writeoff_amount`. A part that the service left out is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentParts {
    /// Paid from the cash balance.
    pub cash: Option<Amount>,
    /// Paid from the credit line.
    pub credit: Option<Amount>,
    /// Paid with cash vouchers.
    pub coupon: Option<Amount>,
    /// Paid with flexi-purchase vouchers.
    pub flexipurchase_coupon: Option<Amount>,
    /// Paid from stored-value cards.
    pub stored_value_card: Option<Amount>,
    /// Paid from bonus money, a product that was withdrawn; zero on bills that have no such field.
    pub bonus: Option<Amount>,
    /// The amount not paid yet; a monthly-settlement customer settles it at the end of the month.
    pub debt: Option<Amount>,
    /// Debt that Huawei Cloud wrote off.
    pub written_off: Option<Amount>,
}

impl PaymentParts {
    /// The parts with their names.
    pub(crate) fn named(&self) -> [(&'static str, Option<Amount>); 8] {
        [
            ("cash", self.cash),
            ("credit", self.credit),
            ("coupon", self.coupon),
            ("flexipurchase_coupon", self.flexipurchase_coupon),
            ("stored_value_card", self.stored_value_card),
            ("bonus", self.bonus),
            ("debt", self.debt),
            ("written_off", self.written_off),
        ]
    }

    /// The exact sum of all parts.
    ///
    /// # Errors
    /// [`MoneyError::Missing`] with the name of the first part that the service left out, or
    /// [`MoneyError::TooLarge`] where the sum has more digits than an amount can hold.
    pub fn total(&self) -> Result<Amount, MoneyError> {
        self.named().into_iter().try_fold(Amount::ZERO, |sum, (name, part)| {
            sum.checked_add(part.ok_or(MoneyError::Missing(name))?).ok_or(MoneyError::TooLarge)
        })
    }
}

/// A sum that rows of one kind keep.
///
/// Some are stated by the documentation, others follow from the meaning of the fields: [`Identity::is_stated`]. A row
/// that breaks a stated one is wrong; a row that breaks an inferred one should be examined. All comparisons are exact.
///
/// Where the service left out an addend, the sum holds if the others already give the stated amount; otherwise it is
/// reported as broken and [`BrokenIdentity::missing`] names what was left out. A sum whose stated amount was left out is
/// always reported.
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

    /// Returns the formula of the expected amount, in wire names.
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

    /// Compares the amount that `field` states with the sum of the named addends; `None` where they are equal.
    #[must_use]
    pub fn check(
        self,
        field: &'static str,
        stated: Option<Amount>,
        addends: impl IntoIterator<Item = (&'static str, Option<Amount>)>,
    ) -> Option<BrokenIdentity> {
        let mut missing = Vec::new();
        let computed = addends.into_iter().try_fold(Amount::ZERO, |sum, (name, addend)| {
            let Some(addend) = addend else {
                missing.push(name);
                return Some(sum);
            };
            sum.checked_add(addend)
        });
        if stated.is_some() && stated == computed {
            return None;
        }
        Some(BrokenIdentity { identity: self, field, stated, computed, missing })
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
/// let parts = broken.first().ok_or("the parts do not add up")?;
/// assert_eq!(parts.difference(), Some("0.10".parse()?));
/// assert!(parts.missing.contains(&"debt"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenIdentity {
    /// Identity that the sums violate.
    pub identity: Identity,
    /// The wire name of the field that states it.
    pub field: &'static str,
    /// The amount in that field, or `None` where the service left it out.
    pub stated: Option<Amount>,
    /// The sum of the addends that are there, or `None` where it has more digits than an amount can hold.
    pub computed: Option<Amount>,
    /// The addends that the service left out, by the names of their fields or of [`PaymentParts`]; a difference may be
    /// theirs.
    pub missing: Vec<&'static str>,
}

impl BrokenIdentity {
    /// The stated amount less the sum of the addends that are there, or `None` where either is not known.
    #[must_use]
    pub fn difference(&self) -> Option<Amount> {
        self.stated?.checked_sub(self.computed?)
    }
}

impl fmt::Display for BrokenIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stated {
            Some(stated) => write!(f, "{} is {stated}, but {} ", self.field, self.identity.formula())?,
            None => write!(f, "{} is missing, and {} ", self.field, self.identity.formula())?,
        }
        match self.computed {
            Some(computed) => write!(f, "is {computed}")?,
            None => f.write_str("has too many digits to be an amount")?,
        }
        if self.missing.is_empty() { Ok(()) } else { write!(f, " without {}", self.missing.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn all(part: &str) -> PaymentParts {
        let part = part.parse().ok();
        PaymentParts {
            cash: part,
            credit: part,
            coupon: part,
            flexipurchase_coupon: part,
            stored_value_card: part,
            bonus: part,
            debt: part,
            written_off: part,
        }
    }

    #[test]
    fn parts_are_added_exactly_or_not_at_all() {
        assert_eq!(all("0.10").total(), Ok(amount("0.8")));
        let wide = PaymentParts { cash: Some(amount("79228162514264337593543950335")), ..all("0.1") };
        assert_eq!(wide.total(), Err(MoneyError::TooLarge));
        assert_eq!(PaymentParts { debt: None, ..all("1") }.total(), Err(MoneyError::Missing("debt")));
    }

    fn due(stated: Option<&str>, addends: &[Option<&str>]) -> Option<BrokenIdentity> {
        let read = |text: &str| text.parse().ok();
        let names = ["consume_amount", "refunds", "adjustments"];
        let addends = names.into_iter().zip(addends.iter().map(|text| text.and_then(read)));
        Identity::PartnerBillDue.check("initial_amount_due", stated.and_then(read), addends)
    }

    #[test]
    fn a_broken_sum_says_what_it_should_be() {
        assert_eq!(due(Some("90"), &[Some("100"), Some("-10.00"), Some("0")]), None);
        let broken = due(Some("90"), &[Some("100"), Some("0"), Some("0")]).unwrap();
        assert_eq!(
            broken.to_string(),
            "initial_amount_due is 90, but consume_amount + refunds + adjustments is 100"
        );
        assert_eq!(broken.difference(), Some(amount("-10")));
        let wide = [Some("79228162514264337593543950335"), Some("0.1"), Some("0")];
        assert_eq!(due(Some("1"), &wide).unwrap().difference(), None);
        assert!(Identity::PartnerBillDue.is_stated() && !Identity::CostTotal.is_stated());
    }

    #[test]
    fn an_amount_that_was_left_out_is_not_taken_for_zero() {
        assert_eq!(due(Some("90"), &[Some("100"), Some("-10"), None]), None);
        let broken = due(Some("90"), &[Some("100"), None, None]).unwrap();
        assert_eq!(
            broken.to_string(),
            "initial_amount_due is 90, but consume_amount + refunds + adjustments is 100 without refunds, adjustments"
        );
        let unknown = due(None, &[Some("0"), Some("0"), Some("0")]).unwrap();
        assert_eq!((unknown.stated, unknown.difference()), (None, None));
        assert!(unknown.to_string().starts_with("initial_amount_due is missing"));
    }
}
