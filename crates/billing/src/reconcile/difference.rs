//! A difference and its causes.

use std::fmt;

use huaweicloud_partner::types::{Amount, Money};

use crate::ExactSum;

/// Pair of figures that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Check {
    /// Charges of a customer, service and charging mode beside the partner's month sums.
    MonthlyConsumption,
    /// Refunds beside the month sums of unsubscriptions.
    MonthlyRefunds,
    /// Written-off debt beside the month sums of write-offs.
    MonthlyWriteOffs,
    /// Consumption of the statement beside the partner bill.
    BillConsumption,
    /// Refunds of the statement beside the partner bill.
    BillRefunds,
    /// Adjustments of the statement beside the partner bill.
    BillAdjustments,
    /// The whole statement beside the amount due of the partner bill.
    BillAmountDue,
    /// The parts of one charge beside its amount.
    ChargeParts,
    /// The parts of a month sum or partner bill beside its amount.
    BillParts,
    /// The charges beside those of an earlier close.
    Checkpoint,
}

impl Check {
    /// Returns the description of the compared figures.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::MonthlyConsumption => "charges and month sums, consumption",
            Self::MonthlyRefunds => "charges and month sums, unsubscriptions",
            Self::MonthlyWriteOffs => "charges and month sums, write-offs",
            Self::BillConsumption => "statement and partner bill, consumption",
            Self::BillRefunds => "statement and partner bill, refunds",
            Self::BillAdjustments => "statement and partner bill, adjustments",
            Self::BillAmountDue => "statement and partner bill, amount due",
            Self::ChargeParts => "a charge and its parts",
            Self::BillParts => "a bill and its parts",
            Self::Checkpoint => "this close and the one before",
        }
    }
}

/// Cause of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// One figure is rounded to cents once, the other has eight decimals.
    Rounding,
    /// Each row is rounded to cents.
    RowRounding,
    /// Each row is cut to cents, as charges of the China site are.
    Truncation,
    /// Tax is in one figure and not in the other.
    Tax,
    /// Rows of today, which sums of the day before do not hold.
    LateRows,
    /// Refunds are set off in one figure and listed apart in the other.
    Unsubscription,
    /// Adjustments are in one figure and not in the other.
    Adjustment,
    /// Written-off debt is in one figure and not in the other.
    WriteOff,
    /// Vouchers are subtracted in one figure and not in the other.
    Coupons,
    /// The statement has no settlement amount and states what the customers pay.
    SettlementDiscount,
    /// Rows whose kind the source does not say.
    Unclassified,
    /// The month is not final: figures still move.
    MonthNotFinal,
    /// No known cause accounts for it.
    Unexplained,
}

impl Cause {
    /// Returns the meaning of the cause and the recommended action.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Rounding => "the total is rounded to cents once; the rows have up to eight decimals",
            Self::RowRounding => "each row is rounded to cents before it is added",
            Self::Truncation => "each row is cut to cents before it is added",
            Self::Tax => "tax is in one figure and not in the other",
            Self::LateRows => "charges of today: month sums hold what happened up to the day before",
            Self::Unsubscription => "refunds are set off in one figure and listed apart in the other",
            Self::Adjustment => "adjustments are in one figure and not in the other",
            Self::WriteOff => "written-off debt is in one figure and not in the other",
            Self::Coupons => "vouchers are subtracted in one figure and not in the other",
            Self::SettlementDiscount => {
                "one figure is what customers pay, the other what the partner settles"
            }
            Self::Unclassified => "rows whose kind the source does not say",
            Self::MonthNotFinal => "the month is not final: close it again after noon of the 5th in Beijing",
            Self::Unexplained => "unexplained: compare the rows of this scope, then open a service ticket",
        }
    }
}

