//! The verdict of a look-up about one leg, as a function of what was seen.

use std::collections::BTreeMap;

use super::state::{DecidedBy, LegState, Rival};
use crate::{
    operation::{Leg, RecordFacts, TimeWindow},
    types::UtcTime,
};

/// Time after its signing time within which a write with a response can have been executed.
const LONGEST_SEND: std::time::Duration = std::time::Duration::from_secs(600);

/// Facts on which a verdict about one leg depends.
#[derive(Debug)]
pub(crate) struct Sighting<'a> {
    pub(crate) leg: &'a Leg,
    /// The memo that was sent, and whether no other attempt has it.
    pub(crate) memo: Option<&'a str>,
    pub(crate) memo_unique: bool,
    /// Records that were visible before the send and are not its own.
    pub(crate) ignored: &'a [String],
    /// Time from which earlier writes are known: records of an earlier time may belong to unknown writes.
    pub(crate) made_after: Option<UtcTime>,
    pub(crate) window: TimeWindow,
    /// The rows of a complete look-up.
    pub(crate) rows: &'a [RecordFacts],
    /// The records that belong to other legs, by id.
    pub(crate) attributed: &'a BTreeMap<String, String>,
    pub(crate) rivals: &'a [Rival],
    pub(crate) by_state: bool,
    /// Whether there is no other writer outside the journal.
    pub(crate) sole_writer: bool,
    /// Records are known to show memos.
    pub(crate) memo_echo: bool,
    /// The look-up started after the settling time.
    pub(crate) settled: bool,
    /// An absent record proves something: the query sees the account, and nothing can arrive any more.
    pub(crate) absence_proves: bool,
}

/// Result of a look-up about one leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Executed { record: String, by: DecidedBy },
    NotExecuted,
    Pending,
    Undecided { candidates: Vec<String>, rivals: Vec<String> },
}

/// A row that could be the record of the leg.
#[derive(Debug)]
struct Candidate<'a> {
    row: &'a RecordFacts,
    exact: bool,
    own_memo: bool,
}

