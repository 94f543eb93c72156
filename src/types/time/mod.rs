//! Times by meaning: an instant, a day, a billing cycle, a local time. They do not convert by accident.
//!
//! All forms are read by one parser with one rule for the distance from UTC, see [`parse`]. What it cannot read is
//! refused, never guessed. At the ends of the calendar, which services use for "never", values saturate.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::wire::is_wire;
use parse::{Instant, parse_date, parse_instant, parse_local, parse_mail_date, parse_month, parse_zone};

mod parse;

/// The zone in which bills, billing cycles and the partner's deadlines are counted: UTC+8.
pub const BEIJING: UtcOffset = match UtcOffset::from_hms(8, 0, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

/// The text is not a time of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct ParseTimeError {
    expected: &'static str,
}

/// An instant, on the wire `2026-05-01T08:05:01Z`.
///
/// Read with or without a fraction and with any distance from UTC, as UTC where none is written. Written in UTC, with a
/// fraction where it has one; requests carry whole seconds, and what is below is cut.
///
/// Years are 0 to 9999: an instant beyond, which can only come from a distance from UTC or from arithmetic, is the
/// first or last one of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(OffsetDateTime);

/// The first day of the calendar.
const FIRST_DAY: Date = match Date::from_ordinal_date(0, 1) {
    Ok(day) => day,
    Err(_) => Date::MIN,
};

/// The last day of the calendar.
const LAST_DAY: Date = match Date::from_ordinal_date(9999, 365) {
    Ok(day) => day,
    Err(_) => Date::MAX,
};

/// The last instant of the calendar.
const LAST_TIME: Time = match Time::from_hms_nano(23, 59, 59, 999_999_999) {
    Ok(time) => time,
    Err(_) => Time::MIDNIGHT,
};

impl UtcTime {
    /// The first instant that there is: the begin of the year 0.
    pub const MIN: Self = Self(OffsetDateTime::new_utc(FIRST_DAY, Time::MIDNIGHT));
    /// The last instant that there is: the end of the year 9999, which services use for "never".
    pub const MAX: Self = Self(OffsetDateTime::new_utc(LAST_DAY, LAST_TIME));

    /// The instant for arithmetic and formatting, always in UTC.
    #[must_use]
    pub fn instant(self) -> OffsetDateTime {
        self.0
    }

    /// The day on which this instant falls in UTC+8, where the service counts days.
    #[must_use]
    pub fn billing_day(self) -> Day {
        Day(LocalTime::at(self, TimeZone::BEIJING).local.date())
    }

    /// The same instant without the part below a second.
    #[must_use]
    pub fn whole_seconds(self) -> Self {
        Self(self.0.replace_nanosecond(0).unwrap_or(self.0))
    }
}

impl From<OffsetDateTime> for UtcTime {
    fn from(instant: OffsetDateTime) -> Self {
        // A comparison does not convert, so it holds at the ends of the calendar too.
        let within = instant.clamp(Self::MIN.0, Self::MAX.0);
        Self(within.checked_to_offset(UtcOffset::UTC).unwrap_or(Self::MAX.0))
    }
}

/// Reads an instant in any form of [`UtcTime`], or a date of mail and HTTP such as `Fri, 01 May 2026 16:06:01 +0800`. It
/// keeps its distance from UTC, so that it may be after the last instant of [`UtcTime`].
pub(crate) fn instant_or_mail_date(text: &str) -> Option<OffsetDateTime> {
    let Instant { local, offset } = parse_instant(text).or_else(|| parse_mail_date(text))?;
    Some(local.assume_offset(offset.unwrap_or(UtcOffset::UTC)))
}

impl FromStr for UtcTime {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        parse_instant(text)
            .map(Self::from)
            .ok_or(ParseTimeError { expected: "an instant such as 2026-05-01T08:05:01Z" })
    }
}

