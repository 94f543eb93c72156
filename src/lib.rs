//! Typed client for the Huawei Cloud Partner Center API.

pub mod types;

pub mod workflow;
