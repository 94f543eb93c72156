//! Working days. Every deadline is counted in Beijing days, wherever the code runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use time::{Date, Month, Weekday};

use crate::types::{Day, UtcTime};

/// The calendar does not know which days of this year are worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[error("the calendar does not cover the year {0}")]
pub struct UnknownYear(pub i32);

/// Calendar of working days. Implement [`WorkingDays::is_working_day`]; the counting follows from it.
///
/// Counting never includes the day from which it starts: something submitted on Monday has its first working day on
/// Tuesday. The documentation does not say which day is the first; this is the reading that gives the later deadline.
pub trait WorkingDays: Send + Sync {
    /// Whether people work on this Beijing day.
    ///
    /// # Errors
    /// [`UnknownYear`] when the calendar has no data for it. A calendar must not guess.
    fn is_working_day(&self, day: Day) -> Result<bool, UnknownYear>;

    /// The `n`-th working day after a day; the day itself for 0.
    ///
    /// # Errors
    /// [`UnknownYear`] when the count runs into a year without data.
    fn working_day_after(&self, day: Day, n: u32) -> Result<Day, UnknownYear> {
        let mut day = day;
        let mut left = n;
        while left > 0 {
            day = next(day)?;
            left -= u32::from(self.is_working_day(day)?);
        }
        Ok(day)
    }

    /// Returns the number of working days after `from`, up to and including `to`; 0 when `to` is not later.
    ///
    /// # Errors
    /// [`UnknownYear`] when the span touches a year without data.
    fn working_days_between(&self, from: Day, to: Day) -> Result<u32, UnknownYear> {
        let mut day = from;
        let mut count = 0;
        while day < to {
            day = next(day)?;
            count += u32::from(self.is_working_day(day)?);
        }
        Ok(count)
    }

    /// Returns true if `day` is after the `n`-th working day after `start`. Decides without the whole span
    /// where it can: three days after a start, next year's holidays are not needed to know that ten working
    /// days are not over.
    ///
    /// # Errors
    /// [`UnknownYear`] when the response depends on a year without data.
    fn is_late(&self, start: Day, n: u32, day: Day) -> Result<bool, UnknownYear> {
        let mut at = start;
        let mut left = n;
        while at < day {
            if left == 0 {
                return Ok(true);
            }
            at = next(at)?;
            if at < day {
                left -= u32::from(self.is_working_day(at)?);
            }
        }
        Ok(false)
    }

    /// The last day from which `n` working days still fit before or on `target`.
    ///
    /// # Errors
    /// [`UnknownYear`] when the count runs back into a year without data.
    fn last_day_before(&self, target: Day, n: u32) -> Result<Day, UnknownYear> {
        let mut day = target;
        let mut left = n;
        while left > 0 {
            left -= u32::from(self.is_working_day(day)?);
            day = day.date().previous_day().map(Day::from).ok_or(UnknownYear(day.date().year()))?;
        }
        Ok(day)
    }
}

fn next(day: Day) -> Result<Day, UnknownYear> {
    day.date().next_day().map(Day::from).ok_or(UnknownYear(day.date().year()))
}

/// Saturdays and Sundays are free, every other day is worked, in every year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weekends;

impl WorkingDays for Weekends {
    fn is_working_day(&self, day: Day) -> Result<bool, UnknownYear> {
        Ok(!matches!(day.date().weekday(), Weekday::Saturday | Weekday::Sunday))
    }
}

/// Weekends, public holidays and made-up working days of China, as data.
///
/// [`ChinaCalendar::published`] holds the State Council's schedules for 2023 to 2026. A schedule comes out about two
/// months before its year; add it with [`ChinaCalendar::set_year`], or read the whole table from a file of your own
/// (it is serde). A year without a schedule is an [`UnknownYear`].
///
/// ```
/// use huaweicloud_partner::workflow::{ChinaCalendar, UnknownYear, WorkingDays};
///
/// let calendar = ChinaCalendar::published();
/// // The National Day week of 2026 is free, and Saturday the 10th makes up for it.
/// let day = calendar.working_day_after("2026-09-30".parse()?, 3)?;
/// assert_eq!(day.to_string(), "2026-10-10");
/// assert_eq!(calendar.is_working_day("2019-05-01".parse()?), Err(UnknownYear(2019)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChinaCalendar {
    years: BTreeMap<i32, YearSchedule>,
}

