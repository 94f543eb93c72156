//! Month-end close for Huawei Cloud partners: statement files, reconciliation, FOCUS, CSV and Parquet.
//!
//! [`MonthEnd`] closes a month and gives an [`Outcome`]; the [`guide`] explains everything that it can say. The parts can
//! be used alone: [`statement`] reads files, [`charges`] streams the charges of the API, [`reconcile`] names differences,
//! [`pricing`] applies own prices, [`export`] and [`focus`] describe the files.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod charge;
pub mod charges;
mod error;
pub mod export;
pub mod focus;
#[doc = include_str!("../CLOSING-A-MONTH.md")]
pub mod guide {}
mod month_end;
mod owned;
pub mod pricing;
pub mod reconcile;
mod report;
mod rows;
pub mod statement;
mod sum;
pub mod totals;

pub use charge::{Charge, Origin, PaymentMode, UnknownChargingMode};
pub use error::Error;
pub use month_end::{Close, MonthEnd, Outcome, Progress, Step, Verdict};
pub use owned::OwnedCharge;
pub use sum::ExactSum;

/// The examples of the README, compiled as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
