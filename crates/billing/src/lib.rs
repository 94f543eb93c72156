//! Month-end close for Huawei Cloud partners: statement files, reconciliation, FOCUS, CSV and Parquet.

mod charge;
pub mod charges;
mod error;
pub mod export;
pub mod focus;
mod month_end;
mod owned;
pub mod pricing;
pub mod reconcile;
mod report;
mod rows;
pub mod statement;
mod sum;
mod table;
pub mod totals;

pub use charge::{Charge, Origin, PaymentMode};
pub use error::Error;
pub use month_end::{Close, MonthEnd, Outcome, Progress, Step, Verdict};
pub use owned::OwnedCharge;
pub use sum::ExactSum;
