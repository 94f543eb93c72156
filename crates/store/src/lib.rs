//! Durable stores for `huaweicloud-partner` on existing engines.
//!
//! | Module | What | Feature |
//! |---|---|---|
//! | [`journal`] | the journal of writes on SQLite and PostgreSQL | `sqlite` (default), `postgres` |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod journal;
