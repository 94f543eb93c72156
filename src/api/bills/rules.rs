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

pub(crate) use payable;