impl From<Instant> for UtcTime {
    fn from(Instant { local, offset }: Instant) -> Self {
        let utc = local.assume_utc();
        let offset = offset.unwrap_or(UtcOffset::UTC).whole_seconds();
        utc.saturating_sub(Duration::seconds(offset.into())).into()
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.0.date(), self.0.time());
        write!(f, "{}T{:02}:{:02}:{:02}", Day(date), time.hour(), time.minute(), time.second())?;
        match time.nanosecond() {
            0 => {}
            nanos => write!(f, ".{}", format!("{nanos:09}").trim_end_matches('0'))?,
        }
        f.write_str("Z")
    }
}

/// A calendar day in UTC+8, on the wire `2026-05-01`.
///
/// Where a day is expected, a time is read too: with a distance from UTC as the day on which it falls in UTC+8, without
/// one as the day it shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day for arithmetic and formatting.
    #[must_use]
    pub fn date(self) -> Date {
        self.0
    }

    /// The billing cycle that this day belongs to.
    #[must_use]
    pub fn cycle(self) -> BillCycle {
        BillCycle { year: self.0.year(), month: self.0.month() }
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl FromStr for Day {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let day = parse_date(text).map(Self).or_else(|| {
            let instant = parse_instant(text)?;
            Some(match instant.offset {
                Some(_) => UtcTime::from(instant).billing_day(),
                None => Self(instant.local.date()),
            })
        });
        day.ok_or(ParseTimeError { expected: "a day such as 2026-05-01" })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

/// A billing month, counted in UTC+8, on the wire `2026-05`. `202605` and `2026-5` are read too.
///
/// Never cut a cycle out of the text of an instant: a charge at `2026-04-30T17:00:00Z` belongs to May.
/// [`BillCycle::containing`] converts properly.
///
/// ```
/// use huaweicloud_partner::types::{BillCycle, UtcTime};
///
/// let charged: UtcTime = "2026-04-30T17:00:00Z".parse().unwrap();
/// assert_eq!(BillCycle::containing(charged).to_string(), "2026-05");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BillCycle {
    year: i32,
    month: Month,
}

impl BillCycle {
    /// The cycle of a year and a month.
    #[must_use]
    pub const fn new(year: i32, month: Month) -> Self {
        Self { year, month }
    }

    /// The cycle in which a charge at this instant is billed.
    #[must_use]
    pub fn containing(instant: UtcTime) -> Self {
        instant.billing_day().cycle()
    }

    /// The year, such as 2026.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.year
    }

    /// Returns the month of the cycle.
    #[must_use]
    pub const fn month(self) -> Month {
        self.month
    }

    /// The cycle after this one; the last cycle that there is comes after itself.
    #[must_use]
    pub const fn next(self) -> Self {
        let year =
            if matches!(self.month, Month::December) { self.year.checked_add(1) } else { Some(self.year) };
        match year {
            Some(year) => Self { year, month: self.month.next() },
            None => self,
        }
    }

    /// The cycle before this one; the first cycle that there is comes before itself.
    #[must_use]
    pub const fn previous(self) -> Self {
        let year =
            if matches!(self.month, Month::January) { self.year.checked_sub(1) } else { Some(self.year) };
        match year {
            Some(year) => Self { year, month: self.month.previous() },
            None => self,
        }
    }

    /// Returns true if the day, counted in UTC+8, is in this cycle.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        day.cycle() == self
    }

    /// The instant from which the figures of this cycle are taken as final: 12:00 in Beijing on the 5th of the next
    /// month, the latest of all documented dates. Before it late charges, refunds and adjustments still move figures.
    ///
    /// `None` only for years that the calendar cannot hold.
    #[must_use]
    pub fn final_from(self) -> Option<UtcTime> {
        let next = self.next();
        let fifth = Date::from_calendar_date(next.year, next.month, 5).ok()?;
        let noon = Time::from_hms(12, 0, 0).ok()?;
        Some(PrimitiveDateTime::new(fifth, noon).assume_offset(BEIJING).into())
    }
}

impl FromStr for BillCycle {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        parse_month(text)
            .map(|(year, month)| Self { year, month })
            .ok_or(ParseTimeError { expected: "a billing cycle such as 2026-05" })
    }
}

impl fmt::Display for BillCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, u8::from(self.month))
    }
}

