//! Month-end close for Huawei Cloud partners: statement files, reconciliation, FOCUS, CSV and Parquet.

mod charge;
pub mod charges;
mod error;
mod owned;
pub mod pricing;
pub mod reconcile;
pub mod statement;
mod sum;
pub mod totals;

pub use charge::{Charge, Origin, PaymentMode};
pub use error::Error;
pub use owned::OwnedCharge;
pub use sum::ExactSum;
