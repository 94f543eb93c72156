//! What can be bought, and what was: offers, orders, resources, packages.

use serde::{Deserialize, Serialize};

/// The state of this room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Market {}
