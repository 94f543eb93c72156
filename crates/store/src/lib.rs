//! Durable stores for `huaweicloud-partner` on existing engines.
//!
//! | Module | Contents | Feature |
//! |---|---|---|
//! | [`bulk`] | thousands of writes from a stream, each executed once | – |
//! | `journal` | the journal of writes on SQLite and PostgreSQL | `sqlite` (default), `postgres` |
//! | [`records`] | the records of the console-only workflows on SQLite and PostgreSQL, and an importer for old files | `sqlite` (default), `postgres` |
//! | `redis` | rate limits that a fleet shares through Redis | `redis` |

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod bulk;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod journal;
#[cfg(feature = "sqlite")]
mod private;
pub mod records;
#[cfg(feature = "redis")]
pub mod redis;