/// Deviations of one year from its weekends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearSchedule {
    /// Free days. Those on a weekend may be listed or not.
    pub free: BTreeSet<Day>,
    /// Saturdays and Sundays that are worked.
    pub worked: BTreeSet<Day>,
}

impl ChinaCalendar {
    /// A calendar without any year, to be filled with [`ChinaCalendar::set_year`].
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The State Council's published schedules for 2023, 2024, 2025 and 2026.
    #[must_use]
    pub fn published() -> Self {
        let mut calendar = Self::empty();
        for (year, free, worked) in PUBLISHED {
            let days = |month: u8, first: u8, last: u8| {
                (first..=last).filter_map(move |day| {
                    let month = Month::try_from(month).ok()?;
                    Date::from_calendar_date(*year, month, day).ok().map(Day::from)
                })
            };
            let schedule = YearSchedule {
                free: free.iter().flat_map(|(month, first, last)| days(*month, *first, *last)).collect(),
                worked: worked.iter().flat_map(|(month, day)| days(*month, *day, *day)).collect(),
            };
            calendar.set_year(*year, schedule);
        }
        calendar
    }

    /// Adds or replaces the schedule of a year.
    pub fn set_year(&mut self, year: i32, schedule: YearSchedule) {
        self.years.insert(year, schedule);
    }

    /// The covered years, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.keys().copied()
    }
}

impl WorkingDays for ChinaCalendar {
    fn is_working_day(&self, day: Day) -> Result<bool, UnknownYear> {
        let year = day.date().year();
        let schedule = self.years.get(&year).ok_or(UnknownYear(year))?;
        if schedule.worked.contains(&day) {
            return Ok(true);
        }
        Ok(!schedule.free.contains(&day) && Weekends.is_working_day(day)?)
    }
}

/// The first instant after a Beijing day: what happens before it is still in time. `None` after the year 9999.
pub fn end_of(day: Day) -> Option<UtcTime> {
    let midnight = day.date().next_day()?.midnight().assume_offset(crate::types::BEIJING);
    Some(midnight.into())
}

type Published = (i32, &'static [(u8, u8, u8)], &'static [(u8, u8)]);

