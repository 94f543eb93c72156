//! Typed response with its status, headers and drift.

use std::ops::Deref;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::{
    error::{
        ApiError, Error, ErrorKind, UnknownOutcome,
        classify::{Expected, Finding, Signs, classify_whole},
    },
    operation::{Idempotency, OperationMeta, SuccessProof},
    types::{DecodeError, Drift, decode_looking_around},
};

/// A typed response, and the HTTP response that it was read from.
///
/// Dereferences to the typed response, so `client.send(&…).await?.count` works. Fields that the crate does not know are
/// in [`Response::body`].
#[derive(Clone, Debug)]
pub struct Response<T> {
    value: T,
    drift: Vec<Drift>,
    raw: RawResponse,
}

/// A successful HTTP response before it is read into a type.
#[derive(Clone)]
pub(crate) struct RawResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) attempts: u32,
    /// Times of a sent write, in case that the response is not a success after all.
    pub(super) outcome: Option<Box<UnknownOutcome>>,
}

impl<T> Response<T> {
    /// The typed response alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// The body as it came. It may hold personal data.
    pub fn body(&self) -> &Bytes {
        &self.raw.body
    }

    /// The id under which the service's support finds the call.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.raw.headers)
    }

    /// Returns the differences between the response and the documentation: unknown fields and codes, and
    /// values that could not be read. Usually empty.
    pub fn drift(&self) -> &[Drift] {
        &self.drift
    }

    /// Returns the number of attempts that the call took.
    pub fn attempts(&self) -> u32 {
        self.raw.attempts
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl std::fmt::Debug for RawResponse {
    /// Counts the body instead of showing it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status.as_u16())
            .field("request_id", &request_id(&self.headers))
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish()
    }
}

impl RawResponse {
    #[cfg(feature = "tracing")]
    pub(super) fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// Reads the body into the operation's response.
    pub(super) fn read<T: DeserializeOwned>(
        self,
        meta: &'static OperationMeta,
    ) -> Result<Response<T>, Error> {
        match decode_looking_around(self.json()) {
            Ok((value, drift, around)) => {
                self.check_around(meta, around)?;
                Ok(Response { value, drift, raw: self })
            }
            Err(error) => Err(self.undecodable(meta, error)),
        }
    }

    /// Looks through a large page as a whole where fields of an error stand around it.
    pub(super) fn check_around(&self, meta: &'static OperationMeta, around: bool) -> Result<(), Error> {
        let lists = lists(meta);
        let writes = meta.idempotency != Idempotency::ReadOnly;
        if !around || writes {
            return Ok(());
        }
        match classify_whole(&self.body, expected(meta, &lists), false) {
            Finding::Success => Ok(()),
            Finding::Refusal(signs) => {
                let api = ApiError::from_signs(self.status, signs, self.body.clone());
                Err(Error::from_api(ErrorKind::Refused, meta.name, api)
                    .with_request_id(request_id(&self.headers).map(str::to_owned)))
            }
            Finding::Neither(missing, signs) => {
                Err(not_a_success(meta, self.status, &self.headers, self.body.clone(), missing, signs))
            }
        }
    }

    /// The body, or an empty object where nothing came.
    pub(super) fn json(&self) -> &[u8] {
        if self.body.trim_ascii().is_empty() { b"{}" } else { &self.body }
    }

    pub(super) fn with<T>(self, value: T) -> Response<T> {
        Response { value, drift: Vec::new(), raw: self }
    }

    #[cfg(feature = "dynamic")]
    pub(super) fn with_drift<T>(self, value: T, drift: Vec<Drift>) -> Response<T> {
        Response { value, drift, raw: self }
    }

    pub(super) fn undecodable(self, meta: &'static OperationMeta, error: DecodeError) -> Error {
        let message = match self.body.trim_ascii_start().first() {
            Some(b'<') => "the response is HTML or XML, not JSON".to_owned(),
            _ => format!("the response cannot be read at {error}"),
        };
        undecodable(meta, message)
            .with_status(self.status)
            .with_request_id(request_id(&self.headers).map(str::to_owned))
            .with_body(self.body)
            .with_outcome(self.outcome.map(|outcome| *outcome))
            .caused_by(error)
    }
}

