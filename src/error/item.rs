//! An item of a batch that failed while others were carried out.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ErrorCode;

/// Why one item of a batch was not carried out, inside an answer with HTTP status 200.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemError {
    /// The item: the id of a customer, a reseller or a quota, as the operation says.
    pub id: String,
    /// The code, with its meaning where it is documented.
    #[serde(rename = "error_code")]
    pub code: ErrorCode,
    /// The service's own words; they may quote the request.
    #[serde(rename = "error_msg")]
    pub message: String,
}

impl ItemError {
    /// The refusal of a target, where the code says that it was not executed.
    pub(crate) fn target_result(&self) -> Option<crate::operation::TargetResult> {
        let code = &self.code;
        let documented = code.info().is_some() && code.retry() != super::Retry::ReadsOnly;
        (documented && !self.id.is_empty())
            .then(|| crate::operation::TargetResult::refused(&self.id, code.as_str()))
    }
}

impl fmt::Display for ItemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, super::api::shown(&self.code, &self.message))
    }
}

impl fmt::Debug for ItemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemError({self})")
    }
}

impl std::error::Error for ItemError {}
