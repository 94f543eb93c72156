//! Durable stores for `huaweicloud-partner` on existing engines.
//!
//! | Module | Contents | Feature |
//! |---|---|---|
//! | [`bulk`] | thousands of writes from a stream, each executed once | – |
//! | `journal` | the journal of writes on SQLite and PostgreSQL | `sqlite` (default), `postgres` |
//! | [`records`] | the records of the console-only workflows on SQLite and PostgreSQL, and an importer for old files | `sqlite` (default), `postgres` |
//! | `redis` | rate limits that a fleet shares through Redis | `redis` |
//!
//! A write with a journal is executed once, also when the process dies:
//!
#![cfg_attr(feature = "sqlite", doc = "```no_run")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! # async fn top_up(client: huaweicloud_partner::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use huaweicloud_partner::{journal::Settled, resellers::AllocateToReseller};
//! use huaweicloud_partner_store::journal::SqliteJournal;
//!
//! let client = client.with_journal(SqliteJournal::open("journal.db").await?);
//! match client.send_once("topup-4711", &AllocateToReseller::new("reseller-1", "1000.00".parse()?)).await? {
//!     Settled::Executed(done) => println!("transfer {}", done.record_id()),
//!     Settled::NotExecuted(refused) => println!("{refused}"),
//!     other => println!("{other}"), // not known yet, or for a person to decide
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The documentation of [`huaweicloud_partner::journal`] explains how, and which outcomes stay undecided.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod bulk;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod journal;
#[cfg(feature = "sqlite")]
mod private;
pub mod records;
#[cfg(feature = "redis")]
pub mod redis;

/// The example of the README, compiled as a documentation test.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
