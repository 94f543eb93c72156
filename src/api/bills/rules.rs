//! Rules that the bill queries share, and the sum of a page.

use super::RecordOwner;
use crate::{
    operation::Check,
    types::{BillCycle, CustomerId, Day},
};

/// Checks the days of a query: both or neither, in order, and inside the cycle. The service ignores invalid
/// days silently and returns the whole month.
pub(super) fn days_in_cycle(
    check: Check,
    cycle: BillCycle,
    begin: (&'static str, Option<Day>),
    end: (&'static str, Option<Day>),
) -> Check {
    let inside = |day: Option<Day>| day.is_none_or(|day| cycle.contains(day));
    check
        .together((begin.0, begin.1.is_some()), (end.0, end.1.is_some()))
        .rule(begin.0, inside(begin.1), "must be in the billing cycle")
        .rule(end.0, inside(end.1), "must be in the billing cycle")
        .ordered(begin, end)
}

/// Checks that a query for one member's records names the member.
pub(super) fn member_named(check: Check, method: Option<&RecordOwner>, member: Option<&CustomerId>) -> Check {
    check.len("sub_customer_id", &member.cloned(), 0..=64).rule(
        "sub_customer_id",
        method != Some(&RecordOwner::Member) || member.is_some_and(|id| !id.as_str().is_empty()),
        "must be given when method is sub_customer",
    )
}

/// `payable` for the rows of a bill and for a page of them, whose currency stands once on the page.
///
/// `payable!(UsageRecordPage { fee_records: UsageRecord { amount, measure_id } })`; without a unit field the amounts
/// count the main unit of the currency, as documented.
macro_rules! payable {
    ($page:ident { $rows:ident: $row:ident { $amount:ident $(, $unit:ident)? } }) => {
        impl $row {
            #[doc = concat!("The payable amount [`", stringify!($amount), "`](Self#structfield.", stringify!($amount), ")")]
            /// in the currency that the page states.
            ///
            /// # Errors
            /// [`MoneyError::Missing`](crate::types::MoneyError::Missing) where the service left out the amount or its
            /// unit.
            pub fn payable(
                &self,
                currency: &crate::types::Currency,
            ) -> Result<crate::types::Money, crate::types::MoneyError> {
                let unit = Some(crate::types::MeasureUnit::MainUnit);
                $(let unit = unit.and(self.$unit);)?
                crate::types::Money::from_fields(stringify!($amount), self.$amount, unit, Some(currency))
            }
        }

        impl $page {
            /// Returns the payable amount of all rows of this page, or `None` where the page has no rows.
            ///
            /// # Errors
            /// [`MoneyError::Missing`](crate::types::MoneyError::Missing) where a row has no amount or no unit, or the
            /// page no currency; another [`MoneyError`](crate::types::MoneyError) where units differ or the sum has too
            /// many digits.
            pub fn payable(&self) -> Result<Option<crate::types::Money>, crate::types::MoneyError> {
                let Some(currency) = &self.currency else {
                    return match self.$rows.is_empty() {
                        true => Ok(None),
                        false => Err(crate::types::MoneyError::Missing("currency")),
                    };
                };
                crate::types::Money::sum(self.$rows.iter().map(|row| row.payable(currency)))
            }
        }
    };
}

/// Gives a row the method that returns the parts in which it was paid, under one set of names.
///
/// `payment_parts!(UsageRecord { stored_card_amount, bonus_amount, adjustment_amount })`: the fields of the stored-value
/// card, of the bonus (`none` where the bill has no such field) and of the debt that was written off. The names of the
/// other fields are the same on all bills.
macro_rules! payment_parts {
    ($row:ident { $card:ident, $bonus:ident, $written_off:ident }) => {
        impl $row {
            /// Returns the parts in which the row was paid. The bonus is zero where these bills have no field for it.
            #[must_use]
            pub fn payment_parts(&self) -> $crate::bills::PaymentParts {
                $crate::bills::PaymentParts {
                    cash: self.cash_amount,
                    credit: self.credit_amount,
                    coupon: self.coupon_amount,
                    flexipurchase_coupon: self.flexipurchase_coupon_amount,
                    stored_value_card: self.$card,
                    bonus: $crate::api::bills::rules::payment_parts!(@ self $bonus),
                    debt: self.debt_amount,
                    written_off: self.$written_off,
                }
            }
        }
    };
    (@ $self:ident none) => { Some($crate::types::Amount::ZERO) };
    (@ $self:ident $bonus:ident) => { $self.$bonus };
}

pub(crate) use {payable, payment_parts};
