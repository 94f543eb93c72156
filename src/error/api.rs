//! An error that the service answered.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};

use super::ErrorCode;
use crate::types::decode;

/// The service's own error: HTTP status, code and message.
///
/// Decide by the code, not by the status: one code comes with different statuses on different calls, and business
/// errors also come with 200.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    body: Bytes,
}

/// The forms in which code and message come, all at the top or one level down.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    #[serde(alias = "errorCode", alias = "code")]
    error_code: Option<String>,
    #[serde(alias = "errorMsg", alias = "error_message", alias = "message")]
    error_msg: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Nested {
    error: Option<Form>,
}

impl ApiError {
    /// An error to be answered or expected in a test.
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), body: Bytes::new() }
    }

    /// Reads the error out of the body of an answer that is not a success. Where the body has no code, the status
    /// number stands for it.
    pub fn read(status: StatusCode, body: Bytes) -> Self {
        let form = Self::form(&body);
        let code = form.error_code.unwrap_or_else(|| status.as_u16().to_string());
        let message =
            form.error_msg.unwrap_or_else(|| status.canonical_reason().unwrap_or("no message").to_owned());
        Self { status, code: code.as_str().into(), message, body }
    }

    /// The error inside a body that came with a success status, where there is one: a code at the top that is not
    /// the success code of the older calls.
    pub fn inside_success(status: StatusCode, body: &Bytes) -> Option<Self> {
        /// `code` and `message` may be fields of a proper answer, so only the unmistakable names count here.
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Inside {
            #[serde(alias = "errorCode")]
            error_code: Option<String>,
            #[serde(alias = "errorMsg", alias = "error_message")]
            error_msg: Option<String>,
        }

        let Inside { error_code, error_msg } = decode(body).ok()?;
        let code = error_code.filter(|code| !matches!(code.as_str(), "" | "CBC.0000" | "0" | "200"))?;
        let message = error_msg.unwrap_or_default();
        Some(Self { status, code: code.as_str().into(), message, body: body.clone() })
    }

    fn form(body: &[u8]) -> Form {
        let flat = decode::<Form>(body).unwrap_or_default();
        if flat.error_code.is_some() {
            return flat;
        }
        decode::<Nested>(body).ok().and_then(|nested| nested.error).unwrap_or(flat)
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The code, with its meaning where it is documented.
    pub fn code(&self) -> &ErrorCode {
        &self.code
    }

    /// The message, in the language that the call asked for. It may quote the request; `Display` does not show what
    /// looks personal.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The whole body of the answer.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// A further field at the top of the body, such as `fail_check_items` of the enterprise transfers, or
    /// `domain_id` where a customer was made but its association is open.
    pub fn field<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let fields: std::collections::BTreeMap<String, &serde_json::value::RawValue> =
            serde_json::from_slice(&self.body).ok()?;
        decode(fields.get(name)?.get().as_bytes()).ok()
    }
}

/// Code and message as they may be printed.
pub(super) fn shown(code: &ErrorCode, message: &str) -> String {
    format!("{code}: {}", without_personal_data(message))
}

/// Hides what looks like an e-mail address or a long number, which an error message may quote from the request.
fn without_personal_data(message: &str) -> String {
    let personal = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        word.contains('@') || (digits >= 7 && digits * 2 > word.len())
    };
    let mut shown = String::with_capacity(message.len());
    for word in message.split_inclusive(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '(' | ')' | '[' | ']')
    }) {
        if personal(word) { shown.push_str("*** ") } else { shown.push_str(word) }
    }
    shown.trim_end().to_owned()
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.code, &self.message))
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiError({}, {self})", self.status.as_u16())
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static str) -> ApiError {
        ApiError::read(StatusCode::BAD_REQUEST, Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn all_forms_of_an_error_body_are_read() {
        for body in [
            r#"{"error_code":"CBC.0100","error_msg":"bad"}"#,
            r#"{"errorCode":"CBC.0100","errorMsg":"bad"}"#,
            r#"{"code":"CBC.0100","message":"bad"}"#,
            r#"{"error":{"code":"CBC.0100","message":"bad"}}"#,
            r#"{"error_code":"CBC.0100","error_message":"bad","request_id":"x","status_code":400}"#,
        ] {
            assert_eq!(read(body).to_string(), "CBC.0100: bad", "{body}");
        }
        assert_eq!(read("<html>").to_string(), "400: Bad Request");
    }

    #[test]
    fn a_code_inside_success_counts_only_at_the_top() {
        let inside = |body: &'static str| {
            ApiError::inside_success(StatusCode::OK, &Bytes::from_static(body.as_bytes()))
        };
        assert!(inside(r#"{"error_code":"OSM.01010015","error_msg":"no ticket"}"#).is_some());
        assert!(inside(r#"{"error_code":"CBC.0000","error_msg":"Success"}"#).is_none());
        assert!(inside(r#"{"error_details":[{"error_code":"CBC.1"}],"coupon_infos":[]}"#).is_none());
        assert!(inside(r#"{"error_code":null}"#).is_none());
    }

    #[test]
    fn quoted_personal_data_is_not_shown() {
        let error = ApiError::new(
            StatusCode::BAD_REQUEST,
            "CBC.1",
            "mobile 13812345678 of li@example.com (id 9) is taken",
        );
        assert_eq!(error.to_string(), "CBC.1: mobile *** of *** (id 9) is taken");
        assert!(error.message().contains("13812345678"));
    }

    #[test]
    fn further_fields_are_reachable() {
        let error = read(r#"{"error_code":"CBC.99000050","domain_id":"d1","fail_check_items":["A","B"]}"#);
        assert_eq!(error.field::<String>("domain_id").as_deref(), Some("d1"));
        assert_eq!(error.field::<Vec<String>>("fail_check_items").map(|items| items.len()), Some(2));
        assert_eq!(error.field::<String>("absent"), None);
    }
}
