//! The tables and their versions. The same text serves both databases.

use huaweicloud_partner::journal::{JournalError, JournalErrorKind};

/// The changes of the tables, oldest first. Each is made once, in the transaction that stores its version; a new one is
/// appended with the next version, and none is changed after its release. `{clustered}` is where SQLite keeps a table in the
/// tree of its key alone: every tree that a write changes is one more page to be synchronised.
const MIGRATIONS: &[(i64, &[&str])] = &[(1, TABLES)];

/// Made before anything else: the versions that the tables have had.
pub(super) const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS journal_version (version BIGINT NOT NULL PRIMARY KEY)";

/// The tables of version 1.
const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS attempt (
        request_id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, content TEXT NOT NULL)",
    // The legs to which a record could belong. A slot that begins with an equals sign is a gate, followed by its memo.
    "CREATE TABLE IF NOT EXISTS rival (
        footprint TEXT NOT NULL, slot TEXT NOT NULL, request_id TEXT NOT NULL, leg BIGINT NOT NULL,
        state TEXT NOT NULL, PRIMARY KEY (footprint, slot)){clustered}",
    "CREATE TABLE IF NOT EXISTS record (
        scope TEXT NOT NULL, record_id TEXT NOT NULL, request_id TEXT NOT NULL, leg BIGINT NOT NULL,
        decided_by TEXT NOT NULL, PRIMARY KEY (scope, record_id)){clustered}",
    "CREATE TABLE IF NOT EXISTS known_record (
        scope TEXT NOT NULL PRIMARY KEY, day BIGINT NOT NULL, record_id TEXT NOT NULL, request_id TEXT NOT NULL,
        leg BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS evidence (
        request_id TEXT NOT NULL, position BIGINT NOT NULL, content TEXT NOT NULL,
        PRIMARY KEY (request_id, position)){clustered}",
    "CREATE TABLE IF NOT EXISTS learned (scope TEXT NOT NULL PRIMARY KEY, content TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS owner (owner TEXT NOT NULL PRIMARY KEY, beat BIGINT NOT NULL)",
];

/// The migrations that tables of a version need, where 0 stands for none.
///
/// # Errors
/// [`JournalErrorKind::Corrupt`] where a newer version of this crate made the tables.
pub(super) fn missing(
    found: i64,
) -> Result<impl Iterator<Item = (i64, &'static [&'static str])>, JournalError> {
    let known = MIGRATIONS.last().map_or(0, |(version, _)| *version);
    if found > known {
        let message = format!("the journal has version {found}; this program knows {known}");
        return Err(JournalError::new(JournalErrorKind::Corrupt, message));
    }
    Ok(MIGRATIONS.iter().copied().filter(move |(version, _)| *version > found))
}

/// A statement of a migration, for a database that ends the statement of a clustered table in this way.
pub(super) fn statement(text: &str, clustered: &str) -> sqlx::AssertSqlSafe<String> {
    // Only the texts above.
    sqlx::AssertSqlSafe(text.replace("{clustered}", clustered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_rise_and_the_newest_needs_nothing() {
        assert!(MIGRATIONS.iter().zip(1..).all(|((version, _), number)| *version == number));
        let of = |found| missing(found).map(|all| all.map(|(version, _)| version).collect::<Vec<_>>());
        assert_eq!(of(0).unwrap().len(), MIGRATIONS.len());
        let newest = i64::try_from(MIGRATIONS.len()).unwrap();
        assert_eq!(of(newest).unwrap(), [0; 0]);
        assert_eq!(of(newest + 1).unwrap_err().kind(), JournalErrorKind::Corrupt);
    }
}
