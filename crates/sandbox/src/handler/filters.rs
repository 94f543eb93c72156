//! Helpers that the handlers of lists share: filters, spans of days, items that failed.

use crate::core::{Refusal, bad_request};
use huaweicloud_partner::{
    error::{ErrorCode, ItemError},
    fill,
    types::{Day, UtcTime},
};

/// A filter that is neither absent nor empty.
pub(crate) fn non_empty(filter: Option<&str>) -> Option<&str> {
    filter.filter(|text| !text.is_empty())
}

/// An item of a batch that failed, with the documented meaning of its code.
pub(crate) fn item_error(id: &str, code: &ErrorCode) -> ItemError {
    let message = code.info().map_or("refused", |info| info.meaning).to_owned();
    fill!(ItemError { id: id.to_owned(), code: code.clone(), message })
}

/// The most days between the first and the last one of a ledger: a year, leap years included.
const A_YEAR: i64 = 366;

/// The days that a ledger is asked for: by default the year that ends today. More than a year is refused.
pub(crate) fn span(now: UtcTime, begin: Option<Day>, end: Option<Day>) -> Result<(Day, Day), Refusal> {
    let today = now.billing_day().date();
    let a_year_ago = today.replace_year(today.year() - 1).or_else(|_| {
        today.checked_sub(time::Duration::days(366)).ok_or(()) // there is no 29 February
    });
    let (begin, end) = (begin.unwrap_or(a_year_ago.unwrap_or(today).into()), end.unwrap_or(today.into()));
    if (end.date() - begin.date()).whole_days() > A_YEAR {
        return Err(bad_request("trade_time_end: more than a year after trade_time_begin".to_owned()));
    }
    Ok((begin, end))
}
