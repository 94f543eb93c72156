//! Typed client for the Huawei Cloud Partner Center API.

pub mod auth;
pub mod bills;
pub mod clock;
pub mod error;
pub mod operation;
pub mod partners;
pub mod registry;
pub mod resellers;
pub mod transport;
pub mod types;
pub mod vouchers;

pub use error::{Error, ErrorKind, Result};
