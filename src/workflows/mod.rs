//! Console-only workflows: records with states, deadlines and rules.
//!
//! The modules are re-exported at the root of the crate.

mod catalogue;
pub mod engine;
pub mod incentives;
pub mod mdf;
pub mod opportunities;
pub mod programs;
pub mod relationships;
