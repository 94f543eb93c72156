//! Written reasons.

use serde::{Deserialize, Serialize};

/// The data of an event that needs a written reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The text.
    pub reason: String,
}
