//! Helpers that stand on the client: several calls that belong together.

pub mod tickets;
