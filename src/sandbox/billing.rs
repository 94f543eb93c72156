//! Months of bills: when they become final, invoices, and large months made on the fly.

use serde::{Deserialize, Serialize};

/// The state of this room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Billing {}
