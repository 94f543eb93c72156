//! A record store on the command line: events in, states or broken rules out.
//!
//! ```text
//! cargo run --example records -- examples/records_sample.jsonl
//! cat events.jsonl | cargo run --example records
//! ```
//!
//! Input: one JSON object a line, from a file or from standard input. Empty lines and lines that begin with `#` are
//! skipped. The fields:
//!
//! | Field | Meaning |
//! |---|---|
//! | `id` | the record's number, chosen by the partner |
//! | `kind` | `po`, `ho`, `business_report`, `opportunity_incentive`, `mdf_quota`, `mdf_application` and what else `Catalogue::all` names; needed for the event that opens the record |
//! | `site` | `china` (when absent), `international` or `europe`; taken from the opening event |
//! | `at` | when it happened, such as `2026-04-02T10:00:00+08:00` |
//! | `by` | `{"role": "partner_administrator", "name": "Li Lei"}`; the roles are those of `workflow::Role` |
//! | `event` | `"approve"` for an event without data, `{"submit": {…}}` for one with data; names and data are those of the event types, such as `opportunities::PoEvent` |
//!
//! Output: one JSON object for each event, with the number of its line and one of
//!
//! - `applied`: record, kind, new state, and other records that may be the same thing;
//! - `refused`: record, state, event, and every broken rule with its number, text, source page and the field; or, for a
//!   step outside the state table, the events that are possible;
//! - `error`: why the line could not be used at all.
//!
//! At the end: what is due within ten working days of the last event, what has lapsed, and the MDF money, as tables.

use std::{
    error::Error,
    fs::File,
    io::{self, BufRead, BufReader, Write},
};

use huaweicloud_partner::{
    types::UtcTime,
    workflow::{
        Catalogue, ChinaCalendar, Due, EventLine, EventReceipt, EventRefused, RecordStore, StoreError,
    },
};
use serde::Serialize;

#[derive(Serialize)]
struct OutputLine {
    line: usize,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Applied(EventReceipt),
    Refused(EventRefused),
    Error(String),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let input: Box<dyn BufRead> = match std::env::args().nth(1) {
        Some(file) => Box::new(BufReader::new(File::open(file)?)),
        None => Box::new(io::stdin().lock()),
    };
    let mut out = io::stdout().lock();
    let store = RecordStore::in_memory(ChinaCalendar::published());
    let mut now = None;
    for (number, line) in input.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let outcome = match EventLine::read(&line) {
            Ok(event) => {
                now = now.max(Some(event.at));
                match store.apply_line(&event).await {
                    Ok(applied) => Outcome::Applied(applied),
                    Err(StoreError::Refused(refused)) => Outcome::Refused(refused),
                    Err(other) => Outcome::Error(other.to_string()),
                }
            }
            Err(error) => Outcome::Error(error.to_string()),
        };
        writeln!(out, "{}", serde_json::to_string(&OutputLine { line: number + 1, outcome })?)?;
    }
    if let Some(now) = now {
        summary(&store, now, &mut out).await?;
    }
    Ok(())
}

async fn summary(store: &RecordStore, now: UtcTime, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let list = store.due(now, 10).await?;
    writeln!(out, "\nDue from {} to {} (10 working days)", now.billing_day(), list.until)?;
    if let Some(year) = list.uncovered_year {
        writeln!(out, "The calendar does not cover {year}: days there are counted by weekends only")?;
    }
    table(&list.items, out)?;
    let overdue = store.overdue(now).await?;
    if !overdue.is_empty() {
        writeln!(out, "\nOverdue")?;
        table(&overdue, out)?;
    }
    let quotas = store.mdf_quotas();
    if !quotas.is_empty() {
        writeln!(out, "\nMDF money")?;
        let row = ["quota", "", "granted", "applied", "claimed", "paid", "free"];
        let [quota, currency, sums @ ..] = row;
        write!(out, "{quota:<8} {currency:<4}")?;
        sums.iter().try_for_each(|sum| write!(out, " {sum:>12}"))?;
        writeln!(out)?;
        for money in quotas {
            write!(out, "{:<8} {:<4}", money.quota, money.currency.as_str())?;
            for sum in [money.granted, money.applied, money.claimed, money.paid, money.free] {
                write!(out, " {:>12}", sum.to_string())?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

fn table(items: &[Due], out: &mut impl Write) -> io::Result<()> {
    if items.is_empty() {
        return writeln!(out, "nothing");
    }
    writeln!(out, "{:<11} {:<8} {:<16} {:<16} what; otherwise", "last day", "record", "state", "rule")?;
    let catalogue = Catalogue::all();
    for Due { record, state, key, deadline, rule, uncovered_year, .. } in items {
        let day = deadline.to_string() + if uncovered_year.is_some() { "?" } else { "" };
        let rule = rule.id();
        write!(out, "{day:<11} {record:<8} {state:<16} {rule:<16} ")?;
        match catalogue.deadline(key) {
            Some(text) => writeln!(out, "{}; otherwise: {}", text.action, text.consequence)?,
            None => writeln!(out, "{key}")?,
        }
    }
    Ok(())
}
