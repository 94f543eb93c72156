//! Masked text: see `tests/support/fuzz_targets.rs`.
#![no_main]
#![allow(dead_code)] // each target is one of the functions

#[path = "../../tests/support/fuzz_targets.rs"]
mod fuzz_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::masked(data));