/// Scope of the compared figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// The reseller whose customers they are.
    pub reseller: Option<String>,
    /// The customer whose charges they are.
    pub customer: Option<String>,
    /// The cloud service.
    pub service: Option<String>,
    /// The code of the charging mode.
    pub charging_mode: Option<i64>,
    /// The row, where it is one.
    pub row: Option<String>,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = self.charging_mode.map(|mode| mode.to_string());
        let parts = [
            ("reseller", &self.reseller),
            ("customer", &self.customer),
            ("service", &self.service),
            ("mode", &mode),
            ("row", &self.row),
        ];
        let mut first = true;
        for (name, value) in parts {
            if let Some(value) = value {
                write!(f, "{}{name} {value}", if first { "" } else { ", " })?;
                first = false;
            }
        }
        if first { f.write_str("the whole month") } else { Ok(()) }
    }
}

/// Two figures that are not equal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Figures that were compared.
    pub check: Check,
    /// Scope of the difference.
    pub scope: Scope,
    /// The figure of the charges; `None` where there are none.
    pub charged: Option<Money>,
    /// The other figure; `None` where the source has none.
    pub compared: Option<Money>,
    /// The other figure less that of the charges.
    pub difference: Money,
    /// The causes with their amounts, which add up to the difference.
    pub causes: Vec<(Cause, Money)>,
}

impl Difference {
    /// True where known causes account for all of it.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.causes.iter().all(|(cause, _)| *cause != Cause::Unexplained)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side =
            |money: &Option<Money>| money.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
        write!(
            f,
            "{}, {}: {} charged, {} compared, difference {}",
            self.check.title(),
            self.scope,
            side(&self.charged),
            side(&self.compared),
            self.difference
        )?;
        for (cause, amount) in &self.causes {
            write!(f, "; {amount}: {}", cause.explanation())?;
        }
        Ok(())
    }
}

/// The causes whose amounts add up to a difference exactly: the fewest of the candidates that do. What none accounts for
/// has the cause `otherwise`.
pub(super) fn causes(
    difference: Amount,
    candidates: &[(Cause, ExactSum)],
    otherwise: Cause,
) -> Vec<(Cause, Amount)> {
    let candidates: Vec<(Cause, Amount)> = candidates
        .iter()
        .filter(|(_, sum)| !sum.is_zero())
        .filter_map(|(cause, sum)| Some((*cause, sum.amount()?)))
        .take(10)
        .collect();
    let mut best: Option<Vec<(Cause, Amount)>> = None;
    for chosen in 1_u32..1 << candidates.len() {
        if best.as_ref().is_some_and(|best| chosen.count_ones() >= u32::try_from(best.len()).unwrap_or(0)) {
            continue;
        }
        let parts = || {
            candidates
                .iter()
                .enumerate()
                .filter(move |(place, _)| chosen >> place & 1 == 1)
                .map(|(_, part)| *part)
        };
        if Amount::checked_sum(parts().map(|(_, amount)| amount)) == Some(difference) {
            best = Some(parts().collect());
        }
    }
    best.unwrap_or_else(|| vec![(otherwise, difference)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(text: &str) -> ExactSum {
        let mut sum = ExactSum::default();
        sum.add(text.parse().unwrap()).unwrap();
        sum
    }

    #[test]
    fn the_fewest_causes_that_add_up_exactly_are_named() {
        let candidates = [
            (Cause::Rounding, sum("0.004")),
            (Cause::Tax, sum("1.5")),
            (Cause::LateRows, sum("-2")),
            (Cause::Coupons, sum("1.504")),
            (Cause::WriteOff, sum("0")),
        ];
        let of = |text: &str| causes(text.parse().unwrap(), &candidates, Cause::Unexplained);
        assert_eq!(of("1.504"), [(Cause::Coupons, "1.504".parse().unwrap())]);
        assert_eq!(of("-0.5").iter().map(|part| part.0).collect::<Vec<_>>(), [Cause::Tax, Cause::LateRows]);
        assert_eq!(of("0.005"), [(Cause::Unexplained, "0.005".parse().unwrap())]);
        assert_eq!(causes("9".parse().unwrap(), &[], Cause::MonthNotFinal)[0].0, Cause::MonthNotFinal);
    }
}
