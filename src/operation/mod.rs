//! An operation as a value: its arguments, its answer, and the table of what the service documents about it.
//!
//! A request struct is flat: its serde names are the wire names of all parameters, wherever they travel.
//! [`OperationMeta`] says which of them leave the body. So the same value is built by `new` and setters, read from
//! JSON, sent, kept in a queue, and understood by the sandbox.

mod check;
mod erased;
mod meta;
mod paged;
mod parts;
mod request;
mod resolvable;
mod streamed;

pub(crate) use check::Check;
pub(crate) use erased::{Resolver, sorted_arguments};
pub use meta::{
    BodyKind, Caller, Idempotency, Method, OperationMeta, OutcomeProof, Paging, PagingStyle, RateLimit,
    Service, Sites, SuccessProof,
};
pub(crate) use paged::paged;
pub use paged::{Paged, Position};
pub(crate) use parts::{CALLER_ID, encode, match_path};
pub use parts::{RequestParts, gather};
pub(crate) use request::{fresh_key, request};
#[cfg(test)]
pub(crate) use resolvable::fits;
pub use resolvable::{Leg, RecordFacts, RecordOf, Resolvable, TargetResult, TimeWindow};
pub use streamed::{Downloads, Uploads};

use serde::{Serialize, de::DeserializeOwned};

use crate::error::ValidationError;

/// A call of the service as a value.
///
/// The crate implements it for every documented operation. Implement it for an operation that the crate does not know
/// yet, and it is signed, waited for, retried and decoded like the others.
pub trait Operation: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What the service answers.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// What is documented about the operation.
    const META: &'static OperationMeta;

    /// Checks the documented rules of the arguments, all of them.
    ///
    /// # Errors
    /// [`ValidationError`] with every rule that is broken.
    fn validate(&self) -> Result<(), ValidationError> {
        Ok(())
    }
}
