//! The one parser of times.

use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

/// A date and a time as written, with the distance from UTC where one is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    pub(super) local: PrimitiveDateTime,
    pub(super) offset: Option<UtcOffset>,
}

/// Reads `2026-05-01T08:05:01Z` and its relatives.
///
/// Date and time are separated by `T` or a blank. Seconds and a fraction behind a point or a comma may be missing. The
/// distance from UTC, behind a blank or not, is `Z`, `+08:00`, `+0800`, `+08`, `GMT`, `UTC`, `GMT+8` or `UTC+08:00`, or is
/// not there. Anything else is no time: names of zones such as `CST` mean different things in different places.
pub(super) fn parse_instant(text: &str) -> Option<Instant> {
    let text = text.trim_ascii();
    let date = parse_date(text.get(..10)?)?;
    let mut rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?;
    let time = time_of_day(&mut rest)?;
    let offset = match rest.trim_ascii_start() {
        "" => None,
        "Z" | "z" => Some(UtcOffset::UTC),
        named if named.starts_with(['G', 'U']) => Some(parse_zone(named)?),
        number => Some(parse_offset(number)?),
    };
    Some(Instant { local: PrimitiveDateTime::new(date, time), offset })
}

/// Reads a date of mail and HTTP such as `Fri, 01 May 2026 16:06:01 +0800`. Names are read in any case. The day of the week
/// may be missing, and says nothing that the date does not.
pub(super) fn parse_mail_date(text: &str) -> Option<Instant> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let mut words = text.split_once(',').map_or(text, |(_, date)| date).split_ascii_whitespace();
    let day = number(words.next()?)?;
    let month = words.next()?;
    let month = (1_u8..).zip(MONTHS).find(|(_, name)| month.eq_ignore_ascii_case(name))?.0;
    let (mut rest, mut clock) = (words.next()?, words.next()?);
    let date = Date::from_calendar_date(year(&mut rest)?, month.try_into().ok()?, day).ok()?;
    let time = time_of_day(&mut clock)?;
    let offset = match words.next()? {
        zone if ["GMT", "UTC", "UT", "Z"].iter().any(|utc| zone.eq_ignore_ascii_case(utc)) => UtcOffset::UTC,
        zone => parse_offset(zone)?,
    };
    let whole = rest.is_empty() && clock.is_empty() && words.next().is_none();
    whole.then_some(Instant { local: PrimitiveDateTime::new(date, time), offset: Some(offset) })
}

/// Takes a time such as `08:05`, `08:05:01` or `08:05:01.25` off the text.
#[inline]
fn time_of_day(rest: &mut &str) -> Option<Time> {
    let hour = two_digits(rest)?;
    *rest = rest.strip_prefix(':')?;
    let minute = two_digits(rest)?;
    let (mut second, mut nanos) = (0, 0);
    if let Some(after) = rest.strip_prefix(':') {
        *rest = after;
        second = two_digits(rest)?;
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return None;
            }
            nanos = nanoseconds(after.get(..digits)?);
            *rest = after.get(digits..)?;
        }
    }
    // A leap second has no place in the calendar; it is the last one of its minute.
    if second == 60 && minute == 59 {
        (second, nanos) = (59, 0);
    }
    Time::from_hms_nano(hour, minute, second, nanos).ok()
}

/// [`parse_instant`] for times that are whole seconds.
pub(super) fn parse_local(text: &str) -> Option<Instant> {
    let instant = parse_instant(text)?;
    Some(Instant { local: instant.local.replace_nanosecond(0).ok()?, ..instant })
}

/// Reads a date such as `2026-05-01`.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let mut rest = text.trim_ascii();
    let year = year(&mut rest)?;
    rest = rest.strip_prefix('-')?;
    let month = two_digits(&mut rest)?;
    rest = rest.strip_prefix('-')?;
    let day = two_digits(&mut rest)?;
    if !rest.is_empty() {
        return None;
    }
    Date::from_calendar_date(year, month.try_into().ok()?, day).ok()
}