impl Sighting<'_> {
    /// The verdict, by the table of the protocol.
    pub(crate) fn verdict(&self) -> Verdict {
        if self.by_state {
            return self.by_state();
        }
        let candidates: Vec<Candidate<'_>> = self.rows.iter().filter_map(|row| self.candidate(row)).collect();
        // The record that shows the memo of this attempt alone belongs to it, whichever others fit.
        let mut own = candidates.iter().filter(|one| one.exact && one.own_memo && self.memo_unique);
        if let (Some(one), None) = (own.next(), own.next())
            && let Some(id) = &one.row.id
        {
            return Verdict::Executed { record: id.clone(), by: DecidedBy::Memo };
        }
        match candidates.as_slice() {
            [] if !self.settled => Verdict::Pending,
            [] if self.absence_proves => Verdict::NotExecuted,
            [one] if one.exact && self.sole_writer && self.contenders(one).is_empty() => match &one.row.id {
                Some(id) => Verdict::Executed { record: id.clone(), by: DecidedBy::Match },
                None => self.undecided(&candidates),
            },
            _ => self.undecided(&candidates),
        }
    }

    fn undecided(&self, candidates: &[Candidate<'_>]) -> Verdict {
        if !self.settled {
            return Verdict::Pending;
        }
        let mut rivals: Vec<String> = candidates.iter().flat_map(|one| self.contenders(one)).collect();
        rivals.sort();
        rivals.dedup();
        let name = |one: &Candidate<'_>| one.row.id.clone().unwrap_or_else(|| "(record without id)".into());
        Verdict::Undecided { candidates: candidates.iter().map(name).collect(), rivals }
    }

    /// The attempts that a candidate could belong to as well.
    fn contenders(&self, candidate: &Candidate<'_>) -> Vec<String> {
        let contends = |rival: &&Rival| match rival.state {
            LegState::Open => match (&rival.memo, &candidate.row.memo) {
                (Some(theirs), Some(shown)) if self.memo_echo => theirs == shown,
                _ => rival.window_begin <= self.window.until,
            },
            LegState::Executed => candidate.row.time.is_none_or(|time| {
                let last = rival.signed_at.instant() + LONGEST_SEND;
                rival.window_begin <= time && time.instant() <= last
            }),
            _ => candidate.row.id.as_ref().is_some_and(|id| rival.candidates.contains(id)),
        };
        self.rivals.iter().filter(contends).map(|rival| rival.request_id.clone()).collect()
    }

    fn candidate<'a>(&self, row: &'a RecordFacts) -> Option<Candidate<'a>> {
        if row.failed {
            return None;
        }
        let mut exact = row.id.is_some();
        if let Some(id) = &row.id
            && (self.ignored.contains(id) || self.attributed.contains_key(id))
        {
            return None;
        }
        match row.time {
            Some(time) if !row.undated && !self.window.contains(time) => return None,
            Some(time) if !row.undated && self.made_after.is_some_and(|made| time < made) => exact = false,
            None if !row.undated => exact = false,
            _ => {}
        }
        if self.leg.target_in_record {
            exact &= fits(row.target.as_deref(), &self.leg.target)?;
        }
        if !self.leg.kind.is_empty() {
            match row.kind.as_deref() {
                Some(kind) if kind != self.leg.kind => return None,
                Some(_) => {}
                None => exact = false,
            }
        }
        if let Some(amount) = self.leg.amount() {
            match row.amount {
                Some(shown) if shown.abs() != amount.abs() => return None,
                Some(_) => {}
                None => exact = false,
            }
        }
        let mut own_memo = false;
        match (self.memo, row.memo.as_deref()) {
            (Some(sent), Some(shown)) if sent.trim() == shown.trim() => own_memo = true,
            // Records show what was sent, so another memo is another write.
            (Some(_), Some(_)) if self.memo_echo => return None,
            (Some(_), Some(_)) => exact = false,
            (Some(_), None) if self.memo_echo => exact = false,
            _ => {}
        }
        Some(Candidate { row, exact, own_memo })
    }

    /// The state of the object decides, regardless of who caused it.
    fn by_state(&self) -> Verdict {
        let about = |row: &&RecordFacts| fits(row.target.as_deref(), &self.leg.target).is_some();
        let rows: Vec<&RecordFacts> = self.rows.iter().filter(about).collect();
        let exact = |row: &&RecordFacts| fits(row.target.as_deref(), &self.leg.target) == Some(true);
        match rows.as_slice() {
            [row] if exact(row) && row.reached == Some(true) => {
                Verdict::Executed { record: self.leg.target.clone(), by: DecidedBy::State }
            }
            _ if !self.settled => Verdict::Pending,
            [row] if exact(row) && row.reached == Some(false) => Verdict::NotExecuted,
            _ => Verdict::Undecided { candidates: Vec::new(), rivals: Vec::new() },
        }
    }
}

