//! The documented error codes: a constant for each, and their meanings.

use super::{CodeInfo, ErrorCode};

/// The balance of the paying account does not cover the amount.
pub const BALANCE_TOO_LOW: ErrorCode = ErrorCode::known("CBC.99005003");

/// The entry of a documented code.
pub fn find(code: &str) -> Option<&'static CodeInfo> {
    let _ = code;
    None
}
