//! The journal of writes on SQLite and PostgreSQL.
//!
//! Both implement [`Journal`](huaweicloud_partner::journal::Journal) with the same statements. Every method is one
//! transaction; a write costs two commits. Several processes may share one database: each handle is an incarnation of its own,
//! with a lock file that the operating system releases when the process ends, which is how its death is proven on the same host.

mod owner;
mod schema;
mod sql;

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "postgres")]
pub use postgres::PostgresJournal;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteJournal;
