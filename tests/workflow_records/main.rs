//! The console-only workflows: state tables, published rules, deadlines and the record store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

mod common;
mod facts;
mod incentives;
mod mdf;
mod opportunities;
mod programs;
mod relationships;
mod store;
