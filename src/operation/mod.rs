//! An operation as a value: its parameters, its response, and what the service documents about it.
//!
//! A request struct is flat: its serde names are the wire names of all parameters, wherever they travel.
//! [`OperationMeta`] says which of them leave the body. So the same value is built by `new` and setters, read from
//! JSON, sent, kept in a queue, and understood by the sandbox.
//!
//! Operations are declared with the macro [`operation!`](crate::operation!), those of this crate as well as those that
//! it does not know.

mod check;
mod declare;
mod erased;
mod meta;
mod paged;
mod parameter;
mod parts;
mod request;
mod resolvable;
mod streamed;

pub use check::Check;
pub(crate) use erased::{Resolver, sorted_arguments};
pub use meta::{
    BodyKind, Caller, Idempotency, Method, OperationMeta, OutcomeProof, Paging, PagingStyle, RateLimit,
    Service, Sites, SuccessProof,
};
pub use paged::{Paged, Position};
pub use parameter::{Constraint, Parameter, ParameterPlace};
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
/// The crate implements it for every documented operation. Declare an operation that the crate does not know with
/// [`operation!`](crate::operation!), and it is validated, signed, retried and decoded like the others.
pub trait Operation: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The response of the service.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// What is documented about the operation.
    const META: &'static OperationMeta;

    /// The parameters with their types, constraints and documentation. Empty for an operation that was not declared
    /// with [`operation!`](crate::operation!). Needs the feature `dynamic`.
    #[cfg(feature = "dynamic")]
    const PARAMETERS: &'static [Parameter] = &[];

    /// The documentation of the operation, without the facts that [`META`](Self::META) holds. Needs the feature
    /// `dynamic`.
    #[cfg(feature = "dynamic")]
    const DOC: &'static str = "";

    /// The JSON Schema of the request, before the constraints of its parameters.
    #[cfg(feature = "dynamic")]
    #[doc(hidden)]
    fn request_schema(_definitions: &mut crate::types::schema::Definitions) -> serde_json::Value {
        serde_json::json!({"type": "object"})
    }

    /// The JSON Schema of the response.
    #[cfg(feature = "dynamic")]
    #[doc(hidden)]
    fn response_schema(_definitions: &mut crate::types::schema::Definitions) -> serde_json::Value {
        serde_json::json!({})
    }

    /// Checks the arguments against all documented constraints.
    ///
    /// # Errors
    /// [`ValidationError`] with every violation.
    fn validate(&self) -> Result<(), ValidationError> {
        Ok(())
    }
}
