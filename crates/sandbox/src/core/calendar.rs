//! Days and times of day in Beijing, by which the service counts.

use time::{Date, Duration, Month, Time};

use huaweicloud_partner::types::{BEIJING, UtcTime};

/// The first day at or after a date that is the account's day of the month, `-1` for the last one.
pub(crate) fn on_day(date: Date, day: i8) -> Option<Date> {
    let of_month = |date: Date| {
        let last = date.month().length(date.year());
        let wanted = u8::try_from(day).unwrap_or(last).clamp(1, last);
        date.replace_day(wanted).ok()
    };
    let here = of_month(date)?;
    if here >= date { Some(here) } else { of_month(months_later(date.replace_day(1).ok()?, 1)?) }
}

/// The last second of a day in Beijing.
pub(crate) fn end_of_day(date: Date) -> Option<UtcTime> {
    let end = Time::from_hms(23, 59, 59).ok()?;
    Some(date.with_time(end).assume_offset(BEIJING).into())
}

/// Returns three in the morning in Beijing, this number of days before the day of an instant.
pub(crate) fn three_oclock(instant: UtcTime, days_before: u8) -> UtcTime {
    let day = instant.instant().to_offset(BEIJING).date().saturating_sub(Duration::days(days_before.into()));
    day.with_time(Time::from_hms(3, 0, 0).unwrap_or(Time::MIDNIGHT)).assume_offset(BEIJING).into()
}

pub(crate) fn later(instant: UtcTime, by: Duration) -> UtcTime {
    instant.instant().saturating_add(by).into()
}

pub(crate) fn months_later(date: Date, months: u32) -> Option<Date> {
    let months = u32::from(u8::from(date.month()) - 1).checked_add(months)?;
    let year = date.year().checked_add(i32::try_from(months / 12).ok()?)?;
    let month = Month::try_from(u8::try_from(months % 12).ok()? + 1).ok()?;
    Date::from_calendar_date(year, month, date.day().min(month.length(year))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_oclock_is_counted_in_beijing() {
        let at = |text: &str| text.parse::<UtcTime>().unwrap();
        assert_eq!(three_oclock(at("2026-06-06T15:59:59Z"), 7), at("2026-05-29T19:00:00Z"));
    }

    #[test]
    fn a_day_of_the_month_is_met_at_or_after_a_date() {
        let date = |month, day| Date::from_calendar_date(2026, month, day).unwrap();
        assert_eq!(on_day(date(Month::June, 6), 6), Some(date(Month::June, 6)));
        assert_eq!(on_day(date(Month::June, 6), 5), Some(date(Month::July, 5)));
        assert_eq!(on_day(date(Month::June, 6), -1), Some(date(Month::June, 30)));
        assert_eq!(on_day(date(Month::January, 31), 28), Some(date(Month::February, 28)));
    }
}
