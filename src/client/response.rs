//! Typed response with its status, headers and drift.

use std::{ops::Deref, sync::OnceLock};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use serde::de::DeserializeOwned;

use crate::{
    error::{
        ApiError, Error, ErrorKind, UnknownOutcome,
        classify::{Expected, Finding, Signs, classify_whole, rows_have_ids, signs_of_error},
    },
    operation::{Idempotency, OperationMeta, SuccessProof},
    types::{Around, DecodeError, Drift, DriftKind, decode_looking_around},
};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_IAM_TRACE_ID: HeaderName = HeaderName::from_static("x-iam-trace-id");

/// A typed response, and the HTTP response that it was read from.
///
/// Dereferences to the typed response, so `client.send(&…).await?.count` works. Fields that the crate does not know are
/// in [`Response::body`].
#[derive(Clone)]
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
    /// The id of the request in the body, once it was asked for.
    pub(super) id_in_body: OnceLock<Option<Box<str>>>,
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

    /// The id under which the service's support finds the call, from the headers or else from the body.
    pub fn request_id(&self) -> Option<&str> {
        self.raw.request_id()
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

impl<T: std::fmt::Debug> std::fmt::Debug for Response<T> {
    /// Shows a typed response, whose types mask what is personal or secret; bytes and JSON without a type are counted only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const WITHOUT_A_TYPE: [&str; 4] = ["bytes::", "alloc::", "serde_json::", "core::"];
        let name = std::any::type_name::<T>().trim_start_matches('&');
        let mut shown = f.debug_struct("Response");
        // A primitive type, such as `str` or `[u8]`, has no path.
        if name.contains("::") && !WITHOUT_A_TYPE.iter().any(|of| name.starts_with(of)) {
            shown.field("value", &self.value);
        }
        shown.field("drift", &self.drift).field("raw", &self.raw).finish()
    }
}

impl std::fmt::Debug for RawResponse {
    /// Counts the body instead of showing it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status.as_u16())
            .field("request_id", &self.request_id())
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish()
    }
}

impl RawResponse {
    pub(super) fn request_id(&self) -> Option<&str> {
        request_id(&self.headers).or_else(|| {
            let in_body = || signs_of_error(&self.body).request_id.map(Into::into);
            self.id_in_body.get_or_init(in_body).as_deref()
        })
    }

    /// Reads the body into the operation's response.
    pub(super) fn read<T: DeserializeOwned>(
        self,
        meta: &'static OperationMeta,
    ) -> Result<Response<T>, Error> {
        match decode_looking_around(self.json()) {
            Ok((value, drift, around)) => {
                self.confirm(meta, &drift, &around)?;
                Ok(Response { value, drift, raw: self })
            }
            Err(error) => Err(self.undecodable(meta, error)),
        }
    }

