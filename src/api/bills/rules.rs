//! Rules that the bill queries share.

use super::RecordOwner;
use crate::{
    operation::Check,
    types::{BillCycle, CustomerId, Day},
};

/// The days of a query: both or neither, in order, and inside the cycle. The service passes over others in silence and
/// answers the whole month.
pub(super) fn days_in_cycle(
    check: Check,
    cycle: BillCycle,
    begin: (&'static str, Option<Day>),
    end: (&'static str, Option<Day>),
) -> Check {
    let inside = |day: Option<Day>| day.is_none_or(|day| cycle.contains(day));
    check
        .together((begin.0, begin.1.is_some()), (end.0, end.1.is_some()))
        .rule(begin.0, inside(begin.1), "must lie in the billing cycle")
        .rule(end.0, inside(end.1), "must lie in the billing cycle")
        .ordered(begin, end)
}

/// Whoever asks for one member's records must say which member's.
pub(super) fn member_named(check: Check, method: Option<&RecordOwner>, member: Option<&CustomerId>) -> Check {
    check.length("sub_customer_id", &member.cloned(), 0..=64).rule(
        "sub_customer_id",
        method != Some(&RecordOwner::Member) || member.is_some_and(|id| !id.as_str().is_empty()),
        "must be given when method is sub_customer",
    )
}
