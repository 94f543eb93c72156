//! Refusals of calls, written as the service writes them.

use http::StatusCode;
use serde::Serialize;

use huaweicloud_partner::{
    error::{ApiError, ErrorCode, codes},
    operation::{OperationMeta, Service},
};

/// Error with which a handler refuses a call.
pub(crate) type Refusal = ApiError;

/// A refusal with HTTP status 400, as most business errors have.
pub(crate) fn refuse(code: ErrorCode) -> Refusal {
    refuse_with(StatusCode::BAD_REQUEST, code)
}

/// A refusal with another status.
pub(crate) fn refuse_with(status: StatusCode, code: ErrorCode) -> Refusal {
    let meaning = code.info().map_or("refused", |info| info.meaning);
    ApiError::new(status, code.as_str(), meaning)
}

/// A refusal whose body has a further field, such as `fail_check_items`.
pub(crate) fn refuse_naming(code: ErrorCode, field: &str, value: impl Serialize) -> Refusal {
    let plain = refuse(code);
    let body =
        serde_json::json!({"error_code": plain.code().as_str(), "error_msg": plain.message(), field: value});
    ApiError::read(plain.status(), body.to_string().into())
}

/// [`bad_request`] as the operation's service does: the ticket service with a code of its own and HTTP status 200.
pub(crate) fn unfit(meta: &OperationMeta, reason: String) -> Refusal {
    match meta.service() {
        Service::Tickets => ApiError::new(StatusCode::OK, codes::TICKET_BAD_PARAMETER.as_str(), reason),
        _ => bad_request(reason),
    }
}

/// A request that cannot be read or breaks a rule.
pub(crate) fn bad_request(reason: String) -> Refusal {
    ApiError::new(StatusCode::BAD_REQUEST, codes::BAD_PARAMETER.as_str(), reason)
}
