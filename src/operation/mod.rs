//! Operations as values: their parameters, responses, and documented facts.
//!
//! A request struct is flat: its serde names are the wire names of all parameters, wherever they travel.
//! [`OperationMeta`] states which of them are not part of the body. The same value can be built by `new` and setters, read
//! from JSON, sent, kept in a queue, and understood by the sandbox.
//!
//! The macro [`operation!`](crate::operation!) declares operations: those of this crate, and those that it does not know.

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
#[cfg(test)]
pub(crate) use check::violated;
pub(crate) use erased::{Resolver, sorted_arguments};
pub use meta::{
    BodyKind, Caller, Idempotency, Method, OperationMeta, OutcomeProof, Paging, PagingStyle, RateLimit,
    Service, Sites, SuccessProof,
};
#[doc(hidden)]
pub use paged::key_of;
pub use paged::{Paged, Position};
pub use parameter::{Constraint, Parameter, ParameterPlace};
pub use parts::RequestParts;
pub(crate) use parts::{CALLER_ID, encode, match_path};
pub(crate) use request::{fresh_key, request};
#[cfg(test)]
pub(crate) use resolvable::fits;
pub use resolvable::{Leg, RecordFacts, RecordOf, Resolvable, TargetResult, TimeWindow};
pub(crate) use resolvable::{digest_of, personal_target};
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

    /// Facts about the operation, as the service documents them.
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
