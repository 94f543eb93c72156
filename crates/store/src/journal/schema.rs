//! The tables. The same text serves both databases.

/// The version of the tables.
pub(super) const VERSION: i64 = 1;

/// The statements that make the tables of version 1. `{clustered}` is where SQLite keeps a table in the tree of its key
/// alone: every tree that a write changes is one more page to be synchronised.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS journal_version (version BIGINT NOT NULL PRIMARY KEY)",
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

/// The statement that makes a table.
pub(super) fn create(table: &str, clustered: &str) -> sqlx::AssertSqlSafe<String> {
    // Only the texts above.
    sqlx::AssertSqlSafe(table.replace("{clustered}", clustered))
}
