//! Times by meaning: an instant, a day, a billing cycle, a local time. They do not convert by accident.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{
    Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset,
    format_description::well_known::Rfc3339,
};

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
/// Read with or without a fraction and in any offset, as UTC where no offset is written; written in UTC, with a
/// fraction only where it has one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(OffsetDateTime);

impl UtcTime {
    /// The instant for arithmetic and formatting, always in UTC.
    #[must_use]
    pub fn instant(self) -> OffsetDateTime {
        self.0
    }

    /// The day on which this instant falls in UTC+8, where the service counts days.
    #[must_use]
    pub fn billing_day(self) -> Day {
        Day(self.0.to_offset(BEIJING).date())
    }
}

impl From<OffsetDateTime> for UtcTime {
    fn from(instant: OffsetDateTime) -> Self {
        Self(instant.to_offset(UtcOffset::UTC))
    }
}

impl FromStr for UtcTime {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        // The usual form, read by hand: bills hold hundreds of thousands of them.
        let usual = if text.len() == 20 && text.ends_with('Z') { parse_local(text) } else { None };
        usual
            .map(PrimitiveDateTime::assume_utc)
            .or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok())
            .or_else(|| parse_local(text).map(PrimitiveDateTime::assume_utc))
            .map(Self::from)
            .ok_or(ParseTimeError { expected: "an instant such as 2026-05-01T08:05:01Z" })
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

/// A calendar day in UTC+8, on the wire `2026-05-01`.
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
        parse_date(text).map(Self).ok_or(ParseTimeError { expected: "a day such as 2026-05-01" })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

/// A billing month, counted in UTC+8, on the wire `2026-05`.
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

    /// The month.
    #[must_use]
    pub const fn month(self) -> Month {
        self.month
    }

    /// The cycle after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        let year = if matches!(self.month, Month::December) { self.year + 1 } else { self.year };
        Self { year, month: self.month.next() }
    }

    /// The cycle before this one.
    #[must_use]
    pub const fn previous(self) -> Self {
        let year = if matches!(self.month, Month::January) { self.year - 1 } else { self.year };
        Self { year, month: self.month.previous() }
    }

    /// True when the day, counted in UTC+8, lies in this cycle.
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
    /// One day.
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
/// [`LocalTime::in_zone`] makes an instant of it. Instants in the form of the business service are read too and kept
/// as the local time they show.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(PrimitiveDateTime);

impl LocalTime {
    /// Date and time as written.
    #[must_use]
    pub fn date_time(self) -> PrimitiveDateTime {
        self.0
    }

    /// The instant that this time is in a zone.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> UtcTime {
        self.0.assume_offset(zone.0).into()
    }

    /// What a clock in the zone shows at an instant.
    #[must_use]
    pub fn at(instant: UtcTime, zone: TimeZone) -> Self {
        let local = instant.instant().to_offset(zone.0);
        Self(PrimitiveDateTime::new(local.date(), local.time()))
    }
}

impl From<PrimitiveDateTime> for LocalTime {
    fn from(local: PrimitiveDateTime) -> Self {
        Self(local)
    }
}

impl FromStr for LocalTime {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        parse_local(text)
            .map(Self)
            .ok_or(ParseTimeError { expected: "a local time such as 2026-05-01 16:05:01" })
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.0.date(), self.0.time());
        write!(f, "{} {:02}:{:02}:{:02}", Day(date), time.hour(), time.minute(), time.second())
    }
}

/// A fixed distance from UTC in whole minutes, on the wire `GMT+8` or `GMT+05:30`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeZone(UtcOffset);

impl TimeZone {
    /// Beijing, which the service takes when no zone is named.
    pub const BEIJING: Self = Self(BEIJING);
    /// Universal time.
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

fn parse_month(text: &str) -> Option<(i32, Month)> {
    let (year, month) = text.split_once('-')?;
    if year.len() != 4 || month.len() != 2 {
        return None;
    }
    let month: u8 = month.parse().ok()?;
    Some((year.parse().ok()?, month.try_into().ok()?))
}

fn parse_date(text: &str) -> Option<Date> {
    let (month, day) = text.rsplit_once('-')?;
    let (year, month) = parse_month(month)?;
    if day.len() != 2 {
        return None;
    }
    Date::from_calendar_date(year, month, day.parse().ok()?).ok()
}

fn parse_local(text: &str) -> Option<PrimitiveDateTime> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let time = time.trim_end_matches('Z');
    let time = time.split_once('.').map_or(time, |(seconds, _)| seconds);
    let mut parts = time.split(':').map(str::parse::<u8>);
    let (hour, minute) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let second = parts.next().transpose().ok()?.unwrap_or(0);
    if parts.next().is_some() {
        return None;
    }
    Some(PrimitiveDateTime::new(parse_date(date)?, Time::from_hms(hour, minute, second).ok()?))
}

fn parse_zone(text: &str) -> Option<UtcOffset> {
    let rest = text.strip_prefix("GMT").or_else(|| text.strip_prefix("UTC"))?;
    if rest.is_empty() {
        return Some(UtcOffset::UTC);
    }
    let (sign, rest) = match (rest.strip_prefix('+'), rest.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let (hours, minutes): (i8, i8) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours < 0 || minutes < 0 {
        return None;
    }
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

macro_rules! written_as_text {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
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

struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err = ParseTimeError>> de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time as text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// For optional times in answers: empty text is no time, as null is.
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
                text => text.parse().map(Some).map_err(E::custom),
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
        for text in ["2023-02-29", "2023-1-01", "2023-01", "", "2023-01-01T00:00:00Z", "é-01-01"] {
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
