//! Typed client for the Huawei Cloud Partner Center API.

pub mod auth;
pub mod bills;
pub mod client;
pub mod clock;
pub mod costs;
pub mod customers;
pub mod enterprise;
pub mod error;
pub mod operation;
pub mod orders;
pub mod partners;
pub mod products;
pub mod registry;
pub mod resellers;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod transport;
pub mod types;
pub mod vouchers;

pub use client::Client;
pub use error::{Error, ErrorKind, Result};
