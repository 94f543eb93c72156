//! Reasons in writing.

use serde::{Deserialize, Serialize};

/// The data of an event that needs a written reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Text of the reason.
    pub reason: String,
}
