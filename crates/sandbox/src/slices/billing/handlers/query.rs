//! Parts that the queries of bills share: accounts, months, days and filters.

use http::StatusCode;

use crate::{
    core::{Account, Refusal, refuse, refuse_with},
    slices::{billing::days_of, enterprise::Membership},
    state::State,
};
use huaweicloud_partner::{
    bills::RecordOwner,
    enterprise::MemberPermission,
    error::codes,
    types::{BillCycle, CustomerId, Day, Language, Site},
};

/// The language of names: the one asked for, else Chinese on the China site and English elsewhere.
pub(crate) fn language(asked: Option<Language>, caller: &Account) -> Language {
    let own = if caller.site == Site::China { Language::Chinese } else { Language::English };
    asked.unwrap_or(own)
}

/// Returns the accounts whose records a customer asks for: its own, those of one member, or all. Only members
/// that let the caller see their consumption can be named.
pub(crate) fn whose(
    world: &State,
    caller: &Account,
    method: Option<&RecordOwner>,
    member: Option<&CustomerId>,
) -> Result<Vec<String>, Refusal> {
    let members = members(world, caller);
    match method {
        Some(RecordOwner::Caller) => Ok(vec![caller.id.clone()]),
        Some(RecordOwner::Member) => {
            let member = members.into_iter().find(|id| member.is_some_and(|member| member.as_str() == id));
            member.map(|member| vec![member]).ok_or_else(denied)
        }
        _ => Ok(std::iter::once(caller.id.clone()).chain(members).collect()),
    }
}

/// The members that let their enterprise master see what they consume, and those whose money it keeps.
fn members(world: &State, caller: &Account) -> Vec<String> {
    let members = world.enterprise.members().filter(|(_, member)| {
        let shown = member.custody || member.permissions.contains(&MemberPermission::ReadConsumption);
        member.master == caller.id && shown
    });
    members.map(|(id, _)| id.to_owned()).collect()
}

/// Number of members with independent accounting whose costs are listed at once.
const MOST_MEMBERS: usize = 1000;

/// Refuses costs of too many members at once. Members whose money is in custody do not count.
pub(crate) fn few_members(world: &State, caller: &Account) -> Result<(), Refusal> {
    let independent = |member: &Membership| member.master == caller.id && !member.custody;
    let count = world.enterprise.members().filter(|(_, member)| independent(member)).count();
    if count > MOST_MEMBERS { Err(refuse(codes::TOO_MANY_MEMBERS)) } else { Ok(()) }
}

/// No right to what was asked for, HTTP status 403.
pub(crate) fn denied() -> Refusal {
    refuse_with(StatusCode::FORBIDDEN, codes::ACCESS_DENIED)
}

/// Returns true if a bill that covers this number of past months contains this one. Older ones are empty.
pub(crate) fn reaches(world: &State, cycle: BillCycle, months: i32) -> bool {
    let number = |cycle: BillCycle| cycle.year() * 12 + i32::from(u8::from(cycle.month()));
    number(cycle) + months >= number(BillCycle::containing(world.now))
}

/// The days of a cycle up to yesterday, where a bill ends with the day before.
pub(crate) fn through_yesterday(world: &State, cycle: BillCycle) -> (Day, Day) {
    let (first, last) = days_of(cycle);
    let today = world.now.billing_day().date();
    (first, last.min(today.previous_day().unwrap_or(today).into()))
}

/// The days of a query.
pub(crate) fn days(begin: Option<Day>, end: Option<Day>) -> Option<(Day, Day)> {
    begin.zip(end)
}

/// Drops days that the service ignores: one without the other, and those outside the month.
pub(crate) fn both_days(cycle: BillCycle, begin: &mut Option<Day>, end: &mut Option<Day>) {
    let inside = |day: &Option<Day>| day.is_some_and(|day| cycle.contains(day));
    if !(inside(begin) && inside(end)) {
        (*begin, *end) = (None, None);
    }
}

/// A filter that empty text switches off.
pub(crate) fn plain(filter: Option<&str>, value: Option<&str>) -> bool {
    filter.is_none_or(|filter| filter.is_empty() || value == Some(filter))
}

/// A filter that finds rows without a value by empty text or by the word `null`.
pub(crate) fn or_none(filter: Option<&str>, value: Option<&str>) -> bool {
    match filter {
        None => true,
        Some("" | "null") => value.is_none_or(str::is_empty),
        filter => value == filter,
    }
}

/// Returns a text as responses hold it.
pub(crate) fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}
