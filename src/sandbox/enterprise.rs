//! Enterprise organizations: masters, members, and what was handed between them.

use serde::{Deserialize, Serialize};

/// The state of this room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Enterprise {}
