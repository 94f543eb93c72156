//! Console-only workflows: records with states, deadlines and rules.

mod catalogue;
pub mod engine;
pub mod incentives;
pub mod mdf;
pub mod opportunities;
pub mod programs;
pub mod relationships;
