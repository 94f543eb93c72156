//! Helpers that the handlers of lists share: filters, spans of days, items that failed.

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

/// The days that a ledger is asked for: by default the year that ends today.
pub(crate) fn span(now: UtcTime, begin: Option<Day>, end: Option<Day>) -> (Day, Day) {
    let today = now.billing_day().date();
    let a_year_ago = today.replace_year(today.year() - 1).or_else(|_| {
        today.checked_sub(time::Duration::days(366)).ok_or(()) // there is no 29 February
    });
    (begin.unwrap_or(a_year_ago.unwrap_or(today).into()), end.unwrap_or(today.into()))
}
