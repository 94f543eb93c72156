//! Schedule of statement files: those that belong to a month, and the times at which they are final.

use std::{fmt, str::FromStr};

use huaweicloud_partner::types::{BillCycle, Day, UtcTime};
use serde::{Deserialize, Serialize};
use time::{Date, Month, UtcOffset};

/// The name of a statement file, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StatementName {
    /// `customerBill_YYYYMM.tar.gz`: the partner bill of a month.
    PartnerBill {
        /// Month of the bill.
        cycle: BillCycle,
    },
    /// `customerUsageV2_YYYYMM_YYYYMMDD.tar.gz`: usage from the first of the month up to the day before the export.
    Usage {
        /// Month of the bill.
        cycle: BillCycle,
        /// The day of the export.
        exported: Day,
    },
    /// `customerUsage_YYYYMM_YYYYMMDD.tar.gz`: the predecessor of [`StatementName::Usage`], to be withdrawn.
    LegacyUsage {
        /// Month of the bill.
        cycle: BillCycle,
        /// The day of the export.
        exported: Day,
    },
}

/// The text is not the name of a statement file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a statement file such as customerBill_202604.tar.gz")]
pub struct ParseStatementNameError(String);

impl StatementName {
    /// The month that the file is about.
    #[must_use]
    pub fn cycle(self) -> BillCycle {
        match self {
            Self::PartnerBill { cycle } | Self::Usage { cycle, .. } | Self::LegacyUsage { cycle, .. } => {
                cycle
            }
        }
    }

    /// The key of the file in the partner's bucket.
    #[must_use]
    pub fn object_key(self) -> String {
        let folder = if matches!(self, Self::PartnerBill { .. }) { "customerBill" } else { "customerUsage" };
        format!("{folder}/{self}")
    }

    /// The archive that a CSV file such as `customerBill_202604_0001.csv` was unpacked from; `None` for other names.
    #[must_use]
    pub fn of_member(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".csv").or_else(|| name.strip_suffix(".CSV"))?;
        let (archive, serial) = stem.rsplit_once('_')?;
        let is_serial = !serial.is_empty() && serial.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_serial.then(|| archive.parse().ok()).flatten()
    }

    /// The precedence of a file of this name in its month: the highest is read.
    fn rank(&self) -> (u8, Option<Day>) {
        match self {
            Self::PartnerBill { .. } => (2, None),
            Self::Usage { exported, .. } => (1, Some(*exported)),
            Self::LegacyUsage { exported, .. } => (0, Some(*exported)),
        }
    }

    /// Returns true if no later file replaces one of this name: noon of the 5th in Beijing for the partner
    /// bill; the export of the 4th is the last of a usage file (inferred).
    #[must_use]
    pub fn is_last_of_month(self) -> bool {
        match self {
            Self::PartnerBill { .. } => true,
            Self::Usage { cycle, exported } | Self::LegacyUsage { cycle, exported } => {
                last_export(cycle).is_some_and(|last| exported >= last)
            }
        }
    }
}

/// The day of the last usage export of a month: the 4th of the next.
fn last_export(cycle: BillCycle) -> Option<Day> {
    let next = cycle.next();
    Date::from_calendar_date(next.year(), next.month(), 4).ok().map(Day::from)
}

impl FromStr for StatementName {
    type Err = ParseStatementNameError;

    /// Reads the name, or a path or key that ends in it. `.tar.gz`, `.tgz` and no ending are accepted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ParseStatementNameError(text.to_owned());
        let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
        let stem = name.strip_suffix(".tar.gz").or_else(|| name.strip_suffix(".tgz")).unwrap_or(name);
        let mut parts = stem.split('_');
        let kind = parts.next().ok_or_else(refused)?;
        let cycle = parts.next().and_then(month).ok_or_else(refused)?;
        let exported = parts.next().map(|text| day(text).ok_or_else(refused)).transpose()?;
        match (kind, exported, parts.next()) {
            ("customerBill", None, None) => Ok(Self::PartnerBill { cycle }),
            ("customerUsageV2", Some(exported), None) => Ok(Self::Usage { cycle, exported }),
            ("customerUsage", Some(exported), None) => Ok(Self::LegacyUsage { cycle, exported }),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for StatementName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cycle = self.cycle();
        let month = format!("{:04}{:02}", cycle.year(), u8::from(cycle.month()));
        let of = |day: &Day| day.to_string().replace('-', "");
        match self {
            Self::PartnerBill { .. } => write!(f, "customerBill_{month}.tar.gz"),
            Self::Usage { exported, .. } => write!(f, "customerUsageV2_{month}_{}.tar.gz", of(exported)),
            Self::LegacyUsage { exported, .. } => write!(f, "customerUsage_{month}_{}.tar.gz", of(exported)),
        }
    }
}