/// Whether a text of a record is the one that was sent: exactly, in part, or not at all.
fn fits(shown: Option<&str>, sent: &str) -> Option<bool> {
    match shown {
        Some(shown) if shown == sent => Some(true),
        Some(shown) if shown.trim().to_lowercase() == sent.trim().to_lowercase() => Some(false),
        Some(_) => None,
        None => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    fn leg() -> Leg {
        Leg::new("r1", "K").with_amount("100".parse().unwrap())
    }

    /// A record that fits exactly.
    fn row(id: &str) -> RecordFacts {
        RecordFacts::new()
            .id(Some(id.to_owned()))
            .target(Some("r1".to_owned()))
            .kind(Some("K".to_owned()))
            .amount(Some("100".parse().unwrap()))
            .time(Some(time("2026-05-01T08:00:30Z")))
    }

    /// The verdict about one leg, where everything is declared and known unless `change` says otherwise.
    fn verdict(rows: &[RecordFacts], change: impl FnOnce(&mut Sighting<'_>)) -> Verdict {
        let (leg, attributed) = (leg(), BTreeMap::from([("taken".to_owned(), "other".to_owned())]));
        let ignored = ["ignored".to_owned()];
        let mut sighting = Sighting {
            leg: &leg,
            memo: None,
            memo_unique: false,
            ignored: &ignored,
            made_after: None,
            window: TimeWindow { from: time("2026-05-01T08:00:00Z"), until: time("2026-05-01T08:01:00Z") },
            rows,
            attributed: &attributed,
            rivals: &[],
            by_state: false,
            sole_writer: true,
            memo_echo: false,
            settled: true,
            absence_proves: true,
        };
        change(&mut sighting);
        sighting.verdict()
    }

    fn by(record: &str, by: DecidedBy) -> Verdict {
        Verdict::Executed { record: record.into(), by }
    }

    fn undecided(candidates: &[&str]) -> Verdict {
        Verdict::Undecided {
            candidates: candidates.iter().map(|id| (*id).to_owned()).collect(),
            rivals: Vec::new(),
        }
    }

    #[test]
    fn the_verdict_follows_from_the_candidates_as_the_table_says() {
        let partial = || RecordFacts { amount: None, ..row("P") };
        let memo = |text: &str| row("M").memo(Some(text.to_owned()));
        let never: [(Vec<RecordFacts>, &str); 8] = [
            (vec![], "none"),
            (vec![row("taken")], "attributed to another attempt"),
            (vec![row("ignored")], "visible before"),
            (vec![row("R").failed(true)], "a failure"),
            (vec![row("R").target(Some("r2".to_owned()))], "of another target"),
            (vec![row("R").kind(Some("L".to_owned()))], "of another kind"),
            (vec![row("R").amount(Some("101".parse().unwrap()))], "of another amount"),
            (vec![row("R").time(Some(time("2026-05-01T08:01:01Z")))], "outside the window"),
        ];
        for (rows, what) in &never {
            assert_eq!(verdict(rows, |it| it.settled = false), Verdict::Pending, "{what}");
            assert_eq!(verdict(rows, |_| {}), Verdict::NotExecuted, "{what}");
            assert_eq!(verdict(rows, |it| it.absence_proves = false), undecided(&[]), "{what}");
        }
        for settled in [false, true] {
            let at = |it: &mut Sighting<'_>| it.settled = settled;
            let open_or =
                |candidates: &[&str]| if settled { undecided(candidates) } else { Verdict::Pending };
            // One that fits exactly: by its own memo, by match for a sole writer, and otherwise not at all.
            assert_eq!(verdict(&[row("R")], at), by("R", DecidedBy::Match));
            let alone = verdict(&[row("R")], |it| (it.settled, it.sole_writer) = (settled, false));
            assert_eq!(alone, open_or(&["R"]));
            let own = |it: &mut Sighting<'_>| {
                (it.settled, it.sole_writer, it.memo, it.memo_unique) = (settled, false, Some("m"), true);
            };
            assert_eq!(verdict(&[memo("m"), row("R")], own), by("M", DecidedBy::Memo));
            assert_eq!(verdict(&[memo("n")], own), open_or(&["M"]), "another memo fits in part");
            // Several, or one that fits in part.
            assert_eq!(verdict(&[row("R"), row("S")], at), open_or(&["R", "S"]));
            assert_eq!(verdict(&[partial()], at), open_or(&["P"]));
            assert_eq!(verdict(&[row("R"), partial()], at), open_or(&["R", "P"]));
        }
        // A reclaim is compared by what it means, not by its sign.
        let reclaim = RecordFacts { amount: Some("-100".parse().unwrap()), ..row("R") };
        assert_eq!(verdict(&[reclaim], |_| {}), by("R", DecidedBy::Match));
    }

    #[test]
    fn a_state_that_is_reached_is_executed_and_one_that_is_not_needs_the_settling_time() {
        let object = |reached| RecordFacts::new().target(Some("r1".to_owned())).undated().reached(reached);
        let look =
            |reached, settled| verdict(&[object(reached)], |it| (it.by_state, it.settled) = (true, settled));
        for settled in [false, true] {
            assert_eq!(look(Some(true), settled), by("r1", DecidedBy::State));
        }
        assert_eq!(
            (look(Some(false), false), look(Some(false), true)),
            (Verdict::Pending, Verdict::NotExecuted)
        );
        assert_eq!((look(None, false), look(None, true)), (Verdict::Pending, undecided(&[])));
        assert_eq!(verdict(&[], |it| it.by_state = true), undecided(&[]), "an object that is not there");
    }
}
