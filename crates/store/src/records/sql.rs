//! Statements and rows that both databases share.

use huaweicloud_partner::workflow::{RecordChange, StorageError};
use serde_json::value::RawValue;

/// The format of the tables. A database with a higher one was written by a newer version and is left alone.
pub(super) const FORMAT: i64 = 1;

pub(super) const CHANGES: &str = "SELECT position, kind, id, site, version, event FROM workflow_events \
     WHERE position > $1 ORDER BY position LIMIT $2";
pub(super) const VERSION: &str = "SELECT COALESCE(MAX(version), 0) FROM workflow_events WHERE id = $1";
pub(super) const INSERT: &str = "INSERT INTO workflow_events (position, kind, id, site, version, event) \
     VALUES ($1, $2, $3, $4, $5, $6)";

/// A row of the table of events.
pub(super) type Row = (i64, String, String, String, i64, String);

pub(super) fn change((position, kind, id, site, version, event): Row) -> Result<RecordChange, StorageError> {
    let damaged = |what: &str| StorageError::Damaged(format!("position {position} of the feed: {what}"));
    Ok(RecordChange {
        position: unsigned(position)?,
        kind,
        id: id.into(),
        site: site.parse().map_err(|_| damaged("the site is unknown"))?,
        version: unsigned(version)?,
        event: RawValue::from_string(event).map_err(|_| damaged("the event is not JSON"))?,
    })
}

pub(super) fn unsigned(number: i64) -> Result<u64, StorageError> {
    u64::try_from(number).map_err(|_| StorageError::Damaged("a number is negative".to_owned()))
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn check_format(found: i64) -> Result<(), StorageError> {
    if found <= FORMAT {
        return Ok(());
    }
    let number = |format: i64| u32::try_from(format).unwrap_or(u32::MAX);
    Err(StorageError::Newer { found: number(found), known: number(FORMAT) })
}

/// Appends inside a transaction that keeps other writers out: checks versions and position, inserts the rows, and
/// evaluates to the new position. `$head` is the position that the database has.
macro_rules! append {
    ($transaction:expr, $head:expr, $after:expr, $events:expr) => {{
        let mut versions = std::collections::BTreeMap::new();
        for new in $events {
            let found = match versions.get(&new.id) {
                Some(version) => *version,
                None => {
                    let query = sqlx::query_scalar::<_, i64>(VERSION).bind(new.id.as_str());
                    unsigned(query.fetch_one(&mut *$transaction).await.map_err(StorageError::unavailable)?)?
                }
            };
            if found != new.expected_version {
                return Err(StorageError::Conflict {
                    id: new.id.clone(),
                    expected: new.expected_version,
                    found,
                });
            }
            versions.insert(new.id.clone(), found + new.events.len() as u64);
        }
        if $head != $after {
            return Err(StorageError::Behind { expected: $after, found: $head });
        }
        let mut position = $head;
        for new in $events {
            let mut version = new.expected_version;
            for event in &new.events {
                position += 1;
                version += 1;
                sqlx::query(INSERT)
                    .bind(signed(position))
                    .bind(new.kind.as_str())
                    .bind(new.id.as_str())
                    .bind(new.site.as_str())
                    .bind(signed(version))
                    .bind(event.get())
                    .execute(&mut *$transaction)
                    .await
                    .map_err(StorageError::unavailable)?;
            }
        }
        position
    }};
}

pub(super) use append;
