//! Vouchers (in the making).
use serde::{Deserialize, Serialize};

/// What the vouchers of a quota may be used for: one named limit with its values.
///
/// The table of names was not found in the documentation; those seen are listed in the module page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuotaLimit {
    /// Which limit, such as `subscribeType`.
    pub limit_key: String,
    /// Its values.
    pub limit_values: Vec<LimitValue>,
}

/// One value of a limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitValue {
    /// The value, such as `new`.
    pub value1: Option<String>,
    /// A second part, such as the name of a region whose code is the first.
    pub value2: Option<String>,
}
