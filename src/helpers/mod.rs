//! Helpers that stand on the client: several calls that belong together.

#[cfg(feature = "tickets")]
pub mod tickets;