/// The lists of which a response has one.
pub(super) fn lists(meta: &OperationMeta) -> [&'static str; 2] {
    match (meta.paging, &meta.success) {
        (Some(paging), _) => [paging.list, paging.other_list.unwrap_or(paging.list)],
        (None, Some(SuccessProof::List(list))) => [list; 2],
        _ => [""; 2],
    }
}

/// Returns the expected body of a success of the operation.
pub(super) fn expected<'n>(meta: &'n OperationMeta, lists: &'n [&'static str; 2]) -> Expected<'n> {
    match &meta.success {
        Some(SuccessProof::Field(name)) => Expected::AnyOf(std::slice::from_ref(name)),
        Some(SuccessProof::AnyOf(names)) => Expected::AnyOf(names),
        Some(SuccessProof::Failures(list)) => Expected::Failures(list),
        Some(SuccessProof::Empty | SuccessProof::Acknowledged) => Expected::Nothing,
        Some(SuccessProof::List(_)) => Expected::List(lists),
        None if meta.paging.is_some() && !lists.contains(&"") => Expected::List(lists),
        None if meta.idempotency == Idempotency::ReadOnly && meta.name != "raw" => Expected::Object,
        None => Expected::Anything,
    }
}

/// The error of a response with a success status that is not a success of the operation.
pub(super) fn not_a_success(
    meta: &'static OperationMeta,
    status: StatusCode,
    headers: &HeaderMap,
    body: Bytes,
    missing: &'static str,
    signs: Signs,
) -> Error {
    let message = match body.trim_ascii_start().first() {
        Some(b'<') => "the response is HTML or XML, not JSON".to_owned(),
        _ => format!("the response is not a success of the operation: {missing}"),
    };
    let id = request_id(headers).map(str::to_owned).or_else(|| signs.request_id.clone());
    let error = match signs.code {
        Some(_) => undecodable(meta, message).with_api(ApiError::from_signs(status, signs, body)),
        None => undecodable(meta, message).with_status(status).with_body(body),
    };
    error.with_request_id(id)
}

/// The error of a response that cannot be read as the operation's. A write was executed all the same, or may have been.
pub(super) fn undecodable(meta: &'static OperationMeta, message: impl Into<String>) -> Error {
    let error = Error::new(ErrorKind::Undecodable, meta.name, message);
    if meta.idempotency == Idempotency::ReadOnly { error } else { error.possibly_executed() }
}

/// The request id, by whichever of its names it came.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    ["x-request-id", "x-iam-trace-id"]
        .iter()
        .find_map(|name| headers.get(*name))
        .and_then(|id| id.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::resellers::{ListResellers, ResellerPage};

    fn read(body: &'static str) -> Result<Response<ResellerPage>, Error> {
        let raw = RawResponse {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(
                http::HeaderName::from_static("x-request-id"),
                "r-9".parse().unwrap(),
            )]),
            body: Bytes::from_static(body.as_bytes()),
            attempts: 1,
            outcome: None,
        };
        raw.read(ListResellers::META)
    }

    #[test]
    fn the_typed_response_stands_beside_the_raw_one() {
        let response = read(r#"{"count":1,"indirect_partners":[{}],"new_field":7}"#).unwrap();
        assert_eq!((response.count, response.request_id(), response.attempts()), (Some(1), Some("r-9"), 1));
        assert!(response.body().ends_with(b"\"new_field\":7}"));
        assert_eq!(read("  ").unwrap().into_inner(), ResellerPage::default());
    }

    #[test]
    fn an_undecodable_response_names_the_place_and_keeps_the_body() {
        let error = read("{\"count\":1,\n \"indirect_partners\":[{},7]}").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("$.indirect_partners[1]: a number"), "{text}");
        assert!(text.contains("HTTP 200, request r-9"), "{text}");
        assert!(error.body().starts_with(b"{\"count\"") && error.kind() == ErrorKind::Undecodable);
        assert!(read("<html>").unwrap_err().to_string().contains("HTML or XML"));
        assert!(read(r#"{"count":1,"indirect_partners":[{"#).is_err());
    }
}
