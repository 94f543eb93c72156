//! An error with which the service responded.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::{
    ErrorCode,
    classify::{Signs, is_service_code, signs_of_error},
};
use crate::types::{RawFields, decode};

/// The service's own error: HTTP status, code and message.
///
/// Decide by the code, not by the status: one code comes with different statuses on different calls, and business
/// errors also come with 200.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    request_id: Option<String>,
    body: Bytes,
}

/// The longest message that is kept, in bytes; what is longer quotes something.
const LONGEST_MESSAGE: usize = 2000;

impl ApiError {
    /// An error for a test, or for a test double of the service.
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let message = without_quotation(&message.into());
        Self { status, code: code.into(), message, request_id: None, body: Bytes::new() }
    }

    /// Reads the error out of the body of a response that is not a success, in whatever form it stands there. Where the
    /// body has no code, the status number stands for it.
    pub fn read(status: StatusCode, body: Bytes) -> Self {
        let signs = signs_of_error(&body);
        Self::from_signs(status, signs, body)
    }

    /// The error that a body has signs of.
    pub(crate) fn from_signs(status: StatusCode, signs: Signs, body: Bytes) -> Self {
        let code = signs.code.unwrap_or_else(|| status.as_u16().to_string());
        let message = match signs.message {
            Some(message) => without_quotation(&message),
            None => status.canonical_reason().unwrap_or("no message").to_owned(),
        };
        Self { status, code: code.as_str().into(), message, request_id: signs.request_id, body }
    }

    /// Whether the code is one of the service's own, so that the service itself refused the request. A status alone, or a
    /// word, may come from anything on the way.
    pub fn has_service_code(&self) -> bool {
        is_service_code(self.code.as_str())
    }

    /// The id of the request, where the body names it.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The code, with its meaning where it is documented.
    pub fn code(&self) -> &ErrorCode {
        &self.code
    }

    /// The service's own words, in the language that the call asked for. They may quote the request, so they are neither
    /// in `Display` nor in `Debug`. Where a gateway quotes the canonical request, which holds the caller's token, the
    /// message ends before it.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The whole body of the response.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// A further field at the top of the body, such as `fail_check_items` of the enterprise transfers, or
    /// `domain_id` where a customer was made but its association is open.
    pub fn field<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let fields: RawFields<'_> = serde_json::from_slice(&self.body).ok()?;
        decode(fields.get(name)?.get().as_bytes()).ok()
    }
}

/// A message up to what it quotes, not longer than it may be.
fn without_quotation(message: &str) -> String {
    let lower = message.to_ascii_lowercase();
    let quotation = [
        "canonicalrequest",
        "canonical request",
        "stringtosign",
        "string to sign",
        "x-security-token",
        "x-auth-token:",
    ];
    let end = quotation.iter().filter_map(|word| lower.find(word)).min().unwrap_or(message.len());
    let longest = end.min(LONGEST_MESSAGE);
    let end = (0..=longest).rev().find(|at| message.is_char_boundary(*at)).unwrap_or_default();
    message.get(..end).unwrap_or_default().trim_end_matches([',', ' ', ':']).to_owned()
}

/// A code as it may be printed, with its meaning where it is documented.
pub(super) fn shown(code: &ErrorCode) -> String {
    let text = code.as_str();
    let is_code = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    match code.info() {
        _ if !is_code => "a code that is none".to_owned(),
        Some(info) => format!("{text}: {}", info.meaning),
        None => text.to_owned(),
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.code))
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
            assert_eq!((read(body).code().as_str(), read(body).message()), ("CBC.0100", "bad"), "{body}");
        }
        assert_eq!((read("<html>").to_string().as_str(), read("<html>").message()), ("400", "Bad Request"));
    }

    #[test]
    fn the_services_words_are_given_by_message_only() {
        let error = ApiError::new(
            StatusCode::UNAUTHORIZED,
            "APIGW.0301",
            "verify aksk signature fail, canonicalRequest:GET|/v2|x-security-token:TOKEN of Li Lei",
        );
        assert_eq!(error.message(), "verify aksk signature fail");
        let error =
            ApiError::new(StatusCode::BAD_REQUEST, "CBC.0100", "mobile 13812345678 of Li Lei is taken");
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(
                shown.contains("CBC.0100") && !shown.contains("Li Lei") && !shown.contains("138"),
                "{shown}"
            );
        }
        assert!(error.message().contains("13812345678"));
        let odd = ApiError::new(StatusCode::BAD_REQUEST, "li@example.com\u{202e}\n", "");
        assert_eq!(odd.to_string(), "a code that is none");
        assert!(ApiError::new(StatusCode::BAD_REQUEST, "X", "工".repeat(9000)).message().len() <= 2000);
    }

    #[test]
    fn further_fields_are_reachable() {
        let error = read(r#"{"error_code":"CBC.99000050","domain_id":"d1","fail_check_items":["A","B"]}"#);
        assert_eq!(error.field::<String>("domain_id").as_deref(), Some("d1"));
        assert_eq!(error.field::<Vec<String>>("fail_check_items").map(|items| items.len()), Some(2));
        assert_eq!(error.field::<String>("absent"), None);
    }
}
