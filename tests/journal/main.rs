//! The test stories of the protocol of writes that happen once, by name.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod coverage;
mod guards;
mod keyed;
mod model;
mod operations;
mod outcomes;
#[path = "../support/proven.rs"]
mod proven;
mod stories;
mod storms;
mod world;
mod wrapped;
