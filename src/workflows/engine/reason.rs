//! Reasons in writing.

use serde::{Deserialize, Serialize};

/// The data of an event that needs a written reason.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Text of the reason.
    pub reason: String,
}

crate::__debug_by_shape! { Reason { reason } }