fn number(text: &str, range: std::ops::Range<usize>) -> Option<u16> {
    let digits = text.get(range)?;
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// Reads a month such as `202604`.
pub(super) fn month(text: &str) -> Option<BillCycle> {
    if text.len() != 6 {
        return None;
    }
    let month = Month::try_from(u8::try_from(number(text, 4..6)?).ok()?).ok()?;
    Some(BillCycle::new(i32::from(number(text, 0..4)?), month))
}

fn day(text: &str) -> Option<Day> {
    if text.len() != 8 {
        return None;
    }
    let cycle = month(text.get(..6)?)?;
    let day = u8::try_from(number(text, 6..8)?).ok()?;
    Date::from_calendar_date(cycle.year(), cycle.month(), day).ok().map(Day::from)
}

/// Plan for the files of a month.
///
/// CSV files that were unpacked from an archive, such as `customerBill_202604_0001.csv`, are read where the archive is not
/// there: [`StatementPlan::members`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementPlan {
    /// The file to read for the month's money; `None` where there is none.
    pub read: Option<String>,
    /// The unpacked CSV files to read in its place, where the archive is not there.
    pub members: Vec<String>,
    /// Files that another one replaces, with the one that does.
    pub superseded: Vec<(String, String)>,
    /// Files of other months.
    pub other_months: Vec<String>,
    /// Names that are no statement files.
    pub unknown: Vec<String>,
    /// Expected files that are missing: what a complete month needs, or what replaces the file to read.
    pub missing: Vec<String>,
    /// True when the file to read is there and is final at the given time.
    pub is_final: bool,
}

/// Sorts files by what they are for a month at a time.
///
/// The partner bill has precedence; without it the newest usage file of the month is read, since it is cumulative and may
/// change rows that an earlier file delivered. Both together would count everything twice.
///
/// ```
/// use huaweicloud_partner_billing::statement::plan_month;
///
/// let now = "2026-05-05T04:00:00Z".parse()?; // noon in Beijing
/// let plan = plan_month("2026-04".parse()?, now, ["customerUsageV2_202604_20260504.tar.gz", "customerBill_202604.tar.gz"]);
/// assert_eq!(plan.read.as_deref(), Some("customerBill_202604.tar.gz"));
/// assert!(plan.is_final && plan.missing.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn plan_month<N: AsRef<str>>(
    cycle: BillCycle,
    now: UtcTime,
    names: impl IntoIterator<Item = N>,
) -> StatementPlan {
    let mut plan = StatementPlan {
        read: None,
        members: Vec::new(),
        superseded: Vec::new(),
        other_months: Vec::new(),
        unknown: Vec::new(),
        missing: Vec::new(),
        is_final: false,
    };
    // Names of this month, and whether each is that of an archive.
    let mut candidates: Vec<(StatementName, bool, String)> = Vec::new();
    for name in names {
        let name = name.as_ref();
        let archive = name.parse::<StatementName>().ok();
        match archive.or_else(|| StatementName::of_member(name)) {
            Some(parsed) if parsed.cycle() == cycle => {
                candidates.push((parsed, archive.is_some(), name.to_owned()));
            }
            Some(_) => plan.other_months.push(name.to_owned()),
            None => plan.unknown.push(name.to_owned()),
        }
    }
    candidates.sort_by_key(|(name, is_archive, _)| (name.rank(), *is_archive));
    candidates.dedup_by(|a, b| a.1 && a.2 == b.2);
    let due = cycle.final_from().is_some_and(|from| now >= from);
    let Some((chosen, is_archive, file)) = candidates.pop() else {
        plan.missing.push(match (due, newest_export(cycle, now)) {
            (false, Some(exported)) => StatementName::Usage { cycle, exported }.to_string(),
            _ => StatementName::PartnerBill { cycle }.to_string(),
        });
        return plan;
    };
    if is_archive {
        plan.read = Some(file.clone());
    } else {
        plan.members.push(file.clone());
    }
    for (name, _, other) in candidates {
        // All members of one archive belong together.
        if !is_archive && name == chosen {
            plan.members.push(other);
        } else {
            plan.superseded.push((other, file.clone()));
        }
    }
    plan.members.sort();
    plan.is_final = due && chosen.is_last_of_month();
    if due && !plan.is_final {
        plan.missing.push(StatementName::PartnerBill { cycle }.to_string());
    }
    if let (false, Some(newest)) = (due, newest_export(cycle, now)) {
        let newer = match chosen {
            StatementName::PartnerBill { .. } => None,
            StatementName::Usage { exported, .. } => {
                (exported < newest).then_some(StatementName::Usage { cycle, exported: newest })
            }
            StatementName::LegacyUsage { exported, .. } => {
                (exported < newest).then_some(StatementName::LegacyUsage { cycle, exported: newest })
            }
        };
        plan.missing.extend(newer.map(|name| name.to_string()));
    }
    plan
}