/// Free days as (month, first, last) and worked weekend days as (month, day), from the yearly notices of the General
/// Office of the State Council on public holidays.
const PUBLISHED: &[Published] = &[
    (
        2023,
        &[
            (1, 1, 2),
            (1, 21, 27),
            (4, 5, 5),
            (4, 29, 30),
            (5, 1, 3),
            (6, 22, 24),
            (9, 29, 30),
            (10, 1, 6),
            (12, 30, 31),
        ],
        &[(1, 28), (1, 29), (4, 23), (5, 6), (6, 25), (10, 7), (10, 8)],
    ),
    (
        2024,
        &[(1, 1, 1), (2, 10, 17), (4, 4, 6), (5, 1, 5), (6, 10, 10), (9, 15, 17), (10, 1, 7)],
        &[(2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)],
    ),
    (
        2025,
        &[(1, 1, 1), (1, 28, 31), (2, 1, 4), (4, 4, 6), (5, 1, 5), (5, 31, 31), (6, 1, 2), (10, 1, 8)],
        &[(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
    ),
    (
        2026,
        &[(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)],
        &[(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn every_worked_day_is_a_weekend_and_no_free_day_is_worked() {
        let calendar = ChinaCalendar::published();
        assert_eq!(calendar.years().collect::<Vec<_>>(), [2023, 2024, 2025, 2026]);
        for (year, schedule) in &calendar.years {
            assert!(schedule.worked.is_disjoint(&schedule.free), "{year}");
            for day in &schedule.worked {
                assert_eq!(Weekends.is_working_day(*day), Ok(false), "{day}");
            }
        }
    }

    /// The statutory number of free days: 11 until 2024, 13 since 2025. Free days taken from weekends are made up.
    #[test]
    fn each_year_has_the_working_days_of_its_law() {
        let calendar = ChinaCalendar::published();
        for (year, statutory) in [(2024, 11), (2025, 13), (2026, 13)] {
            let (from, to) = (day(&format!("{}-12-31", year - 1)), day(&format!("{year}-12-31")));
            let weekdays = Weekends.working_days_between(from, to).unwrap();
            let worked = calendar.working_days_between(from, to).unwrap();
            // A statutory day on a weekend is moved to a weekday, so the difference is the law's number.
            assert_eq!(weekdays - worked, statutory, "{year}");
        }
    }

    #[test]
    fn holidays_move_a_deadline_and_made_up_days_shorten_it() {
        let calendar = ChinaCalendar::published();
        let after = |from: &str, n| calendar.working_day_after(day(from), n).unwrap().to_string();
        assert_eq!(after("2026-02-12", 3), "2026-02-24"); // Fri 13, made-up Sat 14, then nine free days
        assert_eq!(after("2026-05-08", 1), "2026-05-09"); // a made-up Saturday
        assert_eq!(after("2026-11-20", 3), "2026-11-25"); // Friday, then an ordinary weekend
        assert_eq!(Weekends.working_day_after(day("2026-02-12"), 3).unwrap(), day("2026-02-17"));
    }

    #[test]
    fn an_unknown_year_is_said_only_where_it_matters() {
        let calendar = ChinaCalendar::published();
        assert_eq!(calendar.working_day_after(day("2026-12-28"), 10), Err(UnknownYear(2027)));
        assert_eq!(calendar.is_late(day("2026-12-28"), 10, day("2026-12-31")), Ok(false));
        assert_eq!(calendar.is_late(day("2026-12-28"), 2, day("2027-01-05")), Ok(true));
        assert_eq!(calendar.is_late(day("2026-12-28"), 10, day("2027-01-20")), Err(UnknownYear(2027)));
        let mut calendar = calendar;
        calendar.set_year(2027, YearSchedule { free: [day("2027-01-01")].into(), worked: [].into() });
        assert_eq!(calendar.working_day_after(day("2026-12-28"), 10), Ok(day("2027-01-12")));
    }

    #[test]
    fn the_table_is_data_that_can_be_kept_elsewhere() {
        let calendar = ChinaCalendar::published();
        let json = serde_json::to_string(&calendar).unwrap();
        assert_eq!(serde_json::from_str::<ChinaCalendar>(&json).unwrap(), calendar);
    }

    #[test]
    fn a_day_ends_at_midnight_in_beijing() {
        assert_eq!(end_of(day("2026-05-06")).unwrap().to_string(), "2026-05-06T16:00:00Z");
    }

    proptest! {
        #[test]
        fn the_counts_agree(offset in 0_i64..1000, n in 1_u32..40) {
            let calendar = ChinaCalendar::published();
            let start = Day::from(day("2023-02-01").date() + time::Duration::days(offset));
            let last = calendar.working_day_after(start, n).unwrap();
            prop_assert!(calendar.is_working_day(last).unwrap());
            prop_assert_eq!(calendar.working_days_between(start, last).unwrap(), n);
            prop_assert!(!calendar.is_late(start, n, last).unwrap());
            prop_assert!(calendar.is_late(start, n, next(last).unwrap()).unwrap());
            let latest = calendar.last_day_before(last, n).unwrap();
            prop_assert!(latest >= start);
            prop_assert_eq!(calendar.working_days_between(latest, last).unwrap(), n);
            prop_assert!(calendar.working_days_between(next(latest).unwrap(), last).unwrap() < n);
        }
    }
}
