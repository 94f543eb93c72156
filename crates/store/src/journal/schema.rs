//! The tables. The same text serves both databases.

/// The version of the tables.
pub(super) const VERSION: i64 = 1;

/// What makes the tables of version 1.
pub(super) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS journal_version (version BIGINT NOT NULL PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS attempt (
        request_id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, is_open BIGINT NOT NULL, content TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS attempt_open ON attempt (request_id) WHERE is_open = 1",
    "CREATE TABLE IF NOT EXISTS rival (
        request_id TEXT NOT NULL, leg BIGINT NOT NULL, footprint TEXT NOT NULL, is_undecided BIGINT NOT NULL,
        PRIMARY KEY (request_id, leg))",
    "CREATE INDEX IF NOT EXISTS rival_footprint ON rival (footprint)",
    "CREATE TABLE IF NOT EXISTS gate (
        footprint TEXT NOT NULL, memo TEXT NOT NULL, request_id TEXT NOT NULL, leg BIGINT NOT NULL,
        PRIMARY KEY (footprint, memo))",
    "CREATE INDEX IF NOT EXISTS gate_holder ON gate (request_id)",
    "CREATE TABLE IF NOT EXISTS record (
        scope TEXT NOT NULL, record_id TEXT NOT NULL, request_id TEXT NOT NULL, leg BIGINT NOT NULL,
        decided_by TEXT NOT NULL, PRIMARY KEY (scope, record_id))",
    "CREATE TABLE IF NOT EXISTS known_record (
        scope TEXT NOT NULL PRIMARY KEY, record_id TEXT NOT NULL, request_id TEXT NOT NULL, leg BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS evidence (request_id TEXT NOT NULL, position BIGINT NOT NULL, content TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS evidence_attempt ON evidence (request_id)",
    "CREATE TABLE IF NOT EXISTS learned (scope TEXT NOT NULL PRIMARY KEY, content TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS owner (owner TEXT NOT NULL PRIMARY KEY, beat BIGINT NOT NULL)",
];
