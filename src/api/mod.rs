//! The operations of the service, one module for each domain. Re-exported at the root of the crate.

pub mod bills;
pub mod costs;
pub mod customers;
pub mod enterprise;
pub mod orders;
pub mod partners;
pub mod products;
pub mod resellers;
#[cfg(feature = "tickets")]
pub mod tickets;
pub mod vouchers;
