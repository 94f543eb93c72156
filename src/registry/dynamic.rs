//! Requests and responses whose types are known by a name only.
//!
//! This has the readers and writers of all types compiled whether they are used or not, so it is a feature of its own.

use super::Entry;
use crate::{
    error::{Error, ErrorKind, ValidationError},
    operation::{Operation, OperationMeta, RequestParts},
    types::{DecodeError, Drift, decode_looking_around, decode_request},
};

/// Functions that read the request and the response of one operation.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    request: fn(&[u8], bool) -> Result<RequestParts, Error>,
    response: fn(&[u8]) -> Result<Typed, DecodeError>,
}

impl Forms {
    pub(super) const fn of<O: Operation>() -> Self {
        Self { request: request::<O>, response: response::<O> }
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

    /// Reads the response in `json` into its type and writes it again: unknown fields are gone, amounts are text, the rest
    /// is exact. Beside it stands what differs from the documentation. Needs the feature `dynamic`.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn response(&self, json: &[u8]) -> Result<(Vec<u8>, Vec<Drift>), DecodeError> {
        (self.forms.response)(json).map(|(typed, drift, _)| (typed, drift))
    }

    /// [`Entry::response`], and whether fields of an error stand around the response.
    pub(crate) fn response_looking_around(&self, json: &[u8]) -> Result<Typed, DecodeError> {
        (self.forms.response)(json)
    }
}

/// The JSON of a typed response, its drift, and whether fields of an error stand around it.
type Typed = (Vec<u8>, Vec<Drift>, bool);

fn request<O: Operation>(json: &[u8], unchecked: bool) -> Result<RequestParts, Error> {
    let operation: O = decode_request(json).map_err(|error| unreadable(O::META, &error))?;
    if !unchecked {
        operation.validate().map_err(|invalid| refused(O::META, invalid))?;
    }
    RequestParts::of(&operation).map_err(|invalid| refused(O::META, invalid))
}

fn response<O: Operation>(json: &[u8]) -> Result<Typed, DecodeError> {
    let (response, drift, around) = decode_looking_around::<O::Output>(json)?;
    let json = serde_json::to_vec(&response).map_err(<DecodeError as serde::de::Error>::custom)?;
    Ok((json, drift, around))
}

fn unreadable(meta: &OperationMeta, error: &DecodeError) -> Error {
    Error::new(ErrorKind::InvalidInput, meta.name, format!("the request cannot be read: {error}"))
}

fn refused(meta: &OperationMeta, invalid: ValidationError) -> Error {
    Error::invalid_input(meta.name, invalid)
}
