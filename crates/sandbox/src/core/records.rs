//! A record with its owner.

use serde::{Deserialize, Serialize};

/// A record and whose it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Owned<T> {
    pub(crate) owner: String,
    pub(crate) record: T,
}