/// Reads `2026-05`, `2026-5` or `202605`.
pub(super) fn parse_month(text: &str) -> Option<(i32, Month)> {
    let mut rest = text.trim_ascii();
    let year = year(&mut rest)?;
    let month = match rest.strip_prefix('-') {
        Some(month) if month.len() <= 2 => month,
        None if rest.len() == 2 => rest,
        _ => return None,
    };
    Some((year, number(month)?.try_into().ok()?))
}

/// Reads `GMT`, `GMT+8` or `UTC-03:30`.
pub(super) fn parse_zone(text: &str) -> Option<UtcOffset> {
    let rest = text.strip_prefix("GMT").or_else(|| text.strip_prefix("UTC"))?;
    match rest {
        "" => Some(UtcOffset::UTC),
        // One digit of hours is usual here and nowhere else.
        _ => parse_offset(rest).or_else(|| {
            let (sign, rest) = sign(rest)?;
            let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "00"));
            if hours.len() == 1 && minutes.len() == 2 { offset(sign, hours, minutes) } else { None }
        }),
    }
}

/// Reads `+08:00`, `+0800` or `+08`.
fn parse_offset(text: &str) -> Option<UtcOffset> {
    let (sign, rest) = sign(text)?;
    let hours = rest.get(..2)?;
    let minutes = match rest.get(2..)? {
        "" => "00",
        minutes => minutes.strip_prefix(':').unwrap_or(minutes),
    };
    if minutes.len() == 2 { offset(sign, hours, minutes) } else { None }
}

fn sign(text: &str) -> Option<(i8, &str)> {
    match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => Some((1, rest)),
        (_, Some(rest)) => Some((-1, rest)),
        _ => None,
    }
}