/// The usage export that must be there: files are complete at midnight in Beijing at the latest.
fn newest_export(cycle: BillCycle, now: UtcTime) -> Option<Day> {
    let beijing = now.instant().to_offset(UtcOffset::from_hms(8, 0, 0).ok()?);
    let newest = Day::from(beijing.date().previous_day()?).min(last_export(cycle)?);
    let second = Date::from_calendar_date(cycle.year(), cycle.month(), 2).ok().map(Day::from)?;
    (newest >= second).then_some(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle() -> BillCycle {
        "2026-04".parse().unwrap()
    }

    fn plan(now: &str, names: &[&str]) -> StatementPlan {
        plan_month(cycle(), now.parse().unwrap(), names)
    }

    #[test]
    fn names_are_read_and_written() {
        for name in [
            "customerBill_202604.tar.gz",
            "customerUsageV2_201902_20190301.tar.gz",
            "customerUsage_201902_20190301.tar.gz",
        ] {
            assert_eq!(name.parse::<StatementName>().unwrap().to_string(), name);
        }
        let usage: StatementName = "customerUsage/customerUsageV2_201902_20190301.tgz".parse().unwrap();
        assert_eq!(usage.object_key(), "customerUsage/customerUsageV2_201902_20190301.tar.gz");
        for name in [
            "customerBill_202613.tar.gz",
            "customerBill_2026.tar.gz",
            "customerUsageV2_202604.tar.gz",
            "x",
            "",
        ] {
            assert!(name.parse::<StatementName>().is_err(), "{name}");
        }
    }

    #[test]
    fn the_newest_export_replaces_earlier_ones_and_the_bill_replaces_all() {
        let usage = ["customerUsageV2_202604_20260430.tar.gz", "customerUsageV2_202604_20260504.tar.gz"];
        let made = plan("2026-05-04T23:00:00Z", &usage);
        assert_eq!(made.read.as_deref(), Some(usage[1]));
        assert_eq!(made.superseded, [(usage[0].to_owned(), usage[1].to_owned())]);
        let bill = "customerBill_202604.tar.gz";
        let made = plan("2026-05-06T00:00:00Z", &[usage[1], bill, "customerBill_202603.tar.gz", "notes.txt"]);
        assert_eq!(made.read.as_deref(), Some(bill));
        assert_eq!((made.other_months.len(), made.unknown.len(), made.is_final), (1, 1, true));
    }

    #[test]
    fn no_month_is_final_before_noon_of_the_fifth_in_beijing() {
        let bill = ["customerBill_202604.tar.gz"];
        assert!(!plan("2026-05-05T03:59:59Z", &bill).is_final);
        assert!(plan("2026-05-05T04:00:00Z", &bill).is_final);
        let early = ["customerUsageV2_202604_20260503.tar.gz"];
        let made = plan("2026-05-05T04:00:00Z", &early);
        assert!(!made.is_final);
        assert_eq!(made.missing, bill);
        assert!(plan("2026-05-05T04:00:00Z", &["customerUsageV2_202604_20260504.tar.gz"]).is_final);
    }

    #[test]
    fn unpacked_files_are_read_where_their_archive_is_not_there() {
        let csv = ["customerBill_202604_0002.csv", "customerBill_202604_0001.csv"];
        let now = "2026-05-06T00:00:00Z";
        let made = plan(now, &csv);
        assert_eq!(
            (made.read.as_deref(), made.members.as_slice()),
            (None, &[csv[1], csv[0]].map(str::to_owned)[..])
        );
        assert!(made.is_final && made.missing.is_empty() && made.unknown.is_empty());
        // Together with the archive they would count twice.
        let made = plan(now, &[csv[0], "customerBill_202604.tar.gz", csv[1]]);
        assert_eq!(made.read.as_deref(), Some("customerBill_202604.tar.gz"));
        assert_eq!((made.members.len(), made.superseded.len()), (0, 2));
        let made = plan(now, &[csv[0], "customerUsageV2_202604_20260504.tar.gz"]);
        assert_eq!((made.members.len(), made.superseded.len()), (1, 1));
        let made = plan(now, &["customerUsageV2_202604_20260504_00000001.csv", csv[0], csv[1]]);
        assert_eq!((made.members.len(), made.superseded.len()), (2, 1));
        let made = plan(now, &["customerBill_202603_0001.csv", "customerBill_202604_.csv", "notes_1.csv"]);
        assert_eq!((made.members.len(), made.other_months.len(), made.unknown.len()), (0, 1, 2));
    }

    #[test]
    fn what_is_missing_is_named() {
        let stale = "customerUsageV2_202604_20260405.tar.gz";
        let made = plan("2026-04-10T04:00:00Z", &[stale]);
        assert_eq!(made.read.as_deref(), Some(stale));
        assert_eq!(made.missing, ["customerUsageV2_202604_20260409.tar.gz"]);
        let fresh = plan("2026-04-10T04:00:00Z", &["customerUsageV2_202604_20260409.tar.gz"]);
        assert!(fresh.missing.is_empty() && !fresh.is_final);
        let legacy = plan("2026-04-10T04:00:00Z", &["customerUsage_202604_20260405.tar.gz"]);
        assert_eq!(legacy.missing, ["customerUsage_202604_20260409.tar.gz"]);

        assert_eq!(plan("2026-05-05T04:00:00Z", &[]).missing, ["customerBill_202604.tar.gz"]);
        assert_eq!(plan("2026-04-10T04:00:00Z", &[]).missing, ["customerUsageV2_202604_20260409.tar.gz"]);
        assert_eq!(plan("2026-04-01T04:00:00Z", &[]).missing, ["customerBill_202604.tar.gz"]);
    }
}
