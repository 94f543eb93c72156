//! Typed client for the Huawei Cloud Partner Center API.

pub mod mdf;
pub mod opportunities;
pub mod types;

pub mod workflow;