/// A day or a whole billing cycle, where a query takes either.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayOrCycle {
    /// A single day.
    Day(Day),
    /// A whole month.
    Cycle(BillCycle),
}

impl From<Day> for DayOrCycle {
    fn from(day: Day) -> Self {
        Self::Day(day)
    }
}

impl From<BillCycle> for DayOrCycle {
    fn from(cycle: BillCycle) -> Self {
        Self::Cycle(cycle)
    }
}

impl FromStr for DayOrCycle {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        text.parse()
            .map(Self::Day)
            .or_else(|_| text.parse().map(Self::Cycle))
            .map_err(|_: ParseTimeError| ParseTimeError { expected: "a day or a billing cycle" })
    }
}

impl fmt::Display for DayOrCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Cycle(cycle) => cycle.fmt(f),
        }
    }
}

/// A time of the ticket service, on the wire `2026-05-01 16:05:01`, in the zone that the request asked for.
///
/// [`LocalTime::in_zone`] makes an instant of it. A time that came with its distance from UTC, as those of the business
/// service do, shows the local time that was written and remembers the distance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    local: PrimitiveDateTime,
    offset: Option<UtcOffset>,
}

impl LocalTime {
    /// Date and time as written.
    #[must_use]
    pub fn date_time(self) -> PrimitiveDateTime {
        self.local
    }

    /// The distance from UTC that was written with the time, which is rare.
    #[must_use]
    pub fn offset(self) -> Option<UtcOffset> {
        self.offset
    }

    /// The instant that this time is in a zone. A time that was written with its distance from UTC needs no zone: there
    /// the zone has no effect.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> UtcTime {
        Instant { local: self.local, offset: Some(self.offset.unwrap_or(zone.0)) }.into()
    }

    /// Returns the local time of the zone at an instant.
    #[must_use]
    pub fn at(instant: UtcTime, zone: TimeZone) -> Self {
        let shown = instant.0.saturating_add(Duration::seconds(zone.0.whole_seconds().into()));
        let local = UtcTime::from(shown).0;
        Self::from(PrimitiveDateTime::new(local.date(), local.time()))
    }
}

impl From<PrimitiveDateTime> for LocalTime {
    fn from(local: PrimitiveDateTime) -> Self {
        Self { local, offset: None }
    }
}

impl FromStr for LocalTime {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let Instant { local, offset } = parse_local(text)
            .ok_or(ParseTimeError { expected: "a local time such as 2026-05-01 16:05:01" })?;
        Ok(Self { local, offset })
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.local.date(), self.local.time());
        write!(f, "{} {:02}:{:02}:{:02}", Day(date), time.hour(), time.minute(), time.second())
    }
}

impl Serialize for LocalTime {
    /// Writes the text of `Display`, with the distance from UTC behind it where there is one.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.offset {
            Some(offset) => serializer.collect_str(&format_args!("{self} {}", TimeZone(offset))),
            None => serializer.collect_str(self),
        }
    }
}

/// A fixed distance from UTC in whole minutes, on the wire `GMT+8` or `GMT+05:30`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeZone(UtcOffset);

impl TimeZone {
    /// Beijing, which the service takes when no zone is named.
    pub const BEIJING: Self = Self(BEIJING);
    /// Coordinated universal time.
    pub const UTC: Self = Self(UtcOffset::UTC);

    /// The distance from UTC.
    #[must_use]
    pub const fn offset(self) -> UtcOffset {
        self.0
    }
}

impl From<UtcOffset> for TimeZone {
    fn from(offset: UtcOffset) -> Self {
        Self(offset)
    }
}

impl FromStr for TimeZone {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        parse_zone(text).map(Self).ok_or(ParseTimeError { expected: "a time zone such as GMT+8" })
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, _) = self.0.as_hms();
        let sign = if self.0.is_negative() { '-' } else { '+' };
        write!(f, "GMT{sign}{}", hours.unsigned_abs())?;
        if minutes == 0 { Ok(()) } else { write!(f, ":{:02}", minutes.unsigned_abs()) }
    }
}