    /// Looks again at a response that was read: through a large page as a whole where fields of an error stand around it,
    /// and at the proof of a write, which has to be readable.
    pub(super) fn confirm(
        &self,
        meta: &'static OperationMeta,
        drift: &[Drift],
        around: &Around,
    ) -> Result<(), Error> {
        let lists = lists(meta);
        let expected = expected(meta, &lists);
        let refused = |why: String| Err(self.around(undecodable(meta, why)));
        if let Some(unread) = drift.iter().find(|drift| is_of_proof(drift, expected)) {
            return refused(format!("the proof of the success cannot be read at {unread}"));
        }
        if let Expected::AnyOf(fields) = expected
            && let Some(list) = around.foreign.lists.iter().find(|list| fields.contains(&&***list))
        {
            return refused(format!(
                "the proof of the success cannot be read: a row of {list} has no known field"
            ));
        }
        if let Expected::AnyOf(lists) = expected
            && !meta.outcome_ids.is_empty()
            && !rows_have_ids(&self.body, lists, meta.outcome_ids)
        {
            return refused(
                "the proof of the success cannot be read: a row does not say what was done".to_owned(),
            );
        }
        let says_something = around.error_fields || !drift.is_empty();
        if expected == Expected::Object && around.foreign.whole && says_something {
            return refused(
                "the response has none of the fields that the operation responds with".to_owned(),
            );
        }
        if !around.error_fields || meta.idempotency != Idempotency::ReadOnly {
            return Ok(());
        }
        match classify_whole(&self.body, expected, false) {
            Finding::Success => Ok(()),
            Finding::Refusal(signs) => {
                let api = ApiError::from_signs(self.status, signs, self.body.clone());
                Err(Error::from_api(ErrorKind::Refused, meta.name, api)
                    .with_request_id(self.request_id().map(str::to_owned)))
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
        self.around(undecodable(meta, message)).caused_by(error)
    }

    /// The error with what is known of this response.
    fn around(&self, error: Error) -> Error {
        error
            .with_status(self.status)
            .with_request_id(self.request_id().map(str::to_owned))
            .with_body(self.body.clone())
            .with_outcome(self.outcome.as_deref().cloned())
    }
}

/// Whether a field that proves the success of a write, or a row of it, could not be read. Rows that are null are left out of
/// a list of outcomes, and their targets are among those without one.
fn is_of_proof(drift: &Drift, expected: Expected<'_>) -> bool {
    let Expected::AnyOf(fields) = expected else { return false };
    let place = drift.place();
    let name = place.strip_prefix("$.").map(|name| name.strip_suffix("[*]").unwrap_or(name));
    let unread = match drift.kind {
        DriftKind::Unreadable => drift.expected != DriftKind::ROWS_NOT_NULL,
        DriftKind::UnknownCode => drift.expected != DriftKind::KNOWN_CODE,
        _ => false,
    };
    unread && name.is_some_and(|name| fields.contains(&name))
}

/// The lists of which a response has one.
pub(super) fn lists(meta: &OperationMeta) -> [&'static str; 2] {
    match (meta.paging, &meta.success) {
        (Some(paging), _) => [paging.list, paging.other_list.unwrap_or(paging.list)],
        (None, Some(SuccessProof::List(list))) => [list; 2],
        (None, Some(SuccessProof::Lists(lists))) => *lists,
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
        Some(SuccessProof::List(_) | SuccessProof::Lists(_)) => Expected::List(lists),
        None if meta.paging.is_some() && !lists.contains(&"") => Expected::List(lists),
        None if meta.idempotency == Idempotency::ReadOnly && meta.name != "raw" => Expected::Object,
        None => Expected::Anything,
    }
}

/// The fields of which a success has one, in words behind what is missing; nothing where it has none.
fn proof_in_words(meta: &OperationMeta) -> String {
    let lists = lists(meta);
    let mut names = match expected(meta, &lists) {
        Expected::AnyOf(names) => names.to_vec(),
        Expected::Failures(list) => vec![list],
        Expected::List(lists) => lists.to_vec(),
        _ => return String::new(),
    };
    names.dedup();
    format!("; expected {}", names.join(" or "))
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
        _ => format!("the response is not a success of the operation: {missing}{}", proof_in_words(meta)),
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

/// The error of a response whose status is neither that of a success nor that of an error.
pub(super) fn of_no_meaning(
    meta: &'static OperationMeta,
    status: StatusCode,
    headers: &HeaderMap,
    body: Bytes,
) -> Error {
    let id = request_id(headers).map(str::to_owned).or_else(|| signs_of_error(&body).request_id);
    undecodable(meta, "a response of this status is not expected, and redirects are not followed")
        .with_status(status)
        .with_request_id(id)
        .with_body(body)
}

/// The request id in the headers, by whichever of its names it came.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    let text =
        |name: &HeaderName| headers.get(name)?.to_str().ok().map(str::trim).filter(|id| !id.is_empty());
    [X_REQUEST_ID, X_IAM_TRACE_ID].iter().find_map(text)
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
                HeaderName::from_static("x-request-id"),
                "r-9".parse().unwrap(),
            )]),
            body: Bytes::from_static(body.as_bytes()),
            attempts: 1,
            outcome: None,
            id_in_body: OnceLock::new(),
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
    fn the_id_of_the_request_may_stand_in_the_body_of_a_success_or_of_what_cannot_be_read() {
        let raw = |id: &'static str, body: &'static str| RawResponse {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(
                HeaderName::from_static("x-request-id"),
                http::HeaderValue::from_static(id),
            )]),
            body: Bytes::from_static(body.as_bytes()),
            attempts: 1,
            outcome: None,
            id_in_body: OnceLock::new(),
        };
        let read = |raw: RawResponse| raw.read::<ResellerPage>(ListResellers::META);
        let body = r#"{"count":1,"indirect_partners":[{}],"request_id":"r-77"}"#;
        assert_eq!(read(raw("", body)).unwrap().request_id(), Some("r-77"));
        assert_eq!(read(raw("r-1", body)).unwrap().request_id(), Some("r-1"));
        assert_eq!(read(raw("", r#"{"indirect_partners":[]}"#)).unwrap().request_id(), None);
        let odd = r#"{"requestId":"r-77","indirect_partners":[7]}"#;
        assert_eq!(read(raw(" ", odd)).unwrap_err().request_id(), Some("r-77"));
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
