//! What is known about customers beyond their accounts: real-name reviews, freezes, budgets.

use serde::{Deserialize, Serialize};

/// The state of this room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct People {}
