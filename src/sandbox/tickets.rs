//! Service tickets: their states, messages, attachments, and the engineer who answers.

use serde::{Deserialize, Serialize};

/// The state of this room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Tickets {}
