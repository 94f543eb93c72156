//! Requests and answers whose types are known by a name only.
//!
//! This has the readers and writers of all types compiled whether they are used or not, so it is a feature of its own.

use super::Entry;
use crate::{
    error::{Error, ErrorKind, ValidationError},
    operation::{Operation, OperationMeta, RequestParts},
    types::{DecodeError, decode, decode_request},
};

/// How the request and the answer of one operation are read.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    request: fn(&[u8], bool) -> Result<RequestParts, Error>,
    answer: fn(&[u8]) -> Result<Vec<u8>, DecodeError>,
}

impl Forms {
    pub(super) const fn of<O: Operation>() -> Self {
        Self { request: request::<O>, answer: answer::<O> }
    }
}

impl Entry {
    /// The pieces of the request that a flat JSON object stands for. The rules of the arguments are checked unless
    /// `unchecked`. Needs the feature `dynamic`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the JSON cannot be read as the request, or breaks a rule.
    pub fn request(&self, json: &[u8], unchecked: bool) -> Result<RequestParts, Error> {
        (self.forms.request)(json, unchecked)
    }

    /// The answer in `json`, read into its type and written again: unknown fields are gone, the rest is exact. Needs the
    /// feature `dynamic`.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn answer(&self, json: &[u8]) -> Result<Vec<u8>, DecodeError> {
        (self.forms.answer)(json)
    }
}

fn request<O: Operation>(json: &[u8], unchecked: bool) -> Result<RequestParts, Error> {
    let operation: O = decode_request(json).map_err(|error| unreadable(O::META, &error))?;
    if !unchecked {
        operation.validate().map_err(|invalid| refused(O::META, invalid))?;
    }
    RequestParts::of(&operation).map_err(|invalid| refused(O::META, invalid))
}

fn answer<O: Operation>(json: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let answer = decode::<O::Output>(json)?;
    serde_json::to_vec(&answer).map_err(serde::de::Error::custom)
}

fn unreadable(meta: &OperationMeta, error: &DecodeError) -> Error {
    Error::new(ErrorKind::InvalidInput, meta.name, format!("the request cannot be read: {error}"))
}

fn refused(meta: &OperationMeta, invalid: ValidationError) -> Error {
    Error::invalid_input(meta.name, invalid)
}