macro_rules! written_as_text {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text(PhantomData))
            }
        }
    )*};
}
written_as_text!(UtcTime, Day, BillCycle, DayOrCycle, LocalTime, TimeZone);

macro_rules! serialized_as_text {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}
serialized_as_text!(Day, BillCycle, DayOrCycle, TimeZone);

impl Serialize for UtcTime {
    /// Writes the text of `Display`; in the form of the wire whole seconds only.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if is_wire::<S>() {
            serializer.collect_str(&self.whole_seconds())
        } else {
            serializer.collect_str(self)
        }
    }
}

struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err = ParseTimeError>> de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time as text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(unreadable)
    }
}

/// Says what was expected, and not what came, which is a value.
fn unreadable<E: de::Error>(error: ParseTimeError) -> E {
    E::invalid_value(de::Unexpected::Other("other text"), &error.expected)
}

/// Reads optional times of responses: empty text is no time, as null is.
///
/// `#[serde(deserialize_with = "time_or_none")]`
pub(crate) fn time_or_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = ParseTimeError>,
{
    struct Moment<T>(PhantomData<T>);

    impl<'de, T: FromStr<Err = ParseTimeError>> de::Visitor<'de> for Moment<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a time, or empty text")
        }

        fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
            deserializer.deserialize_str(self)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<T>, E> {
            match text.trim_ascii() {
                "" => Ok(None),
                text => text.parse().map(Some).map_err(unreadable),
            }
        }

        fn visit_none<E: de::Error>(self) -> Result<Option<T>, E> {
            Ok(None)
        }

        fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_option(Moment(PhantomData))
}