fn offset(sign: i8, hours: &str, minutes: &str) -> Option<UtcOffset> {
    let (hours, minutes) = (i8::try_from(number(hours)?).ok()?, i8::try_from(number(minutes)?).ok()?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

fn year(rest: &mut &str) -> Option<i32> {
    let (high, low) = (two_digits(rest)?, two_digits(rest)?);
    Some(i32::from(high) * 100 + i32::from(low))
}

/// Takes two digits off the text.
#[inline]
fn two_digits(rest: &mut &str) -> Option<u8> {
    let [high @ b'0'..=b'9', low @ b'0'..=b'9', ..] = rest.as_bytes() else { return None };
    *rest = rest.get(2..)?;
    Some((high - b'0') * 10 + (low - b'0'))
}

/// One or two digits, and nothing else: no sign.
fn number(text: &str) -> Option<u8> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// The nanoseconds of a fraction; what is below them is cut.
fn nanoseconds(digits: &str) -> u32 {
    let known = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    known.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::super::{BillCycle, Day, LocalTime, UtcTime};

    #[test]
    fn every_distance_from_utc_is_heeded_or_refused() {
        for (text, right) in [
            ("2026-04-30T23:30:00.000+0800", "2026-04-30T15:30:00Z"),
            ("2026-05-01T08:05:01.000-0500", "2026-05-01T13:05:01Z"),
            ("2026-05-01 08:05:01.000 +0800", "2026-05-01T00:05:01Z"),
            ("2026-05-01 08:05:01.000 GMT+8", "2026-05-01T00:05:01Z"),
            ("2026-05-01 08:05:01 GMT+08:00", "2026-05-01T00:05:01Z"),
            ("2026-05-01 08:05:01 UTC", "2026-05-01T08:05:01Z"),
            ("2026-05-01T08:05:01+0800", "2026-05-01T00:05:01Z"),
            ("2026-05-01T08:05:01+08", "2026-05-01T00:05:01Z"),
            ("2026-05-01T08:05+08:00", "2026-05-01T00:05:00Z"),
            ("2026-05-01T08:05:01-00:30", "2026-05-01T08:35:01Z"),
            ("2026-05-01T08:05:01,5z", "2026-05-01T08:05:01.5Z"),
            ("2026-05-01T08:05:01.0000000001+0800", "2026-05-01T00:05:01Z"),
            ("2026-05-01t08:05:01Z", "2026-05-01T08:05:01Z"),
            ("2026-05-01 08:05:01", "2026-05-01T08:05:01Z"),
            ("2026-05-01T08:05", "2026-05-01T08:05:00Z"),
            (" 2026-05-01T08:05:01Z ", "2026-05-01T08:05:01Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("2026-05-01T17:05:01.000000+0800", "2026-05-01T09:05:01Z"),
        ] {
            assert_eq!(text.parse::<UtcTime>().map(|time| time.to_string()).as_deref(), Ok(right), "{text}");
            assert!(text.parse::<LocalTime>().is_ok(), "{text}");
            assert!(text.parse::<Day>().is_ok(), "{text}");
        }
        for text in [
            "2026-05-01T08:05:01.junk",
            "2026-05-01T08:05:01.000CST",
            "2026-05-01T08:05:01ZZZ",
            "2026-05-01T08:05:01CST",
            "2026-05-01T08:05:01.",
            "2026-05-01T08:05:01.Z",
            "2026-05-01T08:05:01+8",
            "2026-05-01T08:05:01+24:00",
            "2026-05-01T08:05:01+08:0",
            "2026-05-01T08:05:01+080",
            "2026-05-01T08:05:01+08:60",
            "2026-05-01T08:05:01++08",
            "2026-05-01T08:05:01 GMT+",
            "2026-05-01T08:05:01 PST",
            "2026-05-01T08:05:01+08:00 ",
            "2026-05-01T08:05:01+08:00x",
            "2026-05-01T+8:05:01",
            "2026-05-01T24:00:00Z",
            "2026-05-01T08:60:00Z",
            "2026-05-01T08:05:61Z",
            "2026-05-01",
            "2026-05",
            "1777622701000",
            "1777622701",
            "0000-00-00 00:00:00",
            "-",
            "",
            "é",
            "20260501T080501Z",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-5-1 08:05:01",
            "-026-05-01T00:00:00Z",
        ] {
            let trimmed = text.trim_ascii() != text;
            assert!(trimmed || text.parse::<UtcTime>().is_err(), "{text}");
            assert!(trimmed || text.parse::<LocalTime>().is_err(), "{text}");
        }
    }

    #[test]
    fn dates_of_mail_are_read_and_never_guessed() {
        let read = |text: &str| super::parse_mail_date(text).map(|date| UtcTime::from(date).to_string());
        for text in [
            "Fri, 01 May 2026 16:05:01 +0800",
            "Mon, 01 May 2026 08:05:01 GMT",
            "fri, 1 may 2026 08:05:01 utc",
            "Fri,01 May 2026 08:05:01 UT",
            "01 MAY 2026 03:35:01 -0430",
            "1 May 2026 08:05:01 Z",
        ] {
            assert_eq!(read(text).as_deref(), Some("2026-05-01T08:05:01Z"), "{text}");
        }
        assert_eq!(read("31 Dec 2026 08:05 +0000").as_deref(), Some("2026-12-31T08:05:00Z"));
        for text in [
            "",
            "Fri,",
            "01 May 2026",
            "01 May 2026 08:05:01",
            "01 May 2026 08:05:01 CST",
            "01 May 2026 08:05:01 GMT+8",
            "01 May 2026 08:05:01 GMT 2",
            "01 May 26 08:05:01 GMT",
            "01 May 20266 08:05:01 GMT",
            "01 Mai 2026 08:05:01 GMT",
            "31 Apr 2026 08:05:01 GMT",
            "+1 May 2026 08:05:01 GMT",
            "01 May 2026 24:05:01 GMT",
            "01 May 2026 08:05:01x GMT",
            "é May 2026 08:05:01 GMT",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn cycles_and_days_are_read_in_every_form_that_is_clear() {
        for text in ["2026-05", "2026-5", "202605", " 2026-05 "] {
            assert_eq!(text.parse::<BillCycle>().unwrap().to_string(), "2026-05", "{text}");
        }
        for text in
            ["2026-13", "2026-00", "2026", "20265", "2026-+5", "-026-05", "2026/05", "2026-005", "26-05", ""]
        {
            assert!(text.parse::<BillCycle>().is_err(), "{text}");
        }
        for text in ["2026-05-01", "2026-05-01T00:00:00Z", "2026-05-01 00:00:00"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), "2026-05-01", "{text}");
        }
    }
}
