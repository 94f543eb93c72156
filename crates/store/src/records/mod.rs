//! Storages for the workflow records of `huaweicloud_partner::workflow`.
//!
//! `SqliteRecords` (feature `sqlite`) and `PostgresRecords` (feature `postgres`) implement
//! [`RecordStorage`](huaweicloud_partner::workflow::RecordStorage):
//! every append is one transaction that checks the version of each record and the position of the change feed, so any
//! number of processes may share a database. [`import_file`] reads the files of earlier versions.
//!
//! ```no_run
//! # #[cfg(feature = "sqlite")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use huaweicloud_partner::opportunities::{PoEvent, PoForm};
//! use huaweicloud_partner::workflow::{ChinaCalendar, RecordStore};
//! use huaweicloud_partner_store::records::SqliteRecords;
//!
//! let store = RecordStore::open(SqliteRecords::open("partner.db").await?, ChinaCalendar::published()).await?;
//! store.start("PO-2026-17", PoEvent::Draft(PoForm::default())).await?;
//! for due in store.due_until("2026-12-31".parse()?).await? {
//!     println!("{} {} {}", due.deadline, due.record, due.key); // keys to translate, not prose
//! }
//! # Ok(())
//! # }
//! ```

mod import;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use import::{DamagedPart, ImportError, Imported, UnappliedEvents, import_file};
#[cfg(feature = "postgres")]
pub use postgres::PostgresRecords;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteRecords;