/// Whole days between two days; negative when `to` is earlier.
pub(crate) fn days_between(from: Day, to: Day) -> i64 {
    Duration::whole_days(to.0 - from.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_form_is_read_and_written_back() {
        fn same<T: FromStr<Err = ParseTimeError> + fmt::Display>(text: &str) {
            assert_eq!(text.parse::<T>().unwrap_or_else(|error| panic!("{text}: {error}")).to_string(), text);
        }
        same::<UtcTime>("2019-05-06T08:05:01Z");
        same::<UtcTime>("2019-05-06T08:05:01.25Z");
        same::<Day>("2024-02-29");
        same::<BillCycle>("2026-12");
        same::<DayOrCycle>("2026-12");
        same::<DayOrCycle>("2026-12-31");
        same::<LocalTime>("2020-07-09 00:00:00");
        same::<TimeZone>("GMT+8");
        same::<TimeZone>("GMT-3:30");
        for text in ["2023-02-29", "2023-1-01", "2023-01", "", "é-01-01", "+023-01-01", "2023-+1-01"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert!("2026-13".parse::<BillCycle>().is_err());
        assert_eq!(
            "2026-05-01T09:00:00+08:00".parse::<UtcTime>().unwrap().to_string(),
            "2026-05-01T01:00:00Z"
        );
        assert_eq!("2026-05-01T09:00:00Z".parse::<LocalTime>().unwrap().to_string(), "2026-05-01 09:00:00");
    }

    #[test]
    fn a_cycle_turns_at_midnight_in_beijing() {
        let cycle = |text: &str| BillCycle::containing(text.parse().unwrap()).to_string();
        assert_eq!(cycle("2026-11-30T15:59:59Z"), "2026-11");
        assert_eq!(cycle("2026-11-30T16:00:00Z"), "2026-12");
        let december = BillCycle::new(2026, Month::December);
        assert_eq!(december.next().previous(), december);
        assert_eq!(december.final_from().unwrap().to_string(), "2027-01-05T04:00:00Z");
    }

    #[test]
    fn a_local_time_needs_its_zone() {
        let local: LocalTime = "2026-05-01 16:05:01".parse().unwrap();
        let instant = local.in_zone(TimeZone::BEIJING);
        assert_eq!(instant.to_string(), "2026-05-01T08:05:01Z");
        assert_eq!(LocalTime::at(instant, TimeZone::BEIJING), local);
    }

    #[test]
    fn empty_text_is_no_time() {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default, deserialize_with = "time_or_none")]
            at: Option<UtcTime>,
        }
        for json in ["{}", r#"{"at":null}"#, r#"{"at":""}"#] {
            assert_eq!(serde_json::from_str::<Row>(json).unwrap().at, None, "{json}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_saturate() {
        let late: UtcTime = "9999-12-31T23:59:59-08:00".parse().unwrap();
        assert_eq!(late, UtcTime::MAX);
        let early: UtcTime = "0000-01-01T00:00:00+08:00".parse().unwrap();
        assert_eq!((early, early.to_string().as_str()), (UtcTime::MIN, "0000-01-01T00:00:00Z"));
        assert_eq!(UtcTime::MAX.to_string(), "9999-12-31T23:59:59.999999999Z");
        for instant in [UtcTime::MIN, UtcTime::MAX, "9999-12-31T23:59:59Z".parse().unwrap()] {
            assert!(BillCycle::containing(instant).contains(instant.billing_day()));
            for hours in [-23, -8, 8, 23] {
                let zone = TimeZone::from(UtcOffset::from_hms(hours, 0, 0).unwrap());
                let local = LocalTime::at(instant, zone);
                assert_eq!(
                    local.to_string().parse(),
                    Ok(LocalTime::from(local.date_time().replace_nanosecond(0).unwrap()))
                );
                let _ = (local.in_zone(zone), format!("{instant:?} {local:?}"));
            }
        }
        assert_eq!(UtcTime::MAX.billing_day().to_string(), "9999-12-31");
        for month in [Month::December, Month::January] {
            for year in [i32::MAX, i32::MIN, 9999, 0, -1] {
                let cycle = BillCycle::new(year, month);
                let _ = (cycle.next(), cycle.previous(), cycle.final_from(), format!("{cycle}"));
            }
        }
        let offset = UtcOffset::from_hms(-8, 0, 0).unwrap();
        let beyond = PrimitiveDateTime::MAX.assume_offset(offset);
        assert_eq!(UtcTime::from(beyond), UtcTime::MAX);
        assert_eq!(UtcTime::from(PrimitiveDateTime::MIN.assume_offset(BEIJING)), UtcTime::MIN);
    }

    #[test]
    fn a_time_with_its_distance_from_utc_is_the_same_instant_in_every_type() {
        for text in ["2026-05-01T16:05:01+08:00", "2026-05-01T08:05:01.000+0000", "2026-05-01T08:05:01Z"] {
            let local: LocalTime = text.parse().unwrap();
            for zone in [TimeZone::BEIJING, TimeZone::UTC] {
                assert_eq!(local.in_zone(zone), "2026-05-01T08:05:01Z".parse().unwrap(), "{text}");
            }
            let stored = serde_json::to_string(&local).unwrap();
            assert_eq!(serde_json::from_str::<LocalTime>(&stored).unwrap(), local, "{stored}");
            assert_eq!(text.parse::<Day>().unwrap().to_string(), "2026-05-01");
        }
        assert_eq!(
            "2026-05-01T16:05:01+08:00".parse::<LocalTime>().unwrap().to_string(),
            "2026-05-01 16:05:01"
        );
        assert_eq!("2026-04-30T16:00:00Z".parse::<Day>().unwrap().to_string(), "2026-05-01");
        assert_eq!("2026-05-01 00:00:00".parse::<Day>().unwrap().to_string(), "2026-05-01");
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in ".{0,30}") {
            let _ = text.parse::<UtcTime>();
            let _ = text.parse::<DayOrCycle>();
            let _ = text.parse::<LocalTime>();
            let _ = text.parse::<TimeZone>();
        }

        #[test]
        fn instants_survive(seconds in 0_i64..4_102_444_800) {
            let instant = UtcTime::from(OffsetDateTime::from_unix_timestamp(seconds).unwrap());
            prop_assert_eq!(instant.to_string().parse::<UtcTime>().unwrap(), instant);
            let day = instant.billing_day();
            prop_assert_eq!(day.to_string().parse::<Day>().unwrap(), day);
            prop_assert!(BillCycle::containing(instant).contains(day));
        }
    }
}
