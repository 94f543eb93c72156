//! Typed client for the Huawei Cloud Partner Center API.

pub mod auth;
pub mod client;
pub mod clock;
pub mod error;
pub mod helpers;
pub mod operation;
pub mod partners;
pub mod registry;
pub mod resellers;
#[cfg(feature = "sandbox")]
pub mod sandbox;
#[cfg(feature = "tickets")]
pub mod tickets;
pub mod transport;
pub mod types;
pub mod vouchers;

pub use client::Client;

pub use error::{Error, ErrorKind, Result};
